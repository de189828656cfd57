"""Every rule fires on its case and stays silent just on the other side of the border; what was not sent is unknown, not wrong."""

import ast
import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from nmslib import checks
from nmslib.checks import Checked, dates
from nmslib.model import Finding, RegistrySchema, Rule, Severity
from nmslib.registries import Book, ReadSheet, snapshots

PACKAGE = Path(checks.__file__).parents[1]
DAY = date(2023, 12, 20)  # as of when the data are, a Wednesday
Inspect = Callable[..., Checked]


def person(code: str = "Р1", **other: object) -> dict:
    who = {"person": code, "full_name": "Вымыслова Анна Ивановна", "birth_on": "1980-05-05", "organisation": "О1"}
    job = {"role": "teacher", "position": "учитель", "employment": "main", "rate": 1}
    return who | job | {"hired_on": "2010-09-01", "profession_since": "2005-09-01"} | other


def organisation(code: str = "О1", **other: object) -> dict:
    return {"organisation": code, "name": "Школа", "type": "general", "settlement": "urban", "opened_on": "1990-09-01"} | other


def diagnosed(code: str = "Р1", on: str | None = "2023-03-01", **other: object) -> dict:
    return {"person": code, "diagnosed_on": on, "place": "centre", "level": "low"} | other


def route(code: str = "Р1", on: str | None = "2023-03-01", **other: object) -> dict:
    return {"person": code, "drawn_up_on": on, "grounds": "centre"} | other


def completed(code: str = "Р1", on: str = "2023-06-01", **other: object) -> dict:
    about = {"programme": "Курс", "hours": 36, "in_register": "yes", "by_diagnostics": "no"}
    return {"person": code, "completed_on": on} | about | other


def done(code: str = "1", **other: object) -> dict:
    return {"measure": code, "due_on": "2023-12-01", "state": "done", "done_on": "2023-11-01", "document": "приказ"} | other


def monitored(on: str) -> dict:
    return {"person": "Р1", "monitored_on": on, "risk": "low"}


def programme(code: str = "П1", **other: object) -> dict:
    marks = {"in_register": "yes", "network": "no", "from_innovation": "no"}
    about = {"name": "Курс", "provider": "Центр", "hours": 36, "developed_on": "2022-01-10", "registered_on": "2022-03-01"}
    return {"programme": code} | about | marks | other


def people(count: int, first: int = 1) -> list[dict]:
    """So many different people, no two of them alike."""
    born = [date(1960, 1, 1) + timedelta(days=number) for number in range(first, first + count)]
    return [person(f"Р{number}", birth_on=day.isoformat()) for number, day in enumerate(born, first)]


def typed(registry: str, rows: list[dict], schema: RegistrySchema) -> pd.DataFrame:
    """Rows as the reader gives them: the first stands in Excel's second row."""
    sheet = schema.sheet(registry)
    assert {name for row in rows for name in row} <= {column.id for column in sheet.columns}
    made = pd.DataFrame(rows, columns=[column.id for column in sheet.columns], dtype="object")
    for column in sheet.columns:
        if column.type == "date":
            made[column.id] = pd.to_datetime(made[column.id], format="%Y-%m-%d").astype("datetime64[s]")
        elif column.type in ("integer", "number"):
            made[column.id] = pd.to_numeric(made[column.id]).astype("float64")
        else:
            made[column.id] = made[column.id].where(made[column.id].notna(), None)
    made.insert(0, "excel_row", range(2, len(made) + 2))
    return made


def read_sheet(registry: str, rows: list[dict], schema: RegistrySchema, absent: tuple[str, ...], total: int | None) -> ReadSheet:
    titles = {column.id: column.title for column in schema.sheet(registry).columns if f"{registry}.{column.id}" not in absent}
    letters = dict(zip(titles, "ABCDEFGHIJKLMNOP", strict=False))
    return ReadSheet(registry, schema.sheet(registry).title, typed(registry, rows, schema), letters, titles, total)


@pytest.fixture
def inspect(schema: RegistrySchema, rules: dict[str, Rule]) -> Inspect:
    """Checks of a workbook made of a few rows: `inspect(staff=[{...}], ...)`; what is not named was not sent.

    ``before``: registry → rows accepted last time; ``told``: what the reader has found; ``absent``: «registry.column» that are
    not on the sheet; ``totals``: registry → the sender's number of rows.
    """

    def made(
        before: dict[str, list[dict]] | None = None,
        told: tuple[Finding, ...] = (),
        absent: tuple[str, ...] = (),
        totals: dict[str, int] | None = None,
        measures: tuple[str, ...] = ("1", "2"),
        form: list[str] | None = None,
        previous_day: date | None = None,
        identity: tuple[Finding, ...] = (),
        about: dict | None = None,
        today: date = DAY,
        **sheets: list[dict],
    ) -> Checked:
        read = {name: read_sheet(name, rows, schema, absent, (totals or {}).get(name)) for name, rows in sheets.items()}
        known = {"version": schema.version, "data_on": DAY} | (about or {})
        book = Book(Path("demo.xlsx"), "0" * 64, sheets=read, findings=told, **known)
        stored, previous = {}, {}
        if before is not None:
            rows_before = {name: typed(name, rows, schema) for name, rows in before.items()}
            previous = snapshots.storable(rows_before, schema, "demo", b"key")
            stored = snapshots.storable({name: one.frame for name, one in read.items()}, schema, "demo", b"key")
        context = checks.Context(schema, rules, frozenset(measures), today, previous, previous_day, stored)
        return checks.check(book, schema.only(list(sheets) if form is None else form), context, identity)

    return made


def rules_of(checked: Checked) -> list[str]:
    return [finding.rule for finding in checked.findings]


def rows_of(checked: Checked, rule: str) -> tuple[int, ...]:
    (finding,) = [one for one in checked.findings if one.rule == rule]
    return finding.rows


def shift(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def test_workbook_with_nothing_wrong_gives_no_findings_and_keeps_every_row(inspect):
    sheets = {
        "organisations": [organisation()],
        "staff": [person(), person("Р2", full_name="Небывалов Пётр Ильич", birth_on="1975-01-02")],
        "diagnostics": [diagnosed(), diagnosed("Р2")],
        "routes": [route()],
        "completions": [completed(by_diagnostics="yes")],
        "management_teams": [{"organisation": "О1", "members": 3, "programme": "Управление", "completed_on": "2023-05-01"}],
        "young_support": [{"person": "Р1", "form": "mentoring", "mentor": "Р2", "started_on": "2023-01-10"}],
        "programmes": [programme()],
        "execution": [done()],
    }
    checked = inspect(**sheets, before=sheets)
    assert checked.findings == []
    assert checked.left_out == {}
    assert {name: len(frame) for name, frame in checked.kept.items()} == {name: len(rows) for name, rows in sheets.items()}


# Keys and references


def test_whole_row_that_stands_twice_is_left_out_once_and_the_first_stays(inspect):
    checked = inspect(diagnostics=[diagnosed(), diagnosed(), diagnosed()])
    assert checked.findings[0].rows == (3, 4)
    assert rules_of(checked) == ["repeated_row"]
    assert checked.kept["diagnostics"]["excel_row"].tolist() == [2]
    assert checked.left_out == {"diagnostics": {3: "repeated_row", 4: "repeated_row"}}


def test_same_key_with_other_values_is_a_repeated_key(inspect):
    checked = inspect(diagnostics=[diagnosed(), diagnosed(level="high")])
    assert rules_of(checked) == ["repeated_key"]
    assert checked.findings[0].details == "строка 3 повторяет 2"


def test_copy_and_other_row_of_one_key_are_told_apart(inspect):
    checked = inspect(diagnostics=[diagnosed(), diagnosed(level="high"), diagnosed()])
    assert (rows_of(checked, "repeated_key"), rows_of(checked, "repeated_row")) == ((3,), (4,))


def test_same_person_on_another_day_is_another_row(inspect):
    assert rules_of(inspect(diagnostics=[diagnosed(), diagnosed(on="2023-03-02")])) == []


def test_measure_without_a_term_stands_once_and_with_terms_once_for_each(inspect):
    assert rules_of(inspect(execution=[done(), done(due_on="2022-12-01"), done("2", due_on=None)])) == []
    assert rules_of(inspect(execution=[done(due_on=None), done(due_on=None)])) == ["repeated_row"]


def test_rows_without_a_key_are_not_called_repeated(inspect):
    told = (Finding("empty_key", "diagnostics", "person", (2, 3)),)
    checked = inspect(diagnostics=[diagnosed(None), diagnosed(None)], told=told)
    assert rules_of(checked) == ["nothing_left", "empty_key"]
    assert "diagnostics" not in checked.kept


def test_code_that_the_other_sheet_lacks_leaves_the_row_out(inspect):
    checked = inspect(staff=[person()], diagnostics=[diagnosed(), diagnosed("Р9")])
    assert rules_of(checked) == ["unknown_code"]
    assert checked.findings[0].details == "«Р9»: нет на листе «Работники»"
    assert checked.findings[0].said == "нет на листе «Работники»"
    assert checked.left_out == {"diagnostics": {3: "unknown_code"}}


def test_code_is_not_unknown_when_the_other_sheet_was_not_sent(inspect):
    assert rules_of(inspect(diagnostics=[diagnosed("Р9")])) == []


def test_unknown_code_in_an_optional_column_keeps_the_row(inspect):
    support = [{"person": "Р1", "form": "mentoring", "mentor": "Р9", "started_on": "2023-01-10"}]
    checked = inspect(staff=[person()], young_support=support)
    assert rules_of(checked) == ["unknown_optional_code"]
    assert checked.left_out == {}


def test_empty_optional_code_is_not_unknown(inspect):
    support = [{"person": "Р1", "form": "mentoring", "mentor": None, "started_on": "2023-01-10"}]
    assert rules_of(inspect(staff=[person()], young_support=support)) == []


def test_code_of_a_row_that_is_left_out_is_not_unknown(inspect):
    staff = [person(), person("Р2", full_name="Небывалов Пётр Ильич", organisation="О9", birth_on="1975-01-02")]
    checked = inspect(organisations=[organisation()], staff=staff, diagnostics=[diagnosed(), diagnosed("Р2")])
    assert [(one.rule, one.registry) for one in checked.findings] == [("unknown_code", "staff")]


def test_measure_that_the_document_lacks_is_left_out(inspect):
    checked = inspect(execution=[done("1"), done("99.9")])
    assert rules_of(checked) == ["unknown_measure"]
    assert checked.left_out == {"execution": {3: "unknown_measure"}}


def test_no_measure_is_unknown_where_the_document_has_no_roadmap(inspect):
    assert rules_of(inspect(execution=[done("99.9")], measures=())) == []


# Numbers


@pytest.mark.parametrize(("rate", "wrong"), [(0.01, False), (0.009, True), (0, True), (2, False), (2.01, True), (None, False)])
def test_rate_lies_between_a_hundredth_and_two(inspect, rate, wrong):
    assert rules_of(inspect(staff=[person(rate=rate)])) == ["out_of_range"] * wrong


@pytest.mark.parametrize(("hours", "wrong"), [(15, True), (16, False), (2000, False), (2001, True)])
def test_programme_has_at_least_sixteen_hours(inspect, hours, wrong):
    checked = inspect(completions=[completed(), completed(on="2023-06-02", hours=hours)])
    assert [(one.rule, one.column, one.rows) for one in checked.findings] == [("out_of_range", "hours", (3,))] * wrong
    assert len(checked.kept["completions"]) == 2


def test_range_is_told_with_the_value_and_the_bounds(inspect):
    (finding,) = inspect(staff=[person(rate=15)]).findings
    assert (finding.details, finding.said) == ("стоит «15»; можно от 0,01 до 2", "можно от 0,01 до 2")


# Dates in order


@pytest.mark.parametrize(("registry", "first", "second"), list(dates.IN_ORDER))
def test_second_day_may_be_the_first_but_not_before_it(inspect, registry, first, second):
    """Every pair of IN_ORDER, on the same day and a day earlier; the sheet stands alone, other columns are empty."""

    def fired(second_day: str) -> list[str]:
        row = {first: "2020-02-29", second: second_day}
        return [rule for rule in rules_of(inspect(**{registry: [row]})) if rule == dates.IN_ORDER[(registry, first, second)]]

    assert fired("2020-02-29") == []
    assert fired("2020-02-28") == [dates.IN_ORDER[(registry, first, second)]]


@pytest.mark.parametrize("ends", ["left_on", "until", "closed_on", "ended_on", "withdrawn_on", "completed_on"])
def test_every_end_has_its_beginning_in_order(schema, ends):
    begins = {"hired_on", "since", "opened_on", "started_on", "developed_on", "founded_on", "signed_on", "drawn_up_on"}
    ordered = {(registry, second) for registry, _, second in dates.IN_ORDER}
    for sheet in schema.sheets:
        columns = {column.id for column in sheet.columns}
        if ends in columns and begins & columns:
            assert (sheet.id, ends) in ordered, sheet.id


@pytest.mark.parametrize(("on", "wrong"), [("2023-12-20", False), ("2023-12-21", True)])
def test_nothing_has_happened_after_the_day_of_the_data(inspect, on, wrong):
    checked = inspect(diagnostics=[diagnosed(on=on)])
    assert rules_of(checked) == ["future_date"] * wrong
    assert len(checked.kept["diagnostics"]) == 1


def test_day_of_the_check_stands_for_the_day_of_the_data_that_nobody_named(inspect):
    about = {"data_on": None}
    assert "future_date" not in rules_of(inspect(diagnostics=[diagnosed(on="2024-01-15")], about=about, today=date(2024, 1, 15)))
    assert "future_date" in rules_of(inspect(diagnostics=[diagnosed(on="2024-01-16")], about=about, today=date(2024, 1, 15)))


def test_terms_and_ends_of_what_goes_on_may_lie_ahead(inspect):
    checked = inspect(
        organisations=[organisation(closed_on="2024-09-01")],
        staff=[person(left_on="2024-08-31")],
        mentors=[{"person": "Р1", "function": "mentor", "since": "2022-09-01", "until": "2024-06-01"}],
        experts=[{"person": "Р1", "direction": "staff", "since": "2022-01-01", "until": "2025-01-01"}],
        agreements=[{"partner": "Тында", "kind": "municipality", "signed_on": "2023-05-01", "until": "2026-05-01"}],
        programmes=[programme(withdrawn_on="2024-07-01")],
        execution=[done(due_on="2024-12-01", state="going", done_on=None)],
    )
    assert checked.findings == []


@pytest.mark.parametrize(
    ("born", "wrong"), [("2007-12-20", False), ("2007-12-21", True), ("1933-12-20", False), ("1933-12-19", True)]
)
def test_staff_are_from_sixteen_to_ninety_on_the_day_of_the_data(inspect, born, wrong):
    checked = inspect(staff=[person(birth_on=born, hired_on="2023-12-20", profession_since="2023-12-20")])
    assert rules_of(checked) == ["improbable_birth"] * wrong


@pytest.mark.parametrize(
    ("born", "hired", "wrong"),
    [
        ("1990-09-01", "2006-09-01", False),
        ("1990-09-01", "2006-08-31", True),
        ("1992-02-29", "2008-02-29", False),
        ("1992-02-29", "2008-02-28", True),
        (None, "1980-01-01", False),
    ],
)
def test_nobody_is_hired_before_the_sixteenth_birthday(inspect, born, hired, wrong):
    checked = inspect(staff=[person(birth_on=born, hired_on=hired, profession_since=None)])
    assert rules_of(checked) == ["hired_too_young"] * wrong


def test_birth_dates_of_wrong_people_are_not_said(inspect):
    checked = inspect(staff=[person(birth_on="1907-05-05"), person("Р2", birth_on="2000-01-01")])
    assert rules_of(checked) == ["improbable_birth", "hired_too_young"]
    assert [one.said for one in checked.findings] == ["", ""]


@pytest.mark.parametrize(("registry", "column"), list(dates.EVENTS.items()))
@pytest.mark.parametrize(
    ("on", "wrong"), [("2015-08-31", True), ("2015-09-01", False), ("2020-06-30", False), ("2020-07-01", True)]
)
def test_events_of_a_person_lie_between_hiring_and_dismissal(inspect, registry, column, on, wrong):
    staff = [person(hired_on="2015-09-01", left_on="2020-06-30")]
    checked = inspect(staff=staff, **{registry: [{"person": "Р1", column: on}]})
    assert rules_of(checked) == ["outside_employment"] * wrong


def test_event_between_two_jobs_is_within_employment(inspect):
    first = person(hired_on="2010-09-01", left_on="2015-06-30")
    second = person(organisation="О2", hired_on="2018-09-01")
    assert rules_of(inspect(staff=[first, second], burnout=[monitored("2016-03-01")])) == []


def test_job_with_an_unreadable_day_of_hiring_may_have_begun_any_time(inspect):
    told = (Finding("bad_date", "staff", "hired_on", (3,)),)
    staff = [person(hired_on="2018-09-01"), person(organisation="О2", hired_on=None, employment="internal")]
    assert rules_of(inspect(staff=staff, burnout=[monitored("2016-03-01")], told=told)) == ["bad_date"]


def test_job_whose_row_is_left_out_still_counts_as_employment(inspect):
    staff = [person(organisation="О9", hired_on="2010-09-01", left_on="2017-08-31"), person(hired_on="2018-09-01")]
    checked = inspect(organisations=[organisation()], staff=staff, burnout=[monitored("2016-03-01")])
    assert rules_of(checked) == ["unknown_code"]


@pytest.mark.parametrize(("closed", "wrong"), [("2023-12-20", True), ("2023-12-21", False), (None, False)])
def test_nobody_works_in_an_organisation_from_the_day_it_is_closed(inspect, closed, wrong):
    checked = inspect(organisations=[organisation(closed_on=closed)], staff=[person()])
    assert rules_of(checked) == ["closed_organisation"] * wrong


def test_people_dismissed_from_a_closed_organisation_are_in_order(inspect):
    shut = [organisation(closed_on="2023-06-30")]
    assert rules_of(inspect(organisations=shut, staff=[person(left_on="2023-06-30")])) == []


def test_unreadable_day_of_dismissal_is_told_once(inspect):
    told = (Finding("bad_date", "staff", "left_on", (2,)),)
    staff = [person(), person(organisation="О2")]
    organisations = [organisation(closed_on="2023-06-30"), organisation("О2")]
    assert rules_of(inspect(organisations=organisations, staff=staff, told=told)) == ["bad_date"]


# People


@pytest.mark.parametrize(
    "name",
    ["Вымыслова Анна Ивановна", "ВЫМЫСЛОВА  анна Ивановна ", "Bымыcлова Анна Ивановна", "Вымыслова Анна-Ивановна"],
)
def test_case_spacing_and_latin_letters_make_the_same_person(inspect, name):
    checked = inspect(staff=[person(), person("Р2", full_name=name)])
    assert [(one.rule, one.rows) for one in checked.findings] == [("same_person", (2, 3))]


def test_yo_and_ye_make_the_same_person(inspect):
    staff = [person(full_name="Семёнов Пётр Фёдорович"), person("Р2", full_name="Семенов Петр Федорович")]
    assert rules_of(inspect(staff=staff)) == ["same_person"]


def test_same_name_and_birth_date_in_another_organisation_are_only_doubtful(inspect):
    assert rules_of(inspect(staff=[person(), person("Р2", organisation="О2")])) == ["maybe_same_person"]


def test_no_rows_are_left_out_for_being_one_person(inspect):
    checked = inspect(staff=[person(), person("Р2"), person("Р3", full_name="Вымыслава Анна Ивановна", organisation="О2")])
    assert checked.left_out == {}
    assert len(checked.kept["staff"]) == 3


@pytest.mark.parametrize(
    ("name", "doubtful"),
    [
        ("Вымыслава Анна Ивановна", True),  # 1 letter
        ("Вымыслова Алла Ивановна", True),  # 2 letters
        ("Вымыслова Рита Ивановна", False),  # 3 letters
        ("Небывалова Василиса Прохоровна", False),
        (None, False),
    ],
)
def test_people_born_on_one_day_are_doubtful_up_to_two_letters_apart(inspect, name, doubtful):
    checked = inspect(staff=[person(), person("Р2", full_name=name)])
    assert rules_of(checked) == ["maybe_same_person"] * doubtful


@pytest.mark.parametrize(
    "other", [{"birth_on": "1980-05-06"}, {"birth_on": None}, {"left_on": "2023-06-30"}, {"employment": "external"}]
)
def test_namesakes_born_on_other_days_gone_or_part_time_are_not_doubtful(inspect, other):
    assert rules_of(inspect(staff=[person(), person("Р2", organisation="О2", **other)])) == []


@pytest.mark.parametrize(
    ("other", "wrong"),
    [({}, True), ({"employment": "internal"}, False), ({"employment": None}, False), ({"left_on": "2023-12-19"}, False)],
)
def test_main_place_is_one(inspect, other, wrong):
    checked = inspect(staff=[person(), person(organisation="О2", **other)])
    assert rules_of(checked) == ["two_main_places"] * wrong


def test_repeated_row_of_staff_is_no_second_main_place(inspect):
    assert rules_of(inspect(staff=[person(), person()])) == ["repeated_row"]


@pytest.mark.parametrize(
    ("other", "wrong"),
    [
        ({"full_name": "Небывалова Василиса Прохоровна", "birth_on": "1991-01-01"}, True),
        ({"full_name": "Небывалова Анна Ивановна"}, False),  # a new surname alone
        ({"birth_on": "1991-01-01"}, False),
        ({"full_name": "Небывалова Василиса Прохоровна", "birth_on": None}, False),
    ],
)
def test_one_code_is_for_two_people_when_name_and_birth_date_both_differ(inspect, other, wrong):
    checked = inspect(staff=[person(), person(organisation="О2", employment="internal", **other)])
    assert rules_of(checked) == ["code_of_two_people"] * wrong


@pytest.mark.parametrize("mentor", ["Р1", "Р2", None])
def test_nobody_mentors_himself(inspect, mentor):
    support = [{"person": "Р1", "form": "mentoring", "mentor": mentor, "started_on": "2023-01-10"}]
    pairs = [{"mentor": mentor, "mentee": "Р1", "started_on": "2023-01-10"}]
    assert rules_of(inspect(young_support=support)) == ["own_mentor"] * (mentor == "Р1")
    assert rules_of(inspect(mentor_pairs=pairs)) == ["own_mentor"] * (mentor == "Р1")


# Registries against each other


def test_route_by_diagnostics_needs_diagnostics_at_the_centre(inspect):
    assert rules_of(inspect(diagnostics=[diagnosed("Р2")], routes=[route()])) == ["route_without_diagnostics"]
    assert rules_of(inspect(diagnostics=[diagnosed(place="other")], routes=[route()])) == ["route_without_diagnostics"]
    assert rules_of(inspect(diagnostics=[diagnosed("Р2")], routes=[route(grounds="other")])) == []
    assert rules_of(inspect(diagnostics=[diagnosed("Р2")], routes=[route(grounds=None)])) == []
    assert rules_of(inspect(diagnostics=[diagnosed()], routes=[route()])) == []


@pytest.mark.parametrize(("on", "wrong"), [("2023-03-01", False), ("2023-02-28", True)])
def test_route_is_drawn_up_on_the_day_of_the_diagnostics_or_later(inspect, on, wrong):
    checked = inspect(diagnostics=[diagnosed(on="2023-06-01"), diagnosed(on="2023-03-01")], routes=[route(on=on)])
    assert rules_of(checked) == ["route_before_diagnostics"] * wrong


def test_route_is_said_with_both_days(inspect):
    (finding,) = inspect(diagnostics=[diagnosed()], routes=[route(on="2023-02-28")]).findings
    assert (finding.details, finding.said) == ("маршрут 28.02.2023, диагностика 01.03.2023", "")


@pytest.mark.parametrize(("on", "wrong"), [("2023-06-01", False), ("2023-06-02", True)])
def test_programme_by_diagnostics_ends_on_the_day_of_the_diagnostics_or_later(inspect, on, wrong):
    checked = inspect(diagnostics=[diagnosed(on=on)], completions=[completed(on="2023-06-01", by_diagnostics="yes")])
    assert rules_of(checked) == ["programme_without_diagnostics"] * wrong


def test_programme_needs_diagnostics_only_where_it_is_said_to_rest_on_it(inspect):
    told = inspect(diagnostics=[diagnosed("Р2")], completions=[completed(by_diagnostics="yes")])
    assert rules_of(told) == ["programme_without_diagnostics"]
    assert rules_of(inspect(diagnostics=[diagnosed("Р2")], completions=[completed()])) == []


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (diagnosed(on=None), Finding("bad_key_date", "diagnostics", "diagnosed_on", (2,))),
        (diagnosed(place=None), Finding("bad_choice", "diagnostics", "place", (2,))),
    ],
)
def test_diagnostics_that_cannot_be_read_does_not_echo_in_routes_and_programmes(inspect, row, told):
    checked = inspect(diagnostics=[row], routes=[route()], completions=[completed(by_diagnostics="yes")], told=(told,))
    assert [rule for rule in rules_of(checked) if rule != "nothing_left"] == [told.rule]


@pytest.mark.parametrize(
    ("hired", "left", "wrong"),
    [
        ("2022-12-31", None, False),
        ("2023-01-01", None, True),
        ("2010-09-01", "2022-01-01", False),
        ("2010-09-01", "2021-12-31", True),
        (None, None, False),
    ],
)
def test_no_more_people_are_diagnosed_in_a_year_than_were_employed_in_it(inspect, hired, left, wrong):
    second = person("Р2", full_name="Небывалов Пётр Ильич", birth_on="1975-01-02", hired_on=hired, left_on=left)
    rows = [diagnosed(on="2022-06-01"), diagnosed("Р2", on="2022-06-01"), diagnosed("Р2", on="2022-06-02")]
    found = [one for one in inspect(staff=[person(), second], diagnostics=rows).findings if one.rule == "more_than_employed"]
    assert [one.said for one in found] == ["в 2022 году прошли диагностику 2, работали 1"] * wrong


def test_staff_whose_rows_are_left_out_count_as_employed(inspect):
    checked = inspect(organisations=[organisation("О2")], staff=[person()], diagnostics=[diagnosed()])
    assert rules_of(checked) == ["nothing_left", "unknown_code"]


def test_staff_at_other_places_only_are_fewer_than_the_diagnosed(inspect):
    assert rules_of(inspect(staff=[person(employment="external")], diagnostics=[diagnosed()])) == ["more_than_employed"]


@pytest.mark.parametrize(
    ("title", "on", "wrong"), [(None, "2023-05-01", True), ("Управление", "2023-05-01", False), (None, None, False)]
)
def test_trained_team_names_its_programme(inspect, title, on, wrong):
    teams = [{"organisation": "О1", "members": 3, "programme": title, "completed_on": on}]
    assert rules_of(inspect(management_teams=teams)) == ["trained_without_programme"] * wrong


@pytest.mark.parametrize(
    ("state", "on", "document", "found"),
    [
        ("done", "2023-11-01", "приказ", []),
        ("done", None, "приказ", ["done_without_day"]),
        ("done", "2023-11-01", None, ["done_without_document"]),
        ("going", "2023-11-01", "приказ", ["day_without_done"]),
        ("waiting", None, None, []),
        (None, "2023-11-01", None, []),
    ],
)
def test_mark_and_day_of_execution_agree(inspect, state, on, document, found):
    assert rules_of(inspect(execution=[done(state=state, done_on=on, document=document)])) == found


def test_unreadable_day_of_execution_is_not_called_missing(inspect):
    told = (Finding("bad_date", "execution", "done_on", (2,)),)
    assert rules_of(inspect(execution=[done(done_on=None)], told=told)) == ["bad_date"]


def test_column_that_is_not_there_is_not_called_empty_in_every_row(inspect):
    told = (Finding("missing_optional_column", "execution"),)
    checked = inspect(execution=[done(document=None)], told=told, absent=("execution.document",))
    assert rules_of(checked) == ["missing_optional_column"]


@pytest.mark.parametrize(("registered", "wrong"), [("2022-01-10", False), ("2022-01-09", True), (None, False)])
def test_programme_is_registered_when_it_is_developed_or_later(inspect, registered, wrong):
    assert rules_of(inspect(programmes=[programme(registered_on=registered)])) == ["registered_before_developed"] * wrong


@pytest.mark.parametrize(
    ("mark", "registered", "wrong"),
    [("no", "2022-03-01", True), ("no", None, False), ("yes", "2022-03-01", False), (None, "2022-03-01", False)],
)
def test_day_of_registering_stands_with_the_mark(inspect, mark, registered, wrong):
    checked = inspect(programmes=[programme(in_register=mark, registered_on=registered)])
    assert rules_of(checked) == ["registered_day_without_mark"] * wrong


# Against what was accepted before


@pytest.mark.parametrize(
    ("old", "new", "jumps"),
    [(20, 30, False), (20, 31, True), (20, 10, False), (20, 9, True), (100, 125, False), (100, 126, True), (100, 74, True)],
)
def test_staff_jump_by_more_than_a_quarter_and_more_than_ten(inspect, old, new, jumps):
    checked = inspect(staff=people(new), before={"staff": people(old)})
    assert ("jump" in rules_of(checked)) == jumps
    assert ("vanished_rows" in rules_of(checked)) == (not jumps and new < old)


def test_what_happened_may_grow_by_any_number(inspect):
    rows = [diagnosed(f"Р{number}") for number in range(60)]
    assert rules_of(inspect(diagnostics=rows, before={"diagnostics": rows[:1]})) == []


def test_row_accepted_before_and_not_there_now_has_vanished(inspect):
    before = {"completions": [completed(on="2022-06-01"), completed()]}
    (finding,) = inspect(completions=[completed()], before=before).findings
    assert (finding.rule, finding.registry, finding.said) == (
        "vanished_rows",
        "completions",
        "не стало: 1\N{NO-BREAK SPACE}строка",
    )


def test_sheet_of_which_no_row_is_accepted_is_unknown_and_not_empty(inspect):
    checked = inspect(staff=[person()], diagnostics=[diagnosed("1"), diagnosed("2")])
    assert rules_of(checked) == ["nothing_left", "unknown_code"]
    assert "diagnostics" not in checked.kept


def test_row_that_is_left_out_now_has_not_vanished(inspect):
    rows = [diagnosed()]
    checked = inspect(staff=[person("Р2")], diagnostics=rows, before={"diagnostics": rows})
    assert rules_of(checked) == ["nothing_left", "unknown_code"]


def test_measure_without_a_term_has_not_vanished(inspect):
    rows = [done(due_on=None), done("2", due_on=None)]
    assert rules_of(inspect(execution=rows, before={"execution": rows})) == []


def test_person_who_moved_to_another_organisation_did_not_vanish(inspect):
    assert rules_of(inspect(staff=[person(organisation="О2")], before={"staff": [person()]})) == []


def test_organisation_that_is_listed_no_more_has_vanished(inspect):
    before = {"organisations": [organisation(), organisation("О2")]}
    assert rules_of(inspect(organisations=[organisation()], before=before)) == ["vanished_rows"]


@pytest.mark.parametrize(
    ("now", "wrong"),
    [
        ({"full_name": "Небывалова Василиса Прохоровна", "birth_on": "1991-01-01"}, True),
        ({"full_name": "Небывалова Анна Ивановна"}, False),  # a new surname alone
        ({"birth_on": "1980-05-06"}, False),
        ({"full_name": "вымыслова АННА Ивановна", "birth_on": "1980-05-06"}, False),
        ({"full_name": None, "birth_on": None}, False),  # unknown is not another
    ],
)
def test_code_went_to_another_person_when_name_and_birth_date_both_changed(inspect, now, wrong):
    checked = inspect(staff=[person(**now)], before={"staff": [person()]})
    assert rules_of(checked) == ["changed_person"] * wrong


def test_nothing_changed_in_a_registry_that_is_new_or_was_not_sent(inspect):
    assert rules_of(inspect(staff=[person()], before={"diagnostics": [diagnosed()]})) == []
    assert rules_of(inspect(staff=[person()], before={})) == []


# The workbook as a whole


def test_other_version_of_the_form_is_told_with_both(inspect, schema):
    (finding,) = inspect(staff=[person()], about={"version": "2022.1"}).findings
    assert (finding.rule, finding.details) == ("other_version", f"стоит «2022.1», действует «{schema.version}»")
    assert finding.said == f"действует «{schema.version}»"
    (finding,) = inspect(staff=[person()], about={"version": None}).findings
    assert finding.details.startswith("не указана")


def test_day_of_the_data_has_to_be_named(inspect):
    assert rules_of(inspect(staff=[person()], about={"data_on": None})) == ["data_day_missing"]


@pytest.mark.parametrize(("before", "wrong"), [(date(2023, 12, 20), False), (date(2023, 12, 21), True), (None, False)])
def test_data_are_not_older_than_those_accepted(inspect, before, wrong):
    assert rules_of(inspect(staff=[person()], previous_day=before)) == ["older_data"] * wrong


def test_sheet_of_the_form_that_is_not_there_is_missing(inspect):
    checked = inspect(staff=[person()], form=["staff", "diagnostics"])
    assert [(one.rule, one.registry) for one in checked.findings] == [("missing_sheet", "diagnostics")]


@pytest.mark.parametrize("rule", ["empty_sheet", "missing_column"])
def test_sheet_that_is_empty_or_unreadable_is_not_called_missing(inspect, rule):
    told = (Finding(rule, "diagnostics"),)
    assert rules_of(inspect(staff=[person()], form=["staff", "diagnostics"], told=told)) == [rule]


def test_sheet_that_the_form_does_not_ask_for_is_not_missing(inspect):
    assert rules_of(inspect(staff=[person()], diagnostics=[diagnosed()], form=["staff"])) == []


@pytest.mark.parametrize(("number", "wrong"), [(1, False), (2, True), (None, False)])
def test_totals_and_control_numbers_agree_with_the_rows(inspect, number, wrong):
    totals = {} if number is None else {"staff": number}
    assert rules_of(inspect(staff=[person()], totals=totals)) == ["other_total"] * wrong
    assert rules_of(inspect(staff=[person()], about={"control": totals})) == ["other_total"] * wrong


def test_total_counts_rows_that_are_left_out_too(inspect):
    assert rules_of(inspect(staff=[person(), person()], totals={"staff": 2})) == ["repeated_row"]


def test_control_number_of_a_sheet_that_was_not_sent_is_not_compared(inspect):
    assert rules_of(inspect(staff=[person()], about={"control": {"diagnostics": 5}})) == []


def test_file_that_could_not_be_opened_has_its_one_reason(inspect):
    told = (Finding("password"),)
    assert rules_of(inspect(told=told, form=["staff"], about={"version": None, "data_on": None})) == ["password"]


# Together


def test_no_rule_needs_a_registry_that_was_not_sent(inspect):
    """Rows with codes that only another sheet could confirm, each sheet alone: nothing to say about any of them."""
    alone = {
        "organisations": [organisation()],
        "staff": [person()],
        "diagnostics": [diagnosed()],
        "routes": [route()],
        "completions": [completed(by_diagnostics="yes")],
        "management_teams": [{"organisation": "О1", "members": 3}],
        "young_support": [{"person": "Р1", "form": "mentoring", "mentor": "Р2", "started_on": "2023-01-10"}],
        "mentoring_organisations": [{"organisation": "О1", "since": "2023-01-10"}],
        "burnout": [{"person": "Р1", "monitored_on": "2023-01-10", "risk": "low"}],
        "experts": [{"person": "Р1", "direction": "staff", "since": "2023-01-10"}],
    }
    for registry, rows in alone.items():
        assert rules_of(inspect(**{registry: rows})) == [], registry


def test_row_is_left_out_once_for_its_first_rule(inspect):
    told = (Finding("no_cached_value", "diagnostics", "level", (3,)),)
    checked = inspect(staff=[person()], diagnostics=[diagnosed(), diagnosed("Р9")], told=told)
    assert rules_of(checked) == ["no_cached_value", "unknown_code"]
    assert checked.left_out == {"diagnostics": {3: "no_cached_value"}}
    assert checked.kept["diagnostics"]["excel_row"].tolist() == [2]


def test_row_that_is_left_out_does_not_echo_in_later_rules(inspect):
    """A copy of a wrong row: the dates of the row that stays are told once, with that row only."""
    wrong = person(left_on="2009-01-01", rate=15)
    checked = inspect(staff=[wrong, wrong])
    assert sorted((one.rule, one.rows) for one in checked.findings) == [
        ("left_before_hired", (2,)),
        ("out_of_range", (2,)),
        ("repeated_row", (3,)),
    ]


def test_person_whose_row_is_left_out_has_not_changed(inspect):
    stranger = person(full_name="Небывалова Василиса Прохоровна", birth_on="1991-01-01", organisation="О9")
    checked = inspect(organisations=[organisation()], staff=[stranger], before={"staff": [person()]})
    assert rules_of(checked) == ["nothing_left", "unknown_code"]


@pytest.mark.parametrize("rule", ["foreign_sender", "second_file", "open_in_excel"])
def test_when_it_is_in_doubt_whose_data_these_are_nothing_else_is_told(inspect, rule):
    checked = inspect(staff=[person(rate=15)], identity=(Finding(rule),))
    assert rules_of(checked) == [rule]
    assert (checked.left_out, checked.kept) == ({}, {})


def test_blocking_stands_before_distorting_and_that_before_style(inspect, rules):
    checked = inspect(
        staff=[person(), person(), person("Р2", rate=15, birth_on="1970-01-01")],
        diagnostics=[diagnosed(), diagnosed("Р9"), diagnosed("Р8")],
        execution=[done(document=None)],
        about={"version": "2022.1"},
        form=["staff", "diagnostics", "execution", "routes"],
    )
    severities = [rules[rule].severity for rule in rules_of(checked)]
    weights = [[one.id for one in Severity].index(severity) for severity in severities]
    assert all(a <= b for a, b in pairwise(weights))
    assert set(severities) == {"blocks", "distorts", "style"}
    assert rules_of(checked)[:3] == ["unknown_code", "repeated_row", "missing_sheet"]
    assert rules_of(checked)[-2:] == ["other_version", "done_without_document"]


def test_checks_change_nothing_in_the_book(inspect, schema):
    rows = [person(), person(), person("Р2", rate=15)]
    book = typed("staff", rows, schema)
    checked = inspect(staff=rows)
    pd.testing.assert_frame_equal(checked.kept["staff"].reset_index(drop=True), book.drop(index=1).reset_index(drop=True))


# Ids of rules


def calls(path: Path) -> set[str]:
    """Ids given as words to what names a rule: Finding, about_rows, Refused, of_file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    made = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args]
    named = [call.args[0] for call in made if call.func.id in ("Finding", "about_rows", "Refused", "of_file")]
    options = [part for one in named for part in ast.walk(one)]
    return {one.value for one in options if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def words(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def sources() -> list[Path]:
    """Modules that name rules: not the planted defects, not the oddities of orders, which are findings of another kind."""
    return [path for path in PACKAGE.rglob("*.py") if "demo" not in path.parts and path.name != "lint.py"]


def test_every_rule_named_in_the_code_is_listed(rules):
    named = {rule: path.name for path in sources() for rule in calls(path)}
    named |= dict.fromkeys(dates.IN_ORDER.values(), "dates.py")
    notes = {word for word in words(PACKAGE / "registries" / "cells.py") if re.fullmatch(r"[a-z]+(?:_[a-z]+)+", word)}
    named |= dict.fromkeys(notes, "cells.py")
    assert {rule: where for rule, where in named.items() if rule not in rules} == {}
    assert len(named) > 50


def test_every_listed_rule_is_used(rules):
    used = {word for path in sources() if path.parts[-2:] != ("batch", "findings.py") for word in words(path)}
    assert sorted(set(rules) - used) == []
