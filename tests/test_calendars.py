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


@pytest.fixture
def told(schedule, typed, working_days):
    """The same with what a place tells: measure 1 done in time in 2023 and late in 2024, 5 done in 2023; the rest overdue."""
    deeds = [("1", "2023-02-01", "2023-01-20"), ("1", "2024-02-01", "2024-03-05"), ("5", "2023-11-20", "2023-11-17")]
    rows = [{"measure": code, "due_on": due, "state": "done", "done_on": done} for code, due, done in deeds]
    return roadmap.states(schedule, typed("execution", rows), "seversk", date(2024, 3, 20), working_days)


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


def entry(calendar: Calendar, measure: str, day: date):
    """What a measure shows on a day: the entry that stands in place of one of a recurring entry, where there is such a one."""
    return [event for event in calendar.events if f"мера {measure} " in event["summary"] and event["dtstart"].dt == day][-1]


def test_done_measure_stays_with_the_word_and_without_an_alarm(told):
    calendar = made(told, date(2024, 3, 20))
    in_time, late = entry(calendar, "1", date(2023, 2, 1)), entry(calendar, "1", date(2024, 2, 1))
    assert in_time["summary"].startswith("Исполнено: мера 1 —")
    assert late["summary"].startswith("Исполнено с опозданием: мера 1 —")
    assert "Исполнено с опозданием: 05.03.2024" in late["description"]
    assert not in_time.walk("VALARM") and not late.walk("VALARM")


def test_overdue_measure_says_so_and_rings_on_its_day_alone(told):
    event = entry(made(told, date(2024, 3, 20)), "4", date(2023, 3, 20))
    assert event["summary"].startswith("Просрочено: мера 4 —")
    assert "На 20.03.2024 не исполнено" in event["description"]
    (alarm,) = event.walk("VALARM")
    assert (alarm["trigger"].dt, alarm["description"]) == (timedelta(0), "Срок прошёл: мера 4")


def test_done_date_of_a_recurring_measure_is_replaced_and_the_next_ones_still_ring(told):
    calendar = made(told, date(2024, 3, 20))
    series, instead = [event for event in calendar.events if event["uid"] == "seversk.seversk.5@nmslib"]
    assert series["summary"].startswith("Срок: мера 5 —")
    assert len(series.walk("VALARM")) == 2
    assert instead["recurrence-id"].dt == date(2023, 11, 20)
    assert instead["summary"].startswith("Исполнено: мера 5 —")
    assert not instead.walk("VALARM")
    shown = recurring_ical_events.of(calendar).at(date(2023, 11, 20))
    assert [event["summary"].split(":")[0] for event in shown if "мера 5" in event["summary"]] == ["Исполнено"]


def test_states_neither_add_nor_lose_a_due_date(told, schedule):
    shown = recurring_ical_events.of(made(told, date(2024, 3, 20))).between(date(2023, 1, 1), date(2025, 12, 31))
    due = schedule["moved_on"].fillna(schedule["due_on"]).dropna()
    assert sorted(event["dtstart"].dt for event in shown) == sorted(day.date() for day in due)


def test_what_a_finished_file_tells_is_what_it_was_made_of(told):
    given = r"Сроки, «С»; \n и \, а"
    name, entries = documents.calendar_told(documents.calendar(told, "seversk/seversk", given, DAY), "seversk/seversk")
    due = told.assign(day=told["moved_on"].fillna(told["due_on"])).dropna(subset=["day"])
    assert name == given
    assert {measure: one.days for measure, one in entries.items()} == {
        measure: sorted(day.date() for day in days) for measure, days in due.groupby("measure")["day"]
    }
    assert "приказ от 30.12.2022 № 693, прил. 2, п. 4" in entries["4"].texts[0]


@pytest.mark.parametrize("broken", [b"PK", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR"])
def test_file_that_is_no_calendar_is_refused(broken):
    with pytest.raises(ValueError, match="календар"):
        documents.calendar_told(broken, "seversk/seversk")
