"""Formation plans: a service with `via` becomes one service a part of its route, from yard to yard, and what names it names its parts.

This happens to the models of each date, after changes and before all that looks at what runs: files, changes, `diff`, the resolved case
and its key know only the service as written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from math import inf
from typing import TypeVar

from corridor_sim.loading.fleets import starts_there
from corridor_sim.loading.locomotives import locomotives_whole, span_of
from corridor_sim.loading.paths import Path, nearest
from corridor_sim.loading.references import Slip
from corridor_sim.loading.routing import Network, direction_of, hops
from corridor_sim.loading.rules import gauge_kept, route_joined, services_whole
from corridor_sim.loading.stages import Boarded, Chain, Trains
from corridor_sim.scenario import Flow, Handling, Pool, Scenario, Service, part_names

OWN_RULES = (route_joined, gauge_kept, services_whole, starts_there, locomotives_whole)  # of a service by itself: as it is written
LONGEST_NAME = 64
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Formed:
    """A scenario whose services end where trains are re-formed.

    slips: what is wrong with formation plans; the scenario is then as it was. keys: path of what was made -> path of what was written.
    """

    scenario: Scenario
    slips: tuple[Slip, ...] = ()
    keys: dict[Path, Path] = field(default_factory=dict)


def as_written(slips: Iterable[Slip], keys: dict[Path, Path]) -> list[Slip]:
    """Return slips at the keys that the user wrote, what is said of several parts of one service once."""
    found: dict[tuple[Path, str], Slip] = {}
    plain = []
    for slip in slips:
        made = next((slip.path[:n] for n in range(len(slip.path), 0, -1) if slip.path[:n] in keys), None)
        if made is None:
            plain.append(slip)
        else:
            path = (*keys[made], *slip.path[len(made) :])
            found.setdefault((path, slip.code), Slip(path, slip.message, slip.code))
    return plain + list(found.values())


def formed(scenario: Scenario, day: date) -> Formed:
    """Return a scenario at a date with the parts of services that are re-formed on their way."""
    forming = {name: service for name, service in scenario.services.items() if service.via}
    if not forming:
        return Formed(scenario)
    network = Network(scenario, day)
    slips = tuple(_slips(scenario, network, forming))
    return Formed(scenario, slips) if slips else _Forming(scenario, network, forming).formed()


# What a formation plan must fulfil


def _slips(scenario: Scenario, network: Network, forming: dict[str, Service]) -> Iterator[Slip]:
    misplaced = {name: list(_places(scenario, name, service)) for name, service in forming.items()}
    for slips in misplaced.values():
        yield from slips
    sound = {name: service for name, service in forming.items() if not misplaced[name]}
    for rule in OWN_RULES:
        yield from (slip for slip in rule(scenario, network) if slip.path[0] == "services" and slip.path[1] in sound)
    for name, service in sound.items():
        yield from _possible(scenario, network, name, service)
        yield from _hops(scenario, network, name, service)
        yield from _districts(scenario, name, service)
        yield from _names(scenario, name, service)
    for name, stock in scenario.start_stocks.items():
        if stock.aboard in forming:
            yield Slip(("start_stocks", name, "aboard"), f"expected a sea service, got '{stock.aboard}'", "stock")


def _possible(scenario: Scenario, network: Network, name: str, service: Service) -> Iterator[Slip]:
    path, fleet = ("services", name, "via"), scenario.fleet_of(name)
    modes = {scenario.legs[leg].mode for leg in network.legs[name] or ()}
    if "sea" in modes:
        yield Slip(path, "expected via only on land: a vessel unloads at the ends of its route", "via")
    elif fleet is not None:
        yield Slip(path, f"expected no via on a service of fleet {fleet}: its vehicles run from end to end", "via")
    elif service.vessels is not None and service.vessels < inf:
        message = f"expected no via beside vessels ({service.vessels:g}): a number of vehicles runs from end to end"
        yield Slip(path, f"{message}; limit locomotives or wagons", "via")


def _places(scenario: Scenario, name: str, service: Service) -> Iterator[Slip]:
    """Yield places of a formation plan that aren't yards on the way, in the order of the route."""
    behind, inner = 0, service.route[1:-1]
    for k, place in enumerate(service.via or ()):
        message = ""
        if place in (service.via or ())[:k]:
            message = f"expected each yard once, got '{place}' twice"
        elif place in (service.route[0], service.route[-1]):
            message = f"expected a yard between the ends of the route, got its end '{place}'"
        elif place not in inner:
            message = f"expected places that the route passes ({', '.join(inner) or 'none'}), got '{place}'{nearest(place, inner)}"
        elif place not in service.route[behind + 1 :]:
            message = f"expected yards in the order of the route ({', '.join(inner)}), got '{place}' after '{service.route[behind]}'"
        elif scenario.places[place].yard is None:
            yards = [other for other in inner if scenario.places[other].yard is not None]
            message = f"there is no yard in {place} to re-form trains in; places with one on the way: {', '.join(yards) or 'none'}"
        if place in service.route[behind + 1 :]:
            behind = service.route.index(place, behind + 1)
        if message:
            yield Slip(("services", name, "via", k), message, "via")


def _hops(scenario: Scenario, network: Network, name: str, service: Service) -> Iterator[Slip]:
    """Yield hops of which it isn't plain which leg they take: the parts are told it."""
    modes = {scenario.legs[leg].mode for leg in network.legs[name] or ()}
    for k, (pair, found) in enumerate(zip(pairwise(service.route), hops(scenario, service, network.joined), strict=True)):
        several = [leg for leg in found if scenario.legs[leg].mode in modes]
        if len(several) > 1:
            message = f"expected one leg between {pair[0]} and {pair[1]}, got {' and '.join(several)}: name the one it takes in 'legs'"
            yield Slip(("services", name, "route", k + 1), message, "route")


def _districts(scenario: Scenario, name: str, service: Service) -> Iterator[Slip]:
    for index, district in enumerate(service.locomotives):
        span = span_of(scenario, service, district)
        over = [place for place in service.via or () if span and place in service.route[span[0] + 1 : span[1]]]
        if over:
            first, last = scenario.locomotives[district].between
            message = f"expected districts that end where trains are re-formed, {district} ({first} - {last}) reaches over {over[0]}"
            yield Slip(("services", name, "locomotives", index), message, "district")


def _names(scenario: Scenario, name: str, service: Service) -> Iterator[Slip]:
    others = set(scenario.services)
    others |= {part for other, stated in scenario.services.items() if other != name for part in _parts(stated, other)}
    for part in _parts(service, name):
        if part in others:
            yield Slip(("services", name), f"a part of it is named {part}, as another service is: rename one of them", "via")
        if len(part) > LONGEST_NAME:
            message = f"expected a shorter name: its part {part} would have {len(part)} characters, more than {LONGEST_NAME}"
            yield Slip(("services", name), message, "via")


def _parts(service: Service, name: str) -> tuple[str, ...]:
    return part_names(name, service.stops) if service.via else ()


# Parts


class _Forming:
    """The state of forming: services and what names them as made, and the keys of what was written."""

    def __init__(self, scenario: Scenario, network: Network, forming: dict[str, Service]) -> None:
        self.scenario = scenario
        self.keys: dict[Path, Path] = {}
        self.slips: list[Slip] = []
        self.parts = {name: _parts(service, name) for name, service in forming.items()}
        services: dict[str, Service] = {}
        for name, service in scenario.services.items():
            services |= self.divided(name, service, network) if name in forming else {name: service}
        self.trains = Trains(scenario.services, self.parts, services)

    def formed(self) -> Formed:
        """Return the scenario of the parts, or what is wrong with routes that name services with parts."""
        flows = {name: self.flow(name, flow) for name, flow in self.scenario.flows.items()}
        pools = {name: self.pool(name, pool) for name, pool in self.scenario.pools.items()}
        if self.slips:
            return Formed(self.scenario, tuple(self.slips))
        made = self.scenario.with_parts(self.parts, services=dict(self.trains.services), flows=flows, pools=pools)
        return Formed(made, keys=self.keys)

    def divided(self, name: str, service: Service, network: Network) -> dict[str, Service]:
        """Return the parts of a service by name."""
        mode = self.scenario.legs[(network.legs[name] or [""])[0]].mode
        direction = direction_of(self.scenario, service.route[0], service.route[-1], service.direction)
        whole = service.model_copy(update={"mode": mode, "direction": direction})
        self.keys |= {("services", part): ("services", name) for part in self.parts[name]}
        return dict(zip(self.parts[name], (self.part(whole, span) for span in _spans(service)), strict=True))

    def part(self, whole: Service, span: tuple[int, int]) -> Service:
        """Return a service over a part of a route, from one place of it to another."""
        first, last = span
        route = whole.route[first : last + 1]
        ends = (route[0], route[-1])
        yards = dict.fromkeys(whole.via or (), "yard")
        return whole.model_copy(update={
            "route": route,
            "legs": whole.legs[first:last] if whole.legs else None,
            "via": None, "home": None, "run_h": None,  # of vehicles that run from end to end
            "ends_at": _at(ends, {**yards, **whole.ends_at}),
            "departs_at": _at(ends, whole.departs_at),
            "handling_h": _handling(whole, ends),
            "locomotives": tuple(d for d in whole.locomotives if _inside(span_of(self.scenario, whole, d), span)),
        })  # fmt: skip

    def flow(self, name: str, flow: Flow) -> Flow:
        """Return a flow whose routes name the trains that they board."""
        if not any(self.trains.concern(route.services) for route in flow.routes or ()):
            return flow
        routes = []
        for k, route in enumerate(flow.routes or ()):
            path = ("flows", name, "routes", k, "services")
            if self.trains.concern(route.services):
                found = self.trains.boarded(flow.from_, route.services, flow.to, path)
                route = route.model_copy(update={"services": self.taken(path, route.services, found)})
            routes.append(route)
        return flow.model_copy(update={"routes": tuple(routes)})

    def pool(self, name: str, pool: Pool) -> Pool:
        """Return a pool whose wagons ride the parts of its services."""
        pairs = [(part, k) for k, service in enumerate(pool.services) for part in self.parts.get(service, (service,))]
        if len(pairs) > len(pool.services):
            self.note(("pools", name, "services"), [k for _, k in pairs])
        returns = dict(pool.returns)
        for place, way in pool.returns.items():
            path = ("pools", name, "returns", place, "services")
            if self.trains.concern(way.services):
                stages = self.taken(path, way.services, self.trains.returned(place, way.services, path))
                returns[place] = way.model_copy(update={"services": stages})
        return pool.model_copy(update={"services": tuple(part for part, _ in pairs), "returns": returns})

    def taken(self, path: Path, stages: Chain, found: Boarded | Slip) -> Chain:
        """Return the stages of a route in trains; a slip is kept, and the route left as it is."""
        if isinstance(found, Slip):
            self.slips.append(found)
            return stages
        self.note(path, found.numbers)
        return found.stages

    def note(self, path: Path, numbers: Iterable[int]) -> None:
        """Keep which item of a list as written each item as made comes from."""
        self.keys |= {(*path, k): (*path, number) for k, number in enumerate(numbers)}


def _spans(service: Service) -> list[tuple[int, int]]:
    """Return from where to where on the route each part goes."""
    at = [0]
    for place in service.via or ():
        at.append(service.route.index(place, at[-1] + 1))
    return list(pairwise([*at, len(service.route) - 1]))


def _at(ends: tuple[str, str], stated: dict[str, T]) -> dict[str, T]:
    return {place: value for place, value in stated.items() if place in ends}


def _handling(whole: Service, ends: tuple[str, str]) -> Handling | None:
    """Return the handling times of a part: in a yard of via only those that are stated of it, wagons aren't unloaded there."""
    if whole.handling_h is None:
        return None
    every = {place: whole.handling_h.everywhere for place in (whole.route[0], whole.route[-1]) if whole.handling_h.everywhere}
    return Handling(at=_at(ends, {**every, **whole.handling_h.at}))


def _inside(inner: tuple[int, int] | None, outer: tuple[int, int]) -> bool:
    return inner is not None and outer[0] <= inner[0] and inner[1] <= outer[1]
