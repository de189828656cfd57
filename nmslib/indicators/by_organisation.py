"""Shares of staff and of organisations split by organisation, and how small groups of people in that split are hidden."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
import polars as pl

from nmslib import wording
from nmslib.indicators.asked import Asked, asked
from nmslib.indicators.definitions import FUNCTIONS
from nmslib.indicators.knowledge import Knowledge, since
from nmslib.indicators.rows import ENGINE, PLACE, ROW
from nmslib.model import REGION, Card, System
from nmslib.registries import Frames, Registries

COLUMNS = {
    "system": "string",
    "municipality": "string",
    "indicator": "string",
    "organisation": "string",
    "name": "string",
    "numerator": "Int64",
    "denominator": "Int64",
    "counts": "string",
    "organisations": "Int64",
}
PERSON, ORGANISATION = "person", "organisation"
UNNAMED = "организация не указана"
LEAST = 10
# Parts of a share of the same deed: one subtracted from the other would show what the only head of a school has done.
PARTS_OF = {"teachers_diagnosed_share": "diagnosed_share", "managers_diagnosed_share": "diagnosed_share"}
FEWEST = 2


def by_organisation(
    system: System, cards: dict[str, Card], registries: Registries, municipalities: Sequence[str], as_of: date
) -> pd.DataFrame:
    """Numerators and denominators of shares by the organisation of the base: one row per municipality, indicator, organisation.

    Columns: COLUMNS. ``counts``: «person» for shares of staff (by the organisation of the main place), «organisation» for shares
    of organisations and their teams (0 or 1 of 1). ``organisations``: how many organisations the row stands for: 1, and none
    where it is not named. Sums over organisations are the figure's own numerator and denominator. Plain counts, ratios, and
    shares of other bases (the methodical active, programmes) have no rows, nor have parts of a share that is split itself
    (PARTS_OF); nothing is told of what is not known, nor of ``REGION``. Within an indicator whoever lacks most stands first.
    """
    frames, knowledge = registries.frames, Knowledge(registries, as_of, since(system))
    found: list[tuple[str, str, pl.LazyFrame]] = []
    wanted = asked(system, cards, as_of)
    whole = {one.card.id for one in wanted}
    for one in wanted:
        if PARTS_OF.get(one.card.id) in whole:
            continue
        split = _split(one, frames) if set(one.card.registries) <= set(frames) else None
        if split is not None:
            known = [name for name in municipalities if name != REGION and not knowledge.unknown(one.card, None, name)]
            found.append((one.card.id, split[0], split[1].filter(pl.col(PLACE).is_in(known))))
    results = pl.collect_all([plan for _, _, plan in found], engine=ENGINE)
    parts = [
        rows.with_columns(indicator=pl.lit(indicator), counts=pl.lit(counts))
        for (indicator, counts, _), rows in zip(found, results, strict=True)
    ]
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    table = _named(pl.concat(parts), frames).with_columns(system=pl.lit(system.id)).to_pandas()[list(COLUMNS)].astype(COLUMNS)
    ranks = {
        "place": table[PLACE].map({name: number for number, name in enumerate(municipalities)}),
        "asked": table["indicator"].map({indicator: number for number, (indicator, _, _) in enumerate(found)}),
        "lacking": table["numerator"] - table["denominator"],
    }
    return table.loc[table.assign(**ranks).sort_values([*ranks, "name", ORGANISATION]).index].reset_index(drop=True)


def _split(one: Asked, frames: Frames) -> tuple[str, pl.LazyFrame] | None:
    """What a share counts and its rows by municipality and organisation; None where the base has no organisations."""
    counted = FUNCTIONS[one.card.id](frames, one.question)
    if counted.denominator is None or counted.weight:
        return None
    base, numerator = counted.denominator.kept(), counted.numerator.kept()
    if counted.key == PERSON and counted.denominator.registry == "staff":
        base = base.select(PLACE, ROW, PERSON).join(frames["staff"].select(PLACE, ROW, ORGANISATION), on=[PLACE, ROW])
        counting = base.join(numerator.select(PLACE, PERSON), on=[PLACE, PERSON], how="semi")
    elif counted.key == ORGANISATION:
        counting = numerator
    else:
        return None
    key = [PLACE, ORGANISATION]
    sides = [
        side.group_by(key).agg(pl.len().cast(pl.Int64).alias(name))
        for side, name in ((base, "denominator"), (counting, "numerator"))
    ]
    split = sides[0].join(sides[1], on=key, how="left", nulls_equal=True)
    return counted.key, split.with_columns(pl.col("numerator").fill_null(0))


def _named(rows: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """The rows with names of organisations; one whose name is empty is called by its code."""
    key = [PLACE, ORGANISATION]
    names = frames["organisations"].select(*key, "name").unique(key, keep="first", maintain_order=True).collect()
    called = pl.coalesce("name", ORGANISATION, pl.lit(UNNAMED)).alias("name")
    told = rows.join(names, on=key, how="left", maintain_order="left").with_columns(called)
    return told.with_columns(pl.col(ORGANISATION).is_not_null().cast(pl.Int64).alias("organisations"))


def pooled_small(rows: pd.DataFrame, least: int = LEAST) -> pd.DataFrame:
    """Rows of ``by_organisation`` with small groups of people put together in each municipality and indicator.

    Organisations with fewer than ``least`` people in the base become one row, the last of its indicator: «Малые организации
    вместе (N)», N in ``organisations`` too, ``organisation`` empty. So that nobody finds a hidden value by subtracting what is
    shown from the figure, at least two organisations and ``least`` people are put together: the smallest of the others are added
    until that is so. Where all are, the one row left is the figure itself, which is public. Rows counted in organisations stay
    as they are: an organisation is no person.

    These are the minimum frequency rule and secondary suppression of statistical disclosure control (Hundepool A. et al.
    Statistical Disclosure Control. Chichester: Wiley, 2012. Ch. 4: tables of magnitude and frequency); the threshold of ten is
    this project's choice. Only one indicator is looked at: of two indicators with nested bases (teachers among all staff) the
    difference can be taken.
    """
    group = [PLACE, "indicator"]
    people = rows[(rows["counts"] == PERSON) & (rows["denominator"] > 0)].sort_values(
        ["denominator", ORGANISATION], kind="stable"
    )
    grouped = people.groupby(group, sort=False)
    before = grouped["denominator"].cumsum() - people["denominator"]
    too_few = (grouped.cumcount() < FEWEST) | (before < least)
    small = people["denominator"] < least
    hidden = small | (too_few & small.groupby([people[name] for name in group]).transform("any"))
    shown = rows.drop(index=hidden.index[hidden])
    sums = ["numerator", "denominator", "organisations"]
    together = people[hidden].groupby(group, sort=False).agg({"system": "first", "counts": "first", **dict.fromkeys(sums, "sum")})
    together = together.reset_index().assign(organisation=pd.NA)
    together["name"] = [f"Малые организации вместе ({wording.number(count)})" for count in together["organisations"]]
    table = pd.concat([shown, together[list(rows.columns)].astype(rows.dtypes)], ignore_index=True)
    order = {key: number for number, key in enumerate(dict.fromkeys(zip(rows[PLACE], rows["indicator"], strict=True)))}
    turn = pd.Series([order[key] for key in zip(table[PLACE], table["indicator"], strict=True)], index=table.index, dtype="int64")
    return table.loc[turn.sort_values(kind="stable").index].reset_index(drop=True)
