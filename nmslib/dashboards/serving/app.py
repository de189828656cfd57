"""The server: a Voila of its own process that knows two pages, one channel for each, and nothing else."""

import asyncio
import logging
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_server.auth.identity import IdentityProvider, PasswordIdentityProvider
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from traitlets import Type, default
from voila.app import Voila
from voila.configuration import VoilaConfiguration

from nmslib.dashboards.serving import nursery, provisioner
from nmslib.dashboards.serving.channel import LONGEST, Channel, Connection
from nmslib.dashboards.serving.checking import check
from nmslib.dashboards.serving.files import Files
from nmslib.dashboards.serving.handlers import End, Login, Logout, Nothing, Opened, Page, Static
from nmslib.dashboards.serving.making import Making
from nmslib.dashboards.serving.options import Options
from nmslib.dashboards.serving.viewers import Viewers
from nmslib.paths import Project

LOG = logging.getLogger("nms.dashboards")
KERNEL = r"(?P<kernel_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
STATIC = Path(__file__).parent.parent / "static"
PAGES = {"": ("Состояние", "situation"), "scenarios": ("Сценарии", "scenarios")}
LIMITS = {"max_body_size": LONGEST, "max_buffer_size": 4 * LONGEST, "idle_connection_timeout": 120, "body_timeout": 30}
LOGIN_DAYS = 1


class OneVisitor(PasswordIdentityProvider):
    """Who is let in without a password is nobody in particular, and gets no cookie."""

    def get_user(self, handler: Any) -> Any:
        """The visitor; None for who has to log in."""
        return super().get_user(handler) if self.auth_enabled else self.generate_anonymous_user(handler)


class Dashboards(Voila):
    """Voila without its pages, files, trees, templates and settings of a user; what it serves is ``init_handlers``."""

    identity_provider_class = Type(OneVisitor, klass=IdentityProvider)

    def set_up(self, options: Options, project: Project) -> "Dashboards":
        """Takes the options; nothing runs yet."""
        self.options, self.project = options, project
        self.base_url = self.server_url = options.base
        self.initialize([])
        return self

    @default("log_level")
    def _default_log_level(self) -> int:
        return logging.WARNING

    def load_config_file(self, *_arguments: Any, **_more: Any) -> None:
        """Settings of a user could open what is closed here."""

    def setup_template_dirs(self) -> None:
        """Templates are ours, and no request can choose another."""

    def init_settings(self) -> dict[str, Any]:
        """Settings of the web application."""
        self.identity_provider = self.identity_provider_class(
            parent=self,
            hashed_password=self.options.password,
            token="",
            allow_password_change=False,
            cookie_options={"samesite": "Lax", "httponly": True, "expires_days": LOGIN_DAYS},
            get_secure_cookie_kwargs={"max_age_days": LOGIN_DAYS},
        )
        return {
            "base_url": self.base_url,
            "login_url": f"{self.base_url}login",
            "hosts": self.options.names,
            "files": Files(STATIC),
            "kernel_manager": self.kernel_manager,
            "identity_provider": self.identity_provider,
            "authorizer": self.authorizer_class(parent=self, identity_provider=self.identity_provider),
            "cookie_secret": self.cookie_secret,
            "kernel_websocket_connection_class": Connection,
            "websocket_max_message_size": LONGEST,
            "xsrf_cookies": True,
            "xsrf_cookie_kwargs": {"httponly": True, "samesite": "Lax", "path": self.base_url},
            "compress_response": True,
            "default_handler_class": Nothing,
            "log_function": lambda handler: None,
        }

    def init_handlers(self) -> list[Any]:
        """All that is answered; every other address is ``Nothing``."""
        base = self.base_url
        common = {"making": self.making, "voila_configuration": VoilaConfiguration(parent=self)}
        pages = {path: Opened(title, self.project.dashboard(name)) for path, (title, name) in PAGES.items()}
        return [
            *((f"{base}{path}", Page, {"opened": opened, **common}) for path, opened in pages.items()),
            (rf"{base}api/kernels/{KERNEL}/channels", Channel),
            (rf"{base}voila/api/shutdown/{KERNEL}", End),
            (rf"{base}static/(?P<name>[^/]+)", Static),
            (rf"{base}login", Login),
            (rf"{base}logout", Logout),
        ]

    async def run(
        self,
        sockets: list[socket.socket],
        warm: nursery.Nursery | None,
        environment: dict[str, str],
        told: Callable[[str], None],
    ) -> None:
        """Serves at ``sockets`` until SIGINT or SIGTERM; UserError when the check of itself fails."""
        self.port = sockets[0].getsockname()[1]
        logging.getLogger("tornado.general").setLevel(logging.ERROR)  # it tells of each channel how Jupyter sets its pings
        stopped = asyncio.Event()
        for one in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):
                asyncio.get_running_loop().add_signal_handler(one, stopped.set)
        self.kernel_manager = Viewers(
            self.options.viewers, parent=self, connection_dir=self.connection_dir, kernel_spec_manager=provisioner.OwnKernel()
        )
        self.kernel_manager.nursery, self.kernel_manager.patience = warm, self.options.patience
        folder = self.project.dashboard("situation").parent
        self.making = Making(self.kernel_manager, environment, folder if folder.is_dir() else self.project.root)
        if warm:
            warm.listen()
        self.app = Application(self.init_handlers(), **self.init_settings())
        await self._check()
        server = HTTPServer(self.app, xheaders=bool(self.options.hosts), **LIMITS)
        looking = asyncio.create_task(self._look(warm))
        try:
            server.add_sockets(sockets)
            if await self._warmed(warm, stopped, told):
                self._tell(told)
            await stopped.wait()
        finally:
            looking.cancel()
            server.stop()
            await self._end_all(warm)

    @staticmethod
    async def _warmed(warm: nursery.Nursery | None, stopped: asyncio.Event, told: Callable[[str], None]) -> bool:
        """Waits until pages open at once, so that the first visitor need not; whoever comes earlier sees «Открываю…»."""
        if warm:
            told("Готовлю страницы, несколько секунд…")
            waiting = [asyncio.create_task(one.wait()) for one in (warm.current.ready, stopped)]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for one in waiting:
                one.cancel()
        return not stopped.is_set()

    async def _check(self) -> None:
        """At a door of its own, which is closed again: nobody else comes in while it is tried."""
        (door,) = bind_sockets(0, "127.0.0.1", family=socket.AF_INET)
        server = HTTPServer(self.app, **LIMITS)
        server.add_sockets([door])
        level = self.log.level
        self.log.setLevel(logging.ERROR)  # that strangers are turned away now is no news
        try:
            await check(
                door.getsockname()[1], self.base_url, password=bool(self.options.password), any_host=self.options.names is None
            )
        finally:
            self.log.setLevel(level)
            server.stop()
            await server.close_all_connections()

    def _tell(self, told: Callable[[str], None]) -> None:
        host = f"[{self.options.address}]" if ":" in self.options.address else self.options.address
        address = f"http://{host}:{self.port}{self.base_url}"
        told(f"Состояние: {address}")
        told(f"Сценарии:  {address}scenarios")
        if not self.options.local:
            told("Внимание: соединение не шифруется. Поставьте перед сервером прокси с TLS (docs/dashboards.md)")
        told("Остановить: Ctrl+C")
        shown = sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        if self.options.browser and shown:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    async def _look(self, warm: nursery.Nursery | None) -> None:
        while True:
            await asyncio.sleep(self.options.patience.look)
            try:
                await self.kernel_manager.look()
                if warm:
                    warm.look()
            except Exception:
                LOG.exception("Обход открытых страниц прерван ошибкой")

    async def _end_all(self, warm: nursery.Nursery | None) -> None:
        """With a warm process all kernels end at once; others are asked one by one."""
        if warm:
            warm.stop()
        with suppress(TimeoutError, Exception):
            async with asyncio.timeout(1):
                await asyncio.gather(*(self.kernel_manager.end(one) for one in list(self.kernel_manager.viewers)))
        self.kernel_manager.context.destroy(linger=0)  # or the interpreter waits for messages to kernels that are gone
