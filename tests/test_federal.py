"""Systems side by side on one base: the federal view."""

from datetime import date

import pandas as pd
import pytest

from nmslib import catalogue, indicators

DAY = date(2023, 12, 1)


def staff(people: int, diagnosed: int, kind: str = "general") -> dict[str, list[dict]]:
    """A place with one organisation of a kind, so many teachers, and so many of them diagnosed."""
    codes = [f"Р{number}" for number in range(people)]
    return {
        "organisations": [{"organisation": "О1", "name": "Школа", "type": kind, "settlement": "urban"}],
        "staff": [
            {"person": code, "organisation": "О1", "role": "teacher", "employment": "main", "hired_on": "2010-09-01"}
            for code in codes
        ],
        "diagnostics": [{"person": code, "diagnosed_on": "2023-05-10", "place": "centre"} for code in codes[:diagnosed]],
    }


@pytest.fixture
def across(project, cards, gathered):
    def make(**systems: dict) -> pd.DataFrame:
        known = {
            name: (catalogue.load_system(name, project), gathered(senders, **more))
            for name, (senders, more) in {
                key: value if isinstance(value, tuple) else (value, {}) for key, value in systems.items()
            }.items()
        }
        table = indicators.across(catalogue.load_system("federal", project), known, cards, DAY)
        return table[table["indicator"] == "diagnosed_share"].set_index("municipality")

    return make


def test_whole_pools_numerators_and_denominators_of_all_systems(across):
    table = across(amur={"tynda": staff(10, 5), "zeya": staff(30, 3), "region": {}}, seversk={"seversk": staff(60, 6)})
    assert (table.loc["amur", "numerator"], table.loc["amur", "denominator"]) == (8, 40)
    assert (table.loc["region", "numerator"], table.loc["region", "denominator"]) == (14, 100)
    assert table.loc["region", "value"] == pytest.approx(14)
    assert table.loc["region", "members"] == 3


def test_systems_are_compared_on_all_organisations_and_another_base_is_named(across):
    table = across(seversk={"seversk": staff(10, 5, kind="preschool")})
    assert (table.loc["seversk", "numerator"], table.loc["seversk", "denominator"]) == (5, 10)
    assert "документ считает только общеобразовательные" in table.loc["seversk", "reason"]


def test_nothing_is_planned_across_systems_and_each_document_is_named(across):
    table = across(amur={"tynda": staff(10, 5), "region": {}}, seversk={"seversk": staff(60, 6)})
    assert table["target"].isna().all()
    assert set(table["status"]) == {"no_plan"}
    assert table.loc["amur", "clause"] == "Амурская область: Положение, разд. 5, п. 1"
    assert table.loc["region", "clause"] == "Амурская область: Положение, разд. 5, п. 1; ЗАТО Северск: прил. к Положению, п. 1"
    assert table.loc["region", "act"] == "приказ от 12.05.2023 № 464; приказ от 30.12.2022 № 693"


def test_system_with_older_data_leaves_the_whole_unknown_and_is_named(across):
    table = across(amur={"tynda": staff(10, 5), "region": {}}, seversk=({"seversk": staff(60, 6)}, {"data_on": "2021-12-31"}))
    assert table.loc["seversk", "status"] == "not_computable"
    assert "данные на 31.12.2021" in table.loc["seversk", "reason"]
    assert pd.isna(table.loc["region", "value"])
    assert "нет: seversk" in table.loc["region", "reason"]
    assert "50,0\N{NO-BREAK SPACE}% (5 из 10)" in table.loc["region", "reason"]


def test_unknown_numerator_of_a_known_base_bounds_the_whole(across):
    without = {name: rows for name, rows in staff(60, 6).items() if name != "diagnostics"}
    table = across(amur={"tynda": staff(40, 10), "region": {}}, seversk={"seversk": without})
    assert table.loc["region", ["lower", "upper"]].tolist() == [pytest.approx(10), pytest.approx(70)]


def test_indicator_that_no_document_of_a_system_counts_has_no_row_there(project, cards, gathered):
    amur, seversk = (catalogue.load_system(name, project) for name in ("amur", "seversk"))
    known = {"amur": (amur, gathered({"tynda": staff(10, 5), "region": {"methodical_active": []}}))}
    known["seversk"] = (seversk, gathered({"seversk": staff(10, 5)}))
    del known["seversk"][1].frames["methodical_active"]
    table = indicators.across(catalogue.load_system("federal", project), known, cards, DAY)
    mine = table[table["indicator"] == "methodists_count"]
    assert mine["municipality"].tolist() == ["amur", "region"]
    assert "Не считают: Система методического сопровождения ЗАТО Северск" in mine["reason"].iloc[-1]
