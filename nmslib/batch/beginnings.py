"""From where scenarios start, kept beside the tables: aggregates of the days that reports and scenario files name."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from nmslib import catalogue, scenarios
from nmslib.model import REGION
from nmslib.paths import Project
from nmslib.problems import UserError
from nmslib.scenarios import start_text
from nmslib.situation import Situation

# How far ahead a page may look: the end of the year after the next one.
MONTHS_AHEAD = 36
SEED = 2024


def beginnings(system: str, days: Mapping[str, date], project: Project) -> str:
    """JSON: day → «start» (``start_text.written``; null with «why» where nothing can be modelled) and «backtest».

    «backtest»: the whole → what came of the forecast made before, in words; on days of reports alone.
    """
    facts = catalogue.load_system(system, project)
    if facts.act.level == "federal":
        return "{}"
    reported = set(days.values())
    wanted = sorted(reported | catalogue.scenario_days(system, project))
    return json.dumps({day.isoformat(): _beginning(system, day, day in reported, project) for day in wanted}, ensure_ascii=False)


def _beginning(system: str, day: date, reported: bool, project: Project) -> dict[str, Any]:
    whole = Situation(system, REGION, day, project, anew=True)
    places = [name for name in whole.names if name != REGION]
    try:
        calendar = whole.working_days
        found = scenarios.start(whole.facts, whole.cards, whole.received, places, day, MONTHS_AHEAD, calendar)
    except UserError as error:
        return {"start": None, "why": str(error), "backtest": {}}
    told = _backtest(whole, places) if reported else {}
    return {"start": json.loads(start_text.written(found)), "why": "", "backtest": told}


def _backtest(whole: Situation, places: Iterable[str]) -> dict[str, str]:
    """Of the whole, or of its only municipality: one of several is foretold by its own scenario, not as a part of the whole."""
    levers, names = catalogue.load_levers(whole.project), list(places)
    found = scenarios.backtest(whole.facts, whole.cards, levers, whole.received_on, names, whole.day, whole.working_days, SEED)
    place = REGION if len(names) > 1 else names[0]
    return {place: scenarios.backtest_words(found, place)}
