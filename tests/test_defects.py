"""Defects are planted where the key says, the same for one seed, and spread so that none hides another."""

import csv
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml
from openpyxl.workbook import Workbook

from nmslib import catalogue
from nmslib.demo import defects
from nmslib.demo.defects import DEFECTS, Planted
from nmslib.model import RegistrySchema
from nmslib.paths import project
from nmslib.problems import UserError
from nmslib.registries.writing import write_workbook

DATA_DAY = date(2023, 12, 20)
PEOPLE = 60
SENDERS = ["amur/region", "leningrad/region", *(f"amur/place{number}" for number in range(47))]
SCHEMA = catalogue.load_registry_schema(project())
REFUSING = {"not_excel", "old_excel", "password", "damaged", "too_large"}


def frame(registry: str, rows: list[dict]) -> pd.DataFrame:
    sheet = SCHEMA.sheet(registry)
    made = pd.DataFrame(rows, columns=[column.id for column in sheet.columns])
    for column in sheet.columns:
        if column.type == "date":
            made[column.id] = pd.to_datetime(made[column.id])
    return made


def day(shift: int) -> date:
    return date(2023, 9, 1) + timedelta(days=shift)


def invented() -> dict[str, pd.DataFrame]:
    """Sixty people in four organisations; those from the thirtieth on are named among the staff only."""
    codes = [f"Р{number:05d}" for number in range(1, PEOPLE + 1)]
    organisation = {"type": "general", "settlement": "urban", "low_results": "no", "opened_on": date(1990, 9, 1)}
    job = {"role": "teacher", "position": "учитель", "employment": "main", "rate": 0.5, "category": "first"}
    staff = [
        {"person": code, "full_name": f"Берестов{'абвгдежзик'[n % 10]} Пётр {'Ильич' if n % 2 else 'Олегович'}", **job}
        | {"birth_on": date(1970 + n % 20, 1 + n % 12, 1 + n % 28), "organisation": f"О{n % 4 + 1:03d}"}
        | {"hired_on": date(2015, 9, 1) + timedelta(days=n), "profession_since": date(2014, 9, 1)}
        for n, code in enumerate(codes)
    ]
    diagnosed = [{"person": c, "diagnosed_on": day(n), "place": "centre", "level": "low"} for n, c in enumerate(codes[:12])]
    routes = [{"person": c, "drawn_up_on": day(n + 20), "grounds": "centre"} for n, c in enumerate(codes[:10])]
    course = {"programme": "Курс", "hours": 36, "in_register": "yes", "by_diagnostics": "no"}
    completions = [{"person": c, "completed_on": day(n), **course} for n, c in enumerate(codes[10:22])]
    young = [{"person": c, "form": "mentoring", "mentor": codes[n], "started_on": day(n)} for n, c in enumerate(codes[20:29])]
    team = {"members": 3, "programme": "Управление", "completed_on": day(0)}
    done = {"state": "done", "done_on": day(5), "document": "письмо № 1"}
    programme = {"hours": 36, "in_register": "yes", "network": "no", "from_innovation": "no", "provider": "Центр", "name": "Курс"}
    dates = {"developed_on": day(0), "registered_on": day(30)}
    return {
        "organisations": frame(
            "organisations", [{"organisation": f"О{n:03d}", "name": f"Школа № {n}", **organisation} for n in range(1, 5)]
        ),
        "staff": frame("staff", staff),
        "diagnostics": frame("diagnostics", diagnosed),
        "routes": frame("routes", routes),
        "completions": frame("completions", completions),
        "management_teams": frame("management_teams", [{"organisation": f"О{n:03d}", **team} for n in range(1, 5)]),
        "young_support": frame("young_support", young),
        "programmes": frame("programmes", [{"programme": f"П{n}", **programme, **dates} for n in range(1, 5)]),
        "burnout": frame("burnout", [{"person": f"Р{n:05d}", "monitored_on": day(n), "risk": "low"} for n in range(1, 4)]),
        "execution": frame("execution", [{"measure": f"1.{n}", "due_on": day(n + 10), **done} for n in range(1, 8)]),
    }


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clean") / "tynda.xlsx"
    pairs = [("Книга реестров", "Тында"), ("Система", "amur"), ("Муниципалитет", "tynda"), ("Версия формы", SCHEMA.version)]
    frames = invented()
    write_workbook(path, frames, [*pairs, ("Данные на", f"{DATA_DAY:%d.%m.%Y}")], SCHEMA.only(list(frames)))
    return path


@pytest.fixture
def sent(clean: Path, tmp_path: Path) -> Path:
    """A copy of the clean workbook in the inbox of a system, with the seal of the demo beside it."""
    path = tmp_path / "amur" / clean.name
    path.parent.mkdir()
    for name in (clean.name, f".{clean.name}.sha256"):
        (path.parent / name).write_bytes((clean.parent / name).read_bytes())
    return path


def title(registry: str) -> str:
    return SCHEMA.sheet(registry).title


def shown(book: Workbook, place: Planted) -> list[object]:
    """Values in the planted cells, found by the header in the first row."""
    sheet = book[place.sheet]
    at = next(cell.column for cell in sheet[1] if cell.value == place.column)
    return [sheet.cell(row, at).value for row in place.rows]


def about(book: Workbook, name: str) -> object:
    return next(row[1].value for row in book["О файле"] if row[0].value == name)


# What stands in the planted cells, where that can be said of the values alone.
VALUES: dict[str, Callable[[object], bool]] = {
    "unknown_measure": lambda cell: cell == "99.9",
    "future_date": lambda cell: cell > datetime(2023, 12, 20),
    "improbable_birth": lambda cell: 1900 < cell.year < 1911,
    "profession_after_hired": lambda cell: isinstance(cell, datetime),
    "left_before_hired": lambda cell: cell < datetime(2016, 1, 1),
    "trained_without_programme": lambda cell: cell is None,
    "done_without_day": lambda cell: cell is None,
    "day_without_done": lambda cell: cell == "в работе",
    "done_without_document": lambda cell: cell is None,
    "registered_before_developed": lambda cell: cell == datetime(2023, 8, 2),
    "registered_day_without_mark": lambda cell: cell == "нет",
    "no_cached_value": lambda cell: cell == "=36*2",
    "error_value": lambda cell: cell in ("#N/A", "#REF!"),
    "empty_key": lambda cell: cell is None,
    "empty_required": lambda cell: cell is None,
    "unknown_value": lambda cell: cell == "н/д",
    "unknown_dash": lambda cell: cell == "-",
    "bad_date": lambda cell: cell == "31.02.2023",
    "bad_key_date": lambda cell: cell == "30.02.2023",
    "year_only": lambda cell: cell == "2015 г.",
    "year_as_first_day": lambda cell: str(cell).startswith("2015"),
    "two_digit_year": lambda cell: len(cell) == len("05.09.87"),
    "date_as_text": lambda cell: isinstance(cell, str) and cell.endswith(".2023"),
    "date_as_number": lambda cell: isinstance(cell, int) and 45_000 < cell < 46_000,
    "bad_number": lambda cell: isinstance(cell, str),
    "number_as_text": lambda cell: cell == "0,5",
    "hours_with_unit": lambda cell: cell == "36 ч.",
    "out_of_range": lambda cell: cell == 15,
    "too_few_hours": lambda cell: cell < 16,
    "bad_choice": lambda cell: cell == "где-то",
    "bad_employment": lambda cell: cell == "совмещает",
    "padded_text": lambda cell: " ".join(cell.split()) != cell,
    "lookalike_letters": lambda cell: cell.startswith("O") and cell.isascii(),
    "lookalike_person": lambda cell: cell.startswith("P") and cell.isascii(),
    "formula_like_text": lambda cell: cell[0] in "=+@",
}
# What the workbook as a whole looks like.
SHAPES: dict[str, Callable[[Workbook], bool]] = {
    "more_than_employed": lambda book: [c.value for c in book[title("staff")]["G"]].count("основное место работы") == 6,
    "jump": lambda book: book[title("staff")].max_row == 1 + PEOPLE * 3 // 2,
    "vanished_rows": lambda book: book[title("completions")].max_row == 1 + 12 - 3,
    "missing_sheet": lambda book: title("young_support") not in book.sheetnames,
    "empty_sheet": lambda book: book[title("management_teams")].max_row == 1,
    "missing_column": lambda book: "На основе" not in [cell.value for cell in book[title("routes")][1]],
    "missing_optional_column": lambda book: "Код методиста" not in [cell.value for cell in book[title("routes")][1]],
    "repeated_column": lambda book: [cell.value for cell in book[title("diagnostics")][1]].count("Уровень") == 2,
    "extra_column": lambda book: "Примечание" in [cell.value for cell in book[title("completions")][1]],
    "extra_sheet": lambda book: "Лист1" in book.sheetnames,
    "sheet_renamed": lambda book: "Диагностика дефицитов" in book.sheetnames and title("diagnostics") not in book.sheetnames,
    "hidden_sheet": lambda book: book[title("young_support")].sheet_state == "hidden",
    "total_row": lambda book: [cell.value for cell in book[title("routes")][12]][:2] == ["Итого", 10],
    "other_total": lambda book: book[title("completions")]["A14"].value == "Итого: 15",
    "other_control": lambda book: about(book, "Строк на листе «Диагностика»") == 12 + 7,
    "title_rows": lambda book: book[title("diagnostics")]["A3"].value == "Код работника",
    "two_line_header": lambda book: (
        book[title("completions")]["A1"].value == "Код работника" and book[title("completions")]["D2"].value == "Часов"
    ),
    "other_order": lambda book: (
        [c.value for c in book[title("diagnostics")][1]] == ["Уровень", "Где пройдена", "Дата диагностики", "Код работника"]
    ),
    "synonyms": lambda book: book[title("routes")]["A1"].value == "Табельный номер",
    "numbered_header": lambda book: [c.value for c in book[title("young_support")][2]] == [1, 2, 3, 4, 5],
    "external_links": lambda book: (
        any(str(cell.value).startswith("='[1]") for cell in book[title("completions")]["D"]) or bool(book._external_links)
    ),
    "other_version": lambda book: about(book, "Версия формы") != SCHEMA.version,
    "data_day_missing": lambda book: about(book, "Данные на") is None,
    "older_data": lambda book: datetime.strptime(about(book, "Данные на"), "%d.%m.%Y").date() < DATA_DAY,
    "no_registries": lambda book: not {sheet.title for sheet in SCHEMA.sheets} & set(book.sheetnames),
    "foreign_sender": lambda book: about(book, "Муниципалитет") == "zeya",
    "unknown_sender": lambda book: about(book, "Муниципалитет") is None,
    "second_file": lambda book: book[title("routes")].max_row == 10,
    "too_wide": lambda book: book[title("execution")]["XFD1"].value == "." and book[title("execution")].max_row == 1_048_576,
    "macros": lambda book: True,
    "open_in_excel": lambda book: True,
}


@pytest.mark.parametrize("kind", [kind for kind in DEFECTS if kind not in REFUSING])
def test_defect_stands_where_the_key_says(kind: str, clean: Path, sent: Path):
    planted = defects.plant(sent, [kind], SCHEMA, seed=48)
    path = next(path for path in sent.parent.glob("*.xlsx") if path.name[0] != "~" and "копия" not in path.name)
    book, before = openpyxl.load_workbook(path), openpyxl.load_workbook(clean)
    assert [(one.kind, one.rule) for one in planted if one.kind == kind] == [(kind, DEFECTS[kind].rule)]
    for place in planted:
        if place.rows and kind != "hidden_rows":
            changed = [
                [c.value for c in book[place.sheet][row]] != [c.value for c in before[place.sheet][row]] for row in place.rows
            ]
            assert any(changed), "ни одна строка не изменена"
    if kind in SHAPES:
        assert SHAPES[kind](book)
    if kind in VALUES:
        assert planted[0].rows
        assert all(map(VALUES[kind], shown(book, planted[0])))


def test_hidden_rows_are_hidden(sent: Path):
    place = defects.plant(sent, ["hidden_rows"], SCHEMA, seed=48)[0]
    dimensions = openpyxl.load_workbook(sent)[place.sheet].row_dimensions
    assert [dimensions[row].hidden for row in place.rows] == [True] * 5


def test_codes_that_lead_nowhere_are_not_among_the_staff(sent: Path):
    kinds = ["unknown_code", "unknown_optional_code"]
    planted = defects.plant(sent, kinds, SCHEMA, seed=48)
    book = openpyxl.load_workbook(sent)
    known = {cell.value for cell in book[title("staff")]["A"]}
    assert not known & {code for place in planted for code in shown(book, place)}


def test_people_of_planted_pairs(sent: Path):
    planted = defects.plant(sent, ["same_person", "two_main_places", "own_mentor"], SCHEMA, seed=48)
    book = openpyxl.load_workbook(sent)
    staff = book[title("staff")]
    rows = {
        place.kind: [[cell.value for cell in staff[row]] for row in place.rows]
        for place in planted
        if place.sheet == title("staff")
    }
    first, again = rows["same_person"]
    assert first[0] != again[0] and first[1:] == again[1:]
    first, again = rows["two_main_places"]
    assert first[:3] == again[:3] and first[3] != again[3]
    mentor = next(place for place in planted if place.kind == "own_mentor").rows[0]
    assert book[title("young_support")].cell(mentor, 1).value == book[title("young_support")].cell(mentor, 3).value


@pytest.mark.parametrize(
    ("kind", "start"),
    [("not_excel", "Код".encode("cp1251")), ("old_excel", b"\xd0\xcf\x11\xe0"), ("password", b"\xd0\xcf\x11\xe0")],
)
def test_what_is_no_workbook_begins_as_such_a_file_does(kind: str, start: bytes, sent: Path):
    assert defects.plant(sent, [kind], SCHEMA, seed=48) == [Planted(kind, kind, None, None, ())]
    content = sent.read_bytes()
    assert content.startswith(start)
    assert ("EncryptedPackage".encode("utf-16-le") in content) == (kind == "password")
    assert ("Workbook".encode("utf-16-le") in content) == (kind == "old_excel")


def test_damaged_is_a_zip_cut_short(sent: Path):
    defects.plant(sent, ["damaged"], SCHEMA, seed=48)
    assert sent.read_bytes().startswith(b"PK")
    assert not zipfile.is_zipfile(sent)


def test_too_large_is_small_on_disk_and_declares_640_megabytes(sent: Path):
    defects.plant(sent, ["too_large"], SCHEMA, seed=48)
    assert sent.stat().st_size < 2_000_000
    with zipfile.ZipFile(sent) as package:
        assert sum(part.file_size for part in package.infolist()) > 640 * 2**20


def test_macros_lie_in_the_package_with_their_content_type(sent: Path):
    defects.plant(sent, ["macros"], SCHEMA, seed=48)
    with zipfile.ZipFile(sent) as package:
        assert "xl/vbaProject.bin" in package.namelist()
        assert b"vnd.ms-office.vbaProject" in package.read("[Content_Types].xml")


def test_external_link_keeps_its_value(sent: Path):
    defects.plant(sent, ["external_links"], SCHEMA, seed=48)
    hours = openpyxl.load_workbook(sent, data_only=True)[title("completions")]["D"]
    assert [cell.value for cell in hours[1:]] == [36] * 12


def test_neighbouring_files_appear(sent: Path):
    defects.plant(sent, ["second_file"], SCHEMA, seed=48)
    defects.plant(sent, ["open_in_excel"], SCHEMA, seed=48)
    assert {path.name for path in sent.parent.glob("*.xlsx")} == {"tynda.xlsx", "tynda (копия).xlsx", "~$tynda.xlsx"}
    assert (sent.parent / "tynda (копия).xlsx").read_bytes() != sent.read_bytes()


def test_planted_workbook_may_be_written_anew_by_the_demo(sent: Path):
    defects.plant(sent, ["bad_choice"], SCHEMA, seed=48)
    write_workbook(sent, invented(), [("Книга реестров", "Тында")], SCHEMA)
    assert len(list(sent.parent.glob("*.part"))) == 0


def test_one_seed_gives_one_key_and_another_seed_another(sent: Path, clean: Path):
    kinds = ["bad_choice", "padded_text", "same_person", "total_row", "unknown_measure"]
    keys = []
    for seed in (48, 48, 49):
        sent.write_bytes(clean.read_bytes())
        keys.append(defects.plant(sent, kinds, SCHEMA, seed))
    assert keys[0] == keys[1] != keys[2]


def test_rows_of_the_key_move_with_rows_inserted_above(sent: Path):
    planted = defects.plant(sent, ["unknown_value", "title_rows"], SCHEMA, seed=48)
    sheet = openpyxl.load_workbook(sent)[title("diagnostics")]
    assert planted[0].rows == tuple(range(4, 16))
    assert {sheet.cell(row, 4).value for row in planted[0].rows} == {"н/д"}


def test_a_defect_without_a_place_is_refused_and_the_file_stays(sent: Path, clean: Path):
    book = openpyxl.load_workbook(sent)
    del book[title("programmes")]
    book.save(sent)
    held = sent.read_bytes()
    with pytest.raises(UserError, match=r"registered_before_developed.*нет листа «Программы ДПО»"):
        defects.plant(sent, ["bad_choice", "registered_before_developed"], SCHEMA, seed=48)
    assert sent.read_bytes() == held


def test_every_rule_is_in_the_registry_of_rules_and_has_a_defect():
    rules = {rule["id"] for rule in yaml.safe_load(project().rules.read_text("utf-8"))}
    named = {one.rule for one in DEFECTS.values()}
    assert named - {""} <= rules
    assert len(DEFECTS) >= 40
    assert rules <= named, f"нечем проверить: {sorted(rules - named)}"


def test_other_headers_are_known_synonyms(schema: RegistrySchema):
    from nmslib.demo.defects.sheets import OTHER_HEADERS, OTHER_SHEET

    synonyms = catalogue.load_synonyms(project())
    for column, other in OTHER_HEADERS.items():
        known = (*synonyms.columns.get(column, ()), *synonyms.columns.get(f"routes.{column}", ()))
        assert other in known
        assert schema.sheet("routes").column(column)
    assert OTHER_SHEET[1] in synonyms.sheets[OTHER_SHEET[0]]


def test_forty_nine_senders_get_every_kind_once():
    given = defects.assign(SENDERS, seed=48)
    assert sorted(kind for kinds in given.values() for kind in kinds) == sorted(DEFECTS)
    assert defects.assign(SENDERS, seed=48) == given != defects.assign(SENDERS, seed=49)


@pytest.mark.parametrize("count", [1, 3, 8, 20, 49])
def test_kinds_of_one_workbook_do_not_hide_one_another(count: int):
    given = defects.assign(SENDERS[-count:], seed=48)
    for kinds in given.values():
        pairs = [(a, b) for a in kinds for b in kinds if a < b]
        assert not [pair for pair in pairs if DEFECTS[pair[0]].collides(DEFECTS[pair[1]])]


def test_kinds_of_an_empty_registry_go_elsewhere():
    lacking = {sender: ["execution"] for sender in SENDERS[3:]}
    given = defects.assign(SENDERS, seed=48, sizes={SENDERS[2]: 1}, lacking=lacking)
    holders = {sender for sender, kinds in given.items() for kind in kinds if "execution.measure" in DEFECTS[kind].claims}
    assert holders == {SENDERS[2]}


def test_key_is_written_with_rows_joined(tmp_path: Path):
    place = Planted("two_main_places", "two_main_places", "Работники", "Вид занятости", (14, 15))
    defects.write_key(tmp_path / "key.csv", {"amur/tynda": [place]})
    with (tmp_path / "key.csv").open(encoding="utf-8", newline="") as file:
        line = next(csv.DictReader(file))
    assert list(line) == ["sender", "kind", "rule", "sheet", "column", "rows", "title"]
    assert (line["sender"], line["rows"], line["title"]) == ("amur/tynda", "14;15", DEFECTS["two_main_places"].title)


def test_page_of_defects_equals_the_registry_of_kinds():
    page = (project().root / "docs" / "defects.md").read_text("utf-8")
    assert defects.describe() in page
