"""A run: tables of each system, then its units side by side, then its portal; what has not changed is left alone."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from filelock import FileLock, Timeout

from nmslib import tables
from nmslib.batch import planning, tasks
from nmslib.batch.crew import Crew, Lost, cores
from nmslib.batch.failures import Mismatch, failure
from nmslib.batch.record import RECORD, write_record
from nmslib.batch.render import tidy
from nmslib.batch.units import FAILED, FAILURE, SCENARIOS, STAMP, Failure, Result, Stamp, Unit, read_stamp, write_json
from nmslib.kernels import shell
from nmslib.model import REGION
from nmslib.paths import Project
from nmslib.problems import DataProblems, UserError

TABLES, PORTAL, SUMMARY = "таблицы", "index.html", "summary.xlsx"
ROOM_FOR_UNIT = 8 * 2**20
FORCED = ("так велено: --force",)
# Files of a system that nothing but a run writes: their drafts are left by a killed one.
WRITTEN = (*(f"{name}.parquet" for name in tables.NAMES), tables.MANIFEST, RECORD, PORTAL, SUMMARY)


@dataclass(frozen=True)
class Watch:
    """Who is told of the course of a run: how many units there are to make, which starts, which ended; nobody unless asked."""

    planned: Callable[[int], None] = lambda count: None
    started: Callable[[str], None] = lambda key: None
    ended: Callable[[Result], None] = lambda result: None


@contextmanager
def alone(project: Project) -> Iterator[None]:
    """Holds the outputs for one run; UserError when another one is making them, or nothing may be written there."""
    folder = project.root / "outputs"
    lock = FileLock(folder / ".lock", timeout=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise UserError("В папке outputs уже работает другой запуск nms run: дождитесь его и повторите") from error
    except OSError as error:
        raise UserError(f"В папку {folder} нельзя писать: проверьте, папка ли это, есть ли права и место на диске") from error
    try:
        yield
    finally:
        lock.release()


def run(
    units: list[Unit],
    project: Project,
    watch: Watch | None = None,
    jobs: int | None = None,
    force: bool = False,
    crew: Callable[..., Any] = Crew,
) -> list[Result]:
    """Makes what has changed of the units: results in their order, those left alone included.

    ``jobs``: processes at once, as many as cores unless given; ``force``: everything anew; ``crew``: who works (``Crew`` on this
    machine). A failed unit keeps its previous files and stops nobody. Raises UserError when another run holds the outputs or the
    disk is full, and what reading the facts of a system raises. Whatever interrupts it, outputs are whole, the next run goes on.
    """
    with alone(project):
        course = _Course(units, project, watch or Watch(), force)
        course.tidy()
        try:
            course.work(jobs or cores(), crew)
        finally:
            course.close()
    order = {unit.id: number for number, unit in enumerate(units)}
    return sorted(course.results, key=lambda result: order[result.unit.id])


def stale_days(system: str, units: list[Unit], project: Project) -> dict[str, date]:
    """Places of a system and their days when its tables have to be worked out; nothing when they are in step."""
    days = planning.everyone(system, [unit for unit in units if unit.system == system], project)
    kept = tables.in_step(system, project)
    return {} if kept and dict(kept.days) == days and kept.is_whole() else days


class _Course:
    """A run under way: what there is to make, and how units ended so far."""

    def __init__(self, units: list[Unit], project: Project, watch: Watch, force: bool) -> None:
        self.units, self.project, self.watch, self.force = units, project, watch, force
        self.systems = list(dict.fromkeys(unit.system for unit in units))
        self.started_at = datetime.now(UTC)
        self.results: list[Result] = []
        self.asked: dict[str, tuple[Unit, tuple[str, ...]]] = {}
        self.told: set[str] = set()

    def tidy(self) -> None:
        """Clears what a killed run left behind, and refuses to start where nothing would fit."""
        free = shutil.disk_usage(self.project.root / "outputs").free
        if free < ROOM_FOR_UNIT:
            raise UserError(f"На диске осталось {free // 2**20} МБ: освободите место и повторите ту же команду")
        self._clear()

    def _clear(self) -> None:
        for system in self.systems:
            tidy(self.project.outputs(system), WRITTEN)
            for folder in (FAILED, SCENARIOS):
                tidy(self.project.outputs(system) / folder)

    def work(self, jobs: int, crew: Callable[..., Any]) -> None:
        """Tables first, units of a system as soon as its tables are there."""
        stale = {}
        for system in self.systems:
            every = planning.everyone(system, self._of(system), self.project)
            if days := every if self.force else stale_days(system, self.units, self.project):
                stale[system] = days
        ready = self._sift([unit for unit in self.units if unit.system not in stale])
        self.watch.planned(len(ready) + sum(len(self._of(system)) for system in stale))
        if not ready and not stale:
            return
        os.environ[shell.SYSTEMS] = " ".join(self.systems)
        with ExitStack() as stack:
            with shell.undisturbed():
                shell.warm()  # it imports in the background what we import next
                # Here, because most runs find nothing to make and end sooner than it would load.
                from nmslib import drawing

                stack.enter_context(drawing.serve())
            hands = stack.enter_context(crew(jobs, self.watch.started))
            for system, days in stale.items():
                hands.add(f"{system}: {TABLES}", tasks.keep_tables, system, days, self.started_at, self.project)
            self._add(ready, hands)
            for key, answer in hands.answers():
                system, _, what = key.partition(": ")
                if what == TABLES:
                    self._add(self._after_tables(system, answer), hands)
                elif what == PORTAL:
                    self.told |= set() if isinstance(answer, Exception | Lost) else {system}
                else:
                    self._ended(key, answer)
                    self._show(self.asked[key][0].system, hands)

    def _of(self, system: str) -> list[Unit]:
        return [unit for unit in self.units if unit.system == system]

    def _sift(self, units: list[Unit]) -> list[Unit]:
        """Units to make; those left alone become results at once."""
        found = []
        for unit in units:
            kept = tables.whole(unit.system, self.project)
            why = FORCED if self.force else tuple(planning.why(unit, kept, self.project)) if kept else ("нет таблиц",)
            self.asked[unit.id] = (unit, why)
            if why:
                found.append(unit)
            else:
                self._end(Result(unit, read_stamp(unit.folder(self.project)), anew=False))
        return found

    def _add(self, units: list[Unit], hands: Any) -> None:
        """The whole first: it takes longest, and nobody should wait for it alone at the end."""
        for unit in sorted(units, key=lambda unit: unit.municipality != REGION):
            hands.add(unit.id, tasks.make_unit, unit, self.project)

    def _show(self, system: str, hands: Any) -> None:
        """The portal of a system whose last unit has just ended, while others go on."""
        mine = self._results_of(system)
        if len(mine) == len(self._of(system)):
            hands.add(f"{system}: {PORTAL}", tasks.show_portal, system, mine, self.started_at, self.project)

    def _results_of(self, system: str) -> list[Result]:
        return [result for result in self.results if result.unit.system == system]

    def _after_tables(self, system: str, answer: Any) -> list[Unit]:
        """Units that can start now; where the facts themselves are broken there is nothing to go on with."""
        if isinstance(answer, DataProblems | UserError):
            raise answer
        if isinstance(answer, Exception | Lost):
            for unit in self._of(system):
                self._fail(unit, answer)
            return []
        return self._sift(self._of(system))

    def _ended(self, key: str, answer: Any) -> None:
        unit, why = self.asked[key]
        if isinstance(answer, Stamp):
            self._end(Result(unit, answer, why=why))
        elif isinstance(answer, Failure):
            self._end(Result(unit, failure=answer, why=why))
        else:
            self._fail(unit, answer)

    def _fail(self, unit: Unit, error: Exception | Lost) -> None:
        """A unit whose process could not even say why it failed."""
        found, folder = failure(unit, error, {}), unit.failed(self.project)
        folder.mkdir(parents=True, exist_ok=True)
        write_json(found, folder / FAILURE)
        self._end(Result(unit, failure=found, why=self.asked.get(unit.id, (unit, ()))[1]))

    def _end(self, result: Result) -> None:
        self.results.append(result)
        self.watch.ended(result)

    def close(self) -> None:
        """Leaves no drafts, tells how it went; UserError when that does not fit on the disk."""
        self._clear()
        try:
            self._tell()
        except OSError as error:
            told = "Запись о запуске и портал не записаны: проверьте место на диске и права, повторите ту же команду"
            raise UserError(told) from error

    def _tell(self) -> None:
        """The record and the portal of each system in which something happened, or whose portal tells of an earlier run."""
        differences: list[str] = []
        for system in self.systems:
            mine = self._results_of(system)
            if any(result.anew for result in mine) or (mine and self._behind(system)):
                write_record(system, mine, self.started_at, self.project)
                try:
                    if system not in self.told:
                        tasks.show_portal(system, mine, self.started_at, self.project)
                except Mismatch as mismatch:
                    differences += [f"{system}/{each}" for each in mismatch.differences]
        if differences:
            raise Mismatch(differences)

    def _behind(self, system: str) -> bool:
        """Whether the files of a system are lost or older than those of a place: a run was killed before it came to them."""
        folder = self.project.outputs(system)
        if not all((folder / name).exists() for name in (SUMMARY, PORTAL)):
            return True
        stamps = [unit.folder(self.project) / STAMP for unit in self._of(system)]
        shown_at = (folder / PORTAL).stat().st_mtime_ns
        return any(path.exists() and path.stat().st_mtime_ns > shown_at for path in stamps)
