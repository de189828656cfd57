"""Against what was accepted before: sudden jumps, rows of the past that vanished, codes given to other people."""

from collections.abc import Iterator

import pandas as pd

from nmslib import wording
from nmslib.checks.context import Context, Frames, about_rows
from nmslib.model import Finding
from nmslib.registries import Book

# Lists of what there is: they change slowly. Lists of what happened only grow.
STOCKS = ("organisations", "staff", "management_teams", "methodical_active", "internship_sites")
JUMP = 0.25
SMALLEST_JUMP = 10
ROWS = ("строка", "строки", "строк")


def check(frames: Frames, book: Book, context: Context) -> Iterator[Finding]:
    """Findings that compare the workbook with the snapshot in force; none when nothing was accepted before."""
    for registry, old in context.previous.items():
        new = context.stored.get(registry)
        if new is None or registry not in frames:
            continue
        change = len(new) - len(old)
        jumped = registry in STOCKS and abs(change) > max(SMALLEST_JUMP, JUMP * len(old))
        if jumped:
            said = f"было {wording.counted(len(old), ROWS)}, стало {wording.number(len(new))}"
            yield Finding("jump", registry, details=said, said=said)
        else:
            # A row whose key cannot be read any more is told already.
            unread = len(book.sheets[registry].frame) - len(frames[registry])
            yield from _vanished(registry, old, new, context, unread)
    if "staff" in frames and "staff" in context.previous and "staff" in context.stored:
        now = context.stored["staff"]
        kept = now[now["excel_row"].isin(frames["staff"]["excel_row"])]
        yield from _changed_people(context.previous["staff"], kept)


def _vanished(registry: str, old: pd.DataFrame, new: pd.DataFrame, context: Context, unread: int) -> Iterator[Finding]:
    """Rows accepted before that the new workbook does not have, by key; ``unread`` of them are there and left out."""
    # A person who moved to another organisation is still there.
    key = ["person"] if registry == "staff" else context.schema.sheet(registry).key
    gone = old[~pd.MultiIndex.from_frame(old[key]).isin(pd.MultiIndex.from_frame(new[key]))]
    if len(gone) > unread:
        said = f"не стало: {wording.counted(len(gone) - unread, ROWS)}"
        yield Finding("vanished_rows", registry, details=said, said=said)


def _changed_people(old: pd.DataFrame, new: pd.DataFrame) -> Iterator[Finding]:
    """Codes under which nobody has the old name or the old birth date any more; what is unknown has not changed."""
    before = old.drop_duplicates("person").set_index("person")[["identity", "birth_on"]]
    joined = new.join(before.add_suffix("_before"), on="person")
    joined = joined.dropna(subset=["identity", "birth_on", "identity_before", "birth_on_before"])
    same = (joined["identity"] == joined["identity_before"]) | (joined["birth_on"] == joined["birth_on_before"])
    others = joined[~same.groupby(joined["person"]).transform("any")]
    yield from about_rows("changed_person", "staff", "person", others["excel_row"])
