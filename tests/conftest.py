"""What tests share: the project, an invented municipality, and a place to run in."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from nmslib import catalogue, demo, registries, roadmap
from nmslib.model import Card, Municipality, RegistrySchema, System
from nmslib.paths import Project
from nmslib.registries import Registries

ROOT = Path(__file__).parent.parent


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
def place(project: Project) -> Municipality:
    return catalogue.find_municipality("seversk", "seversk", project)


@pytest.fixture(scope="session")
def working_days(project: Project) -> roadmap.WorkingDays:
    return roadmap.WorkingDays(catalogue.load_working_years(project))


@pytest.fixture(scope="session")
def demo_frames(seversk: System, place: Municipality, working_days: roadmap.WorkingDays) -> dict[str, pd.DataFrame]:
    """Synthetic registries of Seversk, as `nms demo` makes them."""
    due = roadmap.schedule(seversk, working_days).dropna(subset=["due_on"])
    return demo.registries(place, due, date(2023, 1, 1), date(2024, 12, 31), seed=48)


@pytest.fixture
def workshop(tmp_path: Path) -> Project:
    """A copy of the project's data, notebooks and parameters where a test may write and break things."""
    for folder in ("data", "notebooks", "parameters"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.xlsx", ".ipynb_checkpoints"))
    return Project(tmp_path)


@pytest.fixture
def workbook(workshop: Project, schema: RegistrySchema, demo_frames: dict[str, pd.DataFrame]) -> Path:
    """The synthetic workbook of Seversk inside the workshop."""
    path = workshop.workbook("seversk", "seversk")
    about = [("Книга реестров", "ЗАТО Северск"), ("Внимание", registries.SYNTHETIC)]
    registries.write_workbook(path, demo_frames, about, schema)
    return path


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
            arrivals.append(known | {"rows": len(frame), "problems": 0, "file": "demo.xlsx", "sha256": "0" * 64})
        return Registries(frames, pd.DataFrame(arrivals), [], synthetic=True)

    return make
