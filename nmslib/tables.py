"""What a run has worked out, kept beside its pages: the tables of a system, and by what they are known to be in step with it."""

import hashlib
import io
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache, wraps
from importlib import metadata
from pathlib import Path
from platform import python_version
from typing import Any, TypeVar

import pandas as pd
import pyarrow
from pyarrow import compute, parquet

from nmslib import catalogue
from nmslib.model import REGION
from nmslib.paths import TABLES, Project, appearing
from nmslib.registries import snapshots

NAMES = (
    "figures",
    "earlier",
    "roadmap",
    "measures",
    "causes",
    "recommendations",
    "outcomes",
    "organisations",
    "portrait",
    "changes",
    "arrivals",
    "origins",
)
# What tells one figure from another, and tables that hold places also as of the days of other reports than their own.
FIGURE = ("figure", "kind", "number")
OF_DAY, DAY = ("earlier", "causes", "organisations", "portrait", "arrivals", "origins"), "reported_on"
# What dashboards alone show: no paper changes with it.
ASIDE = ("arrivals", "origins")
MANIFEST = TABLES
# From where scenarios start: a text for pages that read no registry (``scenarios.start_text``).
STARTS = "starts"
LIBRARIES = (
    "altair",
    "nbconvert",
    "numpy",
    "pandas",
    "papermill",
    "polars",
    "python-docx",
    "scipy",
    "vl-convert-python",
    "xlsxwriter",
)
PACKAGE = Path(__file__).parent
PARTS = {
    "document": "факты документа",
    "registries": "принятые реестры",
    "parameters": "параметры",
    "notebooks": "тетради",
    "tables": "цифры и сроки",
    "scenario": "файлы сценариев или рычаги",
    "scenario_days": "даты сценариев",
    "program": "программа",
    "libraries": "версии библиотек",
}


@dataclass(frozen=True)
class Kept:
    """Tables of a system as a run left them.

    ``days``: place → the day of its report; ``made_of``: part → hash; ``files``: table → sha256; ``slices``: place → hash of its
    rows; ``made_at``: the moment, ``since``: that of the tables before, with which changes are told (None at first), ISO strings.
    """

    folder: Path
    days: Mapping[str, date]
    made_of: Mapping[str, str]
    files: Mapping[str, str]
    slices: Mapping[str, str]
    made_at: str
    since: str | None

    def table(self, name: str) -> pd.DataFrame | None:
        """A whole table; None when the file is not the one that the run wrote (another run is writing right now)."""
        table = self._table(name)
        return None if table is None else table.to_pandas()

    def of(self, name: str, municipality: str) -> pd.DataFrame | None:
        """Rows of one place; None as in ``table``."""
        table = self._table(name)
        return None if table is None else of_place(table, municipality)

    def held(self) -> "Held | None":
        """All tables in memory; None when one of them is not the one that the run wrote."""
        frames = {name: frame for name in NAMES if (frame := self.table(name)) is not None}
        starts = self._content(f"{STARTS}.json", STARTS)
        return Held(self, frames, starts.decode()) if starts is not None and len(frames) == len(NAMES) else None

    def read(self) -> None:
        """Reads every table now: forks of this process need not."""
        for name in NAMES:
            self._table(name)

    def _table(self, name: str) -> pyarrow.Table | None:
        content = self._content(f"{name}.parquet", name)
        return None if content is None else parsed(content)

    def _content(self, file: str, name: str) -> bytes | None:
        try:
            content = (self.folder / file).read_bytes()
        except FileNotFoundError:
            return None
        return content if hashlib.sha256(content).hexdigest() == self.files.get(name) else None

    def is_whole(self) -> bool:
        """Whether every table is there as the run wrote it."""
        files = {name: f"{name}.parquet" for name in NAMES} | {STARTS: f"{STARTS}.json"}
        return all(self._content(file, name) is not None for name, file in files.items())


@dataclass(frozen=True)
class Held:
    """Tables of one whole run in memory: they stay in step with each other whatever a later run writes."""

    kept: Kept
    frames: Mapping[str, pd.DataFrame]
    starts: str

    @property
    def days(self) -> Mapping[str, date]:
        """Place → the day of its report."""
        return self.kept.days

    def table(self, name: str) -> pd.DataFrame:
        """A whole table."""
        return self.frames[name]

    def of(self, name: str, municipality: str) -> pd.DataFrame:
        """Rows of one place."""
        rows = self.frames[name]
        return rows[rows["municipality"] == municipality].reset_index(drop=True)


@lru_cache(maxsize=len(NAMES))
def parsed(content: bytes) -> pyarrow.Table:
    """A table of a system as this process has last read it; threads would be lost to its forks."""
    return parquet.read_table(pyarrow.BufferReader(content), use_threads=False)


def of_place(table: pyarrow.Table, municipality: str) -> pd.DataFrame:
    """Rows of one place."""
    return table.filter(compute.equal(table["municipality"], municipality)).to_pandas()


def hash_of(files: Iterable[Path], root: Path) -> str:
    """One sha256 of many files, by their paths under ``root`` and what is in them."""
    known = hashlib.sha256()
    for path in sorted(files):
        known.update(f"{path.relative_to(root).as_posix()}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return known.hexdigest()


@cache
def program() -> dict[str, str]:
    """Hashes of what computes: the package with its templates, and the versions of what it stands on."""
    own = [path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    versions = [f"{name} {metadata.version(name)}" for name in LIBRARIES]
    libraries = "\n".join([f"python {python_version()}", *versions])
    return {"program": hash_of(own, PACKAGE), "libraries": hashlib.sha256(libraries.encode()).hexdigest()}


def manifests(system: str, senders: Iterable[str], project: Project) -> list[Path]:
    """Manifests of everything accepted from these senders; rows never change after them."""
    return [path for name in senders for path in project.snapshots(system, name).glob(f"[0-9]*/{snapshots.MANIFEST}")]


def document(system: str, project: Project) -> str:
    """Hash of the facts that anything about a system rests on."""
    systems = catalogue.systems(project) if system == catalogue.FEDERAL else [system]
    files = [path for name in systems for path in project.system(name).iterdir() if path.is_file()]
    files += [project.readings(name) for name in systems]
    files += [project.municipalities, project.cards, project.advice, project.registry_schema, project.working_days]
    return hash_of([path for path in files if path.exists()], project.root)


# System → the hash of its document as last read, and what was read of it.
_READ: dict[str, tuple[str, dict[str, Any]]] = {}
Part = TypeVar("Part")


def of_document(read: Callable[[Any], Part]) -> "cached_property[Part]":
    """A property that rests on nothing but the document of ``self.system`` in ``self.project``.

    It is read once in a process for as long as the document stays the same: forks of a process that has read it begin with it.
    """

    def part(about: Any) -> Part:
        if "_known" not in vars(about):
            vars(about)["_known"] = _known(about.system, about.project)
        known = vars(about)["_known"]
        if read.__name__ not in known:
            known[read.__name__] = read(about)
        found: Part = known[read.__name__]
        return found

    return cached_property(wraps(read)(part))


def _known(system: str, project: Project) -> dict[str, Any]:
    """What this process has read of the document as it is now."""
    if not project.system(system).is_dir():
        return {}  # who reads it says in words that there is none
    now = document(system, project)
    before, parts = _READ.get(system, ("", {}))
    if before != now:
        parts = {}
        _READ[system] = now, parts
    return parts


def made_of(system: str, project: Project) -> dict[str, str]:
    """What the tables of a system are made of: part → hash."""
    systems = catalogue.systems(project) if system == catalogue.FEDERAL else [system]
    accepted: list[Path] = []
    for name in systems:
        folder = project.snapshots(name, "")
        accepted += manifests(name, [path.name for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else [], project)
    days = ",".join(sorted(day.isoformat() for day in catalogue.scenario_days(system, project)))
    known = {"document": document(system, project), "registries": hash_of(accepted, project.root), **program()}
    return known | {"scenario_days": hashlib.sha256(days.encode()).hexdigest()}


def whole(system: str, project: Project) -> Kept | None:
    """The tables that the last run left, whatever has changed since; None when there are none."""
    path = project.outputs(system) / MANIFEST
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        days = {name: date.fromisoformat(day) for name, day in told["days"].items()}
        return Kept(path.parent, **{**told, "days": days})
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError, AttributeError):
        return None  # absent, cut short, or written by another version of the program


def in_step(system: str, project: Project) -> Kept | None:
    """The tables of the last run, if they are what would be worked out now; else None."""
    kept = whole(system, project)
    return kept if kept and kept.made_of == made_of(system, project) else None


def write(
    tables: Mapping[str, pd.DataFrame], starts: str, days: Mapping[str, date], system: str, made_at: str, project: Project
) -> Kept:
    """Puts the tables of a system in place, when all are written, and last the list of what belongs together."""
    folder, before = project.outputs(system), whole(system, project)
    folder.mkdir(parents=True, exist_ok=True)
    contents = {f"{name}.parquet": _parquet(tables[name]) for name in NAMES} | {f"{STARTS}.json": starts.encode()}
    files = {Path(file).stem: hashlib.sha256(content).hexdigest() for file, content in contents.items()}
    since = before.made_at if before else None
    kept = Kept(folder, dict(days), made_of(system, project), files, _slices(tables, days), made_at, since)
    told: dict[str, Any] = {name: getattr(kept, name) for name in ("made_of", "files", "slices", "made_at", "since")}
    told["days"] = {name: day.isoformat() for name, day in days.items()}
    with ExitStack() as drafts:
        # What is entered first appears last.
        listed = drafts.enter_context(appearing(folder / MANIFEST))
        listed.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        for file, content in contents.items():
            drafts.enter_context(appearing(folder / file)).write_bytes(content)
    return kept


def _parquet(table: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()


def _slices(tables: Mapping[str, pd.DataFrame], places: Iterable[str]) -> dict[str, str]:
    """Place → hash of everything that the tables say of it; the whole rests on all of them."""
    known = {place: hashlib.sha256() for place in places}
    for name in (one for one in NAMES if one not in ASIDE):
        rows = pd.util.hash_pandas_object(tables[name].astype("string"), index=False).to_numpy()
        whose = tables[name].groupby("municipality").indices
        for place, told in known.items():
            told.update((rows if place == REGION else rows[whose.get(place, [])]).tobytes())
    return {place: told.hexdigest() for place, told in known.items()}


def changed(before: Mapping[str, str] | None, now: Mapping[str, str]) -> list[str]:
    """What differs between two lists of parts, in words; everything when there was nothing before."""
    if before is None:
        return ["ещё не делалось"]
    return [PARTS[name] for name in now if before.get(name) != now[name]]
