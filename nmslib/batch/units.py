"""What a run works on: a unit, what its files depend on, and how it ended."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from nmslib import tables
from nmslib.model import REGION
from nmslib.paths import Project, appearing

# Notebook → the name of its files in the place's folder.
REPORTS = {"municipality_report": "report", "indicators_against_targets": "indicators"}
OVERVIEW = {"region_overview": "report"}
PROJECTION = {"scenario_projection": "scenario"}
SCENARIOS = "scenarios"
STAMP, FAILURE, FAILED = "made.json", "failure.json", "failed"
# Absent, cut short, or written by another version of the program: to be made anew.
UNREADABLE = (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True)
class Unit:
    """The files of one place to make, with the parameters of its notebooks."""

    system: str
    municipality: str
    parameters: dict[str, Any]

    @property
    def id(self) -> str:
        """«amur/tynda»."""
        return f"{self.system}/{self.municipality}"

    @property
    def reports(self) -> dict[str, str]:
        """The notebooks to run: those of a municipality, or the overview of the whole."""
        return OVERVIEW if self.municipality == REGION else REPORTS

    @property
    def page(self) -> str:
        """The page that is opened first."""
        return f"{next(iter(self.reports.values()))}.html"

    @property
    def as_of(self) -> date:
        """The as-of date of the report."""
        return date.fromisoformat(self.parameters["as_of"])

    def folder(self, project: Project) -> Path:
        """Where its files appear."""
        return project.outputs(self.system) / self.municipality

    def failed(self, project: Project) -> Path:
        """Where it leaves what it got to when it failed."""
        return project.outputs(self.system) / FAILED / self.municipality

    def asked(self, project: Project) -> dict[str, str]:
        """Hashes of the parameters and of the notebooks that take them."""
        parameters = json.dumps(self.parameters, sort_keys=True, ensure_ascii=False)
        return {
            "parameters": hashlib.sha256(parameters.encode()).hexdigest(),
            "notebooks": tables.hash_of([project.report(name) for name in self.reports], project.root),
        }

    def made_of(self, kept: tables.Kept, project: Project) -> dict[str, str]:
        """What its files are made of: part → hash. What does not concern the place does not change them."""
        accepted = kept.made_of["registries"]
        if self.municipality != REGION:
            accepted = tables.hash_of(tables.manifests(self.system, (self.municipality, REGION), project), project.root)
        return {
            **tables.program(),
            **self.asked(project),
            "document": kept.made_of["document"],
            "registries": accepted,
            "tables": kept.slices[self.municipality],
        }


@dataclass(frozen=True)
class ScenarioUnit(Unit):
    """The files of one scenario of parameters/scenarios/; its notebook is given the place when the file is read."""

    scenario: str = ""

    @property
    def id(self) -> str:
        """«amur/scenarios/amur_seats»."""
        return f"{self.system}/{SCENARIOS}/{self.scenario}"

    @property
    def reports(self) -> dict[str, str]:
        """The one notebook."""
        return PROJECTION

    def folder(self, project: Project) -> Path:
        """Where its files appear."""
        return project.outputs(self.system) / SCENARIOS / self.scenario

    def failed(self, project: Project) -> Path:
        """Where it leaves what it got to when it failed."""
        return project.outputs(self.system) / FAILED / SCENARIOS / self.scenario

    def made_of(self, kept: tables.Kept, project: Project) -> dict[str, str]:
        """What its files are made of; a change in the folder of scenarios may be one of its bases."""
        files = [*project.scenarios.glob("*.yaml"), project.levers]
        return {
            **tables.program(),
            **self.asked(project),
            "document": kept.made_of["document"],
            "registries": kept.made_of["registries"],
            "scenario": tables.hash_of(files, project.root),
        }


@dataclass(frozen=True)
class File:
    """A file of a unit as it was made."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class Stamp:
    """What lies beside the files of a unit: of what, when, in how many seconds they were made, and how many numbers agree.

    Moments are ISO strings, ``made_of`` is part → hash, ``files`` name → its hash and size, ``problems`` counts those of the
    data, ``outside`` is the hash of the note's text outside the fields that an analyst fills in.
    """

    id: str
    as_of: str
    made_at: str
    seconds: float
    checked: int
    problems: int
    outside: str
    made_of: Mapping[str, str]
    files: Mapping[str, File] = field(default_factory=dict)


@dataclass(frozen=True)
class Failure:
    """Why a unit has no new files: where it stopped, what was said, what is missing, who mends it.

    ``cell`` is None outside notebooks.
    """

    id: str
    at: str
    notebook: str | None
    cell: int | None
    error: str
    missing: str
    who: str
    inputs: Mapping[str, str]

    def __str__(self) -> str:
        where = f"{self.notebook}, ячейка {self.cell}: " if self.cell is not None else ""
        return f"{where}{self.error}"


@dataclass(frozen=True)
class Result:
    """How a unit ended: with a stamp, whether just made or as before, or with a failure."""

    unit: Unit
    stamp: Stamp | None = None
    failure: Failure | None = None
    anew: bool = True
    why: tuple[str, ...] = ()

    @property
    def error(self) -> str | None:
        """One sentence for the reader; None when the files appeared."""
        return str(self.failure) if self.failure else None


def left_stamp(folder: Path) -> Stamp | None:
    """The stamp that was left in a unit's folder, whatever has become of the files; None when there is none that we can read."""
    try:
        raw = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        return Stamp(**raw | {"files": {name: File(**each) for name, each in raw["files"].items()}})
    except UNREADABLE:
        return None


def read_stamp(folder: Path) -> Stamp | None:
    """The stamp of a unit's folder; None as ``left_stamp``, and when a file that it lists is gone."""
    stamp = left_stamp(folder)
    return stamp if stamp and all((folder / name).exists() for name in stamp.files) else None


def read_failure(folder: Path) -> Failure | None:
    """What a failed unit left; None when it did not fail."""
    try:
        return Failure(**json.loads((folder / FAILURE).read_text(encoding="utf-8")))
    except UNREADABLE:
        return None


def write_json(what: Any, path: Path) -> None:
    """A dataclass or a mapping as JSON, by one rename."""
    content = what if isinstance(what, dict) else asdict(what)
    with appearing(path) as draft:
        draft.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def moment() -> str:
    """Now, to the second, with its zone."""
    return datetime.now(UTC).isoformat(timespec="seconds")
