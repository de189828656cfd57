"""The server tries its own doors before it opens them: who is turned away at which address, and by what status."""

import uuid
from dataclasses import dataclass, field

from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from nmslib.problems import UserError

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Key": "bm1zbGliLW5tc2xpYi1ubQ==",
    "Sec-WebSocket-Version": "13",
}
TURNED_AWAY, SECONDS = (302, 401, 403), 10


@dataclass(frozen=True)
class Door:
    """A request that must be answered by one of these statuses; ``said`` tells what it means when it is not."""

    said: str
    path: str
    statuses: tuple[int, ...]
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)


def doors(port: int, *, password: bool, any_host: bool) -> list[Door]:
    """What is tried: by a stranger where a password is set, from another site, and under another name."""
    kernel = uuid.uuid4()
    channel = f"api/kernels/{kernel}/channels?session_id=check"
    own, other = {"Origin": f"http://127.0.0.1:{port}"}, {"Origin": "http://example.org"}
    tried = [
        Door("канал ядра открыт чужому сайту", channel, (403,), headers=UPGRADE | other),
        Door("исходник тетради отдаётся", "voila/files/situation.ipynb", (403, 404)),
        Door("ядро можно завершить с чужого сайта", f"voila/api/shutdown/{kernel}", (403,), "POST", other),
    ]
    if password:
        tried += [
            Door("страница открывается без пароля", "", TURNED_AWAY),
            Door("страница «Сценарии» открывается без пароля", "scenarios", TURNED_AWAY),
            Door("канал ядра открывается без пароля", channel, (403,), headers=UPGRADE | own),
            Door("ядро можно завершить без пароля", f"voila/api/shutdown/{kernel}", (403,), "POST", own),
        ]
    if not any_host:
        tried.append(Door("сервер отвечает под чужим именем", "", (403,), headers={"Host": "example.org"}))
    return tried


async def check(port: int, base: str, *, password: bool, any_host: bool) -> None:
    """Tries every door of the server that listens on 127.0.0.1; UserError names those that are open."""
    client = AsyncHTTPClient(force_instance=True)
    open_doors = []
    try:
        for door in doors(port, password=password, any_host=any_host):
            request = HTTPRequest(
                f"http://127.0.0.1:{port}{base}{door.path}",
                method=door.method,
                headers=door.headers,
                body="" if door.method == "POST" else None,
                follow_redirects=False,
                request_timeout=SECONDS,
            )
            answer = await client.fetch(request, raise_error=False)
            if answer.code not in door.statuses:
                open_doors.append(f"{door.said} (ответ {answer.code})")
    finally:
        client.close()
    if open_doors:
        raise UserError("Сервер не запущен, потому что не прошёл проверку самого себя: " + "; ".join(open_doors))
