"""Where a value stands against its plan: people missing, expected by now, state and its reason. The rule is docs/states.md."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pandas as pd

from nmslib import wording
from nmslib.model import Card, State, Target

SMALL_NUMBER = 30
# In the first quarter no pace has been seen that could prove a plan unreachable.
EARLY_DAYS = 90
Z_95 = 1.959963984540054


@dataclass(frozen=True)
class Standing:
    """Where one figure stands: the target's share and people, what was expected by the date, and what the pace allows."""

    state: State
    people_missing: int | None
    expected_now: float | None
    reason: str


def wilson(numerator: pd.Series, denominator: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Bounds of the 95 % interval of a share, in percent; missing where the denominator is 0.

    Wilson E. B. Probable inference, the law of succession, and statistical inference // JASA. 1927. Vol. 22. P. 209–212.
    """
    n = denominator.where(denominator > 0).astype("float64")
    share = numerator / n
    centre = (share + Z_95**2 / (2 * n)) / (1 + Z_95**2 / n)
    half = Z_95 / (1 + Z_95**2 / n) * np.sqrt(share * (1 - share) / n + Z_95**2 / (4 * n**2))
    return (100 * (centre - half)).clip(lower=0), (100 * (centre + half)).clip(upper=100)


def needed(target: Target, denominator: int) -> int:
    """Whole people that reach a planned percentage: 10 % of 247 is 25. Exact arithmetic: 10 % of 250 is 25, not 26."""
    return math.ceil(Fraction(str(target.value)) * denominator / 100)


def elapsed_share(start: date, end: date, as_of: date) -> float:
    """The part of the period that has passed by the end of ``as_of``, 0 to 1."""
    return min(1.0, max(0.0, ((as_of - start).days + 1) / ((end - start).days + 1)))


def months_left(as_of: date, end: date) -> int:
    """Calendar months of the period that still have days after ``as_of``, a begun one included."""
    if as_of >= end:
        return 0
    tomorrow = as_of + timedelta(days=1)
    return (end.year - tomorrow.year) * 12 + end.month - tomorrow.month + 1


def _finish_day(start: date, as_of: date, counted_now: int, missing: int) -> date:
    """The day the gap closes if people go on being counted at the pace of the period so far; ``counted_now`` is above 0."""
    days = (as_of - start).days + 1
    return as_of + timedelta(days=math.ceil(days * missing / counted_now))


def standing(
    card: Card,
    target: Target | None,
    numerator: int,
    months: pd.Series,
    denominator: int,
    start: date,
    end: date,
    as_of: date,
) -> Standing:
    """State of a share at ``as_of`` within the period ``start``–``end`` (docs/states.md).

    ``months``: people counted per calendar month of the period so far. ``denominator`` must be above 0.
    Recoverable: the best month so far, repeated in every month left, would close the gap.
    """
    share = wording.share(numerator, denominator, card.decimals)
    small = ""
    if denominator < SMALL_NUMBER:
        lower, upper = (bound.iloc[0] for bound in wilson(pd.Series([numerator]), pd.Series([denominator])))
        small = f"Численность мала: интервал {wording.number(lower)}–{wording.percent(upper, 0)}, различие может быть случайным"
    if target is None:
        return Standing(
            State.NO_PLAN,
            None,
            None,
            wording.sentences(f"{share}; плановое значение на {as_of.year}{wording.NBSP}г. не установлено", small),
        )
    goal = needed(target, denominator)
    missing = max(0, goal - numerator)
    expected = target.value * elapsed_share(start, end, as_of)
    planned = f"план {wording.plan(target.value, 'percent')} — {wording.counted(goal, card.noun)}"
    if missing == 0:
        return Standing(State.REACHED, 0, expected, wording.sentences(f"{share}; {planned}, выполнен", small))
    value, left = 100 * numerator / denominator, months_left(as_of, end)
    gap = f"{share}; {planned}, не хватает: {wording.number(missing)}"
    counted_now = int(months.sum())
    on_pace = value >= expected and left and counted_now
    if on_pace and (finish := _finish_day(start, as_of, counted_now, missing)) <= end:
        forecast = f"{gap}; при сохранении темпа план будет выполнен к {wording.day_in_text(finish)}"
        return Standing(State.ON_PACE, missing, expected, wording.sentences(forecast, small))
    best = int(months.max()) if len(months) else 0
    pace = f"лучший месяц — {wording.number(best)}, до конца периода {wording.counted(left, wording.MONTHS)}"
    if left and missing <= best * left:
        return Standing(
            State.RECOVERABLE, missing, expected, wording.sentences(f"{gap}; {pace}: достижимо в темпе лучшего месяца", small)
        )
    if left and (as_of - start).days < EARLY_DAYS:
        early = f"{gap}; {pace}: судить о недостижимости рано"
        return Standing(State.RECOVERABLE, missing, expected, wording.sentences(early, small))
    ending = f"{pace}: достижимо не больше {wording.number(best * left)}" if left else "период завершён, план не выполнен"
    return Standing(State.UNREACHABLE, missing, expected, wording.sentences(f"{gap}; {ending}", small))
