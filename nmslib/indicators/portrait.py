"""What a note tells of a municipality besides its indicators: context, diagnostics, routes, mentoring; counts, no people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
import polars as pl
from dateutil.relativedelta import relativedelta

from nmslib.indicators.definitions.bases import FIRST_YEARS, YOUNG_YEARS, organisations, rows, staff, within, young
from nmslib.indicators.knowledge import Knowledge, since
from nmslib.indicators.periods import in_words, period_of
from nmslib.indicators.rows import ENGINE, PLACE, ROW, Question
from nmslib.model import REGION, System
from nmslib.registries import Frames, Registries

COLUMNS = {
    "municipality": "string",
    "table": "string",
    "row": "string",
    "column": "string",
    "count": "Int64",
    "period": "string",
    "members": "Int64",
}
TOTAL, UNTOLD = "всего", "не указано"
SETTLEMENTS = {"urban": "город", "rural": "село"}
TYPES = {
    "general": "общеобразовательные организации",
    "preschool": "дошкольные организации",
    "additional": "организации дополнительного образования",
    "vocational": "профессиональные организации",
}
KINDS = {"understaffed": "малокомплектные школы", "low_results": "ШНОР", "hard_conditions": "ШНСУ"}
STAFF, TEACHERS = "педагогические работники и управленческие кадры", "педагогические работники"
ROLES = {"teacher": TEACHERS, "manager": "управленческие кадры"}
CATEGORIES = {
    "highest": f"{TEACHERS} высшей категории",
    "first": f"{TEACHERS} первой категории",
    "none": f"{TEACHERS} без категории",
}
IN_GENERAL = " (общеобразовательные организации)"
PLACES = {"centre": "в ЦНППМ", "other": "в ином месте"}
LEVELS = {"high": "высокий уровень", "middle": "средний уровень", "low": "низкий уровень"}
GROUNDS = {"centre": "на основе диагностики в ЦНППМ", "other": "на ином основании"}
DRAWN_UP, IN_WORK, COMPLETED = "ИОМ разработаны в периоде", "ИОМ в работе на дату", "ИОМ завершены в периоде"
DIAGNOSED_AGAIN = "диагностика повторена после завершения ИОМ"
YOUNG = f"молодые педагоги (моложе {YOUNG_YEARS} лет, первые {FIRST_YEARS} года работы)"
WITH_MENTOR, WITHOUT_MENTOR = "молодые педагоги с наставником", "молодые педагоги без наставника"
LEFT = "молодые педагоги, уволившиеся в периоде"
PAIRS, PAIRS_ENDED = "действующие наставнические пары", "пары, завершившие работу в периоде"
WORKERS = ("organisations", "staff")

# Municipality, table, row, column, count, members.
Cell = tuple[str, str, str, str, int, int]
# Rows with municipality, row and column: one for each person, organisation or pair that a cell counts.
Finder = Callable[[Frames, Question], pl.LazyFrame]


@dataclass(frozen=True)
class Piece:
    """Rows of one table that rest on the same registries; ``columns`` are added up in «всего».

    ``also``: registries that it needs as well where the document asks for them.
    """

    table: str
    needs: tuple[str, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    find: Finder
    also: tuple[str, ...] = ()


def _told(found: pl.LazyFrame, row: str | pl.Expr, column: str | pl.Expr = TOTAL) -> pl.LazyFrame:
    given = {"row": row, "column": column}
    return found.select(PLACE, **{name: pl.lit(told) if isinstance(told, str) else told for name, told in given.items()})


def _word(column: str, words: dict[str, str], untold: str = UNTOLD) -> pl.Expr:
    return pl.col(column).replace_strict(words, default=untold, return_dtype=pl.String)


def _organisations(frames: Frames, asked: Question) -> pl.LazyFrame:
    """Educational organisations by type; marks of schools, and schools whose mark is empty."""
    everywhere = organisations(frames, Question(asked.start, asked.as_of, "all")).kept()
    where, schools = _word("settlement", SETTLEMENTS), pl.col("type") == "general"
    parts = [_told(everywhere, "образовательные организации", where), _told(everywhere, _word("type", TYPES), where)]
    for column, name in KINDS.items():
        parts.append(_told(everywhere.filter(pl.col(column) == "yes"), name, where))
        parts.append(_told(everywhere.filter(schools & pl.col(column).is_null()), f"{name}: {UNTOLD}", where))
    return pl.concat(parts)


def _staff(frames: Frames, asked: Question) -> pl.LazyFrame:
    """Staff of the base of indicators by role; teachers by age, service and category; by the organisation's settlement."""
    jobs = frames["staff"].select(PLACE, ROW, "organisation", "category")
    known = frames["organisations"].select(PLACE, "organisation", "settlement").unique([PLACE, "organisation"], keep="first")
    people = staff(frames, asked).kept().join(jobs, on=[PLACE, ROW]).join(known, on=[PLACE, "organisation"], how="left")
    where, teachers = _word("settlement", SETTLEMENTS), people.filter(pl.col("role") == "teacher")
    parts = [
        _told(people, STAFF, where),
        _told(people, _word("role", ROLES, "категория персонала не указана"), where),
        _told(teachers, _word("category", CATEGORIES, f"{TEACHERS}: категория не указана"), where),
    ]
    for column, years, name, empty in (
        ("birth_on", YOUNG_YEARS, f"{TEACHERS} моложе {YOUNG_YEARS} лет", "дата рождения не указана"),
        ("profession_since", FIRST_YEARS, f"{TEACHERS} со стажем меньше {FIRST_YEARS} лет", "стаж не указан"),
    ):
        parts.append(_told(teachers.filter(pl.col(column) > asked.as_of - relativedelta(years=years)), name, where))
        parts.append(_told(teachers.filter(pl.col(column).is_null()), f"{TEACHERS}: {empty}", where))
    base = IN_GENERAL if asked.organisations == "general" else ""
    return pl.concat(parts).with_columns(pl.col("row") + base)


STAFF_ROWS = (
    *(STAFF, *ROLES.values(), f"{TEACHERS} моложе {YOUNG_YEARS} лет", f"{TEACHERS} со стажем меньше {FIRST_YEARS} лет"),
    *CATEGORIES.values(),
)


def _diagnostics(frames: Frames, asked: Question) -> pl.LazyFrame:
    """Each person once: where anywhere in the period, at the centre if there too, with the level of the last time there."""
    base = staff(frames, asked)
    events = within(rows(frames, "diagnostics").matching("работник", base, "person"), "diagnosed_on", asked).kept()
    last = [pl.col("place").eq("centre").fill_null(False), pl.col("diagnosed_on"), pl.col(ROW)]
    people = events.group_by(PLACE, "person").agg(pl.col("level", "place").sort_by(last).last())
    place = _word("place", PLACES)
    return pl.concat([_told(people, TOTAL, place), _told(people, _word("level", LEVELS, "уровень не указан"), place)])


def _route_holders(routes: pl.LazyFrame, row: str) -> pl.LazyFrame:
    """Each person once a row: with a route on the centre's diagnostics if any of the routes is such."""
    grounds = [pl.lit(kind) for kind in GROUNDS]
    first = pl.coalesce(*(pl.when((pl.col("grounds") == kind).any()).then(kind) for kind in grounds)).alias("grounds")
    return _told(routes.group_by(PLACE, "person").agg(first), row, _word("grounds", GROUNDS))


def _routes(frames: Frames, asked: Question) -> pl.LazyFrame:
    """People with a route drawn up within the period, in work at the date, completed within the period."""
    known = rows(frames, "routes").matching("работник", staff(frames, asked), "person")
    unended = pl.col("completed_on").is_null() | (pl.col("completed_on") > asked.as_of)
    return pl.concat(
        [
            _route_holders(within(known, "drawn_up_on", asked).kept(), DRAWN_UP),
            _route_holders(known.kept().filter((pl.col("drawn_up_on") <= asked.as_of) & unended), IN_WORK),
            _route_holders(within(known, "completed_on", asked).kept(), COMPLETED),
        ]
    )


def _diagnosed_again(frames: Frames, asked: Question) -> pl.LazyFrame:
    """People diagnosed by the date after the day on which they completed a route within the period."""
    known = rows(frames, "routes").matching("работник", staff(frames, asked), "person")
    completed = within(known, "completed_on", asked).kept()
    events = frames["diagnostics"].filter(pl.col("diagnosed_on") <= asked.as_of)
    last = events.group_by(PLACE, "person").agg(pl.col("diagnosed_on").max())
    again = completed.join(last, on=[PLACE, "person"]).filter(pl.col("diagnosed_on") > pl.col("completed_on"))
    return _route_holders(again, DIAGNOSED_AGAIN)


def _young(frames: Frames, asked: Question) -> pl.LazyFrame:
    return _told(young(frames, asked).kept(), YOUNG)


def _left(frames: Frames, asked: Question) -> pl.LazyFrame:
    """Teachers who were young on the day they left their main place, within the period, and have no other in the municipality."""
    places = rows(frames, "organisations")
    if asked.organisations == "general":
        places = places.only("общеобразовательная", pl.col("type") == "general")
    jobs = rows(frames, "staff").only("основное место работы", pl.col("employment") == "main")
    left = within(jobs.matching("организация", places, "organisation"), "left_on", asked).kept()
    beginner = pl.col("profession_since").dt.offset_by(f"{FIRST_YEARS}y") > pl.col("left_on")
    was_young = (pl.col("birth_on").dt.offset_by(f"{YOUNG_YEARS}y") > pl.col("left_on")) & beginner
    working = jobs.kept().filter(pl.col("left_on").is_null() | (pl.col("left_on") > asked.as_of)).select(PLACE, "person")
    gone = left.filter(was_young & (pl.col("role") == "teacher")).join(working, on=[PLACE, "person"], how="anti")
    return _told(gone.unique([PLACE, "person"]), LEFT)


def _mentored(frames: Frames, asked: Question) -> pl.LazyFrame:
    """Young teachers with a mentor at the date, as a form of support or in a pair, and without one."""
    people = young(frames, asked).kept()
    forms = frames["young_support"].filter((pl.col("form") == "mentoring") & _going_on(asked))
    found = [forms.select(PLACE, "person")]
    if "mentor_pairs" in frames:
        found.append(frames["mentor_pairs"].filter(_going_on(asked)).select(PLACE, pl.col("mentee").alias("person")))
    mentored, key = pl.concat(found), [PLACE, "person"]
    sides = (
        (WITH_MENTOR, people.join(mentored, on=key, how="semi")),
        (WITHOUT_MENTOR, people.join(mentored, on=key, how="anti")),
    )
    return pl.concat([_told(side, row) for row, side in sides])


def _going_on(asked: Question) -> pl.Expr:
    return (pl.col("started_on") <= asked.as_of) & (pl.col("ended_on").is_null() | (pl.col("ended_on") > asked.as_of))


def _pairs(frames: Frames, asked: Question) -> pl.LazyFrame:
    """Pairs at the date and those that ended within the period; a pair counts once in each."""
    pair = [PLACE, "mentor", "mentee"]
    now = frames["mentor_pairs"].filter(_going_on(asked)).unique(pair)
    ended = within(rows(frames, "mentor_pairs"), "ended_on", asked).kept().unique(pair)
    return pl.concat([_told(now, PAIRS), _told(ended, PAIRS_ENDED)])


SCHOOLS = ("образовательные организации", *TYPES.values(), *KINDS.values())
BY_SETTLEMENT = tuple(SETTLEMENTS.values())
SUPPORT = (*WORKERS, "young_support")
PIECES = (
    Piece("context", ("organisations",), SCHOOLS, BY_SETTLEMENT, _organisations),
    Piece("context", WORKERS, STAFF_ROWS, BY_SETTLEMENT, _staff),
    Piece("diagnostics", (*WORKERS, "diagnostics"), (*LEVELS.values(), TOTAL), tuple(PLACES.values()), _diagnostics),
    Piece("routes", (*WORKERS, "routes"), (DRAWN_UP, IN_WORK, COMPLETED), tuple(GROUNDS.values()), _routes),
    Piece("routes", (*WORKERS, "routes", "diagnostics"), (DIAGNOSED_AGAIN,), tuple(GROUNDS.values()), _diagnosed_again),
    Piece("mentoring", SUPPORT, (YOUNG,), (), _young),
    Piece("mentoring", SUPPORT, (WITH_MENTOR, WITHOUT_MENTOR), (), _mentored, also=("mentor_pairs",)),
    Piece("mentoring", (*SUPPORT, "mentor_pairs"), (PAIRS, PAIRS_ENDED), (), _pairs),
    Piece("mentoring", SUPPORT, (LEFT,), (), _left),
)


def portrait(system: System, registries: Registries, municipalities: Sequence[str], as_of: date) -> pd.DataFrame:
    """Tables of counts for a note: one row per municipality, table, row and column (COLUMNS), labels in Russian.

    Tables: «context» (organisations by type, staff; columns «город», «село»), «diagnostics» (people by level and place),
    «routes» (people by state and grounds of the route), «mentoring». Staff are those of the indicators' base: at the main place,
    once, without outside part-timers and contract workers; where the document asks of general schools alone the rows say so.
    A person counts once a row: with diagnostics or a route at the centre (ЦНППМ) if there is any, else elsewhere; the level is
    that of the last time there. Columns add up to «всего». What is empty has a row or column of its own, «не указано», where
    there is any. ``period``: the calendar year of ``as_of``. The registries hold no blocks of competence and no growth, so no
    table tells of them; that somebody left teaching is not known either, only that the place of work was left.

    A registry that is not known (not sent, mostly unread, older than ``as_of``) takes its rows away, they are never 0.
    ``REGION``, when asked for: sums over the municipalities that are known, ``members`` says how many (1 for a municipality).
    """
    period, kind = period_of("calendar_year", as_of), system.indicators[0].organisations if system.indicators else "all"
    asked, frames, knowledge = Question(period.start, as_of, kind), registries.frames, Knowledge(registries, as_of, since(system))
    pieces = [piece for piece in PIECES if set(piece.needs) <= set(frames)]
    plans = [piece.find(frames, asked).group_by(PLACE, "row", "column").agg(pl.len().alias("count")) for piece in pieces]
    places, cells = [name for name in knowledge.senders if name != REGION], []
    for piece, found in zip(pieces, pl.collect_all(plans, engine=ENGINE), strict=True):
        known = [name for name in places if _is_known(piece, name, knowledge, since(system))]
        cells += _cells(piece, known, found, IN_GENERAL if kind == "general" and piece.find is _staff else "")
    order = {name: number for number, name in enumerate(municipalities)}
    asked_for = [cell for cell in cells if cell[0] in order]
    table = pd.DataFrame(
        sorted(asked_for, key=lambda cell: order[cell[0]]), columns=[name for name in COLUMNS if name != "period"]
    )
    return table.assign(period=in_words(period.name))[list(COLUMNS)].astype(COLUMNS)


def _is_known(piece: Piece, name: str, knowledge: Knowledge, first: date | None) -> bool:
    """Whether the registries of a piece tell of the day: the rule by which figures are known."""
    if (first and knowledge.as_of < first) or any(knowledge.silent(registry, name) for registry in piece.also):
        return False
    arrivals = [knowledge.arrival(registry, name) for registry in piece.needs]
    read = (one and one.received and 2 * one.unread <= one.sent for one in arrivals)
    return all(read) and not any(one and one.data_on and one.data_on < knowledge.as_of for one in arrivals)


def _cells(piece: Piece, known: list[str], found: pl.DataFrame, base: str) -> list[Cell]:
    """The cells of a piece in every known place and in all of them together."""
    mine = found.filter(pl.col(PLACE).is_in(known))
    counts: dict[str, dict[tuple[str, str], int]] = {name: {} for name in known}
    whole: dict[tuple[str, str], int] = {}
    for place, row, column, count in mine.select(PLACE, "row", "column", "count").rows():
        counts[place][row, column] = count
        whole[row, column] = whole.get((row, column), 0) + count
    cells = [cell for name in known for cell in _told_of(piece, name, counts[name], base, 1)]
    return cells + (_told_of(piece, REGION, whole, base, len(known)) if known else [])


def _told_of(piece: Piece, name: str, counts: dict[tuple[str, str], int], base: str, members: int) -> list[Cell]:
    """One place: the rows and columns of the piece, zeros too, then those that only what is empty makes necessary."""
    labels = dict.fromkeys([*(f"{row}{base}" for row in piece.rows), *sorted({row for row, _ in counts})])
    columns = dict.fromkeys([*piece.columns, *sorted({column for _, column in counts} - {TOTAL})])
    cells = []
    for row in labels:
        values = {column: counts.get((row, column), 0) for column in columns}
        values[TOTAL] = sum(values.values()) + counts.get((row, TOTAL), 0)
        cells += [(name, piece.table, row, column, count, members) for column, count in values.items()]
    return cells
