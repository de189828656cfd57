"""The calendar file: strict, stable, all-day, with the clause in its text."""

from datetime import date, timedelta

import pytest
import recurring_ical_events
from icalendar import Calendar

from nmslib import documents, roadmap

DAY = date(2023, 12, 1)


@pytest.fixture
def schedule(seversk, working_days):
    return roadmap.schedule(seversk, working_days)


def made(schedule, as_of: date = DAY) -> Calendar:
    return Calendar.from_ical(documents.calendar(schedule, "seversk/seversk", "Сроки", as_of))


def test_file_survives_the_round_trip_of_a_strict_parser(schedule):
    content = documents.calendar(schedule, "seversk/seversk", "Сроки", DAY)
    assert Calendar.from_ical(content).to_ical() == content
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


def test_entries_are_whole_days_with_an_exclusive_end_and_no_time_zone(schedule):
    for event in made(schedule).events:
        assert type(event["dtstart"].dt) is date
        assert event["dtend"].dt == event["dtstart"].dt + timedelta(days=1)


def test_second_import_updates_instead_of_doubling(schedule):
    first, second = made(schedule), made(schedule, date(2024, 1, 15))
    assert [event["uid"] for event in first.events] == [event["uid"] for event in second.events]
    assert len({event["uid"] for event in first.events}) == len(first.events)
    assert all(later["sequence"] > sooner["sequence"] for sooner, later in zip(first.events, second.events, strict=True))


def test_same_schedule_gives_the_same_bytes(schedule):
    assert documents.calendar(schedule, "a/b", "Сроки", DAY) == documents.calendar(schedule, "a/b", "Сроки", DAY)


def test_recurrence_is_a_rule_where_exact_and_dates_where_moved(schedule):
    events = {str(event["uid"]): event for event in made(schedule).events}
    assert events["seversk.seversk.5@nmslib"]["rrule"]["FREQ"] == ["YEARLY"]
    moved = events["seversk.seversk.2.20231231@nmslib"]
    assert moved["dtstart"].dt == date(2024, 1, 9)
    assert "rrule" not in moved
    assert "ст. 193 ГК РФ" in moved["description"]


def test_text_names_measure_term_body_and_clause_and_rings_ahead(schedule):
    event = next(event for event in made(schedule).events if "мера 4" in event["summary"])
    for words in ("до 20 марта 2023 года", "МАУ ЗАТО Северск «РЦО»", "приказ от 30.12.2022 № 693, прил. 2, п. 4"):
        assert words in event["description"]
    assert [alarm["trigger"].dt.days for alarm in event.walk("VALARM")] == [-14, -3]


def test_client_library_shows_every_due_date_once(schedule):
    shown = recurring_ical_events.of(made(schedule)).between(date(2023, 1, 1), date(2025, 12, 31))
    days = sorted(event["dtstart"].dt for event in shown)
    due = schedule["moved_on"].fillna(schedule["due_on"]).dropna()
    assert days == sorted(day.date() for day in due)
