"""Splitting a limited resource: each way does what its name says, exactly, and tells who loses what."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as checks
from hypothesis import strategies as st
from scenario_cases import around, begins, even_months, levers, people
from scenario_grounds import asked, made, settings

from nmslib.problems import UserError
from nmslib.scenarios.allocation import WAYS, Allocation, allocate
from nmslib.scenarios.ground import Ground
from nmslib.scenarios.levers import Facts

NBSP = "\N{NO-BREAK SPACE}"
PLACES = ("tynda", "zeya", "progress")
# September to December.
AUTUMN = even_months(date(2024, 9, 1), 4)
QUIET = {"methodists": 9, "diagnostic_places": 0, "programme_seats": 0, "young_intake": 0}


@lru_cache(maxsize=1)
def any_ground() -> Ground:
    """Files are read once for all tests."""
    return made()


def ground_of(teachers: Sequence[int], diagnosed: Sequence[int] = (0, 0, 0), **values: Any) -> Ground:
    """Teachers of three municipalities of whom so many are diagnosed; methodists enough."""
    zeros = [0] * len(PLACES)
    staff = people(([*teachers], zeros, zeros, zeros, [*diagnosed], [*diagnosed]))
    whole = {one.name: getattr(staff, one.name) for one in fields(staff)}
    staff = replace(staff, **{name: np.broadcast_to(one, (*one.shape[:-1], len(PLACES))) for name, one in whole.items()})
    shown = {name: np.broadcast_to(one, (len(PLACES),)).copy() for name, one in levers(**QUIET | values).items()}
    facts = Facts(shown, {name: ("",) * len(PLACES) for name in shown})
    return replace(any_ground(), start=begins(PLACES), months=AUTUMN, people=staff, around=around(staff), facts=facts)


def split(
    ground: Ground, total: int, resource: str = "diagnostic_places", indicator: str = "diagnosed_share", plan: float = 10
) -> Allocation:
    return allocate(ground, settings(ground), asked(ground, **{indicator: plan}), resource, total, indicator)


def units(found: Allocation, way: str) -> list[int]:
    return found.table[found.table["way"] == way]["units"].tolist()


def summary(found: Allocation, way: str) -> pd.Series:
    return found.summary.set_index("way").loc[way]


# ---- by hand


def test_four_ways_of_four_places():
    # One place a month diagnoses 4 people by December. 10 % of 40, 120, 300 teachers are 4, 12 and 30 people: 1, 3 and 8 places.
    # 16 people whoever gets the places, so that the most plans decide. Most plans: 1 + 3. Proportional to 4 : 12 : 30: 0.35, 1.04 and 2.61 places. Fair: whoever
    # has none has 0 of the plan, so each gets one; 4 of 4, 4 of 12, 4 of 30 people: the fourth place goes to the last.
    found = split(ground_of([40, 120, 300]), 4)
    assert found.summary["people"].tolist() == [16, 16, 16, 16]
    assert units(found, "reached") == [1, 3, 0] and summary(found, "reached")["reached"] == 2
    assert units(found, "proportional") == [0, 1, 3]
    assert units(found, "people") == [1, 3, 0]
    assert units(found, "fair") == [1, 1, 2] and summary(found, "fair")["lowest"] == pytest.approx(8 / 30)


def test_who_cannot_use_places_gets_none_where_people_count():
    # 7 teachers of Tynda are all diagnosed already; in Zeya 6 are left: a second place would bring 2 people, in Progress each brings
    # 4. One place of Zeya is as good as one of Progress, which has the lower part of its plan (50 of 500).
    found = split(ground_of([7, 10, 500], [7, 4, 0]), 6)
    assert units(found, "people") == [0, 0, 6] and summary(found, "people")["people"] == 24


def test_people_are_those_added_by_the_resource():
    found = split(ground_of([100, 100, 100], [5, 0, 0]), 1)
    assert found.table[found.table["way"] == "people"]["people"].sum() == 4
    value = found.table.set_index(["way", "municipality"]).loc[("people", "tynda"), "value"]
    assert value == 9 if units(found, "people")[0] else 5


def test_proportional_goes_by_people_missing_and_by_staff_where_nobody_is():
    # Plans of 10, 20 and 30 people; 10 of Progress are diagnosed: 10 : 20 : 20 of 10 places.
    missing = split(ground_of([100, 200, 300], [0, 0, 10]), 10)
    assert units(missing, "proportional") == [2, 4, 4]
    nobody = split(ground_of([100, 200, 300], [10, 20, 30]), 6)
    assert units(nobody, "proportional") == [1, 2, 3]


def test_largest_remainders_give_out_every_place():
    # 10 : 10 : 10 of 4 places are 1.33 each: the odd one goes to the first.
    assert units(split(ground_of([100, 100, 100]), 4), "proportional") == [2, 1, 1]


def test_places_that_the_budget_does_not_pay_for_bring_nobody():
    # A budget of 24 thousand a year has 8.02 for 122 of 365 days: 8 places of 1 thousand in all, 2 a month.
    found = split(ground_of([100, 100, 100], budget=[24, np.inf, np.inf], methodist_cost=0), 9)
    assert units(found, "fair") == [2, 4, 3]  # a third place of Tynda brings nobody
    assert summary(found, "fair")["people"] == 8 + 16 + 12
    assert found.table.set_index(["way", "municipality"]).loc[("proportional", "tynda"), "idle"] == 1


def test_nothing_to_split_leaves_everybody_as_they_are():
    found = split(ground_of([100, 200, 300]), 0)
    assert (found.table["units"] == 0).all() and (found.table["people"] == 0).all() and (found.table["loses"] == 0).all()
    assert (found.summary["unused"] == 0).all()


def test_more_than_is_of_use_is_left_over_and_told():
    # 8 teachers are diagnosed by 2 places in 4 months; of 30 places 6 are of use.
    found = split(ground_of([8, 8, 8]), 30)
    assert [units(found, way) for way in ("people", "reached", "fair")] == [[2, 2, 2]] * 3
    assert found.summary["unused"].tolist() == [24] * 4  # proportional gives out 30, of which 24 are idle
    assert units(found, "proportional") == [10, 10, 10]
    assert found.words["people"].replace(NBSP, " ").endswith("Без пользы остаётся 24 мест/мес.")


def test_a_place_without_the_figure_counts_in_people_alone():
    ground = ground_of([100, 100, 100])
    ground = replace(ground, start=replace(ground.start, gaps={"diagnosed_share": {"zeya": "не прислан реестр"}}))
    found = split(ground, 6)
    assert units(found, "fair") == [3, 0, 3] and units(found, "proportional") == [3, 0, 3]
    assert not found.table[found.table["municipality"] == "zeya"]["reached"].any()
    assert found.words["fair"].count("планов выполнено 2 из 2") == 1


def test_methodists_are_split_as_well():
    # 75 hours, 10 a route: 1 methodist draws up 30 routes in 4 months, and everybody is diagnosed.
    ground = ground_of([100, 200, 300], [100, 200, 300], methodists=0, hours_per_route=10)
    found = split(ground, 2, "methodists", "routed_share")
    assert units(found, "reached") == [1, 1, 0] and summary(found, "reached")["reached"] == 2
    assert summary(found, "people")["people"] == 60


def test_each_way_tells_who_loses_the_most():
    found = split(replace(ground_of([40, 120, 300]), names={"tynda": "г. Тында", "zeya": "г. Зея", "progress": "Прогресс"}), 4)
    words = {way: told.replace(NBSP, " ") for way, told in found.words.items()}
    assert list(words) == list(WAYS)
    told = "Больше всего выполненных планов: +16 человек, планов выполнено 2 из 3, наименьшее выполнение плана — 0,0 %."
    assert words["reached"].startswith(told)
    best = found.table.groupby("municipality")["people"].max()
    assert (found.table["loses"] == found.table["municipality"].map(best) - found.table["people"]).all()
    assert "Против лучшего для себя способа теряют (человек): Прогресс — 12." in words["reached"]


def test_an_indicator_without_a_plan_is_refused():
    with pytest.raises(UserError, match="нет планового значения муниципалитетов"):
        split(ground_of([1, 1, 1]), 1, plan=np.nan)


# ---- against trying everything


@checks(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 60), min_size=3, max_size=3),
    st.lists(st.integers(0, 10), min_size=3, max_size=3),
    st.integers(0, 6),
    st.sampled_from([5, 10, 30, 100]),
    st.sampled_from([0, 30]),
)
def test_no_split_does_better_than_the_one_that_is_named_after_it(
    teachers: list[int], diagnosed: list[int], total: int, plan: float, turnover: float
):
    ground = ground_of(teachers, np.minimum(teachers, diagnosed).tolist(), turnover=turnover)
    found, plans = split(ground, total, plan=plan), asked(ground, diagnosed_share=plan)
    numerators, missing = (np.empty((total + 1, len(PLACES))) for _ in range(2))
    for count in range(total + 1):
        outcome = ground.outcome(settings(ground, diagnostic_places=count), plans)
        numerators[count], missing[count] = outcome.numerators[0, -1, :-1], outcome.missing[0, -1, :-1]
    cells = range(len(PLACES))
    needed = np.array([-(-plan * base // 100) for base in outcome.denominators[0, -1, :-1]])
    parts = np.where(needed > 0, numerators / np.where(needed > 0, needed, 1), np.inf)
    splits = [one for one in product(range(total + 1), repeat=len(PLACES)) if sum(one) <= total]
    people = {one: sum(numerators[count, cell] - numerators[0, cell] for cell, count in enumerate(one)) for one in splits}
    # A plan of nobody is nobody's success.
    met = {one: sum(missing[count, cell] == 0 < needed[cell] for cell, count in enumerate(one)) for one in splits}
    lowest = {one: tuple(sorted(parts[one[cell], cell] for cell in cells)) for one in splits}
    chosen = {way: tuple(units(found, way)) for way in WAYS}
    assert (people[chosen["people"]], met[chosen["people"]]) == max((people[one], met[one]) for one in splits)
    assert (met[chosen["reached"]], people[chosen["reached"]]) == max((met[one], people[one]) for one in splits)
    assert lowest[chosen["fair"]] == max(lowest.values())
    assert sum(chosen["proportional"]) == total
    best = {"people": lambda one: (people[one], met[one], lowest[one]), "fair": lambda one: lowest[one]}
    for way, worth in best.items():
        assert sum(chosen[way]) == min(sum(one) for one in splits if worth(one) == worth(chosen[way]))
    assert [summary(found, way)["people"] for way in WAYS] == [people[chosen[way]] for way in WAYS]
    assert [summary(found, way)["reached"] for way in WAYS] == [met[chosen[way]] for way in WAYS]
