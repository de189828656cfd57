"""The facts in data/ are those of the documents, and each carries its clause."""

import pytest

from nmslib import catalogue
from nmslib.indicators import FUNCTIONS
from nmslib.model import PROCESSES
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


SIZES = {
    "novoshakhtinsk": {"measures": 0, "events": 0, "indicators": 6, "targets": 0},
    "leningrad": {"measures": 13, "events": 25, "indicators": 6, "targets": 1},
    "seversk": {"measures": 9, "events": 0, "indicators": 5, "targets": 10},
    "federal": {"measures": 0, "events": 0, "indicators": 0, "targets": 0},
    "amur": {"measures": 68, "events": 0, "indicators": 13, "targets": 28},
}
AMUR_NUMBERS = {
    ("1.1.4", "=", 29, "соглашений"),
    ("1.4.2", ">=", 50, "percent"),
    ("2.6.1", ">=", 300, "ИОМ"),
    ("2.6.2", "<=", 250, "человек"),
    ("2.8.2", "=", 100, "percent"),
    ("2.8.4", ">=", 50, "человек"),
}
PRINTED = {
    ("amur", "1.3.2"): "Ежегодно - до 20 мая - до 20 декабря",
    ("amur", "1.3.3"): "Ежегодно не менее 2-х сессий - до 31 мая - до 31 декабря",
    ("amur", "1.3.4"): "в соответствии с графиком",
    ("amur", "1.4.3"): "до 10.05.2023",
    ("amur", "1.4.5"): "не менее 1 раза в месяц",
    ("amur", "2.8.1"): "до 2024 года",
    ("amur", "3.2.1"): "Ежегодно до 1 июня до 1 декабря",
    ("amur", "3.2.2"): None,
    ("amur", "3.4.4"): "Ежегодно",
    ("amur", "3.5.5"): "ноябрь 2024",
    ("leningrad", "1"): "25 июля 2021 года",
    ("leningrad", "9"): "01 октября 2021 года, далее ежеквартально",
    ("leningrad", "13"): "31 декабря 2021 года",
}


@pytest.mark.parametrize("system", sorted(SIZES))
def test_every_row_of_every_table_of_the_documents_is_there(system, project):
    facts = catalogue.load_system(system, project)
    assert {table: len(getattr(facts, table)) for table in SIZES[system]} == SIZES[system]


def test_roadmap_of_amur_has_three_directions_and_eighteen_groups(project):
    measures = catalogue.load_system("amur", project).measures
    assert len({measure.direction for measure in measures}) == 3
    assert len({measure.group for measure in measures}) == 18


@pytest.mark.parametrize(("system", "code"), sorted(PRINTED))
def test_deadlines_stand_as_printed(system, code, project):
    measures = {measure.code: measure for measure in catalogue.load_system(system, project).measures}
    assert measures[code].deadline == PRINTED[system, code]


def test_event_twice_a_month_keeps_its_contradictory_words(project):
    events = {event.code: event for event in catalogue.load_system("leningrad", project).events}
    assert events["5.4"].deadline == "дважды в месяц (каждый второй вторник месяца)"


def test_binding_numbers_inside_results_of_amur_are_targets(project):
    targets = catalogue.load_system("amur", project).targets
    assert {(t.applies_to, t.comparator, t.value, t.unit) for t in targets} >= AMUR_NUMBERS
    assert sum(target.applies_to == "2.8.4" for target in targets) == 2


def test_documents_without_a_date_are_given_none(project):
    acts = {system.id: system.act for system in catalogue.load_all(project)}
    assert acts["novoshakhtinsk"].date is None
    assert acts["federal"].name == "презентация (ноябрь 2021 г.)"
    assert acts["amur"].name == "приказ от 12.05.2023 № 464"
    assert acts["leningrad"].name == "распоряжение от 14.07.2021 № 1982-р"


def test_federal_model_names_key_processes_and_tasks(project):
    functions = catalogue.load_system("federal", project).functions
    count = {
        subject: sum(function.subject == subject for function in functions) for subject in ("ufs", "regional_service", "fmc")
    }
    assert count == {"ufs": 16, "regional_service": 13, "fmc": 9}
    assert {process for function in functions if function.subject == "ufs" for process in function.processes} == set(PROCESSES)


def test_functions_and_measures_of_the_four_systems_are_tagged_with_federal_functions(project):
    _, *systems = catalogue.load_all(project)
    for system in systems:
        assert sum(bool(function.federal) for function in system.functions) >= len(system.functions) / 3, system.id


@pytest.mark.parametrize("table", list(catalogue.TABLES))
@pytest.mark.parametrize("system", sorted(SIZES))
def test_every_fact_has_a_clause_and_no_double_spaces(system, table, project):
    for fact in getattr(catalogue.load_system(system, project), table):
        assert fact.clause
        assert not any("  " in value or value != value.strip() for value in vars(fact).values() if isinstance(value, str))


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
