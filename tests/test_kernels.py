"""The engine «nms» gives what an ordinary kernel gives, and one notebook leaves nothing to the next."""

import nbformat
import papermill
import pytest

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


def test_one_notebook_leaves_nothing_to_the_next(tmp_path):
    spoil = "import os, pandas\nleak = 1\nos.environ['NMS_LEAK'] = '1'\nos.chdir('/')\npandas.set_option('display.max_rows', 3)"
    executed(notebook(tmp_path, [spoil]), tmp_path, "nms")
    look = "import os, pandas\n['leak' in globals(), 'NMS_LEAK' in os.environ, os.getcwd() == '/', pandas.get_option('display.max_rows') == 3]"
    outputs = executed(notebook(tmp_path, [look]), tmp_path, "nms").cells[-1].outputs
    assert outputs[0].data["text/plain"] == "[False, False, False, False]"


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
