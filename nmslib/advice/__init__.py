"""Addressed recommendations from figures, causes, measures and arrivals, and what came of the last ones. Opens no file."""

from nmslib.advice.since import OUTCOMES, outcomes
from nmslib.advice.table import COLUMNS, recommendations

__all__ = ["COLUMNS", "OUTCOMES", "outcomes", "recommendations"]
