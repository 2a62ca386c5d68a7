"""The whole plan: elements in the order of the file, every fault at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from corridor_sim.build.dated import Dated, HasSnapshots
from corridor_sim.build.fixed import changed_faults
from corridor_sim.build.fleets import fleet_plans
from corridor_sim.build.flows import Pens, Router, commodity_plans, flow_plan
from corridor_sim.build.legs import leg_plans
from corridor_sim.build.lines import line_plans
from corridor_sim.build.locomotives import district_plans, halt_plans
from corridor_sim.build.outages import Struck, outage_plans
from corridor_sim.build.pools import pool_plans, with_empties
from corridor_sim.build.ports import port_plans
from corridor_sim.build.rooms import find_rooms
from corridor_sim.build.services import Elements, service_plan
from corridor_sim.build.stations import station_plans
from corridor_sim.build.stocks import stock_plans
from corridor_sim.build.turning import with_turning
from corridor_sim.errors import CorridorError, Fault
from corridor_sim.network import Line, lines
from corridor_sim.plan import EmbargoPlan, FlowPlan, Plan, ServicePlan, StationPlan
from corridor_sim.scenario import Embargo, Scenario
from corridor_sim.units import month_edges

T = TypeVar("T")


def build_plan(loaded: HasSnapshots | Scenario) -> Plan:
    """Return the plan of a loaded scenario (or of one that never changes).

    Raises CorridorError with every fault, each with file, line and column where the loader knows them.
    """
    try:
        return _plan(Dated.of(loaded))
    except CorridorError as error:
        raise CorridorError(*(_placed(fault, getattr(loaded, "positions", {})) for fault in error.faults)) from None


def _placed(fault: Fault, positions: Mapping[str, Any]) -> Fault:
    """Return a fault with the position of its path or of the nearest part of it that is written."""
    path = fault.path
    while path and path not in positions:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    mark = positions.get(path)
    return replace(fault, file=mark.file, line=mark.line, column=mark.column) if mark and not fault.file else fault


def _plan(dated: Dated) -> Plan:
    faults = changed_faults(dated)
    if faults:
        raise CorridorError(*faults)
    dated = with_empties(dated)
    scenario = dated.scenario
    found = lines(scenario)
    places = {name: number for number, name in enumerate(scenario.places)}
    active = {name: _active(dated, line) for name, line in found.items()}
    running = {name: line for name, line in found.items() if any(on for _, on in active[name])}
    stations = station_plans(dated, running, places)
    rooms = find_rooms(dated, places)
    ports, weathers = port_plans(dated, places)
    services = {name: number for number, name in enumerate(found)}
    pens = Pens(dated, found, rooms, commodity_plans(scenario), places, services)
    embargoes = _embargoes(dated, places)
    flows = _flows(dated, Router(dated, found, active), pens, embargoes)
    legs = {name: 2 * number for number, name in enumerate(scenario.legs)}
    halts = halt_plans(dated, found)
    elements = Elements(places, {name: n for n, name in enumerate(stations)}, legs, rooms, ports, pens.at, active, halts)
    built = _services(dated, found, elements)
    return Plan(
        name=scenario.name,
        seed=scenario.seed,
        start=scenario.start,
        warm_up_h=dated.warm_up_h,
        end_h=dated.end_h,
        drain_h=dated.stop_h - dated.end_h,
        month_edges_h=tuple(hours for _, hours in month_edges(scenario.start, scenario.end)),
        places=tuple(places),
        countries=tuple(place.country or "" for place in scenario.places.values()),
        coordinates=tuple(place.at for place in scenario.places.values()),
        classes={name: stated.priority for name, stated in scenario.classes.items()},
        commodities=pens.commodities,
        stations=tuple(stations.values()),
        legs=leg_plans(dated, places),
        lines=line_plans(dated),
        rooms=rooms.plans,
        ports=ports,
        weathers=weathers,
        services=built,
        pens=tuple(pens.plans),
        flows=with_turning(scenario, flows, pens.plans, built, rooms.plans, pens.commodities),
        embargoes=tuple(plan for _, plan in embargoes),
        fleets=fleet_plans(dated, places, services),
        outages=outage_plans(dated, Struck(found, tuple(stations), ports, places, legs, services)),
        stocks=stock_plans(scenario, tuple(places), flows, pens.plans, built),
        wagon_pools=pool_plans(scenario, places, services, pens.plans, flows, pens.commodities),
        districts=district_plans(scenario, places),
        halts=tuple(halts.values()),
        notes=tuple(_notes(dated, running, flows, stations)),
    )


def _active(dated: Dated, line: Line) -> tuple[tuple[float, bool], ...]:
    edges = dated.line_edges(line)
    return dated.dated(lambda scenario, hours: dated.line_active(scenario, line, hours), edges)


def _embargoes(dated: Dated, places: Mapping[str, int]) -> list[tuple[str, EmbargoPlan]]:
    """Return (place, plan) of each embargo."""

    def of(name: str, value: Callable[[Embargo], float]) -> Callable[[Scenario], float]:
        return lambda scenario: value(stated) if (stated := scenario.places[name].embargo) else float("inf")

    return [
        (name, EmbargoPlan(
            f"{name}.embargo", places[name], place.embargo.measure,
            dated.timeline(of(name, lambda embargo: embargo.stop_above)),
            dated.timeline(of(name, lambda embargo: embargo.resume_below)),
        ))
        for name, place in dated.scenario.places.items()
        if place.embargo is not None
    ]  # fmt: skip


def _flows(
    dated: Dated, router: Router, pens: Pens, embargoes: list[tuple[str, EmbargoPlan]]
) -> tuple[FlowPlan, ...]:
    return _collected(lambda name: flow_plan(name, router, pens, embargoes), dated.scenario.flows)


def _services(dated: Dated, found: Mapping[str, Line], elements: Elements) -> tuple[ServicePlan, ...]:
    return _collected(lambda name: service_plan(dated, found[name], elements), found)


def _collected(make: Callable[[str], T], names: Mapping[str, object]) -> tuple[T, ...]:
    """Return what is made of each name; raises CorridorError with the faults of all of them."""
    made: list[T] = []
    faults: list[Fault] = []
    for name in names:
        try:
            made.append(make(name))
        except CorridorError as error:
            faults += error.faults
    if faults:
        raise CorridorError(*faults)
    return tuple(made)


def _notes(
    dated: Dated, running: Mapping[str, Line], flows: tuple[FlowPlan, ...], stations: Mapping[str, StationPlan]
) -> Iterator[str]:
    """Yield what is allowed and probably not meant."""
    for flow in flows:
        wanted = flow.supply == "unlimited" or flow.times or any(rate for _, rate in flow.intensity)
        if wanted and not any(any(shares) for _, shares in flow.shares):
            yield f"flows.{flow.name}: no route is ever in use, all of it stays at its origin"
    visited = {place for line in running.values() if line.mode != "sea" for place in line.places}
    for name in (name for name, place in dated.scenario.places.items() if place.border and name in visited):
        if not any(station.startswith(f"{name}.border") for station in stations):
            yield f"places.{name}.border: no vehicle passes it, services end before it or begin beyond it"
    for name, line in running.items():
        if dated.scenario.services[name].cv and line.mode != "sea":
            yield f"services.{name}.cv: on land the variability of the legs holds"
