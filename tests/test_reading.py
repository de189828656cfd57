"""A workbook becomes registries by what stands in it: rows keep Excel's numbers, one cause is told once."""

import random
from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.packaging.relationship import Relationship
from openpyxl.workbook import Workbook
from openpyxl.workbook.external_link import ExternalLink
from openpyxl.workbook.external_link.external import ExternalBook, ExternalSheetNames

from nmslib import registries
from nmslib.model import Finding
from nmslib.registries import Book
from nmslib.registries.headers import vocabulary
from nmslib.registries.words import plain_word

DIAGNOSTICS = ["Код работника", "Дата диагностики", "Где пройдена", "Уровень"]
DAY = datetime(2023, 9, 5)
Rows = list[list[object]]


def diagnosed(count: int = 2) -> Rows:
    return [[f"Р{number:05d}", DAY, "ЦНППМ", "низкий"] for number in range(1, count + 1)]


def rules(book: Book) -> list[str]:
    return [finding.rule for finding in book.findings]


def found(book: Book, rule: str) -> Finding:
    (finding,) = [one for one in book.findings if one.rule == rule]
    return finding


def rows_of(book: Book, registry: str = "diagnostics") -> list[int]:
    return book.sheets[registry].frame["excel_row"].tolist()


def test_written_rows_are_read_back_unchanged(workbook, schema, synonyms, demo_frames):
    book = registries.read_workbook(workbook, schema, synonyms)
    assert book.synthetic
    assert not book.findings
    assert (book.system, book.municipality, book.version) == ("seversk", "seversk", schema.version)
    assert book.data_on is not None
    for registry, written in demo_frames.items():
        frame = book.sheets[registry].frame
        assert frame["excel_row"].tolist() == list(range(2, len(written) + 2))
        for column in schema.sheet(registry).columns:
            left = written[column.id].reset_index(drop=True)
            assert (frame[column.id].eq(left) | (frame[column.id].isna() & left.isna())).all(), f"{registry}.{column.id}"


def test_own_untouched_workbook_is_written_anew(workbook, schema, synonyms, demo_frames):
    registries.write_workbook(workbook, demo_frames, [("Книга", registries.SYNTHETIC)], schema)
    assert registries.read_workbook(workbook, schema, synonyms).synthetic


def test_file_that_cannot_be_read_gives_its_reason_and_no_registry(tmp_path, schema, synonyms):
    path = tmp_path / "x.xlsx"
    path.write_text("это не Excel", "utf-8")
    book = registries.read_workbook(path, schema, synonyms)
    assert (rules(book), book.refused, len(book.sha256)) == (["not_excel"], True, 64)


def test_form_s_own_header_is_read_without_a_word(read, schema):
    for sheet in schema.sheets:
        book = read({sheet.title: [[column.title for column in sheet.columns], ["x"] * len(sheet.columns)]})
        read_sheet = book.sheets[sheet.id]
        assert read_sheet.headers == {column.id: column.title for column in sheet.columns}
        assert not {"extra_column", "repeated_column", "missing_optional_column"} & set(rules(book))


def test_title_rows_above_the_header_keep_excel_row_numbers(read):
    titles = [["Сведения о диагностике"], [], ["на 20.12.2023"]]
    book = read({"Диагностика": [*titles, DIAGNOSTICS, *diagnosed()]})
    assert rows_of(book) == [5, 6]
    assert rules(book) == []


def test_header_in_two_lines_with_merged_cells_is_read(read):
    def merge(book: Workbook) -> None:
        sheet = book["Освоение программ"]
        for cells in ("A1:A2", "B1:B2", "C1:E1", "F1:G1"):
            sheet.merge_cells(cells)

    upper = ["Код работника", "Программа", "О программе", None, None, "Дата", None]
    lower = [None, None, "Часов", "В ФР ДПП", "Подобрана по диагностике", "начала", "завершения"]
    rows = [["Р00001", "Курс", 36, "да", "нет", DAY, DAY]]
    book = read({"Освоение программ": [upper, lower, *rows]}, merge)
    sheet = book.sheets["completions"]
    assert sheet.letters == dict(zip(["person", "programme", "hours", "in_register", "by_diagnostics"], "ABCDE", strict=True)) | {
        "started_on": "F",
        "completed_on": "G",
    }
    assert sheet.frame["excel_row"].tolist() == [3]
    assert sheet.frame["completed_on"].tolist() == [pd.Timestamp(DAY)]
    assert rules(book) == ["missing_optional_column"]


def test_order_of_columns_does_not_matter(read):
    book = read({"Диагностика": [row[::-1] for row in [DIAGNOSTICS, *diagnosed()]]})
    assert book.sheets["diagnostics"].letters == {"person": "D", "diagnosed_on": "C", "place": "B", "level": "A"}
    assert book.sheets["diagnostics"].frame["person"].tolist() == ["Р00001", "Р00002"]
    assert rules(book) == []


@pytest.mark.parametrize(
    "header",
    [
        ["Табельный номер", "Прошёл диагностику", "Место прохождения", "Результат"],
        ["КОД РАБОТНИКА", "дата  диагностики", "Где\nпройдена", " Уровень "],
        ["Kод paбoтникa", "Дaтa диaгнocтики", "Где прoйдeнa", "Уровeнь"],
        ["Код работника*", "Дата диагностики (ДД.ММ.ГГГГ)", "Где пройдена (ЦНППМ, иное)", "Уровень:"],
        ["Код (табельный номер)", "Дата диаг-\nностики", "Где пройдёна", "Уровень №"],
        ["Таб. №", "Прошел диагностику", "Место диагностики", "Уровень компетенций"],
    ],
)
def test_header_is_known_by_synonyms_in_any_case_letters_and_brackets(read, header):
    book = read({"Диагностика": [header, *diagnosed()]})
    assert list(book.sheets["diagnostics"].letters.values()) == ["A", "B", "C", "D"]
    assert rules(book) == []
    assert book.sheets["diagnostics"].headers["person"] == " ".join(header[0].split())


def test_title_of_the_form_and_synonyms_of_a_registry_name_their_column(schema, synonyms):
    for sheet in schema.sheets:
        words = vocabulary(sheet, synonyms)
        for column in sheet.columns:
            assert words[plain_word(column.title)] == column.id
            for synonym in synonyms.columns.get(f"{sheet.id}.{column.id}", ()):
                assert words[plain_word(synonym)] == column.id, f"{sheet.id}.{column.id}: {synonym}"


def test_extra_columns_are_kept_out_and_told_once(read):
    extra = ["Телефон", "СНИЛС", "Адрес", "Примечание", "Пол"]
    book = read({"Диагностика": [[*DIAGNOSTICS, *extra], *([*row, *extra] for row in diagnosed())]})
    assert list(book.sheets["diagnostics"].frame.columns) == ["excel_row", "person", "diagnosed_on", "place", "level"]
    assert rules(book) == ["extra_column"]
    assert found(book, "extra_column").details == "«Телефон», «СНИЛС», «Адрес» и ещё 2"
    assert found(book, "extra_column").said == "столбцов: 5"


def test_sixteen_thousand_columns_are_told_once(read):
    extra = [f"Столбец {number}" for number in range(16_380)]
    book = read({"Диагностика": [[*DIAGNOSTICS, *extra], *diagnosed()]})
    assert rules(book) == ["extra_column"]
    assert len(found(book, "extra_column").details) < 100
    assert rows_of(book) == [2, 3]


def test_column_that_repeats_is_read_once_and_told(read):
    book = read({"Диагностика": [[*DIAGNOSTICS, "Уровень", "УРОВЕНЬ"], *([*row, "высокий", "x"] for row in diagnosed())]})
    assert book.sheets["diagnostics"].frame["level"].tolist() == ["low", "low"]
    assert rules(book) == ["repeated_column"]
    finding = found(book, "repeated_column")
    assert (finding.column, finding.details) == ("level", "ещё раз в столбцах E, F")


def test_missing_required_column_makes_the_registry_unknown(read):
    book = read({"Диагностика": [["Код работника", "Когда", "Где пройдена"], *diagnosed()]})
    assert book.refused
    assert rules(book) == ["missing_column", "no_registries"]
    assert found(book, "missing_column").said == "«Дата диагностики»"


def test_missing_optional_column_leaves_the_registry_and_its_values_unknown(read):
    book = read({"Диагностика": [row[:3] for row in [DIAGNOSTICS, *diagnosed()]]})
    assert book.sheets["diagnostics"].frame["level"].isna().all()
    assert rules(book) == ["missing_optional_column"]
    assert found(book, "missing_optional_column").said == "«Уровень»"


@pytest.mark.parametrize("title", ["Диагностика дефицитов", "ПРОШЛИ ДИАГНОСТИКУ", "диагностика", "Лист1", "2023"])
def test_sheet_under_another_name_is_found_by_synonym_or_by_its_header(read, title):
    book = read({title: [DIAGNOSTICS, *diagnosed()]})
    assert rows_of(book) == [2, 3]
    assert book.sheets["diagnostics"].title == title
    assert (rules(book), found(book, "sheet_renamed").details) == (["sheet_renamed"], f"«{title}»")


def test_every_registry_is_found_by_its_header_alone(read, schema):
    for sheet in schema.sheets:
        book = read({"Лист1": [[column.title for column in sheet.columns], ["x"] * len(sheet.columns)]})
        assert list(book.sheets) == [sheet.id]


def test_sheet_of_something_else_is_told_and_left(read):
    book = read({"Диагностика": [DIAGNOSTICS, *diagnosed()], "Свод": [["Школа", "Всего"], ["№ 1", 5]], "Пустой": []})
    assert list(book.sheets) == ["diagnostics"]
    assert rules(book) == ["extra_sheet"]
    assert found(book, "extra_sheet").details == "«Свод»"


@pytest.mark.parametrize("other", ["Диагностика дефицитов", "Лист1", "Копия"])
@pytest.mark.parametrize("first", [True, False])
def test_form_s_own_sheet_is_read_whichever_stands_first(read, other, first):
    pair = {"Диагностика": [DIAGNOSTICS, *diagnosed(3)], other: [DIAGNOSTICS, *diagnosed(1)]}
    book = read(pair if first else dict(reversed(pair.items())))
    assert book.sheets["diagnostics"].title == "Диагностика"
    assert rows_of(book) == [2, 3, 4]
    assert rules(book) == ["extra_sheet"]


def test_order_of_sheets_does_not_matter(workbook, schema, synonyms):
    before = registries.read_workbook(workbook, schema, synonyms)
    book = openpyxl.load_workbook(workbook)
    random.Random(1).shuffle(book._sheets)
    book.active = 0
    book.save(workbook)
    after = registries.read_workbook(workbook, schema, synonyms)
    assert set(after.sheets) == set(before.sheets)
    assert (after.municipality, after.data_on) == (before.municipality, before.data_on)
    for registry, sheet in before.sheets.items():
        pd.testing.assert_frame_equal(after.sheets[registry].frame, sheet.frame)


@pytest.mark.parametrize(
    "rows",
    [[], [DIAGNOSTICS], [["Сведения"], DIAGNOSTICS, [], ["  ", "\u00a0"]], [[" ", ""], ["  "]], [DIAGNOSTICS, [1, 2, 3, 4]]],
    ids=["nothing", "header", "header and blanks", "blanks", "header and numbers of columns"],
)
def test_sheet_without_rows_is_an_unknown_registry_not_an_empty_one(read, rows):
    book = read({"Диагностика": rows, "Маршруты (ИОМ)": [["Код работника", "Дата разработки", "На основе"], ["Р1", DAY, "иное"]]})
    assert list(book.sheets) == ["routes"]
    assert [one.rule for one in book.findings if one.registry == "diagnostics"] == ["empty_sheet"]


@pytest.mark.parametrize("numbers", [[1, 2, 3, 4], ["1", "2", "3", "4"], [1.0, 2.0, 3.0, None]])
def test_row_that_numbers_the_columns_is_no_data(read, numbers):
    book = read({"Диагностика": [DIAGNOSTICS, numbers, *diagnosed()]})
    assert rows_of(book) == [3, 4]
    assert rules(book) == []


@pytest.mark.parametrize(
    "word", ["Итого", "ИТОГО:", "Всего по школе", "Всего", "в том числе", "Итого по району", " Итого ", "Итoгo", "Total"]
)
@pytest.mark.parametrize("at", [0, 1, 3])
def test_rows_of_totals_are_dropped_and_told(read, word, at):
    total: list[object] = [None] * 4
    total[at] = word
    book = read({"Диагностика": [DIAGNOSTICS, *diagnosed(), total, *diagnosed(1)]})
    assert rows_of(book) == [2, 3, 5]
    assert (rules(book), found(book, "total_row").rows) == (["total_row"], (4,))


@pytest.mark.parametrize("name", ["Всеволожская школа", "Итоговая аттестация", "Totality", "Всегодская школа", "Школа «Итог»"])
def test_row_whose_name_only_begins_like_a_total_is_data(read, name):
    header = ["Наименование", "Код организации", "Тип", "Местность"]
    book = read({"Организации": [header, [name, "О001", "общеобразовательная", "город"]]})
    assert book.sheets["organisations"].frame["name"].tolist() == [name]
    assert "total_row" not in rules(book)


@pytest.mark.parametrize(
    ("total", "number"),
    [
        (["Итого", 214], 214),
        (["Итого: 214"], 214),
        (["Итого", None, "214 человек"], 214),
        (["Всего по школе № 5: 214"], 214),
        (["Всего по школе № 5"], None),
        (["Итого"], None),
        (["Итого", 214, 12], None),
    ],
)
def test_number_of_rows_in_the_total_is_kept(read, total, number):
    assert read({"Диагностика": [DIAGNOSTICS, *diagnosed(), total]}).sheets["diagnostics"].total == number


def test_of_several_totals_none_is_taken_for_the_number_of_rows(read):
    by_schools = [DIAGNOSTICS, *diagnosed(1), ["Всего по школе", 1], *diagnosed(1), ["Всего по школе", 1]]
    assert read({"Диагностика": by_schools}).sheets["diagnostics"].total is None
    with_parts = [DIAGNOSTICS, *diagnosed(2), ["Итого", 2], ["в том числе в ЦНППМ", 1]]
    assert read({"Диагностика": with_parts}).sheets["diagnostics"].total is None


def test_sum_of_a_column_in_the_total_is_no_number_of_rows(read):
    header = ["Код работника", "Программа", "Часов", "В ФР ДПП", "Подобрана по диагностике", "Дата завершения"]
    rows = [[f"Р{number}", "Курс", 36, "да", "нет", DAY] for number in range(5)]
    sheet = read({"Освоение программ": [header, *rows, ["Итого", None, 180]]}).sheets["completions"]
    assert (len(sheet.frame), sheet.total) == (5, None)


@pytest.mark.parametrize("order", [1, -1])
def test_rows_keep_excel_numbers_among_titles_blanks_and_totals(read, order):
    people = diagnosed(6)[::order]
    rows = [["Диагностика"], [], DIAGNOSTICS, [1, 2, 3, 4], people[0], [], people[1], ["Итого", 2], people[2], [" "], *people[3:]]
    book = read({"Диагностика": rows})
    frame = book.sheets["diagnostics"].frame
    assert dict(zip(frame["excel_row"], frame["person"], strict=True)) == {
        row: person[0] for row, person in zip([5, 7, 9, 11, 12, 13], people, strict=True)
    }


def test_finding_names_the_row_of_excel_and_what_stands_there(read):
    people = diagnosed(4)
    people[2][1], people[3][2] = "31.02.2023", "где-то"
    book = read({"Диагностика": [["Сведения"], [], DIAGNOSTICS, *people]})
    assert {(one.rule, one.column, one.rows, one.details) for one in book.findings} == {
        ("bad_key_date", "diagnosed_on", (6,), "«31.02.2023»"),
        ("bad_choice", "place", (7,), "«где-то»"),
    }


def test_empty_required_cell_is_told_and_an_empty_optional_one_is_not(read):
    people = diagnosed(2)
    people[0][2], people[1][3] = None, None
    book = read({"Диагностика": [DIAGNOSTICS, *people]})
    assert [(one.rule, one.column, one.rows) for one in book.findings] == [("empty_required", "place", (2,))]


def test_one_cause_in_many_cells_is_one_finding(read):
    people = diagnosed(300)
    for person in people[40:254]:
        person[3] = "н/д"
    book = read({"Диагностика": [DIAGNOSTICS, *people]})
    (finding,) = book.findings
    assert (finding.rule, finding.registry, finding.column) == ("unknown_value", "diagnostics", "level")
    assert finding.rows == tuple(range(42, 256))
    assert (finding.details, finding.said) == ("«н/д»", "")


def test_finding_lists_the_first_values_and_counts_the_others(read):
    people = diagnosed(6)
    for number, person in enumerate(people):
        person[3] = f"уровень {number}"
    assert found(read({"Диагностика": [DIAGNOSTICS, *people]}), "bad_choice").details == (
        "«уровень 0», «уровень 1», «уровень 2» и ещё 3"
    )


def test_findings_on_names_and_birth_dates_say_nothing_personal(read, schema):
    staff = schema.sheet("staff")
    person = ["Р00001", "+Ёлкина Алёна", "31.02.1980", "О001", "учитель", "учитель", "основное", 1, DAY, None, DAY, "первая"]
    other = ["Р00002", "Ёлкинa Алёна", "05.09.80", "О001", "учитель", "учитель", "основное", 1, DAY, None, DAY, "первая"]
    book = read({"Работники": [[column.title for column in staff.columns], person, other]})
    personal = [one for one in book.findings if one.column and staff.column(one.column).personal]
    assert {one.rule for one in personal} == {"formula_like_text", "lookalike_letters", "bad_date", "two_digit_year"}
    assert all(one.details and not one.said for one in personal)
    assert not any("Ёлкин" in one.said or ".80" in one.said for one in book.findings)


def test_formulas_without_values_and_with_errors_are_told_by_rows(read):
    people = diagnosed(4)
    people[0][3], people[1][3], people[2][3] = "=A1", "#N/A", "#REF!"
    book = read({"Диагностика": [DIAGNOSTICS, *people]})
    assert {(one.rule, one.rows) for one in book.findings} == {("no_cached_value", (2,)), ("error_value", (3, 4))}
    assert book.sheets["diagnostics"].frame["level"].tolist() == [None, None, None, "low"]


def test_rows_made_of_formulas_without_values_are_not_an_empty_sheet(read):
    book = read({"Диагностика": [DIAGNOSTICS, ["=X!A1", "=X!B1", "=X!C1", "=X!D1"]]})
    assert rows_of(book) == [2]
    assert set(rules(book)) == {"no_cached_value"}


def test_hidden_sheet_and_hidden_rows_are_read_and_told(read):
    def hide(book: Workbook) -> None:
        sheet = book["Диагностика"]
        sheet.sheet_state = "hidden"
        book.create_sheet("Пустой")
        for row in (3, 5):
            sheet.row_dimensions[row].hidden = True

    book = read({"Диагностика": [DIAGNOSTICS, *diagnosed(4)]}, hide)
    assert rows_of(book) == [2, 3, 4, 5]
    assert rules(book) == ["hidden_sheet", "hidden_rows"]
    assert found(book, "hidden_rows").rows == (3, 5)


def test_links_to_other_files_are_told(read):
    def link(book: Workbook) -> None:
        other = ExternalLink(externalBook=ExternalBook(sheetNames=ExternalSheetNames(["Лист1"]), id="rId1"))
        other.file_link = Relationship(type="externalLinkPath", Target="Свод.xlsx", TargetMode="External", Id="rId1")
        book._external_links.append(other)

    book = read({"Диагностика": [DIAGNOSTICS, *diagnosed()]}, link)
    assert rules(book) == ["external_links"]
    assert rows_of(book) == [2, 3]


def test_first_sheet_tells_who_sent_what_and_as_of_which_day(read):
    about = [
        ["Муниципалитет", " tynda "],
        ["Система", "amur"],
        ["Данные на", "20.12.2023"],
        ["Отправлено", datetime(2023, 12, 25)],
        ["Строк на листе «Диагностика»", 2],
        ["Строк на листе «Маршруты (ИОМ)»", " 1 214 "],
        ["Строк на листе «Работники»", "много"],
    ]
    book = read({"О файле": about, "Диагностика": [DIAGNOSTICS, *diagnosed()]})
    assert (book.municipality, book.system, book.version, book.synthetic) == ("tynda", "amur", None, False)
    assert (str(book.data_on), str(book.sent_on)) == ("2023-12-20", "2023-12-25")
    assert book.control == {"diagnostics": 2, "routes": 1214}


def test_own_answer_sent_back_is_read_without_its_remarks(read):
    book = read(
        {"Замечания": [["Лист", "Строка"], ["Диагностика", 2]], "Справочник": [["x"]], "Диагностика": [DIAGNOSTICS, *diagnosed()]}
    )
    assert (list(book.sheets), rules(book)) == (["diagnostics"], [])


def test_every_finding_of_a_bad_workbook_is_a_rule(read, request):
    known = request.getfixturevalue("rules")
    sheet = [[*DIAGNOSTICS, "Лишний", "Уровень"], ["P1", "2023", "-", " низкий "], ["#N/A", "=A1", "x", None], ["Итого", 5]]
    book = read({"Лист1": sheet, "Свод": [["x"]], "Организации": []})
    assert set(rules(book)) <= set(known)
    assert len(set(rules(book))) >= 8


def test_same_file_has_the_same_hash_under_any_name(tmp_path: Path):
    for name in ("а.xlsx", "б.xlsx"):
        (tmp_path / name).write_bytes(b"x")
    assert registries.sha256_of(tmp_path / "а.xlsx") == registries.sha256_of(tmp_path / "б.xlsx")
