"""Steps are addressed, counted, dated and grounded."""

from datetime import date

import pandas as pd
import pytest

from nmslib import advice, indicators, roadmap

DAY = date(2023, 12, 1)


@pytest.fixture
def steps(seversk, cards, received, demo_frames, working_days):
    registries = received(**{name: [] for name in demo_frames})
    registries.frames.update(
        {name: rows.assign(municipality="demo", excel_row=range(2, len(rows) + 2)) for name, rows in demo_frames.items()}
    )
    figures = indicators.figures(seversk, cards, registries, ["demo"], DAY)
    measures = roadmap.current(
        roadmap.states(roadmap.schedule(seversk, working_days), demo_frames["execution"], "demo", DAY, working_days), DAY
    )
    return figures, measures, advice.next_steps(figures, measures, seversk, cards)


def test_overdue_measures_come_first_with_body_days_and_clause(steps):
    _, measures, rows = steps
    overdue = measures[measures["state"] == "overdue"]
    assert len(overdue) == 1
    first = rows.iloc[0]
    assert first["addressee"] == overdue.sort_values("due_on")["responsible"].iloc[0]
    assert "просрочено на" in first["action"]
    assert first["clause"].startswith("прил. 2, п. ")


def test_every_indicator_behind_has_a_step_with_people_date_and_figure(steps):
    figures, _, rows = steps
    behind = figures[figures["people_missing"] > 0]
    assert len(behind)
    for _, figure in behind.iterrows():
        step = rows[rows["figure"] == figure["figure"]].iloc[0]
        assert step["count"] == figure["people_missing"]
        assert step["until"] == pd.Timestamp(2023, 12, 31)


def test_nothing_to_do_gives_no_steps(seversk, cards, steps):
    figures, measures, _ = steps
    done = advice.next_steps(figures.assign(status="reached", people_missing=0), measures.assign(state="done"), seversk, cards)
    assert done.empty


def test_unknown_registry_asks_for_the_registry(seversk, cards, received, steps):
    _, measures, _ = steps
    figures = indicators.figures(seversk, cards, received(), ["demo"], DAY)
    rows = advice.next_steps(figures, measures.assign(state="done"), seversk, cards)
    assert len(rows) == 5
    assert rows["action"].str.startswith("представить сведения").all()
