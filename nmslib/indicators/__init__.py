"""Computes the table of figures: every number of notebooks, papers and pages comes from here. Opens no file, reads no clock."""

from datetime import date

import pandas as pd

from nmslib import wording
from nmslib.indicators.definitions import FUNCTIONS, Counted, Question
from nmslib.indicators.effects import Effect, Effects, in_words
from nmslib.indicators.states import Standing, standing, wilson
from nmslib.model import Card, Indicator, State, System, Target
from nmslib.registries import Registries

__all__ = ["COLUMNS", "FUNCTIONS", "Counted", "Effect", "Effects", "Question", "figures", "in_words", "largest_gap", "target_of"]

NOT_YET = {"status": State.NOT_YET.id, "reason": "расчёт этого показателя в тетрадь ещё не введён."}
COLUMNS = {
    "figure": "string",
    "system": "string",
    "municipality": "string",
    "indicator": "string",
    "as_of": "datetime64[s]",
    "period": "string",
    "numerator": "Int64",
    "denominator": "Int64",
    "value": "float64",
    "unit": "string",
    "lower": "float64",
    "upper": "float64",
    "target": "float64",
    "comparator": "string",
    "expected_now": "float64",
    "people_missing": "Int64",
    "status": "string",
    "reason": "string",
    "act": "string",
    "clause": "string",
    "source": "string",
}


def target_of(system: System, indicator: str, year: int) -> Target | None:
    """The planned value of an indicator for a year, or None when the order sets none."""
    return next((target for target in system.targets if target.applies_to == indicator and target.period == str(year)), None)


def largest_gap(figures: pd.DataFrame) -> pd.Series | None:
    """The figure that is worst off: by state, then by points missing; None when none is known to miss its plan."""
    behind = figures[figures["people_missing"] > 0]
    if behind.empty:
        return None
    severity = behind["status"].map({State.UNREACHABLE.id: 2, State.RECOVERABLE.id: 1}).fillna(0)
    ranked = behind.assign(severity=severity, points=behind["target"] - behind["value"])
    return ranked.sort_values(["severity", "points"], ascending=False, kind="stable").iloc[0]


def _missing_registries(card: Card, registries: Registries, municipality: str) -> list[str]:
    rows = registries.arrivals
    mine = rows[(rows["municipality"] == municipality) & rows["registry"].isin(card.registries) & ~rows["received"]]
    return mine["title"].tolist()


def _place(
    counted: Counted,
    card: Card,
    target: Target | None,
    registries: Registries,
    municipality: str,
    period: tuple[date, date, date],
) -> dict:
    """Count and standing of one municipality; unknown registries and empty bases are said, never shown as 0 %."""
    start, end, as_of = period
    absent = _missing_registries(card, registries, municipality)
    unread = registries.unread(municipality, card.registries)
    spoilt = [f"«{title}»" for title, (rows, count) in unread.items() if 2 * rows > count]
    if spoilt and not absent:
        cause = f"большинство строк не прочитано: {', '.join(spoilt)}"
        return {"status": State.NOT_COMPUTABLE.id, "reason": wording.sentences(f"показатель не рассчитан: {cause}")}
    numerator = counted.numerator[counted.numerator["municipality"] == municipality]
    denominator = int((counted.denominator["municipality"] == municipality).sum())
    if absent or not denominator:
        names = ", ".join(f"«{title}»" for title in absent)
        unseen = wording.noun(len(absent), ("нет данных реестра", "нет данных реестров", "нет данных реестров"))
        cause = f"{unseen} {names}: не представлены или не прочитаны" if absent else card.undefined_when
        return {"status": State.NOT_COMPUTABLE.id, "reason": wording.sentences(f"показатель не рассчитан: {cause}")}
    counted_now = numerator[numerator["on"] >= pd.Timestamp(start)]
    months = counted_now.groupby(counted_now["on"].dt.month).size()
    result: Standing = standing(card, target, len(numerator), months, denominator, start, end, as_of)
    outside = int(counted.outside.get(municipality, 0))
    people = wording.counted(outside, card.noun)
    noted = f"Ещё {people} вне знаменателя: другие организации, совместители, уволенные" if outside else ""
    cells = sum(rows for rows, _ in unread.values())
    doubtful = f"Строк с непрочитанным в исходных реестрах: {wording.number(cells)}; значение может измениться" if cells else ""
    return {
        "numerator": len(numerator),
        "denominator": denominator,
        "value": 100 * len(numerator) / denominator,
        "expected_now": result.expected_now,
        "people_missing": result.people_missing,
        "status": result.state.id,
        "reason": wording.sentences(result.reason, noted, doubtful),
    }


def figures(
    system: System, cards: dict[str, Card], registries: Registries, municipalities: list[str], as_of: date
) -> pd.DataFrame:
    """The table of figures of these municipalities at ``as_of``: one row per municipality and indicator (COLUMNS).

    ``value``, ``lower``, ``upper``, ``target``, ``expected_now`` are in ``unit`` (percent); ``numerator``, ``denominator`` and
    ``people_missing`` are whole people or teams; ``source`` is the sha256 of the workbook. The period is the calendar year.
    """
    start, end = date(as_of.year, 1, 1), date(as_of.year, 12, 31)
    sources = registries.arrivals.drop_duplicates("municipality").set_index("municipality")["sha256"]
    rows = []
    for indicator in system.indicators:
        card, target = cards[indicator.indicator], target_of(system, indicator.indicator, as_of.year)
        question = Question(pd.Timestamp(start), pd.Timestamp(as_of), indicator.organisations)
        function = FUNCTIONS.get(indicator.indicator)
        counted = function(registries.frames, question) if function else None
        for municipality in municipalities:
            row = _row(system, indicator, target, municipality, as_of) | {"source": sources.get(municipality)}
            found = _place(counted, card, target, registries, municipality, (start, end, as_of)) if counted else NOT_YET
            rows.append(row | found)
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
    frame["lower"], frame["upper"] = wilson(frame["numerator"].astype("float64"), frame["denominator"].astype("float64"))
    return frame.sort_values("municipality", kind="stable", ignore_index=True)


def _row(system: System, indicator: Indicator, target: Target | None, municipality: str, as_of: date) -> dict:
    return {
        "figure": f"{system.id}/{municipality}/{indicator.indicator}/{as_of.isoformat()}",
        "system": system.id,
        "municipality": municipality,
        "indicator": indicator.indicator,
        "as_of": as_of,
        "period": str(as_of.year),
        "unit": indicator.unit,
        "target": target.value if target else None,
        "comparator": target.comparator if target else None,
        "act": system.act.name,
        "clause": indicator.clause,
    }
