"""The question of a scenario and its answer: least resources by municipality, what holds them, their price."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from nmslib.model import Solve
from nmslib.scenarios.ground import Ground
from nmslib.scenarios.least import told
from nmslib.scenarios.least.goals import goals
from nmslib.scenarios.least.solving import Solver, checked
from nmslib.scenarios.least.trials import Trials
from nmslib.scenarios.least.working import Working
from nmslib.scenarios.levers import Settings
from nmslib.scenarios.plans import Plans

DAYS = ("reached_on", "start_by", "start_by_limits")
RESULT = ("state", "cost", "cost_before", "price_of_percent", *DAYS, "enough_today", "probability", "proven", "words")


@dataclass(frozen=True)
class Least:
    """Least resources of municipalities.

    ``table``: municipality; state (reached, impossible, no_plan, unknown: cannot be modelled); cost and cost_before (thousand
    roubles of all months: with the levers found, with today's); price_of_percent (thousand roubles more, were every plan one
    percentage point higher; NaN: impossible); reached_on (the end of the first month in which all plans are met); start_by,
    start_by_limits (the end of the last month to start in, with the levers found and at their limits); enough_today (today's
    levers reach the plans too); probability (of meeting the plans; NaN without draws); proven (nothing cheaper reaches the
    plans without draws); words.
    ``levers``: municipality, lever, before (today), found, limit, breaks (the indicator whose plan one less would miss without
    draws; empty: none), lacking (people or units), saved (thousand roubles by one less), probability (with one less).
    ``settings``: levers of the scenario with those found; unchanged where nothing was found. ``summary``: all places together, in
    Russian.
    """

    table: pd.DataFrame
    levers: pd.DataFrame
    settings: Settings
    summary: str

    @property
    def words(self) -> dict[str, str]:
        """Municipality → its answer in Russian."""
        return dict(zip(self.table["municipality"], self.table["words"], strict=True))


def least(
    ground: Ground,
    solve: Solve,
    settings: Settings,
    plans: Plans,
    places: Sequence[str],
    probability_of: Callable[[Settings], Mapping[str, float]] | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Least:
    """Least resources of ``places`` (municipalities): ``solve.levers`` in whole numbers from their cards' lowest to ``limits``.

    Plans are those of ``goals.goals``. ``probability_of`` (needed with ``solve.probability``): settings → probability of meeting
    all of them by municipality, from the same draws each time. ``progress`` hears how many municipalities of how many are
    solved; when ``cancelled`` says so, Cancelled is raised. Raises UserError for levers that are not counted in whole units, for
    indicators without a plan, and for ceilings.
    """
    checked(solve, {name: card.title for name, card in ground.levers.items()})
    if solve.probability is not None and probability_of is None:
        raise ValueError("a probability is wanted, and nobody tells it")
    cards = [ground.levers[name] for name in solve.levers]
    wanted = goals(ground, settings, plans, solve.targets, solve.by)
    known = [number for number, place in enumerate(ground.municipalities) if place in places and wanted.asked_of(number)]
    solver = Solver(
        trials=Trials(ground, settings, solve.levers),
        solve=solve,
        places=np.array(known, dtype=np.int64),
        low=np.array([np.ceil(card.low) for card in cards]),
        high=np.array([np.floor(solve.limits.get(card.id, card.high)) for card in cards]),
        progress=progress,
        cancelled=cancelled,
    )
    work = Working(solver, wanted, probability_of)
    rows = _levers(work)
    table = _table(work, rows, places, wanted.asked_of)
    return Least(table, rows, work.with_numbers(work.points), told.summary(table, ground.names))


def _levers(work: Working) -> pd.DataFrame:
    """``Least.levers``."""
    less = work.one_less()
    names, municipalities = work.solver.trials.levers, work.ground.municipalities
    lever, place = less["lever"].to_numpy(int), less["place"].to_numpy(int)
    breaks = [work.goals.names[goal] if goal >= 0 else "" for goal in less["goal"]]
    return pd.DataFrame(
        {
            "municipality": [municipalities[one] for one in place],
            "lever": [names[one] for one in lever],
            "before": [work.settings.before[names[one]][where] for one, where in zip(lever, place, strict=True)],
            "found": [work.points[where][one] for one, where in zip(lever, place, strict=True)],
            "limit": work.solver.high[lever],
            "breaks": breaks,
            **{name: less[name] for name in ("lacking", "saved", "probability")},
        }
    )


def _table(work: Working, levers: pd.DataFrame, places: Sequence[str], asked_of: Callable[[int], bool]) -> pd.DataFrame:
    """``Least.table``."""
    ends, solver = work.ground.ends, work.solver
    prices, reached = work.prices(), solver.reached_at(work.goals, work.points)
    starts = solver.last_starts(work.goals, work.points)
    rows: list[dict[str, object]] = []
    for place in places:
        if place not in work.ground.municipalities:
            rows.append({"municipality": place, "state": "unknown", "words": work.ground.start.unknown[place]})
            continue
        number = work.ground.municipalities.index(place)
        today = np.array([work.settings.before[name][number] for name in solver.trials.levers])
        row: dict[str, Any] = {"municipality": place, "cost_before": solver.cost(number, today)}
        if not asked_of(number):
            rows.append(row | {"state": "no_plan", "words": told.nothing_asked(place, work.goals, work.ground)})
        elif number not in work.points:
            rows.append(row | {"state": "impossible", "words": work.why[number]})
        else:
            row |= {"state": "reached", "cost": solver.cost(number, work.points[number]), "proven": work.proven[number]}
            start_by, at_limits = starts.get(number) or (None, None)
            row |= {"enough_today": number in starts and starts[number] is None}
            row |= {"reached_on": _day(ends, reached.get(number)), "price_of_percent": prices.get(number, np.nan)}
            row |= {"start_by": _day(ends, start_by), "start_by_limits": _day(ends, at_limits)}
            row |= {"probability": work.probability(number)}
            mine = levers[levers["municipality"] == place]
            rows.append(row | {"words": told.answer(row, mine, work.ground)})
    return pd.DataFrame(rows).reindex(columns=["municipality", *RESULT]).astype(dict.fromkeys(DAYS, "datetime64[s]"))


def _day(ends: Sequence[date], step: int | None) -> date | None:
    return None if step is None else ends[step]
