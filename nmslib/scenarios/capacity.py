"""What each month can take: places, hours of methodists, seats, money. Levers in, arrays of months × cells out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from nmslib.indicators.periods import LEAVE_MONTHS
from nmslib.scenarios.months import Months

Numbers = NDArray[np.float64]

LINES = ("teachers", "hard", "managers")
DAYS_IN_YEAR = 365
# Thousand roubles that are no excess: sums of parts of months are not exact.
CENT = 1e-5
SEPTEMBER = 8  # months counted from January as 0
SCHOOL_MONTHS = 12 - len(LEAVE_MONTHS)
# These describe what is around the system, so that they hold from the first day; the others change on the start month.
# Cohorts of different lengths could not stand in one line, so the length of programmes is of the whole time too.
AROUND = ("turnover", "hires", "delivery", "budget", "start_delay", "programme_months")
# What is bought by the piece, and its price.
_IS_HARD, _MANAGERS = (np.array([[line == name] for line in LINES]) for name in ("hard", "managers"))
_HARD = LINES.index("hard")
PRICES = {
    "diagnostic_places": "diagnostic_cost",
    "programme_seats": "seat_cost",
    "team_places": "team_cost",
    "events_a_month": "event_cost",
}


@dataclass(frozen=True)
class Surroundings:
    """What levers do not change, by cell.

    ``people``: share of each line in the staff (lines × cells). ``free``: how many more the methodists of the start may accompany
    under the ceiling (below 0: they accompany too many); where there is none, 0 less those accompanied, so that a scenario may
    set one. ``young_factor``: turnover of the young against the whole; ``young_hires``: the part of those hired who are
    young teachers in their first three years.
    """

    people: Numbers
    free: Numbers
    young_factor: Numbers
    young_hires: Numbers


@dataclass(frozen=True)
class Capacities:
    """What can be done in each month: arrays of months × cells in people, hours or units; quotas are months × lines × cells.

    ``diagnostics``, ``seats``, ``teams``, ``joining``, ``events``, ``young_intake``: how many; ``route_hours``: hours of
    methodists for routes; ``room``: how many more than at the start may be accompanied (inf: no ceiling); ``young_at_once``: how
    many young teachers hours allow to support at a time. ``leave``, ``hires``: a year's rate and people by line; ``year_part``:
    what part of a year each month is. ``spent``: thousand roubles by what for.
    """

    new_year: NDArray[np.bool_]
    programme_months: int
    quota: Numbers
    seat_quota: Numbers
    diagnostics: Numbers
    route_hours: Numbers
    hours_per_route: Numbers
    hours_per_accompanied: Numbers
    room: Numbers
    seats: Numbers
    teams: Numbers
    joining: Numbers
    events: Numbers
    young_intake: Numbers
    young_at_once: Numbers
    year_part: Numbers
    leave: Numbers
    hires: Numbers
    young_leave: Numbers
    young_hires: Numbers
    methodists: Numbers
    spent: dict[str, Numbers]

    @property
    def months(self) -> int:
        """How many months there are."""
        return len(self.new_year)

    @property
    def cells(self) -> int:
        """How many municipalities, or draws of one."""
        return int(self.diagnostics.shape[1])


def capacities(before: Mapping[str, Numbers], changed: Mapping[str, Numbers], around: Surroundings, months: Months) -> Capacities:
    """Capacities by month from levers (name → one number or cells): ``before`` until the start month, ``changed`` from it on.

    A place is of a month with the year's mean number of working days; July and August take none (``Months.rhythm``). Money goes
    to methodists first; when the year's budget ends, no more places are bought.
    """
    length = len(months.weight)
    cells = np.broadcast_shapes(*(np.shape(one) for one in changed.values()), around.people.shape[1:])[0]
    late = np.arange(length)[:, None] >= changed["start_delay"]
    # What is the same in all months or all cells stays one row or column until it meets what is not: most of the work is spared.
    same = {name for name, one in changed.items() if name in AROUND or one is before[name]}
    lever = {name: one[None] if name in same else np.where(late, one, before[name]) for name, one in changed.items()}
    given, spent = _affordable(_wanted(lever, months), lever, months, (length, cells))
    staffed = lever["methodists"] * lever["methodist_rate"]
    weight, turnover = months.weight[:, None], lever["turnover"][0] / 100
    whole, by_cell = partial(np.broadcast_to, shape=(length, cells)), partial(np.broadcast_to, shape=(cells,))
    return Capacities(
        new_year=months.new_year,
        programme_months=_same(changed["programme_months"]),
        quota=_quota(lever["outreach"], around.people, (length, cells)),
        seat_quota=_quota(lever["outreach"], np.where(_MANAGERS, 0, around.people), (length, cells)),
        diagnostics=whole(given["diagnostic_places"] / (1 - lever["online_share"])),
        route_hours=whole(staffed * months.hours[:, None] * lever["route_time_share"]),
        hours_per_route=whole(lever["hours_per_route"]),
        hours_per_accompanied=whole(lever["hours_per_accompanied"]),
        room=whole(_room(lever, before, around)),
        seats=whole(given["programme_seats"]),
        teams=whole(given["team_places"]),
        joining=whole(lever["mentoring_joining"] * weight),
        events=whole(given["events_a_month"]),
        young_intake=whole(lever["young_intake"] * weight),
        young_at_once=whole(staffed * _month_hours(months) * lever["young_time_share"] / lever["hours_per_young"]),
        year_part=_days(months) / DAYS_IN_YEAR,
        leave=by_cell(np.minimum(1, turnover)),
        hires=lever["hires"][0] * around.people,
        young_leave=by_cell(np.minimum(1, turnover * around.young_factor)),
        young_hires=by_cell(lever["hires"][0] * around.young_hires),
        methodists=whole(lever["methodists"]),
        spent=spent,
    )


def _same(value: Numbers) -> int:
    """A number that must be one for all cells: cohorts of one length move together."""
    found = np.unique(value)
    if len(found) > 1:
        raise ValueError("programme_months must be the same everywhere")
    return int(found[0])


def _quota(outreach: Numbers, people: Numbers, shape: tuple[int, int]) -> Numbers:
    """Shares of lines in places, months × 3 × cells: the part kept for hard schools, the rest by headcount; of empty lines, 0."""
    if (outreach == outreach[0]).all():  # nearly always: then one month stands for all
        outreach = outreach[:1]
    hard = np.where(people[_HARD] > 0, outreach, 0)
    others = np.where(_IS_HARD, 0, people)
    rest = others.sum(axis=0)
    hard = np.where((rest == 0) & (people[_HARD] > 0), 1, hard)[:, None]
    found = np.where(_IS_HARD, hard, (1 - hard) * others / np.where(rest > 0, rest, 1))
    return np.broadcast_to(found, (shape[0], len(LINES), shape[1]))


def _room(lever: Mapping[str, Numbers], before: Mapping[str, Numbers], around: Surroundings) -> Numbers:
    """How many more may be accompanied (months × cells): free places, and the ceiling of each methodist that comes or goes."""
    ceiling = lever["teachers_per_methodist"]
    if not np.isfinite(ceiling).any():
        return ceiling
    now, was = (np.where(np.isfinite(one), one, 0) for one in (ceiling, before["teachers_per_methodist"]))
    free = around.free + now * lever["methodists"] - was * before["methodists"]
    return np.where(np.isfinite(ceiling), np.maximum(0, free), np.inf)


def _wanted(lever: Mapping[str, Numbers], months: Months) -> dict[str, Numbers]:
    """Places that a month offers before money is asked: by the school rhythm, training in rounds once in so many months."""
    rhythm = months.rhythm[:, None] * lever["delivery"]
    since_september = (months.ends.astype("datetime64[M]").astype(int) % 12 - SEPTEMBER) % 12
    every = lever["programme_every"]
    # A round takes the places of the months up to the next one; those of leave have none.
    begins = np.where(since_september[:, None] % every == 0, np.clip(SCHOOL_MONTHS - since_september[:, None], 0, every), 0.0)
    rounds = {"programme_seats": begins, "events_a_month": np.where(rhythm > 0, 1.0, 0.0)}
    return {name: lever[name] * rhythm * rounds.get(name, 1) for name in PRICES}


def _affordable(
    wanted: dict[str, Numbers], lever: Mapping[str, Numbers], months: Months, shape: tuple[int, int]
) -> tuple[dict[str, Numbers], dict[str, Numbers]]:
    """Places within each year's budget, and thousand roubles spent by what for; of a begun year, its part for the days left."""
    month_days = months.ends.astype("datetime64[M]").astype("datetime64[D]")
    part = _days(months) / ((months.ends - month_days).astype(int) + 1)
    pay = lever["methodists"] * lever["methodist_rate"] * lever["methodist_cost"] * part[:, None]
    cost = {name: places * lever[price] for (name, price), places in zip(PRICES.items(), wanted.values(), strict=True)}
    pay, cost = np.broadcast_to(pay, shape), {name: np.broadcast_to(one, shape) for name, one in cost.items()}
    if not np.isfinite(lever["budget"]).any():
        return wanted, {"methodists": pay, **cost}
    whole, factor = sum(cost.values(), np.zeros_like(pay)), np.ones_like(pay)
    for inside, seen in _by_year(months):
        left = lever["budget"][0] * seen - pay[inside].sum(axis=0)
        before = whole[inside].cumsum(axis=0) - whole[inside]
        bought = (left - before) / np.where(whole[inside] > 0, whole[inside], 1)
        factor[inside] = np.clip(bought, 0, 1)
    # What costs nothing needs no money.
    given = {name: one * np.where(lever[PRICES[name]] > 0, factor, 1) for name, one in wanted.items()}
    return given, {"methodists": pay, **{name: one * factor for name, one in cost.items()}}


def _by_year(months: Months) -> Iterator[tuple[NDArray[np.bool_], float]]:
    """Which months are of each calendar year, and what part of it is seen."""
    years = months.ends.astype("datetime64[Y]")
    for year in np.unique(years):
        yield years == year, min(1.0, float(_days(months)[years == year].sum()) / DAYS_IN_YEAR)


def overpaid(pay: Numbers, budget: Numbers, months: Months) -> list[tuple[int, int, float, float]]:
    """Where the pay of methodists alone is above the budget: calendar year, cell, pay and budget (thousand roubles).

    ``pay``: months × cells; ``budget``: of a whole year, by cell; of a year that is seen in part, both are of that part.
    """
    found = []
    for inside, seen in _by_year(months):
        spent, given = pay[inside].sum(axis=0), budget * seen
        year = months.ends[inside][-1].item().year
        found += [(year, int(cell), float(spent[cell]), float(given[cell])) for cell in np.flatnonzero(spent > given + CENT)]
    return found


def _month_hours(months: Months) -> float:
    """Hours of a full rate in a mean month."""
    return float(months.hours.sum() / months.weight.sum())


def _days(months: Months) -> Numbers:
    return (months.ends - months.starts).astype(int) + 1.0
