"""What senders write, made comparable: case, spaces, «ё», look-alike letters. Knows no sheet and no column."""

import re
import string

LOOKALIKES = str.maketrans("ABCEHKMOPTXYaceopxy", "АВСЕНКМОРТХУасеорху")
SMALL_LOOKALIKES = str.maketrans("abcehkmoptxy", "авсенкмортху")
LETTERS = string.ascii_letters + "".join(map(chr, range(ord("А"), ord("я") + 1))) + "Ёё"
BRACKETS = re.compile(r"\([^)]*\)")
NO_LETTER = re.compile(r"[\W_]+")
CYRILLIC, LATIN = re.compile(r"[А-Яа-яЁё]"), re.compile(r"[A-Za-z]")
# Spaces without width and soft hyphens, which come with what is copied from pages and letters.
INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
WORD = re.compile(r"[A-Za-zА-Яа-яЁё]+")


def squeezed(text: str) -> str:
    """Text without padding and invisible signs: every run of spaces, line breaks included, is one space."""
    return " ".join((INVISIBLE.sub("", text) if INVISIBLE.search(text) else text).split())


def plain_word(text: str) -> str:
    """What is left to compare by: small Cyrillic letters and digits; signs alone («+», «-») stay as they are."""
    small = NO_LETTER.sub("", text.casefold().replace("ё", "е"))
    # A look for Latin letters costs a tenth of a translation, and hardly any text has them.
    return (small.translate(SMALL_LOOKALIKES) if LATIN.search(small) else small) or squeezed(text)


def without_brackets(text: str) -> str:
    """«Дата рождения (ДД.ММ.ГГГГ)» → «Дата рождения»."""
    return squeezed(BRACKETS.sub(" ", text))


def russian_letters(text: str, code: bool) -> str:
    """Latin look-alikes written in Cyrillic: in a code all of them unless other Latin letters are there, in a text only in words
    that mix both alphabets."""
    if not LATIN.search(text):
        return text
    if code:
        translated = text.translate(LOOKALIKES)
        return text if LATIN.search(translated) else translated
    return WORD.sub(lambda word: word[0].translate(LOOKALIKES) if CYRILLIC.search(word[0]) else word[0], text)
