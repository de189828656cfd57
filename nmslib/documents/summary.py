"""summary.xlsx: every figure of a system, its places side by side, their measures and what arrived."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from nmslib import roadmap
from nmslib.documents.annex import figures, surroundings
from nmslib.documents.annex.parts import STATES, bounds
from nmslib.documents.annex.reading import Told, figures_of
from nmslib.documents.annex.sheets import (
    COUNT,
    DAY,
    PLAIN,
    QUIET,
    Cell,
    Column,
    Formula,
    Number,
    Row,
    Shape,
    Workbook,
    about,
    quoted,
    share_look,
)
from nmslib.indicators.periods import in_words
from nmslib.model import REGION, Card, MeasureState, State
from nmslib.problems import UserError
from nmslib.situation import Situation

PLACE = "Муниципалитет"
SUMMARY, OF_MEASURES, ALL, COMPLETENESS = "Свод", "Свод по мерам", "Все цифры", "Полнота"
ALL_COLUMNS = (
    Column(figures.FIGURE, 46, QUIET),
    Column(PLACE, 28),
    Column("№", 7),
    Column("Показатель", 27),
    Column(figures.UNIT, 9),
    Column(figures.NUMERATOR, 11, COUNT),
    Column(figures.DENOMINATOR, 13, COUNT),
    Column(figures.VALUE, 13, PLAIN),
    Column("Нижняя граница", 10, PLAIN),
    Column("Верхняя граница", 10, PLAIN),
    Column("Сравнение с планом", 11),
    Column("План", 9, PLAIN),
    Column("Ожидалось на дату", 11.5, PLAIN),
    Column("Осталось до плана", 11, COUNT),
    Column("Состояние", 25),
    Column("Период", 33),
    Column("Пункт документа", 24),
    Column("Данные на", 12, DAY),
    Column("sha256 книги, начало", 16, QUIET),
)
FIRST, VALUE = "A", "H"
LINES = ("Границы доли — интервал Уилсона (95 %); там, где сведения прислали не все, — при любых недостающих сведениях.",)
TERMS_LINES = (
    "Мер по состоянию ближайшего срока; у меры с несколькими сроками — самый ранний просроченный, иначе ближайший открытый.",
)
ARRIVALS_COLUMNS = (
    Column("Отправитель", 40),
    Column("Принято реестров", 10, COUNT),
    Column("Ожидается реестров", 11, COUNT),
    Column("Строк принято", 10, COUNT),
    Column("Строк не принято", 10, COUNT),
    Column("Строк с непрочитанным", 15, COUNT),
    Column("Ревизия", 10, COUNT),
    Column("Данные на", 12, DAY),
    Column("Отправлено", 12, DAY),
    Column("Не представлены", 70),
)
HASH_SHOWN = 16
COMPARED = {">=": "не меньше", "<=": "не больше", "=": "ровно"}


def summary(now: Situation, path: Path, terms: pd.DataFrame | None = None) -> None:
    """Writes the workbook of a system: «Свод», «Все цифры», «Дорожная карта», «Полнота», «Источники».

    ``now``: the whole (of a municipal system, its only place). ``terms``: every due date of the roadmap with its state in each
    place, as ``Situation.terms_of`` gives them and runs keep them; worked out here unless given.
    """
    place = about(now.facts.act.short_title, now.day)
    table = now.everywhere
    with Workbook(path, f"Свод: {place}", surroundings.identifier(now), now.day, now.synthetic) as book:
        row_of = {figure: row for row, figure in enumerate(table["figure"], book.first_row(LINES))}
        for name, kind in ((SUMMARY, "indicator"), (OF_MEASURES, "measure")):
            mine = table[table["kind"] == kind]
            if len(mine) or name == SUMMARY:
                _write_matrix(book, name, mine, row_of, now, place)
        rows = [_figure(row, figure, now) for row, (_, figure) in zip(row_of.values(), table.iterrows(), strict=True)]
        book.sheet(ALL, f"{ALL}: {place}", LINES, ALL_COLUMNS, rows, filtered=True)
        _write_terms(book, now, place, terms)
        rows = [
            _sender(now.names.get(name, name), mine) for name, mine in now.received.arrivals.groupby("municipality", sort=False)
        ]
        book.sheet(COMPLETENESS, f"Полнота данных: {place}", (), ARRIVALS_COLUMNS, rows, filtered=True)
        book.sheet(
            surroundings.SOURCES,
            f"Источники: {place}",
            (),
            surroundings.SOURCES_COLUMNS,
            surroundings.source_rows(now, now.names.get(now.municipality, now.facts.act.jurisdiction)),
        )


def summary_figures(path: Path) -> dict[str, Told]:
    """Figure id → numerator, denominator, value (percent as 12.4) as a finished summary holds them; UserError when it is none."""
    try:
        return figures_of(path, ALL)
    except (OSError, KeyError, CalamineError) as error:
        raise UserError(f"{path.name}: это не свод, созданный тетрадью ({error})") from error


def summary_sides(path: Path, now: Situation) -> dict[str, float | None]:
    """Figure id → the value (percent as 12.4) where a finished summary puts places side by side, None where no number stands.

    ``now``: what the summary was made of. UserError as in ``summary_figures``.
    """
    try:
        book, found = CalamineWorkbook.from_path(str(path)), {}
        for name, kind in ((SUMMARY, "indicator"), (OF_MEASURES, "measure")):
            mine = now.everywhere[now.everywhere["kind"] == kind]
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False) if len(mine) else []
            head: list[Any] = next((row for row in rows if row[:1] == [PLACE]), [])
            shown = {(row[0], title): cell for row in rows for title, cell in zip(head, row, strict=True)}
            for _, figure in mine.iterrows():
                card = now.cards[figure["indicator"]]
                cell = shown.get((now.names[figure["municipality"]], _title(figure["number"], card)))
                percent = 100 if card.unit == "percent" else 1
                found[figure["figure"]] = float(cell) * percent if isinstance(cell, int | float) else None
        return found
    except (OSError, KeyError, CalamineError) as error:
        raise UserError(f"{path.name}: это не свод, созданный тетрадью ({error})") from error


def _title(number: str, card: Card) -> str:
    return f"{number} {card.short_name}".strip()


def _look(card: Card, is_ratio: bool) -> str:
    return share_look(card.decimals) if card.unit == "percent" else PLAIN if is_ratio else COUNT


def _legend(states: Iterable[State | MeasureState]) -> str:
    return " · ".join(f"{state.shape} {state.word}" for state in states)


def _write_matrix(book: Workbook, name: str, table: pd.DataFrame, row_of: dict[str, int], now: Situation, place: str) -> None:
    """Places down, figures across: the value, referring to the flat table, and the shape of its state."""
    heads = list(dict.fromkeys(zip(table["number"], table["indicator"], strict=True)))
    columns = [Column(PLACE, 34)]
    for number, indicator in heads:
        title = _title(number, now.cards[indicator])
        columns += [Column(title, max(11.0, 1.15 * max(map(len, title.split())) + 1), PLAIN), Column("", 3.5)]
    by_place = {municipality: mine.set_index("indicator") for municipality, mine in table.groupby("municipality", sort=False)}
    rows = []
    for municipality in sorted(by_place, key=lambda one: (one == REGION, list(now.names).index(one))):
        mine, cells = by_place[municipality], list[Cell]([now.names[municipality]])
        for _, indicator in heads:
            known = indicator in mine.index
            cells += _matrix_cells(mine.loc[indicator], now.cards[indicator], row_of) if known else [None, None]
        rows.append(Row(cells, total=municipality == REGION))
    shown = [state for state in State if state.id in set(table["status"])]
    lines = (f"Состояния: {_legend(shown)}.",) if shown else ("Показателей документ не устанавливает.",)
    book.sheet(name, f"{name}: {place}", lines, columns, rows)


def _matrix_cells(figure: pd.Series, card: Card, row_of: dict[str, int]) -> list[Cell]:
    shape = Shape(STATES[figure["status"]])
    if pd.isna(figure["value"]):
        return [bounds(figure, card), shape]
    value = float(figure["value"]) / (100 if card.unit == "percent" else 1)
    reference = f"={quoted(ALL)}!{VALUE}{row_of[figure['figure']]}"
    return [Formula(reference, value, _look(card, pd.notna(figure["denominator"]))), shape]


def _figure(row: int, figure: pd.Series, now: Situation) -> Row:
    card, present = now.cards[figure["indicator"]], surroundings.present
    look, scale = _look(card, pd.notna(figure["denominator"])), 100 if card.unit == "percent" else 1
    limits = [None if pd.isna(figure[name]) else Number(float(figure[name]) / scale, look) for name in ("lower", "upper")]
    planned = [None if pd.isna(figure[name]) else Number(figure[name] / scale, look) for name in ("target", "expected_now")]
    counts = [None if pd.isna(figure[name]) else int(figure[name]) for name in ("numerator", "denominator", "people_missing")]
    cells: list[Cell] = [
        figure["figure"],
        now.names[figure["municipality"]],
        figure["number"],
        card.short_name,
        figures.PERCENT if card.unit == "percent" else figures.NUMBER,
        *counts[:2],
        _value(row, figure, card, look),
        *limits,
        None if pd.isna(figure["comparator"]) else COMPARED[figure["comparator"]],
        *planned,
        counts[2],
        STATES[figure["status"]],
        in_words(figure["period"]),
        figure["clause"],
        present(figure["data_on"]),
        None if pd.isna(figure["source"]) else figure["source"][:HASH_SHOWN],
    ]
    return Row(cells)


def _value(row: int, figure: pd.Series, card: Card, look: str) -> Cell:
    if pd.isna(figure["value"]):
        return bounds(figure, card)
    if pd.isna(figure["denominator"]):
        return Formula(f"=F{row}", float(figure["value"]), look)
    value = float(figure["value"]) / (100 if card.unit == "percent" else 1)
    return Formula(f'=IF(G{row}=0,"",F{row}/G{row})', value, look)


def _write_terms(book: Workbook, now: Situation, place: str, terms: pd.DataFrame | None) -> None:
    """How many measures of each place are in which state; that there is no roadmap is said."""
    heading = f"{surroundings.ROADMAP}: {place}"
    if not now.facts.measures:
        book.sheet(surroundings.ROADMAP, heading, (surroundings.NO_ROADMAP,), (Column(PLACE, 60),), ())
        return
    terms = pd.concat([now.terms_of(name) for name in now.names], ignore_index=True) if terms is None else terms
    counts = {
        name: roadmap.current(mine, now.day)["state"].value_counts() for name, mine in terms.groupby("municipality", sort=False)
    }
    shown = [state for state in MeasureState if any(state.id in count for count in counts.values())]
    columns = [Column(PLACE, 40), *(Column(f"{state.shape} {state.word}", 15, COUNT) for state in shown)]
    rows = []
    for row, (name, count) in enumerate(counts.items(), book.first_row(TERMS_LINES)):
        last = chr(ord(FIRST) + len(shown))
        total = Formula(f"=SUM(B{row}:{last}{row})", int(count.sum()))
        rows.append(Row([now.names[name], *(int(count.get(state.id, 0)) for state in shown), total]))
    book.sheet(surroundings.ROADMAP, heading, TERMS_LINES, [*columns, Column("Всего мер", 10, COUNT)], rows, filtered=True)


def _sender(name: str, arrivals: pd.DataFrame) -> Row:
    """What one sender gave: registries, rows, the day of its workbook, and what is not there."""
    known = arrivals[arrivals["received"]]
    missing = "; ".join(arrivals.loc[~arrivals["received"].astype(bool), "title"])
    sums = [int(known[column].sum()) for column in ("rows", "left_out", "problems")] if len(known) else [None] * 3
    first = known.iloc[0] if len(known) else None
    days = [None, None] if first is None else [pd.Timestamp(first[day]).date() for day in ("data_on", "sent_on")]
    revision = None if first is None else int(first["revision"])
    return Row([name, len(known), len(arrivals), *sums, revision, *days, missing])
