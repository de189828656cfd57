"""What the page «Состояние» shows: system, place, day, indicator and what is opened, each from the address. Knows no widget."""

from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd
import traitlets

from nmslib import wording
from nmslib.dashboards import address
from nmslib.dashboards.place import where
from nmslib.dashboards.problems import NotShown
from nmslib.dashboards.shelf import Opened, Shelf
from nmslib.indicators import largest_gap
from nmslib.left import Left
from nmslib.model import REGION, Card

NAMES = ("system", "municipality", "as_of", "indicator", "figure", "meeting")
PLAIN = ("system", "municipality", "as_of", "indicator")


class SituationState(traitlets.HasTraits):
    """``go`` takes an address; ``parts`` are worked out from the traits alone."""

    system = traitlets.Unicode()
    municipality = traitlets.Unicode()
    as_of = traitlets.Unicode(help="ISO; empty: the day of the report")
    indicator = traitlets.Unicode()
    figure = traitlets.Unicode(help="id of the figure whose origin is open")
    meeting = traitlets.Bool()
    sure = traitlets.Bool(True, help="whether the months ahead are shown too")
    query = traitlets.Unicode()
    title = traitlets.Unicode("Состояние")

    order: tuple[str, ...] = (
        "card",
        "bar",
        "meeting",
        "tiles",
        "plan",
        "behind",
        "terms",
        "pace",
        "needs",
        "decide",
        "trust",
        "origin",
    )

    def __init__(self, shelf: Shelf):
        super().__init__()
        self.shelf = shelf
        self.opened: Opened | None = None
        self._quick = False
        # What may be chosen instead: id (ISO day) → words.
        self.systems: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.days: dict[str, str] = {}

    def go(self, query: str) -> None:
        """Takes what an address chooses, all or nothing; NotShown when something in it is wrong."""
        given = address.read(query, NAMES)
        found = where(given, self.shelf, federal=True)
        opened, place, kept = found.opened, found.municipality, found.kept
        days = {one.isoformat(): wording.day(one) for one in opened.days(place)}
        address.day(given.get("as_of"))
        day = address.chosen("as_of", given.get("as_of"), days, opened.held.days[place].isoformat(), kept)
        now = opened.at(place, date.fromisoformat(day))
        counted = {name: opened.cards[name].short_name for name in dict.fromkeys(now.figures["indicator"])}
        indicator = address.chosen("indicator", given.get("indicator"), counted, _first(now.figures), kept)
        figures = self._figures(opened, found.names, now)
        figure = address.chosen("figure", given.get("figure"), figures, "", kept) if given.get("figure") else ""
        self.opened, self.names, self.systems, self.days = opened, found.names, found.systems, days
        with self.hold_trait_notifications():
            self.system, self.municipality, self.indicator, self.figure = opened.system, place, indicator, figure
            self.as_of = "" if day == opened.held.days[place].isoformat() else day
            self.meeting = given.get("meeting") == "1"
        self._quick = False
        for name in ("now", "reported"):
            vars(self).pop(name, None)
        plain = {name: given[name] for name in PLAIN if name in given}
        self.query = address.written(plain | {"figure": figure, "meeting": "1" if self.meeting else ""})
        self.title = f"{self.place_name}: состояние на {wording.day(self.day)}"

    @staticmethod
    def _figures(opened: Opened, names: dict[str, str], now: Left) -> dict[str, str]:
        """Figures whose origin may be asked: those of the day of every place that is shown by name."""
        mine = opened.held.table("figures")
        shown = mine[(mine["as_of"] == pd.Timestamp(now.day)) & mine["municipality"].isin(list(names))]
        titles = shown["municipality"].map(names) + ": " + shown["indicator"].map(lambda one: opened.cards[one].short_name)
        return dict(zip(shown["figure"], titles, strict=True))

    def do(self, deed: str, values: dict[str, str], tell: Any) -> dict[str, Any]:
        """The page has no deeds besides going to addresses."""
        raise NotShown(f"Страница не умеет «{deed[:40]}»", "вы сами", "Обновите страницу")

    @property
    def run(self) -> Opened:
        """The system as the last run left it; ``go`` comes first."""
        assert self.opened is not None
        return self.opened

    @cached_property
    def now(self) -> Left:
        """The place on the chosen day: figures and their trend."""
        return self.run.at(self.municipality, self.day)

    @cached_property
    def reported(self) -> Left:
        """The place on the day of its report: everything else."""
        return self.run.at(self.municipality)

    @property
    def day(self) -> date:
        """The chosen day."""
        return date.fromisoformat(self.as_of) if self.as_of else self.run.held.days[self.municipality]

    @property
    def alone(self) -> bool:
        """Whether other municipalities are an anonymous distribution only."""
        return self.shelf.scope.alone

    @property
    def place_name(self) -> str:
        """How the place is called."""
        return self.names[self.municipality]

    @property
    def whole(self) -> bool:
        """Whether the place is the system as a whole."""
        return self.municipality == REGION

    @property
    def card(self) -> Card:
        """The card of the chosen indicator."""
        return self.run.cards[self.indicator]

    def link(self, **changes: str | None) -> str:
        """The address of this view with changes; what is opened (a figure, the meeting) is closed unless asked for."""
        here = {"system": self.system, "municipality": self.municipality, "as_of": self.as_of, "indicator": self.indicator}
        return address.written(here | changes)

    def parts(self) -> dict[str, str]:
        """Every part of the page as HTML; once the page stands without the months ahead, only those that show them."""
        from nmslib.dashboards.situation import parts

        late, self._quick = self._quick and self.sure, not self.sure
        return parts.late(self) if late else parts.drawn(self)


def _first(figures: pd.DataFrame) -> str:
    """The indicator that a page opens with: the one that is worst off, else the first."""
    worst = largest_gap(figures)
    return str(worst["indicator"]) if worst is not None else str(figures["indicator"].iloc[0]) if len(figures) else ""
