"""What an error does to the indicators of Seversk: by how many people at most, counted by hand; matters of style do nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from nmslib import checks
from nmslib.batch.findings import as_table
from nmslib.indicators import Effect, Effects, in_words
from nmslib.model import Finding
from nmslib.registries import Book, ReadSheet

AS_OF = date(2023, 12, 20)
NBSP = "\N{NO-BREAK SPACE}"


def job(code: str, organisation: str = "О1", role: str = "teacher", employment: str = "main", **other: object) -> dict:
    who = {"person": code, "birth_on": "1980-05-05", "organisation": organisation, "role": role, "employment": employment}
    return who | {"hired_on": "2010-09-01", "profession_since": "2005-09-01"} | other


# Five people are the base of Seversk (general schools, main places): Р1, Р2, Р3 teachers and Р4 a manager in О1, Р5 a teacher in О3.
# Р6 is a part-timer in О1, Р7 works in a kindergarten. Р5 is a novice under 35.
ORGANISATIONS = [
    {"organisation": "О1", "type": "general", "settlement": "urban"},
    {"organisation": "О2", "type": "preschool", "settlement": "urban"},
    {"organisation": "О3", "type": "general", "settlement": "urban"},
    {"organisation": "О4", "type": "general", "settlement": "urban", "closed_on": "2023-08-31"},
]
STAFF = [
    job("Р1"),
    job("Р2"),
    job("Р3"),
    job("Р4", role="manager"),
    job("Р5", "О3", birth_on="1998-05-05", hired_on="2022-09-01", profession_since="2022-09-01"),
    job("Р6", employment="external"),
    job("Р7", "О2"),
]


def diagnosed(code: str | None, on: str | None = "2023-03-01", place: str | None = "centre") -> dict:
    return {"person": code, "diagnosed_on": on, "place": place}


def completed(code: str, on: str = "2023-06-01", **other: object) -> dict:
    marks = {"in_register": "yes", "by_diagnostics": "yes"}
    return {"person": code, "programme": f"Курс {on}", "hours": 36, "completed_on": on} | marks | other


def support(code: str, since: str, until: str | None = None) -> dict:
    return {"person": code, "form": "mentoring", "started_on": since, "ended_on": until}


def team(organisation: str, on: str | None = None) -> dict:
    return {"organisation": organisation, "members": 3, "completed_on": on}


@pytest.fixture
def effect_of(seversk, cards, schema, typed) -> Callable[..., dict[str, int | None]]:
    """Indicator → people, for a finding about rows of a workbook: `effect_of("diagnostics", "place", rows=(2,), diagnostics=[…])`.

    ``left_out``: registry → rows that are not accepted; ``unread``: the registry could not be read at all.
    """

    def made(
        registry: str | None,
        column: str | None = None,
        rows: tuple[int, ...] = (),
        left_out: dict[str, tuple[int, ...]] | None = None,
        unread: bool = False,
        **sheets: list[dict],
    ) -> dict[str, int | None]:
        read = {name: typed(name, rows) for name, rows in ({"organisations": ORGANISATIONS, "staff": STAFF} | sheets).items()}
        kept = {name: frame[~frame["excel_row"].isin((left_out or {}).get(name, ()))] for name, frame in read.items()}
        effects = Effects(seversk, cards, schema, read, kept, AS_OF).of(Finding("bad_date", registry, column, rows), unread)
        return {effect.indicator: effect.people for effect in effects}

    return made


# Rows about people


def test_unreadable_day_of_one_person_of_the_base_changes_diagnostics_by_one(effect_of):
    rows = [diagnosed("Р1", None), diagnosed("Р2")]
    assert effect_of("diagnostics", "diagnosed_on", (2,), {"diagnostics": (2,)}, diagnostics=rows) == {"diagnosed_share": 1}


def test_row_that_is_accepted_with_an_unknown_place_changes_it_by_one(effect_of):
    assert effect_of("diagnostics", "place", (2,), diagnostics=[diagnosed("Р1", place=None)]) == {"diagnosed_share": 1}


def test_two_rows_of_one_person_change_it_by_one_and_of_two_people_by_two(effect_of):
    rows = [diagnosed("Р1", place=None), diagnosed("Р1", "2023-04-01", None), diagnosed("Р4", place=None)]
    assert effect_of("diagnostics", "place", (2, 3), diagnostics=rows) == {"diagnosed_share": 1}
    assert effect_of("diagnostics", "place", (2, 3, 4), diagnostics=rows) == {"diagnosed_share": 2}


def test_person_counted_by_another_clean_row_changes_nothing(effect_of):
    rows = [diagnosed("Р1", None), diagnosed("Р1", "2023-09-01")]
    assert effect_of("diagnostics", "diagnosed_on", (2,), {"diagnostics": (2,)}, diagnostics=rows) == {}


def test_clean_row_counts_though_the_doubtful_one_is_earlier_and_counts_itself(effect_of):
    rows = [completed("Р1", "2023-02-01"), completed("Р1", "2023-09-01")]
    assert effect_of("completions", "by_diagnostics", (2,), completions=rows) == {}
    assert effect_of("completions", "by_diagnostics", (2, 3), completions=rows) == {"register_programmes_share": 1}


@pytest.mark.parametrize(
    ("on", "changed"), [("2022-12-31", 0), ("2023-01-01", 1), ("2023-12-20", 1), ("2023-12-21", 0), (None, 1)]
)
def test_rows_dated_outside_the_period_change_nothing(effect_of, on, changed):
    effects = effect_of("diagnostics", "place", (2,), diagnostics=[diagnosed("Р1", on, None)])
    assert effects == ({"diagnosed_share": 1} if changed else {})


@pytest.mark.parametrize("code", ["Р6", "Р7"])
def test_part_timers_and_other_organisations_change_nothing(effect_of, code):
    assert effect_of("diagnostics", "place", (2,), diagnostics=[diagnosed(code, place=None)]) == {}


def test_manager_is_of_the_base_of_diagnostics_and_not_of_programmes(effect_of):
    assert effect_of("diagnostics", "place", (2,), diagnostics=[diagnosed("Р4", place=None)]) == {"diagnosed_share": 1}
    assert effect_of("completions", "in_register", (2,), completions=[completed("Р4", in_register=None)]) == {}


def test_unknown_code_may_be_anybody_of_the_base(effect_of):
    rows = [diagnosed("Р99"), diagnosed("Р98"), diagnosed("Р98", "2023-04-01")]
    assert effect_of("diagnostics", "person", (2,), {"diagnostics": (2,)}, diagnostics=rows) == {"diagnosed_share": 1}
    assert effect_of("diagnostics", "person", (2, 3, 4), {"diagnostics": (2, 3, 4)}, diagnostics=rows) == {"diagnosed_share": 2}


def test_every_row_without_a_code_may_be_another_person(effect_of):
    rows = [diagnosed(None), diagnosed(None, "2023-04-01")]
    assert effect_of("diagnostics", "person", (2, 3), {"diagnostics": (2, 3)}, diagnostics=rows) == {"diagnosed_share": 2}


def test_column_that_no_indicator_rests_on_changes_none(effect_of):
    rows = [diagnosed("Р1")]
    assert effect_of("diagnostics", "level", (2,), diagnostics=rows) == {}
    assert effect_of("completions", "hours", (2,), completions=[completed("Р1")]) == {}
    assert effect_of("diagnostics", None, (2,), diagnostics=rows) == {"diagnosed_share": 1}


def test_each_registry_changes_its_own_indicator(effect_of):
    route = {"person": "Р1", "drawn_up_on": "2023-03-01", "grounds": None}
    assert effect_of("routes", "grounds", (2,), routes=[route]) == {"routed_share": 1}
    assert effect_of("young_support", "started_on", (2,), young_support=[support("Р5", "2023-01-10")]) == {
        "young_supported_share": 1
    }
    assert effect_of("young_support", "started_on", (2,), young_support=[support("Р1", "2023-01-10")]) == {}


@pytest.mark.parametrize(
    ("since", "until", "changed"),
    [
        ("2022-09-01", None, 1),
        ("2022-09-01", "2022-12-31", 0),
        ("2022-09-01", "2023-01-01", 1),
        ("2022-09-01", "2024-05-31", 1),  # began before the period and ends after it
        ("2024-01-10", "2024-05-31", 0),
    ],
)
def test_support_that_went_on_within_the_period_may_change(effect_of, since, until, changed):
    effects = effect_of("young_support", "ended_on", (2,), young_support=[support("Р5", since, until)])
    assert effects == ({"young_supported_share": 1} if changed else {})


# Teams


def test_team_of_the_base_whose_day_is_unreadable_changes_teams_by_one(effect_of):
    teams = [team("О1"), team("О3", "2023-05-01")]
    assert effect_of("management_teams", "completed_on", (2,), management_teams=teams) == {"management_teams_share": 1}
    assert effect_of("management_teams", "completed_on", (2, 3), management_teams=teams) == {"management_teams_share": 2}


@pytest.mark.parametrize("code", ["О2", "О4"])
def test_team_of_a_kindergarten_or_of_a_closed_school_changes_nothing(effect_of, code):
    assert effect_of("management_teams", "completed_on", (2,), management_teams=[team(code)]) == {}


def test_team_whose_row_is_left_out_may_change_by_one(effect_of):
    out = {"management_teams": (2,)}
    assert effect_of("management_teams", None, (2,), out, management_teams=[team("О1")]) == {"management_teams_share": 1}
    unknown = effect_of("management_teams", "organisation", (2,), out, management_teams=[team("О99")])
    assert unknown == {"management_teams_share": 1}


# Staff and organisations


def test_error_in_the_birth_date_changes_only_the_support_of_the_young(effect_of):
    assert effect_of("staff", "birth_on", (2, 3)) == {"young_supported_share": 2}


def test_error_in_the_role_changes_every_indicator_of_people(effect_of):
    people = ["diagnosed_share", "register_programmes_share", "routed_share", "young_supported_share"]
    assert sorted(effect_of("staff", "role", (2,))) == people


def test_two_jobs_of_one_person_are_one_person(effect_of):
    staff = [*STAFF, job("Р1", "О3", employment="internal")]
    assert effect_of("staff", "birth_on", (2, 9), staff=staff) == {"young_supported_share": 1}


@pytest.mark.parametrize("column", ["full_name", "position", "rate", "category"])
def test_columns_of_staff_that_no_indicator_rests_on(effect_of, column):
    assert effect_of("staff", column, (2,)) == {}


def test_error_in_the_settlement_of_an_organisation_changes_no_indicator(effect_of):
    assert effect_of("organisations", "settlement", (2,)) == {}


def test_error_in_the_type_of_an_organisation_changes_by_its_main_staff(effect_of):
    """О1: Р1, Р2, Р3, Р4, not the part-timer Р6; О3: Р5. Teams are counted as organisations."""
    people = ["diagnosed_share", "register_programmes_share", "routed_share", "young_supported_share"]
    assert effect_of("organisations", "type", (2,)) == dict.fromkeys(people, 4) | {"management_teams_share": 1}
    assert effect_of("organisations", "type", (2, 4)) == dict.fromkeys(people, 5) | {"management_teams_share": 2}


def test_organisation_without_staff_changes_teams_only(effect_of):
    assert effect_of("organisations", "closed_on", (5,)) == {"management_teams_share": 1}


# Whole registries


def test_registry_that_was_not_sent_makes_its_indicator_not_computable(effect_of):
    assert effect_of("diagnostics", unread=True) == {"diagnosed_share": None}
    assert set(effect_of("staff", unread=True).values()) == {None}
    assert len(effect_of("staff", unread=True)) == 4
    assert len(effect_of("organisations", unread=True)) == 5
    assert effect_of("practices", unread=True) == {}


def test_finding_about_the_file_or_the_number_of_rows_names_no_indicator(effect_of):
    assert effect_of(None) == {}
    assert effect_of("diagnostics", diagnostics=[diagnosed("Р1")]) == {}


def test_indicator_that_cannot_be_computed_anyway_counts_the_people_of_the_rows(seversk, cards, schema, typed):
    read = {"diagnostics": typed("diagnostics", [diagnosed("Р1"), diagnosed("Р6")])}
    effects = Effects(seversk, cards, schema, read, read, AS_OF)
    assert effects.of(Finding("bad_choice", "diagnostics", "place", (2, 3)), False) == [Effect("diagnosed_share", 2)]


# The region's own workbook, and documents that change


PROGRAMME = {"programme": "П1", "network": "no", "from_innovation": "no", "developed_on": "2023-02-01"}
MEMBER = {"person": "М1", "served": "tynda", "function": "both", "since": "2023-02-01", "trained_on": "2023-05-01"}
SITE = {"site": "С1", "organisation": "Школа", "opened_on": "2023-02-01"}


@pytest.mark.parametrize(
    ("registry", "column", "row", "changed"),
    [
        ("programmes", "in_register", PROGRAMME | {"in_register": None}, {"register_listed_share": 1}),
        ("internship_sites", "national_project", SITE, {"internship_sites_share": 1}),
        ("methodical_active", "accompanied", MEMBER, {"staff_per_methodist": 1}),
        ("methodical_active", "served", MEMBER | {"served": None}, {"methodists_count": 1, "staff_per_methodist": 1}),
        ("methodical_active", "function", MEMBER | {"function": None}, {"methodists_count": 1}),
    ],
)
def test_error_in_the_regions_own_registry_changes_its_indicators(amur, cards, schema, typed, registry, column, row, changed):
    """The region sends neither organisations nor staff."""
    read = {registry: typed(registry, [row])}
    found = Effects(amur, cards, schema, read, read, AS_OF).of(Finding("bad_choice", registry, column, (2,)), False)
    assert {effect.indicator: effect.people for effect in found} == changed


def test_indicator_that_is_defined_anew_within_the_year_is_told_once(seversk, cards, schema, typed):
    newer = replace(seversk.indicators[0], organisations="all", in_force=date(2023, 7, 1))
    system = replace(seversk, indicators=(*seversk.indicators, newer))
    rows = {"organisations": ORGANISATIONS, "staff": STAFF, "diagnostics": [diagnosed("Р7", place=None)]}
    read = {name: typed(name, sheet) for name, sheet in rows.items()}
    found = Effects(system, cards, schema, read, read, AS_OF).of(Finding("bad_choice", "diagnostics", "place", (2,)), False)
    assert found == [Effect("diagnosed_share", 1)]  # Р7 of the kindergarten counts from 1 July


# Words


@pytest.mark.parametrize(
    ("people", "told"), [(1, "человека"), (2, "человек"), (12, "человек"), (21, "человека"), (111, "человек")]
)
def test_bound_is_told_in_the_genitive(cards, people, told):
    assert in_words([Effect("diagnosed_share", people)], cards) == f"Диагностика: до{NBSP}{people}{NBSP}{told}"


def test_indicators_are_told_one_after_another(cards):
    effects = [Effect("diagnosed_share", 12), Effect("routed_share", None), Effect("management_teams_share", 1)]
    told = f"Диагностика: до{NBSP}12{NBSP}человек; ИОМ: не рассчитать; Управленческие команды: до{NBSP}1{NBSP}команды"
    assert in_words(effects, cards) == told
    assert in_words([], cards) == ""


def test_matters_of_style_have_no_effect_and_the_same_rows_in_earnest_do(seversk, cards, schema, typed, rules, tmp_path):
    read = {"organisations": ORGANISATIONS, "staff": STAFF, "diagnostics": [diagnosed("Р1"), diagnosed("Р2", place=None)]}
    frames = {name: typed(name, rows) for name, rows in read.items()}
    sheets = {name: ReadSheet(name, schema.sheet(name).title, frame, {}, {}, None) for name, frame in frames.items()}
    style = Finding("date_as_text", "diagnostics", "diagnosed_on", (2, 3))
    earnest = Finding("bad_choice", "diagnostics", "place", (3,))
    found = checks.Checked([style, earnest], frames, {})
    effects = Effects(seversk, cards, schema, frames, frames, AS_OF)
    table = as_table(Book(tmp_path / "x.xlsx", "", sheets=sheets), found, effects, rules, cards, schema).set_index("rule")
    assert table["effect"].to_dict() == {"bad_choice": f"Диагностика: до{NBSP}1{NBSP}человека", "date_as_text": ""}
    assert table["people"].to_dict() == {"bad_choice": 1, "date_as_text": 0}
