"""Findings as tables: for the sender with what stands in the cells, for everybody else without anything personal."""

import json

import pandas as pd

from nmslib import wording
from nmslib.checks import Checked
from nmslib.indicators import Effects, in_words
from nmslib.model import SEVERITY_RANK, Card, Finding, RegistrySchema, Rule
from nmslib.problems import DataProblem
from nmslib.registries import Book

PUBLIC = {
    "rule": "rule id",
    "severity": "blocks, distorts, style",
    "title": "what is wrong",
    "wanted": "what the sender has to do",
    "registry": "registry id, None for the whole file",
    "sheet": "title of the sheet in the form",
    "column": "title of the column in the form",
    "cells": "how many cells or rows",
    "places": "rows as ranges",
    "said": "what stands there, without anything personal",
    "effect": "which indicators change and by how many people",
    "people": "the largest of these numbers",
    "changes": "JSON: indicator → the number, null where it cannot be computed",
}
SENDER = (*PUBLIC, "example", "letter", "rows", "details", "form_column")
NOT_ACCEPTED = "книга не принята: показатели не обновлены"
# A sheet that is not there, or not readable, makes its whole registry unknown.
UNREAD = {"missing_sheet", "empty_sheet", "missing_column", "nothing_left"}
# The first copy of a row is counted, so leaving the second one out changes nothing.
HARMLESS = {"repeated_row"}


def empty_table() -> pd.DataFrame:
    """The public table without rows."""
    return pd.DataFrame(columns=["system", "municipality", "file", *PUBLIC])


def of_file(rule: str, rules: dict[str, Rule]) -> pd.DataFrame:
    """The public table of one finding about a whole file."""
    broken = rules[rule]
    row = {"rule": rule, "severity": broken.severity, "title": broken.title, "wanted": broken.wanted, "cells": 0, "people": 0}
    return pd.DataFrame([row | {"places": "", "said": "", "effect": NOT_ACCEPTED, "changes": "{}"}], columns=list(PUBLIC))


def refused(findings: pd.DataFrame) -> dict[str, set[str]]:
    """Sender → registries that its workbook holds and that could not be accepted; ``"*"``: the whole workbook."""
    blocking = findings[(findings["severity"] == "blocks") & findings["municipality"].notna()]
    whole = blocking[blocking["registry"].isna()].assign(registry="*")
    sheets = blocking[blocking["rule"].isin(["missing_column", "nothing_left"])]
    return {name: set(rows["registry"]) for name, rows in pd.concat([whole, sheets]).groupby("municipality")}


def as_table(
    book: Book, checked: Checked, effects: Effects, rules: dict[str, Rule], cards: dict[str, Card], schema: RegistrySchema
) -> pd.DataFrame:
    """One row per finding in order of importance, with the columns of ``SENDER``; equally severe ones by their effect."""
    rows = [_row(finding, book, effects, rules, cards, schema) for finding in checked.findings]
    frame = pd.DataFrame(rows, columns=list(SENDER))
    severity = frame["severity"].map(SEVERITY_RANK)
    # What concerns the whole file comes first, then what makes an indicator impossible to compute.
    scope = frame["registry"].notna().astype(int) + 1 - frame["changes"].str.contains("null").astype(int)
    ranked = frame.assign(severity_=severity, scope_=scope.where(frame["registry"].notna(), 0))
    by = ["severity_", "scope_", "people", "cells"]
    ranked = ranked.sort_values(by, ascending=[True, True, False, False], kind="stable")
    return ranked.drop(columns=["severity_", "scope_"]).reset_index(drop=True)


def for_everybody(table: pd.DataFrame, schema: RegistrySchema) -> pd.DataFrame:
    """The same findings without what the sender wrote: titles of the form instead of the sender's own."""
    titles = {sheet.id: sheet.title for sheet in schema.sheets}
    return table[list(PUBLIC)].assign(sheet=table["registry"].map(titles), column=table["form_column"])


def _row(
    finding: Finding, book: Book, effects: Effects, rules: dict[str, Rule], cards: dict[str, Card], schema: RegistrySchema
) -> dict[str, object]:
    rule, read = rules[finding.rule], book.sheets.get(finding.registry or "")
    harmless = rule.severity == "style" or rule.id in HARMLESS
    changed = [] if harmless else effects.of(finding, finding.rule in UNREAD, rule.severity == "blocks")
    refused = finding.registry is None and rule.severity == "blocks"
    sheet = read.title if read else schema.sheet(finding.registry).title if finding.registry else None
    column = finding.column
    header = schema.sheet(str(finding.registry)).column(column).title if column else None
    return {
        "rule": rule.id,
        "severity": rule.severity,
        "title": rule.title,
        "wanted": rule.wanted,
        "example": rule.example,
        "registry": finding.registry,
        "sheet": sheet,
        "column": read.headers.get(column, header) if read and column else header,
        "form_column": header,
        "letter": read.letters.get(column) if read and column else None,
        "rows": finding.rows,
        "cells": len(finding.rows),
        "places": wording.ranges(finding.rows),
        "details": finding.details,
        "said": finding.said,
        "effect": NOT_ACCEPTED if refused else in_words(changed, cards),
        "changes": json.dumps({one.indicator: one.people for one in changed}),
        "people": max((one.people or 0 for one in changed), default=0),
    }


def as_problems(table: pd.DataFrame, book: Book) -> list[DataProblem]:
    """What distorts figures or left rows out, worded for reports: nothing personal, no matters of style."""
    problems = []
    for row in table[table["severity"] != "style"].itertuples():
        told = f"{row.title}: {row.said}" if row.said else str(row.title)
        problems.append(DataProblem(book.path.name, place(row), "", wording.sentences(told, str(row.wanted))))
    return problems


def place(row: object) -> str:
    """«лист «Работники», столбец «Принят», строки 2–5, 14» of a row of the table."""
    rows = getattr(row, "places", "")
    parts = [
        f"лист «{row.sheet}»" if getattr(row, "sheet", None) else "",  # type: ignore[attr-defined]
        f"столбец «{row.column}»" if getattr(row, "column", None) else "",  # type: ignore[attr-defined]
        (f"строки {rows}" if getattr(row, "cells", 0) > 1 else f"строка {rows}") if rows else "",
    ]
    return ", ".join(part for part in parts if part)
