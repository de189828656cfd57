"""How a page is made: a kernel, the cells of a notebook one after the other, their HTML as it is."""

import asyncio
import logging
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from tornado.httputil import HTTPServerRequest
from voila.execute import VoilaExecutor

from nmslib.dashboards.serving.cards import Trouble
from nmslib.dashboards.serving.viewers import Viewers

LOG = logging.getLogger("nms.dashboards")
CELL_SECONDS, START_SECONDS = 60, 30
CONTENT = ("display_data", "execute_result")
READER = "аналитик, который ведёт рабочую тетрадь"


class Failed(Exception):
    """A page that could not be made, and the card that tells why."""

    def __init__(self, card: Trouble):
        super().__init__(card.what)
        self.card = card


def failed(what: str, error: BaseException | None = None, **card: Any) -> Failed:
    """A failure whose details stand in the log under the code that the card shows."""
    trouble = Trouble(what, **card)
    LOG.error("%s %s", trouble.code, what, exc_info=error)
    return Failed(trouble)


@dataclass
class Making:
    """Makes pages for viewers, a few at once: the first of many is not kept waiting by the last."""

    viewers: Viewers
    environment: dict[str, str]
    folder: Path
    at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2 * (os.cpu_count() or 1)))
    _read: dict[Path, tuple[int, Any]] = field(default_factory=dict)

    def notebook(self, path: Path) -> Any:
        """The notebook, read again when it changes; Failed when it is missing or is none."""
        try:
            changed = path.stat().st_mtime_ns
            if self._read.get(path, (None,))[0] != changed:
                self._read[path] = changed, nbformat.read(path, as_version=4)
        except Exception as error:
            raise failed(f"Тетради этой страницы нет или она не читается: {path.name}", error) from error
        return self._read[path][1]

    async def html(self, notebook: Any, kernel_id: str, request: HTTPServerRequest) -> str:
        """What the cells show, as HTML; Failed when the kernel does not start, a cell fails, takes too long or shows nothing."""
        async with self.at_once:
            try:
                return await self._made(notebook, kernel_id, request)
            except Failed:
                raise
            except CellExecutionError as error:
                raise failed("Страница не собралась из-за ошибки в программе", error) from error
            except (CellTimeoutError, TimeoutError) as error:
                raise failed("Страница собиралась слишком долго", error) from error
            except DeadKernelError as error:
                raise failed("Процесс страницы завершился раньше времени, часто это нехватка памяти", error) from error
            except Exception as error:
                raise failed("Процесс страницы не запустился", error) from error

    async def _made(self, notebook: Any, kernel_id: str, request: HTTPServerRequest) -> str:
        async with asyncio.timeout(START_SECONDS):
            environment = self.environment | {
                "QUERY_STRING": request.query,
                "SCRIPT_NAME": request.path,
                "NMS_KERNEL": kernel_id,
            }
            await self.viewers.start_kernel(kernel_id=kernel_id, kernel_name="python3", env=environment, cwd=str(self.folder))
        executor = VoilaExecutor(
            nbformat.from_dict(notebook),
            km=self.viewers.get_kernel(kernel_id),
            timeout=CELL_SECONDS,
            startup_timeout=START_SECONDS,
            show_tracebacks=True,  # for the log: no output of that kind reaches a page
        )
        executor.kc = await executor.async_start_new_kernel_client()
        try:
            cells = [cell for cell in executor.nb.cells if cell.cell_type == "code"]
            for index, cell in enumerate(cells):
                await executor.execute_cell(cell, None, index, store_history=False)
        finally:
            with suppress(Exception):
                executor.kc.stop_channels()
        shown = [output for cell in cells for output in cell.outputs if output.output_type in CONTENT]
        html = "".join(output.data.get("text/html", "") for output in shown)
        if not html:
            raise failed("Тетрадь этой страницы ничего не показала")
        return html
