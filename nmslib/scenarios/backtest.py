"""What the model would have foretold of today a year ago, against what happened: shown beside every forecast."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import pandas as pd
from dateutil.relativedelta import relativedelta

from nmslib import wording
from nmslib.indicators import figures
from nmslib.indicators.asked import asked
from nmslib.indicators.knowledge import since
from nmslib.indicators.periods import quarter_ends
from nmslib.model import REGION, Card, LeverCard, System
from nmslib.registries import Registries
from nmslib.roadmap import WorkingDays
from nmslib.scenarios.draws import QUANTILES, draw
from nmslib.scenarios.ground import Ground, ground
from nmslib.scenarios.importance import within_sentence
from nmslib.scenarios.levers import Settings

COLUMNS = {
    "indicator": "str",
    "municipality": "str",
    "made_on": "datetime64[s]",
    "on": "datetime64[s]",
    "forecast": "float64",
    "low": "float64",
    "high": "float64",
    "fact": "float64",
    "inside": "bool",
    "title": "str",
    "unit": "str",
    "decimals": "int64",
}
LEAST_AHEAD = relativedelta(months=3)
WHY = "why"


def backtest(
    system: System,
    cards: Mapping[str, Card],
    levers: Mapping[str, LeverCard],
    received_on: Callable[[date], Registries],
    municipalities: Sequence[str],
    as_of: date,
    calendar: WorkingDays,
    seed: int,
    draws: int = 1000,
) -> pd.DataFrame:
    """Forecasts of ``as_of`` from an earlier day, each against its figure: a row per indicator and place where both are known.

    Columns: indicator, municipality (REGION too when several are modelled, and all of them), made_on, on (``as_of``), forecast
    (levers as they were, the model without draws), low, high (the band of the draws, 10–90 %), fact, inside (whether the fact is
    within the band), title, unit, decimals (of the card). ``made_on`` is a year before, or the end of the first quarter that
    registries tell of, if that is later, but at least three months before. Only ``received_on(made_on)`` is looked at for the
    forecast, ``received_on(as_of)`` for the facts. Empty when there is nothing to compare; ``attrs["why"]`` then says why, in
    Russian.
    """
    made_on = _made_on(system, as_of)
    if made_on is None:
        return _nothing(f"от конца первого квартала, о котором говорят реестры, до {wording.day(as_of)} меньше трёх месяцев")
    found = ground(system, cards, levers, received_on(made_on), municipalities, made_on, as_of, calendar)
    if not found.municipalities:
        return _nothing("; ".join(dict.fromkeys(found.start.unknown.values())))
    # Of a part of the municipalities, or where some cannot be modelled, there is no forecast of the whole.
    whole = len(municipalities) > 1 and set(found.municipalities) == set(municipalities)
    facts = _facts(system, cards, received_on(as_of), [*found.municipalities, *([REGION] if whole else [])], made_on, as_of)
    table = _forecasts(found, seed, draws, whole).merge(facts, on=["indicator", "municipality"]).dropna()
    if table.empty:
        return _nothing(f"нет показателей, известных и на {wording.day(made_on)}, и на {wording.day(as_of)}")
    told = table.assign(made_on=made_on, on=as_of, inside=table["fact"].between(table["low"], table["high"]))
    for column, name in (("title", "short_name"), ("unit", "unit"), ("decimals", "decimals")):
        told[column] = [getattr(cards[one], name) for one in told["indicator"]]
    return told[list(COLUMNS)].astype(COLUMNS).reset_index(drop=True)


def _nothing(why: str) -> pd.DataFrame:
    nothing = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})
    nothing.attrs[WHY] = why
    return nothing


def _made_on(system: System, as_of: date) -> date | None:
    """A year before, but not before the end of the first quarter of which registries tell; None when that is too near."""
    first, year_before = since(system), as_of - relativedelta(years=1)
    if first is None:
        return year_before
    quarter = next((day for day in quarter_ends(first, as_of) if day + LEAST_AHEAD <= as_of), None)
    return max(year_before, quarter) if quarter else None


def _forecasts(found: Ground, seed: int, draws: int, whole: bool) -> pd.DataFrame:
    """Indicator, municipality, forecast, low, high at the last month."""
    as_they_were, plans = Settings(found.facts.values, found.facts.values, {}), found.plans({})
    table = found.outcome(as_they_were, plans).table()
    # Methodists are a lever: nobody foretells them.
    wanted = [name for name in plans.indicators if name != "methodists_count"]
    bands = draw(found, as_they_were, plans, wanted, seed, draws, None if whole else found.municipalities).bands
    keys = ["indicator", "municipality"]
    ending, drawn = (one[one["month"] == one["month"].max()] for one in (table, bands))
    return drawn[[*keys, "low", "high"]].merge(ending[[*keys, "value"]].rename(columns={"value": "forecast"}), on=keys)


def _facts(
    system: System, cards: Mapping[str, Card], registries: Registries, places: list[str], made_on: date, as_of: date
) -> pd.DataFrame:
    """Figures on the day that are defined as they were when the forecast was made: indicator, municipality, fact."""
    before, now = ({one.card.id: one.organisations for one in asked(system, dict(cards), day)} for day in (made_on, as_of))
    table = figures(system, dict(cards), registries, places, as_of)
    table = table[[before.get(one) == now[one] for one in table["indicator"]]]
    return table[["indicator", "municipality", "value"]].rename(columns={"value": "fact"})


def backtest_words(frame: pd.DataFrame, municipality: str) -> str:
    """A place's row of forecasts in a sentence, or why there is none; of the whole, how many of the municipalities' came true.

    «Прогноз от 30.06.2023 на 01.12.2023: диагностика 9,1 % (8,0–10,2 %), вышло 12,4 % — выше полосы.»
    """
    mine, others = (frame[(frame["municipality"] == municipality) == own] for own in (True, False))
    if mine.empty and others.empty:
        why = frame.attrs.get(WHY, "")
        return wording.sentences("Прошлый прогноз сверить не с чем" + (f": {why}" if why else ""))
    told = "; ".join(_told(row) for _, row in mine.iterrows())
    made_on, on = (wording.day(frame[name].iloc[0]) for name in ("made_on", "on"))
    sentences = [f"Прогноз от {made_on} на {on}: {told}"] if told else []
    if len(others):
        came = f"{wording.number(int(others['inside'].sum()))} из {wording.number(len(others))}"
        share = wording.percent(100 * (QUANTILES["high"] - QUANTILES["low"]), 0)
        sentences.append(f"По муниципалитетам в полосе {share} расчётов — {came} значений")
    return wording.sentences(*sentences)


def _told(row: pd.Series) -> str:
    value, low, high, fact = (_shown(row, name) for name in ("forecast", "low", "high", "fact"))
    low = low.removesuffix(f"{wording.NBSP}%")
    where = "в полосе" if row["inside"] else "выше полосы" if row["fact"] > row["high"] else "ниже полосы"
    return f"{within_sentence(row['title'])} {value} ({low}–{high}), вышло {fact} — {where}"


def _shown(row: pd.Series, name: str) -> str:
    if row["unit"] == "percent":
        return wording.percent(row[name], int(row["decimals"]))
    return wording.number(row[name], int(row["decimals"]))
