"""What is wrong with the registries of one sender, by data/registries/rules.yaml. Opens no file, reads no clock."""

from collections.abc import Iterable

from nmslib.checks import across, before, dates, keys, people, ranges, shape
from nmslib.checks.context import Checked, Context, Frames
from nmslib.model import SEVERITY_RANK, Finding, RegistrySchema
from nmslib.registries import Book

__all__ = ["Checked", "Context", "Frames", "check"]

ALONE = {"open_in_excel", "foreign_sender", "second_file", "older_data", "future_data_day"}
# Rules that look at rows which no blocking finding has left out, so that one cause does not echo in the others.
ON_KEPT_ROWS = (ranges.check, dates.check, people.check, across.check, before.check)


def check(book: Book, form: RegistrySchema, context: Context, identity: Iterable[Finding] = ()) -> Checked:
    """Findings of a workbook, most important first, and its rows without those that are left out.

    ``form``: the sheets that this sender has to fill in; ``identity``: findings on whose workbook it is. Rows of a finding whose
    rule blocks are left out, each for the first such rule. Raises KeyError when a finding names no known rule.
    """
    frames = {registry: sheet.frame for registry, sheet in book.sheets.items()}
    whole = [*identity, *shape.of_file(book, context)]
    if any(context.rules[finding.rule].id in ALONE for finding in whole):
        # Whose data these are, or as of when, is in doubt: what the rows look like would only echo that.
        return Checked(_ranked([*(one for one in book.findings if one.registry is None), *whole], context), {}, {})
    findings = [*book.findings, *whole, *shape.of_sheets(book, form, context), *keys.check(frames, book, context)]
    left_out: dict[str, dict[int, str]] = {}
    for finding in findings:
        if finding.registry and context.rules[finding.rule].severity == "blocks":
            reasons = left_out.setdefault(finding.registry, {})
            reasons |= {row: finding.rule for row in finding.rows if row not in reasons}
    rest = {name: frame[~frame["excel_row"].isin(list(left_out.get(name, ())))] for name, frame in frames.items()}
    # A registry of which nothing is left is unknown, not empty.
    findings += [Finding("nothing_left", name) for name, frame in rest.items() if frame.empty]
    kept = {name: frame for name, frame in rest.items() if not frame.empty}
    for rules in ON_KEPT_ROWS:
        findings += rules(kept, book, context)
    return Checked(_ranked(findings, context), kept, left_out)


def _ranked(findings: list[Finding], context: Context) -> list[Finding]:
    """Blocking first, then distorting, then style; within each, whole sheets before rows and many rows before few."""
    return sorted(findings, key=lambda one: (SEVERITY_RANK[context.rules[one.rule].severity], bool(one.rows), -len(one.rows)))
