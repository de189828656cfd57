"""What a finished workbook says, read back from its file: whose it is and each figure. Knows the sheets by their headers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook

from nmslib.documents.annex import figures
from nmslib.documents.annex.surroundings import PLACE, SOURCES
from nmslib.problems import UserError

SUBJECT = "{http://purl.org/dc/elements/1.1/}subject"
# Numerator, denominator and value in the unit of the table of figures (percent as 12.4), None where a cell holds no number.
Told = tuple[float | None, float | None, float | None]


@dataclass(frozen=True)
class Annex:
    """What annex.xlsx says: the place's name, «amur/tynda/2024-11-24», and its figures by id."""

    place: str
    identifier: str
    figures: dict[str, Told]


def read_annex(path: Path) -> Annex:
    """The place and the figures of a finished annex; UserError when the file is no such workbook."""
    try:
        about = {str(row[0]): str(row[1]) for row in rows_of(path, SOURCES) if len(row) > 1}
        return Annex(about[PLACE], identifier_of(path), figures_of(path, figures.SHEET))
    except (OSError, BadZipFile, KeyError, CalamineError, ElementTree.ParseError) as error:
        raise UserError(f"{path.name}: это не приложение к справке, созданное тетрадью ({error})") from error


def annex_figures(path: Path) -> dict[str, Told]:
    """Figure id → numerator, denominator, value as the annex holds them; UserError as in ``read_annex``."""
    return read_annex(path).figures


def figures_of(path: Path, sheet: str) -> dict[str, Told]:
    """The figures of one sheet that has their columns; KeyError when it has no header of them."""
    rows = rows_of(path, sheet)
    head = next((number for number, row in enumerate(rows) if figures.FIGURE in row and figures.VALUE in row), None)
    if head is None:
        raise KeyError(figures.FIGURE)
    at = {title: number for number, title in enumerate(rows[head])}
    found = {}
    for row in rows[head + 1 :]:
        if figure := str(row[at[figures.FIGURE]]):
            over, under, value = (number_of(row[at[name]]) for name in (figures.NUMERATOR, figures.DENOMINATOR, figures.VALUE))
            percent = row[at[figures.UNIT]] == figures.PERCENT
            found[figure] = (over, under, value * 100 if percent and value is not None else value)
    return found


def identifier_of(path: Path) -> str:
    """What a workbook says in its properties it is about: «amur/tynda/2024-11-24»; empty when it says nothing."""
    with ZipFile(path) as parts:
        return ElementTree.fromstring(parts.read("docProps/core.xml")).findtext(SUBJECT) or ""


def rows_of(path: Path, sheet: str) -> list[list[Any]]:
    """Cells of a sheet; KeyError when there is none."""
    book = CalamineWorkbook.from_path(str(path))
    if sheet not in book.sheet_names:
        raise KeyError(sheet)
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def number_of(cell: Any) -> float | None:
    """The number in a cell, None where it holds none."""
    return float(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else None
