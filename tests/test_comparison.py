"""Systems side by side: what covers the federal model, where the gaps are, who meets whom."""

import re
from dataclasses import replace
from datetime import date

import pytest

from nmslib import catalogue, charts, comparison, documents
from nmslib.charts import offline


@pytest.fixture(scope="module")
def everyone(project):
    return catalogue.load_all(project)


@pytest.fixture(scope="module")
def covered(everyone):
    federal, *systems = everyone
    return comparison.coverage(federal, systems)


def test_matrix_has_every_federal_function_and_a_pair_of_counts_per_system(everyone, covered):
    federal, *systems = everyone
    matrix = comparison.matrix(federal, covered, systems)
    assert len(matrix) == len(federal.functions) == 38
    counted = sum(int(matrix[f"{system.id}/{kind}s"].sum()) for system in systems for kind in ("function", "measure"))
    assert counted == len(covered)


def test_burnout_prevention_is_covered_by_measures_of_amur_only(everyone, covered):
    rows = covered[(covered["federal"] == "regional_service.6") & (covered["kind"] == "measure")]
    assert set(rows["system"]) == {"amur"}
    assert {"2.5.1", "2.5.2", "2.5.3"} >= set(rows["code"]) >= {"2.5.3"}


def test_novoshakhtinsk_has_no_measure_and_every_gap_names_fills_of_its_own_level_first(everyone, covered):
    federal, *systems = everyone
    chosen = next(system for system in systems if system.id == "novoshakhtinsk")
    gaps = comparison.gaps(chosen, federal, covered, systems)
    expected = [function.id for function in federal.functions if function.subject != "fmc"]
    assert list(dict.fromkeys(gaps["federal"])) == expected
    for _, group in gaps.dropna(subset=["other"]).groupby("federal"):
        municipal = [other == "seversk" for other in group["other"]]
        assert municipal == sorted(municipal, reverse=True)
    assert {"seversk", "amur"} <= set(gaps["other"].dropna())


def test_function_with_a_measure_is_no_gap(everyone, covered):
    federal, *systems = everyone
    amur = next(system for system in systems if system.id == "amur")
    measured = set(covered.loc[(covered["system"] == "amur") & (covered["kind"] == "measure"), "federal"])
    assert not measured & set(comparison.gaps(amur, federal, covered, systems)["federal"])


def test_crosswalk_shows_plans_of_seversk_and_says_where_there_is_none(everyone, cards):
    _, *systems = everyone
    crosswalk = comparison.crosswalk(systems, cards).set_index(["indicator", "system"])
    assert len(crosswalk) == 6 + 6 + 5 + 13
    plan = crosswalk.loc[("register_programmes_share", "seversk"), "plan"]
    assert plan == "не менее 7\N{NO-BREAK SPACE}% (2023); не менее 10\N{NO-BREAK SPACE}% (2024)"
    assert crosswalk.loc[("diagnosed_share", "leningrad"), "plan"] == "без планового значения"


def test_crosswalk_names_the_measure_whose_number_plans_an_indicator(everyone, cards):
    _, *systems = everyone
    plans = comparison.crosswalk(systems, cards).set_index(["indicator", "system"])["plan"]
    assert plans["staff_per_methodist", "amur"].startswith("мера 2.6.2: педагогические работники, сопровождаемые")
    # Numbers for teachers and for managers apart plan other figures than that of both together.
    assert plans["diagnosed_share", "amur"] == "без планового значения"


def test_indicator_defined_twice_takes_one_row_of_the_crosswalk(seversk, cards):
    again = replace(seversk.indicators[0], organisations="all", in_force=date(2024, 3, 1), clause="изменения, п. 1")
    crosswalk = comparison.crosswalk([replace(seversk, indicators=(*seversk.indicators, again))], cards)
    assert len(crosswalk) == 5
    assert crosswalk.loc[0, ["number", "clause"]].tolist() == ["1", "прил. к Положению, п. 1; изменения, п. 1"]


def test_number_of_one_municipality_or_from_a_later_day_says_so(seversk):
    later = replace(seversk.targets[0], in_force=date(2024, 3, 1), municipality="seversk", act="приказ от 01.02.2024 № 1")
    words = "не менее 10\N{NO-BREAK SPACE}% (2023; действует с 01.03.2024; только для муниципалитета seversk)"
    assert comparison.number_in_words(later) == words
    page = documents.document(replace(seversk, targets=(later,))).data
    assert words in page
    assert "приказ от 01.02.2024 № 1, прил. к Положению, п. 1" in page


def test_document_says_from_which_day_an_indicator_is_so_defined(seversk):
    again = replace(seversk.indicators[0], in_force=date(2024, 3, 1))
    page = documents.document(replace(seversk, indicators=(*seversk.indicators, again))).data
    assert f"{again.name} (с 01.03.2024)" in page


def test_binding_numbers_are_worded_with_comparator_unit_and_period(everyone, cards):
    _, *systems = everyone
    numbers = comparison.binding_numbers(systems, cards).drop_duplicates(["system", "applies_to"])
    numbers = dict(zip(zip(numbers["system"], numbers["applies_to"], strict=True), numbers["number"], strict=True))
    assert numbers["amur", "2.6.2"] == "не более 250 человек"
    assert numbers["amur", "2.6.1"] == "не менее 300 ИОМ"
    assert numbers["amur", "1.1.4"] == "29 соглашений (не позднее 01.09.2024)"
    assert numbers["amur", "1.4.2"] == "не менее 50\N{NO-BREAK SPACE}% (ежегодно)"


@pytest.mark.parametrize("system", ["amur", "federal", "leningrad", "novoshakhtinsk", "seversk"])
def test_interactions_are_laid_out_inside_the_picture_and_drawn(system, project, capfd):
    facts = catalogue.load_system(system, project)
    nodes, edges = comparison.interactions(facts)
    assert set(edges["source"]) | set(edges["target"]) == set(nodes["id"])
    assert nodes["x"].between(0, 1).all()
    assert not nodes.duplicated(["x", "y"]).any()
    assert edges["count"].sum() == sum(row.source != row.target for row in facts.interactions)
    drawn = offline.svg(charts.network(nodes, edges, facts.act.short_title).to_dict())
    assert all(re.split(r"[ -]", label)[0] in drawn for label in nodes["label"])
    assert "WARN" not in capfd.readouterr().err
