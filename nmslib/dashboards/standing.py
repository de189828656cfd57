"""Scenarios from the starts that runs have kept: what the pages look ahead with, without any registry."""

import json
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from nmslib import scenarios, wording
from nmslib.dashboards.problems import NotShown
from nmslib.dashboards.shelf import Opened
from nmslib.model import FACT, REGION, Scenario
from nmslib.projection import Projection
from nmslib.scenarios import start_text

UNTIL_YEARS = 1
# A run foretells the whole; a municipality is foretold by a scenario of its own.
ELSEWHERE = "Прошлый прогноз муниципалитета сверяет отчёт сценария: nms scenario."
# So many places without data are named.
NAMED = 3
# A region's draws on a page: its band does not shift by a visible width, and a lever is answered at once.
DRAWS, DRAWS_OF_REGION = 10_000, 2000


def unchanged(opened: Opened, place: str) -> Scenario:
    """Things as they are on the day of the place's report, to the end of the next year."""
    day = opened.held.days[place]
    return Scenario(
        name=FACT,
        title="Без изменений",
        author="",
        reason="",
        system=opened.system,
        municipality=place,
        as_of=day,
        until=_until(day),
    )


def projection(opened: Opened, place: str, scenario: Scenario) -> Projection:
    """A scenario of a place of the system; NotShown with the reason when the run has kept no start for its day."""
    assert scenario.as_of is not None
    until = scenario.until or _until(scenario.as_of)
    draws = DRAWS if place != REGION else DRAWS_OF_REGION
    shown = Projection(replace(scenario, base=FACT, until=until, draws=draws), opened.project)
    still = _still(opened, place, scenario.as_of, until)
    kept = ("now", "levers", "ground", "backtest_in_words", "base_settings")
    same = (*kept, "plans", "before") if not scenario.targets else kept
    vars(shown).update({name: getattr(still, name) for name in same})
    return shown


@lru_cache(maxsize=4)
def _still(opened: Opened, place: str, day: date, until: date) -> Projection:
    """Things as they are: what levers leave as it is is worked out once for as long as a page stays with a place."""
    now, start = opened.at(place, day), _start(opened, place, day)
    calendar, names = now.working_days, opened.called
    found = scenarios.ground_from(start, opened.facts, opened.cards, opened.levers, until, calendar, names)
    still = Projection(replace(unchanged(opened, place), as_of=day, until=until), opened.project)
    vars(still).update(now=now, levers=opened.levers, ground=found, backtest_in_words=backtest(opened, place, day))
    return still


def backtest(opened: Opened, place: str, day: date) -> str:
    """What came of the forecast made before the day, in words, or where that is told; empty on days of no report."""
    told = _kept(opened.held.starts).get(day.isoformat(), {}).get("backtest", {})
    return str(told.get(place, ELSEWHERE if told else ""))


def _until(day: date) -> date:
    return date(day.year + UNTIL_YEARS, 12, 31)


@lru_cache(maxsize=8)
def _kept(starts: str) -> dict[str, dict[str, Any]]:
    """Day → start and backtest."""
    told: dict[str, dict[str, Any]] = json.loads(starts)
    return told


def _start(opened: Opened, place: str, day: date) -> scenarios.Start:
    kept = _kept(opened.held.starts).get(day.isoformat())
    if kept is None:
        raise NotShown(f"Начало сценария на {wording.day(day)} не сохранено", how=f"Выполните команду: nms run {opened.system}")
    if kept["start"] is None:
        raise NotShown("По этому документу сценарии не считаются", how=str(kept["why"]))
    start = _read(opened.held.starts, day.isoformat())
    begins = start if place == REGION else start_text.only(start, [place])
    if not begins.municipalities:
        raise NotShown(f"{opened.names[place]}: сценарию не от чего считать", how=_why(begins, opened))
    return begins


def _why(begins: scenarios.Start, opened: Opened) -> str:
    """Reasons, each with those whom it concerns."""
    of: dict[str, list[str]] = {}
    for place, reason in begins.unknown.items():
        of.setdefault(reason, []).append(opened.called.get(place, place))
    told = []
    for reason, names in of.items():
        more = f" и ещё {wording.number(len(names) - NAMED)}" if len(names) > NAMED else ""
        told.append(f"{', '.join(names[:NAMED])}{more}: {reason}")
    return "; ".join(told)


@lru_cache(maxsize=8)
def _read(starts: str, day: str) -> scenarios.Start:
    return start_text.read(json.dumps(_kept(starts)[day]["start"]))
