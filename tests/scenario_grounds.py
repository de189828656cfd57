"""Whole grounds of scenarios made by hand, for draws: nothing varies but what a test lets vary."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scenario_cases import STILL, around, begins, even_months, levers, people, plans

from nmslib import catalogue
from nmslib.model import Change, LeverCard, Scenario, Spread
from nmslib.paths import Project
from nmslib.scenarios.flow import People
from nmslib.scenarios.ground import Ground
from nmslib.scenarios.levers import Facts, Settings
from nmslib.scenarios.months import Months
from nmslib.scenarios.plans import Plans

ROOT = Path(__file__).parent.parent
PLACES = ("tynda", "zeya")
# Whoever works, half of them may be diagnosed: capacities decide, not people.
STAFF = (4000, 0, 0, 0, 0, 0)
BUSY = {"methodists": 4, "diagnostic_places": 40, "programme_seats": 30, "young_intake": 8, "young_time_share": 0.3}


@lru_cache(maxsize=1)
def lever_cards() -> dict[str, LeverCard]:
    """The shipped cards."""
    return catalogue.load_levers(Project(ROOT))


def certain(**spreads: tuple[float, float, float]) -> dict[str, LeverCard]:
    """The shipped cards, of which only these vary by multiples."""
    return {name: replace(card, spread=spreads.get(name)) for name, card in lever_cards().items()}


def moves(left: Mapping[str, int], at_risk: float = 1000, hired: int = 0, years: float = 3) -> pd.DataFrame:
    """Who left (by place) and came, all of them teachers."""
    rows = [(place, "teachers", at_risk, count, hired, years) for place, count in left.items()]
    return pd.DataFrame(rows, columns=["municipality", "line", "at_risk", "left", "hired", "years"])


def paces(counts: Mapping[str, Sequence[int]], flow: str = "diagnostics") -> pd.DataFrame:
    """What went through a flow month by month (by place), each month of measure 1."""
    rows = [(place, flow, count, 1.0, 1.0) for place, months in counts.items() for count in months]
    return pd.DataFrame(rows, columns=["municipality", "flow", "count", "weight", "rhythm"])


def made(
    cards: Mapping[str, LeverCard] | None = None,
    places: Sequence[str] = PLACES,
    months: Months | None = None,
    staff: People | None = None,
    moved: pd.DataFrame | None = None,
    paced: pd.DataFrame | None = None,
    gaps: Mapping[str, dict[str, str]] | None = None,
    **values: Any,
) -> Ground:
    """A ground of ``places`` from 31 December 2023: ``values`` of levers (one number, or a list by place), the rest as in BUSY."""
    months = months or even_months(date(2024, 1, 1), 12)
    same = {name: [value] * len(places) for name, value in BUSY.items()}
    given = {name: value if isinstance(value, list) else [value] * len(places) for name, value in values.items()}
    shown = levers(**{name: [value] * len(places) for name, value in STILL.items()} | same | given)
    staff = staff or people(STAFF, young=(200, 0, 0))
    staff = replace(staff, **{one.name: _of_all(getattr(staff, one.name), len(places)) for one in fields(staff)})
    start = replace(begins(places), moves=moves({}) if moved is None else moved, paces=paces({}) if paced is None else paced)
    return Ground(
        system=catalogue.load_system("amur", Project(ROOT)),
        cards=catalogue.load_cards(Project(ROOT)),
        levers=certain() if cards is None else cards,
        start=replace(start, gaps=dict(gaps or {})),
        months=months,
        people=staff,
        around=around(staff),
        facts=Facts(shown, {name: ("",) * len(places) for name in shown}),
    )


def _of_all(values: np.ndarray, places: int) -> np.ndarray:
    return np.broadcast_to(values, (*values.shape[:-1], places))


def asked(ground: Ground, **targets: Any) -> Plans:
    """Plans of calendar years: indicator → percent, one or by month."""
    return plans(ground.months, targets, ground.municipalities)


def spread(*numbers: float, kind: Any = "triangular") -> Change:
    """A lever that is not certain."""
    return Change(kind="spread", spread=Spread(kind=kind, numbers=numbers))


def settings(ground: Ground, **changes: Change | float) -> Settings:
    """The levers under a scenario: a distribution, or a number."""
    given = {name: one if isinstance(one, Change) else Change(kind="set", value=one) for name, one in changes.items()}
    scenario = Scenario(name="x", title="x", author="", reason="", system="amur", overrides=given)
    return ground.settings(scenario)
