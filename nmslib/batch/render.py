"""One notebook into its files: executed in a fork, exported to a page, put in place by one rename."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nmslib.kernels import lean  # noqa: F401  before papermill
from nmslib.paths import Project
from nmslib.problems import UserError

TRACEBACK = "Traceback (most recent call last)"


class NotebookFailed(UserError):
    """The notebook stopped: which cell, and what it said; ``kind`` names the exception."""

    def __init__(self, notebook: str, cell: int, kind: str, said: str):
        super().__init__(notebook, cell, kind, said)
        self.notebook, self.cell, self.kind, self.said = notebook, cell, kind, said

    def __str__(self) -> str:
        return f"{self.notebook}.ipynb, ячейка {self.cell}: {self.said}"


def draft_folder(outputs: Path) -> Path:
    """A fresh hidden folder beside the place where its content will appear."""
    outputs.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=outputs))
    draft.chmod(0o755)
    return draft


@contextmanager
def drafted(outputs: Path) -> Iterator[Path]:
    """A draft folder that is gone afterwards, whatever happened."""
    draft = draft_folder(outputs)
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def execute(report: str, parameters: dict[str, Any], folder: Path, name: str, title: str, project: Project) -> None:
    """Runs the notebook ``report``, writes ``name``.ipynb and ``name``.html into ``folder``; NotebookFailed when a cell fails.

    A cell that swallows an error and only prints its traceback has failed too. The notebook is kept up to the failing cell.
    """
    import papermill

    from nmslib import documents
    from nmslib.documents.told import CHART

    target = folder / f"{name}.ipynb"
    quiet = {"engine_name": "nms", "kernel_name": "python3", "progress_bar": False, "request_save_on_cell_execute": False}
    try:
        notebook = papermill.execute_notebook(str(project.report(report)), str(target), parameters=parameters, **quiet)
    except papermill.PapermillExecutionError as error:
        raise NotebookFailed(report, error.exec_count, error.ename, error.evalue) from error
    _refuse_tracebacks(report, notebook)
    for output in (one for cell in notebook.cells for one in cell.get("outputs", [])):
        # The page shows the picture alone, and would copy what it was drawn from twice.
        output.get("data", {}).pop(CHART, None)
    (folder / f"{name}.html").write_text(documents.page(notebook, title), encoding="utf-8")


def _refuse_tracebacks(report: str, notebook: Any) -> None:
    for cell in notebook.cells:
        printed = "".join(output.get("text", "") for output in cell.get("outputs", []) if output.output_type == "stream")
        if TRACEBACK in printed:
            said = printed.strip().splitlines()[-1]
            raise NotebookFailed(report, cell.execution_count, said.partition(":")[0], f"напечатана ошибка: {said}")


def appear(draft: Path, place: Path) -> None:
    """Puts a finished folder in its place; whoever looks sees the old one or the new one, both whole."""
    previous = place.with_name(f".{place.name}.previous")
    shutil.rmtree(previous, ignore_errors=True)
    if place.exists():
        place.rename(previous)
    draft.rename(place)
    shutil.rmtree(previous, ignore_errors=True)


def tidy(outputs: Path, written: Iterable[str] = ()) -> None:
    """Clears what a killed run left behind: drafts, of the files ``written`` too; a folder caught between renames comes back."""
    for previous in outputs.glob(".*.previous"):
        place = previous.with_name(previous.name.removeprefix(".").removesuffix(".previous"))
        if place.exists():
            shutil.rmtree(previous, ignore_errors=True)
        else:
            previous.rename(place)
    for draft in outputs.glob(".draft-*"):
        shutil.rmtree(draft, ignore_errors=True)
    for name in written:
        for part in outputs.glob(f".{name}.*.part"):
            part.unlink(missing_ok=True)
