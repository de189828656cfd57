"""The command `nms`: Russian help and errors, exit code 0 only when all went well."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent.parent / "nmslib" / "locale" / "ru" / "LC_MESSAGES"


def nms(*arguments: str, home: Path | None = None, said: str | None = None) -> subprocess.CompletedProcess[str]:
    import os

    environment = os.environ | ({"NMS_HOME": str(home)} if home else {})
    return subprocess.run(
        [sys.executable, "-m", "nmslib", *arguments], input=said, capture_output=True, text=True, env=environment, check=False
    )


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("run", "--help"), ("demo", "--help"), ("lint", "--help"), ("passport", "--help"), ("deadline", "--help")],
)
def test_help_is_russian(arguments):
    told = nms(*arguments)
    assert told.returncode == 0
    assert told.stdout.startswith("Вызов: nms")
    assert not {"Usage", "Options", "Commands", "Show"} & set(told.stdout.replace(":", " ").split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("rn",), "Нет команды 'rn'. Возможно, 'run'?"),
        (("check", "--file"), "Параметру '--file' нужно значение."),
        (("run", "seversk", "--fast"), "Нет параметра '--fast'."),
        (("demo", "--seed", "семь"), "Неверное значение '--seed'"),
    ],
)
def test_wrong_calls_are_explained_in_russian(arguments, words):
    told = nms(*arguments)
    assert told.returncode == 2
    assert words in told.stderr


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("sewersk", "Ближайшие: seversk"),
        ("seversk/sversk", "Ближайшие: seversk (ЗАТО Северск)"),
        ("seversk/ЗАТО Северск", "seversk (ЗАТО Северск)"),
    ],
)
def test_unknown_name_suggests_the_nearest(target, words):
    told = nms("run", target)
    assert told.returncode == 1
    assert words in told.stderr
    assert "Traceback" not in told.stderr


def test_broken_facts_are_listed_without_a_traceback(workshop):
    path = workshop.system("seversk") / "targets.csv"
    path.write_text(path.read_text("utf-8").replace(">=,7,", ">=,много,"), "utf-8")
    told = nms("run", "seversk", home=workshop.root)
    assert told.returncode == 1
    assert told.stderr.startswith("Замечаний к данным: 1\n  * seversk/targets.csv, строка 6, столбец «value»: стоит «много»")


def test_demo_then_check_then_run_make_a_report(workshop):
    assert nms("demo", "--system", "seversk", home=workshop.root).returncode == 0
    checked = nms("check", "seversk", home=workshop.root)
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.endswith("Книг: 2, принято: 2\n")
    told = nms("run", "seversk", home=workshop.root)
    assert told.returncode == 0, told.stderr
    assert "seversk/seversk: outputs/seversk/seversk/report.html" in told.stdout
    assert (workshop.outputs("seversk") / "seversk" / "report.html").exists()


def test_lint_lists_oddities_and_exits_with_0():
    told = nms("lint", "leningrad")
    assert told.returncode == 0
    assert told.stdout.startswith("leningrad: ошибок 0, странностей")
    assert "мера 11 повторяет меру 9" in told.stdout


def test_lint_for_machines_exits_with_1_only_on_errors(workshop):
    good = nms("lint", "--json", home=workshop.root)
    assert good.returncode == 0
    reports = {report["system"]: report for report in json.loads(good.stdout)}
    assert len(reports) == 5
    assert reports["amur"]["oddities"][0]["rule"] == "doubled_measures"
    path = workshop.system("leningrad") / "targets.csv"
    path.write_text(path.read_text("utf-8").replace(">=,50", ">=,половина"), "utf-8")
    bad = nms("lint", "leningrad", "--json", home=workshop.root)
    assert bad.returncode == 1
    (problem,) = json.loads(bad.stdout)[0]["errors"]
    assert (problem["file"], problem["found"]) == ("leningrad/targets.csv", "половина")


def test_version_is_told():
    assert nms("--version").stdout == "nms, версия 0.1.0\n"


def messages(catalogue: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Message (with its plural) → translation in all its forms."""

    def forms(text: object) -> tuple[str, ...]:
        return (text,) if isinstance(text, str) else tuple(text)

    return {forms(message.id): forms(message.string) for message in catalogue if message.id}


def test_compiled_messages_are_those_of_the_source():
    with (LOCALE / "messages.po").open("rb") as source, (LOCALE / "messages.mo").open("rb") as compiled:
        assert messages(read_po(source)) == messages(read_mo(compiled))


def test_import_of_the_package_brings_nothing_heavy():
    code = "import sys, nmslib; print(sorted({'pandas', 'altair', 'papermill', 'click'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_help_imports_nothing_heavy():
    code = "import sys; sys.argv = ['nms', '--help']\nfrom nmslib.__main__ import main\ntry: main()\nexcept SystemExit: print(sorted({'pandas', 'altair', 'papermill', 'pydantic'} & set(sys.modules)))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()[-1] == "[]"
    )


PLAN = ("--from", "2023-01-01", "--to", "2024-12-31")


def test_deadline_tells_a_person_the_reading_dates_alternatives_and_doubt():
    told = nms("deadline", "до 2024 года", *PLAN)
    assert told.returncode == 0
    for words in ("Читаем: не позднее 31", "Сроки: 31.12.2024", "Можно и так: ", "31.12.2023", "Сомнение: "):
        assert words in told.stdout


def test_deadline_for_machines_keeps_its_contract():
    told = json.loads(nms("deadline", "до 2024 года", "--json", *PLAN).stdout)
    assert list(told) == ["text", "kind", "occurrences", "windows", "rrule", "reading", "alternatives", "doubts", "refused"]
    assert (told["kind"], told["occurrences"], told["windows"]) == ("until", ["2024-12-31"], [["2023-01-01", "2024-12-31"]])
    assert told["alternatives"][0]["occurrences"] == ["2023-12-31"]


def test_deadlines_from_standard_input_are_answered_line_by_line_and_refusals_stop_nothing():
    lines = "ежегодно\t2023-01-01\t2024-12-31\nкак получится\t2023-01-01\t2024-12-31\nмай 2024\t2023-01-01\t2024-12-31\n"
    first, refused, last = (json.loads(line) for line in nms("deadline", "--json", "-", said=lines).stdout.splitlines())
    assert first["rrule"] == "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31"
    assert (refused["kind"], refused["occurrences"], refused["refused"]) == ("none", [], "как получится")
    assert last["occurrences"] == ["2024-05-31"]
