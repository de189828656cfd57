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
    """The finding of the chart in one line: what is overdue, what is unknown, what comes within 30 days."""
    if measures.empty:
        return "Дорожной карты в документе нет"
    count = {state: int((measures["state"] == state.id).sum()) for state in MeasureState}
    forms = ("мера", "меры", "мер")
    words = [f"просрочено: {wording.counted(count[MeasureState.OVERDUE], forms)}"] if count[MeasureState.OVERDUE] else []
    if count[MeasureState.UNKNOWN]:
        words.append(f"нет сведений об исполнении: {wording.counted(count[MeasureState.UNKNOWN], forms)}")
    words = words or ["просроченных мер нет"]
    words.append(f"срок в ближайшие 30 дней: {wording.counted(count[MeasureState.DUE], forms)}")
    return "; ".join(words).capitalize()


def _label(row: pd.Series, word: str) -> str:
    """«до 20.12.2023 · исполнено»; a term that the law moves from a day off shows both days."""
    if pd.isna(row["due_on"]):
        return word
    moved = f" (по ст. 193 ГК — {wording.day(row['moved_on'])})" if pd.notna(row["moved_on"]) else ""
    return f"до {wording.day(row['due_on'])}{moved} · {word}"


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
            "starts_on": rows["starts_on"].clip(upper=end),
            "at": rows["due_on"].fillna(start).clip(lower=start, upper=end),
            "colour": [STATES[state].colour for state in rows["state"]],
            "shape": [STATES[state].shape for state in rows["state"]],
            "label": [_label(row, word) for (_, row), word in zip(rows.iterrows(), words, strict=True)],
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
        x=alt.X("starts_on:T", scale=scale, axis=axis), x2="at:T", color=alt.Color("colour:N", scale=None)
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


def gantt_by_direction(measures: pd.DataFrame, as_of: date) -> alt.VConcatChart:
    """A Gantt chart for each direction of the roadmap, in the order of the document; one chart where it names no directions."""
    named = measures.assign(direction=measures["direction"].fillna("Дорожная карта"))
    parts = [
        gantt(rows, as_of).properties(title=_under(direction, rows)) for direction, rows in named.groupby("direction", sort=False)
    ]
    return alt.vconcat(*parts, spacing=36).properties(description="Сроки мер по направлениям дорожной карты")


def _under(direction: str, rows: pd.DataFrame) -> alt.Title:
    return alt.Title(title(rows), subtitle=textwrap.wrap(direction, 110))
