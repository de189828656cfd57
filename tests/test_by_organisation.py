"""Shares by organisation add up to the figures; small groups of people are hidden so that nothing can be found by subtraction."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nmslib import indicators
from nmslib.model import REGION
from nmslib.registries import together
from nmslib.registries.snapshots import Kept, Snapshot

DAY = date(2024, 6, 30)
KEY = ["municipality", "indicator"]
SUMS = ["numerator", "denominator"]
ORGANISATIONS = [
    {"organisation": "О1", "name": "Школа 1", "type": "general"},
    {"organisation": "О2", "name": "Школа 2", "type": "general"},
    {"organisation": "О3", "name": None, "type": "preschool"},
]


def job(code: str, organisation: str = "О1", role: str = "teacher", **other: object) -> dict:
    row = {"person": code, "organisation": organisation, "role": role, "employment": "main", "hired_on": "2010-09-01"}
    return row | {"birth_on": "1980-05-05", "profession_since": "2005-09-01"} | other


STAFF = [job("Р1"), job("Р1", "О2", employment="internal"), job("Р2", "О2"), job("Р3", "О2"), job("Р4", "О3")]
DIAGNOSTICS = [{"person": code, "diagnosed_on": "2024-02-01", "place": "centre"} for code in ("Р1", "Р3", "Р3", "чужой")]


def told(rows: pd.DataFrame, indicator: str) -> dict[str, tuple[int, int]]:
    mine = rows[rows["indicator"] == indicator]
    return dict(zip(mine["name"], zip(mine["numerator"], mine["denominator"], strict=True), strict=True))


@pytest.fixture
def rows(amur, cards, gathered):
    def made(municipalities: tuple[str, ...] = ("tynda",), day: date = DAY, unread=None, **sheets) -> pd.DataFrame:
        tynda = {"organisations": ORGANISATIONS, "staff": STAFF, "diagnostics": DIAGNOSTICS} | sheets
        senders = gathered({"tynda": tynda, "zeya": None, REGION: {}}, unread=unread)
        return indicators.by_organisation(amur, cards, senders, list(municipalities), day)

    return made


def test_people_are_counted_in_the_organisation_of_their_main_place(rows):
    assert told(rows(), "diagnosed_share") == {"Школа 2": (1, 2), "О3": (0, 1), "Школа 1": (1, 1)}


def test_shares_of_organisations_are_one_or_none_of_one(rows):
    found = rows(mentoring_organisations=[{"organisation": "О2", "since": "2023-01-01"}])
    assert told(found, "mentoring_model_share") == {"Школа 1": (0, 1), "О3": (0, 1), "Школа 2": (1, 1)}
    assert set(found.loc[found["indicator"] == "mentoring_model_share", "counts"]) == {"organisation"}


def test_nothing_is_told_of_what_is_not_known(rows):
    assert set(rows(("tynda", "zeya", REGION))["municipality"]) == {"tynda"}
    assert "routed_share" not in set(rows()["indicator"])
    assert "diagnosed_share" not in set(rows(unread={("tynda", "diagnostics"): 3})["indicator"])
    assert rows(day=date(2021, 1, 1)).empty


def test_counts_and_shares_of_other_bases_have_no_rows(rows, cards):
    shares = {card.id for card in cards.values() if card.unit == "percent"}
    assert set(rows(completions=[], routes=[])["indicator"]) <= shares - {"active_trained_share", "register_listed_share"}


def test_sums_over_organisations_are_the_figures(seversk, novoshakhtinsk_like, cards, demo_registries):
    for system in (seversk, novoshakhtinsk_like):
        table = indicators.by_organisation(system, cards, demo_registries, ["seversk"], date(2024, 11, 13))
        figures = indicators.figures(system, cards, demo_registries, ["seversk"], date(2024, 11, 13))
        expected = figures[figures["denominator"].notna() & (figures["unit"] == "percent")].set_index(KEY)[SUMS]
        pooled = indicators.pooled_small(table)
        assert len(expected) == 5
        for one in (table, pooled):
            found = one.groupby(KEY)[SUMS].sum().loc[expected.index]
            assert found.to_numpy().tolist() == expected.to_numpy().tolist()


@pytest.fixture
def novoshakhtinsk_like(seversk):
    """Seversk as if all organisations counted, not schools alone."""
    from dataclasses import replace

    return replace(seversk, indicators=tuple(replace(one, organisations="all") for one in seversk.indicators))


@pytest.fixture
def demo_registries(demo_frames, form):
    kept = {name: Kept(form.sheet(name).title, len(frame), {}, 0) for name, frame in demo_frames.items()}
    told = {"accepted_at": "2024-11-14T10:00:00", "data_on": "2024-11-13", "sent_on": "2024-11-14", "version": form.version}
    told |= {"schema_version": form.version, "file": "seversk.xlsx", "sha256": "0" * 64, "synthetic": True}
    snapshot = Snapshot(system="seversk", municipality="seversk", number=1, registries=kept, **told)
    rows = {name: frame.assign(excel_row=range(2, len(frame) + 2)) for name, frame in demo_frames.items()}
    return together({"seversk": (snapshot, rows)}, {"seversk": form})


def split(*denominators: int, counts: str = "person") -> pd.DataFrame:
    rows = [
        {"system": "amur", "municipality": "tynda", "indicator": "diagnosed_share", "organisation": f"О{number:02}"}
        | {"name": f"Школа {number}", "numerator": size // 2, "denominator": size, "counts": counts, "organisations": 1}
        for number, size in enumerate(denominators)
    ]
    kinds = dict.fromkeys([*SUMS, "organisations"], "Int64")
    return pd.DataFrame(rows, columns=list(indicators.pooled_small(empty()).columns)).astype(kinds)


def empty() -> pd.DataFrame:
    columns = ("system", "municipality", "indicator", "organisation", "name", *SUMS, "counts", "organisations")
    return pd.DataFrame({name: pd.Series(dtype="Int64" if name in (*SUMS, "organisations") else "string") for name in columns})


def shown(*denominators: int, **other: str) -> dict[str, int]:
    found = indicators.pooled_small(split(*denominators, **other))
    return dict(zip(found["name"], found["denominator"], strict=True))


@pytest.mark.parametrize(
    ("denominators", "expected"),
    [
        ((30, 20, 10), {"Школа 0": 30, "Школа 1": 20, "Школа 2": 10}),
        ((30, 9, 8), {"Школа 0": 30, "Малые организации вместе (2)": 17}),
        ((30, 20, 9), {"Школа 0": 30, "Малые организации вместе (2)": 29}),
        ((30, 20, 2, 3), {"Школа 0": 30, "Малые организации вместе (3)": 25}),
        ((4, 3), {"Малые организации вместе (2)": 7}),
        ((30, 5), {"Малые организации вместе (2)": 35}),
    ],
)
def test_small_organisations_are_put_together_with_the_smallest_others(denominators, expected):
    assert shown(*denominators) == expected


def test_organisations_are_no_people(rows):
    assert shown(1, 1, 1, counts="organisation") == {"Школа 0": 1, "Школа 1": 1, "Школа 2": 1}


def test_indicators_and_municipalities_are_hidden_apart():
    parts = [split(30, 12, 4), split(30, 12, 11).assign(indicator="routed_share"), split(5, 40).assign(municipality="zeya")]
    found = indicators.pooled_small(pd.concat(parts, ignore_index=True))
    assert found["organisations"].tolist() == [1, 2, 1, 1, 1, 2]
    assert found["municipality"].tolist() == ["tynda"] * 5 + ["zeya"]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=12), st.integers(2, 15))
def test_totals_are_kept_and_no_hidden_value_can_be_found(sizes, least):
    rows = split(*sizes)
    found = indicators.pooled_small(rows, least)
    assert found[SUMS].sum().tolist() == rows[SUMS].sum().tolist()
    assert found["organisations"].sum() == len(sizes)
    visible, hidden = found[found["organisation"].notna()], found[found["organisation"].isna()]
    assert (visible["denominator"] >= least).all()
    for row in hidden.itertuples():
        if len(visible):
            assert row.organisations >= 2
            assert row.denominator >= least


def test_what_is_hidden_once_stays_as_it_is():
    for sizes in ((30, 20, 9), (4, 3), (30, 8, 7)):
        once = indicators.pooled_small(split(*sizes))
        pd.testing.assert_frame_equal(indicators.pooled_small(once), once)


def test_nothing_to_hide_in_nothing():
    assert indicators.pooled_small(empty()).empty
