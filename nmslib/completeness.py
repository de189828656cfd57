"""Which registries a system expects from whom, and who sent them when; the list comes from the order, not from what arrived."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from nmslib.model import REGION, ArrivalState, Card, MandatedRegistry, Municipality, RegistrySchema, System

ALWAYS = ("organisations", "staff")
COLUMNS = (
    *("system", "municipality", "name", "registry", "title", "clause", "due_on", "sent", "sent_on", "state"),
    *("rows", "left_out", "problems", "revision", "file", "sha256", "data_on"),
)
# The passport of programmes in the digital ecosystem of the centre; the only register of the five documents without a sheet.
ELSEWHERE_TITLE = "Паспорт ДПО"


@dataclass(frozen=True)
class Expected:
    """A registry that the document makes necessary: the clauses, and the words on when it is updated (None: none are given)."""

    registry: str
    clauses: tuple[str, ...]
    update: str | None


def expected(system: System, cards: dict[str, Card], schema: RegistrySchema) -> list[Expected]:
    """Registries that a system's document makes necessary, in the order of the schema, each with its clauses.

    A registry is necessary when the document demands the register itself, when an indicator is computed from it, when the
    schema names a clause of the document, or, for the execution of measures, when there is a roadmap.
    """
    clauses: dict[str, list[str]] = {}
    for mandated in system.registries:
        clauses.setdefault(mandated.registry, []).append(mandated.clause)
    for indicator in system.indicators:
        for registry in cards[indicator.indicator].registries:
            clauses.setdefault(registry, []).append(indicator.clause)
    for target in system.targets:
        for registry in cards[target.plans].registries:
            clauses.setdefault(registry, []).append(target.clause)
    if system.measures:
        clauses.setdefault("execution", []).append(system.act.monitoring.clause or system.measures[0].clause)
    for sheet in schema.sheets:
        named = [demand.clause for demand in sheet.demanded_by if demand.system == system.id]
        if named or (sheet.id in ALWAYS and clauses):
            clauses.setdefault(sheet.id, []).extend(named)
    updates = {mandated.registry: mandated.update for mandated in system.registries if mandated.update}
    return [
        Expected(sheet.id, tuple(dict.fromkeys(clauses[sheet.id])), updates.get(sheet.id))
        for sheet in schema.sheets
        if sheet.id in clauses
    ]


def form(system: System, cards: dict[str, Card], schema: RegistrySchema, sender: Municipality) -> RegistrySchema:
    """The sheets that this sender fills in: its share of the expected ones; a municipal system's only sender fills in all."""
    mine = {"region"} if sender.municipality == REGION else {"municipality"}
    if system.act.level != "regional":
        mine = {"municipality", "region"}
    wanted = {one.registry for one in expected(system, cards, schema)}
    return schema.only([sheet.id for sheet in schema.sheets if sheet.id in wanted and mine & set(sheet.filled_by)])


def forms(
    system: System, cards: dict[str, Card], schema: RegistrySchema, senders: Iterable[Municipality]
) -> dict[str, RegistrySchema]:
    """The sheets that each sender fills in, by its id."""
    return {sender.municipality: form(system, cards, schema, sender) for sender in senders}


def due_day(terms: list[date], data_on: date | None) -> date | None:
    """The term that data as of ``data_on`` serve: the first one not before that day; None where the document sets none."""
    return next((day for day in sorted(terms) if data_on and day >= data_on), None)


def _state(terms: list[date], data_on: date | None, sent_on: date | None, today: date) -> ArrivalState:
    """State of a registry that was accepted: against the term it serves, and against the last term that has passed."""
    due_on = due_day(terms, data_on)
    if due_on is None or sent_on is None:
        return ArrivalState.ACCEPTED
    if any(due_on < day <= today for day in terms):
        return ArrivalState.STALE
    return ArrivalState.ON_TIME if sent_on <= due_on else ArrivalState.LATE


def table(
    system: System,
    cards: dict[str, Card],
    schema: RegistrySchema,
    senders: list[Municipality],
    arrivals: pd.DataFrame,
    terms: Mapping[str, list[date]],
    refused: Mapping[str, set[str]],
    today: date,
) -> pd.DataFrame:
    """Who sent what, when, and what came of it: one row per sender and registry expected from it.

    ``arrivals``: as in ``Registries``; ``terms``: registry → days by which it is due (also ``""``: the monitoring, for
    registries without a term of their own); ``refused``: sender → registries that are in its latest workbook and could not be
    accepted (``"*"``: all of them); ``today``: the day of the check. Columns: ``COLUMNS``; ``state``: ids of ``ArrivalState``.
    """
    wanted = {one.registry: one for one in expected(system, cards, schema)}
    known = arrivals.set_index(["municipality", "registry"])
    rows = []
    for sender in senders:
        failing = refused.get(sender.municipality, set())
        for sheet in form(system, cards, schema, sender).sheets:
            about = {"system": system.id, "municipality": sender.municipality, "name": sender.name, "registry": sheet.id}
            about |= {"title": sheet.title, "clause": "; ".join(wanted[sheet.id].clauses)}
            arrived = known.loc[(sender.municipality, sheet.id)]
            due = terms.get(sheet.id) or terms.get("", [])
            rows.append(about | _arrived(arrived, due, bool({"*", sheet.id} & failing), today))
    rows += [_elsewhere(mandated, system, senders[-1]) for mandated in system.registries if not _has_sheet(mandated, schema)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    days = {column: pd.to_datetime(frame[column]).astype("datetime64[s]") for column in ("due_on", "sent_on", "data_on")}
    return frame.assign(**days, revision=frame["revision"].astype("Int64"))


def _arrived(arrived: pd.Series, terms: list[date], failing: bool, today: date) -> dict[str, object]:
    """What came of one registry: days of what is in force, unless something newer was refused."""
    data_on, sent_on = (_day(arrived[name]) for name in ("data_on", "sent_on"))
    state = ArrivalState.REFUSED if failing else ArrivalState.MISSING
    if arrived["received"] and not failing:
        state = _state(terms, data_on, sent_on, today)
    judged = arrived["received"] and not failing
    return {
        **{name: arrived[name] for name in ("rows", "left_out", "problems", "revision", "file", "sha256")},
        "state": state.id,
        "sent": bool(arrived["received"]) or failing,
        "due_on": due_day(terms, data_on) if judged else None,
        "sent_on": sent_on if judged else None,
        "data_on": data_on,
    }


def _day(text: object) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else None


def _has_sheet(mandated: MandatedRegistry, schema: RegistrySchema) -> bool:
    return mandated.registry in {sheet.id for sheet in schema.sheets}


def _elsewhere(mandated: MandatedRegistry, system: System, sender: Municipality) -> dict[str, object]:
    """A register that the document demands and that is no sheet of the workbook: its keeper holds it in another place."""
    nothing = {"due_on": None, "sent": False, "sent_on": None, "data_on": None, "revision": None, "file": None, "sha256": None}
    about = {"system": system.id, "municipality": sender.municipality, "name": sender.name, "registry": mandated.registry}
    state = {"title": ELSEWHERE_TITLE, "clause": mandated.clause, "state": ArrivalState.ELSEWHERE.id}
    return about | state | nothing | {"rows": 0, "left_out": 0, "problems": 0}
