"""Places and their facilities: what a place does to the freight that passes it."""

# ruff: noqa: RUF012 - pydantic copies mutable defaults

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, Self

from annotated_types import Ge, Gt, Le
from pydantic import (
    AllowInfNan,
    BeforeValidator,
    Discriminator,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    Strict,
    StringConstraints,
    Tag,
    model_validator,
)

from corridor_sim.scenario.base import (
    Element,
    Flag,
    Frozen,
    Id,
    Lanes,
    Limit,
    NotNegative,
    Number,
    PerDay,
    Positive,
    Room,
    Share,
    Ways,
    Whole,
    fail,
    spread,
)
from corridor_sim.scenario.calendar import ClosedDay, monthly
from corridor_sim.scenario.closures import Closures, Opening
from corridor_sim.scenario.laws import NO_TIME, Law, Timing
from corridor_sim.scenario.shifts import CountShift, FrontShift, LaneShift, TrackShift, tiled

AtClose = Literal["finish", "pause", "wait"]
Measure = Literal["wagons", "teu", "trucks", "t"]
FACILITIES = ("border", "gauge_change", "terminal", "yard", "port")


def _months(value: Any) -> Any:
    return monthly(value) if isinstance(value, dict) else value


MonthShares = Annotated[
    tuple[Share, ...],
    Field(min_length=12, max_length=12),
    BeforeValidator(_months, json_schema_input_type=dict[str, Share] | tuple[Share, ...]),
]
"""A share for each month, written as a map of months, ranges and other [0..1]."""


class Other(Element):
    """Background vehicles at a station: they queue and hold lanes like ours, then leave."""

    per_day: Annotated[PerDay, Field(description="vehicles a day, in each direction [1/day, 0 or more]")]
    service_h: Annotated[Law | None, Field(description="service time, the facility's own by default [h]")] = None
    size_wagons: Annotated[NotNegative, Field(description="size of one vehicle [wagons, 0 or more]")] = 1


class OtherCall(Element):
    """Background vessels at a port: they take a berth and room, then leave."""

    per_day: Annotated[NotNegative, Field(description="calls a day [1/day, 0 or more]")]
    berth: Annotated[Id, Field(description="kind of berth they take")]
    handling_h: Annotated[Law, Field(description="time at the berth [h]")]
    room_wagons: Annotated[NotNegative, Field(description="room that one call holds [wagons, 0 or more]")] = 0


class Hours(Element):
    """Hours in which something works, local time of the place."""

    open: Annotated[Opening, Field(description="opening hours, local time of the place, or by season: {apr-oct: .., other: ..}")] = "always"
    closed_days: Annotated[tuple[ClosedDay, ...], Field(description="closed dates or ranges of dates")] = ()
    closures: Annotated[Closures, Field(description="dated closures, from and to, local time of the place")] = ()


class Hourly(Hours):
    """Opening of a station."""

    at_close: Annotated[AtClose, Field(description="what happens to work in hand at closing")] = "finish"
    other: Annotated[dict[Id, Other], Field(description="background traffic by name")] = {}


class AcceptsWays(Ways):
    """Vehicles that a border takes over a day, for each direction of travel."""

    west: Annotated[Limit, Field(description="vehicles a day in direction west [1/day, 0 or more, or unlimited]")] = math.inf
    east: Annotated[Limit, Field(description="vehicles a day in direction east [1/day, 0 or more, or unlimited]")] = math.inf


def _west_east(value: Any) -> Any:
    return spread(value, ("west", "east"))


class Accepts(Frozen):
    """Vehicles a day that a border takes over; those beyond wait, and what a day doesn't use is lost."""

    per_day: Annotated[
        Annotated[AcceptsWays, BeforeValidator(_west_east, json_schema_input_type=AcceptsWays | Limit)],
        Field(description="vehicles a day in each direction, may be {west, east} [1/day, 0 or more, or unlimited]"),
    ]
    cv: Annotated[NotNegative, Le(3), Field(description="spread from day to day over the mean [1, 0..3]")] = 0
    count_others: Annotated[Flag, Field(description="background vehicles use the number too")] = True


def _accepts_tag(value: Any) -> str:
    single = isinstance(value, Accepts) or not isinstance(value, dict) or bool({"per_day", "cv", "count_others"} & set(value))
    return "accepts:all" if single else "accepts:by_class"


AcceptsByClass = Annotated[
    Annotated[Accepts, Tag("accepts:all")] | Annotated[dict[Id, Accepts], Tag("accepts:by_class")],
    Discriminator(_accepts_tag),
]
"""A daily number for all vehicles, or one for each class."""


class Stop(Hourly):
    """One stop of a border: lanes that check vehicles."""

    accepts: Annotated[
        AcceptsByClass | None, Field(description="vehicles a day that it takes over, for all or by class: {express: .., other: ..}")
    ] = None
    lanes: Annotated[Lanes, Field(description="vehicles checked at once [lanes, 1 or more, or unlimited]")] = 1
    inspection_h: Annotated[Timing, Field(description="time of a check, may be by_class [h]")] = NO_TIME
    shifts: Annotated[dict[Id, LaneShift], Field(description="shifts by name: their hours are its hours, each with its lanes")] = {}

    _tiled = model_validator(mode="after")(tiled)


class Border(Stop):
    """A border post; with exit and entry it stops twice."""

    exit: Annotated[Stop | None, Field(description="stop of vehicles that leave the place's country")] = None
    entry: Annotated[Stop | None, Field(description="stop of vehicles that enter the place's country")] = None
    road: Annotated[Stop | None, Field(description="lanes of their own for services of mode road")] = None


class GaugeChange(Hourly):
    """Tracks where a train ends and its load changes to the other gauge."""

    tracks: Annotated[Lanes, Field(description="trains held at once [tracks, 1 or more, or unlimited]")] = 1
    holds_track_h: Annotated[
        NotNegative,
        Le(8760),
        Field(description="how long a train keeps its track at most while its load lacks wagons of a pool [h, 0..8760]"),
    ] = 24
    station_h: Annotated[Timing, Field(description="fixed time of a train on its track, may be by_class [h]")] = NO_TIME
    fronts: Annotated[Lanes, Field(description="trains handled at once [fronts, 1 or more, or unlimited]")] = math.inf
    handling_wagons_per_h: Annotated[Positive | None, Field(description="rate of one front [wagons/h, above 0]")] = None
    handling_teu_per_h: Annotated[Positive | None, Field(description="rate of one front [TEU/h, above 0]")] = None
    shifts: Annotated[dict[Id, FrontShift], Field(description="shifts by name: their hours are its hours, each with its fronts")] = {}

    _tiled = model_validator(mode="after")(tiled)


class Terminal(Hourly):
    """Tracks where vehicles are loaded and unloaded."""

    tracks: Annotated[Lanes, Field(description="vehicles handled at once [tracks, 1 or more, or unlimited]")] = math.inf
    handling_h: Annotated[Timing, Field(description="fixed handling time of a vehicle, may be by_class [h]")] = NO_TIME
    handling_teu_per_h: Annotated[Positive | None, Field(description="rate on one track [TEU/h, above 0]")] = None
    handling_wagons_per_h: Annotated[Positive | None, Field(description="rate on one track [wagons/h, above 0]")] = None
    handling_t_per_h: Annotated[Positive | None, Field(description="rate on one track [t/h, above 0]")] = None
    handling_trucks_per_h: Annotated[Positive | None, Field(description="rate on one track [trucks/h, above 0]")] = None
    shifts: Annotated[dict[Id, TrackShift], Field(description="shifts by name: their hours are its hours, each with its tracks")] = {}

    _tiled = model_validator(mode="after")(tiled)


class Rooms(Element):
    """Standing room by measure and direction; none stated is no limit."""

    room_wagons: Annotated[Room | None, Field(description="room in each direction [wagons, 0 or more, or unlimited]")] = None
    room_teu: Annotated[Room | None, Field(description="room in each direction [TEU, 0 or more, or unlimited]")] = None
    room_trucks: Annotated[Room | None, Field(description="room in each direction [trucks, 0 or more, or unlimited]")] = None
    room_t: Annotated[Room | None, Field(description="room in each direction [t, 0 or more, or unlimited]")] = None


class Yard(Rooms):
    """Room where trains form and wait."""

    passage_h: Annotated[Timing, Field(description="time of a vehicle that passes, may be by_class [h]")] = NO_TIME
    when_full: Annotated[
        Literal["wait", "turn_away"],
        Field(description="what becomes of a consignment that is ready to come here as its first stop while the room can't take it"),
    ] = "wait"


class Berth(Element):
    """Berths of one kind."""

    count: Annotated[Whole, Ge(0), Le(1000), Field(description="berths [0..1000]")]
    handling_wagons_per_h: Annotated[Positive | None, Field(description="rate of a call [wagons/h, above 0]")] = None
    handling_trucks_per_h: Annotated[Positive | None, Field(description="rate of a call [trucks/h, above 0]")] = None
    handling_teu_per_h: Annotated[Positive | None, Field(description="rate of a call [TEU/h, above 0]")] = None
    handling_t_per_h: Annotated[Positive | None, Field(description="rate of a call [t/h, above 0]")] = None
    call_h: Annotated[Law, Field(description="fixed part of a call: mooring, papers [h]")] = NO_TIME


def _as_berth(value: Any) -> Any:
    return {"count": value} if isinstance(value, int | float) and not isinstance(value, bool) else value


class Ramp(Hours):
    """Ramps shared by calls of several kinds: a call needs one while it is handled."""

    count: Annotated[Whole, Ge(0), Le(1000), Field(description="ramps [0..1000]")]
    serves: Annotated[tuple[Id, ...], Field(min_length=1, description="kinds of berth")]
    wagons_per_h: Annotated[Positive | None, Field(description="rate of a ramp [wagons/h, above 0]")] = None
    trucks_per_h: Annotated[Positive | None, Field(description="rate of a ramp [trucks/h, above 0]")] = None
    shifts: Annotated[dict[Id, CountShift], Field(description="shifts by name: their hours are its hours, each with its count")] = {}

    _tiled = model_validator(mode="after")(tiled)


class Crane(Hours):
    """Cranes shared by calls of several kinds."""

    count: Annotated[Whole, Ge(0), Le(1000), Field(description="cranes [0..1000]")]
    serves: Annotated[tuple[Id, ...], Field(min_length=1, description="kinds of berth")]
    per_vessel: Annotated[Whole, Ge(1), Le(100), Field(description="cranes that one call takes [1..100]")] = 1
    moves_per_h: Annotated[Positive | None, Field(description="rate of a crane [moves/h, above 0]")] = None
    teu_per_move: Annotated[Positive, Le(4), Field(description="size of a move [TEU, above 0 to 4]")] = 1.6
    teu_per_h: Annotated[Positive | None, Field(description="rate of a crane [TEU/h, above 0]")] = None
    t_per_h: Annotated[Positive | None, Field(description="rate of a crane [t/h, above 0]")] = None
    shifts: Annotated[dict[Id, CountShift], Field(description="shifts by name: their hours are its hours, each with its count")] = {}

    _tiled = model_validator(mode="after")(tiled)


class PortWind(Element):
    """How a port follows a regional wind."""

    follows: Annotated[Id, Field(description="wind")]
    correlation: Annotated[Share, Field(description="correlation with the region's wind [0..1]")] = 0.8
    closed_share: Annotated[MonthShares | None, Field(description="closed share by month, the wind's own by default [0..1]")] = None
    departure: Annotated[Share, Field(description="share of closed spells that stop departure [0..1]")] = 1
    berthing: Annotated[Share, Field(description="share of closed spells that stop berthing [0..1]")] = 1
    handling: Annotated[Share, Field(description="share of closed spells that stop handling [0..1]")] = 1


BerthOrCount = Annotated[Berth, BeforeValidator(_as_berth, json_schema_input_type=Berth | int)]


class Port(Rooms, Hours):
    """Berths, ramps, cranes, room and wind of a seaport; its hours are those in which calls are handled, closures close it whole."""

    at_close: Annotated[AtClose, Field(description="what happens to a call in hand at closing")] = "pause"

    berths: Annotated[dict[Id, BerthOrCount], Field(description="kind: number or berths with rates")] = {}
    ramps: Annotated[dict[Id, Ramp], Field(description="ramps by name")] = {}
    cranes: Annotated[dict[Id, Crane], Field(description="cranes by name")] = {}
    wind: Annotated[PortWind | None, Field(description="the wind that closes the port")] = None
    payload_factor: Annotated[
        float, Strict(), AllowInfNan(False), Gt(0), Le(1),
        Field(description="share of deadweight that the draught allows [above 0 to 1]"),
    ] = 1  # fmt: skip
    other: Annotated[dict[Id, OtherCall], Field(description="background calls by name")] = {}


class Embargo(Element):
    """Loading for a place stops while too much waits there."""

    stop_above: Annotated[NotNegative, Field(description="waiting load above which origins stop [measure, 0 or more]")]
    resume_below: Annotated[NotNegative, Field(description="waiting load below which they resume [measure, 0 or more]")]
    measure: Annotated[Measure, Field(description="what is counted")] = "wagons"

    @model_validator(mode="after")
    def _resumes_lower(self) -> Embargo:
        if self.resume_below > self.stop_above:
            raise fail(f"expected resume_below at most stop_above ({self.stop_above:g}), got {self.resume_below:g}")
        return self


class Published(Frozen):
    """A published figure that stands beside the model and is never simulated."""

    value: Annotated[Number | str, Field(description="the figure")]
    source: Annotated[str | None, Field(description="id in the sources table")] = None
    grade: Annotated[str | None, Field(description="how well it is known")] = None
    unit: Annotated[str | None, Field(description="its unit")] = None
    note: Annotated[str | None, Field(description="a remark")] = None


Latitude = Annotated[float, Strict(), AllowInfNan(False), Ge(-90), Le(90)]
Longitude = Annotated[float, Strict(), AllowInfNan(False), Ge(-180), Le(180)]


class Place(Element):
    """A named point; its facilities stand in the order in which traffic in direction west meets them."""

    at: Annotated[tuple[Latitude, Longitude] | None, Field(description="latitude and longitude [degrees]")] = None
    country: Annotated[str | None, StringConstraints(pattern=r"^[A-Z]{2}$"), Field(description="ISO code of two letters")] = None
    name: Annotated[str | None, Field(description="name for tables and charts")] = None
    utc_offset_h: Annotated[Number, Ge(-12), Le(14), Field(description="local time less UTC [h, -12..14]")] = 0
    border: Annotated[Border | None, Field(description="border post")] = None
    gauge_change: Annotated[GaugeChange | None, Field(description="change of gauge")] = None
    terminal: Annotated[Terminal | None, Field(description="terminal")] = None
    yard: Annotated[Yard | None, Field(description="yard")] = None
    port: Annotated[Port | None, Field(description="seaport")] = None
    embargo: Annotated[Embargo | None, Field(description="stop of loading while too much waits here")] = None
    published: Annotated[dict[Id, Number | str | Published], Field(description="published figures, never simulated")] = {}

    _order: tuple[str, ...] = PrivateAttr(())

    @model_validator(mode="wrap")
    @classmethod
    def _keep_order(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        place = handler(data)
        if isinstance(data, dict):
            place._order = tuple(key for key in data if key in FACILITIES)
        return place

    @property
    def facilities(self) -> tuple[str, ...]:
        """Return the names of its facilities in the order of the file: as traffic in direction west meets them."""
        return tuple(name for name in self._order if getattr(self, name) is not None)


__all__ = ["FACILITIES", "Berth", "Border", "Place", "Port", "Yard"]
