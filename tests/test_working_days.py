"""Terms by civil law: where they begin, where they end, and what is refused."""

from datetime import date

import pytest

from nmslib import roadmap

MONDAY = date(2024, 3, 4)


def test_known_years_carry_their_decrees(working_days):
    assert {year: decree.number for year, decree in working_days.decrees.items()} == {2023: "1505", 2024: "1314", 2025: "1335"}


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2024, 4, 27), True),  # суббота, перенесена на 29.04 (постановление № 1314)
        (date(2024, 4, 29), False),
        (date(2024, 4, 30), False),  # с субботы 02.11
        (date(2024, 5, 10), False),  # с субботы 06.01
        (date(2024, 11, 2), True),
        (date(2024, 12, 28), True),
        (date(2024, 12, 30), False),
        (date(2024, 12, 31), False),
        (date(2023, 2, 24), False),  # с воскресенья 01.01 (постановление № 1505)
        (date(2023, 5, 8), False),
        (date(2025, 5, 2), False),  # с субботы 04.01 (постановление № 1335)
        (date(2025, 6, 13), False),
        (date(2025, 11, 1), True),
        (date(2025, 11, 3), False),
    ],
)
def test_transferred_days_are_those_of_the_decrees(working_days, day, working):
    assert working_days.is_working(day) is working


@pytest.mark.parametrize(
    ("day", "moved"), [(date(2024, 3, 8), date(2024, 3, 11)), (MONDAY, MONDAY), (date(2023, 12, 31), date(2024, 1, 9))]
)
def test_term_ending_on_a_day_off_moves_to_the_next_working_day(working_days, day, moved):
    assert working_days.moved(day) == moved


def test_year_without_a_decree_is_refused_with_the_way_to_add_it(working_days):
    with pytest.raises(LookupError, match=r"2040 год.*добавьте год с номером постановления"):
        working_days.is_working(date(2040, 1, 10))
    assert working_days.moved_if_known(date(2040, 1, 1)) is None


@pytest.mark.parametrize(
    ("count", "unit", "end"),
    [
        (10, "day", date(2024, 3, 14)),  # с 5 по 14 марта
        (5, "day", date(2024, 3, 11)),  # 9 марта — суббота: до понедельника
        (4, "working_day", date(2024, 3, 11)),  # 5, 6, 7, 11: 8 марта праздник
        (1, "week", date(2024, 3, 11)),
        (1, "month", date(2024, 4, 4)),
    ],
)
def test_term_runs_from_the_next_day(working_days, count, unit, end):
    assert working_days.end_of_term(MONDAY, count, unit) == end


def test_month_from_the_31st_ends_on_the_last_day(working_days):
    assert working_days.end_of_term(date(2024, 1, 31), 1, "month") == date(2024, 2, 29)


def test_working_days_between_leave_out_the_first_day(working_days):
    assert working_days.between(MONDAY, MONDAY) == 0
    assert working_days.between(MONDAY, date(2024, 3, 11)) == 4


def test_schedule_shows_the_moved_day_beside_the_printed_one(seversk, working_days):
    plan = roadmap.schedule(seversk, working_days).set_index("measure")
    annual = plan.loc["2"]
    assert annual["due_on"].dt.date.tolist() == [date(2023, 12, 31), date(2024, 12, 31)]
    assert annual["moved_on"].dt.date.tolist()[0] == date(2024, 1, 9)
    assert plan.loc["5", "moved_on"].isna().all()


def test_term_on_a_day_off_is_overdue_only_after_the_moved_day(seversk, working_days):
    plan = roadmap.schedule(seversk, working_days)
    nothing = plan.head(0)[["measure", "due_on"]].assign(done_on=plan.head(0)["due_on"], document=None, state=None)

    def state(day: date) -> str:
        rows = roadmap.states(plan, nothing, "seversk", day, working_days)
        return rows.loc[(rows["measure"] == "2") & (rows["due_on"] == "2023-12-31"), "state"].item()

    assert state(date(2024, 1, 9)) == "due"
    assert state(date(2024, 1, 10)) == "overdue"
