"""Commands about documents: deadline, passport, lint."""

import sys
from typing import TYPE_CHECKING, Any

import click

from nmslib import paths
from nmslib.commands.group import main, told_in_russian

if TYPE_CHECKING:
    from datetime import datetime


@main.command(options_metavar="[ПАРАМЕТРЫ]")
@click.argument("phrase", metavar="СРОК|-")
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%d", "%d.%m.%Y"]), metavar="ДАТА", help="Первый день плана.")
@click.option("--to", "end", type=click.DateTime(["%Y-%m-%d", "%d.%m.%Y"]), metavar="ДАТА", help="Последний день плана.")
@click.option("--json", "as_json", is_flag=True, help="Вывод для программ: одна строка JSON.")
@told_in_russian
def deadline(phrase: str, start: "datetime | None", end: "datetime | None", as_json: bool) -> None:
    """Прочитать срок: nms deadline "до 20 декабря (ежегодно)" --from 2023-01-01 --to 2024-12-31.

    Вместо срока «-»: сроки из стандартного ввода, по одному в строке, можно СРОК<TAB>ДАТА<TAB>ДАТА; ответ — строки JSON.
    """
    import io
    import json

    from nmslib import phrases
    from nmslib.problems import UserError
    from nmslib.roadmap import resolve
    from nmslib.roadmap.spoken import as_data, as_text, line_of_input

    plan = (start.date(), end.date()) if start and end else None
    if plan and plan[0] > plan[1]:
        raise UserError("План кончается раньше, чем начинается: поменяйте --from и --to местами")
    if phrase == "-":
        for line in io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8"):
            text, days = line_of_input(line, plan)
            click.echo(json.dumps(as_data(text, *days), ensure_ascii=False))
        return
    if plan is None:
        raise UserError("Укажите план: --from ПЕРВЫЙ_ДЕНЬ --to ПОСЛЕДНИЙ_ДЕНЬ")
    answer = as_data(phrase, *plan)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    if answer["refused"]:
        raise UserError(f"Срок не разобран: «{phrase}», непонятно с места «{answer['refused']}»")
    if not as_json:
        click.echo(as_text(phrase, resolve(phrases.read(phrase), *plan)))


@main.command(options_metavar="[ПАРАМЕТРЫ]")
@click.argument("systems", nargs=-1, metavar="[СИСТЕМА]...")
@told_in_russian
def passport(systems: tuple[str, ...]) -> None:
    """Страницы документов: паспорт системы и сравнение с федеральной моделью и другими системами."""
    from nmslib import batch, catalogue

    project = paths.project()
    for name in systems or catalogue.systems(project):
        pages = [batch.passport(name, project)]
        if name != catalogue.FEDERAL:
            pages.append(batch.compare(name, project))
        for page in pages:
            click.echo(page.relative_to(project.root))


@main.command(options_metavar="[ПАРАМЕТРЫ]")
@click.argument("system", required=False, metavar="[СИСТЕМА]")
@click.option("--json", "as_json", is_flag=True, help="Вывод для программ: JSON.")
@told_in_russian
def lint(system: str | None, as_json: bool) -> None:
    """Найти странности документов: повторы, пропуски номеров, сроки вне плана. Код 1 — только если факты не читаются."""
    import json
    from dataclasses import asdict

    from nmslib import catalogue
    from nmslib import lint as rules
    from nmslib.problems import DataProblems

    project = paths.project()
    schema = catalogue.load_registry_schema(project)
    reports: list[dict[str, Any]] = []
    for name in [system] if system else catalogue.systems(project):
        try:
            findings, problems = rules.lint(catalogue.load_system(name, project), schema), []
        except DataProblems as error:
            findings, problems = [], error.problems
        reports.append({"system": name, "errors": problems, "oddities": findings})
    if as_json:
        click.echo(json.dumps(reports, ensure_ascii=False, indent=2, default=asdict))
    for report in reports if not as_json else []:
        click.echo(f"{report['system']}: ошибок {len(report['errors'])}, странностей {len(report['oddities'])}")
        for problem in report["errors"]:
            click.echo(f"  * {problem}")
        for finding in report["oddities"]:
            click.echo(f"  - {finding.place}: {finding.found}. Следствие: {finding.consequence}.")
    if any(report["errors"] for report in reports):
        sys.exit(1)
