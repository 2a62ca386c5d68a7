"""Fleets: vessels at hand by date, where they enter, and what holds them on a service."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor

from corridor_sim.build.dated import Dated
from corridor_sim.errors import CorridorError, Fault
from corridor_sim.network import Line
from corridor_sim.plan import FleetPlan, Timeline
from corridor_sim.scenario import Fleet, Scenario
from corridor_sim.units import HOURS_PER_DAY, month_edges, on_grid


def fleet_plans(dated: Dated, places: Mapping[str, int], services: Mapping[str, int]) -> tuple[FleetPlan, ...]:
    """Return the fleets in the order of the file."""
    return tuple(_fleet_plan(dated, name, places, services) for name in dated.scenario.fleets)


def fleet_index(scenario: Scenario, service: str) -> int:
    """Return the index of the fleet that runs a service, -1 where it has vessels of its own."""
    name = scenario.fleet_of(service)
    return -1 if name is None else list(scenario.fleets).index(name)


def fleet_end(scenario: Scenario, fleet: str, line: Line) -> int:
    """Return the end of a service that is its fleet's home, else the first that another service of the fleet has too."""
    stated = scenario.fleets[fleet]
    if stated.home in (line.at(0), line.at(1)):
        return int(stated.home == line.at(1))
    others = [scenario.services[name].route for name in stated.services if name != line.name]
    return int(not any(line.at(0) in (route[0], route[-1]) for route in others))


def _fleet_plan(dated: Dated, name: str, places: Mapping[str, int], services: Mapping[str, int]) -> FleetPlan:
    fleet = dated.scenario.fleets[name]
    missing = [service for service in fleet.services if service not in services]
    if missing:
        raise CorridorError(Fault(f"expected services, got {', '.join(missing)}", f"fleets.{name}.services", code="reference"))
    dock = fleet.dry_dock
    return FleetPlan(
        name=name,
        services=tuple(services[service] for service in fleet.services),
        home=places[fleet.home],
        vessels=_at_hand(dated, name),
        minimum=dated.timeline(lambda scenario: _minimum(scenario.fleets[name])),
        stay_h=dated.timeline(lambda scenario: on_grid(scenario.fleets[name].minimum_stay_days * HOURS_PER_DAY)),
        dock=(on_grid(dock.every_days * HOURS_PER_DAY), on_grid(dock.days * HOURS_PER_DAY)) if dock else None,
        start_at=tuple(places[place] for place in fleet.start_at or ()),
    )


def _minimum(fleet: Fleet) -> tuple[int, ...]:
    return tuple(fleet.minimum.get(service, 0) for service in fleet.services)


def _at_hand(dated: Dated, name: str) -> Timeline:
    """Return the vessels at hand by date: their number times the month's share, halves up; warm-up has the first month's."""
    months = [hours for _, hours in month_edges(dated.start, dated.day(dated.stop_h))]

    def at_hand(scenario: Scenario, hours: float) -> float:
        fleet = scenario.fleets[name]
        return float(floor(fleet.vessels * fleet.share_by_month[dated.day(hours).month - 1] + 0.5))

    return dated.dated(at_hand, months)
