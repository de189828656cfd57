"""annex.xlsx: the figures of one place with what they are made of, measures, recommendations and sources; formulas are live."""

from pathlib import Path

from nmslib import indicators
from nmslib.documents.annex import figures, parts, surroundings
from nmslib.documents.annex.reading import Annex, annex_figures, read_annex
from nmslib.documents.annex.sheets import Column, Row, Workbook, about
from nmslib.documents.annex.surroundings import identifier
from nmslib.model import REGION
from nmslib.paths import appearing
from nmslib.situation import Situation

__all__ = ["Annex", "annex", "annex_figures", "read_annex"]

NO_PARTS = "Долей, которые складываются из частей и известны, нет."


def annex(now: Situation, path: Path) -> None:
    """Writes the workbook of a place: «Показатели», what they are made of, «Дорожная карта», «Рекомендации», «Полнота данных»,
    «Источники».

    A municipality's figures are split by organisation with small groups of people put together (``indicators.pooled_small``),
    those of the whole by municipality. Every formula carries the value of the table of figures; the same situation gives the
    same bytes. Appears by one rename. ValueError when parts do not sum up to a figure.
    """
    place = about(now.place.name, now.day)
    with (
        appearing(path) as draft,
        Workbook(draft, f"Приложение к справке: {place}", identifier(now), now.day, now.synthetic) as book,
    ):
        _write_figures(book, now, place)
        _write_roadmap(book, now, place)
        rows = surroundings.step_rows(now.recommendations)
        lines = surroundings.STEPS_LINES if rows else (surroundings.NO_STEPS,)
        book.sheet(surroundings.STEPS, f"Рекомендации: {place}", lines, surroundings.STEPS_COLUMNS, rows, filtered=True)
        rows = surroundings.arrival_rows(now.received.arrivals, now.names)
        book.sheet(surroundings.ARRIVALS, f"Полнота данных: {place}", (), surroundings.ARRIVALS_COLUMNS, rows, filtered=True)
        rows = surroundings.source_rows(now, now.place.name)
        book.sheet(surroundings.SOURCES, f"Источники: {place}", (), surroundings.SOURCES_COLUMNS, rows)


def _write_figures(book: Workbook, now: Situation, place: str) -> None:
    """The figures and, on the next sheet, the parts that they refer to."""
    columns: tuple[Column, ...]
    lines: tuple[str, ...]
    if now.municipality == REGION:
        sheet, columns, lines = parts.BY_MUNICIPALITY, parts.WHOLE_COLUMNS, parts.WHOLE_LINES
        rows, totals = parts.municipality_rows(now.everywhere, now.names, now.cards, book.first_row(lines))
    else:
        sheet, columns, lines = parts.BY_ORGANISATION, parts.COLUMNS, parts.LINES
        split = indicators.pooled_small(now.organisations)
        rows, totals = parts.organisation_rows(now.figures, split, now.cards, book.first_row(lines))
    shown = figures.figure_rows(now.figures, now.cards, totals, sheet, book.first_row(figures.LINES))
    book.sheet(figures.SHEET, f"Показатели: {place}", figures.LINES, figures.COLUMNS, shown)
    lines = lines if rows else (NO_PARTS,)
    book.sheet(sheet, f"{sheet}: {place}", lines, columns, rows, filtered=True)


def _write_roadmap(book: Workbook, now: Situation, place: str) -> None:
    rows: list[Row] = surroundings.roadmap_rows(now.measures)
    lines = surroundings.ROADMAP_LINES if rows else (surroundings.NO_ROADMAP,)
    heading = f"{surroundings.ROADMAP}: {place}"
    book.sheet(surroundings.ROADMAP, heading, lines, surroundings.ROADMAP_COLUMNS, rows, filtered=True)
