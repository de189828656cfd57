"""Indicators against their plan: value, planned value, expected by now, interval."""

import altair as alt
import pandas as pd

from nmslib import indicators, wording
from nmslib.charts.offline import INK, QUIET, state_marks
from nmslib.model import Card, State

STATES = {state.id: state for state in State}
ROW_HEIGHT = 46


def _label(row: pd.Series, card: Card) -> str:
    state = STATES[row["status"]]
    if pd.isna(row["value"]):
        return state.word
    share = wording.share(row["numerator"], row["denominator"], card.decimals)
    return f"{share} — {state.word}"


def title(figures: pd.DataFrame, cards: dict[str, Card]) -> str:
    """The finding of the chart in one line; nothing is called reached that is unknown or has no plan."""
    planned = figures["target"].notna()
    if not planned.any():
        return "Плановые значения на этот год не установлены"
    reached = int((figures["status"] == State.REACHED.id).sum())
    done = f"Достигнуто {reached} из {wording.counted(int(planned.sum()), ('показателя', 'показателей', 'показателей'))}"
    unknown = int((figures["status"] == State.NOT_COMPUTABLE.id).sum())
    done += f", неизвестно {unknown}" if unknown else ""
    worst = indicators.largest_gap(figures)
    if worst is None:
        return done
    card = cards[worst["indicator"]]
    missing = wording.genitive(int(worst["people_missing"]), card.noun)
    return f"{done}; дальше всего от плана «{card.short_name}»: не хватает {missing}"


def bullets(figures: pd.DataFrame, cards: dict[str, Card]) -> alt.LayerChart:
    """One bar per indicator of one municipality, in percent, with the plan, the expected value and the 95 % interval.

    ``figures``: rows of ``indicators.figures`` of one municipality; an indicator not computed shows its state in words.
    """
    rows = pd.DataFrame(
        {
            "name": [cards[indicator].short_name for indicator in figures["indicator"]],
            "value": figures["value"],
            "lower": figures["lower"],
            "upper": figures["upper"],
            "target": figures["target"],
            "expected": figures["expected_now"],
            "colour": [STATES[status].colour for status in figures["status"]],
            "shape": [STATES[status].shape for status in figures["status"]],
            "label": [_label(row, cards[row["indicator"]]) for _, row in figures.iterrows()],
        }
    )
    rows["end"] = rows[["value", "upper", "target"]].max(axis=1).fillna(0)
    order = rows["name"].tolist()
    widest = float(rows["end"].max())
    ticks = [step for step in range(0, 101, 5 if widest <= 40 else 20) if step <= widest + 5]
    axis = alt.Axis(title="Доля, %", values=ticks, titleAnchor="start")
    scale = alt.Scale(domain=[0, max(5.0, widest * 1.8)])
    base = alt.Chart(rows).encode(
        y=alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labelLimit=220, domain=False, ticks=False))
    )
    x = alt.X("value:Q", axis=axis, scale=scale)
    return alt.layer(
        base.mark_bar(height=18).encode(x=x, color=alt.Color("colour:N", scale=None)),
        base.mark_rule(color=QUIET, strokeWidth=1.5).encode(x=alt.X("lower:Q"), x2="upper:Q"),
        base.mark_tick(thickness=2, height=30, color=QUIET, strokeDash=[3, 2]).encode(x="expected:Q"),
        base.mark_tick(thickness=4, height=30, color=INK).encode(x="target:Q"),
        state_marks(base.transform_calculate(mark_at=f"datum.end + {widest * 0.03}"), "mark_at:Q", rows),
        base.mark_text(align="left", dx=26).encode(x="end:Q", text="label:N"),
    ).properties(
        title=alt.Title(
            title(figures, cards),
            subtitle="Столбец — значение; жирная черта — план; пунктир — ожидалось к дате отчёта; линия — интервал 95 %",
        ),
        width=620,
        height=ROW_HEIGHT * len(rows),
        description="Показатели и плановые значения: "
        + "; ".join(f"{name} — {label}" for name, label in zip(rows["name"], rows["label"], strict=True)),
    )
