"""Why a plan cannot be reached with levers at their limits: the first stage of the chain that cannot pass enough people."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nmslib import wording
from nmslib.scenarios.capacity import Capacities
from nmslib.scenarios.least.goals import Goals
from nmslib.scenarios.least.trials import Trials
from nmslib.scenarios.results import CHAIN

Numbers = NDArray[np.float64]

# More than any place can use, and yet a number: a part of nothing is nothing.
UNLIMITED = 1e9
# Stage → what it stands on in ``Capacities``.
STAGES = {
    "diagnostics": ("diagnostics",),
    "routes": ("route_hours",),
    "ceiling": ("room",),
    "seats": ("seats",),
    "young": ("young_intake", "young_at_once"),
    "teams": ("teams",),
    "joining": ("joining",),
    "events": ("events",),
}
OFFERED = {
    "diagnostics": "мест диагностики",
    "routes": "часов методистов",
    "ceiling": "предела сопровождаемых одним методистом",
    "seats": "мест на программах",
    "young": "мощности поддержки молодых",
    "teams": "мест для управленческих команд",
    "joining": "темпа введения модели наставничества",
    "events": "мощности для мероприятий",
}


def why_not(trials: Trials, goals: Goals, place: int, numbers: Numbers) -> str:
    """A goal that ``numbers`` (levers at their limits) miss, told by the first stage that cannot: who are needed and who pass."""
    cell = np.array([place])
    short = np.flatnonzero(trials.missing(goals, cell, numbers[:, None])[:, 0])
    given = trials.given(cell, numbers[:, None])
    goal = int(min(short, key=lambda one: (len(CHAIN.get(goals.names[one], ())), one)))
    stages = tuple(reversed(CHAIN.get(goals.names[goal], ()))) or (("events",) if goals.names[goal] == "events_count" else ())
    for number, stage in enumerate(stages):
        free = _unlimited(given, stages[number + 1 :])
        passed, needed = _ending(trials, goals, goal, place, free)
        if passed < needed:
            standing, _ = _ending(trials, goals, goal, place, _closed(free, stage))
            return _told(goals, goal, place, stage, int(needed - standing), int(passed - standing))
    passed, needed = _ending(trials, goals, goal, place, given)
    card = goals.cards[goals.names[goal]]
    return wording.sentences(
        f"«{card.short_name}»: нужно {wording.counted(int(needed), card.noun)}, при рычагах на пределе — {wording.number(passed)}"
    )


def _ending(trials: Trials, goals: Goals, goal: int, place: int, given: Capacities) -> tuple[float, float]:
    """What stands at the month of a goal, and what is needed there."""
    cell = np.array([place])
    one = replace(
        goals,
        names=(goals.names[goal],),
        **{name: getattr(goals, name)[[goal]] for name in ("months", "target", "extra")},
    )
    numerators, denominators = (one.ending(counted, cell) for counted in trials.counted(one.names, cell, given))
    needed = one.needed(denominators, cell) + one.extra[:, cell]
    return float(numerators[0, 0]), float(needed[0, 0])


def _unlimited(given: Capacities, stages: tuple[str, ...]) -> Capacities:
    return _with(given, stages, UNLIMITED)


def _closed(given: Capacities, stage: str) -> Capacities:
    return _with(given, (stage,), 0.0)


def _with(given: Capacities, stages: tuple[str, ...], value: float) -> Capacities:
    names = [name for stage in stages for name in STAGES[stage]]
    return replace(given, **{name: np.full_like(getattr(given, name), value) for name in names})


def _told(goals: Goals, goal: int, place: int, stage: str, needed: int, passed: int) -> str:
    card = goals.cards[goals.names[goal]]
    day = wording.day(goals.due(goal, place))
    needs = f"«{card.short_name}»: до плана нужно ещё {wording.counted(needed, card.noun)}"
    return wording.sentences(f"{needs}, {OFFERED[stage]} до {day} хватит на {wording.number(passed)}")
