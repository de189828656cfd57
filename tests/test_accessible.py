"""Pages can be read without eyes, mouse and network: judged by axe-core in a real browser."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from nmslib.batch import render
from nmslib.paths import Project

DAY = date(2024, 11, 24)
TYNDA = {"system": "amur", "municipality": "tynda", "as_of": DAY.isoformat()}
SCENARIOS = Path(__file__).parent.parent / "parameters" / "scenarios"
BOTH = ", ".join(str(SCENARIOS / f"{name}.yaml") for name in ("amur_seats", "amur_least_routes"))
PAGES = {
    "report": ("municipality_report", TYNDA),
    "indicators": ("indicators_against_targets", TYNDA),
    "calendar": ("roadmap_calendar", TYNDA),
    "overview": ("region_overview", TYNDA | {"municipality": "region"}),
    "data_quality": ("data_quality", {"system": "amur"}),
    "passport": ("system_passport", {"system": "amur"}),
    "compared": ("systems_compared", {"system": "amur"}),
    "scenario": (
        "scenario_projection",
        {"system": "amur", "municipality": "region", "scenario": str(SCENARIOS / "amur_seats.yaml")},
    ),
    "scenarios": ("scenarios_compared", {"system": "amur", "municipality": "tynda", "scenarios": BOTH}),
}
BAD = {"serious", "critical"}
NAMELESS_TABLES = "() => [...document.querySelectorAll('table')].filter(t => !t.caption && !t.getAttribute('aria-label')).length"
FREE_HEADS = "() => document.querySelectorAll('th:not([scope])').length"


@pytest.fixture(scope="module")
def sent(amur_accepted: tuple[Project, dict]) -> Project:
    """Amur oblast of which two municipalities and the region sent their workbooks."""
    return amur_accepted[0]


@pytest.fixture(scope="module")
def folder(sent: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Every kind of page of these data."""
    made = tmp_path_factory.mktemp("pages")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NMS_HOME", os.fspath(sent.root))
        for name, (report, parameters) in PAGES.items():
            render.execute(report, parameters, made, name, f"Страница: {name}", sent)
        yield made


@pytest.fixture(scope="module", params=PAGES)
def path(request: pytest.FixtureRequest, folder: Path) -> Path:
    return folder / f"{request.param}.html"


@pytest.fixture(scope="module")
def page(browser: Browser, path: Path) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1100, "height": 900})
    opened.goto(path.as_uri())
    yield opened
    opened.close()


def test_page_has_no_serious_violation_of_accessibility(page):
    found = Axe().run(page).response
    assert len(found["passes"]) > 20
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"] if one["impact"] in BAD] == []


def test_page_has_its_language_one_main_part_and_one_first_heading(page):
    assert page.locator("html").get_attribute("lang") == "ru"
    assert page.locator("main").count() == 1
    assert page.locator("h1").count() == 1


def test_every_chart_is_one_picture_told_in_words(page):
    pictures = page.locator("figure svg")
    names = pictures.evaluate_all("all => all.map(one => [one.getAttribute('role'), one.getAttribute('aria-label')])")
    assert all(role == "img" and len(told) > 40 for role, told in names)


def test_labels_of_charts_are_whole(page, cut_labels):
    assert cut_labels(page) == []


def test_every_table_is_named_and_its_heads_say_what_they_head(page):
    assert page.evaluate(NAMELESS_TABLES) == 0
    assert page.evaluate(FREE_HEADS) == 0


def test_page_is_one_file_under_2_megabytes_that_asks_for_nothing(browser, path):
    asked: list[str] = []
    opened = browser.new_page()
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(path.as_uri(), wait_until="networkidle")
    opened.close()
    assert asked == [path.as_uri()]
    assert path.stat().st_size < 2_000_000


def test_charts_and_lines_of_tables_are_not_torn_on_paper(page):
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1017})
    kept = page.evaluate(
        "() => ['figure', 'tr'].flatMap(name => [...document.querySelectorAll(name)].map(one => getComputedStyle(one).breakInside))"
    )
    assert set(kept) == {"avoid"}
    assert page.evaluate("document.documentElement.scrollWidth") <= 688
