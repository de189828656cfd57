"""The server of the pages: what it answers, to whom, and what it says when it cannot."""

import asyncio
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from dashboard_serving import FAILING, MARK, Server, Tab, ask, asked, logged_in, opened, project_of, server
from tornado.httpclient import HTTPClientError

from nmslib.dashboards.serving import ports
from nmslib.dashboards.serving.channel import Refusal, custom
from nmslib.dashboards.serving.nursery import trimmed
from nmslib.dashboards.serving.options import Options, checked, hashed
from nmslib.problems import UserError

PASSWORD = "длинный пароль"
OPEN_TO_ALL = """
import nmslib.kernels.lean
from nmslib.dashboards.serving import app, starting
from nmslib.dashboards.serving.options import Options, hashed
from nmslib.paths import project
app.OneVisitor.get_user = lambda self, handler: self.generate_anonymous_user(handler)
starting.serve(Options(password=hashed(None)), project(), print)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project_of(tmp_path_factory.mktemp("dashboards"))


@pytest.fixture(scope="module")
def pages(home: Path) -> Iterator[Server]:
    """A server without a password for two viewers at once."""
    for name in ("voila.json", "jupyter_server_config.json", "jupyter_config.json"):
        (home / name).write_text('{"Voila": {"ip": "0.0.0.0", "base_url": "/other/"}, "VoilaConfiguration": {"template": "lab"}}')
    with server(home, {"HOME": str(home), "JUPYTER_CONFIG_DIR": str(home)}, viewers=2) as running:
        yield running


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a password, under a path of its own, whose «Сценарии» is missing."""
    home = project_of(tmp_path_factory.mktemp("guarded"), failing=False)
    with server(home, {"NMS_PASSWORD": PASSWORD}, base="tetrad", hosts=["dashboards.region.ru"]) as running:
        yield running


def visited(pages: Server, path: str = "") -> Tab:
    """A page that is closed again at once, so that its place is free."""

    async def visit() -> Tab:
        tab = await opened(pages.url, path)
        await tab.leave()
        return tab

    return asyncio.run(visit())


@pytest.mark.parametrize(
    "path", ["", "scenarios", "nothing", "static/page.css", "static/nothing.css", "login", "api/kernels/x/channels"]
)
def test_every_answer_forbids_more_than_it_allows(pages: Server, path: str):
    answer = ask(pages.url + path)
    headers = answer.headers
    host = pages.url.split("/")[2]
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        f"connect-src 'self' ws://{host} wss://{host}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Server" not in headers
    for kernel in re.findall(r'data-kernel="([^"]+)"', answer.body.decode()):
        ask(f"{pages.url}voila/api/shutdown/{kernel}", "POST", Origin=pages.url.rstrip("/"))


@pytest.mark.parametrize(
    "path",
    [
        *(
            "situation.ipynb",
            "notebooks/dashboards/situation.ipynb",
            "voila/files/situation.ipynb",
            "voila/render/situation.ipynb",
        ),
        *(
            "voila/tree",
            "tree",
            "lab",
            "voila/api/contents/situation.ipynb",
            "api/contents/situation.ipynb",
            "files/situation.ipynb",
        ),
        *("voila/static/voila.js", "voila/templates/lab/static/voila.js", "voila/labextensions/x", "voila/api/themes/x"),
        *(
            "static/situation.ipynb",
            "static/../situation.ipynb",
            "static/..%2f..%2f__init__.py",
            "static/%2e%2e/page.py",
            "static/",
        ),
        *(
            "static//etc/passwd",
            "static/page.py",
            "../../../etc/passwd",
            "%2e%2e/%2e%2e/etc/passwd",
            "api/kernels",
            "api",
            "api/status",
        ),
        *(
            "api/kernels/00000000-0000-0000-0000-000000000000",
            "api/sessions",
            "api/terminals",
            "api/kernelspecs",
            "metrics",
            ".env",
        ),
        *(
            "voila/query/00000000-0000-0000-0000-000000000000",
            "voila/execution/00000000-0000-0000-0000-000000000000",
            "scenarios/x",
        ),
    ],
)
def test_nothing_else_is_answered(pages: Server, path: str):
    answers = {method: ask(pages.url + path, method) for method in ("GET", "POST", "DELETE")}
    assert answers["GET"].code == 404
    assert "Такой страницы нет" in answers["GET"].body.decode()
    for answer in answers.values():
        assert answer.code in (403, 404, 405)
        assert MARK not in answer.body.decode()


def test_requests_and_settings_of_a_user_choose_no_template(pages: Server):
    tab = visited(pages, "?template=lab&theme=dark")
    assert 'class="nms-page"' in tab.html
    assert not re.search("voila|require|jupyterlab|font-awesome|https?:", tab.html, re.IGNORECASE)
    assert pages.url.startswith("http://127.0.0.1:")


def test_a_page_shows_outputs_and_no_sources(pages: Server):
    html = visited(pages).html
    assert MARK not in html
    assert "anywidget" not in html
    assert re.search(r'<link rel="stylesheet" href="/static/page.css\?v=\w*">', html)
    assert re.search(r'<script [^>]*src="/static/page.js\?v=\w*"', html)
    assert html.startswith("<!DOCTYPE html>")
    assert html.rstrip().endswith("</html>")


def test_a_failing_cell_gives_a_card_whose_code_stands_in_the_log(pages: Server):
    html = ask(f"{pages.url}scenarios").body.decode()
    (code,) = re.findall(r"<code>(СТР-\w+)</code>", html)
    assert "Кто исправит" in html
    assert not re.search(f"Traceback|ValueError|ОШИБКА-В-ЯЧЕЙКЕ|{re.escape(FAILING)}", html)
    log = pages.log.read_text()
    assert code in log
    assert "ОШИБКА-В-ЯЧЕЙКЕ" in log


def test_a_missing_notebook_gives_a_card(guarded: Server):
    answer = asyncio.run(with_password(guarded, "scenarios"))
    assert answer.code == 500
    assert "Тетради этой страницы нет" in answer.body.decode()
    assert str(guarded.log.parent) not in answer.body.decode()


async def with_password(guarded: Server, path: str):
    return await asked(guarded.url + path, Cookie=await logged_in(guarded.url, PASSWORD))


@pytest.mark.parametrize(
    "host", ["example.org", "example.org:8866", "127.0.0.1.example.org", "localhost.example.org", "10.0.0.1", "%2Ftmp"]
)
def test_a_name_that_somebody_else_resolves_to_this_machine_is_not_answered(pages: Server, host: str):
    assert {ask(pages.url + path, Host=host).code for path in ("", "static/page.css", "login", "nothing")} <= {403}


def test_only_own_pages_open_channels(pages: Server):
    async def visit() -> list[int]:
        tab, codes = await opened(pages.url), []
        for origin in ("http://example.org", "null", f"{pages.url.rstrip('/')}.example.org", "http://localhost:1"):
            with pytest.raises(HTTPClientError) as refused:
                await tab.connect(Origin=origin)
            codes.append(refused.value.code)
        await (await tab.connect()).said()
        await tab.leave()
        return codes

    assert asyncio.run(visit()) == [403] * 4


def test_another_site_cannot_make_a_browser_take_places(pages: Server):
    assert ask(pages.url, Sec_Fetch_Site="cross-site", Sec_Fetch_Dest="image").code == 403
    assert ask(pages.url, Sec_Fetch_Site="cross-site", Sec_Fetch_Dest="iframe").code == 403
    assert ask(pages.url, Sec_Purpose="prefetch;prerender").code == 403


def test_who_finds_no_place_gets_a_card_that_asks_again(pages: Server):
    async def visits() -> tuple:
        tabs = [await opened(pages.url) for _ in range(2)]
        refused = await asked(pages.url)
        await tabs[0].leave()
        again = await opened(pages.url)
        for tab in (tabs[1], again):
            await tab.leave()
        return refused, again

    refused, again = asyncio.run(visits())
    assert refused.code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert int(refused.headers["Refresh"]) > 0
    assert "слишком многие" in refused.body.decode()
    assert "nms-page" in again.html


def test_files_are_kept_by_browsers_only_under_their_version(pages: Server):
    plain = ask(f"{pages.url}static/page.css")
    if plain.code == 404:
        pytest.skip("pages have no style yet")
    version = re.search(r"page.css\?v=(\w+)", visited(pages).html)[1]
    assert plain.headers["Cache-Control"] == "no-cache"
    assert "immutable" in ask(f"{pages.url}static/page.css?v={version}").headers["Cache-Control"]
    assert ask(f"{pages.url}static/page.css", If_None_Match=plain.headers["Etag"]).code == 304


def test_without_the_password_there_is_a_form_and_nothing_else(guarded: Server):
    async def visits() -> tuple:
        page = await asked(guarded.url)
        tab = Tab(guarded.url, 'data-kernel="00000000-0000-4000-8000-000000000000" data-comm="x"')
        with pytest.raises(HTTPClientError) as refused:
            await tab.connect()
        return page, refused.value.code, await tab.leave(), await asked(f"{guarded.url}scenarios")

    page, channel, leave, scenarios = asyncio.run(visits())
    assert page.code == scenarios.code == 302
    assert page.headers["Location"].startswith("/tetrad/login?next=")
    assert channel == 403
    assert leave.code == 403
    assert 'type="password"' in ask(f"{guarded.url}login").body.decode()


def test_the_channel_of_somebody_elses_page_needs_the_password_too(guarded: Server):
    async def visits() -> int:
        tab = await opened(guarded.url, cookies=await logged_in(guarded.url, PASSWORD))
        with pytest.raises(HTTPClientError) as refused:
            await Tab(guarded.url, tab.html).connect()
        await (await tab.connect()).said()
        await tab.leave()
        return refused.value.code

    assert asyncio.run(visits()) == 403


def test_the_password_opens_pages_and_is_told_to_no_kernel(guarded: Server):
    async def visits() -> tuple[Tab, dict, str]:
        tab = await opened(guarded.url, cookies=await logged_in(guarded.url, PASSWORD))
        said = await (await tab.connect()).said()
        await tab.leave()
        return tab, said, await logged_in(guarded.url, "другой пароль")

    tab, said, wrong = asyncio.run(visits())
    assert 'data-base="/tetrad/"' in tab.html
    assert 'data-logout="/tetrad/logout"' in tab.html
    assert "NMS_PASSWORD" not in said["environment"]
    assert not [value for value in said["environment"].values() if PASSWORD in value or "argon2" in value]
    assert wrong == ""


def test_a_login_is_kept_from_scripts_and_other_sites_and_needs_its_form(guarded: Server):
    async def visits() -> tuple:
        form = await asked(f"{guarded.url}login")
        typed = {"Content-Type": "application/x-www-form-urlencoded", "body": "password=x"}
        without = await asked(f"{guarded.url}login", "POST", **typed)
        out = await asked(f"{guarded.url}logout", Cookie=await logged_in(guarded.url, PASSWORD))
        return form, without, out

    form, without, out = asyncio.run(visits())
    for cookie in form.headers.get_list("Set-Cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/tetrad/" in cookie
    assert without.code == 403
    assert out.code == 302
    assert any("expires=" in cookie.lower() for cookie in out.headers.get_list("Set-Cookie"))


def test_a_login_leads_nowhere_else(guarded: Server):
    async def visit() -> str:
        cookies = await logged_in(guarded.url, PASSWORD)
        answer = await asked(f"{guarded.url}login?next=//example.org/", Cookie=cookies)
        return answer.headers["Location"]

    assert asyncio.run(visit()) == "/tetrad/"


def test_a_proxy_may_call_the_server_by_the_name_it_was_told(guarded: Server):
    assert ask(f"{guarded.url}login", Host="dashboards.region.ru").code == 200
    assert ask(f"{guarded.url}login", Host="example.org").code == 403


def test_a_server_that_lets_strangers_in_does_not_start(home: Path):
    environment = os.environ | {"NMS_HOME": str(home), "NMS_PASSWORD": PASSWORD}
    ended = subprocess.run([sys.executable, "-c", OPEN_TO_ALL], env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert "не прошёл проверку самого себя" in ended.stderr
    assert "страница открывается без пароля" in ended.stderr
    assert "Состояние" not in ended.stdout


def test_other_machines_are_served_with_a_password_only(home: Path):
    environment = os.environ | {"NMS_HOME": str(home)}
    command = [sys.executable, "-m", "nmslib", "dashboard", "--no-browser", "--address", "0.0.0.0"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert "пароль не задан" in ended.stderr
    assert checked(Options(address="0.0.0.0", password="x")).names is None


def test_a_password_is_hashed_and_a_bad_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("NMS_PASSWORD", raising=False)
    file = tmp_path / "password"
    file.write_text("длинный пароль\nвторая строка\n", encoding="utf-8")
    assert hashed(file).startswith("argon2:")
    assert hashed(None) == ""
    file.write_text("\n")
    for wrong, said in ((file, "пуст"), (tmp_path / "none", "не читается")):
        with pytest.raises(UserError, match=said):
            hashed(wrong)
    monkeypatch.setenv("NMS_PASSWORD", "short")
    with pytest.raises(UserError, match="короче"):
        hashed(None)


def test_a_port_that_is_taken_is_told_and_the_usual_one_is_replaced(monkeypatch: pytest.MonkeyPatch):
    told: list[str] = []
    (first,) = ports.taken(Options(port=free_port()), told.append)
    with first:
        busy = first.getsockname()[1]
        with pytest.raises(UserError, match="порт занят"):
            ports.taken(Options(port=busy), told.append)
        monkeypatch.setattr(ports, "USUAL_PORT", busy)
        (second,) = ports.taken(Options(), told.append)
        with second:
            assert second.getsockname()[1] != busy
    assert told == [f"Порт {busy} занят, выбран свободный"]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_secrets_are_left_out_of_what_kernels_get():
    given = {
        "NMS_PASSWORD": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "github_token": "c",
        "NMS_SCOPE": "amur",
        "PATH": "/bin",
        "NMS_DRAWER_KEY": "d",
    }
    assert trimmed(given) == {"NMS_SCOPE": "amur", "PATH": "/bin", "NMS_DRAWER_KEY": "d"}


def test_messages_are_read_and_written_anew():
    told = (
        '{"channel": "shell", "header": {"msg_id": "m1", "msg_type": "comm_msg", "session": "x", "subshell_id": "y"}, "more": 1, '
    )
    told += '"content": {"comm_id": "c1", "target": 1, "data": {"method": "custom", "state": {}, "content": {"go": "?"}}}}'
    assert custom(told) == ("m1", {"comm_id": "c1", "data": {"method": "custom", "content": {"go": "?"}}})
    for wrong in (
        b"x",
        told.replace("custom", "update"),
        told.replace("c1", "../c"),
        told.replace('{"go": "?"}', "[]"),
        "[" * 10000,
    ):
        with pytest.raises(Refusal):
            custom(wrong)
