"""Stacked bars as places in per cent: the page's style does the rest at any width."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from corridor_sim.dashboard.scales import Scale, scale_to
from corridor_sim.figures.panels import Layer, Stack
from corridor_sim.figures.words import short, words

WIDE_LETTERS, NARROW_LETTERS = 80, 34  # how many letters of group names fit below a chart


@dataclass(frozen=True, slots=True)
class Piece:
    """One coloured piece of a bar: bottom and height [%], and what it says when pointed at."""

    bottom: float
    height: float
    colour: str
    tip: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: left and width [%], its pieces, its whisker (bottom, height) and where its name is shown."""

    name: str
    left: float
    width: float
    pieces: tuple[Piece, ...]
    whisker: tuple[float, float] | None
    shown: str  # "always", "wide" (not on a narrow screen) or "never"


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart ready for the page, with the numbers it is drawn from."""

    stack: Stack
    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]
    rows: tuple[tuple[str, tuple[str, ...], str], ...]  # group, value a layer, total


def bars_of(stack: Stack) -> Bars:
    """Return the geometry of stacked bars and their table."""
    scale = scale_to(stack.top)
    bars = tuple(_bar(stack, i, scale) for i in range(len(stack.groups)))
    return Bars(stack, bars, tuple(scale.ticks()), tuple(_rows(stack)))


def _bar(stack: Stack, i: int, scale: Scale) -> Bar:
    slot = 100 / len(stack.groups)
    total = stack.totals[i] if stack.totals else None
    whisker = None
    if total and isfinite(total.half_width) and isfinite(total.mean):
        whisker = (scale.at(total.low), round(scale.at(total.high) - scale.at(total.low), 3))
    return Bar(
        name=stack.groups[i],
        left=round(slot * (i + 0.13), 3),
        width=round(slot * 0.74, 3),
        pieces=tuple(_pieces(stack, i, scale)),
        whisker=whisker,
        shown=_shown(stack.groups, i),
    )


def _pieces(stack: Stack, i: int, scale: Scale) -> list[Piece]:
    pieces, base = [], 0.0
    for layer in stack.layers:
        value = layer.values[i]
        if value > 0:
            height = round(scale.at(base + value) - scale.at(base), 3)
            pieces.append(Piece(scale.at(base), height, layer.colour, _tip(stack, i, layer)))
        base += value
    return pieces


def _tip(stack: Stack, i: int, layer: Layer) -> str:
    return f"{stack.groups[i]}\n{layer.name}: {short(layer.values[i])}\nall: {_total(stack, i)}\n{stack.value_axis}"


def _total(stack: Stack, i: int) -> str:
    return words(stack.totals[i], "") if stack.totals and stack.totals[i].known else short(stack.heights[i])


def _shown(groups: tuple[str, ...], i: int) -> str:
    letters = sum(len(group) + 2 for group in groups)
    wide, narrow = (max(1, -(-letters // room)) for room in (WIDE_LETTERS, NARROW_LETTERS))
    narrow = -(-narrow // wide) * wide  # what a narrow screen shows, a wide one shows too
    return "always" if i % narrow == 0 else "wide" if i % wide == 0 else "never"


def _rows(stack: Stack) -> list[tuple[str, tuple[str, ...], str]]:
    return [
        (group, tuple(short(layer.values[i]) for layer in stack.layers), _total(stack, i)) for i, group in enumerate(stack.groups)
    ]
