"""Stocks at the start: lots that are there when the window opens, each of age 0; they count as created, not as offered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from corridor_sim.engine.cargo import Lot, Trip, Vehicle
from corridor_sim.engine.stands import AT_LEAST
from corridor_sim.errors import CorridorError, Fault
from corridor_sim.start_plan import StockPlan
from corridor_sim.streams import Draws

if TYPE_CHECKING:
    from corridor_sim.engine.world import World

FIRST = -1  # before all else at the start: the books of the first month begin with the stocks


def arm(world: World) -> None:
    """Put the stated stocks where they stand, as the first thing at the start of the window."""
    if world.plan.stocks:
        world.clock.call_at(0.0, FIRST, lambda: _put_all(world))


def _put_all(world: World) -> None:
    for stock in world.plan.stocks:
        lots = list(_lots(world, stock))
        if stock.service < 0:
            for lot in lots:
                _wait(lot)
        else:
            _embark(world, stock, lots)


def _lots(world: World, stock: StockPlan) -> Iterator[Lot]:
    """Yield the stock as consignments of its flow, each on a route by the shares in use."""
    source = world.sources[stock.flow]
    pick = Draws(("uniform", 0.0, 1.0), world.stream("start_stocks", stock.name, "route")).next
    shares = [source.shares[route] for route, _ in stock.ways]
    shares = shares if sum(shares) > 0 else [1.0] * len(shares)
    left = stock.units
    while left:
        units = min(left, source.plan.consignment)
        left -= units
        mark = pick() * sum(shares)
        k = next((k for k in range(len(shares)) if (mark := mark - shares[k]) < 0), len(shares) - 1)
        route, stage = stock.ways[k]
        source.account(world.clock.now)
        source.trips += 1
        source.created += units
        source.present += units
        lot = Lot(Trip(source.trips, units, world.clock.now, route, counted=False), source, units)
        lot.stage, lot.at_origin = stage, stage == 0
        yield lot


def _wait(lot: Lot) -> None:
    pen = lot.flow.pens[lot.trip.route][lot.stage]
    if lot.stage:
        lot.room = pen.room[lot.flow.direction]
        if lot.room is not None:
            lot.room[0].take(lot.room[1] * lot.units)
    express, pen.express = pen.express, None  # what leaves at once leaves inside the window, by a decision after the books are opened
    pen.add(lot, lot.trip.ready_h)
    pen.express = express


def _embark(world: World, stock: StockPlan, lots: list[Lot]) -> None:
    """Fill vessels, one after the other, and have them come in when the plan says."""
    service = world.services[stock.service]
    stand = service.stands[stock.end]
    while lots:
        v = _vessel(service, stand, stock)
        used = 0.0
        while lots:
            k = stand.pens.index(lots[0].flow.pens[lots[0].trip.route][lots[0].stage])
            one = max(stand.shares[k])
            units = min(lots[0].units, int((1 - used + 1e-9) / one))
            if units <= 0:
                break
            lot = lots.pop(0) if units == lots[0].units else lots[0].split(units)
            used += units * one
            stand._stow(v, lot, k)
        v.fill = used
        if not v.lots:
            raise CorridorError(Fault("expected units that a vessel can carry", f"start_stocks.{stock.name}", code="stock"))
        _at_sea(service, stand, v, stock.arrives_h)


def _vessel(service: Any, stand: Any, stock: StockPlan) -> Vehicle:
    """Return a vessel that nothing else needs: a new one of an unlimited number, or one that idles."""
    if service.unlimited:
        v: Vehicle = service.new_vehicle(stock.end)
        v.clear()
        return v
    for other in (stand, service.stands[1 - stock.end], *getattr(stand, "lenders", ())):
        if other.idle:
            v = other.idle.pop()
            if other.service is not service:
                service.fleet_of.call_over(v, other, stand)
                stand.idle.remove(v)
            v.clear()
            other.service._recause(other)
            return v
    message = f"expected vessels of '{service.name}' for the stock aboard, all are taken"
    raise CorridorError(Fault(message, f"start_stocks.{stock.name}", code="stock"))


def _at_sea(service: Any, stand: Any, v: Vehicle, hours: float) -> None:
    now = stand.env._now
    v.end, v.rule, v.departed_h = stand.end, AT_LEAST, now
    v.heading = service.plan.heading ^ stand.end
    v.draw = service.draw + v.heading
    v.landing.sort(key=lambda claim: claim[0].number)
    v.moving_h += hours
    stand.hours["sea_h"] += hours
    service.underway.add(v)
    service._book_sea(stand, v, now, hours)
    service._after(v, now + hours, service.arrive)
