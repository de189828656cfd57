"""Russian of recommendations: addressees, named organisations, effects; names organisations and municipalities, never people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from nmslib import wording
from nmslib.model import REGION, AdviceRule, AdviceRules, Card, System

NAMED_AT_MOST, NAMED_FROM = 5, 3
ORGANISATIONS = ("организация", "организации", "организаций")
MUNICIPALITIES = ("муниципалитет", "муниципалитета", "муниципалитетов")
REGISTRIES = ("реестр", "реестра", "реестров")
MEASURES = ("мера", "меры", "мер")
LOCAL = ("municipal", "institutional")

Row = Mapping[str, Any]
Places = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Setting:
    """What all recommendations of one place share: the law, the rules, the place (``REGION``: the whole) and the as-of date.

    ``names``: municipality id → Russian name. ``next_working``: a day → that day, or the next working one if it is a day off.
    """

    system: System
    cards: Mapping[str, Card]
    rules: AdviceRules
    names: Mapping[str, str]
    municipality: str
    as_of: date
    next_working: Callable[[date], date]

    @property
    def whole(self) -> bool:
        """Whether the recommendations are for the region, which names municipalities instead of organisations."""
        return self.municipality == REGION

    def name(self, municipality: str) -> str:
        """The Russian name of a municipality, its id where there is none."""
        return self.names.get(municipality, municipality)

    def addressee(self, role: str, responsible: str | None = None, *, of_several: bool = False) -> str:
        """The body that a role stands for; municipal bodies of a regional system with the municipality: «ММС: г. Тында».

        ``of_several``: for the whole, in municipalities that are named beside it: «ММС муниципалитетов». A role that the system
        does not fill falls to its operator, else to the body that issued the act.
        """
        act = self.system.act
        fallback = responsible if role == "responsible" and responsible else act.operator or act.issuing_body
        if role == "issuer":
            return self.system.body(act.issuing_body)
        subject_id = next((one.subject for one in self.system.addressees if one.role == role), None)
        if subject_id is None:
            return self.system.body(fallback)
        subject = {one.id: one for one in self.system.subjects}[subject_id]
        if act.level != "regional" or subject.level not in LOCAL:
            return subject.short_name
        if self.whole:
            return f"{subject.short_name} муниципалитетов" if of_several and subject.level == "municipal" else subject.short_name
        return f"{subject.short_name}: {self.name(self.municipality)}"

    def until(self, rule: AdviceRule, end: pd.Timestamp | None = None) -> pd.Timestamp:
        """The term of a rule from the as-of date: a working day, not past ``end`` of the period while the period lasts."""
        term = self.next_working(self.as_of + timedelta(days=rule.days))
        if end is not None and pd.notna(end) and not self.over(end):
            term = min(term, self._last_working(end))
        return pd.Timestamp(term)

    def over(self, end: pd.Timestamp) -> bool:
        """Whether nothing done from now on counts in a period that ends on ``end``: no working day of it is left."""
        return bool(pd.notna(end) and self._last_working(end) <= self.as_of)

    def _last_working(self, end: pd.Timestamp) -> date:
        day = end.date()
        while self.next_working(day) != day:
            day -= timedelta(days=1)
        return day


def records(frame: pd.DataFrame) -> list[Row]:
    """Rows as plain mappings: a country has many places, and each takes its rows many times."""
    return frame.astype("object").to_dict("records")


def noun_of(setting: Setting) -> tuple[str, str, str]:
    """What the places of a cause are called: organisations of a municipality, municipalities of the whole."""
    return MUNICIPALITIES if setting.whole else ORGANISATIONS


def most_first(counts: Mapping[str, int]) -> Places:
    """Places with what was found in them, the most first; equal ones as they came."""
    return tuple(sorted(counts.items(), key=lambda one: -one[1]))


def named(places: Places, of: tuple[str, str, str], noun: tuple[str, str, str]) -> str:
    """«Школа № 3 — 12, Школа № 5 — 7 и ещё 4 организации — 9 чел.»: the largest by name, the rest as a number.

    ``places``: most first; ``of``: what they are, ``noun``: what is counted in them; organisations and teams are not numbered one
    by one. In an organisation one or two people would be known by its name: they are told with the rest.
    """
    people = noun == wording.PEOPLE
    numbered = people or any(count > 1 for _, count in places)
    hidden = NAMED_FROM if people and of == ORGANISATIONS else 0
    shown = [(name, count) for name, count in places[:NAMED_AT_MOST] if count >= hidden]
    text = ", ".join(f"{name} — {wording.number(count)}" if numbered else name for name, count in shown)
    rest = places[len(shown) :]
    if not rest:
        return text
    others = sum(count for _, count in rest)
    how_many = "чел." if people else wording.noun(others, noun)
    tail = f" — {wording.number(others)}{wording.NBSP}{how_many}" if numbered else ""
    return f"{text}{' и ещё ' if text else ''}{wording.counted(len(rest), of)}{tail}"


def change(figure: Row, card: Card, effect: int) -> str:
    """What the effect does to the figure at most: «ИОМ: с 9,0 % до 10,0 % — прибавка до 11 человек (1,1 п.п.)»."""
    extra = f"прибавка {wording.up_to(effect, card.noun)}"
    points = points_of(figure, card, effect)
    if points is not None:
        extra += f" ({wording.points(points)})"
    if pd.isna(figure["value"]):
        return f"{card.short_name}: {extra}"
    now, then = float(figure["value"]), _then(figure, card, effect)
    shown = [
        wording.percent(value, card.decimals) if card.unit == "percent" else wording.number(value, _decimals(figure, card))
        for value in (now, then)
    ]
    return f"{card.short_name}: с {shown[0]} до {shown[1]} — {extra}"


def _decimals(figure: Row, card: Card) -> int:
    return max(1, card.decimals) if pd.notna(figure["denominator"]) else card.decimals


def points_of(figure: Row, card: Card, effect: int) -> float | None:
    """The effect in percentage points of this place's share; None for counts and where the base is not known."""
    if card.unit != "percent" or pd.isna(figure["denominator"]) or not figure["denominator"]:
        return None
    return 100 * effect / int(figure["denominator"])


def _then(figure: Row, card: Card, effect: int) -> float:
    if pd.isna(figure["denominator"]):
        return float(figure["numerator"] + effect)
    if card.unit == "percent":
        return 100 * float(figure["numerator"] + effect) / float(figure["denominator"])
    # People per member: more members, the same people.
    return float(figure["numerator"]) / float(figure["denominator"] + effect)


def quoted(titles: list[str]) -> str:
    """«реестр «Диагностика»», «реестры «Диагностика», «Маршруты (ИОМ)»»."""
    return f"{'реестр' if len(titles) == 1 else 'реестры'} {', '.join(f'«{title}»' for title in titles)}"
