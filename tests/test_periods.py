"""Periods of figures: their days, names and words, what is expected within them, and the months that are left."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nmslib.indicators.periods import Period, in_words, period_of, quarter_ends

NBSP = "\N{NO-BREAK SPACE}"
KINDS = ("calendar_year", "school_year", "half_year", "quarter", "month")
YEAR = period_of("calendar_year", date(2023, 6, 30))


@pytest.mark.parametrize(
    ("kind", "as_of", "start", "end", "name"),
    [
        ("calendar_year", "2023-01-01", "2023-01-01", "2023-12-31", "2023"),
        ("calendar_year", "2023-12-31", "2023-01-01", "2023-12-31", "2023"),
        ("calendar_year", "2024-01-01", "2024-01-01", "2024-12-31", "2024"),
        ("school_year", "2023-08-31", "2022-09-01", "2023-08-31", "2022/23"),
        ("school_year", "2023-09-01", "2023-09-01", "2024-08-31", "2023/24"),
        ("school_year", "2024-01-01", "2023-09-01", "2024-08-31", "2023/24"),
        ("school_year", "2000-01-01", "1999-09-01", "2000-08-31", "1999/00"),
        ("half_year", "2023-06-30", "2023-01-01", "2023-06-30", "2023-H1"),
        ("half_year", "2023-07-01", "2023-07-01", "2023-12-31", "2023-H2"),
        ("quarter", "2023-03-31", "2023-01-01", "2023-03-31", "2023-Q1"),
        ("quarter", "2023-04-01", "2023-04-01", "2023-06-30", "2023-Q2"),
        ("quarter", "2023-12-31", "2023-10-01", "2023-12-31", "2023-Q4"),
        ("month", "2024-02-29", "2024-02-01", "2024-02-29", "2024-02"),
        ("month", "2024-03-01", "2024-03-01", "2024-03-31", "2024-03"),
        ("month", "2023-12-31", "2023-12-01", "2023-12-31", "2023-12"),
    ],
)
def test_period_that_a_day_lies_in(kind, as_of, start, end, name):
    found = period_of(kind, date.fromisoformat(as_of))
    assert found == Period(date.fromisoformat(start), date.fromisoformat(end), name)


@given(st.sampled_from(KINDS), st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_periods_follow_one_another_without_gap_or_overlap(kind, day):
    found = period_of(kind, day)
    assert found.start <= day <= found.end
    assert period_of(kind, found.start) == period_of(kind, found.end) == found
    following = period_of(kind, found.end + timedelta(days=1))
    assert following.start == found.end + timedelta(days=1)
    assert following.name != found.name


def test_plan_runs_from_its_first_to_its_last_day():
    found = period_of("plan", date(2024, 6, 1), date(2023, 5, 12), date(2024, 12, 31))
    assert found == Period(date(2023, 5, 12), date(2024, 12, 31), "2023-05-12/2024-12-31")


def test_plan_of_a_document_without_days_is_the_calendar_year():
    assert period_of("plan", date(2024, 6, 1), None, None) == period_of("calendar_year", date(2024, 6, 1))
    assert period_of("plan", date(2024, 6, 1), date(2023, 5, 12), None).name == "2024"


@pytest.mark.parametrize(
    ("by", "end"),
    [("2023-11-30", "2023-11-30"), ("2023-12-31", "2023-12-31"), ("2024-06-30", "2023-12-31"), ("2022-12-31", "2023-12-31")],
)
def test_value_due_before_the_end_of_the_year_ends_its_period_early(by, end):
    found = period_of("calendar_year", date(2023, 6, 1), last=date.fromisoformat(by))
    assert (found.start, found.end, found.name) == (date(2023, 1, 1), date.fromisoformat(end), "2023")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("2023", f"2023{NBSP}г."),
        ("2023/24", "2023/24 учебный год"),
        ("2023-H1", f"I полугодие 2023{NBSP}г."),
        ("2023-H2", f"II полугодие 2023{NBSP}г."),
        ("2023-Q3", f"III квартал 2023{NBSP}г."),
        ("2023-Q4", f"IV квартал 2023{NBSP}г."),
        ("2023-12", f"декабрь 2023{NBSP}г."),
        ("2024-01", f"январь 2024{NBSP}г."),
        ("2023-05-12/2024-12-31", "период с 12.05.2023 по 31.12.2024"),
    ],
)
def test_period_in_words(name, words):
    assert in_words(name) == words


@given(st.sampled_from(KINDS), st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_period_has_words_with_its_year(kind, day):
    assert str(period_of(kind, day).start.year) in in_words(period_of(kind, day).name)


# What is expected


def test_elapsed_share_runs_from_the_first_day_to_the_last():
    assert YEAR.elapsed(date(2022, 12, 31), "linear") == 0
    assert YEAR.elapsed(date(2023, 1, 1), "linear") == pytest.approx(1 / 365)
    assert YEAR.elapsed(date(2023, 12, 30), "linear") == pytest.approx(364 / 365)
    assert YEAR.elapsed(date(2023, 12, 31), "linear") == 1
    assert YEAR.elapsed(date(2024, 5, 1), "linear") == 1


@pytest.mark.parametrize(
    ("as_of", "days"),
    [
        ("2022-12-31", 0),
        ("2023-01-01", 1),
        ("2023-06-30", 181),
        ("2023-07-01", 181),
        ("2023-08-31", 181),
        ("2023-09-01", 182),
        ("2023-12-31", 303),
        ("2024-01-01", 303),
    ],
)
def test_school_rhythm_stands_still_in_july_and_august(as_of, days):
    assert YEAR.elapsed(date.fromisoformat(as_of), "school_rhythm") == pytest.approx(days / 303)


def test_school_year_is_over_with_its_last_day_of_june():
    school = period_of("school_year", date(2023, 10, 1))
    assert school.elapsed(date(2024, 6, 29), "school_rhythm") == pytest.approx(303 / 304)  # 2024 has a 29 February
    assert school.elapsed(date(2024, 6, 30), "school_rhythm") == 1
    assert school.elapsed(date(2024, 6, 30), "linear") == pytest.approx(304 / 366)


def test_month_of_leave_alone_counts_all_its_days():
    july = period_of("month", date(2023, 7, 10))
    assert july.elapsed(date(2023, 7, 10), "school_rhythm") == pytest.approx(10 / 31)


def test_half_year_that_begins_with_leave_expects_all_in_four_months():
    half = period_of("half_year", date(2023, 9, 1))
    assert half.elapsed(date(2023, 8, 31), "school_rhythm") == 0
    assert half.elapsed(date(2023, 9, 1), "school_rhythm") == pytest.approx(1 / 122)


@example("quarter", "school_rhythm", date(2023, 8, 30))
@example("half_year", "school_rhythm", date(2023, 8, 31))
@given(st.sampled_from(KINDS), st.sampled_from(["linear", "school_rhythm"]), st.dates(date(2000, 1, 1), date(2099, 12, 30)))
def test_expected_part_never_falls_within_a_period(kind, profile, day):
    period, tomorrow = period_of(kind, day), day + timedelta(days=1)
    assert 0 <= period.elapsed(day, profile) <= period.elapsed(tomorrow, profile) <= 1
    assert period.elapsed(period.end, profile) == 1


# Months left


@pytest.mark.parametrize(
    ("as_of", "left"),
    [
        (date(2023, 12, 31), 0),
        (date(2023, 12, 30), 1),
        (date(2023, 12, 1), 1),
        (date(2023, 11, 30), 1),
        (date(2023, 11, 29), 2),
        (date(2023, 1, 1), 12),
        (date(2022, 12, 31), 12),
        (date(2022, 6, 1), 12),
        (date(2024, 1, 1), 0),
    ],
)
def test_a_begun_month_counts_as_left_until_its_last_day(as_of, left):
    assert YEAR.months_left(as_of, "linear") == left


@pytest.mark.parametrize(
    ("as_of", "left"),
    [("2023-01-01", 10), ("2023-06-29", 5), ("2023-06-30", 4), ("2023-08-15", 4), ("2023-08-31", 4), ("2023-09-30", 3)],
)
def test_months_of_leave_are_not_left_with_a_school_rhythm(as_of, left):
    assert YEAR.months_left(date.fromisoformat(as_of), "school_rhythm") == left


@pytest.mark.parametrize(
    ("as_of", "left"), [("2024-11-30", 1), ("2024-11-29", 2), ("2024-08-30", 5), ("2023-05-12", 20), ("2023-12-31", 12)]
)
def test_months_of_a_plan_over_several_years(as_of, left):
    plan = period_of("plan", date(2024, 1, 1), date(2023, 5, 12), date(2024, 12, 31))
    assert plan.months_left(date.fromisoformat(as_of), "linear") == left


def test_plan_that_ends_on_the_first_of_a_month_has_that_month_left():
    plan = period_of("plan", date(2024, 8, 1), date(2023, 5, 12), date(2024, 9, 1))
    assert plan.months_left(date(2024, 8, 31), "linear") == 1
    assert plan.months_left(date(2024, 8, 30), "linear") == 2
    assert plan.months_left(date(2024, 9, 1), "linear") == 0


# The day on which the gap closes


@pytest.mark.parametrize(
    ("profile", "as_of", "now", "lacking", "finish"),
    [
        ("linear", date(2023, 6, 30), 50, 50, date(2023, 12, 28)),  # 181 days more
        ("linear", date(2023, 6, 30), 181, 184, date(2023, 12, 31)),  # one a day, 184 days are left
        ("linear", date(2023, 6, 30), 181, 185, None),
        ("linear", date(2023, 6, 30), 0, 1, None),
        ("school_rhythm", date(2023, 6, 30), 181, 1, date(2023, 9, 1)),  # nobody is counted on in July and August
        ("school_rhythm", date(2023, 6, 30), 181, 122, date(2023, 12, 31)),
        ("school_rhythm", date(2023, 8, 15), 181, 122, date(2023, 12, 31)),  # days of leave passed do not slow the pace
        ("school_rhythm", date(2023, 6, 30), 181, 123, None),
        ("linear", date(2023, 12, 30), 364, 1, date(2023, 12, 31)),
    ],
)
def test_gap_closes_at_the_pace_of_the_days_that_count(profile, as_of, now, lacking, finish):
    assert YEAR.finish(as_of, now, lacking, profile) == finish


def test_period_whose_days_so_far_are_all_leave_has_no_pace():
    assert period_of("quarter", date(2023, 7, 1)).finish(date(2023, 8, 31), 5, 1, "school_rhythm") is None


@given(
    st.sampled_from(["linear", "school_rhythm"]),
    st.dates(date(2023, 1, 1), date(2023, 12, 30)),
    st.integers(1, 400),
    st.integers(1, 400),
)
def test_gap_never_closes_before_tomorrow_nor_after_the_period(profile, as_of, now, lacking):
    found = YEAR.finish(as_of, now, lacking, profile)
    assert found is None or as_of < found <= YEAR.end


# Days of a trend


def test_quarters_end_within_both_days_inclusive():
    assert quarter_ends(date(2023, 3, 31), date(2023, 12, 31)) == [
        date(2023, 3, 31),
        date(2023, 6, 30),
        date(2023, 9, 30),
        date(2023, 12, 31),
    ]
    assert quarter_ends(date(2023, 4, 1), date(2023, 6, 29)) == []
    assert quarter_ends(date(2023, 4, 1), date(2023, 6, 30)) == [date(2023, 6, 30)]
    assert quarter_ends(date(2023, 12, 1), date(2024, 3, 31)) == [date(2023, 12, 31), date(2024, 3, 31)]
