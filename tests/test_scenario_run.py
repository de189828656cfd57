"""A run makes the scenarios of a system too: once, anew when their file changes, and one that is broken stops nobody."""

import json
import shutil
from pathlib import Path

import nbformat
import openpyxl
import pytest

from nmslib import batch
from nmslib.batch import spoken, verifying
from nmslib.batch.units import left_stamp
from nmslib.paths import Project
from nmslib.problems import UserError

SEATS = """\
title: Больше мест
author: тест
reason: Хватит ли двойного числа мест.
system: seversk
as_of: "2023-12-31"
until: "2024-06-30"
draws: 200
overrides:
  programme_seats: {times: 2}
"""


@pytest.fixture(scope="module")
def office(module_workshop: Project, seversk_accepted: Path) -> Project:
    """Seversk with one scenario, after a run."""
    for name in ("data/registries", "data/snapshots"):
        shutil.copytree(seversk_accepted / name, module_workshop.root / name, dirs_exist_ok=True)
    module_workshop.scenarios.mkdir()
    (module_workshop.scenarios / "seats.yaml").write_text(SEATS, encoding="utf-8")
    results = batch.run(batch.plan(["seversk"], module_workshop), module_workshop)
    assert {result.unit.id: result.error for result in results} == {"seversk/seversk": None, "seversk/scenarios/seats": None}
    return module_workshop


def test_scenarios_are_units_of_their_system(office: Project):
    assert [unit.id for unit in batch.plan(["seversk"], office)] == ["seversk/seversk", "seversk/scenarios/seats"]
    assert [unit.id for unit in batch.plan(["seversk/scenarios/seats"], office)] == ["seversk/scenarios/seats"]
    assert [unit.id for unit in batch.plan(["seversk/scenarios"], office)] == ["seversk/scenarios/seats"]
    assert [unit.id for unit in batch.plan(["seversk/seversk"], office)] == ["seversk/seversk"]


def test_a_scenario_that_is_not_there_is_told_with_those_that_are(office: Project):
    with pytest.raises(UserError, match=r"нет сценария «seets»\. Есть: seats"):
        batch.plan(["seversk/scenarios/seets"], office)


def test_the_notebook_of_a_scenario_is_executed_with_its_parameters(office: Project):
    folder = office.outputs("seversk") / "scenarios" / "seats"
    notebook = nbformat.read(folder / "scenario.ipynb", as_version=4)
    injected = next(cell for cell in notebook.cells if "injected-parameters" in cell.metadata.get("tags", []))
    assert 'scenario = "seats"' in injected.source and 'municipality = "seversk"' in injected.source
    assert "Больше мест" in (folder / "scenario.html").read_text("utf-8")
    assert (folder / "scenario.xlsx").stat().st_size > 5000


def test_the_portal_links_the_scenario_by_its_title(office: Project):
    portal = (office.outputs("seversk") / "index.html").read_text("utf-8")
    assert "Больше мест" in portal and "scenarios/seats/scenario.html" in portal
    record = json.loads((office.outputs("seversk") / "run.json").read_text("utf-8"))
    assert {unit["id"]: unit["state"] for unit in record["units"]}["seversk/scenarios/seats"] == "made"
    assert "parameters/scenarios/seats.yaml" in record["inputs"]


def test_every_number_of_the_workbook_is_read_again(office: Project):
    stamp = left_stamp(office.outputs("seversk") / "scenarios" / "seats")
    assert stamp is not None and stamp.checked > 100
    agreed, differences = verifying.whole("seversk", office)
    assert differences == [] and agreed > stamp.checked


def changed(path: Path, sheet: str, at: str, value: object) -> bytes:
    """The workbook's bytes before a cell was set."""
    before, book = path.read_bytes(), openpyxl.load_workbook(path)
    book[sheet][at] = value
    book.save(path)
    return before


@pytest.mark.parametrize(
    ("sheet", "column", "value", "told"),
    [
        ("Итог", "Сценарий: числитель", 7777, "«Сценарий: числитель»: 7777, в расчёте"),
        ("Итог", "Сценарий", 0.5, "«Сценарий»: 0,5, в расчёте"),
        ("По месяцам", "Сценарий: знаменатель", 7777, "«Сценарий: знаменатель»: 7777"),
        ("По месяцам", "Показатель", "Другой", "нет строки «"),
        ("Затраты", "Сценарий, тыс. руб.", 1e6, "«затраты», «сценарий»"),
        ("Сценарий", "Значение", "Чужая", "нет названия"),
    ],
)
def test_a_number_changed_in_the_workbook_is_named(office: Project, sheet: str, column: str, value: object, told: str):
    path = office.outputs("seversk") / "scenarios" / "seats" / "scenario.xlsx"
    rows = list(openpyxl.load_workbook(path)[sheet].iter_rows())
    head = next(row for row in rows if column in [cell.value for cell in row])
    below = next(cell for cell in head if cell.value == column)
    before = changed(path, sheet, f"{below.column_letter}{below.row + 1}", value)
    _, differences = verifying.whole("seversk", office)
    path.write_bytes(before)
    assert differences and all(one.startswith("seversk/scenarios/seats/scenario.xlsx: ") for one in differences)
    assert told in " ".join(differences)


def test_a_workbook_that_is_not_there_or_no_workbook_is_told(office: Project):
    path = office.outputs("seversk") / "scenarios" / "seats" / "scenario.xlsx"
    before = path.read_bytes()
    path.write_bytes(b"x")
    assert "файл не читается" in " ".join(verifying.whole("seversk", office)[1])
    path.unlink()
    assert "файла нет, выполните nms run seversk/scenarios/seats" in " ".join(verifying.whole("seversk", office)[1])
    path.write_bytes(before)


def test_nothing_changed_makes_nothing_and_a_changed_file_its_scenario_alone(office: Project):
    units = batch.plan(["seversk"], office)
    assert [result.anew for result in batch.run(units, office)] == [False, False]
    path = office.scenarios / "seats.yaml"
    path.write_text(SEATS.replace("{times: 2}", "{times: 3}"), encoding="utf-8")
    assert any("сценарий  файлы сценариев" in line for line in spoken.listing(units, False, office))
    assert [result.anew for result in batch.run(units, office)] == [False, True]


def test_a_broken_scenario_fails_alone_and_is_a_card_on_the_portal(office: Project):
    path = office.scenarios / "broken.yaml"
    path.write_text(SEATS.replace("programme_seats", "programe_seats"), encoding="utf-8")
    results = {result.unit.id: result for result in batch.run(batch.plan(["seversk"], office), office)}
    path.unlink()
    assert results["seversk/seversk"].error is None
    failed = results["seversk/scenarios/broken"].failure
    assert failed is not None and "programe_seats" in failed.error
    portal = (office.outputs("seversk") / "index.html").read_text("utf-8")
    assert 'id="failure-scenarios-broken"' in portal and "кто составил сценарий" in portal
