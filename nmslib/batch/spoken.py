"""How a run is told on the screen: what it would do, what it did, what failed and who mends it."""

from collections.abc import Iterator

from nmslib import tables, wording
from nmslib.batch import planning
from nmslib.batch.running import FORCED, PORTAL, stale_days
from nmslib.batch.units import Result, ScenarioUnit, Unit, read_failure
from nmslib.paths import Project

UNITS = ("отчёт", "отчёта", "отчётов")
SHOWN = 12


def listing(units: list[Unit], force: bool, project: Project) -> Iterator[str]:
    """A line on each unit: its id and day, whether it will be made and why; then how many."""
    waiting = 0
    stale = {system: bool(stale_days(system, units, project)) for system in dict.fromkeys(unit.system for unit in units)}
    for unit in units:
        why = FORCED if force else tuple(_why(unit, stale[unit.system], project))
        waiting += bool(why)
        again = (planning.AGAIN,) if planning.AGAIN not in why and read_failure(unit.failed(project)) else ()
        day = "сценарий" if isinstance(unit, ScenarioUnit) else wording.day(unit.as_of)
        yield f"{unit.id}  {day}  {'; '.join([*why, *again]) or 'без изменений'}"
    yield f"Всего: {wording.counted(len(units), UNITS)}, будет сделано не больше {waiting}"


def _why(unit: Unit, stale: bool, project: Project) -> list[str]:
    """Why a unit may be made; until the tables are worked out it is not known whether its figures will have moved."""
    kept = tables.whole(unit.system, project)
    if kept is None or not (isinstance(unit, ScenarioUnit) or unit.municipality in kept.slices):
        return ["ещё не делалось"]
    return ["таблицы системы устарели: что изменилось, скажет запуск"] if stale else planning.why(unit, kept, project)


def results(ended: list[Result], explain: bool, project: Project) -> Iterator[str]:
    """Lines on what was made (with ``explain`` why), every failure with what is missing and who mends it, then the counts."""
    made = [result for result in ended if result.stamp and result.anew]
    for result in made if explain else made[:SHOWN]:
        yield _made(result, explain, project)
    if len(made) > SHOWN and not explain:
        yield f"… и ещё {wording.counted(len(made) - SHOWN, UNITS)}"
    failed = [result for result in ended if result.failure]
    for result in failed:
        yield from _failed(result, project)
    same = sum(not result.anew for result in ended)
    checked = sum(result.stamp.checked for result in made if result.stamp)
    parts = [
        f"Готово: {len(ended) - len(failed)} из {len(ended)}",
        f"без изменений: {same}" if same else "",
        f"чисел сверено: {wording.number(checked)}" if checked else "",
        f"не удалось: {len(failed)}" if failed else "",
    ]
    yield ", ".join(part for part in parts if part)
    for system in dict.fromkeys(result.unit.system for result in ended):
        page = project.outputs(system) / PORTAL
        if page.exists():
            yield f"Портал: {page.relative_to(project.root).as_posix()}"


def _made(result: Result, explain: bool, project: Project) -> str:
    page = result.unit.folder(project).relative_to(project.root) / result.unit.page
    problems = f", замечаний к данным: {result.stamp.problems}" if result.stamp and result.stamp.problems else ""
    why = f" — {'; '.join(result.why)}" if explain and result.why else ""
    return f"{result.unit.id}: {page.as_posix()}{problems}{why}"


def _failed(result: Result, project: Project) -> Iterator[str]:
    failure = result.failure
    if failure is None:
        return
    kept = result.unit.failed(project).relative_to(project.root).as_posix()
    yield f"{result.unit.id}: не сделан — {failure}"
    yield f"    не хватает: {failure.missing}; исправит: {failure.who}; что успело сделаться: {kept}/"
