"""What is kept of many draws: bands by month, values and plans met at the ends of periods, what was drawn."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nmslib.model import REGION, Card
from nmslib.scenarios.ground import Ground
from nmslib.scenarios.plans import Plans
from nmslib.scenarios.spreads import Levers

Numbers = NDArray[np.float64]

# In four draws of five the value lies between the ends of its band.
QUANTILES = {"low": 0.1, "middle": 0.5, "high": 0.9}
# What is kept of each draw is asked for ranks and thresholds alone: the half of the memory does.
KEPT = np.float32
EVENTS = "events_count"


@dataclass(frozen=True)
class Final:
    """An indicator of a place at the end of a month, ``on``, by draw.

    ``due_on``: the last day of the period; ``met``: whether its plan is met (None: there is none, or nobody in any denominator);
    ``counted``: in how many draws somebody is. Where nobody is, nothing is asked for: that is no miss, and no part of
    ``probability``.
    """

    on: date
    due_on: date
    values: NDArray[np.float32]
    met: NDArray[np.bool_] | None
    counted: int

    @property
    def probability(self) -> float:
        """In which part of the draws with somebody in the denominator the plan is met; NaN without a plan."""
        if self.met is None:
            return np.nan
        nobody = len(self.met) - self.counted
        return (np.count_nonzero(self.met) - nobody) / self.counted


@dataclass(frozen=True)
class Told:
    """What is kept of a place: bands are indicators × months × QUANTILES, inputs and finals as in ``Drawn``."""

    place: str
    bands: Numbers
    inputs: dict[str, NDArray[np.float32]]
    finals: dict[str, tuple[Final, ...]]


@dataclass
class Sums:
    """Sums over municipalities: ``counted`` (numerators and denominators × indicators × months × draws) of those who are told of.

    ``inputs``: levers weighted by staff, what is certain in some of them included; ``varied``: those that are drawn somewhere.
    """

    counted: Numbers
    told: set[str] = field(default_factory=set)
    inputs: dict[str, Any] = field(default_factory=dict)
    varied: dict[str, None] = field(default_factory=dict)
    staff: float = 0.0

    def add(self, levers: Levers, staff: float, told: Iterable[str]) -> None:
        """Inputs of a further municipality, and which indicators are told of it."""
        self.told.update(told)
        if not staff:
            return
        for name, value in levers.changed.items():
            self.inputs[name] = self.inputs.get(name, 0.0) + staff * value
        self.varied |= dict.fromkeys(levers.varied)
        self.staff += staff

    def join(self, other: "Sums") -> None:
        """Adds the municipalities of another half."""
        self.counted += other.counted
        self.told |= other.told
        for name, value in other.inputs.items():
            self.inputs[name] = self.inputs.get(name, 0.0) + value
        self.varied |= other.varied
        self.staff += other.staff


@dataclass(frozen=True)
class Summary:
    """From the counts of draws to what is kept of a place; arrays are indicators × months × draws, ``wanted`` in this order."""

    ground: Ground
    plans: Plans
    wanted: tuple[str, ...]
    draws: int
    by: date | None

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of the values of a place."""
        return len(self.wanted), len(self.plans.ends), self.draws

    @cached_property
    def closing(self) -> dict[str, list[int]]:
        """By indicator: the last month that is seen of each period, and the last one that ends by the day asked for."""
        asked = [column for column, end in enumerate(self.plans.ends) if self.by and end <= self.by][-1:]
        last = {name: self.plans.last[self.plans.indicators.index(name)] for name in self.wanted}
        ends = {name: np.flatnonzero(np.append(one[1:] != one[:-1], True)).tolist() for name, one in last.items()}
        return {name: sorted({*columns, *asked}) for name, columns in ends.items()}

    @cached_property
    def columns(self) -> list[int]:
        """Months that close a period of any indicator."""
        return sorted({column for columns in self.closing.values() for column in columns})

    def tells(self, place: str) -> list[int]:
        """Rows of indicators that registries tell of a municipality."""
        return [row for row, name in enumerate(self.wanted) if place not in self.ground.start.gaps.get(name, {})]

    def take(self, place: str, counted: Numbers, values: Numbers, ends: Numbers) -> None:
        """Counts (numerators, denominators) of some draws into ``values``, ``columns`` of them into ``ends``; NaN if not told."""
        told = self.tells(place) if place != REGION else range(len(self.wanted))
        for row, name in enumerate(self.wanted):
            if row in told:
                _in_unit(counted[0, row], counted[1, row], self.ground.cards[name], values[row])
                ends[:, row] = counted[:, row, self.columns]
            else:
                values[row], ends[:, row] = np.nan, np.nan

    def told(self, place: str, values: Numbers, ends: Numbers, inputs: Mapping[str, Numbers]) -> Told:
        """What is kept of a place; ``values`` are sorted in place, by whole vectors: faster than a partition at three ranks."""
        bands = np.empty((*self.shape[:2], len(QUANTILES)))
        ranks = [max(0, math.ceil(part * self.draws) - 1) for part in QUANTILES.values()]
        finals = {}
        for row, name in enumerate(self.wanted):
            finals[name] = tuple(self._finals(place, name, values[row], ends[:, row]))
            values[row].sort(axis=-1)
            bands[row] = values[row][:, ranks]
        return Told(place, bands, {name: one.astype(KEPT) for name, one in inputs.items()}, finals)

    def of_region(self, sums: Sums) -> Told:
        """The sums of all municipalities as a place."""
        values, ends = np.empty(self.shape), np.empty((2, len(self.wanted), len(self.columns), self.draws))
        self.take(REGION, self._known(sums), values, ends)
        means = {name: np.broadcast_to(sums.inputs[name] / sums.staff, (self.draws,)) for name in sums.varied}
        return self.told(REGION, values, ends, means)

    def _known(self, sums: Sums) -> Numbers:
        """Totals without what is told of no municipality, and without events where the region holds some of its own.

        Whoever is not known (``Start.lost``) stands in denominators: then it is the lower bound; without their number, nothing.
        """
        totals = sums.counted
        for row, name in enumerate(self.wanted):
            rest = sum(self.ground.start.lost(name).values())
            counted = np.isnan(totals[1, row]).all()
            totals[1, row] += rest if self.ground.cards[name].unit == "percent" else 0
            unsure = not counted and (np.isnan(rest) or (rest and self.ground.cards[name].unit != "percent"))
            if name not in sums.told or unsure or (name == EVENTS and self.ground.start.region_events):
                totals[:, row] = np.nan
        return totals

    def _finals(self, place: str, name: str, values: Numbers, ends: Numbers) -> Iterator[Final]:
        """Of an indicator, at its closing months."""
        plans = self.plans
        row, cell = plans.indicators.index(name), plans.places.index(place)
        for column in self.closing[name]:
            target, met = plans.target[row, column, cell], None
            somebody = ~np.isnan(values[column])
            if np.isfinite(target) and np.isfinite(values[column]).any():
                of_one = replace(plans, indicators=(name,), target=np.full((1, 1, self.draws), target))
                numerators, denominators = ends[:, None, None, self.columns.index(column)]
                # Nobody to count: nothing is asked for, so nothing is missed.
                met = (of_one.missing(numerators, denominators, self.ground.cards)[0, 0] == 0) | ~somebody
            on, due_on = plans.ends[column], plans.last[row, column].item()
            yield Final(on, due_on, values[column].astype(KEPT), met, int(np.count_nonzero(somebody)))


def _in_unit(numerators: Numbers, denominators: Numbers, card: Card, values: Numbers) -> None:
    """Percent, people per member, or a plain count (no denominators) into ``values``; NaN where nobody is counted."""
    if np.isnan(denominators[0, 0]) and np.isnan(denominators).all():
        values[:] = numerators
        return
    with np.errstate(invalid="ignore", divide="ignore"):
        np.divide(numerators, denominators, out=values)
    if card.unit == "percent":
        values *= 100
