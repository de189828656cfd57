"""summary.xlsx: all figures of a system in one table, places side by side with their states, measures and what arrived."""

from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from nmslib import roadmap
from nmslib.documents.summary import summary, summary_figures
from nmslib.model import REGION
from nmslib.situation import Situation

DAY = date(2024, 11, 13)
NUMBERS = ["numerator", "denominator", "value"]


@pytest.fixture(scope="module")
def amur_now(module_workshop, gathered) -> Situation:
    now = Situation("amur", REGION, DAY, module_workshop)
    teacher = {"organisation": "О1", "role": "teacher", "employment": "main", "hired_on": "2010-09-01", "birth_on": "1980-05-05"}
    teacher |= {"profession_since": "2005-09-01", "position": "учитель"}
    tynda = {
        "organisations": [{"organisation": "О1", "name": "Школа 1", "type": "general"}],
        "staff": [{"person": f"Р{number}"} | teacher for number in range(20)],
        "routes": [{"person": f"Р{number}", "drawn_up_on": "2024-03-01", "grounds": "centre"} for number in range(3)],
        "execution": [{"measure": "1.1.4", "due_on": "2024-09-01", "state": "done", "done_on": "2024-08-10"}],
    }
    vars(now)["received"] = gathered({"tynda": tynda, "zeya": None, REGION: {}})
    return now


def rows(path: Path, sheet: str) -> list[dict]:
    found = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    head = next(number for number, row in enumerate(found) if sum(cell != "" for cell in row) > 1)
    titles = [title or f"{found[head][at - 1]} состояние" for at, title in enumerate(found[head])]
    return [dict(zip(titles, row, strict=True)) for row in found[head + 1 :]]


@pytest.fixture(scope="module")
def path(amur_now, tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("summary") / "summary.xlsx"
    summary(amur_now, made)
    return made


def test_the_flat_table_holds_every_figure(path, amur_now):
    told, table = summary_figures(path), amur_now.everywhere.set_index("figure")[NUMBERS]
    assert set(told) == set(table.index)
    for figure, values in table.astype("object").iterrows():
        assert list(told[figure]) == [None if pd.isna(value) else pytest.approx(float(value)) for value in values]


def test_places_stand_side_by_side_with_the_shapes_of_states(path):
    found = {row["Муниципалитет"]: row for row in rows(path, "Свод")}
    assert found["г. Тында"]["2 ИОМ"] == pytest.approx(0.15)
    assert found["г. Тында"]["2 ИОМ состояние"] == "●"
    assert found["г. Зея"]["2 ИОМ"] == "нет данных"
    assert found["г. Зея"]["2 ИОМ состояние"] == "○"
    assert list(found)[-1] == "Амурская область"


def test_measures_are_counted_by_place_and_state(path, amur_now):
    found = {row["Муниципалитет"]: row for row in rows(path, "Дорожная карта")}
    expected = roadmap.current(amur_now.terms_of("tynda"), DAY)["state"].value_counts()
    assert found["г. Тында"]["● исполнено"] == expected["done"] == 1
    assert found["г. Тында"]["■ просрочено"] == expected["overdue"] > 0
    assert found["г. Зея"]["■ просрочено"] == 0
    assert {row["Всего мер"] for row in found.values()} == {len(amur_now.facts.measures)}


def test_given_terms_are_those_that_are_counted(amur_now, tmp_path):
    summary(amur_now, tmp_path / "summary.xlsx", amur_now.terms_of("zeya"))
    assert [row["Муниципалитет"] for row in rows(tmp_path / "summary.xlsx", "Дорожная карта")] == ["г. Зея"]


def test_whoever_sent_nothing_has_no_rows_and_is_named(path):
    found = {row["Отправитель"]: row for row in rows(path, "Полнота")}
    assert found["г. Зея"]["Строк принято"] == ""
    assert "Работники" in found["г. Зея"]["Не представлены"]
    assert found["г. Тында"]["Строк принято"] == 25
    assert "Работники" not in found["г. Тында"]["Не представлены"]


def test_the_same_situation_gives_the_same_bytes(path, amur_now, tmp_path):
    summary(amur_now, tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == path.read_bytes()


def test_a_system_of_one_municipality_and_the_federal_view_have_a_summary(module_workshop, tmp_path):
    for system, shown in (("seversk", "ЗАТО Северск"), ("federal", "ЗАТО Северск")):
        summary(Situation(system, REGION, DAY, module_workshop), tmp_path / f"{system}.xlsx")
        assert shown in [row["Муниципалитет"] for row in rows(tmp_path / f"{system}.xlsx", "Свод")]
    book = openpyxl.load_workbook(tmp_path / "federal.xlsx")
    assert "Дорожной карты в документе нет." in [cell.value for cell in book["Дорожная карта"]["A"]]
