"""Registries of many municipalities kept as one set: a Parquet file a registry and a manifest. Knows no sender, no revision."""

import json
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl

from nmslib.model import RegistrySchema, Sheet
from nmslib.problems import UserError
from nmslib.registries.reading import sha256_of
from nmslib.registries.received import Frames, Registries, nothing
from nmslib.registries.writing import SYNTHETIC

MANIFEST = "manifest.json"
PLACE, ROW = "municipality", "excel_row"
FIRST_ROW = 2


@dataclass(frozen=True)
class Made:
    """How a set was made: for how many municipalities, from which seed, as of which day (ISO), by which version of the schema."""

    municipalities: int
    seed: int
    data_on: str
    schema_version: str
    synthetic: bool = True
    about: str = f"{SYNTHETIC}: люди, организации и документы вымышлены"

    @property
    def day(self) -> date:
        """As of when the data are."""
        return date.fromisoformat(self.data_on)


def write_set(made: Made, registries: Iterable[tuple[str, pl.DataFrame]], schema: RegistrySchema, folder: Path) -> dict[str, int]:
    """Writes registries (id → rows by municipality) as they come; the set appears by one rename, instead of an earlier one.

    Returns how many rows each registry has.

    Columns of a file: municipality, excel_row (from 2 in each municipality) and those of the schema without names of people;
    what is not given is empty. Raises UserError rather than replace a folder that holds anything but such a set.
    """
    if folder.exists() and not (folder / MANIFEST).exists():
        raise UserError(f"В папке {folder} лежит не набор, созданный тетрадью: переименуйте или уберите её")
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        kept: dict[str, dict[str, Any]] = {}
        for registry, rows in registries:
            path = draft / f"{registry}.parquet"
            whole = _whole(rows, schema.sheet(registry))
            whole.write_parquet(path)
            counts = dict(whole.group_by(PLACE, maintain_order=True).len().iter_rows())
            kept[registry] = {"sha256": sha256_of(path), "rows": counts}
        manifest = asdict(made) | {"registries": kept}
        (draft / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        if folder.exists():
            folder.rename(draft / "before")
        draft.rename(folder)
        shutil.rmtree(folder / "before", ignore_errors=True)
        return {registry: sum(one["rows"].values()) for registry, one in kept.items()}
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def read_set(folder: Path, schema: RegistrySchema) -> Registries:
    """A set as registries that everybody in it has sent; rows are read when they are asked for.

    Raises UserError when there is no set, or one of another version of the schema, with the command that makes it anew.
    """
    path = folder / MANIFEST
    if not path.exists():
        raise UserError(f"Набора в папке {folder} нет; создать: nms demo --scale 2300")
    raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    kept = raw.pop("registries")
    made = Made(**raw)
    if made.schema_version != schema.version:
        told = f"Набор в папке {folder} создан по другой версии реестров: {made.schema_version}, нужна {schema.version}"
        raise UserError(f"{told}. Создайте его заново: nms demo --scale {made.municipalities} --seed {made.seed}")
    frames = Frames({registry: pl.scan_parquet(folder / f"{registry}.parquet") for registry in kept})
    places = list(dict.fromkeys(place for one in kept.values() for place in one["rows"]))
    arrivals = [_arrived(made, schema.sheet(registry), one, places) for registry, one in kept.items()]
    return Registries(lambda: frames, pd.concat(arrivals, ignore_index=True), [], made.synthetic)


def _whole(rows: pl.DataFrame, sheet: Sheet) -> pl.DataFrame:
    """All columns of a registry in the order and of the types that definitions expect."""
    types = nothing(sheet).collect_schema()
    numbered = rows.with_columns((pl.int_range(pl.len()).over(PLACE) + FIRST_ROW).alias(ROW))
    columns = [PLACE, ROW, *(name for name in types if name not in (PLACE, ROW))]
    empty = [pl.lit(None, types[name]).alias(name) for name in columns if name not in numbered]
    return numbered.with_columns(empty).select(pl.col(name).cast(types[name]) for name in columns)


def _arrived(made: Made, sheet: Sheet, kept: dict[str, Any], places: list[str]) -> pd.DataFrame:
    """Rows of ``Registries.arrivals`` for one registry of the set; who has no rows in it sent it empty."""
    of_all = {"registry": sheet.id, "title": sheet.title, "received": True, "problems": 0, "left_out": 0, "revision": 1}
    of_all |= {"data_on": made.data_on, "sent_on": made.data_on, "file": f"{sheet.id}.parquet", "sha256": kept["sha256"]}
    return pd.DataFrame({"municipality": places, "rows": [kept["rows"].get(place, 0) for place in places]}).assign(**of_all)
