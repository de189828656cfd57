"""An executed notebook as one HTML file: no code, no scripts, nothing fetched."""

from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parent
PRIORITY = ["image/svg+xml", "text/html", "text/plain"]


def page(notebook: Any, title: str) -> str:
    """The HTML page of an executed notebook (nbformat node); ``title`` names the browser tab."""
    from nbconvert.exporters import HTMLExporter
    from traitlets.config import Config

    config = Config({"NbConvertBase": {"display_data_priority": PRIORITY}})
    exporter = HTMLExporter(
        config=config, extra_template_basedirs=[str(TEMPLATES)], template_name="page", exclude_anchor_links=True
    )
    body, _ = exporter.from_notebook_node(notebook, resources={"title": title})
    return str(body)
