"""A workbook into registries: every row keeps Excel's number, everything odd becomes a finding, one per cause."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from nmslib import wording
from nmslib.model import Finding, RegistrySchema, Sheet, Synonyms
from nmslib.registries.cells import ReadColumn, read_column, read_date, read_date_within, read_number
from nmslib.registries.headers import Header, find_header, registry_of, vocabulary
from nmslib.registries.opening import ErrorCell, Refused, SheetCells, open_workbook
from nmslib.registries.words import LETTERS, plain_word, russian_letters, squeezed
from nmslib.registries.writing import ABOUT_SHEET, CODES_SHEET, SYNTHETIC

CONTROL = re.compile(r"Строк на листе «(.+)»")
SHOWN_VALUES = 3
ABOUT_ROWS = 80
# What our own answer adds; a sender may send the answer back mended.
REMARKS_SHEET = "Замечания"
# «Итого» stands in one of the first columns.
TOTALS_COLUMNS = 4
# A registry of two required columns is too narrow to tell a note from a row.
FEWEST_FOR_NOTES = 3
# «Р 00087» is a code, «Исп. Иванова» is not.
WORD_OF_NOTE = re.compile(r"[^\W\d_]{3}")
# «Всего по школе № 5: 214»: five is the school.
NUMBER_OF_ROWS = re.compile(r"(?<!№)(?<!№ )\b\d+\b")


@dataclass(frozen=True)
class ReadSheet:
    """A registry as read: ``frame`` has ``excel_row`` and the schema's columns; ``title`` and ``headers`` are the sender's.

    ``letters``, ``headers``: column id → Excel's letter, header text. ``total``: the number in the sender's row of totals.
    """

    registry: str
    title: str
    frame: pd.DataFrame
    letters: dict[str, str]
    headers: dict[str, str]
    total: int | None


@dataclass(frozen=True)
class Book:
    """A workbook as read: who sent what, as of which day, the registries in it, and everything odd about it.

    A registry that is not in ``sheets`` was not sent or could not be read: it is unknown, not empty. ``control``: registry →
    number of rows that the sender says there are.
    """

    path: Path
    sha256: str
    system: str | None = None
    municipality: str | None = None
    version: str | None = None
    data_on: date | None = None
    sent_on: date | None = None
    synthetic: bool = False
    control: dict[str, int] = field(default_factory=dict)
    sheets: dict[str, ReadSheet] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether nothing can be taken from the file."""
        return not self.sheets


def sha256_of(path: Path) -> str:
    """Hash of a file, by which the same workbook is known again."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_workbook(path: Path, schema: RegistrySchema, synonyms: Synonyms) -> Book:
    """A workbook with everything odd in it; a file that cannot be read gives no sheets and the reason as its finding."""
    sha256 = sha256_of(path)
    try:
        opened = open_workbook(path)
    except Refused as refusal:
        return Book(path, sha256, findings=(Finding(refusal.rule, details=refusal.details, said=refusal.details),))
    findings = [Finding("macros")] if opened.macros else []
    findings += [Finding("external_links")] if opened.external_links else []
    about: dict[str, object] = {}
    sheets: dict[str, ReadSheet] = {}
    found: list[tuple[SheetCells, tuple[Sheet, int] | None]] = []
    for one in opened.sheets:
        if one.title.strip() == ABOUT_SHEET:
            about = _about(one)
        elif one.title.strip() != CODES_SHEET and not one.title.startswith(REMARKS_SHEET):
            found.append((one, registry_of(one.title, one.cells, schema, synonyms)))
    # Whichever sheet comes first, the one with the form's own title is the registry.
    for one, told in sorted(found, key=lambda pair: pair[1][1] if pair[1] else 0):
        _take(one, told[0] if told else None, sheets, findings, synonyms)
    findings += [] if sheets else [Finding("no_registries")]
    return Book(
        path,
        sha256,
        system=_text(about.get("Система")),
        municipality=_text(about.get("Муниципалитет")),
        version=_text(about.get("Версия формы")),
        data_on=_day(about.get("Данные на")) or _day(path.stem.partition(".")[2]),
        sent_on=_day(about.get("Отправлено")),
        synthetic=any(SYNTHETIC in str(value) for value in about.values()),
        control=_control(about, schema),
        sheets=sheets,
        findings=tuple(findings),
    )


def _take(
    one: SheetCells, sheet: Sheet | None, sheets: dict[str, ReadSheet], findings: list[Finding], synonyms: Synonyms
) -> None:
    """Adds the registry of one sheet and what is odd about it; what is no registry is reported and left."""
    if sheet is None or sheet.id in sheets:
        findings += [Finding("extra_sheet", details=f"«{one.title}»")] if _filled(one) else []
        return
    if one.title.strip() != sheet.title:
        findings.append(Finding("sheet_renamed", sheet.id, details=f"«{one.title}»"))
    if one.hidden:
        findings.append(Finding("hidden_sheet", sheet.id))
    read, odd = _read_sheet(one, sheet, synonyms)
    findings += odd
    if read is not None:
        sheets[sheet.id] = read


def _filled(one: SheetCells) -> bool:
    return any(not _blank(cell) for row in one.cells for cell in row)


def _read_sheet(one: SheetCells, sheet: Sheet, synonyms: Synonyms) -> tuple[ReadSheet | None, list[Finding]]:
    """The rows of a registry; None when its header or its rows are not there (the registry is then unknown)."""
    if not _filled(one):
        return None, [Finding("empty_sheet", sheet.id)]
    header = find_header(one.cells, vocabulary(sheet, synonyms))
    columns = header.columns if header else {}
    missing = [column for column in sheet.columns if column.id not in columns and column.required]
    if header is None or missing:
        names = ", ".join(f"«{column.title}»" for column in missing)
        return None, [Finding("missing_column", sheet.id, details=names, said=names)]
    findings = _header_findings(header, sheet)
    raw = _rows(one, header)
    sums = {columns[column.id] for column in sheet.columns if column.id in columns and column.type in ("integer", "number")}
    raw, total, dropped = _without_totals(raw, synonyms, sums)
    findings += [Finding("total_row", sheet.id, rows=tuple(dropped))] if dropped else []
    raw, notes = _without_notes(raw, header, sheet)
    findings += [Finding("note_row", sheet.id, rows=tuple(notes))] if notes else []
    if raw.empty:
        return None, [*findings, Finding("empty_sheet", sheet.id)]
    hidden = tuple(row for row in raw.index if row in one.hidden_rows)
    findings += [Finding("hidden_rows", sheet.id, rows=hidden)] if hidden else []
    frame = pd.DataFrame({"excel_row": raw.index}, index=raw.index)
    for column in sheet.columns:
        cells = raw[columns[column.id]] if column.id in columns else pd.Series("", index=raw.index, dtype="object")
        read = read_column(cells, column, synonyms, one.day_zero)
        frame[column.id] = read.values
        findings += _cell_findings(read, cells, sheet, column.id) if column.id in columns else []
    titles = {column.id: one.cells[header.last_row][columns[column.id]] for column in sheet.columns if column.id in columns}
    headers = {column: squeezed(str(title)) or sheet.column(column).title for column, title in titles.items()}
    letters = {column: xl_col_to_name(at) for column, at in columns.items()}
    return ReadSheet(sheet.id, one.title, frame.reset_index(drop=True), letters, headers, total), findings


def _header_findings(header: Header, sheet: Sheet) -> list[Finding]:
    findings = []
    for column, places in header.repeated.items():
        letters = ", ".join(xl_col_to_name(at) for at in places)
        findings.append(Finding("repeated_column", sheet.id, column, details=f"ещё раз в столбцах {letters}"))
    if absent := [f"«{column.title}»" for column in sheet.columns if column.id not in header.columns]:
        findings.append(Finding("missing_optional_column", sheet.id, details=_listed(absent), said=_listed(absent)))
    if header.extra:
        names = _listed([f"«{text}»" for text in header.extra.values()])
        findings.append(Finding("extra_column", sheet.id, details=names, said=f"столбцов: {len(header.extra)}"))
    return findings


def _rows(one: SheetCells, header: Header) -> pd.DataFrame:
    """Rows under the header by Excel's numbers, without empty ones and without the row that numbers the columns."""
    start = header.last_row + 1
    if start < len(one.cells) and _numbers_columns(one.cells[start]):
        start += 1
    index = range(start + 1, len(one.cells) + 1)
    raw = pd.DataFrame(one.cells[start:], index=index, columns=range(len(one.cells[0])), dtype="object")
    used = raw[list(header.columns.values())]
    suspects = used[used.iloc[:, 0].map(_blank).astype(bool)]
    return raw.drop(index=suspects.index[suspects.map(_blank).all(axis="columns").astype(bool)])


def _blank(cell: object) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _numbers_columns(row: list[object]) -> bool:
    """Whether a row reads 1, 2, 3, …, as forms number their columns."""
    numbers = [_shown(cell).strip() for cell in row if cell != ""]
    return len(numbers) > 2 and numbers == [str(number) for number in range(1, len(numbers) + 1)]


def _without_totals(raw: pd.DataFrame, synonyms: Synonyms, sums: set[int]) -> tuple[pd.DataFrame, int | None, list[int]]:
    """Rows without those of totals, the number that the totals give for rows (None where there is none), and their numbers.

    ``sums``: positions of columns whose total is a sum, not a number of rows.
    """
    pattern = re.compile(rf"(?:{'|'.join(synonyms.totals)})\b", re.IGNORECASE)
    # Only what begins as a total does is looked at closely: there are hundreds of thousands of names and codes.
    starts = {plain_word(word)[0] for word in synonyms.totals}
    initials = {letter for letter in LETTERS if plain_word(letter) in starts}
    totals = pd.Series(False, index=raw.index)
    empty_before = pd.Series(True, index=raw.index)
    for column in list(raw.columns)[:TOTALS_COLUMNS]:
        texts = [cell for cell in pd.unique(raw[column]) if isinstance(cell, str) and cell.strip()[:1] in initials]
        words = [text for text in texts if pattern.match(russian_letters(squeezed(text), code=True))]
        totals |= empty_before & raw[column].isin(words)
        empty_before &= raw[column].eq("")
    number = None
    # Of several totals nobody knows which one counts the whole sheet.
    for row in raw.index[totals] if totals.sum() == 1 else ():
        cells = [cell for at, cell in raw.loc[row].items() if cell != "" and at not in sums]
        numbers = [int(cell) for cell in cells if isinstance(cell, float) and cell.is_integer()]
        numbers += [int(text) for cell in cells if isinstance(cell, str) for text in NUMBER_OF_ROWS.findall(cell)]
        number = numbers[0] if len(numbers) == 1 else None
    return raw[~totals], number, [int(row) for row in raw.index[totals]]


def _without_notes(raw: pd.DataFrame, header: Header, sheet: Sheet) -> tuple[pd.DataFrame, list[int]]:
    """Rows without notes such as «Исполнитель: …, тел. …», and their numbers.

    A note is a text of several words that stands alone among the registry's columns; a code alone is a row to be mended.
    """
    required = [header.columns[column.id] for column in sheet.columns if column.required]
    if len(required) < FEWEST_FOR_NOTES:
        return raw, []
    # Only a row that lacks one of two required cells is looked at closely: there are hundreds of thousands of rows.
    first, second = (raw[at].map(_blank).astype(bool) for at in required[:2])
    suspects = raw.loc[first | second, list(header.columns.values())]
    notes = [int(row) for row, *cells in suspects.itertuples(name=None) if _is_note(cells)]
    return raw.drop(index=notes), notes


def _is_note(cells: list[object]) -> bool:
    filled = [cell for cell in cells if not _blank(cell)]
    text = squeezed(filled[0]) if len(filled) == 1 and isinstance(filled[0], str) else ""
    return " " in text and WORD_OF_NOTE.search(text) is not None


def _cell_findings(read: ReadColumn, cells: pd.Series, sheet: Sheet, column: str) -> list[Finding]:
    """One finding per rule that cells of a column break, with the values that stand there."""
    findings = []
    for rule, notes in read.notes.groupby(read.notes, sort=False):
        values = [f"«{_shown(cell)}»" for cell in pd.unique(cells[notes.index]) if cell != "" and not isinstance(cell, ErrorCell)]
        listed = _listed(values)
        # Whatever stands in a cell may be a name: a row shifted by one cell is enough.
        findings.append(Finding(str(rule), sheet.id, column, tuple(int(row) for row in notes.index), listed))
    return findings


def _shown(cell: object) -> str:
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _listed(values: Iterable[str]) -> str:
    """The first few values and how many more there are: «а», «б» и ещё 3."""
    values = list(values)
    more = f" и ещё {wording.number(len(values) - SHOWN_VALUES)}" if len(values) > SHOWN_VALUES else ""
    return ", ".join(values[:SHOWN_VALUES]) + more


def _about(one: SheetCells) -> dict[str, object]:
    """The pairs of the first sheet: name → value."""
    pairs = [row for row in one.cells[:ABOUT_ROWS] if len(row) > 1 and isinstance(row[0], str) and row[0].strip()]
    return {squeezed(str(row[0])): row[1] for row in pairs}


def _plain(value: object) -> object:
    return squeezed(value) if isinstance(value, str) else value


def _text(value: object) -> str | None:
    return (squeezed(value) or None) if isinstance(value, str) else None


def _day(value: object) -> date | None:
    plain = _plain(value)
    day, _ = read_date(plain)
    if day is None and isinstance(plain, str):
        day, _ = read_date_within(plain)
    return day.date() if isinstance(day, pd.Timestamp) else None


def _control(about: dict[str, object], schema: RegistrySchema) -> dict[str, int]:
    """Registry → number of rows that the sender wrote on the first sheet."""
    ids = {plain_word(sheet.title): sheet.id for sheet in schema.sheets}
    found = {match[1]: value for name, value in about.items() if (match := CONTROL.fullmatch(name)) and value != ""}
    numbers = {plain_word(name): read_number(_plain(value), whole=True)[0] for name, value in found.items()}
    return {ids[word]: int(number) for word, number in numbers.items() if word in ids and isinstance(number, float)}
