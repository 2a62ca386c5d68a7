"""About how many full vehicles the demand of one year needs, by service, leg and place."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from corridor_sim.loading.routing import Network, ends_reached
from corridor_sim.scenario import Flow, Scenario
from corridor_sim.units import HOURS_PER_YEAR


@dataclass(slots=True)
class Load:
    """Full vehicles a year: boarded by (service, place), trains by (leg, way), passing by place."""

    boarded: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    trains: dict[tuple[str, int], float] = field(default_factory=lambda: defaultdict(float))
    passing: dict[str, float] = field(default_factory=lambda: defaultdict(float))


def loads(scenario: Scenario, network: Network, day: date) -> Load:
    """Return the load that the flows of a year lay on services, legs and places."""
    load = Load()
    for flow in scenario.flows.values():
        units = flow.volume(day.year, scenario.start.year) if flow.supply != "unlimited" and flow.times is None else 0.0
        for share, stages in _stages(scenario, network, flow):
            for name, start, part in stages:
                _add(scenario, network, load, flow, name, start, units * share * part)
    return load


def _stages(scenario: Scenario, network: Network, flow: Flow) -> list[tuple[float, list[tuple[str, str, float]]]]:
    """Return (share, [(service, place where it boards, part of the itinerary's units)]) of each itinerary in use."""
    if flow.routes is None:
        found = network.fastest(flow)
        return [(1.0, [(name, start, 1.0) for name, start, _ in found])] if found else []
    made = []
    for route in flow.routes:
        here, stages = flow.from_, list[tuple[str, str, float]]()
        for stage in route.services:
            usable = [name for name in stage if name in network.active]
            if not usable:
                break
            stages += [(name, here, part) for name, part in _parts(scenario, network, flow, usable) if part]
            here = ends_reached(scenario.services[usable[0]], here) or here
        else:
            made.append((route.share, stages))
    total = sum(share for share, _ in made)
    return [(share / total, stages) for share, stages in made]


def _parts(scenario: Scenario, network: Network, flow: Flow, names: list[str]) -> list[tuple[str, float]]:
    """Return (service, part) of alternatives of which whichever leaves first takes the load: by what each can carry in a year."""
    able = [_able(scenario, network, flow, name) for name in names]
    endless = [math.inf == amount for amount in able]
    weights = [float(one) for one in endless] if any(endless) else able
    total = sum(weights)
    return [(name, weight / total if total else 1 / len(names)) for name, weight in zip(names, weights, strict=True)]


def _able(scenario: Scenario, network: Network, flow: Flow, name: str) -> float:
    """Return how many units the vehicles of a service can carry in a year one way, infinite without a number of vehicles."""
    limits = scenario.services[name].carries.limits
    use = scenario.commodities[flow.commodity].use_of(limits)
    if not use:
        return 0.0
    vessels, round_trip_h = scenario.vessels_of(name), 2 * network.hours(name)
    if vessels is None or math.isinf(vessels) or not round_trip_h:
        return math.inf
    return vessels * HOURS_PER_YEAR / round_trip_h / max(amount / limits[measure] for measure, amount in use.items())


def _add(scenario: Scenario, network: Network, load: Load, flow: Flow, name: str, start: str, units: float) -> None:
    service = scenario.services[name]
    use = scenario.commodities[flow.commodity].use_of(service.carries.limits)
    if not use or not units:
        return
    vehicles = units * max(amount / service.carries.limits[measure] for measure, amount in use.items())
    load.boarded[name, start] += vehicles
    outward = service.route[0] == start
    for leg in network.legs[name] or ():
        ends = scenario.legs[leg].ends
        first, second = (service.route.index(end) for end in ends)
        load.trains[leg, int((first < second) != outward)] += vehicles
    for place in service.route:
        load.passing[place] += vehicles
