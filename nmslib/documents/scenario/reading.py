"""What a finished scenario.xlsx says, read back from its file: whose it is, how plans end, every month, what it costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import BadZipFile

from python_calamine import CalamineError

from nmslib.documents.annex.reading import identifier_of, number_of, rows_of
from nmslib.problems import UserError

ENDINGS, MONTHS, COST, ABOUT = "Итог", "По месяцам", "Затраты", "Сценарий"
INDICATOR, DUE, PLACE, MONTH, UNIT = "Показатель", "Срок", "Муниципалитет", "Конец месяца", "Единица"
TITLE, PLACE_NAME = "Название", "Территория"
SPENT, SPENT_BEFORE = "Сценарий, тыс. руб.", "База, тыс. руб."
# Column of a sheet → the number of the table that it shows.
SCENARIO = {
    "План": "target",
    "Сценарий: числитель": "numerator",
    "Сценарий: знаменатель": "denominator",
    "Сценарий": "value",
    "Граница снизу": "lower",
    "Граница сверху": "upper",
    "Не хватает": "people_missing",
}
BASE = {"База: числитель": "numerator", "База: знаменатель": "denominator", "База": "value"}
Key = tuple[str, ...]
Numbers = dict[str, float | None]


@dataclass(frozen=True)
class ScenarioTold:
    """What scenario.xlsx says; cells of percentages are parts of one, as Excel holds them.

    ``endings``: (indicator's short name, due day) → column → number; ``months``: (municipality's name, indicator, end of the
    month) → column → number; ``spent``: thousand roubles of all months, under the scenario and its base.
    """

    place: str
    identifier: str
    title: str
    endings: dict[Key, Numbers]
    months: dict[Key, Numbers]
    spent: tuple[float, float]


def scenario_told(path: Path) -> ScenarioTold:
    """What a finished workbook of a scenario says; UserError when the file is no such workbook."""
    try:
        about = {str(row[0]): str(row[1]) for row in rows_of(path, ABOUT) if len(row) > 1}
        cost = _table(path, COST, SPENT)
        return ScenarioTold(
            place=about[PLACE_NAME],
            identifier=identifier_of(path),
            title=about[TITLE],
            endings={_key(row, INDICATOR, DUE): _numbers(row) for row in _table(path, ENDINGS, DUE)},
            months={_key(row, PLACE, INDICATOR, MONTH): _numbers(row) for row in _table(path, MONTHS, MONTH)},
            spent=(_sum(cost, SPENT), _sum(cost, SPENT_BEFORE)),
        )
    except (OSError, BadZipFile, KeyError, CalamineError, ElementTree.ParseError) as error:
        raise UserError(f"{path.name}: это не книга сценария, созданная тетрадью ({error})") from error


def _table(path: Path, sheet: str, column: str) -> list[dict[str, Any]]:
    """Rows under the header that has this column, without empty ones."""
    rows = rows_of(path, sheet)
    head = next((number for number, row in enumerate(rows) if column in row), None)
    if head is None:
        raise KeyError(column)
    return [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :] if row[0] != ""]


def _key(row: Mapping[str, Any], *columns: str) -> Key:
    return tuple(value.isoformat()[:10] if isinstance(value := row[name], date) else str(value) for name in columns)


def _numbers(row: Mapping[str, Any]) -> Numbers:
    return {name: number_of(row[name]) for name in (*SCENARIO, *BASE) if name in row}


def _sum(rows: list[dict[str, Any]], column: str) -> float:
    return sum(number_of(row[column]) or 0.0 for row in rows)
