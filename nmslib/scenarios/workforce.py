"""How many methodists the work of a year takes: kinds of activity, volume of events, teachers and organisations to support.

The federal slides name these three as what the pay of regional methodists rests on, and two variants of engaging them (slide
«Оплата региональных методистов»); norms of hours they do not give, so all of them are assumptions that the caller may replace.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nmslib import wording
from nmslib.indicators import needed_in
from nmslib.model import REGION
from nmslib.problems import DataProblem, DataProblems
from nmslib.scenarios.ground import Ground
from nmslib.scenarios.levers import MONTH_HOURS, UNTOLD, months_in_words, past
from nmslib.scenarios.plans import Plans
from nmslib.scenarios.results import TEACHERS

Numbers = NDArray[np.float64]

# Hours of a full rate in a year: 36 a week (order of the Ministry of Education and Science of 22.12.2014 No. 1601, app. 1, item
# 2.1). Leave is not taken off, as in the months of the model.
MONTHS = 12
YEAR_HOURS = MONTHS * MONTH_HOURS
# Variants of the slide; part-time work takes at most half of the norm (ст. 284 ТК РФ).
VARIANTS = {
    "school": "вариант 1: работник школы и совместительство в ЦНППМ",
    "centre": "вариант 2: работник ЦНППМ и совместительство в школе",
}
RATES = {"school": 0.5, "centre": 1.0}
# No document gives norms: assumptions of the workbook, in hours.
EVENT_HOURS, TEACHER_HOURS, SCHOOL_HOURS = 16.0, 0.5, 12.0
ASSUMED, OF_LEVERS = "допущение рабочей тетради", "нынешнее значение рычага"
METHODISTS = ("методист", "методиста", "методистов")
ROUTES = "routed_share"
FILE = "калькулятор кадров"
# 1,000 hours of 0.1 are 100, not a little more.
SAME = 1e-9


@dataclass(frozen=True)
class Activity:
    """A kind of activity: ``volume`` units a year, ``hours`` of a methodist on each; ``source``: where these come from."""

    title: str
    unit: str
    volume: float | None
    hours: float | None
    source: str = ""


@dataclass(frozen=True)
class Workload:
    """What is to be done in a year. Teachers and organisations are those to support, with hours on each of them a year.

    ``ceiling``: how many teachers one methodist may accompany (Amur: 250, Комплекс мер, п. 2.6, строка 2; None: no document says
    so). ``rates``: variant (VARIANTS) → part of a rate that one methodist works. ``year_hours``: of a full rate.
    """

    activities: tuple[Activity, ...]
    teachers: float | None
    schools: float | None
    hours_per_teacher: float | None = TEACHER_HOURS
    hours_per_school: float | None = SCHOOL_HOURS
    ceiling: float | None = None
    rates: Mapping[str, float] = field(default_factory=lambda: dict(RATES))
    year_hours: float = YEAR_HOURS

    @property
    def everything(self) -> tuple[Activity, ...]:
        """Activities, and the support of teachers and organisations as further ones."""
        teachers = Activity("Поддержка педагогических работников", "человек", self.teachers, self.hours_per_teacher, ASSUMED)
        schools = Activity("Поддержка образовательных организаций", "организация", self.schools, self.hours_per_school, ASSUMED)
        return (*self.activities, teachers, schools)


@dataclass(frozen=True)
class Workforce:
    """Methodists that a workload takes.

    ``hours``: title, unit, volume, hours (on one), total (hours a year), share (of all hours), source. ``variants``: variant,
    title, rate, year_hours (of one methodist), by_hours and by_ceiling (whole methodists; by_ceiling 0 without a ceiling),
    methodists (the greater), rates (of them together), decides (hours, ceiling, both, nothing). ``words``: variant → Russian.
    """

    hours: pd.DataFrame
    variants: pd.DataFrame
    words: dict[str, str]


def workforce(load: Workload) -> Workforce:
    """Methodists needed under every variant: enough hours, and no more teachers on each than the ceiling.

    DataProblems with everything missing, negative or out of range.
    """
    if problems := list(_wrong(load)):
        raise DataProblems([DataProblem(FILE, place, found, wanted) for place, found, wanted in problems])
    rows = [
        (one.title, one.unit, one.volume, one.hours, (one.volume or 0) * (one.hours or 0), one.source) for one in load.everything
    ]
    hours = pd.DataFrame(rows, columns=["title", "unit", "volume", "hours", "total", "source"])
    total = float(hours["total"].sum())
    hours.insert(5, "share", hours["total"] / total if total else 0.0)
    variants = pd.DataFrame([_variant(name, rate, total, load) for name, rate in load.rates.items()])
    words = {row["variant"]: _told(row, total, load) for row in variants.to_dict("records")}
    return Workforce(hours, variants, words)


def _variant(name: str, rate: float, hours: float, load: Workload) -> dict[str, object]:
    of_one = rate * load.year_hours
    by_hours = math.ceil(hours / of_one - SAME)
    by_ceiling = math.ceil((load.teachers or 0) / load.ceiling - SAME) if load.ceiling else 0
    needed = max(by_hours, by_ceiling)
    decides = "both" if by_hours == by_ceiling else "hours" if by_hours > by_ceiling else "ceiling"
    return {
        "variant": name,
        "title": VARIANTS.get(name, name),
        "rate": rate,
        "year_hours": of_one,
        "by_hours": by_hours,
        "by_ceiling": by_ceiling,
        "methodists": needed,
        "rates": needed * rate,
        "decides": decides if needed else "nothing",
    }


def _told(row: Mapping[str, Any], hours: float, load: Workload) -> str:
    """«Вариант 1 (…): нужно 7 методистов (3,5 ставки) …; решают часы»."""
    if not row["methodists"]:
        return wording.sentences(f"{_capital(row['title'])}: работы нет, методисты не нужны")
    rates = wording.number(row["rates"], 0 if float(row["rates"]).is_integer() else 1)
    needed = f"{_capital(row['title'])} — нужно {wording.counted(row['methodists'], METHODISTS)} (ставок: {rates})"
    spent = f"часов в год {wording.number(hours)}, у одного методиста {wording.number(row['year_hours'], 1)}"
    if not load.ceiling:
        return wording.sentences(f"{needed}: {spent}", "Предела педагогов на методиста документ не ставит: решают часы")
    limit = f"по пределу {wording.number(load.ceiling)} педагогов на методиста — {wording.number(row['by_ceiling'])}"
    why = {"hours": "решают часы", "ceiling": "решает предел", "both": "часы и предел требуют одного и того же"}
    return wording.sentences(f"{needed}: {spent} — по часам {wording.number(row['by_hours'])}, {limit}; {why[row['decides']]}")


def _capital(title: str) -> str:
    return title[:1].upper() + title[1:]


def _wrong(load: Workload) -> Iterator[tuple[str, str, str]]:
    for number, one in enumerate(load.everything, 1):
        name = f"«{one.title}»" if one.title.strip() else f"вид деятельности {number}"
        if not one.title.strip():
            yield name, "", "нет названия"
        for what, value in (("объём в год", one.volume), ("часы на единицу", one.hours)):
            if wanted := _unfit(value):
                yield f"{name}, {what}", _shown(value), wanted
    if load.ceiling is not None and not (math.isfinite(load.ceiling) and load.ceiling > 0):
        yield "предел педагогов на методиста", _shown(load.ceiling), "нужно число больше 0; без предела — пусто"
    if not (math.isfinite(load.year_hours) and load.year_hours > 0):
        yield "часы ставки в год", _shown(load.year_hours), "нужно число больше 0"
    if not load.rates:
        yield "варианты привлечения", "", "нужен хотя бы один"
    for name, rate in load.rates.items():
        if not (math.isfinite(rate) and 0 < rate <= 1):
            yield f"доля ставки, {VARIANTS.get(name, name)}", _shown(rate), "нужно число больше 0 и не больше 1"


def _unfit(value: float | None) -> str:
    if value is None or math.isnan(value):
        return "пусто; нужно число от 0"
    return "" if value >= 0 and math.isfinite(value) else "нужно число от 0"


def _shown(value: float | None) -> str:
    if value is None or math.isnan(value):
        return ""
    if not math.isfinite(value):
        return str(value)
    return wording.number(value, 0 if float(value).is_integer() else 2)


def workload(ground: Ground, plans: Plans, municipality: str = REGION) -> Workload:
    """The year's work of a municipality, or of all together, as registries, the plan and assumptions tell of it.

    Routes: those that the last plan of ``plans`` needs; where it has none, of the last 12 months. Young teachers: all of them.
    Events: of the last 12 months. Hours: today's levers; of events, teachers, organisations: assumptions.
    """
    cells = [number for number, place in enumerate(ground.municipalities) if municipality in (place, REGION)]
    people, value = ground.people, {name: one[cells] for name, one in ground.facts.values.items()}
    routes, source = _routes(ground, plans, cells)
    going, young = (people.with_route - people.completed).sum(axis=0)[cells], people.young[cells]
    monthly = {
        name: MONTHS * _mean(value[name], of) for name, of in (("hours_per_accompanied", going), ("hours_per_young", young))
    }
    told, (events, months) = f"на отчётную дату; часы — {OF_LEVERS}", _past(ground, "events", cells)
    activities = (
        Activity("Разработка ИОМ", "ИОМ", float(routes.sum()), _mean(value["hours_per_route"], routes), source),
        Activity(
            "Сопровождение ИОМ", "человек", float(going.sum()), monthly["hours_per_accompanied"], f"не завершённые ИОМ {told}"
        ),
        Activity(
            "Поддержка молодых педагогов", "человек", float(young.sum()), monthly["hours_per_young"], f"молодые педагоги {told}"
        ),
        Activity("Методические мероприятия", "мероприятие", float(events.sum()), EVENT_HOURS, f"{months}; часы — {ASSUMED}"),
    )
    ceilings = value["teachers_per_methodist"]
    return Workload(
        activities=activities,
        teachers=float(people.n[TEACHERS, cells].sum()),
        schools=float(np.maximum(people.organisations, people.teams)[cells].sum()),
        ceiling=float(ceilings.min()) if len(cells) and np.isfinite(ceilings).any() else None,
        rates=dict(ground.levers["methodist_rate"].named) or dict(RATES),
    )


def _routes(ground: Ground, plans: Plans, cells: list[int]) -> tuple[Numbers, str]:
    """Routes a year by cell and whence: the last plan that everybody has, else the pace of 12 months."""
    if ROUTES in plans.indicators:
        target = plans.target[plans.indicators.index(ROUTES)][:, cells]
        planned = np.flatnonzero(np.isfinite(target).all(axis=1))
        if len(planned):
            percent, staff = target[planned[-1]], ground.people.n.sum(axis=0)[cells]
            needed = np.array([needed_in(float(one), int(base)) for one, base in zip(percent, staff, strict=True)], dtype=float)
            year = plans.ends[planned[-1]].year
            return needed, f"план на {year} год; часы — {OF_LEVERS}"
    routes, months = _past(ground, "routes", cells)
    return routes, f"{months}; часы — {OF_LEVERS}"


def _past(ground: Ground, flow: str, cells: list[int]) -> tuple[Numbers, str]:
    """Counts of the last months (12 at most) by cell, nothing where they are not known; and of how many months."""
    found = past(ground.start, flow).iloc[cells]
    months = [count for count in found["months"] if count]
    return found["count"].to_numpy(float), f"по реестрам за {months_in_words(months)}" if months else UNTOLD


def _mean(hours: Numbers, volumes: Numbers) -> float:
    """Hours on a unit over all municipalities, by their volumes."""
    return float(np.average(hours, weights=volumes if volumes.sum() else None)) if len(hours) else 0.0
