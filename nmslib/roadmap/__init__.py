"""From the terms of measures to due dates and their states; the as-of date is an argument, registries arrive as frames."""

from datetime import date

import pandas as pd

from nmslib import phrases
from nmslib.model import MeasureState, System
from nmslib.phrases import PhraseNotRead
from nmslib.roadmap.calendar_days import Occurrence, Reading, Schedule
from nmslib.roadmap.dates import resolve

__all__ = ["Occurrence", "Reading", "Schedule", "current", "resolve", "schedule", "states"]

SOON_DAYS = 30
WITHOUT_DATES = {
    "continuous": MeasureState.CONTINUOUS,
    "by_schedule": MeasureState.NO_SCHEDULE,
    "relative": MeasureState.NO_SCHEDULE,
}
COLUMNS = ["system", "measure", "title", "responsible", "deadline", "kind", "reading", "doubt", "alternatives"]
COLUMNS += ["starts_on", "due_on", "act", "clause"]


def _end_of_next_year(start: date) -> date:
    """Where a plan without an end is cut: recurring terms are shown for two years."""
    return date(start.year + 1, 12, 31)


def schedule(system: System) -> pd.DataFrame:
    """Every due date of every measure: one row each (COLUMNS; dates as datetime64, NaT where there is no date).

    A measure without a term, or with one that the grammar refuses, keeps one row without dates: it is never dropped.
    """
    start = system.act.period.start or system.act.date
    rows = []
    for measure in system.measures:
        common: dict[str, object] = {
            "system": system.id,
            "measure": measure.code,
            "title": measure.title,
            "responsible": "; ".join(measure.responsible),
            "deadline": measure.deadline,
            "act": system.act.name,
            "clause": measure.clause,
        }
        try:
            rule = phrases.read(measure.deadline) if measure.deadline else None
        except PhraseNotRead as refusal:
            rows.append(common | {"doubt": f"срок не разобран с места «{refusal.stopped_at}»"})
            continue
        if rule is None:
            rows.append(common)
            continue
        if start is None:
            rows.append(common | {"doubt": "начало действия документа не названо: даты не рассчитаны", "kind": rule.kind})
            continue
        found = resolve(rule, start, system.act.period.end or _end_of_next_year(start))
        words = {"kind": found.kind, "reading": found.chosen.text, "doubt": "; ".join(found.doubts) or None}
        words["alternatives"] = "; ".join(other.text for other in found.alternatives) or None
        dated = [{"starts_on": one.starts_on, "due_on": one.due_on} for one in found.chosen.occurrences]
        rows += [common | words | days for days in dated] or [common | words]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.assign(starts_on=pd.to_datetime(frame["starts_on"]), due_on=pd.to_datetime(frame["due_on"]))


def _state(row: pd.Series, as_of: pd.Timestamp) -> MeasureState:
    if pd.isna(row["deadline"]):
        return MeasureState.NO_SCHEDULE
    if pd.isna(row["due_on"]):
        return WITHOUT_DATES.get(row["kind"], MeasureState.UNREAD)
    if pd.notna(row["done_on"]):
        return MeasureState.DONE if row["done_on"] <= row["due_on"] else MeasureState.DONE_LATE
    if row["due_on"] > as_of + pd.Timedelta(days=SOON_DAYS):
        return MeasureState.LATER
    if row["due_on"] >= as_of:
        return MeasureState.DUE
    return MeasureState.OVERDUE if row["execution_received"] else MeasureState.UNKNOWN


def states(plan: pd.DataFrame, execution: pd.DataFrame | None, municipality: str, as_of: date) -> pd.DataFrame:
    """The schedule with a state for each due date of one municipality at ``as_of``.

    ``execution``: columns measure, due_on, done_on, document (None: the registry was not sent, so the past is unknown, not
    overdue). A deed dated after ``as_of`` has not happened yet. Adds municipality, done_on, document, state (ids of
    ``MeasureState``) and days_overdue (calendar days, 0 when not overdue). The day of the term itself is not overdue.
    """
    moment = pd.Timestamp(as_of)
    frame = plan.assign(municipality=municipality, execution_received=execution is not None)
    if execution is None:
        frame = frame.assign(done_on=pd.NaT, document=None)
    else:
        done = execution[execution["done_on"] <= moment].drop_duplicates(["measure", "due_on"])
        frame = frame.merge(done[["measure", "due_on", "done_on", "document"]], on=["measure", "due_on"], how="left")
    frame["done_on"] = pd.to_datetime(frame["done_on"])
    frame["state"] = [_state(row, moment).id for _, row in frame.iterrows()]
    late = frame["state"] == MeasureState.OVERDUE.id
    frame["days_overdue"] = (moment - frame["due_on"]).dt.days.where(late, 0).astype("int64")
    return frame.drop(columns="execution_received")


def current(frame: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """One row a measure, order as printed: what to look at now.

    The earliest overdue date; else the earliest open one of the calendar year, else the year's last; else the next ahead; else
    the last behind.
    """
    this_year = frame["due_on"].dt.year == as_of.year
    settled = frame["state"].isin([MeasureState.DONE.id, MeasureState.DONE_LATE.id])
    behind = frame["due_on"] < pd.Timestamp(as_of)
    rank = pd.Series(4, index=frame.index).where(behind, 3)
    rank = rank.mask(this_year & settled, 2).mask(this_year & ~settled, 1).mask(frame["state"] == MeasureState.OVERDUE.id, 0)
    day_number = frame["due_on"].astype("int64")
    nearness = day_number.where(rank.isin([0, 1, 3]), -day_number)
    chosen = (
        frame.assign(rank=rank, nearness=nearness).sort_values(["rank", "nearness"], kind="stable").drop_duplicates("measure")
    )
    return frame.loc[chosen.index].sort_index()
