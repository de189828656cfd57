"""The page «Сценарии» without a browser: what addresses choose, that its numbers are those of the registries, what buttons do."""

import base64
import io
import re
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import dashboard_cases as cases
import openpyxl
import pandas as pd
import pytest
from conftest import AMUR_DAY as DAY
from dashboard_cases import address, number, read, refused, rows, scenarios, words

from nmslib import catalogue
from nmslib.dashboards import standing
from nmslib.dashboards.page import card
from nmslib.dashboards.problems import NotShown
from nmslib.model import FACT, REGION, Change
from nmslib.paths import Project
from nmslib.problems import DataProblems, UserError
from nmslib.projection import Projection

TYNDA = "?system=amur&municipality=tynda&indicator=routed_share"
SEVERSK = "?system=seversk"
PAGES = [
    "?system=amur",
    TYNDA,
    SEVERSK,
    f"{TYNDA}&scenario=amur_least_routes",
    "?system=amur&municipality=zeya&scenario=amur_seats&methodists=x2",
]
GIVEN = {"name": "more_methodists", "title": "Больше методистов", "author": "тест", "reason": "Хватит ли шести."}
LEAST = {"target": "routed_share", "by_methodists": "yes", "by_diagnostic_places": "yes"}


@pytest.fixture(scope="module")
def ran(once: Callable[..., Path], seversk_accepted: Path, sent_by: Callable) -> Path:
    return cases.ran(once, seversk_accepted, sent_by)


@pytest.fixture(scope="module")
def home(once: Callable[..., Path], ran: Path) -> Project:
    return cases.home(once, ran)


@pytest.fixture
def mine(home: Project, tmp_path: Path) -> Project:
    return cases.copied(home, tmp_path)


class Told:
    """What a page is told while something is worked on."""

    def __init__(self) -> None:
        self.messages: list[dict] = []
        self.ended = threading.Event()

    def __call__(self, **told: object) -> None:
        self.messages.append(told)
        if "solved" in told.get("parts", {}):
            self.ended.set()

    def answer(self, seconds: float = 60) -> str:
        assert self.ended.wait(seconds)
        return words(read(self.messages[-1]["parts"]["solved"]))


# Addresses.


def test_page_opens_with_things_as_they_are(home):
    state = scenarios(home, "")
    assert (state.system, state.municipality, state.scenario, state.compare, state.levers) == ("amur", REGION, FACT, (), {})
    assert state.title == "Амурская область: Без изменений"
    assert "federal" not in state.systems


@pytest.mark.parametrize(
    ("query", "name", "value"),
    [
        (SEVERSK, "municipality", "seversk"),
        (TYNDA, "indicator", "routed_share"),
        ("?municipality=tynda&indicator=trained_fgos_share", "indicator", "teachers_diagnosed_share"),
        ("?scenario=amur_seats", "scenario", "amur_seats"),
        ("?scenario=fact", "scenario", FACT),
        ("?compare=amur_seats,amur_least_routes", "compare", ("amur_seats", "amur_least_routes")),
        ("?compare=amur_seats,amur_seats,", "compare", ("amur_seats",)),
        (f"{TYNDA}&methodists=3", "levers", {"methodists": Change(kind="set", value=3)}),
        (f"{TYNDA}&methodists=x1.5", "levers", {"methodists": Change(kind="times", value=1.5)}),
        (f"{TYNDA}&online_share=0,25", "levers", {"online_share": Change(kind="set", value=0.25)}),
        (f"{TYNDA}&methodists=", "levers", {}),
    ],
)
def test_an_address_chooses(home, query, name, value):
    assert getattr(scenarios(home, query), name) == value


@pytest.mark.parametrize(
    ("query", "said", "choices"),
    [
        ("?system=federal", "системы «federal»", 4),
        ("?municipality=tinda", "муниципалитета «tinda»", 5),
        (f"{TYNDA}&scenario=dream", "«dream»", 3),
        (f"{TYNDA}&scenario=seversk_methodists_school", "«seversk_methodists_school»", 3),
        (f"{TYNDA}&scenario=../../../etc/passwd", "«../../../etc/passwd»", 3),
        (f"{TYNDA}&compare=amur_seats,dream", "«dream»", 3),
        ("?municipality=tynda&indicator=happiness", "показателя «happiness»", 10),
    ],
)
def test_a_wrong_value_is_refused_with_choices_that_open(home, query, said, choices):
    found = refused(scenarios(home, f"{TYNDA}&methodists=4"), query)
    assert said in found.missing
    assert len(found.choices) == choices
    opened = 0
    for _, link in found.choices:
        try:
            scenarios(home, link)
            opened += 1
        except NotShown as other:  # a place that sent nothing: a card of its own says why
            assert "не от чего" in other.missing
    assert opened >= 2


@pytest.mark.parametrize(
    ("value", "lever", "bounds"),
    [
        ("methodists=51", "Методисты", "от 0 до 50"),
        ("methodists=-1", "Методисты", "от 0 до 50"),
        ("methodists=2.5", "Методисты", "целое число"),
        ("methodists=x3.5", "Методисты", "множитель от x0 до x3"),
        ("methodists=x-1", "Методисты", "множитель от x0 до x3"),
        ("methodists=nan", "Методисты", "от 0 до 50"),
        ("methodists=inf", "Методисты", "от 0 до 50"),
        ("methodists=1e999", "Методисты", "от 0 до 50"),
        ("methodists=x", "Методисты", "от 0 до 50"),
        ("methodists=много", "Методисты", "от 0 до 50"),
        ("online_share=1.01", "Доля онлайн-диагностики", "от 0,00 до 0,90"),
        ("start_delay=13.5", "Начало через", "от 0 до"),
    ],
)
def test_a_lever_out_of_range_is_named_with_its_range(home, value, lever, bounds):
    found = refused(scenarios(home, f"{TYNDA}&methodists=4"), f"{TYNDA}&{value}")
    assert f"Рычаг «{lever}»" in found.missing
    assert bounds in words(found.how)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?as_of=2024-11-24", "нет параметра «as_of»"),
        ("?methodists=1&methodists=2", "параметр назван дважды"),
        (f"?scenario={'a' * 5000}", "слишком длинный"),
        ("?compare=amur_seats,amur_least_routes,fact,amur_seats", "не больше 4 сценариев"),
    ],
)
def test_an_address_with_faults_is_refused_in_words(home, query, said):
    assert said in refused(scenarios(home, TYNDA), query).missing


@pytest.mark.parametrize("query", [*PAGES, f"{TYNDA}&methodists=4&online_share=0.5&compare=amur_seats"])
def test_the_address_that_a_page_names_opens_the_same_page(home, query):
    state = scenarios(home, query)
    again = scenarios(home, state.query)
    assert again.query == state.query
    assert again.parts() == state.parts()


@pytest.mark.parametrize("query", ["?system=amur", TYNDA, SEVERSK])
def test_every_indicator_that_can_be_chosen_has_a_page(home, query):
    state = scenarios(home, query)
    for name in state.indicators:
        state.go(state.link(indicator=name))
        parts = state.parts()
        planned = (state.shown.endings["indicator"] == name).any()
        assert ("плана на эти месяцы нет" in words(read(parts["answer"]).select_one("#finding"))) == (not planned)
        assert ("нет и вероятности" in parts["sure"]) == (not planned)


def test_moving_a_lever_and_putting_it_back_gives_the_same_page(home):
    state = scenarios(home, TYNDA)
    before = state.parts()
    state.go(state.link(methodists="6"))
    assert state.parts()["answer"] != before["answer"]
    reset = read(state.parts()["levers"]).select_one(".reset a")["href"]
    state.go(reset)
    assert state.parts() == before


def test_levers_stay_when_the_indicator_changes_and_go_with_the_place(home):
    bar = read(scenarios(home, f"{TYNDA}&methodists=6").parts()["bar"])
    assert "methodists" not in bar.select_one("#choose-indicator").get("data-resets", "")
    for name in ("system", "municipality", "scenario"):
        assert "methodists" in bar.select_one(f"#choose-{name}")["data-resets"].split()


# Numbers.


@pytest.mark.parametrize("query", PAGES)
def test_numbers_are_those_of_the_registries_to_the_last_digit(home, ran, query):
    shown = scenarios(home, query).shown
    counted = Projection(shown.scenario, Project(ran))
    pd.testing.assert_frame_equal(shown.outcome.table(), counted.outcome.table(), check_exact=True)
    pd.testing.assert_frame_equal(shown.before.table(), counted.before.table(), check_exact=True)
    assert shown.outcome.cost(shown.whole) == counted.outcome.cost(counted.whole)
    assert shown.finding == counted.finding
    pd.testing.assert_frame_equal(shown.drawn.bands, counted.drawn.bands, check_exact=True)
    assert shown.drawn.probability.equals(counted.drawn.probability)


@pytest.mark.parametrize(("system", "where"), [("seversk", "seversk"), ("amur", "tynda"), ("amur", REGION)])
def test_the_page_of_the_situation_looks_ahead_with_the_same_numbers(home, ran, system, where):
    opened = cases.situation(home, f"?system={system}").run
    scenario = standing.unchanged(opened, where)
    shown = standing.projection(opened, where, scenario)
    counted = Projection(replace(scenario, base=FACT, draws=shown.scenario.draws), Project(ran))
    pd.testing.assert_frame_equal(shown.endings, counted.endings, check_exact=True)
    for _, row in shown.endings.iterrows():
        assert shown.probability(row["indicator"], row["due_on"]) == counted.probability(row["indicator"], row["due_on"])
    assert shown.backtest_in_words


@pytest.mark.parametrize("query", [TYNDA, SEVERSK])
def test_table_of_months_tells_the_trajectory_its_band_and_the_plan(home, ran, query):
    state = scenarios(home, query)
    counted = Projection(state.shown.scenario, Project(ran))
    months = counted.months[counted.months["indicator"] == state.indicator]
    shown = rows(read(state.parts()["answer"]).select_one("details table"))
    assert len(shown) == len(months)
    for line, (_, row) in zip(shown, months.iterrows(), strict=True):
        for told, column in zip(line[1:], ("value", "base", "low", "high", "target"), strict=True):
            assert (told == "—") == pd.isna(row[column])
            if pd.notna(row[column]):
                assert number(told) == pytest.approx(row[column], abs=0.051)


def test_answer_tells_the_finding_its_chance_what_holds_back_and_the_cost(home):
    state = scenarios(home, f"{TYNDA}&methodists=6")
    part = read(state.parts()["answer"])
    facts = {words(one.dt): words(one.dd) for one in part.select("dl.facts > div")}
    ending = state.shown.endings.set_index("indicator").loc["routed_share"]
    assert "ИОМ: план 10 % выполнен к" in words(part.select_one("#finding"))
    assert re.fullmatch(r"(больше |меньше )?\d+ %", facts["Вероятность"])
    assert number(facts["Сценарий"].partition("(")[2]) == ending["numerator"]
    assert number(facts["Без изменений"].partition("(")[2]) == ending["numerator_before"]
    cost = state.shown.outcome.cost(state.shown.whole)
    assert number(facts["Затраты, тыс. руб."]) == round(cost)
    more = round(cost - state.shown.before.cost(state.shown.whole))
    assert f"на {more:,} больше".replace(",", " ") in facts["Затраты, тыс. руб."]
    assert len(part.select("figure svg")) == 1


def test_before_draws_are_made_the_page_says_that_it_counts(home):
    state = scenarios(home, TYNDA)
    state.sure = False
    early = state.parts()
    assert "считаю…" in early["answer"]
    assert "Считаю вероятности" in early["plans"]
    state.sure = True
    later = state.parts()
    assert "считаю" not in later["answer"].lower()
    assert early["levers"] == later["levers"]


@pytest.mark.parametrize("query", PAGES)
def test_each_lever_tells_its_unit_bounds_value_of_today_and_source(home, query):
    state = scenarios(home, query)
    part = read(state.parts()["levers"])
    sliders = part.select("input[type=range]")
    assert {one["name"] for one in sliders} == set(state.cards)
    for one in sliders:
        title = part.select_one(f"label[for={one['id']}]")
        assert words(title) == state.cards[one["name"]].title
        now = words(part.select_one(f"#{one['aria-describedby']}"))
        assert now.startswith("сейчас ")
        assert "·" in now
        assert float(one["min"]) <= float(one["value"]) <= float(one["max"])
        changed = state.levers.get(one["name"])
        assert ("data-changed" in one.attrs) == (changed is not None)
        if changed:
            settled = float(state.shown.settings.changed[one["name"]][0])
            assert float(one["value"]) == (changed.value if "data-times" in one.attrs else settled)


def test_of_several_municipalities_a_lever_multiplies_what_each_has(home):
    state = scenarios(home, "?system=amur&diagnostic_places=x2")
    slider = read(state.parts()["levers"]).select_one("#lever-diagnostic_places")
    assert (slider["data-times"], slider["value"], slider["data-usual"]) == ("x", "2", "1")
    before, after = (
        one[:, 0] if one.ndim > 1 else one
        for one in (state.shown.ground.facts.values["diagnostic_places"], state.shown.settings.changed["diagnostic_places"])
    )
    assert after == pytest.approx(2 * before)


def test_scenarios_stand_side_by_side_and_can_be_added_and_removed(home):
    state = scenarios(home, SEVERSK)
    added = read(state.parts()["sides"]).select("a.button")
    assert {address(one["href"])["compare"] for one in added} == {"seversk_methodists_centre", "seversk_methodists_school"}
    for _ in range(2):
        state.go(next(one for one in read(state.parts()["sides"]).select("a.button") if not one.get("title"))["href"])
    assert len(state.compare) == 2
    part = read(state.parts()["sides"])
    assert part.select_one("figure svg")
    text = words(part)
    for name in state.compare:
        assert words(state.titles[name]) in text
    gone = part.select_one("a[title=Убрать]")
    state.go(gone["href"])
    assert len(state.compare) == 1


def test_compared_numbers_are_those_of_each_scenario_alone(home):
    state = scenarios(home, f"{SEVERSK}&scenario=seversk_methodists_centre&compare=seversk_methodists_school")
    alone = scenarios(home, f"{SEVERSK}&scenario=seversk_methodists_school").shown
    beside = state.sides.shown[1]
    pd.testing.assert_frame_equal(beside.outcome.table(), alone.outcome.table(), check_exact=True)
    pd.testing.assert_frame_equal(beside.drawn.bands, alone.drawn.bands, check_exact=True)


def test_scenarios_of_another_day_are_compared_from_the_day_of_the_page(home):
    state = scenarios(home, f"{SEVERSK}&compare=seversk_methodists_school")
    assert state.shown.now.day != catalogue.load_scenario("seversk_methodists_school", home, state.cards).as_of
    assert {one.scenario.as_of for one in state.sides.shown} == {state.shown.now.day}
    assert "Все считаются от 01.12.2023." in words(read(state.parts()["sides"]))


@pytest.mark.parametrize("query", PAGES)
def test_no_person_stands_in_any_part(home, ran, demo_frames, query):
    assert cases.found(cases.people(ran, demo_frames), scenarios(home, query).parts().values()) == []


@pytest.mark.parametrize("query", PAGES)
def test_pages_are_the_same_with_and_without_registries(home, ran, query):
    assert not (home.root / "data" / "snapshots").exists()
    assert scenarios(Project(ran), query).parts() == scenarios(home, query).parts()


# Deeds.


def test_a_scenario_is_saved_and_opened_and_means_the_same(mine):
    state = scenarios(mine, f"{TYNDA}&methodists=6&diagnostic_places=x1.5")
    before = state.shown.outcome.table()
    done = state.do("save", GIVEN, Told())
    assert "parameters/scenarios/more_methodists.yaml" in done["say"]
    assert (state.scenario, state.levers) == ("more_methodists", {})
    assert address(state.query)["scenario"] == "more_methodists"
    pd.testing.assert_frame_equal(state.shown.outcome.table(), before)
    saved = catalogue.load_scenario("more_methodists", mine, catalogue.load_levers(mine))
    assert (saved.title, saved.author, saved.reason) == (GIVEN["title"], GIVEN["author"], GIVEN["reason"])
    assert (saved.system, saved.municipality, saved.as_of) == ("amur", "tynda", DAY)
    assert "Больше методистов" in words(read(state.parts()["bar"]).select_one("#choose-scenario"))


def test_a_scenario_saved_on_another_builds_on_it(mine):
    state = scenarios(mine, "?system=amur&municipality=tynda&scenario=amur_least_routes&methodists=5")
    before = state.shown.outcome.table()
    state.do("save", GIVEN, Told())
    assert "base: amur_least_routes" in (mine.scenarios / "more_methodists.yaml").read_text(encoding="utf-8")
    pd.testing.assert_frame_equal(state.shown.outcome.table(), before)


@pytest.mark.parametrize(
    "name", ["", "ab", "Больше", "../evil", "a/b", "x" * 41, "1abc", "a b c", "abc.yaml", "a\nbc", "ABC", FACT]
)
def test_a_file_name_that_is_none_is_refused(mine, name):
    before = listed(mine)
    with pytest.raises((NotShown, UserError, DataProblems)):
        scenarios(mine, f"{TYNDA}&methodists=6").do("save", GIVEN | {"name": name}, Told())
    assert listed(mine) == before


@pytest.mark.parametrize("lacking", ["title", "author", "reason"])
@pytest.mark.parametrize("value", ["", "  ", "я" * 301])
def test_a_scenario_needs_title_author_and_reason(mine, lacking, value):
    before = listed(mine)
    with pytest.raises(NotShown, match="название, автор и причина"):
        scenarios(mine, f"{TYNDA}&methodists=6").do("save", GIVEN | {lacking: value}, Told())
    assert listed(mine) == before


def test_an_existing_scenario_is_replaced_only_when_asked(mine):
    state = scenarios(mine, f"{TYNDA}&methodists=6")
    state.do("save", GIVEN, Told())
    before = listed(mine)
    state.go(f"{TYNDA}&methodists=7")
    with pytest.raises(NotShown, match="уже есть"):
        state.do("save", GIVEN, Told())
    assert listed(mine) == before
    state.do("save", GIVEN | {"again": "yes"}, Told())
    assert "methodists: 7" in (mine.scenarios / "more_methodists.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("query", "within", "name"), [(TYNDA, "", "seversk_methodists_school"), (TYNDA, "amur/tynda", "amur_seats")]
)
def test_a_scenario_that_the_page_does_not_show_cannot_be_replaced(mine, query, within, name):
    before = listed(mine)
    state = scenarios(mine, f"{query}&methodists=6", within)
    with pytest.raises(NotShown, match="уже есть"):
        state.do("save", GIVEN | {"name": name, "again": "yes"}, Told())
    assert listed(mine) == before


def test_text_of_a_visitor_stays_text_in_the_file(mine):
    nasty = 'Итог: "плюс"\nsystem: seversk\n<script>alert(1)</script> {x: 1}'
    state = scenarios(mine, f"{TYNDA}&methodists=6")
    state.do("save", GIVEN | {"title": nasty}, Told())
    saved = catalogue.load_scenario("more_methodists", mine, catalogue.load_levers(mine))
    assert (saved.system, saved.title.split()) == ("amur", nasty.split())
    assert "<script" not in "".join(state.parts().values())


def test_what_cannot_be_read_back_is_not_written(mine, monkeypatch):
    """Nothing half-written: the disk fails in the middle, or the text would not be a scenario."""
    before = listed(mine)
    state = scenarios(mine, f"{TYNDA}&methodists=6")
    state.levers = {"methodists": Change(kind="set", value=500.0)}
    with pytest.raises(DataProblems):
        state.do("save", GIVEN, Told())
    assert listed(mine) == before
    state.go(f"{TYNDA}&methodists=6")
    shutil.rmtree(mine.scenarios)
    mine.scenarios.write_text("a file where the folder should be")
    with pytest.raises(OSError, match="scenarios"):
        state.do("save", GIVEN, Told())
    assert mine.scenarios.read_text() == "a file where the folder should be"


def listed(project: Project) -> dict[str, bytes]:
    """Everything in parameters/scenarios and above it."""
    return {str(path): path.read_bytes() for path in project.root.joinpath("parameters").rglob("*") if path.is_file()}


def content(done: dict) -> bytes:
    return base64.b64decode(done["file"]["base64"])


def test_workbook_opens_and_tells_the_same_numbers(home):
    state = scenarios(home, f"{TYNDA}&methodists=6")
    done = state.do("xlsx", {}, Told())
    assert done["file"]["name"] == "amur_tynda_fact.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(content(done)), data_only=True)
    sheets = {
        sheet.title: [[cell for cell in line if cell is not None] for line in sheet.iter_rows(values_only=True)] for sheet in book
    }
    assert ["Мой вариант: г. Тында, на 24.11.2024"] in sheets["Итог"]
    (told,) = (line for line in sheets["Итог"] if line[:1] == ["ИОМ"])
    ending = state.shown.endings.set_index("indicator").loc["routed_share"]
    assert [told[3], told[4], told[6], told[7]] == [ending[f"{name}_before"] for name in ("numerator", "denominator")] + [
        ending[name] for name in ("numerator", "denominator")
    ]
    months = state.shown.outcome.table().query("indicator == 'routed_share' and municipality == 'tynda'")["value"]
    shown = [line[7] if len(line) > 7 else None for line in sheets["По месяцам"] if line[1:2] == ["ИОМ"]]
    assert shown == pytest.approx([one / 100 for one in months])


def test_picture_is_a_png_of_some_size(home):
    done = scenarios(home, TYNDA).do("png", {}, Told())
    assert done["file"]["type"] == "image/png"
    assert content(done)[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(content(done)[16:20]) > 600
    assert len(content(done)) > 20_000


def test_least_resources_are_found_with_progress(home):
    state, told = scenarios(home, TYNDA), Told()
    done = state.do("least", LEAST, told)
    assert "cancel" in done["parts"]["solved"]
    text = told.answer()
    progress = [one["progress"] for one in told.messages if "progress" in one]
    assert [one["ready"] for one in progress] == sorted(one["ready"] for one in progress)
    assert progress[-1]["ready"] == progress[-1]["total"]
    assert "Наименьшие ресурсы" in text
    assert "хватит" in text
    # What was found does what it says.
    methodists = int(number(re.search(r"методисты — (\d+)", text)[1]))
    state.go(f"{TYNDA}&methodists={methodists}")
    assert "выполнен к" in words(read(state.parts()["answer"]).select_one("#finding"))
    state.go(f"{TYNDA}&methodists={methodists - 1}")
    assert "не хватает" in words(read(state.parts()["answer"]).select_one("#finding"))


def test_a_question_can_be_cancelled(home):
    state, told = scenarios(home, "?system=amur"), Told()
    state.do(
        "least",
        {"target": "routed_share", "probability": "0.9"}
        | {f"by_{name}": "yes" for name in ("methodists", "diagnostic_places", "programme_seats")},
        told,
    )
    state.do("cancel", {}, told)
    began = time.monotonic()
    text = told.answer()
    assert "остановлен" in text or "Наименьшие" in text
    assert time.monotonic() - began < 20
    assert state.do("cancel", {}, told) == {}


def test_a_second_question_takes_the_place_of_the_first(home):
    state, first, second = scenarios(home, TYNDA), Told(), Told()
    state.do("least", LEAST | {"probability": "0.9"}, first)
    state.do("least", LEAST, second)
    assert "хватит" in second.answer()
    time.sleep(0.3)
    assert not first.ended.is_set()


def test_a_resource_is_split_in_four_ways(home):
    state, told = scenarios(home, "?system=amur&indicator=register_programmes_share&scenario=amur_seats"), Told()
    state.do("split", {"resource": "programme_seats", "total": "60"}, told)
    text = told.answer()
    for way in ("Больше всего людей", "Больше всего выполненных планов", "Пропорционально", "Поровну по доле плана"):
        assert way in text


@pytest.mark.parametrize(
    ("query", "deed", "values", "said"),
    [
        (TYNDA, "dance", {}, "не умеет «dance»"),
        (TYNDA, "__class__", {}, "не умеет"),
        (TYNDA, "least", {"target": "routed_share"}, "Не выбрано, чем добиваться"),
        (TYNDA, "least", {"by_methodists": "yes", "target": "diagnosed_share"}, "плана на эти месяцы нет"),
        (TYNDA, "least", {"by_methodists": "yes", "target": "nothing"}, "плана на эти месяцы нет"),
        (TYNDA, "least", LEAST | {"probability": "0.99"}, "Такой вероятности"),
        (TYNDA, "least", LEAST | {"probability": "nan"}, "Такой вероятности"),
        (TYNDA, "split", {"resource": "programme_seats", "total": "60"}, "между муниципалитетами всей системы"),
        ("?system=amur", "split", {"resource": "budget", "total": "60"}, "не делится"),
        ("?system=amur", "split", {"resource": "__init__", "total": "60"}, "не делится"),
        ("?system=amur", "split", {"resource": "methodists", "total": "0"}, "Сколько делить"),
        ("?system=amur", "split", {"resource": "methodists", "total": "10001"}, "Сколько делить"),
        ("?system=amur", "split", {"resource": "methodists", "total": "-5"}, "Сколько делить"),
        ("?system=amur", "split", {"resource": "methodists", "total": "²"}, "Сколько делить"),
        ("?system=amur", "split", {"resource": "methodists"}, "Сколько делить"),
    ],
)
def test_values_outside_the_lists_are_refused(home, query, deed, values, said):
    state, told = scenarios(home, query), Told()
    before = cases.chosen(state)
    with pytest.raises(NotShown, match=said):
        state.do(deed, values, told)
    assert cases.chosen(state) == before
    assert told.messages == []


def test_the_page_of_the_situation_has_no_deeds(home):
    with pytest.raises(NotShown, match="не умеет «save»"):
        cases.situation(home).do("save", GIVEN, Told())


# Scope and bad input.


def test_a_municipalitys_own_server_shows_no_other_municipality_and_its_own_scenarios_alone(mine):
    names = {word for place, name in cases.everybody(mine).items() if place not in ("tynda", REGION) for word in (place, name)}
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in names))
    scenarios(mine, f"{TYNDA}&methodists=6").do("save", GIVEN, Told())
    scenarios(mine, "?system=amur&municipality=zeya&methodists=2").do(
        "save", GIVEN | {"name": "zeya_own", "title": "Зее — своё"}, Told()
    )
    state = scenarios(mine, "", within="amur/tynda")
    assert (state.system, state.municipality, set(state.titles)) == ("amur", "tynda", {FACT, "more_methodists"})
    for query in ("", "?methodists=4&compare=more_methodists", "?scenario=more_methodists&indicator=routed_share"):
        state.go(query)
        told = state.parts() | {"title": state.title, "query": state.query}
        assert {name: pattern.findall(html) for name, html in told.items() if pattern.search(html)} == {}
        assert "Зее" not in "".join(told.values())
    for query in (
        "?municipality=zeya",
        "?municipality=region",
        "?system=seversk",
        "?scenario=zeya_own",
        "?scenario=amur_seats",
        "?compare=zeya_own",
    ):
        found = refused(state, query)
        assert not pattern.search(card(found).replace(next(iter(address(query).values())), ""))
    with pytest.raises(NotShown, match="между муниципалитетами"):
        state.do("split", {"resource": "methodists", "total": "5"}, Told())


def test_a_scenario_saved_on_a_municipalitys_own_server_is_its_own(mine):
    state = scenarios(mine, "?methodists=6", within="amur/tynda")
    state.do("save", GIVEN, Told())
    assert (state.scenario, state.municipality) == ("more_methodists", "tynda")


@pytest.mark.parametrize("query", ["?system=amur&municipality=belogorsk", "?system=leningrad", "?system=novoshakhtinsk"])
def test_a_place_without_data_gives_a_card_with_the_reason(home, query):
    found = refused(scenarios(home, TYNDA), query)
    assert "сценарию не от чего считать" in found.missing
    assert "нет данных реестров" in found.how
    assert len(found.how) < 500


def test_without_outputs_the_card_names_the_command(mine):
    shutil.rmtree(mine.root / "outputs")
    with pytest.raises(NotShown, match="Показывать пока нечего") as caught:
        scenarios(mine, "")
    assert "nms run" in caught.value.how


def test_with_the_federal_view_alone_there_are_no_scenarios(mine):
    for system in cases.SYSTEMS[:-1]:
        shutil.rmtree(mine.outputs(system))
    with pytest.raises(NotShown, match="с муниципалитетами") as caught:
        scenarios(mine, "")
    assert "nms run" in caught.value.how


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("overrides:\n  methodists: 500\n", "Методисты"),
        ("overrides:\n  wizards: 5\n", "wizards"),
        ("until: '2020-01-01'\n", "until"),
        ("base: nothing\n", "nothing"),
    ],
)
def test_a_scenario_file_with_errors_gives_a_card_that_names_them(mine, text, said):
    head = f"title: Ошибка\nauthor: тест\nreason: проверка\nsystem: amur\nmunicipality: tynda\nas_of: '{DAY}'\n"
    (mine.scenarios / "wrong.yaml").write_text(head + text, encoding="utf-8")
    state = scenarios(mine, TYNDA)
    assert state.titles["wrong"] == "Ошибка"
    before = cases.chosen(state)
    with pytest.raises((DataProblems, UserError)) as caught:
        state.go(f"{TYNDA}&scenario=wrong")
        state.parts()
    shown = words(read(card(caught.value)))
    assert said in shown
    assert "НМС-" in shown
    assert cases.chosen(state) == before
    with pytest.raises((DataProblems, UserError)):
        state.go(f"{TYNDA}&compare=wrong")
        state.parts()


def test_a_file_that_is_no_yaml_is_not_offered(mine):
    (mine.scenarios / "broken.yaml").write_text("title: [", encoding="utf-8")
    state = scenarios(mine, TYNDA)
    assert "broken" not in state.titles
    assert "«broken»" in refused(state, f"{TYNDA}&scenario=broken").missing


def test_a_scenario_of_a_day_without_a_kept_start_names_the_command(mine):
    head = "title: Раньше\nauthor: тест\nreason: проверка\nsystem: amur\nmunicipality: tynda\nas_of: '2024-08-31'\n"
    (mine.scenarios / "earlier.yaml").write_text(head, encoding="utf-8")
    found = refused(scenarios(mine, TYNDA), f"{TYNDA}&scenario=earlier")
    assert found.missing == "Начало сценария на 31.08.2024 не сохранено"
    assert found.how == "Выполните команду: nms run amur"
