"""States with their word, shape and colour: the same on every page and paper."""

from enum import Enum


class Shown(Enum):
    """What stands on pages and paper with a word, a shape and a colour, and in tables by its id."""

    def __init__(self, word: str, shape: str, colour: str):
        self.word, self.shape, self.colour = word, shape, colour

    @property
    def id(self) -> str:
        """The value stored in tables: the name in small letters, ``on_pace``, ``overdue``, ..."""
        return self.name.lower()


class State(Shown):
    """State of an indicator against its plan: word, shape and colour are the same on every page and paper."""

    REACHED = ("достигнут", "●", "#0072B2")
    ON_PACE = ("в графике", "▲", "#56B4E9")
    RECOVERABLE = ("отстаёт, достижимо", "◆", "#E69F00")
    UNREACHABLE = ("недостижимо в этом году", "■", "#D55E00")
    NOT_COMPUTABLE = ("нет данных", "○", "#8C8C8C")
    NOT_YET = ("расчёт ещё не введён", "○", "#8C8C8C")
    NO_PLAN = ("план не установлен", "–", "#8C8C8C")


class MeasureState(Shown):
    """State of one due date of a measure: word, shape and colour, as for ``State``."""

    OVERDUE = ("просрочено", "■", "#D55E00")
    DUE = ("срок в ближайшие 30 дней", "◆", "#E69F00")
    LATER = ("срок позже", "▷", "#56B4E9")
    GOING = ("в работе", "▷", "#56B4E9")
    NOT_STARTED = ("не начата", "▷", "#56B4E9")
    DONE = ("исполнено", "●", "#0072B2")
    DONE_LATE = ("исполнено с опозданием", "●", "#0072B2")
    CONTINUOUS = ("постоянно", "∞", "#8C8C8C")
    SILENT = ("постоянно, подтверждения за год нет", "○", "#8C8C8C")
    NO_SCHEDULE = ("срок не установлен", "○", "#8C8C8C")
    UNREAD = ("срок не разобран", "○", "#8C8C8C")
    UNKNOWN = ("нет сведений об исполнении", "○", "#8C8C8C")


class ArrivalState(Shown):
    """State of one expected registry of one sender: word, shape and colour, as for ``State``."""

    ON_TIME = ("принят в срок", "●", "#0072B2")
    ACCEPTED = ("принят, срок не установлен", "▲", "#56B4E9")
    LATE = ("принят с опозданием", "◆", "#E69F00")
    STALE = ("нет данных к последнему сроку", "▷", "#E69F00")
    REFUSED = ("прислан, не принят", "■", "#D55E00")
    MISSING = ("не прислан", "○", "#8C8C8C")
    ELSEWHERE = ("ведётся вне книги", "–", "#8C8C8C")
