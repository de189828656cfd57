"""Tables of recommendations and of what became of the last ones as HTML; they show finished frames and decide nothing."""

from typing import Any

import pandas as pd
from IPython.display import HTML

from nmslib import wording
from nmslib.documents import templates
from nmslib.model import Card, MeasureState, State

NOTHING = "—"
MINUS = "−"
URGENT = (State.UNREACHABLE.id, State.RECOVERABLE.id, State.NOT_COMPUTABLE.id, MeasureState.OVERDUE.id, MeasureState.UNKNOWN.id)
GROUPS = {
    "indicator": "Показатели: сначала отстающие от плана, среди них — где можно добавить больше людей",
    "measure": "Меры дорожной карты: сначала просроченные",
    "data": "Сведения, без которых показатели не рассчитать",
}


def urgent(recommendations: pd.DataFrame) -> pd.DataFrame:
    """Recommendations that need a decision: plans that may be missed, overdue measures, registries that are lacking.

    Kinds take turns, and within a kind its rules, so that many gaps of one kind do not hide an overdue measure.
    """
    rows = recommendations[recommendations["status"].isin(URGENT) | (recommendations["kind"] == "data")]
    return _in_turn(_in_turn(rows, ["kind", "rule"]), ["kind"])


def _in_turn(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """The first of each group, then the second of each, and so on."""
    return rows.iloc[rows.groupby(by, sort=False).cumcount().argsort(kind="stable")]


def steps_table(recommendations: pd.DataFrame) -> HTML:
    """Recommendations (``advice.recommendations``): to whom, what, for whom, by when, what it may bring, what it rests on."""
    groups = []
    for kind, title in GROUPS.items():
        rows = [_step(row) for _, row in recommendations[recommendations["kind"] == kind].iterrows()]
        groups += [(title, rows)] if rows else []
    return HTML(templates.macros("fragments").steps(groups))


def _step(row: pd.Series) -> dict[str, Any]:
    return {
        "addressee": row["addressee"],
        "action": row["action"],
        "people": f"{wording.number(row['count'])}{wording.NBSP}{row['noun']}",
        "where": row["where"],
        "until": wording.day(row["until"]),
        "result": row["result"],
        "rests_on": row["rests_on"],
        "clause": row["clause"],
        "figure": row["figure"] if pd.notna(row["figure"]) else "",
    }


def outcomes_table(outcomes: pd.DataFrame, cards: dict[str, Card]) -> HTML:
    """What became of the last recommendations (``advice.outcomes``): before, after, the change, comparable places, verdict."""
    rows = [_outcome(row, cards[row["indicator"]]) for _, row in outcomes.iterrows()]
    return HTML(templates.macros("fragments").outcomes(rows))


def _outcome(row: pd.Series, card: Card) -> dict[str, Any]:
    difference = ""
    if pd.notna(row["lower"]):
        bounds = f"от {_signed(row['lower'])} до {_signed(row['upper'])}"
        difference = f"{_signed(row['difference'])}{wording.NBSP}п.п. ({bounds})"
    return {
        "name": card.short_name,
        "action": row["action"],
        "addressee": row["addressee"],
        "until": wording.day(row["until"]),
        "before": _value(row, "before", card),
        "after": _value(row, "after", card),
        "change": _change(row, card),
        "others": _others(row),
        "difference": difference or NOTHING,
        "verdict": row["verdict"],
        "why": row["why"],
    }


def _signed(value: float, decimals: int = 1) -> str:
    """«+1,2», «−0,4», «0,0»: a change with its sign."""
    told = wording.number(abs(value), decimals)
    zero = told == wording.number(0, decimals)
    return told if zero else f"{MINUS if value < 0 else '+'}{told}"


def _value(row: pd.Series, day: str, card: Card) -> list[str]:
    """The value with its people and its day; what is unknown is said."""
    if pd.isna(row[f"{day}_value"]):
        return ["не рассчитан"]
    numerator, denominator = row[f"{day}_numerator"], row[f"{day}_denominator"]
    if pd.isna(denominator):
        told = wording.counted(int(numerator), card.noun)
    elif card.unit == "percent":
        told = wording.share(int(numerator), int(denominator), card.decimals)
    else:
        told = f"{wording.number(row[f'{day}_value'], 1)} ({wording.number(numerator)} на {wording.number(denominator)})"
    return [told, f"на {wording.day(row[f'{day}_on'])}"]


def _change(row: pd.Series, card: Card) -> list[str]:
    if pd.isna(row["change_value"]):
        return [NOTHING]
    if card.unit != "percent":
        return [_signed(row["change_value"], 0 if pd.isna(row["after_denominator"]) else 1)]
    people = f"{_signed(row['change_people'], 0)}{wording.NBSP}{wording.noun(int(row['change_people']), card.noun)}"
    return [f"{_signed(row['change_value'])}{wording.NBSP}п.п.", people]


def _others(row: pd.Series) -> list[str]:
    """The comparable places: how many, their pooled share before and after, its change."""
    if not row["others"] or pd.isna(row["others_before"]):
        return [NOTHING]
    shares = f"{wording.percent(row['others_before'])} → {wording.percent(row['others_after'])}"
    return [f"{_signed(row['others_change'])}{wording.NBSP}п.п.", f"{shares}; муниципалитетов: {wording.number(row['others'])}"]
