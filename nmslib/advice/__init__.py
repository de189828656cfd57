"""Addressed recommendations from figures, causes, measures and arrivals, and what came of the last ones. Reads no file, no clock."""

from nmslib.advice.outcomes import OUTCOMES, outcomes
from nmslib.advice.table import COLUMNS, recommendations

__all__ = ["COLUMNS", "OUTCOMES", "outcomes", "recommendations"]
