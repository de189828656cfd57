"""Least resources that reach the plans with a chosen probability: the plans are asked for with the smallest reserve."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Points = dict[int, Numbers]
Reserves = dict[int, float]

# How often the draws are asked for a reserve; each time halves what is not known of it.
TRIES = 8
FIRST_STEP = 0.1
NOTHING_ASKED = -1.0


def with_reserve(
    solved: Callable[[Reserves], Points],
    probable: Callable[[Points], Mapping[int, float]],
    known: Points,
    person: Mapping[int, float],
    wanted: float,
) -> Points:
    """Numbers by place that reach the plans with probability ``wanted``, at the smallest reserve found; absent: none found.

    ``solved``: reserve by place (a part of what is needed; below 0: less than the plan) → least numbers without draws; places
    without an answer are absent. ``probable``: numbers by place → probability. ``known``: numbers that reach them for sure, of
    places where there are such. ``person``: by place, what part of the needed one person (or unit) is. A reserve is 0 at first,
    then goes in steps that double until it lies between one that is enough and one that is not, then halves the distance, until
    that is a person: at most ``TRIES`` questions.
    """
    short, enough = dict.fromkeys(person, NOTHING_ASKED), dict.fromkeys(person, np.inf)
    best, asked = dict(known), dict.fromkeys(person, 0.0)
    for turn in range(TRIES):
        points = solved(asked)
        found = probable(points) if points else {}
        for place, reserve in asked.items():
            if place not in points:
                enough[place] = reserve
            elif found[place] >= wanted:
                enough[place], best[place] = reserve, points[place]
            else:
                short[place] = reserve
        asked = {
            place: _next(short[place], enough[place], FIRST_STEP * 2**turn)
            for place, one in person.items()
            if enough[place] - short[place] > one
        }
        if not asked:
            break
    return best


def _next(short: float, enough: float, step: float) -> float:
    """The reserve to ask for next."""
    if np.isinf(enough):
        return short + step
    return max((short + enough) / 2, enough - step)


def asked_beyond(needed: Numbers, reserves: Reserves) -> Numbers:
    """Whole people (or units) beyond each plan, goals × municipalities: the reserve of a place of what each plan needs."""
    extra = np.zeros_like(needed)
    for place, part in reserves.items():
        extra[:, place] = np.ceil(part * np.nan_to_num(needed[:, place]))
    return extra
