"""Whose rows count: organisations, staff, teams, the methodical active. The bases that definitions share."""

import polars as pl
from dateutil.relativedelta import relativedelta

from nmslib import wording
from nmslib.indicators.rows import PLACE, Question, Rows
from nmslib.registries import Frames

YOUNG_YEARS = 35
FIRST_YEARS = 3
ROLES = {
    ("teacher", "manager"): "педагогические работники и управленческие кадры",
    ("teacher",): "педагогические работники",
    ("manager",): "управленческие кадры",
}
HARD = (pl.col("low_results") == "yes") | (pl.col("hard_conditions") == "yes")
PSYCHOLOGIST = "психолог"
STAFF_COLUMNS = ["person", "role", "position", "birth_on", "profession_since"]


def rows(frames: Frames, registry: str) -> Rows:
    """All rows of a registry."""
    return Rows(registry, frames[registry])


def within(chosen: Rows, on: str, asked: Question) -> Rows:
    """Rows dated within the asked days, both inclusive."""
    days = f"дата от {wording.day(asked.start)} до {wording.day(asked.as_of)}"
    return chosen.only(days, pl.col(on).is_between(asked.start, asked.as_of))


def in_force(chosen: Rows, since: str, until: str, asked: Question, began: str, ended: str) -> Rows:
    """Rows in force at the end of the as-of day: begun (or with no beginning named) and not yet ended."""
    day = wording.day(asked.as_of)
    begun = chosen.only(f"{began} {day} или раньше", pl.col(since).is_null() | (pl.col(since) <= asked.as_of))
    return begun.only(f"{ended} {day} включительно", pl.col(until).is_null() | (pl.col(until) > asked.as_of))


def organisations(frames: Frames, asked: Question) -> Rows:
    """Educational organisations that work at the as-of date and are of the asked kind; a methodical service is none."""
    working = in_force(rows(frames, "organisations"), "opened_on", "closed_on", asked, "действует с", "не закрыта по")
    if asked.organisations == "general":
        return working.only("общеобразовательная", pl.col("type") == "general")
    return working.only("образовательная организация, не методическая служба", pl.col("type") != "methodical")


def staff(frames: Frames, asked: Question, roles: tuple[str, ...] = ("teacher", "manager"), places: Rows | None = None) -> Rows:
    """People employed at the as-of date at their main place in the asked organisations, one row a person.

    Outside part-timers and contract workers are not staff; a person with two jobs counts once, at the main place.
    ``places``: organisations to look at, all asked ones unless given.
    """
    employed = in_force(rows(frames, "staff"), "hired_on", "left_on", asked, "принят", "не уволен по")
    main = employed.only("основное место работы", pl.col("employment") == "main")
    known = places or organisations(frames, asked)
    placed = main.matching("организация действует и входит в основание", known, "organisation")
    people = placed.once("человек считается один раз", "person").once_for_all(frames, STAFF_COLUMNS)
    return people if set(roles) == {"teacher", "manager"} else people.only(ROLES[roles], pl.col("role").is_in(roles))


def young(frames: Frames, asked: Question) -> Rows:
    """Teachers under 35 in their first three years of work, both at the as-of date."""
    born_after = asked.as_of - relativedelta(years=YOUNG_YEARS)
    began_after = asked.as_of - relativedelta(years=FIRST_YEARS)
    return (
        staff(frames, asked, ("teacher",))
        .only(f"моложе {YOUNG_YEARS} лет на {wording.day(asked.as_of)}", pl.col("birth_on") > born_after)
        .only(f"меньше {FIRST_YEARS} лет в профессии", pl.col("profession_since") > began_after)
    )


def teams(frames: Frames, asked: Question, words: str, kind: pl.Expr) -> Rows:
    """Management teams of the organisations that ``kind`` names, one a working organisation."""
    places = organisations(frames, asked).only(words, kind)
    chosen = rows(frames, "management_teams").matching(f"{words}, действует и входит в основание", places, "organisation")
    return chosen.once("одна команда на организацию", "organisation")


def active(frames: Frames, asked: Question) -> Rows:
    """Members of the region's methodical active at the as-of date, by the municipality they serve, one row a person."""
    served = Rows("methodical_active", frames["methodical_active"].with_columns(pl.col("served").alias(PLACE)))
    return in_force(served, "since", "until", asked, "в активе с", "не вышел из актива по").once(
        "человек считается один раз", "person"
    )


def programmes(frames: Frames, asked: Question) -> Rows:
    """Programmes developed by the as-of date and not withdrawn by then."""
    return in_force(rows(frames, "programmes"), "developed_on", "withdrawn_on", asked, "разработана", "не снята по")
