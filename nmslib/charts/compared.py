"""Several scenarios of one place month by month, a panel per indicator; lines differ by colour and by dash."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from nmslib import wording
from nmslib.charts.offline import GRID, INK, NUMBER, heading, layer, layered, nothing
from nmslib.charts.projection import HEIGHT, LONE_WIDTH, WIDTH, month_axis
from nmslib.model import Card

# Okabe–Ito colours, told apart with any colour vision; the grey is for what is compared with.
COLOURS = ("#8C8C8C", "#0072B2", "#D55E00", "#009E73", "#CC79A7")
DASHES = ([2, 3], [1, 0], [7, 3], [3, 2, 8, 2], [12, 4])


def compared(months: pd.DataFrame, cards: Mapping[str, Card], title: str) -> alt.ConcatChart | alt.LayerChart:
    """A panel per indicator with a line for each scenario and the plan as a black line.

    ``months``: scenario (the first one is what they are compared with), indicator, month (datetime), value, target.
    """
    if months.empty:
        return nothing("Показателей, которые считает модель, в документе нет")
    names = list(dict.fromkeys(months["scenario"]))
    legend = {"title": None, "orient": "bottom", "labelLimit": 0, "columns": 1, "symbolSize": 300, "symbolStrokeWidth": 2.5}
    looks: dict[str, Any] = {
        channel: {
            "field": "scenario",
            "type": "nominal",
            "scale": {"domain": names, "range": list(range_[: len(names)])},
            "legend": legend,
        }
        for channel, range_ in (("color", COLOURS), ("strokeDash", DASHES))
    }
    x, parts = month_axis(months), dict(list(months.groupby("indicator", sort=False)))
    columns, width = (2, WIDTH) if len(parts) > 1 else (1, LONE_WIDTH)
    key = "Чёрная черта — план; счётчики года в январе начинаются заново"
    last = months[months["month"] == months["month"].max()]
    told = [
        f"{cards[row['indicator']].short_name}, {row['scenario']}: {wording.number(row['value'], 1)}"
        for _, row in last[last["value"].notna()].iterrows()
    ]
    chart = alt.ConcatChart(
        concat=[],
        columns=columns,
        spacing=28,
        title=heading(title, key, columns * width + 60),
        description=f"Сценарии рядом. В конце {wording.month_in_text(months['month'].max())} — " + "; ".join(told),
    )
    chart.concat = [_panel(part, cards[name], x, looks, width) for name, part in parts.items()]
    return chart


def _panel(rows: pd.DataFrame, card: Card, x: dict[str, Any], looks: dict[str, Any], width: int) -> alt.LayerChart:
    drawn = rows.assign(part=rows["scenario"] + rows["month"].dt.year.astype(str), year=rows["month"].dt.year)
    highest = drawn[["value", "target"]].max().max()
    top = 1.15 * max(float(highest), 0.001) if pd.notna(highest) else 1.0
    labels = NUMBER + (" + ' %'" if card.unit == "percent" else "")
    axis = {"title": None, "labelExpr": labels, "tickCount": 4, "domain": False, "ticks": False, "minExtent": 42}
    y = {"field": "value", "type": "quantitative", "scale": {"domain": [0, top], "nice": False}, "axis": axis}
    layers = [
        layer({"type": "line", "strokeWidth": 2.2}, "isValid(datum.value)", x=x, y=y, detail="part", **looks),
        layer({"type": "line", "color": INK, "strokeWidth": 1.2}, "isValid(datum.target)", x="month", y="target", detail="year"),
    ]
    title = alt.Title(card.short_name, fontSize=13, offset=6)
    return layered(drawn, layers, title=title, width=width, height=HEIGHT, view=alt.ViewConfig(stroke=GRID))
