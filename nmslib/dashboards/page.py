"""The widget of a page: HTML by parts. It sends the parts that changed, and passes on what a visitor asks; it decides nothing."""

import logging
from typing import Any, Protocol

import anywidget

from nmslib.dashboards import markup
from nmslib.dashboards.problems import Refused
from nmslib.problems import DataProblems, UserError

LOG = logging.getLogger("nms.dashboards")
# What a visitor asks for by a message: another address of the page, or a deed that its state knows.
GO, DO = "go", "do"


class Shown(Protocol):
    """What a page shows: a state that reads addresses and does deeds, knowing nothing of widgets."""

    title: str
    query: str

    def go(self, query: str) -> None:
        """Takes what an address chooses; Refused when it is wrong."""

    def do(self, deed: str, values: dict[str, str], tell: Any) -> dict[str, Any]:
        """Does what a button asks; what the browser should do then (a file to save, words to say)."""

    def parts(self) -> dict[str, str]:
        """Id of a part → its HTML."""


class Page(anywidget.AnyWidget):
    """A page in JupyterLab and in a browser. Only messages come in: no trait of it is set from outside by our pages."""

    _esm = markup.STATIC / "page.js"
    _css = markup.STATIC / "page.css"

    def __init__(self, state: Shown, query: str = ""):
        super().__init__()
        self._state, self._sent = state, {}
        self._draw(query)
        self.on_msg(self._asked)

    def _repr_mimebundle_(self, **_options: Any) -> Any:
        """The widget, and the page as it is now for who cannot show widgets: a server sends it before any script runs."""
        bundle = super()._repr_mimebundle_()
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        html = markup.macros("frame").page(self.comm.comm_id if self.comm else "", self._state.title, self._sent)
        return {**(data or {}), "text/html": str(html)}, metadata

    def _draw(self, query: str) -> dict[str, str]:
        """The parts under an address; a card in place of the page when they cannot be shown."""
        try:
            self._state.go(query)
            parts = self._state.parts()
        except Exception as error:
            parts = {"card": card(error)}
        empty = dict.fromkeys([*self._sent, "card"], "")
        changed = {name: html for name, html in (empty | parts).items() if self._sent.get(name) != html}
        self._sent = {**empty, **parts}
        return changed

    def _asked(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if not isinstance(content, dict):
            return
        number = content.get("number")
        if isinstance(query := content.get(GO), str):
            self.send({"parts": self._draw(query), "query": self._state.query, "title": self._state.title, "number": number})
        elif content.get("all"):
            self.send({"parts": self._sent, "query": self._state.query, "title": self._state.title, "number": number})
        elif isinstance(deed := content.get(DO), str):
            self._do(deed, content.get("values"), number)

    def _do(self, deed: str, values: Any, number: Any) -> None:
        given = {str(name): str(value) for name, value in values.items()} if isinstance(values, dict) else {}
        try:
            done = self._state.do(deed, given, self._tell)
            self.send({"parts": self._draw(self._state.query), "query": self._state.query, "number": number, **done})
        except Exception as error:
            self.send({"parts": {"said": card(error)}, "number": number})

    def _tell(self, **told: Any) -> None:
        """Words on the way of something long."""
        self.send(told)


def card(error: Exception) -> str:
    """Why something cannot be shown or done, as a card; what nobody foresaw goes to the log with its code, not to the page."""
    if isinstance(error, DataProblems):
        refused = Refused("В файле ошибки", how=" ".join(str(one) for one in error.problems[:10]))
    elif isinstance(error, UserError):
        refused = Refused(str(error), "вы сами или аналитик системы")
    elif isinstance(error, Refused):
        refused = error
    else:
        refused = Refused("Страница не собралась из-за ошибки в программе", "разработчик", "Передайте ему код")
        refused.missing += f" ({type(error).__name__})"
        LOG.error("%s", refused.code, exc_info=error)
    return str(markup.macros("frame").card(refused))
