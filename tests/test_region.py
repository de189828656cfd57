"""The whole of a system: numerators over denominators of all places, never a mean of shares; what is unknown bounds it."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from nmslib import indicators
from nmslib.model import REGION, System
from nmslib.situation import Situation

DAY = date(2024, 6, 30)
NBSP = "\N{NO-BREAK SPACE}"
SCHOOL = [{"organisation": "О1", "name": "Школа", "type": "general"}]


def people(count: int) -> list[dict]:
    job = {"organisation": "О1", "role": "teacher", "employment": "main", "hired_on": "2010-09-01"}
    return [job | {"person": f"Р{number}"} for number in range(count)]


def routed(count: int, on: str = "2024-02-01") -> list[dict]:
    return [{"person": f"Р{number}", "drawn_up_on": on, "grounds": "centre"} for number in range(count)]


def sent(staff: int, routes: int) -> dict[str, list[dict]]:
    """A municipality with so many teachers, of whom so many have a route."""
    return {"organisations": SCHOOL, "staff": people(staff), "routes": routed(routes)}


def without(registry: str, sheets: dict[str, list[dict]]) -> dict[str, list[dict]]:
    return {name: rows for name, rows in sheets.items() if name != registry}


@pytest.fixture
def of(amur, cards, gathered):
    """Rows of one indicator of Amur's document by place, the region's too: `of("routed_share", {"tynda": {...}})`."""

    def made(
        indicator: str, senders: dict[str, dict | None], day: date = DAY, system: System = amur, **options: object
    ) -> pd.DataFrame:
        registries = gathered({REGION: {}} | senders, **options)
        places = [*(name for name in senders if name != REGION), REGION]
        frame = indicators.figures(system, cards, registries, places, day)
        return frame[frame["indicator"] == indicator].set_index("municipality")

    return made


# Pooling


def test_share_of_the_whole_is_people_over_people_not_a_mean_of_shares(of):
    found = of("routed_share", {"tynda": sent(100, 10), "zeya": sent(10, 10)})
    assert found["value"].tolist()[:2] == [10, 100]
    assert found.loc[REGION, ["numerator", "denominator"]].tolist() == [20, 110]
    assert found.loc[REGION, "value"] == pytest.approx(100 * 20 / 110)  # the mean of shares would be 55


def test_people_needed_by_the_whole_are_rounded_once(of):
    """10 % of 15 and of 15 are two people each, 10 % of 30 are three."""
    found = of("routed_share", {"tynda": sent(15, 1), "zeya": sent(15, 1)})
    assert found["people_missing"].tolist() == [1, 1, 1]


def test_whole_has_an_interval_of_its_own_and_its_members(of):
    found = of("routed_share", {"tynda": sent(100, 10), "zeya": sent(10, 10)})
    whole = found.loc[REGION]
    assert (whole["members"], whole["members_known"]) == (2, 2)
    assert whole["lower"] < whole["value"] < whole["upper"]
    width = found["upper"] - found["lower"]
    assert width[REGION] < width["zeya"]
    assert found.drop(REGION)["members"].isna().all()


def test_best_month_of_the_whole_is_that_of_all_places_together(of):
    found = of("routed_share", {"tynda": sent(160, 7), "zeya": sent(160, 7)})
    assert "лучший месяц — 14," in found.loc[REGION, "reason"]
    assert "лучший месяц — 7," in found.loc["tynda", "reason"]


def test_best_months_of_different_places_do_not_add_up(of):
    march = {"routes": routed(7, "2024-03-01")}
    found = of("routed_share", {"tynda": sent(160, 7), "zeya": sent(160, 0) | march})
    assert "лучший месяц — 7," in found.loc[REGION, "reason"]


def test_place_with_nobody_in_the_denominator_is_known_and_adds_nothing(of):
    found = of("routed_share", {"tynda": sent(100, 10), "zeya": sent(0, 0)})
    assert found.loc["zeya", "status"] == "not_computable"
    assert found.loc[REGION, ["numerator", "denominator", "members", "members_known"]].tolist() == [10, 100, 2, 2]


def test_same_code_in_two_places_is_two_people(of):
    found = of("routed_share", {"tynda": sent(3, 1), "zeya": sent(3, 2)})
    assert found.loc[REGION, ["numerator", "denominator"]].tolist() == [3, 6]


def test_change_of_definition_is_told_of_the_whole_with_both_values(of, amur):
    """The kindergarten counts until the end of March, from 1 April general schools alone."""
    garden = {"organisation": "О2", "name": "Сад", "type": "preschool"}
    sheets = sent(10, 2)
    both = sheets | {
        "organisations": [*SCHOOL, garden],
        "staff": [*sheets["staff"], people(1)[0] | {"person": "Р90", "organisation": "О2"}],
    }
    first = next(one for one in amur.indicators if one.indicator == "routed_share")
    newer = replace(first, organisations="general", in_force=date(2024, 4, 1))
    system = replace(amur, indicators=(*amur.indicators, newer))
    found = of("routed_share", {"tynda": both, "zeya": both}, system=system)
    assert found.loc[REGION, ["numerator", "denominator"]].tolist() == [4, 20]
    assert f"Определение изменено с 01.04.2024: по прежнему — 18,2{NBSP}% (4 из 22)" in found.loc[REGION, "reason"]
    partial = of("routed_share", {"tynda": both, "zeya": None}, system=system)
    assert "по прежнему" not in partial.loc[REGION, "reason"]


def test_counts_add_up(of):
    route = {"person": "Р1", "drawn_up_on": "2024-01-15", "grounds": "centre", "methodist": "М1", "completed_on": "2024-06-01"}
    found = of("routes_completed_count", {"tynda": {"routes": [route]}, "zeya": {"routes": [route, route | {"person": "Р2"}]}})
    assert found["numerator"].tolist() == [1, 2, 3]


def test_whole_without_municipalities_is_not_zero(of):
    assert of("routed_share", {}).loc[REGION, "status"] == "not_computable"


# Unknown places


def test_unknown_place_with_known_staff_bounds_the_whole_instead_of_shrinking_its_base(of):
    """10 of 100 are known, 20 people more may count or not: 10 to 30 of 120."""
    whole = of("routed_share", {"tynda": sent(100, 10), "zeya": without("routes", sent(20, 0))}).loc[REGION]
    assert whole["status"] == "not_computable"
    assert pd.isna(whole["value"])
    assert (whole["numerator"], whole["denominator"]) == (10, 120)
    assert (whole["lower"], whole["upper"]) == (pytest.approx(100 * 10 / 120), pytest.approx(100 * 30 / 120))
    assert (whole["members"], whole["members_known"]) == (2, 1)
    assert f"от 8,3{NBSP}% до 25,0{NBSP}%" in whole["reason"]
    assert "1 из 2" in whole["reason"]
    assert "zeya" in whole["reason"]


@pytest.mark.parametrize(("routes", "status"), [(11, "not_computable"), (12, "reached")])
def test_plan_reached_though_nobody_of_the_unknown_counts_is_reached(of, routes, status):
    """10 % of 120 are 12 people."""
    whole = of("routed_share", {"tynda": sent(100, routes), "zeya": without("routes", sent(20, 0))}).loc[REGION]
    assert whole["status"] == status
    assert pd.isna(whole["value"])
    if status == "reached":
        assert whole["people_missing"] == 0
        assert f"план 10{NBSP}% выполнен при любых недостающих сведениях" in whole["reason"]


@pytest.mark.parametrize(("unknown", "status"), [(4, "unreachable"), (5, "unreachable"), (6, "not_computable")])
def test_plan_not_met_even_if_everybody_unknown_counts_is_missed_when_the_year_is_over(of, unknown, status):
    """Of 100 known people 5 count; 10 % of 104, 105, 106 are 11 people, and 4, 5, 6 more may count: 2, 1, none lack for sure."""
    senders = {"tynda": sent(100, 5), "zeya": without("routes", sent(unknown, 0))}
    last, before = (of("routed_share", senders, date(2024, 12, day)).loc[REGION] for day in (31, 30))
    assert (last["status"], before["status"]) == (status, "not_computable")
    assert pd.isna(before["people_missing"])
    assert (0 if pd.isna(last["people_missing"]) else last["people_missing"]) == {4: 2, 5: 1, 6: 0}[unknown]
    assert (f"план 10{NBSP}% не выполнен при любых недостающих сведениях" in last["reason"]) == (status == "unreachable")


def test_unknown_place_with_unknown_staff_leaves_the_whole_unknown_and_tells_what_is_known(of):
    whole = of("routed_share", {"tynda": sent(100, 10), "zeya": None}).loc[REGION]
    assert whole["status"] == "not_computable"
    assert whole[["value", "numerator", "denominator", "lower", "upper", "people_missing"]].isna().all()
    assert f"10,0{NBSP}% (10 из 100); численность остальных неизвестна" in whole["reason"]
    assert "zeya" in whole["reason"]


def test_nobody_known_is_not_zero(of):
    whole = of("routed_share", {"tynda": None, "zeya": None}).loc[REGION]
    assert whole["status"] == "not_computable"
    assert whole[["value", "numerator", "denominator", "lower", "upper"]].isna().all()
    assert (whole["members"], whole["members_known"]) == (2, 0)


def test_place_whose_registry_is_mostly_unread_is_unknown_with_known_staff(of):
    senders = {"tynda": sent(100, 10), "zeya": sent(20, 4)}
    whole = of("routed_share", senders, unread={("zeya", "routes"): 3}).loc[REGION]
    assert (whole["numerator"], whole["denominator"], whole["members_known"]) == (10, 120, 1)


def test_place_with_older_data_is_unknown_and_so_is_its_staff(of):
    senders = {"tynda": sent(100, 10), "zeya": sent(20, 4)}
    found = of("routed_share", senders, data_on={"zeya": "2024-06-29"})
    assert found.loc["zeya", "status"] == "not_computable"
    assert found.loc[REGION, ["value", "lower", "upper"]].isna().all()
    assert found.loc[REGION, "members_known"] == 1


def test_at_most_five_unknown_places_are_named(of):
    senders = {"tynda": sent(100, 10)} | {f"m{number}": None for number in range(7)}
    reason = of("routed_share", senders).loc[REGION, "reason"]
    assert "нет: m0, m1, m2, m3, m4 и ещё 2" in reason


def test_count_of_known_places_is_a_lower_bound(of):
    route = {"person": "Р1", "drawn_up_on": "2024-01-15", "grounds": "centre", "methodist": "М1", "completed_on": "2024-06-01"}
    whole = of("routes_completed_count", {"tynda": {"routes": [route]}, "zeya": None}).loc[REGION]
    assert (whole["status"], whole["lower"]) == ("not_computable", 1)
    assert whole[["value", "upper"]].isna().all()
    assert "не меньше 1" in whole["reason"]


def test_plain_number_reached_by_the_known_places_is_reached(of):
    route = {"drawn_up_on": "2024-01-15", "grounds": "centre", "methodist": "М1", "completed_on": "2024-06-01"}
    routes = [route | {"person": f"Р{number}"} for number in range(300)]
    whole = of("routes_completed_count", {"tynda": {"routes": routes}, "zeya": None}).loc[REGION]
    assert (whole["status"], whole["people_missing"]) == ("reached", 0)


# Registries of the region itself


def event(code: str, kind: str = "seminar", on: str = "2024-05-20") -> dict:
    return {"event": code, "name": code, "kind": kind, "held_on": on, "audience": "teachers"}


def test_events_of_the_region_itself_are_added_to_those_of_its_municipalities(of):
    senders = {"tynda": {"events": [event("Е1")]}, "zeya": {"events": [event("Е1"), event("Е2")]}}
    found = of("events_count", senders | {REGION: {"events": [event("Р1"), event("Р2")]}})
    assert found["numerator"].tolist() == [1, 2, 5]
    assert found.loc[REGION, ["members", "members_known"]].tolist() == [3, 3]


def test_region_that_sent_no_events_leaves_the_whole_unknown(of):
    found = of("events_count", {"tynda": {"events": [event("Е1")]}, REGION: {}})
    assert found.loc["tynda", "numerator"] == 1
    assert (found.loc[REGION, "status"], found.loc[REGION, "lower"]) == ("not_computable", 1)


def test_what_the_region_alone_counts_comes_from_its_own_workbook(of):
    found = of("strategy_sessions_count", {"tynda": {"events": []}, REGION: {"events": [event("Р1", "strategy")]}})
    assert found.index.tolist() == [REGION]
    assert (found.loc[REGION, "numerator"], found.loc[REGION, "target"]) == (1, 2)


def test_registry_that_only_municipalities_fill_in_is_not_missed_from_the_region(of):
    whole = of("routed_share", {"tynda": sent(100, 10), REGION: {"events": []}}).loc[REGION]
    assert (whole["status"], whole["members"]) == ("reached", 1)


# The methodical active: the region tells of each municipality it serves


def member(code: str, served: str, accompanied: int | None = None, **other: object) -> dict:
    return {"person": code, "served": served, "function": "both", "since": "2023-06-01", "accompanied": accompanied} | other


ACTIVE = {"methodical_active": [member("М1", "tynda", 200), member("М2", "tynda", 310), member("М3", "zeya", 240)]}


def test_methodists_stand_in_the_municipality_they_serve(of):
    found = of("methodists_count", {"tynda": {}, "zeya": {}, "magdagachi": {}, REGION: ACTIVE})
    assert found["numerator"].tolist() == [2, 1, 0, 3]
    assert found["status"].tolist() == ["no_plan"] * 4


def test_ratio_of_the_whole_is_people_over_members_and_one_member_above_the_ceiling_breaks_it(of):
    found = of("staff_per_methodist", {"tynda": {}, "zeya": {}, REGION: ACTIVE})
    assert found["value"].tolist() == [255, 240, 250]
    assert found["people_missing"].tolist() == [1, 0, 1]
    assert found["status"].tolist()[1:] == ["reached", "recoverable"]
    assert "в среднем предел выдержан, перераспределить" in found.loc[REGION, "reason"]


def test_municipality_that_nobody_serves_has_no_members_and_is_not_zero(of):
    found = of("staff_per_methodist", {"tynda": {}, "zeya": {}, "magdagachi": {}, REGION: ACTIVE})
    assert found.loc["magdagachi", "status"] == "not_computable"
    assert pd.isna(found.loc["magdagachi", "value"])
    assert found.loc[REGION, "value"] == 250


def test_silent_region_makes_the_active_of_every_municipality_unknown(of):
    found = of("methodists_count", {"tynda": {}, "zeya": {}, REGION: None})
    assert found["status"].tolist() == ["not_computable"] * 3
    assert "нет данных реестра «Методический актив»" in found.loc["tynda", "reason"]


def test_municipality_that_sent_nothing_still_has_the_active_that_the_region_tells(of):
    found = of("methodists_count", {"tynda": None, "zeya": None, REGION: ACTIVE})
    assert found["numerator"].tolist() == [2, 1, 3]


# Routes are drawn up by methodists, who may accompany 250 teachers each


def accompanying(*numbers: int | None) -> dict[str, list[dict]]:
    return {"methodical_active": [member(f"М{place}", "tynda", number) for place, number in enumerate(numbers)]}


@pytest.mark.parametrize(("accompanied", "status"), [(234, "recoverable"), (235, "unreachable")])
def test_routes_that_methodists_have_no_places_for_cannot_be_drawn_up(of, accompanied, status):
    """30 of 300 are planned, 14 have a route, 16 lack; a methodist with 234 teachers has 16 places more."""
    found = of("routed_share", {"tynda": sent(300, 14), REGION: accompanying(accompanied)})
    assert (found.loc["tynda", "status"], found.loc["tynda", "people_missing"]) == (status, 16)
    assert ("у методистов свободно мест: 15" in found.loc["tynda", "reason"]) == (status == "unreachable")


def test_methodist_above_the_ceiling_takes_no_places_from_the_others(of):
    found = of("routed_share", {"tynda": sent(300, 14), REGION: accompanying(400, 234)})
    assert found.loc["tynda", "status"] == "recoverable"


def test_municipality_that_no_methodist_serves_has_no_places(of):
    found = of("routed_share", {"tynda": sent(300, 14), "zeya": sent(300, 14), REGION: accompanying(0)})
    assert found.loc[["tynda", "zeya"], "status"].tolist() == ["recoverable", "unreachable"]


@pytest.mark.parametrize("region", [None, {}])
def test_active_that_was_not_sent_is_unknown_and_limits_nothing(of, region):
    found = of("routed_share", {"tynda": sent(300, 14), REGION: region})
    assert found.loc["tynda", "status"] == "recoverable"
    assert "свободно мест" not in found.loc["tynda", "reason"]


def test_active_as_of_an_earlier_day_is_unknown_and_limits_nothing(of):
    senders = {"tynda": sent(300, 14), REGION: accompanying(250)}
    assert of("routed_share", senders, data_on={REGION: "2024-06-30"}).loc["tynda", "status"] == "unreachable"
    assert of("routed_share", senders, data_on={REGION: "2024-06-29"}).loc["tynda", "status"] == "recoverable"


def test_methodist_who_told_no_number_may_have_places(of):
    """How many M0 accompanies is unknown: nobody can say that there is no place."""
    found = of("routed_share", {"tynda": sent(300, 14), REGION: accompanying(None)})
    assert found.loc["tynda", "status"] == "recoverable"


# Sources


def test_figure_of_a_place_rests_on_its_workbook_and_the_wholes_on_all_of_them(of):
    senders = {"tynda": sent(100, 10), "zeya": sent(10, 10)}
    found = of("routed_share", senders, data_on={"tynda": "2024-07-01", "zeya": "2024-08-01", REGION: "2024-09-01"})
    assert found["source"].is_unique
    assert found["source"].str.fullmatch("[0-9a-f]{64}").all()
    assert found["revision"].tolist()[:2] == [1, 1]
    assert pd.isna(found.loc[REGION, "revision"])
    assert found["data_on"].tolist() == [pd.Timestamp(2024, 7, 1), pd.Timestamp(2024, 8, 1), pd.Timestamp(2024, 7, 1)]


def test_active_of_a_municipality_rests_on_the_regions_workbook(of):
    found = of("methodists_count", {"tynda": sent(1, 0), REGION: ACTIVE}, data_on={"tynda": "2024-07-01", REGION: "2024-08-01"})
    assert found.loc["tynda", "data_on"] == pd.Timestamp(2024, 8, 1)


# Units


def test_units_of_the_table_are_places_times_figures(amur, cards, gathered):
    """38 figures of Amur: those of the region alone stand once, the others in each of three municipalities and in the region."""
    places = ["tynda", "zeya", "magdagachi"]
    frame = indicators.figures(amur, cards, gathered(dict.fromkeys([*places, REGION])), [*places, REGION], DAY)
    alone = {name for name in frame["indicator"] if cards[name].level == "region"}
    assert len(frame) == len(alone) + 4 * (38 - len(alone))
    assert (frame["status"] == "not_computable").all()
    assert frame["value"].isna().all()


def test_measure_of_the_region_alone_stands_in_a_municipality_as_the_region_tells(gathered, project):
    told = {"measure": "1.1.1", "due_on": "2023-05-15", "state": "done", "done_on": "2023-05-10"}
    now = Situation("amur", REGION, date(2024, 11, 13), project, anew=True)
    vars(now)["received"] = gathered(
        {"tynda": {"execution": [told | {"state": "going", "done_on": None}]}, REGION: {"execution": [told]}}
    )
    assert dict(zip(now.terms_of("tynda")["measure"], now.terms_of("tynda")["state"], strict=False))["1.1.1"] == "done"
    assert list(now.terms_of("tynda")["measure"]) == list(now.schedule["measure"])
