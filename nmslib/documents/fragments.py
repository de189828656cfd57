"""Pieces of a report as HTML that reads the same in JupyterLab and on the page; words come from below, markup from templates."""

from datetime import date

import pandas as pd
from IPython.display import HTML

from nmslib import indicators, wording
from nmslib.documents import templates
from nmslib.model import LEVELS, Card, MeasureState, Municipality, State, System
from nmslib.registries import Registries

SHOWN_PROBLEMS = 20
MEASURE_STATES = {state.id: state for state in MeasureState}
NOTHING = "—"


def _gap_in_words(figures: pd.DataFrame, cards: dict[str, Card]) -> str:
    worst = indicators.largest_gap(figures)
    if worst is not None:
        card = cards[worst["indicator"]]
        missing = wording.genitive(int(worst["people_missing"]), card.noun)
        return wording.sentences(f"Дальше всего от плана «{card.short_name}»: не хватает {missing}")
    if figures["value"].isna().any():
        return "Есть показатели, о которых судить нельзя."
    return "Недостающих до плана нет." if figures["target"].notna().any() else ""


def _terms_in_words(measures: pd.DataFrame) -> str:
    if measures.empty:
        return "Дорожной карты в документе нет."
    count = {state: int((measures["state"] == state.id).sum()) for state in MeasureState}
    unknown = f", нет сведений об исполнении: {count[MeasureState.UNKNOWN]}" if count[MeasureState.UNKNOWN] else ""
    late, due = count[MeasureState.OVERDUE], count[MeasureState.DUE]
    return f"Мер дорожной карты: {len(measures)}, просрочено: {late}, срок в ближайшие 30 дней: {due}{unknown}."


def _summary(figures: pd.DataFrame, measures: pd.DataFrame, cards: dict[str, Card]) -> list[str]:
    """Three sentences: the indicators, the largest gap, the terms; what is unknown is called unknown."""
    count = figures["status"].value_counts()
    states = [f"{state.word}: {count[state.id]}" for state in State if state.id in count]
    first = f"Показателей {len(figures)} — {'; '.join(states)}." if states else "Показатели документом не установлены."
    return [sentence for sentence in (first, _gap_in_words(figures, cards), _terms_in_words(measures)) if sentence]


def _outside(system: System, as_of: date) -> list[str]:
    """A warning when the as-of date lies outside the period of the document."""
    start, end = system.act.period.start, system.act.period.end
    if (start and as_of < start) or (end and as_of > end):
        days = " — ".join(wording.day(day) for day in (start, end) if day)
        return [f"Отчётная дата {wording.day(as_of)} вне периода документа ({days}): плановых значений на неё нет."]
    return []


def header(
    system: System,
    place: Municipality,
    as_of: date,
    synthetic: bool,
    figures: pd.DataFrame,
    measures: pd.DataFrame,
    cards: dict[str, Card],
) -> HTML:
    """Name, act, date, the mark of synthetic data, and a summary of three sentences; carries the style of all fragments."""
    summary = [*_outside(system, as_of), *_summary(figures, measures, cards)]
    return HTML(templates.macros("fragments").header(system, place, as_of, synthetic, summary, templates.style()))


def passport(system: System) -> HTML:
    """What the system is: act, operator, period, monitoring, and its subjects by level, each with its clause."""
    levels = [
        (name, [subject for subject in system.subjects if subject.level == level and subject.listed])
        for level, name in LEVELS.items()
    ]
    return HTML(templates.macros("fragments").passport(system, [(name, subjects) for name, subjects in levels if subjects]))


def completeness(registries: Registries, place: Municipality) -> HTML:
    """Which registries the municipality sent, with rows and problems, and the first problems in words."""
    rows = registries.arrivals[registries.arrivals["municipality"] == place.municipality]
    received, expected = int(rows["received"].sum()), len(rows)
    source = f"Принято реестров: {received} из {expected} (файл {rows['file'].iloc[0]})"
    problems = [str(problem) for problem in registries.problems_of(place.municipality)]
    more = max(0, len(problems) - SHOWN_PROBLEMS)
    return HTML(templates.macros("fragments").completeness(rows.to_dict("records"), problems[:SHOWN_PROBLEMS], more, source))


def _measure_note(row: pd.Series) -> str:
    if pd.notna(row["done_on"]):
        return f"{wording.day(row['done_on'])}" + (f": {row['document']}" if pd.notna(row["document"]) else "")
    if row["days_overdue"]:
        return f"срок {wording.day(row['due_on'])}, просрочено на {wording.counted(int(row['days_overdue']), wording.DAYS)}"
    moved = f" — выходной, переходит на {wording.day(row['moved_on'])} (ст. 193 ГК РФ)" if pd.notna(row["moved_on"]) else ""
    return f"срок {wording.day(row['due_on'])}{moved}" if pd.notna(row["due_on"]) else ""


def _left_open(row: pd.Series) -> str:
    return f"; не закрыт прежний срок {row['open_before']}" if pd.notna(row["open_before"]) else ""


def roadmap_table(measures: pd.DataFrame, system: System) -> HTML:
    """Each measure with its term as printed and as understood, its state and who answers for it."""
    shown = measures.astype("object").where(measures.notna(), None)
    rows = [
        {**record, "state": MEASURE_STATES[record["state"]], "note": _measure_note(row) + _left_open(row)}
        for record, (_, row) in zip(shown.to_dict("records"), measures.iterrows(), strict=True)
    ]
    return HTML(templates.macros("fragments").roadmap(rows, system.act.name))


def sources(system: System, registries: Registries, place: Municipality) -> HTML:
    """What the report rests on: act, workbook with its hash, rules of counting, oddities of the document."""
    rows = registries.arrivals[registries.arrivals["municipality"] == place.municipality]
    accepted = rows[rows["received"]].head(1).to_dict("records")
    known = {**accepted[0], "data_on": wording.day(date.fromisoformat(accepted[0]["data_on"]))} if accepted else None
    return HTML(templates.macros("fragments").sources(system, place, known, system.oddities))
