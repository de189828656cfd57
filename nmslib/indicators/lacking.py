"""Why a plan is not met: who of the base does not count, in which organisations, and what they lack in the rows."""

from collections.abc import Callable, Sequence
from datetime import date

import pandas as pd
import polars as pl

from nmslib.indicators.asked import Asked, asked
from nmslib.indicators.definitions import FUNCTIONS
from nmslib.indicators.definitions.bases import active, rows, staff, young
from nmslib.indicators.knowledge import Knowledge, since
from nmslib.indicators.rows import ENGINE, PLACE, ROW
from nmslib.model import REGION, Card, System
from nmslib.registries import Frames, Registries

COLUMNS = ["system", "municipality", "indicator", "cause", "count", "organisation", "name", "organisations"]
NOT_COUNTED = "not_counted"

# Rows with municipality and organisation (null where there is none), one for each person or organisation that lacks something.
Finder = Callable[[Frames, Asked], pl.LazyFrame]


def _people(frames: Frames, rows_of_staff: pl.LazyFrame) -> pl.LazyFrame:
    """People of the base with the organisation of their main place."""
    return rows_of_staff.select(PLACE, ROW, "person").join(frames["staff"].select(PLACE, ROW, "organisation"), on=[PLACE, ROW])


def _numerator(frames: Frames, one: Asked, indicator: str) -> pl.LazyFrame:
    return FUNCTIONS[indicator](frames, one.question).numerator.kept().select(PLACE, "person")


def _first_not_second(frames: Frames, people: pl.LazyFrame, first: pl.LazyFrame, second: pl.LazyFrame) -> pl.LazyFrame:
    key = [PLACE, "person"]
    return _people(frames, people.join(first, on=key, how="semi").join(second, on=key, how="anti"))


def diagnosed_without_route(frames: Frames, one: Asked) -> pl.LazyFrame:
    """Staff diagnosed at the centre within the period for whom no route was drawn up on it."""
    done, routed = (_numerator(frames, one, name) for name in ("diagnosed_share", "routed_share"))
    return _first_not_second(frames, staff(frames, one.question).kept(), done, routed)


def routed_without_training(frames: Frames, one: Asked) -> pl.LazyFrame:
    """Teachers with a route drawn up within the period who have not completed a register programme chosen by diagnostics."""
    routed, trained = (_numerator(frames, one, name) for name in ("routed_share", "register_programmes_share"))
    return _first_not_second(frames, staff(frames, one.question, ("teacher",)).kept(), routed, trained)


def young_without_mentor(frames: Frames, one: Asked) -> pl.LazyFrame:
    """Teachers under 35 in their first three years who have no mentor at the as-of date, as a pair or as a form of support."""
    going_on = pl.col("ended_on").is_null() | (pl.col("ended_on") > one.as_of)
    now = (pl.col("started_on") <= one.as_of) & going_on
    found = [rows(frames, "young_support").kept().filter(now & (pl.col("form") == "mentoring")).select(PLACE, "person")]
    if "mentor_pairs" in frames:
        found.append(rows(frames, "mentor_pairs").kept().filter(now).select(PLACE, pl.col("mentee").alias("person")))
    return _people(frames, young(frames, one.question).kept()).join(pl.concat(found), on=[PLACE, "person"], how="anti")


def methodists_overloaded(frames: Frames, one: Asked) -> pl.LazyFrame:
    """Members of the methodical active who accompany more teachers than the plan allows one (Amur, item 2.6, row 2: 250)."""
    limit = one.targets[None].value if None in one.targets else float("inf")
    members = active(frames, one.question).kept().filter(pl.col("accompanied") > limit)
    return members.select(PLACE, pl.lit(None, pl.String).alias("organisation"))


# Cause → the indicator that it holds back, and registries beyond that indicator's own without which nothing can be said.
FINDERS: dict[str, tuple[str, Finder, tuple[str, ...]]] = {
    "diagnosed_without_route": ("routed_share", diagnosed_without_route, ("diagnostics",)),
    "routed_without_training": ("register_programmes_share", routed_without_training, ("routes",)),
    "young_without_mentor": ("young_supported_share", young_without_mentor, ("mentor_pairs",)),
    "methodists_overloaded": ("staff_per_methodist", methodists_overloaded, ()),
}


def _not_counted(one: Asked, frames: Frames) -> pl.LazyFrame | None:
    """Whoever is in the denominator and not in the numerator, with the organisation; None for counts and ratios."""
    counted = FUNCTIONS[one.card.id](frames, one.question)
    if counted.denominator is None or counted.weight:
        return None
    numerator = counted.numerator.kept().select(PLACE, counted.key)
    missing = counted.denominator.kept().join(numerator, on=[PLACE, counted.key], how="anti")
    if counted.key == "person" and counted.denominator.registry == "staff":
        return _people(frames, missing)
    return missing if counted.key == "organisation" else missing.with_columns(pl.lit(None, pl.String).alias("organisation"))


def causes(
    system: System, cards: dict[str, Card], registries: Registries, municipalities: Sequence[str], as_of: date
) -> pd.DataFrame:
    """Who holds the indicators back, by organisation: one row per municipality, indicator, cause and organisation (COLUMNS).

    ``count``: people (organisations, programmes) of the base that lack it; ``name``: the organisation's; ``organisations``: how
    many organisations of the municipality the cause was found in. Nothing is told of what is not known.
    """
    frames, knowledge, parts = registries.frames, Knowledge(registries, as_of, since(system)), []
    for one in asked(system, cards, as_of):
        if not set(one.card.registries) <= set(frames):
            continue
        found: list[tuple[str, pl.LazyFrame | None, tuple[str, ...]]] = [(NOT_COUNTED, _not_counted(one, frames), ())]
        found += [(cause, finder(frames, one), more) for cause, (name, finder, more) in FINDERS.items() if name == one.card.id]
        known = [name for name in municipalities if name != REGION and not knowledge.unknown(one.card, None, name)]
        told = {"system": pl.lit(system.id), "indicator": pl.lit(one.card.id)}
        for cause, missing, more in found:
            if missing is not None:
                sure = [name for name in known if not any(knowledge.silent(registry, name) for registry in more)]
                by_place = missing.filter(pl.col(PLACE).is_in(sure)).group_by(PLACE, "organisation").agg(pl.len().alias("count"))
                parts.append(by_place.with_columns(cause=pl.lit(cause), **told))
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    names = frames["organisations"].select(PLACE, "organisation", "name")
    table = pl.concat(parts).join(names, on=[PLACE, "organisation"], how="left").collect(engine=ENGINE).to_pandas()
    table["organisations"] = table.groupby([PLACE, "indicator", "cause"])["organisation"].transform("count")
    order = {name: number for number, name in enumerate(municipalities)}
    table = table.assign(place=table[PLACE].map(order)).sort_values(
        ["place", "indicator", "cause", "count", "organisation"], ascending=[True, True, True, False, True]
    )
    return table[COLUMNS].reset_index(drop=True)
