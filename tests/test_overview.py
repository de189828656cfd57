"""The overview of a region and the page of indicators, made by the run and read in a real browser."""

from collections.abc import Iterator
from datetime import date

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page

from nmslib import batch, catalogue
from nmslib.paths import Project

DAY = date(2024, 11, 24)


@pytest.fixture(scope="module")
def names() -> list[str]:
    """Names of people in the invented workbooks, filled by ``made``."""
    return []


@pytest.fixture(scope="module")
def made(amur_accepted: tuple[Project, dict], names: list[str]) -> Project:
    """Amur oblast of which two municipalities and the region sent their workbooks; the run of three places."""
    project, invented = amur_accepted
    frames = [frame for sheets in invented.values() for frame in sheets.values() if "full_name" in frame]
    names += [who for frame in frames for who in frame["full_name"].dropna()]
    results = batch.run(batch.plan(["amur/tynda", "amur/region"], project), project)
    assert [result.error for result in results] == [None, None]
    return project


PAGES = {"overview": ("region", "report"), "indicators": ("tynda", "indicators")}


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest, browser: Browser, made: Project) -> Iterator[Page]:
    place, name = PAGES[request.param]
    opened = browser.new_page(viewport={"width": 1100, "height": 900})
    opened.goto((made.outputs("amur") / place / f"{name}.html").as_uri())
    yield opened
    opened.close()


def test_labels_of_charts_are_whole(page, cut_labels):
    assert cut_labels(page) == []


def test_page_is_no_wider_than_the_window_and_fits_a_sheet(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= 1100
    page.set_viewport_size({"width": 820, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 820


def test_page_says_that_its_data_are_synthetic_and_shows_no_traceback(page):
    text = page.inner_text("body")
    assert "Синтетические данные" in text
    assert "Traceback" not in text


def test_page_has_no_words_of_the_program(page):
    text = page.inner_text("body")
    assert not [word for word in ("nan", "None", "NaT", "<NA>", "not_counted", "recoverable") if word in text.split()]


def test_no_name_of_a_person_is_in_anything_that_the_run_made(made, names):
    written = b"".join(path.read_bytes() for path in made.outputs("amur").rglob("*") if path.is_file())
    assert len(names) > 500
    assert not [name for name in set(names) if name.encode() in written]


def test_overview_has_every_municipality_in_the_grid_and_the_table(made, browser):
    opened = browser.new_page()
    opened.goto((made.outputs("amur") / "region" / "report.html").as_uri())
    text = opened.inner_text("body")
    for place in catalogue.municipalities_of("amur", made):
        assert place.name in text
    assert "Кто отстаёт" in text
    opened.close()


def test_figures_of_the_region_are_bounded_by_what_is_unknown(made):
    figures = pd.read_parquet(made.outputs("amur") / "figures.parquet")
    whole = figures[(figures["municipality"] == "region") & (figures["as_of"] == pd.Timestamp(DAY))].set_index("indicator")
    diagnosed = whole.loc["diagnosed_share"]
    assert (diagnosed["status"], diagnosed["members"], diagnosed["members_known"]) == ("not_computable", 29, 2)
    # What the region counts alone is known, and stands still since the day by which it was due.
    agreements = whole.loc["agreements_count"]
    assert agreements["ends_on"] == pd.Timestamp(2024, 9, 1)
    assert (agreements["status"] == "reached") == (agreements["value"] >= 29)
    assert figures["figure"].is_unique


def test_figures_hold_quarter_ends_since_the_act_and_the_day_of_the_report(made):
    figures = pd.read_parquet(made.outputs("amur") / "figures.parquet")
    days = [day.date() for day in figures["as_of"].unique()]
    ends = [date(2023, 6, 30), date(2023, 9, 30), date(2023, 12, 31), date(2024, 3, 31), date(2024, 6, 30), date(2024, 9, 30)]
    assert days == [*ends, DAY]
