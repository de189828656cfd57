"""CSV and YAML files into validated facts, each with its row; knows nothing of how tables refer to each other."""

import csv
import io
from dataclasses import MISSING, fields
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_origin, get_type_hints

import yaml
from pydantic import TypeAdapter, ValidationError

from nmslib import model
from nmslib.problems import DataProblem

Kind = TypeVar("Kind", bound=model.Fact)

# The same safe loader, compiled: the cards alone take a tenth of a second without it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
WANTED = {
    "int_parsing": "нужно целое число",
    "int_type": "нужно целое число",
    "float_parsing": "нужно число с десятичной точкой",
    "float_type": "нужно число с десятичной точкой",
    "bool_parsing": "нужно yes или no",
    "bool_type": "нужно yes или no",
    "date_from_datetime_parsing": "нужна дата ГГГГ-ММ-ДД",
    "date_parsing": "нужна дата ГГГГ-ММ-ДД",
    "date_from_datetime_inexact": "нужна дата ГГГГ-ММ-ДД",
    "date_type": "нужна дата ГГГГ-ММ-ДД",
    "missing": "нет обязательного ключа",
    "unexpected_keyword_argument": "неизвестный ключ",
    "string_type": "нужен текст в кавычках",
    "tuple_type": "нужен список",
    "dataclass_type": "нужен раздел с ключами",
    "dict_type": "нужен раздел с ключами",
}


class Row(NamedTuple):
    """A fact with the row of its file as Excel numbers it (header is row 1)."""

    number: int
    fact: Any


@cache
def _adapter(kind: type[model.Fact]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _wanted(error: Any) -> str:
    if error["input"] is None:
        return "пусто; " + ("нужен пункт документа" if error["loc"][-1] == "clause" else "нужно заполнить")
    if error["type"] == "literal_error":
        return "нужно одно из: " + error["ctx"]["expected"].replace(" or ", ", ").replace("'", "")
    return WANTED.get(error["type"], "значение не подходит")


def validated(kind: type[Kind], values: dict[str, Any], file: str, place: str) -> tuple[Kind | None, list[DataProblem]]:
    """The object made of ``values``, or None with every reason why it cannot be made."""
    try:
        return _adapter(kind).validate_python(values), []  # type: ignore[arg-type]
    except ValidationError as error:
        problems = []
        for item in error.errors():
            where = place.format(".".join(str(part) for part in item["loc"]))
            found = "" if isinstance(item["input"], dict) or item["input"] is None else str(item["input"])
            problems.append(DataProblem(file, where, found, _wanted(item)))
        return None, problems


def _cells(path: Path, file: str) -> tuple[list[list[str]], list[DataProblem]]:
    """Rows of a UTF-8 CSV file as lists of cells; what Excel or another encoding spoilt becomes a problem."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return [], [DataProblem(file, "", "", "файла нет; если в документе такого нет, нужен файл с одной строкой заголовков")]
    except UnicodeDecodeError:
        return [], [DataProblem(file, "", "", "файл не в кодировке UTF-8; сохраните как «CSV UTF-8»")]
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if rows and len(rows[0]) == 1 and ";" in rows[0][0]:
        return [], [DataProblem(file, "строка 1", rows[0][0], "столбцы разделены точкой с запятой; нужна запятая")]
    return rows, []


def read_table(path: Path, kind: type[Kind]) -> tuple[list[Row], list[DataProblem]]:
    """Facts of one CSV file with their row numbers, and everything that is wrong with the file.

    Columns are the fields of ``kind`` (those with a default may be absent); cells of tuple fields are split at «;»; an empty
    cell is None.
    """
    file = f"{path.parent.name}/{path.name}"
    cells, problems = _cells(path, file)
    if problems:
        return [], problems
    known = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    header = [name.strip() for name in cells[0]] if cells else []
    problems += [DataProblem(file, "строка 1", name, "неизвестный столбец") for name in header if name not in known]
    needed = [field.name for field in fields(kind) if field.default is MISSING]  # type: ignore[arg-type]
    problems += [DataProblem(file, "строка 1", "", f"нет столбца «{name}»") for name in needed if name not in header]
    if problems:
        return [], problems
    lists = {name for name, hint in get_type_hints(kind).items() if get_origin(hint) is tuple}
    rows = []
    for number, row in enumerate(cells[1:], 2):
        if len(row) != len(header):
            wanted = f"в строке ячеек: {len(row)}, а столбцов: {len(header)}; текст с запятой берут в кавычки"
            problems.append(DataProblem(file, f"строка {number}", "", wanted))
            continue
        values: dict[str, Any] = {}
        for name, cell in zip(header, row, strict=True):
            text = " ".join(cell.split())
            values[name] = tuple(part.strip() for part in text.split(";") if part.strip()) if name in lists else text or None
        fact, found = validated(kind, values, file, f"строка {number}, столбец «{{}}»")
        problems += found
        if fact is not None:
            rows.append(Row(number, fact))
    return rows, problems


def read_yaml(path: Path, file: str) -> tuple[Any, list[DataProblem]]:
    """The content of a YAML file, or why it cannot be read."""
    try:
        return yaml.load(path.read_text(encoding="utf-8-sig"), Loader=LOADER), []
    except FileNotFoundError:
        return None, [DataProblem(file, "", "", "файла нет")]
    except UnicodeDecodeError:
        return None, [DataProblem(file, "", "", "файл не в кодировке UTF-8")]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"строка {mark.line + 1}, столбец {mark.column + 1}" if mark else ""
        return None, [DataProblem(file, place, "", "файл не читается как YAML")]


def with_lists_as_tuples(value: Any) -> Any:
    """The value with every list as a tuple, so that frozen objects hold nothing that can change."""
    if isinstance(value, dict):
        return {key: with_lists_as_tuples(item) for key, item in value.items()}
    return tuple(with_lists_as_tuples(item) for item in value) if isinstance(value, list) else value
