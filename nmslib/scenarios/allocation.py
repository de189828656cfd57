"""Splitting a limited resource of the region between its municipalities, four ways side by side: who gets and who loses what.

What a place makes of any number of units is asked of the model itself. The ways are exact: dynamic programmes over municipalities
in whole numbers, so that ties are settled the same way everywhere (docs/scenario-model.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nmslib import wording
from nmslib.model import Card
from nmslib.scenarios.differences import PLACES
from nmslib.scenarios.ground import Ground
from nmslib.scenarios.least.goals import Goals, goals
from nmslib.scenarios.least.trials import Trials
from nmslib.scenarios.levers import Settings
from nmslib.scenarios.plans import Plans

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

WAYS = {
    "people": "Больше всего людей",
    "reached": "Больше всего выполненных планов",
    "proportional": "Пропорционально",
    "fair": "Поровну по доле плана",
}
# How many of those who lose are named.
NAMED = 3
# Units of a municipality that are always tried; twice as many where these do not bring everybody.
AT_FIRST = 128


@dataclass(frozen=True)
class Allocation:
    """Four ways (WAYS) of splitting ``total`` units of a lever (``resource``) for an indicator.

    ``table``: municipality, way, units, people (or units of the indicator: its numerator at ``due_on`` above that without any of
    the resource), value, target (NaN: none), reached, idle (units without which there would be as many people), loses (people
    fewer than in the way best for it). ``summary``: way, title, people, reached (municipalities whose plan is met), lowest (the
    lowest part of a plan that is met), unused (units left over or idle). ``words``: way → who loses what, in Russian.
    """

    table: pd.DataFrame
    summary: pd.DataFrame
    words: dict[str, str]


@dataclass(frozen=True)
class _Benefit:
    """What each number of units brings, municipalities × units from 0; ``parts`` of the plan, ∞ without one."""

    numerators: Whole
    values: Numbers
    missing: Whole
    parts: Numbers
    planned: NDArray[np.bool_]
    staff: Whole

    @property
    def people(self) -> Whole:
        return self.numerators - self.numerators[:, :1]

    @property
    def useful(self) -> Whole:
        """The least number of units that brings each municipality as many people as any."""
        return self.people.argmax(axis=1)

    def at(self, units: Whole) -> tuple[Whole, Whole]:
        """Where in these arrays so many units of each municipality stand: beyond the last column nothing changes."""
        return np.arange(len(units)), np.minimum(units, self.people.shape[1] - 1)

    @property
    def met(self) -> Whole:
        return (self.planned[:, None] & (self.missing == 0)).astype(np.int64)


def allocate(ground: Ground, settings: Settings, plans: Plans, resource: str, total: int, indicator: str) -> Allocation:
    """Splits ``total`` of a lever between all modelled municipalities, each of which then has what it gets and no more.

    ``people``: the most people of the indicator's numerator in all, of equals the most plans met. ``reached``: the most
    municipalities whose plan is met, of equals the most people. ``proportional``: to people missing to the plan without the
    resource (where none are missing anywhere, to staff), by largest remainders; always all units. ``fair``: the lowest part of a
    plan that is met is as high as possible, then the next lowest, and so on (max-min); it settles ties of the first two as well.
    Where fewer units do the same, fewer are given. The plan is that of ``least.goals``; a municipality without it counts only in
    people. Raises UserError for an indicator without a plan and for a ceiling.
    """
    wanted = goals(ground, settings, plans, (indicator,))
    benefit = _benefit(ground, settings, wanted, resource, total)
    # More than is of use anywhere need not be looked at.
    within = min(total, int(benefit.useful.sum()))
    more_than_people = 1 + int(np.ptp(benefit.people, axis=1).sum())
    ways = {
        "people": _best(benefit, benefit.people * (1 + len(benefit.met)) + benefit.met, within),
        "reached": _best(benefit, benefit.met * more_than_people + benefit.people, within),
        "proportional": _proportional(benefit, total),
        "fair": _best(benefit, np.zeros_like(benefit.people), within),
    }
    table = _table(ground, benefit, ways, wanted)
    summary = _summary(table, total)
    unit = ground.levers[resource].unit
    words = {
        row.way: _told(row, table[table["way"] == row.way], ground.names, ground.cards[indicator], unit)
        for row in summary.itertuples()
    }
    return Allocation(table, summary, words)


def _benefit(ground: Ground, settings: Settings, wanted: Goals, resource: str, total: int) -> _Benefit:
    trials, size = Trials(ground, settings, (resource,), paid=True), len(ground.municipalities)
    most = _looked_at(trials, wanted, total)
    cells = np.repeat(np.arange(size), most + 1)
    numerators, denominators = trials.ending(wanted, cells, np.tile(np.arange(most + 1.0), size)[None])
    missing, needed = wanted.missing(numerators, denominators, cells), wanted.needed(denominators, cells)
    planned = np.isfinite(wanted.target[0])
    percent = wanted.cards[wanted.names[0]].unit == "percent"
    with np.errstate(invalid="ignore", divide="ignore"):
        values = 100 * numerators[0] / denominators[0] if percent else numerators[0]
        parts = np.where(needed[0] > 0, numerators[0] / needed[0], np.inf)
    shape = (size, most + 1)
    return _Benefit(
        numerators=numerators[0].astype(np.int64).reshape(shape),
        values=values.reshape(shape),
        missing=missing[0].astype(np.int64).reshape(shape),
        parts=parts.reshape(shape),
        planned=planned,
        staff=ground.people.n.sum(axis=0).astype(np.int64),
    )


def _looked_at(trials: Trials, wanted: Goals, total: int) -> int:
    """Units of a municipality beyond which none has more people."""
    cells, most = np.arange(len(trials.ground.municipalities)), AT_FIRST
    everything, _ = trials.ending(wanted, cells, np.full((1, len(cells)), float(total)))
    while most < total and (trials.ending(wanted, cells, np.full((1, len(cells)), float(most)))[0] < everything).any():
        most *= 2
    return min(most, total)


def _best(benefit: _Benefit, worth: Whole, total: int) -> Whole:
    """Units by municipality with the greatest sum of ``worth``; of equals the fairest parts of the plan, then the fewest units.

    Fairest: the greatest lowest part, then the next lowest, and so on. Of two lists of parts the better one stays better when the
    same part is added to both, so the best of each number of units is found from the best of fewer municipalities.
    """
    ranks = np.unique(benefit.parts, return_inverse=True)[1].reshape(benefit.parts.shape)
    sums, lists, chosen = np.zeros(total + 1, dtype=np.int64), np.empty((total + 1, 0), dtype=np.int64), []
    for own, rank, useful in zip(worth, ranks, benefit.useful, strict=True):
        picks = [_pick(sums, lists, own, rank, units, min(units, useful)) for units in range(total + 1)]
        chosen.append(np.array([pick for pick, _, _ in picks]))
        sums, lists = np.array([found for _, found, _ in picks]), np.stack([parts for _, _, parts in picks])
    as_good = (sums == sums[-1]) & (lists == lists[-1]).all(axis=1)
    return _unwound(chosen, int(as_good.argmax()))


def _pick(sums: Whole, lists: Whole, own: Whole, rank: Whole, units: int, most: int) -> tuple[int, int, Whole]:
    """How many of ``units`` one more municipality gets (at most ``most``), the sum and the parts (lowest first) of all so far."""
    left = np.arange(units, units - most - 1, -1)
    sum_ = sums[left] + own[: most + 1]
    top = np.flatnonzero(sum_ == sum_.max())
    parts = np.sort(np.column_stack([lists[left[top]], rank[top]]), axis=1)
    fairest = parts[np.lexsort(parts.T[::-1])[-1]] if len(top) > 1 else parts[0]
    return int(top[(parts == fairest).all(axis=1).argmax()]), int(sum_.max()), fairest


def _unwound(chosen: list[Whole], units: int) -> Whole:
    """Units by municipality from the choices at each number of units, the last municipality first."""
    found = []
    for choice in reversed(chosen):
        found.append(int(choice[units]))
        units -= found[-1]
    return np.array(found[::-1], dtype=np.int64)


def _proportional(benefit: _Benefit, total: int) -> Whole:
    """By largest remainders, of equal ones the first municipality's."""
    weights = np.where(benefit.planned, benefit.missing[:, 0], 0)
    weights = weights if weights.any() else benefit.staff
    if not weights.any():
        weights = np.ones_like(weights)
    whole, rest = np.divmod(total * weights, weights.sum())
    more = np.argsort(-rest, kind="stable")[: total - whole.sum()]
    whole[more] += 1
    return whole


def _table(ground: Ground, benefit: _Benefit, ways: Mapping[str, Whole], wanted: Goals) -> pd.DataFrame:
    """``Allocation.table``."""
    frames = []
    for way, units in ways.items():
        at = benefit.at(units)
        people, part = benefit.people[at], benefit.parts[at]
        columns = {"municipality": ground.municipalities, "way": way, "units": units, "people": people}
        columns |= {"value": benefit.values[at], "target": wanted.target[0], "part": np.where(np.isinf(part), np.nan, part)}
        columns |= {"reached": benefit.met[at] == 1, "idle": units - (benefit.people == people[:, None]).argmax(axis=1)}
        frames.append(pd.DataFrame(columns))
    table = pd.concat(frames, ignore_index=True)
    return table.assign(loses=table.groupby("municipality")["people"].transform("max") - table["people"])


def _summary(table: pd.DataFrame, total: int) -> pd.DataFrame:
    rows = table.groupby("way", sort=False).agg(
        people=("people", "sum"), reached=("reached", "sum"), lowest=("part", "min"), units=("units", "sum"), idle=("idle", "sum")
    )
    rows = rows.reset_index().assign(unused=lambda one: total - one["units"] + one["idle"])
    rows.insert(1, "title", rows["way"].map(WAYS))
    return rows.drop(columns=["units", "idle"])


def _told(row: Any, mine: pd.DataFrame, names: Mapping[str, str], card: Card, unit: str) -> str:
    """A row of the summary and who loses the most against the way best for it; ``mine``: rows of its way."""
    planned = mine["target"].notna().sum()
    plans = f"планов выполнено {wording.number(row.reached)} из {wording.number(planned)}"
    lowest = "" if pd.isna(row.lowest) else f", наименьшее выполнение плана — {wording.percent(100 * row.lowest)}"
    losers = mine[mine["loses"] > 0].sort_values("loses", ascending=False, kind="stable")
    named = [
        f"{names.get(one.municipality, one.municipality)} — {wording.number(one.loses)}" for one in losers[:NAMED].itertuples()
    ]
    others = len(losers) - len(named)
    more = f" и ещё {wording.counted(others, PLACES)}" if others else ""
    lose = f"Против лучшего для себя способа теряют ({card.noun[2]}): {', '.join(named)}{more}" if named else "Никто не теряет"
    unused = f"Без пользы остаётся {wording.number(row.unused)}{wording.NBSP}{unit}" if row.unused else ""
    return wording.sentences(f"{row.title}: +{wording.counted(row.people, card.noun)}, {plans}{lowest}", lose, unused)
