"""Defects of whole sheets: headers, columns, totals, hidden things; among them harmless shapes that must be read in silence."""

from openpyxl.worksheet.worksheet import Worksheet

from nmslib.demo.defects.bench import DATE_FORMAT, Bench, Value
from nmslib.demo.defects.kind import Kinds

KINDS = Kinds()
OTHER_HEADERS = {
    "person": "Табельный номер",
    "drawn_up_on": "Дата составления",
    "grounds": "Основание",
    "methodist": "Методист",
    "completed_on": "Дата завершения ИОМ",
}
OTHER_SHEET = ("diagnostics", "Диагностика дефицитов")


def _last(bench: Bench, registry: str) -> int:
    return bench.all_rows(registry)[-1].number


def _put(sheet: Worksheet, row: int, column: int, value: Value) -> None:
    sheet.cell(row, column).value = value


@KINDS.kind("missing_sheet", "Удалён лист «Поддержка молодых»", "young_support")
def _missing_sheet(bench: Bench) -> None:
    bench.book.remove(bench.sheet("young_support"))
    bench.note("young_support", None)


@KINDS.kind("empty_sheet", "На листе «Управленческие команды» остался один заголовок", "management_teams")
def _empty_sheet(bench: Bench) -> None:
    bench.drop("management_teams", bench.all_rows("management_teams"))
    bench.note("management_teams", None)


@KINDS.kind("missing_column", "На листе маршрутов удалён столбец «На основе»", "routes")
def _missing_column(bench: Bench) -> None:
    bench.sheet("routes").delete_cols(bench.columns("routes")["grounds"])
    bench.note("routes", None)


@KINDS.kind("missing_optional_column", "На листе маршрутов удалён столбец «Код методиста»", "routes")
def _missing_optional_column(bench: Bench) -> None:
    bench.sheet("routes").delete_cols(bench.columns("routes")["methodist"])
    bench.note("routes", None)


@KINDS.kind("repeated_column", "Столбец «Уровень» стоит дважды, второй раз с другими словами", "diagnostics")
def _repeated_column(bench: Bench) -> None:
    sheet = bench.sheet("diagnostics")
    second = sheet.max_column + 1
    _put(sheet, 1, second, sheet.cell(1, bench.columns("diagnostics")["level"]).value)
    for row in bench.all_rows("diagnostics"):
        _put(sheet, row.number, second, bench.word("diagnostics", "level", bench.random.choice(["low", "middle", "high"])))
    bench.note("diagnostics", "level")


@KINDS.kind("extra_column", "На листе программ добавлен столбец «Примечание»", "completions")
def _extra_column(bench: Bench) -> None:
    sheet = bench.sheet("completions")
    extra = sheet.max_column + 1
    _put(sheet, 1, extra, "Примечание")
    for row in bench.all_rows("completions")[::5]:
        _put(sheet, row.number, extra, "удостоверение ещё не выдано")
    bench.note("completions", None)


@KINDS.kind("extra_sheet", "Добавлен «Лист1» с черновиком", "about.sheets")
def _extra_sheet(bench: Bench) -> None:
    sheet = bench.book.create_sheet("Лист1")
    for number, text in enumerate(["черновик", "позвонить в школу № 2", "всего пришло ответов: 4"], 1):
        _put(sheet, number, 1, text)
    bench.note(None, None)


@KINDS.kind("sheet_renamed", "Лист «Диагностика» назван «Диагностика дефицитов»", "diagnostics")
def _sheet_renamed(bench: Bench) -> None:
    registry, title = OTHER_SHEET
    bench.sheet(registry).title = title
    bench.note(registry, None)


@KINDS.kind("hidden_sheet", "Лист «Поддержка молодых» скрыт", "young_support")
def _hidden_sheet(bench: Bench) -> None:
    bench.sheet("young_support").sheet_state = "hidden"
    bench.note("young_support", None)


@KINDS.kind("hidden_rows", "Пять строк программ скрыты фильтром", "completions")
def _hidden_rows(bench: Bench) -> None:
    rows = bench.pick("completions", 5)
    for row in rows:
        bench.sheet("completions").row_dimensions[row.number].hidden = True
    bench.note("completions", None, rows)


@KINDS.kind("total_row", "Под данными строка «Итого» с верным числом строк", "routes")
def _total_row(bench: Bench) -> None:
    rows = bench.all_rows("routes")
    number = rows[-1].number + 1
    _put(bench.sheet("routes"), number, 1, "Итого")
    _put(bench.sheet("routes"), number, 2, len(rows))
    bench.sheet("routes").cell(number, 2).number_format = "0"
    bench.note("routes", None, [number])


@KINDS.kind("other_total", "Под данными «Итого: N», и N на три больше числа строк", "completions")
def _other_total(bench: Bench) -> None:
    rows = bench.all_rows("completions")
    number = rows[-1].number + 1
    _put(bench.sheet("completions"), number, 1, f"Итого: {len(rows) + 3}")
    bench.note("completions", None)
    bench.note("completions", None, [number], follows="total_row")


@KINDS.kind("other_total", "На «О файле» число строк диагностики больше, чем их на листе", "diagnostics")
def _other_control(bench: Bench) -> None:
    name = f"Строк на листе «{bench.schema.sheet('diagnostics').title}»"
    bench.about_or_new(name)["value"] = len(bench.all_rows("diagnostics")) + 7
    bench.note("diagnostics", None)


@KINDS.kind("", "Над заголовком две строки названия: читается молча", "diagnostics")
def _title_rows(bench: Bench) -> None:
    width = len(bench.columns("diagnostics"))
    sheet = bench.insert("diagnostics", 1, 2)
    _put(sheet, 1, 1, "Сведения о прохождении диагностики профессиональных дефицитов")
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=width)
    bench.note("diagnostics", None)


@KINDS.kind("", "Заголовок в две строки с объединёнными ячейками: читается молча", "completions")
def _two_line_header(bench: Bench) -> None:
    width, group = len(bench.columns("completions")), bench.columns("completions")["hours"]
    sheet = bench.insert("completions", 2)
    for column in range(1, width + 1):
        if column < group:
            sheet.merge_cells(start_row=1, end_row=2, start_column=column, end_column=column)
        else:
            _put(sheet, 2, column, sheet.cell(1, column).value)
            _put(sheet, 1, column, "Сведения об обучении" if column == group else None)
    sheet.merge_cells(start_row=1, end_row=1, start_column=group, end_column=width)
    bench.note("completions", None)


@KINDS.kind("", "Столбцы стоят в обратном порядке: читается молча", "diagnostics")
def _other_order(bench: Bench) -> None:
    sheet = bench.sheet("diagnostics")
    width = sheet.max_column
    for number in range(1, _last(bench, "diagnostics") + 1):
        values = [sheet.cell(number, column).value for column in range(width, 0, -1)]
        for column, value in enumerate(values, 1):
            _put(sheet, number, column, value)
            sheet.cell(number, column).number_format = DATE_FORMAT if sheet.cell(number, column).is_date else "General"
    bench.note("diagnostics", None)


@KINDS.kind("", "Столбцы маршрутов названы иначе («Табельный номер», «Основание»): читается молча", "routes")
def _synonyms(bench: Bench) -> None:
    for column, title in OTHER_HEADERS.items():
        _put(bench.sheet("routes"), 1, bench.columns("routes")[column], title)
    bench.note("routes", None)


@KINDS.kind("", "Под заголовком строка номеров столбцов «1 2 3 4»: читается молча", "young_support")
def _numbered_header(bench: Bench) -> None:
    width = len(bench.columns("young_support"))
    sheet = bench.insert("young_support", 2)
    for column in range(1, width + 1):
        _put(sheet, 2, column, column)
        sheet.cell(2, column).number_format = "0"
    bench.note("young_support", None)


@KINDS.kind("nothing_left", "Вместо кодов работников — номера по порядку на всём листе «Выгорание»", "burnout")
def _nothing_left(bench: Bench) -> None:
    rows = bench.all_rows("burnout")
    for number, row in enumerate(rows, 1):
        row["person"] = str(number)
    bench.note("burnout", None)
    bench.note("burnout", "person", rows, follows="unknown_code")


@KINDS.kind("note_row", "Под таблицей «Диагностика» строка «Исполнитель: …, тел. …»", "diagnostics")
def _note_row(bench: Bench) -> None:
    sheet = bench.sheet("diagnostics")
    number = sheet.max_row + 2
    sheet.cell(number, 1).value = "Исполнитель: специалист отдела, тел. 0-00-00"
    bench.note("diagnostics", None, [number])
