"""How many terms fall on whom in which week."""

import textwrap
from datetime import date, timedelta

import altair as alt
import pandas as pd

from nmslib import wording
from nmslib.charts.offline import INK, MONTHS

WEEKS_AHEAD = 26
CLASH = 3
NAMED_CLASHES = 4
TERMS = ("срок", "срока", "сроков")


def weekly(measures: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Terms per responsible body and week ahead: body, week (Monday, datetime64), count, measures (codes).

    ``measures``: rows of ``roadmap.states``; only terms that end after ``as_of`` and within half a year count.
    """
    first, last = pd.Timestamp(as_of), pd.Timestamp(as_of + timedelta(weeks=WEEKS_AHEAD))
    ahead = measures[measures["ends_on"].between(first, last) & ~measures["state"].isin(["done", "done_late"])]
    rows = ahead.assign(body=ahead["bodies"].replace("", "ответственный не назван").str.split("; ")).explode("body")
    rows["week"] = rows["ends_on"] - pd.to_timedelta(rows["ends_on"].dt.day_of_week, unit="D")
    grouped = rows.groupby(["body", "week"])["measure"]
    return pd.DataFrame({"count": grouped.size(), "measures": grouped.agg(", ".join)}).reset_index()


def _week(monday: pd.Timestamp) -> str:
    return f"{wording.day(monday)} — {wording.day(monday + pd.Timedelta(days=6))}"


def load(measures: pd.DataFrame, as_of: date) -> alt.LayerChart:
    """A strip per responsible body with the number of terms in each week of the coming half-year; clashes are in the title."""
    rows = weekly(measures, as_of)
    busiest = rows.sort_values("count", kind="stable").iloc[-1] if len(rows) else None
    title = "В ближайшие полгода сроков нет"
    if busiest is not None:
        count = wording.counted(int(busiest["count"]), TERMS)
        title = f"Самая занятая неделя: {_week(busiest['week'])} — {busiest['body']}, {count}"
    clashes = rows[rows["count"] >= CLASH].sort_values("count", ascending=False, kind="stable").head(NAMED_CLASHES)
    named = [f"Сходятся: {_week(row.week)} — {row.body}: меры {row.measures}" for row in clashes.itertuples()]
    subtitle = ["Число — сколько сроков кончается за неделю", *(textwrap.shorten(line, 120, placeholder="…") for line in named)]
    drawn = rows.assign(until=rows["week"] + pd.Timedelta(days=7), middle=rows["week"] + pd.Timedelta(days=3.5))
    monday = as_of - timedelta(days=as_of.weekday())
    bounds = [pd.Timestamp(monday).isoformat(), pd.Timestamp(monday + timedelta(weeks=WEEKS_AHEAD + 1)).isoformat()]
    axis = alt.Axis(labelExpr=f"{MONTHS}[month(datum.value)] + ' ' + year(datum.value)", tickCount="month", title=None, grid=True)
    base = alt.Chart(drawn).encode(y=alt.Y("body:N", title=None, axis=alt.Axis(labelLimit=330, domain=False, ticks=False)))
    x = alt.X("week:T", scale=alt.Scale(domain=bounds), axis=axis)
    shade = alt.Color("count:Q", scale=alt.Scale(domain=[0, 6], range=["#E8F1F8", "#6BAED6"], clamp=True), legend=None)
    cells = base.mark_bar(height=24, stroke="white").encode(x=x, x2="until:T", color=shade)
    numbers = base.mark_text(color=INK, fontWeight="bold").encode(x="middle:T", text="count:Q")
    described = "; ".join(f"{row.body}, {_week(row.week)} — {row.count}" for row in drawn.itertuples())
    return alt.layer(cells, numbers).properties(
        title=alt.Title(title, subtitle=subtitle),
        width=560,
        height=34 * max(1, drawn["body"].nunique()),
        description=f"Сроки по неделям и ответственным: {described or 'нет — сроков нет'}",
    )
