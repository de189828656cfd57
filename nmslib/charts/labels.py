"""Where words can stand beside points so that they cover neither each other nor the points; knows nothing of what they say."""

from collections.abc import Sequence

import pandas as pd

from nmslib.charts.offline import LETTER

LINE = 14.0
BESIDE = 10.0
STEPS = (0.0, 0.6, -0.6, 1.2, -1.2, 2.0, -2.0, 3.0, -3.0, 4.0, -4.0, 5.0, -5.0, 6.0, -6.0)

Box = tuple[float, float, float, float]


def _box(x: float, y: float, text: str, align: str) -> Box:
    width = len(text) * LETTER
    left = x + BESIDE if align == "left" else x - BESIDE - width
    return left, y - LINE / 2, left + width, y + LINE / 2


def _covers(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def beside(points: pd.DataFrame, others: pd.DataFrame, width: float, height: float) -> pd.DataFrame:
    """``points`` with columns y_text (pixels from the top) and align (left: the words stand on the right of the point).

    ``points``: x, y (pixels), text; ``others``: x, y of every point that words should not cover; ``width`` and
    ``height`` of the chart, which words leave on the right alone, where nothing stands.
    """
    taken: list[Box] = [(x - 6, y - 6, x + 6, y + 6) for x, y in zip(others["x"], others["y"], strict=True)]
    found = []
    for x, y, text in zip(points["x"], points["y"], points["text"], strict=True):
        sides = ("left", "right") if x < 0.7 * width else ("right", "left")
        places = [(y + step * LINE, align) for step in STEPS for align in sides]
        boxes = {place: _box(x, place[0], text, place[1]) for place in places}
        free = [place for place in places if not any(_covers(boxes[place], box) for box in taken)]
        inside = [place for place in free if boxes[place][0] > 0 and boxes[place][1] > 0 and boxes[place][3] < height]
        chosen = (inside or free or places)[0]
        taken.append(boxes[chosen])
        found.append(chosen)
    return points.assign(y_text=[place[0] for place in found], align=[place[1] for place in found])


def spread(heights: Sequence[float], gap: float = LINE) -> list[float]:
    """Heights moved apart to at least ``gap`` between neighbours, in the order given, with the middle kept where it was."""
    order = sorted(range(len(heights)), key=lambda number: heights[number])
    moved = [heights[number] for number in order]
    for number in range(1, len(moved)):
        moved[number] = max(moved[number], moved[number - 1] + gap)
    shift = sum(moved[place] - heights[number] for place, number in enumerate(order)) / max(1, len(moved))
    result = [0.0] * len(moved)
    for place, number in enumerate(order):
        result[number] = moved[place] - shift
    return result
