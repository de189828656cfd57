"""Pages of a whole system: its document, all documents side by side, and what its senders sent."""

from pathlib import Path

from nmslib import catalogue
from nmslib.batch.render import drafted, execute
from nmslib.paths import Project

PASSPORT, COMPARISON, DATA_QUALITY = "system_passport", "systems_compared", "data_quality"


def _page(report: str, parameters: dict[str, str], outputs: Path, name: str, title: str, project: Project) -> Path:
    """Makes ``name``.ipynb and ``name``.html in ``outputs``; raises NotebookFailed and leaves the previous ones when it fails."""
    with drafted(outputs) as draft:
        execute(report, parameters, draft, name, title, project)
        for path in draft.iterdir():
            path.replace(outputs / path.name)
    return outputs / f"{name}.html"


def passport(system: str, project: Project) -> Path:
    """The page of one document, outputs/<system>/passport.html; raises as ``catalogue.load_system`` when its facts are broken."""
    title = f"Паспорт: {catalogue.load_system(system, project).act.short_title}"
    return _page(PASSPORT, {"system": system}, project.outputs(system), "passport", title, project)


def compare(system: str, project: Project) -> Path:
    """All documents side by side with the gaps of one of them, outputs/<system>/compared.html; raises as ``passport``."""
    title = f"Системы рядом: {catalogue.load_system(system, project).act.short_title}"
    return _page(COMPARISON, {"system": system}, project.outputs(system), "compared", title, project)


def data_quality(system: str, project: Project) -> Path:
    """Who sent what and what is wrong with it, outputs/<system>/data_quality.html; the tables of ``nms check`` must be there."""
    title = f"Реестры: {catalogue.load_system(system, project).act.short_title}"
    return _page(DATA_QUALITY, {"system": system}, project.outputs(system), "data_quality", title, project)
