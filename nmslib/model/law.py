"""What a document establishes, as frozen objects: act, subjects, measures, indicators, targets and the rest."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from nmslib.model.advice import Addressee
from nmslib.model.fact import Fact

Level = Literal["federal", "regional", "municipal", "institutional"]
Process = Literal["formal", "informal", "service", "assessment"]
Comparator = Literal[">=", "<=", "="]
Unit = Literal["percent", "count"]

LEVELS: dict[str, str] = {
    "federal": "Федеральный уровень",
    "regional": "Региональный уровень",
    "municipal": "Муниципальный уровень",
    "institutional": "Уровень образовательных организаций",
}
PROCESSES: dict[str, str] = {
    "formal": "Формальный трек",
    "informal": "Неформальный трек",
    "service": "Методическая служба",
    "assessment": "Оценка компетенций и маршрутизация",
}


BRACKETED = re.compile(r"\s*\([^)]*\)")


def plain(text: str) -> str:
    """A name or title without case, «ё» and punctuation, for telling whether two are the same words."""
    return re.sub(r"[^\w\s]", " ", text.lower().replace("ё", "е")).strip()


@dataclass(frozen=True, kw_only=True)
class Period(Fact):
    """The time a document covers: its words, and the first and last day as we read them (None: not named, not guessed)."""

    printed: str | None
    start: date | None
    end: date | None
    clause: str


@dataclass(frozen=True, kw_only=True)
class Monitoring(Fact):
    """How often the system is monitored: the words and the least number of times a year."""

    printed: str | None
    times_a_year: int | None
    clause: str | None


@dataclass(frozen=True, kw_only=True)
class Listing(Fact):
    """A list of the document (methods, channels) with the clause it stands in."""

    items: tuple[str, ...]
    clause: str | None


@dataclass(frozen=True, kw_only=True)
class Act(Fact):
    """An order or another document that sets a system up; ``short_title`` is how screens call the system.

    ``date_printed`` holds the words where the document names less than a day («ноябрь 2021 г.»); a date is never guessed.
    """

    title: str
    short_title: str
    kind: str
    number: str | None
    date: date | None
    date_printed: str | None = None
    issuing_body: str
    operator: str | None
    operator_clause: str | None
    level: Level
    jurisdiction: str
    period: Period
    monitoring: Monitoring
    methods: Listing
    channels: Listing

    @property
    def name(self) -> str:
        """The act as a reference names it: «приказ от 30.12.2022 № 693»."""
        number = f" № {self.number}" if self.number else ""
        when = f"от {self.date:%d.%m.%Y}" if self.date else f"({self.date_printed or 'без даты'})"
        return f"{self.kind} {when}{number}"


@dataclass(frozen=True, kw_only=True)
class Subject(Fact):
    """A body or group that takes part; ``listed`` is false for those named in the text but in none of its lists.

    ``also``: other names the same document gives it.
    """

    id: str
    level: Level
    name: str
    short_name: str
    listed: bool
    clause: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Function(Fact):
    """What a subject does; ``n`` counts within the subject; ``federal`` names the federal functions it serves («fmc.3»)."""

    subject: str
    n: int
    function: str
    processes: tuple[Process, ...]
    federal: tuple[str, ...]
    clause: str

    @property
    def id(self) -> str:
        """«subject.n», as other systems refer to a federal function."""
        return f"{self.subject}.{self.n}"


@dataclass(frozen=True, kw_only=True)
class Measure(Fact):
    """A row of the roadmap; ``deadline`` holds the words of the order, None where it gives none; ``federal`` as in Function."""

    code: str
    direction: str | None
    group: str | None
    title: str
    responsible: tuple[str, ...]
    executors: tuple[str, ...]
    deadline: str | None
    result: str | None
    processes: tuple[Process, ...]
    federal: tuple[str, ...]
    clause: str


@dataclass(frozen=True, kw_only=True)
class Event(Fact):
    """A row of the plan of educational events."""

    code: str
    title: str
    responsible: tuple[str, ...]
    audience: str | None
    deadline: str | None
    clause: str


@dataclass(frozen=True, kw_only=True)
class Indicator(Fact):
    """An indicator as an order prints it; ``indicator`` is the card, ``organisations`` whose staff count.

    ``in_force``: first day of this definition; the same indicator may stand again, defined otherwise from another day.
    """

    number: str
    indicator: str
    name: str
    unit: Unit
    organisations: Literal["general", "all"]
    clause: str
    in_force: date | None = None


@dataclass(frozen=True, kw_only=True)
class Target(Fact):
    """A number that binds: for an indicator (card id) or a measure (code).

    ``period`` is a year, annual, monthly, quarterly or None; ``by`` is the day on which the value is due where that is not the
    end of the period, ``counted_from`` the first day of counting for cards that count through the plan (None: its beginning).
    ``indicator`` names the card whose figure the number plans (None: ``applies_to`` itself). ``municipality``: the number holds
    for it alone, instead of the system's; ``act``: whose number it is where not the system's own. ``in_force``: first day of the
    value, which from then on replaces an earlier one with the same ``applies_to``, ``counted`` and ``period``.
    """

    applies_to: str
    counted: str
    comparator: Comparator
    value: float
    unit: str
    period: str | None
    clause: str
    indicator: str | None = None
    municipality: str | None = None
    counted_from: date | None = None
    by: date | None = None
    in_force: date | None = None
    act: str | None = None

    @property
    def plans(self) -> str:
        """Id of the card whose figure the number plans."""
        return self.indicator or self.applies_to

    @property
    def source(self) -> str:
        """The clause, after its act where that is not the system's own."""
        return f"{self.act}, {self.clause}" if self.act else self.clause


@dataclass(frozen=True, kw_only=True)
class MandatedRegistry(Fact):
    """A register that the document demands, with its keeper and the words on updating."""

    registry: str
    name: str
    keeper: str | None
    update: str | None
    clause: str


@dataclass(frozen=True, kw_only=True)
class Interaction(Fact):
    """Who gives what to whom; ``source`` and ``target`` are subjects."""

    source: str
    target: str
    subject_matter: str
    channel: str | None
    clause: str


@dataclass(frozen=True, kw_only=True)
class Task(Fact):
    """A task of the system as a whole."""

    n: int
    task: str
    processes: tuple[Process, ...]
    clause: str


@dataclass(frozen=True, kw_only=True)
class Concept(Fact):
    """A term with its definition in short."""

    term: str
    definition: str
    clause: str


@dataclass(frozen=True, kw_only=True)
class Basis(Fact):
    """An act that the document stands on."""

    act: str
    clause: str


@dataclass(frozen=True, kw_only=True)
class Oddity(Fact):
    """Something odd in the printed document, and how we read it."""

    place: str
    odd: str
    reading: str
    clause: str


@dataclass(frozen=True, kw_only=True)
class System:
    """Everything one document establishes."""

    id: str
    act: Act
    subjects: tuple[Subject, ...]
    functions: tuple[Function, ...]
    measures: tuple[Measure, ...]
    events: tuple[Event, ...]
    indicators: tuple[Indicator, ...]
    targets: tuple[Target, ...]
    registries: tuple[MandatedRegistry, ...]
    interactions: tuple[Interaction, ...]
    tasks: tuple[Task, ...]
    concepts: tuple[Concept, ...]
    basis: tuple[Basis, ...]
    oddities: tuple[Oddity, ...]
    addressees: tuple[Addressee, ...] = ()

    @cached_property
    def _called(self) -> dict[str, Subject]:
        last_named_wins = sorted(self.subjects, key=lambda subject: subject.listed)
        return {plain(name): one for one in last_named_wins for name in (*one.also, one.short_name, one.name)}

    def subject_called(self, name: str) -> Subject | None:
        """The subject that the document calls so by any of its names, a listed one first; «(по согласованию)» does not matter."""
        return self._called.get(plain(name)) or self._called.get(plain(BRACKETED.sub("", name)))

    def body(self, name: str) -> str:
        """One name for a body that the document calls in several ways: the subject's short name, else the name as printed."""
        subject = self.subject_called(name)
        return subject.short_name if subject else name


@dataclass(frozen=True, kw_only=True)
class WorkingYear(Fact):
    """A year whose working days are known: the decree on transferred days off."""

    year: int
    decree: str
    date: date
    number: str


@dataclass(frozen=True, kw_only=True)
class FixedReading(Fact):
    """A reading of a doubtful term that somebody chose: for a measure, or for every term with the same words.

    ``alternative`` is the number of the other reading as ``nms deadline`` lists them, from 1.
    """

    measure: str | None = None
    phrase: str | None = None
    alternative: int
    author: str
    reason: str
