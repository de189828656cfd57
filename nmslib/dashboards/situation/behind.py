"""Question 2: who is behind and why — municipalities by indicators and on a map; of one municipality, which organisations."""

from functools import lru_cache
from typing import Any

import pandas as pd

from nmslib import documents, wording
from nmslib.charts.heat import title as finding
from nmslib.dashboards import address, markup
from nmslib.dashboards.shelf import Opened
from nmslib.dashboards.situation.plan import STATES, told
from nmslib.dashboards.situation.state import SituationState
from nmslib.dashboards.situation.tilemap import tiles
from nmslib.documents.figures import NOT_COUNTED
from nmslib.model import REGION, State

SHORT = 14


def drawn(state: SituationState) -> str:
    """The whole: a heat map and a map of tiles; one place: whom it lacks, and where it stands among the others."""
    if not state.whole:
        return _one(state)
    everywhere = state.run.at(REGION, state.day).everywhere
    places = everywhere[everywhere["municipality"] != REGION]
    cards, map_ = state.run.cards, _map(places[places["indicator"] == state.indicator], state)
    shown = [name for name in dict.fromkeys(places["indicator"]) if _planned(places, name)]
    if not shown:
        table = documents.behind_table(everywhere, state.reported.causes, state.run.called, cards, state.reported.rules.causes)
        return str(
            markup.macros("situation").unplanned(finding(everywhere, state.run.called), table.data, state.card.short_name, map_)
        )
    rows = _rows(places, shown, state)
    used = [one for one in State if one.id in set(places.loc[places["indicator"].isin(shown), "status"])]
    return str(
        markup.macros("situation").behind(
            finding(everywhere, state.run.called),
            [(name, cards[name].short_name, state.link(indicator=name)) for name in shown],
            rows,
            used,
            state.card.short_name,
            map_,
        )
    )


def _planned(places: pd.DataFrame, indicator: str) -> bool:
    mine = places[places["indicator"] == indicator]
    return bool(mine["target"].notna().any())


def _rows(places: pd.DataFrame, shown: list[str], state: SituationState) -> list[dict[str, Any]]:
    """Municipalities from the one with most people missing; who sent nothing is not the best."""
    why = _causes(state)
    rows = []
    for place, mine in places[places["indicator"].isin(shown)].groupby("municipality", sort=False):
        by_indicator = {row["indicator"]: row for _, row in mine.iterrows()}
        missing = int(mine["people_missing"].fillna(0).sum())
        unknown = int((mine["status"] == State.NOT_COMPUTABLE.id).sum())
        rows.append(
            {
                "place": str(place),
                "name": state.run.called.get(str(place), str(place)),
                "link": _link(state, str(place)),
                "missing": missing,
                "unknown": unknown,
                "told": wording.number(missing),
                "cells": [_cell(by_indicator.get(name), str(place), name, state) for name in shown],
                "why": why.get(str(place), ""),
            }
        )
    return sorted(rows, key=lambda row: (-row["missing"], -row["unknown"], row["name"]))


def _cell(row: pd.Series | None, place: str, indicator: str, state: SituationState) -> dict[str, Any] | None:
    if row is None:
        return None
    missing = int(row["people_missing"]) if pd.notna(row["people_missing"]) else 0
    card, one = state.run.cards[indicator], STATES[row["status"]]
    lacks = f", не хватает {wording.genitive(missing, card.noun)}" if missing else ""
    return {
        "state": one,
        "missing": missing,
        "told": wording.number(missing) if missing else "",
        "link": _link(state, place, indicator),
        "words": f"{card.short_name}: {one.word}, {told(row, card)}{lacks}",
    }


def _link(state: SituationState, place: str, indicator: str | None = None) -> str:
    """The same view of one place; of the federal view, the page of the system itself."""
    if state.run.facts.act.level == "federal":
        return address.written({"system": place})
    return state.link(municipality=place, indicator=indicator or state.indicator)


def _causes(state: SituationState) -> dict[str, str]:
    """Municipality → the cause found most often in its rows, with its count."""
    causes = state.run.at(REGION).causes
    found = causes[causes["cause"] != NOT_COUNTED].groupby(["municipality", "cause"], sort=False)["count"].sum().reset_index()
    if found.empty:
        return {}
    most = found.loc[found.groupby("municipality")["count"].idxmax()]
    words = state.reported.rules.causes
    return {row["municipality"]: f"{words[row['cause']]}: {wording.number(row['count'])}" for _, row in most.iterrows()}


def _map(rows: pd.DataFrame, state: SituationState) -> list[dict[str, Any]]:
    """Tiles coloured by the state of the chosen indicator."""
    at, known = _tiles(state.run), {row["municipality"]: row for _, row in rows.iterrows()}
    if state.run.facts.act.level == "federal":
        return []
    return [
        {
            "row": at[place][0],
            "column": at[place][1],
            "name": state.run.called[place],
            "short": _short(state.run.called[place]),
            "cell": _cell(known[place], place, state.indicator, state),
        }
        for place in at
        if place in known
    ]


@lru_cache(maxsize=8)
def _tiles_of(system: str, places: tuple[Any, ...]) -> dict[str, tuple[int, int]]:
    return tiles(places)


def _tiles(run: Opened) -> dict[str, tuple[int, int]]:
    mine = tuple(one for one in run.places if one.municipality != REGION and one.municipality in run.names)
    return _tiles_of(run.system, mine)


def _short(name: str) -> str:
    """«Тындинский», «г. Тында»: what a tile has room for."""
    words = name.replace("муниципальный район", "").replace("городской округ", "").replace("муниципальный округ", "").strip()
    return words if len(words) <= SHORT else words[: SHORT - 1] + "…"


def _one(state: SituationState) -> str:
    table = documents.lacking_table(state.reported.causes, state.reported.figures, state.run.cards, state.reported.rules.causes)
    return str(
        markup.macros("situation").lacking(_title(state), table.data, strip(state), state.card.short_name, state.place_name)
    )


def _title(state: SituationState) -> str:
    mine = state.now.figures
    gaps = mine[mine["people_missing"].fillna(0) > 0]
    if gaps.empty:
        return "Недостающих до плана нет" if mine["target"].notna().any() else "Планов на эту дату нет"
    count = wording.counted(len(gaps), ("показателю", "показателям", "показателям"))
    return f"До плана не хватает по {count}; ниже — где это ещё поправимо"


def strip(state: SituationState) -> dict[str, Any] | None:
    """Values of the chosen indicator in all municipalities, without names, and the place's own: where it stands."""
    figures = state.run.held.table("figures")
    mine = figures[(figures["as_of"] == pd.Timestamp(state.day)) & (figures["indicator"] == state.indicator)]
    mine = mine[(mine["municipality"] != REGION) & mine["value"].notna()]
    own = mine.loc[mine["municipality"] == state.municipality, "value"]
    if len(mine) < 3 or own.empty or state.run.facts.act.level == "federal":
        return None
    value, top = float(own.iloc[0]), max(float(mine["value"].max()), 0.001)
    others = mine.loc[mine["municipality"] != state.municipality, "value"]
    better = int((others > value).sum() if state.card.better == "higher" else (others < value).sum())
    row = mine[mine["municipality"] == state.municipality].iloc[0]
    return {
        "dots": [round(100 * float(one) / top, 1) for one in sorted(others)],
        "own": round(100 * value / top, 1),
        "told": told(row, state.card),
        "words": f"лучше — у {wording.genitive(better, ('муниципалитета', 'муниципалитетов', 'муниципалитетов'))} из {len(mine)}",
        "top": wording.percent(top, state.card.decimals) if state.card.unit == "percent" else wording.number(top, 1),
    }
