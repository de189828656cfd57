"""Terms by civil law: calendar and working days, and the day a term really ends. Years without a decree are refused."""

import calendar
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

import holidays

from nmslib.model import WorkingYear
from nmslib.wording import day as shown

SATURDAY = 5
ADD = "добавьте год с номером постановления в data/working_days.yaml"


@cache
def _russia() -> holidays.HolidayBase:
    return holidays.country_holidays("RU")


@cache
def _is_working(day: date) -> bool:
    """The same days are asked for thousands of times."""
    return bool(_russia().is_working_day(day))


class WorkingDays:
    """Working days of the years whose decree on transferred days off is known (data/working_days.yaml)."""

    def __init__(self, years: Iterable[WorkingYear]):
        self.decrees = {year.year: year for year in years}

    def is_working(self, day: date) -> bool:
        """Whether a day is working by the production calendar; LookupError for a year without a decree."""
        if day.year not in self.decrees:
            raise LookupError(f"Нет производственного календаря на {day.year} год ({shown(day)}): {ADD}")
        return _is_working(day)

    def moved(self, day: date) -> date:
        """The day on which a term ending on ``day`` really ends: the next working day if it is a day off (ст. 193 ГК РФ)."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def moved_if_known(self, day: date) -> date | None:
        """The day a term is moved to, None when it stays where it is or when the calendar of the year is not known."""
        try:
            moved = self.moved(day)
        except LookupError:
            return None
        return moved if moved != day else None

    def weekend_of_unknown_year(self, day: date) -> bool:
        """Whether a day is a Saturday or Sunday of a year whose transfers are not known."""
        return day.weekday() >= SATURDAY and day.year not in self.decrees

    def between_if_known(self, day: date, later: date) -> int | None:
        """``between``, or None when the calendar of a year is not known."""
        try:
            return self.between(day, later)
        except LookupError:
            return None

    def between(self, day: date, later: date) -> int:
        """How many working days there are after ``day`` up to ``later`` inclusive."""
        return sum(self.is_working(day + timedelta(days=step)) for step in range(1, (later - day).days + 1))

    def end_of_term(self, start: date, count: int, unit: str) -> date:
        """The last day of a term of ``count`` units that an event on ``start`` begins.

        It runs from the next day (ст. 191 ГК РФ). ``unit``: day (calendar days), working_day, week, month (the same date of the
        last month, or its last day: ст. 192). A term that ends on a day off ends on the next working day (ст. 193).
        """
        if unit == "working_day":
            day = start
            for _ in range(count):
                day = self.moved(day + timedelta(days=1))
            return day
        if unit == "month":
            months = start.year * 12 + start.month - 1 + count
            year, month = divmod(months, 12)
            last = calendar.monthrange(year, month + 1)[1]
            return self.moved(date(year, month + 1, min(start.day, last)))
        return self.moved(start + timedelta(days=count * (7 if unit == "week" else 1)))
