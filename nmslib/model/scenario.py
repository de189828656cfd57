"""Levers and scenarios: what may be changed, within which bounds, what somebody changed and why; no arithmetic of the model."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from nmslib.model.fact import Fact
from nmslib.model.workbook import REGION

# Indicators whose months the model works out; the others have no figure in a scenario.
MODELLED = (
    "diagnosed_share",
    "teachers_diagnosed_share",
    "managers_diagnosed_share",
    "routed_share",
    "register_programmes_share",
    "management_teams_share",
    "young_supported_share",
    "mentoring_model_share",
    "methodists_count",
    "staff_per_methodist",
    "events_count",
)
# The base of a scenario that changes nothing but what it names.
FACT = "fact"


@dataclass(frozen=True, kw_only=True)
class LeverCard(Fact):
    """One lever of the model: a number per municipality in ``unit``, from ``low`` to ``high``, both allowed.

    ``step`` is that of a slider, ``decimals`` those shown; with 0 the lever is a whole number. ``default``: the value where
    nobody changed it; ``from_fact``: it comes from the registries of the place (a ceiling: from its document), and ``default``
    is the stand-in where they tell nothing (None: there is none). Neither: the lever does not limit. ``named``: words that
    stand for a value. ``source``: the act and clause, or «допущение рабочей тетради: …», or «по реестрам за 12 месяцев: …».
    ``spread``: how far the value may turn out otherwise, as low, likeliest and high multiple of it (triangular); None: certain.
    """

    id: str
    title: str
    unit: str
    about: str
    group: Literal["люди", "методисты", "диагностика", "обучение", "поддержка", "цена", "время"]
    low: float
    high: float
    step: float
    decimals: int
    default: float | None
    from_fact: bool
    named: dict[str, float] = field(default_factory=dict)
    source: str
    spread: tuple[float, float, float] | None = None

    @property
    def known_default(self) -> float | None:
        """The default where it is the same everywhere, whatever the registries tell."""
        return None if self.from_fact else self.default


@dataclass(frozen=True, kw_only=True)
class Spread:
    """A distribution of a lever's value: triangular (low, mode, high) or beta (a, b, low, high) stretched from low to high."""

    kind: Literal["triangular", "beta"]
    numbers: tuple[float, ...]

    @property
    def low(self) -> float:
        """The least value."""
        return self.numbers[0] if self.kind == "triangular" else self.numbers[2]

    @property
    def high(self) -> float:
        """The greatest value."""
        return self.numbers[-1]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a scenario does to a lever: sets it, adds to the fact, multiplies the fact, or makes it a distribution.

    ``value`` is None for a distribution alone; ``spread`` is None for the others.
    """

    kind: Literal["set", "add", "times", "spread"]
    value: float | None = None
    spread: Spread | None = None


@dataclass(frozen=True, kw_only=True)
class Solve(Fact):
    """Least resources: ``targets`` to be reached ``by`` a day (None: the scenario's end) by moving ``levers`` up to ``limits``.

    ``probability``: with which the targets are to be reached (None: in the calculation without draws).
    """

    targets: tuple[str, ...]
    levers: tuple[str, ...]
    limits: dict[str, float] = field(default_factory=dict)
    minimise: Literal["cost", "methodists", "diagnostic_places", "programme_seats", "months"] = "cost"
    probability: float | None = None
    by: date | None = None


@dataclass(frozen=True, kw_only=True)
class Allocate(Fact):
    """Splitting ``total`` of a resource between the municipalities of the region for an ``indicator``.

    ``total`` is in the unit of the lever of the same name: people, or places and seats a month.
    """

    resource: Literal["methodists", "programme_seats", "diagnostic_places"]
    total: int
    indicator: str


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """The fact plus named changes, those of its bases already in it; ``applied``: names from the first base to itself.

    ``overrides`` hold everywhere, ``municipalities`` in one place instead. ``targets``: indicator → assumed plan where the
    document has none, in the indicator's unit. ``as_of`` and ``until`` (last day of a month) are None where no file was read.
    """

    name: str
    title: str
    author: str
    reason: str
    system: str
    municipality: str = REGION
    as_of: date | None = None
    until: date | None = None
    base: str = FACT
    overrides: dict[str, Change] = field(default_factory=dict)
    municipalities: dict[str, dict[str, Change]] = field(default_factory=dict)
    targets: dict[str, float] = field(default_factory=dict)
    seed: int = 2024
    draws: int = 10_000
    solve: Solve | None = None
    allocate: Allocate | None = None
    applied: tuple[str, ...] = ()

    def changes_in(self, municipality: str) -> dict[str, Change]:
        """What holds in one place: the scenario's changes, and instead of them the place's own."""
        return {**self.overrides, **self.municipalities.get(municipality, {})}
