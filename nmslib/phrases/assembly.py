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


def _is_year(item: Any) -> bool:
    return isinstance(item, Window) and item.name == "year" and item.edge == "in" and item.year is not None


def _with_years(dated: list[Any]) -> list[Any]:
    """«сентябрь, ноябрь 2021 года»: one year for the list; «25 декабря 2023, 2024 гг.»: one day in several years."""
    if len(dated) > 1 and isinstance(dated[0], Point) and dated[0].year and all(_is_year(item) for item in dated[1:]):
        return [dated[0], *(replace(dated[0], year=item.year) for item in dated[1:])]
    if len(dated) < 2 or dated[-1].year is None or any(item.year for item in dated[:-1]):
        return dated
    year = dated[-1].year
    return [_in_year(item, year) for item in (dated[:-1] if _is_year(dated[-1]) else dated)]


def _included(item: Any) -> Any:
    """«до декабря включительно»: the month itself belongs to the term."""
    return replace(item, edge="end") if isinstance(item, Window) and item.edge == "until" else item


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
    # «ежегодно, 2 раза в год»: the finer rhythm says it.
    units -= {"year"} if units == {"year", "half"} else set()
    weekdays, numbers = _of(items, Weekday), [item.day for item in _of(items, DayOfMonth)]
    counted = any(weekday.ordinal is not None for weekday in weekdays)
    if len(units) > 1 or (weekdays and numbers) or (counted and len(weekdays) > 1):
        raise NoMeaning
    unit: Unit = units.pop() if units else _unit_of_days(items, weekdays, counted)
    unit = "half_month" if unit == "month" and len(numbers) == 2 else unit
    fitting = {
        "week": bool(weekdays) and not counted,
        "half_month": counted or len(numbers) == 2,
        "month": counted or len(numbers) == 1,
        "quarter": len(numbers) == 1,
    }
    months_fit = unit == "quarter" or not any(item.months for item in _of(items, DayOfMonth))
    if (weekdays or numbers) and not (fitting.get(unit, False) and months_fit):
        raise NoMeaning
    return unit, (*numbers, *weekdays)


def _unit_of_days(items: list[Any], weekdays: list[Weekday], counted: bool) -> Unit:
    """The rhythm that days have by themselves: «по средам» weekly, «до 10 числа месяца, следующего за кварталом» quarterly."""
    if weekdays and not counted:
        return "week"
    return "quarter" if any(item.months for item in _of(items, DayOfMonth)) else "month"


def _bounded(dated: list[Any], unit: Unit) -> tuple[list[Any], Window | None]:
    """«ежеквартально в 2024 году»: the years or months in which a recurring term holds, apart from its own days."""
    bounds = [item for item in _of(dated, Window) if _is_year(item) or (item.name == "range" and _holds(item, unit))]
    rest = [item for item in dated if item not in bounds]
    if len(bounds) > 1 or (bounds and len(rest) > 1):
        raise NoMeaning
    return rest, bounds[0] if bounds else None


def _holds(window: Window, unit: Unit) -> bool:
    """Whether a range with its years is long enough to hold several periods of the unit."""
    whole_years = window.first == (1, 1) and window.last == (12, 0)
    return window.year is not None and (whole_years or unit in ("month", "half_month", "week"))


def _from_first(rule: Rule, dated: list[Any]) -> Rule:
    """«…, далее ежегодно»: the first day named, then the rhythm; a stretch named first is due on its last day."""
    first, *rest = dated
    if isinstance(first, Window):
        if first.edge == "until" or rest:
            raise NoMeaning
        if rule.unit == "year":
            since = Point(first.first[0], 1, first.year) if first.year else rule.since
            return replace(rule, windows=(replace(first, year=None, last_year=None),), points=(), since=since)
        return replace(rule, first=Point(*first.last, first.last_year), windows=(), points=())
    if any(not isinstance(item, Point) or item.year for item in rest):
        raise NoMeaning
    if rule.unit == "year" and not rest:
        return replace(rule, points=(replace(first, year=None),), since=rule.since or (first if first.year else None))
    return replace(rule, first=first, points=tuple(rest), windows=())


def _recurring(items: list[Any], dated: list[Any]) -> Rule:
    """One frequency with its days, its first day and what else stands beside it."""
    unit, days = _rhythm(items)
    markers = {marker.name for marker in _of(items, Marker)}
    school = [item for item in dated if isinstance(item, Window) and item.name == "school_year"]
    since = next((item.start for item in _of(items, Since)), None)
    months = next((item.months for item in _of(items, DayOfMonth)), ())
    rule = Rule(kind=KIND_OF[unit], unit=unit, days=days, months=months, since=since, doubts=_doubts(items))
    if school and len(school) == len(dated) and unit == "year":
        return replace(rule, kind="school_years", unit=None, windows=tuple(school))
    if "continuous" in markers:
        if dated or unit != "year":
            raise NoMeaning
        return replace(rule, kind="continuous")
    if "then" in markers and dated:
        return _from_first(rule, dated)
    dated, bounds = _bounded(dated, unit)
    points, windows = tuple(_of(dated, Point)), tuple(_of(dated, Window))
    years = {item.year is None for item in dated}
    if len(years) > 1 or any(window.edge == "until" or window.year for window in windows):
        raise NoMeaning
    if dated and (days or unit not in ("year", "half", "quarter")):
        raise NoMeaning
    return replace(rule, points=points, windows=windows, bounds=bounds)


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
        if any(_is_year(window) for window in windows) and points:
            raise NoMeaning
        return Rule(kind="multi", points=points, windows=windows)
    if points:
        return Rule(kind="once", points=points)
    (window,) = windows
    kind: Kind = "until" if window.edge in ("until", "end") else "range" if window.name == "range" else "once"
    return Rule(kind=kind, windows=windows)


def assembled(items: list[Any]) -> Rule:
    """The rule of a chain of items; NoMeaning when they do not fit together."""
    markers = {marker.name for marker in _of(items, Marker)}
    stretches = [item for item in items if isinstance(item, Point | Window)]
    dated = _with_years([_included(item) for item in stretches] if "inclusive" in markers else stretches)
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
    if dated and "continuous" in markers:
        if _of(dated, Point):
            raise NoMeaning
        return Rule(kind="continuous", doubts=("названы и годы: крайнего дня нет",))
    if dated:
        return replace(_dated(dated, since), doubts=_doubts(items))
    if "continuous" in markers or "by_schedule" in markers:
        return Rule(kind="continuous" if "continuous" in markers else "by_schedule", since=since)
    if since:
        return _dated(dated, since)
    raise NoMeaning
