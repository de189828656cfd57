"""A term becomes a rule or a refusal, never a guess and never an exception of another kind."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nmslib import catalogue, phrases, roadmap
from nmslib.phrases import PhraseNotRead, Point, Relative, Rule

READABLE = [
    "до 01 февраля (ежегодно)",
    "ежегодно",
    "до 20 марта 2023 года",
    "до 20 ноября (ежегодно, начиная с 2023 года)",
    "до 20 ноября, далее - ежегодно",
]
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
WORDS = st.sampled_from(
    "до ежегодно ежеквартально 20 31 1 ноября февраль мая 2023 2024 года г. ( ) , ; и далее - начиная с по 15.05.2023 в течение "
    "постоянно I квартал полугодие второе учебного 2023/24 раз каждый второй вторник средам числа месяца конца начала не реже".split()
)


@pytest.mark.parametrize(
    ("phrase", "stopped_at"),
    [
        ("как получится", "как получится"),
        ("до 20 ноября ориентир", "ориентир"),
        ("до 31 февраля 2023 года", "до 31 февраля 2023 года"),
        ("до 31 ноября (ежегодно)", "до 31 ноября (ежегодно)"),
        ("V квартал", "v квартал"),
        ("до 20 ноября по мере необходимости", "до 20 ноября по мере необходимости"),
        ("еженедельно до 20 мая", "еженедельно до 20 мая"),
        (", ;", ", ;"),
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
    found = phrases.read("до 20 ноября (ежегодно, начиная с 2023 года)")
    assert found == Rule(kind="annual", unit="year", points=(Point(11, 20, bound=True),), since=Point(1, 1, 2023))


def test_empty_phrase_is_a_term_not_set():
    assert phrases.read("  ").kind == "none"


def test_terms_of_the_five_documents_are_all_read(project):
    for system in catalogue.load_all(project):
        for item in (*system.measures, *system.events):
            assert phrases.read(item.deadline or "").kind


@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=9).map(" ".join)), DAYS, DAYS)
@settings(max_examples=600)
def test_any_text_gives_ascending_days_or_a_refusal(text, one, other):
    start, end = sorted((one, other))
    try:
        rule = phrases.read(text)
    except PhraseNotRead as refusal:
        assert refusal.phrase == text
        return
    found = roadmap.resolve(rule, start, end)
    for reading in (found.chosen, *found.alternatives):
        days = [occurrence.due_on for occurrence in reading.occurrences]
        assert days == sorted(days)
        assert all(occurrence.starts_on <= occurrence.due_on for occurrence in reading.occurrences)
    outside = [day for day in (occurrence.due_on for occurrence in found.chosen.occurrences) if not start <= day <= end]
    assert not outside or any("вне плана" in doubt for doubt in found.doubts)


@given(st.lists(WORDS, max_size=9).map(" ".join))
def test_reading_does_not_depend_on_spaces_case_or_dashes(text):
    noisy = text.upper().replace(" ", "   ").replace("-", "—")
    assert _outcome(noisy) == _outcome(text)


def _outcome(text: str) -> Rule | str:
    try:
        return phrases.read(text)
    except PhraseNotRead as refusal:
        return refusal.stopped_at


@pytest.mark.parametrize(
    ("phrase", "relative"),
    [
        ("в течение 10 (десяти) рабочих дней после приказа", Relative("после приказа", 10, "working_day")),
        ("не позднее 30 дней с даты утверждения", Relative("с даты утверждения", 30, "day")),
        ("не позднее чем через 5 календарных дней после отчёта", Relative("после отчета", 5, "day")),
        ("в течение двух недель со дня обращения", Relative("со дня обращения", 2, "week")),
        ("в течение месяца со дня издания", Relative("со дня издания", 1, "month")),
        ("через одну неделю после приказа", Relative("после приказа", 1, "week")),
        ("по мере необходимости", Relative("по мере необходимости")),
    ],
)
def test_term_counted_from_an_event_keeps_its_count_and_kind_of_days(phrase, relative):
    assert phrases.read(phrase).relative == relative
