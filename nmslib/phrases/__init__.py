"""Reads the words of a term («до 20 декабря (ежегодно)») into a rule; knows no calendar arithmetic and no plan.

The grammar is ``deadline.lark``; a phrase outside it is refused with the part where reading stopped, never guessed.
"""

import re
from functools import cache, lru_cache
from pathlib import Path

from lark import Lark
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError

from nmslib.phrases.assembly import NoMeaning, assembled
from nmslib.phrases.items import ToItems
from nmslib.phrases.rule import Kind, PhraseNotRead, Point, Relative, Rule, Weekday, Window

__all__ = ["Kind", "PhraseNotRead", "Point", "Relative", "Rule", "Weekday", "Window", "normalised", "read"]

LONGEST = 500
# «І» typed in the Ukrainian layout stands for the Roman one; a Latin «c» for the preposition.
LOOKALIKES = str.maketrans({"і": "i"})
NOT_SET = {"", "-", "не установлен", "срок не установлен", "не определен", "без срока"}


@cache
def _grammar() -> Lark:
    grammar = Path(__file__).with_name("deadline.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=True)


def normalised(phrase: str) -> str:
    """The phrase as the grammar reads it: lower case, single spaces, plain hyphens, ё as е, no quotes."""
    text = re.sub(r"[‐-―−]", "-", phrase.lower().replace("ё", "е").translate(LOOKALIKES))
    text = re.sub(r"\bc(?= )", "с", re.sub(r"[«»\"']", " ", text))
    text = re.sub(r"(\d{1,2})\s*\.\s*(\d{1,2})\s*\.\s*(\d{4})", r"\1.\2.\3", text)
    text = re.sub(r"(\d)(?=[а-я])(?!\d*(го|ый|й|ое|е|х|ти|ого|ая|я)\b)", r"\1 ", text)
    return " ".join(text.split())


def _stopped(text: str, error: UnexpectedInput) -> str:
    position = error.pos_in_stream if isinstance(error, UnexpectedCharacters) else None
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        position = error.token.start_pos
    return text[position:] if position is not None else text


@lru_cache(maxsize=50_000)
def read(phrase: str) -> Rule:
    """The rule a phrase states; an empty phrase is of the kind «none».

    PhraseNotRead when the grammar has no reading for it, a date in it does not exist, or its parts contradict each other.
    """
    text = normalised(phrase)
    if text in NOT_SET:
        return Rule(kind="none")
    if len(text) > LONGEST:
        raise PhraseNotRead(phrase, text[LONGEST:][:80])
    try:
        return assembled(ToItems().transform(_grammar().parse(text)))
    except UnexpectedInput as error:
        raise PhraseNotRead(phrase, _stopped(text, error)) from error
    except (VisitError, NoMeaning) as error:
        raise PhraseNotRead(phrase, text) from error
