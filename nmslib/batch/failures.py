"""Why a unit failed, in plain Russian: what is missing and who mends it."""

import errno
import os
from collections.abc import Mapping

from nmslib.batch.crew import Lost
from nmslib.batch.render import NotebookFailed
from nmslib.batch.units import Failure, ScenarioUnit, Unit, moment
from nmslib.problems import DataProblems, UserError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
ANALYST = "аналитик"
ADMINISTRATOR = "администратор компьютера"
KEEPER = "кто ведёт тетради и программу"
BAD_SCENARIO = ("верного файла сценария: исправьте в parameters/scenarios то, что названо в ошибке", "кто составил сценарий")


class Mismatch(UserError):
    """Files that say something else than the table of figures; every difference in words."""

    def __init__(self, differences: list[str]):
        super().__init__(differences)
        self.differences = differences

    def __str__(self) -> str:
        more = f"; и ещё {len(self.differences) - 3}" if len(self.differences) > 3 else ""
        return "; ".join(self.differences[:3]) + more


def failure(unit: Unit, error: Exception | Lost, inputs: Mapping[str, str]) -> Failure:
    """What became of a unit that failed; ``inputs``: part → hash of what it was made of."""
    missing, who = BAD_SCENARIO if isinstance(unit, ScenarioUnit) and isinstance(error, DataProblems) else _missing(error)
    notebook, cell = (error.notebook, error.cell) if isinstance(error, NotebookFailed) else (None, None)
    said = error.said if isinstance(error, NotebookFailed) else str(error) or type(error).__name__
    return Failure(unit.id, moment(), notebook, cell, said, missing, who, dict(inputs))


def _missing(error: Exception | Lost) -> tuple[str, str]:
    """What is missing, and who mends it."""
    kind = error.kind if isinstance(error, NotebookFailed) else type(error).__name__
    # From a notebook come the words of an error alone.
    full = kind == "OSError" and any(os.strerror(number) in str(error) for number in NO_ROOM)
    if full or getattr(error, "errno", None) in NO_ROOM:
        return "места на диске: освободите его и повторите ту же команду", ADMINISTRATOR
    if kind in ("PermissionError", "BlockingIOError"):
        return "права на запись, или файл открыт в другой программе: закройте его и повторите", ANALYST
    if isinstance(error, Lost) or kind in ("MemoryError", "DeadKernel", "DeadKernelError"):
        return "памяти или времени процессу: повторите ту же команду, при повторе — с --jobs 1", ADMINISTRATOR
    if isinstance(error, Mismatch):
        return "согласия чисел: файл показывает не то, что таблица показателей; прежние файлы оставлены", KEEPER
    if isinstance(error, DataProblems) or kind == "DataProblems":
        return "верных фактов документа: исправьте названные строки в data/systems", "кто ведёт факты документа"
    if kind == "UserError" or (isinstance(error, UserError) and not isinstance(error, NotebookFailed)):
        return "того, о чём сказано в ошибке", ANALYST
    if kind == "FileNotFoundError":
        return "файла, названного в ошибке: примите книги заново (nms check) или верните файл", ANALYST
    return "верной работы тетради: ошибка в её ячейке или в программе, данные ни при чём", KEEPER
