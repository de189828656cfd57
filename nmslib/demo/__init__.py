"""Invents registries of municipalities and regions, plausible in size and rhythm: seeded, marked as synthetic. Writes no file."""

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd

from nmslib import wording
from nmslib.demo.scene import Draw, Scene, period
from nmslib.demo.world import REGISTRIES, World, known
from nmslib.model import Municipality, RegistrySchema, System
from nmslib.registries.writing import SYNTHETIC

__all__ = ["about", "data_day", "history_day", "period", "registries", "sent_on"]

LATE_SHARE = 0.15
FILLED_IN_BEFORE = timedelta(days=7)


def data_day(system: System, last_terms: Sequence[date]) -> date:
    """The day the newest workbooks tell of: the end of the plan, or a week before the earliest of ``last_terms`` within it.

    ``last_terms``: for each register with a term of updating, the last such day of the plan.
    """
    start, end = period(system)
    within = [day for day in last_terms if start <= day <= end]
    return min(within) - FILLED_IN_BEFORE if within else end


def history_day(system: System, last_terms: Sequence[date]) -> date:
    """The day of the previous monitoring: a year before, or three months before where the plan had not begun a year before."""
    newest = pd.Timestamp(data_day(system, last_terms))
    year_ago = (newest - pd.DateOffset(years=1)).date()
    return year_ago if year_ago >= period(system)[0] else (newest - pd.DateOffset(months=3)).date()


def registries(
    sender: Municipality,
    system: System,
    form: RegistrySchema,
    due: pd.DataFrame,
    until: date,
    seed: int,
    municipalities: Sequence[str] = (),
) -> dict[str, pd.DataFrame]:
    """What a sender knows at the end of ``until``: registry id → rows, for every sheet of ``form``, with the schema's columns.

    ``due``: one row per due date (measure, due_on). ``municipalities``: ids of the system's municipalities, for what the region
    lists by municipality. The same sender and seed give the same rows, whatever else is drawn; an earlier ``until`` gives the
    rows of a later one that were known then. Only due dates of measures may lie after ``until``.
    """
    world = World(Scene(sender, system, seed), due, until, municipalities)
    return {sheet.id: known(REGISTRIES[sheet.id](world), sheet, until) for sheet in form.sheets}


def sent_on(sender: Municipality, until: date, due_day: date | None, seed: int) -> date:
    """The day a workbook is sent: a few days before the due day (else before ``until`` is over), for some senders late.

    Never before ``until``: nobody sends the data of a day that has not come.
    """
    random = Draw.of(sender, seed, f"sent {until}").random
    due = due_day or until
    if random.random() < LATE_SHARE:
        return max(until, due) + timedelta(days=int(random.integers(1, 15)))
    return max(until, due - timedelta(days=int(random.integers(1, 7))))


def about(system: System, sender: Municipality, version: str, until: date, sent_on: date, seed: int) -> list[tuple[str, str]]:
    """What stands on the first sheet of a synthetic workbook."""
    return [
        ("Книга реестров", f"{sender.name}: {system.act.short_title}"),
        ("Внимание", f"{SYNTHETIC}: люди, организации и документы вымышлены"),
        ("Система", system.id),
        ("Муниципалитет", sender.municipality),
        ("Документ", f"{system.act.name}, {system.act.issuing_body}"),
        ("Версия формы", version),
        ("Данные на", wording.day(until)),
        ("Отправлено", wording.day(sent_on)),
        ("Период", " — ".join(wording.day(day) for day in period(system))),
        ("Зерно генератора", str(seed)),
    ]
