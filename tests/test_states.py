"""Where a value stands against its plan: whole people, both sides of every border."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from nmslib.indicators.states import elapsed_share, months_left, needed, standing, wilson
from nmslib.model import State, Target

YEAR = (date(2023, 1, 1), date(2023, 12, 31))


def target(value: float) -> Target:
    return Target(applies_to="x", counted="чел.", comparator=">=", value=value, unit="percent", period="2023", clause="п. 1")


@pytest.mark.parametrize(
    ("percent", "staff", "people"), [(10, 247, 25), (10, 250, 25), (10, 251, 26), (7, 100, 7), (0.1, 1000, 1), (50, 1, 1)]
)
def test_planned_percentage_needs_whole_people_and_no_more(percent, staff, people):
    assert needed(target(percent), staff) == people


def stand(cards, numerator: int, *, as_of: date, best: int = 0, staff: int = 1000, plan: float | None = 10):
    months = pd.Series([best, numerator - best])
    goal = target(plan) if plan is not None else None
    return standing(cards["diagnosed_share"], goal, numerator, months, staff, *YEAR, as_of)


def test_plan_is_reached_at_its_last_person(cards):
    assert stand(cards, 100, as_of=date(2023, 6, 30)).state is State.REACHED
    assert stand(cards, 99, as_of=date(2023, 12, 31)).state is State.UNREACHABLE
    assert stand(cards, 99, as_of=date(2023, 12, 31)).people_missing == 1


def test_on_pace_means_not_below_the_expected_value(cards):
    # 30 June is day 181 of 365: expected 10 % * 181/365 = 4.9589 %, that is 49.6 people of 1000.
    assert stand(cards, 50, as_of=date(2023, 6, 30)).state is State.ON_PACE
    assert stand(cards, 49, as_of=date(2023, 6, 30), best=10).state is State.RECOVERABLE


def test_recoverable_when_the_best_month_repeated_closes_the_gap(cards):
    # 40 of 100 people by 30 September, 3 months left: 20 a month closes a gap of 60, 19 does not. best + rest = 40.
    months = pd.Series([20, 20])
    card = cards["diagnosed_share"]
    assert standing(card, target(10), 40, months, 1000, *YEAR, date(2023, 9, 30)).state is State.RECOVERABLE
    assert standing(card, target(10), 40, pd.Series([19, 19, 2]), 1000, *YEAR, date(2023, 9, 30)).state is State.UNREACHABLE


def test_nobody_counted_yet_is_unreachable_with_its_numbers(cards):
    found = stand(cards, 0, as_of=date(2023, 6, 30))
    assert found.state is State.UNREACHABLE
    assert "лучший месяц — 0" in found.reason


def test_in_the_first_quarter_nothing_is_called_unreachable(cards):
    assert stand(cards, 0, as_of=date(2023, 3, 31)).state is State.RECOVERABLE
    assert stand(cards, 0, as_of=date(2023, 4, 1)).state is State.UNREACHABLE


def test_without_a_plan_there_is_no_verdict(cards):
    found = stand(cards, 5, as_of=date(2023, 6, 30), plan=None)
    assert found.state is State.NO_PLAN
    assert found.people_missing is None


def test_forecast_names_the_day_of_reaching_the_plan(cards):
    # 50 people in 181 days: 100 people need 362 days, day 362 of 2023 is 28 December.
    assert "28\N{NO-BREAK SPACE}декабря 2023" in stand(cards, 50, as_of=date(2023, 6, 30)).reason


def test_small_numbers_come_with_their_interval(cards):
    assert "Численность мала" in stand(cards, 3, as_of=date(2023, 6, 30), staff=29).reason
    assert "Численность мала" not in stand(cards, 3, as_of=date(2023, 6, 30), staff=30).reason


@pytest.mark.parametrize(
    ("as_of", "left"),
    [
        (date(2023, 12, 31), 0),
        (date(2023, 12, 30), 1),
        (date(2023, 12, 1), 1),
        (date(2023, 11, 30), 1),
        (date(2023, 11, 29), 2),
        (date(2023, 1, 1), 12),
    ],
)
def test_a_begun_month_counts_as_left_until_its_last_day(as_of, left):
    assert months_left(as_of, YEAR[1]) == left


def test_elapsed_share_runs_from_the_first_day_to_the_last():
    assert elapsed_share(*YEAR, date(2022, 12, 31)) == 0
    assert elapsed_share(*YEAR, date(2023, 1, 1)) == pytest.approx(1 / 365)
    assert elapsed_share(*YEAR, date(2023, 12, 31)) == 1


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_interval_agrees_with_scipy(counts):
    numerator, denominator = counts
    lower, upper = wilson(pd.Series([numerator]), pd.Series([denominator]))
    reference = binomtest(numerator, denominator).proportion_ci(method="wilson")
    assert lower.iloc[0] == pytest.approx(100 * reference.low, abs=1e-6)
    assert upper.iloc[0] == pytest.approx(100 * reference.high, abs=1e-6)
