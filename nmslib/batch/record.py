"""The record of a run, run.json: what was made from what, when, with which versions."""

import hashlib
import json
import sys
from datetime import UTC, datetime
from importlib.metadata import version

from nmslib.batch.units import Result, Unit
from nmslib.paths import Project, appearing
from nmslib.registries import snapshots

RECORDED_VERSIONS = ("nmslib", "pandas", "altair", "papermill", "vl-convert-python")


def _inputs(system: str, units: list[Unit], project: Project) -> dict[str, str]:
    """sha256 of every file the run depends on, by path inside the project."""
    files = [
        *sorted(project.system(system).iterdir()),
        project.cards,
        project.registry_schema,
        project.municipalities,
        project.working_days,
        project.readings(system),
        *(project.report(name) for name in {name for unit in units for name in unit.reports}),
    ]
    for unit in units:
        files.append(project.parameters(system, unit.municipality))
        if accepted := snapshots.in_force(system, unit.municipality, project):
            files.append(snapshots.folder_of(accepted, project) / snapshots.MANIFEST)
    return {
        path.relative_to(project.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.exists()
    }


def write_record(system: str, results: list[Result], started_at: datetime, project: Project) -> None:
    """Writes run.json of a system by one rename: times, versions, hashes of inputs, and how each unit ended."""
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
    with appearing(project.outputs(system) / "run.json") as draft:
        draft.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
