"""Which system and which place an address chooses: the same on every page."""

from collections.abc import Mapping
from dataclasses import dataclass

from nmslib import catalogue
from nmslib.dashboards import address
from nmslib.dashboards.problems import NotShown
from nmslib.dashboards.shelf import Opened, Shelf


@dataclass(frozen=True)
class Where:
    """``systems`` and ``names``: what may be chosen instead (id → words); ``opened``: the system as its last run left it."""

    systems: dict[str, str]
    opened: Opened
    names: dict[str, str]
    municipality: str

    @property
    def kept(self) -> dict[str, str | None]:
        """The system and the place as other choices keep them."""
        return {"system": self.opened.system, "municipality": self.municipality}


def where(given: Mapping[str, str], shelf: Shelf, federal: bool) -> Where:
    """The system and the place of an address, within the scope of the server; NotShown with the choices for any other.

    ``federal``: whether the page shows the federal view too.
    """
    systems = {one: title for one, title in shelf.titles().items() if federal or one != catalogue.FEDERAL}
    if not systems:
        raise NotShown("Ни одной системы с муниципалитетами ещё не посчитано", how="Выполните команду: nms run")
    system = address.chosen("system", given.get("system"), systems, shelf.scope.system or next(iter(systems)), {})
    opened = shelf.open(system)
    names = {one: opened.names[one] for one in shelf.scope.places(opened.names)}
    if not names:
        which = shelf.scope.municipality or system
        raise NotShown(f"О месте «{which}» в последнем запуске сведений нет", how=f"Выполните команду: nms run {system}")
    usual = opened.whole if opened.whole in names else next(iter(names))
    place = address.chosen("municipality", given.get("municipality"), names, usual, {"system": system})
    return Where(systems, opened, names, place)
