"""The facts in data/ are those of the documents, and each carries its clause."""

import pytest

from nmslib import catalogue
from nmslib.indicators import FUNCTIONS
from nmslib.paths import Project

SEVERSK_DEADLINES = {
    "1": "до 01 февраля (ежегодно)",
    "2": "ежегодно",
    "3": "до 20 декабря (ежегодно)",
    "4": "до 20 марта 2023 года",
    "5": "до 20 ноября (ежегодно, начиная с 2023 года)",
    "6": "до 20 декабря (ежегодно, начиная с 2023 года)",
    "7": "до 01 декабря (ежегодно)",
    "8": "до 20 декабря (ежегодно)",
    "9": "до 20 ноября, далее - ежегодно",
}
SEVERSK_PLAN = {
    ("diagnosed_share", "2023"): 10,
    ("diagnosed_share", "2024"): 10,
    ("routed_share", "2023"): 10,
    ("routed_share", "2024"): 10,
    ("register_programmes_share", "2023"): 7,
    ("register_programmes_share", "2024"): 10,
    ("management_teams_share", "2023"): 10,
    ("management_teams_share", "2024"): 10,
    ("young_supported_share", "2023"): 30,
    ("young_supported_share", "2024"): 50,
}


def test_seversk_has_its_nine_measures_with_deadlines_as_printed(seversk):
    assert {measure.code: measure.deadline for measure in seversk.measures} == SEVERSK_DEADLINES


def test_seversk_has_planned_values_of_its_five_indicators_for_both_years(seversk):
    assert {(target.applies_to, target.period): target.value for target in seversk.targets} == SEVERSK_PLAN
    assert [indicator.number for indicator in seversk.indicators] == ["1", "2", "3", "4", "5"]


def test_seversk_names_act_and_operator_as_the_order_does(seversk):
    assert seversk.act.name == "приказ от 30.12.2022 № 693"
    assert seversk.act.operator == "МАУ ЗАТО Северск «РЦО»"
    assert seversk.act.monitoring.times_a_year == 1


def test_seversk_lists_fourteen_subjects_each_with_functions(seversk):
    listed = {subject.id for subject in seversk.subjects if subject.listed}
    assert len(listed) == 14
    assert {function.subject for function in seversk.functions} == listed
    assert sum(function.subject == "rco" for function in seversk.functions) == 20


@pytest.mark.parametrize("table", list(catalogue.TABLES))
def test_every_fact_has_a_clause(seversk, table):
    assert all(fact.clause for fact in getattr(seversk, table))


def test_every_function_has_a_card_and_every_indicator_of_seversk_a_function(cards, seversk):
    assert set(FUNCTIONS) <= set(cards)
    assert {indicator.indicator for indicator in seversk.indicators} <= set(FUNCTIONS)


def test_every_card_points_at_a_registry_of_the_workbook(cards, schema):
    known = {sheet.id for sheet in schema.sheets}
    assert all(set(cards[name].registries) <= known for name in FUNCTIONS)


def test_every_card_rests_on_a_clause_of_a_system(cards, project: Project):
    assert {card.reference.system for card in cards.values()} <= set(catalogue.systems(project))
    assert all(card.reference.clause for card in cards.values())


def test_oddities_say_how_they_were_read(seversk):
    assert any("31.12.2022" in oddity.odd for oddity in seversk.oddities)
    assert all(oddity.reading for oddity in seversk.oddities)


def test_municipalities_are_those_of_the_documents(project: Project):
    count = {
        system: len(catalogue.municipalities_of(system, project)) for system in ("novoshakhtinsk", "leningrad", "seversk", "amur")
    }
    assert count == {"novoshakhtinsk": 1, "leningrad": 18, "seversk": 1, "amur": 29}


def test_references_of_the_schema_point_at_existing_columns(schema):
    columns = {f"{sheet.id}.{column.id}" for sheet in schema.sheets for column in sheet.columns}
    assert {column.refers_to for sheet in schema.sheets for column in sheet.columns if column.refers_to} <= columns
