"""The charts that the note shows: those of the pages where a page has them, so that nothing is drawn twice or differs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nmslib import charts, documents
from nmslib.model import Card


@dataclass(frozen=True)
class _Drawn:
    """A chart whose specification is finished."""

    spec: dict[str, Any]

    def to_dict(self, **_options: Any) -> dict[str, Any]:
        """The specification as the page shows it."""
        return self.spec


class Pictures:
    """``nmslib.charts`` as the note wants it; ``shown``: name of a chart → specification on a page of the same place."""

    def __init__(self, shown: Mapping[str, dict[str, Any]]) -> None:
        self.shown = shown

    def _chart(self, draw: Callable[..., Any], *finished: Any) -> Any:
        name = draw.__name__
        return _Drawn(self.shown[name]) if name in self.shown else draw(*finished)

    def bullets(self, *finished: Any) -> Any:
        """Figures against their plans."""
        return self._chart(charts.bullets, *finished)

    def trend(self, series: Any, cards: Mapping[str, Card]) -> Any:
        """Figures at the days of the trend: of the panels on the page those of the indicators in ``series``."""
        drawn = self._chart(charts.trend, series, cards)
        if not isinstance(drawn, _Drawn) or "concat" not in drawn.spec:
            return drawn
        wanted = {cards[indicator].short_name for indicator in series["indicator"]}
        panels = [panel for panel in drawn.spec["concat"] if panel["title"]["text"] in wanted]
        return _Drawn(drawn.spec | {"concat": panels})

    def gantt(self, *finished: Any) -> Any:
        """Measures against the calendar."""
        return self._chart(charts.gantt, *finished)


def of_pages(folder: Path) -> Pictures:
    """The charts of the executed notebooks in a folder, the first of each kind: the report before its details."""
    shown: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.ipynb"), reverse=True):
        for name, spec in documents.charts_told(path).items():
            shown.setdefault(name, spec)
    return Pictures(shown)
