"""The things orders speak of, as frozen objects; opens no file, reads no clock, computes nothing."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import ClassVar, Literal

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


class Fact:
    """Base of everything read from files: a key that is no field is an error (the validator of floor 1 reads this)."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, kw_only=True)
class Period(Fact):
    """The time a document covers: its words, and the first and last day as we read them."""

    printed: str | None
    start: date
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
    """An order or another document that sets a system up; ``short_title`` is how screens call the system."""

    title: str
    short_title: str
    kind: str
    number: str | None
    date: date
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
        return f"{self.kind} от {self.date:%d.%m.%Y}{number}"


@dataclass(frozen=True, kw_only=True)
class Subject(Fact):
    """A body or group that takes part; ``listed`` is false for those named in the text but in none of its lists."""

    id: str
    level: Level
    name: str
    short_name: str
    listed: bool
    clause: str


@dataclass(frozen=True, kw_only=True)
class Function(Fact):
    """What a subject does; ``n`` counts within the subject."""

    subject: str
    n: int
    function: str
    processes: tuple[Process, ...]
    clause: str


@dataclass(frozen=True, kw_only=True)
class Measure(Fact):
    """A row of the roadmap; ``deadline`` holds the words of the order, None where it gives none."""

    code: str
    direction: str | None
    group: str | None
    title: str
    responsible: tuple[str, ...]
    executors: tuple[str, ...]
    deadline: str | None
    result: str | None
    processes: tuple[Process, ...]
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
    """An indicator as an order prints it; ``indicator`` is the card, ``organisations`` whose staff count."""

    number: str
    indicator: str
    name: str
    unit: Unit
    organisations: Literal["general", "all"]
    clause: str


@dataclass(frozen=True, kw_only=True)
class Target(Fact):
    """A number that binds: for an indicator (card id) or a measure (code); ``period`` is a year, «annual» or None."""

    applies_to: str
    counted: str
    comparator: Comparator
    value: float
    unit: str
    period: str | None
    clause: str


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


@dataclass(frozen=True, kw_only=True)
class CardReference(Fact):
    """Where a card's definition comes from: a system's document and its clause."""

    system: str
    clause: str


@dataclass(frozen=True, kw_only=True)
class Card(Fact):
    """The one definition of an indicator that all systems share; texts are worded for the analyst.

    ``counts`` tells a flow (people who entered the numerator within the period) from a stock (state at the date);
    ``profile`` is how the expected value grows through the period; ``decimals`` applies to the shown value. ``noun`` holds
    the forms of what is counted (1 человек, 2 человека, 5 человек), ``action`` what to do for those who are missing.
    """

    id: str
    name: str
    short_name: str
    unit: Unit
    better: Literal["higher", "lower"]
    numerator: str
    denominator: str
    noun: tuple[str, str, str]
    action: str
    base: str
    period: Literal["calendar_year"]
    counts: Literal["flow", "stock"]
    profile: Literal["linear"]
    undefined_when: str
    decimals: int
    registries: tuple[str, ...]
    reading: str | None
    reference: CardReference


@dataclass(frozen=True, kw_only=True)
class Municipality(Fact):
    """A municipality of a system; population and centroid serve demo data and maps only."""

    system: str
    municipality: str
    name: str
    type: str
    oktmo: str
    oktmo_confirmed: bool
    population: int | None
    population_year: str | None
    schools: int | None
    lat: float | None
    lon: float | None
    note: str | None


@dataclass(frozen=True, kw_only=True)
class Column(Fact):
    """A column of a registry sheet; ``choices`` maps the stored value to the word in the workbook."""

    id: str
    title: str
    type: Literal["text", "date", "integer", "number", "choice"]
    required: bool
    key: bool = False
    choices: dict[str, str] | None = None
    refers_to: str | None = None


@dataclass(frozen=True, kw_only=True)
class Sheet(Fact):
    """A registry: one sheet of a municipality's workbook, and the clauses that demand it."""

    id: str
    title: str
    about: str
    demanded_by: tuple[str, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True, kw_only=True)
class RegistrySchema(Fact):
    """All sheets of the workbook; ``version`` is written into each workbook."""

    version: str
    sheets: tuple[Sheet, ...]

    def sheet(self, registry: str) -> Sheet:
        """The sheet with this id; KeyError if there is none."""
        return {sheet.id: sheet for sheet in self.sheets}[registry]


class State(Enum):
    """State of an indicator against its plan: word, shape and colour are the same on every page and paper."""

    REACHED = ("достигнут", "●", "#0072B2")
    ON_PACE = ("в графике", "▲", "#56B4E9")
    RECOVERABLE = ("отстаёт, достижимо", "◆", "#E69F00")
    UNREACHABLE = ("недостижимо в этом году", "■", "#D55E00")
    NOT_COMPUTABLE = ("нет данных", "○", "#8C8C8C")
    NO_PLAN = ("план не установлен", "–", "#8C8C8C")

    def __init__(self, word: str, shape: str, colour: str):
        self.word, self.shape, self.colour = word, shape, colour

    @property
    def id(self) -> str:
        """The value stored in tables: ``reached``, ``on_pace``, ..."""
        return self.name.lower()


class MeasureState(Enum):
    """State of one due date of a measure: word, shape and colour, as for ``State``."""

    OVERDUE = ("просрочено", "■", "#D55E00")
    DUE = ("срок в ближайшие 30 дней", "◆", "#E69F00")
    LATER = ("срок позже", "▷", "#56B4E9")
    DONE = ("исполнено", "●", "#0072B2")
    DONE_LATE = ("исполнено с опозданием", "●", "#0072B2")
    CONTINUOUS = ("постоянно", "∞", "#8C8C8C")
    NO_SCHEDULE = ("срок не установлен", "○", "#8C8C8C")
    UNREAD = ("срок не разобран", "○", "#8C8C8C")
    UNKNOWN = ("нет сведений об исполнении", "○", "#8C8C8C")

    def __init__(self, word: str, shape: str, colour: str):
        self.word, self.shape, self.colour = word, shape, colour

    @property
    def id(self) -> str:
        """The value stored in tables: ``overdue``, ``due``, ..."""
        return self.name.lower()
