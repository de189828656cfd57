"""The arithmetic of a line of people: who of it leaves, how far its boundaries move; arrays of cells, worked on in place."""

import numpy as np
from numpy.typing import NDArray

# Sums of parts of a place (0.1 ten times) must still make a whole one.
WHOLE = 1e-9
# Steps of the golden ratio spread points evenly however many they are (three-gap theorem: Sós V. T. // Annales Universitatis
# Scientiarum Budapestinensis, Sectio Mathematica. 1958. Vol. 1). Sums of 4096ths are exact in floating point.
GOLDEN, MIDDLE = 2531 / 4096, 0.5
Numbers = NDArray[np.float64]


def leaving(boundary: Numbers, leavers: Numbers, n: Numbers, first: Numbers) -> Numbers:
    """How many of the first ``boundary`` people of a line of ``n`` are among ``leavers`` taken at even distances.

    Systematic sampling: leaver i stands at position ⌊(i + first)·n/leavers⌋, 0 ≤ first < 1 (Madow W. G., Madow L. H. // Annals of
    Mathematical Statistics. 1944. Vol. 15), so whole people leave and boundaries keep their order.
    """
    left = boundary * leavers
    left /= np.maximum(n, 1)
    left -= first
    return np.ceil(left, out=left)


def onward(first: Numbers, leavers: Numbers) -> Numbers:
    """Where the first leaver of the next time stands, once somebody has left: each time elsewhere, so that every part of the line
    loses its share in the long run too (always in the middle, the ends of a small line would never lose anybody).
    """
    moved = np.minimum(leavers, 1)
    moved *= GOLDEN
    moved += first
    moved -= np.floor(moved)
    return moved


def advance(reached: Numbers, begun: Numbers, capacity: Numbers, limit: Numbers) -> None:
    """Moves boundaries by a month's ``capacity``, never above ``limit``; ``begun``: the part of the next person's work done."""
    begun += reached
    begun += capacity
    np.minimum(limit, begun, out=begun)
    whole = begun + WHOLE
    np.maximum(reached, np.floor(whole, out=whole), out=reached)
    begun -= reached
    np.maximum(0.0, begun, out=begun)


def due(carry: Numbers, more: Numbers, most: Numbers | None = None) -> Numbers:
    """Whole people of what is due (at most so many); the rest stays in ``carry``."""
    carry += more
    whole = carry + WHOLE
    np.floor(whole, out=whole)
    if most is not None:
        np.minimum(whole, most, out=whole)
    carry -= whole
    return whole
