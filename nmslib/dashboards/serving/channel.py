"""The channel between a page and its kernel: widgets' own messages go in, those and the kernel's state come out."""

import json
import re
import time
from contextlib import suppress
from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from nmslib.dashboards.serving.guard import Guarded
from nmslib.dashboards.serving.viewers import Viewers

LONGEST = 64 * 1024
SHOWN = ("comm_msg", "status")
# A lever that is dragged sends some sixty messages in a second; who sends many times that is no page of ours.
FLOOD, WINDOW = 2000, 10.0
NAME = re.compile(r"[\w-]{1,64}")


class Refusal(ValueError):
    """A message that a page of ours would not send."""


def custom(told: str | bytes) -> tuple[str, dict[str, Any]]:
    """Id and content of a custom message of a widget; Refusal for whatever else there is."""
    try:
        if not isinstance(told, str) or len(told) > LONGEST:
            raise Refusal
        message = json.loads(told)
        header, content = message["header"], message["content"]
        data, number, comm = content["data"], header["msg_id"], content["comm_id"]
        allowed = message["channel"] == "shell" and header["msg_type"] == "comm_msg" and data["method"] == "custom"
        named = isinstance(number, str) and isinstance(comm, str) and NAME.fullmatch(number) and NAME.fullmatch(comm)
        asked = data["content"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refusal from error
    if not (allowed and named and isinstance(asked, dict)):
        raise Refusal
    return number, {"comm_id": comm, "data": {"method": "custom", "content": asked}}


class Connection(ZMQChannelsWebsocketConnection):
    """Passes on what it has read and written anew, never a message as it came."""

    kernel_ws_protocol = ""  # JSON: what goes in must be read anyway

    def create_stream(self) -> None:
        """Two channels: stdin and control stay closed to pages."""
        for channel in ("iopub", "shell"):
            stream = getattr(self.kernel_manager, f"connect_{channel}")(identity=self.session.bsession)
            stream.channel = channel
            self.channels[channel] = stream

    def handle_incoming_message(self, incoming_msg: str) -> None:
        """Sends a custom message of a widget to the kernel; everything else is dropped, and told in the log."""
        try:
            number, content = custom(incoming_msg)
        except Refusal:
            self.log.warning("Сообщение страницы отброшено: это не сообщение её виджета")
            return
        if self.channels:
            message = self.session.msg("comm_msg", content=content)
            message["header"]["msg_id"] = message["msg_id"] = number
            self.session.send(self.channels["shell"], message)

    def handle_outgoing_message(self, stream: Any, outgoing_msg: list[Any]) -> None:
        """Sends a widget's message or the kernel's state to the page; text, errors and answers stay on the server."""
        _, parts = self.session.feed_identities(outgoing_msg)
        message = self.session.deserialize(parts, content=False)
        kind = message["header"]["msg_type"]
        if getattr(stream, "channel", stream) != "iopub" or kind not in SHOWN or stream.closed():
            return
        head = {"msg_type": kind, "msg_id": message["header"]["msg_id"]}
        parent = {"msg_id": message["parent_header"].get("msg_id", "")}
        shell = json.dumps({"channel": "iopub", "header": head, "parent_header": parent})
        # The content goes as the kernel wrote it: it may be long.
        with suppress(WebSocketClosedError):
            self.write_message(
                shell[:-1] + ', "metadata": {}, "buffers": [], "content": ' + bytes(message["content"]).decode() + "}"
            )


class Channel(Guarded, VoilaKernelWebsocketHandler):
    """The WebSocket of a page."""

    kernel_manager: Viewers

    def initialize(self) -> None:
        """Counts messages in windows of ten seconds."""
        self._window, self._count = 0.0, 0

    async def pre_get(self) -> None:
        """403 for another site, 404 for a kernel that is not there, 400 for a session that no page of ours would name."""
        if not self.check_origin():
            raise HTTPError(403)
        if self.kernel_id not in self.kernel_manager.viewers or self.kernel_id not in self.kernel_manager:
            raise HTTPError(404)
        if not NAME.fullmatch(self.get_query_argument("session_id", "")):
            raise HTTPError(400)
        await super().pre_get()

    async def open(self, kernel_id: str) -> None:
        """Says that somebody looks at the page."""
        self.kernel_manager.joined(kernel_id, self)
        self.set_nodelay(True)  # an answer would wait up to 40 ms for company
        await super().open(kernel_id)

    def on_message(self, ws_message: str | bytes) -> None:
        """Passes it on, unless there are too many."""
        now = time.monotonic()
        if now - self._window > WINDOW:
            self._window, self._count = now, 0
        self._count += 1
        if self._count > FLOOD:
            self.close(1008, "too many messages")
            return
        self.kernel_manager.heard(self.kernel_id)
        super().on_message(ws_message)

    def on_close(self) -> None:
        """Says that nobody looks at the page through this channel any more."""
        self.kernel_manager.left(self.kernel_id, self)
        if getattr(self, "connection", None):
            super().on_close()
