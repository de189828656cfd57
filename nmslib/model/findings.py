"""What a check finds: the rule that was broken, where, and what it does to the indicators."""

from dataclasses import dataclass

from nmslib.model.fact import Fact
from nmslib.model.states import Shown


class Severity(Shown):
    """How much a finding matters: word, shape and colour, as for states."""

    BLOCKS = ("блокирует", "■", "#D55E00")
    DISTORTS = ("искажает", "◆", "#E69F00")
    STYLE = ("оформление", "○", "#8C8C8C")


SEVERITY_RANK = {severity.id: number for number, severity in enumerate(Severity)}


@dataclass(frozen=True, kw_only=True)
class Rule(Fact):
    """One thing that can be wrong with a workbook; ``wanted`` tells the sender what to do, ``example`` shows it done.

    ``severity`` is the id of a ``Severity``: rows of a blocking finding are left out of the snapshot.
    """

    id: str
    severity: str
    title: str
    wanted: str
    example: str | None


@dataclass(frozen=True)
class Finding:
    """One cause in one place: however many cells it fills, it is told once.

    ``registry`` and ``column`` are ids of the schema (None: the whole file, the whole sheet); ``rows`` are Excel's own row
    numbers, none when the finding is about a sheet or a file; ``details`` says what stands there, for the sender's eyes only:
    it may hold names. ``said`` is for everybody: what follows from the form and from counting, never what stands in a cell,
    because a row shifted by one cell puts a name anywhere.
    """

    rule: str
    registry: str | None = None
    column: str | None = None
    rows: tuple[int, ...] = ()
    details: str = ""
    said: str = ""
