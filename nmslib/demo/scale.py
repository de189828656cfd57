"""Invents registries of a whole country at once, to see how the workbook bears them: seeded, synthetic. Writes no file.

Rougher than the workbooks of ``nms demo``: no names, no mentors, no regions; what no indicator rests on may be absent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl

from nmslib.demo import chain, support, words
from nmslib.demo.scene import Draw

PLACE = "municipality"
YEARS = (2023, 2024)
DATA_DAY = date(YEARS[-1], 12, 31)
DAYS_A_YEAR = 365.25
# 2,300 municipalities of this size have two million rows of staff.
JOBS = 870
ORGANISATIONS = 25
KINDS = {"general": 0.5, "preschool": 0.35, "additional": 0.13, "methodical": 0.02}
PEOPLE = {"general": 46, "preschool": 24, "additional": 22, "methodical": 9}
MANAGERS = 3
EMPLOYMENT = {"main": 0.96, "external": 0.03, "contract": 0.01}
SECOND_JOBS = 0.045
# Two main places of one person at once: a mistake that no country's registries are without.
SECOND_EMPLOYMENT = {"internal": 0.49, "external": 0.49, "main": 0.02}
LEAVERS = 0.06


def country(municipalities: int, seed: int) -> Iterator[tuple[str, pl.DataFrame]]:
    """Registries of so many municipalities as they are at the end of ``DATA_DAY``, one after another: registry id → rows.

    Columns: municipality (m0001, m0002, ...) and those of the schema that are invented, days as dates; rows stand municipality
    by municipality. The same number and seed give the same rows.
    """
    world = _Country(municipalities, Draw(np.random.Generator(np.random.SFC64([seed, municipalities]))))
    yield "organisations", world.of_places(world.organisations)
    yield "staff", world.of_places(_jobs(world))
    yield "diagnostics", world.of_places(world.diagnostics.drop("hired_on", "left_on"))
    yield "routes", world.of_places(_routes(world))
    yield "completions", world.of_places(_completions(world))
    yield "management_teams", world.of_places(_management_teams(world))
    yield "young_support", world.of_places(_young_support(world))
    yield "mentoring_organisations", world.of_places(_mentoring_organisations(world))


@dataclass(frozen=True)
class _Country:
    """What registries share. In all frames ``number`` is the municipality's, ``at`` the row of the organisation."""

    municipalities: int
    draw: Draw

    @cached_property
    def organisations(self) -> pl.DataFrame:
        """Columns of the registry; everybody has a school."""
        random = self.draw.random
        count = np.maximum(2, np.rint(ORGANISATIONS * random.lognormal(-0.18, 0.6, self.municipalities))).astype(int)
        number, within = np.repeat(np.arange(self.municipalities), count), _within(count)
        kind = self.one_of(KINDS, len(number)).set(pl.Series(within == 0), "general")
        marks = {name: self.one_of({"yes": 0.08, "no": 0.92}, len(number)) for name in ("low_results", "hard_conditions")}
        opened, closed = _days(self.draw, date(1936, 1, 1), date(2015, 1, 1), len(number)), self.days(len(number))
        rows = pl.DataFrame({"number": number, "at": np.arange(len(number)), "type": kind, **marks, "opened_on": opened})
        called = pl.col("type").replace_strict(words.ORGANISATIONS)
        return rows.with_columns(
            organisation=pl.Series([f"О{one + 1:03d}" for one in range(count.max())]).gather(within),
            name=pl.format("{} № {} {}", called, within + 1, pl.lit(words.INVENTED_ORGANISATION)),
            settlement=self.one_of({"urban": 0.6, "rural": 0.4}, len(number)),
            closed_on=pl.when(self.chance(0.02, len(number))).then(closed),
        )

    @cached_property
    def people(self) -> pl.DataFrame:
        """One row a person: columns of staff but the code of the organisation."""
        random, places = self.draw.random, self.organisations
        weight = places["type"].replace_strict(PEOPLE).to_numpy() * random.uniform(0.4, 1.6, len(places))
        wanted = JOBS * self.municipalities / (1 + SECOND_JOBS)
        size = np.maximum(1, np.rint(weight / weight.sum() * wanted)).astype(int)
        at = np.repeat(np.arange(len(places)), size)
        age = np.clip(random.normal(46.6, 10.5, len(at)), 21.5, 73)
        served = random.random(len(at)) * (age - 21)
        hired, left = _before(served * random.uniform(0.2, 1, len(at))), self.days(len(at))
        rows = pl.DataFrame({"number": places["number"].gather(at), "at": at, "person": _pseudonyms(len(at), random)})
        return rows.with_columns(
            birth_on=_before(age),
            role=pl.Series(np.where(_within(size) < MANAGERS, "manager", "teacher")),
            position=self.one_of(words.POSTS["general"], len(at)),
            employment=self.one_of(EMPLOYMENT, len(at)),
            rate=1.0,
            hired_on=hired,
            left_on=pl.when(self.chance(LEAVERS, len(at)) & (left > hired)).then(left),
            profession_since=_before(served),
            category=self.one_of({"none": 0.3, "first": 0.42, "highest": 0.28}, len(at)),
        )

    @cached_property
    def diagnostics(self) -> pl.DataFrame:
        """Columns of the registry, and when the person came and left."""
        share = chain.DIAGNOSED * self.effort()
        rows = pl.concat(self.within(year, self.people, share, "diagnosed_on") for year in YEARS)
        return rows.select("number", "person", "hired_on", "left_on", "diagnosed_on").with_columns(
            place=self.one_of({"centre": 0.94, "other": 0.06}, len(rows)),
            level=self.one_of({"low": 0.2, "middle": 0.6, "high": 0.2}, len(rows)),
        )

    def effort(self) -> np.ndarray:
        """How hard each municipality works at a thing, 1 is typical."""
        return np.clip(1 + 0.22 * self.draw.random.normal(size=self.municipalities), 0.4, 1.6)

    def part(self, rows: pl.DataFrame, share: np.ndarray) -> pl.DataFrame:
        """A random part of the rows, by the share of their municipality."""
        return rows.filter(self.draw.random.random(len(rows)) < share[rows["number"].to_numpy()])

    def within(self, year: int, people: pl.DataFrame, share: np.ndarray, on: str) -> pl.DataFrame:
        """A part of the people, on a day of the year's school rhythm when they are at work."""
        chosen = self.part(people, share)
        days = self.draw.days(len(chosen), year).to_numpy().astype("datetime64[D]")
        return chosen.with_columns(pl.Series(on, days)).filter(_at_work(on))

    def chance(self, share: float, count: int) -> pl.Series:
        """Truth values, each true with the probability ``share``."""
        return pl.Series(self.draw.chance(share, count))

    def one_of(self, shares: dict[str, float], count: int) -> pl.Series:
        """Words, each with its probability."""
        limits = np.cumsum(list(shares.values()))
        return pl.Series(list(shares)).gather(np.searchsorted(limits, self.draw.random.random(count) * limits[-1], "right"))

    def later(self, on: str, low: int, high: int, count: int) -> pl.Expr:
        """A day so many days after another one."""
        return pl.col(on) + pl.duration(days=pl.lit(pl.Series(self.draw.whole(low, high, count))))

    def days(self, count: int) -> pl.Series:
        """Days of the years told of, evenly."""
        return _days(self.draw, date(YEARS[0], 1, 1), DATA_DAY, count)

    def of_places(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows after the id of their municipality, municipality by municipality."""
        rows = rows.sort("number", maintain_order=True)
        ids = pl.Series(PLACE, [f"m{one + 1:04d}" for one in range(self.municipalities)])
        return rows.select(ids.gather(rows["number"]), pl.exclude("number", "at"))


def _within(counts: np.ndarray) -> np.ndarray:
    """0, 1, ... within each of the groups, which are so large."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)


def _days(draw: Draw, first: date, last: date, count: int) -> pl.Series:
    return pl.Series(np.datetime64(first) + draw.whole(0, (last - first).days, count))


def _before(years: np.ndarray) -> pl.Series:
    """Days that lie so many years before the day of the data."""
    return pl.Series(np.datetime64(DATA_DAY) - (years * DAYS_A_YEAR).astype(int))


def _at_work(on: str) -> pl.Expr:
    return (pl.col("hired_on") <= pl.col(on)) & (pl.col("left_on").is_null() | (pl.col("left_on") > pl.col(on)))


def _known(on: str) -> pl.Expr:
    return pl.col(on) <= DATA_DAY


def _if_known(on: str) -> pl.Expr:
    return pl.when(_known(on)).then(on).alias(on)


def _pseudonyms(count: int, random: np.random.Generator) -> pl.Series:
    """Codes as snapshots have them: 16 hexadecimal digits."""
    return pl.Series(np.frombuffer(random.bytes(8 * count).hex().encode(), dtype="S16")).cast(pl.String)


def _jobs(world: _Country) -> pl.DataFrame:
    """Rows of staff: everybody's first job, and second ones in the same municipality."""
    people, places, draw = world.people, world.organisations, world.draw
    able = people.filter((pl.col("employment") == "main") & (pl.col("role") == "teacher"))
    again = world.part(able, np.full(world.municipalities, SECOND_JOBS * len(people) / len(able)))
    there = places.group_by("number").agg(first=pl.col("at").min(), count=pl.len()).sort("number")
    first, count = (there[name].gather(again["number"]).to_numpy() for name in ("first", "count"))
    at = first + (draw.random.random(len(again)) * count).astype(int)
    employment = world.one_of(SECOND_EMPLOYMENT, len(again))
    elsewhere = again.with_columns(at=pl.Series(at), employment=employment, rate=0.25).filter(pl.Series(at) != again["at"])
    jobs = pl.concat([people, elsewhere]).sort("at", maintain_order=True)
    return jobs.with_columns(places["organisation"].gather(jobs["at"]))


def _routes(world: _Country) -> pl.DataFrame:
    """One to five weeks after the diagnostics of a person who has stayed."""
    rows = world.part(world.diagnostics, chain.ROUTED_OF_DIAGNOSED * np.minimum(world.effort(), 1))
    rows = rows.with_columns(drawn_up_on=world.later("diagnosed_on", 5, 35, len(rows)))
    done = world.later("drawn_up_on", 60, 240, len(rows))
    rows = rows.with_columns(completed_on=pl.when(world.chance(0.55, len(rows))).then(done))
    rows = rows.filter(_at_work("drawn_up_on"), _known("drawn_up_on"))
    return rows.select("number", "person", "drawn_up_on", pl.col("place").alias("grounds"), _if_known("completed_on"))


def _completions(world: _Country) -> pl.DataFrame:
    """Programmes chosen by the centre's diagnostics, and as many again without regard to it."""
    share = chain.TRAINED_OF_DIAGNOSED * np.minimum(world.effort(), 1.1)
    chosen = world.part(world.diagnostics.filter(pl.col("place") == "centre"), share)
    chosen = chosen.with_columns(completed_on=world.later("diagnosed_on", 15, 90, len(chosen)), by_diagnostics=pl.lit("yes"))
    share = chain.TRAINED_OTHERWISE * world.effort()
    others = pl.concat(world.within(year, world.people, share, "completed_on") for year in YEARS)
    others = others.with_columns(by_diagnostics=pl.lit("no"))
    rows = pl.concat([chosen, others], how="diagonal").filter(_at_work("completed_on"), _known("completed_on"))
    listed = world.one_of({"yes": 0.75, "no": 0.25}, len(rows))
    rows = rows.with_columns(topic=world.one_of(words.TOPICS, len(rows)), in_register=listed, hours=36)
    programme = pl.col("topic").replace_strict(words.PROGRAMMES).alias("programme")
    known = rows.select("number", "person", programme, "topic", "hours", "in_register", "by_diagnostics", "completed_on")
    return known.unique(["person", "programme", "completed_on"], keep="first", maintain_order=True)


def _management_teams(world: _Country) -> pl.DataFrame:
    """A team an organisation but methodical services; a part of them trained each year."""
    rows = world.organisations.filter(pl.col("type") != "methodical").select("number", "organisation")
    share = len(YEARS) * support.TEAMS_A_YEAR * world.effort()
    trained = pl.Series(world.draw.random.random(len(rows)) < share[rows["number"].to_numpy()])
    programme = pl.when(trained).then(pl.lit(words.TEAM_PROGRAMME))
    return rows.with_columns(members=4, programme=programme, completed_on=pl.when(trained).then(world.days(len(rows))))


def _young_support(world: _Country) -> pl.DataFrame:
    """Each year a part of those who are young and in their first three years at its beginning."""
    share, parts = support.SUPPORTED * world.effort(), []
    for year in YEARS:
        born, began = date(year - support.YOUNG_YEARS, 1, 1), date(year - support.FIRST_YEARS, 1, 1)
        young = world.people.filter(pl.col("role") == "teacher", pl.col("birth_on") > born, pl.col("profession_since") > began)
        parts.append(world.within(year, young, share, "started_on"))
    rows = pl.concat(parts)
    end = pl.when(world.chance(0.75, len(rows))).then(world.later("started_on", 60, 300, len(rows)))
    rows = rows.with_columns(form=world.one_of(support.SUPPORT_FORMS, len(rows)), ended_on=end)
    return rows.select("number", "person", "form", "started_on", _if_known("ended_on"))


def _mentoring_organisations(world: _Country) -> pl.DataFrame:
    """Organisations that carry out the model; a few have given it up."""
    rows = world.part(world.organisations.select("number", "organisation"), 0.6 * world.effort())
    since = world.days(len(rows))
    ended = pl.when(world.chance(0.02, len(rows))).then(pl.lit(DATA_DAY))
    return rows.with_columns(since=since, until=ended)
