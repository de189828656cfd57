"""What a sender gets back: the own workbook with every problem marked, and a letter. Checks nothing, knows no registry."""

import re
import warnings
import zlib
from collections.abc import Iterator
from copy import copy
from datetime import date
from pathlib import Path
from textwrap import wrap
from typing import Any
from zipfile import BadZipFile, ZipFile

import pandas as pd
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import column_index_from_string
from python_calamine import CalamineWorkbook

from nmslib import wording
from nmslib.documents.remarks import (
    REMARKS,
    ROWS,
    SHEET,
    clean,
    clipped,
    meanings,
    records,
    severity,
    tint,
    write_remarks,
    write_safely,
)
from nmslib.model import Severity
from nmslib.paths import appearing

AUTHOR = "Рабочая тетрадь НМС"
MOST_CELLS = 400_000  # openpyxl takes 25 µs and 0.7 KB a cell: at the limit an answer costs 10 s and 0.3 GB
MOST_BYTES = 300_000_000  # of unpacked parts: guards against archives made to swell
MOST_COMMENTS = 2_000  # Excel opens a sheet with more comments slowly
COMMENT_LETTERS, COMMENT_WIDTH, COMMENT_LINE = 46, 330, 17  # letters in a line; pixels
DETAILS_LETTERS, LONGEST_COMMENT = 250, 4_000
MOST_ITEMS = 10
HEADINGS = {Severity.BLOCKS: "Мешает приёму", Severity.DISTORTS: "Может исказить показатели", Severity.STYLE: "Оформление"}
CELL = re.compile(rb"<(?:\w+:)?c[ >/]")
OTHER_BOOK = re.compile(r"\[\d+\]")
QUOTED = re.compile(r"«|\d\d\.\d\d\.\d{4}")  # what stands in cells is quoted, or is a day
WHITE, DARK = ("FFFFFFFF", "00FFFFFF"), "FF1A1A1A"
UNREADABLE = "Книгу не удалось открыть, поэтому пометок в ячейках нет; что исправить — в списке ниже."
TOO_LARGE = "Книга слишком велика, чтобы вернуть её с пометками; места указаны в списке: лист, столбец, строки."
FOUND = "Ячейки с замечаниями выделены цветом, в примечаниях сказано, что исправить. Щёлкните «Строки», чтобы перейти к месту."
CLEAN = "Замечаний нет: исправлять ничего не нужно."
SOME_COMMENTED = (
    "Примечания — у первых {count}: с большим числом примечаний Excel работает медленно. Остальные ячейки только выделены."
)


def write_answer(original: Path, target: Path, findings: pd.DataFrame, sender: str, day: date) -> None:
    """Writes the sender's workbook with its problems marked and listed on a first sheet; the original stays as it is.

    ``findings``: one row per cause, the most important first, with rule, severity, title, wanted, example, sheet, column,
    letter, rows, details, said, effect, registry (None with a blocking severity: the whole workbook is refused). A workbook
    that cannot be opened or is too big is answered with the list alone.
    """
    count = _cells(original)
    book = _opened(original) if count is not None and count <= MOST_CELLS else None
    note = TOO_LARGE if count is not None and count > MOST_CELLS else UNREADABLE
    if book is not None:
        commented, marked = _mark(book, records(findings))
        limit = SOME_COMMENTED.format(count=wording.counted(commented, ("ячейки", "ячеек", "ячеек")))
        note = CLEAN if findings.empty else FOUND if commented == marked else f"{FOUND} {limit}"
    else:
        book = Workbook()
        book.remove(book.active)
    write_remarks(book, findings, sender, day, note)
    target.parent.mkdir(parents=True, exist_ok=True)
    with appearing(target) as draft:
        book.save(draft)


def _cells(path: Path) -> int | None:
    """Cells stored on all sheets, counted no further than the limit without reading them; None when it is no workbook."""
    try:
        with ZipFile(path) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_BYTES:
                return MOST_CELLS + 1
            return sum(_counted(parts, [name for name in parts.namelist() if "/worksheets/" in name and name.endswith(".xml")]))
    except (OSError, BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error):
        return None


def _counted(parts: ZipFile, names: list[str]) -> Iterator[int]:
    for name in names:
        with parts.open(name) as part:
            tail = b""
            while chunk := part.read(1 << 20):
                text = tail + chunk
                cut = max(text.rfind(b"<"), 0)
                yield len(CELL.findall(text, 0, cut))
                tail = text[cut:]


def _opened(path: Path) -> Any:
    """The workbook without macros and links to other files; None when it does not open."""
    try:
        with path.open("rb") as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl will not keep
            book = load_workbook(stream, keep_links=False, rich_text=True)
        with ZipFile(path) as parts:
            if any(name.startswith("xl/externalLinks/") for name in parts.namelist()):
                _cut_links(book, path)
    except Exception:  # a strange book breaks the library in any way it likes; the sender must get an answer nevertheless
        return None
    book.template = False
    return book


def _cut_links(book: Any, path: Path) -> None:
    """Formulas that ask other files become the values they last had: a link to nowhere makes Excel repair the book."""
    values = CalamineWorkbook.from_path(str(path))
    for names in (book.defined_names, *(sheet.defined_names for sheet in book.worksheets)):
        for name in [name for name, meant in names.items() if OTHER_BOOK.search(meant.attr_text or "")]:
            del names[name]
    for sheet in book.worksheets:
        shown = values.get_sheet_by_name(sheet.title).to_python(skip_empty_area=False)
        for cell in _stored(sheet):
            if cell.data_type == "f" and OTHER_BOOK.search(str(getattr(cell.value, "text", cell.value))):
                row = shown[cell.row - 1] if cell.row <= len(shown) else []
                write_safely(cell, row[cell.column - 1] if cell.column <= len(row) else None)


def _stored(sheet: Any) -> list[Any]:
    """The cells a sheet has; its own ``iter_rows`` would make every missing one."""
    return list(sheet._cells.values())


def _places(book: Any, found: list[Any]) -> dict[Any, list[Any]]:
    """Cells to mark → the findings there, the most important first. A merged cell is marked where its value stands.

    What is about a whole sheet or column stands in its first cell, and comes first: there are few such cells.
    """
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    places: dict[Any, list[Any]] = {}
    for finding in sorted(found, key=lambda finding: bool(finding.rows)):
        if finding.sheet in sheets:
            for row in finding.rows or (1,):
                places.setdefault(_cell(sheets[finding.sheet], finding.letter or "A", row), []).append(finding)
    return places


def _cell(sheet: Any, letter: str, row: int) -> Any:
    """The cell to mark; one that the file does not store gets the style of its row or column: unlocked, say, or a date."""
    column = column_index_from_string(letter)
    missing = (row, column) not in sheet._cells
    cell = sheet.cell(row, column)
    if missing:
        widths = [width for width in sheet.column_dimensions.values() if width.min and width.min <= column <= width.max]
        styled = [side for side in (sheet.row_dimensions.get(row), *widths) if side is not None and side.has_style]
        cell._style = copy(styled[0]._style) if styled else cell._style
    if isinstance(cell, MergedCell):
        area = next(area for area in sheet.merged_cells.ranges if cell.coordinate in area)
        cell = sheet.cell(area.min_row, area.min_col)
    return cell


def _mark(book: Any, found: list[Any]) -> tuple[int, int]:
    """Colours and comments the cells of the findings; how many got a comment, and how many are coloured."""
    fills = {kind: PatternFill("solid", fgColor=tint(kind.colour)) for kind in Severity}
    strength = list(Severity)
    for cell in [cell for sheet in book.worksheets for cell in _stored(sheet) if cell.comment is not None]:
        cell.comment = _fitted(cell.comment.text, cell.comment.author)  # of the sender: its size was not kept
    places = _places(book, found)
    for number, (cell, here) in enumerate(places.items()):
        colouring = [finding for finding in here if finding.rows] or here
        _fill(cell, fills[min(map(severity, colouring), key=strength.index)])
        if number < MOST_COMMENTS:
            cell.comment = _comment(cell, here)
    return min(len(places), MOST_COMMENTS), len(places)


def _fill(cell: Any, fill: PatternFill) -> None:
    """Colours a cell; white letters, as headers of the form have, would not be seen on a light colour."""
    cell.fill = fill
    colour = cell.font.color
    if colour is not None and (colour.rgb in WHITE if colour.type == "rgb" else colour.type == "theme" and colour.theme == 0):
        font = copy(cell.font)
        font.color = DARK
        cell.font = font


def _comment(cell: Any, here: list[Any]) -> Any:
    """One comment with all findings of the cell, below what the sender wrote there."""
    blocks = [_told(finding) for finding in here]
    author = AUTHOR
    if cell.comment is not None:
        author = cell.comment.author
        blocks = [cell.comment.text, f"{AUTHOR}:\n{blocks[0]}", *blocks[1:]]
    return _fitted(clipped(clean("\n\n".join(blocks)), LONGEST_COMMENT), author)


def _fitted(text: str, author: str) -> Any:
    """A comment large enough to be read without scrolling."""
    lines = sum(max(1, len(wrap(line, COMMENT_LETTERS))) for line in text.split("\n"))
    return Comment(text, author, height=COMMENT_LINE * lines + 14, width=COMMENT_WIDTH)


def _told(finding: Any) -> str:
    kind = severity(finding)
    details = clipped(_details(finding), DETAILS_LETTERS)
    example = f"Например: {finding.example}" if finding.example else ""
    lines = (f"{kind.shape} {kind.word}: {finding.title}", details, finding.wanted, example)
    return "\n".join(line for line in lines if line)


def _details(finding: Any) -> str:
    """What a comment says of its cell: with many rows, never what stands in the others."""
    details, said = finding.details or "", finding.said or ""
    if len(finding.rows) < 2 or not QUOTED.search(details):
        return details
    return said if said != details else ""


def letter(sender: str, findings: pd.DataFrame, accepted: str, day: date) -> str:
    """A short plain letter to a sender: what was accepted, what blocks, what distorts, what to do. Names no person.

    ``findings`` as for ``write_answer``; ``accepted`` is a sentence. Says nothing of ``details``: names may stand there.
    """
    found = records(findings)
    parts = [
        f"Кому: {sender}\nДата: {wording.day_in_text(day)}\nТема: результаты проверки книги реестров",
        "Уважаемые коллеги!",
        wording.sentences(f"Книга реестров ({sender}) проверена {wording.day_in_text(day)}", accepted),
        *_listed(found),
        *_asked(found),
    ]
    return "\n\n".join(parts) + "\n"


def _listed(found: list[Any]) -> list[str]:
    """The findings by severity; no more than ``MOST_ITEMS`` are told one by one, those of style are only counted."""
    sections, told, means = [], 0, meanings(found)
    for kind in Severity:
        mine = [finding for finding in found if severity(finding) is kind]
        items = mine[: MOST_ITEMS - told] if kind is not Severity.STYLE else []
        lines = [f"{kind.shape} {HEADINGS[kind]}: {wording.counted(len(mine), REMARKS)}. {means[kind].capitalize()}."]
        lines += [f"{number}. {_item(finding)}" for number, finding in enumerate(items, told + 1)]
        if items and len(mine) > len(items):
            lines.append(f"и ещё {wording.counted(len(mine) - len(items), REMARKS)}")
        told += len(items)
        sections += ["\n".join(lines)] if mine else []
    return sections


def _item(finding: Any) -> str:
    """«Не дата. Лист «Работники», столбец «Принят» (C), строки 2–5. Нужна дата ДД.ММ.ГГГГ. Влияние: …»."""
    wrong = ": ".join(part for part in (finding.title, finding.said) if part)
    effect = f"Влияние: {finding.effect}" if finding.effect and severity(finding) is not Severity.STYLE else ""
    return wording.sentences(wrong, _place(finding), finding.wanted, effect)


def _place(finding: Any) -> str:
    """«Лист «Работники», столбец «Принят» (C), строка 75»; empty for what is about the whole book."""
    sheet = f"лист «{finding.sheet}»" if finding.sheet else ""
    title = " ".join((f"«{finding.column}»" if finding.column else "", f"({finding.letter})" if finding.letter else "")).strip()
    column = f"столбец{wording.NBSP}{title if finding.column else finding.letter}" if title else ""
    noun = wording.noun(1 if len(set(finding.rows)) == 1 else 2, ROWS)
    rows = f"{noun}{wording.NBSP}{wording.ranges(finding.rows)}" if finding.rows else ""
    place = ", ".join(part for part in (sheet, column, rows) if part)
    return place[:1].upper() + place[1:]


def _asked(found: list[Any]) -> list[str]:
    if not found:
        return ["Замечаний нет: исправлять ничего не нужно. Спасибо!"]
    blocked = any(severity(finding) is Severity.BLOCKS for finding in found)
    first = "Сначала исправьте то, что мешает приёму, затем остальное" if blocked else "Исправьте отмеченное"
    marks = "ячейки с замечаниями выделены цветом и снабжены примечаниями" if any(finding.rows for finding in found) else ""
    where = f"К письму приложена книга с ответом: на её первом листе «{SHEET}» — полный список"
    return [
        f"Что сделать. {first} и пришлите книгу снова. Если значение неизвестно, оставьте ячейку пустой; "
        "если замечание неверно, напишите, почему.",
        f"Где пометки. {where}{'; ' + marks if marks else ''}.",
    ]
