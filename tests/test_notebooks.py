"""Notebooks are thin: a few short cells, no logic, no stored outputs."""

import ast
from pathlib import Path

import nbformat
import pytest

from nmslib.dashboards.serving.app import PAGES as SERVED

ROOT = Path(__file__).parent.parent
REPORTS = sorted((ROOT / "notebooks" / "reports").glob("*.ipynb"))
PAGES = sorted((ROOT / "notebooks" / "dashboards").glob("*.ipynb"))
LOGIC = {"FunctionDef", "AsyncFunctionDef", "Lambda", "ClassDef", "For", "While", "Try", "If", "ListComp", "DictComp"}


def faults(path: Path) -> list[str]:
    """What keeps a report notebook from being thin; empty list when it is."""
    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    found = [] if len(code) <= 12 else [f"ячеек с кодом {len(code)}, можно 12"]
    if not code or "parameters" not in code[0].metadata.get("tags", []):
        found.append("первая ячейка с кодом без метки parameters")
    for number, cell in enumerate(code, 1):
        kinds = {type(node).__name__ for node in ast.walk(ast.parse(cell.source))}
        found += [f"ячейка {number}: {kind}" for kind in sorted(kinds & LOGIC)]
        found += [f"ячейка {number}: строк больше 10"] if len(cell.source.splitlines()) > 10 else []
        found += [f"ячейка {number}: сохранён вывод"] if cell.outputs or cell.execution_count else []
        found += [f"ячейка {number}: читает файлы сама"] if "read_excel" in cell.source or "open(" in cell.source else []
    return found


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_report_notebook_is_thin(path):
    assert faults(path) == []


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_parameters_are_annotated_and_explained(path):
    cell = next(cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code")
    lines = cell.source.splitlines()
    # A cell of one line that begins with «system» would be taken by IPython for its magic command of that name.
    assert len(lines) > 1
    for line in [line for line in lines if not line.startswith("#")]:
        assert ": " in line.split("=")[0]
        assert "  # " in line


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_first_cell_says_what_the_report_answers(path):
    first = nbformat.read(path, as_version=4).cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_page_notebook_has_at_most_five_cells_and_no_logic(path):
    cells = nbformat.read(path, as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    kinds = {type(node).__name__ for cell in code for node in ast.walk(ast.parse(cell.source))}
    assert len(cells) <= 5
    assert cells[0].cell_type == "markdown"
    assert not kinds & LOGIC
    assert not any(cell.outputs or cell.execution_count for cell in code)


def test_pages_of_the_server_are_the_notebooks():
    assert {path.stem for path in PAGES} == {name for _, name in SERVED.values()}
