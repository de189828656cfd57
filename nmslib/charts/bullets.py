"""Indicators against their plan: value, planned value, expected by now, interval."""

from typing import Any

import altair as alt
import pandas as pd

from nmslib import indicators, wording
from nmslib.charts.offline import INK, LETTER, NUMBER, QUIET, Row, heading, layer, layered, nothing, records, state_layer
from nmslib.model import Card, State

STATES = {state.id: state for state in State}
COLOUR = {"field": "colour", "type": "nominal", "scale": None}
SPANS = ("value", "lower", "upper", "target", "expected_now")
ROW_HEIGHT, DENSE_ROW_HEIGHT, DENSE = 46, 28, 12
# A count five times its plan would leave the others no room; its words say how much it is.
LONGEST = 200.0
BOUNDS = {">=": "не меньше ", "<=": "не больше "}
KEY = "Столбец — значение; жирная черта — план; тонкая черта — ожидалось к дате отчёта; линия — интервал 95 %"


def _label(row: Row, card: Card) -> str:
    """«12,4 % (147 из 1 186) — в графике», «180 (9 000 на 50), по плану не больше 250 — достигнут», «нет данных»."""
    state = STATES[row["status"]]
    if row["value"] is None:
        return state.word
    if row["unit"] == "percent":
        return f"{wording.share(row['numerator'], row['denominator'], card.decimals)} — {state.word}"
    if row["denominator"] is not None:
        whole = f"{wording.number(row['numerator'])} на {wording.number(row['denominator'])}"
        value = f"{wording.number(row['value'], card.decimals)} ({whole})"
    else:
        value = wording.counted(round(row["value"]), card.noun)
    if row["target"] is None:
        return f"{value} — {state.word}"
    bound = BOUNDS.get(str(row["comparator"]), "")
    return f"{value}, по плану {bound}{wording.plan(row['target'], row['unit'])} — {state.word}"


def title(figures: pd.DataFrame, cards: dict[str, Card]) -> str:
    """The finding of the chart in one line; nothing is called reached that is unknown or has no plan."""
    planned = figures["target"].notna()
    if not planned.any():
        return "Плановые значения на этот год не установлены"
    reached = int((figures["status"] == State.REACHED.id).sum())
    done = f"Достигнуто {reached} из {wording.counted(int(planned.sum()), ('показателя', 'показателей', 'показателей'))}"
    unknown = int((figures["status"] == State.NOT_COMPUTABLE.id).sum())
    done += f", неизвестно {unknown}" if unknown else ""
    worst = indicators.largest_gap(figures)
    if worst is None:
        return done
    card = cards[worst["indicator"]]
    missing = wording.genitive(int(worst["people_missing"]), card.noun)
    return f"{done}; дальше всего от плана «{card.short_name}»: не хватает {missing}"


def _rows(figures: pd.DataFrame, cards: dict[str, Card]) -> list[Row]:
    """What is drawn, in percent: shares as they are, counts as percent of their plan (a count without a plan in words only)."""
    return [
        _scaled(figure)
        | {
            "name": cards[figure["indicator"]].short_name,
            "colour": STATES[figure["status"]].colour,
            "shape": STATES[figure["status"]].shape,
            "label": _label(figure, cards[figure["indicator"]]),
        }
        for figure in records(figures, (*SPANS, "indicator", "status", "unit", "comparator", "numerator", "denominator"))
    ]


def _scaled(figure: Row) -> Row:
    """The numbers of a figure on the axis of its block."""
    if figure["unit"] == "percent":
        return {name: figure[name] for name in SPANS}
    factor = 100 / figure["target"] if figure["target"] else None
    return {name: None if factor is None or figure[name] is None else figure[name] * factor for name in SPANS}


def _number(name: str) -> dict[str, Any]:
    return {"field": name, "type": "quantitative"}


def _cut(row: Row) -> Row:
    """The row with spans that end at ``LONGEST``, and the end of the longest of them."""
    cut = {name: row[name] if row[name] is None else min(row[name], LONGEST) for name in SPANS}
    return row | cut | {"end": max((cut[name] for name in ("value", "upper", "target") if cut[name] is not None), default=0.0)}


def _block(rows: list[Row], axis_title: str, extent: float, row_height: int) -> alt.LayerChart:
    """Rows that share one axis; names take ``extent`` pixels, so that blocks stand under each other."""
    drawn = [_cut(row) for row in rows]
    widest = max(row["end"] for row in drawn)
    step = next(step for most, step in ((40, 5), (100, 20), (LONGEST, 50)) if widest <= most)
    ticks = [tick for tick in range(0, int(LONGEST) + 1, step) if tick <= widest + 5]
    for row in drawn:
        row["mark_at"] = row["end"] + 0.03 * max(widest, 5.0)
    # Counts none of which has a plan stand in words alone.
    axis = {"title": axis_title, "values": ticks, "titleAnchor": "start", "labelExpr": NUMBER} if widest else None
    sides = {"labelLimit": 0, "domain": False, "ticks": False, "minExtent": extent, "maxExtent": extent}
    y = {"field": "name", "type": "nominal", "sort": [row["name"] for row in drawn], "title": None, "axis": sides}
    x = {"field": "value", "type": "quantitative", "axis": axis, "scale": {"domain": [0, max(5.0, widest * 1.8)]}}
    at, expected, target, lower = (_number(name) for name in ("mark_at", "expected_now", "target", "lower"))
    tick = {"type": "tick", "height": round(0.65 * row_height), "opacity": 1}
    layers = [
        layer({"type": "bar", "height": round(0.4 * row_height)}, x=x, y=y, color=COLOUR),
        layer({"type": "rule", "color": QUIET, "strokeWidth": 1.5}, x=lower, x2={"field": "upper"}, y=y),
        layer(tick | {"thickness": 1.5, "color": QUIET}, x=expected, y=y),
        layer(tick | {"thickness": 4, "color": INK}, x=target, y=y),
        state_layer(drawn, x=at, y=y),
        layer({"type": "text", "align": "left", "dx": 12}, x=at, y=y, text="label"),
    ]
    return layered(drawn, layers, width=620, height=row_height * len(drawn))


def bullets(figures: pd.DataFrame, cards: dict[str, Card]) -> alt.VConcatChart | alt.LayerChart:
    """One bar per indicator of one municipality with the plan, the expected value and the 95 % interval; the caller chooses rows.

    ``figures``: rows of ``indicators.figures`` of one municipality. Shares stand on one axis in percent; counts and ratios stand
    below as percent of their plan, or in words when there is no plan. An indicator not computed shows its state in words.
    """
    if figures.empty:
        return nothing("Показателей нет")
    rows, is_share = _rows(figures, cards), figures["unit"] == "percent"
    row_height = ROW_HEIGHT if len(rows) <= DENSE else DENSE_ROW_HEIGHT
    extent = 12 + LETTER * max(len(row["name"]) for row in rows)
    shares = [row for row, share in zip(rows, is_share, strict=True) if share]
    counts = [row for row, share in zip(rows, is_share, strict=True) if not share]
    over = "; что больше 200, обрезано" if any((row["value"] or 0) > LONGEST for row in counts) else ""
    blocks = [_block(shares, "Доля, %", extent, row_height)] if shares else []
    blocks += [_block(counts, f"Процент от плана: план — 100{over}", extent, row_height)] if counts else []
    return alt.vconcat(
        *blocks,
        spacing=24,
        title=heading(title(figures, cards), KEY, 620 + extent),
        description="Показатели и плановые значения: " + "; ".join(f"{row['name']} — {row['label']}" for row in rows),
    )
