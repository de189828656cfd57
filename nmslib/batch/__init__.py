"""Regenerates outputs: parameters are checked first, whole files appear by one rename, one failure stops nobody."""

from nmslib.batch.pages import compare, data_quality, passport
from nmslib.batch.planning import plan, unchecked
from nmslib.batch.running import Watch, run
from nmslib.batch.units import Result, Unit

__all__ = ["Result", "Unit", "Watch", "compare", "data_quality", "passport", "plan", "run", "unchecked"]
