"""What to do next: addressed steps with a number, a date and the figure or clause they rest on. Pure; words nothing vaguely."""

from datetime import date

import pandas as pd

from nmslib import wording
from nmslib.model import Card, MeasureState, State, System

COLUMNS = ["addressee", "action", "count", "until", "clause", "figure"]


def _measure_steps(measures: pd.DataFrame) -> list[dict]:
    """Overdue terms first, the longest overdue on top, then those due soon."""
    steps = []
    overdue = measures[measures["state"] == MeasureState.OVERDUE.id].sort_values("due_on")
    for _, row in overdue.iterrows():
        late = wording.counted(int(row["days_overdue"]), wording.DAYS)
        action = f"исполнить меру {row['measure']} «{row['title']}» и приложить подтверждающий документ: просрочено на {late}"
        action += f"; затронуто: {row['affects']}" if pd.notna(row["affects"]) else ""
        steps.append({"addressee": row["responsible"], "action": action, "until": row["due_on"], "clause": row["clause"]})
    unknown = measures[measures["state"] == MeasureState.UNKNOWN.id]
    if len(unknown):
        codes = ", ".join(unknown["measure"])
        action = f"представить реестр исполнения мер: без него неизвестно, исполнены ли меры {codes}"
        body = "; ".join(dict.fromkeys(unknown["responsible"]))
        steps.append({"addressee": body, "action": action, "until": pd.NaT, "clause": unknown["clause"].iloc[0]})
    due = measures[measures["state"] == MeasureState.DUE.id].sort_values("due_on")
    for _, row in due.iterrows():
        action = f"исполнить меру {row['measure']} «{row['title']}»"
        steps.append({"addressee": row["responsible"], "action": action, "until": row["due_on"], "clause": row["clause"]})
    return steps


def _indicator_steps(figures: pd.DataFrame, system: System, cards: dict[str, Card], end: date) -> list[dict]:
    """Missing people where the plan can still be met, a decision where it cannot, a registry where nothing is known."""
    steps = []
    operator = system.act.operator or system.act.issuing_body
    for _, row in figures.sort_values("people_missing", ascending=False, na_position="last").iterrows():
        card = cards[row["indicator"]]
        step = {"addressee": operator, "until": pd.Timestamp(end), "clause": row["clause"], "figure": row["figure"]}
        if row["status"] == State.NOT_COMPUTABLE.id:
            steps.append(
                step | {"action": f"представить сведения по показателю «{card.short_name}»; {row['reason']}", "until": pd.NaT}
            )
        elif row["status"] in (State.ON_PACE.id, State.RECOVERABLE.id):
            missing = int(row["people_missing"])
            steps.append(step | {"action": f"{card.action}: ещё {wording.counted(missing, card.noun)}", "count": missing})
        elif row["status"] == State.UNREACHABLE.id:
            gap = f"для плана не хватает {wording.genitive(int(row['people_missing']), card.noun)}"
            action = f"решить по показателю «{card.short_name}»: {gap}; дать дополнительные места или перенести срок"
            steps.append(step | {"addressee": system.act.issuing_body, "action": action, "count": int(row["people_missing"])})
    return steps


def next_steps(figures: pd.DataFrame, measures: pd.DataFrame, system: System, cards: dict[str, Card]) -> pd.DataFrame:
    """Steps for one municipality: who, does what, for how many, until when, by which clause (COLUMNS), most urgent first.

    ``figures`` and ``measures`` are rows of one municipality (``indicators.figures``, ``roadmap.current``).
    """
    end = date(int(figures["period"].iloc[0]), 12, 31) if len(figures) else date.max
    steps = _measure_steps(measures) + _indicator_steps(figures, system, cards, end)
    frame = pd.DataFrame(steps, columns=COLUMNS)
    return frame.assign(until=pd.to_datetime(frame["until"]), count=frame["count"].astype("Int64"))
