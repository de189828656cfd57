"""The start of a scenario as text and back: aggregates of a day that pages read instead of registries."""

import json
from dataclasses import fields, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from nmslib.scenarios.start import Start

# Columns of a frame that stand for days.
DAYS = "datetime64"


def written(start: Start) -> str:
    """A start as JSON: numbers to the last digit, frames by column with their types."""
    return json.dumps({one.name: _plain(getattr(start, one.name)) for one in fields(start)}, ensure_ascii=False)


def read(text: str) -> Start:
    """What ``written`` has made; ValueError, KeyError or TypeError when the text is not of this version of the program."""
    told: dict[str, Any] = json.loads(text)
    if set(told) != {one.name for one in fields(Start)}:
        raise ValueError("another version of Start")
    return Start(**{name: _made(name, value) for name, value in told.items()})


def only(start: Start, places: list[str]) -> Start:
    """The start of some of its municipalities, as if the others had not been asked for."""
    mine = tuple(one for one in start.municipalities if one in places)
    rows = [start.municipalities.index(one) for one in mine]
    frames = {
        one.name: frame[frame["municipality"].isin(mine)].reset_index(drop=True)
        for one in fields(start)
        if isinstance(frame := getattr(start, one.name), pd.DataFrame)
    }
    told = {name: {place: why for place, why in by_place.items() if place in places} for name, by_place in start.gaps.items()}
    bases = {name: {place: base for place, base in by_place.items() if place in places} for name, by_place in start.bases.items()}
    return replace(
        start,
        municipalities=mine,
        unknown={place: why for place, why in start.unknown.items() if place in places},
        gaps={name: why for name, why in told.items() if why},
        bases=bases,
        ageing=start.ageing[rows],
        **frames,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        return {name: {"type": str(column.dtype), "values": _cells(column)} for name, column in value.items()}
    if isinstance(value, np.ndarray):
        return {"shape": list(value.shape), "values": value.ravel().tolist()}
    return value.isoformat() if isinstance(value, date) else value


def _cells(column: "pd.Series[Any]") -> list[Any]:
    if str(column.dtype).startswith(DAYS):
        return [None if pd.isna(one) else one.isoformat() for one in column]
    return [None if pd.isna(one) else one for one in column.tolist()]


def _made(name: str, value: Any) -> Any:
    if name == "as_of":
        return date.fromisoformat(value)
    if name == "municipalities":
        return tuple(value)
    if name == "ageing":
        return np.array(value["values"], dtype=np.int64).reshape(value["shape"])
    if (
        isinstance(value, dict)
        and value
        and all(isinstance(one, dict) and set(one) == {"type", "values"} for one in value.values())
    ):
        return pd.DataFrame({column: _column(one) for column, one in value.items()})
    return value


def _column(told: dict[str, Any]) -> "pd.Series[Any]":
    if told["type"].startswith(DAYS):
        return pd.to_datetime(pd.Series(told["values"], dtype="object")).astype(told["type"])
    return pd.Series(told["values"], dtype=told["type"])
