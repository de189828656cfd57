"""What checks know besides the workbook, and what they give back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from nmslib import wording
from nmslib.model import Finding, RegistrySchema, Rule
from nmslib.registries import Book

Frames = dict[str, pd.DataFrame]
SHOWN_PLACES = 3


@dataclass(frozen=True)
class Context:
    """``measures``: codes of the document's measures; ``today``: the day of the check; ``previous``: rows accepted last time.

    ``stored``: the same workbook's rows in the form in which they would be kept (pseudonyms instead of codes), to be compared
    with ``previous``; both are empty when nothing was accepted before. ``previous_day``: as of when those rows were.
    """

    schema: RegistrySchema
    rules: dict[str, Rule]
    measures: frozenset[str]
    today: date
    previous: Frames = field(default_factory=dict)
    previous_day: date | None = None
    stored: Frames = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """``findings`` in order of importance; ``kept``: registry → rows to accept; ``left_out``: registry → row → rule."""

    findings: list[Finding]
    kept: Frames
    left_out: dict[str, dict[int, str]]


def about_rows(rule: str, registry: str, column: str | None, rows: pd.Series, details: str = "", said: str = "") -> list[Finding]:
    """One finding about these Excel rows, none when there are no rows; what stands in cells belongs to ``details`` alone."""
    if not len(rows):
        return []
    numbers = tuple(sorted({int(row) for row in rows}))
    return [Finding(rule, registry, column, numbers, details, said)]


def left_empty(frames: Frames, book: Book, registry: str, column: str) -> pd.Series:
    """Cells that the sender left empty; what could not be read, and a column that is not there, are unknown, not empty."""
    frame = frames[registry]
    told = {row for one in book.findings if (one.registry, one.column) == (registry, column) for row in one.rows}
    there = column in book.sheets[registry].letters
    return frame[column].isna() & ~frame["excel_row"].isin(list(told)) & there


def some(places: Iterable[str]) -> str:
    """The first few places and how many more there are."""
    places = list(places)
    more = f" и ещё {wording.number(len(places) - SHOWN_PLACES)}" if len(places) > SHOWN_PLACES else ""
    return "; ".join(places[:SHOWN_PLACES]) + more
