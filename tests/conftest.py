"""What tests share: the project, an invented municipality, and a place to run in."""

import shutil
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.workbook import Workbook

from nmslib import catalogue, completeness, demo, registries, roadmap
from nmslib.batch import checking
from nmslib.model import Card, Municipality, RegistrySchema, Rule, Synonyms, System
from nmslib.paths import Project
from nmslib.registries import Book, Registries

ROOT = Path(__file__).parent.parent
DATA_DAY = date(2024, 11, 13)
CHECKED_AT = datetime(2024, 11, 15, 10, 30)


@pytest.fixture(scope="session")
def project() -> Project:
    return Project(ROOT)


@pytest.fixture(scope="session")
def seversk(project: Project) -> System:
    return catalogue.load_system("seversk", project)


@pytest.fixture(scope="session")
def cards(project: Project) -> dict[str, Card]:
    return catalogue.load_cards(project)


@pytest.fixture(scope="session")
def schema(project: Project) -> RegistrySchema:
    return catalogue.load_registry_schema(project)


@pytest.fixture(scope="session")
def synonyms(project: Project) -> Synonyms:
    return catalogue.load_synonyms(project)


@pytest.fixture(scope="session")
def rules(project: Project) -> dict[str, Rule]:
    return catalogue.load_rules(project)


@pytest.fixture(scope="session")
def form(seversk: System, cards: dict[str, Card], schema: RegistrySchema, place: Municipality) -> RegistrySchema:
    """The sheets that Seversk fills in."""
    return completeness.form(seversk, cards, schema, place)


@pytest.fixture(scope="session")
def place(project: Project) -> Municipality:
    return catalogue.find_municipality("seversk", "seversk", project)


@pytest.fixture(scope="session")
def working_days(project: Project) -> roadmap.WorkingDays:
    return roadmap.WorkingDays(catalogue.load_working_years(project))


@pytest.fixture(scope="session")
def demo_frames(
    seversk: System, place: Municipality, form: RegistrySchema, working_days: roadmap.WorkingDays
) -> dict[str, pd.DataFrame]:
    """Synthetic registries of Seversk, as `nms demo` makes them."""
    due = roadmap.schedule(seversk, working_days).dropna(subset=["due_on"])
    return demo.registries(place, seversk, form, due, DATA_DAY, seed=48)


def copied_to(folder: Path) -> Project:
    """A copy of the project's data, notebooks and parameters, without workbooks and what was accepted."""
    leave = shutil.ignore_patterns("*.xlsx", ".ipynb_checkpoints", "snapshots", "answers", "templates")
    for name in ("data", "notebooks", "parameters"):
        shutil.copytree(ROOT / name, folder / name, ignore=leave)
    for inbox in (folder / "data" / "registries").glob("*/"):
        shutil.rmtree(inbox)
    return Project(folder)


@pytest.fixture
def workshop(tmp_path: Path) -> Project:
    """A copy of the project's data, notebooks and parameters where a test may write and break things."""
    return copied_to(tmp_path)


@pytest.fixture(scope="module")
def module_workshop(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The same for tests that look at one result from several sides."""
    return copied_to(tmp_path_factory.mktemp("workshop"))


@pytest.fixture
def workbook(
    workshop: Project, seversk: System, place: Municipality, form: RegistrySchema, demo_frames: dict[str, pd.DataFrame]
) -> Path:
    """The synthetic workbook of Seversk inside the workshop."""
    path = workshop.workbook("seversk", "seversk")
    about = demo.about(seversk, place, form.version, DATA_DAY, CHECKED_AT.date(), 48)
    registries.write_workbook(path, demo_frames, about, form)
    return path


@pytest.fixture
def accepted(workshop: Project, workbook: Path) -> Path:
    """The same workbook, checked and accepted."""
    (outcome,) = checking.check("seversk", None, workshop, CHECKED_AT, lambda _: None)
    assert outcome.revision == 1, outcome.accepted
    return workbook


@pytest.fixture
def received(schema: RegistrySchema) -> Callable[..., Registries]:
    """Registries made of a few rows a test writes out: `received(staff=[{...}], ...)`; what is not named was not sent."""

    def make(**sheets: list[dict]) -> Registries:
        frames, arrivals = {}, []
        for sheet in schema.sheets:
            columns = [column.id for column in sheet.columns]
            frame = pd.DataFrame(sheets.get(sheet.id, []), columns=columns).assign(municipality="demo")
            for column in sheet.columns:
                if column.type == "date":
                    frame[column.id] = pd.to_datetime(frame[column.id], format="%Y-%m-%d")
            frame["excel_row"] = range(2, len(frame) + 2)
            frames[sheet.id] = frame
            known = {"municipality": "demo", "registry": sheet.id, "title": sheet.title, "received": sheet.id in sheets}
            counts = {"rows": len(frame), "problems": 0, "left_out": 0, "revision": 1}
            arrivals.append(known | counts | {"file": "demo.xlsx", "sha256": "0" * 64})
        return Registries(frames, pd.DataFrame(arrivals), [], synthetic=True)

    return make


@pytest.fixture
def read(tmp_path: Path, schema: RegistrySchema, synonyms: Synonyms) -> Callable[..., Book]:
    """Reads a workbook of these sheets (title → rows), after ``change`` has been made to it."""

    def make(sheets: dict[str, list[list[object]]], change: Callable[[Workbook], None] = lambda book: None) -> Book:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        change(book)
        book.save(tmp_path / "x.xlsx")
        return registries.read_workbook(tmp_path / "x.xlsx", schema, synonyms)

    return make
