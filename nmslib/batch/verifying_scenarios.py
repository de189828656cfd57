"""scenario.xlsx read again and held against the months of its scenario: whose it is, how plans end, every month, the cost."""

from collections.abc import Mapping
from math import isclose
from pathlib import Path
from typing import Any

import pandas as pd

from nmslib import documents
from nmslib.batch.comparing import Reader
from nmslib.documents.scenario.reading import BASE, SCENARIO, Key, Numbers
from nmslib.model import Card
from nmslib.projection import Projection

# In the file a percentage is a part of one.
IN_UNIT = ("value", "lower", "upper", "target")
TOLERANCE = 1e-9
COST: Key = ("затраты",)


def verify_scenario(path: Path, shown: Projection) -> int:
    """How many numbers of a finished scenario.xlsx agree with ``shown``; Mismatch with all that do not.

    Draws (bands, probabilities) are not repeated.
    """
    told, reader = documents.scenario_told(path), Reader({}, shown.cards)
    reader.whose(path.name, told.place, shown.now.place.name)
    reader.whose(path.name, told.title, shown.scenario.title)
    reader.whose(path.name, told.identifier, f"{shown.scenario.system}/{shown.place}/{shown.scenario.name}")
    _hold(reader, path.name, told.endings, _endings(shown))
    _hold(reader, path.name, told.months, _months(shown))
    spent: Numbers = {"сценарий": shown.outcome.cost(shown.whole), "база": shown.before.cost(shown.whole)}
    _hold(reader, path.name, {("затраты",): dict(zip(spent, told.spent, strict=True))}, {("затраты",): spent})
    return reader.ended()


def _hold(reader: Reader, file: str, said: Mapping[Key, Numbers], wanted: Mapping[Key, Numbers]) -> None:
    """Every number of every row."""
    for key, numbers in wanted.items():
        row = ", ".join(key)
        if key not in said:
            reader.differences.append(f"{file}: нет строки «{row}»")
            continue
        for column, number in numbers.items():
            found = said[key].get(column)
            if not _same(found, number):
                reader.differences.append(f"{file}: «{row}», «{column}»: {_shown(found)}, в расчёте {_shown(number)}")
            reader.checked += 1
    reader.differences += [f"{file}: строки «{', '.join(key)}» нет в расчёте" for key in said if key not in wanted]


def _endings(shown: Projection) -> dict[Key, Numbers]:
    rows = shown.endings.rename(columns={"missing": "people_missing"}).to_dict("records")
    return {
        (shown.cards[row["indicator"]].short_name, f"{row['due_on']:%Y-%m-%d}"): _numbers(row, shown.cards[row["indicator"]])
        for row in rows
    }


def _months(shown: Projection) -> dict[Key, Numbers]:
    table = shown.outcome.table().rename(columns={"missing": "people_missing"})
    mine = table["indicator"].isin(shown.shown)
    if len(shown.ground.municipalities) == 1:
        mine &= table["municipality"] == shown.whole
    before = shown.before.table()[["numerator", "value"]].add_suffix("_before")
    found: dict[Key, Numbers] = {}
    for row in table.join(before)[mine].to_dict("records"):
        card = shown.cards[row["indicator"]]
        found[shown.now.names[row["municipality"]], card.short_name, f"{row['month']:%Y-%m-%d}"] = _numbers(row, card)
    return found


def _numbers(row: Mapping[Any, Any], card: Card) -> Numbers:
    """What each column that the row has must say."""
    columns = {column: (name, row[name]) for column, name in SCENARIO.items()}
    columns |= {column: (name, row[f"{name}_before"]) for column, name in BASE.items() if f"{name}_before" in row}
    whole = 100 if card.unit == "percent" else 1
    return {
        column: None if pd.isna(value) else float(value) / (whole if name in IN_UNIT else 1)
        for column, (name, value) in columns.items()
    }


def _same(found: float | None, wanted: float | None) -> bool:
    if found is None or wanted is None:
        return found is None and wanted is None
    return isclose(found, wanted, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def _shown(value: float | None) -> str:
    return "нет" if value is None else f"{value:.12g}".replace(".", ",")
