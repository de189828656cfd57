"""Where municipalities stand on a map of equal tiles: each near its centroid, none on another (boundaries are not licensed)."""

from collections.abc import Sequence
from math import ceil, cos, radians, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from nmslib.model import Municipality

Numbers = NDArray[np.float64]

# So many cells for each tile: enough to keep the shape of a region, not so many that tiles drift apart.
ROOM = 1.7
# Half of a place's position is its rank: dense middles spread, far ends come nearer.
BY_RANK = 0.5
LEAST_SIDE, WIDEST = 3, 1.6


def tiles(places: Sequence[Municipality]) -> dict[str, tuple[int, int]]:
    """Municipality → row and column from 1; places without a centroid stand in a row below. Fewer than two make no map."""
    known = [one for one in places if one.lat is not None and one.lon is not None]
    if len(known) < 2:
        return {}
    lat, lon = (np.array([float(getattr(one, name) or 0) for one in known]) for name in ("lat", "lon"))
    x, y = _spread(lon * cos(radians(float(lat.mean())))), _spread(-lat)
    shape = min(WIDEST, max(1 / WIDEST, float(np.ptp(lon) * cos(radians(float(lat.mean()))) / max(np.ptp(lat), 1e-9))))
    columns = max(LEAST_SIDE, ceil(sqrt(len(known) * ROOM * shape)))
    rows = max(LEAST_SIDE, ceil(len(known) * ROOM / columns))
    cells = [(row, column) for row in range(rows) for column in range(columns)]
    at = np.array([((column + 0.5) / columns, (row + 0.5) / rows) for row, column in cells])
    distance = (x[:, None] - at[None, :, 0]) ** 2 + (y[:, None] - at[None, :, 1]) ** 2
    _, chosen = linear_sum_assignment(distance)
    found = {one.municipality: cells[cell] for one, cell in zip(known, chosen, strict=True)}
    first_row, first_column = (min(cell[side] for cell in found.values()) for side in (0, 1))
    placed = {name: (row - first_row + 1, column - first_column + 1) for name, (row, column) in found.items()}
    below = max(row for row, _ in placed.values()) + 1
    rest = [one.municipality for one in places if one.municipality not in placed]
    return placed | {name: (below + number // columns, number % columns + 1) for number, name in enumerate(rest)}


def _spread(values: Numbers) -> Numbers:
    """Between 0 and 1: half as they lie, half evenly by their order."""
    lies = (values - values.min()) / max(float(np.ptp(values)), 1e-9)
    ranks = np.argsort(np.argsort(values)) / max(1, len(values) - 1)
    return (1 - BY_RANK) * lies + BY_RANK * ranks
