"""Scenarios side by side as tables of a page."""

from typing import Any

import pandas as pd
from IPython.display import HTML

from nmslib import wording
from nmslib.compared import BASE, Compared
from nmslib.documents import templates
from nmslib.documents.scenario.tables import NOTHING, PRICES, bounds_in_words, chance_of
from nmslib.model import REGION
from nmslib.scenarios import endings, plan_in_words, value_in_words
from nmslib.scenarios.differences import THOUSAND


def compared_header(sides: Compared) -> HTML:
    """What is compared, since when; carries the style of the page."""
    first = sides.first
    told = [f"«{one.scenario.title}» — {one.scenario.reason}" for one in sides.shown]
    told += [f"{one} На рисунке — нижняя граница." for one in bounds_in_words(first)]
    place = first.now.place
    return HTML(templates.macros("fragments").header(first.facts, place, first.now.day, first.synthetic, told, templates.style()))


def compared_table(sides: Compared) -> HTML:
    """Plans down, scenarios across: the value, whether the plan is met, how likely; the cost last."""
    columns = ["Показатель, срок, план", BASE, *(one.scenario.title for one in sides.shown)]
    place = sides.first.whole
    known = [endings(sides.unchanged, place), *(one.endings for one in sides.shown)]
    keys = list(dict.fromkeys((name, due) for one in known for name, due in zip(one["indicator"], one["due_on"], strict=True)))
    rows: list[list[Any]] = []
    for name, due in keys:
        cells = [_ending(rows_of, name, due, sides) for rows_of in known]
        chances = [None, *(one.probability(name, due) for one in sides.shown)]
        least = name in sides.unchanged.lost and place == REGION
        told = [
            [*cell, *([] if chance is None else [f"вероятность {chance_of(chance, least)}"])]
            for cell, chance in zip(cells, chances, strict=True)
        ]
        planned = next(
            row for rows_of in known for _, row in rows_of.iterrows() if (row["indicator"], row["due_on"]) == (name, due)
        )
        card = sides.cards[name]
        rows.append([f"{card.short_name}, {wording.day(due)}, план {wording.plan(planned['target'], card.unit)}", *told])
    outcomes = [sides.unchanged, *(one.outcome for one in sides.shown)]
    rows.append([f"Затраты, {THOUSAND}", *(wording.number(round(one.cost(place))) for one in outcomes)])
    return HTML(templates.macros("tables").table(f"Чем кончится каждый план. {PRICES}", columns, rows))


def _ending(rows: pd.DataFrame, name: str, due: pd.Timestamp, sides: Compared) -> list[str]:
    mine = rows[(rows["indicator"] == name) & (rows["due_on"] == due)]
    if mine.empty:
        return [NOTHING]
    row, card = mine.iloc[0], sides.cards[name]
    return [value_in_words(row, card), ("● " if row["missing"] == 0 else "") + plan_in_words(row, card)]


def compared_words(sides: Compared) -> HTML:
    """Each of the others against the first, in sentences."""
    told = [
        sentence for title, said in sides.differences for sentence in (f"«{title}» против «{sides.first.scenario.title}».", *said)
    ]
    return HTML(templates.macros("scenario").sentences(told or ["Сценарий один: сравнивать не с чем."]))
