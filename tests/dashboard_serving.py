"""What tests of the dashboards' server share: a project of two small pages, a server of them, a browser's tab without a browser."""

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import nbformat
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.httputil import HTTPHeaders
from tornado.websocket import WebSocketClientConnection, websocket_connect

MARK = "ИСХОДНИК-ТЕТРАДИ"
PAGE = f"""# {MARK}
import logging, os, random, anywidget, numpy
class Page(anywidget.AnyWidget):
    _esm = "export default {{}}"
    def __init__(self):
        super().__init__()
        self.said = []
        self.on_msg(self.hear)
    def hear(self, _widget, content, _buffers):
        if "say" in content:
            self.said.append(content["say"])
            print("НАПЕЧАТАНО")
        if "log" in content:
            logging.getLogger("nms.dashboards").error(content["log"])
        if "fail" in content:
            raise ValueError("ОШИБКА-В-ЯДРЕ")
        told = {{"pid": os.getpid(), "parent": os.getppid(), "random": [random.random(), float(numpy.random.rand())]}}
        self.send({{**told, "said": self.said, "environment": dict(os.environ), "folder": os.getcwd()}})
    def _repr_mimebundle_(self, **_options):
        return {{"text/html": f'<div class="nms-page" data-comm="{{self.comm.comm_id}}">{{os.environ["QUERY_STRING"]}}</div>'}}
Page()"""
FAILING = "raise ValueError('ОШИБКА-В-ЯЧЕЙКЕ')"
SERVER = """
import json, sys
import nmslib.kernels.lean
from nmslib.dashboards.serving.options import Options, hashed
from nmslib.dashboards.serving.starting import serve
from nmslib.dashboards.serving.viewers import Patience
from nmslib.dashboards.serving import nursery
from nmslib.paths import project
given = json.loads(sys.argv[1])
if given.pop("forkless", False):
    nursery.available = lambda: False
serve(Options(**{**given, "patience": Patience(**given.get("patience", {})), "password": hashed(None)}), project(), lambda told: print(told, flush=True))
"""
START_SECONDS = 60


def project_of(folder: Path, *, failing: bool = True) -> Path:
    """A project with nothing but two pages: one that answers, one that fails (or is missing)."""
    for name, source in {"situation": PAGE, **({"scenarios": FAILING} if failing else {})}.items():
        cells = [nbformat.v4.new_markdown_cell(MARK), nbformat.v4.new_code_cell(source)]
        path = folder / "notebooks" / "dashboards" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return folder


@dataclass
class Server:
    """A running server and what it has written."""

    process: subprocess.Popen[str]
    told: list[str]
    log: Path

    @property
    def url(self) -> str:
        return next(re.findall(r"http://\S+/", line)[0] for line in self.told if line.startswith("Состояние"))

    def processes(self) -> list[int]:
        """The server's process and all that it has started."""
        found, ahead = [], [self.process.pid]
        while ahead:
            found.append(ahead.pop())
            children = Path(f"/proc/{found[-1]}/task/{found[-1]}/children")
            ahead += [int(one) for one in children.read_text().split()] if children.exists() else []
        return found


@contextmanager
def serving(home: Path, *command: str, environment: dict[str, str] | None = None) -> Iterator[Server]:
    """Runs a command that serves, until the block ends; it has said where it listens."""
    log = home / f"server{time.monotonic_ns()}.log"
    with log.open("w") as errors:
        variables = os.environ | {"NMS_HOME": str(home)} | (environment or {})
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=variables, cwd=home)
    server = Server(process, [], log)
    try:
        for line in process.stdout:
            server.told.append(line.rstrip())
            if line.startswith("Остановить"):
                break
        assert server.told and server.told[-1].startswith("Остановить"), (server.told, log.read_text())
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def server(home: Path, environment: dict[str, str] | None = None, **options: Any):
    """A server with options that the command does not have."""
    return serving(home, sys.executable, "-c", SERVER, json.dumps({"port": None, **options}), environment=environment)


async def asked(url: str, method: str = "GET", **headers: str) -> HTTPResponse:
    """An answer, whatever its status; redirects are not followed."""
    client = AsyncHTTPClient(force_instance=True, defaults={"request_timeout": START_SECONDS}, max_clients=100)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = named.pop("body", "") if method == "POST" else None
    try:
        return await client.fetch(
            HTTPRequest(url, method=method, headers=HTTPHeaders(named), body=body, follow_redirects=False), raise_error=False
        )
    finally:
        client.close()


def ask(url: str, method: str = "GET", **headers: str) -> HTTPResponse:
    return asyncio.run(asked(url, method, **headers))


async def logged_in(url: str, password: str) -> str:
    """The cookies of somebody who gave the password."""
    form = await asked(f"{url}login")
    token = re.search(r'name="_xsrf" value="([^"]+)"', form.body.decode())[1]
    xsrf = form.headers["Set-Cookie"].split(";")[0]
    typed = {"Cookie": xsrf, "Content-Type": "application/x-www-form-urlencoded"}
    answer = await asked(f"{url}login", "POST", body=urlencode({"_xsrf": token, "password": password, "next": "/"}), **typed)
    cookies = [cookie.split(";")[0] for cookie in answer.headers.get_list("Set-Cookie")]
    return "; ".join([xsrf, *cookies]) if answer.code == 302 else ""


@dataclass
class Tab:
    """A page that was opened, and its channel."""

    base: str
    html: str
    cookies: str = ""
    channel: WebSocketClientConnection | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(10**6)))

    @property
    def kernel(self) -> str:
        return re.search(r'data-kernel="([^"]+)"', self.html)[1]

    @property
    def comm(self) -> str:
        return re.search(r'data-comm="([^"]+)"', self.html)[1]

    @property
    def address(self) -> str:
        return f"{self.base.replace('http', 'ws', 1)}api/kernels/{self.kernel}/channels?session_id=tab"

    async def connect(self, **headers: str) -> "Tab":
        """Opens the channel as the page's script does."""
        own = {"Origin": self.base.rstrip("/"), **({"Cookie": self.cookies} if self.cookies else {})}
        self.channel = await websocket_connect(HTTPRequest(self.address, headers=HTTPHeaders(own | headers)))
        return self

    def message(self, kind: str, content: dict[str, Any], channel: str = "shell") -> str:
        header = {"msg_id": f"m{next(self._numbers)}", "msg_type": kind, "session": "tab", "username": "", "version": "5.3"}
        whole = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "buffers": [], "channel": channel}
        return json.dumps(whole)

    async def write(self, **content: Any) -> None:
        data = {"comm_id": self.comm, "data": {"method": "custom", "content": content}}
        await self.channel.write_message(self.message("comm_msg", data))

    async def heard(self, seconds: float = 10) -> list[dict[str, Any]]:
        """Messages until the page's widget answers, or until nothing comes for so long; None ends them when the channel closes."""
        found = []
        while True:
            try:
                told = await asyncio.wait_for(self.channel.read_message(), seconds)
            except TimeoutError:
                return found
            found.append(json.loads(told) if told is not None else None)
            if told is None or found[-1]["header"]["msg_type"] == "comm_msg":
                return found

    async def said(self, **content: Any) -> dict[str, Any]:
        """What the widget answers."""
        await self.write(**content)
        return (await self.heard())[-1]["content"]["data"]["content"]

    async def leave(self) -> HTTPResponse:
        """What the page's script does when the tab is closed."""
        cookies = {"Cookie": self.cookies} if self.cookies else {}
        return await asked(f"{self.base}voila/api/shutdown/{self.kernel}", "POST", Origin=self.base.rstrip("/"), **cookies)


async def opened(base: str, query: str = "", cookies: str = "") -> Tab:
    """A page, as its HTML came."""
    answer = await asked(f"{base}{query}", **({"Cookie": cookies} if cookies else {}))
    assert answer.code == 200, answer.body.decode()
    return Tab(base, answer.body.decode(), cookies)


async def until(true: Any, seconds: float = 10) -> bool:
    """Whether it becomes true in time."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        await asyncio.sleep(0.05)
    return bool(true())


def alive(process: int) -> bool:
    """Whether the process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
