"""Numbers and terms that a file says, held against the tables; counts what agrees and collects what does not, in words."""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nmslib import wording
from nmslib.batch.failures import Mismatch
from nmslib.documents.calendars import Entries
from nmslib.model import Card

TERM = ["measure", "due_on", "moved_on", "deadline", "clause"]
TOLERANCE = 1e-9
SPACES = re.compile(r"\s+")
WORDS = {
    "numerator": "числитель",
    "denominator": "знаменатель",
    "value": "значение",
    "lower": "нижняя граница",
    "upper": "верхняя граница",
    "target": "план",
    "expected_now": "ожидалось к дате",
    "people_missing": "осталось до плана",
    "status": "состояние",
}


@dataclass
class Reader:
    """Numbers of one unit's files held against its figures; counts what agrees and collects what does not."""

    figures: Mapping[str, pd.Series]
    cards: Mapping[str, Card]
    checked: int = 0

    def __post_init__(self) -> None:
        self.differences: list[str] = []

    def whose(self, file: str, said: str, place: str) -> None:
        """The file names the place it lies for."""
        if _plain(place) not in _plain(said):
            self.differences.append(f"{file}: нет названия «{place}»")
        self.checked += 1

    def texts(self, file: str, said: Mapping[str, Iterable[str]], every: bool) -> None:
        """Texts that stand for figures; ``every``: the file must tell of each figure of the place."""
        for figure, row in self.figures.items():
            shown = [_plain(text) for text in said.get(figure, [])]
            if every and not shown:
                self.differences.append(f"{file}: нет показателя {figure}")
            wanted = expected(row, self.cards[row["indicator"]])
            if wrong := [text for text in shown if not all(_holds(text, piece) for piece in wanted)]:
                self.differences.append(f"{file}: у {figure} стоит «{wrong[0][:80]}», в таблице показателей {', '.join(wanted)}")
            self.checked += len(wanted) if shown else 0
        for figure in set(said) - set(self.figures):
            self.differences.append(f"{file}: показатель {figure} не из этого отчёта")

    def numbers(self, file: str, said: Mapping[str, tuple[float | None, ...]]) -> None:
        """Numerator, denominator and value of each figure."""
        for name, number in (("numerator", 0), ("denominator", 1), ("value", 2)):
            self.values(file, {figure: told[number] for figure, told in said.items()}, name)

    def values(self, file: str, said: Mapping[str, float | None], name: str, where: str = "") -> None:
        """One number of each figure; ``where`` in the file, when it stands in several places."""
        for figure, row in self.figures.items():
            if figure not in said:
                self.differences.append(f"{file}: нет показателя {figure}{where}")
                continue
            wanted = None if pd.isna(row[name]) else float(row[name])
            if not _same(said[figure], wanted):
                told = f"у {figure}{where} {WORDS[name]} {_number(said[figure])}"
                self.differences.append(f"{file}: {told}, в таблице показателей {_number(wanted)}")
            self.checked += 1
        for figure in set(said) - set(self.figures):
            self.differences.append(f"{file}: показатель {figure} не из этого отчёта")

    def gaps(self, file: str, said: Mapping[str, Iterable[str]]) -> None:
        """How many people are missing to the plan of a figure, where the file tells it."""
        for figure, texts in said.items():
            row = self.figures.get(figure)
            wanted = "" if row is None or pd.isna(row["people_missing"]) else _whole(row["people_missing"])
            for text in map(_plain, texts):
                if not wanted or not _holds(text, wanted):
                    told = f"у {figure} не хватает «{text[:80]}»"
                    self.differences.append(f"{file}: {told}, в таблице показателей {wanted or 'не сказано'}")
                self.checked += 1

    def terms(self, file: str, said: Mapping[str, Entries], terms: pd.DataFrame) -> None:
        """Due dates of each measure, and that every entry names the measure, its printed term and its clause."""
        dated: dict[str, list[dict[Hashable, Any]]] = {}
        for row in terms[TERM].dropna(subset=["due_on"]).to_dict("records"):
            dated.setdefault(row["measure"], []).append(row)
        for measure, rows in dated.items():
            if measure not in said:
                self.differences.append(f"{file}: нет меры {measure}")
                continue
            self._days(f"{file}: у меры {measure}", said[measure], rows)
            wanted = [f"мера {measure} —", *(rows[0][name] for name in ("deadline", "clause") if pd.notna(rows[0][name]))]
            texts = [_plain(text) for text in said[measure].texts]
            lost = [words for words in wanted if not all(_plain(words) in text for text in texts)]
            self.differences += [f"{file}: у меры {measure} нет слов «{words}»" for words in lost]
            self.checked += len(rows)
        self.differences += [f"{file}: мера {one} не из этого календаря" for one in said if one not in dated]

    def _days(self, where: str, told: Entries, rows: Iterable[Mapping[Hashable, Any]]) -> None:
        due = (row["moved_on"] if pd.notna(row["moved_on"]) else row["due_on"] for row in rows)
        found, wanted = Counter(told.days), Counter(day.date() for day in due)
        if found != wanted:
            other, lost = (", ".join(map(wording.day, sorted(days))) or "—" for days in (found - wanted, wanted - found))
            self.differences.append(f"{where} стоит срок {other}, в дорожной карте {lost}")

    def ended(self) -> int:
        """How many numbers agree; Mismatch with all that do not."""
        if self.differences:
            raise Mismatch(self.differences)
        return self.checked


def _same(found: float | None, wanted: float | None) -> bool:
    if found is None or wanted is None:
        return found is None and wanted is None
    return abs(found - wanted) <= TOLERANCE * max(1.0, abs(wanted))


def _number(value: float | None) -> str:
    """A number as it stands in a file: «12,4», without rounding what differs."""
    return "нет" if value is None else f"{value:.12g}".replace(".", ",")


def _whole(value: float) -> str:
    return f"{int(value):,}".replace(",", " ")


def _plain(text: str) -> str:
    return SPACES.sub(" ", text.replace(wording.NBSP, " ").replace("\u202f", " ")).strip()


def _holds(text: str, piece: str) -> bool:
    """Whether the numbers stand in the text as they are, not as a part of longer ones."""
    longer = r"(?!\d| \d{3}(?!\d))" if piece[-1].isdigit() else ""
    return re.search(rf"(?<![\d,]){re.escape(piece)}{longer}", text) is not None


def expected(row: pd.Series, card: Card) -> list[str]:
    """What any text about a figure must hold: the value as readers see it, and the people it was counted from."""
    if pd.isna(row["value"]):
        return []
    numerator = _whole(row["numerator"])
    if pd.isna(row["denominator"]):
        return [numerator]
    people = f"{numerator} {'из' if card.unit == 'percent' else 'на'} {_whole(row['denominator'])}"
    return [people] if card.unit != "percent" else [_plain(wording.percent(float(row["value"]), card.decimals)), people]
