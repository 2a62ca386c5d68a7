"""Pools of wagons: what must hold of them, and what is probably not meant."""

from __future__ import annotations

from collections.abc import Iterator

from corridor_sim.loading.references import Slip
from corridor_sim.loading.routing import Network
from corridor_sim.scenario import Pool, Scenario


def pools_whole(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield pools that share a service, ride roads or another gauge, or send empties by services that aren't theirs."""
    owner: dict[str, str] = {}
    for name, pool in scenario.pools.items():
        for index, service in enumerate(pool.services):
            path = ("pools", name, "services", index)
            if service in owner:
                yield Slip(path, f"loads of {service} ride wagons of pool {owner[service]} already", "pool")
            owner.setdefault(service, name)
            for leg in network.legs[service] or ():
                yield from _rides(scenario, pool, service, leg, path)
        yield from _returns(name, pool)
        if not sum(pool.stock.values()):
            yield Slip(("pools", name, "stock"), "expected at least one wagon", "pool")
    for name, stock in scenario.start_stocks.items():
        if scenario.pools and (stock.aboard in owner or stock.at != scenario.flows[stock.flow].from_):
            message = "expected a stock at its origin: beside pools it isn't known which wagons load under way stands on"
            yield Slip(("start_stocks", name), message, "pool")


def _rides(scenario: Scenario, pool: Pool, service: str, leg: str, path: tuple[str | int, ...]) -> Iterator[Slip]:
    stated = scenario.legs[leg]
    if stated.mode == "road":
        yield Slip(path, f"expected services by rail or sea, {service} goes by road", "pool")
    if stated.mode == "rail" and pool.gauge_mm and stated.gauge_mm != pool.gauge_mm:
        yield Slip(path, f"wagons of {pool.gauge_mm} mm can't ride {service}: {leg} has {stated.gauge_mm} mm", "gauge")


def _returns(name: str, pool: Pool) -> Iterator[Slip]:
    for place, way in pool.returns.items():
        for stage, services in enumerate(way.services):
            for service in services:
                if service not in pool.services:
                    message = f"expected services of this pool ({', '.join(pool.services)}), got '{service}'"
                    yield Slip(("pools", name, "returns", place, "services", stage), message, "pool")


# Sense


def pools_starve(scenario: Scenario) -> Iterator[Slip]:
    """Yield pools that have no wagons where loads take them, and none that come there."""
    for name, pool in scenario.pools.items():
        there = {place for place, wagons in pool.stock.items() if wagons}
        there |= {_end(scenario, place, way.services) for place, way in pool.returns.items()}
        asked: dict[str, str] = {}
        for flow, stages, places in _rides_of(scenario):
            for k, stage in enumerate(stages):
                rides = stage[0] in pool.services
                if rides and (k == 0 or stages[k - 1][0] not in pool.services):
                    asked.setdefault(places[k], flow)
                if rides and (k + 1 == len(stages) or stages[k + 1][0] not in pool.services):
                    there.add(places[k + 1])
        for place, flow in asked.items():
            if place not in there:
                message = f"{flow} takes wagons at {place}, where none stand at the start and none come: it waits for ever"
                yield Slip(("pools", name, "stock"), message, "pool")


def _rides_of(scenario: Scenario) -> Iterator[tuple[str, tuple[tuple[str, ...], ...], list[str]]]:
    """Yield (flow, stages, places from origin to destination) of each stated route."""
    for name, flow in scenario.flows.items():
        for route in flow.routes or ():
            places = [flow.from_]
            for stage in route.services:
                places.append(_over(scenario, places[-1], stage[0]))
            yield name, route.services, places


def _end(scenario: Scenario, place: str, stages: tuple[tuple[str, ...], ...]) -> str:
    for stage in stages:
        place = _over(scenario, place, stage[0])
    return place


def _over(scenario: Scenario, place: str, service: str) -> str:
    """Return the other end of a service."""
    first, last = scenario.services[service].route[0], scenario.services[service].route[-1]
    return last if place == first else first
