"""Loads the law into the model: facts of systems, indicator cards, municipalities. Knows CSV and YAML, nothing of registries."""

import difflib
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path

from nmslib import model
from nmslib.catalogue.advising import load_advice as load_advice
from nmslib.catalogue.references import FEDERAL, UNIQUE, dangling, repeated, unfit_numbers, unknown_federal
from nmslib.catalogue.scenarios import Shelf
from nmslib.catalogue.scenarios import load_levers as load_levers
from nmslib.catalogue.tables import Kind, Row, read_table, read_yaml, validated, with_lists_as_tuples
from nmslib.paths import Project
from nmslib.problems import DataProblem, DataProblems, UserError

TABLES: dict[str, type[model.Fact]] = {
    "subjects": model.Subject,
    "functions": model.Function,
    "measures": model.Measure,
    "events": model.Event,
    "indicators": model.Indicator,
    "targets": model.Target,
    "registries": model.MandatedRegistry,
    "interactions": model.Interaction,
    "tasks": model.Task,
    "concepts": model.Concept,
    "basis": model.Basis,
    "oddities": model.Oddity,
    "addressees": model.Addressee,
}


def systems(project: Project) -> list[str]:
    """Ids of the systems that have a folder with an act, in alphabetical order."""
    return sorted(path.parent.name for path in (project.data / "systems").glob("*/act.yaml"))


def load_system(system: str, project: Project) -> model.System:
    """All facts of a system.

    Raises UserError if there is no such system (naming the nearest), DataProblems with everything wrong in its files at once.
    """
    if system not in systems(project):
        raise UserError(f"Нет системы «{system}». {suggestion(system, {name: name for name in systems(project)})}")
    folder = project.system(system)
    raw, problems = read_yaml(folder / "act.yaml", f"{system}/act.yaml")
    act, found = (
        validated(model.Act, with_lists_as_tuples(raw), f"{system}/act.yaml", "ключ «{}»") if raw is not None else (None, [])
    )
    problems += found
    tables: dict[str, list[Row]] = {}
    for name, kind in TABLES.items():
        tables[name], found = read_table(folder / f"{name}.csv", kind)
        problems += found + (repeated(name, tables[name], f"{system}/{name}.csv") if name in UNIQUE else [])
    if not problems:
        cards = load_cards(project)
        problems += dangling(tables, set(cards), system) + unfit_numbers(tables, cards, system)
        problems += unknown_federal(tables, project, system)
    if problems or act is None:
        raise DataProblems(problems)
    return model.System(id=system, act=act, **{name: tuple(row.fact for row in rows) for name, rows in tables.items()})


def load_all(project: Project) -> list[model.System]:
    """The federal model first, then the other systems in alphabetical order; raises as ``load_system`` does."""
    names = sorted(systems(project), key=lambda name: (name != FEDERAL, name))
    return [load_system(name, project) for name in names]


def _listed(path: Path, kind: type[Kind], what: str) -> list[Kind]:
    """Objects of a YAML list; DataProblems naming each broken item («карточка 3») and its key."""
    raw, problems = read_yaml(path, path.name)
    items = []
    for number, values in enumerate(raw or [], 1):
        item, found = validated(kind, with_lists_as_tuples(values), path.name, f"{what} {number}, ключ «{{}}»")
        problems += found
        items += [item] if item is not None else []
    if problems:
        raise DataProblems(problems)
    return items


def load_cards(project: Project) -> dict[str, model.Card]:
    """The common indicator cards by id; DataProblems when the file breaks its form or an id stands twice."""
    cards: dict[str, model.Card] = {}
    for number, card in enumerate(_listed(project.cards, model.Card, "карточка"), 1):
        if card.id in cards:
            problem = DataProblem(project.cards.name, f"карточка {number}, ключ «id»", card.id, "такая карточка уже есть")
            raise DataProblems([problem])
        cards[card.id] = card
    return cards


def load_working_years(project: Project) -> list[model.WorkingYear]:
    """Years whose working days are known, each with its decree; DataProblems when the file breaks its form."""
    return _listed(project.working_days, model.WorkingYear, "год")


def load_readings(system: str, project: Project) -> list[model.FixedReading]:
    """Readings chosen for a system, none when nobody has chosen; DataProblems when the file breaks its form."""
    path = project.readings(system)
    return _listed(path, model.FixedReading, "прочтение") if path.exists() else []


def load_registry_schema(project: Project) -> model.RegistrySchema:
    """Sheets and columns of a municipality's workbook; DataProblems when the file breaks its form."""
    file = project.registry_schema.name
    raw, problems = read_yaml(project.registry_schema, file)
    schema, found = (
        validated(model.RegistrySchema, with_lists_as_tuples(raw), file, "ключ «{}»") if raw is not None else (None, [])
    )
    if schema is None:
        raise DataProblems(problems + found)
    return schema


def load_synonyms(project: Project) -> model.Synonyms:
    """Other words of senders for sheets, columns and values; DataProblems when the file breaks its form."""
    file = project.synonyms.name
    raw, problems = read_yaml(project.synonyms, file)
    synonyms, found = validated(model.Synonyms, with_lists_as_tuples(raw), file, "ключ «{}»") if raw is not None else (None, [])
    if synonyms is None:
        raise DataProblems(problems + found)
    return synonyms


def load_rules(project: Project) -> dict[str, model.Rule]:
    """Rules of checks by id, in the order of the file; DataProblems when it breaks its form."""
    return {rule.id: rule for rule in _listed(project.rules, model.Rule, "правило")}


def load_scenario(name_or_path: str | Path, project: Project, levers: dict[str, model.LeverCard]) -> model.Scenario:
    """A scenario of ``parameters/scenarios`` by name, or a file anywhere, with its bases joined in and its days filled in.

    Raises UserError when there is no such file (naming the known), DataProblems with everything wrong in it or in its bases.
    """
    return _shelf(project, levers).load(name_or_path)


def scenarios_of(system: str, project: Project, levers: dict[str, model.LeverCard]) -> list[model.Scenario]:
    """Scenarios of ``parameters/scenarios`` about a system, by name; DataProblems with everything wrong in their files."""
    return _shelf(project, levers).of(system)


def scenario_titles(system: str, project: Project) -> dict[str, str]:
    """Name → title of the files of ``parameters/scenarios`` about a system, whatever is wrong inside them otherwise."""
    contents = {path.stem: read_yaml(path, path.name)[0] for path in sorted(project.scenarios.glob("*.yaml"))}
    mine = {name: raw for name, raw in contents.items() if isinstance(raw, dict) and raw.get("system") == system}
    return {name: str(raw.get("title") or name) for name, raw in mine.items()}


def scenario_days(system: str, project: Project) -> set[date]:
    """Days that files of ``parameters/scenarios`` about a system start from by their own word, whatever is wrong inside them."""
    contents = [read_yaml(path, path.name)[0] for path in sorted(project.scenarios.glob("*.yaml"))]
    named = [raw["as_of"] for raw in contents if isinstance(raw, dict) and raw.get("system") == system and "as_of" in raw]
    found = set()
    for one in named:
        with suppress(ValueError):
            found.add(date.fromisoformat(str(one)))
    return found


def _shelf(project: Project, levers: dict[str, model.LeverCard]) -> Shelf:
    with_places = {place.system for place in load_municipalities(project)}
    titles = {name: name for name in systems(project) if name in with_places}
    facts, places = partial(load_system, project=project), partial(senders, project=project)
    return Shelf(project, levers, titles, load_cards(project), facts, places)


def senders(system: model.System, project: Project) -> list[model.Municipality]:
    """Who sends workbooks: the municipalities, and the region itself where the system is a region's."""
    listed = municipalities_of(system.id, project)
    return [*listed, _whole(system.id, system.act.jurisdiction, "регион")] if system.act.level == "regional" else listed


def _whole(system: str, name: str, kind: str, municipality: str = model.REGION) -> model.Municipality:
    return model.Municipality(
        system=system,
        municipality=municipality,
        name=name,
        type=kind,
        oktmo="",
        oktmo_confirmed=False,
        population=None,
        population_year=None,
        schools=None,
        lat=None,
        lon=None,
        note=None,
    )


def places(system: model.System, project: Project) -> list[model.Municipality]:
    """Every place that reports are made of: the senders; for the federal view, the other systems and all of them together."""
    if system.act.level != "federal":
        return senders(system, project)
    others = [one for one in load_all(project) if one.id != system.id]
    listed = [_whole(system.id, one.act.jurisdiction, "система", one.id) for one in others]
    return [*listed, _whole(system.id, "Все системы тетради", "система")]


def load_municipalities(project: Project) -> list[model.Municipality]:
    """Municipalities of all systems in the order of the file; DataProblems when it breaks its form."""
    rows, problems = read_table(project.municipalities, model.Municipality)
    if problems:
        raise DataProblems(problems)
    return [row.fact for row in rows]


def municipalities_of(system: str, project: Project) -> list[model.Municipality]:
    """Municipalities of one system."""
    return [place for place in load_municipalities(project) if place.system == system]


def find_municipality(system: str, municipality: str, project: Project) -> model.Municipality:
    """The municipality with this id; UserError naming the nearest ids and names when there is none."""
    return _found(system, municipality, municipalities_of(system, project))


def find_sender(system: model.System, municipality: str, project: Project) -> model.Municipality:
    """The sender with this id, the region included; UserError naming the nearest ones when there is none."""
    return _found(system.id, municipality, senders(system, project))


def find_place(system: model.System, municipality: str, project: Project) -> model.Municipality:
    """The place with this id among ``places``; UserError naming the nearest ones when there is none."""
    return _found(system.id, municipality, places(system, project))


def _found(system: str, municipality: str, listed: list[model.Municipality]) -> model.Municipality:
    known = {place.municipality: place for place in listed}
    if municipality in known:
        return known[municipality]
    names = {place.municipality: place.name for place in listed}
    raise UserError(f"В системе «{system}» нет муниципалитета «{municipality}». {suggestion(municipality, names)}")


def suggestion(given: str, names: dict[str, str]) -> str:
    """«Ближайшие: …» among ids and Russian names (id → name), or the whole list when nothing is near."""
    ways = {way.lower(): key for key, name in names.items() for way in (key, name)}
    near = list(dict.fromkeys(ways[way] for way in difflib.get_close_matches(given.lower(), list(ways), n=5, cutoff=0.55)))
    shown = [key if names[key] == key else f"{key} ({names[key]})" for key in near or names]
    return ("Ближайшие: " if near else "Есть: ") + ", ".join(shown)
