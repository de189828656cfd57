"""Markup of fragments: Jinja macros from ``templates/`` with our filters. Knows no fact and no figure."""

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from nmslib import wording

FOLDER = Path(__file__).parent / "templates"


@cache
def macros(name: str) -> Any:
    """The macros of ``templates/<name>.html.j2``; text is escaped, an unknown name is an error."""
    loader = jinja2.FileSystemLoader(FOLDER)
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    environment.filters |= {"day": wording.day, "whole": wording.number, "capitalize": lambda text: text[:1].upper() + text[1:]}
    environment.globals["zip"] = zip
    return environment.get_template(f"{name}.html.j2").module


def style() -> Markup:
    """The style element that the first fragment of a page carries."""
    return Markup(f"<style>{(FOLDER / 'report.css').read_text(encoding='utf-8')}</style>")
