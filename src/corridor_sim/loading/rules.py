"""What a valid scenario must fulfil beyond its shape: each rule is a function in a table, run at every date."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from corridor_sim.loading import disruptions
from corridor_sim.loading.choices import choice_whole
from corridor_sim.loading.fleets import fleets_whole, starts_there
from corridor_sim.loading.locomotives import locomotives_whole
from corridor_sim.loading.norms import largest
from corridor_sim.loading.paths import nearest
from corridor_sim.loading.pools import pools_whole
from corridor_sim.loading.references import Slip
from corridor_sim.loading.routing import Network, direction_of, ends_reached, hops
from corridor_sim.loading.stocks import stocks_fit, stocks_stand_somewhere
from corridor_sim.scenario import Flow, Place, Route, Scenario, Service

Rule = Callable[[Scenario, Network], Iterator[Slip]]


def route_joined(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield routes whose hops aren't joined by legs of one mode."""
    for name, service in scenario.services.items():
        if network.legs[name] is not None:
            continue
        path = ("services", name, "route")
        choices = hops(scenario, service, network.joined)
        gaps = [pair for pair, found in zip(pairwise(service.route), choices, strict=True) if not found]
        if gaps:
            what = f"{service.mode} leg" if service.mode else "leg"
            yield Slip(path, "; ".join(f"no {what} joins {a} and {b}" for a, b in gaps), "route")
        else:
            yield Slip(path, "expected legs of one mode from end to end; a service can't change mode", "route")


def gauge_kept(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield routes of trains over legs of different gauge."""
    for name, legs in network.legs.items():
        rails = [(leg, scenario.legs[leg].gauge_mm) for leg in legs or () if scenario.legs[leg].mode == "rail"]
        for (first, gauge), (second, other) in pairwise(rails):
            if gauge != other:
                place = set(scenario.legs[first].ends) & set(scenario.legs[second].ends)
                message = f"a train of {gauge} mm can't pass from {first} to {second} of {other} mm"
                hint = f"; end the service at {min(place)} and start another there" if place else ""
                yield Slip(("services", name, "route"), message + hint, "gauge")


def legs_make_sense(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield legs whose ends are one place."""
    for name, leg in scenario.legs.items():
        if leg.ends[0] == leg.ends[1]:
            yield Slip(("legs", name), f"expected two different places, got '{leg.ends[0]}' twice")


def services_whole(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield services that lack what their mode needs or name what isn't theirs."""
    for name, service in scenario.services.items():
        path = ("services", name)
        ends = (service.route[0], service.route[-1])
        if ends[0] == ends[1]:
            yield Slip((*path, "route"), f"expected a route between two different places, got '{ends[0]}' twice", "route")
        if service.home and service.home not in ends:
            yield Slip((*path, "home"), f"expected an end of the route ({' or '.join(ends)}), got '{service.home}'", "route")
        for key in ("departs_at", "ends_at"):
            for place in getattr(service, key):
                if place not in service.stops:
                    yield Slip((*path, key, place), f"{_a_stop(service)}, got '{place}'", "route")
        yield from _handled_places(service, path)
        yield from _facilities_there(scenario, service, path)
        yield from _sea_needs(scenario, service, path, network.legs[name])


def _a_stop(service: Service) -> str:
    yards = " or a yard of via" if service.via else ""
    return f"expected an end of the route{yards} ({' or '.join(service.stops)})"


def _handled_places(service: Service, path: tuple[str, ...]) -> Iterator[Slip]:
    for place in service.handling_h.at if service.handling_h else ():
        if place not in service.stops:
            yield Slip((*path, "handling_h", place), f"{_a_stop(service)}, got '{place}'{nearest(place, service.stops)}", "route")


def _facilities_there(scenario: Scenario, service: Service, path: tuple[str, ...]) -> Iterator[Slip]:
    for place, facility in service.ends_at.items():
        if getattr(scenario.places[place], facility) is None:
            yield Slip((*path, "ends_at", place), f"there is no {facility} in {place}", "route")


def _sea_needs(scenario: Scenario, service: Service, path: tuple[str, ...], legs: list[str] | None) -> Iterator[Slip]:
    sea = bool(legs) and all(scenario.legs[leg].mode == "sea" for leg in legs or ())
    if sea and scenario.vessels_of(path[1]) is None:
        yield Slip(path, "expected vessels (a number or unlimited) on a sea service, got nothing", "missing")
    if sea and service.speed_kmh is None and service.run_h is None:
        slow = [leg for leg in legs or () if scenario.legs[leg].run_h is None and scenario.legs[leg].speed_kmh is None]
        if slow:
            yield Slip(path, f"expected speed_kmh or run_h on a sea service, got nothing for {', '.join(slow)}", "missing")
    if not sea and service.berth and legs:
        yield Slip((*path, "berth"), f"expected a berth only on a sea service, got '{service.berth}'", "route")
    for place in (service.route[0], service.route[-1]) if sea and service.berth else ():
        port = scenario.places[place].port
        kinds = port.berths if port else {}
        if service.berth not in kinds:
            message = f"there is no berth of kind '{service.berth}' in {place}{nearest(service.berth, kinds)}"
            yield Slip((*path, "berth"), message, "reference")


def routes_lead(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield given routes that don't lead from origin to destination, or whose services can't carry the commodity."""
    for name, flow in scenario.flows.items():
        for index, route in enumerate(flow.routes or ()):
            yield from _route_leads(scenario, network, flow, route, ("flows", name, "routes", index))


def _route_leads(scenario: Scenario, network: Network, flow: Flow, route: Route, path: tuple[str | int, ...]) -> Iterator[Slip]:
    here: str | None = flow.from_
    for number, stage in enumerate(route.services):
        at = (*path, "services", number)
        reached = {ends_reached(scenario.services[service], here or "") for service in stage}
        for service in stage:
            yield from _suits(scenario, network, flow, service, at)
            if ends_reached(scenario.services[service], here or "") is None:
                yield Slip(at, f"{service} doesn't start at {here}{_ends_text(scenario.services[service])}", "route")
                return
        if len(reached) > 1:
            yield Slip(at, f"expected services to one place, got {' and '.join(sorted(map(str, reached)))}", "route")
            return
        here = reached.pop()
    if here != flow.to:
        yield Slip((*path, "services"), f"expected a route to {flow.to}, got one to {here}", "route")


def _ends_text(service: Service) -> str:
    joint = "and" if service.two_way else "to"
    return f" (it runs {'between' if service.two_way else 'from'} {service.route[0]} {joint} {service.route[-1]})"


def _suits(scenario: Scenario, network: Network, flow: Flow, service: str, at: tuple[str | int, ...]) -> Iterator[Slip]:
    commodity = scenario.commodities[flow.commodity]
    if not network.carries(service, commodity):
        limits = ", ".join(scenario.services[service].carries.limits)
        yield Slip(at, f"{service} carries {limits}, not {flow.commodity} (in {commodity.unit})", "carries")


def unlimited_is_bounded(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield flows of unlimited supply that nothing limits."""
    for name, flow in scenario.flows.items():
        if flow.supply != "unlimited":
            continue
        first = _first_services(scenario, network, flow)
        if first and not any(_limited(scenario, network, service, flow.from_) for service in first):
            remedy = "state vessels, paths on the first leg or finite room ahead"
            message = f"unlimited supply without a limit: {', '.join(first)} may leave without end; {remedy}"
            yield Slip(("flows", name, "supply"), message, "unlimited")


def _first_services(scenario: Scenario, network: Network, flow: Flow) -> list[str]:
    if flow.routes:
        return list(dict.fromkeys(service for route in flow.routes for service in route.services[0]))
    found = network.fastest(flow)
    return [found[0][0]] if found else []


def _limited(scenario: Scenario, network: Network, name: str, place: str) -> bool:
    """Return whether anything holds a service back: its fleet, the paths or sections of its first leg, or finite room ahead.

    One vehicle at a time waits to start; so what limits must lie where it starts, or be room that it claims before it does.
    """
    service = scenario.services[name]
    vessels = scenario.vessels_of(name)
    if vessels is not None and vessels < math.inf:
        return True
    legs = network.legs[name]
    if not legs:
        return False
    first = scenario.legs[legs[0] if place == service.route[0] else legs[-1]]
    by_paths = first.sections is not None or max(first.paths_per_day.out, first.paths_per_day.back) < math.inf
    return by_paths or any(_finite_ahead(scenario, name, place))


def _finite_ahead(scenario: Scenario, name: str, start: str) -> Iterator[bool]:
    """Yield for each room that a vehicle enters on its way from one end whether it limits what it carries."""
    service = scenario.services[name]
    for place, direction in _entered_from(scenario, service, start):
        for facility, measure in _rooms(scenario.places[place]):
            room = getattr(getattr(scenario.places[place], facility), f"room_{measure}")
            yield measure in service.carries.limits and getattr(room, direction) < math.inf


def room_fits(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield rooms below the largest vehicle that enters them, by direction."""
    for (place, facility, measure, direction), (size, service) in largest_entries(scenario, network).items():
        room = getattr(getattr(scenario.places[place], facility), f"room_{measure}")
        held = getattr(room, direction)
        yard = scenario.places[place].yard if facility == "yard" else None
        nobody_waits = held == 0 and yard is not None and yard.when_full == "turn_away"
        if held < size and not nobody_waits:
            message = f"expected room for the largest vehicle that enters ({service}, {size:g} {measure}), got {held:g} {direction}"
            yield Slip(("places", place, facility, f"room_{measure}"), message, "room")


Entry = tuple[str, str, str, str]


def largest_entries(scenario: Scenario, network: Network) -> dict[Entry, tuple[float, str]]:
    """Return (place, facility, measure, direction) -> (size, service) of the largest vehicle that claims room there."""
    found: dict[Entry, tuple[float, str]] = {}
    for name in scenario.services:
        if name not in network.active:
            continue
        for place, direction in _entered(scenario, scenario.services[name]):
            for facility, measure in _rooms(scenario.places[place]):
                size = largest(scenario, network, name, measure)
                key = (place, facility, measure, direction)
                if size > found.get(key, (0.0, ""))[0]:
                    found[key] = (size, name)
    return found


def _entered(scenario: Scenario, service: Service) -> Iterator[tuple[str, str]]:
    """Yield (place, direction) of every place that a vehicle comes to, either way."""
    yield from _entered_from(scenario, service, service.route[0])
    if service.two_way:
        yield from _entered_from(scenario, service, service.route[-1])


def _entered_from(scenario: Scenario, service: Service, start: str) -> Iterator[tuple[str, str]]:
    """Yield (place, direction) of every place that a vehicle comes to on its way from one end."""
    heading = direction_of(scenario, service.route[0], service.route[-1], service.direction)
    if start == service.route[0]:
        yield from ((place, heading) for place in service.route[1:])
    else:
        opposite = {"west": "east", "east": "west"}[heading]
        yield from ((place, opposite) for place in service.route[-2::-1])


def _rooms(place: Place) -> Iterator[tuple[str, str]]:
    for facility in ("yard", "port"):
        holder: Any = getattr(place, facility)
        for measure in ("wagons", "teu", "trucks", "t") if holder else ():
            if getattr(holder, f"room_{measure}") is not None:
                yield facility, measure


def borders_have_countries(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield borders with exit or entry at places without a country."""
    for name, place in scenario.places.items():
        if place.border and (place.border.exit or place.border.entry) and place.country is None:
            message = "expected a country: exit and entry hold for vehicles that leave and enter it, got nothing"
            yield Slip(("places", name, "country"), message, "missing")


def ports_have_berths(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield ports whose wind follows none, or whose ramps and cranes have no rate."""
    for name, place in scenario.places.items():
        for crane_name, crane in place.port.cranes.items() if place.port else ():
            path = ("places", name, "port", "cranes", crane_name)
            if crane.moves_per_h is None and crane.teu_per_h is None and crane.t_per_h is None:
                yield Slip(path, "expected a rate: moves_per_h, teu_per_h or t_per_h", "missing")
            if crane.per_vessel > crane.count > 0:
                yield Slip((*path, "per_vessel"), f"expected at most count ({crane.count}), got {crane.per_vessel}", "bound")
        for ramp_name, ramp in place.port.ramps.items() if place.port else ():
            if ramp.wagons_per_h is None and ramp.trucks_per_h is None:
                yield Slip(("places", name, "port", "ramps", ramp_name), "expected a rate: wagons_per_h or trucks_per_h", "missing")


RULES: tuple[Rule, ...] = (
    route_joined,
    gauge_kept,
    legs_make_sense,
    services_whole,
    routes_lead,
    unlimited_is_bounded,
    room_fits,
    borders_have_countries,
    ports_have_berths,
    fleets_whole,
    starts_there,
    stocks_stand_somewhere,
    stocks_fit,
    pools_whole,
    locomotives_whole,
    choice_whole,
    *disruptions.RULES,
)


def check(scenario: Scenario, day: date) -> list[Slip]:
    """Return every slip of a scenario at a date."""
    network = Network(scenario, day)
    return [slip for rule in RULES for slip in rule(scenario, network)]
