"""Wagons and locomotives that circulate, as the engine is given them."""

from __future__ import annotations

from dataclasses import dataclass

KEEPS = -1  # a load goes on with its wagons


@dataclass(frozen=True, slots=True)
class ReturnPlan:
    """How empty wagons leave a place: as units of a flow of their own, to another place."""

    place: int
    to: int
    flow: int
    after_h: float
    keep: int
    wanted: float  # infinite: all go


@dataclass(frozen=True, slots=True)
class PoolPlan:
    """Wagons of one gauge and kind.

    services: those whose loads ride on them. stock: (place, wagons) at the start. wants: pen -> wagons a unit, for pens whose lots
    come without wagons. lands: (flow, route, stage) -> (wagons a unit, place where they are left, or KEEPS).
    """

    name: str
    gauge_mm: int
    kind: str
    services: tuple[int, ...]
    stock: tuple[tuple[int, int], ...]
    returns: tuple[ReturnPlan, ...]
    wants: dict[int, float]
    lands: dict[tuple[int, int, int], tuple[float, int]]


@dataclass(frozen=True, slots=True)
class DistrictPlan:
    """Locomotives of a district: its two boundary places, how many stand there at the start, and when they run light (None: never)."""

    name: str
    traction: str
    places: tuple[int, int]
    stock: tuple[int, int]
    light_h: float | None
    after_h: float


@dataclass(frozen=True, slots=True)
class HaltPlan:
    """Where trains that have a locomotive wait for room ahead, and give it up when that takes longer than `abandon_h` (by date) [h].

    at: how far from the district's first boundary, as a share of the way to the second [0..1].
    """

    name: str
    district: int
    at: float
    abandon_h: tuple[tuple[float, float], ...]
