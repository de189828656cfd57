"""What a file writes for a lever: a number, a word, an addition, a factor or a distribution; each is a change or a problem."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from nmslib.catalogue.scenarios.wanted import as_given, fits, is_number, known, shown, span
from nmslib.model import Change, LeverCard, Spread

FORMS = ("add", "times", "triangular", "beta")
NUMBER = "нужно число с десятичной точкой"
SHAPES = {"triangular": ("low, mode, high", 3), "beta": ("a, b, low, high", 4)}
# Programmes of a system have one calendar: cohorts of one length move together.
ONE_FOR_ALL = ("programme_months", "programme_every")


@dataclass
class Read:
    """Changes of levers as a section of a file gives them; ``problems``: place, what stands there, what is needed."""

    changes: dict[str, Change] = field(default_factory=dict)
    problems: list[tuple[str, str, str]] = field(default_factory=list)


def read_changes(section: dict[Any, Any], levers: dict[str, LeverCard], where: str) -> Read:
    """Every lever of a section («overrides», «municipalities.tynda») as a change, with everything that cannot be one."""
    read = Read()
    titles = {name: card.title for name, card in levers.items()}
    for name, given in section.items():
        card = levers.get(name) if isinstance(name, str) else None
        if card is None:
            read.problems.append((f"ключ «{where}.{name}»", "", f"такого рычага нет; {known(name, titles)}"))
            continue
        change, found = _read(given, card)
        read.problems += [(f"ключ «{where}.{name}» ({card.title})", told, wanted) for told, wanted in found]
        if change is not None and not found:
            read.changes[card.id] = change
    return read


def _read(given: Any, card: LeverCard) -> tuple[Change | None, list[tuple[str, str]]]:
    if is_number(given):
        return Change(kind="set", value=float(given)), list(_unfit(float(given), card))
    if isinstance(given, str) and given in card.named:
        return Change(kind="set", value=card.named[given]), []
    if not isinstance(given, dict):
        return None, [(as_given(given), _instead(given, card))]
    if len(given) != 1:
        return None, [(", ".join(map(str, given)), f"нужно одно из: {', '.join(FORMS)}")]
    ((form, numbers),) = given.items()
    if form in ("add", "times"):
        return Change(kind=form, value=float(numbers)) if is_number(numbers) else None, list(_unfit_change(form, numbers, card))
    if form in SHAPES:
        found = list(_unfit_spread(form, numbers, card))
        return (None, found) if found else (Change(kind="spread", spread=Spread(kind=form, numbers=_floats(numbers))), [])
    return None, [(str(form), f"такой формы нет; {known(form, {one: one for one in FORMS})}")]


def _floats(numbers: Any) -> tuple[float, ...]:
    return tuple(float(one) for one in numbers)


def _instead(given: Any, card: LeverCard) -> str:
    words = ", ".join(f"{word} ({shown(value)})" for word, value in card.named.items())
    needed = f"{NUMBER} {span(card)}" + (f", слово {words}" if words else "") + f" или одно из: {', '.join(FORMS)}"
    return needed if given is not None else f"пусто; {needed}"


def _unfit(value: float, card: LeverCard) -> Iterator[tuple[str, str]]:
    if not fits(value, card):
        yield shown(value), f"нужно {span(card)}"
    elif card.decimals == 0 and value != int(value):
        yield shown(value), f"нужно целое число {span(card)}"


def _unfit_change(form: str, value: Any, card: LeverCard) -> Iterator[tuple[str, str]]:
    given = f"{form}: {as_given(value)}"
    unlimited = card.default is None and not card.from_fact
    if not is_number(value):
        yield given, NUMBER
    elif unlimited:
        yield given, f"менять нечего: без изменений рычаг ничего не ограничивает; нужно число {span(card)}"
    elif form == "times" and value < 0:
        yield given, "нужен множитель не меньше 0"
    elif form == "add" and abs(value) > card.high - card.low:
        yield given, f"с такой прибавкой рычаг не уложится в пределы: нужно {span(card)}"
    elif form == "add" and card.decimals == 0 and value != int(value):
        yield given, "нужна целая прибавка"
    elif card.known_default is not None:
        whole = round(card.known_default + value if form == "add" else card.known_default * value, 10)
        for _, wanted in _unfit(whole, card):
            yield given, f"от значения по умолчанию {shown(card.known_default)} выходит {shown(whole)}; {wanted}"


def _unfit_spread(form: str, numbers: Any, card: LeverCard) -> Iterator[tuple[str, str]]:
    shape, length = SHAPES[form]
    given = f"{form}: {as_given(numbers)}"
    if card.id in ONE_FOR_ALL:
        yield given, "календарь программ один на всю систему: нужно целое число, не распределение"
    elif not isinstance(numbers, (list, tuple)) or len(numbers) != length or not all(is_number(one) for one in numbers):
        yield given, f"нужен список из {length} чисел: [{shape}]"
    else:
        yield from ((given, wanted) for wanted in _unfit_numbers(Spread(kind=form, numbers=_floats(numbers)), card))  # type: ignore[arg-type]


def _unfit_numbers(spread: Spread, card: LeverCard) -> Iterator[str]:
    if spread.kind == "beta" and min(spread.numbers[:2]) <= 0:
        yield "нужны a и b больше 0"
    bounds = spread.numbers if spread.kind == "triangular" else (spread.low, spread.high)
    if any(one > other for one, other in pairwise(bounds)):
        yield f"границы стоят не по порядку; нужно [{SHAPES[spread.kind][0]}] по возрастанию"
    elif spread.low == spread.high:
        yield f"границы совпадают: это не распределение; нужно одно число {shown(spread.low)}"
    if not (fits(spread.low, card) and fits(spread.high, card)):
        yield f"границы выходят за пределы рычага; нужно {span(card)}"
