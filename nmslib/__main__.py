"""The command ``nms``: reads arguments and hands over; heavy imports happen inside the command that needs them."""

import gettext
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

# click binds its translations when imported, so the Russian catalogue must be in place before.
gettext.bindtextdomain("messages", str(Path(__file__).with_name("locale")))
os.environ["LANGUAGE"] = "ru"

import click  # noqa: E402

from nmslib import paths  # noqa: E402

if TYPE_CHECKING:
    from datetime import datetime

    from nmslib.batch import Result
    from nmslib.batch.acceptance import Outcome

DEMO_SEED = 48


def _told_in_russian(command: Callable[..., None]) -> Callable[..., None]:
    """Turns what the user can mend into a message on standard error and exit code 1."""

    @wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> None:
        from nmslib.problems import DataProblems, UserError

        try:
            command(*args, **kwargs)
        except (UserError, DataProblems) as error:
            click.echo(str(error), err=True)
            sys.exit(1)
        except PermissionError as error:
            click.echo(f"Нет права на запись: {error.filename}. Закройте файл в Excel или выберите другую папку.", err=True)
            sys.exit(1)
        except Exception as error:
            if os.environ.get("NMS_DEBUG"):
                raise
            told = f"Непредвиденная ошибка ({type(error).__name__}): {error}. Подробности: та же команда с NMS_DEBUG=1"
            click.echo(told, err=True)
            sys.exit(1)

    return wrapper


def _progress(label: str, count: int) -> Any:
    """A bar on standard error with what is being worked on; lines of the result are printed after it, not through it."""

    def shown(item: object) -> str:
        return str(item or "")

    return click.progressbar(length=count, label=label, file=sys.stderr, hidden=count < 2, item_show_func=shown)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    options_metavar="[ПАРАМЕТРЫ]",
    subcommand_metavar="КОМАНДА [АРГУМЕНТЫ]...",
)
@click.version_option(package_name="nmslib", prog_name="nms")
def main() -> None:
    """Рабочая тетрадь систем научно-методического сопровождения: от приказа и реестров до отчёта."""


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
@_told_in_russian
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
    with _progress("Книги", count) as bar:
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
@_told_in_russian
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
@_told_in_russian
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
    with _progress("Проверка", count) as bar:

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


@main.command(options_metavar="[ПАРАМЕТРЫ]")
@click.argument("targets", nargs=-1, required=True, metavar="СИСТЕМА[/МУНИЦИПАЛИТЕТ]...")
@click.option("--as-of", metavar="ДАТА", help="Отчётная дата ГГГГ-ММ-ДД вместо указанной в parameters/.")
@_told_in_russian
def run(targets: tuple[str, ...], as_of: str | None) -> None:
    """Пересоздать таблицы и отчёты: nms run seversk, nms run seversk/seversk."""
    from nmslib import batch

    project = paths.project()
    units = batch.plan(targets, project, as_of)
    if waiting := batch.unchecked(units, project):
        told = f"Книги новее принятых: {', '.join(waiting)}. Отчёт — по принятым; новые учтёт nms check"
        click.echo(told, err=True)
    with _progress("Отчёты", len(units)) as bar:

        def ended(result: "Result") -> None:
            bar.update(1, result.unit.id)

        results = batch.run(units, project, ended)
    for result in results:
        folder = project.outputs(result.unit.system).relative_to(project.root) / result.unit.municipality
        how = f"не сделан — {result.error}" if result.error else f"{folder / 'report.html'}"
        problems = f", замечаний к данным: {result.problems}" if result.problems else ""
        click.echo(f"{result.unit.id}: {how}{problems}")
    failed = [result for result in results if result.error]
    click.echo(f"Готово: {len(results) - len(failed)} из {len(results)}")
    if failed:
        sys.exit(1)


@main.command(options_metavar="[ПАРАМЕТРЫ]")
@click.argument("figure", metavar="ЦИФРА")
@click.option("--names", is_flag=True, help="Показать имена из книги: только на экране аналитика, никуда не записываются.")
@click.option("--json", "as_json", is_flag=True, help="Вывод для программ: JSON со всеми строками, без имён.")
@_told_in_russian
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


@main.command(options_metavar="[ПАРАМЕТРЫ]")
@click.argument("phrase", metavar="СРОК|-")
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%d", "%d.%m.%Y"]), metavar="ДАТА", help="Первый день плана.")
@click.option("--to", "end", type=click.DateTime(["%Y-%m-%d", "%d.%m.%Y"]), metavar="ДАТА", help="Последний день плана.")
@click.option("--json", "as_json", is_flag=True, help="Вывод для программ: одна строка JSON.")
@_told_in_russian
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
@_told_in_russian
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
@_told_in_russian
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


if __name__ == "__main__":
    main(prog_name="nms")
