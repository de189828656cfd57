"""The note shows the very charts of the pages; what no page shows is drawn for it."""

import nbformat
import pandas as pd

from nmslib.batch import pictures
from nmslib.documents.told import CHART


def executed(folder, name, *cells):
    """A notebook whose cells, source by source, have shown these charts."""
    shown = [
        nbformat.v4.new_code_cell(source, outputs=[nbformat.v4.new_output("display_data", {CHART: spec})])
        for source, spec in cells
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("now = 1"), *shown]), folder / name)


def test_chart_of_the_report_is_the_chart_of_the_note(tmp_path):
    executed(tmp_path, "report.ipynb", ("charts.gantt(now.measures, now.day)", {"mark": "bar"}))
    assert pictures.of_pages(tmp_path).gantt(None, None).to_dict() == {"mark": "bar"}


def test_report_goes_before_its_details(tmp_path):
    executed(
        tmp_path,
        "indicators.ipynb",
        ("charts.bullets(figures)", {"mark": "point"}),
        ("charts.trend(now.series)", {"mark": "line"}),
    )
    executed(
        tmp_path, "report.ipynb", ("charts.bullets(now.figures)", {"mark": "bar"}), ("charts.bullets(others)", {"mark": "tick"})
    )
    found = pictures.of_pages(tmp_path)
    assert found.bullets(None, None).to_dict() == {"mark": "bar"}
    assert found.trend(None, None).to_dict() == {"mark": "line"}


def test_note_that_tells_of_some_indicators_shows_their_panels_alone(tmp_path, cards):
    """It says how many there are on the picture; the page has them all."""
    names = ["diagnosed_share", "routed_share", "events_count"]
    panels = [{"title": {"text": cards[name].short_name}, "layer": []} for name in names]
    executed(tmp_path, "indicators.ipynb", ("charts.trend(now.series)", {"concat": panels, "columns": 2}))
    series = pd.DataFrame({"indicator": ["routed_share", "events_count", "routed_share"]})
    drawn = pictures.of_pages(tmp_path).trend(series, cards).to_dict()
    assert drawn == {"concat": panels[1:], "columns": 2}


def test_chart_that_no_page_shows_is_drawn(tmp_path):
    nothing = pictures.of_pages(tmp_path).bullets(pd.DataFrame(), {})
    assert nothing.to_dict()["description"] == "Показателей нет"
