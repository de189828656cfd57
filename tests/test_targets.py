"""Which definition, plan and period a document asks for on a day: both sides of every day on which one begins, ends or changes."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from nmslib import indicators
from nmslib.indicators.asked import Asked, asked
from nmslib.model import REGION, System, Target

NBSP = "\N{NO-BREAK SPACE}"
ONE_DAY = timedelta(days=1)
PEOPLE = [{"person": f"Р{number}", "organisation": "О1", "role": "teacher", "employment": "main"} for number in range(20)]
PEOPLE = [row | {"hired_on": "2010-09-01"} for row in PEOPLE]
SCHOOL = [{"organisation": "О1", "name": "Школа", "type": "general"}]


@pytest.fixture
def on(cards):
    """What a document asks on a day, by card."""

    def made(system: System, day: date) -> dict[str, Asked]:
        return {one.card.id: one for one in asked(system, cards, day)}

    return made


def value(one: Asked, municipality: str = "tynda") -> float | None:
    found = one.target(municipality)
    return found.value if found else None


def retargeted(system: System, card: str, *versions: dict[str, object]) -> System:
    """The document with further versions of the plan of a card, each the first one with some fields changed."""
    first = next(one for one in system.targets if one.plans == card)
    return replace(system, targets=(*system.targets, *(replace(first, **version) for version in versions)))


def redefined(system: System, card: str, **changed: object) -> System:
    """The document with a later definition of an indicator."""
    first = next(one for one in system.indicators if one.indicator == card)
    return replace(system, indicators=(*system.indicators, replace(first, **changed)))


# What is asked


def test_indicators_stand_as_printed_then_numbers_of_the_roadmap(amur, cards):
    found = asked(amur, cards, date(2024, 12, 1))
    assert [one.number for one in found][:14] == [*map(str, range(1, 14)), "1.1.4"]
    assert len({one.card.id for one in found}) == len(found) == 13 + 28 - 3  # three indicators have their plan in the roadmap


def test_indicator_whose_plan_stands_in_the_roadmap_is_asked_once_under_its_own_number(amur, on):
    routed = on(amur, date(2024, 12, 1))["routed_share"]
    assert (routed.number, routed.clause) == ("2", "Положение, разд. 5, п. 2")
    assert (value(routed), routed.target("tynda").clause) == (10, "Комплекс мер, п. 2.3.3")


def test_number_of_the_roadmap_counts_whose_staff_the_document_counts(amur, seversk, leningrad, on):
    day = date(2024, 12, 1)
    assert {one.organisations for one in on(amur, day).values()} == {"all"}
    assert {one.organisations for one in on(seversk, day).values()} == {"general"}
    assert on(leningrad, date(2021, 8, 1))["centre_staff_trained_share"].organisations == "all"


def test_question_begins_with_the_period_and_ends_with_the_day(amur, on):
    found = on(amur, date(2024, 3, 15))
    assert found["routed_share"].question.start == date(2024, 1, 1)
    assert found["trained_fgos_share"].question.start == date(2022, 9, 1)
    assert found["routes_completed_count"].question.start == date(2023, 5, 12)
    ended = found.pop("psychologists_trained_share")
    assert {one.question.as_of for one in found.values()} == {date(2024, 3, 15)}
    assert ended.question.as_of == date(2023, 11, 30)


# A plan for a year, for each year, for each month, without a term


@pytest.mark.parametrize(
    ("day", "plan"),
    [("2022-12-31", None), ("2023-01-01", 7), ("2023-12-31", 7), ("2024-01-01", 10), ("2024-12-31", 10), ("2025-01-01", None)],
)
def test_plan_of_a_year_holds_from_its_first_to_its_last_day(seversk, on, day, plan):
    assert value(on(seversk, date.fromisoformat(day))["register_programmes_share"]) == plan


@pytest.mark.parametrize(
    ("day", "plan"),
    [("2023-05-11", None), ("2023-05-12", 10), ("2023-12-31", 10), ("2024-01-01", 10), ("2024-12-31", 10), ("2025-01-01", None)],
)
def test_annual_plan_holds_in_every_year_of_the_documents_own_period(amur, on, day, plan):
    assert value(on(amur, date.fromisoformat(day))["teachers_diagnosed_share"]) == plan


@pytest.mark.parametrize(("day", "plan"), [("2023-05-11", None), ("2023-05-12", 1), ("2024-12-31", 1), ("2025-01-01", None)])
def test_monthly_plan_holds_in_every_month_of_the_documents_own_period(amur, on, day, plan):
    found = on(amur, date.fromisoformat(day))["active_meetings_count"]
    assert (value(found), found.period.name) == (plan, day[:7])


@pytest.mark.parametrize(("day", "plan"), [("2023-05-11", None), ("2023-05-12", 300), ("2024-12-31", 300), ("2025-01-01", None)])
def test_plan_without_a_term_holds_to_the_end_of_the_plan(amur, on, day, plan):
    found = on(amur, date.fromisoformat(day))["routes_completed_count"]
    assert value(found) == plan
    assert (found.period.start, found.period.end) == (date(2023, 5, 12), date(2024, 12, 31))


@pytest.mark.parametrize(("day", "plan"), [("2021-07-13", None), ("2021-07-14", 50), ("2021-12-31", 50), ("2022-01-01", None)])
def test_plan_of_leningrad_holds_while_its_document_does(leningrad, on, day, plan):
    assert value(on(leningrad, date.fromisoformat(day))["centre_staff_trained_share"]) == plan


def test_document_without_days_holds_always(seversk, on):
    period = replace(seversk.act.period, start=None, end=None)
    targets = tuple(replace(one, period="annual") for one in seversk.targets if one.period == "2023")
    system = replace(seversk, act=replace(seversk.act, period=period), targets=targets)
    assert value(on(system, date(1999, 1, 1))["diagnosed_share"]) == value(on(system, date(2099, 1, 1))["diagnosed_share"]) == 10


def test_plan_of_a_school_year_is_that_of_the_year_it_ends_in(seversk, cards):
    school = cards | {"diagnosed_share": replace(cards["diagnosed_share"], period="school_year")}
    plans = {
        day: asked(seversk, school, date.fromisoformat(day))[0].target("seversk")
        for day in ("2022-08-31", "2022-09-01", "2023-08-31", "2024-08-31", "2024-09-01")
    }
    assert {day: plan.period if plan else None for day, plan in plans.items()} == {
        "2022-08-31": None,
        "2022-09-01": "2023",
        "2023-08-31": "2023",
        "2024-08-31": "2024",
        "2024-09-01": None,
    }


# From which day it is counted and by which it is due


def test_training_is_counted_from_the_school_year_that_the_measure_names(amur, on):
    found = on(amur, date(2023, 12, 1))["trained_fgos_share"]
    assert (found.period.start, found.period.end) == (date(2022, 9, 1), date(2024, 12, 31))


def test_value_due_by_1_september_ends_its_period_then(amur, on):
    found = on(amur, date(2024, 8, 31))["active_network_trained_share"]
    assert (found.period.start, found.period.end) == (date(2023, 5, 12), date(2024, 9, 1))


def test_value_due_by_30_november_2023_stays_that_of_this_day_as_long_as_the_document_holds(amur, on):
    found = on(amur, date(2023, 12, 31))["psychologists_trained_share"]
    assert (value(found), found.period.end) == (30, date(2023, 11, 30))
    later = on(amur, date(2024, 12, 31))["psychologists_trained_share"]
    assert (value(later), later.question.as_of) == (30, date(2023, 11, 30))
    assert value(on(amur, date(2025, 1, 1))["psychologists_trained_share"]) is None


def network(*trained_on: str | None) -> list[dict]:
    """Members of the active who serve Тында, trained on these days by the network programme."""
    member = {"served": "tynda", "function": "both", "since": "2022-10-05"}
    return [member | {"person": f"М{number}", "network_trained_on": day} for number, day in enumerate(trained_on)]


def network_figure(amur, cards, gathered, day: date, *trained_on: str | None) -> pd.Series:
    registries = gathered({"tynda": {}, REGION: {"methodical_active": network(*trained_on)}})
    return indicators.figures(amur, cards, registries, ["tynda"], day).set_index("indicator").loc["active_network_trained_share"]


@pytest.mark.parametrize(("day", "status"), [(date(2024, 8, 31), "recoverable"), (date(2024, 9, 1), "unreachable")])
def test_plan_due_by_1_september_is_over_at_the_end_of_that_day(amur, cards, gathered, day, status):
    found = network_figure(amur, cards, gathered, day, "2024-03-01", None, None, None)
    assert (found["status"], found["people_missing"]) == (status, 1)
    assert ("срок прошёл 01.09.2024" in found["reason"]) == (status == "unreachable")
    assert found["ends_on"] == pd.Timestamp(2024, 9, 1)


@pytest.mark.parametrize(("day", "status"), [("2024-09-01", "reached"), ("2024-09-02", "unreachable")])
def test_who_was_trained_after_the_day_it_was_due_does_not_meet_the_plan(amur, cards, gathered, day, status):
    found = network_figure(amur, cards, gathered, date(2024, 12, 1), "2024-03-01", day, None, None)
    assert found["status"] == status


@pytest.mark.parametrize("day", [date(2024, 12, 31), date(2025, 1, 1)])
def test_training_of_2022_still_counts_when_the_plan_is_over(amur, cards, gathered, day):
    course = {"person": "Р0", "topic": "fgos", "in_register": "yes", "completed_on": "2022-10-01"}
    registries = gathered({"tynda": {"organisations": SCHOOL, "staff": PEOPLE, "completions": [course]}, REGION: {}})
    found = indicators.figures(amur, cards, registries, ["tynda"], day).set_index("indicator").loc["trained_fgos_share"]
    assert found["numerator"] == 1


def test_stock_of_the_days_before_the_plan_in_its_first_month_was_there_before(amur, cards, gathered):
    """The plan runs from 12.05.2023: an agreement of 10.05 is not its growth. Expected by the middle: 1 + 28 · the part elapsed."""
    agreement = {"partner": "Управление образования", "kind": "municipality", "signed_on": "2023-05-10"}
    day = date(2024, 1, 6)
    registries = gathered({REGION: {"agreements": [agreement]}})
    found = indicators.figures(amur, cards, registries, [REGION], day).set_index("indicator").loc["agreements_count"]
    elapsed = ((day - date(2023, 5, 12)).days + 1) / ((date(2024, 9, 1) - date(2023, 5, 12)).days + 1)
    assert found["expected_now"] == pytest.approx(1 + 28 * elapsed)


# One municipality's own number


def test_municipality_has_its_own_number_with_its_act_and_the_others_the_systems(amur, cards, on, gathered):
    own = {"municipality": "tynda", "value": 12.0, "act": "постановление от 01.02.2024 № 5", "clause": "п. 3"}
    system = retargeted(amur, "routed_share", own)
    found = on(system, date(2024, 12, 1))["routed_share"]
    assert (value(found, "tynda"), value(found, "zeya"), value(found, REGION)) == (12, 10, 10)
    frame = indicators.figures(
        system, cards, gathered({"tynda": {}, "zeya": {}, REGION: {}}), ["tynda", "zeya"], date(2024, 12, 1)
    )
    told = frame[frame["indicator"] == "routed_share"].set_index("municipality")
    assert told["target"].tolist() == [12, 10]
    assert told["target_clause"].tolist() == ["постановление от 01.02.2024 № 5, п. 3", "Комплекс мер, п. 2.3.3"]


def test_municipalitys_own_number_changes_by_its_own_days(amur, on):
    first = {"municipality": "tynda", "value": 12.0}
    second = first | {"value": 14.0, "in_force": date(2024, 7, 1)}
    system = retargeted(amur, "routed_share", first, second)
    before, after = (on(system, day)["routed_share"] for day in (date(2024, 6, 30), date(2024, 7, 1)))
    assert (value(before, "tynda"), value(after, "tynda"), value(after, "zeya")) == (12, 14, 10)
    assert after.target_before("tynda").value == 12
    assert after.target_before("zeya") is None


# A plain number of a region's document


@pytest.fixture
def routes(cards, gathered):
    """Rows of completed routes of Тында, Зея (two and one of them) and the region, for a document."""

    def made(system: System, day: date = date(2024, 12, 1)) -> pd.DataFrame:
        route = {"drawn_up_on": "2024-01-15", "methodist": "М1", "completed_on": "2024-06-01"}
        sheets = {"tynda": [route | {"person": name} for name in ("Р1", "Р2")], "zeya": [route | {"person": "Р1"}]}
        registries = gathered({name: {"routes": rows} for name, rows in sheets.items()} | {REGION: {}})
        frame = indicators.figures(system, cards, registries, ["tynda", "zeya", REGION], day)
        return frame[frame["indicator"] == "routes_completed_count"].set_index("municipality")

    return made


def test_300_routes_are_the_regions_as_a_whole(amur, routes):
    found = routes(amur)
    assert found.loc[REGION, ["numerator", "target", "people_missing"]].tolist() == [3, 300, 297]
    for place, count in (("tynda", 2), ("zeya", 1)):
        assert (found.loc[place, "numerator"], found.loc[place, "status"]) == (count, "no_plan")
        assert found.loc[place, ["target", "comparator", "people_missing", "target_clause"]].isna().all()
        assert "план установлен на всех вместе: Амурская область" in found.loc[place, "reason"]


def test_plain_number_of_one_municipality_is_its_own(amur, routes):
    found = routes(retargeted(amur, "routes_completed_count", {"municipality": "tynda", "value": 2.0}))
    assert found["target"].tolist()[0] == 2
    assert found["status"].tolist()[:2] == ["reached", "no_plan"]
    assert found.loc[REGION, "target"] == 300


def test_percentage_and_ceiling_hold_for_every_municipality(amur, cards, gathered):
    registries = gathered({"tynda": {}, REGION: {"methodical_active": network(None)}})
    frame = indicators.figures(amur, cards, registries, ["tynda", REGION], date(2024, 6, 1))
    for name, plan in (("routed_share", 10), ("staff_per_methodist", 250), ("active_trained_share", 50)):
        assert frame.loc[frame["indicator"] == name, "target"].tolist() == [plan, plan]


def test_plain_number_of_a_municipal_document_is_its_places(seversk, cards, received):
    plan = Target(
        applies_to="8", counted="", comparator=">=", value=3, unit="раз", period="2023", clause="п. 8", indicator="events_count"
    )
    system = replace(seversk, targets=(*seversk.targets, plan))
    frame = indicators.figures(system, cards, received(events=[]), ["demo"], date(2023, 12, 1)).set_index("indicator")
    assert (frame.loc["events_count", "target"], frame.loc["events_count", "people_missing"]) == (3, 3)


# A value or a definition that changes within the period


@pytest.fixture
def diagnosed(cards, received):
    """Diagnostics of one school on a day: three of twenty people by June, the kindergarten's teacher as well."""

    def made(system: System, day: date) -> pd.Series:
        staff = [*PEOPLE, PEOPLE[0] | {"person": "Р20", "organisation": "О2"}]
        rows = [{"person": name, "diagnosed_on": "2023-03-01", "place": "centre"} for name in ("Р0", "Р1", "Р2", "Р20")]
        places = [*SCHOOL, SCHOOL[0] | {"organisation": "О2", "type": "preschool"}]
        registries = received(organisations=places, staff=staff, diagnostics=rows)
        return indicators.figures(system, cards, registries, ["demo"], day).set_index("indicator").loc["diagnosed_share"]

    return made


@pytest.mark.parametrize(("day", "plan"), [(date(2023, 6, 30), 10), (date(2023, 7, 1), 20), (date(2023, 12, 31), 20)])
def test_plan_changes_on_the_day_it_comes_into_force_and_both_are_told(seversk, diagnosed, day, plan):
    system = retargeted(
        seversk, "diagnosed_share", {"value": 20.0, "in_force": date(2023, 7, 1), "act": "приказ № 7", "clause": "п. 1"}
    )
    found = diagnosed(system, day)
    assert found["target"] == plan
    assert found["people_missing"] == {10: 0, 20: 1}[plan]
    assert (f"С 01.07.2023 план 20{NBSP}% вместо 10{NBSP}%" in found["reason"]) == (plan == 20)
    assert found["target_clause"] == ("приказ № 7, п. 1" if plan == 20 else "прил. к Положению, п. 1")


def test_plan_that_changed_before_the_period_is_no_change_in_it(seversk, diagnosed):
    system = retargeted(seversk, "diagnosed_share", {"value": 20.0, "in_force": date(2023, 1, 1)})
    assert diagnosed(system, date(2023, 6, 30))["target"] == 20
    assert "вместо" not in diagnosed(system, date(2023, 6, 30))["reason"]


@pytest.mark.parametrize(
    ("day", "counted"), [(date(2023, 6, 30), (3, 20)), (date(2023, 7, 1), (4, 21)), (date(2023, 12, 31), (4, 21))]
)
def test_definition_changes_on_the_day_it_comes_into_force_and_both_values_are_told(seversk, diagnosed, day, counted):
    changed = {"organisations": "all", "in_force": date(2023, 7, 1), "clause": "приказ № 7, п. 2"}
    found = diagnosed(redefined(seversk, "diagnosed_share", **changed), day)
    assert (found["numerator"], found["denominator"]) == counted
    told = f"Определение изменено с 01.07.2023: по прежнему — 15,0{NBSP}% (3 из 20)"
    assert (told in found["reason"]) == (day >= date(2023, 7, 1))
    assert found["clause"] == ("приказ № 7, п. 2" if day >= date(2023, 7, 1) else "прил. к Положению, п. 1")


@pytest.mark.parametrize(("since", "told"), [(date(2023, 1, 1), False), (date(2023, 1, 2), True), (date(2022, 9, 1), False)])
def test_definition_in_force_from_the_first_day_of_the_period_has_no_seam(seversk, on, since, told):
    system = redefined(seversk, "diagnosed_share", organisations="all", in_force=since)
    found = on(system, date(2023, 12, 1))["diagnosed_share"]
    assert (found.earlier is not None, found.since) == (told, since if told else None)
    assert found.organisations == "all"
    assert not told or found.earlier.organisations == "general"


def test_definition_that_is_not_in_force_yet_is_not_asked(seversk, on):
    system = redefined(seversk, "diagnosed_share", organisations="all", in_force=date(2023, 7, 1))
    assert on(system, date(2023, 7, 1) - ONE_DAY)["diagnosed_share"].organisations == "general"
    later = replace(seversk, indicators=(replace(seversk.indicators[0], in_force=date(2023, 7, 1)),), targets=())
    assert on(later, date(2023, 7, 1) - ONE_DAY) == {}
    assert set(on(later, date(2023, 7, 1))) == {"diagnosed_share"}


def test_of_three_definitions_the_last_two_meet_at_the_seam(seversk, on):
    second = redefined(seversk, "diagnosed_share", organisations="all", in_force=date(2023, 3, 1))
    third = redefined(second, "diagnosed_share", organisations="general", in_force=date(2023, 7, 1), clause="п. 3")
    found = on(third, date(2023, 12, 1))["diagnosed_share"]
    assert (found.clause, found.earlier.organisations, found.since) == ("п. 3", "all", date(2023, 7, 1))
