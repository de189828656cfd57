"""What the portal of a system shows: the facts of a run, handed over whole. Knows no markup and no file."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import pandas as pd

from nmslib.model import Card, System


class Paper(NamedTuple):
    """A file beside the portal: what a link calls it, its path from the folder of the portal, sha256, bytes."""

    label: str
    href: str
    sha256: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Failure:
    """What stopped a place, worded for whoever mends it: the notebook (or other paper) and its cell, if it was one.

    ``href``: what is kept of it, from the folder of the portal.
    """

    title: str
    cell: int | None
    error: str
    missing: str
    who: str
    href: str


@dataclass(frozen=True, kw_only=True)
class Made:
    """Files of one place; of a place that failed, the previous ones, and why it failed; ``as_of``: the day of its figures."""

    municipality: str
    files: tuple[Paper, ...]
    made_at: datetime | None
    as_of: date
    failure: Failure | None = None


@dataclass(frozen=True, kw_only=True)
class RunFacts:
    """When the run was, how many places it made, left as they were and failed in, and of which version and inputs."""

    started_at: datetime
    finished_at: datetime
    made: int
    skipped: int
    failed: int
    version: str
    fingerprint: str


@dataclass(frozen=True, kw_only=True)
class Portal:
    """What the portal shows; ``day`` is the newest report day.

    ``names``: place → its Russian name, in the order of the page. ``figures``: the table of figures, each place on its own
    report day. ``overdue``: place → overdue measures; ``completeness``: place → (received, expected) registries; who is not
    there is unknown. ``changes``: municipality, indicator, figure, before, after, why (texts ready to be shown), noticed_on (in
    the zone of ``run.started_at``; what was noticed before it, earlier runs have moved); None at the first run. ``heat``: SVG of
    ``charts.heat``, trusted as it is, or nothing. ``files``: those of the whole system. ``scenarios``: title and files of each
    scenario, whose ``municipality`` is «scenarios/<name>».
    """

    system: System
    names: dict[str, str]
    day: date
    figures: pd.DataFrame
    cards: dict[str, Card]
    overdue: dict[str, int]
    completeness: dict[str, tuple[int, int]]
    made: tuple[Made, ...]
    changes: pd.DataFrame | None
    heat: str
    synthetic: bool
    run: RunFacts
    files: tuple[Paper, ...] = ()
    scenarios: tuple[tuple[str, Made], ...] = ()
