"""Terms of the roadmap as tables: what is overdue and who answers, what comes next, which readings are in doubt."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
from IPython.display import HTML

from nmslib import wording
from nmslib.documents import templates
from nmslib.model import MeasureState, Municipality, System

NOTHING = "—"
STATES = {state.id: state for state in MeasureState}


def _table(caption: str, columns: list[str], rows: list[list[Any]]) -> HTML:
    return HTML(templates.macros("tables").table(caption, columns, rows))


def _measure(row: pd.Series) -> list[str]:
    return [f"{row['measure']}. {row['title']}", row["responsible"]]


def _late(row: pd.Series) -> str:
    """«11 дней (8 рабочих)»; working days only where the calendar of the year is known."""
    days = wording.counted(int(row["days_overdue"]), wording.DAYS)
    working = row["working_days_overdue"]
    return days if pd.isna(working) else f"{days} ({wording.counted(int(working), ('рабочий', 'рабочих', 'рабочих'))})"


def terms_header(system: System, place: Municipality, as_of: date, synthetic: bool) -> HTML:
    """Name, act, date and the mark of synthetic data; carries the style of the tables below."""
    return HTML(templates.macros("fragments").header(system, place, as_of, synthetic, [], templates.style()))


def overdue_table(measures: pd.DataFrame) -> HTML:
    """Overdue terms of ``roadmap.states``, the longest overdue first: who answers, since when, what it touches, which clause.

    Where the registry of execution was not sent, nobody can say what is overdue, and the caption says so.
    """
    late = measures[measures["state"] == MeasureState.OVERDUE.id].sort_values("ends_on")
    rows = [
        [
            *_measure(row),
            wording.day(row["ends_on"]),
            _late(row),
            row["affects"] if pd.notna(row["affects"]) else NOTHING,
            row["clause"],
        ]
        for _, row in late.iterrows()
    ]
    untold = int((measures["state"] == MeasureState.UNKNOWN.id).sum())
    caption = f"Просроченные сроки: {len(rows)}" if rows else "Просроченных сроков нет"
    if untold:
        caption = f"Что просрочено, неизвестно: нет сведений об исполнении, прошедших сроков {untold}"
    return _table(caption, ["Мера", "Ответственный", "Срок", "Просрочено на", "Затронутое число", "Пункт"], rows)


def coming_table(measures: pd.DataFrame, as_of: date, days: int) -> HTML:
    """Terms of ``roadmap.states`` that end within ``days`` after ``as_of``, the nearest first; done ones are left out."""
    last = pd.Timestamp(as_of + timedelta(days=days))
    open_now = ~measures["state"].isin([MeasureState.DONE.id, MeasureState.DONE_LATE.id])
    near = measures[open_now & measures["ends_on"].between(pd.Timestamp(as_of), last)].sort_values("ends_on", kind="stable")
    rows = [[wording.day(row["ends_on"]), *_measure(row), STATES[row["state"]].word, row["clause"]] for _, row in near.iterrows()]
    caption = f"Сроки в ближайшие {wording.counted(days, wording.DAYS)}: {len(rows)}"
    return _table(caption, ["Срок", "Мера", "Ответственный", "Состояние", "Пункт"], rows)


def doubts_table(schedule: pd.DataFrame) -> HTML:
    """Terms with a doubt (``roadmap.schedule``): as printed, as read, the other readings; for the analyst to settle."""
    doubtful = schedule.dropna(subset=["doubt"]).drop_duplicates("measure")
    rows = [
        [
            f"{row['measure']}. {row['title']}",
            row["deadline"],
            row["reading"] if pd.notna(row["reading"]) else "срок не разобран",
            row["alternatives"] if pd.notna(row["alternatives"]) else NOTHING,
            row["doubt"],
            row["clause"],
        ]
        for _, row in doubtful.iterrows()
    ]
    columns = ["Мера", "Срок по документу", "Читаем", "Можно и так", "Сомнение", "Пункт"]
    return _table(f"Сроки, которые можно понять по-разному: {len(rows)}", columns, rows)
