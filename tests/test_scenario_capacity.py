"""What a month can take: shares of lines, school rhythm, rounds, hours, ceilings, money; each by hand and within its bounds."""

from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from scenario_cases import HOURS, STILL, Drawn, even_months, grounds, levers, months_of, offered, people

from nmslib.scenarios.capacity import overpaid

YEAR = even_months(date(2023, 9, 1), 12)  # a school year
STAFF = people((60, 0, 0, 0, 0, 0), (20, 0, 0, 0, 0, 0), (20, 0, 0, 0, 0, 0))
PIECES = ("diagnostic_places", "programme_seats", "team_places", "events_a_month")


def of_one(values: np.ndarray) -> list[float]:
    """Months of the only municipality."""
    return values[:, 0].tolist()


# ---- shares of lines


def test_hard_schools_get_the_part_kept_for_them_and_others_share_by_headcount():
    # Half for 20 teachers of hard schools; the other half between 60 teachers and 20 managers: 3/8 and 1/8. Seats are for teachers alone.
    found = offered(STAFF, YEAR, levers(outreach=0.5))
    assert found.quota[0, :, 0].tolist() == pytest.approx([0.375, 0.5, 0.125])
    assert found.seat_quota[0, :, 0].tolist() == pytest.approx([0.5, 0.5, 0])


def test_without_hard_schools_nothing_is_kept_for_them():
    staff = people(teachers=(30, 0, 0, 0, 0, 0), managers=(10, 0, 0, 0, 0, 0))
    assert offered(staff, YEAR, levers(outreach=0.5)).quota[0, :, 0].tolist() == [0.75, 0, 0.25]


def test_where_all_teachers_are_of_hard_schools_all_seats_are_theirs():
    staff = people(hard=(30, 0, 0, 0, 0, 0), managers=(10, 0, 0, 0, 0, 0))
    found = offered(staff, YEAR, levers(outreach=0.25))
    assert found.quota[0, :, 0].tolist() == [0, 0.25, 0.75]
    assert found.seat_quota[0, :, 0].tolist() == [0, 1, 0]


def test_the_part_of_hard_schools_changes_on_the_start_month():
    found = offered(STAFF, even_months(date(2024, 1, 1), 3), levers(outreach=0.5, start_delay=1), levers(outreach=0.2))
    assert found.quota[:, 1, 0].tolist() == [0.2, 0.5, 0.5]


@settings(max_examples=40)
@given(grounds())
def test_shares_are_of_those_there_are_and_make_a_whole(ground: Drawn):
    found, staff = ground.offered(), ground.staff.n
    for quota, there in ((found.quota, staff), (found.seat_quota, staff * np.array([[1], [1], [0]]))):
        assert ((quota >= 0) & (quota <= 1)).all() and (quota[:, there == 0] == 0).all()
        assert np.allclose(quota.sum(axis=1), (there.sum(axis=0) > 0), atol=1e-12)


# ---- the calendar


def test_places_follow_the_working_days_and_stop_in_july_and_august():
    # A year of 240 working days has 20 in a mean month: 15 are ¾ of it.
    months = months_of(date(2024, 6, 1), [15, 22, 21, 20], {2024: 240})
    found = offered(STAFF, months, levers(diagnostic_places=8, team_places=4, events_a_month=2, programme_seats=12, delivery=0.5))
    assert of_one(found.diagnostics) == [3, 0, 0, 4]
    assert of_one(found.seats) == [4.5, 0, 0, 6]
    assert of_one(found.teams) == [1.5, 0, 0, 2]
    assert of_one(found.events) == [0.75, 0, 0, 1]


def test_methodists_and_schools_go_on_in_july_and_august():
    months = months_of(date(2024, 6, 1), [15, 22, 21], {2024: 240})
    found = offered(
        STAFF, months, levers(methodists=2, methodist_rate=0.5, route_time_share=0.5, young_intake=4, mentoring_joining=2)
    )
    assert of_one(found.route_hours) == pytest.approx([54, 79.2, 75.6])  # 15 · 7.2 h · 1 rate · ½
    assert of_one(found.young_intake) == pytest.approx([3, 4.4, 4.2])
    assert of_one(found.joining) == pytest.approx([1.5, 2.2, 2.1])


def test_an_online_diagnosis_takes_no_place():
    assert of_one(offered(STAFF, YEAR, levers(diagnostic_places=8, online_share=0.2)).diagnostics)[0] == 10


# Seats of a school year, September to August: 5 a month, none in July and August, whatever the rounds.
ROUNDS = {
    1: [5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 0, 0],
    2: [10, 0, 10, 0, 10, 0, 10, 0, 10, 0, 0, 0],
    3: [15, 0, 0, 15, 0, 0, 15, 0, 0, 5, 0, 0],
    4: [20, 0, 0, 0, 20, 0, 0, 0, 10, 0, 0, 0],
    5: [25, 0, 0, 0, 0, 25, 0, 0, 0, 0, 0, 0],
    6: [30, 0, 0, 0, 0, 0, 20, 0, 0, 0, 0, 0],
}


@pytest.mark.parametrize("every", ROUNDS)
def test_a_round_has_the_seats_of_the_months_up_to_the_next(every: int):
    assert of_one(offered(STAFF, YEAR, levers(programme_seats=5, programme_every=every)).seats) == ROUNDS[every]


def test_a_month_is_the_part_of_a_year_that_its_days_are():
    months = months_of(date(2024, 1, 16), [10, 20], {2024: 240})
    assert offered(STAFF, months, levers()).year_part.tolist() == [16 / 365, 29 / 365]


# ---- methodists


def test_hours_for_the_young_are_of_a_mean_month():
    # Months of 15 and 25 days: 40 · 7.2 h over 2 mean months = 144 h; 2 methodists · ½ · ¼ of the time / 3 h = 12 young teachers.
    months = months_of(date(2024, 2, 1), [15, 25], {2024: 240})
    own = levers(methodists=2, methodist_rate=0.5, young_time_share=0.25, hours_per_young=3)
    assert of_one(offered(STAFF, months, own).young_at_once) == pytest.approx([12, 12])


CEILING = levers(methodists=2, teachers_per_methodist=250)


@pytest.mark.parametrize(
    ("changed", "free", "room"),
    [
        (CEILING, 40, 40),
        (levers(methodists=3, teachers_per_methodist=250), 40, 290),  # one more takes 250
        (levers(methodists=1, teachers_per_methodist=250), 40, 0),  # 500 - 40 = 460 are accompanied: 210 too many
        (levers(methodists=3, teachers_per_methodist=250), -30, 220),  # those above the ceiling are taken off first
        (levers(methodists=2, teachers_per_methodist=240), 40, 20),
    ],
)
def test_a_ceiling_leaves_room_for_what_methodists_do_not_take_yet(changed: dict, free: int, room: int):
    assert of_one(offered(STAFF, YEAR, changed, CEILING, free=free).room)[0] == room


def test_without_a_ceiling_there_is_room_for_everybody():
    assert of_one(offered(STAFF, YEAR, levers(methodists=2)).room)[0] == np.inf


def test_a_scenario_may_set_a_ceiling_where_the_document_has_none():
    # 12 have routes in work: 2 methodists with at most 10 each take 8 more, from the start month.
    staff = people(teachers=(60, 3, 15, 0, 20, 0))
    found = offered(staff, YEAR, levers(methodists=2, teachers_per_methodist=10, start_delay=1), levers(methodists=2))
    assert of_one(found.room)[:2] == [np.inf, 8]


# ---- money


def test_places_are_bought_until_the_money_of_the_year_ends():
    # 100 a year; a methodist costs 5 a month: 60, 40 are left. A month buys 3 places at 1 and 1 seat at 6: 9; four months are 36, of the
    # fifth 4/9 is paid. The next year begins with its own money: for the 31 days that are seen 100 · 31/365 = 8.49, 3.49 after the pay.
    months = even_months(date(2023, 1, 1), 13)
    own = levers(methodists=1, methodist_cost=5, diagnostic_places=3, programme_seats=1, budget=100)
    found = offered(STAFF, months, own)
    january = (100 * 31 / 365 - 5) / 9
    assert of_one(found.diagnostics) == pytest.approx([3, 3, 3, 3, 3 * 4 / 9, *[0] * 7, 3 * january])
    assert of_one(found.seats) == pytest.approx([1, 1, 1, 1, 4 / 9, *[0] * 7, january])
    assert of_one(found.spent["methodists"]) == pytest.approx([5] * 13)
    assert of_one(found.spent["diagnostic_places"]) == pytest.approx([3, 3, 3, 3, 4 / 3, *[0] * 7, 3 * january])
    assert sum(one[:12].sum() for one in found.spent.values()) == pytest.approx(100)


def test_of_a_begun_year_its_part_may_be_spent():
    # October to December are 92 days: 365 · 92/365 = 92 thousand buy 92 places at 1 in 2 months of 40 and a part of the third.
    found = offered(STAFF, even_months(date(2023, 10, 1), 3), levers(diagnostic_places=40, budget=365))
    assert of_one(found.diagnostics) == pytest.approx([40, 40, 12])


def test_methodists_are_paid_even_above_the_budget_and_nothing_else_is():
    # 12 · 5 = 60 of 50: the pay is not cut, nothing is bought, and what is spent tells it.
    own = levers(
        methodists=1, methodist_cost=5, diagnostic_places=3, programme_seats=1, team_places=1, events_a_month=1, budget=50
    )
    found = offered(STAFF, even_months(date(2023, 1, 1), 12), own)
    assert found.spent["methodists"].sum() == pytest.approx(60)
    assert all(found.spent[name].sum() == 0 for name in PIECES)
    assert found.diagnostics.sum() == found.seats.sum() == found.teams.sum() == found.events.sum() == 0


def test_pay_above_the_budget_is_told_with_both_sums():
    # 5 a month: November and December 10 of 59 · 61/365 = 9.86, the next year 60 of 59; with 60 there is enough in both.
    months = even_months(date(2022, 11, 1), 14)
    given = offered(STAFF, months, levers(methodists=1, methodist_cost=5, budget=59))
    told = overpaid(given.spent["methodists"], np.array([59.0]), months)
    assert told == [(2022, 0, pytest.approx(10), pytest.approx(59 * 61 / 365)), (2023, 0, pytest.approx(60), 59)]
    assert overpaid(given.spent["methodists"], np.array([60.0]), months) == []
    assert overpaid(given.spent["methodists"], np.array([np.inf]), months) == []


def test_what_costs_nothing_is_had_without_money():
    found = offered(
        STAFF, even_months(date(2023, 1, 1), 2), levers(diagnostic_places=3, events_a_month=2, event_cost=0, budget=0)
    )
    assert (of_one(found.diagnostics), of_one(found.events)) == ([0, 0], [2, 2])


def test_a_begun_month_is_paid_by_its_days():
    months = months_of(date(2024, 1, 16), [10, 20], {2024: 240})
    found = offered(STAFF, months, levers(methodists=2, methodist_rate=0.5, methodist_cost=62))
    assert of_one(found.spent["methodists"]) == pytest.approx([32, 62])  # 62 · 16/31


def test_the_budget_of_one_municipality_does_not_limit_another():
    found = offered(STAFF, even_months(date(2023, 1, 1), 2), levers(diagnostic_places=30, budget=[0, np.inf]))
    assert found.diagnostics.tolist() == [[0, 30], [0, 30]]


@settings(max_examples=80)
@given(grounds())
def test_a_year_never_costs_more_than_its_budget_but_for_methodists(ground: Drawn):
    found, months = ground.offered(), ground.months
    days = (months.ends - months.starts).astype(int) + 1
    years = months.ends.astype("datetime64[Y]")
    for year in np.unique(years):
        inside = years == year
        budget = ground.changed["budget"] * min(1, days[inside].sum() / 365)
        spent = {name: np.broadcast_to(one[inside], (inside.sum(), found.cells)).sum(axis=0) for name, one in found.spent.items()}
        assert (sum(spent.values()) <= np.maximum(budget, spent["methodists"]) + 1e-6).all()


@settings(max_examples=40)
@given(grounds())
def test_a_larger_budget_never_buys_less(ground: Drawn):
    found, more = ground.offered(), ground.offered(budget=ground.changed["budget"] + 100)
    for name in ("diagnostics", "seats", "teams", "events"):
        assert (getattr(more, name) >= getattr(found, name) - 1e-9).all()


# ---- the start month


def test_what_is_changed_acts_from_the_start_month_and_surroundings_from_the_first_day():
    months = even_months(date(2024, 1, 1), 4)
    before = levers(methodists=1, diagnostic_places=2, turnover=10, hires=12, diagnostic_cost=1)
    changed = levers(methodists=3, diagnostic_places=5, turnover=20, hires=24, diagnostic_cost=2, delivery=0.5, start_delay=2)
    found = offered(STAFF, months, changed, before)
    assert of_one(found.methodists) == [1, 1, 3, 3]
    assert of_one(found.diagnostics) == [1, 1, 2.5, 2.5]
    assert of_one(found.spent["diagnostic_places"]) == [1, 1, 5, 5]
    assert (found.leave.tolist(), found.hires[:, 0].tolist()) == ([0.2], pytest.approx([14.4, 4.8, 4.8]))


def test_each_municipality_has_its_own_start_month():
    found = offered(
        STAFF, even_months(date(2024, 1, 1), 3), levers(diagnostic_places=5, start_delay=[0, 2]), levers(diagnostic_places=1)
    )
    assert found.diagnostics.tolist() == [[5, 1], [5, 1], [5, 5]]


def test_hand_made_months_and_levers_are_those_of_the_model(levers_known: set[str]):
    # The helpers of these tests name every lever there is, and a mean month of theirs has HOURS hours.
    assert set(STILL) == levers_known
    assert YEAR.hours.tolist() == [HOURS] * 12 and Fraction(HOURS, 20) == Fraction(15, 2)


@pytest.fixture
def levers_known(project) -> set[str]:
    from nmslib import catalogue

    return set(catalogue.load_levers(project))
