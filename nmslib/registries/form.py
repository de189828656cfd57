"""What surrounds the data in a form: hints and lists of each column, the sheets «О файле» and «Справочник». Knows no rows."""

from collections.abc import Iterable, Mapping
from datetime import date
from textwrap import wrap
from typing import Any

from nmslib.model import Column, RegistrySchema, Sheet

ABOUT_SHEET = "О файле"
CODES_SHEET = "Справочник"
SYNTHETIC = "СИНТЕТИЧЕСКИЕ ДАННЫЕ"
DAYS_TO_FILL_IN = ("Данные на", "Отправлено")
NOTES = {
    "Система": "код: менять не нужно",
    "Муниципалитет": "код: менять не нужно",
    "Данные на": "Дата ДД.ММ.ГГГГ: по какой день внесены сведения. Без неё книга не принимается",
    "Отправлено": "Дата ДД.ММ.ГГГГ: когда книга отправлена",
}
FIRST_DAY, LAST_DAY = date(1920, 1, 1), date(2099, 12, 31)
TITLE_LIMIT, MESSAGE_LIMIT = 32, 255  # of Excel, for hints and alerts
LINE_POINTS = 15.5
ABOUT_WIDTHS = (40, 48, 52)
CODES_WIDTHS = (28, 48, 70)
HOW_TO = (
    "Тёмный заголовок — столбец обязателен, светлый — нет; жёлтые ячейки на этом листе заполняете вы. Щёлкните ячейку: "
    "появится подсказка.",
    "Без дня в ячейке «Данные на» книга не принимается. «Система» и «Муниципалитет» — коды, менять их не нужно.",
    "Если значение неизвестно, оставьте ячейку пустой; «нет» — это ответ. Лист, по которому данных нет, удалите: пустой лист не "
    "читается как «ноль».",
    "Код работника или организации один и тот же на всех листах; новому человеку нужен новый код.",
    "Строки можно вставлять, удалять, сортировать и отбирать. Заголовки и названия листов не меняйте, столбцов не добавляйте.",
    "Верните книгу в формате .xlsx к сроку, указанному в запросе. Имя файла не меняйте: по нему видно, чья это книга.",
)


def styles(book: Any) -> dict[str, Any]:
    """Formats of the form; data cells are unlocked, everything else is locked while its sheet is protected."""
    top = {"text_wrap": True, "valign": "top"}
    head = {"bold": True, "border": 1, "border_color": "#8C8C8C", **top}
    data = {"locked": False, "valign": "top"}
    ask = {"locked": False, "bg_color": "#FFF8DC", "border": 1, "border_color": "#8C8C8C", "align": "left", **top}
    described = {
        "title": {"bold": True, "font_size": 14},
        "part": {"bold": True, "font_size": 12, "font_color": "#2F5D8A"},
        "bold": {"bold": True, **top},
        "text": top,
        "quiet": {"font_color": "#5A5A5A", "indent": 1, **top},
        "mark": {"bold": True, "font_color": "#D55E00", "font_size": 14, **top},
        "required": {"bg_color": "#2F5D8A", "font_color": "#FFFFFF", **head},
        "optional": {"bg_color": "#DCE6F0", "font_color": "#1A1A1A", **head},
        "ask": ask,
        "ask_day": {"num_format": "dd.mm.yyyy", **ask},
        "data_text": {"num_format": "@", **data},
        "data_date": {"num_format": "dd.mm.yyyy", "align": "center", **data},
        "data_number": {"align": "right", "indent": 1, **data},
    }
    return {name: book.add_format(properties) for name, properties in described.items()}


def height(texts: Iterable[str], widths: Iterable[float], line: float = LINE_POINTS) -> float:
    """Height of a row whose texts wrap in columns of these widths: not every program finds it by itself."""
    return line * max(len(wrap(text, max(1, int(width)))) or 1 for text, width in zip(texts, widths, strict=False))


def list_name(sheet: Sheet, column: Column) -> str:
    """Name of the range with the words of a column.

    Lists go by names, because Excel moves a plain reference to another sheet into an extension that other programs drop.
    """
    return f"{sheet.id}.{column.id}"


def _plain(number: float) -> str:
    return f"{number:g}".replace(".", ",")


def _bounds(column: Column) -> str:
    low = f" от {_plain(column.low)}" if column.low is not None else ""
    return low + (f" до {_plain(column.high)}" if column.high is not None else "")


def hint(column: Column, schema: RegistrySchema) -> str:
    """What a sender reads on entering a cell of the column."""
    words = ", ".join((column.choices or {}).values())
    by_type = {
        "date": "Дата ДД.ММ.ГГГГ, например 05.09.2023",
        "choice": f"Выберите из списка: {words}" if len(words) <= 120 else "Выберите из списка",
        "integer": f"Целое число{_bounds(column)}",
        "number": "" if column.hint else f"Число{_bounds(column)}",
    }
    parts = ["Обязательно" if column.required else "Необязательно", by_type.get(column.type, ""), column.hint or ""]
    if column.year_is_enough:
        parts.append("Если известен только год, впишите 01.01 этого года")
    registry, _, referred = (column.refers_to or "").partition(".")
    if registry in {sheet.id for sheet in schema.sheets}:
        other = schema.sheet(registry)
        parts.append(f"Код с листа «{other.title}», столбец «{other.column(referred).title}»")
    if column.personal:
        parts.append("В отчёты не попадает")
    return ". ".join(part for part in parts if part)[:MESSAGE_LIMIT]


def day_validation(title: str, message: str) -> dict[str, object]:
    """A cell that takes a date only."""
    return {
        "validate": "date",
        "criteria": "between",
        "minimum": FIRST_DAY,
        "maximum": LAST_DAY,
        "input_title": title[:TITLE_LIMIT],
        "input_message": message,
        "error_title": "Это не дата",
        "error_message": "Нужна дата ДД.ММ.ГГГГ, например 05.09.2023. Если она неизвестна, оставьте ячейку пустой.",
    }


def _number_validation(column: Column) -> dict[str, object]:
    kind = {"integer": "integer", "number": "decimal"}[column.type]
    wanted = f"Ожидается {'целое ' if column.type == 'integer' else ''}число{_bounds(column)}."
    alert = {"validate": kind, "error_type": "warning", "error_title": "Проверьте число", "error_message": wanted}
    low, high = (None if bound is None else int(bound) if bound == int(bound) else bound for bound in (column.low, column.high))
    if low is not None and high is not None:
        return alert | {"criteria": "between", "minimum": low, "maximum": high}
    if low is None and high is None:
        return {"validate": "any"}
    return alert | {"criteria": ">=" if high is None else "<=", "value": low if high is None else high}


def validation(sheet: Sheet, column: Column, schema: RegistrySchema) -> dict[str, object]:
    """What Excel asks and refuses in a column."""
    asked: dict[str, object] = {"input_title": column.title[:TITLE_LIMIT], "input_message": hint(column, schema)}
    if column.type == "date":
        return day_validation(column.title, hint(column, schema))
    if column.type in ("integer", "number"):
        return _number_validation(column) | asked
    if column.type == "choice":
        alert = {
            "error_title": "Слова нет в списке",
            "error_message": f"Выберите из списка. Все слова — на листе «{CODES_SHEET}».",
        }
        return {"validate": "list", "source": f"={list_name(sheet, column)}"} | alert | asked
    return {"validate": "any"} | asked


def write_about(target: Any, about: list[tuple[str, str]], schema: RegistrySchema, style: dict[str, Any]) -> None:
    """The first sheet: whose workbook it is, how to fill it in, and the numbers of rows that the sender counted himself."""
    _set_widths(target, ABOUT_WIDTHS)
    for row, (name, value) in enumerate(about):
        _write_pair(target, row, name, value, style)
    row = len(about) + 1
    target.write(row, 0, "Как заполнять", style["part"])
    for number, line in enumerate(HOW_TO, 1):
        row += 1
        target.merge_range(row, 0, row, 2, f"{number}. {line}", style["text"])
        target.set_row(row, height([line], [sum(ABOUT_WIDTHS)]))
    legend = (("required", "Обязательный столбец"), ("optional", "Необязательный столбец"), ("ask", "Ячейка для заполнения"))
    for column, (name, words) in enumerate(legend):
        target.write(row + 2, column, words, style[name])
    _write_totals(target, row + 4, schema, style)
    target.protect("", {"format_columns": True, "format_rows": True})


def _write_pair(target: Any, row: int, name: str, value: str, style: dict[str, Any]) -> None:
    target.write_string(row, 0, name, style["title" if row == 0 else "bold"])
    note = NOTES.get(name, "")
    line = LINE_POINTS + 4 * (row == 0 or value.startswith(SYNTHETIC))
    target.set_row(row, height([value, note], [ABOUT_WIDTHS[1], ABOUT_WIDTHS[2] - 3], line))
    if note:
        target.write_string(row, 2, note, style["quiet"])
    if name in DAYS_TO_FILL_IN:
        alert = {"error_message": "Нужна дата ДД.ММ.ГГГГ, например 05.09.2023."}
        target.data_validation(row, 1, row, 1, day_validation(name, note) | alert)
        target.write(row, 1, value, style["ask_day"])
    elif not value:
        target.write_blank(row, 1, None, style["ask"])
    else:
        target.write_string(row, 1, value, style["mark" if value.startswith(SYNTHETIC) else "title" if row == 0 else "text"])


def _write_totals(target: Any, row: int, schema: RegistrySchema, style: dict[str, Any]) -> None:
    target.write(row, 0, "Контрольные числа", style["part"])
    for line, sheet in enumerate(schema.sheets, row + 1):
        target.write_string(line, 0, f"Строк на листе «{sheet.title}»", style["text"])
        target.write_blank(line, 1, None, style["ask"])
        target.write_string(line, 2, "впишите, сколько строк должно быть: тетрадь сверит", style["quiet"])
    asked = {
        "validate": "integer",
        "criteria": ">=",
        "value": 0,
        "input_title": "Контрольное число",
        "input_message": "Сколько строк должно быть на листе, без заголовка. Не знаете — оставьте пустым",
        "error_type": "warning",
        "error_title": "Проверьте число",
        "error_message": "Ожидается целое число.",
    }
    target.data_validation(row + 1, 1, row + len(schema.sheets), 1, asked)


def write_codes(
    target: Any, system: str | None, codes: Mapping[str, str], schema: RegistrySchema, style: dict[str, Any], book: Any
) -> None:
    """The last sheet: what each registry is for, the words of every list (named for the columns), codes of municipalities.

    ``system``: whose clauses are shown; None shows those of all systems.
    """
    _set_widths(target, CODES_WIDTHS)
    row = _head(target, 0, "Что на листах и зачем", ("Лист", "Что вносится", "Чем требуется"), style)
    for sheet in schema.sheets:
        clauses = dict.fromkeys(demand.clause for demand in sheet.demanded_by if system in (None, demand.system))
        told = (sheet.title, sheet.about, "; ".join(clauses))
        target.set_row(row, height(told, CODES_WIDTHS))
        target.write_row(row, 0, told, style["text"])
        row += 1
    row = _head(target, row + 1, "Слова для выбора", ("Лист", "Столбец", "Слово"), style)
    for sheet in schema.sheets:
        for column in [column for column in sheet.columns if column.choices]:
            first = row + 1
            for word in (column.choices or {}).values():
                target.write_row(row, 0, (sheet.title, column.title), style["quiet" if row >= first else "text"])
                target.write_string(row, 2, word, style["text"])
                row += 1
            book.define_name(list_name(sheet, column), f"='{CODES_SHEET}'!$C${first}:$C${row}")
    if codes:
        row = _head(target, row + 1, "Муниципалитеты", ("Код", "Наименование"), style)
        for line, pair in enumerate(codes.items(), row):
            target.write_row(line, 0, pair, style["text"])
    target.protect("", {"format_columns": True, "format_rows": True})


def _set_widths(target: Any, widths: Iterable[float]) -> None:
    for column, width in enumerate(widths):
        target.set_column(column, column, width)


def _head(target: Any, row: int, title: str, headers: tuple[str, ...], style: dict[str, Any]) -> int:
    """A titled table begins here; the row after its header."""
    target.write(row, 0, title, style["part"])
    target.write_row(row + 1, 0, headers, style["optional"])
    return row + 2
