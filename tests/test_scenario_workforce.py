"""The calculator of methodists: hours by activity, the ceiling of teachers, both variants of engaging; bad input is told."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenario_cases import even_months, people
from scenario_grounds import asked, made, paces

from nmslib.model import REGION
from nmslib.problems import DataProblems
from nmslib.scenarios.workforce import Activity, Workforce, Workload, workforce, workload

NBSP = "\N{NO-BREAK SPACE}"
# 7.2 hours x 247 working days.
YEAR = 1778.4
ROUTES = Activity("Разработка ИОМ", "ИОМ", 100, 16)
EVENTS = Activity("Мероприятия", "мероприятие", 20, 10)


def load(*activities: Activity, teachers: float | None = 0, schools: float | None = 0, **others: object) -> Workload:
    return Workload(activities, teachers, schools, **others)


def variant(found: Workforce, name: str) -> pd.Series:
    return found.variants.set_index("variant").loc[name]


def titled(found: Workforce) -> dict[str, float]:
    return found.hours.set_index("title")["total"].to_dict()


# ---- by hand


def test_hours_of_all_activities_divided_by_those_of_one_methodist():
    # 100 x 16 + 20 x 10 + 300 x 0.5 + 10 x 12 = 2,070 hours; a whole rate is 1,778.4, half of one 889.2: 2.33 and 1.16 methodists.
    found = workforce(load(ROUTES, EVENTS, teachers=300, schools=10))
    assert list(titled(found).values()) == [1600, 200, 150, 120]
    assert found.hours["share"].sum() == pytest.approx(1)
    assert variant(found, "school")["methodists"] == 3 and variant(found, "school")["rates"] == 1.5
    assert variant(found, "centre")["methodists"] == 2 and variant(found, "centre")["rates"] == 2
    assert (variant(found, "school")["year_hours"], variant(found, "centre")["year_hours"]) == (pytest.approx(YEAR / 2), YEAR)


def test_the_ceiling_decides_where_teachers_are_many_and_hours_few():
    # 1,001 teachers, 250 each (Amur, Комплекс мер, п. 2.6, строка 2): 5 methodists; 500.5 hours are 1 methodist.
    found = workforce(load(teachers=1001, ceiling=250))
    assert found.variants["by_ceiling"].tolist() == [5, 5] and found.variants["decides"].tolist() == ["ceiling", "ceiling"]
    told = (
        "Вариант 2: работник ЦНППМ и совместительство в школе — нужно 5 методистов (ставок: 5): часов в год 501, "
        "у одного методиста 1 778,4 — по часам 1, по пределу 250 педагогов на методиста — 5; решает предел."
    )
    assert found.words["centre"].replace(NBSP, " ") == told


def test_exactly_full_methodists_are_not_one_more():
    # 250 teachers under a ceiling of 250; 889.2 hours are exactly half a rate, although 0.1 has no exact binary fraction.
    found = workforce(load(Activity("а", "ч", 8892, 0.1), teachers=250, hours_per_teacher=0, ceiling=250))
    assert (variant(found, "school")["methodists"], variant(found, "school")["decides"]) == (1, "both")
    assert "часы и предел требуют одного и того же" in found.words["school"]


def test_without_a_ceiling_hours_decide_and_it_is_said():
    found = workforce(load(ROUTES))
    assert found.variants["by_ceiling"].tolist() == [0, 0] and found.variants["decides"].tolist() == ["hours", "hours"]
    assert "Предела педагогов на методиста документ не ставит: решают часы" in found.words["school"]


def test_no_work_takes_nobody():
    found = workforce(load())
    assert found.variants["methodists"].tolist() == [0, 0] and found.variants["decides"].tolist() == ["nothing", "nothing"]
    assert found.words["school"].endswith("работы нет, методисты не нужны.")


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 40)), max_size=4),
    st.integers(0, 3000),
    st.none() | st.integers(1, 300),
)
def test_so_many_methodists_do_and_one_less_does_not(work: list[tuple[int, int]], teachers: int, ceiling: int | None):
    asked_for = load(*(Activity(f"{n}", "шт", *one) for n, one in enumerate(work)), teachers=teachers, schools=1, ceiling=ceiling)
    found = workforce(asked_for)
    hours = sum(volume * each for volume, each in work) + 0.5 * teachers + 12
    for row in found.variants.to_dict("records"):
        enough = [
            count * row["year_hours"] >= hours - 1e-6 and (ceiling is None or count * ceiling >= teachers)
            for count in (row["methodists"], row["methodists"] - 1)
        ]
        assert enough == [True, False]


# ---- bad input


def test_everything_wrong_is_told_at_once_in_words():
    wrong = load(
        Activity(" ", "шт", -1, None),
        teachers=float("nan"),
        schools=np.inf,
        ceiling=0,
        rates={"school": 1.5, "centre": 0},
        year_hours=0,
    )
    with pytest.raises(DataProblems) as caught:
        workforce(wrong)
    told = [str(problem) for problem in caught.value.problems]
    assert told == [
        "калькулятор кадров, вид деятельности 1: нет названия",
        "калькулятор кадров, вид деятельности 1, объём в год: стоит «-1»; нужно число от 0",
        "калькулятор кадров, вид деятельности 1, часы на единицу: пусто; нужно число от 0",
        "калькулятор кадров, «Поддержка педагогических работников», объём в год: пусто; нужно число от 0",
        "калькулятор кадров, «Поддержка образовательных организаций», объём в год: стоит «inf»; нужно число от 0",
        "калькулятор кадров, предел педагогов на методиста: стоит «0»; нужно число больше 0; без предела — пусто",
        "калькулятор кадров, часы ставки в год: стоит «0»; нужно число больше 0",
        "калькулятор кадров, доля ставки, вариант 1: работник школы и совместительство в ЦНППМ: стоит «1,50»; нужно число больше 0 и не больше 1",
        "калькулятор кадров, доля ставки, вариант 2: работник ЦНППМ и совместительство в школе: стоит «0»; нужно число больше 0 и не больше 1",
    ]


def test_at_least_one_variant_is_needed():
    with pytest.raises(DataProblems, match="варианты привлечения: нужен хотя бы один"):
        workforce(load(ROUTES, rates={}))


# ---- filled in from a ground


def test_defaults_come_from_people_plans_paces_and_levers():
    staff = people(
        ([180, 90], 2, 8, 0, 8, 0),
        hard=(20, 0, 0, 0, 0, 0),
        managers=([47, 0], 0, 0, 0, 0, 0),
        young=([30, 10], 0, 0),
        organisations=[12, 5],
    )
    ground = made(
        months=even_months(date(2024, 1, 1), 12),
        staff=staff,
        paced=paces({"tynda": [3] * 12, "zeya": [1] * 12}, "events"),
        hours_per_route=[10, 20],
        hours_per_accompanied=0.5,
        hours_per_young=2,
        teachers_per_methodist=250,
    )
    found = workload(ground, asked(ground, routed_share=10), "tynda")
    volumes = {one.title: (one.volume, one.hours) for one in found.everything}
    assert volumes == {
        "Разработка ИОМ": (25, 10),  # 10 % of 247
        "Сопровождение ИОМ": (6, 6),  # 8 with a route, 2 have completed; half an hour x 12
        "Поддержка молодых педагогов": (30, 24),
        "Методические мероприятия": (36, 16),
        "Поддержка педагогических работников": (200, 0.5),
        "Поддержка образовательных организаций": (12, 12),
    }
    assert found.ceiling == 250 and dict(found.rates) == {"school": 0.5, "centre": 1}
    whole = workload(ground, asked(ground, routed_share=10), REGION)
    routes = whole.activities[0]
    assert (routes.volume, routes.hours) == (36, pytest.approx((25 * 10 + 11 * 20) / 36))  # Zeya: 10 % of 110
    assert whole.teachers == 310 and whole.schools == 17


def test_without_a_plan_routes_are_those_of_the_last_12_months():
    ground = made(places=("tynda",), paced=paces({"tynda": [2] * 12}, "routes"), teachers_per_methodist=np.inf)
    found = workload(ground, asked(ground, diagnosed_share=10), "tynda")
    told = "по реестрам за 12\N{NO-BREAK SPACE}месяцев"
    assert found.activities[0].volume == 24 and found.activities[0].source.startswith(told)
    assert found.ceiling is None
