"""Commands about results: run, verify, trace."""

import signal
import sys
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from nmslib import paths
from nmslib.commands.group import main, progress, told_in_russian

if TYPE_CHECKING:
    from nmslib.batch import Result

INTERRUPTED = 130


class Interrupted(KeyboardInterrupt):
    """Ctrl-C. Python itself would end by the signal, not with our code, when the plain one comes while a module is imported."""


def resumable(command: Callable[..., None]) -> Callable[..., None]:
    """Ctrl-C ends the command with a sentence on how to go on."""

    def stop(*_signal: object) -> None:
        raise Interrupted

    @wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> None:
        signal.signal(signal.SIGINT, stop)
        try:
            command(*args, **kwargs)
        except KeyboardInterrupt:
            click.echo("\nПрервано. Готовое осталось целым; продолжит та же команда.", err=True)
            sys.exit(INTERRUPTED)

    return wrapper


@main.command(options_metavar="[ПАРАМЕТРЫ]")
@click.argument("targets", nargs=-1, metavar="[СИСТЕМА[/МУНИЦИПАЛИТЕТ]]...")
@click.option("--as-of", metavar="ДАТА", help="Отчётная дата ГГГГ-ММ-ДД вместо указанной в parameters/.")
@click.option("--only", multiple=True, metavar="МАСКА", help="Только подходящие номера: --only 'amur/t*'; можно несколько раз.")
@click.option("--failed", is_flag=True, help="Только то, что не удалось в прошлый раз.")
@click.option("--force", is_flag=True, help="Сделать всё заново, даже если ничего не изменилось.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="ЧИСЛО", help="Сколько процессов сразу; обычно по числу ядер.")
@click.option("--list", "listing", is_flag=True, help="Показать, что будет сделано и почему, и ничего не делать.")
@click.option("--explain", is_flag=True, help="У каждого отчёта сказать, почему он сделан заново.")
@click.option("--cluster", metavar="АДРЕС", help="Работать на кластере Dask: tcp://узел:8786 (docs/cluster.md).")
@told_in_russian
@resumable
def run(
    targets: tuple[str, ...],
    as_of: str | None,
    only: tuple[str, ...],
    failed: bool,
    force: bool,
    jobs: int | None,
    listing: bool,
    explain: bool,
    cluster: str | None,
) -> None:
    """Пересоздать таблицы, отчёты и документы; что не изменилось, не трогается: nms run, nms run amur, nms run amur/tynda.

    Без имён — все системы. Прерванный или сбойный запуск продолжает та же команда.
    """
    from nmslib import batch
    from nmslib.batch import spoken

    project = paths.project()
    units = batch.plan(targets, project, as_of, only, failed)
    if failed and not units:
        click.echo("Неудавшихся отчётов нет")
        return
    if listing:
        for line in spoken.listing(units, force, project):
            click.echo(line)
        return
    if waiting := batch.unchecked(units, project):
        told = f"Книги новее принятых: {', '.join(waiting)}. Отчёт — по принятым; новые учтёт nms check"
        click.echo(told, err=True)
    results = _run(units, project, jobs, force, cluster)
    for line in spoken.results(results, explain, project):
        click.echo(line)
    if any(result.failure for result in results):
        sys.exit(1)


def _run(units: "list[Any]", project: paths.Project, jobs: int | None, force: bool, cluster: str | None) -> "list[Result]":
    """Runs the units with a bar of those to make: which is being made, how long it will take."""
    from nmslib import batch

    crew: Any = None
    if cluster:
        from nmslib.batch.cluster import on

        crew = on(cluster)
    bars: list[Any] = []

    def planned(count: int) -> None:
        bars.append(progress("Отчёты", count))
        bars[0].__enter__()

    def started(key: str) -> None:
        bars[0].update(0, key)

    def ended(result: "Result") -> None:
        if bars:
            bars[0].update(1, result.unit.id)

    watch = batch.Watch(planned, started, ended)
    try:
        return batch.run(units, project, watch, jobs, force, **({"crew": crew} if crew else {}))
    finally:
        if bars:
            bars[0].__exit__(None, None, None)


@main.command(options_metavar="[ПАРАМЕТРЫ]")
@click.argument("systems", nargs=-1, metavar="[СИСТЕМА]...")
@told_in_russian
def verify(systems: tuple[str, ...]) -> None:
    """Пересчитать показатели по снимкам и сверить с ними каждый сделанный файл: nms verify, nms verify amur."""
    from nmslib import catalogue, wording
    from nmslib.batch import verifying

    project = paths.project()
    agreed, differences = 0, []
    for name in systems or catalogue.systems(project):
        count, found = verifying.whole(name, project)
        agreed += count
        differences += found
    for line in differences:
        click.echo(line, err=True)
    if differences:
        click.echo(f"Совпало чисел: {wording.number(agreed)}, расхождений: {wording.number(len(differences))}")
        sys.exit(1)
    click.echo(f"Все {wording.number(agreed)} чисел совпали")


@main.command(options_metavar="[ПАРАМЕТРЫ]")
@click.argument("figure", metavar="ЦИФРА")
@click.option("--names", is_flag=True, help="Показать имена из книги: только на экране аналитика, никуда не записываются.")
@click.option("--json", "as_json", is_flag=True, help="Вывод для программ: JSON со всеми строками, без имён.")
@told_in_russian
def trace(figure: str, names: bool, as_json: bool) -> None:
    """Откуда цифра: определение, пункт документа, условия отбора, книга и строки Excel, что не вошло и почему.

    Цифра — система/муниципалитет/показатель/дата: nms trace amur/tynda/diagnosed_share/2023-12-20
    """
    import json

    from nmslib import documents
    from nmslib.batch import tracing
    from nmslib.problems import UserError

    if names and as_json:
        raise UserError("Имена показываются только на экране: выберите --names или --json")
    project = paths.project()
    found, place = tracing.trace(figure, project)
    if as_json:
        click.echo(json.dumps(documents.trace_data(found), ensure_ascii=False, indent=2))
    else:
        click.echo(tracing.told(found, place, names, figure.split("/")[0], project))
