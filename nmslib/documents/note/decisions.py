"""Sections 7 to 9: recommendations by addressee, drafts of decisions, what became of the measures of the last period."""

import re
from collections.abc import Sequence

import pandas as pd

from nmslib import indicators, wording
from nmslib.advice.since import BETTER, LESS_BAD, NO_GROUNDS, WORSE
from nmslib.documents.note.matter import INTERNAL, NO_PLANS, Matter
from nmslib.documents.note.paper import Column, Paper, Row
from nmslib.documents.note.sentences import capital
from nmslib.documents.steps import urgent

# The order in which the genre addresses; who is named by the act or the measure itself stands first and last.
ROLES = ("issuer", "operator", "authority", "service", "schools", "associations", "mentors", "centre", "region", "responsible")
HEADS = ("issuer", "operator")
MOST_DECISIONS = 8
# «1 813 человек»: spaces inside are not breaking.
COUNT = re.compile(rf"\d[\d{wording.NBSP}]*{wording.NBSP}[а-яё]+")
AGAIN = "то же"
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
    """The most urgent recommendations (``steps.urgent``), no more than the head can take."""
    return urgent(matter.now.recommendations).head(MOST_DECISIONS)


def recommendations(paper: Paper, matter: Matter) -> None:
    """Section 7: to whom, what, where, by when, with what result, on which figure."""
    paper.heading(1, "7. Адресные рекомендации")
    rows = matter.now.recommendations
    if rows.empty:
        paper.text("Оснований для рекомендаций в принятых сведениях не найдено.")
    else:
        columns = [Column("№", 8, "center"), Column("Что сделать и для кого", 64), Column("Срок и ожидаемый результат", 51)]
        columns += [Column("Основание", 42)]
        order = {role: place for place, role in enumerate(ROLES)}
        places = rows.assign(place=rows["role"].map(order)).sort_values("place", kind="stable")
        told: list[Row] = []
        number = 0
        for addressee, mine in places.groupby("addressee", sort=False):
            told.append(Row((str(addressee),)))
            actions = _actions(matter, mine)
            results = repeated(actions, [f"До {wording.day(row['until'])}: {_result(matter, row)}" for _, row in mine.iterrows()])
            for (_, row), action, result in zip(mine.iterrows(), actions, results, strict=True):
                number += 1
                told.append(_recommendation(matter, row, number, action, result))
        named = ": названия мер — в приложении 6" if (rows["kind"] == "measure").any() else ""
        paper.table(f"Адресные рекомендации{named}", columns, told)
        if not matter.whole and rows.loc[~rows["role"].isin(HEADS), "where"].fillna("").ne("").any():
            paper.text(f"Организации, в которых речь об одном-двух людях, не названы. {INTERNAL}")
    paper.free("recommendations")


def _actions(matter: Matter, rows: pd.DataFrame) -> list[str]:
    """Actions in order: measures by their number alone, repeated words once."""
    told = []
    for _, row in rows.iterrows():
        action = str(row["action"])
        # The title of a measure may fill five lines; annex 6 has them all.
        for title in matter.now.measures["title"] if pd.isna(row["indicator"]) else ():
            action = action.replace(f" «{title}»", "")
        told.append((_name(matter, row), action))
    return shortened(told)


def shortened(actions: Sequence[tuple[str, str]]) -> list[str]:
    """Actions, each with the short name of its indicator, «» for none; one that differs from the one before in the indicator
    and the count alone becomes «то же: «Цифровая среда», 190 человек».
    """
    told, last = [], ""
    for name, action in actions:
        words = COUNT.sub("", action.replace(f"«{name}»", ""))
        again = ", ".join([f"{AGAIN}: «{name}»", *COUNT.findall(action)[-1:]])
        told.append(again if name and words == last else action)
        last = words
    return told


def repeated(actions: Sequence[str], results: Sequence[str]) -> list[str]:
    """Terms and results of ``shortened`` actions: «то же» where an action is, and its result differs in the count alone."""
    told, last = [], ""
    for action, result in zip(actions, results, strict=True):
        words = COUNT.sub("", result)
        told.append(AGAIN if action.startswith(AGAIN) and words == last else result)
        last = words
    return told


def _recommendation(matter: Matter, row: pd.Series, number: int, action: str, result: str) -> Row:
    # Who decides of places and terms is told how many; the organisations are in annex 2.
    named = pd.notna(row["where"]) and row["where"] and row["role"] not in HEADS
    where = f": {row['where']}" if named else ""
    told = (str(number), capital(f"{action}{where}"), result, _grounds(matter, row, action))
    return Row(told, row["figure"] if pd.notna(row["figure"]) else None)


def _name(matter: Matter, row: pd.Series) -> str:
    return matter.now.cards[row["indicator"]].short_name if pd.notna(row["indicator"]) else ""


def _result(matter: Matter, row: pd.Series) -> str:
    """The expected result; the action or the grounds beside it name the indicator."""
    return str(row["result"]).removeprefix(f"{_name(matter, row)}: ")


def _grounds(matter: Matter, row: pd.Series, action: str) -> str:
    """The figure and the clause that a recommendation rests on; the name only where the action has none."""
    clause = row["clause"] if pd.notna(row["clause"]) else ""
    figure = next((one for one in matter.figures if pd.notna(row["figure"]) and one["figure"] == row["figure"]), None)
    if figure is None:
        return str(clause)
    card = matter.card(figure)
    name = "" if f"«{card.short_name}»" in action else f"{card.short_name}: "
    return f"{name}{indicators.told(figure, card)}; {clause}"


def decisions(paper: Paper, matter: Matter) -> None:
    """Section 8: drafts of decisions, no more than the head can take."""
    paper.heading(1, "8. Проекты управленческих решений")
    steps = proposed(matter)
    if steps.empty:
        found = "отстающих от плана показателей не найдено" if matter.planned else NO_PLANS
        late = ", просроченных мер не найдено" if len(matter.now.measures) else ""
        paper.text(f"{capital(found)}{late}: решений не предлагается.")
    else:
        columns = [Column("№", 7, "center"), Column("Мера", 52), Column("Ответственный и срок", 36)]
        columns += [Column("Ожидаемый результат", 40), Column("Документ", 30)]
        rows = [
            Row(
                (
                    str(number),
                    capital(str(row["action"])),
                    f"{row['addressee']}, до {wording.day(row['until'])}",
                    capital(_result(matter, row) if f"«{_name(matter, row)}»" in row["action"] else str(row["result"])),
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
    day = wording.day_in_text(before if before else rows["before_on"].max())
    paper.text(f"Рекомендации, которые следовали из данных на {day}; исполнялись ли они, реестры не хранят.")
    if (rows["others"].fillna(0) > 0).any():
        paper.text(
            "Изменения со дня прошлого мониторинга сравнены с другими муниципалитетами, которым того же не рекомендовали. "
            f"Шкала вывода: {BETTER}; {LESS_BAD}; {WORSE}; {NO_GROUNDS}. Вывод говорит о времени, а не о причине."
        )
    days = {day: set(rows[f"{day}_on"].dropna()) for day in ("before", "after")}
    # A day that all rows share stands in the head of the column.
    heads = {day: f" на {wording.day(next(iter(known)))}" if len(known) == 1 else "" for day, known in days.items()}
    columns = [Column("Что рекомендовалось", 87), Column(f"Было{heads['before']}", 39, "center")]
    columns += [Column(f"Стало{heads['after']}", 39, "center")]
    told: list[Row] = []
    for (verdict, why), mine in rows.groupby(["verdict", "why"], sort=False):
        mine = mine.sort_values("rule", kind="stable")
        told.append(Row((capital(f"{verdict}. {why}"),)))
        for (_, row), action in zip(mine.iterrows(), _actions(matter, mine), strict=True):
            told.append(_outcome(matter, row, action, [day for day, head in heads.items() if not head]))
    paper.table("Рекомендации прошлого периода: вывод, было, стало", columns, told)


def _outcome(matter: Matter, row: pd.Series, action: str, dated: list[str]) -> Row:
    """What was recommended, the value before and after; with its day in the columns that are ``dated``."""
    values = []
    for day in ("before", "after"):
        told = matter.value_then(row, row[f"{day}_numerator"], row[f"{day}_denominator"], row[f"{day}_value"])
        on = f"\nна {wording.day(row[f'{day}_on'])}" if day in dated and pd.notna(row[f"{day}_on"]) else ""
        values.append(f"{told}{on}")
    figure = next((one["figure"] for one in matter.figures if one["indicator"] == row["indicator"]), None)
    return Row((capital(action), *values), figure)
