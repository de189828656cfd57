"""Who sends registries and what a workbook holds."""

from dataclasses import dataclass
from typing import Literal

from nmslib.model.fact import Fact

Filler = Literal["municipality", "region"]
REGION = "region"


@dataclass(frozen=True, kw_only=True)
class Municipality(Fact):
    """A sender of a workbook: a municipality of a system, or the region itself (``REGION``).

    Population and centroid serve demo data and maps only.
    """

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
    """A column of a registry sheet; ``choices`` maps the stored value to the word in the workbook.

    ``low`` and ``high`` bound a number, both allowed. ``personal``: names and birth dates, which never leave the registries;
    ``pseudonym``: codes of people, hashed with a key. ``year_is_enough``: a year alone is read as its first day, because no rule
    depends on the day.
    """

    id: str
    title: str
    type: Literal["text", "date", "integer", "number", "choice"]
    required: bool
    key: bool = False
    choices: dict[str, str] | None = None
    refers_to: str | None = None
    hint: str | None = None
    low: float | None = None
    high: float | None = None
    personal: bool = False
    pseudonym: bool = False
    year_is_enough: bool = False


@dataclass(frozen=True, kw_only=True)
class Demand(Fact):
    """The clause of a system's document that makes a registry necessary."""

    system: str
    clause: str


@dataclass(frozen=True, kw_only=True)
class Sheet(Fact):
    """A registry: one sheet of a workbook, who fills it in, and the clauses that demand it."""

    id: str
    title: str
    about: str
    filled_by: tuple[Filler, ...]
    demanded_by: tuple[Demand, ...]
    columns: tuple[Column, ...]

    def column(self, column: str) -> Column:
        """The column with this id; KeyError if there is none."""
        return {one.id: one for one in self.columns}[column]

    @property
    def key(self) -> list[str]:
        """Ids of the columns that together name a row."""
        return [column.id for column in self.columns if column.key]


@dataclass(frozen=True, kw_only=True)
class RegistrySchema(Fact):
    """All sheets of the workbooks; ``version`` is written into each workbook."""

    version: str
    sheets: tuple[Sheet, ...]

    def sheet(self, registry: str) -> Sheet:
        """The sheet with this id; KeyError if there is none."""
        return {sheet.id: sheet for sheet in self.sheets}[registry]

    def only(self, registries: list[str]) -> "RegistrySchema":
        """The same schema with these registries only, in its own order."""
        return RegistrySchema(version=self.version, sheets=tuple(sheet for sheet in self.sheets if sheet.id in registries))


@dataclass(frozen=True, kw_only=True)
class Synonyms(Fact):
    """Other words for sheets, columns and values that senders use: what is meant → the words, any case and spacing."""

    sheets: dict[str, tuple[str, ...]]
    columns: dict[str, tuple[str, ...]]
    values: dict[str, tuple[str, ...]]
    unknown: tuple[str, ...]
    totals: tuple[str, ...]
