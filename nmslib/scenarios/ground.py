"""What a scenario stands on: people, months and today's levers of a system on a day; then levers move at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nmslib.indicators.asked import asked
from nmslib.model import Card, LeverCard, Scenario, System
from nmslib.registries import Registries
from nmslib.roadmap import WorkingDays
from nmslib.scenarios.capacity import LINES, Capacities, Surroundings, capacities
from nmslib.scenarios.flow import Course, People, run
from nmslib.scenarios.levers import Facts, Settings, facts, settle
from nmslib.scenarios.months import Months, months
from nmslib.scenarios.plans import Plans, plans
from nmslib.scenarios.results import COUNTED, Outcome, outcome
from nmslib.scenarios.start import Start, start

Numbers = NDArray[np.float64]
CEILING = "staff_per_methodist"


@dataclass(frozen=True)
class Ground:
    """Everything that moving a lever leaves as it is; cells of its arrays are ``start.municipalities``."""

    system: System
    cards: Mapping[str, Card]
    levers: Mapping[str, LeverCard]
    start: Start
    months: Months
    people: People
    around: Surroundings
    facts: Facts
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def municipalities(self) -> tuple[str, ...]:
        """Places that can be modelled."""
        return self.start.municipalities

    @property
    def ends(self) -> list[date]:
        """Last days of the months ahead."""
        return [day.item() for day in self.months.ends]

    def plans(self, targets: Mapping[str, float]) -> Plans:
        """Plans of the document in the months ahead, and those that a scenario assumes where there are none."""
        return plans(self.system, self.cards, list(COUNTED), self.municipalities, self.ends, targets)

    def settings(self, scenario: Scenario) -> Settings:
        """The scenario's levers by municipality; DataProblems with everything out of bounds."""
        return settle(scenario, self.levers, self.facts, self.municipalities, self.names)

    def given(self, settings: Settings) -> Capacities:
        """What each month can take under these levers."""
        return capacities(settings.before, settings.changed, self.around, self.months)

    def course(self, settings: Settings) -> tuple[Course, Capacities]:
        """The months under these levers."""
        given = self.given(settings)
        return run(self.people, given), given

    def outcome(self, settings: Settings, plans: Plans) -> Outcome:
        """Indicators, cost and use of capacities under these levers."""
        course, given = self.course(settings)
        found = outcome(plans, self.cards, course, self.people, given, self.start, self.names)
        of_document = np.array_equal(settings.changed["teachers_per_methodist"], self.facts.values["teachers_per_methodist"])
        return replace(found, ceiling=plans.clauses.get(CEILING, "")) if of_document else found


def ground(
    system: System,
    cards: Mapping[str, Card],
    levers: Mapping[str, LeverCard],
    registries: Registries,
    municipalities: Sequence[str],
    as_of: date,
    until: date,
    calendar: WorkingDays,
) -> Ground:
    """The ground of a system's municipalities from the registries as of a day up to the month of ``until``."""
    ahead = len(months(as_of, until, calendar).weight)
    begins = start(system, cards, registries, municipalities, as_of, ahead, calendar)
    return ground_from(begins, system, cards, levers, until, calendar, registries.names)


def ground_from(
    begins: Start,
    system: System,
    cards: Mapping[str, Card],
    levers: Mapping[str, LeverCard],
    until: date,
    calendar: WorkingDays,
    names: Mapping[str, str],
) -> Ground:
    """The ground that a start makes; ValueError when the start does not look as far ahead as ``until``."""
    ahead = months(begins.as_of, until, calendar)
    if begins.ageing.shape[1] < len(ahead.weight):
        raise ValueError(f"the start looks {begins.ageing.shape[1]} months ahead, {len(ahead.weight)} are wanted")
    begins = replace(begins, ageing=begins.ageing[:, : len(ahead.weight)])
    found = facts(begins, levers, _ceiling(system, cards, begins.as_of))
    return Ground(system, cards, levers, begins, ahead, _people(begins), _around(begins, found), found, names)


def _ceiling(system: System, cards: Mapping[str, Card], as_of: date) -> float | None:
    one = next((one for one in asked(system, dict(cards), as_of) if one.card.id == CEILING), None)
    target = one.target("") if one else None
    return target.value if target else None


def _people(begins: Start) -> People:
    places = list(begins.municipalities)
    lines, whole = begins.lines.set_index(["line", "municipality"]), pd.MultiIndex.from_product([LINES, places])
    by_line = {
        name: lines[name].reindex(whole).fillna(0).to_numpy(float).reshape(len(LINES), len(places))
        for name in ("n", "completed", "with_route", "routed", "in_chain", "diagnosed")
    }
    # What is not known (Start.gaps) is no number of the results either: nobody stands there instead.
    frames = (begins.young, begins.units, begins.active)
    young, units, active = (one.set_index("municipality").loc[places].fillna(dict.fromkeys(one, 0)) for one in frames)
    return People(
        **by_line,
        young=young["n"].to_numpy(float),
        young_counted=young["counted"].to_numpy(float),
        young_ongoing=young["ongoing"].to_numpy(float),
        ageing=begins.ageing.T.astype(float),
        teams=units["teams"].to_numpy(float),
        teams_trained=units["teams_trained"].to_numpy(float),
        organisations=units["organisations"].to_numpy(float),
        with_model=units["with_model"].to_numpy(float),
        events=units["events"].to_numpy(float),
        accompanied=active["accompanied"].to_numpy(float),
    )


def _around(begins: Start, found: Facts) -> Surroundings:
    """Differences of the young are pooled over all municipalities: in one of them they are a handful of people."""
    people = _people(begins)
    staff = people.n.sum(axis=0)
    moves = begins.moves.groupby("line")[["at_risk", "left", "hired"]].sum()
    everybody = moves.loc[[line for line in LINES if line in moves.index]].sum()
    young = moves.loc["young"] if "young" in moves.index else everybody * 0
    usual = everybody["left"] / everybody["at_risk"] if everybody["at_risk"] else 0
    factor = (young["left"] / young["at_risk"]) / usual if usual and young["at_risk"] else 1.0
    hires = young["hired"] / everybody["hired"] if everybody["hired"] else 0.0
    active = begins.active.set_index("municipality").loc[list(begins.municipalities)]
    ceiling = found.values["teachers_per_methodist"]
    ceiling = np.where(np.isfinite(ceiling), ceiling, 0) * found.values["methodists"]
    taken = (people.with_route - people.completed).sum(axis=0)
    free = active["room"].to_numpy(float)
    return Surroundings(
        people=people.n / np.maximum(staff, 1),
        free=np.where(np.isnan(free), ceiling - taken, free),
        young_factor=np.full(staff.shape, float(factor)),
        young_hires=np.full(staff.shape, float(hires)),
    )
