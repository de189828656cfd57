"""What the page «Сценарии» shows: place, indicator, a scenario and levers moved on it, each from the address. Knows no widget."""

import threading
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import traitlets

from nmslib import catalogue
from nmslib.compared import MOST, Compared
from nmslib.dashboards import address, standing
from nmslib.dashboards.place import where
from nmslib.dashboards.planning import moved
from nmslib.dashboards.problems import NotShown
from nmslib.dashboards.shelf import Opened, Shelf
from nmslib.model import FACT, REGION, Card, Change, LeverCard, Scenario
from nmslib.problems import DataProblems, UserError
from nmslib.projection import Projection

NAMES = ("system", "municipality", "indicator", "scenario", "compare")
MINE = "my"


class PlanningState(traitlets.HasTraits):
    """``go`` takes an address; parts are worked out from the traits alone. ``sure``: whether draws are shown too."""

    system = traitlets.Unicode()
    municipality = traitlets.Unicode()
    indicator = traitlets.Unicode()
    scenario = traitlets.Unicode(FACT, help="name of a file of parameters/scenarios; fact: things as they are")
    compare = traitlets.Tuple(help="names of scenarios beside the one on the page")
    levers = traitlets.Dict(help="lever → its change on the page")
    sure = traitlets.Bool(True)
    answers = traitlets.Dict(help="what was asked for by a button → its HTML")
    query = traitlets.Unicode()
    title = traitlets.Unicode("Сценарии")

    order: tuple[str, ...] = ("card", "bar", "levers", "answer", "plans", "sure", "ask", "solved", "sides", "more")

    def __init__(self, shelf: Shelf):
        super().__init__()
        self.shelf = shelf
        self.opened: Opened | None = None
        # Stops the question that is being worked on.
        self.working: threading.Event | None = None

    @cached_property
    def cards(self) -> dict[str, LeverCard]:
        """Cards of levers."""
        return catalogue.load_levers(self.shelf.project)

    def go(self, query: str) -> None:
        """Takes what an address chooses, all or nothing; NotShown when something in it is wrong."""
        given = address.read(query, [*NAMES, *self.cards])
        found = where(given, self.shelf, federal=False)
        opened, place, kept = found.opened, found.municipality, found.kept
        titles = {FACT: "Без изменений"} | self._titles(opened.system, place)
        chosen = address.chosen("scenario", given.get("scenario"), titles, FACT, kept)
        compare = [address.chosen("scenario", one, titles, FACT, kept) for one in given.get("compare", "").split(",") if one]
        if len(compare) > MOST - 1:
            raise NotShown(f"Рядом показывают не больше {MOST} сценариев", "вы сами", "Уберите лишние")
        levers = moved.changes(given, self.cards)
        base = self._file(chosen, place, opened)
        shown = self._projection(base, levers, place, opened)
        modelled = {name: opened.cards[name].short_name for name in shown.plans.indicators if name != "methodists_count"}
        indicator = self._indicator(given.get("indicator"), modelled, shown, opened, kept)
        self.opened, self.names, self.systems, self.titles, self.indicators = opened, found.names, found.systems, titles, modelled
        self.shown, self.base = shown, base
        with self.hold_trait_notifications():
            self.system, self.municipality, self.indicator = opened.system, place, indicator
            self.scenario, self.compare, self.levers = chosen, tuple(dict.fromkeys(compare)), levers
            self.answers = {}
        self.query = self.link()
        self.title = f"{found.names[place]}: {shown.scenario.title}"
        vars(self).pop("sides", None)

    @staticmethod
    def _indicator(
        wanted: str | None, modelled: dict[str, str], shown: Projection, opened: Opened, kept: dict[str, str | None]
    ) -> str:
        """The indicator of the address; one that the model does not move gives way to the first with a plan."""
        if wanted in opened.cards and wanted not in modelled:
            wanted = None
        return address.chosen("indicator", wanted, modelled, next(iter(shown.shown), next(iter(modelled))), kept)

    def _titles(self, system: str, place: str) -> dict[str, str]:
        """Files of the system; where one municipality alone is shown, those about it."""
        found = catalogue.scenario_titles(system, self.shelf.project)
        return {name: title for name, title in found.items() if not self.shelf.scope.alone or self._is_about(name, place)}

    def _is_about(self, name: str, place: str) -> bool:
        try:
            return catalogue.load_scenario(name, self.shelf.project, self.cards).municipality == place
        except (DataProblems, UserError):
            return False

    def _file(self, name: str, place: str, opened: Opened) -> Scenario:
        if name != FACT:
            chosen = catalogue.load_scenario(name, self.shelf.project, self.cards)
            return replace(chosen, municipality=place, municipalities=_of_place(chosen, place))
        return standing.unchanged(opened, place)

    def _projection(self, base: Scenario, levers: dict[str, Change], place: str, opened: Opened) -> Projection:
        """The scenario of the page: the file with the levers that were moved, from the start that the run has kept."""
        title = f"{base.title} + свои рычаги" if levers and base.name != FACT else "Мой вариант" if levers else base.title
        kept = {name: own for name, own in base.municipalities.items() if not set(own) <= set(levers)}
        mine = replace(base, name=MINE, title=title, overrides=base.overrides | levers, municipalities=kept)
        return standing.projection(opened, place, mine)

    @property
    def run(self) -> Opened:
        """The system as the last run left it; ``go`` comes first."""
        assert self.opened is not None
        return self.opened

    @property
    def card(self) -> Card:
        """The card of the chosen indicator."""
        return self.run.cards[self.indicator]

    @property
    def whole(self) -> bool:
        """Whether all municipalities of the system are moved together."""
        return self.municipality == REGION

    @cached_property
    def sides(self) -> Compared:
        """The scenario of the page and those beside it, all from its day and as far ahead as it looks."""
        mine = self.shown.scenario
        files = [self._file(name, self.municipality, self.run) for name in self.compare]
        files = [replace(one, as_of=mine.as_of, until=mine.until) for one in files]
        return Compared((self.shown, *(self._projection(one, {}, self.municipality, self.run) for one in files)))

    def today(self, lever: str) -> tuple[float, float]:
        """Least and greatest of what a lever is today over the municipalities shown."""
        values = self.shown.ground.facts.values[lever]
        return float(np.min(values)), float(np.max(values))

    def link(self, **changes: str | None) -> str:
        """The address of this view with changes."""
        here = {
            "system": self.system,
            "municipality": self.municipality,
            "indicator": self.indicator,
            "scenario": "" if self.scenario == FACT else self.scenario,
            "compare": ",".join(self.compare),
        }
        levers = {name: moved.written(change) for name, change in self.levers.items()}
        return address.written(here | levers | changes)

    def parts(self) -> dict[str, str]:
        """Every part of the page as HTML."""
        from nmslib.dashboards.planning import parts

        return parts.drawn(self)

    def do(self, deed: str, values: dict[str, str], tell: Any) -> dict[str, Any]:
        """Saves, downloads, looks for the least resources, splits, cancels."""
        from nmslib.dashboards.planning import deeds

        return deeds.done(self, deed, values, tell)


def _of_place(scenario: Scenario, place: str) -> dict[str, dict[str, Change]]:
    """Changes of single municipalities that concern the place."""
    return {name: own for name, own in scenario.municipalities.items() if place in (REGION, name)}
