"""Writes workbooks by the schema: the form that a sender fills in, and synthetic registries. Reads none."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from nmslib.model import Column, RegistrySchema, Sheet
from nmslib.paths import appearing
from nmslib.problems import UserError
from nmslib.registries.form import ABOUT_SHEET, CODES_SHEET, SYNTHETIC, height, styles, validation, write_about, write_codes

__all__ = ["ABOUT_SHEET", "CODES_SHEET", "SYNTHETIC", "write_workbook"]

WRITTEN_AT = datetime(2023, 1, 1)
EXCEL_DAY_ZERO = pd.Timestamp(1899, 12, 30)
LAST_ROW, LAST_COLUMN = 1_048_575, 16_383
ALLOWED = dict.fromkeys(
    ("sort", "autofilter", "insert_rows", "delete_rows", "format_cells", "format_columns", "format_rows"), True
)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_workbook(
    path: Path,
    frames: Mapping[str, pd.DataFrame],
    about: list[tuple[str, str]],
    schema: RegistrySchema,
    codes: Mapping[str, str] | None = None,
) -> None:
    """Writes a workbook to fill in, with «О файле» in front; the same input gives the same bytes. Appears by one rename.

    ``frames``: registry id → rows with the schema's column ids; a registry of the schema that is not in it gets a sheet with
    headers only. ``about``: pairs for the first sheet; an empty value is a cell to fill in. ``codes``: ids of municipalities →
    names, for the sheet «Справочник».
    Raises UserError when another file already stands there than the one written last time (its hash is kept beside it): what
    somebody filled in is never overwritten.
    """
    seal = path.with_name(f".{path.name}.sha256")
    written = seal.read_text(encoding="utf-8") if seal.exists() else None
    if path.exists() and _sha256(path) != written:
        raise UserError(f"{path.name}: файл изменён или создан не здесь; он не перезаписан. Уберите его из папки и повторите")
    path.parent.mkdir(parents=True, exist_ok=True)
    with appearing(path) as draft:
        _write_sheets(draft, frames, about, schema, codes or {})
        seal.write_text(_sha256(draft), encoding="utf-8")


def _write_sheets(
    path: Path, frames: Mapping[str, pd.DataFrame], about: list[tuple[str, str]], schema: RegistrySchema, codes: Mapping[str, str]
) -> None:
    import xlsxwriter

    options = {"default_date_format": "dd.mm.yyyy", "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": about[0][1], "comments": f"Версия формы {schema.version}", "created": WRITTEN_AT})
        book.set_custom_property("Версия формы", schema.version)
        style = styles(book)
        write_about(_printed(book.add_worksheet(ABOUT_SHEET)), about, schema, style)
        for sheet in schema.sheets:
            target = _printed(book.add_worksheet(sheet.title))
            _write_registry(target, frames.get(sheet.id), sheet, schema, style)
        write_codes(_printed(book.add_worksheet(CODES_SHEET)), dict(about).get("Система"), codes, schema, style, book)


def _printed(target: Any) -> Any:
    """The sheet, set up for A4 across: one page wide, its name and the page number below."""
    target.set_landscape()
    target.set_paper(9)
    target.fit_to_pages(1, 0)
    target.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    target.set_footer("&L&A&RСтр. &P из &N")
    return target


def _write_registry(target: Any, rows: pd.DataFrame | None, sheet: Sheet, schema: RegistrySchema, style: dict[str, Any]) -> None:
    """A registry: locked headers, unlocked columns with what Excel asks and refuses in each."""
    last, widths = 0 if rows is None else len(rows), []
    target.freeze_panes(1, 1)
    target.autofilter(0, 0, max(last, 1), len(sheet.columns) - 1)
    target.repeat_rows(0)
    target.ignore_errors({"number_stored_as_text": f"A2:XFD{LAST_ROW + 1}"})  # codes with leading zeros are text on purpose
    for number, column in enumerate(sheet.columns):
        shown = [] if rows is None else _shown(rows[column.id], column)
        unlocked = style[{"date": "data_date", "integer": "data_number", "number": "data_number"}.get(column.type, "data_text")]
        widths.append(_width(column, shown))
        target.set_column(number, number, widths[-1], unlocked)
        target.write_string(0, number, column.title, style["required" if column.required else "optional"])
        target.write_column(1, number, shown)
        target.data_validation(1, number, LAST_ROW, number, validation(sheet, column, schema))
    target.set_row(
        0, height((column.title for column in sheet.columns), (width / 1.15 - 3 for width in widths)), style["optional"]
    )
    # Excel deletes a row of a protected sheet only when all its cells are unlocked.
    target.set_column(len(sheet.columns), LAST_COLUMN, None, style["data_number"])
    target.dim_colmax = len(sheet.columns) - 1  # else every column of Excel is walked through for every row
    target.protect("", ALLOWED)


def _shown(values: pd.Series, column: Column) -> list[object]:
    """Cells of a column as Excel stores them: words of choices, days as numbers that the column's format shows as dates."""
    if column.choices:
        values = values.map(column.choices)
    elif column.type == "date":
        values = (pd.to_datetime(values) - EXCEL_DAY_ZERO).dt.days
    return values.astype("object").where(values.notna(), None).tolist()


def _width(column: Column, shown: list[object]) -> float:
    """Width that fits the cells and, in three lines or fewer, the header with the arrow of its filter."""
    cells = 10 if column.type == "date" else max((len(str(cell)) for cell in shown if cell is not None), default=0)
    words = [*column.title.split(), *(word for word in (column.choices or {}).values() if not shown)]
    return min(60.0, max(10.0, cells + 2.0, len(column.title) * 0.6 + 3, (max(map(len, words)) + 3) * 1.15))
