"""What a course means: indicators and their people, plans missed and reached, the whole, what holds back, what it costs."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenario_cases import begins, course, even_months, levers, offered, people, plans

from nmslib.indicators import states
from nmslib.indicators.counting import Tally
from nmslib.model import MODELLED, REGION, Card, Target
from nmslib.scenarios.differences import bottleneck_in_words
from nmslib.scenarios.flow import People
from nmslib.scenarios.months import Months
from nmslib.scenarios.results import COUNTED, Outcome, counts, outcome
from nmslib.scenarios.start import Start

SPRING = even_months(date(2024, 2, 1), 3)
PLACES = ("seversk", "tomsk")


def outcome_of(
    cards: dict[str, Card],
    staff: People,
    months: Months,
    own: dict,
    targets: dict,
    start: Start | None = None,
    **surroundings: object,
) -> Outcome:
    """The outcome in as many municipalities as there are cells."""
    given, ceilings = offered(staff, months, own, **surroundings), [name for name in targets if name == "staff_per_methodist"]
    places = PLACES[: given.cells]
    found = course(staff, months, own, **surroundings)
    return outcome(plans(months, targets, places, ceilings), cards, found, staff, given, start or begins(places))


def target(value: float, unit: str = "percent", comparator: str = ">=") -> Target:
    return Target(applies_to="x", counted="", comparator=comparator, value=value, unit=unit, period="annual", clause="п. 1")


# ---- indicators


def test_the_model_tells_of_the_indicators_that_scenarios_may_name():
    assert set(COUNTED) == set(MODELLED)


def test_every_indicator_counts_its_own_people():
    # Nothing moves: 30 teachers (9 of them diagnosed this year, 6 routes of this year, 4 completed), 10 of hard schools (3, 2, 1),
    # 5 managers (2, 1); 40 told as accompanied by 2 methodists.
    staff = people(
        (30, 4, 8, 6, 10, 9), (10, 1, 3, 2, 4, 3), (5, 0, 1, 1, 2, 2), young=(8, 5, 4), teams=6, teams_trained=2, organisations=7,
        with_model=3, events=11, accompanied=40,
    )  # fmt: skip
    own = levers(methodists=2, route_time_share=0)
    numerators, denominators = counts(list(COUNTED), course(staff, SPRING, own), staff, offered(staff, SPRING, own))
    found = {name: (numerators[row, 2, 0], denominators[row, 2, 0]) for row, name in enumerate(COUNTED)}
    nothing = pytest.approx(np.nan, nan_ok=True)
    assert found == {
        "diagnosed_share": (14, 45),  # 9 + 3 + 2 of 30 + 10 + 5
        "teachers_diagnosed_share": (12, 40),
        "managers_diagnosed_share": (2, 5),
        "routed_share": (9, 45),
        "register_programmes_share": (5, 40),
        "management_teams_share": (2, 6),
        "young_supported_share": (5, 8),
        "mentoring_model_share": (3, 7),
        "methodists_count": (2, nothing),
        "staff_per_methodist": (40, 2),
        "events_count": (11, nothing),
    }


def test_those_accompanied_are_the_told_ones_and_routes_added_less_programmes_ended():
    # 40 told; 5 of the line are in work. 3 more routes a month (75 h / 25 h), 1 seat a month for a month: 40 + 2, 44, 46.
    staff = people(teachers=(60, 0, 5, 0, 40, 0), accompanied=40)
    own = levers(methodists=1, hours_per_route=25, programme_seats=1)
    numerators, _ = counts(["staff_per_methodist"], course(staff, SPRING, own), staff, offered(staff, SPRING, own))
    assert numerators[0, :, 0].tolist() == [42, 44, 46]


def test_values_are_percent_and_under_a_ceiling_people_for_each(cards: dict[str, Card]):
    staff = people(teachers=(40, 0, 0, 0, 10, 10), accompanied=300, events=3)
    own = levers(methodists=2, route_time_share=0)
    found = outcome_of(cards, staff, SPRING, own, {"diagnosed_share": 10, "staff_per_methodist": 250, "events_count": np.nan})
    assert found.values[:, 0, 0].tolist() == [25, 150, 3]


def test_where_nobody_is_counted_there_is_no_value_and_no_plan_is_met(cards: dict[str, Card]):
    staff = people(teachers=((0, 10), 0, 0, 0, (0, 5), (0, 5)))
    found = outcome_of(cards, staff, SPRING, levers(), {"diagnosed_share": 10})
    assert np.isnan(found.values[0, 0, 0]) and found.values[0, 0, 1] == 50
    assert found.reached()["municipality"].tolist() == ["tomsk", REGION]


# ---- against the plan


@given(
    value=st.sampled_from([10, 7, 30, 33.3, 12.5, 50, 100, 0.1]),
    cells=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), min_size=1, max_size=6),
)
def test_who_is_missing_is_counted_as_in_the_figures(cards: dict[str, Card], value: float, cells: list[tuple[int, int]]):
    numerators, denominators = (np.array(one, dtype=float)[None, :, None] for one in zip(*cells, strict=True))
    planned = plans(even_months(date(2024, 1, 1), len(cells)), {"routed_share": value}, [])
    expected = [states.missing(target(value), Tally(min(pair), max(pair))) for pair in cells]
    low, high = np.minimum(numerators, denominators), np.maximum(numerators, denominators)
    assert planned.missing(low, high, cards)[0, :, 0].tolist() == expected


@given(
    value=st.sampled_from([25, 250, 100.5]),
    cells=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 30)), min_size=1, max_size=6),
)
def test_methodists_missing_to_a_ceiling_are_counted_as_in_the_figures(
    cards: dict[str, Card], value: float, cells: list[tuple[int, int]]
):
    numerators, denominators = (np.array(one, dtype=float)[None, :, None] for one in zip(*cells, strict=True))
    planned = plans(even_months(date(2024, 1, 1), len(cells)), {"staff_per_methodist": value}, [], ["staff_per_methodist"])
    expected = [max(0, states.missing(target(value, "человек", "<="), Tally(*pair))) for pair in cells]
    assert planned.missing(numerators, denominators, cards)[0, :, 0].tolist() == expected


@given(value=st.sampled_from([4, 12, 2.5]), count=st.integers(0, 20))
def test_units_missing_to_a_number_are_counted_as_in_the_figures(cards: dict[str, Card], value: float, count: int):
    planned = plans(even_months(date(2024, 1, 1), 1), {"events_count": value}, [])
    found = planned.missing(np.array([[[float(count)]]]), np.array([[[np.nan]]]), cards)
    assert found.item() == states.missing(target(value, "мероприятие"), Tally(count))


def test_without_a_plan_nobody_is_missing_or_reached(cards: dict[str, Card]):
    found = outcome_of(cards, people(teachers=(10, 0, 0, 0, 0, 0)), SPRING, levers(), {"diagnosed_share": np.nan})
    assert np.isnan(found.missing).all() and found.reached().empty


def test_the_plan_is_reached_in_the_first_month_that_has_its_people(cards: dict[str, Card]):
    # 25 % of 10 are 3 people; 1 a month from February: 1, 2, 3. A place with 4 a month has them in February, one with none never.
    months = even_months(date(2024, 2, 1), 5)
    staff = people(teachers=((10, 10), 0, 0, 0, 0, 0))
    rows = outcome_of(cards, staff, months, levers(diagnostic_places=[1, 4]), {"diagnosed_share": 25}).reached()
    assert rows["reached_on"].tolist() == [pd.Timestamp(2024, 4, 30), pd.Timestamp(2024, 2, 29), pd.Timestamp(2024, 2, 29)]
    assert rows["missing"].tolist() == [0, 0, 0] and rows["numerator"].tolist() == [5, 10, 15]
    never = outcome_of(cards, people(teachers=(10, 0, 0, 0, 0, 0)), months, levers(), {"diagnosed_share": 25}).reached()
    assert never["reached_on"].isna().all() and never["missing"].tolist() == [3, 3]


def test_each_year_has_its_own_plan_and_its_own_day(cards: dict[str, Card]):
    # November and December bring 2 a month to 4 of 10; the new year begins at 0: 2 in January is 20 %.
    months = even_months(date(2023, 11, 1), 3)
    own = levers(diagnostic_places=2)
    rows = outcome_of(cards, people(teachers=(10, 0, 0, 0, 0, 0)), months, own, {"diagnosed_share": 30}).reached()
    of_place = rows[rows["municipality"] == "seversk"]
    assert of_place["due_on"].tolist() == [pd.Timestamp(2023, 12, 31), pd.Timestamp(2024, 12, 31)]
    assert of_place["numerator"].tolist() == [4, 2] and of_place["missing"].tolist() == [0, 1]
    assert of_place["reached_on"].tolist() == [pd.Timestamp(2023, 12, 31), pd.NaT]


def test_a_plan_reached_and_lost_again_keeps_its_day_and_tells_who_is_missing(cards: dict[str, Card]):
    # 3 of 10 are 30 %; 36.5 hires a year are 2.9 in February, 3.1 in March (6 by then), 3.0 in April: 3 of 19 in the end, 6 are needed.
    staff = people(teachers=(10, 0, 0, 0, 3, 3))
    rows = outcome_of(cards, staff, SPRING, levers(hires=36.5), {"diagnosed_share": 25}).reached()
    assert rows["reached_on"].tolist() == [pd.Timestamp(2024, 2, 29)] * 2
    assert rows["missing"].tolist() == [2, 2]  # 25 % of 19 are 5


def test_the_table_has_a_row_for_each_indicator_month_and_place(cards: dict[str, Card]):
    staff = people(teachers=((10, 20), 0, 0, 0, 0, 0))
    found = outcome_of(cards, staff, SPRING, levers(diagnostic_places=1), {"diagnosed_share": 25, "routed_share": 10}).table()
    assert len(found) == 2 * 3 * 3
    row = found[(found["indicator"] == "diagnosed_share") & (found["municipality"] == "tomsk")].iloc[1]
    told = row[["month", "numerator", "denominator", "value", "target", "missing", "due_on"]].tolist()
    assert told == [pd.Timestamp(2024, 3, 31), 2, 20, 10, 25, 3, pd.Timestamp(2024, 12, 31)]


# ---- the whole


def test_the_whole_pools_people_and_bases(cards: dict[str, Card]):
    # 5 of 10 and 1 of 30: 6 of 40 are 15 %, not the mean of 50 % and 3 %. 25 % of 40 are 10: 4 missing, though the places lack 0 and 7.
    staff = people(teachers=((10, 30), 0, 0, 0, (5, 1), (5, 1)))
    found = outcome_of(cards, staff, SPRING, levers(), {"diagnosed_share": 25})
    assert found.numerators[0, 0].tolist() == [5, 1, 6] and found.denominators[0, 0].tolist() == [10, 30, 40]
    assert (found.values[0, 0, 2], found.missing[0, 0].tolist()) == (15, [0, 7, 4])


def test_what_a_municipality_does_not_tell_stays_unknown_there(cards: dict[str, Card]):
    staff = people(teachers=((10, 30), 0, 0, 0, (5, 1), (5, 1)), teams=(4, 6), teams_trained=(2, 3))
    start = replace(begins(PLACES), gaps={"management_teams_share": {"tomsk": "реестр не прислан"}})
    found = outcome_of(cards, staff, SPRING, levers(), {"diagnosed_share": 25, "management_teams_share": 10}, start)
    assert found.numerators[0, 0].tolist() == [5, 1, 6]
    assert found.numerators[1, 0, 0] == 2 and np.isnan(found.numerators[1, 0, 1])
    assert "tomsk" not in found.reached().query("indicator == 'management_teams_share'")["municipality"].tolist()


def test_events_of_the_region_itself_are_not_told_by_municipalities(cards: dict[str, Card]):
    staff = people(teachers=((10, 30), 0, 0, 0, 0, 0), events=(2, 3))
    own = replace(begins(PLACES), region_events=4)
    assert outcome_of(cards, staff, SPRING, levers(), {"events_count": 4}).numerators[0, 0].tolist() == [2, 3, 5]
    assert np.isnan(outcome_of(cards, staff, SPRING, levers(), {"events_count": 4}, own).numerators[0, 0, 2])


# ---- what it takes


def test_cost_is_all_that_is_contracted(cards: dict[str, Card]):
    # 3 months: 2 methodists · ½ · 60 = 60, 4 places at 1, 2 seats at 6, 1 team at 30, 1 event at 20: 126 a month, used or not.
    own = levers(methodists=2, methodist_rate=0.5, diagnostic_places=4, programme_seats=2, team_places=1, events_a_month=1)
    found = outcome_of(cards, people(teachers=((1, 0), 0, 0, 0, 0, 0)), SPRING, own, {"diagnosed_share": 10})
    assert (found.cost("seversk"), found.cost("tomsk"), found.cost()) == (378, 378, 756)


def test_use_is_what_was_done_of_what_was_offered(cards: dict[str, Card]):
    # 4 places, 10 people: 4, 4, 2. 150 h · ½ = 75 h for routes of 15 h: 4, 4 and 2 routes take 60, 60 and 30 h.
    own = levers(methodists=1, hours_per_route=15, diagnostic_places=4)
    found = outcome_of(cards, people(teachers=(10, 0, 0, 0, 0, 0)), SPRING, own, {"diagnosed_share": 10})
    used, offer = found.use["diagnostics"]
    assert (used[:, 0].tolist(), offer[:, 0].tolist()) == ([4, 4, 2], [4, 4, 4])
    used, offer = found.use["routes"]
    assert (used[:, 0].tolist(), offer[:, 0].tolist()) == ([60, 60, 30], [75, 75, 75])


@pytest.mark.parametrize(
    ("ceiling", "hours", "found"),
    [(6, 10, "ceiling"), (60, 10, None), (6, 100, "routes"), (60, 100, "routes")],
)
def test_the_ceiling_holds_back_when_without_it_there_would_be_more_routes(
    cards: dict[str, Card], ceiling: int, hours: float, found: str | None
):
    # 75 h a month: 7 routes of 10 h (22 in spring for 20 people), or 2 in spring of 100 h. Nobody is accompanied at the start.
    own = levers(methodists=1, hours_per_route=hours, diagnostic_places=99, teachers_per_methodist=ceiling)
    told = outcome_of(cards, people(teachers=(20, 0, 0, 0, 0, 0)), SPRING, own, {"routed_share": 100}, free=ceiling)
    assert (told.bottleneck("routed_share", "seversk"), told.bottleneck("routed_share", REGION)) == (found, found)


def test_the_ceiling_is_named_with_the_clause_that_sets_it(cards: dict[str, Card]):
    own = levers(methodists=1, diagnostic_places=99, teachers_per_methodist=6)
    told = outcome_of(cards, people(teachers=(20, 0, 0, 0, 0, 0)), SPRING, own, {"routed_share": 100}, free=6)
    assert bottleneck_in_words(told, "routed_share", "seversk") == "предел сопровождаемых одним методистом"
    of_order = replace(told, ceiling="п. 2.6, строка 2")
    assert bottleneck_in_words(of_order, "routed_share", "seversk") == "предел сопровождаемых одним методистом (п. 2.6, строка 2)"


AMPLE = {"diagnostic_places": 99, "methodists": 9, "programme_seats": 99}


@pytest.mark.parametrize(
    ("lacking", "indicator", "found"),
    [
        ({}, "register_programmes_share", None),
        ({"programme_seats": 1}, "register_programmes_share", "seats"),
        ({"methodists": 0}, "register_programmes_share", "routes"),
        ({"diagnostic_places": 1}, "register_programmes_share", "diagnostics"),
        ({"programme_seats": 1, "methodists": 0}, "register_programmes_share", "routes"),  # nobody gets as far as a seat
        ({"diagnostic_places": 1}, "routed_share", "diagnostics"),
        ({"methodists": 0}, "routed_share", "routes"),
        ({"programme_seats": 0}, "routed_share", None),
        ({"diagnostic_places": 1}, "diagnosed_share", "diagnostics"),
        ({"methodists": 0}, "diagnosed_share", None),
    ],
)
def test_the_bottleneck_is_the_capacity_that_people_wait_for(
    cards: dict[str, Card], lacking: dict, indicator: str, found: str | None
):
    staff = people(teachers=(40, 0, 0, 0, 0, 0))
    told = outcome_of(cards, staff, SPRING, levers(**(AMPLE | lacking)), {indicator: 100})
    assert (told.bottleneck(indicator, "seversk"), told.bottleneck(indicator, REGION)) == (found, found)


@pytest.mark.parametrize(
    ("ample", "indicator", "found"),
    [
        ({"team_places": 99}, "management_teams_share", "teams"),
        ({"mentoring_joining": 99}, "mentoring_model_share", "joining"),
        ({"young_intake": 99, "methodists": 9}, "young_supported_share", "young"),
    ],
)
def test_units_and_the_young_wait_for_their_own_capacity(cards: dict[str, Card], ample: dict, indicator: str, found: str):
    staff = people(young=(9, 1, 1), teams=5, organisations=6)
    assert outcome_of(cards, staff, SPRING, levers(), {indicator: 100}).bottleneck(indicator, "seversk") == found
    assert outcome_of(cards, staff, SPRING, levers(**ample), {indicator: 100}).bottleneck(indicator, "seversk") is None


def test_an_indicator_is_held_back_only_by_who_is_in_it(cards: dict[str, Card]):
    # All 4 managers are diagnosed and none has a route; 40 teachers have completed but for 10 whom nobody diagnosed.
    staff = people(teachers=(40, 30, 30, 30, 30, 30), managers=(4, 0, 0, 0, 4, 4))
    names = (
        "diagnosed_share",
        "teachers_diagnosed_share",
        "managers_diagnosed_share",
        "routed_share",
        "register_programmes_share",
    )
    told = outcome_of(cards, staff, SPRING, levers(), dict.fromkeys(names, 100))
    assert [told.bottleneck(name, "seversk") for name in names] == ["diagnostics", "diagnostics", None, "routes", "diagnostics"]


def test_the_whole_is_held_back_by_what_holds_back_most_municipalities(cards: dict[str, Card]):
    own = levers(**(AMPLE | {"diagnostic_places": [1, 99], "methodists": [9, 0]}))
    told = outcome_of(cards, people(teachers=((40, 40), 0, 0, 0, 0, 0)), SPRING, own, {"routed_share": 100})
    assert [told.bottleneck("routed_share", place) for place in PLACES] == ["diagnostics", "routes"]
    assert (told.held_back("routed_share", "routes"), told.held_back("routed_share", "seats")) == (1, 0)
