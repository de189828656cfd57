"""The signature and the annexes: all figures, organisations, sources, quality of data, method, the whole roadmap."""

from typing import Any

import pandas as pd

from nmslib import completeness, indicators, roadmap, wording
from nmslib.advice.words import ORGANISATIONS
from nmslib.documents.note import markup
from nmslib.documents.note.matter import LATE, Charts, Matter, headed, listed, number, targets
from nmslib.documents.note.paper import Column, Paper, Row
from nmslib.documents.note.results import Pictures, drawn, lacking, measure_row
from nmslib.documents.note.sentences import capital, remarks
from nmslib.model import REGION, State

SHOWN_ORGANISATIONS = 15
HASH_SHOWN, DRAWN_MEASURES = 16, 14
RULES = {
    State.REACHED: "засчитано не меньше, чем нужно по плану",
    State.ON_PACE: "значение не ниже ожидаемого к дате, и в темпе с начала периода план выполняется к его концу",
    State.RECOVERABLE: "недостающее можно добрать в темпе лучшего месяца периода, либо судить о недостижимости рано",
    State.UNREACHABLE: "период закончился, а план не выполнен, либо недостающее больше, чем даёт темп лучшего месяца",
    State.NOT_COMPUTABLE: "нужный реестр не представлен, не прочитан или старше отчётной даты; нулём не заменяется",
    State.NO_PLAN: "документ не устанавливает планового значения на период",
}


def signature(paper: Paper, matter: Matter) -> None:
    """Who signs, who wrote it, by which telephone; the line to sign on."""
    paper.free("executor")
    paper.text("Подпись: ____________________   Дата: ____________________", style="Signature")


def annexes(paper: Paper, matter: Matter, charts: Charts, pictures: Pictures) -> None:
    """All annexes, on wide pages."""
    paper.turn()
    _all_figures(paper, matter)
    _places(paper, matter) if matter.whole else _organisations(paper, matter)
    _sources(paper, matter)
    _quality(paper, matter)
    _method(paper, matter)
    if len(matter.now.measures):
        paper.heading(1, "Приложение 6. Исполнение дорожной карты")
        _calendar(paper, matter, charts, pictures)
        columns = [Column("№", 15, "center"), Column("Мера", 71), Column("Срок", 71), Column("Ответственный", 38)]
        columns += [Column("Состояние", 30), Column("Подтверждение", 32)]
        paper.table("Меры дорожной карты", columns, _measures(matter))


def _all_figures(paper: Paper, matter: Matter) -> None:
    paper.heading(1, "Приложение 1. Свод показателей")
    if not matter.figures:
        paper.text("Показателей документ не устанавливает.")
        return
    end, known = matter.now.day.year - 1, {}
    series = matter.now.series
    last = series[(series["as_of"] == pd.Timestamp(end, 12, 31)) & (series["variant"] == "") & series["value"].notna()]
    for _, row in last.iterrows():
        known[row["indicator"]] = matter.value_then(row, row["numerator"], row["denominator"], row["value"])
    columns = [Column("№", 13, "center"), Column("Показатель", 50), Column("План", 17, "center"), Column("Факт", 40, "center")]
    columns += [Column("Отклонение", 26, "center"), Column("Осталось", 21, "center"), Column("Состояние", 52)]
    columns += [Column(f"На 31.12.{end}", 38, "center")]
    rows = [
        Row(
            (
                number(row),
                matter.card(row).short_name,
                targets(row),
                indicators.told(row, matter.card(row)),
                _deviation(row),
                lacking(row),
                markup.state(matter.state(row)),
                known.get(row["indicator"], "—"),
            ),
            row["figure"],
        )
        for row in matter.figures
    ]
    paper.table("Свод по показателям", columns, rows)


def _deviation(row: pd.Series) -> str:
    """The difference to the plan in points, with its sign; of shares alone."""
    if pd.isna(row["value"]) or pd.isna(row["target"]) or row["unit"] != "percent":
        return "—"
    gap = float(row["value"] - row["target"])
    told = wording.points(gap)
    return told if told == wording.points(0) else f"{'−' if gap < 0 else '+'}{told}"


def _organisations(paper: Paper, matter: Matter) -> None:
    """Indicators of the document by organisation, who lacks most first; small groups of people stand together."""
    paper.heading(1, "Приложение 2. Показатели по организациям")
    mine = matter.now.organisations[matter.now.organisations["municipality"] == matter.now.municipality]
    pooled = indicators.pooled_small(mine)
    rows: list[Row] = []
    for row in matter.indicators:
        of_one = pooled[pooled["indicator"] == row["indicator"]]
        if len(of_one):
            people = of_one["counts"].iloc[0] == "person"
            told = _by_organisation(of_one) if people else _not_counted(of_one)
            rows += [Row((headed(row, matter.card(row).short_name),)), *told, _total(matter, row)]
    if not rows:
        paper.text("Показателей по организациям нет: нужные реестры не представлены или показатели по организациям не считаются.")
        return
    columns = [Column("Организация", 140), Column("Засчитано", 30, "center"), Column("Всего в знаменателе", 32, "center")]
    columns += [Column("Доля", 25, "center"), Column("Не засчитано", 30, "center")]
    paper.text(
        "Организации стоят по числу незасчитанных. Организации, где в знаменателе меньше 10 человек, показаны вместе, чтобы "
        "по цифре нельзя было узнать человека."
    )
    paper.table("Показатели по организациям", columns, rows)


def _by_organisation(rows: pd.DataFrame) -> list[Row]:
    """The organisations that lack most, the others together; rows that stand for several stay the last."""
    single = rows["organisation"].notna() | (rows["organisations"] < 2)
    lacks = (rows["denominator"] - rows["numerator"]).where(single, -1)
    ordered = rows.loc[lacks.sort_values(ascending=False, kind="stable").index]
    rest = ordered[single.loc[ordered.index]].iloc[SHOWN_ORGANISATIONS:]
    told = [_split(row["name"], row["numerator"], row["denominator"]) for _, row in ordered.drop(index=rest.index).iterrows()]
    if len(rest) == 1:
        return [_split(row["name"], row["numerator"], row["denominator"]) for _, row in ordered.iterrows()]
    if len(rest):
        name = f"Остальные: {wording.counted(len(rest), ORGANISATIONS)}"
        told.append(_split(name, rest["numerator"].sum(), rest["denominator"].sum()))
    return told


def _not_counted(rows: pd.DataFrame) -> list[Row]:
    """Where organisations themselves are counted, those that are not, in one row."""
    lost = rows[rows["numerator"] < rows["denominator"]]
    names = listed([str(name) for name in lost["name"]], SHOWN_ORGANISATIONS, ORGANISATIONS)
    return [_split(f"Не засчитаны: {names}", lost["numerator"].sum(), lost["denominator"].sum())] if len(lost) else []


def _split(name: str, numerator: int, denominator: int) -> Row:
    share = wording.percent(100 * numerator / denominator) if denominator else "—"
    counts = [wording.number(int(one)) for one in (numerator, denominator, denominator - numerator)]
    return Row((name, counts[0], counts[1], share, counts[2]))


def _total(matter: Matter, row: pd.Series) -> Row:
    """The figure itself: what the organisations add up to."""
    told = indicators.told(row, matter.card(row))
    if pd.isna(row["value"]):
        return Row(("Всего", "—", "—", told, "—"), row["figure"])
    counts = [wording.number(int(one)) for one in (row["numerator"], row["denominator"], row["denominator"] - row["numerator"])]
    return Row((f"Всего: {told}", counts[0], counts[1], told.split(" (")[0], counts[2]), row["figure"])


def _places(paper: Paper, matter: Matter) -> None:
    """The whole: municipalities beside each other, by how many plans they miss."""
    paper.heading(1, "Приложение 2. Показатели по муниципальным образованиям")
    everywhere = matter.now.everywhere
    table = everywhere[(everywhere["municipality"] != REGION) & (everywhere["kind"] == "indicator")]
    shown = [row for row in matter.indicators if row["indicator"] in set(table["indicator"])]
    if table.empty:
        paper.text("Показателей по муниципальным образованиям нет.")
        return
    cells = {(row["municipality"], row["indicator"]): row for _, row in table.iterrows()}
    behind = table[table["people_missing"].fillna(0) > 0].groupby("municipality").size().to_dict()
    order = sorted(set(table["municipality"]), key=lambda name: (-behind.get(name, 0), matter.now.names[name]))
    width = 217 / len(shown)
    columns = [Column("Муниципальное образование", 40), *(Column(matter.card(row).short_name, width, "center") for row in shown)]
    rows = [
        Row((matter.now.names[name], *(_beside(cells.get((name, row["indicator"])), matter) for row in shown))) for name in order
    ]
    paper.table("Показатели по муниципальным образованиям", columns, rows)


def _beside(row: pd.Series | None, matter: Matter) -> markup.Inline:
    if row is None:
        return "—"
    state = matter.state(row)
    told = indicators.told(row, matter.card(row)).split(" (")[0]
    if pd.notna(row["value"]) and pd.isna(row["denominator"]):
        told = wording.number(row["value"])
    # The dash of a figure without a plan would read as a minus.
    shape = [] if state is State.NO_PLAN else [markup.run(state.shape, colour=state.colour), " "]
    return markup.inline(*shape, told)


def _sources(paper: Paper, matter: Matter) -> None:
    paper.heading(1, "Приложение 3. Источники и даты выгрузки")
    rows = matter.now.received.arrivals
    if rows.empty:
        paper.text("Собственных реестров нет: показатели собраны из сведений других систем.")
        return
    told = []
    for sender, mine in rows.groupby("municipality", sort=False):
        first = mine.iloc[0]
        name = matter.now.names.get(sender, matter.now.facts.act.jurisdiction)
        got = f"{int(mine['received'].sum())} из {len(mine)}"
        days = [_day(first["data_on"]), _day(first["sent_on"])]
        known = pd.notna(first["sha256"])
        revision, mark = (str(int(first["revision"])), first["sha256"][:HASH_SHOWN]) if known else ("—", "—")
        told.append(Row((name, first["file"] if known else "не представлен", got, *days, revision, mark)))
    columns = [Column("Отправитель", 70), Column("Файл", 48), Column("Принято реестров", 26, "center")]
    columns += [Column("Данные на", 26, "center"), Column("Прислан", 26, "center"), Column("Версия", 18, "center")]
    paper.table("Источники", [*columns, Column("Начало контрольной суммы SHA-256", 43, "center")], told)


def _day(text: Any) -> str:
    return wording.day(pd.Timestamp(text)) if pd.notna(text) else "—"


def _quality(paper: Paper, matter: Matter) -> None:
    paper.heading(1, "Приложение 4. Замечания к качеству данных")
    terms = roadmap.register_terms(matter.now.facts)
    rows = []
    for _, row in matter.arrivals.iterrows():
        data_on = pd.Timestamp(row["data_on"]).date() if pd.notna(row["data_on"]) else None
        due = completeness.due_day(terms.get(row["registry"]) or terms.get("", []), data_on)
        who = [matter.now.names.get(row["municipality"], matter.now.facts.act.jurisdiction)] if matter.whole else []
        counts = [wording.number(int(row[name])) for name in ("rows", "problems", "left_out")] if row["received"] else ["—"] * 3
        if matter.whole and row["received"] and not (row["problems"] or row["left_out"]):
            continue
        arrived = "принят" if row["received"] else "не представлен"
        rows.append(Row((*who, row["title"], wording.day(due) if due else "не установлен", arrived, *counts)))
    columns = [Column("Отправитель", 60)] if matter.whole else []
    columns += [Column("Реестр", 70), Column("Срок", 30, "center"), Column("Состояние", 35), Column("Строк", 25, "center")]
    columns += [Column("С непрочитанным", 30, "center"), Column("Не учтено", 30, "center")]
    if rows:
        paper.table("Полнота данных" + (": реестры с замечаниями" if matter.whole else ""), columns, rows)
    else:
        paper.text("Замечаний к полноте реестров нет.")
    for row in matter.figures:
        for remark in remarks(row):
            paper.text(f"{matter.card(row).short_name}: {remark[:1].lower()}{remark[1:]}", style="Brief")


def _method(paper: Paper, matter: Matter) -> None:
    paper.heading(1, "Приложение 5. Методика")
    if matter.indicators:
        columns = [
            Column("Показатель", 40),
            Column("Числитель", 62),
            Column("Знаменатель", 55),
            Column("Не рассчитывается, когда", 45),
        ]
        rows = [
            Row((card.short_name, card.numerator, f"{card.denominator}; {card.base}", card.undefined_when, card.reading or "—"))
            for card in map(matter.card, matter.indicators)
        ]
        paper.table("Определения показателей", [*columns, Column("Как понято", 55)], rows)
    if matter.numbers:
        columns = [Column("Мера", 20, "center"), Column("Число дорожной карты", 97), Column("Как считается", 140)]
        paper.table("Определения чисел дорожной карты", columns, [_counting(matter, row) for row in matter.numbers])
    rules = [Row((markup.state(state), capital(rule))) for state, rule in RULES.items()]
    paper.table("Как определяется состояние показателя", [Column("Состояние", 60), Column("Когда", 197)], rules)
    paper.text(
        "Нужное по плану число округлено до целых людей вверх: 10 % от 247 — это 25. Интервал доли — 95 %, по Уилсону; "
        "он приведён, когда в знаменателе меньше 30. Показатель по всем муниципалитетам вместе — сумма числителей, делённая "
        "на сумму знаменателей, а не среднее долей."
    )


def _counting(matter: Matter, row: pd.Series) -> Row:
    card = matter.card(row)
    divided = f", делённые на: {card.denominator}" if card.unit == "percent" else ""
    return Row((number(row), card.name, capital(f"{card.numerator}{divided}")))


def _calendar(paper: Paper, matter: Matter, charts: Charts, pictures: Pictures) -> None:
    """Overdue and coming terms of the year on the time axis; wide, or its words could not be read."""
    late = matter.measures_in(*LATE)
    shown = late[late["ends_on"].dt.year >= matter.now.day.year].head(DRAWN_MEASURES)
    if len(shown):
        title = f"Просроченные и ближайшие сроки {matter.now.day.year} года"
        drawn(paper, charts.gantt(shown, matter.now.day), title, pictures)


def _measures(matter: Matter) -> list[Row]:
    rows, direction = [], None
    for _, row in matter.now.measures.iterrows():
        if pd.notna(row["direction"]) and row["direction"] != direction:
            direction = row["direction"]
            rows.append(Row((direction,)))
        done = wording.day(row["done_on"]) if pd.notna(row["done_on"]) else "—"
        paper = f"{done}: {row['document']}" if pd.notna(row["done_on"]) and pd.notna(row["document"]) else done
        rows.append(Row((*measure_row(row).cells, paper)))
    return rows
