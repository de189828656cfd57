"""What the last ``nms check`` of a system wrote: who sent what, what was found, which revisions there are. Nothing personal."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from nmslib.model import Municipality
from nmslib.paths import Project
from nmslib.problems import UserError
from nmslib.registries import snapshots

FINDINGS, COMPLETENESS = "findings.parquet", "completeness.parquet"


@dataclass(frozen=True)
class LastCheck:
    """``arrivals``: ``completeness.table``; ``findings``: system, municipality, file and the columns of ``batch.findings``.

    ``revisions``: one row per accepted revision (municipality, name, number, accepted_at, data_on, sent_on, file, sha256, rows,
    left_out, added, removed, changed, effect in words).
    """

    arrivals: pd.DataFrame
    findings: pd.DataFrame
    revisions: pd.DataFrame
    synthetic: bool


def last_check(system: str, senders: Iterable[Municipality], project: Project) -> LastCheck:
    """Tables of the last check with the history of every sender; UserError when nothing was checked yet."""
    folder = project.outputs(system)
    if not (folder / COMPLETENESS).exists():
        raise UserError(f"Реестры системы «{system}» ещё не проверялись: выполните nms check {system}")
    histories = [(sender, snapshots.history(system, sender.municipality, project)) for sender in senders]
    rows = [_revision(sender, snapshot) for sender, history in histories for snapshot in history]
    columns = ["municipality", "name", "number", "accepted_at", "data_on", "sent_on", "file", "sha256"]
    revisions = pd.DataFrame(rows, columns=[*columns, "rows", "left_out", "added", "removed", "changed", "effect"])
    synthetic = any(snapshot.synthetic for _, history in histories for snapshot in history)
    return LastCheck(pd.read_parquet(folder / COMPLETENESS), pd.read_parquet(folder / FINDINGS), revisions, synthetic)


def _revision(sender: Municipality, snapshot: snapshots.Snapshot) -> dict[str, object]:
    kept = snapshot.registries.values()
    days = {name: pd.Timestamp(getattr(snapshot, name)) for name in ("accepted_at", "data_on", "sent_on")}
    return {
        "municipality": sender.municipality,
        "name": sender.name,
        "number": snapshot.number,
        "file": snapshot.file,
        "sha256": snapshot.sha256,
        "left_out": sum(sum(one.left_out.values()) for one in kept),
        **{name: sum(getattr(one, name) for one in kept) for name in ("rows", "added", "removed", "changed")},
        "effect": "; ".join(f"{moved['name']}: {moved['before']} → {moved['after']}" for moved in snapshot.effect),
        **days,
    }
