"""What was accepted from several senders, put together for indicators, notebooks and pages; knows pseudonyms, no names."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import pandas as pd
import polars as pl

from nmslib.model import RegistrySchema, Sheet
from nmslib.paths import Project
from nmslib.problems import DataProblem, UserError
from nmslib.registries import snapshots
from nmslib.registries.snapshots import Snapshot

ARRIVAL_COLUMNS = (
    *("municipality", "registry", "title", "received", "rows", "problems", "left_out"),
    *("revision", "data_on", "sent_on", "file", "sha256"),
)
Accepted = tuple[Snapshot, Mapping[str, pd.DataFrame]]


class Frames(dict[str, pl.LazyFrame]):
    """Registries by id, each with municipality, excel_row and its columns; keeps bases that several definitions share."""

    def __init__(self, *args: Mapping[str, pl.LazyFrame]):
        super().__init__(*args)
        self.settled: dict[str, pl.LazyFrame] = {}


@dataclass(frozen=True)
class Registries:
    """Snapshots of several senders put together.

    ``frames``: registry id → rows with ``municipality`` and ``excel_row``, read by ``reading`` when first asked for: who shows
    finished tables wants to know what arrived, not the rows. ``arrivals``: one row per sender and registry of its
    form (municipality, registry, title, received, rows, problems, left_out, revision, data_on, sent_on, file, sha256):
    ``problems`` counts rows that were left out or lack a required value. ``names``: how senders are called.
    """

    reading: Callable[[], Frames]
    arrivals: pd.DataFrame
    problems: list[DataProblem]
    synthetic: bool
    names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def frames(self) -> Frames:
        """Rows of every registry, each file read once."""
        return self.reading()

    def received(self, municipality: str, registry: str) -> bool:
        """Whether this municipality's registry was accepted."""
        rows = self.arrivals
        return bool(rows.loc[(rows["municipality"] == municipality) & (rows["registry"] == registry), "received"].any())

    def problems_of(self, municipality: str) -> list[DataProblem]:
        """What is wrong with the workbook of one sender."""
        mine = set(self.arrivals.loc[self.arrivals["municipality"] == municipality, "file"])
        return [problem for problem in self.problems if problem.file in mine]

    def of(self, registry: str, municipality: str) -> pd.DataFrame | None:
        """Rows of one municipality, or None when its registry was not accepted."""
        if not self.received(municipality, registry):
            return None
        return self.frames[registry].filter(pl.col("municipality") == municipality).collect().to_pandas()


def read_system(
    system: str,
    forms: Mapping[str, RegistrySchema],
    project: Project,
    as_of: date | None = None,
    names: Mapping[str, str] | None = None,
) -> Registries:
    """Snapshots of these senders (id → the sheets it fills in) as one set of registries.

    The newest data of each, or those that tell of ``as_of`` (``snapshots.as_of``). What nobody has accepted leaves its registries
    unknown. Raises UserError when a snapshot was kept by another version of the schema, with the way to take it over.
    """
    chosen = {
        name: snapshots.as_of(system, name, as_of, project) if as_of else snapshots.in_force(system, name, project)
        for name in forms
    }
    accepted = {name: one for name, one in chosen.items() if one}
    _refuse_other_versions(system, accepted, forms)
    sheets = {sheet.id: sheet for form in forms.values() for sheet in form.sheets}

    def read() -> Frames:
        scanned = [_scanned(sheet, accepted.values(), project) for sheet in sheets.values()]
        return Frames({registry: rows.lazy() for registry, rows in zip(sheets, pl.collect_all(scanned), strict=True)})

    return replace(_described(chosen, forms, read), names=names or {})


def _refuse_other_versions(system: str, accepted: Mapping[str, Snapshot], forms: Mapping[str, RegistrySchema]) -> None:
    other = [one for name, one in accepted.items() if one.schema_version != forms[name].version]
    if other:
        wanted = next(iter(forms.values())).version
        named = ", ".join(f"{one.municipality} (ревизия {one.number})" for one in other[:5])
        more = f" и ещё {len(other) - 5}" if len(other) > 5 else ""
        told = f"Снимки приняты по другой версии реестров, чем {wanted}: {named}{more}."
        raise UserError(f"{told} Примите те же книги заново, исходные строки не потеряются: nms check {system}")


def _scanned(sheet: Sheet, accepted: Iterable[Snapshot], project: Project) -> pl.LazyFrame:
    """Rows of one registry in all snapshots, each with its municipality; empty with the right columns when nobody sent it."""
    holding = [one for one in accepted if sheet.id in one.registries]
    paths = {str(snapshots.folder_of(one, project) / f"{sheet.id}.parquet"): one.municipality for one in holding}
    if not paths:
        return nothing(sheet)
    rows = pl.scan_parquet(list(paths), include_file_paths="path")
    place = pl.col("path").replace_strict(paths, return_dtype=pl.String).alias("municipality")
    return rows.select(*_types(sheet), place)


def _types(sheet: Sheet) -> dict[str, pl.DataType]:
    """Columns of a registry as definitions expect them, without names of people."""
    types = {"date": pl.Datetime("ms"), "integer": pl.Float64(), "number": pl.Float64()}
    kept = [column for column in sheet.columns if not snapshots.is_name(column)]
    return {"excel_row": pl.Int64(), **{column.id: types.get(column.type, pl.String()) for column in kept}}


def nothing(sheet: Sheet) -> pl.LazyFrame:
    """No rows of a registry, with its columns."""
    return pl.LazyFrame(schema={**_types(sheet), "municipality": pl.String()})


def lazy(frame: pd.DataFrame, sheet: Sheet, municipality: str) -> pl.LazyFrame:
    """Rows as read or accepted from one sender, with the columns and types that definitions expect."""
    types = _types(sheet)
    rows = pl.from_pandas(frame[[name for name in types if name in frame]]).lazy()
    columns = [pl.col(name).cast(kind) if name in frame else pl.lit(None, kind).alias(name) for name, kind in types.items()]
    return rows.select(*columns, pl.lit(municipality).alias("municipality"))


def together(found: Mapping[str, Accepted | None], forms: Mapping[str, RegistrySchema]) -> Registries:
    """Registries of senders whose snapshot and rows are at hand; None for a sender of whom nothing was accepted."""
    sheets = {sheet.id: sheet for form in forms.values() for sheet in form.sheets}
    frames = Frames()
    for sheet in sheets.values():
        parts = [lazy(one[1][sheet.id], sheet, name) for name, one in found.items() if one and sheet.id in one[1]]
        frames[sheet.id] = pl.concat([nothing(sheet), *parts])
    return _described({name: one[0] if one else None for name, one in found.items()}, forms, lambda: frames)


def _described(
    chosen: Mapping[str, Snapshot | None], forms: Mapping[str, RegistrySchema], reading: Callable[[], Frames]
) -> Registries:
    arrivals = [
        {"municipality": name, "registry": sheet.id, "title": sheet.title, **_arrival(name, snapshot, sheet.id)}
        for name, snapshot in chosen.items()
        for sheet in forms[name].sheets
    ]
    wanted = "реестры не представлены или не приняты: положите книгу в папку и выполните nms check"
    absent = [DataProblem(f"{name}.xlsx", "", "", wanted) for name, one in chosen.items() if not one]
    problems = [problem for one in chosen.values() if one for problem in one.problems]
    return Registries(
        reading,
        pd.DataFrame(arrivals, columns=list(ARRIVAL_COLUMNS)),
        absent + problems,
        any(one.synthetic for one in chosen.values() if one),
    )


def _arrival(name: str, snapshot: Snapshot | None, registry: str) -> dict[str, object]:
    if snapshot is None:
        unknown: dict[str, object] = {"received": False, "rows": 0, "problems": 0, "left_out": 0, "revision": None}
        return unknown | {"data_on": None, "sent_on": None, "file": f"{name}.xlsx", "sha256": None}
    kept = snapshot.registries.get(registry)
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
