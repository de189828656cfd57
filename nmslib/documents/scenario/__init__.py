"""Scenarios on paper: tables of pages and the workbook; they show a projection and compute nothing."""

from nmslib.documents.scenario.compared import compared_header, compared_table, compared_words
from nmslib.documents.scenario.decisions import decisions, workforce_table
from nmslib.documents.scenario.reading import ScenarioTold, scenario_told
from nmslib.documents.scenario.tables import (
    costs_and_capacities,
    endings_table,
    levers_table,
    places_table,
    scenario_header,
    sureness,
)
from nmslib.documents.scenario.workbook import scenario_book

__all__ = [
    "ScenarioTold",
    "compared_header",
    "compared_table",
    "compared_words",
    "costs_and_capacities",
    "decisions",
    "endings_table",
    "levers_table",
    "places_table",
    "scenario_book",
    "scenario_header",
    "scenario_told",
    "sureness",
    "workforce_table",
]
