"""Every file of a run is read again and held against its tables: whose it is, and what each number and each term says."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd

from nmslib import catalogue, documents, tables
from nmslib.batch import scenario_files, tabling
from nmslib.batch.comparing import WORDS, Reader
from nmslib.batch.failures import Mismatch
from nmslib.batch.running import PORTAL, SUMMARY
from nmslib.batch.scenario_files import BOOK
from nmslib.batch.units import SCENARIOS, left_stamp
from nmslib.batch.verifying_scenarios import verify_scenario
from nmslib.documents.note import told_in
from nmslib.model import REGION
from nmslib.paths import Project
from nmslib.problems import UserError
from nmslib.situation import Situation

# What a calendar of one body is called after its name.
OF_BODY = ": сроки"


def verify(folder: Path, now: Situation) -> int:
    """How many numbers of the files in ``folder`` agree with the figures of the place; Mismatch with all that do not."""
    figures = {row["figure"]: row for _, row in now.figures.iterrows()}
    reader = Reader(figures, now.cards)
    identifier, place = f"{now.system}/{now.municipality}/{now.day.isoformat()}", now.place.name
    for path in sorted(folder.glob("*.html")):
        page = documents.page_told(path.read_text(encoding="utf-8"))
        reader.whose(path.name, page.text, place)
        reader.texts(path.name, page.figures, every=True)
    for path in sorted(folder.glob("*.ipynb")):
        page = documents.notebook_told(path)
        reader.whose(path.name, page.text, place)
        reader.texts(path.name, page.figures, every=True)
    if (path := folder / "annex.xlsx").exists():
        annex = documents.read_annex(path)
        reader.whose(path.name, f"{annex.place} {annex.identifier}", place)
        reader.whose(path.name, annex.identifier, identifier)
        reader.numbers(path.name, annex.figures)
    if (path := folder / "note.docx").exists():
        note = told_in(path)
        reader.whose(path.name, note.place, place)
        reader.whose(path.name, note.identifier, identifier)
        reader.texts(path.name, note.figures, every=True)
    if now.facts.measures:
        _calendars(reader, folder, now)
    return reader.ended()


def _calendars(reader: Reader, folder: Path, now: Situation) -> None:
    """The calendar of the place, and those of the bodies that answer for its measures."""
    bodies = now.terms["bodies"].str.split("; ")
    for path in (folder / "calendar.ics", *sorted((folder / "calendars").glob("*.ics"))):
        if not path.exists():
            continue
        file, mine = path.relative_to(folder).as_posix(), now.terms
        try:
            title, told = documents.calendar_told(path.read_bytes(), f"{now.system}/{now.municipality}")
        except ValueError as error:
            reader.differences.append(f"{file}: календарь не читается ({error})")
            continue
        if path.parent == folder:
            reader.whose(file, title, now.place.name)
        else:
            body = title.removesuffix(OF_BODY)
            mine = mine[[body in answering for answering in bodies]]
        reader.terms(file, told, mine)


def speaker(system: str, kept: tables.Kept, project: Project) -> Situation:
    """Who speaks for a system: the whole on the day of its report; where there is none, its first municipality."""
    whole = REGION if REGION in kept.days else next(iter(kept.days))
    return Situation(system, whole, kept.days[whole], project)


def reported(kept: tables.Kept) -> pd.DataFrame | None:
    """Figures of every place on the day of its own report; None as in ``Kept.table``."""
    figures = kept.table("figures")
    if figures is None:
        return None
    on = figures["municipality"].map({name: pd.Timestamp(day) for name, day in kept.days.items()})
    return figures[figures["as_of"] == on]


def verify_summary(path: Path, now: Situation) -> int:
    """How many numbers of a finished summary.xlsx agree with the figures of everywhere; Mismatch with all that do not."""
    reader = Reader({row["figure"]: row for _, row in now.everywhere.iterrows()}, now.cards)
    reader.numbers(SUMMARY, documents.summary_figures(path))
    reader.values(SUMMARY, documents.summary_sides(path, now), "value", " на листе свода")
    return reader.ended()


def verify_portal(path: Path, figures: pd.DataFrame, now: Situation) -> int:
    """How many numbers of a finished index.html agree with ``figures`` (``reported``); Mismatch with all that do not."""
    reader = Reader({row["figure"]: row for _, row in figures.iterrows()}, now.cards)
    page = documents.page_told(path.read_text(encoding="utf-8"))
    reader.whose(PORTAL, page.text, now.facts.act.short_title)
    reader.texts(PORTAL, page.figures, every=True)
    reader.gaps(PORTAL, page.gaps)
    return reader.ended()


def whole(system: str, project: Project) -> tuple[int, list[str]]:
    """How many numbers of a system's files agree with the snapshots, and every difference in words.

    The saved figures are worked out anew, and every file of every place is read again. Nothing has been made yet: a difference.
    """
    kept = tables.whole(system, project)
    if kept is None:
        return 0, [f"{system}: ещё ничего не сделано, выполните nms run {system}"]
    if tables.in_step(system, project) is None:
        return 0, [f"{system}: после запуска изменились снимки, факты или программа, выполните nms run {system}"]
    agreed, differences = recomputed(system, kept, project)
    for municipality, day in kept.days.items():
        place, folder = f"{system}/{municipality}", project.outputs(system) / municipality
        stamp = left_stamp(folder)
        if stamp is None:
            differences.append(f"{place}: файлов нет, выполните nms run {place}")
            continue
        lost = [name for name in stamp.files if not (folder / name).exists()]
        differences += [f"{place}/{name}: файла нет, выполните nms run {place}" for name in lost]
        now = Situation(system, municipality, day, project)
        agreed += _held(place, place, partial(verify, folder, now), differences)
    agreed += _scenarios(system, project, differences)
    return agreed + _of_system(system, kept, project, differences), differences


def _scenarios(system: str, project: Project, differences: list[str]) -> int:
    """The same of every scenario of the system: its months are worked out anew."""
    agreed = 0
    for name in catalogue.scenario_titles(system, project):
        where, folder = f"{system}/{SCENARIOS}/{name}", project.outputs(system) / SCENARIOS / name
        if not (folder / BOOK).exists():
            differences.append(f"{where}/{BOOK}: файла нет, выполните nms run {where}")
            continue
        agreed += _held(where, f"{where}/{BOOK}", partial(_scenario, folder / BOOK, name, project), differences)
    return agreed


def _scenario(path: Path, name: str, project: Project) -> int:
    return verify_scenario(path, scenario_files.read(name, project))


def _of_system(system: str, kept: tables.Kept, project: Project, differences: list[str]) -> int:
    """The same of the files that tell of all places together."""
    outputs, now, figures = project.outputs(system), speaker(system, kept, project), reported(kept)
    agreed = 0
    for name in (SUMMARY, PORTAL):
        if not (outputs / name).exists():
            differences.append(f"{system}/{name}: файла нет, выполните nms run {system}")
        elif name == SUMMARY:
            agreed += _held(system, f"{system}/{name}", partial(verify_summary, outputs / name, now), differences)
        elif figures is not None:
            agreed += _held(system, f"{system}/{name}", partial(verify_portal, outputs / name, figures, now), differences)
    return agreed


def _held(where: str, what: str, check: Callable[[], int], differences: list[str]) -> int:
    """What ``check`` counts; what differs, or that ``what`` cannot be read, is added to ``differences``."""
    try:
        return check()
    except Mismatch as mismatch:
        differences += [f"{where}/{each}" for each in mismatch.differences]
    except (UserError, ValueError, OSError) as error:
        differences.append(f"{what}: файл не читается, удалите его и выполните nms run {where} ({error})")
    return 0


def recomputed(system: str, kept: tables.Kept, project: Project) -> tuple[int, list[str]]:
    """The saved figures against those worked out anew from the snapshots: how many numbers agree, and what does not."""
    saved = kept.table("figures")
    if saved is None:
        return 0, [f"{system}: таблица показателей не та, что записал запуск; повторите nms run {system}"]
    anew = tabling.compute(system, kept.days, project)["figures"]
    key = list(tables.FIGURE)
    both = saved[[*key, *WORDS]].merge(anew[[*key, *WORDS]], on=key, how="outer", suffixes=("", "_anew"), indicator="side")
    differences = [
        f"{row['figure']}: есть только {'в файле' if row['side'] == 'left_only' else 'в пересчёте'}"
        for _, row in both[both["side"] != "both"].iterrows()
    ]
    common, agreed = both[both["side"] == "both"], 0
    for name, word in WORDS.items():
        left, right = common[name], common[f"{name}_anew"]
        same = ((left == right) | (left.isna() & right.isna())).fillna(False).astype(bool)
        agreed += int((same & left.notna()).sum())
        differences += [
            f"{row['figure']}: {word} в таблице {row[name]}, по снимкам {row[f'{name}_anew']}"
            for _, row in common[~same].iterrows()
        ]
    return agreed, differences
