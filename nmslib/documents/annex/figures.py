"""The sheet «Показатели»: each figure of one place, live formulas with the values of the table of figures kept in them."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from nmslib import wording
from nmslib.documents.annex.parts import BY_PART, STATES, Total, bounds
from nmslib.documents.annex.sheets import COUNT, PLAIN, POINTS, QUIET, Cell, Column, Formula, Number, Row, quoted, share_look
from nmslib.model import Card

SHEET = "Показатели"
FIGURE, UNIT, NUMERATOR, DENOMINATOR, VALUE = "Номер цифры", "Единица", "Числитель", "Знаменатель", "Значение"
PERCENT, NUMBER = "%", "ед."
COLUMNS = (
    Column("№", 7),
    Column("Показатель", 34),
    Column(UNIT, 9),
    Column(NUMERATOR, 11, COUNT),
    Column(DENOMINATOR, 12.5, COUNT),
    Column(VALUE, 12, PLAIN),
    Column("План", 9, COUNT),
    Column("Отклонение, п.п.", 12.5, POINTS),
    Column("Осталось до плана", 11, COUNT),
    Column("Состояние", 19),
    Column("Пояснение", 62),
    Column("Пункт документа", 22),
    Column(FIGURE, 29, QUIET),
)
LINES = (
    "Числитель и знаменатель показателей, которые складываются из частей, — ссылки на итоги соседнего листа; значение, "
    "отклонение и остаток считаются формулами. «Осталось до плана» — целые люди (организации, программы), которых не хватает; "
    "у пределов («не больше») его нет: сказано в пояснении.",
)


@dataclass(frozen=True)
class _Line:
    """One figure on its row: its card, the totals that it refers to, and the row's number as formulas name it."""

    figure: pd.Series
    card: Card
    total: Total | None
    row: int

    @property
    def is_share(self) -> bool:
        return self.card.unit == "percent"

    @property
    def known(self) -> bool:
        return bool(pd.notna(self.figure["value"]))


def figure_rows(
    figures: pd.DataFrame, cards: Mapping[str, Card], totals: Mapping[str, Total], sheet: str, first: int
) -> list[Row]:
    """Rows of the sheet: ``figures`` of one place in their order, the first in row ``first``.

    ``totals``: indicator → its totals on ``sheet``; their sums must be the figure's own, ValueError else.
    """
    lines = [
        _Line(figure, cards[figure["indicator"]], totals.get(figure["indicator"]), number)
        for number, (_, figure) in enumerate(figures.iterrows(), first)
    ]
    return [Row(_cells(line, quoted(sheet))) for line in lines]


def _cells(line: _Line, sheet: str) -> list[Cell]:
    figure, card = line.figure, line.card
    return [
        figure["number"],
        card.short_name,
        PERCENT if line.is_share else NUMBER,
        _side(line, "numerator", sheet, BY_PART.numerator),
        _side(line, "denominator", sheet, BY_PART.denominator),
        _value(line, sheet),
        _plan(line),
        _deviation(line),
        _missing(line),
        STATES[figure["status"]],
        wording.for_officials(figure["reason"]),
        figure["clause"],
        figure["figure"],
    ]


def _side(line: _Line, name: str, sheet: str, letter: str) -> Cell:
    """A number of the figure, referring to the sum of its parts where there are such."""
    if pd.isna(line.figure[name]):
        return None
    number = int(line.figure[name])
    if line.total is None or not line.total.whole:
        return number
    if number != getattr(line.total, name):
        raise ValueError(f"{line.figure['figure']}: the parts sum up to {getattr(line.total, name)}, not to {number}")
    return Formula(f"={sheet}!{letter}{line.total.row}", number)


def _look(card: Card, ratio: bool) -> str:
    return share_look(card.decimals) if card.unit == "percent" else PLAIN if ratio else COUNT


def _value(line: _Line, sheet: str) -> Cell:
    figure, look = line.figure, _look(line.card, pd.notna(line.figure["denominator"]))
    if not line.known:
        return bounds(figure, line.card)
    if pd.isna(figure["denominator"]):
        return Formula(f"=D{line.row}", float(figure["value"]), look)
    value = float(figure["value"]) / (100 if line.is_share else 1)
    if line.total is None or not line.total.whole:
        return Formula(f'=IF(E{line.row}=0,"",D{line.row}/E{line.row})', value, look)
    over, under = (f"{sheet}!{letter}{line.total.row}" for letter in (BY_PART.numerator, BY_PART.denominator))
    return Formula(f'=IF({under}=0,"",{over}/{under})', value, look)


def _plan(line: _Line) -> Cell:
    if pd.isna(line.figure["target"]):
        return None
    target, bound = float(line.figure["target"]), '"≤ "' if line.figure["comparator"] == "<=" else ""
    if not line.is_share:
        return Number(target, f"{bound}{COUNT if target.is_integer() else PLAIN}")
    return Number(target / 100, bound + share_look(0 if target.is_integer() else 2 if (10 * target) % 1 else 1))


def _deviation(line: _Line) -> Cell:
    """Percentage points above or below the plan; there are none of a plain number."""
    if not line.known or not line.is_share or pd.isna(line.figure["target"]):
        return None
    apart = float(line.figure["value"]) - float(line.figure["target"])
    return Formula(f'=IF(F{line.row}="","",(F{line.row}-G{line.row})*100)', apart)


def _missing(line: _Line) -> Cell:
    """Whole people lacking: a formula for a share, numbers as they are; what must not be exceeded lacks nobody.

    Rounding before rounding up keeps 7 % of 100 at 7: binary fractions make it a little more.
    """
    if pd.isna(line.figure["people_missing"]) or line.figure["comparator"] == "<=":
        return None
    lacking = int(line.figure["people_missing"])
    if not line.known or not line.is_share:
        return lacking
    return Formula(f"=MAX(0,ROUNDUP(ROUND(G{line.row}*E{line.row},6),0)-D{line.row})", lacking)
