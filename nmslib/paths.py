"""Where things lie, and how a file appears there whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# The list of the tables that a run has left of a system, in its folder of outputs.
TABLES = "tables.json"


@dataclass(frozen=True)
class Project:
    """A checkout of the workbook: the root folder and every place inside it that code refers to."""

    root: Path

    @property
    def data(self) -> Path:
        """Folder of the law and the registries."""
        return self.root / "data"

    @property
    def municipalities(self) -> Path:
        """List of municipalities of all systems (CSV)."""
        return self.data / "municipalities.csv"

    @property
    def cards(self) -> Path:
        """Common indicator cards (YAML)."""
        return self.data / "indicators.yaml"

    @property
    def advice(self) -> Path:
        """Rules of recommendations (YAML)."""
        return self.data / "advice.yaml"

    @property
    def registry_schema(self) -> Path:
        """Sheets and columns of a municipality's workbook (YAML)."""
        return self.data / "registries" / "schema.yaml"

    @property
    def synonyms(self) -> Path:
        """Other words for sheets, columns and values (YAML)."""
        return self.data / "registries" / "columns.yaml"

    @property
    def rules(self) -> Path:
        """What can be wrong with a workbook (YAML)."""
        return self.data / "registries" / "rules.yaml"

    @property
    def key(self) -> Path:
        """The secret with which codes of people become pseudonyms; made on first use, never in git, never in outputs."""
        return self.data / "snapshots" / ".key"

    @property
    def scale(self) -> Path:
        """The synthetic set of a whole country: a Parquet file per registry and a manifest; never in git."""
        return self.data / "scale"

    @property
    def working_days(self) -> Path:
        """Years whose working days are known (YAML)."""
        return self.data / "working_days.yaml"

    def system(self, system: str) -> Path:
        """Folder with the facts of a system."""
        return self.data / "systems" / system

    def inbox(self, system: str) -> Path:
        """Folder where the workbooks of a system are dropped as they arrive."""
        return self.data / "registries" / system

    def planted(self, system: str) -> Path:
        """The key of defects that ``nms demo --defects`` planted (CSV)."""
        return self.data / "registries" / f"{system}.defects.csv"

    def workbook(self, system: str, municipality: str) -> Path:
        """Registry workbook of a municipality (xlsx)."""
        return self.inbox(system) / f"{municipality}.xlsx"

    def snapshots(self, system: str, municipality: str) -> Path:
        """Folder of everything accepted from a sender: one folder per revision."""
        return self.data / "snapshots" / system / municipality

    def answer(self, system: str, municipality: str) -> Path:
        """The sender's own workbook with every problem marked (xlsx); the letter lies beside it."""
        return self.data / "answers" / system / f"{municipality}.xlsx"

    def template(self, system: str, municipality: str) -> Path:
        """The form that a sender fills in (xlsx)."""
        return self.data / "templates" / system / f"{municipality}.xlsx"

    def parameters(self, system: str, municipality: str) -> Path:
        """Parameters of a municipality's report (YAML, as papermill's own ``-f`` reads)."""
        return self.root / "parameters" / system / f"{municipality}.yaml"

    def readings(self, system: str) -> Path:
        """Readings of doubtful terms that somebody chose (YAML); may be absent."""
        return self.root / "parameters" / system / "readings.yaml"

    @property
    def levers(self) -> Path:
        """What scenarios may change: bounds, defaults and their sources (YAML)."""
        return self.data / "levers.yaml"

    @property
    def scenarios(self) -> Path:
        """Folder of the scenarios that somebody saved (YAML each)."""
        return self.root / "parameters" / "scenarios"

    def report(self, name: str) -> Path:
        """A parameterised report notebook."""
        return self.root / "notebooks" / "reports" / f"{name}.ipynb"

    def dashboard(self, name: str) -> Path:
        """The notebook of a page."""
        return self.root / "notebooks" / "dashboards" / f"{name}.ipynb"

    def outputs(self, system: str) -> Path:
        """Folder of everything that a run produces for a system."""
        return self.root / "outputs" / system


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """A draft beside ``path`` that takes its place when the block ends well and is gone when it fails."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def project() -> Project:
    """The checkout this package lies in, or the one named by the environment variable ``NMS_HOME``."""
    home = os.environ.get("NMS_HOME")
    return Project(Path(home) if home else Path(__file__).resolve().parent.parent)
