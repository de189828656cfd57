"""Who gives what to whom in a system: subjects in rows by level, arrows between them."""

import textwrap

import altair as alt
import numpy as np
import pandas as pd

from nmslib import wording
from nmslib.charts.offline import INK, QUIET
from nmslib.model import LEVELS

COLOURS = {"federal": "#0072B2", "regional": "#D55E00", "municipal": "#009E73", "institutional": "#CC79A7"}
STEPS = 24
WIDTH, ROW_HEIGHT, LABEL_WIDTH = 900, 170, 14


def _curves(edges: pd.DataFrame) -> pd.DataFrame:
    """Points of each arrow's path (edge, step, x, y); neighbours in one row are joined by an arc above it."""
    t = np.linspace(0.0, 1.0, STEPS)
    parts = []
    for number, edge in enumerate(edges.itertuples()):
        lift = 0.18 + 0.35 * abs(edge.x2 - edge.x) if abs(edge.y - edge.y2) < 0.5 else 0.0
        bend = 0.0 if abs(edge.y - edge.y2) < 0.5 else 0.06 * np.sign(edge.y2 - edge.y)
        bump = 4 * t * (1 - t)
        x = edge.x + (edge.x2 - edge.x) * t + bend * bump
        y = edge.y + (edge.y2 - edge.y) * t + lift * bump
        parts.append(pd.DataFrame({"edge": number, "step": range(STEPS), "x": x, "y": y, "count": edge.count}))
    return pd.concat(parts) if parts else pd.DataFrame(columns=["edge", "step", "x", "y", "count"])


def _heads(curves: pd.DataFrame) -> pd.DataFrame:
    """Where the arrow heads stand, just before the end of each path, and which way they point (degrees, clockwise from north)."""
    near = curves[curves["step"] == STEPS - 4].reset_index(drop=True)
    after = curves[curves["step"] == STEPS - 3].reset_index(drop=True)
    run, rise = (after["x"] - near["x"]) * WIDTH, (after["y"] - near["y"]) * ROW_HEIGHT
    return near.assign(angle=np.degrees(np.arctan2(run.astype(float), rise.astype(float))))


def network(nodes: pd.DataFrame, edges: pd.DataFrame, name: str) -> alt.LayerChart:
    """Subjects and their interactions (``comparison.interactions``) of the system called ``name``."""
    drawn = nodes.assign(
        text=["\n".join(textwrap.wrap(label, LABEL_WIDTH, break_long_words=False)) for label in nodes["label"]],
        colour=nodes["level"].map(COLOURS),
    )
    curves = _curves(edges)
    rows = drawn.groupby("level", sort=False)["y"].first().reset_index()
    rows["heading"] = rows["level"].map(LEVELS)
    scale_x = alt.Scale(domain=[-0.02, 1.02])
    scale_y = alt.Scale(domain=[drawn["y"].min() - 0.45, drawn["y"].max() + 0.6])
    x, y = alt.X("x:Q", scale=scale_x, axis=None), alt.Y("y:Q", scale=scale_y, axis=None)
    lines = (
        alt.Chart(curves)
        .mark_line(opacity=0.45, color=QUIET)
        .encode(
            x=x,
            y=y,
            detail="edge:N",
            order="step:Q",
            strokeWidth=alt.StrokeWidth("count:Q", scale=alt.Scale(range=[1, 4]), legend=None),
        )
    )
    heads = (
        alt.Chart(_heads(curves))
        .mark_point(shape="triangle", filled=True, size=60, opacity=0.9, color=QUIET)
        .encode(x=x, y=y, angle=alt.Angle("angle:Q", scale=None))
    )
    circles = alt.Chart(drawn).mark_circle(size=260, opacity=1).encode(x=x, y=y, color=alt.Color("colour:N", scale=None))
    labels = (
        alt.Chart(drawn)
        .mark_text(
            baseline="top", dy=12, lineBreak="\n", fontSize=11, color=INK, stroke="white", strokeWidth=3, strokeOpacity=0.9
        )
        .encode(x=x, y=y, text="text:N")
    )
    words = labels.mark_text(baseline="top", dy=12, lineBreak="\n", fontSize=11, color=INK)
    headings = (
        alt.Chart(rows.assign(x=-0.02))
        .mark_text(align="left", baseline="bottom", dy=-52, fontSize=11, fontWeight="bold", color=QUIET)
        .encode(x=x, y=y, text="heading:N")
    )
    forms = ("участник", "участника", "участников")
    return alt.layer(lines, heads, circles, labels, words, headings).properties(
        title=alt.Title(
            f"Кто кому что передаёт: {name}",
            subtitle=f"{wording.counted(len(nodes), forms)}; чем толще линия, тем больше предметов передачи",
        ),
        width=WIDTH,
        height=ROW_HEIGHT * len(rows),
        description=f"Схема взаимодействия, {name}; все связи перечислены в таблице под ней — по пунктам документа",
    )
