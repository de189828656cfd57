"""What comes from outside is opened or refused by name, never with a crash and never at the cost of memory."""

import random
import re
import resource
import struct
import zipfile
import zlib
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.chart import BarChart
from openpyxl.packaging.relationship import Relationship
from openpyxl.styles import PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook.external_link import ExternalLink
from openpyxl.workbook.external_link.external import ExternalBook, ExternalSheetNames

from nmslib.registries.opening import MOST_CELLS, ErrorCell, Opened, Refused, SheetCells, open_workbook

SHEET = "xl/worksheets/sheet1.xml"
OLE = bytes.fromhex("D0CF11E0A1B11AE1")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FAILED, UNCOUNTED = ErrorCell(counted=True), ErrorCell(counted=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.xlsx"


def saved(path: Path, rows: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def repacked(path: Path, parts: dict[str, bytes]) -> Path:
    """The same package with these parts added or replaced."""
    with zipfile.ZipFile(path) as package:
        kept = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in (kept | parts).items():
            package.writestr(name, content)
    return path


def with_xml(path: Path, rows: str, prefix: str = "") -> Path:
    """A workbook whose only sheet has this XML between the tags of its data."""
    xmlns = f'xmlns:{prefix[:-1]}="{MAIN}"' if prefix else f'xmlns="{MAIN}"'
    xml = f"<{prefix}worksheet {xmlns}><{prefix}sheetData>{rows}</{prefix}sheetData></{prefix}worksheet>"
    return repacked(saved(path, [["x"]]), {SHEET: xml.encode()})


def only_sheet(path: Path) -> SheetCells:
    (sheet,) = open_workbook(path).sheets
    return sheet


def refusal(path: Path) -> str:
    with pytest.raises(Refused) as refused:
        open_workbook(path)
    return refused.value.rule


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.parametrize(
    "content", [b"", b"P", "Код работника;Дата\r\nР00001;05.09.2023".encode("cp1251"), b"%PDF-1.7\n", b"<html><table></table>"]
)
def test_text_csv_or_page_renamed_to_xlsx_is_not_excel(path, content):
    path.write_bytes(content)
    assert refusal(path) == "not_excel"


@pytest.mark.parametrize("part", ["word/document.xml", "content.xml", "xl/workbook.bin"])
def test_package_of_another_program_is_not_excel(path, part):
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr(part, "x")
    assert refusal(path) == "not_excel"


def test_xls_is_named_old_and_an_encrypted_workbook_needs_its_password(path):
    path.write_bytes(OLE + b"\0" * 504 + "Workbook".encode("utf-16-le") + b"\0" * 2000)
    assert refusal(path) == "old_excel"
    path.write_bytes(OLE + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 2000)
    assert refusal(path) == "password"


def test_package_with_encrypted_parts_needs_its_password(path):
    content = bytearray(saved(path, [["x"]]).read_bytes())
    for found in re.finditer(b"PK\x01\x02", bytes(content)):
        content[found.start() + 8] |= 1
    path.write_bytes(content)
    assert refusal(path) == "password"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_half_downloaded_workbook_is_damaged(path, share):
    content = saved(path, [[number, f"текст {number}"] for number in range(500)]).read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert refusal(path) == "damaged"


def test_garbled_bytes_are_refused_by_name_wherever_they_stand(path):
    content, chance = saved(path, [[number, f"текст {number}"] for number in range(100)]).read_bytes(), random.Random(1)
    outcomes = set()
    for _ in range(400):
        garbled = bytearray(content)
        garbled[chance.randrange(len(garbled))] = chance.randrange(256)
        path.write_bytes(garbled)
        try:
            open_workbook(path)
        except Refused as refused:
            outcomes.add(refused.rule)
    assert "damaged" in outcomes
    assert outcomes <= {"damaged", "not_excel", "password", "too_large"}


def test_package_of_a_version_nobody_knows_is_damaged(path):
    content = bytearray(saved(path, [["x"]]).read_bytes())
    content[content.index(b"PK\x01\x02") + 6] = 99
    path.write_bytes(content)
    assert refusal(path) == "damaged"


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
        '<row r="1"><c r="1A"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v>',
    ],
)
def test_broken_xml_of_a_sheet_is_damaged(path, rows):
    assert refusal(with_xml(path, rows)) == "damaged"


@pytest.mark.parametrize("part", [SHEET, "xl/_rels/workbook.xml.rels"])
def test_workbook_without_one_of_its_parts_is_damaged(path, part):
    saved(path, [["x"]])
    with zipfile.ZipFile(path) as package:
        kept = {name: package.read(name) for name in package.namelist() if name != part}
    with zipfile.ZipFile(path, "w") as package:
        for name, content in kept.items():
            package.writestr(name, content)
    assert refusal(path) == "damaged"


def blown_up(path: Path, megabytes: int) -> zipfile.ZipInfo:
    """A sheet blown up with spaces; the entry of its part, still to be written into the directory of the package."""
    saved(path, [["x"]])
    with zipfile.ZipFile(path) as package:
        kept = {name: package.read(name) for name in package.namelist()}
    head, end = kept.pop(SHEET).split(b"</sheetData>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in kept.items():
            package.writestr(name, content)
        with package.open(SHEET, "w") as part:
            part.write(head)
            for _ in range(megabytes):
                part.write(b" " * 2**20)
            part.write(b"</sheetData>" + end)
        return package.getinfo(SHEET)


def test_bomb_that_declares_its_size_is_too_large_and_takes_no_memory(path):
    blown_up(path, 640)
    before = peak_megabytes()
    assert path.stat().st_size < 2**20
    assert refusal(path) == "too_large"
    assert peak_megabytes() - before < 32


@pytest.mark.parametrize("checksum_lies_too", [False, True])
def test_bomb_that_lies_about_its_size_is_damaged_and_takes_no_memory(path, checksum_lies_too):
    entry = blown_up(path, 400)
    content = bytearray(path.read_bytes())
    place = content.rindex(b"PK\x01\x02")
    assert content[place + 46 :].startswith(SHEET.encode())
    with zipfile.ZipFile(path) as package, package.open(SHEET) as part:
        shown = part.read(100)
    checksum = zlib.crc32(shown) if checksum_lies_too else entry.CRC
    content[place + 16 : place + 28] = struct.pack("<III", checksum, entry.compress_size, len(shown))
    path.write_bytes(content)
    before = peak_megabytes()
    assert refusal(path) == "damaged"
    assert peak_megabytes() - before < 64


def test_package_of_very_many_parts_is_too_large(path):
    repacked(saved(path, [["x"]]), {f"xl/media/{number}.png": b"" for number in range(5_001)})
    assert refusal(path) == "too_large"


def test_value_in_the_last_cell_of_excel_is_too_large_and_takes_no_memory(path):
    book = openpyxl.Workbook()
    book.active["XFD1048576"] = "."
    book.save(path)
    before = peak_megabytes()
    assert refusal(path) == "too_large"
    assert peak_megabytes() - before < 32


@pytest.mark.parametrize(
    "cell",
    [
        '<c s="0" r="XFD1048576"><v>1</v></c>',
        "<c r='XFD1048576'><v>1</v></c>",
        '<c r="xfd1048576"><v>1</v></c>',
        '<c r="XFD1048576"><!-- --><v>1</v></c>',
        '<c r="XFD1048576"><f>A1</f></c>',
        '<c r="XFD1"/><c><v>1</v></c></row><row r="1048576"><c><v>1</v></c>',
    ],
)
def test_far_cell_is_seen_however_its_address_is_written(path, cell):
    assert refusal(with_xml(path, f'<row r="1048576">{cell}</row>')) == "too_large"


def test_far_cell_is_seen_under_a_prefix(path):
    assert refusal(with_xml(path, '<x:row r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>', "x:")) == "too_large"


def test_cells_of_all_sheets_are_bounded_together(path):
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet(), book.create_sheet()):
        sheet.cell(2_500, MOST_CELLS // 2_500 // 2, 1)
    book.save(path)
    assert refusal(path) == "too_large"


def test_sheet_as_wide_as_excel_is_read_when_it_has_few_rows(path):
    book = openpyxl.Workbook()
    for column in range(1, 16_385):
        book.active.cell(1, column, column)
    book.active.cell(20, 16_384, "край")
    book.save(path)
    cells = only_sheet(path).cells
    assert (len(cells), len(cells[0]), cells[0][-1], cells[19][-1]) == (20, 16_384, 16_384, "край")


def test_styled_empty_cells_down_to_the_last_row_are_no_data(path):
    book = openpyxl.Workbook()
    book.active["A1"] = "Код"
    for at in ("A2", "E1000", "XFD7", "E1048576", "XFD1048576"):
        book.active[at].fill = PatternFill("solid", fgColor="FFFF00")
    book.save(path)
    assert only_sheet(path).cells == [["Код"]]


def test_workbook_with_macros_is_read_and_says_so(path):
    opened = open_workbook(repacked(saved(path, [["x"]]), {"xl/vbaProject.bin": OLE}))
    assert (opened.macros, opened.external_links, opened.sheets[0].cells) == (True, False, [["x"]])


def test_workbook_linked_to_another_file_says_so(path):
    book = openpyxl.Workbook()
    book.active["A1"] = "x"
    link = ExternalLink(externalBook=ExternalBook(sheetNames=ExternalSheetNames(["Лист1"]), id="rId1"))
    link.file_link = Relationship(type="externalLinkPath", Target="Свод.xlsx", TargetMode="External", Id="rId1")
    book._external_links.append(link)
    book.save(path)
    opened = open_workbook(path)
    assert (opened.macros, opened.external_links) == (False, True)


def test_formula_without_a_cached_value_is_marked_and_one_with_it_is_read(path):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_formula("A1", "=36*2", value=72)
        sheet.write_formula("B1", "=36*2", value="")
    saved(other := path.with_name("y.xlsx"), [["=36*2", "x"]])
    assert only_sheet(path).cells[0][0] == 72
    assert only_sheet(other).cells == [[UNCOUNTED, "x"]]


def test_formula_that_gave_an_empty_text_is_counted(path):
    with_xml(path, '<row r="1"><c r="A1" t="str"><f>IF(B1="","",B1)</f><v></v></c><c r="B1"><v>1</v></c></row>')
    assert only_sheet(path).cells == [["", 1]]


def test_formulas_without_values_are_marked_at_the_edges_of_a_sheet(path):
    saved(path, [["Код", "Часов"], ["=A1", "=B1", "=C1"], ["=A1"]])
    assert only_sheet(path).cells == [["Код", "Часов", ""], [UNCOUNTED] * 3, [UNCOUNTED, "", ""]]


def test_shared_and_array_formulas_without_values_are_marked(path):
    cells = '<c r="A1"><f t="shared" si="0"/></c><c r="B1"><f t="array" ref="B1">C1</f><v/></c><c r="C1"><v>1</v></c>'
    assert only_sheet(with_xml(path, f'<row r="1">{cells}</row>')).cells == [[UNCOUNTED, UNCOUNTED, 1]]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?"])
def test_failed_formula_is_marked(path, error):
    assert only_sheet(saved(path, [[error, "x"]])).cells == [[FAILED, "x"]]


def test_hidden_and_very_hidden_sheets_are_read_and_say_so(path):
    book = openpyxl.Workbook()
    for state in ("hidden", "veryHidden"):
        sheet = book.create_sheet(state)
        sheet["A1"], sheet.sheet_state = state, state
    book.save(path)
    assert [(one.title, one.hidden) for one in open_workbook(path).sheets] == [
        ("Sheet", False),
        ("hidden", True),
        ("veryHidden", True),
    ]


def test_rows_hidden_by_hand_or_by_a_filter_keep_excel_numbers(path):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_column("A1", ["Вид", "а", "б", "а", "б"])
        sheet.autofilter("A1:A5")
        sheet.filter_column("A", "x == а")
        for row in (2, 4):
            sheet.set_row(row, options={"hidden": True})
    found = only_sheet(path)
    assert found.hidden_rows == {3, 5}
    assert found.cells == [["Вид"], ["а"], ["б"], ["а"], ["б"]]


def test_sheet_without_addresses_is_read_by_order(path):
    text = '<c t="inlineStr"><is><t>Код</t></is></c>'
    rows = f'<row>{text}{text}</row><row hidden="1"><c t="e"><v>#N/A</v></c><c><f>A1</f></c></row><row r="4"><c/><c><v>4</v></c></row>'
    found = only_sheet(with_xml(path, rows))
    assert found.cells == [["Код", "Код"], [FAILED, UNCOUNTED], ["", ""], ["", 4]]
    assert found.hidden_rows == {2}


def test_sheet_whose_tags_have_a_prefix_is_read_in_full(path):
    rows = '<x:row r="1" hidden="1"><x:c r="A1" t="e"><x:v>#N/A</x:v></x:c><x:c r="B1"><x:f>A1</x:f></x:c></x:row>'
    found = only_sheet(with_xml(path, rows, "x:"))
    assert (found.cells, found.hidden_rows) == ([[FAILED, UNCOUNTED]], {1})


@pytest.mark.parametrize("target", ["/xl/worksheets/sheet1.xml", "worksheets/sheet1.xml", "Worksheets/Sheet1.xml"])
def test_part_of_a_sheet_is_found_however_it_is_addressed(path, target):
    saved(path, [["#N/A"]])
    with zipfile.ZipFile(path) as package:
        links = package.read("xl/_rels/workbook.xml.rels").decode()
    repacked(path, {"xl/_rels/workbook.xml.rels": re.sub(r'"/?xl/worksheets/sheet1.xml"', f'"{target}"', links).encode()})
    assert only_sheet(path).cells == [[FAILED]]


def test_text_inside_the_cell_and_rich_text_are_read(path):
    cells = '<c r="A1" t="inlineStr"><is><t xml:space="preserve"> Код </t></is></c>'
    cells += '<c r="B1" t="inlineStr"><is><r><t xml:space="preserve">Школа </t></r><r><t>№ 1</t></r></is></c>'
    assert only_sheet(with_xml(path, f'<row r="1">{cells}</row>')).cells == [[" Код ", "Школа № 1"]]


def test_dates_of_1904_are_the_same_days_and_their_numbers_say_from_when(path):
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active["A1"] = datetime(2023, 9, 5)
    book.save(path)
    found = only_sheet(path)
    assert found.cells == [[date(2023, 9, 5)]]
    assert found.day_zero == date(1904, 1, 1)
    assert only_sheet(saved(path, [["x"]])).day_zero == date(1899, 12, 30)


def test_strict_open_xml_is_read(path):
    saved(path, [["Код", "#N/A"]])
    strict = {
        MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "http://purl.oclc.org/ooxml/officeDocument/relationships",
    }
    parts = {}
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            text = package.read(name).decode()
            for ours, theirs in strict.items():
                text = text.replace(ours, theirs)
            parts[name] = text.encode()
    assert only_sheet(repacked(path, parts)).cells == [["Код", FAILED]]


def test_sheet_of_a_chart_is_no_sheet_of_cells(path):
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    book.create_chartsheet("Диаграмма", 0).add_chart(BarChart())
    book.save(path)
    assert [one.title for one in open_workbook(path).sheets] == ["Sheet"]


def test_empty_workbook_opens(path):
    assert open_workbook(saved(path, [])) == Opened([SheetCells("Sheet", [], False, frozenset())], False, False)
