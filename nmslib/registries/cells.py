"""Reads cells by the type of their column: what was meant is read and noted, what is unknown stays unknown."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from nmslib.model import Column, Synonyms
from nmslib.registries.opening import DAY_ZERO, ErrorCell
from nmslib.registries.words import plain_word, russian_letters, squeezed

# Excel's numbers of the days from 1927 to 2119: what stands in a date column and lies between them is a date.
FIRST_SERIAL, LAST_SERIAL = 10_000, 80_000
FIRST_YEAR, LAST_YEAR = 1900, 2100
# Excel itself reads two digits up to 29 as 20xx.
LAST_YEAR_OF_CENTURY = 29
MONTHS = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()
# Hours and minutes after a day tell nothing that is asked for.
CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?"
DAY_MONTH_YEAR = re.compile(rf"(\d{{1,2}})[.,/\- ](\d{{1,2}})[.,/\- ](\d{{4}}|\d{{2}})(?: ?г\.?| года)?(?:,? {CLOCK})?")
DAY_WORD_YEAR = re.compile(rf"[«\"“]?(\d{{1,2}})[»\"”]? ({'|'.join(MONTHS)}) (\d{{4}})(?: ?г\.?| года)?", re.IGNORECASE)
YEAR_MONTH_DAY = re.compile(rf"(\d{{4}})([-./])(\d{{1,2}})\2(\d{{1,2}})(?:[T ]{CLOCK}Z?)?")
# A full date inside a longer text: four digits of the year, and no other number goes on from it.
DAY_WITHIN = re.compile(
    rf"(?<![\d./-])(?:\d{{1,2}}([./-])\d{{1,2}}\1\d{{4}}|\d{{4}}([./-])\d{{1,2}}\2\d{{1,2}}|"
    rf"\d{{1,2}}[»\"”]? (?:{'|'.join(MONTHS)}) \d{{4}})(?![./-]?\d)",
    re.IGNORECASE,
)
SERIAL = re.compile(r"\d{5}")
YEAR = re.compile(r"(\d{4}) ?(?:г\.?|год|года)?")
NUMBER = re.compile(r"([+-]?\d+(?:[.,]\d+)?) ?(?:ч|час|часа|часов|чел|человек|ст|ставка|ставки|шт)?\.?")
THOUSANDS = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))")
# «нет сведений» and the like are short and end with no digit: codes and names need no closer look.
LONGEST_UNKNOWN = 18
FORMULA_SIGNS = ("=", "+", "-", "@")
# Keys with other titles («Программа», «С кем») hold free text.
CODE_TITLES = ("Код", "Номер")

Read = tuple[object, str | None]


@dataclass(frozen=True)
class ReadColumn:
    """Values of a column in its type (missing where unknown) and, per cell, the id of the rule that it breaks (or None)."""

    values: pd.Series
    notes: pd.Series


def read_column(raw: pd.Series, column: Column, synonyms: Synonyms, day_zero: date = DAY_ZERO) -> ReadColumn:
    """Cells as calamine gives them ("" where empty) → values and notes; each different cell is read once.

    Dates become datetime64, numbers float64 (integers too), choices their stored value, texts strings. Text dates are
    day-first, always; numbers of days are counted from ``day_zero``.
    """
    codes, cells = pd.factorize(_hashable(raw), use_na_sentinel=False)
    read = _reader(column, synonyms, day_zero)
    unknown = {plain_word(word) for word in synonyms.unknown}
    answers = [_read_cell(cell, column, read, unknown) for cell in cells]
    values = pd.Series([value for value, _ in answers], dtype="object").take(codes)
    notes = pd.Series([note for _, note in answers], dtype="object").take(codes)
    values.index = notes.index = raw.index
    if column.type == "date":
        return ReadColumn(pd.to_datetime(values, errors="raise").astype("datetime64[s]"), notes)
    if column.type in ("integer", "number"):
        return ReadColumn(pd.to_numeric(values).astype("float64"), notes)
    return ReadColumn(values.where(values.notna(), None), notes)


def _hashable(raw: pd.Series) -> pd.Series:
    """True and 1 are equal to a hash table: a logical cell is told apart by its word."""
    if bool not in set(map(type, raw)):
        return raw
    return raw.mask(raw.map(lambda cell: isinstance(cell, bool)), raw.map({True: "да", False: "нет"}))


def _read_cell(cell: object, column: Column, read: Callable[[object], Read], unknown: set[str]) -> Read:
    if isinstance(cell, ErrorCell):
        return None, _unread_key(column) if column.key and cell.counted else "error_value" if cell.counted else "no_cached_value"
    text = squeezed(cell) if isinstance(cell, str) else cell
    if text == "":
        return None, ("empty_key" if column.key else "empty_required") if column.required else None
    if isinstance(text, str) and len(text) <= LONGEST_UNKNOWN and not text[-1].isdigit() and plain_word(text) in unknown:
        known = "unknown_value" if column.required or column.key or column.type == "choice" else None
        return None, "empty_key" if column.key and column.required else known
    value, note = read(text)
    if value is None and column.key:
        return None, _unread_key(column)
    return value, note or ("padded_text" if text != cell and column.type in ("text", "choice") else None)


def _unread_key(column: Column) -> str:
    """The rule for a key in which something stands that is no value."""
    return "bad_key_date" if column.type == "date" else "empty_key"


def _reader(column: Column, synonyms: Synonyms, day_zero: date) -> Callable[[object], Read]:
    if column.type == "date":
        return lambda cell: read_date(cell, column.year_is_enough, day_zero)
    if column.type in ("integer", "number"):
        return lambda cell: read_number(cell, column.type == "integer")
    if column.type == "choice":
        words = {plain_word(word): value for value in (column.choices or {}) for word in synonyms.values.get(value, ())}
        words |= {plain_word(word): value for value, word in (column.choices or {}).items()}
        return lambda cell: read_choice(cell, words)
    names_row = column.key or column.refers_to is not None or column.pseudonym
    is_code = names_row and column.title.startswith(CODE_TITLES)
    return lambda cell: read_text(cell.upper() if is_code and isinstance(cell, str) else cell, names_row)


def read_date(cell: object, year_is_enough: bool = False, day_zero: date = DAY_ZERO) -> Read:
    """A day: from a date, from text (day first), from Excel's number of the day; a year alone only where that is enough."""
    if isinstance(cell, datetime):
        return pd.Timestamp(cell.date()), None
    if isinstance(cell, date):
        return pd.Timestamp(cell), None
    if isinstance(cell, (int, float)):
        return _date_of_number(cell, year_is_enough, day_zero)
    if not isinstance(cell, str):
        return None, "bad_date"
    if found := DAY_MONTH_YEAR.fullmatch(cell):
        short = len(found[3]) == 2
        year = int(found[3]) + (0 if not short else 2000 if int(found[3]) <= LAST_YEAR_OF_CENTURY else 1900)
        return _day(year, int(found[2]), int(found[1]), "two_digit_year" if short else "date_as_text")
    if found := DAY_WORD_YEAR.fullmatch(cell):
        return _day(int(found[3]), MONTHS.index(found[2].lower()) + 1, int(found[1]), "date_as_text")
    if found := YEAR_MONTH_DAY.fullmatch(cell):
        return _day(int(found[1]), int(found[3]), int(found[4]), "date_as_text")
    if (found := YEAR.fullmatch(cell)) and FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return _date_of_number(int(found[1]), year_is_enough, day_zero)
    if SERIAL.fullmatch(cell):
        return _date_of_number(int(cell), year_is_enough, day_zero)
    return None, "bad_date"


def read_date_within(text: str) -> Read:
    """The one full date in a text («по состоянию на 20.12.2024»); none where there is no date or more than one."""
    found = [match[0] for match in DAY_WITHIN.finditer(text)]
    return read_date(found[0]) if len(found) == 1 else (None, "bad_date")


def _date_of_number(number: float, year_is_enough: bool, day_zero: date) -> Read:
    if FIRST_YEAR <= number <= LAST_YEAR and number == int(number):
        return (pd.Timestamp(int(number), 1, 1), "year_as_first_day") if year_is_enough else (None, "year_only")
    if FIRST_SERIAL <= number <= LAST_SERIAL:
        return pd.Timestamp(day_zero + timedelta(days=int(number))), "date_as_number"
    return None, "bad_date"


def _day(year: int, month: int, day: int, note: str) -> Read:
    if year < FIRST_YEAR:
        return None, "bad_date"
    try:
        return pd.Timestamp(date(year, month, day)), note
    except ValueError:
        return None, "bad_date"


def read_number(cell: object, whole: bool) -> Read:
    """A number: from a number or from text with a decimal comma, spaces between thousands, a unit after it."""
    note = None
    if isinstance(cell, str):
        found = NUMBER.fullmatch(THOUSANDS.sub("", cell).casefold())
        if not found:
            return None, "bad_number"
        cell, note = float(found[1].replace(",", ".")), "number_as_text"
    if isinstance(cell, bool) or not isinstance(cell, (int, float)) or not math.isfinite(cell) or (whole and cell != int(cell)):
        return None, "bad_number"
    return float(cell), note


def read_choice(cell: object, words: dict[str, str]) -> Read:
    """The stored value of a word of the list or of its synonym; ``words``: plain word → stored value."""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    value = words.get(plain_word(text))
    return (value, None) if value else (None, "bad_choice")


def read_text(cell: object, is_code: bool) -> Read:
    """Text as it stands, Latin look-alikes in Cyrillic; numbers of codes without «.0», days as 05.09.2023."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell)), None
    if isinstance(cell, (date, datetime)):
        return f"{cell:%d.%m.%Y}", None
    text = str(cell)
    russian = russian_letters(text, is_code)
    if russian != text:
        return russian, "lookalike_letters"
    return text, "formula_like_text" if text.startswith(FORMULA_SIGNS) else None
