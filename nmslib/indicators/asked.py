"""Which figures a system's document asks for on a day: definition, plan and period in force, and what they replaced."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from nmslib.indicators.periods import Period, period_of
from nmslib.indicators.rows import Question
from nmslib.model import Card, Indicator, System, Target

RECURRING = ("annual", "monthly", "quarterly")


@dataclass(frozen=True)
class Asked:
    """One figure that is asked for: an indicator of the document, or a number in the result of a measure (``kind``), its clause.

    ``targets``: planned values in force by municipality (None: the system's own). ``replaced``: those that they took the place of
    within the period. ``earlier``: the definition in force before, when it changed within the period, and ``since`` when.
    """

    card: Card
    organisations: Literal["general", "all"]
    number: str
    clause: str
    period: Period
    as_of: date
    kind: Literal["indicator", "measure"] = "indicator"
    targets: dict[str | None, Target] = field(default_factory=dict)
    replaced: dict[str | None, Target] = field(default_factory=dict)
    earlier: "Asked | None" = None
    since: date | None = None

    @property
    def question(self) -> Question:
        """The days and the base that the definition is asked about; of a period that is over, those of its last day."""
        return Question(self.period.start, min(self.as_of, self.period.end), self.organisations)

    def target(self, municipality: str) -> Target | None:
        """The planned value for a municipality: its own, else the system's."""
        return self.targets.get(municipality) or self.targets.get(None)

    def target_before(self, municipality: str) -> Target | None:
        """The planned value that the one in force replaced within the period."""
        own = municipality if municipality in self.targets else None
        return self.replaced.get(own)


def asked(system: System, cards: dict[str, Card], as_of: date) -> list[Asked]:
    """Figures of a system on a day: its indicators as printed, then numbers of the roadmap that have a card of their own."""
    found = [
        _asked(system, cards[indicator.indicator], indicator.organisations, indicator.number, indicator.clause, as_of, before)
        for indicator, before in _definitions(system.indicators, as_of)
    ]
    known = {one.indicator for one in system.indicators}
    base = system.indicators[0].organisations if system.indicators else "all"
    for target in system.targets:
        if target.plans not in known:
            known.add(target.plans)
            one = _asked(system, cards[target.plans], base, target.applies_to, target.clause, as_of, None)
            found.append(replace(one, kind="measure"))
    return found


def _definitions(indicators: Iterable[Indicator], as_of: date) -> list[tuple[Indicator, Indicator | None]]:
    """Definitions in force on a day, each with the one that it replaced."""
    by_id: dict[str, list[Indicator]] = {}
    for one in indicators:
        if one.in_force is None or one.in_force <= as_of:
            by_id.setdefault(one.indicator, []).append(one)
    ordered = [sorted(versions, key=lambda one: one.in_force or date.min) for versions in by_id.values()]
    return [(versions[-1], versions[-2] if len(versions) > 1 else None) for versions in ordered]


def _asked(
    system: System,
    card: Card,
    organisations: Literal["general", "all"],
    number: str,
    clause: str,
    as_of: date,
    before: Indicator | None,
) -> Asked:
    planned = [one for one in system.targets if one.plans == card.id]
    default = _newest([one for one in planned if one.municipality is None and _applies(one, card, system, as_of)], as_of)
    # A plan that is over, or not there yet, still says from which day its figure is counted.
    known = default or [one for one in planned if one.municipality is None]
    period = _period(card, known[0] if known and (default or card.period == "plan") else None, system, as_of)
    targets, replaced = {}, {}
    for place in dict.fromkeys(one.municipality for one in planned):
        versions = _newest([one for one in planned if one.municipality == place and _applies(one, card, system, as_of)], as_of)
        if versions:
            targets[place] = versions[0]
        if len(versions) > 1 and versions[0].in_force and versions[0].in_force > period.start:
            replaced[place] = versions[1]
    now = Asked(card, organisations, number, clause, period, as_of, targets=targets, replaced=replaced)
    mine = [one for one in system.indicators if one.indicator == card.id and one.in_force and one.in_force <= as_of]
    if before is None or not mine or (since := max(one.in_force for one in mine if one.in_force)) <= period.start:
        return now
    earlier = replace(now, organisations=before.organisations, clause=before.clause)
    return replace(now, earlier=earlier, since=since)


def _newest(targets: list[Target], as_of: date) -> list[Target]:
    """Values that have come into force, the newest first; of those for several years, the year that is nearest."""
    begun = [one for one in targets if one.in_force is None or one.in_force <= as_of]
    return sorted(sorted(begun, key=lambda one: one.period or ""), key=lambda one: one.in_force or date.min, reverse=True)


def _applies(target: Target, card: Card, system: System, as_of: date) -> bool:
    """Whether a planned value is one of the period that the day lies in."""
    start, end = system.act.period.start, system.act.period.end
    if target.period is None or target.period in RECURRING:
        return (start is None or as_of >= start) and (end is None or as_of <= end)
    if card.period == "plan":
        return (start is None or as_of >= start) and (end is None or as_of <= end)
    # A school year is the year that it ends in.
    return period_of(card.period, as_of).end.year == int(target.period)


def _period(card: Card, target: Target | None, system: System, as_of: date) -> Period:
    first, last = system.act.period.start, system.act.period.end
    if target is None:
        return period_of(card.period, as_of, first, last) if card.period == "plan" else period_of(card.period, as_of)
    if card.period != "plan":
        return period_of(card.period, as_of, last=target.by)
    named = target.period and target.period not in RECURRING
    last = target.by or (date(int(target.period), 12, 31) if named and target.period else last)
    return period_of("plan", as_of, target.counted_from or first, last)
