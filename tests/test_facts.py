"""The facts in data/ are those of the documents, and each carries its clause."""

from datetime import date
from pathlib import Path

import pytest
import yaml

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
    "amur": {"measures": 68, "events": 0, "indicators": 13, "targets": 29},
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


AMUR_CARDS = [
    ("1.1.4", "agreements_count"),
    ("1.3.3", "strategy_sessions_count"),
    ("1.4.2", "active_trained_share"),
    ("1.4.5", "active_meetings_count"),
    ("2.1.1", "trained_fgos_share"),
    ("2.1.2", "trained_digital_share"),
    ("2.1.3", "trained_literacy_share"),
    ("2.1.4", "trained_preschool_share"),
    ("2.1.4", "preschool_teams_share"),
    ("2.1.5", "low_results_teams_share"),
    ("2.1.5", "trained_low_results_share"),
    ("2.1.6", "trained_talents_share"),
    ("2.1.7", "trained_career_share"),
    ("2.1.8", "trained_upbringing_share"),
    ("2.1.9", "trained_assessment_share"),
    ("2.1.9", "assessment_teams_share"),
    ("2.2.1", "site_programmes_count"),
    ("2.2.3", "vocational_trained_share"),
    ("2.3.1", "teachers_diagnosed_share"),
    ("2.3.2", "managers_diagnosed_share"),
    ("2.3.3", "routed_share"),
    ("2.4.1", "active_network_trained_share"),
    ("2.5.3", "psychologists_trained_share"),
    ("2.6.1", "routes_completed_count"),
    ("2.6.2", "staff_per_methodist"),
    ("2.8.2", "mentoring_model_share"),
    ("2.8.4", "mentors_trained_count"),
    ("2.8.4", "curators_trained_count"),
]
# Numbers of Amur that are due before their year ends, because the term of the measure is a day.
AMUR_DAYS = {"1.1.4": date(2024, 9, 1), "2.4.1": date(2024, 9, 1), "2.5.3": date(2023, 11, 30)}


def test_every_number_inside_a_measure_plans_the_figure_of_one_card(project):
    targets = catalogue.load_system("amur", project).targets
    assert list(dict.fromkeys((target.applies_to, target.plans) for target in targets)) == AMUR_CARDS
    assert {target.applies_to: target.by for target in targets if target.by} == AMUR_DAYS
    (centre,) = catalogue.load_system("leningrad", project).targets
    assert (centre.plans, centre.by) == ("centre_staff_trained_share", date(2021, 8, 15))


def test_number_of_an_indicator_plans_that_indicator(seversk):
    assert all(target.plans == target.applies_to for target in seversk.targets)


def test_trainings_whose_term_names_two_school_years_are_counted_from_the_first_of_them(project, cards):
    facts = catalogue.load_system("amur", project)
    named = {measure.code for measure in facts.measures if "2022/23 учебный год" in (measure.deadline or "")}
    begun = {target.applies_to: target.counted_from for target in facts.targets if target.counted_from}
    assert set(begun) == named & {target.applies_to for target in facts.targets}
    assert set(begun.values()) == {date(2022, 9, 1)}
    # The yearly number of 2.1.5 is counted by the two school years that its term names, all others through the plan.
    others = [one for one in facts.targets if one.applies_to in named and not one.counted_from]
    assert [(one.plans, cards[one.plans].period) for one in others] == [("trained_low_results_share", "school_year")] * 2
    assert [one.period for one in others] == ["2023", "2024"]


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


def test_every_card_rests_on_columns_of_the_workbook(cards, schema):
    for card in cards.values():
        for registry, columns in card.columns.items():
            assert set(columns) <= {column.id for column in schema.sheet(registry).columns}, card.id


def test_every_card_is_asked_for_by_a_document_and_only_new_ones_by_a_measure_alone(project, cards):
    systems = catalogue.load_all(project)
    asked = {indicator.indicator for system in systems for indicator in system.indicators}
    assert asked | {target.plans for system in systems for target in system.targets} == set(cards)
    assert len(asked) == 13


def test_cards_for_the_region_alone_rest_on_registries_that_the_region_fills_in(cards, schema):
    alone = {card.id for card in cards.values() if card.level == "region"}
    assert alone == {
        *("register_listed_share", "network_programmes_count", "innovation_programmes_share", "internship_sites_share"),
        *("agreements_count", "strategy_sessions_count", "active_meetings_count", "site_programmes_count"),
        "centre_staff_trained_share",
    }
    assert all("region" in schema.sheet(name).filled_by for one in alone for name in cards[one].registries)


def test_school_rhythm_is_for_flows_that_have_days_outside_the_summer(cards, project):
    assert all(card.counts == "flow" for card in cards.values() if card.profile == "school_rhythm")
    # The plan of Leningrad's centre runs from 14 July to 15 August: with the school year nothing would ever be expected.
    assert cards["centre_staff_trained_share"].profile == "linear"


def test_cards_have_names_of_their_own(cards):
    assert len({card.short_name for card in cards.values()}) == len({card.name for card in cards.values()}) == len(cards)


CASES = {
    path.stem: yaml.safe_load(path.read_text("utf-8")) for path in (Path(__file__).parent / "cases/indicators").glob("*.yaml")
}
CASE_FIELDS = {"as_of", "start", "organisations", "sheets", "denominator", "numerator", "outside", "expected"}


def test_every_card_has_hand_computed_rows(cards):
    assert set(CASES) == set(cards)


@pytest.mark.parametrize("name", sorted(CASES))
def test_hand_computed_rows_fit_the_workbook_and_their_arithmetic_holds(name, cards, schema):
    """Fields: as_of, start (first day of the period; 1 January unless given), organisations (general unless given), sheets,
    denominator (null for a plain count), numerator, outside (people of the numerator's rows who are not in the denominator),
    expected (percent, ratio or count)."""
    case, card = CASES[name], cards[name]
    assert CASE_FIELDS - {"start", "organisations"} <= set(case) <= CASE_FIELDS
    assert set(case["sheets"]) == set(card.registries)
    for registry, rows in case["sheets"].items():
        columns = {column.id: column for column in schema.sheet(registry).columns}
        assert set(columns) >= {name for row in rows for name in row}
        for row in rows:
            assert all(value in (columns[name].choices or {value}) for name, value in row.items())
            assert all(isinstance(row[name], date) for name in row if columns[name].type == "date")
    people, base = case["numerator"], case["denominator"]
    share = people if base is None else 100 * people / base if card.unit == "percent" else people / base
    assert case["expected"] == pytest.approx(share)


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
