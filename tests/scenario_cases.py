"""Small grounds of scenarios made by hand: months, people, surroundings and levers of one or several municipalities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from numpy.typing import NDArray
from scenario_reference import Place, Step, steps_from

from nmslib.model import REGION
from nmslib.scenarios.capacity import LINES, Capacities, Surroundings, capacities
from nmslib.scenarios.flow import Course, People, run
from nmslib.scenarios.months import Months
from nmslib.scenarios.plans import Plans
from nmslib.scenarios.start import Start

Numbers = NDArray[np.float64]

LEAVE = (7, 8)
# Hours of a full rate in every month of ``even_months``.
HOURS = 150
# A place where nobody comes or goes, nothing is done, and neither a ceiling nor money limits.
STILL: dict[str, float] = {
    "methodists": 0,
    "methodist_rate": 1,
    "route_time_share": 0.5,
    "young_time_share": 0.5,
    "hours_per_route": 10,
    "hours_per_accompanied": 0,
    "hours_per_young": 1,
    "teachers_per_methodist": np.inf,
    "diagnostic_places": 0,
    "online_share": 0,
    "outreach": 0,
    "programme_seats": 0,
    "programme_months": 1,
    "programme_every": 1,
    "team_places": 0,
    "young_intake": 0,
    "mentoring_joining": 0,
    "events_a_month": 0,
    "turnover": 0,
    "hires": 0,
    "start_delay": 0,
    "delivery": 1,
    "budget": np.inf,
    "methodist_cost": 60,
    "diagnostic_cost": 1,
    "seat_cost": 6,
    "team_cost": 30,
    "event_cost": 20,
}
CHAIN = ("n", "completed", "with_route", "routed", "in_chain", "diagnosed")


def numbers(value: Any) -> Numbers:
    """One number, or one for each municipality, as an array of cells."""
    return np.array([float(one) for one in value] if isinstance(value, (list, tuple)) else [float(value)])


def levers(**changes: Any) -> dict[str, Numbers]:
    """``STILL`` but for ``changes``: a number, or a list by municipality."""
    assert set(changes) <= set(STILL), set(changes) - set(STILL)
    return {name: numbers(changes.get(name, value)) for name, value in STILL.items()}


def months_of(first: date, days: Sequence[int], year_days: Mapping[int, int], hours_a_day: Fraction = Fraction(36, 5)) -> Months:
    """Calendar months from ``first`` (the first may be begun) with so many working ``days``; ``year_days``: of whole years."""
    starts, ends = [first], []
    for _ in days:
        ends.append((starts[-1].replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1))
        starts.append(ends[-1] + timedelta(days=1))
    starts = starts[:-1]
    weight = np.array([float(Fraction(12 * count, year_days[start.year])) for count, start in zip(days, starts, strict=True)])
    return Months(
        starts=np.array(starts, dtype="datetime64[D]"),
        ends=np.array(ends, dtype="datetime64[D]"),
        days=np.array(days),
        weight=weight,
        rhythm=np.where([start.month in LEAVE for start in starts], 0.0, weight),
        hours=np.array([float(count * hours_a_day) for count in days]),
        new_year=np.array([(start.month, start.day) == (1, 1) for start in starts]),
        unsure=(),
    )


def even_months(first: date, count: int) -> Months:
    """Months that all have 20 working days and ``HOURS`` hours, so that each weighs 1."""
    years = range(first.year, first.year + count // 12 + 2)
    return months_of(first, [20] * count, dict.fromkeys(years, 240), Fraction(HOURS, 20))


def people(
    teachers: Sequence[Any] = (0,) * 6,
    hard: Sequence[Any] = (0,) * 6,
    managers: Sequence[Any] = (0,) * 6,
    young: Sequence[Any] = (0, 0, 0),
    ageing: Any = None,
    **units: Any,
) -> People:
    """Lines as n, completed, with_route, routed, in_chain, diagnosed; young as n, counted, ongoing; each a number or a list by cell.

    ``ageing``: by month (or months × cells); ``units``: teams, teams_trained, organisations, with_model, events, accompanied.
    """
    counts = dict(zip(CHAIN, zip(teachers, hard, managers, strict=True), strict=True))
    lines = {name: np.stack(np.broadcast_arrays(*(numbers(one) for one in values))) for name, values in counts.items()}
    names = ("teams", "teams_trained", "organisations", "with_model", "events", "accompanied")
    yearly = np.zeros((36, 1)) if ageing is None else np.array(ageing, dtype=float).reshape(len(ageing), -1)
    return People(
        **lines,
        young=numbers(young[0]),
        young_counted=numbers(young[1]),
        young_ongoing=numbers(young[2]),
        ageing=yearly,
        **{name: numbers(units.get(name, 0)) for name in names},
    )


def around(staff: People, free: Any = None, young_factor: Any = 1, young_hires: Any = 0) -> Surroundings:
    """Surroundings of ``staff``; ``free``: places under the ceiling of the start, by default those of a start without one."""
    total = staff.n.sum(axis=0)
    taken = (staff.with_route - staff.completed).sum(axis=0)
    shape = np.ones_like(total)
    return Surroundings(
        people=staff.n / np.maximum(total, 1),
        free=-taken if free is None else numbers(free) * shape,
        young_factor=numbers(young_factor) * shape,
        young_hires=numbers(young_hires) * shape,
    )


def offered(
    staff: People, months: Months, changed: dict[str, Numbers], before: dict[str, Numbers] | None = None, **surroundings: Any
) -> Capacities:
    """Capacities of hand-made levers."""
    return capacities(before or changed, changed, around(staff, **surroundings), months)


def course(
    staff: People, months: Months, changed: dict[str, Numbers], before: dict[str, Numbers] | None = None, **surroundings: Any
) -> Course:
    """What becomes of hand-made people."""
    return run(staff, offered(staff, months, changed, before, **surroundings))


def plans(months: Months, targets: Mapping[str, Any], places: Sequence[str], ceilings: Sequence[str] = ()) -> Plans:
    """Plans of calendar years: ``targets``: indicator → one number, or one by month (NaN: none)."""
    ends = tuple(day.item() for day in months.ends)
    shape = (len(targets), len(ends), len(places) + 1)
    target = np.empty(shape)
    for row, value in enumerate(targets.values()):
        target[row] = np.broadcast_to(np.array(value, dtype=float), (len(ends),))[:, None]
    last = np.array([[date(day.year, 12, 31) for day in ends]] * len(targets), dtype="datetime64[D]")
    names = tuple(targets)
    return Plans(names, (*places, REGION), ends, target, np.ones(shape[:2]), last, frozenset(), {}, frozenset(ceilings))


def begins(places: Sequence[str]) -> Start:
    """A start of which everything is known and nothing is told: what outcomes ask of it."""
    nothing = pd.DataFrame()
    ageing = np.zeros((len(places), 0), dtype=np.int64)
    parts = {"lines": nothing, "young": nothing, "units": nothing, "active": nothing, "paces": nothing, "moves": nothing}
    return Start(date(2023, 12, 31), tuple(places), {}, {}, ageing=ageing, region_events=None, **parts)


def totals(course: Course, name: str, line: str) -> list[int]:
    """A line's whole people by month in a course of one municipality."""
    return [int(one) for one in getattr(course, name)[:, LINES.index(line), 0]]


def tenths(low: int, high: int) -> st.SearchStrategy[Fraction]:
    """Numbers with one decimal place between these numbers of tenths."""
    return st.integers(low, high).map(lambda one: Fraction(one, 10))


def quarters(low: int, high: int) -> st.SearchStrategy[Fraction]:
    """Quarters between these numbers of them."""
    return st.integers(low, high).map(lambda one: Fraction(one, 4))


@st.composite
def drawn_levers(draw: st.DrawFn, limited: bool) -> dict[str, Any]:
    """Exact levers of one place within the bounds of their cards; ``limited``: whether there may be a budget."""
    route_share, accompanied = draw(st.integers(0, 10)), draw(quarters(0, 16))
    return {
        "methodists": draw(st.integers(0, 3)),
        "methodist_rate": draw(tenths(1, 10)),
        "route_time_share": Fraction(route_share, 10),
        "young_time_share": Fraction(draw(st.integers(0, 10 - route_share)), 10),
        "hours_per_route": max(Fraction(1), accompanied) + draw(tenths(0, 300)),
        "hours_per_accompanied": accompanied,
        "hours_per_young": draw(quarters(1, 64)),
        "teachers_per_methodist": draw(st.none() | st.integers(1, 30)),
        "diagnostic_places": draw(tenths(0, 80)),
        "online_share": draw(tenths(0, 9)),
        "outreach": draw(tenths(0, 10)),
        "programme_seats": draw(tenths(0, 60)),
        "programme_months": 1,
        "programme_every": draw(st.integers(1, 6)),
        "team_places": draw(tenths(0, 20)),
        "young_intake": draw(tenths(0, 50)),
        "mentoring_joining": draw(tenths(0, 20)),
        "events_a_month": draw(tenths(0, 30)),
        "turnover": draw(tenths(0, 600)),
        "hires": draw(tenths(0, 600)),
        "start_delay": draw(st.integers(0, 4)),
        "delivery": draw(tenths(0, 12)),
        "budget": draw(st.none() | st.integers(0, 3000)) if limited else None,
        "methodist_cost": draw(st.integers(0, 100)),
        "diagnostic_cost": draw(tenths(0, 50)),
        "seat_cost": draw(tenths(0, 100)),
        "team_cost": draw(st.integers(0, 50)),
        "event_cost": draw(st.integers(0, 50)),
    }


@st.composite
def drawn_line(draw: st.DrawFn, trained: bool = True) -> tuple[int, ...]:
    """A line's n, completed, with_route, routed, in_chain, diagnosed."""
    n = draw(st.integers(0, 30))
    in_chain = draw(st.integers(0, n))
    with_route = draw(st.integers(0, in_chain))
    completed = draw(st.integers(0, with_route)) if trained else 0
    return n, completed, with_route, draw(st.integers(0, with_route)), in_chain, draw(st.integers(0, in_chain))


@st.composite
def drawn_place(draw: st.DrawFn, length: int, before: Mapping[str, Any]) -> Place:
    """A municipality at the start."""
    lines = {name: draw(drawn_line(name != "managers")) for name in LINES}
    young = draw(st.integers(0, 20))
    counted = draw(st.integers(0, young))
    teams, organisations = draw(st.integers(0, 8)), draw(st.integers(0, 8))
    accompanied = sum(line[2] - line[1] for line in lines.values())
    return Place(
        lines=lines,
        young=(young, counted, draw(st.integers(0, counted))),
        ageing=draw(st.lists(st.integers(0, 2), min_size=length, max_size=length)),
        teams=(teams, draw(st.integers(0, teams))),
        organisations=(organisations, draw(st.integers(0, organisations))),
        events=draw(st.integers(0, 5)),
        free=-accompanied if before["teachers_per_methodist"] is None else draw(st.integers(-5, 20)),
        young_factor=draw(tenths(0, 30)),
        young_hires=draw(tenths(0, 5)),
    )


@dataclass(frozen=True)
class Drawn:
    """The same ground for the fast model (arrays) and for the reference (places, exact levers, steps)."""

    staff: People
    months: Months
    around: Surroundings
    before: dict[str, Numbers]
    changed: dict[str, Numbers]
    places: list[Place]
    exact: list[tuple[dict[str, Any], dict[str, Any]]]
    steps: list[Step]

    def course(self, **changes: Any) -> Course:
        """The fast model's course with some of the changed levers otherwise."""
        return run(self.staff, self.offered(**changes))

    def offered(self, **changes: Any) -> Capacities:
        """The fast model's capacities, likewise."""
        return capacities(self.before, self.changed | changes, self.around, self.months)


@st.composite
def grounds(draw: st.DrawFn, limited: bool = True, moving: bool = True, one_year: bool = False) -> Drawn:
    """One to three municipalities; ``limited``: perhaps by money; ``moving``: whether people come and go."""
    length = draw(st.integers(1, 16))
    first = date(2023, 1, 1) + timedelta(days=draw(st.integers(0, 730)))
    if one_year:
        length = min(length, 13 - first.month)
    days = draw(st.lists(st.integers(1, 23), min_size=length, max_size=length))
    year_days = {2023: 247, 2024: 248, 2025: 247, 2026: 247}
    months = months_of(first, days, year_days)
    weights = [Fraction(12 * count, year_days[start.item().year]) for count, start in zip(days, months.starts, strict=True)]
    steps = steps_from(first, days, weights, [count * Fraction(36, 5) for count in days])
    cells, programme = draw(st.integers(1, 3)), {"programme_months": draw(st.integers(1, 4))}
    still = {} if moving else {"turnover": 0, "hires": 0}
    exact = [tuple(draw(drawn_levers(limited)) | programme | still for _ in range(2)) for _ in range(cells)]
    places = [draw(drawn_place(length, before)) for before, _ in exact]
    if not moving:
        places = [replace(place, ageing=[0] * length) for place in places]
    staff = _staff(places)
    free, factor, hires = ([getattr(one, name) for one in places] for name in ("free", "young_factor", "young_hires"))
    before, changed = (_arrays([pair[side] for pair in exact]) for side in range(2))
    return Drawn(staff, months, around(staff, free, factor, hires), before, changed, places, exact, steps)


def _arrays(levers: Sequence[Mapping[str, Any]]) -> dict[str, Numbers]:
    return {name: numbers([np.inf if one[name] is None else one[name] for one in levers]) for name in STILL}


def _staff(places: Sequence[Place]) -> People:
    lines = {name: [list(values) for values in zip(*(one.lines[name] for one in places), strict=True)] for name in LINES}
    units = {"teams": "teams", "teams_trained": "teams", "organisations": "organisations", "with_model": "organisations"}
    done = ("teams_trained", "with_model")
    return people(
        **lines,
        young=[list(values) for values in zip(*(one.young for one in places), strict=True)],
        ageing=np.array([one.ageing for one in places]).T,
        events=[one.events for one in places],
        **{name: [getattr(one, field)[name in done] for one in places] for name, field in units.items()},
    )
