"""The form that a sender fills in: hints, lists, locks, and rows that are already there."""

from datetime import datetime

import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from nmslib.model import Column, RegistrySchema, Sheet
from nmslib.problems import UserError
from nmslib.registries.form import MESSAGE_LIMIT, TITLE_LIMIT, hint, validation
from nmslib.registries.writing import write_workbook

ABOUT = [
    ("Книга реестров", "г. Выдуманный"),
    ("Система", "amur"),
    ("Муниципалитет", "town"),
    ("Версия формы", "2024.1"),
    ("Данные на", ""),
    ("Отправлено", ""),
]


@pytest.fixture
def part(schema: RegistrySchema) -> RegistrySchema:
    return schema.only(["organisations", "staff", "completions"])


@pytest.fixture
def organisations() -> pd.DataFrame:
    rows = [
        {"organisation": "001", "name": "=СУММ(A1)", "type": "general", "settlement": "urban", "low_results": "yes"},
        {"organisation": "О002", "name": "+7 школа", "type": "preschool", "settlement": "rural"},
    ]
    columns = ["organisation", "name", "type", "settlement", "low_results", "hard_conditions", "understaffed", "growth_point"]
    frame = pd.DataFrame(rows, columns=[*columns, "infrastructure"])
    return frame.assign(opened_on=pd.to_datetime(["2015-09-01", None]), closed_on=pd.Series([pd.NaT, pd.NaT]))


@pytest.fixture
def form(tmp_path, part, organisations):
    path = tmp_path / "town.xlsx"
    write_workbook(path, {"organisations": organisations}, ABOUT, part, codes={"town": "г. Выдуманный"})
    return path


def rules(sheet) -> dict:
    """Data validations of a sheet by the letter of their column."""
    return {str(rule.sqref).rstrip("0123456789").split("2:")[0]: rule for rule in sheet.data_validations.dataValidation}


def test_sheets_are_those_of_the_schema_between_the_first_and_the_codes(form):
    assert openpyxl.load_workbook(form).sheetnames == ["О файле", "Организации", "Работники", "Освоение программ", "Справочник"]


def test_rows_already_known_stand_in_the_words_of_the_form(form):
    rows = CalamineWorkbook.from_path(str(form)).get_sheet_by_name("Организации").to_python(skip_empty_area=False)
    assert rows[1][:5] == ["001", "=СУММ(A1)", "общеобразовательная", "город", "да"]
    assert rows[1][9].isoformat() == "2015-09-01"
    assert rows[2][:4] == ["О002", "+7 школа", "дошкольная", "село"]
    assert rows[2][4] == ""


def test_registry_without_rows_has_headers_only(form, part):
    sheet = openpyxl.load_workbook(form)["Работники"]
    assert [cell.value for cell in sheet[1]] == [column.title for column in part.sheet("staff").columns]
    assert sheet.max_row == 1


def test_text_that_looks_like_a_formula_stays_text(form):
    sheet = openpyxl.load_workbook(form)["Организации"]
    assert [(sheet[at].value, sheet[at].data_type) for at in ("B2", "B3")] == [("=СУММ(A1)", "s"), ("+7 школа", "s")]


def test_headers_are_locked_and_everything_below_is_not(form):
    sheet = openpyxl.load_workbook(form)["Организации"]
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert all(cell.protection.locked for cell in sheet[1])
    assert not any(sheet[at].protection.locked for at in ("A2", "C2", "J2"))
    styles = {(width.min, width.max): width.protection.locked for width in sheet.column_dimensions.values()}
    assert not any(styles.values())
    assert max(last for _, last in styles) == 16384  # Excel deletes only rows that are unlocked from edge to edge


def test_sender_may_sort_filter_insert_delete_and_format_under_protection(form):
    protection = openpyxl.load_workbook(form)["Работники"].protection
    allowed = ("sort", "autoFilter", "insertRows", "deleteRows", "formatCells", "formatColumns", "formatRows")
    assert not any(getattr(protection, name) for name in allowed)  # in the file, 0 means allowed
    assert protection.insertColumns


def test_required_and_optional_headers_differ_and_the_first_sheet_says_how(form):
    book = openpyxl.load_workbook(form)
    sheet, first = book["Организации"], book["О файле"]
    required, optional = sheet["A1"].fill.fgColor.rgb, sheet["E1"].fill.fgColor.rgb
    assert required != optional
    legend = {cell.value: cell.fill.fgColor.rgb for row in first.iter_rows() for cell in row if cell.value}
    assert (legend["Обязательный столбец"], legend["Необязательный столбец"]) == (required, optional)


def test_list_of_a_choice_is_exactly_its_words(form, part):
    book = openpyxl.load_workbook(form)
    for sheet in part.sheets:
        found = rules(book[sheet.title])
        for number, column in enumerate(sheet.columns):
            if column.choices:
                rule = found[openpyxl.utils.get_column_letter(number + 1)]
                assert (rule.type, rule.errorStyle or "stop") == ("list", "stop")
                title, cells = next(book.defined_names[rule.formula1].destinations)
                words = [cell.value for row in book[title][cells] for cell in row]
                assert words == list(column.choices.values())


def test_dates_are_refused_and_numbers_are_doubted(form):
    book = openpyxl.load_workbook(form)
    staff, completions = rules(book["Работники"]), rules(book["Освоение программ"])
    assert (staff["C"].type, staff["C"].errorStyle or "stop") == ("date", "stop")
    assert (completions["D"].type, completions["D"].errorStyle) == ("whole", "warning")
    assert (completions["D"].formula1, completions["D"].formula2) == ("16", "2000")
    assert (staff["H"].type, staff["H"].formula1, staff["H"].formula2) == ("decimal", "0.01", "2")
    assert str(staff["C"].sqref) == "C2:C1048576"


def test_every_column_has_a_hint_that_excel_accepts(schema):
    for sheet in schema.sheets:
        for column in sheet.columns:
            rule = validation(sheet, column, schema)
            assert 0 < len(str(rule["input_message"])) <= MESSAGE_LIMIT
            assert 0 < len(str(rule["input_title"])) <= TITLE_LIMIT
            assert len(str(rule.get("error_message", ""))) <= MESSAGE_LIMIT


def test_hint_says_what_is_needed_and_where_a_code_comes_from(schema):
    staff, completions = schema.sheet("staff"), schema.sheet("completions")
    assert "Код с листа «Организации», столбец «Код организации»" in hint(staff.column("organisation"), schema)
    assert hint(staff.column("rate"), schema) == "Обязательно. Число от 0,01 до 2, например 0,5"
    assert "Целое число от 16 до 2000" in hint(completions.column("hours"), schema)
    assert "01.01" in hint(schema.sheet("organisations").column("opened_on"), schema)


def test_reference_to_a_sheet_left_out_of_the_form_is_not_mentioned(schema):
    assert "Код с листа" not in hint(schema.sheet("diagnostics").column("person"), schema.only(["diagnostics"]))


def test_numbers_are_bounded_only_as_far_as_the_schema_says(schema):
    def number(**bounds: float) -> dict:
        column = Column(id="x", title="Икс", type="integer", required=True, **bounds)
        sheet = Sheet(id="s", title="С", about="", filled_by=("region",), demanded_by=(), columns=(column,))
        return validation(sheet, column, schema)

    assert (number(low=1)["criteria"], number(low=1)["value"]) == (">=", 1)
    assert (number(high=9)["criteria"], number(high=9)["value"]) == ("<=", 9)
    assert number()["validate"] == "any"


def test_first_sheet_asks_for_days_and_control_numbers(form, part):
    sheet = openpyxl.load_workbook(form)["О файле"]
    rows = {row[0].value: row[1] for row in sheet.iter_rows(max_col=2) if row[0].value}
    asked = [rows["Данные на"], rows["Отправлено"], *(rows[f"Строк на листе «{one.title}»"] for one in part.sheets)]
    assert [cell.value for cell in asked] == [None] * 5
    assert not any(cell.protection.locked for cell in asked)
    assert rows["Муниципалитет"].value == "town"
    assert rows["Муниципалитет"].protection.locked
    days = [rule for rule in sheet.data_validations.dataValidation if rule.type == "date"]
    assert sorted(str(rule.sqref) for rule in days) == [rows["Данные на"].coordinate, rows["Отправлено"].coordinate]


def test_first_sheet_says_what_is_unknown_what_is_a_code_and_what_is_needed(form):
    sheet = openpyxl.load_workbook(form)["О файле"]
    rows = [tuple(cell.value or "" for cell in row) for row in sheet.iter_rows(max_col=3)]
    notes = {name: note for name, _, note in rows}
    assert notes["Система"] == notes["Муниципалитет"] == "код: менять не нужно"
    assert "Без неё книга не принимается" in notes["Данные на"]
    told = " ".join(name for name, *_ in rows)
    assert "Если значение неизвестно, оставьте ячейку пустой; «нет» — это ответ." in told
    assert "«Система» и «Муниципалитет» — коды, менять их не нужно." in told
    assert "Без дня в ячейке «Данные на» книга не принимается." in told
    assert "прочерк" not in told


def test_day_known_beforehand_is_kept_as_text(tmp_path, part):
    path = tmp_path / "x.xlsx"
    write_workbook(path, {}, [("Книга", "x"), ("Данные на", "20.12.2023")], part)
    assert openpyxl.load_workbook(path)["О файле"]["B2"].value == "20.12.2023"


def test_codes_sheet_tells_municipalities_and_clauses_of_the_own_system_only(form):
    sheet = openpyxl.load_workbook(form)["Справочник"]
    rows = [tuple(cell.value for cell in row) for row in sheet.iter_rows(max_col=3)]
    assert ("town", "г. Выдуманный", None) in rows
    assert (
        "Организации",
        "Образовательные организации и методическая служба; строка на организацию",
        "Положение, разд. 5, п. 5; Комплекс мер, п. 2.1.5; Комплекс мер, п. 2.2.3",
    ) in rows
    assert sheet.protection.sheet


def test_sheets_print_across_one_page_with_the_header_on_each(form):
    sheet = openpyxl.load_workbook(form)["Работники"]
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("B2", "$1:$1")
    assert (sheet.page_setup.orientation, sheet.sheet_properties.pageSetUpPr.fitToPage) == ("landscape", True)
    assert sheet.auto_filter.ref == "A1:L2"


def test_dates_are_shown_day_first(form):
    sheet = openpyxl.load_workbook(form)["Организации"]
    assert (sheet["J2"].value, sheet["J2"].number_format) == (datetime(2015, 9, 1), "dd.mm.yyyy")


def test_same_input_gives_the_same_bytes_and_names_the_version(form, tmp_path, part, organisations):
    again = tmp_path / "again.xlsx"
    write_workbook(again, {"organisations": organisations}, ABOUT, part, codes={"town": "г. Выдуманный"})
    assert again.read_bytes() == form.read_bytes()
    book = openpyxl.load_workbook(form)
    assert (book.properties.title, book.custom_doc_props["Версия формы"].value) == ("г. Выдуманный", part.version)


def test_form_that_somebody_filled_in_is_not_overwritten(form, part):
    book = openpyxl.load_workbook(form)
    book["О файле"]["B5"] = datetime(2023, 12, 20)
    book.save(form)
    before = form.read_bytes()
    with pytest.raises(UserError, match="файл изменён или создан не здесь"):
        write_workbook(form, {}, ABOUT, part)
    assert form.read_bytes() == before


def test_failed_writing_leaves_the_previous_form_and_no_scraps(form, part, organisations):
    before = form.read_bytes()
    with pytest.raises(KeyError):
        write_workbook(form, {"organisations": organisations.drop(columns="type")}, ABOUT, part)
    assert form.read_bytes() == before
    assert sorted(path.name for path in form.parent.iterdir()) == [".town.xlsx.sha256", "town.xlsx"]
