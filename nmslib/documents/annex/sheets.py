"""Sheets of the project's workbooks: one table a sheet under a heading, ready for the printer. Knows no indicator."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from math import ceil
from pathlib import Path
from textwrap import wrap
from types import TracebackType
from typing import Any

from nmslib import wording
from nmslib.model.states import Shown
from nmslib.registries import SYNTHETIC

AUTHOR = "Рабочая тетрадь НМС"
INVENTED = f"{SYNTHETIC}: люди, организации и документы вымышлены"
LINE = 15.0
HIGHEST = 400.0
FONT = "Calibri"
COUNT, PLAIN, POINTS, DAY, TEXT, QUIET = "#,##0", "#,##0.0", '+0.0;"−"0.0;0.0', "dd.mm.yyyy", "", "quiet"
# Small print holds more letters in a column, whose width is measured in digits of the common size.
SMALL_PRINT = 11 / 9
# Digits of a width that can still be read on one page.
WIDEST = 330
EVERYWHERE = "A1:XFD1048576"


@dataclass(frozen=True)
class Column:
    """A column of a table: its header, width in digits, and the look of its cells (a number format, TEXT or QUIET)."""

    title: str
    width: float
    look: str = TEXT


@dataclass(frozen=True)
class Formula:
    """A live formula with the value that it has now (None: an empty cell); ``look``: instead of the column's own."""

    text: str
    value: float | None
    look: str | None = None


@dataclass(frozen=True)
class Number:
    """A number that looks otherwise than its column."""

    value: float
    look: str


@dataclass(frozen=True)
class Shape:
    """A state by its shape alone, where a line of the heading names the shapes."""

    of: Shown


Cell = str | int | float | date | Formula | Number | Shape | Shown | None


@dataclass(frozen=True)
class Row:
    """A row of a table; a ``total`` stands out, ``inside`` rows can be folded away under theirs."""

    cells: Sequence[Cell]
    total: bool = False
    inside: bool = False


def share_look(decimals: int) -> str:
    """The number format of a percentage, stored as a part of one."""
    return "0." + "0" * decimals + "%" if decimals else "0%"


def quoted(sheet: str) -> str:
    """A sheet's name as formulas refer to it."""
    return f"'{sheet}'"


class Workbook:
    """A workbook about one place on one day; the same content gives the same bytes. Written when the block ends."""

    def __init__(self, path: Path, title: str, identifier: str, day: date, synthetic: bool):
        import xlsxwriter

        options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
        self._book: Any = xlsxwriter.Workbook(path, options)
        self._identifier, self._synthetic = identifier, synthetic
        comments = INVENTED if synthetic else ""
        written = datetime.combine(day, time())
        self._book.set_properties(
            {"title": title, "subject": identifier, "author": AUTHOR, "comments": comments, "created": written}
        )
        self._formats: dict[tuple[str, bool, str], Any] = {}

    def __enter__(self) -> "Workbook":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self._book.close()

    def first_row(self, lines: Sequence[str]) -> int:
        """The number, as Excel counts, of the first row under a heading and these lines."""
        return self._synthetic + 1 + len(lines) + 1 + 1

    def sheet(
        self,
        name: str,
        heading: str,
        lines: Sequence[str],
        columns: Sequence[Column],
        rows: Sequence[Row],
        filtered: bool = False,
    ) -> None:
        """A sheet with one table: the mark of synthetic data, a heading, lines of text, the header, the rows."""
        target = self._book.add_worksheet(name)
        width = sum(column.width for column in columns)
        last = len(columns) - 1
        for at, (text, look) in enumerate(self._top(heading, lines)):
            target.write_string(at, 0, text, self._format(look))
            if last:
                target.merge_range(at, 0, at, last, text, self._format(look))
            size = 1.35 if look == "heading" else 1.0
            target.set_row(at, LINE * size * max(1, len(wrap(text, int(width / size)))) + 2)
        head = self.first_row(lines) - 2
        for at, column in enumerate(columns):
            target.set_column(at, at, column.width)
            target.write_string(head, at, column.title, self._format("head"))
        target.set_row(head, _height((column.title, column.width - 2) for column in columns) + 4)
        for number, row in enumerate(rows, head + 1):
            self._write_row(target, number, row, columns)
        _print(target, name, self._identifier, self._synthetic, width)
        target.repeat_rows(head)
        target.freeze_panes(head + 1, 1 if width > WIDEST else 0)
        target.print_area(0, 0, max(head + 1, head + len(rows)), last)
        if filtered and rows:
            target.autofilter(head, 0, head + len(rows), last)

    def _top(self, heading: str, lines: Sequence[str]) -> list[tuple[str, str]]:
        mark = [(INVENTED, "mark")] if self._synthetic else []
        return [*mark, (heading, "heading"), *((line, "line") for line in lines)]

    def _write_row(self, target: Any, number: int, row: Row, columns: Sequence[Column]) -> None:
        texts = []
        for at, (cell, column) in enumerate(zip(row.cells, columns, strict=True)):
            letters = column.width * (SMALL_PRINT if column.look == QUIET else 1)
            if isinstance(cell, str) and len(cell) > letters:
                texts.append((cell, letters))
            elif isinstance(cell, Shown) and len(cell.word) + 2 > letters:
                texts.append((cell.word, letters - 3))
            self._write(target, number, at, cell, column.look, row.total)
        options = {"level": 1} if row.inside else {}
        if texts or options:
            target.set_row(number, min(HIGHEST, _height(texts) + 2) if texts else None, None, options)

    def _write(self, target: Any, row: int, at: int, cell: Cell, look: str, total: bool) -> None:
        if isinstance(cell, str):
            target.write_string(row, at, cell, self._format(look if look == QUIET else TEXT, total))
        elif cell is None:
            target.write_blank(row, at, None, self._format(TEXT, total))
        elif isinstance(cell, Formula):
            cached = "" if cell.value is None else cell.value
            target.write_formula(row, at, cell.text, self._format(cell.look or look, total), cached)
        elif isinstance(cell, Number):
            target.write_number(row, at, cell.value, self._format(cell.look, total))
        elif isinstance(cell, Shown):
            shape = self._format("shape", total, cell.colour)
            target.write_rich_string(row, at, shape, cell.shape, f" {cell.word}", self._format(TEXT, total))
        elif isinstance(cell, Shape):
            target.write_string(row, at, cell.of.shape, self._format("mark only", total, cell.of.colour))
        elif isinstance(cell, date):
            moment = cell if isinstance(cell, datetime) else datetime.combine(cell, time())
            target.write_datetime(row, at, moment, self._format(DAY, total))
        else:
            target.write_number(row, at, cell, self._format(look, total))

    def _format(self, look: str, total: bool = False, colour: str = "") -> Any:
        key = (look, total, colour)
        if key not in self._formats:
            self._formats[key] = self._book.add_format(_properties(look, total, colour))
        return self._formats[key]


def _properties(look: str, total: bool, colour: str) -> dict[str, Any]:
    """What a look is made of; a number format is its own look."""
    top = {"font_name": FONT, "font_color": "#1A1A1A", "text_wrap": True, "valign": "top"}
    apart: dict[str, dict[str, Any]] = {
        "mark": {"bold": True, "font_size": 11},
        "heading": {"bold": True, "font_size": 14},
        "line": {},
        "head": {"bold": True, "font_color": "#FFFFFF", "bg_color": "#2F5D8A", "border": 1, "border_color": "#8C8C8C"},
        "shape": {"font_color": colour, "bold": True, "text_wrap": False},
    }
    if look in apart:
        return top | apart[look]
    cell = top | {"border": 1, "border_color": "#C8C8C8"} | ({"bold": True, "bg_color": "#EDF2F7"} if total else {})
    if look == "mark only":
        return cell | apart["shape"] | {"align": "center"}
    if look == QUIET:
        return cell | {"font_size": 9, "font_color": "#5A5A5A"}
    if look == TEXT:
        return cell
    return cell | {"num_format": look} | ({"align": "center"} if look == DAY else {"align": "right", "indent": 1})


def _height(texts: Iterable[tuple[str, float]]) -> float:
    """Height of a row whose texts wrap in columns of these widths: not every program finds it by itself."""
    lines = (len(wrap(text, max(1, int(width)))) for text, width in texts)
    return LINE * max(lines, default=1)


def _print(target: Any, name: str, identifier: str, synthetic: bool, width: float) -> None:
    """A4 across, one page wide unless that is too small to read, with the mark and the identifier on every page."""
    target.set_landscape()
    target.set_paper(9)
    target.fit_to_pages(ceil(width / WIDEST), 0)
    target.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.7)
    if width > WIDEST:
        target.repeat_columns(0)
    mark = SYNTHETIC if synthetic else ""
    target.set_header(f"&L{mark}&R{identifier}")
    target.set_footer(f"&L{name}&C{mark}&RСтр. &P из &N")
    # Clauses like «2.1» are text on purpose; formulas of neighbouring rows differ where a base is another one.
    target.ignore_errors(dict.fromkeys(("number_stored_as_text", "formula_differs", "empty_cell_reference"), EVERYWHERE))


def about(place: str, day: date) -> str:
    """«город Тында, на 24.11.2024»: what headings end with."""
    return f"{place}, на {wording.day(day)}"
