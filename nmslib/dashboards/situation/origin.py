"""The card «откуда цифра»: definition, act and clause, conditions with counts, workbook and hash, plan and state."""

from typing import Any

import pandas as pd

from nmslib import wording
from nmslib.dashboards import markup
from nmslib.dashboards.situation.plan import STATES, told
from nmslib.dashboards.situation.state import SituationState
from nmslib.documents.figures import ORGANISATIONS

SIDES = {"numerator": "Числитель", "denominator": "Знаменатель"}
BOUNDS = {">=": "не меньше ", "<=": "не больше "}


def drawn(state: SituationState) -> str:
    """Everything about the figure whose id the address names."""
    figures = state.run.held.table("figures")
    row = figures[figures["figure"] == state.figure].iloc[0]
    card, facts = state.run.cards[row["indicator"]], state.run.facts
    place = state.run.called.get(row["municipality"], "")
    own = next((one for one in facts.indicators if one.indicator == card.id), None)
    lines = [
        ("Значение", f"{told(row, card)} на {wording.day(row['as_of'])}"),
        ("Что это", card.name),
        ("Основание", f"{row['act']}, {row['clause']}" + _since(own)),
        ("Числитель", card.numerator),
        ("Знаменатель", card.denominator),
        ("Кто входит", card.base + (f"; {ORGANISATIONS[own.organisations]}" if own and own.organisations else "")),
        ("Как прочитано", card.reading or ""),
        ("План", _plan(row, card)),
        ("Состояние", f"{STATES[row['status']].shape} {STATES[row['status']].word}. {wording.for_officials(str(row['reason']))}"),
        ("Сложено из", _members(row)),
        ("Книга", _source(row, state)),
    ]
    return str(
        markup.macros("situation").origin(
            f"Откуда цифра: {card.short_name}, {place}",
            [(name, words) for name, words in lines if words],
            _steps(state, row),
            state.figure,
            state.link(),
        )
    )


def _since(own: Any) -> str:
    return f"; действует с {wording.day(own.in_force)}" if own is not None and own.in_force else ""


def _plan(row: pd.Series, card: Any) -> str:
    if pd.isna(row["target"]):
        return "на эту дату не установлен"
    expected = (
        f"; к дате отчёта ожидалось {wording.plan(round(row['expected_now'], 2), card.unit)}"
        if pd.notna(row["expected_now"])
        else ""
    )
    by = f" к {wording.day(row['ends_on'])}" if row["comparator"] != "<=" else ""
    return f"{BOUNDS.get(row['comparator'], '')}{wording.plan(row['target'], card.unit)}{by} ({row['target_clause']}){expected}"


def _members(row: pd.Series) -> str:
    if pd.isna(row["members"]):
        return ""
    return (
        f"числители и знаменатели муниципалитетов, известны {wording.number(row['members_known'])} "
        f"из {wording.number(row['members'])}"
    )


def _source(row: pd.Series, state: SituationState) -> str:
    if pd.isna(row["source"]) or not row["source"]:
        return "не прислана"
    arrivals = state.run.held.table("arrivals")
    file = arrivals.loc[arrivals["sha256"] == row["source"], "file"]
    name = f"{file.iloc[0]}, " if len(file) else ""
    revision = f"ревизия {int(row['revision'])}, " if pd.notna(row["revision"]) else ""
    data = f"данные на {wording.day(row['data_on'])}, " if pd.notna(row["data_on"]) else ""
    return f"{name}{revision}{data}sha256 {row['source']}"


def _steps(state: SituationState, row: pd.Series) -> list[dict[str, Any]]:
    """Conditions of both sides with what each left out; known for the day of the report."""
    table = state.run.held.table("origins")
    mine = table[(table["municipality"] == row["municipality"]) & (table["indicator"] == row["indicator"])]
    mine = mine[mine["reported_on"] == row["as_of"]]
    told = []
    for side, title in SIDES.items():
        steps = mine[mine["side"] == side]
        if len(steps):
            rows = [
                (one["words"], wording.number(one["rows"]), wording.number(one["left_out"]) if one["step"] else "")
                for _, one in steps.iterrows()
            ]
            told.append({"title": title, "rows": rows})
    return told
