"""A run of every municipality beside papermill's own ways, what it costs in time and memory, and how it grows. By hand:

    python tests/benchmarks/bench_runs.py [--places N] [--scale M]

Not among the tests: it measures. Works on a copy of the program and its data; the checkout's outputs stay as they are. Each
way is a process of its own, start and imports included, and all ways must show the same. CPU is that of the whole tree of
processes, orphans too. Memory is PSS summed over the tree, looked at in a run of its own, because looking slows it. Linux only.
"""

import argparse
import ast
import ctypes
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import yaml

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent.parent
SYSTEMS = ("seversk", "novoshakhtinsk", "amur", "leningrad")
REPORT = "notebooks/reports/municipality_report.ipynb"
REGION, GROWING = "region", "amur"
BY_HAND = 5
OFTEN, SELDOM = 0.2, 1.0  # seconds between looks at memory: a look takes a twentieth of a second
CHILD_SUBREAPER = 36  # of prctl: orphans of a run come to us, so that their CPU is counted


class Spent(NamedTuple):
    """What a command took. ``looks``: moment, MB of the tree, MB of the heaviest worker with its notebook."""

    wall: float
    cpu: float
    said: str = ""
    looks: tuple[tuple[float, float, float], ...] = ()


def memory() -> tuple[float, float]:
    """MB of the tree under the benchmark, and of its heaviest worker: the command starts a warm server, workers are its forks."""
    parents, sizes, workers = {}, {}, Counter()
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            parents[process.pid], sizes[process.pid] = process.ppid(), process.memory_full_info().pss / 2**20
    for pid, size in sizes.items():
        line = [pid]
        while line[-1] in parents:
            line.append(parents[line[-1]])
        workers[line[-4] if len(line) > 3 else None] += size
    return sum(sizes.values()), max((size for worker, size in workers.items() if worker), default=0.0)


def measured(command: list[str], home: Path, every: float = 0.0) -> Spent:
    """Runs a command for the project in ``home``, looking at memory ``every`` so many seconds; ends the benchmark if it fails."""
    before, done, looks = resource.getrusage(resource.RUSAGE_CHILDREN), threading.Event(), []

    def look() -> None:
        while every and not done.wait(every):
            looks.append((time.time(), *memory()))

    looking = threading.Thread(target=look)
    environment = os.environ | {"NMS_HOME": str(home), "PYTHONPATH": str(home)}
    with tempfile.TemporaryFile("w+") as said:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=HERE, env=environment, stdout=said, stderr=said)
        looking.start()
        code, wall = process.wait(), time.perf_counter() - started
        done.set()
        looking.join()
        with suppress(ChildProcessError):
            while True:
                os.wait()
        said.seek(0)
        told = said.read()
    if code:
        sys.exit(f"{' '.join(command)}: {code}\n{told}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Spent(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, told, tuple(looks))


def nms(home: Path, *arguments: str, every: float = 0.0) -> Spent:
    """A command of the workbook."""
    return measured([sys.executable, "-m", "nmslib", *arguments], home, every)


def copied(home: Path) -> Path:
    """The project without outputs, for nobody else to change; demo registries are made and accepted where it has none."""
    for name in ("data", "nmslib", "notebooks", "parameters"):
        shutil.copytree(CHECKOUT / name, home / name, ignore=shutil.ignore_patterns("answers", "scale"))
    for system in SYSTEMS:
        if not (home / "data" / "snapshots" / system).exists():
            nms(home, "demo", "--system", system)
            nms(home, "check", system)
    return home


def parameter_files(home: Path, systems: Iterable[str] = SYSTEMS) -> list[Path]:
    """Those of municipalities; the wholes have reports of another kind."""
    every = [path for system in systems for path in sorted((home / "parameters" / system).glob("*.yaml"))]
    return [path for path in every if path.stem not in (REGION, "readings")]


def target_of(path: Path, folder: Path) -> Path:
    """The executed notebook for a file of parameters."""
    return folder / f"{path.parent.name}-{path.stem}.ipynb"


def tasks(folder: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The notebook, the file to write and the parameters of each municipality: what papermill's function takes."""
    home = Path(os.environ["NMS_HOME"])
    for path in parameter_files(home):
        yield str(home / REPORT), str(target_of(path, Path(folder))), yaml.safe_load(path.read_text("utf-8"))


def in_process(folder: str) -> None:
    """papermill's function with its own engine, one after another."""
    import papermill

    for task in tasks(folder):
        papermill.execute_notebook(*task, progress_bar=False)


def crew(folder: str) -> None:
    """The same function with our engine and the options of ``nms run``, in a crew."""
    from nmslib import drawing
    from nmslib.batch.crew import Crew, cores

    with drawing.serve(), Crew(cores()) as hands:
        import papermill  # meanwhile the warm server does so too

        quiet = {"kernel_name": "python3", "progress_bar": False, "request_save_on_cell_execute": False}
        for task in tasks(folder):
            hands.add(task[1], partial(papermill.execute_notebook, engine_name="nms", **quiet), *task)
        for key, answer in hands.answers():
            if not isinstance(answer, dict):
                sys.exit(f"{key}: {answer}")


def called(source: str, target: str, parameters: dict[str, Any]) -> None:
    """The calls of the notebook's cells and what they show, charts drawn; no shell, no fork, no notebook."""
    names, shown = dict(parameters), []
    for cell in json.loads(Path(source).read_text("utf-8"))["cells"]:
        if cell["cell_type"] != "code" or "parameters" in cell["metadata"].get("tags", []):
            continue
        lines = ast.parse("".join(cell["source"])).body
        last = lines.pop().value if isinstance(lines[-1], ast.Expr) else ast.Constant(None)
        exec(compile(ast.Module(lines, []), source, "exec"), names)
        if (value := eval(compile(ast.fix_missing_locations(ast.Expression(last)), source, "eval"), names)) is not None:
            whole = hasattr(value, "_repr_mimebundle_")
            shown.append({"data": value._repr_mimebundle_() if whole else {"text/html": value._repr_html_()}})
    Path(target).write_text(json.dumps({"cells": [{"outputs": shown}]}), encoding="utf-8")


def plain(folder: str) -> None:
    """Plain functions in as many lasting processes as there are cores."""
    from nmslib import drawing
    from nmslib.batch.crew import cores
    from nmslib.batch.pool import side_by_side

    with drawing.serve():
        list(side_by_side(called, tasks(folder), cores()))


def shown_in(path: Path) -> list[str]:
    """Everything that a report shows, as HTML and pictures."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    data = [output["data"] for cell in cells for output in cell.get("outputs", []) if "data" in output]
    return ["".join(one.get(kind, "")) for one in data for kind in ("text/html", "image/svg+xml")]


def by_cli(files: list[Path], home: Path, folder: Path) -> Spent:
    """The shell loop of papermill's command, as its manual shows it."""
    folder.mkdir()
    command = [sys.executable, "-m", "papermill", str(home / REPORT)]
    each = [measured([*command, str(target_of(path, folder)), "-f", str(path)], home) for path in files]
    return Spent(sum(one.wall for one in each), sum(one.cpu for one in each))


def by_way(way: str, home: Path, folder: Path) -> Spent:
    """A way of this module in a fresh process; imported there, because forks have to find its functions by name."""
    folder.mkdir()
    go = "import sys, bench_runs; getattr(bench_runs, sys.argv[1])(sys.argv[2])"
    return measured([sys.executable, "-c", go, way, str(folder)], home)


def line(told: str, spent: Spent, count: int, more: str = "") -> None:
    """Wall, wall by ``count`` and CPU."""
    print(f"{told:58} {spent.wall:8.2f} {spent.wall / count:8.2f} {spent.cpu:8.2f} {more}", flush=True)


def compare_ways(files: list[Path], home: Path, folder: Path) -> None:
    """The same reports by every way, tables of a run present; the first few by hand without them."""
    by_hand = files[:: -(-len(files) // BY_HAND)]
    print(f"\n{'report.ipynb of each':58} {'wall, s':>8} {'each':>8} {'CPU, s':>8}")
    cli = by_cli(files, home, folder / "cli")
    line("1 papermill's command in a loop, tables of a run present", cli, len(files))
    (home / "outputs").rename(home / "aside")
    line(f"  {len(by_hand)} of them, without tables", by_cli(by_hand, home, folder / "bare"), len(by_hand))
    (home / "aside").rename(home / "outputs")
    loop, ours, bare = (by_way(way, home, folder / way) for way in ("in_process", "crew", "plain"))
    line("2 papermill's function in one process", loop, len(files))
    line("3 ours: engine «nms» in a crew", ours, len(files))
    line("4 plain functions, as many processes", bare, len(files))
    pairs = {"1/3, aim >= 30": (cli, ours), "2/3, aim >= 15": (loop, ours), "3/4, aim <= 2": (ours, bare)}
    print("; ".join(f"{name}: {left.wall / right.wall:.1f}" for name, (left, right) in pairs.items()))
    for way, done in {"cli": files, "bare": by_hand, "in_process": files, "plain": files}.items():
        for path in done:
            if shown_in(target_of(path, folder / way)) != shown_in(target_of(path, folder / "crew")):
                sys.exit(f"{way} and crew DO NOT SHOW THE SAME: {path.parent.name}/{path.stem}")
    print("all ways show the same")


def made(spent: Spent) -> list[str]:
    """Units that a run told it has made anew."""
    return [told.partition(":")[0] for told in spent.said.splitlines() if "report.html" in told]


def time_runs(files: list[Path], home: Path) -> None:
    """``nms run`` from nothing, with nothing to do, and after one corrected workbook."""
    import openpyxl

    print(f"{'nms run, every system, every file':58} {'wall, s':>8} {'each':>8} {'CPU, s':>8}")
    cold = nms(home, "run", "--force", "--explain")
    units = len(made(cold))
    line(f"5 everything, {units} places (aim < 60 s)", cold, units)
    looked = nms(home, "run", "--force", every=OFTEN)
    _, trees, workers = zip(*looked.looks, strict=True)
    told = f" peak {max(trees):.0f} MB (aim < 1000), worker {max(workers):.0f} MB"
    line("  once more, memory looked at", looked, units, told)
    again = nms(home, "run", "--explain")
    line("6 again, nothing changed (aim < 2 s)", again, units, f" made {len(made(again))}")
    sender = next((path for path in files if path.parent.name == GROWING), files[0])
    workbook = home / "data" / "registries" / sender.parent.name / f"{sender.stem}.xlsx"
    book = openpyxl.load_workbook(workbook)
    sheet = book["Диагностика"]
    sheet.delete_rows(max(row[0].row for row in sheet.iter_rows() if row[0].value is not None))
    book.save(workbook)
    line("  nms check of one new workbook", nms(home, "check", f"{sender.parent.name}/{sender.stem}"), 1)
    after = nms(home, "run", "--explain")
    line("  nms run after it", after, max(1, len(made(after))), f" made {', '.join(made(after))}")


def grow(home: Path, count: int) -> None:
    """Amur with so many municipalities to report on: its own, then copies of them with their accepted registries."""
    path, snapshots = home / "data" / "municipalities.csv", home / "data" / "snapshots" / GROWING
    lines = path.read_text("utf-8").splitlines()
    mine = [one.split(",", 3) for one in lines if one.startswith(f"{GROWING},")]
    for number in range(len(mine), count):
        _, original, title, rest = mine[number % len(mine)]
        name = f"m{number + 1:03d}"
        lines.append(f"{GROWING},{name},{title} {number + 1},{rest}")
        shutil.copytree(snapshots / original, snapshots / name, copy_function=os.link)
        for manifest in (snapshots / name).glob("*/manifest.json"):
            told = manifest.read_text("utf-8").replace(f'"municipality": "{original}"', f'"municipality": "{name}"', 1)
            manifest.unlink()  # it is the original's file under another name
            manifest.write_text(told, encoding="utf-8")
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    for parameters in parameter_files(home, [GROWING]):
        parameters.unlink()
    folder = home / "parameters" / GROWING
    whole = (folder / f"{REGION}.yaml").read_text("utf-8")
    for name in [one.split(",")[1] for one in lines if one.startswith(f"{GROWING},")][:count]:
        told = whole.replace(f"municipality: {REGION}", f"municipality: {name}")
        (folder / f"{name}.yaml").write_text(told, encoding="utf-8")


def time_growth(home: Path, largest: int) -> None:
    """One system with ever more municipalities: what a unit costs should stay flat, tables apart."""
    print(f"\n7 nms run {GROWING}, seconds of its parts, of a unit (wall by their number; median in its process), MB of memory")
    print("".join(f"{name:>9}" for name in ("places", "wall", "tables", "units", "portal", "a unit", "in it", "tree", "worker")))
    for count in sorted({max(1, largest // 10), max(1, largest // 3), largest}):
        grow(home, count)
        shutil.rmtree(home / "outputs", ignore_errors=True)
        began, spent = time.time(), nms(home, "run", GROWING, every=SELDOM)
        outputs = home / "outputs" / GROWING
        stamps = list(outputs.glob("*/made.json"))
        inside = statistics.median(json.loads(path.read_text("utf-8"))["seconds"] for path in stamps)
        tabled = (outputs / "tables.json").stat().st_mtime
        tables, units = tabled - began, max(path.stat().st_mtime for path in stamps) - tabled
        told = [spent.wall, tables, units, spent.wall - tables - units, units / len(stamps), inside]
        peaks = max(tree for _, tree, _ in spent.looks), max(worker for at, _, worker in spent.looks if at >= tabled)
        shown = [*(f"{one:9.2f}" for one in told), *(f"{one:9.0f}" for one in peaks)]
        print(f"{count:9}", *shown, sep="", flush=True)


def main() -> None:
    """All measurements, in copies that are gone afterwards."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--places", type=int, help="at most so many municipalities, from all systems; all unless given")
    asked.add_argument("--scale", type=int, default=300, help="municipalities of the largest system to grow to; 0: none")
    wanted = asked.parse_args()
    ctypes.CDLL(None).prctl(CHILD_SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        home = copied(folder / "home")
        every = parameter_files(home)
        files = every[:: -(-len(every) // (wanted.places or len(every)))]
        for path in set(every) - set(files):
            path.unlink()
        print(f"{len(files)} municipalities, {len(os.sched_getaffinity(0))} cores\n", flush=True)
        time_runs(files, home)
        compare_ways(files, home, folder)
        if wanted.scale:
            time_growth(copied(folder / "grown"), wanted.scale)


if __name__ == "__main__":
    main()
