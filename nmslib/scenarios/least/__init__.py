"""Least resources that reach the plans: whole numbers of methodists, places, seats (docs/scenario-model.md)."""

from nmslib.scenarios.least.answer import Least, least
from nmslib.scenarios.least.solving import MOVED, Cancelled

__all__ = ["MOVED", "Cancelled", "Least", "least"]
