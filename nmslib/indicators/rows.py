"""Rows of a registry and the worded steps that choose among them: one description serves the count and the trace."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import polars as pl

from nmslib.registries import Frames

PLACE, ROW = "municipality", "excel_row"
ENGINE: Literal["streaming"] = "streaming"
INSIDE = "входит в знаменатель"


@dataclass(frozen=True)
class Question:
    """For which days an indicator is asked (both inclusive), and whose staff count: general schools or all organisations."""

    start: date
    as_of: date
    organisations: Literal["general", "all"]


@dataclass(frozen=True)
class Step:
    """One condition of a definition: its words, the rows that meet it, and what tells it from any other condition."""

    words: str
    keep: Callable[[pl.LazyFrame], pl.LazyFrame]
    exactly: str


@dataclass(frozen=True)
class Rows:
    """Rows of one registry (municipality, excel_row and its columns) and the steps that choose among them, in order."""

    registry: str
    all: pl.LazyFrame
    steps: tuple[Step, ...] = ()
    settled: tuple[int, pl.LazyFrame] | None = None

    def only(self, words: str, condition: pl.Expr) -> "Rows":
        """The rows that meet a condition; a condition that cannot be told of an empty cell is not met."""
        return self._then(words, lambda rows: rows.filter(condition), str(condition))

    def matching(self, words: str, others: "Rows", key: str) -> "Rows":
        """The rows whose key stands among those of ``others`` in the same municipality."""
        known = others.kept().select(PLACE, key)
        return self._then(words, lambda rows: rows.join(known, on=[PLACE, key], how="semi"), f"{key} in {others.exactly}")

    def once(self, words: str, key: str, by: str | None = None) -> "Rows":
        """One row a key and municipality: the earliest by the date ``by`` (empty is earliest), else the first of the sheet."""
        if by is None:
            # Cheaper and lighter by half than unique() where nearly every key stands once.
            return self.only(words, pl.col(ROW) == pl.col(ROW).min().over(PLACE, key))
        first = pl.all().sort_by(by, ROW).first()
        return self._then(words, lambda rows: rows.group_by(PLACE, key).agg(first), f"once {key} by {by}")

    def kept(self) -> pl.LazyFrame:
        """The rows that meet every step."""
        done, rows = self.settled or (0, self.all)
        for step in self.steps[done:]:
            rows = step.keep(rows)
        return rows

    def once_for_all(self, frames: Frames, columns: list[str]) -> "Rows":
        """The same rows, computed now and kept with ``frames`` for whoever asks next; only these columns go on."""
        if self.exactly not in frames.settled:
            frames.settled[self.exactly] = self.kept().select(PLACE, ROW, *columns).collect(engine=ENGINE).lazy()
        return replace(self, settled=(len(self.steps), frames.settled[self.exactly]))

    @property
    def exactly(self) -> str:
        """What tells this choice of rows from any other."""
        return f"{self.registry}({'; '.join(step.exactly for step in self.steps)})"

    def dropped(self) -> list[tuple[str, pl.LazyFrame]]:
        """For each step, its words and the rows that met all steps before it and not this one."""
        rows, found = self.all, []
        for step in self.steps:
            after = step.keep(rows)
            found.append((step.words, rows.join(after.select(PLACE, ROW), on=[PLACE, ROW], how="anti")))
            rows = after
        return found

    def _then(self, words: str, keep: Callable[[pl.LazyFrame], pl.LazyFrame], exactly: str) -> "Rows":
        return replace(self, steps=(*self.steps, Step(words, keep, exactly)))


@dataclass(frozen=True)
class Counted:
    """The rows behind a figure. ``denominator`` is None for a plain count.

    ``numerator`` holds each key once and the column ``on``, the day it is counted from; with a denominator its keys are among
    the denominator's. ``weight``: a column that is added up instead of counting rows (people accompanied by each methodist).
    ``events``: the numerator's rows before they were held against the denominator, from which contradictions are told.
    """

    denominator: Rows | None
    numerator: Rows
    key: str
    on: str
    weight: str | None = None
    events: Rows | None = None

    def outside(self) -> pl.LazyFrame:
        """Keys (municipality, key) of the numerator's rows that the denominator does not hold."""
        if self.events is None or self.denominator is None:
            return self.numerator.all.select(PLACE, self.key).head(0)
        known = self.denominator.kept().select(PLACE, self.key)
        return self.events.kept().select(PLACE, self.key).unique().join(known, on=[PLACE, self.key], how="anti")


def among(denominator: Rows, events: Rows, key: str, on: str) -> Counted:
    """Whom the events count among the denominator: each key once, on its first day."""
    named = events.only("код указан", pl.col(key).is_not_null())
    inside = named.matching(INSIDE, denominator, key).once("считается один раз", key, on)
    return Counted(denominator, inside, key, on, events=named)


def part_of(denominator: Rows, numerator: Rows, key: str, on: str) -> Counted:
    """A share of the denominator's own rows: ``numerator`` is the denominator with further steps."""
    return Counted(denominator, numerator, key, on)


def plain(numerator: Rows, key: str, on: str) -> Counted:
    """A count without a denominator."""
    return Counted(None, numerator, key, on)
