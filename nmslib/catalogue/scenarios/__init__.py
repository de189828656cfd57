"""Scenario files: a base and named changes, read, joined and checked; what the model makes of them is floor 2's."""

from nmslib.catalogue.scenarios.levers import load_levers
from nmslib.catalogue.scenarios.shelf import Shelf

__all__ = ["Shelf", "load_levers"]
