"""The command about the months ahead: scenario."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nmslib import paths
from nmslib.commands.group import main, told_in_russian

if TYPE_CHECKING:
    from nmslib.projection import Projection


@main.command(options_metavar="[ПАРАМЕТРЫ]")
@click.argument("files", nargs=-1, required=True, metavar="ФАЙЛ...")
@click.option("--place", metavar="МУНИЦИПАЛИТЕТ", help="Показать для одного муниципалитета вместо того, что назван в файле.")
@told_in_russian
def scenario(files: tuple[str, ...], place: str | None) -> None:
    """Просчитать сценарий: страница, книга Excel, рисунок; несколько файлов (до четырёх) — рядом.

    Файл — имя из parameters/scenarios/ или путь: nms scenario seversk_methodists_school
    """
    from nmslib import catalogue
    from nmslib.batch import scenario_files
    from nmslib.compared import compared
    from nmslib.projection import projected

    project = paths.project()
    named = [_named(one) for one in files]
    first = catalogue.load_scenario(named[0], project, catalogue.load_levers(project))
    where = place or first.municipality
    catalogue.find_place(catalogue.load_system(first.system, project), where, project)
    if len(named) == 1:
        shown = projected(first.system, where, named[0], project)
        made = scenario_files.make_scenario(shown, named[0], project)
        _tell(shown)
    else:
        sides = compared(first.system, where, ", ".join(named), project)
        made = scenario_files.make_compared(sides, named, project)
        for title, sentences in sides.differences:
            click.echo(f"«{title}» против «{sides.first.scenario.title}»")
            for sentence in sentences:
                click.echo(f"  {sentence}")
    click.echo(f"Файлы: {made.relative_to(project.root)}")


def _named(given: str) -> str:
    """A file as notebooks find it from any folder; a bare name stays the name of a file in parameters/scenarios/."""
    path = Path(given)
    return str(path.resolve()) if path.is_file() else given


def _tell(shown: "Projection") -> None:
    from nmslib import scenarios

    click.echo(f"{shown.scenario.title} ({shown.now.place.name}, с {shown.now.day:%d.%m.%Y})")
    if shown.synthetic:
        click.echo("Синтетические данные: реестры вымышлены")
    for sentence in scenarios.told(shown.outcome, shown.before, shown.whole, shown.cards, shown.base.title):
        click.echo(f"  {sentence}")
