"""Each rule finds its oddity and nothing else; on the five documents it reports what is really there."""

from dataclasses import replace
from datetime import date

import pytest

from nmslib import catalogue, lint
from nmslib.lint import Finding

# Rule → places in the five documents, checked against the printed text.
REAL = {
    "amur": [
        ("doubled_measures", "Комплекс мер, п. 3.4.4"),
        ("gaps_in_codes", "Комплекс мер, п. 3.5.5"),
        ("missing_deadlines", "Комплекс мер, п. 3.2.2"),
        ("terms_outside_the_plan", "Комплекс мер, п. 1.4.3"),
        ("unlisted_responsible", "Комплекс мер, п. 1.4.5"),
        ("indicators_without_target", "Положение, разд. 5, п. 1"),
    ],
    "federal": [
        ("undated_act", "титульный слайд"),
        ("subjects_without_functions", "слайд «Методическая служба – региональные методисты»"),
    ],
    "leningrad": [
        ("doubled_measures", "прил. 2, п. 11"),
        ("unlisted_responsible", "прил. 2, п. 8"),
        ("indicators_without_target", "прил. 1, п. 6.2"),
    ],
    "novoshakhtinsk": [
        ("undated_act", "разд. 1"),
        ("indicators_without_roadmap", "разд. 6, показатель 1"),
        ("indicators_without_target", "разд. 6, показатель 1"),
        ("subjects_without_functions", "разд. 3, табл. 1, «Профессиональные объединения, сетевые сообщества, ассоциации»"),
    ],
    "seversk": [],
}


@pytest.mark.parametrize("system", sorted(REAL))
def test_five_documents_give_what_is_really_there(system, project, schema):
    found = lint.lint(catalogue.load_system(system, project), schema)
    assert [(one.rule, one.place) for one in found if one.rule != "registries_without_sheet"] == REAL[system]


def test_every_finding_names_place_and_consequence(project, schema):
    for system in catalogue.load_all(project):
        for finding in lint.lint(system, schema):
            assert finding.place
            assert finding.found
            assert finding.consequence


def test_every_rule_says_in_its_name_what_it_finds():
    assert len({rule.__name__ for rule in lint.RULES}) == len(lint.RULES)
    assert all(rule.__doc__ for rule in lint.RULES)


def run(rule, system, schema) -> list[Finding]:
    return list(rule(system, schema))


def test_same_words_with_another_year_are_no_repetition(seversk, schema):
    first, second, *rest = seversk.measures
    first, second = (
        replace(first, title="План работы центра на 2021 год"),
        replace(second, title="План работы центра на 2022 год"),
    )
    assert run(lint.doubled_measures, replace(seversk, measures=(first, second, *rest)), schema) == []
    again = replace(second, title="План работы центра на 2021 год", direction="2. Другое")
    (found,) = run(lint.doubled_measures, replace(seversk, measures=(first, again, *rest)), schema)
    assert "мера 2 повторяет меру 1 в другом направлении" in found.found


def test_gap_names_every_code_left_out(seversk, schema):
    measures = tuple(measure for measure in seversk.measures if measure.code not in ("5", "6"))
    (found,) = run(lint.gaps_in_codes, replace(seversk, measures=measures), schema)
    assert found.found == "между мерами 4 и 7 нет номера 5, 6"


def test_gap_is_looked_for_within_a_group_only(seversk, schema):
    measures = tuple(
        replace(measure, code=code) for measure, code in zip(seversk.measures, ("1.1", "1.2", "2.1", "3.1"), strict=False)
    )
    assert run(lint.gaps_in_codes, replace(seversk, measures=measures), schema) == []


def test_code_before_a_smaller_one_or_no_number_is_out_of_order(seversk, schema):
    one, two, three, *_ = seversk.measures
    measures = (two, one, replace(three, code="б/н"))
    found = run(lint.codes_out_of_order, replace(seversk, measures=measures), schema)
    assert [one.found for one in found] == ["мера 1 стоит после меры 2", "номер меры «б/н» — не число"]


@pytest.mark.parametrize(
    ("deadline", "count"), [("до 29.12.2022", 1), ("до 30.12.2022", 0), ("до 31.12.2024", 0), ("до 01.01.2025", 1)]
)
def test_term_on_the_days_of_act_and_plan_end_is_inside(seversk, schema, deadline, count):
    assert (seversk.act.date, seversk.act.period.end) == (date(2022, 12, 30), date(2024, 12, 31))
    system = replace(seversk, measures=(replace(seversk.measures[0], deadline=deadline),))
    assert len(run(lint.terms_outside_the_plan, system, schema)) == count


def test_missing_deadline_and_missing_body_are_found(seversk, schema):
    system = replace(seversk, measures=(replace(seversk.measures[0], deadline=None, responsible=()),))
    assert len(run(lint.missing_deadlines, system, schema)) == 1
    assert len(run(lint.measures_without_responsible, system, schema)) == 1


def test_body_under_another_of_its_names_is_known(seversk, schema):
    measure = replace(seversk.measures[0], responsible=("Ресурсный центр",))
    system = replace(seversk, measures=(measure,))
    (found,) = run(lint.unlisted_responsible, system, schema)
    assert "«Ресурсный центр»" in found.found
    named = tuple(replace(subject, also=("Ресурсный центр",)) if subject.id == "rco" else subject for subject in seversk.subjects)
    assert run(lint.unlisted_responsible, replace(system, subjects=named), schema) == []


def test_indicator_without_planned_value_is_named_by_number(seversk, schema):
    targets = tuple(target for target in seversk.targets if target.applies_to != "routed_share")
    (found,) = run(lint.indicators_without_target, replace(seversk, targets=targets), schema)
    assert found.found == "нет плановых значений у показателей: 2"


def test_number_inside_a_measure_is_a_plan_of_its_card_and_one_for_a_single_municipality_is_none(seversk, schema):
    target = replace(seversk.targets[0], applies_to="5", indicator="routed_share")
    without = tuple(target for target in seversk.targets if target.applies_to != "routed_share")
    assert run(lint.indicators_without_target, replace(seversk, targets=(*without, target)), schema) == []
    for_one = replace(target, municipality="seversk")
    assert len(run(lint.indicators_without_target, replace(seversk, targets=(*without, for_one)), schema)) == 1


def test_indicator_defined_twice_is_named_once(seversk, schema):
    again = replace(seversk.indicators[0], organisations="all", in_force=date(2024, 3, 1))
    system = replace(seversk, indicators=(*seversk.indicators, again), targets=())
    (found,) = run(lint.indicators_without_target, system, schema)
    assert found.found == "нет плановых значений у показателей: 1, 2, 3, 4, 5"


def test_mandated_register_without_a_sheet_is_found(seversk, schema):
    found = run(lint.registries_without_sheet, seversk, schema)
    assert [finding.found for finding in found] == [
        "в книге нет листа для реестра «региональный паспорт ДПП в цифровой экосистеме ДПО»"
    ]
