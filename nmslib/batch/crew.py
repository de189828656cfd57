"""Tasks in processes of their own, a few at once: one that dies takes nobody with it, and leaves nothing to the next."""

import multiprocessing
import os
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from nmslib.kernels import shell


@dataclass(frozen=True)
class Lost:
    """A process that ended without an answer; ``code`` as of multiprocessing: minus the signal that killed it."""

    code: int | None

    def __str__(self) -> str:
        how = f"сигнал {-self.code}" if self.code is not None and self.code < 0 else f"код {self.code}"
        return f"процесс завершился, не закончив работу ({how}): часто это нехватка памяти"


@dataclass
class Crew:
    """Up to ``jobs`` processes, each a fork of the warm server (of an ordinary process where there is no fork) for one task.

    ``started`` is called with the key of a task when its process starts.
    """

    jobs: int
    started: Callable[[str], None] = lambda key: None
    _waiting: deque[tuple[str, Callable[..., Any], tuple[Any, ...]]] = field(default_factory=deque)
    _running: dict[Connection, tuple[str, BaseProcess]] = field(default_factory=dict)

    def __enter__(self) -> "Crew":
        with shell.undisturbed():
            shell.warm()
        return self

    def __exit__(self, *_error: object) -> None:
        for _, process in self._running.values():
            process.kill()
        for _, process in self._running.values():
            process.join()

    def add(self, key: str, work: Callable[..., Any], *arguments: Any) -> None:
        """Another task; ``work`` and its arguments must survive a process boundary, whatever it raises is its answer."""
        self._waiting.append((key, work, arguments))

    def answers(self) -> Iterator[tuple[str, Any]]:
        """Key and answer of each task as it ends, until none is left; tasks may be added meanwhile."""
        while self._waiting or self._running:
            while self._waiting and len(self._running) < self.jobs:
                self._start(*self._waiting.popleft())
            # A process may die while a notebook of its own still holds the other end of its pipe: so its death is waited for too.
            ends = {process.sentinel: pipe for pipe, (_, process) in self._running.items()}
            ready = wait([*self._running, *ends])
            for pipe in [pipe for end, pipe in ends.items() if end in ready or pipe in ready]:
                yield self._answer(pipe)

    def _start(self, key: str, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        context = shell.context()
        near, far = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(work, arguments, dict(os.environ), far))  # type: ignore[attr-defined]
        with shell.anonymous_main():
            process.start()
        far.close()
        self._running[near] = (key, process)
        self.started(key)

    def _answer(self, pipe: Connection) -> tuple[str, Any]:
        key, process = self._running.pop(pipe)
        try:
            # What there is to read may still be under way when the pipe wakes us; nothing is when the process woke us.
            answer = pipe.recv() if pipe.poll() else _lost(process)
        except (EOFError, OSError):
            answer = _lost(process)
        pipe.close()
        process.join()
        return key, answer


def _lost(process: BaseProcess) -> Lost:
    process.join()
    return Lost(process.exitcode)


def _work(work: Callable[..., Any], arguments: tuple[Any, ...], environment: dict[str, str], pipe: Connection) -> None:
    """In the process: Ctrl-C is the caller's business, who stops everybody."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.clear()
    os.environ.update(environment)
    shell.nest()
    if caller_is_gone():
        return
    try:
        answer = work(*arguments)
    except Exception as error:
        answer = _sendable(error)
    with suppress(BrokenPipeError), pipe:
        pipe.send(answer)


def _sendable(error: Exception) -> Exception:
    """The error, or its words where it would not survive the way to the caller."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def caller_is_gone() -> bool:
    """Whether the run that this process works for has ended: what it makes then must not appear."""
    caller = multiprocessing.parent_process()
    return caller is not None and not caller.is_alive()


def cores() -> int:
    """How many processes may work at once on this machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
