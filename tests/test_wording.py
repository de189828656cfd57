"""Russian wording: plurals, decimal comma, dates, no-break spaces."""

from datetime import date

import pytest

from nmslib import wording

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "1 человек"),
        (2, "2 человека"),
        (5, "5 человек"),
        (11, "11 человек"),
        (21, "21 человек"),
        (22, "22 человека"),
        (0, "0 человек"),
    ],
)
def test_noun_agrees_with_its_count(count, words):
    assert wording.counted(count, wording.PEOPLE) == words.replace(" ", NBSP)


def test_thousands_are_set_apart_and_decimals_follow_a_comma():
    assert wording.number(1186) == f"1{NBSP}186"
    assert wording.percent(12.4) == f"12,4{NBSP}%"
    assert wording.plan(10, "percent") == f"10{NBSP}%"
    assert wording.plan(12.5, "percent") == f"12,5{NBSP}%"
    assert wording.plan(300, "count") == "300"


def test_halves_are_rounded_up():
    assert wording.percent(6.25) == f"6,3{NBSP}%"
    assert wording.number(0.5) == "1"


def test_share_stands_with_its_people():
    assert wording.share(147, 1186) == f"12,4{NBSP}% (147 из 1{NBSP}186)"


def test_dates_differ_in_tables_and_in_text():
    assert wording.day(date(2023, 12, 5)) == "05.12.2023"
    assert wording.day_in_text(date(2023, 12, 5)) == f"5{NBSP}декабря 2023{NBSP}г."


def test_sentences_never_end_with_two_full_stops():
    assert wording.sentences(f"до 5 декабря 2023{NBSP}г.", "", "мало данных") == f"до 5 декабря 2023{NBSP}г. мало данных."


@pytest.mark.parametrize(
    ("count", "words"), [(1, "1 команды"), (2, "2 команд"), (5, "5 команд"), (21, "21 команды"), (11, "11 команд")]
)
def test_what_is_lacking_stands_in_the_genitive(count, words):
    assert wording.genitive(count, ("команда", "команды", "команд")) == words.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    ("numbers", "words"),
    [([5], "5"), ([2, 3, 4], "2–4"), ([14, 2, 3, 5, 4], "2–5, 14"), ([2, 2, 4], "2, 4"), ([], "")],
)
def test_rows_are_told_as_ranges(numbers, words):
    assert wording.ranges(numbers) == words


def test_long_lists_of_rows_say_how_many_more_there_are():
    assert wording.ranges(range(2, 60, 2), longest=12) == "2, 4, 6, 8, 10 и ещё 24"
