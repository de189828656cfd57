"""Imported last by the warm server: does once what every fork would do first, and leaves the collector nothing to look through.

Grammars, locales, templates and holidays are read when first needed; forks that find them read start half a second sooner.
Nothing here may start a thread or draw: forks of a process that has would hang.
"""

import gc
from datetime import date

import altair as alt
import nbformat
import pandas as pd
import pyarrow.dataset  # noqa: F401  what pandas reads Parquet with

from nmslib import charts, documents, phrases, tables, wording
from nmslib.documents import templates
from nmslib.model import WorkingYear
from nmslib.roadmap import WorkingDays

DAY = date(2024, 1, 1)

phrases.read("до 20 декабря (ежегодно)")
WorkingDays([WorkingYear(year=DAY.year, decree="", date=DAY, number="")]).is_working(DAY)
wording.counted(1, wording.DAYS)
wording.day_in_text(DAY)
wording.percent(1.5)
templates.macros("fragments")
tables.program()
documents.page(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("#")]), "")
charts.spec(alt.layer(alt.Chart(pd.DataFrame({"a": [DAY]})).mark_text().encode(x=alt.X("a:T"), text="a:N")))
gc.collect()
gc.freeze()
