"""Finished frames in, readable papers out; neither reads registries nor computes figures."""

from nmslib.documents.annex import annex, read_annex
from nmslib.documents.answer import letter, write_answer
from nmslib.documents.calendars import calendar, calendar_told, calendars
from nmslib.documents.facts import (
    actors_table,
    coverage_matrix,
    document,
    gaps_table,
    indicators_crosswalk,
    interactions_table,
    numbers_table,
)
from nmslib.documents.figures import behind_table, indicators_table, lacking_table
from nmslib.documents.fragments import completeness, header, passport, roadmap_table, sources
from nmslib.documents.indicator_docs import indicator_docs
from nmslib.documents.page import page
from nmslib.documents.portal import portal
from nmslib.documents.quality import expected_table, findings_table, late_table, quality_header, rules_table, senders_table
from nmslib.documents.registry_docs import registry_docs
from nmslib.documents.scenario import (
    compared_header,
    compared_table,
    compared_words,
    costs_and_capacities,
    decisions,
    endings_table,
    levers_table,
    places_table,
    scenario_book,
    scenario_header,
    scenario_told,
    sureness,
    workforce_table,
)
from nmslib.documents.steps import outcomes_table, steps_table
from nmslib.documents.summary import summary, summary_figures, summary_sides
from nmslib.documents.terms import coming_table, doubts_table, overdue_table, terms_header
from nmslib.documents.told import charts_told, notebook_told, page_told
from nmslib.documents.traces import trace_data, trace_text

__all__ = [
    "actors_table",
    "annex",
    "behind_table",
    "calendar",
    "calendar_told",
    "calendars",
    "charts_told",
    "coming_table",
    "compared_header",
    "compared_table",
    "compared_words",
    "completeness",
    "costs_and_capacities",
    "coverage_matrix",
    "decisions",
    "document",
    "doubts_table",
    "endings_table",
    "expected_table",
    "findings_table",
    "gaps_table",
    "header",
    "indicator_docs",
    "indicators_crosswalk",
    "indicators_table",
    "interactions_table",
    "lacking_table",
    "late_table",
    "letter",
    "levers_table",
    "notebook_told",
    "numbers_table",
    "outcomes_table",
    "overdue_table",
    "page",
    "page_told",
    "passport",
    "places_table",
    "portal",
    "quality_header",
    "read_annex",
    "registry_docs",
    "roadmap_table",
    "rules_table",
    "scenario_book",
    "scenario_header",
    "scenario_told",
    "senders_table",
    "sources",
    "steps_table",
    "summary",
    "summary_figures",
    "summary_sides",
    "sureness",
    "terms_header",
    "trace_data",
    "trace_text",
    "workforce_table",
    "write_answer",
]
