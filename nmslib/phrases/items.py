"""From the parse tree of ``deadline.lark`` to items: each construct of the grammar becomes one small object."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from lark import Token, Transformer

from nmslib.phrases.rule import Point, Relative, Unit, Weekday, Window

MONTH_STEMS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
WEEKDAY_STEMS = ("понедельник", "вторник", "сред", "четверг", "пятниц", "суббот", "воскресень")
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "ш": 3}
ORDINAL_STEMS = {"перв": 1, "втор": 2, "трет": 3, "четверт": 4, "последн": -1}
COUNTS = {
    "раз": 1,
    "один": 1,
    "одного": 1,
    "однажды": 1,
    "двух": 2,
    "два": 2,
    "дважды": 2,
    "трех": 3,
    "три": 3,
    "трижды": 3,
    "четырех": 4,
    "четыре": 4,
}
EVERY: dict[str, Unit] = {
    "ежегодно": "year",
    "каждые полгода": "half",
    "каждое полугодие": "half",
    "ежеквартально": "quarter",
    "поквартально": "quarter",
    "ежемесячно": "month",
    "помесячно": "month",
    "еженедельно": "week",
}
UNITS: dict[str, Unit] = {
    "год": "year",
    "полугод": "half",
    "полгода": "half",
    "квартал": "quarter",
    "месяц": "month",
    "недел": "week",
}
# How many times in which period makes which rhythm.
RHYTHM: dict[tuple[int, str], Unit] = {
    (2, "year"): "half",
    (3, "year"): "third",
    (4, "year"): "quarter",
    (2, "half"): "quarter",
    (3, "half"): "month",
    (3, "quarter"): "month",
    (2, "month"): "half_month",
    (4, "month"): "week",
}
NUMBER_WORDS = {"двух": 2, "трех": 3, "четырех": 4, "пяти": 5, "семи": 7, "десяти": 10}
NUMBER_WORDS |= {"четырнадцати": 14, "пятнадцати": 15, "двадцати": 20, "тридцати": 30}
# «в течение 10 (десяти) рабочих дней после приказа»: count, kind of days, span, event.
COUNTED = re.compile(
    rf"[а-я ]+? (?:(\d+|{'|'.join(NUMBER_WORDS)}|одно(?:го|й)|одну) )?(?:\([а-я ]+\) )?"
    r"(?:(рабоч|календарн)[а-я]* )?(д(?:ень|н)|недел|месяц)[а-я]* (.+)"
)


class DoesNotExist(ValueError):
    """A day, quarter or frequency that the calendar does not have: 31 ноября, V квартал."""


@dataclass(frozen=True)
class Frequency:
    """How often: «не менее двух раз в год» is every half-year."""

    unit: Unit


@dataclass(frozen=True)
class DayOfMonth:
    """«до 5 числа каждого месяца»; ``months``: those of «до 25 числа последнего месяца квартала»."""

    day: int
    months: tuple[int, ...] = ()


@dataclass(frozen=True)
class Since:
    """«начиная с 2023 года»: the first day."""

    start: Point


@dataclass(frozen=True)
class Marker:
    """Words without dates: continuous, by_schedule, then, qualifier, count, range (a dash between two bounded days)."""

    name: str
    text: str = ""


def _month(token: str) -> int:
    if re.match(r"ма[йяею]", token):
        return 5
    return next(number for number, stem in enumerate(MONTH_STEMS, 1) if token.startswith(stem))


def _number(token: str) -> int:
    digits = re.match(r"\d+", token)
    if digits:
        return int(digits[0])
    return ROMAN[token] if token in ROMAN else next(value for stem, value in ORDINAL_STEMS.items() if token.startswith(stem))


def _year(token: str) -> int:
    return int(token) if len(token) == 4 else 2000 + int(token)


def _point(month: int, day: int, year: int | None, bound: bool) -> Point:
    try:
        date(year or 2024, month, day)
    except ValueError as error:
        raise DoesNotExist(f"{day}.{month}") from error
    return Point(month, day, year, bound)


def _parts(children: list[Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for child in children:
        if isinstance(child, Token):
            found.setdefault(child.type, []).append(str(child))
    return found


def _months_of_quarter(parts: dict[str, list[str]]) -> tuple[int, ...]:
    """The last month of each quarter or the one after it; empty when no quarter is named."""
    if "OF_QUARTER" not in parts:
        return ()
    return (3, 6, 9, 12) if parts["OF_QUARTER"][0].startswith("последн") else (1, 4, 7, 10)


def _edge(parts: dict[str, list[str]]) -> Any:
    word = parts.get("EDGE", [""])[0]
    if word.startswith("начал") and "DO" in parts:
        return "until"
    if not word and parts.get("DO", [""])[0].startswith("не поз"):
        return "end"
    if word:
        return "start" if word.startswith("начал") else "end" if not word.startswith("середин") else "in"
    return "until" if "DO" in parts or "K" in parts else "in"


class ToItems(Transformer[Token, list[Any]]):
    """Tree → list of items in the order of the phrase; joints are dropped."""

    def start(self, children: list[Any]) -> list[Any]:
        flat: list[Any] = []
        for child in children:
            if isinstance(child, Token):
                flat += [Marker("then")] if child.type == "THEN" else []
                flat += [Marker("inclusive")] if child == "включительно" else []
            else:
                flat += child if isinstance(child, list) else [child]
        return flat

    def point(self, children: list[Any]) -> Point | list[Point]:
        parts = _parts(children)
        bound = "DO" in parts or "K" in parts
        if "DATE" in parts:
            day, month, year = parts["DATE"][0].split(".")
            return _point(int(month), int(day), _year(year), bound)
        if "SHORT_DATE" in parts:
            day, month = parts["SHORT_DATE"][0].rstrip(".").split(".")
            return _point(int(month), int(day), None, bound)
        named = int(parts["YEAR"][0]) if "YEAR" in parts else None
        points = [_point(_month(parts["MONTH"][0]), _number(number), named, bound) for number in parts["NUMBER"]]
        return points[0] if len(points) == 1 else points

    def date_range(self, children: list[Any]) -> Any:
        points = [child for child in children if isinstance(child, Point)]
        if any(isinstance(child, list) for child in children):
            raise DoesNotExist("у промежутка один первый и один последний день")
        first, last = (points[0], points[-1]) if len(points) == 2 else (None, points[0])
        if first is None:
            first = _point(
                last.month, _number(next(c for c in children if isinstance(c, Token) and c.type == "NUMBER")), last.year, False
            )
        elif last.bound and first.bound:
            return [first, last]
        year = first.year or (last.year if (first.month, first.day) <= (last.month, last.day) else last.year and last.year - 1)
        last_year = last.year or (year if (first.month, first.day) <= (last.month, last.day) else year and year + 1)
        if year and last_year and (year, first.month, first.day) > (last_year, last.month, last.day):
            raise DoesNotExist("конец раньше начала")
        return Window("range", (first.month, first.day), (last.month, last.day), year, last_year)

    def month(self, children: list[Any]) -> Window:
        parts = _parts(children)
        month, year = _month(parts["MONTH"][0]), parts.get("YEAR", [None])[0]
        number = int(year) if year else None
        return Window("month", (month, 1), (month, 0), number, number, _edge(parts))

    def month_range(self, children: list[Any]) -> Any:
        first, last = (child for child in children if isinstance(child, Window))
        if last.edge == "until" and first.edge == "until":
            return [first, last]
        over = first.first[0] > last.last[0]
        year = first.year or (last.year and last.year - over)
        last_year = last.year or (year and year + over)
        if year and last_year and (year, first.first) > (last_year, last.last):
            raise DoesNotExist("конец раньше начала")
        return Window("range", first.first, last.last, year, last_year)

    def quarter(self, children: list[Any]) -> list[Window]:
        parts = _parts(children)
        tokens = [child for child in children if isinstance(child, Token) and child.type in ("NUMBER", "ROMAN", "ORDINAL")]
        numbers = [_number(str(token)) for token in tokens]
        if any(not 1 <= number <= 4 for number in numbers):
            raise DoesNotExist(f"{numbers[0]} квартал")
        year = int(parts["YEAR"][0]) if "YEAR" in parts else None
        if "DASH" in parts:
            return [Window("range", (3 * numbers[0] - 2, 1), (3 * numbers[-1], 0), year, year)]
        return [Window("quarter", (3 * number - 2, 1), (3 * number, 0), year, year, _edge(parts)) for number in numbers]

    def half_year(self, children: list[Any]) -> Window:
        parts = _parts(children)
        number = _number(next(parts[name][0] for name in ("NUMBER", "ROMAN", "ORDINAL") if name in parts))
        if number not in (1, 2):
            raise DoesNotExist(f"{number} полугодие")
        year = int(parts["YEAR"][0]) if "YEAR" in parts else None
        return Window("half", (6 * number - 5, 1), (6 * number, 0), year, year, _edge(parts))

    def year(self, children: list[Any]) -> Window:
        parts = _parts(children)
        year = int(parts["YEAR"][0]) if "YEAR" in parts else None
        return Window("year", (1, 1), (12, 0), year, year, _edge(parts))

    def year_range(self, children: list[Any]) -> Window:
        parts = _parts(children)
        first, last = (int(year) for year in parts.get("YEAR") or re.findall(r"\d+", parts["YEARS"][0]))
        if first > last:
            raise DoesNotExist(f"{first}-{last}")
        return Window("range", (1, 1), (12, 0), first, last, "end" if _edge(parts) == "until" else _edge(parts))

    def school_year(self, children: list[Any]) -> list[Window]:
        parts = _parts(children)
        pairs = [re.findall(r"\d+", token) for token in parts.get("SCHOOL_YEARS", [])] or [parts.get("YEAR", [])]
        windows = []
        for pair in pairs:
            year = int(pair[0]) if pair else None
            if year and int(pair[1]) % 100 != (year + 1) % 100:
                raise DoesNotExist(f"{pair[0]}/{pair[1]} учебный год")
            windows.append(Window("school_year", (9, 1), (5, 31), year, year and year + 1, _edge(parts)))
        return windows

    def frequency(self, children: list[Any]) -> Frequency:
        parts = _parts(children)
        if "EVERY" in parts:
            return Frequency(EVERY[parts["EVERY"][0]])
        if "UNIT" in parts:
            return Frequency(next(unit for stem, unit in UNITS.items() if parts["UNIT"][0].startswith(stem)))
        digits = re.match(r"\d+|[а-я]+", parts["TIMES"][0])
        assert digits
        times = int(digits[0]) if digits[0].isdigit() else COUNTS[digits[0]]
        period = parts["PER"][0].split(" ", 1)[1]
        if period in ("две недели", "2 недели"):
            return Frequency("half_month")
        unit = next(unit for stem, unit in UNITS.items() if period.startswith(stem))
        if times == 1:
            return Frequency(unit)
        if (times, unit) not in RHYTHM:
            raise DoesNotExist(f"{times} раз в {period}")
        return Frequency(RHYTHM[times, unit])

    def on_days(self, children: list[Any]) -> Any:
        parts = _parts(children)
        if "NUMBER" in parts:
            days = [_number(number) for number in parts["NUMBER"]]
            if any(not 1 <= day <= 31 for day in days):
                raise DoesNotExist(f"{days} число")
            return [DayOfMonth(day, _months_of_quarter(parts)) for day in days]
        word = (parts.get("WEEKDAYS") or parts["WEEKDAY"])[0]
        weekday = next(number for number, stem in enumerate(WEEKDAY_STEMS) if word.startswith(stem))
        return Weekday(weekday, _number(parts["ORDINAL"][0]) if "ORDINAL" in parts else None)

    def since(self, children: list[Any]) -> Since:
        child = next(child for child in children if child is not None)
        if isinstance(child, Point):
            return Since(child)
        if isinstance(child, list):
            if len(child) > 1:
                raise DoesNotExist("начало одно")
            child = child[0]
        if isinstance(child, Window):
            return Since(Point(child.first[0], 1, child.year))
        return Since(Point(1, 1, int(child)))

    def count(self, children: list[Any]) -> Marker:
        return Marker("count", " ".join(str(child) for child in children if child is not None))

    def continuous(self, children: list[Any]) -> Marker:
        return Marker("continuous", str(children[0]))

    def by_schedule(self, children: list[Any]) -> Marker:
        return Marker("by_schedule", str(children[0]))

    def relative(self, children: list[Any]) -> Relative:
        text = str(children[0])
        counted = COUNTED.match(text)
        if children[0].type != "WITHIN" or not counted:
            return Relative(text)
        named = counted[1] or ""
        count = int(named) if named.isdigit() else NUMBER_WORDS.get(named, 1)
        unit = {"м": "month", "н": "week"}.get(counted[3][0], "working_day" if counted[2] == "рабоч" else "day")
        return Relative(counted[4], count, unit)  # type: ignore[arg-type]
