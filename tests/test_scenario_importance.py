"""What of the uncertain matters, and when plans are missed."""

from datetime import date

import numpy as np
import pytest
from scenario_cases import even_months
from scenario_grounds import asked, certain, made, moves, settings, spread

from nmslib.model import REGION
from nmslib.scenarios.draws import Drawn, draw
from nmslib.scenarios.importance import COLUMNS, Condition, failure_rule, failure_words, importance

DIAGNOSED, ROUTED, YOUNG = "diagnosed_share", "routed_share", "young_supported_share"
SPACE = "\N{NO-BREAK SPACE}"


def drawn_with(targets: dict, draws: int = 4000, places=("tynda",), months: int = 12, cards=None, **changes) -> Drawn:
    ground = made(cards, places=places, months=even_months(date(2024, 1, 1), months), **changes.pop("values", {}))
    plans = asked(ground, **targets)
    return draw(ground, settings(ground, **changes), plans, plans.indicators, 48, draws)


def rule_of(drawn: Drawn, *indicators: str, place: str = "tynda"):
    return failure_rule(drawn, place, indicators or None)


class TestImportance:
    def test_finds_the_only_input_that_matters(self) -> None:
        drawn = drawn_with(
            {DIAGNOSED: 10},
            diagnostic_places=spread(20, 40, 60),
            young_intake=spread(2, 8, 12),
            hours_per_route=spread(5, 10, 20),
        )
        found = importance(drawn, DIAGNOSED, "tynda")
        assert tuple(found.columns) == COLUMNS
        assert found["lever"].iloc[0] == "diagnostic_places"
        assert found["share"].iloc[0] > 0.99
        assert found["direction"].iloc[0] == 1
        assert found["share"].sum() == pytest.approx(1)

    def test_tells_which_way_a_lever_moves_the_value(self) -> None:
        drawn = drawn_with({ROUTED: 5}, hours_per_route=spread(5, 10, 20), methodists=spread(3, 4, 5))
        found = importance(drawn, ROUTED, "tynda").set_index("lever")
        assert found["direction"].to_dict() == {"hours_per_route": -1, "methodists": 1}
        assert found.index[0] == "hours_per_route"

    def test_shares_are_those_of_the_variance_in_a_sum_of_two(self) -> None:
        # One month, no floor that matters: people diagnosed = places × delivery / (1 - online share). In logarithms the variances
        # of uniform-like triangles of the same relative width are equal, so each explains a half.
        drawn = drawn_with(
            {DIAGNOSED: 10},
            months=1,
            draws=20_000,
            values={"diagnostic_places": 1000},
            diagnostic_places=spread(900, 1000, 1100),
            delivery=spread(0.9, 1, 1.1),
        )
        found = importance(drawn, DIAGNOSED, "tynda")
        assert found["share"].tolist() == pytest.approx([0.5, 0.5], abs=0.03)

    def test_is_empty_where_nothing_varies(self) -> None:
        assert importance(drawn_with({DIAGNOSED: 10}), DIAGNOSED, "tynda").empty
        drawn = drawn_with({DIAGNOSED: 10}, young_intake=spread(2, 8, 12))
        found = importance(drawn, DIAGNOSED, "tynda")
        assert found.empty
        assert tuple(found.columns) == COLUMNS

    def test_of_the_region_is_told_by_the_means_of_its_municipalities(self) -> None:
        drawn = drawn_with(
            {DIAGNOSED: 10}, places=("tynda", "zeya"), diagnostic_places=spread(20, 40, 60), young_intake=spread(2, 8, 12)
        )
        assert importance(drawn, DIAGNOSED, REGION)["lever"].iloc[0] == "diagnostic_places"
        assert importance(drawn, DIAGNOSED, REGION)["share"].iloc[0] > 0.99

    def test_looks_at_the_last_planned_period(self) -> None:
        # Of 2025 nothing is planned and the places of 2025 are as in 2024; the year 2024 alone has a plan.
        targets = {DIAGNOSED: [8.0] * 12 + [np.nan] * 12}
        drawn = drawn_with(targets, months=24, diagnostic_places=spread(20, 40, 60), start_delay=spread(0, 6, 12))
        levers = importance(drawn, DIAGNOSED, "tynda").set_index("lever")["share"]
        later = drawn.finals["tynda", DIAGNOSED][-1]
        assert later.on == date(2025, 12, 31)
        # A late start costs months of 2024 only.
        assert levers["start_delay"] > 0.001


class TestRule:
    def test_names_the_lever_that_decides_and_its_bound(self) -> None:
        # 4 methodists × 150 h × ½ = 300 h a month, 30 routes of 10 h: 360 of 4000 in a year are 9 %; of 12 h, 300 or 7.5 %.
        drawn = drawn_with({ROUTED: 7.5}, hours_per_route=spread(8, 12, 16), young_intake=spread(2, 8, 12))
        rule = rule_of(drawn, ROUTED)
        assert [(one.lever, one.above) for one in rule.conditions] == [("hours_per_route", True)]
        assert rule.conditions[0].bound == pytest.approx(12, abs=0.1)
        assert rule.coverage > 0.97
        assert rule.density > 0.97

    def test_says_whole_numbers_as_people_do(self) -> None:
        # 300 h a month of 4 methodists; a plan of 5 % needs 200 routes of 10 h: 2000 h a year, 2.2 methodists.
        drawn = drawn_with({ROUTED: 5}, methodists=spread(0, 2, 5), young_intake=spread(2, 8, 12))
        rule = rule_of(drawn, ROUTED)
        assert rule.conditions == (Condition("methodists", False, 3),)
        assert (rule.coverage, rule.density) == (1, 1)
        told = f"Срыв, если методисты — меньше 3{SPACE}чел.: так в 100{SPACE}% случаев срыва; в этих условиях план срывается в 100{SPACE}% случаев."
        assert rule.words == told

    def test_tells_a_start_by_its_month(self) -> None:
        # 60 places a month from the start on, 0 before: in ten months outside leave 600 are 15 %; 10 % are seven months of 60.
        # Months left after a start in January…December: 10, 9, 8, 7 (April), 6 (May).
        drawn = drawn_with({DIAGNOSED: 10}, values={"diagnostic_places": 0}, diagnostic_places=60.0, start_delay=spread(0, 3, 11))
        rule = rule_of(drawn)
        assert rule.conditions == (Condition("start_delay", True, 4),)
        assert "если старт позже апреля 2024" in rule.words

    def test_joins_two_conditions_where_one_is_not_enough(self) -> None:
        # Routes fail by few methodists or by long hours; the corner where both are bad is the surest.
        drawn = drawn_with({ROUTED: 5}, methodists=spread(1, 2, 4), hours_per_route=spread(5, 10, 20))
        rule = rule_of(drawn, ROUTED)
        assert 1 <= len(rule.conditions) <= 2
        assert {one.lever for one in rule.conditions} <= {"methodists", "hours_per_route"}
        assert rule.density > rule.failing + 0.2

    def test_measures_belong_to_the_rule_as_it_is_said(self) -> None:
        drawn = drawn_with({ROUTED: 7.5}, hours_per_route=spread(8, 12, 16), methodists=spread(2, 4, 5))
        rule = rule_of(drawn, ROUTED)
        inputs, missed = drawn.inputs["tynda"], drawn.missed("tynda", [ROUTED])
        held = np.logical_and.reduce([one.holds(inputs) for one in rule.conditions])
        assert rule.coverage == pytest.approx((held & missed).sum() / missed.sum())
        assert rule.density == pytest.approx((held & missed).sum() / held.sum())
        assert held.mean() >= 0.05

    def test_looks_at_the_plans_that_it_is_asked_about(self) -> None:
        drawn = drawn_with({DIAGNOSED: 10, YOUNG: 40}, diagnostic_places=spread(20, 40, 60), young_intake=spread(2, 6, 12))
        assert {one.lever for one in rule_of(drawn, DIAGNOSED).conditions} == {"diagnostic_places"}
        assert {one.lever for one in rule_of(drawn, YOUNG).conditions} == {"young_intake"}
        assert rule_of(drawn).words.startswith("Срыв хотя бы одного плана, если ")

    @pytest.mark.parametrize(
        ("target", "words"),
        [(50, f"Срыв почти неизбежен: в 100{SPACE}% случаев."), (1, f"Срыв почти исключён: в 0{SPACE}% случаев.")],
    )
    def test_there_is_none_where_the_plan_nearly_always_or_never_fails(self, target: float, words: str) -> None:
        drawn = drawn_with({DIAGNOSED: target}, diagnostic_places=spread(20, 40, 60))
        assert rule_of(drawn) is None
        assert failure_words(drawn, "tynda") == words

    def test_there_is_none_without_plans(self) -> None:
        drawn = drawn_with({DIAGNOSED: np.nan}, diagnostic_places=spread(20, 40, 60))
        assert rule_of(drawn) is None
        assert failure_words(drawn, "tynda") == "Планов на эти месяцы нет: срываться нечему."

    def test_nothing_that_was_drawn_may_tell(self) -> None:
        # Only who leaves varies between the two, and by lot: the rule of the other place's levers is no rule here.
        drawn = drawn_with({DIAGNOSED: 10}, diagnostic_places=spread(20, 40, 60), young_intake=spread(2, 8, 12))
        drawn.inputs["tynda"] = drawn.inputs["tynda"][["young_intake"]]
        assert rule_of(drawn) is None
        assert failure_words(drawn, "tynda").endswith("простого условия, при котором это бывает чаще, нет.")

    def test_of_the_region_is_said_of_means(self) -> None:
        drawn = drawn_with({ROUTED: 5}, places=("tynda", "zeya"), methodists=spread(0, 2, 5))
        # As 90 routes a year of each, 2,2 methodists for 200 routes a place: 2 are too few, 2,5 on average are enough.
        rule = rule_of(drawn, place=REGION)
        assert [one.lever for one in rule.conditions] == ["methodists"]
        assert f"методисты — в среднем меньше 2,2{SPACE}чел." in rule.words

    def test_the_same_draws_give_the_same_rule(self) -> None:
        given = {"methodists": spread(1, 2, 4), "hours_per_route": spread(5, 10, 20), "turnover": spread(0, 5, 20)}
        one, other = (rule_of(drawn_with({ROUTED: 5}, **given)) for _ in "ab")
        assert one == other


def test_turnover_of_history_is_an_input() -> None:
    ground = made(certain(), places=("tynda",), moved=moves({"tynda": 5}, at_risk=100), turnover=5)
    plans = asked(ground, diagnosed_share=10)
    drawn = draw(ground, settings(ground), plans, plans.indicators, 1, 500)
    assert importance(drawn, DIAGNOSED, "tynda")["lever"].tolist()[0] == "turnover"
