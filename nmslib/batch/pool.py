"""Many independent pieces of work on all cores, answers as they come."""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any, TypeVar

from nmslib.kernels import shell

Answer = TypeVar("Answer")


def side_by_side(work: Callable[..., Answer], tasks: Iterable[tuple[Any, ...]], jobs: int | None = None) -> Iterator[Answer]:
    """``work(*task)`` for every task, in the order in which they end; ``jobs`` processes, as many as cores unless given.

    ``work`` and its arguments must survive a process boundary; an exception of ``work`` is raised here.
    """
    tasks = list(tasks)
    jobs = min(jobs or os.cpu_count() or 1, len(tasks))
    if jobs <= 1:
        for task in tasks:
            yield work(*task)
        return
    # Forks of the warm server have the packages loaded and none of this process's threads, which polars would hang on;
    # where there is no fork (Windows) each process loads its own.
    shell.warm()
    context = multiprocessing.get_context("forkserver" if shell.available() else "spawn")
    with ProcessPoolExecutor(jobs, context) as pool:
        for future in as_completed([pool.submit(work, *task) for task in tasks]):
            yield future.result()
