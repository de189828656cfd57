"""Which registries each document makes necessary, who fills them in, by which day, and what is said of what came."""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from nmslib import catalogue, completeness
from nmslib.model import REGION, ArrivalState, Municipality, RegistrySchema, System
from nmslib.paths import Project

TODAY = date(2023, 12, 1)
SYSTEMS = ["amur", "federal", "leningrad", "novoshakhtinsk", "seversk"]
# All that Seversk, a municipal system, is computed and kept from.
COMMON = "organisations staff diagnostics routes completions management_teams young_support".split()
SEVERSK = [*COMMON, *"methodical_service internship_sites communities experts practices execution".split()]
MENTORING = "mentors mentor_pairs mentoring_organisations".split()
AMUR_PLACE = [*COMMON, *MENTORING, *"communities experts practices events burnout execution".split()]
AMUR_REGION = (
    "methodical_active programmes internship_sites innovation_sites communities practices events agreements execution".split()
)


@pytest.fixture(scope="module", params=SYSTEMS)
def system(request: pytest.FixtureRequest, project: Project) -> System:
    return catalogue.load_system(request.param, project)


def facts(project: Project, system: str, name: str) -> list[dict[str, str]]:
    """Lines of a table of facts as they stand in the file."""
    path: Path = project.system(system) / name
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def loaded(name: str, project: Project) -> System:
    return catalogue.load_system(name, project)


def sheets_of(system: System, sender: str, project: Project, schema: RegistrySchema, cards: dict) -> list[str]:
    who = catalogue.find_sender(system, sender, project)
    return [sheet.id for sheet in completeness.form(system, cards, schema, who).sheets]


# What a document makes necessary


def test_all_systems_are_looked_at(project):
    assert sorted(catalogue.systems(project)) == SYSTEMS


def test_every_register_of_the_document_is_expected_or_kept_elsewhere(system, cards, schema, project):
    demanded = {row["registry"] for row in facts(project, system.id, "registries.csv")}
    expected = {one.registry for one in completeness.expected(system, cards, schema)}
    assert demanded - expected <= {"ddp_passport"}


def test_every_registry_that_an_indicator_is_computed_from_is_expected(system, cards, schema, project):
    needed = {name for row in facts(project, system.id, "indicators.csv") for name in cards[row["indicator"]].registries}
    assert needed <= {one.registry for one in completeness.expected(system, cards, schema)}


def test_nothing_is_expected_that_the_facts_and_the_schema_do_not_demand(system, cards, schema, project):
    demanded = {row["registry"] for row in facts(project, system.id, "registries.csv")}
    demanded |= {name for row in facts(project, system.id, "indicators.csv") for name in cards[row["indicator"]].registries}
    demanded |= {sheet.id for sheet in schema.sheets for demand in sheet.demanded_by if demand.system == system.id}
    demanded |= {"execution"} if facts(project, system.id, "measures.csv") else set()
    assert {one.registry for one in completeness.expected(system, cards, schema)} <= demanded


def test_every_expected_registry_has_a_clause_and_none_twice(system, cards, schema):
    for one in completeness.expected(system, cards, schema):
        assert one.clauses and all(one.clauses), one.registry
        assert len(set(one.clauses)) == len(one.clauses), one.registry


def test_clauses_of_the_registers_are_copied_exactly(system, cards, schema, project):
    clauses = {one.registry: one.clauses for one in completeness.expected(system, cards, schema)}
    for row in facts(project, system.id, "registries.csv"):
        if row["registry"] in clauses:
            assert row["clause"] in clauses[row["registry"]]


def test_schema_names_every_system_whose_facts_demand_a_registry(system, cards, schema, project):
    named = {sheet.id for sheet in schema.sheets for demand in sheet.demanded_by if demand.system == system.id}
    demanded = {row["registry"] for row in facts(project, system.id, "registries.csv")} - {"ddp_passport"}
    demanded |= {name for row in facts(project, system.id, "indicators.csv") for name in cards[row["indicator"]].registries}
    demanded |= {"execution"} if facts(project, system.id, "measures.csv") else set()
    assert sorted(demanded - named) == []


def test_schema_names_no_system_that_there_is_not(schema):
    assert {demand.system for sheet in schema.sheets for demand in sheet.demanded_by} <= set(SYSTEMS)


def test_slides_of_the_ministry_make_no_registry_necessary(project, cards, schema):
    assert completeness.expected(loaded("federal", project), cards, schema) == []


def test_expected_registries_stand_in_the_order_of_the_schema(system, cards, schema):
    order = [sheet.id for sheet in schema.sheets]
    places = [order.index(one.registry) for one in completeness.expected(system, cards, schema)]
    assert places == sorted(places)


def test_words_on_updating_are_those_of_the_document(project, cards, schema):
    def updates(name: str) -> dict[str, str]:
        return {one.registry: one.update for one in completeness.expected(loaded(name, project), cards, schema) if one.update}

    bases = ["completions", "internship_sites", "communities", "experts", "practices"]
    assert updates("seversk") == dict.fromkeys(bases, "до 20 ноября, далее - ежегодно")
    registers = ["mentors", "programmes", "internship_sites", "innovation_sites", "communities"]
    assert updates("amur") == dict.fromkeys(registers, "Ежегодно до 1 июня до 1 декабря")
    assert updates("leningrad") == updates("novoshakhtinsk") == {}


# Who fills in what


def test_sole_sender_of_a_municipal_system_fills_in_everything(project, cards, schema):
    assert sheets_of(loaded("seversk", project), "seversk", project, schema, cards) == SEVERSK
    town = [*COMMON, "programmes"]  # it has no roadmap to execute
    assert sheets_of(loaded("novoshakhtinsk", project), "novoshakhtinsk", project, schema, cards) == town


def test_municipality_and_region_share_what_a_regional_system_expects(project, cards, schema):
    amur, leningrad = loaded("amur", project), loaded("leningrad", project)
    assert sheets_of(amur, "tynda", project, schema, cards) == AMUR_PLACE
    assert sheets_of(amur, REGION, project, schema, cards) == AMUR_REGION
    place = catalogue.municipalities_of("leningrad", project)[0].municipality
    assert sheets_of(leningrad, place, project, schema, cards) == [*COMMON, "methodical_service", "execution"]
    assert sheets_of(leningrad, REGION, project, schema, cards) == ["centre_staff", "programmes", "execution"]


def test_every_expected_registry_has_somebody_to_fill_it_in(system, project, cards, schema):
    senders = catalogue.senders(system, project)
    filled = {sheet.id for sender in senders for sheet in completeness.form(system, cards, schema, sender).sheets}
    assert filled == {one.registry for one in completeness.expected(system, cards, schema)}


def test_form_keeps_the_version_of_the_schema(form, schema):
    assert form.version == schema.version


# By which day

TERMS = [date(2023, 6, 1), date(2023, 12, 1)]


@pytest.mark.parametrize(
    ("data_on", "due"),
    [
        (date(2023, 1, 1), date(2023, 6, 1)),
        (date(2023, 6, 1), date(2023, 6, 1)),
        (date(2023, 6, 2), date(2023, 12, 1)),
        (date(2023, 12, 1), date(2023, 12, 1)),
        (date(2023, 12, 2), None),
        (None, None),
    ],
)
def test_data_serve_the_first_term_that_is_not_before_them(data_on, due):
    assert completeness.due_day(TERMS, data_on) == due


def test_without_terms_nothing_is_due():
    assert completeness.due_day([], date(2023, 6, 1)) is None


# What came of it

NOTHING = {"received": False, "rows": 0, "problems": 0, "left_out": 0, "revision": None, "data_on": None, "sent_on": None}
ACCEPTED = {"received": True, "rows": 40, "problems": 2, "left_out": 1}


def arrivals(senders: list[Municipality], schema: RegistrySchema, came: dict[str, dict]) -> pd.DataFrame:
    """As ``Registries`` tells them; `came`: sender → its revision with ``registries``, those accepted."""
    rows = []
    for sender in senders:
        revision = came.get(sender.municipality, {})
        known = {"municipality": sender.municipality, "file": f"{sender.municipality}.xlsx", "sha256": "0" * 64} | NOTHING
        known |= {name: value for name, value in revision.items() if name != "registries"}
        for sheet in schema.sheets:
            found = ACCEPTED if sheet.id in revision.get("registries", ()) else {}
            rows.append(known | {"registry": sheet.id, "title": sheet.title} | found)
    return pd.DataFrame(rows)


@pytest.fixture
def told(seversk, cards, schema, place):
    """The table of Seversk by registry: `told("experts staff", terms, refused, sent_on=…, data_on=…)`."""

    def made(
        registries: str | None = None,
        terms: dict | None = None,
        refused: dict | None = None,
        sent_on: str = "2023-11-15",
        data_on: str = "2023-11-15",
        today: date = TODAY,
    ) -> pd.DataFrame:
        revision = {"registries": (registries or "").split(), "revision": 1, "data_on": data_on, "sent_on": sent_on}
        known = arrivals([place], schema, {} if registries is None else {"seversk": revision})
        table = completeness.table(seversk, cards, schema, [place], known, terms or {}, refused or {}, today)
        return table.set_index("registry")

    return made


@pytest.mark.parametrize(("today", "state"), [(date(2024, 11, 19), "on_time"), (date(2024, 11, 20), "stale")])
def test_data_of_an_earlier_term_are_stale_once_the_next_term_has_come(told, today, state):
    row = told("experts", {"experts": [date(2023, 11, 20), date(2024, 11, 20)]}, today=today).loc["experts"]
    assert row["state"] == state


@pytest.mark.parametrize(
    ("sent_on", "state"), [("2023-11-19", "on_time"), ("2023-11-20", "on_time"), ("2023-11-21", "late"), ("2024-11-20", "late")]
)
def test_registry_is_on_time_on_the_due_day_and_late_the_day_after(told, sent_on, state):
    row = told("experts", {"experts": [date(2023, 11, 20), date(2024, 11, 20)]}, sent_on=sent_on).loc["experts"]
    assert (row["state"], row["due_on"]) == (state, pd.Timestamp(2023, 11, 20))
    assert (row["sent"], row["sent_on"], row["revision"], row["rows"]) == (True, pd.Timestamp(sent_on), 1, 40)


def test_term_of_the_monitoring_stands_for_registries_without_their_own(told):
    terms = {"experts": [date(2023, 11, 20)], "": [date(2023, 12, 31)]}
    table = told("experts staff", terms, sent_on="2023-12-01")
    assert table["state"][["experts", "staff"]].tolist() == ["late", "on_time"]
    assert table["due_on"]["staff"] == pd.Timestamp(2023, 12, 31)


def test_registry_without_a_term_is_accepted_and_neither_on_time_nor_late(told):
    row = told("experts", sent_on="2030-01-01").loc["experts"]
    assert row["state"] == "accepted"
    assert pd.isna(row["due_on"])


def test_data_after_the_last_term_have_no_term(told):
    terms = {"experts": [date(2023, 11, 20)]}
    assert told("experts", terms, sent_on="2023-11-25", data_on="2023-11-21")["state"]["experts"] == "accepted"


def test_registry_that_was_not_sent_is_missing(told):
    row = told().loc["experts"]
    assert (row["state"], row["sent"], row["rows"]) == ("missing", False, 0)
    assert pd.isna(row["sent_on"]) and pd.isna(row["revision"])


def test_sheet_missing_from_an_accepted_workbook_is_missing(told):
    table = told("staff")
    assert table["state"][["staff", "experts"]].tolist() == ["accepted", "missing"]
    assert pd.isna(table["sent_on"]["experts"])


def test_registry_that_could_not_be_accepted_is_refused_and_the_others_are_not(told):
    table = told("staff", refused={"seversk": {"routes"}})
    assert table["state"][["staff", "routes", "experts"]].tolist() == ["accepted", "refused", "missing"]
    assert bool(table["sent"]["routes"])


def test_refused_workbook_refuses_every_registry_even_those_accepted_before(told):
    table = told("staff", refused={"seversk": {"*"}})
    assert set(table["state"].drop("ddp_passport")) == {"refused"}
    assert table["rows"]["staff"] == 40
    assert set(told("staff", refused={"tynda": {"*"}})["state"]) == {"accepted", "missing", "elsewhere"}


def test_passport_of_programmes_is_kept_elsewhere(told):
    row = told().loc["ddp_passport"]
    assert (row["state"], row["title"], row["clause"]) == ("elsewhere", "Паспорт ДПО", "прил. 1, п. 4.2.2")


def test_passport_of_a_region_is_the_regions(project, cards, schema):
    leningrad = loaded("leningrad", project)
    senders = catalogue.senders(leningrad, project)
    table = completeness.table(leningrad, cards, schema, senders, arrivals(senders, schema, {}), {}, {}, TODAY)
    assert table.loc[table["registry"] == "ddp_passport", "municipality"].tolist() == [REGION]


def test_table_has_a_row_for_every_expected_registry_with_clause_and_words(told, seversk):
    table = told()
    assert table.index.tolist() == [*SEVERSK, "ddp_passport"]
    assert table["clause"]["completions"] == "прил. 2, п. 9; прил. к Положению, п. 3"
    assert set(table["state"]) <= {state.id for state in ArrivalState}
    assert set(table["system"]) == {seversk.id}


def test_sender_of_nothing_stands_beside_one_that_sent(project, cards, schema):
    amur = loaded("amur", project)
    senders = [catalogue.find_sender(amur, name, project) for name in ("tynda", "zeya")]
    came = {"tynda": {"registries": AMUR_PLACE, "revision": 1, "data_on": "2023-11-15", "sent_on": "2023-11-16"}}
    table = completeness.table(
        amur, cards, schema, senders, arrivals(senders, schema, came), {"": [date(2023, 12, 20)]}, {}, TODAY
    )
    states = table.groupby("municipality")["state"].unique().map(list).to_dict()
    assert states == {"tynda": ["on_time"], "zeya": ["missing"]}


def test_days_of_the_table_are_days_even_when_there_are_none(told):
    table = told()
    assert {str(table[column].dtype) for column in ("due_on", "sent_on", "data_on")} == {"datetime64[s]"}
    assert str(table["revision"].dtype) == "Int64"


def test_system_that_expects_nothing_has_an_empty_table(project, cards, schema):
    nobody = pd.DataFrame(columns=["municipality", "registry"])
    assert completeness.table(loaded("federal", project), cards, schema, [], nobody, {}, {}, TODAY).empty


def test_any_register_without_a_sheet_is_shown_as_kept_elsewhere(seversk, cards, schema, place):
    archive = replace(seversk.registries[0], registry="archive", clause="прил. 2, п. 10")
    with_archive = replace(seversk, registries=(*seversk.registries, archive))
    table = completeness.table(with_archive, cards, schema, [place], arrivals([place], schema, {}), {}, {}, TODAY).set_index(
        "registry"
    )
    assert table["state"]["archive"] == "elsewhere"
