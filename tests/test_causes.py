"""Why a plan is not met: who of the base does not count, in which organisations, and what these people lack in the rows."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from nmslib import indicators
from nmslib.model import REGION

DAY = date(2024, 6, 30)
ORGANISATIONS = [
    {"organisation": "О1", "name": "Школа 1", "type": "general"},
    {"organisation": "О2", "name": "Школа 2", "type": "general"},
    {"organisation": "О3", "name": "Детский сад", "type": "preschool"},
]


def job(code: str, organisation: str = "О1", role: str = "teacher", **other: object) -> dict:
    row = {"person": code, "organisation": organisation, "role": role, "employment": "main", "hired_on": "2010-09-01"}
    return row | {"birth_on": "1980-05-05", "profession_since": "2005-09-01"} | other


# Р1, Р2 teachers and Р3 a manager in О1; Р4 a teacher in О2, Р5 in the kindergarten; Р6 left, Р7 is a part-timer.
STAFF = [
    job("Р1"),
    job("Р1", "О2", employment="internal"),
    job("Р2"),
    job("Р3", role="manager"),
    job("Р4", "О2"),
    job("Р5", "О3"),
    job("Р6", left_on="2024-06-30"),
    job("Р7", employment="external"),
]


def diagnosed(*codes: str, on: str = "2024-02-01") -> list[dict]:
    return [{"person": code, "diagnosed_on": on, "place": "centre"} for code in codes]


def routed(*codes: str, on: str = "2024-03-01") -> list[dict]:
    return [{"person": code, "drawn_up_on": on, "grounds": "centre"} for code in codes]


def trained(*codes: str, on: str = "2024-04-01", **other: object) -> list[dict]:
    marks = {"programme": "А", "in_register": "yes", "by_diagnostics": "yes", "completed_on": on}
    return [{"person": code} | marks | other for code in codes]


CHAIN = {"diagnostics": [], "routes": [], "completions": [], "young_support": [], "mentor_pairs": []}


@pytest.fixture
def table(amur, cards, gathered):
    """The whole table of causes, from sheets of Тында (and others) and of the region."""

    def made(day: date = DAY, municipalities: tuple[str, ...] = ("tynda",), system=amur, **sheets: dict | list) -> pd.DataFrame:
        senders = {name: sheets.pop(name) for name in ("zeya", REGION) if name in sheets}
        tynda = {"organisations": ORGANISATIONS, "staff": STAFF} | sheets
        return indicators.causes(system, cards, gathered({"tynda": tynda, REGION: {}} | senders), list(municipalities), day)

    return made


@pytest.fixture
def lacking(table):
    """Organisation → how many people, of one cause of Тында."""

    def made(cause: str, indicator: str | None = None, **sheets: dict | list) -> dict[str, int]:
        found = table(**sheets)
        found = found[(found["cause"] == cause) & (found["municipality"] == "tynda")]
        found = found[found["indicator"] == indicator] if indicator else found
        return dict(zip(found["organisation"], found["count"], strict=True))

    return made


# Not counted


def test_whoever_of_the_base_does_not_count_is_told_at_the_main_place(lacking):
    assert lacking("not_counted", "diagnosed_share", diagnostics=diagnosed("Р1")) == {"О1": 2, "О2": 1, "О3": 1}


def test_numbers_of_a_cause_close_the_gap_between_base_and_count(table, amur, cards, gathered):
    sheets = {
        "organisations": ORGANISATIONS,
        "staff": STAFF,
        **CHAIN,
        "diagnostics": diagnosed("Р1", "Р4"),
        "routes": routed("Р2"),
    }
    figures = indicators.figures(amur, cards, gathered({"tynda": sheets, REGION: {}}), ["tynda"], DAY).set_index("indicator")
    found = table(**{name: rows for name, rows in sheets.items() if name not in ("organisations", "staff")})
    told = found[found["cause"] == "not_counted"].groupby("indicator")["count"].sum()
    assert {"diagnosed_share", "teachers_diagnosed_share", "routed_share", "trained_fgos_share"} <= set(told.index)
    for name, count in told.items():
        assert count == figures.loc[name, "denominator"] - figures.loc[name, "numerator"]


def test_everybody_counted_has_no_cause(lacking):
    everybody = diagnosed("Р1", "Р2", "Р3", "Р4", "Р5")
    assert lacking("not_counted", "diagnosed_share", diagnostics=everybody) == {}


def test_teams_and_schools_are_told_by_themselves(lacking):
    teams = [{"organisation": "О1", "members": 3, "completed_on": "2024-02-01"}, {"organisation": "О2", "members": 3}]
    assert lacking("not_counted", "management_teams_share", management_teams=teams) == {"О2": 1}
    assert lacking(
        "not_counted", "mentoring_model_share", mentoring_organisations=[{"organisation": "О2", "since": "2023-01-01"}]
    ) == {
        "О1": 1,
        "О3": 1,
    }


def test_organisations_have_their_names_and_number(table):
    found = table(diagnostics=diagnosed("Р1"))
    found = found[found["indicator"] == "diagnosed_share"]
    assert found["name"].tolist() == ["Школа 1", "Школа 2", "Детский сад"]
    assert found["organisations"].tolist() == [3, 3, 3]


def test_most_people_come_first_then_codes_in_order(table):
    found = table(diagnostics=[], routes=[])
    assert found["indicator"].tolist() == sorted(found["indicator"])
    assert found[found["indicator"] == "routed_share"][["organisation", "count"]].values.tolist() == [
        ["О1", 3],
        ["О2", 1],
        ["О3", 1],
    ]


def test_plain_counts_and_ratios_have_nobody_who_does_not_count(table):
    member = {"person": "М1", "served": "tynda", "function": "both", "since": "2023-06-01", "accompanied": 100}
    found = table(routes=[], events=[], region={"methodical_active": [member], "events": []})
    assert not {"routes_completed_count", "events_count", "methodists_count", "staff_per_methodist"} & set(found["indicator"])


# Diagnosed, but without a route


def test_diagnosed_without_a_route(lacking):
    sheets = {"diagnostics": diagnosed("Р1", "Р2", "Р4"), "routes": routed("Р2")}
    assert lacking("diagnosed_without_route", **sheets) == {"О1": 1, "О2": 1}


def test_route_or_diagnostics_of_another_year_or_later_do_not_count(lacking):
    sheets = {"diagnostics": diagnosed("Р1") + diagnosed("Р2", on="2023-12-31") + diagnosed("Р4", on="2024-07-01")}
    assert lacking("diagnosed_without_route", **sheets, routes=routed("Р1", on="2023-12-31")) == {"О1": 1}
    assert lacking("diagnosed_without_route", **sheets, routes=routed("Р1", on="2024-07-01")) == {"О1": 1}
    assert lacking("diagnosed_without_route", **sheets, routes=routed("Р1", on="2024-06-30")) == {}


def test_who_left_or_has_another_main_place_is_nobodys_gap(lacking):
    assert lacking("diagnosed_without_route", diagnostics=diagnosed("Р6", "Р7", "Р99"), routes=[]) == {}


def test_diagnostics_that_were_not_sent_are_not_told_of(table):
    found = table(routes=routed("Р2"))
    assert set(found["indicator"]) == {"routed_share"}
    assert set(found["cause"]) == {"not_counted"}


# A route, but no training


def test_teacher_with_a_route_and_without_a_register_programme(lacking):
    sheets = {"routes": routed("Р1", "Р2", "Р3", "Р4"), "completions": trained("Р2") + trained("Р4", in_register="no")}
    assert lacking("routed_without_training", **sheets) == {"О1": 1, "О2": 1}  # Р1 and Р4; Р3 is a manager


# Young teachers without a mentor


YOUNG = {"birth_on": "1998-05-05", "profession_since": "2022-09-01", "hired_on": "2022-09-01"}


def novices(*codes: str) -> list[dict]:
    return [*STAFF, *(job(code, "О2", **YOUNG) for code in codes)]


def support(code: str, form: str = "mentoring", until: str | None = None) -> dict:
    return {"person": code, "form": form, "started_on": "2024-01-10", "ended_on": until}


def pair(code: str, since: str = "2024-01-10", until: str | None = None) -> dict:
    return {"mentor": "Р1", "mentee": code, "started_on": since, "ended_on": until}


def test_young_teacher_without_a_mentor_in_either_registry(lacking):
    sheets = {"staff": novices("Н1", "Н2", "Н3"), "young_support": [support("Н1")], "mentor_pairs": [pair("Н2")]}
    assert lacking("young_without_mentor", **sheets) == {"О2": 1}


@pytest.mark.parametrize(("until", "lonely"), [("2024-06-30", 1), ("2024-07-01", 0), (None, 0)])
def test_mentoring_that_ended_on_the_day_is_over(lacking, until, lonely):
    for sheets in (
        {"young_support": [support("Н1", until=until)], "mentor_pairs": []},
        {"young_support": [], "mentor_pairs": [pair("Н1", until=until)]},
    ):
        assert sum(lacking("young_without_mentor", staff=novices("Н1"), **sheets).values()) == lonely


def test_other_forms_of_support_are_no_mentor(lacking):
    sheets = {"young_support": [support("Н1", "school")], "mentor_pairs": [pair("Н1", since="2024-07-01")]}
    assert lacking("young_without_mentor", staff=novices("Н1"), **sheets) == {"О2": 1}


def test_unknown_pairs_of_mentors_are_not_read_as_no_mentor(lacking):
    """The registry of pairs was not sent: Н1 may well have a mentor."""
    assert lacking("young_without_mentor", staff=novices("Н1"), young_support=[]) == {}


# Methodists above the ceiling


@pytest.mark.parametrize(("accompanied", "overloaded"), [(249, 0), (250, 0), (251, 1), (None, 0)])
def test_methodist_is_overloaded_above_the_ceiling_of_the_plan(table, accompanied, overloaded):
    member = {"person": "М1", "served": "tynda", "function": "both", "since": "2023-06-01", "accompanied": accompanied}
    found = table(region={"methodical_active": [member]})
    assert (found["cause"] == "methodists_overloaded").sum() == overloaded


def test_without_a_plan_no_methodist_is_overloaded(table, amur):
    member = {"person": "М1", "served": "tynda", "function": "both", "since": "2023-06-01", "accompanied": 999}
    system = replace(amur, targets=tuple(one for one in amur.targets if one.plans != "staff_per_methodist"))
    found = table(system=system, region={"methodical_active": [member]})
    assert "methodists_overloaded" not in set(found["cause"])


def test_overload_is_told_of_the_municipality_that_is_served_without_an_organisation(table):
    members = [
        {"person": f"М{n}", "served": place, "function": "both", "since": "2023-06-01", "accompanied": 300}
        for n, place in enumerate(("tynda", "tynda", "zeya"))
    ]
    found = table(municipalities=("tynda", "zeya"), zeya={}, region={"methodical_active": members})
    found = found[found["cause"] == "methodists_overloaded"].set_index("municipality")
    assert found["count"].to_dict() == {"tynda": 2, "zeya": 1}
    assert found[["organisation", "name"]].isna().all(axis=None)
    assert found["organisations"].tolist() == [0, 0]


# Which places


def test_nothing_is_told_of_a_place_that_is_not_known(table):
    found = table(
        municipalities=("tynda", "zeya"), diagnostics=diagnosed("Р1"), zeya={"organisations": ORGANISATIONS, "staff": STAFF}
    )
    assert found.loc[found["indicator"] == "diagnosed_share", "municipality"].unique().tolist() == ["tynda"]
    assert table(municipalities=("tynda", "zeya"), zeya=None, diagnostics=diagnosed("Р1"))["municipality"].unique().tolist() == [
        "tynda"
    ]


def test_only_the_places_asked_for_in_their_order_and_never_the_region_itself(table):
    full = {"organisations": ORGANISATIONS, "staff": STAFF, "diagnostics": []}
    both = table(municipalities=("zeya", "tynda", REGION), diagnostics=[], zeya=full)
    assert both["municipality"].unique().tolist() == ["zeya", "tynda"]
    assert table(municipalities=("zeya",), diagnostics=[], zeya=full)["municipality"].unique().tolist() == ["zeya"]


def test_nothing_known_gives_an_empty_table_with_its_columns(amur, cards, gathered):
    found = indicators.causes(amur, cards, gathered({"tynda": None, REGION: None}), ["tynda"], DAY)
    assert found.empty
    columns = ["system", "municipality", "indicator", "cause", "count", "organisation", "name", "organisations"]
    assert found.columns.tolist() == columns


def test_causes_hold_codes_of_organisations_and_nobody_of_people(table):
    found = table(staff=novices("Н1"), **CHAIN | {"diagnostics": diagnosed("Р1"), "routes": routed("Р2")})
    text = found.to_csv()
    assert not [row["person"] for row in novices("Н1") if row["person"] in text]
