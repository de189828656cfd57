"""Whose registries are drawn, for which years, and from which random source; knows no registry."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from zlib import crc32

import numpy as np
import pandas as pd

from nmslib.model import REGION, Municipality, System

# Used where the document names no period (Novoshakhtinsk).
DEFAULT_PERIOD = (date(2023, 1, 1), date(2024, 12, 31))
# School rhythm of professional development by month, January first: none in July, most in autumn.
RHYTHM = np.array([3, 8, 12, 12, 7, 2, 0, 4, 14, 16, 13, 9]) / 100


def period(system: System) -> tuple[date, date]:
    """The days the invented rows cover: the plan, or two calendar years where the document names no period."""
    start, end = system.act.period.start, system.act.period.end
    return (start or DEFAULT_PERIOD[0], end or DEFAULT_PERIOD[1])


def days_after(count: np.ndarray) -> pd.TimedeltaIndex:
    """Whole days as time differences."""
    return pd.to_timedelta(np.asarray(count, dtype="int64"), unit="D")


def on_weekdays(days: pd.DatetimeIndex | pd.Series) -> pd.DatetimeIndex:
    """The same days, with Saturdays and Sundays moved on to Monday."""
    days = pd.DatetimeIndex(days)
    return days + days_after((7 - days.day_of_week) * (days.day_of_week > 4))


@dataclass(frozen=True)
class Draw:
    """A random source with the draws that many registries share."""

    random: np.random.Generator

    @classmethod
    def of(cls, sender: Municipality, seed: int, topic: str) -> "Draw":
        """The same sender, seed and topic give the same draw, whatever else is drawn beside it."""
        key = crc32(f"{sender.system}/{sender.municipality}/{topic}".encode())
        return cls(np.random.Generator(np.random.SFC64([seed, key])))

    def chance(self, share: float, count: int) -> np.ndarray:
        """``count`` truth values, each true with the probability ``share``."""
        return self.random.random(count) < share

    def whole(self, low: int, high: int, count: int) -> np.ndarray:
        """``count`` whole numbers from ``low`` to ``high``, both included."""
        return self.random.integers(low, high + 1, count)

    def part(self, frame: pd.DataFrame, share: float) -> pd.DataFrame:
        """A random part of the rows; a fraction of a row is one row or none by chance, so that small parts are not all zero."""
        size = min(len(frame), int(len(frame) * share + self.random.random()))
        return frame.iloc[np.sort(self.random.permutation(len(frame))[:size])]

    def days(self, count: int, year: int) -> pd.DatetimeIndex:
        """``count`` weekdays of a year in the school rhythm, none in the January holidays."""
        months = self.random.choice(12, size=count, p=RHYTHM / RHYTHM.sum()) + 1
        days = self.random.integers(1, 29, size=count)
        days = np.where(months == 1, 9 + days * 2 // 3, days)
        firsts = (np.array(year - 1970, dtype="int64") * 12 + months - 1).astype("datetime64[M]").astype("datetime64[D]")
        return on_weekdays(pd.DatetimeIndex(firsts + (days - 1)))

    def between(self, first: pd.Timestamp, last: pd.Timestamp, count: int) -> pd.DatetimeIndex:
        """``count`` weekdays spread evenly from ``first`` to about ``last``."""
        return on_weekdays(first + days_after(self.random.integers(0, max(1, (last - first).days + 1), count)))

    def one_of(self, shares: dict[str, float], count: int) -> np.ndarray:
        """``count`` words, each with its probability."""
        weights = np.array(list(shares.values()))
        return np.array(list(shares), dtype="object")[self.random.choice(len(weights), size=count, p=weights / weights.sum())]


@dataclass(frozen=True)
class Scene:
    """A sender of a system: calendar years of the plan, and how hard it works at each thing."""

    sender: Municipality
    system: System
    seed: int

    @cached_property
    def years(self) -> range:
        """Whole calendar years, because indicators count by them."""
        start, end = period(self.system)
        return range(start.year, end.year + 1)

    @property
    def opening(self) -> pd.Timestamp:
        """The first day of the first year."""
        return pd.Timestamp(self.years[0], 1, 1)

    @property
    def closing(self) -> pd.Timestamp:
        """The last day of the last year."""
        return pd.Timestamp(self.years[-1], 12, 31)

    @property
    def is_region(self) -> bool:
        """Whether the sender is the region itself."""
        return self.sender.municipality == REGION

    def draw(self, topic: str) -> Draw:
        """The random source of one registry or one trait of this sender."""
        return Draw.of(self.sender, self.seed, topic)

    def effort(self, topic: str) -> float:
        """How hard the sender works at a thing, 1 is typical: a little of its common character, more of luck with the thing."""
        common, own = self.draw("character").random.normal(), self.draw(f"pace {topic}").random.normal()
        return float(np.clip(1 + 0.1 * common + 0.2 * own, 0.4, 1.6))


def at_work(people: pd.DataFrame, days: pd.DatetimeIndex | pd.Series) -> np.ndarray:
    """Which of the people (hired_on, left_on), row by row, are employed on these days."""
    days = pd.DatetimeIndex(days)
    hired, left = pd.DatetimeIndex(people["hired_on"]), pd.DatetimeIndex(people["left_on"])
    return np.asarray((hired <= days) & (left.isna() | (days < left)))
