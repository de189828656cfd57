"""Every file of a unit is read again and held against the table of figures: whose it is, and what each number says."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from nmslib import documents, tables, wording
from nmslib.batch import tabling
from nmslib.batch.failures import Mismatch
from nmslib.batch.units import left_stamp
from nmslib.documents.note import told_in
from nmslib.model import Card
from nmslib.paths import Project
from nmslib.problems import UserError
from nmslib.situation import Situation

TOLERANCE = 1e-9
SPACES = re.compile(r"\s+")


@dataclass
class _Reader:
    """Numbers of one unit's files held against its figures; counts what agrees and collects what does not."""

    figures: Mapping[str, pd.Series]
    cards: Mapping[str, Card]
    checked: int = 0

    def __post_init__(self) -> None:
        self.differences: list[str] = []

    def whose(self, file: str, said: str, place: str) -> None:
        """The file names the place it lies for."""
        if _plain(place) not in _plain(said):
            self.differences.append(f"{file}: нет названия «{place}»")
        self.checked += 1

    def texts(self, file: str, said: Mapping[str, Iterable[str]], every: bool) -> None:
        """Texts that stand for figures; ``every``: the file must tell of each figure of the place."""
        for figure, row in self.figures.items():
            shown = [_plain(text) for text in said.get(figure, [])]
            if every and not shown:
                self.differences.append(f"{file}: нет показателя {figure}")
            wanted = expected(row, self.cards[row["indicator"]])
            if wrong := [text for text in shown if not all(_holds(text, piece) for piece in wanted)]:
                self.differences.append(f"{file}: у {figure} стоит «{wrong[0][:80]}», в таблице показателей {', '.join(wanted)}")
            self.checked += len(wanted) if shown else 0
        for figure in set(said) - set(self.figures):
            self.differences.append(f"{file}: показатель {figure} не из этого отчёта")

    def numbers(self, file: str, said: Mapping[str, tuple[float | None, ...]]) -> None:
        """Numerator, denominator and value of each figure."""
        for figure, row in self.figures.items():
            if figure not in said:
                self.differences.append(f"{file}: нет показателя {figure}")
                continue
            for name, found in zip(("numerator", "denominator", "value"), said[figure], strict=True):
                wanted = None if pd.isna(row[name]) else float(row[name])
                if not _same(found, wanted):
                    self.differences.append(f"{file}: у {figure} {name} = {found}, в таблице показателей {wanted}")
                self.checked += 1


def _same(found: float | None, wanted: float | None) -> bool:
    if found is None or wanted is None:
        return found is None and wanted is None
    return abs(found - wanted) <= TOLERANCE * max(1.0, abs(wanted))


def _plain(text: str) -> str:
    return SPACES.sub(" ", text.replace(wording.NBSP, " ").replace("\u202f", " ")).strip()


def _holds(text: str, piece: str) -> bool:
    """Whether the numbers stand in the text as they are, not as a part of longer ones."""
    longer = r"(?!\d| \d{3}(?!\d))" if piece[-1].isdigit() else ""
    return re.search(rf"(?<![\d,]){re.escape(piece)}{longer}", text) is not None


def expected(row: pd.Series, card: Card) -> list[str]:
    """What any text about a figure must hold: the value as readers see it, and the people it was counted from."""
    if pd.isna(row["value"]):
        return []
    numerator = f"{int(row['numerator']):,}".replace(",", " ")
    if pd.isna(row["denominator"]):
        return [numerator]
    denominator = f"{int(row['denominator']):,}".replace(",", " ")
    people = f"{numerator} {'из' if card.unit == 'percent' else 'на'} {denominator}"
    return [people] if card.unit != "percent" else [_plain(wording.percent(float(row["value"]), card.decimals)), people]


def verify(folder: Path, now: Situation) -> int:
    """How many numbers of the files in ``folder`` agree with the figures of the place; Mismatch with all that do not."""
    figures = {row["figure"]: row for _, row in now.figures.iterrows()}
    reader = _Reader(figures, now.cards)
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
    if (path := folder / "calendar.ics").exists():
        reader.whose(path.name, path.read_bytes().decode("utf-8").replace("\r\n ", ""), place)
    if reader.differences:
        raise Mismatch(reader.differences)
    return reader.checked


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
        try:
            agreed += verify(folder, Situation(system, municipality, day, project))
        except Mismatch as mismatch:
            differences += [f"{place}/{each}" for each in mismatch.differences]
        except (UserError, ValueError, OSError) as error:
            differences.append(f"{place}: файл не читается, удалите его и выполните nms run {place} ({error})")
    return agreed, differences


def recomputed(system: str, kept: tables.Kept, project: Project) -> tuple[int, list[str]]:
    """The saved figures against those worked out anew from the snapshots: how many numbers agree, and what does not."""
    saved = kept.table("figures")
    if saved is None:
        return 0, [f"{system}: таблица показателей не та, что записал запуск; повторите nms run {system}"]
    anew = tabling.compute(system, kept.days, project)["figures"]
    names = ["numerator", "denominator", "value", "lower", "upper", "target", "expected_now", "people_missing", "status"]
    key = list(tables.FIGURE)
    both = saved[[*key, *names]].merge(anew[[*key, *names]], on=key, how="outer", suffixes=("", "_anew"), indicator="side")
    differences = [
        f"{row['figure']}: есть только {'в файле' if row['side'] == 'left_only' else 'в пересчёте'}"
        for _, row in both[both["side"] != "both"].iterrows()
    ]
    common, agreed = both[both["side"] == "both"], 0
    for name in names:
        left, right = common[name], common[f"{name}_anew"]
        same = ((left == right) | (left.isna() & right.isna())).fillna(False).astype(bool)
        agreed += int((same & left.notna()).sum())
        differences += [
            f"{row['figure']}: {name} в таблице {row[name]}, по снимкам {row[f'{name}_anew']}"
            for _, row in common[~same].iterrows()
        ]
    return agreed, differences
