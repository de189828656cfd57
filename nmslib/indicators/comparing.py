"""Municipalities side by side without reading chance as merit: funnel, rank intervals, and scores with their warning."""

import numpy as np
import pandas as pd
from scipy import stats

from nmslib.indicators.intervals import Z_95, Z_998
from nmslib.model import REGION

DRAWS = 10_000
SEED = 1996
LIMIT_POINTS = 120
CHANCE = "различие неотличимо от случайного"
SCORE_WARNING = (
    "Баллы мотивирующего мониторинга: лучший муниципалитет — 100, остальные — доля от его значения. При малой численности балл "
    "меняется случайно: смотрите на промежуток мест."
)


def places_known(figures: pd.DataFrame, indicator: str) -> pd.DataFrame:
    """Rows of the municipalities whose share is known: one indicator, one as-of date, without the region's own row."""
    mine = figures[(figures["indicator"] == indicator) & (figures["municipality"] != REGION)]
    return mine[mine["value"].notna() & (mine["denominator"] > 0)].reset_index(drop=True)


def funnel(figures: pd.DataFrame, indicator: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Points and limits of a funnel: which shares differ from the pooled one by more than chance.

    Points: municipality, numerator, denominator, value (%), verdict (within, higher, lower at 95 %), words. Limits: n, lower_95,
    upper_95, lower_998, upper_998, pooled, in percent, around the pooled share of all known municipalities.
    Spiegelhalter D. J. Funnel plots for comparing institutional performance // Statistics in Medicine. 2005. Vol. 24.
    """
    known = places_known(figures, indicator)
    if known.empty:
        return known.assign(verdict="", words=""), pd.DataFrame(columns=["n", "pooled"])
    numerator, people = (known[name].to_numpy(dtype="float64") for name in ("numerator", "denominator"))
    pooled = numerator.sum() / people.sum()
    lower, upper = _limits(pooled, people, Z_95)
    share = numerator / people
    verdict = np.select([share > upper, share < lower], ["higher", "lower"], "within")
    words = {"within": CHANCE, "higher": "выше, чем бывает случайно", "lower": "ниже, чем бывает случайно"}
    points = known[["municipality", "numerator", "denominator", "value"]].assign(verdict=verdict)
    sizes = np.unique(np.geomspace(max(1.0, people.min() / 1.5), people.max() * 1.2, LIMIT_POINTS).round())
    bounds = {
        f"{side}_{name}": 100 * limit for name, z in (("95", Z_95), ("998", Z_998)) for side, limit in _sides(pooled, sizes, z)
    }
    return points.assign(words=points["verdict"].map(words)), pd.DataFrame({"n": sizes, "pooled": 100 * pooled, **bounds})


def _sides(pooled: float, people: np.ndarray, z: float) -> list[tuple[str, np.ndarray]]:
    return list(zip(("lower", "upper"), _limits(pooled, people, z), strict=True))


def _limits(pooled: float, people: np.ndarray, z: float) -> tuple[np.ndarray, np.ndarray]:
    """Shares between which chance alone keeps a place of this size with the given certainty: exact binomial quantiles."""
    tail = stats.norm.sf(z)
    return stats.binom.ppf(tail, people, pooled) / people, stats.binom.isf(tail, people, pooled) / people


def ranks(figures: pd.DataFrame, indicator: str, better: str = "higher") -> pd.DataFrame:
    """Places in order with the interval of each rank (95 %): municipality, rank, rank_low, rank_high, value, denominator.

    Shares are drawn from their Jeffreys posteriors, Beta(x + ½, n − x + ½), 10,000 times with a fixed seed; equal values share
    the better rank. Goldstein H., Spiegelhalter D. J. League tables and their limitations // JRSS A. 1996. Vol. 159.
    """
    known = places_known(figures, indicator)
    columns = ["municipality", "rank", "rank_low", "rank_high", "value", "denominator"]
    if known.empty:
        return pd.DataFrame(columns=columns)
    numerator, people = (known[name].to_numpy(dtype="float64") for name in ("numerator", "denominator"))
    sign = -1 if better == "higher" else 1
    draws = np.random.default_rng(SEED).beta(numerator + 0.5, people - numerator + 0.5, (DRAWS, len(known)))
    drawn = stats.rankdata(sign * draws, axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    rank = stats.rankdata(sign * known["value"].to_numpy(), method="min").astype(int)
    found = known.assign(rank=rank, rank_low=np.floor(low).astype(int), rank_high=np.ceil(high).astype(int))
    return found[columns].sort_values(["rank", "municipality"], ignore_index=True)


def scores(figures: pd.DataFrame, indicator: str) -> pd.DataFrame:
    """«Мотивирующий мониторинг»: ``ranks`` with ``score``, the best value being 100; only beside ``SCORE_WARNING``."""
    table = ranks(figures, indicator)
    best = table["value"].max()
    return table.assign(score=100 * table["value"] / best if best else 0.0)
