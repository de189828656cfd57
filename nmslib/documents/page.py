"""An executed notebook as one HTML file: no code, no scripts, nothing fetched."""

from functools import cache
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parent
PRIORITY = ["image/svg+xml", "text/html", "text/plain"]


@cache
def _exporter() -> Any:
    """The exporter with its templates, compiled once a process."""
    from nbconvert.exporters import HTMLExporter
    from traitlets.config import Config

    config = Config({"NbConvertBase": {"display_data_priority": PRIORITY}, "Exporter": {"optimistic_validation": True}})
    return HTMLExporter(config=config, extra_template_basedirs=[str(TEMPLATES)], template_name="page", exclude_anchor_links=True)


def page(notebook: Any, title: str) -> str:
    """The HTML page of an executed notebook (nbformat node); ``title`` names the browser tab."""
    from nbconvert.exporters import HTMLExporter

    # HTMLExporter would parse the whole page again to name pictures; ours are named where they are drawn.
    body, _ = super(HTMLExporter, _exporter()).from_notebook_node(notebook, resources={"title": title})
    return str(body)
