"""Indicators count the right rows; the table of figures says what is unknown instead of 0 %."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml

from nmslib import indicators
from nmslib.indicators import FUNCTIONS, Question

CASES = {
    path.stem: yaml.safe_load(path.read_text("utf-8")) for path in (Path(__file__).parent / "cases" / "indicators").glob("*.yaml")
}


def test_every_indicator_has_a_case_with_its_arithmetic():
    assert set(CASES) == set(FUNCTIONS)


@pytest.mark.parametrize("name", sorted(CASES))
def test_indicator_counts_as_computed_by_hand(name, received):
    case = CASES[name]
    asked = Question(pd.Timestamp(case["as_of"].year, 1, 1), pd.Timestamp(case["as_of"]), "general")
    counted = FUNCTIONS[name](received(**case["sheets"]).frames, asked)
    assert len(counted.denominator) == case["denominator"]
    assert len(counted.numerator) == case["numerator"]
    assert counted.outside.get("demo", 0) == case["outside"]
    assert 100 * len(counted.numerator) / len(counted.denominator) == pytest.approx(case["expected"])


@pytest.mark.parametrize("name", sorted(CASES))
def test_numerator_is_part_of_the_denominator_and_keeps_excel_rows(name, received):
    case = CASES[name]
    asked = Question(pd.Timestamp(2023, 1, 1), pd.Timestamp(case["as_of"]), "all")
    counted = FUNCTIONS[name](received(**case["sheets"]).frames, asked)
    assert set(counted.numerator["key"]) <= set(counted.denominator["key"])
    assert (counted.denominator["excel_row"] >= 2).all()


def row_of(frame: pd.DataFrame, indicator: str) -> pd.Series:
    return frame.set_index("indicator").loc[indicator]


def test_figures_have_the_columns_of_the_contract_and_an_id_each(seversk, cards, received):
    frame = indicators.figures(seversk, cards, received(**CASES["diagnosed_share"]["sheets"]), ["demo"], date(2023, 12, 1))
    assert frame.columns.tolist() == list(indicators.COLUMNS)
    assert frame["figure"].tolist()[0] == "seversk/demo/diagnosed_share/2023-12-01"
    assert frame["figure"].is_unique


def test_figure_carries_plan_people_interval_act_clause_and_hash(seversk, cards, received):
    frame = indicators.figures(seversk, cards, received(**CASES["diagnosed_share"]["sheets"]), ["demo"], date(2023, 12, 1))
    figure = row_of(frame, "diagnosed_share")
    assert (figure["numerator"], figure["denominator"], figure["value"], figure["target"]) == (1, 4, 25.0, 10.0)
    assert figure["status"] == "reached"
    assert figure["lower"] < figure["value"] < figure["upper"]
    assert (figure["act"], figure["clause"]) == ("приказ от 30.12.2022 № 693", "прил. к Положению, п. 1")
    assert figure["source"] == "0" * 64
    assert "Численность мала" in figure["reason"]


def test_registry_not_sent_makes_the_indicator_unknown_not_zero(seversk, cards, received):
    sheets = CASES["diagnosed_share"]["sheets"]
    frame = indicators.figures(
        seversk, cards, received(**{k: v for k, v in sheets.items() if k != "diagnostics"}), ["demo"], date(2023, 12, 1)
    )
    figure = row_of(frame, "diagnosed_share")
    assert figure["status"] == "not_computable"
    assert pd.isna(figure["value"])
    assert pd.isna(figure["numerator"])
    assert figure["reason"] == "показатель не рассчитан: нет данных реестра «Диагностика»: не представлены или не прочитаны."


def test_registry_sent_empty_counts_nobody(seversk, cards, received):
    sheets = CASES["diagnosed_share"]["sheets"] | {"diagnostics": []}
    figure = row_of(indicators.figures(seversk, cards, received(**sheets), ["demo"], date(2023, 12, 1)), "diagnosed_share")
    assert (figure["value"], figure["numerator"]) == (0.0, 0)


def test_division_by_nobody_is_not_computed_and_says_why(seversk, cards, received):
    sheets = CASES["diagnosed_share"]["sheets"] | {"staff": []}
    figure = row_of(indicators.figures(seversk, cards, received(**sheets), ["demo"], date(2023, 12, 1)), "diagnosed_share")
    assert figure["status"] == "not_computable"
    assert "нет ни одного работника" in figure["reason"]


def test_year_without_a_planned_value_has_a_value_and_no_plan(seversk, cards, received):
    figure = row_of(
        indicators.figures(seversk, cards, received(**CASES["diagnosed_share"]["sheets"]), ["demo"], date(2025, 3, 1)),
        "diagnosed_share",
    )
    assert figure["status"] == "no_plan"
    assert pd.isna(figure["target"])
    assert "плановое значение на 2025" in figure["reason"]


def test_rows_after_the_as_of_date_change_nothing(seversk, cards, received):
    sheets = CASES["diagnosed_share"]["sheets"]
    earlier = {"person": "Р2", "diagnosed_on": "2023-12-02", "place": "centre"}
    with_later = sheets | {"diagnostics": [*sheets["diagnostics"], earlier]}
    before = indicators.figures(seversk, cards, received(**sheets), ["demo"], date(2023, 12, 1))
    after = indicators.figures(seversk, cards, received(**with_later), ["demo"], date(2023, 12, 1))
    pd.testing.assert_frame_equal(before, after)
