"""From the inbox to snapshots: what is accepted stays, what comes again changes nothing, whatever interrupts leaves the previous in force."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pandas as pd
import pytest
from filelock import FileLock
from lxml import etree
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from nmslib import catalogue, demo, registries
from nmslib.batch import checking, forms
from nmslib.problems import UserError
from nmslib.registries import snapshots

CHECKED_AT = datetime(2024, 11, 15, 10, 30)
LATER = CHECKED_AT + timedelta(days=3)
CELLS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def check(project, now=CHECKED_AT, **options):
    return checking.check("seversk", None, project, now, lambda _: None, **options)


def in_force(project):
    return snapshots.in_force("seversk", "seversk", project)


def edit(path: Path, sheet: str, cell: str, words: str | None) -> None:
    """Puts words into a cell, or empties it, where they stand in the file: openpyxl would read and write all other cells first."""
    with ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    titles = [one.get("name") for one in etree.fromstring(parts["xl/workbook.xml"]).iter(f"{CELLS}sheet")]
    part = f"xl/worksheets/sheet{titles.index(sheet) + 1}.xml"
    root = etree.fromstring(parts[part])
    row = root.find(f".//{CELLS}row[@r='{coordinate_from_string(cell)[1]}']")
    found = row.find(f"{CELLS}c[@r='{cell}']")
    if found is None:
        found = etree.SubElement(row, f"{CELLS}c", r=cell)
        row[:] = sorted(row, key=lambda one: column_index_from_string(coordinate_from_string(one.get("r"))[0]))
    del found[:]
    found.attrib.pop("t", None)
    if words is not None:
        found.set("t", "inlineStr")
        etree.SubElement(etree.SubElement(found, f"{CELLS}is"), f"{CELLS}t").text = words
    parts[part] = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as book:
        for name, content in parts.items():
            book.writestr(name, content)


def told(outcome) -> str:
    """Everything that stands on the sheet of remarks."""
    sheet = openpyxl.load_workbook(outcome.answer)["Замечания"]
    return " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell)


def rows(project, registry: str) -> pd.DataFrame:
    return snapshots.rows_of(in_force(project), registry, project)


def test_snapshot_is_dated_and_knows_its_workbook_and_form(workshop, workbook, schema):
    (outcome,) = check(workshop)
    snapshot = in_force(workshop)
    assert (outcome.revision, outcome.new) == (1, True)
    assert (snapshot.data_on, snapshot.sent_on, snapshot.version) == ("2024-11-13", "2024-11-15", schema.version)
    assert snapshot.accepted_at == "2024-11-15T10:30:00"
    assert snapshot.sha256 == registries.sha256_of(workbook)
    assert snapshot.synthetic
    assert (snapshots.folder_of(snapshot, workshop) / snapshots.WORKBOOK).read_bytes() == workbook.read_bytes()


def test_accepting_the_same_file_twice_changes_nothing(workshop, accepted):
    before = {path: path.read_bytes() for path in workshop.snapshots("seversk", "seversk").rglob("*") if path.is_file()}
    (outcome,) = check(workshop, LATER)
    assert (outcome.revision, outcome.new) == (1, False)
    assert outcome.accepted == "без изменений, ревизия 1"
    assert {path: path.read_bytes() for path in before} == before
    assert len(snapshots.history("seversk", "seversk", workshop)) == 1


def test_blocked_rows_are_left_out_and_counted_with_the_reason(workshop, workbook):
    edit(workbook, "Диагностика", "B3", "31.02.2023")
    edit(workbook, "Диагностика", "A4", None)
    (outcome,) = check(workshop)
    kept = in_force(workshop).registries["diagnostics"]
    assert kept.left_out == {"bad_key_date": 1, "empty_key": 1}
    assert not {3, 4} & set(rows(workshop, "diagnostics")["excel_row"])
    assert "не принято строк: 2" in outcome.accepted


def test_later_file_is_a_numbered_revision_with_rows_added_removed_and_changed(workshop, accepted):
    book = openpyxl.load_workbook(accepted)
    sheet = book["Диагностика"]
    sheet.delete_rows(2)  # one removed
    sheet["D2"] = "низкий" if sheet["D2"].value != "низкий" else "высокий"  # one changed
    sheet.append([sheet["A3"].value, datetime(2024, 11, 1), "ЦНППМ", None])  # one added
    book.save(accepted)
    (outcome,) = check(workshop, LATER)
    kept = in_force(workshop).registries["diagnostics"]
    assert (in_force(workshop).number, kept.added, kept.removed, kept.changed) == (2, 1, 1, 1)
    assert outcome.accepted.startswith("принята, ревизия 2 (+1 −1, изменено 1)")


def test_revision_tells_what_it_does_to_the_indicators(workshop, accepted):
    book = openpyxl.load_workbook(accepted)
    this_year = [row for row in book["Диагностика"].iter_rows(min_row=2) if row[1].value and row[1].value.year == 2024]
    for row in this_year:
        row[2].value = "иное"
    book.save(accepted)
    check(workshop, LATER)
    effect = {moved["indicator"]: moved for moved in in_force(workshop).effect}
    assert set(effect) == {"diagnosed_share"}
    assert effect["diagnosed_share"]["after"].startswith("0,0")


def test_return_to_an_earlier_file_is_a_new_revision(workshop, accepted):
    first = accepted.read_bytes()
    edit(accepted, "Диагностика", "D2", None)
    check(workshop, LATER)
    accepted.write_bytes(first)
    check(workshop, LATER)
    assert in_force(workshop).number == 3
    assert in_force(workshop).sha256 == snapshots.history("seversk", "seversk", workshop)[0].sha256


def test_codes_of_people_are_stored_as_pseudonyms_and_names_not_at_all(workshop, accepted, demo_frames):
    stored = rows(workshop, "staff")
    assert "full_name" not in stored
    assert stored["person"].str.fullmatch("[0-9a-f]{16}").all()
    assert stored["person"].nunique() == demo_frames["staff"]["person"].nunique()
    assert set(rows(workshop, "diagnostics")["person"]) <= set(stored["person"])


def test_pseudonyms_depend_on_the_key_and_the_key_is_for_its_owner_alone(workshop, accepted):
    codes = pd.Series(["Р00001", None])
    one, other = (snapshots.pseudonyms(codes, "seversk/seversk", key) for key in (b"a", b"b"))
    assert one[0] != other[0]
    assert one[1] is None
    assert workshop.key.stat().st_mode & 0o077 == 0
    assert len(workshop.key.read_bytes()) == snapshots.KEY_BYTES


def test_names_and_birth_dates_of_the_registries_stand_in_no_output(workshop, accepted, demo_frames, monkeypatch):
    monkeypatch.setenv("NMS_HOME", str(workshop.root))
    edit(accepted, "Работники", "B3", f"{demo_frames['staff']['full_name'][0]}а")
    edit(accepted, "Работники", "C4", "31.02.1970")
    run = [sys.executable, "-m", "nmslib"]
    subprocess.run([*run, "check", "seversk"], check=True, capture_output=True)
    subprocess.run([*run, "run", "seversk"], check=True, capture_output=True)
    names = {name.encode() for name in demo_frames["staff"]["full_name"]} | {b"31.02.1970"}
    codes = {code.encode() for code in demo_frames["staff"]["person"]}
    looked_at = [path for path in (workshop.root / "outputs").rglob("*") if path.is_file()]
    assert {path.suffix for path in looked_at} >= {".parquet", ".html", ".ipynb", ".json", ".ics"}
    for path in looked_at:
        content = path.read_bytes()
        assert not [name for name in names | codes if name in content], path.name


def test_killed_acceptance_leaves_the_previous_snapshot_in_force(workshop, accepted, monkeypatch):
    monkeypatch.setenv("NMS_HOME", str(workshop.root))
    edit(accepted, "Диагностика", "D2", None)
    for delay in (0.9, 1.2, 1.5, 1.8):
        process = subprocess.Popen(
            [sys.executable, "-m", "nmslib", "check", "seversk"], start_new_session=True, stdout=subprocess.DEVNULL
        )
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        snapshot = in_force(workshop)
        assert snapshot.number in (1, 2)
        assert set(snapshots.frames_of(snapshot, workshop)) == set(snapshot.registries)
    (outcome,) = check(workshop, LATER)
    assert outcome.revision == 2
    assert not list(workshop.snapshots("seversk", "seversk").glob(".draft-*"))


def test_draft_without_a_manifest_is_no_snapshot(workshop, accepted):
    folder = workshop.snapshots("seversk", "seversk")
    shutil.copytree(folder / "0001", folder / ".draft-abc")
    (folder / "0002").mkdir()
    assert in_force(workshop).number == 1


def test_second_acceptance_at_once_is_refused_in_words(workshop, workbook):
    lock = workshop.snapshots("seversk", ".lock")
    lock.parent.mkdir(parents=True)
    with FileLock(lock), pytest.raises(UserError, match="сейчас принимает другая команда nms check"):
        check(workshop)
    assert in_force(workshop) is None
    assert check(workshop)[0].revision == 1


def test_dry_check_answers_and_accepts_nothing(workshop, workbook):
    edit(workbook, "Диагностика", "B3", "31.02.2023")
    (outcome,) = check(workshop, accept=False)
    assert (outcome.revision, outcome.accepted) == (None, "проверена, не принималась")
    assert outcome.answer.exists()
    assert in_force(workshop) is None


def test_answer_is_the_senders_workbook_with_marks_and_a_letter(workshop, workbook):
    edit(workbook, "Диагностика", "B3", "31.02.2023")
    before = workbook.read_bytes()
    (outcome,) = check(workshop)
    answer = openpyxl.load_workbook(outcome.answer)
    assert answer.sheetnames[:2] == ["Замечания", "О файле"]
    assert "Нужна дата ДД.ММ.ГГГГ" in answer["Диагностика"]["B3"].comment.text
    assert "Не дата" in outcome.answer.with_suffix(".txt").read_text("utf-8")
    assert workbook.read_bytes() == before


def test_answer_goes_when_everything_is_mended(workshop, workbook):
    good = workbook.read_bytes()
    edit(workbook, "Диагностика", "B3", "31.02.2023")
    answer = check(workshop)[0].answer
    workbook.write_bytes(good)
    assert check(workshop, LATER)[0].answer is None
    assert not answer.exists()
    assert not answer.with_suffix(".txt").exists()


def test_two_workbooks_of_one_day_are_refused_and_both_named(workshop, accepted):
    shutil.copyfile(accepted, accepted.with_name("seversk (копия).xlsx"))
    edit(accepted.with_name("seversk (копия).xlsx"), "Диагностика", "D2", None)
    outcomes = check(workshop, LATER)
    assert [outcome.accepted for outcome in outcomes] == ["не принята: две книги одного муниципалитета"] * 2
    assert [outcome.revision for outcome in outcomes] == [None, None]
    said = outcomes[0].findings["said"].iloc[0]
    assert said == "«seversk (копия).xlsx», «seversk.xlsx»"
    assert in_force(workshop).number == 1


def test_workbook_is_known_by_what_it_says_when_its_name_says_nothing(workshop, workbook):
    workbook.rename(workbook.with_name("Книга1.xlsx"))
    assert check(workshop)[0].municipality == "seversk"


def test_workbook_named_in_russian_is_known(workshop, workbook):
    edit(workbook, "О файле", "B4", None)
    workbook.rename(workbook.with_name("ЗАТО Северск.xlsx"))
    assert check(workshop)[0].municipality == "seversk"


def test_workbook_of_nobody_is_told_and_holds_up_nobody(workshop, workbook):
    stray = workbook.with_name("Книга1.xlsx")
    shutil.copyfile(workbook, stray)
    edit(stray, "О файле", "B4", None)
    outcomes = {outcome.file: outcome for outcome in check(workshop)}
    assert outcomes["Книга1.xlsx"].accepted == "не принята: неизвестно, чья это книга"
    assert outcomes["seversk.xlsx"].revision == 1


def test_workbook_of_another_municipality_is_refused(workshop, workbook):
    edit(workbook, "О файле", "B4", "tomsk")
    (outcome,) = check(workshop)
    assert outcome.accepted == "не принята: в книге указан другой муниципалитет"
    assert outcome.findings["said"].iloc[0] == "файл — «seversk/seversk»"
    assert "указан «seversk/tomsk»" in told(outcome)


@pytest.mark.parametrize("name", ["ЗАТО Северск", "Северск", "зато  северск"])
def test_municipality_may_be_named_in_russian_inside(workshop, workbook, name):
    edit(workbook, "О файле", "B4", name)
    assert check(workshop)[0].revision == 1


def test_byte_for_byte_copy_is_the_same_workbook(workshop, workbook):
    shutil.copyfile(workbook, workbook.with_name("seversk (копия).xlsx"))
    assert [outcome.revision for outcome in check(workshop)] == [1]


def test_workbook_only_saved_again_makes_no_revision(workshop, accepted):
    openpyxl.load_workbook(accepted).save(accepted)
    (outcome,) = check(workshop, LATER)
    assert (outcome.accepted, outcome.new) == ("без изменений, ревизия 1", False)


def test_day_of_the_data_is_taken_from_the_name_or_asked_for(workshop, workbook):
    edit(workbook, "О файле", "B7", None)
    assert check(workshop)[0].accepted == "не принята: не указано, на какую дату данные"
    workbook.rename(workbook.with_name("seversk.2024-11-13.xlsx"))
    check(workshop)
    assert in_force(workshop).data_on == "2024-11-13"


def test_registry_that_is_no_longer_sent_is_counted_as_lost(workshop, accepted, demo_frames):
    book = openpyxl.load_workbook(accepted)
    del book["Эксперты"]
    book.save(accepted)
    (outcome,) = check(workshop, LATER)
    assert in_force(workshop).lost == {"experts": len(demo_frames["experts"])}
    assert outcome.accepted.endswith("больше нет реестров: 1")
    assert f"−{len(demo_frames['experts'])}," in outcome.accepted


def test_single_file_that_is_accepted_reaches_the_page(workshop, accepted, tmp_path):
    elsewhere = tmp_path / "seversk.xlsx"
    shutil.copyfile(accepted, elsewhere)
    edit(elsewhere, "Диагностика", "B3", "31.02.2023")
    assert check(workshop, LATER, file=elsewhere)[0].revision == 2
    findings = pd.read_parquet(workshop.outputs("seversk") / "findings.parquet")
    assert findings["rule"].tolist() == ["bad_key_date"]


def test_answer_is_never_checked_in_place(workshop, workbook):
    edit(workbook, "Диагностика", "B3", "31.02.2023")
    answer = check(workshop)[0].answer
    before = answer.read_bytes()
    assert "это ответ" in check(workshop, LATER, file=answer)[0].accepted
    assert answer.read_bytes() == before


def test_nothing_that_stands_in_cells_is_told_to_everybody(workshop, workbook):
    for column, row in (("D", 3), ("G", 4), ("I", 5), ("H", 6)):
        edit(workbook, "Работники", f"{column}{row}", "Небывалова Василиса")
    book = openpyxl.load_workbook(workbook)
    book.create_sheet("Небывалова")["A1"] = "Небывалова"
    book["Диагностика"]["F1"] = "Небывалова"
    book.save(workbook)
    (outcome,) = check(workshop)
    assert len(outcome.findings) >= 6
    assert "Небывалова" not in outcome.findings.drop(columns="file").to_csv()
    assert "Небывалова" not in (snapshots.folder_of(in_force(workshop), workshop) / snapshots.MANIFEST).read_text("utf-8")


def test_folder_or_broken_link_in_the_inbox_holds_up_nobody(workshop, workbook):
    (workbook.parent / "папка.xlsx").mkdir()
    (workbook.parent / "ссылка.xlsx").symlink_to(workbook.parent / "нет.xlsx")
    assert [outcome.revision for outcome in check(workshop)] == [1]


def test_workbook_open_in_excel_waits(workshop, workbook):
    workbook.with_name("~$seversk.xlsx").write_bytes(b"")
    (outcome,) = check(workshop)
    assert outcome.accepted == "не принята: книга открыта в Excel"


def test_older_data_do_not_replace_newer_ones(workshop, accepted):
    edit(accepted, "О файле", "B7", "12.11.2024")
    (outcome,) = check(workshop, LATER)
    assert outcome.accepted == "не принята: данные старше уже принятых"
    assert in_force(workshop).number == 1


def test_data_of_the_same_day_are_a_correction(workshop, accepted):
    edit(accepted, "Диагностика", "D2", None)
    assert check(workshop, LATER)[0].revision == 2


def test_refused_workbook_keeps_the_accepted_one_and_says_so_in_the_tables(workshop, accepted):
    accepted.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    (outcome,) = check(workshop, LATER)
    assert outcome.accepted == "не принята: книга старого формата .xls"
    assert in_force(workshop).number == 1
    arrivals = pd.read_parquet(workshop.outputs("seversk") / "completeness.parquet")
    assert arrivals["state"].value_counts().to_dict() == {"refused": 13, "elsewhere": 1}


def test_one_broken_workbook_does_not_hold_up_the_others(workshop):
    system = "amur"
    senders = [
        place for place in catalogue.municipalities_of(system, workshop) if place.municipality in ("tynda", "zeya", "progress")
    ]
    workshop.inbox(system).mkdir()
    for sender in senders[:2]:
        forms._invent(system, sender, 48, workshop)
    (workshop.inbox(system) / f"{senders[2].municipality}.xlsx").write_text("не Excel", "utf-8")
    outcomes = checking.check(system, None, workshop, datetime(2024, 12, 1), lambda _: None)
    assert sorted((outcome.municipality, outcome.revision) for outcome in outcomes if "2023" not in outcome.file) == [
        ("progress", None),
        ("tynda", 2),
        ("zeya", 2),
    ]


def test_monitoring_of_a_year_ago_is_the_first_revision_and_is_not_read_again(workshop):
    list(forms.write_demo(["seversk"], 48, False, workshop))
    assert all(outcome.findings.empty for outcome in check(workshop, accept=False))
    assert [(outcome.file, outcome.revision) for outcome in check(workshop)] == [
        ("seversk.2023-11-13.xlsx", 1),
        ("seversk.xlsx", 2),
    ]
    assert [(outcome.file, outcome.accepted) for outcome in check(workshop, LATER)] == [
        ("seversk.2023-11-13.xlsx", "принята раньше, ревизия 1; действует ревизия 2"),
        ("seversk.xlsx", "без изменений, ревизия 2"),
    ]


def test_template_is_filled_with_the_accepted_rows_and_comes_back_without_a_word(workshop, workbook, demo_frames):
    edit(workbook, "Практики и материалы", "A4", None)
    check(workshop)
    path = forms.write_template("seversk", "seversk", workshop)
    book = openpyxl.load_workbook(path)
    assert book["Работники"].max_row == len(demo_frames["staff"]) + 1
    assert book["Работники"]["B2"].value == demo_frames["staff"]["full_name"].iloc[0]
    assert book["Практики и материалы"].max_row == len(demo_frames["practices"])
    about = {row[0].value: row for row in book["О файле"].iter_rows()}
    about["Данные на"][1].value, about["Отправлено"][1].value = "14.11.2024", "15.11.2024"
    book.save(workbook)
    (outcome,) = check(workshop, LATER)
    assert outcome.accepted == "принята, ревизия 2 (+0 −0, изменено 0)"
    assert outcome.findings.empty


def test_template_of_an_unknown_municipality_names_the_nearest(workshop):
    with pytest.raises(UserError, match="Ближайшие: seversk"):
        forms.write_template("seversk", "severks", workshop)


def test_command_tells_each_workbook_and_where_the_page_is(workshop, workbook, monkeypatch):
    monkeypatch.setenv("NMS_HOME", str(workshop.root))
    edit(workbook, "Диагностика", "B3", "31.02.2023")
    done = subprocess.run([sys.executable, "-m", "nmslib", "check", "seversk"], capture_output=True, text=True)
    assert done.returncode == 0
    assert re.search(
        r"seversk/seversk \(seversk\.xlsx\): принята, строк: .*; замечания: блокирует 1; ответ: data/answers", done.stdout
    )
    assert "seversk, кто что прислал: outputs/seversk/data_quality.html" in done.stdout
    assert done.stdout.endswith("Книг: 1, принято: 1\n")


def test_command_ends_with_one_when_a_workbook_is_refused(workshop, workbook, monkeypatch):
    monkeypatch.setenv("NMS_HOME", str(workshop.root))
    workbook.write_text("не Excel", "utf-8")
    done = subprocess.run([sys.executable, "-m", "nmslib", "check", "seversk"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "не принята: файл не книга Excel" in done.stdout


def test_single_file_is_checked_wherever_it_lies(workshop, workbook, monkeypatch, tmp_path):
    monkeypatch.setenv("NMS_HOME", str(workshop.root))
    elsewhere = tmp_path / "присланное.xlsx"
    workbook.rename(elsewhere)
    done = subprocess.run(
        [sys.executable, "-m", "nmslib", "check", "--file", str(elsewhere), "--dry"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "seversk/seversk (присланное.xlsx): проверена, не принималась; замечания: нет" in done.stdout
    assert in_force(workshop) is None


def test_manifest_holds_nothing_personal(workshop, workbook, demo_frames):
    edit(workbook, "Работники", "C3", "31.02.1970")
    check(workshop)
    manifest = (snapshots.folder_of(in_force(workshop), workshop) / snapshots.MANIFEST).read_text("utf-8")
    assert "31.02.1970" not in manifest
    assert not [name for name in demo_frames["staff"]["full_name"] if name in manifest]
    assert json.loads(manifest)["problems"][0]["place"].startswith("лист «Работники», столбец «Дата рождения»")


def test_demo_tells_what_the_sender_says(workshop, seversk, place):
    about = dict(demo.about(seversk, place, "x", CHECKED_AT.date(), CHECKED_AT.date(), 48))
    assert about["Данные на"] == "15.11.2024"
