"""Districts of locomotives: what must hold of them, and what is probably not meant."""

from __future__ import annotations

from collections.abc import Iterator

from corridor_sim.loading.references import Slip
from corridor_sim.loading.routing import Network
from corridor_sim.scenario import Scenario, Service


def locomotives_whole(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield services that name districts which they don't cross in order, on wires that their locomotives can't use, or not by rail."""
    for name, service in scenario.services.items():
        behind = 0
        for index, district in enumerate(service.locomotives):
            path = ("services", name, "locomotives", index)
            span = span_of(scenario, service, district)
            if span is None:
                first, last = scenario.locomotives[district].between
                yield Slip(path, f"expected both boundaries of {district} ({first}, {last}) on the route", "district")
                continue
            if span[0] < behind:
                yield Slip(path, f"expected districts one after the other, {district} begins before the last ends", "district")
            behind = max(behind, span[1])
            for leg in (network.legs[name] or [])[span[0] : span[1]]:
                yield from _hauled(scenario, district, leg, path)
    yield from _started(scenario)


def span_of(scenario: Scenario, service: Service, district: str) -> tuple[int, int] | None:
    """Return where on the route a district begins and ends, None where it isn't crossed."""
    between = scenario.locomotives[district].between
    if any(place not in service.route for place in between):
        return None
    first, last = sorted(service.route.index(place) for place in between)
    return first, last


def _hauled(scenario: Scenario, district: str, leg: str, path: tuple[str | int, ...]) -> Iterator[Slip]:
    stated, own = scenario.legs[leg], scenario.locomotives[district].traction
    if stated.mode != "rail":
        yield Slip(path, f"expected a service by rail, {leg} goes by {stated.mode}", "district")
    elif own and stated.traction and not _suits(own, stated.traction):
        yield Slip(path, f"locomotives of {district} ({own}) can't run over {leg} ({stated.traction})", "traction")


def _suits(own: str, wire: str) -> bool:
    """Return whether locomotives can run: diesel ones everywhere, electric ones under their own system."""
    if own == "diesel" or own == wire:
        return True
    return wire != "diesel" and "electric" in (own, wire)


def _started(scenario: Scenario) -> Iterator[Slip]:
    for name, stock in scenario.start_stocks.items():
        if stock.aboard and scenario.services[stock.aboard].locomotives:
            message = f"expected a stock at a place: it isn't known which locomotive hauls load aboard {stock.aboard}"
            yield Slip(("start_stocks", name), message, "district")


# Sense


def abandon_idle(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield legs whose `abandon_h` no train ever feels: no yard with finite room inside a district that runs light, before the leg."""
    felt = {leg for name in scenario.services for leg in _after_yards(scenario, network, name)}
    for name, leg in scenario.legs.items():
        if leg.abandon_h is not None and name not in felt:
            message = "has no effect: no train with a locomotive passes a yard before this leg, inside a district that states light_h"
            yield Slip(("legs", name, "abandon_h"), message, "district")


def _after_yards(scenario: Scenario, network: Network, name: str) -> Iterator[str]:
    """Yield the legs that lie behind a yard, either way, where a service's trains have a locomotive."""
    service, legs = scenario.services[name], network.legs[name] or []
    for district in service.locomotives:
        span = span_of(scenario, service, district)
        for k in range(span[0] + 1, span[1]) if span is not None and scenario.locomotives[district].light_h is not None else ():
            if scenario.places[service.route[k]].yard is not None:
                yield legs[k]
                yield from [legs[k - 1]] if service.two_way else []

def locomotives_starve(scenario: Scenario) -> Iterator[Slip]:
    """Yield districts where trains wait at a boundary to which no locomotive ever comes."""
    for name, district in scenario.locomotives.items():
        takes: dict[str, str] = {}
        there = {place for place in district.between if district.stock.get(place) or district.light_h is not None}
        for service, stated in scenario.services.items():
            span = span_of(scenario, stated, name) if name in stated.locomotives else None
            if span is not None:
                first, last = (stated.route[k] for k in span)
                takes.setdefault(first, service)
                there.add(last)
                if stated.two_way:
                    takes.setdefault(last, service)
                    there.add(first)
        for place, service in takes.items():
            if place not in there:
                message = f"{service} takes locomotives at {place}, where none stand at the start and none come: it waits for ever"
                yield Slip(("locomotives", name, "stock"), message, "district")
