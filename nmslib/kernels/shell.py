"""A notebook's process: forked from a warm server that has pandas, Altair and nmslib imported. Knows cells, nothing of papermill.

The server is a process of its own, so the forks never see the caller's threads, charts or open files.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any

Output = dict[str, Any]
# Names the systems whose documents the server reads when it starts.
SYSTEMS = "NMS_SYSTEMS"
PRELOADED = [
    "nmslib.kernels.lean",
    "IPython.core.interactiveshell",
    "IPython.core.application",
    "IPython.core.completerlib",
    "IPython.core.oinspect",
    "nmslib.advice",
    "nmslib.charts",
    "nmslib.checks",
    "nmslib.comparison",
    "nmslib.documents",
    "nmslib.indicators.comparing",
    "nmslib.registries",
    "nmslib.situation",
    "nbconvert.exporters.html",
    "papermill",
    "docx",
    "lxml.html",
    "nmslib.batch.making",
    "nmslib.batch.portals",
    "nmslib.batch.tabling",
    "nmslib.kernels.settled",
]


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


def _serve(environment: dict[str, str], pipe: Connection, callers_end: Connection | None) -> None:
    """In the fork: runs the sources that come through the pipe until the caller is gone."""
    if callers_end:
        callers_end.close()  # or the end of the caller would never be seen
    os.environ.clear()
    os.environ.update(environment)
    import numpy

    numpy.random.seed()  # forks of one process would draw the same numbers
    recorder = _Recorder()
    with suppress(EOFError, OSError):
        while True:
            pipe.send(recorder.run(pipe.recv()))


@contextmanager
def anonymous_main() -> Iterator[None]:
    """Hides the calling script meanwhile, or the fork would run it again to find ``_serve``, which it does not hold."""
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


@contextmanager
def undisturbed() -> Iterator[None]:
    """Programs started meanwhile never see Ctrl-C: it is the business of their caller, who stops them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing.resource_tracker import ensure_running

    # Python starts this helper before the server, and would let the signal through again while doing so.
    ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_inside = False


def nest() -> None:
    """Says that this process is itself a fork of the warm server: its notebooks become forks of it."""
    global _inside
    _inside = available()


def available() -> bool:
    """Whether this system can fork (Windows cannot)."""
    return "forkserver" in get_all_start_methods()


def context() -> BaseContext:
    """How processes are started: as forks of the warm server, within such a fork as its own, without fork as ordinary ones."""
    return get_context("fork" if _inside else "forkserver" if available() else "spawn")


def warm() -> None:
    """Starts the server in the background: it imports while the caller goes on; a second call does nothing."""
    if available() and not _inside:
        from multiprocessing.forkserver import ensure_running

        # Threads of numeric libraries would not survive the forks, and cores are taken by processes anyway.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        get_context("forkserver").set_forkserver_preload(PRELOADED)
        with anonymous_main():
            ensure_running()


def start() -> tuple[BaseProcess, Connection]:
    """A fresh process for one notebook and the pipe to it: send a source, receive the outputs of its cell."""
    warm()
    near, far = context().Pipe()
    process = context().Process(target=_serve, args=(dict(os.environ), far, near if _inside else None), daemon=True)  # type: ignore[attr-defined]
    with anonymous_main():
        process.start()
    far.close()
    return process, near
