"""What every answer of the server has in common: headers that forbid, hosts it answers to, cards for errors."""

import logging
import re
import traceback
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from tornado.web import HTTPError

from nmslib.dashboards.serving import cards
from nmslib.dashboards.serving.cards import Trouble

LOG = logging.getLogger("nms.dashboards")
HOST = re.compile(r"(?P<name>[\w.-]+|\[[0-9a-fA-F:]+\])(?P<port>:\d{1,5})?")
PERMISSIONS = ("camera", "microphone", "geolocation", "payment", "usb", "serial", "midi", "display-capture")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(f"{one}=()" for one in PERMISSIONS),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
EXPECTED = {
    400: Trouble("Запрос составлен неверно", "вы сами", "Откройте страницу по её обычному адресу"),
    401: Trouble("Пароль не подошёл", "вы сами", "Введите его ещё раз"),
    403: Trouble("Сервер не отвечает на такой запрос", "вы сами", "Откройте страницу по её обычному адресу и войдите"),
    404: Trouble("Такой страницы нет", "вы сами", "Есть «Состояние» (/) и «Сценарии» (/scenarios)"),
    405: Trouble("Такой запрос не принимается", "вы сами", "Откройте страницу по её обычному адресу"),
}


def policy(host: str) -> str:
    """Content-Security-Policy of a server that is called ``host`` in the request."""
    sockets = f" ws://{host} wss://{host}" if HOST.fullmatch(host) else ""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        f"connect-src 'self'{sockets}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


class Guarded(JupyterHandler):
    """A handler of ours: whoever is not named in ``hosts`` of the settings is not answered (None: any name)."""

    def set_default_headers(self) -> None:
        """The same headers on pages, files, errors and refused channels."""
        self.clear_header("Server")
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.set_header("Content-Security-Policy", policy(self.request.host))

    def check_host(self) -> bool:
        """Whether the request names this server: a name that somebody else resolved to our address does not (DNS rebinding)."""
        named, known = HOST.fullmatch(self.request.host.lower()), self.settings["hosts"]
        return named is not None and (known is None or named["name"] in known)

    def write_error(self, status_code: int, **more: Any) -> None:
        """A card: never a traceback, never what an exception says."""
        trouble = EXPECTED.get(status_code)
        if trouble is None:
            trouble = Trouble("Страница не открылась из-за ошибки на сервере")
            LOG.error(
                "%s %s: %s", trouble.code, self.request.path, "".join(traceback.format_exception(*more.get("exc_info", ())))
            )
        self.set_header("Content-Type", "text/html; charset=UTF-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(cards.card("error", trouble=trouble, base=self.base_url, coded=status_code not in EXPECTED))

    def log_exception(self, *error: Any) -> None:
        """``write_error`` has told it with its code; what a visitor did wrong is not an error of the server."""
        if isinstance(error[1], HTTPError):
            LOG.info("%s %s: %s", self.request.method, self.request.path, error[1])
