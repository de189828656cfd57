"""Municipalities side by side: chance is not read as merit."""

import pandas as pd
import pytest
from scipy import stats

from nmslib.indicators import comparing

NAMES = {"a": "Первый", "b": "Второй", "c": "Третий", "d": "Четвёртый"}


def table(**shares: tuple[int, int] | None) -> pd.DataFrame:
    rows = [
        {
            "municipality": name,
            "indicator": "routed_share",
            "numerator": share[0] if share else None,
            "denominator": share[1] if share else None,
            "value": 100 * share[0] / share[1] if share else None,
        }
        for name, share in shares.items()
    ]
    return pd.DataFrame(rows).astype({"numerator": "Int64", "denominator": "Int64", "value": "float64"})


def test_share_within_the_spread_of_its_size_is_told_to_be_chance():
    points, _ = comparing.funnel(table(a=(50, 500), b=(2, 10), c=(60, 500)), "routed_share", NAMES)
    assert points["verdict"].tolist() == ["within", "within", "within"]
    assert set(points["words"]) == {"различие неотличимо от случайного"}


def test_share_outside_the_spread_of_its_size_is_no_chance():
    points, _ = comparing.funnel(table(a=(500, 5000), b=(200, 1000), c=(20, 1000)), "routed_share", NAMES)
    assert points.set_index("municipality")["verdict"].to_dict() == {"a": "within", "b": "higher", "c": "lower"}


def test_limits_are_binomial_around_the_pooled_share():
    points, limits = comparing.funnel(table(a=(10, 100), b=(30, 300)), "routed_share", NAMES)
    assert limits["pooled"].iloc[0] == pytest.approx(10)
    row = limits.iloc[-1]
    assert row["upper_95"] == pytest.approx(100 * stats.binom.ppf(0.975, row["n"], 0.1) / row["n"])
    assert (limits["upper_998"] >= limits["upper_95"]).all()
    assert (limits["lower_998"] <= limits["lower_95"]).all()
    assert points["name"].tolist() == ["Первый", "Второй"]


def test_unknown_municipalities_and_the_region_itself_are_no_points():
    points, _ = comparing.funnel(table(a=(50, 500), b=None, region=(50, 500)), "routed_share", NAMES)
    assert points["municipality"].tolist() == ["a"]


def test_nobody_known_gives_empty_tables_not_an_error():
    points, limits = comparing.funnel(table(a=None), "routed_share", NAMES)
    assert points.empty
    assert limits.empty
    assert comparing.ranking(table(a=None), "routed_share", NAMES).empty


def test_ranks_of_equal_sizes_and_far_shares_are_sure():
    ranks = comparing.ranking(table(a=(100, 1000), b=(500, 1000), c=(900, 1000)), "routed_share", NAMES)
    assert ranks["name"].tolist() == ["Третий", "Второй", "Первый"]
    assert (ranks["rank"] == ranks["rank_low"]).all()
    assert (ranks["rank"] == ranks["rank_high"]).all()


def test_rank_of_few_people_may_be_any():
    ranks = comparing.ranking(table(a=(1, 8), b=(500, 5000), c=(550, 5000), d=(600, 5000)), "routed_share", NAMES)
    small = ranks.set_index("municipality").loc["a"]
    assert (small["rank_low"], small["rank_high"]) == (1, 4)


def test_equal_values_share_the_better_rank_and_less_is_better_where_it_is():
    ranks = comparing.ranking(table(a=(10, 100), b=(10, 100), c=(5, 100)), "routed_share", NAMES)
    assert ranks["rank"].tolist() == [1, 1, 3]
    lower = comparing.ranking(table(a=(10, 100), b=(10, 100), c=(5, 100)), "routed_share", NAMES, better="lower")
    assert lower["municipality"].iloc[0] == "c"


def test_the_same_figures_give_the_same_ranks():
    shares = table(a=(10, 100), b=(12, 90), c=(5, 70))
    first, second = (comparing.ranking(shares, "routed_share", NAMES) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


def test_scores_of_motivating_monitoring_give_the_best_a_hundred_and_only_when_asked_for():
    shares = table(a=(10, 100), b=(20, 100))
    assert comparing.ranking(shares, "routed_share", NAMES)["score"].isna().all()
    scored = comparing.ranking(shares, "routed_share", NAMES, motivating=True)
    assert scored.set_index("municipality")["score"].to_dict() == {"b": 100, "a": 50}
