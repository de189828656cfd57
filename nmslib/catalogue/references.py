"""How the tables of a system refer to each other, to the cards and to the federal model: every broken reference at once."""

import re
from collections.abc import Iterator
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
    "indicators": ("indicator", "in_force"),
    "targets": ("applies_to", "counted", "comparator", "unit", "period", "municipality", "in_force"),
    "registries": ("registry", "name"),
    "tasks": ("n",),
    "concepts": ("term",),
    "addressees": ("role",),
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
    """A problem for each reference to a subject, card, indicator or measure that does not exist, or lacks where one is needed."""
    subjects = {row.fact.id for row in tables["subjects"]}
    measures = {row.fact.code for row in tables["measures"]}
    aims = {row.fact.indicator for row in tables["indicators"]} | measures
    references = [
        ("functions", "subject", subjects, "нет такого участника в subjects.csv"),
        ("interactions", "source", subjects, "нет такого участника в subjects.csv"),
        ("interactions", "target", subjects, "нет такого участника в subjects.csv"),
        ("addressees", "subject", subjects, "нет такого участника в subjects.csv"),
        ("indicators", "indicator", cards, "нет такой карточки в data/indicators.yaml"),
        ("targets", "indicator", cards | {None}, "нет такой карточки в data/indicators.yaml"),
        ("targets", "applies_to", aims, "нет такого показателя в indicators.csv и такой меры в measures.csv"),
    ]
    unplanned = [
        DataProblem(
            f"{folder}/targets.csv", f"строка {number}, столбец «indicator»", "", "пусто; нужна карточка, план которой это число"
        )
        for number, target in tables["targets"]
        if target.indicator is None and target.applies_to in measures
    ]
    return unplanned + [
        DataProblem(f"{folder}/{name}.csv", f"строка {number}, столбец «{column}»", getattr(fact, column), wanted)
        for name, column, known, wanted in references
        for number, fact in tables[name]
        if getattr(fact, column) not in known
    ]


def unfit_numbers(tables: dict[str, list[Row]], cards: dict[str, model.Card], folder: str) -> list[DataProblem]:
    """A problem for each planned value outside its scale, unit that is not the card's, and day or period that cannot be."""
    problems = [
        DataProblem(f"{folder}/targets.csv", f"строка {number}, столбец «{column}»", found, wanted)
        for number, target in tables["targets"]
        for column, found, wanted in (
            *_unfit_value(target, cards.get(target.plans)),
            *_unfit_days(target, cards.get(target.plans)),
        )
    ]
    for number, indicator in tables["indicators"]:
        card = cards.get(indicator.indicator)
        if card and card.unit != indicator.unit:
            place = f"строка {number}, столбец «unit»"
            problems.append(DataProblem(f"{folder}/indicators.csv", place, indicator.unit, f"в карточке {card.unit}"))
    return problems


def _unfit_value(target: model.Target, card: model.Card | None) -> Iterator[tuple[str, str, str]]:
    if not target.value >= 0 or (target.unit == "percent" and target.value > 100):
        yield "value", f"{target.value:g}", "нужно число от 0, процент до 100"
    if card and (card.unit == "percent") != (target.unit == "percent"):
        wanted = "нужно percent" if card.unit == "percent" else "нужно название того, что считают"
        yield "unit", target.unit, f"{wanted}: в карточке «{card.id}» стоит {card.unit}"


def _unfit_days(target: model.Target, card: model.Card | None) -> Iterator[tuple[str, str, str]]:
    if target.period and not re.fullmatch(r"20\d\d|annual|monthly|quarterly", target.period):
        yield "period", target.period, "нужен год, annual, monthly, quarterly или пусто"
    if target.counted_from and card and card.period != "plan":
        wanted = f"нужно пусто: в карточке «{card.id}» период {card.period}, а с этого дня считают только при plan"
        yield "counted_from", f"{target.counted_from}", wanted
    if target.by and target.counted_from and target.by < target.counted_from:
        yield "by", f"{target.by}", f"нужен день не раньше counted_from ({target.counted_from})"
    if target.by and (target.period or "").isdecimal() and str(target.by.year) != target.period:
        yield "by", f"{target.by}", f"нужен день {target.period} года, как в столбце «period»"
    if target.by and target.in_force and target.by < target.in_force:
        yield "by", f"{target.by}", f"нужен день не раньше in_force ({target.in_force})"


def unknown_federal(tables: dict[str, list[Row]], project: Project, folder: str) -> list[DataProblem]:
    """A problem for each name of something outside the system's folder that does not exist there.

    These are functions of the federal model («fmc.3») and municipalities for which a number was set apart.
    """
    return _unknown_functions(tables, project, folder) + _unknown_places(tables, project, folder)


def _unknown_functions(tables: dict[str, list[Row]], project: Project, folder: str) -> list[DataProblem]:
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


def _unknown_places(tables: dict[str, list[Row]], project: Project, folder: str) -> list[DataProblem]:
    overrides = [(number, target.municipality) for number, target in tables["targets"] if target.municipality]
    # A system without overrides loads even while the list of municipalities is broken.
    rows, problems = read_table(project.municipalities, model.Municipality) if overrides else ([], [])
    if problems:
        return problems
    known = {row.fact.municipality for row in rows if row.fact.system == folder}
    wanted = "нет такого муниципалитета этой системы в data/municipalities.csv"
    return [
        DataProblem(f"{folder}/targets.csv", f"строка {number}, столбец «municipality»", given, wanted)
        for number, given in overrides
        if given not in known
    ]
