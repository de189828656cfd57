"""annex.xlsx: its numbers are the table of figures, its formulas give them again, small groups are hidden, nothing unknown is 0."""

import shutil
import subprocess
import warnings
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from nmslib import demo, registries
from nmslib.batch import checking
from nmslib.documents.annex import annex, annex_figures, read_annex
from nmslib.model import REGION
from nmslib.problems import UserError
from nmslib.registries import SYNTHETIC
from nmslib.situation import Situation

DAY = date(2024, 11, 13)
CHECKED_AT = datetime(2024, 11, 15, 10, 30)
SHEETS = ["Показатели", "По организациям", "Дорожная карта", "Рекомендации", "Полнота данных", "Источники"]
NUMBERS = ("numerator", "denominator", "value")


def staff(count: int, organisation: str = "О1", first: int = 0) -> list[dict]:
    row = {"organisation": organisation, "role": "teacher", "employment": "main", "hired_on": "2010-09-01"}
    row |= {"birth_on": "1980-05-05", "profession_since": "2005-09-01", "position": "учитель"}
    return [{"person": f"Р{number}"} | row for number in range(first, first + count)]


def diagnosed(count: int) -> list[dict]:
    return [{"person": f"Р{number}", "diagnosed_on": "2024-02-01", "place": "centre"} for number in range(count)]


def sent(teachers: list[dict], **more: list[dict]) -> dict[str, list[dict]]:
    codes = dict.fromkeys(one["organisation"] for one in teachers)
    places = [{"organisation": code, "name": f"Школа {code}", "type": "general", "settlement": "urban"} for code in codes]
    return {"organisations": places, "staff": teachers} | more


@pytest.fixture
def situation(module_workshop, gathered) -> Callable[..., Situation]:
    """A place of Amur with these registries: `situation("tynda", tynda={...}, region={...})`."""

    def made(municipality: str, **senders: dict | None) -> Situation:
        now = Situation("amur", municipality, DAY, module_workshop)
        vars(now)["received"] = gathered({REGION: {}} | senders)
        return now

    return made


@pytest.fixture(scope="module")
def seversk_now(module_workshop, seversk, place, form, demo_frames) -> Situation:
    """Seversk as it is after `nms demo` and `nms check`."""
    about = demo.about(seversk, place, form.version, DAY, CHECKED_AT.date(), 48)
    registries.write_workbook(module_workshop.workbook("seversk", "seversk"), demo_frames, about, form)
    checking.check("seversk", None, module_workshop, CHECKED_AT, lambda _: None)
    return Situation("seversk", "seversk", DAY, module_workshop)


def written(now: Situation, folder: Path, name: str = "annex.xlsx") -> Path:
    annex(now, folder / name)
    return folder / name


def cells(path: Path, sheet: str) -> list[dict]:
    """Rows of a table under their headers, as any program shows them."""
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    head = next(number for number, row in enumerate(rows) if sum(cell != "" for cell in row) > 1)
    return [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :]]


def expected(figures: pd.DataFrame) -> dict[str, list[float | None]]:
    found = figures.set_index("figure")[list(NUMBERS)].astype("object")
    return {name: [None if pd.isna(value) else pytest.approx(float(value)) for value in row] for name, row in found.iterrows()}


def test_the_annex_says_what_the_table_of_figures_says(seversk_now, tmp_path):
    found = read_annex(written(seversk_now, tmp_path))
    assert (found.place, found.identifier) == ("ЗАТО Северск", "seversk/seversk/2024-11-13")
    assert {name: list(told) for name, told in found.figures.items()} == expected(seversk_now.figures)
    assert annex_figures(tmp_path / "annex.xlsx") == found.figures


def test_the_same_situation_gives_the_same_bytes(seversk_now, tmp_path):
    assert written(seversk_now, tmp_path, "a.xlsx").read_bytes() == written(seversk_now, tmp_path, "b.xlsx").read_bytes()


def test_every_sheet_is_marked_and_ready_for_the_printer(seversk_now, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        book = openpyxl.load_workbook(written(seversk_now, tmp_path))
    assert book.sheetnames == SHEETS
    assert book.properties.title == "Приложение к справке: ЗАТО Северск, на 13.11.2024"
    assert book.properties.subject == "seversk/seversk/2024-11-13"
    assert book.properties.created == datetime(2024, 11, 13)
    for sheet in book.worksheets:
        assert sheet["A1"].value.startswith(SYNTHETIC)
        assert SYNTHETIC in sheet.oddHeader.left.text
        assert SYNTHETIC in sheet.oddFooter.center.text
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        head = int(sheet.print_title_rows.split("$")[-1])
        assert sheet.freeze_panes == f"A{head + 1}"
        assert sheet.print_area


def test_days_are_days_and_shares_are_parts_of_one(seversk_now, tmp_path):
    book = openpyxl.load_workbook(written(seversk_now, tmp_path))
    due = [row[4] for row in book["Дорожная карта"].iter_rows() if isinstance(row[4].value, datetime)]
    assert due
    assert {cell.number_format for cell in due} == {"dd.mm.yyyy"}
    plans = [row[6] for row in book["Показатели"].iter_rows() if isinstance(row[6].value, float)]
    assert {cell.number_format for cell in plans} == {"0%"}
    assert [cell.value for cell in plans] == pytest.approx((seversk_now.figures["target"].dropna() / 100).tolist())


def test_states_have_shape_and_word(seversk_now, tmp_path):
    states = [row["Состояние"] for row in cells(written(seversk_now, tmp_path), "Показатели")]
    assert "● достигнут" in states
    assert all(state[0] in "●▲◆■○–" for state in states)


def test_no_person_and_no_code_of_a_person_is_in_it(seversk_now, tmp_path, demo_frames):
    with ZipFile(written(seversk_now, tmp_path)) as parts:
        text = "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))
    people = demo_frames["staff"]
    assert not [name for name in people["full_name"] if name in text]
    assert not [code for code in people["person"] if code in text]


def test_small_organisations_stand_together(situation, tmp_path):
    people = [*staff(20), *staff(15, "О2", 20), *staff(3, "О3", 35), *staff(9, "О4", 38)]
    now = situation("tynda", tynda=sent(people, diagnostics=diagnosed(24)))
    rows = cells(written(now, tmp_path), "По организациям")
    mine = {row["Организация"]: row["Знаменатель"] for row in rows if row["Показатель"] == "Диагностика"}
    assert mine == {"Школа О1": 20, "Школа О2": 15, "Малые организации вместе (2)": 12, "Итого": 47}


def test_parts_of_another_day_are_refused(situation, tmp_path):
    now = situation("tynda", tynda=sent(staff(20), diagnostics=diagnosed(4)))
    vars(now)["organisations"] = now.organisations.assign(numerator=now.organisations["numerator"] + 1)
    with pytest.raises(ValueError, match="parts sum up to 5, not to 4"):
        annex(now, tmp_path / "annex.xlsx")
    assert not list(tmp_path.glob("*.xlsx"))


def test_what_was_not_sent_has_no_number(situation, tmp_path):
    now = situation("tynda", tynda=None)
    path = written(now, tmp_path)
    assert set(read_annex(path).figures) == set(now.figures["figure"])
    assert set(read_annex(path).figures.values()) == {(None, None, None)}
    assert {row["Значение"] for row in cells(path, "Показатели")} == {"нет данных"}
    assert {row["Состояние"] for row in cells(path, "Полнота данных")} == {"○ не прислан"}
    assert [row for row in cells(path, "Источники") if row["Что"] == "Книги реестров"]


def test_the_whole_is_made_of_municipalities(situation, tmp_path):
    tynda, zeya = sent(staff(20), diagnostics=diagnosed(5)), sent(staff(30), diagnostics=diagnosed(3))
    now = situation(REGION, tynda=tynda, zeya=zeya)
    path = written(now, tmp_path)
    rows = [row for row in cells(path, "По муниципалитетам") if row["Показатель"] == "Диагностика"]
    told = {row["Муниципалитет"]: (row["Числитель"], row["Знаменатель"]) for row in rows if row["Знаменатель"]}
    assert told == {"г. Тында": (5, 20), "г. Зея": (3, 30), "Итого; нет данных: 27 из 29": (8, 50)}
    assert read_annex(path).figures["amur/region/diagnosed_share/2024-11-13"] == (8, 50, pytest.approx(16))


def test_unknown_municipalities_leave_bounds_instead_of_a_value(situation, tmp_path):
    now = situation(REGION, tynda=sent(staff(20), diagnostics=diagnosed(5)), zeya=sent(staff(20)))
    path = written(now, tmp_path)
    assert read_annex(path).figures["amur/region/diagnosed_share/2024-11-13"] == (5, 40, None)
    row = next(row for row in cells(path, "Показатели") if row["Показатель"] == "Диагностика")
    assert row["Значение"].replace("\N{NO-BREAK SPACE}", " ") == "от 12,5 % до 62,5 %"
    zeya = [row for row in cells(path, "По муниципалитетам") if row["Муниципалитет"] == "г. Зея"]
    assert {row["Значение"] for row in zeya if row["Показатель"] == "Диагностика"} == {"нет данных"}


def test_numbers_of_the_region_itself_stand_apart(situation, tmp_path):
    events = [{"event": f"М{number}", "kind": "forum", "held_on": "2024-03-01"} for number in range(4)]
    now = situation(REGION, tynda=sent(staff(5), events=events[:1]), region={"events": events[1:]})
    rows = [row for row in cells(written(now, tmp_path), "По муниципалитетам") if row["Показатель"] == "Мероприятия"]
    assert [row["Числитель"] for row in rows if row["Муниципалитет"] == "Собственные сведения региона"] == [3]
    assert rows[-1]["Числитель"] == 4


def test_a_file_of_somebody_else_is_no_annex(tmp_path, seversk_now):
    workbook = seversk_now.project.workbook("seversk", "seversk")
    (tmp_path / "text.xlsx").write_text("нет", encoding="utf-8")
    for path in (tmp_path / "text.xlsx", workbook, tmp_path / "absent.xlsx"):
        with pytest.raises(UserError, match="не приложение к справке"):
            read_annex(path)


def recalculated(paths: list[Path], folder: Path) -> list[Path]:
    """The workbooks as LibreOffice computes them: the values kept in formulas are thrown away first."""
    bare = folder / "bare"
    bare.mkdir()
    for path in paths:
        openpyxl.load_workbook(path).save(bare / path.name)
    home = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    call = ["soffice", home, "--headless", "--convert-to", "xlsx", "--outdir", str(folder / "out")]
    subprocess.run([*call, *(str(bare / path.name) for path in paths)], check=True, capture_output=True, timeout=180)
    return [folder / "out" / path.name for path in paths]


def values(path: Path) -> dict[tuple[str, int, int], object]:
    book = CalamineWorkbook.from_path(str(path))
    rows = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    found = {(name, y, x): cell for name in rows for y, row in enumerate(rows[name]) for x, cell in enumerate(row) if cell != ""}
    return {place: pytest.approx(cell, rel=1e-12) if isinstance(cell, float) else cell for place, cell in found.items()}


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed on this machine")
def test_formulas_give_the_values_that_are_kept_in_them(seversk_now, situation, tmp_path):
    # 10 % of 250 and of 247: the former is 25 people although 0.1 is a little more than a tenth.
    routes = [{"person": f"Р{number}", "drawn_up_on": "2024-03-01", "grounds": "centre"} for number in range(9)]
    people = [sent(staff(count), diagnostics=diagnosed(7), routes=routes) for count in (250, 247)]
    made = [
        written(seversk_now, tmp_path, "seversk.xlsx"),
        written(situation("tynda", tynda=people[0]), tmp_path, "tynda.xlsx"),
        written(situation("zeya", zeya=people[1]), tmp_path, "zeya.xlsx"),
        written(situation(REGION, tynda=people[0], zeya=people[1]), tmp_path, "region.xlsx"),
    ]
    for path, again in zip(made, recalculated(made, tmp_path), strict=True):
        assert values(again) == values(path)
    assert [cells(path, "Показатели")[1]["Осталось до плана"] for path in made[1:3]] == [16, 16]
