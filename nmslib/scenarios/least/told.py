"""The answer of one municipality in Russian sentences: what is needed, what holds it, what a percent costs, when to start."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from nmslib import wording
from nmslib.model import Card, LeverCard
from nmslib.scenarios.differences import PLACES, THOUSAND
from nmslib.scenarios.ground import Ground
from nmslib.scenarios.least.goals import Goals

NO_PLAN = "Плановых значений по этим показателям нет."
ENOUGH_TODAY = "Начинать не обязательно: планы выполняются и с нынешними рычагами"
# Counters restart on 1 January, so more in one year may leave fewer to take in the next.
UNPROVEN = "Срок — за Новым годом: ни одного рычага меньше взять нельзя, но нет ли сочетания дешевле, не доказано"


def answer(row: Mapping[str, Any], levers: pd.DataFrame, ground: Ground) -> str:
    """The whole answer: ``row`` of ``Least.table``, its rows of ``Least.levers``."""
    price, drawn = row["price_of_percent"], np.isfinite(row["probability"])
    parts = [
        needs(levers, ground.levers),
        f"Вероятность выполнить планы — {_percent(row['probability'])}" if drawn else "",
        costs(row["cost"], row["cost_before"]),
        binding(levers, ground.levers, ground.cards),
        "" if drawn or row["proven"] else UNPROVEN,
        "Дальше — без учёта разброса" if drawn else "",
        f"Планы выполняются к {wording.day_in_text(row['reached_on'])}" if row["reached_on"] else "",
        percent_price(None if np.isnan(price) else price),
        ENOUGH_TODAY if row["enough_today"] else latest(row["start_by"], row["start_by_limits"]),
    ]
    return wording.sentences(*parts)


def nothing_asked(place: str, wanted: Goals, ground: Ground) -> str:
    """Why nothing is asked of a place: what registries do not tell, that nobody is to be counted, or that nothing is planned."""
    cell, told = ground.municipalities.index(place), []
    for goal, name in enumerate(wanted.names):
        title, why = ground.cards[name].short_name, ground.start.gaps.get(name, {}).get(place)
        told += [f"Показатель «{title}» не известен: {why}"] if why else []
        told += [f"Показатель «{title}»: в знаменателе никого нет"] if wanted.nobody[goal, cell] else []
    return wording.sentences(*dict.fromkeys(told)) or NO_PLAN


def roubles(cost: float, decimals: int = 0) -> str:
    """«1 234 тыс. руб.»."""
    return f"{wording.number(cost, decimals)} {THOUSAND}"


def lever_in_words(card: LeverCard, value: float) -> str:
    """«методисты — 3 чел.»."""
    return f"{_small(card.title)} — {_number(value, card)}{wording.NBSP}{card.unit}"


def needs(levers: pd.DataFrame, cards: Mapping[str, LeverCard]) -> str:
    """«Хватит: методисты — 3 чел. (сейчас 2), …»."""
    parts = []
    for row in levers.itertuples():
        card, useless = cards[row.lever], "" if row.found else "; этим планам не нужны"
        parts.append(f"{lever_in_words(card, row.found)} (сейчас {_number(row.before, card)}{useless})")
    return f"Хватит: {', '.join(parts)}"


def costs(cost: float, before: float) -> str:
    """What it costs, against today's levers; prices are an assumption."""
    return f"Затраты — {roubles(cost)}, с нынешними рычагами — {roubles(before)} (цены — допущение)"


def binding(levers: pd.DataFrame, cards: Mapping[str, LeverCard], indicators: Mapping[str, Card]) -> str:
    """What holds the answer: the dearest lever of which one less breaks a plan, or makes it too unlikely."""
    drawn = levers["probability"].notna()
    held = levers[drawn | (levers["breaks"] != "")]
    if held.empty:
        return "Рычаги на нижнем пределе: планы выполняются и так"
    row = held.loc[held["saved"].idxmax()]
    card = cards[row["lever"]]
    fewer = f"с рычагом «{card.title}» на единицу меньше ({_number(row['found'] - 1, card)}{wording.NBSP}{card.unit})"
    if pd.notna(row["probability"]):
        return f"Держит вероятность: {fewer} она {_percent(row['probability'])}"
    broken = indicators[row["breaks"]]
    lacks = wording.genitive(int(row["lacking"]), broken.noun)
    return f"Держит план «{broken.short_name}»: {fewer} до него не хватит {lacks}"


def percent_price(price: float | None) -> str:
    """What one more percentage point of every plan costs; None: it cannot be had."""
    if price is None:
        return "Планов на 1 п.п. выше в этих пределах не выполнить"
    return f"Планы на 1 п.п. выше стоили бы ещё {roubles(price)}" if round(price) else "Планы на 1 п.п. выше стоили бы столько же"


def latest(found: date | None, limits: date | None) -> str:
    """The last month to start in, with the numbers found and with levers at their limits; empty when not known."""
    if found is None or limits is None:
        return ""
    at_limits = f", с рычагами на пределе — {wording.month_in_text(limits)}" if limits > found else ""
    return f"Последний месяц, когда с этими рычагами ещё не поздно начать, — {wording.month_in_text(found)}{at_limits}"


def summary(table: pd.DataFrame, names: Mapping[str, str]) -> str:
    """What all places together take, and where plans cannot be reached."""
    asked = table[table["state"].isin(["reached", "impossible"])]
    reached, out_of_reach = (asked[asked["state"] == state] for state in ("reached", "impossible"))
    if asked.empty:
        return NO_PLAN
    parts = [f"Планы выполнимы в {wording.number(len(reached))} из {wording.genitive(len(asked), PLACES)}"]
    if len(reached):
        parts.append(f"там {_small(costs(reached['cost'].sum(), reached['cost_before'].sum()))}")
    where = ", ".join(names.get(place, place) for place in out_of_reach["municipality"])
    return wording.sentences("; ".join(parts), f"Не выполнить: {where}" if where else "")


def too_dear(year: int, needed: float, budget: float) -> str:
    """The least that the plans take against the budget of a year."""
    return wording.sentences(f"Денег не хватает: на {year} год нужно {roubles(needed, 1)}, в бюджете {roubles(budget, 1)}")


def unlikely(wanted: float, probability: float) -> str:
    """Why no numbers within the limits give the probability."""
    most = f"при рычагах на пределе вероятность {_percent(probability)}, нужна {_percent(wanted)}"
    return wording.sentences(f"Планов с такой вероятностью не выполнить: {most}")


def unlikely_within_budget(wanted: float) -> str:
    """The same where the budget limits."""
    return wording.sentences(f"В бюджете не нашлось ресурсов, с которыми планы выполняются с вероятностью {_percent(wanted)}")


def _percent(probability: float) -> str:
    """Without rounding up to what was wanted: 79,7 % is not 80 %."""
    return wording.percent(100 * probability)


def _number(value: float, card: LeverCard) -> str:
    return wording.number(value, 0 if float(value).is_integer() else max(1, card.decimals))


def _small(title: str) -> str:
    return title[:1].lower() + title[1:]
