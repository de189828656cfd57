"""What a sender gets back: marks where the problems are, everything else as it was."""

import re
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from nmslib import wording
from nmslib.documents import answer, remarks
from nmslib.documents.answer import letter, write_answer
from nmslib.model import Severity
from nmslib.registries.writing import write_workbook

DAY = date(2023, 12, 20)
COLUMNS = [
    "rule",
    "severity",
    "title",
    "wanted",
    "example",
    "sheet",
    "column",
    "letter",
    "rows",
    "details",
    "effect",
    "people",
    "said",
    "registry",
]
QUOTED = "О'Нил и Ко"


def finding(**said) -> dict:
    known = dict.fromkeys(COLUMNS) | {"rule": "bad_date", "severity": "distorts", "title": "Не дата", "rows": (), "people": 0}
    known |= {"registry": "staff", "said": ""}
    return known | {"wanted": "Нужна дата ДД.ММ.ГГГГ", "example": "05.09.2023", "details": "", "effect": ""} | said


def found(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=COLUMNS)


@pytest.fixture
def sent(tmp_path) -> Path:
    """A workbook as a sender may have it: formats, a hidden sheet, a comment, a text like a formula, merged cells."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Работники"
    sheet.append(["Код", "ФИО", "Дата рождения", "Ставка"])
    sheet.append(["Р1", "Иванов И. И.", datetime(1980, 5, 1), 0.5])
    sheet.append(["Р2", "Петров П. П.", "31.02.1987", 1])
    sheet["C2"].number_format, sheet["D2"].number_format = "dd.mm.yyyy", "0.00"
    sheet["B2"].font, sheet["B2"].fill = Font(bold=True, color="FF00AA00"), PatternFill("solid", fgColor="FFABCDEF")
    sheet["C3"].font = Font(italic=True)
    sheet["B3"].value, sheet["B3"].data_type = "=1+1", "s"
    sheet["D3"].comment = Comment("Уточню завтра", "Методист")
    sheet["E2"] = "=D2*2"
    sheet.merge_cells("A5:B6")
    sheet["A5"] = "итого"
    sheet.column_dimensions["B"].width = 41.5
    words = DataValidation(type="list", formula1='"да,нет"')
    words.add("F2:F9")
    sheet.add_data_validation(words)
    book.create_sheet(QUOTED).append(["Код"])
    book.create_sheet("Старое").sheet_state = "hidden"
    path = tmp_path / "town.xlsx"
    book.save(path)
    return path


def answered(sent: Path, *rows: dict) -> openpyxl.Workbook:
    target = sent.with_name("answer.xlsx")
    write_answer(sent, target, found(*rows), "г. Выдуманный", DAY)
    return openpyxl.load_workbook(target)


def listed(book: openpyxl.Workbook) -> list[dict]:
    """The rows of the list, by the titles of its columns."""
    rows = list(book.worksheets[0].iter_rows())
    header = next(number for number, row in enumerate(rows) if row[0].value == "№")
    return [dict(zip(remarks.COLUMNS, row, strict=True)) for row in rows[header + 1 :]]


def note_of(book: openpyxl.Workbook) -> str:
    """What stands above the header of the list."""
    sheet = book.worksheets[0]
    return str(sheet.cell(listed_header(sheet) - 1, 1).value)


def color(severity: Severity) -> str:
    return "00" + remarks.tint(severity.colour)


def test_named_cells_are_coloured_and_say_what_is_needed(sent):
    sheet = answered(sent, finding(sheet="Работники", column="Дата рождения", letter="C", rows=(3,)))["Работники"]
    cell = sheet["C3"]
    assert cell.fill.fgColor.rgb == color(Severity.DISTORTS)
    assert cell.comment.text == "◆ искажает: Не дата\nНужна дата ДД.ММ.ГГГГ\nНапример: 05.09.2023"
    assert cell.comment.author == "Рабочая тетрадь НМС"
    assert (cell.value, cell.font.italic) == ("31.02.1987", True)
    assert {one.coordinate for row in sheet.iter_rows() for one in row if one.comment} == {"C3", "D3"}


def test_several_findings_on_a_cell_share_a_comment_and_the_strongest_colour(sent):
    place = {"sheet": "Работники", "letter": "C", "rows": (3,)}
    rows = [
        finding(**place),
        finding(**place, severity="blocks", title="Пуст ключ"),
        finding(**place, severity="style", title="Пробелы"),
    ]
    cell = answered(sent, *rows)["Работники"]["C3"]
    assert cell.fill.fgColor.rgb == color(Severity.BLOCKS)
    assert [part.split("\n")[0] for part in cell.comment.text.split("\n\n")] == [
        "◆ искажает: Не дата",
        "■ блокирует: Пуст ключ",
        "○ оформление: Пробелы",
    ]


def test_rows_without_a_column_are_marked_in_the_first_cell(sent):
    sheet = answered(sent, finding(sheet="Работники", rows=(2, 3)))["Работники"]
    assert all(sheet[at].comment and sheet[at].fill.fgColor.rgb == color(Severity.DISTORTS) for at in ("A2", "A3"))
    assert sheet["B3"].comment is None


def test_merged_cell_is_marked_where_its_value_stands(sent):
    sheet = answered(sent, finding(sheet="Работники", letter="B", rows=(6,)))["Работники"]
    assert sheet["A5"].fill.fgColor.rgb == color(Severity.DISTORTS)
    assert "Не дата" in sheet["A5"].comment.text


def test_comment_of_the_sender_is_kept_above_ours(sent):
    comment = answered(sent, finding(sheet="Работники", letter="D", rows=(3,)))["Работники"]["D3"].comment
    assert comment.text.startswith("Уточню завтра\n\nРабочая тетрадь НМС:\n◆ искажает: Не дата")
    assert comment.author == "Методист"


def test_what_is_not_marked_stays_as_the_sender_made_it(sent):
    book = answered(sent, finding(sheet="Работники", letter="C", rows=(3,)))
    sheet = book["Работники"]
    assert (sheet["B2"].font.bold, sheet["B2"].font.color.rgb, sheet["B2"].fill.fgColor.rgb) == (True, "FF00AA00", "FFABCDEF")
    assert (sheet["C2"].value, sheet["C2"].number_format) == (datetime(1980, 5, 1), "dd.mm.yyyy")
    assert (sheet["D2"].number_format, sheet["E2"].value) == ("0.00", "=D2*2")
    assert sheet.column_dimensions["B"].width == 41.5
    assert [str(rule.sqref) for rule in sheet.data_validations.dataValidation] == ["F2:F9"]
    assert sheet["D3"].comment.text == "Уточню завтра"
    assert book["Старое"].sheet_state == "hidden"


def test_words_in_several_fonts_keep_them(sent):
    book = openpyxl.load_workbook(sent)
    book["Работники"]["A1"] = CellRichText("Код", TextBlock(InlineFont(color="FFFF0000"), " *"))
    book.save(sent)
    answered(sent, finding(sheet="Работники", letter="C", rows=(3,)))
    text = openpyxl.load_workbook(sent.with_name("answer.xlsx"), rich_text=True)["Работники"]["A1"].value
    assert (str(text), text[1].font.color.rgb) == ("Код *", "FFFF0000")


def test_lists_and_locks_of_the_form_survive_the_answer(tmp_path, schema):
    form = tmp_path / "form.xlsx"
    write_workbook(form, {}, [("Книга", "г. Выдуманный")], schema.only(["organisations"]))
    places = [finding(sheet="Организации", letter=letter, rows=(2,)) for letter in "CJ"]
    sheet = answered(form, *places)["Организации"]
    lists = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert lists[0].formula1 == "organisations.type"
    assert sheet.protection.sheet
    assert not any(sheet[at].protection.locked for at in ("C2", "J2"))
    assert sheet["J2"].number_format == "dd.mm.yyyy"
    assert sheet["J2"].fill.fgColor.rgb == color(Severity.DISTORTS)


def test_original_is_never_changed(sent):
    before = sent.read_bytes()
    answered(sent, finding(sheet="Работники", letter="C", rows=(3,)))
    assert sent.read_bytes() == before


def test_text_of_the_sender_that_looks_like_a_formula_stays_text(sent):
    cell = answered(sent, finding(sheet="Работники", letter="B", rows=(3,), title="Текст похож на формулу"))["Работники"]["B3"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


@pytest.mark.parametrize("text", ["=1+1", "+7", "-5", "@имя", " =СУММ(A1)", "#Н/Д", "#N/A"])
def test_nothing_we_write_is_taken_for_a_formula(sent, text):
    book = answered(sent, finding(sheet="Работники", title=text, wanted=text, column=text, effect=text, details="", rows=(2,)))
    row = listed(book)[0]
    for title in ("Что не так", "Что сделать", "На что влияет", "Столбец"):
        assert row[title].data_type == "s"
        assert bool(row[title].quotePrefix) is not text.startswith("#")


def test_characters_that_a_workbook_cannot_hold_are_dropped(sent):
    book = answered(sent, finding(sheet="Работники", letter="C", rows=(3,), details="стоит «а\x0bб»"))
    assert listed(book)[0]["Что не так"].value == "Не дата: стоит «аб»."
    assert "стоит «аб»" in book["Работники"]["C3"].comment.text


def test_list_leads_to_the_first_cell_of_each_finding(sent):
    rows = [
        finding(sheet="Работники", letter="C", rows=(3, 4)),
        finding(sheet=QUOTED, letter="A", rows=(7,)),
        finding(sheet=QUOTED),
        finding(sheet="Нет такого"),
        finding(rule="macros"),
    ]
    links = [row["Строки"].hyperlink for row in listed(answered(sent, *rows))]
    places = [link.location if link else None for link in links]
    assert places == ["'Работники'!C3", "'О''Нил и Ко'!A7", "'О''Нил и Ко'!A1", None, None]


def test_list_is_in_front_ranked_and_counted_by_severity(sent):
    rows = [
        finding(
            severity="blocks",
            title="Пуст ключ",
            sheet="Работники",
            column="Код",
            letter="A",
            rows=(2, 3, 4, 14),
            effect="−5 чел.",
        ),
        finding(severity="style", title="Макросы", example=None, wanted="Пересохраните"),
    ]
    book = answered(sent, *rows)
    sheet = book.worksheets[0]
    assert (sheet.title, book.active.title) == ("Замечания", "Замечания")
    assert [other.title for other in book.worksheets if other.sheet_view.tabSelected] == ["Замечания"]
    assert [sheet.cell(row, 1).value for row in (3, 4)] == [
        "■ блокирует: 1\N{NO-BREAK SPACE}замечание — эти строки или листы не приняты, пока не исправлены",
        "○ оформление: 1\N{NO-BREAK SPACE}замечание — прочитано верно, исправить желательно",
    ]
    assert "выделены цветом" in sheet["A5"].value
    told = [[cell.value for cell in row.values()] for row in listed(book)]
    where = ["Работники", "Код (A)", "2–4, 14", 4, "Пуст ключ.", "Нужна дата ДД.ММ.ГГГГ. Например: 05.09.2023.", "−5 чел."]
    assert told[0] == [1, "■ блокирует", *where]
    assert told[1][5:8] == [None, "Макросы.", "Пересохраните."]


def test_list_repeats_its_header_on_each_page(sent):
    sheet = answered(sent, finding()).worksheets[0]
    header = listed_header(sheet)
    assert (sheet.freeze_panes, sheet.print_title_rows) == (f"A{header + 1}", f"${header}:${header}")
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)


def listed_header(sheet) -> int:
    return next(row[0].row for row in sheet.iter_rows() if row[0].value == "№")


def test_title_taken_by_the_sender_is_left_to_him(sent):
    book = openpyxl.load_workbook(sent)
    book.create_sheet("ЗАМЕЧАНИЯ")
    book.save(sent)
    assert answered(sent, finding()).sheetnames[0] == "Замечания НМС"
    book.create_sheet("Замечания НМС")
    book.save(sent)
    assert answered(sent, finding()).sheetnames[0] == "Замечания НМС 2"


def test_long_lists_of_rows_are_shortened_and_counted(sent):
    shown = listed(answered(sent, finding(sheet="Работники", letter="C", rows=tuple(range(2, 402, 2)))))[0]["Строки"].value
    assert shown == wording.ranges(range(2, 402, 2))
    assert " и ещё " in shown


def test_beyond_the_limit_cells_are_coloured_only_and_the_list_says_so(sent, monkeypatch):
    monkeypatch.setattr(answer, "MOST_COMMENTS", 1)
    book = answered(sent, finding(sheet="Работники", letter="C", rows=(2, 3)))
    sheet = book["Работники"]
    assert sheet["C2"].comment is not None
    assert sheet["C3"].comment is None
    assert sheet["C3"].fill.fgColor.rgb == color(Severity.DISTORTS)
    assert "у первых 1\N{NO-BREAK SPACE}ячейки" in note_of(book)


@pytest.mark.parametrize("content", [b"", "это не Excel".encode(), b"PK\x03\x04" + b"0" * 100])
def test_file_that_does_not_open_gets_the_list_alone(tmp_path, content):
    path = tmp_path / "town.xlsx"
    path.write_bytes(content)
    book = answered(path, finding(rule="damaged", severity="blocks", title="Книга повреждена"))
    assert book.sheetnames == ["Замечания"]
    assert "не удалось открыть" in note_of(book)
    assert listed(book)[0]["Строки"].value == "вся книга"


def test_archive_that_is_no_workbook_gets_the_list_alone(tmp_path):
    path = tmp_path / "town.xlsx"
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("xl/worksheets/sheet1.xml", "<c ")
    assert answered(path, finding()).sheetnames == ["Замечания"]


def test_too_big_workbook_gets_the_list_alone(sent, monkeypatch):
    monkeypatch.setattr(answer, "MOST_CELLS", 10)
    book = answered(sent, finding(sheet="Работники", letter="C", rows=(3,)))
    assert book.sheetnames == ["Замечания"]
    assert "слишком велика" in note_of(book)
    assert listed(book)[0]["Строки"].value == "3"


def test_formulas_that_ask_other_files_become_their_last_values(tmp_path, sent):
    book = openpyxl.load_workbook(sent)
    book["Работники"]["E2"] = "=[1]Лист1!A1"
    book.save(sent)
    linked = tmp_path / "linked.xlsx"
    with zipfile.ZipFile(sent) as old, zipfile.ZipFile(linked, "w") as new:
        for name in old.namelist():
            # An empty value is written in one of three ways, by what openpyxl writes XML with.
            new.writestr(name, re.sub(rb"A1</f>(<v ?/>|<v></v>)", b"A1</f><v>42</v>", old.read(name)))
        new.writestr("xl/externalLinks/externalLink1.xml", "<x/>")
    assert answered(linked, finding())["Работники"]["E2"].value == 42


def test_interrupted_writing_leaves_the_previous_answer(sent):
    answered(sent, finding())
    target = sent.with_name("answer.xlsx")
    before = target.read_bytes()
    with pytest.raises(KeyError):
        write_answer(sent, target, found(finding(severity="unheard")), "г. Выдуманный", DAY)
    assert target.read_bytes() == before
    assert sorted(path.name for path in sent.parent.iterdir()) == ["answer.xlsx", "town.xlsx"]


def test_no_findings_are_said_in_words(sent):
    book = answered(sent)
    assert note_of(book) == book.worksheets[0]["A3"].value == "Замечаний нет: исправлять ничего не нужно."
    assert listed(book) == []


def test_letter_tells_places_and_remedies_but_never_details():
    rows = [
        finding(
            severity="blocks", title="Пуст ключ", wanted="Заполните", sheet="Работники", letter="A", rows=(5,), details="Иванов"
        ),
        finding(sheet="Работники", column="Принят", letter="C", rows=(2, 3, 14), details="«Иванов»", effect="ИОМ: до 3 человек"),
        finding(rule="unknown_code", title="Кода нет", wanted="Исправьте", said="нет на листе «Работники»", sheet="Маршруты"),
        finding(severity="style", title="Пробелы", sheet="Работники", effect="никакого"),
    ]
    text = letter("г. Выдуманный", found(*rows), "Принято 3 реестра из 4.", DAY).replace("\N{NO-BREAK SPACE}", " ")
    assert "Иванов" not in text
    assert "Книга реестров (г. Выдуманный) проверена 20 декабря 2023 г. Принято 3 реестра из 4." in text
    assert "■ Мешает приёму: 1 замечание." in text
    assert "\n1. Пуст ключ. Лист «Работники», столбец A, строка 5. Заполните.\n" in text
    where = "Лист «Работники», столбец «Принят» (C), строки 2–3, 14"
    assert f"\n2. Не дата. {where}. Нужна дата ДД.ММ.ГГГГ. Влияние: ИОМ: до 3 человек.\n" in text
    assert "\n3. Кода нет: нет на листе «Работники». Лист «Маршруты». Исправьте.\n" in text
    assert "Эти строки или листы не приняты" in text
    assert "○ Оформление: 1 замечание." in text
    assert "Пробелы" not in text
    assert "никакого" not in text


def test_workbook_refused_as_a_whole_is_never_said_to_be_accepted(sent):
    twice = {"rule": "second_file", "severity": "blocks", "title": "Две книги", "registry": None, "said": "«a.xlsx», «b.xlsx»"}
    rows = [finding(**twice), finding(sheet="Работники", letter="C", rows=(3,))]
    text = letter("г. Выдуманный", found(*rows), "Книга не принята: две книги.", DAY)
    assert "Книга не принята; исправьте это прежде всего, остальное — заодно." in text
    assert "1. Две книги: «a.xlsx», «b.xlsx». Нужна" in text
    sheet = answered(sent, *rows).worksheets[0]
    means = [sheet.cell(row, 1).value.split(" — ", 1)[1] for row in (3, 4)]
    assert means[0] == "книга не принята; исправьте это прежде всего, остальное — заодно"
    assert not any("ринято" in told for told in (text, means[1]))


def test_remark_about_a_whole_sheet_stands_in_its_first_cell(sent):
    book = openpyxl.load_workbook(sent)
    head = book["Работники"]["A1"]
    head.font, head.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="2F5D8A")
    book.save(sent)
    rows = [
        finding(severity="blocks", title="Нет столбца", sheet="Работники", details="«На основе»"),
        finding(severity="style", title="Лишний столбец", sheet="Работники"),
        finding(severity="style", title="Столбец повторяется", sheet="Работники", letter="D"),
        finding(title="Нет листа", sheet="Маршруты"),
    ]
    book = answered(sent, *rows)
    cell, repeated = book["Работники"]["A1"], book["Работники"]["D1"]
    assert cell.fill.fgColor.rgb == color(Severity.BLOCKS)
    assert cell.comment.text.startswith("■ блокирует: Нет столбца\n«На основе»\n")
    assert "○ оформление: Лишний столбец" in cell.comment.text
    assert (cell.value, cell.font.bold, cell.font.color.rgb) == ("Код", True, answer.DARK)  # white letters would not be seen
    assert "Столбец повторяется" in repeated.comment.text
    assert book.sheetnames == ["Замечания", "Работники", QUOTED, "Старое"]
    links = [row["Строки"].hyperlink for row in listed(book)]
    assert [link.location if link else None for link in links] == ["'Работники'!A1", "'Работники'!A1", "'Работники'!D1", None]


def test_colour_of_a_cell_comes_from_its_own_remarks_before_those_of_the_sheet(sent):
    rows = [finding(severity="blocks", sheet="Работники"), finding(severity="style", sheet="Работники", rows=(1,))]
    cell = answered(sent, *rows)["Работники"]["A1"]
    assert cell.fill.fgColor.rgb == color(Severity.STYLE)
    assert "■" in cell.comment.text


@pytest.mark.parametrize(
    ("details", "said", "shown"),
    [
        ("«1»; «2»; «3» и ещё 113", "", ""),
        ("«Иванов»", "«Иванов»", ""),
        ("нет на листе «Работники»: «Р9»; «Р8»", "нет на листе «Работники»", "нет на листе «Работники»"),
        ("05.09.2023 и 01.09.2023", "", ""),
        ("строки 2 и 3", "", "строки 2 и 3"),
    ],
)
def test_comment_quotes_no_other_cell(sent, details, said, shown):
    place = {"sheet": "Работники", "letter": "C", "details": details, "said": said}
    many = answered(sent, finding(**place, rows=(2, 3)))["Работники"]["C2"].comment.text
    assert many.split("\n")[1:-2] == ([shown] if shown else [])
    one = answered(sent, finding(**place, rows=(2,)))["Работники"]["C2"].comment.text
    assert one.split("\n")[1] == details


def test_letter_tells_ten_remarks_and_counts_the_rest():
    rows = [finding(severity="blocks")] * 8 + [finding()] * 5
    text = letter("г. Выдуманный", found(*rows), "Ничего не принято.", DAY).replace("\N{NO-BREAK SPACE}", " ")
    assert "10. Не дата." in text
    assert "11. " not in text
    assert "и ещё 3 замечания" in text


def test_letter_without_findings_asks_for_nothing():
    text = letter("г. Выдуманный", found(), "Принято всё.", DAY)
    assert "исправлять ничего не нужно" in text
    assert "Что сделать" not in text
