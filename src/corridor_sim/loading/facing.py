"""Finite fleets that hand load to each other both ways over finite room: each can fill the room that the other must empty.

The engine keeps one vehicle of each free of that, so that they can't lock (`engine.guarded`); it can't where a fleet serves several
services, keeps classes apart, or passes yards of finite room on its way. Those are warned about.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise, product

from corridor_sim.loading.references import Slip
from corridor_sim.loading.routing import Network
from corridor_sim.scenario import Place, Scenario

MEASURES = ("wagons", "teu", "trucks", "t")


def fleets_facing(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield places where loaded vessels of two finite fleets can wait for each other's room without end."""
    handed = dict.fromkeys(_transfers(scenario, network))
    for one, two in handed:
        if (two, one) not in handed or two < one or not (_is_finite(scenario, one) and _is_finite(scenario, two)):
            continue
        if _is_guarded(scenario, one) and _is_guarded(scenario, two):
            continue
        ends = [(service.route[0], service.route[-1]) for service in (scenario.services[one], scenario.services[two])]
        for name in (name for name in ends[0] if name in ends[1]):
            for facility in _tight_both_ways(scenario.places[name]):
                message = f"{one} and {two} hand load to each other over finite room both ways: each can fill what the other must empty"
                yield Slip(("places", name, facility), message, "facing")


def _transfers(scenario: Scenario, network: Network) -> Iterator[tuple[str, str]]:
    for flow in scenario.flows.values():
        found = tuple((service,) for service, *_ in network.fastest(flow) or ())
        routes = [route.services for route in flow.routes] if flow.routes else [found]
        for before, after in (pair for stages in routes for pair in pairwise(stages)):
            yield from product(before, after)


def _is_finite(scenario: Scenario, service: str) -> bool:
    vessels = scenario.vessels_of(service)
    return vessels is not None and math.isfinite(vessels)


def _is_guarded(scenario: Scenario, name: str) -> bool:
    """Return whether the engine keeps one vehicle of a service free."""
    service = scenario.services[name]
    yards = [scenario.places[place].yard for place in service.route[1:-1]]
    passed = [getattr(yard, f"room_{measure}") for yard in yards if yard for measure in MEASURES]
    tight = any(room is not None and not (math.isinf(room.west) and math.isinf(room.east)) for room in passed)
    return scenario.fleet_of(name) is None and not service.not_with and not tight


def _tight_both_ways(place: Place) -> Iterator[str]:
    for facility in ("yard", "port"):
        holder = getattr(place, facility)
        rooms = [getattr(holder, f"room_{measure}") for measure in MEASURES] if holder else []
        if any(room is not None and math.isfinite(room.west) and math.isfinite(room.east) for room in rooms):
            yield facility
