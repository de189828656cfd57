"""What registries tell of places on a day: what the document asks, who is known, where people and methodists stand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property

import polars as pl
from dateutil.relativedelta import relativedelta

from nmslib.indicators import FUNCTIONS, Question
from nmslib.indicators.asked import Asked, asked
from nmslib.indicators.counting import Tallied, Tally, tallies
from nmslib.indicators.definitions.bases import HARD, active, in_force, organisations, rows, staff, young
from nmslib.indicators.knowledge import Knowledge, since
from nmslib.indicators.periods import period_of
from nmslib.indicators.rows import ENGINE, PLACE
from nmslib.model import REGION, Card, System
from nmslib.problems import UserError
from nmslib.registries import Frames, Registries
from nmslib.scenarios import history

DIAGNOSED, ROUTED, COMPLETED = CHAIN = ("diagnosed_share", "routed_share", "register_programmes_share")
MANAGERS, HARD_TRAINED = "managers_diagnosed_share", "trained_low_results_share"
TEAMS, YOUNG, MENTORING = "management_teams_share", "young_supported_share", "mentoring_model_share"
METHODISTS, ACCOMPANIED, EVENTS = "methodists_count", "staff_per_methodist", "events_count"
# Cards that a place may lack and be modelled all the same.
OTHERS = (TEAMS, YOUNG, MENTORING, METHODISTS, ACCOMPANIED, EVENTS)
COUNTED = (*CHAIN, HARD_TRAINED, *OTHERS)
ACTIVE, SERVICE = "methodical_active", "methodical_service"
# A route not completed for longer is given up; who was diagnosed longer ago without a route is to be diagnosed anew.
ROUTE_LASTS, DIAGNOSIS_LASTS = relativedelta(months=24), relativedelta(months=12)
MOVES_LAST = relativedelta(months=36)
COUNTS = ("completed", "with_route", "routed", "in_chain", "diagnosed", "completed_in_school_year")
PERSON = [PLACE, "person"]


class Standing:
    """Registries of a system as of a day.

    ``document``: figures that its document asks for; ``asked``: everything that the model counts, and what the document does not
    ask for has the organisations of its others and the period of its card. ``question``: the base of the chain. Raises UserError
    when the document counts the chain by different organisations: then there is no one line of people.
    """

    def __init__(self, system: System, cards: dict[str, Card], registries: Registries, as_of: date):
        self.system, self.as_of, self.frames = system, as_of, registries.frames
        self.document = {one.card.id: one for one in asked(system, cards, as_of)}
        kinds = {self.document[name].organisations for name in (*CHAIN, MANAGERS, HARD_TRAINED) if name in self.document}
        if len(kinds) > 1:
            told = "диагностику, ИОМ и обучение документ считает по разным организациям: одних и тех же людей нет"
            raise UserError(f"Сценарий для системы «{system.id}» не посчитать: {told}")
        kind = next(iter(kinds), system.indicators[0].organisations if system.indicators else "all")
        own = {name: Asked(cards[name], kind, "", "", period_of(cards[name].period, as_of), as_of) for name in COUNTED}
        self.asked = own | {name: one for name, one in self.document.items() if name in own}
        self.question = Question(date(as_of.year, 1, 1), as_of, kind)
        self._cards, self._knowledge = cards, Knowledge(registries, as_of, since(system))

    def why_not(self, place: str) -> str:
        """Why a place cannot be modelled, in Russian; empty when it can: its registries of the chain are known."""
        if place not in self._knowledge.senders:
            return "не присылает реестров этой системы"
        columns = {sheet: columns for name in CHAIN for sheet, columns in self._cards[name].columns.items()}
        found = self._knowledge.unknown(replace(self._cards[DIAGNOSED], columns=columns), None, place)
        return found.cause if found else ""

    def absent(self, card: str, places: Sequence[str]) -> dict[str, str]:
        """Of these places, those in which a figure is not known, and why."""
        found = {place: self._knowledge.unknown(self._cards[card], None, place) for place in places}
        return {place: unknown.cause for place, unknown in found.items() if unknown}

    def bases(self, cards: Sequence[str], places: Sequence[str]) -> dict[str, dict[str, int]]:
        """Card → place → its denominator by the last registries of it there are, its figure being unknown or not.

        A place is absent where these were not sent or mostly not read; a card that is a plain count has none.
        """
        if not places:
            return {}
        found = dict(zip(cards, tallies([self.document[name] for name in cards], self.frames), strict=True))
        return {
            name: {
                place: tallied.by_place.get(place, Tally()).denominator or 0
                for place in places
                if self._told(name, tallied, place)
            }
            for name, tallied in found.items()
            if tallied.base
        }

    def _told(self, card: str, tallied: Tallied, place: str) -> bool:
        """Whether the registries of a denominator tell of a place, be they older than the day."""
        registries = [one for one in self._cards[card].registries if one in (tallied.base, "organisations")]
        known = [self._knowledge.arrival(one, place) for one in registries]
        return all(one is not None and one.received and 2 * one.unread <= one.sent for one in known)

    def lacks(self, registry: str, place: str) -> bool:
        """Whether a registry of a place was not sent, mostly not read, or is older than the day."""
        card = replace(self._cards[DIAGNOSED], columns={registry: ()})
        return self._knowledge.unknown(card, None, place) is not None

    def title(self, registry: str, place: str) -> str:
        """How a registry is called in the workbook."""
        arrival = self._knowledge.arrival(registry, place)
        return arrival.title if arrival else registry

    def kept_since(self, place: str) -> date:
        """The first day that registries of a place tell of: the document's (``knowledge.since``), else of the year before."""
        arrival = self._knowledge.arrival("staff", place)
        year = arrival.data_on.year if arrival and arrival.data_on else self.as_of.year
        return since(self.system) or date(year - 1, 1, 1)

    @cached_property
    def tallied(self) -> dict[str, dict[str, Tally]]:
        """Counts of OTHERS by card and place, as the figures have them."""
        found = tallies([self.asked[name] for name in OTHERS], self.frames)
        return {name: one.by_place for name, one in zip(OTHERS, found, strict=True)}

    def of_region(self, card: str) -> int | None:
        """What the region itself counts beside its municipalities; None when it does not send it or it is not known."""
        if not self._knowledge.sends(self._cards[card], REGION) or self.absent(card, [REGION]):
            return None
        return self.tallied[card].get(REGION, Tally()).numerator

    def moves_since(self, place: str) -> date:
        """After which day comings and leavings are counted."""
        return max(self.as_of - MOVES_LAST, self.kept_since(place) - timedelta(days=1))

    def collected(self, places: Sequence[str], first: date, last: date) -> dict[str, pl.DataFrame]:
        """Rows counted in one pass: lines, young, paces (of months from ``first`` to ``last``), moves, ACTIVE and SERVICE."""
        if not places:
            return {}
        frames, people = self.frames, history.jobs(self.frames, self.question.organisations).collect(engine=ENGINE).lazy()
        flows = [flow for flow, card in history.FLOWS.items() if set(self._cards[card].registries) <= set(frames)]
        plans = {
            "lines": lines(frames, {name: one.question for name, one in self.asked.items()}),
            "young": beginners(frames, self.question),
            "paces": history.paces(frames, flows, people, self.question, first, last),
            "moves": history.moves(people, {place: self.moves_since(place) for place in places}, self.as_of),
        }
        plans |= {ACTIVE: methodists(frames, self.question)} if ACTIVE in frames else {}
        plans |= {SERVICE: service(frames, self.question)} if SERVICE in frames else {}
        return dict(zip(plans, pl.collect_all(plans.values(), engine=ENGINE), strict=True))


def lines(frames: Frames, asked: Mapping[str, Question]) -> pl.LazyFrame:
    """People by line: municipality, line (a line of ``history.line``), n and COUNTS; meanings: ``start.Start``.

    ``asked``: card → its question; the base is that of ``diagnosed_share``.
    """
    asking = asked[DIAGNOSED]
    of_hard = organisations(frames, asking).only("ШНОР или ШНСУ", HARD)
    hard = staff(frames, asking, ("teacher",), of_hard).kept().select(*PERSON, pl.lit(True).alias("hard"))
    marks = {"diagnosed": DIAGNOSED, "routed": ROUTED, "completed": COMPLETED, "completed_in_school_year": HARD_TRAINED}
    found = {mark: FUNCTIONS[card](frames, asked[card]).numerator.kept() for mark, card in marks.items()}
    found |= {"waiting": _waiting(frames, asking.as_of), "going": _going(frames, asking.as_of)}
    marked = pl.concat([people.select(*PERSON, pl.lit(mark).alias("mark")) for mark, people in found.items()])
    by_person = marked.group_by(PERSON).agg(*((pl.col("mark") == mark).any().alias(mark) for mark in found))
    people = staff(frames, asking).kept().select(*PERSON, "role").join(by_person, on=PERSON, how="left")
    told = people.join(hard, on=PERSON, how="left").with_columns(pl.col("hard", *found).fill_null(False))
    with_route = pl.col("completed") | pl.col("routed") | pl.col("going")
    chained = told.with_columns(
        with_route=with_route, in_chain=with_route | pl.col("diagnosed") | pl.col("waiting"), line=history.line()
    )
    whole = (pl.col(name).sum().cast(pl.Int64) for name in COUNTS)
    return chained.group_by(PLACE, "line").agg(pl.len().cast(pl.Int64).alias("n"), *whole)


def _routes(frames: Frames, as_of: date) -> pl.LazyFrame:
    """Routes on the centre's diagnostics drawn up by the day."""
    return frames["routes"].filter((pl.col("grounds") == "centre") & (pl.col("drawn_up_on") <= as_of))


def _going(frames: Frames, as_of: date) -> pl.LazyFrame:
    """People with a route that is not completed yet and not given up."""
    lasts = pl.col("drawn_up_on") > as_of - ROUTE_LASTS
    unended = pl.col("completed_on").is_null() | (pl.col("completed_on") > as_of)
    return _routes(frames, as_of).filter(lasts & unended).select(PERSON).unique()


def _waiting(frames: Frames, as_of: date) -> pl.LazyFrame:
    """People diagnosed at the centre not too long ago, for whom no route was drawn up since."""
    centre = pl.col("place") == "centre"
    recent = (pl.col("diagnosed_on") > as_of - DIAGNOSIS_LASTS) & (pl.col("diagnosed_on") <= as_of)
    last = frames["diagnostics"].filter(centre & recent).group_by(PERSON).agg(pl.max("diagnosed_on"))
    routed = _routes(frames, as_of).group_by(PERSON).agg(pl.max("drawn_up_on"))
    since = pl.col("drawn_up_on") >= pl.col("diagnosed_on")
    return last.join(routed, on=PERSON, how="left").filter(since.is_null() | ~since).select(PERSON)


def beginners(frames: Frames, asking: Question) -> pl.LazyFrame:
    """Young teachers one by one: municipality, birth_on, profession_since, ongoing (whether they are supported at the day)."""
    people = young(frames, asking).kept().select(*PERSON, "birth_on", "profession_since")
    if "young_support" not in frames:
        return people.with_columns(ongoing=False)
    unended = pl.col("ended_on").is_null() | (pl.col("ended_on") > asking.as_of)
    support = frames["young_support"].filter((pl.col("started_on") <= asking.as_of) & unended).select(PERSON).unique()
    told = people.join(support.with_columns(ongoing=True), on=PERSON, how="left")
    return told.with_columns(pl.col("ongoing").fill_null(False))


def methodists(frames: Frames, asking: Question) -> pl.LazyFrame:
    """Members of the methodical active one by one: municipality they serve, engagement, accompanied."""
    return active(frames, asking).kept().select(PLACE, "engagement", "accompanied")


def service(frames: Frames, asking: Question) -> pl.LazyFrame:
    """The municipal methodical service on the day: municipality, rates (of all its people together), people."""
    there = in_force(rows(frames, "methodical_service"), "since", "until", asking, "работает с", "не уволен по").kept()
    return there.group_by(PLACE).agg(pl.col("rate").sum().alias("rates"), pl.col("person").n_unique().alias("people"))
