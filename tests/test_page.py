"""The report in a real browser: nothing is fetched, charts are drawn whole, paper has no cut edges."""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import nbformat
import openpyxl
import pytest
from playwright.sync_api import Browser, Page

from nmslib import batch, documents
from nmslib.batch import checking, render
from nmslib.paths import Project

ROOT = Path(__file__).parent.parent
CHECKED_AT = datetime(2024, 11, 16)


@pytest.fixture
def report(workshop, accepted, monkeypatch, tmp_path) -> Path:
    monkeypatch.setenv("NMS_HOME", str(workshop.root))
    parameters = {"system": "seversk", "municipality": "seversk", "as_of": "2023-12-01"}
    render.execute("municipality_report", parameters, tmp_path, "report", "Отчёт", workshop)
    return tmp_path / "report.html"


@pytest.fixture
def page(browser: Browser, report: Path) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1100, "height": 900})
    opened.goto(report.as_uri())
    yield opened
    opened.close()


def test_page_is_one_small_file_without_scripts_and_links(report):
    html = report.read_text("utf-8")
    assert len(html.encode()) < 2_000_000
    assert "<script" not in html
    assert "src=" not in html
    assert 'rel="stylesheet"' not in html


def test_nothing_is_requested_from_outside(browser, report):
    asked: list[str] = []
    opened = browser.new_page()
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(report.as_uri(), wait_until="networkidle")
    opened.close()
    assert asked == [report.as_uri()]


def test_both_charts_are_drawn_and_no_label_is_cut(page, cut_labels):
    assert page.locator("figure svg").count() == 2
    assert cut_labels(page) == []
    assert "Показаны" in page.locator("figure svg", has_text="Просрочено").inner_html()


def test_page_says_synthetic_name_date_and_answers_in_russian(page):
    text = page.inner_text("body")
    assert "Синтетические данные." in text
    assert "ЗАТО Северск" in text
    assert "данные на 01.12.2023" in text
    for heading in ("Что за система", "Полнота данных", "Показатели и план", "Дорожная карта", "Что делать дальше"):
        assert page.get_by_role("heading", name=heading).count() == 1
    assert not {"nan", "NaT", "None", "<NA>"} & set(text.replace("»", " ").split())


def test_every_indicator_and_measure_stands_in_its_table(page):
    for title, rows in (("Показатели и плановые значения", 5), ("Меры дорожной карты", 9)):
        table = page.locator("table", has=page.locator("caption", has_text=title))
        assert table.locator("tbody tr").count() == rows


def test_page_fits_the_width_of_a_sheet(page):
    page.set_viewport_size({"width": 800, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 800


@pytest.fixture(scope="module")
def papers(tmp_path_factory) -> Path:
    """Passport and comparison of Leningrad oblast, made in a copy of the project."""
    root = tmp_path_factory.mktemp("papers")
    for folder in ("data", "notebooks"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("*.xlsx"))
    before = os.environ.get("NMS_HOME")
    os.environ["NMS_HOME"] = str(root)
    batch.passport("leningrad", Project(root))
    batch.compare("leningrad", Project(root))
    os.environ.pop("NMS_HOME") if before is None else os.environ.update(NMS_HOME=before)
    return Project(root).outputs("leningrad")


def test_passport_finds_lines_by_word(browser, papers):
    page = browser.new_page()
    page.goto((papers / "passport.html").as_uri())
    everything = page.locator("tr.line:visible").count()
    page.get_by_label("Найти в документе").fill("каждый второй вторник")
    assert 1 <= page.locator("tr.line:visible").count() < 5
    page.get_by_label("Найти в документе").fill("")
    assert page.locator("tr.line:visible").count() == everything > 300
    page.close()


@pytest.mark.parametrize(
    ("system", "municipality", "day"), [("seversk", "seversk", "2023-12-01"), ("amur", "tynda", "2023-09-01")]
)
def test_roadmap_calendar_shows_what_is_due_who_is_loaded_and_what_is_doubtful(
    browser, cut_labels, workshop, accepted, monkeypatch, tmp_path, system, municipality, day
):
    monkeypatch.setenv("NMS_HOME", str(workshop.root))
    parameters = {"system": system, "municipality": municipality, "as_of": day}
    render.execute("roadmap_calendar", parameters, tmp_path, "calendar", "Календарь", workshop)
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    page.goto((tmp_path / "calendar.html").as_uri())
    for heading in ("Просрочено", "Предстоит", "Меры по направлениям", "Нагрузка по неделям", "Спорные сроки"):
        assert page.get_by_role("heading", name=heading).count() == 1
    assert page.locator("figure svg").count() == 2
    assert cut_labels(page) == []
    text = page.inner_text("body")
    assert not {"nan", "NaT", "None", "<NA>"} & set(text.split())
    assert ("Просроченные сроки: 1" in text) is (system == "seversk")
    assert ("Что просрочено, неизвестно: нет сведений об исполнении" in text) is (system == "amur")
    page.close()


def test_comparison_shows_matrix_crosswalk_and_network(browser, cut_labels, papers):
    page = browser.new_page(viewport={"width": 1060, "height": 900})
    page.goto((papers / "compared.html").as_uri())
    assert page.locator("table", has_text="Чем закрыта каждая функция").locator("td.gap").count() > 0
    assert page.locator("table", has_text="Показатели: у кого есть").locator("tbody tr").count() == 13
    assert page.locator("figure svg").count() == 1
    assert cut_labels(page) == []
    assert not {"nan", "NaN", "None"} & set(page.inner_text("body").split())
    page.close()


def test_page_of_registries_says_who_sent_what_and_what_is_wrong(browser, cut_labels, workshop, accepted, monkeypatch):
    monkeypatch.setenv("NMS_HOME", str(workshop.root))
    book = openpyxl.load_workbook(accepted)
    book["Диагностика"]["B3"] = "31.02.2023"
    del book["Эксперты"]
    book.save(accepted)
    checking.check("seversk", None, workshop, CHECKED_AT, lambda _: None)
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    page.goto(batch.data_quality("seversk", workshop).as_uri())
    for heading in ("Реестры: что пришло и чему верить", "Кто что прислал", "Что не так", "Границы"):
        assert page.get_by_role("heading", name=heading).count() == 1
    text = page.inner_text("body")
    assert "Синтетические данные." in text
    assert "Прислали книги 1 из 1; принято реестров 12 из 13." in text
    assert page.locator("table", has_text="Чего нет или что пришло поздно").locator("tbody tr", has_text="Эксперты").count() == 1
    assert (
        page.locator("table", has_text="Замечания по правилам").locator("tbody tr", has_text="Не дата в ключе строки").count()
        == 1
    )
    assert "раньше было принято" in text
    assert "31.02.2023" not in text
    assert page.locator("figure svg").count() == 1
    assert cut_labels(page) == []
    assert not {"nan", "NaT", "None", "<NA>"} & set(text.split())
    page.set_viewport_size({"width": 800, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 800
    page.close()


def test_error_cell_is_told_without_a_traceback():
    error = nbformat.v4.new_output("error", ename="ValueError", evalue="нет столбца", traceback=["Traceback ..."])
    cell = nbformat.v4.new_code_cell("x", outputs=[error])
    html = documents.page(nbformat.v4.new_notebook(cells=[cell]), "Отчёт")
    assert "Расчёт остановлен: нет столбца" in html
    assert "Traceback" not in html
