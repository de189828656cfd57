"""What a chain of items means together: «ежегодно» + «до 20 мая» + «до 20 декабря» is two days every year."""

from dataclasses import replace
from typing import Any

from nmslib.phrases.items import DayOfMonth, Frequency, Marker, Since
from nmslib.phrases.rule import Kind, Point, Relative, Rule, Unit, Weekday, Window

KIND_OF: dict[Unit, Kind] = {
    "year": "annual",
    "half": "semiannual",
    "third": "multi",
    "quarter": "quarterly",
    "month": "monthly",
    "half_month": "semi_monthly",
    "week": "weekly",
}
NO_SCHEDULE = "даты внутри периода даёт график, которого в документе нет"


class NoMeaning(ValueError):
    """The items are read one by one, but together they have no defensible meaning."""


def _of(items: list[Any], kind: type) -> list[Any]:
    return [item for item in items if isinstance(item, kind)]


def _in_year(item: Any, year: int) -> Any:
    if item.year is not None:
        return item
    if isinstance(item, Point):
        return replace(item, year=year)
    return replace(item, year=year, last_year=year + (item.first[0] > item.last[0]))


def _with_years(dated: list[Any]) -> list[Any]:
    """«сентябрь, ноябрь 2021 года»: a year named once, at the end, is that of the whole list."""
    if len(dated) < 2 or dated[-1].year is None or any(item.year for item in dated[:-1]):
        return dated
    year = dated[-1].year
    only_a_year = isinstance(dated[-1], Window) and dated[-1].name == "year" and dated[-1].edge == "in"
    return [_in_year(item, year) for item in (dated[:-1] if only_a_year else dated)]


def _doubts(items: list[Any]) -> tuple[str, ...]:
    """What counts and schedules beside a frequency leave open."""
    markers = _of(items, Marker)
    counts = [
        f"число за период: не менее {one.text}; как поделить между сроками, не сказано" for one in markers if one.name == "count"
    ]
    return (*counts, *([NO_SCHEDULE] if any(one.name == "by_schedule" for one in markers) else []))


def _rhythm(items: list[Any]) -> tuple[Unit, tuple[int | Weekday, ...]]:
    """The one unit of a recurring term and its days inside the unit."""
    units = {item.unit for item in _of(items, Frequency)}
    weekdays, numbers = _of(items, Weekday), [item.day for item in _of(items, DayOfMonth)]
    if len(units) > 1 or len(weekdays) + len(numbers) > 1:
        raise NoMeaning
    counted = bool(weekdays) and weekdays[0].ordinal is not None
    unit: Unit = units.pop() if units else "week" if weekdays and not counted else "month"
    fitting = {
        "week": bool(weekdays) and not counted,
        "half_month": counted,
        "month": counted or bool(numbers),
        "quarter": bool(numbers),
    }
    if (weekdays or numbers) and not fitting.get(unit, False):
        raise NoMeaning
    return unit, (*numbers, *weekdays)


def _recurring(items: list[Any], dated: list[Any]) -> Rule:
    """One frequency with its days, its first day and what else stands beside it."""
    unit, days = _rhythm(items)
    since = next((item.start for item in _of(items, Since)), None)
    points, windows = tuple(_of(dated, Point)), tuple(_of(dated, Window))
    markers = {marker.name for marker in _of(items, Marker)}
    rule = Rule(kind=KIND_OF[unit], unit=unit, points=points, windows=windows, days=days, since=since, doubts=_doubts(items))
    if windows and unit == "year" and all(window.name == "school_year" for window in windows):
        return replace(rule, kind="school_years", unit=None)
    if "continuous" in markers:
        if dated or unit != "year":
            raise NoMeaning
        return replace(rule, kind="continuous")
    if "then" in markers and len(dated) == 1 and points:
        if unit != "year":
            return replace(rule, first=points[0], points=())
        if points[0].year:
            return replace(rule, since=since or points[0], points=(replace(points[0], year=None),))
    if dated and (unit not in ("year", "half", "quarter") or any(window.edge == "until" for window in windows)):
        raise NoMeaning
    if unit == "year" and any(window.year for window in windows):
        return replace(rule, kind="multi", unit=None)
    return rule


def _dated(dated: list[Any], since: Point | None) -> Rule:
    """Days and windows without a frequency."""
    points, windows = tuple(_of(dated, Point)), tuple(_of(dated, Window))
    if since:
        if dated:
            raise NoMeaning
        return Rule(kind="range", since=since, doubts=("конец не назван: принят конец плана",))
    if windows and not points and all(window.name == "school_year" for window in windows):
        return Rule(kind="school_years", windows=windows)
    if len(dated) > 1:
        return Rule(kind="multi", points=points, windows=windows)
    if points:
        return Rule(kind="once", points=points)
    (window,) = windows
    kind: Kind = "until" if window.edge == "until" else "range" if window.name == "range" else "once"
    return Rule(kind=kind, windows=windows)


def assembled(items: list[Any]) -> Rule:
    """The rule of a chain of items; NoMeaning when they do not fit together."""
    dated = _with_years([item for item in items if isinstance(item, Point | Window)])
    markers = {marker.name for marker in _of(items, Marker)}
    relatives = _of(items, Relative)
    recurs = bool(_of(items, Frequency) or _of(items, DayOfMonth) or _of(items, Weekday))
    since = next((item.start for item in _of(items, Since)), None)
    if relatives:
        if len(relatives) > 1 or dated or since:
            raise NoMeaning
        doubts = ("названа и частота: срок всё равно идёт от события",) if recurs or markers else ()
        return Rule(kind="relative", relative=relatives[0], doubts=doubts)
    if recurs:
        return _recurring(items, dated)
    if dated:
        return replace(_dated(dated, since), doubts=_doubts(items))
    if "continuous" in markers or "by_schedule" in markers:
        return Rule(kind="continuous" if "continuous" in markers else "by_schedule", since=since)
    if since:
        return _dated(dated, since)
    raise NoMeaning
