"""Harvest: sums at the edges of months, and from them the tables of a run."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from corridor_sim.engine import by_shift
from corridor_sim.engine.books import COLUMNS, Book
from corridor_sim.engine.closures import Closures
from corridor_sim.engine.districts import DistrictEdges
from corridor_sim.engine.gated import GatedStation
from corridor_sim.engine.line_legs import line_capacity
from corridor_sim.engine.outages import capacity_share
from corridor_sim.engine.outages import rows as outage_rows
from corridor_sim.engine.pool_edges import PoolEdges
from corridor_sim.engine.stations import OpenStation
from corridor_sim.engine.trips import Trips
from corridor_sim.plan import RULES, UNLIMITED
from corridor_sim.records import FULL_TABLES, TABLES, Names

if TYPE_CHECKING:
    from corridor_sim.engine.stands import Stand
    from corridor_sim.engine.world import World

Table = Mapping[str, Any]
STAND_HOURS = (
    "cargo_wait_h", "berth_wait_h", "ramp_wait_h", "crane_wait_h", "weather_wait_h", "closed_wait_h", "handling_h", "sea_h", "room_wait_h",
)  # fmt: skip

_OTHER_BUSY = COLUMNS.index("other_busy_h")


class Edges:
    """What has been summed up to each edge of the months; a month is the difference of two edges."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.pens: list[Any] = []  # an edge: a row of sums for each of them
        self.rooms: list[Any] = []
        self.stands: list[Any] = []
        self.flows: list[Any] = []
        self.gaps: list[list[float]] = []
        self.fleets: list[Any] = []
        self.pools = PoolEdges(world)
        self.districts = DistrictEdges(world)

    def cut(self) -> None:
        """Read every sum now."""
        now = self.world.clock.now
        self.pens.append(np.array([self._pen(pen, now) for pen in self.world.pens], dtype=np.float64))
        self.rooms.append(np.array([self._room(room, now) for room in self.world.rooms], dtype=np.float64))
        self.stands.append(np.array([_stand(stand) for service in self.world.services for stand in service.stands], dtype=np.float64))
        self.gaps.append([stand.gap_max_h for service in self.world.services for stand in service.stands])
        self.flows.append(np.array([self._flow(source, now) for source in self.world.sources], dtype=np.float64))
        self.pools.cut(self.pens[-1])
        self.districts.cut()
        self.fleets.append(np.array([fleet.sums() for fleet in self.world.fleets], dtype=np.float64))
        for service in self.world.services:
            for stand in service.stands:
                stand.gap_max_h = 0.0

    @staticmethod
    def _pen(pen: Any, now: float) -> tuple[float, ...]:
        pen.account(now)
        peak, pen.peak = pen.peak, pen.units
        return (pen.arrived, pen.boarded, *pen.unit_h, pen.units, peak)

    @staticmethod
    def _room(room: Any, now: float) -> tuple[float, ...]:
        room.account(now)
        peak, room.peak = room.peak, room.used
        return (room.held_h, room.refused_h, room.capacity, peak)

    @staticmethod
    def _flow(source: Any, now: float) -> tuple[float, ...]:
        source.account(now)
        source.account_held(now)
        return (source.created, source.delivered, source.held_unit_h, source.present, source.area_unit_h, source.turned_away)


def _stand(stand: Stand) -> tuple[float, ...]:
    stand.service.account_fleet()
    hours = [stand.hours[name] for name in STAND_HOURS]
    return (*stand.sums(), *stand.rules, stand.cycles, stand.cycle_h, *hours, stand.service.fleet_h)


def names(world: World) -> Names:
    """Return the names behind the codes."""
    plan = world.plan
    legs = [(leg.name, leg.mode, (plan.places[leg.tail], plan.places[leg.head])) for leg in plan.legs]
    stations = [(s.name, s.kind, (plan.places[s.place],) * 2) for s in plan.stations]
    berths = [(b.name, "berth", (plan.places[p.place],) * 2) for p, row in zip(plan.ports, world.berths, strict=True) for b in row]
    elements = [*legs, *stations, *berths]
    return Names(
        tuple(flow.name for flow in plan.flows),
        tuple(tuple(route.name for route in flow.routes) for flow in plan.flows),
        tuple(name for name, _, _ in elements),
        tuple(kind for _, kind, _ in elements),
        tuple(places for _, _, places in elements),
        tuple(room.name for room in plan.rooms),
        tuple(pen.name for pen in plan.pens),
        tuple(service.name for service in plan.services),
        tuple(commodity.name for commodity in plan.commodities),
        plan.places,
        tuple(fleet.name for fleet in plan.fleets),
        tuple(pool.name for pool in plan.wagon_pools),
        tuple(district.name for district in plan.districts),
    )


def tables(world: World, edges: Edges, stopped_h: float) -> dict[str, Table]:
    """Return the tables of the run, in the order and with the columns of `records.TABLES`."""
    result = {
        "trips": Trips(world.trips),
        "element_months": _elements(world),
        "room_months": _rooms(world, edges),
        "pen_months": _pens(world, edges),
        "service_months": _services(world, edges),
        "flow_months": _flows(edges),
    }
    if world.fleets:
        result["fleet_months"] = _fleets(edges)
    if world.pools:
        result |= {name: _columns(name, rows) for name, rows in edges.pools.rows()}
    if world.districts:
        result["locomotive_months"] = _columns("locomotive_months", edges.districts.rows())
    if world.visits is not None:
        result |= _full(world)
    return result


def _columns(table: str, rows: Any) -> Table:
    columns = TABLES[table]
    array = np.array(rows, dtype=np.float64).reshape(-1, len(columns))
    return {name: np.ascontiguousarray(array[:, k]) for k, name in enumerate(columns)}


def _elements(world: World) -> Table:
    rows: list[tuple[float, ...]] = []
    for number, leg in enumerate(world.legs):
        opened = [leg_open(world, leg, *month) for month in months(world)]
        capacity = [hours if leg.plan.headway_h and _has_paths(leg) else 0.0 for hours in opened]
        other: list[float] | None = [_other_paths(world, leg, *month) for month in months(world)]
        if leg.plan.line >= 0:
            capacity, other = line_capacity(world.lines[leg.plan.line], leg.plan.direction, opened), None
        rows += _book_rows(number, leg.plan.direction, leg.book, opened, capacity, other)
    for station in world.stations:
        rows += _station_rows(world, station)
    for berths in world.berths:
        for berth in berths:
            rows += _berth_rows(world, berth)
    return _columns("element_months", rows)


def _has_paths(leg: Any) -> bool:
    return any(0 < headway < float("inf") for _, headway in leg.plan.headway_h)


def months(world: World) -> list[tuple[float, float]]:
    """Return (from, to) of each month of the window [h]."""
    edges = world.plan.month_edges_h
    return list(pairwise(edges))


def leg_open(world: World, leg: Any, begin: float, end: float) -> float:
    """Return the hours in which a leg has paths [h]."""
    return end - begin - (leg.closures.between(begin, end) if leg.closures is not None else 0.0)


def _book_rows(
    number: int, heading: int, book: Book, opened: list[float], capacity: list[float], other: list[float] | None = None
) -> list[tuple[float, ...]]:
    """Return the rows of a book: `books.COLUMNS` stand in the table as they are."""
    rows: list[tuple[float, ...]] = []
    for month, sums in enumerate(map(list, book.finish())):
        if other is not None and capacity[month]:
            sums[_OTHER_BUSY] = other[month]
        rows.append((number, heading, month, *sums, opened[month], capacity[month]))
    return rows


def _other_paths(world: World, leg: Any, begin: float, end: float) -> float:
    """Return the open hours whose paths other traffic takes [h]."""
    points = [*leg.plan.other_share, (float("inf"), 0.0)]
    pieces = ((max(low, begin), min(high, end), share) for (low, share), (high, _) in pairwise(points))
    return float(sum(share * leg_open(world, leg, low, high) for low, high, share in pieces if high > low))


def _station_rows(world: World, station: OpenStation | GatedStation) -> list[tuple[float, ...]]:
    opened, capacity = [], []
    for begin, end in months(world):
        hours = end - begin - (station.closures.between(begin, end) if station.closures is not None else 0.0)
        opened.append(hours)
        by_roster = by_shift.capacity_h(station, begin, end)
        capacity.append(hours * _mean_servers(station.plan.servers, begin, end) if by_roster is None else by_roster)
    busy = [sum(sums) for sums in zip(*(_busy_months(book) for book in station.books), strict=True)]
    for month, span in enumerate(months(world)):
        share = capacity_share(station, *span)  # a quota bounds what the servers could do: the part of it used is the part of them
        if share and (busy[month] / share < capacity[month] or not capacity[month]):
            capacity[month] = busy[month] / share
    rows = []
    for heading in (0, 1):
        rows += _book_rows(station.number, heading, station.books[heading], opened, capacity)
    return rows


def _busy_months(book: Book) -> list[float]:
    return [month[COLUMNS.index("busy_h")] + month[COLUMNS.index("other_busy_h")] for month in book.finish()]


def _mean_servers(timeline: Any, begin: float, end: float) -> float:
    """Return the mean number of servers in [begin, end); 0 where it is unlimited."""
    total = 0.0
    points = [*timeline, (float("inf"), 0)]
    for (low, servers), (high, _) in pairwise(points):
        hours = min(high, end) - max(low, begin)
        if hours > 0:
            total += hours * (0.0 if servers == UNLIMITED else servers)
    return total / (end - begin)


def _berth_rows(world: World, berth: Any) -> list[tuple[float, ...]]:
    handling: Closures = berth.port.handling
    opened = [end - begin - handling.between(begin, end) for begin, end in months(world)]
    capacity = [(end - begin) * _mean_servers(berth.plan.count, begin, end) for begin, end in months(world)]
    rows = []
    for heading in (0, 1):
        rows += _book_rows(berth.number, heading, berth.books[heading], opened, capacity)
    return rows


def _pairs(cuts: list[Any]) -> Any:
    """Yield (index, month, sums at the month's begin, sums at its end)."""
    for k in range(len(cuts[0])):
        for month in range(len(cuts) - 1):
            yield k, month, cuts[month][k].tolist(), cuts[month + 1][k].tolist()


def _rooms(world: World, edges: Edges) -> Table:
    rows = []
    hours = [end - begin for begin, end in months(world)]
    for k, month, old, new in _pairs(edges.rooms):
        rows.append((k, month, new[0] - old[0], new[2] * hours[month], new[1] - old[1], new[3]))
    return _columns("room_months", rows)


def _pens(world: World, edges: Edges) -> Table:
    rows = []
    for k, month, old, new in _pairs(edges.pens):
        rows.append((k, month, *(b - a for a, b in zip(old[:-2], new[:-2], strict=True)), *new[-2:]))
    return _columns("pen_months", rows)


def _services(world: World, edges: Edges) -> Table:
    rows = []
    for k, month, old, new in _pairs(edges.stands):
        d = [b - a for a, b in zip(old, new, strict=True)]
        counts, (cycles, cycle_h, cargo, *hours, fleet_h) = d[: 9 + len(RULES)], d[9 + len(RULES) :]
        gap = edges.gaps[month + 1][k]
        rows.append((k // 2, k % 2, month, *counts, gap, cycles, cycle_h, cargo, *hours, cargo, fleet_h))
    return _columns("service_months", rows)


def _fleets(edges: Edges) -> Table:
    rows = [(k, month, *(b - a for a, b in zip(old, new, strict=True))) for k, month, old, new in _pairs(edges.fleets)]
    return _columns("fleet_months", rows)


def _flows(edges: Edges) -> Table:
    rows = []
    for k, month, old, new in _pairs(edges.flows):
        rows.append((k, month, new[0] - old[0], new[1] - old[1], new[2] - old[2], new[3], new[4] - old[4], new[5] - old[5]))
    return _columns("flow_months", rows)


def _full(world: World) -> dict[str, Table]:
    outages = [(*row[:2], max(row[2], world.from_h), *row[3:]) for row in outage_rows(world) if row[3] < float("inf")]
    rows = {"visits": world.visits, "departures": world.departures, "outages": outages, "holds": world.holds}
    return {name: _columns(name, rows[name]) for name in FULL_TABLES}

