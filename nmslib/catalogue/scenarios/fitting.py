"""Whether a scenario fits the document, the places and itself: days, plans, questions, levers that contradict each other."""

import calendar
from collections.abc import Iterator
from datetime import date

from nmslib import wording
from nmslib.catalogue.scenarios.wanted import fits, is_number, known, shown, span
from nmslib.model import MODELLED, REGION, Card, Change, LeverCard, Scenario, System, Target

LONGEST = 24
RECURRING = ("annual", "monthly", "quarterly")
SEPTEMBER = 9
# Place in the file, what stands there, what is needed.
Wrong = tuple[str, str, str]


def month_end(day: date) -> date:
    """The last day of a day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def months_between(as_of: date, until: date) -> int:
    """Steps of the model from the day after ``as_of``; a begun month is one."""
    return 12 * (until.year - as_of.year) + until.month - as_of.month + (as_of != month_end(as_of))


def wrong_days(scenario: Scenario) -> Iterator[Wrong]:
    """Days that cannot be: an end before the beginning, not of a month, or too far away; a day of a question outside of both."""
    as_of, until = scenario.as_of, scenario.until
    if as_of is None or until is None:
        return
    if until <= as_of:
        yield "ключ «until»", wording.day(until), f"нужен день позже отчётной даты {wording.day(as_of)} (as_of)"
    elif until != month_end(until):
        yield "ключ «until»", wording.day(until), f"нужен последний день месяца: {wording.day(month_end(until))}"
    elif months_between(as_of, until) > LONGEST:
        wanted = f"от отчётной даты {wording.day(as_of)} можно считать не дальше {LONGEST} месяцев"
        yield "ключ «until»", wording.day(until), wanted
    by = scenario.solve.by if scenario.solve else None
    if by is not None and not as_of < by <= until:
        yield "ключ «solve.by»", wording.day(by), f"нужен день после {wording.day(as_of)} и не позже {wording.day(until)}"


def wrong_indicators(scenario: Scenario, system: System, cards: dict[str, Card]) -> Iterator[Wrong]:
    """Indicators without a figure here: unknown, not asked for by the document, not worked out by the model."""
    asked = {one.indicator for one in system.indicators} | {one.plans for one in system.targets}
    usable = {name: cards[name].short_name for name in MODELLED if name in asked and name in cards}
    named = [("targets", name) for name in scenario.targets]
    named += [("solve.targets", name) for name in (scenario.solve.targets if scenario.solve else ())]
    named += [("allocate.indicator", scenario.allocate.indicator)] if scenario.allocate else []
    for key, name in named:
        if name not in usable:
            why = "модель его не считает" if name in asked else "документ системы его не требует"
            why = f"{why}, цифры нет" if name in cards else "такого показателя нет"
            yield f"ключ «{key}»", name, f"{why}; {known(name, usable)}"


def wrong_targets(scenario: Scenario, system: System, cards: dict[str, Card]) -> Iterator[Wrong]:
    """Assumed plans that are no percent or count, or stand against a plan of the document."""
    for name, value in scenario.targets.items():
        percent = name in cards and cards[name].unit == "percent"
        place = f"ключ «targets.{name}»"
        if not is_number(value) or value <= 0 or (percent and value > 100):
            wanted = "нужен процент больше 0 и не больше 100" if percent else "нужно число больше 0"
            yield place, shown(value) if is_number(value) else str(value), wanted
        elif name in cards and scenario.until and (plan := planned(name, scenario, system, cards, scenario.until)):
            told = wording.plan(plan.value, plan.unit)
            yield (
                place,
                shown(value),
                f"в документе на {wording.day(scenario.until)} уже есть плановое значение {told} ({plan.source})",
            )


def planned(name: str, scenario: Scenario, system: System, cards: dict[str, Card], day: date) -> Target | None:
    """The planned value of the document that holds for the scenario's place on a day."""
    year = day.year + (cards[name].period == "school_year" and day.month >= SEPTEMBER)
    start, end = system.act.period.start, system.act.period.end
    within = (start is None or start <= day) and (end is None or day <= end)
    found = []
    for one in system.targets:
        mine = one.plans == name and one.municipality in (None, scenario.municipality)
        begun = one.in_force is None or one.in_force <= day
        of_plan = one.period is None or one.period in RECURRING or cards[name].period == "plan"
        if mine and begun and (within if of_plan else one.period == str(year)):
            found.append(one)
    # A place's own number before the system's, then the one that came into force last.
    return max(found, key=lambda one: (one.municipality is not None, one.in_force or date.min), default=None)


def wrong_questions(scenario: Scenario, system: System, cards: dict[str, Card], levers: dict[str, LeverCard]) -> Iterator[Wrong]:
    """What ``solve`` and ``allocate`` ask for and cannot have."""
    if scenario.solve is not None:
        yield from _wrong_solve(scenario, levers)
        day = scenario.solve.by or scenario.until
        yield from _unplanned("solve.targets", scenario.solve.targets, scenario, system, cards, day)
    if scenario.allocate is not None:
        yield from _unplanned("allocate.indicator", (scenario.allocate.indicator,), scenario, system, cards, scenario.until)


def _unplanned(
    key: str, names: tuple[str, ...], scenario: Scenario, system: System, cards: dict[str, Card], day: date | None
) -> Iterator[Wrong]:
    for name in names:
        if name in cards and day and name not in scenario.targets and not planned(name, scenario, system, cards, day):
            wanted = f"на {wording.day(day)} в документе нет планового значения; добавьте допущение в targets: {{{name}: …}}"
            yield f"ключ «{key}»", name, wanted


def _wrong_solve(scenario: Scenario, levers: dict[str, LeverCard]) -> Iterator[Wrong]:
    solve, titles = scenario.solve, {name: card.title for name, card in levers.items()}
    if solve is None:
        return
    yield from ((f"ключ «solve.{key}»", "", "нужен хотя бы один") for key in ("targets", "levers") if not getattr(solve, key))
    for key, names in (("levers", solve.levers), ("limits", tuple(solve.limits))):
        yield from (
            (f"ключ «solve.{key}»", name, f"такого рычага нет; {known(name, titles)}") for name in names if name not in levers
        )
    for name, limit in solve.limits.items():
        if name in levers and name not in solve.levers:
            yield f"ключ «solve.limits.{name}»", shown(limit), "этого рычага нет в solve.levers"
        elif name in levers and not fits(limit, levers[name]):
            yield f"ключ «solve.limits.{name}» ({levers[name].title})", shown(limit), f"нужно {span(levers[name])}"
    if solve.minimise not in ("cost", "months") and solve.minimise not in solve.levers:
        yield "ключ «solve.minimise»", solve.minimise, "этого рычага нет в solve.levers"
    if solve.probability is not None and not 0 < solve.probability < 1:
        yield "ключ «solve.probability»", shown(solve.probability), "нужно число больше 0 и меньше 1, например 0.8"


def wrong_sharing(scenario: Scenario, levers: dict[str, LeverCard], municipalities: int) -> Iterator[Wrong]:
    """A resource that cannot be split: of one place, none at all, more than fits, or fixed by the same scenario."""
    allocate = scenario.allocate
    if allocate is None:
        return
    card = levers[allocate.resource]
    most = int(card.high * municipalities)
    if scenario.municipality != REGION or municipalities < 2:
        yield "ключ «allocate»", "", f"делить можно только между муниципалитетами региона: нужно municipality: {REGION}"
    if not 0 < allocate.total <= most:
        told = f"нужно целое число от 1 до {shown(most)}{wording.NBSP}{card.unit} ({card.title})"
        yield "ключ «allocate.total»", shown(allocate.total), told
    fixed = [*scenario.overrides, *(name for own in scenario.municipalities.values() for name in own)]
    if allocate.resource in fixed:
        wanted = f"рычаг задан и в overrides или municipalities, а его делит allocate: уберите одно ({card.title})"
        yield "ключ «allocate.resource»", allocate.resource, wanted


def contradictions(scenario: Scenario, levers: dict[str, LeverCard]) -> Iterator[Wrong]:
    """Levers that cannot hold together, everywhere and in each municipality that has its own; each pair told once."""
    told: set[tuple[str, str]] = set()
    for place in ("", *scenario.municipalities):
        changes = scenario.changes_in(place)
        for names, given, wanted in (*_too_much_time(changes, levers), *_too_long(changes, levers)):
            if (given, wanted) not in told:
                told.add((given, wanted))
                yield f"рычаги {names}" + (f", муниципалитет «{place}»" if place else ""), given, wanted


def _too_much_time(changes: dict[str, Change], levers: dict[str, LeverCard]) -> Iterator[Wrong]:
    names = ("route_time_share", "young_time_share")
    highest = [_bounds(changes.get(name), levers[name]) for name in names]
    if not any(name in changes for name in names) or None in highest:
        return
    parts = [one[1] for one in highest if one]
    if sum(parts) > 1 + 1e-9:
        given = f"{' + '.join(shown(one) for one in parts)} = {shown(sum(parts))}"
        yield _titles(names, levers), given, "доли времени вместе не могут быть больше 1"


def _too_long(changes: dict[str, Change], levers: dict[str, LeverCard]) -> Iterator[Wrong]:
    names = ("hours_per_accompanied", "hours_per_route")
    monthly, whole = (_bounds(changes.get(name), levers[name]) for name in names)
    if any(name in changes for name in names) and monthly and whole and monthly[1] > whole[0]:
        wanted = "сопровождение одного человека в месяц не может занимать больше часов, чем разработка ИОМ"
        yield _titles(names, levers), f"{shown(monthly[1])} и {shown(whole[0])}", wanted


def _titles(names: tuple[str, ...], levers: dict[str, LeverCard]) -> str:
    return " и ".join(f"«{name}» ({levers[name].title})" for name in names)


def _bounds(change: Change | None, card: LeverCard) -> tuple[float, float] | None:
    """The least and the greatest value that a lever may take, None where only the registries know."""
    if change is None or change.kind in ("add", "times"):
        if card.known_default is None:
            return None
        given = change.value if change and change.value is not None else 0.0
        value = card.known_default * given if change and change.kind == "times" else card.known_default + given
        return value, value
    if change.spread is not None:
        return change.spread.low, change.spread.high
    return (change.value, change.value) if change.value is not None else None
