"""What is drawn, as plain values: the same for the picture and for the page, and easy to build by hand in a test."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, isnan, nan

Point = tuple[float, float]  # longitude, latitude


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over replications with its 95 % half-width (nan: one replication) and unit."""

    mean: float = nan
    half_width: float = nan
    unit: str = ""

    @property
    def low(self) -> float:
        """Return the lower end of the interval, or the mean where there is none."""
        return self.mean - self.half_width if isfinite(self.half_width) else self.mean

    @property
    def high(self) -> float:
        """Return the upper end of the interval, or the mean where there is none."""
        return self.mean + self.half_width if isfinite(self.half_width) else self.mean

    @property
    def known(self) -> bool:
        """Return whether there is a value (an infinite one counts: a quantile that was not reached)."""
        return not isnan(self.mean)

    def scaled(self, factor: float, unit: str) -> Estimate:
        """Return the same quantity in another unit."""
        return Estimate(self.mean * factor, self.half_width * factor, unit)


@dataclass(frozen=True, slots=True)
class Tile:
    """One headline number: label, value in words, a note below it."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """One colour of a stacked chart: a value a group."""

    name: str
    colour: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Stack:
    """Stacked bars; `totals` carry the interval of each bar where there is one."""

    title: str
    groups: tuple[str, ...]
    layers: tuple[Layer, ...]
    totals: tuple[Estimate, ...]
    value_axis: str  # with its unit in brackets
    group_axis: str

    @property
    def heights(self) -> tuple[float, ...]:
        """Return the height of each bar in the unit of the axis."""
        return tuple(sum(layer.values[i] for layer in self.layers) for i in range(len(self.groups)))

    @property
    def top(self) -> float:
        """Return the largest value that has to fit on the axis."""
        whiskers = (total.high for total in self.totals if isfinite(total.high))
        return max((*self.heights, *whiskers, 0.0))


@dataclass(frozen=True, slots=True)
class Rank:
    """One tight element: its use by own and other traffic, its worst month, its queue and its part of all waiting.

    own, other, utilisation, worst: shares of open time [1]. queue is in vehicles, of a fleet in tonnes that wait for it, of a
    room in what stands there; wait_h is per vehicle, of a fleet per tonne.
    """

    element: str
    kind: str
    own: float
    other: float
    utilisation: Estimate
    worst: float
    worst_month: str
    queue: Estimate
    wait_h: Estimate
    delay_share: Estimate


@dataclass(frozen=True, slots=True)
class Link:
    """A leg on the map. utilisation nan: no limit that could fill; load is net kt a year, both directions."""

    name: str
    mode: str  # rail | road | sea
    tail: str
    head: str
    ends: tuple[Point, Point]
    load_kt: float
    utilisation: float
    tip: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the map; utilisation is that of its tightest facility (nan: none that could fill)."""

    id: str
    name: str
    at: Point
    load_kt: float
    utilisation: float
    tip: str


@dataclass(frozen=True, slots=True)
class MapView:
    """The corridor: links and spots, and the window (west, south, east, north) that shows what is loaded."""

    links: tuple[Link, ...]
    spots: tuple[Spot, ...]
    window: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: heading, unit and whether its cells are numbers."""

    name: str
    unit: str = ""
    numeric: bool = True


def texts(*names: str) -> tuple[Column, ...]:
    """Return columns of words."""
    return tuple(Column(name, numeric=False) for name in names)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a table shows and what it sorts by."""

    text: str
    key: float | str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of the page."""

    title: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that one study shows."""

    title: str
    subtitle: str
    tiles: tuple[Tile, ...]
    throughput: Stack
    delay: Stack  # by month
    transit: Stack  # by branch, moving included
    ranking: tuple[Rank, ...]
    map: MapView
    footnote: str
    sheets: tuple[Sheet, ...] = ()
    assumptions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
