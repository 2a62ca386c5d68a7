"""What a run writes: the tables of one replication, their columns and units.

A table is a dict of equally long numpy arrays. Codes (flow, element ...) are indices into `names`. Hours are since the
scenario's start; `month` counts the months of the window from 0 (see `Plan.month_edges_h`). Hours in monthly tables are clipped to
the month; counts and waits stand in the month in which the vehicle leaves the element (or the lot is delivered).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from corridor_sim.plan import CAUSES, RULES

CAUSE_COLUMNS = tuple(f"{cause}_h" for cause in CAUSES)

TABLES: dict[str, tuple[str, ...]] = {
    # a row a consignment that became ready inside the window; hours per cause are unit-weighted means over delivered units.
    # last_h NaN and delivered < units: still under way when the run stopped (censored at `stopped_h`).
    "trips": (
        "consignment", "flow", "route", "units", "delivered", "ready_h", "first_h", "last_h", "mean_h", *CAUSE_COLUMNS,
    ),
    # per element (legs by direction, stations by heading, berths by kind) and month. own: our vehicles, other: background.
    # busy_h server hours; open_h hours open; capacity_h server hours open; stay_h vehicle hours present (wait + service + blocked).
    # wait_h + closed_h + weather_h + blocked_h = time from arrival to start, by cause. wait_max_h: longest such time.
    "element_months": (
        "element", "heading", "month", "vehicles", "other_vehicles", "net_t", "wagons", "trucks", "teu",
        "wait_h", "closed_h", "weather_h", "blocked_h", "busy_h", "other_busy_h", "stay_h", "wait_max_h", "open_h", "capacity_h",
    ),
    # per room and month: held_h is measure-hours held (claimed or standing), full_h hours during which a claim was refused
    "room_months": ("room", "month", "held_h", "capacity_h", "full_h", "peak"),
    # per pen and month: unit-hours waiting by cause, units that boarded, units present at the month's end, longest wait
    "pen_months": ("pen", "month", "arrived", "boarded", *(f"{cause}_unit_h" for cause in CAUSES[:-1]), "present", "peak"),
    # per service, end (0 / 1) of departure and month
    "service_months": (
        "service", "end", "month", "departures", "empty_departures", "fill", "units", "wagons", "trucks", "teu", "net_t", "gross_t",
        *(f"rule_{rule}" for rule in RULES), "gap_max_h", "cycles", "cycle_h", "cargo_wait_h", "berth_wait_h", "ramp_wait_h",
        "crane_wait_h", "weather_wait_h", "closed_wait_h", "handling_h", "sea_h", "room_wait_h", "idle_vessel_h", "vessel_h",
    ),
    # per shared fleet and month: vessel hours at work and in dry dock, changes of service
    "fleet_months": ("fleet", "month", "vessel_h", "docked_h", "moves"),
    # per pool and month: wagon-hours of the stock, under load and returning empty; wagons taken for loads, and those at once
    "pool_months": ("pool", "month", "stock_h", "loaded_h", "returning_h", "taken", "at_once"),
    # per pool, place and month: wagon-hours standing empty and wanted by loads that wait, hours with a load waiting, and of these
    # without a wagon that came for a month; wagons taken for loads, left empty by them, sent away empty
    "pool_place_months": ("pool", "place", "month", "standing_h", "wanted_h", "short_h", "starved_h", "taken", "left", "sent", "track_h"),
    # per pool and number of wagons under load, returning or wanted: hours of the window
    "pool_need": ("pool", "wagons", "hours"),
    # per district and month: locomotive-hours of the stock, with trains, running light and idle; train-hours waiting for one, hours in
    # which trains waited where none had come for a month, train-hours of trains that gave theirs up on the way; locomotives taken by
    # trains, those found at once; runs without a train, locomotives given up
    "locomotive_months": (
        "district", "month", "stock_h", "hauling_h", "light_h", "idle_h", "waiting_h", "starved_h", "abandoned_h", "taken", "at_once",
        "light_runs", "given_up",
    ),
    # per flow and month: units ready, delivered, held at the origin by an embargo (unit-hours), waiting units at month's end,
    # units that became ready and were turned away
    "flow_months": ("flow", "month", "ready", "delivered", "held_unit_h", "present", "present_unit_h", "turned_away"),
    # at the midnight (UTC) that ends a day of the window, on request: units that wait in a pen, vehicles and net tonnes that wait
    # for an element (none: no row), and each flow's units delivered so far and held at the origin
    "pen_days": ("pen", "day", "units"),
    "element_days": ("element", "day", "vehicles", "net_t"),
    "flow_days": ("flow", "day", "delivered", "held"),
    # full records, on request
    "visits": (
        "vehicle", "service", "element", "heading", "arrive_h", "start_h", "end_h", "leave_h", "paused_h", "units", "net_t",
    ),
    "departures": (
        "vehicle", "service", "end", "depart_h", "arrive_h", "rule", "units", "fill", "wagons", "trucks", "teu", "gross_t", "lots",
    ),
    # spells in which an element was closed (factor 0) or slower; what: index into OUTAGES. Of a service: no element, and the other way
    "outages": ("element", "service", "from_h", "to_h", "factor", "what"),
    # trains that stood on or before single track by sections; node 0: the leg's first place, 1, 2 ...: the loops, then its last
    # place; reason: index into plan.HOLDS
    "holds": ("vehicle", "element", "node", "heading", "from_h", "to_h", "reason"),
}
DAY_TABLES = ("pen_days", "element_days", "flow_days")
OUTAGES = ("hours", "weather", "disruption")
FULL_TABLES = ("visits", "departures", "outages", "holds")
POOL_TABLES = ("fleet_months", "pool_months", "pool_place_months", "pool_need", "locomotive_months")
NOT_ALWAYS = (*FULL_TABLES, *DAY_TABLES, *POOL_TABLES)  # tables that a run may lack


@dataclass(frozen=True, slots=True)
class Names:
    """Names behind the codes of the tables."""

    flows: tuple[str, ...]
    routes: tuple[tuple[str, ...], ...]  # per flow
    elements: tuple[str, ...]
    element_kinds: tuple[str, ...]  # rail | road | sea | border | gauge_change | terminal | yard | berth
    element_places: tuple[tuple[str, str], ...]  # (tail, head) of a leg, (place, place) of the rest
    rooms: tuple[str, ...]
    pens: tuple[str, ...]
    services: tuple[str, ...]
    commodities: tuple[str, ...]
    places: tuple[str, ...]
    fleets: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()


@dataclass(slots=True)
class Run:
    """The records of one replication and its audit."""

    case: str
    replication: int
    names: Names
    tables: dict[str, Any]
    audit: dict[str, float]  # figures of each law that was checked
    stopped_h: float
    counters: dict[str, float] = field(default_factory=dict)  # visits, departures, events, wall seconds
