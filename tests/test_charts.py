"""Charts state the finding, carry text besides colour, and render with no network."""

import json
import re
from datetime import date

import pandas as pd
import pytest

from nmslib import catalogue, charts, indicators, roadmap
from nmslib.charts import offline
from nmslib.charts.load import weekly
from nmslib.model import MeasureState, State

DAY = date(2023, 12, 1)


@pytest.fixture
def figures(seversk, cards, received, demo_frames):
    registries = received(**{name: [] for name in demo_frames if name != "diagnostics"})
    registries.frames.update({name: rows.assign(municipality="demo", excel_row=0) for name, rows in demo_frames.items()})
    return indicators.figures(seversk, cards, registries, ["demo"], DAY)


@pytest.fixture
def measures(seversk, demo_frames, working_days):
    return roadmap.current(
        roadmap.states(roadmap.schedule(seversk, working_days), demo_frames["execution"], "demo", DAY, working_days), DAY
    )


@pytest.fixture(params=["bullets", "gantt"])
def chart(request, figures, measures, cards):
    return charts.bullets(figures, cards) if request.param == "bullets" else charts.gantt(measures, DAY)


def test_title_states_the_finding(figures, measures, cards):
    assert charts.bullets(figures, cards).to_dict()["title"]["text"].startswith("Достигнуто 2 из 5")
    assert (
        charts.gantt(measures, DAY).to_dict()["title"]["text"]
        == "Просрочено: 1\N{NO-BREAK SPACE}мера; срок в ближайшие 30 дней: 3\N{NO-BREAK SPACE}меры"
    )


def test_state_is_told_by_word_and_shape_besides_colour(figures, cards):
    rows = next(iter(charts.bullets(figures, cards).to_dict()["datasets"].values()))
    states = {state.id: state for state in State}
    for row, status in zip(rows, figures["status"], strict=True):
        assert states[status].word in row["label"]
        assert row["mark"] == offline.MARKS[states[status].shape]


def test_indicator_not_computed_has_no_bar_and_says_so(figures, cards):
    rows = {row["name"]: row for row in next(iter(charts.bullets(figures, cards).to_dict()["datasets"].values()))}
    assert rows["Диагностика"]["value"] is None
    assert rows["Диагностика"]["label"] == "нет данных"


def test_every_shape_of_a_state_can_be_drawn():
    assert {state.shape for state in (*State, *MeasureState)} <= set(offline.MARKS)


def test_chart_is_drawn_by_vega_lite_5_without_a_warning(chart, capfd):
    drawn = offline.svg(chart.to_dict())
    assert drawn.startswith("<svg")
    assert "WARN" not in capfd.readouterr().err


def test_bundle_serves_notebooks_and_pages_and_names_no_outside_data(chart):
    bundle, _ = chart._repr_mimebundle_() if isinstance(chart._repr_mimebundle_(), tuple) else (chart._repr_mimebundle_(), None)
    assert set(bundle) == {offline.MIME, "image/svg+xml", "text/plain"}
    assert bundle[offline.MIME]["$schema"] == offline.SCHEMA
    text = json.dumps({key: value for key, value in bundle[offline.MIME].items() if key != "$schema"})
    assert "http" not in text


def test_description_tells_the_chart_in_words(chart):
    assert "—" in chart.to_dict()["description"]


def test_ids_of_two_charts_in_one_page_differ(figures, measures, cards):
    one, other = (
        set(re.findall(r'id="(\w+)"', offline.svg(chart.to_dict())))
        for chart in (charts.bullets(figures, cards), charts.gantt(measures, DAY))
    )
    assert not one & other


def test_axis_months_are_russian(measures):
    drawn = offline.svg(charts.gantt(measures, DAY).to_dict())
    assert all(f">{month}<" in drawn for month in ("янв", "май", "дек"))


def test_load_strip_counts_terms_by_body_and_week_and_names_the_busiest(seversk, demo_frames, working_days):
    states = roadmap.states(roadmap.schedule(seversk, working_days), demo_frames["execution"], "demo", DAY, working_days)
    rows = weekly(states, DAY).set_index(["body", "week"])
    assert rows.loc[("МАУ ЗАТО Северск «РЦО»", pd.Timestamp(2023, 12, 18)), "measures"] == "3, 6, 8"
    title = charts.load(states, DAY).to_dict()["title"]["text"]
    assert title == "Самая занятая неделя: 18.12.2023 — 24.12.2023 — МАУ ЗАТО Северск «РЦО», 3\N{NO-BREAK SPACE}срока"


def test_body_under_two_names_has_one_strip(project, working_days):
    amur = catalogue.load_system("amur", project)
    rows = weekly(
        roadmap.states(roadmap.schedule(amur, working_days), None, "tynda", date(2023, 9, 1), working_days), date(2023, 9, 1)
    )
    assert not rows["body"].str.startswith("Министерство").any()
    counted = rows.set_index(["body", "week"])["count"]
    assert counted["Минобрнауки Амурской области", pd.Timestamp(2024, 1, 8)] == 10


def test_directions_of_the_roadmap_have_a_chart_each(project, working_days):
    amur = catalogue.load_system("amur", project)
    measures = roadmap.current(roadmap.states(roadmap.schedule(amur, working_days), None, "tynda", DAY, working_days), DAY)
    assert len(charts.gantt_by_direction(measures, DAY).to_dict()["vconcat"]) == 3
