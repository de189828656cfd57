"""What tests of the pages share: systems after their runs, pages without a browser, and their parts read as a visitor reads them."""

import re
import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl

import pandas as pd
import pytest
from bs4 import BeautifulSoup, Tag
from conftest import AMUR_DAY, AMUR_SENT, ROOT, copied_to

from nmslib import batch, catalogue, tables
from nmslib.batch import checking, planning, tabling
from nmslib.dashboards import shelf
from nmslib.dashboards.planning.state import PlanningState
from nmslib.dashboards.problems import NotShown
from nmslib.dashboards.scope import scope
from nmslib.dashboards.situation.state import SituationState
from nmslib.paths import Project

SYSTEMS = ("amur", "leningrad", "novoshakhtinsk", "seversk", "federal")
SENDERS = ("tynda", "zeya", "region")
# Reports of Amur oblast: two places that sent, two that did not, and the whole.
PLACES = (*SENDERS, "belogorsk", "skovorodinskiy")
NOW = datetime(2024, 12, 1, 12, tzinfo=UTC)
MOVED = "diagnosed_share"
State = SituationState | PlanningState


def after_runs(folder: Path, seversk_accepted: Path, send: Callable[..., dict[str, dict[str, pd.DataFrame]]]) -> None:
    """All systems as runs leave them for pages (no papers): Seversk sent, of Amur oblast three senders, of the others nobody.

    Two figures of Amur oblast are told as moved. Rows of its workbooks are in ``frames.pickle``.
    """
    project = copied_to(folder)
    shutil.copytree(seversk_accepted / "data", folder / "data", dirs_exist_ok=True)
    shutil.copytree(ROOT / "parameters" / "scenarios", folder / "parameters" / "scenarios")
    for path in project.parameters("amur", "x").parent.glob("*.yaml"):
        if path.stem not in PLACES:
            path.unlink()
    frames = send(project, SENDERS, AMUR_DAY, AMUR_SENT.date())
    checking.check("amur", None, project, AMUR_SENT, lambda _: None)
    for system in SYSTEMS:
        run(system, project)
    told = [
        {"municipality": place, "indicator": MOVED, "figure": f"amur/{place}/{MOVED}/{AMUR_DAY}"}
        | {"before": "1,0 % (1 из 100)", "after": "2,0 % (2 из 100)", "why": f"новая книга: {place}", "noticed_on": NOW}
        for place in ("tynda", "zeya")
    ]
    rewrite("amur", project, changes=pd.DataFrame(told).assign(noticed_on=pd.Timestamp(NOW.replace(tzinfo=None))))
    pd.to_pickle(frames, folder / "frames.pickle")


def run(system: str, project: Project) -> None:
    """What a run leaves for pages."""
    tabling.keep(system, planning.everyone(system, batch.plan([system], project), project), NOW, project)


def rewrite(system: str, project: Project, **changed: pd.DataFrame) -> None:
    """Puts whole tables in place again, some of them changed."""
    held = tables.whole(system, project).held()
    tables.write({**held.frames, **changed}, held.starts, held.days, system, held.kept.made_at, project)


def ran(once: Callable[..., Path], seversk_accepted: Path, send: Callable[..., dict[str, dict[str, pd.DataFrame]]]) -> Path:
    """Systems after their runs, with the registries that the runs read; made once for all tests."""
    return once("dashboards-ran", lambda folder: after_runs(folder, seversk_accepted, send))


def home(once: Callable[..., Path], ran: Path) -> Project:
    """The same without a single registry, sent or accepted: what tests of pages open. Nobody changes anything in it."""

    def make(folder: Path) -> None:
        shutil.copytree(ran, folder)
        (folder / "frames.pickle").unlink()
        for gone in (folder / "data" / "snapshots", *(folder / "data" / "registries").glob("*/")):
            shutil.rmtree(gone)

    return Project(once("dashboards-home", make))


def copied(home: Project, folder: Path) -> Project:
    """A copy where a test may break things; this process has read nothing of it yet."""
    shelf._LAST.clear()
    return Project(Path(shutil.copytree(home.root, folder / "mine")))


def situation(project: Project, query: str = "?system=amur", within: str = "") -> SituationState:
    """The page «Состояние» at an address; ``within``: the scope of its server."""
    state = SituationState(shelf.Shelf(project, scope(within)))
    state.go(query)
    return state


def scenarios(project: Project, query: str = "?system=amur", within: str = "") -> PlanningState:
    """The page «Сценарии» at an address."""
    state = PlanningState(shelf.Shelf(project, scope(within)))
    state.go(query)
    return state


def chosen(state: State) -> dict[str, object]:
    """Everything that a visitor has chosen."""
    return {name: getattr(state, name) for name in state.trait_names() if name not in ("sure", "answers")}


def refused(state: State, query: str) -> NotShown:
    """How an address is refused; what was chosen before stays."""
    before = chosen(state)
    with pytest.raises(NotShown) as caught:
        state.go(query)
    assert chosen(state) == before
    return caught.value


def address(link: str) -> dict[str, str]:
    """What an address chooses."""
    return dict(parse_qsl(link.partition("?")[2]))


def read(part: str) -> BeautifulSoup:
    """A part as a browser reads it."""
    return BeautifulSoup(part, "lxml")


def words(tag: Tag | str) -> str:
    """What stands there, with ordinary spaces and no soft hyphens."""
    text = tag if isinstance(tag, str) else tag.get_text(" ")
    return re.sub(r"\s+", " ", text.replace("\u00ad", "")).strip()


def number(text: str) -> float:
    """The first number of a Russian text."""
    return float(re.search(r"-?\d[\d\s]*(?:,\d+)?", text)[0].replace(",", ".").replace(" ", "").replace("\u00a0", ""))


def rows(table: Tag) -> list[list[str]]:
    """Cells of the body of a table, in words."""
    return [[words(cell) for cell in row.find_all(["th", "td"], recursive=False)] for row in table.select("tbody > tr")]


def everybody(project: Project, system: str = "amur") -> dict[str, str]:
    """Place → name of all places of a system."""
    facts = catalogue.load_system(system, project)
    return {one.municipality: one.name for one in catalogue.places(facts, project)}


def people(ran: Path, demo_frames: dict[str, pd.DataFrame]) -> set[str]:
    """Names and codes of all people of the invented workbooks."""
    books = [*pd.read_pickle(ran / "frames.pickle").values(), demo_frames]
    staff = pd.concat([book["staff"] for book in books if "staff" in book])
    return set(staff["full_name"].dropna()) | set(staff["person"].dropna())


def found(known: set[str], parts: Iterable[str]) -> list[str]:
    """Those names and codes that stand in any of the parts, in what is shown or in what is not."""
    text = " ".join(parts)
    tokens = set(re.findall(r"[\w-]+", text))
    return [one for one in known if set(re.findall(r"[\w-]+", one)) <= tokens and one in text]
