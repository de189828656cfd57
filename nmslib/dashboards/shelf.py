"""What runs have left of each system, as pages read it: tables and documents, never registries."""

import time
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

from nmslib import catalogue, tables
from nmslib.dashboards.problems import NotShown
from nmslib.dashboards.scope import Scope
from nmslib.left import Left
from nmslib.model import REGION, Card, LeverCard, Municipality, System
from nmslib.paths import Project
from nmslib.problems import DataProblems, UserError

# A run puts its tables in place within milliseconds; who reads at that moment reads again.
ATTEMPTS, PAUSE = 20, 0.1


@dataclass(frozen=True, eq=False)
class Opened:
    """A system with the tables of its last whole run."""

    system: str
    held: tables.Held
    project: Project

    def read(self) -> None:
        """Reads the document and its cards now: forks of this process need not."""
        for name in ("facts", "cards", "places"):
            getattr(self, name)

    @cached_property
    def facts(self) -> System:
        """The document."""
        return catalogue.load_system(self.system, self.project)

    @cached_property
    def cards(self) -> dict[str, Card]:
        """Cards of indicators."""
        return catalogue.load_cards(self.project)

    @cached_property
    def levers(self) -> dict[str, LeverCard]:
        """Cards of levers."""
        return catalogue.load_levers(self.project)

    @cached_property
    def places(self) -> list[Municipality]:
        """Places of the system, the whole last."""
        return catalogue.places(self.facts, self.project)

    @cached_property
    def names(self) -> dict[str, str]:
        """Place → how it is called, those that the run has reports of."""
        return {one.municipality: one.name for one in self.places if one.municipality in self.held.days}

    @cached_property
    def called(self) -> dict[str, str]:
        """Place → how it is called, those without a report of their own too (of the federal view, the systems)."""
        return {one.municipality: one.name for one in self.places}

    @property
    def whole(self) -> str:
        """Where a page opens: the whole system, or its only municipality."""
        return REGION if REGION in self.names else next(iter(self.names))

    @cached_property
    def synthetic(self) -> bool:
        """Whether anything shown rests on invented registries."""
        return bool(self.held.table("arrivals")["synthetic"].any())

    @cached_property
    def outdated(self) -> bool:
        """Whether another version of the program worked the figures out."""
        return self.held.kept.made_of.get("program") != tables.program()["program"]

    def at(self, municipality: str, day: date | None = None) -> Left:
        """What the run left of a place on the day of its report, or of its trend."""
        return Left(self.system, municipality, day or self.held.days[municipality], self.project, held=self.held)

    def days(self, municipality: str) -> list[date]:
        """Days on which figures of the place are known, the newest first."""
        mine = self.held.table("figures")
        return sorted({day.date() for day in mine.loc[mine["municipality"] == municipality, "as_of"].unique()}, reverse=True)


@dataclass
class Shelf:
    """Systems that a page may show; what was read stays in memory until a newer whole run is there."""

    project: Project
    scope: Scope = field(default_factory=Scope)

    def titles(self) -> dict[str, str]:
        """System → its short title, of those within the scope that a run has left something of."""
        known = self.scope.systems(catalogue.systems(self.project))
        made = [one for one in known if (self.project.outputs(one) / tables.MANIFEST).exists() or one in _LAST]
        if not made:
            which = self.scope.system or ""
            command = f"nms demo && nms check && nms run {which}".strip()
            raise NotShown("Показывать пока нечего: ни один запуск не оставил цифр", how=f"Выполните команду: {command}")
        return {one: _title(one, self.project) for one in sorted(made, key=lambda name: (name == catalogue.FEDERAL, name))}

    def open(self, system: str) -> Opened:
        """The last whole run of a system; NotShown when there is none."""
        for attempt in range(ATTEMPTS):
            found = self._whole(system)
            if found:
                _LAST[system] = found
                return found
            if system in _LAST:
                return _LAST[system]
            if attempt + 1 < ATTEMPTS and (self.project.outputs(system) / tables.MANIFEST).exists():
                time.sleep(PAUSE)
        raise NotShown(
            f"Таблицы системы «{system}» не дописаны или оставлены другой версией программы",
            how=f"Дождитесь конца запуска или выполните команду: nms run {system}",
        )

    def _whole(self, system: str) -> Opened | None:
        kept = tables.whole(system, self.project)
        if kept is None or set(tables.NAMES) - set(kept.files):
            return None
        last = _LAST.get(system)
        if last and last.held.kept.files == kept.files and last.project == self.project:
            return last
        held = kept.held()
        return Opened(system, held, self.project) if held else None


# System → what was last read whole: forks of a warm process begin with it.
_LAST: dict[str, Opened] = {}


@lru_cache(maxsize=32)
def _title(system: str, project: Project) -> str:
    try:
        return catalogue.load_system(system, project).act.short_title
    except (DataProblems, UserError) as error:
        raise NotShown(
            f"Документ системы «{system}» не читается", how=f"{str(error).splitlines()[0]} Команда: nms lint {system}"
        ) from error
