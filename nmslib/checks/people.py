"""People counted once: one person under two codes, two main places, one code for two people."""

from collections.abc import Iterator

import pandas as pd
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist

from nmslib.checks.context import Context, Frames, about_rows, left_empty, some
from nmslib.model import Finding
from nmslib.registries import Book
from nmslib.registries.words import plain_word

# A slip of the pen changes a letter or two of a full name.
SLIPS = 2


def check(frames: Frames, book: Book, context: Context) -> Iterator[Finding]:
    """Findings about the staff and about mentors; doubtful pairs are for a person to decide and are never merged."""
    if "staff" in frames:
        works = left_empty(frames, book, "staff", "left_on") & (frames["staff"]["employment"] == "main")
        staff = frames["staff"].assign(plain=names(frames["staff"]["full_name"]), works=works)
        certain = _certain(staff)
        yield from _same_person(certain)
        yield from _maybe_same_person(staff, set(certain["person"]))
        yield from _two_main_places(staff)
        yield from _code_of_two_people(staff)
    for registry, person in (("young_support", "person"), ("mentor_pairs", "mentee")):
        if registry in frames:
            rows = frames[registry]
            yield from about_rows("own_mentor", registry, "mentor", rows.loc[rows["mentor"] == rows[person], "excel_row"])


def names(full_names: pd.Series) -> pd.Series:
    """Names made comparable: case, spaces, «ё» and look-alike letters do not matter; each different name is read once."""
    codes, different = pd.factorize(full_names)
    plain = pd.Series([plain_word(name) for name in different], dtype="object")
    return pd.Series(plain.reindex(codes).to_numpy(), index=full_names.index, dtype="object")


def _certain(staff: pd.DataFrame) -> pd.DataFrame:
    """Rows of people who have one name, one birth date and one organisation, and more than one code."""
    known = staff.dropna(subset=["plain", "birth_on"])
    # Few rows share all three, and only these need counting.
    known = known[known.duplicated(["plain", "birth_on", "organisation"], keep=False)]
    codes = known.groupby(["plain", "birth_on", "organisation"])["person"].transform("nunique")
    return known[codes > 1]


def _same_person(certain: pd.DataFrame) -> Iterator[Finding]:
    groups = certain.groupby(["plain", "birth_on", "organisation"])["excel_row"]
    told = some("строки " + " и ".join(str(row) for row in rows) for _, rows in groups)
    yield from about_rows("same_person", "staff", "person", certain["excel_row"], told, told)


def _maybe_same_person(staff: pd.DataFrame, certain: set[str]) -> Iterator[Finding]:
    """Pairs born on one day whose names are the same or differ by a slip, under two codes, both at a main place."""
    main = staff[staff["works"] & ~staff["person"].isin(certain)]
    people = main.dropna(subset=["plain", "birth_on"]).drop_duplicates("person").set_index("excel_row")
    # Everybody is paired with everybody born that day: only numbers are, for names would take a second more.
    numbers = pd.DataFrame({"birth_on": people["birth_on"], "excel_row": people.index, "size": people["plain"].str.len()})
    pairs = numbers.merge(numbers, on="birth_on", suffixes=("", "_other"))
    alike = (pairs["size"] - pairs["size_other"]).abs() <= SLIPS
    pairs = pairs[alike & (pairs["excel_row"] < pairs["excel_row_other"])]
    one, other = (people["plain"].reindex(pairs[name]).to_list() for name in ("excel_row", "excel_row_other"))
    near = pairs[cpdist(one, other, scorer=Levenshtein.distance, score_cutoff=SLIPS) <= SLIPS]
    told = some(f"строки {a} и {b}" for a, b in zip(near["excel_row"], near["excel_row_other"], strict=True))
    rows = pd.concat([near["excel_row"], near["excel_row_other"]])
    yield from about_rows("maybe_same_person", "staff", "person", rows, told, told)


def _two_main_places(staff: pd.DataFrame) -> Iterator[Finding]:
    main = staff[staff["works"]]
    twice = main[main.duplicated("person", keep=False)]
    told = some("строки " + " и ".join(str(row) for row in rows) for _, rows in twice.groupby("person")["excel_row"])
    yield from about_rows("two_main_places", "staff", "employment", twice["excel_row"], told, told)


def _code_of_two_people(staff: pd.DataFrame) -> Iterator[Finding]:
    """Codes under which both the name and the birth date differ: a new surname alone is the same person."""
    known = staff.dropna(subset=["plain", "birth_on"])
    known = known[known.duplicated("person", keep=False)]
    by_code = known.groupby("person")
    both = (by_code["plain"].transform("nunique") > 1) & (by_code["birth_on"].transform("nunique") > 1)
    told = some("строки " + " и ".join(str(row) for row in rows) for _, rows in known[both].groupby("person")["excel_row"])
    yield from about_rows("code_of_two_people", "staff", "person", known.loc[both, "excel_row"], told, told)
