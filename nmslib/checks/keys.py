"""Keys and references: rows that stand twice, codes that lead nowhere."""

from collections.abc import Iterator

import pandas as pd

from nmslib.checks.context import Context, Frames, about_rows, some
from nmslib.model import Finding, Sheet
from nmslib.registries import Book


def check(frames: Frames, book: Book, context: Context) -> Iterator[Finding]:
    """Repeated rows and keys, unknown codes and measures; rows without a key are told by the reader already."""
    for sheet in context.schema.sheets:
        if sheet.id in frames:
            yield from _repeated(frames[sheet.id], sheet)
            yield from _unknown_codes(frames, sheet, context)
    if context.measures and "execution" in frames:
        rows = frames["execution"]
        lost = rows[rows["measure"].notna() & ~rows["measure"].isin(context.measures)]
        yield from about_rows("unknown_measure", "execution", "measure", lost["excel_row"], _codes(lost["measure"]))


def _repeated(frame: pd.DataFrame, sheet: Sheet) -> Iterator[Finding]:
    """Rows after the first with the same key: copies of the whole row apart from those that differ in something."""
    needed = [column.id for column in sheet.columns if column.key and column.required]
    keyed = frame.dropna(subset=needed)
    again = keyed[keyed.duplicated(sheet.key)]
    if again.empty:
        return
    first = keyed.drop_duplicates(sheet.key)[[*sheet.key, "excel_row"]]
    pairs = again.merge(first, on=sheet.key, suffixes=("", "_first"))
    whole = keyed.duplicated([column.id for column in sheet.columns])
    for rule, same in (("repeated_row", True), ("repeated_key", False)):
        chosen = pairs[pairs["excel_row"].isin(keyed.loc[whole, "excel_row"]) == same]
        rows = zip(chosen["excel_row"], chosen["excel_row_first"], strict=True)
        told = some(f"строка {row} повторяет {first}" for row, first in rows)
        yield from about_rows(rule, sheet.id, None, chosen["excel_row"], told, told)


def _unknown_codes(frames: Frames, sheet: Sheet, context: Context) -> Iterator[Finding]:
    """Codes that the sheet they refer to does not have; nothing is said when that sheet was not sent."""
    for column in sheet.columns:
        if not column.refers_to:
            continue
        other, key = column.refers_to.split(".")
        if other not in frames:
            continue
        codes = frames[sheet.id][column.id]
        lost = frames[sheet.id][codes.notna() & ~codes.isin(frames[other][key])]
        rule = "unknown_code" if column.required else "unknown_optional_code"
        said = f"нет на листе «{context.schema.sheet(other).title}»"
        yield from about_rows(rule, sheet.id, column.id, lost["excel_row"], f"{_codes(lost[column.id])}: {said}", said)


def _codes(codes: pd.Series) -> str:
    return some(f"«{code}»" for code in pd.unique(codes))
