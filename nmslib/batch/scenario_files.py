"""Files of a scenario: the executed notebook, its page, workbook and picture; of several side by side, notebook and page."""

import os
import re
from pathlib import Path

from nmslib import catalogue, documents, drawing
from nmslib.batch.render import appear, drafted, execute
from nmslib.batch.units import PROJECTION, SCENARIOS
from nmslib.batch.verifying_scenarios import verify_scenario
from nmslib.charts import projection, spec
from nmslib.compared import Compared
from nmslib.paths import Project
from nmslib.projection import Projection

BOOK, PICTURE = "scenario.xlsx", "scenario.png"


def read(name: str, project: Project) -> Projection:
    """A scenario for the place that its file names; what ``catalogue.load_scenario`` raises."""
    chosen = catalogue.load_scenario(name, project, catalogue.load_levers(project))
    return Projection(chosen, project)


def write_files(shown: Projection, named: str, draft: Path, project: Project) -> int:
    """scenario.ipynb, scenario.html, scenario.xlsx and scenario.png; ``named``: the scenario's name, or the path of its file.

    How many numbers of the workbook agree with what was worked out; Mismatch when some do not.
    """
    given = {"system": shown.scenario.system, "municipality": shown.place, "scenario": named}
    os.environ["NMS_HOME"] = str(project.root)
    # The notebook first: it is a fork of this process, which must not have drawn or counted anything yet.
    for report, name in PROJECTION.items():
        execute(report, given, draft, name, f"Сценарий «{shown.scenario.title}»", project)
    documents.scenario_book(shown, draft / BOOK)
    chart = projection(shown.months, shown.cards, shown.told_endings, shown.finding, shown.base.title, shown.scenario.draws)
    (draft / PICTURE).write_bytes(drawing.png(spec(chart)))
    return verify_scenario(draft / BOOK, shown)


def make_scenario(shown: Projection, named: str, project: Project) -> Path:
    """Makes the files of one scenario in outputs/<system>/scenarios/<name>/ by one rename; the folder."""
    place = project.outputs(shown.scenario.system) / SCENARIOS / shown.scenario.name
    with drafted(project.outputs(shown.scenario.system)) as draft:
        write_files(shown, named, draft, project)
        place.parent.mkdir(parents=True, exist_ok=True)
        appear(draft, place)
    return place


def make_compared(sides: Compared, named: list[str], project: Project) -> Path:
    """comparison.ipynb and comparison.html of several scenarios, in a folder named after them; the folder."""
    first = sides.first.scenario
    name = "+".join(re.sub(r"[^\w-]", "_", one.scenario.name) for one in sides.shown)
    given = {"system": first.system, "municipality": sides.first.place, "scenarios": ", ".join(named)}
    os.environ["NMS_HOME"] = str(project.root)
    place = project.outputs(first.system) / SCENARIOS / name[:120]
    with drafted(project.outputs(first.system)) as draft:
        execute("scenarios_compared", given, draft, "comparison", "Сценарии рядом", project)
        place.parent.mkdir(parents=True, exist_ok=True)
        appear(draft, place)
    return place
