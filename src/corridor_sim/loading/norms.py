"""Norms of legs: how large a train may be over each, and where they make a train smaller than the rest of its way would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import inf

from corridor_sim.loading.references import Slip
from corridor_sim.loading.routing import Network
from corridor_sim.scenario import Commodity, Leg, Scenario

PLURAL = {"wagon": "wagons", "truck": "trucks", "teu": "TEU", "t": "t"}
WORTH = 1.1  # trains so many times as large elsewhere are worth a word


def allowed(leg: Leg, way: int) -> dict[str, float]:
    """Return what a leg allows of a train one way, by measure."""
    stated = {"wagons": leg.max_wagons, "t": leg.max_gross_t[way] if leg.max_gross_t is not None else None}
    return {measure: float(norm) for measure, norm in stated.items() if norm is not None}


def largest(scenario: Scenario, network: Network, name: str, measure: str) -> float:
    """Return the most that a vehicle of a service carries of a measure by its own limit and the norms of all its legs, 0 without one."""
    own = scenario.services[name].carries.limits.get(measure, 0.0)
    legs = [scenario.legs[leg] for leg in network.legs[name] or ()]
    return min([own, *(max(allowed(leg, way).get(measure, inf) for way in (0, 1)) for leg in legs)])


def norms_fall(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield services whose trains one leg makes smaller than they could be elsewhere, though a yard lies between."""
    for name in network.active:
        if scenario.services[name].vessels not in (None, inf) or scenario.fleet_of(name):
            continue
        for goods, commodity in _carried(scenario, network, name).items():
            message = _fall(scenario, network, name, goods, commodity)
            if message:
                yield Slip(("services", name), message, "norm")
                break


def _carried(scenario: Scenario, network: Network, name: str) -> dict[str, Commodity]:
    """Return the commodities of flows that may ride a service."""
    flows = [flow for flow in scenario.flows.values() if not flow.routes or any(name in stage for r in flow.routes for stage in r.services)]
    found = {flow.commodity: scenario.commodities[flow.commodity] for flow in flows}
    return {goods: commodity for goods, commodity in found.items() if network.carries(name, commodity)}


def _fall(scenario: Scenario, network: Network, name: str, goods: str, commodity: Commodity) -> str:
    for out in (True, False) if scenario.services[name].two_way else (True,):
        units = _units(scenario, network, name, commodity, out)
        yards = _yards(scenario, scenario.services[name].route, units)
        if yards and max(units) >= WORTH * min(units):
            least = (network.legs[name] or [])[units.index(min(units))]
            small, large = (f"{limit(units):.4g} {PLURAL[commodity.unit]}" for limit in (min, max))
            sizes = f"{least} holds a train to {small} of {goods} all the way, of which {large} could go elsewhere"
            return f"{sizes}: via: [{', '.join(yards)}] would re-form trains there"
    return ""


def _units(scenario: Scenario, network: Network, name: str, commodity: Commodity, out: bool) -> list[float]:
    """Return how much of a commodity a train could carry over each hop of a route, were it the only one."""
    service, found = scenario.services[name], []
    for first, leg in zip(service.route, network.legs[name] or (), strict=False):
        way = int((scenario.legs[leg].ends[0] == first) != out)
        norms = allowed(scenario.legs[leg], way)
        limits = {m: min(service.carries.limits.get(m, inf), norms.get(m, inf)) for m in {**service.carries.limits, **norms}}
        limits = {m: limit for m, limit in limits.items() if m == "t" or m in service.carries.limits}
        use = commodity.use_of(limits) or {}
        found.append(min((limits[m] / amount for m, amount in use.items() if amount), default=inf))
    return found


def _yards(scenario: Scenario, route: Sequence[str], units: Sequence[float]) -> list[str]:
    """Return the places with yards on the way between stretches that allow different trains."""
    stops = [0, *(k for k in range(1, len(route) - 1) if scenario.places[route[k]].yard is not None), len(route) - 1]
    least = [min(units[first:last]) for first, last in pairwise(stops)]
    return [route[stop] for stop, before, after in zip(stops[1:-1], least, least[1:], strict=False) if before != after]
