"""The command that serves pages: dashboard."""

import os
import sys
from pathlib import Path

import click

from nmslib import paths
from nmslib.commands.group import main, told_in_russian


@main.command(options_metavar="[ПАРАМЕТРЫ]")
@click.option("--port", type=click.IntRange(1, 65535), metavar="ПОРТ", help="Порт; обычно 8866, а если занят — свободный.")
@click.option("--address", default="127.0.0.1", metavar="АДРЕС", help="Где слушать; обычно только эта машина.")
@click.option(
    "--password-file",
    type=click.Path(path_type=Path),
    metavar="ФАЙЛ",
    help="Файл, первая строка которого — пароль; вместо него годится переменная NMS_PASSWORD.",
)
@click.option(
    "--viewers", type=click.IntRange(1, 1000), metavar="N", help="Сколько страниц открыто сразу; обычно по памяти, до 40."
)
@click.option("--base-url", default="/", metavar="ПУТЬ", help="Начало адресов, если сервер стоит за прокси не в корне сайта.")
@click.option("--host", multiple=True, metavar="ИМЯ", help="Имя, под которым сервер виден через прокси; можно несколько.")
@click.option("--no-browser", is_flag=True, help="Не открывать браузер.")
@told_in_russian
def dashboard(
    port: int | None,
    address: str,
    password_file: Path | None,
    viewers: int | None,
    base_url: str,
    host: tuple[str, ...],
    no_browser: bool,
) -> None:
    """Показать страницы «Состояние» и «Сценарии» в браузере; остановить — Ctrl+C."""
    import nmslib.kernels.lean  # noqa: F401, I001  before whatever imports jsonschema

    from nmslib.dashboards.serving.options import Options, hashed
    from nmslib.dashboards.serving.starting import serve

    options = Options(
        address=address,
        port=port,
        password=hashed(password_file),
        viewers=viewers or 0,
        base=base_url,
        hosts=host,
        browser=not no_browser,
    )
    serve(options, paths.project(), click.echo)
    sys.stdout.flush()
    os._exit(0)  # nothing is left to end, and the interpreter would take a second to forget its modules
