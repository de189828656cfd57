"""What clerks add to the form: words around the day of the data, and notes between and under the rows."""

from datetime import date, datetime

import pytest

DIAGNOSTICS = ["Код работника", "Дата диагностики", "Где пройдена", "Уровень"]
DAY = datetime(2023, 9, 5)


def diagnosed(number: int) -> list[object]:
    return [f"Р{number:05d}", DAY, "ЦНППМ", "низкий"]


@pytest.mark.parametrize(
    "text",
    [
        "20.12.2024",
        "на 20.12.2024",
        "по состоянию на 20 декабря 2024 г.",
        "на «20» декабря 2024 года",
        "«20» декабря 2024 г.",
        "20.12.2024 10:30",
        "данные на 2024-12-20 (предварительные)",
        "на 20/12/2024г.",
        datetime(2024, 12, 20, 10, 30),
    ],
)
def test_day_of_the_data_is_the_one_full_date_of_the_text(read, text):
    book = read({"О файле": [["Данные на", text], ["Отправлено", text]], "Диагностика": [DIAGNOSTICS, diagnosed(1)]})
    assert book.data_on == book.sent_on == date(2024, 12, 20)


@pytest.mark.parametrize(
    "text",
    [
        "декабрь 2024",
        "2024",
        "2024 год",
        "на 31.02.2024",
        "с 01.09.2024 по 20.12.2024",
        "01.09.2024-20.12.2024",
        "31.02.2024, 20.12.2024",
        "№ 120.12.2024",
        "п. 2.6.12",
        "20.12.20245",
        "20 декабря",
    ],
)
def test_text_without_one_full_date_gives_no_day_of_the_data(read, text):
    assert read({"О файле": [["Данные на", text]], "Диагностика": [DIAGNOSTICS, diagnosed(1)]}).data_on is None


@pytest.mark.parametrize(
    "note", ["Исполнитель: Иванова А. А., тел. 2-14-15", "Исп. Иванова", "МБОУ СОШ № 5", "Примечание:\nуточняется в январе"]
)
@pytest.mark.parametrize("at", range(4))
def test_note_between_or_under_the_rows_is_left_out_and_told(read, note, at):
    line: list[object] = [None] * 4
    line[at] = note
    book = read({"Диагностика": [DIAGNOSTICS, diagnosed(1), line, diagnosed(2), [], line]})
    assert book.sheets["diagnostics"].frame["excel_row"].tolist() == [2, 4]
    (finding,) = book.findings
    assert (finding.rule, finding.registry, finding.rows) == ("note_row", "diagnostics", (3, 6))


@pytest.mark.parametrize("cell", ["Р00087", "Р 00087", "Иванова", 87, DAY])
def test_row_with_only_a_code_or_one_word_stays_to_be_mended(read, cell):
    book = read({"Диагностика": [DIAGNOSTICS, diagnosed(1), [cell]]})
    assert book.sheets["diagnostics"].frame["excel_row"].tolist() == [2, 3]
    assert "note_row" not in [one.rule for one in book.findings]


def test_note_with_a_second_filled_cell_is_a_row(read):
    book = read({"Диагностика": [DIAGNOSTICS, diagnosed(1), ["Иванова А. А.", None, "ЦНППМ"]]})
    assert book.sheets["diagnostics"].frame["excel_row"].tolist() == [2, 3]


def test_narrow_registry_has_no_notes(read):
    rows = [["Код организации", "Человек в команде"], ["О001", 5], ["Школа № 5"]]
    book = read({"Управленческие команды": rows})
    assert book.sheets["management_teams"].frame["excel_row"].tolist() == [2, 3]


def test_notes_alone_are_an_empty_sheet(read):
    book = read({"Диагностика": [DIAGNOSTICS, ["Сведений за период нет"]]})
    assert "diagnostics" not in book.sheets
    assert [one.rule for one in book.findings][:2] == ["note_row", "empty_sheet"]


def test_total_beside_a_note_is_still_read(read):
    rows = [DIAGNOSTICS, diagnosed(1), ["Итого: 1"], ["Исполнитель: Иванова А. А."]]
    book = read({"Диагностика": rows})
    assert book.sheets["diagnostics"].total == 1
    assert {one.rule: one.rows for one in book.findings} == {"total_row": (3,), "note_row": (4,)}


def test_case_of_a_code_does_not_matter(read):
    rows = [DIAGNOSTICS, ["р00087", DAY, "ЦНППМ"], ["Р00087", datetime(2023, 10, 5), "ЦНППМ"]]
    book = read({"Диагностика": rows})
    assert book.sheets["diagnostics"].frame["person"].tolist() == ["Р00087"] * 2
    assert not book.findings
