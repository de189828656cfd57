"""The pages in a real browser: seven questions answered by reading, everything done by mouse and by keyboard, nothing asked of others."""

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import dashboard_cases as cases
import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import AMUR_DAY as DAY
from dashboard_serving import Server, serving
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from nmslib.dashboards import shelf
from nmslib.paths import Project

SITUATION, TYNDA = "?system=amur", "?system=amur&municipality=tynda&indicator=routed_share"
PLANNING = f"scenarios{TYNDA}"
BOTH = {"situation": TYNDA, "scenarios": PLANNING}
BAD = {"serious", "critical"}
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 800, "height": 1100}
CUT = """() => [...document.querySelectorAll('.nms-page *')].filter(one => {
    const style = getComputedStyle(one);
    if (!one.getClientRects().length || one.closest('svg, .hidden, .scroll, details:not([open]) > :not(summary)')) return false;
    if (one.clientWidth <= 1 || style.clip !== 'auto') return false;
    return ['hidden', 'clip'].includes(style.overflowX) && one.scrollWidth > one.clientWidth + 1
        || ['hidden', 'clip'].includes(style.overflowY) && one.scrollHeight > one.clientHeight + 1;
}).map(one => one.outerHTML.slice(0, 120))"""
# Everything that can be worked with and stands on the page, without a positive tabindex or one that leaves it out.
REACHED = """() => [...document.querySelectorAll('a[href], button, input, select, summary')].filter(one =>
    one.type !== 'hidden' && one.checkVisibility()).map(one => one.tabIndex)"""


@pytest.fixture(scope="module")
def home(
    once: Callable[..., Path], seversk_accepted: Path, sent_by: Callable, tmp_path_factory: pytest.TempPathFactory
) -> Project:
    """A project of this file alone, in which pages save scenarios; there is no registry in it."""
    ran = cases.ran(once, seversk_accepted, sent_by)
    return cases.copied(cases.home(once, ran), tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def server(home: Project) -> Iterator[Server]:
    shelf._LAST.clear()
    command = [sys.executable, "-m", "nmslib", "dashboard", "--no-browser", "--viewers", "20"]
    with serving(home.root, *command) as running:
        yield running


@pytest.fixture(scope="module")
def strangers(server: Server) -> Iterator[list[str]]:
    """Requests of this file's pages that would have left the host."""
    left: list[str] = []
    yield left
    assert left == []


@pytest.fixture
def context(browser: Browser, server: Server, strangers: list[str]) -> Iterator[BrowserContext]:
    opened = watched(browser.new_context(viewport=WIDE, accept_downloads=True), server, strangers)
    yield opened
    opened.close()


def watched(context: BrowserContext, server: Server, strangers: list[str]) -> BrowserContext:
    """Turns away every request to another host, and writes it down."""
    context.set_default_timeout(PATIENCE)

    def judge(route, request: Request) -> None:
        if request.url.startswith(server.url):
            route.continue_()
        else:
            strangers.append(request.url)
            route.abort()

    context.route(re.compile(r"^(?!data:|blob:)"), judge)
    return context


class Opened:
    """A page of the server, as a visitor has it in front of them."""

    def __init__(self, context: BrowserContext, server: Server):
        self.server, self.page, self.errors = server, context.new_page(), []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda told: self.errors.append(told.text) if told.type == "error" else None)

    def at(self, address: str) -> Page:
        """Opens an address and waits until everything on the page is there."""
        self.page.goto(self.server.url + address)
        settled(self.page)
        return self.page


@pytest.fixture
def visitor(context: BrowserContext, server: Server) -> Iterator[Opened]:
    opened = Opened(context, server)
    yield opened
    opened.page.close()
    assert opened.errors == []


def settled(page: Page) -> None:
    """The channel is open, nothing is being counted any more, and no card stands in place of the page."""
    expect(page.locator(".nms-page[data-ready]")).to_be_attached()
    expect(page.locator(".nms-page")).not_to_contain_text(re.compile("[Сс]читаю(?!т)"))
    expect(page.locator("[data-part=card]")).to_be_empty()


def address(page: Page) -> dict[str, str]:
    """What the address of a page chooses."""
    return dict(parse_qsl(urlsplit(page.url).query))


def comes_to(page: Page, **wanted: str) -> None:
    """The address of a page comes to choose these."""
    for name, value in wanted.items():
        expect(page).to_have_url(re.compile(rf"[?&]{name}={re.escape(value)}(&|$)"))


def keep(page: Page, name: str) -> None:
    """A screenshot for who looks at what a run of tests has seen."""
    if folder := os.environ.get("NMS_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


# Reading.


@pytest.mark.parametrize("address", [SITUATION, TYNDA, PLANNING])
def test_first_chart_stands_there_without_any_script(browser, server, strangers, address):
    context = watched(browser.new_context(java_script_enabled=False, viewport=WIDE), server, strangers)
    page = context.new_page()
    page.goto(server.url + address)
    expect(page.locator(".chart svg, .bullets svg").first).to_be_visible()
    expect(page.locator("h1")).to_contain_text("Амурской области")
    context.close()


def test_seven_questions_are_answered_by_reading_the_page(visitor):
    page = visitor.at(TYNDA)
    told = {
        "plan": "8,4 % (44 из 525)",
        "behind": "прошли диагностику в ЦНППМ и остались без маршрута",
        "terms": "Просрочено: 1 мера",
        "pace": "ИОМ: при сохранении темпа",
        "needs": "Сдерживает: часы методистов на ИОМ",
        "decide": "ЦНППМ",
        "trust": "Принято реестров: 16 из 16",
    }
    questions = page.locator("h2 .question")
    assert [one.partition(" ")[0] for one in questions.all_inner_texts()] == [str(number) for number in range(1, 8)]
    for part, words in told.items():
        expect(page.locator(f"#part-{part}")).to_contain_text(words)
        expect(page.locator(f"#part-{part} section")).to_be_visible()
    expect(page.locator("#part-tiles")).to_contain_text("просрочено мер")
    assert page.title() == "г. Тында: состояние на 24.11.2024"
    keep(page, "situation-tynda")


@pytest.mark.parametrize("system", cases.SYSTEMS)
def test_every_system_has_a_page_without_errors(visitor, system):
    page = visitor.at(f"?system={system}")
    expect(page.locator("#part-card")).to_be_empty()
    assert page.locator("h2 .question").count() == 7
    keep(page, f"situation-{system}")


# Choosing.


def test_each_choice_goes_to_its_address(visitor):
    page = visitor.at(SITUATION)
    for name, value in (
        ("municipality", "tynda"),
        ("indicator", "diagnosed_share"),
        ("as_of", "2024-06-30"),
        ("system", "seversk"),
    ):
        page.select_option(f"#choose-{name}", value)
        comes_to(page, **{name: value})
        expect(page.locator(f"#choose-{name}")).to_have_value(value)
        settled(page)
    assert "municipality" not in address(page)
    expect(page.locator("h1")).to_contain_text("ЗАТО Северск")
    for _ in range(4):
        page.go_back()
    expect(page).to_have_url(visitor.server.url + SITUATION)
    expect(page.locator("#choose-municipality")).to_have_value("region")
    page.go_forward()
    comes_to(page, municipality="tynda")
    expect(page.locator("#choose-municipality")).to_have_value("tynda")


def test_a_cell_and_a_tile_lead_to_the_municipality(visitor):
    page = visitor.at(f"{SITUATION}&indicator=routed_share")
    page.locator(".heat tr", has_text="г. Зея").locator(".cell a").first.click()
    comes_to(page, municipality="zeya")
    expect(page.locator("#choose-municipality")).to_have_value("zeya")
    expect(page.locator("#part-behind .heat")).to_have_count(0)
    page.go_back()
    page.locator(".map a", has_text="Тында").first.click()
    comes_to(page, municipality="tynda", indicator="routed_share")
    expect(page.locator("#part-plan tr.chosen")).to_contain_text("ИОМ")


def test_heat_map_is_sorted_by_its_heads(visitor):
    page = visitor.at(SITUATION)
    heat = page.locator(".heat")
    names = heat.locator("tbody th a")
    before = names.all_inner_texts()
    heat.get_by_role("button", name="Муниципалитет").click()
    assert names.all_inner_texts() == sorted(before, key=lambda name: name.lower().replace("ё", "е"))
    assert heat.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"
    heat.locator("thead button").nth(1).click()
    sums = [int(one) for one in heat.locator("tbody td:nth-child(2)").evaluate_all("all => all.map(one => one.dataset.key)")]
    assert sums == sorted(sums, reverse=True)
    heat.locator("thead button").nth(1).click()
    assert heat.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"


def test_a_figure_opens_where_it_comes_from_and_escape_closes_it(visitor):
    page = visitor.at(TYNDA)
    page.locator(".figure", has_text="8,4 %").click()
    card = page.locator(".origin")
    expect(card).to_contain_text("Откуда цифра: ИОМ, г. Тында")
    expect(card).to_contain_text("всего строк")
    assert re.search(r"sha256 [0-9a-f]{64}", card.inner_text())
    assert address(page)["figure"] == f"amur/tynda/routed_share/{DAY}"
    assert card.evaluate("one => one.contains(document.activeElement)")
    keep(page, "origin")
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    assert "figure" not in address(page)
    page.go_back()
    expect(card).to_be_visible()


def test_a_copied_link_opens_the_same_view_for_somebody_else(visitor, context, server):
    page = visitor.at(TYNDA)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url.rstrip("/"))
    page.locator(".figure").first.click()
    expect(page.locator(".origin")).to_be_visible()
    page.locator("[data-copy]").click()
    expect(page.locator("#part-said")).to_contain_text("Ссылка")
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == page.url
    other = Opened(context, server)
    other.page.goto(copied)
    settled(other.page)
    expect(other.page.locator(".origin h2")).to_have_text(page.locator(".origin h2").inner_text())
    assert other.page.locator("#part-plan").inner_html() == page.locator("#part-plan").inner_html()
    other.page.close()


@pytest.mark.parametrize("path", ["", "scenarios"])
def test_a_wrong_address_gives_a_card_whose_choices_open(visitor, path):
    page = visitor.page
    page.goto(f"{visitor.server.url}{path}?system=amur&municipality=tinda")
    card = page.locator("#part-card")
    expect(card).to_contain_text("По адресу не найти муниципалитета «tinda»")
    expect(card).to_contain_text(re.compile(r"НМС-[0-9A-F]{6}"))
    expect(page.locator(".nms-page[data-ready]")).to_be_attached()
    keep(page, f"card-{path or 'situation'}")
    card.get_by_role("link", name="г. Тында").click()
    comes_to(page, municipality="tynda")
    expect(card).to_be_empty()
    expect(page.locator("svg").first).to_be_visible()


def test_meeting_fits_one_printed_page(visitor):
    page = visitor.at(TYNDA)
    page.get_by_role("link", name="режим заседания").click()
    comes_to(page, meeting="1")
    expect(page.locator(".meeting article")).to_have_count(5)
    keep(page, "meeting")
    paper = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page[^s]", paper)) == 1
    page.get_by_role("link", name="вернуться к странице").click()
    expect(page.locator("#part-plan section")).to_be_visible()


@pytest.mark.parametrize("address", BOTH.values(), ids=BOTH)
def test_a_page_prints_without_its_controls(visitor, address):
    page = visitor.at(address)
    page.emulate_media(media="print")
    for control in (".tools", "form.choices select", "[data-do]"):
        assert page.locator(control).evaluate_all("all => all.filter(one => one.checkVisibility()).length") == 0
    assert page.pdf(format="A4")[:5] == b"%PDF-"


# Scenarios.


def test_a_lever_moved_by_keyboard_changes_address_finding_and_chance(visitor):
    page = visitor.at(PLANNING)
    before = page.locator("#finding").inner_text()
    chance = page.locator(".facts div", has_text="Вероятность").locator("dd")
    assert chance.inner_text() == "меньше 1\N{NO-BREAK SPACE}%"
    lever = page.locator("#lever-methodists")
    lever.focus()
    for _ in range(3):
        lever.press("ArrowRight")
    comes_to(page, methodists="6")
    expect(page.locator("output[for=lever-methodists]")).to_have_text("6")
    expect(page.locator("#finding")).not_to_have_text(before)
    expect(page.locator("#finding")).to_contain_text("выполнен к")
    expect(chance).to_have_text(re.compile(r"^8\d\s%$"))
    assert lever.evaluate("one => one === document.activeElement")
    keep(page, "lever")
    settled(page)
    page.get_by_role("link", name="вернуть всё").click()
    expect(page.locator("#finding")).to_have_text(before)
    expect(lever).to_have_value("3")
    assert "methodists" not in address(page)


def test_least_resources_are_found_on_the_page(visitor):
    page = visitor.at(PLANNING)
    page.get_by_role("button", name="Найти наименьшее").click()
    expect(page.locator("#part-solved")).to_contain_text("Наименьшие ресурсы")
    expect(page.locator("#part-solved")).to_contain_text("хватит")
    keep(page, "least")
    page.select_option("#choose-indicator", "diagnosed_share")
    comes_to(page, indicator="diagnosed_share")
    settled(page)
    expect(page.locator("#part-solved")).to_be_empty()
    expect(page.locator("#finding")).to_contain_text("Диагностика")


def test_a_search_can_be_stopped(visitor):
    page = visitor.at("scenarios?system=amur")
    page.select_option("[name=probability]", "0.9")
    for box in page.locator("[name^=by_]").all():
        box.check()
    page.get_by_role("button", name="Найти наименьшее").click()
    stop = page.locator("[data-do=cancel]")
    ended = page.locator("#part-solved", has_text=re.compile("остановлен|Наименьшие ресурсы"))
    expect(stop.or_(ended).first).to_be_visible()
    if stop.count():
        stop.click()
    expect(ended).to_be_visible()


def test_a_resource_is_split_on_the_page(visitor):
    page = visitor.at("scenarios?system=amur&indicator=register_programmes_share&scenario=amur_seats")
    page.fill("[name=total]", "12")
    page.get_by_role("button", name="Распределить").click()
    expect(page.locator("#part-solved")).to_contain_text("Поровну по доле плана")


def test_a_saved_scenario_can_be_chosen_and_is_on_the_disk(visitor, home):
    page = visitor.at(f"{PLANNING}&methodists=6")
    page.get_by_text("Сохранить сценарий").click()
    form = {"name": "tynda_six", "title": "Шесть методистов", "author": "тест", "reason": "Хватит ли."}
    for name, value in form.items():
        page.fill(f".save [name={name}]", value)
    page.get_by_role("button", name="Сохранить в parameters/scenarios").click()
    expect(page.locator("#part-said")).to_contain_text("parameters/scenarios/tynda_six.yaml")
    comes_to(page, scenario="tynda_six")
    expect(page.locator("#choose-scenario")).to_have_value("tynda_six")
    assert "methodists: 6" in (home.scenarios / "tynda_six.yaml").read_text(encoding="utf-8")
    page.select_option("#choose-scenario", "fact")
    expect(page.locator("#lever-methodists")).to_have_value("3")
    page.select_option("#choose-scenario", "tynda_six")
    expect(page.locator("#lever-methodists")).to_have_value("6")
    settled(page)


def test_a_scenario_that_cannot_be_saved_is_told_and_the_page_stays(visitor):
    page = visitor.at(f"{PLANNING}&methodists=6")
    page.get_by_text("Сохранить сценарий").click()
    for name in ("title", "author", "reason"):
        page.fill(f".save [name={name}]", "слово")
    page.fill(".save [name=name]", "amur_seats")
    page.get_by_role("button", name="Сохранить в parameters/scenarios").click()
    expect(page.locator("#part-said")).to_contain_text("Сценарий «amur_seats» уже есть")
    expect(page.locator("#finding")).to_contain_text("выполнен к")
    expect(page.locator(".save [name=name]")).to_have_value("amur_seats")


def test_scenarios_are_put_beside_and_taken_away(visitor):
    page = visitor.at("scenarios?system=seversk")
    sides = page.locator("#part-sides")
    page.locator("#part-sides a.button").first.click()
    expect(sides.locator("a[title=Убрать]")).to_have_count(1)
    expect(sides.locator("figure svg")).to_be_visible()
    assert address(page)["compare"]
    keep(page, "compare")
    sides.locator("a[title=Убрать]").click()
    expect(sides.locator("figure")).to_have_count(0)
    assert "compare" not in address(page)


def test_workbook_and_picture_come_to_the_visitor(visitor, tmp_path):
    page = visitor.at(PLANNING)
    for kind in ("xlsx", "png"):
        with page.expect_download() as told:
            page.locator(f"[data-do={kind}]").click()
        told.value.save_as(tmp_path / f"x.{kind}")
        assert told.value.suggested_filename == f"amur_tynda_fact.{kind}"
    assert "Итог" in openpyxl.load_workbook(tmp_path / "x.xlsx").sheetnames
    assert (tmp_path / "x.png").read_bytes()[:4] == b"\x89PNG"


def test_pages_lead_to_each_other_with_place_and_indicator(visitor):
    page = visitor.at(TYNDA)
    page.get_by_role("link", name="Открыть сценарий: ИОМ").click()
    expect(page).to_have_url(re.compile("/scenarios"))
    settled(page)
    assert address(page) | {"as_of": ""} == {"system": "amur", "municipality": "tynda", "indicator": "routed_share", "as_of": ""}
    page.get_by_role("link", name="состояние").click()
    comes_to(page, municipality="tynda", indicator="routed_share")
    settled(page)
    assert urlsplit(page.url).path == urlsplit(visitor.server.url).path


# When something goes wrong.


def test_a_killed_kernel_gives_a_card_that_opens_the_same_view(visitor, server):
    before = set(server.processes())
    page = visitor.at(PLANNING)
    page.select_option("#choose-indicator", "diagnosed_share")
    comes_to(page, indicator="diagnosed_share")
    settled(page)
    (kernel,) = set(server.processes()) - before
    os.kill(kernel, signal.SIGKILL)
    card = page.locator(".card.refused", has_text="Связь с расчётом прервалась")
    expect(card).to_be_visible()
    keep(page, "lost")
    visitor.errors.clear()  # the browser tells that the channel was closed
    card.get_by_role("link", name="Открыть ещё раз").click()
    settled(page)
    assert address(page)["indicator"] == "diagnosed_share"
    expect(page.locator("#choose-indicator")).to_have_value("diagnosed_share")


def test_tables_that_a_run_has_put_in_place_are_shown_without_opening_anew(visitor, home):
    page = visitor.at("?system=seversk")
    figures = cases.tables.whole("seversk", home).held().table("figures")
    figures.loc[figures["indicator"] == "diagnosed_share", "people_missing"] = 7
    cases.rewrite("seversk", home, figures=figures)
    page.select_option("#choose-indicator", "diagnosed_share")
    expect(page.locator("#part-plan")).to_contain_text("не хватает 7")


# Looks.


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "800"])
@pytest.mark.parametrize("name", BOTH)
def test_nothing_hinders_those_who_do_not_see_or_hold_a_mouse(visitor, name, size):
    page = visitor.page
    page.set_viewport_size(size)
    visitor.at(BOTH[name])
    for colours in ("light", "dark"):
        page.emulate_media(color_scheme=colours)
        keep(page, f"{name}-{colours}-{size['width']}")
        found = Axe().run(page).response
        assert len(found["passes"]) > 20
        assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"] if one["impact"] in BAD] == []


@pytest.mark.parametrize(
    "address", [SITUATION, *BOTH.values(), f"{TYNDA}&meeting=1", f"?system=amur&figure=amur/tynda/routed_share/{DAY}"]
)
def test_no_page_scrolls_sideways_and_no_text_is_cut(visitor, cut_labels, address):
    page = visitor.at(address)
    for width in (1440, 1280, 1024, 800):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CUT) == []
        assert cut_labels(page) == []


@pytest.mark.parametrize("address", BOTH.values(), ids=BOTH)
def test_keyboard_reaches_every_control(visitor, address):
    page = visitor.at(address)
    page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")
    wanted = page.evaluate(REACHED)
    assert len(wanted) > 40
    assert set(wanted) == {0}
    page.locator("body").evaluate("() => document.activeElement.blur()")
    order = []
    for _ in range(12):
        page.keyboard.press("Tab")
        order.append(
            page.evaluate(
                "() => { const one = document.activeElement; return one.id || one.textContent.trim().slice(0, 30) || one.tagName; }"
            )
        )
        assert page.evaluate(
            "() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' || s.boxShadow !== 'none'; }"
        ), order
    assert order[0] == "К содержанию"
    assert len(set(order)) == len(order)
    assert "choose-system" in order


def test_a_charts_words_and_numbers_stand_beside_it(visitor):
    for address in BOTH.values():
        page = visitor.at(address)
        names = page.locator("figure svg").evaluate_all(
            "all => all.map(one => [one.getAttribute('role'), one.getAttribute('aria-label') || ''])"
        )
        assert names
        assert all(role == "img" and len(told) > 40 for role, told in names)
        assert page.locator("details:has(table) summary").count() >= 1


def test_colours_are_switched_and_stay_switched(visitor):
    page = visitor.at(TYNDA)
    ground = "() => getComputedStyle(document.querySelector('.nms-page')).backgroundColor"
    before = page.evaluate(ground)
    page.locator("[data-theme-switch]").click()
    after = page.evaluate(ground)
    assert before != after
    visitor.at(PLANNING)
    assert page.evaluate(ground) == after
