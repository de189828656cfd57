"""Least resources: whole numbers that reach the plans and are the cheapest, what holds them, and why there are none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as checks
from hypothesis import strategies as st
from scenario_cases import around, begins, even_months, levers, people
from scenario_grounds import asked, made, settings

from nmslib.model import REGION, Solve
from nmslib.problems import UserError
from nmslib.scenarios.flow import People
from nmslib.scenarios.ground import Ground
from nmslib.scenarios.least import Cancelled, Least, least
from nmslib.scenarios.levers import Facts, Settings
from nmslib.scenarios.months import Months
from nmslib.scenarios.plans import Plans

NBSP = "\N{NO-BREAK SPACE}"
# September to December: 4 months of 150 hours, in which every place is used. A methodist has 75 hours for routes of 10 hours.
AUTUMN = even_months(date(2024, 9, 1), 4)
NOTHING = {"methodists": 0, "diagnostic_places": 0, "programme_seats": 0, "young_intake": 0, "young_time_share": 0.5}


@lru_cache(maxsize=1)
def any_ground() -> Ground:
    """Files are read once for all tests."""
    return made()


def ground_with(staff: People, months: Months, places: Sequence[str], **values: Any) -> Ground:
    """The staff of ``places`` (each number one for all, or one for each), where nothing is done but for ``values`` of levers."""
    size = len(places)
    arrays = {one.name: getattr(staff, one.name) for one in fields(staff)}
    whole = replace(staff, **{name: np.broadcast_to(one, (*one.shape[:-1], size)) for name, one in arrays.items()})
    shown = {name: np.broadcast_to(one, (size,)).copy() for name, one in levers(**NOTHING | values).items()}
    facts = Facts(shown, dict.fromkeys(shown, ("",) * size))
    return replace(any_ground(), start=begins(places), months=months, people=whole, around=around(whole), facts=facts)


def ground_of(
    teachers: int | list[int] = 100, months: Months = AUTUMN, places: tuple[str, ...] = ("tynda",), **values: Any
) -> Ground:
    """Teachers whom nobody has diagnosed yet, nobody to diagnose them, nobody who comes or leaves."""
    return ground_with(people((teachers, 0, 0, 0, 0, 0)), months, places, **values)


def solved(ground: Ground, targets: Mapping[str, Any], levers: Mapping[str, int], **asks: Any) -> Least:
    """The answer with levers up to these limits."""
    by_call = {name: asks.pop(name) for name in ("probability_of", "progress", "cancelled", "changes") if name in asks}
    solve = Solve(targets=tuple(targets), levers=tuple(levers), limits={name: float(one) for name, one in levers.items()}, **asks)
    given_settings = settings(ground, **by_call.pop("changes", {}))
    return least(ground, solve, given_settings, asked(ground, **targets), ground.municipalities, **by_call)


def numbers(answer: Least, place: str = "tynda") -> dict[str, float]:
    mine = answer.levers[answer.levers["municipality"] == place]
    return dict(zip(mine["lever"], mine["found"], strict=True))


def row(answer: Least, place: str = "tynda") -> pd.Series:
    return answer.table.set_index("municipality").loc[place]


def reaches(ground: Ground, plans: Plans, given_settings: Settings, place: str) -> bool:
    """Whether the model itself reaches all plans of a municipality in the last month."""
    found = ground.outcome(given_settings, plans)
    return bool((found.missing[:, -1, plans.places.index(place)] == 0).all())


def with_lever(given_settings: Settings, number: int, **values: float) -> Settings:
    """The settings with other numbers in one municipality."""
    changed = {name: one.copy() for name, one in given_settings.changed.items()}
    for name, value in values.items():
        changed[name][number] = value
    return replace(given_settings, changed=changed)


# ---- by hand


def test_as_many_places_as_the_plan_needs_and_no_more():
    # 10 % of 100 teachers are 10 people in 4 months: 3 places a month are 12, 2 are 8. 3 places x 4 months x 1 thousand roubles.
    answer = solved(ground_of(), {"diagnosed_share": 10}, {"diagnostic_places": 20})
    assert numbers(answer) == {"diagnostic_places": 3}
    assert row(answer)["cost"] == pytest.approx(12) and row(answer)["cost_before"] == 0
    held = answer.levers.iloc[0]
    assert (held["breaks"], held["lacking"], held["saved"]) == ("diagnosed_share", 2, pytest.approx(4))
    assert row(answer)["reached_on"] == pd.Timestamp("2024-12-31") and row(answer)["proven"]


def test_a_route_needs_hours_and_somebody_diagnosed():
    # 20 routes of 200 teachers: 1 methodist draws up 7, 8, 7, 8 in 4 months; 5 places diagnose 20 by December, 4 only 16.
    ground = ground_of(200)
    answer = solved(ground, {"routed_share": 10}, {"methodists": 5, "diagnostic_places": 20})
    assert numbers(answer) == {"methodists": 1, "diagnostic_places": 5}
    assert row(answer)["cost"] == pytest.approx(4 * 60 + 4 * 5)


@pytest.mark.parametrize(
    ("price", "found", "cost"),
    [(1, {"diagnostic_places": 6, "programme_seats": 3}, 4 * 6 + 4 * 3 * 6), (20, {"diagnostic_places": 4, "programme_seats": 4}, 4 * 4 * 20 + 4 * 4 * 6)],
)  # fmt: skip
def test_what_stands_in_for_what_depends_on_the_prices(price: float, found: dict[str, float], cost: float):
    # 12 of 100 are to be trained, in September and November, each with the seats of two months. With 4 places 4 are ready in
    # September and 12 in November: 4 + 8 people, 4 seats a month. With 6 places 6 and 6: 3 seats a month. 5 places and 3 seats: 5 + 6.
    ground = ground_of(methodists=5, programme_every=2, diagnostic_cost=price, methodist_cost=0)
    answer = solved(ground, {"register_programmes_share": 12}, {"diagnostic_places": 30, "programme_seats": 30})
    assert numbers(answer) == found and row(answer)["cost"] == pytest.approx(cost)


def test_levers_that_the_plans_do_not_need_go_to_their_lowest_and_say_so():
    answer = solved(ground_of(methodists=2), {"diagnosed_share": 10}, {"diagnostic_places": 20, "methodists": 5})
    assert numbers(answer) == {"diagnostic_places": 3, "methodists": 0}
    assert f"методисты — 0{NBSP}чел. (сейчас 2; этим планам не нужны)" in row(answer)["words"]


def test_where_today_is_enough_nobody_need_start():
    answer = solved(ground_of(diagnostic_places=5), {"diagnosed_share": 10}, {"diagnostic_places": 20})
    assert numbers(answer) == {"diagnostic_places": 3}
    assert row(answer)["enough_today"] and pd.isna(row(answer)["start_by"])
    assert "Начинать не обязательно" in row(answer)["words"]


def test_the_last_month_to_start_in():
    # 3 places: 9 people from October on, so September is the last; 20 places: even December alone brings 10.
    answer = solved(ground_of(), {"diagnosed_share": 10}, {"diagnostic_places": 20})
    assert row(answer)["start_by"] == pd.Timestamp("2024-09-30")
    assert row(answer)["start_by_limits"] == pd.Timestamp("2024-12-31")
    told = f"не поздно начать, — сентябрь 2024{NBSP}г., с рычагами на пределе — декабрь 2024{NBSP}г."
    assert told in row(answer)["words"]


@pytest.mark.parametrize(("plan", "price"), [(10, 0), (12, 4)])  # 10 → 11 people: 3 places do; 12 → 13 people: a fourth one
def test_price_of_one_more_percentage_point(plan: int, price: float):
    answer = solved(ground_of(), {"diagnosed_share": plan}, {"diagnostic_places": 20})
    assert row(answer)["price_of_percent"] == pytest.approx(price)
    told = "выше стоили бы ещё 4 тыс. руб." if price else "выше стоили бы столько же"
    assert told in row(answer)["words"].replace(NBSP, " ")


def test_a_percentage_point_that_cannot_be_had_has_no_price():
    answer = solved(ground_of(), {"diagnosed_share": 12}, {"diagnostic_places": 3})
    assert pd.isna(row(answer)["price_of_percent"])
    assert "Планов на 1 п.п. выше в этих пределах не выполнить" in row(answer)["words"]


def test_a_plan_of_100_percent_is_not_asked_for_more():
    answer = solved(ground_of(12), {"diagnosed_share": 100}, {"diagnostic_places": 20})
    assert numbers(answer) == {"diagnostic_places": 3} and row(answer)["price_of_percent"] == 0


def test_the_whole_answer_in_words():
    words = row(solved(ground_of(), {"diagnosed_share": 10}, {"diagnostic_places": 20}))["words"].replace(NBSP, " ")
    assert words == (
        "Хватит: места диагностики — 3 мест/мес (сейчас 0). Затраты — 12 тыс. руб., с нынешними рычагами — 0 тыс. руб. "
        "(цены — допущение). Держит план «Диагностика»: с рычагом «Места диагностики» на единицу меньше (2 мест/мес) до него "
        "не хватит 2 человек. Планы выполняются к 31 декабря 2024 г. Планы на 1 п.п. выше стоили бы столько же. Последний месяц, "
        "когда с этими рычагами ещё не поздно начать, — сентябрь 2024 г., с рычагами на пределе — декабрь 2024 г."
    )


# ---- what is asked to be least


def test_fewest_methodists_whatever_it_costs():
    # In December alone (start_delay 3): 1 methodist draws up 7 routes, 2 draw up 15. 10 are needed, so 2; the least places are 10.
    ground = ground_of(100, diagnostic_cost=1000)
    levers = {"methodists": 5, "diagnostic_places": 40}
    answer = solved(ground, {"routed_share": 10}, levers, minimise="methodists", changes={"start_delay": 3})
    assert numbers(answer) == {"methodists": 2, "diagnostic_places": 10}


def test_fewest_months_and_then_the_least_money():
    # 10 people: 4 places a month reach them at the end of November (12), 5 in October (10). Up to 6 places October is the soonest.
    answer = solved(ground_of(), {"diagnosed_share": 10}, {"diagnostic_places": 6}, minimise="months")
    assert numbers(answer) == {"diagnostic_places": 5}
    assert row(answer)["reached_on"] == pd.Timestamp("2024-10-31")


def test_what_is_asked_by_a_day_is_reached_in_the_last_month_that_ends_by_it():
    answer = solved(ground_of(), {"diagnosed_share": 10}, {"diagnostic_places": 20}, by=date(2024, 11, 15))
    assert numbers(answer) == {"diagnostic_places": 5}  # September and October: 10 people


def test_what_a_year_s_budget_does_not_pay_for_is_not_an_answer():
    # 12 thousand roubles for 3 places in 4 months. Of the budget of a year, 122 of 365 days: 36 give 12.03, 35 give 11.70.
    enough, short = (solved(ground_of(budget=one), {"diagnosed_share": 10}, {"diagnostic_places": 20}) for one in (36, 35))
    assert row(enough)["state"] == "reached" and numbers(enough) == {"diagnostic_places": 3}
    assert row(short)["state"] == "impossible"
    told = "Денег не хватает: на 2024 год нужно 12,0 тыс. руб., в бюджете 11,7 тыс. руб."
    assert row(short)["words"].replace(NBSP, " ") == told


# ---- why not


@pytest.mark.parametrize(
    ("target", "limits", "why"),
    [
        # 10 of 100; 2 places a month.
        ("diagnosed_share", {"diagnostic_places": 2}, "«Диагностика»: до плана нужно ещё 10 человек, мест диагностики до 31.12.2024 хватит на 8."),
        ("routed_share", {"diagnostic_places": 2, "methodists": 5}, "«ИОМ»: до плана нужно ещё 10 человек, мест диагностики до 31.12.2024 хватит на 8."),
        ("routed_share", {"diagnostic_places": 9, "methodists": 0}, "«ИОМ»: до плана нужно ещё 10 человек, часов методистов до 31.12.2024 хватит на 0."),
        # A programme of 3 months: of 4 months' seats those of September and October end in time.
        (
            "register_programmes_share",
            {"diagnostic_places": 20, "methodists": 5, "programme_seats": 4},
            "«Программы ФР ДПП»: до плана нужно ещё 10 человек, мест на программах до 31.12.2024 хватит на 8.",
        ),
    ],
)  # fmt: skip
def test_the_first_stage_of_the_chain_that_cannot_is_named(target: str, limits: dict[str, int], why: str):
    answer = solved(ground_of(programme_months=3), {target: 10}, limits)
    assert row(answer)["state"] == "impossible" and row(answer)["words"].replace(NBSP, " ") == why
    assert answer.levers.empty and answer.summary.endswith("Не выполнить: tynda.")


def test_methodists_themselves_may_be_what_lacks():
    answer = solved(ground_of(), {"methodists_count": 7}, {"methodists": 5})
    assert row(answer)["words"].startswith("«Методисты и тьюторы»: нужно 7") and "на пределе — 5" in row(answer)["words"]


def test_where_nothing_is_planned_or_known_nothing_is_asked():
    ground = ground_of([100, 100], places=("tynda", "zeya"))
    ground = replace(ground, start=replace(ground.start, gaps={"diagnosed_share": {"zeya": "не прислан реестр"}}))
    answer = solved(ground, {"diagnosed_share": 10}, {"diagnostic_places": 20})
    assert answer.table["state"].tolist() == ["reached", "no_plan"]
    assert (answer.settings.changed["diagnostic_places"] == [3, 0]).all()
    assert answer.words["zeya"] == "Показатель «Диагностика» не известен: не прислан реестр."


def test_of_no_municipality_nothing_is_asked():
    solve = Solve(targets=("diagnosed_share",), levers=("diagnostic_places",))
    found = least(ground_of(), solve, settings(ground_of()), asked(ground_of(), diagnosed_share=10), [])
    assert found.table.empty and found.levers.empty and found.summary == "Плановых значений по этим показателям нет."


def test_a_place_that_cannot_be_modelled_says_why():
    ground = ground_of()
    ground = replace(ground, start=replace(ground.start, unknown={"zeya": "не присылает реестров этой системы"}))
    solve = Solve(targets=("diagnosed_share",), levers=("diagnostic_places",))
    found = least(ground, solve, settings(ground), asked(ground, diagnosed_share=10), ["zeya", "tynda"])
    assert found.table["state"].tolist() == ["unknown", "reached"] and found.words["zeya"] == "не присылает реестров этой системы"


@pytest.mark.parametrize(
    ("targets", "asks", "told"),
    [
        ({"diagnosed_share": 10}, {"levers": {"turnover": 5}}, "рычаг «Увольнения» не двигается"),
        ({"diagnosed_share": 10}, {"minimise": "methodists"}, "рычага «methodists» нет в solve.levers"),
        ({"diagnosed_share": np.nan}, {}, "нет планового значения муниципалитетов"),
        ({"diagnosed_share": 10}, {"by": date(2024, 9, 15)}, "До 15.09.2024 не кончается ни один месяц"),
    ],
)
def test_a_question_without_an_answer_is_refused(targets: dict[str, float], asks: dict[str, Any], told: str):
    with pytest.raises(UserError, match=told):
        solved(ground_of(), targets, asks.pop("levers", {"diagnostic_places": 5}), **asks)


def test_a_ceiling_and_an_unknown_indicator_are_no_goals():
    ground = ground_of()
    plans = replace(asked(ground, staff_per_methodist=250, diagnosed_share=10), ceilings=frozenset({"staff_per_methodist"}))
    for name, told in (("staff_per_methodist", "предел, а не план"), ("routed_share", "нет среди тех")):
        with pytest.raises(UserError, match=rf"{told}.*Можно взять: diagnosed_share \(Диагностика\)"):
            least(ground, Solve(targets=(name,), levers=("methodists",)), settings(ground), plans, ["tynda"])


# ---- against trying everything


@st.composite
def questions(draw: st.DrawFn) -> tuple[Ground, dict[str, int], dict[str, int], str]:
    """One or two municipalities with some people on their way, plans, levers up to small limits, what is to be least."""
    places, length = ("tynda", "zeya")[: draw(st.integers(1, 2))], draw(st.integers(1, 5))
    lines = {}
    for name in ("teachers", "hard", "managers"):
        each = []
        for _ in places:
            n = draw(st.integers(0, 40))
            in_chain = draw(st.integers(0, n // 4))
            with_route = draw(st.integers(0, in_chain))
            done = draw(st.integers(0, with_route)) if name != "managers" else 0
            each.append((n, done, with_route, draw(st.integers(0, with_route)), in_chain, draw(st.integers(0, in_chain))))
        lines[name] = [list(one) for one in zip(*each, strict=True)]
    young = [[draw(st.integers(5, 15)) for _ in places], [draw(st.integers(0, 4)) for _ in places], [0 for _ in places]]
    staff = people(**lines, young=young)
    values = {
        "hours_per_route": draw(st.integers(4, 40)),
        "hours_per_accompanied": draw(st.sampled_from([0, 0.5, 2])),
        "hours_per_young": draw(st.integers(1, 30)),
        "turnover": draw(st.sampled_from([0, 12, 40])),
        "hires": draw(st.sampled_from([0, 12])),
        "outreach": draw(st.sampled_from([0, 0.3])),
        "programme_months": draw(st.integers(1, 2)),
        "start_delay": draw(st.integers(0, 1)),
        "teachers_per_methodist": draw(st.sampled_from([np.inf, 6])),
        "young_intake": 2,
        "seat_cost": draw(st.sampled_from([0, 6])),
        "methodist_cost": draw(st.sampled_from([2, 60])),
        "budget": draw(st.sampled_from([np.inf, np.inf, 150, 700])),
    }
    ground = ground_with(staff, even_months(date(2024, 13 - length, 1), length), places, **values)
    ground = replace(ground, around=around(ground.people, free=draw(st.integers(0, 10))))
    names = draw(
        st.lists(
            st.sampled_from(["diagnosed_share", "routed_share", "register_programmes_share", "young_supported_share"]),
            min_size=1,
            max_size=3,
            unique=True,
        )
    )
    levers = draw(
        st.sampled_from(
            [
                {"diagnostic_places": 9},
                {"methodists": 3, "diagnostic_places": 7},
                {"methodists": 2, "diagnostic_places": 5, "programme_seats": 5},
            ]
        )
    )
    targets = {name: draw(st.sampled_from([3, 10, 25, 60])) for name in names}
    return ground, targets, levers, draw(st.sampled_from(["cost", next(iter(levers))]))


def copies(ground: Ground, number: int, count: int) -> Ground:
    """One municipality many times over, so that one run of the model tries many levers in it."""
    staff, near = (
        replace(whole, **{one.name: np.repeat(getattr(whole, one.name)[..., [number]], count, axis=-1) for one in fields(whole)})
        for whole in (ground.people, ground.around)
    )
    values = {name: np.repeat(one[number], count) for name, one in ground.facts.values.items()}
    start = begins([f"{ground.municipalities[number]} {copy}" for copy in range(count)])
    return replace(ground, people=staff, around=near, facts=replace(ground.facts, values=values), start=start)


def best_of_all(
    ground: Ground, number: int, targets: Mapping[str, float], levers: Mapping[str, int], minimise: str
) -> tuple[float, float]:
    """What is to be least, and the cost, of the best of all whole numbers up to the limits; ∞ when none reaches the plans."""
    tried = np.array(list(product(*(range(most + 1) for most in levers.values()))), dtype=float)
    many = copies(ground, number, len(tried))
    plans, today = asked(many, **targets), settings(many)
    free = today.changed | dict(zip(levers, tried.T, strict=True)) | {"budget": np.full(len(tried), np.inf)}
    unlimited, limited = (
        many.outcome(replace(today, changed=one), plans) for one in (free, free | {"budget": today.changed["budget"]})
    )
    # What does not fit into the budget is not bought, so that less is spent than without it.
    paid, cost = (np.array([one.cost(place) for place in many.municipalities]) for one in (limited, unlimited))
    fits = (paid >= cost - 1e-6) & (cost <= budget(ground, number) + 1e-6)
    good = (unlimited.missing[:, -1, :-1] == 0).all(axis=0) & fits
    first = dict(zip(levers, tried.T, strict=True)).get(minimise, np.zeros(len(tried)))
    return min(zip(first[good], cost[good], strict=True), default=(np.inf, np.inf))


@checks(max_examples=60, deadline=None)
@given(questions())
def test_the_answer_is_the_best_of_everything_that_could_be_tried(question: tuple[Ground, dict[str, int], dict[str, int], str]):
    ground, targets, levers, minimise = question
    answer, plans = solved(ground, targets, levers, minimise=minimise), asked(ground, **targets)
    for number, place in enumerate(ground.municipalities):
        first, cost = best_of_all(ground, number, targets, levers, minimise)
        mine = row(answer, place)
        if (ground.outcome(settings(ground), plans).denominators[:, -1, number] == 0).all():
            assert mine["state"] == "no_plan", mine["words"]
            continue
        if np.isinf(first):
            assert mine["state"] == "impossible", numbers(answer, place)
            continue
        assert mine["state"] == "reached" and mine["proven"], mine["words"]
        assert (numbers(answer, place).get(minimise, 0), mine["cost"]) == (first, pytest.approx(cost))
        assert reaches(ground, plans, answer.settings, place)


def budget(ground: Ground, number: int) -> float:
    days = int((ground.months.ends - ground.months.starts).astype(int).sum()) + len(ground.months.ends)
    return float(ground.facts.values["budget"][number]) * min(1, days / 365)


@checks(max_examples=25, deadline=None)
@given(questions())
def test_price_and_last_start_are_what_asking_anew_would_tell(question: tuple[Ground, dict[str, int], dict[str, int], str]):
    ground, targets, levers, minimise = question
    answer = solved(ground, targets, levers, minimise=minimise)
    harder = solved(ground, {name: plan + 1 for name, plan in targets.items()}, levers, minimise=minimise)
    plans = asked(ground, **targets)
    for number, place in enumerate(ground.municipalities):
        if row(answer, place)["state"] != "reached":
            continue
        price, mine = row(harder, place)["cost"] - row(answer, place)["cost"], row(answer, place)
        assert mine["price_of_percent"] == pytest.approx(price, nan_ok=True)
        first = int(answer.settings.changed["start_delay"][number])
        late = range(first, len(ground.ends) + 1)
        free = with_lever(answer.settings, number, budget=np.inf)
        enough = [reaches(ground, plans, with_lever(free, number, start_delay=delay), place) for delay in late]
        assert mine["enough_today"] == enough[-1]
        if not enough[-1]:
            assert mine["start_by"].date() == ground.ends[first + enough.index(False) - 1]


# ---- across New Year


def test_too_many_seats_in_december_leave_nobody_for_january():
    # 10 wait with a route. 10 seats: all complete in December, nobody in January; 5 seats: 5 and 5, half of them in January.
    winter = even_months(date(2024, 12, 1), 2)
    ground = ground_with(people((10, 0, 10, 0, 10, 0)), winter, ["tynda"])
    answer = solved(ground, {"register_programmes_share": 50}, {"programme_seats": 10}, by=date(2025, 1, 31))
    assert numbers(answer) == {"programme_seats": 5}
    assert not row(answer)["proven"] and "Срок — за Новым годом" in row(answer)["words"]


@checks(max_examples=25, deadline=None)
@given(questions(), st.integers(2, 14))
def test_across_new_year_the_answer_reaches_the_plans_and_no_lever_can_be_one_lower(
    question: tuple[Ground, dict[str, int], dict[str, int], str], length: int
):
    ground, targets, levers, _ = question
    ground = replace(ground, months=even_months(date(2024, 11, 1), length))
    ground = replace(
        ground, facts=replace(ground.facts, values=ground.facts.values | {"budget": np.full(len(ground.municipalities), np.inf)})
    )
    answer, plans = solved(ground, targets, levers), asked(ground, **targets)
    by = [month for month, day in enumerate(ground.ends) if day.month == 12][-1]  # the last year that ends is the one asked for
    for number, place in enumerate(ground.municipalities):
        if row(answer, place)["state"] != "reached":
            continue
        lower = [with_lever(answer.settings, number, **{name: one - 1}) for name, one in numbers(answer, place).items() if one]
        met = [(ground.outcome(one, plans).missing[:, by, number] == 0).all() for one in (answer.settings, *lower)]
        assert met == [True] + [False] * len(lower)


# ---- with a probability


def chance(ground: Ground, of: Callable[[Mapping[str, float]], float]) -> Callable[[Settings], dict[str, float]]:
    """A probability that depends on levers alone, by municipality."""

    def told(given_settings: Settings) -> dict[str, float]:
        levers = given_settings.changed
        return {
            place: of({name: float(levers[name][cell]) for name in levers}) for cell, place in enumerate(ground.municipalities)
        }

    return told


@pytest.mark.parametrize(("wanted", "places"), [(0.3, 3), (0.5, 5), (0.8, 8), (0.95, 10)])
def test_with_a_probability_as_much_more_as_it_takes(wanted: float, places: int):
    # A tenth of probability a place: 3 would do without draws.
    ground = ground_of()
    of = chance(ground, lambda levers: min(1.0, levers["diagnostic_places"] / 10))
    answer = solved(ground, {"diagnosed_share": 10}, {"diagnostic_places": 20}, probability=wanted, probability_of=of)
    assert numbers(answer) == {"diagnostic_places": places}
    assert row(answer)["probability"] == pytest.approx(places / 10)
    assert answer.levers.iloc[0]["probability"] == pytest.approx((places - 1) / 10)


def test_with_a_probability_no_lever_can_be_one_lower():
    ground = ground_of([200, 300], places=("tynda", "zeya"))
    of = chance(ground, lambda levers: 1 - 0.8 ** levers["methodists"] * 0.9 ** levers["diagnostic_places"])
    levers = {"methodists": 9, "diagnostic_places": 60}
    answer = solved(ground, {"routed_share": 10}, levers, probability=0.9, probability_of=of)
    assert (answer.table["probability"] >= 0.9).all() and (answer.levers["probability"] < 0.9).all()
    assert "Держит вероятность" in answer.words["tynda"] and "без учёта разброса" in answer.words["tynda"]


def test_a_probability_out_of_reach_is_told_with_the_one_that_is_not():
    ground = ground_of()
    of = chance(ground, lambda levers: 0.01 * levers["diagnostic_places"])
    answer = solved(ground, {"diagnosed_share": 10}, {"diagnostic_places": 20}, probability=0.8, probability_of=of)
    assert row(answer)["state"] == "impossible"
    assert row(answer)["words"].replace(NBSP, " ").endswith("при рычагах на пределе вероятность 20,0 %, нужна 80,0 %.")


def test_a_probability_within_a_budget_has_no_limits_to_start_from():
    # 20 places are not paid for; 36 thousand a year pay for 3 of them in these months.
    ground = ground_of(budget=36)
    enough = chance(ground, lambda levers: 0.9 if levers["diagnostic_places"] >= 3 else 0.1)
    levers = {"diagnostic_places": 20}
    answer = solved(ground, {"diagnosed_share": 10}, levers, probability=0.8, probability_of=enough)
    assert numbers(answer) == {"diagnostic_places": 3}
    never = chance(ground, lambda levers: 0.9 if levers["diagnostic_places"] >= 4 else 0.1)
    answer = solved(ground, {"diagnosed_share": 10}, levers, probability=0.8, probability_of=never)
    assert row(answer)["words"].startswith("В бюджете не нашлось ресурсов")


# ---- for a screen


def test_progress_goes_up_to_all_places_and_the_caller_may_stop():
    ground, heard = ground_of([100, 3000], places=("tynda", "zeya")), []
    solved(ground, {"diagnosed_share": 10}, {"diagnostic_places": 200}, progress=lambda done, of: heard.append((done, of)))
    assert heard[-1] == (2, 2) and heard == sorted(heard)
    with pytest.raises(Cancelled):
        solved(ground, {"diagnosed_share": 10}, {"diagnostic_places": 200}, cancelled=lambda: True)


def test_all_places_together_are_summed_up():
    ground = ground_of([100, 100], places=("tynda", "zeya"), diagnostic_places=[0, 0])
    answer = solved(ground, {"diagnosed_share": 10}, {"diagnostic_places": 20})
    told = "Планы выполнимы в 2 из 2 муниципалитетов; там затраты — 24 тыс. руб., с нынешними рычагами — 0 тыс. руб. (цены — допущение)."
    assert answer.summary.replace(NBSP, " ") == told
    assert answer.table["cost"].sum() == pytest.approx(
        ground.outcome(answer.settings, asked(ground, diagnosed_share=10)).cost(REGION)
    )


def test_a_ceiling_that_leaves_too_few_routes_is_named_as_the_ceiling():
    # 10 of 100 are needed; 75 hours of one methodist are 7 routes a month, but he may accompany 6 people at once.
    ground = ground_of(teachers_per_methodist=6.0)
    answer = solved(ground, {"routed_share": 10}, {"diagnostic_places": 20, "methodists": 1})
    assert row(answer)["words"] == (
        "«ИОМ»: до плана нужно ещё 10\N{NO-BREAK SPACE}человек, предела сопровождаемых одним методистом до 31.12.2024 хватит на 6."
    )


# ---- nobody to count


def test_a_plan_asks_nothing_where_nobody_is_in_the_denominator():
    # Zeya has teachers and no young ones: of its two plans one is asked; of Svobodnyy without people nothing is.
    ground = ground_of([100, 100, 0], places=("tynda", "zeya", "svobodnyy"), methodists=1)
    ground = replace(ground, people=replace(ground.people, young=np.array([10.0, 0, 0])))
    answer = solved(ground, {"diagnosed_share": 10, "young_supported_share": 50}, {"diagnostic_places": 10, "young_intake": 5})
    assert answer.table["state"].tolist() == ["reached", "reached", "no_plan"]
    assert numbers(answer, "zeya")["young_intake"] == 0 and numbers(answer)["young_intake"] > 0
    assert row(answer, "svobodnyy")["words"].count("в знаменателе никого нет") == 2


def test_where_nobody_is_to_be_counted_there_is_no_probability_either():
    ground = ground_of([100, 0], places=("tynda", "zeya"))
    answer = solved(
        ground,
        {"diagnosed_share": 10},
        {"diagnostic_places": 10},
        probability=0.5,
        probability_of=lambda _: {"tynda": 1.0, "zeya": 1.0},
    )
    assert row(answer)["probability"] == 1 and np.isnan(row(answer, "zeya")["probability"])
