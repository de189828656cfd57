"""The user's guide says what there is: its pictures, commands, states and words of the pages; `make guide` makes the pictures."""

import re
import subprocess
import sys

import pytest
from conftest import ROOT

from nmslib.__main__ import main
from nmslib.model import MeasureState, State

DOCS = ROOT / "docs"
GUIDE = (DOCS / "guide.ru.md").read_text("utf-8")
PAGES = ROOT / "nmslib" / "dashboards"
SHY = "\u00ad"


def said() -> str:
    """All that pages may say, as their sources have it: without soft hyphens, in small letters."""
    files = [path for kind in ("*.j2", "*.js", "*.py") for path in PAGES.rglob(kind)] + [ROOT / "data" / "levers.yaml"]
    text = "\n".join(path.read_text("utf-8") for path in sorted(files))
    return text.replace(SHY, "").lower()


def bold() -> list[str]:
    """What is set in bold: words of the pages, and beginnings of paragraphs, which end with a full stop."""
    return re.findall(r"\*\*(.+?)\*\*", GUIDE)


def table(head: str) -> list[list[str]]:
    """Cells of the rows of the table that begins with this head."""
    rows = GUIDE.split(f"\n{head}")[1].split("\n\n")[0].split("\n")[2:]
    return [[cell.strip() for cell in row.strip().strip("|").split("|")] for row in rows]


def test_pictures_of_the_guide_are_those_of_the_folder_and_of_the_command():
    sys.path.insert(0, str(DOCS / "guide"))
    try:
        from shots import SHOTS
    finally:
        sys.path.pop(0)
    named = re.findall(r"!\[[^\]]+\]\(guide/([a-z]+)\.png\)", GUIDE)
    assert len(named) == len(set(named)) == GUIDE.count("](guide/")
    assert set(named) == {path.stem for path in (DOCS / "guide").glob("*.png")} == {"note", *(shot.name for shot in SHOTS)}


def test_every_picture_is_told_in_words_and_made_of_demo_data():
    told = re.findall(r"!\[([^\]]*)\]", GUIDE)
    assert all(len(words) > 25 for words in told)
    without = [words for words in told if "интетическ" not in words]
    assert all(words.startswith(("Форма", "Карточка")) for words in without), without


def test_pictures_are_small():
    sizes = {path.name: path.stat().st_size for path in (DOCS / "guide").glob("*.png")}
    assert max(sizes.values()) < 150_000
    assert sum(sizes.values()) < 1_500_000


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`nms ([a-z]+)", GUIDE))))
def test_every_command_of_the_guide_is_one_and_takes_its_options(command):
    known = {option for one in main.commands[command].params for option in one.opts}
    for line in re.findall(rf"`nms {command}([^`]*)`", GUIDE):
        assert set(re.findall(r"--[a-z-]+", line)) <= known | {"--help"}, line


def test_every_target_of_make_in_the_guide_is_one():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    asked = set(re.findall(r"`make ([a-z]+)`", GUIDE))
    assert asked >= {"guide", "lab"}
    assert all(f"\n{target}:" in makefile for target in asked)


def test_states_of_indicators_have_their_shapes_and_words():
    rows = [tuple(row[:2]) for row in table("| знак | состояние показателя |")]
    assert rows == [(state.shape, state.word) for state in State]


def test_states_of_measures_have_their_shapes_and_words():
    known = {(state.shape, state.word) for state in MeasureState}
    rows = [tuple(row) for row in table("| знак | состояние меры |")]
    assert len(rows) > 5
    assert set(rows) <= known


def test_bold_words_of_the_guide_stand_on_the_pages():
    words = [
        re.sub(r"^часть \d\. ", "", one.lower()).rstrip(".") for one in bold() if not one.endswith(".") or "асть " in one[:5]
    ]
    pages = said()
    assert len(words) > 50
    assert [one for one in words if one not in pages] == []


def test_cards_of_the_guide_are_those_that_the_program_shows():
    pages = said()
    quoted = [piece for row in table("| что видно |") for words in re.findall("«([^»]+)»", row[0]) for piece in words.split("…")]
    assert len(quoted) > 10
    assert [piece for piece in quoted if piece.strip().lower() not in pages] == []


def test_every_link_to_a_document_leads_somewhere():
    assert [link for link in re.findall(r"\]\(([^)]+)\)", GUIDE) if not (DOCS / link).exists()] == []


def test_command_says_what_it_lacks_where_there_is_no_browser(tmp_path):
    done = subprocess.run(
        [sys.executable, DOCS / "guide" / "pictures.py"], env={"PATH": str(tmp_path)}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "Chromium" in done.stderr
    assert "Traceback" not in done.stderr
