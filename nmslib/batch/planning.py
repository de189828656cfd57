"""Which units a run has, checked before anything runs: parameters, days, and what has changed since they were made."""

from collections.abc import Iterable
from datetime import date
from fnmatch import fnmatch

from nmslib import catalogue, registries, tables
from nmslib.batch.parameters import check_parameters, check_unit, declared_parameters, read_parameters
from nmslib.batch.units import SCENARIOS, ScenarioUnit, Unit, read_failure, read_stamp
from nmslib.paths import Project
from nmslib.problems import UserError
from nmslib.registries import snapshots

AGAIN = "в прошлый раз не удалось"


def plan(
    targets: Iterable[str], project: Project, as_of: str | None = None, only: Iterable[str] = (), failed: bool = False
) -> list[Unit]:
    """Units for targets like «seversk» (every place that has parameters, every scenario), «amur/tynda», «amur/scenarios/seats».

    «amur/region» is the whole, «amur/scenarios» are all of its scenarios.

    No target: every system that has parameters. ``as_of`` replaces the date of the parameter files. ``only``: masks of ids
    («amur/t*»), ``failed``: those alone that failed last time. Raises UserError before anything runs: unknown system or
    municipality (with the nearest names), unknown or mistyped parameters (with the known ones), a date that does not exist.
    """
    targets = list(targets) or [name for name in catalogue.systems(project) if _with_parameters(name, project)]
    units: dict[str, Unit] = {}
    known: dict[str, dict[str, str]] = {}
    for target in targets:
        system, _, rest = target.partition("/")
        wanted, _, scenario = rest.partition("/")
        places = [] if wanted == SCENARIOS else _chosen(system, rest, project)
        for unit in (_unit(system, name, project, as_of, known) for name in places):
            units[unit.id] = unit
        if not rest or wanted == SCENARIOS:
            units |= {unit.id: unit for unit in _scenarios(system, scenario, project)}
    masks = list(only)
    found = [unit for unit in units.values() if not masks or any(fnmatch(unit.id, mask) for mask in masks)]
    if masks and not found:
        raise UserError(f"Под «{', '.join(masks)}» не подходит ни один отчёт. Есть: {', '.join(units)}")
    return [unit for unit in found if not failed or read_failure(unit.failed(project))]


def _with_parameters(system: str, project: Project) -> bool:
    return any(path.stem != "readings" for path in project.parameters(system, "x").parent.glob("*.yaml"))


def _chosen(system: str, municipality: str, project: Project) -> list[str]:
    """Places of a target: one, or all that have parameters."""
    facts = catalogue.load_system(system, project)
    if municipality:
        return [catalogue.find_place(facts, municipality, project).municipality]
    places = [place.municipality for place in catalogue.places(facts, project)]
    chosen = [name for name in places if project.parameters(system, name).exists()]
    if not chosen:
        raise UserError(f"У системы «{system}» нет ни одного файла в parameters/{system}/: создайте его для муниципалитета")
    return chosen


def _unit(system: str, name: str, project: Project, as_of: str | None, known: dict[str, dict[str, str]]) -> Unit:
    path = project.parameters(system, name)
    given = read_parameters(path, project) | ({"as_of": as_of} if as_of else {})
    source = path.relative_to(project.root).as_posix()
    unit = Unit(system, name, given)
    if not _checked_before(unit, project):
        for report in unit.reports:
            if report not in known:
                known[report] = declared_parameters(project.report(report))
        declared = {parameter: kind for report in unit.reports for parameter, kind in known[report].items()}
        check_parameters(given, declared, source)
    check_unit(unit, "--as-of" if as_of else source)
    return unit


def _checked_before(unit: Unit, project: Project) -> bool:
    """Whether the same parameters went into the same notebooks: to read notebooks again takes longer than a run without work."""
    stamp = read_stamp(unit.folder(project))
    return stamp is not None and all(stamp.made_of.get(part) == told for part, told in unit.asked(project).items())


def _scenarios(system: str, named: str, project: Project) -> list[Unit]:
    """Scenarios of a system, one or all; what is wrong inside a file is told when it is made, and stops nobody else."""
    found = list(catalogue.scenario_titles(system, project))
    if named and named not in found:
        raise UserError(f"У системы «{system}» нет сценария «{named}». Есть: {', '.join(found) or 'ни одного'}")
    return [ScenarioUnit(system, SCENARIOS, {"system": system, "scenario": name}, name) for name in found if named in ("", name)]


def everyone(system: str, chosen: Iterable[Unit], project: Project) -> dict[str, date]:
    """Place → day of its report: of the chosen units, and of every other place of the system that has parameters."""
    chosen = list(chosen)
    mine = {unit.municipality: unit for unit in chosen if not isinstance(unit, ScenarioUnit)}
    known: dict[str, dict[str, str]] = {}
    units = (
        [mine.get(name) or _unit(system, name, project, None, known) for name in _chosen(system, "", project)] if chosen else []
    )
    return {unit.municipality: unit.as_of for unit in units} | {name: unit.as_of for name, unit in mine.items()}


def why(unit: Unit, kept: tables.Kept, project: Project) -> list[str]:
    """What has changed since the unit was made, in words; nothing when its files would come out the same."""
    stamp = read_stamp(unit.folder(project))
    if stamp is None and unit.folder(project).is_dir():
        return ["нет одного из файлов"]
    again = [AGAIN] if read_failure(unit.failed(project)) else []
    return tables.changed(stamp.made_of if stamp else None, unit.made_of(kept, project)) + again


def unchecked(units: Iterable[Unit], project: Project) -> list[str]:
    """Ids of units in whose inbox lies another workbook than any accepted one: their reports would tell of older data."""
    found = []
    for unit in (unit for unit in units if not isinstance(unit, ScenarioUnit)):
        workbook = project.workbook(unit.system, unit.municipality)
        if workbook.exists():
            accepted = {one.sha256 for one in snapshots.history(unit.system, unit.municipality, project)}
            if registries.sha256_of(workbook) not in accepted:
                found.append(unit.id)
    return found
