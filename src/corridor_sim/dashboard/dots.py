"""Paired differences as dots and intervals, placed in per cent of the width that the page gives them."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from corridor_sim.dashboard.scales import Scale, scale_over
from corridor_sim.figures.comparing import Group, Row, in_words, verdict_colour


@dataclass(frozen=True, slots=True)
class Dot:
    """One difference: place of the dot, left and width of its interval (None: none) [%], colour and words."""

    row: Row
    at: float
    spread: tuple[float, float] | None
    colour: str
    words: str


@dataclass(frozen=True, slots=True)
class Dots:
    """The differences of one measure on one axis."""

    title: str
    unit: str
    zero: float
    ticks: tuple[tuple[float, str], ...]
    dots: tuple[Dot, ...]


def dots_of(group: Group) -> Dots:
    """Return the geometry of a group of differences."""
    halves = [(row, row.half_width if isfinite(row.half_width) else 0.0) for row in group.rows]
    scale = scale_over([end for row, half in halves for end in (row.difference - half, row.difference + half)])
    return Dots(group.title, group.unit, scale.at(0.0), tuple(scale.ticks(4)), tuple(_dot(row, scale) for row in group.rows))


def _dot(row: Row, scale: Scale) -> Dot:
    spread = None
    if isfinite(row.half_width):
        low, high = scale.at(row.difference - row.half_width), scale.at(row.difference + row.half_width)
        spread = (low, round(high - low, 3))
    return Dot(row, scale.at(row.difference), spread, verdict_colour(row.verdict), in_words(row))
