"""Question 7: can these figures be trusted — what arrived, what was left out, what moved since the last run, sources, hashes."""

from datetime import datetime
from typing import Any

import pandas as pd

from nmslib import tables, wording
from nmslib.dashboards import markup
from nmslib.dashboards.situation.state import SituationState

SHOWN_CHANGES = 30


def drawn(state: SituationState) -> str:
    """Completeness by registry, by sender for the whole, changes and sources."""
    arrivals = state.reported.arrivals
    registries = [_registry(str(title), mine) for title, mine in arrivals.groupby("title", sort=False)]
    kept = state.run.held.kept
    return str(
        markup.macros("situation").trust(
            _title(arrivals),
            state.run.synthetic,
            registries,
            _senders(arrivals, state),
            changes(state),
            f"{datetime.fromisoformat(kept.made_at):%d.%m.%Y %H:%M} (UTC)",
            {tables.PARTS[name]: value[:12] for name, value in kept.made_of.items()},
            [{"place": one.place, "odd": one.odd, "reading": one.reading} for one in state.run.facts.oddities],
        )
    )


def _title(arrivals: pd.DataFrame) -> str:
    if arrivals.empty:
        return "О полноте данных сведений нет"
    received, lost = int(arrivals["received"].sum()), int(arrivals["left_out"].fillna(0).sum())
    left = f"; не принято строк: {wording.number(lost)}" if lost else "; все строки приняты"
    return f"Принято реестров: {wording.number(received)} из {wording.number(len(arrivals))}{left}"


def _registry(title: str, mine: pd.DataFrame) -> dict[str, Any]:
    sums = {name: wording.number(int(mine[name].fillna(0).sum())) for name in ("rows", "left_out", "problems")}
    return sums | {"title": title, "received": int(mine["received"].sum()), "expected": len(mine)}


def _senders(arrivals: pd.DataFrame, state: SituationState) -> list[dict[str, str]]:
    """Who sent how much, in which workbook; of the whole, everybody."""
    rows = []
    for place, mine in arrivals.groupby("municipality", sort=False):
        received = mine[mine["received"]]
        first = received.iloc[0] if len(received) else None
        rows.append(
            {
                "name": state.run.called.get(str(place), str(place)),
                "received": f"{wording.number(len(received))} из {wording.number(len(mine))}",
                "lost": wording.number(int(mine["left_out"].fillna(0).sum())),
                "file": first["file"] if first is not None else "—",
                "data_on": _day(first["data_on"]) if first is not None else "—",
                "revision": wording.number(int(first["revision"])) if first is not None else "—",
                "hash": str(first["sha256"])[:12] if first is not None else "",
            }
        )
    return rows


def _day(value: object) -> str:
    return wording.day(pd.Timestamp(str(value))) if pd.notna(value) else "—"


def changes(state: SituationState) -> list[dict[str, str]]:
    """Figures of the place that the last runs moved, the newest first, each with why."""
    table = state.run.held.table("changes")
    shown = list(state.names) if state.whole else [state.municipality]
    mine = table[table["municipality"].isin(shown)].sort_values("noticed_on", ascending=False, kind="stable")
    cards = state.run.cards
    return [
        {
            "place": state.names[row["municipality"]],
            "indicator": cards[row["indicator"]].short_name if row["indicator"] in cards else row["indicator"],
            "before": row["before"] if pd.notna(row["before"]) else "нет данных",
            "after": row["after"] if pd.notna(row["after"]) else "нет данных",
            "why": row["why"] if pd.notna(row["why"]) else "причина не записана",
            "noticed": _day(row["noticed_on"]),
        }
        for _, row in mine.head(SHOWN_CHANGES).iterrows()
    ]
