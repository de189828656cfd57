"""Facts of documents as tables: one document whole, or several side by side (frames of ``comparison``)."""

from typing import Any

import pandas as pd
from IPython.display import HTML

from nmslib import comparison, wording
from nmslib.documents import templates
from nmslib.model import LEVELS, PROCESSES, Indicator, System

NOTHING = "—"


def names_of(systems: list[System]) -> dict[str, str]:
    """System id → what a column of a comparison is called: the jurisdiction."""
    return {system.id: system.act.jurisdiction for system in systems}


def _table(caption: str, columns: list[str], rows: list[list[Any]]) -> HTML:
    return HTML(templates.macros("tables").table(caption, columns, rows))


def _served(record: dict[str, Any], system: System) -> dict[str, Any]:
    """One cell of the matrix: shape and words by what serves the function; tasks of the federal centre leave no gap."""
    functions, measures = record[f"{system.id}/functions"], record[f"{system.id}/measures"]
    words = [f"Ф\N{NO-BREAK SPACE}{functions}"] * bool(functions) + [f"М\N{NO-BREAK SPACE}{measures}"] * bool(measures)
    if words:
        return {"gap": False, "shape": "●" if measures else "◐", "words": " ".join(words)}
    return {
        "gap": record["expected"],
        "shape": "○" if record["expected"] else NOTHING,
        "words": "пробел" if record["expected"] else "",
    }


def coverage_matrix(matrix: pd.DataFrame, covered: pd.DataFrame, systems: list[System]) -> HTML:
    """Federal functions × systems (``comparison.matrix``), gaps marked by shape and ground; below, what exactly serves each."""
    names = names_of(systems)
    rows = [record | {"cells": [_served(record, system) for system in systems]} for record in matrix.to_dict("records")]
    words = dict(zip(matrix["federal"], matrix["function"], strict=True))
    order = {federal: number for number, federal in enumerate(words)}
    details = [
        [words[row["federal"]], names[row["system"]], _what(row), row["clause"]]
        for _, row in covered.sort_values("federal", key=lambda column: column.map(order), kind="stable").iterrows()
    ]
    headings = list(matrix["heading"].unique())
    return HTML(templates.macros("tables").matrix(templates.style(), headings, list(names.values()), rows, details))


def _what(row: pd.Series) -> str:
    return f"мера {row['code']}: {row['title']}" if row["kind"] == "measure" else f"{row['responsible']}: {row['title']}"


def indicators_crosswalk(crosswalk: pd.DataFrame, systems: list[System]) -> HTML:
    """Which system has which indicator with which plan (``comparison.crosswalk``)."""
    cells = {
        (row["name"], row["system"]): [row["plan"], f"№ {row['number']}, {row['clause']}"] for _, row in crosswalk.iterrows()
    }
    rows = [[name, *(cells.get((name, system.id), NOTHING) for system in systems)] for name in crosswalk["name"].unique()]
    return _table("Показатели: у кого есть и с каким планом", ["Показатель", *names_of(systems).values()], rows)


def numbers_table(numbers: pd.DataFrame, systems: list[System]) -> HTML:
    """Every number that binds, side by side (``comparison.binding_numbers``)."""
    names = names_of(systems)
    rows = [[row["counted"], names[row["system"]], row["about"], row["number"], row["clause"]] for _, row in numbers.iterrows()]
    return _table(
        f"Обязывающие числа документов: {len(rows)}", ["Что считается", "Система", "Показатель или мера", "Число", "Пункт"], rows
    )


def actors_table(actors: pd.DataFrame, systems: list[System]) -> HTML:
    """Listed subjects by level and system (``comparison.actors``)."""
    rows = [[row["level"], *(row[system.id] or NOTHING for system in systems)] for _, row in actors.iterrows()]
    return _table("Участники по уровням", ["Уровень", *names_of(systems).values()], rows)


def interactions_table(system: System) -> HTML:
    """Every interaction of a system in words, under its chart."""
    about = {subject.id: subject.short_name for subject in system.subjects}
    rows = [
        [about[row.source], about[row.target], row.subject_matter, row.channel or NOTHING, row.clause]
        for row in system.interactions
    ]
    return _table(f"Взаимодействие: {system.act.short_title}", ["Кто", "Кому", "Что передаёт", "Канал", "Пункт"], rows)


def gaps_table(gaps: pd.DataFrame, system: System, systems: list[System]) -> HTML:
    """Federal functions without a measure in a system, and measures of others that would fill them (``comparison.gaps``)."""
    names = names_of(systems)
    rows = []
    for _, group in gaps.groupby("federal", sort=False):
        first = group.iloc[0]
        own = f"есть функций: {first['by_function']}" if first["by_function"] else "нет и функции"
        fills = [
            f"{names[fill['other']]}, мера {fill['code']}: {fill['title']} ({fill['deadline'] or 'без срока'}; {fill['clause']})"
            for _, fill in group.dropna(subset=["other"]).iterrows()
        ]
        rows.append([first["function"], own, fills or ["ни одной меры в сравниваемых документах"]])
    caption = (
        f"{system.act.short_title}: функции федеральной модели без меры в дорожной карте — {len(rows)}; чем их закрыли другие"
    )
    return _table(caption, ["Федеральная функция", "В документе", "Меры других систем"], rows)


def _tracks(processes: tuple[str, ...]) -> str:
    return ", ".join(PROCESSES[process].lower() for process in processes) or NOTHING


def _defined(indicator: Indicator) -> str:
    """The name of an indicator, with the day from which it is so defined."""
    return indicator.name + (f" (с {wording.day(indicator.in_force)})" if indicator.in_force else "")


def document(system: System) -> HTML:
    """The whole document in one place with a search box; every line ends with its clause."""
    short = {subject.id: subject.short_name for subject in system.subjects}
    act = system.act
    general = [
        ["Название", act.title, "титул"],
        ["Оператор", act.operator or NOTHING, act.operator_clause or NOTHING],
        ["Период", act.period.printed or "не назван", act.period.clause],
        ["Мониторинг", act.monitoring.printed or "частота не названа", act.monitoring.clause or NOTHING],
        *(["Метод сбора информации", item, act.methods.clause or NOTHING] for item in act.methods.items),
        *(["Канал взаимодействия", item, act.channels.clause or NOTHING] for item in act.channels.items),
    ]
    about = {measure.code: f"мера {measure.code}" for measure in system.measures}
    about |= {indicator.indicator: f"показатель {indicator.number}" for indicator in system.indicators}
    values = [[about[x.applies_to], x.counted, comparison.number_in_words(x), x.source] for x in system.targets]
    sections = [
        ("Документ", ["Что", "Содержание", "Пункт"], general),
        ("Правовая основа", ["Акт", "Пункт"], [[x.act, x.clause] for x in system.basis]),
        ("Цели и задачи", ["Задача", "Процессы", "Пункт"], [[x.task, _tracks(x.processes), x.clause] for x in system.tasks]),
        (
            "Участники",
            ["Участник", "Уровень", "Пункт"],
            [[x.name + ("" if x.listed else " (вне перечней)"), LEVELS[x.level], x.clause] for x in system.subjects],
        ),
        (
            "Функции",
            ["Участник", "Функция", "Процессы", "Пункт"],
            [[short[x.subject], x.function, _tracks(x.processes), x.clause] for x in system.functions],
        ),
        (
            "Меры",
            ["№", "Мера", "Ответственный", "Срок", "Результат", "Пункт"],
            [
                [x.code, x.title, "; ".join(x.responsible), x.deadline or NOTHING, x.result or NOTHING, x.clause]
                for x in system.measures
            ],
        ),
        (
            "План мероприятий",
            ["№", "Мероприятие", "Ответственный", "Участники", "Срок", "Пункт"],
            [
                [x.code, x.title, "; ".join(x.responsible), x.audience or NOTHING, x.deadline or NOTHING, x.clause]
                for x in system.events
            ],
        ),
        ("Показатели", ["№", "Показатель", "Пункт"], [[x.number, _defined(x), x.clause] for x in system.indicators]),
        ("Обязывающие числа", ["К чему", "Что считается", "Число", "Пункт"], values),
        (
            "Реестры",
            ["Реестр", "Кто ведёт", "Обновление", "Пункт"],
            [[x.name, x.keeper or NOTHING, x.update or NOTHING, x.clause] for x in system.registries],
        ),
        (
            "Взаимодействие",
            ["Кто", "Кому", "Что передаёт", "Канал", "Пункт"],
            [[short[x.source], short[x.target], x.subject_matter, x.channel or NOTHING, x.clause] for x in system.interactions],
        ),
        ("Понятия", ["Понятие", "Определение", "Пункт"], [[x.term, x.definition, x.clause] for x in system.concepts]),
        (
            "Странности",
            ["Где", "Что странно", "Как читаем", "Пункт"],
            [[x.place, x.odd, x.reading, x.clause] for x in system.oddities],
        ),
    ]
    ready = [{"title": title, "columns": columns, "rows": rows} for title, columns, rows in sections]
    return HTML(templates.macros("tables").document(system, templates.style(), ready))
