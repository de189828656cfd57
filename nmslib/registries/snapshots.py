"""What was accepted, for good: one folder per revision with Parquet rows, the sender's workbook and a manifest. Never edited."""

import hashlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from filelock import FileLock, Timeout

from nmslib.model import Column, RegistrySchema, Sheet
from nmslib.paths import Project, appearing
from nmslib.problems import DataProblem, UserError
from nmslib.registries.reading import Book
from nmslib.registries.words import plain_word

MANIFEST, WORKBOOK = "manifest.json", "workbook.xlsx"
KEY_BYTES, PSEUDONYM_BYTES = 32, 8


@dataclass(frozen=True)
class Kept:
    """What one registry gave to a snapshot; ``left_out``: rule → rows left out; ``unread``: rows that are out or lack a value.

    ``added``, ``removed``, ``changed``: rows against the revision before, by key.
    """

    title: str
    rows: int
    left_out: dict[str, int]
    unread: int
    added: int = 0
    removed: int = 0
    changed: int = 0


@dataclass(frozen=True)
class Snapshot:
    """The manifest of one revision. Days are ISO strings; ``findings`` and ``effect`` hold nothing personal.

    ``lost``: registry that the revision before had and this one has not → its rows then. ``effect``: per indicator, the value
    before and after this revision at the day that the one before told of, in words. ``version`` is that of the sender's form,
    ``schema_version`` that of the rows as kept.
    """

    system: str
    municipality: str
    number: int
    accepted_at: str
    data_on: str
    sent_on: str
    version: str
    schema_version: str
    file: str
    sha256: str
    synthetic: bool
    registries: dict[str, Kept]
    lost: dict[str, int] = field(default_factory=dict)
    problems: list[DataProblem] = field(default_factory=list)
    effect: list[dict[str, str]] = field(default_factory=list)

    @property
    def day(self) -> date:
        """As of when the data are."""
        return date.fromisoformat(self.data_on)


def pseudonyms(codes: pd.Series, scope: str, key: bytes) -> pd.Series:
    """Codes as keyed hashes (BLAKE2b, 16 hexadecimal digits), equal for equal codes within ``scope``; missing stay missing."""
    numbers, different = pd.factorize(codes)
    hashes = [hashlib.blake2b(f"{scope}/{code}".encode(), key=key, digest_size=PSEUDONYM_BYTES).hexdigest() for code in different]
    hidden = pd.Series(hashes, dtype="object").reindex(numbers)
    hidden.index = codes.index
    return hidden.where(codes.notna(), None)


def secret(project: Project) -> bytes:
    """The project's own key of pseudonyms, made on first use; only its owner may read it."""
    path = project.key
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}.part")
        draft.write_bytes(secrets.token_bytes(KEY_BYTES))
        draft.chmod(0o600)
        try:
            os.link(draft, path)  # unlike a rename, does not replace a key that another process has just made
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()


def storable(frames: Mapping[str, pd.DataFrame], schema: RegistrySchema, scope: str, key: bytes) -> dict[str, pd.DataFrame]:
    """Rows as a snapshot keeps them: codes of people as pseudonyms, no names; a name leaves a keyed hash, ``identity``."""
    stored = {}
    for registry, frame in frames.items():
        sheet, kept = schema.sheet(registry), frame.copy()
        for column in sheet.columns:
            if column.pseudonym:
                kept[column.id] = pseudonyms(frame[column.id], scope, key)
            if is_name(column):
                plain = frame[column.id].map(plain_word, na_action="ignore")
                kept["identity"] = pseudonyms(plain, scope, key)
                kept = kept.drop(columns=column.id)
        stored[registry] = kept
    return stored


@contextmanager
def accepting(system: str, project: Project) -> Iterator[None]:
    """Holds the system's snapshots for one process; UserError when another one is accepting right now."""
    path = project.snapshots(system, ".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path, timeout=0):
            yield
    except Timeout as error:
        told = f"Реестры системы «{system}» сейчас принимает другая команда nms check: дождитесь её и повторите"
        raise UserError(told) from error


def history(system: str, municipality: str, project: Project) -> list[Snapshot]:
    """Everything accepted from a sender, oldest first; a folder without a manifest is no snapshot."""
    folder = project.snapshots(system, municipality)
    found = [_manifest(path) for path in folder.glob(f"[0-9]*/{MANIFEST}")] if folder.is_dir() else []
    return sorted(found, key=lambda snapshot: snapshot.number)


def in_force(system: str, municipality: str, project: Project) -> Snapshot | None:
    """The newest data of a sender, in their last revision; None when nothing was accepted."""
    return max(history(system, municipality, project), key=lambda one: (one.day, one.number), default=None)


def as_of(system: str, municipality: str, day: date, project: Project) -> Snapshot | None:
    """What tells of a day: the first data that are not older than it, in their last revision; else the newest data there are.

    So a past figure is not changed by what later workbooks say, only by a revision of the workbook that first told of it.
    """
    found = history(system, municipality, project)
    telling = [one.day for one in found if one.day >= day]
    wanted = min(telling) if telling else max((one.day for one in found), default=None)
    return max((one for one in found if one.day == wanted), key=lambda one: one.number, default=None)


def _manifest(path: Path) -> Snapshot:
    raw: dict[str, Any] = {"schema_version": "", **json.loads(path.read_text(encoding="utf-8"))}
    raw["registries"] = {name: Kept(**kept) for name, kept in raw["registries"].items()}
    raw["problems"] = [DataProblem(**problem) for problem in raw["problems"]]
    return Snapshot(**raw)


def folder_of(snapshot: Snapshot, project: Project) -> Path:
    """Where a revision lies."""
    return project.snapshots(snapshot.system, snapshot.municipality) / f"{snapshot.number:04d}"


def rows_of(snapshot: Snapshot, registry: str, project: Project) -> pd.DataFrame | None:
    """Accepted rows of a registry, None when it was not accepted."""
    path = folder_of(snapshot, project) / f"{registry}.parquet"
    return pd.read_parquet(path) if path.exists() else None


def frames_of(snapshot: Snapshot, project: Project) -> dict[str, pd.DataFrame]:
    """All accepted rows of a revision by registry."""
    return {path.stem: pd.read_parquet(path) for path in sorted(folder_of(snapshot, project).glob("*.parquet"))}


def compared(old: pd.DataFrame, new: pd.DataFrame, sheet: Sheet) -> tuple[int, int, int]:
    """Rows added, removed and changed between two revisions of a registry, matched by key; Excel's row numbers do not count."""
    key = sheet.key
    values = [column for column in new.columns if column not in ("excel_row", *key) and column in old.columns]
    both = old.merge(new, on=key, how="outer", suffixes=("_old", "_new"), indicator="side")
    common = both[both["side"] == "both"]
    differs = pd.Series(False, index=common.index)
    for column in values:
        left, right = common[f"{column}_old"], common[f"{column}_new"]
        differs |= ~((left == right) | (left.isna() & right.isna())).fillna(False).astype(bool)
    sides = both["side"].value_counts()
    return int(sides["right_only"]), int(sides["left_only"]), int(differs.sum())


def arrow_schema(sheet: Sheet) -> pa.Schema:
    """Columns of a registry as Parquet holds them, whatever rows there are: so that many files can be read as one table."""
    types = {"date": pa.timestamp("ms"), "integer": pa.float64(), "number": pa.float64()}
    kept = [(column.id, types.get(column.type, pa.string())) for column in sheet.columns if not is_name(column)]
    identity = [("identity", pa.string())] if any(is_name(column) for column in sheet.columns) else []
    return pa.schema([("excel_row", pa.int64()), *kept, *identity])


def is_name(column: Column) -> bool:
    """Whether a column holds names of people, which snapshots do not keep."""
    return column.personal and column.type == "text"


def accept(snapshot: Snapshot, stored: Mapping[str, pd.DataFrame], book: Book, schema: RegistrySchema, project: Project) -> None:
    """Puts a revision in force by one rename; whatever interrupts it leaves the previous one in force.

    The caller holds ``accepting``. Raises FileExistsError when this revision is already there.
    """
    target = folder_of(snapshot, project)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=target.parent))
    try:
        for registry, frame in stored.items():
            arrow = arrow_schema(schema.sheet(registry))
            frame[arrow.names].to_parquet(draft / f"{registry}.parquet", index=False, schema=arrow)
        shutil.copyfile(book.path, draft / WORKBOOK)
        with appearing(draft / MANIFEST) as manifest:
            manifest.write_text(json.dumps(asdict(snapshot), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        if target.exists():
            raise FileExistsError(target)
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def tidy(system: str, municipality: str, project: Project) -> None:
    """Clears drafts that an interrupted acceptance left behind; the caller holds ``accepting``."""
    for draft in project.snapshots(system, municipality).glob(".draft-*"):
        shutil.rmtree(draft, ignore_errors=True)


def moment(now: datetime) -> str:
    """A moment as manifests keep it, to the second."""
    return now.isoformat(timespec="seconds")
