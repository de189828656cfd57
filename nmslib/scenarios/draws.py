"""How sure a scenario is: the same months under many draws of what is not certain (docs/scenario-model.md)."""

import math
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nmslib.model import REGION, Card, LeverCard
from nmslib.scenarios.capacity import Surroundings, capacities
from nmslib.scenarios.flow import People, run
from nmslib.scenarios.ground import Ground
from nmslib.scenarios.levers import Settings
from nmslib.scenarios.plans import Plans
from nmslib.scenarios.results import counts
from nmslib.scenarios.spreads import Levers, drawn_levers, history

Numbers = NDArray[np.float64]

# The band of a chart: in four draws of five the value lies between its ends.
QUANTILES = {"low": 0.1, "middle": 0.5, "high": 0.9}
# Draws that are run together: what they hold stays in the cache of a core.
CHUNK = 2500
# The largest block that glibc does not give back to the system for good (M_MMAP_THRESHOLD_MAX of mallopt(3), less its header).
LARGE_BLOCK = 2**25 - 2**16
# What is kept of each draw is asked for ranks and thresholds alone: the half of the memory does.
KEPT = np.float32
# The first follows people with a route from month to month, others look at the ends of months alone.
DETAILED, EVENTS = "staff_per_methodist", "events_count"


@dataclass(frozen=True)
class Final:
    """An indicator of a place at the end of a month, ``on``, by draw.

    ``due_on``: the last day of the period; ``met``: whether its plan is met (None: there is none).
    """

    on: date
    due_on: date
    values: NDArray[np.float32]
    met: NDArray[np.bool_] | None


@dataclass(frozen=True)
class Drawn:
    """What came of the draws in ``places`` (municipalities; REGION too when all of them were drawn).

    ``bands``: indicator, municipality, month, low, middle, high: values that 10, 50 and 90 % of the draws do not exceed, in the
    indicator's unit; NaN where nobody is counted. ``probability``: indicator, municipality, due_on, on, probability (0–1), draws:
    in which part of them the plan is met at the last month of its period that is seen (its end ``on``); a row for each plan there
    is. ``inputs``: place → what was drawn, a column by lever; of REGION, means of its municipalities by their staff.
    ``finals``: (place, indicator) → its values at the last month of each period, and at that of ``by`` (``draw``), in order.
    """

    indicators: tuple[str, ...]
    places: tuple[str, ...]
    ends: tuple[date, ...]
    levers: Mapping[str, LeverCard]
    bands: pd.DataFrame
    probability: pd.DataFrame
    inputs: dict[str, pd.DataFrame]
    finals: dict[tuple[str, str], tuple[Final, ...]]

    def planned(self, place: str, indicator: str, by: date | None = None) -> Final | None:
        """The last period of an indicator that has a plan, one that ends within the months if there is; None without a plan.

        With ``by``: the last month that ends by that day; ValueError when ``draw`` was not asked for it.
        """
        found = [one for one in self.finals[place, indicator] if one.met is not None]
        if by is not None:
            last = max((end for end in self.ends if end <= by), default=None)
            if all(one.on != last for one in self.finals[place, indicator]):
                raise ValueError(f"not drawn by {by}")
            found = [one for one in found if one.on == last]
        ended = [one for one in found if one.on >= one.due_on]
        return (ended or found)[-1] if found else None

    def missed(self, place: str, indicators: Sequence[str], by: date | None = None) -> NDArray[np.bool_] | None:
        """In which draws at least one of the plans is missed (``planned``); None when there is no plan."""
        found = [one.met for name in indicators if (one := self.planned(place, name, by)) and one.met is not None]
        return ~np.logical_and.reduce(found) if found else None

    def chance(self, place: str, indicators: Sequence[str], by: date | None = None) -> float:
        """In which part of the draws all of the plans are met; 1 when there is none."""
        missed = self.missed(place, indicators, by)
        return 1.0 if missed is None else float(1 - missed.mean())


def draw(
    ground: Ground,
    settings: Settings,
    plans: Plans,
    indicators: Sequence[str],
    seed: int,
    draws: int,
    places: Sequence[str] | None = None,
    threads: int = 2,
    by: date | None = None,
) -> Drawn:
    """Courses of each of ``places`` (None: all municipalities and REGION) under ``draws`` draws of what is not certain.

    ``by``: a day within a period by which plans are asked for too (``Drawn.chance``).

    What is drawn and from which distributions: ``spreads.drawn_levers``. A municipality alone has the same draws as within its
    region, and the same seed gives the same numbers to the last digit, whatever ``threads``. Numerators and denominators of
    REGION are sums over municipalities by draw: what is not certain in one of them is independent of the others, but for what is
    assumed of all alike.
    """
    chosen = ground.municipalities if places is None else tuple(places)
    if unknown := set(chosen) - set(ground.municipalities):
        raise ValueError(f"not modelled: {', '.join(sorted(unknown))}")
    wanted = tuple(name for name in plans.indicators if name in indicators)
    summary, whole = _Summary(ground, plans, wanted, draws, by), places is None
    _keep_freed_memory()
    counted, totals = (np.empty((2, len(wanted), len(plans.ends), draws)) for _ in range(2))
    totals[:] = 0
    known, pooled = history(ground), _Pooled()
    with ThreadPoolExecutor(threads) as pool:
        drawn = pool.map(lambda place: drawn_levers(ground, settings, place, known[place], seed, draws), chosen)
        for place, levers in zip(chosen, drawn, strict=True):
            number = ground.municipalities.index(place)
            _count(ground, number, levers, wanted, counted, pool)
            summary.add(place, counted, levers.inputs(draws).astype(KEPT), pool, totals if whole else None)
            pooled.add(levers, float(ground.people.n[:, number].sum()))
        if whole:
            summary.add(REGION, summary.known(totals), pooled.inputs(draws).astype(KEPT), pool)
    return summary.drawn()


def _keep_freed_memory() -> None:
    """Lets the months of a chunk use the memory of the one before; else the system takes it back and clears it each time.

    Having freed one large block, glibc keeps freed ones of up to that size (mallopt(3), M_MMAP_THRESHOLD); elsewhere, nothing.
    """
    block = np.empty(LARGE_BLOCK, dtype=np.uint8)
    del block


def _count(ground: Ground, number: int, levers: Levers, wanted: Sequence[str], counted: Numbers, pool: Executor) -> None:
    """Runs the draws of a municipality into ``counted``: numerators and denominators × indicators × months × draws."""
    people, around = _cell(ground.people, number), _cell(ground.around, number)

    def run_some(some: slice) -> None:
        before, changed = levers.part(some)
        given = capacities(before, changed, around, ground.months)
        course = run(people, given, detail=DETAILED in wanted)
        counted[..., some] = counts(wanted, course, people, given)

    size = counted.shape[-1]
    # Every number of a draw rests on that draw alone, so it does not matter which draws are run together.
    list(pool.map(run_some, (slice(first, min(size, first + CHUNK)) for first in range(0, size, CHUNK))))


def _cell(whole: Any, number: int) -> Any:
    """People or surroundings of one municipality."""
    assert isinstance(whole, (People, Surroundings))
    return replace(whole, **{one.name: getattr(whole, one.name)[..., [number]] for one in fields(whole)})


class _Pooled:
    """Inputs of the region: means over municipalities by their staff, what is certain in some of them included."""

    def __init__(self) -> None:
        self._sums: dict[str, Any] = {}
        self._varied: dict[str, None] = {}
        self._staff = 0.0

    def add(self, levers: Levers, staff: float) -> None:
        if not staff:
            return
        for name, value in levers.changed.items():
            self._sums[name] = self._sums.get(name, 0.0) + staff * value
        self._varied |= dict.fromkeys(levers.varied)
        self._staff += staff

    def inputs(self, draws: int) -> pd.DataFrame:
        means = {name: self._sums[name] / self._staff for name in self._varied}
        return pd.DataFrame(means, index=range(draws))


class _Summary:
    """Draws of places one by one into what is kept of them."""

    def __init__(self, ground: Ground, plans: Plans, wanted: tuple[str, ...], draws: int, by: date | None):
        self._ground, self._plans, self._wanted, self._draws, self._by = ground, plans, wanted, draws, by
        self._ranks = [max(0, math.ceil(part * draws) - 1) for part in QUANTILES.values()]
        self._bands: dict[str, Numbers] = {}
        self._inputs: dict[str, pd.DataFrame] = {}
        self._finals: dict[tuple[str, str], tuple[Final, ...]] = {}
        self._told: set[str] = set()

    def known(self, totals: Numbers) -> Numbers:
        """Totals without what is told of no municipality, and without events where the region holds some of its own."""
        for row, name in enumerate(self._wanted):
            if name not in self._told or (name == EVENTS and self._ground.start.region_events):
                totals[:, row] = np.nan
        return totals

    def add(self, place: str, counted: Numbers, inputs: pd.DataFrame, pool: Executor, totals: Numbers | None = None) -> None:
        """Takes the counts of a place, which may be overwritten afterwards, and adds them to ``totals``."""
        self._inputs[place] = inputs
        bands = self._bands[place] = np.empty((len(self._wanted), len(self._plans.ends), len(QUANTILES)))

        def take(row: int) -> None:
            # An indicator is summed by one thread, municipality after municipality: always in the same order.
            (numerators, denominators), name = counted[:, row], self._wanted[row]
            if place in self._ground.start.gaps.get(name, {}):
                counted[:, row] = np.nan
            elif totals is not None:
                totals[:, row] += counted[:, row]
                self._told.add(name)
            values = in_unit(numerators, denominators, self._ground.cards[name])
            self._finals[place, name] = tuple(self._final(place, name, values, numerators, denominators))
            values.sort(axis=-1)  # by whole vectors, several times faster than partition at three ranks
            bands[row] = values[:, self._ranks]

        list(pool.map(take, range(len(self._wanted))))

    def _final(self, place: str, name: str, values: Numbers, numerators: Numbers, denominators: Numbers) -> Iterator[Final]:
        """The last month that is seen of each period, and the last one that ends by the day asked for."""
        plans = self._plans
        row, cell = plans.indicators.index(name), plans.places.index(place)
        last = plans.last[row]
        closing = {int(column) for column in np.flatnonzero(np.append(last[1:] != last[:-1], True))}
        wanted = [column for column, end in enumerate(plans.ends) if self._by and end <= self._by][-1:]
        for column in sorted(closing.union(wanted)):
            target, met = plans.target[row, column, cell], None
            if np.isfinite(target) and np.isfinite(values[column]).any():
                of_one = replace(plans, indicators=(name,), target=np.full((1, 1, self._draws), target))
                lacking = of_one.missing(numerators[None, [column]], denominators[None, [column]], self._ground.cards)
                met = lacking[0, 0] == 0
            yield Final(plans.ends[column], last[column].item(), values[column].astype(KEPT), met)

    def drawn(self) -> Drawn:
        """What is kept of all places."""
        ends, places = self._plans.ends, tuple(self._bands)
        index = pd.MultiIndex.from_product(
            [self._wanted, places, pd.to_datetime(list(ends))], names=["indicator", "municipality", "month"]
        )
        found = np.stack([self._bands[place] for place in places], axis=1) if places else np.empty(0)
        bands = pd.DataFrame(found.reshape(-1, len(QUANTILES)), columns=list(QUANTILES), index=index).reset_index()
        probability = [
            (name, place, final.due_on, final.on, float(final.met.mean()), self._draws)
            for name in self._wanted
            for place in places
            for final in {one.due_on: one for one in self._finals[place, name]}.values()
            if final.met is not None
        ]
        table = pd.DataFrame(probability, columns=["indicator", "municipality", "due_on", "on", "probability", "draws"])
        kinds = {"probability": float, "draws": int, "due_on": "datetime64[s]", "on": "datetime64[s]"}
        return Drawn(self._wanted, places, ends, self._ground.levers, bands, table.astype(kinds), self._inputs, self._finals)


def in_unit(numerators: Numbers, denominators: Numbers, card: Card) -> Numbers:
    """Percent, people per member, or a plain count (no denominators); NaN where nobody is counted."""
    if np.isnan(denominators).all():
        return numerators.copy()
    with np.errstate(invalid="ignore", divide="ignore"):
        return (100 if card.unit == "percent" else 1) * (numerators / denominators)
