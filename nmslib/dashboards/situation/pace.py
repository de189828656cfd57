"""Question 4: will we make it at this pace; question 5: what it would take, which the page of scenarios answers."""

from functools import lru_cache

import pandas as pd

from nmslib import charts, scenarios, wording
from nmslib.dashboards import markup, standing
from nmslib.dashboards.problems import NotShown
from nmslib.dashboards.shelf import Opened
from nmslib.dashboards.situation.plan import STATES, told
from nmslib.dashboards.situation.state import SituationState
from nmslib.documents.scenario.tables import chance_of
from nmslib.model import MODELLED
from nmslib.projection import Projection
from nmslib.scenarios.differences import plan_in_words


def drawn(state: SituationState) -> str:
    """How the chosen indicator went, with its values as a table, and where it goes if nothing changes."""
    series = state.now.series
    mine = series[(series["indicator"] == state.indicator) & (series["as_of"] <= pd.Timestamp(state.day))]
    if mine.empty:
        return str(markup.macros("situation").nothing("4", "Успеем ли", "Значений этого показателя ещё нет."))
    chart = markup.picture(charts.trend(mine, state.run.cards))
    rows = [(wording.day(row["as_of"]), told(row, state.card), STATES[row["status"]].word) for _, row in mine.iterrows()]
    table = markup.macros("situation").values(["Дата", "Значение", "Состояние"], rows, "Значения по датам")
    title, ahead, said = _ahead(state)
    title = title or f"{state.card.short_name}: {STATES[mine.iloc[-1]['status']].word}"
    words = [wording.for_officials(str(mine.iloc[-1]["reason"])), *said]
    before = standing.backtest(state.run, state.municipality, state.reported.day) if ahead else ""
    return str(markup.macros("situation").pace(state.card.short_name, title, [chart, *ahead], words, table, before))


def _ahead(state: SituationState) -> tuple[str, list[str], list[str]]:
    """The finding, the chart of the months ahead and words about it, as things stand on the day of the report."""
    if state.indicator not in MODELLED or state.as_of or state.run.facts.act.level == "federal":
        return "", [], []
    if not state.sure:
        return "", [], ["Считаю, что будет при этом темпе…"]
    try:
        shown = _unchanged(state.run, state.municipality)
    except NotShown as refused:
        return "", [], [f"{refused.missing}. {refused.how}"]
    if state.indicator not in shown.plans.indicators:
        return "", [], []
    months = scenarios.trajectories(shown.outcome, shown.before, shown.drawn.bands, shown.now.figures, shown.whole)
    mine = months[months["indicator"] == state.indicator].reset_index(drop=True).assign(base=float("nan"))
    endings = shown.endings[shown.endings["indicator"] == state.indicator]
    title, said = f"{state.card.short_name}: планов на эти месяцы нет", []
    if len(endings):
        row = endings.iloc[0]
        chance = chance_of(shown.probability(state.indicator, row["due_on"]), bool(row["lost"]))
        title = f"{state.card.short_name}: при сохранении темпа {plan_in_words(row, state.card)}"
        said = [f"Вероятность выполнить план к {wording.day(row['due_on'])}, если ничего не менять: {chance}."]
    question = "Месяцы вперёд, если ничего не менять"
    chart = charts.projection(mine, shown.cards, {}, question, "без изменений", shown.scenario.draws)
    return title, [markup.picture(chart)], said


@lru_cache(maxsize=4)
def _unchanged(run: Opened, place: str) -> Projection:
    """Held for as long as the page stays with the place."""
    return standing.projection(run, place, standing.unchanged(run, place))


def needs(state: SituationState) -> str:
    """What holds the indicator back as things stand, and the way to the page of scenarios with this place and indicator."""
    known = state.indicator in MODELLED and state.run.facts.act.level != "federal"
    if not known:
        words = ["Этот показатель модель сценариев не считает."]
        return str(markup.macros("situation").needs(state.card.short_name, "Сценария для показателя нет", words, ""))
    title, words = _held_back(state)
    words.append("Сценарий покажет, при каких ресурсах и с какой вероятностью план выполняется и сколько это стоит.")
    return str(markup.macros("situation").needs(state.card.short_name, title, words, "scenarios" + state.link(as_of=None)))


def _held_back(state: SituationState) -> tuple[str, list[str]]:
    """The binding capacity of the months ahead, and how much of each is used."""
    if not state.sure:
        return "Считаю…", []
    try:
        shown = _unchanged(state.run, state.municipality)
    except NotShown as refused:
        return "Смотреть вперёд не от чего", [f"{refused.missing}. {refused.how}"]
    if state.indicator not in shown.plans.indicators:
        return "Документ этого показателя сейчас не спрашивает", []
    held = scenarios.bottleneck_in_words(shown.outcome, state.indicator, shown.whole)
    return f"Сдерживает: {held or 'ничего'}", []
