"""The whole of which a part is not known: bounds instead of a smaller base, and what depends on those who tell nothing."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scenario_cases import begins, course, even_months, levers, offered, people, plans

from nmslib import catalogue, charts, indicators
from nmslib.model import REGION, Change, Scenario
from nmslib.scenarios import draw, ground, plan_in_words, trajectories, value_in_words
from nmslib.scenarios.results import outcome

DAY, SPRING = date(2024, 6, 30), even_months(date(2024, 2, 1), 3)
PLACES = ("tynda", "zeya")
NAMES = {"tynda": "г. Тында", "zeya": "г. Зея"}
STOPPED = {
    **dict.fromkeys(("diagnostic_places", "programme_seats", "team_places", "young_intake", "mentoring_joining"), 0.0),
    **dict.fromkeys(("methodists", "events_a_month", "turnover", "hires"), 0.0),
}


def of_two(cards, targets, **start):
    """Two places with 5 of 10 and 1 of 30 diagnosed, 2 and 3 events, when ``unknown``, ``gaps`` and ``bases`` are these."""
    staff = people(
        teachers=((10, 30), 0, 0, 0, (5, 1), (5, 1)), events=(2, 3), teams_trained=(0, 0), with_model=(0, 0), accompanied=(50, 60)
    )
    own, ceilings = levers(), [name for name in targets if name == "staff_per_methodist"]
    told = replace(begins(PLACES), **start)
    wanted = plans(SPRING, targets, PLACES, ceilings)
    return outcome(wanted, cards, course(staff, SPRING, own), staff, offered(staff, SPRING, own), told, NAMES)


def ending(found, name: str) -> pd.Series:
    rows = found.reached()
    return rows[(rows["indicator"] == name) & (rows["municipality"] == REGION)].iloc[0]


# 6 known of 40, and 20 people of whom nothing is known: from 6 to 26 of 60. Needed: 10 % of 60 are 6, 11 % 7, 43 % 26, 44 % 27.
@pytest.mark.parametrize(("plan", "missing"), [(10, 0), (11, np.nan), (43, np.nan), (44, 1), (50, 4)])
def test_a_plan_of_the_whole_is_met_or_missed_only_whatever_the_unknown_did(cards, plan, missing):
    found = of_two(
        cards, {"diagnosed_share": plan}, unknown={"svobodnyy": "нет данных"}, bases={"diagnosed_share": {"svobodnyy": 20}}
    )
    assert np.isnan(found.values[0, :, -1]).all() and (found.denominators[0, :, -1] == 60).all()
    assert (found.lower[0, 0, -1], found.upper[0, 0, -1]) == (10, pytest.approx(100 * 26 / 60))
    assert found.missing[0, 2, -1] == pytest.approx(missing, nan_ok=True)
    assert np.isnan(found.lower[..., :-1]).all() and found.missing[0, 0, 0] == max(0, np.ceil(plan / 10) - 5)


def test_bounds_only_widen_with_what_is_not_known(cards):
    found = [
        of_two(cards, {"diagnosed_share": 10}, unknown={"svobodnyy": ""}, bases={"diagnosed_share": {"svobodnyy": count}})
        for count in (0, 1, 20, 500)
    ]
    for less, more in pairwise(found):
        assert (more.lower[0, :, -1] <= less.lower[0, :, -1]).all() and (more.upper[0, :, -1] >= less.upper[0, :, -1]).all()


def test_without_the_number_of_the_unknown_there_is_no_share_and_no_bounds(cards):
    found = of_two(cards, {"diagnosed_share": 10}, unknown={"svobodnyy": "не прислан"})
    row = ending(found, "diagnosed_share")
    assert row[["value", "lower", "upper", "missing"]].isna().all()
    assert value_in_words(row, cards["diagnosed_share"]) == (
        "не посчитать: численность известна не везде; по остальным 15,0\N{NO-BREAK SPACE}% (6 из 40)"
    )
    assert plan_in_words(row, cards["diagnosed_share"]).endswith(
        "зависит от 1\N{NO-BREAK SPACE}муниципалитета без данных (svobodnyy)"
    )


def test_of_a_plain_number_the_known_part_is_the_least(cards):
    gaps = {"events_count": {"zeya": "реестр не прислан"}}
    for plan, missing in ((2, 0), (4, np.nan)):
        row = ending(of_two(cards, {"events_count": plan}, gaps=gaps), "events_count")
        assert (row["lower"], row["missing"]) == (2, pytest.approx(missing, nan_ok=True)) and np.isnan(row["upper"])
        assert value_in_words(row, cards["events_count"]).startswith("не меньше 2")


def test_of_a_mean_nothing_is_known_when_a_part_is_not(cards):
    gaps, bases = {"staff_per_methodist": {"zeya": "не сказано"}}, {"staff_per_methodist": {"zeya": 3}}
    found = of_two(cards, {"staff_per_methodist": 250}, gaps=gaps, bases=bases)
    assert np.isnan([found.values[0, :, -1], found.lower[0, :, -1], found.missing[0, :, -1]]).all()


def test_words_tell_bounds_people_and_who_decides(cards):
    card = cards["diagnosed_share"]
    parts = {"gaps": {"diagnosed_share": {"zeya": "не прислан"}}, "bases": {"diagnosed_share": {"zeya": 30}}}
    told = [
        plan_in_words(ending(of_two(cards, {"diagnosed_share": plan}, **parts), "diagnosed_share"), card) for plan in (10, 50, 95)
    ]
    space = "\N{NO-BREAK SPACE}"
    assert told[0].startswith(f"план 10{space}% выполнен при любых недостающих сведениях к 29{space}февраля")
    assert told[1] == f"план 50{space}%: зависит от 1{space}муниципалитета без данных (г. Зея)"
    assert told[2] == f"план 95{space}% не выполнен при любых недостающих сведениях: не хватает не меньше 3{space}человек"
    row = ending(of_two(cards, {"diagnosed_share": 10}, **parts), "diagnosed_share")
    assert value_in_words(row, card) == f"от 12,5{space}% до 87,5{space}% (5–35 из 40)"


def job(code: str) -> dict:
    row = {"person": code, "organisation": "О1", "role": "teacher", "employment": "main", "hired_on": "2010-09-01"}
    return row | {"birth_on": "1980-05-05", "profession_since": "2005-09-01"}


def sheets(teachers: int, diagnosed: int) -> dict[str, list[dict]]:
    seen = [{"person": f"П{one}", "diagnosed_on": "2024-03-01", "place": "centre"} for one in range(diagnosed)]
    empty = ("routes", "completions", "management_teams", "young_support", "mentoring_organisations", "events")
    school = {"organisation": "О1", "name": "Школа 1", "type": "general", "settlement": "urban"}
    return {name: [] for name in empty} | {
        "organisations": [school],
        "staff": [job(f"П{one}") for one in range(teachers)],
        "diagnostics": seen,
    }


@pytest.fixture
def region(amur, cards, gathered, working_days, project):
    """``region(days)``: ground, figures and cards of Tynda (3 of 20 diagnosed) and Zeya (30 teachers, no diagnostics sent)."""

    def made(data_on="2030-12-31", **zeya):
        lacking = {name: rows for name, rows in (sheets(30, 0) | zeya).items() if name != "diagnostics" and rows is not None}
        own = {"methodical_active": [], "events": []}
        found = gathered({"tynda": sheets(20, 3), "zeya": lacking, REGION: own}, data_on)
        cards_of_levers = catalogue.load_levers(project)
        stands = ground(amur, cards, cards_of_levers, found, PLACES, DAY, date(2024, 12, 31), working_days)
        return stands, indicators.figures(amur, cards, found, [*PLACES, REGION], DAY)

    return made


def stopped(stands):
    changes = {name: Change(kind="set", value=value) for name, value in STOPPED.items()}
    still = Scenario(name="x", title="x", author="", reason="", system="amur", overrides=changes)
    return stands.settings(still)


def test_a_start_that_nothing_moves_stays_within_the_bounds_of_the_figures(region):
    stands, figures = region()
    found = stands.outcome(stopped(stands), stands.plans({}))
    row = figures[(figures["municipality"] == REGION) & (figures["indicator"] == "diagnosed_share")].iloc[0]
    at = found.plans.indicators.index("diagnosed_share")
    assert (row["numerator"], row["denominator"]) == (3, 50)
    assert (found.numerators[at, :, -1] == 3).all() and (found.denominators[at, :, -1] == 50).all()
    assert found.lower[at, 0, -1] == row["lower"] == 6 and found.upper[at, 0, -1] == row["upper"] == 66
    months = trajectories(
        found, found, pd.DataFrame(columns=["indicator", "municipality", "month", "low", "high"]), figures, REGION
    )
    drawn = months[months["indicator"] == "diagnosed_share"]
    assert (drawn["lower"] == 6).all() and (drawn["upper"] == 66).all() and drawn["value"].isna().all()


def test_staff_of_older_registries_stands_in_where_newer_were_not_sent(region):
    stands, _ = region(data_on={"zeya": "2024-01-31"}, diagnostics=[])
    assert stands.start.lost("diagnosed_share") == {"zeya": 30}


def test_where_staff_was_never_sent_nobody_knows_how_many_they_are(region):
    stands, figures = region(staff=None)
    assert np.isnan(stands.start.lost("diagnosed_share")["zeya"])
    row = figures[(figures["municipality"] == REGION) & (figures["indicator"] == "diagnosed_share")].iloc[0]
    assert "численность остальных неизвестна" in row["reason"]


def test_a_probability_of_the_whole_is_that_of_its_lower_bound(region):
    for sent, met in ((30, 0.0), (5, 1.0)):  # 3 of 50 are 6 %, of 25 they are 12 %; the plan is 10 %
        stands, _ = region(staff=[job(f"П{one}") for one in range(sent)])
        wanted = stands.plans({"diagnosed_share": 10})
        found = draw(stands, stopped(stands), wanted, ["diagnosed_share"], 1, 50)
        rows = found.probability[found.probability["municipality"] == REGION]
        assert rows["probability"].tolist() == [met]


def test_the_chart_draws_and_tells_the_bounds(region, cards):
    stands, figures = region()
    found = stands.outcome(stopped(stands), stands.plans({}))
    months = trajectories(
        found, found, pd.DataFrame(columns=["indicator", "municipality", "month", "low", "high"]), figures, REGION
    )
    months = months[months["indicator"] == "diagnosed_share"]
    made = charts.spec(charts.projection(months, cards, {}, "Итог", "Без изменений", 100))
    assert "6,0\N{NO-BREAK SPACE}% – 66,0\N{NO-BREAK SPACE}%" in made["description"]
    assert any("Тонкие линии" in line for line in made["title"]["subtitle"])
    assert charts.svg(made).startswith("<svg")


def test_where_room_is_short_nobody_is_named(cards):
    row = ending(of_two(cards, {"diagnosed_share": 50}, gaps={"diagnosed_share": {"zeya": "не прислан"}}), "diagnosed_share")
    assert plan_in_words(row, cards["diagnosed_share"], short=True).endswith("муниципалитета без данных")


def test_the_ceiling_carries_its_clause_while_it_is_that_of_the_document(region):
    stands, _ = region(diagnostics=[])
    plain = Scenario(name="x", title="x", author="", reason="", system="amur")
    own = replace(plain, overrides={"teachers_per_methodist": Change(kind="set", value=5)})
    clauses = [stands.outcome(stands.settings(one), stands.plans({})).ceiling for one in (plain, own)]
    assert clauses == ["Комплекс мер, п. 2.6, строка 2", ""]
