"""What an error in the registries does to the indicators: which ones, and by how many people or organisations at most."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
import polars as pl

from nmslib import wording
from nmslib.indicators.asked import asked
from nmslib.indicators.definitions import FUNCTIONS
from nmslib.indicators.definitions.bases import organisations
from nmslib.indicators.rows import ROW, Rows
from nmslib.model import Card, Finding, RegistrySchema, System
from nmslib.registries import Frames, lazy

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

    def __init__(
        self,
        system: System,
        cards: dict[str, Card],
        schema: RegistrySchema,
        read: Mapping[str, pd.DataFrame],
        kept: Mapping[str, pd.DataFrame],
        as_of: date,
    ):
        self._indicators = [(name, cards[name]) for name in dict.fromkeys(one.indicator for one in system.indicators)]
        self._cards, self._schema, self._read = cards, schema, read
        self._as_of = pd.Timestamp(as_of)
        self._kept = Frames({name: lazy(frame, schema.sheet(name), "") for name, frame in kept.items()})
        known = {one.indicator for one in system.indicators}
        self._questions = {one.card.id: one.question for one in asked(system, cards, as_of) if one.card.id in known}
        countable = [name for name in self._questions if set(cards[name].registries) <= set(kept)]
        self._bases = {name: self._keys(name, self._kept, "denominator") for name in countable}

    def _keys(self, indicator: str, frames: Frames, side: str) -> set[str] | None:
        """Keys in the numerator or the denominator of an indicator, None where it has no such side."""
        counted = FUNCTIONS[indicator](frames, self._questions[indicator])
        rows: Rows | None = getattr(counted, side)
        return set(rows.kept().select(counted.key).collect()[counted.key]) if rows else None

    def of(self, finding: Finding, unread: bool, left_out: bool = False) -> list[Effect]:
        """Indicators that a finding changes; ``unread``: whether it makes its whole registry unknown.

        ``left_out``: whether its rows are not accepted: then they change whatever rests on the registry, not on the column alone.
        """
        effects = []
        for name, card in self._indicators:
            columns = card.columns.get(finding.registry or "", ())
            beside = finding.column and finding.column not in columns and not left_out
            if finding.registry is None or not columns or beside:
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
        start = pd.Timestamp(self._questions[indicator].start)
        # A day still to come is a slip of the year: the true one may well lie in the period.
        rows = rows if finding.rule == "future_date" else self._in_period(rows, str(finding.registry), columns, start)
        if finding.registry == "staff":
            rows = rows[rows["employment"].isna() | (rows["employment"] == "main")]
        key = self._schema.sheet(str(finding.registry)).key[0]
        keys = set(rows[key].dropna())
        if finding.registry in BASES or self._bases.get(indicator) is None:
            return len(keys) + int(rows[key].isna().sum())
        return len(self._open(indicator, keys, finding)) + int(rows[key].isna().sum())

    def _open(self, indicator: str, keys: set[str], finding: Finding) -> set[str]:
        """Keys whose counting hangs on the rows of the finding: of the base and not counted by other rows, or unknown to it."""
        registry = str(finding.registry)
        base = self._bases[indicator] or set()
        rest = self._kept[registry].filter(~pl.col(ROW).is_in(list(finding.rows)))
        clean = self._keys(indicator, Frames(self._kept | {registry: rest}), "numerator") or set()
        return keys & base - clean | keys - base - self._outside(indicator, registry)

    def _outside(self, indicator: str, registry: str) -> set[str]:
        """People and organisations that the sender lists and the indicator does not ask about."""
        if self._schema.sheet(registry).key[0] == "organisation":
            places = organisations(self._kept, self._questions[indicator]).kept().select("organisation").collect()
            return set(self._read["organisations"]["organisation"]) - set(places["organisation"])
        return set(self._read["staff"]["person"]) if "staff" in self._read else set()

    def _in_organisations(self, indicator: str, rows: pd.DataFrame) -> int:
        codes = set(rows["organisation"].dropna())
        if "staff" not in self._cards[indicator].registries or "staff" not in self._read:
            return len(codes)
        staff = self._read["staff"]
        return int(staff.loc[(staff["employment"] == "main") & staff["organisation"].isin(codes), "person"].nunique())

    def _in_period(self, rows: pd.DataFrame, registry: str, columns: Iterable[str], start: pd.Timestamp) -> pd.DataFrame:
        """Rows that may belong to the period: a row whose days are all known and all before it or all after it does not."""
        if registry in BASES:
            return rows
        days = [column for column in columns if self._schema.sheet(registry).column(column).type == "date"]
        if not days:
            return rows
        known = rows[days]
        outside = (known < start).all(axis="columns") | (known > self._as_of).all(axis="columns")
        return rows[~outside]


def in_words(effects: Iterable[Effect], cards: dict[str, Card]) -> str:
    """«Диагностика: до 12 человек; ИОМ: не рассчитать»."""
    told = []
    for effect in effects:
        card = cards[effect.indicator]
        how = "не рассчитать" if effect.people is None else wording.up_to(effect.people, card.noun)
        told.append(f"{card.short_name}: {how}")
    return "; ".join(told)
