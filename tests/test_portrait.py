"""The portrait of a municipality: who counts once, what is unknown is absent, what is empty is told, the whole is a sum."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from nmslib import indicators
from nmslib.model import REGION

DAY = date(2024, 6, 30)
ORGANISATIONS = [
    {"organisation": "О1", "name": "Школа 1", "type": "general", "settlement": "urban", "low_results": "yes"},
    {"organisation": "О2", "name": "Школа 2", "type": "general", "settlement": "rural", "understaffed": "yes"},
    {"organisation": "О3", "name": "Сад", "type": "preschool", "settlement": "urban"},
    {"organisation": "О4", "name": "Закрытая", "type": "general", "settlement": "urban", "closed_on": "2024-01-01"},
    {"organisation": "О5", "name": "Методическая служба", "type": "methodical", "settlement": "urban"},
]


def job(code: str, organisation: str = "О1", role: str = "teacher", **other: object) -> dict:
    row = {"person": code, "organisation": organisation, "role": role, "employment": "main", "hired_on": "2010-09-01"}
    return row | {"birth_on": "1980-05-05", "profession_since": "2005-09-01", "category": "first"} | other


def beginner(code: str, **other: object) -> dict:
    return job(code, birth_on="1999-01-01", profession_since="2022-09-01", category=None, **other)


STAFF = [
    job("Р1"),
    job("Р1", "О2", employment="internal"),
    job("Р2", "О2", category="highest"),
    job("Р3", "О3", role="manager"),
    beginner("Р4"),
    beginner("Р5", organisation="О3"),
    job("Р6", employment="external"),
    beginner("Р7", left_on="2024-03-01"),
]


def diagnosed(code: str, on: str, level: str | None = "middle", place: str = "centre") -> dict:
    return {"person": code, "diagnosed_on": on, "level": level, "place": place}


def routed(code: str, drawn_up: str, completed: str | None = None, grounds: str = "centre") -> dict:
    return {"person": code, "drawn_up_on": drawn_up, "completed_on": completed, "grounds": grounds}


def pair(mentor: str, mentee: str, started: str, ended: str | None = None) -> dict:
    return {"mentor": mentor, "mentee": mentee, "started_on": started, "ended_on": ended}


@pytest.fixture
def table(amur, gathered):
    def made(
        zeya: dict | None = None,
        system=amur,
        asked: tuple[str, ...] = ("tynda",),
        day: date = DAY,
        data_on: str = "2030-12-31",
        **sheets: list[dict],
    ) -> pd.DataFrame:
        tynda = {"organisations": ORGANISATIONS, "staff": STAFF} | sheets
        return indicators.portrait(system, gathered({"tynda": tynda, "zeya": zeya, REGION: {}}, data_on), list(asked), day)

    return made


def told(table: pd.DataFrame, name: str, column: str = "всего", place: str = "tynda") -> dict[str, int]:
    mine = table[(table["table"] == name) & (table["column"] == column) & (table["municipality"] == place)]
    return dict(zip(mine["row"], mine["count"], strict=True))


def test_organisations_are_those_that_work_and_teach(table):
    found = told(table(), "context")
    assert found["образовательные организации"] == 3
    assert found["общеобразовательные организации"] == 2
    assert found["дошкольные организации"] == 1
    assert found["ШНОР"] == 1
    assert found["малокомплектные школы"] == 1
    assert told(table(), "context", "село")["образовательные организации"] == 1


def test_staff_count_once_at_their_main_place(table):
    found = told(table(), "context")
    assert found["педагогические работники и управленческие кадры"] == 5
    assert found["педагогические работники"] == 4
    assert found["управленческие кадры"] == 1
    assert found["педагогические работники моложе 35 лет"] == 2
    assert found["педагогические работники со стажем меньше 3 лет"] == 2
    assert told(table(), "context", "село")["педагогические работники"] == 1


def test_an_empty_cell_has_a_row_of_its_own(table):
    found = told(table(diagnostics=[diagnosed("Р1", "2024-02-01", level=None)]), "context")
    assert found["педагогические работники: категория не указана"] == 2
    assert found["ШНОР: не указано"] == 1
    assert told(table(diagnostics=[diagnosed("Р1", "2024-02-01", level=None)]), "diagnostics")["уровень не указан"] == 1
    assert "уровень не указан" not in told(table(diagnostics=[diagnosed("Р1", "2024-02-01")]), "diagnostics")


def test_rows_say_when_the_base_is_general_schools_alone(table, amur):
    schools = replace(amur, indicators=tuple(replace(one, organisations="general") for one in amur.indicators))
    found = told(table(system=schools), "context")
    assert found["педагогические работники (общеобразовательные организации)"] == 3
    assert found["образовательные организации"] == 3


def test_whoever_was_diagnosed_at_the_centre_counts_there_with_the_last_level(table):
    events = [
        diagnosed("Р1", "2024-02-01", "low"),
        diagnosed("Р1", "2024-03-01", "high"),
        diagnosed("Р1", "2024-04-01", "middle", "other"),
        diagnosed("Р2", "2024-02-01", "low", "other"),
        diagnosed("Р3", "2023-12-31"),
        diagnosed("Р6", "2024-02-01"),
    ]
    found = table(diagnostics=events)
    assert told(found, "diagnostics", "в ЦНППМ") == {"высокий уровень": 1, "средний уровень": 0, "низкий уровень": 0, "всего": 1}
    assert told(found, "diagnostics", "в ином месте")["низкий уровень"] == 1
    assert told(found, "diagnostics")["всего"] == 2
    assert set(found["period"]) == {"2024\N{NO-BREAK SPACE}г."}


def test_a_person_counts_once_in_each_state_of_routes(table):
    routes = [
        routed("Р1", "2023-10-01", "2024-02-01"),
        routed("Р1", "2024-03-01", grounds="other"),
        routed("Р1", "2024-04-01"),
        routed("Р2", "2024-01-10", "2024-07-10"),
        routed("Р3", "2023-01-10", "2023-12-31"),
        routed("Р6", "2024-03-01"),
    ]
    found = table(routes=routes, diagnostics=[diagnosed("Р1", "2024-02-02"), diagnosed("Р2", "2024-06-30")])
    expected = {"ИОМ разработаны в периоде": 2, "ИОМ в работе на дату": 2, "ИОМ завершены в периоде": 1}
    expected |= {"диагностика повторена после завершения ИОМ": 1}
    assert told(found, "routes") == told(found, "routes", "на основе диагностики в ЦНППМ") == expected


def test_repeated_diagnostics_are_not_told_without_the_registry(table):
    assert "диагностика повторена после завершения ИОМ" not in told(table(routes=[]), "routes")


def test_the_young_have_a_mentor_in_a_pair_or_as_support(table):
    support = [{"person": "Р4", "form": "mentoring", "started_on": "2024-01-01"}]
    support += [{"person": "Р5", "form": "school", "started_on": "2024-01-01"}]
    pairs = [pair("Р1", "Р5", "2024-01-01"), pair("Р2", "Р5", "2023-01-01", "2024-06-30"), pair("Р2", "Р1", "2024-07-01")]
    assert told(table(young_support=support, mentor_pairs=pairs), "mentoring") == {
        "молодые педагоги (моложе 35 лет, первые 3 года работы)": 2,
        "молодые педагоги с наставником": 2,
        "молодые педагоги без наставника": 0,
        "действующие наставнические пары": 1,
        "пары, завершившие работу в периоде": 1,
        "молодые педагоги, уволившиеся в периоде": 1,
    }


def test_who_has_no_mentor_is_not_told_while_pairs_are_awaited(table):
    found = told(table(young_support=[]), "mentoring")
    assert "молодые педагоги (моложе 35 лет, первые 3 года работы)" in found
    assert not {"молодые педагоги без наставника", "действующие наставнические пары"} & set(found)


def test_whoever_moved_to_another_place_has_not_left(table):
    staff = [beginner("Р7", left_on="2024-03-01"), beginner("Р7", organisation="О3", hired_on="2024-03-02")]
    assert told(table(staff=staff, young_support=[]), "mentoring")["молодые педагоги, уволившиеся в периоде"] == 0


def test_what_was_not_sent_is_absent_and_never_zero(table):
    assert set(table()["table"]) == {"context"}
    assert table(day=date(2020, 1, 1)).empty
    assert table(data_on="2024-05-01").empty


def test_the_whole_is_the_sum_of_those_that_are_known(table):
    zeya = {"organisations": ORGANISATIONS[:1], "staff": [job("Р1")]}
    found = table(zeya, asked=(REGION, "zeya"), diagnostics=[diagnosed("Р1", "2024-02-01")])
    context, diagnostics = (
        found[(found["table"] == name) & (found["municipality"] == REGION)] for name in ("context", "diagnostics")
    )
    assert told(found, "context", place=REGION)["образовательные организации"] == 4
    assert set(context["members"]) == {2}
    assert set(diagnostics["members"]) == {1}
    assert found["municipality"].drop_duplicates().tolist() == [REGION, "zeya"]
    assert set(found.loc[found["municipality"] == "zeya", "members"]) == {1}
