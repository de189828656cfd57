"""Pages and cards that the server writes itself: the frame of a page, why there is none, a queue, a login."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

FOLDER = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Trouble:
    """Why there is no page: ``what`` is missing or wrong, ``who`` can mend it and ``how``; ``code`` is what the log has too."""

    what: str
    who: str = "администратор сервера"
    how: str = "Сообщите ему код: подробности по этому коду есть в журнале сервера"
    code: str = field(default_factory=lambda: "СТР-" + secrets.token_hex(3).upper())


@cache
def _templates(concurrent: bool) -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(FOLDER)
    return jinja2.Environment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        enable_async=concurrent,
    )


def card(name: str, **shown: Any) -> str:
    """``error`` (trouble), ``queue`` (seconds), ``login`` (form fields) as a whole HTML document."""
    return _templates(False).get_template(f"{name}.html.j2").render(**shown)


def told(trouble: Trouble) -> str:
    """A trouble as a piece of a page that was begun already."""
    return str(_templates(False).get_template("cards.html.j2").module.trouble(trouble))  # type: ignore[attr-defined]


def page(pieces: AsyncIterator[str], **shown: Any) -> AsyncIterator[str]:
    """The frame of a page around ``pieces``, written as they come."""
    return _templates(True).get_template("index.html.j2").generate_async(pieces=pieces, **shown)
