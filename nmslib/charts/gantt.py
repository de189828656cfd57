"""Measures of the roadmap on the time axis with the line of the as-of date."""

import textwrap
from datetime import date

import altair as alt
import pandas as pd

from nmslib import wording
from nmslib.charts.offline import INK, MONTHS, state_marks
from nmslib.model import MeasureState

STATES = {state.id: state for state in MeasureState}
LABEL_WIDTH = 52
ROW_HEIGHT = 40


def title(measures: pd.DataFrame) -> str:
    """The finding of the chart in one line: what is overdue and what comes within 30 days."""
    overdue = int((measures["state"] == MeasureState.OVERDUE.id).sum())
    due = int((measures["state"] == MeasureState.DUE.id).sum())
    forms = ("мера", "меры", "мер")
    late = f"Просрочено: {wording.counted(overdue, forms)}" if overdue else "Просроченных мер нет"
    return f"{late}; срок в ближайшие 30 дней: {wording.counted(due, forms)}"


def gantt(measures: pd.DataFrame, as_of: date) -> alt.LayerChart:
    """One bar per measure from the start of work to its due date, coloured by state, with the shape of the state at the end.

    ``measures``: rows of ``roadmap.current``; measures without dates keep their row with the state in words.
    """
    rows = measures.reset_index(drop=True)
    names = [" ".join((code, text)) for code, text in zip(rows["measure"] + ".", rows["title"], strict=True)]
    lines = ["\n".join(textwrap.wrap(name, LABEL_WIDTH, max_lines=2, placeholder="…")) for name in names]
    start, end = pd.Timestamp(as_of.year, 1, 1), pd.Timestamp(as_of.year, 12, 31)
    words = [STATES[state].word for state in rows["state"]]
    words = [f"{word} на {days} дн." if days else word for word, days in zip(words, rows["days_overdue"], strict=True)]
    drawn = pd.DataFrame(
        {
            "name": lines,
            "starts_on": rows["starts_on"],
            "due_on": rows["due_on"],
            "at": rows["due_on"].fillna(start).clip(lower=start, upper=end),
            "colour": [STATES[state].colour for state in rows["state"]],
            "shape": [STATES[state].shape for state in rows["state"]],
            "label": [
                f"до {wording.day(day)} · {word}" if pd.notna(day) else word
                for day, word in zip(rows["due_on"], words, strict=True)
            ],
        }
    )
    day = pd.DataFrame({"on": [pd.Timestamp(as_of)], "label": [f"на {wording.day(as_of)}"]})
    scale = alt.Scale(domain=[start.isoformat(), (end + pd.Timedelta(days=170)).isoformat()])
    months = [alt.DateTime(year=as_of.year, month=month, date=1) for month in range(1, 13)]
    axis = alt.Axis(values=months, labelExpr=f"{MONTHS}[month(datum.value)]", title=str(as_of.year), labelAlign="left", grid=True)
    base = alt.Chart(drawn).encode(
        y=alt.Y(
            "name:N",
            sort=lines,
            title=None,
            axis=alt.Axis(
                labelLimit=420,
                labelExpr="split(datum.label, '\\n')",
                labelLineHeight=14,
                domain=False,
                ticks=False,
                labelPadding=8,
            ),
        )
    )
    bars = base.mark_bar(height=10, opacity=0.35, clip=True).encode(
        x=alt.X("starts_on:T", scale=scale, axis=axis), x2="due_on:T", color=alt.Color("colour:N", scale=None)
    )
    marks = state_marks(base, "at:T", drawn)
    labels = base.mark_text(align="left", dx=12).encode(x="at:T", text="label:N")
    today = alt.Chart(day).mark_rule(color=INK, strokeWidth=1.5).encode(x="on:T")
    today_label = (
        alt.Chart(day).mark_text(baseline="bottom", dy=-4, fontWeight="bold").encode(x="on:T", y=alt.value(0), text="label:N")
    )
    return alt.layer(bars, today, marks, labels, today_label).properties(
        title=alt.Title(title(measures), subtitle=f"Меры {as_of.year} года: полоса — время на исполнение, знак — срок"),
        width=560,
        height=ROW_HEIGHT * len(drawn),
        description="Сроки мер: " + "; ".join(f"{name} — {label}" for name, label in zip(names, drawn["label"], strict=True)),
    )
