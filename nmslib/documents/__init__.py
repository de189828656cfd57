"""Finished frames in, readable papers out; neither reads registries nor computes figures."""

from nmslib.documents.fragments import completeness, header, indicators_table, passport, roadmap_table, sources, steps_table
from nmslib.documents.page import page

__all__ = ["completeness", "header", "indicators_table", "page", "passport", "roadmap_table", "sources", "steps_table"]
