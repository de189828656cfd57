"""The portal of a system: one page that leads to everything a run has made."""

from nmslib.documents.portal.page import portal
from nmslib.documents.portal.view import Failure, Made, Paper, Portal, RunFacts

__all__ = ["Failure", "Made", "Paper", "Portal", "RunFacts", "portal"]
