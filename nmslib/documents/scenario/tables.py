"""A scenario as tables of a page: how plans end, which levers moved, what is used up, what it costs, how sure it is."""

from typing import Any

import pandas as pd
from IPython.display import HTML

from nmslib import scenarios, wording
from nmslib.documents import templates
from nmslib.model import REGION, LeverCard, Spread
from nmslib.projection import Projection
from nmslib.scenarios.differences import CAPACITIES, THOUSAND, plan_in_words, value_in_words, without_data

NOTHING = "—"
SPENT = {
    "methodists": "методисты",
    "diagnostic_places": "места диагностики",
    "programme_seats": "места на программах",
    "team_places": "обучение команд",
    "events_a_month": "мероприятия",
}
SHOWN_MOVES, SHOWN_INPUTS, SHOWN_OVERPAID = 30, 6, 5
# A share of the variation that is worth a word.
SEEN = 0.005
CERTAIN = 0.995
CERTAINLY = "от неопределённых величин не зависит"
BOUNDED = "показаны границы: снизу — если там не сделано ничего, сверху — если сделано всеми"
UNSURE = "численность там неизвестна, значения по всем вместе нет"
PRICES = "Цены — допущение: ни один документ их не называет; замените своими (docs/scenarios.md)."


def _table(caption: str, columns: list[str], rows: list[list[Any]]) -> HTML:
    return HTML(templates.macros("tables").table(caption, columns, rows))


def scenario_header(shown: Projection) -> HTML:
    """Whose idea it is and why, what it stands on, and what it changes in a few sentences; carries the style of the page."""
    scenario, doubt = shown.scenario, shown.ground.months.doubt
    told = [scenario.reason, f"Автор: {scenario.author}. Сравнение: «{shown.base.title}»."]
    left_out = "; ".join(f"{shown.now.names[place]} — {why}" for place, why in shown.ground.start.unknown.items())
    told += [f"Не считаны: {left_out}."] if left_out else []
    told += bounds_in_words(shown)
    if shown.plans.assumed:
        names = ", ".join(f"«{shown.cards[name].short_name}»" for name in shown.plans.indicators if name in shown.plans.assumed)
        told.append(f"План принят сценарием, документ его не устанавливает: {names}.")
    told += [doubt] if doubt else []
    return HTML(
        templates.macros("fragments").header(
            shown.facts, shown.now.place, shown.now.day, shown.synthetic, told, templates.style()
        )
    )


def bounds_in_words(shown: Projection) -> list[str]:
    """What the figures of the whole rest on where some municipalities tell nothing."""
    if shown.whole != REGION:
        return []
    found: dict[tuple[tuple[str, ...], str], list[str]] = {}
    lower = dict(zip(shown.plans.indicators, shown.outcome.lower[:, -1, -1], strict=True))
    for name in shown.shown:
        if names := shown.outcome.lost.get(name):
            found.setdefault((names, UNSURE if pd.isna(lower[name]) else BOUNDED), []).append(shown.cards[name].short_name)
    return [
        f"{', '.join(f'«{title}»' for title in titles)}: всё вместе зависит от {without_data(names)}; {rule}."
        for (names, rule), titles in found.items()
    ]


def endings_table(shown: Projection) -> HTML:
    """Each plan at the end of its period: the base, the scenario, when it is met, how likely, what is missing and holds back."""
    columns = ["Показатель", "Срок", "План", f"«{shown.base.title}»", "Сценарий", "Итог", "Вероятность", "Что сдерживает"]
    rows = [_ending(row, shown) for _, row in shown.endings.iterrows()]
    caption = "Чем кончится каждый план" if rows else "Планов на эти месяцы нет: документ их не устанавливает, сценарий не принял"
    return _table(caption, columns, rows)


def _ending(row: pd.Series, shown: Projection) -> list[str]:
    card = shown.cards[row["indicator"]]
    chance = shown.probability(row["indicator"], row["due_on"])
    return [
        card.short_name,
        wording.day(row["due_on"]),
        wording.plan(row["target"], card.unit) + (" (принят)" if row["indicator"] in shown.plans.assumed else ""),
        value_in_words(row, card, "_before"),
        value_in_words(row, card),
        plan_in_words(row, card),
        chance_of(chance, bool(row["lost"])),
        scenarios.bottleneck_in_words(shown.outcome, row["indicator"], shown.whole),
    ]


def chance_of(chance: float | None, least: bool) -> str:
    """A probability; ``least``: of the lower bound, as not everybody's data are there."""
    if chance is None or (least and chance < 1 - CERTAIN):
        return "нет данных" if least else NOTHING
    return f"не меньше {chance_in_words(chance)}" if least and chance < CERTAIN else chance_in_words(chance)


def lowered(title: str) -> str:
    """A title within a sentence; abbreviations stay as they are."""
    return title[:1].lower() + title[1:]


def chance_in_words(chance: float) -> str:
    """A probability in whole percent; the ends are not called certain."""
    if chance >= CERTAIN:
        return "больше 99 %".replace(" %", f"{wording.NBSP}%")
    return f"меньше 1{wording.NBSP}%" if chance < 0.005 else wording.percent(100 * chance, 0)


def places_table(shown: Projection) -> HTML:
    """Where plans are met and how many are missing: municipalities down, indicators across; nothing for a single one."""
    if len(shown.ground.municipalities) == 1 or shown.endings.empty:
        return HTML("")
    plans = [name for name in shown.shown if name in set(shown.endings["indicator"])]
    due = shown.endings["due_on"].max()
    found = shown.outcome.reached()
    found = found[found["due_on"] == due].set_index(["municipality", "indicator"])
    rows = []
    for place in shown.ground.municipalities:
        cells = [found.loc[(place, name)] if (place, name) in found.index else None for name in plans]
        rows.append([shown.now.names[place], *(_place_cell(cell, shown, name) for cell, name in zip(cells, plans, strict=True))])
    columns = ["Муниципалитет", *(shown.cards[name].short_name for name in plans)]
    return _table(f"По муниципалитетам к {wording.day(due)}: ● план выполнен, иначе сколько не хватает", columns, rows)


def _place_cell(row: pd.Series | None, shown: Projection, indicator: str) -> str:
    if row is None:
        return NOTHING
    value = value_in_words(row, shown.cards[indicator])
    return f"● {value}" if row["missing"] == 0 else f"−{wording.number(int(row['missing']))} · {value}"


def levers_table(shown: Projection) -> HTML:
    """Levers that the scenario moves: from what to what, in which unit, since when, and where today's value comes from."""
    moved = shown.moves
    rows = [_move(row, shown) for _, row in moved.head(SHOWN_MOVES).iterrows()]
    rest = len(moved) - len(rows)
    more = f" (показаны первые {SHOWN_MOVES}, ещё {wording.number(rest)} — в scenario.xlsx)" if rest else ""
    caption = f"Что меняет сценарий{more}" if rows else "Сценарий ничего не меняет"
    columns = ["Рычаг", "Где", "Было", "Стало", "Откуда нынешнее значение"]
    return _table(caption, columns, rows)


def _move(row: pd.Series, shown: Projection) -> list[str]:
    card = shown.levers[row["lever"]]
    where = "везде" if row["municipality"] is None else shown.now.names[row["municipality"]]
    spread = f" ({_spread(row['spread'], card)})" if row["spread"] is not None else ""
    return [card.title, where, _between(row["before"], card), _between(row["after"], card) + spread, row["source"]]


def _between(bounds: tuple[float, float], card: LeverCard) -> str:
    """«3 чел.», «от 1,5 до 12 мест в мес.» over municipalities."""
    low, high = bounds
    if low == float("inf"):
        return "не ограничено"
    told = wording.number(low, card.decimals)
    if low != high:
        told = f"от {told} до {'не ограничено' if high == float('inf') else wording.number(high, card.decimals)}"
    return f"{told}{wording.NBSP}{card.unit}"


def _spread(spread: Spread, card: LeverCard) -> str:
    bounds = (wording.number(one, card.decimals) for one in (spread.low, spread.high))
    return "случайно, от {} до {}".format(*bounds)


def costs_and_capacities(shown: Projection) -> HTML:
    """What each capacity offers and how much of it is used; what it costs, and where pay alone is above the budget."""
    said = templates.macros("scenario").sentences(overpaid_in_words(shown)) if shown.overpaid else ""
    return HTML(f"{_capacities(shown).data}{_cost(shown).data}{said}")


def overpaid_in_words(shown: Projection) -> list[str]:
    """Where the budget does not even pay the methodists, with both sums: nothing is cut silently."""
    found = shown.overpaid
    rule = "Их оплата не урезана, места, команды и мероприятия в этот год не покупаются."
    told = [
        f"{shown.now.names[place]}, {year} год: одни методисты стоят {_money(pay)}, бюджет — {_money(budget)}. {rule}"
        for year, place, pay, budget in found[:SHOWN_OVERPAID]
    ]
    rest = len(found) - len(told)
    return [*told, f"Так же ещё в {wording.number(rest)} случаях (муниципалитет и год)."] if rest else told


def _money(thousands: float) -> str:
    return f"{wording.number(thousands, 1)} {THOUSAND}"


def _capacities(shown: Projection) -> HTML:
    """What each capacity offers over all months and how much of it is used."""
    place = shown.outcome.plans.places.index(shown.whole)
    rows = []
    for name, title in CAPACITIES.items():
        used, offered = (one[:, place].sum() for one in shown.outcome.use[name])
        share = wording.percent(100 * used / offered, 0) if offered else NOTHING
        rows.append([title[:1].upper() + title[1:], wording.number(round(offered)), wording.number(round(used)), share])
    return _table("Чего хватает и чего нет: за все месяцы", ["Мощность", "Предложено", "Использовано", "Доля"], rows)


def _cost(shown: Projection) -> HTML:
    """Thousand roubles by what for, against the base."""
    place = shown.outcome.plans.places.index(shown.whole)
    spent = {name: (shown.before.spent[name][:, place].sum(), one[:, place].sum()) for name, one in shown.outcome.spent.items()}
    rows = [[SPENT[name], *(wording.number(round(one)) for one in both)] for name, both in spent.items() if any(both)]
    rows.append(["всего", *(wording.number(round(sum(both[side] for both in spent.values()))) for side in (0, 1))])
    return _table(f"Затраты, {THOUSAND} {PRICES}", ["На что", f"«{shown.base.title}»", "Сценарий"], rows)


def sureness(shown: Projection) -> HTML:
    """What the result depends on most, when the plan fails, and what came of the forecast made a year before."""
    rows = []
    for name in shown.shown:
        found = shown.importance(name)
        seen = found[found["share"] >= SEEN].head(SHOWN_INPUTS).to_dict("records")
        told = [f"{lowered(shown.levers[row['lever']].title)} — {wording.percent(100 * row['share'], 0)}" for row in seen]
        rows.append([shown.cards[name].short_name, "; ".join(told) or (CERTAINLY if shown.known(name) else "нет данных")])
    draws = wording.number(shown.scenario.draws)
    table = _table(f"Что сильнее влияет на итог: доля в разбросе {draws} расчётов", ["Показатель", "Чем определяется"], rows)
    said = [shown.rule_in_words, shown.backtest_in_words]
    return HTML(f"{table.data}{templates.macros('scenario').sentences([one for one in said if one])}")
