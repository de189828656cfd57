"""What a term says, as data: days, windows, frequency, start, markers. Knows no plan and no calendar arithmetic."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "once",
    "range",
    "annual",
    "semiannual",
    "quarterly",
    "monthly",
    "semi_monthly",
    "weekly",
    "continuous",
    "school_years",
    "by_schedule",
    "until",
    "relative",
    "multi",
    "none",
]
Unit = Literal["year", "half", "quarter", "month", "half_month", "week", "third"]


class PhraseNotRead(ValueError):
    """There is no reading for the phrase; ``stopped_at`` is the part that could not be passed."""

    def __init__(self, phrase: str, stopped_at: str):
        super().__init__(phrase, stopped_at)
        self.phrase, self.stopped_at = phrase, stopped_at

    def __str__(self) -> str:
        return f"Срок не разобран: «{self.phrase}», непонятно с места «{self.stopped_at}»"


@dataclass(frozen=True)
class Point:
    """A day: «до 20 ноября» has no year; ``bound`` tells whether a preposition (до, к) stood before it."""

    month: int
    day: int
    year: int | None = None
    bound: bool = False


@dataclass(frozen=True)
class Window:
    """A stretch of days: a month, quarter, half-year, year, school year or an explicit range.

    Days are counted inside their month, 0 is its last day; ``year`` is the year of the first day, ``last_year`` of the last
    (both None when none is named). ``edge``: «in» the whole stretch, «until» its beginning (до декабря), «start» or «end» of it.
    """

    name: Literal["month", "quarter", "half", "year", "school_year", "range"]
    first: tuple[int, int]
    last: tuple[int, int]
    year: int | None = None
    last_year: int | None = None
    edge: Literal["in", "until", "start", "end"] = "in"


@dataclass(frozen=True)
class Weekday:
    """A day of the week, Monday is 0; ``ordinal`` of «каждый второй вторник» is 2."""

    weekday: int
    ordinal: int | None = None


@dataclass(frozen=True)
class Relative:
    """A term counted from an event («в течение 10 рабочих дней после приказа»); ``count`` is None for «по мере необходимости»."""

    event: str
    count: int | None = None
    unit: Literal["day", "working_day", "week", "month"] | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The meaning of a whole term; which fields are filled depends on ``kind``.

    ``days``: days of a month (numbers) or weekdays; ``months``: in which months they fall, empty for every month. ``first``: the
    first due day of «…, далее ежеквартально». ``bounds``: «в 2024 году» of «ежеквартально в 2024 году». ``doubts``: what the
    words leave open, for the reader.
    """

    kind: Kind
    points: tuple[Point, ...] = ()
    windows: tuple[Window, ...] = ()
    unit: Unit | None = None
    days: tuple[int | Weekday, ...] = ()
    months: tuple[int, ...] = ()
    first: Point | None = None
    since: Point | None = None
    bounds: Window | None = None
    relative: Relative | None = None
    doubts: tuple[str, ...] = ()
