"""Every file is read again and held against the table of figures: whoever changes a number in one is named with its figure."""

import json
import os
import re
import shutil
import zipfile
from datetime import date, datetime
from pathlib import Path

import nbformat
import pytest

from nmslib import batch, demo, registries, tables
from nmslib.batch import checking, verifying
from nmslib.batch.failures import Mismatch
from nmslib.commands import main
from nmslib.situation import Situation

CHECKED_AT, DATA_DAY, DAY = datetime(2024, 11, 15, 10, 30), date(2024, 11, 13), date(2023, 12, 1)
FIGURE = "seversk/seversk/diagnosed_share/2023-12-01"


@pytest.fixture(scope="module")
def made(module_workshop, seversk, place, form, demo_frames):
    """Seversk, whose synthetic workbook was accepted, after one run."""
    path = module_workshop.workbook("seversk", "seversk")
    about = demo.about(seversk, place, form.version, DATA_DAY, CHECKED_AT.date(), 48)
    registries.write_workbook(path, demo_frames, about, form)
    checking.check("seversk", None, module_workshop, CHECKED_AT, lambda _: None)
    (result,) = batch.run(batch.plan(["seversk"], module_workshop), module_workshop)
    assert result.error is None
    return module_workshop


@pytest.fixture
def folder(made):
    """The folder of Seversk, put back as it was afterwards."""
    there = made.outputs("seversk") / "seversk"
    kept = there.with_name("kept")
    shutil.copytree(there, kept)
    yield there
    shutil.rmtree(there)
    kept.rename(there)


@pytest.fixture
def whole(made):
    """The folder of the system, whose own files are put back as they were afterwards."""
    there = made.outputs("seversk")
    kept = {name: (there / name).read_bytes() for name in ("summary.xlsx", "index.html")}
    yield there
    for name, content in kept.items():
        (there / name).write_bytes(content)


@pytest.fixture
def people(made):
    """Numerator and denominator of the figure, as readers see them."""
    row = tables.whole("seversk", made).table("figures").set_index("figure").loc[FIGURE]
    said = (f"{int(row[name]):,}".replace(",", "\N{NO-BREAK SPACE}") for name in ("numerator", "denominator"))
    return " из ".join(said)


def verified(made, monkeypatch, capsys, *arguments):
    """Exit code, standard output and standard error of ``nms verify``."""
    monkeypatch.setenv("NMS_HOME", str(made.root))
    with pytest.raises(SystemExit) as ended:
        main(["verify", *(arguments or ("seversk",))])
    told = capsys.readouterr()
    return ended.value.code, told.out, told.err


def replaced_in_zip(path: Path, part: str, change) -> None:
    """The same archive with one part changed."""
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    text = parts[part].decode("utf-8")
    parts[part] = change(text).encode("utf-8")
    assert parts[part].decode("utf-8") != text, "nothing was changed"
    with zipfile.ZipFile(path, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)


def tampered(html: str) -> str:
    """The page with another number of people in one of the places that show the figure."""
    pattern = rf'(data-figure="{FIGURE}"(?:(?!data-figure).)*?)\d+(?=\sиз)'
    changed, count = re.subn(pattern, r"\g<1>7", html, count=1, flags=re.DOTALL)
    assert count, "the page shows no such figure"
    return changed


def replaced_in_sheet(path: Path, before: str, after: str) -> None:
    """The same workbook with other words of XML in the first sheet that has these."""
    with zipfile.ZipFile(path) as source:
        sheets = [name for name in source.namelist() if name.startswith("xl/worksheets/sheet")]
        sheet = next(name for name in sheets if before in source.read(name).decode("utf-8"))
    replaced_in_zip(path, sheet, lambda text: text.replace(before, after))


def number_of(made, name: str) -> int | float:
    """A number of the figure in the table of figures."""
    found = tables.whole("seversk", made).table("figures").set_index("figure").loc[FIGURE, name]
    return int(found) if name != "value" else float(found)


def test_untouched_files_agree(made, monkeypatch, capsys):
    code, told, error = verified(made, monkeypatch, capsys)
    assert (code, error) == (0, "")
    count = re.fullmatch(r"Все ([\d\s]+) чисел совпали\n", told)
    assert int(re.sub(r"\s", "", count[1])) > 100


def test_what_a_run_says_it_checked_is_what_is_checked(made):
    folder = made.outputs("seversk") / "seversk"
    now = Situation("seversk", "seversk", DAY, made)
    assert verifying.verify(folder, now) == batch.units.left_stamp(folder).checked


@pytest.mark.parametrize("name", ["report.html", "indicators.html"])
def test_number_changed_in_one_place_of_a_page_is_named(made, folder, monkeypatch, capsys, name):
    path = folder / name
    path.write_text(tampered(path.read_text("utf-8")), "utf-8")
    code, told, error = verified(made, monkeypatch, capsys)
    assert code == 1
    assert f"seversk/seversk/{name}: у {FIGURE} стоит" in error
    assert "расхождений: 1" in told


def test_number_changed_in_a_notebook_is_named(made, folder, monkeypatch, capsys):
    path = folder / "report.ipynb"
    notebook = nbformat.read(path, as_version=4)
    pages = [output["data"] for cell in notebook.cells for output in cell.get("outputs", []) if "data" in output]
    page = next(page for page in pages if FIGURE in page.get("text/html", ""))
    page["text/html"] = tampered(page["text/html"])
    nbformat.write(notebook, path)
    code, _, error = verified(made, monkeypatch, capsys)
    assert code == 1
    assert f"seversk/seversk/report.ipynb: у {FIGURE} стоит" in error


def test_number_changed_in_the_note_is_named(made, folder, people, monkeypatch, capsys):
    def change(text: str) -> str:
        start = re.search(r'<w:bookmarkStart [^>]*w:name="f\d+_diagnosed_share"', text).start()
        end = text.index("<w:bookmarkEnd", start)
        numerator = people.split(" из ")[0]
        return text[:start] + text[start:end].replace(numerator, str(int(numerator) + 1)) + text[end:]

    replaced_in_zip(folder / "note.docx", "word/document.xml", change)
    code, _, error = verified(made, monkeypatch, capsys)
    assert code == 1
    assert f"seversk/seversk/note.docx: у {FIGURE} стоит" in error


def test_number_changed_in_the_annex_is_named(made, folder, monkeypatch, capsys):
    numerator = number_of(made, "numerator")
    replaced_in_sheet(folder / "annex.xlsx", f"<v>{numerator}</v>", f"<v>{numerator + 1}</v>")
    code, _, error = verified(made, monkeypatch, capsys)
    assert code == 1
    told = f"у {FIGURE} числитель {numerator + 1}, в таблице показателей {numerator}\n"
    assert f"seversk/seversk/annex.xlsx: {told}" in error


def test_number_changed_in_the_summary_is_named(made, whole, monkeypatch, capsys):
    numerator = number_of(made, "numerator")
    replaced_in_sheet(whole / "summary.xlsx", f"<v>{numerator}</v>", f"<v>{numerator + 1}</v>")
    code, told, error = verified(made, monkeypatch, capsys)
    assert (code, error) == (
        1,
        f"seversk/summary.xlsx: у {FIGURE} числитель {numerator + 1}, в таблице показателей {numerator}\n",
    )
    assert "расхождений: 1" in told


def test_value_changed_where_the_summary_puts_places_side_by_side_is_named(made, whole, monkeypatch, capsys):
    value = number_of(made, "value")
    replaced_in_sheet(whole / "summary.xlsx", f"<v>{value / 100}</v>", "<v>0.5</v>")
    code, _, error = verified(made, monkeypatch, capsys)
    assert code == 1
    assert f"seversk/summary.xlsx: у {FIGURE} на листе свода значение 50, в таблице показателей" in error


def test_number_changed_in_the_portal_is_named(made, whole, monkeypatch, capsys):
    path = whole / "index.html"
    path.write_text(tampered(path.read_text("utf-8")), "utf-8")
    code, told, error = verified(made, monkeypatch, capsys)
    assert code == 1
    assert f"seversk/index.html: у {FIGURE} стоит" in error
    assert "расхождений: 1" in told


def test_gap_changed_in_the_portal_is_named(made, whole, monkeypatch, capsys):
    path = whole / "index.html"
    text = path.read_text("utf-8")
    found = re.search(r'data-gap="([^"]+)">(\d+)', text)
    path.write_text(text.replace(found[0], found[0].removesuffix(found[2]) + "9999"), "utf-8")
    code, _, error = verified(made, monkeypatch, capsys)
    assert code == 1
    assert re.search(rf"seversk/index.html: у {found[1]} не хватает «9999.*», в таблице показателей {found[2]}\n", error)


@pytest.mark.parametrize("name", ["calendar.ics", "calendars/МАУ ЗАТО Северск «РЦО».ics"])
def test_day_changed_in_a_calendar_is_named(made, folder, monkeypatch, capsys, name):
    path = folder / name
    changed = path.read_bytes().replace(b"DTSTART;VALUE=DATE:20230320", b"DTSTART;VALUE=DATE:20230321")
    assert changed != path.read_bytes()
    path.write_bytes(changed)
    code, told, error = verified(made, monkeypatch, capsys)
    assert (code, error) == (1, f"seversk/seversk/{name}: у меры 4 стоит срок 21.03.2023, в дорожной карте 20.03.2023\n")
    assert "расхождений: 1" in told


def test_term_changed_in_the_words_of_a_calendar_is_named(made, folder, monkeypatch, capsys):
    path = folder / "calendar.ics"
    path.write_bytes(path.read_bytes().replace("до 20 марта 2023".encode(), "до 21 марта 2023".encode()))
    code, _, error = verified(made, monkeypatch, capsys)
    assert (code, error) == (1, "seversk/seversk/calendar.ics: у меры 4 нет слов «до 20 марта 2023 года»\n")


def test_measure_lost_from_a_calendar_or_foreign_to_it_is_named(made, folder, monkeypatch, capsys):
    path = folder / "calendar.ics"
    path.write_bytes(path.read_bytes().replace(b"UID:seversk.seversk.4.", b"UID:seversk.seversk.44."))
    code, _, error = verified(made, monkeypatch, capsys)
    assert code == 1
    assert "seversk/seversk/calendar.ics: нет меры 4\n" in error
    assert "seversk/seversk/calendar.ics: мера 44 не из этого календаря\n" in error


@pytest.mark.parametrize("name", ["summary.xlsx", "index.html"])
def test_lost_or_broken_file_of_the_system_is_named_and_the_next_run_makes_it(made, whole, monkeypatch, capsys, name):
    (whole / name).write_bytes(b"PK")
    assert verified(made, monkeypatch, capsys)[0] == 1
    (whole / name).unlink()
    code, _, error = verified(made, monkeypatch, capsys)
    assert (code, error) == (1, f"seversk/{name}: файла нет, выполните nms run seversk\n")
    (result,) = batch.run(batch.plan(["seversk"], made), made)
    assert not result.anew
    assert verified(made, monkeypatch, capsys)[0] == 0


def test_portal_older_than_a_place_is_made_anew(made, whole):
    """A run that was killed after the files of a place and before the portal: nothing else is left to make."""
    stamp = whole / "seversk" / "made.json"
    before = (whole / "index.html").stat().st_mtime
    os.utime(stamp, (before + 5, before + 5))
    (result,) = batch.run(batch.plan(["seversk"], made), made)
    os.utime(stamp, (before - 5, before - 5))
    assert not result.anew
    assert (whole / "index.html").stat().st_mtime > before


def test_file_of_another_place_is_named(made, folder, monkeypatch, capsys):
    path = folder / "calendar.ics"
    path.write_bytes(path.read_bytes().replace("Северск".encode(), "Томск".encode()))
    code, _, error = verified(made, monkeypatch, capsys)
    assert code == 1
    assert "seversk/seversk/calendar.ics: нет названия «ЗАТО Северск»" in error


@pytest.mark.parametrize("name", ["annex.xlsx", "note.docx", "report.ipynb"])
def test_file_that_cannot_be_read_is_told_without_a_traceback(made, folder, monkeypatch, capsys, name):
    (folder / name).write_bytes(b"PK")
    code, _, error = verified(made, monkeypatch, capsys)
    assert code == 1
    assert "seversk/seversk: файл не читается, удалите его и выполните nms run seversk/seversk" in error


def test_lost_file_is_named(made, folder, monkeypatch, capsys):
    (folder / "annex.xlsx").unlink()
    code, _, error = verified(made, monkeypatch, capsys)
    assert code == 1
    assert error == "seversk/seversk/annex.xlsx: файла нет, выполните nms run seversk/seversk\n"


def test_every_difference_is_in_the_exception(made, folder, people):
    for name in ("report.html", "indicators.html"):
        path = folder / name
        path.write_text(path.read_text("utf-8").replace(people.split(" из ")[0], "9999"), "utf-8")
    with pytest.raises(Mismatch) as caught:
        verifying.verify(folder, Situation("seversk", "seversk", DAY, made))
    named = {difference.split(":")[0] for difference in caught.value.differences}
    assert named == {"report.html", "indicators.html"}


def test_saved_figure_that_snapshots_do_not_confirm_is_named(made, monkeypatch, capsys):
    """A table rewritten with another number, its list too: as if the computation had gone wrong."""
    folder = made.outputs("seversk")
    path, manifest = folder / "figures.parquet", folder / tables.MANIFEST
    before = path.read_bytes(), manifest.read_bytes()
    figures = tables.whole("seversk", made).table("figures")
    figures.loc[figures["figure"] == FIGURE, "numerator"] += 1
    figures.to_parquet(path, index=False)
    told = json.loads(before[1])
    told["files"]["figures"] = registries.sha256_of(path)
    manifest.write_text(json.dumps(told), "utf-8")
    code, _, error = verified(made, monkeypatch, capsys)
    path.write_bytes(before[0])
    manifest.write_bytes(before[1])
    assert code == 1
    assert f"{FIGURE}: числитель в таблице" in error
    assert f"seversk/seversk/report.html: у {FIGURE} стоит" in error


def test_system_without_outputs_is_told_what_to_do(made, monkeypatch, capsys):
    code, _, error = verified(made, monkeypatch, capsys, "leningrad")
    assert (code, error) == (1, "leningrad: ещё ничего не сделано, выполните nms run leningrad\n")


def test_changed_facts_are_told_instead_of_a_comparison(made, monkeypatch, capsys):
    path = made.system("seversk") / "targets.csv"
    before = path.read_text("utf-8")
    path.write_text(before.replace(">=,7,", ">=,8,"), "utf-8")
    code, _, error = verified(made, monkeypatch, capsys)
    path.write_text(before, "utf-8")
    assert code == 1
    assert "после запуска изменились снимки, факты или программа, выполните nms run seversk" in error


def test_unit_whose_notebook_shows_other_figures_fails_and_keeps_its_files(made):
    """A report that shows other numbers than the table of figures must not appear."""
    folder, path = made.outputs("seversk") / "seversk", made.report("municipality_report")
    before, stamp = path.read_bytes(), (folder / "made.json").read_bytes()
    notebook = nbformat.read(path, as_version=4)
    (cell,) = [cell for cell in notebook.cells if "documents.indicators_table(" in cell.source]
    cell.source = cell.source.replace("now.figures", "now.figures.assign(numerator=1)")
    nbformat.write(notebook, path)
    (result,) = batch.run(batch.plan(["seversk"], made), made)
    path.write_bytes(before)
    shutil.rmtree(made.outputs("seversk") / "failed")
    assert f"report.html: у {FIGURE} стоит" in result.error
    assert result.failure.missing.startswith("согласия чисел")
    assert (folder / "made.json").read_bytes() == stamp
