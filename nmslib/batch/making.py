"""One unit's files, from notebooks to the Word note: made in a draft, read again, put in place by one rename."""

import os
import re
import shutil
import time
from datetime import date
from itertools import count
from pathlib import Path

from nmslib import documents, drawing, registries, tables
from nmslib.batch import pictures, scenario_files, verifying
from nmslib.batch.crew import caller_is_gone
from nmslib.batch.failures import failure
from nmslib.batch.render import appear, drafted, execute
from nmslib.batch.units import FAILURE, STAMP, Failure, File, ScenarioUnit, Stamp, Unit, left_stamp, moment, write_json
from nmslib.documents.note import fields, note, outside_fields
from nmslib.paths import Project
from nmslib.problems import UserError
from nmslib.situation import Situation

# Characters that file names must not have on Windows.
FORBIDDEN = r'[\\/:*?"<>|]'
NOTE, ANNEX, CALENDAR = "note.docx", "annex.xlsx", "calendar.ics"
EDITED = "note.edited-*.docx"


def make(unit: Unit, project: Project) -> Stamp | Failure:
    """Makes the files of a unit; its previous ones stay until all new ones are there, and when anything fails.

    What a failed unit got to is kept in outputs/<system>/failed/<municipality>/ with the reason.
    """
    kept = tables.in_step(unit.system, project)
    inputs = unit.made_of(kept, project) if kept else {}
    with drafted(project.outputs(unit.system)) as draft:
        try:
            if kept:
                kept.read()  # notebooks are forks of this process
            stamp = (_fill_scenario if isinstance(unit, ScenarioUnit) else _fill)(draft, unit, inputs, project)
            if not caller_is_gone():
                unit.folder(project).parent.mkdir(exist_ok=True)
                appear(draft, unit.folder(project))
                shutil.rmtree(unit.failed(project), ignore_errors=True)
            return stamp
        except Exception as error:
            if os.environ.get("NMS_DEBUG"):
                raise
            found = failure(unit, error, inputs)
            if not caller_is_gone():
                _keep_failure(draft, found, unit, project)
            return found


def _fill(draft: Path, unit: Unit, inputs: dict[str, str], project: Project) -> Stamp:
    started = time.perf_counter()
    before = unit.folder(project)
    _refuse_open(before)
    now = Situation(unit.system, unit.municipality, unit.as_of, project)
    title = f"{now.place.name}: состояние системы на {unit.as_of:%d.%m.%Y}"
    # Notebooks ask for the project by this name, on a worker of a cluster too.
    os.environ["NMS_HOME"] = str(project.root)
    # Notebooks first: they are forks of this process, which must not have drawn or counted anything yet.
    for report, name in unit.reports.items():
        execute(report, unit.parameters, draft, name, title, project)
    if now.facts.measures:
        _write_calendars(unit, now, draft)
    outside = ""
    if now.facts.act.level != "federal":
        documents.annex(now, draft / ANNEX)
        outside = _write_note(now, before, draft, project)
    checked = verifying.verify(draft, now)
    files = _files(draft)
    problems = len(now.received.problems_of(unit.municipality))
    seconds = round(time.perf_counter() - started, 2)
    stamp = Stamp(unit.id, unit.as_of.isoformat(), moment(), seconds, checked, problems, outside, inputs, files)
    write_json(stamp, draft / STAMP)
    return stamp


def _fill_scenario(draft: Path, unit: Unit, inputs: dict[str, str], project: Project) -> Stamp:
    started, name = time.perf_counter(), unit.parameters["scenario"]
    _refuse_open(unit.folder(project))
    shown = scenario_files.read(name, project)
    checked = scenario_files.write_files(shown, name, draft, project)
    seconds = round(time.perf_counter() - started, 2)
    stamp = Stamp(unit.id, shown.now.day.isoformat(), moment(), seconds, checked, 0, "", inputs, _files(draft))
    write_json(stamp, draft / STAMP)
    return stamp


def _files(draft: Path) -> dict[str, File]:
    """Everything that was made, but for notes that somebody edited."""
    kept = set(draft.glob(EDITED))
    made = (path for path in sorted(draft.rglob("*")) if path.is_file() and path not in kept)
    return {path.relative_to(draft).as_posix(): File(registries.sha256_of(path), path.stat().st_size) for path in made}


def _refuse_open(folder: Path) -> None:
    """A document that somebody has open would be saved over later: better no new files than lost words."""
    opened = [path.name for pattern in ("~$*", ".~lock.*#") for path in folder.glob(pattern)] if folder.is_dir() else []
    if opened:
        names = ", ".join(re.sub(r"^(~\$|\.~lock\.)|#$", "", name) for name in opened)
        raise UserError(f"файл открыт в другой программе ({names}): закройте его и повторите")


def _write_note(now: Situation, before: Path, draft: Path, project: Project) -> str:
    """note.docx with what the analyst wrote into the fields of the one before; a note edited elsewhere is kept beside.

    Returns the hash of the text outside the fields.
    """
    previous, kept = before / NOTE, dict[str, list[bytes]]()
    for path in before.glob(EDITED):
        shutil.copy2(path, draft / path.name)
    if previous.exists():
        kept = fields(previous)
        stamp = left_stamp(before)
        if stamp is None or stamp.outside != outside_fields(previous):
            shutil.copy2(previous, _free_name(draft, date.fromtimestamp(previous.stat().st_mtime)))
    left = tables.whole(now.system, project)
    changed = left.of("changes", now.municipality) if left else None
    if left is None or changed is None:
        raise UserError("таблица изменений не та, что записал запуск: повторите ту же команду")
    changed = changed if left.since else None
    (draft / NOTE).write_bytes(note(now, changed, pictures.of_pages(draft), drawing.png, kept))
    return outside_fields(draft / NOTE)


def _free_name(folder: Path, day: date) -> Path:
    """A name for a note edited on ``day``; several of one day are told apart by a number."""
    names = (EDITED.replace("*", f"{day.isoformat()}{f'-{number}' if number > 1 else ''}") for number in count(1))
    return next(folder / name for name in names if not (folder / name).exists())


def _write_calendars(unit: Unit, situation: Situation, folder: Path) -> None:
    """calendar.ics with all due dates of the roadmap, and calendars/<body>.ics for each responsible body."""
    schedule = situation.terms
    answered = schedule[schedule["bodies"] != ""].assign(body=schedule["bodies"].str.split("; ")).explode("body")
    whole = f"{situation.facts.act.short_title}: сроки, {situation.place.name}"
    files = {whole: folder / CALENDAR}
    names = {whole: set(schedule["measure"])}
    (folder / "calendars").mkdir()
    for body, mine in answered.groupby("body", sort=False):
        names[f"{body}: сроки"] = set(mine["measure"])
        files[f"{body}: сроки"] = folder / "calendars" / f"{re.sub(FORBIDDEN, '_', body)[:80]}.ics"
    for name, content in documents.calendars(schedule, unit.id, names, unit.as_of).items():
        files[name].write_bytes(content)


def _keep_failure(draft: Path, found: Failure, unit: Unit, project: Project) -> None:
    """What the unit got to, with the reason, where the portal finds it."""
    target = unit.failed(project)
    target.parent.mkdir(parents=True, exist_ok=True)
    for path in draft.iterdir():
        if path.suffix != ".ipynb":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    write_json(found, draft / FAILURE)
    appear(draft, target)
