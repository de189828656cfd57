"""Months of a system as lines of people: who leaves, is diagnosed, has a route, completes (docs/scenario-model.md).

Everybody in a line stands in one order, the furthest along first, so a stage is a boundary counted from the front and the chain
cannot be broken: completed ≤ in training ≤ with a route ≤ diagnosed ≤ employed. Cells are municipalities,
or draws of one.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nmslib.scenarios.capacity import LINES, Capacities

MANAGERS = LINES.index("managers")
# Sums of parts of a place (0.1 ten times) must still make a whole one.
WHOLE = 1e-9
# Steps of the golden ratio spread points evenly however many they are (three-gap theorem: Sós V. T. // Annales Universitatis
# Scientiarum Budapestinensis, Sectio Mathematica. 1958. Vol. 1). Sums of 4096ths are exact in floating point.
GOLDEN, MIDDLE = 2531 / 4096, 0.5
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


def leaving(boundary: Numbers, leavers: Numbers, n: Numbers, first: Numbers) -> Numbers:
    """How many of the first ``boundary`` people of a line of ``n`` are among ``leavers`` taken at even distances.

    Systematic sampling: leaver i stands at position ⌊(i + first)·n/leavers⌋, 0 ≤ first < 1 (Madow W. G., Madow L. H. // Annals of
    Mathematical Statistics. 1944. Vol. 15), so whole people leave and boundaries keep their order.
    """
    left = boundary * leavers
    left /= np.maximum(n, 1)
    left -= first
    return np.ceil(left, out=left)


def onward(first: Numbers, leavers: Numbers) -> Numbers:
    """Where the first leaver of the next time stands, once somebody has left: each time elsewhere, so that every part of the line
    loses its share in the long run too (always in the middle, the ends of a small line would never lose anybody).
    """
    moved = first + GOLDEN * (leavers > 0)
    moved -= moved >= 1
    return moved


def advanced(reached: Numbers, begun: Numbers, capacity: Numbers, limit: Numbers) -> tuple[Numbers, Numbers]:
    """A boundary after a month's ``capacity``, and the part of the next person's work that is begun; never above ``limit``."""
    progress = reached + begun
    progress += capacity
    np.minimum(limit, progress, out=progress)
    whole = np.floor(progress + WHOLE)
    np.maximum(reached, whole, out=whole)
    progress -= whole
    return whole, np.maximum(0.0, progress, out=progress)


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
        given = self._capacities
        due = self._carry_left + self.n * (given.leave * given.year_part[month])
        self.left = np.minimum(np.floor(due + WHOLE), self.n)
        self._carry_left = due - self.left
        following = self.at[self.T : self.D + 1]
        before = leaving(self.at, self.left, self.n, self._first)
        next_leaves = leaving(following + 1, self.left, self.n, self._first) > before[self.T : self.D + 1]
        self.begun[next_leaves] = 0
        self.at -= before
        self._first = onward(self._first, self.left)
        due = self._carry_hired + given.hires * given.year_part[month]
        self.hired = np.floor(due + WHOLE)
        self._carry_hired = due - self.hired
        self.n += self.hired - self.left

    def work(self, month: int) -> tuple[Numbers, Numbers, Numbers]:
        """Diagnoses, draws up routes, starts training, ends cohorts; how many of each, by line."""
        given, at, begun = self._capacities, self.at, self.begun
        was = at[[self.D, self.R, self.T]]
        at[self.D], begun[2] = advanced(at[self.D], begun[2], given.diagnostics[month] * given.quota[month], self.n)
        # A route half drawn up takes half of its accompaniment: so more done earlier is never less done later.
        now = at[self.R] + begun[1] - at[0]
        hours = np.maximum(0, given.route_hours[month] * given.quota[month] - given.hours_per_accompanied[month] * now)
        limit = at[self.D] if self._unlimited else np.minimum(at[self.D], self._room(month))
        at[self.R], begun[1] = advanced(at[self.R], begun[1], hours / given.hours_per_route[month], limit)
        at[self.T], begun[0] = advanced(at[self.T], begun[0], given.seats[month] * given.seat_quota[month], at[self.R])
        at[: self.T] = at[1 : self.T + 1].copy()
        done = at[[self.D, self.R, self.T]] - was
        return done[0], done[1], done[2]


class _Young:
    """Young teachers in a line: whose support has ended this year, who is supported (``counted``: both of these), the others."""

    def __init__(self, people: People, capacities: Capacities):
        shape = (capacities.cells,)
        self._capacities, self._ageing = capacities, people.ageing
        self.n, self.counted, self.ended = (
            np.broadcast_to(one, shape).copy()
            for one in (people.young, people.young_counted, people.young_counted - people.young_ongoing)
        )
        self._begun, self._carry_left, self._carry_hired = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        self._first = np.full(shape, MIDDLE)
        self.hired = self.left = np.zeros(shape)

    def new_year(self) -> None:
        """Whose support goes on is counted in the new year too; the others go to the back."""
        self.counted, self.ended = self.counted - self.ended, np.zeros_like(self.ended)

    def move(self, month: int) -> None:
        given = self._capacities
        due = self._carry_left + self.n * (given.young_leave * given.year_part[month])
        left = np.floor(due + WHOLE)
        self._carry_left = due - left
        self.left = np.minimum(left + self._ageing[month], self.n)
        ahead = (self.counted, self.counted + 1, self.ended)
        gone, with_next, ended = (leaving(one, self.left, self.n, self._first) for one in ahead)
        self._begun = np.where(with_next > gone, 0, self._begun)
        self.counted, self.ended = self.counted - gone, self.ended - ended
        self._first = onward(self._first, self.left)
        due = self._carry_hired + given.young_hires * given.year_part[month]
        self.hired = np.floor(due + WHOLE)
        self._carry_hired = due - self.hired
        self.n = self.n + self.hired - self.left

    def work(self, month: int) -> Numbers:
        at_once = np.floor(self._capacities.young_at_once[month] + WHOLE)
        limit = np.minimum(self.n, np.maximum(self.counted, self.ended + at_once))
        was = self.counted
        self.counted, self._begun = advanced(was, self._begun, self._capacities.young_intake[month], limit)
        return self.counted - was


def run(people: People, capacities: Capacities, detail: bool = True) -> Course:
    """The course of all months. ``detail``: whether to keep movements and the use of capacities too (draws do without)."""
    chain, young, cells = _Chain(people, capacities), _Young(people, capacities), capacities.cells
    units = {
        name: np.broadcast_to(getattr(people, name), (cells,)).astype(float) for name in ("teams_trained", "with_model", "events")
    }
    begun = {name: np.zeros(cells) for name in units}
    offered = {"teams_trained": capacities.teams, "with_model": capacities.joining, "events": capacities.events}
    limits = {"teams_trained": people.teams, "with_model": people.organisations, "events": np.array(np.inf)}
    kept: dict[str, list[Numbers]] = {}
    for month in range(capacities.months):
        if capacities.new_year[month]:
            chain.new_year()
            young.new_year()
            units["teams_trained"], units["events"] = np.zeros(cells), np.zeros(cells)
        chain.move(month)
        young.move(month)
        diagnosed, routed, trained = chain.work(month)
        supported = young.work(month)
        told = _told(chain, young)
        for name, before in list(units.items()):
            units[name], begun[name] = advanced(before, begun[name], offered[name][month], limits[name])
            told[name] = units[name]
            told[f"used {name}"] = units[name] - before
        if detail:
            told |= {"used diagnostics": diagnosed.sum(0), "used routes": routed.sum(0), "used seats": trained.sum(0)}
            told |= {
                "used young": supported,
                "hired": chain.hired,
                "left": chain.left,
                "accompanied": chain.at[chain.R] - chain.at[0],
            }
            waiting = {"diagnostics": chain.n - chain.at[chain.D], "routes": chain.at[chain.D] - chain.at[chain.R]}
            waiting["seats"] = chain.at[chain.R] - chain.at[chain.T]
            waiting["seats"][MANAGERS] = 0  # they take no programmes of the register
            told |= {f"waiting {name}": people for name, people in waiting.items()}
            told |= {"young_hired": young.hired, "young_left": young.left}
        for name, values in told.items():
            kept.setdefault(name, []).append(values)
    return _course(kept)


def _told(chain: _Chain, young: _Young) -> dict[str, Numbers]:
    at = chain.at
    return {
        "n": chain.n.copy(),
        "diagnosed": at[chain.D] - at[chain.YD],
        "routed": at[chain.R] - at[chain.YR],
        "completed": at[0].copy(),
        "young": young.n,
        "young_counted": young.counted,
    }


def _course(kept: dict[str, list[Numbers]]) -> Course:
    stacked = {name: np.stack(values) for name, values in kept.items()}
    parts: dict[str, Any] = dict.fromkeys(Course.__dataclass_fields__, np.empty(0))
    for group in GROUPS:
        parts[group] = {name.removeprefix(f"{group} "): one for name, one in stacked.items() if name.startswith(f"{group} ")}
    return Course(**(parts | {name: one for name, one in stacked.items() if name in parts}))
