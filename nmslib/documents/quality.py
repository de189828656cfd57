"""Pieces of the page on what senders sent: who, when, what is wrong by rule and sender, what it does to the indicators."""

import json
from collections import Counter
from typing import Any

import pandas as pd
from IPython.display import HTML

from nmslib import wording
from nmslib.documents import templates
from nmslib.model import SEVERITY_RANK, ArrivalState, Card, Severity, System
from nmslib.registries import LastCheck

NOTHING = "—"
STATES = {state.id: state for state in ArrivalState}
SEVERITIES = {severity.id: severity for severity in Severity}
FINDINGS = ("замечание", "замечания", "замечаний")
ROWS = ("строка", "строки", "строк")
INDICATORS = ("показатель", "показателя", "показателей")
SHOWN_FINDINGS = 400
SHOWN_EFFECTS = 2
SHOWN_TITLES = 6


def _table(caption: str, columns: list[str], rows: list[list[Any]]) -> HTML:
    return HTML(templates.macros("tables").table(caption, columns, rows))


def _day(value: object) -> str:
    return wording.day(value) if pd.notna(value) else NOTHING  # type: ignore[arg-type]


def quality_header(system: System, check: LastCheck) -> HTML:
    """Name, the mark of synthetic data, and what the check came to in a few sentences; carries the style of the page."""
    arrivals, findings = check.arrivals, check.findings
    expected = arrivals[arrivals["state"] != ArrivalState.ELSEWHERE.id]
    senders = expected.groupby("municipality")["sent"].any()
    accepted = expected["state"].isin([ArrivalState.ON_TIME.id, ArrivalState.ACCEPTED.id, ArrivalState.LATE.id])
    counts, lost = findings["severity"].value_counts(), expected["left_out"]
    told = [f"{one.shape} {one.word}: {wording.counted(int(counts[one.id]), FINDINGS)}" for one in Severity if one.id in counts]
    sentences = [
        f"Прислали книги {wording.number(int(senders.sum()))} из {wording.number(len(senders))}; "
        f"принято реестров {wording.number(int(accepted.sum()))} из {wording.number(len(expected))}.",
        f"Строк принято {wording.number(int(expected['rows'].sum()))}, не принято {wording.number(int(lost.sum()))}.",
        wording.sentences(f"Замечаний {wording.number(len(findings))}" + (f" — {'; '.join(told)}" if told else "")),
        f"Легенда: {' · '.join(f'{state.shape} {state.word}' for state in ArrivalState)}.",
    ]
    return HTML(templates.macros("fragments").system_header(system, check.synthetic, sentences, templates.style()))


def senders_table(check: LastCheck) -> HTML:
    """One row per sender: what was sent and accepted, as of when, in which revision, what changed since the one before."""
    latest = check.revisions.groupby("municipality").last()
    weights = check.findings.groupby(["municipality", "severity"]).size()
    rows = []
    for name, mine in check.arrivals.groupby("municipality", sort=False):
        wanted = mine[mine["state"] != ArrivalState.ELSEWHERE.id]
        revision = latest.loc[name] if name in latest.index else None
        found = [f"{one.shape} {weights.get((name, one.id), 0)}" for one in Severity if weights.get((name, one.id), 0)]
        rows.append(
            [
                mine["name"].iloc[0],
                f"{wording.number(int(wanted['sent'].sum()))} из {wording.number(len(wanted))}",
                _day(revision["data_on"]) if revision is not None else NOTHING,
                _day(revision["sent_on"]) if revision is not None else NOTHING,
                _revision(revision, bool((mine["state"] == ArrivalState.REFUSED.id).all())),
                " ".join(found) or "нет",
                _moved(revision),
            ]
        )
    columns = ["Отправитель", "Реестров", "Данные на", "Отправлено", "Принято", "Замечания", "Что ревизия исправила в прошлом"]
    return _table("Кто что прислал: последняя принятая книга каждого отправителя", columns, rows)


def _moved(revision: pd.Series | None) -> str | list[str]:
    """The first indicators that a revision moved; the manifest of the snapshot holds them all."""
    if revision is None:
        return NOTHING
    moved = revision["effect"].split("; ") if revision["effect"] else []
    more = [f"и ещё {wording.number(len(moved) - SHOWN_EFFECTS)}"] if len(moved) > SHOWN_EFFECTS else []
    return [*moved[:SHOWN_EFFECTS], *more] or "нет"


def _revision(revision: pd.Series | None, refused: bool) -> str | list[str]:
    if revision is None:
        return "не принято"
    if refused:
        return ["новая книга не принята", f"действует ревизия {revision['number']}"]
    rows = f"{wording.counted(int(revision['rows']), ROWS)}"
    left = [f"не принято {wording.number(int(revision['left_out']))}"] if revision["left_out"] else []
    if revision["number"] == 1:
        return [f"впервые: {rows}", *left]
    added, removed, changed = (wording.number(int(revision[name])) for name in ("added", "removed", "changed"))
    return [f"ревизия {revision['number']}: {rows}", f"+{added} −{removed}, изменено {changed}", *left]


def rules_table(check: LastCheck, cards: dict[str, Card]) -> HTML:
    """What is wrong by rule: how many senders, how many cells, the indicator it may change most, what senders have to do."""
    rows = []
    for (_, severity), found in check.findings.groupby(["rule", "severity"], sort=False):
        lost, most = _summed(found["changes"])
        effect = [f"не рассчитать: {wording.counted(lost, INDICATORS)}"] if lost else []
        effect += [f"{cards[most[0]].short_name}: {wording.up_to(most[1], cards[most[0]].noun)}"] if most else []
        whole = found["registry"].isna() & (severity == Severity.BLOCKS.id)
        effect += [f"не обновлено книг: {wording.number(int(whole.sum()))}"] if whole.any() else []
        first = found.iloc[0]
        order = (SEVERITY_RANK[str(severity)], not whole.any(), -lost, -(most[1] if most else 0), -int(found["cells"].sum()))
        shown = [first["title"], f"{SEVERITIES[severity].shape} {SEVERITIES[severity].word}"]
        counts = [wording.number(found["file"].nunique()), wording.number(int(found["cells"].sum()))]
        rows.append((order, [*shown, *counts, effect or NOTHING, first["wanted"]]))
    columns = ["Что не так", "Важность", "Книг", "Строк и ячеек", "На что влияет сильнее всего", "Что сделать"]
    caption = "Замечания по правилам: сначала то, что блокирует"
    return _table(caption, columns, [row for _, row in sorted(rows, key=lambda pair: pair[0])])


def _summed(changes: pd.Series) -> tuple[int, tuple[str, int] | None]:
    """How many times an indicator cannot be computed, and the one that all findings together may change most."""
    lost, people = 0, Counter[str]()
    for change in changes.map(json.loads):
        lost += sum(count is None for count in change.values())
        people.update({indicator: count for indicator, count in change.items() if count})
    return lost, next(iter(people.most_common(1)), None)


def findings_table(check: LastCheck) -> HTML:
    """Every finding that blocks or distorts, by sender: where, what stands there, which indicators change and by how many."""
    names = dict(zip(check.arrivals["municipality"], check.arrivals["name"], strict=True))
    told = check.findings[check.findings["severity"] != Severity.STYLE.id]
    rows = [
        [
            names.get(row.municipality, row.file),
            f"{SEVERITIES[row.severity].shape} {row.title}",
            _place(row),
            row.said or NOTHING,
            row.effect.split("; ") if row.effect else NOTHING,
        ]
        for row in told.head(SHOWN_FINDINGS).itertuples()
    ]
    more = len(told) - len(rows)
    caption = "Замечания, из-за которых строки не приняты или показатели могут быть неверны"
    caption += f"; ещё {wording.number(more)} — в ответных книгах" if more > 0 else ""
    return _table(caption, ["Отправитель", "Что не так", "Где", "Что стоит", "Показатели"], rows)


def _rows(row: Any) -> str | None:
    return f"{'строки' if row.cells > 1 else 'строка'} {row.places}" if row.places else None


def _place(row: Any) -> str:
    parts = (row.sheet, row.column, _rows(row))
    return ", ".join(part for part in parts if isinstance(part, str)) or row.file


def late_table(check: LastCheck) -> HTML:
    """Registries that are missing, late or not accepted, by sender, with the day they were due."""
    fine = (ArrivalState.ON_TIME, ArrivalState.ACCEPTED)
    wrong = [state.id for state in ArrivalState if state not in fine]
    late = check.arrivals[check.arrivals["state"].isin(wrong)]
    grouped = late.groupby(["name", "state", "due_on", "sent_on"], sort=False, dropna=False)["title"].agg(_titles)
    rows = [
        [name, f"{STATES[state].shape} {STATES[state].word}", _day(due_on), _day(sent_on), titles]
        for (name, state, due_on, sent_on), titles in grouped.items()
    ]
    caption = "Чего нет или что пришло поздно" if rows else "Все реестры присланы и приняты в срок."
    return _table(caption, ["Отправитель", "Состояние", "Срок", "Отправлено", "Реестры"], rows)


def _titles(titles: pd.Series) -> str:
    """Titles of registries, or their number where they are many."""
    few = len(titles) <= SHOWN_TITLES
    return (
        ", ".join(titles)
        if few
        else f"{wording.counted(len(titles), ('реестр', 'реестра', 'реестров'))}: вся книга или почти вся"
    )


def expected_table(check: LastCheck) -> HTML:
    """Which registries the document makes necessary, by which clauses, and how many senders gave them."""
    grouped = check.arrivals.groupby(["title", "clause"], sort=False)
    summed = grouped.agg(senders=("municipality", "size"), accepted=("rows", lambda rows: int((rows > 0).sum()))).reset_index()
    rows = [[row.title, f"{row.accepted} из {row.senders}", row.clause] for row in summed.itertuples()]
    return _table("Какие реестры нужны и почему", ["Реестр", "Прислали", "Пункт"], rows)
