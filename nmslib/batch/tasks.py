"""What a run asks of its processes. They have everything imported; the run itself, which only waits, need not load it."""

from collections.abc import Mapping
from datetime import date, datetime

from nmslib.batch.units import Failure, Result, Stamp, Unit
from nmslib.paths import Project


def keep_tables(system: str, days: Mapping[str, date], now: datetime, project: Project) -> None:
    """``tabling.keep``; the tables stay on the disk."""
    from nmslib.batch import tabling

    tabling.keep(system, days, now, project)


def make_unit(unit: Unit, project: Project) -> Stamp | Failure:
    """``making.make``."""
    from nmslib.batch import making

    return making.make(unit, project)


def show_portal(system: str, results: list[Result], started_at: datetime, project: Project) -> None:
    """``portals.write``."""
    from nmslib.batch import portals

    portals.write(system, results, started_at, project)
