"""The plan: what the engine is given. Flat, plain and picklable; built by `build`, run by `engine`.

Times are hours since the scenario's start, on the grid; directions are WEST = 0 and EAST = 1; lists are indexed, and an
index into one of them is called `<thing>` (`place: int`). A `Timeline` is a tuple of (from_h, value), its first entry at
-inf, values plain. A `Law` is a tuple as `streams.quantiles` reads it, e.g. ("exponential", 4.0).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from corridor_sim.outage_plan import OpenHours as OpenHours
from corridor_sim.outage_plan import OutagePlan, QuotaPlan
from corridor_sim.pool_plan import DistrictPlan, HaltPlan
from corridor_sim.pool_plan import PoolPlan as WagonPoolPlan
from corridor_sim.start_plan import StockPlan

WEST, EAST = 0, 1
DIRECTIONS = ("west", "east")
MEASURES = ("wagons", "trucks", "teu", "t")
CAUSES = ("weather", "closed", "blocked", "vehicle", "accumulation", "queue", "moving")
HOLDS = ("opposing", "following", "full", "kept", "window", "turn", "room")  # why a train stands on or before single track
RULES = ("at_least", "after_first_lot", "after_departure", "idle", "room", "timetable", "summoned")
UNLIMITED = float("inf")

Law = tuple[Any, ...]
Timeline = tuple[tuple[float, Any], ...]
LawByClass = dict[str, Law]  # class -> law; "" is the law of every other class


@dataclass(frozen=True, slots=True)
class OtherPlan:
    """Background vehicles of one direction at a station: a random stream that queues and leaves."""

    name: str
    direction: int
    per_day: Timeline
    service_h: Law | None  # None: the station's own law


@dataclass(frozen=True, slots=True)
class StationPlan:
    """Servers at a place: a border stop, gauge change, terminal or yard passage.

    kind: border | gauge_change | terminal | yard. A vehicle holds a server for service_h (by its class) plus, where it
    ends there, load / rate; `fronts` limits how many are handled at once. hours None: always open.
    """

    name: str  # "<place>.<facility>" or "<place>.<facility>.<stop>"
    place: int
    kind: str
    servers: Timeline
    service_h: Timeline  # of LawByClass
    hours: Timeline  # of OpenHours | None
    at_close: str  # finish | pause | wait
    fronts: Timeline
    rates: Timeline  # of dict measure -> per hour, at one front (handling of vehicles that end here)
    others: tuple[OtherPlan, ...] = ()
    prioritised: bool = False  # classes of different priority meet here
    quotas: tuple[QuotaPlan, ...] = ()
    shifts: Timeline = ((float("-inf"), None),)  # of ShiftHours | None: of fronts at a gauge change, elsewhere of servers
    holds_track_h: float = 0.0  # how long a train keeps its track at most while its load lacks wagons of a pool


@dataclass(frozen=True, slots=True)
class LegPlan:
    """One direction of a leg. headway_h 0: no limit; inf: closed. Sea legs carry only length and run law.

    run_h: law of hours for the whole leg (already length / speed with its variability); trains never overtake where
    `ordered`. window: (hour of day UTC, hours) of daily closure, or None. clockface: paths fixed to multiples of headway.
    """

    name: str  # "<leg>"
    mode: str
    direction: int  # 0 = from -> to, 1 = to -> from
    length_km: float
    run_h: Timeline  # of Law
    headway_h: Timeline
    window: Timeline  # of (at_h, hours) | None
    clockface: bool
    ordered: bool
    tail: int  # place where it begins
    head: int
    other_share: Timeline = ((float("-inf"), 0.0),)  # share of the paths that other traffic takes
    line: int = -1  # its sections and loops: index into lines, the same for both directions
    hours: Timeline = ((float("-inf"), None),)  # of OpenHours | None: when vehicles may start


@dataclass(frozen=True, slots=True)
class LinePlan:
    """Single track of a leg: sections in order from its first place, and the loops between them.

    run_h: (out, back) of each section [h]; loops: tracks to stand on at each inner node (2 or more); headway_h: between two
    trains of one direction, 0: one train a section; interval_h: from one train's leaving a section to the next one's entering;
    platoon: trains of one direction in a row while others wait (1: alternate), 0: first come, first served; worst: the section
    with the longest hold out and back; others: background trains out and back, direction being their heading, or ().
    """

    name: str
    run_h: tuple[tuple[float, float], ...]
    loops: tuple[int, ...]
    headway_h: float
    interval_h: float
    platoon: int
    worst: int
    others: tuple[OtherPlan, ...] = ()


@dataclass(frozen=True, slots=True)
class RoomPlan:
    """Finite standing room at a place for one direction and measure."""

    name: str  # "<place>.<facility>.room_<measure>.<direction>"
    place: int
    direction: int
    measure: str
    capacity: Timeline


@dataclass(frozen=True, slots=True)
class BerthPlan:
    """Berths of one kind at a port, with what handles a call there.

    rates: measure -> units of that measure per hour for a whole call; ramp and crane are indices into PortPlan or -1.
    """

    kind: str
    count: Timeline
    call_h: Timeline  # of Law: fixed hours a call
    rates: Timeline  # of dict measure -> per hour
    ramp: int
    crane: int
    others: tuple[OtherPlan, ...] = ()  # calls; service_h is their handling time


@dataclass(frozen=True, slots=True)
class PoolPlan:
    """Ramps or cranes shared by calls of several kinds: each call takes `per_call` of them while handled."""

    name: str
    count: Timeline
    per_call: int
    rates: Timeline  # measure -> per hour of one ramp or crane
    hours: Timeline = ((float("-inf"), None),)  # of OpenHours | None
    shifts: Timeline = ((float("-inf"), None),)  # of ShiftHours | None


@dataclass(frozen=True, slots=True)
class PortPlan:
    """A port: berths by kind, ramps and cranes, and the key of its weather (see WeatherPlan) or -1.

    hours: when calls are handled; at_close: what becomes of a call in hand. closed: spells in which nothing leaves or berths either.
    """

    name: str  # "<place>.port"
    place: int
    berths: tuple[BerthPlan, ...]
    ramps: tuple[PoolPlan, ...]
    cranes: tuple[PoolPlan, ...]
    weather: int
    hours: Timeline = ((float("-inf"), None),)  # of OpenHours | None
    at_close: str = "pause"
    closed: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class WeatherPlan:
    """What the weather stream of one port needs; spells are drawn by `weather.spells` once a replication.

    closed_share and region_share: 12 numbers (Jan..Dec). limits: shares of closed spells that stop (departure, berthing, handling).
    """

    name: str
    region: str
    region_share: tuple[float, ...]
    episode_h: Law
    closed_share: tuple[float, ...]
    correlation: float
    limits: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class RulePlan:
    """When a vehicle leaves one end of a service. Numbers are timelines; None: the rule is off."""

    share: float | None = None  # of the largest limit
    units: float | None = None
    after_first_lot_h: float | None = None
    after_departure_h: float | None = None
    idle_h: float | None = None
    every_h: float | None = None  # timetable: moments at offset_h + k * every_h ...
    moments_h: tuple[float, ...] = ()  # ... or at these hours of a week that begins with the scenario's start
    offset_h: float = 0.0


@dataclass(frozen=True, slots=True)
class EndPlan:
    """One end of a service: where it loads and unloads.

    facility: "station" (index into stations, handles what ends there), "port" (index into ports; berth = index of the
    kind there or -1) or "none". pens: pens whose lots board here. rooms: measure -> room index, per direction of the lot,
    that lots landing here (and going on) claim. load_h / unload_h: law by vehicle, overrides rates.
    """

    place: int
    rule: Timeline  # of RulePlan
    facility: str
    index: int
    berth: int
    load_h: Timeline  # of Law | None
    unload_h: Timeline  # of Law | None
    pens: tuple[int, ...]
    rooms: tuple[dict[str, int], dict[str, int]]  # [direction of the lot] -> measure -> room


@dataclass(frozen=True, slots=True)
class StepPlan:
    """One element that a vehicle passes, a finite room of its direction that it claims ahead, or a change of locomotive."""

    kind: str  # "leg", "station", "room"; "take", "leave" (a locomotive), "halt" (where one may be given up)
    index: int  # into legs, stations, rooms or halts; of a change of locomotive: twice its district, plus the boundary
    ends: bool = False  # the vehicle ends here, so its load is handled at the station's rates
    factor: float = 1.0  # on the run time of a leg: a service slower than the leg allows
    factors: Timeline | None = None  # the factor by date, where dated changes of speed alter it


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """Vehicles between two ends. ends[0] is the route's first place; steps[0] lead from ends[0] to ends[1].

    heading: direction (WEST/EAST) of travel from ends[0]. limits: measure -> capacity (wagons and trucks share one deck);
    payload: factor on the limit "t". vessels: UNLIMITED or a number by date; home: 0 or 1. sail_h: law of the whole sea run by
    direction. active: by date, False before runs_from and from runs_until on, and while a leg of the route is closed for good
    (before opens). class_name: class of its vehicles for times by class; priority: lower goes first.
    """

    name: str
    mode: str
    class_name: str
    priority: int
    heading: int
    two_way: bool
    limits: Timeline  # of dict measure -> number
    payload: Timeline
    vessels: Timeline
    home: int
    waits_at: str
    ends: tuple[EndPlan, EndPlan]
    steps: tuple[tuple[StepPlan, ...], tuple[StepPlan, ...]]
    sail_h: tuple[Timeline, Timeline] | None
    active: Timeline
    length_km: float
    end_limits: tuple[Timeline, Timeline] | None = None  # limits from each end where they differ; `limits` has the smaller ones
    fleet: int = -1  # index into fleets: its vessels run this service, `vessels` counts none
    start_at: tuple[int, ...] = ()  # ends where its vessels begin, by turns; (): home
    not_with: tuple[tuple[str, str], ...] = ()  # classes of flows that exclude each other on one vehicle


@dataclass(frozen=True, slots=True)
class PenPlan:
    """Where lots of one commodity and class wait at a place for any of several services in one heading.

    services: (service, end) pairs; use: per service, measure -> capacity used by one unit; room: per direction, (room, amount
    per unit) or None: the room that a waiting lot stands in.
    """

    name: str  # "<place>:<services joined by |>:<commodity>"
    place: int
    commodity: int
    priority: int
    services: tuple[tuple[int, int], ...]
    use: tuple[dict[str, float], ...]
    room: tuple[tuple[int, float] | None, tuple[int, float] | None]
    class_name: str = ""  # class of its flows, where a service keeps classes apart


@dataclass(frozen=True, slots=True)
class FleetPlan:
    """Vessels that serve several services; one that empties where some of them meet goes where most load waits a vessel.

    services: indices in the order that breaks ties. home: place where vessels enter. vessels: those at hand by date (without the
    chartered ones). minimum: by date, vessels kept on each service; stay_h: shortest stay on one. dock: (every_h, length_h) of
    each vessel's dry-docking, or None. start_at: places where vessels begin, by turns; (): home.
    """

    name: str
    services: tuple[int, ...]
    home: int
    vessels: Timeline
    minimum: Timeline  # of tuples, one number a service
    stay_h: Timeline
    dock: tuple[float, float] | None
    start_at: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CommodityPlan:
    """A commodity: per unit, the amount in each measure (wagons, trucks, teu, t gross) and net tonnes."""

    name: str
    unit: str
    amounts: dict[str, float]
    net_t: float
    empty: bool


@dataclass(frozen=True, slots=True)
class RoutePlan:
    """One itinerary of a flow: the pens it waits in, in order. branch: name for reports ("north", "south", ...)."""

    name: str
    pens: tuple[int, ...]
    branch: str


@dataclass(frozen=True, slots=True)
class FlowPlan:
    """Demand. intensity: consignments per hour as a step function, (from_h, rate), over [-warm_up, end + drain).

    supply: poisson | scheduled | unlimited | times. sine: None or (period_h, amplitude, phase_h) multiplies the intensity.
    shares: timeline of tuples (one share a route; 0 = not in use; all 0 = held at the origin until some route exists).
    embargoes: indices of EmbargoPlan that hold it at its origin.
    """

    name: str
    commodity: int
    direction: int
    origin: int
    destination: int
    consignment: int
    supply: str
    intensity: tuple[tuple[float, float], ...]
    sine: tuple[float, float, float] | None
    offset_h: float
    times: tuple[float, ...]
    active: tuple[tuple[float, float], ...]  # ready times only inside these [from, to)
    keep_together: bool
    routes: tuple[RoutePlan, ...]
    shares: Timeline
    embargoes: tuple[int, ...]
    counts_in: tuple[str, ...]
    priority: int
    turns_away: tuple[tuple[tuple[int, float, int], ...], ...] = ()  # per route: (room, amount a unit, station behind) that must be free


@dataclass(frozen=True, slots=True)
class EmbargoPlan:
    """Loading for a place stops above `stop` waiting units of `measure` there and resumes below `resume`."""

    name: str
    place: int
    measure: str
    stop: Timeline
    resume: Timeline


@dataclass(frozen=True, slots=True)
class Plan:
    """One case, ready to run. Lists are in the order of the file: that order breaks ties."""

    name: str
    seed: int
    start: date
    warm_up_h: float
    end_h: float
    drain_h: float
    month_edges_h: tuple[float, ...]  # 0.0, ..., end_h: the months that are counted
    places: tuple[str, ...]
    countries: tuple[str, ...]
    coordinates: tuple[tuple[float, float] | None, ...]
    classes: dict[str, int]
    commodities: tuple[CommodityPlan, ...]
    stations: tuple[StationPlan, ...] = ()
    legs: tuple[LegPlan, ...] = ()
    rooms: tuple[RoomPlan, ...] = ()
    ports: tuple[PortPlan, ...] = ()
    weathers: tuple[WeatherPlan, ...] = ()
    services: tuple[ServicePlan, ...] = ()
    pens: tuple[PenPlan, ...] = ()
    flows: tuple[FlowPlan, ...] = ()
    embargoes: tuple[EmbargoPlan, ...] = ()
    lines: tuple[LinePlan, ...] = ()
    fleets: tuple[FleetPlan, ...] = ()
    outages: tuple[OutagePlan, ...] = ()
    stocks: tuple[StockPlan, ...] = ()
    wagon_pools: tuple[WagonPoolPlan, ...] = ()
    districts: tuple[DistrictPlan, ...] = ()
    halts: tuple[HaltPlan, ...] = ()
    notes: tuple[str, ...] = field(default=())
