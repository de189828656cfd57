"""Up to four scenarios of one place side by side: how their plans end, how likely, at what cost, and how they differ in words."""

from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from nmslib import scenarios
from nmslib.model import Card
from nmslib.paths import Project
from nmslib.problems import UserError
from nmslib.projection import Projection, projected

MOST = 4
BASE = "Без изменений"


def compared(system: str, municipality: str, names: str, project: Project) -> "Compared":
    """Scenarios named with commas between them, shown for one place.

    All start on the day of the first and look as far ahead as the one that looks furthest. UserError when there are none, more
    than four, or one twice.
    """
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    if not 1 <= len(wanted) <= MOST or len(set(wanted)) < len(wanted):
        raise UserError(f"Рядом показывают от одного до четырёх разных сценариев, а названы: {names or 'ни одного'}")
    shown = [projected(system, municipality, name, project) for name in wanted]
    first = shown[0].scenario
    until = max((one.scenario.until for one in shown if one.scenario.until), default=None)
    same = [replace(one.scenario, as_of=first.as_of, until=until) for one in shown]
    return Compared(tuple(Projection(one, project) for one in same))


@dataclass(frozen=True)
class Compared:
    """Projections of the same place and months, in the order in which they were named."""

    shown: tuple[Projection, ...]

    def __post_init__(self) -> None:
        first = self.shown[0]
        for other in self.shown[1:]:
            # People and months do not depend on levers: they are worked out once for all.
            vars(other).update(now=first.now, ground=first.ground)

    @property
    def first(self) -> Projection:
        """The one that was named first: the place and the day are its own."""
        return self.shown[0]

    @property
    def cards(self) -> dict[str, Card]:
        """Common cards of indicators."""
        return self.first.cards

    @cached_property
    def indicators(self) -> list[str]:
        """Everything that one of them shows, in the order of the document."""
        named = {name for one in self.shown for name in one.shown}
        return [name for name in self.first.plans.indicators if name in named]

    @cached_property
    def unchanged(self) -> scenarios.Outcome:
        """The months with the levers as they are."""
        plain = replace(self.first.scenario, overrides={}, municipalities={})
        return self.first.ground.outcome(self.first.ground.settings(plain), self.first.plans)

    @cached_property
    def months(self) -> pd.DataFrame:
        """Rows for charts: scenario (title), indicator, month, value, target; things as they are come first.

        Of the whole, where some municipalities tell nothing, ``value`` is the lower bound.
        """
        outcomes = [(BASE, self.unchanged), *((one.scenario.title, one.outcome) for one in self.shown)]
        rows = pd.concat([one.table().assign(scenario=title) for title, one in outcomes], ignore_index=True)
        rows["value"] = rows["value"].fillna(rows["lower"])
        mine = rows["indicator"].isin(self.indicators) & (rows["municipality"] == self.first.whole)
        return rows.loc[mine, ["scenario", "indicator", "month", "value", "target"]].reset_index(drop=True)

    @cached_property
    def finding(self) -> str:
        """Which of them meets most plans, and which is the cheapest of those."""
        met = [int((one.endings["missing"] == 0).sum()) for one in self.shown]
        best = [one for one, count in zip(self.shown, met, strict=True) if count == max(met)]
        cheapest = min(best, key=lambda one: one.outcome.cost(one.whole))
        if self.first.endings.empty:
            return "Плановых значений на эти месяцы нет: сравниваются значения и затраты"
        why = "больше всего планов" if len(best) == 1 else "столько же планов, сколько другие лучшие, и дешевле"
        return f"«{cheapest.scenario.title}» выполняет {why}: {max(met)} из {len(cheapest.endings)}"

    @cached_property
    def differences(self) -> list[tuple[str, list[str]]]:
        """Each of the others against the first, in sentences."""
        base = self.first
        return [
            (
                one.scenario.title,
                scenarios.told(one.outcome, base.outcome, base.whole, self.cards, base.scenario.title),
            )
            for one in self.shown[1:]
        ]
