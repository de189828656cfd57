"""The model of docs/scenario-model.md person by person: slow and plain, in the standard library alone; tests compare the fast one with it.

Numbers may be ints, floats or fractions: what is done to them is the same.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby
from typing import Any

LINES = ("teachers", "hard", "managers")
# What is so near to a whole is one: parts of a place are not exact in floating point.
NEARLY = 1e-9
FROM_THE_FIRST_DAY = ("turnover", "hires", "delivery", "budget", "start_delay", "programme_months")
BOUGHT = {
    "diagnostic_places": "diagnostic_cost",
    "programme_seats": "seat_cost",
    "team_places": "team_cost",
    "events_a_month": "event_cost",
}
Levers = Mapping[str, Any]  # None: no ceiling, no budget


@dataclass(frozen=True)
class Step:
    """A month or what is left of it."""

    first: date
    last: date
    weight: Any
    rhythm: Any
    hours: Any

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def month_days(self) -> int:
        return (self.last - self.last.replace(day=1)).days + 1


@dataclass(frozen=True)
class Place:
    """A municipality: lines as (n, completed, with_route, routed, in_chain, diagnosed), young as (n, counted, ongoing)."""

    lines: Mapping[str, Sequence[int]]
    young: Sequence[int] = (0, 0, 0)
    ageing: Sequence[int] = ()
    teams: tuple[int, int] = (0, 0)
    organisations: tuple[int, int] = (0, 0)
    events: int = 0
    free: Any = 0
    young_factor: Any = 1
    young_hires: Any = 0


@dataclass
class Person:
    """One of the staff: how far along, and how much of the next stage's work is done."""

    diagnosed: bool = False
    routed: bool = False
    months_left: int | None = None  # of a programme
    completed: bool = False
    diagnosed_this_year: bool = False
    routed_this_year: bool = False
    begun: dict[str, Any] = field(default_factory=lambda: {"diagnosis": 0, "route": 0, "training": 0})

    @property
    def waits_for(self) -> str:
        """The next stage; nothing for those in training or through."""
        if not self.diagnosed:
            return "diagnosis"
        if not self.routed:
            return "route"
        return "training" if self.months_left is None and not self.completed else ""

    @property
    def accompanied(self) -> bool:
        return self.routed and not self.completed


def whole(number: Any) -> int:
    return math.floor(number + NEARLY)


def without(people: list, gone: list) -> list:
    names = {id(person) for person in gone}
    return [person for person in people if id(person) not in names]


class Leavers:
    """Who of a line leaves: people at even distances, each time from another first one on."""

    def __init__(self) -> None:
        self.first = Fraction(1, 2)

    def among(self, people: list, count: int) -> list:
        """``count`` people: the i-th stands at ⌊(i + first)·n/count⌋."""
        gone = [people[math.floor((number + self.first) * len(people) / count)] for number in range(count)]
        if gone:
            self.first = (self.first + Fraction(2531, 4096)) % 1
        return gone


class Owed:
    """Parts of people who are to leave or come, until they make a whole one."""

    def __init__(self) -> None:
        self.part: Any = 0

    def add(self, number: Any) -> int:
        due = whole(self.part + number)
        self.part += number - due
        return due


class Line:
    """People of one line in their order."""

    def __init__(self, name: str, counts: Sequence[int]):
        n, completed, with_route, routed, in_chain, diagnosed = counts
        self.name = name
        self.people = [
            Person(
                diagnosed=place < in_chain,
                routed=place < with_route,
                completed=place < completed,
                diagnosed_this_year=in_chain - diagnosed <= place < in_chain,
                routed_this_year=with_route - routed <= place < with_route,
            )
            for place in range(n)
        ]
        self.accompanied_at_start = with_route - completed
        self.leaving, self.hiring, self.leavers = Owed(), Owed(), Leavers()
        self.left = self.hired = 0

    def new_year(self) -> None:
        through = [one for one in self.people if one.completed or (self.name == "managers" and one.routed)]
        self.people = without(self.people, through)
        for one in self.people:
            one.diagnosed_this_year = one.routed_this_year = False
        self.people += [Person() for _ in through]

    def move(self, leave: Any, hires: Any) -> None:
        self.left = self.leaving.add(len(self.people) * leave)
        self.people = without(self.people, self.leavers.among(self.people, self.left))
        self.hired = self.hiring.add(hires)
        self.people += [Person() for _ in range(self.hired)]

    def serve(self, stage: str, capacity: Any, at_most: Any = None) -> list[Person]:
        """Spends a month's capacity on those who wait for a stage, in their order, and says on whom."""
        waiting = [one for one in self.people if one.waits_for == stage]
        allowed = waiting if at_most is None else waiting[:at_most]
        if not allowed:
            for one in waiting:
                one.begun[stage] = 0
            return []
        progress = allowed[0].begun[stage] + capacity
        allowed[0].begun[stage] = 0
        if progress >= len(allowed):
            return allowed
        served = min(whole(progress), len(allowed))
        if served < len(allowed):
            allowed[served].begun[stage] = max(0, progress - served)
        return allowed[:served]

    def diagnose(self, places: Any) -> int:
        served = self.serve("diagnosis", places)
        for one in served:
            one.diagnosed = one.diagnosed_this_year = True
        return len(served)

    def route(self, hours: Any, hours_per_route: Any, hours_per_accompanied: Any, room: Any) -> int:
        load = sum(one.accompanied for one in self.people) + sum(one.begun["route"] for one in self.people)
        left = max(0, hours - hours_per_accompanied * load)
        may = None
        if room is not None:
            accompanied = sum(one.accompanied for one in self.people)
            may = max(0, self.accompanied_at_start + whole(room) - accompanied)
        served = self.serve("route", left / hours_per_route, may)
        for one in served:
            one.routed = one.routed_this_year = True
        return len(served)

    def train(self, seats: Any, length: int) -> int:
        served = self.serve("training", seats)
        for one in served:
            one.months_left = length
        return len(served)

    def end_month(self) -> None:
        for one in self.people:
            if one.months_left is not None:
                one.months_left -= 1
                if one.months_left == 0:
                    one.months_left, one.completed = None, True
        stages = [
            one.completed + (one.completed or one.months_left is not None) + one.routed + one.diagnosed for one in self.people
        ]
        assert stages == sorted(stages, reverse=True), "the furthest along stand first"


class YoungLine:
    """Young teachers: «ended» (supported this year, not now), «supported», or «waiting», in this order."""

    def __init__(self, counts: Sequence[int]):
        n, counted, ongoing = counts
        states = ["ended"] * (counted - ongoing) + ["supported"] * ongoing + ["waiting"] * (n - counted)
        self.people = [[state, 0] for state in states]  # the second: how much of taking into support is done
        self.leaving, self.hiring, self.leavers = Owed(), Owed(), Leavers()
        self.left = self.hired = 0

    def count(self, *states: str) -> int:
        return sum(state in states for state, _ in self.people)

    def new_year(self) -> None:
        ended = [one for one in self.people if one[0] == "ended"]
        self.people = without(self.people, ended) + [["waiting", 0] for _ in ended]

    def move(self, leave: Any, ageing: int, hires: Any) -> None:
        self.left = min(self.leaving.add(len(self.people) * leave) + ageing, len(self.people))
        self.people = without(self.people, self.leavers.among(self.people, self.left))
        self.hired = self.hiring.add(hires)
        self.people += [["waiting", 0] for _ in range(self.hired)]

    def take(self, intake: Any, at_once: Any) -> int:
        waiting = [one for one in self.people if one[0] == "waiting"]
        may = min(len(waiting), max(0, whole(at_once) - self.count("supported")))
        progress = (waiting[0][1] if waiting else 0) + intake
        for one in waiting[:1]:
            one[1] = 0
        taken = min(may, whole(progress))
        for one in waiting[:taken]:
            one[0] = "supported"
        if taken < may:
            waiting[taken][1] = max(0, progress - taken)
        return taken


class Counter:
    """Teams trained, organisations with the model, events: done of so many (None: no limit)."""

    def __init__(self, done: int, of: int | None):
        self.done, self.of, self.begun = done, of, 0

    def add(self, number: Any) -> int:
        progress = self.begun + number
        if self.of is not None and progress >= self.of - self.done:
            added, self.begun = self.of - self.done, 0
        else:
            added = whole(progress)
            self.begun = max(0, progress - added)
        self.done += added
        return added


def in_force(before: Levers, changed: Levers, number: int) -> dict[str, Any]:
    """Levers of a month: what is changed acts from the start month on."""
    late = number >= changed["start_delay"]
    return {name: changed[name] if late or name in FROM_THE_FIRST_DAY else before[name] for name in changed}


def wanted(lever: Levers, step: Step) -> dict[str, Any]:
    """Places of a month before money is asked."""
    school_month = (step.last.month - 9) % 12  # September 0 … August 11
    every = int(lever["programme_every"])
    held = sum(school_month + ahead < 10 for ahead in range(every)) if school_month % every == 0 else 0
    rounds = {"programme_seats": held}
    return {name: lever[name] * lever["delivery"] * step.rhythm * rounds.get(name, 1) for name in BOUGHT}


def bought(months: list[dict[str, Any]], steps: Sequence[Step]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Places within the year's money, and what each month costs."""
    found = []
    for _, year in groupby(zip(months, steps, strict=True), key=lambda pair: pair[1].last.year):
        inside = list(year)
        pays = [
            lever["methodists"] * lever["methodist_rate"] * lever["methodist_cost"] * step.days / step.month_days
            for lever, step in inside
        ]
        days = sum(step.days for _, step in inside)
        budget = inside[0][0]["budget"]
        left = None if budget is None else (budget if days >= 365 else budget * days / 365) - sum(pays)
        for (lever, step), pay in zip(inside, pays, strict=True):
            places = wanted(lever, step)
            cost = sum(places[name] * lever[price] for name, price in BOUGHT.items())
            part = 1 if left is None or cost <= max(0, left) else max(0, left) / cost
            if left is not None:
                left -= cost
            places = {name: number * (part if lever[BOUGHT[name]] else 1) for name, number in places.items()}
            found.append((places, {"methodists": pay} | {name: places[name] * lever[price] for name, price in BOUGHT.items()}))
    return found


def quotas(outreach: Any, staff: Mapping[str, int]) -> dict[str, Any]:
    """Parts of lines in what is offered: the part of hard schools, the rest by headcount."""
    others = sum(count for line, count in staff.items() if line != "hard")
    hard = 0 if not staff["hard"] else outreach if others else 1
    return {line: hard if line == "hard" else (1 - hard) * count / others if others else 0 for line, count in staff.items()}


def room_of(lever: Levers, before: Levers, place: Place) -> Any:
    """How many more than at the start may be accompanied; None: no ceiling."""
    ceiling, was = lever["teachers_per_methodist"], before["teachers_per_methodist"]
    if ceiling is None:
        return None
    return max(0, place.free + ceiling * lever["methodists"] - (0 if was is None else was * before["methodists"]))


def simulate(place: Place, before: Levers, changed: Levers, steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Month by month what stands at its end: a mapping by line of n, diagnosed, routed, … and counts of the young and of units."""
    lines = {name: Line(name, place.lines[name]) for name in LINES}
    staff = {name: len(line.people) for name, line in lines.items()}
    young = YoungLine(place.young)
    units = {
        "teams_trained": Counter(place.teams[1], place.teams[0]),
        "with_model": Counter(place.organisations[1], place.organisations[0]),
        "events": Counter(place.events, None),
    }
    levers = [in_force(before, changed, number) for number in range(len(steps))]
    money = bought(levers, steps)
    mean_hours = sum(step.hours for step in steps) / sum(step.weight for step in steps)
    told = []
    for number, (lever, step, (places, spent)) in enumerate(zip(levers, steps, money, strict=True)):
        if step.first == date(step.first.year, 1, 1):
            for line in (*lines.values(), young):
                line.new_year()
            units["teams_trained"].done = units["events"].done = 0
        _move(place, lines, young, staff, lever, step, place.ageing[number] if place.ageing else 0)
        used = _work(place, lines, staff, lever, before, step, places)
        staffed = lever["methodists"] * lever["methodist_rate"]
        at_once = staffed * mean_hours * lever["young_time_share"] / lever["hours_per_young"]
        used["young"] = young.take(lever["young_intake"] * step.weight, at_once)
        used["teams_trained"] = units["teams_trained"].add(places["team_places"])
        used["with_model"] = units["with_model"].add(lever["mentoring_joining"] * step.weight)
        used["events"] = units["events"].add(places["events_a_month"])
        told.append(_told(lines, young, units) | {"used": used, "spent": spent})
    return told


def _move(
    place: Place, lines: dict[str, Line], young: YoungLine, staff: Mapping[str, int], lever: Levers, step: Step, ageing: int
) -> None:
    rate, everybody = lever["turnover"] / 100, sum(staff.values())
    for name, line in lines.items():
        share = staff[name] / everybody if everybody else 0
        line.move(min(1, rate) * step.days / 365, lever["hires"] * share * step.days / 365)
    young.move(min(1, rate * place.young_factor) * step.days / 365, ageing, lever["hires"] * place.young_hires * step.days / 365)


def _work(
    place: Place, lines: dict[str, Line], staff: Mapping[str, int], lever: Levers, before: Levers, step: Step, places: Levers
) -> dict[str, int]:
    part = quotas(lever["outreach"], staff)
    of_teachers = quotas(lever["outreach"], {**staff, "managers": 0})
    hours = lever["methodists"] * lever["methodist_rate"] * step.hours * lever["route_time_share"]
    room = room_of(lever, before, place)
    used = dict.fromkeys(("diagnostics", "routes", "seats"), 0)
    for name, line in lines.items():
        used["diagnostics"] += line.diagnose(places["diagnostic_places"] / (1 - lever["online_share"]) * part[name])
        own = None if room is None else room * part[name]
        used["routes"] += line.route(hours * part[name], lever["hours_per_route"], lever["hours_per_accompanied"], own)
        used["seats"] += line.train(places["programme_seats"] * of_teachers[name], int(lever["programme_months"]))
        line.end_month()
    return used


def _told(lines: Mapping[str, Line], young: YoungLine, units: Mapping[str, Counter]) -> dict[str, Any]:
    def by_line(count: Any) -> dict[str, int]:
        return {name: count(line) for name, line in lines.items()}

    return {
        "n": by_line(lambda line: len(line.people)),
        "diagnosed": by_line(lambda line: sum(one.diagnosed_this_year for one in line.people)),
        "routed": by_line(lambda line: sum(one.routed_this_year for one in line.people)),
        "completed": by_line(lambda line: sum(one.completed for one in line.people)),
        "accompanied": by_line(lambda line: sum(one.accompanied for one in line.people)),
        "left": by_line(lambda line: line.left),
        "hired": by_line(lambda line: line.hired),
        "young": len(young.people),
        "young_counted": young.count("ended", "supported"),
        "young_left": young.left,
        "young_hired": young.hired,
        **{name: unit.done for name, unit in units.items()},
    }


def steps_from(first: date, days: Sequence[int], weights: Sequence[Any], hours: Sequence[Any]) -> list[Step]:
    """Calendar months from ``first``, which may be within one; ``days``: working days, 0 leaves a month without work."""
    steps: list[Step] = []
    for _, weight, work in zip(days, weights, hours, strict=True):
        last = (first.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        steps.append(Step(first, last, weight, 0 if first.month in (7, 8) else weight, work))
        first = last + timedelta(days=1)
    return steps
