"""How many rows stood behind each figure after each condition of its definition: counts alone, no row and no key."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pandas as pd
import polars as pl

from nmslib.indicators.asked import Asked, asked
from nmslib.indicators.definitions import FUNCTIONS
from nmslib.indicators.rows import ENGINE, PLACE, Rows
from nmslib.model import REGION, Card, System
from nmslib.registries import Registries

COLUMNS = {
    "municipality": "string",
    "indicator": "string",
    "side": "string",
    "registry": "string",
    "step": "Int64",
    "words": "string",
    "rows": "Int64",
    "left_out": "Int64",
}
SIDES = ("numerator", "denominator")
ALL = "всего строк"


def origins(
    system: System, cards: dict[str, Card], registries: Registries, municipalities: Sequence[str], as_of: date
) -> pd.DataFrame:
    """Rows of registries by condition: COLUMNS, in the order of conditions.

    ``side``: numerator or denominator; ``step`` 0: all rows of the registry in the place, then one step a condition; ``rows``:
    how many met it and all before it, ``left_out``: how many met all before it and not this one. Of REGION, rows of all places
    and its own. A figure whose registries nobody has is not told of.
    """
    sides = [(one, side, rows) for one in asked(system, cards, as_of) for side, rows in _sides(one, registries)]
    plans = [plan.group_by(PLACE).len() for _, _, rows in sides for plan in _stages(rows)]
    counts = iter([dict(found.iter_rows()) for found in pl.collect_all(plans, engine=ENGINE)])
    told = [
        line
        for one, side, rows in sides
        for line in _lines(one, side, rows, [next(counts) for _ in range(len(rows.steps) + 1)], municipalities)
    ]
    return pd.DataFrame(told, columns=list(COLUMNS)).astype(COLUMNS)


def _sides(one: Asked, registries: Registries) -> Iterator[tuple[str, Rows]]:
    if not set(one.card.registries) <= set(registries.frames):
        return
    counted = FUNCTIONS[one.card.id](registries.frames, one.question)
    for side, rows in zip(SIDES, (counted.numerator, counted.denominator), strict=True):
        if rows is not None:
            yield side, rows


def _stages(rows: Rows) -> Iterator[pl.LazyFrame]:
    """The rows before the first condition and after each; plans share their beginnings, which the engine computes once."""
    frame = rows.all
    yield frame
    for step in rows.steps:
        frame = step.keep(frame)
        yield frame


def _lines(
    one: Asked, side: str, rows: Rows, stages: list[dict[str, int]], municipalities: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    for place in municipalities:
        counts = [sum(stage.values()) if place == REGION else stage.get(place, 0) for stage in stages]
        if not counts[0]:
            continue
        for step, count in enumerate(counts):
            words = rows.steps[step - 1].words if step else ALL
            yield place, one.card.id, side, rows.registry, step, words, count, counts[step - 1] - count if step else 0
