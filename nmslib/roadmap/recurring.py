"""Terms that recur: every year by a day, quarters, months, weeks; as RFC 5545 rules wherever one is exact."""

from datetime import date, timedelta

from nmslib import wording
from nmslib.phrases import Rule, Weekday
from nmslib.roadmap.calendar_days import Plan, Reading, Schedule, day_of, expanded, occurrences_of
from nmslib.roadmap.one_off import explicit, point_on

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEKDAY_WORDS = ("понедельник", "вторник", "среду", "четверг", "пятницу", "субботу", "воскресенье")
UNIT_WORDS = {
    "year": "каждый год",
    "half": "каждое полугодие",
    "third": "три раза в год",
    "quarter": "каждый квартал",
    "month": "каждый месяц",
    "half_month": "дважды в месяц",
    "week": "каждую неделю",
}
# The last day of each period of a unit, as RFC 5545 says it.
LAST_DAYS = {
    "year": "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31",
    "half": "FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=-1",
    "third": "FREQ=YEARLY;BYMONTH=4,8,12;BYMONTHDAY=-1",
    "quarter": "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1",
    "month": "FREQ=MONTHLY;BYMONTHDAY=-1",
    "half_month": "FREQ=MONTHLY;BYMONTHDAY=15,-1",
    "week": "FREQ=WEEKLY;BYDAY=SU",
}
FIRST_MONTHS = (1, 4, 7, 10)
STEP_MONTHS = {"half": 6, "third": 4, "quarter": 3, "month": 1}


def _weekday(rule: Rule) -> Weekday | None:
    return next((day for day in rule.days if isinstance(day, Weekday)), None)


def _month_day(day: int) -> str:
    """BYMONTHDAY of a day; one that some months lack falls on their last day."""
    return f"BYMONTHDAY={day}" if day <= 28 else f"BYMONTHDAY={','.join(map(str, range(28, day + 1)))};BYSETPOS=-1"


def _yearly_rrules(rule: Rule) -> list[str]:
    """One RFC 5545 rule for each day of the year that the term names; a shared one where it is exact."""
    days = [(point.month, point.day) for point in rule.points] + [window.last for window in rule.windows]
    same_day = {day for _, day in days}
    if len(same_day) == 1 and days[0][1] <= 28:
        months = ",".join(str(month) for month in sorted({month for month, _ in days}))
        return [f"FREQ=YEARLY;BYMONTH={months};BYMONTHDAY={days[0][1] or -1}"]
    leap = "BYMONTHDAY=28,29;BYSETPOS=-1"
    return [
        f"FREQ=YEARLY;BYMONTH={month};{leap if (month, day) == (2, 29) else f'BYMONTHDAY={day or -1}'}" for month, day in days
    ]


def _rrules(rule: Rule) -> list[str]:
    """RFC 5545 rules that together give the due days; a single one where the whole term is one rule."""
    assert rule.unit
    if rule.points or rule.windows:
        return _yearly_rrules(rule)
    weekday = _weekday(rule)
    if weekday:
        name = WEEKDAYS[weekday.weekday]
        if rule.unit == "half_month":
            return [f"FREQ=MONTHLY;BYDAY=2{name},4{name}"]
        names = ",".join(WEEKDAYS[day.weekday] for day in rule.days if isinstance(day, Weekday))
        return [f"FREQ=MONTHLY;BYDAY={weekday.ordinal}{name}" if weekday.ordinal else f"FREQ=WEEKLY;BYDAY={names}"]
    numbers = [day for day in rule.days if isinstance(day, int)]
    if numbers and rule.unit == "quarter":
        months = ",".join(map(str, rule.months or FIRST_MONTHS))
        return [f"FREQ=YEARLY;BYMONTH={months};{_month_day(numbers[0])}"]
    return [f"FREQ=MONTHLY;{_month_day(number)}" for number in numbers] or [LAST_DAYS[rule.unit]]


def _in(weekday: int) -> str:
    """«в среду», «во вторник»."""
    word = WEEKDAY_WORDS[weekday]
    return f"{'во' if word == 'вторник' else 'в'} {word}"


def _of_months(rule: Rule) -> str:
    if not rule.months:
        return ""
    return " месяца после квартала" if rule.months == FIRST_MONTHS else " последнего месяца"


def _words(rule: Rule, dates: list[date]) -> str:
    assert rule.unit
    first = f", первый раз {wording.day_in_text(dates[0])}" if dates else ""
    weekday = _weekday(rule)
    if weekday:
        word = WEEKDAY_WORDS[weekday.weekday]
        if weekday.ordinal is None:
            named = " и ".join(_in(day.weekday) for day in rule.days if isinstance(day, Weekday))
            return f"{UNIT_WORDS[rule.unit]}, {named}{first}"
        number = "последний" if weekday.ordinal == -1 else f"{weekday.ordinal}-й по счёту"
        counted = f"в {number} {word}"
        return f"{UNIT_WORDS[rule.unit]}, {f'во 2-й и 4-й {word}' if rule.unit == 'half_month' else counted}{first}"
    if rule.points:
        days = " и ".join(wording.day_and_month(date(2024, point.month, point.day)) for point in rule.points)
        return f"каждый год, не позднее {days}{first}"
    if rule.windows:
        return f"каждый год, к последнему дню названного периода{first}"
    if rule.days:
        return f"{UNIT_WORDS[rule.unit]}, не позднее {' и '.join(map(str, rule.days))} числа{_of_months(rule)}{first}"
    return f"{UNIT_WORDS[rule.unit]}, к последнему дню периода{first}"


def _every_other(rule: Rule, start: date, plan: Plan) -> tuple[Reading, ...]:
    """What else «каждый второй вторник» may mean; empty for other terms."""
    weekday = _weekday(rule)
    if weekday is None or weekday.ordinal is None or weekday.ordinal < 2:
        return ()
    name = WEEKDAYS[weekday.weekday]
    rules = {f"через неделю, {_in(weekday.weekday)}": f"FREQ=WEEKLY;INTERVAL={weekday.ordinal};BYDAY={name}"}
    if rule.unit == "half_month":
        rules[f"раз в месяц, во 2-й {WEEKDAY_WORDS[weekday.weekday]}"] = f"FREQ=MONTHLY;BYDAY=2{name}"
    return tuple(
        Reading(text, occurrences_of(expanded(rrule, start, plan.end), "week", plan), rrule) for text, rrule in rules.items()
    )


def _after_first(rule: Rule, plan: Plan) -> Schedule:
    """«01 октября 2021 года, далее ежеквартально»: the day named, then the last day of each period; or the same day again."""
    assert rule.unit and rule.first
    first = point_on(rule.first, plan)
    start = max(first + timedelta(days=1), plan.start)
    later = [day for rrule in _rrules(rule) for day in expanded(rrule, start, plan.end)]
    words = f"{wording.day_in_text(first)}, далее {_words(rule, [])}"
    chosen = Reading(words, occurrences_of([first, *later], rule.unit, plan))
    step = STEP_MONTHS.get(rule.unit)
    if step is None or rule.points or rule.days or first == day_of(first.year, (first.month, 0)):
        return Schedule(rule.kind, chosen, (), rule.doubts)
    again = expanded(f"FREQ=MONTHLY;INTERVAL={step};BYMONTHDAY={first.day}", first, plan.end)
    other = Reading(
        f"то же число через каждые {wording.counted(step, wording.MONTHS)}", occurrences_of([first, *again], rule.unit, plan)
    )
    return Schedule(rule.kind, chosen, (other,), (*rule.doubts, "день следующих сроков не назван: принят последний день периода"))


def recurring(rule: Rule, plan: Plan) -> Schedule:
    """A term with a frequency, from the plan's start (or its own start clause) to the plan's end."""
    assert rule.unit
    if any(point.year for point in rule.points):
        return Schedule(rule.kind, explicit(rule, plan), (), rule.doubts)
    if rule.first:
        return _after_first(rule, plan)
    since = rule.since
    start = max(plan.start, day_of(since.year or plan.start.year, (since.month, since.day))) if since else plan.start
    end = plan.end
    if rule.bounds:
        start = max(start, day_of(rule.bounds.year or start.year, rule.bounds.first))
        end = min(end, day_of(rule.bounds.last_year or end.year, rule.bounds.last))
    rrules = _rrules(rule)
    dates = sorted({day for rrule in rrules for day in expanded(rrule, start, end)})
    yearly = bool(rule.points or rule.windows)
    rrule = rrules[0] if len(rrules) == 1 else None
    chosen = Reading(_words(rule, dates), occurrences_of(dates, "year" if yearly else rule.unit, plan), rrule)
    others = _every_other(rule, start, plan)
    doubts = (*rule.doubts, *(["«каждый второй» можно понять по-разному"] if others else []))
    if rule.unit == "year" and not yearly:
        all_year = Reading("в течение года, без одного крайнего дня")
        return Schedule(rule.kind, chosen, (*others, all_year), (*doubts, "день не назван: принят последний день года"))
    return Schedule(rule.kind, chosen, others, doubts)
