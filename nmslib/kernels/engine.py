"""The papermill engine «nms»: cells run in a fork of a warm process, outputs are those of an ordinary kernel.

Where fork is missing (Windows) it hands over to papermill's own engine and says so.
"""

import logging
from multiprocessing.connection import Connection
from typing import Any

import nbformat
from papermill.engines import Engine, NBClientEngine

from nmslib.kernels import shell

GRACE_SECONDS = 2
DEATH = "процесс тетради завершился, не выполнив ячейку"
DIED = {"output_type": "error", "ename": "DeadKernel", "evalue": DEATH, "traceback": [DEATH]}
log = logging.getLogger(__name__)


class ForkEngine(Engine):
    """papermill engine «nms»: an IPython shell in a process of its own for each notebook."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
        """Runs the code cells in order; the failing cell keeps its error and ends the notebook, as in papermill's own engine."""
        if not shell.available():
            log.warning("На этой системе нет fork: тетрадь выполняется обычным ядром, это медленнее, результат тот же")
            return NBClientEngine.execute_managed_notebook(nb_man, kernel_name, **options)
        process, pipe = shell.start()
        try:
            code = [(index, cell) for index, cell in enumerate(nb_man.nb.cells) if cell.cell_type == "code"]
            for count, (index, cell) in enumerate(code, 1):
                nb_man.cell_start(cell, index)
                cell.execution_count = count
                cell.outputs = [nbformat.from_dict(output) for output in cls._outputs(pipe, cell.source)]
                if any(output.output_type == "error" for output in cell.outputs):
                    nb_man.cell_exception(cell, index)
                    break
                nb_man.cell_complete(cell, index)
        finally:
            pipe.close()
            process.join(timeout=GRACE_SECONDS)
            if process.is_alive():
                process.kill()
        return nb_man.nb

    @staticmethod
    def _outputs(pipe: Connection, source: str) -> list[dict[str, Any]]:
        try:
            pipe.send(source)
            outputs: list[dict[str, Any]] = pipe.recv()
        except (EOFError, OSError):
            return [DIED]
        return outputs
