"""Due dates as an iCalendar file that phones and mail programs import; a second import updates instead of doubling."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pandas as pd
from dateutil.rrule import rrulestr
from icalendar import Alarm, Calendar, Event, vRecur

from nmslib import wording
from nmslib.model import MeasureState

ALARM_DAYS = (14, 3)
PRODUCT = "-//nmslib//roadmap calendar//RU"
OPEN = "Срок"
# How the entry of a term that is settled begins; nobody is reminded of what is done.
SETTLED = {
    MeasureState.DONE.id: "Исполнено",
    MeasureState.DONE_LATE.id: "Исполнено с опозданием",
    MeasureState.OVERDUE.id: "Просрочено",
}
FOLD, ESCAPED = re.compile(r"\r?\n[ \t]"), re.compile(r"\\(.)")
ENTRY = re.compile(r"BEGIN:VEVENT\r?\n(.*?)END:VEVENT", re.DOTALL)
TOLD = {"UID", "DTSTART", "SUMMARY", "DESCRIPTION"}
UID = re.compile(r"(?P<measure>.+?)(?:\.\d{8})?@nmslib")


# A due date of the schedule: its columns by name.
Row = Mapping[str, Any]


@dataclass
class Entries:
    """What a calendar file tells of one measure: its due dates in order, and the words of each entry."""

    days: list[date] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def _event(row: Row, uid: str, as_of: date) -> Event:
    """An all-day entry: exclusive end, no time zone, alarms ahead while there is something to do, the clause and the doubts.

    ``row`` may tell the ``state`` of its due date, as ``roadmap.states`` gives it, with ``done_on``.
    """
    state, due_on = row.get("state"), _due(row)
    event = Event()
    event.add("uid", uid)
    event.add("sequence", as_of.toordinal())
    event.add("dtstamp", datetime.combine(as_of, time(), UTC))
    event.add("summary", f"{SETTLED.get(str(state), OPEN)}: мера {row['measure']} — {row['title']}")
    event.add("dtstart", due_on)
    event.add("dtend", due_on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    lines = [f"Срок по документу: {row['deadline']}", f"Читаем: {row['reading']}", f"Отвечает: {row['responsible']}"]
    if pd.notna(row["moved_on"]):
        lines.append(f"{wording.day(row['due_on'])} — выходной, срок переходит на {wording.day(due_on)} (ст. 193 ГК РФ)")
    if pd.notna(row["doubt"]):
        lines.append(f"Сомнение: {row['doubt']}")
    if state in SETTLED:
        lines.append(_settled(row, as_of))
    event.add("description", "\n".join([*lines, f"{row['act']}, {row['clause']}"]))
    for days, words in _reminders(state):
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"{words}: мера {row['measure']}")
        alarm.add("trigger", timedelta(days=-days))
        event.add_component(alarm)
    return event


def _due(row: Row) -> date:
    day: date = (row["moved_on"] if pd.notna(row["moved_on"]) else row["due_on"]).date()
    return day


def _settled(row: Row, as_of: date) -> str:
    """When it was done; of what is overdue, as of which day that is known."""
    if row["state"] == MeasureState.OVERDUE.id:
        return f"На {wording.day(as_of)} не исполнено"
    return f"{SETTLED[row['state']]}: {wording.day(row['done_on'])}"


def _reminders(state: Any) -> list[tuple[int, str]]:
    """Days ahead and words of the alarms: none when done; one on the day itself when that has passed, which is still open."""
    if state == MeasureState.OVERDUE.id:
        return [(0, "Срок прошёл")]
    return [] if state in SETTLED else [(days, f"Через {wording.counted(days, wording.DAYS)}") for days in ALARM_DAYS]


def calendar(schedule: pd.DataFrame, owner: str, name: str, as_of: date) -> bytes:
    """The iCalendar file of a schedule (``roadmap.schedule``, rows with dates) for ``owner``, an id like «seversk/seversk».

    A measure whose dates follow one RFC 5545 rule and are not moved is one recurring entry; others are an entry per date. UIDs
    are stable, SEQUENCE grows with ``as_of``, so that a later file replaces an earlier one. With the states of a place
    (``roadmap.states``) what is done says so and has no alarm, what is overdue says so and has one on its day; where one date of
    a recurring entry is settled, that date alone is replaced (RECURRENCE-ID).
    """
    return _book(name, _entries(schedule, owner, as_of).values())


def calendars(schedule: pd.DataFrame, owner: str, names: Mapping[str, Collection[str]], as_of: date) -> dict[str, bytes]:
    """The same for several names at once, each with the measures that belong to it; every entry is made once."""
    entries = _entries(schedule, owner, as_of)
    return {
        name: _book(name, [told for measure, told in entries.items() if measure in measures]) for name, measures in names.items()
    }


def _book(name: str, entries: Iterable[bytes]) -> bytes:
    book = Calendar()
    book.add("prodid", PRODUCT)
    book.add("version", "2.0")
    book.add("calscale", "GREGORIAN")
    book.add("x-wr-calname", name)
    head, end, after = book.to_ical().rpartition(b"END:VCALENDAR")
    return b"".join([head, *entries, end, after])


def _entries(schedule: pd.DataFrame, owner: str, as_of: date) -> dict[str, bytes]:
    """Measure → its entries, written: one that recurs with its settled dates, or one per date."""
    dated: dict[str, list[Row]] = {}
    for row in schedule.dropna(subset=["due_on"]).to_dict("records"):
        dated.setdefault(row["measure"], []).append(row)
    entries: dict[str, bytes] = {}
    for measure, rows in dated.items():
        uid = f"{owner.replace('/', '.')}.{measure}"
        if len(rows) > 1 and pd.notna(rows[0]["rrule"]) and all(pd.isna(row["moved_on"]) for row in rows):
            events = _recurring(rows, f"{uid}@nmslib", as_of)
        else:
            events = [_event(row, f"{uid}.{row['due_on']:%Y%m%d}@nmslib", as_of) for row in rows]
        entries[measure] = b"".join(event.to_ical() for event in events)
    return entries


def _recurring(rows: list[Row], uid: str, as_of: date) -> list[Event]:
    """The entry that recurs, and in place of each settled date an entry of its own."""
    first = rows[0]
    event = _event({name: value for name, value in first.items() if name != "state"}, uid, as_of)
    event.add("rrule", vRecur(vRecur.from_ical(first["rrule"]) | {"UNTIL": rows[-1]["due_on"].date()}))
    events = [event]
    for row in rows:
        if row.get("state") in SETTLED:
            instead = _event(row, uid, as_of)
            instead.add("recurrence-id", _due(row))
            events.append(instead)
    return events


def calendar_told(content: bytes, owner: str) -> tuple[str, dict[str, Entries]]:
    """The name of a finished calendar file, and what it tells of each measure of ``owner``; ValueError where it is no such file.

    Read without the library that wrote it, which would take as long as writing.
    """
    text = FOLD.sub("", content.decode("utf-8"))
    if not text.rstrip().endswith("END:VCALENDAR"):
        raise ValueError("календарь обрывается")
    found: dict[str, Entries] = {}
    for entry in ENTRY.findall(text):
        lines = (line.partition(":")[::2] for line in entry.split("BEGIN:VALARM")[0].splitlines())
        told = {name.partition(";")[0]: _plain(value) for name, value in lines}
        if lost := TOLD - set(told):
            raise ValueError(f"в записи календаря нет {', '.join(sorted(lost))}")
        uid = UID.fullmatch(told["UID"].removeprefix(f"{owner.replace('/', '.')}."))
        mine = found.setdefault(uid["measure"] if uid else told["UID"], Entries())
        mine.texts.append(f"{told['SUMMARY']}\n{told['DESCRIPTION']}")
        # What stands in place of a date of a recurring entry is no further date.
        instead = _day(told["RECURRENCE-ID"]) if "RECURRENCE-ID" in told else None
        mine.days = sorted([*(day for day in mine.days if day != instead), *_days(told)])
    name = re.search(r"^X-WR-CALNAME:(.*?)\r?$", text, re.MULTILINE)
    # Names of calendars are written as they are: only properties that the library knows are escaped.
    return name[1] if name else "", found


def _plain(value: str) -> str:
    return ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def _day(written: str) -> date:
    return datetime.strptime(written, "%Y%m%d").date()


def _days(told: Mapping[str, str]) -> list[date]:
    start = _day(told["DTSTART"])
    if "RRULE" not in told:
        return [start]
    return [one.date() for one in rrulestr(told["RRULE"], dtstart=datetime.combine(start, time()))]
