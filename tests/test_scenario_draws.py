"""Draws of what is not certain: bands, probabilities, the same numbers from the same seed."""

import random
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scenario_cases import even_months, people
from scenario_grounds import PLACES, asked, certain, lever_cards, made, moves, paces, settings, spread

from nmslib.model import REGION
from nmslib.scenarios.draws import Drawn, draw
from nmslib.scenarios.ground import Ground
from nmslib.scenarios.levers import Settings
from nmslib.scenarios.plans import Plans
from nmslib.scenarios.spreads import drawn_levers, history

DIAGNOSED, ROUTED, YOUNG = "diagnosed_share", "routed_share", "young_supported_share"
TRUTHS = 300


def levers_of(ground: Ground, place: str = "tynda", seed: int = 1, draws: int = 20_000, **changes):
    return drawn_levers(ground, settings(ground, **changes), place, history(ground)[place], seed, draws)


def values(drawn: Drawn, indicator: str, place: str) -> np.ndarray:
    return drawn.finals[place, indicator][-1].values


def by_month(drawn: Drawn, part: str) -> np.ndarray:
    """A column of the bands as indicators × months × places."""
    shape = (len(drawn.indicators), len(drawn.places), len(drawn.ends))
    return drawn.bands[part].to_numpy().reshape(shape).swapaxes(1, 2)


def same(one: Drawn, other: Drawn) -> bool:
    finals = all(
        np.array_equal(mine.values, others.values, equal_nan=True) and np.array_equal(mine.met, others.met)
        for key in one.finals
        for mine, others in zip(one.finals[key], other.finals[key], strict=True)
    )
    inputs = all(one.inputs[place].equals(other.inputs[place]) for place in one.places)
    return one.bands.equals(other.bands) and one.probability.equals(other.probability) and finals and inputs


@pytest.fixture(scope="module")
def unsure() -> tuple[Ground, Settings, Plans]:
    """Two municipalities where every kind of distribution is at work."""
    left, monthly = {"tynda": 300, "zeya": 150}, [30, 50, 40, 40, 35, 45, 40, 40, 40, 40]
    ground = made(
        lever_cards(),
        moved=moves(left, at_risk=4000, hired=600),
        paced=paces({"tynda": monthly, "zeya": monthly[::-1]}),
        turnover=[7.5, 3.75],
        hires=200,
        hours_per_accompanied=0.5,
    )
    changed = settings(ground, programme_seats=spread(10, 20, 40), methodists=spread(2, 2, 0, 6, kind="beta"))
    return ground, changed, asked(ground, diagnosed_share=10, routed_share=8, young_supported_share=30)


class TestBands:
    def test_truths_from_the_same_distributions_lie_inside_four_times_of_five(self) -> None:
        ground = made(
            certain(hours_per_route=(0.8, 1, 1.25)),
            moved=moves({"tynda": 40, "zeya": 90}, at_risk=600, hired=300, years=3),
            turnover=[100 * 40 / 600, 100 * 90 / 600],
            hires=100,
        )
        plans = asked(ground, diagnosed_share=10, routed_share=10)
        changed = settings(ground, diagnostic_places=spread(20, 45, 60))
        drawn = draw(ground, changed, plans, plans.indicators, 7, 4000)
        chance = random.Random(5)
        # Indicators × months × places; June and December are looked at.
        low, high = (by_month(drawn, part)[:, [5, 11]] for part in ("low", "high"))
        inside = np.zeros((2, 2, 3))
        for _ in range(TRUTHS):
            truth = {name: one.copy() for name, one in changed.changed.items()}
            truth["diagnostic_places"] = np.array([chance.triangular(20, 60, 45) for _ in PLACES])
            truth["turnover"] = np.array([100 * chance.betavariate(left + 0.5, 600 - left + 0.5) for left in (40, 90)])
            truth["hires"] = np.array([chance.gammavariate(300.5, 1 / 3) for _ in PLACES])
            truth["hours_per_route"] = np.array([10 * chance.triangular(0.8, 1.25, 1) for _ in PLACES])
            value = ground.outcome(Settings(truth, truth, {}), plans).values[:, [5, 11]]
            inside += (low <= value) & (value <= high)
        # A share of 300 has a standard error of 0.023 at 0.8; people are whole, so that a band may hold a little more.
        assert (inside / TRUTHS >= 0.8 - 4 * 0.023).all()
        assert (inside / TRUTHS <= 0.8 + 5 * 0.023).all()

    def test_without_anything_uncertain_the_band_is_the_outcome(self) -> None:
        ground = made(turnover=5, hires=100, events_a_month=2)
        plans = asked(ground, diagnosed_share=10, young_supported_share=30, events_count=np.nan, staff_per_methodist=np.nan)
        changed = settings(ground, diagnostic_places=33.0)
        drawn = draw(ground, changed, plans, plans.indicators, 1, 50)
        both = drawn.bands.merge(ground.outcome(changed, plans).table(), on=["indicator", "municipality", "month"])
        assert len(both) == 4 * 12 * 3
        shares = both[both["indicator"] != "staff_per_methodist"]
        for part in ("low", "middle", "high"):
            assert (shares[part] == shares["value"]).all()
        assert drawn.inputs["tynda"].empty

    def test_bands_are_the_values_of_draws_at_their_ranks(self, unsure: tuple[Ground, Settings, Plans]) -> None:
        drawn = draw(*unsure, [DIAGNOSED], 3, 1000)
        last = drawn.bands[drawn.bands["month"] == "2024-12-31"].set_index("municipality")
        for place in (*PLACES, REGION):
            ordered = np.sort(values(drawn, DIAGNOSED, place))
            assert last.loc[place, ["low", "middle", "high"]].tolist() == pytest.approx(ordered[[99, 499, 899]].tolist())

    def test_of_the_region_numerators_and_denominators_are_summed(self, unsure: tuple[Ground, Settings, Plans]) -> None:
        ground, changed, plans = unsure
        drawn = draw(ground, changed, plans, [DIAGNOSED], 3, 200)
        alone = [draw(ground, changed, plans, [DIAGNOSED], 3, 200, [place]) for place in PLACES]
        bounds = np.stack([values(one, DIAGNOSED, place) for one, place in zip(alone, PLACES, strict=True)])
        whole = values(drawn, DIAGNOSED, REGION)
        assert (bounds.min(axis=0) <= whole).all()
        assert (whole <= bounds.max(axis=0)).all()

    def test_what_registries_do_not_tell_of_a_place_has_no_band_and_the_whole_none_without_its_people(self) -> None:
        ground = made(lever_cards(), gaps={YOUNG: {"zeya": "нет данных"}})
        plans = asked(ground, young_supported_share=30)
        drawn = draw(ground, settings(ground), plans, [YOUNG], 1, 100)
        assert drawn.bands.loc[drawn.bands["municipality"] == "zeya", ["low", "high"]].isna().all(axis=None)
        assert drawn.probability["municipality"].tolist() == ["tynda"]
        assert np.isnan(values(drawn, YOUNG, REGION)).all()


class TestSeed:
    def test_the_same_seed_gives_the_same_digits_in_one_process_and_in_two(self, unsure: tuple[Ground, Settings, Plans]) -> None:
        first = draw(*unsure, unsure[2].indicators, 48, 6000, apart=False)
        for apart in (False, True):
            assert same(first, draw(*unsure, unsure[2].indicators, 48, 6000, apart=apart))

    def test_of_many_municipalities_too_with_fractions_of_methodists_and_gaps(self) -> None:
        places, told = tuple(f"place-{number}" for number in range(5)), ("methodists_count", "staff_per_methodist", YOUNG)
        shares = [0.1, 0.7, 1.3, 2.9, 0.3]
        ground = made(lever_cards(), places, gaps={YOUNG: {"place-1": "нет данных"}}, methodists=shares, turnover=5)
        plans = asked(ground, **dict.fromkeys(told, np.nan))
        one, other = (draw(ground, settings(ground), plans, told, 4, 3000, apart=apart) for apart in (False, True))
        assert same(one, other)

    def test_another_seed_gives_others(self, unsure: tuple[Ground, Settings, Plans]) -> None:
        one, other = (draw(*unsure, [DIAGNOSED], seed, 500) for seed in (1, 2))
        assert not np.array_equal(values(one, DIAGNOSED, "tynda"), values(other, DIAGNOSED, "tynda"))

    def test_a_municipality_alone_equals_itself_within_the_region(self, unsure: tuple[Ground, Settings, Plans]) -> None:
        whole = draw(*unsure, unsure[2].indicators, 9, 700)
        for place in PLACES:
            alone = draw(*unsure, unsure[2].indicators, 9, 700, [place])
            mine = whole.bands[whole.bands["municipality"] == place].reset_index(drop=True)
            assert alone.places == (place,)
            assert alone.bands.equals(mine)
            assert alone.inputs[place].equals(whole.inputs[place])
            assert np.array_equal(values(alone, ROUTED, place), values(whole, ROUTED, place))

    def test_a_further_spread_leaves_the_draws_of_other_levers(self) -> None:
        ground = made(lever_cards())
        one, other = levers_of(ground), levers_of(ground, diagnostic_places=spread(20, 40, 60))
        assert set(other.varied) - set(one.varied) == {"diagnostic_places"}
        assert all(np.array_equal(one.changed[name], other.changed[name]) for name in one.varied)

    def test_assumptions_are_wrong_everywhere_alike_and_facts_each_on_its_own(self) -> None:
        ground = made(lever_cards(), hours_per_young=[1, 2])
        one, other = (levers_of(ground, place) for place in PLACES)
        assert np.allclose(2 * one.changed["hours_per_young"], other.changed["hours_per_young"])
        assert abs(np.corrcoef(one.changed["young_intake"], other.changed["young_intake"])[0, 1]) < 0.05

    def test_a_place_that_is_not_modelled_is_refused(self, unsure: tuple[Ground, Settings, Plans]) -> None:
        with pytest.raises(ValueError, match="svobodnyy"):
            draw(*unsure, [DIAGNOSED], 1, 100, ["svobodnyy"])


class TestProbability:
    @pytest.mark.parametrize(("target", "expected"), [(1, 1.0), (60, 0.0)])
    def test_of_a_plan_below_or_above_all_draws(
        self, unsure: tuple[Ground, Settings, Plans], target: float, expected: float
    ) -> None:
        ground, changed, _ = unsure
        plans = asked(ground, diagnosed_share=target)
        drawn = draw(ground, changed, plans, [DIAGNOSED], 1, 400)
        assert drawn.probability["probability"].tolist() == [expected] * 3
        assert drawn.probability["draws"].tolist() == [400] * 3
        assert drawn.chance("tynda", [DIAGNOSED]) == expected

    def test_is_the_part_of_draws_that_have_the_people_needed(self, unsure: tuple[Ground, Settings, Plans]) -> None:
        ground, changed, plans = unsure
        drawn = draw(ground, changed, plans, [ROUTED], 1, 2000)
        # 8 % of a whole number of people are reached exactly when the value is at least 8 %.
        expected = [float((values(drawn, ROUTED, place) >= 8 - 1e-5).mean()) for place in (*PLACES, REGION)]
        assert drawn.probability["probability"].tolist() == pytest.approx(expected, abs=1e-9)
        assert 0 < expected[0] < 1

    def test_stands_at_the_end_of_each_period_and_only_where_there_is_a_plan(self) -> None:
        ground = made(lever_cards(), months=even_months(date(2024, 7, 1), 12))
        plans = asked(ground, diagnosed_share=[5.0] * 6 + [np.nan] * 6, routed_share=[np.nan] * 6 + [5.0] * 6)
        table = draw(ground, settings(ground), plans, plans.indicators, 1, 100).probability
        told = table[table["municipality"] == "tynda"][["indicator", "due_on", "on"]].astype(str).to_numpy().tolist()
        # The year 2025 ends after the months that are seen.
        assert told == [[DIAGNOSED, "2024-12-31", "2024-12-31"], [ROUTED, "2025-12-31", "2025-06-30"]]

    def test_of_several_plans_at_once_is_not_above_that_of_any(self, unsure: tuple[Ground, Settings, Plans]) -> None:
        drawn = draw(*unsure, unsure[2].indicators, 1, 2000)
        each = [drawn.chance("tynda", [name]) for name in drawn.indicators]
        assert drawn.chance("tynda", drawn.indicators) <= min(each)
        assert drawn.chance("tynda", []) == 1

    def test_by_a_day_within_the_period_is_that_of_the_last_month_which_ends_by_then(
        self, unsure: tuple[Ground, Settings, Plans]
    ) -> None:
        ground, changed, plans = unsure
        by = date(2024, 10, 15)
        drawn = draw(ground, changed, plans, [DIAGNOSED], 1, 2000, by=by)
        shorter = replace(ground, months=even_months(date(2024, 1, 1), 9))
        until = draw(shorter, changed, asked(shorter, diagnosed_share=10), [DIAGNOSED], 1, 2000)
        assert drawn.chance("zeya", [DIAGNOSED], by) == until.chance("zeya", [DIAGNOSED]) < drawn.chance("zeya", [DIAGNOSED])
        assert len(drawn.probability) == 3
        with pytest.raises(ValueError, match="2024-05-31"):
            drawn.chance("zeya", [DIAGNOSED], date(2024, 5, 31))

    def test_where_nobody_is_in_the_denominator_there_is_none(self) -> None:
        ground = made(lever_cards(), staff=people(young=(0, 0, 0)))
        drawn = draw(ground, settings(ground), asked(ground, young_supported_share=30), [YOUNG], 1, 100)
        assert drawn.probability.empty
        assert drawn.planned("tynda", YOUNG) is None
        assert drawn.chance("tynda", [YOUNG]) == 1

    @pytest.mark.parametrize(("most", "expected"), [(500, 1.0), (1, 0.0)])
    def test_draws_with_nobody_in_the_denominator_are_left_out_and_miss_nothing(self, most: float, expected: float) -> None:
        # Where there is no methodist, nobody is accompanied either.
        ground, burden = made(), "staff_per_methodist"
        plans = replace(asked(ground, staff_per_methodist=most), ceilings=frozenset({burden}))
        changed = settings(ground, methodists=spread(2, 2, 0, 6, kind="beta"), programme_seats=0)
        drawn = draw(ground, changed, plans, [burden], 1, 2000, ["tynda"])
        nobody = int(np.isnan(values(drawn, burden, "tynda")).sum())
        assert 0 < nobody < 100
        assert drawn.probability[["probability", "draws"]].to_numpy().tolist() == [[expected, 2000 - nobody]]
        assert drawn.chance("tynda", [burden]) == pytest.approx(expected or nobody / 2000)


class TestSpreads:
    def test_turnover_is_jeffreys_beta_of_who_left(self) -> None:
        ground = made(moved=moves({"tynda": 12}, at_risk=300), turnover=4)
        drawn = levers_of(ground).changed["turnover"]
        mean = 12.5 / 301  # Beta(12.5, 288.5)
        assert drawn.mean() == pytest.approx(100 * mean, rel=0.01)
        assert drawn.std() == pytest.approx(100 * np.sqrt(mean * (1 - mean) / 302), rel=0.03)

    def test_hires_are_jeffreys_gamma_of_who_came(self) -> None:
        drawn = levers_of(made(moved=moves({"tynda": 0}, hired=30, years=2.5), hires=12)).changed["hires"]
        assert drawn.mean() == pytest.approx(30.5 / 2.5, rel=0.01)
        assert drawn.std() == pytest.approx(np.sqrt(30.5) / 2.5, rel=0.03)

    def test_who_left_of_nobody_is_not_certainly_nobody(self) -> None:
        drawn = levers_of(made(moved=moves({"tynda": 0}, at_risk=50), turnover=0)).changed["turnover"]
        assert 0 < np.median(drawn) < 2

    def test_facts_beyond_the_bounds_of_the_card_are_drawn_all_the_same(self) -> None:
        # 90 of 100 leave in a year, the card ends at 60 %; 5000 are hired, the card ends at 2000.
        ground = made(moved=moves({"tynda": 90}, at_risk=100, hired=5000, years=1), turnover=90, hires=5000)
        drawn = levers_of(ground, draws=500)
        assert 60 < drawn.changed["turnover"].max() <= 90
        assert 2000 < drawn.changed["hires"].max() <= 5001

    def test_what_the_scenario_sets_is_not_drawn_from_history(self) -> None:
        ground = made(certain(turnover=(0.5, 1, 1.5)), moved=moves({"tynda": 12}, at_risk=300), turnover=4)
        drawn = levers_of(ground, turnover=20.0).changed["turnover"]
        assert drawn.min() >= 10
        assert drawn.max() <= 30

    def test_delivery_varies_as_the_pace_of_a_year_does_around_the_settled_value(self) -> None:
        # Months of 19 and 21: s² = 12/11, so the mean of 12 months varies by √(12/11/12) of 20: 1.5 %.
        ground = made(paced=paces({"tynda": [19, 21] * 6}))
        drawn = levers_of(ground).changed["delivery"]
        assert drawn.mean() == pytest.approx(1, abs=0.001)
        assert drawn.std() == pytest.approx(np.sqrt(1 / 11) / 20, rel=0.03)

    def test_delivery_of_the_wildest_months_keeps_its_mean_and_its_bounds(self) -> None:
        ground = made(paced=paces({"tynda": [0] * 11 + [40]}))
        drawn = levers_of(ground).changed["delivery"]
        assert drawn.mean() == pytest.approx(1, abs=0.005)
        assert 0 < drawn.min() < drawn.max() < 1.2

    def test_delivery_without_history_is_that_of_the_card(self) -> None:
        drawn = levers_of(made(certain(delivery=(0.7, 1, 1.2)))).changed["delivery"]
        assert drawn.min() >= 0.7
        assert drawn.max() <= 1.2
        assert drawn.mean() == pytest.approx((0.7 + 1 + 1.2) / 3, abs=0.005)

    def test_whole_levers_are_drawn_whole(self) -> None:
        drawn = levers_of(made(), methodists=spread(1, 2, 4), start_delay=spread(2, 2, 0, 6, kind="beta"))
        assert set(drawn.changed["methodists"]) == {1, 2, 3, 4}
        assert set(drawn.changed["start_delay"]) == set(range(7))

    @pytest.mark.parametrize("value", [0.0, 1.15, 1.2])
    def test_multiples_end_at_the_bounds_of_the_card(self, value: float) -> None:
        drawn = levers_of(made(certain(delivery=(0.7, 1, 1.2))), delivery=value).changed["delivery"]
        assert drawn.min() >= 0.7 * value
        assert drawn.max() <= 1.2

    def test_no_draw_contradicts_another(self) -> None:
        wide = certain(
            hours_per_route=(0.5, 1, 1.5),
            hours_per_accompanied=(0.5, 1, 1.5),
            route_time_share=(0.5, 1, 1.5),
            young_time_share=(0.5, 1, 1.5),
        )
        ground = made(wide, hours_per_route=4, hours_per_accompanied=3.5, route_time_share=0.7, young_time_share=0.3)
        drawn = levers_of(ground)
        for side in (drawn.before, drawn.changed):
            assert (side["hours_per_accompanied"] <= side["hours_per_route"]).all()
            assert (side["route_time_share"] + side["young_time_share"]).max() <= 1 + 1e-12

    def test_before_the_start_month_the_same_draw_holds_of_the_value_that_was(self) -> None:
        ground = made(certain(young_intake=(0.7, 1, 1.3), hours_per_route=(0.8, 1, 1.25)))
        drawn = levers_of(ground, young_intake=16.0)
        assert np.allclose(2 * drawn.before["young_intake"], drawn.changed["young_intake"])
        assert drawn.before["hours_per_route"] is drawn.changed["hours_per_route"]

    def test_prices_vary_only_where_money_limits(self) -> None:
        ground = made(lever_cards())
        prices = {"methodist_cost", "diagnostic_cost", "seat_cost", "team_cost", "event_cost"}
        assert not prices & set(levers_of(ground).varied)
        assert prices <= set(levers_of(ground, budget=5000.0).varied)

    def test_inputs_of_the_region_are_means_by_staff(self) -> None:
        staff = people(tuple([3 * one, one] for one in (1000, 0, 0, 0, 0, 0)), young=([10, 10], [0, 0], [0, 0]))
        ground = made(lever_cards(), staff=staff)
        plans = asked(ground, diagnosed_share=10)
        drawn = draw(ground, settings(ground, methodists=spread(1, 2, 4)), plans, [DIAGNOSED], 1, 50)
        expected = (3 * drawn.inputs["tynda"] + drawn.inputs["zeya"]) / 4
        pd.testing.assert_frame_equal(drawn.inputs[REGION], expected, rtol=1e-5)


def test_more_methodists_are_never_less_likely_to_reach_the_plan() -> None:
    ground = made(lever_cards())
    plans = asked(ground, routed_share=7)
    chances = [
        draw(ground, settings(ground, methodists=float(count)), plans, [ROUTED], 1, 1000).chance("tynda", [ROUTED])
        for count in range(6)
    ]
    assert chances == sorted(chances)
    assert chances[0] == 0
    assert chances[-1] > 0.9
