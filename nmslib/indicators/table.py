"""The table of figures: tallies of places and of the whole, each against its plan, with what is not known told apart."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from nmslib import wording
from nmslib.indicators.asked import Asked, asked
from nmslib.indicators.counting import Tallied, Tally, tallies
from nmslib.indicators.definitions.active_counts import free_places
from nmslib.indicators.knowledge import Knowledge, since
from nmslib.indicators.periods import quarter_ends
from nmslib.indicators.places import Place, placed, places_of, pooled, together
from nmslib.indicators.states import shown
from nmslib.model import REGION, Card, State, System, Target
from nmslib.registries import Frames, Registries

COLUMNS = {
    "figure": "string",
    "system": "string",
    "municipality": "string",
    "indicator": "string",
    "as_of": "datetime64[s]",
    "period": "string",
    "numerator": "Int64",
    "denominator": "Int64",
    "value": "float64",
    "unit": "string",
    "lower": "float64",
    "upper": "float64",
    "target": "float64",
    "comparator": "string",
    "expected_now": "float64",
    "people_missing": "Int64",
    "status": "string",
    "reason": "string",
    "act": "string",
    "clause": "string",
    "source": "string",
    "ends_on": "datetime64[s]",
    "kind": "string",
    "number": "string",
    "target_clause": "string",
    "revision": "Int64",
    "data_on": "datetime64[s]",
    "members": "Int64",
    "members_known": "Int64",
}
TREND_YEARS = 2
ROUTES, METHODISTS, ACTIVE = "routed_share", "staff_per_methodist", "methodical_active"


def figures(
    system: System, cards: dict[str, Card], registries: Registries, municipalities: Sequence[str], as_of: date
) -> pd.DataFrame:
    """The table of figures of these places at ``as_of``: one row per place and indicator (COLUMNS).

    ``value``, ``lower``, ``upper``, ``target``, ``expected_now`` are in ``unit`` (percent, or the number itself); ``numerator``,
    ``denominator`` and ``people_missing`` are whole people, organisations, programmes; ``source``: the sha256 of the workbook.
    ``municipalities`` may hold ``REGION``: its row pools numerators and denominators of all senders in ``registries``; where some
    are unknown it has bounds instead of a value. Columns after the contract: ``ends_on`` of the period, ``kind`` (indicator or
    measure) and its ``number``, ``target_clause``, ``revision`` and ``data_on`` of the workbook, ``members`` and
    ``members_known``: how many municipalities a pooled row rests on.
    """
    wanted = asked(system, cards, as_of)
    before = [one.earlier for one in wanted if one.earlier]
    counted = iter(tallies([*wanted, *before], registries.frames))
    knowledge = Knowledge(registries, as_of, since(system))
    now = [_limited(one, next(counted), wanted, registries.frames, knowledge) for one in wanted]
    replaced = {one.card.id: next(counted) for one in before}
    rows = []
    for one, tallied in zip(wanted, now, strict=True):
        found = places_of(one, tallied, knowledge)
        earlier = places_of(one.earlier, replaced[one.card.id], knowledge) if one.earlier else {}
        rows += [_row(system, one, name, found, earlier, knowledge) for name in municipalities if _asks(one, name, system)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
    order = {name: number for number, name in enumerate(municipalities)}
    return frame.sort_values("municipality", key=lambda names: names.map(order), kind="stable", ignore_index=True)


def _limited(one: Asked, tallied: Tallied, wanted: list[Asked], frames: Frames, knowledge: Knowledge) -> Tallied:
    """Routes are drawn up by methodists: where a document sets how many teachers one may accompany, free places limit them."""
    ceiling = next((each.targets.get(None) for each in wanted if each.card.id == METHODISTS), None)
    sent = knowledge.arrival(ACTIVE, REGION)
    if one.card.id != ROUTES or ceiling is None or sent is None or not sent.received:
        return tallied
    if sent.data_on and sent.data_on < one.as_of:
        return tallied
    free = free_places(frames, one.question, ceiling.value)
    limited = {name: replace(tally, places=free.get(name, 0)) for name, tally in tallied.by_place.items()}
    return replace(tallied, by_place=limited)


def trend_days(system: System, as_of: date) -> list[date]:
    """Days of a trend up to ``as_of``, it included: ends of quarters since the beginning of the document's period.

    Where the document names no beginning, since the beginning of the year before; at most three years, as notes tell of them.
    """
    first = system.act.period.start or date(as_of.year - 1, 1, 1)
    first = max(first, date(as_of.year - TREND_YEARS, 1, 1))
    return sorted({*quarter_ends(first, as_of), as_of})


def series(
    system: System, cards: dict[str, Card], known: Iterable[tuple[date, Registries]], municipalities: Sequence[str]
) -> pd.DataFrame:
    """Figures at several days for trends, each from the registries as of that day; columns of ``figures`` and ``variant``.

    Where a definition changed within the period, the first day after the change stands twice: ``variant`` names the row that
    still follows the earlier definition, so that both values are seen at the seam.
    """
    parts, seams = [], set()
    for day, registries in known:
        parts.append(figures(system, cards, registries, municipalities, day).assign(variant=""))
        changed = [one for one in asked(system, cards, day) if one.earlier and (one.card.id, one.since) not in seams]
        seams |= {(one.card.id, one.since) for one in changed}
        earlier = replace(system, indicators=tuple(_as_before(system, [one.card.id for one in changed], day)))
        if changed:
            told = figures(earlier, cards, registries, municipalities, day)
            told = told[told["indicator"].isin([one.card.id for one in changed])]
            parts.append(told.assign(variant="прежнее определение"))
    nothing = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()}).assign(variant="")
    return pd.concat(parts, ignore_index=True) if parts else nothing


def _as_before(system: System, changed: list[str], day: date) -> list[Any]:
    """The system's indicators without the definitions that came into force last."""
    newest = {
        name: max(one.in_force for one in system.indicators if one.indicator == name and one.in_force and one.in_force <= day)
        for name in changed
    }
    return [one for one in system.indicators if one.in_force is None or one.in_force != newest.get(one.indicator)]


def largest_gap(figures: pd.DataFrame) -> pd.Series | None:
    """The figure that is worst off: by state, then by how many are missing; None when none is known to miss its plan."""
    behind = figures[figures["people_missing"] > 0]
    if behind.empty:
        return None
    severity = behind["status"].map({State.UNREACHABLE.id: 2, State.RECOVERABLE.id: 1}).fillna(0)
    ranked = behind.assign(severity=severity)
    return ranked.sort_values(["severity", "people_missing"], ascending=False, kind="stable").iloc[0]


def told(figure: pd.Series, card: Card) -> str:
    """The value of a row of figures in words: «12,4 % (147 из 1 186)», or that there is none."""
    if pd.isna(figure["value"]):
        return "не рассчитан"
    denominator = None if pd.isna(figure["denominator"]) else int(figure["denominator"])
    return shown(card, Tally(int(figure["numerator"]), denominator))


def _asks(one: Asked, name: str, system: System) -> bool:
    """Whether a place has this figure: what only a region can count is not asked of its municipalities."""
    return one.card.level == "municipality" or name == REGION or system.act.level != "regional"


def _target(one: Asked, name: str, system: System) -> Target | None:
    """The plan of a place; a plain number of a region's document (300 routes) is the region's as a whole."""
    own = one.target(name)
    whole = name == REGION or system.act.level != "regional" or (own and own.municipality)
    return own if own is None or whole or own.unit == "percent" or own.comparator == "<=" else None


def _row(
    system: System, one: Asked, name: str, places: dict[str, Place], before: dict[str, Place], knowledge: Knowledge
) -> dict[str, Any]:
    whole = name == REGION and one.card.level == "municipality"
    target = _target(one, name, system)
    sha256, revision, data_on = knowledge.pooled_source() if whole else knowledge.source(one.card, name)
    row = {
        "figure": f"{system.id}/{name}/{one.card.id}/{one.as_of.isoformat()}",
        "system": system.id,
        "municipality": name,
        "indicator": one.card.id,
        "as_of": one.as_of,
        "period": one.period.name,
        "unit": one.card.unit,
        "target": target.value if target else None,
        "comparator": target.comparator if target else None,
        "act": system.act.name,
        "clause": one.clause,
        "source": sha256,
        "ends_on": one.period.end,
        "kind": one.kind,
        "number": one.number,
        "target_clause": target.source if target else None,
        "revision": revision,
        "data_on": data_on,
    }
    if whole:
        found = pooled(one, target, places, system)
        noted = [_seam(one, name, together(before), target)]
    else:
        place = places.get(name) or Place(Tally(denominator=0), None)
        found = placed(one, target, place, system, name)
        noted = [_outside(one, place.tally), _unread(one, name, knowledge), _seam(one, name, before.get(name), target)]
    told = noted if "value" in found else []
    return row | found | {"reason": wording.sentences(str(found["reason"]), *told)}


def _outside(one: Asked, tally: Tally) -> str:
    """Rows of the numerator whose people or organisations the base does not hold: told, never counted."""
    if not tally.outside:
        return ""
    return f"Вне знаменателя ещё {wording.counted(tally.outside, one.card.noun)}: кто и почему — nms trace"


def _unread(one: Asked, name: str, knowledge: Knowledge) -> str:
    rows = knowledge.unread(one.card, name)
    return f"Строк с непрочитанным в исходных реестрах: {wording.number(rows)}; значение может измениться" if rows else ""


def _seam(one: Asked, name: str, before: Place | None, target: Target | None) -> str:
    """Both values where a definition or a plan changed within the period."""
    told = []
    if one.since and before and not before.unknown and before.tally.denominator != 0:
        told.append(f"Определение изменено с {wording.day(one.since)}: по прежнему — {shown(one.card, before.tally)}")
    if (old := one.target_before(name)) and target and target.in_force:
        units = [wording.plan(each.value, one.card.unit) for each in (target, old)]
        told.append(f"С {wording.day(target.in_force)} план {units[0]} вместо {units[1]}")
    return wording.sentences(*told)
