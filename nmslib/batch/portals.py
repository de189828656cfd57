"""The portal of a system and its summary in Excel, from the tables and from what lies in the folders of its places."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from nmslib import catalogue, charts, documents, registries, tables
from nmslib.batch import verifying
from nmslib.batch.running import PORTAL, SUMMARY
from nmslib.batch.units import SCENARIOS, Failure, Result, ScenarioUnit, Stamp, Unit, read_failure, read_stamp
from nmslib.documents.portal import Failure as Card
from nmslib.documents.portal import Made, Paper, Portal, RunFacts
from nmslib.model import MeasureState
from nmslib.paths import Project, appearing
from nmslib.situation import Situation

LABELS = {
    "report.html": "отчёт",
    "indicators.html": "показатели",
    "note.docx": "справка Word",
    "annex.xlsx": "приложение Excel",
    "calendar.ics": "календарь",
    "report.ipynb": "тетрадь",
}
OF_SCENARIO = {
    "scenario.html": "страница",
    "scenario.xlsx": "книга Excel",
    "scenario.png": "рисунок",
    "scenario.ipynb": "тетрадь",
}
OF_SYSTEM = {
    "summary.xlsx": "свод Excel",
    "data_quality.html": "качество данных",
    "passport.html": "паспорт документа",
    "compared.html": "системы рядом",
}


def write(system: str, results: list[Result], started_at: datetime, project: Project) -> None:
    """index.html and summary.xlsx of a system, each by one rename; nothing when its tables could not be made.

    Raises Mismatch, and leaves the previous file, when one would say another number than the tables.
    """
    kept = tables.whole(system, project)
    figures = verifying.reported(kept) if kept else None
    if kept is None or figures is None:
        return
    outputs, day, now = project.outputs(system), max(kept.days.values()), verifying.speaker(system, kept, project)
    with appearing(outputs / SUMMARY) as draft:
        documents.summary(now, draft, kept.table("roadmap"))
        verifying.verify_summary(draft, now)
    changes = kept.table("changes")
    view = Portal(
        system=now.facts,
        names={name: said for name, said in now.names.items() if name in kept.days},
        day=day,
        figures=figures,
        cards=now.cards,
        overdue=_overdue(kept),
        completeness=_completeness(now, kept),
        made=tuple(_made(name, kept, project) for name in now.names if name in kept.days),
        changes=changes if kept.since else None,
        heat=charts.svg(charts.spec(charts.heat(figures, now.names, now.cards))),
        synthetic=now.synthetic,
        run=_facts(results, started_at, kept),
        files=tuple(_papers(outputs, OF_SYSTEM)),
        scenarios=tuple(_scenarios(kept, project)),
    )
    with appearing(outputs / PORTAL) as draft:
        draft.write_text(documents.portal(view), encoding="utf-8")
        verifying.verify_portal(draft, figures, now)


def _overdue(kept: tables.Kept) -> dict[str, int]:
    """Place → how many measures are overdue on the day of its report."""
    measures = kept.table("measures")
    if measures is None or measures.empty:
        return {}
    late = (measures["state"] == MeasureState.OVERDUE.id).groupby(measures["municipality"], sort=False).sum()
    return {name: int(count) for name, count in late.items() if name in kept.days}


def _completeness(now: Situation, kept: tables.Kept) -> dict[str, tuple[int, int]]:
    """Place → registries received and expected."""
    if now.facts.act.level == "federal":
        return {}
    by_place = now.received.arrivals.groupby("municipality")["received"]
    return {name: (int(mine.sum()), len(mine)) for name, mine in by_place if name in kept.days}


def _made(name: str, kept: tables.Kept, project: Project) -> Made:
    unit = Unit(kept.folder.name, name, {})
    stamp, failed = read_stamp(unit.folder(project)), read_failure(unit.failed(project))
    at = stamp.made_at if stamp else failed.at if failed else kept.made_at
    return Made(
        municipality=name,
        files=tuple(_of_stamp(name, stamp, LABELS)) if stamp else (),
        made_at=datetime.fromisoformat(at),
        as_of=kept.days[name],
        failure=_card(failed, unit, project) if failed else None,
    )


def _scenarios(kept: tables.Kept, project: Project) -> Iterable[tuple[str, Made]]:
    """Title and files of each scenario of the system."""
    system = kept.folder.name
    for name, title in catalogue.scenario_titles(system, project).items():
        unit = ScenarioUnit(system, SCENARIOS, {}, name)
        stamp, failed = read_stamp(unit.folder(project)), read_failure(unit.failed(project))
        at = stamp.made_at if stamp else failed.at if failed else kept.made_at
        made = Made(
            municipality=f"{SCENARIOS}/{name}",
            files=tuple(_of_stamp(f"{SCENARIOS}/{name}", stamp, OF_SCENARIO)) if stamp else (),
            made_at=datetime.fromisoformat(at),
            as_of=max(kept.days.values()),
            failure=_card(failed, unit, project) if failed else None,
        )
        yield title, made


def _of_stamp(name: str, stamp: Stamp, labels: dict[str, str]) -> Iterable[Paper]:
    for file, label in labels.items():
        if file in stamp.files:
            yield Paper(label, f"{name}/{file}", stamp.files[file].sha256, stamp.files[file].bytes)


def _papers(folder: Path, labels: dict[str, str]) -> Iterable[Paper]:
    for file, label in labels.items():
        if (path := folder / file).exists():
            yield Paper(label, file, registries.sha256_of(path), path.stat().st_size)


def _card(failed: Failure, unit: Unit, project: Project) -> Card:
    kept = next((path.name for path in sorted(unit.failed(project).glob("*.ipynb"))), "failure.json")
    return Card(
        title=failed.notebook or "документы",
        cell=failed.cell,
        error=failed.error,
        missing=failed.missing,
        who=failed.who,
        href=f"{unit.failed(project).relative_to(project.outputs(unit.system)).as_posix()}/{kept}",
    )


def _facts(results: list[Result], started_at: datetime, kept: tables.Kept) -> RunFacts:
    told = hashlib.sha256("".join(f"{name}{each}" for name, each in sorted(kept.made_of.items())).encode()).hexdigest()
    return RunFacts(
        started_at=started_at,
        finished_at=datetime.now(UTC),
        made=sum(result.anew and not result.failure for result in results),
        skipped=sum(not result.anew for result in results),
        failed=sum(result.failure is not None for result in results),
        version=version("nmslib"),
        fingerprint=told[:12],
    )
