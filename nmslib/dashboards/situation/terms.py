"""Question 3: what is due or overdue, and who answers for it."""

from typing import Any

import pandas as pd

from nmslib import charts, documents, wording
from nmslib.charts.gantt import title as finding
from nmslib.dashboards import markup
from nmslib.dashboards.situation.state import SituationState
from nmslib.model import MeasureState

NOBODY = "ответственный не назван"
SHOWN_CODES = 12
LATE, DUE, UNKNOWN = (one.id for one in (MeasureState.OVERDUE, MeasureState.DUE, MeasureState.UNKNOWN))


def drawn(state: SituationState) -> str:
    """The Gantt chart of what presses, who is late with how much, and all measures folded below."""
    measures, day = state.reported.measures, state.run.held.days[state.municipality]
    if measures.empty:
        return str(
            markup.macros("situation").nothing("3", "Сроки", "Дорожной карты в документе нет: следить за сроками не за чем.")
        )
    chart = markup.picture(charts.gantt(measures, day))
    table = documents.roadmap_table(measures, state.run.facts).data
    return str(markup.macros("situation").terms(finding(measures), chart, by_body(measures), table))


def by_body(measures: pd.DataFrame) -> list[dict[str, Any]]:
    """Bodies by how many of their measures are overdue, due within 30 days or unconfirmed; a measure of two counts at both."""
    rows = measures.assign(body=measures["bodies"].fillna("").replace("", NOBODY).str.split("; ")).explode("body")
    told = []
    for body, mine in rows.groupby("body", sort=False):
        late = mine[mine["state"] == LATE].sort_values("ends_on")
        counts = {name: int((mine["state"] == one).sum()) for name, one in (("late", LATE), ("due", DUE), ("unknown", UNKNOWN))}
        codes = list(dict.fromkeys(late["measure"]))
        longest = int(late["days_overdue"].max()) if len(late) else 0
        told.append(
            counts
            | {
                "body": body,
                "all": len(mine),
                "codes": ", ".join(codes[:SHOWN_CODES])
                + (f" и ещё {len(codes) - SHOWN_CODES}" if len(codes) > SHOWN_CODES else ""),
                "longest": wording.counted(longest, wording.DAYS) if longest else "",
            }
        )
    return sorted(told, key=lambda one: (-one["late"], -one["due"], -one["unknown"]))
