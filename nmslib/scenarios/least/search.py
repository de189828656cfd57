"""The cheapest whole numbers that suffice, of many places at once; knows only a question with the answer yes or no.

Whether numbers suffice is asked of the model, which never does worse with more (docs/scenario-model.md). So numbers that do not
suffice rule out everything below them, and an integer programme (HiGHS) finds the cheapest of what is left: logic-based Benders
decomposition (Hooker J. N., Ottosson G. // Mathematical Programming. 2003. Vol. 96. P. 33–60). What it finds first that suffices
is the least.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
# Whether numbers (levers × cells) suffice in places (by cell).
Suffice = Callable[[Places, Numbers], NDArray[np.bool_]]

# A range is cut into so many parts at a time: more cells in a run cost less than more runs.
PARTS = 16
# Each round rules out at least what it tried, so the search ends by itself; so many rounds are never needed in practice.
ROUNDS = 200
SAME = 1e-6


@dataclass
class Box:
    """What is left of a place: numbers from ``low`` to ``high`` above none of ``short`` (numbers that do not suffice).

    ``wishes``: what is to be as small as possible, the most important first (coefficients of levers). ``rows``, ``most``: linear
    limits (rows × levers ≤ most).
    """

    low: Numbers
    high: Numbers
    wishes: list[Numbers]
    rows: Numbers
    most: Numbers
    short: list[Numbers] = field(default_factory=list)

    def rule_out(self, point: Numbers) -> None:
        """Nothing at or below ``point`` suffices."""
        free = point < self.high
        if free.sum() == 1:
            self.low = np.where(free, np.maximum(self.low, point + 1), self.low)
        elif not any((point <= other).all() for other in self.short):
            self.short = [other for other in self.short if not (other <= point).all()] + [point]

    def cheapest(self) -> Numbers | None:
        """The cheapest whole numbers left; None when nothing is."""
        if (self.low > self.high).any() or (self.rows @ self.low > self.most + SAME).any():
            return None
        left = [point for point in self.short if not (self.low > point).any()]
        return self._by_highs(left) if left else self.low.copy()

    def _by_highs(self, left: list[Numbers]) -> Numbers | None:
        """Variables: levers, then for each point of ``left`` which lever is above it."""
        many, size = len(self.low), len(self.low) * (1 + len(left))
        above = np.concatenate([self.high, *((point < self.high).astype(float) for point in left)])
        limits = self._above(left, size) + [
            (_long(row, size), -np.inf, most) for row, most in zip(self.rows, self.most, strict=True)
        ]
        found = None
        for wish in self.wishes:
            matrix, least, most = (np.array(part) for part in zip(*limits, strict=True))
            solved = milp(
                _long(wish, size),
                integrality=np.ones(size),
                bounds=Bounds(np.concatenate([self.low, np.zeros(size - many)]), above),
                constraints=LinearConstraint(matrix, least, most),
                options={"mip_rel_gap": 0},  # a cheaper answer is a cheaper answer
            )
            if solved.x is None:
                return found
            found = np.round(solved.x[:many])
            limits.append((_long(wish, size), -np.inf, float(wish @ found) + SAME * max(1.0, abs(float(wish @ found)))))
        return found

    def _above(self, left: list[Numbers], size: int) -> list[tuple[Numbers, float, float]]:
        """At least one lever is above each point, and which one is chosen stands there: rows with their least and most."""
        many, limits = len(self.low), []
        for number, point in enumerate(left, 1):
            some = np.zeros(size)
            some[number * many : (number + 1) * many] = 1
            limits.append((some, 1.0, np.inf))
            for lever in range(many):
                row = np.zeros(size)
                row[lever], row[number * many + lever] = 1, -max(0.0, point[lever] + 1 - self.low[lever])
                limits.append((row, self.low[lever], np.inf))
        return limits


def _long(row: Numbers, size: int) -> Numbers:
    return np.concatenate([row, np.zeros(size - len(row))])


@dataclass(frozen=True)
class Found:
    """Numbers by lever of a place, None when nothing within the limits suffices; ``proven``: nothing cheaper does."""

    numbers: Numbers | None
    proven: bool


def cheapest(boxes: dict[int, Box], suffice: Suffice, tick: Callable[[int], None] = lambda left: None) -> dict[int, Found]:
    """The cheapest numbers that suffice for each place of ``boxes``, whose ``high`` must; ``tick`` hears how many are left.

    Boxes keep what was ruled out, which holds for any harder question too.
    """
    found: dict[int, Found] = {}
    _from_below(boxes, suffice)
    for _ in range(ROUNDS):
        tried = {place: boxes[place].cheapest() for place in boxes if place not in found}
        found |= {place: Found(None, True) for place, point in tried.items() if point is None}
        points = {place: point for place, point in tried.items() if point is not None}
        if not points:
            break
        cells = np.array(list(points))
        enough = suffice(cells, np.stack(list(points.values()), axis=1))
        found |= {place: Found(points[place], True) for place, good in zip(points, enough, strict=True) if good}
        short = {place: points[place] for place, good in zip(points, enough, strict=True) if not good}
        _rule_out(boxes, short, suffice)
        tick(len(boxes) - len(found))
    return found | {place: Found(box.high, False) for place, box in boxes.items() if place not in found}


def _from_below(boxes: dict[int, Box], suffice: Suffice) -> None:
    """Raises each ``low`` to the least that can suffice with the other levers at their highest."""
    for lever in range(len(next(iter(boxes.values())).low) if boxes else 0):
        cells = np.array(list(boxes))
        points = np.stack([np.where(np.arange(len(box.low)) == lever, box.low, box.high) for box in boxes.values()], axis=1)
        short = ~suffice(cells, points)
        raised = _raised(cells[short], points[:, short], np.full(short.sum(), lever), boxes, suffice)
        for place, point in zip(cells[short], raised.T, strict=True):
            boxes[place].rule_out(point)


def _rule_out(boxes: dict[int, Box], short: dict[int, Numbers], suffice: Suffice) -> None:
    """Rules out numbers that do not suffice, raised as far as they still do not: levers in each cyclic order."""
    if not short:
        return
    many = len(next(iter(short.values())))
    cells = np.repeat(np.array(list(short)), many)
    points = np.repeat(np.stack(list(short.values()), axis=1), many, axis=1)
    first = np.tile(np.arange(many), len(short))
    for step in range(many):
        points = _raised(cells, points, (first + step) % many, boxes, suffice)
    for place, point in zip(cells, points.T, strict=True):
        boxes[place].rule_out(point)


def _raised(cells: Places, points: Numbers, levers: Places, boxes: dict[int, Box], suffice: Suffice) -> Numbers:
    """Points (levers × columns) that do not suffice, one lever of each (``levers``) raised as far as they still do not."""
    points, columns = points.copy(), np.arange(points.shape[1])
    short = points[levers, columns]
    enough = np.array([boxes[place].high[lever] for place, lever in zip(cells, levers, strict=True)]) + 1
    while (open_ := np.flatnonzero(enough - short > 1)).size:
        apart = (enough - short)[open_, None]
        tried = short[open_, None] + np.minimum(np.ceil(apart * np.arange(1, PARTS) / PARTS), apart - 1)
        many = np.repeat(points[:, open_], PARTS - 1, axis=1)
        many[np.repeat(levers[open_], PARTS - 1), np.arange(many.shape[1])] = tried.reshape(-1)
        good = suffice(np.repeat(cells[open_], PARTS - 1), many).reshape(tried.shape)
        first = np.where(good.any(axis=1), good.argmax(axis=1), PARTS - 1)
        ends = np.concatenate([short[open_, None], tried, enough[open_, None]], axis=1)
        rows = np.arange(len(open_))
        short[open_], enough[open_] = ends[rows, first], ends[rows, first + 1]
    points[levers, columns] = short
    return points


def lowered(
    points: dict[int, Numbers], floor: Numbers, suffice: Suffice, order: Sequence[int], sweeps: int
) -> dict[int, Numbers]:
    """Levers in ``order`` one lower, not below ``floor``, as long as the numbers suffice; afterwards none can be lowered alone.

    At most ``sweeps`` times through all levers.
    """
    points = {place: point.copy() for place, point in points.items()}
    open_ = set(points)
    for _ in range(sweeps):
        moved: set[int] = set()
        for lever in order:
            some = [place for place in sorted(open_) if points[place][lever] > floor[lever]]
            if not some:
                continue
            lower = np.stack([points[place] - (np.arange(len(points[place])) == lever) for place in some], axis=1)
            good = suffice(np.array(some), lower)
            for place, point, enough in zip(some, lower.T, good, strict=True):
                if enough:
                    points[place], moved = point, moved | {place}
        open_ = moved
    return points
