"""How charts look and how they reach a page with no network; knows nothing of what they show."""

import hashlib
import json
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import altair as alt
import pandas as pd

# JupyterLab and Voila carry Vega-Lite 5 and no later one; a version 6 chart would ask a CDN for its renderer.
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.21.0.json"
MIME = "application/vnd.vegalite.v5+json"
FONT = "Arial, 'Liberation Sans', sans-serif"
INK, QUIET, GRID = "#1A1A1A", "#595959", "#DDDDDD"
# «1 186», «12,5»: numbers of an axis as Russian prints them.
NUMBER = "replace(replace(format(datum.value, ',~f'), /,/g, '\\u00a0'), '.', ',')"
MONTHS = "['янв','фев','мар','апр','май','июн','июл','авг','сен','окт','ноя','дек']"

# Shapes of states as drawn marks: a glyph would depend on the reader's fonts.
MARKS = {
    "●": "circle",
    "▲": "triangle-up",
    "▼": "triangle-down",
    "◆": "diamond",
    "■": "square",
    "○": "circle",
    "–": "stroke",
    "▷": "triangle-right",
    "∞": "cross",
}
HOLLOW = {"○", "▷"}
# Widest letters that a line of a title or of small words may hold, in pixels: what is longer is wrapped, never cut.
TITLE_LETTER, LETTER = 8.2, 6.6


@alt.theme.register("nms", enable=False)
def _theme() -> alt.theme.ThemeConfig:
    text = {
        "labelFont": FONT,
        "titleFont": FONT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "labelColor": INK,
        "titleColor": QUIET,
    }
    return {
        "config": {
            "font": FONT,
            "background": "white",
            "view": {"stroke": None},
            "title": {
                "font": FONT,
                "fontSize": 15,
                "subtitleFontSize": 12,
                "subtitleColor": QUIET,
                "anchor": "start",
                "color": INK,
                "offset": 12,
            },
            "axis": text | {"gridColor": GRID, "domainColor": GRID, "tickColor": GRID, "titleFontWeight": "normal"},
            "text": {"font": FONT, "fontSize": 12, "color": INK},
            "legend": text,
        }
    }


def state_marks(base: alt.Chart, x: str | alt.X, rows: pd.DataFrame) -> alt.Chart:
    """Marks in the shape and colour of a state; adds columns to ``rows``, the data of ``base`` with shape and colour."""
    rows["mark"] = rows["shape"].map(MARKS)
    rows["fill"] = rows["colour"].where(~rows["shape"].isin(HOLLOW), "white")
    plain = {"scale": None, "legend": None}
    return base.mark_point(size=110, strokeWidth=1.5, opacity=1).encode(
        x=x, shape=alt.Shape("mark:N", **plain), stroke=alt.Stroke("colour:N", **plain), fill=alt.Fill("fill:N", **plain)
    )


def worded_marks(base: alt.Chart, x: alt.X, shown: Iterable[tuple[str, str, str]], size: int = 110, **mark: Any) -> alt.Chart:
    """Marks by the column ``word`` of the data of ``base``, and a legend under the chart that says what each shape means.

    ``shown``: word, shape and colour of what may occur, in the order of the legend; ``mark`` goes to the marks as it is.
    """
    shown = list(shown)
    words = [word for word, _, _ in shown]
    legend = alt.Legend(title=None, orient="bottom", labelLimit=0, columns=3, symbolSize=110, symbolOpacity=1, columnPadding=18)

    def ranged(values: list[str]) -> dict[str, Any]:
        return {"scale": alt.Scale(domain=words, range=values), "legend": legend}

    fills = ["white" if shape in HOLLOW else colour for _, shape, colour in shown]
    return base.mark_point(size=size, strokeWidth=1.5, opacity=1, **mark).encode(
        x=x,
        shape=alt.Shape("word:N", **ranged([MARKS[shape] for _, shape, _ in shown])),
        stroke=alt.Stroke("word:N", **ranged([colour for _, _, colour in shown])),
        fill=alt.Fill("word:N", **ranged(fills)),
    )


def heading(title: str, subtitle: str | Sequence[str], width: float) -> alt.Title:
    """The title and subtitle of a chart of this ``width`` in pixels; what is longer is wrapped, at semicolons first."""
    lines = [subtitle] if isinstance(subtitle, str) else subtitle
    small = [piece for line in lines for piece in textwrap.wrap(line, int(width / LETTER))]
    letters = int(width / TITLE_LETTER)
    if len(title) <= letters:
        return alt.Title(title, subtitle=small)
    parts = title.replace("; ", ";\n").split("\n")
    return alt.Title([piece for part in parts for piece in textwrap.wrap(part, letters)], subtitle=small)


def nothing(title: str) -> alt.LayerChart:
    """What stands in place of a chart that has nothing to draw: its title, which says why."""
    return alt.layer(alt.Chart(pd.DataFrame({"nothing": [""]})).mark_text().encode(text="nothing:N")).properties(
        title=title, width=300, height=1, description=title
    )


def version_5(spec: dict[str, Any]) -> dict[str, Any]:
    """The spec for a Vega-Lite 5 renderer; our charts use only what both versions share (tests hold that)."""
    return spec | {"$schema": SCHEMA}


def svg(spec: dict[str, Any]) -> str:
    """The chart as SVG with ids of its own, so that several charts can stand in one page."""
    import vl_convert

    drawn = vl_convert.vegalite_to_svg(version_5(spec), vl_version="5.21")
    mark = "c" + hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()[:8]
    for kind in ("clip", "gradient"):
        drawn = drawn.replace(f'id="{kind}', f'id="{mark}{kind}').replace(f"url(#{kind}", f"url(#{mark}{kind}")
    return drawn


def _bundle(spec: dict[str, Any], **_options: Any) -> dict[str, Any]:
    return {MIME: version_5(spec), "image/svg+xml": svg(spec), "text/plain": spec.get("description", "")}


def enable() -> None:
    """Draws every Altair chart of this process with our theme, as Vega-Lite 5 for notebooks and as SVG for pages."""
    alt.theme.enable("nms")
    alt.renderers.register("nms", _bundle)
    alt.renderers.enable("nms")
