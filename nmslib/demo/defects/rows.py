"""Defects of keys, references and the order of dates, each in rows that are otherwise right."""

from datetime import datetime, timedelta

from nmslib.demo.defects.bench import Bench, Row
from nmslib.demo.defects.kind import Kinds

KINDS = Kinds()
MONTH, YEAR = timedelta(days=30), timedelta(days=366)


def _years_later(day: datetime, years: int) -> datetime:
    return day.replace(year=day.year + years, day=min(day.day, 28))


def _hired_long_ago(bench: Bench, row: Row) -> bool:
    hired = row.day("hired_on")
    return bench.works_alone(row) and hired is not None and hired < bench.data_day - 2 * YEAR


def _within_job(bench: Bench, row: Row, day: datetime) -> bool:
    jobs = bench.jobs(row.text("person"))
    hired = jobs[0].day("hired_on") if len(jobs) == 1 else None
    return hired is not None and hired <= day <= (jobs[0].day("left_on") or bench.data_day)


@KINDS.kind("repeated_row", "Строка «Освоение программ» повторена целиком в конце листа", "completions.person")
def _repeated_row(bench: Bench) -> None:
    row = bench.one("completions")
    bench.note("completions", None, [bench.add("completions", row)])


@KINDS.kind(
    "repeated_key", "Та же диагностика того же дня второй раз, с другим уровнем", "diagnostics.person", "diagnostics.level"
)
def _repeated_key(bench: Bench) -> None:
    row = bench.one("diagnostics")
    words = [bench.word("diagnostics", "level", value) for value in ("low", "middle", "high")]
    again = bench.add("diagnostics", row, level=next(word for word in words if word != row["level"]))
    bench.note("diagnostics", None, [again])


@KINDS.kind("unknown_code", "Диагностика с кодом, которого нет на листе «Работники»", "diagnostics.person")
def _unknown_code(bench: Bench) -> None:
    row = bench.add_for_somebody("diagnostics", "diagnosed_on", person=bench.fresh_code("staff", "person"))
    bench.note("diagnostics", "person", [row])


@KINDS.kind("unknown_code", "Работник с кодом организации, которой нет на листе «Организации»", "staff.organisation")
def _unknown_organisation(bench: Bench) -> None:
    row = bench.one("staff", bench.works_alone, newest="hired_on")
    row["organisation"] = bench.fresh_code("organisations", "organisation")
    bench.note("staff", "organisation", [row])


@KINDS.kind("unknown_optional_code", "Код наставника, которого нет на листе «Работники»", "young_support.mentor")
def _unknown_optional_code(bench: Bench) -> None:
    row = bench.one("young_support", lambda row: row["mentor"] is not None)
    row["mentor"] = bench.fresh_code("staff", "person")
    bench.note("young_support", "mentor", [row])


@KINDS.kind("unknown_measure", "Номер меры «99.9», которого нет в дорожной карте", "execution.measure")
def _unknown_measure(bench: Bench) -> None:
    row = bench.one("execution", newest="due_on")
    row["measure"] = "99.9"
    bench.note("execution", "measure", [row])


@KINDS.kind("future_date", "Диагностика позже «Данные на»: внесено планируемое", "diagnostics.diagnosed_on", "about.data_day")
def _future_date(bench: Bench) -> None:
    later = bench.ago(-bench.random.randint(5, 40))
    row = bench.add_for_somebody("diagnostics", "diagnosed_on", diagnosed_on=later)
    bench.note("diagnostics", "diagnosed_on", [row])


@KINDS.kind("improbable_birth", "Год рождения 1907 вместо 1987: возраст неправдоподобен", "staff.birth_on")
def _improbable_birth(bench: Bench) -> None:
    row = bench.one("staff", lambda row: bench.works_alone(row) and row.day("birth_on") is not None)
    born = row.day("birth_on") or bench.data_day
    row["birth_on"] = _years_later(born, 1901 + born.year % 10 - born.year)
    bench.note("staff", "birth_on", [row])


@KINDS.kind("hired_too_young", "По датам принят на работу в 15 лет: ошибка в годе рождения", "staff.birth_on", "staff.hired_on")
def _hired_too_young(bench: Bench) -> None:
    row = bench.one("staff", lambda row: _hired_long_ago(bench, row))
    row["birth_on"] = _years_later(row.day("hired_on") or bench.data_day, -15) - MONTH
    bench.note("staff", "hired_on", [row])


@KINDS.kind("left_before_hired", "Уволен на 20 дней раньше, чем принят", "staff.hired_on", "staff.left_on")
def _left_before_hired(bench: Bench) -> None:
    row = bench.one("staff", bench.works_alone)
    row["left_on"] = (row.day("hired_on") or bench.data_day) - timedelta(days=20)
    bench.note("staff", "left_on", [row])


@KINDS.kind(
    "profession_after_hired", "По профессии работает позже, чем принят педагогом", "staff.hired_on", "staff.profession_since"
)
def _profession_after_hired(bench: Bench) -> None:
    row = bench.one("staff", lambda row: _hired_long_ago(bench, row))
    row["profession_since"] = (row.day("hired_on") or bench.data_day) + timedelta(days=200)
    bench.note("staff", "hired_on", [row])


@KINDS.kind("ended_before_started", "Маршрут завершён на 10 дней раньше, чем разработан", "routes.completed_on")
def _ended_before_started(bench: Bench) -> None:
    def fits(row: Row) -> bool:
        day = row.day("drawn_up_on")
        return day is not None and _within_job(bench, row, day - MONTH) and len(bench.mentions(row.text("person"), "routes")) == 1

    row = bench.one("routes", fits)
    row["completed_on"] = (row.day("drawn_up_on") or bench.data_day) - timedelta(days=10)
    bench.note("routes", "completed_on", [row])


@KINDS.kind(
    "route_before_diagnostics", "Маршрут по диагностике разработан раньше неё", "routes.drawn_up_on", "diagnostics.diagnosed_on"
)
def _route_before_diagnostics(bench: Bench) -> None:
    def diagnosed(row: Row) -> datetime | None:
        found = bench.mentions(row.text("person"), "diagnostics")
        only = bench.row("diagnostics", min(found)[1]) if len(found) == 1 else None
        return only.day("diagnosed_on") if only and only["place"] == bench.word("diagnostics", "place", "centre") else None

    def fits(row: Row) -> bool:
        day, centre = diagnosed(row), row["grounds"] == bench.word("routes", "grounds", "centre")
        alone = len(bench.mentions(row.text("person"), "routes")) == 1
        return centre and alone and day is not None and day.timetuple().tm_yday > 15 and _within_job(bench, row, day - MONTH)

    row = bench.one("routes", fits, newest="drawn_up_on")
    row["drawn_up_on"] = (diagnosed(row) or bench.data_day) - timedelta(days=bench.random.randint(5, 14))
    bench.note("routes", "drawn_up_on", [row])


@KINDS.kind(
    "outside_employment",
    "Обучение завершено за 40 дней до приёма на работу",
    "completions.completed_on",
    "completions.started_on",
)
def _outside_employment(bench: Bench) -> None:
    unasked = bench.word("completions", "by_diagnostics", "no")
    row = bench.add_for_somebody("completions", "completed_on", by_diagnostics=unasked, started_on=None)
    hired = bench.jobs(row.text("person"))[0].day("hired_on")
    row["completed_on"] = (hired or bench.data_day) - timedelta(days=40)
    bench.note("completions", "completed_on", [row])


@KINDS.kind(
    "closed_organisation",
    "Работник числится в организации, закрытой сто дней назад",
    "organisations.closed_on",
    "staff.organisation",
)
def _closed_organisation(bench: Bench) -> None:
    row = bench.one("staff", lambda row: _hired_long_ago(bench, row))
    like = bench.all_rows("organisations")[0]
    code = bench.fresh_code("organisations", "organisation")
    bench.add("organisations", like, organisation=code, closed_on=bench.ago(100), name="Школа № 99 (вымышленная организация)")
    row["organisation"] = code
    bench.note("staff", "organisation", [row])
