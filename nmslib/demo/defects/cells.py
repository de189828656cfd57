"""Defects of single cells: what stands there instead of a date, a number, a word."""

from collections.abc import Callable, Sequence
from datetime import datetime

from nmslib.demo.defects.bench import Bench, Row, Value
from nmslib.demo.defects.kind import Kinds

KINDS = Kinds()
EXCEL_EPOCH = datetime(1899, 12, 30)
LATIN = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")


def _spoil(
    bench: Bench,
    registry: str,
    column: str,
    values: Sequence[Value],
    test: Callable[[Row], bool] = lambda row: True,
    newest: str | None = None,
) -> list[Row]:
    """Puts each value into a free row of its own and notes them."""
    rows = bench.pick(registry, len(values), test, newest)
    for row, value in zip(rows, values, strict=False):
        row[column] = value
    bench.note(registry, column, rows)
    return rows


def _rewrite(bench: Bench, registry: str, column: str, written: Callable[[Value], Value], share: float = 1.0) -> list[Row]:
    """Writes the same values another way in every free filled cell of a column (or a share of them) and notes the rows."""
    rows = [row for row in bench.rows(registry) if row[column] is not None]
    chosen = sorted(bench.random.sample(rows, max(1, round(len(rows) * share))), key=lambda row: row.number) if rows else []
    if not chosen:
        raise bench.refuse(f"столбец «{column}» пуст")
    for row in chosen:
        row[column] = written(row[column])
    bench.note(registry, column, chosen)
    return chosen


def _day_first(value: Value) -> Value:
    return f"{value:%d.%m.%Y}" if isinstance(value, datetime) else value


@KINDS.kind("no_cached_value", "Формула «=36*2» без сохранённого значения", "completions.hours")
def _no_cached_value(bench: Bench) -> None:
    _spoil(bench, "completions", "hours", ["=36*2"] * 3, newest="completed_on")


@KINDS.kind("error_value", "«#N/A» вместо даты: не сработала ВПР", "management_teams.completed_on", "management_teams.programme")
def _error_value(bench: Bench) -> None:
    _spoil(bench, "management_teams", "completed_on", ["#N/A", "#REF!"])


@KINDS.kind("empty_key", "Маршрут без кода работника", "routes.person")
def _empty_key(bench: Bench) -> None:
    _spoil(bench, "routes", "person", [None], newest="drawn_up_on")


@KINDS.kind("empty_required", "Не заполнена дата рождения у троих", "staff.birth_on")
def _empty_required(bench: Bench) -> None:
    _spoil(bench, "staff", "birth_on", [None] * 3, lambda row: row.day("birth_on") is not None)


@KINDS.kind("unknown_value", "«н/д» в столбце «Уровень» у 214 строк или у всех, сколько есть", "diagnostics.level")
def _unknown_value(bench: Bench) -> None:
    rows = bench.rows("diagnostics")[:214]
    for row in rows:
        row["level"] = "н/д"
    bench.note("diagnostics", "level", rows)


@KINDS.kind("unknown_value", "«-» вместо «нет» в столбце «ШНОР»", "organisations.low_results")
def _unknown_dash(bench: Bench) -> None:
    rows = bench.rows("organisations")
    for row in rows:
        row["low_results"] = "-"
    bench.note("organisations", "low_results", rows)


@KINDS.kind("bad_date", "«31.02.2023» в дате завершения маршрута", "routes.completed_on")
def _bad_date(bench: Bench) -> None:
    _spoil(bench, "routes", "completed_on", ["31.02.2023"])


@KINDS.kind("bad_key_date", "«30.02.2023» в дате разработки маршрута", "routes.drawn_up_on")
def _bad_key_date(bench: Bench) -> None:
    _spoil(bench, "routes", "drawn_up_on", ["30.02.2023"], newest="drawn_up_on")


@KINDS.kind("year_only", "«2019 г.» вместо даты приёма", "staff.hired_on")
def _year_only(bench: Bench) -> None:
    for row in (rows := bench.pick("staff", 5, bench.works_alone)):
        row["hired_on"] = f"{row.day('hired_on'):%Y} г."
    bench.note("staff", "hired_on", rows)


@KINDS.kind("year_as_first_day", "«2015 г.» вместо дня, с которого действует организация", "organisations.opened_on")
def _year_as_first_day(bench: Bench) -> None:
    _spoil(bench, "organisations", "opened_on", ["2015 г.", "2015"])


@KINDS.kind("two_digit_year", "«05.09.87» в дате рождения", "staff.birth_on")
def _two_digit_year(bench: Bench) -> None:
    def fits(row: Row) -> bool:
        born = row.day("birth_on")
        return born is not None and 1940 <= born.year < 2000 and len(bench.jobs(row.text("person"))) == 1

    for row in (rows := bench.pick("staff", 4, fits)):
        row["birth_on"] = f"{row.day('birth_on'):%d.%m.%y}"
    bench.note("staff", "birth_on", rows)


@KINDS.kind("date_as_text", "Весь столбец дат завершения записан текстом «05.09.2023»", "completions.completed_on")
def _date_as_text(bench: Bench) -> None:
    _rewrite(bench, "completions", "completed_on", _day_first)


@KINDS.kind("date_as_number", "Весь столбец дат начала в общем формате: 45174", "young_support.started_on")
def _date_as_number(bench: Bench) -> None:
    rows = _rewrite(
        bench, "young_support", "started_on", lambda day: (day - EXCEL_EPOCH).days if isinstance(day, datetime) else day
    )
    for row in rows:
        row.cells.cell(row.number, row.columns["started_on"]).number_format = "General"


@KINDS.kind("bad_number", "«полставки» вместо 0,5", "staff.rate")
def _bad_number(bench: Bench) -> None:
    _spoil(bench, "staff", "rate", ["полставки", "0,5 и 0,25", "ставка"])


@KINDS.kind("number_as_text", "Доля ставки записана текстом «0,5»", "staff.rate")
def _number_as_text(bench: Bench) -> None:
    _rewrite(bench, "staff", "rate", lambda rate: str(rate).replace(".", ","), share=0.5)


@KINDS.kind("number_as_text", "«72 ч.» в столбце «Часов»", "completions.hours")
def _hours_with_unit(bench: Bench) -> None:
    _rewrite(bench, "completions", "hours", lambda hours: f"{hours} ч.", share=0.5)


@KINDS.kind("out_of_range", "Доля ставки 15: пропущена запятая", "staff.rate")
def _out_of_range(bench: Bench) -> None:
    _spoil(bench, "staff", "rate", [15])


@KINDS.kind("out_of_range", "Программа на 2 часа", "completions.hours")
def _too_few_hours(bench: Bench) -> None:
    _spoil(bench, "completions", "hours", [2, 8])


@KINDS.kind("bad_choice", "«где-то» в столбце «Где пройдена»", "diagnostics.place")
def _bad_choice(bench: Bench) -> None:
    bench.note("diagnostics", "place", [bench.add_for_somebody("diagnostics", "diagnosed_on", place="где-то")])


@KINDS.kind("bad_choice", "«совмещает» в столбце «Вид занятости»", "staff.employment")
def _bad_employment(bench: Bench) -> None:
    _spoil(bench, "staff", "employment", ["совмещает"], bench.works_alone)


@KINDS.kind("padded_text", "Пробелы в начале, в конце и двойные в имени", "staff.full_name")
def _padded_text(bench: Bench) -> None:
    for row in (rows := bench.pick("staff", 5)):
        name = row.text("full_name")
        row["full_name"] = bench.random.choice([f" {name}", f"{name}  ", name.replace(" ", "  ")])
    bench.note("staff", "full_name", rows)


@KINDS.kind("lookalike_letters", "Латинская «O» в кодах организаций на листе команд", "management_teams.organisation")
def _lookalike_letters(bench: Bench) -> None:
    _rewrite(bench, "management_teams", "organisation", lambda code: str(code).translate(LATIN))


@KINDS.kind("lookalike_letters", "Латинская «P» в кодах работников на листе маршрутов", "routes.person")
def _lookalike_person(bench: Bench) -> None:
    _rewrite(bench, "routes", "person", lambda code: str(code).translate(LATIN), share=0.3)


@KINDS.kind("formula_like_text", "Должность начинается с «=», «+», «@»", "staff.position")
def _formula_like_text(bench: Bench) -> None:
    rows = _spoil(bench, "staff", "position", ["=Иванов И. И.", "+7 (914) 000-00-00, учитель", "@учитель"])
    for row in rows:
        row.cells.cell(row.number, row.columns["position"]).data_type = "s"
