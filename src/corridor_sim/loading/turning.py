"""Yards that turn away what finds them full: what is probably not meant."""

from __future__ import annotations

import math
from collections.abc import Iterator

from corridor_sim.loading.references import Slip
from corridor_sim.loading.routing import Network, direction_of
from corridor_sim.scenario import Scenario

MEASURES = ("wagons", "teu", "trucks", "t")


def turned_away_oddly(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield yards that turn away and have no finite room, and flows of which every consignment is more than the room."""
    for name, place in scenario.places.items():
        if place.yard is None or place.yard.when_full != "turn_away":
            continue
        rooms = {measure: room for measure in MEASURES if (room := getattr(place.yard, f"room_{measure}")) is not None}
        if all(math.isinf(room.west) and math.isinf(room.east) for room in rooms.values()):
            yield Slip(("places", name, "yard", "when_full"), "turns nothing away: its room has no limit", "turn_away")
        for flow_name, flow in scenario.flows.items():
            first = (flow.routes[0].services[0] if flow.routes else tuple(ride[0] for ride in (network.fastest(flow) or [])[:1])) or ()
            use = scenario.commodities[flow.commodity].use_of(dict.fromkeys(rooms, 1.0)) or {}
            direction = direction_of(scenario, flow.from_, flow.to, flow.direction)
            for measure, amount in use.items():
                room = getattr(rooms[measure], direction)
                passes = any(name in scenario.services[service].route and name != flow.from_ for service in first)
                if passes and 0 < room < amount * flow.consignment:
                    taken = f"a consignment takes {amount * flow.consignment:g} {measure}"
                    message = f"{taken}, more than the room of {name} ({room:g}): each is turned away"
                    yield Slip(("flows", flow_name, "consignment"), message, "turn_away")
