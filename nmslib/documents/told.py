"""What a finished page or notebook tells, read back from it: its words, and the texts that stand for figures."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MARK, GAP = "data-figure", "data-gap"
CHART = "application/vnd.vegalite.v5+json"
# A cell that shows a chart is one call.
DRAWN = re.compile(r"charts\.(\w+)\(")


@dataclass(frozen=True)
class PageTold:
    """``text``: all words of the page; ``figures``: id of a figure → texts of the elements marked with it.

    ``gaps``: the same of elements that tell how many are missing to its plan.
    """

    text: str
    figures: Mapping[str, list[str]]
    gaps: Mapping[str, list[str]]


def page_told(html: str) -> PageTold:
    """What an HTML page tells."""
    from lxml import html as parser

    root = parser.fromstring(html)
    marked: dict[str, dict[str, list[str]]] = {MARK: {}, GAP: {}}
    for element in root.iter():
        for mark, found in marked.items() if isinstance(element.tag, str) else ():
            if figure := element.get(mark):
                found.setdefault(figure, []).append(" ".join(element.itertext()))
    for style in root.xpath("//style"):
        style.drop_tree()
    return PageTold(" ".join(root.itertext()), marked[MARK], marked[GAP])


def charts_told(path: Path) -> dict[str, dict[str, Any]]:
    """Charts of an executed notebook by the function that drew them, the first of each: name → specification."""
    found: dict[str, dict[str, Any]] = {}
    for cell in _cells(path):
        drawn = DRAWN.match("".join(cell["source"]))
        specs = [output["data"][CHART] for output in cell.get("outputs", []) if CHART in output.get("data", {})]
        if drawn and specs:
            found.setdefault(drawn[1], specs[0])
    return found


def notebook_told(path: Path) -> PageTold:
    """What the HTML outputs of an executed notebook tell."""
    shown = [output.get("data", {}) for cell in _cells(path) for output in cell.get("outputs", [])]
    return page_told("<div>" + "".join("".join(data.get("text/html", ())) for data in shown) + "</div>")


def _cells(path: Path) -> list[dict[str, Any]]:
    """Cells as the file holds them, texts as lists of lines: nbformat takes its time over every part of a chart."""
    cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return cells
