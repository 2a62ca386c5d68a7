"""Routes of services and itineraries of flows, as far as checks need them."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from datetime import date
from itertools import pairwise

from corridor_sim.scenario import Commodity, Flow, Leg, Scenario, Service

EARTH_RADIUS_KM = 6371.0088


def great_circle_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the distance of two points given as latitude and longitude in degrees [km]."""
    (lat, lon), (lat2, lon2) = (tuple(map(math.radians, point)) for point in (one, other))
    part = math.sin((lat2 - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat2) * math.sin((lon2 - lon) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(part))


def legs_between(scenario: Scenario) -> dict[frozenset[str], list[str]]:
    """Return the legs that join two places, both ways, in the order of the file."""
    joined: dict[frozenset[str], list[str]] = defaultdict(list)
    for name, leg in scenario.legs.items():
        joined[frozenset(leg.ends)].append(name)
    return joined


def hops(scenario: Scenario, service: Service, joined: dict[frozenset[str], list[str]]) -> list[list[str]]:
    """Return the legs that each hop of a route may take: of the named leg or mode, where one is named."""
    pairs = list(pairwise(service.route))
    choices = [joined.get(frozenset(pair), []) for pair in pairs]
    if service.legs:
        choices = [[name] if name in found else [] for name, found in zip(service.legs, choices, strict=True)]
    if service.mode:
        choices = [[name for name in found if scenario.legs[name].mode == service.mode] for found in choices]
    return choices


def legs_of(scenario: Scenario, service: Service, joined: dict[frozenset[str], list[str]]) -> list[str] | None:
    """Return the leg of each hop, all of one mode, or None where there is no such route; rail before road before sea."""
    choices = hops(scenario, service, joined)
    for mode in ("rail", "road", "sea"):
        chosen = [next((name for name in found if scenario.legs[name].mode == mode), None) for found in choices]
        if all(chosen):
            return [name for name in chosen if name]
    return None


def direction_of(scenario: Scenario, first: str, last: str, stated: str | None) -> str:
    """Return west or east for travel from first to last: as stated, by longitude, else by the order of the file."""
    if stated:
        return stated
    a, b = scenario.places[first].at, scenario.places[last].at
    if a and b and a[1] != b[1]:
        return "west" if b[1] < a[1] else "east"
    order = list(scenario.places)
    return "west" if order.index(first) < order.index(last) else "east"


def is_open(leg: Leg, day: date) -> bool:
    """Return whether a leg exists at a date and has paths."""
    return not (
        (leg.opens and day < leg.opens)
        or (leg.closes and day >= leg.closes)
        or max(leg.paths_per_day.out, leg.paths_per_day.back) <= 0
    )


def runs(service: Service, day: date) -> bool:
    """Return whether a service runs at a date."""
    return not ((service.runs_from and day < service.runs_from) or (service.runs_until and day >= service.runs_until))


def run_time_h(leg: Leg, service: Service) -> float:
    """Return about how long a vehicle takes over a leg [h]."""
    if leg.run_h is not None:
        return float(leg.run_h.out.mean() + leg.run_h.back.mean()) / 2
    speeds = [speed for speed in (leg.speed_kmh, service.speed_kmh) if speed]
    return leg.length_km / min(speeds) if speeds else 0.0


class Network:
    """What runs at one date: services with their ends, usable legs and times."""

    def __init__(self, scenario: Scenario, day: date) -> None:
        self.scenario = scenario
        self.joined = legs_between(scenario)
        self.legs = {name: legs_of(scenario, service, self.joined) for name, service in scenario.services.items()}
        self.active = dict.fromkeys(name for name in scenario.services if self._active(name, day))

    def _active(self, name: str, day: date) -> bool:
        legs, service = self.legs[name], self.scenario.services[name]
        return bool(legs and runs(service, day) and all(is_open(self.scenario.legs[leg], day) for leg in legs))

    def hours(self, name: str) -> float:
        """Return about how long a service takes from end to end [h]."""
        service = self.scenario.services[name]
        if service.run_h is not None:
            return float(service.run_h.out.mean() + service.run_h.back.mean()) / 2
        return sum(run_time_h(self.scenario.legs[leg], service) for leg in self.legs[name] or ())

    def carries(self, name: str, commodity: Commodity) -> bool:
        """Return whether a service can carry a commodity."""
        return commodity.use_of(self.scenario.services[name].carries.limits) is not None

    def fastest(self, flow: Flow) -> list[tuple[str, str, str]] | None:
        """Return the fastest chain of (service, from, to) for a flow of services that run and suit it, or None."""
        commodity = self.scenario.commodities[flow.commodity]
        hops_from: dict[str, list[tuple[str, str, float]]] = defaultdict(list)
        for name in self.active:
            if not self.carries(name, commodity):
                continue
            service = self.scenario.services[name]
            first, last, hours = service.route[0], service.route[-1], self.hours(name) + 1.0
            hops_from[first].append((name, last, hours))
            if service.two_way:
                hops_from[last].append((name, first, hours))
        return _shortest(hops_from, flow.from_, flow.to)


def _shortest(hops_from: dict[str, list[tuple[str, str, float]]], start: str, goal: str) -> list[tuple[str, str, str]] | None:
    best, before = {start: 0.0}, dict[str, tuple[str, str]]()
    queue = [(0.0, start)]
    while queue:
        hours, place = heapq.heappop(queue)
        if place == goal:
            return _traced(before, start, goal)
        for name, target, step in hops_from[place] if hours <= best[place] else ():
            if hours + step < best.get(target, math.inf):
                best[target], before[target] = hours + step, (name, place)
                heapq.heappush(queue, (hours + step, target))
    return None


def _traced(before: dict[str, tuple[str, str]], start: str, goal: str) -> list[tuple[str, str, str]]:
    path = []
    while goal != start:
        name, place = before[goal]
        path.append((name, place, goal))
        goal = place
    return path[::-1]


def ends_reached(service: Service, place: str) -> str | None:
    """Return where a service leads from one of its ends, or None where it doesn't start there."""
    if service.route[0] == place:
        return service.route[-1]
    return service.route[0] if service.two_way and service.route[-1] == place else None
