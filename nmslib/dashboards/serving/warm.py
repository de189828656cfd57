"""The warm process: has imported and read what every page needs, and forks a kernel for each page that the server orders.

It is a process of its own, without threads and without a zmq context, because those do not survive a fork. Messages are lines of
JSON through one socket: «start», «signal» and «retire» come, «ready», «started» and «ended» go. When the server is gone the
socket closes, and the kernels end with this process.
"""

import nmslib.kernels.lean  # noqa: F401, I001  before whatever imports jsonschema

import gc
import importlib
import json
import logging
import os
import selectors
import shutil
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

CHUNK = 1 << 16
# Nobody debugs a page, and each kernel would import this anew: 28 MB.
sys.modules.setdefault("debugpy", None)  # type: ignore[arg-type]
# What ipykernel imports only when it starts.
NEEDED = (
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.core.completerlib",
    "encodings.idna",
    "faulthandler",
    "numpy.random",
    "pdb",
    "tornado.platform.asyncio",
    "tornado.queues",
)
LOG = logging.getLogger("nms.dashboards")


class Warm:
    """Forks, signals and reaps kernels until told to retire (then until the last one has ended) or until the server is gone."""

    def __init__(self, line: socket.socket):
        self.line, self.heard = line, b""
        self.kernels: set[int] = set()
        self.folders: set[Path] = set()
        self.retired = False
        self.woken, wake = os.pipe()
        os.set_blocking(self.woken, False)
        os.set_blocking(wake, False)
        self.descriptors = [self.woken, wake]
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)

    def say(self, **told: Any) -> None:
        """A message to the server."""
        with suppress(OSError):
            self.line.sendall(json.dumps(told).encode() + b"\n")

    def serve(self) -> None:
        """Returns when there is nobody left to serve."""
        self.say(ready=True)
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.line, selectors.EVENT_READ)
            waiting.register(self.woken, selectors.EVENT_READ)
            while self.kernels or not self.retired:
                for key, _ in waiting.select():
                    if key.fileobj is not self.line:
                        self._reap()
                    elif not self._hear():
                        return self._end()
        return None

    def _hear(self) -> bool:
        """Whether the server is still there."""
        try:
            came = self.line.recv(CHUNK)
        except OSError:
            came = b""
        *whole, self.heard = (self.heard + came).split(b"\n")
        for told in whole:
            self._obey(json.loads(told))
        return bool(came)

    def _obey(self, told: dict[str, Any]) -> None:
        if "start" in told:
            self._start(told)
        elif told.get("signal") in self.kernels:
            with suppress(OSError):  # a child that was not reaped yet keeps its number
                os.killpg(told["signal"], told["number"])
        elif "retire" in told:
            self.retired = True

    def _start(self, order: dict[str, Any]) -> None:
        parent = os.getpid()
        try:
            process = os.fork()
        except OSError as error:
            self.say(started=order["start"], pid=None, error=str(error))
            return
        if process:
            with suppress(OSError):
                os.setpgid(process, process)  # the kernel does so too: whoever is first
            self.kernels.add(process)
            self.folders.add(Path(order["file"]).parent)
            self.say(started=order["start"], pid=process)
            return
        try:
            self._leave()
            from nmslib.dashboards.serving import page_kernel

            page_kernel.run(order["file"], order["env"], order["cwd"], parent)
        except BaseException:
            LOG.exception("Ядро страницы остановилось из-за ошибки")
        finally:
            os._exit(1)

    def _leave(self) -> None:
        """In a fork: nothing of the warm process stays but its memory."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self.line.close()
        for one in self.descriptors:
            os.close(one)

    def _reap(self) -> None:
        with suppress(BlockingIOError):
            while os.read(self.woken, CHUNK):
                pass
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                self.kernels.discard(ended[0])
                self.say(ended=ended[0], code=os.waitstatus_to_exitcode(ended[1]))

    def _end(self) -> None:
        """The server is gone, perhaps without having removed its sockets."""
        for process in self.kernels:
            with suppress(OSError):
                os.killpg(process, signal.SIGKILL)
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)


def prepare() -> None:
    """Imports and reads; what cannot be read is told by the pages that need it."""
    for name in NEEDED:
        importlib.import_module(name)
    from nmslib import dashboards
    from nmslib.dashboards.serving import page_kernel  # noqa: F401

    try:
        dashboards.warm()
    except Exception as error:
        LOG.warning("Страницы не подготовлены заранее и откроются медленнее: %s", error)
    gc.collect()
    gc.freeze()


def main(descriptor: int) -> None:
    """The program of the warm process; ``descriptor`` is its end of the socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the business of the server
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    line = socket.socket(fileno=descriptor)
    line.set_inheritable(False)
    prepare()
    Warm(line).serve()
    os._exit(0)
