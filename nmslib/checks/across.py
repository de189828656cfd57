"""Registries against each other, and columns of one row against each other."""

from collections.abc import Iterator

import pandas as pd

from nmslib import wording
from nmslib.checks.context import Context, Frames, about_rows, left_empty, some
from nmslib.model import Finding
from nmslib.registries import Book


def check(frames: Frames, book: Book, context: Context) -> Iterator[Finding]:
    """Findings about routes and programmes without diagnostics, coverage above the staff, and marks that contradict days."""
    if "diagnostics" in frames:
        yield from _by_diagnostics(frames, book)
        yield from _more_than_employed(frames, book)
    if "management_teams" in frames:
        rows = frames["management_teams"]
        unnamed = rows[rows["completed_on"].notna() & left_empty(frames, book, "management_teams", "programme")]
        yield from about_rows("trained_without_programme", "management_teams", "programme", unnamed["excel_row"])
    if "execution" in frames:
        yield from _execution(frames, book)
    if "programmes" in frames:
        rows = frames["programmes"]
        unmarked = rows[rows["registered_on"].notna() & (rows["in_register"] == "no")]
        yield from about_rows("registered_day_without_mark", "programmes", "in_register", unmarked["excel_row"])


def _by_diagnostics(frames: Frames, book: Book) -> Iterator[Finding]:
    """Routes and programmes said to rest on the centre's diagnostics, against the first such diagnostics of the person.

    People whose diagnostics could not be read whole are left aside: the row has its finding already.
    """
    read = book.sheets["diagnostics"].frame
    maybe_at_centre = read[(read["place"] == "centre") | read["place"].isna()]
    unsure = maybe_at_centre.loc[maybe_at_centre[["place", "diagnosed_on"]].isna().any(axis="columns"), "person"].dropna()
    first = maybe_at_centre.groupby("person")["diagnosed_on"].min().rename("diagnosed_first_on")
    if "routes" in frames:
        routes = frames["routes"][~frames["routes"]["person"].isin(unsure) & (frames["routes"]["grounds"] == "centre")]
        routes = routes.join(first, on="person")
        without = routes[routes["diagnosed_first_on"].isna()]
        yield from about_rows("route_without_diagnostics", "routes", "grounds", without["excel_row"])
        early = routes[routes["drawn_up_on"] < routes["diagnosed_first_on"]]
        pairs = zip(early["drawn_up_on"], early["diagnosed_first_on"], strict=True)
        told = some(f"маршрут {wording.day(route)}, диагностика {wording.day(diagnosed)}" for route, diagnosed in pairs)
        yield from about_rows("route_before_diagnostics", "routes", "drawn_up_on", early["excel_row"], told)
    if "completions" in frames:
        rows = frames["completions"]
        chosen = rows[~rows["person"].isin(unsure) & (rows["by_diagnostics"] == "yes")].join(first, on="person")
        without = chosen[chosen["diagnosed_first_on"].isna() | (chosen["diagnosed_first_on"] > chosen["completed_on"])]
        yield from about_rows("programme_without_diagnostics", "completions", "by_diagnostics", without["excel_row"])


def _more_than_employed(frames: Frames, book: Book) -> Iterator[Finding]:
    """Years in which more people were diagnosed than were employed at a main place on any day of the year.

    Rows of staff that are left out, and those with an unknown day or kind of employment, count as employed.
    """
    if "staff" not in frames:
        return
    staff = book.sheets["staff"].frame
    main = staff[(staff["employment"] == "main") | staff["employment"].isna()]
    diagnosed = frames["diagnostics"].dropna(subset="diagnosed_on")
    for year, rows in diagnosed.groupby(diagnosed["diagnosed_on"].dt.year):
        opening, closing = pd.Timestamp(int(year), 1, 1), pd.Timestamp(int(year), 12, 31)
        employed = main[~(main["hired_on"] > closing) & ~(main["left_on"] < opening)]["person"].nunique()
        if (people := rows["person"].nunique()) > employed:
            said = f"в {year} году прошли диагностику {wording.number(people)}, работали {wording.number(employed)}"
            yield Finding("more_than_employed", "diagnostics", "person", details=said, said=said)


def _execution(frames: Frames, book: Book) -> Iterator[Finding]:
    rows = frames["execution"]
    done = rows["state"] == "done"
    for rule, column in (("done_without_day", "done_on"), ("done_without_document", "document")):
        without = rows.loc[done & left_empty(frames, book, "execution", column), "excel_row"]
        yield from about_rows(rule, "execution", column, without)
    contradicted = rows[rows["state"].notna() & ~done & rows["done_on"].notna()]
    yield from about_rows("day_without_done", "execution", "state", contradicted["excel_row"])
