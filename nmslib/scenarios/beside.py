"""Half of a long calculation in a second process: threads do not help where each operation of numpy is short.

The second process is a fork of this one, so nothing has to be carried there, and lives for the calculation alone.
"""

import gc
import mmap
import multiprocessing
import os
import pickle
import signal
import struct
import sys
import warnings
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TypeVar

Piece = TypeVar("Piece")

# Pieces stand one after another in shared memory, each as its number of buffers, their sizes, then the buffers themselves; the
# first bytes tell where the last one ends, and are written last.
NUMBER = struct.Struct("<q")
# Where a buffer begins: arrays are read in whole lines of the cache.
ALIGNED = 64


def possible() -> bool:
    """Whether a second process would help: on Linux, with a second core, and not in a process that is itself one of several."""
    return (
        sys.platform == "linux"
        and hasattr(os, "memfd_create")
        and len(os.sched_getaffinity(0)) > 1
        and multiprocessing.parent_process() is None
    )


def both(
    here: Callable[[], Iterable[Piece]], there: Callable[[], Iterable[Piece]], apart: bool
) -> tuple[list[Piece], list[Piece]]:
    """All pieces of ``here()``, and those of ``there()``: made meanwhile in a fork if ``apart``, else afterwards by this process.

    ``there`` may use nothing but numpy and the standard library: of this process's threads (those of polars, of a notebook's
    sockets) the fork has none. Pieces must survive ``pickle``. When the fork cannot be started or does not finish, this process
    makes its pieces too, so that an error is raised here; the fork never outlives the call.
    """
    with _Fork() as fork:
        if apart:
            fork.start(there)
        mine, theirs = list(here()), fork.pieces()
    return mine, list(there()) if theirs is None else theirs


class _Fork:
    """A fork of this process at work, and the shared memory that it writes to."""

    def __init__(self) -> None:
        self._child = self._file = 0

    def __enter__(self) -> "_Fork":
        return self

    def __exit__(self, *_error: object) -> None:
        if self._child:
            with suppress(ProcessLookupError):
                os.kill(self._child, signal.SIGKILL)
            self._wait()
        if self._file:
            os.close(self._file)

    def start(self, work: Callable[[], Iterable[object]]) -> None:
        """Starts ``work``, if the system allows; the fork sees no Ctrl-C, as this process ends it."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            with suppress(OSError), warnings.catch_warnings():
                # Python 3.12 warns of threads, whose locks the fork could wait for: it takes none.
                warnings.simplefilter("ignore", DeprecationWarning)
                self._file = os.memfd_create("nms")
                self._child = os.fork()
                if not self._child:
                    _work(work, self._file)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def pieces(self) -> list | None:
        """What the fork has written, once it has ended; None when it did not finish. Arrays stay in the shared memory."""
        if self._child:
            self._wait()
        head = os.pread(self._file, NUMBER.size, 0) if self._file else b""
        return _read(self._file, NUMBER.unpack(head)[0]) if any(head) else None

    def _wait(self) -> None:
        with suppress(ChildProcessError):  # somebody else may have waited for it
            os.waitpid(self._child, 0)
        self._child = 0


def _work(work: Callable[[], Iterable[object]], file: int) -> None:
    """In the fork: nothing of what it has inherited is closed, flushed or collected."""
    code = 1
    try:
        gc.disable()
        end = NUMBER.size
        for piece in work():
            end = _write(piece, file, end)
        os.ftruncate(file, end)  # the last buffers may have been empty
        os.pwrite(file, NUMBER.pack(end), 0)
        code = 0
    finally:
        os._exit(code)


def _write(piece: object, file: int, end: int) -> int:
    """Adds a piece at ``end``; where it ends."""
    buffers: list[pickle.PickleBuffer] = []
    whole = memoryview(pickle.dumps(piece, protocol=5, buffer_callback=buffers.append))
    parts = [whole, *(one.raw() for one in buffers)]
    sizes = [one.nbytes for one in parts]
    end = _put(b"".join(NUMBER.pack(one) for one in (len(sizes), *sizes)), file, end)
    for one in parts:
        end = _put(one, file, end + -end % ALIGNED)
    return end


def _put(content: bytes | memoryview, file: int, at: int) -> int:
    rest = memoryview(content)
    while rest:
        written = os.pwrite(file, rest, at)
        rest, at = rest[written:], at + written
    return at


def _read(file: int, last: int) -> list:
    """The pieces up to the ``last`` byte."""
    shared, end, found = memoryview(mmap.mmap(file, last)), NUMBER.size, []
    while end < last:
        (count,) = NUMBER.unpack_from(shared, end)
        sizes = struct.unpack_from(f"<{count}q", shared, end + NUMBER.size)
        end += NUMBER.size * (1 + count)
        parts = []
        for size in sizes:
            end += -end % ALIGNED
            parts.append(shared[end : end + size])
            end += size
        found.append(pickle.loads(parts[0], buffers=parts[1:]))
    return found
