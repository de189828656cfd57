"""The federal view: the common indicators across systems, each system pooled, all of them pooled, on one base."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from nmslib import wording
from nmslib.indicators.asked import Asked
from nmslib.indicators.counting import tallies
from nmslib.indicators.knowledge import Knowledge, since
from nmslib.indicators.periods import period_of
from nmslib.indicators.places import Place, places_of, pooled
from nmslib.indicators.table import COLUMNS
from nmslib.model import REGION, Card, System
from nmslib.registries import Registries


def across(
    federal: System, systems: Mapping[str, tuple[System, Registries]], cards: Mapping[str, Card], as_of: date
) -> pd.DataFrame:
    """Figures of systems side by side at one day: a row per system and indicator, and one of all together (``REGION``).

    ``systems``: id → its document and registries as of the day. Every indicator that some document prints is counted on the
    common base, all organisations, so that systems can be compared; where a document has another base, the reason says so.
    Nothing is planned: the federal slides set no values. Columns as of ``figures``; ``municipality`` holds the system's id,
    ``act`` and ``clause`` name the documents that are put together.
    """
    printed = dict.fromkeys(one.indicator for system, _ in systems.values() for one in system.indicators)
    wanted = [_common(cards[name], as_of) for name in printed]
    found = {name: _of_system(system, registries, wanted, as_of) for name, (system, registries) in systems.items()}
    rows = []
    for one in wanted:
        keeping = {name: places[one.card.id] for name, places in found.items() if places[one.card.id]}
        for name, places in keeping.items():
            rows.append(_row(federal, one, name, places, [systems[name][0]], [_own_base(one, systems[name][0])]))
        everybody = {f"{name}/{place}": known for name, places in keeping.items() for place, known in places.items()}
        silent = [systems[name][0].act.short_title for name in systems if name not in keeping]
        noted = [f"Не считают: {'; '.join(silent)}"] if silent else []
        rows.append(_row(federal, one, REGION, everybody, [systems[name][0] for name in keeping], noted))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _common(card: Card, as_of: date) -> Asked:
    return Asked(card, "all", "", card.reference.clause, period_of(card.period, as_of), as_of)


def _of_system(system: System, registries: Registries, wanted: list[Asked], as_of: date) -> dict[str, dict[str, Place]]:
    """Places of a system by indicator; none for indicators whose registries its document does not ask for."""
    knowledge, kept = Knowledge(registries, as_of, since(system)), set(registries.frames)
    counted = tallies(wanted, registries.frames)
    return {
        one.card.id: _asked_places(one, places_of(one, tallied, knowledge), system) if set(one.card.registries) <= kept else {}
        for one, tallied in zip(wanted, counted, strict=True)
    }


def _asked_places(one: Asked, places: dict[str, Place], system: System) -> dict[str, Place]:
    """What only a region can count is taken from the region's own rows."""
    if one.card.level == "municipality" or system.act.level != "regional":
        return places
    return {name: place for name, place in places.items() if name == REGION}


def _own_base(one: Asked, system: System) -> str:
    own = next((each for each in system.indicators if each.indicator == one.card.id), None)
    if own is None:
        return f"В документе показателя нет: {system.act.short_title}"
    if own.organisations == "general":
        return "Здесь — все организации; документ считает только общеобразовательные"
    return ""


def _clause(one: Asked, system: System) -> str:
    own = next((each.clause for each in system.indicators if each.indicator == one.card.id), None)
    return f"{system.act.jurisdiction}: {own}" if own else f"{system.act.jurisdiction}: показателя в документе нет"


def _row(
    federal: System, one: Asked, name: str, places: dict[str, Place], asking: list[System], noted: list[str]
) -> dict[str, Any]:
    found = pooled(one, None, places, federal)
    return {
        "figure": f"{federal.id}/{name}/{one.card.id}/{one.as_of.isoformat()}",
        "system": federal.id,
        "municipality": name,
        "indicator": one.card.id,
        "as_of": one.as_of,
        "period": one.period.name,
        "unit": one.card.unit,
        "act": "; ".join(system.act.name for system in asking),
        "clause": "; ".join(_clause(one, system) for system in asking),
        "ends_on": one.period.end,
        "kind": one.kind,
        "number": one.number,
        **found,
        "reason": wording.sentences(str(found["reason"]), *noted),
    }
