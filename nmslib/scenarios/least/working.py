"""The parts of the answer: least numbers without draws or with a probability, their price, what one less of each would break."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nmslib.scenarios.least import told
from nmslib.scenarios.least.goals import Goals, Places
from nmslib.scenarios.least.impossible import why_not
from nmslib.scenarios.least.likely import Points, Reserves, asked_beyond, with_reserve
from nmslib.scenarios.least.search import Found, Suffice
from nmslib.scenarios.least.solving import Solver
from nmslib.scenarios.levers import Settings

Numbers = NDArray[np.float64]

# Times through all levers, one lower each, that the draws are asked for at most.
SWEEPS = 10


class Working:
    """What was found, by number of the municipality: ``points`` (numbers by lever), ``why`` there are none, ``proven``."""

    def __init__(self, solver: Solver, wanted: Goals, probability_of: Callable[[Settings], Mapping[str, float]] | None):
        self.solver, self._probability_of = solver, probability_of
        self.ground, self.settings = solver.trials.ground, solver.trials.settings
        self.goals = solver.soonest(wanted) if solver.solve.minimise == "months" else wanted
        self.probabilities: dict[tuple[int, tuple[float, ...]], float] = {}
        self.why: dict[int, str] = {}
        found, self._boxes = solver.least(self.goals)
        self.certain = {place: one.numbers for place, one in sorted(found.items()) if one.numbers is not None}
        if solver.solve.probability is None:
            self.points = self.certain
            self.proven = {place: one.proven for place, one in found.items()}
            self._tell_why(found)
        else:
            self.points = self._likely(solver.solve.probability)
            self.proven = dict.fromkeys(self.points, False)

    def _tell_why(self, found: Mapping[int, Found]) -> None:
        short = [int(place) for place in self.solver.places if place not in found]
        self.why |= {place: why_not(self.solver.trials, self.goals, place, self.solver.high) for place in short}
        poor = np.array([place for place in found if place not in self.certain], dtype=np.int64)
        if not len(poor):
            return
        free = {int(place): self.solver.box(int(place), within_budget=False) for place in poor}
        rich, _ = replace(self.solver, places=poor).least(self.goals, free)
        for place, one in rich.items():
            if one.numbers is not None:
                by_year = self.solver.by_year(place, one.numbers)
                most = self.solver.trials.budget()[:, place]
                year = int((by_year - most).argmax())
                self.why[place] = told.too_dear(self.solver.trials.years[year], by_year[year], most[year])

    def _likely(self, wanted: float) -> Points:
        """Numbers with a probability: least ones with a reserve, then each lever one lower as long as it suffices."""
        limits = {int(place): self.solver.high for place in self.solver.places}
        budget = self.settings.changed["budget"]
        at_limits = self._probable({place: one for place, one in limits.items() if np.isinf(budget[place])})
        self.why = {place: told.unlikely(wanted, one) for place, one in at_limits.items() if one < wanted}
        cells = np.array([place for place in limits if place not in self.why], dtype=np.int64)
        if not len(cells):
            return {}
        needed = np.zeros_like(self.goals.target)
        _, denominators = self.solver.trials.ending(self.goals, cells, np.repeat(self.solver.high[:, None], len(cells), axis=1))
        needed[:, cells] = np.nan_to_num(self.goals.needed(denominators, cells))
        person = {int(place): 1 / max(1.0, needed[:, place].max()) for place in cells}
        known = {place: limits[place] for place in at_limits if place in person}

        def solved(reserves: Reserves) -> Points:
            some = replace(self.solver, places=np.array(list(reserves), dtype=np.int64), progress=None)
            found, _ = some.least(self.goals.beyond(asked_beyond(needed, reserves)))
            return {place: one.numbers for place, one in found.items() if one.numbers is not None}

        points = with_reserve(solved, self._probable, known, person, wanted)
        self.why |= {place: told.unlikely_within_budget(wanted) for place in person if place not in points}
        return self.solver.lower(dict(sorted(points.items())), self._probably(wanted), SWEEPS)

    def _probable(self, points: Points) -> dict[int, float]:
        """Probabilities by place, each numbers asked once."""
        anew = {place: one for place, one in points.items() if (place, tuple(one)) not in self.probabilities}
        if anew and self._probability_of is not None:
            found = self._probability_of(self.with_numbers(anew))
            for place, one in anew.items():
                self.probabilities[place, tuple(one)] = found[self.ground.municipalities[place]]
        return {place: self.probabilities[place, tuple(one)] for place, one in points.items()}

    def _probably(self, wanted: float) -> Suffice:
        def reached(cells: Places, values: Numbers) -> NDArray[np.bool_]:
            points = {int(place): numbers for place, numbers in zip(cells, values.T, strict=True)}
            found = self._probable(points)
            return np.array([found[int(place)] >= wanted for place in cells])

        return reached

    def with_numbers(self, points: Points) -> Settings:
        """The scenario's levers with these numbers in these places."""
        changed = {name: one.copy() for name, one in self.settings.changed.items()}
        for place, numbers in points.items():
            for name, number in zip(self.solver.trials.levers, numbers, strict=True):
                changed[name][place] = number
        return replace(self.settings, changed=changed)

    def prices(self) -> dict[int, float]:
        """Thousand roubles more, were every plan one percentage point higher (100 % stays); absent: out of reach."""
        found, _ = replace(self.solver, progress=None).least(self.goals.one_percent_more(), self._boxes)
        return {
            place: self.solver.cost(place, one.numbers) - self.solver.cost(place, self.certain[place])
            for place, one in found.items()
            if one.numbers is not None and place in self.certain
        }

    def probability(self, place: int) -> float:
        """Of meeting the plans with the numbers found; NaN without draws."""
        return self.probabilities.get((place, tuple(self.points[place])), np.nan)

    def one_less(self) -> pd.DataFrame:
        """``Solver.one_less`` of the numbers found, and the probability with one less (NaN without draws)."""
        rows = self.solver.one_less(self.goals, self.points)
        rows["probability"] = np.nan
        if self.solver.solve.probability is None:
            return rows
        for lever, some in rows[rows["possible"]].groupby("lever"):
            fewer = {place: self.points[place] - (np.arange(len(self.solver.low)) == lever) for place in some["place"]}
            rows.loc[some.index, "probability"] = list(self._probable(fewer).values())
        return rows
