"""The page «Состояние» without a browser: what addresses choose, and that each of its seven answers is what the tables hold."""

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import dashboard_cases as cases
import pandas as pd
import pytest
from conftest import AMUR_DAY as DAY
from dashboard_cases import address, number, read, refused, rows, situation, words

from nmslib import catalogue, indicators, tables
from nmslib.dashboards import shelf
from nmslib.dashboards.page import card
from nmslib.dashboards.problems import NotShown
from nmslib.dashboards.scope import Scope, scope
from nmslib.dashboards.situation import origin
from nmslib.documents.figures import NOT_COUNTED
from nmslib.model import REGION, MeasureState, State
from nmslib.paths import Project
from nmslib.problems import DataProblem, DataProblems, UserError
from nmslib.situation import Situation

TYNDA = "?system=amur&municipality=tynda"
# A page of every kind: five systems, and of Amur oblast a place that sent and one that did not.
PAGES = [f"?system={system}" for system in cases.SYSTEMS] + [TYNDA, "?system=amur&municipality=belogorsk"]
EARLIER = "2024-06-30"
TRACED = f"amur/zeya/routed_share/{DAY}"
STATES = {state.id: state for state in State}


@pytest.fixture(scope="module")
def ran(once: Callable[..., Path], seversk_accepted: Path, sent_by: Callable) -> Path:
    return cases.ran(once, seversk_accepted, sent_by)


@pytest.fixture(scope="module")
def home(once: Callable[..., Path], ran: Path) -> Project:
    return cases.home(once, ran)


@pytest.fixture
def mine(home: Project, tmp_path: Path) -> Project:
    return cases.copied(home, tmp_path)


@pytest.fixture(scope="module")
def drawn(home: Project) -> Callable[[str], tuple]:
    """A page at an address: its state and its parts as a browser reads them."""
    known: dict[str, tuple] = {}

    def at(query: str) -> tuple:
        if query not in known:
            state = situation(home, query)
            known[query] = state, {name: read(html) for name, html in state.parts().items()}
        return known[query]

    return at


def held(home: Project, system: str, table: str) -> pd.DataFrame:
    """A table of the last run, read past the page."""
    return pd.read_parquet(home.outputs(system) / f"{table}.parquet")


def figures(home: Project, state) -> pd.DataFrame:
    """Figures of the place and the day of a page."""
    table = held(home, state.system, "figures")
    return table[(table["municipality"] == state.municipality) & (table["as_of"] == pd.Timestamp(state.day))]


# Addresses.


def test_page_opens_with_the_first_system_as_a_whole_on_the_day_of_its_report(home):
    state = situation(home, "")
    assert (state.system, state.municipality, state.as_of, state.day) == ("amur", REGION, "", DAY)
    assert (state.figure, state.meeting) == ("", False)
    assert state.title == "Амурская область: состояние на 24.11.2024"


def test_page_opens_with_the_indicator_that_is_worst_off(home):
    state = situation(home, TYNDA)
    assert state.indicator == "trained_fgos_share"


def test_system_of_one_municipality_opens_with_it(home):
    assert situation(home, "?system=seversk").municipality == "seversk"


@pytest.mark.parametrize(
    ("query", "name", "value"),
    [
        ("?system=leningrad", "system", "leningrad"),
        (TYNDA, "municipality", "tynda"),
        (f"{TYNDA}&as_of={EARLIER}", "as_of", EARLIER),
        (f"{TYNDA}&as_of={DAY}", "as_of", ""),
        ("?indicator=routed_share", "indicator", "routed_share"),
        (f"?figure={TRACED}", "figure", TRACED),
        ("?meeting=1", "meeting", True),
        ("?meeting=0", "meeting", False),
        ("?system=&municipality=", "system", "amur"),
    ],
)
def test_an_address_chooses(home, query, name, value):
    assert getattr(situation(home, query), name) == value


@pytest.mark.parametrize(
    ("query", "said", "choices"),
    [
        ("?system=narnia", "системы «narnia»", 5),
        ("?system=amur&municipality=tinda", "муниципалитета «tinda»", 5),
        ("?system=amur&municipality=arkharinskiy", "муниципалитета «arkharinskiy»", 5),
        (f"{TYNDA}&as_of=2024-06-29", "даты «2024-06-29»", 7),
        (f"{TYNDA}&indicator=pupils_share", "показателя «pupils_share»", 30),
        (f"{TYNDA}&indicator=agreements_count", "показателя «agreements_count»", 30),
        ("?figure=amur/nowhere/routed_share/2024-11-24", "цифры «amur/nowhere/routed_share/2024-11-24»", 40),
        ("?figure=seversk/seversk/routed_share/2023-12-01", "цифры «seversk/seversk", 40),
    ],
)
def test_a_wrong_value_is_refused_with_choices_that_open(home, query, said, choices):
    found = refused(situation(home, f"{TYNDA}&as_of={EARLIER}"), query)
    assert said in found.missing
    assert found.who == "вы сами"
    assert len(found.choices) == choices
    for _, link in (*found.choices[:3], found.choices[-1]):
        situation(home, link)
    shown = read(card(found))
    assert [one["href"] for one in shown.select("ul a")] == [link for _, link in found.choices]
    assert found.code in words(shown)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?as_of=24.11.2024", "не дата: «24.11.2024»"),
        ("?as_of=2024-02-30", "не дата: «2024-02-30»"),
        ("?colour=red", "нет параметра «colour»"),
        ("?methodists=3", "нет параметра «methodists»"),
        ("?system=amur&system=seversk", "параметр назван дважды"),
        (f"?system={'a' * 5000}", "слишком длинный"),
        ("?municipality=<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_an_address_with_faults_is_refused_in_words(home, query, said):
    found = refused(situation(home, TYNDA), query)
    assert said in found.missing
    assert "<script" not in card(found)


def test_a_long_wrong_value_is_shortened(home):
    assert len(refused(situation(home, ""), f"?municipality={'я' * 600}").missing) < 120


@pytest.mark.parametrize(
    "query", ["", TYNDA, f"{TYNDA}&as_of={EARLIER}&indicator=routed_share", f"?figure={TRACED}", "?meeting=1&system=seversk"]
)
def test_the_address_that_a_page_names_opens_the_same_page(home, query):
    state = situation(home, query)
    again = situation(home, state.query)
    assert again.query == state.query
    assert again.parts() == state.parts()
    full = situation(home, state.link(figure=state.figure, meeting="1" if state.meeting else None))
    assert cases.chosen(full) | {"query": ""} == cases.chosen(state) | {"query": ""}


def test_going_on_leaves_nothing_of_the_view_before(home):
    state = situation(home, f"?system=amur&figure={TRACED}")
    state.parts()
    state.go("?system=seversk")
    assert state.parts() == situation(home, "?system=seversk").parts()


@pytest.mark.parametrize("query", PAGES)
def test_every_link_of_a_page_opens(home, drawn, query):
    state, parts = drawn(query)
    links = {one["href"] for part in parts.values() for one in part.select("a[href^='?']")}
    named = set(cases.everybody(home, state.system)) - set(state.names)
    # In these tests most places have no report of their own.
    for link in sorted(links)[:: max(1, len(links) // 40)]:
        if address(link).get("municipality") not in named:
            situation(home, link)


# Seven answers.


@pytest.mark.parametrize("query", PAGES)
def test_tiles_count_indicators_measures_and_registries(home, drawn, query):
    state, parts = drawn(query)
    tiles = {words(one.find_all(["a", "span"])[-1]): words(one.strong) for one in parts["tiles"].select(".tile")}
    count = figures(home, state)["status"].value_counts()
    told = [int(value) for value in list(tiles.values())[:5]]
    assert told == [
        count.get(one.id, 0) for one in (State.REACHED, State.ON_PACE, State.RECOVERABLE, State.UNREACHABLE, State.NOT_COMPUTABLE)
    ]
    measures = of_place(home, state, "measures")
    if len(measures):
        assert tiles["просрочено мер"] == f"{(measures['state'] == 'overdue').sum()} из {len(measures)}"
    else:
        assert tiles["дорожной карты в документе нет"] == "—"
    arrivals = of_place(home, state, "arrivals")
    if len(arrivals):
        assert tiles["реестров принято"] == f"{arrivals['received'].sum()} из {len(arrivals)}"


def of_place(home: Project, state, table: str) -> pd.DataFrame:
    """Rows about the place of a page: of the whole, everybody's arrivals."""
    found = held(home, state.system, table)
    if table == "arrivals":
        found = found[found["reported_on"] == pd.Timestamp(state.day)]
        return found if state.whole else found[found["municipality"] == state.municipality]
    return found[found["municipality"] == state.municipality]


@pytest.mark.parametrize("query", [*PAGES, f"{TYNDA}&as_of={EARLIER}"])
def test_where_we_are_tells_value_people_plan_and_how_many_are_missing(home, drawn, query):
    state, parts = drawn(query)
    table = figures(home, state).set_index("figure")
    lines = parts["plan"].select("table.bullets tbody tr")
    assert {line.select_one(".figure")["data-figure"] for line in lines} == set(table.index)
    for line in lines:
        row = table.loc[line.select_one(".figure")["data-figure"]]
        value, plan = words(line.select_one(".figure")), words(line.find_all("td")[2])
        if pd.notna(row["value"]):
            assert number(value) == pytest.approx(row["value"], abs=0.051)
            if pd.notna(row["denominator"]):
                assert [number(one) for one in re.search(r"\((.+) (?:из|на) (.+)\)", value).groups()] == [
                    row["numerator"],
                    row["denominator"],
                ]
        elif pd.isna(row["lower"]) or pd.isna(row["upper"]):
            assert value == "нет данных"
        assert (plan == "—") == pd.isna(row["target"])
        if pd.notna(row["target"]):
            assert number(plan) == row["target"]
        missing = line.select_one(".missing")
        assert (number(words(missing)) if missing else 0) == (row["people_missing"] if pd.notna(row["people_missing"]) else 0)
        one = STATES[row["status"]]
        assert words(line.find_all("td")[-1]) == f"{one.shape} {one.word}"


@pytest.mark.parametrize("query", PAGES)
def test_bars_stand_where_their_values_are_and_end_inside(home, drawn, query):
    state, parts = drawn(query)
    table = figures(home, state).set_index("figure")
    for line in parts["plan"].select("table.bullets tbody tr"):
        row = table.loc[line.select_one(".figure")["data-figure"]]
        if not line.svg:
            continue
        target, bar = line.select_one(".target"), line.select_one("rect[style]")
        if bar:
            share = float(bar["width"]) / float(target["x"])
            assert share == pytest.approx(row["value"] / row["target"], rel=0.01) or float(bar["width"]) == 97.0
            assert float(bar["width"]) <= 97.0


def test_indicators_with_a_plan_stand_from_the_worst(drawn):
    _, parts = drawn(TYNDA)
    shown = [words(line[-1]) for line in rows(parts["plan"].select("table.bullets")[0])]
    order = [
        f"{one.shape} {one.word}"
        for one in (State.UNREACHABLE, State.RECOVERABLE, State.ON_PACE, State.NOT_COMPUTABLE, State.REACHED)
    ]
    assert [order.index(one) for one in shown] == sorted(order.index(one) for one in shown)


def test_figures_of_another_day_are_those_of_that_day(home, drawn):
    days = held(home, "amur", "figures").query("municipality == 'tynda'")["as_of"].dt.date.unique()
    state, _ = drawn(TYNDA)
    assert set(state.days) == {day.isoformat() for day in days}
    shown = set()
    for day in days:
        _, parts = drawn(f"{TYNDA}&as_of={day}")
        shown.add(str(parts["plan"]))
        warned = [words(one) for one in parts["bar"].select(".warning")]
        assert any(
            f"Показатели — на {day:%d.%m.%Y}; сроки, рекомендации и полнота данных — на 24.11.2024." == one for one in warned
        ) == (day != DAY)
    assert len(shown) == len(days)


@pytest.mark.parametrize("query", ["?system=amur", "?system=amur&indicator=routed_share"])
def test_heat_map_holds_state_and_missing_of_every_place_and_indicator(home, drawn, query):
    _, parts = drawn(query)
    table = held(home, "amur", "figures")
    table = table[(table["as_of"] == pd.Timestamp(DAY)) & (table["municipality"] != REGION)]
    cards = catalogue.load_cards(home)
    of = {words(name): place for place, name in cases.everybody(home).items()}
    heat = parts["behind"].select_one("table.heat")
    heads = [words(one) for one in heat.select("thead th")[2:]]
    named = {cards[name].short_name: name for name in table["indicator"].unique()}
    assert [named[head] for head in heads] == [
        name for name, mine in table.groupby("indicator", sort=False) if mine["target"].notna().any()
    ]
    sums, compared = [], 0
    for line in heat.select("tbody tr"):
        place = of[words(line.th.a)]
        mine = table[table["municipality"] == place].set_index("indicator")
        shown = [named[head] for head in heads if named[head] in mine.index]
        assert number(words(line.find_all("td")[0])) == mine.loc[shown, "people_missing"].fillna(0).sum()
        sums.append(number(words(line.find_all("td")[0])))
        for head, cell in zip(heads, line.find_all("td")[1:], strict=True):
            if named[head] not in mine.index:
                assert words(cell) == "не считается"
                continue
            row = mine.loc[named[head]]
            assert words(cell.select_one(".shape")) == STATES[row["status"]].shape
            assert STATES[row["status"]].word in cell.a["title"]
            missing = row["people_missing"] if pd.notna(row["people_missing"]) else 0
            assert int(cell["data-key"]) == missing
            assert address(cell.a["href"]) == {"system": "amur", "municipality": place, "indicator": named[head]}
            compared += 1
    assert len(sums) == 29
    assert compared > 29 * 15
    assert sums == sorted(sums, reverse=True)


def test_heat_map_tells_the_cause_found_most_often(home, drawn):
    _, parts = drawn("?system=amur")
    causes = held(home, "amur", "causes")
    causes = causes[(causes["cause"] != NOT_COUNTED) & (causes["reported_on"] == pd.Timestamp(DAY))]
    for place in ("tynda", "zeya"):
        most = causes[causes["municipality"] == place].groupby("cause")["count"].sum().max()
        line = parts["behind"].find("th", attrs={"data-key": cases.everybody(home)[place]})
        assert number(words(line.select_one(".why")).rpartition(":")[2]) == most


def test_map_places_tiles_apart_and_tells_the_chosen_indicator(home, drawn):
    _, parts = drawn("?system=amur&indicator=routed_share")
    tiles = parts["behind"].select(".map li")
    at = [re.search(r"grid-row:(\d+);grid-column:(\d+)", one["style"]).groups() for one in tiles]
    assert len(set(at)) == len(at) > 1
    assert all(address(one.a["href"])["indicator"] == "routed_share" for one in tiles)
    told = " ".join(one.a["title"] for one in tiles)
    assert "г. Тында" in told
    assert "не хватает" in told


def test_of_one_place_causes_are_counted_by_indicator(home, drawn):
    state, parts = drawn(TYNDA)
    table = parts["behind"].table
    causes = held(home, "amur", "causes").query("municipality == 'tynda'")
    mine = figures(home, state).set_index("indicator")
    gaps = mine[mine["people_missing"].fillna(0) > 0]
    # Of a plan that is out of reach, only what was found in the rows.
    named = gaps.index[gaps["status"].isin([State.RECOVERABLE.id, State.ON_PACE.id])]
    causes = causes[causes["indicator"].isin(named) | (causes["indicator"].isin(gaps.index) & (causes["cause"] != NOT_COUNTED))]
    expected = sorted(causes.groupby(["indicator", "cause"])["count"].sum())
    assert sorted(number(line[3]) for line in rows(table)) == expected
    assert re.search(r"по (\d+) показател", words(parts["behind"].h2))[1] == str(len(gaps))


def test_a_place_stands_among_others_without_their_names(home, drawn):
    _, parts = drawn(f"{TYNDA}&indicator=staff_per_methodist")
    values = held(home, "amur", "figures").query("indicator == 'staff_per_methodist' and municipality != 'region'")
    values = values[values["as_of"] == pd.Timestamp(DAY)].set_index("municipality")["value"].dropna()
    assert len(parts["behind"].select("svg.dots circle")) == len(values) - 1
    better = (values.drop("tynda") < values["tynda"]).sum()
    assert f"лучше — у {better} муниципалитет" in words(parts["behind"])
    assert "Зея" not in words(parts["behind"])


@pytest.mark.parametrize("query", PAGES)
def test_overdue_measures_and_their_bodies_are_those_of_the_roadmap(home, drawn, query):
    state, parts = drawn(query)
    measures = of_place(home, state, "measures")
    if measures.empty:
        assert "Дорожной карты в документе нет" in words(parts["terms"])
        return
    late = measures[measures["state"] == MeasureState.OVERDUE.id]
    title = words(parts["terms"].h2)
    assert re.search(r"Просрочено: (\d+)", title)[1] == str(len(late)) if len(late) else "Просрочено" not in title
    bodies = measures["bodies"].str.split("; ").explode()
    shown = {
        words(line.th.find(string=True)): [int(words(one)) for one in line.find_all("td")]
        for line in parts["terms"].select(".bodies tbody tr")
    }
    assert {body: counts[3] for body, counts in shown.items() if body in set(bodies)} == bodies.value_counts().to_dict()
    overdue = late["bodies"].str.split("; ").explode().value_counts().to_dict()
    assert {body: counts[0] for body, counts in shown.items() if counts[0]} == overdue
    for line in parts["terms"].select(".bodies tbody tr:has(.quiet)"):
        body = words(line.th.find(string=True))
        days = late[late["bodies"].str.contains(body, regex=False)]["days_overdue"].max()
        assert re.search(r"дольше всего — ([\d ]+)", words(line.select_one(".quiet")))[1].strip() == f"{days}"
    listed = parts["terms"].details.select("tbody tr")
    assert len(listed) >= len(measures)
    assert len(parts["terms"].select("figure svg")) == 1


@pytest.mark.parametrize(
    "query",
    ["?system=amur&indicator=staff_per_methodist", f"{TYNDA}&indicator=routed_share", "?system=seversk&indicator=routed_share"],
)
def test_trend_is_the_values_of_the_indicator_by_day(home, drawn, query):
    state, parts = drawn(query)
    table = held(home, state.system, "figures")
    table = table[(table["municipality"] == state.municipality) & (table["indicator"] == state.indicator)].sort_values("as_of")
    shown = rows(parts["pace"].select_one("details table"))
    known = {f"{row['as_of']:%d.%m.%Y}": row["value"] for _, row in table.iterrows()}
    assert len(shown) >= 2
    for day, value, _ in shown:
        assert (
            number(value) == pytest.approx(known[day], abs=0.051)
            if pd.notna(known[day])
            else "нет данных" in value or "от" in value
        )


@pytest.mark.parametrize("query", [f"{TYNDA}&indicator=routed_share", "?system=seversk&indicator=routed_share"])
def test_forecast_tells_the_day_the_chance_and_what_holds_back(drawn, query):
    _, parts = drawn(query)
    assert "ИОМ: при сохранении темпа" in words(parts["pace"].h2)
    assert re.search(r"Вероятность выполнить план к 31\.12\.202\d, если ничего не менять: .*\d+ ?%", words(parts["pace"]))
    assert words(parts["needs"].h2.find_all(string=True)[-1]).startswith("Сдерживает: ")
    link = parts["needs"].select_one("a[data-leave]")["href"]
    assert link.startswith("scenarios?")
    assert address(link)["indicator"] == "routed_share"


def test_before_it_is_sure_the_page_says_that_it_counts(home):
    state = situation(home, f"{TYNDA}&indicator=routed_share")
    state.sure = False
    early = state.parts()
    assert "Считаю" in early["pace"]
    assert "Считаю" in early["needs"]
    state.sure = True
    assert {name for name, html in state.parts().items() if html != early[name]} == {"pace", "needs"}


def test_an_indicator_that_is_not_modelled_has_no_forecast_and_says_so(drawn):
    _, parts = drawn(f"{TYNDA}&indicator=trained_fgos_share")
    assert "Этот показатель модель сценариев не считает." in words(parts["needs"])
    assert not parts["needs"].select("a")


@pytest.mark.parametrize(
    "query", ["?system=amur&municipality=belogorsk&indicator=routed_share", "?system=leningrad&indicator=diagnosed_share"]
)
def test_without_data_the_page_says_why_it_cannot_look_ahead(drawn, query):
    _, parts = drawn(query)
    assert "не от чего" in words(parts["needs"])
    assert "нет данных реестр" in words(parts["pace"])


@pytest.mark.parametrize("query", PAGES)
def test_recommendations_name_addressee_action_people_and_term(home, drawn, query):
    state, parts = drawn(query)
    table = of_place(home, state, "recommendations")
    steps = [words(one) for one in parts["decide"].select("ol.steps > li")]
    assert len(steps) == min(6, len(table))
    for told, (_, row) in zip(steps, table.iterrows(), strict=False):
        assert told.startswith(f"{row['addressee']} : {words(row['action'])} до {row['until']:%d.%m.%Y}")
        assert words(row["rests_on"]) in told
        if pd.notna(row["effect_people"]):
            assert f"до +{row['effect_people']:,.0f}".replace(",", " ") in told
    if len(table) > 6:
        assert f"Все рекомендации: {len(table)}" in words(parts["decide"])


@pytest.mark.parametrize("query", PAGES)
def test_completeness_counts_registries_and_rows_left_out(home, drawn, query):
    state, parts = drawn(query)
    arrivals = of_place(home, state, "arrivals")
    if arrivals.empty:
        return
    shown = {line[0]: line[1:] for line in rows(parts["trust"].select_one("table"))}
    for title, mine in arrivals.groupby("title"):
        received = f"{mine['received'].sum()} из {len(mine)}"
        assert shown[words(title)][0].endswith(received)
        assert number(shown[words(title)][2]) == mine["left_out"].fillna(0).sum()
        assert number(shown[words(title)][1]) == mine["rows"].fillna(0).sum()
    hashes = {words(one) for one in parts["trust"].select("details code")} - {""}
    first = arrivals[arrivals["received"]].groupby("municipality").first()["sha256"]
    assert hashes == {one[:12] for one in first}


def test_what_moved_since_the_last_run_is_told_with_its_reason(drawn):
    told = words(drawn("?system=amur")[1]["trust"])
    assert "г. Тында: Диагностика 1,0 % (1 из 100) → 2,0 % (2 из 100) новая книга: tynda 01.12.2024" in told
    assert "г. Зея: Диагностика" in told
    assert "г. Зея: Диагностика" not in words(drawn(TYNDA)[1]["trust"])
    assert "Ни одна цифра не сдвинулась" in words(drawn("?system=seversk")[1]["trust"])


# Where a figure comes from.


@pytest.mark.parametrize(
    ("system", "where", "indicator"),
    [
        ("amur", "tynda", "diagnosed_share"),
        ("amur", "zeya", "routed_share"),
        ("amur", "zeya", "staff_per_methodist"),
        ("amur", "tynda", "trained_digital_share"),
        ("amur", "region", "agreements_count"),
        ("seversk", "seversk", "management_teams_share"),
        ("seversk", "seversk", "young_supported_share"),
    ],
)
def test_card_of_a_figure_counts_rows_as_its_trace_does(home, ran, system, where, indicator):
    figure = held(home, system, "figures").query("municipality == @where and indicator == @indicator")["figure"].iloc[-1]
    state = situation(home, f"?system={system}&figure={figure}")
    shown = read(state.parts()["origin"])
    whole = Situation(system, where, state.run.held.days[where], Project(ran), anew=True)
    traced = indicators.trace(whole.facts, whole.cards, whole.schema, whole.received, where, indicator, whole.day)
    titles = {"Числитель": traced.numerator, "Знаменатель": traced.denominator}
    compared = 0
    for table in shown.select("table"):
        side = titles[words(table.caption).partition(":")[0]]
        lines = rows(table)
        assert [line[0] for line in lines] == ["всего строк", *(words(one) for one in side.conditions)]
        assert number(lines[-1][1]) == len(side.rows)
        left = {words(name): len(lost) for name, lost in side.excluded.items()}
        assert {line[0]: number(line[2]) for line in lines[1:] if number(line[2])} == left
        compared += 1
    assert compared == sum(one is not None for one in titles.values())
    text = words(shown)
    assert traced.figure["source"] in text
    for said in (traced.card.name, traced.figure["act"], traced.figure["clause"], figure):
        assert words(said) in text


def test_card_of_a_figure_of_another_place_opens_over_the_page_and_closes_to_it(home):
    state = situation(home, f"{TYNDA}&figure={TRACED}")
    assert state.municipality == "tynda"
    shown = read(state.parts()["origin"])
    assert "г. Зея" in words(shown.h2)
    assert state.link() == shown.select_one("[data-close]")["href"]
    assert situation(home, state.link()).figure == ""


def test_card_of_a_pooled_figure_says_how_many_places_are_known(home):
    text = words(situation(home, f"?figure=amur/region/routed_share/{DAY}").parts()["origin"])
    assert "известны 2 из 29" in words(read(text))


def test_card_of_an_earlier_day_says_that_counts_are_kept_for_the_day_of_the_report(home):
    state = situation(home, f"{TYNDA}&as_of={EARLIER}&figure=amur/tynda/routed_share/{EARLIER}")
    shown = read(state.parts()["origin"])
    assert not shown.select("table")
    assert "хранятся для отчётной даты" in words(shown)
    assert f"nms trace amur/tynda/routed_share/{EARLIER}" in words(shown)


def test_card_of_a_figure_that_nobody_sent_says_so(home):
    text = words(read(situation(home, f"?figure=amur/belogorsk/routed_share/{DAY}").parts()["origin"]))
    assert "Книга не прислана" in text
    assert "нет данных" in text


@pytest.mark.parametrize("query", ["?system=amur", TYNDA, "?system=seversk"])
def test_every_figure_of_a_page_can_be_traced(home, query):
    state = situation(home, query)
    for one in read(state.parts()["plan"]).select("a.figure"):
        state.go(one["href"])
        assert one["data-figure"] in origin.drawn(state)


# The meeting.


@pytest.mark.parametrize("query", PAGES)
def test_meeting_has_at_most_five_decisions_each_with_its_fact_and_two_options(home, query):
    state = situation(home, f"{query}&meeting=1")
    parts = state.parts()
    assert {name for name, html in parts.items() if html} == {"bar", "meeting"}
    decisions = read(parts["meeting"]).select("article")
    table = of_place(home, state, "recommendations")
    assert len(decisions) <= 5
    if len(table):
        assert decisions
    for one in decisions:
        told = [words(option) for option in one.select("ul.options > li")]
        assert len(told) == 2
        assert "Что это даст:" in told[0]
        assert "Что будет:" in told[1]
        fact = words(one.p).removeprefix("Факт ")
        assert any(fact.startswith(words(row)) for row in table["rests_on"])


def test_many_gaps_of_one_kind_do_not_hide_an_overdue_measure_from_the_meeting(home):
    state = situation(home, f"{TYNDA}&meeting=1")
    table = of_place(home, state, "recommendations")
    chosen = {words(one.h3).partition(". ")[2].lower() for one in read(state.parts()["meeting"]).select("article")}
    kinds = {row["kind"] for _, row in table.iterrows() if words(row["action"]).lower() in chosen}
    assert kinds == {"indicator", "measure"}


# What a page must never need, and never show.


def test_pages_open_where_no_registry_is_left(home):
    assert not (home.root / "data" / "snapshots").exists()
    assert not list(home.root.rglob("*.xlsx"))
    assert list(home.root.rglob("*.parquet"))


@pytest.mark.parametrize("query", PAGES)
def test_pages_are_the_same_with_and_without_registries(home, ran, query):
    """What a page shows, it shows from tables alone."""
    assert situation(Project(ran), query).parts() == situation(home, query).parts()


def test_what_is_left_of_a_run_refuses_to_count(home):
    state = situation(home, TYNDA)
    with pytest.raises(UserError, match="nms run amur"):
        state.now.received  # noqa: B018
    with pytest.raises(UserError, match="Страница показывает готовые цифры"):
        state.now.figures_on(date(2024, 1, 15), ["tynda"])


@pytest.mark.parametrize("query", ["?system=amur", TYNDA, "?system=seversk", "?system=amur&municipality=zeya"])
def test_no_person_stands_in_any_part(home, ran, demo_frames, query):
    known = cases.people(ran, demo_frames)
    assert len(known) > 2000
    for extra in ("", "&meeting=1", "&indicator=routed_share"):
        state = situation(home, query + extra)
        assert cases.found(known, state.parts().values()) == []
        for name in state.run.held.table("figures").query("municipality == @state.municipality")["figure"].tail(60):
            state.figure = name
            assert cases.found(known, [origin.drawn(state)]) == []


# Scope.


def others(home: Project, place: str) -> re.Pattern[str]:
    """Every other place of Amur oblast by name or id."""
    told = {word for one, name in cases.everybody(home).items() if one not in (place, REGION) for word in (one, name)}
    return re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in sorted(told, key=len, reverse=True)))


@pytest.mark.parametrize("alone", ["tynda", "zeya", "belogorsk"])
def test_a_municipalitys_own_server_shows_no_other_municipality(home, alone):
    pattern = others(home, alone)
    for extra in ("", "&meeting=1", "&indicator=routed_share", f"&as_of={EARLIER}", f"&figure=amur/{alone}/routed_share/{DAY}"):
        state = situation(home, f"?system=amur&municipality={alone}{extra}", within=f"amur/{alone}")
        told = state.parts() | {"title": state.title, "query": state.query}
        assert {name: pattern.findall(html) for name, html in told.items() if pattern.search(html)} == {}
        bar = read(told["bar"])
        assert [one["value"] for one in bar.select("#choose-municipality option")] == [alone]
        assert [one["value"] for one in bar.select("#choose-system option")] == ["amur"]


def test_a_municipalitys_own_server_opens_with_it(home):
    state = situation(home, "", within="amur/zeya")
    assert (state.system, state.municipality, state.alone) == ("amur", "zeya", True)


@pytest.mark.parametrize(
    "query",
    [
        "?municipality=zeya",
        "?municipality=region",
        "?system=seversk",
        f"?figure={TRACED}",
        f"?figure=amur/region/routed_share/{DAY}",
    ],
)
def test_a_municipalitys_own_server_refuses_others_and_does_not_name_them(home, query):
    state = situation(home, "", within="amur/tynda")
    found = refused(state, query)
    asked = next(iter(address(query).values()))
    told = card(found).replace(asked, "")
    assert not others(home, "tynda").search(told)
    assert "eversk" not in told
    assert all(address(link).get("municipality", "tynda") == "tynda" for _, link in found.choices)


def test_a_systems_own_server_shows_that_system_alone(home):
    state = situation(home, "", within="seversk")
    assert list(state.systems) == ["seversk"]
    assert [one["value"] for one in read(state.parts()["bar"]).select("#choose-system option")] == ["seversk"]
    found = refused(state, "?system=amur")
    assert [address(link)["system"] for _, link in found.choices] == ["seversk"]


@pytest.mark.parametrize("value", ["amur/", "/tynda", "amur/tynda/x", "amur/region", "/"])
def test_a_scope_that_is_none_is_refused_in_words(value):
    with pytest.raises(UserError, match="NMS_SCOPE="):
        scope(value)


def test_scope_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("NMS_SCOPE", " amur/tynda ")
    assert scope() == Scope("amur", "tynda")
    monkeypatch.delenv("NMS_SCOPE")
    assert scope() == Scope()


@pytest.mark.parametrize("value", ["narnia", "amur/nowhere", "amur/arkharinskiy"])
def test_a_scope_of_what_no_run_has_made_gives_a_card(home, value):
    state = cases.SituationState(shelf.Shelf(home, scope(value)))
    with pytest.raises(NotShown) as caught:
        state.go("")
    assert "nms run" in caught.value.how


# Bad input.


def test_without_outputs_the_card_names_the_command(mine):
    shutil.rmtree(mine.root / "outputs")
    with pytest.raises(NotShown, match="Показывать пока нечего") as caught:
        situation(mine, "")
    assert "nms run" in caught.value.how
    with pytest.raises(NotShown) as caught:
        situation(mine, "", within="seversk/seversk")
    assert "nms run seversk" in caught.value.how


def test_a_system_without_outputs_is_not_offered(mine):
    shutil.rmtree(mine.outputs("leningrad"))
    state = situation(mine, "?system=amur")
    assert "leningrad" not in state.systems
    assert "leningrad" in refused(state, "?system=leningrad").missing


def test_figures_of_another_version_are_shown_with_a_warning(mine):
    path = mine.outputs("seversk") / tables.MANIFEST
    for found in (True, False):
        told = path.read_text(encoding="utf-8")
        now = tables.program()["program"]
        path.write_text(told.replace(now, "0" * 64) if found else told.replace("0" * 64, now), encoding="utf-8")
        shelf._LAST.clear()
        state = situation(mine, "?system=seversk")
        assert ("другой версией программы" in state.parts()["bar"]) == found
        assert "12,5" in state.parts()["plan"]


@pytest.mark.parametrize("damage", ["older", "cut", "empty", "list"])
def test_a_list_of_tables_of_another_shape_gives_a_card(mine, monkeypatch, damage):
    monkeypatch.setattr(shelf, "PAUSE", 0.001)
    path = mine.outputs("seversk") / tables.MANIFEST
    told = path.read_text(encoding="utf-8")
    path.write_text(
        {"older": told.replace('"since"', '"after"'), "cut": told[:300], "empty": "", "list": "[]"}[damage], encoding="utf-8"
    )
    with pytest.raises(NotShown) as caught:
        situation(mine, "?system=seversk")
    assert "nms run seversk" in caught.value.how
    assert situation(mine, "?system=amur").system == "amur"


@pytest.mark.parametrize("table", ["figures.parquet", "origins.parquet", "starts.json"])
def test_half_written_outputs_show_the_last_whole_ones(mine, monkeypatch, table):
    monkeypatch.setattr(shelf, "PAUSE", 0.001)
    before = situation(mine, "?system=seversk").parts()
    path = mine.outputs("seversk") / table
    path.write_bytes(path.read_bytes()[:-40])
    (mine.outputs("seversk") / tables.MANIFEST).write_text("{", encoding="utf-8")
    assert situation(mine, "?system=seversk").parts() == before
    shelf._LAST.clear()  # a process that has just begun
    with pytest.raises(NotShown, match="не дописаны"):
        situation(mine, "?system=seversk")


@pytest.mark.parametrize("table", ["figures.parquet", "starts.json"])
def test_a_process_that_begins_between_two_files_of_a_run_waits_and_then_says_so(mine, monkeypatch, table):
    monkeypatch.setattr(shelf, "PAUSE", 0.001)
    path = mine.outputs("seversk") / table
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(NotShown, match="не дописаны"):
        situation(mine, "?system=seversk")


def test_new_tables_are_shown_as_soon_as_they_are_whole(mine):
    state = situation(mine, "?system=seversk")
    before = state.parts()
    moved = held(mine, "seversk", "figures")
    moved.loc[moved["indicator"] == "diagnosed_share", "people_missing"] = 7
    cases.rewrite("seversk", mine, figures=moved)
    state.go("?system=seversk")
    assert "не хватает 7" in words(state.parts()["plan"])
    assert state.parts() != before


def test_pages_that_are_open_while_a_run_writes_stay_as_they_are(mine):
    state = situation(mine, "?system=seversk")
    before = state.parts()
    shutil.rmtree(mine.outputs("seversk"))
    assert state.parts() == before
    state.go("?system=seversk")
    assert state.parts() == before


def test_a_document_with_faults_is_told_with_the_command_that_lists_them(mine):
    path = mine.system("amur") / "indicators.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("routed_share", "rooted_share"), encoding="utf-8")
    with pytest.raises(NotShown) as caught:
        situation(mine, "?system=amur")
    assert "nms lint amur" in caught.value.how


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NotShown("Чего-то нет", "аналитик", "Команда: nms run"), ["Чего-то нет", "аналитик", "nms run", "НМС-"]),
        (UserError("Так нельзя"), ["Так нельзя", "НМС-"]),
        (DataProblems([DataProblem("x.yaml", "levers", "0", "число")]), ["В файле ошибки", "x.yaml"]),
        (ZeroDivisionError("секрет /дом/файл"), ["ошибки в программе", "разработчик", "ZeroDivisionError", "НМС-"]),
    ],
)
def test_a_card_says_what_is_wrong_who_mends_it_and_a_code(error, said):
    told = card(error)
    assert all(one in words(read(told)) for one in said)
    assert "секрет" not in told
    assert "Traceback" not in told
