"""Everything about one place on one day, each part worked out once when it is first asked for: what notebooks and runs show.

Where a run has left its tables and nothing has changed since, parts are read from them: they are the same, only sooner.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import pandas as pd
from dateutil.relativedelta import relativedelta

from nmslib import advice, catalogue, completeness, indicators, roadmap, tables
from nmslib.model import REGION, AdviceRules, Card, Municipality, RegistrySchema, System
from nmslib.paths import Project
from nmslib.registries import Registries, read_system
from nmslib.tables import of_document


@dataclass(frozen=True)
class Situation:
    """A place of a system (a municipality, or ``REGION`` for the whole) on ``day``; facts are read on first use.

    ``anew``: everything is worked out from the snapshots, whatever a run has left.
    """

    system: str
    municipality: str
    day: date
    project: Project
    anew: bool = False

    @cached_property
    def _kept(self) -> tables.Kept | tables.Held | None:
        """What a run left about the place on this day, if it would come out the same now."""
        kept = None if self.anew else tables.in_step(self.system, self.project)
        return kept if kept and kept.days.get(self.municipality) == self.day else None

    def _left(self, name: str) -> pd.DataFrame | None:
        """Rows about the place in a table that a run left, as of the day where it holds several."""
        return self._of_day(self._kept.of(name, self.municipality)) if self._kept else None

    def _left_everywhere(self, name: str) -> pd.DataFrame | None:
        """The same of the place, or of every place for the whole."""
        if self._kept is None or self.municipality != REGION:
            return self._left(name)
        return self._of_day(self._kept.table(name))

    def _of_day(self, left: pd.DataFrame | None) -> pd.DataFrame | None:
        if left is None or tables.DAY not in left:
            return left
        return left[left[tables.DAY] == pd.Timestamp(self.day)].drop(columns=tables.DAY).reset_index(drop=True)

    @of_document
    def facts(self) -> System:
        """The system's document."""
        return catalogue.load_system(self.system, self.project)

    @of_document
    def cards(self) -> dict[str, Card]:
        """Common cards of indicators."""
        return catalogue.load_cards(self.project)

    @of_document
    def schema(self) -> RegistrySchema:
        """All registries."""
        return catalogue.load_registry_schema(self.project)

    @of_document
    def places(self) -> list[Municipality]:
        """Every place of the system that reports are made of; for the federal view, the systems and all of them together."""
        return catalogue.places(self.facts, self.project)

    @cached_property
    def place(self) -> Municipality:
        """The place itself; UserError naming the nearest ones when there is none."""
        return catalogue.find_place(self.facts, self.municipality, self.project)

    @of_document
    def names(self) -> dict[str, str]:
        """Place → how it is called."""
        return {place.municipality: place.name for place in self.places}

    @cached_property
    def received(self) -> Registries:
        """What told of the day: registries of the place and of the region, of all senders for the whole."""
        return self.received_on(self.day)

    def received_on(self, day: date) -> Registries:
        """The same for another day."""
        senders = catalogue.senders(self.facts, self.project)
        mine = [one for one in senders if self.municipality == REGION or one.municipality in (self.municipality, REGION)]
        return self._read(self.facts, mine, day)

    def _read(self, facts: System, senders: list[Municipality], day: date) -> Registries:
        forms = completeness.forms(facts, self.cards, self.schema, senders)
        return read_system(facts.id, forms, self.project, day, {one.municipality: one.name for one in senders})

    @cached_property
    def _systems(self) -> dict[str, tuple[System, Registries]]:
        """Documents and registries of the systems that the federal view puts side by side."""
        systems = [catalogue.load_system(name, self.project) for name in self.names if name != REGION]
        return {one.id: (one, self._read(one, catalogue.senders(one, self.project), self.day)) for one in systems}

    @cached_property
    def synthetic(self) -> bool:
        """Whether anything shown rests on invented registries."""
        if self.facts.act.level == "federal":
            return any(registries.synthetic for _, registries in self._systems.values())
        return self.received.synthetic

    @cached_property
    def everywhere(self) -> pd.DataFrame:
        """Figures of every place on the day; asked of the whole only, which reads all senders."""
        if self._kept and (left := self._kept.table("figures")) is not None:
            return left[left["as_of"] == pd.Timestamp(self.day)].reset_index(drop=True)
        return self.figures_on(self.day, list(self.names))

    @cached_property
    def figures(self) -> pd.DataFrame:
        """Figures of the place on the day."""
        if (left := self._left("figures")) is not None:
            return left[left["as_of"] == pd.Timestamp(self.day)].reset_index(drop=True)
        return self.figures_on(self.day, [self.municipality])

    def figures_on(self, day: date, municipalities: list[str]) -> pd.DataFrame:
        """Figures of these places on a day (the federal view knows its own day only); of the whole, they rest on all senders."""
        if self.facts.act.level != "federal":
            received = self.received if day == self.day else self.received_on(day)
            return indicators.figures(self.facts, self.cards, received, municipalities, day)
        table = indicators.across(self.facts, self._systems, self.cards, day)
        return table[table["municipality"].isin(municipalities)].reset_index(drop=True)

    @cached_property
    def series(self) -> pd.DataFrame:
        """Figures of the place at the days of its trend; of the federal view, on the day alone."""
        left = [self._left(name) for name in ("figures", "earlier")]
        if left[0] is None or left[1] is None:
            return self.series_of([self.municipality])
        of_trend = left[0]["as_of"].isin(pd.to_datetime(indicators.trend_days(self.facts, self.day)))
        both = pd.concat([left[0][of_trend].assign(variant=""), left[1]], ignore_index=True)
        return both.sort_values("as_of", kind="stable", ignore_index=True)

    def series_of(self, municipalities: list[str]) -> pd.DataFrame:
        """The same of several places; asked of the whole."""
        if self.facts.act.level == "federal":
            return self.figures_on(self.day, municipalities).assign(variant="")
        days = indicators.trend_days(self.facts, self.day)
        known = ((one, self.received_on(one)) for one in days)
        return indicators.series(self.facts, self.cards, known, municipalities)

    @cached_property
    def causes(self) -> pd.DataFrame:
        """Who holds the indicators back, in the place or, for the whole, in every municipality."""
        if (left := self._left_everywhere("causes")) is not None:
            return left
        if self.facts.act.level == "federal":
            return pd.DataFrame(columns=indicators.CAUSES_COLUMNS)
        wanted = list(self.names) if self.municipality == REGION else [self.municipality]
        return indicators.causes(self.facts, self.cards, self.received, wanted, self.day)

    @of_document
    def working_days(self) -> roadmap.WorkingDays:
        """The production calendar."""
        return roadmap.WorkingDays(catalogue.load_working_years(self.project))

    def next_working(self, day: date) -> date:
        """The day, or the next working one if it is off; in a year without a calendar weekends and 1–8 January are off."""
        while self._is_off(day):
            day += timedelta(days=1)
        return day

    def _is_off(self, day: date) -> bool:
        try:
            return not self.working_days.is_working(day)
        except LookupError:
            # No decree moves work into 1–8 January (ст. 112 ТК РФ) of a year that we do not know.
            return self.working_days.weekend_of_unknown_year(day) or (day.month == 1 and day.day <= 8)

    @of_document
    def schedule(self) -> pd.DataFrame:
        """Due dates of the roadmap, with the readings that somebody chose."""
        readings = catalogue.load_readings(self.system, self.project)
        return roadmap.schedule(self.facts, self.working_days, readings)

    @cached_property
    def terms(self) -> pd.DataFrame:
        """Every due date of the roadmap with its state in the place."""
        left = self._left("roadmap")
        return self.terms_of(self.municipality) if left is None else left

    def terms_of(self, municipality: str) -> pd.DataFrame:
        """The same of a place; asked of the whole. Measures of the region alone stand as the region tells of them."""
        plan = self.schedule.assign(printed=range(len(self.schedule)))
        own, told = ~plan["measure"].isin(roadmap.of_region(self.facts)), []
        for mine, teller in ((plan[own], municipality), (plan[~own], REGION)):
            execution = self.received.of("execution", teller) if len(mine) else None
            told.append(roadmap.states(mine, execution, municipality, self.day, self.working_days))
        both = pd.concat([one for one in told if len(one)] or told[:1], ignore_index=True)
        return both.sort_values("printed", ignore_index=True).drop(columns="printed")

    @cached_property
    def measures(self) -> pd.DataFrame:
        """One row a measure: what to look at now; empty where the document has no roadmap."""
        left = self._left("measures")
        return left if left is not None else roadmap.current(self.terms, self.day)

    @cached_property
    def recommendations(self) -> pd.DataFrame:
        """What to recommend in the place, each to somebody, for so many, by a day."""
        left = self._left("recommendations")
        return self.recommended(self.municipality, self.measures) if left is None else left

    def recommended(self, municipality: str, measures: pd.DataFrame) -> pd.DataFrame:
        """The same in another place whose measures are given; asked of the whole."""
        figures = self.figures if municipality == self.municipality else self.everywhere
        arrivals = self.received.arrivals
        return advice.recommendations(
            municipality,
            figures,
            self.causes,
            measures,
            arrivals,
            self.facts,
            self.cards,
            self.rules,
            self.names,
            self.day,
            self.next_working,
        )

    @of_document
    def rules(self) -> AdviceRules:
        """Rules of recommendations."""
        return catalogue.load_advice(self.project, self.cards)

    @cached_property
    def recommended_everywhere(self) -> pd.DataFrame:
        """Recommendations about figures in every place; asked of the whole."""
        return pd.concat([self.recommended(name, self.measures.head(0)) for name in self.names], ignore_index=True)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """What became of the recommendations of the last monitoring, beside comparable municipalities."""
        left = self._left("outcomes")
        return self._other(REGION, self.day).outcomes_of([self.municipality]) if left is None else left

    def outcomes_of(self, municipalities: list[str]) -> pd.DataFrame:
        """The same of several places; asked of the whole."""
        before = self._at_last_monitoring
        if before is None:
            return pd.DataFrame(columns=list(advice.OUTCOMES))
        was, is_now = (table[table["municipality"].isin(municipalities)] for table in (before.everywhere, self.everywhere))
        return advice.outcomes(before.recommended_everywhere, was, is_now, before.everywhere, self.everywhere, self.cards)

    @cached_property
    def _at_last_monitoring(self) -> "Situation | None":
        """The whole on the day of the monitoring before; None where there is nothing to compare with."""
        then = self.last_monitoring
        return None if then is None or self.facts.act.level == "federal" else self._other(REGION, then)

    @cached_property
    def organisations(self) -> pd.DataFrame:
        """Figures by organisation of the place, of every municipality for the whole; small groups of people are put together."""
        if (left := self._left_everywhere("organisations")) is not None:
            return left
        return self.organisations_of(list(self.names) if self.municipality == REGION else [self.municipality])

    def organisations_of(self, municipalities: list[str]) -> pd.DataFrame:
        """The same of several places; asked of the whole."""
        federal = self.facts.act.level == "federal"
        told = indicators.by_organisation(self.facts, self.cards, self.received, [] if federal else municipalities, self.day)
        return indicators.pooled_small(told)

    @cached_property
    def portrait(self) -> pd.DataFrame:
        """Who works in the place and what was done with them, in counts."""
        left = self._left("portrait")
        return self.portrait_of([self.municipality]) if left is None else left

    def portrait_of(self, municipalities: list[str]) -> pd.DataFrame:
        """The same of several places; asked of the whole."""
        federal = self.facts.act.level == "federal"
        return indicators.portrait(self.facts, self.received, [] if federal else municipalities, self.day)

    @cached_property
    def arrivals(self) -> pd.DataFrame:
        """What each sender sent (``Registries.arrivals``), and whether anything shown rests on invented registries."""
        if (left := self._left_everywhere("arrivals")) is not None:
            return left
        if self.facts.act.level != "federal":
            return self.received.arrivals.assign(synthetic=self.synthetic)
        told = [(name, registries) for name, (_, registries) in self._systems.items()]
        return pd.concat([one.arrivals.assign(municipality=name, synthetic=one.synthetic) for name, one in told])

    def origins_of(self, municipalities: list[str]) -> pd.DataFrame:
        """How many rows each condition of each figure left in these places; asked of the whole."""
        if self.facts.act.level == "federal":
            return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in indicators.ORIGINS.items()})
        return indicators.origins(self.facts, self.cards, self.received, municipalities, self.day)

    def _other(self, municipality: str, day: date) -> "Situation":
        """Another place or day of the same system."""
        if (municipality, day) == (self.municipality, self.day):
            return self
        return replace(self, municipality=municipality, day=day)

    @cached_property
    def last_monitoring(self) -> date | None:
        """The day of the monitoring before, by how often the document wants it; None before the document's period."""
        months = 12 // (self.facts.act.monitoring.times_a_year or 1)
        day, start = self.day - relativedelta(months=months), self.facts.act.period.start
        return None if start and day < start else day
