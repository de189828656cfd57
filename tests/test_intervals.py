"""Intervals: one share as scipy has it, a difference of shares as Newcombe has it."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm

from nmslib.intervals import Z_95, Z_998, of_sum, wilson

COUNTS = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_quantiles_are_those_of_the_normal_distribution():
    assert pytest.approx(norm.ppf(0.975), abs=1e-12) == Z_95
    assert pytest.approx(norm.ppf(0.999), abs=1e-12) == Z_998


@given(COUNTS)
def test_interval_agrees_with_scipy(counts):
    numerator, denominator = counts
    lower, upper = wilson(float(numerator), float(denominator))
    reference = binomtest(numerator, denominator).proportion_ci(method="wilson")
    assert lower == pytest.approx(reference.low, abs=1e-9)
    assert upper == pytest.approx(reference.high, abs=1e-9)


@given(st.lists(COUNTS, min_size=1, max_size=20))
def test_many_intervals_at_once_are_those_of_each(many):
    numerators, denominators = (np.array(column, dtype="float64") for column in zip(*many, strict=True))
    lower, upper = wilson(numerators, denominators, Z_998)
    for number, (numerator, denominator) in enumerate(many):
        reference = binomtest(numerator, denominator).proportion_ci(confidence_level=0.998, method="wilson")
        assert (lower[number], upper[number]) == pytest.approx((reference.low, reference.high), abs=1e-9)


@given(COUNTS)
def test_interval_holds_the_share_and_stays_a_share(counts):
    lower, upper = wilson(float(counts[0]), float(counts[1]))
    assert 0 <= lower <= counts[0] / counts[1] + 1e-12
    assert counts[0] / counts[1] - 1e-12 <= upper <= 1


@pytest.mark.parametrize(("numerator", "lower", "upper"), [(0, 0.0, 0.1380), (24, 0.8620, 1.0), (3, 0.0434, 0.3100)])
def test_shares_of_24_teachers(numerator, lower, upper):
    """By hand for 0 of 24: upper = z² / (n + z²) = 3.8415 / 27.8415 = 0.1380."""
    assert wilson(float(numerator), 24.0) == pytest.approx((lower, upper), abs=1e-4)


# Differences


def newcombe(x: int, m: int, y: int, n: int) -> tuple[float, float, float]:
    """p₁ − p₂ with the limits of method 10 of Newcombe (1998), written out from roots of the score equation of each share.

    The limits l, u of a share are the roots of |p − π| = z √(π(1 − π)/n); then δ = √((p₁ − l₁)² + (u₂ − p₂)²) goes down from the
    difference and ε = √((u₁ − p₁)² + (p₂ − l₂)²) up from it.
    """
    z2 = norm.ppf(0.975) ** 2

    def roots(count: int, size: int) -> tuple[float, float]:
        # (1 + z²/n) π² − (2p + z²/n) π + p² = 0
        p = count / size
        a, b, c = 1 + z2 / size, -(2 * p + z2 / size), p * p
        disc = sqrt(max(0.0, b * b - 4 * a * c))
        return (-b - disc) / (2 * a), (-b + disc) / (2 * a)

    p1, p2, (l1, u1), (l2, u2) = x / m, y / n, roots(x, m), roots(y, n)
    difference = p1 - p2
    return difference, difference - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2), difference + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)


def difference(x: int, m: int, y: int, n: int) -> tuple[float, float]:
    lower, upper = wilson(np.array([x, y], dtype="float64"), np.array([m, n], dtype="float64"))
    return of_sum([(x / m, lower[0], upper[0]), (-y / n, -upper[1], -lower[1])])


def test_difference_of_two_shares_is_newcombes_own_example():
    """Newcombe R. G. Interval estimation for the difference between independent proportions // Statistics in Medicine. 1998.
    Vol. 17. P. 873–890, table II, method 10: 56/70 − 48/80 gives 0.0524 to 0.3339; 9/10 − 3/10 gives 0.1705 to 0.8090."""
    assert difference(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert difference(9, 10, 3, 10) == pytest.approx((0.1705, 0.8090), abs=5e-5)


@given(COUNTS, COUNTS)
def test_difference_of_two_shares_is_newcombes(first, second):
    _, lower, upper = newcombe(*first, *second)
    assert difference(*first, *second) == pytest.approx((lower, upper), abs=1e-6)


def test_sum_of_one_is_its_own_interval():
    assert of_sum([(0.4, 0.3, 0.6)]) == pytest.approx((0.3, 0.6))


def test_order_of_the_parts_does_not_matter():
    parts = [(0.4, 0.3, 0.6), (-0.2, -0.3, -0.1), (0.1, 0.0, 0.4)]
    assert of_sum(parts) == pytest.approx(of_sum(parts[::-1]))


def test_difference_of_changes_of_two_groups_is_wider_than_either_change():
    """Before and after here, before and after there: four shares, the interval of their difference of differences."""
    here, there = difference(60, 100, 40, 100), difference(50, 100, 45, 100)
    changes = [(0.2, *here), (-0.05, -there[1], -there[0])]
    lower, upper = of_sum(changes)
    assert lower < 0.15 < upper
    assert upper - lower > max(here[1] - here[0], there[1] - there[0])
