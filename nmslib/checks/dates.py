"""Dates in order: nobody is hired as a child, nothing ends before it begins, nothing has happened that is still to come."""

from collections.abc import Iterator

import pandas as pd

from nmslib import wording
from nmslib.checks.context import Context, Frames, about_rows, left_empty, some
from nmslib.model import Finding
from nmslib.registries import Book

WORKING_AGE = 16
OLDEST = 90
# What may lie ahead: terms, and the ends of what is going on.
AHEAD = {"due_on", "until", "ended_on", "closed_on", "left_on", "withdrawn_on"}
IN_ORDER = {
    ("staff", "hired_on", "left_on"): "left_before_hired",
    ("staff", "profession_since", "hired_on"): "profession_after_hired",
    ("organisations", "opened_on", "closed_on"): "ended_before_started",
    ("routes", "drawn_up_on", "completed_on"): "ended_before_started",
    ("completions", "started_on", "completed_on"): "ended_before_started",
    ("young_support", "started_on", "ended_on"): "ended_before_started",
    ("mentors", "since", "until"): "ended_before_started",
    ("mentor_pairs", "started_on", "ended_on"): "ended_before_started",
    ("mentoring_organisations", "since", "until"): "ended_before_started",
    ("methodical_service", "since", "until"): "ended_before_started",
    ("methodical_active", "since", "until"): "ended_before_started",
    ("centre_staff", "since", "until"): "ended_before_started",
    ("internship_sites", "opened_on", "closed_on"): "ended_before_started",
    ("innovation_sites", "opened_on", "closed_on"): "ended_before_started",
    ("communities", "founded_on", "closed_on"): "ended_before_started",
    ("experts", "since", "until"): "ended_before_started",
    ("agreements", "signed_on", "until"): "ended_before_started",
    ("programmes", "developed_on", "withdrawn_on"): "ended_before_started",
    ("programmes", "developed_on", "registered_on"): "registered_before_developed",
}
EVENTS = {
    "diagnostics": "diagnosed_on",
    "routes": "drawn_up_on",
    "completions": "completed_on",
    "young_support": "started_on",
    "burnout": "monitored_on",
}


def check(frames: Frames, book: Book, context: Context) -> Iterator[Finding]:
    """Findings about days, as of the day of the data (or of the check where the sender names none)."""
    day = pd.Timestamp(book.data_on or context.today)
    yield from _ahead(frames, context, day)
    for (registry, first, second), rule in IN_ORDER.items():
        if registry in frames:
            frame = frames[registry]
            wrong = frame[frame[first] > frame[second]]
            yield from about_rows(rule, registry, second, wrong["excel_row"], _days(wrong, first, second))
    if "staff" in frames:
        yield from _ages(frames["staff"], day)
        yield from _outside_employment(frames, book)
        yield from _closed(frames, book, day)


def _ahead(frames: Frames, context: Context, day: pd.Timestamp) -> Iterator[Finding]:
    for sheet in context.schema.sheets:
        for column in sheet.columns:
            if sheet.id in frames and column.type == "date" and column.id not in AHEAD:
                late = frames[sheet.id][frames[sheet.id][column.id] > day]
                said = f"данные на {wording.day(day)}"
                told = f"{_some_days(late[column.id])}; {said}"
                yield from about_rows("future_date", sheet.id, column.id, late["excel_row"], told, said)


def _ages(staff: pd.DataFrame, day: pd.Timestamp) -> Iterator[Finding]:
    """People too young or too old to be on the staff, and those hired before they may be (Labour Code, art. 63)."""
    born = staff["birth_on"]
    wrong = staff[(born > day - pd.DateOffset(years=WORKING_AGE)) | (born < day - pd.DateOffset(years=OLDEST))]
    yield from about_rows("improbable_birth", "staff", "birth_on", wrong["excel_row"])
    rest = staff.drop(wrong.index)
    child = rest[rest["hired_on"] < rest["birth_on"] + pd.DateOffset(years=WORKING_AGE)]
    yield from about_rows("hired_too_young", "staff", "hired_on", child["excel_row"])


def _outside_employment(frames: Frames, book: Book) -> Iterator[Finding]:
    """Events of a person before the first hiring or after the last dismissal, whatever the place of work.

    Rows of staff that are left out count too, and a day that is not known may be any.
    """
    staff = book.sheets["staff"].frame
    ever = {"hired_on": pd.Timestamp.min.ceil("s"), "left_on": pd.Timestamp.max.floor("s")}
    days = {column: staff[column].fillna(bound) for column, bound in ever.items()}
    spans = staff.assign(**days).groupby("person").agg(hired_on=("hired_on", "min"), left_on=("left_on", "max"))
    for registry, column in EVENTS.items():
        if registry not in frames:
            continue
        rows = frames[registry].join(spans, on="person")
        wrong = rows[(rows[column] < rows["hired_on"]) | (rows[column] > rows["left_on"])]
        yield from about_rows("outside_employment", registry, column, wrong["excel_row"], _some_days(wrong[column]))


def _closed(frames: Frames, book: Book, day: pd.Timestamp) -> Iterator[Finding]:
    if "organisations" not in frames:
        return
    closed = frames["organisations"].loc[frames["organisations"]["closed_on"] <= day, "organisation"]
    staff = frames["staff"]
    wrong = staff[left_empty(frames, book, "staff", "left_on") & staff["organisation"].isin(closed)]
    codes = some(f"«{code}»" for code in wrong["organisation"].unique())
    yield from about_rows("closed_organisation", "staff", "organisation", wrong["excel_row"], codes)


def _days(rows: pd.DataFrame, first: str, second: str) -> str:
    return some(f"{wording.day(a)} и {wording.day(b)}" for a, b in zip(rows[first], rows[second], strict=True))


def _some_days(days: pd.Series) -> str:
    return some(wording.day(day) for day in days.drop_duplicates())
