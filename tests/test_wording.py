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
