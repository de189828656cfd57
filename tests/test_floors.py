"""Imports go down the floors of docs/architecture.md."""

import ast
import sys
from pathlib import Path

FLOORS = [
    {"model", "problems", "paths"},
    {"wording", "intervals", "drawing"},
    {"catalogue", "registries", "phrases"},
    {"checks", "completeness", "roadmap", "indicators", "advice", "demo", "lint", "comparison"},
    {"scenarios"},
    {"tables"},
    {"situation"},
    {"left"},
    {"projection"},
    {"compared"},
    {"charts", "documents"},
    {"kernels"},
    {"batch", "dashboards"},
    {"commands"},
    {"__main__"},
]
FLOOR_OF = {name: number for number, names in enumerate(FLOORS) for name in names}
PACKAGE = Path(__file__).parent.parent / "nmslib"


def imported_modules(source: str) -> set[str]:
    """Names of nmslib modules a source file imports, in either spelling."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "nmslib":
            tail = (node.module or "").removeprefix("nmslib").strip(".")
            found |= {tail.split(".")[0]} if tail else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("nmslib.")}
    return found


def test_every_module_imports_only_from_lower_floors():
    for path in sorted(PACKAGE.rglob("*.py")):
        module = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if module == "__init__":
            continue
        upward = {other for other in imported_modules(path.read_text("utf-8")) - {module} if FLOOR_OF[other] >= FLOOR_OF[module]}
        assert not upward, f"{path.name} (floor {FLOOR_OF[module]}) must not know of {sorted(upward)}"


def test_the_ground_floor_needs_only_the_standard_library():
    for path in [*PACKAGE.glob("model/*.py"), PACKAGE / "problems.py", PACKAGE / "paths.py"]:
        tree = ast.parse(path.read_text("utf-8"))
        roots = {node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
        roots |= {alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert roots <= sys.stdlib_module_names | {"nmslib"}


def test_modules_stay_small():
    long = {str(path): count for path in PACKAGE.rglob("*.py") if (count := len(path.read_text("utf-8").splitlines())) > 330}
    assert not long
