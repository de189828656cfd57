"""Markup of pages: Jinja macros of this folder and of documents; a chart as SVG. Knows no fact and no figure."""

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from nmslib import charts, wording
from nmslib.documents import templates

FOLDER = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"


@cache
def macros(name: str) -> Any:
    """The macros of ``templates/<name>.html.j2``; text is escaped, an unknown name is an error."""
    loader = jinja2.FileSystemLoader([FOLDER, templates.FOLDER])
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    environment.filters |= {"day": wording.day, "whole": wording.number, "capitalize": lambda text: text[:1].upper() + text[1:]}
    environment.globals["zip"] = zip
    return environment.get_template(f"{name}.html.j2").module


def picture(chart: Any) -> Markup:
    """A chart as SVG, described for who cannot see it."""
    return Markup(charts.svg(charts.spec(chart)))
