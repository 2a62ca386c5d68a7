"""Fleets that serve several services, and classes that are kept apart: what must hold, and what is probably not meant."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date

from corridor_sim.loading.paths import nearest
from corridor_sim.loading.references import Slip
from corridor_sim.loading.routing import Network
from corridor_sim.scenario import Fleet, Scenario, Service
from corridor_sim.units import HOURS_PER_YEAR

OWN = ("vessels", "home", "start_at")  # what a service leaves to its fleet


def fleets_whole(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield fleets whose services aren't theirs alone, or whose vessels can't come to each of them."""
    owner: dict[str, str] = {}
    for name, fleet in scenario.fleets.items():
        for index, service in enumerate(fleet.services):
            path = ("fleets", name, "services", index)
            if service in owner:
                yield Slip(path, f"{service} is run by fleet {owner[service]} already", "fleet")
            owner.setdefault(service, name)
            yield from _left_to_fleet(scenario.services[service], service, name)
        yield from _places(scenario, name, fleet)
        modes = {scenario.legs[leg].mode for service in fleet.services for leg in network.legs[service] or ()}
        if len(modes) > 1:
            yield Slip(("fleets", name, "services"), f"expected services of one mode, got {' and '.join(sorted(modes))}", "fleet")


def _left_to_fleet(service: Service, name: str, fleet: str) -> Iterator[Slip]:
    for key in OWN:
        if getattr(service, key) is not None:
            yield Slip(("services", name, key), f"expected no {key} here: the vessels are those of fleet {fleet}", "fleet")


def ends(service: Service) -> tuple[str, str]:
    """Return the two ends of a service's route."""
    return service.route[0], service.route[-1]


def _places(scenario: Scenario, name: str, fleet: Fleet) -> Iterator[Slip]:
    known = list(dict.fromkeys(place for service in fleet.services for place in ends(scenario.services[service])))
    stated = [(("fleets", name, "home"), fleet.home)]
    stated += [(("fleets", name, "start_at", k), place) for k, place in enumerate(fleet.start_at or ())]  # type: ignore[misc]
    for path, place in stated:
        if place not in known:
            yield Slip(path, f"expected an end of its services ({', '.join(known)}), got '{place}'{nearest(place, known)}", "fleet")
    for service in fleet.minimum:
        if service not in fleet.services:
            message = f"expected a service of this fleet, got '{service}'{nearest(service, fleet.services)}"
            yield Slip(("fleets", name, "minimum", service), message, "fleet")
    apart = [service for service in fleet.services if service not in _reached(scenario, fleet)] if fleet.home in known else []
    if apart:
        message = f"no vessel comes from {fleet.home} to {', '.join(apart)}: services of a fleet meet in a place where they end"
        yield Slip(("fleets", name, "services"), message, "fleet")


def _reached(scenario: Scenario, fleet: Fleet) -> set[str]:
    """Return the services that vessels come to from home, changing where services meet."""
    places, found = {fleet.home}, set[str]()
    while True:
        new = {s for s in fleet.services if s not in found and places & set(ends(scenario.services[s]))}
        if not new:
            return found
        found |= new
        places |= {place for service in new for place in ends(scenario.services[service])}


def starts_there(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield services whose vessels begin where it doesn't end, or that keep a class apart from itself."""
    for name, service in scenario.services.items():
        for index, place in enumerate(service.start_at or ()):
            if place not in ends(service):
                message = f"expected an end of the route ({' or '.join(ends(service))}), got '{place}'"
                yield Slip(("services", name, "start_at", index), message, "route")
        if service.start_at and scenario.vessels_of(name) in (None, math.inf):
            yield Slip(("services", name, "start_at"), "expected vessels (a number) beside start_at", "missing")
        for index, (one, other) in enumerate(service.not_with):
            if one == other:
                yield Slip(("services", name, "not_with", index), f"expected two classes, got '{one}' twice", "shape")


# Sense


def needed_share(scenario: Scenario, network: Network, boarded: Mapping[tuple[str, str], float]) -> dict[str, float]:
    """Return for each fleet how many vessels the demand of a year needs, at full loads and without any stay."""
    needed = {}
    for name, fleet in scenario.fleets.items():
        hours = 0.0
        for service in (service for service in fleet.services if service in network.active):
            heavier = max((full for (used, _), full in boarded.items() if used == service), default=0.0)
            hours += heavier * 2 * network.hours(service)
        needed[name] = hours / HOURS_PER_YEAR
    return needed


def too_few_vessels(scenario: Scenario, needed: Mapping[str, float], day: date) -> Iterator[Slip]:
    """Yield fleets below what their demand or their minimum asks for."""
    for name, fleet in scenario.fleets.items():
        if needed[name] > fleet.vessels:
            message = f"demand of {day.year} keeps {needed[name]:.1f} vessels at sea, there are {fleet.vessels}"
            yield Slip(("fleets", name, "vessels"), message, "capacity")
        least = math.floor(fleet.vessels * min(fleet.share_by_month) + 0.5)
        if sum(fleet.minimum.values()) > least:
            message = f"keeps {sum(fleet.minimum.values())} vessels on its services and has {least} in the month of fewest"
            yield Slip(("fleets", name, "minimum"), message, "minimum")
        if fleet.minimum_stay_days and len(fleet.services) == 1:
            yield Slip(("fleets", name, "minimum_stay_days"), "has one service: its vessels have nowhere else to go", "stay")


def not_with_idle(scenario: Scenario) -> Iterator[Slip]:
    """Yield pairs of classes of which no flow has one, so that nothing is ever kept apart."""
    classes = {flow.class_ for flow in scenario.flows.values()}
    for name, service in scenario.services.items():
        for index, pair in enumerate(service.not_with):
            for missing in (part for part in pair if part not in classes):
                message = f"no flow has the class '{missing}': nothing is kept apart"
                yield Slip(("services", name, "not_with", index), message, "not_with")
