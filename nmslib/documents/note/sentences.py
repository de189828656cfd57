"""Sentences of the note about one figure: templates filled from a row of the table of figures. Opens nothing, decides nothing.

A lawyer can read the templates here: what each state may be called is in ``value`` and ``pace``, and nowhere else in the note.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd

from nmslib import indicators, wording
from nmslib.indicators.states import SMALL_NUMBER
from nmslib.model import Card, State

VERBS = {"Доля": "составила", "Количество": "составило"}
MEMBERS = ("член актива", "члена актива", "членов актива")
# Remarks of a reason stand as sentences of their own; «г. Тында» is no end of a sentence.
REMARKS = re.compile(r"(?<=[.]) (?=(?:Численность мала|Вне знаменателя|Строк с непрочитанным|Определение изменено|С \d))")
OUTSIDE = ": значатся в реестре, но в знаменатель не входят"
# «2024 г.» and «2,4 п.п.» keep their own stop, whatever follows.
OWN_STOP = re.compile(r"(?:\bг|п\.п)\.$")
FALLING = (State.ON_PACE.id, State.RECOVERABLE.id, State.UNREACHABLE.id)
# How reasons of figures begin to say that there is no plan.
UNPLANNED = "; плановое значение на "
UNKNOWN = "показатель не рассчитан"


@dataclass(frozen=True)
class Sentence:
    """A sentence, the figure that it tells (None: none of this note's own day), and the clause it rests on."""

    text: str
    figure: str | None = None
    clause: str | None = None

    def __str__(self) -> str:
        return wording.sentences(f"{_unstopped(self.text)} ({self.clause})" if self.clause else self.text)


def _unstopped(text: str) -> str:
    return text if OWN_STOP.search(text) else text.removesuffix(".")


def clauses_once(sentences: Iterable[Sentence]) -> list[Sentence]:
    """Sentences of one paragraph, each clause named where they first rest on it."""
    told, named = [], set[str | None]()
    for one in sentences:
        told.append(replace(one, clause=None) if one.clause in named else one)
        named.add(one.clause)
    return told


def capital(text: str) -> str:
    """The text with a capital first letter; the rest stays («ИОМ»)."""
    return text[:1].upper() + text[1:]


def _about(row: pd.Series, text: str) -> Sentence:
    planned = pd.notna(row["target"]) and pd.notna(row["target_clause"])
    return Sentence(capital(text), row["figure"], row["target_clause"] if planned else row["clause"])


def value(row: pd.Series, card: Card) -> Sentence:
    """The value beside its plan, in points and in people: «Доля составила 12,4 % (147 из 1 186), что на 2,4 п.п. выше …»."""
    if pd.isna(row["value"]):
        return _about(row, _unknown(row))
    subject = card.name.split()[0]
    told = f"{subject} {VERBS.get(subject, 'составляет')} {indicators.told(row, card)}"
    if pd.isna(row["target"]):
        why = _first(row).split("; ")[1:]
        return _about(row, "; ".join([told, *why]))
    if row["comparator"] == "<=":
        return _about(row, f"{told} при предельном плановом значении {wording.plan(row['target'], row['unit'])}: {_ceiling(row)}")
    return _about(row, f"{told}{_beside_plan(row, card)}")


def _beside_plan(row: pd.Series, card: Card) -> str:
    missing, plan = int(row["people_missing"]), wording.plan(row["target"], row["unit"])
    lacks = f": не хватает {wording.genitive(missing, card.noun)}" if missing else ""
    if card.unit != "percent":
        return f" при плановом значении {plan}{lacks or ': план выполнен'}"
    gap = float(row["value"] - row["target"])
    if wording.points(gap) == wording.points(0):
        near = f", что ниже планового значения {plan} меньше чем на 0,1{wording.NBSP}п.п.{lacks}"
        return near if missing else f", что соответствует плановому значению {plan}"
    return f", что на {wording.points(gap)} {'выше' if gap > 0 else 'ниже'} планового значения {plan}{lacks}"


def _ceiling(row: pd.Series) -> str:
    missing = int(row["people_missing"])
    if missing and row["value"] <= row["target"]:
        return f"в среднем предел соблюдён, но превышен у {wording.genitive(missing, MEMBERS)}, нагрузку нужно перераспределить"
    return bound(row)


def bound(row: pd.Series) -> str:
    """A ceiling that has a value, in short: «предел соблюдён», «предел превышен у 1 члена актива»."""
    missing = int(row["people_missing"])
    if not missing:
        return "предел соблюдён"
    if row["value"] <= row["target"]:
        return f"предел превышен у {wording.genitive(missing, MEMBERS)}"
    return f"предел превышен; членов актива, которых нужно добавить или разгрузить, — {wording.number(missing)}"


def _unknown(row: pd.Series) -> str:
    """Why there is no value: the reason's own words, with what is known of the bounds."""
    told = _first(row)
    if told.lower().startswith(UNKNOWN):
        return told
    joint = ", он находится в пределах " if told.startswith("от ") else ", он " if told.startswith("не меньше") else "; "
    return f"показатель не рассчитан точно{joint}{told}"


def _first(row: pd.Series) -> str:
    return _unstopped(str(REMARKS.split(str(row["reason"]))[0]))


def pace(row: pd.Series) -> Sentence | None:
    """What was expected by the day and what the pace allows; None for a plan that is reached, not set, or a ceiling."""
    if pd.isna(row["value"]) or row["status"] not in FALLING or row["comparator"] == "<=":
        return None
    why = "; ".join(_first(row).split("; ")[2:])
    if pd.isna(row["expected_now"]) or row["as_of"] >= row["ends_on"]:
        return _about(row, why)
    shown = wording.percent(row["expected_now"]) if row["unit"] == "percent" else wording.number(row["expected_now"], 1)
    return _about(row, f"к {wording.day_in_text(row['as_of'])} ожидалось {shown}; {why}")


def doubt(row: pd.Series, card: Card) -> Sentence | None:
    """The interval of a share of few, and whether its distance to the plan means anything; None for many and for counts."""
    if pd.isna(row["value"]) or card.unit != "percent" or pd.isna(row["denominator"]) or row["denominator"] >= SMALL_NUMBER:
        return None
    bounds = f"доверительный интервал {wording.number(row['lower'])}–{wording.percent(row['upper'], 0)}"
    base = f"в знаменателе {wording.number(row['denominator'])}"
    if pd.notna(row["target"]) and row["lower"] <= row["target"] <= row["upper"]:
        return Sentence(f"Численность ({base}) не позволяет считать отличие от плана значимым ({bounds})", row["figure"])
    return Sentence(f"Численность мала ({base}): {bounds}", row["figure"])


def seams(row: pd.Series) -> list[Sentence]:
    """Both values where a definition or a plan changed within the period, and that they do not compare."""
    found = [one for one in REMARKS.split(str(row["reason"]))[1:] if one.startswith(("Определение изменено", "С "))]
    told = [
        f"{_unstopped(one)}; значения до и после этого дня несопоставимы" if one.startswith("Определение") else one
        for one in found
    ]
    return [Sentence(one, row["figure"]) for one in told]


def remarks(row: pd.Series) -> list[str]:
    """What the reason says of the quality of the data, for the annex; commands of the workbook give way to words."""
    found = REMARKS.split(str(row["reason"]))[1:]
    doubted = [one for one in found if one.startswith(("Вне знаменателя", "Строк с"))]
    return [wording.sentences(wording.COMMANDS.sub(OUTSIDE, one)) for one in doubted]


def short(row: pd.Series, card: Card) -> Sentence:
    """One line for summaries: «ИОМ: 8,4 % (44 из 525), план 10 %, не хватает 9 человек»."""
    parts = [indicators.told(row, card)]
    if pd.notna(row["target"]):
        limit = "не больше " if row["comparator"] == "<=" else ""
        parts.append(f"план {limit}{wording.plan(row['target'], row['unit'])}")
    if pd.notna(row["people_missing"]) and row["comparator"] == "<=":
        parts.append(bound(row))
    elif pd.notna(row["people_missing"]) and row["people_missing"] > 0:
        parts.append(f"не хватает {wording.genitive(int(row['people_missing']), card.noun)}")
    return Sentence(f"{card.short_name}: {', '.join(parts)}", row["figure"])


def of_figure(row: pd.Series, card: Card) -> list[Sentence]:
    """What the section of results says of a figure of the day beside its state: value, pace, doubt, seams."""
    first = value(row, card)
    if row["status"] == State.NO_PLAN.id:
        # The state says so already.
        first = replace(first, text=first.text.partition(UNPLANNED)[0])
    return [one for one in (first, pace(row), doubt(row, card)) if one] + seams(row)
