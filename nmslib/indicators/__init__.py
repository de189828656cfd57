"""Computes the table of figures: every number of notebooks, papers and pages comes from here. Opens no file, reads no clock."""

from nmslib.indicators.by_organisation import by_organisation, pooled_small
from nmslib.indicators.definitions import FUNCTIONS
from nmslib.indicators.effects import Effect, Effects, in_words
from nmslib.indicators.federal import across
from nmslib.indicators.lacking import COLUMNS as CAUSES_COLUMNS
from nmslib.indicators.lacking import causes
from nmslib.indicators.origins import COLUMNS as ORIGINS
from nmslib.indicators.origins import origins
from nmslib.indicators.portrait import portrait
from nmslib.indicators.rows import Counted, Question
from nmslib.indicators.states import needed_in
from nmslib.indicators.table import COLUMNS, figures, largest_gap, series, told, trend_days
from nmslib.indicators.tracing import Side, Trace, trace
from nmslib.registries import Frames

__all__ = [
    "CAUSES_COLUMNS",
    "COLUMNS",
    "FUNCTIONS",
    "ORIGINS",
    "Counted",
    "Effect",
    "Effects",
    "Frames",
    "Question",
    "Side",
    "Trace",
    "across",
    "by_organisation",
    "causes",
    "figures",
    "in_words",
    "largest_gap",
    "needed_in",
    "origins",
    "pooled_small",
    "portrait",
    "series",
    "told",
    "trace",
    "trend_days",
]
