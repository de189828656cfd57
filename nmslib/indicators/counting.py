"""Counts behind figures, for all municipalities at once: one pass of the engine over all definitions."""

from dataclasses import dataclass, field
from datetime import date

import polars as pl

from nmslib.indicators.asked import Asked
from nmslib.indicators.definitions import FUNCTIONS
from nmslib.indicators.rows import ENGINE, PLACE, Counted
from nmslib.registries import Frames

MONTH = "month"


@dataclass(frozen=True)
class Tally:
    """What was counted in one place: the numerator, its base (None for plain counts), contradictions and the pace.

    ``by_month``: how many rows of the numerator entered it in each month of the period, in no order. ``outside``: keys of the
    numerator's registry that the base does not hold. ``places``: how many more can be taken on, None where nothing limits.
    ``above``: rows whose own weight exceeds the plan (methodists with more than 250 teachers).
    """

    numerator: int = 0
    denominator: int | None = None
    outside: int = 0
    by_month: tuple[tuple[date, int], ...] = field(default=())
    places: int | None = None
    above: int = 0

    @property
    def now(self) -> int:
        """How many entered within the period."""
        return sum(count for _, count in self.by_month)

    @property
    def best(self) -> int:
        """The best month of the period so far."""
        return max((count for _, count in self.by_month), default=0)


@dataclass(frozen=True)
class Tallied:
    """Tallies of one figure by municipality (a place without rows is not in it); ``base``: the registry of the denominator."""

    base: str | None
    by_place: dict[str, Tally]


def tallies(asked: list[Asked], frames: Frames) -> list[Tallied]:
    """Counts of every figure asked, in its order; a figure whose registries nobody has is counted nowhere."""
    counted = [_counted(one, frames) for one in asked]
    plans = [plan for one, how in zip(asked, counted, strict=True) if how for plan in _plans(how, one)]
    results = iter(pl.collect_all(plans, engine=ENGINE))
    return [_tallied(how, next(results), next(results), next(results)) if how else Tallied(None, {}) for how in counted]


def _counted(one: Asked, frames: Frames) -> Counted | None:
    return FUNCTIONS[one.card.id](frames, one.question) if set(one.card.registries) <= set(frames) else None


def _plans(counted: Counted, one: Asked) -> tuple[pl.LazyFrame, pl.LazyFrame, pl.LazyFrame]:
    """Numerator by municipality and month, base by municipality, distinct keys of the numerator's registry by municipality.

    Whoever entered the numerator before the period, or on an unknown day, has no month.
    """
    amount = pl.len() if counted.weight is None else pl.col(counted.weight).sum()
    month = pl.when(pl.col(counted.on) >= one.period.start).then(pl.col(counted.on).dt.truncate("1mo")).alias(MONTH)
    by_month = counted.numerator.kept().group_by(PLACE, month)
    ceiling = one.targets.get(None)
    above = (pl.col(counted.weight) > ceiling.value).sum() if counted.weight and ceiling else pl.lit(0)
    numerator = by_month.agg(amount.cast(pl.Int64).alias("amount"), pl.len().alias("rows"), above.cast(pl.Int64).alias("above"))
    nothing = pl.LazyFrame({PLACE: [], "rows": []}, schema={PLACE: pl.String, "rows": pl.UInt32})
    base = counted.denominator.kept().group_by(PLACE).agg(pl.len().alias("rows")) if counted.denominator else nothing
    keys = counted.events.kept().select(PLACE, counted.key).unique() if counted.events else None
    named = keys.group_by(PLACE).agg(pl.len().alias("rows")) if keys is not None else nothing
    return numerator, base, named


def _tallied(counted: Counted, numerator: pl.DataFrame, base: pl.DataFrame, named: pl.DataFrame) -> Tallied:
    bases, keys = dict(base.iter_rows()), dict(named.iter_rows())
    amounts: dict[str, int] = {}
    rows: dict[str, int] = {}
    months: dict[str, list[tuple[date, int]]] = {}
    over: dict[str, int] = {}
    for place, month, amount, count, above in numerator.iter_rows():
        over[place] = over.get(place, 0) + above
        amounts[place] = amounts.get(place, 0) + amount
        rows[place] = rows.get(place, 0) + count
        if month is not None:
            months.setdefault(place, []).append((month.date(), count))
    tallies = {
        place: Tally(
            numerator=amounts.get(place, 0),
            denominator=bases.get(place, 0) if counted.denominator else None,
            outside=keys[place] - rows.get(place, 0) if place in keys else 0,
            by_month=tuple(months.get(place, ())),
            above=over.get(place, 0),
        )
        for place in dict.fromkeys([*bases, *amounts, *keys])
    }
    return Tallied(counted.denominator.registry if counted.denominator else None, tallies)
