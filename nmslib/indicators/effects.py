"""What an error in the registries does to the indicators: which ones, and by how many people or organisations at most."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from nmslib import wording
from nmslib.indicators.definitions import FUNCTIONS, Counted, Frames, Question
from nmslib.model import Card, Finding, RegistrySchema, System

BASES = ("organisations", "staff")


@dataclass(frozen=True)
class Effect:
    """``people``: how many people (organisations, programmes: the card's noun) the indicator may change by at most; None when
    the finding makes the whole registry unknown, so that the indicator cannot be computed."""

    indicator: str
    people: int | None


class Effects:
    """Effects on a system's indicators at ``as_of``, for findings of one sender.

    ``read``: rows as read, ``kept``: those accepted, both by registry with ``excel_row`` and raw codes.
    """

    def __init__(self, system: System, cards: dict[str, Card], schema: RegistrySchema, read: Frames, kept: Frames, as_of: date):
        self._indicators = [(one.indicator, cards[one.indicator]) for one in system.indicators]
        self._cards, self._schema, self._read = cards, schema, read
        self._start, self._as_of = pd.Timestamp(as_of.year, 1, 1), pd.Timestamp(as_of)
        self._counted: dict[str, Counted] = {}
        frames = {name: frame.assign(municipality="") for name, frame in kept.items()}
        for one in system.indicators:
            if one.indicator in FUNCTIONS and set(cards[one.indicator].registries) <= set(frames):
                question = Question(self._start, self._as_of, one.organisations)
                self._counted[one.indicator] = FUNCTIONS[one.indicator](frames, question)

    def of(self, finding: Finding, unread: bool) -> list[Effect]:
        """Indicators that a finding changes; ``unread``: whether it makes its whole registry unknown."""
        effects = []
        for name, card in self._indicators:
            columns = card.columns.get(finding.registry or "", ())
            if finding.registry is None or not columns or (finding.column and finding.column not in columns):
                continue
            if unread:
                effects.append(Effect(name, None))
            elif finding.rows and finding.registry in self._read:
                people = self._people(name, columns, finding)
                effects += [Effect(name, people)] if people else []
        return effects

    def _people(self, indicator: str, columns: Iterable[str], finding: Finding) -> int:
        frame = self._read[str(finding.registry)]
        rows = frame[frame["excel_row"].isin(finding.rows)]
        if finding.registry == "organisations":
            return self._in_organisations(indicator, rows)
        rows = self._in_period(rows, str(finding.registry), columns)
        key = self._schema.sheet(str(finding.registry)).key[0]
        keys = set(rows[key].dropna())
        if finding.registry in BASES or indicator not in self._counted:
            return len(keys) + int(rows[key].isna().sum())
        return len(self._open(indicator, keys, finding)) + int(rows[key].isna().sum())

    def _open(self, indicator: str, keys: set[str], finding: Finding) -> set[str]:
        """Keys whose counting hangs on the rows of the finding: of the base and not counted by other rows, or unknown to it."""
        counted = self._counted[indicator]
        base = set(counted.denominator["key"])
        clean = set(counted.numerator.loc[~counted.numerator["excel_row"].isin(finding.rows), "key"])
        everyone = set(self._read["staff"]["person"]) if "staff" in self._read else base
        return {key for key in keys if (key in base and key not in clean) or (key not in base and key not in everyone)}

    def _in_organisations(self, indicator: str, rows: pd.DataFrame) -> int:
        codes = set(rows["organisation"].dropna())
        if "staff" not in self._cards[indicator].registries or "staff" not in self._read:
            return len(codes)
        staff = self._read["staff"]
        return int(staff.loc[(staff["employment"] == "main") & staff["organisation"].isin(codes), "person"].nunique())

    def _in_period(self, rows: pd.DataFrame, registry: str, columns: Iterable[str]) -> pd.DataFrame:
        """Rows that may belong to the period: a row all of whose known days lie outside it does not."""
        if registry in BASES:
            return rows
        days = [column for column in columns if self._schema.sheet(registry).column(column).type == "date"]
        if not days:
            return rows
        inside = [rows[day].isna() | rows[day].between(self._start, self._as_of) for day in days]
        return rows[pd.concat(inside, axis="columns").any(axis="columns")]


def in_words(effects: Iterable[Effect], cards: dict[str, Card]) -> str:
    """«Диагностика: до 12 человек; ИОМ: не рассчитать»."""
    told = []
    for effect in effects:
        card = cards[effect.indicator]
        how = "не рассчитать" if effect.people is None else wording.up_to(effect.people, card.noun)
        told.append(f"{card.short_name}: {how}")
    return "; ".join(told)
