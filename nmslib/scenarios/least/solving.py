"""Least resources of every municipality by the model without draws; the questions that the answer brings are asked here too."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nmslib.model import Solve
from nmslib.problems import UserError
from nmslib.scenarios.least.goals import Goals
from nmslib.scenarios.least.search import Box, Found, Suffice, cheapest, lowered
from nmslib.scenarios.least.trials import Trials

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]

# Levers that are whole numbers of people or units, of which more never reaches less (docs/scenario-model.md).
MOVED = (
    "methodists",
    "diagnostic_places",
    "programme_seats",
    "team_places",
    "young_intake",
    "mentoring_joining",
    "events_a_month",
)
# Numbers tried at once where the highest may be too much of a good thing (``Solver._within``).
GRID = 2000
SWEEPS = 50


class Cancelled(Exception):
    """The caller wants no answer any more."""


@dataclass
class Solver:
    """Asks the model for least numbers; ``low``, ``high``: bounds of ``trials.levers``.

    ``progress`` hears how many municipalities of how many are solved; ``cancelled`` is asked before each run of the model.
    """

    trials: Trials
    solve: Solve
    places: Places
    low: Numbers
    high: Numbers
    progress: Callable[[int, int], None] | None = None
    cancelled: Callable[[], bool] | None = None
    prices: tuple[Numbers, Numbers] = field(init=False)

    def __post_init__(self) -> None:
        self.prices = self.trials.prices()

    def suffice(self, goals: Goals, start_delay: Numbers | None = None) -> Suffice:
        """Whether numbers reach all goals, by cell; ``start_delay`` by cell, if another than the scenario's."""

        def reached(cells: Places, values: Numbers) -> NDArray[np.bool_]:
            if self.cancelled and self.cancelled():
                raise Cancelled
            return (self.trials.missing(goals, cells, values, start_delay) == 0).all(axis=0)

        return reached

    def at_limits(self, goals: Goals) -> NDArray[np.bool_]:
        """Whether levers at their limits reach all goals, by place of ``places``."""
        return self.suffice(goals)(self.places, np.repeat(self.high[:, None], len(self.places), axis=1))

    def box(self, place: int, within_budget: bool = True) -> Box:
        """Everything between the bounds; the budget as a limit of each year."""
        fixed, unit = self.prices
        cost, units = unit[:, :, place].sum(axis=0), np.ones(len(self.low))
        wishes = [cost, units]
        if self.solve.minimise in self.trials.levers:
            first = np.array([name == self.solve.minimise for name in self.trials.levers], dtype=float)
            wishes = [first, *wishes]
        rows, most = unit[:, :, place], (self.trials.budget() - fixed)[:, place]
        limited = np.isfinite(most) & within_budget
        return Box(self.low.copy(), self.high.copy(), wishes, rows[limited], most[limited])

    def least(self, goals: Goals, boxes: dict[int, Box] | None = None) -> tuple[dict[int, Found], dict[int, Box]]:
        """The least numbers by place (absent: none within the limits suffice) and what was learnt on the way.

        ``boxes``: what was learnt of goals that were not harder. Across a New Year more may reach less (who completed early
        cannot complete again), so there the answer is only known to suffice, and not to when any lever is one lower.
        """
        good = self.at_limits(goals)
        boxes = {place: replace(box, short=list(box.short)) for place, box in (boxes or {}).items()}
        boxes = {place: boxes.get(place) or self.box(place) for place, enough in zip(self.places, good, strict=True) if enough}
        turns = self.crosses_new_year(goals)
        if turns:
            boxes |= self._within(goals, self.places[~good])
        told = [0]

        def tick(left: int) -> None:
            if self.progress:
                told[0] = max(told[0], len(self.places) - left)
                self.progress(told[0], len(self.places))

        found = cheapest(boxes, self.suffice(goals), tick)
        if turns:
            points = {place: one.numbers for place, one in found.items() if one.numbers is not None}
            points = self.lower(points, self.suffice(goals), SWEEPS)
            found = {place: Found(points.get(place), False) for place in found}
        return found, boxes

    def lower(self, points: dict[int, Numbers], suffice: Suffice, sweeps: int) -> dict[int, Numbers]:
        """Levers one lower, the dearest first, as long as the goals are reached."""
        dear = self.prices[1].sum(axis=(0, 2))
        if self.solve.minimise in self.trials.levers:
            dear[self.trials.levers.index(self.solve.minimise)] = np.inf
        return lowered(points, self.low, suffice, [int(one) for one in np.argsort(-dear, kind="stable")], sweeps)

    def crosses_new_year(self, goals: Goals) -> bool:
        """Whether a year begins after the first month and before the last goal's end: counters restart on 1 January."""
        return bool(self.trials.ground.months.new_year[1 : goals.months.max() + 1].any())

    def _within(self, goals: Goals, places: Places) -> dict[int, Box]:
        """Boxes up to the cheapest numbers of a coarse grid that suffice where the limits do not."""
        if not len(places):
            return {}
        steps = max(3, int(GRID ** (1 / len(self.low))))
        ranges = (
            low + np.unique(np.append(0, np.round(np.geomspace(1, max(1, high - low), steps - 1))))
            for low, high in zip(self.low, self.high, strict=True)
        )
        grid = np.array(list(product(*ranges)))
        good = self.suffice(goals)(np.repeat(places, len(grid)), np.tile(grid.T, len(places))).reshape(len(places), len(grid))
        boxes = {}
        for place, enough in zip(places, good, strict=True):
            if enough.any():
                box = self.box(place)
                box.high = grid[enough][np.argmin(grid[enough] @ box.wishes[0])]
                boxes[int(place)] = box
        return boxes

    def by_year(self, place: int, numbers: Numbers) -> Numbers:
        """Thousand roubles by calendar year."""
        fixed, unit = self.prices
        return fixed[:, place] + unit[:, :, place] @ numbers

    def cost(self, place: int, numbers: Numbers) -> float:
        """Thousand roubles of all months."""
        return float(self.by_year(place, numbers).sum())

    def reached_at(self, goals: Goals, points: dict[int, Numbers]) -> dict[int, int]:
        """The first month at whose end all goals are reached, or have been by their own month; absent: none."""
        if not points:
            return {}
        cells, values = np.array(list(points), dtype=np.int64), np.stack(list(points.values()), axis=1)
        numerators, denominators = self.trials.counted(goals.names, cells, self.trials.given(cells, values))
        rows = [goals.plans.indicators.index(name) for name in goals.names]
        found: dict[int, int] = {}
        for month in range(int(goals.months.max()) + 1):
            early = np.minimum(goals.months, month)
            at = replace(goals, months=early)
            lacking = at.missing(at.ending(numerators, cells), at.ending(denominators, cells), cells)
            # A number of an earlier year is not of the plan's one.
            same = np.take_along_axis(goals.plans.last[rows], early, 1) == np.take_along_axis(
                goals.plans.last[rows], goals.months, 1
            )
            reached = ((lacking == 0) & same[:, cells] | np.isnan(goals.target[:, cells])).all(axis=0)
            found = {int(place): month for place in cells[reached]} | found
        return found

    def soonest(self, goals: Goals) -> Goals:
        """The goals, to be reached already in the first month in which levers at their limits reach all of them, and kept."""
        early = goals.months.copy()
        for place, month in self.reached_at(goals, {int(place): self.high for place in self.places}).items():
            early[:, place] = np.minimum(early[:, place], month)
        target, extra = (np.concatenate([one, one]) for one in (goals.target, goals.extra))
        return replace(goals, names=goals.names * 2, months=np.concatenate([early, goals.months]), target=target, extra=extra)

    def one_less(self, goals: Goals, points: dict[int, Numbers]) -> pd.DataFrame:
        """What one less of each lever would bring: place, lever (numbers of both), goal, lacking, saved, possible.

        ``goal``: the number of the goal that lacks most then, −1: none; ``possible``: the lever is not at its lowest.
        """
        levers = range(len(self.low))
        rows = pd.DataFrame(list(product(points, levers)), columns=["place", "lever"], dtype=np.int64)
        if rows.empty:
            return rows.assign(goal=0, lacking=0, saved=0.0, possible=True)
        values = np.concatenate([numbers[:, None] - np.eye(len(levers)) for numbers in points.values()], axis=1)
        possible = (values >= self.low[:, None]).all(axis=0)
        cells = rows["place"].to_numpy()
        lacking = self.trials.missing(goals, cells, np.maximum(values, self.low[:, None]))
        return rows.assign(
            goal=np.where(possible & (lacking.max(axis=0) > 0), lacking.argmax(axis=0), -1),
            lacking=lacking.max(axis=0).astype(int) * possible,
            saved=self.prices[1].sum(axis=0)[rows["lever"], cells] * possible,
            possible=possible,
        )

    def last_starts(self, goals: Goals, points: dict[int, Numbers]) -> dict[int, tuple[int, int] | None]:
        """The last steps to start from, with the numbers found and with levers at their limits; None: they need not start at all.

        Counted from the scenario's own start, from which on every start suffices; absent: not even that one does.
        """
        if not points:
            return {}
        good = [self._by_start(goals, one) for one in (points, dict.fromkeys(points, self.high))]
        found: dict[int, tuple[int, int] | None] = {}
        for place, enough, at_limits in zip(points, *good, strict=True):
            first = int(self.trials.settings.changed["start_delay"][place])
            late = first + int(np.argmin(enough[first:]))
            if enough[-1]:
                found[place] = None
            elif late > first:
                found[place] = late - 1, max(late - 1, *np.flatnonzero(at_limits))
        return found

    def _by_start(self, goals: Goals, points: dict[int, Numbers]) -> NDArray[np.bool_]:
        """Whether numbers reach the goals by the step they start from (after the last one: never), places × steps."""
        steps = len(goals.plans.ends) + 1
        cells = np.repeat(np.array(list(points), dtype=np.int64), steps)
        values = np.repeat(np.stack(list(points.values()), axis=1), steps, axis=1)
        delay = np.tile(np.arange(float(steps)), len(points))
        return self.suffice(goals, delay)(cells, values).reshape(len(points), steps)


def checked(solve: Solve, titles: dict[str, str]) -> None:
    """UserError for a question that has no least answer here."""
    known = ", ".join(f"{name} ({titles[name]})" for name in MOVED)
    if wrong := [name for name in solve.levers if name not in MOVED]:
        raise UserError(f"Наименьшие ресурсы: рычаг «{titles.get(wrong[0], wrong[0])}» не двигается. Можно взять: {known}")
    if not solve.levers or not solve.targets:
        raise UserError("Наименьшие ресурсы: нужны хотя бы один рычаг (solve.levers) и одна цель (solve.targets)")
    if solve.minimise not in ("cost", "months", *solve.levers):
        raise UserError(f"Наименьшие ресурсы: рычага «{solve.minimise}» нет в solve.levers, наименьшего не найти")
