"""Levers in an address: «methodists=3» sets a lever, «methodists=x1.5» multiplies what it is today."""

import math
from collections.abc import Mapping

from nmslib import wording
from nmslib.dashboards.problems import EVERYBODY, NotShown
from nmslib.model import Change, LeverCard

TIMES = "x"
# How far a slider multiplies what is today.
MOST_TIMES, TIMES_STEP = 3.0, 0.05


def changes(given: Mapping[str, str], levers: Mapping[str, LeverCard]) -> dict[str, Change]:
    """Changes of the levers that an address names; NotShown with the lever and its range when a value is none of them."""
    return {name: _change(given[name], card) for name, card in levers.items() if given.get(name)}


def _change(text: str, card: LeverCard) -> Change:
    times = text.startswith(TIMES)
    try:
        value = float(text.removeprefix(TIMES).replace(",", "."))
    except ValueError:
        value = math.nan
    low, high = (0.0, MOST_TIMES) if times else (card.low, card.high)
    if not low <= value <= high or not (times or card.decimals or value == round(value)):
        raise NotShown(
            f"Рычаг «{card.title}»: значение «{text[:20]}» не подходит",
            EVERYBODY,
            f"Нужно {'целое ' if card.decimals == 0 and not times else ''}число от {span(card)}"
            + (f" или множитель от x0 до x{wording.number(MOST_TIMES)}" if card.from_fact else ""),
        )
    return Change(kind="times" if times else "set", value=value)


def span(card: LeverCard) -> str:
    """«0 до 50 чел.»."""
    return f"{wording.number(card.low, card.decimals)} до {wording.number(card.high, card.decimals)}{wording.NBSP}{card.unit}"


def written(change: Change) -> str:
    """A change as an address writes it."""
    value = f"{change.value:g}"
    return f"{TIMES}{value}" if change.kind == "times" else value


def as_yaml(change: Change) -> float | int | dict[str, float]:
    """A change as a scenario file writes it."""
    value = change.value or 0.0
    if change.kind == "set":
        return int(value) if value == int(value) else value
    return {change.kind: value}
