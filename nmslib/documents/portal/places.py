"""Tables of the portal: places with what is reached, missing, overdue and sent, and the values of their indicators."""

from typing import Any, NamedTuple

import pandas as pd

from nmslib import indicators, wording
from nmslib.documents.figures import CATCHING_UP
from nmslib.documents.portal.view import Made, Portal
from nmslib.model import REGION, Card, MeasureState, State

JUDGED = (State.REACHED, State.ON_PACE, State.RECOVERABLE, State.UNREACHABLE)
COUNTED = (*JUDGED, State.NOT_COMPUTABLE)
UNKNOWN, ABSENT = "нет сведений", "нет данных"
# So many columns of values fit a sheet of A4 turned on its side.
COLUMNS_OF_VALUES = 8


class _Cell(NamedTuple):
    """A cell of the table of places: its words, what it is sorted by («» when nothing is known), the figure of a gap."""

    text: str
    key: str | int | float = ""
    figure: str = ""


def columns_of(view: Portal, planned: bool) -> list[tuple[str, str, str]]:
    """Class of the state, words and kind (number, text) of each column between the name and the files.

    ``planned``: whether any municipality has a planned value; without one there are no states to count.
    """
    states = [(state.id, state.word, "number") for state in COUNTED]
    gap, computed = ("", "Больше всего не хватает из достижимого", "number"), ("", "Рассчитано показателей", "number")
    own = [*states, gap] if planned else [computed]
    terms = [(MeasureState.OVERDUE.id, "просрочено мер", "number")] if view.system.measures else []
    return [*own, *terms, ("", "Принято реестров", "number"), ("", "Отчётная дата", "text")]


def row_of(view: Portal, name: str, mine: pd.DataFrame, made: Made | None, planned: bool) -> dict[str, Any]:
    """A place as a row under ``columns_of``; ``mine``: its figures, ``made``: what the run made of it, None when nothing."""
    own = [*_states(mine), _gap(mine, view.cards)] if planned else [_computed(mine)]
    late = view.overdue.get(name)
    terms = [_Cell(UNKNOWN) if late is None else _Cell(wording.number(late), late)] if view.system.measures else []
    received, expected = view.completeness.get(name, (0, 0))
    complete = f"{wording.number(received)} из {wording.number(expected)}"
    sent = _Cell(complete, round(received / expected, 4)) if expected else _Cell(UNKNOWN)
    return {
        "id": name,
        "name": view.names[name],
        "cells": [*own, *terms, sent, _as_of(view, mine, made)],
        "files": made.files if made else (),
        "failed": bool(made and made.failure),
    }


def _states(mine: pd.DataFrame) -> list[_Cell]:
    """How many figures of a place are in each state; where none could be judged, words instead of noughts."""
    count = mine["status"].value_counts()
    judged = any(count.get(state.id, 0) for state in JUDGED)
    known = [int(count.get(state.id, 0)) for state in JUDGED]
    unknown = int(count.get(State.NOT_COMPUTABLE.id, 0))
    cells = [_Cell(wording.number(number), number) if judged else _Cell("неизвестно") for number in known]
    return [*cells, _Cell(wording.number(unknown), unknown) if len(mine) else _Cell("ничего")]


def _gap(mine: pd.DataFrame, cards: dict[str, Card]) -> _Cell:
    """The largest gap that can still be closed; people of different indicators are not added up, for they are the same people."""
    worst = indicators.largest_gap(mine[mine["status"].isin(CATCHING_UP)])
    if worst is not None:
        card, missing = cards[worst["indicator"]], int(worst["people_missing"])
        return _Cell(f"{wording.genitive(missing, card.noun)} — {card.short_name}", missing, worst["figure"])
    found = set(mine.loc[mine["target"].notna(), "status"])
    if State.UNREACHABLE.id in found:
        return _Cell("достижимого отставания нет")
    if State.REACHED.id not in found:
        return _Cell(ABSENT)
    return _Cell("где есть данные, планы выполнены" if State.NOT_COMPUTABLE.id in found else "планы выполнены", 0)


def _computed(mine: pd.DataFrame) -> _Cell:
    done = int(mine["value"].notna().sum())
    return _Cell(f"{wording.number(done)} из {wording.number(len(mine))}", done) if done else _Cell(ABSENT)


def _as_of(view: Portal, mine: pd.DataFrame, made: Made | None) -> _Cell:
    day = made.as_of if made else mine["as_of"].iloc[0].date() if len(mine) else None
    if day is None:
        return _Cell(UNKNOWN)
    told = [wording.day(day), "раньше других" if day < view.day else "", "ретроспективно" if in_retrospect(mine).any() else ""]
    return _Cell(", ".join(filter(None, told)), day.isoformat())


def in_retrospect(figures: pd.DataFrame) -> pd.Series:
    """Whether each figure rests on data of a later day than its own: it was worked out in retrospect."""
    return figures["data_on"] > figures["as_of"]


def values_of(view: Portal) -> list[dict[str, Any]]:
    """Tables of values, a few indicators in each, those of the whole alone last.

    ``heads``: what columns are called; ``rows``: id, name, cells of (state, figure, words), None where a place does not count it.
    """
    named = view.figures.drop_duplicates("indicator").set_index("indicator")["number"].fillna("")
    shared = set(view.figures.loc[view.figures["municipality"] != REGION, "indicator"])
    told = {
        (row["municipality"], row["indicator"]): (row["status"], row["figure"], _value(row, view.cards[row["indicator"]]))
        for _, row in view.figures.iterrows()
    }
    order = sorted(view.names, key=lambda name: name != REGION)
    tables = []
    for heads in ([head for head in named.index if head in shared], [head for head in named.index if head not in shared]):
        for start in range(0, len(heads), COLUMNS_OF_VALUES):
            chosen = heads[start : start + COLUMNS_OF_VALUES]
            rows = [(name, view.names[name], [told.get((name, head)) for head in chosen]) for name in order]
            titles = [f"{named[head]} {view.cards[head].short_name}".strip() for head in chosen]
            tables.append({"heads": titles, "rows": [row for row in rows if any(row[2])]})
    return tables


def _value(row: pd.Series, card: Card) -> str:
    """The value with its people; where it is not known, its bounds if there are any."""
    text = indicators.told(row, card)
    if pd.notna(row["value"]) or pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return text
    unit = f"{wording.NBSP}%" if card.unit == "percent" else ""
    return f"{text}: от {wording.number(row['lower'], card.decimals)} до {wording.number(row['upper'], card.decimals)}{unit}"
