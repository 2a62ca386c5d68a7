"""Land, coasts and country boundaries behind a map (docs/outlines.md says where they come from)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from json import loads
from math import cos, radians

from corridor_sim.figures.panels import Point

Line = tuple[Point, ...]
Window = tuple[float, float, float, float]  # west, south, east, north


@dataclass(frozen=True, slots=True)
class Outlines:
    """Rings of land (fill them by the even-odd rule) and lines of coast and of country boundaries."""

    land: tuple[Line, ...]
    coast: tuple[Line, ...]
    borders: tuple[Line, ...]


@cache
def outlines() -> Outlines:
    """Return all outlines that the package holds, as (longitude, latitude) in degrees."""
    text = files("corridor_sim").joinpath("data", "outlines.json").read_text(encoding="utf-8")
    found = loads(text)
    lines = {kind: tuple(tuple((x, y) for x, y in line) for line in found[kind]) for kind in ("land", "coast", "borders")}
    return Outlines(**lines)


def within(window: Window) -> Outlines:
    """Return the outlines that touch a window; a ring or line is kept whole."""
    everything = outlines()
    return Outlines(
        land=tuple(ring for ring in everything.land if _touches(ring, window)),
        coast=tuple(line for line in everything.coast if _touches(line, window)),
        borders=tuple(line for line in everything.borders if _touches(line, window)),
    )


def stretch(window: Window) -> float:
    """Return how many times longer a degree of latitude is than one of longitude at the window's middle [1]."""
    return 1.0 / max(0.2, cos(radians((window[1] + window[3]) / 2)))


def fitted(window: Window, shape: float) -> Window:
    """Return the window widened about its middle until width / height on paper is `shape` [1]."""
    west, south, east, north = window
    width, height = east - west, (north - south) * stretch(window)
    wider, higher = max(width, height * shape), max(height, width / shape) / stretch(window)
    x, y = (west + east) / 2, (south + north) / 2
    return x - wider / 2, y - higher / 2, x + wider / 2, y + higher / 2


def around(points: Sequence[Point], margin: float = 0.06) -> Window:
    """Return the window around points with a margin as share of its size, at least a degree each way."""
    if not points:
        return 40.0, 35.0, 85.0, 52.0
    xs, ys = [x for x, _ in points], [y for _, y in points]
    dx, dy = max(1.0, margin * (max(xs) - min(xs))), max(1.0, margin * (max(ys) - min(ys)))
    return min(xs) - dx, min(ys) - dy, max(xs) + dx, max(ys) + dy


def _touches(line: Line, window: Window) -> bool:
    xs, ys = [x for x, _ in line], [y for _, y in line]
    return min(xs) <= window[2] and max(xs) >= window[0] and min(ys) <= window[3] and max(ys) >= window[1]
