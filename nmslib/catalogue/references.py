"""How the tables of a system refer to each other, to the cards and to the federal model: every broken reference at once."""

import re
from typing import Any

from nmslib import model
from nmslib.catalogue.tables import Row, read_table
from nmslib.paths import Project
from nmslib.problems import DataProblem

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


def repeated(name: str, rows: list[Row], file: str) -> list[DataProblem]:
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


def dangling(tables: dict[str, list[Row]], cards: set[str], folder: str) -> list[DataProblem]:
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


def unfit_numbers(tables: dict[str, list[Row]], cards: dict[str, model.Card], folder: str) -> list[DataProblem]:
    """A problem for each planned value outside its scale, period that is none, and unit that is not the card's."""
    problems = []
    for number, target in tables["targets"]:
        place = f"строка {number}, столбец «{{}}»"
        if not target.value >= 0 or (target.unit == "percent" and target.value > 100):
            problems.append(
                DataProblem(
                    f"{folder}/targets.csv", place.format("value"), f"{target.value:g}", "нужно число от 0, процент до 100"
                )
            )
        if target.period and not re.fullmatch(r"20\d\d|annual|monthly|quarterly", target.period):
            wanted = "нужен год, annual, monthly, quarterly или пусто"
            problems.append(DataProblem(f"{folder}/targets.csv", place.format("period"), target.period, wanted))
    for number, indicator in tables["indicators"]:
        card = cards.get(indicator.indicator)
        if card and card.unit != indicator.unit:
            place = f"строка {number}, столбец «unit»"
            problems.append(DataProblem(f"{folder}/indicators.csv", place, indicator.unit, f"в карточке {card.unit}"))
    return problems


def unknown_federal(tables: dict[str, list[Row]], project: Project, folder: str) -> list[DataProblem]:
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
