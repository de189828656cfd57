"""Where a value stands against its plan: whole people, both sides of every border."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmslib.indicators.counting import Tally
from nmslib.indicators.periods import Period, period_of
from nmslib.indicators.states import Standing, expected, missing, needed, standing
from nmslib.model import State, Target

YEAR = period_of("calendar_year", date(2023, 6, 30))
SCHOOL = period_of("school_year", date(2023, 10, 1))
NBSP = "\N{NO-BREAK SPACE}"


def target(value: float, comparator: str = ">=", unit: str = "percent") -> Target:
    return Target(applies_to="x", counted="чел.", comparator=comparator, value=value, unit=unit, period="2023", clause="п. 1")


def tally(numerator: int, denominator: int | None, *months: int) -> Tally:
    """So many counted, of them in the months of the period these many."""
    return Tally(numerator, denominator, by_month=tuple((date(2023, number, 1), count) for number, count in enumerate(months, 1)))


TEN_PERCENT = target(10)


@pytest.fixture
def stand(cards):
    """Where an indicator stands: 10 % of 1000 people in 2023 unless told; ``best`` were counted in one month, the rest in another."""

    def make(
        numerator: int,
        as_of: date,
        best: int = 0,
        staff: int | None = 1000,
        plan: Target | None = TEN_PERCENT,
        card: str = "diagnosed_share",
        period: Period = YEAR,
    ) -> Standing:
        return standing(cards[card], plan, tally(numerator, staff, best, numerator - best), period, as_of)

    return make


# Whole people


@pytest.mark.parametrize(
    ("percent", "staff", "people"),
    [
        (10, 247, 25),
        (10, 250, 25),
        (10, 251, 26),
        (10, 240, 24),
        (7, 100, 7),
        (0.1, 1000, 1),
        (50, 1, 1),
        (100, 29, 29),
        (10, 0, 0),
    ],
)
def test_planned_percentage_needs_whole_people_and_no_more(percent, staff, people):
    assert needed(target(percent), staff) == people


@pytest.mark.parametrize(("staff", "short", "enough"), [(247, 24, 25), (250, 24, 25)])
def test_ten_percent_of_247_and_of_250_is_25_people(stand, staff, short, enough):
    assert stand(short, date(2023, 12, 31), staff=staff).people_missing == 1
    assert stand(enough, date(2023, 12, 31), staff=staff).state is State.REACHED


@given(st.integers(0, 100_000), st.integers(1, 1000))
def test_needed_people_are_the_fewest_that_reach_the_percentage(staff, tenths):
    people = needed(target(tenths / 10), staff)
    plan = Fraction(tenths, 10)
    assert 100 * people >= plan * staff
    assert people == 0 or 100 * (people - 1) < plan * staff


def test_plain_number_is_the_number_itself():
    plan = target(300, unit="ИОМ")
    assert needed(plan, None) == 300
    assert missing(plan, Tally(299)) == 1
    assert missing(plan, Tally(300)) == 0
    assert missing(plan, Tally(301)) == 0


@pytest.mark.parametrize(("counted", "lacking"), [(99, 1), (100, 0)])
def test_exactly_100_percent_lacks_whoever_is_left(counted, lacking):
    assert missing(target(100, "="), Tally(counted, 100)) == lacking


@pytest.mark.parametrize(("agreements", "lacking"), [(28, 1), (29, 0)])
def test_exactly_29_agreements(agreements, lacking):
    assert missing(target(29, "=", "соглашений"), Tally(agreements)) == lacking


@pytest.mark.parametrize(
    ("accompanied", "members", "lacking"), [(7500, 30, 0), (7501, 30, 1), (7750, 30, 1), (7751, 30, 2), (0, 30, 0), (250, 1, 0)]
)
def test_ceiling_lacks_the_members_who_would_take_the_load_below_it(accompanied, members, lacking):
    ceiling = target(250, "<=", "человек")
    assert missing(ceiling, Tally(accompanied, members)) == lacking
    assert Fraction(accompanied, members + lacking) <= 250
    assert lacking == 0 or Fraction(accompanied, members + lacking - 1) > 250


# Reached and not


def test_plan_is_reached_at_its_last_person(stand):
    assert stand(100, date(2023, 6, 30)).state is State.REACHED
    assert stand(100, date(2023, 6, 30)).people_missing == 0
    assert stand(99, date(2023, 12, 31)).state is State.UNREACHABLE
    assert stand(99, date(2023, 12, 31)).people_missing == 1


def test_plan_not_met_when_the_period_is_over_is_unreachable_whatever_the_pace(stand):
    assert stand(99, date(2023, 12, 30), best=99).state is State.RECOVERABLE
    over = stand(99, date(2023, 12, 31), best=99)
    assert over.state is State.UNREACHABLE
    assert "срок прошёл 31.12.2023, план не выполнен" in over.reason


def test_without_a_plan_there_is_no_verdict(stand):
    found = stand(5, date(2023, 6, 30), plan=None)
    assert (found.state, found.people_missing, found.expected_now) == (State.NO_PLAN, None, None)
    assert f"плановое значение на 2023{NBSP}г. не установлено" in found.reason


# On pace: linear


def test_expected_value_grows_by_days(cards):
    # 30 June is day 181 of 365.
    assert expected(cards["diagnosed_share"], target(10), tally(0, 1000), YEAR, date(2023, 6, 30)) == pytest.approx(
        10 * 181 / 365
    )
    assert expected(cards["diagnosed_share"], target(10), tally(0, 1000), YEAR, date(2023, 12, 31)) == 10


def test_on_pace_means_not_below_the_expected_value(stand):
    # Expected 10 % * 181/365 = 4.9589 %, that is 49.6 people of 1000.
    assert stand(50, date(2023, 6, 30)).state is State.ON_PACE
    assert stand(49, date(2023, 6, 30), best=10).state is State.RECOVERABLE


def test_on_pace_for_the_percentage_but_not_for_the_last_whole_person_is_behind(stand):
    # 10 % of 247 is 25 people. On day 176 the line stands at 24.7 * 176/365 = 11.9, and 12 people are above it; but 12 people in
    # 176 days make 25 only by day 367.
    assert stand(12, date(2023, 6, 25), best=2, staff=247).state is State.RECOVERABLE
    assert stand(12, date(2023, 6, 24), best=2, staff=247).state is State.ON_PACE  # day 175: 365 days exactly


def test_forecast_names_the_day_of_reaching_the_plan(stand):
    # 50 people in 181 days: 100 people need 362 days, day 362 of 2023 is 28 December.
    assert f"28{NBSP}декабря 2023{NBSP}г." in stand(50, date(2023, 6, 30)).reason


# On pace: a school rhythm


@pytest.mark.parametrize(
    ("as_of", "days"),
    [
        (date(2023, 6, 30), 181),
        (date(2023, 7, 1), 181),
        (date(2023, 8, 31), 181),
        (date(2023, 9, 1), 182),
        (date(2023, 12, 31), 303),
    ],
)
def test_with_the_school_year_nothing_is_expected_in_july_and_august(cards, as_of, days):
    # 365 days less 62 of July and August are 303.
    found = expected(cards["register_programmes_share"], target(10), tally(0, 1000), YEAR, as_of)
    assert found == pytest.approx(10 * days / 303)


def test_who_stands_on_the_line_at_the_end_of_the_leave_is_on_pace_with_the_school_year(stand):
    # By 31 August 181 of 303 days are over, 5.97 %: 60 people of 1000 in 181 days make 100 in 302 of 303.
    assert stand(60, date(2023, 6, 30), card="register_programmes_share").state is State.ON_PACE
    assert stand(60, date(2023, 8, 31), card="register_programmes_share").state is State.ON_PACE
    assert stand(59, date(2023, 8, 31), best=20, card="register_programmes_share").state is State.RECOVERABLE


def test_the_same_count_is_on_pace_linearly_in_may_and_behind_with_the_school_year(stand):
    # 31 May is day 151: 4.14 % of 10 % linearly, 4.98 % with the school year (49.8 people of 1000).
    assert stand(42, date(2023, 5, 31), best=30).state is State.ON_PACE
    assert stand(42, date(2023, 5, 31), best=30, card="register_programmes_share").state is State.RECOVERABLE
    assert stand(50, date(2023, 5, 31), card="register_programmes_share").state is State.ON_PACE


@pytest.mark.parametrize(
    ("card", "reachable"), [("diagnosed_share", 6 * 14), ("register_programmes_share", 4 * 14)], ids=["linear", "school_rhythm"]
)
def test_months_of_leave_are_no_months_to_catch_up_in_with_the_school_year(stand, card, reachable):
    # 28 people by 30 June, 14 in the best month; left are six months, or four with the school year (September to December).
    found = [
        stand(28, date(2023, 6, 30), best=14, card=card, plan=target((28 + gap) / 10)).state for gap in (reachable, reachable + 1)
    ]
    assert found == [State.RECOVERABLE, State.UNREACHABLE]


def test_before_the_leave_at_the_end_of_a_school_year_no_month_is_left(stand):
    card = "register_programmes_share"
    assert stand(40, date(2024, 6, 29), best=40, card=card, plan=target(7), period=SCHOOL).state is State.RECOVERABLE
    over = stand(40, date(2024, 6, 30), best=40, card=card, plan=target(7), period=SCHOOL)
    assert over.state is State.UNREACHABLE
    assert f"до конца периода 0{NBSP}месяцев" in over.reason


# Behind: recoverable or not


def test_recoverable_when_the_best_month_repeated_closes_the_gap(cards):
    # 40 of 100 people by 30 September, 3 months left: 20 a month closes a gap of 60, 19 does not.
    card = cards["diagnosed_share"]
    best_20, best_19 = tally(40, 1000, 20, 20), tally(40, 1000, 19, 19, 2)
    assert standing(card, target(10), best_20, YEAR, date(2023, 9, 30)).state is State.RECOVERABLE
    assert standing(card, target(10), best_19, YEAR, date(2023, 9, 30)).state is State.UNREACHABLE


def test_pace_needed_pace_seen_and_months_left_are_told(cards):
    reason = standing(cards["diagnosed_share"], target(10), tally(40, 1000, 19, 19, 2), YEAR, date(2023, 9, 30)).reason
    assert f"4,0{NBSP}% (40 из 1{NBSP}000); план 10{NBSP}% — 100{NBSP}человек, не хватает: 60" in reason
    assert f"нужно 20 в месяц, лучший месяц — 19, до конца периода 3{NBSP}месяца: в темпе лучшего месяца — не больше 57" in reason


def test_nobody_counted_yet_is_unreachable_with_its_numbers(stand):
    found = stand(0, date(2023, 6, 30))
    assert found.state is State.UNREACHABLE
    assert "лучший месяц — 0" in found.reason


@pytest.mark.parametrize(("as_of", "state"), [(date(2023, 3, 31), State.RECOVERABLE), (date(2023, 4, 1), State.UNREACHABLE)])
def test_in_the_first_90_days_of_a_year_nothing_is_called_unreachable(stand, as_of, state):
    assert stand(0, as_of).state is state


@pytest.mark.parametrize(("as_of", "state"), [(date(2023, 11, 29), State.RECOVERABLE), (date(2023, 11, 30), State.UNREACHABLE)])
def test_the_first_90_days_are_those_of_the_period_not_of_the_calendar_year(stand, as_of, state):
    # 1 September is day 1, 29 November is day 90.
    assert stand(0, as_of, period=SCHOOL).state is state


def test_within_a_month_nothing_is_unreachable_before_its_last_day(stand):
    month = period_of("month", date(2024, 10, 30))
    plan = target(1, unit="раз")
    assert (
        stand(0, date(2024, 10, 30), staff=None, plan=plan, card="active_meetings_count", period=month).state is State.RECOVERABLE
    )
    assert (
        stand(0, date(2024, 10, 31), staff=None, plan=plan, card="active_meetings_count", period=month).state is State.UNREACHABLE
    )
    assert stand(1, date(2024, 10, 1), staff=None, plan=plan, card="active_meetings_count", period=month).state is State.REACHED


@pytest.mark.parametrize(("places", "state"), [(60, State.RECOVERABLE), (59, State.UNREACHABLE), (None, State.RECOVERABLE)])
def test_gap_larger_than_the_free_places_with_methodists_cannot_be_closed(cards, places, state):
    counted = replace(tally(40, 1000, 20, 20), places=places)
    found = standing(cards["routed_share"], target(10), counted, YEAR, date(2023, 9, 30))
    assert found.state is state
    assert ("у методистов свободно мест: 59" in found.reason) == (places == 59)


def test_free_places_limit_nothing_where_the_plan_is_met_or_on_pace(cards):
    card = cards["routed_share"]
    assert standing(card, target(10), replace(tally(100, 1000, 100), places=0), YEAR, date(2023, 6, 30)).state is State.REACHED
    assert standing(card, target(10), replace(tally(50, 1000, 50), places=0), YEAR, date(2023, 6, 30)).state is State.ON_PACE


# A stock grows from where the period found it


def test_stock_is_expected_to_grow_from_where_the_period_found_it(cards):
    # 40 of 100 organisations had the model on 1 January, 100 % is planned: by 30 June 40 + 60 * 181/365 = 69.75 %.
    card, half = cards["mentoring_model_share"], date(2023, 6, 30)
    assert expected(card, target(100, "="), tally(69, 100, 29), YEAR, half) == pytest.approx(40 + 60 * 181 / 365)
    assert standing(card, target(100, "="), tally(69, 100, 29), YEAR, half).state is State.RECOVERABLE
    assert standing(card, target(100, "="), tally(70, 100, 30), YEAR, half).state is State.ON_PACE


def test_pace_of_a_stock_is_what_entered_within_the_period(cards):
    # All 70 were there before: nobody entered, so there is no pace and nothing can be promised.
    found = standing(cards["mentoring_model_share"], target(100, "="), tally(70, 100), YEAR, date(2023, 6, 30))
    assert found.state is State.UNREACHABLE
    assert found.expected_now == pytest.approx(70 + 30 * 181 / 365)


def test_stock_that_the_period_found_above_the_plan_is_reached_from_the_first_day(cards):
    found = standing(cards["mentoring_model_share"], target(50), tally(60, 100), YEAR, date(2023, 1, 1))
    assert (found.state, found.expected_now) == (State.REACHED, 50)


def test_stock_that_fell_below_what_was_found_is_not_credited_with_it(cards):
    """What left is in no registry any more: the line begins where those who were there before stand today."""
    found = expected(cards["agreements_count"], target(29, "=", "соглашений"), tally(20, None), YEAR, date(2023, 1, 1))
    assert found == pytest.approx(20 + 9 / 365)


# Counts and ceilings


def test_plain_count_stands_as_people_do(stand):
    plan = target(300, unit="ИОМ")
    options = {"staff": None, "plan": plan, "card": "routes_completed_count"}
    assert stand(300, date(2023, 6, 30), **options).state is State.REACHED
    assert stand(149, date(2023, 6, 30), **options).state is State.ON_PACE  # 300 * 181/365 = 148.8
    assert stand(148, date(2023, 6, 30), best=30, **options).state is State.RECOVERABLE
    assert f"148{NBSP}маршрутов; план 300{NBSP}маршрутов, не хватает: 152" in stand(148, date(2023, 6, 30), **options).reason


def test_plain_count_without_anything_is_no_division_by_nobody(stand):
    found = stand(0, date(2023, 12, 31), staff=None, plan=target(300, unit="ИОМ"), card="routes_completed_count")
    assert (found.state, found.people_missing) == (State.UNREACHABLE, 300)


def test_ceiling_holds_at_its_own_value_and_is_never_on_pace(cards):
    ceiling, card = target(250, "<=", "человек"), cards["staff_per_methodist"]
    assert standing(card, ceiling, tally(7500, 30, 2), YEAR, date(2023, 6, 30)).state is State.REACHED
    above = standing(card, ceiling, tally(7501, 30, 2), YEAR, date(2023, 6, 30))
    assert (above.state, above.people_missing, above.expected_now) == (State.RECOVERABLE, 1, 250)
    assert "до предела не хватает членов актива: 1" in above.reason
    # Nobody joined in six months: with 97.5 % no more than 3.7 do in the six that are left.
    assert standing(card, ceiling, tally(33 * 250, 30), YEAR, date(2023, 6, 30)).state is State.RECOVERABLE
    assert standing(card, ceiling, tally(34 * 250, 30), YEAR, date(2023, 6, 30)).state is State.UNREACHABLE


# Words


def test_small_numbers_come_with_their_interval(stand):
    assert "Численность мала: интервал" in stand(3, date(2023, 6, 30), staff=29).reason
    assert "Численность мала" not in stand(3, date(2023, 6, 30), staff=30).reason


def test_counts_and_ratios_have_no_small_numbers(cards):
    count = standing(cards["routes_completed_count"], None, tally(3, None), YEAR, date(2023, 6, 30))
    ratio = standing(cards["staff_per_methodist"], None, tally(300, 3), YEAR, date(2023, 6, 30))
    assert "Численность мала" not in count.reason + ratio.reason


@pytest.mark.parametrize("numerator", [0, 3, 24, 25, 30])
@pytest.mark.parametrize("as_of", [date(2023, 1, 1), date(2023, 3, 31), date(2023, 6, 30), date(2023, 12, 31)])
def test_every_reason_is_whole_sentences_with_the_people(stand, numerator, as_of):
    reason = stand(numerator, as_of, best=min(numerator, 5), staff=247).reason
    assert reason.endswith(".")
    assert ".." not in reason
    assert f"({numerator} из 247)" in reason
    assert f"план 10{NBSP}% — 25{NBSP}человек" in reason


@given(
    numerator=st.integers(0, 300),
    staff=st.integers(1, 300),
    percent=st.integers(1, 100),
    day=st.dates(date(2023, 1, 1), date(2023, 12, 31)),
    best=st.integers(0, 300),
)
def test_state_and_gap_never_contradict_each_other(cards, numerator, staff, percent, day, best):
    numerator, best = min(numerator, staff), min(best, numerator, staff)
    found = standing(cards["diagnosed_share"], target(percent), tally(numerator, staff, best, numerator - best), YEAR, day)
    assert (found.state is State.REACHED) == (found.people_missing == 0)
    assert (100 * numerator >= percent * staff) == (found.state is State.REACHED)
    if found.state is State.ON_PACE:
        assert 100 * numerator / staff >= found.expected_now
    if day == date(2023, 12, 31):
        assert found.state in (State.REACHED, State.UNREACHABLE)
