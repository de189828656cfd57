"""Commands about what senders send: demo, template, check."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nmslib import paths
from nmslib.commands.group import main, progress, told_in_russian

if TYPE_CHECKING:
    from nmslib.batch.acceptance import Outcome

DEMO_SEED = 48


@main.command(options_metavar="[ПАРАМЕТРЫ]")
@click.option("--system", metavar="СИСТЕМА", help="Только эта система, например seversk.")
@click.option("--defects", is_flag=True, help="Внести известные ошибки; где какая — в data/registries/<система>.defects.csv.")
@click.option(
    "--seed",
    default=DEMO_SEED,
    type=click.IntRange(min=0),
    show_default=True,
    metavar="ЧИСЛО",
    help="Зерно: одно и то же зерно даёт те же файлы.",
)
@click.option(
    "--scale",
    type=click.IntRange(1, 10_000),
    metavar="ЧИСЛО",
    help="Вместо книг — один набор на столько муниципалитетов, для проверки скорости: data/scale; 2300 — вся страна.",
)
@told_in_russian
def demo(system: str | None, defects: bool, seed: int, scale: int | None) -> None:
    """Создать синтетические реестры, чтобы попробовать тетрадь без настоящих данных."""
    from nmslib import catalogue
    from nmslib.problems import UserError

    if scale and (system or defects):
        raise UserError("--scale создаёт отдельный набор без книг: уберите --system и --defects")
    if scale:
        _write_country(scale, seed, paths.project())
        return
    from nmslib.batch import forms

    project = paths.project()
    names = [system] if system else catalogue.systems(project)
    count = sum(len(catalogue.senders(catalogue.load_system(name, project), project)) for name in names)
    written = []
    with progress("Книги", count) as bar:
        for invented in forms.write_demo(names, seed, defects, project):
            written.append(invented[-1])
            bar.update(1, invented[-1].municipality)
    for newest in written:
        staff = f", работников: {newest.staff}" if newest.staff else ""
        click.echo(f"{newest.system}/{newest.municipality}: {newest.path.relative_to(project.root)}{staff}")


def _write_country(municipalities: int, seed: int, project: paths.Project) -> None:
    import time

    from nmslib import wording

    places = wording.counted(municipalities, ("муниципалитет", "муниципалитета", "муниципалитетов"))
    click.echo(f"Создаю синтетический набор: {places}", err=True)
    started = time.perf_counter()
    from nmslib.batch.country import write_country

    rows = write_country(municipalities, seed, project)
    click.echo(f"{project.scale.relative_to(project.root)}: {places}, за {wording.number(time.perf_counter() - started, 1)} с")
    click.echo(f"Строк в реестрах: {', '.join(f'{title} {wording.number(count)}' for title, count in rows.items())}")


@main.command(options_metavar="[ПАРАМЕТРЫ]")
@click.argument("sender", metavar="СИСТЕМА/МУНИЦИПАЛИТЕТ")
@told_in_russian
def template(sender: str) -> None:
    """Форма для муниципалитета: выпадающие списки, подсказки, строки, принятые в прошлый раз: nms template amur/tynda."""
    from nmslib.batch import forms
    from nmslib.problems import UserError

    system, _, municipality = sender.partition("/")
    if not municipality:
        raise UserError("Укажите систему и муниципалитет через косую черту, например amur/tynda")
    project = paths.project()
    click.echo(forms.write_template(system, municipality, project).relative_to(project.root))


@main.command(options_metavar="[ПАРАМЕТРЫ]")
@click.argument("target", required=False, metavar="[СИСТЕМА[/МУНИЦИПАЛИТЕТ]]")
@click.option("--file", type=click.Path(path_type=Path), metavar="КНИГА.xlsx", help="Проверить эту книгу вместо папки.")
@click.option("--dry", is_flag=True, help="Только проверить и ответить, ничего не принимая.")
@told_in_russian
def check(target: str | None, file: Path | None, dry: bool) -> None:
    """Проверить и принять присланные книги, каждому вернуть его книгу с пометками: nms check, nms check amur/tynda."""
    from datetime import datetime

    from nmslib import catalogue
    from nmslib.batch import checking, pages

    project = paths.project()
    system, _, municipality = (target or "").partition("/")
    if file and not system:
        system = checking.system_of(file, project)
    outcomes = []
    names = [system] if system else catalogue.systems(project)
    lengths = {name: 1 if file or municipality else checking.waiting(name, project) for name in names}
    count = sum(lengths.values())
    with progress("Проверка", count) as bar:

        def ended(outcome: "Outcome") -> None:
            bar.update(1, outcome.file)

        for name in [name for name in names if lengths[name]]:
            outcomes += checking.check(name, municipality or None, project, datetime.now(), ended, not dry, file)
    for outcome in outcomes:
        click.echo(checking.told(outcome, project))
    for name in dict.fromkeys(outcome.system for outcome in outcomes if not dry):
        click.echo(f"{name}, кто что прислал: {pages.data_quality(name, project).relative_to(project.root)}")
    click.echo(checking.summary(outcomes, names, project))
    if any(outcome.revision is None for outcome in outcomes) and not dry:
        sys.exit(1)
