"""``nms check``: every workbook of the inbox to its sender, senders side by side, then the tables and the page of a system."""

import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from nmslib import catalogue, completeness, registries, roadmap
from nmslib.batch.acceptance import Outcome, desk, take
from nmslib.batch.findings import empty_table, of_file, refused
from nmslib.batch.pool import side_by_side
from nmslib.model import Municipality, Severity, System
from nmslib.paths import Project, appearing
from nmslib.problems import UserError
from nmslib.registries import COMPLETENESS, FINDINGS, snapshots
from nmslib.registries.words import plain_word

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".docx", ".pdf", ".zip", ".rar")
OPEN_MARK = "~$"


def arrived(system: System, senders: list[Municipality], project: Project) -> tuple[dict[str, list[Path]], list[Path]]:
    """Files of the inbox by sender, and those whose sender nobody knows: by the file's name, else by what the file says."""
    ways = {plain_word(way): sender.municipality for sender in senders for way in (sender.municipality, sender.name)}
    files: dict[str, list[Path]] = {}
    lost = []
    inbox = project.inbox(system.id)
    found = sorted(inbox.iterdir()) if inbox.is_dir() else []
    for path in found:
        if path.suffix.lower() not in SUFFIXES or path.name.startswith((".", OPEN_MARK)) or not path.is_file():
            continue
        named = ways.get(plain_word(path.stem)) or ways.get(plain_word(path.stem.split(".")[0]))
        sender = named or _said(path, system, senders, project)
        if sender:
            files.setdefault(sender, []).append(path)
        else:
            lost.append(path)
    return files, lost


def _said(path: Path, system: System, senders: list[Municipality], project: Project) -> str | None:
    """The sender that the workbook itself names, None when it names none of this system's."""
    tools = desk(system.id, project)
    book = registries.read_workbook(path, tools.schema, tools.synonyms)
    known = {sender.municipality for sender in senders}
    return book.municipality if book.municipality in known and book.system in (None, system.id) else None


def system_of(file: Path, project: Project) -> str:
    """The system that a workbook names itself; UserError when it names none that there is."""
    _be_a_file(file)
    synonyms, schema = catalogue.load_synonyms(project), catalogue.load_registry_schema(project)
    named = registries.read_workbook(file, schema, synonyms).system
    if named not in catalogue.systems(project):
        raise UserError(f"{file.name}: в книге не указана система; укажите её: nms check СИСТЕМА --file {file.name}")
    return str(named)


def _be_a_file(file: Path) -> None:
    if not file.is_file():
        raise UserError(f"{file}: нет такого файла" if not file.exists() else f"{file}: это папка, а нужна книга Excel")


def waiting(system: str, project: Project) -> int:
    """How many files lie in the inbox of a system."""
    facts = catalogue.load_system(system, project)
    files, lost = arrived(facts, catalogue.senders(facts, project), project)
    return len(lost) + sum(map(len, files.values()))


def told(outcome: Outcome, project: Project) -> str:
    """One line on a workbook: whose, what came of it, what was found, where the answer lies."""
    severities = outcome.findings["severity"].value_counts()
    found = ", ".join(f"{one.word} {severities[one.id]}" for one in Severity if one.id in severities)
    answer = f"; ответ: {outcome.answer.relative_to(project.root)}" if outcome.answer else ""
    whose = f"{outcome.system}/{outcome.municipality}" if outcome.municipality else outcome.system
    return f"{whose} ({outcome.file}): {outcome.accepted}; замечания: {found or 'нет'}{answer}"


def summary(outcomes: list[Outcome], systems: list[str], project: Project) -> str:
    """The closing line: how many workbooks, accepted just now, as before, refused; where to put them when there are none."""
    if not outcomes:
        inboxes = ", ".join(str(project.inbox(system).relative_to(project.root)) for system in systems)
        return f"Книг нет: положите их в {inboxes} или создайте синтетические командой nms demo"
    new = sum(outcome.new for outcome in outcomes)
    same = sum(outcome.revision is not None and not outcome.new for outcome in outcomes)
    refused = len(outcomes) - new - same
    parts = [f"принято: {new}", f"без изменений: {same}" if same else "", f"не принято: {refused}" if refused else ""]
    return f"Книг: {len(outcomes)}, " + ", ".join(part for part in parts if part)


def check(
    system: str,
    municipality: str | None,
    project: Project,
    now: datetime,
    report: Callable[[Outcome], None],
    accept: bool = True,
    file: Path | None = None,
    jobs: int | None = None,
) -> list[Outcome]:
    """Checks and accepts what lies in a system's inbox (or one ``file``), and writes answers, tables and nothing else.

    ``report`` is called as senders end, in any order. One sender's failure stops nobody: it becomes an outcome. Raises UserError
    when the system or municipality is unknown, or another process is accepting.
    """
    facts = catalogue.load_system(system, project)
    senders = catalogue.senders(facts, project)
    if file:
        _be_a_file(file)
    if municipality:
        catalogue.find_sender(facts, municipality, project)
    with snapshots.accepting(system, project) if accept else nullcontext():
        files, lost = _asked(facts, senders, municipality, file, project)
        tasks = [(sender, files[sender.municipality]) for sender in senders if sender.municipality in files]
        outcomes = [_of_nobody(path, system, project) for path in lost]
        for outcome in outcomes:
            report(outcome)
        for outcome in _side_by_side(system, tasks, accept, now, project, jobs):
            report(outcome)
            outcomes.append(outcome)
        order = {sender.municipality: number for number, sender in enumerate(senders)}
        outcomes.sort(key=lambda one: (order.get(one.municipality or "", -1), one.file))
        if accept:
            _write_tables(facts, senders, outcomes, partial=bool(municipality or file), today=now.date(), project=project)
    return outcomes


def _asked(
    system: System, senders: list[Municipality], municipality: str | None, file: Path | None, project: Project
) -> tuple[dict[str, list[Path]], list[Path]]:
    """What this call has to look at: one file, one sender's files, or the whole inbox."""
    if file is None:
        files, lost = arrived(system, senders, project)
        return ({municipality: files[municipality]} if municipality in files else {}, []) if municipality else (files, lost)
    ways = {plain_word(way): sender.municipality for sender in senders for way in (sender.municipality, sender.name)}
    sender = municipality or ways.get(plain_word(file.stem)) or _said(file, system, senders, project)
    return ({sender: [file]}, []) if sender else ({}, [file])


def _of_nobody(path: Path, system: str, project: Project) -> Outcome:
    found = of_file("unknown_sender", desk(system, project).rules).assign(system=system, municipality=None, file=path.name)
    return Outcome(system, None, path.name, "не принята: неизвестно, чья это книга", findings=found)


def _side_by_side(
    system: str, tasks: list[tuple[Municipality, list[Path]]], accept: bool, now: datetime, project: Project, jobs: int | None
) -> Iterator[Outcome]:
    """Outcomes as senders end; the largest files first, so that no process is left with one at the end."""
    longest_first = sorted(tasks, key=lambda task: -sum(path.stat().st_size for path in task[1]))
    desk(system, project)  # loaded before the fork, so that every worker has it
    for outcomes in side_by_side(_safely, [(system, *task, accept, now, project) for task in longest_first], jobs):
        yield from outcomes


def _safely(system: str, sender: Municipality, files: list[Path], accept: bool, now: datetime, project: Project) -> list[Outcome]:
    """A sender's outcomes; whatever goes wrong with one stops only that one."""
    try:
        return take(system, sender, files, accept, now, project)
    except Exception as error:
        if os.environ.get("NMS_DEBUG"):
            raise
        told = f"не проверена: {type(error).__name__}: {error}. Подробности: та же команда с NMS_DEBUG=1"
        return [Outcome(system, sender.municipality, path.name, told) for path in files]


def _write_tables(
    system: System, senders: list[Municipality], outcomes: list[Outcome], partial: bool, today: date, project: Project
) -> None:
    """completeness.parquet and findings.parquet of a system; senders that were not looked at keep what was found last time."""
    folder = project.outputs(system.id)
    folder.mkdir(parents=True, exist_ok=True)
    tools = desk(system.id, project)
    found = [outcome.findings for outcome in outcomes if len(outcome.findings) and outcome.latest]
    if partial and (folder / FINDINGS).exists():
        before = pd.read_parquet(folder / FINDINGS)
        found.insert(0, before[~before["municipality"].isin([outcome.municipality for outcome in outcomes])])
    findings = pd.concat(found, ignore_index=True) if found else empty_table()
    received = registries.read_system(system.id, completeness.forms(system, tools.cards, tools.schema, senders), project)
    arrivals = completeness.table(
        system, tools.cards, tools.schema, senders, received.arrivals, roadmap.register_terms(system), refused(findings), today
    )
    for frame, name in ((findings, FINDINGS), (arrivals, COMPLETENESS)):
        with appearing(folder / name) as draft:
            frame.to_parquet(draft, index=False)
