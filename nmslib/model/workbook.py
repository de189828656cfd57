"""Who sends registries and what a workbook holds."""

from dataclasses import dataclass
from typing import Literal

from nmslib.model.fact import Fact


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
