"""What a map shows of its view, on paper and on the page alike: order and width of the legs, and what gets a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, hypot, isnan, radians, sqrt

from corridor_sim.figures.labels import AROUND, Side, free_sides
from corridor_sim.figures.outlines import Window, stretch
from corridor_sim.figures.panels import Link, MapView, Point

KM_A_DEGREE = 111.2
FAR_KM = 1000.0  # a place that only legs longer than this lead to lies outside the window; its legs run off the page


@dataclass(frozen=True, slots=True)
class Mark:
    """A name to write on the map: of a place in it, or of one beyond its edge where a leg leaves."""

    name: str
    at: Point
    beyond: bool = False
    sides: tuple[Side, ...] = AROUND


def length_km(ends: tuple[Point, Point]) -> float:
    """Return the straight distance between two points, near enough for a map [km]."""
    (x1, y1), (x2, y2) = ends
    return KM_A_DEGREE * hypot((x2 - x1) * cos(radians((y1 + y2) / 2)), y2 - y1)


def width_of(link: Link, most: float) -> float:
    """Return the width of a leg [points], by the root of its load so that the small ones still differ."""
    return 1.0 + 5.0 * sqrt(link.load_kt / most) if most > 0 else 1.0


def in_drawing_order(links: Iterable[Link]) -> list[Link]:
    """Return the legs from bottom to top: unused ones (the long ones left out), then the emptier ones."""
    shown = (link for link in links if link.load_kt > 0 or length_km(link.ends) < FAR_KM)
    return sorted(shown, key=lambda link: (link.load_kt > 0, not isnan(link.utilisation), link.utilisation))


def marks_of(view: MapView, window: Window) -> list[Mark]:
    """Return the names to write, most important first: loaded places in the window, then those beyond its edge."""
    legs = _directions(view)
    loaded = (spot for spot in view.spots if spot.load_kt > 0 and within_window(spot.at, window))
    inside = [Mark(spot.name, spot.at, sides=tuple(free_sides(legs[spot.id]))) for spot in loaded]
    names = {spot.id: spot.name for spot in view.spots}
    edge: dict[str, Mark] = {}
    for link in view.links:
        near, far = (link.tail, link.head) if within_window(link.ends[0], window) else (link.head, link.tail)
        ends = link.ends if near == link.tail else (link.ends[1], link.ends[0])
        if link.load_kt > 0 and within_window(ends[0], window) and not within_window(ends[1], window):
            edge.setdefault(far, Mark(f"to {names.get(far, far)}", leaving(ends, window), beyond=True))
    return [*edge.values(), *inside]


def _directions(view: MapView) -> dict[str, list[tuple[float, float]]]:
    """Return for each place the directions (right, down) in which loaded legs leave it."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for link in view.links:
        if link.load_kt > 0:
            (x1, y1), (x2, y2) = link.ends
            right, up = x2 - x1, (y2 - y1) * stretch((x1, y1, x2, y2))
            found[link.tail].append((right, -up))
            found[link.head].append((-right, up))
    return found


def within_window(point: Point, window: Window) -> bool:
    """Return whether a point lies in the window."""
    return window[0] <= point[0] <= window[2] and window[1] <= point[1] <= window[3]


def leaving(ends: Sequence[Point], window: Window) -> Point:
    """Return a point just inside the edge where a leg from inside leaves the window."""
    (x, y), (far_x, far_y) = ends
    dx, dy = far_x - x, far_y - y
    across = ((window[2] if dx > 0 else window[0]) - x) / dx if dx else 1.0
    up = ((window[3] if dy > 0 else window[1]) - y) / dy if dy else 1.0
    share = 0.97 * min(1.0, across, up)
    return x + share * dx, y + share * dy
