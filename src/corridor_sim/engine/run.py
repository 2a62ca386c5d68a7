"""One replication: build the world, let it run, close the books, check them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from corridor_sim.engine import audit, harvest, stocks, watchdog
from corridor_sim.engine.cargo import Trip
from corridor_sim.engine.clock import BOOKS, order_key
from corridor_sim.engine.days import DAY_H, Days
from corridor_sim.engine.sources import Source
from corridor_sim.engine.world import World
from corridor_sim.plan import Plan
from corridor_sim.records import Run


def simulate(plan: Plan, replication: int, full_records: bool = False, daily: bool = False) -> Run:
    """Return the records of one replication.

    full_records: also a row a visit and a departure. daily: also what waits each midnight (with full records, too). Raises
    AuditError if a book doesn't balance, StandstillError if movers wait for each other for a month.
    """
    begun = perf_counter()
    world = World(plan, replication, full_records)
    edges = harvest.Edges(world)
    _plan_edges(world, edges)
    days = _plan_days(world) if daily or full_records else None
    for source, rows in zip(world.sources, world.trips, strict=True):
        source.rows = rows
        source.on_last = lambda: _stop_later(world)
    world.start()
    stocks.arm(world)
    if world.until_h > plan.end_h:
        world.clock.call_at(plan.end_h, order_key(BOOKS, 1), lambda: _stop_when_all_arrived(world))
    with _no_sweeps():
        world.clock.run(_after(world.until_h))
        stopped_h = min(world.clock.now, world.until_h)
        run = _close(world, edges, stopped_h, begun)
        if days is not None:
            run.tables |= days.tables()
        _let_go(world)
    return run


def _let_go(world: World) -> None:
    """Forget the lots, so that the memory of a long backlog is free at once."""
    for pen in world.pens:
        pen.lots.clear()
    for source in world.sources:
        source.held.clear()
    for pool in world.pools:
        for yard in pool.yards.values():
            yard.waiting.clear()
    for district in world.districts:
        district.hauling.clear()
    for service in world.services:
        service.underway.clear()
        service.spare.clear()
    world.clock.clear()


@contextmanager
def _no_sweeps() -> Iterator[None]:
    """Keep Python from looking for cycles: what runs makes none, and the looks cost a seventh of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _after(until_h: float) -> float:
    """Return an instant just after the end, so that what happens at the end still happens."""
    return until_h + 2.0**-20


def _plan_edges(world: World, edges: harvest.Edges) -> None:
    seen: dict[str, dict[int, int]] = {"blocked": {}}

    def look() -> None:
        seen["blocked"] = watchdog.look(world, seen["blocked"])

    for at in world.plan.month_edges_h:
        world.clock.call_at(at, order_key(0, 0), edges.cut)
        world.clock.call_at(at, order_key(BOOKS, 0), look)


def _plan_days(world: World) -> Days:
    days = Days(world)
    for day in range(1, days.count + 1):
        world.clock.call_at(day * DAY_H, order_key(BOOKS, 0), days.look)
    return days


def _stop_later(world: World) -> None:
    """Stop at this instant, but only after all else: a vehicle that lands has put down its other lots by then."""
    world.clock.call_at(world.clock.now, order_key(BOOKS, 1), lambda: _stop_when_all_arrived(world))


def _stop_when_all_arrived(world: World) -> None:
    if world.clock.now >= world.plan.end_h and not any(source.outstanding for source in world.sources):
        world.clock.stop()


def _close(world: World, edges: harvest.Edges, stopped_h: float, begun: float) -> Run:
    for station in world.stations:
        station.finish(stopped_h)
    _write_open_trips(world)
    tables = harvest.tables(world, edges, stopped_h)
    figures = audit.check(world, edges, stopped_h, tables)
    seconds = perf_counter() - begun
    counters = {"visits": _visits(world, 0), "other_visits": _visits(world, 1), "departures": _departures(world)}
    counters["seconds"] = seconds
    return Run(world.plan.name, world.replication, harvest.names(world), tables, figures, stopped_h, counters)


def _write_open_trips(world: World) -> None:
    split: dict[int, tuple[Source, Trip]] = {}
    for lot in audit._lots(world):
        trip = lot.trip
        if trip.counted and lot.units == trip.units:
            lot.flow.write_whole(trip)
        elif trip.counted:
            split[id(trip)] = (lot.flow, trip)
    for source, trip in split.values():
        source.write(trip, float("nan"))


def _visits(world: World, column: int) -> float:
    books = [leg.book for leg in world.legs]
    books += [book for station in world.stations for book in station.books]
    books += [book for berths in world.berths for berth in berths for book in berth.books]
    return float(sum(month[column] for book in books for month in book.months))


def _departures(world: World) -> float:
    return float(sum(stand.departures for service in world.services for stand in service.stands))
