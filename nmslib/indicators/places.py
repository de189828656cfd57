"""What one place, or all of them together, can say of a figure: a value, bounds, or why there is none."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from nmslib import wording
from nmslib.indicators.asked import Asked
from nmslib.indicators.counting import Tallied, Tally
from nmslib.indicators.knowledge import Knowledge, Unknown
from nmslib.indicators.states import missing, needed, shown, standing, value_of
from nmslib.intervals import wilson
from nmslib.model import REGION, Card, State, System, Target

NAMED_UNKNOWN = 5


@dataclass(frozen=True)
class Place:
    """What is known of a figure in one place: the tally, and why it is not to be trusted as a whole (None: it is)."""

    tally: Tally
    unknown: Unknown | None


def places_of(one: Asked, tallied: Tallied, knowledge: Knowledge) -> dict[str, Place]:
    """What is known of a figure in every place that can know it, and in places that only rows name."""
    empty, counted = Tally(denominator=0 if tallied.base else None), tallied.by_place
    names = [name for name in knowledge.senders if name != REGION or knowledge.sends(one.card, REGION)]
    found = {name: Place(counted.get(name, empty), knowledge.unknown(one.card, tallied.base, name)) for name in names}
    return found | {name: Place(tally, None) for name, tally in counted.items() if name not in found and name != REGION}


def _not_computed(cause: str) -> dict[str, Any]:
    return {"status": State.NOT_COMPUTABLE.id, "reason": wording.sentences(f"показатель не рассчитан: {cause}")}


def placed(one: Asked, target: Target | None, place: Place, system: System, name: str) -> dict[str, Any]:
    """Value and standing of one place; what is unknown has bounds, an empty base is said, nothing is shown as 0 %."""
    tally, unknown = place.tally, place.unknown
    if unknown:
        known = {"denominator": tally.denominator or None} if unknown.base else {}
        bounds = {"lower": 0.0, "upper": 100.0} if known.get("denominator") and one.card.unit == "percent" else {}
        return known | bounds | _not_computed(unknown.cause)
    if tally.denominator == 0:
        # The registries are there: of the card's two cases it is that nobody is in the base.
        return _not_computed(one.card.undefined_when.split(" или не представлен")[0])
    result = standing(one.card, target, tally, one.period, one.as_of)
    reason = result.reason
    if target is None and one.target(name) is not None:
        reason = wording.sentences(f"{shown(one.card, tally)}; план установлен на всех вместе: {system.act.jurisdiction}")
    lower, upper = _interval(one.card, tally)
    return {
        "numerator": tally.numerator,
        "denominator": tally.denominator,
        "value": value_of(one.card, tally),
        "lower": lower,
        "upper": upper,
        "expected_now": result.expected_now,
        "people_missing": result.people_missing,
        "status": result.state.id,
        "reason": reason,
    }


def _interval(card: Card, tally: Tally) -> tuple[float | None, float | None]:
    if card.unit != "percent" or not tally.denominator:
        return None, None
    lower, upper = wilson(float(tally.numerator), float(tally.denominator))
    return 100 * float(lower), 100 * float(upper)


def together(places: dict[str, Place]) -> Place | None:
    """All places as one when every one of them is known, None otherwise."""
    known = [place.tally for place in places.values() if not place.unknown]
    return Place(_sum(known), None) if known and len(known) == len(places) else None


def pooled(one: Asked, target: Target | None, places: dict[str, Place], system: System) -> dict[str, Any]:
    """The whole as numerators over denominators of all places; unknown places bound it instead of shrinking its base."""
    known = [place.tally for place in places.values() if not place.unknown]
    lost = {name: place for name, place in places.items() if place.unknown}
    counts = {"members": len(places), "members_known": len(known)}
    total = _sum(known)
    if not places:
        return counts | _not_computed("реестров никто не присылает")
    if not lost:
        return counts | placed(one, target, Place(total, None), system, REGION)
    if not known:
        why = {place.unknown.cause for place in lost.values() if place.unknown}
        return counts | _not_computed(why.pop() if len(why) == 1 else "нужных сведений не прислал никто")
    cause = f"сведения есть от {len(known)} из {len(places)} отправителей{_named(lost)}"
    if total.denominator is None:
        return counts | _at_least(one, target, total, cause)
    if total.denominator == 0 or any(not place.unknown.base for place in lost.values() if place.unknown):
        told = f"; по ним {shown(one.card, total)}" if total.denominator else ""
        return counts | _not_computed(f"{cause}{told}; численность остальных неизвестна")
    return counts | _bounded(one, target, total, sum(place.tally.denominator or 0 for place in lost.values()), cause)


def _at_least(one: Asked, target: Target | None, total: Tally, cause: str) -> dict[str, Any]:
    """A plain number of which only a part is known: reached when that part reaches, otherwise not computed."""
    told = f"не меньше {shown(one.card, total)}: {cause}"
    row: dict[str, Any] = {"lower": total.numerator}
    if target and target.comparator != "<=" and total.numerator >= needed(target, None):
        reached = f"план {wording.plan(target.value, one.card.unit)} выполнен при любых недостающих сведениях: {told}"
        return row | {"status": State.REACHED.id, "people_missing": 0, "reason": wording.sentences(reached)}
    return row | _not_computed(told)


def _bounded(one: Asked, target: Target | None, total: Tally, unknown: int, cause: str) -> dict[str, Any]:
    """Bounds of a share when nobody or everybody in the unknown places counts; reached only when the lower bound reaches."""
    base = (total.denominator or 0) + unknown
    bounds = {"numerator": total.numerator, "denominator": base}
    if one.card.unit != "percent":
        return bounds | _not_computed(cause)
    low, high = 100 * total.numerator / base, 100 * (total.numerator + unknown) / base
    told = f"от {wording.percent(low)} до {wording.percent(high)}: {cause}"
    row: dict[str, Any] = bounds | {"lower": low, "upper": high}
    if target and target.comparator != "<=" and total.numerator >= needed(target, base):
        reached = f"план {wording.plan(target.value, 'percent')} выполнен при любых недостающих сведениях: {told}"
        return row | {"status": State.REACHED.id, "people_missing": 0, "reason": wording.sentences(reached)}
    if target and target.comparator != "<=":
        whole = Tally(total.numerator, base)
        surely = max(0, missing(target, whole) - unknown)
        if surely and one.as_of >= one.period.end:
            over = f"план {wording.plan(target.value, 'percent')} не выполнен при любых недостающих сведениях: {told}"
            return row | {"status": State.UNREACHABLE.id, "people_missing": surely, "reason": wording.sentences(over)}
    return row | _not_computed(told)


def _named(lost: dict[str, Place]) -> str:
    names = sorted(place.unknown.who for place in lost.values() if place.unknown)
    more = f" и ещё {len(names) - NAMED_UNKNOWN}" if len(names) > NAMED_UNKNOWN else ""
    return f", нет: {', '.join(names[:NAMED_UNKNOWN])}{more}"


def _sum(parts: list[Tally]) -> Tally:
    months: dict[date, int] = {}
    for part in parts:
        for month, count in part.by_month:
            months[month] = months.get(month, 0) + count
    denominators = [part.denominator for part in parts if part.denominator is not None]
    return Tally(
        numerator=sum(part.numerator for part in parts),
        denominator=sum(denominators) if denominators else None,
        outside=sum(part.outside for part in parts),
        by_month=tuple(months.items()),
        above=sum(part.above for part in parts),
        places=sum(part.places or 0 for part in parts) if any(part.places is not None for part in parts) else None,
    )
