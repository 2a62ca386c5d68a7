"""A small corridor without an engine: a plan of two branches, and runs of it with every table, drawn or stated."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from corridor_sim.experiment import run_plan
from corridor_sim.plan import (
    EAST,
    UNLIMITED,
    WEST,
    BerthPlan,
    CommodityPlan,
    EndPlan,
    FlowPlan,
    LegPlan,
    PenPlan,
    Plan,
    PortPlan,
    RoomPlan,
    RoutePlan,
    RulePlan,
    ServicePlan,
    StationPlan,
    StepPlan,
)
from corridor_sim.records import NOT_ALWAYS, TABLES, Names, Run
from corridor_sim.study import Study

ALWAYS = float("-inf")
PLACES = ("altynkol", "aktau", "alat", "poti")
MONTHS = 3
SCENARIO: dict[str, Any] = {"name": "small", "seed": 1, "places": {"alat": {"name": "Alat", "port": {"berths": {"dry": 2}}}}}
EDGES_H = (0.0, 744.0, 1440.0, 2184.0)  # January to March 2024


def always(value: Any) -> tuple[tuple[float, Any], ...]:
    """A timeline of one value."""
    return ((ALWAYS, value),)


def plan(name: str = "small", seed: int = 1) -> Plan:
    """Containers west by ferry and train, grain by another branch's trains, empties back east."""
    return Plan(
        name=name, seed=seed, start=date(2024, 1, 1), warm_up_h=0.0, end_h=EDGES_H[-1], drain_h=720.0, month_edges_h=EDGES_H,
        places=PLACES, countries=("KZ", "KZ", "AZ", "GE"), coordinates=((44.1, 80.3), (43.6, 51.2), (39.9, 49.4), None), classes={},
        commodities=(
            CommodityPlan("container", "teu", {"teu": 1.0, "wagons": 0.5, "t": 14.0}, 12.0, False),
            CommodityPlan("grain", "t", {"wagons": 1 / 60, "t": 1.0}, 1.0, False),
            CommodityPlan("empty_box", "teu", {"teu": 1.0, "wagons": 0.5, "t": 2.0}, 2.0, True),
        ),
        stations=(_station("alat.terminal", 2, "terminal"), _station("aktau.yard", 1, "yard")),
        legs=(_leg("main", 0, 0, 1), _leg("main", 1, 1, 0), _leg("sea", 0, 1, 2), _leg("sea", 1, 2, 1), _leg("west", 0, 2, 3)),
        rooms=(RoomPlan("alat.port.room_wagons.west", 2, WEST, "wagons", always(600.0)),),
        ports=(
            PortPlan("aktau.port", 1, (_berth("rail_ferry"),), (), (), -1),
            PortPlan("alat.port", 2, (_berth("rail_ferry"),), (), (), -1),
        ),
        services=(
            _service("train", 0, 1, UNLIMITED, (StepPlan("leg", 0),), (StepPlan("leg", 1),)),
            _service("ferry", 1, 2, 2.0, (StepPlan("leg", 2),), (StepPlan("leg", 3),)),
            _service("onward", 2, 3, UNLIMITED, (StepPlan("station", 0), StepPlan("leg", 4)), ()),
        ),
        pens=(
            _pen("altynkol:train:container", 0, 0, ((0, 0),)), _pen("aktau:ferry:container", 1, 0, ((1, 0),)),
            _pen("alat:onward:container", 2, 0, ((2, 0),)), _pen("altynkol:train:grain", 0, 1, ((0, 0),)),
            _pen("alat:ferry:empty_box", 2, 2, ((1, 1),)),
        ),
        flows=(
            _flow("boxes", 0, WEST, 0, 3, (RoutePlan("sea", (0, 1, 2), "middle"), RoutePlan("land", (0,), "north")), ("titr",)),
            _flow("grain", 1, WEST, 0, 1, (RoutePlan("rail", (3,), "north"),), ("titr", "ktz")),
            _flow("empties", 2, EAST, 2, 1, (RoutePlan("back", (4,), "middle"),), ()),
        ),
    )  # fmt: skip


def _station(name: str, place: int, kind: str) -> StationPlan:
    one = always(1.0)
    return StationPlan(name, place, kind, one, always({"": ("constant", 1.0)}), always(None), "finish", one, always({}))


def _leg(name: str, direction: int, tail: int, head: int) -> LegPlan:
    law = always(("constant", 24.0))
    mode = "sea" if name == "sea" else "rail"
    return LegPlan(name, mode, direction, 500.0, law, always(2.0), always(None), False, True, tail, head)


def _berth(kind: str) -> BerthPlan:
    return BerthPlan(kind, always(1.0), always(("constant", 2.0)), always({"wagons": 10.0}), -1, -1)


def _service(
    name: str, tail: int, head: int, vessels: float, out: tuple[StepPlan, ...], back: tuple[StepPlan, ...]
) -> ServicePlan:
    rule, none = always(RulePlan(share=0.9)), always(None)
    facility = "port" if name == "ferry" else "none"
    first, second = (EndPlan(place, rule, facility, place - 1, 0, none, none, (), ({}, {})) for place in (tail, head))
    mode, limits, always_on = "sea" if name == "ferry" else "rail", always({"wagons": 52.0}), always(True)
    return ServicePlan(
        name, mode, "", 5, WEST, True, limits, always(1.0), always(vessels), 0, "anchor", (first, second), (out, back), None,
        always_on, 500.0,
    )  # fmt: skip


def _pen(name: str, place: int, commodity: int, services: tuple[tuple[int, int], ...]) -> PenPlan:
    return PenPlan(name, place, commodity, 5, services, tuple({"wagons": 0.5} for _ in services), (None, None))


def _flow(
    name: str,
    commodity: int,
    direction: int,
    origin: int,
    destination: int,
    routes: tuple[RoutePlan, ...],
    scopes: tuple[str, ...],
) -> FlowPlan:
    shares = always(tuple(1.0 for _ in routes))
    return FlowPlan(
        name, commodity, direction, origin, destination, 40, "poisson", ((ALWAYS, 0.05),), None, 0.0, (), ((ALWAYS, UNLIMITED),),
        False, routes, shares, (), scopes, 5,
    )  # fmt: skip


def names(of: Plan) -> Names:
    """The names that an engine gives: legs by direction, then stations, then berths."""
    legs = [(leg.name, leg.mode, (of.places[leg.tail], of.places[leg.head])) for leg in of.legs]
    stations = [(s.name, s.kind, (of.places[s.place],) * 2) for s in of.stations]
    berths = [(f"{p.name}.{b.kind}", "berth", (of.places[p.place],) * 2) for p in of.ports for b in p.berths]
    elements, kinds, places = zip(*legs, *stations, *berths, strict=True)
    return Names(
        flows=tuple(f.name for f in of.flows), routes=tuple(tuple(r.name for r in f.routes) for f in of.flows), elements=elements,
        element_kinds=kinds, element_places=places, rooms=tuple(r.name for r in of.rooms), pens=tuple(p.name for p in of.pens),
        services=tuple(s.name for s in of.services), commodities=tuple(c.name for c in of.commodities), places=of.places,
    )  # fmt: skip


def table(name: str, *rows: dict[str, float]) -> dict[str, Any]:
    """One table of a run from rows that state only what isn't zero."""
    return {column: np.array([row.get(column, 0) for row in rows], dtype=float) for column in TABLES[name]}


def run(of: Plan | None = None, replication: int = 0, stopped_h: float = 2904.0, **rows: list[dict[str, float]]) -> Run:
    """A run with the stated rows; tables that aren't stated are empty."""
    of = of or plan()
    tables = {name: table(name, *rows.get(name, [])) for name in TABLES if name not in NOT_ALWAYS or name in rows}
    return Run(of.name, replication, names(of), tables, {"units": 0.0, "vehicles": 0.0}, stopped_h)


def simulate(of: Plan, replication: int, full_records: bool = False) -> Run:
    """A drawn run whose numbers hang together: what an engine would give, at no cost."""
    draw = np.random.default_rng([of.seed, replication])
    trips = [_trip(k, draw, of) for k in range(120)]
    found = run(
        of, replication, trips=trips, flow_months=list(_flow_months(of, trips)), element_months=list(_element_months(of, draw)),
        service_months=list(_service_months(of, draw)), pen_months=list(_pen_months(of, draw)),
        room_months=list(_room_months(draw)),
        **({"visits": [{"vehicle": 1}], "departures": [{"vehicle": 1}], "outages": [{"element": 5}]} if full_records else {}),
    )  # fmt: skip
    found.counters.update(visits=100.0, departures=20.0)
    return found


def _trip(k: int, draw: Any, of: Plan) -> dict[str, float]:
    flow = k % len(of.flows)
    ready, transit, queue = draw.uniform(0, EDGES_H[-1]), draw.gamma(4, 60), draw.gamma(2, 12)
    last = ready + transit + queue
    route = int(draw.integers(len(of.flows[flow].routes)))
    return {
        "consignment": k, "flow": flow, "route": route, "units": 40, "delivered": 40, "ready_h": ready, "first_h": last,
        "last_h": last, "mean_h": last, "moving_h": transit, "queue_h": queue,
    }  # fmt: skip


def _flow_months(of: Plan, trips: list[dict[str, float]]) -> Any:
    for flow in range(len(of.flows)):
        present = 0.0
        for month in range(MONTHS):
            low, high = EDGES_H[month], EDGES_H[month + 1]
            mine = [trip for trip in trips if trip["flow"] == flow]
            ready = sum(trip["units"] for trip in mine if low <= trip["ready_h"] < high)
            delivered = sum(trip["units"] for trip in mine if low <= trip["last_h"] < high)
            present += ready - delivered
            yield {"flow": flow, "month": month, "ready": ready, "delivered": delivered, "present": present}


def _element_months(of: Plan, draw: Any) -> Any:
    for element in range(len(names(of).elements)):
        for month in range(MONTHS):
            hours = EDGES_H[month + 1] - EDGES_H[month]
            busy = draw.uniform(0.3, 0.6) * hours
            yield {
                "element": element, "month": month, "vehicles": 50, "net_t": 30000, "teu": 1000, "wagons": 900,
                "wait_h": draw.gamma(2, 40), "busy_h": busy, "other_busy_h": 0.2 * hours, "stay_h": busy + 60,
                "wait_max_h": 30, "open_h": hours, "capacity_h": hours,
            }  # fmt: skip


def _service_months(of: Plan, draw: Any) -> Any:
    for service, plan_of in enumerate(of.services):
        finite = plan_of.vessels[0][1] < UNLIMITED
        for end in (0, 1):
            for month in range(MONTHS):
                hours = (EDGES_H[month + 1] - EDGES_H[month]) * 2.0 * finite * (end == 0)
                yield {
                    "service": service, "end": end, "month": month, "departures": 10, "fill": 8 + draw.uniform(), "units": 700,
                    "net_t": 8000, "teu": 700, "wagons": 350, "rule_at_least": 8, "rule_idle": 2, "gap_max_h": 90,
                    "cycles": 10 * (end == 0), "cycle_h": 1400 * (end == 0), "cargo_wait_h": 0.3 * hours, "handling_h": 0.3 * hours,
                    "sea_h": 0.3 * hours, "idle_vessel_h": 0.1 * hours, "vessel_h": hours,
                }  # fmt: skip


def _pen_months(of: Plan, draw: Any) -> Any:
    for pen in range(len(of.pens)):
        for month in range(MONTHS):
            yield {
                "pen": pen, "month": month, "arrived": 700, "boarded": 690, "vehicle_unit_h": draw.gamma(2, 3000), "present": 10,
                "accumulation_unit_h": 5000, "peak": 90,
            }  # fmt: skip


def _room_months(draw: Any) -> Any:
    for month in range(MONTHS):
        hours = EDGES_H[month + 1] - EDGES_H[month]
        held = draw.uniform(0.2, 0.5) * 600 * hours
        yield {"room": 0, "month": month, "held_h": held, "capacity_h": 600 * hours, "full_h": 3, "peak": 550}


class Counting:
    """An engine that notes which replications it was asked for; it may break down at one of them."""

    def __init__(self, breaks_at: int = -1) -> None:
        self.asked: list[int] = []
        self.breaks_at = breaks_at

    def __call__(self, plan: Any, replication: int, full_records: bool = False) -> Any:
        if replication == self.breaks_at:
            raise KeyboardInterrupt
        self.asked.append(replication)
        return simulate(plan, replication, full_records)


def study(out: Path | None = None, replications: int = 2, engine: Any = simulate, **settings: Any) -> Study:
    """A study of drawn runs, in memory or below a folder."""
    given = {"plan": plan(), "name": "small", "scenario": SCENARIO, "workers": 1} | settings
    return run_plan(replications=replications, engine=engine, out=out, **given)
