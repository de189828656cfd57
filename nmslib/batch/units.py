"""What a run works on: a unit and how it ended."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from nmslib.model import REGION

# Notebook → the name of its files in the place's folder.
REPORTS = {"municipality_report": "report", "indicators_against_targets": "indicators"}
OVERVIEW = {"region_overview": "report"}


@dataclass(frozen=True)
class Unit:
    """The reports of one place to make, with the parameters of their notebooks."""

    system: str
    municipality: str
    parameters: dict[str, Any]

    @property
    def id(self) -> str:
        """«amur/tynda»."""
        return f"{self.system}/{self.municipality}"

    @property
    def reports(self) -> dict[str, str]:
        """The notebooks to run: those of a municipality, or the overview of the whole."""
        return OVERVIEW if self.municipality == REGION else REPORTS

    @property
    def as_of(self) -> date:
        """The as-of date of the report."""
        return date.fromisoformat(self.parameters["as_of"])


@dataclass(frozen=True)
class Result:
    """How a unit ended: ``error`` is None when its files appeared, otherwise one sentence for the reader.

    ``problems`` counts the problems in its data.
    """

    unit: Unit
    seconds: float
    error: str | None
    problems: int = 0
