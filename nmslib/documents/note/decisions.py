"""Sections 7 to 9: recommendations by addressee, drafts of decisions, what became of the measures of the last period."""

import pandas as pd

from nmslib import indicators, wording
from nmslib.advice.since import BETTER, LESS_BAD, NO_GROUNDS, WORSE
from nmslib.documents.note.matter import Matter
from nmslib.documents.note.paper import Column, Paper, Row
from nmslib.documents.note.sentences import capital
from nmslib.model import MeasureState, State

# The order in which the genre addresses; who is named by the act or the measure itself stands first and last.
ROLES = ("issuer", "operator", "authority", "service", "schools", "associations", "mentors", "centre", "region", "responsible")
HEADS = ("issuer", "operator")
MOST_DECISIONS = 8
URGENT = (State.UNREACHABLE.id, State.RECOVERABLE.id, State.NOT_COMPUTABLE.id, MeasureState.OVERDUE.id, MeasureState.UNKNOWN.id)
# What a decision of each addressee is usually drawn up as: a proposal, the analyst may change it.
DOCUMENTS = {
    "issuer": "проект приказа",
    "operator": "проект приказа",
    "authority": "проект приказа",
    "region": "проект приказа",
    "centre": "план работы",
    "service": "план работы",
    "associations": "план работы",
    "mentors": "план работы",
    "schools": "приказ организации",
    "responsible": "отчёт об исполнении меры",
}


def proposed(matter: Matter) -> pd.DataFrame:
    """Recommendations that need a decision: plans that may be missed, overdue measures, registries that are lacking.

    Decisions of several kinds take turns, so that many gaps of one kind do not hide an overdue measure.
    """
    rows = matter.now.recommendations
    urgent = rows[rows["status"].isin(URGENT) | (rows["kind"] == "data")]
    turn = urgent.groupby(["kind", "rule"], sort=False).cumcount()
    return urgent.assign(turn=turn).sort_values("turn", kind="stable").head(MOST_DECISIONS)


def recommendations(paper: Paper, matter: Matter) -> None:
    """Section 7: to whom, what, where, by when, with what result, on which figure."""
    paper.heading(1, "7. Адресные рекомендации")
    rows = matter.now.recommendations
    if rows.empty:
        paper.text("Оснований для рекомендаций в принятых сведениях не найдено.")
    else:
        columns = [Column("№", 9, "center"), Column("Что сделать и для кого", 67), Column("Срок", 22, "center")]
        columns += [Column("Ожидаемый результат", 34), Column("Основание", 33)]
        told: list[Row] = []
        number = 0
        order = {role: place for place, role in enumerate(ROLES)}
        places = rows.assign(place=rows["role"].map(order)).sort_values("place", kind="stable")
        for addressee, mine in places.groupby("addressee", sort=False):
            told.append(Row((str(addressee),)))
            for _, row in mine.iterrows():
                number += 1
                told.append(_recommendation(matter, row, number))
        paper.table("Адресные рекомендации", columns, told)
    paper.free("recommendations")


def _recommendation(matter: Matter, row: pd.Series, number: int) -> Row:
    # Who decides of places and terms is told how many; the organisations are in annex 2.
    named = pd.notna(row["where"]) and row["where"] and row["role"] not in HEADS
    where = f": {row['where']}" if named else ""
    told = [str(number), capital(f"{row['action']}{where}"), wording.day(row["until"]), capital(str(row["result"]))]
    return Row((*told, _grounds(matter, row)), row["figure"] if pd.notna(row["figure"]) else None)


def _grounds(matter: Matter, row: pd.Series) -> str:
    """The figure and the clause that a recommendation rests on."""
    clause = row["clause"] if pd.notna(row["clause"]) else ""
    figure = next((one for one in matter.figures if pd.notna(row["figure"]) and one["figure"] == row["figure"]), None)
    if figure is None:
        return str(clause)
    card = matter.card(figure)
    return f"{card.short_name}: {indicators.told(figure, card)}; {clause}"


def decisions(paper: Paper, matter: Matter) -> None:
    """Section 8: drafts of decisions, no more than the head can take."""
    paper.heading(1, "8. Проекты управленческих решений")
    steps = proposed(matter)
    if steps.empty:
        paper.text("Показателей, отстающих от плана, и просроченных мер не найдено: решений не предлагается.")
    else:
        columns = [Column("№", 8, "center"), Column("Мера", 45), Column("Срок", 22, "center"), Column("Ответственный", 32)]
        columns += [Column("Ожидаемый результат", 33), Column("Документ", 25)]
        rows = [
            Row(
                (
                    str(number),
                    capital(str(row["action"])),
                    wording.day(row["until"]),
                    row["addressee"],
                    capital(str(row["result"])),
                    f"{DOCUMENTS[row['role']]}; {row['clause']}" if pd.notna(row["clause"]) else DOCUMENTS[row["role"]],
                )
            )
            for number, (_, row) in enumerate(steps.iterrows(), 1)
        ]
        paper.table("Проекты управленческих решений", columns, rows)
    paper.free("decisions")


def effectiveness(paper: Paper, matter: Matter) -> None:
    """Section 9: each recommendation of the last monitoring on a fixed scale; no verdict without grounds."""
    paper.heading(1, "9. Эффективность мер прошлого периода")
    rows, before = matter.now.outcomes, matter.now.last_monitoring
    if rows.empty:
        why = (
            "в период действия документа более раннего мониторинга не было"
            if before is None
            else (f"по мониторингу на {wording.day_in_text(before)} рекомендаций о показателях не было")
        )
        paper.text(f"Вывод: {NO_GROUNDS} — {why}.")
        return
    paper.text(
        f"Показатели на даты прошлого и нынешнего мониторинга сравнены с другими муниципалитетами, которым того же не "
        f"рекомендовали. Шкала вывода: {BETTER}; {LESS_BAD}; {WORSE}; {NO_GROUNDS} (интервал разницы включает ноль, "
        "сравнивать не с кем или значение известно не на оба дня). Вывод говорит о времени, а не о причине."
    )
    columns = [
        Column("Мера прошлого периода", 68),
        Column("Было", 28, "center"),
        Column("Стало", 28, "center"),
        Column("Вывод", 41),
    ]
    told = [_outcome(matter, row) for _, row in rows.iterrows()]
    paper.table("Меры прошлого периода: было, стало, вывод", columns, told)


def _outcome(matter: Matter, row: pd.Series) -> Row:
    values = []
    for day in ("before", "after"):
        told = matter.value_then(row, row[f"{day}_numerator"], row[f"{day}_denominator"], row[f"{day}_value"])
        on = f"\nна {wording.day(row[f'{day}_on'])}" if pd.notna(row[f"{day}_on"]) else ""
        values.append(f"{told}{on}")
    figure = next((one["figure"] for one in matter.figures if one["indicator"] == row["indicator"]), None)
    return Row((capital(str(row["action"])), *values, capital(f"{row['verdict']}. {row['why']}")), figure)
