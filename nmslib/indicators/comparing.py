"""Municipalities side by side without reading chance as merit: funnel, rank intervals, and scores with their warning."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from nmslib.intervals import Z_95, Z_998
from nmslib.model import REGION

DRAWS = 10_000
SEED = 1996
LIMIT_POINTS = 120
CHANCE = "различие неотличимо от случайного"
SCORE_WARNING = "Баллы: лучшее значение — 100; при малой численности балл меняется случайно, смотрите на линию места"


def places_known(figures: pd.DataFrame, indicator: str, names: Mapping[str, str]) -> pd.DataFrame:
    """Rows of the municipalities whose share is known: one indicator, one as-of date, without the region's own row."""
    mine = figures[(figures["indicator"] == indicator) & (figures["municipality"] != REGION)]
    known = mine[mine["value"].notna() & (mine["denominator"] > 0)].reset_index(drop=True)
    return known.assign(name=known["municipality"].map(names))


def funnel(figures: pd.DataFrame, indicator: str, names: Mapping[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Points and limits of a funnel: which shares differ from the pooled one by more than chance.

    Points: municipality, name, numerator, denominator, value (%), verdict (within, higher, lower at 95 %), words. Limits: n,
    lower_95, upper_95, lower_998, upper_998, pooled, in percent, around the pooled share of all known municipalities.
    Spiegelhalter D. J. Funnel plots for comparing institutional performance // Statistics in Medicine. 2005. Vol. 24.
    """
    known = places_known(figures, indicator, names)
    if known.empty:
        return known.assign(verdict="", words=""), pd.DataFrame(columns=["n", "pooled"])
    numerator, people = (known[name].to_numpy(dtype="float64") for name in ("numerator", "denominator"))
    pooled = numerator.sum() / people.sum()
    lower, upper = _limits(pooled, people, Z_95)
    share = numerator / people
    verdict = np.select([share > upper, share < lower], ["higher", "lower"], "within")
    words = {"within": CHANCE, "higher": "выше, чем бывает случайно", "lower": "ниже, чем бывает случайно"}
    points = known[["municipality", "name", "numerator", "denominator", "value"]].assign(verdict=verdict)
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


def ranking(
    figures: pd.DataFrame, indicator: str, names: Mapping[str, str], motivating: bool = False, better: str = "higher"
) -> pd.DataFrame:
    """Municipalities in order with the interval of each rank (95 %).

    Columns: municipality, name, rank, rank_low, rank_high, value (%), denominator, score. Shares are drawn from their Jeffreys
    posteriors, Beta(x + ½, n − x + ½), 10,000 times with a fixed seed; equal values share the better rank. Goldstein H.,
    Spiegelhalter D. J. League tables and their limitations // JRSS A. 1996. Vol. 159. ``score`` is missing unless ``motivating``:
    «мотивирующий мониторинг» gives the best value 100 and others their part of it; show it only with ``SCORE_WARNING``.
    """
    known = places_known(figures, indicator, names)
    columns = ["municipality", "name", "rank", "rank_low", "rank_high", "value", "denominator", "score"]
    if known.empty:
        return pd.DataFrame(columns=columns)
    numerator, people = (known[name].to_numpy(dtype="float64") for name in ("numerator", "denominator"))
    sign = -1 if better == "higher" else 1
    draws = np.random.default_rng(SEED).beta(numerator + 0.5, people - numerator + 0.5, (DRAWS, len(known)))
    low, high = np.quantile(stats.rankdata(sign * draws, axis=1), [0.025, 0.975], axis=0)
    rank = stats.rankdata(sign * known["value"].to_numpy(), method="min").astype(int)
    best = known["value"].max()
    score = 100 * known["value"] / best if motivating and best else float("nan")
    found = known.assign(rank=rank, rank_low=np.floor(low).astype(int), rank_high=np.ceil(high).astype(int), score=score)
    return found[columns].sort_values(["rank", "name"], ignore_index=True)
