"""The same units on a Dask cluster: workers see the same folder of the project and make each unit in a process of its own."""

import multiprocessing
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from nmslib import drawing
from nmslib.batch.crew import Crew
from nmslib.problems import UserError

SECONDS_TO_ANSWER = 5
DAEMON = (
    "Рабочий процесс Dask не может запускать своих: запустите его с переменной "
    "DASK_DISTRIBUTED__WORKER__DAEMON=False (docs/cluster.md)"
)


class ClusterCrew:
    """``Crew`` whose processes are on the workers of a cluster; a task whose worker is lost goes to another one.

    UserError when the package for clusters is not installed, the cluster does not answer, or has no workers.
    """

    def __init__(self, address: str, started: Callable[[str], None]) -> None:
        try:
            from distributed import Client, as_completed
        except ImportError as error:
            raise UserError("Для --cluster нужен пакет distributed: pip install -e '.[cluster]'") from error
        try:
            self.client = Client(address, timeout=SECONDS_TO_ANSWER, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UserError(f"Кластер {address} не отвечает: проверьте адрес и что планировщик запущен") from error
        self.started = started
        self.keys: dict[Any, str] = {}
        self.ended = as_completed(loop=self.client.loop)

    def __enter__(self) -> "ClusterCrew":
        if not self.client.scheduler_info(n_workers=-1)["workers"]:
            self.client.close()
            raise UserError("У кластера нет ни одного рабочего процесса: запустите dask worker (docs/cluster.md)")
        return self

    def __exit__(self, *_error: object) -> None:
        self.client.cancel(list(self.keys))
        self.client.close()

    def add(self, key: str, work: Callable[..., Any], *arguments: Any) -> None:
        """Another task for whichever worker is free."""
        future = self.client.submit(_apart, key, work, arguments, pure=False)
        self.keys[future] = key
        self.ended.add(future)
        self.started(key)

    def answers(self) -> Iterator[tuple[str, Any]]:
        """Key and answer of each task as it ends; of a task that no worker could end, the exception."""
        while not self.ended.is_empty():
            future = next(self.ended)
            key = self.keys.pop(future)
            yield key, future.exception() or future.result()


@cache
def _drawer() -> drawing.Drawer:
    """The drawing process of this worker: it ends with the worker."""
    return drawing.start()


def _apart(key: str, work: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """On a worker, which has threads and may have counted something: the task in a fresh process."""
    if multiprocessing.current_process().daemon:
        raise UserError(DAEMON)
    _drawer()
    with Crew(jobs=1) as crew:
        crew.add(key, work, *arguments)
        (_, answer), *_ = crew.answers()
    return answer


def on(address: str) -> Callable[..., ClusterCrew]:
    """Who works at ``address`` (tcp://host:port), instead of ``Crew``; how many at once, the cluster knows."""
    return lambda _jobs, started: ClusterCrew(address, started)
