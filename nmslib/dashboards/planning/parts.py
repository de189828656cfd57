"""The parts of the page «Сценарии»: a state in, HTML by part out."""

import pandas as pd

from nmslib import charts, documents, scenarios, wording
from nmslib.compared import MOST
from nmslib.dashboards import markup, standing
from nmslib.dashboards.planning import sliders
from nmslib.dashboards.planning.state import PlanningState
from nmslib.documents.scenario.tables import chance_of, lowered
from nmslib.model import FACT
from nmslib.scenarios.differences import THOUSAND, plan_in_words, value_in_words
from nmslib.scenarios.least import MOVED

SEEN, SHOWN_INPUTS = 0.005, 5


def drawn(state: PlanningState) -> dict[str, str]:
    """Part → HTML; those that wait for draws say so, and those that no lever changes at once stay as they are."""
    page = {"bar": _bar(state), "levers": sliders.drawn(state), "answer": _answer(state)}
    if not state.sure:
        waiting = markup.macros("planning").waiting
        return page | {"plans": str(waiting("Все планы")), "sure": str(waiting("Что сильнее влияет"))}
    page |= {"plans": _plans(state), "sure": _sure(state), "ask": _ask(state), "solved": state.answers.get("solved", "")}
    return page | {"sides": _sides(state), "more": _more(state)}


def _bar(state: PlanningState) -> str:
    choices = [
        ("system", "Система", state.systems, state.system, "municipality indicator scenario compare " + " ".join(state.cards)),
        ("municipality", "Муниципалитет", state.names, state.municipality, "compare " + " ".join(state.cards)),
        ("indicator", "Показатель", state.indicators, state.indicator, ""),
        ("scenario", "Сценарий", state.titles, state.scenario, " ".join(state.cards)),
    ]
    facts = state.run.facts.act.short_title
    day = wording.day(state.shown.now.day)
    back = "./" + state.link(scenario=None, compare=None, **dict.fromkeys(state.levers, None))
    return str(markup.macros("planning").bar(facts, choices, day, state.run.synthetic, ",".join(state.compare), back))


def _answer(state: PlanningState) -> str:
    """The finding in words and the trajectory of the chosen indicator."""
    shown, name = state.shown, state.indicator
    months = scenarios.trajectories(shown.outcome, shown.before, _bands(state), shown.now.figures, shown.whole)
    mine = months[months["indicator"] == name].reset_index(drop=True)
    finding, facts = _finding(state)
    question = f"{state.names[state.municipality]}: успеем ли выполнить план"
    chart = charts.projection(mine, shown.cards, {name: ""}, question, "без изменений", shown.scenario.draws)
    rows = [
        (
            wording.month_in_text(row["month"]),
            *(_number(row[column], state) for column in ("value", "base", "low", "high", "target")),
        )
        for _, row in mine.iterrows()
    ]
    heads = ["Конец месяца", "Сценарий", "Без изменений", "Полоса снизу", "Полоса сверху", "План"]
    table = markup.macros("situation").values(heads, rows, "Значения по месяцам")
    return str(markup.macros("planning").answer(finding, facts, markup.picture(chart), table))


def _number(value: float, state: PlanningState) -> str:
    if pd.isna(value):
        return "—"
    card = state.card
    return wording.percent(value, card.decimals) if card.unit == "percent" else wording.number(value, card.decimals)


def _bands(state: PlanningState) -> pd.DataFrame:
    if state.sure:
        return state.shown.drawn.bands
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in BANDS.items()})


BANDS = {
    "indicator": "str",
    "municipality": "str",
    "month": "datetime64[s]",
    "low": "float64",
    "middle": "float64",
    "high": "float64",
}


def _finding(state: PlanningState) -> tuple[str, list[tuple[str, str]]]:
    """What comes of the indicator in one sentence, and its facts: when, how likely, what holds back, how many, at what cost."""
    shown, name, card = state.shown, state.indicator, state.card
    mine = shown.endings[shown.endings["indicator"] == name]
    cost, was = shown.outcome.cost(shown.whole), shown.before.cost(shown.whole)
    more = (
        f", на {wording.number(abs(round(cost - was)))} {'больше' if cost > was else 'меньше'}"
        if round(cost) != round(was)
        else ""
    )
    facts = [(f"Затраты, {THOUSAND}", f"{wording.number(round(cost))}{more} (цены — допущение)")]
    if mine.empty:
        return f"{card.short_name}: плана на эти месяцы нет", facts
    row = mine.iloc[-1]
    held = scenarios.bottleneck_in_words(shown.outcome, name, shown.whole)
    facts = [
        ("Вероятность", _chance(state, row)),
        ("Что сдерживает", held or "ничего"),
        ("Сценарий", value_in_words(row, card)),
        ("Без изменений", value_in_words(row, card, "_before")),
        *facts,
    ]
    return f"{card.short_name}: {plan_in_words(row, card)}", facts


def _chance(state: PlanningState, row: pd.Series) -> str:
    if not state.sure:
        return "считаю…"
    return chance_of(state.shown.probability(state.indicator, row["due_on"]), bool(row["lost"]))


def _plans(state: PlanningState) -> str:
    """Every plan of the place under the scenario."""
    table = documents.endings_table(state.shown).data
    return str(markup.macros("planning").block("Все планы", state.shown.finding, [table], False))


def _sure(state: PlanningState) -> str:
    """What the result depends on most, when the plan fails, what came of the forecast made before."""
    shown = state.shown
    title, bars = _influence(state)
    before = standing.backtest(state.run, state.municipality, shown.now.day)
    draws = wording.number(shown.scenario.draws)
    return str(markup.macros("planning").sure(f"{state.card.short_name}: {title}", bars, shown.rule_in_words, before, draws))


def _influence(state: PlanningState) -> tuple[str, list[tuple[str, float, str]]]:
    """What the indicator depends on most: lever, share, the share in words. Draws are made for what has a plan."""
    shown, name = state.shown, state.indicator
    if (shown.whole, name) not in shown.drawn.finals:
        return "плана на эти месяцы нет, поэтому нет и вероятности", []
    if not shown.known(name):
        return "не посчитать, данных не хватает", []
    found = shown.importance(name)
    bars = [
        (lowered(shown.levers[row["lever"]].title), round(100 * row["share"], 1), wording.percent(100 * row["share"], 0))
        for _, row in found[found["share"] >= SEEN].head(SHOWN_INPUTS).iterrows()
    ]
    return f"сильнее всего влияет — {bars[0][0]}" if bars else "от неопределённых величин не зависит", bars


def _ask(state: PlanningState) -> str:
    planned = {name: state.indicators[name] for name in state.indicators if (state.shown.endings["indicator"] == name).any()}
    levers = {name: state.cards[name].title for name in MOVED}
    splits = (
        {name: state.cards[name].title for name in ("programme_seats", "diagnostic_places", "methodists")} if state.whole else {}
    )
    return str(markup.macros("planning").ask(planned, state.indicator, levers, splits, len(state.shown.ground.municipalities)))


def _sides(state: PlanningState) -> str:
    """Up to four scenarios side by side: links to add and to remove, their table and chart."""
    others = {name: title for name, title in state.titles.items() if name not in (*state.compare, state.scenario, FACT)}
    add = [(title, state.link(compare=",".join([*state.compare, name]))) for name, title in others.items()]
    drop = [
        (state.titles[name], state.link(compare=",".join(one for one in state.compare if one != name))) for name in state.compare
    ]
    table, picture = "", ""
    if state.compare:
        table = documents.compared_table(state.sides).data + documents.compared_words(state.sides).data
        months = state.sides.months[state.sides.months["indicator"] == state.indicator]
        picture = markup.picture(charts.compared(months, state.run.cards, state.sides.finding))
    full = len(state.compare) >= MOST - 1
    return str(markup.macros("planning").sides([] if full else add, drop, table, picture, wording.day(state.shown.now.day)))


def _more(state: PlanningState) -> str:
    """Capacities and cost, municipalities, levers with sources, the calculator of methodists: folded."""
    shown = state.shown
    blocks = [
        ("Мощности и затраты", documents.costs_and_capacities(shown).data),
        ("По муниципалитетам", documents.places_table(shown).data),
        ("Что изменено и откуда нынешние значения", documents.levers_table(shown).data),
        ("Сколько методистов нужно на работу года", documents.workforce_table(shown).data),
    ]
    return str(markup.macros("planning").more([(title, table) for title, table in blocks if table]))
