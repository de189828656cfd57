"""Workbooks are read by the schema: what is wrong is named by Excel's own row, what was not sent is unknown."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from nmslib import registries
from nmslib.problems import UserError


def edit(path: Path, sheet: str, cell: str, value: object) -> None:
    book = openpyxl.load_workbook(path)
    book[sheet][cell] = value
    book.save(path)


def test_written_rows_are_read_back_unchanged(workbook, schema, demo_frames):
    book = registries.read_workbook(workbook, schema)
    assert book.synthetic
    assert book.problems == []
    for registry, written in demo_frames.items():
        read = book.frames[registry]
        assert read["excel_row"].tolist() == list(range(2, len(written) + 2))
        for column in written.columns:
            left = written[column].reset_index(drop=True)
            assert (read[column].eq(left) | (read[column].isna() & left.isna())).all(), f"{registry}.{column}"


def test_text_date_is_read_day_first(workbook, schema):
    edit(workbook, "Диагностика", "B2", "03.04.2023")
    assert registries.read_workbook(workbook, schema).frames["diagnostics"]["diagnosed_on"].iloc[0] == pd.Timestamp(2023, 4, 3)


def test_impossible_date_names_sheet_row_column_and_what_is_needed(workbook, schema):
    edit(workbook, "Диагностика", "B14", "31.02.2023")
    problems = [str(problem) for problem in registries.read_workbook(workbook, schema).problems]
    assert problems == [
        "seversk.xlsx, лист «Диагностика», строка 14, столбец «Дата диагностики»: стоит «31.02.2023»; нужна дата ДД.ММ.ГГГГ"
    ]


def test_word_outside_the_list_names_the_allowed_ones(workbook, schema):
    edit(workbook, "Диагностика", "C3", "где-то")
    problems = [str(problem) for problem in registries.read_workbook(workbook, schema).problems]
    assert problems == [
        "seversk.xlsx, лист «Диагностика», строка 3, столбец «Где пройдена»: стоит «где-то»; нужно одно из: ЦНППМ, иное"
    ]


def test_empty_required_cell_is_reported_and_optional_is_not(workbook, schema):
    edit(workbook, "Исполнение мер", "A2", None)
    edit(workbook, "Исполнение мер", "E2", None)
    problems = [str(problem) for problem in registries.read_workbook(workbook, schema).problems]
    assert problems == ["seversk.xlsx, лист «Исполнение мер», строка 2, столбец «Номер меры»: ячейка пуста; нужно заполнить"]


def test_missing_sheet_is_an_unknown_registry_not_an_empty_one(workbook, schema):
    book = openpyxl.load_workbook(workbook)
    del book["Маршруты (ИОМ)"]
    book.save(workbook)
    read = registries.read_workbook(workbook, schema)
    assert "routes" not in read.frames
    assert [str(problem) for problem in read.problems] == ["seversk.xlsx: нет листа «Маршруты (ИОМ)»: реестр не представлен"]


def test_missing_column_makes_the_registry_unknown(workbook, schema):
    edit(workbook, "Диагностика", "B1", "Когда")
    read = registries.read_workbook(workbook, schema)
    assert "diagnostics" not in read.frames
    assert [str(problem) for problem in read.problems] == ["seversk.xlsx, лист «Диагностика»: нет столбца «Дата диагностики»"]


def test_title_rows_above_the_header_keep_excel_row_numbers(workbook, schema):
    book = openpyxl.load_workbook(workbook)
    book["Диагностика"].insert_rows(1, amount=2)
    book["Диагностика"]["A1"] = "Сведения о диагностике"
    book.save(workbook)
    assert registries.read_workbook(workbook, schema).frames["diagnostics"]["excel_row"].iloc[0] == 4


def test_file_that_is_no_excel_gives_a_clear_problem(tmp_path, schema):
    path = tmp_path / "x.xlsx"
    path.write_text("это не Excel", "utf-8")
    book = registries.read_workbook(path, schema)
    assert book.frames == {}
    assert str(book.problems[0]) == "x.xlsx: файл не читается как книга Excel (.xlsx)"


def test_workbook_somebody_filled_in_is_never_overwritten(workbook, schema, demo_frames):
    edit(workbook, "Работники", "B2", "Настоящая Фамилия")
    before = workbook.read_bytes()
    with pytest.raises(UserError, match="файл изменён или создан не здесь"):
        registries.write_workbook(workbook, demo_frames, [("Книга", "x"), ("Внимание", registries.SYNTHETIC)], schema)
    assert workbook.read_bytes() == before


def test_own_untouched_workbook_is_written_anew(workbook, schema, demo_frames):
    registries.write_workbook(workbook, demo_frames, [("Книга", registries.SYNTHETIC)], schema)
    assert registries.read_workbook(workbook, schema).synthetic


def test_sheet_with_a_header_only_is_an_unknown_registry(workbook, schema):
    book = openpyxl.load_workbook(workbook)
    book["Диагностика"].delete_rows(2, 1000)
    book.save(workbook)
    read = registries.read_workbook(workbook, schema)
    assert "diagnostics" not in read.frames
    assert "seversk.xlsx, лист «Диагностика»: лист пуст: реестр не представлен" in [str(problem) for problem in read.problems]


def test_repeated_key_and_unknown_code_are_named_by_row(workbook, schema):
    sheet = "Управленческие команды"
    edit(workbook, sheet, "A3", openpyxl.load_workbook(workbook)[sheet]["A2"].value)
    edit(workbook, "Поддержка молодых", "A2", "P00001")
    problems = [str(problem) for problem in registries.read_workbook(workbook, schema).problems]
    assert problems == [
        "seversk.xlsx, лист «Управленческие команды», строка 3: строка повторяет ключ («Код организации»)",
        "seversk.xlsx, лист «Поддержка молодых», строка 2, столбец «Код работника»: стоит «P00001»; нет такого кода на листе «Работники»",
    ]


def test_failed_writing_leaves_the_previous_file_and_no_scraps(workbook, schema, demo_frames):
    before = workbook.read_bytes()
    broken = demo_frames | {"staff": demo_frames["staff"].drop(columns="rate")}
    with pytest.raises(KeyError):
        registries.write_workbook(workbook, broken, [("Книга", registries.SYNTHETIC)], schema)
    assert workbook.read_bytes() == before
    assert sorted(path.name for path in workbook.parent.iterdir()) == [".seversk.xlsx.sha256", "seversk.xlsx"]


def test_text_that_looks_like_a_formula_is_written_as_text(workbook, schema, demo_frames):
    organisations = demo_frames["organisations"].assign(name="=1+1")
    registries.write_workbook(workbook, demo_frames | {"organisations": organisations}, [("Книга", registries.SYNTHETIC)], schema)
    cell = openpyxl.load_workbook(workbook)["Организации"]["B2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
