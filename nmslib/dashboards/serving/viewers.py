"""Who looks at pages: a kernel for each open page, no more than a given number, none for longer than it is looked at."""

import asyncio
import logging
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty
from typing import Any, Protocol

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_core.utils import ensure_async
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager, ServerKernelManager
from traitlets import Any as Anything
from traitlets import Bool, Instance, Type, default

LOG = logging.getLogger("nms.dashboards")
# The page may send it to the server: closed by the server for good, so that the page need not try again.
ENDED = 4404
# The longest path of a Unix socket is 103 bytes on some systems; a kernel's is its folder and «/kernel-<uuid>-ipc-5».
LONGEST_FOLDER = 45
WELCOME_SECONDS = 0.5


class Closable(Protocol):
    """A channel of a page."""

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Closes it."""


@dataclass
class Viewer:
    """One open page: ``seen``: when a channel was last open or the page was sent, ``heard``: when it last asked for something."""

    made: bool = False
    seen: float = field(default_factory=time.monotonic)
    heard: float = field(default_factory=time.monotonic)
    channels: set[Closable] = field(default_factory=set)


@dataclass(frozen=True)
class Patience:
    """Seconds that a kernel waits: without a channel, with a channel that asks nothing; how often that is looked at."""

    without_channel: float = 60
    idle: float = 8 * 3600
    look: float = 1


class PageClient(AsyncKernelClient):
    """The server's own client while it makes a page: two channels, and no wait longer than the kernel takes to answer."""

    def start_channels(self, *_channels: bool, **_more: bool) -> None:
        """Shell and iopub; the manager knows without a heartbeat whether the kernel lives."""
        super().start_channels(stdin=False, hb=False, control=False)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Returns when iopub is heard: ipykernel welcomes whoever listens. RuntimeError when the kernel has ended, TimeoutError.

        jupyter_client would ask for the kernel's description and then wait for 0.2 s of silence.
        """
        async with asyncio.timeout(timeout):
            while True:
                with suppress(Empty):
                    await self.get_iopub_msg(timeout=WELCOME_SECONDS)
                    return
                if not await self.is_alive():
                    raise RuntimeError("Kernel died before it was ready")
                self.kernel_info()  # a kernel that does not welcome answers this


class PageManager(ServerKernelManager):
    """The manager of one kernel: it is never started again, because an empty kernel has no page."""

    client_factory = Type(PageClient, klass=AsyncKernelClient)
    autorestart = Bool(False)

    @default("transport")
    def _default_transport(self) -> str:
        """Sockets in a folder of ours where paths can be long enough: ports would be open to every user of the machine."""
        room = sys.platform != "win32" and self.parent is not None and len(str(self.parent.connection_dir)) <= LONGEST_FOLDER
        return "ipc" if room else "tcp"

    def emit(self, schema_id: Any, data: Any) -> None:
        """Nobody listens to events; their schemas would cost each kernel memory and time."""


class Viewers(AsyncMappingKernelManager):
    """Kernels of open pages. ``limit`` counts those that are being made too."""

    nursery = Anything(allow_none=True)
    patience = Instance(Patience, args=())

    def __init__(self, limit: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.allowed_message_types = ["comm_msg"]
        self.limit = limit
        self.viewers: dict[str, Viewer] = {}

    kernel_manager_class = "nmslib.dashboards.serving.viewers.PageManager"
    buffer_offline_messages = False
    kernel_info_timeout = 10  # each channel is kept in memory for so long by the timer that waits for the kernel's answer
    allow_tracebacks = False

    def admit(self, kernel_id: str) -> bool:
        """Keeps a place for a page, if there is one."""
        if len(self.viewers) >= self.limit:
            return False
        self.viewers[kernel_id] = Viewer()
        return True

    def made(self, kernel_id: str) -> None:
        """The page has been sent: from now on its channel is waited for."""
        if viewer := self.viewers.get(kernel_id):
            viewer.made, viewer.seen, viewer.heard = True, time.monotonic(), time.monotonic()

    def joined(self, kernel_id: str, channel: Closable) -> None:
        """A channel of the page was opened."""
        if viewer := self.viewers.get(kernel_id):
            viewer.channels.add(channel)

    def left(self, kernel_id: str, channel: Closable) -> None:
        """A channel of the page was closed."""
        if viewer := self.viewers.get(kernel_id):
            viewer.channels.discard(channel)
            viewer.seen = time.monotonic()

    def heard(self, kernel_id: str) -> None:
        """The page asked for something."""
        if viewer := self.viewers.get(kernel_id):
            viewer.heard = time.monotonic()

    async def end(self, kernel_id: str) -> None:
        """Ends the kernel of a page, closes its channels and gives its place away; an unknown id does nothing."""
        viewer = self.viewers.pop(kernel_id, None)
        if viewer is None:
            return
        for channel in list(viewer.channels):
            channel.close(ENDED, "ended")
        if kernel_id in self:
            with suppress(KeyError):
                await self.shutdown_kernel(kernel_id, now=True)

    def start_watching_activity(self, kernel_id: str) -> None:
        """Channels tell of activity; a third subscription to each kernel would have to be read by the server."""
        self._kernels[kernel_id].execution_state = "idle"

    async def look(self) -> None:
        """Ends the kernels that nobody looks at and the places of those that have died."""
        now = time.monotonic()
        for kernel_id, viewer in list(self.viewers.items()):
            if not viewer.made:
                continue
            lost = not viewer.channels and now - viewer.seen > self.patience.without_channel
            idle = bool(viewer.channels) and now - viewer.heard > self.patience.idle
            dead = kernel_id not in self or not await ensure_async(self.get_kernel(kernel_id).is_alive())
            if dead:
                LOG.warning("Ядро страницы завершилось само: %s", kernel_id)
            if lost or idle or dead:
                await self.end(kernel_id)
