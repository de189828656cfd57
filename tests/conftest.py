"""What tests share: the project, an invented municipality, and a place to run in."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path

import hypothesis
import openpyxl
import pandas as pd
import pytest
from filelock import FileLock
from openpyxl.workbook import Workbook
from playwright.sync_api import Browser, Page, sync_playwright

from nmslib import batch, catalogue, completeness, demo, registries, roadmap
from nmslib.batch import checking
from nmslib.model import REGION, Card, Municipality, RegistrySchema, Rule, Synonyms, System
from nmslib.paths import Project
from nmslib.registries import Book, Registries
from nmslib.registries.snapshots import Kept, Snapshot

CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
CUT_LABELS = """() => [...document.querySelectorAll('figure svg')].flatMap(svg => {
    const box = svg.getBoundingClientRect();
    return [...svg.querySelectorAll('text')].filter(text => {
        const own = text.getBoundingClientRect();
        return own.width && (own.left < box.left - 1 || own.right > box.right + 1 || own.top < box.top - 1 || own.bottom > box.bottom + 1);
    }).map(text => text.textContent);
})"""
ROOT = Path(__file__).parent.parent
DATA_DAY = date(2024, 11, 13)
CHECKED_AT = datetime(2024, 11, 15, 10, 30)
AMUR_DAY, AMUR_SENT = date(2024, 11, 24), datetime(2024, 11, 25, 9)
# Data of a day that no test asks beyond, so that they are never too old unless a test says so.
DATA_AHEAD = "2030-12-31"
# Begun first when files are shared out among processes, so that none is left with a long one at the end.
LONG = (
    "dashboard_pages",
    "dashboard_planning",
    "acceptance",
    "defects_found",
    "runner",
    "failures",
    "cluster",
    "accessible",
    "page",
    "batch",
)
LONG += (
    "dashboard_situation",
    "dashboard_server",
    "tables",
    "properties",
    "overview",
    "projection",
    "scenario_run",
    "changes",
    "verify",
    "demo",
    "scenario_start",
    "note",
    "scenario_files",
)
LONG += ("scenario_flow", "time", "cli")

# Examples are never too slow: how fast they go says how busy the machine is.
hypothesis.settings.register_profile("unhurried", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("unhurried")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        order = {f"test_{name}": number for number, name in enumerate(LONG)}
        items.sort(key=lambda item: order.get(item.path.stem, len(order)))


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """The folder that ``make`` fills, made once for all processes of these tests: `once("name", make)`.

    Nobody changes anything in it: tests lay copies into projects of their own.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def made(name: str, make: Callable[[Path], object]) -> Path:
        folder, draft = shared / name, shared / f"{name}.draft"
        with FileLock(shared / f"{name}.lock"):
            if not folder.exists():
                shutil.rmtree(draft, ignore_errors=True)  # of a process that failed half-way
                make(draft)
                draft.rename(folder)
        return folder

    return made


@pytest.fixture(scope="session")
def project() -> Project:
    return Project(ROOT)


@pytest.fixture(scope="session")
def seversk(project: Project) -> System:
    return catalogue.load_system("seversk", project)


@pytest.fixture(scope="session")
def amur(project: Project) -> System:
    return catalogue.load_system("amur", project)


@pytest.fixture(scope="session")
def leningrad(project: Project) -> System:
    return catalogue.load_system("leningrad", project)


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
    """A copy of the project's data, notebooks and parameters, without workbooks, what was accepted, and scenarios."""
    leave = shutil.ignore_patterns("*.xlsx", ".ipynb_checkpoints", "snapshots", "answers", "templates", "scale", "scenarios")
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


def lay(kept: Path, project: Project) -> Project:
    """Copies workbooks, what was accepted and what was made of it into a project."""
    for name in ("data/registries", "data/snapshots", "outputs"):
        if (kept / name).exists():
            shutil.copytree(kept / name, project.root / name, dirs_exist_ok=True)
    return project


@pytest.fixture(scope="session")
def seversk_sent(
    once: Callable[..., Path], seversk: System, place: Municipality, form: RegistrySchema, demo_frames: dict[str, pd.DataFrame]
) -> Path:
    """A project in whose inbox lies the synthetic workbook of Seversk."""

    def make(folder: Path) -> None:
        about = demo.about(seversk, place, form.version, DATA_DAY, CHECKED_AT.date(), 48)
        registries.write_workbook(copied_to(folder).workbook("seversk", "seversk"), demo_frames, about, form)

    return once("seversk-sent", make)


@pytest.fixture(scope="session")
def seversk_accepted(once: Callable[..., Path], seversk_sent: Path) -> Path:
    """The same after the workbook was checked and accepted."""

    def make(folder: Path) -> None:
        shutil.copytree(seversk_sent, folder)
        (outcome,) = checking.check("seversk", None, Project(folder), CHECKED_AT, lambda _: None)
        assert outcome.revision == 1, outcome.accepted

    return once("seversk-accepted", make)


@pytest.fixture(scope="module")
def seversk_made(once: Callable[..., Path], seversk_accepted: Path, module_workshop: Project) -> Project:
    """Seversk, whose synthetic workbook was accepted, after one run."""

    def make(folder: Path) -> None:
        shutil.copytree(seversk_accepted, folder)
        (result,) = batch.run(batch.plan(["seversk"], Project(folder)), Project(folder))
        assert result.error is None

    return lay(once("seversk-made", make), module_workshop)


@pytest.fixture
def workbook(workshop: Project, seversk_sent: Path) -> Path:
    """The synthetic workbook of Seversk inside the workshop."""
    return lay(seversk_sent, workshop).workbook("seversk", "seversk")


@pytest.fixture
def accepted(workshop: Project, seversk_accepted: Path) -> Path:
    """The same workbook, checked and accepted."""
    return lay(seversk_accepted, workshop).workbook("seversk", "seversk")


@pytest.fixture(scope="session")
def few() -> Callable[..., Project]:
    """Leaves reports of these places of Amur oblast alone: `few(project, "tynda", "zeya")`."""

    def leave(project: Project, *places: str) -> Project:
        for path in project.parameters("amur", "x").parent.glob("*.yaml"):
            if path.stem not in places:
                path.unlink()
        return project

    return leave


@pytest.fixture(scope="module")
def amur_two(once: Callable[..., Path], few: Callable[..., Project], module_workshop: Project) -> Project:
    """Amur oblast with reports of Tynda and Zeya alone, after one run; nobody sent anything."""

    def make(folder: Path) -> None:
        project = few(copied_to(folder), "tynda", "zeya")
        results = batch.run(batch.plan(["amur"], project), project)
        assert {result.unit.id: result.error for result in results if result.anew} == {"amur/tynda": None, "amur/zeya": None}

    return lay(once("amur-two", make), few(module_workshop, "tynda", "zeya"))


@pytest.fixture(scope="session")
def typed(schema: RegistrySchema) -> Callable[[str, list[dict]], pd.DataFrame]:
    """Rows of a registry as the reader gives them, the first in Excel's second row: `typed("staff", [{"person": "Р1", ...}])`."""

    def make(registry: str, rows: list[dict]) -> pd.DataFrame:
        sheet = schema.sheet(registry)
        frame = pd.DataFrame(rows, columns=[column.id for column in sheet.columns], dtype="object")
        for column in sheet.columns:
            if column.type == "date":
                frame[column.id] = pd.to_datetime(frame[column.id], format="%Y-%m-%d").astype("datetime64[s]")
            else:
                frame[column.id] = frame[column.id].where(frame[column.id].notna(), None)
        frame.insert(0, "excel_row", range(2, len(frame) + 2))
        return frame

    return make


@pytest.fixture(scope="session")
def gathered(schema: RegistrySchema, typed: Callable[[str, list[dict]], pd.DataFrame]) -> Callable[..., Registries]:
    """Registries of several senders: `gathered({"tynda": {"staff": [...]}, "zeya": None, "region": {"programmes": [...]}})`.

    A registry that is not named was not sent; None: nothing of the sender was accepted. Where the region sends too, each sender has
    the sheets that it fills in; otherwise all. ``unread``: (sender, registry) → rows left out or lacking a required value;
    ``data_on``: as of when the data are, of all or by sender.
    """

    def make(
        senders: dict[str, dict[str, list[dict]] | None],
        data_on: str | dict[str, str] = DATA_AHEAD,
        unread: dict[tuple[str, str], int] | None = None,
    ) -> Registries:
        found, forms = {}, {}
        for name, sheets in senders.items():
            filler = {"region" if name == REGION else "municipality"} if REGION in senders else {"municipality", "region"}
            forms[name] = schema.only([sheet.id for sheet in schema.sheets if filler & set(sheet.filled_by)])
            assert set(sheets or {}) <= {sheet.id for sheet in forms[name].sheets}, f"{name} does not fill in these sheets"
            kept = {
                registry: Kept(schema.sheet(registry).title, len(rows), {}, (unread or {}).get((name, registry), 0))
                for registry, rows in (sheets or {}).items()
            }
            day = data_on if isinstance(data_on, str) else data_on.get(name, DATA_AHEAD)
            snapshot = Snapshot(
                **{"system": "demo", "municipality": name, "number": 1, "accepted_at": f"{day}T10:00:00", "data_on": day},
                **{"sent_on": day, "version": schema.version, "schema_version": schema.version, "file": f"{name}.xlsx"},
                **{"sha256": hashlib.sha256(name.encode()).hexdigest(), "synthetic": True, "registries": kept},
            )
            found[name] = None if sheets is None else (snapshot, {one: typed(one, rows) for one, rows in sheets.items()})
        return registries.together(found, forms)

    return make


@pytest.fixture(scope="session")
def received(gathered: Callable[..., Registries]) -> Callable[..., Registries]:
    """Registries of one sender, «demo»: `received(staff=[{...}], ...)`; what is not named was not sent."""
    return lambda **sheets: gathered({"demo": sheets})


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium; without it tests of pages are skipped on a person's machine and fail in CI."""
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("Chromium is not installed on this machine; CI installs it")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def cut_labels() -> Callable[[Page], list[str]]:
    """Labels of charts on a page that reach out of their picture."""
    return lambda page: page.evaluate(CUT_LABELS)


@pytest.fixture(scope="session")
def sent_by() -> Callable[..., dict[str, dict[str, pd.DataFrame]]]:
    """Invented workbooks of these senders of Amur oblast, laid into its inbox; gives the rows of each."""

    def send(project: Project, senders: Iterable[str], day: date, sent_on: date) -> dict[str, dict[str, pd.DataFrame]]:
        system, cards = catalogue.load_system("amur", project), catalogue.load_cards(project)
        schema, found = catalogue.load_registry_schema(project), {}
        places = [place.municipality for place in catalogue.municipalities_of("amur", project)]
        due = roadmap.schedule(system, roadmap.WorkingDays(catalogue.load_working_years(project))).dropna(subset=["due_on"])
        for name in senders:
            sender = catalogue.find_sender(system, name, project)
            form = completeness.form(system, cards, schema, sender)
            found[name] = demo.registries(sender, system, form, due, day, 48, places)
            about = demo.about(system, sender, form.version, day, sent_on, 48)
            registries.write_workbook(project.workbook("amur", name), found[name], about, form)
        return found

    return send


@pytest.fixture(scope="module")
def amur_accepted(
    once: Callable[..., Path], sent_by: Callable[..., dict[str, dict[str, pd.DataFrame]]], module_workshop: Project
) -> tuple[Project, dict[str, dict[str, pd.DataFrame]]]:
    """Amur oblast, of which two municipalities and the region sent workbooks that were accepted, and the rows of each."""

    def make(folder: Path) -> None:
        project = copied_to(folder)
        frames = sent_by(project, ("tynda", "zeya", "region"), AMUR_DAY, AMUR_SENT.date())
        outcomes = checking.check("amur", None, project, AMUR_SENT, lambda _: None)
        assert [outcome.revision for outcome in outcomes] == [1, 1, 1]
        pd.to_pickle(frames, folder / "frames.pickle")

    kept = once("amur-accepted", make)
    return lay(kept, module_workshop), pd.read_pickle(kept / "frames.pickle")
