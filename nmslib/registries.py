"""Reads and writes municipal workbooks by the schema; nothing above knows a Russian header. Knows no indicator."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from nmslib.model import Column, Municipality, RegistrySchema, Sheet
from nmslib.paths import Project, appearing
from nmslib.problems import DataProblem, UserError

ABOUT_SHEET = "О файле"
SYNTHETIC = "СИНТЕТИЧЕСКИЕ ДАННЫЕ"
HEADER_SEARCH_ROWS = 20
WANTED = {"date": "нужна дата ДД.ММ.ГГГГ", "integer": "нужно целое число", "number": "нужно число"}
WRITTEN_AT = datetime(2023, 1, 1)


@dataclass(frozen=True)
class Workbook:
    """One municipality's workbook as read: ``frames`` by registry id, each with ``excel_row`` (header of the sheet is above it).

    A registry that is not in the file is not in ``frames``: it is unknown, not empty.
    """

    file: str
    sha256: str | None
    synthetic: bool
    frames: dict[str, pd.DataFrame]
    problems: list[DataProblem]


@dataclass(frozen=True)
class Registries:
    """Workbooks of several municipalities put together.

    ``frames``: registry id → rows with ``municipality`` and ``excel_row`` in front. ``arrivals``: one row per municipality and
    registry (municipality, registry, title, received, rows, problems, file, sha256).
    """

    frames: dict[str, pd.DataFrame]
    arrivals: pd.DataFrame
    problems: list[DataProblem]
    synthetic: bool

    def received(self, municipality: str, registry: str) -> bool:
        """Whether this municipality sent this registry."""
        rows = self.arrivals
        return bool(rows.loc[(rows["municipality"] == municipality) & (rows["registry"] == registry), "received"].any())

    def unread(self, municipality: str, registries: Iterable[str]) -> dict[str, tuple[int, int]]:
        """Registries of a municipality with unread or missing cells: title → (problems, rows)."""
        rows = self.arrivals
        mine = rows[(rows["municipality"] == municipality) & rows["registry"].isin(list(registries)) & (rows["problems"] > 0)]
        return {row["title"]: (int(row["problems"]), int(row["rows"])) for _, row in mine.iterrows() if row["received"]}

    def of(self, registry: str, municipality: str) -> pd.DataFrame | None:
        """Rows of one municipality, or None when it did not send the registry."""
        if not self.received(municipality, registry):
            return None
        rows = self.frames[registry]
        return rows[rows["municipality"] == municipality]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read_cells(values: pd.Series, column: Column) -> pd.Series:
    """A column in its type; what cannot be read becomes missing. Text dates are day-first, always."""
    if column.type == "date":
        text = values.map(lambda cell: f"{cell:%d.%m.%Y}" if isinstance(cell, date) else str(cell), na_action="ignore")
        return pd.to_datetime(text, format="%d.%m.%Y", errors="coerce")
    if column.type in ("integer", "number"):
        read = pd.to_numeric(values.map(lambda cell: cell.replace(",", ".") if isinstance(cell, str) else cell), errors="coerce")
        return read.where(read == read.round()) if column.type == "integer" else read
    text = values.map(lambda cell: str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell), na_action="ignore")
    if column.type == "choice":
        words = {word.lower(): value for value, word in (column.choices or {}).items()}
        return text.str.lower().map(words).astype("object")
    return text.astype("object")


def _shown(cell: object) -> str:
    return f"{cell:%d.%m.%Y}" if isinstance(cell, date) else str(cell)


def _column_problems(
    raw: pd.Series, read: pd.Series, rows: pd.Series, column: Column, place: str, file: str
) -> list[DataProblem]:
    empty = raw.isna()
    wanted = WANTED.get(column.type) or "нужно одно из: " + ", ".join((column.choices or {}).values())
    bad = raw[read.isna() & ~empty]
    problems = [
        DataProblem(file, f"{place}, строка {rows[at]}, столбец «{column.title}»", _shown(cell), wanted)
        for at, cell in bad.items()
    ]
    if column.required:
        missing = [f"{place}, строка {rows[at]}, столбец «{column.title}»" for at in raw[empty].index]
        problems += [DataProblem(file, where, "", "ячейка пуста; нужно заполнить") for where in missing]
    return problems


def _clean(cell: object) -> object:
    """A cell without padding; an empty one is None; a moment of midnight is a date."""
    if isinstance(cell, str):
        return " ".join(cell.split()) or None
    return cell.date() if isinstance(cell, datetime) else cell


def _read_sheet(cells: list[list[object]], sheet: Sheet, file: str) -> tuple[pd.DataFrame | None, list[DataProblem]]:
    """The rows of a registry; None when its header is not there (the registry is then unknown)."""
    place = f"лист «{sheet.title}»"
    titles = {column.title for column in sheet.columns}
    cleaned = [[_clean(cell) for cell in row] for row in cells]
    at = max(range(min(len(cleaned), HEADER_SEARCH_ROWS)), key=lambda number: len(titles & set(cleaned[number])), default=None)
    header = cleaned[at] if at is not None else []
    missing = [column.title for column in sheet.columns if column.title not in header]
    if missing:
        return None, [DataProblem(file, place, "", f"нет столбца «{title}»") for title in missing]
    assert at is not None
    raw = pd.DataFrame(cleaned[at + 1 :], columns=range(len(header)), dtype="object")
    raw = raw.dropna(how="all")
    if raw.empty:
        return None, [DataProblem(file, place, "", "лист пуст: реестр не представлен")]
    excel_rows = pd.Series(raw.index + at + 2, index=raw.index)
    frame, problems = pd.DataFrame({"excel_row": excel_rows}), []
    for column in sheet.columns:
        values = raw[header.index(column.title)]
        frame[column.id] = _read_cells(values, column)
        problems += _column_problems(values, frame[column.id], excel_rows, column, place, file)
    return frame.reset_index(drop=True), problems


def _key_problems(frames: dict[str, pd.DataFrame], schema: RegistrySchema, file: str) -> list[DataProblem]:
    """Rows that repeat a key, and codes that the sheet they refer to does not have; one message a row."""
    problems = []
    for sheet in schema.sheets:
        frame = frames.get(sheet.id)
        if frame is None:
            continue
        place = f"лист «{sheet.title}»"
        keys = [column.id for column in sheet.columns if column.key]
        titles = ", ".join(f"«{column.title}»" for column in sheet.columns if column.key)
        repeated = frame[frame.dropna(subset=keys).duplicated(keys).reindex(frame.index, fill_value=False)]
        problems += [
            DataProblem(file, f"{place}, строка {at}", "", f"строка повторяет ключ ({titles})") for at in repeated["excel_row"]
        ]
        for column in [column for column in sheet.columns if column.refers_to]:
            other, key = str(column.refers_to).split(".")
            if other not in frames:
                continue
            lost = frame[frame[column.id].notna() & ~frame[column.id].isin(frames[other][key])]
            wanted = f"нет такого кода на листе «{schema.sheet(other).title}»"
            problems += [
                DataProblem(file, f"{place}, строка {row['excel_row']}, столбец «{column.title}»", str(row[column.id]), wanted)
                for _, row in lost.iterrows()
            ]
    return problems


def read_workbook(path: Path, schema: RegistrySchema) -> Workbook:
    """A municipality's workbook with everything wrong in it; a file that is absent or no Excel gives no registries at all."""
    if not path.exists():
        return Workbook(path.name, None, False, {}, [DataProblem(path.name, "", "", "файл не представлен")])
    sha256 = _sha256(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
    except CalamineError:
        return Workbook(
            path.name, sha256, False, {}, [DataProblem(path.name, "", "", "файл не читается как книга Excel (.xlsx)")]
        )
    frames, problems = {}, []
    for sheet in schema.sheets:
        if sheet.title not in book.sheet_names:
            problems.append(DataProblem(path.name, "", "", f"нет листа «{sheet.title}»: реестр не представлен"))
            continue
        frame, found = _read_sheet(book.get_sheet_by_name(sheet.title).to_python(skip_empty_area=False), sheet, path.name)
        problems += found
        if frame is not None:
            frames[sheet.id] = frame
    problems += _key_problems(frames, schema, path.name)
    about = book.get_sheet_by_name(ABOUT_SHEET).to_python() if ABOUT_SHEET in book.sheet_names else []
    synthetic = any(SYNTHETIC in str(cell) for row in about for cell in row)
    return Workbook(path.name, sha256, synthetic, frames, problems)


def read_system(system: str, municipalities: Iterable[Municipality], schema: RegistrySchema, project: Project) -> Registries:
    """Workbooks of these municipalities as one set of registries; a workbook that was not sent leaves its registries unknown."""
    books = {place.municipality: read_workbook(project.workbook(system, place.municipality), schema) for place in municipalities}
    arrivals = [
        {
            "municipality": municipality,
            "registry": sheet.id,
            "title": sheet.title,
            "received": sheet.id in book.frames,
            "rows": len(book.frames.get(sheet.id, ())),
            "problems": sum(f"лист «{sheet.title}»" in problem.place for problem in book.problems),
            "file": book.file,
            "sha256": book.sha256,
        }
        for municipality, book in books.items()
        for sheet in schema.sheets
    ]
    frames = {}
    for sheet in schema.sheets:
        parts = [book.frames[sheet.id].assign(municipality=name) for name, book in books.items() if sheet.id in book.frames]
        blank = pd.DataFrame(columns=["municipality", "excel_row", *(column.id for column in sheet.columns)])
        frames[sheet.id] = pd.concat(parts, ignore_index=True)[blank.columns] if parts else blank
    problems = [problem for book in books.values() for problem in book.problems]
    return Registries(frames, pd.DataFrame(arrivals), problems, any(book.synthetic for book in books.values()))


def write_workbook(path: Path, frames: Mapping[str, pd.DataFrame], about: list[tuple[str, str]], schema: RegistrySchema) -> None:
    """Writes a workbook with the sheet «О файле» in front; the same frames give the same bytes. Appears by one rename.

    ``frames``: registry id → rows with the schema's column ids; ``about``: pairs shown on the first sheet.
    Raises UserError when another file already stands there than the one written last time (its hash is kept beside it): what
    somebody filled in is never overwritten.
    """
    seal = path.with_name(f".{path.name}.sha256")
    written = seal.read_text(encoding="utf-8") if seal.exists() else None
    if path.exists() and _sha256(path) != written:
        raise UserError(f"{path.name}: файл изменён или создан не здесь; он не перезаписан. Уберите его из папки и повторите")
    path.parent.mkdir(parents=True, exist_ok=True)
    with appearing(path) as draft:
        _write_sheets(draft, frames, about, schema)
        seal.write_text(_sha256(draft), encoding="utf-8")


def _write_sheets(path: Path, frames: Mapping[str, pd.DataFrame], about: list[tuple[str, str]], schema: RegistrySchema) -> None:
    import xlsxwriter

    options = {"default_date_format": "dd.mm.yyyy", "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": about[0][1], "created": WRITTEN_AT})
        bold, mark = book.add_format({"bold": True}), book.add_format({"bold": True, "font_color": "#D55E00", "font_size": 14})
        header = book.add_format({"bold": True, "bg_color": "#E8EEF4", "text_wrap": True, "valign": "top", "border": 1})
        first = book.add_worksheet(ABOUT_SHEET)
        first.set_column(0, 0, 26)
        first.set_column(1, 1, 90)
        for number, (name, value) in enumerate(about):
            first.write_row(number, 0, [name, value], mark if value.startswith(SYNTHETIC) else bold if number == 0 else None)
        for sheet in schema.sheets:
            if sheet.id in frames:
                _write_rows(book.add_worksheet(sheet.title), frames[sheet.id], sheet, header)


def _write_rows(target: "xlsxwriter.worksheet.Worksheet", rows: pd.DataFrame, sheet: Sheet, header: object) -> None:  # type: ignore[name-defined]  # noqa: F821
    target.freeze_panes(1, 1)
    target.autofilter(0, 0, len(rows), len(sheet.columns) - 1)
    for number, column in enumerate(sheet.columns):
        values = rows[column.id].map(column.choices) if column.choices else rows[column.id]
        shown = values.astype("object").where(values.notna(), None).tolist()
        if column.type == "date":
            shown = [cell.to_pydatetime() if cell is not None else None for cell in shown]
        widest = max([len(column.title) * 0.7, *(10 if column.type == "date" else len(str(cell or "")) for cell in shown)])
        target.set_column(number, number, min(60, max(9, widest + 2)))
        target.write(0, number, column.title, header)
        target.write_column(1, number, shown)
