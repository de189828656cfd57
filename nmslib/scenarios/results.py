"""From a course of months to indicators against their plans, days of reaching, use of capacities and cost."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nmslib.model import REGION, Card
from nmslib.scenarios.capacity import LINES, Capacities
from nmslib.scenarios.flow import Course, People, run
from nmslib.scenarios.plans import Plans
from nmslib.scenarios.start import Start

Numbers = NDArray[np.float64]
TEACHERS, MANAGERS = slice(0, LINES.index("managers")), LINES.index("managers")

# Indicator → numerator and denominator (None: a plain count) at the ends of months, months × cells.
COUNTED: dict[str, Callable[[Course, People, Capacities], tuple[Numbers, Numbers | None]]] = {
    "diagnosed_share": lambda course, people, given: (course.diagnosed.sum(1), course.n.sum(1)),
    "teachers_diagnosed_share": lambda course, people, given: (
        course.diagnosed[:, TEACHERS].sum(1),
        course.n[:, TEACHERS].sum(1),
    ),
    "managers_diagnosed_share": lambda course, people, given: (course.diagnosed[:, MANAGERS], course.n[:, MANAGERS]),
    "routed_share": lambda course, people, given: (course.routed.sum(1), course.n.sum(1)),
    "register_programmes_share": lambda course, people, given: (
        course.completed[:, TEACHERS].sum(1),
        course.n[:, TEACHERS].sum(1),
    ),
    "management_teams_share": lambda course, people, given: (course.teams_trained, people.teams),
    "young_supported_share": lambda course, people, given: (course.young_counted, course.young),
    "mentoring_model_share": lambda course, people, given: (course.with_model, people.organisations),
    "methodists_count": lambda course, people, given: (given.methodists, None),
    "staff_per_methodist": lambda course, people, given: (_accompanied(course, people), given.methodists),
    "events_count": lambda course, people, given: (course.events, None),
}
# Indicator → capacities it stands on, its own first: where nobody waits for one, the one before it holds it back.
CHAIN = {
    "diagnosed_share": ("diagnostics",),
    "teachers_diagnosed_share": ("diagnostics",),
    "managers_diagnosed_share": ("diagnostics",),
    "routed_share": ("ceiling", "routes", "diagnostics"),
    "register_programmes_share": ("seats", "ceiling", "routes", "diagnostics"),
    "management_teams_share": ("teams",),
    "young_supported_share": ("young",),
    "mentoring_model_share": ("joining",),
}
# Whose waiting matters to an indicator that is not of all staff.
OF_LINES = {
    "teachers_diagnosed_share": TEACHERS,
    "managers_diagnosed_share": slice(MANAGERS, None),
    "register_programmes_share": TEACHERS,
}


@dataclass(frozen=True)
class Outcome:
    """Indicators × months × places (municipalities, then REGION) and what it took.

    ``spent``: thousand roubles, months × places. ``use``: capacity → (used, offered), months × places, in people, hours (routes)
    or units; ``waiting``: capacity → who waits for it at the ends of months, months × lines (units: one) × places;
    the ceiling of those accompanied by a methodist is one of them, in the last month; ``ceiling``: the clause that sets it.

    ``lost``: indicator → municipalities that do not tell it, by name. Of the whole it has no value then but bounds, ``lower`` and
    ``upper`` (as ``values``; NaN elsewhere): nobody or everybody of ``lost`` is added to the known numerator, and all of them to
    the denominator. A plain number has the lower one alone; where nobody knows how many they are, there is neither, and the
    denominator is without them. ``missing``: 0 where the plan is met even with nobody of them, who lack even with everybody, or
    NaN.
    """

    plans: Plans
    numerators: Numbers
    denominators: Numbers
    missing: Numbers
    spent: dict[str, Numbers]
    use: dict[str, tuple[Numbers, Numbers]]
    waiting: dict[str, Numbers]
    lost: dict[str, tuple[str, ...]]
    lower: Numbers
    upper: Numbers
    ceiling: str = ""

    @property
    def values(self) -> Numbers:
        """Percent where there is a denominator and the plain count elsewhere; NaN where nobody is counted or not all is known."""
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = self.numerators / self.denominators
        percent = np.array([name not in self.plans.ceilings for name in self.plans.indicators])[:, None, None]
        found = np.where(np.isnan(self.denominators), self.numerators, np.where(percent, 100, 1) * ratio)
        found[[name in self.lost for name in self.plans.indicators], :, -1] = np.nan
        return found

    def table(self) -> pd.DataFrame:
        """Long rows: indicator, month (its end), municipality, numerator, denominator, value, lower, upper, target, part,
        missing, due_on.

        ``part``: what part of the plan is expected by then; ``missing``: whole people to the plan, NaN without one.
        """
        plans = self.plans
        index = pd.MultiIndex.from_product(
            [plans.indicators, pd.to_datetime(list(plans.ends)), plans.places], names=["indicator", "month", "municipality"]
        )
        shape = self.numerators.shape
        columns = {"numerator": self.numerators, "denominator": self.denominators, "value": self.values}
        columns |= {"lower": self.lower, "upper": self.upper, "target": plans.target}
        columns |= {"part": np.broadcast_to(plans.part[..., None], shape), "missing": self.missing}
        table = pd.DataFrame({name: values.reshape(-1) for name, values in columns.items()}, index=index).reset_index()
        return table.assign(due_on=np.broadcast_to(plans.last[..., None], shape).reshape(-1).astype("datetime64[s]"))

    def reached(self) -> pd.DataFrame:
        """How each plan ends: a row per indicator, municipality and ``due_on``; none where nobody is in the denominator.

        ``reached_on``: the end of the month that first meets the plan (NaT: none); ``numerator``, ``denominator``, ``value``,
        ``lower``, ``upper``, ``target``, ``missing``: at the last month of the period that is seen; ``lost``: whose data the
        row lacks, by name.
        """
        table = self.table()
        table = table[table["target"].notna() & table["numerator"].notna()]
        keys, somebody = ["indicator", "municipality", "due_on"], table["denominator"] != 0
        first = table[somebody & (table["missing"] == 0)].groupby(keys, sort=False)["month"].min().rename("reached_on")
        last = table.drop_duplicates(keys, keep="last").set_index(keys)
        rows = last[last["denominator"] != 0].join(first).reset_index()
        whole = rows["municipality"] == REGION
        lost = [self.lost.get(name, ()) if of_all else () for name, of_all in zip(rows["indicator"], whole, strict=True)]
        return rows.assign(lost=pd.Series(lost, index=rows.index, dtype="object"))

    def cost(self, municipality: str = REGION) -> float:
        """Thousand roubles of all months."""
        place = self.plans.places.index(municipality)
        return float(sum(one[:, place].sum() for one in self.spent.values()))

    def bottleneck(self, indicator: str, municipality: str) -> str | None:
        """The capacity that holds an indicator back at the end: the nearest of its chain for which people or units still wait.

        None when nobody does. Of the whole, the capacity that holds back the most municipalities.
        """
        places = range(len(self.plans.places) - 1) if municipality == REGION else [self.plans.places.index(municipality)]
        found = Counter(name for place in places if (name := self._awaited(indicator, place)))
        return found.most_common(1)[0][0] if found else None

    def held_back(self, indicator: str, capacity: str) -> int:
        """In how many municipalities a capacity holds an indicator back."""
        return sum(self._awaited(indicator, place) == capacity for place in range(len(self.plans.places) - 1))

    def _awaited(self, indicator: str, place: int) -> str | None:
        lines = OF_LINES.get(indicator, slice(None))
        return next((name for name in CHAIN.get(indicator, ()) if self.waiting[name][-1, lines, place].sum() > 0), None)


def counts(indicators: Sequence[str], course: Course, people: People, given: Capacities) -> tuple[Numbers, Numbers]:
    """Numerators and denominators (NaN: a plain count), indicators × months × cells."""
    shape = (len(indicators), given.months, given.cells)
    numerators, denominators = np.empty(shape), np.full(shape, np.nan)
    for row, name in enumerate(indicators):
        numerator, denominator = COUNTED[name](course, people, given)
        numerators[row] = numerator
        if denominator is not None:
            denominators[row] = denominator
    return numerators, denominators


def outcome(
    plans: Plans,
    cards: Mapping[str, Card],
    course: Course,
    people: People,
    given: Capacities,
    begins: Start,
    names: Mapping[str, str] = MappingProxyType({}),
) -> Outcome:
    """What a course means for each municipality and for all of them together: numerators and denominators pooled.

    What registries do not tell of a municipality (``Start.lost``) stays unknown and bounds the whole. ``names``: how they are
    called.
    """
    known = np.array([[place not in begins.gaps.get(name, {}) for place in plans.places[:-1]] for name in plans.indicators])
    told = (np.where(known[:, None, :], one, np.nan) for one in counts(plans.indicators, course, people, given))
    numerators, denominators = (_with_whole(one) for one in told)
    if begins.region_events and "events_count" in plans.indicators:
        # The region holds events of its own, whose pace nobody tells.
        numerators[plans.indicators.index("events_count"), :, -1] = np.nan
    spent = {name: _with_whole(one) for name, one in given.spent.items()}
    use = {name: (_with_whole(used), _with_whole(offered)) for name, (used, offered) in _use(course, people, given).items()}
    waiting = {name: _with_whole(one) for name, one in _waiting(course, people, given).items()}
    lost = {name: where for name in plans.indicators if (where := begins.lost(name))}
    lower, upper, missing = _bounded(
        plans, cards, numerators, denominators, {name: sum(one.values()) for name, one in lost.items()}
    )
    who = {name: tuple(names.get(place, place) for place in where) for name, where in lost.items()}
    return Outcome(plans, numerators, denominators, missing, spent, use, waiting, who, lower, upper)


def _bounded(
    plans: Plans, cards: Mapping[str, Card], numerators: Numbers, denominators: Numbers, rest: Mapping[str, float]
) -> tuple[Numbers, Numbers, Numbers]:
    """Bounds and people missing; adds ``rest`` (indicator → people of whom nothing is known) to the whole's denominators."""
    lower, upper = np.full(numerators.shape, np.nan), np.full(numerators.shape, np.nan)
    everybody, unsure = numerators.copy(), np.zeros(numerators.shape, dtype=bool)
    for row, name in enumerate(plans.indicators):
        if cards[name].unit == "percent" and np.isfinite(rest.get(name, np.nan)):
            denominators[row, :, -1] += rest[name]
            everybody[row, :, -1] += rest[name]
            with np.errstate(invalid="ignore", divide="ignore"):
                lower[row, :, -1], upper[row, :, -1] = (
                    100 * one[row, :, -1] / denominators[row, :, -1] for one in (numerators, everybody)
                )
        elif name in rest:
            # Of a plain number the known part is the least; of a mean, or a share of nobody knows how many, nothing is known.
            unsure[row, :, -1] = np.isfinite(denominators[row, :, -1])
            lower[row, :, -1] = np.where(unsure[row, :, -1], np.nan, numerators[row, :, -1])
            everybody[row, :, -1] = np.nan
    missing, least = (plans.missing(one, denominators, cards) for one in (numerators, everybody))
    return lower, upper, np.where((missing == 0) & ~unsure, 0.0, np.where(least > 0, least, np.nan))


def _with_whole(values: Numbers) -> Numbers:
    """With the sum of what is known as a further place; unknown where nothing is."""
    nothing = np.isnan(values).all(axis=-1, keepdims=True)
    return np.concatenate([values, np.where(nothing, np.nan, np.nansum(values, axis=-1, keepdims=True))], axis=-1)


def _waiting(course: Course, people: People, given: Capacities) -> dict[str, Numbers]:
    units = {"teams": people.teams - course.teams_trained, "joining": people.organisations - course.with_model}
    units["young"] = course.young - course.young_counted
    return (
        course.waiting | {"ceiling": _under_ceiling(course, people, given)} | {name: one[:, None] for name, one in units.items()}
    )


def _under_ceiling(course: Course, people: People, given: Capacities) -> Numbers:
    """Of those who wait for a route in the last month, the lines that would get more of them were there no ceiling then."""
    waiting, room = np.zeros_like(course.waiting["routes"]), given.room.copy()
    if np.isfinite(room[-1]).any() and course.waiting["routes"][-1].any():
        room[-1] = np.inf
        freer = run(people, replace(given, room=room), detail=False)
        waiting[-1] = np.where(freer.routed[-1] > course.routed[-1], course.waiting["routes"][-1], 0)
    return waiting


def _accompanied(course: Course, people: People) -> Numbers:
    """Whom methodists told to accompany at the start, and those with routes in work added since."""
    return np.maximum(0, people.accompanied + course.accompanied.sum(1) - (people.with_route - people.completed).sum(0))


def _use(course: Course, people: People, given: Capacities) -> dict[str, tuple[Numbers, Numbers]]:
    """Used and offered by month; hours of methodists for routes."""
    quotas, seats = given.quota.sum(1), given.seat_quota.sum(1)
    hours = course.used["routes"] * given.hours_per_route + course.accompanied.sum(1) * given.hours_per_accompanied
    return {
        "diagnostics": (course.used["diagnostics"], given.diagnostics * quotas),
        "routes": (np.minimum(hours, given.route_hours * quotas), given.route_hours * quotas),
        "seats": (course.used["seats"], given.seats * seats),
        "young": (course.used["young"], given.young_intake),
        "teams": (course.used["teams_trained"], given.teams),
        "joining": (course.used["with_model"], given.joining),
        "events": (course.used["events"], given.events),
    }
