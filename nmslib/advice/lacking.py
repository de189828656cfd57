"""Recommendations about registries without which figures cannot be computed: who sends what again."""

from collections import Counter
from datetime import date
from typing import Any

import pandas as pd

from nmslib import wording
from nmslib.advice import words
from nmslib.advice.words import Row, Setting
from nmslib.model import REGION, AdviceRule, State

INDICATORS = ("показатель", "показателя", "показателей")
# In this order a figure is unknown, as indicators.knowledge tells it; what is merely old is cured by the same new workbook.
LACKS = ("absent", "unread", "stale")


def steps(figures: pd.DataFrame, arrivals: pd.DataFrame, setting: Setting) -> list[dict[str, Any]]:
    """Recommendations for figures of one place that cannot be computed: one for each sort of lack and side that sends.

    Whatever is undefined though every registry is there (no young teachers in a village) asks nobody for anything.
    """
    unknown = figures[figures["status"] == State.NOT_COMPUTABLE.id]
    if unknown.empty:
        return []
    lacks = _lacks(unknown["indicator"], arrivals, setting)
    found = []
    for rule in setting.rules.rules:
        for regional in (False, True):
            mine = lacks[(lacks["lack"] == rule.cause) & ((lacks["sender"] == REGION) == regional)]
            if rule.kind == "data" and len(mine):
                rows = unknown[unknown["indicator"].isin(mine["indicator"])]
                found.append(_step(rule, mine, rows, setting))
    return found


def _lacks(indicators: pd.Series, arrivals: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    """Columns indicator, sender, registry, title, lack: every registry that keeps a figure from being computed."""
    mine = arrivals if setting.whole else arrivals[arrivals["municipality"].isin([setting.municipality, REGION])]
    known = {(row["municipality"], row["registry"]): row for row in words.records(mine)}
    senders = dict.fromkeys(name for name, _ in known) if setting.whole else (setting.municipality,)
    rows = []
    for indicator in indicators:
        card = setting.cards[indicator]
        for sender in senders:
            if sender == REGION and card.level == "municipality":
                continue
            told = []
            for registry in card.registries:
                row = known.get((sender, registry), known.get((REGION, registry)))
                if row is not None and (lack := _lack(row, setting.as_of)):
                    told.append((indicator, row["municipality"], registry, row["title"], lack))
            worst = min((LACKS.index(lack) for *_, lack in told), default=None)
            rows += [one for one in told if LACKS.index(one[-1]) == worst]
    columns = ["indicator", "sender", "registry", "title", "lack"]
    return pd.DataFrame(rows, columns=columns).drop_duplicates(ignore_index=True)


def _lack(arrival: Row, as_of: date) -> str | None:
    if not arrival["received"]:
        return "absent"
    if 2 * arrival["problems"] > arrival["rows"] + arrival["left_out"]:
        return "unread"
    day = arrival["data_on"]
    return "stale" if isinstance(day, str) and date.fromisoformat(day) < as_of else None


def _step(rule: AdviceRule, lacks: pd.DataFrame, figures: pd.DataFrame, setting: Setting) -> dict[str, Any]:
    senders = list(lacks["sender"].unique())
    titles = list(lacks["title"].unique())
    many = setting.whole and senders != [REGION]
    count, noun = (len(senders), words.MUNICIPALITIES) if many else (len(titles), words.REGISTRIES)
    names = [setting.cards[name].short_name for name in figures["indicator"]]
    filled = {
        "registries": words.quoted(titles),
        "day": wording.day(setting.as_of),
        "figures": ", ".join(f"«{name}»" for name in names),
        "count": wording.counted(count, noun),
    }
    each = Counter(lacks.drop_duplicates(["sender", "registry"])["sender"].map(setting.name))
    role = "region" if senders == [REGION] else rule.addressee
    lack = setting.rules.causes[str(rule.cause)]
    told = f"Нет данных, {wording.counted(len(figures), INDICATORS)} не рассчитать; {lack}: {', '.join(titles)}"
    return {
        "kind": rule.kind,
        "rule": rule.id,
        "role": role,
        "addressee": setting.addressee(role, of_several=many),
        "action": rule.action.format(**filled),
        "where": words.named(words.most_first(each), words.MUNICIPALITIES, words.REGISTRIES) if many else "",
        "count": count,
        "noun": wording.noun(count, noun),
        "until": setting.until(rule),
        "result": (rule.result or "").format(**filled),
        "figure": figures["figure"].iloc[0] if len(figures) == 1 else None,
        "clause": "; ".join(dict.fromkeys(figures["clause"])),
        "cause": rule.cause,
        "status": State.NOT_COMPUTABLE.id,
        "rests_on": wording.sentences(told),
    }
