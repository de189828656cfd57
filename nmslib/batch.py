"""Regenerates reports: parameters are checked first, each municipality appears by one rename, one failure stops nobody."""

import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from nmslib import catalogue, indicators, registries, roadmap
from nmslib.kernels import lean, shell  # noqa: F401  lean: before papermill
from nmslib.model import System
from nmslib.paths import Project
from nmslib.problems import UserError

REPORT = "municipality_report"
TYPES = {
    "str": (str, "текст в кавычках"),
    "int": (int, "целое число"),
    "float": (float, "число"),
    "bool": (bool, "true или false"),
}
RECORDED_VERSIONS = ("nmslib", "pandas", "altair", "papermill", "vl-convert-python")


@dataclass(frozen=True)
class Unit:
    """One report to make: a municipality with the parameters of its notebook."""

    system: str
    municipality: str
    parameters: dict[str, Any]

    @property
    def id(self) -> str:
        """«amur/tynda»."""
        return f"{self.system}/{self.municipality}"

    @property
    def as_of(self) -> date:
        """The as-of date of the report."""
        return date.fromisoformat(self.parameters["as_of"])


@dataclass(frozen=True)
class Result:
    """How a unit ended: ``error`` is None when its files appeared, otherwise one sentence for the reader."""

    unit: Unit
    seconds: float
    error: str | None


def check_parameters(given: dict[str, Any], known: dict[str, str], source: str) -> None:
    """UserError unless every given parameter is declared and of its type; ``known``: name → type in the notebook.

    papermill itself only warns of a misspelt name and crashes on a date without quotes.
    """
    faults = [
        f"неизвестный параметр «{name}». {catalogue.suggestion(name, {key: key for key in known})}"
        for name in given
        if name not in known
    ]
    for name, value in given.items():
        kind, wanted = TYPES.get(known.get(name, ""), (object, ""))
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool and kind is not object):
            faults.append(f"параметр «{name}»: стоит «{value}», нужен {wanted}")
    if faults:
        raise UserError("\n".join(f"{source}: {fault}" for fault in faults))


def declared_parameters(notebook: Path) -> dict[str, str]:
    """Parameters a notebook declares: name → type; UserError when it has no cell tagged «parameters»."""
    import papermill

    found = papermill.inspect_notebook(str(notebook))
    if not found:
        raise UserError(f"{notebook.name}: нет ячейки с меткой parameters")
    return {name: about["inferred_type_name"] for name, about in found.items()}


def _read_parameters(path: Path, project: Project) -> dict[str, Any]:
    source = path.relative_to(project.root).as_posix()
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UserError(f"Нет файла {source}. Создайте его по образцу parameters/seversk/seversk.yaml") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{source}: файл не читается как YAML в кодировке UTF-8") from error
    if not isinstance(given, dict):
        raise UserError(f"{source}: нужны строки «имя: значение»")
    return given


def plan(targets: Iterable[str], project: Project, as_of: str | None = None) -> list[Unit]:
    """Units for targets like «seversk» (every municipality that has parameters) or «amur/tynda».

    ``as_of`` replaces the date of the parameter files. Raises UserError before anything runs: unknown system or municipality
    (with the nearest names), unknown or mistyped parameters (with the known ones), a date that does not exist.
    """
    shell.warm()
    known = declared_parameters(project.report(REPORT))
    units = []
    for target in targets:
        system, _, municipality = target.partition("/")
        catalogue.load_system(system, project)
        places = catalogue.municipalities_of(system, project)
        chosen = [catalogue.find_municipality(system, municipality, project)] if municipality else places
        for place in chosen:
            path = project.parameters(system, place.municipality)
            given = _read_parameters(path, project) | ({"as_of": as_of} if as_of else {})
            source = path.relative_to(project.root).as_posix()
            check_parameters(given, known, source)
            unit = Unit(system, place.municipality, given)
            _check_unit(unit, source)
            units.append(unit)
    return list({unit.id: unit for unit in units}.values())


def _check_unit(unit: Unit, source: str) -> None:
    named = (unit.parameters.get("system"), unit.parameters.get("municipality"))
    if named != (unit.system, unit.municipality):
        raise UserError(f"{source}: внутри указано «{named[0]}/{named[1]}», а файл лежит для «{unit.id}»")
    try:
        unit.as_of  # noqa: B018
    except (KeyError, ValueError) as error:
        raise UserError(
            f'{source}: параметр «as_of» — «{unit.parameters.get("as_of")}», нужна дата в виде "2023-12-01"'
        ) from error


def _everyone(system: str, chosen: list[Unit], project: Project) -> list[Unit]:
    """The chosen units and every other municipality of the system that has parameters, in the order of the list."""
    mine = {unit.municipality: unit for unit in chosen}
    places = [place.municipality for place in catalogue.municipalities_of(system, project)]
    others = [name for name in places if name not in mine and project.parameters(system, name).exists()]
    mine |= {unit.municipality: unit for unit in plan([f"{system}/{name}" for name in others], project)}
    return [mine[name] for name in places if name in mine]


def _appear(draft: Path, place: Path) -> None:
    """Puts a finished folder in its place; whoever looks sees the old one or the new one, both whole."""
    previous = place.with_name(f".{place.name}.previous")
    shutil.rmtree(previous, ignore_errors=True)
    if place.exists():
        place.rename(previous)
    draft.rename(place)
    shutil.rmtree(previous, ignore_errors=True)


def _tidy(outputs: Path) -> None:
    """Clears what a killed run left behind: drafts go, a folder caught between two renames comes back."""
    for previous in outputs.glob(".*.previous"):
        place = previous.with_name(previous.name.removeprefix(".").removesuffix(".previous"))
        if not place.exists():
            previous.rename(place)
    for draft in outputs.glob(".draft-*"):
        shutil.rmtree(draft, ignore_errors=True)


def _write_parquet(frame: pd.DataFrame, path: Path) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    frame.to_parquet(draft, index=False)
    draft.replace(path)


def _write_tables(system: System, units: list[Unit], project: Project) -> None:
    """figures.parquet, roadmap.parquet and completeness.parquet of a system: the tables every page and paper shows."""
    places = [catalogue.find_municipality(system.id, unit.municipality, project) for unit in units]
    received = registries.read_system(system.id, places, catalogue.load_registry_schema(project), project)
    cards, schedule = catalogue.load_cards(project), roadmap.schedule(system)
    figures, measures = [], []
    for unit in units:
        figures.append(indicators.figures(system, cards, received, [unit.municipality], unit.as_of))
        execution = received.of("execution", unit.municipality)
        measures.append(roadmap.states(schedule, execution, unit.municipality, unit.as_of))
    folder = project.outputs(system.id)
    _write_parquet(pd.concat(figures, ignore_index=True), folder / "figures.parquet")
    _write_parquet(pd.concat(measures, ignore_index=True), folder / "roadmap.parquet")
    _write_parquet(received.arrivals.assign(system=system.id), folder / "completeness.parquet")


def make_report(unit: Unit, project: Project) -> Result:
    """Runs the notebook of one municipality and puts report.ipynb and report.html in its folder by one rename."""
    import nbformat
    import papermill

    from nmslib import documents

    started = time.perf_counter()
    outputs = project.outputs(unit.system)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=outputs))
    try:
        target = draft / "report.ipynb"
        papermill.execute_notebook(
            str(project.report(REPORT)),
            str(target),
            parameters=unit.parameters,
            engine_name="nms",
            kernel_name="python3",
            progress_bar=False,
        )
        place = catalogue.find_municipality(unit.system, unit.municipality, project)
        title = f"{place.name}: состояние системы на {unit.as_of:%d.%m.%Y}"
        html = documents.page(nbformat.read(target, as_version=4), title)
        (draft / "report.html").write_text(html, encoding="utf-8")
        draft.chmod(0o755)
        _appear(draft, outputs / unit.municipality)
    except papermill.PapermillExecutionError as error:
        return Result(unit, time.perf_counter() - started, f"ячейка {error.exec_count}: {error.evalue}")
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Result(unit, time.perf_counter() - started, None)


def _inputs(system: str, units: list[Unit], project: Project) -> dict[str, str]:
    """sha256 of every file the run depends on, by path inside the project."""
    files = [
        *sorted(project.system(system).iterdir()),
        project.cards,
        project.registry_schema,
        project.municipalities,
        project.report(REPORT),
    ]
    for unit in units:
        files += [project.parameters(system, unit.municipality), project.workbook(system, unit.municipality)]
    return {
        path.relative_to(project.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.exists()
    }


def _write_record(system: str, results: list[Result], started_at: datetime, project: Project) -> None:
    units = [result.unit for result in results]
    record = {
        "started_at": started_at.isoformat(timespec="seconds"),
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": sys.version.split()[0],
        "versions": {name: version(name) for name in RECORDED_VERSIONS},
        "inputs": _inputs(system, units, project),
        "units": [
            {
                "id": result.unit.id,
                "parameters": result.unit.parameters,
                "seconds": round(result.seconds, 2),
                "error": result.error,
            }
            for result in results
        ],
    }
    path = project.outputs(system) / "run.json"
    draft = path.with_name(f".run.json.{os.getpid()}.part")
    draft.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    draft.replace(path)


def run(units: list[Unit], project: Project, report: Callable[[Result], None]) -> list[Result]:
    """Makes the tables of each system and the report of each unit; ``report`` is called as units end.

    A failed unit keeps its previous files and does not stop the others.
    """
    results = []
    for system in dict.fromkeys(unit.system for unit in units):
        mine = [unit for unit in units if unit.system == system]
        started_at = datetime.now(UTC)
        outputs = project.outputs(system)
        outputs.mkdir(parents=True, exist_ok=True)
        _tidy(outputs)
        _write_tables(catalogue.load_system(system, project), _everyone(system, mine, project), project)
        ended = []
        for unit in mine:
            ended.append(make_report(unit, project))
            report(ended[-1])
        _write_record(system, ended, started_at, project)
        results += ended
    return results
