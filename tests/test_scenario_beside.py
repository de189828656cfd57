"""Half of a calculation in a fork: the same pieces, whatever becomes of the fork."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from nmslib.scenarios import beside

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks here")


def numbers(first: int) -> Iterator[tuple[int, np.ndarray]]:
    for size in range(first, first + 3):
        yield os.getpid(), np.arange(size, dtype=float)


def sizes(pieces: list[tuple[int, np.ndarray]]) -> list[int]:
    assert all(np.array_equal(values, np.arange(len(values))) for _, values in pieces)
    return [len(values) for _, values in pieces]


def children() -> str:
    return Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text("ascii")


def test_pieces_come_from_another_process_and_may_be_written_to():
    before = children()
    here, there = beside.both(lambda: numbers(5), lambda: numbers(0), apart=True)
    assert (sizes(here), sizes(there)) == ([5, 6, 7], [0, 1, 2])
    assert {process for process, _ in here} == {os.getpid()}
    assert os.getpid() not in {process for process, _ in there}
    there[-1][1][:] = 7
    assert there[-1][1].tolist() == [7, 7]
    assert children() == before


def test_serially_they_are_the_same():
    here, there = beside.both(lambda: numbers(5), lambda: numbers(0), apart=False)
    assert (sizes(here), sizes(there)) == ([5, 6, 7], [0, 1, 2])
    assert {process for process, _ in there} == {os.getpid()}


@pytest.mark.parametrize("end", [lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: os._exit(0), lambda: 1 / 0])
def test_what_a_dead_fork_has_not_finished_this_process_makes(end):
    caller = os.getpid()

    def dying() -> Iterator[tuple[int, np.ndarray]]:
        yield from numbers(0)
        if os.getpid() != caller:
            end()

    _, there = beside.both(lambda: numbers(5), dying, apart=True)
    assert sizes(there) == [0, 1, 2]
    assert {process for process, _ in there} == {caller}


def test_an_error_of_the_fork_is_raised_here():
    def wrong() -> Iterator[object]:
        yield 1
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        beside.both(lambda: [0], wrong, apart=True)


def test_an_error_here_ends_the_fork_at_once():
    def long() -> Iterator[int]:
        time.sleep(60)
        yield 1

    def wrong() -> Iterator[int]:
        yield 1
        raise KeyboardInterrupt

    before, begun = children(), time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        beside.both(wrong, long, apart=True)
    assert time.monotonic() - begun < 30
    assert children() == before


def test_ctrl_c_is_seen_by_the_caller_alone_and_leaves_nobody(tmp_path):
    script = textwrap.dedent("""
        import os, sys, time
        from nmslib.scenarios import beside

        def there():
            print(os.getpid(), file=open(sys.argv[1], "w"), flush=True)
            time.sleep(60)
            yield 1

        def here():
            time.sleep(60)
            yield 1

        try:
            beside.both(here, there, apart=True)
        except KeyboardInterrupt:
            print("stopped")
    """)
    told = tmp_path / "child"
    process = subprocess.Popen([sys.executable, "-c", script, told], stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        while not (told.exists() and told.read_text("ascii").strip()):
            assert process.poll() is None
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal and a notebook do: to both
        assert process.communicate(timeout=30)[0] == "stopped\n"
        assert process.returncode == 0
        with pytest.raises(ProcessLookupError):
            os.kill(int(told.read_text("ascii")), 0)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def test_where_no_fork_can_be_started_this_process_makes_all(monkeypatch):
    def refused() -> int:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(os, "fork", refused)
    _, there = beside.both(lambda: numbers(5), lambda: numbers(0), apart=True)
    assert sizes(there) == [0, 1, 2]


def test_it_works_in_a_thread_of_a_process_with_others():
    found, stop = [], threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    thread = threading.Thread(target=lambda: found.append(beside.both(lambda: numbers(5), lambda: numbers(0), apart=True)))
    thread.start()
    thread.join(60)
    stop.set()
    other.join()
    assert sizes(found[0][1]) == [0, 1, 2]
    assert os.getpid() not in {process for process, _ in found[0][1]}


def test_a_process_that_is_one_of_several_does_without(monkeypatch):
    code = "import multiprocessing as m; from nmslib.scenarios import beside\n"
    code += "if __name__ == '__main__':\n    with m.get_context('forkserver').Pool(1) as pool:\n"
    code += "        print(pool.apply(beside.possible))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    assert not beside.possible()
