"""Imported last by the warm server: does once what every fork would do first, and leaves the collector nothing to look through.

Grammars, locales, templates, holidays and the documents that a run is about are read when first needed; forks that find them read
start half a second sooner.
Nothing here may start a thread or draw: forks of a process that has would hang.
"""

import gc
import io
import os
from contextlib import suppress
from datetime import date

import altair as alt
import nbformat
import pandas as pd
import pyarrow.dataset  # noqa: F401  what pandas reads Parquet with

from nmslib import charts, documents, paths, phrases, tables, wording
from nmslib.documents import templates
from nmslib.kernels.shell import SYSTEMS
from nmslib.model import REGION, WorkingYear
from nmslib.roadmap import WorkingDays
from nmslib.situation import Situation

DAY = date(2024, 1, 1)


def read_documents(systems: list[str]) -> None:
    """What reports of these systems rest on; where it cannot be read, who makes a report says why."""
    for system in systems:
        with suppress(Exception):
            about = Situation(system, REGION, DAY, paths.project())
            for part in ("schedule", "rules", "schema", "names"):
                getattr(about, part)


def read_a_table() -> None:
    """The first one read takes longer than the ten after it."""
    kept = io.BytesIO()
    pd.DataFrame({"municipality": ["a"], "number": [1.0], "day": [pd.Timestamp(DAY)]}).to_parquet(kept, index=False)
    tables.of_place(tables.parsed(kept.getvalue()), "a")


phrases.read("до 20 декабря (ежегодно)")
WorkingDays([WorkingYear(year=DAY.year, decree="", date=DAY, number="")]).is_working(DAY)
wording.counted(1, wording.DAYS)
wording.day_in_text(DAY)
wording.percent(1.5)
templates.macros("fragments")
tables.program()
documents.page(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("#")]), "")
charts.spec(alt.layer(alt.Chart(pd.DataFrame({"a": [DAY]})).mark_text().encode(x=alt.X("a:T"), text="a:N")))
read_a_table()
read_documents(os.environ.get(SYSTEMS, "").split())
gc.collect()
gc.freeze()
