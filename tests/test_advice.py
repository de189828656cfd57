"""Recommendations are addressed, counted, dated and grounded; what came of the last ones is told without naming a cause."""

import re
from datetime import date
from itertools import product

import pandas as pd
import pytest
from scipy.stats import binomtest

from nmslib import advice, catalogue, documents, indicators
from nmslib.advice import lacking, since
from nmslib.indicators.lacking import FINDERS, NOT_COUNTED
from nmslib.situation import Situation

DAY, END = date(2024, 11, 13), pd.Timestamp(2024, 12, 31)
VAGUE = ("усилить", "обратить внимание", "повысить качество", "активизировать", "улучшить работу")


@pytest.fixture(scope="module")
def rules(project, cards):
    return catalogue.load_advice(project, cards)


@pytest.fixture(scope="module")
def amur(project):
    return catalogue.load_system("amur", project)


def figure(indicator: str, status: str = "recoverable", missing: int | None = 21, **cells) -> dict:
    """A row of figures: 79 of 1 000 (a plan of 10 % lacks 21) unless told otherwise."""
    planned = status not in ("no_plan", "not_computable")
    row = {"period": "2024", "comparator": ">=" if planned else None} | {
        "figure": f"s/demo/{indicator}/2024-11-13",
        "municipality": "demo",
        "indicator": indicator,
        "as_of": pd.Timestamp(DAY),
    }
    row |= {"numerator": 79, "denominator": 1000, "value": 7.9, "target": 10.0 if planned else None, "ends_on": END}
    row |= {"people_missing": missing if planned else None, "status": status, "clause": "п. 1", "target_clause": None}
    return row | {"reason": "7,9 % (79 из 1 000); план 10 % — 100 человек, не хватает: 21."} | cells


def cause(indicator: str, name: str, count: int, where: str | None = "Школа № 1", municipality: str = "demo") -> dict:
    code = where and f"К-{where}"
    row = {
        "municipality": municipality,
        "indicator": indicator,
        "cause": name,
        "count": count,
        "organisation": code,
        "name": where,
    }
    return row | {"organisations": 1}


def measure(code: str, state: str, due_on: str | None = "2024-10-01", body: str = "Управление") -> dict:
    due = pd.Timestamp(due_on) if due_on else pd.NaT
    late = (pd.Timestamp(DAY) - due).days if state == "overdue" else 0
    row = {"measure": code, "title": "Мониторинг", "state": state, "due_on": due, "ends_on": due, "days_overdue": late}
    return row | {"bodies": body, "affects": None, "clause": f"прил. 2, п. {code}"}


def arrival(registry: str, title: str, municipality: str = "demo", **cells) -> dict:
    row = {"municipality": municipality, "registry": registry, "title": title, "received": True, "rows": 100, "left_out": 0}
    return row | {"problems": 0, "data_on": "2024-11-13"} | cells


def every_day(day: date) -> date:
    """A calendar without days off, for rules that are not about them."""
    return day


@pytest.fixture(scope="module")
def calendar(project):
    """The day or the next working one, by the production calendars that the project knows."""
    return Situation("seversk", "seversk", DAY, project).next_working


COLUMNS = {
    "figures": list(figure("diagnosed_share")),
    "causes": list(cause("diagnosed_share", NOT_COUNTED, 1)),
    "measures": list(measure("1", "due")),
    "arrivals": list(arrival("staff", "Работники")),
}


@pytest.fixture
def recommend(seversk, cards, rules):
    """Recommendations from a few rows that a test writes out."""

    def make(place="demo", system=seversk, names=None, as_of=DAY, using=rules, working=every_day, **rows) -> pd.DataFrame:
        frames = {name: pd.DataFrame(rows.get(name, []), columns=columns) for name, columns in COLUMNS.items()}
        frames["figures"] = frames["figures"].astype({"numerator": "Int64", "denominator": "Int64", "people_missing": "Int64"})
        for name in ("due_on", "ends_on"):
            frames["measures"][name] = pd.to_datetime(frames["measures"][name])
        called = names or {"demo": "г. Вымышленный"}
        return advice.recommendations(place, *frames.values(), system, cards, using, called, as_of, working)

    return make


def rows_for(rule, state: str) -> dict:
    """The rows that make a rule of the file speak."""
    if rule.kind == "measure":
        return {"measures": [measure("7", state, None if state == "silent" else "2024-10-01")]}
    if rule.kind == "data":
        spoilt = {"absent": {"received": False}, "unread": {"problems": 90}, "stale": {"data_on": "2024-06-30"}}[rule.cause]
        arrivals = [arrival(name, name, **spoilt) for name in ("organisations", "staff", "diagnostics")]
        return {"figures": [figure("diagnosed_share", state, value=None)], "arrivals": arrivals}
    indicator = (*rule.indicators, "trained_talents_share")[0]
    about = [cause(indicator, NOT_COUNTED, 921), *([cause(indicator, rule.cause, 44)] if rule.cause else [])]
    ends_on = pd.Timestamp(DAY) if rule.when == "over" else END
    return {"figures": [figure(indicator, state, target=10.0, ends_on=ends_on)], "causes": about}


def test_every_rule_speaks_in_each_of_its_states_with_addressee_number_and_date(recommend, rules, seversk, amur):
    for rule, system in product(rules.rules, (seversk, amur)):
        for state in rule.states:
            found = recommend(system=system, **rows_for(rule, state))
            (row,) = found[found["rule"] == rule.id].to_dict("records")
            assert row["addressee"] and row["addressee"] != "None", rule.id
            assert row["count"] >= 1
            assert row["noun"]
            assert row["until"] > pd.Timestamp(DAY) or state == "due"
            assert row["clause"]
            assert row["rests_on"].endswith(".")
            assert row["result"]
            assert not re.search(r"[{}]|None|nan", " ".join(map(str, (row["action"], row["result"], row["rests_on"])))), rule.id
            assert re.match(r"\w+(ть|ти|чь)\b", row["action"]), "a perfective verb comes first"
            if rule.effect:
                assert 1 <= row["effect_people"] <= min(row["count"], 921)
                assert re.search(r"\d", row["action"])


def test_no_recommendation_is_vague(project, cards):
    written = project.advice.read_text("utf-8").lower() + " ".join(card.action for card in cards.values()).lower()
    assert not [words for words in VAGUE if words in written]


def test_causes_of_the_file_are_those_that_rows_are_searched_for(rules, cards):
    assert set(rules.causes) == {NOT_COUNTED, *FINDERS, *lacking.LACKS}
    assert {rule.cause for rule in rules.rules} - {None} == {*FINDERS, *lacking.LACKS}
    for name, (indicator, *_) in FINDERS.items():
        assert all(rule.indicators == (indicator,) for rule in rules.rules if rule.cause == name)


@pytest.mark.parametrize(("count", "words"), [(1, "1 человек"), (2, "2 человека"), (5, "5 человек"), (21, "21 человек")])
def test_people_agree_with_their_number(recommend, count, words):
    (row,) = recommend(figures=[figure("diagnosed_share", missing=count)]).to_dict("records")
    assert row["action"] == f"направить на диагностику в ЦНППМ: ещё {words.replace(' ', chr(160))}"
    assert f"{row['count']} {row['noun']}" == words


@pytest.mark.parametrize(("count", "words"), [(1, "до 1 команды"), (2, "до 2 команд"), (21, "до 21 команды")])
def test_bounds_of_an_effect_stand_in_the_genitive(recommend, count, words):
    (row,) = recommend(figures=[figure("management_teams_share", missing=count)]).to_dict("records")
    assert f"прибавка {words} " in row["result"].replace(chr(160), " ")


def test_cause_comes_first_and_the_rest_of_the_gap_after_it(recommend):
    about = [cause("routed_share", NOT_COUNTED, 921), cause("routed_share", "diagnosed_without_route", 8)]
    found = recommend(figures=[figure("routed_share")], causes=about).set_index("rule")
    assert found.loc["routes_for_diagnosed", ["count", "effect_people"]].tolist() == [8, 8]
    assert found.loc["routes", ["count", "effect_people"]].tolist() == [13, 13]  # 21 не хватает, 8 уже с диагностикой
    assert found.loc["routes", "effect_points"] == pytest.approx(1.3)
    assert "Из недостающих в других рекомендациях: 8\xa0человек." in found.loc["routes", "rests_on"]
    assert found["effect_people"].sum() == 21


def test_cause_that_closes_the_gap_leaves_nothing_else_to_recommend(recommend):
    about = [cause("routed_share", NOT_COUNTED, 921), cause("routed_share", "diagnosed_without_route", 44)]
    (row,) = recommend(figures=[figure("routed_share")], causes=about).to_dict("records")
    assert (row["rule"], row["count"], row["effect_people"]) == ("routes_for_diagnosed", 44, 21)
    assert row["result"] == "ИОМ: с 7,9\xa0% до 10,0\xa0% — прибавка до\xa021\xa0человека (2,1\xa0п.п.)"


def test_nobody_is_added_to_a_share_that_counts_everybody(recommend):
    about = [cause("young_supported_share", "young_without_mentor", 5)]
    whole = figure("young_supported_share", "no_plan", numerator=30, denominator=30, value=100.0)
    assert recommend(figures=[whole], causes=about).empty
    almost = figure("young_supported_share", "no_plan", numerator=28, denominator=30, value=93.3)
    assert recommend(figures=[almost], causes=about)["effect_people"].tolist() == [2]


def test_figures_of_the_same_people_do_not_give_the_same_advice_twice(recommend, amur):
    three = [
        figure("diagnosed_share", missing=22),
        figure("teachers_diagnosed_share", missing=20),
        figure("managers_diagnosed_share", missing=3),
    ]
    found = recommend(figures=three, system=amur)
    assert set(found["indicator"]) == {"teachers_diagnosed_share", "managers_diagnosed_share"}
    found = recommend(figures=three[:2], system=amur).set_index("indicator")
    assert found["effect_people"].to_dict() == {"teachers_diagnosed_share": 20, "diagnosed_share": 2}


def test_team_of_a_weak_school_closes_the_gaps_of_all_figures_that_count_it(recommend, amur):
    names = ("management_teams_share", "assessment_teams_share", "low_results_teams_share", "preschool_teams_share")
    found = recommend(figures=[figure(name, missing=count) for name, count in zip(names, (9, 5, 4, 1), strict=True)], system=amur)
    effects = found.set_index("indicator")["effect_people"].to_dict()
    assert effects == {"low_results_teams_share": 4, "assessment_teams_share": 1, "preschool_teams_share": 1, names[0]: 3}


def test_unreachable_plan_asks_for_a_decision_and_still_closes_what_can_be(recommend):
    about = [cause("routed_share", NOT_COUNTED, 921), cause("routed_share", "diagnosed_without_route", 8)]
    found = recommend(figures=[figure("routed_share", "unreachable")], causes=about).set_index("rule")
    assert set(found.index) == {"routes_for_diagnosed", "decision"}
    decision = found.loc["decision"]
    assert "выделить места или ресурсы" in decision["action"]
    assert "или перенести срок плана" in decision["action"]
    assert (decision["count"], decision["addressee"]) == (13, "Управление")
    assert decision[["effect_people", "effect_points"]].isna().all()
    assert decision["result"] == "ИОМ: решение принято (до плана нужно ещё 13\xa0человек)"


def test_people_of_a_decision_are_not_asked_for_again_by_a_wider_figure(recommend, amur):
    two = [figure("diagnosed_share", missing=22), figure("teachers_diagnosed_share", "unreachable", missing=20)]
    found = recommend(figures=two, system=amur).set_index("indicator")
    assert found["count"].to_dict() == {"teachers_diagnosed_share": 20, "diagnosed_share": 2}
    assert found.index[0] == "teachers_diagnosed_share"


@pytest.mark.parametrize(("numerator", "expected"), [(750, {"load_of_methodists"}), (751, {"load_of_methodists", "active"})])
def test_methodists_are_hired_only_where_the_ceiling_is_broken_on_average(recommend, numerator, expected):
    average = {"numerator": numerator, "denominator": 3, "value": numerator / 3, "target": 250.0, "comparator": "<="}
    about = [cause("staff_per_methodist", "methodists_overloaded", 1)]
    found = recommend(figures=[figure("staff_per_methodist", missing=1, **average)], causes=about)
    assert set(found["rule"]) == expected
    assert not found[found["rule"] == "load_of_methodists"]["result"].str.contains("прибавка").any()


@pytest.mark.parametrize(("ends_on", "over"), [("2024-11-12", True), ("2024-11-13", True), ("2024-11-14", False)])
def test_figure_of_a_period_that_is_over_is_not_promised_to_move(recommend, ends_on, over):
    about = [cause("routed_share", "diagnosed_without_route", 8)]
    figures = [figure("routed_share", "unreachable", ends_on=pd.Timestamp(ends_on))]
    found = recommend(figures=figures, causes=about).set_index("rule")
    assert set(found.index) == {"routes_for_diagnosed", "decision_after" if over else "decision"}
    assert found["effect_people"].isna().all() == over
    assert ("прибавка" not in " ".join(found["result"])) == over
    assert (found.loc["routes_for_diagnosed", "result"] == "ИОМ: в счёт следующего периода") == over
    assert (found["until"] > pd.Timestamp(ends_on)).all() == over
    assert recommend(figures=[figure("diagnosed_share", ends_on=pd.Timestamp(ends_on))]).empty == over


def test_plan_that_is_met_or_in_pace_asks_for_nothing(recommend):
    assert recommend(figures=[figure("diagnosed_share", "reached", missing=0)]).empty
    assert recommend(figures=[figure("diagnosed_share", "on_pace")]).empty


def test_schools_are_named_the_largest_first_and_at_most_five(recommend):
    counts = {"Школа № 1": 3, "Школа № 2": 12, "Школа № 3": 5, "Школа № 4": 4, "Лицей": 9, "Школа № 6": 2, "Школа № 7": 1}
    about = [cause("diagnosed_share", NOT_COUNTED, count, name) for name, count in counts.items()]
    (where,) = recommend(figures=[figure("diagnosed_share")], causes=about)["where"]
    named, rest = where.split(" и ещё ")
    assert named == "выбрать из: Школа № 2 — 12, Лицей — 9, Школа № 3 — 5, Школа № 4 — 4, Школа № 1 — 3"
    assert rest == "2\xa0организации — 3\xa0чел."


@pytest.mark.parametrize(
    ("counts", "where"),
    [
        ([4, 3, 2, 1], "Школа № 1 — 4, Школа № 2 — 3 и ещё 2\xa0организации — 3\xa0чел."),
        ([2, 2, 1, 1], "4\xa0организации — 6\xa0чел."),
        ([1], "1\xa0организация — 1\xa0чел."),
        ([3], "Школа № 1 — 3"),
    ],
)
def test_schools_with_one_or_two_people_are_not_named(recommend, counts, where):
    about = [cause("diagnosed_share", NOT_COUNTED, count, f"Школа № {number}") for number, count in enumerate(counts, 1)]
    found = recommend(figures=[figure("diagnosed_share", missing=sum(counts))], causes=about)
    assert found["where"].iloc[0] == where


def test_municipalities_are_named_however_few_people_there_are(recommend, amur):
    about = [cause("trained_talents_share", NOT_COUNTED, 1, "Школа № 1", place) for place in ("tynda", "zeya")]
    one = figure("trained_talents_share", municipality="region")
    found = recommend("region", amur, {"tynda": "г. Тында", "zeya": "г. Зея"}, figures=[one], causes=about)
    assert found["where"].iloc[0] == "г. Тында — 1, г. Зея — 1"


def test_teams_are_named_without_numbers(recommend):
    about = [cause("management_teams_share", NOT_COUNTED, 1, f"Школа № {number}") for number in range(1, 7)]
    (where,) = recommend(figures=[figure("management_teams_share", missing=2)], causes=about)["where"]
    assert where == "выбрать из: Школа № 1, Школа № 2, Школа № 3, Школа № 4, Школа № 5 и ещё 1\xa0организация"


def test_region_names_municipalities_instead_of_schools(recommend, amur):
    about = [
        cause("trained_talents_share", NOT_COUNTED, 7, "Школа № 1", "tynda"),
        cause("trained_talents_share", NOT_COUNTED, 4, "Школа № 2", "tynda"),
        cause("trained_talents_share", NOT_COUNTED, 20, "Школа № 1", "zeya"),
    ]
    names = {"tynda": "г. Тында", "zeya": "г. Зея"}
    one = figure("trained_talents_share", municipality="region")
    (row,) = recommend("region", amur, names, figures=[one], causes=about).to_dict("records")
    assert (row["where"], row["addressee"]) == ("выбрать из: г. Зея — 20, г. Тында — 11", "ММС муниципалитетов")
    assert "муниципалитетов: 2." in row["rests_on"]
    mine = figure("trained_talents_share", municipality="tynda")
    (row,) = recommend("tynda", amur, names, figures=[one, mine], causes=about).to_dict("records")
    assert (row["where"], row["addressee"]) == ("Школа № 1 — 7, Школа № 2 — 4", "ММС: г. Тында")


def test_municipal_body_of_a_municipal_system_needs_no_municipality_in_its_name(recommend):
    assert recommend(figures=[figure("diagnosed_share")])["addressee"].tolist() == ["МАУ ЗАТО Северск «РЦО»"]


def test_role_that_a_system_does_not_fill_falls_to_its_operator(recommend, project):
    town = catalogue.load_system("novoshakhtinsk", project)
    found = recommend(system=town, figures=[figure("register_listed_share")])
    assert found[["role", "addressee"]].to_numpy().tolist() == [["region", "МБУ ЦБУ ХО МС"]]


@pytest.mark.parametrize(
    ("as_of", "until"),
    [
        (date(2024, 11, 30), "2024-12-30"),
        (date(2024, 12, 1), "2024-12-31"),
        (date(2024, 12, 2), "2024-12-31"),
        (date(2024, 12, 30), "2024-12-31"),
    ],
)
def test_term_of_thirty_days_stops_at_the_end_of_the_period_while_it_lasts(recommend, as_of, until):
    (row,) = recommend(figures=[figure("diagnosed_share")], as_of=as_of).to_dict("records")
    assert row["until"] == pd.Timestamp(until)


@pytest.mark.parametrize(
    ("as_of", "until"),
    [
        (date(2024, 10, 16), "2024-11-15"),  # пятница
        (date(2024, 10, 17), "2024-11-18"),  # суббота, 16 ноября
        (date(2024, 11, 28), "2024-12-28"),  # рабочая суббота
        (date(2024, 11, 29), "2024-12-28"),  # 29 декабря выходной, до конца года рабочих дней больше нет
        (date(2024, 12, 27), "2024-12-28"),
    ],
)
def test_term_ends_on_a_working_day_of_the_period(recommend, calendar, as_of, until):
    (row,) = recommend(figures=[figure("diagnosed_share")], as_of=as_of, working=calendar).to_dict("records")
    assert row["until"] == pd.Timestamp(until)


def test_period_without_a_working_day_left_is_over(recommend, calendar):
    figures, about = [figure("routed_share")], [cause("routed_share", "diagnosed_without_route", 8)]
    (row,) = recommend(figures=figures, causes=about, as_of=date(2024, 12, 28), working=calendar).to_dict("records")
    assert (row["rule"], row["result"], row["until"]) == (
        "routes_for_diagnosed",
        "ИОМ: в счёт следующего периода",
        pd.Timestamp(2025, 1, 27),
    )


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2024, 4, 27), date(2024, 4, 27)),  # рабочая суббота
        (date(2024, 4, 29), date(2024, 5, 2)),  # перенесённые выходные и праздник
        (date(2022, 1, 28), date(2022, 1, 28)),  # календаря на 2022 год нет: переносятся хотя бы выходные
        (date(2022, 1, 29), date(2022, 1, 31)),
        (date(2021, 12, 31), date(2021, 12, 31)),
        (date(2022, 1, 1), date(2022, 1, 10)),
    ],
)
def test_day_off_is_moved_to_the_next_working_day_and_a_weekend_of_an_unknown_year_too(calendar, day, working):
    assert calendar(day) == working


def test_measures_and_registries_are_asked_for_by_a_working_day(recommend, calendar):
    waiting = [figure("diagnosed_share", "not_computable", value=None)]
    found = recommend(
        figures=waiting,
        arrivals=[arrival("diagnostics", "Диагностика", received=False)],
        measures=[measure("7", "overdue")],
        as_of=date(2024, 11, 10),  # через 14 дней воскресенье, через 10 — среда
        working=calendar,
    )
    assert found["until"].tolist() == [pd.Timestamp(2024, 11, 25), pd.Timestamp(2024, 11, 20)]


def test_order_is_behind_first_then_people_then_measures_then_registries(recommend, amur):
    found = recommend(
        system=amur,
        figures=[
            figure("routed_share", "on_pace", missing=900),
            figure("trained_talents_share", missing=7),
            figure("trained_career_share", "unreachable", missing=9),
            figure("young_supported_share", "no_plan"),
            figure("diagnosed_share", "not_computable", value=None),
        ],
        causes=[
            cause("routed_share", "diagnosed_without_route", 900),
            cause("young_supported_share", "young_without_mentor", 950),
        ],
        measures=[
            measure("2", "due", "2024-11-20"),
            measure("3", "overdue", "2024-11-01"),
            measure("1", "overdue", "2024-02-01"),
        ],
        arrivals=[arrival("diagnostics", "Диагностика", received=False)],
    )
    figures = ["trained_career_share", "trained_talents_share", "young_supported_share", "routed_share"]
    assert found["indicator"].dropna().tolist() == figures
    assert found["kind"].tolist() == ["indicator"] * 4 + ["measure"] * 3 + ["data"]
    assert [re.search(r"меру (\d)", action)[1] for action in found["action"][4:7]] == ["1", "3", "2"]


def test_overdue_measure_names_body_days_and_clause_and_a_due_one_keeps_its_own_day(recommend):
    late, due = recommend(measures=[measure("7", "overdue", "2024-11-02"), measure("8", "due", "2024-11-20")]).to_dict("records")
    assert late["action"].endswith("просрочено на 11\xa0дней")
    assert (late["addressee"], late["clause"], late["until"]) == ("Управление", "прил. 2, п. 7", pd.Timestamp(2024, 11, 27))
    assert due["until"] == pd.Timestamp(2024, 11, 20)
    assert "срок 20.11.2024." in due["rests_on"]


def test_measure_names_the_day_to_which_its_term_was_moved(recommend):
    moved = measure("7", "overdue", "2024-09-01") | {"ends_on": pd.Timestamp(2024, 9, 2), "days_overdue": 72}
    (row,) = recommend(measures=[moved]).to_dict("records")
    assert row["rests_on"] == "Мера 7 — просрочено, срок 01.09.2024 (по ст. 193 ГК РФ — 02.09.2024)."


def test_officials_are_told_no_commands(recommend):
    reason = "7,9 % (79 из 1 000). Вне знаменателя ещё 4 человека: кто и почему — nms trace. Численность мала."
    (row,) = recommend(figures=[figure("diagnosed_share", reason=reason)]).to_dict("records")
    assert row["rests_on"].endswith("7,9 % (79 из 1 000). Вне знаменателя ещё 4 человека. Численность мала.")


def test_measures_without_execution_registry_share_one_recommendation(recommend):
    (row,) = recommend(measures=[measure(code, "unknown") for code in ("1", "2", "5")]).to_dict("records")
    assert row["action"].endswith("неизвестно, исполнены ли меры 1, 2, 5")
    assert (row["count"], row["noun"], row["addressee"]) == (3, "меры", "МАУ ЗАТО Северск «РЦО»")


def test_lacking_registry_is_asked_for_once_with_all_figures_that_wait_for_it(recommend):
    waiting = [figure(name, "not_computable", value=None) for name in ("diagnosed_share", "teachers_diagnosed_share")]
    arrivals = [arrival("staff", "Работники", data_on="2024-06-30"), arrival("diagnostics", "Диагностика", received=False)]
    (row,) = recommend(figures=waiting, arrivals=arrivals).to_dict("records")
    assert row["action"] == "представить реестр «Диагностика»"
    assert row["result"] == "будет рассчитано: «Диагностика», «Диагностика педагогов»"
    assert (row["count"], row["noun"], row["until"]) == (1, "реестр", pd.Timestamp(2024, 11, 23))


def test_old_data_are_asked_for_as_of_the_day(recommend):
    waiting = [figure("diagnosed_share", "not_computable", value=None)]
    arrivals = [arrival(name, name, data_on="2024-11-12") for name in ("staff", "diagnostics")]
    (row,) = recommend(figures=waiting, arrivals=arrivals).to_dict("records")
    assert row["action"] == "представить реестры «staff», «diagnostics» на 13.11.2024 или позже"


def test_figure_without_anybody_to_count_asks_nobody_for_anything(recommend):
    arrivals = [arrival(name, name) for name in ("organisations", "staff", "young_support")]
    assert recommend(figures=[figure("young_supported_share", "not_computable", value=None)], arrivals=arrivals).empty


def test_region_is_told_which_municipalities_did_not_send_and_what_it_owes_itself(recommend, amur):
    names = {"tynda": "г. Тында", "zeya": "г. Зея", "region": "Амурская область"}
    waiting = [
        figure("diagnosed_share", "not_computable", municipality="region", value=None),
        figure("register_listed_share", "not_computable", municipality="region", value=None),
    ]
    arrivals = [
        arrival("diagnostics", "Диагностика", "tynda", received=False),
        arrival("diagnostics", "Диагностика", "zeya"),
        arrival("programmes", "Программы", "region", received=False),
    ]
    found = recommend("region", amur, names, figures=waiting, arrivals=arrivals)
    assert found[["addressee", "where", "count", "noun"]].to_numpy().tolist() == [
        ["ММС муниципалитетов", "г. Тында", 1, "муниципалитет"],
        ["ГАУ ДПО «АМИРО»", "", 1, "реестр"],
    ]


def test_recommendations_of_real_rows_rest_on_figures_and_name_nobody(seversk, cards, rules, gathered, demo_frames):
    kept = {name: rows.drop(columns="excel_row", errors="ignore").to_dict("records") for name, rows in demo_frames.items()}
    registries = gathered({"demo": kept})
    figures = indicators.figures(seversk, cards, registries, ["demo"], DAY)
    causes = indicators.causes(seversk, cards, registries, ["demo"], DAY)
    measures = pd.DataFrame([measure("7", "overdue")])
    found = advice.recommendations(
        "demo", figures, causes, measures, registries.arrivals, seversk, cards, rules, {"demo": "Северск"}, DAY, every_day
    )
    about = found[found["kind"] == "indicator"].merge(figures, on="figure", suffixes=("", "_of_figure"))
    assert len(about) == (found["kind"] == "indicator").sum() >= 2
    adding = about.dropna(subset="effect_people")
    assert len(adding) and (adding["effect_people"] <= adding["people_missing"]).all()
    assert not about.duplicated(["indicator", "cause"]).any()
    assert found["until"].notna().all() and found["count"].notna().all()
    told = " ".join(found[["action", "where", "result", "rests_on"]].to_numpy().ravel())
    assert not [name for name in demo_frames["staff"]["full_name"] if name.split()[0] in told]


def share(municipality: str, numerator: int, denominator: int, day: date, missing: int | None = 10, **cells) -> dict:
    row = figure("diagnosed_share", municipality=municipality, numerator=numerator, denominator=denominator, **cells)
    row |= {"value": 100 * numerator / denominator, "as_of": pd.Timestamp(day), "people_missing": missing}
    return row | {"period": str(day.year), "ends_on": pd.Timestamp(day.year, 12, 31)} | cells


BEFORE, AFTER = date(2023, 11, 13), date(2024, 11, 13)
OTHERS = ("a", "b", "c")


def told(municipality: str = "demo", indicator: str = "diagnosed_share") -> dict:
    row = {"kind": "indicator", "system": "s", "municipality": municipality, "indicator": indicator, "rule": "diagnostics"}
    return row | {"addressee": "ММС", "action": "направить на диагностику: ещё 10", "until": pd.Timestamp(2023, 12, 13)}


def became(cards, mine, others=((10, 12),) * 3, previous=None, missing=10) -> dict:
    """The outcome for a place that went from and to these counts of 100, beside others that did the same."""
    then = [
        share("demo", mine[0], 100, BEFORE),
        *(share(n, one[0], 100, BEFORE, missing) for n, one in zip(OTHERS, others, strict=False)),
    ]
    now = [share("demo", mine[1], 100, AFTER), *(share(n, one[1], 100, AFTER) for n, one in zip(OTHERS, others, strict=False))]
    frames = [pd.DataFrame(rows) for rows in (then[:1], now[:1], then, now)]
    (row,) = advice.outcomes(pd.DataFrame(previous or [told()]), *frames, cards).to_dict("records")
    return row


def test_outcome_compares_the_change_with_that_of_comparable_places(cards):
    row = became(cards, (10, 40))  # 10 % → 40 %: +30 п.п., 30 человек; сравнимые 30 из 300 → 36 из 300: +2 п.п.
    assert (row["change_value"], row["change_people"]) == (pytest.approx(30), 30)
    assert (row["others"], row["others_before"], row["others_after"]) == (3, pytest.approx(10), pytest.approx(12))
    assert row["difference"] == pytest.approx(28)
    bounds = {n: binomtest(*n).proportion_ci(method="wilson") for n in ((10, 100), (40, 100), (30, 300), (36, 300))}
    below = (0.40 - bounds[40, 100].low) ** 2 + (bounds[10, 100].high - 0.10) ** 2
    below += (bounds[36, 300].high - 0.12) ** 2 + (0.10 - bounds[30, 300].low) ** 2
    assert row["lower"] == pytest.approx(28 - 100 * below**0.5)
    assert row["verdict"] == since.BETTER
    assert (row["before_on"], row["after_on"]) == (pd.Timestamp(BEFORE), pd.Timestamp(AFTER))


@pytest.mark.parametrize(
    ("mine", "others", "verdict"),
    [
        ((10, 14), ((10, 12),) * 3, since.NO_GROUNDS),
        ((10, 11), ((10, 60),) * 3, since.WORSE),
        ((60, 10), ((10, 12),) * 3, since.WORSE),
        ((60, 55), ((80, 10),) * 3, since.LESS_BAD),
        ((10, 60), ((10, 12),) * 2, since.NO_GROUNDS),
        ((10, 60), (), since.NO_GROUNDS),
    ],
)
def test_verdict_follows_from_the_interval_and_the_number_of_places(cards, mine, others, verdict):
    row = became(cards, mine, others)
    assert row["verdict"] == verdict
    assert row["why"].endswith(".")


def test_place_that_had_the_same_advice_or_had_reached_its_plan_is_not_comparable(cards):
    assert became(cards, (10, 60), previous=[told(), told("b")])["others"] == 2
    assert became(cards, (10, 60), previous=[told(), told("b", "routed_share")])["others"] == 3
    assert became(cards, (10, 60), previous=[told(), told("b") | {"rule": "decision"}])["others"] == 3
    assert became(cards, (10, 60), missing=0)["others"] == 0
    assert became(cards, (10, 60), missing=None)["others"] == 3


def test_the_whole_is_not_compared_with_its_parts(cards):
    then, now = ([share(name, 10 * count, 100, day) for name in ("region", *OTHERS)] for count, day in ((1, BEFORE), (6, AFTER)))
    frames = [pd.DataFrame(rows) for rows in (then[:1], now[:1], then, now)]
    (row,) = advice.outcomes(pd.DataFrame([told("region")]), *frames, cards).to_dict("records")
    assert (row["others"], row["verdict"]) == (0, since.NO_GROUNDS)


def test_unknown_value_and_plain_count_give_no_grounds(cards):
    then, now = pd.DataFrame([share("demo", 10, 100, BEFORE)]), pd.DataFrame([share("demo", 60, 100, AFTER)])
    lost = now.assign(value=float("nan"), numerator=None, denominator=None)
    for after in (lost, now.iloc[:0]):
        (row,) = advice.outcomes(pd.DataFrame([told()]), then, after, then, after, cards).to_dict("records")
        assert (row["verdict"], row["others"]) == (since.NO_GROUNDS, 0)
    counts = [frame.assign(indicator="methodists_count", denominator=pd.NA, value=frame["numerator"]) for frame in (then, now)]
    previous = pd.DataFrame([told(indicator="methodists_count")])
    (row,) = advice.outcomes(previous, *counts, *counts, cards).to_dict("records")
    assert (row["verdict"], row["change_value"]) == (since.NO_GROUNDS, 50)


@pytest.mark.parametrize(
    ("then", "now", "comparable"),
    [
        (("2022/23", "2023-05-31", "2023-08-31"), ("2023/24", "2023-10-31", "2024-08-31"), False),
        (("2022/23", "2022-10-31", "2023-08-31"), ("2022/23", "2023-05-31", "2023-08-31"), True),  # счёт один
        (("2023", "2023-12-31", "2023-12-31"), ("2024", "2024-11-30", "2024-12-31"), True),  # 0 и 31 день до конца
        (("2023", "2023-12-31", "2023-12-31"), ("2024", "2024-11-29", "2024-12-31"), False),  # 0 и 32 дня
        (("2023", "2023-12-31", "2023-12-31"), ("2024-Q4", "2024-12-31", "2024-12-31"), False),  # год и квартал
    ],
)
def test_change_is_told_only_of_about_the_same_part_of_a_period(cards, then, now, comparable):
    frames = []
    for count, (period, day, ends_on) in ((10, then), (60, now)):
        cells = {"period": period, "ends_on": pd.Timestamp(ends_on)}
        frames.append(pd.DataFrame([share(name, count, 100, date.fromisoformat(day), **cells) for name in ("demo", *OTHERS)]))
    own = [frame.head(1) for frame in frames]
    (row,) = advice.outcomes(pd.DataFrame([told()]), *own, *frames, cards).to_dict("records")
    assert pd.notna(row["change_value"]) == pd.notna(row["change_people"]) == pd.notna(row["difference"]) == comparable
    assert (row["before_value"], row["after_value"]) == (10, 60)
    if not comparable:
        ends = [f"{pd.Timestamp(one[2]):%d.%m.%Y}" for one in (then, now)]
        assert row["verdict"] == since.NO_GROUNDS
        assert row["why"] == f"Счёт начат заново: периоды по {ends[0]} и по {ends[1]}."


def test_state_at_a_day_is_never_counted_anew(cards):
    cells = [{"period": "2023", "ends_on": pd.Timestamp(2023, 12, 31)}, {"period": "2024", "ends_on": pd.Timestamp(2024, 12, 31)}]
    days = (date(2023, 12, 31), date(2024, 2, 29))
    frames = [pd.DataFrame([share("demo", 10, 100, day, **cell)]) for day, cell in zip(days, cells, strict=True)]
    stocks = [frame.assign(indicator="mentoring_model_share") for frame in frames]
    (row,) = advice.outcomes(pd.DataFrame([told(indicator="mentoring_model_share")]), *stocks, *stocks, cards).to_dict("records")
    assert row["change_value"] == 0


def test_outcomes_never_claim_a_cause(cards):
    rows = pd.DataFrame([became(cards, (10, 60)), became(cards, (10, 11)), became(cards, (10, 60), ())])
    page = documents.outcomes_table(rows.astype(advice.OUTCOMES), cards).data
    assert not re.search("благодаря|вследствие|в результате рекоменд|обеспечил", page)
    assert "Улучшилось сильнее сравнимых" in page
    assert "+50,0\xa0п.п." in page
    assert "10,0\xa0% (10 из 100)" in page
    assert "сравнивать нечего" in documents.outcomes_table(rows.iloc[:0], cards).data


def test_table_of_recommendations_shows_six_columns_by_kind(recommend):
    found = recommend(
        figures=[figure("diagnosed_share")],
        causes=[cause("diagnosed_share", NOT_COUNTED, 12, "Школа <№ 3>")],
        measures=[measure("7", "overdue")],
    )
    page = documents.steps_table(found).data
    for title in ("Кому", "Что сделать", "Для кого", "Срок", "Ожидаемый результат", "На чём основано"):
        assert f'<th scope="col">{title}</th>' in page
    assert "Школа &lt;№ 3&gt; — 12" in page
    assert "13.12.2024" in page
    assert page.count('class="group"') == 2
    assert "Рекомендаций по этим сведениям нет" in documents.steps_table(found.iloc[:0]).data
