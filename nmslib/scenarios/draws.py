"""How sure a scenario is: the same months under many draws of what is not certain (docs/scenario-model.md)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nmslib.model import LeverCard
from nmslib.scenarios import beside
from nmslib.scenarios.capacity import Surroundings, capacities
from nmslib.scenarios.drawn import QUANTILES, Final, Summary, Sums, Told
from nmslib.scenarios.flow import People, run
from nmslib.scenarios.ground import Ground
from nmslib.scenarios.levers import Settings
from nmslib.scenarios.plans import Plans
from nmslib.scenarios.results import counts
from nmslib.scenarios.spreads import History, drawn_levers, history

Numbers = NDArray[np.float64]

# Draws that are run together: what they hold stays in the cache of a core.
CHUNK = 2500
# The largest block that glibc does not give back to the system for good (M_MMAP_THRESHOLD_MAX of mallopt(3), less its header).
LARGE_BLOCK = 2**25 - 2**16
# From so many draws of municipalities on a second process is worth its start.
APART = 20_000
# The first follows people with a route from month to month, others look at the ends of months alone.
DETAILED = "staff_per_methodist"


@dataclass(frozen=True)
class Drawn:
    """What came of the draws in ``places`` (municipalities; REGION too when all of them were drawn).

    ``bands``: indicator, municipality, month, low, middle, high: values that 10, 50 and 90 % of the draws do not exceed, in the
    indicator's unit; NaN where nobody is counted. ``probability``: indicator, municipality, due_on, on, probability (0–1), draws:
    in which part of them the plan is met at the last month of its period that is seen (its end ``on``); a row for each plan there
    is, but where nobody is in the denominator; draws in which nobody is are left out.

    ``inputs``: place → what was drawn, a column by lever; of REGION, means of its municipalities by their staff. ``finals``:
    (place, indicator) → its values at the last month of each period, and at that of ``by`` (``draw``), in order.
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
    apart: bool | None = None,
    by: date | None = None,
) -> Drawn:
    """Courses of each of ``places`` (None: all municipalities and REGION) under ``draws`` draws of what is not certain.

    ``by``: a day within a period by which plans are asked for too (``Drawn.chance``). ``apart``: whether the second half of the
    municipalities goes to a second process (``beside``); None: where that helps.

    What is drawn and from which distributions: ``spreads.drawn_levers``. A municipality alone has the same draws as within its
    region, and the same seed gives the same numbers to the last digit, ``apart`` or not. Numerators and denominators of
    REGION are sums over municipalities by draw: what is not certain in one of them is independent of the others, but for what is
    assumed of all alike.
    """
    chosen = ground.municipalities if places is None else tuple(places)
    if unknown := set(chosen) - set(ground.municipalities):
        raise ValueError(f"not modelled: {', '.join(sorted(unknown))}")
    wanted = tuple(name for name in plans.indicators if name in indicators)
    summary, whole = Summary(ground, plans, wanted, draws, by), places is None
    _keep_freed_memory()
    made = partial(_of_places, summary, settings, history(ground), seed, whole)
    if apart is None:
        apart = len(chosen) > 1 and len(chosen) * draws >= APART and beside.possible()
    # Both halves are summed on their own, whoever does it: sums in another order could differ in the last digit.
    half = len(chosen) // 2
    first, second = beside.both(partial(made, chosen[:half]), partial(made, chosen[half:]), apart)
    sums, more = first.pop(), second.pop()
    told = [one for one in (*first, *second) if isinstance(one, Told)]
    if whole:
        assert isinstance(sums, Sums)
        assert isinstance(more, Sums)
        sums.join(more)
        told.append(summary.of_region(sums))
    return _drawn(summary, told)


def _drawn(summary: Summary, told: Sequence[Told]) -> Drawn:
    """What is kept of all places as tables."""
    places, ends, wanted = tuple(one.place for one in told), summary.plans.ends, summary.wanted
    index = pd.MultiIndex.from_product([wanted, places, pd.to_datetime(list(ends))], names=["indicator", "municipality", "month"])
    found = np.stack([one.bands for one in told], axis=1) if told else np.empty(0)
    bands = pd.DataFrame(found.reshape(-1, len(QUANTILES)), columns=list(QUANTILES), index=index).reset_index()
    probability = [
        (name, one.place, final.due_on, final.on, final.probability, final.counted)
        for name in wanted
        for one in told
        for final in {final.due_on: final for final in one.finals[name]}.values()
        if final.met is not None
    ]
    table = pd.DataFrame(probability, columns=["indicator", "municipality", "due_on", "on", "probability", "draws"])
    kinds = {"probability": float, "draws": int, "due_on": "datetime64[s]", "on": "datetime64[s]"}
    inputs = {one.place: pd.DataFrame(one.inputs, index=range(summary.draws)) for one in told}
    finals = {(one.place, name): one.finals[name] for one in told for name in wanted}
    return Drawn(wanted, places, ends, summary.ground.levers, bands, table.astype(kinds), inputs, finals)


def _keep_freed_memory() -> None:
    """Lets the months of a chunk use the memory of the one before; else the system takes it back and clears it each time.

    Having freed one large block, glibc keeps freed ones of up to that size (mallopt(3), M_MMAP_THRESHOLD); elsewhere, nothing.
    """
    block = np.empty(LARGE_BLOCK, dtype=np.uint8)
    del block


def _of_places(
    summary: Summary, settings: Settings, known: Mapping[str, History], seed: int, whole: bool, places: Sequence[str]
) -> Iterator[Told | Sums]:
    """What is kept of each of ``places``, and in the end their sums (empty unless ``whole``)."""
    ground, draws = summary.ground, summary.draws
    sums = Sums(np.zeros((2, *summary.shape) if whole else 0))
    for place in places:
        number = ground.municipalities.index(place)
        levers = drawn_levers(ground, settings, place, known[place], seed, draws)
        values, ends = np.empty(summary.shape), np.empty((2, len(summary.wanted), len(summary.columns), draws))
        told = summary.tells(place)
        # Every number of a draw rests on that draw alone, so it does not matter which draws are run together.
        for some in (slice(first, first + CHUNK) for first in range(0, draws, CHUNK)):
            counted = _count(ground, number, levers.part(some), summary.wanted)
            summary.take(place, counted, values[..., some], ends[..., some])
            for row in told if whole else ():
                sums.counted[:, row, :, some] += counted[:, row]
        if whole:
            sums.add(levers, float(ground.people.n[:, number].sum()), [summary.wanted[row] for row in told])
        yield summary.told(place, values, ends, {name: levers.changed[name] for name in levers.varied})
    yield sums


def _count(ground: Ground, number: int, levers: tuple[Any, Any], wanted: Sequence[str]) -> Numbers:
    """Runs draws of a municipality: numerators and denominators × indicators × months × draws (one, where nothing varies)."""
    people, around = _cell(ground.people, number), _cell(ground.around, number)
    given = capacities(*levers, around, ground.months)
    return np.stack(counts(wanted, run(people, given, detail=DETAILED in wanted), people, given))


def _cell(whole: Any, number: int) -> Any:
    """People or surroundings of one municipality."""
    assert isinstance(whole, (People, Surroundings))
    return replace(whole, **{one.name: getattr(whole, one.name)[..., [number]] for one in fields(whole)})
