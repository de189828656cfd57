"""What the addresses of the server answer with."""

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.identity import PasswordIdentityProvider
from jupyter_server.auth.login import LoginFormHandler
from markupsafe import Markup
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError
from voila.handler import BaseVoilaHandler

from nmslib.dashboards.serving import cards, files
from nmslib.dashboards.serving.guard import Guarded
from nmslib.dashboards.serving.making import Failed, Making
from nmslib.dashboards.serving.viewers import Viewers

LOG = logging.getLogger("nms.dashboards")
# A page that is loaded anew at the limit gives its own place away only after it was refused.
RETRY_SECONDS = 5
WRONG_PASSWORD_SECONDS = 1.0
LONGEST_QUERY, LONGEST_PASSWORD = 4000, 1000


@dataclass(frozen=True)
class Opened:
    """A page of the server: what the browser's window is called, and where its notebook lies."""

    title: str
    notebook: Path


class Page(Guarded, BaseVoilaHandler):
    """A page: the frame at once, what its notebook shows when it is there. Each visit has a kernel of its own."""

    kernel_manager: Viewers

    def initialize(self, opened: Opened, making: Making, **kwargs: Any) -> None:
        """``opened`` tells which page."""
        super().initialize(**kwargs)
        self.opened, self.making = opened, making

    async def get(self) -> None:
        """The page, the queue card (503) where there is no room, the error card (500) where there is no notebook."""
        self._only_visits()
        viewers = self.kernel_manager
        self.set_header("Content-Type", "text/html; charset=UTF-8")
        self.set_header("Cache-Control", "no-store")
        try:
            notebook = self.making.notebook(self.opened.notebook)
        except Failed as error:
            self.set_status(500)
            self.finish(cards.card("error", trouble=error.card, base=self.base_url, coded=True))
            return
        kernel_id = str(uuid.uuid4())
        if not viewers.admit(kernel_id):
            self._queue()
            return
        try:
            await self._write(notebook, kernel_id)
            viewers.made(kernel_id)
        except StreamClosedError:
            LOG.info("Страницу закрыли раньше, чем она открылась")
            await viewers.end(kernel_id)
        except BaseException:
            await viewers.end(kernel_id)
            raise

    def _only_visits(self) -> None:
        """A visitor may come from another site, but no browser asks in the background: each page costs a kernel."""
        headers = self.request.headers
        ours = headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none")
        guessed = "prefetch" in headers.get("Sec-Purpose", "")
        if guessed or (headers.get("Sec-Fetch-Dest", "document") != "document" and not ours):
            raise HTTPError(403)
        query = self.request.query
        if len(query) > LONGEST_QUERY or not query.isascii() or (query and not query.isprintable()):
            raise HTTPError(400)

    def _queue(self) -> None:
        self.set_status(503)
        self.set_header("Retry-After", str(RETRY_SECONDS))
        self.set_header("Refresh", str(RETRY_SECONDS))
        self.finish(cards.card("queue", seconds=RETRY_SECONDS, base=self.base_url))

    async def _write(self, notebook: Any, kernel_id: str) -> None:
        held: files.Files = self.settings["files"]
        known = {name: f"{self.base_url}static/{name}?v={held.version(name)}" for name in ("page.css", "page.js")}
        shown = {"title": self.opened.title, "base": self.base_url, "kernel": kernel_id, "files": known}
        out = self.identity_provider.auth_enabled
        async for text in cards.page(self._pieces(notebook, kernel_id), leave=out, **shown):
            self.write(text)
        await self.finish()

    async def _pieces(self, notebook: Any, kernel_id: str) -> AsyncIterator[str]:
        """What the notebook shows, or a card; the browser has the frame before anything is begun."""
        await self.flush()
        try:
            yield Markup(await self.making.html(notebook, kernel_id, self.request))
        except Failed as error:
            await self.kernel_manager.end(kernel_id)
            yield Markup(cards.told(error.card))


class Static(Guarded):
    """Style sheets and scripts of pages: kept by browsers for as long as the address names their version."""

    @allow_unauthenticated
    def get(self, name: str) -> None:
        """The file, 304 when the browser has it, 404 when there is none."""
        found = self.settings["files"].find(name)
        if found is None:
            raise HTTPError(404)
        held, version = found
        same = self.get_query_argument("v", "") == version
        self.set_header("Cache-Control", "public, max-age=31536000, immutable" if same else "no-cache")
        self.set_header("Content-Type", files.kind(name))
        self.finish(held)


class End(Guarded):
    """Ends the kernel of a page that was closed: its browser sends this while it leaves."""

    kernel_manager: Viewers

    def check_xsrf_cookie(self) -> None:
        """A beacon cannot carry the token: its origin, which browsers always tell, and the unguessable id stand for it."""
        origin = urlsplit(self.request.headers.get("Origin", "")).netloc.lower()
        if origin != self.request.host.lower():
            raise HTTPError(403)

    async def post(self, kernel_id: str) -> None:
        """204, whether or not there was such a kernel."""
        await self.kernel_manager.end(kernel_id)
        self.set_status(204)


class Login(Guarded, LoginFormHandler):
    """Asks for the password."""

    identity_provider: PasswordIdentityProvider
    _one_at_a_time = asyncio.Lock()

    def _render(self, message: Any = None) -> None:
        self.set_header("Cache-Control", "no-store")
        form = {"token": Markup(self.xsrf_form_html()), "next": self.get_argument("next", self.base_url)[:LONGEST_QUERY]}
        self.finish(cards.card("login", wrong=message is not None, base=self.base_url, **form))

    @allow_unauthenticated
    async def post(self) -> None:
        """Where the visitor wanted to go, or the form again; guesses are weighed one at a time, a wrong one is answered late."""
        password = self.get_body_argument("password", "", strip=False)[:LONGEST_PASSWORD]
        provider = self.identity_provider
        async with self._one_at_a_time:
            right = not provider.auth_enabled or await asyncio.to_thread(provider.passwd_check, password)
        if not right:
            await asyncio.sleep(WRONG_PASSWORD_SECONDS)
            self.set_status(401)
            self._render(message="wrong")
            return
        self.current_user = provider.generate_anonymous_user(self)
        provider.set_login_cookie(self, self.current_user)
        self._redirect_safe(self.get_argument("next", self.base_url))


class Logout(Guarded):
    """Forgets who has logged in."""

    @allow_unauthenticated
    def get(self) -> None:
        """To the login, or to the page where no password is asked for."""
        self.identity_provider.clear_login_cookie(self)
        self.redirect(f"{self.base_url}login" if self.identity_provider.auth_enabled else self.base_url)


class Nothing(Guarded):
    """Every other address."""

    @allow_unauthenticated
    def get(self, *_path: str) -> None:
        """404."""
        raise HTTPError(404)

    post = put = delete = patch = get

    def check_xsrf_cookie(self) -> None:
        """There is nothing to protect."""
