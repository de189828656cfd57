"""A run on a Dask cluster: every unit is made once though a worker dies, with the files that a local run makes."""

import importlib.util
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress

import pytest

from nmslib import batch
from nmslib.batch.cluster import on
from nmslib.batch.units import left_stamp
from nmslib.problems import UserError

PLACES = ("tynda", "zeya", "belogorsk")

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="the package for clusters is not installed"
)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def start() -> Callable[..., subprocess.Popen]:
    """Starts a part of a cluster as a process group of its own, ended with the test."""
    with ExitStack() as stack:

        def begin(module: str, *arguments: str, daemon: str = "False") -> subprocess.Popen:
            more = {"DASK_DISTRIBUTED__WORKER__DAEMON": daemon, "OPENBLAS_NUM_THREADS": "1"}
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{module}", *arguments],
                env=os.environ | more,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            stack.callback(end, process)
            return process

        yield begin


def end(process: subprocess.Popen) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture
def address(start) -> str:
    """Where a scheduler listens."""
    port = free_port()
    start("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show")
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return f"tcp://127.0.0.1:{port}"
        time.sleep(0.1)
    raise AssertionError("the scheduler does not listen")


def worker(start, address: str, **options) -> subprocess.Popen:
    return start("dask_worker", address, "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1", **options)


def wait_for_workers(address: str, count: int) -> None:
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=30)


def test_units_of_a_killed_worker_are_made_by_another_each_once_and_as_on_one_machine(workshop, few, start, address):
    project = few(workshop, *PLACES)
    units = batch.plan(["amur"], project)
    local = batch.run(units, project)
    assert [result.error for result in local] == [None] * len(PLACES)
    outputs = project.outputs("amur")
    pages = {name: (outputs / name / "report.html").read_bytes() for name in PLACES}

    victim = worker(start, address)
    worker(start, address)
    wait_for_workers(address, 2)
    ended: list[str] = []

    def kill_after_the_first(result: batch.Result) -> None:
        ended.append(result.unit.id)
        if len(ended) == 1:
            end(victim)

    results = batch.run(units, project, batch.Watch(ended=kill_after_the_first), force=True, crew=on(address))
    assert [result.error for result in results] == [None] * len(PLACES)
    assert sorted(ended) == sorted(unit.id for unit in units)
    for name in PLACES:
        stamp = left_stamp(outputs / name)
        assert stamp is not None
        assert all((outputs / name / one).stat().st_size == told.bytes for one, told in stamp.files.items())
        assert (outputs / name / "report.html").read_bytes() == pages[name]
    assert {path.name for path in outputs.iterdir() if path.is_dir()} == set(PLACES)


def test_cluster_that_does_not_answer_is_told_soon(workshop, few):
    units = batch.plan(["amur/tynda"], few(workshop, *PLACES))
    address, began = f"tcp://127.0.0.1:{free_port()}", time.monotonic()
    with pytest.raises(UserError, match=re.escape(f"Кластер {address} не отвечает: проверьте адрес")):
        batch.run(units, workshop, crew=on(address))
    assert time.monotonic() - began < 20


def test_cluster_without_workers_is_told(workshop, few, address):
    units = batch.plan(["amur/tynda"], few(workshop, *PLACES))
    with pytest.raises(UserError, match="нет ни одного рабочего процесса: запустите dask worker"):
        batch.run(units, workshop, crew=on(address))


def test_worker_that_may_not_start_processes_is_told_what_to_set(workshop, few, start, address):
    worker(start, address, daemon="True")
    wait_for_workers(address, 1)
    units = batch.plan(["amur/tynda"], few(workshop, *PLACES))
    with pytest.raises(UserError, match="DASK_DISTRIBUTED__WORKER__DAEMON=False"):
        batch.run(units, workshop, crew=on(address))
