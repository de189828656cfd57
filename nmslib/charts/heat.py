"""Who is behind in what: municipalities by indicators, the state by shape and colour, the people missing as a number."""

import json

import altair as alt
import pandas as pd

from nmslib import wording
from nmslib.charts.offline import INK, heading, nothing, worded_marks
from nmslib.model import Card, State

STATES = {state.id: state for state in State}
REGION = "region"
# A row without words that sets the region apart from its municipalities.
GAP = " "
ROW_HEIGHT, TALL_ROW_HEIGHT = 24, 34
# With more indicators than this the number stands under the shape: narrow cells keep the page readable.
WIDE = 16
DIGIT = 6.3
SUBTITLE = (
    "Число — сколько человек (команд, организаций, программ) не хватает до плана",
    "Сверху те, кому не хватает больше; пустая клетка — показатель здесь не считается",
)
CASES = ("случая", "случаев", "случаев")


def _places(figures: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Municipalities from the worst: name, missing (people of all indicators), unknown; who sent nothing is not the best."""
    mine = figures[figures["municipality"] != REGION]
    unknown = (mine["status"] == State.NOT_COMPUTABLE.id).astype(int)
    table = mine.assign(missing=mine["people_missing"].fillna(0).astype(int), unknown=unknown)
    places = table.groupby("municipality", sort=False)[["missing", "unknown"]].sum()
    places["name"] = [names[municipality] for municipality in places.index]
    return places.sort_values(["missing", "unknown", "name"], ascending=[False, False, True])


def title(figures: pd.DataFrame, names: dict[str, str]) -> str:
    """The finding in one line: in how many cases (municipality and indicator with a plan) it is reached, who is worst off."""
    planned = figures[figures["target"].notna() & (figures["municipality"] != REGION)]
    if planned.empty:
        return "Плановые значения муниципалитетов на этот год не установлены"
    reached = wording.number(int((planned["status"] == State.REACHED.id).sum()))
    words = f"Планы выполнены в {reached} из {wording.counted(len(planned), CASES)}"
    unknown = int((planned["status"] == State.NOT_COMPUTABLE.id).sum())
    words += f", нет данных в {wording.number(unknown)}" if unknown else ""
    worst = _places(figures, names).iloc[0]
    return words + (f"; больше всего не хватает до плана: {worst['name']}" if worst["missing"] else "")


def _described(figures: pd.DataFrame, names: dict[str, str], order: list[str]) -> str:
    """A sentence per row: plans reached, people missing; words of each cell would be hundreds."""
    told = []
    for municipality in order:
        mine = figures[figures["municipality"] == municipality]
        planned, reached = int(mine["target"].notna().sum()), int((mine["status"] == State.REACHED.id).sum())
        missing = wording.number(int(mine["people_missing"].fillna(0).sum()))
        told.append(f"{names[municipality]} — выполнено {reached} из {planned}, не хватает: {missing}")
    return "Состояние показателей по муниципалитетам. " + "; ".join(told)


def _digits(drawn: pd.DataFrame) -> float:
    """Pixels that the longest number takes: digits are of one width, the space between thousands is half as wide."""
    return float((DIGIT * (drawn["missing"].str.len() - drawn["missing"].str.count(wording.NBSP) / 2)).max())


def _layers(drawn: pd.DataFrame, columns: list[str], rows: list[str], region: str) -> list[alt.Chart]:
    """Cells, the shape of the state in each of them, the number beside it or under it."""
    heads = alt.Axis(orient="top", labelAngle=-45, labelLimit=0, labelAlign="left", domain=False, ticks=False)
    bold = alt.condition(f"datum.value == {json.dumps(region)}", alt.value("bold"), alt.value("normal"))
    sides = alt.Axis(labelLimit=0, labelFontWeight=bold, domain=False, ticks=False)
    x = alt.X("indicator:N", scale=alt.Scale(domain=columns), title=None, axis=heads)
    y = alt.Y("name:N", scale=alt.Scale(domain=rows), title=None, axis=sides)
    shown = [(state.word, state.shape, state.colour) for state in State if state.word in set(drawn["word"])]
    base = alt.Chart(drawn).encode(x=x, y=y)
    if len(columns) > WIDE:
        mark, number = {"yOffset": -6.0}, base.mark_text(dy=9, fontSize=11, color=INK)
    else:
        aside = -_digits(drawn) / 2
        mark, number = {"xOffset": aside}, base.mark_text(align="left", dx=aside + 9, fontSize=11, color=INK)
    return [
        base.mark_rect(color="#F4F6F8", stroke="white", strokeWidth=2).encode(tooltip=alt.Tooltip("told:N")),
        worded_marks(base, x, shown, size=90, **mark).encode(tooltip=alt.Tooltip("told:N")),
        number.encode(text=alt.Text("missing:N")),
    ]


def heat(figures: pd.DataFrame, names: dict[str, str], cards: dict[str, Card]) -> alt.LayerChart:
    """A grid of municipalities (worst first, the region's own row on top) and indicators with the state of each.

    ``figures``: rows of one as-of date with municipality, indicator, status, people_missing (the card's noun) and target;
    ``names``: municipality → its Russian name. An indicator that has a plan nowhere is left out.
    """
    alive = figures.loc[figures["status"] != State.NO_PLAN.id, "indicator"].unique()
    rows = figures[figures["indicator"].isin(alive)]
    if rows.empty:
        return nothing("Показателей с планом или данными на эту дату нет")
    missing = rows["people_missing"].fillna(0).astype(int)
    drawn = pd.DataFrame(
        {
            "name": rows["municipality"].map(names),
            "indicator": [cards[indicator].short_name for indicator in rows["indicator"]],
            "word": [STATES[status].word for status in rows["status"]],
            "missing": [wording.number(count) if count else "" for count in missing],
        }
    )
    drawn["told"] = drawn["name"] + ". " + drawn["indicator"] + ": " + drawn["word"]
    own = [REGION] if (rows["municipality"] == REGION).any() else []
    places = _places(rows, names)
    order = [names[REGION], GAP] if own else []
    columns = list(dict.fromkeys(drawn["indicator"]))
    wide = len(columns) > WIDE
    width = len(columns) * max(30.0, (8 if wide else 24) + _digits(drawn))
    return alt.layer(*_layers(drawn, columns, order + places["name"].tolist(), names.get(REGION, ""))).properties(
        title=heading(title(rows, names), SUBTITLE, max(700.0, width + 200)),
        width=width,
        height=(TALL_ROW_HEIGHT if wide else ROW_HEIGHT) * (len(order) + len(places)),
        description=_described(rows, names, own + places.index.tolist()),
    )
