"""How sure a share is: intervals of one share and of a difference of changes."""

from typing import TypeVar

import numpy as np

Z_95 = 1.959963984540054
Z_998 = 3.090232306167813
Numbers = TypeVar("Numbers", float, np.ndarray)


def wilson(numerator: Numbers, denominator: Numbers, z: float = Z_95) -> tuple[Numbers, Numbers]:
    """Bounds of the interval of a share, 0 to 1; ``denominator`` must be above 0.

    Wilson E. B. Probable inference, the law of succession, and statistical inference // JASA. 1927. Vol. 22. P. 209–212.
    """
    share = numerator / denominator
    centre = (share + z**2 / (2 * denominator)) / (1 + z**2 / denominator)
    half = z / (1 + z**2 / denominator) * (share * (1 - share) / denominator + z**2 / (4 * denominator**2)) ** 0.5
    return np.maximum(0.0, centre - half), np.minimum(1.0, centre + half)


def of_sum(parts: list[tuple[float, float, float]]) -> tuple[float, float]:
    """Bounds of a sum of independent estimates, each (estimate, lower, upper); give a subtracted one as (−x, −upper, −lower).

    The method of variance estimates recovery: Zou G. Y., Donner A. Construction of confidence limits about effect measures: a
    general approach // Statistics in Medicine. 2008. Vol. 27. P. 1693–1702. Of two shares it is Newcombe's method 10 (1998).
    """
    total = sum(estimate for estimate, _, _ in parts)
    down = sum((estimate - lower) ** 2 for estimate, lower, _ in parts) ** 0.5
    up = sum((upper - estimate) ** 2 for estimate, _, upper in parts) ** 0.5
    return total - down, total + up
