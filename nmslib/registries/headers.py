"""Finds a registry and its header on a foreign sheet by content: titles above, two lines, any order, other words."""

from dataclasses import dataclass

from nmslib.model import RegistrySchema, Sheet, Synonyms
from nmslib.registries.words import plain_word, squeezed, without_brackets

SEARCH_ROWS = 30
# A sheet with a foreign title is taken for a registry when its header has this part of the registry's columns.
ENOUGH_COLUMNS = 0.6


@dataclass(frozen=True)
class Header:
    """Where a header ends and which column of the sheet holds what; all positions count from 0.

    ``columns``: column id → position. ``repeated``: column id → positions after the first. ``extra``: position → header text.
    """

    last_row: int
    columns: dict[str, int]
    repeated: dict[str, list[int]]
    extra: dict[int, str]


def vocabulary(sheet: Sheet, synonyms: Synonyms) -> dict[str, str]:
    """Plain word → column id for one registry: its own titles first, then its synonyms, then those shared by registries."""
    ids = [column.id for column in sheet.columns]
    words: dict[str, str] = {}
    common: dict[str, set[str]] = {}
    for one in sheet.columns:
        words.setdefault(plain_word(one.title), one.id)
    for column in ids:
        for synonym in synonyms.columns.get(f"{sheet.id}.{column}", ()):
            words.setdefault(plain_word(synonym), column)
        for synonym in synonyms.columns.get(column, ()):
            common.setdefault(plain_word(synonym), set()).add(column)
    # A word that means two columns of this sheet names neither.
    return {word: min(meant) for word, meant in common.items() if len(meant) == 1} | words


def find_header(cells: list[list[object]], words: dict[str, str]) -> Header | None:
    """The header with most known columns among the first rows, one line or two; None where no row has two of them."""
    best: tuple[int, int, int] | None = None
    texts: list[list[str]] = []
    rows = [[squeezed(cell) if isinstance(cell, str) else "" for cell in row] for row in cells[: SEARCH_ROWS + 1]]
    for at in range(min(len(rows), SEARCH_ROWS)):
        for lines in (1, 2):
            found = [rows[at]] if lines == 1 else _two_lines(rows, at)
            if not found:
                continue
            known = {word for word in (_meaning(ways, words) for ways in zip(*found, strict=True)) if word}
            score = (len(known), -lines, -at)
            if len(known) >= min(2, len(set(words.values()))) and (best is None or score > best):
                best, texts = score, found
    if best is None:
        return None
    return _laid_out(-best[2] - best[1] - 1, texts, words)


def _two_lines(rows: list[list[str]], at: int) -> list[list[str]]:
    """Ways to read a header of two lines: the lower cell, both, the upper one (merged cells fill to the right)."""
    if at + 1 >= len(rows):
        return []
    upper, lower = rows[at], rows[at + 1]
    filled, last = [], ""
    for text, below in zip(upper, lower, strict=True):
        last = text or (last if below else "")
        filled.append(last)
    both = [f"{first} {second}" for first, second in zip(filled, lower, strict=True)]
    return [both, lower, [text if not below else "" for text, below in zip(upper, lower, strict=True)]]


def _meaning(ways: tuple[str, ...], words: dict[str, str]) -> str | None:
    for text in ways:
        for way in (text, without_brackets(text)):
            if way and (column := words.get(plain_word(way))):
                return column
    return None


def _laid_out(last_row: int, texts: list[list[str]], words: dict[str, str]) -> Header:
    columns: dict[str, int] = {}
    repeated: dict[str, list[int]] = {}
    extra: dict[int, str] = {}
    for at, ways in enumerate(zip(*texts, strict=True)):
        column = _meaning(ways, words)
        shown = squeezed(next((way for way in ways if way.strip()), ""))
        if column is None and shown:
            extra[at] = shown
        elif column in columns:
            repeated.setdefault(column, []).append(at)
        elif column:
            columns[column] = at
    return Header(last_row, columns, repeated, extra)


def registry_of(title: str, cells: list[list[object]], schema: RegistrySchema, synonyms: Synonyms) -> tuple[Sheet, int] | None:
    """The registry on a sheet and what tells it: 0 — the form's title, 1 — a synonym of it, 2 — only the header."""
    word = plain_word(title)
    for sheet in schema.sheets:
        if word == plain_word(sheet.title):
            return sheet, 0
    for sheet in schema.sheets:
        if word in {plain_word(other) for other in synonyms.sheets.get(sheet.id, ())}:
            return sheet, 1
    scored = []
    for sheet in schema.sheets:
        header = find_header(cells, vocabulary(sheet, synonyms))
        if header and set(sheet.key) <= set(header.columns):
            scored.append((len(header.columns) / len(sheet.columns), sheet))
    best = max(scored, key=lambda pair: pair[0], default=None)
    return (best[1], 2) if best and best[0] >= ENOUGH_COLUMNS else None
