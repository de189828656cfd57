"""The server's side of the warm process: orders kernels, hears of their end, and replaces the process when the figures change."""

import asyncio
import itertools
import json
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_all_start_methods
from typing import Any

CHUNK = 1 << 16
END_SECONDS = 1.0
READY_SECONDS = 60.0
PROGRAM = "import sys; from nmslib.dashboards.serving.warm import main; main(int(sys.argv[1]))"
# Threads of numeric libraries would not survive the forks, and cores are taken by viewers anyway.
ALONE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1", "MALLOC_ARENA_MAX": "1"}
LOG = logging.getLogger("nms.dashboards")


def available() -> bool:
    """Whether this system can fork (Windows cannot)."""
    return "forkserver" in get_all_start_methods()


class Stillborn(Exception):
    """The warm process is gone or could not fork."""


@dataclass
class WarmProcess:
    """One warm process and the kernels that it forked."""

    process: subprocess.Popen[bytes]
    line: socket.socket
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    ended: dict[int, int] = field(default_factory=dict)
    gone: bool = False
    _orders: dict[int, asyncio.Future[int]] = field(default_factory=dict)
    _numbers: itertools.count = field(default_factory=itertools.count)
    _heard: bytes = b""

    @classmethod
    def start(cls, environment: dict[str, str]) -> "WarmProcess":
        """Starts the program; it imports while the caller goes on."""
        near, far = socket.socketpair()
        with far:
            process = subprocess.Popen(
                [sys.executable, "-P", "-c", PROGRAM, str(far.fileno())],
                env=environment | ALONE,
                pass_fds=[far.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        near.setblocking(False)
        return cls(process, near)

    def listen(self) -> None:
        """Begins to hear it; within the loop of the server."""
        asyncio.get_running_loop().add_reader(self.line, self._hear)

    def _hear(self) -> None:
        try:
            came = self.line.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            came = b""
        *whole, self._heard = (self._heard + came).split(b"\n")
        for told in whole:
            self._take(json.loads(told))
        if not came:
            self._lose()

    def _take(self, told: dict[str, Any]) -> None:
        if "ready" in told:
            self.ready.set()
        elif "ended" in told:
            self.ended[told["ended"]] = told["code"]
        elif (waiting := self._orders.pop(told["started"], None)) and not waiting.done():
            if told["pid"] is None:
                waiting.set_exception(Stillborn(told["error"]))
            else:
                waiting.set_result(told["pid"])

    def _lose(self) -> None:
        """It has ended, and its kernels with it."""
        self.gone = True
        asyncio.get_running_loop().remove_reader(self.line)
        self.line.close()
        self.process.poll()
        self.ready.set()
        for waiting in self._orders.values():
            if not waiting.done():
                waiting.set_exception(Stillborn("процесс, от которого ответвляются ядра, завершился"))

    async def say(self, **told: Any) -> None:
        """A message to it; Stillborn when it is gone."""
        if self.gone:
            raise Stillborn("процесс, от которого ответвляются ядра, завершился")
        try:
            await asyncio.get_running_loop().sock_sendall(self.line, json.dumps(told).encode() + b"\n")
        except OSError as error:
            raise Stillborn(str(error)) from error

    async def fork(self, file: str, environment: dict[str, str], folder: str) -> int:
        """Process id of a new kernel that serves the connection ``file``; Stillborn when there is none."""
        async with asyncio.timeout(READY_SECONDS):
            await self.ready.wait()
        number = next(self._numbers)
        self._orders[number] = asyncio.get_running_loop().create_future()
        await self.say(start=number, file=file, env=environment, cwd=folder)
        return await self._orders[number]

    def stop(self) -> None:
        """Ends it and its kernels; a second call does nothing."""
        if not self.gone:
            with suppress(RuntimeError):
                asyncio.get_running_loop().remove_reader(self.line)
            self.line.close()
            self.gone = True
        if not self.ready.is_set():
            self.process.kill()  # it imports, hears nothing yet, and has no kernels
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()  # Linux ends its kernels too
            self.process.wait()


class Nursery:
    """The newest warm process and the older ones that still have kernels.

    ``figures`` tells cheaply what the figures of the pages are as of: when it changes, a new process reads them in the
    background while the old one goes on serving, and takes its place when it is ready.
    """

    def __init__(self, environment: dict[str, str], figures: Callable[[], Hashable]):
        self.environment, self._figures = environment, figures
        self._as_of = figures()
        self.current = WarmProcess.start(environment)
        self.next: WarmProcess | None = None
        self._older: list[WarmProcess] = []

    def listen(self) -> None:
        """Begins to hear the first process; within the loop of the server."""
        self.current.listen()

    async def fork(self, file: str, environment: dict[str, str], folder: str) -> tuple[WarmProcess, int]:
        """A new kernel: the process it was forked from, and its own process id."""
        if self.current.gone:
            LOG.error("Процесс, от которого ответвляются ядра, завершился; запускается новый")
            self.current = WarmProcess.start(self.environment)
            self.current.listen()
        parent = self.current
        return parent, await parent.fork(file, environment, folder)

    def look(self) -> None:
        """Begins to renew the warm process when the figures have changed, and goes on to the new one when it is ready."""
        self._older = [one for one in self._older if not one.gone]
        if self.next is None:
            if (found := self._figures()) != self._as_of:
                self._as_of = found
                self.next = WarmProcess.start(self.environment)
                self.next.listen()
        elif self.next.gone:
            self.next = None
        elif self.next.ready.is_set():
            self._older.append(self.current)
            if not self.current.gone:
                asyncio.get_running_loop().create_task(self._retire(self.current))
            self.current, self.next = self.next, None

    @staticmethod
    async def _retire(old: WarmProcess) -> None:
        with suppress(Stillborn):
            await old.say(retire=True)

    def stop(self) -> None:
        """Ends all processes and all kernels."""
        for one in [self.current, *self._older, *([self.next] if self.next else [])]:
            one.stop()


def trimmed(environment: dict[str, str] | None = None) -> dict[str, str]:
    """The environment without what looks like a secret; kernels get no other."""
    words = ("PASSWORD", "PASSWD", "SECRET", "TOKEN", "CREDENTIAL", "APIKEY", "API_KEY", "ACCESS_KEY", "PRIVATE_KEY")
    given = dict(os.environ) if environment is None else environment
    return {name: value for name, value in given.items() if not any(word in name.upper() for word in words)}
