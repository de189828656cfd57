"""The bench on which defects are planted: an open workbook, the rows still free, where something was planted. Knows no rule."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice
from pathlib import Path
from random import Random
from shutil import copyfile

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from nmslib.model import RegistrySchema
from nmslib.problems import UserError
from nmslib.registries.writing import ABOUT_SHEET

Value = str | int | float | datetime | None
DATE_FORMAT = "dd.mm.yyyy"


@dataclass(frozen=True)
class Planted:
    """Where a check must report a defect: titles as in the schema, Excel rows as they stand in the planted file.

    ``kind`` with a plus at the end: what unavoidably follows from the defect. ``rule`` is empty where nothing must be reported.
    """

    kind: str
    rule: str
    sheet: str | None
    column: str | None
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Row:
    """One row of a sheet; its cells by column id."""

    cells: Worksheet
    columns: Mapping[str, int]
    number: int

    def __getitem__(self, column: str) -> Value:
        return self.cells.cell(self.number, self.columns[column]).value

    def __setitem__(self, column: str, value: Value) -> None:
        cell = self.cells.cell(self.number, self.columns[column])
        cell.value = value
        if isinstance(value, datetime):
            cell.number_format = DATE_FORMAT

    def day(self, column: str) -> datetime | None:
        """The date in a cell; None when it holds none."""
        value = self[column]
        return value if isinstance(value, datetime) else None

    def text(self, column: str) -> str:
        """The text in a cell; empty when it holds none."""
        return str(self[column] or "")


class Bench:
    """One workbook while defects are planted in it.

    ``steps`` work on the saved file, in order; ``target`` is the name under which it appears. Opened on first use.
    """

    def __init__(self, path: Path, schema: RegistrySchema):
        self.path = self.target = path
        self.schema = schema
        self.random = Random(0)
        self.kind = self.rule = ""
        self.planted: list[Planted] = []
        self.steps: list[Callable[[Path], None]] = []
        self._taken: dict[str, set[int]] = {}
        self._taken_people: set[str] = set()
        self._given: set[str] = set()
        self._last: dict[str, int] = {}

    @cached_property
    def book(self) -> Workbook:
        """The open workbook."""
        return openpyxl.load_workbook(self.path)

    @cached_property
    def _headers(self) -> dict[str, dict[str, int]]:
        headers = {}
        for sheet in self.schema.sheets:
            if sheet.title in self.book.sheetnames:
                titles = {cell.value: cell.column for cell in self.book[sheet.title][1]}
                headers[sheet.id] = {column.id: titles[column.title] for column in sheet.columns if column.title in titles}
        return headers

    @cached_property
    def _mentions(self) -> dict[str, set[tuple[str, int]]]:
        found: dict[str, set[tuple[str, int]]] = {}
        for registry in self._headers:
            for row in self.all_rows(registry) if registry != "staff" else ():
                for code in self._people(registry, row):
                    found.setdefault(code, set()).add((registry, row.number))
        return found

    def start(self, kind: str, rule: str, seed: int) -> None:
        """Turns to the next defect; what is drawn for it does not depend on the others."""
        self.kind, self.rule = kind, rule
        self.random = Random(f"{seed}/{self.path.stem}/{kind}")

    def note(self, registry: str | None, column: str | None, rows: Iterable[Row | int] = (), follows: str | None = None) -> None:
        """Writes down where the defect stands; ``follows`` is a second rule that must report the same thing."""
        sheet = self.schema.sheet(registry) if registry else None
        numbers = tuple(sorted({row.number if isinstance(row, Row) else row for row in rows}))
        title = sheet.column(column).title if sheet and column else None
        kind, rule = (f"{self.kind}+", follows) if follows else (self.kind, self.rule)
        self.planted.append(Planted(kind, rule, sheet.title if sheet else None, title, numbers))

    def refuse(self, why: str) -> UserError:
        """What to raise when the defect has no place in this workbook."""
        return UserError(f"{self.path.name}: дефект «{self.kind}» не внесён: {why}")

    def sheet(self, registry: str) -> Worksheet:
        """The sheet of a registry; UserError when the workbook has none."""
        title = self.schema.sheet(registry).title
        if title not in self.book.sheetnames:
            raise self.refuse(f"нет листа «{title}»")
        return self.book[title]

    def columns(self, registry: str) -> dict[str, int]:
        """Column id → number of the column in the sheet."""
        self.sheet(registry)
        return self._headers[registry]

    def word(self, registry: str, column: str, value: str) -> str:
        """The word that stands in the workbook for a stored value of a choice."""
        return (self.schema.sheet(registry).column(column).choices or {})[value]

    def row(self, registry: str, number: int) -> Row:
        """The row with this Excel number."""
        return Row(self.sheet(registry), self.columns(registry), number)

    def all_rows(self, registry: str) -> list[Row]:
        """Every row of data below the header."""
        rows = [self.row(registry, number) for number in range(2, self.sheet(registry).max_row + 1)]
        return [row for row in rows if any(row[column] is not None for column in row.columns)]

    def rows(self, registry: str) -> list[Row]:
        """Rows of data that no other defect has taken, nor a person in them."""
        taken = self._taken.get(registry, set())
        free = [row for row in self.all_rows(registry) if row.number not in taken]
        return [row for row in free if not self._taken_people & self._people(registry, row)] if self._taken_people else free

    def pick(
        self, registry: str, count: int = 1, test: Callable[[Row], bool] = lambda row: True, newest: str | None = None
    ) -> list[Row]:
        """Up to ``count`` free rows that pass the test, now taken; UserError when there is none.

        ``newest``: a date column; the latest rows then come first, so that no row accepted long ago seems to vanish.
        """
        free = self.rows(registry)
        chosen: list[Row] = []
        drawn = self.random.sample(free, len(free))
        if newest:
            drawn.sort(key=lambda row: row.day(newest) or datetime.min, reverse=True)
        for row in drawn:
            if len(chosen) < count and test(row):
                chosen.append(row)
                self.take(registry, row)
        if not chosen:
            raise self.refuse(f"на листе «{self.schema.sheet(registry).title}» нет подходящей строки")
        return sorted(chosen, key=lambda row: row.number)

    def one(self, registry: str, test: Callable[[Row], bool] = lambda row: True, newest: str | None = None) -> Row:
        """One free row that passes the test, now taken."""
        return self.pick(registry, 1, test, newest)[0]

    def take(self, registry: str, row: Row) -> None:
        """Keeps a row and the people in it from other defects of this workbook."""
        self._taken.setdefault(registry, set()).add(row.number)
        self._taken_people |= self._people(registry, row)

    def add(self, registry: str, like: Row, **values: Value) -> Row:
        """A new last row, like another but for these values; taken."""
        if registry not in self._last:
            self._last[registry] = self.all_rows(registry)[-1].number
        self._last[registry] += 1
        row = self.row(registry, self._last[registry])
        for column in row.columns:
            row[column] = values.get(column, like[column])
        self.take(registry, row)
        return row

    def drop(self, registry: str, rows: Iterable[Row]) -> None:
        """Removes rows; those below move up."""
        gone = {row.number for row in rows}
        kept = [row for row in self.all_rows(registry) if row.number not in gone]
        moved = {row.number: number for number, row in enumerate(kept, 2)}
        for row in kept:
            for column in row.columns if moved[row.number] != row.number else ():
                self.row(registry, moved[row.number])[column] = row[column]
        sheet = self.sheet(registry)
        sheet.delete_rows(len(kept) + 2, sheet.max_row)
        self._renumber(registry, moved)

    def insert(self, registry: str, at: int, count: int = 1) -> Worksheet:
        """Empty rows before row ``at``; gives the sheet. Rows can no longer be picked there: the header may have moved."""
        sheet = self.sheet(registry)
        moved = {number: number + count if number >= at else number for number in range(1, sheet.max_row + 1)}
        sheet.auto_filter.ref = None
        sheet.insert_rows(at, count)
        self._renumber(registry, moved)
        return sheet

    def _renumber(self, registry: str, moved: Mapping[int, int]) -> None:
        title = self.schema.sheet(registry).title
        self._taken[registry] = {moved[number] for number in self._taken.get(registry, set()) if number in moved}
        self.planted = [
            replace(one, rows=tuple(moved[number] for number in one.rows if number in moved)) if one.sheet == title else one
            for one in self.planted
        ]
        self._last.pop(registry, None)
        self.__dict__.pop("_mentions", None)

    def _people(self, registry: str, row: Row) -> set[str]:
        columns = self.schema.sheet(registry).columns
        own = [one.id for one in columns if one.refers_to == "staff.person" or (registry == "staff" and one.id == "person")]
        return {row.text(column) for column in own if column in row.columns} - {""}

    def jobs(self, person: str) -> list[Row]:
        """Rows of a person among the staff."""
        return [row for row in self.all_rows("staff") if row["person"] == person]

    def mentions(self, person: str, *registries: str) -> set[tuple[str, int]]:
        """Rows outside the staff that name a person, in these registries or all."""
        return {where for where in self._mentions.get(person, set()) if not registries or where[0] in registries}

    def works_alone(self, row: Row) -> bool:
        """Whether a row of the staff is the person's only one, at the main place, still employed, and named nowhere else."""
        main = row["employment"] == self.word("staff", "employment", "main") and row.day("hired_on") and row["left_on"] is None
        return bool(main) and not self.mentions(row.text("person")) and len(self.jobs(row.text("person"))) == 1

    def add_for_somebody(self, registry: str, column: str, **values: Value) -> Row:
        """A new row about a person named nowhere else, who worked on the day in ``column``; like another row of the sheet."""
        people = [row for row in self.rows("staff") if self.works_alone(row)]
        for like in self.rows(registry):
            day = like.day(column)
            able = [row for row in people if day is not None and (row.day("hired_on") or self.data_day) <= day <= self.data_day]
            if able:
                chosen = self.random.choice(able)
                self.take("staff", chosen)
                return self.add(registry, like, **{"person": chosen["person"], **values})
        raise self.refuse("нет работника, о котором больше ничего не внесено")

    def fresh_codes(self, registry: str, column: str, count: int) -> list[str]:
        """Codes of the same make that nobody has."""
        codes = [row.text(column) for row in self.all_rows(registry)]
        prefix = codes[0].rstrip("0123456789")
        width = len(codes[0]) - len(prefix)
        possible = (f"{prefix}{number:0{width}d}" for number in range(10**width - 1, 0, -1))
        taken = {*codes, *self._given}
        fresh = list(islice((code for code in possible if code not in taken), count))
        self._given |= set(fresh)
        return fresh

    def fresh_code(self, registry: str, column: str) -> str:
        """A code of the same make that nobody has."""
        return self.fresh_codes(registry, column, 1)[0]

    def about(self, name: str) -> Row:
        """The pair with this name on the sheet «О файле»: columns ``name`` and ``value``."""
        sheet = self.book[ABOUT_SHEET]
        for number in range(1, sheet.max_row + 1):
            if sheet.cell(number, 1).value == name:
                return Row(sheet, {"name": 1, "value": 2}, number)
        raise self.refuse(f"на листе «{ABOUT_SHEET}» нет «{name}»")

    def about_or_new(self, name: str) -> Row:
        """The pair with this name on the sheet «О файле», added below when it is not there."""
        sheet = self.book[ABOUT_SHEET]
        if all(cell.value != name for cell in sheet["A"]):
            sheet.cell(sheet.max_row + 1, 1).value = name
        return self.about(name)

    @cached_property
    def data_day(self) -> datetime:
        """The day that the data are for, as the first sheet says."""
        value = self.about("Данные на")["value"]
        return value if isinstance(value, datetime) else datetime.strptime(str(value), "%d.%m.%Y")

    def ago(self, days: int) -> datetime:
        """A day before that of the data."""
        return self.data_day - timedelta(days=days)

    def save(self, draft: Path) -> None:
        """Writes the workbook, then carries out the steps that work on the file itself."""
        if "book" in self.__dict__:
            self.book.save(draft)
        else:
            copyfile(self.path, draft)
        for step in self.steps:
            step(draft)
