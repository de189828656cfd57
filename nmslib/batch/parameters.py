"""Parameter files and what the notebooks declare: checked before papermill runs."""

from pathlib import Path
from typing import Any

import yaml

from nmslib import catalogue
from nmslib.batch.units import Unit
from nmslib.kernels import lean  # noqa: F401  before papermill
from nmslib.paths import Project
from nmslib.problems import UserError

TYPES = {
    "str": (str, "текст в кавычках"),
    "int": (int, "целое число"),
    "float": (float, "число"),
    "bool": (bool, "true или false"),
}


def check_parameters(given: dict[str, Any], known: dict[str, str], source: str) -> None:
    """UserError unless every given parameter is declared and of its type; ``known``: name → type in the notebook.

    papermill itself only warns of a misspelt name and crashes on a date without quotes.
    """
    faults = [
        f"неизвестный параметр «{name}». {catalogue.suggestion(name, {key: key for key in known})}"
        for name in given
        if name not in known
    ]
    for name, value in given.items():
        kind, wanted = TYPES.get(known.get(name, ""), (object, ""))
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool and kind is not object):
            faults.append(f"параметр «{name}»: стоит «{value}», нужен {wanted}")
    if faults:
        raise UserError("\n".join(f"{source}: {fault}" for fault in faults))


def declared_parameters(notebook: Path) -> dict[str, str]:
    """Parameters a notebook declares: name → type; UserError when it has no cell tagged «parameters»."""
    import papermill

    found = papermill.inspect_notebook(str(notebook))
    if not found:
        raise UserError(f"{notebook.name}: нет ячейки с меткой parameters")
    return {name: about["inferred_type_name"] for name, about in found.items()}


def read_parameters(path: Path, project: Project) -> dict[str, Any]:
    """Parameters of a file as papermill's ``-f`` would read them; UserError when it is absent or no mapping."""
    source = path.relative_to(project.root).as_posix()
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UserError(f"Нет файла {source}. Создайте его по образцу parameters/seversk/seversk.yaml") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{source}: файл не читается как YAML в кодировке UTF-8") from error
    if not isinstance(given, dict):
        raise UserError(f"{source}: нужны строки «имя: значение»")
    return given


def check_unit(unit: Unit, source: str) -> None:
    """UserError unless the parameters name the unit's own municipality and a date that exists."""
    named = (unit.parameters.get("system"), unit.parameters.get("municipality"))
    if named != (unit.system, unit.municipality):
        raise UserError(f"{source}: внутри указано «{named[0]}/{named[1]}», а файл лежит для «{unit.id}»")
    try:
        unit.as_of  # noqa: B018
    except (KeyError, ValueError) as error:
        raise UserError(
            f'{source}: параметр «as_of» — «{unit.parameters.get("as_of")}», нужна дата в виде "2023-12-01"'
        ) from error
