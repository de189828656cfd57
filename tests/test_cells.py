"""A cell is read as it was meant, or stays unknown: never a wrong day, never «нет» where nobody knows."""

import calendar
from datetime import date, datetime, time, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmslib import catalogue
from nmslib.model import Column
from nmslib.paths import project
from nmslib.registries.cells import CODE_TITLES, MONTHS, read_column
from nmslib.registries.opening import ErrorCell
from nmslib.registries.words import plain_word

SCHEMA = catalogue.load_registry_schema(project())
SYNONYMS = catalogue.load_synonyms(project())
EXCEL_DAY_ZERO = date(1899, 12, 30)
# Excel's days from 10,000 to 80,000.
DAYS = st.dates(date(1927, 5, 18), date(2119, 1, 11))
CHOICES = [
    pytest.param(column, stored, word, id=f"{sheet.id}.{column.id}-{word}")
    for sheet in SCHEMA.sheets
    for column in sheet.columns
    for stored, own in (column.choices or {}).items()
    for word in (own, *SYNONYMS.values.get(stored, ()))
]
YES_NO = [one for sheet in SCHEMA.sheets for one in sheet.columns if set(one.choices or ()) == {"yes", "no"}]

TO_LATIN = str.maketrans("АВСЕНКМОРТХасеорху", "ABCEHKMOPTXaceopxy")


def column(place: str) -> Column:
    registry, name = place.split(".")
    return SCHEMA.sheet(registry).column(name)


def read(where: str | Column, *cells: object) -> list[tuple[object, str | None]]:
    """Value (None where unknown) and note of each cell."""
    answer = read_column(pd.Series(cells, dtype="object"), column(where) if isinstance(where, str) else where, SYNONYMS)
    values = answer.values.astype("object").where(answer.values.notna(), None)
    return list(zip(values, answer.notes, strict=True))


def one(where: str | Column, cell: object) -> tuple[object, str | None]:
    (answer,) = read(where, cell)
    return answer


@given(DAYS)
def test_day_is_the_same_however_it_is_written(day):
    serial = (day - EXCEL_DAY_ZERO).days
    words = f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    spellings = {
        day: None,
        datetime.combine(day, time(13, 45)): None,
        f"{day:%d.%m.%Y}": "date_as_text",
        f"{day:%d.%m.%Y} г.": "date_as_text",
        f"{day:%d.%m.%Y}г": "date_as_text",
        f"{day.day}.{day.month}.{day.year}": "date_as_text",
        f"{day.day}/{day.month}/{day.year}": "date_as_text",
        f"{day:%d-%m-%Y}": "date_as_text",
        f" {day:%d.%m.%Y}\u00a0": "date_as_text",
        f"{words} г.": "date_as_text",
        f"{words.upper()} ГОДА": "date_as_text",
        f"{day:%Y-%m-%d}": "date_as_text",
        f"{day:%Y-%m-%d}T00:00:00": "date_as_text",
        f"{day:%Y-%m-%d} 00:00:00": "date_as_text",
        f"{day:%Y.%m.%d}": "date_as_text",
        f"{day:%Y/%m/%d}": "date_as_text",
        f"{day:%d.%m.%Y} 10:30": "date_as_text",
        f"{day:%d.%m.%Y} 0:00:00": "date_as_text",
        f"{day:%d.%m.%Y}, 23:59": "date_as_text",
        serial: "date_as_number",
        serial + 0.75: "date_as_number",
        str(serial): "date_as_number",
    }
    assert read("staff.hired_on", *spellings) == [(pd.Timestamp(day), note) for note in spellings.values()]
    assert one("staff.hired_on", float(serial)) == (pd.Timestamp(day), "date_as_number")


@given(st.dates(date(1930, 1, 1), date(2029, 12, 31)))
def test_year_of_two_digits_is_the_one_excel_would_read(day):
    assert one("staff.hired_on", f"{day:%d.%m.%y}") == (pd.Timestamp(day), "two_digit_year")


def test_day_stands_before_the_month_always():
    expected = (pd.Timestamp(2023, 4, 3), "date_as_text")
    assert read("staff.hired_on", "03.04.2023", "3/4/2023", "03-04-2023", "3 4 2023") == [expected] * 4


@given(st.integers(1900, 2100), st.integers(0, 99), st.integers(0, 99))
def test_day_that_the_calendar_has_not_is_never_read(year, month, day):
    real = 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
    for text in (f"{day:02}.{month:02}.{year}", f"{day}/{month}/{year}", f"{year}-{month:02}-{day:02}"):
        assert one("staff.hired_on", text) == ((pd.Timestamp(year, month, day), "date_as_text") if real else (None, "bad_date"))


NO_DAYS = (
    """
31.02.2023|29.02.2023|00.00.2023|32.01.2023|32 сентября 2023 г.|05.09.0203|05.09.1812|сентябрь 2023|1234²|9999|1.5|вчера
2023-09-05 или позже|2023-09-05 - 2024-09-05|05.09.2023-06.09.2023|с 05.09.2023|05.09.2023 или 06.09.2023
05.09.2023 25:00|05.09.2023 10:60|2023.09/05|2023.05|2023.13.01
""".strip()
    .replace("\n", "|")
    .split("|")
)


@pytest.mark.parametrize(
    "cell", [*NO_DAYS, 9_999, 80_001, 1.5, -1, float("inf"), float("nan"), time(1, 2), timedelta(days=3), True, False]
)
def test_what_is_no_day_is_unknown(cell):
    assert one("staff.hired_on", cell) == (None, "bad_date")
    assert one("diagnostics.diagnosed_on", cell) == (None, "bad_key_date")


@pytest.mark.parametrize("cell", ["2023", "2023 г.", "2023г", "2023 год", "2023 года", 2023, 2023.0])
def test_year_alone_is_no_day_unless_a_year_is_enough(cell):
    assert one("staff.hired_on", cell) == (None, "year_only")
    assert one("diagnostics.diagnosed_on", cell) == (None, "bad_key_date")
    assert one("organisations.opened_on", cell) == (pd.Timestamp(2023, 1, 1), "year_as_first_day")


def test_columns_where_a_year_is_enough_read_full_dates_too():
    assert one("organisations.opened_on", "05.09.2015") == (pd.Timestamp(2015, 9, 5), "date_as_text")
    assert one("organisations.opened_on", "1899") == (None, "bad_date")


def test_numbers_of_days_are_counted_from_the_day_that_the_workbook_says():
    cells = pd.Series([43_712, "43712"], dtype="object")
    read_since_1904 = read_column(cells, column("staff.hired_on"), SYNONYMS, day_zero=date(1904, 1, 1))
    assert read_since_1904.values.tolist() == [pd.Timestamp(2023, 9, 5)] * 2


def test_last_day_of_excel_and_the_first_do_not_break_a_column():
    days = [datetime(9999, 12, 31), datetime(1900, 1, 1), "н/д", datetime(2023, 9, 5, 12, 30)]
    assert [value for value, _ in read("staff.left_on", *days)] == [
        pd.Timestamp(9999, 12, 31),
        pd.Timestamp(1900, 1, 1),
        None,
        pd.Timestamp(2023, 9, 5),
    ]


@given(
    st.integers(0, 2_000_000), st.sampled_from(["", " ", "\u00a0", "\u202f"]), st.sampled_from(["", " ч", " часов", " ч.", "ч"])
)
def test_whole_number_is_read_with_spaces_between_thousands_and_a_unit(number, space, unit):
    assert one("completions.hours", f"{number:,}".replace(",", space) + unit) == (float(number), "number_as_text")
    assert one("completions.hours", number) == one("completions.hours", float(number)) == (float(number), None)


@given(st.decimals(0, 2, places=2))
def test_fraction_is_read_with_a_comma_or_a_point(number):
    for text in (f"{number}", f"{number}".replace(".", ","), f" {number} ставки", f"{number} ст."):
        assert one("staff.rate", text) == (float(number), "number_as_text")


NO_NUMBERS = ["семьдесят два", "72/2", "16-18", "1,200,5", "½", "ч", "72,5", "1,200", "1 20", "9" * 400]


@pytest.mark.parametrize("cell", [*NO_NUMBERS, 72.5, True, datetime(2023, 1, 1), time(1), float("inf"), float("nan")])
def test_what_is_no_whole_number_is_unknown(cell):
    assert one("completions.hours", cell) == (None, "bad_number")


@pytest.mark.parametrize(("where", "stored", "word"), CHOICES)
def test_word_of_a_list_or_its_synonym_is_read_in_any_case_and_letters(where, stored, word):
    for text in (word, word.upper(), word.capitalize(), word.replace("е", "ё"), word.translate(TO_LATIN)):
        assert one(where, text) == (stored, None), text


def test_padded_word_of_a_list_is_read_and_noted():
    assert read("organisations.settlement", " Город ", "се ло", "город.") == [
        ("urban", "padded_text"),
        ("rural", None),
        ("urban", None),
    ]
    assert one("communities.kind", "сетевое\nсообщество") == ("network", "padded_text")


def test_number_that_stands_for_a_word_is_read_as_text_or_number():
    assert read("organisations.low_results", 1, 1.0, "1", 0, 0.0, "0") == [("yes", None)] * 3 + [("no", None)] * 3


@pytest.mark.parametrize("where", YES_NO, ids=lambda where: where.title)
@pytest.mark.parametrize(
    "cell", ["-", "–", "—", " - ", "н/д", "Н/Д", "н / д", "Н\\Д", "нд", "нет данных", "Нет  сведений", "?", "уточняется", "N/A"]
)
def test_not_known_is_unknown_and_never_no(where, cell):
    assert one(where, cell) == (None, "unknown_value")


@pytest.mark.parametrize("cell", ["--", "…", "не знаю", "нет?да", "нет, но будет", "x", 2, 0.5, datetime(2023, 1, 1), time(0)])
def test_word_outside_the_list_is_unknown_and_never_no(cell):
    assert one("organisations.low_results", cell) == (None, "bad_choice")


def test_empty_cell_is_unknown_and_never_no():
    assert read("organisations.low_results", "", "  ", "\u00a0") == [(None, None)] * 3
    assert one("completions.in_register", "") == (None, "empty_required")


def test_logical_cell_is_a_word_and_no_number():
    assert read("organisations.low_results", True, 1, False, 0) == [("yes", None), ("yes", None), ("no", None), ("no", None)]
    assert read("organisations.name", True, 1.0) == [("да", None), ("1", None)]


@pytest.mark.parametrize(
    ("cell", "code"),
    [("O001", "О001"), ("P00001", "Р00001"), ("p00001", "Р00001"), ("XTM-1", "ХТМ-1"), ("ABCEHKMOPTX", "АВСЕНКМОРТХ")],
)
def test_latin_look_alikes_in_a_code_become_cyrillic(cell, code):
    assert one("staff.organisation", cell) == one("staff.person", cell) == (code, "lookalike_letters")


@pytest.mark.parametrize("code", ["О001", "001", "IT-1", "PEDAGOG", "А-1", "1.2.3"])
def test_code_that_is_all_cyrillic_or_truly_latin_stays(code):
    assert one("staff.organisation", code) == (code, None)


@pytest.mark.parametrize(
    "where", ["staff.person", "organisations.organisation", "young_support.mentor", "routes.methodist", "execution.measure"]
)
def test_case_of_a_code_does_not_matter(where):
    assert read(where, "р00087", "Р00087", "шк-5а", "1.2.3") == [
        ("Р00087", None),
        ("Р00087", None),
        ("ШК-5А", None),
        ("1.2.3", None),
    ]


@pytest.mark.parametrize("where", ["completions.programme", "agreements.partner", "organisations.name", "staff.full_name"])
def test_free_text_keeps_its_case(where):
    assert one(where, "Школа юного учителя") == ("Школа юного учителя", None)


def test_every_code_is_told_from_free_text_by_its_title():
    free = {
        f"{sheet.id}.{where.id}"
        for sheet in SCHEMA.sheets
        for where in sheet.columns
        if where.type == "text" and (where.key or where.refers_to or where.pseudonym) and not where.title.startswith(CODE_TITLES)
    }
    assert free == {"completions.programme", "agreements.partner"}


def test_no_word_means_two_values_of_one_column():
    for sheet in SCHEMA.sheets:
        for where in sheet.columns:
            own = {plain_word(word): stored for stored, word in (where.choices or {}).items()}
            for stored in where.choices or {}:
                for word in SYNONYMS.values.get(stored, ()):
                    assert own.setdefault(plain_word(word), stored) == stored, f"{sheet.id}.{where.id}: {word}"


@pytest.mark.parametrize("cell", ["работает", "Работает", "по настоящее время", "н.в.", "не уволена"])
def test_word_for_going_on_is_no_finding_where_the_day_of_the_end_may_be_empty(cell):
    for where in ("staff.left_on", "mentors.until", "organisations.closed_on"):
        assert one(where, cell) == (None, None)
    assert one("staff.hired_on", cell) == (None, "unknown_value")


def test_number_as_a_code_has_no_fraction_and_a_text_keeps_its_zeros():
    assert read("staff.organisation", 12.0, 12, "012", "12") == [("12", None), ("12", None), ("012", None), ("12", None)]


def test_text_is_mended_only_in_words_that_mix_alphabets():
    assert one("organisations.name", "Шкoла IT OOO") == ("Школа IT OOO", "lookalike_letters")
    assert one("organisations.name", "Лицей PRO") == ("Лицей PRO", None)


def test_name_keeps_its_yo_and_is_only_compared_without_it():
    assert one("staff.full_name", "Ёлкина Алёна Семёновна") == ("Ёлкина Алёна Семёновна", None)
    assert plain_word("Ёлкина Алёна") == plain_word("ЕЛКИНА  Алена")


def test_padding_double_spaces_and_line_breaks_are_taken_off_and_noted():
    assert read("organisations.name", " Школа", "Школа  № 1", "Школа\n№ 1", "Школа\u00a0№ 1") == [
        ("Школа", "padded_text"),
        ("Школа № 1", "padded_text"),
        ("Школа № 1", "padded_text"),
        ("Школа № 1", "padded_text"),
    ]


def test_invisible_signs_are_taken_off_and_noted():
    assert one("staff.organisation", "\u200bО001\ufeff") == ("О001", "padded_text")
    assert one("staff.full_name", "Ёл\u00adкина Алёна") == ("Ёлкина Алёна", "padded_text")
    assert one("organisations.low_results", "\u200b") == (None, None)


@pytest.mark.parametrize("sign", "=+-@")
def test_text_that_looks_like_a_formula_stays_and_is_noted(sign):
    assert one("organisations.name", f"{sign}СУММ(A1)") == (f"{sign}СУММ(A1)", "formula_like_text")


def test_date_in_a_column_of_text_is_written_as_people_write_it():
    assert one("practices.source", datetime(2023, 9, 5)) == ("05.09.2023", None)


def test_failed_and_uncounted_formulas_are_unknown():
    for where in ("staff.hired_on", "staff.rate", "staff.role", "staff.full_name"):
        assert read(where, ErrorCell(True), ErrorCell(False)) == [(None, "error_value"), (None, "no_cached_value")]


@pytest.mark.parametrize("cell", ["", "-", "н/д", " ", ErrorCell(True)])
def test_row_whose_key_nobody_knows_is_left_out(cell, rules):
    for where in ("staff.person", "diagnostics.person", "diagnostics.diagnosed_on", "young_support.form"):
        value, note = one(where, cell)
        assert value is None
        assert note is not None
        assert rules[note].severity == "blocks"


def test_optional_part_of_a_key_may_be_empty_but_not_unreadable():
    assert read("execution.due_on", "", "31.02.2023", "2023", ErrorCell(True)) == [(None, None)] + [(None, "bad_key_date")] * 3


def test_not_known_is_told_where_a_value_is_required_only():
    assert one("staff.position", "н/д") == (None, "unknown_value")
    assert one("staff.left_on", "н/д") == (None, None)


def test_columns_keep_their_types_and_rows_when_everything_is_unknown():
    for where, kind in (("staff.hired_on", "datetime64[s]"), ("staff.rate", "float64"), ("staff.position", "object")):
        answer = read_column(pd.Series(["", "н/д"], index=[7, 9], dtype="object"), column(where), SYNONYMS)
        assert (str(answer.values.dtype), list(answer.values.index), answer.values.isna().all()) == (kind, [7, 9], True)


def test_every_note_is_a_rule(rules):
    cells = ["", "-", "x", "2023", "31.02.2023", " a ", "Шкoла", "=1", 45_000, True, ErrorCell(True), ErrorCell(False), "5.9.23"]
    notes = {note for sheet in SCHEMA.sheets for where in sheet.columns for _, note in read(where, *cells)}
    assert notes - {None} <= set(rules)
