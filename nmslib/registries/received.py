"""What was accepted from several senders, put together for indicators, notebooks and pages; knows pseudonyms, no names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from nmslib.model import Municipality, RegistrySchema, Sheet
from nmslib.paths import Project
from nmslib.problems import DataProblem
from nmslib.registries import snapshots
from nmslib.registries.snapshots import Snapshot

Accepted = tuple[Snapshot, dict[str, pd.DataFrame]]


@dataclass(frozen=True)
class Registries:
    """Snapshots in force of several senders put together.

    ``frames``: registry id → rows with ``municipality`` and ``excel_row`` in front. ``arrivals``: one row per municipality and
    registry (municipality, registry, title, received, rows, problems, left_out, revision, data_on, sent_on, file, sha256):
    ``problems`` counts rows that were left out or lack a required value.
    """

    frames: dict[str, pd.DataFrame]
    arrivals: pd.DataFrame
    problems: list[DataProblem]
    synthetic: bool

    def received(self, municipality: str, registry: str) -> bool:
        """Whether this municipality's registry was accepted."""
        rows = self.arrivals
        return bool(rows.loc[(rows["municipality"] == municipality) & (rows["registry"] == registry), "received"].any())

    def unread(self, municipality: str, registries: Iterable[str]) -> dict[str, tuple[int, int]]:
        """Registries of a municipality with rows that could not be read whole: title → (such rows, all rows sent)."""
        rows = self.arrivals
        mine = rows[(rows["municipality"] == municipality) & rows["registry"].isin(list(registries)) & (rows["problems"] > 0)]
        counts = zip(mine["title"], mine["problems"], mine["rows"] + mine["left_out"], mine["received"], strict=True)
        return {title: (int(problems), int(sent)) for title, problems, sent, received in counts if received}

    def of(self, registry: str, municipality: str) -> pd.DataFrame | None:
        """Rows of one municipality, or None when its registry was not accepted."""
        if not self.received(municipality, registry):
            return None
        rows = self.frames[registry]
        return rows[rows["municipality"] == municipality]


def read_system(system: str, senders: Iterable[Municipality], schema: RegistrySchema, project: Project) -> Registries:
    """Snapshots in force of these senders as one set of registries; what nobody has accepted leaves its registries unknown.

    ``schema``: the sheets that the system expects; others that somebody sent are left aside.
    """
    found: dict[str, Accepted | None] = {}
    for sender in senders:
        snapshot = snapshots.in_force(system, sender.municipality, project)
        found[sender.municipality] = (snapshot, _frames(snapshot, schema, project)) if snapshot else None
    return together(found, schema)


def _frames(snapshot: Snapshot, schema: RegistrySchema, project: Project) -> dict[str, pd.DataFrame]:
    known = [sheet.id for sheet in schema.sheets if sheet.id in snapshot.registries]
    read = {registry: snapshots.rows_of(snapshot, registry, project) for registry in known}
    return {registry: rows for registry, rows in read.items() if rows is not None}


def together(found: Mapping[str, Accepted | None], schema: RegistrySchema) -> Registries:
    """Registries of senders whose snapshot and rows are at hand; None for a sender of whom nothing was accepted."""
    arrivals = [
        {"municipality": name, "registry": sheet.id, "title": sheet.title, **_arrival(name, accepted, sheet.id)}
        for name, accepted in found.items()
        for sheet in schema.sheets
    ]
    frames = {}
    for sheet in schema.sheets:
        parts = [one[1][sheet.id].assign(municipality=name) for name, one in found.items() if one and sheet.id in one[1]]
        frames[sheet.id] = _concatenated(parts, sheet)
    wanted = "реестры не представлены или не приняты: положите книгу в папку и выполните nms check"
    absent = [DataProblem(f"{name}.xlsx", "", "", wanted) for name, one in found.items() if not one]
    problems = [problem for one in found.values() if one for problem in one[0].problems]
    return Registries(frames, pd.DataFrame(arrivals), absent + problems, any(one[0].synthetic for one in found.values() if one))


def _arrival(name: str, accepted: Accepted | None, registry: str) -> dict[str, object]:
    if accepted is None:
        nothing: dict[str, object] = {"received": False, "rows": 0, "problems": 0, "left_out": 0, "revision": None}
        return nothing | {"data_on": None, "sent_on": None, "file": f"{name}.xlsx", "sha256": None}
    snapshot, kept = accepted[0], accepted[0].registries.get(registry)
    return {
        "received": kept is not None,
        "rows": kept.rows if kept else 0,
        "problems": kept.unread if kept else 0,
        "left_out": sum(kept.left_out.values()) if kept else 0,
        "revision": snapshot.number,
        "data_on": snapshot.data_on,
        "sent_on": snapshot.sent_on,
        "file": snapshot.file,
        "sha256": snapshot.sha256,
    }


def _columns(sheet: Sheet) -> dict[str, str]:
    """Columns of a registry as snapshots keep them, with their types: names are not among them."""
    kept = [column for column in sheet.columns if not (column.personal and column.type == "text")]
    types = {"date": "datetime64[s]", "integer": "float64", "number": "float64"}
    return {column.id: types.get(column.type, "object") for column in kept}


def _concatenated(parts: list[pd.DataFrame], sheet: Sheet) -> pd.DataFrame:
    types = {"municipality": "object", "excel_row": "int64", **_columns(sheet)}
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})
    return pd.concat(parts, ignore_index=True)[list(types)]
