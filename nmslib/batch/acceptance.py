"""One sender's workbooks from the inbox to snapshots and answers: read, checked, accepted, sent back. Runs in a worker."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path

import pandas as pd

from nmslib import catalogue, checks, completeness, documents, indicators, registries, wording
from nmslib.batch.findings import as_problems, as_table, empty_table, for_everybody
from nmslib.model import Card, Finding, Municipality, RegistrySchema, Rule, Synonyms, System
from nmslib.paths import Project, appearing
from nmslib.problems import UserError
from nmslib.registries import Book, snapshots
from nmslib.registries.snapshots import Kept, Snapshot
from nmslib.registries.words import plain_word

SHORTEST_NAME = 4


@dataclass(frozen=True)
class Outcome:
    """What came of one workbook. ``accepted`` is one sentence; ``findings`` has the columns of ``findings.PUBLIC``.

    ``revision``: the number of the revision that this workbook is or was accepted as, None when it was not; ``new``: whether it
    was accepted just now. ``latest``: whether no other workbook of the sender has a later day of data.
    """

    system: str
    municipality: str | None
    file: str
    accepted: str
    revision: int | None = None
    new: bool = False
    latest: bool = True
    findings: pd.DataFrame = field(default_factory=empty_table)
    answer: Path | None = None


@dataclass(frozen=True)
class Desk:
    """Everything that checking a system needs besides the workbooks."""

    project: Project
    system: System
    cards: dict[str, Card]
    schema: RegistrySchema
    synonyms: Synonyms
    rules: dict[str, Rule]


@cache
def desk(system: str, project: Project) -> Desk:
    """The facts of a system, loaded once per process."""
    return Desk(
        project,
        catalogue.load_system(system, project),
        catalogue.load_cards(project),
        catalogue.load_registry_schema(project),
        catalogue.load_synonyms(project),
        catalogue.load_rules(project),
    )


def take(system: str, sender: Municipality, files: list[Path], accept: bool, now: datetime, project: Project) -> list[Outcome]:
    """Checks all workbooks of a sender, the oldest data first, and accepts each that is new; the caller holds ``accepting``."""
    tools = desk(system, project)
    # A copy to the byte is the same workbook.
    different = {registries.sha256_of(path): path for path in reversed(files)}
    books = [registries.read_workbook(path, tools.schema, tools.synonyms) for path in different.values()]
    books.sort(key=lambda book: (book.data_on or date.max, book.path.name))
    outcomes = []
    for book in books:
        past = snapshots.history(system, sender.municipality, project)
        if superseded := next((one for one in past[:-1] if _is_kept(one, book, tools) and past[-1].day > one.day), None):
            told = f"принята раньше, ревизия {superseded.number}; действует ревизия {past[-1].number}"
            outcomes.append(Outcome(system, sender.municipality, book.path.name, told, superseded.number, latest=False))
            continue
        twins = [other.path.name for other in books if other is not book and other.data_on == book.data_on and not other.refused]
        outcomes.append(replace(_one(book, twins, sender, accept, now, tools), latest=book.data_on == books[-1].data_on))
    return outcomes


def _identity(book: Book, twins: list[str], sender: Municipality) -> list[Finding]:
    """Whose workbook it is, against whose it should be, and whether there is another one for the same day."""
    found = []
    if book.path.with_name(f"~${book.path.name}").exists():
        found.append(Finding("open_in_excel"))
    if book.system not in (None, sender.system) or not _names(book.municipality, sender):
        named = f"указан «{book.system or sender.system}/{book.municipality}»"
        said = f"файл — «{sender.system}/{sender.municipality}»"
        found.append(Finding("foreign_sender", details=f"{named}, {said}", said=said))
    if twins and not book.refused:
        said = ", ".join(f"«{name}»" for name in sorted([book.path.name, *twins]))
        found.append(Finding("second_file", details=said, said=said))
    return found


def _names(said: str | None, sender: Municipality) -> bool:
    """Whether «Муниципалитет» of a workbook means this sender: its code, its name, or its name with the kind of municipality."""
    if said is None:
        return True
    word, name = plain_word(said), plain_word(sender.name)
    return word in (plain_word(sender.municipality), name) or (len(word) >= SHORTEST_NAME and (word in name or name in word))


def _one(book: Book, twins: list[str], sender: Municipality, accept: bool, now: datetime, tools: Desk) -> Outcome:
    project, system = tools.project, tools.system
    history = snapshots.history(system.id, sender.municipality, project)
    past = [one for one in history if one.sha256 != book.sha256 and one.schema_version == tools.schema.version]
    current = snapshots.in_force(system.id, sender.municipality, project)
    same = current if current and _is_kept(current, book, tools) else None
    previous = past[-1] if past else None
    read = {registry: sheet.frame for registry, sheet in book.sheets.items()}
    stored = snapshots.storable(read, tools.schema, f"{system.id}/{sender.municipality}", snapshots.secret(project))
    context = checks.Context(
        schema=tools.schema,
        rules=tools.rules,
        measures=frozenset(measure.code for measure in system.measures),
        today=now.date(),
        previous=snapshots.frames_of(previous, project) if previous else {},
        previous_day=previous.day if previous else None,
        stored=stored if previous else {},
    )
    form = completeness.form(system, tools.cards, tools.schema, sender)
    checked = checks.check(book, form, context, _identity(book, twins, sender))
    effects = indicators.Effects(system, tools.cards, tools.schema, read, checked.kept, book.data_on or now.date())
    table = as_table(book, checked, effects, tools.rules, tools.cards, tools.schema)
    refused = book.refused or any(one.registry is None and tools.rules[one.rule].severity == "blocks" for one in checked.findings)
    snapshot = None if refused else same
    if not refused and same is None and accept:
        kept = {registry: stored[registry].loc[rows.index] for registry, rows in checked.kept.items()}
        snapshot = _accept(book, checked, kept, table, previous, sender, now, tools)
        same = snapshot if snapshot == current else None
    outcome_of = _sentence(snapshot, same is None, previous is None, refused, table)
    answer = _answer(book, table, sender, outcome_of, now.date(), project)
    public = for_everybody(table, tools.schema)
    return Outcome(
        system.id,
        sender.municipality,
        book.path.name,
        outcome_of,
        revision=snapshot.number if snapshot else None,
        new=snapshot is not None and same is None,
        findings=public.assign(system=system.id, municipality=sender.municipality, file=book.path.name),
        answer=answer,
    )


def _sentence(snapshot: Snapshot | None, new: bool, again: bool, refused: bool, table: pd.DataFrame) -> str:
    if refused:
        title = str(table["title"].iloc[0])
        return f"не принята: {title[:1].lower()}{title[1:]}"
    if snapshot is None:
        return "проверена, не принималась"
    if not new:
        return f"без изменений, ревизия {snapshot.number}"
    kept = snapshot.registries.values()
    rows, out = sum(one.rows for one in kept), sum(sum(one.left_out.values()) for one in kept)
    left = f", не принято строк: {wording.number(out)}" if out else ""
    if snapshot.number == 1:
        return f"принята, строк: {wording.number(rows)}{left}"
    if again:
        return (
            f"принята заново по версии {snapshot.schema_version}, ревизия {snapshot.number}, строк: {wording.number(rows)}{left}"
        )
    counts = [sum(getattr(one, name) for one in kept) for name in ("added", "removed", "changed")]
    gone = counts[1] + sum(snapshot.lost.values())
    difference = f"+{wording.number(counts[0])} −{wording.number(gone)}, изменено {wording.number(counts[2])}"
    lost = f", больше нет реестров: {wording.number(len(snapshot.lost))}" if snapshot.lost else ""
    return f"принята, ревизия {snapshot.number} ({difference}){left}{lost}"


def _accept(
    book: Book,
    checked: checks.Checked,
    stored: dict[str, pd.DataFrame],
    table: pd.DataFrame,
    previous: Snapshot | None,
    sender: Municipality,
    now: datetime,
    tools: Desk,
) -> Snapshot:
    """Puts the kept rows in force as the next revision, with its difference and effect; the previous one when nothing differs."""
    project, system = tools.project, tools.system
    before = snapshots.frames_of(previous, project) if previous else {}
    data_on, sent_on = book.data_on or now.date(), book.sent_on or now.date()
    snapshots.tidy(system.id, sender.municipality, project)
    history = snapshots.history(system.id, sender.municipality, project)
    draft = Snapshot(
        system=system.id,
        municipality=sender.municipality,
        number=history[-1].number + 1 if history else 1,
        accepted_at=snapshots.moment(now),
        data_on=data_on.isoformat(),
        sent_on=sent_on.isoformat(),
        version=book.version or tools.schema.version,
        schema_version=tools.schema.version,
        file=book.path.name,
        sha256=book.sha256,
        synthetic=book.synthetic,
        registries={registry: _kept(registry, rows, before.get(registry), checked, tools) for registry, rows in stored.items()},
        lost={registry: len(rows) for registry, rows in before.items() if registry not in stored},
        problems=as_problems(for_everybody(table, tools.schema), book),
    )
    if previous is not None and _is_same(draft, previous):
        return previous
    effect = _effect(draft, stored, (previous, before) if previous else None, tools)
    snapshot = Snapshot(**{**vars(draft), "effect": effect})
    snapshots.accept(snapshot, stored, book, tools.schema, project)
    return snapshot


def _is_same(draft: Snapshot, previous: Snapshot) -> bool:
    """Whether a workbook was only saved again: no row of it differs from what is in force."""
    moved = any(one.added or one.removed or one.changed for one in draft.registries.values())
    alike = draft.data_on == previous.data_on and draft.schema_version == previous.schema_version
    return not moved and set(draft.registries) == set(previous.registries) and alike


def _is_kept(snapshot: Snapshot, book: Book, tools: Desk) -> bool:
    """Whether a workbook was accepted already, to rows as today's schema keeps them."""
    return snapshot.sha256 == book.sha256 and snapshot.schema_version == tools.schema.version


def _kept(registry: str, rows: pd.DataFrame, before: pd.DataFrame | None, checked: checks.Checked, tools: Desk) -> Kept:
    sheet = tools.schema.sheet(registry)
    reasons = list(checked.left_out.get(registry, {}).values())
    needed = [column.id for column in sheet.columns if column.required and column.id in rows]
    lacking = int(rows[needed].isna().any(axis="columns").sum())
    added, removed, changed = snapshots.compared(before, rows, sheet) if before is not None else (0, 0, 0)
    left_out = {rule: reasons.count(rule) for rule in dict.fromkeys(reasons)}
    return Kept(sheet.title, len(rows), left_out, lacking + len(reasons), added, removed, changed)


def _effect(
    snapshot: Snapshot,
    stored: dict[str, pd.DataFrame],
    before: tuple[Snapshot, dict[str, pd.DataFrame]] | None,
    tools: Desk,
) -> list[dict[str, str]]:
    """What a revision rewrites: indicators that moved at the day that the previous one told of, in words.

    New rows of a later monitoring rewrite nothing; a correction of the same day does.
    """
    if before is None:
        return []
    place = snapshot.municipality
    sender = catalogue.find_sender(tools.system, place, tools.project)
    form = completeness.form(tools.system, tools.cards, tools.schema, sender)
    tables = []
    for accepted in (before, (snapshot, stored)):
        received = registries.together({place: accepted}, {place: form})
        tables.append(indicators.figures(tools.system, tools.cards, received, [place], before[0].day).set_index("indicator"))
    old, new = tables
    moved = []
    for name in new.index:
        card = tools.cards[str(name)]
        was, now_is = (indicators.told(table.loc[name], card) for table in (old, new))
        if was != now_is:
            moved.append({"indicator": card.id, "name": card.short_name, "before": was, "after": now_is})
    return moved


def _answer(book: Book, table: pd.DataFrame, sender: Municipality, accepted: str, day: date, project: Project) -> Path | None:
    """The sender's own workbook with the marks and the letter beside it; none where there is nothing to say."""
    target = project.answer(sender.system, book.path.stem)
    if target.resolve() == book.path.resolve():
        raise UserError(f"{book.path.name}: это ответ. Исправленную книгу положите в папку реестров или в другое место")
    letter = target.with_suffix(".txt")
    if table.empty:
        target.unlink(missing_ok=True)
        letter.unlink(missing_ok=True)
        return None
    target.parent.mkdir(parents=True, exist_ok=True)
    documents.write_answer(book.path, target, table, sender.name, day)
    with appearing(letter) as draft:
        draft.write_text(documents.letter(sender.name, table, wording.sentences(f"Книга {accepted}"), day), encoding="utf-8")
    return target
