"""The model asked many times at once: any values of the moved levers in any municipalities, each pair a cell of one run."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from nmslib.scenarios.capacity import DAYS_IN_YEAR, Capacities, Surroundings, capacities
from nmslib.scenarios.flow import People, run
from nmslib.scenarios.ground import Ground
from nmslib.scenarios.least.goals import Goals
from nmslib.scenarios.levers import Settings
from nmslib.scenarios.results import counts

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
Arrays = TypeVar("Arrays", People, Surroundings)

# So many cells of two years are held at a time: a few megabytes.
CHUNK = 4096


@dataclass(frozen=True)
class Trials:
    """The model of a scenario in which ``levers`` are moved.

    ``paid``: places end when the budget does; otherwise money stops nothing (the search keeps to the budget itself).
    """

    ground: Ground
    settings: Settings
    levers: tuple[str, ...]
    paid: bool = False

    def given(self, cells: Places, values: Numbers, start_delay: Numbers | None = None) -> Capacities:
        """Capacities of cells: the municipality of each, and its levers (levers × cells); ``start_delay`` by cell, if another."""
        before, changed = (
            {name: one[cells] for name, one in side.items()} for side in (self.settings.before, self.settings.changed)
        )
        changed |= dict(zip(self.levers, values, strict=True))
        if not self.paid:
            changed["budget"] = np.full(len(cells), np.inf)
        if start_delay is not None:
            changed["start_delay"] = start_delay
        return capacities(before, changed, of_cells(self.ground.around, cells), self.ground.months)

    def counted(self, names: tuple[str, ...], cells: Places, given: Capacities) -> tuple[Numbers, Numbers]:
        """Numerators and denominators, indicators × months × cells."""
        people = of_cells(self.ground.people, cells)
        return counts(names, run(people, given, detail=False), people, given)

    def ending(self, goals: Goals, cells: Places, values: Numbers, start_delay: Numbers | None = None) -> tuple[Numbers, Numbers]:
        """Numerators and denominators at the months of the goals, goals × cells."""
        found = []
        for some in _chunks(len(cells)):
            given = self.given(cells[some], values[:, some], None if start_delay is None else start_delay[some])
            counted = self.counted(goals.names, cells[some], given)
            found.append([goals.ending(one, cells[some]) for one in counted])
        nothing = np.empty((len(goals.names), 0))
        numerators, denominators = (np.concatenate([nothing, *(one[side] for one in found)], axis=-1) for side in range(2))
        return numerators, denominators

    def missing(self, goals: Goals, cells: Places, values: Numbers, start_delay: Numbers | None = None) -> Numbers:
        """Whole people (or units) lacking to each goal, goals × cells."""
        return goals.missing(*self.ending(goals, cells, values, start_delay), cells)

    def prices(self) -> tuple[Numbers, Numbers]:
        """Thousand roubles by calendar year: of everything that does not move (years × municipalities), of one more of each lever
        (years × levers × municipalities). Spending is contracted capacity, so it is linear in levers.
        """
        size, many = len(self.ground.municipalities), len(self.levers)
        units = np.concatenate([np.zeros((many, 1)), np.eye(many)], axis=1)
        given = self.given(np.tile(np.arange(size), many + 1), np.repeat(units, size, axis=1))
        spent = np.sum(list(given.spent.values()), axis=0)
        by_year = np.stack([spent[inside].sum(axis=0) for inside in self._years()]).reshape(-1, many + 1, size)
        return by_year[:, 0], by_year[:, 1:] - by_year[:, :1]

    def budget(self) -> Numbers:
        """What may be spent in each calendar year, years × municipalities; inf: not limited."""
        days = (self.ground.months.ends - self.ground.months.starts).astype(int) + 1
        part = np.array([min(1, days[inside].sum() / DAYS_IN_YEAR) for inside in self._years()])
        return part[:, None] * self.settings.changed["budget"]

    def _years(self) -> list[NDArray[np.bool_]]:
        years = self.ground.months.ends.astype("datetime64[Y]")
        return [years == year for year in np.unique(years)]

    @property
    def years(self) -> list[int]:
        """Calendar years of the months ahead."""
        return sorted({day.year for day in self.ground.ends})


def of_cells(whole: Arrays, cells: Places) -> Arrays:
    """People or surroundings with a column for each of ``cells`` (numbers of municipalities)."""
    return replace(whole, **{one.name: getattr(whole, one.name)[..., cells] for one in fields(whole)})


def _chunks(size: int) -> Iterable[slice]:
    return (slice(first, min(size, first + CHUNK)) for first in range(0, size, CHUNK))
