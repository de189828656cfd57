"""Registries: 49 municipalities and two regions invented, checked and accepted; a sheet of 200,000 people. Run by hand:

    python tests/benchmarks/bench_registries.py

Not among the tests: it measures, it asserts nothing. Each step runs in a process of its own, so memory is its own too.
"""

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PEOPLE = 200_000
SHEET = "import sys; sys.path.insert(0, sys.argv[2]); import bench_registries as b; b.large_sheet(sys.argv[1])"


def large_sheet(root: str) -> None:
    """Reads, checks and accepts one workbook whose staff sheet has 200,000 rows; no answer, because nothing is wrong in it."""
    from nmslib.batch import checking
    from nmslib.paths import Project

    checking.check("seversk", None, Project(Path(root)), datetime.now(), lambda outcome: print(" ", outcome.accepted), jobs=1)


def write_large(path: Path) -> None:
    """A workbook of 5,000 organisations with 40 people each."""
    import numpy as np
    import pandas as pd

    from nmslib import catalogue, registries
    from nmslib.paths import Project

    number = np.arange(PEOPLE)
    day = pd.Timestamp(1960, 1, 1) + pd.to_timedelta(number % 13_000, unit="D")
    code = pd.Series(number).astype(str).str.zfill(6)
    letters = np.array(list("абвгдежзиклмнопрстуф"))[np.random.default_rng(48).integers(0, 20, (PEOPLE, 9))]
    name = pd.Series(["".join(row).capitalize() for row in letters]) + "ова Анна Петровна"
    staff = pd.DataFrame({"person": "Р" + code, "full_name": name, "birth_on": day})
    staff["organisation"] = "О" + pd.Series(number // 40).astype(str).str.zfill(5)
    staff = staff.assign(role="teacher", position="учитель", employment="main", rate=1.0, hired_on=pd.Timestamp(2010, 9, 1))
    staff = staff.assign(left_on=pd.NaT, profession_since=pd.Timestamp(2009, 9, 1), category="first")
    places = pd.DataFrame({"organisation": staff["organisation"].unique()})
    places = places.assign(
        name="Школа (вымышленная организация)", type="general", settlement="urban", opened_on=pd.NaT, closed_on=pd.NaT
    )
    schema = catalogue.load_registry_schema(Project(ROOT)).only(["organisations", "staff"])
    for column in (column.id for column in schema.sheet("organisations").columns):
        places[column] = places.get(column)
    about = [("Книга реестров", "x"), ("Внимание", registries.SYNTHETIC), ("Версия формы", schema.version)]
    about += [("Система", "seversk"), ("Муниципалитет", "seversk"), ("Данные на", "01.11.2024")]
    registries.write_workbook(path, {"organisations": places, "staff": staff}, about, schema)


def timed(name: str, *command: str, home: Path) -> None:
    """Runs a command and prints wall seconds and the largest memory of its processes."""
    started = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    environment = {"NMS_HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True)
    took = timedelta(seconds=round(time.perf_counter() - started, 1))
    peak = max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) // 1024
    print(f"{name}: {took.total_seconds()} s, up to {peak} MB so far; {(done.stdout or done.stderr).strip().splitlines()[-1]}")


def main() -> None:
    """All steps one after another in a copy of the project."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for name in ("data", "notebooks", "parameters"):
            shutil.copytree(
                ROOT / name, home / name, ignore=shutil.ignore_patterns("*.xlsx", "snapshots", "answers", "templates")
            )
        timed("demo, two monitorings of 51 senders", "-m", "nmslib", "demo", home=home)
        for earlier in (home / "data" / "registries").glob("*/*.20*.xlsx"):
            earlier.unlink()
        timed("check and accept 51 workbooks, four pages", "-m", "nmslib", "check", home=home)
        timed("the same again, nothing new", "-m", "nmslib", "check", home=home)
        write_large(home / "large.xlsx")
        for path in (home / "data" / "registries" / "seversk").iterdir():
            path.unlink()
        shutil.rmtree(home / "data" / "snapshots" / "seversk")
        (home / "large.xlsx").replace(home / "data" / "registries" / "seversk" / "seversk.xlsx")
        timed("check and accept 200,000 people", "-c", SHEET, str(home), str(Path(__file__).parent), home=home)


if __name__ == "__main__":
    main()
