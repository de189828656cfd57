"""Notebooks are thin: a few short cells, no logic, no stored outputs."""

import ast
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
REPORTS = sorted((ROOT / "notebooks" / "reports").glob("*.ipynb"))
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
