"""How the server was asked to run, and what of that is refused."""

import ipaddress
import os
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_server.auth.security import passwd

from nmslib.dashboards.serving.viewers import Patience
from nmslib.problems import UserError

PASSWORD = "NMS_PASSWORD"
USUAL_PORT = 8866
SHORTEST_PASSWORD = 8
# What a viewer may take when their page is busy; an idle one takes less (docs/dashboards.md).
VIEWER_BYTES = 150 << 20
MOST_VIEWERS = 40
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True)
class Options:
    """``port`` None: the usual one, or a free one; ``password`` hashed, empty: none; ``hosts``: how a proxy calls it."""

    address: str = "127.0.0.1"
    port: int | None = None
    password: str = ""
    viewers: int = 0
    base: str = "/"
    hosts: tuple[str, ...] = ()
    browser: bool = False
    patience: Patience = field(default_factory=Patience)

    @property
    def local(self) -> bool:
        """Whether only this machine can reach it."""
        return is_local(self.address)

    @property
    def names(self) -> frozenset[str] | None:
        """What it answers to in the Host header; None: to any name (a password is asked for then)."""
        named = frozenset(host.lower() for host in self.hosts)
        if self.local:
            return LOOPBACK | named
        return (LOOPBACK | named | {self.address.lower()}) if named else None


def is_local(address: str) -> bool:
    """Whether an address is one of this machine's own, which nobody else can reach."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def hashed(file: Path | None) -> str:
    """The password of a file (its first line) or of NMS_PASSWORD, hashed with argon2; empty where there is none; UserError."""
    given = os.environ.get(PASSWORD, "")
    if file is not None:
        try:
            given = next(iter(file.read_text(encoding="utf-8-sig").splitlines()), "")
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"Файл с паролем не читается: {file}. Нужен текстовый файл, пароль — его первая строка") from error
        if not given:
            raise UserError(f"Файл с паролем пуст: {file}. Пароль — его первая строка")
    if given and len(given) < SHORTEST_PASSWORD:
        raise UserError(f"Пароль короче {SHORTEST_PASSWORD} знаков: выберите другой")
    return str(passwd(given, algorithm="argon2")) if given else ""


def checked(options: Options) -> Options:
    """The options with the usual number of viewers filled in; UserError where others could look without a password."""
    if not options.local and not options.password:
        raise UserError(
            f"Адрес {options.address} доступен другим машинам, а пароль не задан. Задайте его файлом (--password-file) "
            f"или переменной {PASSWORD}, либо уберите --address: тогда страницы видны только с этой машины"
        )
    base = "/" + options.base.strip("/") + "/" if options.base.strip("/") else "/"
    return Options(**{**vars(options), "viewers": options.viewers or usual_viewers(), "base": base})


def usual_viewers() -> int:
    """As many as half of this machine's memory holds, two at least, forty at most."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return MOST_VIEWERS
    return max(2, min(MOST_VIEWERS, memory // 2 // VIEWER_BYTES))
