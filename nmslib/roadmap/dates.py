"""From a rule and a plan to days, with the other defensible readings. Knows no registry and no day off."""

from dataclasses import replace
from datetime import date

from nmslib import wording
from nmslib.phrases import Rule
from nmslib.roadmap.calendar_days import Occurrence, Plan, Reading, Schedule, day_of
from nmslib.roadmap.one_off import once, school_years, until
from nmslib.roadmap.recurring import recurring

SPANS = {
    "day": ("календарный день", "календарных дня", "календарных дней"),
    "working_day": ("рабочий день", "рабочих дня", "рабочих дней"),
    "week": ("неделя", "недели", "недель"),
    "month": wording.MONTHS,
}
WITHOUT_DATES = {
    "continuous": "постоянно, весь период",
    "by_schedule": "по графику, которого в документе нет",
    "none": "срок не указан",
}


def _relative(rule: Rule) -> Schedule:
    assert rule.relative
    event, count, unit = rule.relative.event, rule.relative.count, rule.relative.unit
    text = f"{wording.counted(count, SPANS[unit])} {event}" if count and unit else event
    return Schedule("relative", Reading(f"от события: {text}"), (), (*rule.doubts, "день события неизвестен: даты не рассчитаны"))


def _continuous_every_year(rule: Rule, plan: Plan) -> Schedule:
    yearly = recurring(Rule(kind="annual", unit="year", since=rule.since), plan).chosen
    doubts = (*rule.doubts, "«ежегодно» и «постоянно» вместе: крайнего дня нет")
    return Schedule("continuous", Reading("постоянно, каждый год"), (yearly,), doubts)


def _from_a_day(rule: Rule, plan: Plan) -> Schedule:
    assert rule.since
    first = day_of(rule.since.year or plan.start.year, (rule.since.month, rule.since.day))
    last = max(first, plan.end)
    return Schedule(
        "range", Reading(f"с {wording.day_in_text(first)} до конца плана", (Occurrence(first, last),)), (), rule.doubts
    )


def _dated(rule: Rule, plan: Plan) -> Schedule:
    if rule.kind == "school_years":
        return school_years(rule, plan)
    if rule.kind == "until":
        return until(rule, plan)
    if rule.unit:
        return recurring(rule, plan)
    return _from_a_day(rule, plan) if rule.since else once(rule, plan)


def resolve(rule: Rule, start: date, end: date) -> Schedule:
    """What a rule means in a plan from ``start`` to ``end``, both included; pure calendar arithmetic.

    A recurrence starts with the plan (or its own start clause) and ends with it; a frequency without a day is due on the last day
    of each period; a printed date is kept even outside the plan, with a doubt. Continuous, scheduled and event-bound terms have
    no days of their own. Occurrences ascend.
    """
    plan = Plan(start, end)
    if rule.kind == "relative":
        return _relative(rule)
    if rule.kind == "continuous" and rule.unit == "year":
        return _continuous_every_year(rule, plan)
    if rule.kind in WITHOUT_DATES:
        return Schedule(rule.kind, Reading(WITHOUT_DATES[rule.kind]), (), rule.doubts)
    found = _dated(rule, plan)
    outside = ", ".join(wording.day(one.due_on) for one in found.chosen.occurrences if not plan.holds(one.due_on))
    if not outside:
        return found
    return replace(found, doubts=(*found.doubts, f"вне плана {wording.day(start)} — {wording.day(end)}: {outside}"))
