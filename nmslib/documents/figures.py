"""Figures as tables: a place against its plans, and the places of a system side by side."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from IPython.display import HTML

from nmslib import wording
from nmslib.documents import templates
from nmslib.model import REGION, Card, State, System

STATES = {state.id: state for state in State}
ORGANISATIONS = {"general": "общеобразовательные организации", "all": "все образовательные организации"}
NOTHING = "—"
UNMET = (State.ON_PACE.id, State.RECOVERABLE.id, State.UNREACHABLE.id)
CATCHING_UP = (State.ON_PACE.id, State.RECOVERABLE.id)
COUNTED = (State.REACHED, State.UNREACHABLE, State.NOT_COMPUTABLE)
NOT_COUNTED = "not_counted"
SHOWN_ORGANISATIONS = 6


def _amount(row: pd.Series, column: str, card: Card) -> str:
    """A value of the figure's scale: «12,4 %», «142,3», «27»."""
    if pd.isna(row[column]):
        return NOTHING
    decimals = card.decimals if card.unit == "percent" else 1 if pd.notna(row["denominator"]) else 0
    return wording.percent(row[column], decimals) if card.unit == "percent" else wording.number(row[column], decimals)


def _people(row: pd.Series, card: Card) -> str:
    if pd.isna(row["value"]) and pd.isna(row["lower"]):
        return ""
    if pd.isna(row["value"]):
        upper = "" if pd.isna(row["upper"]) else f" до {_amount(row, 'upper', card)}"
        return f"от {_amount(row, 'lower', card)}{upper}"
    if pd.isna(row["denominator"]):
        return wording.noun(int(row["numerator"]), card.noun)
    joint = "из" if card.unit == "percent" else "на"
    return f"{wording.number(row['numerator'])} {joint} {wording.number(row['denominator'])}"


def _indicator_row(row: pd.Series, card: Card, organisations: str) -> dict[str, Any]:
    missing = pd.notna(row["people_missing"]) and row["people_missing"] > 0
    planned = pd.notna(row["target"])
    bound = "≤" + wording.NBSP if planned and row["comparator"] == "<=" else ""
    return {
        "number": row["number"],
        "name": card.short_name,
        "figure": row["figure"],
        "clause": row["clause"],
        "card": card,
        "organisations": organisations,
        "value": _amount(row, "value", card) if pd.notna(row["value"]) else "не рассчитан",
        "people": _people(row, card),
        "target": bound + wording.plan(row["target"], row["unit"]) if planned else NOTHING,
        "target_clause": row["target_clause"] if planned and row["target_clause"] != row["clause"] else "",
        "expected": _amount(row, "expected_now", card),
        "missing": wording.genitive(int(row["people_missing"]), card.noun) if missing else NOTHING,
        "state": STATES[row["status"]],
        "reason": row["reason"],
    }


def indicators_table(figures: pd.DataFrame, system: System, cards: dict[str, Card]) -> HTML:
    """Each figure of one place against its plan, in its unit and in people, with state, reason and definition."""
    own = {one.indicator: one.organisations for one in system.indicators}
    base = system.indicators[0].organisations if system.indicators else "all"
    rows = [
        _indicator_row(row, cards[row["indicator"]], ORGANISATIONS[own.get(row["indicator"], base)])
        for _, row in figures.iterrows()
    ]
    return HTML(templates.macros("fragments").indicators(rows, system.act.name))


def _behind_row(mine: pd.DataFrame, name: str, cards: dict[str, Card]) -> dict[str, Any]:
    planned = mine[mine["target"].notna()]
    open_ = planned[planned["status"].isin(CATCHING_UP)].sort_values("people_missing", ascending=False)
    gaps = [
        (STATES[row["status"]], f"{cards[row['indicator']].short_name}: {wording.number(row['people_missing'])}")
        for _, row in open_.iterrows()
    ]
    counts = [(state, int((planned["status"] == state.id).sum())) for state in COUNTED]
    return {"name": name, "planned": len(planned), "counts": [pair for pair in counts if pair[1]], "gaps": gaps}


def behind_table(
    figures: pd.DataFrame, causes: pd.DataFrame, names: dict[str, str], cards: dict[str, Card], words: Mapping[str, str]
) -> HTML:
    """Places by how many plans they have not met: what can still be closed and why it is open; values where nothing is planned.

    ``figures``: every place on one day; ``causes``: ``indicators.causes``; ``words``: cause → its words (``AdviceRules.causes``).
    """
    places = figures[figures["municipality"] != REGION]
    if places["target"].isna().all():
        return _values_table(figures, names, cards)
    unmet = places[places["status"].isin(UNMET)].groupby("municipality").size()
    order = sorted(places["municipality"].unique(), key=lambda name: (-unmet.get(name, 0), names[name]))
    by_place = dict(list(places.groupby("municipality")))
    shown = causes[causes["cause"] != NOT_COUNTED].groupby(["cause", "municipality"], sort=False)["count"].sum()
    heads = [cause for cause in words if cause in shown.index.get_level_values("cause")]
    rows = [
        _behind_row(by_place[name], names[name], cards)
        | {"causes": [wording.number(shown[cause, name]) if (cause, name) in shown else NOTHING for cause in heads]}
        for name in order
    ]
    return HTML(templates.macros("fragments").behind(rows, [words[cause] for cause in heads]))


def _values_table(figures: pd.DataFrame, names: dict[str, str], cards: dict[str, Card]) -> HTML:
    """Indicators and places, each value with its people; whatever there is more of goes down the page."""
    places = [name for name in names if name in set(figures["municipality"])]
    heads = list(dict.fromkeys(figures["indicator"]))
    rows_of = {(row["municipality"], row["indicator"]): row for _, row in figures.iterrows()}
    cells = {(name, head): _cell(rows_of.get((name, head)), cards[head]) for name in places for head in heads}
    titles = {head: cards[head].short_name for head in heads}
    if len(heads) > len(places):
        rows = [(titles[head], [cells[name, head] for name in places]) for head in heads]
        return HTML(templates.macros("fragments").values([names[name] for name in places], rows))
    rows = [(names[name], [cells[name, head] for head in heads]) for name in places]
    return HTML(templates.macros("fragments").values(list(titles.values()), rows))


def _cell(row: pd.Series | None, card: Card) -> tuple[str, str]:
    if row is None:
        return NOTHING, ""
    if pd.isna(row["value"]):
        return "нет данных", _people(row, card)
    return _amount(row, "value", card), _people(row, card)


def lacking_table(causes: pd.DataFrame, figures: pd.DataFrame, cards: dict[str, Card], words: Mapping[str, str]) -> HTML:
    """For each plan of one place that can still be met, and each cause found in the rows: whom it concerns, by organisation."""
    unmet = figures[figures["status"].isin(UNMET)].set_index("indicator")
    reachable = set(unmet.index[unmet["status"].isin(CATCHING_UP)])
    rows = []
    for (indicator, cause), mine in causes[causes["indicator"].isin(unmet.index)].groupby(["indicator", "cause"], sort=False):
        card, row = cards[indicator], unmet.loc[indicator]
        if cause == NOT_COUNTED and indicator not in reachable:
            continue
        places = zip(mine["name"], mine["count"], strict=True)
        named = [f"{name} — {wording.number(count)}" for name, count in places if isinstance(name, str)]
        rows.append(
            {
                "name": f"{row['number']} {card.short_name}",
                "missing": wording.genitive(int(row["people_missing"]), card.noun),
                "cause": words[cause],
                "count": wording.number(int(mine["count"].sum())),
                "places": "; ".join(named[:SHOWN_ORGANISATIONS]),
                "more": max(0, len(named) - SHOWN_ORGANISATIONS),
            }
        )
    return HTML(templates.macros("fragments").lacking(rows))
