"""Documents that are made from data say what the data say."""

import pytest

from nmslib.batch.written import written
from nmslib.demo import defects


@pytest.mark.parametrize("name", ["registries.md", "indicators.md"])
def test_document_made_from_data_is_current_else_make_docs(name, project):
    assert (project.root / "docs" / name).read_text("utf-8") == written(project)[name]


def test_every_card_and_every_asking_document_stands_in_the_document_of_indicators(project, cards):
    text = (project.root / "docs" / "indicators.md").read_text("utf-8")
    assert all(f"(`{card}`)" in text for card in cards)
    for number, part in enumerate(text.split("\n## ")[1:], 1):
        assert "\n| " in part.split("|---|")[-1], f"card {number} is asked for by no document"


def test_every_kind_of_defect_stands_in_the_document_of_defects(project):
    written = (project.root / "docs" / "defects.md").read_text("utf-8")
    assert defects.describe() in written
