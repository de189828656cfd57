"""Whatever a small registry holds: shares stay shares, gaps close exactly, the whole is the sum of places, order does not matter."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nmslib import indicators
from nmslib.indicators import FUNCTIONS, Question
from nmslib.model import REGION

AS_OF = date(2023, 6, 30)
# Both sides of the period's and of the as-of day's borders.
DAYS = ("2022-12-31", "2023-01-01", "2023-03-15", "2023-06-29", "2023-06-30")
LATER = ("2023-07-01", "2024-02-01")
ENDS = (None, None, *DAYS, *LATER)
PEOPLE = [f"Р{number}" for number in range(8)]
PLACES = ["О1", "О2", "О3"]
EXAMPLES = settings(max_examples=25, deadline=None)

organisation = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["general", "general", "preschool", "vocational", "methodical"]),
        "opened_on": st.sampled_from((None, *DAYS, *LATER)),
        "closed_on": st.sampled_from(ENDS),
        "low_results": st.sampled_from(["yes", "no", None]),
    }
)
job = st.fixed_dictionaries(
    {
        "organisation": st.sampled_from(PLACES),
        "role": st.sampled_from(["teacher", "teacher", "manager"]),
        "employment": st.sampled_from(["main", "main", "main", "external", "contract"]),
        "hired_on": st.sampled_from(("2010-09-01", *DAYS, *LATER)),
        "left_on": st.sampled_from(ENDS),
        "birth_on": st.sampled_from(["1988-06-30", "1988-07-01", "1999-01-01"]),
        "profession_since": st.sampled_from(["2010-09-01", "2020-06-30", "2020-07-01", "2022-09-01"]),
    }
)
SOMEBODY = st.sampled_from([*PEOPLE, "Р99", None])
MARK = st.sampled_from(["yes", "no", None])


def events(**columns: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(st.fixed_dictionaries(columns), max_size=10)


def of_organisations(**columns: st.SearchStrategy) -> st.SearchStrategy:
    """At most one row an organisation: a second one has the key of the first and is not accepted."""
    row = st.fixed_dictionaries({"organisation": st.sampled_from([*PLACES, "О9"])} | columns)
    return st.lists(row, unique_by=lambda one: one["organisation"])


@st.composite
def registry(draw: st.DrawFn) -> dict[str, list[dict]]:
    """What one municipality sent: organisations, at most one main job a person, second jobs, and what happened to people."""
    jobs = [{"person": code} | draw(job) for code in draw(st.lists(st.sampled_from(PEOPLE), unique=True))]
    second = [
        one | {"organisation": "О3", "employment": "internal"}
        for one in jobs
        if one["organisation"] != "О3" and draw(st.booleans())
    ]
    return {
        "organisations": [{"organisation": code} | draw(organisation) for code in PLACES],
        "staff": jobs + second,
        "diagnostics": draw(
            events(
                person=SOMEBODY,
                diagnosed_on=st.sampled_from((*DAYS, *LATER, None)),
                place=st.sampled_from(["centre", "other", None]),
            )
        ),
        "routes": draw(
            events(person=SOMEBODY, drawn_up_on=st.sampled_from((*DAYS, *LATER)), grounds=st.sampled_from(["centre", "other"]))
        ),
        "completions": draw(
            events(person=SOMEBODY, completed_on=st.sampled_from((*DAYS, *LATER)), in_register=MARK, by_diagnostics=MARK)
        ),
        "management_teams": draw(of_organisations(completed_on=st.sampled_from((*DAYS, *LATER, None)))),
        "young_support": draw(
            events(person=SOMEBODY, started_on=st.sampled_from((*DAYS, *LATER)), ended_on=st.sampled_from(ENDS))
        ),
        "mentoring_organisations": draw(of_organisations(since=st.sampled_from((*DAYS, *LATER)), until=st.sampled_from(ENDS))),
    }


@pytest.fixture(scope="session")
def document(seversk):
    """Seversk's document with the model of mentoring as well, so that a stock is among the figures."""
    model = replace(seversk.indicators[0], number="6", indicator="mentoring_model_share")
    plan = replace(seversk.targets[0], applies_to="mentoring_model_share", value=40.0)
    return replace(seversk, indicators=(*seversk.indicators, model), targets=(*seversk.targets, plan))


@pytest.fixture(scope="session")
def figures(document, cards, gathered):
    """The table of all senders and of the whole, indexed by place and indicator."""

    def made(senders: dict[str, dict | None]) -> pd.DataFrame:
        names = [*sorted(senders), REGION]
        table = indicators.figures(document, cards, gathered(senders), names, AS_OF)
        return table.set_index(["municipality", "indicator"]).sort_index()

    return made


@EXAMPLES
@given(sent=registry())
def test_numerator_lies_between_nobody_and_the_denominator(figures, sent):
    table = figures({"a": sent}).dropna(subset="value")
    assert (table["numerator"] >= 0).all()
    assert (table["numerator"] <= table["denominator"]).all()
    assert (table["lower"] <= table["value"] + 1e-9).all()
    assert (table["upper"] >= table["value"] - 1e-9).all()


@EXAMPLES
@given(sent=registry())
def test_nobody_in_the_denominator_is_never_a_share(figures, sent):
    table = figures({"a": sent})
    unknown = table[table["value"].isna()]
    assert (unknown["status"] == "not_computable").all()
    assert unknown["numerator"].isna().all()
    assert (table.dropna(subset="value")["denominator"] > 0).all()


@EXAMPLES
@given(sent=registry())
def test_people_missing_close_the_gap_exactly(figures, sent):
    for _, row in figures({"a": sent}).dropna(subset="people_missing").iterrows():
        counted, base, plan = int(row["numerator"]), int(row["denominator"]), Fraction(str(row["target"]))
        lacking = int(row["people_missing"])
        assert 100 * (counted + lacking) >= plan * base
        assert lacking == 0 or 100 * (counted + lacking - 1) < plan * base
        assert (row["status"] == "reached") == (lacking == 0)


@EXAMPLES
@given(first=registry(), second=registry())
def test_the_whole_is_the_sum_of_its_places(figures, first, second):
    table = figures({"a": first, "b": second})
    parts = table.drop(REGION).groupby(level="indicator")[["numerator", "denominator"]].sum()
    whole = table.loc[REGION]
    for name, row in parts.iterrows():
        if row["denominator"]:
            assert (whole.loc[name, "numerator"], whole.loc[name, "denominator"]) == (row["numerator"], row["denominator"])
            assert whole.loc[name, "value"] == pytest.approx(100 * row["numerator"] / row["denominator"])
        else:
            assert pd.isna(whole.loc[name, "value"])


@EXAMPLES
@given(
    known=registry(), unknown=registry(), registry_lost=st.sampled_from(["diagnostics", "routes", "completions", "young_support"])
)
def test_bounds_of_the_whole_hold_the_value_that_all_registries_would_give(figures, known, unknown, registry_lost):
    lost = {name: rows for name, rows in unknown.items() if name != registry_lost}
    full, partial = (figures({"a": known, "b": sheets}).loc[REGION] for sheets in (unknown, lost))
    for name, row in partial.dropna(subset="lower").iterrows():
        if not pd.isna(full.loc[name, "value"]):
            assert row["lower"] - 1e-9 <= full.loc[name, "value"] <= row["upper"] + 1e-9
            assert row["status"] != "reached" or full.loc[name, "status"] == "reached"


@EXAMPLES
@given(first=registry(), second=registry())
def test_order_of_rows_and_of_municipalities_does_not_matter(figures, first, second):
    reversed_rows = {name: rows[::-1] for name, rows in first.items()}
    pd.testing.assert_frame_equal(figures({"a": first, "b": second}), figures({"b": second, "a": reversed_rows}))


@EXAMPLES
@given(first=registry(), second=registry())
def test_other_municipalities_change_nothing_of_ones_own(figures, first, second):
    alone, beside = figures({"a": first}), figures({"a": first, "b": second})
    pd.testing.assert_frame_equal(alone.loc[["a"]], beside.loc[["a"]])


ADDED = {
    "staff": {"person": "Р50", "organisation": "О1", "role": "teacher", "employment": "main"},
    "diagnostics": {"person": "Р0", "place": "centre"},
    "routes": {"person": "Р0", "grounds": "centre"},
    "completions": {"person": "Р0", "in_register": "yes", "by_diagnostics": "yes"},
    "management_teams": {"organisation": "О1"},
    "young_support": {"person": "Р0"},
    "mentoring_organisations": {"organisation": "О1"},
    "organisations": {"organisation": "О8", "type": "general"},
}
DATED = {
    "staff": ("hired_on", "birth_on", "profession_since"),
    "diagnostics": ("diagnosed_on",),
    "routes": ("drawn_up_on",),
    "completions": ("completed_on",),
    "young_support": ("started_on",),
    "mentoring_organisations": ("since",),
    "organisations": ("opened_on",),
}


@EXAMPLES
@given(sent=registry(), day=st.sampled_from(LATER), names=st.sets(st.sampled_from(sorted(DATED)), min_size=1))
def test_row_dated_after_the_day_changes_nothing(figures, sent, day, names):
    later = {name: [*sent[name], ADDED[name] | dict.fromkeys(DATED[name], day)] for name in names}
    pd.testing.assert_frame_equal(figures({"a": sent}), figures({"a": sent | later}))


@EXAMPLES
@given(sent=registry())
def test_nobody_counts_twice_whoever_stands_there_twice(figures, sent):
    """Repeated organisations do not come this far: a row with the key of another is not accepted."""
    doubled = {name: rows if name == "organisations" else [*rows, *rows] for name, rows in sent.items()}
    pd.testing.assert_frame_equal(figures({"a": sent}), figures({"a": doubled}))


@EXAMPLES
@given(sent=registry(), name=st.sampled_from(sorted(FUNCTIONS)), general=st.booleans())
def test_numerator_of_every_definition_stands_in_its_denominator(received, sent, name, general):
    asked = Question(date(2023, 1, 1), AS_OF, "general" if general else "all")
    counted = FUNCTIONS[name](received(**sent).frames, asked)
    numerator = counted.numerator.kept().collect()
    assert numerator[counted.key].is_unique().all()
    if counted.denominator is not None:
        denominator = counted.denominator.kept().collect()
        assert denominator[counted.key].is_unique().all()
        assert set(numerator[counted.key]) <= set(denominator[counted.key])
        assert not set(counted.outside().collect()[counted.key]) & set(denominator[counted.key])
