"""Plants documented defects in synthetic workbooks and keeps the key, so that the checks can be measured. Checks nothing."""

import csv
import hashlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from nmslib.demo.defects import assigning, cells, files, people, rows, sheets
from nmslib.demo.defects.bench import Bench, Planted
from nmslib.demo.defects.kind import Defect
from nmslib.model import RegistrySchema
from nmslib.paths import appearing

__all__ = ["DEFECTS", "Defect", "Planted", "assign", "describe", "plant", "write_key"]

# In the order in which they are planted: first what needs whole rows and real dates, last what moves headers and the file itself.
DEFECTS: dict[str, Defect] = {
    **rows.KINDS,
    **people.KINDS,
    **cells.KINDS,
    **sheets.KINDS,
    **files.KINDS,
}
KEY_COLUMNS = ("sender", "kind", "rule", "sheet", "column", "rows", "title")


def plant(path: Path, kinds: Sequence[str], schema: RegistrySchema, seed: int) -> list[Planted]:
    """Plants these kinds in a synthetic workbook and says where; the same seed plants the same.

    The workbook appears by one rename and stays what the next demo may overwrite (its seal is renewed). ``unknown_sender`` gives
    it another name; ``second_file`` and ``open_in_excel`` put a file beside it. Raises UserError when a kind has no place in it.
    """
    bench = Bench(path, schema)
    for kind in sorted(kinds, key=list(DEFECTS).index):
        bench.start(kind, DEFECTS[kind].rule, seed)
        DEFECTS[kind].plant(bench)
    with appearing(bench.target) as draft:
        bench.save(draft)
    seal = path.with_name(f".{path.name}.sha256")
    if seal.exists():
        digest = hashlib.sha256(bench.target.read_bytes()).hexdigest()
        seal.unlink()
        bench.target.with_name(f".{bench.target.name}.sha256").write_text(digest, encoding="utf-8")
    if bench.target != path:
        path.unlink()
    return bench.planted


def assign(
    senders: Sequence[str],
    seed: int,
    sizes: Mapping[str, int] | None = None,
    lacking: Mapping[str, Collection[str]] | None = None,
) -> dict[str, list[str]]:
    """Spreads all kinds over the senders, each once; see ``assigning.assign``."""
    return assigning.assign(senders, seed, sizes, lacking, DEFECTS)


def write_key(path: Path, planted: Mapping[str, Sequence[Planted]]) -> None:
    """Writes where everything was planted (CSV): one line a planted place, rows joined with «;»."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with appearing(path) as draft, draft.open("w", encoding="utf-8", newline="") as target:
        lines = csv.writer(target, lineterminator="\n")
        lines.writerow(KEY_COLUMNS)
        for sender, places in planted.items():
            for one in places:
                title = DEFECTS[one.kind.removesuffix("+")].title
                numbers = ";".join(str(number) for number in one.rows)
                lines.writerow([sender, one.kind, one.rule, one.sheet or "", one.column or "", numbers, title])


def describe() -> str:
    """The table of all kinds for docs/defects.md."""
    lines = [f"| `{kind}` | {one.title} | {f'`{one.rule}`' if one.rule else '—'} |" for kind, one in DEFECTS.items()]
    return "\n".join(["| id | what is planted | rule that must report it |", "|---|---|---|", *lines])
