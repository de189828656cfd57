"""Levers as sliders: in their unit; of several municipalities whose values differ, a multiple of what each has today."""

from typing import Any

from nmslib import wording
from nmslib.dashboards import markup
from nmslib.dashboards.planning import moved
from nmslib.dashboards.planning.state import PlanningState
from nmslib.model import LeverCard
from nmslib.scenarios.levers import middle

# Levers that a planner moves first; the others are folded.
FIRST = (
    "methodists",
    "hours_per_route",
    "diagnostic_places",
    "programme_seats",
    "start_delay",
    "online_share",
    "turnover",
    "budget",
)
# Where a slider ends: so many times what is today, but not fewer steps than these.
REACH, LEAST_STEPS = 4, 20
UNLIMITED = float("inf")


def drawn(state: PlanningState) -> str:
    """The levers that a planner moves first, the others folded by group, what was moved, and the form to save."""
    rows = [_lever(card, state) for card in state.cards.values()]
    first = sorted((row for row in rows if row["name"] in FIRST), key=lambda row: FIRST.index(row["name"]))
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["name"] not in FIRST:
            groups.setdefault(row["group"], []).append(row)
    reset = state.link(**dict.fromkeys(state.levers, None))
    names = ", ".join(state.cards[name].title for name in state.levers)
    return str(markup.macros("planning").levers(first, groups, reset, names, state.whole))


def _lever(card: LeverCard, state: PlanningState) -> dict[str, Any]:
    low, high = state.today(card.id)
    scenario = state.base.overrides.get(card.id)
    times = card.from_fact and low != high and (scenario is None or scenario.kind != "set")
    slider = _multiple(card, state) if times else _plain(card, state)
    told = state.shown.ground.facts.told[card.id]
    same = {"name": card.id, "title": card.title, "about": card.about, "group": card.group, "times": times}
    return same | slider | {"source": card.source if times else told[0], "changed": card.id in state.levers}


def _multiple(card: LeverCard, state: PlanningState) -> dict[str, str]:
    """A multiple of today's values, from nothing to a few times as much."""
    low, high = (wording.number(one, card.decimals) for one in state.today(card.id))
    scenario, change = state.base.overrides.get(card.id), state.levers.get(card.id)
    usual = scenario.value if scenario and scenario.kind == "times" and scenario.value is not None else 1.0
    value = change.value if change and change.kind == "times" and change.value is not None else usual
    return {
        "unit": "",
        **_bounds(0.0, moved.MOST_TIMES, moved.TIMES_STEP),
        "value": f"{value:g}",
        "usual": f"{usual:g}",
        "told": f"сейчас от {low} до {high}{wording.NBSP}{card.unit}",
        "shown": f"× {wording.number(value, 2)}",
    }


def _plain(card: LeverCard, state: PlanningState) -> dict[str, str]:
    """The lever in its own unit; what limits nothing stands at its end."""
    fact, usual = state.today(card.id)[1], _before(card, state)
    value = float(state.shown.settings.changed[card.id][0]) if card.id in state.levers else usual
    told = (
        "сейчас не ограничено" if fact == UNLIMITED else f"сейчас {wording.number(fact, card.decimals)}{wording.NBSP}{card.unit}"
    )
    if card.id in state.base.overrides and usual != UNLIMITED:
        told += f", в сценарии {wording.number(usual, card.decimals)}"
    return {
        "unit": card.unit,
        **_bounds(card.low, _reach(card, usual, value), card.step),
        "value": f"{min(value, card.high):g}",
        "usual": f"{min(usual, card.high):g}",
        "told": told,
        "shown": "не ограничено" if value == UNLIMITED else wording.number(value, card.decimals),
    }


def _bounds(low: float, high: float, step: float) -> dict[str, str]:
    return {"low": f"{low:g}", "high": f"{high:g}", "step": f"{step:g}"}


def _reach(card: LeverCard, usual: float, value: float) -> float:
    """The end of a slider: near enough for small numbers to be set by hand, and never short of the value."""
    if not card.from_fact or usual == UNLIMITED:
        return card.high
    return min(card.high, max(REACH * max(usual, card.step), LEAST_STEPS * card.step, value))


def _before(card: LeverCard, state: PlanningState) -> float:
    """The lever under the scenario of the file, before anything was moved on the page."""
    plain, fact = state.base.changes_in(state.municipality).get(card.id), state.today(card.id)[1]
    if plain is None or plain.value is None:
        return middle(plain.spread) if plain is not None and plain.spread is not None else fact
    return {"set": plain.value, "add": fact + plain.value, "times": fact * plain.value}[plain.kind]
