"""The record of a run, run.json: what was made from what, when, with which versions."""

import hashlib
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from platform import python_version
from typing import Any

from nmslib import tables
from nmslib.batch.units import Result, ScenarioUnit, Unit, moment, write_json
from nmslib.paths import Project
from nmslib.registries import snapshots

RECORD = "run.json"


def _inputs(system: str, units: list[Unit], project: Project) -> dict[str, str]:
    """sha256 of every file the run depends on, by path inside the project."""
    files = [
        *sorted(project.system(system).iterdir()),
        project.cards,
        project.registry_schema,
        project.municipalities,
        project.advice,
        project.working_days,
        project.readings(system),
        *(project.report(name) for name in {name for unit in units for name in unit.reports}),
    ]
    for unit in units:
        if isinstance(unit, ScenarioUnit):
            files += [project.scenarios / f"{unit.scenario}.yaml", project.levers]
            continue
        files.append(project.parameters(system, unit.municipality))
        if accepted := snapshots.in_force(system, unit.municipality, project):
            files.append(snapshots.folder_of(accepted, project) / snapshots.MANIFEST)
    return {
        path.relative_to(project.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.exists()
    }


def _told(result: Result) -> dict[str, Any]:
    """How a unit ended, as run.json tells it."""
    unit, stamp = result.unit, result.stamp
    told = {
        "id": unit.id,
        "parameters": unit.parameters,
        "state": "failed" if result.failure else "made" if result.anew else "same",
    }
    if result.failure:
        return told | {"why": result.why, "error": str(result.failure), "failure": asdict(result.failure)}
    return told | {
        "why": result.why,
        "error": None,
        "seconds": stamp.seconds if stamp else None,
        "checked": stamp.checked if stamp else None,
    }


def write_record(system: str, results: list[Result], started_at: datetime, project: Project) -> None:
    """Writes run.json of a system by one rename: times, versions, hashes of inputs, and how each unit ended."""
    record = {
        "started_at": started_at.isoformat(timespec="seconds"),
        "finished_at": moment(),
        "python": python_version(),
        "versions": {name: version(name) for name in ("nmslib", *tables.LIBRARIES)},
        "inputs": _inputs(system, [result.unit for result in results], project),
        "units": [_told(result) for result in results],
    }
    write_json(record, project.outputs(system) / RECORD)
