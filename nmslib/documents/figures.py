"""Figures as tables: a place against its plans, and the places of a system side by side."""

from typing import Any

import pandas as pd
from IPython.display import HTML

from nmslib import indicators, wording
from nmslib.documents import templates
from nmslib.model import REGION, Card, State, System

STATES = {state.id: state for state in State}
ORGANISATIONS = {"general": "общеобразовательные организации", "all": "все образовательные организации"}
NOTHING = "—"
UNMET = (State.ON_PACE.id, State.RECOVERABLE.id, State.UNREACHABLE.id)
CAUSES = {
    "not_counted": "ещё не засчитаны",
    "diagnosed_without_route": "прошли диагностику, но без маршрута",
    "routed_without_training": "с маршрутом, но не обучены",
    "young_without_mentor": "молодые педагоги без наставника",
    "methodists_overloaded": "методисты, у которых сопровождаемых больше предела",
}
SHOWN_PLACES = 3
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


def _main_cause(causes: pd.DataFrame, municipality: str, indicator: str) -> str:
    """The cause beyond «not counted yet» that most people share, with the organisations where most of them work."""
    mine = causes[(causes["municipality"] == municipality) & (causes["indicator"] == indicator)]
    known = mine[mine["cause"] != "not_counted"]
    chosen = known if len(known) else mine
    if chosen.empty:
        return NOTHING
    cause = chosen.groupby("cause")["count"].sum().idxmax()
    rows = chosen[chosen["cause"] == cause]
    places = [
        f"{row.name_} — {wording.number(row.count_)}" for row in _renamed(rows).head(SHOWN_PLACES).itertuples() if row.name_
    ]
    where = f": {', '.join(places)}" if places else ""
    return f"{CAUSES[str(cause)]}, {wording.number(int(rows['count'].sum()))}{where}"


def _renamed(rows: pd.DataFrame) -> pd.DataFrame:
    # itertuples gives «count» and «name» to the tuple's own methods.
    return rows.rename(columns={"count": "count_", "name": "name_"}).assign(name_=lambda frame: frame["name_"].fillna(""))


def _behind_row(mine: pd.DataFrame, causes: pd.DataFrame, name: str, cards: dict[str, Card]) -> dict[str, Any]:
    planned = mine[mine["target"].notna()]
    worst = indicators.largest_gap(mine)
    row = {
        "name": name,
        "reached": f"{int((planned['status'] == State.REACHED.id).sum())} из {len(planned)}",
        "unknown": int((mine["status"] == State.NOT_COMPUTABLE.id).sum()),
    }
    if worst is None:
        return row | {"worst": NOTHING, "state": None, "why": NOTHING}
    card = cards[worst["indicator"]]
    missing = wording.genitive(int(worst["people_missing"]), card.noun)
    why = _main_cause(causes, worst["municipality"], card.id)
    return row | {"worst": f"{card.short_name}: не хватает {missing}", "state": STATES[worst["status"]], "why": why}


def behind_table(figures: pd.DataFrame, causes: pd.DataFrame, names: dict[str, str], cards: dict[str, Card]) -> HTML:
    """Municipalities by how many plans they have not met: the worst gap of each in people, its state and its cause.

    ``figures``: every place on one day; ``causes``: ``indicators.causes``.
    """
    places = figures[figures["municipality"] != REGION]
    unmet = places[places["status"].isin(UNMET)].groupby("municipality").size()
    order = sorted(places["municipality"].unique(), key=lambda name: (-unmet.get(name, 0), names[name]))
    by_place = dict(list(places.groupby("municipality")))
    rows = [_behind_row(by_place[name], causes, names[name], cards) for name in order]
    return HTML(templates.macros("fragments").behind(rows))


def lacking_table(causes: pd.DataFrame, figures: pd.DataFrame, cards: dict[str, Card]) -> HTML:
    """For each plan of one place that is not met: who is not counted and why, by organisation, most people first."""
    unmet = figures[figures["status"].isin(UNMET)].set_index("indicator")
    rows = []
    for (indicator, cause), mine in causes[causes["indicator"].isin(unmet.index)].groupby(["indicator", "cause"], sort=False):
        card, row = cards[indicator], unmet.loc[indicator]
        named = [f"{one.name_} — {wording.number(one.count_)}" for one in _renamed(mine).itertuples() if one.name_]
        rows.append(
            {
                "name": f"{row['number']} {card.short_name}",
                "missing": wording.genitive(int(row["people_missing"]), card.noun),
                "cause": CAUSES[cause],
                "count": wording.number(int(mine["count"].sum())),
                "places": "; ".join(named[:SHOWN_ORGANISATIONS]),
                "more": max(0, len(named) - SHOWN_ORGANISATIONS),
            }
        )
    return HTML(templates.macros("fragments").lacking(rows))
