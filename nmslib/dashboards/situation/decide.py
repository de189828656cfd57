"""Question 6: what to decide — recommendations with addressee, number, term and what each may bring."""

from typing import Any

import pandas as pd

from nmslib import documents, wording
from nmslib.dashboards import markup
from nmslib.dashboards.situation.state import SituationState

SHOWN = 6


def drawn(state: SituationState) -> str:
    """The first recommendations as a list; all of them, and what became of the last ones, folded below."""
    rows, outcomes = state.reported.recommendations, state.reported.outcomes
    first = [_step(row, state) for _, row in rows.head(SHOWN).iterrows()]
    everything = documents.steps_table(rows).data if len(rows) > SHOWN else ""
    before = documents.outcomes_table(outcomes, state.run.cards).data if len(outcomes) else ""
    return str(markup.macros("situation").decide(_title(rows), first, len(rows), everything, before))


def _title(rows: pd.DataFrame) -> str:
    if rows.empty:
        return "Оснований для рекомендаций нет"
    people = rows["effect_people"].dropna()
    best = rows.loc[people.idxmax()] if len(people) else None
    told = wording.counted(len(rows), ("рекомендация", "рекомендации", "рекомендаций"))
    if best is None:
        return told
    return f"{told}; больше всего даст: {best['addressee']} — до +{wording.number(best['effect_people'])}"


def _step(row: pd.Series, state: SituationState) -> dict[str, Any]:
    gain = f"до +{wording.number(row['effect_people'])}" if pd.notna(row["effect_people"]) else ""
    return {
        "addressee": row["addressee"],
        "action": row["action"],
        "people": f"{wording.number(row['count'])}{wording.NBSP}{row['noun']}",
        "until": wording.day(row["until"]),
        "result": row["result"],
        "gain": gain,
        "rests_on": row["rests_on"],
        "clause": row["clause"] if pd.notna(row["clause"]) else "",
        "trace": state.link(figure=row["figure"]) if pd.notna(row["figure"]) and state.reported.day == state.day else "",
    }
