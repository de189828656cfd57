"""How the indicators of one place went from the end of one quarter to the next, and to the day of the report."""

from collections.abc import Iterable
from typing import Any

import altair as alt
import pandas as pd

from nmslib import wording
from nmslib.charts.offline import GRID, INK, MONTHS, NUMBER, QUIET, heading, layer, layered, nothing, records, worded_layer
from nmslib.model import Card, State

STATES = {state.id: state for state in State}
# From the best to the worst; what is unknown or has no plan is neither better nor worse.
LADDER = {state.id: place for place, state in enumerate((State.REACHED, State.ON_PACE, State.RECOVERABLE, State.UNREACHABLE))}
NUMBERS = ("value", "lower", "upper", "expected_now", "target")
WORDS = ("indicator", "as_of", "period", "status", "variant", "unit")
INDICATORS = ("показатель", "показателя", "показателей")
WIDTH, LONE_WIDTH, HEIGHT = 330, 620, 150
KEY = (
    "Знак — значение на конец квартала или отчётную дату; вертикальная линия — интервал 95 %",
    "Жирная черта — план; тонкая — сколько ожидалось к дате",
)

# A value of one indicator on one date, as JSON holds it; and a layer or an axis.
Point = dict[str, Any]
Layer = dict[str, Any]


def _points(series: pd.DataFrame) -> list[Point]:
    """Rows as mappings, with None for what is unknown: a panel has few of them, and frames take their time over each."""
    points = records(series.assign(as_of=pd.to_datetime(series["as_of"])), (*NUMBERS, *WORDS))
    return [point | {"variant": point["variant"] or ""} for point in points]


def _by_indicator(points: Iterable[Point]) -> dict[str, list[Point]]:
    """Points of each indicator in the order of their dates, those of an older definition before those of the newer one."""
    found: dict[str, list[Point]] = {}
    for point in points:
        found.setdefault(point["indicator"], []).append(point)
    return {name: sorted(mine, key=lambda point: (point["as_of"], point["variant"] == "")) for name, mine in found.items()}


def _moves(points: list[Point], day: pd.Timestamp) -> list[int]:
    """How each indicator's state at ``day`` stands to the one before it in the same period: 1 better, -1 worse, 0 the same."""
    moves = []
    for mine in _by_indicator(point for point in points if not point["variant"]).values():
        before, now = mine[-2:] if len(mine) > 1 else (None, mine[-1])
        if before is None or now["as_of"] != day or now["period"] != before["period"]:
            continue
        steps = [LADDER[point["status"]] for point in (before, now) if point["status"] in LADDER]
        moves += [(steps[0] > steps[1]) - (steps[0] < steps[1])] if len(steps) == 2 else []
    return moves


def title(points: list[Point]) -> str:
    """The finding in one line: plans reached at the last date, and what changed since the date before it."""
    day = max(point["as_of"] for point in points)
    planned = [point for point in points if point["as_of"] == day and not point["variant"] and point["target"] is not None]
    if not planned:
        return f"На {wording.day(day)} плановых значений нет"
    reached = sum(point["status"] == State.REACHED.id for point in planned)
    words = f"На {wording.day(day)} планы выполнены: {reached} из {len(planned)}"
    moves = _moves(points, day)
    better, worse = moves.count(1), moves.count(-1)
    if better or worse:
        told = [f"{word} у {wording.genitive(n, INDICATORS)}" for word, n in (("лучше", better), ("хуже", worse)) if n]
        return f"{words}; с прошлой даты стало {', '.join(told)}"
    return words + ("; с прошлой даты состояние не изменилось" if moves else "")


def _value(value: float, unit: str, card: Card) -> str:
    return wording.percent(value, card.decimals) if unit == "percent" else wording.number(value, card.decimals)


def _seams(points: list[Point]) -> dict[str, pd.Timestamp]:
    """Words of each older definition → the last date it was counted by."""
    return {point["variant"]: point["as_of"] for point in points if point["variant"]}


def _segments(points: list[Point]) -> list[str]:
    """Which line a point belongs to: a new one begins with each period and at each seam, where the definition changes."""
    seams = _seams(points).values()
    return [
        f"{point['period']}/{sum(seam < point['as_of'] or (seam == point['as_of'] and not point['variant']) for seam in seams)}"
        for point in points
    ]


def _drawn(points: list[Point], card: Card) -> list[Point]:
    """The points of one indicator with their words; the last value of each line and both values at a seam are labelled."""
    segments, seams, unknown, drawn = _segments(points), set(_seams(points).values()), 0, []
    last = {segment: number for number, segment in enumerate(segments) if points[number]["value"] is not None}
    for number, (point, segment) in enumerate(zip(points, segments, strict=True)):
        unknown += point["value"] is None
        named = point["value"] is not None and (last[segment] == number or point["as_of"] in seams)
        drawn.append(
            {name: point[name] for name in (*NUMBERS, "variant", "period")}
            | {
                "as_of": point["as_of"].isoformat(),
                # A line does not run over a date whose value is unknown.
                "line": f"{segment}/{unknown}",
                "word": STATES[point["status"]].word,
                "label": _value(point["value"], point["unit"], card) if named else "",
            }
        )
    return drawn


def _axis(points: list[Point]) -> Layer:
    """Months from the one of the first date to the one after the last; few enough that their names do not run together."""
    days = [point["as_of"] for point in points]
    first = min(days).to_period("M") - 1
    last = max(max(days).to_period("M") + 2, first + 5)
    months = list(pd.period_range(first, last, freq="M"))
    step = next(step for step in (1, 2, 3, 6, 12, 24, 60) if len(months) / step <= 8)
    ticks = [month for month in months if (month.month - 1) % step == 0]
    values = [{"year": month.year, "month": month.month, "date": 1} for month in ticks]
    years = f"month(datum.value) == 0 || time(datum.value) == time(datetime({ticks[0].year}, {ticks[0].month - 1}, 1))"
    label = f"[{MONTHS}[month(datum.value)], {years} ? year(datum.value) : '']"
    bounds = [first.start_time.isoformat(), last.start_time.isoformat()]
    axis = {"values": values, "labelExpr": label, "title": None, "grid": False, "labelOverlap": False}
    return {"field": "as_of", "type": "temporal", "scale": {"domain": bounds}, "axis": axis}


def _seam_layers(points: list[Point]) -> list[Layer]:
    """A vertical rule with the words of the older definition on its left."""
    seams = [{"as_of": day.isoformat(), "text": words} for words, day in _seams(points).items()]
    if not seams:
        return []
    words = {"type": "text", "align": "right", "baseline": "top", "dx": -5, "fontSize": 11, "color": QUIET}
    return [
        layer({"type": "rule", "color": QUIET, "strokeDash": [4, 3]}, data=seams, x="as_of"),
        layer(words, data=seams, x="as_of", y={"value": 0}, text="text"),
    ]


def _unknown_layers(shown: list[tuple[str, str, str]]) -> list[Layer]:
    """Dates without a value: a mark on the upper edge, far from where it could be taken for 0."""
    rule = layer({"type": "rule", "color": GRID}, "!isValid(datum.value)", x="as_of")
    marks = worded_layer(shown, "!isValid(datum.value)", x="as_of", y={"value": 6})
    return [rule, marks]


def _labels() -> list[Layer]:
    """Values beside their points: of the older definition on the left, others on the right; white under them parts the lines."""
    older = "datum.variant != ''"
    mark = {"type": "text", "align": {"expr": f"{older} ? 'right' : 'left'"}, "dx": {"expr": f"{older} ? -9 : 9"}, "dy": -9}
    whites: tuple[Layer, ...] = ({"stroke": "white", "strokeWidth": 3}, {})
    return [layer(mark | white, "datum.label != ''", x="as_of", y="value", text="label") for white in whites]


def _panel_title(last: Point, card: Card) -> alt.Title:
    """The indicator, and under it the last value, its plan and its state."""
    unit, word = last["unit"], STATES[last["status"]].word
    words = f"{_value(last['value'], unit, card)} — {word}" if last["value"] is not None else word
    words += f"; план {wording.plan(last['target'], unit)}" if last["target"] is not None else ""
    return alt.Title(card.short_name, subtitle=words, fontSize=13, subtitleColor=INK, offset=6)


def _panel(points: list[Point], card: Card, x: Layer, shown: list[tuple[str, str, str]], width: int) -> alt.LayerChart:
    """One indicator: values with their intervals and states, the plan, what was expected, seams and unknown dates."""
    unit = points[0]["unit"]
    heights = [point[name] for point in points for name in ("value", "upper", "target") if point[name] is not None]
    top = 1.25 * max(0.001, *heights) if heights else 1.0
    labels = NUMBER + (" + ' %'" if unit == "percent" else "")
    axis = {"title": None, "labelExpr": labels, "tickCount": 4, "domain": False, "ticks": False, "minExtent": 42}
    y = {"field": "value", "type": "quantitative", "scale": {"domain": [0, top], "nice": False}, "axis": axis}
    known, planned = "isValid(datum.value)", "isValid(datum.target)"
    tick = {"type": "tick", "orient": "horizontal", "width": 18, "opacity": 1}
    # The first layer has the axes; the others share them.
    layers = [
        layer({"type": "line", "color": QUIET, "strokeWidth": 1.5}, known, x=x, y=y, detail="line"),
        layer({"type": "line", "color": INK, "strokeWidth": 1}, planned, x="as_of", y="target", detail="period"),
        layer(tick | {"color": INK, "thickness": 3}, planned, x="as_of", y="target"),
        layer(tick | {"color": QUIET, "thickness": 1.5}, planned, x="as_of", y="expected_now"),
        layer({"type": "rule", "color": QUIET}, known, x="as_of", y="lower", y2="upper"),
        *(_unknown_layers(shown) if any(point["value"] is None for point in points) else []),
        *_seam_layers(points),
        *_labels(),
        worded_layer(shown, known, x="as_of", y="value"),
    ]
    return layered(_drawn(points, card), layers, title=_panel_title(points[-1], card), width=width, height=HEIGHT)


def trend(series: pd.DataFrame, cards: dict[str, Card]) -> alt.ConcatChart | alt.LayerChart:
    """A panel per indicator of one place: values at ends of quarters and on the day of the report against the plan, with states.

    ``series``: indicator, as_of (datetime), period, value, lower, upper, expected_now, target (in ``unit``), status, variant
    (empty, or words of the older definition that the value follows), unit (percent or count). A line ends with its period.
    """
    if series.empty:
        return nothing("Значений на концы кварталов и отчётную дату ещё нет")
    points = _points(series)
    x, statuses, parts = _axis(points), {point["status"] for point in points}, _by_indicator(points)
    shown = [(state.word, state.shape, state.colour) for state in State if state.id in statuses]
    columns, width = (2, WIDTH) if len(parts) > 1 else (1, LONE_WIDTH)
    return alt.ConcatChart(
        concat=[_panel(mine, cards[indicator], x, shown, width) for indicator, mine in parts.items()],
        columns=columns,
        spacing=28,
        title=heading(title(points), KEY, columns * width + 60),
        description="Показатели на концы кварталов и отчётную дату. "
        + "; ".join(f"{cards[name].short_name}: {_told(mine, cards[name])}" for name, mine in parts.items()),
    )


def _told(points: list[Point], card: Card) -> str:
    """«31.03.2024 — 2,2 %, 24.11.2024 — нет данных»."""
    return ", ".join(
        f"{wording.day(point['as_of'])} — "
        + (STATES[point["status"]].word if point["value"] is None else _value(point["value"], point["unit"], card))
        for point in points
    )
