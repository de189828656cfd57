"""From a figure back to its rows: what was counted, what was left out and why, in the sender's own Excel rows."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from nmslib import catalogue, documents, indicators
from nmslib.__main__ import main
from nmslib.batch import tracing
from nmslib.problems import UserError

CASE = yaml.safe_load((Path(__file__).parent / "cases" / "indicators" / "diagnosed_share.yaml").read_text("utf-8"))
DAY = date(2023, 12, 1)


@pytest.fixture
def traced(seversk, cards, schema, received):
    return indicators.trace(seversk, cards, schema, received(**CASE["sheets"]), "demo", "diagnosed_share", DAY)


def test_rows_of_both_sides_are_those_that_the_figure_counts(traced):
    assert len(traced.numerator.rows) == traced.figure["numerator"] == CASE["numerator"]
    assert len(traced.denominator.rows) == traced.figure["denominator"] == CASE["denominator"]


def test_excel_rows_are_those_of_the_sheet_with_its_header_in_the_first(traced):
    # Р1 (row 2), Р2 (row 4), Р5 (row 7), Р8 (row 10): the order of the case file.
    assert traced.denominator.rows == {2: "Р1", 4: "Р2", 7: "Р5", 10: "Р8"}
    assert traced.numerator.rows == {2: "Р1"}


def test_every_row_is_counted_or_left_out_by_exactly_one_condition(traced):
    sides = (traced.numerator, traced.denominator)
    for side, registry in zip(sides, ("diagnostics", "staff"), strict=True):
        left_out = [row for rows in side.excluded.values() for row in rows]
        assert sorted([*side.rows, *left_out]) == list(range(2, len(CASE["sheets"][registry]) + 2))


def test_a_row_left_out_stands_under_the_first_condition_that_it_does_not_meet(traced):
    excluded = traced.denominator.excluded
    assert excluded["основное место работы"] == [3, 5]
    assert excluded["не уволен по 01.12.2023 включительно"] == [6]
    assert excluded["принят 01.12.2023 или раньше"] == [8]
    assert traced.numerator.excluded["диагностика в ЦНППМ"] == [7]
    assert traced.numerator.excluded["входит в знаменатель"] == [5, 6, 8]
    assert traced.numerator.excluded["считается один раз"] == [3]


def test_trace_names_clause_workbook_hash_sheet_and_conditions(traced):
    text = documents.trace_text(traced, "ЗАТО Северск")
    for said in ("прил. к Положению, п. 1", traced.numerator.sha256, "Лист «Диагностика»", "Лист «Работники»", "синтетические"):
        assert said in text
    assert "строка 2: Р1" in text


def test_names_stand_only_where_they_are_asked_for(traced):
    assert "Иванова" not in documents.trace_text(traced, "ЗАТО Северск")
    shown = documents.trace_text(traced, "ЗАТО Северск", {"staff": {4: "Иванова Анна"}})
    assert "строка 4: Р2 Иванова Анна" in shown
    assert "Иванова" not in json.dumps(documents.trace_data(traced), ensure_ascii=False)


def test_region_figure_traces_to_the_figures_of_its_municipalities(project, cards, schema, gathered):
    amur = catalogue.load_system("amur", project)
    known = gathered({"tynda": CASE["sheets"], "zeya": None, "region": {}})
    traced = indicators.trace(amur, cards, schema, known, "region", "diagnosed_share", DAY)
    assert traced.numerator is None
    assert traced.members["municipality"].tolist() == ["tynda", "zeya"]
    text = documents.trace_text(traced, "Амурская область")
    assert "amur/tynda/diagnosed_share/2023-12-01" in text
    assert "нет данных реестров" in text


def test_what_only_the_region_sends_is_traced_to_its_workbook(project, cards, schema, gathered):
    amur = catalogue.load_system("amur", project)
    member = {"person": "М1", "served": "tynda", "function": "both", "accompanied": 180, "since": "2022-01-10"}
    known = gathered({"tynda": {}, "region": {"methodical_active": [member, member | {"person": "М2", "accompanied": None}]}})
    traced = indicators.trace(amur, cards, schema, known, "tynda", "staff_per_methodist", DAY)
    assert traced.numerator.sender == "region"
    assert traced.numerator.rows == {2: "М1"}
    assert traced.weight == "Сопровождает человек"
    assert traced.numerator.excluded == {"указано, скольких сопровождает": [3]}


def test_figure_that_a_document_does_not_ask_for_has_no_trace(seversk, cards, schema, received):
    known = received(**CASE["sheets"])
    assert indicators.trace(seversk, cards, schema, known, "demo", "events_count", DAY) is None


def test_unknown_registry_is_told_instead_of_rows(seversk, cards, schema, received):
    sheets = {name: rows for name, rows in CASE["sheets"].items() if name != "diagnostics"}
    traced = indicators.trace(seversk, cards, schema, received(**sheets), "demo", "diagnosed_share", DAY)
    assert traced.numerator is None
    assert len(traced.denominator.rows) == CASE["denominator"]
    assert "не рассчитан" in documents.trace_text(traced, "ЗАТО Северск")


def test_conditions_in_words_tell_their_dates(seversk, cards, schema, received):
    system = replace(seversk, targets=())
    traced = indicators.trace(system, cards, schema, received(**CASE["sheets"]), "demo", "diagnosed_share", date(2024, 3, 31))
    assert "дата от 01.01.2024 до 31.03.2024" in traced.numerator.conditions


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        ("seversk/seversk/diagnosed_share", "нужна запись система/муниципалитет/показатель/дата"),
        ("seversk/seversk/diagnosed_share/01.12.2023", "нет такой даты «01.12.2023»"),
        ("severks/seversk/diagnosed_share/2023-12-01", "Ближайшие: seversk"),
        ("seversk/severks/diagnosed_share/2023-12-01", "Ближайшие: seversk"),
        ("seversk/seversk/diagnosed/2023-12-01", "Ближайшие: diagnosed_share"),
        ("seversk/seversk/events_count/2023-12-01", "Есть: diagnosed_share, routed_share"),
    ],
)
def test_mistyped_figure_is_told_with_what_there_is(figure, said, workshop, accepted):
    with pytest.raises(UserError, match=said):
        tracing.trace(figure, workshop)


def test_command_prints_pseudonyms_and_names_only_when_asked(workshop, accepted, monkeypatch, demo_frames):
    monkeypatch.setenv("NMS_HOME", str(workshop.root))
    figure = "seversk/seversk/diagnosed_share/2024-11-13"
    plain = CliRunner().invoke(main, ["trace", figure]).output
    named = CliRunner().invoke(main, ["trace", figure, "--names"]).output
    machine = CliRunner().invoke(main, ["trace", figure, "--json"]).output
    staff = demo_frames["staff"].drop_duplicates("person").set_index("person")["full_name"]
    somebody = staff[demo_frames["diagnostics"]["person"].iloc[-1]]
    surnames = [name for name in staff if name in plain or name in machine]
    assert surnames == []
    assert any(name in named for name in staff)
    assert somebody
    counted = json.loads(machine)
    assert counted["figure"]["numerator"] == len(counted["numerator"]["rows"])
    assert counted["synthetic"] is True


def test_names_and_machine_output_exclude_each_other(workshop, accepted, monkeypatch):
    monkeypatch.setenv("NMS_HOME", str(workshop.root))
    result = CliRunner().invoke(main, ["trace", "seversk/seversk/diagnosed_share/2024-11-13", "--names", "--json"])
    assert result.exit_code == 1
    assert "--names или --json" in result.output + (result.stderr or "")
