"""Kernels of pages: forks that run what a page asks and nothing else, end when nobody looks, and leave nothing behind."""

import asyncio
import json
import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from dashboard_serving import START_SECONDS, Server, Tab, alive, asked, opened, project_of, server, serving, until
from tornado.httpclient import AsyncHTTPClient

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels of other systems are ordinary ones")
BITS_OF_PATIENCE = {"without_channel": 1, "look": 0.1}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project_of(tmp_path_factory.mktemp("dashboards"))


@pytest.fixture(scope="module")
def pages(home: Path) -> Iterator[Server]:
    """The command as a person runs it."""
    command = [sys.executable, "-m", "nmslib", "dashboard", "--no-browser", "--viewers", "40"]
    with serving(home, *command, environment={"NMS_SCOPE": "amur/tynda", "SOME_TOKEN": "secret-1"}) as running:
        yield running


@pytest.fixture(scope="module")
def hasty(home: Path) -> Iterator[Server]:
    """A server that waits one second for a page that went away."""
    with server(home, viewers=40, patience=BITS_OF_PATIENCE) as running:
        yield running


def test_a_page_asks_its_kernel_and_is_answered(pages: Server):
    async def visit() -> tuple[Tab, dict]:
        tab = await (await opened(pages.url, "?system=amur")).connect()
        return tab, await tab.said(say="а")

    tab, told = asyncio.run(visit())
    assert "system=amur</div>" in tab.html
    assert told["said"] == ["а"]
    assert Path(told["folder"]).name == "dashboards"


def test_an_answer_waits_for_no_company_on_its_way(pages: Server):
    async def visit() -> float:
        tab, found = await (await opened(pages.url)).connect(), []
        for _ in range(20):
            began = time.monotonic()
            await tab.said()
            found.append(time.monotonic() - began)
        await tab.leave()
        return min(found)

    assert asyncio.run(visit()) < 0.02, "without TCP_NODELAY each answer takes 40 ms"


def test_kernels_get_the_scope_and_the_address_but_no_secret(pages: Server):
    async def visit() -> dict:
        return await (await (await opened(pages.url, "?as_of=2024-01-01")).connect()).said()

    environment = asyncio.run(visit())["environment"]
    assert environment["NMS_SCOPE"] == "amur/tynda"
    assert environment["QUERY_STRING"] == "as_of=2024-01-01"
    assert "SOME_TOKEN" not in environment


def test_two_viewers_know_nothing_of_each_other(pages: Server):
    async def visits() -> tuple[dict, dict]:
        first, second = [await (await opened(pages.url)).connect() for _ in range(2)]
        await first.said(say="тайна")
        return await first.said(), await second.said()

    first, second = asyncio.run(visits())
    assert first["said"] == ["тайна"]
    assert second["said"] == []
    assert first["pid"] != second["pid"]
    assert not set(first["random"]) & set(second["random"]), "forks draw the same numbers"
    assert "тайна" not in json.dumps(second, ensure_ascii=False)


def test_kernels_are_forks_of_one_process(pages: Server):
    async def visits() -> set[int]:
        return {(await (await (await opened(pages.url)).connect()).said())["parent"] for _ in range(2)}

    assert len(asyncio.run(visits())) == 1


def test_no_code_runs_through_the_channel(pages: Server, tmp_path: Path):
    made = tmp_path / "made"
    code = f"open({str(made)!r}, 'w').close()"
    execute = {"code": code, "silent": False, "store_history": False, "user_expressions": {"a": code}, "allow_stdin": True}
    unwanted = {
        "execute_request": execute,
        "complete_request": {"code": "open.", "cursor_pos": 5},
        "inspect_request": {"code": "open", "cursor_pos": 4, "detail_level": 1},
        "history_request": {"hist_access_type": "tail", "n": 10, "output": True, "raw": True},
        "is_complete_request": {"code": code},
        "kernel_info_request": {},
        "comm_info_request": {},
        "comm_open": {"comm_id": "x", "target_name": "jupyter.widget", "data": {}},
        "comm_close": {"comm_id": "x", "data": {}},
        "debug_request": {"type": "request", "command": "evaluate", "arguments": {"expression": code}},
        "create_subshell_request": {},
        "input_reply": {"value": code},
        "shutdown_request": {"restart": False},
        "interrupt_request": {},
    }

    async def visit() -> tuple[list, dict]:
        tab = await (await opened(pages.url)).connect()
        for channel in ("shell", "control", "stdin", "iopub"):
            for kind, content in unwanted.items():
                await tab.channel.write_message(tab.message(kind, content, channel))
        trait = {"comm_id": tab.comm, "data": {"method": "update", "state": {"_esm": "alert(1)"}, "buffer_paths": []}}
        await tab.channel.write_message(tab.message("comm_msg", trait))
        for broken in ("", "[]", "{", "null", "1", json.dumps({"channel": "shell"}), "[" * 5000):
            await tab.channel.write_message(broken)
        hidden = json.loads(tab.message("execute_request", execute)) | {"msg_type": "comm_msg"}
        await tab.channel.write_message(json.dumps(hidden))
        await tab.channel.write_message(tab.message("execute_request", execute).encode(), binary=True)
        heard = await tab.heard(0.5)
        return heard, await tab.said()

    heard, still = asyncio.run(visit())
    kinds = {told["header"]["msg_type"] for told in heard}
    assert kinds <= {"status"}, "the kernel answered what it should never have been asked"
    assert still["said"] == []
    assert not made.exists()


def test_what_a_kernel_prints_and_where_it_fails_stays_on_the_server(pages: Server):
    async def visit() -> list:
        tab = await (await opened(pages.url)).connect()
        await tab.write(say="а", fail=True)
        return await tab.heard(0.5) + await tab.heard(0.5)

    heard = asyncio.run(visit())
    assert {told["header"]["msg_type"] for told in heard} <= {"status", "comm_msg"}
    said = json.dumps(heard, ensure_ascii=False)
    assert not re.search("НАПЕЧАТАНО|ОШИБКА-В-ЯДРЕ|Traceback", said)


def test_what_a_kernel_logs_stands_in_the_log_of_the_server(pages: Server):
    async def visit() -> None:
        tab = await (await opened(pages.url)).connect()
        await tab.said(log="НМС-123456 подробности")
        await tab.leave()

    asyncio.run(visit())
    assert "НМС-123456 подробности" in pages.log.read_text()


def test_a_message_that_is_too_long_closes_the_channel(pages: Server):
    async def visit() -> list:
        tab = await (await opened(pages.url)).connect()
        await tab.write(say="а" * 70_000)
        while (heard := await tab.heard(5)) and heard[-1] is not None:
            pass
        return heard

    assert asyncio.run(visit())[-1] is None


def test_the_frame_comes_before_the_kernel_is_there(pages: Server):
    async def visit() -> tuple[bytes, bytes]:
        pieces: list[bytes] = []
        client = AsyncHTTPClient(force_instance=True)
        await client.fetch(pages.url, streaming_callback=pieces.append, request_timeout=START_SECONDS)
        client.close()
        return pieces[0], b"".join(pieces)

    first, whole = asyncio.run(visit())
    assert "Открываю…" in first.decode()
    assert b"nms-page" not in first
    assert whole.index(b".nms-opening { display: none; }") < whole.index(b"nms-page")


def test_twenty_pages_at_once_are_answered_and_a_viewer_costs_less_than_sixty_megabytes(pages: Server):
    def shared_out() -> float:
        rolled = (Path(f"/proc/{one}/smaps_rollup") for one in pages.processes() if alive(one))
        return sum(int(re.search(r"^Pss:\s+(\d+)", path.read_text(), re.MULTILINE)[1]) for path in rolled) / 1024

    async def visits() -> tuple[float, list[Tab]]:
        began = time.monotonic()
        tabs = await asyncio.gather(*(opened(pages.url) for _ in range(20)))
        return time.monotonic() - began, tabs

    before = shared_out()
    seconds, tabs = asyncio.run(visits())
    assert all("nms-page" in tab.html for tab in tabs)
    assert seconds < 10
    assert (shared_out() - before) / 20 < 60
    asyncio.run(asyncio.wait_for(left(tabs), 20))


async def left(tabs: list[Tab]) -> None:
    await asyncio.gather(*(tab.leave() for tab in tabs))


def test_the_kernel_of_a_closed_page_ends_at_once(pages: Server):
    async def visit() -> bool:
        tab = await (await opened(pages.url)).connect()
        process = (await tab.said())["pid"]
        assert alive(process)
        assert (await tab.leave()).code == 204
        return await until(lambda: not alive(process), 2)

    assert asyncio.run(visit())


def test_another_site_cannot_end_a_kernel(pages: Server):
    async def visit() -> tuple[list[int], dict]:
        tab = await (await opened(pages.url)).connect()
        address = f"{pages.url}voila/api/shutdown/{tab.kernel}"
        codes = [(await asked(address, "POST", **origin)).code for origin in ({}, {"Origin": "http://example.org"})]
        return codes, await tab.said()

    codes, still = asyncio.run(visit())
    assert codes == [403, 403]
    assert still["said"] == []


def test_the_channel_of_a_dead_kernel_closes_for_good(pages: Server):
    async def visit() -> tuple[list, int, int]:
        tab = await (await opened(pages.url)).connect()
        os.kill((await tab.said())["pid"], signal.SIGKILL)
        while (heard := await tab.heard(10)) and heard[-1] is not None:
            pass
        again = await asked(tab.address.replace("ws", "http", 1))
        return heard, tab.channel.close_code, again.code

    heard, code, again = asyncio.run(visit())
    assert heard[-1] is None
    assert code == 4404
    assert again == 404


def test_ctrl_c_ends_everything_within_two_seconds(pages: Server):
    asyncio.run(opened(pages.url))
    processes = pages.processes()
    assert len(processes) > 3
    began = time.monotonic()
    pages.process.send_signal(signal.SIGINT)
    assert pages.process.wait(5) == 0
    assert time.monotonic() - began < 2
    assert asyncio.run(until(lambda: not any(alive(one) for one in processes), 1))


def test_without_fork_ordinary_kernels_show_the_same_pages(home: Path):
    async def visit() -> tuple[Tab, dict]:
        tab = await (await opened(plain.url, "?system=amur")).connect()
        return tab, await tab.said(say="а")

    with server(home, forkless=True) as plain:
        tab, told = asyncio.run(visit())
        assert "system=amur</div>" in tab.html
        assert told["said"] == ["а"]
        assert any("обычным образом" in line for line in plain.told)
        processes = plain.processes()
        plain.process.send_signal(signal.SIGINT)
        assert plain.process.wait(10) == 0
        assert asyncio.run(until(lambda: not any(alive(one) for one in processes)))


def test_pages_that_nobody_looks_at_lose_their_kernels(hasty: Server):
    async def visits() -> tuple[bool, bool, dict]:
        kept, gone = [await (await opened(hasty.url)).connect() for _ in range(2)]
        process = (await gone.said())["pid"]
        before = set(hasty.processes())
        await opened(hasty.url)  # its script never opened a channel
        (never,) = {one for one in set(hasty.processes()) - before if alive(one)}
        gone.channel.close()
        ended = await until(lambda: not alive(process), 6), await until(lambda: not alive(never), 6)
        still = await kept.said()
        await kept.leave()
        return *ended, still

    went, never, kept = asyncio.run(visits())
    assert went
    assert never
    assert kept["said"] == []


def test_new_figures_renew_the_warm_process_and_leave_open_pages_alone(hasty: Server, home: Path):
    async def visits() -> tuple[dict, dict]:
        first = await (await opened(hasty.url)).connect()
        before = await first.said()
        manifest = home / "outputs" / "amur" / "tables.json"
        manifest.parent.mkdir(parents=True, exist_ok=True)
        manifest.write_text("{}")
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            tab = await (await opened(hasty.url)).connect()
            told = await tab.said()
            await tab.leave()
            if told["parent"] != before["parent"]:
                assert (await first.said())["pid"] == before["pid"]
                await first.leave()
                assert await until(lambda: not alive(before["parent"])), "the old process outlives its last kernel"
                return before, told
            await asyncio.sleep(0.3)
        return before, told

    before, after = asyncio.run(visits())
    assert before["parent"] != after["parent"]


def test_a_warm_process_that_is_killed_takes_its_kernels_along_and_is_replaced(hasty: Server):
    async def visits() -> tuple[dict, list, dict]:
        tab = await (await opened(hasty.url)).connect()
        before = await tab.said()
        os.kill(before["parent"], signal.SIGKILL)
        while (heard := await tab.heard(10)) and heard[-1] is not None:
            pass
        return before, heard, await (await (await opened(hasty.url)).connect()).said()

    before, heard, after = asyncio.run(visits())
    assert heard[-1] is None
    assert not alive(before["pid"])
    assert after["parent"] != before["parent"]


def test_kernels_die_with_a_server_that_is_killed(hasty: Server):
    async def visit() -> str:
        environment = (await (await (await opened(hasty.url)).connect()).said())["environment"]
        return environment["IPYTHONDIR"]

    folder = Path(asyncio.run(visit())).parent
    processes = hasty.processes()
    assert len(processes) > 3
    hasty.process.kill()
    assert asyncio.run(until(lambda: not any(alive(one) for one in processes[1:]), 5))
    assert asyncio.run(until(lambda: not folder.exists())), "its sockets are left behind"
