"""The portal of a system in a real browser: what changed first, who stands where, every file, with and without scripts."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from nmslib import catalogue, indicators
from nmslib.documents.portal import Failure, Made, Paper, Portal, RunFacts, portal
from nmslib.model import REGION, State

DAY = date(2024, 11, 24)
BEGAN = datetime(2024, 11, 25, 9, 12)
NASTY = 'ООО «Рога "и" копыта» / <script>document.title="взлом"</script>'
NAMES = {"zeya": "г. Зея", "tynda": "г. Тында", "yolkino": "Ёлкинский", "nasty": NASTY, REGION: "Амурская область"}
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="1400" height="60"><rect role="graphics-symbol" aria-label="told: x" width="9.123456"/></svg>'
FILES = {"отчёт": "report.html", "справка Word": "note.docx", "календарь": "calendar.ics"}


def figure(
    place: str, indicator: str, state: State, value: tuple[int, int] | None, plan: float | None, missing: int | None = None
) -> dict:
    """A row of the table of figures: a share of so many of so many."""
    row = dict.fromkeys(indicators.COLUMNS) | {"unit": "percent", "comparator": ">=", "kind": "indicator", "number": "1"}
    row |= {
        "figure": f"amur/{place}/{indicator}/{DAY}",
        "system": "amur",
        "municipality": place,
        "indicator": indicator,
        "as_of": DAY,
    }
    row |= {"status": state.id, "target": plan, "people_missing": missing}
    if value:
        row |= {"numerator": value[0], "denominator": value[1], "value": 100 * value[0] / value[1]}
    return row


ROWS = [
    figure("zeya", "diagnosed_share", State.REACHED, (30, 216), 10.0, 0),
    figure("zeya", "routed_share", State.RECOVERABLE, (9, 216), 7.0, 7),
    figure("tynda", "diagnosed_share", State.REACHED, (147, 1186), 10.0, 0),
    figure("tynda", "routed_share", State.RECOVERABLE, (63, 1186), 7.0, 21),
    figure("yolkino", "diagnosed_share", State.NOT_COMPUTABLE, None, 10.0),
    figure("yolkino", "routed_share", State.NOT_COMPUTABLE, None, 7.0),
    figure("nasty", "diagnosed_share", State.REACHED, (20, 100), 10.0, 0),
    figure("nasty", "routed_share", State.UNREACHABLE, (1, 100), 7.0, 6),
    figure(REGION, "diagnosed_share", State.REACHED, (197, 1502), 10.0, 0),
    figure(REGION, "routed_share", State.RECOVERABLE, (73, 1502), 7.0, 33),
    figure(REGION, "agreements_count", State.NO_PLAN, None, None),
]


def table(rows: list[dict]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(indicators.COLUMNS)).astype(indicators.COLUMNS)


def change(place: str, before: str, after: str, noticed: datetime = BEGAN) -> dict:
    told = {"municipality": place, "indicator": "diagnosed_share", "figure": f"amur/{place}/diagnosed_share/{DAY}"}
    why = "новая книга от 20.11.2024, прислал отдел образования"
    return told | {"before": before, "after": after, "why": why, "noticed_on": pd.Timestamp(noticed)}


def made(place: str) -> Made:
    files = tuple(Paper(label, f"{place}/{file}", f"{place}{file}".ljust(64, "0"), 20480) for label, file in FILES.items())
    return Made(municipality=place, files=files, made_at=datetime(2024, 11, 25, 9, 13), as_of=DAY)


FAILURE = Failure(
    title="Отчёт муниципалитета",
    cell=4,
    error="zeya.xlsx, строка 14: стоит «31.02.2024» & <нужна дата>",
    missing="В книге нет листа «Работники».",
    who="Отдел образования г. Зея: прислать книгу с этим листом.",
    href="failed/zeya/report.ipynb",
)


@pytest.fixture(scope="module")
def view(project) -> Portal:
    """Four municipalities and their region; one of them sent nothing, another one failed."""
    return Portal(
        system=catalogue.load_system("amur", project),
        names=NAMES,
        day=DAY,
        figures=table(ROWS),
        cards=catalogue.load_cards(project),
        overdue={"zeya": 12, "tynda": 2, "nasty": 0, REGION: 3},
        completeness={"zeya": (15, 16), "tynda": (16, 16), "yolkino": (0, 16), REGION: (9, 9)},
        made=(replace(made("zeya"), failure=FAILURE), *(made(name) for name in ("tynda", "nasty", REGION))),
        changes=pd.DataFrame([change("tynda", "8,1 % (96 из 1 186)", "12,4 % (147 из 1 186)")]),
        heat=PICTURE,
        synthetic=True,
        run=RunFacts(
            **{"started_at": BEGAN, "finished_at": datetime(2024, 11, 25, 9, 14, 20), "made": 3, "skipped": 1, "failed": 1},
            **{"version": "0.1.0", "fingerprint": "3f2a9c1d"},
        ),
        files=(Paper("свод Excel", "summary.xlsx", "a" * 64, 2048),),
    )


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Opens a portal in a window of this width: `opened(view, width=768)`."""
    contexts = []

    def make(view: Portal, width: int = 1280, **options: object) -> Page:
        (tmp_path / "index.html").write_text(portal(view), encoding="utf-8")
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **options))
        page = contexts[-1].new_page()
        page.goto((tmp_path / "index.html").as_uri())
        return page

    yield make
    for context in contexts:
        context.close()


def order(page: Page) -> list[str]:
    return page.locator("#places .rows tr:visible th").evaluate_all("heads => heads.map(head => head.firstChild.textContent)")


def cells(page: Page, place: str) -> list[str]:
    return page.locator("#places tr", has=page.locator("th", has_text=place)).first.locator("td").all_inner_texts()


def test_what_changed_stands_first_with_before_after_and_reason(view, opened):
    page = opened(view)
    first = page.locator("main section").first
    assert first.locator("h2").inner_text() == "Что изменилось с прошлого запуска"
    assert "Изменилось: 1\N{NO-BREAK SPACE}цифра." in first.inner_text()
    assert "8,1 % (96 из 1 186) → 12,4 % (147 из 1 186)" in first.inner_text()
    assert "прислал отдел образования" in first.inner_text()
    assert first.locator(f"[data-figure='amur/tynda/diagnosed_share/{DAY}']").inner_text() == "12,4 % (147 из 1 186)"


def test_many_changes_are_folded_after_the_first_ten(view, opened):
    page = opened(replace(view, changes=pd.DataFrame([change("tynda", "1", str(number)) for number in range(21)])))
    assert "Изменилось: 21\N{NO-BREAK SPACE}цифра." in page.inner_text("#changes")
    assert page.locator("#changes tbody tr:visible").count() == 10
    assert "Остальные изменения (11)" in page.inner_text("#changes")


def test_page_says_what_was_worked_out_in_retrospect(view, opened):
    day, later = pd.Timestamp(DAY), pd.Timestamp("2025-01-31")
    assert opened(replace(view, figures=view.figures.assign(data_on=day))).locator("#retrospect").count() == 0
    page = opened(replace(view, figures=view.figures.assign(data_on=later)))
    assert page.inner_text("#retrospect") == "Рассчитано ретроспективно: по книгам с данными на дни до 31.01.2025."
    some = view.figures.assign(data_on=day).where(view.figures["municipality"] != "tynda", view.figures.assign(data_on=later))
    page = opened(replace(view, figures=some.astype(indicators.COLUMNS)))
    told = "Рассчитано ретроспективно для 1 из 4 муниципалитетов: по книгам с данными на дни до 31.01.2025."
    assert page.inner_text("#retrospect") == told
    assert "24.11.2024, ретроспективно" in cells(page, "г. Тында")
    assert "24.11.2024" in cells(page, "г. Зея")


def test_page_of_one_place_in_retrospect_names_its_workbook(view, project, opened):
    rows = table([row for row in ROWS if row["municipality"] == "tynda"]).assign(data_on=pd.Timestamp("2025-01-31"))
    one = replace(view, system=catalogue.load_system("seversk", project), names={"tynda": "ЗАТО Северск"}, figures=rows)
    page = opened(replace(one, made=(made("tynda"),)))
    assert page.inner_text("#retrospect") == "Рассчитано ретроспективно: по книге с данными на 31.01.2025."


def test_first_run_says_that_there_is_nothing_to_compare_with(view, opened):
    assert "Это первый запуск: сравнивать не с чем." in opened(replace(view, changes=None)).inner_text("#changes")


def test_run_that_moved_nothing_says_so_and_keeps_what_earlier_runs_moved(view, opened):
    nothing = opened(replace(view, changes=view.changes.head(0))).inner_text("#changes")
    assert "С прошлого запуска ни одна цифра не изменилась." in nothing
    before = opened(replace(view, changes=pd.DataFrame([change("tynda", "1", "2", datetime(2024, 10, 1))]))).inner_text(
        "#changes"
    )
    assert "ни одна цифра не изменилась" in before
    assert "Изменения прежних запусков (1)" in before


def test_figure_no_longer_counted_is_told_but_points_at_no_row(view, opened):
    gone = change("tynda", "1", "больше не рассчитывается") | {"figure": "amur/tynda/gone/2024-11-24"}
    page = opened(replace(view, changes=pd.DataFrame([gone])))
    assert "больше не рассчитывается" in page.inner_text("#changes")
    assert page.locator("[data-figure*=gone]").count() == 0


def test_failure_says_what_is_missing_who_mends_it_and_where_the_notebook_is(view, opened):
    page = opened(view)
    card = page.locator("#failure-zeya")
    text = card.inner_text()
    assert "В книге нет листа «Работники»." in text
    assert "Отдел образования г. Зея: прислать книгу с этим листом." in text
    assert "«Отчёт муниципалитета», ячейка 4" in text
    assert "прежние" in text
    assert card.locator("a").get_attribute("href") == "failed/zeya/report.ipynb"
    card.locator("summary").click()
    assert FAILURE.error in card.inner_text()
    page.locator("a.warning").click()
    assert page.url.endswith("#failure-zeya")


def test_run_without_failures_has_no_section_of_them(view, opened):
    assert opened(replace(view, made=(made("tynda"),))).locator("#failures").count() == 0


def test_tiles_count_states_of_the_region_in_words(view, opened):
    tiles = [text.replace("\n", " ") for text in opened(view).locator(".tile").all_inner_texts()]
    assert "1 достигнут" in tiles
    assert "1 отстаёт, достижимо" in tiles
    assert "1 план не установлен" in tiles
    assert "3 просрочено мер региона" in tiles
    assert "2 из 3 муниципалитетов с просрочкой" in tiles
    assert "40 из 57 реестров принято" in tiles


def test_largest_gap_is_the_one_that_can_still_be_closed_and_points_at_its_figure(view, opened):
    page = opened(view)
    assert "21\N{NO-BREAK SPACE}человека — ИОМ" in cells(page, "г. Тында")
    assert page.locator(f"[data-gap='amur/tynda/routed_share/{DAY}']").count() == 1
    assert "достижимого отставания нет" in cells(page, "ООО")


def test_what_is_not_known_is_a_word_and_never_a_nought(view, opened):
    row = cells(opened(view), "Ёлкинский")
    assert row == [*["неизвестно"] * 4, "2", "нет данных", "нет сведений", "0 из 16", "24.11.2024", "не созданы"]


def test_every_value_carries_its_figure_and_its_people(view, opened):
    page = opened(view)
    page.locator("#values summary").click()
    told = {row["figure"]: indicators.told(row, view.cards[row["indicator"]]) for _, row in view.figures.iterrows()}
    shown = page.locator("#values [data-figure]").evaluate_all("all => all.map(one => [one.dataset.figure, one.textContent])")
    assert dict(shown) == told
    assert len(shown) == len(told)


def test_unknown_value_tells_its_bounds(view, opened):
    row = figure("tynda", "diagnosed_share", State.NOT_COMPUTABLE, None, 10.0) | {"lower": 3.04, "upper": 12.0}
    text = opened(replace(view, figures=table([row]))).locator("#values td").first.text_content()
    assert text == "не рассчитан: от 3,0 до 12,0\N{NO-BREAK SPACE}%"


def test_column_sorts_by_number_both_ways_and_says_so(view, opened):
    page = opened(view)
    assert order(page) == ["г. Зея", "г. Тында", "Ёлкинский", NASTY]
    head = page.locator("#places th", has_text="просрочено мер")
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert order(page) == ["г. Зея", "г. Тында", NASTY, "Ёлкинский"]
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert order(page) == [NASTY, "г. Тында", "г. Зея", "Ёлкинский"], "the unknown stays below"
    assert page.locator("[aria-sort]").count() == 1


def test_names_sort_as_russian_ones_and_the_region_stays_on_top(view, opened):
    names = {"e": "Ёлкинский", "zh": "Жуковский", "d": "Дубовский", REGION: "Амурская область"}
    page = opened(replace(view, names=names, made=(), changes=None))
    page.locator("#places thead button").first.click()
    assert order(page) == ["Дубовский", "Ёлкинский", "Жуковский"]
    assert page.locator("#places tbody tr th").first.inner_text() == "Амурская область"


def test_search_filters_as_one_types_announces_and_escape_clears(view, opened):
    page = opened(view)
    page.locator("#find").press_sequentially("елк")
    assert order(page) == ["Ёлкинский"]
    assert page.locator("#found").inner_text() == "Найдено: 1 из 4"
    assert page.locator("#found").get_attribute("aria-live") == "polite"
    page.locator("#find").fill("нет такого")
    assert page.locator("#found").inner_text() == "Ничего не найдено"
    page.locator("#find").press("Escape")
    assert page.locator("#find").input_value() == ""
    assert len(order(page)) == 4


def test_search_knows_the_name_and_not_the_mark_beside_it(view, opened):
    page = opened(view)
    page.locator("#find").fill("не обновлено")
    assert order(page) == []


def test_links_are_relative_and_lead_to_the_files_of_the_place(view, opened):
    page = opened(view)
    row = page.locator("#places tr", has=page.locator("th", has_text="г. Тында"))
    links = row.locator("a").evaluate_all("all => all.map(one => [one.textContent, one.getAttribute('href')])")
    assert links == [[label, f"tynda/{file}"] for label, file in FILES.items()]
    papers = page.locator("#papers a").evaluate_all("all => all.map(one => [one.textContent, one.getAttribute('href')])")
    assert ["свод Excel", "summary.xlsx"] in papers
    assert ["Амурская область: отчёт", "region/report.html"] in papers
    every = page.locator("a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    assert not [href for href in every if href.startswith("/") or ":" in href]


def test_names_and_texts_with_marks_are_shown_as_they_are(view, opened):
    page = opened(view)
    assert NASTY in order(page)
    assert page.title() == "Система НМС Амурской области: отчёт на 24.11.2024"
    assert page.locator("script").count() == 1


def test_nothing_leaves_the_page(view, browser, tmp_path):
    path = tmp_path / "index.html"
    path.write_text(portal(view), encoding="utf-8")
    asked, complaints = [], []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri(), wait_until="networkidle")
    page.close()
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
    assert complaints == []
    assert "default-src 'none'" in path.read_text("utf-8")


def test_axe_finds_nothing_serious_with_everything_unfolded(view, opened):
    page = opened(view)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    found = Axe().run(page).response["violations"]
    assert not [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]


def test_keyboard_reaches_the_search_and_the_sort_buttons(view, opened):
    page = opened(view)
    page.locator("#find").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Муниципалитет"
    page.keyboard.press("Enter")
    assert page.locator("#places th").first.get_attribute("aria-sort") == "ascending"


def test_without_scripts_everything_is_there_and_nothing_pretends_to_work(view, opened):
    page = opened(view, java_script_enabled=False)
    assert page.locator("#places .rows tr:visible").count() == 4
    assert page.locator("#places button").count() == 0
    assert not page.locator("#find").is_visible()
    page.locator("#values summary").click()
    assert page.locator("#values td:visible").count() > 8


def test_narrow_window_says_that_columns_are_out_of_sight_and_the_keyboard_brings_them_in(view, opened):
    page = opened(view, 800)
    region = page.get_by_role("region", name="Таблица: муниципалитеты")
    assert region.evaluate("one => one.previousElementSibling.className") == "hint"
    assert region.locator("xpath=preceding-sibling::p[1]").is_visible()
    files, name = region.locator("thead th").last, region.locator("tbody th").first
    assert files.bounding_box()["x"] > 800
    region.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('#list .scroll').scrollLeft > 0")
    page.wait_for_timeout(500)
    assert files.bounding_box()["x"] < 800
    assert name.bounding_box()["x"] >= 0, "names stay in sight"


def test_wide_window_has_no_hint_and_a_narrow_one_has_it_without_scripts_too(view, opened):
    assert not opened(view, 1500).locator("#list .hint").is_visible()
    assert opened(view, 800, java_script_enabled=False).locator("#list .hint").is_visible()


@pytest.mark.parametrize("width", [1280, 768])
def test_page_is_no_wider_than_the_window(view, opened, width):
    page = opened(view, width)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_picture_loses_english_words_of_its_marks_and_too_heavy_a_one_gives_way_to_the_table(view, opened):
    page = opened(view)
    assert page.locator("#heat svg rect").evaluate("rect => rect.getAttributeNames()") == ["width"]
    heavy = opened(replace(view, heat=PICTURE.replace("</svg>", "<g/>" * 200_000 + "</svg>")))
    assert heavy.locator("#heat svg").count() == 0
    assert "карта слишком велика" in heavy.inner_text("#heat")


def test_bottom_tells_of_the_run_and_the_hash_of_every_file(view, opened):
    page = opened(view)
    assert "Запуск начат 25.11.2024 09:12, длился 2\N{NO-BREAK SPACE}мин 20\N{NO-BREAK SPACE}с." in page.inner_text("footer")
    assert "Обновлено: 3; без изменений: 1; не удалось: 1." in page.inner_text("footer")
    page.locator("footer summary").click()
    assert all(paper.sha256 in page.inner_text("footer") for one in view.made for paper in (*one.files, *view.files))


def test_system_of_one_municipality_has_no_search_and_speaks_of_one(view, project, opened):
    rows = [row for row in ROWS if row["municipality"] == "tynda"]
    one = replace(view, system=catalogue.load_system("seversk", project), names={"tynda": "ЗАТО Северск"}, figures=table(rows))
    page = opened(replace(one, made=(made("tynda"),), overdue={"tynda": 2}, completeness={"tynda": (16, 16)}))
    assert page.inner_text("#state-title") == "Показатели: ЗАТО Северск"
    assert page.inner_text("#list-title") == "Муниципалитет"
    assert page.locator("#find").count() == 0
    assert page.locator("#places button").count() == 0
    assert "2 просрочено мер" in [text.replace("\n", " ") for text in page.locator(".tile").all_inner_texts()]


def test_systems_side_by_side_without_plans_show_what_is_computed(view, project, opened):
    rows = [row | {"target": None, "status": State.NO_PLAN.id} for row in ROWS if row["municipality"] in ("tynda", "zeya")]
    names = {"tynda": "Амурская область", "zeya": "ЗАТО Северск", REGION: "Все системы тетради"}
    federal = replace(
        view, system=catalogue.load_system("federal", project), names=names, figures=table(rows), made=(), changes=None
    )
    page = opened(replace(federal, overdue={}, completeness={}))
    assert page.inner_text("#list-title") == "Системы"
    assert page.locator("#places thead th").all_inner_texts() == [
        "Система",
        "Рассчитано показателей",
        "Принято реестров",
        "Отчётная дата",
        "Файлы",
    ]
    assert cells(page, "ЗАТО Северск") == ["2 из 2", "нет сведений", "24.11.2024", "не созданы"]
    tiles = page.locator(".tile").all_inner_texts()
    assert "дорожной карты в документе нет" in tiles
    assert "сведений о полноте реестров нет" in tiles


def test_portal_of_a_run_without_figures_says_so(view, opened):
    page = opened(replace(view, figures=table([]), made=(), heat="", changes=None))
    assert "Показателей на эту дату нет." in page.inner_text("#state")
    assert "Показателей на эту дату нет." in page.inner_text("#values")


def test_three_hundred_municipalities_weigh_less_than_two_megabytes(view):
    names = {f"place{number}": f"Муниципальный район {number}" for number in range(300)}
    cards = list(view.cards)[:30]
    rows = [figure(name, card, State.RECOVERABLE, (147, 1186), 20.0, 91) for name in names for card in cards]
    whole = portal(replace(view, names=names, figures=table(rows), made=tuple(made(name) for name in names), changes=None))
    assert whole.count("data-figure=") == 9000
    assert len(whole.encode()) < 2_000_000
