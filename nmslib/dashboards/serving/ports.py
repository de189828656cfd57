"""The port that the server listens on, taken before anything else is started."""

import errno
import socket
from collections.abc import Callable

from tornado.netutil import bind_sockets

from nmslib.dashboards.serving.options import USUAL_PORT, Options
from nmslib.problems import UserError


def taken(options: Options, told: Callable[[str], None]) -> list[socket.socket]:
    """Sockets at the port that was asked for, at the usual one, or, where that is busy, at a free one (told); UserError."""
    port = USUAL_PORT if options.port is None else options.port
    try:
        return bind_sockets(port, options.address)
    except OSError as error:
        busy = error.errno == errno.EADDRINUSE
        if options.port is not None or not busy:
            why = "порт занят" if busy else error.strerror
            advice = "Назовите другой: --port, --address"
            raise UserError(f"Сервер не может слушать {options.address}:{port}: {why}. {advice}") from error
    told(f"Порт {port} занят, выбран свободный")
    return bind_sockets(0, options.address)
