"""Regenerates outputs: parameters are checked first, whole files appear by one rename, one failure stops nobody."""

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from nmslib import catalogue, documents, registries
from nmslib.batch.pages import compare, data_quality, passport
from nmslib.batch.parameters import check_parameters, check_unit, declared_parameters, read_parameters
from nmslib.batch.record import write_record
from nmslib.batch.render import NotebookFailed, appear, drafted, execute, tidy
from nmslib.batch.units import OVERVIEW, REPORTS, Result, Unit
from nmslib.kernels import shell
from nmslib.model import REGION, System
from nmslib.paths import Project, appearing
from nmslib.problems import UserError
from nmslib.registries import snapshots
from nmslib.situation import Situation

__all__ = ["Result", "Unit", "compare", "data_quality", "passport", "plan", "run", "unchecked"]

# Characters that file names must not have on Windows.
FORBIDDEN = r'[\\/:*?"<>|]'


def plan(targets: Iterable[str], project: Project, as_of: str | None = None) -> list[Unit]:
    """Units for targets like «seversk» (every place that has parameters) or «amur/tynda»; «amur/region» is the whole.

    ``as_of`` replaces the date of the parameter files. Raises UserError before anything runs: unknown system or municipality
    (with the nearest names), unknown or mistyped parameters (with the known ones), a date that does not exist.
    """
    shell.warm()
    known = {report: declared_parameters(project.report(report)) for report in (*REPORTS, *OVERVIEW)}
    units = []
    for target in targets:
        system, _, municipality = target.partition("/")
        facts = catalogue.load_system(system, project)
        places = catalogue.places(facts, project)
        chosen = [place for place in places if project.parameters(system, place.municipality).exists()]
        if municipality:
            chosen = [catalogue.find_place(facts, municipality, project)]
        elif not chosen:
            raise UserError(f"У системы «{system}» нет ни одного файла в parameters/{system}/: создайте его для муниципалитета")
        for place in chosen:
            path = project.parameters(system, place.municipality)
            given = read_parameters(path, project) | ({"as_of": as_of} if as_of else {})
            source = path.relative_to(project.root).as_posix()
            unit = Unit(system, place.municipality, given)
            declared = {name: kind for report in unit.reports for name, kind in known[report].items()}
            check_parameters(given, declared, source)
            check_unit(unit, source)
            units.append(unit)
    return list({unit.id: unit for unit in units}.values())


def _everyone(system: str, chosen: list[Unit], project: Project) -> list[Unit]:
    """The chosen units and every other place of the system that has parameters, in the order of the list."""
    mine = {unit.municipality: unit for unit in chosen}
    places = [place.municipality for place in catalogue.places(catalogue.load_system(system, project), project)]
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


def _write_tables(system: System, units: list[Unit], project: Project) -> dict[str, int]:
    """figures.parquet and roadmap.parquet of a system from accepted registries; returns problems in the data per sender.

    Figures of each place at the day of its report and at the days of the trend before it.
    """
    figures, measures, problems = [], [], dict[str, int]()
    for day in sorted({unit.as_of for unit in units}):
        places = [unit.municipality for unit in units if unit.as_of == day]
        whole = Situation(system.id, REGION, day, project)
        series = whole.series_of(places)
        figures.append(series[series["variant"] == ""].drop(columns="variant"))
        for place in places:
            problems[place] = len(whole.received.problems_of(place))
            if system.measures:
                measures.append(whole.terms_of(place))
    folder = project.outputs(system.id)
    _write_parquet(pd.concat(figures, ignore_index=True), folder / "figures.parquet")
    if measures:
        _write_parquet(pd.concat(measures, ignore_index=True), folder / "roadmap.parquet")
    return problems


def _write_calendars(unit: Unit, situation: Situation, folder: Path) -> None:
    """calendar.ics with all due dates of the roadmap, and calendars/<body>.ics for each responsible body."""
    schedule, title = situation.schedule, f"{situation.facts.act.short_title}: сроки, {situation.place.name}"
    (folder / "calendar.ics").write_bytes(documents.calendar(schedule, unit.id, title, unit.as_of))
    (folder / "calendars").mkdir()
    answered = schedule[schedule["bodies"] != ""]
    for body, mine in answered.assign(body=answered["bodies"].str.split("; ")).explode("body").groupby("body", sort=False):
        content = documents.calendar(mine, unit.id, f"{body}: сроки", unit.as_of)
        (folder / "calendars" / f"{re.sub(FORBIDDEN, '_', body)[:80]}.ics").write_bytes(content)


def make_report(unit: Unit, project: Project) -> Result:
    """Runs the notebooks of one place; its pages and calendar.ics appear in its folder by one rename."""
    started = time.perf_counter()
    outputs = project.outputs(unit.system)
    situation = Situation(unit.system, unit.municipality, unit.as_of, project)
    title = f"{situation.place.name}: состояние системы на {unit.as_of:%d.%m.%Y}"
    error = None
    with drafted(outputs) as draft:
        try:
            for report, name in unit.reports.items():
                execute(report, unit.parameters, draft, name, title, project)
            if situation.facts.measures:
                _write_calendars(unit, situation, draft)
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
