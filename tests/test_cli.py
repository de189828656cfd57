"""The command `nms`: Russian help and errors, exit code 0 only when all went well."""

import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent.parent / "nmslib" / "locale" / "ru" / "LC_MESSAGES"


def nms(*arguments: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    import os

    environment = os.environ | ({"NMS_HOME": str(home)} if home else {})
    return subprocess.run(
        [sys.executable, "-m", "nmslib", *arguments], capture_output=True, text=True, env=environment, check=False
    )


@pytest.mark.parametrize("arguments", [("--help",), ("run", "--help"), ("demo", "--help")])
def test_help_is_russian(arguments):
    told = nms(*arguments)
    assert told.returncode == 0
    assert told.stdout.startswith("Вызов: nms")
    assert not {"Usage", "Options", "Commands", "Show"} & set(told.stdout.replace(":", " ").split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("rn",), "Нет команды 'rn'. Возможно, 'run'?"),
        (("run",), "Не указан аргумент"),
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


def test_demo_then_run_make_a_report(workshop):
    assert nms("demo", "--system", "seversk", home=workshop.root).returncode == 0
    told = nms("run", "seversk", home=workshop.root)
    assert told.returncode == 0, told.stderr
    assert "seversk/seversk: outputs/seversk/seversk/report.html" in told.stdout
    assert (workshop.outputs("seversk") / "seversk" / "report.html").exists()


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
