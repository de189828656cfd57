"""What a server may show: everything, or the figures of one system or one municipality (environment variable NMS_SCOPE)."""

import os
from collections.abc import Iterable
from dataclasses import dataclass

from nmslib.model import REGION
from nmslib.problems import UserError

VARIABLE = "NMS_SCOPE"


@dataclass(frozen=True)
class Scope:
    """``system`` and ``municipality``: the only ones that are shown by name; None: all of them."""

    system: str | None = None
    municipality: str | None = None

    def systems(self, known: Iterable[str]) -> list[str]:
        """Those of ``known`` that may be shown."""
        return [one for one in known if self.system in (None, one)]

    def places(self, known: Iterable[str]) -> list[str]:
        """Those of ``known`` that may be shown by name; a municipality's own scope does not hold the region's figures."""
        return [one for one in known if self.municipality in (None, one)]

    @property
    def alone(self) -> bool:
        """Whether one municipality is shown, and others as an anonymous distribution only."""
        return self.municipality is not None


def scope(value: str | None = None) -> Scope:
    """«amur/tynda», «amur» or nothing (everything), from NMS_SCOPE where not given; UserError when it is anything else."""
    given = (os.environ.get(VARIABLE, "") if value is None else value).strip()
    if not given:
        return Scope()
    parts = given.split("/")
    if len(parts) > 2 or not all(parts) or parts[-1] == REGION:
        raise UserError(f"{VARIABLE}={given}: нужна запись «система» или «система/муниципалитет», например amur/tynda")
    return Scope(*parts)
