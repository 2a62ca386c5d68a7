"""The audit: laws that every replication must obey, checked from books that were kept apart. A violation is our bug."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from corridor_sim.engine import by_shift, counts, districts, wagons
from corridor_sim.engine.harvest import Edges, leg_open, months
from corridor_sim.engine.line_legs import faults_of as line_faults
from corridor_sim.engine.line_legs import tonnes as line_tonnes
from corridor_sim.engine.quota_cuts import Limits, heaviest, key_of, quota_limits
from corridor_sim.errors import AuditError

if TYPE_CHECKING:
    from corridor_sim.engine.world import World

TOLERANCE = 1e-9
INFINITE = float("inf")


def check(world: World, edges: Edges, stopped_h: float, tables: dict[str, Any]) -> dict[str, float]:
    """Return the figures of each law; raise AuditError with a report of those that are broken."""
    faults: list[str] = []
    found = counts.Found(world)
    figures = {
        "units_created": float(sum(source.created for source in world.sources)),
        "units_lost": _units(world, faults),
        "vehicles_lost": _vehicles(world, faults) + _counted(faults, counts.vessels(world, found)),
        "holders_wrong": _counted(faults, counts.held(world, found)),
        "wagons_wrong": _counted(faults, wagons.faults(world)),
        "locomotives_wrong": _counted(faults, districts.faults(world)),
        "trips_wrong": _counted(faults, counts.trips(world, edges)),
        "ledger_error_h": _ledger(world, faults),
        "integral_error": _integral(world, edges, stopped_h, faults),
        "room_error": _rooms(world, faults),
        "busy_excess_h": _busy(world, tables, faults),
        "cut_used": _cut(world, stopped_h, faults),
    }
    if faults:
        report = "\n  ".join([f"{world.plan.name}, replication {world.replication}: the books don't balance", *faults])
        raise AuditError(report)
    return figures


def _counted(faults: list[str], wrong: Iterable[str]) -> float:
    """Return how many things are wrong, and report them."""
    before = len(faults)
    faults += wrong
    return float(len(faults) - before)


def _present(world: World) -> dict[int, int]:
    """Return the units of each flow that are found in the network, by looking everywhere."""
    found = {source.number: source.held_units for source in world.sources}
    lots = [lot for pen in world.pens for lot in pen.lots]
    lots += [lot for service in world.services for v in service.underway for lot in v.lots]
    lots += wagons.waiting_lots(world)
    for lot in lots:
        found[lot.flow.number] += lot.units
    return found


def _units(world: World, faults: list[str]) -> float:
    """Created = delivered + under way + turned away, by flow in its unit."""
    lost, found = 0, _present(world)
    for source in world.sources:
        missing = source.created - source.delivered - source.turned_away - found[source.number]
        if missing or source.present != found[source.number]:
            kept = f"{source.delivered} delivered, {found[source.number]} under way, {source.turned_away} turned away"
            faults.append(f"{source.plan.name}: {source.created} units created, {kept}")
        lost += abs(missing)
    for pen in world.pens:
        if pen.units != sum(lot.units for lot in pen.lots):
            faults.append(f"{pen.name}: counts {pen.units} units, holds {sum(lot.units for lot in pen.lots)}")
    return float(lost)


def _vehicles(world: World, faults: list[str]) -> float:
    """No vehicle of a finite fleet is in two places, and none idles beyond the fleet; shared fleets account for each vessel."""
    extra = 0
    for service in world.services:
        if service.unlimited:
            continue
        idle = [v for stand in service.stands for v in stand.idle]
        seen = {id(v) for v in idle} | {id(v) for v in service.underway}
        if len(seen) > service.fleet or len(idle) + len(service.underway) != len(seen):
            faults.append(f"{service.name}: a fleet of {service.fleet}, {len(idle)} idle and {len(service.underway)} loaded")
            extra += 1
    wrong = [fault for fleet in world.fleets for fault in fleet.faults()]
    faults += wrong
    return float(extra + len(wrong))


def _ledger(world: World, faults: list[str]) -> float:
    """Each lot's hours by cause sum exactly to delivered - ready, and none is negative."""
    worst = 0.0
    for source in world.sources:
        worst = max(worst, source.ledger_error_h)
        if source.ledger_error_h > 0:
            faults.append(f"{source.plan.name}: a lot's hours by cause miss its age by {source.ledger_error_h:g} h")
    return worst


def _integral(world: World, edges: Edges, stopped_h: float, faults: list[str]) -> float:
    """The integral of units present equals the sum of stays, clipped to the window."""
    stays = [source.stay_unit_h for source in world.sources]
    end = world.plan.end_h
    for lot in _lots(world):
        stays[lot.flow.number] += lot.units * max(0.0, end - max(lot.trip.ready_h, 0.0))
    worst = 0.0
    for source, stay in zip(world.sources, stays, strict=True):
        area = edges.flows[-1][source.number][4] - edges.flows[0][source.number][4]
        error = abs(area - stay) / max(1.0, abs(area))
        worst = max(worst, error)
        if error > TOLERANCE:
            faults.append(f"{source.plan.name}: {area:.6f} unit-hours present, stays sum to {stay:.6f}")
    return worst


def _lots(world: World) -> list[Any]:
    lots = [lot for pen in world.pens for lot in pen.lots]
    lots += [lot for service in world.services for v in service.underway for lot in v.lots]
    return lots + wagons.waiting_lots(world) + [lot for source in world.sources for lot in source.held]


def _rooms(world: World, faults: list[str]) -> float:
    """What is held of a room is what stands in it or has claimed it."""
    held = {id(room): 0.0 for room in world.rooms}
    for lot in _lots(world):
        if lot.room is not None:
            held[id(lot.room[0])] += lot.room[1] * lot.units
    for service in world.services:
        for v in service.underway:
            for room, amount in v.holds:
                held[id(room)] += amount
        for room, amount in (claim for claims in getattr(service, "claimed", {}).values() for claim in claims):
            held[id(room)] += amount
    worst = 0.0
    for room in world.rooms:
        error = abs(room.used - held[id(room)])
        worst = max(worst, error)
        if error > 1e-6:
            faults.append(f"{room.name}: {room.used:g} held, {held[id(room)]:g} accounted for")
    return worst


def _busy(world: World, tables: dict[str, Any], faults: list[str]) -> float:
    """Busy hours never exceed servers x hours, month by month over both headings: open hours, or all where work may finish."""
    table = tables["element_months"]
    busy: dict[tuple[int, int], float] = {}
    for element, month, own, other in zip(table["element"], table["month"], table["busy_h"], table["other_busy_h"], strict=True):
        key = int(element), int(month)
        busy[key] = busy.get(key, 0.0) + own + other
    worst = 0.0
    for station in world.stations:
        most = max(servers for _, servers in station.plan.servers)
        for month, (begin, end) in enumerate(months(world)):
            closed = station.closures.between(begin, end) if station.closures and station.at_close != "finish" else 0.0
            by_roster = by_shift.most_h(station, begin, end)
            excess = busy[station.number, month] - (most * (end - begin - closed) if by_roster is None else by_roster)
            worst = max(worst, excess)
            if excess > 1e-6:
                faults.append(f"{station.name}: {excess:g} h busy beyond {most:g} servers in month {month + 1}")
    faults += counts.calls(world, busy)
    for line in world.lines:
        faults += line_faults(line)
        for month, span in enumerate(months(world)):
            excess = sum(busy[leg.number, month] for leg in line.legs) - line.open_h(*span)
            worst = max(worst, excess)
            if excess > 1e-6:
                faults.append(f"{line.plan.name}: its slowest section is busy {excess:g} h too long in month {month + 1}")
    return float(max(0.0, worst))


def _cut(world: World, stopped_h: float, faults: list[str]) -> float:
    """Return delivered net tonnes over the minimum cut of the realised open paths and daily quotas; more than 1 is a fault.

    Only flows count that some leg with paths or some quota lies in the way of; they share them. 0: no such flow.
    """
    capacities: Limits = {k: list(_leg_edges(world, k, stopped_h)) for k in range(len(world.legs))}
    capacities |= quota_limits(world)
    alone = [(source, _max_flow(world, [source], capacities)) for source in world.sources]
    limited = [source for source, most in alone if most < INFINITE]
    used = [_used(world, [source], most, faults) for source, most in alone if most < INFINITE]
    return _used(world, limited, _max_flow(world, limited, capacities), faults) if any(used) else 0.0


def _used(world: World, sources: list[Any], most: float, faults: list[str]) -> float:
    """Return delivered net tonnes of flows over the most that can be, and report what is beyond."""
    delivered = sum(source.delivered * world.plan.commodities[source.plan.commodity].net_t for source in sources)
    cut = most + _stocked(world, sources)
    if delivered > cut * (1 + TOLERANCE):
        names = ", ".join(source.plan.name for source in sources)
        beyond = f"more than the {cut:.0f} t that the open paths can carry and daily quotas let through"
        faults.append(f"{delivered:.0f} t delivered, {beyond} ({names})")
    return float(delivered / cut) if cut else 0.0


def _stocked(world: World, sources: list[Any]) -> float:
    """Return the net tonnes that were there at the start, beyond some of the paths perhaps [t]."""
    numbers = {source.number for source in sources}
    commodities, flows = world.plan.commodities, world.plan.flows
    stated = [stock for stock in world.plan.stocks if stock.flow in numbers]
    return float(sum(stock.units * commodities[flows[stock.flow].commodity].net_t for stock in stated))


def _max_flow(world: World, sources: list[Any], capacities: Limits) -> float:
    """Return the most net tonnes that can pass from origins to destinations over shared legs; infinite if nothing limits it."""
    import networkx as nx

    graph: Any = nx.DiGraph()
    graph.add_nodes_from("ST")
    for source in sources:
        for pens in source.pens:
            nodes = ["S", *((source.number, id(pen)) for pen in pens[1:]), "T"]
            for pen, (here, there) in zip(pens, pairwise(nodes), strict=True):
                for stand in pen.stands:
                    _add_ride(graph, stand, here, there, capacities)
    try:
        return float(nx.maximum_flow_value(graph, "S", "T"))
    except nx.NetworkXUnbounded:
        return INFINITE


def _add_ride(graph: Any, stand: Any, here: Any, there: Any, capacities: Limits) -> None:
    """Add a ride on one service: what limits it is an edge that all its users share; a line has one for both ways, too."""
    for step in stand.service.plan.steps[stand.end]:
        for edge, capacity in capacities.get(key_of(step, stand), ()):
            tail, head = ("in", edge), ("out", edge)
            graph.add_edge(here, tail)
            graph.add_edge(tail, head, capacity=capacity)
            here = head
    graph.add_edge(here, there)


def _leg_edges(world: World, index: int, stopped_h: float) -> Iterator[tuple[Any, float]]:
    """Yield (name, net tonnes) of what limits a leg in one direction."""
    plan = world.legs[index].plan
    limits = {index: _leg_tonnes(world, index, stopped_h)} if plan.line < 0 else _line_tonnes(world, plan.line, stopped_h)
    yield from ((name, tonnes) for name, tonnes in limits.items() if name in (index, ("line", plan.line)) and tonnes < INFINITE)


def _line_tonnes(world: World, number: int, stopped_h: float) -> dict[Any, float]:
    line = world.lines[number]
    out, back = line.legs
    open_h, closures = leg_open(world, out, world.from_h, stopped_h), out.closures
    spells = 1 + (sum(begin < stopped_h for begin in closures.begins) if closures is not None else 0)
    spells += sum(line.plan.loops) * sum(headway == INFINITE for _, headway in out.plan.headway_h[1:])  # who is on the line goes on
    loads = (_largest_load(world, out.number), _largest_load(world, back.number))
    names = (out.number, back.number, ("line", number))
    return dict(zip(names, line_tonnes(line, open_h, spells, loads), strict=True))


def _leg_tonnes(world: World, index: int, stopped_h: float) -> float:
    leg = world.legs[index]
    if leg.plan.mode == "sea" or not any(h > 0 for _, h in leg.plan.headway_h):
        return INFINITE
    points = [(-INFINITE, leg.plan.headway_h[0][1]), *leg.plan.headway_h, (INFINITE, 0.0)]
    trains = 1.0
    for (begin, headway), (stop, _) in pairwise(points):
        low, high = max(begin, world.from_h), min(stop, stopped_h)
        if high > low and headway == 0:
            return INFINITE
        if high > low and headway != INFINITE:
            hours = high - low if leg.clockface else leg_open(world, leg, low, high)
            trains += hours / headway + 1
    return trains * _largest_load(world, index)


def _largest_load(world: World, index: int) -> float:
    """Return the most net tonnes that one train on a leg carries, over services and dates [t]."""
    largest = 0.0
    for service in world.services:
        for end, stand in enumerate(service.stands):
            if any(step.kind == "leg" and step.index == index for step in service.plan.steps[end]):
                largest = max(largest, heaviest(stand))
    return largest
