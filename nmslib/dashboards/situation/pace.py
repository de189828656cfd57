"""Question 4: will we make it at this pace; question 5: what it would take, which the page of scenarios answers."""

import pandas as pd

from nmslib import charts, wording
from nmslib.dashboards import markup
from nmslib.dashboards.situation.plan import STATES, told
from nmslib.dashboards.situation.state import SituationState
from nmslib.model import MODELLED


def drawn(state: SituationState) -> str:
    """How the chosen indicator went, with its values as a table."""
    series = state.now.series
    mine = series[(series["indicator"] == state.indicator) & (series["as_of"] <= pd.Timestamp(state.day))]
    if mine.empty:
        return str(markup.macros("situation").nothing("4", "Успеем ли", "Значений этого показателя ещё нет."))
    chart = markup.picture(charts.trend(mine, state.run.cards))
    rows = [(wording.day(row["as_of"]), told(row, state.card), STATES[row["status"]].word) for _, row in mine.iterrows()]
    table = markup.macros("situation").values(["Дата", "Значение", "Состояние"], rows, "Значения по датам")
    forecast = {"title": _title(mine.iloc[-1], state), "words": wording.for_officials(str(mine.iloc[-1]["reason"]))}
    return str(markup.macros("situation").pace(state.card.short_name, chart, forecast, table))


def _title(last: pd.Series, state: SituationState) -> str:
    return f"{state.card.short_name}: {STATES[last['status']].word}"


def needs(state: SituationState) -> str:
    """The way to the page of scenarios with this place and indicator."""
    known = state.indicator in MODELLED and state.run.facts.act.level != "federal"
    words = (
        "Сценарий покажет, при каких ресурсах и с какой вероятностью план выполняется и что сдерживает."
        if known
        else "Этот показатель модель сценариев не считает."
    )
    link = "scenarios" + state.link(as_of=None) if known else ""
    return str(markup.macros("situation").needs(state.card.short_name, "Сколько людей, мест и часов", words, link))
