"""The line of people: equal to the simulation of single persons, conserving, whole, in order, monotone; small cases by hand."""

from datetime import date

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scenario_cases import LINES, Drawn, course, even_months, grounds, levers, numbers, offered, people, totals
from scenario_reference import simulate

from nmslib.scenarios.flow import Course, run
from nmslib.scenarios.line import leaving
from nmslib.scenarios.results import COUNTED, counts

BY_LINE = ("n", "diagnosed", "routed", "completed", "accompanied", "left", "hired")
BY_PLACE = ("young", "young_counted", "young_left", "young_hired", "teams_trained", "with_model", "events")
# More of any of these is never fewer people.
UP = ("methodists", "diagnostic_places", "programme_seats", "team_places", "young_intake", "mentoring_joining", "events_a_month")
# A ceiling is better kept when fewer are accompanied: more seats end routes sooner.
GOOD = [name for name in COUNTED if name != "staff_per_methodist"]
MUCH = 100_000


# ---- the same model person by person


@settings(max_examples=100)
@given(grounds())
def test_every_line_moves_as_its_single_persons_do(ground: Drawn):
    fast = ground.course()
    for cell, (place, (before, changed)) in enumerate(zip(ground.places, ground.exact, strict=True)):
        slow = simulate(place, before, changed, ground.steps)
        for name in BY_LINE:
            assert getattr(fast, name)[:, :, cell].tolist() == [[month[name][line] for line in LINES] for month in slow], name
        for name in BY_PLACE:
            assert getattr(fast, name)[:, cell].tolist() == [month[name] for month in slow], name
        for name, used in fast.used.items():
            assert used[:, cell].tolist() == [month["used"][name] for month in slow], name


@settings(max_examples=40)
@given(grounds())
def test_draws_that_keep_no_detail_tell_the_same(ground: Drawn):
    whole, short = ground.course(), run(ground.staff, ground.offered(), detail=False)
    for name in ("n", "diagnosed", "routed", "completed", "young", "young_counted", "teams_trained", "with_model", "events"):
        assert (getattr(whole, name) == getattr(short, name)).all(), name


# ---- what holds whatever the numbers


@settings(max_examples=60)
@given(grounds())
def test_who_stood_there_or_came_is_there_or_left(ground: Drawn):
    found = ground.course()
    assert (found.n == ground.staff.n + (found.hired - found.left).cumsum(axis=0)).all()
    assert (found.young == ground.staff.young + (found.young_hired - found.young_left).cumsum(axis=0)).all()
    stages = found.completed + found.accompanied + found.waiting["routes"] + found.waiting["diagnostics"]
    assert (stages == found.n).all()


@settings(max_examples=60)
@given(grounds())
def test_people_stay_whole_and_in_the_order_of_the_chain(ground: Drawn):
    found = ground.course()
    everything = [getattr(found, name) for name in BY_LINE + BY_PLACE] + list(found.used.values()) + list(found.waiting.values())
    for values in everything:
        assert (values == np.floor(values)).all() and (values >= 0).all()
    with_route = found.completed + found.accompanied
    diagnosed = with_route + found.waiting["routes"]
    assert (found.waiting["seats"] <= found.accompanied).all() and (diagnosed <= found.n).all()
    assert (found.routed <= with_route).all() and (found.diagnosed <= diagnosed).all()
    assert (found.young_counted <= found.young).all()
    assert (found.teams_trained <= ground.staff.teams).all() and (found.with_model <= ground.staff.organisations).all()


def raised(ground: Drawn, lever: str, more: float = 1) -> Course:
    return ground.course(**{lever: ground.changed[lever] + more})


def in_indicators(ground: Drawn, course: Course, **changes: object) -> np.ndarray:
    return counts(GOOD, course, ground.staff, ground.offered(**changes))[0]


@settings(max_examples=60)
@given(grounds(limited=False, one_year=True), st.sampled_from(UP))
def test_one_more_of_a_capacity_never_lowers_an_indicator_within_the_year(ground: Drawn, lever: str):
    more = {lever: ground.changed[lever] + 1}
    was, now = in_indicators(ground, ground.course()), in_indicators(ground, ground.course(**more), **more)
    assert (now >= was).all()
    assert (raised(ground, lever).n == ground.course().n).all()


@pytest.mark.parametrize("turnover", [0, 20])
def test_one_more_of_a_capacity_never_lowers_an_indicator_in_ten_thousand_municipalities(turnover: int):
    # Accompaniment takes nearly as many hours as a route, so that one person more or less matters; seldom enough to need so many.
    drawn, cells = np.random.default_rng(2024), 10_000
    n = drawn.integers(0, 80, cells)
    in_chain, accompanied = (drawn.random(cells) * (n + 1)).astype(int), drawn.integers(0, 33, cells) / 4
    staff = people((n.tolist(), 0, 0, 0, in_chain.tolist(), 0), young=(40, 10, 5), ageing=drawn.integers(0, 3, (12, cells)))
    own = levers(turnover=turnover) | {
        "methodists": drawn.integers(0, 4, cells) * 1.0,
        "methodist_rate": drawn.integers(1, 11, cells) / 10,
        "hours_per_accompanied": accompanied,
        "hours_per_route": np.maximum(1, accompanied) + 3 * drawn.random(cells),
        "diagnostic_places": 12 * drawn.random(cells),
        "programme_seats": 2 * drawn.random(cells),
        "hours_per_young": drawn.integers(4, 40, cells) / 4,
        "young_intake": drawn.integers(0, 50, cells) / 10,
    }
    months = even_months(date(2024, 1, 1), 12)
    was = course(staff, months, own)
    for lever in ("methodists", "diagnostic_places", "programme_seats", "young_intake"):
        now = course(staff, months, own | {lever: own[lever] + 1})
        for name in ("diagnosed", "routed", "completed", "young_counted"):
            assert (getattr(now, name) >= getattr(was, name)).all(), (lever, name)


@settings(max_examples=40)
@given(grounds(limited=False, one_year=True))
def test_more_hours_a_route_never_raise_an_indicator_within_the_year(ground: Drawn):
    was, now = ground.course(), raised(ground, "hours_per_route", 5)
    assert (in_indicators(ground, now) <= in_indicators(ground, was)).all()


@settings(max_examples=40)
@given(grounds(limited=False), st.sampled_from(UP))
def test_young_teachers_and_the_model_are_never_fewer_across_new_year_either(ground: Drawn, lever: str):
    was, now = ground.course(), raised(ground, lever)
    assert (now.young_counted >= was.young_counted).all()
    assert (now.with_model >= was.with_model).all()


def since_the_start(counted: np.ndarray, new_year: np.ndarray) -> np.ndarray:
    """A counter that restarts with the year as one that goes on."""
    before = np.zeros_like(counted)
    for month in range(1, len(counted)):
        before[month] = before[month - 1] + (counted[month - 1] if new_year[month] else 0)
    return counted + before


@settings(max_examples=60)
@given(grounds(limited=False, moving=False), st.sampled_from(UP))
def test_across_new_year_one_more_of_a_capacity_never_lowers_what_is_done_since_the_start(ground: Drawn, lever: str):
    was, now = ground.course(), raised(ground, lever)
    for name in ("diagnosed", "routed", "completed", "teams_trained", "events"):
        more, less = (since_the_start(getattr(one, name), ground.months.new_year) for one in (now, was))
        assert (more >= less).all(), name


def test_a_backlog_worked_off_this_year_is_not_counted_again_next_year():
    # 10 with a route wait for seats, nobody is diagnosed. 5 seats: 5 complete in December, 5 in January. 10 seats: 10, then nobody.
    staff, months = people(teachers=(10, 0, 10, 0, 10, 0)), even_months(date(2024, 12, 1), 2)
    assert totals(course(staff, months, levers(programme_seats=5)), "completed", "teachers") == [5, 5]
    assert totals(course(staff, months, levers(programme_seats=10)), "completed", "teachers") == [10, 0]


# ---- limits


@settings(max_examples=60)
@given(grounds(limited=False, moving=False, one_year=True))
def test_without_capacities_figures_stay_where_they_are(ground: Drawn):
    assume(not ground.months.new_year[0])
    still = {name: numbers(0) for name in UP} | {"start_delay": numbers(0)}
    found, staff = ground.course(**still), ground.staff
    for name in ("n", "diagnosed", "routed", "completed"):
        assert (getattr(found, name) == getattr(staff, name)).all(), name
    for name in ("young", "young_counted", "teams_trained", "with_model", "events"):
        assert (getattr(found, name) == getattr(staff, name)).all(), name


UNLIMITED = {
    **dict.fromkeys(("diagnostic_places", "programme_seats", "team_places", "young_intake", "mentoring_joining"), MUCH),
    "methodists": 50,
    "hours_per_route": 1e-3,
    "hours_per_young": 1e-3,
    "outreach": 0.3,
}


def test_unlimited_capacities_reach_everybody_at_the_speed_of_the_calendar():
    # From 1 June: everybody at once; programmes of 3 months begun in June end in August. The methodists take no leave.
    staff = people((40, 0, 0, 0, 0, 0), (20, 0, 0, 0, 0, 0), (10, 0, 0, 0, 0, 0), young=(12, 0, 0), teams=6, organisations=7)
    found = course(staff, even_months(date(2024, 6, 1), 4), levers(**UNLIMITED, programme_months=3))
    assert found.diagnosed.sum(axis=(1, 2)).tolist() == [70, 70, 70, 70]
    assert found.routed.sum(axis=(1, 2)).tolist() == [70, 70, 70, 70]
    assert found.completed.sum(axis=(1, 2)).tolist() == [0, 0, 60, 60]
    assert found.young_counted[:, 0].tolist() == [12, 12, 12, 12]
    assert (found.teams_trained[:, 0].tolist(), found.with_model[:, 0].tolist()) == ([6, 6, 6, 6], [7, 7, 7, 7])


def test_nobody_is_diagnosed_or_begins_a_programme_in_july_and_august():
    staff = people(teachers=(40, 0, 5, 5, 8, 8))
    found = course(staff, even_months(date(2024, 7, 1), 3), levers(**UNLIMITED))
    assert totals(found, "diagnosed", "teachers") == [8, 8, 40]
    assert totals(found, "routed", "teachers") == [8, 8, 40]  # those diagnosed before the leave are routed in it
    assert totals(found, "completed", "teachers") == [0, 0, 40]


def test_newcomers_are_reached_too_when_nothing_limits():
    # 36.5 a year of 10 people: 36.5 · 31/365 = 3.1 in January, 0.1 + 2.9 = 3.0 in February (29 days).
    staff = people(teachers=(10, 0, 0, 0, 0, 0))
    found = course(staff, even_months(date(2024, 1, 1), 2), levers(**UNLIMITED, hires=36.5))
    assert (totals(found, "n", "teachers"), totals(found, "diagnosed", "teachers")) == ([13, 16], [13, 16])


# ---- small cases by hand; every month has 150 hours of a full rate and weighs 1


def test_ten_teachers_go_through_the_chain():
    # 3 places; 1 methodist · 150 h · ½ = 75 h, 75 / 30 = 2.5 routes; 2 seats, programmes of 2 months (the second month ends them).
    #            Jan   Feb   Mar   Apr             May  Jun
    # diagnosed  3     6     9     10 (12 > 10)    10   10
    # routes     2.5   5     7.5   10              10   10
    # begun      2     4     6     8               10   10
    # completed  0     2     4     6               8    10
    own = levers(methodists=1, hours_per_route=30, diagnostic_places=3, programme_seats=2, programme_months=2)
    found = course(people(teachers=(10, 0, 0, 0, 0, 0)), even_months(date(2024, 1, 1), 6), own)
    assert totals(found, "diagnosed", "teachers") == [3, 6, 9, 10, 10, 10]
    assert totals(found, "routed", "teachers") == [2, 5, 7, 10, 10, 10]
    assert totals(found, "completed", "teachers") == [0, 2, 4, 6, 8, 10]
    assert found.used["seats"][:, 0].tolist() == [2, 2, 2, 2, 2, 0]


def test_who_is_accompanied_takes_hours_from_routes_to_come():
    # 75 h a month, 30 h a route, 15 h a month for each with a route, as much for the part of one that is begun.
    # Jan 75/30 = 2.5. Feb (75 - 15·2.5)/30 = 1.25: 3.75. Mar (75 - 15·3.75)/30 = 0.625: 4.375. Apr (75 - 15·4.375)/30 = 0.3125: 4.6875.
    own = levers(methodists=1, hours_per_route=30, hours_per_accompanied=15, diagnostic_places=10)
    found = course(people(teachers=(10, 0, 0, 0, 0, 0)), even_months(date(2024, 1, 1), 4), own)
    assert totals(found, "routed", "teachers") == [2, 3, 4, 4]


def test_a_ceiling_stops_routes_until_somebody_completes():
    # At most 4 accompanied by 1 methodist, 2 are: room for 2. A seat a month, a month long, makes room for one more each month.
    own = levers(methodists=1, hours_per_route=1, teachers_per_methodist=4, programme_seats=1)
    found = course(people(teachers=(10, 0, 2, 0, 10, 0)), even_months(date(2024, 1, 1), 4), own, free=2)
    assert totals(found, "routed", "teachers") == [2, 3, 4, 5]
    assert totals(found, "accompanied", "teachers") == [3, 3, 3, 3]  # 4 until one completes at the end of the month
    assert totals(found, "completed", "teachers") == [1, 2, 3, 4]


def test_the_first_leaver_is_the_one_in_the_middle_and_takes_the_stage_along():
    # 60 % a year of 10: 10 · 0.6 · 29/365 = 0.48 in February, 0.99 with March, 1.48 with April: one leaves.
    # ⌊½ · 10 / 1⌋ = 5: the sixth. Of the first 6 diagnosed 5 stay, of the first 4 with a route all.
    own = levers(turnover=60)
    found = course(people(teachers=(10, 2, 4, 4, 6, 6)), even_months(date(2024, 2, 1), 3), own)
    assert (totals(found, "n", "teachers"), totals(found, "left", "teachers")) == ([10, 10, 9], [0, 0, 1])
    assert totals(found, "diagnosed", "teachers") == [6, 6, 5]
    assert totals(found, "routed", "teachers") == [4, 4, 4]


def test_work_begun_on_a_person_is_lost_when_the_person_leaves():
    # 60 % a year of 10: 10 · 0.6 · (31 + 29 + 31)/365 = 1.496 by March, the sixth leaves. 0.3 places: 0.3, 0.6; the sixth is the next to be diagnosed: 0.3, 0.6, 0.9, and in June 1.2.
    # Of the 5 before, the second leaves in May (0.496 + 9·0.6·61/365 = 1.398; ⌊0.118 · 9⌋ = 1), who was not diagnosed this year.
    staff, months = people(teachers=(10, 0, 0, 0, 5, 0)), even_months(date(2024, 1, 1), 6)
    assert totals(course(staff, months, levers(diagnostic_places=0.3, turnover=60)), "diagnosed", "teachers") == [
        0,
        0,
        0,
        0,
        0,
        1,
    ]
    assert totals(course(staff, months, levers(diagnostic_places=0.3)), "diagnosed", "teachers") == [0, 0, 0, 1, 1, 1]


def test_tenths_of_a_place_make_a_whole_one():
    # 0.1 ten times is 0.9999999999999999 in floating point.
    months = even_months(date(2023, 9, 1), 10)
    found = course(people(teachers=(5, 0, 0, 0, 0, 0)), months, levers(diagnostic_places=0.1))
    assert totals(found, "diagnosed", "teachers")[-1] == 1


def test_counters_begin_anew_in_january_and_who_completed_goes_to_the_back():
    # A place and a seat a month, programmes of 2 months, no routes. November: the 7th is diagnosed, the 3rd begins; December: the 8th,
    # the 4th, and the 3rd completes. New Year: 3 to the back; 1 in training, 5 diagnosed of 10. January: the 6th in the chain is the
    # first of this year, nobody with a route waits for a seat, the one in training completes. By May all 10 are in the chain again.
    own = levers(diagnostic_places=1, programme_seats=1, programme_months=2)
    found = course(people(teachers=(10, 2, 4, 3, 6, 5)), even_months(date(2023, 11, 1), 8), own)
    assert totals(found, "diagnosed", "teachers") == [6, 7, 1, 2, 3, 4, 5, 5]
    assert totals(found, "completed", "teachers") == [2, 3, 1, 1, 1, 1, 1, 1]
    assert totals(found, "routed", "teachers") == [3, 3, 0, 0, 0, 0, 0, 0]
    assert found.used["seats"][:, 0].tolist() == [1, 1, 0, 0, 0, 0, 0, 0]


def test_managers_with_a_route_go_to_the_back_in_january():
    # Programmes of the register are for teachers. 4 of 6 managers in the chain, 2 with a route: those two may be diagnosed again.
    own = levers(diagnostic_places=2, programme_seats=9)
    found = course(people(managers=(6, 0, 2, 2, 4, 4)), even_months(date(2023, 12, 1), 4), own)
    assert totals(found, "diagnosed", "managers") == [6, 2, 2, 2]  # 6 of 6 in December; then 4 wait for a route, 2 are anew
    assert totals(found, "routed", "managers") == [2, 0, 0, 0]
    assert totals(found, "completed", "managers") == [0, 0, 0, 0]


def test_the_first_step_on_1_january_begins_a_new_year():
    found = course(people(teachers=(10, 2, 4, 3, 6, 5), events=4), even_months(date(2024, 1, 1), 1), levers())
    assert (totals(found, "diagnosed", "teachers"), totals(found, "completed", "teachers")) == ([0], [0])
    assert found.events[0, 0] == 0


def test_young_teachers_are_taken_up_to_the_hours_of_methodists():
    # 1 methodist · 150 h · ½ / 15 h = 5 at once. 4 counted, 3 of them still supported. October: 2 more, 5 supported. November: full.
    # January: those 5 are counted. February: 2 age out, ⌊½ · 10/2⌋ = 2 (supported) and ⌊1½ · 10/2⌋ = 7; one place is taken again.
    own = levers(methodists=1, hours_per_young=15, young_intake=2)
    staff = people(young=(10, 4, 3), ageing=[0, 0, 0, 0, 2])
    found = course(staff, even_months(date(2023, 10, 1), 5), own)
    assert found.young_counted[:, 0].tolist() == [6, 6, 6, 5, 5]
    assert found.young[:, 0].tolist() == [10, 10, 10, 10, 8]
    assert found.used["young"][:, 0].tolist() == [2, 0, 0, 0, 1]


def test_a_faster_intake_is_not_overtaken_by_a_slower_one_when_somebody_leaves():
    # 4 at once, 4 counted, support of 2 has ended. 1 a month: 5, then 6. 2 a month: 6; the sixth (⌊½ · 10⌋ = 5) leaves in the second
    # month and leaves a place, which is taken again: 6.
    own = {"methodists": 1, "hours_per_young": 75 / 4}
    staff, months = people(young=(10, 4, 2), ageing=[0, 1]), even_months(date(2024, 2, 1), 2)
    assert course(staff, months, levers(**own, young_intake=1)).young_counted[:, 0].tolist() == [5, 6]
    assert course(staff, months, levers(**own, young_intake=2)).young_counted[:, 0].tolist() == [6, 6]


def test_young_teachers_who_are_supported_are_kept_when_hours_fall():
    found = course(people(young=(10, 6, 5)), even_months(date(2024, 2, 1), 2), levers(methodists=0, young_intake=5))
    assert found.young_counted[:, 0].tolist() == [6, 6]


def test_teams_and_events_are_counted_by_the_year_and_the_model_stays():
    # 0.4 teams a month: 0.4, 0.8, 1.2 by December; 0.2 are carried: 0.6, 1.0 by February. Half an organisation a month up to 3 of 3.
    own = levers(team_places=0.4, mentoring_joining=0.5, events_a_month=2)
    staff = people(teams=3, teams_trained=1, organisations=3, with_model=2, events=7)
    found = course(staff, even_months(date(2023, 10, 1), 5), own)
    assert found.teams_trained[:, 0].tolist() == [1, 1, 2, 0, 1]
    assert found.with_model[:, 0].tolist() == [2, 3, 3, 3, 3]
    assert found.events[:, 0].tolist() == [9, 11, 13, 2, 4]


def test_changed_capacities_act_from_the_start_month():
    months, staff = even_months(date(2024, 1, 1), 4), people(teachers=(10, 0, 0, 0, 0, 0), hard=(10, 0, 0, 0, 0, 0))
    before = levers(diagnostic_places=1, outreach=0)
    late = levers(diagnostic_places=4, outreach=0.5, start_delay=2)
    found = course(staff, months, late, before)
    assert totals(found, "diagnosed", "teachers") == [1, 2, 4, 6]
    assert totals(found, "diagnosed", "hard") == [0, 0, 2, 4]


@settings(max_examples=60)
@given(grounds(limited=False), st.integers(0, 6))
def test_before_the_start_month_nothing_changes(ground: Drawn, delay: int):
    # The surroundings and the length of programmes are of the whole time.
    around = {name: ground.changed[name] for name in ("turnover", "hires", "delivery", "programme_months")}
    changed, as_it_was = ground.course(start_delay=numbers(delay)), run_as_before(ground, around)
    for name in BY_LINE + BY_PLACE:
        assert (getattr(changed, name)[:delay] == getattr(as_it_was, name)[:delay]).all(), name


def run_as_before(ground: Drawn, around: dict) -> Course:
    return ground.course(**(ground.before | around | {"start_delay": numbers(0)}))


# ---- who leaves


@given(st.integers(1, 200), st.integers(0, 4095), st.data())
def test_of_every_part_of_a_line_its_share_leaves_to_within_one(n: int, first: int, data: st.DataObject):
    count = data.draw(st.integers(0, n))
    gone = leaving(np.arange(n + 1.0), np.float64(count), np.float64(n), np.float64(first / 4096))
    assert gone[0] == 0 and gone[-1] == count and set(np.diff(gone)) <= {0, 1}
    assert (abs(gone - np.arange(n + 1) * count / n) <= 1).all()


@pytest.mark.parametrize(
    ("n", "count", "first", "places"),
    [
        (10, 1, 0.5, [5]),
        (10, 2, 0.5, [2, 7]),
        (10, 3, 0.5, [1, 5, 8]),
        (10, 2, 0.25, [1, 6]),
        (3, 3, 0, [0, 1, 2]),
        (5, 0, 0.5, []),
    ],
)
def test_leavers_stand_at_even_distances(n: int, count: int, first: float, places: list[int]):
    gone = leaving(np.arange(n + 1.0), np.float64(count), np.float64(n), np.float64(first))
    assert np.flatnonzero(np.diff(gone)).tolist() == places


def test_month_after_month_too_every_part_of_a_line_loses_its_share():
    # One of 60 leaves every other month. Were it always the middle one, the first 20 would lose nobody in two years, and not 4.
    n = np.tile([60, 200], 30)
    diagnosed = np.concatenate([np.arange(0, 60, 2), np.arange(0, 180, 6)])
    staff = people(teachers=(n.tolist(), 0, 0, 0, diagnosed.tolist(), 0))
    found = course(staff, even_months(date(2024, 1, 1), 24), levers(turnover=10))
    stay = found.n[:, 0] - found.waiting["diagnostics"][:, 0]
    assert (abs(stay - diagnosed * found.n[:, 0] / n) < 4).all()  # always in the middle: up to 7
    assert found.left.sum(axis=(0, 1)).min() >= 10


def test_an_empty_municipality_stays_empty():
    found = course(people(), even_months(date(2024, 1, 1), 3), levers(**UNLIMITED, turnover=60, hires=100))
    assert found.n.sum() == found.diagnosed.sum() == found.young.sum() == 0


def test_lengths_of_programmes_that_differ_are_refused():
    staff = people(teachers=((5, 5), 0, 0, 0, 0, 0))
    with pytest.raises(ValueError, match="programme_months"):
        offered(staff, even_months(date(2024, 1, 1), 2), levers(programme_months=[1, 2]))
