"""The command ``nms`` itself: its help, its messages and its progress bar; heavy imports happen inside the commands."""

import gettext
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

# click binds its translations when imported, so the Russian catalogue must be in place before.
gettext.bindtextdomain("messages", str(Path(__file__).parent.with_name("locale")))
os.environ["LANGUAGE"] = "ru"

import click  # noqa: E402


def told_in_russian(command: Callable[..., None]) -> Callable[..., None]:
    """Turns what the user can mend into a message on standard error and exit code 1."""

    @wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> None:
        from nmslib.problems import DataProblems, UserError

        try:
            command(*args, **kwargs)
        except (UserError, DataProblems) as error:
            click.echo(str(error), err=True)
            sys.exit(1)
        except BrokenPipeError:
            # Whoever read our lines has seen enough (nms run --list | head).
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
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


def progress(label: str, count: int) -> Any:
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
