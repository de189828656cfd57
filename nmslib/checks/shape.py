"""The workbook as a whole: the version of the form, the day of the data, sheets that are not there, totals that do not agree."""

from collections.abc import Iterator

from nmslib import wording
from nmslib.checks.context import Context
from nmslib.model import Finding, RegistrySchema
from nmslib.registries import Book

ROWS = ("строка", "строки", "строк")


def of_file(book: Book, context: Context) -> Iterator[Finding]:
    """What the first sheet says of the form and of the day of the data; a file that was not opened has its reason already."""
    if book.refused:
        return
    if book.version != context.schema.version:
        said = f"действует «{context.schema.version}»"
        stands = f"стоит «{book.version}»" if book.version else "не указана"
        yield Finding("other_version", details=f"{stands}, {said}", said=said)
    if book.data_on is None:
        yield Finding("data_day_missing")
    if book.data_on and book.data_on > context.today:
        said = f"стоит {wording.day(book.data_on)}, проверено {wording.day(context.today)}"
        yield Finding("future_data_day", details=said, said=said)
    if book.data_on and context.previous_day and book.data_on < context.previous_day:
        said = f"данные на {wording.day(book.data_on)}, приняты на {wording.day(context.previous_day)}"
        yield Finding("older_data", details=said, said=said)


def of_sheets(book: Book, form: RegistrySchema, context: Context) -> Iterator[Finding]:
    """Sheets of the form that are not there, and numbers of rows that the sender gives against the rows that are there."""
    if book.refused:
        return
    told = {finding.registry for finding in book.findings if finding.rule in ("empty_sheet", "missing_column")}
    for sheet in form.sheets:
        if sheet.id not in book.sheets and sheet.id not in told:
            before = context.previous.get(sheet.id)
            said = f"раньше было принято: {wording.counted(len(before), ROWS)}" if before is not None else ""
            yield Finding("missing_sheet", sheet.id, details=said, said=said)
    for registry, read in book.sheets.items():
        counts = {"в строке итога": read.total, "в контрольных числах": book.control.get(registry)}
        for where, count in counts.items():
            if count is not None and count != len(read.frame):
                said = f"{where} {wording.number(count)}, на листе {wording.counted(len(read.frame), ROWS)}"
                yield Finding("other_total", registry, details=said, said=said)
