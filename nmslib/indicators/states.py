"""Where a value stands against its plan: people missing, expected by now, state and its reason. The rule is docs/states.md."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from scipy.special import gammaincinv

from nmslib import wording
from nmslib.indicators.counting import Tally
from nmslib.indicators.periods import Period, in_words
from nmslib.intervals import wilson
from nmslib.model import Card, State, Target

SMALL_NUMBER = 30
# In the first quarter no pace has been seen that could prove a plan unreachable.
EARLY_DAYS = 90


@dataclass(frozen=True)
class Standing:
    """Where one figure stands: the target's people, what was expected by the date, and what the pace allows."""

    state: State
    people_missing: int | None
    expected_now: float | None
    reason: str


@lru_cache(maxsize=1024)
def _exact(value: float) -> Fraction:
    """A planned value without the rounding of floats: 10 % of 250 is 25, not 26."""
    return Fraction(str(value))


def needed(target: Target, denominator: int | None) -> int:
    """Whole people (or other units) that reach a planned value: 10 % of 247 is 25; of a plain count, the value itself."""
    if target.unit != "percent" or denominator is None:
        return math.ceil(_exact(target.value))
    return int(needed_in(target.value, denominator))


def needed_in(percent: float, denominators: Any) -> Any:
    """The same of a percentage for one number or an array of whole numbers."""
    exact = _exact(percent)
    return -((-exact.numerator * denominators) // (100 * exact.denominator))


def missing(target: Target, tally: Tally) -> int:
    """Whole people lacking to the plan; for a ceiling (at most 250 a methodist), members lacking or above it: the greater."""
    if target.comparator == "<=":
        return max(tally.above, _short(target, tally))
    return max(0, needed(target, tally.denominator) - tally.numerator)


def _short(target: Target, tally: Tally) -> int:
    """Members of the active lacking for the average to keep to a ceiling; 0 or less when it does."""
    return math.ceil(tally.numerator / _exact(target.value)) - (tally.denominator or 0)


def value_of(card: Card, tally: Tally) -> float:
    """The figure in its unit: percent, people per member, or a plain count."""
    if tally.denominator is None:
        return float(tally.numerator)
    return (100 if card.unit == "percent" else 1) * tally.numerator / tally.denominator


def expected(card: Card, target: Target, tally: Tally, period: Period, as_of: date) -> float:
    """What the plan expects by the end of ``as_of``, in the figure's unit; a stock grows from where the period found it."""
    if target.comparator == "<=":
        return target.value
    found = 0.0
    if card.counts == "stock":
        before = Tally(tally.numerator - tally.now, tally.denominator)
        found = min(value_of(card, before), target.value)
    return found + (target.value - found) * period.elapsed(as_of, card.profile)


def shown(card: Card, tally: Tally) -> str:
    """The value in words: «12,4 % (147 из 1 186)», «27 соглашений», «142,3 (4 269 на 30)»."""
    if tally.denominator is None:
        return wording.counted(tally.numerator, card.noun)
    if card.unit == "percent":
        return wording.share(tally.numerator, tally.denominator, card.decimals)
    ratio = wording.number(value_of(card, tally), max(1, card.decimals))
    return f"{ratio} ({wording.number(tally.numerator)} на {wording.number(tally.denominator)})"


def planned(card: Card, target: Target, tally: Tally) -> str:
    """The plan in words: «план 10 % — 119 человек», «план не больше 250»."""
    if target.comparator == "<=":
        return f"план не больше {wording.plan(target.value, card.unit)}"
    if tally.denominator is None:
        return f"план {wording.counted(needed(target, None), card.noun)}"
    goal = wording.counted(needed(target, tally.denominator), card.noun)
    return f"план {wording.plan(target.value, 'percent')} — {goal}"


def small(card: Card, tally: Tally, target: Target | None) -> str:
    """The interval of a share of few people, and that its distance to the plan may be chance; empty for many and for counts."""
    if card.unit != "percent" or not tally.denominator or tally.denominator >= SMALL_NUMBER:
        return ""
    lower, upper = wilson(float(tally.numerator), float(tally.denominator))
    bounds = f"{wording.number(100 * lower)}–{wording.percent(100 * upper, 0)}"
    chance = target is not None and 100 * lower <= target.value <= 100 * upper
    return f"Численность мала: интервал {bounds}" + (", отличие от плана неотличимо от случайного" if chance else "")


def standing(card: Card, target: Target | None, tally: Tally, period: Period, as_of: date) -> Standing:
    """State of a figure at ``as_of`` within ``period`` (docs/states.md); a denominator, where there is one, must be above 0."""
    value, doubt = shown(card, tally), small(card, tally, target)
    if target is None:
        told = f"{value}; плановое значение на {in_words(period.name)} не установлено"
        return Standing(State.NO_PLAN, None, None, wording.sentences(told, doubt))
    goal, lacking = planned(card, target, tally), missing(target, tally)
    by_now = expected(card, target, tally, period, as_of)
    if lacking == 0:
        return Standing(State.REACHED, 0, by_now, wording.sentences(f"{value}; {goal}, выполнен", doubt))
    state, why = _ahead(card, target, tally, period, as_of, lacking, by_now)
    lacks = f"не хватает: {wording.number(lacking)}"
    if target.comparator == "<=" and _short(target, tally) <= 0:
        over = f"{value}; {goal}; больше предела у стольких членов актива: {wording.number(lacking)}"
        return Standing(
            State.RECOVERABLE, lacking, by_now, wording.sentences(f"{over}; в среднем предел выдержан, перераспределить")
        )
    if target.comparator == "<=":
        lacks = f"до предела не хватает членов актива: {wording.number(lacking)}"
    return Standing(state, lacking, by_now, wording.sentences(f"{value}; {goal}, {lacks}; {why}", doubt))


def _ahead(
    card: Card, target: Target, tally: Tally, period: Period, as_of: date, lacking: int, by_now: float
) -> tuple[State, str]:
    """The state of a plan not met yet and why: the pace needed against the pace seen and what can still be taken on."""
    left = period.months_left(as_of, card.profile)
    if as_of >= period.end:
        return State.UNREACHABLE, f"срок прошёл {wording.day(period.end)}, план не выполнен"
    if target.comparator != "<=" and value_of(card, tally) >= by_now:
        finish = period.finish(as_of, tally.now, lacking, card.profile)
        if finish:
            return State.ON_PACE, f"при сохранении темпа план будет выполнен к {wording.day_in_text(finish)}"
    pace = f"лучший месяц — {wording.number(tally.best)}, до конца периода {wording.counted(left, wording.MONTHS)}"
    if left:
        pace = f"нужно {wording.number(math.ceil(lacking / left))} в месяц, {pace}"
    if tally.places is not None and lacking > tally.places:
        return State.UNREACHABLE, f"{pace}; у методистов свободно мест: {wording.number(tally.places)}"
    if left and lacking <= tally.best * left:
        return State.RECOVERABLE, f"{pace}: достижимо в темпе лучшего месяца"
    if left and ((as_of - period.start).days < EARLY_DAYS or lacking <= _by_chance(tally.now, period, as_of, left, card)):
        return State.RECOVERABLE, f"{pace}: судить о недостижимости рано"
    return State.UNREACHABLE, f"{pace}: в темпе лучшего месяца — не больше {wording.number(tally.best * left)}"


def _by_chance(now: int, period: Period, as_of: date, left: int, card: Card) -> float:
    """How many more a pace may bring that is the fastest one with which so few have been counted so far (97.5 %, Poisson)."""
    passed = max(1, period.months_left(period.start - timedelta(days=1), card.profile) - left)
    return _poisson_upper(now) * left / passed


@lru_cache(maxsize=4096)
def _poisson_upper(count: int) -> float:
    """The exact upper bound of a Poisson mean: Garwood F. // Biometrika. 1936. Vol. 28. P. 437–442."""
    return float(gammaincinv(count + 1, 0.975))
