"""Which municipalities differ from the region by more than chance: shares against the number of people they rest on."""

import math

import altair as alt
import pandas as pd

from nmslib import wording
from nmslib.charts import labels
from nmslib.charts.offline import INK, NUMBER, QUIET, heading, nothing, worded_marks
from nmslib.model import Card

WIDTH, HEIGHT = 560, 380
TICK_GAP = 32
GOOD, BAD = "#0072B2", "#D55E00"
REGIONS = {"область": "области", "край": "края", "республика": "республики", "округ": "округа"}
NOTE = "Между пунктирами случайно окажутся 19 муниципалитетов из 20, между сплошными — почти все"


def _ticks(widest: float) -> list[int]:
    """Round numbers for the axis of people, as many as do not run together where the scale is compressed."""
    chosen: list[int] = []
    for tick in (step * 10**power for power in range(6, 0, -1) for step in (5, 2, 1)):
        places = [(other / widest) ** 0.5 * WIDTH for other in (*chosen, 0)]
        if tick <= widest and all(abs((tick / widest) ** 0.5 * WIDTH - place) > TICK_GAP for place in places):
            chosen.append(tick)
    return [0, *sorted(chosen)]


def _shown(card: Card) -> dict[str, tuple[str, str, str]]:
    """Verdict → word, shape and colour: the shape tells the side, the colour whether that side is the good one."""
    high, low = (GOOD, BAD) if card.better == "higher" else (BAD, GOOD)
    return {
        "higher": ("выше случайного разброса", "▲", high),
        "within": ("в пределах случайного разброса", "●", "#8C8C8C"),
        "lower": ("ниже случайного разброса", "▼", low),
    }


def title(points: pd.DataFrame, region_name: str) -> str:
    """The finding in one line: how many municipalities lie outside the 95 % limits."""
    outside = int((points["verdict"] != "within").sum())
    if not outside:
        return "Различия муниципалитетов неотличимы от случайных"
    region = next((of for name, of in REGIONS.items() if name in region_name.lower()), "региона")
    return f"Отличаются от {region} больше, чем случайно: {outside} из {len(points)}"


def _notes(drawn: pd.DataFrame, silent: pd.DataFrame) -> list[str]:
    """What the limits mean, whether so many outside are a finding at all, and who is not on the chart."""
    outside = int((drawn["verdict"] != "within").sum())
    notes = [NOTE]
    if 0 < outside <= math.ceil(len(drawn) / 20):
        notes.append("Столько муниципалитетов за пунктирами бывает и случайно")
    return notes + ([f"Нет данных: {', '.join(silent['name'])}"] if len(silent) else [])


def _across(column: str, widest: float, card: Card) -> alt.X:
    """The axis of people: chance shrinks as the root of their number, and the small places, the most of them, get more room."""
    title = f"Знаменатель, {card.noun[2]} (к большим числам шкала сжата)"
    axis = alt.Axis(title=title, labelExpr=NUMBER, grid=False, values=_ticks(widest))
    return alt.X(f"{column}:Q", scale=alt.Scale(type="sqrt", domain=[0, widest], nice=False), axis=axis)


def _told(row: pd.Series, card: Card) -> str:
    value, base = wording.percent(row["value"], card.decimals), wording.number(row["denominator"])
    return f"{row['name']} — {value} при знаменателе {base}, {row['word']}"


def _limits(limits: pd.DataFrame, x: alt.X) -> list[alt.Chart]:
    """The pooled share and both pairs of limits, cut at the edges of the chart."""
    base = alt.Chart(limits.sort_values("n"))
    styles = {"lower_95": [4, 3], "upper_95": [4, 3], "lower_998": [1, 0], "upper_998": [1, 0]}
    lines = [
        base.mark_line(color=QUIET, strokeWidth=1, strokeDash=dash, clip=True).encode(x=x, y=alt.Y(f"{column}:Q"))
        for column, dash in styles.items()
    ]
    return [*lines, base.mark_line(color=INK, strokeWidth=1.5).encode(x=x, y=alt.Y("pooled:Q"))]


def _names_of_lines(limits: pd.DataFrame, region: str, top: float) -> alt.Chart:
    """What each line is, at its right end."""
    last = limits.sort_values("n").iloc[-1]
    words = {"upper_998": "99,8 %", "upper_95": "95 %", "pooled": region, "lower_95": "95 %", "lower_998": "99,8 %"}
    seen = {column: text for column, text in words.items() if 0 < last[column] <= top}
    heights = labels.spread([HEIGHT * (1 - last[column] / top) for column in seen])
    drawn = pd.DataFrame({"text": list(seen.values()), "at": [top * (1 - height / HEIGHT) for height in heights]})
    return (
        alt.Chart(drawn)
        .mark_text(align="left", dx=6, color=QUIET, fontSize=11)
        .encode(x=alt.value(WIDTH), y="at:Q", text="text:N")
    )


def _names_of_points(drawn: pd.DataFrame, x: alt.X, widest: float, top: float) -> list[alt.Chart]:
    """Names of those outside, moved up or down where they would cover each other."""
    across = (drawn["denominator"] / widest) ** 0.5 * WIDTH
    pixels = drawn.assign(x=across, y=HEIGHT * (1 - drawn["value"] / top), text=drawn["name"])
    outside = pixels[pixels["verdict"] != "within"].sort_values("y")
    named = labels.beside(outside, pixels, WIDTH, HEIGHT)
    named["at"] = top * (1 - named["y_text"] / HEIGHT)
    base = alt.Chart(named).encode(x=x, y="at:Q")
    leaders = base.mark_rule(color=QUIET, strokeWidth=0.5).encode(y2="value:Q")
    words = []
    for align, aside in (("left", labels.BESIDE), ("right", -labels.BESIDE)):
        mine = base.transform_filter(alt.datum.align == align).encode(text="text:N")
        # White under the words keeps them readable where a limit runs through.
        words += [mine.mark_text(align=align, dx=aside, stroke="white", strokeWidth=3), mine.mark_text(align=align, dx=aside)]
    return [leaders, *words]


def funnel(points: pd.DataFrame, limits: pd.DataFrame, card: Card, region_name: str) -> alt.LayerChart:
    """Shares of municipalities by the size of their base, with the limits of chance around the share of the region.

    ``points``: municipality, name, denominator (people of the base), value (percent), verdict (within, higher, lower: by the
    95 % limits); ``limits``: n, lower_95, upper_95, lower_998, upper_998, pooled (percent). Points without a value are told.
    """
    known = points["value"].notna() & (points["denominator"] > 0)
    drawn = points[known].astype({"denominator": "float64", "value": "float64"})
    if drawn.empty or limits.empty:
        return nothing(f"{card.short_name}: сравнить нечего — нет данных")
    shown = _shown(card)
    drawn["word"] = [shown[verdict][0] for verdict in drawn["verdict"]]
    pooled = float(limits["pooled"].iloc[0])
    near = limits.loc[limits["n"] >= drawn["denominator"].min(), "upper_95"]
    top = min(105.0, 1.1 * max(1.0, pooled, drawn["value"].max(), *near))
    widest = 1.04 * max(drawn["denominator"].max(), limits["n"].max())
    x, n = _across("denominator", widest, card), _across("n", widest, card)
    shares = alt.Axis(title=None, labelExpr=f"{NUMBER} + ' %'", tickCount=6)
    y = alt.Y("value:Q", scale=alt.Scale(domain=[0, top], nice=False), axis=shares)
    marks = worded_marks(
        alt.Chart(drawn).encode(y=y), x, [one for one in shown.values() if one[0] in set(drawn["word"])], size=80
    )
    drawn["told"] = [_told(row, card) for _, row in drawn.iterrows()]
    region = f"{region_name}: {wording.percent(pooled, card.decimals)}"
    notes = [f"{card.short_name}. Чем меньше людей в знаменателе, тем шире случайный разброс", *_notes(drawn, points[~known])]
    return alt.layer(
        *_limits(limits, n),
        marks.encode(tooltip="told:N"),
        *_names_of_points(drawn, x, widest, top),
        _names_of_lines(limits, region, top),
    ).properties(
        title=heading(title(drawn, region_name), notes, WIDTH + 160),
        width=WIDTH,
        height=HEIGHT,
        description=f"{card.short_name}, {region}. " + "; ".join(drawn["told"]),
    )
