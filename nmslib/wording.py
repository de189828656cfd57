"""Russian wording of numbers, dates and counted nouns, by the rules of CLDR; knows nothing of indicators or measures."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

RUSSIAN = Locale("ru")
NBSP = "\N{NO-BREAK SPACE}"
PEOPLE = ("человек", "человека", "человек")
DAYS = ("день", "дня", "дней")
# How reasons of figures name the command that tells more: «: кто и почему — nms trace».
COMMANDS = re.compile(r"\s*: кто и почему — nms \w+")
MONTHS = ("месяц", "месяца", "месяцев")


# Tables of a country hold the same few numbers many thousand times.
@lru_cache(maxsize=65536)
def number(value: float | Decimal, decimals: int = 0) -> str:
    """«1 186», «12,4»: a number with its thousands set apart and a decimal comma; halves are rounded up, as schools teach."""
    value = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, format=pattern, locale=RUSSIAN)


@lru_cache(maxsize=65536)
def percent(value: float, decimals: int = 1) -> str:
    """«12,4 %» with a no-break space; the value is in percent already."""
    return f"{number(value, decimals)}{NBSP}%"


def share(numerator: int, denominator: int, decimals: int = 1) -> str:
    """«12,4 % (147 из 1 186)»: a share never stands without its people."""
    return f"{percent(100 * numerator / denominator, decimals)} ({number(numerator)} из {number(denominator)})"


@lru_cache(maxsize=4096)
def plan(value: float, unit: str) -> str:
    """A planned value as orders print it: «10 %», «12,5 %», «300»."""
    text = format_decimal(value, format="#,##0.##", locale=RUSSIAN)
    return f"{text}{NBSP}%" if unit == "percent" else text


def points(value: float) -> str:
    """«2,4 п.п.»: a difference of two percentages."""
    return f"{number(abs(value), 1)}{NBSP}п.п."


@lru_cache(maxsize=65536)
def noun(count: int, forms: tuple[str, str, str]) -> str:
    """The form that agrees with the count: 1 человек, 2 человека, 5 человек."""
    return dict(zip(("one", "few", "many"), forms, strict=True))[RUSSIAN.plural_form(abs(count))]


def counted(count: int, forms: tuple[str, str, str]) -> str:
    """«31 человек», «2 команды»: a count with its noun."""
    return f"{number(count)}{NBSP}{noun(count, forms)}"


def genitive(count: int, forms: tuple[str, str, str]) -> str:
    """«1 команды», «2 команд», «21 человека»: what «не хватает» and «до» govern."""
    form = forms[1] if RUSSIAN.plural_form(abs(count)) == "one" else forms[2]
    return f"{number(count)}{NBSP}{form}"


def up_to(count: int, forms: tuple[str, str, str]) -> str:
    """«до 1 человека», «до 12 человек»: a bound with its noun."""
    return f"до{NBSP}{genitive(count, forms)}"


def day(value: date) -> str:
    """«20.12.2023», for tables."""
    return format(value, "%d.%m.%Y")


@lru_cache(maxsize=4096)
def day_in_text(value: date) -> str:
    """«20 декабря 2023 г.», for sentences."""
    return format_date(value, f"d{NBSP}MMMM y{NBSP}'г.'", locale=RUSSIAN)


def day_and_month(value: date) -> str:
    """«20 декабря», for terms that recur."""
    return format_date(value, f"d{NBSP}MMMM", locale=RUSSIAN)


def month_in_text(value: date) -> str:
    """«декабрь 2023 г.», for periods."""
    return format_date(value, f"LLLL y{NBSP}'г.'", locale=RUSSIAN)


def ranges(numbers: Iterable[int], longest: int = 60) -> str:
    """«2–5, 14»: numbers in order with runs joined; what does not fit into ``longest`` characters is «и ещё N»."""
    ordered = sorted(set(numbers))
    runs: list[list[int]] = []
    for one in ordered:
        if runs and one == runs[-1][-1] + 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    shown, told = "", 0
    for run in runs:
        piece = str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}"
        if shown and len(shown) + len(piece) > longest:
            break
        shown, told = f"{shown}, {piece}" if shown else piece, told + len(run)
    return shown + (f" и ещё {number(len(ordered) - told)}" if told < len(ordered) else "")


def for_officials(text: str) -> str:
    """A reason without the command that tells an analyst more: for papers that are signed."""
    return COMMANDS.sub("", text)


def sentences(*parts: str) -> str:
    """Parts joined as sentences: each ends with one full stop («2023 г.» has its own); empty parts are left out."""
    return " ".join(part if part.endswith(".") else part + "." for part in parts if part)
