"""Planted defects are found where they were planted, and nothing else is reported: the checks measured on all kinds at once."""

import csv
import shutil
from datetime import datetime

import pandas as pd
import pytest

from nmslib import catalogue, wording
from nmslib.batch import checking, forms

CHECKED_AT = datetime(2024, 12, 1, 9, 0)


@pytest.fixture(scope="module")
def measured(module_workshop):
    """Findings of the newest amur workbooks after the previous monitoring was accepted, and the key of what was planted."""
    list(forms.write_demo(["amur"], 48, True, module_workshop))
    inbox, aside = module_workshop.inbox("amur"), module_workshop.root / "aside"
    shutil.copytree(inbox, aside, ignore=shutil.ignore_patterns("*.2023-*"))
    for newest in aside.iterdir():
        (inbox / newest.name).unlink()
    previous = checking.check("amur", None, module_workshop, CHECKED_AT, lambda _: None)
    assert [outcome.accepted for outcome in previous if outcome.revision != 1] == []
    assert len(previous) == len(catalogue.municipalities_of("amur", module_workshop)) + 1
    shutil.rmtree(inbox)
    aside.rename(inbox)
    outcomes = checking.check("amur", None, module_workshop, CHECKED_AT, lambda _: None)
    with module_workshop.planted("amur").open(encoding="utf-8", newline="") as file:
        key = [{**line, "sender": line["sender"].split("/")[1]} for line in csv.DictReader(file)]
    findings = pd.concat([outcome.findings for outcome in outcomes])
    # A workbook of unknown origin cannot be told from its sender's other finding: there is none.
    lost = {one["sender"] for one in key if one["rule"] == "unknown_sender"}
    return findings.assign(municipality=findings["municipality"].fillna(min(lost))), pd.DataFrame(key)


def test_every_planted_defect_is_found(measured):
    findings, key = measured
    reported = set(zip(findings["municipality"], findings["rule"], strict=True))
    planted = key[key["rule"] != ""]
    missed = [(one.sender, one.kind) for one in planted.itertuples() if (one.sender, one.rule) not in reported]
    assert missed == []
    assert planted["kind"].nunique() >= 40


def test_nothing_is_reported_that_was_not_planted(measured):
    findings, key = measured
    planted = set(zip(key["sender"], key["rule"], strict=True))
    reported = zip(findings["municipality"], findings["rule"], findings["sheet"], findings["places"], strict=True)
    assert [one for one in reported if one[:2] not in planted] == []


def test_findings_name_exactly_the_planted_rows(measured):
    findings, key = measured
    told = set(zip(findings["municipality"], findings["rule"], findings["places"], strict=True))
    wrong = []
    for one in key[(key["rule"] != "") & (key["rows"] != "")].itertuples():
        rows = wording.ranges(int(row) for row in one.rows.split(";"))
        if (one.sender, one.rule, rows) not in told:
            wrong.append((one.sender, one.kind, rows))
    assert wrong == []
