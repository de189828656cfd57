"""Levers of every municipality: what registries tell of today, and what a scenario changes. Nothing is clipped: it is refused."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nmslib import wording
from nmslib.model import Change, LeverCard, Scenario, Spread
from nmslib.problems import DataProblem, DataProblems
from nmslib.scenarios.start import Start

Numbers = NDArray[np.float64]

# Lever → flow of ``Start.paces`` and the measure of a month that the flow keeps to.
PACED = {
    "diagnostic_places": ("diagnostics", "rhythm"),
    "programme_seats": ("programmes", "rhythm"),
    "team_places": ("teams", "rhythm"),
    "young_intake": ("young", "weight"),
    "mentoring_joining": ("mentoring", "weight"),
    "events_a_month": ("events", "rhythm"),
}
# A full rate in a mean month: 36 hours a week (order of the Ministry of Education and Science of 22.12.2014 No. 1601, app. 1,
# item 2.1) for the 247 working days of a year.
MONTH_HOURS = 7.2 * 247 / 12
UNTOLD = "о прошлых месяцах реестры не говорят"
STAFF = ("teachers", "hard", "managers")


@dataclass(frozen=True)
class Facts:
    """Values of levers as things stand, by municipality, and where each comes from in words."""

    values: dict[str, Numbers]
    told: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Settings:
    """Levers as they are and as the scenario wants them, by municipality.

    ``spreads``: lever → municipality → what is not certain. It stands in ``changed`` with its most likely value (triangular) or
    its mean (beta).
    """

    before: dict[str, Numbers]
    changed: dict[str, Numbers]
    spreads: dict[str, dict[str, Spread]]


def facts(start: Start, levers: Mapping[str, LeverCard], ceiling: float | None) -> Facts:
    """Today's values: paces of the last 12 months, people, methodists; what no registry tells is the default of the card.

    ``ceiling``: how many teachers one methodist may accompany by the document, None where it sets none.
    """
    places, size = list(start.municipalities), len(start.municipalities)
    values = {name: np.full(size, np.inf if card.default is None else card.default) for name, card in levers.items()}
    told = {name: (card.source,) * size for name, card in levers.items()}
    for name, (flow, measure) in PACED.items():
        values[name], told[name] = _pace(start, flow, measure)
    active = start.active.set_index("municipality").loc[places]
    values["methodists"], told["methodists"] = active["methodists"].to_numpy(float), tuple(active["told"])
    values["methodist_rate"] = active["rate"].to_numpy(float)
    values["turnover"], values["hires"], told["turnover"], told["hires"] = _moves(start)
    if ceiling is not None:
        values["teachers_per_methodist"] = np.full(size, ceiling)
    lines = start.lines.pivot(index="municipality", columns="line", values="n").reindex(index=places, columns=list(STAFF))
    values["outreach"] = (lines["hard"] / lines[list(STAFF)].sum(axis=1).clip(lower=1)).to_numpy(float)
    values["hours_per_route"], told["hours_per_route"] = _route_hours(start, values, levers["hours_per_route"])
    values["hours_per_young"], told["hours_per_young"] = _young_hours(start, values, levers["hours_per_young"])
    return Facts(values, told)


def _pace(start: Start, flow: str, measure: str) -> tuple[Numbers, tuple[str, ...]]:
    rows = past(start, flow)
    pace = (rows["count"] / rows[measure].where(rows[measure] > 0)).fillna(0)
    told = tuple(
        f"по реестрам: {wording.number(count)} за {months_in_words([months])}" if months else UNTOLD
        for count, months in zip(rows["count"], rows["months"], strict=True)
    )
    return pace.to_numpy(float), told


def past(start: Start, flow: str) -> pd.DataFrame:
    """What went through a flow in the last months that registries tell of, by municipality: count, weight, rhythm, months."""
    rows = start.paces[start.paces["flow"] == flow].groupby("municipality")
    found = rows.agg(count=("count", "sum"), weight=("weight", "sum"), rhythm=("rhythm", "sum"), months=("count", "size"))
    found = found.reindex(start.municipalities).fillna(0)
    return found.astype({"count": int, "months": int})


def months_in_words(months: Iterable[int]) -> str:
    """«12 месяцев», «9–12 месяцев»: of how many months registries tell, in different places."""
    found = list(months)
    least, most = min(found), max(found)
    shown = wording.counted(most, wording.MONTHS)
    return shown if least == most else f"{wording.number(least)}–{shown}"


def _years(value: float) -> str:
    """«2 года», «2,5 года»."""
    whole = round(value, 1)
    if whole == int(whole):
        return wording.counted(int(whole), ("год", "года", "лет"))
    return f"{wording.number(whole, 1)}{wording.NBSP}года"


def _moves(start: Start) -> tuple[Numbers, Numbers, tuple[str, ...], tuple[str, ...]]:
    """Turnover in percent a year and people hired a year of all staff."""
    staff = start.moves[start.moves["line"].isin(STAFF)].groupby("municipality")
    rows = staff.agg({"at_risk": "sum", "left": "sum", "hired": "sum", "years": "max"}).reindex(start.municipalities)
    turnover = (100 * rows["left"] / rows["at_risk"].where(rows["at_risk"] > 0)).fillna(0)
    hires = (rows["hired"] / rows["years"].where(rows["years"] > 0)).fillna(0)
    years = [_years(value) for value in rows["years"].fillna(0)]
    told = [
        tuple(
            f"по реестру работников: {word} {wording.number(count)} за {span}"
            for count, span in zip(rows[column], years, strict=True)
        )
        for word, column in (("уволились", "left"), ("приняты", "hired"))
    ]
    return turnover.to_numpy(float), hires.to_numpy(float), told[0], told[1]


def _route_hours(start: Start, values: Mapping[str, Numbers], card: LeverCard) -> tuple[Numbers, tuple[str, ...]]:
    """Hours that a route takes at the pace of the last 12 months, accompaniment apart; a bound of the card is told."""
    rows = past(start, "routes")
    lines = start.lines.groupby("municipality")[["with_route", "completed"]].sum().reindex(start.municipalities)
    accompanied = (lines["with_route"] - lines["completed"]).to_numpy(float)
    worked = values["methodists"] * values["methodist_rate"] * values["route_time_share"] * MONTH_HOURS
    hours = (worked - values["hours_per_accompanied"] * accompanied).clip(min=0) * rows["weight"].to_numpy(float)
    found, told = [], []
    columns = (rows["count"], rows["months"], values["hours_per_accompanied"])
    for given, count, months, least in zip(hours, *columns, strict=True):
        fact = given / count if count else None
        if fact is None:
            found.append(card.default or card.low)
            told.append(f"маршрутов за {months_in_words([months])} нет; {card.source}" if months else f"{UNTOLD}; {card.source}")
            continue
        held = min(card.high, max(card.low, least, fact))
        note = "" if held == fact else f"; вышло бы {wording.number(fact, 1)}, взята граница {wording.number(held, 1)}"
        found.append(held)
        told.append(f"по реестрам за {months_in_words([months])}: ИОМ — {wording.number(count)}{note}")
    return np.array(found), tuple(told)


def _young_hours(start: Start, values: Mapping[str, Numbers], card: LeverCard) -> tuple[Numbers, tuple[str, ...]]:
    """The card's hours, or fewer where today's methodists support more young teachers than these hours allow.

    They support those of today and take on a year of the pace: less than that would be a shortage that nobody sees.
    """
    usual = values["hours_per_young"]
    worked = values["methodists"] * values["methodist_rate"] * values["young_time_share"] * MONTH_HOURS
    ongoing = start.young.set_index("municipality")["ongoing"].reindex(start.municipalities).fillna(0).to_numpy(float)
    ahead = ongoing + 12 * values["young_intake"]
    fact = np.divide(worked, ahead, out=usual.copy(), where=ahead > 0)
    hours = np.clip(fact, card.low, usual)
    assumed = f"по допущению было бы {wording.number(card.default or card.low, 2)}"
    told = (
        f"по числу поддерживаемых{f' и темпу за {months_in_words([months])}' if months else ''}; {assumed}"
        for months in past(start, "young")["months"]
    )
    return hours, tuple(card.source if same else pace for same, pace in zip(hours == usual, told, strict=True))


def settle(
    scenario: Scenario,
    levers: Mapping[str, LeverCard],
    facts: Facts,
    municipalities: Sequence[str],
    names: Mapping[str, str],
) -> Settings:
    """The scenario's levers for these municipalities; DataProblems with each that is out of bounds or contradicts another."""
    changed = {name: values.copy() for name, values in facts.values.items()}
    spreads: dict[str, dict[str, Spread]] = {}
    for number, place in enumerate(municipalities):
        wanted = scenario.overrides | scenario.municipalities.get(place, {})
        for name, change in wanted.items():
            changed[name][number] = _applied(change, changed[name][number])
            if change.spread is not None:
                spreads.setdefault(name, {})[place] = change.spread
    touched = set(scenario.overrides) | {name for own in scenario.municipalities.values() for name in own}
    problems = [
        DataProblem(scenario.name, f"рычаг «{levers[name].title}»{_where(number, municipalities, names)}", found, wanted)
        for name, number, found, wanted in _wrong(changed, levers, touched)
    ]
    if problems:
        raise DataProblems(list(dict.fromkeys(problems)))
    return Settings(facts.values, changed, spreads)


def _applied(change: Change, value: float) -> float:
    given = change.value or 0.0
    rules: dict[str, Callable[[], float]] = {
        "set": lambda: given,
        "add": lambda: value + given,
        "times": lambda: value * given,
        "spread": lambda: middle(change.spread) if change.spread else value,
    }
    return rules[change.kind]()


def middle(spread: Spread) -> float:
    """The most likely value of a triangular spread, the mean of a beta one."""
    if spread.kind == "triangular":
        return spread.numbers[1]
    a, b, low, high = spread.numbers
    return low + (high - low) * a / (a + b)


def _wrong(
    changed: Mapping[str, Numbers], levers: Mapping[str, LeverCard], touched: set[str]
) -> Iterator[tuple[str, int | None, str, str]]:
    for name in sorted(touched):
        card, values = levers[name], changed[name]
        outside = np.flatnonzero((values < card.low) | (values > card.high))
        wanted = f"нужно от {_number(card.low, card)} до {_number(card.high, card)} {card.unit}".strip()
        everywhere = len(outside) == len(values) and len(set(values)) == 1
        for number in outside[:1] if everywhere else outside:
            yield name, None if everywhere else int(number), _number(values[number], card), wanted
    if {"route_time_share", "young_time_share"} & touched:
        shares = changed["route_time_share"] + changed["young_time_share"]
        for number in np.flatnonzero(shares > 1)[:1]:
            told = "вместе с долей на молодых времени больше, чем есть: сумма долей не больше 1"
            yield "route_time_share", None, wording.number(shares[number], 2), told
    if {"hours_per_route", "hours_per_accompanied"} & touched:
        for number in np.flatnonzero(changed["hours_per_accompanied"] > changed["hours_per_route"])[:1]:
            least = _number(changed["hours_per_accompanied"][number], levers["hours_per_accompanied"])
            yield (
                "hours_per_route",
                None,
                _number(changed["hours_per_route"][number], levers["hours_per_route"]),
                (f"нужно не меньше часов сопровождения в месяц ({least})"),
            )
    if "programme_months" in touched and len(set(changed["programme_months"])) > 1:
        yield "programme_months", None, "разные", "длительность программы — одна на все муниципалитеты"


def _number(value: float, card: LeverCard) -> str:
    return wording.number(value, card.decimals)


def _where(number: int | None, municipalities: Sequence[str], names: Mapping[str, str]) -> str:
    return "" if number is None else f", {names.get(municipalities[number], municipalities[number])}"


def as_rows(facts: Facts, settings: Settings, levers: Mapping[str, LeverCard], municipalities: Sequence[str]) -> pd.DataFrame:
    """Levers as a table: municipality, lever, title, unit, before, after, changed, source."""
    rows = [
        (place, name, card.title, card.unit, facts.values[name][number], settings.changed[name][number], facts.told[name][number])
        for number, place in enumerate(municipalities)
        for name, card in levers.items()
    ]
    table = pd.DataFrame(rows, columns=["municipality", "lever", "title", "unit", "before", "after", "source"])
    return table.assign(changed=table["before"] != table["after"])
