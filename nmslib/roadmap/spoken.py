"""A term as the command ``nms deadline`` tells it: for a person and for programs. Pure; refuses instead of guessing."""

from datetime import date
from typing import Any

from nmslib import phrases, wording
from nmslib.phrases import PhraseNotRead
from nmslib.problems import UserError
from nmslib.roadmap.calendar_days import Reading, Schedule
from nmslib.roadmap.dates import resolve

SHOWN_DATES = 12


def as_data(text: str, start: date, end: date) -> dict[str, Any]:
    """A phrase in a plan as plain data: text, kind, occurrences, windows, rrule, reading, alternatives, doubts, refused.

    Dates are ISO strings; ``windows`` pairs the first and last day of work for each occurrence. ``refused`` is None or the part
    at which reading stopped: then the kind is «none», rrule and reading are None and the lists are empty.
    """
    try:
        found = resolve(phrases.read(text), start, end)
    except PhraseNotRead as refusal:
        nothing: dict[str, Any] = {"text": text, "kind": "none", "occurrences": [], "windows": [], "rrule": None, "reading": None}
        return nothing | {"alternatives": [], "doubts": ["срок не разобран"], "refused": refusal.stopped_at or text}
    return {
        "text": text,
        "kind": found.kind,
        "occurrences": _days(found.chosen),
        "windows": [[one.starts_on.isoformat(), one.due_on.isoformat()] for one in found.chosen.occurrences],
        "rrule": found.chosen.rrule,
        "reading": found.chosen.text,
        "alternatives": [{"reading": other.text, "occurrences": _days(other)} for other in found.alternatives],
        "doubts": list(found.doubts),
        "refused": None,
    }


def _days(reading: Reading) -> list[str]:
    return [one.due_on.isoformat() for one in reading.occurrences]


def _dates_in_words(reading: Reading) -> str:
    days = [wording.day(one.due_on) for one in reading.occurrences]
    more = f" и ещё {len(days) - SHOWN_DATES}" if len(days) > SHOWN_DATES else ""
    return ", ".join(days[:SHOWN_DATES]) + more if days else "дат нет"


def as_text(text: str, found: Schedule) -> str:
    """A phrase for a person: the reading, its dates, the other readings with theirs, the doubts."""
    lines = [f"«{text}»", f"  Читаем: {found.chosen.text}", f"  Сроки: {_dates_in_words(found.chosen)}"]
    lines += [f"  Можно и так: {other.text}: {_dates_in_words(other)}" for other in found.alternatives]
    return "\n".join([*lines, *(f"  Сомнение: {doubt}" for doubt in found.doubts)])


def line_of_input(text: str, plan: tuple[date, date] | None) -> tuple[str, tuple[date, date]]:
    """A line of standard input: a phrase with the common plan, or «phrase<TAB>from<TAB>to» with its own.

    UserError when the line has neither, or its dates are not ISO dates in order.
    """
    phrase, *days = text.rstrip("\r\n").split("\t")
    try:
        own = [date.fromisoformat(day.strip()) for day in days if day.strip()]
    except ValueError as error:
        raise UserError(f"Строка «{text.strip()}»: после срока нужны даты ГГГГ-ММ-ДД через табуляцию") from error
    if len(own) == 2 and own[0] <= own[1]:
        return phrase, (own[0], own[1])
    if own or plan is None:
        raise UserError(f"Строка «{text.strip()}»: нужен план — две даты по порядку через табуляцию или --from и --to")
    return phrase, plan
