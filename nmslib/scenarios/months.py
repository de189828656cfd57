"""Months ahead as steps of a scenario: working days, what part of a mean month each is, hours of a rate; knows no people."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays
import numpy as np
from numpy.typing import NDArray

from nmslib.indicators.periods import LEAVE_MONTHS
from nmslib.model import WorkingYear
from nmslib.roadmap import WorkingDays

# A full rate of a teacher or methodist is 36 hours a week (order of the Ministry of Education and Science of 22.12.2014 No. 1601,
# app. 1, item 2.1), in weeks of five days.
HOURS_A_DAY = 7.2
SATURDAY = 5
ONE_DAY = np.timedelta64(1, "D")
MONTHS_A_YEAR = 12
TRANSFERRED = "Выходной (перенесено"

Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class Months:
    """Steps of a scenario in order, arrays of one length.

    ``starts``, ``ends``: first and last day of each step (datetime64[D]). ``days``: its working days. ``weight``: these against
    the mean month of its year (the year's working days / 12), so that a year of whole months weighs 12; ``rhythm``: the same,
    but 0 in July and August, when teachers are on leave (periods.LEAVE_MONTHS). ``hours``: working hours of a full rate, 7.2 a
    working day. ``new_year``: whether the step begins on 1 January. ``unsure``: years without a decree on transferred days off;
    of these, working days are Monday to Friday but for the holidays of ст. 112 ТК РФ, nothing transferred.
    """

    starts: Days
    ends: Days
    days: NDArray[np.int64]
    weight: NDArray[np.float64]
    rhythm: NDArray[np.float64]
    hours: NDArray[np.float64]
    new_year: NDArray[np.bool_]
    unsure: tuple[int, ...]

    @property
    def doubt(self) -> str:
        """What the reader is to know of years without a decree, in a sentence; empty when all are known."""
        if not self.unsure:
            return ""
        *earlier, last = (str(year) for year in self.unsure)
        years = f"{', '.join(earlier)} и {last} годов" if earlier else f"{last} года"
        these = "эти годы" if earlier else "этот год"
        return f"Рабочие дни {years} посчитаны без переносов выходных: постановления о переносе на {these} в рабочей тетради нет."


def months(as_of: date, until: date, calendar: WorkingDays) -> Months:
    """Steps from the day after ``as_of`` to ``until``, each to the end of its month (the last one to ``until``).

    The first step is what is left of the month of ``as_of``, or the whole next month when that is over. Raises ValueError when
    ``until`` is not after ``as_of``.
    """
    if until <= as_of:
        raise ValueError(f"until {until} is not after as_of {as_of}")
    ends = month_ends(as_of, _number(until) - _number(as_of + timedelta(days=1)) + 1)
    ends[-1] = np.datetime64(until)
    starts = ends.astype("datetime64[M]").astype("datetime64[D]")
    starts[0] = np.datetime64(as_of + timedelta(days=1))
    years = starts.astype("datetime64[Y]").astype(int) + 1970
    known = {int(year): _working(int(year), calendar.decrees.get(int(year))) for year in np.unique(years)}
    passed = np.concatenate([[0], np.cumsum(np.concatenate(list(known.values())))])
    origin = starts[0].astype("datetime64[Y]").astype("datetime64[D]")
    days = passed[(ends - origin).astype(int) + 1] - passed[(starts - origin).astype(int)]
    weight = days * MONTHS_A_YEAR / np.array([known[int(year)].sum() for year in years])
    leave = np.isin(_month_of_year(starts), LEAVE_MONTHS)
    return Months(
        starts=starts,
        ends=ends,
        days=days,
        weight=weight,
        rhythm=np.where(leave, 0.0, weight),
        hours=HOURS_A_DAY * days,
        new_year=starts == starts.astype("datetime64[Y]").astype("datetime64[D]"),
        unsure=tuple(year for year in known if year not in calendar.decrees),
    )


def month_ends(as_of: date, count: int) -> Days:
    """Last days of the first ``count`` calendar months that have days after ``as_of`` (datetime64[D])."""
    first = np.datetime64(as_of + timedelta(days=1), "M")
    following: Days = np.arange(first + 1, first + count + 1).astype("datetime64[D]")
    return following - ONE_DAY


def months_past(as_of: date, count: int, calendar: WorkingDays) -> Months:
    """The last ``count`` months that are over at the end of ``as_of``, whole."""
    after = np.datetime64(as_of + timedelta(days=1), "M")
    before, last = ((month.astype("datetime64[D]") - ONE_DAY).item() for month in (after - count, after))
    return months(before, last, calendar)


def _number(day: date) -> int:
    return day.year * MONTHS_A_YEAR + day.month


def _month_of_year(days: Days) -> NDArray[np.int64]:
    return days.astype("datetime64[M]").astype(int) % MONTHS_A_YEAR + 1


@lru_cache(maxsize=64)
def _working(year: int, decree: WorkingYear | None) -> NDArray[np.bool_]:
    """Which days of a year are working ones: by the production calendar where its decree is known."""
    days = [date(year, 1, 1) + timedelta(days=number) for number in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
    if decree:
        calendar = WorkingDays([decree])
        return np.array([calendar.is_working(day) for day in days])
    named = holidays.country_holidays("RU", years=year, observed=False, language="ru")
    off = {day for day, name in named.items() if not name.startswith(TRANSFERRED)}
    return np.array([day.weekday() < SATURDAY and day not in off for day in days])
