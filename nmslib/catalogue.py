"""Loads the law into the model: facts of systems, indicator cards, municipalities. Knows CSV and YAML, nothing of registries."""

import csv
import difflib
import io
from dataclasses import MISSING, fields
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_origin, get_type_hints

import yaml
from pydantic import TypeAdapter, ValidationError

from nmslib import model
from nmslib.paths import Project
from nmslib.problems import DataProblem, DataProblems, UserError

Kind = TypeVar("Kind", bound=model.Fact)

TABLES: dict[str, type[model.Fact]] = {
    "subjects": model.Subject,
    "functions": model.Function,
    "measures": model.Measure,
    "events": model.Event,
    "indicators": model.Indicator,
    "targets": model.Target,
    "registries": model.MandatedRegistry,
    "interactions": model.Interaction,
    "tasks": model.Task,
    "concepts": model.Concept,
    "basis": model.Basis,
    "oddities": model.Oddity,
}
FEDERAL = "federal"
UNIQUE = {
    "subjects": ("id",),
    "functions": ("subject", "n"),
    "measures": ("code",),
    "events": ("code",),
    "indicators": ("indicator",),
    "targets": ("applies_to", "counted", "comparator", "unit", "period"),
    "registries": ("registry", "name"),
    "tasks": ("n",),
    "concepts": ("term",),
}
WANTED = {
    "int_parsing": "нужно целое число",
    "int_type": "нужно целое число",
    "float_parsing": "нужно число с десятичной точкой",
    "float_type": "нужно число с десятичной точкой",
    "bool_parsing": "нужно yes или no",
    "bool_type": "нужно yes или no",
    "date_from_datetime_parsing": "нужна дата ГГГГ-ММ-ДД",
    "date_parsing": "нужна дата ГГГГ-ММ-ДД",
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


def _validated(kind: type[Kind], values: dict[str, Any], file: str, place: str) -> tuple[Kind | None, list[DataProblem]]:
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
        fact, found = _validated(kind, values, file, f"строка {number}, столбец «{{}}»")
        problems += found
        if fact is not None:
            rows.append(Row(number, fact))
    return rows, problems


def _read_yaml(path: Path, file: str) -> tuple[Any, list[DataProblem]]:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8-sig")), []
    except FileNotFoundError:
        return None, [DataProblem(file, "", "", "файла нет")]
    except UnicodeDecodeError:
        return None, [DataProblem(file, "", "", "файл не в кодировке UTF-8")]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"строка {mark.line + 1}, столбец {mark.column + 1}" if mark else ""
        return None, [DataProblem(file, place, "", "файл не читается как YAML")]


def _with_lists_as_tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_lists_as_tuples(item) for key, item in value.items()}
    return tuple(_with_lists_as_tuples(item) for item in value) if isinstance(value, list) else value


def _repeated(name: str, rows: list[Row], file: str) -> list[DataProblem]:
    """A problem for each row whose key stands in an earlier row."""
    seen: dict[tuple[Any, ...], int] = {}
    problems = []
    for number, fact in rows:
        key = tuple(getattr(fact, column) for column in UNIQUE[name])
        if key in seen:
            place = f"строка {number}, столбец «{UNIQUE[name][0]}»"
            found = ", ".join(str(part) for part in key if part is not None)
            problems.append(DataProblem(file, place, found, f"уже есть в строке {seen[key]}"))
        seen.setdefault(key, number)
    return problems


def _dangling(tables: dict[str, list[Row]], cards: set[str], folder: str) -> list[DataProblem]:
    """A problem for each reference to a subject, card, indicator or measure that does not exist."""
    subjects = {row.fact.id for row in tables["subjects"]}
    aims = {row.fact.indicator for row in tables["indicators"]} | {row.fact.code for row in tables["measures"]}
    references = [
        ("functions", "subject", subjects, "нет такого участника в subjects.csv"),
        ("interactions", "source", subjects, "нет такого участника в subjects.csv"),
        ("interactions", "target", subjects, "нет такого участника в subjects.csv"),
        ("indicators", "indicator", cards, "нет такой карточки в data/indicators.yaml"),
        (
            "targets",
            "indicator",
            {row.fact.indicator for row in tables["indicators"]} | {None},
            "нет такого показателя в indicators.csv",
        ),
        ("targets", "applies_to", aims, "нет такого показателя в indicators.csv и такой меры в measures.csv"),
    ]
    return [
        DataProblem(f"{folder}/{name}.csv", f"строка {number}, столбец «{column}»", getattr(fact, column), wanted)
        for name, column, known, wanted in references
        for number, fact in tables[name]
        if getattr(fact, column) not in known
    ]


def _unknown_federal(tables: dict[str, list[Row]], project: Project, folder: str) -> list[DataProblem]:
    """A problem for each federal function («fmc.3») that the federal model does not have."""
    rows, problems = read_table(project.system(FEDERAL) / "functions.csv", model.Function)
    if problems:
        return problems
    known = {row.fact.id for row in rows}
    return [
        DataProblem(
            f"{folder}/{name}.csv", f"строка {number}, столбец «federal»", given, "нет такой функции в федеральной модели"
        )
        for name in ("functions", "measures")
        for number, fact in tables[name]
        for given in fact.federal
        if given not in known
    ]


def systems(project: Project) -> list[str]:
    """Ids of the systems that have a folder with an act, in alphabetical order."""
    return sorted(path.parent.name for path in (project.data / "systems").glob("*/act.yaml"))


def load_system(system: str, project: Project) -> model.System:
    """All facts of a system.

    Raises UserError if there is no such system (naming the nearest), DataProblems with everything wrong in its files at once.
    """
    if system not in systems(project):
        raise UserError(f"Нет системы «{system}». {suggestion(system, {name: name for name in systems(project)})}")
    folder = project.system(system)
    raw, problems = _read_yaml(folder / "act.yaml", f"{system}/act.yaml")
    act, found = (
        _validated(model.Act, _with_lists_as_tuples(raw), f"{system}/act.yaml", "ключ «{}»") if raw is not None else (None, [])
    )
    problems += found
    tables: dict[str, list[Row]] = {}
    for name, kind in TABLES.items():
        tables[name], found = read_table(folder / f"{name}.csv", kind)
        problems += found + (_repeated(name, tables[name], f"{system}/{name}.csv") if name in UNIQUE else [])
    if not problems:
        problems += _dangling(tables, set(load_cards(project)), system) + _unknown_federal(tables, project, system)
    if problems or act is None:
        raise DataProblems(problems)
    return model.System(id=system, act=act, **{name: tuple(row.fact for row in rows) for name, rows in tables.items()})


def load_all(project: Project) -> list[model.System]:
    """The federal model first, then the other systems in alphabetical order; raises as ``load_system`` does."""
    names = sorted(systems(project), key=lambda name: (name != FEDERAL, name))
    return [load_system(name, project) for name in names]


def _listed(path: Path, kind: type[Kind], what: str) -> list[Kind]:
    """Objects of a YAML list; DataProblems naming each broken item («карточка 3») and its key."""
    raw, problems = _read_yaml(path, path.name)
    items = []
    for number, values in enumerate(raw or [], 1):
        item, found = _validated(kind, _with_lists_as_tuples(values), path.name, f"{what} {number}, ключ «{{}}»")
        problems += found
        items += [item] if item is not None else []
    if problems:
        raise DataProblems(problems)
    return items


def load_cards(project: Project) -> dict[str, model.Card]:
    """The common indicator cards by id; DataProblems when the file breaks its form or an id stands twice."""
    cards: dict[str, model.Card] = {}
    for number, card in enumerate(_listed(project.cards, model.Card, "карточка"), 1):
        if card.id in cards:
            problem = DataProblem(project.cards.name, f"карточка {number}, ключ «id»", card.id, "такая карточка уже есть")
            raise DataProblems([problem])
        cards[card.id] = card
    return cards


def load_working_years(project: Project) -> list[model.WorkingYear]:
    """Years whose working days are known, each with its decree; DataProblems when the file breaks its form."""
    return _listed(project.working_days, model.WorkingYear, "год")


def load_registry_schema(project: Project) -> model.RegistrySchema:
    """Sheets and columns of a municipality's workbook; DataProblems when the file breaks its form."""
    file = project.registry_schema.name
    raw, problems = _read_yaml(project.registry_schema, file)
    schema, found = (
        _validated(model.RegistrySchema, _with_lists_as_tuples(raw), file, "ключ «{}»") if raw is not None else (None, [])
    )
    if schema is None:
        raise DataProblems(problems + found)
    return schema


def load_municipalities(project: Project) -> list[model.Municipality]:
    """Municipalities of all systems in the order of the file; DataProblems when it breaks its form."""
    rows, problems = read_table(project.municipalities, model.Municipality)
    if problems:
        raise DataProblems(problems)
    return [row.fact for row in rows]


def municipalities_of(system: str, project: Project) -> list[model.Municipality]:
    """Municipalities of one system."""
    return [place for place in load_municipalities(project) if place.system == system]


def find_municipality(system: str, municipality: str, project: Project) -> model.Municipality:
    """The municipality with this id; UserError naming the nearest ids and names when there is none."""
    known = {place.municipality: place for place in municipalities_of(system, project)}
    if municipality in known:
        return known[municipality]
    names = {place.municipality: place.name for place in known.values()}
    raise UserError(f"В системе «{system}» нет муниципалитета «{municipality}». {suggestion(municipality, names)}")


def suggestion(given: str, names: dict[str, str]) -> str:
    """«Ближайшие: …» among ids and Russian names (id → name), or the whole list when nothing is near."""
    ways = {way.lower(): key for key, name in names.items() for way in (key, name)}
    near = list(dict.fromkeys(ways[way] for way in difflib.get_close_matches(given.lower(), list(ways), n=5, cutoff=0.55)))
    shown = [key if names[key] == key else f"{key} ({names[key]})" for key in near or names]
    return ("Ближайшие: " if near else "Есть: ") + ", ".join(shown)
