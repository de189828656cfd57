"""Documents that are made from data say what the data say."""

from nmslib import documents
from nmslib.demo import defects


def test_registries_document_is_current_else_make_docs(project, schema, rules, cards):
    written = (project.root / "docs" / "registries.md").read_text("utf-8")
    assert written == documents.registry_docs(schema, rules, cards)


def test_every_kind_of_defect_stands_in_the_document_of_defects(project):
    written = (project.root / "docs" / "defects.md").read_text("utf-8")
    assert defects.describe() in written
