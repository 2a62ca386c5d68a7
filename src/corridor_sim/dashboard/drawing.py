"""The map as SVG: paths, legs, places and names, with the names that fit at each zoom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isnan

from corridor_sim.figures.colours import FAINT, load_colour
from corridor_sim.figures.labels import LINE, LOWER, Placed, place_labels
from corridor_sim.figures.marks import Mark, in_drawing_order, marks_of, width_of
from corridor_sim.figures.outlines import Line, Window, fitted, stretch, within
from corridor_sim.figures.panels import Link, MapView, Point, Spot

WIDE = 1100.0  # user units, and pixels on a wide screen
SHAPES = (1.5, 2.4)  # narrowest and widest map: width / height
# User units a pixel at which names are placed: phone, tablet, wide screen, and zoomed twice, four and eight times.
ZOOMS = (2.9, 1.5, 1.0, 0.5, 0.25, 0.125)
FONT, GAP = 12.0, 7.0
BASE = 0.35  # from the middle of a line of text to its foot, in font sizes


@dataclass(frozen=True, slots=True)
class Leg:
    """A line of the map; empty: nothing rides it."""

    path: str
    mode: str
    width: float
    colour: str
    tip: str
    empty: bool


@dataclass(frozen=True, slots=True)
class Dot:
    """A place of the map."""

    x: float
    y: float
    radius: float
    fill: str
    tip: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name of the map: its point, its place beside it [pixels] and the most units a pixel at which it still fits."""

    text: str
    x: float
    y: float
    dx: float
    dy: float
    anchor: str
    beyond: bool
    fits: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole map, in user units."""

    wide: float
    high: float
    land: str
    coast: str
    borders: str
    legs: tuple[Leg, ...]
    dots: tuple[Dot, ...]
    names: tuple[Name, ...]
    most_kt: float


class Sheet:
    """Turns longitude and latitude into user units, y down."""

    def __init__(self, window: Window) -> None:
        west, south, east, north = window
        shape = (east - west) / ((north - south) * stretch(window))
        self.window = fitted(window, min(max(shape, SHAPES[0]), SHAPES[1]))
        self.scale = WIDE / (self.window[2] - self.window[0])
        self.stretch = stretch(window)
        self.high = round((self.window[3] - self.window[1]) * self.scale * self.stretch, 1)

    def at(self, point: Point) -> Point:
        """Return a point in user units."""
        return round((point[0] - self.window[0]) * self.scale, 1), round((self.window[3] - point[1]) * self.scale * self.stretch, 1)

    def path(self, lines: Iterable[Line], *, closed: bool = False) -> str:
        """Return lines as one SVG path."""
        steps = ("L".join(f"{x:g},{y:g}" for x, y in map(self.at, line)) for line in lines)
        return "".join(f"M{step}{'Z' if closed else ''}" for step in steps)


def drawing_of(view: MapView) -> Drawing:
    """Return the map of a study as SVG geometry."""
    sheet = Sheet(view.window)
    ground = within(sheet.window)
    most = max((link.load_kt for link in view.links), default=0.0)
    return Drawing(
        wide=WIDE,
        high=sheet.high,
        land=sheet.path(ground.land, closed=True),
        coast=sheet.path(ground.coast),
        borders=sheet.path(ground.borders),
        legs=tuple(_leg(link, sheet, most) for link in in_drawing_order(view.links)),
        dots=tuple(_dot(spot, sheet) for spot in reversed(view.spots)),
        names=tuple(_names(marks_of(view, sheet.window), sheet)),
        most_kt=most,
    )


def _leg(link: Link, sheet: Sheet, most: float) -> Leg:
    empty = link.load_kt <= 0
    colour = FAINT if empty else load_colour(link.utilisation)
    return Leg(sheet.path([link.ends]), link.mode, 1.0 if empty else round(1.25 * width_of(link, most), 2), colour, link.tip, empty)


def _dot(spot: Spot, sheet: Sheet) -> Dot:
    used = spot.load_kt > 0
    fill = load_colour(spot.utilisation) if used and not isnan(spot.utilisation) else "white"
    return Dot(*sheet.at(spot.at), 4.5 if used else 2.5, fill, spot.tip)


def _names(marks: list[Mark], sheet: Sheet) -> Iterable[Name]:
    """Yield names from the coarsest zoom to the finest; a name keeps the side on which it first fitted."""
    points = [sheet.at(mark.at) for mark in marks]
    texts = [mark.name for mark in marks]
    placed: list[Placed] = []
    for zoom in ZOOMS:
        known = {old.index for old in placed}
        pixels = [(x / zoom, y / zoom) for x, y in points]
        frame = (0.0, 0.0, WIDE / zoom, sheet.high / zoom)
        placed = place_labels(pixels, texts, FONT, frame, gap=GAP, sides=[mark.sides for mark in marks], fixed=placed)
        for label in placed:
            if label.index not in known:
                yield _name(marks[label.index], points[label.index], label, zoom)


def _name(mark: Mark, point: Point, label: Placed, zoom: float) -> Name:
    across, down = label.side
    return Name(
        mark.name,
        *point,
        across * GAP,
        round(down * (LOWER * GAP + LINE * FONT / 2) + BASE * FONT, 2),
        label.anchor,
        mark.beyond,
        zoom,
    )
