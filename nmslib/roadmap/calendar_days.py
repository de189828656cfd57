"""The parts every reading is made of: occurrences, readings, a plan, days of a year, expansion of RFC 5545 rules."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.rrule import rrulestr

from nmslib.phrases import Kind

MONTHS_OF_UNIT = {"year": 12, "half": 6, "third": 4, "quarter": 3, "month": 1}


@dataclass(frozen=True)
class Occurrence:
    """One due date with the first day on which work for it counts."""

    starts_on: date
    due_on: date


@dataclass(frozen=True)
class Reading:
    """One defensible reading of a term: in words, with its days and, where one exists, its RFC 5545 rule."""

    text: str
    occurrences: tuple[Occurrence, ...] = ()
    rrule: str | None = None


@dataclass(frozen=True)
class Schedule:
    """What a term means in a plan: the chosen reading, the others, and what the words leave open."""

    kind: Kind
    chosen: Reading
    alternatives: tuple[Reading, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """The plan a term stands in: its first and last day."""

    start: date
    end: date

    @property
    def years(self) -> range:
        """Calendar years the plan touches."""
        return range(self.start.year, self.end.year + 1)

    def holds(self, day: date) -> bool:
        """Whether a day lies in the plan, its first and last day included."""
        return self.start <= day <= self.end


def day_of(year: int, month_day: tuple[int, int]) -> date:
    """A day of a year; 0 is the month's last day, and 29 February of a common year is the 28th."""
    month, day = month_day
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(day or last, last))


def expanded(rrule: str, start: date, end: date) -> list[date]:
    """Days of an RFC 5545 rule from ``start`` to ``end``, both included, ascending."""
    if start > end:
        return []
    first, last = datetime.combine(start, time()), datetime.combine(end, time())
    return [moment.date() for moment in rrulestr(rrule, dtstart=first).between(first, last, inc=True)]


def _period_start(due_on: date, unit: str) -> date:
    """The first day of the year, quarter, month or week that holds the due date."""
    if unit == "week":
        return due_on - timedelta(days=due_on.weekday())
    if unit == "half_month":
        return due_on.replace(day=1 if due_on.day <= 15 else 16)
    months = MONTHS_OF_UNIT[unit]
    return date(due_on.year, (due_on.month - 1) // months * months + 1, 1)


def occurrences_of(dates: Iterable[date], unit: str, plan: Plan) -> tuple[Occurrence, ...]:
    """Due dates, each with the first day of its period (not before the plan), ascending and without repetition."""
    return tuple(Occurrence(min(day, max(plan.start, _period_start(day, unit))), day) for day in sorted(set(dates)))
