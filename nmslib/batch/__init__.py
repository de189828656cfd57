"""Regenerates outputs: parameters are checked first, whole files appear by one rename, one failure stops nobody."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from nmslib import catalogue, completeness, documents, indicators, registries, roadmap
from nmslib.batch.pages import compare, data_quality, passport
from nmslib.batch.parameters import REPORT, check_parameters, check_unit, declared_parameters, read_parameters
from nmslib.batch.record import write_record
from nmslib.batch.render import NotebookFailed, appear, drafted, execute, tidy
from nmslib.batch.units import Result, Unit
from nmslib.kernels import shell
from nmslib.model import System
from nmslib.paths import Project, appearing
from nmslib.problems import UserError
from nmslib.registries import snapshots

__all__ = ["Result", "Unit", "compare", "data_quality", "passport", "plan", "run", "unchecked"]

# Characters that file names must not have on Windows.
FORBIDDEN = r'[\\/:*?"<>|]'


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
        chosen = [place for place in places if project.parameters(system, place.municipality).exists()]
        if municipality:
            chosen = [catalogue.find_municipality(system, municipality, project)]
        elif not chosen:
            raise UserError(f"У системы «{system}» нет ни одного файла в parameters/{system}/: создайте его для муниципалитета")
        for place in chosen:
            path = project.parameters(system, place.municipality)
            given = read_parameters(path, project) | ({"as_of": as_of} if as_of else {})
            source = path.relative_to(project.root).as_posix()
            check_parameters(given, known, source)
            unit = Unit(system, place.municipality, given)
            check_unit(unit, source)
            units.append(unit)
    return list({unit.id: unit for unit in units}.values())


def _everyone(system: str, chosen: list[Unit], project: Project) -> list[Unit]:
    """The chosen units and every other municipality of the system that has parameters, in the order of the list."""
    mine = {unit.municipality: unit for unit in chosen}
    places = [place.municipality for place in catalogue.municipalities_of(system, project)]
    others = [name for name in places if name not in mine and project.parameters(system, name).exists()]
    mine |= {unit.municipality: unit for unit in plan([f"{system}/{name}" for name in others], project)}
    return [mine[name] for name in places if name in mine]


def unchecked(units: list[Unit], project: Project) -> list[str]:
    """Ids of units in whose inbox lies another workbook than any accepted one: their reports would tell of older data."""
    found = []
    for unit in units:
        workbook = project.workbook(unit.system, unit.municipality)
        accepted = {one.sha256 for one in snapshots.history(unit.system, unit.municipality, project)}
        if workbook.exists() and registries.sha256_of(workbook) not in accepted:
            found.append(unit.id)
    return found


def _write_parquet(frame: pd.DataFrame, path: Path) -> None:
    with appearing(path) as draft:
        frame.to_parquet(draft, index=False)


def _schedule(system: System, working_days: roadmap.WorkingDays, project: Project) -> pd.DataFrame:
    return roadmap.schedule(system, working_days, catalogue.load_readings(system.id, project))


def _working_days(project: Project) -> roadmap.WorkingDays:
    return roadmap.WorkingDays(catalogue.load_working_years(project))


def _write_tables(system: System, units: list[Unit], project: Project) -> dict[str, int]:
    """figures.parquet and roadmap.parquet of a system from accepted registries; returns problems in the data per municipality."""
    places = [catalogue.find_municipality(system.id, unit.municipality, project) for unit in units]
    cards, working_days = catalogue.load_cards(project), _working_days(project)
    form = completeness.form(system, cards, catalogue.load_registry_schema(project), places[0])
    received = registries.read_system(system.id, places, form, project)
    schedule = _schedule(system, working_days, project)
    figures, measures = [], []
    for unit in units:
        figures.append(indicators.figures(system, cards, received, [unit.municipality], unit.as_of))
        execution = received.of("execution", unit.municipality)
        measures.append(roadmap.states(schedule, execution, unit.municipality, unit.as_of, working_days))
    folder = project.outputs(system.id)
    _write_parquet(pd.concat(figures, ignore_index=True), folder / "figures.parquet")
    _write_parquet(pd.concat(measures, ignore_index=True), folder / "roadmap.parquet")
    files = dict(zip(received.arrivals["file"], received.arrivals["municipality"], strict=True))
    return dict(Counter(files[problem.file] for problem in received.problems))


def _write_calendars(unit: Unit, name: str, folder: Path, project: Project) -> None:
    """calendar.ics with all due dates of the roadmap, and calendars/<body>.ics for each responsible body."""
    system = catalogue.load_system(unit.system, project)
    schedule, title = _schedule(system, _working_days(project), project), f"{system.act.short_title}: сроки, {name}"
    (folder / "calendar.ics").write_bytes(documents.calendar(schedule, unit.id, title, unit.as_of))
    (folder / "calendars").mkdir()
    answered = schedule[schedule["bodies"] != ""]
    for body, mine in answered.assign(body=answered["bodies"].str.split("; ")).explode("body").groupby("body", sort=False):
        content = documents.calendar(mine, unit.id, f"{body}: сроки", unit.as_of)
        (folder / "calendars" / f"{re.sub(FORBIDDEN, '_', body)[:80]}.ics").write_bytes(content)


def make_report(unit: Unit, project: Project) -> Result:
    """Runs the notebook of one municipality; report.ipynb, report.html and calendar.ics appear in its folder by one rename."""
    started = time.perf_counter()
    outputs = project.outputs(unit.system)
    place = catalogue.find_municipality(unit.system, unit.municipality, project)
    title = f"{place.name}: состояние системы на {unit.as_of:%d.%m.%Y}"
    error = None
    with drafted(outputs) as draft:
        try:
            execute(REPORT, unit.parameters, draft, "report", title, project)
            _write_calendars(unit, place.name, draft, project)
            appear(draft, outputs / unit.municipality)
        except NotebookFailed as failure:
            error = str(failure)
    return Result(unit, time.perf_counter() - started, error)


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
        tidy(outputs)
        problems = _write_tables(catalogue.load_system(system, project), _everyone(system, mine, project), project)
        ended = []
        for unit in mine:
            ended.append(replace(make_report(unit, project), problems=problems.get(unit.municipality, 0)))
            report(ended[-1])
        write_record(system, ended, started_at, project)
        results += ended
    return results
