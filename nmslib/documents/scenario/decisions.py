"""What a scenario asks to be decided, as tables: the least resources of each municipality, ways of splitting a resource."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from IPython.display import HTML

from nmslib import wording
from nmslib.documents import templates
from nmslib.documents.scenario.tables import NOTHING, chance_in_words, lowered
from nmslib.model import LeverCard
from nmslib.projection import Projection
from nmslib.scenarios.differences import THOUSAND

PROVEN = {True: "доказано: дешевле нельзя", False: "проверено, но не доказано"}
STATES = {"reached": "● хватит", "impossible": "■ нельзя", "no_plan": "– плана нет", "unknown": "○ нет данных"}


def decisions(shown: Projection) -> HTML:
    """The least resources and the ways of splitting that the scenario asks for; a sentence when it asks for neither."""
    parts = [*_least(shown), *_allocation(shown)]
    if not parts:
        told = "Сценарий не спрашивает ни о наименьших ресурсах (solve), ни о распределении (allocate): см. docs/scenarios.md."
        parts = [str(templates.macros("scenario").sentences([told]))]
    return HTML("".join(parts))


def _table(caption: str, columns: list[str], rows: list[list[object]]) -> str:
    return str(templates.macros("tables").table(caption, columns, rows))


def _least(shown: Projection) -> list[str]:
    found = shown.least
    if found is None:
        return []
    solve = shown.scenario.solve
    assert solve is not None
    levers = [shown.levers[name] for name in solve.levers]
    numbers = {(row["municipality"], row["lever"]): row for row in found.levers.to_dict("records")}
    rows: list[list[object]] = []
    for row in found.table.to_dict("records"):
        place = row["municipality"]
        cells = [_found(numbers.get((place, card.id)), card) for card in levers]
        costs = [NOTHING if pd.isna(row[name]) else wording.number(round(row[name])) for name in ("cost", "price_of_percent")]
        chance = NOTHING if pd.isna(row["probability"]) else chance_in_words(row["probability"])
        told = [_reached(row), _start(row), NOTHING if pd.isna(row["proven"]) else PROVEN[bool(row["proven"])]]
        rows.append([shown.now.names[place], STATES[row["state"]], *cells, chance, *costs, *told])
    names = ", ".join(f"«{shown.cards[name].short_name}»" for name in solve.targets)
    wanted = "" if solve.probability is None else f" с вероятностью {wording.number(solve.probability, 2)}"
    named = [f"{card.title}, {card.unit}" for card in levers]
    columns = [
        "Муниципалитет",
        "Итог",
        *named,
        "Вероятность",
        f"Затраты, {THOUSAND}",
        f"Ещё 1 п.п., {THOUSAND}",
        "Планы выполнятся",
        "Начать не позже",
        "Нет ли дешевле",
    ]
    why = [f"{shown.now.names[place]}. {words}" for place, words in found.words.items()]
    plain = "" if solve.probability is None else ". Цена процента и сроки — без учёта разброса"
    table = _table(f"Наименьшие ресурсы, с которыми выполняются планы{wanted}: {names}{plain}", columns, rows)
    return [table, str(templates.macros("scenario").folded("Что держит ответ каждого муниципалитета и почему", why))]


def _reached(row: Mapping[str, Any]) -> str:
    return NOTHING if pd.isna(row["reached_on"]) else f"к {wording.day(row['reached_on'])}"


def _start(row: Mapping[str, Any]) -> str:
    """The last month to start in, with the numbers found and with levers at their limits; or that nothing need be started."""
    if pd.notna(row["enough_today"]) and row["enough_today"]:
        return "не обязательно: хватает и нынешнего"
    if pd.isna(row["start_by"]):
        return NOTHING
    found, limits = (row[name] for name in ("start_by", "start_by_limits"))
    at_limits = f" (с рычагами на пределе — {wording.month_in_text(limits)})" if pd.notna(limits) and limits > found else ""
    return wording.month_in_text(found) + at_limits


def _found(row: dict[str, float] | None, card: LeverCard) -> str:
    if row is None:
        return NOTHING
    return f"{wording.number(row['found'])} (сейчас {wording.number(row['before'], card.decimals)})"


def _allocation(shown: Projection) -> list[str]:
    found = shown.allocation
    if found is None:
        return []
    asked = shown.scenario.allocate
    assert asked is not None
    card, lever = shown.cards[asked.indicator], shown.levers[asked.resource]
    summary = found.summary.to_dict("records")
    ways = {row["way"]: row["title"] for row in summary}
    whole: list[list[object]] = [
        [
            row["title"],
            *(wording.number(row[name]) for name in ("people", "reached")),
            _part(row["lowest"]),
            wording.number(row["unused"]),
        ]
        for row in summary
    ]
    columns = [
        "Способ",
        f"Прибавится, {card.noun[2]}",
        "Выполнят план",
        "Худший выполнит план на",
        "Без пользы",
    ]
    total = f"{wording.number(asked.total)} {lever.unit}"
    caption = f"Как разделить: {lowered(lever.title)}, {total} на всех; показатель «{card.short_name}»"
    by_place = {(row["municipality"], row["way"]): row for row in found.table.to_dict("records")}
    places = list(dict.fromkeys(found.table["municipality"]))
    rows: list[list[object]] = [[shown.now.names[place], *(_share(by_place[place, way]) for way in ways)] for place in places]
    said = [found.words[way] for way in ways if found.words.get(way)]
    detail = "Кто сколько получит → к чему придёт (● план выполнен; минус — теряет людей против лучшего для него способа)"
    sentences = str(templates.macros("scenario").sentences(said))
    return [_table(caption, columns, whole), sentences, _table(detail, ["Муниципалитет", *ways.values()], rows)]


def _part(value: float) -> str:
    return NOTHING if pd.isna(value) else wording.percent(100 * value, 0)


def _value(value: float) -> str:
    return NOTHING if pd.isna(value) else wording.percent(value, 1)


def _share(row: dict[str, float]) -> str:
    mark = "● " if row["reached"] else ""
    loses = f", −{wording.number(row['loses'])}" if row["loses"] else ""
    return f"{wording.number(row['units'])} → {mark}{_value(row['value'])}{loses}"


def workforce_table(shown: Projection) -> HTML:
    """How many methodists the year's work takes under both variants of the federal slides: hours by activity, what decides."""
    found = shown.workforce
    rows: list[list[object]] = []
    for row in found.hours.to_dict("records"):
        volume, total = (wording.number(round(row[name])) for name in ("volume", "total"))
        rows.append([row["title"], volume, wording.number(row["hours"], 1), total, row["source"]])
    columns = ["Вид деятельности", "Объём в год", "Часов на единицу", "Часов в год", "Откуда"]
    said = str(templates.macros("scenario").sentences(list(found.words.values())))
    return HTML(_table("Сколько методистов нужно на работу года", columns, rows) + said)
