"""A papermill engine that runs a notebook in a fork of this process: nothing is imported twice, nothing leaks back.

Registered as the engine «nms». Knows cells and outputs, nothing of municipalities. Where fork is missing (Windows) it hands
over to an ordinary kernel and says so.
"""

import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from typing import Any

from nbclient.exceptions import CellExecutionError
from papermill.engines import Engine, NBClientEngine

Output = dict[str, Any]
GRACE_SECONDS = 2
log = logging.getLogger(__name__)


class _Stream:
    """Standard output or error of a cell: text becomes stream outputs in the order written."""

    encoding = "utf-8"

    def __init__(self, name: str, outputs: Callable[[], list[Output]]):
        self.name, self._outputs = name, outputs

    def write(self, text: str) -> int:
        outputs = self._outputs()
        if outputs and outputs[-1]["output_type"] == "stream" and outputs[-1]["name"] == self.name:
            outputs[-1]["text"] += text
        elif text:
            outputs.append({"output_type": "stream", "name": self.name, "text": text})
        return len(text)

    def flush(self) -> None:
        """Nothing is buffered."""

    def isatty(self) -> bool:
        return False


class _Recorder:
    """An IPython shell whose displays, results, streams and errors are kept as notebook outputs."""

    def __init__(self) -> None:
        from IPython.core.displayhook import DisplayHook
        from IPython.core.displaypub import DisplayPublisher
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config

        self.outputs: list[Output] = []
        self.count = 0
        recorder = self

        class Publisher(DisplayPublisher):
            def publish(self, data: dict, metadata: dict | None = None, **_more: Any) -> None:
                recorder.outputs.append({"output_type": "display_data", "data": data, "metadata": metadata or {}})

            def clear_output(self, wait: bool = False) -> None:
                recorder.outputs.clear()

        class Hook(DisplayHook):
            def write_output_prompt(self) -> None:
                """The notebook shows its own."""

            def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
                result = {"output_type": "execute_result", "execution_count": recorder.count}
                recorder.outputs.append(result | {"data": format_dict, "metadata": md_dict or {}})

        InteractiveShell.clear_instance()
        quiet = Config({"HistoryManager": {"enabled": False}})
        self.shell = InteractiveShell.instance(config=quiet, displayhook_class=Hook, display_pub_class=Publisher)
        self.shell.showtraceback = self._keep_error
        sys.stdout, sys.stderr = _Stream("stdout", lambda: self.outputs), _Stream("stderr", lambda: self.outputs)

    def _keep_error(self, exc_tuple: Any = None, *_rest: Any, **_more: Any) -> None:
        kind, error, trace = exc_tuple or sys.exc_info()
        lines = self.shell.InteractiveTB.structured_traceback(kind, error, trace)
        self.outputs.append({"output_type": "error", "ename": type(error).__name__, "evalue": str(error), "traceback": lines})

    def run(self, source: str) -> list[Output]:
        """Outputs of one cell."""
        self.outputs = []
        self.count += 1
        self.shell.run_cell(source, store_history=True)
        return self.outputs


def _run_cells(sources: list[str], parents_end: Connection, pipe: Connection) -> None:
    """In the fork: runs cells as asked for by index until the parent is gone; the parent keeps the notebook."""
    parents_end.close()
    recorder = _Recorder()
    with suppress(EOFError, BrokenPipeError):
        while True:
            pipe.send(recorder.run(sources[pipe.recv()]))
    os._exit(0)


class ForkEngine(Engine):
    """papermill engine «nms»: cells run in an IPython shell inside a fork of the calling process."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
        """Runs all code cells; the failing cell keeps its error and stops the notebook, as in papermill's own engine."""
        if "fork" not in get_all_start_methods():
            log.warning("На этой системе нет fork: тетрадь выполняется обычным ядром, это медленнее, результат тот же")
            return NBClientEngine.execute_managed_notebook(nb_man, kernel_name, **options)
        cells = nb_man.nb.cells
        near, far = get_context("fork").Pipe()
        child = get_context("fork").Process(target=_run_cells, args=([cell.source for cell in cells], near, far), daemon=True)
        child.start()
        far.close()
        try:
            for index, cell in enumerate(cells):
                if cell.cell_type == "code":
                    cls._execute(nb_man, cell, index, near)
        finally:
            near.close()
            child.join(timeout=GRACE_SECONDS)
            if child.is_alive():
                child.kill()
        return nb_man.nb

    @staticmethod
    def _execute(nb_man: Any, cell: Any, index: int, pipe: Connection) -> None:
        import nbformat

        nb_man.cell_start(cell, index)
        pipe.send(index)
        try:
            outputs = pipe.recv()
        except EOFError:
            outputs = [{"output_type": "error", "ename": "DeadKernel", "evalue": "процесс тетради завершился", "traceback": []}]
        cell.outputs = [nbformat.from_dict(output) for output in outputs]
        count = 1 + sum(other.cell_type == "code" for other in nb_man.nb.cells[:index])
        cell.execution_count = count
        failed = next((output for output in outputs if output["output_type"] == "error"), None)
        if failed:
            nb_man.cell_exception(cell, index)
            raise CellExecutionError.from_cell_and_msg(
                cell, {"ename": failed["ename"], "evalue": failed["evalue"], "traceback": failed["traceback"]}
            )
        nb_man.cell_complete(cell, index)
