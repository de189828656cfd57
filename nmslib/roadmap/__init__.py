"""From the terms of measures to due dates and their states; the as-of date is an argument, registries arrive as frames."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from nmslib import phrases
from nmslib.model import FixedReading, Measure, MeasureState, System
from nmslib.phrases import PhraseNotRead
from nmslib.problems import UserError
from nmslib.roadmap.calendar_days import Occurrence, Reading, Schedule
from nmslib.roadmap.dates import resolve
from nmslib.roadmap.working_days import WorkingDays

__all__ = ["Occurrence", "Reading", "Schedule", "WorkingDays", "current", "register_terms", "resolve", "schedule", "states"]

SOON_DAYS = 30
EVIDENCE_LASTS = pd.Timedelta(days=365)
REPORTED = {"going": MeasureState.GOING, "waiting": MeasureState.NOT_STARTED}
COLUMNS = [
    "system",
    "measure",
    "direction",
    "title",
    "responsible",
    "bodies",
    "deadline",
    "kind",
    "reading",
    "doubt",
    "alternatives",
]
COLUMNS += ["affects", "rrule", "starts_on", "due_on", "moved_on", "act", "clause"]


def _end_of_next_year(start: date) -> date:
    """Where a plan without an end is cut: recurring terms are shown for two years."""
    return date(start.year + 1, 12, 31)


def _rows(measure: Measure, system: System, working_days: WorkingDays, fixed: FixedReading | None) -> list[dict[str, object]]:
    """Rows of one measure: its reading with a row per due date, or one row that says why there is none."""
    start = system.act.period.start or system.act.date
    try:
        rule = phrases.read(measure.deadline or "")
    except PhraseNotRead as refusal:
        return [{"doubt": f"срок не разобран с места «{refusal.stopped_at}»"}]
    if rule.kind == "none":
        return [{}]
    if start is None:
        return [{"kind": rule.kind, "doubt": "начало действия документа не названо: даты не рассчитаны"}]
    found = resolve(rule, start, system.act.period.end or _end_of_next_year(start))
    found = _as_fixed(found, fixed) if fixed else found
    unsure = [one.due_on for one in found.chosen.occurrences if working_days.weekend_of_unknown_year(one.due_on)]
    common: dict[str, object] = {
        "kind": found.kind,
        "reading": found.chosen.text,
        "doubt": "; ".join((*found.doubts, *map(_not_moved, unsure))) or None,
        "alternatives": "; ".join(other.text for other in found.alternatives) or None,
        "rrule": found.chosen.rrule,
    }
    dated = [
        {"starts_on": one.starts_on, "due_on": one.due_on, "moved_on": working_days.moved_if_known(one.due_on)}
        for one in found.chosen.occurrences
    ]
    return [common | days for days in dated] or [common]


def _not_moved(day: date) -> str:
    return f"{day:%d.%m.%Y} — выходной, а производственного календаря на {day.year} год нет: перенос не рассчитан"


def _as_fixed(found: Schedule, fixed: FixedReading) -> Schedule:
    """The schedule with the chosen reading in front, and who chose it among the doubts."""
    if not 1 <= fixed.alternative <= len(found.alternatives):
        raise UserError(
            f"readings.yaml: у срока «{fixed.phrase or fixed.measure}» других прочтений: {len(found.alternatives)}, "
            f"а выбрано {fixed.alternative}"
        )
    others = list(found.alternatives)
    chosen = others.pop(fixed.alternative - 1)
    said = f"прочтение выбрано: {fixed.author}, {fixed.reason}"
    return Schedule(found.kind, chosen, (found.chosen, *others), (*found.doubts, said))


def _fixed(measure: Measure, readings: Sequence[FixedReading]) -> FixedReading | None:
    """The chosen reading of a measure: its own, else that of its words."""
    own = [one for one in readings if one.measure == measure.code]
    words = [one for one in readings if one.measure is None and one.phrase == measure.deadline]
    return next(iter((*own, *words)), None)


def schedule(system: System, working_days: WorkingDays, readings: Sequence[FixedReading] = ()) -> pd.DataFrame:
    """Every due date of every measure: one row each (COLUMNS; dates as datetime64, NaT where there is none).

    ``responsible``: as printed; ``bodies``: the same with one name for one body (``System.body``).
    ``affects``: what the measure's own binding numbers count. ``moved_on``: the working day to which a term that ends on a day
    off moves (ст. 193 ГК РФ), NaT where it stays. A measure without a term, or with one that the grammar refuses, keeps one row
    without dates: it is never dropped. ``readings`` (parameters/<system>/readings.yaml) fix doubtful terms; UserError when one
    names a reading that the term does not have.
    """
    rows = []
    for measure in system.measures:
        common = {
            "system": system.id,
            "measure": measure.code,
            "direction": measure.direction,
            "title": measure.title,
            "responsible": "; ".join(measure.responsible),
            "bodies": "; ".join(dict.fromkeys(map(system.body, measure.responsible))),
            "deadline": measure.deadline,
            "act": system.act.name,
            "clause": measure.clause,
            "affects": "; ".join(target.counted for target in system.targets if target.applies_to == measure.code) or None,
        }
        rows += [common | row for row in _rows(measure, system, working_days, _fixed(measure, readings))]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in ("starts_on", "due_on", "moved_on")})


def register_terms(system: System) -> dict[str, list[date]]:
    """Days by which each register is due within the plan, by registry; ``""``: the monitoring, for those without a term.

    A register whose words on updating name no days, and a system whose plan has no bounds, have none.
    """
    start, end = system.act.period.start, system.act.period.end
    worded = {one.registry: one.update for one in system.registries if one.update}
    worded |= {"": system.act.monitoring.printed} if system.act.monitoring.printed else {}
    days: dict[str, list[date]] = {}
    for registry, phrase in worded.items():
        if start is None or end is None:
            continue
        try:
            found = resolve(phrases.read(phrase), start, end)
        except PhraseNotRead:
            continue
        days[registry] = [one.due_on for one in found.chosen.occurrences]
    return days


def _without_dates(row: pd.Series, as_of: pd.Timestamp) -> MeasureState:
    if pd.isna(row["deadline"]):
        return MeasureState.NO_SCHEDULE
    if row["kind"] == "continuous":
        silent = row["execution_received"] and not row["last_deed_on"] > as_of - EVIDENCE_LASTS
        return MeasureState.SILENT if silent else MeasureState.CONTINUOUS
    return MeasureState.UNREAD if pd.isna(row["reading"]) else MeasureState.NO_SCHEDULE


def _state(row: pd.Series, as_of: pd.Timestamp) -> MeasureState:
    if pd.isna(row["due_on"]):
        return _without_dates(row, as_of)
    if pd.notna(row["done_on"]):
        return MeasureState.DONE if row["done_on"] <= row["ends_on"] else MeasureState.DONE_LATE
    if row["ends_on"] > as_of + pd.Timedelta(days=SOON_DAYS):
        return REPORTED.get(row["reported"], MeasureState.LATER)
    if row["ends_on"] >= as_of:
        return MeasureState.DUE
    return MeasureState.OVERDUE if row["execution_received"] else MeasureState.UNKNOWN


def _with_execution(plan: pd.DataFrame, execution: pd.DataFrame | None, as_of: pd.Timestamp) -> pd.DataFrame:
    """The schedule with what the execution registry says by ``as_of``: done_on, document, reported, last_deed_on."""
    if execution is None:
        return plan.assign(done_on=pd.NaT, document=None, reported=None, last_deed_on=pd.NaT)
    done = execution[execution["done_on"] <= as_of]
    deeds = done.dropna(subset=["due_on"]).drop_duplicates(["measure", "due_on"])[["measure", "due_on", "done_on", "document"]]
    words = execution.dropna(subset=["due_on"]).drop_duplicates(["measure", "due_on"])[["measure", "due_on", "state"]]
    frame = plan.merge(deeds, on=["measure", "due_on"], how="left")
    frame = frame.merge(words.rename(columns={"state": "reported"}), on=["measure", "due_on"], how="left")
    last_deeds = done.groupby("measure")["done_on"].max().to_dict()
    return frame.assign(last_deed_on=pd.to_datetime(frame["measure"].map(last_deeds)))


def of_region(system: System) -> list[str]:
    """Codes of a region's measures in which only its own bodies take part: they answer for them and they carry them out.

    What became of them the region's registry tells: a municipality neither carries them out nor can know better. A body that the
    document names only there is taken for a municipal one.
    """
    if system.act.level != "regional":
        return []

    def regional(name: str) -> bool:
        subject = system.subject_called(name)
        return subject is not None and subject.level in ("regional", "federal")

    return [one.code for one in system.measures if all(map(regional, (*one.responsible, *one.executors)))]


def states(
    plan: pd.DataFrame, execution: pd.DataFrame | None, municipality: str, as_of: date, working_days: WorkingDays
) -> pd.DataFrame:
    """The schedule with a state for each due date of one municipality at ``as_of``.

    ``execution``: columns measure, due_on (empty for continuous measures), state, done_on, document (None: the registry was not
    sent, so the past is unknown, not overdue). A deed dated after ``as_of`` has not happened yet. Adds municipality, done_on,
    document, state (ids of ``MeasureState``), ends_on (the term by law: ``moved_on`` or else ``due_on``) and days_overdue
    (calendar days after ``ends_on``, 0 when not overdue) and working_days_overdue (the same in working days, missing where the
    calendar of a year is not known). The last day of the term itself is not overdue. A continuous measure
    is alive while its last evidence is not older than a year.
    """
    moment = pd.Timestamp(as_of)
    frame = _with_execution(plan, execution, moment).assign(municipality=municipality, execution_received=execution is not None)
    frame["done_on"] = pd.to_datetime(frame["done_on"])
    frame["ends_on"] = frame["moved_on"].fillna(frame["due_on"])
    frame["state"] = [_state(row, moment).id for _, row in frame.iterrows()]
    late = frame["state"] == MeasureState.OVERDUE.id
    frame["days_overdue"] = (moment - frame["ends_on"]).dt.days.where(late, 0).astype("int64")
    counted = [
        working_days.between_if_known(end.date(), as_of) if is_late else 0
        for end, is_late in zip(frame["ends_on"], late, strict=True)
    ]
    frame["working_days_overdue"] = pd.array(counted, dtype="Int64")
    return frame.drop(columns=["execution_received", "reported", "last_deed_on"])


def current(frame: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """One row a measure, order as printed: what to look at now.

    The earliest overdue date that no later deed has followed; else the earliest open one of the calendar year, else the year's
    last; else the next ahead; else the last behind. ``open_before`` names overdue dates that later deeds have left open.
    """
    done = frame["state"].isin([MeasureState.DONE.id, MeasureState.DONE_LATE.id])
    overdue = frame["state"] == MeasureState.OVERDUE.id
    last_deed = frame["due_on"].where(done).groupby(frame["measure"]).transform("max")
    left_open = overdue & (frame["due_on"] < last_deed)
    this_year = frame["due_on"].dt.year == as_of.year
    rank = pd.Series(4, index=frame.index).where(frame["due_on"] < pd.Timestamp(as_of), 3)
    rank = rank.mask(this_year & done, 2).mask(this_year & ~done, 1).mask(overdue, 0).mask(left_open, 5)
    day_number = frame["due_on"].astype("int64")
    nearness = day_number.where(rank.isin([0, 1, 3]), -day_number)
    ranked = frame.assign(rank=rank, nearness=nearness).sort_values(["rank", "nearness"], kind="stable")
    chosen = frame.loc[ranked.drop_duplicates("measure").index].sort_index()
    forgotten = frame[left_open].groupby("measure")["due_on"]
    words = {measure: ", ".join(f"{day:%d.%m.%Y}" for day in days) for measure, days in forgotten}
    return chosen.assign(open_before=chosen["measure"].map(words).astype("object"))
