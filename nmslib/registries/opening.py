"""Opens a workbook that came from outside: bounds its size first, then gives cells with what Excel hides. Knows no registry."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
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

ROW = re.compile(rb"<row\b([^>]*)>")
ROW_NUMBER = re.compile(rb'\br="(\d+)"')
HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
FILLED = re.compile(rb'<c r="([A-Z]{1,3})(\d+)"[^>]*>\s*<[vif]')
FAILED = re.compile(rb'<c\b[^>]*\bt="e"[^>]*>')
UNCOUNTED = re.compile(rb"<c\b([^>]*)><f\b(?:[^>]*/>|[^>]*>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>")
PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d+)"')
RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
TRANSITIONAL, STRICT = "http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/"


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
    """Cells of one sheet as rows of values ("" where empty); ``hidden_rows`` are Excel's row numbers."""

    title: str
    cells: list[list[object]]
    hidden: bool
    hidden_rows: frozenset[int]


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
            scans = {title: _scan(package, part) for title, part in _sheet_parts(package).items() if part in names}
    except (zipfile.BadZipFile, ElementTree.ParseError, EOFError, KeyError, OSError, ValueError, NotImplementedError) as error:
        raise Refused("damaged") from error
    sheets = _sheets(path, scans)
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
    except zipfile.BadZipFile as error:
        raise Refused("damaged") from error


def _refuse_large(package: zipfile.ZipFile) -> None:
    """Bounds what unpacking would take by the sizes declared; a part that holds more than it declares fails its checksum."""
    parts = package.infolist()
    size = sum(part.file_size for part in parts)
    if size > MOST_BYTES or len(parts) > MOST_PARTS:
        raise Refused("too_large", f"в распакованном виде {size // 2**20} МБ, можно {MOST_BYTES // 2**20}")


def _sheet_parts(package: zipfile.ZipFile) -> dict[str, str]:
    """Title of each sheet → its part inside the package."""
    book = ElementTree.fromstring(package.read("xl/workbook.xml").replace(STRICT.encode(), TRANSITIONAL.encode()))
    links = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    parts = {}
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet"):
            target = targets.get(next((value for name, value in sheet.items() if name.endswith("}id")), ""), "")
            parts[sheet.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return parts


def _rows_of(part: IO[bytes]) -> Iterator[bytes]:
    """The XML of a sheet in pieces that end with whole rows."""
    rest = b""
    while chunk := part.read(CHUNK):
        whole, end, rest = (rest + chunk).rpartition(b"</row>")
        if len(rest) > LONGEST_ROW:
            raise Refused("too_large", "в одной строке листа слишком много данных")
        yield whole + end
    yield rest


def _scan(package: zipfile.ZipFile, part: str) -> _Scan:
    """Extent, hidden rows and cells without a value; raises Refused when the sheet spans too many cells."""
    scan = _Scan()
    with package.open(part) as content:
        for piece in _rows_of(content):
            filled = FILLED.findall(piece)
            scan.columns |= {letters for letters, _ in filled}
            scan.last_row = max(scan.last_row, max((int(row) for row in {row for _, row in filled}), default=0))
            if b"hidden=" in piece:
                scan.hidden_rows |= {_number(attributes) for attributes in ROW.findall(piece) if HIDDEN.search(attributes)}
            if b't="e"' in piece:
                scan.errors |= {_place(cell): ErrorCell(True) for cell in FAILED.findall(piece)}
            if b"<f" in piece:
                scan.errors |= {_place(cell): ErrorCell(False) for cell in UNCOUNTED.findall(piece)}
            width = max((_column(letters) for letters in scan.columns), default=0)
            if scan.last_row * width > MOST_CELLS:
                raise Refused("too_large", f"лист занимает строк: {scan.last_row}, столбцов: {width}")
    return scan


def _number(attributes: bytes) -> int:
    found = ROW_NUMBER.search(attributes)
    return int(found[1]) if found else 0


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _place(cell: bytes) -> tuple[int, int]:
    """Row and column of a cell from its attributes, both from 0; a cell without an address is nowhere."""
    found = PLACE.search(cell)
    return (int(found[2]) - 1, _column(found[1]) - 1) if found else (-1, -1)


def _sheets(path: Path, scans: dict[str, _Scan]) -> list[SheetCells]:
    try:
        book = CalamineWorkbook.from_path(str(path))
        shown = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        return [
            _with_errors(
                book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False),
                sheet.name,
                sheet.visible != SheetVisibleEnum.Visible,
                scans.get(sheet.name, _Scan()),
            )
            for sheet in shown
        ]
    except CalamineError as error:
        raise Refused("damaged") from error


def _with_errors(cells: list[list[object]], title: str, hidden: bool, scan: _Scan) -> SheetCells:
    """The cells with marks where a formula has failed or has no value: calamine shows both as empty."""
    for (row, column), mark in scan.errors.items():
        if 0 <= row < len(cells) and 0 <= column < len(cells[row]):
            cells[row][column] = mark
    return SheetCells(title, cells, hidden, frozenset(scan.hidden_rows))
