"""Invents registries of a municipality, plausible in size and rhythm: synthetic, seeded, marked so. Writes no file."""

from dataclasses import dataclass
from datetime import date
from zlib import crc32

import numpy as np
import pandas as pd

from nmslib import wording
from nmslib.model import Municipality, System
from nmslib.registries import SYNTHETIC

# Shares of a population that work in education: 7,604 school teachers for about 0.76 million people in Amur oblast in 2024.
TEACHERS_PER_PERSON = 0.0098
PEOPLE_PER_ORGANISATION = {"general": 6_600, "preschool": 6_000, "additional": 27_000}
STAFF_PER_ORGANISATION = {"preschool": 21, "additional": 26, "methodical": 14}
MANAGERS_PER_ORGANISATION = {"general": 5, "preschool": 2, "additional": 3, "methodical": 2}
DEFAULT_POPULATION = 15_000
DEFAULT_PERIOD = (date(2023, 1, 1), date(2024, 12, 31))
# 245 newcomers among 7,604 school teachers of Amur oblast in 2024.
NEWCOMERS_A_YEAR = 0.03
# School rhythm of professional development by month, January first: none in the summer, most in autumn.
RHYTHM = np.array([3, 8, 12, 12, 7, 2, 0, 4, 14, 16, 13, 9]) / 100
SHARE_OF_STAFF = {"diagnosed": 0.14, "trained": 0.13}
KIND_NAMES = {
    "general": "Школа",
    "preschool": "Детский сад",
    "additional": "Центр дополнительного образования",
    "methodical": "Методический центр",
}

SURNAMES = (
    "Абрамов Белов Васильев Громов Данилов Ермаков Жуков Зайцев Ильин Калинин Лебедев Макаров Никитин Орлов Павлов Родионов "
    "Савельев Тарасов Уваров Фомин Харитонов Цветков Чернов Шубин Щукин Юдин Яковлев Борисов Виноградов Гаврилов Дроздов Егоров"
).split()
WOMEN = (
    "Анна Валентина Галина Дарья Елена Жанна Зоя Ирина Ксения Лариса Марина Наталья Ольга Полина Светлана Татьяна Юлия".split()
)
MEN = "Алексей Борис Виктор Дмитрий Евгений Иван Кирилл Михаил Николай Олег Павел Роман Сергей".split()
FATHERS = "Алексее Андрее Борисо Викторо Дмитрие Евгенье Ивано Кирилло Михайло Николае Олего Павло Романо Сергее".split()
PROGRAMMES = (
    "Реализация обновлённых ФГОС в работе учителя",
    "Формирующее оценивание на уроке",
    "Развитие функциональной грамотности обучающихся",
    "Цифровые инструменты учителя",
    "Работа с обучающимися с трудностями в обучении",
)
TEAM_PROGRAMME = "Управление качеством образования в организации"
SUPPORT_FORMS = np.array(["mentoring", "school", "internship", "contest", "consulting"])


@dataclass(frozen=True)
class Draw:
    """The random source of one municipality and how hard it works (1 is typical)."""

    random: np.random.Generator
    effort: float

    @classmethod
    def of(cls, municipality: Municipality, seed: int) -> "Draw":
        """The same municipality and seed give the same draw, whatever else is drawn beside it."""
        key = crc32(f"{municipality.system}/{municipality.municipality}".encode())
        random = np.random.Generator(np.random.SFC64([seed, key]))
        return cls(random, float(np.clip(random.normal(1.0, 0.2), 0.5, 1.5)))

    def days(self, count: int, year: int) -> pd.DatetimeIndex:
        """``count`` working-week days of a year in the school rhythm."""
        months = self.random.choice(12, size=count, p=RHYTHM / RHYTHM.sum()) + 1
        days = self.random.integers(1, 29, size=count)
        stamps = pd.to_datetime(pd.DataFrame({"year": year, "month": months, "day": days}))
        return pd.DatetimeIndex(stamps - pd.to_timedelta((stamps.dt.day_of_week - 4).clip(lower=0), unit="D"))


def _organisations(place: Municipality, draw: Draw) -> pd.DataFrame:
    population = place.population or DEFAULT_POPULATION
    counts = {kind: max(1, round(population / people)) for kind, people in PEOPLE_PER_ORGANISATION.items()} | {"methodical": 1}
    counts["general"] = place.schools or max(3, counts["general"])
    kinds = np.repeat(list(counts), list(counts.values()))
    numbers = np.concatenate([np.arange(1, count + 1) for count in counts.values()])
    rural = "городской" not in place.type
    settlement = np.where(draw.random.random(len(kinds)) < (0.6 if rural else 0.0), "rural", "urban")
    return pd.DataFrame(
        {
            "organisation": [f"О{number:03d}" for number in range(1, len(kinds) + 1)],
            "name": [
                f"{KIND_NAMES[kind]} № {number} (вымышленная организация)" for kind, number in zip(kinds, numbers, strict=True)
            ],
            "type": kinds,
            "settlement": settlement,
            "opened_on": pd.NaT,
            "closed_on": pd.NaT,
        }
    )


def _full_names(count: int, draw: Draw) -> list[str]:
    women = draw.random.random(count) < 0.86
    picks = draw.random.integers(0, 1_000, size=(count, 3))
    return [
        f"{SURNAMES[a % len(SURNAMES)]}{'а' if woman else ''} {(WOMEN if woman else MEN)[b % len(WOMEN if woman else MEN)]} "
        f"{FATHERS[c % len(FATHERS)]}{'вна' if woman else 'вич'}"
        for woman, (a, b, c) in zip(women, picks, strict=True)
    ]


def _main_jobs(organisations: pd.DataFrame, population: int, draw: Draw, years: range) -> pd.DataFrame:
    """One row a person at the main place; ages average 46, newcomers start each September."""
    schools = organisations["type"].eq("general").sum()
    per_school = max(8, round(population * TEACHERS_PER_PERSON / schools))
    teachers = organisations["type"].map(STAFF_PER_ORGANISATION | {"general": per_school}).to_numpy()
    managers = organisations["type"].map(MANAGERS_PER_ORGANISATION).to_numpy()
    size = np.maximum(3, draw.random.normal(teachers, teachers * 0.2).astype(int)) + managers
    at = np.repeat(np.arange(len(organisations)), size)
    within = np.concatenate([np.arange(count) for count in size])
    count = len(at)
    is_manager = within < managers[at]
    age = np.clip(draw.random.normal(46, 11, count), 22, 72)
    novice = ~is_manager & (draw.random.random(count) < 0.055)
    age = np.where(novice, draw.random.uniform(22, 39, count), age)
    served = np.where(novice, draw.random.uniform(0, 2.9, count), draw.random.uniform(3.2, np.maximum(age - 21, 3.3)))
    opening = pd.Timestamp(years.start, 1, 1)
    since = opening - pd.to_timedelta((served * 365.25).astype(int), unit="D")
    hired = opening - pd.to_timedelta((served * draw.random.uniform(0.2, 1.0, count) * 365.25).astype(int), unit="D")
    leaves = draw.random.random(count) < 0.05
    left = opening + pd.to_timedelta(draw.random.integers(30, 700, count), unit="D")
    newcomer = ~is_manager & (draw.random.random(count) < NEWCOMERS_A_YEAR * len(years))
    arrival = pd.to_datetime([f"{year}-09-01" for year in draw.random.choice(years, count)])
    age = np.where(newcomer, draw.random.uniform(21, 32, count), age)
    since, hired = since.where(~newcomer, arrival), hired.where(~newcomer, arrival)
    left = left.where(~newcomer, arrival + pd.Timedelta(days=200))
    category = draw.random.choice(["none", "first", "highest"], size=count, p=[0.35, 0.4, 0.25])
    return pd.DataFrame(
        {
            "person": [f"Р{number:05d}" for number in range(1, count + 1)],
            "full_name": _full_names(count, draw),
            "birth_on": (opening - pd.to_timedelta((age * 365.25).astype(int), unit="D")).normalize(),
            "organisation": organisations["organisation"].to_numpy()[at],
            "role": np.where(is_manager, "manager", "teacher"),
            "position": np.where(within == 0, "руководитель", np.where(is_manager, "заместитель руководителя", "педагог")),
            "employment": "main",
            "rate": 1.0,
            "hired_on": hired,
            "left_on": pd.Series(left).where(leaves),
            "profession_since": since,
            "category": np.where(novice | newcomer, "none", category),
        }
    )


def _staff(organisations: pd.DataFrame, population: int, draw: Draw, years: range) -> pd.DataFrame:
    """Main jobs, and second jobs, outside part-timers and contracts that must not be counted."""
    main = _main_jobs(organisations, population, draw, years)
    second = main.sample(frac=0.06, random_state=draw.random).assign(employment="internal", rate=0.5, left_on=pd.NaT)
    second["organisation"] = draw.random.choice(organisations["organisation"], len(second))
    outside = main.sample(frac=0.03, random_state=draw.random).reset_index(drop=True)
    outside["person"] = [f"Р{number:05d}" for number in range(90_001, 90_001 + len(outside))]
    outside["full_name"] = _full_names(len(outside), draw)
    outside["employment"] = draw.random.choice(["external", "contract"], size=len(outside), p=[0.7, 0.3])
    outside = outside.assign(rate=0.25, left_on=pd.NaT)
    everyone = pd.concat([main, second[second["role"] == "teacher"], outside], ignore_index=True)
    return everyone.drop_duplicates(["person", "organisation"]).sort_values(["organisation", "person"], ignore_index=True)


def _chain(staff: pd.DataFrame, draw: Draw, years: range) -> dict[str, pd.DataFrame]:
    """Diagnosed → with a route → trained, year by year; each step loses people and takes weeks."""
    own = staff[staff["employment"] == "main"]
    steps: dict[str, list[pd.DataFrame]] = {"diagnostics": [], "routes": [], "completions": []}
    for year in years:
        people = own.sample(frac=min(0.6, SHARE_OF_STAFF["diagnosed"] * draw.effort), random_state=draw.random)["person"]
        place = draw.random.choice(["centre", "other"], size=len(people), p=[0.93, 0.07])
        levels = draw.random.choice(["low", "middle", "high"], size=len(people), p=[0.2, 0.6, 0.2])
        diagnosed = pd.DataFrame(
            {"person": people, "diagnosed_on": draw.days(len(people), year), "place": place, "level": levels}
        )
        steps["diagnostics"].append(diagnosed)
        chosen = diagnosed.sample(frac=min(0.95, 0.9 * draw.effort), random_state=draw.random)
        drawn_up = chosen["diagnosed_on"] + pd.to_timedelta(draw.random.integers(7, 45, len(chosen)), unit="D")
        finished = pd.Series(drawn_up + pd.to_timedelta(draw.random.integers(60, 240, len(chosen)), unit="D"))
        done = draw.random.random(len(chosen)) < 0.5
        steps["routes"].append(
            pd.DataFrame(
                {
                    "person": chosen["person"],
                    "drawn_up_on": drawn_up,
                    "grounds": chosen["place"],
                    "completed_on": finished.where(done),
                }
            )
        )
        trained = own.sample(frac=SHARE_OF_STAFF["trained"], random_state=draw.random)["person"]
        by_diagnostics = trained.isin(people) | (draw.random.random(len(trained)) < 0.6 * draw.effort)
        steps["completions"].append(
            pd.DataFrame(
                {
                    "person": trained,
                    "programme": draw.random.choice(PROGRAMMES, len(trained)),
                    "hours": draw.random.choice([24, 36, 72], len(trained)),
                    "in_register": draw.random.choice(["yes", "no"], size=len(trained), p=[0.85, 0.15]),
                    "by_diagnostics": np.where(by_diagnostics, "yes", "no"),
                    "completed_on": draw.days(len(trained), year),
                }
            )
        )
    order = {"diagnostics": "diagnosed_on", "routes": "drawn_up_on", "completions": "completed_on"}
    return {name: pd.concat(parts).sort_values([order[name], "person"], ignore_index=True) for name, parts in steps.items()}


def _management_teams(organisations: pd.DataFrame, draw: Draw, years: range) -> pd.DataFrame:
    teams = organisations[["organisation"]].assign(
        members=draw.random.integers(3, 6, len(organisations)), programme=None, completed_on=pd.NaT
    )
    schools = organisations.index[organisations["type"] == "general"].to_numpy()
    for year in years:
        trained = draw.random.choice(
            schools, size=min(len(schools), max(1, round(len(schools) * 0.1 * draw.effort))), replace=False
        )
        teams.loc[trained, "programme"] = TEAM_PROGRAMME
        teams.loc[trained, "completed_on"] = draw.days(len(trained), year)
    return teams


def _young_support(staff: pd.DataFrame, draw: Draw, years: range) -> pd.DataFrame:
    main = staff[staff["employment"] == "main"]
    mentors = main[main["category"] != "none"]["person"].to_numpy()
    parts = []
    for year in years:
        opening = pd.Timestamp(year, 1, 1)
        young = main[
            (main["profession_since"] > opening - pd.DateOffset(years=3)) & (main["birth_on"] > opening - pd.DateOffset(years=35))
        ]
        share = min(0.95, (0.34 + 0.12 * (year - years.start)) * draw.effort)
        people = young.sample(frac=share, random_state=draw.random)["person"]
        forms = draw.random.choice(SUPPORT_FORMS, size=len(people), p=[0.5, 0.2, 0.1, 0.1, 0.1])
        mentor = pd.Series(draw.random.choice(mentors, len(people))).where(forms == "mentoring").to_numpy()
        parts.append(
            pd.DataFrame(
                {
                    "person": people,
                    "form": forms,
                    "mentor": mentor,
                    "started_on": draw.days(len(people), year),
                    "ended_on": pd.NaT,
                }
            )
        )
    return pd.concat(parts).sort_values(["started_on", "person"], ignore_index=True)


def _execution(due: pd.DataFrame, draw: Draw) -> pd.DataFrame:
    """Four of five terms are kept, one in ten is late, one in ten is not reported as done."""
    luck = draw.random.random(len(due))
    early = pd.to_timedelta(draw.random.integers(1, 25, len(due)), unit="D")
    late = pd.to_timedelta(draw.random.integers(3, 20, len(due)), unit="D")
    done_on = (due["due_on"] - early).where(luck < 0.8, due["due_on"] + late).where(luck < 0.9)
    numbers = draw.random.integers(10, 900, len(due))
    document = [
        f"письмо от {day:%d.%m.%Y} № {number} (вымышленный документ)" if pd.notna(day) else None
        for day, number in zip(done_on, numbers, strict=True)
    ]
    state = np.where(done_on.notna(), "done", "going")
    return pd.DataFrame(
        {"measure": due["measure"], "due_on": due["due_on"], "state": state, "done_on": done_on, "document": document}
    )


def registries(place: Municipality, due: pd.DataFrame, start: date, end: date, seed: int) -> dict[str, pd.DataFrame]:
    """All registries of a municipality over a plan from ``start`` to ``end``, by registry id, with the schema's columns.

    ``due``: one row per due date (measure, due_on). The same arguments give the same rows.
    """
    draw, years = Draw.of(place, seed), range(start.year, end.year + 1)
    organisations = _organisations(place, draw)
    staff = _staff(organisations, place.population or DEFAULT_POPULATION, draw, years)
    return {
        "organisations": organisations,
        "staff": staff,
        **_chain(staff, draw, years),
        "management_teams": _management_teams(organisations, draw, years),
        "young_support": _young_support(staff, draw, years),
        "execution": _execution(due.reset_index(drop=True), draw),
    }


def period(system: System) -> tuple[date, date]:
    """The days the invented rows cover: the plan, or two calendar years where the document names no period."""
    start, end = system.act.period.start, system.act.period.end
    return (start or DEFAULT_PERIOD[0], end or DEFAULT_PERIOD[1])


def about(system: System, place: Municipality, version: str, seed: int) -> list[tuple[str, str]]:
    """What stands on the first sheet of a synthetic workbook."""
    return [
        ("Книга реестров", f"{place.name}: {system.act.short_title}"),
        ("Внимание", f"{SYNTHETIC}: люди, организации и документы вымышлены"),
        ("Система", system.id),
        ("Муниципалитет", place.municipality),
        ("Документ", f"{system.act.name}, {system.act.issuing_body}"),
        ("Версия формы", version),
        ("Период", " — ".join(wording.day(day) for day in period(system))),
        ("Зерно генератора", str(seed)),
    ]
