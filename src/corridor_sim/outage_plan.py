"""Parts of the plan: what closes elements, slows them down, or bounds what they take over a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Law = tuple[Any, ...]
Timeline = tuple[tuple[float, Any], ...]


@dataclass(frozen=True, slots=True)
class QuotaPlan:
    """Vehicles of some classes and one direction that a station takes over a day, from local midnight to midnight.

    name: key of its stream. classes: (): every class that no other quota of the station names, and background traffic.
    """

    name: str
    classes: tuple[str, ...]
    direction: int
    per_day: Timeline
    cv: Timeline
    count_others: bool
    utc_offset_h: float


@dataclass(frozen=True, slots=True)
class OutagePlan:
    """What closes elements or slows them down, all at once: spells drawn once a replication, or stated ones.

    element: key of its stream beside the name, as the file names what it strikes. legs, stations, ports, services: indices (a
    leg's both directions); berths: (port, berth). up_h, down_h: laws, None where spells are stated. clock: calendar | use.
    spells: (from_h, to_h, factor); factor: speed and capacity that are left while a drawn one lasts.
    """

    name: str
    element: str
    legs: tuple[int, ...]
    stations: tuple[int, ...]
    ports: tuple[int, ...]
    berths: tuple[tuple[int, int], ...]
    services: tuple[int, ...]
    clock: str = "calendar"
    up_h: Law | None = None
    down_h: Law | None = None
    factor: float = 0.0
    spells: tuple[tuple[float, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class OpenHours:
    """Opening as sorted, disjoint [from, to) hours over one cycle, and closed spells since start.

    cycle_h: 168 (a week that begins on `phase_h`, the hour of week at the scenario's start) or 24.
    """

    cycle_h: float
    phase_h: float
    spans: tuple[tuple[float, float], ...]
    closed: tuple[tuple[float, float], ...] = ()  # dated closures, hours since start


@dataclass(frozen=True, slots=True)
class ShiftHours:
    """Numbers by the hours of a week that begins on Monday 00:00 UTC: sorted, disjoint (from, to, number); closed in between."""

    phase_h: float  # the hour of the week at the scenario's start
    numbers: tuple[tuple[float, float, float], ...]
