"""A run checks first; what it makes of one place is whole, is what plain papermill makes, and keeps names to itself."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import datetime

import nbformat
import pandas as pd
import papermill
import pytest
import yaml

from nmslib import batch, tables
from nmslib.batch import checking, render
from nmslib.batch.units import REPORTS
from nmslib.problems import UserError

UNIT = "seversk/seversk"
REPORT = "municipality_report"
DAY = "2023-12-01"  # of parameters/seversk/seversk.yaml


@pytest.fixture(scope="module")
def made(seversk_made):
    """Seversk, whose synthetic workbook was accepted, after one run."""
    return seversk_made


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


def test_run_leaves_tables_record_portal_and_papers(made):
    outputs = made.outputs("seversk")
    of_check = {"completeness.parquet", "findings.parquet", "data_quality.html", "data_quality.ipynb"}
    assert {path.name for path in outputs.iterdir()} - of_check == {
        *(f"{name}.parquet" for name in tables.NAMES),
        "starts.json",
        "tables.json",
        "run.json",
        "index.html",
        "summary.xlsx",
        "seversk",
    }
    assert sorted(path.name for path in (outputs / "seversk").iterdir()) == [
        "annex.xlsx",
        "calendar.ics",
        "calendars",
        "indicators.html",
        "indicators.ipynb",
        "made.json",
        "note.docx",
        "report.html",
        "report.ipynb",
    ]


def test_figures_of_a_run_rest_on_the_accepted_workbook(made):
    figures = pd.read_parquet(made.outputs("seversk") / "figures.parquet")
    days = [day.isoformat() for day in figures["as_of"].dt.date.unique()]
    assert days == ["2023-03-31", "2023-06-30", "2023-09-30", DAY]
    assert len(figures) == 5 * len(days)
    assert figures["figure"].is_unique
    workbook = made.workbook("seversk", "seversk")
    assert figures["source"].unique().tolist() == [hashlib.sha256(workbook.read_bytes()).hexdigest()]


def test_record_tells_inputs_versions_and_how_each_unit_ended(made):
    record = json.loads((made.outputs("seversk") / "run.json").read_text("utf-8"))
    assert "data/working_days.yaml" in record["inputs"]
    assert "data/snapshots/seversk/seversk/0001/manifest.json" in record["inputs"]
    assert set(tables.LIBRARIES) < set(record["versions"])
    (unit,) = record["units"]
    assert (unit["id"], unit["state"], unit["error"]) == (UNIT, "made", None)
    assert unit["checked"] > 20


def test_stamp_names_every_file_with_its_hash(made):
    folder = made.outputs("seversk") / "seversk"
    stamp = json.loads((folder / "made.json").read_text("utf-8"))
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(stamp["files"]) == there - {"made.json"}
    for name, told in stamp["files"].items():
        assert told["sha256"] == hashlib.sha256((folder / name).read_bytes()).hexdigest(), name


def test_report_shows_the_numbers_of_the_table_of_figures(made):
    html = (made.outputs("seversk") / "seversk" / "report.html").read_text("utf-8")
    figures = pd.read_parquet(made.outputs("seversk") / "figures.parquet")
    for reason in figures.loc[figures["as_of"] == DAY, "reason"]:
        assert reason in html


def test_names_of_people_never_reach_the_outputs(made, demo_frames):
    names = {name.encode() for name in demo_frames["staff"]["full_name"]}
    for path in made.outputs("seversk").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [name for name in names if name in content], path.name


@pytest.fixture(scope="module")
def plain(made, tmp_path_factory):
    """Both notebooks as plain papermill makes them, by the names of their files."""
    folder, parameters = tmp_path_factory.mktemp("plain"), made.parameters("seversk", "seversk")
    command = [sys.executable, "-m", "papermill", "--no-progress-bar", "-f", str(parameters)]
    environment = os.environ | {"NMS_HOME": str(made.root)}
    started = [
        subprocess.Popen(
            [*command, str(made.report(report)), str(folder / f"{name}.ipynb")], env=environment, stderr=subprocess.PIPE
        )
        for report, name in REPORTS.items()
    ]
    for process in started:
        _, said = process.communicate()
        assert process.returncode == 0, said.decode()
    return folder


@pytest.mark.parametrize("name", REPORTS.values())
def test_notebook_is_equal_through_nms_run_and_plain_papermill(made, plain, name):
    ours = nbformat.read(made.outputs("seversk") / "seversk" / f"{name}.ipynb", as_version=4)
    theirs = nbformat.read(plain / f"{name}.ipynb", as_version=4)
    assert [cell.source for cell in ours.cells] == [cell.source for cell in theirs.cells]
    assert [cell.get("outputs") for cell in ours.cells] == [cell.get("outputs") for cell in theirs.cells]
    (injected,) = [cell for cell in ours.cells if "injected-parameters" in cell.metadata.get("tags", [])]
    assert f'as_of = "{DAY}"' in injected.source


def test_workbook_that_was_not_accepted_is_named_before_the_report(workshop, workbook):
    units = batch.plan([UNIT], workshop)
    assert batch.unchecked(units, workshop) == [UNIT]
    checking.check("seversk", None, workshop, datetime(2024, 11, 15), lambda _: None)
    assert batch.unchecked(units, workshop) == []
    workbook.unlink()
    assert batch.unchecked(units, workshop) == []


def test_without_a_workbook_the_report_is_made_and_shows_no_zero_share(workshop):
    (result,) = batch.run(batch.plan([UNIT], workshop), workshop)
    assert result.error is None
    figures = pd.read_parquet(workshop.outputs("seversk") / "figures.parquet")
    assert figures["status"].unique().tolist() == ["not_computable"]
    html = (workshop.outputs("seversk") / "seversk" / "report.html").read_text("utf-8")
    assert "seversk.xlsx: реестры не представлены или не приняты" in html
    assert "Принято реестров: 0 из 13" in html
    assert "0,0\N{NO-BREAK SPACE}%" not in html


def test_folder_caught_between_two_renames_comes_back(workshop):
    outputs = workshop.outputs("seversk")
    (outputs / ".seversk.previous").mkdir(parents=True)
    (outputs / ".seversk.previous" / "report.html").write_text("прежний", "utf-8")
    (outputs / ".draft-abc").mkdir()
    (outputs / ".run.json.7.part").touch()
    render.tidy(outputs, ["run.json"])
    assert [path.name for path in outputs.iterdir()] == ["seversk"]


def test_previous_folder_beside_its_successor_goes(workshop):
    outputs = workshop.outputs("seversk")
    for name in ("seversk", ".seversk.previous"):
        (outputs / name).mkdir(parents=True)
        (outputs / name / "report.html").write_text(name, "utf-8")
    render.tidy(outputs)
    assert [path.read_text("utf-8") for path in outputs.rglob("*.html")] == ["seversk"]


def test_papermill_engine_is_installed_by_the_package():
    assert papermill.engines.papermill_engines.get_engine("nms").__name__ == "ForkEngine"
