"""The widget of a page: HTML by parts. It sends the parts that changed, and passes on what a visitor asks; it decides nothing."""

import asyncio
import ctypes
import logging
from contextlib import suppress
from typing import Any, Protocol

import anywidget

from nmslib.dashboards import markup
from nmslib.dashboards.problems import NotShown
from nmslib.problems import DataProblems, UserError

LOG = logging.getLogger("nms.dashboards")
# What a visitor asks for by a message: another address of the page, or a deed that its state knows.
GO, DO = "go", "do"
# Among what a deed answers: that the page is to be drawn anew.
AGAIN = "again"
# Seconds that a lever rests before draws are made.
PAUSE = 0.2


class Shown(Protocol):
    """What a page shows: a state that reads addresses and does deeds, knowing nothing of widgets."""

    title: str
    query: str
    sure: bool  # whether parts show what takes its time too
    order: tuple[str, ...]  # names of all parts, as they stand on the page

    def go(self, query: str) -> None:
        """Takes what an address chooses; NotShown when it is wrong."""

    def do(self, deed: str, values: dict[str, str], tell: Any) -> dict[str, Any]:
        """Does what a button asks; what the browser should do then (parts to show, a file to save, words to say).

        With AGAIN the page is drawn anew.
        """

    def parts(self) -> dict[str, str]:
        """Id of a part → its HTML; parts that are not there stay as they are."""


class Page(anywidget.AnyWidget):
    """A page in JupyterLab and in a browser. Only messages come in: no trait of it is set from outside by our pages."""

    _esm = markup.STATIC / "page.js"
    _css = markup.STATIC / "page.css"

    def __init__(self, state: Shown, query: str = ""):
        super().__init__()
        self._state = state
        self._sent = dict.fromkeys(state.order, "")
        self._due: asyncio.TimerHandle | None = None
        self._whole = False
        self._draw(query, sure=False)
        self.on_msg(self._asked)

    def _repr_mimebundle_(self, **_options: Any) -> Any:
        """The widget, and the page as it is now for who cannot show widgets: a server sends it before any script runs."""
        bundle = super()._repr_mimebundle_()
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        html = markup.macros("frame").page(self.comm.comm_id if self.comm else "", self._state.title, self._sent)
        return {**(data or {}), "text/html": str(html)}, metadata

    def _draw(self, query: str | None, sure: bool = True) -> dict[str, str]:
        """Parts that changed, under an address or as they are; a card in place of the page when they cannot be shown."""
        try:
            self._state.sure = sure
            if query is not None:
                self._state.go(query)
            parts = {"card": ""} | self._state.parts()
            self._whole = True
        except Exception as error:
            self._whole = False
            parts = dict.fromkeys(self._sent, "") | {"card": card(error)}
        changed = {name: html for name, html in parts.items() if self._sent.get(name) != html}
        self._sent |= parts
        return changed

    def _asked(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if not isinstance(content, dict):
            return
        number = content.get("number")
        if isinstance(query := content.get(GO), str):
            self._tell(parts=self._draw(query, sure=False), query=self._state.query, title=self._state.title, number=number)
            self._later(number, PAUSE if content.get("quick") else 0)
        elif content.get("ready"):
            self._later(number, 0)
        elif content.get("all"):
            self._tell(parts=self._sent, query=self._state.query, title=self._state.title, number=number)
            self._later(number, 0)
        elif isinstance(deed := content.get(DO), str):
            self._do(deed, content.get("values"), number)

    def _do(self, deed: str, values: Any, number: Any) -> None:
        given = {str(name): str(value) for name, value in values.items()} if isinstance(values, dict) else {}
        try:
            done = self._state.do(deed, given, self._tell)
            if done.pop(AGAIN, False):
                done["parts"] = self._draw(None, sure=False)
                self._later(number, 0)
            self._sent |= done.get("parts", {})
            self._tell(**done, query=self._state.query, title=self._state.title, number=number)
        except Exception as error:
            self._tell(parts={"said": card(error)}, number=number)

    def _later(self, number: Any, pause: float) -> None:
        """Draws what takes its time when nothing else has been asked for a moment."""
        if self._due:
            self._due.cancel()
        # Where a card stands in place of the page there is nothing to finish.
        if not self._whole:
            self._tell(number=number)
            return
        self._due = asyncio.get_running_loop().call_later(pause, self._finish, number)

    def _finish(self, number: Any) -> None:
        self._tell(parts=self._draw(None), number=number)
        give_back()

    def _tell(self, **told: Any) -> None:
        """Words on the way of something long."""
        self.send(told)


def give_back() -> None:
    """What draws took goes back to the system, so that an idle page stays small (malloc_trim(3) of glibc; others do it alone)."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def card(error: Exception) -> str:
    """Why something cannot be shown or done, as a card; what nobody foresaw goes to the log with its code, not to the page."""
    if isinstance(error, DataProblems):
        refused = NotShown("В файле ошибки", how=" ".join(str(one) for one in error.problems[:10]))
    elif isinstance(error, UserError):
        refused = NotShown(str(error), "вы сами или аналитик системы")
    elif isinstance(error, NotShown):
        refused = error
    else:
        refused = NotShown("Страница не собралась из-за ошибки в программе", "разработчик", "Передайте ему код")
        refused.missing += f" ({type(error).__name__})"
        LOG.error("%s", refused.code, exc_info=error)
    return str(markup.macros("frame").card(refused))
