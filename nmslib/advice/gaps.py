"""Recommendations about figures: causes found in the rows first, then what is left of the gap; nobody is counted twice."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

import pandas as pd

from nmslib import wording
from nmslib.advice import words
from nmslib.advice.words import Places, Row, Setting
from nmslib.model import AdviceRule, Card, State

NOT_COUNTED = "not_counted"
NEXT_PERIOD = "{short_name}: в счёт следующего периода"
STATES = {state.id: state for state in State}


@dataclass(frozen=True)
class Cause:
    """How many people (organisations, programmes) of a base lack something, and where, the most first."""

    count: int = 0
    places: Places = ()


def steps(figures: pd.DataFrame, causes: pd.DataFrame, setting: Setting) -> list[dict[str, Any]]:
    """Recommendations from the figures and causes of one place, in no order; the gap of a figure is shared out among them.

    A figure whose people are counted in another one too (``counted_in``) goes first, and what it closes is closed there as well.
    """
    closed: Counter[str] = Counter()
    order = _parts_first(setting)
    known = {row["indicator"]: row for row in words.records(figures)}
    by_indicator = _found(causes, setting)
    found = []
    for indicator in sorted(known, key=lambda name: order.get(name, 0)):
        figure, mine = known[indicator], by_indicator.get(indicator, {})
        for rule in _rules(indicator, figure, setting):
            step = _step(rule, figure, mine, closed[indicator], setting)
            if step:
                found.append(step)
                # Of a decision nobody is added, but its people are not to be asked for again.
                told = step["count"] if rule.cause is None else step["effect_people"] or 0
                for one in (indicator, *setting.rules.counted_in.get(indicator, ())):
                    closed[one] += told
    return found


def _found(causes: pd.DataFrame, setting: Setting) -> dict[str, dict[str, Cause]]:
    """What the rows show, by indicator and cause; the places are organisations, of the whole municipalities."""
    places: dict[tuple[str, str], Counter[str]] = {}
    totals: Counter[tuple[str, str]] = Counter()
    columns = ("indicator", "cause", "count", "municipality", "organisation", "name")
    for indicator, cause, count, municipality, organisation, name in zip(*(causes[one].tolist() for one in columns), strict=True):
        where = setting.name(municipality) if setting.whole else (organisation if pd.isna(name) else name)
        totals[indicator, cause] += int(count)
        if not pd.isna(where):
            places.setdefault((indicator, cause), Counter())[str(where)] += int(count)
    found: dict[str, dict[str, Cause]] = {}
    for (indicator, cause), total in totals.items():
        found.setdefault(indicator, {})[cause] = Cause(total, words.most_first(places.get((indicator, cause), {})))
    return found


def _parts_first(setting: Setting) -> dict[str, int]:
    """Card → its place in the order; cards that no other counts stay where they are, before them."""
    graph: TopologicalSorter[str] = TopologicalSorter()
    for part, wholes in setting.rules.counted_in.items():
        for whole in wholes:
            graph.add(whole, part)
    return {name: number for number, name in enumerate(graph.static_order(), 1)}


def _rules(indicator: str, figure: Row, setting: Setting) -> Iterator[AdviceRule]:
    """Rules for a figure in its state, one a cause; the common ones only where no rule of its own closes the gap."""
    when = (None, "over" if setting.over(figure["ends_on"]) else "running")
    known = [rule for rule in setting.rules.rules if rule.kind == "indicator" and rule.when in when]
    fitting = [rule for rule in known if figure["status"] in rule.states]
    own = [rule for rule in fitting if indicator in rule.indicators]
    common = [] if any(rule.effect == "gap" for rule in own) else [rule for rule in fitting if not rule.indicators]
    seen: set[str | None] = set()
    for rule in (*own, *common):
        if rule.cause not in seen:
            seen.add(rule.cause)
            yield rule


def _step(rule: AdviceRule, figure: Row, causes: Mapping[str, Cause], closed: int, setting: Setting) -> dict[str, Any] | None:
    """One recommendation, None where there is too little to do or others close the gap already."""
    over = setting.over(figure["ends_on"])
    if rule.cause is None and (_kept_on_average(figure) or (over and rule.effect)):
        return None
    missing = None if pd.isna(figure["people_missing"]) else max(0, int(figure["people_missing"]) - closed)
    mine = causes.get(rule.cause or NOT_COUNTED, Cause())
    count = (missing or 0) if rule.cause is None else mine.count
    card = setting.cards[figure["indicator"]]
    limits = [count, *_open(figure, card), *([] if missing is None else [missing])]
    added = min(limits) if rule.effect else None
    if count < max(1, rule.least) or added == 0:
        return None
    effect = None if over else added
    where = _where(mine, count, card, setting)
    return {
        "kind": rule.kind,
        "rule": rule.id,
        "role": rule.addressee,
        "addressee": setting.addressee(rule.addressee, of_several=bool(where)),
        "action": _filled(rule.action, figure, card, count),
        "where": where,
        "count": count,
        "noun": wording.noun(count, card.noun),
        "until": setting.until(rule, figure["ends_on"]),
        "indicator": card.id,
        "effect_people": effect,
        "effect_points": words.points_of(figure, card, effect) if effect else None,
        "result": words.change(figure, card, effect) if effect else _filled(rule.result or NEXT_PERIOD, figure, card, count),
        "figure": figure["figure"],
        "clause": figure["clause"] if pd.isna(figure["target_clause"]) else figure["target_clause"],
        "cause": rule.cause,
        "status": figure["status"],
        "rests_on": _rests_on(rule, figure, mine, card, closed, setting),
    }


def _kept_on_average(figure: Row) -> bool:
    """Whether a ceiling (at most 250 a methodist) is kept on average: more members would close nothing, sharing out does."""
    if figure["comparator"] != "<=" or pd.isna(figure["numerator"]) or pd.isna(figure["denominator"]):
        return False
    return bool(figure["numerator"] <= figure["target"] * figure["denominator"])


def _where(mine: Cause, count: int, card: Card, setting: Setting) -> str:
    """Where they are; when there are more than are needed, it says that they are to be chosen from."""
    named = words.named(mine.places, words.noun_of(setting), card.noun)
    return f"выбрать из: {named}" if named and sum(number for _, number in mine.places) > count else named


def _open(figure: Row, card: Card) -> list[int]:
    """How many of the base are not counted yet: nobody else can add to a share. Empty where that is not known."""
    if card.unit != "percent" or pd.isna(figure["numerator"]) or pd.isna(figure["denominator"]):
        return []
    return [int(figure["denominator"]) - int(figure["numerator"])]


def _filled(template: str, figure: Row, card: Card, count: int) -> str:
    return template.format(
        count=wording.counted(count, card.noun),
        do=card.action,
        short_name=card.short_name,
        target="" if pd.isna(figure["target"]) else wording.plan(figure["target"], card.unit),
    )


def _rests_on(rule: AdviceRule, figure: Row, cause: Cause, card: Card, closed: int, setting: Setting) -> str:
    """State, gap and cause with their numbers: «ИОМ — отстаёт, достижимо: 7,6 % (90 из 1 186); …»."""
    told = ""
    if cause.count:
        lacking = setting.rules.causes[rule.cause or NOT_COUNTED]
        of = f"; {words.noun_of(setting)[2]}: {wording.number(len(cause.places))}" if cause.places else ""
        told = f"{lacking[:1].upper()}{lacking[1:]}: {wording.counted(cause.count, card.noun)}{of}"
    elsewhere = closed and pd.notna(figure["people_missing"])
    others = f"Из недостающих в других рекомендациях: {wording.counted(closed, card.noun)}" if elsewhere else ""
    reason = wording.for_officials(figure["reason"])
    return wording.sentences(f"{card.short_name} — {STATES[figure['status']].word}: {reason}", told, others)
