"""What a scenario changes, in words: indicators at the end of their periods, days of reaching, cost, what holds back."""

from collections.abc import Mapping, Sequence

import pandas as pd

from nmslib import wording
from nmslib.model import REGION, Card
from nmslib.scenarios.results import Outcome

CAPACITIES = {
    "diagnostics": "места диагностики",
    "routes": "часы методистов на ИОМ",
    "seats": "места на программах",
    "young": "приём в поддержку молодых педагогов",
    "teams": "места для управленческих команд",
    "joining": "темп введения модели наставничества",
    "events": "число мероприятий",
}
THOUSAND = "тыс.\N{NO-BREAK SPACE}руб."
CEILING, LIMIT = "ceiling", "предел сопровождаемых одним методистом"
NAMED = 5
PLACES = ("муниципалитет", "муниципалитета", "муниципалитетов")


def endings(outcome: Outcome, place: str) -> pd.DataFrame:
    """How each plan of a place ends, by indicator in the order of the document: the rows of ``Outcome.reached``."""
    rows = outcome.reached()
    return rows[rows["municipality"] == place].reset_index(drop=True)


def told(after: Outcome, before: Outcome, place: str, cards: Mapping[str, Card], base: str) -> list[str]:
    """Sentences on what ``after`` changes against ``before`` in a place; ``base``: what the latter is called."""
    keys = ["indicator", "due_on"]
    both = endings(after, place).merge(endings(before, place), on=keys, suffixes=("", "_before"))
    sentences = [_of_indicator(row, cards[row["indicator"]], base) for _, row in both.iterrows()]
    cost, was = after.cost(place), before.cost(place)
    sentences.append(_of_cost(cost, was, base))
    return sentences


def _of_indicator(row: pd.Series, card: Card, base: str) -> str:
    due = wording.day(row["due_on"])
    now, was = (value_in_words(row, card, suffix) for suffix in ("", "_before"))
    moved = f"{card.short_name}: к {due} {now}"
    same = now == was
    against = " — столько же, сколько в варианте" if same else " против"
    ending = plan_in_words(row, card)
    return wording.sentences(f"{moved}{against} {'«' + base + '»' if same else was + ' («' + base + '»)'}; {ending}")


def value_in_words(row: pd.Series, card: Card, suffix: str = "") -> str:
    """«12,4 % (147 из 1 186)» of a row with numerator and denominator."""
    numerator, denominator = row[f"numerator{suffix}"], row[f"denominator{suffix}"]
    if row[f"lost{suffix}"] and pd.isna(row[f"lower{suffix}"]):
        return f"не посчитать: численность известна не везде; по остальным {_counted(numerator, denominator, card)}"
    if row[f"lost{suffix}"]:
        return _between(numerator, denominator, row[f"lower{suffix}"], row[f"upper{suffix}"], card)
    return _counted(numerator, denominator, card)


def _counted(numerator: float, denominator: float, card: Card) -> str:
    if pd.isna(denominator):
        return wording.counted(int(numerator), card.noun)
    if not denominator:
        return "нет никого в знаменателе"
    if card.unit == "percent":
        return wording.share(int(numerator), int(denominator), card.decimals)
    return wording.number(numerator / denominator, max(1, card.decimals))


def _between(numerator: float, denominator: float, lower: float, upper: float, card: Card) -> str:
    """«от 8,1 % до 12,4 % (147–225 из 1 815)»: the whole where some municipalities tell nothing."""
    if pd.isna(denominator):
        return f"не меньше {wording.counted(int(numerator), card.noun)}"
    most = wording.number(round(upper * denominator / 100))
    people = f"{wording.number(int(numerator))}–{most} из {wording.number(int(denominator))}"
    return f"от {wording.percent(lower, card.decimals)} до {wording.percent(upper, card.decimals)} ({people})"


def without_data(names: Sequence[str], named: int = NAMED) -> str:
    """«3 муниципалитетов без данных (г. Тында, …)»: so many of them by name."""
    more = f" и ещё {wording.number(len(names) - named)}" if len(names) > named else ""
    who = f" ({', '.join(names[:named])}{more})" if named else ""
    return f"{wording.genitive(len(names), PLACES)} без данных{who}"


def plan_in_words(row: pd.Series, card: Card, short: bool = False) -> str:
    """Whether and when a plan is met: «план 10 % выполнен к 31 октября 2024 г.», «до плана 10 % не хватает 31 человека».

    ``short``: without the names of municipalities that tell nothing, for places that are too narrow for them.
    """
    plan = wording.plan(row["target"], card.unit)
    anyhow = " при любых недостающих сведениях" if row["lost"] and not short else ""
    if pd.isna(row["missing"]):
        return f"план {plan}: зависит от {without_data(row['lost'], 0 if short else NAMED)}"
    if row["missing"]:
        lacks = wording.genitive(int(row["missing"]), card.noun)
        if row["lost"]:
            return f"план {plan} не выполнен{anyhow}: не хватает не меньше {lacks}"
        return f"до плана {plan} не хватает {lacks}"
    if pd.isna(row["reached_on"]):
        return f"план {plan} выполнен{anyhow}"
    return f"план {plan} выполнен{anyhow} к {wording.day_in_text(row['reached_on'])}"


def _of_cost(cost: float, was: float, base: str) -> str:
    if round(cost) == round(was):
        return f"Затраты те же: {wording.number(round(cost))} {THOUSAND} (цены — допущение)."
    word = "больше" if cost > was else "меньше"
    change = wording.number(abs(round(cost) - round(was)))
    return f"Затраты: {wording.number(round(cost))} {THOUSAND}, на {change} {THOUSAND} {word}, чем «{base}» (цены — допущение)."


def trajectories(after: Outcome, before: Outcome, bands: pd.DataFrame, now: pd.DataFrame, place: str) -> pd.DataFrame:
    """Months of a place for charts: indicator, month, value, base, low, high, lower, upper, target.

    The day they start from is the first month. ``lower``, ``upper``: bounds where there is no value, as some municipalities tell
    nothing; the band is then left out.
    ``bands``: of the draws (indicator, municipality, month, low, high); ``now``: the table of figures on that day.
    """
    keys = ["indicator", "month"]
    mine, others = (table[table["municipality"] == place] for table in (after.table(), before.table()))
    others = others[[*keys, "value"]].rename(columns={"value": "base"})
    rows = mine[[*keys, "value", "lower", "upper", "target"]].merge(others, on=keys)
    rows = rows.merge(bands.loc[bands["municipality"] == place, [*keys, "low", "high"]], on=keys, how="left")
    rows.loc[rows["lower"].notna(), ["low", "high"]] = float("nan")
    begins = now.loc[now["municipality"] == place, ["indicator", "as_of", "value", "lower", "upper"]]
    begins = begins[begins["indicator"].isin(set(rows["indicator"]))].rename(columns={"as_of": "month"})
    # A figure with a value has the interval of its share in these columns.
    begins[["lower", "upper"]] = begins[["lower", "upper"]].where(begins["value"].isna())
    begins = begins.assign(base=begins["value"])
    order = {name: number for number, name in enumerate(after.plans.indicators)}
    found = pd.concat([begins, rows], ignore_index=True)
    return found.sort_values(keys, key=lambda one: one.map(order) if one.name == "indicator" else one, ignore_index=True)


def bottleneck_in_words(outcome: Outcome, indicator: str, place: str) -> str:
    """What holds an indicator back: a capacity, of the whole with the number of municipalities, or nothing."""
    found = outcome.bottleneck(indicator, place)
    if found is None:
        return "ничего: никто не ждёт"
    count = len(outcome.plans.places) - 1
    where = f" (в {outcome.held_back(indicator, found)} из {count} муниципалитетов)" if place == REGION else ""
    if found == CEILING:
        return LIMIT + (f" ({outcome.ceiling})" if outcome.ceiling else "") + where
    return CAPACITIES[found] + where
