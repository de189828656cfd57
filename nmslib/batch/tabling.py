"""The tables of a system, worked out from accepted registries for all its places at once. Runs in a worker."""

from collections.abc import Mapping
from datetime import date, datetime

import pandas as pd

from nmslib import roadmap, tables
from nmslib.batch import changes
from nmslib.batch.beginnings import beginnings
from nmslib.batch.crew import caller_is_gone
from nmslib.model import REGION
from nmslib.paths import Project
from nmslib.problems import UserError
from nmslib.situation import Situation

TRENDS = ("figures", "earlier")


def compute(system: str, days: Mapping[str, date], project: Project) -> dict[str, pd.DataFrame]:
    """Every table of ``tables.NAMES`` but what changed, for the places of ``days`` at their days, from the snapshots.

    Figures of each place at the day of its report and at the days of the trend before it; where the whole has a report, figures
    of all places at its day. Raises what reading facts and snapshots raises.
    """
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in tables.NAMES if name != "changes"}
    for day in sorted(set(days.values())):
        whole = Situation(system, REGION, day, project, anew=True)
        places = [name for name, its in days.items() if its == day]
        for name, part in _on(whole, places).items():
            parts[name].append(part.assign(**{tables.DAY: pd.Timestamp(day)}) if name in tables.OF_DAY else part)
    found = {name: pd.concat(each, ignore_index=True) for name, each in parts.items()}
    # A day of one report may lie in the trend of another.
    return found | {"figures": found["figures"].drop_duplicates(tables.FIGURE, ignore_index=True)}


def _on(whole: Situation, places: list[str]) -> dict[str, pd.DataFrame]:
    """Tables of these places on the day of ``whole``."""
    everybody = list(whole.names) if REGION in places else places
    series = whole.series_of(everybody)
    terms = {name: whole.terms_of(name) for name in places}
    measures = {name: roadmap.current(terms[name], whole.day).assign(municipality=name) for name in places}
    recommended = [whole.recommended(name, measures[name]) for name in places]
    causes = whole.causes
    return {
        "figures": series[series["variant"] == ""].drop(columns="variant"),
        "earlier": series[series["variant"] != ""],
        "roadmap": pd.concat(terms.values(), ignore_index=True),
        "measures": pd.concat(measures.values(), ignore_index=True),
        "causes": causes[causes["municipality"].isin(everybody)],
        "recommendations": pd.concat(recommended, ignore_index=True),
        "outcomes": whole.outcomes_of(places),
        "organisations": whole.organisations_of(everybody),
        "portrait": whole.portrait_of(everybody),
        "arrivals": whole.arrivals,
        "origins": whole.origins_of(everybody),
    }


def keep(system: str, days: Mapping[str, date], now: datetime, project: Project) -> tables.Kept:
    """Works the tables out, tells what moved since the last run, and puts all of them in place."""
    found = compute(system, days, project)
    starts = beginnings(system, days, project)
    before = tables.whole(system, project)
    found["changes"] = changes.since(before, found["figures"], days, system, now, project)
    if caller_is_gone():
        raise UserError("запуск прерван")
    return tables.write(found, starts, days, system, now.isoformat(timespec="seconds"), project)
