"""The table of recommendations: those of figures, measures and registries in one order."""

from collections.abc import Callable, Mapping
from datetime import date

import pandas as pd

from nmslib.advice import gaps, lacking, terms
from nmslib.advice.words import Setting
from nmslib.model import REGION, AdviceRules, Card, MeasureState, State, System

COLUMNS = {
    "kind": "string",
    "system": "string",
    "municipality": "string",
    "rule": "string",
    "role": "string",
    "addressee": "string",
    "action": "string",
    "where": "string",
    "count": "Int64",
    "noun": "string",
    "until": "datetime64[s]",
    "indicator": "string",
    "effect_people": "Int64",
    "effect_points": "float64",
    "result": "string",
    "figure": "string",
    "clause": "string",
    "cause": "string",
    "status": "string",
    "rests_on": "string",
}
KINDS = ("indicator", "measure", "data")
BEHIND = (State.UNREACHABLE.id, State.RECOVERABLE.id)
LATE_FIRST = (MeasureState.OVERDUE.id, MeasureState.DUE.id, MeasureState.SILENT.id, MeasureState.UNKNOWN.id)


def recommendations(
    municipality: str,
    figures: pd.DataFrame,
    causes: pd.DataFrame,
    measures: pd.DataFrame,
    arrivals: pd.DataFrame,
    system: System,
    cards: Mapping[str, Card],
    rules: AdviceRules,
    names: Mapping[str, str],
    as_of: date,
    next_working: Callable[[date], date],
) -> pd.DataFrame:
    """What to recommend in one place (``REGION``: in the whole), each to somebody, for so many, by a day (COLUMNS).

    ``figures``: ``indicators.figures``; ``causes``: ``indicators.causes``; ``arrivals``: of ``Registries``; they may hold other
    places too. ``measures``: ``roadmap.current`` of this place. ``names``: municipality id → Russian name. ``rules``:
    ``catalogue.load_advice``. ``next_working``: a day → that day, or the next working one if it is a day off.

    ``kind``: indicator, measure or data. ``count`` with ``noun``: whole people, organisations, measures, registries to act on;
    ``where``: the organisations (municipalities) with most of them. ``until``: working days, never missing. ``effect_people``:
    how many it adds to the figure at most, ``effect_points`` the same in percentage points of this place's share; both are
    missing where the recommendation adds nobody to a figure: a decision, or a period that is over. ``result``: that in words.
    ``figure``, ``clause`` (of the planned value, where there is one): what it rests on, ``rests_on``: state, gap and cause in a
    sentence. ``status``: of the figure or the measure.

    Order: figures, measures, registries. Figures that are behind their plan stand before those that are not; within, the more
    people a recommendation adds at most (or, adding nobody, is about), the higher. Measures: overdue, due, unconfirmed,
    each by their day.
    """
    setting = Setting(system, cards, rules, names, municipality, as_of, next_working)
    mine = figures[figures["municipality"] == municipality]
    told = causes if municipality == REGION else causes[causes["municipality"] == municipality]
    found = [*gaps.steps(mine, told, setting), *terms.steps(measures, setting), *lacking.steps(mine, arrivals, setting)]
    frame = pd.DataFrame(found, columns=list(COLUMNS)).assign(system=system.id, municipality=municipality).astype(COLUMNS)
    return frame.iloc[_ranked(frame)].reset_index(drop=True)


def _ranked(frame: pd.DataFrame) -> list[int]:
    """Positions of the rows in their order; rows that are equal in it stay as the rules gave them."""
    late = {state: number for number, state in enumerate(LATE_FIRST)}
    people = frame["effect_people"].fillna(frame["count"]).where(frame["kind"] == "indicator", 0)
    keys = pd.DataFrame(
        {
            "kind": frame["kind"].map(KINDS.index),
            "state": [late.get(state, 0 if state in BEHIND else 1) for state in frame["status"]],
            "people": -people.astype("int64"),
            "points": -frame["effect_points"].fillna(0.0),
        }
    ).reset_index(drop=True)
    return list(keys.sort_values(list(keys.columns), kind="stable").index)
