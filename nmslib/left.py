"""What a run left of a place, for pages: the same situation, read from finished tables alone."""

from dataclasses import dataclass, field
from datetime import date

from nmslib import tables
from nmslib.model import Municipality, System
from nmslib.problems import UserError
from nmslib.registries import Registries
from nmslib.situation import Situation


@dataclass(frozen=True)
class Left(Situation):
    """A place as a run left it, whatever has changed since: nothing is worked out, no registry is read.

    Figures are there for each day of the place's trend, everything else for the day of its report.
    """

    held: tables.Held | None = field(default=None, repr=False, compare=False)

    @property
    def _kept(self) -> tables.Held | None:
        return self.held

    @property
    def synthetic(self) -> bool:
        """Whether anything shown rests on invented registries."""
        return bool(self.held is None or self.held.table("arrivals")["synthetic"].any())

    def _read(self, facts: System, senders: list[Municipality], day: date) -> Registries:
        raise UserError(f"Страница показывает готовые цифры; чтобы посчитать их на {day:%d.%m.%Y}, выполните nms run {facts.id}")
