"""What is not certain in a municipality, and draws of it: what the scenario says, what registries tell, what cards assume."""

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.random import SFC64, Generator
from numpy.typing import NDArray

from nmslib.model import LeverCard, Spread
from nmslib.scenarios.capacity import AROUND, PRICES
from nmslib.scenarios.ground import Ground
from nmslib.scenarios.levers import PACED, STAFF, Settings

Numbers = NDArray[np.float64]

# Jeffreys' prior of a probability is Beta(½, ½), that of a Poisson rate Gamma(½, 0): half an event more than was seen
# (Jeffreys H. // Proceedings of the Royal Society of London. Series A. 1946. Vol. 186. P. 453–461).
PRIOR = 0.5
# What the capacity that is planned becomes: its pace in the last months tells how it may turn out in the next ones.
DELIVERED = ("diagnostic_places", "programme_seats", "team_places", "events_a_month")
DELIVERY = "delivery"
ALL_PRICES = ("methodist_cost", *PRICES.values())


@dataclass(frozen=True)
class Levers:
    """Levers of one municipality, each one number or an array of draws; ``varied``: those that are drawn."""

    before: dict[str, Numbers]
    changed: dict[str, Numbers]
    varied: tuple[str, ...]

    def part(self, some: slice) -> tuple[dict[str, Numbers], dict[str, Numbers]]:
        """``before`` and ``changed`` of some of the draws."""
        changed = {name: one if len(one) == 1 else one[some] for name, one in self.changed.items()}
        # What does not change stays one and the same array: ``capacities`` looks at it once.
        before = {
            name: changed[name] if one is self.changed[name] else one if len(one) == 1 else one[some]
            for name, one in self.before.items()
        }
        return before, changed

    def inputs(self, draws: int) -> pd.DataFrame:
        """What was drawn, a column by lever, as the scenario has it from its start month on."""
        return pd.DataFrame({name: self.changed[name] for name in self.varied}, index=range(draws))


@dataclass(frozen=True)
class History:
    """What registries tell of a municipality: who left in how many person-years, who was hired in how many years, the paces.

    ``delivery``: how much the mean pace of 12 months varies, as a square of the coefficient of variation; 0: not known.
    """

    left: float
    at_risk: float
    hired: float
    years: float
    delivery: float


def history(ground: Ground) -> dict[str, History]:
    """By municipality."""
    moves = ground.start.moves[ground.start.moves["line"].isin(STAFF)].groupby("municipality")
    told = moves.agg({"left": "sum", "at_risk": "sum", "hired": "sum", "years": "max"}).reindex(ground.municipalities).fillna(0)
    flows = [PACED[name][0] for name in DELIVERED]
    paces = dict(list(ground.start.paces[ground.start.paces["flow"].isin(flows)].groupby("municipality")))
    return {
        place: History(
            float(left), float(at_risk), float(hired), float(years), _delivery(paces[place]) if place in paces else 0.0
        )
        for place, left, at_risk, hired, years in told.itertuples()
    }


def _delivery(paces: pd.DataFrame) -> float:
    """The squared coefficient of variation of the mean pace of a year, weighted over flows by what went through them.

    Of one flow whose months took counts cᵢ at measures wᵢ (rhythm), with the pace p = Σc / Σw: Pearson's statistic
    s² = Σ (cᵢ - p·wᵢ)² / wᵢ / (k - 1) is the variance of a month of measure 1, s² / Σw that of p, s² / (p²·Σw) its square
    coefficient (McCullagh P., Nelder J. A. Generalized Linear Models. 2nd ed. 1989. § 4.5).
    """
    found, weights = [0.0], [0.0]
    for _, flow in paces[paces["rhythm"] > 0].groupby("flow"):
        count, measure = flow["count"].to_numpy(float), flow["rhythm"].to_numpy(float)
        pace = count.sum() / measure.sum()
        if pace and len(flow) > 1:
            variance = ((count - pace * measure) ** 2 / measure).sum() / (len(flow) - 1)
            found.append(variance / (pace**2 * measure.sum()))
            weights.append(count.sum())
    return float(np.dot(found, weights) / max(1.0, sum(weights)))


def drawn_levers(ground: Ground, settings: Settings, place: str, known: History, seed: int, draws: int) -> Levers:
    """Draws of the levers of a municipality; what is certain stays one number.

    A lever is drawn from the scenario's own spread (``settings.spreads``); else from history where there is one: turnover ~
    Beta(left + ½, person-years - left + ½) and hires ~ Gamma(hired + ½) / years if the scenario leaves them as they are, drawn
    anew where they are out of the bounds of the card; delivery ~ a beta distribution between its bounds, whose mean is the
    settled value and whose variance is that of a year's mean pace, but never so great that it piles up at a bound; else from the
    multiples of its card, a triangle that ends at the bounds. Whole levers are rounded. What the scenario leaves as it is varies
    in ``before`` as in ``changed``. Prices are drawn where a budget limits. Hours of accompaniment are never above those of a
    route, nor the two shares of a methodist's time above 1 together: settled values keep to this, so draws are held to it.

    Each lever of each municipality has a stream of its own, so other levers and municipalities do not move its draws, and what
    two scenarios both leave as it is has the same draws in both. What the workbook assumes of all municipalities alike (a card
    that is not ``from_fact``) has one stream for all: it is wrong everywhere or nowhere, and does not even out in a region.
    """
    number = ground.municipalities.index(place)
    before, changed = ({name: one[[number]] for name, one in levers.items()} for levers in (settings.before, settings.changed))
    priced = bool(np.isfinite(changed["budget"]).all())
    for name, card in ground.levers.items():
        own = settings.spreads.get(name, {}).get(place)
        if name in ALL_PRICES and not priced and own is None:
            continue
        same = own is None and bool((before[name] == changed[name]).all())
        everywhere = own is None and not card.from_fact and not (name == DELIVERY and known.delivery)
        one = _Uncertain(card, known, (seed, crc32(b"" if everywhere else place.encode()), crc32(name.encode())), draws)
        was = before[name]
        changed[name] = one.stated(own) if own else one.usual(changed[name], same)
        before[name] = changed[name] if same or name in AROUND else one.usual(was, True)
    varied = tuple(name for name, one in changed.items() if len(one) > 1)
    for levers in (before, changed):
        _agree(levers)
    return Levers(before, changed, varied)


@dataclass(frozen=True)
class _Uncertain:
    """One lever of one municipality; every draw of it begins its stream anew, so that what it was and becomes vary together."""

    card: LeverCard
    known: History
    key: tuple[int, ...]
    draws: int

    def stated(self, spread: Spread) -> Numbers:
        """Draws of a spread of the scenario, which is within the bounds of the card (catalogue.load_scenario)."""
        stream = Generator(SFC64(self.key))
        if spread.kind == "triangular":
            least, mode, most = spread.numbers
            return self._whole(stream.triangular(least, mode, most, self.draws))
        a, b, low, high = spread.numbers
        return self._whole(low + (high - low) * stream.beta(a, b, self.draws))

    def usual(self, value: Numbers, same: bool) -> Numbers:
        """Draws of a settled value (one number): from history, else from the card; itself where it is certain."""
        stream, known, draws = Generator(SFC64(self.key)), self.known, self.draws
        if self.card.id == "turnover" and same and known.at_risk > 0:
            stayed = max(0.0, known.at_risk - known.left)
            mean = 100 * (known.left + PRIOR) / (known.left + stayed + 2 * PRIOR)
            return self._within(mean, lambda size: 100 * stream.beta(known.left + PRIOR, stayed + PRIOR, size))
        if self.card.id == "hires" and same and known.years > 0:
            mean = (known.hired + PRIOR) / known.years
            return self._within(mean, lambda size: stream.gamma(known.hired + PRIOR, 1 / known.years, size))
        if self.card.id == DELIVERY and known.delivery > 0 and self.card.low < value[0] < self.card.high:
            return self._delivered(float(value[0]), stream)
        if self.card.spread is None:
            return value
        low, mode, high = (float(value[0]) * one for one in self.card.spread)
        low, high = max(low, min(self.card.low, mode)), min(high, max(self.card.high, mode))
        return self._whole(stream.triangular(low, mode, high, draws)) if low < high else value

    def _delivered(self, value: float, stream: Generator) -> Numbers:
        low, reach = self.card.low, self.card.high - self.card.low
        mean = (value - low) / reach
        variance = self.known.delivery * (value / reach) ** 2
        size = max(mean * (1 - mean) / variance - 1, 1 / min(mean, 1 - mean))
        return low + reach * stream.beta(mean * size, (1 - mean) * size, self.draws)

    def _within(self, mean: float, more: Callable[[int], Numbers]) -> Numbers:
        """Draws within the bounds of the card, those outside drawn anew; where facts lie outside of them, up to their mean."""
        low, high = min(self.card.low, mean), max(self.card.high, mean)
        found = more(self.draws)
        while len(outside := np.flatnonzero((found < low) | (found > high))):
            found[outside] = more(len(outside))
        return self._whole(found)

    def _whole(self, values: Numbers) -> Numbers:
        return np.rint(values) if self.card.decimals == 0 else values


def _agree(levers: dict[str, Numbers]) -> None:
    """Holds draws to what settled values keep to (levers.settle)."""
    accompanied, route = levers["hours_per_accompanied"], levers["hours_per_route"]
    if (accompanied > route).any():
        levers["hours_per_accompanied"] = np.minimum(accompanied, route)
    shares = levers["route_time_share"] + levers["young_time_share"]
    if (shares > 1).any():
        for name in ("route_time_share", "young_time_share"):
            levers[name] = levers[name] / np.maximum(1, shares)
