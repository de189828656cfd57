"""The sheet «Замечания» of an answer: what is wrong, where, and what to do. Marks no cells of the sender."""

from collections.abc import Iterable
from datetime import date
from textwrap import wrap
from typing import Any

import pandas as pd
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.hyperlink import Hyperlink

from nmslib import wording
from nmslib.model import Severity

SHEET = "Замечания"
LONGEST_TEXT = 600  # letters of one cell of the list
HIGHEST = 409.0  # points, of Excel
LINE = 15.0
FONT = "Calibri"
ROWS = ("строка", "строки", "строк")
REMARKS = ("замечание", "замечания", "замечаний")
MEANS = {
    Severity.BLOCKS: "эти строки или листы не приняты, пока не исправлены",
    Severity.DISTORTS: "принято, но показатели могут быть неверны",
    Severity.STYLE: "прочитано верно, исправить желательно",
}
MEANS_REFUSED = MEANS | {
    Severity.BLOCKS: "книга не принята; исправьте это прежде всего, остальное — заодно",
    Severity.DISTORTS: "из-за этого показатели были бы неверны",
}
COLUMNS = {
    "№": 5,
    "Важность": 14,
    "Лист": 17,
    "Столбец": 18,
    "Строки": 15,
    "Ячеек": 8,
    "Что не так": 38,
    "Что сделать": 36,
    "На что влияет": 26,
}
COUNTS = [list(COLUMNS).index(title) + 1 for title in ("№", "Ячеек")]
LINKED = list(COLUMNS).index("Строки") + 1


def records(findings: pd.DataFrame) -> list[Any]:
    """Rows of the findings with None for what is absent."""
    return list(findings.astype("object").where(findings.notna(), None).itertuples(index=False, name="Row"))


def severity(finding: Any) -> Severity:
    """The severity of a finding's rule."""
    return Severity[finding.severity.upper()]


def meanings(found: list[Any]) -> dict[Severity, str]:
    """What each severity means for this workbook: one that is refused as a whole has nothing accepted in it."""
    refused = any(severity(finding) is Severity.BLOCKS and finding.registry is None for finding in found)
    return MEANS_REFUSED if refused else MEANS


def tint(colour: str, strength: float = 0.3) -> str:
    """A light tint of ``#RRGGBB``, without «#»: text stays readable on it."""
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "".join(f"{round(255 - (255 - part) * strength):02X}" for part in parts)


def clean(text: str) -> str:
    """Text without characters that a workbook cannot hold."""
    return ILLEGAL_CHARACTERS_RE.sub("", text)


def clipped(text: str, longest: int) -> str:
    """Text no longer than this, cut with «…»."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def write_safely(cell: Any, value: object) -> None:
    """Puts a value where text stays text: what looks like a formula or an error is never taken for one."""
    cell.value = clean(value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.lstrip().startswith(("=", "+", "-", "@"))


def free_title(taken: Iterable[str]) -> str:
    """A title for the list that no sheet of the sender bears; Excel tells no capitals apart."""
    known = {title.casefold() for title in taken}
    tried = (f"{SHEET} НМС {number}" if number > 1 else f"{SHEET} НМС" if number else SHEET for number in range(len(known) + 3))
    return next(title for title in tried if title.casefold() not in known)


def write_remarks(book: Any, findings: pd.DataFrame, sender: str, day: date, note: str) -> None:
    """Puts the list of findings in front of the book's sheets and opens the book on it."""
    found = records(findings)
    sheet = book.create_sheet(free_title(book.sheetnames), 0)
    for letter, width in zip("ABCDEFGHI", COLUMNS.values(), strict=True):
        sheet.column_dimensions[letter].width = width
    header = _write_top(sheet, found, sender, day, note)
    for number, finding in enumerate(found, 1):
        _write_row(sheet, header + number, number, finding, book)
    sheet.freeze_panes = f"A{header + 1}"
    sheet.print_title_rows = f"{header}:{header}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.footer = 0.5, 0.75, 0.3
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = "&A", "Стр. &P из &N"
    _open_on(sheet, book)


def _open_on(sheet: Any, book: Any) -> None:
    """The only selected sheet: with several selected, typing goes into all of them."""
    book.active = 0
    for view in book.views:
        view.firstSheet = 0
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet


def _write_top(sheet: Any, found: list[Any], sender: str, day: date, note: str) -> int:
    """Title, counts with what they mean, a note; the number of the header's row. A severity without remarks is not told."""
    write_safely(sheet["A1"], "Замечания к книге реестров")
    sheet["A1"].font = Font(name=FONT, bold=True, size=14)
    write_safely(sheet["A2"], f"{sender} · проверено {wording.day_in_text(day)}")
    row, means = 2, meanings(found)
    counts = {kind: sum(severity(finding) is kind for finding in found) for kind in Severity}
    for row, kind in enumerate((kind for kind in Severity if counts[kind]), 3):
        write_safely(sheet.cell(row, 1), f"{kind.shape} {kind.word}: {wording.counted(counts[kind], REMARKS)} — {means[kind]}")
        for at in range(1, len(COLUMNS) + 1):
            sheet.cell(row, at).fill = PatternFill("solid", fgColor=tint(kind.colour))
    note_at = sheet.cell(row + 1, 1)
    write_safely(note_at, note)
    note_at.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.merge_cells(start_row=row + 1, end_row=row + 1, start_column=1, end_column=len(COLUMNS))
    sheet.row_dimensions[row + 1].height = LINE * len(wrap(note, sum(COLUMNS.values()))) + 9
    line = Side(style="thin", color="8C8C8C")
    for at, title in enumerate(COLUMNS, 1):
        cell = sheet.cell(row + 2, at, title)
        cell.font, cell.fill = Font(name=FONT, bold=True, color="FFFFFF"), PatternFill("solid", fgColor="2F5D8A")
        cell.alignment, cell.border = Alignment(wrap_text=True, vertical="top"), Border(line, line, line, line)
    return row + 2


def _write_row(sheet: Any, row: int, number: int, finding: Any, book: Any) -> None:
    kind = severity(finding)
    column = " ".join(part for part in (finding.column, f"({finding.letter})" if finding.letter else None) if part)
    rows = wording.ranges(finding.rows) or ("весь столбец" if column else "весь лист" if finding.sheet else "вся книга")
    wanted = wording.sentences(finding.wanted, f"Например: {finding.example}" if finding.example else "")
    wrong = clipped(wording.sentences(": ".join(part for part in (finding.title, finding.details) if part)), LONGEST_TEXT)
    where = (finding.sheet or "", column, rows, len(finding.rows) or "")
    texts = [number, f"{kind.shape} {kind.word}", *where, wrong, wanted, finding.effect or ""]
    line = Side(style="thin", color="C8C8C8")
    for at, value in enumerate(texts, 1):
        cell = sheet.cell(row, at)
        write_safely(cell, value)
        across = "center" if at in COUNTS else "left"
        cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal=across)
        cell.border = Border(line, line, line, line)
    sheet.cell(row, 2).fill = PatternFill("solid", fgColor=tint(kind.colour))
    lines = max(len(wrap(str(text), int(width * 0.95))) for text, width in zip(texts, COLUMNS.values(), strict=True))
    sheet.row_dimensions[row].height = min(HIGHEST, LINE * lines + 3)
    if finding.sheet in {other.title for other in book.worksheets}:
        quoted = finding.sheet.replace("'", "''")
        place = f"'{quoted}'!{finding.letter or 'A'}{finding.rows[0] if finding.rows else 1}"
        sheet.cell(row, LINKED).hyperlink = Hyperlink(ref="", location=place)
        sheet.cell(row, LINKED).font = Font(name=FONT, color="0563C1", underline="single")
