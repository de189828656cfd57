"""What is needed instead, said so that a planner can mend the file: known names with the nearest first, numbers, ranges."""

import math
from decimal import Decimal
from typing import Any

from rapidfuzz.fuzz import WRatio

from nmslib import wording
from nmslib.model import LeverCard

# How many of the known names are shown with their titles.
NEAREST = 3
# A unit that is not said after a number.
SHARE = "доля"


def known(given: object, names: dict[str, str]) -> str:
    """«есть, ближайшие первыми: …»: every known id (id → title) by likeness of id or title; the nearest with their titles."""
    asked = str(given).lower()
    ordered = sorted(names, key=lambda name: -max(WRatio(asked, name.lower()), WRatio(asked, names[name].lower())))
    shown = [f"{name} ({names[name]})" if names[name] != name else name for name in ordered[:NEAREST]]
    return f"есть, ближайшие первыми: {', '.join([*shown, *ordered[NEAREST:]])}" if names else "нет ни одного"


def shown(value: float) -> str:
    """«0,25», «1 000 000»: a number with all its decimals and a decimal comma."""
    if not math.isfinite(value):
        return str(value)
    exponent = Decimal(repr(float(value))).normalize().as_tuple().exponent
    return wording.number(value, max(0, -int(exponent)))


def as_given(value: Any) -> str:
    """What stands in the file, numbers with a decimal comma."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {as_given(one)}" for key, one in value.items())
    if isinstance(value, (list, tuple)):
        return "; ".join(as_given(one) for one in value)
    return shown(value) if is_number(value) else str(value)


def is_number(value: Any) -> bool:
    """Whether a value of YAML is a finite number; yes and no are not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def span(card: LeverCard) -> str:
    """«от 0 до 50 чел.»: what a lever may be."""
    unit = "" if card.unit == SHARE else f"{wording.NBSP}{card.unit}"
    return f"от {shown(card.low)} до {shown(card.high)}{unit}"


def fits(value: float, card: LeverCard) -> bool:
    """Whether a value lies within the bounds of a lever, both allowed."""
    return card.low <= value <= card.high
