"""A run checks first, shows whole outputs only, and says what went wrong."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime

import nbformat
import pandas as pd
import papermill
import pytest
import yaml

from nmslib import batch
from nmslib.batch import Result, checking, render
from nmslib.problems import UserError

UNIT = "seversk/seversk"
REPORT = "municipality_report"
DAY = "2023-12-01"  # of parameters/seversk/seversk.yaml


def run(workshop, as_of: str | None = None) -> list[Result]:
    return batch.run(batch.plan([UNIT], workshop, as_of), workshop, lambda _: None)


def write_parameters(workshop, **values) -> None:
    path = workshop.parameters("seversk", "seversk")
    given = yaml.safe_load(path.read_text("utf-8")) | values
    path.write_text(
        yaml.safe_dump({key: value for key, value in given.items() if value is not None}, allow_unicode=True), "utf-8"
    )


def test_misspelt_parameter_stops_and_names_the_nearest(workshop):
    write_parameters(workshop, as_off="2023-12-01")
    with pytest.raises(UserError, match=r"неизвестный параметр «as_off»\. Ближайшие: as_of"):
        batch.plan([UNIT], workshop)


def test_parameter_of_another_type_stops(workshop):
    write_parameters(workshop, municipality=5)
    with pytest.raises(UserError, match="параметр «municipality»: стоит «5», нужен текст в кавычках"):
        batch.plan([UNIT], workshop)


def test_date_without_quotes_stops_before_papermill_would_crash(workshop):
    path = workshop.parameters("seversk", "seversk")
    path.write_text(path.read_text("utf-8").replace('"2023-12-01"', "2023-12-01"), "utf-8")
    with pytest.raises(UserError, match="параметр «as_of»: стоит «2023-12-01», нужен текст в кавычках"):
        batch.plan([UNIT], workshop)


def test_date_that_does_not_exist_stops(workshop):
    with pytest.raises(UserError, match="«2023-02-30», нужна дата"):
        batch.plan([UNIT], workshop, "2023-02-30")


def test_absent_parameter_file_tells_what_to_copy(workshop):
    workshop.parameters("seversk", "seversk").unlink()
    with pytest.raises(UserError, match=r"Нет файла parameters/seversk/seversk.yaml. Создайте"):
        batch.plan([UNIT], workshop)


def test_parameters_of_another_municipality_stop(workshop):
    write_parameters(workshop, municipality="tomsk")
    with pytest.raises(UserError, match="внутри указано «seversk/tomsk»"):
        batch.plan([UNIT], workshop)


def test_notebook_without_parameters_cell_stops(workshop):
    path = workshop.report(REPORT)
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.metadata.pop("tags", None)
    nbformat.write(notebook, path)
    with pytest.raises(UserError, match="нет ячейки с меткой parameters"):
        batch.plan([UNIT], workshop)


def test_run_leaves_tables_record_and_report(workshop, accepted, monkeypatch):
    monkeypatch.setenv("NMS_HOME", str(workshop.root))
    assert [result.error for result in run(workshop)] == [None]
    outputs = workshop.outputs("seversk")
    assert sorted(path.name for path in outputs.iterdir()) == [
        "completeness.parquet",
        "figures.parquet",
        "findings.parquet",
        "roadmap.parquet",
        "run.json",
        "seversk",
    ]
    assert sorted(path.name for path in (outputs / "seversk").iterdir()) == [
        "calendar.ics",
        "calendars",
        "indicators.html",
        "indicators.ipynb",
        "report.html",
        "report.ipynb",
    ]
    figures = pd.read_parquet(outputs / "figures.parquet")
    days = [day.isoformat() for day in figures["as_of"].dt.date.unique()]
    assert days == ["2023-03-31", "2023-06-30", "2023-09-30", DAY]
    assert len(figures) == 5 * len(days)
    assert figures["figure"].is_unique
    assert figures["source"].unique().tolist() == [hashlib.sha256(accepted.read_bytes()).hexdigest()]
    record = json.loads((outputs / "run.json").read_text("utf-8"))
    assert "data/working_days.yaml" in record["inputs"]
    assert "data/snapshots/seversk/seversk/0001/manifest.json" in record["inputs"]
    assert record["units"][0]["error"] is None


def test_workbook_that_was_not_accepted_is_named_before_the_report(workshop, workbook, monkeypatch):
    monkeypatch.setenv("NMS_HOME", str(workshop.root))
    units = batch.plan([UNIT], workshop)
    assert batch.unchecked(units, workshop) == [UNIT]
    checking.check("seversk", None, workshop, datetime(2024, 11, 15), lambda _: None)
    assert batch.unchecked(units, workshop) == []
    workbook.unlink()
    assert batch.unchecked(units, workshop) == []


def test_report_shows_the_numbers_of_the_table_of_figures(workshop, accepted, monkeypatch):
    monkeypatch.setenv("NMS_HOME", str(workshop.root))
    run(workshop)
    html = (workshop.outputs("seversk") / "seversk" / "report.html").read_text("utf-8")
    figures = pd.read_parquet(workshop.outputs("seversk") / "figures.parquet")
    for reason in figures.loc[figures["as_of"] == DAY, "reason"]:
        assert reason in html


def test_names_of_people_never_reach_the_outputs(workshop, accepted, demo_frames, monkeypatch):
    monkeypatch.setenv("NMS_HOME", str(workshop.root))
    run(workshop)
    names = {name.encode() for name in demo_frames["staff"]["full_name"]}
    for path in workshop.outputs("seversk").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [name for name in names if name in content], path.name


def test_report_is_equal_through_nms_run_and_plain_papermill(workshop, accepted, monkeypatch, tmp_path):
    monkeypatch.setenv("NMS_HOME", str(workshop.root))
    run(workshop)
    ours = nbformat.read(workshop.outputs("seversk") / "seversk" / "report.ipynb", as_version=4)
    parameters = workshop.parameters("seversk", "seversk")
    target = tmp_path / "plain.ipynb"
    command = [
        sys.executable,
        "-m",
        "papermill",
        str(workshop.report(REPORT)),
        str(target),
        "-f",
        str(parameters),
        "--no-progress-bar",
    ]
    subprocess.run(command, check=True, capture_output=True)
    plain = nbformat.read(target, as_version=4)
    assert [cell.source for cell in ours.cells] == [cell.source for cell in plain.cells]
    assert [cell.get("outputs") for cell in ours.cells] == [cell.get("outputs") for cell in plain.cells]


def test_without_a_workbook_the_report_is_made_and_shows_no_zero_share(workshop, monkeypatch):
    monkeypatch.setenv("NMS_HOME", str(workshop.root))
    assert [result.error for result in run(workshop)] == [None]
    figures = pd.read_parquet(workshop.outputs("seversk") / "figures.parquet")
    assert figures["status"].unique().tolist() == ["not_computable"]
    html = (workshop.outputs("seversk") / "seversk" / "report.html").read_text("utf-8")
    assert "seversk.xlsx: реестры не представлены или не приняты" in html
    assert "Принято реестров: 0 из 13" in html
    assert "0,0\N{NO-BREAK SPACE}%" not in html


def test_failed_notebook_keeps_the_previous_report_and_says_why(workshop, accepted, monkeypatch):
    monkeypatch.setenv("NMS_HOME", str(workshop.root))
    run(workshop)
    place = workshop.outputs("seversk") / "seversk"
    before = {path.name: path.read_bytes() for path in place.iterdir() if path.is_file()}
    path = workshop.report(REPORT)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("raise ValueError('нет столбца')"))
    nbformat.write(notebook, path)
    (result,) = run(workshop)
    assert "нет столбца" in (result.error or "")
    assert {path.name: path.read_bytes() for path in place.iterdir() if path.is_file()} == before
    assert not list(workshop.outputs("seversk").glob(".draft-*"))


def test_folder_caught_between_two_renames_comes_back(workshop):
    outputs = workshop.outputs("seversk")
    (outputs / ".seversk.previous").mkdir(parents=True)
    (outputs / ".seversk.previous" / "report.html").write_text("прежний", "utf-8")
    (outputs / ".draft-abc").mkdir()
    render.tidy(outputs)
    assert [path.name for path in outputs.iterdir()] == ["seversk"]


@pytest.mark.parametrize("delay", [1.0, 2.0, 3.0])
def test_killed_run_leaves_previous_outputs_whole(workshop, accepted, monkeypatch, delay):
    monkeypatch.setenv("NMS_HOME", str(workshop.root))
    run(workshop)
    place = workshop.outputs("seversk") / "seversk"
    before = {path.name: path.read_bytes() for path in place.iterdir() if path.is_file()}
    process = subprocess.Popen([sys.executable, "-m", "nmslib", "run", UNIT], start_new_session=True, stdout=subprocess.DEVNULL)
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    kept = {path.name for path in place.iterdir() if path.is_file()}
    assert kept == set(before)
    nbformat.read(place / "report.ipynb", as_version=4)
    assert (place / "report.html").read_text("utf-8").rstrip().endswith("</html>")
    assert len(pd.read_parquet(workshop.outputs("seversk") / "figures.parquet")) == 20


def test_papermill_engine_is_installed_by_the_package():
    assert papermill.engines.papermill_engines.get_engine("nms").__name__ == "ForkEngine"
