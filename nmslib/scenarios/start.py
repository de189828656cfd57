"""From where a scenario starts: people, units and methodists of each place on a day, counted as the figures count them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product

import numpy as np
import pandas as pd
import polars as pl
from dateutil.relativedelta import relativedelta
from numpy.typing import NDArray

from nmslib import wording
from nmslib.indicators.counting import Tally
from nmslib.indicators.definitions.active_counts import free_places
from nmslib.indicators.definitions.bases import FIRST_YEARS, YOUNG_YEARS
from nmslib.indicators.rows import PLACE
from nmslib.model import MODELLED, REGION, Card, System
from nmslib.registries import Registries
from nmslib.roadmap import WorkingDays
from nmslib.scenarios import history, standing
from nmslib.scenarios.capacity import LINES
from nmslib.scenarios.months import Months, month_ends, months_past
from nmslib.scenarios.standing import Standing

PACE_MONTHS = 12
# Who works at a school comes to the centre part-time, at most half of the norm (ст. 284 ТК РФ); who works there, a whole rate.
RATES = {"school": 0.5, "centre": 1.0}
ENGAGED = {"school": "работники школ", "centre": "работники ЦНППМ"}
POSTS = ("ставка", "ставки", "ставок")


Found = Mapping[str, pl.DataFrame]
Absent = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Start:
    """People, units and methodists of ``municipalities`` on ``as_of``; every frame and ``ageing`` is in their order.

    ``unknown``: place → why it cannot be modelled (in Russian); such a place is in no frame. ``gaps``: indicator that the
    document asks for → place → why it is not known there; its columns are empty (<NA>), the place is modelled without it.

    ``bases``: indicator → place of ``unknown`` or ``gaps`` → its denominator by its last registries; absent where none tells.

    ``lines``: municipality, line (LINES: teachers outside hard schools, teachers of ШНОР and ШНСУ, managers) and whole people:
    n (staff of the figures), completed (a register programme chosen by diagnostics this calendar year; no managers), with_route
    (completed, or a route on the centre's diagnostics drawn up this year, or one of the last 24 months that is not completed),
    routed (drawn up this year), in_chain (with_route, diagnosed at the centre this year, or in the last 12 months and without a
    route since), diagnosed (this year), completed_in_school_year (hard: the numerator of trained_low_results_share, whose period
    is the school year). completed ≤ with_route ≤ in_chain ≤ n, routed ≤ with_route, diagnosed ≤ in_chain. People without
    a known role stand with the managers: they count in shares of all staff alone.
    ``young``: municipality, n, counted (the figure's numerator), ongoing (support not over at the end of ``as_of``). ``ageing``:
    places × months (those of ``months``) of young teachers who turn 35 or pass their first three years by the end of the month.
    ``units``: municipality, teams, teams_trained, organisations, with_model, events, as in the figures; ``region_events``: those
    that the region itself held, which its own figure adds (None: not known).
    ``active``: municipality, methodists, rate (of one, on average), accompanied (people, as told by ``reporting`` of them),
    room (how many more under the document's ceiling; NaN without a ceiling or where it was not told), told (whence, in Russian).
    ``paces``: municipality, flow (history.FLOWS), month (its first day), count, weight, rhythm (of the month, ``Months``): the
    last 12 months that are over and that registries tell of; a flow that is not known in a place is absent.
    ``moves``: municipality, line (LINES and young), at_risk (person-years), left, hired, years: the last 36 months, or since
    registries are kept.
    """

    as_of: date
    municipalities: tuple[str, ...]
    unknown: dict[str, str]
    gaps: dict[str, dict[str, str]]
    lines: pd.DataFrame
    young: pd.DataFrame
    ageing: NDArray[np.int64]
    units: pd.DataFrame
    region_events: int | None
    active: pd.DataFrame
    paces: pd.DataFrame
    moves: pd.DataFrame
    bases: dict[str, dict[str, int]] = field(default_factory=dict)

    def lost(self, indicator: str) -> dict[str, float]:
        """Places whose figure is not known, and its denominator (NaN: not known either)."""
        bases = self.bases.get(indicator, {})
        return {place: bases.get(place, np.nan) for place in (*self.unknown, *self.gaps.get(indicator, {}))}


def start(
    system: System,
    cards: Mapping[str, Card],
    registries: Registries,
    municipalities: Sequence[str],
    as_of: date,
    months_ahead: int = 24,
    calendar: WorkingDays | None = None,
) -> Start:
    """The start of a scenario in these municipalities (``REGION`` is none) from the registries as of a day.

    Bases and periods are those of the figures. ``calendar``: for the weights of the months of ``paces``; without it nothing is
    transferred in any year. Raises UserError when the document counts the chain by different organisations (``Standing``).
    """
    stands = Standing(system, dict(cards), registries, as_of)
    names = [name for name in dict.fromkeys(municipalities) if name != REGION]
    unknown = {name: why for name in names if (why := stands.why_not(name))}
    places = tuple(name for name in names if name not in unknown)
    past = months_past(as_of, PACE_MONTHS, calendar or WorkingDays(()))
    absent = {card: stands.absent(card, places) for card in standing.OTHERS}
    found = stands.collected(places, past.starts[0].item(), past.ends[-1].item())
    lines, gaps = _lines(found, places)
    gaps = {card: why for card, why in (gaps | absent).items() if why and card in stands.document}
    young, ageing = _young(found, stands, absent, places, months_ahead)
    return Start(
        as_of=as_of,
        municipalities=places,
        unknown=unknown,
        gaps=gaps,
        lines=lines,
        young=young,
        ageing=ageing,
        units=_units(stands, absent, places),
        region_events=stands.of_region(standing.EVENTS),
        active=_active(found, stands, absent, places),
        paces=_paces(found, stands, absent, places, past),
        moves=_moves(found, stands, places),
        bases=_bases(stands, unknown, gaps),
    )


def _bases(stands: Standing, unknown: Mapping[str, str], gaps: Absent) -> dict[str, dict[str, int]]:
    lost = dict.fromkeys([*unknown, *(place for why in gaps.values() for place in why)])
    return stands.bases([name for name in MODELLED if name in stands.document], list(lost))


def _lines(found: Found, places: Sequence[str]) -> tuple[pd.DataFrame, dict[str, dict[str, str]]]:
    """Lines of every place, and where people without a known role make the share of managers another than the figure."""
    columns = ["n", *standing.COUNTS]
    counts = (
        {(place, line): values for place, line, *values in found["lines"].select(PLACE, "line", *columns).rows()}
        if places
        else {}
    )
    nobody = [0] * len(columns)
    rows = []
    for place, line in product(places, LINES):
        values = counts.get((place, line), nobody)
        if line == "managers":
            values = [sum(pair) for pair in zip(values, counts.get((place, "none"), nobody), strict=True)]
        rows.append((place, line, *values))
    told = {place: _roleless(counts[place, "none"][0]) for place in places if (place, "none") in counts}
    frame = pd.DataFrame(rows, columns=[PLACE, "line", *columns]).astype(dict.fromkeys(columns, "int64"))
    return frame, {standing.MANAGERS: told} if told else {}


def _roleless(count: int) -> str:
    return f"категория персонала не указана: {wording.counted(count, wording.PEOPLE)}; в сценарии они среди управленческих кадров"


def _young(
    found: Found, stands: Standing, absent: Absent, places: Sequence[str], months_ahead: int
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    people = found["young"].filter(pl.col(PLACE).is_in(places)) if places else pl.DataFrame(schema={PLACE: pl.String})
    order = {place: number for number, place in enumerate(places)}
    row = np.array([order[place] for place in people[PLACE]], dtype=int)
    ageing = np.zeros((len(places), months_ahead), dtype=np.int64)
    columns: dict[str, list[int | None]] = {"n": [0] * len(places), "ongoing": [0] * len(places)}
    if len(row):
        ends = [day.item() for day in month_ends(stands.as_of, months_ahead)]
        # The first end of a month at which a person is no longer young: its limit has passed the birth or the first day of work.
        step = np.full(len(row), months_ahead)
        for column, years in (("birth_on", YOUNG_YEARS), ("profession_since", FIRST_YEARS)):
            limits = np.array([day - relativedelta(years=years) for day in ends], dtype="datetime64[D]")
            days = people[column].to_numpy().astype("datetime64[D]")
            step = np.minimum(step, np.searchsorted(limits, days, side="left"))
        ages = step < months_ahead
        np.add.at(ageing, (row[ages], step[ages]), 1)
        columns["n"] = np.bincount(row, minlength=len(places)).tolist()
        columns["ongoing"] = np.bincount(row, people["ongoing"].to_numpy(), minlength=len(places)).tolist()
    lost = absent[standing.YOUNG]
    columns["counted"] = _tallied(stands, absent, standing.YOUNG, places)[0]
    columns["ongoing"] = [None if place in lost else count for place, count in zip(places, columns["ongoing"], strict=True)]
    return _whole(places, {name: columns[name] for name in ("n", "counted", "ongoing")}), ageing


def _tallied(stands: Standing, absent: Absent, card: str, places: Sequence[str]) -> tuple[list[int | None], list[int | None]]:
    """Numerators and denominators of a figure by place, None where it is not known."""
    known = [None if place in absent[card] else stands.tallied[card].get(place, Tally()) for place in places]
    return [one.numerator if one else None for one in known], [one.denominator or 0 if one else None for one in known]


def _whole(places: Sequence[str], columns: Mapping[str, Sequence[int | None]]) -> pd.DataFrame:
    frame = pd.DataFrame({name: pd.array(values, dtype="Int64") for name, values in columns.items()})
    frame.insert(0, PLACE, pd.Series(places, dtype="str"))
    return frame


def _units(stands: Standing, absent: Absent, places: Sequence[str]) -> pd.DataFrame:
    trained, teams = _tallied(stands, absent, standing.TEAMS, places)
    with_model, organisations = _tallied(stands, absent, standing.MENTORING, places)
    events, _ = _tallied(stands, absent, standing.EVENTS, places)
    columns = {"teams": teams, "teams_trained": trained, "organisations": organisations}
    return _whole(places, columns | {"with_model": with_model, "events": events})


def _active(found: Found, stands: Standing, absent: Absent, places: Sequence[str]) -> pd.DataFrame:
    room = _room(stands, absent, places)
    members = {place: part for (place,), part in found[standing.ACTIVE].group_by(PLACE)} if standing.ACTIVE in found else {}
    nobody = pl.DataFrame(schema={"engagement": pl.String, "accompanied": pl.Float64})
    service = (
        {place: (rates, people) for place, rates, people in found[standing.SERVICE].rows()} if standing.SERVICE in found else {}
    )
    rows = []
    for number, place in enumerate(places):
        if place not in absent[standing.METHODISTS]:
            told = _of_active(members.get(place, nobody), stands, place)
        elif not stands.lacks(standing.SERVICE, place):
            told = _of_service(service.get(place, (0.0, 0)), stands, place)
        else:
            told = _assumed(absent[standing.METHODISTS][place] if standing.METHODISTS in stands.document else "")
        rows.append({PLACE: place, **told, "room": room[number]})
    columns = {PLACE: "str", "methodists": "float64", "rate": "float64", "accompanied": "Int64", "reporting": "Int64"}
    return pd.DataFrame(rows, columns=[*columns, "room", "told"]).astype(columns | {"room": "float64", "told": "str"})


def _room(stands: Standing, absent: Absent, places: Sequence[str]) -> list[float]:
    """Free places under the document's ceiling, as in the figures of routes; none where nobody serves a place."""
    asked = stands.document.get(standing.ACCOMPANIED)
    ceiling = asked.targets.get(None) if asked else None
    if ceiling is None or standing.ACTIVE not in stands.frames:
        return [np.nan] * len(places)
    free = free_places(stands.frames, stands.question, ceiling.value)
    known = [None if place in absent[standing.ACCOMPANIED] else free.get(place, 0) for place in places]
    return [np.nan if room is None else float(room) for room in known]


def _of_active(members: pl.DataFrame, stands: Standing, place: str) -> dict[str, object]:
    """Members of the active; who did not tell how they are engaged is taken for staff of a school."""
    engaged = [how if how in RATES else "" for how in members["engagement"].to_list()]
    rates = [RATES.get(how, RATES["school"]) for how in engaged]
    words = {**ENGAGED, "": f"как привлечён, не указано (взято {wording.plan(RATES['school'], '')} ставки)"}
    parts = [f"{words[how]} — {engaged.count(how)}" for how in words if how in engaged]
    told = f"{_source(stands, standing.ACTIVE, place)}: {wording.counted(len(engaged), wording.PEOPLE)}"
    reporting = members["accompanied"].drop_nulls()
    return {
        "methodists": float(len(engaged)),
        "rate": sum(rates) / len(rates) if rates else RATES["school"],
        "accompanied": int(reporting.sum()) if len(reporting) else None,
        "reporting": len(reporting),
        "told": f"{told} ({', '.join(parts)})" if parts else told,
    }


def _of_service(employed: tuple[float, int], stands: Standing, place: str) -> dict[str, object]:
    """The municipal methodical service: as many whole methodists as it has rates."""
    rates, people = employed
    shown = wording.counted(int(rates), POSTS) if rates == int(rates) else f"{wording.plan(rates, '')}{wording.NBSP}{POSTS[1]}"
    told = f"{_source(stands, standing.SERVICE, place)}: {shown} ({wording.counted(people, wording.PEOPLE)})"
    return {"methodists": rates, "rate": 1.0, "told": told}


def _assumed(cause: str) -> dict[str, object]:
    told = f"допущение рабочей тетради: 1 методист на {wording.plan(RATES['school'], '')} ставки"
    return {"methodists": 1.0, "rate": RATES["school"], "told": f"{told}; {cause}" if cause else told}


def _source(stands: Standing, registry: str, place: str) -> str:
    return f"реестр «{stands.title(registry, place)}» на {wording.day(stands.as_of)}"


def _paces(found: Found, stands: Standing, absent: Absent, places: Sequence[str], past: Months) -> pd.DataFrame:
    counts = {tuple(key): count for *key, count in found["paces"].rows()} if places else {}
    months = [(day.item(), weight, rhythm) for day, weight, rhythm in zip(past.starts, past.weight, past.rhythm, strict=True)]
    rows = []
    for place in places:
        # A month before registries were kept is not an empty one.
        known = [one for one in months if one[0] >= stands.kept_since(place)]
        flows = [flow for flow, card in history.FLOWS.items() if place not in absent.get(card, {})]
        rows += [(place, flow, month, counts.get((place, flow, month), 0), *of) for flow in flows for month, *of in known]
    frame = pd.DataFrame(rows, columns=[PLACE, "flow", "month", "count", "weight", "rhythm"])
    kinds = {PLACE: "str", "flow": "str", "month": "datetime64[s]", "count": "int64", "weight": "float64", "rhythm": "float64"}
    return frame.astype(kinds)


def _moves(found: Found, stands: Standing, places: Sequence[str]) -> pd.DataFrame:
    """Lines of every place with their moves; people without a known role are with the managers."""
    counts = {(place, line): moved for place, line, *moved in found["moves"].rows()} if places else {}
    nobody, rows = (0.0, 0, 0), []
    for place, line in product(places, (*LINES, history.YOUNG)):
        parts = [counts.get((place, one), nobody) for one in ((line, "none") if line == "managers" else (line,))]
        years = (stands.as_of - stands.moves_since(place)).days / history.YEAR_DAYS
        rows.append((place, line, *(sum(values) for values in zip(*parts, strict=True)), years))
    kinds = {PLACE: "str", "line": "str", "at_risk": "float64", "left": "int64", "hired": "int64", "years": "float64"}
    return pd.DataFrame(rows, columns=list(kinds)).astype(kinds)
