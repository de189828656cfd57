"""Who sent which registry: senders by registries, state by shape and colour."""

import altair as alt
import pandas as pd

from nmslib import wording
from nmslib.charts.offline import state_marks
from nmslib.model import ArrivalState

STATES = {state.id: state for state in ArrivalState}
CELL = 30
REGISTRIES = ("реестр", "реестра", "реестров")


def title(arrivals: pd.DataFrame) -> str:
    """The finding in one line: how many senders sent everything, who sent nothing, what was late or not accepted."""
    whole = arrivals[arrivals["state"] != ArrivalState.ELSEWHERE.id].groupby("name", sort=False)["sent"]
    full, nothing = int(whole.all().sum()), int((~whole.any()).sum())
    words = [f"Прислали всё: {wording.number(full)} из {wording.number(whole.ngroups)}"]
    words += [f"ничего не прислали: {wording.number(nothing)}"] if nothing else []
    for state in (ArrivalState.REFUSED, ArrivalState.LATE):
        if count := int((arrivals["state"] == state.id).sum()):
            words.append(f"{state.word}: {wording.counted(count, REGISTRIES)}")
    return "; ".join(words)


def arrivals(rows: pd.DataFrame) -> alt.LayerChart:
    """A grid of senders and registries with the state of each as a drawn shape in its colour; words are in the table below it.

    ``rows``: ``completeness.table``; a registry that is not expected from a sender leaves its cell empty.
    """
    drawn = pd.DataFrame(
        {
            "name": rows["name"],
            "title": rows["title"],
            "colour": [STATES[state].colour for state in rows["state"]],
            "shape": [STATES[state].shape for state in rows["state"]],
            "word": [STATES[state].word for state in rows["state"]],
        }
    )
    names, titles = list(dict.fromkeys(rows["name"])), list(dict.fromkeys(rows["title"]))
    heads = alt.Axis(orient="top", labelAngle=-45, labelLimit=200, domain=False, ticks=False)
    x = alt.X("title:N", sort=titles, title=None, axis=heads)
    y = alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=260, domain=False, ticks=False))
    base = alt.Chart(drawn).encode(x=x, y=y)
    cells = base.mark_rect(color="#F4F6F8", stroke="white", strokeWidth=2)
    by_sender = drawn.groupby("name", sort=False)
    described = "; ".join(f"{name}: {', '.join(part['title'] + ' — ' + part['word'])}" for name, part in by_sender)
    return alt.layer(cells, state_marks(base, x, drawn)).properties(
        title=alt.Title(title(rows), subtitle="Пустая клетка — такой реестр от отправителя не требуется"),
        width=CELL * 1.5 * len(titles),
        height=CELL * 0.8 * len(names),
        description=f"Кто какой реестр прислал. {described}",
    )
