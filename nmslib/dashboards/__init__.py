"""Pages for a browser: a state read from an address, and its parts as HTML; figures and aggregates alone, never registries."""

from nmslib.dashboards.pages import scenarios, situation, warm

__all__ = ["scenarios", "situation", "warm"]
