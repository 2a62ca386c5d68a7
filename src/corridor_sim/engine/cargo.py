"""What moves: consignments as trips, lots, and vehicles; each keeps its hours by cause."""

from __future__ import annotations

from typing import Any

from corridor_sim.plan import CAUSES

WEATHER, CLOSED, BLOCKED, VEHICLE, ACCUMULATION, QUEUE, MOVING = range(len(CAUSES))
NO_HOURS = (0.0,) * len(CAUSES)


class Trip:
    """A consignment from readiness to its last delivery."""

    __slots__ = ("counted", "delivered", "first_h", "hours", "last_h", "number", "ready_h", "route", "sum_h", "units")

    hours: list[float]
    first_h: float
    last_h: float
    sum_h: float

    def __init__(self, number: int, units: int, ready_h: float, route: int, counted: bool) -> None:
        self.number = number
        self.units = units
        self.ready_h = ready_h
        self.route = route
        self.counted = counted
        self.delivered = 0  # from the first part on: hours (unit-hours by cause), first_h, last_h, sum_h


class Lot:
    """The part of a consignment that rides one vehicle; its seven hours sum to its age, exactly."""

    __slots__ = (
        "accumulation_h",
        "arrived_h",
        "at_origin",
        "blocked_h",
        "clocks",
        "closed_h",
        "flow",
        "moving_h",
        "queue_h",
        "rank",
        "room",
        "stage",
        "trip",
        "units",
        "vehicle_h",
        "weather_h",
    )  # fmt: skip

    def __init__(self, trip: Trip, flow: Any, units: int) -> None:
        self.trip = trip
        self.flow = flow
        self.units = units
        self.stage = 0
        self.at_origin = True
        self.room: Any = None  # the room it stands in, while it waits
        self.weather_h = self.closed_h = self.blocked_h = self.vehicle_h = 0.0
        self.accumulation_h = self.queue_h = self.moving_h = 0.0
        self.arrived_h = trip.ready_h
        self.clocks = NO_HOURS
        self.rank: tuple[int, int] = (0, 0)

    def split(self, units: int) -> Lot:
        """Return a part of so many units that has the same past; this lot keeps the rest."""
        part = Lot(self.trip, self.flow, units)
        part.stage, part.at_origin, part.arrived_h, part.clocks = self.stage, self.at_origin, self.arrived_h, self.clocks
        part.rank, part.room = self.rank, self.room
        part.weather_h, part.closed_h, part.blocked_h = self.weather_h, self.closed_h, self.blocked_h
        part.vehicle_h, part.accumulation_h = self.vehicle_h, self.accumulation_h
        part.queue_h, part.moving_h = self.queue_h, self.moving_h
        self.units -= units
        return part

    def hours(self) -> tuple[float, ...]:
        """Return the hours by cause, in the order of `plan.CAUSES` [h]."""
        return (
            self.weather_h, self.closed_h, self.blocked_h, self.vehicle_h, self.accumulation_h, self.queue_h, self.moving_h,
        )  # fmt: skip


class Vehicle:
    """A train, truck or vessel, and at the same time its own next event in the clock's heap."""

    __slots__ = (
        "_ok", "arrived_h", "at", "berth", "blocked_clock", "blocked_h", "callbacks", "closed_h", "departed_h", "draw", "end",
        "fill", "first_start", "gross_t", "heading", "holds", "idle_since", "landing", "lots", "moving_h", "net_t", "number",
        "priority", "queue_h", "round_from", "route", "row", "rule", "service", "step", "teu", "trucks", "units", "wagons",
        "weather_h",
    )  # fmt: skip

    def __init__(self, number: int, service: Any, heading: int, draw: int) -> None:
        self._ok = True
        self.callbacks: Any = None
        self.number = number
        self.service = service  # None: background traffic
        self.priority = 5 if service is None else service.priority
        self.heading = heading
        self.draw = draw  # index of its class in the draws of a station
        self.end = 0
        self.route: tuple[Any, ...] = ()
        self.step = 0
        self.lots: list[Lot] = []
        self.holds: list[tuple[Any, float]] = []  # rooms it stands in or has claimed, with amounts
        self.landing: list[tuple[Any, float]] = []  # what its load claims where the vehicle ends
        self.first_start: Any = None  # told when it starts on its first element
        self.berth: Any = None
        self.at = ""
        self.row: list[float] | None = None  # its departure in the full records
        self.idle_since = self.round_from = 0.0
        self.arrived_h = self.departed_h = self.blocked_clock = 0.0
        self.weather_h = self.closed_h = self.blocked_h = self.queue_h = self.moving_h = 0.0
        self.units = 0
        self.fill = self.net_t = self.gross_t = self.wagons = self.trucks = self.teu = 0.0
        self.rule = 0

    def clear(self) -> None:
        """Begin a new run: no load, no hours."""
        self.lots = []
        self.landing = []
        self.weather_h = self.closed_h = self.blocked_h = self.queue_h = self.moving_h = 0.0
        self.units = 0
        self.fill = self.net_t = self.gross_t = self.wagons = self.trucks = self.teu = 0.0
        self.step = 0
