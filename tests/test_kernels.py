"""The engine «nms» gives what an ordinary kernel gives, and one notebook leaves nothing to the next."""

import logging
import subprocess
import sys

import nbformat
import papermill
import pytest

from nmslib.batch.crew import Crew
from nmslib.kernels import shell

SOURCES = [
    "x = 2",
    "print('один'); print('два')",
    "x * 21",
    "from IPython.display import HTML, display\ndisplay(HTML('<b>да</b>'))\nx",
    "import sys\nprint('в поток ошибок', file=sys.stderr)",
    "None",
    "x;",
    "%%time\n_ = sum(range(10))",
]


def notebook(tmp_path, sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    path = tmp_path / "source.ipynb"
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), path)
    return path


def executed(path, tmp_path, engine):
    target = tmp_path / f"{engine}.ipynb"
    return papermill.execute_notebook(str(path), str(target), engine_name=engine, kernel_name="python3", progress_bar=False)


def test_outputs_equal_those_of_an_ordinary_kernel(tmp_path):
    path = notebook(tmp_path, SOURCES[:-1])
    fork, plain = executed(path, tmp_path, "nms"), executed(path, tmp_path, None)
    assert [cell.outputs for cell in fork.cells] == [cell.outputs for cell in plain.cells]
    assert [cell.execution_count for cell in fork.cells] == [cell.execution_count for cell in plain.cells]


def test_magic_commands_work(tmp_path):
    assert executed(notebook(tmp_path, SOURCES), tmp_path, "nms").cells[-1].outputs[0].name == "stdout"


SPOIL = """import builtins, decimal, locale, math, os, random, signal, sys, warnings
import altair, numpy, pandas
leak = 1
builtins.leak = 1
os.environ['NMS_LEAK'] = '1'
os.chdir('/')
os.umask(0o077)
pandas.set_option('display.max_rows', 3)
altair.theme.enable('dark')
kept_open = open(os.devnull)
os.dup(kept_open.fileno())
sys.path.append('/leak')
math.pi = 3
pandas.DataFrame.leak = 1
warnings.simplefilter('error')
locale.setlocale(locale.LC_ALL, 'C')
decimal.getcontext().prec = 3
signal.signal(signal.SIGTERM, signal.SIG_IGN)
sys.stdout.write('мусор')"""
LOOK = """import builtins, decimal, locale, math, os, signal, sys, warnings
import altair, pandas
print('leak' in globals(), hasattr(builtins, 'leak'), 'NMS_LEAK' in os.environ, os.getcwd(), os.umask(0o022))
print(pandas.get_option('display.max_rows'), altair.theme.active, '/leak' in sys.path, math.pi, hasattr(pandas.DataFrame, 'leak'))
print(len(warnings.filters), locale.setlocale(locale.LC_ALL), decimal.getcontext().prec, signal.getsignal(signal.SIGTERM))
print(len(os.listdir('/proc/self/fd')) if os.path.isdir('/proc/self/fd') else 'не видно')"""


def looked_before_and_after(folder):
    """What a notebook sees before another one spoils everything, and what the next one sees after; whether in a unit's process."""
    path = notebook(folder, [LOOK])
    before = executed(path, folder, "nms").cells[-1].outputs
    spoilt = executed(notebook(folder, [SPOIL]), folder, "nms").cells[-1].outputs
    after = executed(notebook(folder, [LOOK]), folder, "nms").cells[-1].outputs
    return before, spoilt, after, shell.context().get_start_method() == "fork"


def check(before, spoilt, after):
    assert spoilt[0]["text"] == "мусор"
    assert len(before) == 1
    assert before == after
    assert before[0]["text"].startswith("False False False")


def test_one_notebook_leaves_nothing_to_the_next(tmp_path):
    *seen, inside = looked_before_and_after(tmp_path)
    assert not inside
    check(*seen)


def test_one_notebook_leaves_nothing_to_the_next_of_the_same_unit_nor_to_the_next_unit(tmp_path):
    with Crew(jobs=1) as crew:
        for key in ("первый", "второй"):
            (tmp_path / key).mkdir()
            crew.add(key, looked_before_and_after, tmp_path / key)
        seen = dict(crew.answers())
    (*first, inside), (*second, _) = seen["первый"], seen["второй"]
    assert inside
    check(*first)
    assert second == first


def test_where_nothing_can_fork_an_ordinary_kernel_gives_the_same_and_it_is_said(tmp_path, monkeypatch, caplog):
    path = notebook(tmp_path, SOURCES[:-1])
    forked = executed(path, tmp_path, "nms")
    monkeypatch.setattr(shell, "available", lambda: False)
    with caplog.at_level(logging.WARNING):
        ordinary = executed(path, tmp_path, "nms")
    assert "нет fork: тетрадь выполняется обычным ядром" in caplog.text
    assert [cell.outputs for cell in ordinary.cells] == [cell.outputs for cell in forked.cells]
    assert [cell.execution_count for cell in ordinary.cells] == [cell.execution_count for cell in forked.cells]


def test_failing_cell_stops_the_notebook_and_keeps_its_error(tmp_path):
    path = notebook(tmp_path, ["1", "1 / 0", "2"])
    with pytest.raises(papermill.PapermillExecutionError) as caught:
        executed(path, tmp_path, "nms")
    assert caught.value.ename == "ZeroDivisionError"
    kept = nbformat.read(tmp_path / "nms.ipynb", as_version=4)
    codes = [cell for cell in kept.cells if cell.cell_type == "code"]
    assert codes[-1].outputs == []


def test_killed_notebook_process_is_reported_not_waited_for(tmp_path):
    path = notebook(tmp_path, ["import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"])
    with pytest.raises(papermill.PapermillExecutionError, match="процесс тетради завершился"):
        executed(path, tmp_path, "nms")


@pytest.mark.skipif(sys.platform != "linux", reason="threads are told by /proc")
def test_what_the_warm_server_imports_sets_no_engine_going():
    """A fork of a process whose polars has threads waits for them forever."""
    code = (
        "import importlib, time; from pathlib import Path; from nmslib.kernels import shell\n"
        "for name in shell.PRELOADED: importlib.import_module(name)\n"
        "time.sleep(0.5)\n"
        "names = {(task / 'comm').read_text().strip() for task in Path('/proc/self/task').iterdir()}\n"
        "print(sorted(name for name in names if name.startswith(('polars-0', 'tokio'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
