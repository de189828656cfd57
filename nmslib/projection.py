"""A scenario of a place, each part worked out once when it is first asked for: what the scenario notebooks and files show."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from nmslib import catalogue, scenarios
from nmslib.model import FACT, REGION, Card, Change, LeverCard, Scenario, System
from nmslib.paths import Project
from nmslib.problems import UserError
from nmslib.situation import Situation

# Probabilities are asked dozens of times while the least resources are looked for.
SEARCH_DRAWS = 1000


def projected(system: str, municipality: str, scenario: str, project: Project) -> "Projection":
    """A scenario by name or file, shown for a place of its system: the region's for one municipality too.

    UserError when the scenario is another system's; DataProblems with everything wrong in its file.
    """
    chosen = catalogue.load_scenario(scenario, project, catalogue.load_levers(project))
    if chosen.system != system:
        raise UserError(f"Сценарий «{chosen.title}» — для системы «{chosen.system}», а не «{system}»")
    return Projection(replace(chosen, municipality=municipality), project)


@dataclass(frozen=True)
class Projection:
    """A scenario against its base: the same months with the levers as they are, or as the scenario that it builds on has them."""

    scenario: Scenario
    project: Project

    @cached_property
    def now(self) -> Situation:
        """The place on the day that the scenario starts from."""
        if self.scenario.as_of is None:
            raise UserError(f"У сценария «{self.scenario.title}» нет даты: укажите as_of")
        return Situation(self.scenario.system, self.place, self.scenario.as_of, self.project)

    @property
    def place(self) -> str:
        """The municipality, or REGION for all of them."""
        return self.scenario.municipality

    @property
    def facts(self) -> System:
        """The system's document."""
        return self.now.facts

    @property
    def cards(self) -> dict[str, Card]:
        """Common cards of indicators."""
        return self.now.cards

    @cached_property
    def levers(self) -> dict[str, LeverCard]:
        """Cards of levers."""
        return catalogue.load_levers(self.project)

    @cached_property
    def places(self) -> list[str]:
        """Municipalities that are modelled."""
        everybody = [one for one in self.now.names if one != REGION]
        return everybody if self.place == REGION else [self.place]

    @cached_property
    def ground(self) -> scenarios.Ground:
        """People, months and today's levers; UserError when nothing of the place can be modelled."""
        start, until = self.now.day, self.scenario.until or date(self.now.day.year + 1, 12, 31)
        days = self.now.working_days
        found = scenarios.ground(self.facts, self.cards, self.levers, self.now.received, self.places, start, until, days)
        if not found.municipalities:
            why = "; ".join(f"{self.now.names[place]}: {reason}" for place, reason in found.start.unknown.items())
            raise UserError(f"Сценарий «{self.scenario.title}» не от чего считать: {why}")
        return replace(found, names=self.now.names)

    @cached_property
    def plans(self) -> scenarios.Plans:
        """Plans of the document, and those that the scenario assumes."""
        return self.ground.plans(self.scenario.targets)

    @cached_property
    def settings(self) -> scenarios.Settings:
        """Levers of the scenario; DataProblems with everything out of bounds."""
        return self.ground.settings(self.scenario)

    @cached_property
    def base_settings(self) -> scenarios.Settings:
        """Levers as they are, or as the scenario's base has them."""
        return self.ground.settings(self.base)

    @cached_property
    def base(self) -> Scenario:
        """What it is compared with: the scenario that it builds on, or things as they are."""
        named = self.scenario.base
        if named != FACT:
            return catalogue.load_scenario(named, self.project, self.levers)
        title = "Без изменений"
        return Scenario(name=FACT, title=title, author="", reason="", system=self.scenario.system, municipality=self.place)

    @cached_property
    def outcome(self) -> scenarios.Outcome:
        """Under the scenario."""
        return self.ground.outcome(self.settings, self.plans)

    @cached_property
    def overpaid(self) -> list[tuple[int, str, float, float]]:
        """Where methodists alone are paid more than the budget: year, municipality, pay and budget (thousand roubles)."""
        pay, places = self.outcome.spent["methodists"][:, :-1], self.ground.municipalities
        found = scenarios.overpaid(pay, self.settings.changed["budget"], self.ground.months)
        return [(year, places[cell], paid, budget) for year, cell, paid, budget in found]

    @cached_property
    def before(self) -> scenarios.Outcome:
        """Under its base."""
        return self.ground.outcome(self.base_settings, self.plans)

    @cached_property
    def shown(self) -> list[str]:
        """Indicators with a plan in the months ahead; all that the document has, where none is planned."""
        planned = self.outcome.reached()
        found = [
            name for name in self.plans.indicators if name in set(planned[planned["municipality"] == self.whole]["indicator"])
        ]
        return found or [name for name in self.plans.indicators if self.cards[name].unit == "percent"]

    @property
    def whole(self) -> str:
        """Whose rows of a table tell of the place as a whole."""
        return REGION if self.place == REGION else self.place

    @cached_property
    def endings(self) -> pd.DataFrame:
        """How each plan of the place ends: the columns of ``Outcome.reached``; those of the base end in ``_before``."""
        ended, before = (scenarios.endings(one, self.whole) for one in (self.outcome, self.before))
        return ended.merge(before, on=["indicator", "due_on"], suffixes=("", "_before"))

    @cached_property
    def told_endings(self) -> dict[str, str]:
        """Indicator → how its last plan ends, in a few words."""
        last = self.endings.groupby("indicator", sort=False).last().reset_index()
        return {row["indicator"]: scenarios.plan_in_words(row, self.cards[row["indicator"]], True) for _, row in last.iterrows()}

    @cached_property
    def finding(self) -> str:
        """How many plans are met under the scenario and under its base."""
        if self.endings.empty:
            return f"{self.scenario.title}: плановых значений на эти месяцы нет"
        met, was = (int((self.endings[name] == 0).sum()) for name in ("missing", "missing_before"))
        same = " — столько же, сколько" if met == was else f"; {was} —"
        told = f"{self.scenario.title}: планов выполнено {met} из {len(self.endings)}"
        if self.scenario.title != self.base.title:
            told += f"{same} в варианте «{self.base.title}»"
        unsure = int(self.endings["missing"].isna().sum())
        return f"{told}; от муниципалитетов без данных зависит: {unsure}" if unsure else told

    @cached_property
    def moves(self) -> pd.DataFrame:
        """Levers that differ from the base: lever, municipality (None: everywhere), least and greatest before and after, spread.

        ``source``: where today's value comes from, of one municipality.
        """
        rows: list[dict[str, Any]] = []
        everywhere, places = self.scenario.overrides, self.ground.municipalities
        for name in everywhere:
            rows.append(self._move(name, None, list(range(len(places))), everywhere[name]))
        for place, changes in self.scenario.municipalities.items():
            if place in places:
                rows += [self._move(name, place, [places.index(place)], change) for name, change in changes.items()]
        return pd.DataFrame(rows, columns=["lever", "municipality", "before", "after", "spread", "source"])

    def _move(self, lever: str, place: str | None, cells: list[int], change: Change) -> dict[str, Any]:
        before, after = (one[lever][cells] for one in (self.ground.facts.values, self.settings.changed))
        told = {self.ground.facts.told[lever][cell] for cell in cells}
        bounds = [(float(one.min()), float(one.max())) for one in (before, after)]
        source = told.pop() if len(told) == 1 else "по реестрам каждого муниципалитета"
        whose = place or (places[0] if len(places := self.ground.municipalities) == 1 else None)
        return {
            "lever": lever,
            "municipality": whose,
            "before": bounds[0],
            "after": bounds[1],
            "spread": change.spread,
            "source": source,
        }

    @cached_property
    def drawn(self) -> scenarios.Drawn:
        """Draws of the scenario: bands, probabilities, inputs."""
        chosen = self.scenario
        return scenarios.draw(self.ground, self.settings, self.plans, self.shown, chosen.seed, chosen.draws)

    def probability(self, indicator: str, due_on: pd.Timestamp) -> float | None:
        """In which part of the draws the plan is met by its day; None where it was not drawn."""
        table = self.drawn.probability
        mine = (table["indicator"] == indicator) & (table["municipality"] == self.whole) & (table["due_on"] == due_on)
        return float(table.loc[mine, "probability"].iloc[0]) if mine.any() else None

    @cached_property
    def months(self) -> pd.DataFrame:
        """Months of the place for charts (``scenarios.trajectories``)."""
        mine = scenarios.trajectories(self.outcome, self.before, self.drawn.bands, self.now.figures, self.whole)
        return mine[mine["indicator"].isin(self.shown)].reset_index(drop=True)

    @cached_property
    def backtest(self) -> pd.DataFrame:
        """What the model would have foretold of the as-of date, against what happened."""
        now = self.now
        seed = self.scenario.seed
        return scenarios.backtest(
            self.facts, self.cards, self.levers, now.received_on, self.places, now.day, now.working_days, seed
        )

    @cached_property
    def synthetic(self) -> bool:
        """Whether the registries it starts from are invented."""
        return self.now.synthetic

    def known(self, indicator: str) -> bool:
        """Whether the draws tell anything of an indicator of the place at the end of the months."""
        return bool(pd.Series(self.drawn.finals[self.whole, indicator][-1].values).notna().any())

    def importance(self, indicator: str) -> pd.DataFrame:
        """Which inputs the final value depends on: lever, share of its variation, direction."""
        return scenarios.importance(self.drawn, indicator, self.whole)

    @cached_property
    def rule_in_words(self) -> str:
        """When the plans fail, as one rule, or why there is none; empty without plans."""
        planned = [name for name in self.shown if self.drawn.planned(self.whole, name)]
        return scenarios.failure_words(self.drawn, self.whole, planned) if planned else ""

    @cached_property
    def backtest_in_words(self) -> str:
        """What came of the forecast made before."""
        return scenarios.backtest_words(self.backtest, self.whole)

    @cached_property
    def least(self) -> scenarios.Least | None:
        """Least resources that the scenario asks for; None when it does not ask."""
        solve = self.scenario.solve
        if solve is None:
            return None
        chances = self._chances if solve.probability is not None else None
        return scenarios.least(self.ground, solve, self.settings, self.plans, self.places, chances)

    def _chances(self, settings: scenarios.Settings) -> dict[str, float]:
        """In which part of the draws all wanted plans are met, by municipality; fewer draws, as it is asked many times."""
        solve, draws = self.scenario.solve, min(self.scenario.draws, SEARCH_DRAWS)
        assert solve is not None
        places = self.ground.municipalities
        drawn = scenarios.draw(self.ground, settings, self.plans, solve.targets, self.scenario.seed, draws, places, by=solve.by)
        return {place: drawn.chance(place, solve.targets, solve.by) for place in places}

    @cached_property
    def workforce(self) -> scenarios.Workforce:
        """Methodists that the year's work of the place takes."""
        return scenarios.workforce(scenarios.workload(self.ground, self.plans, self.whole))

    @cached_property
    def allocation(self) -> scenarios.Allocation | None:
        """Ways of splitting a resource that the scenario asks for; None when it does not ask."""
        asked = self.scenario.allocate
        if asked is None:
            return None
        return scenarios.allocate(self.ground, self.settings, self.plans, asked.resource, asked.total, asked.indicator)
