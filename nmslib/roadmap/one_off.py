"""Terms that do not recur: days, months, ranges, «до декабря», school years."""

from datetime import date, timedelta

from nmslib import wording
from nmslib.phrases import Point, Rule, Window
from nmslib.roadmap.calendar_days import Occurrence, Plan, Reading, Schedule, day_of, occurrences_of

SCHOOL_YEAR_IN_AUGUST = (8, 31)


def point_on(point: Point, plan: Plan) -> date:
    """The day of a point; without a year, the first such day not before the plan."""
    if point.year:
        return day_of(point.year, (point.month, point.day))
    years = range(plan.start.year, plan.start.year + 9)
    days = (day_of(year, (point.month, point.day)) for year in years)
    return next(day for day in days if day >= plan.start and day.day == point.day)


def _window_on(window: Window, plan: Plan, last: tuple[int, int] | None = None) -> Occurrence:
    """First and last day of a stretch; without a year, the first one that does not end before the plan's start."""
    over = window.first[0] > window.last[0]
    nearest = (year for year in range(plan.start.year - 1, plan.start.year + 2) if day_of(year + over, window.last) >= plan.start)
    year = window.year or next(nearest)
    first, final = day_of(year, window.first), day_of(window.last_year or year + over, last or window.last)
    if window.edge == "start":
        return Occurrence(min(plan.start, first), first)
    if window.edge == "until":
        due = first - timedelta(days=1)
        return Occurrence(min(plan.start, due), due)
    return Occurrence(first, final)


def _listed(occurrences: tuple[Occurrence, ...], whole: bool) -> str:
    """«с 1 марта 2024 г. по 31 декабря 2024 г.» for stretches, «не позднее …» for days."""
    if whole:
        return "; ".join(f"с {wording.day_in_text(one.starts_on)} по {wording.day_in_text(one.due_on)}" for one in occurrences)
    return "; ".join(f"не позднее {wording.day_in_text(one.due_on)}" for one in occurrences)


def explicit(rule: Rule, plan: Plan) -> Reading:
    """Days that the term names with their years, though it says «ежегодно»."""
    found = occurrences_of((point_on(point, plan) for point in rule.points), "year", plan)
    return Reading(_listed(found, False), found)


def once(rule: Rule, plan: Plan) -> Schedule:
    """Days and stretches that come once each; where no year is named, every year of the plan is the other reading."""
    days = [point_on(point, plan) for point in rule.points]
    found = {Occurrence(min(plan.start, day), day) for day in days} | {_window_on(window, plan) for window in rule.windows}
    occurrences = tuple(sorted(found, key=lambda one: (one.due_on, one.starts_on)))
    whole = bool(rule.windows) and all(window.edge in ("in", "end") for window in rule.windows)
    chosen = Reading(("один раз, " if len(occurrences) == 1 else "") + _listed(occurrences, whole), occurrences)
    if all(item.year for item in rule.points) and all(item.year for item in rule.windows):
        return Schedule(rule.kind, chosen, (), rule.doubts)
    yearly = [day_of(year, (one.due_on.month, one.due_on.day)) for one in occurrences for year in plan.years]
    every = occurrences_of(filter(plan.holds, yearly), "year", plan)
    other = (Reading("каждый год плана", every),) if len(every) > len(occurrences) else ()
    return Schedule(rule.kind, chosen, other, (*rule.doubts, "год не назван: принят первый такой срок с начала плана"))


def until(rule: Rule, plan: Plan) -> Schedule:
    """«до декабря», «до 2024 года»: before it begins, or with it. A plan that itself runs into the year named includes it."""
    (window,) = rule.windows
    if window.edge == "end":
        return once(rule, plan)
    before = _window_on(window, plan)
    whole = _window_on(Window(window.name, window.first, window.last, window.year, window.last_year), plan)
    with_it = Occurrence(min(plan.start, whole.due_on), whole.due_on)
    name = {"year": "год", "month": "месяц"}.get(window.name, "период")
    without, including = (
        Reading(f"не позднее {wording.day_in_text(one.due_on)}, {words} названный {name}", (one,))
        for one, words in ((before, "не включая"), (with_it, "включая"))
    )
    plan_includes = window.name == "year" and window.year == plan.end.year
    chosen, other = (including, without) if plan_includes else (without, including)
    why = "план сам идёт по этот год включительно" if plan_includes else "«до» понято буквально: до начала"
    return Schedule("until", chosen, (other,), (*rule.doubts, f"не сказано, входит ли названный {name}; {why}"))


def school_years(rule: Rule, plan: Plan) -> Schedule:
    """School years begin on 1 September; their end is set by a school's own plan, so May or August."""
    bare = next((window for window in rule.windows if window.year is None), None)
    if bare and bare.edge in ("start", "until"):
        days = (date(year, 9, 1) - timedelta(days=bare.edge == "until") for year in plan.years)
        found = occurrences_of(filter(plan.holds, days), "year", plan)
        return Schedule("school_years", Reading("к началу каждого учебного года", found), (), rule.doubts)
    years = [year for year in range(plan.start.year - 1, plan.end.year + 1) if plan.holds(date(year + 1, 5, 31))]
    windows = [window for window in rule.windows if window.year] or [
        Window("school_year", (9, 1), (5, 31), year, year + 1) for year in years
    ]
    if all(window.edge == "start" for window in windows):
        return once(rule, plan)
    may = tuple(_window_on(window, plan) for window in windows)
    august = tuple(_window_on(window, plan, SCHOOL_YEAR_IN_AUGUST) for window in windows)
    chosen = Reading(f"в течение учебного года: {_listed(may, True)}", may)
    other = Reading(f"учебный год кончается в августе: {_listed(august, True)}", august)
    return Schedule("school_years", chosen, (other,), (*rule.doubts, "день конца учебного года не назван: принято 31 мая"))
