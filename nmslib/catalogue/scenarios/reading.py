"""One scenario file into checked parts; knows nothing of its base, nor of what the system's document plans."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import StrictInt

from nmslib.catalogue.scenarios.forms import ONE_FOR_ALL, read_changes
from nmslib.catalogue.scenarios.wanted import as_given, known
from nmslib.catalogue.tables import LOADER, Kind, read_yaml, validated, with_lists_as_tuples
from nmslib.model import FACT, Allocate, Change, Fact, LeverCard, Solve
from nmslib.problems import DataProblem

SEEDS = (0, 2**32 - 1)
DRAWS = (100, 100_000)


@dataclass(frozen=True, kw_only=True)
class Sheet(Fact):
    """The keys of a scenario file as they stand; None where a key is absent and the base, else the default, speaks."""

    title: str
    author: str
    reason: str
    system: str
    municipality: str | None = None
    as_of: date | None = None
    until: date | None = None
    base: str = FACT
    overrides: dict[str, Any] = field(default_factory=dict)
    municipalities: dict[str, dict[str, Any]] = field(default_factory=dict)
    targets: dict[str, Any] = field(default_factory=dict)
    seed: StrictInt | None = None
    draws: StrictInt | None = None
    solve: dict[str, Any] | None = None
    allocate: dict[str, Any] | None = None


@dataclass(frozen=True)
class Written:
    """A file that was read: its keys, the changes of levers that it names, its questions."""

    path: Path
    file: str
    sheet: Sheet
    overrides: dict[str, Change]
    municipalities: dict[str, dict[str, Change]]
    solve: Solve | None
    allocate: Allocate | None

    @property
    def name(self) -> str:
        """The scenario's name: the file's own without its ending."""
        return self.path.stem


def read_scenario(path: Path, levers: dict[str, LeverCard]) -> tuple[Written | None, list[DataProblem]]:
    """What a file says, or None when its keys cannot be read; and everything that is wrong with it by itself."""
    file = f"{path.parent.name}/{path.name}"
    raw, problems = read_yaml(path, file)
    if problems:
        return None, problems
    if not isinstance(raw, dict):
        return None, [DataProblem(file, "", "", "нужны строки «ключ: значение»: title, author, reason, system и другие")]
    problems = list(_repeated(path, file))
    sheet, found = _part(Sheet, raw, file, "")
    problems += found
    problems += [DataProblem(file, f"ключ «{key}»", *one) for key, *one in _out_of_range(sheet)] if sheet else []
    everywhere = read_changes(_section(raw, "overrides"), levers, "overrides")
    places = _section(raw, "municipalities")
    own = {one: read_changes(_section(places, one), levers, f"municipalities.{one}") for one in places}
    problems += [DataProblem(file, *one) for read in (everywhere, *own.values()) for one in read.problems]
    problems += [
        DataProblem(
            file, f"ключ «municipalities.{one}.{name}»", "", "календарь программ один на всю систему: перенесите в overrides"
        )
        for one, read in own.items()
        for name in read.changes
        if name in ONE_FOR_ALL
    ]
    solve, found = _part(Solve, _section(raw, "solve"), file, "solve.") if "solve" in raw else (None, [])
    problems += found
    allocate, found = _part(Allocate, _section(raw, "allocate"), file, "allocate.") if "allocate" in raw else (None, [])
    problems += found
    if sheet is None:
        return None, problems
    return Written(
        path, file, sheet, everywhere.changes, {one: read.changes for one, read in own.items()}, solve, allocate
    ), problems


def _section(raw: dict[Any, Any], key: Any) -> dict[Any, Any]:
    """A section of the file; empty where it is none, which the keys' own check tells."""
    return raw[key] if isinstance(raw.get(key), dict) else {}


def _part(kind: type[Kind], raw: dict[str, Any], file: str, where: str) -> tuple[Kind | None, list[DataProblem]]:
    """A section as an object; keys that it cannot have are told with those that it can, the nearest first."""
    keys = {one.name: one.name for one in fields(kind)}  # type: ignore[arg-type]
    unknown = [key for key in raw if key not in keys]
    problems = [DataProblem(file, f"ключ «{where}{key}»", "", f"такого ключа нет; {known(key, keys)}") for key in unknown]
    rest = {key: value for key, value in raw.items() if key in keys}
    made, found = validated(kind, with_lists_as_tuples(rest), file, f"ключ «{where}{{}}»")
    return made, problems + found


def _out_of_range(sheet: Sheet) -> Iterator[tuple[str, str, str]]:
    for key in ("title", "author", "reason"):
        if not getattr(sheet, key).strip():
            yield key, "", "пусто; нужно заполнить"
    for key, (low, high), given in (("seed", SEEDS, sheet.seed), ("draws", DRAWS, sheet.draws)):
        if given is not None and not low <= given <= high:
            yield key, as_given(given), f"нужно целое число от {as_given(low)} до {as_given(high)}"


def _repeated(path: Path, file: str) -> Iterator[DataProblem]:
    """A problem for each key that stands twice in its section: YAML would keep the last without a word."""
    waiting = [yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=LOADER)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        if not isinstance(node, yaml.MappingNode):
            continue
        first: dict[str, int] = {}
        for key, value in node.value:
            waiting.append(value)
            line = key.start_mark.line + 1
            if key.value in first:
                wanted = f"этот ключ уже стоит в строке {first[key.value]}; оставьте один"
                yield DataProblem(file, f"строка {line}", str(key.value), wanted)
            first.setdefault(str(key.value), line)
