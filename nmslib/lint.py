"""Finds what is odd in an order from its facts alone: one function a rule, one message a cause. Knows no file."""

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise

from nmslib import phrases, wording
from nmslib.model import Event, Measure, RegistrySchema, System, plain

SAME_TITLE = 0.9


@dataclass(frozen=True)
class Finding:
    """One oddity: the rule that found it, its place as a clause, what is there, and what follows from it."""

    rule: str
    place: str
    found: str
    consequence: str


Rule = Callable[[System, RegistrySchema], Iterator[Finding]]


def _alike(one: Measure, other: Measure) -> bool:
    """The same words but for a few, and the same numbers: «план на 2021 год» is not «план на 2022 год»."""
    left, right = plain(one.title), plain(other.title)
    if re.findall(r"\d+", left) != re.findall(r"\d+", right):
        return False
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    return matcher.quick_ratio() >= SAME_TITLE and matcher.ratio() >= SAME_TITLE


def doubled_measures(system: System, _schema: RegistrySchema) -> Iterator[Finding]:
    """Two measures that say the same, within a direction or across directions."""
    for one, other in combinations(system.measures, 2):
        if _alike(one, other):
            across = " в другом направлении" if one.direction != other.direction else ""
            found = f"мера {other.code} повторяет меру {one.code}{across}: «{other.title}»"
            yield Finding("doubled_measures", other.clause, found, "исполнение одной меры будет учтено дважды или забыто")


def gaps_in_codes(system: System, _schema: RegistrySchema) -> Iterator[Finding]:
    """A code left out between two of one group: after 3.5.3 comes 3.5.5."""
    numbered = [measure for measure in system.measures if _is_numbered(measure.code)]
    coded = [(measure, [int(part) for part in measure.code.split(".")]) for measure in numbered]
    for (one, left), (other, right) in pairwise(coded):
        if left[:-1] == right[:-1] and right[-1] > left[-1] + 1:
            prefix = "".join(f"{part}." for part in left[:-1])
            skipped = ", ".join(f"{prefix}{number}" for number in range(left[-1] + 1, right[-1]))
            found = f"между мерами {one.code} и {other.code} нет номера {skipped}"
            yield Finding("gaps_in_codes", other.clause, found, "мера могла выпасть из документа: уточните у издателя")


def _is_numbered(code: str) -> bool:
    return re.fullmatch(r"\d+(\.\d+)*", code) is not None


def codes_out_of_order(system: System, _schema: RegistrySchema) -> Iterator[Finding]:
    """A code that stands before a smaller one, or is no number at all."""
    previous: tuple[Measure, list[int]] | None = None
    for measure in system.measures:
        if not _is_numbered(measure.code):
            found = f"номер меры «{measure.code}» — не число"
            yield Finding("codes_out_of_order", measure.clause, found, "на меру трудно сослаться")
            continue
        parts = [int(part) for part in measure.code.split(".")]
        if previous and parts < previous[1]:
            found = f"мера {measure.code} стоит после меры {previous[0].code}"
            yield Finding("codes_out_of_order", measure.clause, found, "номер мог быть напечатан с ошибкой")
        previous = (measure, parts)


def _dated(system: System) -> list[Measure | Event]:
    return [*system.measures, *system.events]


def missing_deadlines(system: System, _schema: RegistrySchema) -> Iterator[Finding]:
    """A measure or an event without a term."""
    for item in _dated(system):
        if item.deadline is None:
            kind = "мера" if isinstance(item, Measure) else "мероприятие"
            found = f"{kind} {item.code} без срока: «{item.title}»"
            yield Finding("missing_deadlines", item.clause, found, "исполнение нельзя проверить в срок")


def _printed_day(deadline: str | None) -> date | None:
    """The day of a one-off term that prints it in full; None for every other term and for those not read."""
    try:
        rule = phrases.read(deadline or "")
    except phrases.PhraseNotRead:
        return None
    point = rule.points[0] if rule.kind == "once" and rule.points else None
    return date(point.year, point.month, point.day) if point and point.year else None


def terms_outside_the_plan(system: System, _schema: RegistrySchema) -> Iterator[Finding]:
    """A one-off term before the act or after the plan's end; terms that the grammar does not read are left alone."""
    end = system.act.period.end
    for item in _dated(system):
        day = _printed_day(item.deadline)
        if day and system.act.date and day < system.act.date:
            found = f"срок «{item.deadline}» раньше самого документа ({wording.day(system.act.date)})"
            yield Finding("terms_outside_the_plan", item.clause, found, "мера просрочена в день издания")
        if day and end and day > end:
            found = f"срок «{item.deadline}» позже конца плана ({wording.day(end)})"
            yield Finding("terms_outside_the_plan", item.clause, found, "итоги плана подведут раньше этого срока")


def unlisted_responsible(system: System, _schema: RegistrySchema) -> Iterator[Finding]:
    """A responsible body that is no listed subject under any of its names; «(по согласованию)» and the like do not matter."""
    strangers: dict[str, list[Measure]] = {}
    for measure in system.measures:
        for body in measure.responsible:
            subject = system.subject_called(body)
            if subject is None or not subject.listed:
                strangers.setdefault(body, []).append(measure)
    for body, measures in strangers.items():
        codes = ", ".join(measure.code for measure in measures)
        found = f"«{body}» отвечает за меры ({codes}), но участником системы не назван"
        yield Finding("unlisted_responsible", measures[0].clause, found, "у ответственного нет функций: спросить не с кого")


def measures_without_responsible(system: System, _schema: RegistrySchema) -> Iterator[Finding]:
    """A measure for which nobody answers."""
    for measure in system.measures:
        if not measure.responsible:
            found = f"у меры {measure.code} нет ответственного: «{measure.title}»"
            yield Finding("measures_without_responsible", measure.clause, found, "просрочка не имеет адресата")


def indicators_without_target(system: System, _schema: RegistrySchema) -> Iterator[Finding]:
    """An indicator for which the document sets no planned value; a value for one municipality alone is none for the system."""
    planned = {target.plans for target in system.targets if target.municipality is None}
    without = [indicator for indicator in system.indicators if indicator.indicator not in planned]
    if without:
        numbers = ", ".join(dict.fromkeys(indicator.number for indicator in without))
        found = f"нет плановых значений у показателей: {numbers}"
        yield Finding("indicators_without_target", without[0].clause, found, "состояние «достигнут» для них не определено")


def registries_without_sheet(system: System, schema: RegistrySchema) -> Iterator[Finding]:
    """A register that the document demands and the workbook does not have."""
    known = {sheet.id for sheet in schema.sheets}
    for registry in system.registries:
        if registry.registry not in known:
            found = f"в книге нет листа для реестра «{registry.name}»"
            yield Finding("registries_without_sheet", registry.clause, found, "его полноту и сроки нельзя проверить")


def subjects_without_functions(system: System, _schema: RegistrySchema) -> Iterator[Finding]:
    """A listed subject to which the document gives nothing to do."""
    busy = {function.subject for function in system.functions}
    for subject in system.subjects:
        if subject.listed and subject.id not in busy:
            found = f"у участника «{subject.short_name}» нет ни одной функции"
            yield Finding("subjects_without_functions", subject.clause, found, "его роль в системе не определена")


def indicators_without_roadmap(system: System, _schema: RegistrySchema) -> Iterator[Finding]:
    """A document with indicators and not one measure to reach them."""
    if system.indicators and not system.measures:
        found = "показатели есть, а дорожной карты нет"
        place = system.indicators[0].clause
        yield Finding("indicators_without_roadmap", place, found, "нет мер, сроков и ответственных за показатели")


def undated_act(system: System, _schema: RegistrySchema) -> Iterator[Finding]:
    """A document without a date: its terms cannot be placed."""
    if system.act.date is None:
        yield Finding(
            "undated_act", system.act.period.clause, "у документа нет даты", "сроки от даты документа не рассчитываются"
        )


RULES: tuple[Rule, ...] = (
    undated_act,
    indicators_without_roadmap,
    doubled_measures,
    gaps_in_codes,
    codes_out_of_order,
    missing_deadlines,
    terms_outside_the_plan,
    measures_without_responsible,
    unlisted_responsible,
    indicators_without_target,
    registries_without_sheet,
    subjects_without_functions,
)


def lint(system: System, schema: RegistrySchema) -> list[Finding]:
    """Oddities of a system by all rules, in the order of the rules and of the document."""
    return [finding for rule in RULES for finding in rule(system, schema)]
