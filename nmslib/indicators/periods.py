"""Periods in which figures are counted, their names, and how the plan grows within them. The rule is docs/states.md."""

import itertools
import math
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from dateutil.relativedelta import relativedelta

from nmslib import wording

SCHOOL_YEAR_BEGINS = 9
# Teachers' paid leave is 56 days (decree of the Government of 14.05.2015 No. 466); schools give it in these months.
LEAVE_MONTHS = (7, 8)


@dataclass(frozen=True)
class Period:
    """Days from ``start`` to ``end``, both inclusive; ``name`` stands in tables («2023», «2023/24», «2023-Q4», «2023-12»)."""

    start: date
    end: date
    name: str

    def elapsed(self, as_of: date, profile: str) -> float:
        """The part of the plan that is expected by the end of ``as_of``, 0 to 1: by days, or by days outside the leave months.

        A period of leave months alone has no other rhythm than its days.
        """
        if as_of < self.start:
            return 0.0
        profile = profile if _days(self.start, self.end, profile) else "linear"
        return _days(self.start, min(as_of, self.end), profile) / _days(self.start, self.end, profile)

    def finish(self, as_of: date, now: int, lacking: int, profile: str) -> date | None:
        """The day on which what is lacking is there at the pace of the period so far, ``now`` in its days that count.

        None when that is not within the period, or nothing has been counted yet.
        """
        passed = _days(self.start, as_of, profile)
        needed = math.ceil(passed * lacking / now) if now and passed else None
        if needed is None or needed > _days(as_of + timedelta(days=1), self.end, profile):
            return None
        ahead = (as_of + timedelta(days=number) for number in itertools.count(1))
        counting = (day for day in ahead if profile == "linear" or day.month not in LEAVE_MONTHS)
        return next(itertools.islice(counting, max(0, needed - 1), None))

    def months_left(self, as_of: date, profile: str) -> int:
        """Calendar months of the period with days after ``as_of``, a begun one included; a school rhythm has no leave months."""
        if as_of >= self.end:
            return 0
        tomorrow = max(as_of + timedelta(days=1), self.start)
        count = (self.end.year - tomorrow.year) * 12 + self.end.month - tomorrow.month + 1
        months = [(tomorrow.month - 1 + number) % 12 + 1 for number in range(count)]
        return sum(month not in LEAVE_MONTHS for month in months) if profile == "school_rhythm" else count


@lru_cache(maxsize=4096)
def _days(start: date, end: date, profile: str) -> int:
    """Days that count between two days, both inclusive."""
    whole = max(0, (end - start).days + 1)
    if profile == "linear":
        return whole
    return sum((start + timedelta(days=number)).month not in LEAVE_MONTHS for number in range(whole))


def _calendar(start: date, months: int, name: str) -> Period:
    return Period(start, start + relativedelta(months=months, days=-1), name)


def period_of(kind: str, as_of: date, first: date | None = None, last: date | None = None) -> Period:
    """The period of a card's ``kind`` that ``as_of`` lies in.

    «plan» runs from ``first`` to ``last`` (the roadmap's own days, or those of the target; where the document has none, the
    calendar year); ``last`` also ends any other period early when the value is due before its end.
    """
    year, month = as_of.year, as_of.month
    if kind == "plan" and first and last:
        return Period(first, last, f"{first.isoformat()}/{last.isoformat()}")
    if kind == "school_year":
        begins = year if month >= SCHOOL_YEAR_BEGINS else year - 1
        found = _calendar(date(begins, SCHOOL_YEAR_BEGINS, 1), 12, f"{begins}/{(begins + 1) % 100:02d}")
    elif kind == "half_year":
        half = (month - 1) // 6
        found = _calendar(date(year, 6 * half + 1, 1), 6, f"{year}-H{half + 1}")
    elif kind == "quarter":
        quarter = (month - 1) // 3
        found = _calendar(date(year, 3 * quarter + 1, 1), 3, f"{year}-Q{quarter + 1}")
    elif kind == "month":
        found = _calendar(date(year, month, 1), 1, f"{year}-{month:02d}")
    else:
        found = _calendar(date(year, 1, 1), 12, str(year))
    return Period(found.start, last, found.name) if last and found.start <= last < found.end else found


def in_words(name: str) -> str:
    """A period's name for readers: «2023 г.», «2023/24 учебный год», «IV квартал 2023 г.», «период с 12.05.2023 по …»."""
    if name.count("-") == 4:
        first, last = (date.fromisoformat(day) for day in name.split("/"))
        return f"период с {wording.day(first)} по {wording.day(last)}"
    if "/" in name:
        return f"{name} учебный год"
    year, _, part = name.partition("-")
    numeral = {"1": "I", "2": "II", "3": "III", "4": "IV"}
    if part.startswith("H"):
        return f"{numeral[part[1]]} полугодие {year}{wording.NBSP}г."
    if part.startswith("Q"):
        return f"{numeral[part[1]]} квартал {year}{wording.NBSP}г."
    return f"{wording.month_in_text(date(int(year), int(part), 1))}" if part else f"{year}{wording.NBSP}г."


def quarter_ends(first: date, last: date) -> list[date]:
    """Last days of the quarters from ``first`` to ``last``, both inclusive."""
    ends = (
        date(year, month, 1) + relativedelta(months=1, days=-1)
        for year in range(first.year, last.year + 1)
        for month in (3, 6, 9, 12)
    )
    return [day for day in ends if first <= day <= last]
