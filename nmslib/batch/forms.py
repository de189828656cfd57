"""Workbooks that the tetrad itself writes for senders: the form to fill in, and synthetic registries to try everything with."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from nmslib import catalogue, completeness, demo, registries, roadmap
from nmslib.batch.acceptance import Desk, desk
from nmslib.batch.pool import side_by_side
from nmslib.demo import defects
from nmslib.model import Municipality, RegistrySchema
from nmslib.paths import Project
from nmslib.registries import snapshots


def write_template(system: str, municipality: str, project: Project) -> Path:
    """The form of a sender, pre-filled with the rows accepted last; returns where it lies.

    Raises UserError when the sender is unknown, or a form that somebody has changed lies there already.
    """
    tools = desk(system, project)
    sender = catalogue.find_sender(tools.system, municipality, project)
    form = completeness.form(tools.system, tools.cards, tools.schema, sender)
    accepted = snapshots.in_force(system, municipality, project)
    frames = _accepted_rows(accepted, form, tools) if accepted else {}
    mark = [("Внимание", f"{registries.SYNTHETIC}: люди, организации и документы вымышлены")]
    about = [
        ("Книга реестров", f"{sender.name}: {tools.system.act.short_title}"),
        *(mark if accepted and accepted.synthetic else []),
        ("Система", system),
        ("Муниципалитет", municipality),
        ("Документ", f"{tools.system.act.name}, {tools.system.act.issuing_body}"),
        ("Версия формы", tools.schema.version),
        ("Данные на", ""),
        ("Отправлено", ""),
    ]
    path = project.template(system, municipality)
    registries.write_workbook(path, frames, about, form, codes=_codes(system, project))
    return path


def _accepted_rows(accepted: snapshots.Snapshot, form: RegistrySchema, tools: Desk) -> dict[str, pd.DataFrame]:
    """Rows in force with their names, which only the kept workbook has: its rows less those that were left out."""
    workbook = snapshots.folder_of(accepted, tools.project) / snapshots.WORKBOOK
    book = registries.read_workbook(workbook, tools.schema, tools.synonyms)
    frames = {}
    for sheet in form.sheets:
        kept = snapshots.rows_of(accepted, sheet.id, tools.project)
        if kept is not None and sheet.id in book.sheets:
            rows = book.sheets[sheet.id].frame
            frames[sheet.id] = rows[rows["excel_row"].isin(kept["excel_row"])].drop(columns="excel_row")
    return frames


def _codes(system: str, project: Project) -> dict[str, str]:
    return {place.municipality: place.name for place in catalogue.municipalities_of(system, project)}


@dataclass(frozen=True)
class Invented:
    """One synthetic workbook: whose it is, where it lies, how many people work there, which registries have no rows."""

    system: str
    municipality: str
    path: Path
    staff: int
    lacking: tuple[str, ...]


def write_demo(systems: Iterable[str], seed: int, with_defects: bool, project: Project) -> Iterator[list[Invented]]:
    """Synthetic workbooks of every sender of these systems, the previous monitoring and the newest one, as they get ready.

    ``with_defects`` plants documented defects in the newest ones and writes their key, <system>.defects.csv, when the last
    workbook is there. Raises UserError rather than overwrite what somebody filled in.
    """
    tasks = []
    for system in systems:
        if project.planted(system).exists():
            _clear_planted(project.inbox(system))
            project.planted(system).unlink()
        senders = catalogue.senders(desk(system, project).system, project)
        tasks += [(system, sender, seed, project) for sender in senders]
    tasks.sort(key=lambda task: -(task[1].population or 0))
    newest: dict[str, Invented] = {}
    for invented in side_by_side(_invent, tasks):
        newest[f"{invented[-1].system}/{invented[-1].municipality}"] = invented[-1]
        yield invented
    if with_defects:
        _plant(newest, seed, project)


def _invent(system: str, sender: Municipality, seed: int, project: Project) -> list[Invented]:
    tools = desk(system, project)
    terms = roadmap.register_terms(tools.system)
    last_terms = [max(days) for registry, days in terms.items() if registry and days]
    working_days = roadmap.WorkingDays(catalogue.load_working_years(project))
    due = roadmap.schedule(tools.system, working_days).dropna(subset=["due_on"])
    form = completeness.form(tools.system, tools.cards, tools.schema, sender)
    codes = _codes(system, project)
    newest, previous = demo.data_day(tools.system, last_terms), demo.history_day(tools.system, last_terms)
    invented = []
    for until in (previous, newest):
        frames = demo.registries(sender, tools.system, form, due, until, seed, list(codes))
        ahead = [completeness.due_day(days, until) for days in terms.values()]
        due_day = min((day for day in ahead if day), default=None)
        sent_on = demo.sent_on(sender, until, due_day, seed)
        stem = sender.municipality if until == newest else f"{sender.municipality}.{until.isoformat()}"
        path = project.workbook(system, stem)
        about = demo.about(tools.system, sender, tools.schema.version, until, sent_on, seed)
        registries.write_workbook(path, frames, about, form, codes=codes)
        staff = frames["staff"]["person"].nunique() if "staff" in frames else 0
        lacking = tuple(registry for registry, rows in frames.items() if rows.empty)
        invented.append(Invented(system, sender.municipality, path, int(staff), lacking))
    return invented


def _plant(newest: dict[str, Invented], seed: int, project: Project) -> None:
    """Plants defects in the newest workbooks and writes a key per system."""
    sizes = {sender: one.staff for sender, one in newest.items()}
    lacking = {sender: one.lacking for sender, one in newest.items()}
    kinds = defects.assign(sorted(newest), seed, sizes, lacking)
    planted: dict[str, list[defects.Planted]] = {}
    tasks = [(sender, found, seed, project) for sender, found in kinds.items() if found]
    for sender, places in side_by_side(_plant_one, tasks):
        planted[sender] = places
    for system in dict.fromkeys(sender.split("/")[0] for sender in newest):
        mine = {sender: planted[sender] for sender in sorted(planted) if sender.startswith(f"{system}/")}
        defects.write_key(project.planted(system), mine)


def _plant_one(sender: str, kinds: list[str], seed: int, project: Project) -> tuple[str, list[defects.Planted]]:
    system, municipality = sender.split("/")
    return sender, defects.plant(project.workbook(system, municipality), kinds, desk(system, project).schema, seed)


def _clear_planted(inbox: Path) -> None:
    """Takes away what an earlier demo with defects left under other names: only what still is as it was written."""
    for seal in inbox.glob(".*.sha256"):
        path = inbox / seal.name.removeprefix(".").removesuffix(".sha256")
        if path.exists() and registries.sha256_of(path) == seal.read_text(encoding="utf-8"):
            path.unlink()
            seal.unlink()
    for mark in inbox.glob("~$*"):
        mark.unlink()
