"""The folder of scenarios: finds a file, joins it with its bases and checks the whole against the system's facts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from nmslib import model
from nmslib.catalogue.scenarios.fitting import (
    Wrong,
    contradictions,
    wrong_days,
    wrong_indicators,
    wrong_questions,
    wrong_sharing,
    wrong_targets,
)
from nmslib.catalogue.scenarios.reading import Written, read_scenario
from nmslib.catalogue.scenarios.wanted import is_number, known
from nmslib.catalogue.tables import read_yaml
from nmslib.model import FACT, REGION
from nmslib.paths import Project
from nmslib.problems import DataProblem, DataProblems, UserError

SUFFIX = ".yaml"
# What a file takes from its bases whole where it says nothing itself.
INHERITED = ("municipality", "as_of", "until", "seed", "draws")
SEED, DRAWS = 2024, 10_000


@dataclass
class Shelf:
    """Scenarios of a project; ``systems``: those that have places to model (id → title); ``facts`` by id, ``places`` by facts."""

    project: Project
    levers: dict[str, model.LeverCard]
    systems: dict[str, str]
    cards: dict[str, model.Card]
    facts: Callable[[str], model.System]
    places: Callable[[model.System], list[model.Municipality]]
    _read: dict[Path, tuple[Written | None, list[DataProblem]]] = field(default_factory=dict)
    _facts: dict[str, tuple[model.System, dict[str, str]]] = field(default_factory=dict)

    def load(self, name_or_path: str | Path) -> model.Scenario:
        """A scenario by name, or a file anywhere; UserError when there is none, DataProblems with all faults of the file.

        Where a base has faults, they are told instead: what stands on it cannot be judged.
        """
        chain = self._chain(self._path(name_or_path))
        for length in range(1, len(chain) + 1):
            scenario, problems = self._joined(chain[:length])
            problems = [*self._read[chain[length - 1].path][1], *problems]
            if problems:
                raise DataProblems(problems)
        return scenario

    def of(self, system: str) -> list[model.Scenario]:
        """Scenarios of a system by name; files of other systems are not looked into. DataProblems of all files at once."""
        scenarios, problems = [], []
        for path in self._files(self.project.scenarios).values():
            raw, _ = read_yaml(path, path.name)
            if isinstance(raw, dict) and raw.get("system") != system and raw.get("system") in self.systems:
                continue
            try:
                scenarios.append(self.load(path))
            except DataProblems as error:
                problems += error.problems
        if problems:
            raise DataProblems(list(dict.fromkeys(problems)))
        return scenarios

    @staticmethod
    def _files(folder: Path) -> dict[str, Path]:
        return {path.stem: path for path in sorted(folder.glob(f"*{SUFFIX}"))}

    def _path(self, name_or_path: str | Path) -> Path:
        named = self._files(self.project.scenarios)
        if isinstance(name_or_path, str) and name_or_path in named:
            return named[name_or_path]
        path = Path(name_or_path)
        if isinstance(name_or_path, Path) or path.suffix or len(path.parts) > 1:
            if path.is_file():
                return path
            raise UserError(f"Нет файла сценария {name_or_path}")
        listed = known(name_or_path, {name: name for name in named})
        raise UserError(f"Нет сценария «{name_or_path}» в parameters/scenarios; {listed}")

    def _chain(self, path: Path) -> list[Written]:
        """The file after its bases, the first base first; DataProblems where a file cannot be read or a base cannot be found."""
        chain: list[Written] = []
        while True:
            if path not in self._read:
                self._read[path] = read_scenario(path, self.levers)
            written, problems = self._read[path]
            if written is None:
                raise DataProblems(problems)
            chain.insert(0, written)
            base = written.sheet.base
            if base == FACT:
                return chain
            files = {**self._files(self.project.scenarios), **self._files(path.parent)}
            wanted = ""
            if base not in files:
                names = {FACT: "без изменений", **{name: name for name in files if name != written.name}}
                wanted = f"такого сценария нет; {known(base, names)}"
            elif base in (so_far := [one.name for one in chain]):
                wanted = f"сценарии опираются друг на друга по кругу: {' → '.join([*reversed(so_far), base])}"
            if wanted:
                raise DataProblems([*problems, DataProblem(written.file, "ключ «base»", base, wanted)])
            path = files[base]

    def _joined(self, chain: list[Written]) -> tuple[model.Scenario, list[DataProblem]]:
        """The last file with what its bases say where it says nothing; questions (solve, allocate) are its own.

        DataProblems where its system or its place is unknown: nothing else can be judged then.
        """
        last, sheets = chain[-1], [one.sheet for one in reversed(chain)]
        places = self._places(chain)
        given = {key: next((value for one in sheets if (value := getattr(one, key)) is not None), None) for key in INHERITED}
        municipality = given["municipality"] or (REGION if REGION in places else next(iter(places)))
        as_of, problems = self._as_of(given["as_of"], last, municipality)
        overrides, own = _stacked(chain, municipality)
        scenario = model.Scenario(
            name=last.name,
            title=last.sheet.title.strip(),
            author=last.sheet.author.strip(),
            reason=last.sheet.reason.strip(),
            system=last.sheet.system,
            municipality=municipality,
            as_of=as_of,
            until=given["until"] or (date(as_of.year + 1, 12, 31) if as_of else None),
            base=last.sheet.base,
            overrides=overrides,
            municipalities=own,
            targets={name: _float(value) for one in reversed(sheets) for name, value in one.targets.items()},
            seed=given["seed"] if given["seed"] is not None else SEED,
            draws=given["draws"] or DRAWS,
            solve=last.solve,
            allocate=last.allocate,
            applied=tuple(one.name for one in chain),
        )
        unfit = [*_strange_places(last, municipality, places), *self._unfit(scenario)]
        return scenario, problems + [DataProblem(last.file, *one) for one in unfit]

    def _places(self, chain: list[Written]) -> dict[str, str]:
        """Places of the last file's system, id → name; DataProblems where system or place is unknown or the base has another."""
        last, problems = chain[-1], []
        system, municipality = last.sheet.system, last.sheet.municipality
        if last.name == FACT:
            problems.append(("", "", f"имя «{FACT}» занято: так называется база без изменений"))
        if system not in self.systems:
            problems.append(("ключ «system»", system, f"такой системы с муниципалитетами нет; {known(system, self.systems)}"))
        elif len(chain) > 1 and chain[-2].sheet.system != system:
            other = f"базовый сценарий — о другой системе: {chain[-2].sheet.system}"
            problems.append(("ключ «base»", chain[-2].name, other))
        places = self._of(system)[1] if not problems else {}
        if not problems and municipality is not None and municipality not in places:
            problems.append(("ключ «municipality»", municipality, f"такого места в системе нет; {known(municipality, places)}"))
        if problems:
            raise DataProblems([*self._read[last.path][1], *(DataProblem(last.file, *one) for one in problems)])
        return places

    def _of(self, system: str) -> tuple[model.System, dict[str, str]]:
        if system not in self._facts:
            facts = self.facts(system)
            self._facts[system] = facts, {one.municipality: one.name for one in self.places(facts)}
        return self._facts[system]

    def _as_of(self, given: date | None, last: Written, municipality: str) -> tuple[date | None, list[DataProblem]]:
        """The day that the file names, else the one that the place's own report is made on."""
        if given is not None:
            return given, []
        path = self.project.parameters(last.sheet.system, municipality)
        raw, _ = read_yaml(path, path.name)
        try:
            return date.fromisoformat(str((raw or {})["as_of"])), []
        except (KeyError, TypeError, ValueError):
            where = f"parameters/{last.sheet.system}/{municipality}{SUFFIX}"
            return None, [
                DataProblem(last.file, "ключ «as_of»", "", f"не указан, и в {where} отчётной даты нет; нужна дата ГГГГ-ММ-ДД")
            ]

    def _unfit(self, scenario: model.Scenario) -> list[Wrong]:
        system, places = self._of(scenario.system)
        count = len(set(places) - {REGION})
        found = [*wrong_days(scenario), *wrong_indicators(scenario, system, self.cards)]
        found += wrong_targets(scenario, system, self.cards)
        found += [] if found else wrong_questions(scenario, system, self.cards, self.levers)
        return [*found, *wrong_sharing(scenario, self.levers, count), *contradictions(scenario, self.levers)]


def _float(value: Any) -> Any:
    """A whole number as a float; what is no number stays for ``wrong_targets`` to tell."""
    return float(value) if is_number(value) else value


def _strange_places(written: Written, municipality: str, places: dict[str, str]) -> Iterator[Wrong]:
    """Municipalities with changes of their own that the system does not have, or that a scenario about one place is not about."""
    own = {name: title for name, title in places.items() if name != REGION}
    for name in written.sheet.municipalities:
        if name not in own:
            yield f"ключ «municipalities.{name}»", "", f"такого муниципалитета в системе нет; {known(name, own)}"
        elif municipality not in (REGION, name):
            wanted = f"сценарий только о «{municipality}»: изменения другого места ни на что не повлияют"
            yield f"ключ «municipalities.{name}»", "", wanted


def _stacked(chain: list[Written], municipality: str) -> tuple[dict[str, model.Change], dict[str, dict[str, model.Change]]]:
    """Changes with the bases' below: a file's word about a lever takes the place of every word of its bases about it.

    A change for all therefore also ends what a base said of the lever in one municipality.
    """
    overrides: dict[str, model.Change] = {}
    own: dict[str, dict[str, model.Change]] = {}
    for one in chain:
        overrides |= one.overrides
        own = {
            place: {name: change for name, change in changes.items() if name not in one.overrides}
            for place, changes in own.items()
        }
        for place, changes in one.municipalities.items():
            own[place] = {**own.get(place, {}), **changes}
    mine = {place: changes for place, changes in own.items() if changes and municipality in (REGION, place)}
    return overrides, mine
