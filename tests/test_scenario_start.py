"""Where a scenario starts: the people of the figures, what is not known is told, the past months as they were."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest
import yaml
from dateutil.relativedelta import relativedelta
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nmslib import catalogue, completeness, demo, indicators, registries, roadmap
from nmslib.model import REGION
from nmslib.problems import UserError
from nmslib.registries.snapshots import Kept, Snapshot
from nmslib.scenarios.levers import facts, months_in_words
from nmslib.scenarios.start import RATES, start

DAY = date(2024, 6, 30)
LINES = ["teachers", "hard", "managers"]
SCHOOLS = [
    {"organisation": "О1", "name": "Школа 1", "type": "general", "settlement": "urban"},
    {"organisation": "О2", "name": "Школа 2", "type": "general", "settlement": "rural", "low_results": "yes"},
    {"organisation": "О3", "name": "Сад", "type": "preschool", "settlement": "urban"},
    {"organisation": "О5", "name": "Методическая служба", "type": "methodical", "settlement": "urban"},
]
ALL_SHEETS = (
    *("organisations", "staff", "diagnostics", "routes", "completions", "management_teams", "young_support"),
    *("mentoring_organisations", "events"),
)


def job(code: str, organisation: str = "О1", role: str | None = "teacher", **other: object) -> dict:
    row = {"person": code, "organisation": organisation, "role": role, "employment": "main", "hired_on": "2010-09-01"}
    return row | {"birth_on": "1980-05-05", "profession_since": "2005-09-01"} | other


def beginner(code: str, **other: object) -> dict:
    return job(code, **({"birth_on": "1999-01-01", "profession_since": "2022-09-01"} | other))


def diagnosed(code: str, on: str, place: str = "centre") -> dict:
    return {"person": code, "diagnosed_on": on, "place": place}


def routed(code: str, drawn_up: str, completed: str | None = None, grounds: str = "centre") -> dict:
    return {"person": code, "drawn_up_on": drawn_up, "completed_on": completed, "grounds": grounds}


def trained(code: str, on: str, in_register: str = "yes", by_diagnostics: str = "yes") -> dict:
    return {"person": code, "completed_on": on, "in_register": in_register, "by_diagnostics": by_diagnostics}


def supported(code: str, started: str, ended: str | None = None) -> dict:
    return {"person": code, "form": "school", "started_on": started, "ended_on": ended}


@pytest.fixture
def begun(amur, cards, gathered, working_days):
    """``begun(staff=[...], ...)``: the start of Tynda in Amur; sheets that are not named are empty, None: not sent."""

    def made(
        day: date = DAY, region: dict | None = None, system=amur, places=("tynda",), data_on="2030-12-31", ahead=24, **sheets
    ):
        sent = {name: rows for name, rows in (empty() | sheets).items() if rows is not None}
        own = {"methodical_active": [], "events": []} if region is None else region
        found = gathered({"tynda": sent, "zeya": None, REGION: own}, data_on)
        return start(system, cards, found, places, day, ahead, working_days)

    return made


def empty() -> dict[str, list[dict]]:
    """Every sheet sent, nothing on it but organisations."""
    return {sheet: [] for sheet in ALL_SHEETS} | {"organisations": SCHOOLS}


def line(found, name: str) -> dict[str, int]:
    return found.lines.set_index("line").loc[name].drop("municipality").to_dict()


# The same people as in the figures

PLACES = {
    "seversk": ["seversk"],
    "novoshakhtinsk": ["novoshakhtinsk"],
    "amur": ["tynda", "zeya", "tsiolkovskiy", REGION],
    "leningrad": ["sosnovoborskiy", "boksitogorskiy", REGION],
}
# The day of the invented data, a day in leave, the end of a year, the day after it.
DAYS = {
    "seversk": [date(2024, 11, 13), date(2024, 7, 15), date(2023, 12, 31), date(2024, 1, 1)],
    "novoshakhtinsk": [date(2024, 12, 31), date(2023, 9, 1)],
    "amur": [date(2024, 11, 24), date(2024, 8, 31), date(2024, 3, 31), date(2023, 12, 31)],
    "leningrad": [date(2021, 12, 31), date(2021, 5, 20)],
}


@pytest.fixture(scope="module")
def invented(project, cards, schema, working_days):
    """``invented("amur")``: the system and its registries as `nms demo` invents them, accepted."""

    @cache
    def of(name: str):
        system, day = catalogue.load_system(name, project), DAYS[name][0]
        senders = [catalogue.find_sender(system, place, project) for place in PLACES[name]]
        forms = completeness.forms(system, cards, schema, senders)
        due = roadmap.schedule(system, working_days).dropna(subset=["due_on"])
        names, found = [place for place in PLACES[name] if place != REGION], {}
        for sender in senders:
            form = forms[sender.municipality]
            frames = demo.registries(sender, system, form, due, day, 48, names)
            rows = {sheet: frame.assign(excel_row=range(2, len(frame) + 2)) for sheet, frame in frames.items()}
            kept = {sheet: Kept(form.sheet(sheet).title, len(frame), {}, 0) for sheet, frame in rows.items()}
            told = {
                "accepted_at": f"{day}T10:00:00",
                "data_on": day.isoformat(),
                "sent_on": day.isoformat(),
                "version": form.version,
            }
            told |= {"schema_version": form.version, "file": f"{sender.municipality}.xlsx", "sha256": "0" * 64, "synthetic": True}
            found[sender.municipality] = (
                Snapshot(system=name, municipality=sender.municipality, number=1, registries=kept, **told),
                rows,
            )
        return system, registries.together(found, forms)

    return of


def of_place(found, place: str) -> dict[str, tuple[int, int | None]]:
    """Numerators and denominators of indicators as a scenario starts with them; in ``REGION``, of all places together."""
    whole = place == REGION
    frames = (found.lines, found.young, found.units, found.active)
    lines, young, units, active = (one if whole else one[one["municipality"] == place] for one in frames)
    by_line = lines.groupby("line").sum(numeric_only=True)
    staff, teachers, hard, managers = by_line.sum(), by_line.loc[LINES[:2]].sum(), by_line.loc["hard"], by_line.loc["managers"]
    young, units, active = (one.sum(numeric_only=True) for one in (young, units, active))
    return {
        "diagnosed_share": (staff["diagnosed"], staff["n"]),
        "teachers_diagnosed_share": (teachers["diagnosed"], teachers["n"]),
        "managers_diagnosed_share": (managers["diagnosed"], managers["n"]),
        "routed_share": (staff["routed"], staff["n"]),
        "register_programmes_share": (teachers["completed"], teachers["n"]),
        "trained_low_results_share": (hard["completed_in_school_year"], hard["n"]),
        "management_teams_share": (units["teams_trained"], units["teams"]),
        "young_supported_share": (young["counted"], young["n"]),
        "mentoring_model_share": (units["with_model"], units["organisations"]),
        "methodists_count": (active["methodists"], None),
        "staff_per_methodist": (active["accompanied"], active["reporting"]),
        "events_count": (units["events"] + ((found.region_events or 0) if whole else 0), None),
    }


@pytest.mark.parametrize(("name", "day"), [(name, day) for name, days in DAYS.items() for day in days])
def test_numerators_and_denominators_are_those_of_the_figures(name, day, invented, cards, working_days):
    system, received = invented(name)
    table = indicators.figures(system, cards, received, PLACES[name], day)
    found = start(system, cards, received, PLACES[name], day, 24, working_days)
    assert (found.unknown, found.gaps) == ({}, {})
    assert list(found.municipalities) == [place for place in PLACES[name] if place != REGION]
    compared = 0
    for place in PLACES[name]:
        mine = table[table["municipality"] == place].set_index("indicator")
        for indicator, (numerator, denominator) in of_place(found, place).items():
            if indicator not in mine.index:
                continue
            figure = mine.loc[indicator]
            if denominator == 0:
                assert figure["status"] == "not_computable"
                continue
            assert (figure["numerator"], None if pd.isna(figure["denominator"]) else figure["denominator"]) == (
                numerator,
                denominator,
            ), (place, indicator)
            compared += 1
    assert compared >= 5 * len(PLACES[name])


@pytest.mark.parametrize("name", sorted(DAYS))
def test_people_of_the_chain_stand_in_order(name, invented, cards):
    system, received = invented(name)
    for day in DAYS[name]:
        found = start(system, cards, received, PLACES[name], day)
        lines = found.lines
        assert lines["line"].tolist() == LINES * len(found.municipalities)
        chain = lines[["completed", "with_route", "in_chain", "n"]].to_numpy()
        assert (np.diff(chain) >= 0).all() and (chain >= 0).all()
        assert (lines["routed"] <= lines["with_route"]).all() and (lines["diagnosed"] <= lines["in_chain"]).all()
        young = found.young[["ongoing", "counted", "n"]].to_numpy(int)
        assert (np.diff(young) >= 0).all()
        assert (found.ageing.sum(axis=1) <= found.young["n"]).all()


@pytest.mark.parametrize("name", sorted(DAYS))
def test_paces_of_the_year_are_the_figure_and_those_who_left_since(name, invented, cards, working_days):
    """At the end of a year all months of the figure are past ones; whoever left since still shows what a month could take."""
    day = {"seversk": date(2023, 12, 31), "amur": date(2023, 12, 31)}.get(name, DAYS[name][0])
    system, received = invented(name)
    found = start(system, cards, received, PLACES[name], day, 24, working_days)
    assert found.paces["month"].dt.year.eq(day.year).all()
    assert found.paces.groupby("municipality")["weight"].sum().to_numpy() == pytest.approx(12 * found.paces["flow"].nunique())
    paces = found.paces.groupby("flow")["count"].sum()
    lines, units, left = found.lines.sum(numeric_only=True), found.units.sum(numeric_only=True), found.moves["left"].sum()
    for flow, counted in (("diagnostics", "diagnosed"), ("routes", "routed"), ("programmes", "completed")):
        assert lines[counted] <= paces[flow] <= lines[counted] + left
    assert paces["teams"] == units["teams_trained"]
    assert "events" not in paces or paces["events"] == units["events"]


# Who stands where


def test_hard_schools_and_managers_are_lines_of_their_own(begun):
    found = begun(
        staff=[
            job("Р1"),
            job("Р2", "О2"),
            job("Р3", "О3"),
            job("Р4", "О2", "manager"),
            job("Р5", employment="external"),
            job("Р6", "О5"),
        ]
    )
    assert found.lines.set_index("line")["n"].to_dict() == {"teachers": 2, "hard": 1, "managers": 1}


def test_route_counts_while_it_is_of_this_year_or_not_completed(begun):
    people = [job(f"Р{number}") for number in range(7)]
    routes = [
        routed("Р0", "2024-02-01", "2024-05-01"),  # этого года, хотя и завершён
        routed("Р1", "2023-10-01"),  # прошлого года, не завершён
        routed("Р2", "2023-10-01", "2024-03-01"),  # прошлого года, завершён
        routed("Р3", "2022-06-30"),  # ровно 24 месяца назад: оставлен
        routed("Р4", "2022-07-01"),  # меньше 24 месяцев назад
        routed("Р5", "2023-10-01", grounds="other"),
        routed("Р6", "2023-10-01", "2024-07-01"),  # завершён позже отчётной даты
    ]
    assert line(begun(staff=people, routes=routes), "teachers") == {
        "n": 7,
        "completed": 0,
        "with_route": 4,  # Р0, Р1, Р4, Р6
        "routed": 1,
        "in_chain": 4,
        "diagnosed": 0,
        "completed_in_school_year": 0,
    }


def test_who_waits_for_a_route_is_in_the_chain_for_a_year(begun):
    people = [job(f"Р{number}") for number in range(6)]
    events = [
        diagnosed("Р0", "2023-09-01"),  # ждёт маршрута
        diagnosed("Р1", "2023-06-30"),  # ровно год назад: нужна новая диагностика
        diagnosed("Р2", "2023-09-01"),  # маршрут был и завершён
        diagnosed("Р3", "2024-03-01"),  # этого года
        diagnosed("Р4", "2023-09-01", place="other"),
        diagnosed("Р5", "2024-07-01"),  # после отчётной даты
    ]
    found = line(begun(staff=people, diagnostics=events, routes=[routed("Р2", "2023-09-01", "2024-01-15")]), "teachers")
    assert (found["in_chain"], found["diagnosed"], found["with_route"]) == (2, 1, 0)


def test_a_route_before_the_diagnosis_is_not_its_own(begun):
    found = begun(
        staff=[job("Р1")], diagnostics=[diagnosed("Р1", "2023-09-02")], routes=[routed("Р1", "2023-09-01", "2024-01-15")]
    )
    assert line(found, "teachers")["in_chain"] == 1


def test_completed_stand_at_the_front_whatever_their_routes(begun):
    people = [job("Р1"), job("Р2", "О2"), job("Р3", role="manager"), job("Р4")]
    courses = [
        trained("Р1", "2024-02-01"),
        trained("Р2", "2023-10-01"),
        trained("Р3", "2024-02-01"),
        trained("Р4", "2024-02-01", "no"),
    ]
    found = begun(staff=people, completions=courses)
    assert (line(found, "teachers")["completed"], line(found, "teachers")["in_chain"]) == (1, 1)
    assert line(found, "managers")["completed"] == 0
    # Учебный год — с 01.09.2023: Р2 входит в показатель 2.1.5, но не в число обученных за 2024 год.
    assert (line(found, "hard")["completed"], line(found, "hard")["completed_in_school_year"]) == (0, 1)


def test_people_without_a_known_role_count_in_shares_of_all_staff_alone(begun, amur, cards, gathered):
    sheets = {"staff": [job("Р1"), job("Р2", role=None)], "diagnostics": [diagnosed("Р2", "2024-02-01")]}
    found = begun(**sheets)
    assert found.lines["n"].tolist() == [1, 0, 1]
    assert found.gaps == {
        "managers_diagnosed_share": {
            "tynda": "категория персонала не указана: 1\xa0человек; в сценарии они среди управленческих кадров"
        }
    }
    received = gathered({"tynda": {"organisations": SCHOOLS} | sheets, REGION: {}})
    figures = indicators.figures(amur, cards, received, ["tynda"], DAY).set_index("indicator")
    assert figures.loc["diagnosed_share", ["numerator", "denominator"]].tolist() == [1, 2]


# The young


@pytest.mark.parametrize("day", [date(2024, 2, 28), date(2024, 2, 29), date(2024, 6, 15)])
def test_ageing_is_how_the_figure_shrinks_when_nobody_comes_or_goes(day, begun):
    births = [day - relativedelta(years=35) + timedelta(days=number) for number in (1, 2, 20, 45, 366, 400, 731, 900)]
    firsts = [day - relativedelta(years=3) + timedelta(days=number) for number in (1, 15, 16, 30, 31, 366, 700)]
    people = [beginner(f"Б{number}", birth_on=f"{one}", profession_since="2023-09-01") for number, one in enumerate(births)]
    people += [beginner(f"С{number}", profession_since=f"{one}") for number, one in enumerate(firsts)]
    people += [
        beginner("В1", birth_on="1992-02-29", profession_since="2022-09-01"),
        beginner("В2", profession_since="2024-02-29"),
    ]
    now = begun(day, staff=people)
    assert now.young.loc[0, "n"] == 17
    first = (day + timedelta(days=1)).replace(day=1)
    for months in (1, 2, 12, 13, 24):
        following = begun(first + relativedelta(months=months, days=-1), staff=people).young.loc[0, "n"]
        assert following == 17 - now.ageing[0, :months].sum(), months


def test_support_that_ended_counts_and_goes_on_no_longer(begun):
    people = [beginner(f"Б{number}") for number in range(5)]
    support = [
        supported("Б0", "2023-10-01"),  # с прошлого года, продолжается
        supported("Б1", "2023-10-01", "2024-01-10"),
        supported("Б2", "2024-05-01", "2024-07-01"),
        supported("Б2", "2024-02-01", "2024-06-30"),
        supported("Б3", "2023-10-01", "2023-12-20"),
        supported("Б4", "2024-02-01", "2024-06-30"),  # в отчётный день закончена
    ]
    assert begun(staff=people, young_support=support).young.iloc[0].tolist() == ["tynda", 5, 4, 2]


# Methodists


def member(code: str, how: str | None, accompanied: int | None, **other: object) -> dict:
    return {"person": code, "served": "tynda", "engagement": how, "accompanied": accompanied, "since": "2023-01-01"} | other


def test_methodists_are_members_of_the_active_who_serve_the_place(begun):
    members = [
        member("М1", "school", 200),
        member("М2", "centre", 300),
        member("М3", None, 50),
        member("М4", "centre", 9, until="2024-06-30"),
        member("М5", "centre", 9, served="zeya"),
    ]
    active = begun(region={"methodical_active": members}).active.iloc[0]
    assert active.drop(["municipality", "told"]).tolist() == [
        3,
        pytest.approx(2 / 3),
        550,
        3,
        250,
    ]  # (0,5 + 1 + 0,5) / 3; 50 + 0 + 200
    assert active["told"] == (
        "реестр «Методический актив» на 30.06.2024: 3\xa0человека (работники школ — 1, работники ЦНППМ — 1, как привлечён, не указано (взято 0,5 ставки) — 1)"
    )


def test_room_is_not_known_where_a_member_did_not_tell(begun):
    active = begun(region={"methodical_active": [member("М1", "school", None), member("М2", "centre", 100)]}).active.iloc[0]
    assert (active["accompanied"], active["reporting"], np.isnan(active["room"])) == (100, 1, True)


def test_a_place_that_nobody_serves_has_no_methodist(begun):
    active = begun().active.iloc[0]
    assert (active["methodists"], active["room"], pd.isna(active["accompanied"])) == (0, 0, True)
    assert active["told"] == "реестр «Методический актив» на 30.06.2024: 0\xa0человек"


def test_without_an_active_the_methodical_service_tells_its_rates(seversk, cards, gathered):
    system = replace(seversk, act=replace(seversk.act, period=replace(seversk.act.period, start=date(2023, 1, 1))))
    people = [
        {"person": "М1", "rate": 1.0, "since": "2020-01-01"},
        {"person": "М2", "rate": 0.5, "since": "2020-01-01"},
        {"person": "М3", "rate": 1.0, "since": "2020-01-01", "until": "2024-01-01"},
    ]
    sheets = empty() | {"methodical_service": people}
    active = start(system, cards, gathered({"demo": sheets}), ["demo"], DAY).active.iloc[0]
    assert (active["methodists"], active["rate"], np.isnan(active["room"])) == (1.5, 1, True)
    assert active["told"] == "реестр «Методическая служба» на 30.06.2024: 1,5\xa0ставки (2\xa0человека)"


def test_without_any_registry_of_methodists_one_is_assumed_and_said(begun):
    found = begun(region={"events": []})
    active = found.active.iloc[0]
    assert (active["methodists"], active["rate"]) == (1, 0.5)
    assert active["told"].startswith(
        "допущение рабочей тетради: 1 методист на 0,5 ставки; нет данных реестра «Методический актив»"
    )
    assert set(found.gaps) == {"methodists_count", "staff_per_methodist"}


def test_rates_are_those_that_the_lever_names(project):
    levers = {one["id"]: one for one in yaml.safe_load((project.root / "data" / "levers.yaml").read_text("utf-8"))}
    assert levers["methodist_rate"]["named"] == RATES


# The months before


def test_a_month_counts_who_was_staff_on_the_day_and_each_once_a_year(begun):
    people = [
        job("Р1"),
        job("Р2", left_on="2024-05-01"),
        job("Р3", hired_on="2024-04-01"),
        job("Р4", employment="external"),
        job("Р5"),
        job("Р6", left_on="2024-05-01"),
    ]
    events = [
        *(diagnosed("Р1", "2023-11-05"), diagnosed("Р1", "2024-02-05"), diagnosed("Р1", "2024-03-05")),
        *(diagnosed("Р2", "2024-02-20"), diagnosed("Р6", "2024-05-01")),
        *(diagnosed("Р3", "2024-03-31"), diagnosed("Р3", "2024-04-01"), diagnosed("Р4", "2024-02-01")),
        *(diagnosed("Р5", "2023-03-01"), diagnosed("Р5", "2023-10-01"), diagnosed("Р5", "2024-06-15", "other")),
    ]
    paces = begun(staff=people, diagnostics=events).paces
    mine = paces[paces["flow"] == "diagnostics"]
    assert len(mine) == 12
    counted = mine[mine["count"] > 0].set_index("month")["count"].to_dict()
    assert {f"{month:%Y-%m}": count for month, count in counted.items()} == {"2023-11": 1, "2024-02": 2, "2024-04": 1}


def test_support_that_goes_on_into_a_year_is_no_new_one(begun):
    support = [
        supported("Б1", "2023-11-01"),
        supported("Б1", "2024-03-01"),
        supported("Б2", "2023-11-01", "2023-12-31"),
        supported("Б2", "2024-03-01"),
        supported("Р1", "2024-03-01"),
    ]
    paces = begun(staff=[beginner("Б1"), beginner("Б2"), job("Р1")], young_support=support).paces
    mine = paces[(paces["flow"] == "young") & (paces["count"] > 0)]
    assert {f"{month:%Y-%m}": count for month, count in zip(mine["month"], mine["count"], strict=True)} == {
        "2023-11": 2,
        "2024-03": 1,
    }


def test_months_before_registries_were_kept_are_absent(begun, amur):
    system = replace(amur, act=replace(amur.act, period=replace(amur.act.period, start=date(2024, 3, 1))))
    paces = begun(system=system, staff=[job("Р1")]).paces
    assert paces["month"].min() == pd.Timestamp(2024, 1, 1)
    assert paces.groupby("flow").size().unique().tolist() == [6]


def test_leave_months_have_a_count_and_no_rhythm(begun):
    paces = begun(staff=[job("Р1")], diagnostics=[diagnosed("Р1", "2023-07-10")]).paces
    july = paces[(paces["flow"] == "diagnostics") & (paces["month"] == "2023-07-01")].iloc[0]
    assert (july["count"], july["rhythm"]) == (1, 0)
    assert july["weight"] == pytest.approx(12 * 21 / 247)


# Comings and leavings

KEPT_SINCE = date(2019, 1, 1)
AT_WORK = [
    f"{year}-{month:02}-{day:02}" for year in (2020, 2021, 2022, 2023, 2024) for month, day in ((2, 10), (6, 30), (7, 1), (9, 1))
]
SPAN = (DAY - relativedelta(months=36), DAY)
ONE = timedelta(days=1)


@st.composite
def worked(draw: st.DrawFn) -> list[dict]:
    """Main jobs of a few people, one after another: at once, after a day, or after a break."""
    rows = []
    for number in range(draw(st.integers(1, 5))):
        about = {
            "birth_on": draw(st.sampled_from(["1980-01-01", "1987-03-15", "1999-01-01"])),
            "profession_since": draw(st.sampled_from(["2005-09-01", "2018-10-05", "2020-01-10", "2022-03-01"])),
        }
        days = sorted(draw(st.lists(st.sampled_from(AT_WORK), min_size=1, max_size=4, unique=True)))
        schools = draw(st.permutations(["О1", "О2", "О3", "О1"]))
        pause = timedelta(days=draw(st.sampled_from([0, 1, 40])))
        for begins, following, school in zip(days, [*days[1:], None], schools, strict=False):
            ends = following and (date.fromisoformat(following) - pause).isoformat()
            role = draw(st.sampled_from(["teacher", "teacher", "manager"]))
            if ends is None or ends > begins:
                rows.append(job(f"Р{number}", school, role, hired_on=begins, left_on=ends, **about))
    return rows


def is_of_line(row: dict, name: str) -> bool:
    if name == "young":
        return row["role"] == "teacher"
    return name == ("managers" if row["role"] == "manager" else "hard" if row["organisation"] == "О2" else "teachers")


def is_young(row: dict, day: date) -> bool:
    born, began = (date.fromisoformat(row[column]) for column in ("birth_on", "profession_since"))
    return born > day - relativedelta(years=35) and began > day - relativedelta(years=3)


def works(own: list[dict], day: date) -> bool:
    text = day.isoformat()
    return any(row["hired_on"] <= text and (row["left_on"] is None or row["left_on"] > text) for row in own)


def there(own: list[dict], day: date) -> bool:
    """At work, or only that day between two jobs; on the first and the last day, as the figures of these days have it."""
    return works(own, day) or (day not in SPAN and works(own, day - ONE) and works(own, day + ONE))


def counted_by_days(rows: list[dict], name: str) -> tuple[int, int, int]:
    """Days at work, leavings, comings of a line in SPAN, looked at day by day."""
    risk = left = hired = 0
    for person in {row["person"] for row in rows}:
        own = [row for row in rows if row["person"] == person and is_of_line(row, name)]
        for number in range(1, (SPAN[1] - SPAN[0]).days + 1):
            day = SPAN[0] + number * ONE
            if own and (name != "young" or is_young(own[0], day)):
                before, now = there(own, day - ONE), there(own, day)
                risk, left, hired = risk + now, left + (before and not now), hired + (now and not before)
    return risk, left, hired


# Off the staff for the one day that is the first, or the last.
BETWEEN = [
    *(job("Р1", left_on="2021-06-30"), job("Р1", "О3", hired_on="2021-07-01")),
    *(job("Р2", left_on="2024-06-30"), job("Р2", "О3", hired_on="2024-07-01")),
]


@given(rows=worked())
@example(rows=[{"left_on": None} | row for row in BETWEEN])
@settings(max_examples=25, deadline=None)
def test_moves_are_those_of_single_days(rows, amur, cards, gathered):
    period = replace(amur.act.period, start=KEPT_SINCE)
    system = replace(amur, act=replace(amur.act, period=period))
    sheets = empty() | {"staff": rows}
    received = gathered({"tynda": sheets, REGION: {}})
    now, before = (start(system, cards, received, ["tynda"], day) for day in reversed(SPAN))
    moves = now.moves.set_index("line")
    assert moves["years"].tolist() == pytest.approx([1096 / 365.25] * 4)
    for name in (*LINES, "young"):
        expected = counted_by_days(rows, name)
        found = round(moves.loc[name, "at_risk"] * 365.25), moves.loc[name, "left"], moves.loc[name, "hired"]
        assert found == expected, name
    for name in LINES:
        people = [line(one, name)["n"] for one in (before, now)]
        assert people[0] + moves.loc[name, "hired"] - moves.loc[name, "left"] == people[1]


def test_who_has_two_main_jobs_leaves_with_the_last(begun):
    jobs = [job("Р1"), job("Р1", "О3", hired_on="2023-02-01", left_on="2023-09-01"), job("Р1", "О3", hired_on="2024-02-01")]
    teachers = begun(staff=jobs).moves.set_index("line").loc["teachers"]
    assert (teachers["left"], teachers["hired"]) == (0, 0)
    assert teachers["at_risk"] == pytest.approx(teachers["years"])


def test_moves_are_counted_since_registries_are_kept(begun, amur):
    """From 1 January of the year in which the document's period begins: nobody tells who left before."""
    system = replace(amur, act=replace(amur.act, period=replace(amur.act.period, start=date(2023, 5, 1))))
    found = begun(system=system, staff=[job("Р1", left_on="2022-12-31"), job("Р2", left_on="2023-01-01"), job("Р3")])
    teachers = found.moves.set_index("line").loc["teachers"]
    assert (teachers["left"], teachers["years"]) == (1, 547 / 365.25)


# What is not known


def test_a_place_without_registries_of_the_chain_is_told_and_absent(begun):
    found = begun(places=["zeya", "tynda", "nowhere", REGION], staff=[job("Р1")])
    assert found.municipalities == ("tynda",)
    assert list(found.unknown) == ["zeya", "nowhere"]
    assert found.unknown["zeya"].startswith("нет данных реестров «Организации», «Работники», «Диагностика»")
    assert found.unknown["nowhere"] == "не присылает реестров этой системы"
    for frame in (found.lines, found.young, found.units, found.active, found.paces, found.moves):
        assert set(frame["municipality"]) == {"tynda"}
    assert begun(routes=None).unknown["tynda"].startswith("нет данных реестра «Маршруты (ИОМ)»")
    assert begun(data_on="2024-05-31").unknown["tynda"] == "данные на 31.05.2024, отчётная дата 30.06.2024 позже"


def test_nobody_to_model_gives_empty_frames(begun):
    found = begun(places=["zeya"])
    assert found.municipalities == ()
    assert found.ageing.shape == (0, 24)
    assert all(one.empty for one in (found.lines, found.young, found.units, found.active, found.paces, found.moves))


def test_what_a_place_lacks_beside_the_chain_is_empty_and_told(begun):
    found = begun(staff=[beginner("Б1")], management_teams=None, young_support=None, events=None)
    assert found.unknown == {}
    assert set(found.gaps) == {"management_teams_share", "young_supported_share", "events_count"}
    assert found.gaps["young_supported_share"]["tynda"].startswith("нет данных реестра «Поддержка молодых»")
    assert found.units[["teams", "teams_trained", "events"]].isna().all(axis=None)
    assert found.young["n"].tolist() == [1]
    assert found.young[["counted", "ongoing"]].isna().all(axis=None)
    assert set(found.paces["flow"]) == {"diagnostics", "routes", "programmes", "mentoring"}


def test_events_of_the_region_itself_are_apart(begun):
    held = [
        {"event": "С1", "kind": "seminar", "held_on": "2024-02-01"},
        {"event": "С2", "kind": "strategy", "held_on": "2024-02-01"},
    ]
    found = begun(
        events=held,
        region={"events": [*held, {"event": "С3", "kind": "forum", "held_on": "2024-03-01"}], "methodical_active": []},
    )
    assert (found.units["events"].tolist(), found.region_events) == ([1], 2)


def test_a_document_that_counts_the_chain_by_different_organisations_is_refused(begun, amur):
    mixed = tuple(replace(one, organisations="general") if one.indicator == "routed_share" else one for one in amur.indicators)
    with pytest.raises(UserError, match="по разным организациям"):
        begun(system=replace(amur, indicators=mixed))


def test_frames_stand_in_the_order_asked(invented, cards):
    system, received = invented("amur")
    there = start(system, cards, received, ["zeya", "tynda"], DAYS["amur"][0])
    back = start(system, cards, received, ["tynda", "zeya"], DAYS["amur"][0])
    assert there.lines["municipality"].tolist() == ["zeya"] * 3 + ["tynda"] * 3
    assert there.ageing.tolist() == back.ageing[::-1].tolist()
    for name in ("lines", "young", "units", "active", "moves"):
        one, other = (getattr(each, name).sort_values("municipality", kind="stable", ignore_index=True) for each in (there, back))
        pd.testing.assert_frame_equal(one, other)


# Levers tell of how many months they know


def test_levers_name_the_months_that_registries_tell_of(begun, amur, project):
    # Registries of Amur are kept since January 2023: on 30 June six months of them are over, a year later twelve.
    cards = catalogue.load_levers(project)
    seen = [diagnosed("Р1", "2023-03-01")]
    for day, months in ((date(2023, 6, 30), "6\N{NO-BREAK SPACE}месяцев"), (DAY, "12\N{NO-BREAK SPACE}месяцев")):
        told = facts(begun(day=day, staff=[job("Р1")], diagnostics=seen), cards, None).told
        assert told["diagnostic_places"] == (f"по реестрам: {1 if day.year == 2023 else 0} за {months}",)
        assert told["hours_per_route"][0].startswith(f"маршрутов за {months} нет")
    young = facts(begun(day=date(2023, 6, 30), young_support=None), cards, None).told["young_intake"]
    assert young == ("о прошлых месяцах реестры не говорят",)


def test_months_of_several_places_are_told_from_the_fewest_to_the_most():
    assert months_in_words([12, 9, 12]) == "9–12\N{NO-BREAK SPACE}месяцев" and months_in_words([1]) == "1\N{NO-BREAK SPACE}месяц"
