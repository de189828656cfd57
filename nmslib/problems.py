"""What is wrong with the inputs, said so that the reader can mend it; knows no file format."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DataProblem:
    """One wrong thing in one place of one input file.

    ``place`` is worded as the reader sees it («строка 14, столбец «Срок»»), ``wanted`` says what is needed there.
    """

    file: str
    place: str
    found: str
    wanted: str

    def __str__(self) -> str:
        where = f"{self.file}, {self.place}" if self.place else self.file
        found = f"стоит «{self.found}»; " if self.found else ""
        return f"{where}: {found}{self.wanted}"


class DataProblems(Exception):
    """Everything wrong with the inputs, reported together; survives a process pool (all arguments in ``args``)."""

    def __init__(self, problems: list[DataProblem]):
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join([f"Замечаний к данным: {len(self.problems)}", *(f"  * {problem}" for problem in self.problems)])


class UserError(Exception):
    """A request that cannot be carried out, in one sentence that says what to do; never a traceback for the user."""
