"""Due dates as an iCalendar file that phones and mail programs import; a second import updates instead of doubling."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta

import pandas as pd
from icalendar import Alarm, Calendar, Event, vRecur

from nmslib import wording

ALARM_DAYS = (14, 3)
PRODUCT = "-//nmslib//roadmap calendar//RU"


def _event(row: pd.Series, uid: str, sequence: int, stamp: datetime) -> Event:
    """An all-day entry: exclusive end, no time zone, alarms ahead, the clause and the doubts in its text."""
    due_on = row["moved_on"] if pd.notna(row["moved_on"]) else row["due_on"]
    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstamp", stamp)
    event.add("summary", f"Срок: мера {row['measure']} — {row['title']}")
    event.add("dtstart", due_on.date())
    event.add("dtend", due_on.date() + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    lines = [f"Срок по документу: {row['deadline']}", f"Читаем: {row['reading']}", f"Отвечает: {row['responsible']}"]
    if pd.notna(row["moved_on"]):
        lines.append(f"{wording.day(row['due_on'])} — выходной, срок переходит на {wording.day(due_on)} (ст. 193 ГК РФ)")
    if pd.notna(row["doubt"]):
        lines.append(f"Сомнение: {row['doubt']}")
    event.add("description", "\n".join([*lines, f"{row['act']}, {row['clause']}"]))
    for days in ALARM_DAYS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"Через {wording.counted(days, wording.DAYS)}: мера {row['measure']}")
        alarm.add("trigger", timedelta(days=-days))
        event.add_component(alarm)
    return event


def calendar(schedule: pd.DataFrame, owner: str, name: str, as_of: date) -> bytes:
    """The iCalendar file of a schedule (``roadmap.schedule``, rows with dates) for ``owner``, an id like «seversk/seversk».

    A measure whose dates follow one RFC 5545 rule and are not moved is one recurring entry; others are an entry per date. UIDs
    are stable, SEQUENCE grows with ``as_of``, so that a later file replaces an earlier one.
    """
    return _book(name, [event for events in _entries(schedule, owner, as_of).values() for event in events])


def calendars(schedule: pd.DataFrame, owner: str, names: Mapping[str, Collection[str]], as_of: date) -> dict[str, bytes]:
    """The same for several names at once, each with the measures that belong to it; every entry is made once."""
    entries = _entries(schedule, owner, as_of)
    return {
        name: _book(name, [event for measure, events in entries.items() if measure in measures for event in events])
        for name, measures in names.items()
    }


def _book(name: str, events: Iterable[Event]) -> bytes:
    book = Calendar()
    book.add("prodid", PRODUCT)
    book.add("version", "2.0")
    book.add("calscale", "GREGORIAN")
    book.add("x-wr-calname", name)
    for event in events:
        book.add_component(event)
    return bytes(book.to_ical())


def _entries(schedule: pd.DataFrame, owner: str, as_of: date) -> dict[str, list[Event]]:
    """Measure → its entries, one that recurs or one per date."""
    entries: dict[str, list[Event]] = {}
    stamp = datetime.combine(as_of, time(), UTC)
    for measure, rows in schedule.dropna(subset=["due_on"]).groupby("measure", sort=False):
        first = rows.iloc[0]
        uid = f"{owner.replace('/', '.')}.{measure}"
        if len(rows) > 1 and pd.notna(first["rrule"]) and rows["moved_on"].isna().all():
            event = _event(first, f"{uid}@nmslib", as_of.toordinal(), stamp)
            until = {"UNTIL": rows["due_on"].iloc[-1].date()}
            event.add("rrule", vRecur(vRecur.from_ical(first["rrule"]) | until))
            entries[measure] = [event]
            continue
        entries[measure] = [
            _event(row, f"{uid}.{row['due_on']:%Y%m%d}@nmslib", as_of.toordinal(), stamp) for _, row in rows.iterrows()
        ]
    return entries
