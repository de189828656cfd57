"""From a figure back to the rows it was counted from: which workbook, which sheet, which rows, and what was left out and why."""

from dataclasses import dataclass, field
from datetime import date

import pandas as pd
import polars as pl

from nmslib.indicators.asked import Asked, asked
from nmslib.indicators.definitions import FUNCTIONS
from nmslib.indicators.knowledge import Knowledge, since
from nmslib.indicators.rows import PLACE, ROW, Rows
from nmslib.indicators.table import figures
from nmslib.model import REGION, Card, RegistrySchema, System
from nmslib.registries import Registries


@dataclass(frozen=True)
class Side:
    """One side of a figure: the sheet it was counted in, the conditions in order, the rows that met all, and those left out.

    ``rows``: excel_row → key (a pseudonym, an organisation's or a programme's code). ``excluded``: condition → rows that met all
    before it and not this one. ``sender`` is who sent the workbook: the municipality itself or the region.
    """

    registry: str
    title: str
    sender: str
    file: str
    sha256: str
    revision: int
    data_on: date
    conditions: list[str]
    rows: dict[int, str]
    excluded: dict[str, list[int]]


@dataclass(frozen=True)
class Trace:
    """Where a figure comes from. A pooled figure has ``members`` (rows of ``figures``); its sides are the region's own rows.

    A figure whose registries nobody sent has neither. ``weight``: title of the column added up instead of counting rows.
    """

    figure: pd.Series
    card: Card
    asked: Asked
    numerator: Side | None = None
    denominator: Side | None = None
    members: pd.DataFrame = field(default_factory=pd.DataFrame)
    weight: str | None = None
    synthetic: bool = False


def trace(
    system: System,
    cards: dict[str, Card],
    schema: RegistrySchema,
    registries: Registries,
    municipality: str,
    indicator: str,
    as_of: date,
) -> Trace | None:
    """The trace of one figure; None when the system does not ask for it in this place."""
    senders = list(dict.fromkeys(registries.arrivals[PLACE]))
    table = figures(system, cards, registries, [*dict.fromkeys([*senders, municipality])], as_of)
    table = table[table["indicator"] == indicator].set_index(PLACE, drop=False)
    one = next((each for each in asked(system, cards, as_of) if each.card.id == indicator), None)
    if one is None or municipality not in table.index:
        return None
    figure = table.loc[municipality]
    members = table[table[PLACE] != REGION].reset_index(drop=True) if pd.notna(figure["members"]) else pd.DataFrame()
    if not set(one.card.registries) <= set(registries.frames):
        return Trace(figure, one.card, one, synthetic=registries.synthetic)
    counted = FUNCTIONS[indicator](registries.frames, one.question)
    knowledge = Knowledge(registries, as_of, since(system))
    if len(members) and not knowledge.sends(one.card, municipality):
        return Trace(figure, one.card, one, members=members, synthetic=registries.synthetic)
    sides = [
        _side(rows, counted.key, municipality, knowledge, schema, registries) if rows else None
        for rows in (counted.numerator, counted.denominator)
    ]
    weight = schema.sheet(counted.numerator.registry).column(counted.weight).title if counted.weight else None
    return Trace(figure, one.card, one, sides[0], sides[1], members, weight=weight, synthetic=registries.synthetic)


def _side(
    rows: Rows, key: str, municipality: str, knowledge: Knowledge, schema: RegistrySchema, registries: Registries
) -> Side | None:
    sender, here = knowledge.sender(rows.registry, municipality), pl.col(PLACE) == municipality
    arrivals = registries.arrivals
    found = arrivals[(arrivals[PLACE] == sender) & (arrivals["registry"] == rows.registry) & arrivals["received"]]
    if found.empty:
        return None
    arrival = found.iloc[0]
    kept = rows.kept().filter(here).select(pl.col(ROW), pl.col(key).cast(pl.String).alias("key")).sort(ROW).collect()
    excluded = {words: lost.filter(here).select(ROW).sort(ROW).collect()[ROW].to_list() for words, lost in rows.dropped()}
    return Side(
        registry=rows.registry,
        title=schema.sheet(rows.registry).title,
        sender=str(sender),
        file=arrival["file"],
        sha256=arrival["sha256"],
        revision=int(arrival["revision"]),
        data_on=date.fromisoformat(arrival["data_on"]),
        conditions=[step.words for step in rows.steps],
        rows=dict(kept.iter_rows()),
        excluded={words: numbers for words, numbers in excluded.items() if numbers},
    )
