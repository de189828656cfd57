"""«Режим заседания»: at most five decisions on one printable page, each with its fact, two options and what each brings."""

from typing import Any

import pandas as pd

from nmslib import wording
from nmslib.dashboards import markup
from nmslib.dashboards.situation.state import SituationState
from nmslib.documents.steps import urgent
from nmslib.model import State

MOST = 5


def drawn(state: SituationState) -> str:
    """The most urgent recommendations in the order of the note."""
    found = urgent(state.reported.recommendations)
    told = [_decision(number, row, state) for number, (_, row) in enumerate(found.head(MOST).iterrows(), 1)]
    day = wording.day_in_text(state.reported.day)
    return str(markup.macros("situation").meeting(state.place_name, state.run.facts.act.short_title, day, told, len(found)))


def _decision(number: int, row: pd.Series, state: SituationState) -> dict[str, Any]:
    return {
        "number": number,
        "question": row["action"],
        "fact": row["rests_on"],
        "clause": row["clause"] if pd.notna(row["clause"]) else "",
        "options": [_do(row), _otherwise(row, state)],
    }


def _do(row: pd.Series) -> tuple[str, str]:
    """What is recommended, and what it may bring."""
    return f"Поручить: {row['addressee']}, до {wording.day(row['until'])}", row["result"]


def _otherwise(row: pd.Series, state: SituationState) -> tuple[str, str]:
    """The other way: to leave the plan and move it, or to go on without, and what that leaves."""
    if row["kind"] == "data":
        return "Ждать без сведений", "показатели останутся неизвестными, свод — с границами вместо значения"
    if row["kind"] == "measure":
        return (
            "Перенести срок изменением документа",
            "мера останется неисполненной до нового срока; нужен акт, который меняет документ",
        )
    figures = state.reported.figures
    mine = figures[figures["figure"] == row["figure"]]
    missing = mine["people_missing"].iloc[0] if len(mine) else pd.NA
    noun = state.run.cards[row["indicator"]].noun if row["indicator"] in state.run.cards else wording.PEOPLE
    left = (
        f"до плана по-прежнему не хватает {wording.genitive(int(missing), noun)}" if pd.notna(missing) else "отставание останется"
    )
    if row["status"] == State.UNREACHABLE.id:
        return "Уточнить плановое значение или его срок изменением документа", f"{left}; показатель в этом году не будет выполнен"
    return "Оставить как есть", left
