"""A term becomes a rule or a refusal, never a guess and never an exception of another kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmslib import phrases
from nmslib.phrases import PhraseNotRead, Rule

READABLE = [
    "до 01 февраля (ежегодно)",
    "ежегодно",
    "до 20 марта 2023 года",
    "до 20 ноября (ежегодно, начиная с 2023 года)",
    "до 20 ноября, далее - ежегодно",
]
WORDS = st.sampled_from("до ежегодно 20 31 ноября февраля 2023 года ( ) , далее - начиная с 15.05.2023 постоянно квартал".split())


@pytest.mark.parametrize(
    ("phrase", "stopped_at"),
    [
        ("постоянно", "постоянно"),
        ("до 20 ноября и по мере необходимости", "и по мере необходимости"),
        ("до 31 февраля 2023 года", "до 31 февраля 2023 года"),
        ("до 31 ноября (ежегодно)", "до 31 ноября (ежегодно)"),
        ("до 20 ноября", "до 20 ноября"),
        ("", ""),
    ],
)
def test_phrase_outside_the_grammar_is_refused_with_the_place(phrase, stopped_at):
    with pytest.raises(PhraseNotRead) as caught:
        phrases.read(phrase)
    assert caught.value.stopped_at == stopped_at
    assert "не разобран" in str(caught.value)


@pytest.mark.parametrize("phrase", READABLE)
def test_spaces_case_and_dashes_do_not_change_the_reading(phrase):
    noisy = phrase.upper().replace(" ", "  ").replace("-", "–")
    assert phrases.read(noisy) == phrases.read(phrase)


def test_day_year_and_first_year_are_read_apart():
    assert phrases.read("до 20 ноября (ежегодно, начиная с 2023 года)") == Rule(kind="annual", month=11, day=20, since_year=2023)


@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=12).map(" ".join)))
def test_any_text_gives_a_rule_or_a_refusal(text):
    try:
        assert isinstance(phrases.read(text), Rule)
    except PhraseNotRead as refusal:
        assert refusal.phrase == text
