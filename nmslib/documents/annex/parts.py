"""What figures are made of: the sheets «По организациям» of a municipality and «По муниципалитетам» of the whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nmslib import wording
from nmslib.documents.annex.sheets import COUNT, PLAIN, QUIET, Cell, Column, Formula, Row, share_look
from nmslib.indicators.by_organisation import LEAST
from nmslib.model import REGION, Card, State

BY_ORGANISATION, BY_MUNICIPALITY = "По организациям", "По муниципалитетам"
STATES = {state.id: state for state in State}
OWN = "Собственные сведения региона"
UNKNOWN = "нет данных"


@dataclass(frozen=True)
class Letters:
    """Columns of the numerator and the denominator in both sheets."""

    numerator: str
    denominator: str


BY_PART = Letters("D", "E")


@dataclass(frozen=True)
class Total:
    """Sums of the parts of one figure and the row that they stand in; ``whole``: whether every part is known."""

    row: int
    numerator: int
    denominator: int | None
    whole: bool = True


COLUMNS = (
    Column("№", 7),
    Column("Показатель", 30),
    Column("Организация", 66),
    Column("Числитель", 11, COUNT),
    Column("Знаменатель", 13, COUNT),
    Column("Доля", 10, share_look(1)),
    Column("Не засчитано", 13, COUNT),
    Column("Номер цифры", 44, QUIET),
)
LINES = (
    "Доли работников — по организации основного места работы; доли организаций и управленческих команд — 1 или 0 из 1. "
    "Внутри показателя сначала организации, где не засчитано больше всего.",
    f"Организации, где в знаменателе меньше {LEAST} человек, показаны вместе, не меньше двух и не меньше {LEAST} человек: "
    "иначе сведения о немногих людях можно было бы узнать вычитанием.",
)
WHOLE_COLUMNS = (
    *COLUMNS[:2],
    Column("Муниципалитет", 44),
    *COLUMNS[3:5],
    Column("Значение", 12, PLAIN),
    Column("Осталось до плана", 11, COUNT),
    Column("Состояние", 26),
    COLUMNS[-1],
)
WHOLE_LINES = (
    "Показатель целого — сумма числителей, делённая на сумму знаменателей, а не среднее долей. Кто не прислал сведений, у того "
    "«нет данных»: его знаменатель, если он известен, входит в сумму, и вместо значения целого даны границы.",
)


def organisation_rows(
    figures: pd.DataFrame, organisations: pd.DataFrame, cards: Mapping[str, Card], first: int
) -> tuple[list[Row], dict[str, Total]]:
    """Rows of «По организациям» and the totals by indicator; ``organisations``: of one municipality, after ``pooled_small``."""
    rows: list[Row] = []
    totals: dict[str, Total] = {}
    by_indicator = dict(list(organisations.groupby("indicator", sort=False)))
    for _, figure in figures.iterrows():
        mine = by_indicator.get(figure["indicator"])
        if mine is None:
            continue
        start, head = first + len(rows), (figure["number"], cards[figure["indicator"]].short_name)
        parts = zip(mine["name"], mine["numerator"].astype(int), mine["denominator"].astype(int), strict=True)
        for row, (name, over, under) in enumerate(parts, start):
            rows.append(Row([*head, name, int(over), int(under), *_share(row, over, under), None], inside=True))
        over, under = int(mine["numerator"].sum()), int(mine["denominator"].sum())
        row = first + len(rows)
        sums = [Formula(f"=SUM({letter}{start}:{letter}{row - 1})", value) for letter, value in (("D", over), ("E", under))]
        rows.append(Row([*head, "Итого", *sums, *_share(row, over, under), figure["figure"]], total=True))
        totals[figure["indicator"]] = Total(row, over, under)
    return rows, totals


def _share(row: int, numerator: int, denominator: int) -> list[Cell]:
    value = numerator / denominator if denominator else None
    return [Formula(f'=IF(E{row}=0,"",D{row}/E{row})', value), Formula(f"=E{row}-D{row}", denominator - numerator)]


def municipality_rows(
    everywhere: pd.DataFrame, names: Mapping[str, str], cards: Mapping[str, Card], first: int
) -> tuple[list[Row], dict[str, Total]]:
    """Rows of «По муниципалитетам» and the totals of pooled indicators; ``everywhere``: figures of all places and ``REGION``."""
    rows: list[Row] = []
    totals: dict[str, Total] = {}
    by_indicator = dict(list(everywhere[everywhere["municipality"] != REGION].groupby("indicator", sort=False)))
    whole = everywhere[everywhere["municipality"] == REGION]
    for _, figure in whole[whole["members"].notna()].iterrows():
        mine = by_indicator.get(figure["indicator"])
        if mine is None:
            continue
        block = _Block(figure, cards[figure["indicator"]], mine, first + len(rows))
        added, totals[figure["indicator"]] = block.rows(names)
        rows += added
    return rows, totals


@dataclass(frozen=True)
class _Block:
    """The municipalities of one figure of the whole, from row ``start``."""

    figure: pd.Series
    card: Card
    places: pd.DataFrame
    start: int

    def rows(self, names: Mapping[str, str]) -> tuple[list[Row], Total]:
        parts = [self._part(number, place, names) for number, place in enumerate(self.places.itertuples(), self.start)]
        over, under = (int(self.places[name].sum()) for name in ("numerator", "denominator"))
        own = [int(self.figure[name]) - value if pd.notna(self.figure[name]) else 0 for name, value in _both(over, under)]
        if any(own):
            parts.append(self._own(self.start + len(parts), *own))
            over, under = over + own[0], under + own[1]
        lacking = int(self.places["value"].isna().sum())
        row, end = self.start + len(parts), self.start + len(parts) - 1
        is_count = self.places["denominator"].isna().all() and pd.isna(self.figure["denominator"])
        sums: list[Cell] = [Formula(f"=SUM(D{self.start}:D{end})", over)]
        sums.append(None if is_count else Formula(f"=SUM(E{self.start}:E{end})", under))
        told = f"Итого; {UNKNOWN}: {wording.number(lacking)} из {wording.number(len(self.places))}" if lacking else "Итого"
        value = self._value(row, over, None if is_count else under) if pd.notna(self.figure["value"]) else self._bounds()
        cells = [*self._head, told, *sums, value, _number(self.figure["people_missing"]), STATES[self.figure["status"]]]
        whole = pd.notna(self.figure["numerator"])
        return [*parts, Row([*cells, self.figure["figure"]], total=True)], Total(row, over, None if is_count else under, whole)

    @property
    def _head(self) -> list[Cell]:
        return [self.figure["number"], self.card.short_name]

    def _part(self, row: int, place: Any, names: Mapping[str, str]) -> Row:
        over, under = _number(place.numerator), _number(place.denominator)
        value = self._value(row, over, under) if over is not None and pd.notna(place.value) else UNKNOWN
        cells = [*self._head, names[place.municipality], over, under, value, _number(place.people_missing)]
        return Row([*cells, STATES[place.status], place.figure], inside=True)

    def _own(self, row: int, numerator: int, denominator: int) -> Row:
        under = denominator or None
        return Row([*self._head, OWN, numerator, under, self._value(row, numerator, under), None, None, None], inside=True)

    def _value(self, row: int, numerator: int, denominator: int | None) -> Cell:
        if denominator is None:
            return Formula(f"=D{row}", numerator, COUNT)
        look = share_look(self.card.decimals) if self.card.unit == "percent" else PLAIN
        return Formula(f'=IF(E{row}=0,"",D{row}/E{row})', numerator / denominator if denominator else None, look)

    def _bounds(self) -> str:
        return bounds(self.figure, self.card)


def bounds(figure: pd.Series, card: Card) -> str:
    """What is known where there is no value: «от 8,4 % до 14,1 %», «не меньше 27», or that there are no data."""
    if pd.isna(figure["lower"]):
        return UNKNOWN
    if card.unit != "percent":
        return f"не меньше {wording.number(figure['lower'])}"
    lower, upper = (wording.percent(figure[name], card.decimals) for name in ("lower", "upper"))
    return f"от {lower} до {upper}"


def _both(numerator: int, denominator: int) -> list[tuple[str, int]]:
    return [("numerator", numerator), ("denominator", denominator)]


def _number(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)
