"""How the indicators of one place went from the end of one quarter to the next, and to the day of the report."""

from typing import Any

import altair as alt
import pandas as pd

from nmslib import wording
from nmslib.charts.offline import GRID, INK, MONTHS, NUMBER, QUIET, heading, layer, layered, nothing, worded_layer
from nmslib.model import Card, State

STATES = {state.id: state for state in State}
# From the best to the worst; what is unknown or has no plan is neither better nor worse.
LADDER = {state.id: place for place, state in enumerate((State.REACHED, State.ON_PACE, State.RECOVERABLE, State.UNREACHABLE))}
INDICATORS = ("показатель", "показателя", "показателей")
WIDTH, LONE_WIDTH, HEIGHT = 330, 620, 150
KEY = (
    "Знак — значение на конец квартала или отчётную дату; вертикальная линия — интервал 95 %",
    "Жирная черта — план; тонкая — сколько ожидалось к дате",
)

Layer = dict[str, Any]


def _moves(series: pd.DataFrame, day: pd.Timestamp) -> list[int]:
    """How each indicator's state at ``day`` stands to the one before it in the same period: 1 better, -1 worse, 0 the same."""
    moves = []
    for _, rows in series[series["variant"] == ""].sort_values("as_of").groupby("indicator", sort=False):
        steps = rows["status"].map(LADDER).astype("float64")
        if len(rows) < 2 or rows["as_of"].iloc[-1] != day or rows["period"].iloc[-1] != rows["period"].iloc[-2]:
            continue
        now, before = float(steps.iloc[-1]), float(steps.iloc[-2])
        moves += [(before > now) - (before < now)] if pd.notna(now) and pd.notna(before) else []
    return moves


def title(series: pd.DataFrame) -> str:
    """The finding in one line: plans reached at the last date, and what changed since the date before it."""
    day = series["as_of"].max()
    last = series[(series["as_of"] == day) & (series["variant"] == "")]
    planned = last[last["target"].notna()]
    if planned.empty:
        return f"На {wording.day(day)} плановых значений нет"
    words = f"На {wording.day(day)} планы выполнены: {int((planned['status'] == State.REACHED.id).sum())} из {len(planned)}"
    moves = _moves(series, day)
    better, worse = moves.count(1), moves.count(-1)
    if better or worse:
        told = [f"{word} у {wording.genitive(n, INDICATORS)}" for word, n in (("лучше", better), ("хуже", worse)) if n]
        return f"{words}; с прошлой даты стало {', '.join(told)}"
    return words + ("; с прошлой даты состояние не изменилось" if moves else "")


def _value(value: float, unit: str, card: Card) -> str:
    return wording.percent(value, card.decimals) if unit == "percent" else wording.number(value, card.decimals)


def _seams(rows: pd.DataFrame) -> pd.Series:
    """Words of each older definition → the last date it was counted by."""
    return rows[rows["variant"] != ""].groupby("variant", sort=False)["as_of"].max()


def _segments(rows: pd.DataFrame) -> pd.Series:
    """Which line a point belongs to: a new one begins with each period and at each seam, where the definition changes."""
    seams = _seams(rows)
    passed = [
        sum(seam < day or (seam == day and not variant) for seam in seams)
        for day, variant in zip(rows["as_of"], rows["variant"], strict=True)
    ]
    return rows["period"].astype(str) + "/" + pd.Series(passed, index=rows.index).astype(str)


def _drawn(rows: pd.DataFrame, card: Card) -> pd.DataFrame:
    """The points of one indicator with their words; the last value of each line and both values at a seam are labelled."""
    drawn = rows.assign(newer=rows["variant"] == "").sort_values(["as_of", "newer"], kind="stable", ignore_index=True)
    segment, known = _segments(drawn), drawn["value"].notna()
    named = known & (~segment.where(known).duplicated(keep="last") | drawn["as_of"].isin(_seams(drawn)))
    drawn["word"] = [STATES[status].word for status in drawn["status"]]
    drawn["label"] = [
        _value(value, unit, card) if name else "" for value, unit, name in drawn[["value", "unit"]].assign(n=named).to_numpy()
    ]
    # A line does not run over a date whose value is unknown.
    drawn["line"] = segment + "/" + (~known).cumsum().astype(str)
    return drawn[["as_of", "value", "lower", "upper", "expected_now", "target", "variant", "period", "line", "word", "label"]]


def _axis(series: pd.DataFrame) -> Layer:
    """Months from the one of the first date to the one after the last; few enough that their names do not run together."""
    first = series["as_of"].min().to_period("M") - 1
    last = max(series["as_of"].max().to_period("M") + 2, first + 5)
    months = list(pd.period_range(first, last, freq="M"))
    step = next(step for step in (1, 2, 3, 6, 12, 24, 60) if len(months) / step <= 8)
    ticks = [month for month in months if (month.month - 1) % step == 0]
    values = [{"year": month.year, "month": month.month, "date": 1} for month in ticks]
    years = f"month(datum.value) == 0 || time(datum.value) == time(datetime({ticks[0].year}, {ticks[0].month - 1}, 1))"
    label = f"[{MONTHS}[month(datum.value)], {years} ? year(datum.value) : '']"
    bounds = [first.start_time.isoformat(), last.start_time.isoformat()]
    axis = {"values": values, "labelExpr": label, "title": None, "grid": False, "labelOverlap": False}
    return {"field": "as_of", "type": "temporal", "scale": {"domain": bounds}, "axis": axis}


def _seam_layers(drawn: pd.DataFrame) -> list[alt.Chart]:
    """A vertical rule with the words of the older definition on its left."""
    seams = _seams(drawn)
    if seams.empty:
        return []
    data = pd.DataFrame({"as_of": seams.to_numpy(), "text": seams.index})
    words = {"type": "text", "align": "right", "baseline": "top", "dx": -5, "fontSize": 11, "color": QUIET}
    return [
        layer({"type": "rule", "color": QUIET, "strokeDash": [4, 3]}, data=data, x="as_of"),
        layer(words, data=data, x="as_of", y={"value": 0}, text="text"),
    ]


def _unknown_layers(drawn: pd.DataFrame, shown: list[tuple[str, str, str]]) -> list[alt.Chart]:
    """Dates without a value: a mark on the upper edge, far from where it could be taken for 0."""
    if drawn["value"].notna().all():
        return []
    rule = layer({"type": "rule", "color": GRID}, "!isValid(datum.value)", x="as_of")
    marks = worded_layer(shown, "!isValid(datum.value)", x="as_of", y={"value": 6})
    return [rule, marks]


def _labels() -> list[alt.Chart]:
    """Values beside their points: of the older definition on the left, others on the right; white under them parts the lines."""
    layers = []
    for sign, align, aside in (("==", "left", 9), ("!=", "right", -9)):
        mark = {"type": "text", "align": align, "dx": aside, "dy": -9}
        for white in ({"stroke": "white", "strokeWidth": 3}, {}):
            mine = f"isValid(datum.value) && datum.variant {sign} ''"
            layers.append(layer(mark | white, mine, x="as_of", y="value", text="label"))
    return layers


def _panel_title(last: pd.Series, unit: str, card: Card) -> alt.Title:
    """The indicator, and under it the last value, its plan and its state."""
    words = f"{_value(last['value'], unit, card)} — {last['word']}" if pd.notna(last["value"]) else last["word"]
    words += f"; план {wording.plan(last['target'], unit)}" if pd.notna(last["target"]) else ""
    return alt.Title(card.short_name, subtitle=words, fontSize=13, subtitleColor=INK, offset=6)


def _panel(rows: pd.DataFrame, card: Card, x: Layer, shown: list[tuple[str, str, str]], width: int) -> alt.LayerChart:
    """One indicator: values with their intervals and states, the plan, what was expected, seams and unknown dates."""
    drawn, unit = _drawn(rows, card), rows["unit"].iloc[0]
    highest = drawn[["value", "upper", "target"]].max().max()
    top = 1.25 * max(float(highest), 0.001) if pd.notna(highest) else 1.0
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
        *_unknown_layers(drawn, shown),
        *_seam_layers(drawn),
        *_labels(),
        worded_layer(shown, known, x="as_of", y="value"),
    ]
    return layered(drawn, layers, title=_panel_title(drawn.iloc[-1], unit, card), width=width, height=HEIGHT)


def trend(series: pd.DataFrame, cards: dict[str, Card]) -> alt.ConcatChart | alt.LayerChart:
    """A panel per indicator of one place: values at ends of quarters and on the day of the report against the plan, with states.

    ``series``: indicator, as_of (datetime), period, value, lower, upper, expected_now, target (in ``unit``), status, variant
    (empty, or words of the older definition that the value follows), unit (percent or count). A line ends with its period.
    """
    if series.empty:
        return nothing("Значений на концы кварталов и отчётную дату ещё нет")
    rows = series.assign(as_of=pd.to_datetime(series["as_of"]), variant=series["variant"].fillna("").astype(str))
    numbers = ["value", "lower", "upper", "expected_now", "target"]
    rows[numbers] = rows[numbers].astype("float64")
    x, statuses = _axis(rows), set(rows["status"])
    shown = [(state.word, state.shape, state.colour) for state in State if state.id in statuses]
    parts = dict(list(rows.groupby("indicator", sort=False)))
    columns, width = (2, WIDTH) if len(parts) > 1 else (1, LONE_WIDTH)
    panels = [_panel(part, cards[indicator], x, shown, width) for indicator, part in parts.items()]
    told = [
        f"{cards[indicator].short_name}: "
        + ", ".join(
            f"{wording.day(day)} — {_value(value, unit, cards[indicator]) if pd.notna(value) else STATES[status].word}"
            for day, value, unit, status in part.sort_values("as_of")[["as_of", "value", "unit", "status"]].itertuples(
                index=False
            )
        )
        for indicator, part in parts.items()
    ]
    chart = alt.ConcatChart(
        concat=[],
        columns=columns,
        spacing=28,
        title=heading(title(rows), KEY, columns * width + 60),
        description="Показатели на концы кварталов и отчётную дату. " + "; ".join(told),
    )
    chart.concat = panels
    return chart
