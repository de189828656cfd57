"""How many rows stood behind a figure after each condition: the very rows that `nms trace` shows, counted."""

import pandas as pd
import pytest
from conftest import AMUR_DAY as DAY

from nmslib import catalogue, indicators
from nmslib.indicators.origins import ALL, COLUMNS, SIDES
from nmslib.model import REGION
from nmslib.situation import Situation

PLACES = ("tynda", "zeya", "belogorsk", REGION)


@pytest.fixture(scope="module")
def whole(amur_accepted) -> Situation:
    return Situation("amur", REGION, DAY, amur_accepted[0], anew=True)


@pytest.fixture(scope="module")
def told(whole) -> pd.DataFrame:
    return whole.origins_of(list(PLACES))


@pytest.fixture(scope="module")
def traces(whole):
    """Traces of every indicator of a place: `traces("tynda")`."""

    def of(place: str) -> dict[str, indicators.Trace]:
        names = whole.figures_on(DAY, [place])["indicator"]
        found = {
            name: indicators.trace(whole.facts, whole.cards, whole.schema, whole.received, place, name, DAY)
            for name in dict.fromkeys(names)
        }
        return {name: trace for name, trace in found.items() if trace}

    return of


def steps(told: pd.DataFrame, place: str, indicator: str, side: str) -> pd.DataFrame:
    rows = told[(told["municipality"] == place) & (told["indicator"] == indicator) & (told["side"] == side)]
    return rows.reset_index(drop=True)


@pytest.mark.parametrize("place", ["tynda", "zeya"])
def test_counts_are_the_rows_that_a_trace_shows(told, traces, place):
    compared = 0
    for name, trace in traces(place).items():
        for side in SIDES:
            shown, counted = getattr(trace, side), steps(told, place, name, side)
            if shown is None or counted.empty:
                continue
            assert set(counted["registry"]) == {shown.registry}
            assert counted["words"].tolist() == [ALL, *shown.conditions]
            assert counted["rows"].iloc[-1] == len(shown.rows), (name, side)
            lost = {words: len(rows) for words, rows in shown.excluded.items()}
            assert {words: left for words, left in zip(counted["words"], counted["left_out"], strict=True) if left} == lost
            compared += 1
    assert compared > 40


def test_every_row_is_counted_or_left_out_by_one_condition(told):
    for _, rows in told.groupby(["municipality", "indicator", "side"], sort=False):
        assert rows["step"].tolist() == list(range(len(rows)))
        assert rows["left_out"].iloc[0] == 0
        assert (rows["rows"].shift().iloc[1:] - rows["rows"].iloc[1:] == rows["left_out"].iloc[1:]).all()
        assert rows["rows"].iloc[0] == rows["rows"].iloc[-1] + rows["left_out"].sum()


def test_rows_of_the_whole_are_those_of_all_places_and_its_own(told):
    first = told[told["step"] == 0].set_index(["municipality", "indicator", "side"])["rows"]
    for indicator, side in (("diagnosed_share", "numerator"), ("diagnosed_share", "denominator"), ("routed_share", "numerator")):
        own = [first[place, indicator, side] for place in ("tynda", "zeya")]
        assert first[REGION, indicator, side] == sum(own)
    # Signed agreements are the region's alone.
    assert first[REGION, "agreements_count", "numerator"] > 0


def test_places_that_sent_nothing_have_no_counts(told):
    sent = set(told.loc[told["municipality"] == "belogorsk", "registry"])
    assert not sent & {"staff", "diagnostics", "routes"}


def test_a_figure_whose_registries_nobody_has_is_not_told_of(seversk, cards, received, project):
    nobody = received()
    table = indicators.origins(seversk, cards, nobody, ["demo"], DAY)
    assert table.empty
    assert {name: str(kind) for name, kind in table.dtypes.items()} == COLUMNS


def test_no_row_no_key_and_no_name_stands_in_the_counts(told, amur_accepted, project):
    people = {
        value
        for book in amur_accepted[1].values()
        if "staff" in book
        for value in (*book["staff"]["full_name"], *book["staff"]["person"])
    }
    assert set(told.columns) == {*COLUMNS}
    assert not people & set(told.astype("str").to_numpy().ravel())
    known = set(catalogue.load_cards(project))
    assert set(told["indicator"]) <= known
