"""Months ahead of one place: the scenario with its band against the base and the plan, a panel per indicator."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from nmslib import wording
from nmslib.charts.offline import GRID, INK, MONTHS, NUMBER, QUIET, heading, layer, layered, nothing
from nmslib.model import Card

ACCENT = "#0072B2"
WIDTH, LONE_WIDTH, HEIGHT = 330, 620, 170
TICKS = 7

Layer = dict[str, Any]


def month_axis(rows: pd.DataFrame) -> Layer:
    """Ends of months, few enough that their names do not run together; the year under January and the first one."""
    first, last = rows["month"].min().to_period("M"), rows["month"].max().to_period("M")
    months = list(pd.period_range(first, last, freq="M"))
    step = next(step for step in (1, 2, 3, 6) if len(months) / step <= TICKS or step == 6)
    ticks = [month for month in months if (month.month - 1) % step == 0]
    values = [{"year": month.year, "month": month.month, "date": 1} for month in ticks]
    years = f"month(datum.value) == 0 || time(datum.value) == time(datetime({ticks[0].year}, {ticks[0].month - 1}, 1))"
    label = f"[{MONTHS}[month(datum.value)], {years} ? year(datum.value) : '']"
    axis = {"values": values, "labelExpr": label, "title": None, "grid": False, "labelOverlap": False}
    bounds = [first.start_time.isoformat(), (last + 1).start_time.isoformat()]
    return {"field": "month", "type": "temporal", "scale": {"domain": bounds}, "axis": axis}


def _panel(rows: pd.DataFrame, card: Card, ending: str, x: Layer, width: int) -> alt.LayerChart:
    drawn = rows.assign(year=rows["month"].dt.year)
    bounds = "isValid(datum.lower)"
    highest = drawn[["value", "base", "high", "lower", "upper", "target"]].max().max()
    top = 1.2 * max(float(highest), 0.001) if pd.notna(highest) else 1.0
    labels = NUMBER + (" + ' %'" if card.unit == "percent" else "")
    axis = {"title": None, "labelExpr": labels, "tickCount": 4, "domain": False, "ticks": False, "minExtent": 42}
    y = {"field": "value", "type": "quantitative", "scale": {"domain": [0, top], "nice": False}, "axis": axis}
    planned = "isValid(datum.target)"
    last = drawn[drawn["month"] == drawn["month"].max()].assign(
        told=[_told(row, card) for row in drawn[drawn["month"] == drawn["month"].max()].to_dict("records")],
        at=lambda one: one["value"].fillna(one["upper"]).fillna(one["lower"]),
    )
    words = {"type": "text", "align": "right", "dx": -4, "dy": -9, "fontWeight": "bold", "color": ACCENT}
    layers = [
        # Counters of a year begin anew in January, so lines end with the year.
        layer(
            {"type": "line", "color": QUIET, "strokeDash": [2, 3], "strokeWidth": 2}, x=x, y=y | {"field": "base"}, detail="year"
        ),
        layer(
            {"type": "area", "color": ACCENT, "opacity": 0.18}, "isValid(datum.low)", x="month", y="low", y2="high", detail="year"
        ),
        layer({"type": "area", "color": ACCENT, "opacity": 0.08}, bounds, x="month", y="lower", y2="upper", detail="year"),
        layer({"type": "line", "color": ACCENT, "strokeWidth": 1}, bounds, x="month", y="lower", detail="year"),
        layer({"type": "line", "color": ACCENT, "strokeWidth": 1}, "isValid(datum.upper)", x="month", y="upper", detail="year"),
        layer({"type": "line", "color": INK, "strokeWidth": 1}, planned, x="month", y="target", detail="year"),
        layer(
            {"type": "tick", "orient": "horizontal", "width": 14, "thickness": 3, "color": INK}, planned, x="month", y="target"
        ),
        layer({"type": "line", "color": ACCENT, "strokeWidth": 2.5}, x="month", y="value", detail="year"),
        layer({"type": "point", "filled": True, "size": 28, "color": ACCENT, "opacity": 1}, x="month", y="value"),
        layer(words | {"stroke": "white", "strokeWidth": 3}, data=last, x="month", y="at", text="told"),
        layer(words, data=last, x="month", y="at", text="told"),
    ]
    title = alt.Title(card.short_name, subtitle=ending, fontSize=13, subtitleColor=INK, offset=6)
    return layered(drawn, layers, title=title, width=width, height=HEIGHT, view=alt.ViewConfig(stroke=GRID))


def _value(value: float, card: Card) -> str:
    if pd.isna(value):
        return ""
    return wording.percent(value, card.decimals) if card.unit == "percent" else wording.number(value, card.decimals)


def _told(row: Mapping[Any, Any], card: Card) -> str:
    """The value, or the bounds where there is none: «8,1 % – 12,4 %»."""
    if pd.notna(row["value"]) or pd.isna(row["lower"]):
        return _value(row["value"], card)
    ends = [_value(row[name], card) for name in ("lower", "upper")]
    return f"{ends[0]} – {ends[1]}" if ends[1] else f"не меньше {ends[0]}"


def projection(
    months: pd.DataFrame, cards: Mapping[str, Card], endings: Mapping[str, str], title: str, base: str, draws: int
) -> alt.ConcatChart | alt.LayerChart:
    """A panel per indicator: value (line with points), its band of 10–90 % of draws, the base (dashed) and the plan (black).

    ``months``: indicator, month (datetime), value, base, low, high, lower, upper (bounds where there is no value), target, in the
    indicator's unit; ``endings``: indicator → how
    its plan ends, in words; ``title``: the finding; ``base``: what the scenario is compared with.
    """
    if months.empty:
        return nothing("Показателей, которые считает модель, в документе нет")
    x = month_axis(months)
    parts = dict(list(months.groupby("indicator", sort=False)))
    columns, width = (2, WIDTH) if len(parts) > 1 else (1, LONE_WIDTH)
    against = f"; серый пунктир — «{base}»" if months["base"].notna().any() else ""
    line = "сценарий" if against else "расчёт"
    key: tuple[str, ...] = (
        f"Синяя линия — {line}, полоса — 80 % из {wording.number(draws)} расчётов{against}",
        "Жирная черта — план; счётчики года в январе начинаются заново",
    )
    if months["lower"].notna().any():
        key += ("Тонкие линии — границы: сведения есть не от всех муниципалитетов, в остальных — никто или все",)
    told = [
        f"{cards[name].short_name}: "
        + ", ".join(f"{wording.day(row['month'])} — {_told(row, cards[name])}" for row in part.to_dict("records"))
        for name, part in parts.items()
    ]
    chart = alt.ConcatChart(
        concat=[],
        columns=columns,
        spacing=28,
        title=heading(title, key, columns * width + 60),
        description="Показатели по месяцам при сценарии. " + "; ".join(told),
    )
    chart.concat = [_panel(part, cards[name], endings.get(name, ""), x, width) for name, part in parts.items()]
    return chart
