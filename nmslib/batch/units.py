"""What a run works on: a unit and how it ended."""

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Unit:
    """One report to make: a municipality with the parameters of its notebook."""

    system: str
    municipality: str
    parameters: dict[str, Any]

    @property
    def id(self) -> str:
        """«amur/tynda»."""
        return f"{self.system}/{self.municipality}"

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
