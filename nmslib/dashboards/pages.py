"""Pages as notebooks open them: the address and the scope come from the environment of the kernel."""

import os
from contextlib import suppress

from nmslib.dashboards.page import Page
from nmslib.dashboards.planning.state import PlanningState
from nmslib.dashboards.problems import NotShown
from nmslib.dashboards.scope import scope
from nmslib.dashboards.shelf import Shelf
from nmslib.dashboards.situation.state import SituationState
from nmslib.paths import project
from nmslib.problems import DataProblems, UserError

ADDRESS = "QUERY_STRING"


def situation_page() -> Page:
    """The page «Состояние»."""
    return Page(SituationState(Shelf(project(), scope())), os.environ.get(ADDRESS, ""))


def scenarios_page() -> Page:
    """The page «Сценарии»."""
    return Page(PlanningState(Shelf(project(), scope())), os.environ.get(ADDRESS, ""))


def warm() -> None:
    """Reads once what every page reads, so that forks of this process begin with it; what cannot be read is told by pages.

    Tables and documents of all systems, and the pages of the first one, with which a server opens.
    """
    shelf = Shelf(project(), scope())
    with suppress(NotShown, UserError, DataProblems):
        systems = list(shelf.titles())
        for state in (SituationState(shelf), PlanningState(shelf)):
            state.sure = False
            state.go(f"?system={systems[0]}")
            state.parts()
        for system in systems[1:]:
            shelf.open(system).read()
