"""Pages for a browser: a state read from an address, and its parts as HTML; figures and aggregates alone, never registries."""

from typing import Any

__all__ = ["scenarios_page", "situation_page", "warm"]


def __getattr__(name: str) -> Any:
    """The pages when they are first asked for: the server, which imports its own part of this package, shows none itself."""
    if name not in __all__:
        raise AttributeError(name)
    from nmslib.dashboards import pages

    return getattr(pages, name)
