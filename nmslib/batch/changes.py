"""What moved since the run before, and by whose doing: new rows, a revision, another day, another definition, another program."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd

from nmslib import catalogue, indicators, tables, wording
from nmslib.model import REGION, Card, System
from nmslib.paths import Project
from nmslib.registries import snapshots
from nmslib.registries.snapshots import Snapshot

COLUMNS = {
    "municipality": "string",
    "indicator": "string",
    "figure": "string",
    "before": "string",
    "after": "string",
    "why": "string",
    "noticed_on": "datetime64[s]",
}
COMPARED = ("numerator", "denominator", "value", "target", "lower", "upper", "status")
NAMED = 3
ROWS = ("строка", "строки", "строк")
ABSENT = "не было"
GONE = "больше не рассчитывается"


def since(
    before: tables.Kept | None, figures: pd.DataFrame, days: Mapping[str, date], system: str, now: datetime, project: Project
) -> pd.DataFrame:
    """Figures that differ from those of the run before (COLUMNS), each with the words of the reason; none after the first run.

    Places whose figures have not moved keep what was said of them last: the last change of each stays in sight.
    """
    nothing = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})
    old = before.table("figures") if before else None
    if before is None or old is None:
        return nothing
    said = before.table("changes")
    was, is_now = _reported(old, before.days), _reported(figures, days)
    moved = _moved(was, is_now)
    earlier, later = _sources(was), _sources(is_now)
    fresh = [name for name in days if name != REGION and earlier.get(name) != later.get(name)]
    teller = _Teller(catalogue.load_system(system, project), catalogue.load_cards(project), before, fresh, project)
    rows = [teller.row(was.get(key), is_now.get(key)) | {"noticed_on": now.replace(tzinfo=None)} for key in moved]
    found = pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
    stays = (
        said if said is None else said[~said["municipality"].isin(found["municipality"]) & said["municipality"].isin(list(days))]
    )
    return pd.concat([nothing, *([] if stays is None else [stays]), found], ignore_index=True).astype(COLUMNS)


def _reported(figures: pd.DataFrame, days: Mapping[str, date]) -> dict[tuple[str, str], pd.Series]:
    """Rows of each place on the day of its report, by place and indicator with its number."""
    on = figures["municipality"].map({name: pd.Timestamp(day) for name, day in days.items()})
    mine = figures[figures["as_of"] == on]
    return {(row["municipality"], f"{row['kind']} {row['number']} {row['indicator']}"): row for _, row in mine.iterrows()}


def _moved(was: Mapping[tuple[str, str], pd.Series], is_now: Mapping[tuple[str, str], pd.Series]) -> list[tuple[str, str]]:
    """Keys of figures that appeared, vanished or say something else, in the order of the tables."""
    return [key for key in dict.fromkeys([*is_now, *was]) if _said(was.get(key)) != _said(is_now.get(key))]


def _said(figure: pd.Series | None) -> tuple[object, ...] | None:
    return None if figure is None else tuple(None if pd.isna(figure[name]) else figure[name] for name in COMPARED)


class _Teller:
    """Words of one comparison: who sent what, what the runs were made of; ``fresh``: places with other workbooks than before."""

    def __init__(self, facts: System, cards: dict[str, Card], before: tables.Kept, fresh: list[str], project: Project) -> None:
        self.cards, self.fresh = cards, fresh
        now = tables.made_of(facts.id, project)
        self.parts = {name for name in now if now[name] != before.made_of.get(name)}
        self.names = {one.municipality: one.name for one in catalogue.places(facts, project)}
        self.senders = {one.municipality: one.name for one in catalogue.senders(facts, project)}
        self.sources = {one.sha256: one for name in self.senders for one in snapshots.history(facts.id, name, project)}

    def row(self, was: pd.Series | None, is_now: pd.Series | None) -> dict[str, Any]:
        """A row of the table of changes, without its day."""
        told: pd.Series = is_now if is_now is not None else was
        card = self.cards[told["indicator"]]
        return {
            "municipality": told["municipality"],
            "indicator": told["indicator"],
            "figure": told["figure"],
            "before": ABSENT if was is None else self._value(was, card),
            "after": GONE if is_now is None else self._value(is_now, card),
            "why": wording.sentences(*(f"{one[:1].upper()}{one[1:]}" for one in self._why(was, is_now, card))),
        }

    def _value(self, figure: pd.Series, card: Card) -> str:
        plan = f", план {wording.plan(figure['target'], figure['unit'])}" if pd.notna(figure["target"]) else ""
        return f"{indicators.told(figure, card)}{plan}"

    def _why(self, was: pd.Series | None, is_now: pd.Series | None, card: Card) -> list[str]:
        if was is None or is_now is None:
            return ["изменился состав показателей документа" if "document" in self.parts else "изменилась программа расчёта"]
        told = []
        if was["as_of"] != is_now["as_of"]:
            told.append(f"отчётная дата {wording.day(is_now['as_of'])} вместо {wording.day(was['as_of'])}")
        told += self._received(was, is_now, card)
        if "document" in self.parts:
            told.append("изменились факты документа: определение, план или прочтение срока")
        if not told and self.parts & {"program", "libraries"}:
            told.append("изменилась программа расчёта")
        return told or ["изменились сведения, от которых показатель зависит"]

    def _received(self, was: pd.Series, is_now: pd.Series, card: Card) -> list[str]:
        """Whose workbook the figure rests on now."""
        if is_now["municipality"] == REGION and card.level == "municipality":
            return self._members() if "registries" in self.parts else []
        source = self.sources.get(is_now["source"]) if pd.notna(is_now["source"]) else None
        before = was["source"] if pd.notna(was["source"]) else None
        if source is None or before == is_now["source"]:
            return self._members() if source is None and "registries" in self.parts else []
        return [self._workbook(source, was, card)]

    def _workbook(self, source: Snapshot, was: pd.Series, card: Card) -> str:
        same_day = pd.notna(was["data_on"]) and wording.day(was["data_on"]) == wording.day(source.day)
        kind = f"исправленная книга (ревизия {source.number})" if same_day else "новая книга"
        sender = self.senders[source.municipality]
        accepted = wording.day(datetime.fromisoformat(source.accepted_at).date())
        rows = self._rows(source, card)
        told = f"{kind}: {sender}, {source.file}, данные на {wording.day(source.day)}, принята {accepted}"
        return f"{told}; {rows}" if rows else told

    def _rows(self, source: Snapshot, card: Card) -> str:
        """What the workbook added to the registries that the indicator is counted from."""
        read = [kept for name, kept in source.registries.items() if name in card.registries]
        parts = []
        for said, count in (
            ("добавлено", sum(one.added for one in read)),
            ("изменено", sum(one.changed for one in read)),
            ("убрано", sum(one.removed for one in read)),
        ):
            if count:
                parts.append(f"{said} {wording.counted(count, ROWS)}")
        return ", ".join(parts)

    def _members(self) -> list[str]:
        """Whose workbooks are others than in the run before."""
        named = ", ".join(self.names[name] for name in self.fresh[:NAMED])
        more = f" и ещё {len(self.fresh) - NAMED}" if len(self.fresh) > NAMED else ""
        return [f"новые книги: {named}{more}"] if self.fresh else ["изменился состав принятых книг"]


def _sources(reported: Mapping[tuple[str, str], pd.Series]) -> dict[str, set[str]]:
    """Place → hashes of the workbooks that its figures rest on."""
    found: dict[str, set[str]] = {}
    for (place, _), row in reported.items():
        if pd.notna(row["source"]):
            found.setdefault(place, set()).add(row["source"])
    return found
