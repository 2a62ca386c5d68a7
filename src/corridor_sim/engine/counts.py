"""Counts for the audit: vessels, berths, lanes and rows of trips against what is found when everything is looked through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.gated import GatedStation
from corridor_sim.engine.harvest import Edges, months
from corridor_sim.engine.rooms import Gate
from corridor_sim.plan import UNLIMITED
from corridor_sim.records import TABLES

if TYPE_CHECKING:
    from corridor_sim.engine.world import World

UNITS = TABLES["trips"].index("units")
Busy = dict[tuple[int, int], float]  # (element, month) -> busy hours


class Found:
    """Every vehicle that anything still holds: planned in the clock, waiting at a berth, idle, or under way."""

    def __init__(self, world: World) -> None:
        self.vehicles: dict[int, Vehicle] = {}
        self._keep(event for event in world.clock.planned() if isinstance(event, Vehicle))
        for service in world.services:
            self._keep(service.underway)
            for stand in service.stands:
                self._keep(stand.idle)
        for gate in gates(world):
            for group in gate.groups.values():
                self._keep(waiting[2] for waiting in group.waiting)

    def _keep(self, vehicles: Any) -> None:
        self.vehicles.update((id(v), v) for v in vehicles)

    def of(self, service: Any) -> list[Vehicle]:
        """Return the vehicles of a service."""
        return [v for v in self.vehicles.values() if v.service is service]

    def at(self, berth: Any) -> list[Vehicle]:
        """Return the vessels that lie at a kind of berth."""
        return [v for v in self.vehicles.values() if v.berth is berth]

    def served(self, station: Any) -> int:
        """Return how many vehicles a station with a queue has in service."""
        done = (getattr(v.callbacks[0], "__self__", None) for v in self.vehicles.values() if v.callbacks)
        return sum(owner is station for owner in done)


def gates(world: World) -> Iterator[Gate]:
    """Yield every element with a queue."""
    yield from (element for element in (*world.legs, *world.stations) if isinstance(element, Gate))
    yield from berths(world)


def berths(world: World) -> list[Any]:
    """Return every kind of berth, those without limit among them, each once."""
    stated = [berth for kinds in world.berths for berth in kinds]
    used = [berth for service in world.services for berth in service.berths if berth is not None]
    return list({id(berth): berth for berth in (*stated, *used)}.values())


def vessels(world: World, found: Found) -> Iterator[str]:
    """Yield fleets at sea of which some vessel is nowhere; one that may never leave its port again isn't looked for."""
    for service in world.services:
        if service.unlimited or service.plan.mode != "sea" or service.plan.fleet >= 0 or any(map(_is_shut, service.ports)):
            continue
        there = len(found.of(service))
        if there != service.fleet:
            yield f"{service.name}: a fleet of {service.fleet}, {there} found"


def _is_shut(port: Any) -> bool:
    return port is not None and bool(port.departure) and bool(port.departure.next_open(port.departure.ends[-1]) == UNLIMITED)


def held(world: World, found: Found) -> Iterator[str]:
    """Yield berths and lanes that are taken by nobody, or by more than there ever were."""
    for berth in berths(world):
        there, most = len(found.at(berth)), max(count for _, count in berth.plan.count)
        if berth.busy != there and not _is_shut(berth.port):
            yield f"{berth.name}: {berth.busy} berths taken, {there} vessels alongside"
        if berth.busy > most:
            yield f"{berth.name}: {berth.busy} of {most:g} berths taken"
    for station in (station for station in world.stations if isinstance(station, GatedStation)):
        there, most = found.served(station), max(servers for _, servers in station.plan.servers)
        if station.busy != there:
            yield f"{station.name}: {station.busy} lanes taken, {there} vehicles in service"
        if station.busy > most:
            yield f"{station.name}: {station.busy} of {most:g} lanes taken"


def calls(world: World, busy: Busy) -> Iterator[str]:
    """Yield berths whose calls take longer in a month than there are hours of berths."""
    for berth in (berth for kinds in world.berths for berth in kinds):
        most = max(count for _, count in berth.plan.count)
        for month, (begin, end) in enumerate(months(world)):
            excess = busy.get((berth.number, month), 0.0) - most * (end - begin)
            if excess > 1e-6:
                yield f"{berth.name}: {excess:g} h of calls beyond {most:g} berths in month {month + 1}"


def trips(world: World, edges: Edges) -> Iterator[str]:
    """Yield flows whose rows of trips don't hold the units that became ready inside the window."""
    for source in world.sources:
        if source.plan.supply == "unlimited":  # it fills its pens at the first instant, before the months begin
            continue
        rows = sum(int(values.sum()) for values in source.rows.column(UNITS)) + source.turned_counted
        ready = edges.flows[-1][source.number][0] - edges.flows[0][source.number][0]
        if rows != ready:
            yield f"{source.plan.name}: {ready:g} units became ready, the trips hold {rows}"
