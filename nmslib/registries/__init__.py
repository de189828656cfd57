"""The registries that senders give: workbooks in and out, dated snapshots, and what was received. Knows no indicator."""

from nmslib.registries.last_check import COMPLETENESS, FINDINGS, LastCheck, last_check
from nmslib.registries.reading import Book, ReadSheet, read_workbook, sha256_of
from nmslib.registries.received import Frames, Registries, lazy, read_system, together
from nmslib.registries.writing import ABOUT_SHEET, SYNTHETIC, write_workbook

__all__ = [
    "ABOUT_SHEET",
    "COMPLETENESS",
    "FINDINGS",
    "SYNTHETIC",
    "Book",
    "Frames",
    "LastCheck",
    "ReadSheet",
    "Registries",
    "last_check",
    "lazy",
    "read_system",
    "read_workbook",
    "sha256_of",
    "together",
    "write_workbook",
]
