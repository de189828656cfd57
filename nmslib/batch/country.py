"""The synthetic set of a whole country on disk. Apart from the workbooks: polars must not have run in a process that forks."""

from nmslib import catalogue
from nmslib.demo import scale
from nmslib.paths import Project
from nmslib.registries import national


def write_country(municipalities: int, seed: int, project: Project) -> dict[str, int]:
    """Writes the set of so many municipalities to ``data/scale``, instead of an earlier one: title of registry → its rows."""
    schema = catalogue.load_registry_schema(project)
    made = national.Made(municipalities, seed, scale.DATA_DAY.isoformat(), schema.version)
    rows = national.write_set(made, scale.country(municipalities, seed), schema, project.scale)
    return {schema.sheet(registry).title: count for registry, count in rows.items()}
