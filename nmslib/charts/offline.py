"""How charts look and how they reach a page with no network; knows nothing of what they show."""

import hashlib
import json
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import altair as alt
import pandas as pd

from nmslib.drawing import svg, version_5

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


# Rows of a chart: a frame, or mappings as JSON holds them.
Row = dict[str, Any]
Rows: TypeAlias = pd.DataFrame | list[Row]


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


def state_marks(base: alt.Chart, x: str | alt.X | dict[str, Any], rows: pd.DataFrame) -> alt.Chart:
    """Marks in the shape and colour of a state; adds columns to ``rows``, the data of ``base`` with shape and colour."""
    rows["mark"] = rows["shape"].map(MARKS)
    rows["fill"] = rows["colour"].where(~rows["shape"].isin(HOLLOW), "white")
    plain = {"scale": None, "legend": None}
    return base.mark_point(size=110, strokeWidth=1.5, opacity=1).encode(
        x=x, shape=alt.Shape("mark:N", **plain), stroke=alt.Stroke("colour:N", **plain), fill=alt.Fill("fill:N", **plain)
    )


def worded_marks(
    base: alt.Chart, x: str | alt.X, shown: Iterable[tuple[str, str, str]], size: int = 110, **mark: Any
) -> alt.Chart:
    """Marks by the column ``word`` of the data of ``base``, and a legend under the chart that says what each shape means.

    ``shown``: word, shape and colour of what may occur, in the order of the legend; ``mark`` goes to the marks as it is.
    """
    told = _worded(shown)
    return base.mark_point(size=size, strokeWidth=1.5, opacity=1, **mark).encode(
        x=x, shape=alt.Shape(**told["shape"]), stroke=alt.Stroke(**told["stroke"]), fill=alt.Fill(**told["fill"])
    )


def _worded(shown: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, Any]]:
    """Channels of shape, stroke and fill by the column ``word``, with their legend."""
    shown = list(shown)
    legend = {"title": None, "orient": "bottom", "labelLimit": 0, "columns": 3, "columnPadding": 18}
    legend |= {"symbolSize": 110, "symbolOpacity": 1}
    ranges = {
        "shape": [MARKS[shape] for _, shape, _ in shown],
        "stroke": [colour for _, _, colour in shown],
        "fill": ["white" if shape in HOLLOW else colour for _, shape, colour in shown],
    }
    words = [word for word, _, _ in shown]
    return {
        name: {"field": "word", "type": "nominal", "scale": {"domain": words, "range": values}, "legend": legend}
        for name, values in ranges.items()
    }


def state_layer(data: list[Row], **channels: Any) -> dict[str, Any]:
    """``state_marks`` as a layer: adds mark and fill to ``data``, the rows of the chart with shape and colour."""
    for row in data:
        row |= {"mark": MARKS[row["shape"]], "fill": "white" if row["shape"] in HOLLOW else row["colour"]}
    plain = {"type": "nominal", "scale": None, "legend": None}
    drawn: dict[str, Any] = {
        name: {"field": field, **plain} for name, field in (("shape", "mark"), ("stroke", "colour"), ("fill", "fill"))
    }
    return layer({"type": "point", "size": 110, "strokeWidth": 1.5, "opacity": 1}, **channels, **drawn)


def worded_layer(shown: Iterable[tuple[str, str, str]], filtered: str, **channels: Any) -> dict[str, Any]:
    """``worded_marks`` as a layer of the rows that meet a condition."""
    return layer({"type": "point", "size": 80, "strokeWidth": 1.5, "opacity": 1}, filtered, **channels, **_worded(shown))


def layer(mark: dict[str, Any], filtered: str | None = None, data: Rows | None = None, **channels: Any) -> dict[str, Any]:
    """One layer: its mark, the condition of its rows, and its channels as columns of dates, of numbers or as definitions.

    ``data``: its own rows instead of those of the chart.
    """
    kinds = {"x": "temporal", "detail": "nominal", "text": "nominal"}
    encoding = {
        name: value if isinstance(value, dict) else {"field": value, "type": kinds.get(name, "quantitative")}
        for name, value in channels.items()
    }
    if "y2" in encoding:
        del encoding["y2"]["type"]
    told = {"mark": mark, "encoding": encoding} | ({"transform": [{"filter": filtered}]} if filtered else {})
    return told if data is None else told | {"data": _inline(data)}


def records(rows: pd.DataFrame, names: Iterable[str]) -> list[Row]:
    """These columns of the rows as mappings, None for what is absent: frames take their time over each row and each cell."""
    names = list(names)
    columns = ([None if pd.isna(value) else value for value in rows[name].tolist()] for name in names)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _inline(rows: Rows) -> dict[str, Any]:
    """Rows as Altair writes them into a specification."""
    if isinstance(rows, list):
        return {"values": rows}
    days = [name for name, kind in rows.dtypes.items() if kind.kind == "M"]
    values = records(rows, rows.columns)
    return {"values": [row | {name: row[name].isoformat() if row[name] else "" for name in days} for row in values]}


class _Finished(alt.TopLevelLayerSpec):
    """A chart whose layers are finished specifications: Altair would walk through all they hold once more."""

    def to_dict(self, validate: bool = True, *, ignore: Any = None, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The specification; data of the layers are put among the named ones of the whole chart."""
        told = {name: value for name, value in self._kwds.items() if value is not alt.Undefined}
        made = {name: value.to_dict(False) if isinstance(value, alt.SchemaBase) else value for name, value in told.items()}
        made["layer"] = [_with_named_data(one, (context or {})["datasets"]) for one in made["layer"]]
        if validate:
            self.validate(made)
        return made


def _with_named_data(told: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    if "data" not in told:
        return told
    values = told["data"]["values"]
    name = f"data-{hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:32]}"
    named[name] = values
    return told | {"data": {"name": name}}


class Layered(alt.LayerChart, _Finished):
    """What ``layered`` makes. Altair would copy every layer several times to look for selections, of which we have none."""

    def __init__(self, *_none: Any, **finished: Any) -> None:
        alt.SchemaBase.__init__(self, **finished)

    def copy(self, *_deep: Any, **_ignored: Any) -> "Layered":
        """Another chart of the same layers, which nobody changes."""
        return Layered(**self._kwds)


def layered(data: Rows, layers: list[dict[str, Any]], **properties: Any) -> alt.LayerChart:
    """Layers over one set of rows."""
    return Layered(data=_inline(data), layer=layers, **properties)


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


def spec(chart: Any) -> dict[str, Any]:
    """The finished specification of a chart, not held against Altair's schema again: tests do that for every chart."""
    made: dict[str, Any] = chart.to_dict(validate=False)
    return made


def _bundle(made: dict[str, Any], **_options: Any) -> dict[str, Any]:
    return {MIME: version_5(made), "image/svg+xml": svg(made), "text/plain": made.get("description", "")}


def _shown(chart: Any, *_include: Any, **_exclude: Any) -> Any:
    """What a notebook shows of a chart. Altair's own way checks each for up to a second, and hides what cannot be drawn."""
    renderer = alt.renderers.get()
    return renderer(spec(chart)) if renderer else {}


def enable() -> None:
    """Draws every Altair chart of this process with our theme, as Vega-Lite 5 for notebooks and as SVG for pages."""
    alt.theme.enable("nms")
    alt.renderers.register("nms", _bundle)
    alt.renderers.enable("nms")
    alt.TopLevelMixin._repr_mimebundle_ = _shown
