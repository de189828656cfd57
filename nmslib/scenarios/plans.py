"""Planned values in the months ahead: what the document asks of each place, and how much of it is expected by then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from nmslib.indicators import needed_in
from nmslib.indicators.asked import Asked, asked
from nmslib.model import REGION, Card, System

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Plans:
    """Plans of ``indicators`` at ``ends`` of months in ``places`` (municipalities, then REGION).

    ``target``: indicators × months × places, NaN without a plan; ``part``: indicators × months, what part of it is expected by
    then; ``last``: indicators × months, the day by which it is due; ``assumed``: ids whose plan the scenario assumes;
    ``clauses``: id → where the document sets it; ``ceilings``: ids whose plan is «at most».
    """

    indicators: tuple[str, ...]
    places: tuple[str, ...]
    ends: tuple[date, ...]
    target: Numbers
    part: Numbers
    last: NDArray[np.datetime64]
    assumed: frozenset[str]
    clauses: dict[str, str]
    ceilings: frozenset[str]

    def missing(self, numerators: Numbers, denominators: Numbers, cards: Mapping[str, Card]) -> Numbers:
        """Whole people (or units) lacking to the plan, indicators × months × places; NaN without a plan."""
        found = np.full(self.target.shape, np.nan)
        for row, name in enumerate(self.indicators):
            for value in np.unique(self.target[row][np.isfinite(self.target[row])]):
                inside = self.target[row] == value
                base = denominators[row][inside]
                if name in self.ceilings:
                    found[row][inside] = np.maximum(0, np.ceil(numerators[row][inside] / value) - base)
                else:
                    goal = needed_in(value, base) if cards[name].unit == "percent" else np.ceil(value)
                    found[row][inside] = np.maximum(0, goal - numerators[row][inside])
        return found


def plans(
    system: System,
    cards: Mapping[str, Card],
    indicators: Sequence[str],
    municipalities: Sequence[str],
    ends: Sequence[date],
    targets: Mapping[str, float],
) -> Plans:
    """Plans at the ends of months; ``targets``: percent that a scenario assumes where the document plans nothing then.

    Only indicators that the document asks for and the model moves; a plan of the document is never replaced.
    """
    by_month = [{one.card.id: one for one in asked(system, dict(cards), day) if one.card.id in indicators} for day in ends]
    known = tuple(name for name in indicators if name in by_month[0])
    places = (*municipalities, REGION)
    shape = (len(known), len(ends))
    target, part, last = np.full((*shape, len(places)), np.nan), np.ones(shape), np.empty(shape, dtype="datetime64[D]")
    for row, name in enumerate(known):
        for column, found in enumerate(by_month):
            one = found[name]
            part[row, column] = one.period.elapsed(ends[column], one.card.profile)
            last[row, column] = one.period.end
            target[row, column] = [_planned(one, place, system) for place in places]
    planned = np.isfinite(target).any(axis=(1, 2))
    assumed = frozenset(name for row, name in enumerate(known) if name in targets and np.isnan(target[row]).any())
    for row, name in enumerate(known):
        if name in assumed:
            target[row] = np.where(np.isnan(target[row]), targets[name], target[row])
    whole = by_month[-1]
    own = {name: whole[name].target(REGION) for row, name in enumerate(known) if planned[row]}
    clauses = {name: target.source if target else whole[name].clause for name, target in own.items()}
    ceilings = frozenset(
        name for name in known if any(t.comparator == "<=" for found in by_month for t in found[name].targets.values())
    )
    return Plans(known, places, tuple(ends), target, part, last, assumed, clauses, ceilings)


def _planned(one: Asked, place: str, system: System) -> float:
    """A plain number of a region's document is the region's as a whole, a percentage everybody's."""
    target = one.target(place)
    whole = place == REGION or system.act.level != "regional" or one.card.unit == "percent"
    return target.value if target and (whole or target.municipality or target.comparator == "<=") else np.nan
