"""Opens a workbook that came from outside: bounds its size first, then gives cells with what Excel hides. Knows no registry."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# A workbook of a region with 200,000 people unpacks to some 200 MB and has some 3 million cells.
MOST_BYTES = 600 * 2**20
MOST_PARTS = 5_000
MOST_CELLS = 12_000_000
LONGEST_ROW = 16 * 2**20
CHUNK = 4 * 2**20
# How the name of a tag ends.
UNPLACED = re.compile(rb'<(?:c|row)(?! r=")[\s/>]')

PREFIX = re.compile(rb"<(\w+:)(?:worksheet|chartsheet)\b")
ROW_OR_CELL = re.compile(rb"<(row|c)(?=[\s/>])([^>]*)>")
PLACED = re.compile(rb"""\sr=["'](?:([A-Za-z]{1,3})(\d+)|(\d+))["']""")
ROW = re.compile(rb"<row\b([^>]*)>")
ROW_NUMBER = re.compile(rb'\br="(\d+)"')
HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
# What follows an empty cell is its end, the next cell or the end of the row.
FILLED = re.compile(rb'<c r="([A-Za-z]{1,3})(\d+)"[^>]*>\s*<(?!/|c[\s/>])')
ROW_NUMBERS = re.compile(rb'<row r="(\d+)"')
# Cells beyond column Z.
WIDE, LETTERS = re.compile(rb'<c r="[A-Za-z]{2}'), 26
FAILED = re.compile(rb'<c\b[^>]*\bt="e"[^>]*>')
UNCOUNTED = re.compile(rb"<c\b([^>]*)><f\b(?:[^>]*/>|[^>]*>[^<]*</f>)(<v\s*/>|<v></v>)?</c>")
PLACE = re.compile(rb'\br="([A-Za-z]{1,3})(\d+)"')
RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
DAY_ZERO, DAY_ZERO_OF_1904 = date(1899, 12, 30), date(1904, 1, 1)
TRANSITIONAL, STRICT = "http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/"


DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    EOFError,
    KeyError,
    OSError,
    ValueError,
    NotImplementedError,
)


class Refused(Exception):
    """The file cannot be read: the id of the rule and, in Russian, what stands there."""

    def __init__(self, rule: str, details: str = ""):
        super().__init__(rule, details)
        self.rule, self.details = rule, details


@dataclass(frozen=True)
class ErrorCell:
    """A cell whose formula failed (``#N/A``) or was never computed; ``counted`` tells the two apart."""

    counted: bool


@dataclass(frozen=True)
class SheetCells:
    """Cells of one sheet as rows of values ("" where empty); ``hidden_rows`` are Excel's row numbers.

    ``day_zero``: the day from which numbers of days are counted.
    """

    title: str
    cells: list[list[object]]
    hidden: bool
    hidden_rows: frozenset[int]
    day_zero: date = DAY_ZERO


@dataclass(frozen=True)
class Opened:
    """A workbook as it stands: its worksheets in order, and whether it carries macros or links to other files."""

    sheets: list[SheetCells]
    macros: bool
    external_links: bool


@dataclass
class _Scan:
    """What the XML of one sheet says before any cell is laid out in memory."""

    columns: set[bytes] = field(default_factory=set)
    last_row: int = 0
    area: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    errors: dict[tuple[int, int], ErrorCell] = field(default_factory=dict)


def open_workbook(path: Path) -> Opened:
    """Sheets of a workbook; raises Refused (not_excel, old_excel, password, damaged, too_large) before memory is at risk."""
    _refuse_foreign(path)
    try:
        with zipfile.ZipFile(path) as package:
            _refuse_large(package)
            if package.testzip():
                raise Refused("damaged")
            names = set(package.namelist())
            scans, area = {}, 0
            for title, part in _sheet_parts(package):
                scans[title] = _scan(package, part, area)
                area += scans[title].area
            day_zero = _day_zero(package)
    except DAMAGED as error:
        raise Refused("damaged") from error
    sheets = _sheets(path, scans, day_zero)
    external = any(name.startswith("xl/externalLinks/") for name in names)
    return Opened(sheets, any(name.endswith("vbaProject.bin") for name in names), external)


def _refuse_foreign(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(8)
    if start == OLE_MAGIC:
        raise Refused("password" if ENCRYPTED in path.read_bytes() else "old_excel")
    if not zipfile.is_zipfile(path):
        raise Refused("damaged" if start.startswith(b"PK") else "not_excel")
    try:
        with zipfile.ZipFile(path) as package:
            if "xl/workbook.xml" not in package.namelist():
                raise Refused("not_excel")
            if any(part.flag_bits & 1 for part in package.infolist()):
                raise Refused("password")
    except DAMAGED as error:
        raise Refused("damaged") from error


def _refuse_large(package: zipfile.ZipFile) -> None:
    """Bounds what unpacking would take by the sizes declared; a part that holds more than it declares fails its checksum."""
    parts = package.infolist()
    size = sum(part.file_size for part in parts)
    if size > MOST_BYTES or len(parts) > MOST_PARTS:
        raise Refused("too_large", f"в распакованном виде {size // 2**20} МБ, можно {MOST_BYTES // 2**20}")


def _book(package: zipfile.ZipFile) -> ElementTree.Element:
    return ElementTree.fromstring(package.read("xl/workbook.xml").replace(STRICT.encode(), TRANSITIONAL.encode()))


def _day_zero(package: zipfile.ZipFile) -> date:
    """The day from which the workbook counts days: Excel for Mac used to begin in 1904."""
    since_1904 = [one.get("date1904") for one in _book(package).iter() if one.tag.endswith("}workbookPr")]
    return DAY_ZERO_OF_1904 if since_1904 and since_1904[0] in ("1", "true") else DAY_ZERO


def _sheet_parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Title of each sheet and its part inside the package."""
    links = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    names = {name.casefold(): name for name in package.namelist()}
    for sheet in _book(package).iter():
        if sheet.tag.endswith("}sheet"):
            target = targets.get(next((value for name, value in sheet.items() if name.endswith("}id")), ""), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part.casefold() in names:
                yield sheet.get("name", ""), names[part.casefold()]


def _rows_of(part: IO[bytes]) -> Iterator[bytes]:
    """The XML of a sheet in pieces that end with whole rows, every row and cell with its address."""
    rest, prefix, row = b"", None, 0
    while chunk := part.read(CHUNK):
        if prefix is None:
            found = PREFIX.search(chunk)
            prefix = found[1] if found else b""
        whole, end, rest = (rest + chunk).rpartition(b"</" + prefix + b"row>")
        if len(rest) > LONGEST_ROW:
            raise Refused("too_large", "в одной строке листа слишком много данных")
        piece = (whole + end).replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</") if prefix else whole + end
        if UNPLACED.search(piece):
            piece, row = _addressed(piece, row)
        yield piece
    yield rest


def _addressed(piece: bytes, row: int) -> tuple[bytes, int]:
    """The piece with addresses where an exporter left them out (each row and cell then follows the one before), and its last
    row; ``row`` is the last one before the piece."""
    column = 0

    def placed(tag: re.Match[bytes]) -> bytes:
        nonlocal row, column
        found = PLACED.search(tag[2])
        rest = PLACED.sub(b"", tag[2], count=1) if found else tag[2]
        if tag[1] == b"row":
            row, column = int(found[3]) if found and found[3] else row + 1, 0
            return b'<row r="%d"%b>' % (row, rest)
        column = _column(found[1]) if found and found[1] else column + 1
        return b'<c r="%b%d"%b>' % (_letters(column), int(found[2]) if found and found[2] else row, rest)

    return ROW_OR_CELL.sub(placed, piece), row


def _scan(package: zipfile.ZipFile, part: str, before: int) -> _Scan:
    """Extent, hidden rows and cells without a value; raises Refused when the sheet spans too many cells, together with those
    ``before`` it."""
    scan = _Scan()
    with package.open(part) as content:
        for piece in _rows_of(content):
            _extend(scan, piece)
            if b"hidden=" in piece:
                scan.hidden_rows |= {_number(attributes) for attributes in ROW.findall(piece) if HIDDEN.search(attributes)}
            if b't="e"' in piece:
                scan.errors |= {_place(cell): ErrorCell(True) for cell in FAILED.findall(piece)}
            if b"<f" in piece:
                # A text that a formula has made empty (t="str", <v></v>) is counted.
                uncounted = [cell for cell, value in UNCOUNTED.findall(piece) if not (value and b't="str"' in cell)]
                scan.errors |= {_place(cell): ErrorCell(False) for cell in uncounted}
            width = max((_column(letters) for letters in scan.columns), default=0)
            scan.area = scan.last_row * width
            if before + scan.area > MOST_CELLS:
                raise Refused("too_large", f"лист занимает строк: {scan.last_row}, столбцов: {width}")
    return scan


def _extend(scan: _Scan, piece: bytes) -> None:
    """Widens the extent by the cells of a piece; where the piece cannot be large, whatever its cells hold, they are not read."""
    rows = [int(row) for row in ROW_NUMBERS.findall(piece)]
    if not WIDE.search(piece) and max(rows, default=0) * LETTERS < MOST_CELLS:
        scan.columns.add(b"Z")
        scan.last_row = max(scan.last_row, *rows, 0)
        return
    filled = FILLED.findall(piece)
    scan.columns |= {letters for letters, _ in filled}
    scan.last_row = max(scan.last_row, max((int(row) for row in {row for _, row in filled}), default=0))


def _number(attributes: bytes) -> int:
    found = ROW_NUMBER.search(attributes)
    return int(found[1]) if found else 0


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _letters(column: int) -> bytes:
    letters = b""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = bytes([65 + letter]) + letters
    return letters


def _place(cell: bytes) -> tuple[int, int]:
    """Row and column of a cell from its attributes, both from 0; a cell without an address is nowhere."""
    found = PLACE.search(cell)
    return (int(found[2]) - 1, _column(found[1]) - 1) if found else (-1, -1)


def _sheets(path: Path, scans: dict[str, _Scan], day_zero: date) -> list[SheetCells]:
    try:
        book = CalamineWorkbook.from_path(str(path))
        shown = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        return [
            _with_errors(
                book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False),
                sheet.name,
                sheet.visible != SheetVisibleEnum.Visible,
                scans[sheet.name],
                day_zero,
            )
            for sheet in shown
        ]
    except (CalamineError, KeyError) as error:
        raise Refused("damaged") from error


def _with_errors(cells: list[list[object]], title: str, hidden: bool, scan: _Scan, day_zero: date) -> SheetCells:
    """The cells with marks where a formula has failed or has no value: calamine shows both as empty, at the edges as nothing."""
    width = max((len(row) for row in cells[:1]), default=0)
    missing = max((column + 1 for _, column in scan.errors), default=0) - width
    if missing > 0:
        cells = [[*row, *[""] * missing] for row in cells]
    width += max(missing, 0)
    cells += [[""] * width for _ in range(max((row + 1 for row, _ in scan.errors), default=0) - len(cells))]
    for (row, column), mark in scan.errors.items():
        if row >= 0 and column >= 0:
            cells[row][column] = mark
    return SheetCells(title, cells, hidden, frozenset(scan.hidden_rows), day_zero)
