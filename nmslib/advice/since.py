"""What happened after the last recommendations, beside comparable municipalities; tells of time, never of a cause."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from nmslib import wording
from nmslib.intervals import of_sum, wilson
from nmslib.model import REGION, Card

FEWEST_PLACES = 3
MOST_DAYS_APART = 31
BETTER = "улучшилось сильнее сравнимых"
LESS_BAD = "ухудшилось слабее сравнимых"
WORSE = "хуже сравнимых"
NO_GROUNDS = "нет оснований судить"

OUTCOMES = {
    "system": "string",
    "municipality": "string",
    "indicator": "string",
    "rule": "string",
    "addressee": "string",
    "action": "string",
    "until": "datetime64[s]",
    "before_on": "datetime64[s]",
    "before_numerator": "Int64",
    "before_denominator": "Int64",
    "before_value": "float64",
    "after_on": "datetime64[s]",
    "after_numerator": "Int64",
    "after_denominator": "Int64",
    "after_value": "float64",
    "change_value": "float64",
    "change_people": "Int64",
    "others": "Int64",
    "others_before": "float64",
    "others_after": "float64",
    "others_change": "float64",
    "difference": "float64",
    "lower": "float64",
    "upper": "float64",
    "verdict": "string",
    "why": "string",
}
_SHARE = tuple[int, int]


def outcomes(
    previous: pd.DataFrame,
    before: pd.DataFrame,
    after: pd.DataFrame,
    all_before: pd.DataFrame,
    all_after: pd.DataFrame,
    cards: Mapping[str, Card],
) -> pd.DataFrame:
    """What became of each recommendation about a figure of the last period (OUTCOMES): before, after, comparable places, verdict.

    ``previous``: recommendations of the last period, of these places and of all that may be compared with them; ``before`` and
    ``after``: figures of these places then and now, ``all_before`` and ``all_after`` those of all municipalities of the system.

    Comparable: municipalities whose share is known on both days, whose plan was not reached then, and to which the same rule
    recommended nothing about the figure; their numerators and denominators are pooled. The whole has none: they are its parts.
    ``change_value``, ``others_change``,
    ``difference``, ``lower``, ``upper``: percentage points (for counts the number itself, without an interval); the interval is
    of 95 %. Verdicts: BETTER when the interval of the difference of changes lies above 0 and the share grew, LESS_BAD when
    it fell, WORSE when the interval lies below 0; NO_GROUNDS when it covers 0, when a value is missing on either day, the figure
    is no share, or fewer than three places are comparable; and, without a change, when another period's counter was begun and
    the two days are not about as far from the ends of their periods. None of them says that the recommendation was the cause.
    """
    then, now = _by_place(before), _by_place(after)
    mine = previous[(previous["kind"] == "indicator") & previous["municipality"].isin(before["municipality"].unique())]
    comparable = _comparable(all_before, all_after)
    advised = {key: set(rows["municipality"]) for key, rows in previous.groupby(["indicator", "rule"])}
    rows = []
    for _, told in mine.iterrows():
        name, key = told["indicator"], (told["municipality"], told["indicator"])
        if key in then:
            others = comparable.get(name, comparable[""])
            apart = {REGION, told["municipality"], *advised[name, told["rule"]]}
            others = others[~others["municipality"].isin(apart) & (told["municipality"] != REGION)]
            rows.append(_row(told, then[key], now.get(key), others, cards[name]))
    return pd.DataFrame(rows, columns=list(OUTCOMES)).astype(OUTCOMES)


def _by_place(figures: pd.DataFrame) -> dict[tuple[str, str], pd.Series]:
    return {(row["municipality"], row["indicator"]): row for _, row in figures.iterrows()}


def _comparable(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Per indicator, municipalities whose share is known on both days and whose plan was not reached then, and «» without rows.

    Columns of numerators and denominators have the suffixes _then and _now.
    """
    columns = ["municipality", "indicator", "numerator", "denominator", "value", "people_missing"]
    both = before[columns].merge(after[columns], on=["municipality", "indicator"], suffixes=("_then", "_now"))
    known = both["value_then"].notna() & both["value_now"].notna()
    for day in ("then", "now"):
        known &= (both[f"denominator_{day}"] > 0).fillna(False)
    both = both[known & ~(both["people_missing_then"] == 0).fillna(False)]
    return {"": both.head(0), **dict(list(both.groupby("indicator")))}


def _row(told: pd.Series, then: pd.Series, now: pd.Series | None, others: pd.DataFrame, card: Card) -> dict[str, Any]:
    common = {name: told[name] for name in ("system", "municipality", "indicator", "rule", "addressee", "action", "until")}
    row = common | _known(then, "before") | (_known(now, "after") if now is not None else {})
    if now is None or pd.isna(then["value"]) or pd.isna(now["value"]):
        return row | {"others": 0} | _no_grounds("значение известно не на оба дня")
    if card.counts == "flow" and _begun_anew(then, now):
        ends = [wording.day(one["ends_on"]) for one in (then, now)]
        return row | {"others": 0} | _no_grounds(f"счёт начат заново: периоды по {ends[0]} и по {ends[1]}")
    row |= {
        "change_value": float(now["value"] - then["value"]),
        "change_people": int(now["numerator"] - then["numerator"]),
        "others": len(others),
    }
    if card.unit != "percent":
        return row | _no_grounds("показатель — число, а не доля: интервала нет")
    if now["as_of"] <= then["as_of"]:
        return row | _no_grounds("нет второго измерения")
    if others.empty:
        return row | _no_grounds("сравнимых муниципалитетов нет")
    return row | _against(_share(then), _share(now), others, told, now)


def _begun_anew(then: pd.Series, now: pd.Series) -> bool:
    """Whether people are counted in another period of which not about the same part has passed, or in one of another kind.

    The same day of two years can be compared, the end of May of one school year and the end of October of the next cannot.
    """
    if then["period"] == now["period"]:
        return False
    kinds = {re.sub(r"\d", "0", one["period"]) for one in (then, now)}
    left = [(one["ends_on"] - one["as_of"]).days for one in (then, now)]
    return len(kinds) > 1 or abs(left[0] - left[1]) > MOST_DAYS_APART


def _known(figure: pd.Series, day: str) -> dict[str, Any]:
    told = {f"{day}_{name}": figure[name] for name in ("numerator", "denominator", "value")}
    return told | {f"{day}_on": figure["as_of"]}


def _share(figure: pd.Series) -> _SHARE:
    return int(figure["numerator"]), int(figure["denominator"])


def _no_grounds(why: str) -> dict[str, Any]:
    return {"verdict": NO_GROUNDS, "why": wording.sentences(why[:1].upper() + why[1:])}


def _against(then: _SHARE, now: _SHARE, others: pd.DataFrame, told: pd.Series, figure: pd.Series) -> dict[str, Any]:
    """The change beside that of the pooled comparable places, with the interval of the difference."""
    pooled_then, pooled_now = (
        (int(others[f"numerator_{day}"].sum()), int(others[f"denominator_{day}"].sum())) for day in ("then", "now")
    )
    own, theirs = _percent(now) - _percent(then), _percent(pooled_now) - _percent(pooled_then)
    lower, upper = of_sum([_part(now), _minus(_part(then)), _minus(_part(pooled_now)), _part(pooled_then)])
    row = {
        "others_before": _percent(pooled_then),
        "others_after": _percent(pooled_now),
        "others_change": theirs,
        "difference": own - theirs,
        "lower": lower,
        "upper": upper,
    }
    if len(others) < FEWEST_PLACES:
        return row | _no_grounds(f"сравнимых муниципалитетов: {len(others)}, нужно не меньше {FEWEST_PLACES}")
    if lower <= 0 <= upper:
        return row | _no_grounds("интервал разницы изменений включает ноль")
    verdict = WORSE if upper < 0 else BETTER if own > 0 else LESS_BAD
    early = f"Срок рекомендации — {wording.day(told['until'])}, он ещё не наступил" if figure["as_of"] < told["until"] else ""
    return row | {"verdict": verdict, "why": wording.sentences("Интервал разницы изменений не включает ноль", early)}


def _percent(share: _SHARE) -> float:
    return 100 * share[0] / share[1]


def _part(share: _SHARE) -> tuple[float, float, float]:
    lower, upper = wilson(float(share[0]), float(share[1]))
    return _percent(share), 100 * float(lower), 100 * float(upper)


def _minus(part: tuple[float, float, float]) -> tuple[float, float, float]:
    estimate, lower, upper = part
    return -estimate, -upper, -lower
