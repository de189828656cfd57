"""Section 4: every indicator of the document in prose, the numbers of the roadmap in a table, charts, measures."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from nmslib import indicators, wording
from nmslib.advice.words import MEASURES
from nmslib.documents.note import markup
from nmslib.documents.note.basis import INDICATORS, portrait_table
from nmslib.documents.note.matter import LATE, MEASURE_STATES, ROADMAP, Charts, Matter, headed, listed, targets
from nmslib.documents.note.paper import Column, Paper, Row
from nmslib.documents.note.sentences import bound, capital, of_figure
from nmslib.model import MeasureState, State

# Tables of the portrait that stand under the indicator they belong to.
PORTRAITS = {
    "diagnosed_share": ("diagnostics", "Прошли диагностику: уровень и место", "Блоков компетенций реестры не хранят."),
    "routed_share": ("routes", "Индивидуальные образовательные маршруты", "Разработанный маршрут не означает завершённого."),
    "young_supported_share": ("mentoring", "Наставничество и молодые педагоги", ""),
}
BY_DAY = "Показатели на концы кварталов и отчётную дату"
SHOWN_MEASURES, SHOWN_DAYS, DRAWN_PANELS = 20, 6, 4
WANTING = (State.UNREACHABLE, State.RECOVERABLE, State.ON_PACE, State.NOT_COMPUTABLE)
SETTLED = (State.REACHED, State.NO_PLAN)
DONE = (MeasureState.DONE.id, MeasureState.DONE_LATE.id)
Pictures = Callable[[dict], bytes]


def results(paper: Paper, matter: Matter, charts: Charts, pictures: Pictures) -> None:
    """Section 4 with its subsections."""
    paper.heading(1, "4. Результаты мониторинга")
    if matter.indicators:
        rows = matter.now.figures[matter.now.figures["kind"] == "indicator"]
        if rows[["value", "lower", "target"]].notna().any(axis=None):
            drawn(paper, charts.bullets(rows, matter.now.cards), "Показатели и плановые значения", pictures)
        else:
            paper.text("На отчётную дату не рассчитан ни один показатель; причины — в подразделах.")
        _dynamics(paper, matter, charts, pictures)
    else:
        paper.text("Показатели документом не установлены.")
    for topic, number in matter.subsections.items():
        paper.heading(2, f"{number}. {topic}")
        if topic == ROADMAP:
            _roadmap(paper, matter)
        for row in matter.indicators:
            if matter.topic(row["indicator"]) == topic:
                _indicator(paper, matter, row)


def drawn(paper: Paper, chart: Any, title: str, pictures: Pictures) -> None:
    """A chart as a picture, with its description in place of what cannot be seen."""
    # Tests of charts hold them against the schema; here that would take half a second.
    spec = chart.to_dict(validate=False)
    paper.picture(pictures(spec), title, spec.get("description", title))


def _indicator(paper: Paper, matter: Matter, row: pd.Series) -> None:
    """Short name, state and sentences; the table of the portrait that belongs to it. Section 2 has the names."""
    card = matter.card(row)
    name = markup.run(f"{headed(row, card.short_name)} (", bold=True)
    before = markup.inline(name, markup.state(matter.state(row)), markup.run("). ", bold=True))
    paper.told(of_figure(row, card), before)
    if row["indicator"] in PORTRAITS:
        table, title, remark = PORTRAITS[row["indicator"]]
        portrait_table(paper, matter, table, title)
        if remark and len(matter.portrait(table)):
            paper.text(remark)


def _dynamics(paper: Paper, matter: Matter, charts: Charts, pictures: Pictures) -> None:
    """Values at the days of monitoring: the last of the years before and those of this one; two where the definition changed."""
    series = matter.now.series
    series = series[series["indicator"].isin([row["indicator"] for row in matter.indicators])]
    days = _days(series, matter)
    if len(days) < 2:
        return
    panels = _panels(matter)
    drawn(paper, charts.trend(series[series["indicator"].isin(panels)], matter.now.cards), BY_DAY, pictures)
    if len(panels) < len(matter.indicators):
        some = wording.counted(len(panels), INDICATORS)
        paper.text(f"На рисунке {some} из {len(matter.indicators)}: сначала те, что дальше от плана; все — в таблице ниже.")
    columns = [Column("Показатель", 50), *(Column(wording.day(day), 115 / len(days), "center") for day in days)]
    rows, seams = [], False
    for row in matter.indicators:
        mine = matter.series(row["indicator"])
        cells = [_then(mine[mine["as_of"] == day], matter, row) for day in days]
        seams |= any("*" in cell for cell in cells)
        rows.append(Row((matter.card(row).short_name, *cells)))
    paper.table(BY_DAY, columns, rows)
    if any(matter.card(row).counts == "flow" for row in matter.indicators):
        paper.text("Показатели за период приведены нарастающим итогом с начала периода.")
    if seams:
        paper.text("* По прежнему определению: значения до и после изменения несопоставимы.")


def _panels(matter: Matter) -> list[str]:
    """Indicators that the chart of dynamics has room for: the farthest from their plan, then the first of the document."""
    far = [row["indicator"] for row in matter.behind if row["kind"] == "indicator"]
    return list(dict.fromkeys([*far, *(row["indicator"] for row in matter.indicators)]))[:DRAWN_PANELS]


def _days(series: pd.DataFrame, matter: Matter) -> list[pd.Timestamp]:
    known = sorted(series.loc[series["value"].notna(), "as_of"].unique())
    this_year = [day for day in known if day.year == matter.now.day.year][-4:]
    ends = {day.year: day for day in known if day.year < matter.now.day.year}
    return [*ends.values(), *this_year][-SHOWN_DAYS:]


def _then(rows: pd.DataFrame, matter: Matter, row: pd.Series) -> str:
    """The value of a day; with a star, the one by the definition of before."""
    told = []
    for _, one in rows.iterrows():
        known = "нет данных"
        if pd.notna(one["value"]):
            known = matter.value_then(row, one["numerator"], one["denominator"], one["value"]).split(" (")[0]
            known = wording.number(one["value"]) if pd.isna(one["denominator"]) else known
        told.append(known + ("*" if one["variant"] else ""))
    return "\n".join(told) or "—"


def _roadmap(paper: Paper, matter: Matter) -> None:
    """The subsection of the roadmap: how many measures in each state, what is overdue or due, numbers that bind."""
    measures = matter.now.measures
    if len(measures):
        pieces: list[markup.Inline] = [f"Мер дорожной карты — {len(measures)}: "]
        counts = measures["state"].value_counts()
        for state in MeasureState:
            if state.id in counts:
                pieces += [markup.state(state, f" — {counts[state.id]}"), "; "]
        paper.text(*pieces[:-1], ". Все меры — в приложении 6.")
        _measures(paper, matter)
        _at_odds(paper, matter)
    if matter.numbers:
        _numbers(paper, matter)


def _measures(paper: Paper, matter: Matter) -> None:
    late = matter.measures_in(*LATE)
    if MeasureState.UNKNOWN.id in set(matter.now.measures["state"]):
        paper.text("Сведений об исполнении нет, поэтому что просрочено, неизвестно.")
    if late.empty:
        if MeasureState.UNKNOWN.id not in set(matter.now.measures["state"]):
            paper.text("Просроченных мер и мер со сроком в ближайшие 30 дней нет.")
        return
    columns = [Column("№", 14, "center"), Column("Мера", 58), Column("Срок", 57), Column("Ответственный", 36)]
    shown = late.head(SHOWN_MEASURES)
    rows: list[Row] = []
    for state in (MEASURE_STATES[one] for one in LATE):
        mine = shown[shown["state"] == state.id]
        rows += [Row((markup.state(state, f" — {len(mine)}"),))] if len(mine) else []
        rows += [_due(row) for _, row in mine.iterrows()]
    paper.table("Просроченные меры и меры со сроком в ближайшие 30 дней", columns, rows)
    if len(late) > SHOWN_MEASURES:
        paper.text(f"Ещё {wording.counted(len(late) - SHOWN_MEASURES, MEASURES)} — в приложении 6.")


def _at_odds(paper: Paper, matter: Matter) -> None:
    """Measures that are done by their document with a number that is not reached, or overdue with all their numbers reached."""
    measures = matter.now.measures
    odd = []
    for code, state in zip(measures["measure"], measures["state"], strict=True):
        known = [row["people_missing"] for row in matter.numbers if row["number"] == code and pd.notna(row["people_missing"])]
        if (state in DONE and any(known)) or (state == MeasureState.OVERDUE.id and known and not any(known)):
            odd.append(code)
    if odd:
        codes = listed(odd, SHOWN_MEASURES, MEASURES)
        where = f"у меры {codes}" if len(odd) == 1 else f"у мер {codes}"
        paper.text(f"Состояние меры указано по документу исполнителя, число — по реестрам; расходятся {where}.")


def _due(row: pd.Series) -> Row:
    """Number, title, term with the days it is overdue, who answers: the state stands above."""
    late = f", просрочено на {wording.counted(int(row['days_overdue']), wording.DAYS)}" if row["days_overdue"] else ""
    return Row((row["measure"], row["title"], f"{_term(row)}{late}", row["bodies"]))


def measure_row(row: pd.Series) -> Row:
    """Number, title, term as printed and as a day, who answers, state."""
    state = MEASURE_STATES[row["state"]]
    late = f" на {wording.counted(int(row['days_overdue']), wording.DAYS)}" if row["days_overdue"] else ""
    return Row((row["measure"], row["title"], _term(row), row["bodies"], markup.state(state, late)))


def _term(row: pd.Series) -> str:
    printed = row["deadline"] if pd.notna(row["deadline"]) else "срок не указан"
    day = f"\n({wording.day(row['ends_on'])})" if pd.notna(row["ends_on"]) else ""
    doubt = f"\n{capital(str(row['doubt']))}" if pd.notna(row["doubt"]) and row["doubt"] else ""
    return f"{printed}{day}{doubt}"


def _numbers(paper: Paper, matter: Matter) -> None:
    """Numbers that miss their plan or are not known, by state; how many are reached or have no plan."""
    columns = [Column("Мера", 14, "center"), Column("Показатель", 53), Column("Значение", 42, "center")]
    columns += [Column("План", 16, "center"), Column("Осталось", 18, "center"), Column("Срок", 22, "center")]
    rows: list[Row] = []
    for state in WANTING:
        mine = [row for row in matter.numbers if row["status"] == state.id]
        rows += [Row((markup.state(state, f" — {len(mine)}"),))] if mine else []
        rows += [_number(matter, row) for row in mine]
    if rows:
        paper.table("Числа дорожной карты, которые не выполнены или не рассчитаны", columns, rows)
    settled = [(state, sum(row["status"] == state.id for row in matter.numbers)) for state in SETTLED]
    pieces: list[markup.Inline] = []
    for state, count in settled:
        pieces += [markup.state(state, f" — {count}"), "; "] if count else []
    if pieces:
        paper.text("Остальные числа — в приложении 1: " if rows else "Все числа — в приложении 1: ", *pieces[:-1], ".")


def _number(matter: Matter, row: pd.Series) -> Row:
    card = matter.card(row)
    told = (indicators.told(row, card), targets(row), lacking(row), wording.day(row["ends_on"]))
    return Row((row["number"], card.short_name, *told), row["figure"])


def lacking(row: pd.Series) -> str:
    """How many are missing to the plan, of a ceiling whether it holds; «—» where that is not known or there is no plan."""
    if pd.notna(row["people_missing"]) and row["comparator"] == "<=":
        return bound(row)
    return "—" if pd.isna(row["people_missing"]) else wording.number(int(row["people_missing"]))
