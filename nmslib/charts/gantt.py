"""Measures of the roadmap on the time axis with the line of the as-of date."""

import textwrap
from datetime import date
from typing import Any

import altair as alt
import pandas as pd

from nmslib import wording
from nmslib.charts.offline import INK, LETTER, MONTHS, Row, heading, layer, layered, nothing, records, state_layer
from nmslib.model import MeasureState

STATES = {state.id: state for state in MeasureState}
MEASURES = ("мера", "меры", "мер")
NAME_LETTERS = 44
AHEAD_DAYS = (30, 90)
SHADES = ("#FBE9CC", "#FDF5E6")
MOST = 25
WIDTH, ROW_HEIGHT, WORDS_WIDTH = 330, 32, 280
MONTH_WIDTH, LINE = 30, 14
# What nobody has confirmed: the past with no word of it, and what goes on always.
UNCONFIRMED = (MeasureState.UNKNOWN.id, MeasureState.SILENT.id)
CLOSED = (MeasureState.DONE.id, MeasureState.DONE_LATE.id)
KEY = "Полоса — время на исполнение, черта на её конце — срок, тонкая линия — просрочка; светлый фон — ближайшие 30 и 90 дней"

COLOUR = {"field": "colour", "type": "nominal", "scale": None}
TWO_LINES = {"type": "text", "align": "left", "dy": -LINE / 2, "lineBreak": " · ", "lineHeight": LINE}

Layer = dict[str, Any]
Span = tuple[pd.Timestamp, pd.Timestamp]


def title(measures: pd.DataFrame) -> str:
    """The finding of the chart in one line: what is overdue, what is unknown, what comes within 30 days."""
    if measures.empty:
        return "Дорожной карты в документе нет"
    count = {state: int((measures["state"] == state.id).sum()) for state in MeasureState}
    words = [f"просрочено: {wording.counted(count[MeasureState.OVERDUE], MEASURES)}"] if count[MeasureState.OVERDUE] else []
    if count[MeasureState.UNKNOWN]:
        words.append(f"нет сведений об исполнении: {wording.counted(count[MeasureState.UNKNOWN], MEASURES)}")
    words = words or ["просроченных мер нет"]
    words.append(f"срок в ближайшие 30 дней: {wording.counted(count[MeasureState.DUE], MEASURES)}")
    return "; ".join(words).capitalize()


def urgent(measures: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Rows that need attention, most pressing first, at most ``MOST``: overdue, unconfirmed, due within 30 and then 90 days.

    ``measures``: rows of ``roadmap.current``. Within each group the earliest term comes first.
    """
    left = (measures["ends_on"] - pd.Timestamp(as_of)).dt.days
    near, far = (left.between(0, days) & ~measures["state"].isin(CLOSED) for days in AHEAD_DAYS)
    rank = pd.Series(4, index=measures.index).mask(far, 3).mask(near, 2).mask(measures["state"].isin(UNCONFIRMED), 1)
    rank = rank.mask(measures["state"] == MeasureState.OVERDUE.id, 0)
    ordered = measures.assign(rank=rank).sort_values(["rank", "ends_on"], kind="stable")
    return ordered[ordered["rank"] < 4].head(MOST).drop(columns="rank")


def _label(row: Row) -> str:
    """«до 20.12.2023 · исполнено»; a term that the law moves from a day off shows both days."""
    word = STATES[row["state"]].word + (f" на {row['days_overdue']} дн." if row["days_overdue"] else "")
    if row["due_on"] is None:
        return word
    moved = f" (по ст. 193 ГК — {wording.day(row['moved_on'])})" if row["moved_on"] else ""
    return f"до {wording.day(row['due_on'])}{moved} · {word}"


def _drawn(rows: pd.DataFrame, span: Span, as_of: date) -> list[Row]:
    """What is drawn of each measure: its name in one line, its days cut at the edges, its state in words, shape and colour."""
    drawn = []
    for row in records(rows, ("measure", "title", "state", "starts_on", "due_on", "moved_on", "days_overdue")):
        name, state = f"{row['measure']}. {row['title']}", STATES[row["state"]]
        drawn.append(
            {
                "name": "\n".join(textwrap.wrap(name, NAME_LETTERS, max_lines=2, placeholder="…")),
                "starts_on": _cut(row["starts_on"], span),
                "at": _cut(row["due_on"], span),
                "late_until": pd.Timestamp(as_of).isoformat() if state is MeasureState.OVERDUE else "",
                "colour": state.colour,
                "shape": state.shape,
                "label": _label(row),
                "told": name,
            }
        )
    return drawn


def _cut(day: pd.Timestamp | None, span: Span) -> str:
    """The day, or the nearest edge, as JSON holds it."""
    return min(max(day, span[0]), span[1]).isoformat() if day else ""


def _months(span: Span) -> Layer:
    """Names of months, with the year under the first of them and under each January."""
    all_months = pd.date_range(*span, freq="MS")
    step = next(step for step in (1, 2, 3, 6) if len(all_months) / step * MONTH_WIDTH <= WIDTH)
    months = [month for month in all_months if (month.month - 1) % step == 0]
    values = [{"year": month.year, "month": month.month, "date": 1} for month in months]
    first = f"time(datum.value) == time(datetime({months[0].year}, {months[0].month - 1}, 1))"
    label = f"[{MONTHS}[month(datum.value)], month(datum.value) == 0 || {first} ? year(datum.value) : '']"
    return {"values": values, "labelExpr": label, "title": None, "labelAlign": "left", "labelOverlap": False, "grid": True}


def _today(span: Span, as_of: date) -> tuple[list[Layer], Layer]:
    """What stands behind the bars, the nearest days and the line of the as-of date; and the words over that line."""
    day = pd.Timestamp(as_of)
    edges = [min(day + pd.Timedelta(days=days), span[1]).isoformat() for days in (0, *AHEAD_DAYS)]
    ahead = [
        {"from": one, "until": next_one, "colour": shade}
        for one, next_one, shade in zip(edges[:-1], edges[1:], SHADES, strict=True)
    ]
    now = [{"on": day.isoformat(), "label": f"на {wording.day(as_of)}"}]
    words = {"type": "text", "baseline": "bottom", "dy": -4, "fontWeight": "bold"}
    behind = [
        layer({"type": "rect", "opacity": 1}, data=ahead, x="from", x2={"field": "until"}, color=COLOUR),
        layer({"type": "rule", "color": INK, "strokeWidth": 1.5}, data=now, x="on"),
    ]
    return behind, layer(words, data=now, x="on", y={"value": 0}, text="label")


def _chart(rows: pd.DataFrame, as_of: date, span: Span, extent: float, title: alt.Title) -> alt.LayerChart:
    """The chart of these rows: names on the left, ``extent`` pixels; days; terms and states in words."""
    drawn = _drawn(rows, span, as_of)
    sides = {
        **{"labelExpr": "split(datum.label, '\\n')", "labelLimit": 0, "labelLineHeight": LINE, "labelOffset": -LINE / 2},
        **{"labelPadding": 8, "minExtent": extent, "maxExtent": extent, "domain": False, "ticks": False},
    }
    y = {"field": "name", "type": "nominal", "sort": [row["name"] for row in drawn], "title": None, "axis": sides}
    domain = {"domain": [day.isoformat() for day in span]}
    x = {"field": "starts_on", "type": "temporal", "scale": domain, "axis": _months(span)}
    words = {"x": {"value": WIDTH + 26}, "y": y, "text": "label"}
    behind, over = _today(span, as_of)
    layers = [
        *behind,
        layer({"type": "bar", "height": 10, "opacity": 0.4}, x=x, x2={"field": "at"}, y=y, color=COLOUR),
        layer({"type": "rule", "strokeWidth": 1.5}, x="at", x2={"field": "late_until"}, y=y, color=COLOUR),
        layer({"type": "tick", "thickness": 3, "height": 14, "opacity": 1}, x="at", y=y, color=COLOUR),
        state_layer(drawn, x={"value": WIDTH + 14}, y=y),
        layer(TWO_LINES, "isValid(datum.at)", **words),
        layer({"type": "text", "align": "left"}, "!isValid(datum.at)", **words),
        over,
    ]
    told = "; ".join(f"{row['told']} — {row['label']}" for row in drawn)
    return layered(drawn, layers, width=WIDTH, height=ROW_HEIGHT * len(drawn), title=title, description=f"Сроки мер: {told}")


def _extent(measures: pd.DataFrame) -> float:
    """Pixels that the longest name takes."""
    return 12 + LETTER * min(NAME_LETTERS, int((measures["measure"] + ". " + measures["title"]).str.len().max()))


def _near(rows: pd.DataFrame, as_of: date) -> Span:
    """From the earliest term shown, at most a year back, to 90 days ahead; whole months."""
    day = pd.Timestamp(as_of)
    earliest = max(min(day, rows["due_on"].min()), day - pd.DateOffset(years=1)) if rows["due_on"].notna().any() else day
    last = day + pd.Timedelta(days=AHEAD_DAYS[-1])
    return (earliest - pd.DateOffset(months=1)).to_period("M").start_time, (last.to_period("M") + 1).start_time


def gantt(measures: pd.DataFrame, as_of: date) -> alt.LayerChart:
    """The measures that need attention, one bar each from the start of work to its term, most pressing first (``urgent``).

    ``measures``: rows of ``roadmap.current``, whose table stands below the chart. A measure without dates has its state in words.
    """
    if measures.empty:
        return nothing(title(measures))
    rows = urgent(measures, as_of)
    if rows.empty:
        return nothing(f"{title(measures)}; в ближайшие 90 дней сроков нет")
    extent, total = _extent(rows), wording.genitive(len(measures), MEASURES)
    rest = "исполненные, бессрочные и более поздние" if len(rows) < MOST else "остальные"
    verb = wording.noun(len(rows), ("Показана", "Показаны", "Показаны"))
    shown = f"{verb} {len(rows)} из {total}: {rest} — в таблице ниже"
    lines = [shown, KEY] if len(rows) < len(measures) else KEY
    return _chart(rows, as_of, _near(rows, as_of), extent, heading(title(measures), lines, extent + WIDTH + WORDS_WIDTH))


def gantt_by_direction(measures: pd.DataFrame, as_of: date) -> alt.VConcatChart | alt.LayerChart:
    """All measures over the year, a chart for each direction in the order of the document; one where it names no directions."""
    if measures.empty:
        return nothing(title(measures))
    named = measures.assign(direction=measures["direction"].fillna("Дорожная карта"))
    year = pd.Timestamp(as_of.year, 1, 1), pd.Timestamp(as_of.year + 1, 1, 1)
    extent = _extent(measures)
    directions = dict(list(named.groupby("direction", sort=False)))
    parts = [
        _chart(rows, as_of, year, extent, heading(title(rows), direction, extent + WIDTH + WORDS_WIDTH))
        for direction, rows in directions.items()
    ]
    told = "; ".join(f"{direction} — {title(rows)}" for direction, rows in directions.items())
    return alt.vconcat(*parts, spacing=36).properties(
        title=alt.Title("Меры по направлениям", subtitle=KEY), description=f"Сроки мер по направлениям дорожной карты. {told}"
    )
