"""Defects of people, of registries against each other, and against what was accepted before."""

from datetime import timedelta

from nmslib.demo.defects.bench import Bench, Row, Value
from nmslib.demo.defects.kind import Kinds

KINDS = Kinds()
STRANGERS = (
    "Вымыслова Аглая Тихоновна",
    "Небывалова Василиса Прохоровна",
    "Придумкина Ефросинья Макаровна",
)


def _open_elsewhere(bench: Bench, row: Row) -> str:
    """Another organisation that still works."""
    for other in bench.all_rows("organisations"):
        if other["organisation"] != row["organisation"] and other["closed_on"] is None:
            return other.text("organisation")
    raise bench.refuse("нет второй действующей организации")


def _another(bench: Bench, row: Row, **values: Value) -> Row:
    return bench.add("staff", row, person=bench.fresh_code("staff", "person"), **values)


@KINDS.kind("same_person", "Тот же человек дважды: те же имя и дата рождения, другой код", "staff.person", "staff.full_name")
def _same_person(bench: Bench) -> None:
    row = bench.one("staff", bench.works_alone)
    bench.note("staff", "person", [row, _another(bench, row)])


@KINDS.kind("same_person", "Тот же человек дважды: ё вместо е и лишний пробел в имени", "staff.person", "staff.full_name")
def _same_person_spelling(bench: Bench) -> None:
    row = bench.one(
        "staff", lambda row: bench.works_alone(row) and ("е" in row.text("full_name") or "ё" in row.text("full_name"))
    )
    name = row.text("full_name")
    other = name.replace("ё", "е") if "ё" in name else name.replace("е", "ё", 1)
    again = _another(bench, row, full_name=other.replace(" ", "  ", 1))
    bench.note("staff", "person", [row, again])
    bench.note("staff", "full_name", [again], follows="padded_text")


@KINDS.kind("maybe_same_person", "Похожий человек: одна буква в имени, дата рождения та же", "staff.person", "staff.full_name")
def _maybe_same_person(bench: Bench) -> None:
    row = bench.one("staff", lambda row: bench.works_alone(row) and len(row.text("full_name").split(" ")[0]) > 4)
    name = row.text("full_name")
    other = name[:2] + ("а" if name[2] != "а" else "о") + name[3:]
    again = _another(bench, row, full_name=other, organisation=_open_elsewhere(bench, row))
    bench.note("staff", "full_name", [row, again])


@KINDS.kind("two_main_places", "У работника основное место работы в двух организациях", "staff.employment")
def _two_main_places(bench: Bench) -> None:
    row = bench.one("staff", bench.works_alone)
    bench.note("staff", "employment", [row, bench.add("staff", row, organisation=_open_elsewhere(bench, row))])


@KINDS.kind("code_of_two_people", "Код работника дан и другому человеку, в другой организации", "staff.person", "staff.full_name")
def _code_of_two_people(bench: Bench) -> None:
    row = bench.one("staff", lambda row: bench.works_alone(row) and row.day("birth_on") is not None)
    outside = {"employment": bench.word("staff", "employment", "external"), "organisation": _open_elsewhere(bench, row)}
    born = (row.day("birth_on") or bench.data_day) - timedelta(days=500)
    other = bench.add("staff", row, full_name=STRANGERS[0], birth_on=born, **outside)
    bench.note("staff", "person", [row, other])


@KINDS.kind("own_mentor", "Молодой педагог записан наставником самому себе", "young_support.mentor")
def _own_mentor(bench: Bench) -> None:
    row = bench.one("young_support", lambda row: row["mentor"] is not None)
    row["mentor"] = row["person"]
    bench.note("young_support", "mentor", [row])


@KINDS.kind(
    "route_without_diagnostics", "Маршрут «по диагностике в ЦНППМ» у того, кто её не проходил", "routes.person", "routes.grounds"
)
def _route_without_diagnostics(bench: Bench) -> None:
    centre = bench.word("routes", "grounds", "centre")
    row = bench.add_for_somebody("routes", "drawn_up_on", grounds=centre, completed_on=None)
    bench.note("routes", "grounds", [row])


@KINDS.kind(
    "programme_without_diagnostics",
    "Программа «по диагностике» у того, кто её не проходил",
    "completions.person",
    "completions.by_diagnostics",
)
def _programme_without_diagnostics(bench: Bench) -> None:
    chosen = bench.word("completions", "by_diagnostics", "yes")
    row = bench.add_for_somebody("completions", "completed_on", by_diagnostics=chosen, started_on=None)
    bench.note("completions", "by_diagnostics", [row])


@KINDS.kind(
    "more_than_employed", "Почти все работники стали внешними совместителями: диагностику прошло больше", "staff", "diagnostics"
)
def _more_than_employed(bench: Bench) -> None:
    days = {row.text("person"): row.day("diagnosed_on") for row in bench.all_rows("diagnostics")}
    diagnosed = {person for person, day in days.items() if day and day.year == bench.data_day.year}
    if len(diagnosed) < 2:
        raise bench.refuse("в году данных диагностику прошло меньше двух человек")
    main, outside = (bench.word("staff", "employment", value) for value in ("main", "external"))
    jobs = [row for row in bench.all_rows("staff") if row["employment"] == main]
    for row in jobs[len(diagnosed) // 2 :]:
        row["employment"] = outside
    bench.note("diagnostics", "person")


@KINDS.kind("trained_without_programme", "Обучение команды завершено, а программа не названа", "management_teams.programme")
def _trained_without_programme(bench: Bench) -> None:
    trained = any(row.day("completed_on") for row in bench.rows("management_teams"))
    row = bench.one("management_teams", lambda row: row.day("completed_on") is not None or not trained)
    row["programme"], row["completed_on"] = None, row["completed_on"] or bench.ago(60)
    bench.note("management_teams", "programme", [row])


def _done(bench: Bench) -> Row:
    word = bench.word("execution", "state", "done")
    full = ("done_on", "document")
    return bench.one("execution", lambda row: row["state"] == word and all(row[column] for column in full))


@KINDS.kind("done_without_day", "Мера исполнена, а даты исполнения нет", "execution.done_on")
def _done_without_day(bench: Bench) -> None:
    row = _done(bench)
    row["done_on"] = None
    bench.note("execution", "done_on", [row])


@KINDS.kind("day_without_done", "Дата исполнения стоит, а мера «в работе»", "execution.state")
def _day_without_done(bench: Bench) -> None:
    row = _done(bench)
    row["state"] = bench.word("execution", "state", "going")
    bench.note("execution", "state", [row])


@KINDS.kind("done_without_document", "Мера исполнена, а подтверждающего документа нет", "execution.document")
def _done_without_document(bench: Bench) -> None:
    row = _done(bench)
    row["document"] = None
    bench.note("execution", "document", [row])


def _registered(bench: Bench) -> Row:
    word = bench.word("programmes", "in_register", "yes")
    return bench.one(
        "programmes", lambda row: row["in_register"] == word and bool(row.day("registered_on") and row.day("developed_on"))
    )


@KINDS.kind("registered_before_developed", "Программа включена в ФР ДПП за месяц до разработки", "programmes.registered_on")
def _registered_before_developed(bench: Bench) -> None:
    row = _registered(bench)
    row["registered_on"] = (row.day("developed_on") or bench.data_day) - timedelta(days=30)
    bench.note("programmes", "registered_on", [row])


@KINDS.kind("registered_day_without_mark", "Дата включения в ФР ДПП стоит, а отметка «нет»", "programmes.in_register")
def _registered_day_without_mark(bench: Bench) -> None:
    row = _registered(bench)
    row["in_register"] = bench.word("programmes", "in_register", "no")
    bench.note("programmes", "in_register", [row])


@KINDS.kind("changed_person", "У прежнего кода другие имя и дата рождения", "staff.full_name", "staff.birth_on")
def _changed_person(bench: Bench) -> None:
    def fits(row: Row) -> bool:
        hired = row.day("hired_on")
        return bench.works_alone(row) and row.day("birth_on") is not None and hired is not None and hired < bench.ago(400)

    row = bench.one("staff", fits)
    row["full_name"], row["birth_on"] = STRANGERS[1], (row.day("birth_on") or bench.data_day) - timedelta(days=500)
    bench.note("staff", "person", [row])


@KINDS.kind("jump", "Работников стало в полтора раза больше: внесён и технический персонал", "staff")
def _jump(bench: Bench) -> None:
    rows = bench.all_rows("staff")
    codes = bench.fresh_codes("staff", "person", max(12, len(rows) // 2))
    for number, code in enumerate(codes):
        like = rows[number % len(rows)]
        main = {"employment": bench.word("staff", "employment", "main"), "left_on": None}
        days = dict.fromkeys(("hired_on", "profession_since"), bench.ago(200)) | {
            "birth_on": bench.ago(12_000 + number * 13 % 12_000)
        }
        who = {"person": code, "full_name": STRANGERS[number % len(STRANGERS)], "position": "уборщик служебных помещений"}
        bench.add("staff", like, **who, **days, **main)
    bench.note("staff", None)


@KINDS.kind("vanished_rows", "Нет трёх строк «Освоение программ» самого раннего года", "completions")
def _vanished_rows(bench: Bench) -> None:
    days = {row.number: row.day("completed_on") for row in bench.rows("completions")}
    first = min(day.year for day in days.values() if day)
    old = [number for number, day in days.items() if day and day.year == first]
    bench.drop("completions", [bench.row("completions", number) for number in old[:3]])
    bench.note("completions", None)
