"""The start of a scenario goes into text and back: a page begins from the very numbers that registries gave a run."""

from dataclasses import fields
from datetime import date

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest

from nmslib import scenarios
from nmslib.model import REGION
from nmslib.scenarios import start_text
from nmslib.scenarios.start import Start
from nmslib.situation import Situation

DAY = date(2024, 11, 24)
PLACES = ["tynda", "zeya", "belogorsk"]


def same(left: Start, right: Start) -> None:
    """Every part equals to the last digit; columns keep their order and types, empty ones aside."""
    for one in fields(Start):
        mine, its = getattr(left, one.name), getattr(right, one.name)
        if isinstance(mine, pd.DataFrame):
            pd.testing.assert_frame_equal(mine, its, check_exact=True, check_dtype=bool(len(its)), obj=one.name)
        elif isinstance(mine, np.ndarray):
            assert mine.dtype == its.dtype
            np.testing.assert_array_equal(mine, its)
        elif one.name == "bases":
            assert _told(mine) == _told(its)
        else:
            assert mine == its, one.name
            assert type(mine) is type(its)


def _told(bases: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Without indicators whose denominator nobody tells."""
    return {indicator: places for indicator, places in bases.items() if places}


@pytest.fixture(scope="module")
def begun(amur_accepted, working_days):
    """Starts of Amur oblast from its registries: `begun("tynda", "zeya")`."""
    whole = Situation("amur", REGION, DAY, amur_accepted[0], anew=True)
    return lambda *places: scenarios.start(whole.facts, whole.cards, whole.received, places, DAY, 36, working_days)


def test_start_of_registries_comes_back_as_it_was(begun):
    start = begun(*PLACES)
    assert start.municipalities == ("tynda", "zeya")
    assert set(start.unknown) == {"belogorsk"}
    same(start_text.read(start_text.written(start)), start)


@pytest.mark.parametrize("place", PLACES)
def test_start_of_one_place_is_cut_out_as_if_it_alone_had_been_asked_for(begun, place):
    alone = start_text.only(begun(*PLACES), [place])
    same(alone, begun(place))


def test_a_start_cut_after_its_way_through_text_is_the_same(begun):
    start = begun(*PLACES)
    kept = start_text.read(start_text.written(start))
    same(start_text.only(kept, ["zeya"]), begun("zeya"))


def test_text_of_another_version_is_refused(begun):
    text = start_text.written(begun("zeya"))
    with pytest.raises(ValueError, match="another version"):
        start_text.read(text.replace('"moves"', '"motions"'))
    with pytest.raises(ValueError, match=r"Unterminated|Expecting|delimiter"):
        start_text.read(text[: len(text) // 2])


numbers = st.integers(-(2**53), 2**53)
reals = st.floats(allow_nan=True, allow_infinity=False)
columns = {
    "int64": numbers,
    "Int64": st.none() | numbers,
    "float64": reals,
    "bool": st.booleans(),
    "object": st.none() | st.text(max_size=8),
    "datetime64[s]": st.none() | st.dates(date(1950, 1, 1), date(2100, 1, 1)).map(pd.Timestamp),
}


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """A table of any of the types that starts hold, also without rows."""
    length = draw(st.integers(0, 4))
    names = ["municipality", *draw(st.lists(st.text("abcdefgh_", min_size=1, max_size=6), unique=True, max_size=4))]
    kinds = {name: draw(st.sampled_from(sorted(columns))) for name in names}
    made = {
        name: pd.Series(draw(st.lists(columns[kind], min_size=length, max_size=length)), dtype="object")
        for name, kind in kinds.items()
    }
    places = draw(st.lists(st.sampled_from(PLACES), min_size=length, max_size=length))
    told = {name: made[name].astype(kind) for name, kind in kinds.items()}
    return pd.DataFrame(told | {"municipality": pd.Series(places, dtype="object")}).astype({"municipality": "str"})


@hypothesis.settings(max_examples=60)
@hypothesis.given(
    frame=frames(),
    ageing=st.lists(st.integers(0, 2**40), min_size=6, max_size=6),
    words=st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3),
    region=st.none() | st.integers(0, 10**6),
)
def test_any_numbers_days_words_and_blanks_survive_the_way_through_text(frame, ageing, words, region):
    plain = pd.DataFrame({"municipality": pd.Series([], dtype="str")})
    start = Start(
        as_of=DAY,
        municipalities=tuple(PLACES),
        unknown=words,
        gaps={"routed_share": words},
        lines=frame,
        young=plain,
        ageing=np.array(ageing, dtype=np.int64).reshape(3, 2),
        units=frame,
        region_events=region,
        active=plain,
        paces=frame,
        moves=plain,
        bases={"diagnosed_share": {"zeya": 7}},
    )
    same(start_text.read(start_text.written(start)), start)
