"""Recommendations about measures: overdue, due, unconfirmed. Bodies are those that the measures name."""

from typing import Any

import pandas as pd

from nmslib import wording
from nmslib.advice.words import MEASURES, Setting
from nmslib.model import AdviceRule, MeasureState

STATES = {state.id: state for state in MeasureState}


def steps(measures: pd.DataFrame, setting: Setting) -> list[dict[str, Any]]:
    """Recommendations from the measures of one place (``roadmap.current``): overdue first, the longest overdue on top.

    Measures of which nothing is known share one recommendation, because one registry tells of them all.
    """
    found = []
    for rule in setting.rules.rules:
        if rule.kind == "measure":
            mine = measures[measures["state"].isin(rule.states)].sort_values("due_on", kind="stable")
            groups = [mine] if "{codes}" in rule.action else [mine.iloc[[number]] for number in range(len(mine))]
            found += [_step(rule, group, setting) for group in groups if len(group) >= max(1, rule.least)]
    return found


def _step(rule: AdviceRule, rows: pd.DataFrame, setting: Setting) -> dict[str, Any]:
    first, count = rows.iloc[0], len(rows)
    late = wording.counted(int(first["days_overdue"]), wording.DAYS)
    filled = {
        "code": first["measure"],
        "title": first["title"],
        "late": late,
        "codes": ", ".join(rows["measure"]),
        "count": wording.counted(count, MEASURES),
    }
    upcoming = first["ends_on"] if first["state"] == MeasureState.DUE.id else None
    return {
        "kind": rule.kind,
        "rule": rule.id,
        "role": rule.addressee,
        "addressee": setting.addressee(rule.addressee, first["bodies"]),
        "action": rule.action.format(**filled),
        "where": "",
        "count": count,
        "noun": wording.noun(count, MEASURES),
        "until": setting.until(rule) if upcoming is None else upcoming,
        "result": (rule.result or "").format(**filled),
        "clause": first["clause"],
        "status": first["state"],
        "rests_on": _rests_on(rows),
    }


def _term(row: pd.Series) -> str:
    """The printed day and the one on which the term ends by law: «01.07.2023 (по ст. 193 ГК РФ — 03.07.2023)»."""
    printed, ends = wording.day(row["due_on"]), wording.day(row["ends_on"])
    return printed if printed == ends else f"{printed} (по ст. 193 ГК РФ — {ends})"


def _rests_on(rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    state = STATES[first["state"]].word
    if len(rows) > 1:
        return wording.sentences(f"Мер, о которых сказано «{state}», — {wording.number(len(rows))}")
    due = f", срок {_term(first)}" if pd.notna(first["due_on"]) else ""
    affects = f"На мере держится число: {first['affects']}" if pd.notna(first["affects"]) else ""
    return wording.sentences(f"Мера {first['measure']} — {state}{due}", affects)
