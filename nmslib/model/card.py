"""The common card of an indicator: one definition that all systems share."""

from dataclasses import dataclass
from typing import Literal

from nmslib.model.fact import Fact
from nmslib.model.law import Unit


@dataclass(frozen=True, kw_only=True)
class CardReference(Fact):
    """Where a card's definition comes from: a system's document and its clause."""

    system: str
    clause: str


@dataclass(frozen=True, kw_only=True)
class Card(Fact):
    """The one definition of an indicator that all systems share; texts are worded for the analyst.

    ``counts`` tells a flow (people who entered the numerator within the period) from a stock (state at the date);
    ``level`` is the lowest one for which the indicator is asked: each municipality, or the region alone. ``period`` is the time
    that it is counted within; ``plan`` runs from the beginning of the roadmap, or from the target's ``counted_from``.
    ``profile`` is how the expected value grows through the period: evenly, or with the school year, when nothing is expected
    in July and August. ``decimals`` applies to the shown value. ``noun`` holds the forms of what is counted (1 человек,
    2 человека, 5 человек), ``action`` what to do for those who are missing. ``columns``: registry → the columns that the
    definition rests on.
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
    level: Literal["municipality", "region"]
    period: Literal["calendar_year", "school_year", "half_year", "quarter", "month", "plan"]
    counts: Literal["flow", "stock"]
    profile: Literal["linear", "school_rhythm"]
    undefined_when: str
    decimals: int
    columns: dict[str, tuple[str, ...]]
    reading: str | None
    reference: CardReference

    @property
    def registries(self) -> tuple[str, ...]:
        """Ids of the registries that the indicator is computed from."""
        return tuple(self.columns)
