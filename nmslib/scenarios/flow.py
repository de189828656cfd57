"""Months of a system as lines of people: who leaves, is diagnosed, has a route, completes (docs/scenario-model.md).

Everybody in a line stands in one order, the furthest along first, so a stage is a boundary counted from the front and the chain
cannot be broken: completed ≤ in training ≤ with a route ≤ diagnosed ≤ employed. Cells are municipalities,
or draws of one.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nmslib.scenarios.capacity import LINES, Capacities
from nmslib.scenarios.line import MIDDLE, WHOLE, advance, due, leaving, onward

MANAGERS = LINES.index("managers")
# What is counted one by one and in no line.
UNITS = ("teams_trained", "with_model", "events")
# Fields of a course that hold one array a capacity.
GROUPS = ("used", "waiting")

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class People:
    """Who stands where at the start; whole people, arrays of lines × cells, of the young and of units by cells.

    ``with_route`` ⊇ ``routed`` (this year's) and ``in_chain`` ⊇ ``diagnosed`` (this year's); ``ageing``: months × cells of young
    teachers who turn 35 or pass their first three years.
    """

    n: Numbers
    completed: Numbers
    with_route: Numbers
    routed: Numbers
    in_chain: Numbers
    diagnosed: Numbers
    young: Numbers
    young_counted: Numbers
    young_ongoing: Numbers
    ageing: Numbers
    teams: Numbers
    teams_trained: Numbers
    organisations: Numbers
    with_model: Numbers
    events: Numbers
    accompanied: Numbers


@dataclass(frozen=True)
class Course:
    """What became of them: ends of months × lines × cells (people), or months × cells (young, units, use of capacities).

    ``used``: what was done in the month with each capacity; ``waiting``: who waits for it at its end, by line.
    """

    n: Numbers
    diagnosed: Numbers
    routed: Numbers
    completed: Numbers
    accompanied: Numbers
    hired: Numbers
    left: Numbers
    young: Numbers
    young_counted: Numbers
    young_hired: Numbers
    young_left: Numbers
    teams_trained: Numbers
    with_model: Numbers
    events: Numbers
    used: dict[str, Numbers] = field(default_factory=dict)
    waiting: dict[str, Numbers] = field(default_factory=dict)


class _Chain:
    """The three lines of staff; rows of ``at``: completed, ends of cohorts, in training, route, diagnosed, the year's marks."""

    def __init__(self, people: People, capacities: Capacities):
        self._capacities, self._months = capacities, capacities.programme_months
        training = self._months  # row of those in training: rows 1 … L end within 1 … L months
        self.T, self.R, self.D, self.YR, self.YD = (training + step for step in range(5))
        shape = np.broadcast_shapes(people.n.shape, (len(LINES), capacities.cells))
        self.n = np.broadcast_to(people.n, shape).copy()
        self.at = np.empty((self.YD + 1, *shape))
        self.at[: training + 1] = people.completed
        self.at[self.R], self.at[self.D] = people.with_route, people.in_chain
        self.at[self.YR] = people.with_route - people.routed
        self.at[self.YD] = people.in_chain - people.diagnosed
        self.begun = np.zeros((3, *shape))  # work on the next person: training, route, diagnosis
        self._carry_left, self._carry_hired, self._first = np.zeros(shape), np.zeros(shape), np.full(shape, MIDDLE)
        self._taken = people.with_route - people.completed
        self._unlimited = bool(np.isinf(capacities.room).all())
        self.hired = self.left = np.zeros(shape)

    def _room(self, month: int) -> Numbers:
        """Up to which boundary routes may go under the ceiling of methodists; who has one already keeps it."""
        quota = self._capacities.quota[month]
        # An empty line has no part of an unlimited room.
        free = np.where(quota > 0, self._capacities.room[month], 0) * quota
        return np.maximum(self.at[self.R], self.at[0] + self._taken + np.floor(free + WHOLE))

    def new_year(self) -> None:
        """Those who completed (managers: who have a route) go to the back and may begin anew; the year's marks start again."""
        done = self.at[0].copy()
        done[MANAGERS] = self.at[self.R, MANAGERS]
        np.maximum(self.at - done, 0, out=self.at)
        self.at[self.YR], self.at[self.YD] = self.at[self.R], self.at[self.D]

    def move(self, month: int) -> None:
        """People leave at even distances, then others are hired to the back."""
        given, part = self._capacities, self._capacities.year_part[month]
        self.left = due(self._carry_left, self.n * (given.leave * part), self.n)
        gone = leaving(self.at, self.left, self.n, self._first)
        ahead = slice(self.T, self.D + 1)
        with_next = leaving(self.at[ahead] + 1, self.left, self.n, self._first)
        np.copyto(self.begun, 0, where=with_next > gone[ahead])
        self.at -= gone
        self._first = onward(self._first, self.left)
        self.hired = due(self._carry_hired, given.hires * part)
        self.n += self.hired - self.left

    def work(self, month: int) -> None:
        """Diagnoses, draws up routes, starts training, ends cohorts."""
        given, at, begun = self._capacities, self.at, self.begun
        quota = given.quota[month]
        advance(at[self.D], begun[2], given.diagnostics[month] * quota, self.n)
        # A route half drawn up takes half of its accompaniment: so more done earlier is never less done later.
        now = at[self.R] + begun[1]
        now -= at[0]
        now *= given.hours_per_accompanied[month]
        hours = given.route_hours[month] * quota
        hours -= now
        np.maximum(0, hours, out=hours)
        hours /= given.hours_per_route[month]
        limit = at[self.D] if self._unlimited else np.minimum(at[self.D], self._room(month))
        advance(at[self.R], begun[1], hours, limit)
        advance(at[self.T], begun[0], given.seats[month] * given.seat_quota[month], at[self.R])
        for row in range(self.T):
            at[row] = at[row + 1]

    def reached(self) -> Numbers:
        """How many have been diagnosed, have a route, have begun a programme: 3 × lines × cells, a copy."""
        return self.at[[self.D, self.R, self.T]]


class _Young:
    """Young teachers in a line; rows of ``_at``: who is supported or was this year (``counted``), whose support has ended."""

    def __init__(self, people: People, capacities: Capacities):
        shape = (capacities.cells,)
        self._capacities, self._ageing = capacities, people.ageing
        self.n = np.broadcast_to(people.young, shape).copy()
        self._at = np.empty((2, *shape))
        self._at[0], self._at[1] = people.young_counted, people.young_counted - people.young_ongoing
        self.counted = self._at[0]
        self._begun, self._carry_left, self._carry_hired = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        self._first = np.full(shape, MIDDLE)
        self.hired = self.left = np.zeros(shape)

    def new_year(self) -> None:
        """Whose support goes on is counted in the new year too; the others go to the back."""
        self.counted -= self._at[1]
        self._at[1] = 0

    def move(self, month: int) -> None:
        """They leave or outgrow the line at even distances; others come to the back."""
        given, part = self._capacities, self._capacities.year_part[month]
        left = due(self._carry_left, self.n * (given.young_leave * part))
        self.left = np.minimum(left + self._ageing[month], self.n)
        gone = leaving(self._at, self.left, self.n, self._first)
        with_next = leaving(self.counted + 1, self.left, self.n, self._first)
        np.copyto(self._begun, 0, where=with_next > gone[0])
        self._at -= gone
        self._first = onward(self._first, self.left)
        self.hired = due(self._carry_hired, given.young_hires * part)
        self.n += self.hired
        self.n -= self.left

    def work(self, month: int) -> None:
        """Support begins for those whom hours and the intake of a month allow."""
        limit = np.floor(self._capacities.young_at_once[month] + WHOLE)
        limit += self._at[1]
        np.minimum(self.n, np.maximum(self.counted, limit), out=limit)
        advance(self.counted, self._begun, self._capacities.young_intake[month], limit)


class _Units:
    """Management teams that were trained this year, organisations with the model of mentoring, events of the year."""

    def __init__(self, people: People, capacities: Capacities):
        shape = (len(UNITS), capacities.cells)
        of_cells = partial(np.broadcast_to, shape=shape[1:])
        self.at = np.stack([of_cells(one) for one in (people.teams_trained, people.with_model, people.events)]).astype(float)
        self._limit = np.stack([of_cells(one) for one in (people.teams, people.organisations, np.array(np.inf))])
        self._begun = np.zeros(shape)
        self._offered = (capacities.teams, capacities.joining, capacities.events)

    def new_year(self) -> None:
        """What is counted by year begins anew; work that was begun goes on."""
        self.at[[UNITS.index("teams_trained"), UNITS.index("events")]] = 0

    def work(self, month: int) -> None:
        """As many as the month offers."""
        advance(self.at, self._begun, np.stack([one[month] for one in self._offered]), self._limit)


def run(people: People, capacities: Capacities, detail: bool = True) -> Course:
    """The course of all months. ``detail``: whether to keep movements and the use of capacities too (draws do without)."""
    chain, young, units = _Chain(people, capacities), _Young(people, capacities), _Units(people, capacities)
    kept: dict[str, Numbers] = {}
    for month in range(capacities.months):
        if capacities.new_year[month]:
            chain.new_year()
            young.new_year()
            units.new_year()
        chain.move(month)
        young.move(month)
        before = (chain.reached(), young.counted.copy(), units.at.copy()) if detail else None
        chain.work(month)
        young.work(month)
        units.work(month)
        told = _told(chain, young, units)
        if before:
            told |= _movements(chain, young) | _used(before, chain, young, units)
        for name, values in told.items():
            if name not in kept:
                kept[name] = np.empty((capacities.months, *values.shape))
            kept[name][month] = values
    return _course(kept)


def _told(chain: _Chain, young: _Young, units: _Units) -> dict[str, Numbers]:
    at = chain.at
    told = {"n": chain.n, "diagnosed": at[chain.D] - at[chain.YD], "routed": at[chain.R] - at[chain.YR], "completed": at[0]}
    return told | {"young": young.n, "young_counted": young.counted} | dict(zip(UNITS, units.at, strict=True))


def _movements(chain: _Chain, young: _Young) -> dict[str, Numbers]:
    """Who came and went, is accompanied, waits at the end of a month."""
    at = chain.at
    seats = at[chain.R] - at[chain.T]
    seats[MANAGERS] = 0  # they take no programmes of the register
    return {
        "hired": chain.hired,
        "left": chain.left,
        "accompanied": at[chain.R] - at[0],
        "waiting diagnostics": chain.n - at[chain.D],
        "waiting routes": at[chain.D] - at[chain.R],
        "waiting seats": seats,
        "young_hired": young.hired,
        "young_left": young.left,
    }


def _used(before: tuple[Numbers, Numbers, Numbers], chain: _Chain, young: _Young, units: _Units) -> dict[str, Numbers]:
    """What was done in a month with each capacity, from where everybody was ``before`` its work."""
    diagnosed, routed, trained = (chain.reached() - before[0]).sum(axis=1)
    used = {"diagnostics": diagnosed, "routes": routed, "seats": trained, "young": young.counted - before[1]}
    used |= dict(zip(UNITS, units.at - before[2], strict=True))
    return {f"used {name}": one for name, one in used.items()}


def _course(kept: dict[str, Numbers]) -> Course:
    """What was kept, as months × lines × cells or months × cells."""
    parts: dict[str, Any] = dict.fromkeys(Course.__dataclass_fields__, np.empty(0))
    for group in GROUPS:
        parts[group] = {name.removeprefix(f"{group} "): one for name, one in kept.items() if name.startswith(f"{group} ")}
    return Course(**(parts | {name: one for name, one in kept.items() if name in parts}))
