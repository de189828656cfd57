"""Places of municipalities with what chance leaves of them: a place without its interval is no finding."""

import altair as alt
import pandas as pd

from nmslib import wording
from nmslib.charts.offline import INK, QUIET, heading, nothing, worded_marks
from nmslib.indicators.comparing import SCORE_WARNING
from nmslib.model import Card

BETTER = ("выше середины, и это не случайность", "▲", "#0072B2")
SAME = ("от середины не отличить", "●", "#8C8C8C")
WORSE = ("ниже середины, и это не случайность", "▼", "#D55E00")
SCORES = ("балл", "балла", "баллов")
ROW_HEIGHT = 21
WIDTH = 400
SUBTITLE = "Точка — место, линия — от какого до какого места может быть на самом деле (95 %)"


def _middle(rows: pd.DataFrame) -> float:
    return (len(rows) + 1) / 2


def _verdict(low: float, high: float, middle: float) -> tuple[str, str, str]:
    if high < middle:
        return BETTER
    return WORSE if low > middle else SAME


def title(rows: pd.DataFrame) -> str:
    """The finding in one line: how many places can be told apart from the middle one."""
    verdicts = [_verdict(low, high, _middle(rows)) for low, high in zip(rows["rank_low"], rows["rank_high"], strict=True)]
    above, below = verdicts.count(BETTER), verdicts.count(WORSE)
    if not above + below:
        return "Места неотличимы от случайных: линия каждого муниципалитета захватывает середину"
    sides = [f"{word} — {count}" for word, count in (("выше", above), ("ниже", below)) if count]
    return f"Отличаются от середины больше, чем случайно: {above + below} из {len(rows)} ({', '.join(sides)})"


def _label(row: pd.Series, card: Card) -> str:
    """«12,4 % из 1 186»: what the place rests on; the score of «мотивирующий мониторинг» stands beside where it is asked for."""
    if card.unit == "percent":
        value = f"{wording.percent(row['value'], card.decimals)} из {wording.genitive(int(row['denominator']), card.noun)}"
    else:
        value = wording.number(row["value"], card.decimals)
    score = row.get("score")
    return value + (f", {wording.counted(round(score), SCORES)}" if score is not None and pd.notna(score) else "")


def ranks(rows: pd.DataFrame, card: Card) -> alt.LayerChart:
    """A row per municipality from the first place down: the place as a dot, its 95 % interval as a line.

    ``rows``: name, rank, rank_low, rank_high (1 is best), value (in the card's unit), denominator, and score where «мотивирующий
    мониторинг» is asked for. A municipality without a place is left out and told below the title.
    """
    placed = rows[rows["rank"].notna()].sort_values("rank", kind="stable")
    if placed.empty:
        return nothing(f"{card.short_name}: мест нет — нет данных")
    middle = _middle(placed)
    verdicts = [_verdict(low, high, middle) for low, high in zip(placed["rank_low"], placed["rank_high"], strict=True)]
    drawn = placed[["name", "rank", "rank_low", "rank_high"]].assign(
        word=[verdict[0] for verdict in verdicts], label=[_label(row, card) for _, row in placed.iterrows()]
    )
    last = int(max(len(drawn), drawn["rank_high"].max()))
    axis = alt.Axis(
        values=sorted({1, *range(5, last - 1, 5), last}),
        format="d",
        title="Место",
        titleAnchor="start",
        orient="top",
        domain=False,
    )
    x = alt.X("rank:Q", scale=alt.Scale(domain=[0.5, last + 0.5], nice=False), axis=axis)
    sides = alt.Axis(labelLimit=0, domain=False, ticks=False, labelPadding=8)
    base = alt.Chart(drawn).encode(y=alt.Y("name:N", sort=drawn["name"].tolist(), title=None, axis=sides))
    centre = alt.Chart(pd.DataFrame({"rank": [middle]})).mark_rule(color=QUIET, strokeDash=[4, 3]).encode(x="rank:Q")
    lines = base.mark_rule(strokeWidth=3, opacity=0.45, color=QUIET).encode(x="rank_low:Q", x2="rank_high:Q")
    shown = [verdict for verdict in (BETTER, SAME, WORSE) if verdict in verdicts]
    words = base.mark_text(align="left", dx=14, color=INK).encode(x=alt.value(WIDTH), text="label:N")
    absent = rows.loc[rows["rank"].isna(), "name"].tolist()
    notes = [
        *([SCORE_WARNING] if "score" in rows and rows["score"].notna().any() else []),
        SUBTITLE,
        f"Показатель «{card.short_name}»; пунктир — середина",
        *([f"Нет данных: {', '.join(absent)}"] if absent else []),
    ]
    told = (
        f"{row.name} — место {row.rank:.0f} (от {row.rank_low:.0f} до {row.rank_high:.0f})"
        for row in drawn.itertuples(index=False)
    )
    return alt.layer(centre, lines, worded_marks(base, x, shown), words).properties(
        title=heading(title(placed), notes, WIDTH + 300),
        width=WIDTH,
        height=ROW_HEIGHT * len(drawn),
        description=f"Места муниципалитетов по показателю «{card.short_name}»: " + "; ".join(told),
    )
