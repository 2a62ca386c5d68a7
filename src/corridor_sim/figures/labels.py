"""Places labels on a map so that none covers another: greedy, the most important first, eight spots around each point."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import hypot

Box = tuple[float, float, float, float]  # left, top, right, bottom, in pixels, y down

Side = tuple[int, int]

# Direction of the label from its point, best first.
LINE = 1.15  # height of a line of text in font sizes
LOWER = 0.6  # a line of text has air above and below of its own
CLASH = 0.8  # cosine of the angle within which a label lies on a leg
AROUND = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a label goes: which label, the direction from its point, and its box [pixels]."""

    index: int
    side: Side
    box: Box

    @property
    def anchor(self) -> str:
        """Return how the text is aligned at its point: start, middle or end."""
        return ("middle", "start", "end")[self.side[0]]


def text_width(text: str, size: float) -> float:
    """Return the estimated width of a text in the unit of its font size; on the safe side for a plain sans."""
    return size * sum(0.38 if letter in "iljt.,;:'|()[] -" else 0.9 if letter in "mwMW@" else 0.64 for letter in text)


def label_box(point: tuple[float, float], text: str, size: float, side: Side, gap: float) -> Box:
    """Return the box of a label beside a point, `gap` away from it (above and below a little less)."""
    width, height = text_width(text, size), size * LINE
    x, y = point[0] + side[0] * gap, point[1] + side[1] * gap * LOWER
    left = x - width * (1 - side[0]) / 2
    top = y - height * (1 - side[1]) / 2
    return left, top, left + width, top + height


def overlap(one: Box, other: Box) -> bool:
    """Return whether two boxes share area."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def inside(box: Box, frame: Box) -> bool:
    """Return whether a box lies wholly in a frame."""
    return box[0] >= frame[0] and box[1] >= frame[1] and box[2] <= frame[2] and box[3] <= frame[3]


def place_labels(
    points: Sequence[tuple[float, float]],
    texts: Sequence[str],
    size: float,
    frame: Box,
    *,
    gap: float = 6.0,
    sides: Sequence[Sequence[Side]] = (),
    fixed: Iterable[Placed] = (),
    taken: Iterable[Box] = (),
) -> list[Placed]:
    """Return the labels that fit, in the order given (most important first); `fixed` ones keep their side.

    sides: for each label the directions to try, best first (all eight by default). taken: boxes that no label may cover, e.g.
    a legend. Points themselves are kept free with a quarter of the gap.
    """
    held = {old.index: old.side for old in fixed}
    dots = [(x - gap / 4, y - gap / 4, x + gap / 4, y + gap / 4) for x, y in points]
    boxes = list(taken)
    placed: list[Placed] = []
    for index in sorted(range(len(points)), key=lambda i: (i not in held, i)):
        others = [dot for i, dot in enumerate(dots) if i != index]
        for side in [held[index]] if index in held else sides[index] if sides else AROUND:
            box = label_box(points[index], texts[index], size, side, gap)
            if index in held or (inside(box, frame) and not any(overlap(box, b) for b in (*boxes, *others))):
                placed.append(Placed(index, side, box))
                boxes.append(box)
                break
    return placed


def free_sides(legs: Iterable[tuple[float, float]]) -> list[Side]:
    """Return the directions around a point, those first in which no leg leaves it; legs: (right, down) of each."""
    unit = [(dx / hypot(dx, dy), dy / hypot(dx, dy)) for dx, dy in legs if dx or dy]

    def clashes(side: Side) -> bool:
        length = hypot(*side)
        return any((side[0] * dx + side[1] * dy) / length > CLASH for dx, dy in unit)

    return sorted(AROUND, key=clashes)
