"""What registries tell of the months before a scenario: how many people and units a month took, who left and who came."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

import polars as pl

from nmslib.indicators import FUNCTIONS, Counted, Question
from nmslib.indicators.definitions.bases import FIRST_YEARS, HARD, YOUNG_YEARS
from nmslib.indicators.rows import PLACE
from nmslib.registries import Frames

# Flow → the card whose numerator it fills.
FLOWS = {
    "diagnostics": "diagnosed_share",
    "routes": "routed_share",
    "programmes": "register_programmes_share",
    "young": "young_supported_share",
    "teams": "management_teams_share",
    "mentoring": "mentoring_model_share",
    "events": "events_count",
}
OF_PEOPLE = ("diagnostics", "routes", "programmes", "young")
YOUNG = "young"
YEAR_DAYS = 365.25
DAY = pl.duration(days=1)
MOMENT = pl.Datetime("ms")
# Stand for «always been» and «goes on».
ALWAYS, NEVER = datetime(1900, 1, 1), datetime(2200, 1, 1)


def _lit(moment: datetime) -> pl.Expr:
    """Made when asked: a moment of this kind sets the threads of polars going, and the warm server must not have any."""
    return pl.lit(moment, MOMENT)


def line() -> pl.Expr:
    """The line of a job or person by ``role`` and ``hard``; who has no known role stands with nobody («none»)."""
    teacher = pl.when("hard").then(pl.lit("hard")).otherwise(pl.lit("teachers"))
    other = pl.when(pl.col("role") == "manager").then(pl.lit("managers")).otherwise(pl.lit("none"))
    return pl.when(pl.col("role") == "teacher").then(teacher).otherwise(other)


def jobs(frames: Frames, organisations: str) -> pl.LazyFrame:
    """Main jobs in organisations of the kind asked, whenever they were: municipality, person, role, hard, begins, ends, ceases.

    At work from ``begins`` to the day before ``ends``: nobody works in an organisation that is not open. ``ceases``: the first
    day on which a teacher is no longer young (35 years, or three years in the profession).
    """
    kind = pl.col("type") == "general" if organisations == "general" else pl.col("type") != "methodical"
    places = frames["organisations"].filter(kind).unique([PLACE, "organisation"], keep="first")
    open_ = places.select(PLACE, "organisation", "opened_on", "closed_on", HARD.fill_null(False).alias("hard"))
    main = frames["staff"].filter(pl.col("employment") == "main").join(open_, on=[PLACE, "organisation"])
    birthday = pl.col("birth_on").dt.offset_by(f"{YOUNG_YEARS}y")
    begun = pl.col("profession_since").dt.offset_by(f"{FIRST_YEARS}y")
    told = main.select(
        *(PLACE, "person", "role", "hard"),
        pl.max_horizontal("hired_on", "opened_on").fill_null(_lit(ALWAYS)).alias("begins"),
        pl.min_horizontal("left_on", "closed_on").fill_null(_lit(NEVER)).alias("ends"),
        # Whose birth or service is not known is never young.
        pl.when(birthday.is_null() | begun.is_null())
        .then(_lit(ALWAYS))
        .otherwise(pl.min_horizontal(birthday, begun))
        .alias("ceases"),
    )
    return told.filter(pl.col("begins") < pl.col("ends"))


def paces(frames: Frames, flows: Sequence[str], known: pl.LazyFrame, question: Question, first: date, last: date) -> pl.LazyFrame:
    """How many entered the numerators in each month from ``first`` to ``last``: municipality, flow, month (its first day), count.

    By the definitions of the figures, with two differences: people are counted if they were staff (teachers for programmes, young
    for support) on the day itself, so that who left since still shows what the month could take; and once in a calendar year, in
    the month in which the figure of that year first counts them. Support that goes on from the year before is no new one.
    Organisations and teams are those of the as-of date. ``flows``: which of FLOWS; ``known``: all ``jobs``.
    """
    since = replace(question, start=date(first.year, 1, 1))
    parts = []
    for flow in flows:
        if flow in OF_PEOPLE:
            rows = _of_people(FUNCTIONS[FLOWS[flow]](frames, since), flow, known, range(first.year, last.year + 1))
        else:
            counted = FUNCTIONS[FLOWS[flow]](frames, replace(question, start=first))
            rows = counted.numerator.kept().select(PLACE, pl.col(counted.on).alias("on"))
        inside = rows.filter(pl.col("on").is_between(first, last))
        month = pl.col("on").dt.truncate("1mo").cast(pl.Date).alias("month")
        found = inside.group_by(PLACE, month).agg(pl.len().cast(pl.Int64).alias("count"))
        parts.append(found.select(PLACE, pl.lit(flow).alias("flow"), "month", "count"))
    return pl.concat(parts)


def _of_people(counted: Counted, flow: str, known: pl.LazyFrame, years: range) -> pl.LazyFrame:
    """Municipality and day (``on``) of the first event of each person and calendar year among those at work on the day."""
    assert counted.events is not None
    day, events = pl.col(counted.on).alias("on"), counted.events.kept()
    if flow == YOUNG:
        ended = pl.col("ended_on")
        yearly = [
            events.filter((pl.col("started_on") <= date(year, 12, 31)) & (ended.is_null() | (ended >= date(year, 1, 1)))).select(
                PLACE, "person", day, pl.lit(year, pl.Int32).alias("year")
            )
            for year in years
        ]
        rows = pl.concat(yearly)
    else:
        rows = events.select(PLACE, "person", day, pl.col(counted.on).dt.year().alias("year"))
    at_work = (pl.col("begins") <= pl.col("on")) & (pl.col("on") < pl.col("ends"))
    teachers = pl.col("role") == "teacher"
    chosen = {"programmes": at_work & teachers, YOUNG: at_work & teachers & (pl.col("on") < pl.col("ceases"))}
    present = rows.join(known, on=[PLACE, "person"]).filter(chosen.get(flow, at_work))
    first = present.group_by(PLACE, "person", "year").agg(pl.col("on").min())
    return first.filter(pl.col("on").dt.year() == pl.col("year")).select(PLACE, "on")


def moves(known: pl.LazyFrame, since: Mapping[str, date], as_of: date) -> pl.LazyFrame:
    """Who came and left after ``since`` (by municipality) up to ``as_of``: municipality, line, at_risk, left, hired.

    Lines are those of people and «young» (teachers while they are young). A person who goes on in the same line of the
    municipality with one day off the staff at most has neither left nor come; who goes to another line has done both.
    ``at_risk``: person-years at work after ``since``. People of a line at the end of ``since`` and those hired are people at
    the end of ``as_of`` and those who left (the young: and those who are no longer young).
    """
    opened = pl.LazyFrame({PLACE: list(since), "since": list(since.values())}, schema={PLACE: pl.String, "since": pl.Date})
    last = pl.lit(as_of, pl.Date).cast(MOMENT)
    begun = known.filter(pl.col("begins") <= last).join(opened.with_columns(pl.col("since").cast(MOMENT)), on=PLACE)
    of_line = begun.with_columns(line=line(), ceases=_lit(NEVER))
    beginners = begun.filter(pl.col("role") == "teacher").with_columns(line=pl.lit(YOUNG))
    key = [PLACE, "line", "person"]
    columns = [*key, "since", "begins", "ends", "ceases"]
    ordered = pl.concat([of_line.select(columns), beginners.select(columns)]).sort(*key, "begins")
    before = pl.col("ends").cum_max().shift(1).over(key)
    # Who was between two jobs at the end of the first day was no staff then.
    anew = (pl.col("begins") > before + DAY) | ((before <= pl.col("since")) & (pl.col("begins") > pl.col("since")))
    apart = (before.is_null() | anew).cum_sum().over(key).alias("time")
    told = ordered.with_columns(apart).group_by(*key, "since", "time").agg(pl.min("begins"), pl.max("ends"), pl.min("ceases"))
    stays = pl.min_horizontal("ends", "ceases", last + DAY) - pl.max_horizontal("begins", pl.col("since") + DAY)
    return told.group_by(PLACE, "line").agg(
        (stays.dt.total_days().clip(lower_bound=0).sum() / YEAR_DAYS).alias("at_risk"),
        *(
            ((pl.col("since") < pl.col(day)) & (pl.col(day) <= last) & (pl.col(day) < pl.col("ceases")))
            .sum()
            .cast(pl.Int64)
            .alias(name)
            for day, name in (("ends", "left"), ("begins", "hired"))
        ),
    )
