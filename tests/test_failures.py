"""A unit that fails is named with where, why, what is missing and who mends it; the others are made, its previous files stay."""

import errno
import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import docx
import nbformat
import pytest

from nmslib import batch
from nmslib.batch import spoken
from nmslib.batch.crew import Lost
from nmslib.batch.failures import Mismatch, failure
from nmslib.batch.render import NotebookFailed
from nmslib.batch.units import Unit, left_stamp
from nmslib.paths import Project
from nmslib.problems import DataProblem, DataProblems, UserError

UNITS = ["amur/tynda", "amur/zeya"]
REPORT = "municipality_report"
FIELD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def run(project: Project, *targets: str, **options) -> dict[str, batch.Result]:
    """Unit → how it ended."""
    return {result.unit.id: result for result in batch.run(batch.plan(targets or ["amur"], project), project, **options)}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def two(amur_two):
    """Two municipalities of Amur oblast after one run; nobody sent anything."""
    return amur_two


@pytest.fixture
def with_cell(two):
    """Adds a cell to the end of the report, which is put back afterwards."""
    path = two.report(REPORT)
    before = path.read_bytes()

    def add(source: str) -> Project:
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.append(nbformat.v4.new_code_cell(source))
        nbformat.write(notebook, path)
        return two

    yield add
    path.write_bytes(before)


@pytest.fixture(scope="module")
def broken(two):
    """After a run in which the report of Tynda failed in its last cell: the project, results, files of Tynda before."""
    path, before = two.report(REPORT), contents(two.outputs("amur") / "tynda")
    source = path.read_bytes()
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("assert municipality != 'tynda', 'нет столбца «Срок»'"))
    nbformat.write(notebook, path)
    results = run(two)
    yield two, results, before
    path.write_bytes(source)


def test_failing_notebook_stops_nobody_else_and_keeps_the_previous_files(broken):
    project, results, before = broken
    assert results["amur/zeya"].error is None
    assert results["amur/zeya"].anew
    assert contents(project.outputs("amur") / "tynda") == before
    assert results["amur/tynda"].error.startswith(f"{REPORT}, ячейка ")
    assert results["amur/tynda"].error.endswith("нет столбца «Срок»")


def test_record_holds_notebook_cell_error_and_inputs(broken):
    project, results, _ = broken
    record = json.loads((project.outputs("amur") / "run.json").read_text("utf-8"))
    told = {unit["id"]: unit for unit in record["units"]}
    assert (told["amur/zeya"]["state"], told["amur/tynda"]["state"]) == ("made", "failed")
    kept = told["amur/tynda"]["failure"]
    assert (kept["notebook"], kept["error"]) == (REPORT, "нет столбца «Срок»")
    assert kept["cell"] == results["amur/tynda"].failure.cell > 5
    assert {"program", "parameters", "notebooks", "document", "tables"} < set(kept["inputs"])


def test_notebook_is_kept_up_to_the_failing_cell(broken):
    project, results, _ = broken
    folder = project.outputs("amur") / "failed" / "tynda"
    assert {path.name for path in folder.iterdir()} == {"failure.json", "report.ipynb"}
    cells = [cell for cell in nbformat.read(folder / "report.ipynb", as_version=4).cells if cell.cell_type == "code"]
    failed = next(cell for cell in cells if cell.execution_count == results["amur/tynda"].failure.cell)
    assert "нет столбца" in failed.source
    assert [output.ename for output in failed.outputs if output.output_type == "error"] == ["AssertionError"]


def test_portal_shows_a_card_with_what_is_missing_and_who_mends_it(broken):
    project, *_ = broken
    html = (project.outputs("amur") / "index.html").read_text("utf-8")
    for words in ("нет столбца «Срок»", "верной работы тетради", "кто ведёт тетради и программу", "failed/tynda/report.ipynb"):
        assert words in html, words


def test_closing_lines_say_it(broken):
    project, results, _ = broken
    told = list(spoken.results(list(results.values()), False, project))
    failed = next(number for number, line in enumerate(told) if line.startswith("amur/tynda: не сделан — "))
    assert "исправит: кто ведёт тетради и программу" in told[failed + 1]
    assert "outputs/amur/failed/tynda/" in told[failed + 1]
    assert any(line.startswith("Готово: 1 из 2, чисел сверено: ") and line.endswith("не удалось: 1") for line in told)


def test_failed_are_chosen_by_failed_and_listed(broken):
    project, *_ = broken
    units = batch.plan(["amur"], project, failed=True)
    assert [unit.id for unit in units] == ["amur/tynda"]
    (line, _) = spoken.listing(units, False, project)
    assert line.endswith("в прошлый раз не удалось")


def test_repaired_unit_is_made_again_and_the_failure_is_gone(broken):
    """The notebook is as it was when the files were made, so nothing but the failure asks for them."""
    project, *_ = broken
    path = project.report(REPORT)
    notebook = nbformat.read(path, as_version=4)
    del notebook.cells[-1]
    nbformat.write(notebook, path)
    assert [result.error for result in run(project).values()] == [None, None]
    assert not (project.outputs("amur") / "failed" / "tynda").exists()
    assert "failed/tynda" not in (project.outputs("amur") / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("source", "said", "missing"),
    [
        (
            "print('Traceback (most recent call last)\\n  …\\nKeyError: строка')",
            "напечатана ошибка: KeyError: строка",
            "верной работы",
        ),
        ("import os\nos.kill(os.getpid(), 9)", "процесс тетради завершился", "памяти или времени"),
        ("raise OSError(28, os.strerror(28))", "No space left on device", "места на диске"),
        ("raise MemoryError('не хватило')", "не хватило", "памяти или времени"),
    ],
    ids=["printed traceback", "killed notebook", "full disk", "memory"],
)
def test_what_a_notebook_died_of_is_told_in_words(with_cell, source, said, missing):
    project = with_cell(f"import os\n{source}")
    (result,) = run(project, "amur/zeya").values()
    assert said in result.error
    assert result.failure.missing.startswith(missing)


def test_killed_process_of_a_unit_fails_that_unit_alone(with_cell, tmp_path):
    """The notebook of Tynda kills the process that runs it, and goes on: nobody waits for it."""
    source = "if municipality == 'tynda': open(PATH, 'w').write(str(os.getpid())); os.kill(os.getppid(), 9); time.sleep(600)"
    project = with_cell("import os, time\n" + source.replace("PATH", repr(os.fspath(tmp_path / "pid"))))
    before = contents(project.outputs("amur") / "tynda")
    results = run(project)
    os.kill(int((tmp_path / "pid").read_text("utf-8")), signal.SIGKILL)  # fails when it has ended
    assert results["amur/zeya"].error is None
    assert "процесс завершился, не закончив работу (сигнал 9): часто это нехватка памяти" in results["amur/tynda"].error
    assert results["amur/tynda"].failure.missing.startswith("памяти или времени")
    assert contents(project.outputs("amur") / "tynda") == before
    assert not list((project.root / "outputs").rglob(".draft-*"))


def test_document_open_in_word_fails_the_unit_and_keeps_its_files(two):
    folder = two.outputs("amur") / "zeya"
    lock = folder / "~$note.docx"
    lock.write_bytes(b"")
    before = contents(folder)
    (result,) = run(two, "amur/zeya", force=True).values()
    lock.unlink()
    assert result.error == "файл открыт в другой программе (note.docx): закройте его и повторите"
    assert contents(folder) == {name: content for name, content in before.items() if name != lock.name}


def written(path: Path, words: str) -> None:
    """Words of an analyst in the first free field of a note."""
    document = docx.Document(str(path))
    control = next(
        one
        for one in document.element.body.iter(f"{FIELD}sdt")
        if (tag := one.find(f"{FIELD}sdtPr/{FIELD}tag")) is not None and tag.get(f"{FIELD}val").startswith("free:")
    )
    shown = control.find(f"{FIELD}sdtPr/{FIELD}showingPlcHdr")
    if shown is not None:
        shown.getparent().remove(shown)
    texts = list(control.iter(f"{FIELD}t"))
    texts[0].text = words
    for text in texts[1:]:
        text.text = ""
    document.save(str(path))


def words_of(path: Path) -> str:
    return "".join(text.text or "" for text in docx.Document(str(path)).element.body.iter(f"{FIELD}t"))


def test_words_of_the_analyst_survive_runs_and_a_note_edited_elsewhere_is_kept_beside(two):
    folder = two.outputs("amur") / "zeya"
    written(folder / "note.docx", "Слова аналитика о причинах.")
    assert run(two, "amur/zeya", force=True)["amur/zeya"].error is None
    assert "Слова аналитика о причинах." in words_of(folder / "note.docx")
    assert not list(folder.glob("note.edited-*"))

    for number in (1, 2):
        document = docx.Document(str(folder / "note.docx"))
        document.add_paragraph(f"Приписка {number} вне полей.")
        document.save(str(folder / "note.docx"))
        assert run(two, "amur/zeya", force=True)["amur/zeya"].error is None
    kept = sorted(folder.glob("note.edited-*.docx"), key=lambda path: len(path.name))
    assert ["Приписка 1" in words_of(path) for path in kept] == [True, False]
    assert ["Приписка 2" in words_of(path) for path in kept] == [False, True]
    assert "Приписка" not in words_of(folder / "note.docx")
    assert "Слова аналитика о причинах." in words_of(folder / "note.docx")
    assert not {path.name for path in kept} & set(left_stamp(folder).files), "a kept note may be deleted by the analyst"


def limited(project: Project, size: int) -> subprocess.CompletedProcess[str]:
    """``nms run amur --force`` where no file can grow beyond ``size`` bytes, as on a full disk."""
    return subprocess.run(
        [sys.executable, "-m", "nmslib", "run", "amur", "--force"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"NMS_HOME": str(project.root)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )


def test_full_disk_fails_units_with_words_and_leaves_everything_before_whole(two):
    outputs = two.outputs("amur")
    report = (outputs / "tynda" / "report.ipynb").stat().st_size
    assert report > 150_000 > (outputs / "index.html").stat().st_size
    before = {name: contents(outputs / name) for name in ("tynda", "zeya")}
    told = limited(two, 150_000)
    assert told.returncode == 1
    assert told.stdout.count("не хватает: места на диске") == 2, told.stderr
    assert {name: contents(outputs / name) for name in before} == before
    told = limited(two, 2_000)
    assert told.returncode == 1
    assert "портал не записаны: проверьте место на диске" in told.stderr
    assert "Traceback" not in told.stdout + told.stderr
    assert {name: contents(outputs / name) for name in before} == before
    assert not [path for pattern in (".draft-*", "*.part") for path in outputs.rglob(pattern)]


@pytest.mark.parametrize(
    ("error", "missing", "who"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "места на диске", "администратор компьютера"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "места на диске", "администратор компьютера"),
        (PermissionError(errno.EACCES, "Permission denied"), "права на запись", "аналитик"),
        (Lost(-9), "памяти или времени", "администратор компьютера"),
        (MemoryError(), "памяти или времени", "администратор компьютера"),
        (NotebookFailed(REPORT, 3, "DeadKernelError", "Kernel died"), "памяти или времени", "администратор компьютера"),
        (NotebookFailed(REPORT, 3, "OSError", "[Errno 27] File too large"), "места на диске", "администратор компьютера"),
        (NotebookFailed(REPORT, 3, "FileNotFoundError", "нет файла"), "файла, названного в ошибке", "аналитик"),
        (Mismatch(["report.html: у цифры стоит «1»"]), "согласия чисел", "кто ведёт тетради и программу"),
        (DataProblems([DataProblem("a.csv", "строка 2", "x", "нужно число")]), "верных фактов", "кто ведёт факты документа"),
        (UserError("закройте файл"), "того, о чём сказано", "аналитик"),
        (ZeroDivisionError("division by zero"), "верной работы тетради", "кто ведёт тетради и программу"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception | Lost) else None,
)
def test_every_cause_has_words_and_somebody_who_mends_it(error, missing, who):
    told = failure(Unit("amur", "tynda", {}), error, {"program": "0"})
    assert told.missing.startswith(missing)
    assert told.who == who
    assert told.error


def test_mismatch_names_the_first_three_and_counts_the_rest():
    assert str(Mismatch([f"п. {number}" for number in range(5)])) == "п. 0; п. 1; п. 2; и ещё 2"
