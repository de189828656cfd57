"""``nms trace``: one figure back to the rows of accepted workbooks."""

from datetime import date

import pandas as pd

from nmslib import catalogue, completeness, documents, indicators, registries
from nmslib.indicators import Trace
from nmslib.model import System
from nmslib.paths import Project
from nmslib.problems import UserError
from nmslib.registries import snapshots

FORM = "нужна запись система/муниципалитет/показатель/дата, например amur/tynda/diagnosed_share/2023-12-20"


def _parts(figure: str) -> tuple[str, str, str, date]:
    parts = figure.split("/")
    if len(parts) != 4:
        raise UserError(f"«{figure}»: {FORM}")
    try:
        return parts[0], parts[1], parts[2], date.fromisoformat(parts[3])
    except ValueError as error:
        raise UserError(f"«{figure}»: нет такой даты «{parts[3]}»; {FORM}") from error


def trace(figure: str, project: Project) -> tuple[Trace, str]:
    """The trace of a figure by its id, and the name of its place; UserError naming what there is when there is no such figure."""
    system, municipality, indicator, day = _parts(figure)
    facts, cards = catalogue.load_system(system, project), catalogue.load_cards(project)
    if facts.act.level == "federal":
        there = ", ".join(f"{one.id}/region" if one.act.level == "regional" else f"{one.id}/{one.id}" for one in _others(project))
        raise UserError(f"Цифры рядом сложены из цифр систем: nms trace СИСТЕМА/МЕСТО/{indicator}/{day}, места: {there}")
    place = catalogue.find_sender(facts, municipality, project)
    if indicator not in cards:
        names = {card.id: card.short_name for card in cards.values()}
        raise UserError(f"Нет показателя «{indicator}». {catalogue.suggestion(indicator, names)}")
    schema = catalogue.load_registry_schema(project)
    senders = catalogue.senders(facts, project)
    forms = completeness.forms(facts, cards, schema, senders)
    names = {one.municipality: one.name for one in senders}
    received = registries.read_system(system, forms, project, day, names)
    found = indicators.trace(facts, cards, schema, received, municipality, indicator, day)
    if found is None:
        asked = indicators.figures(facts, cards, received, [municipality], day)["indicator"]
        there = ", ".join(asked) or "никаких"
        raise UserError(f"Показателя «{indicator}» в «{system}/{municipality}» нет. Есть: {there}")
    return found, place.name


def _others(project: Project) -> list[System]:
    return [one for one in catalogue.load_all(project) if one.act.level != "federal"]


def people(found: Trace, system: str, project: Project) -> dict[str, dict[int, str]]:
    """Names of people by registry and Excel row, read from the workbooks kept with the snapshots; nothing of them is written.

    The register a row stands in gives the name where it has one, otherwise the staff sheet gives it through the person's code.
    """
    schema, synonyms = catalogue.load_registry_schema(project), catalogue.load_synonyms(project)
    known: dict[str, dict[int, str]] = {}
    for side in (found.numerator, found.denominator):
        if side is None:
            continue
        history = snapshots.history(system, side.sender, project)
        kept = next(one for one in history if one.number == side.revision)
        book = registries.read_workbook(snapshots.folder_of(kept, project) / snapshots.WORKBOOK, schema, synonyms)
        known[side.registry] = _named({name: sheet.frame for name, sheet in book.sheets.items()}, side.registry)
    return known


def _named(frames: dict[str, pd.DataFrame], registry: str) -> dict[int, str]:
    frame = frames[registry]
    if "full_name" in frame:
        return dict(zip(frame["excel_row"], frame["full_name"], strict=True))
    if "person" not in frame or "staff" not in frames:
        return {}
    by_code = frames["staff"].drop_duplicates("person").set_index("person")["full_name"]
    found = frame["person"].map(by_code)
    return {row: name for row, name in zip(frame["excel_row"], found, strict=True) if isinstance(name, str)}


def told(found: Trace, place: str, with_names: bool, system: str, project: Project) -> str:
    """The trace for the terminal."""
    return documents.trace_text(found, place, people(found, system, project) if with_names else None)
