"""Indicators count the right rows; the table of figures says what is unknown instead of 0 %."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from nmslib import catalogue, indicators
from nmslib.indicators import FUNCTIONS, Counted, Question
from nmslib.indicators.rows import Rows
from nmslib.model import Card
from nmslib.registries import Frames

CASES: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text("utf-8")) for path in (Path(__file__).parent / "cases" / "indicators").glob("*.yaml")
}
UNITS = {"percent": "Percent of ", "count": "."}
SYSTEMS = {"seversk": "Seversk", "amur": "Amur", "leningrad": "Leningrad oblast"}
DIAGNOSED = CASES["diagnosed_share"]["sheets"]
DAY = date(2023, 12, 1)


def question(case: dict[str, Any]) -> Question:
    """What a case asks: from `start` (1 January of the year unless given) to `as_of`, of general schools unless it says otherwise."""
    return Question(case.get("start", date(case["as_of"].year, 1, 1)), case["as_of"], case.get("organisations", "general"))


def size(counted: Counted) -> int:
    """The numerator: rows, or the sum of their weights."""
    rows = counted.numerator.kept().collect()
    return rows.height if counted.weight is None else int(rows[counted.weight].sum())


def sides(counted: Counted) -> Iterator[Rows]:
    yield counted.numerator
    if counted.denominator:
        yield counted.denominator


# A card, a function, a case


def test_every_card_has_a_function_and_every_function_a_card(cards):
    assert set(FUNCTIONS) == set(cards)


def test_every_indicator_has_a_case_with_its_arithmetic():
    assert set(CASES) == set(FUNCTIONS)


@pytest.mark.parametrize("name", sorted(CASES))
def test_indicator_counts_as_computed_by_hand(name, cards, received):
    case = CASES[name]
    counted = FUNCTIONS[name](received(**case["sheets"]).frames, question(case))
    numerator = size(counted)
    assert numerator == case["numerator"]
    if counted.denominator is None:
        assert (case["denominator"], case["outside"], case["expected"]) == (None, None, numerator)
        return
    denominator = counted.denominator.kept().collect().height
    assert denominator == case["denominator"]
    assert counted.outside().collect().height == case["outside"]
    scale = 100 if cards[name].unit == "percent" else 1
    assert scale * numerator / denominator == pytest.approx(case["expected"])


@pytest.mark.parametrize("name", sorted(CASES))
def test_table_of_figures_tells_what_the_case_counts(name, cards, seversk, received):
    """The same numbers through the table: a system that asks for this indicator alone, in a period that begins as the case does."""
    case = CASES[name]
    asked = replace(seversk.indicators[0], indicator=name, organisations=case.get("organisations", "general"))
    period = replace(seversk.act.period, start=case.get("start", date(case["as_of"].year, 1, 1)), end=date(2099, 12, 31))
    system = replace(seversk, act=replace(seversk.act, period=period), indicators=(asked,), targets=())
    figure = indicators.figures(system, cards, received(**case["sheets"]), ["demo"], case["as_of"]).iloc[0]
    assert (figure["numerator"], figure["status"]) == (case["numerator"], "no_plan")
    assert figure["value"] == pytest.approx(case["expected"])
    assert pd.isna(figure["denominator"]) if case["denominator"] is None else figure["denominator"] == case["denominator"]
    outside = f"Вне знаменателя ещё {case['outside']}\N{NO-BREAK SPACE}"
    assert (outside in figure["reason"]) == bool(case["outside"])


@pytest.mark.parametrize("name", sorted(CASES))
@pytest.mark.parametrize("organisations", ["general", "all"])
def test_numerator_is_part_of_the_denominator_each_key_once(name, organisations, received):
    case = CASES[name]
    asked = Question(date(2020, 1, 1), case["as_of"], organisations)
    counted = FUNCTIONS[name](received(**case["sheets"]).frames, asked)
    numerator = counted.numerator.kept().collect()
    assert numerator[counted.key].is_unique().all()
    assert counted.on in numerator.columns
    if counted.denominator is not None:
        denominator = counted.denominator.kept().collect()
        assert denominator[counted.key].is_unique().all()
        assert set(numerator[counted.key]) <= set(denominator[counted.key])


@pytest.mark.parametrize("name", sorted(CASES))
def test_each_row_of_the_sheet_is_counted_or_left_out_at_one_condition(name, received):
    case = CASES[name]
    counted = FUNCTIONS[name](received(**case["sheets"]).frames, question(case))
    for rows in sides(counted):
        kept = rows.kept().collect()["excel_row"].to_list()
        left_out = [row for _, lost in rows.dropped() for row in lost.collect()["excel_row"]]
        assert sorted(kept + left_out) == list(range(2, len(case["sheets"][rows.registry]) + 2))
        assert all(re.search("[а-я]", step.words) for step in rows.steps)


@pytest.mark.parametrize("name", sorted(CASES))
def test_definition_rests_on_no_other_columns_than_its_card_names(name, cards, received):
    case, card = CASES[name], cards[name]
    named = {
        registry: [{column: value for column, value in row.items() if column in columns} for row in case["sheets"][registry]]
        for registry, columns in card.columns.items()
    }
    counted = FUNCTIONS[name](received(**named).frames, question(case))
    assert size(counted) == case["numerator"]
    if counted.denominator is not None:
        assert counted.denominator.kept().collect().height == case["denominator"]
        assert counted.outside().collect().height == case["outside"]


@pytest.mark.parametrize("name", sorted(CASES))
def test_docstring_names_columns_unit_undefined_case_and_norm(name, cards, schema):
    card, told = cards[name], " ".join(str(inspect.getdoc(FUNCTIONS[name])).split())
    columns, rest = re.search(r"Columns: (.*?)\. (.*)", told).groups()
    for part in columns.split("; "):
        registry, *named = re.split(r",? ", part)
        assert set(named) <= {column.id for column in schema.sheet(registry).columns}
        assert set(named) <= set(card.columns[registry])
    assert ("Percent of " in rest) == (card.unit == "percent")
    assert ("Always defined." in rest) != ("Undefined without" in rest)
    assert ("Always defined." in rest) == (CASES[name]["denominator"] is None)
    assert f"Norm: card {name} ({SYSTEMS[card.reference.system]}, " in rest
    item = re.search(r"п\. ([\d.]+)(?:, строка (\d))?$", card.reference.clause)
    assert f"item {item[1]}" in rest
    assert not item[2] or f"row {item[2]}" in rest


def test_same_rows_of_another_municipality_are_counted_there(gathered):
    frames = gathered({"tynda": DIAGNOSED, "zeya": DIAGNOSED}).frames
    numerator = FUNCTIONS["diagnosed_share"](frames, question(CASES["diagnosed_share"])).numerator.kept().collect()
    assert sorted(numerator["municipality"]) == ["tynda", "zeya"]


def test_person_of_one_municipality_is_not_found_in_another(gathered):
    """Codes are the senders' own: Р1 of Тында is not Р1 of Зея."""
    here = {name: rows for name, rows in DIAGNOSED.items() if name != "diagnostics"}
    frames = gathered({"tynda": here, "zeya": here | {"diagnostics": DIAGNOSED["diagnostics"]}}).frames
    counted = FUNCTIONS["diagnosed_share"](frames, question(CASES["diagnosed_share"]))
    assert counted.numerator.kept().collect()["municipality"].to_list() == ["zeya"]
    assert set(counted.outside().collect()["municipality"]) == {"zeya"}


def test_frames_keep_a_shared_base_and_count_the_same(received):
    frames: Frames = received(**DIAGNOSED).frames
    first = size(FUNCTIONS["diagnosed_share"](frames, question(CASES["diagnosed_share"])))
    assert len(frames.settled) == 1
    assert size(FUNCTIONS["diagnosed_share"](frames, question(CASES["diagnosed_share"]))) == first
    FUNCTIONS["diagnosed_share"](frames, Question(date(2023, 1, 1), date(2023, 11, 30), "general"))
    assert len(frames.settled) == 2  # another day is another base


# The table of figures


def row_of(frame: pd.DataFrame, indicator: str) -> pd.Series:
    return frame.set_index("indicator").loc[indicator]


@pytest.fixture
def figure(seversk, cards, received):
    """Diagnostics of Seversk's document from these sheets on a day."""

    def make(as_of: date = DAY, **sheets: list[dict]) -> pd.Series:
        return row_of(indicators.figures(seversk, cards, received(**sheets), ["demo"], as_of), "diagnosed_share")

    return make


def test_figures_have_the_columns_of_the_contract_and_an_id_each(seversk, cards, received):
    frame = indicators.figures(seversk, cards, received(**DIAGNOSED), ["demo"], DAY)
    assert frame.columns.tolist() == list(indicators.COLUMNS)
    assert frame["figure"].tolist()[0] == "seversk/demo/diagnosed_share/2023-12-01"
    assert frame["figure"].is_unique


def test_order_of_columns_begins_with_the_contract():
    contract = "figure, system, municipality, indicator, as_of, period, numerator, denominator, value, unit, lower, upper, target, comparator"
    contract += ", expected_now, people_missing, status, reason, act, clause, source"
    assert ", ".join(indicators.COLUMNS).startswith(contract)


def test_columns_have_the_same_types_whatever_is_known(amur, seversk, cards, received, gathered):
    full = indicators.figures(seversk, cards, received(**DIAGNOSED), ["demo"], DAY)
    none = indicators.figures(amur, cards, gathered({"tynda": None, "region": None}), ["tynda", "region"], DAY)
    nobody = indicators.figures(seversk, cards, received(), [], DAY)
    assert nobody.empty
    for frame in (full, none, nobody):
        assert frame.dtypes.astype(str).to_dict() == indicators.COLUMNS


def test_figure_carries_plan_people_interval_act_clause_and_source(figure, received):
    found = figure(**DIAGNOSED)
    assert (found["numerator"], found["denominator"], found["value"], found["target"]) == (1, 4, 25.0, 10.0)
    assert (found["status"], found["people_missing"], found["comparator"], found["unit"]) == ("reached", 0, ">=", "percent")
    assert found["lower"] < found["value"] < found["upper"]
    assert (found["act"], found["clause"]) == ("приказ от 30.12.2022 № 693", "прил. к Положению, п. 1")
    assert (found["number"], found["target_clause"]) == ("1", "прил. к Положению, п. 1")
    assert (found["period"], found["ends_on"]) == ("2023", pd.Timestamp(2023, 12, 31))
    arrival = received(**DIAGNOSED).arrivals.iloc[0]
    assert (found["source"], found["revision"]) == (arrival["sha256"], 1)
    assert found["data_on"] == pd.Timestamp(arrival["data_on"])
    assert "Численность мала" in found["reason"]


def test_rows_stand_by_municipality_as_asked_then_as_printed(seversk, cards, gathered):
    frame = indicators.figures(seversk, cards, gathered({"b": DIAGNOSED, "a": DIAGNOSED}), ["b", "a"], DAY)
    assert frame["municipality"].tolist() == ["b"] * 5 + ["a"] * 5
    assert frame["number"].tolist() == ["1", "2", "3", "4", "5"] * 2


def test_registry_not_sent_makes_the_indicator_unknown_not_zero(figure):
    found = figure(**{name: rows for name, rows in DIAGNOSED.items() if name != "diagnostics"})
    assert found["status"] == "not_computable"
    assert pd.isna(found["value"])
    assert pd.isna(found["numerator"])
    assert found["reason"] == "показатель не рассчитан: нет данных реестра «Диагностика»: не представлены или не прочитаны."


def test_unknown_numerator_of_known_staff_lies_between_nobody_and_everybody(figure):
    found = figure(**{name: rows for name, rows in DIAGNOSED.items() if name != "diagnostics"})
    assert (found["denominator"], found["lower"], found["upper"]) == (4, 0.0, 100.0)


@pytest.mark.parametrize("absent", ["staff", "organisations"])
def test_unknown_staff_has_no_bounds(figure, absent):
    found = figure(**{name: rows for name, rows in DIAGNOSED.items() if name != absent})
    assert found["status"] == "not_computable"
    assert found[["denominator", "lower", "upper"]].isna().all()


def test_two_registries_not_sent_are_both_named(figure):
    reason = figure(organisations=DIAGNOSED["organisations"])["reason"]
    assert "нет данных реестров «Работники», «Диагностика»: не представлены" in reason


def test_registry_sent_empty_counts_nobody(figure):
    found = figure(**DIAGNOSED | {"diagnostics": []})
    assert (found["value"], found["numerator"]) == (0.0, 0)


def test_division_by_nobody_is_not_computed_and_says_why(figure):
    found = figure(**DIAGNOSED | {"staff": []})
    assert found["status"] == "not_computable"
    assert "нет ни одного работника" in found["reason"]
    assert found[["value", "numerator", "lower", "upper"]].isna().all()


@pytest.mark.parametrize(("unread", "known"), [(4, True), (5, False)])
def test_registry_is_unknown_when_more_than_half_of_its_rows_could_not_be_read(seversk, cards, gathered, unread, known):
    assert len(DIAGNOSED["diagnostics"]) == 8
    registries = gathered({"demo": DIAGNOSED}, unread={("demo", "diagnostics"): unread})
    found = row_of(indicators.figures(seversk, cards, registries, ["demo"], DAY), "diagnosed_share")
    assert (found["status"] == "reached") == known
    told = f"Строк с непрочитанным в исходных реестрах: {unread}" if known else "большинство строк не прочитано: «Диагностика»"
    assert told in found["reason"]


@pytest.mark.parametrize(("data_on", "known"), [("2023-11-30", False), ("2023-12-01", True)])
def test_data_older_than_the_day_asked_about_give_no_value_and_say_so(seversk, cards, gathered, data_on, known):
    registries = gathered({"demo": DIAGNOSED}, data_on=data_on)
    found = row_of(indicators.figures(seversk, cards, registries, ["demo"], DAY), "diagnosed_share")
    assert (found["status"] == "reached") == known
    assert found[["value", "numerator", "denominator", "lower", "upper"]].isna().all() != known
    if not known:
        assert "данные на 30.11.2023, отчётная дата 01.12.2023 позже" in found["reason"]


def test_year_without_a_planned_value_has_a_value_and_no_plan(figure):
    found = figure(date(2025, 3, 1), **DIAGNOSED)
    assert found["status"] == "no_plan"
    assert found[["target", "comparator", "expected_now", "people_missing", "target_clause"]].isna().all()
    assert found["value"] == 0.0
    assert "плановое значение на 2025\N{NO-BREAK SPACE}г. не установлено" in found["reason"]


def test_rows_after_the_as_of_date_change_nothing(seversk, cards, received):
    later = {"person": "Р2", "diagnosed_on": "2023-12-02", "place": "centre"}
    with_later = DIAGNOSED | {"diagnostics": [*DIAGNOSED["diagnostics"], later]}
    before = indicators.figures(seversk, cards, received(**DIAGNOSED), ["demo"], DAY)
    after = indicators.figures(seversk, cards, received(**with_later), ["demo"], DAY)
    pd.testing.assert_frame_equal(before, after)


def test_count_has_no_denominator_and_no_interval(amur, cards, gathered):
    sheets = {"routes": CASES["routes_completed_count"]["sheets"]["routes"]}
    frame = indicators.figures(amur, cards, gathered({"tynda": sheets, "region": {}}), ["tynda"], date(2024, 12, 1))
    found = row_of(frame, "routes_completed_count")
    assert (found["numerator"], found["value"], found["unit"]) == (4, 4.0, "count")
    assert found[["denominator", "lower", "upper"]].isna().all()


def test_ratio_has_a_denominator_and_no_interval(amur, cards, gathered):
    active = [row | {"served": "tynda"} for row in CASES["staff_per_methodist"]["sheets"]["methodical_active"]]
    registries = gathered({"tynda": {}, "region": {"methodical_active": active}})
    found = row_of(indicators.figures(amur, cards, registries, ["tynda"], date(2024, 12, 1)), "staff_per_methodist")
    assert (found["numerator"], found["denominator"], found["unit"]) == (430, 3, "count")
    assert found["value"] == pytest.approx(143.33, abs=0.01)
    assert found[["lower", "upper"]].isna().all()
    assert (found["status"], found["people_missing"]) == ("reached", 0)
    assert "143,3 (430 на 3); план не больше 250, выполнен" in found["reason"]


@pytest.mark.parametrize("name", ["seversk", "amur", "leningrad", "novoshakhtinsk", "federal"])
def test_every_document_has_a_row_for_each_indicator_and_planned_number(name, project, cards, gathered):
    system = catalogue.load_system(name, project)
    asked = [one.indicator for one in system.indicators] + [one.plans for one in system.targets]
    regional = system.act.level == "regional"
    registries = gathered({"demo": {}, "region": {}} if regional else {"demo": {}})
    frame = indicators.figures(system, cards, registries, ["demo", "region"] if regional else ["demo"], DAY)
    assert set(frame["indicator"]) == set(asked)
    municipal: list[Card] = [cards[one] for one in dict.fromkeys(asked) if cards[one].level == "municipality" or not regional]
    assert (frame["municipality"] == "demo").sum() == len(municipal)


def test_what_only_the_region_counts_is_not_asked_of_its_municipalities(amur, cards, gathered):
    frame = indicators.figures(amur, cards, gathered({"tynda": {}, "region": {}}), ["tynda", "region"], DAY)
    places = frame.groupby("indicator")["municipality"].agg(list)
    assert places["internship_sites_share"] == ["region"]
    assert places["diagnosed_share"] == ["tynda", "region"]


def test_largest_gap_is_unreachable_before_recoverable_then_by_part_of_the_plan():
    frame = pd.DataFrame(
        {
            "indicator": ["a", "b", "c", "d"],
            "people_missing": pd.array([50, 3, 4, pd.NA], dtype="Int64"),
            "status": ["recoverable", "unreachable", "unreachable", "not_computable"],
            "target": [10.0, 10.0, 10.0, 10.0],
            "value": [1.0, 6.0, 5.0, None],
        }
    )
    assert indicators.largest_gap(frame)["indicator"] == "c"
    assert indicators.largest_gap(frame[frame["status"] == "not_computable"]) is None


@pytest.mark.parametrize(
    ("name", "numerator", "denominator", "told"),
    [
        ("diagnosed_share", 147, 1186, "12,4\N{NO-BREAK SPACE}% (147 из 1\N{NO-BREAK SPACE}186)"),
        ("agreements_count", 27, None, "27\N{NO-BREAK SPACE}соглашений"),
        ("staff_per_methodist", 4269, 30, "142,3 (4\N{NO-BREAK SPACE}269 на 30)"),
        ("diagnosed_share", None, None, "не рассчитан"),
    ],
)
def test_value_is_told_with_its_people(cards, name, numerator, denominator, told):
    value = None if numerator is None else float(numerator)
    row = pd.Series({"value": value, "numerator": numerator, "denominator": denominator})
    assert indicators.told(row, cards[name]) == told
