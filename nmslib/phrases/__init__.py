"""Reads the words of a term («до 20 декабря (ежегодно)») into a rule; knows no calendar arithmetic and no plan.

The grammar is ``deadline.lark``; a phrase outside it is refused with the part where reading stopped, never guessed.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, VisitError

MONTHS = ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a term says, as data: ``once`` has ``on``; ``annual`` recurs on ``month``/``day`` (None: no day is named).

    ``since_year``: the first year, when the phrase names it.
    """

    kind: Literal["once", "annual"]
    on: date | None = None
    month: int | None = None
    day: int | None = None
    since_year: int | None = None


class PhraseNotRead(ValueError):
    """The grammar has no reading for the phrase; ``stopped_at`` is the part it could not pass."""

    def __init__(self, phrase: str, stopped_at: str):
        super().__init__(phrase, stopped_at)
        self.phrase, self.stopped_at = phrase, stopped_at

    def __str__(self) -> str:
        return f"Срок не разобран: «{self.phrase}», непонятно с места «{self.stopped_at}»"


class _ToRule(Transformer[Token, Rule]):
    """Turns the parse tree into a Rule; absent optional parts arrive as None."""

    def day_month(self, parts: list[Token]) -> tuple[int, int]:
        return MONTHS.index(str(parts[1])) + 1, int(parts[0])

    def since(self, parts: list[Token]) -> int:
        return next(int(part) for part in parts if part is not None and part.type == "YEAR")

    def once(self, parts: list[object]) -> Rule:
        numeric = [part for part in parts if isinstance(part, Token) and part.type == "NUMERIC_DATE"]
        if numeric:
            day, month, year = (int(number) for number in numeric[0].split("."))
        else:
            month, day = next(part for part in parts if isinstance(part, tuple))
            year = next(int(part) for part in parts if isinstance(part, Token) and part.type == "YEAR")
        return Rule(kind="once", on=date(year, month, day))

    def annual_by_day(self, parts: list[object]) -> Rule:
        month, day = next(part for part in parts if isinstance(part, tuple))
        date(2024, month, day)
        return Rule(kind="annual", month=month, day=day, since_year=next((part for part in parts if isinstance(part, int)), None))

    def annual(self, parts: list[object]) -> Rule:
        return Rule(kind="annual", since_year=next((part for part in parts if isinstance(part, int)), None))


@cache
def _grammar() -> Lark:
    return Lark(Path(__file__).with_name("deadline.lark").read_text(encoding="utf-8"), parser="earley", maybe_placeholders=True)


def normalised(phrase: str) -> str:
    """The phrase as the grammar reads it: lower case, single spaces, plain hyphens, ё as е."""
    text = re.sub(r"[‐-―−]", "-", phrase.lower().replace("ё", "е"))
    return " ".join(text.split())


@cache
def read(phrase: str) -> Rule:
    """The rule a phrase states; PhraseNotRead when the grammar has no reading for it or a date does not exist."""
    text = normalised(phrase)
    try:
        return _ToRule().transform(_grammar().parse(text))
    except UnexpectedInput as error:
        position = getattr(error, "pos_in_stream", None)
        raise PhraseNotRead(phrase, text[position:] if position and position > 0 else text) from error
    except VisitError as error:
        raise PhraseNotRead(phrase, text) from error
