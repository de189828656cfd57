"""A run makes what has changed and nothing else; whatever interrupts it, folders are whole and the next run goes on."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import nbformat
import pytest
import yaml

from nmslib import batch, tables
from nmslib.batch import planning, spoken
from nmslib.batch.crew import Crew, Lost
from nmslib.batch.units import left_stamp
from nmslib.paths import Project
from nmslib.problems import UserError

UNITS = ["amur/tynda", "amur/zeya"]


def run(project: Project, *targets: str, **options) -> dict[str, batch.Result]:
    """Unit → how it ended."""
    return {result.unit.id: result for result in batch.run(batch.plan(targets or ["amur"], project), project, **options)}


def made_anew(results: dict[str, batch.Result]) -> set[str]:
    assert [result.error for result in results.values()] == [None] * len(results)
    return {name for name, result in results.items() if result.anew}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def assert_whole(project: Project, *names: str) -> None:
    """Every file that the stamp of a place lists is there as it was made."""
    for name in names:
        folder = project.outputs("amur") / name
        stamp = left_stamp(folder)
        assert stamp, f"{name}: no stamp"
        assert {one: hashlib.sha256((folder / one).read_bytes()).hexdigest() for one in stamp.files} == {
            one: told.sha256 for one, told in stamp.files.items()
        }


def drafts(project: Project) -> list[str]:
    return [path.name for pattern in (".draft-*", "*.part", ".*.previous") for path in (project.root / "outputs").rglob(pattern)]


def change_parameters(project: Project, name: str, **values) -> None:
    path = project.parameters("amur", name)
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text("utf-8")) | values), "utf-8")


def add_cell(project: Project, source: str, report: str = "municipality_report") -> None:
    path = project.report(report)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(source))
    nbformat.write(notebook, path)


def nms(project: Project, *arguments: str, **options) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "nmslib", *arguments],
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "start_new_session": True, **options},
        env=os.environ | {"NMS_HOME": str(project.root)},
    )


@pytest.fixture(scope="module")
def two(amur_two):
    """Two municipalities after one run. Tests put back what they change."""
    return amur_two


# What is made


def test_second_run_makes_nothing(two):
    before = contents(two.root / "outputs")
    assert made_anew(run(two)) == set()
    assert contents(two.root / "outputs") == before


def test_results_stand_in_the_order_of_the_plan_whoever_ends_first(two):
    planned = [unit.id for unit in batch.plan(["amur/zeya", "amur/tynda"], two)]
    assert planned == ["amur/zeya", "amur/tynda"]
    assert list(run(two, *planned)) == planned


def test_another_day_of_one_place_makes_it_alone_and_the_reason_is_told(two):
    (result,) = batch.run(batch.plan(["amur/zeya"], two, "2024-09-30"), two)
    assert result.error is None
    assert {"параметры", "цифры и сроки"} <= set(result.why)
    assert tables.whole("amur", two).days == {"tynda": date(2024, 11, 24), "zeya": date(2024, 9, 30)}
    assert left_stamp(two.outputs("amur") / "zeya").as_of == "2024-09-30"
    assert made_anew(run(two)) == {"amur/zeya"}, "back to the day of the parameters"


def test_comment_in_parameters_changes_nothing(two):
    path = two.parameters("amur", "zeya")
    path.write_text(path.read_text("utf-8") + "# пояснение\n", "utf-8")
    assert made_anew(run(two)) == set()


def test_lost_file_and_unreadable_stamp_make_their_units_again(two):
    (two.outputs("amur") / "tynda" / "annex.xlsx").unlink()
    (two.outputs("amur") / "zeya" / "made.json").write_text('{"id": "amur/zeya", "made": "прежней программой"}', "utf-8")
    results = run(two)
    assert made_anew(results) == set(UNITS)
    assert {result.why for result in results.values()} == {("нет одного из файлов",)}
    assert_whole(two, "tynda", "zeya")


def test_lost_table_comes_back_and_no_unit_is_made_for_it(two):
    path = two.outputs("amur") / "roadmap.parquet"
    before = path.read_bytes()
    path.unlink()
    assert made_anew(run(two)) == set()
    assert path.read_bytes() == before


def test_force_makes_everything_and_jobs_limits_how_many_work_at_once(two):
    working, most = set(), [0]

    def started(key: str) -> None:
        working.add(key)
        most[0] = max(most[0], len(working & set(UNITS)))

    watch = batch.Watch(started=started, ended=lambda result: working.discard(result.unit.id))
    results = run(two, force=True, jobs=1, watch=watch)
    assert made_anew(results) == set(UNITS)
    assert most == [1]
    told = "\n".join(spoken.results(list(results.values()), True, two))
    assert told.count("— так велено: --force") == 2
    assert "Готово: 2 из 2, чисел сверено: " in told
    assert "Портал: outputs/amur/index.html" in told


def test_changed_notebook_makes_every_unit_that_it_makes(two):
    path = two.report("municipality_report")
    before = path.read_bytes()
    add_cell(two, "# ничего нового")
    listed = list(spoken.listing(batch.plan(["amur"], two), False, two))
    path.write_bytes(before)
    assert ["тетради" in line for line in listed[:-1]] == [True, True]
    assert listed[-1].endswith("будет сделано не больше 2")


@pytest.mark.parametrize(
    ("part", "word"), [("program", "программа"), ("libraries", "версии библиотек"), ("document", "факты документа")]
)
def test_reason_names_the_part_that_changed(two, part, word):
    unit, kept = batch.plan(["amur/tynda"], two)[0], tables.whole("amur", two)
    assert planning.why(unit, kept, two) == []
    path = unit.folder(two) / "made.json"
    before = path.read_bytes()
    told = json.loads(before)
    told["made_of"][part] = "0" * 64
    path.write_text(json.dumps(told), "utf-8")
    assert planning.why(unit, kept, two) == [word]
    path.write_bytes(before)


# What is chosen and told


def test_list_shows_units_with_reasons_and_makes_nothing(workshop, few):
    project = few(workshop, "tynda", "zeya")
    with nms(project, "run", "amur", "--list") as process:
        told, error = process.communicate()
    assert (process.returncode, error) == (0, "")
    assert {line.split("  ")[0] for line in told.splitlines()[:-1]} == set(UNITS)
    assert told.count("ещё не делалось") == 2
    assert not (project.root / "outputs").exists()


def test_only_takes_masks_and_an_empty_choice_is_refused(two):
    assert [unit.id for unit in batch.plan(["amur"], two, only=["amur/t*"])] == ["amur/tynda"]
    assert {unit.id for unit in batch.plan(["amur"], two, only=["*/zeya", "amur/t*"])} == set(UNITS)
    with pytest.raises(UserError, match=r"Под «seversk/\*» не подходит ни один отчёт. Есть: amur/"):
        batch.plan(["amur"], two, only=["seversk/*"])


def test_ids_stay_the_same_whatever_is_asked(two):
    ways = [batch.plan(targets, two) for targets in (["amur"], UNITS, UNITS[::-1])]
    assert [{unit.id for unit in way} for way in ways] == [set(UNITS)] * 3


# Interruption


def wait_for(*patterns: str, inside: Path) -> None:
    until = time.monotonic() + 60
    while not any(any(inside.glob(pattern)) for pattern in patterns):
        assert time.monotonic() < until, patterns
        time.sleep(0.02)


def test_killed_run_leaves_folders_whole_and_the_next_goes_on(two):
    """SIGKILL to everybody: while tables are worked out, while notebooks run, while papers are written."""
    outputs = two.outputs("amur")
    for name in ("tynda", "zeya"):
        change_parameters(two, name, as_of="2024-10-01")
    for moment in (None, ".draft-*", ".draft-*/indicators.ipynb"):
        process = nms(two, "run", "amur")
        if moment:
            wait_for(moment, inside=outputs)
        else:
            time.sleep(2)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert_whole(two, "tynda", "zeya")
    done = {name for name in ("tynda", "zeya") if left_stamp(outputs / name).as_of == "2024-10-01"}
    assert made_anew(run(two)) == {f"amur/{name}" for name in {"tynda", "zeya"} - done}
    assert drafts(two) == []
    assert_whole(two, "tynda", "zeya")
    assert {left_stamp(outputs / name).as_of for name in ("tynda", "zeya")} == {"2024-10-01"}


@pytest.mark.parametrize("moment", ["beginning", "server", "notebooks"])
def test_ctrl_c_ends_with_130_a_sentence_and_whole_outputs(two, moment):
    process = nms(two, "run", "amur", "--force")
    if moment == "notebooks":
        wait_for(".draft-*", inside=two.outputs("amur"))
    else:
        time.sleep({"beginning": 1, "server": 3}[moment])
    os.killpg(process.pid, signal.SIGINT)
    told, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Прервано. Готовое осталось целым; продолжит та же команда." in error
    assert "Traceback" not in told + error
    assert drafts(two) == []
    assert_whole(two, "tynda", "zeya")
    assert not (two.outputs("amur") / "failed").exists()


def test_run_whose_caller_alone_is_killed_does_not_go_on_behind_its_back(two):
    process = nms(two, "run", "amur", "--force")
    outputs, before = two.outputs("amur"), left_stamp(two.outputs("amur") / "zeya").made_at
    wait_for(".draft-*", inside=outputs)
    process.kill()
    process.communicate()  # ends when the last of its processes has closed the pipe
    assert left_stamp(outputs / "zeya").made_at == before
    assert not (outputs / "failed").exists()


def test_second_run_at_once_is_refused_and_changes_nothing(two):
    before = contents(two.root / "outputs")
    with batch.running.alone(two):
        process = nms(two, "run", "amur", "--force")
        told, error = process.communicate()
        assert contents(two.root / "outputs") == before
    assert (process.returncode, told) == (1, "")
    assert error == "В папке outputs уже работает другой запуск nms run: дождитесь его и повторите\n"


def test_file_in_place_of_the_outputs_is_told_in_words(workshop, few):
    project = few(workshop, "tynda")
    (project.root / "outputs").write_text("", "utf-8")
    process = nms(project, "run", "amur")
    told, error = process.communicate()
    assert (process.returncode, told) == (1, "")
    assert error.startswith(f"В папку {project.root / 'outputs'} нельзя писать")
    assert "Traceback" not in error


# Bad input and other places


def test_name_with_quotes_slashes_and_angle_brackets_goes_through_every_file(workshop, few):
    project = few(workshop, "tynda")
    name = 'МО «Тында»/<b>Север</b> & "Юг", очень длинное название, которое не помещается в одну строку; \\ район'
    text = project.municipalities.read_text("utf-8")
    assert "amur,tynda,г. Тында," in text
    quoted = name.replace('"', '""')
    project.municipalities.write_text(text.replace("amur,tynda,г. Тында,", f'amur,tynda,"{quoted}",'), "utf-8")
    results = run(project)
    assert made_anew(results) == {"amur/tynda"}
    folder = project.outputs("amur") / "tynda"
    assert_whole(project, "tynda")
    for page in (*folder.glob("*.html"), project.outputs("amur") / "index.html"):
        html = page.read_text("utf-8")
        assert "<b>Север</b>" not in html, page.name
        assert "&lt;b&gt;Север&lt;/b&gt;" in html, page.name


# Processes of a run


def answer(value):
    return value


def die():
    os.kill(os.getpid(), signal.SIGKILL)


class Unsendable(Exception):
    """Cannot be made anew from its arguments."""

    def __init__(self, one, two):
        super().__init__(one)


def fail():
    raise Unsendable("не пролезает", 2)


def crew_of(**tasks):
    with Crew(jobs=2) as crew:
        for key, (work, *arguments) in tasks.items():
            crew.add(key, work, *arguments)
        return dict(crew.answers())


def test_process_that_dies_takes_nobody_with_it():
    answers = crew_of(first=(die,), second=(answer, 2), third=(answer, None))
    assert answers["second"] == 2
    assert answers["third"] is None
    assert answers["first"] == Lost(-signal.SIGKILL)
    assert "нехватка памяти" in str(answers["first"])


def test_error_that_cannot_be_sent_arrives_in_words():
    assert str(crew_of(one=(fail,))["one"]) == "Unsendable: не пролезает"
