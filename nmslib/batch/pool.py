"""Many independent pieces of work on all cores, answers as they come."""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any, TypeVar

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
    # A fork has the facts and the packages already loaded; where there is none (Windows) each process loads its own.
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    with ProcessPoolExecutor(jobs, multiprocessing.get_context(method)) as pool:
        for future in as_completed([pool.submit(work, *task) for task in tasks]):
            yield future.result()
