"""scenario.xlsx: how plans end, every month, levers, capacities and cost of a scenario, and what it is."""

from pathlib import Path

import pandas as pd

from nmslib import scenarios, wording
from nmslib.documents.annex.sheets import COUNT, DAY, PLAIN, Cell, Column, Number, Row, Workbook, about, share_look
from nmslib.documents.scenario.reading import PLACE_NAME, TITLE
from nmslib.documents.scenario.tables import PRICES, SPENT
from nmslib.model import REGION, Card
from nmslib.projection import Projection
from nmslib.scenarios.differences import CAPACITIES, plan_in_words

PERCENT = share_look(1)
ENDINGS = (
    Column("Показатель", 26),
    Column("Срок", 12, DAY),
    Column("План", 10, PLAIN),
    Column("База: числитель", 11, COUNT),
    Column("База: знаменатель", 13, COUNT),
    Column("База", 10, PLAIN),
    Column("Сценарий: числитель", 11, COUNT),
    Column("Сценарий: знаменатель", 13, COUNT),
    Column("Сценарий", 10, PLAIN),
    Column("Граница снизу", 10, PLAIN),
    Column("Граница сверху", 10, PLAIN),
    Column("Не хватает", 10, COUNT),
    Column("Вероятность", 12, PERCENT),
    Column("Итог", 44),
    Column("Что сдерживает", 26),
)
MONTHS = (
    Column("Муниципалитет", 30),
    Column("Показатель", 26),
    Column("Конец месяца", 12, DAY),
    Column("База: числитель", 11, COUNT),
    Column("База", 10, PLAIN),
    Column("Сценарий: числитель", 11, COUNT),
    Column("Сценарий: знаменатель", 13, COUNT),
    Column("Сценарий", 10, PLAIN),
    Column("Граница снизу", 10, PLAIN),
    Column("Граница сверху", 10, PLAIN),
    Column("Полоса: снизу", 10, PLAIN),
    Column("Полоса: сверху", 10, PLAIN),
    Column("План", 10, PLAIN),
    Column("Не хватает", 10, COUNT),
)
LEVERS = (
    Column("Муниципалитет", 30),
    Column("Рычаг", 34),
    Column("Единица", 12),
    Column("Сейчас", 12, PLAIN),
    Column("В сценарии", 12, PLAIN),
    Column("Откуда нынешнее значение", 70),
)
CAPACITY = (
    Column("Мощность", 36),
    Column("Конец месяца", 12, DAY),
    Column("Предложено", 12, PLAIN),
    Column("Использовано", 13, PLAIN),
)
COST = (
    Column("На что", 28),
    Column("Конец месяца", 12, DAY),
    Column("База, тыс. руб.", 14, PLAIN),
    Column("Сценарий, тыс. руб.", 14, PLAIN),
)
BOUNDS = (
    "Границы — там, где сведения есть не от всех муниципалитетов: снизу — если в остальных не сделано ничего, "
    "сверху — если сделано всеми; вероятность и полоса тогда — нижней границы."
)
ABOUT = (Column("Что", 28), Column("Значение", 110))


def scenario_book(shown: Projection, path: Path) -> None:
    """Writes the workbook of a scenario: «Итог», «По месяцам», «Рычаги», «Мощности», «Затраты», «Сценарий»."""
    title = shown.scenario.title
    where = about(shown.now.place.name, shown.now.day)
    identifier = f"{shown.scenario.system}/{shown.place}/{shown.scenario.name}"
    base = f"База — «{shown.base.title}»"
    band = f"Полоса — 10–90 % из {wording.number(shown.scenario.draws)} расчётов."
    bounds = (BOUNDS,) if shown.outcome.lost and shown.whole == REGION else ()
    with Workbook(path, f"Сценарий «{title}»: {where}", identifier, shown.now.day, shown.synthetic) as book:
        book.sheet(
            "Итог",
            f"{title}: {where}",
            (f"{base}.", *bounds),
            ENDINGS,
            [_ending(row, shown) for _, row in shown.endings.iterrows()],
        )
        book.sheet("По месяцам", f"По месяцам: {where}", (f"{base}. {band}", *bounds), MONTHS, _months(shown), filtered=True)
        book.sheet("Рычаги", f"Рычаги: {where}", (), LEVERS, _levers(shown), filtered=True)
        book.sheet("Мощности", f"Мощности: {where}", (), CAPACITY, _capacities(shown), filtered=True)
        book.sheet("Затраты", f"Затраты: {where}", (PRICES,), COST, _cost(shown), filtered=True)
        book.sheet("Сценарий", f"Сценарий: {where}", (), ABOUT, [Row(cells) for cells in _about(shown)])


def _look(value: float, card: Card) -> Cell:
    """A figure in its unit: a percentage as a part of one, so that Excel counts with it."""
    if pd.isna(value):
        return None
    return Number(value / 100, share_look(card.decimals)) if card.unit == "percent" else Number(value, PLAIN)


def _whole(value: float) -> Cell:
    return None if pd.isna(value) else int(value)


def _ending(row: pd.Series, shown: Projection) -> Row:
    card = shown.cards[row["indicator"]]
    counts = [[_whole(row[f"{name}{suffix}"]) for name in ("numerator", "denominator")] for suffix in ("_before", "")]
    return Row(
        [
            card.short_name,
            row["due_on"],
            _look(row["target"], card),
            *counts[0],
            _look(row["value_before"], card),
            *counts[1],
            *(_look(row[name], card) for name in ("value", "lower", "upper")),
            _whole(row["missing"]),
            shown.probability(row["indicator"], row["due_on"]),
            plan_in_words(row, card),
            scenarios.bottleneck_in_words(shown.outcome, row["indicator"], shown.whole),
        ]
    )


def _months(shown: Projection) -> list[Row]:
    keys = ["municipality", "indicator", "month"]
    table = shown.outcome.table().merge(shown.before.table()[[*keys, "numerator", "value"]], on=keys, suffixes=("", "_before"))
    table = table[table["indicator"].isin(shown.shown)].merge(shown.drawn.bands[[*keys, "low", "high"]], on=keys, how="left")
    if len(shown.ground.municipalities) == 1:
        table = table[table["municipality"] == shown.whole]
    rows = []
    for row in table.to_dict("records"):
        card = shown.cards[row["indicator"]]
        rows.append(
            Row(
                [
                    shown.now.names[row["municipality"]],
                    card.short_name,
                    row["month"],
                    _whole(row["numerator_before"]),
                    _look(row["value_before"], card),
                    _whole(row["numerator"]),
                    _whole(row["denominator"]),
                    *(_look(row[name], card) for name in ("value", "lower", "upper", "low", "high", "target")),
                    _whole(row["missing"]),
                ]
            )
        )
    return rows


def _levers(shown: Projection) -> list[Row]:
    told = scenarios.as_rows(shown.ground.facts, shown.settings, shown.levers, shown.ground.municipalities)
    rows = []
    for row in told.to_dict("records"):
        values = [None if value == float("inf") else value for value in (row["before"], row["after"])]
        rows.append(
            Row([shown.now.names[row["municipality"]], row["title"], row["unit"], *values, row["source"]], total=row["changed"])
        )
    return rows


def _capacities(shown: Projection) -> list[Row]:
    place = shown.outcome.plans.places.index(shown.whole)
    return [
        Row([title[:1].upper() + title[1:], day, float(offered), float(used)])
        for name, title in CAPACITIES.items()
        for day, used, offered in zip(shown.ground.ends, *(one[:, place] for one in shown.outcome.use[name]), strict=True)
    ]


def _cost(shown: Projection) -> list[Row]:
    place = shown.outcome.plans.places.index(shown.whole)
    return [
        Row([SPENT[name], day, float(was), float(now)])
        for name, spent in shown.outcome.spent.items()
        for day, was, now in zip(shown.ground.ends, shown.before.spent[name][:, place], spent[:, place], strict=True)
        if was or now
    ]


def _about(shown: Projection) -> list[list[Cell]]:
    one = shown.scenario
    given: dict[str, Cell] = {
        TITLE: one.title,
        PLACE_NAME: shown.now.place.name,
        "Зачем": one.reason,
        "Автор": one.author,
        "Файл": f"parameters/scenarios/{one.name}.yaml",
        "С чем сравнивается": shown.base.title,
        "Отправная дата": shown.now.day,
        "Последний месяц": shown.ground.ends[-1],
        "Документ": shown.facts.act.name,
        "Зерно и число расчётов": f"{one.seed}; {wording.number(one.draws)}",
        "Модель": "docs/scenario-model.md; прошлый прогноз: " + shown.backtest_in_words,
    }
    return [[name, value] for name, value in given.items()]
