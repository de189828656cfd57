"""Question 1: where we are against the plan — a bar per indicator with its plan, what was expected by now and its interval."""

from typing import Any

import pandas as pd

from nmslib import indicators, wording
from nmslib.charts.bullets import title as finding
from nmslib.dashboards import markup
from nmslib.dashboards.situation.state import SituationState
from nmslib.model import Card, State

STATES = {state.id: state for state in State}
SEVERITY = (
    State.UNREACHABLE,
    State.RECOVERABLE,
    State.ON_PACE,
    State.NOT_COMPUTABLE,
    State.REACHED,
    State.NO_PLAN,
    State.NOT_YET,
)
ORDER = {state.id: place for place, state in enumerate(SEVERITY)}
# The plan stands at the same place in every row, so that the eye compares gaps.
PLAN_AT, LONGEST = 70.0, 97.0


def drawn(state: SituationState) -> str:
    """Rows with a plan from the worst, and those without one folded below."""
    figures = state.now.figures.assign(order=state.now.figures["status"].map(ORDER))
    figures = figures.sort_values(["order", "people_missing"], ascending=[True, False], kind="stable", na_position="last")
    rows = [_row(row, state) for _, row in figures.iterrows()]
    planned = [row for row in rows if row["plan"]]
    title = finding(state.now.figures, state.run.cards) if rows else "Показателей на эту дату нет"
    return str(markup.macros("situation").plan(title, planned, [row for row in rows if not row["plan"]], state.indicator))


def _row(row: pd.Series, state: SituationState) -> dict[str, Any]:
    card = state.run.cards[row["indicator"]]
    missing = int(row["people_missing"]) if pd.notna(row["people_missing"]) else 0
    return {
        "indicator": row["indicator"],
        "number": row["number"] if pd.notna(row["number"]) else "",
        "name": card.short_name,
        "state": STATES[row["status"]],
        "value": told(row, card),
        "figure": row["figure"],
        "trace": state.link(figure=row["figure"]),
        "choose": state.link(indicator=row["indicator"]),
        "plan": _plan(row, card),
        "missing": f"не хватает {wording.genitive(missing, card.noun)}" if missing else "",
        "bar": bar(row),
    }


def told(row: pd.Series, card: Card) -> str:
    """The value with its people; where it is not known, its bounds if there are any."""
    if pd.notna(row["value"]):
        return indicators.told(row, card)
    if pd.notna(row["lower"]) and pd.notna(row["upper"]):
        ends = [wording.number(row[name], card.decimals) for name in ("lower", "upper")]
        return f"от {ends[0]} до {ends[1]}" + (f"{wording.NBSP}%" if card.unit == "percent" else "")
    return "нет данных"


def _plan(row: pd.Series, card: Card) -> str:
    if pd.isna(row["target"]):
        return ""
    bound = f"≤{wording.NBSP}" if row["comparator"] == "<=" else ""
    return bound + wording.plan(row["target"], card.unit)


def bar(row: pd.Series) -> dict[str, float] | None:
    """Places on the strip in percent of its width: value, lower, upper, expected; None where nothing can be drawn."""
    target = row["target"]
    if pd.isna(target) or not target or (pd.isna(row["value"]) and pd.isna(row["upper"])):
        return None
    names = {"value": "value", "lower": "lower", "upper": "upper", "expected": "expected_now"}
    return {to: round(min(LONGEST, PLAN_AT * row[name] / target), 2) for to, name in names.items() if pd.notna(row[name])}
