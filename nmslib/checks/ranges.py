"""Numbers within the bounds of the schema; pandera is the judge."""

from collections.abc import Iterator

import pandera.pandas as pa
from pandera.errors import SchemaErrors

from nmslib import wording
from nmslib.checks.context import Context, Frames, about_rows
from nmslib.model import Column, Finding, Sheet
from nmslib.registries import Book


def _bounded(sheet: Sheet) -> dict[str, Column]:
    return {column.id: column for column in sheet.columns if column.low is not None and column.high is not None}


def _judge(columns: dict[str, Column]) -> pa.DataFrameSchema:
    within = {name: pa.Check.in_range(column.low, column.high) for name, column in columns.items()}
    return pa.DataFrameSchema({name: pa.Column(float, check, nullable=True) for name, check in within.items()})


def check(frames: Frames, book: Book, context: Context) -> Iterator[Finding]:
    """Numbers outside [low, high] of their column, one finding per column."""
    for sheet in context.schema.sheets:
        columns = _bounded(sheet)
        if not columns or sheet.id not in frames:
            continue
        frame = frames[sheet.id]
        try:
            _judge(columns).validate(frame, lazy=True)
        except SchemaErrors as errors:
            for name, cases in errors.failure_cases.groupby("column", sort=False):
                column = columns[str(name)]
                values = ", ".join(f"«{wording.plan(value, '')}»" for value in cases["failure_case"].unique()[:3])
                said = f"можно от {wording.plan(column.low or 0, '')} до {wording.plan(column.high or 0, '')}"
                rows = frame.loc[cases["index"].astype(int), "excel_row"]
                yield from about_rows("out_of_range", sheet.id, str(name), rows, f"стоит {values}; {said}", said)
