"""Wagons: pools of one gauge and kind that span their services; a load waits for empty ones, and leaves them empty where it is unloaded.

Loads stand before a gate until the yard of their pool has wagons for them (first come, first served within their priority), and only
then wait for a train. Empty wagons wait for a return load first; those left go, as load of their own, where the plan says.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from corridor_sim.engine.cargo import Lot
from corridor_sim.engine.clock import DECISION, Alarm, Clock, order_key
from corridor_sim.engine.pens import Pen
from corridor_sim.plan import UNLIMITED
from corridor_sim.pool_plan import KEEPS, PoolPlan, ReturnPlan

if TYPE_CHECKING:
    from corridor_sim.engine.world import World

GATES = 1 << 17  # order of the alarms of yards, beyond all stands
PATIENCE_H = 720.0  # a yard where loads wait and no wagon has come for so long is starved


class Yard:
    """The wagons of a pool at a place: empties by age, loads that wait for them, and their sums."""

    __slots__ = (
        "alarm", "coming", "count", "empties", "gates", "left", "place", "quiet", "sent", "short_h", "standing_h", "starved_h", "taken",
        "track_h", "waiting", "wanted", "wanted_h", "way",
    )  # fmt: skip

    def __init__(self, place: int, way: ReturnPlan | None, now: float) -> None:
        self.place = place
        self.way = way
        self.empties: deque[list[float]] = deque()  # [since when, wagons], the oldest first
        self.count = self.wanted = 0.0
        self.coming = 0  # empties on their way here
        self.waiting: list[tuple[int, int, Lot, Gate]] = []  # a heap by priority and turn
        self.gates: list[Gate] = []
        self.alarm: Any = None
        self.quiet = now  # since when no wagon has come for loads that wait
        self.standing_h = self.wanted_h = self.short_h = self.starved_h = 0.0
        self.taken = self.left = self.sent = self.track_h = 0.0

    def spare(self) -> float:
        """Return the empty wagons that may go elsewhere."""
        return self.count - self.way.keep if self.way is not None else 0.0

    def sums(self) -> tuple[float, ...]:
        """Return what has been counted, in the order of `records.TABLES["pool_place_months"]` after the codes."""
        return self.standing_h, self.wanted_h, self.short_h, self.starved_h, self.taken, self.left, self.sent, self.track_h


class Gate:
    """Stands before a pen: loads wait here for wagons. To all else it is the pen."""

    __slots__ = ("endless", "filling", "peak", "pen", "pool", "since", "unit_h", "units", "wagons", "yard")

    def __init__(self, pen: Pen, pool: WagonPool, yard: Yard, wagons: float) -> None:
        self.pen, self.pool, self.yard, self.wagons = pen, pool, yard, wagons
        self.endless: list[Any] = []  # sources of unlimited supply
        self.filling = False
        self.units, self.unit_h, self.since = 0, 0.0, pen.since
        self.peak = 0  # most units here and in the pen, as loads come to wait for wagons
        yard.gates.append(self)

    @property
    def room(self) -> Any:
        """The room in which loads stand here."""
        return self.pen.room

    @property
    def stands(self) -> list[Any]:
        """The stands where loads board."""
        return self.pen.stands

    @property
    def express(self) -> Any:
        """The stand whose vehicles take a whole load at once."""
        return self.pen.express

    @express.setter
    def express(self, stand: Any) -> None:
        self.pen.express = stand

    @property
    def lots(self) -> list[Lot]:
        """The loads that wait for wagons."""
        return [lot for _, _, lot, gate in self.yard.waiting if gate is self]

    def account(self, now: float) -> None:
        """Bring the integral of waiting units up to now."""
        self.unit_h += self.units * (now - self.since)
        self.since = now

    def add(self, lot: Lot, now: float) -> None:
        """Let a load wait for wagons."""
        self.account(now)
        self.units += lot.units
        self.peak = max(self.peak, self.units + self.pen.units)
        lot.arrived_h = now
        self.pool.ask(self, lot, now)

    def let_in(self, lot: Lot, now: float) -> None:
        """Let a load that has its wagons wait for a train."""
        self.account(now)
        self.units -= lot.units
        lot.vehicle_h += now - lot.arrived_h
        self.pen.add(lot, now)
        told = self.pool.holds.pop(id(lot), None)
        if told is not None:
            told()

    def refill(self) -> None:
        """Keep loads of unlimited supply waiting."""
        need = max((stand.most_units(self.pen) for stand in self.stands), default=1)
        now, self.filling = self.pen.clock.env._now, True
        while self.units < need and self.endless:
            source = self.endless.pop(0)
            if source.supply(self, now):
                self.endless.append(source)
        self.filling = False


class Handover:
    """A later stage of a route: what comes in leaves its wagons empty; to all else it is the pen or gate behind."""

    __slots__ = ("behind", "place", "pool", "wagons")

    def __init__(self, behind: Any, pool: WagonPool, place: int, wagons: float) -> None:
        self.behind, self.pool, self.place, self.wagons = behind, pool, place, wagons

    def __getattr__(self, name: str) -> Any:
        return getattr(self.behind, name)

    def add(self, lot: Lot, now: float) -> None:
        """Put a load down, then let its wagons be used."""
        wagons = self.wagons * lot.units
        self.behind.add(lot, now)
        self.pool.give(self.place, wagons, now)


class WagonPool:
    """Wagons of one gauge and kind, wherever they are."""

    def __init__(self, world: World, plan: PoolPlan, number: int) -> None:
        self.plan, self.name, self.clock = plan, plan.name, world.clock
        self.world = world
        ways = {way.place: way for way in plan.returns}
        places = [place for place, _ in plan.stock] + list(ways) + [way.to for way in plan.returns]
        places += [world.plan.pens[pen].place for pen in plan.wants] + [place for _, place in plan.lands.values() if place != KEEPS]
        self.yards = {place: Yard(place, ways.get(place), world.clock.now) for place in dict.fromkeys(places)}
        for k, yard in enumerate(self.yards.values()):
            yard.alarm = _alarm(world.clock, GATES + 1024 * number + k, self, yard)
        for place, wagons in plan.stock:
            self._put(self.yards[place], float(wagons), world.clock.now)
        self.stock = float(sum(wagons for _, wagons in plan.stock))
        self.loaded = self.returning = self.taken = self.at_once = 0.0
        self.since = world.clock.now
        self.stock_h = self.loaded_h = self.returning_h = 0.0
        self.engaged_h: dict[int, float] = {}  # wagons under load, returning or wanted -> hours inside the window
        self.gates: dict[int, Gate] = {}
        self.holds: dict[int, Callable[[], None]] = {}  # id of a load whose train holds its track -> whom to tell that it has wagons

    def gate(self, pen: int) -> Gate:
        """Return the gate before a pen."""
        if pen not in self.gates:
            yard = self.yards[self.world.plan.pens[pen].place]
            self.gates[pen] = Gate(self.world.pens[pen], self, yard, self.plan.wants[pen])
        return self.gates[pen]

    def start(self) -> None:
        """Let empties that stand from the start go in their time."""
        for yard in self.yards.values():
            self._look(yard)

    # wagons come and go -----------------------------------------------------------------------------------------------

    def ask(self, gate: Gate, lot: Lot, now: float) -> None:
        """Let a load wait its turn for wagons."""
        yard = gate.yard
        self.account(now)
        if not yard.waiting:
            yard.quiet = now
        heappush(yard.waiting, (lot.flow.priority, self.clock.ticket(), lot, gate))
        yard.wanted += lot.units * gate.wagons
        before = self.taken
        self._serve(yard, now)
        self.at_once += self.taken - before

    def give(self, place: int, wagons: float, now: float) -> None:
        """Have so many wagons stand empty that were under load."""
        self.account(now)
        self.loaded -= wagons
        yard = self.yards[place]
        yard.left += wagons
        self._put(yard, wagons, now)
        self._serve(yard, now)
        self._look(yard)

    def come_back(self, place: int, wagons: float, now: float) -> None:
        """Have empties that came in stand here."""
        self.account(now)
        self.returning -= wagons
        yard = self.yards[place]
        yard.coming -= int(wagons)
        self._put(yard, wagons, now)
        self._serve(yard, now)
        self._look(yard)

    @staticmethod
    def _put(yard: Yard, wagons: float, now: float) -> None:
        yard.count += wagons
        if wagons:
            yard.quiet = now
            yard.empties.append([now, wagons])

    def _serve(self, yard: Yard, now: float) -> None:
        """Give empties to the loads that wait, in turn; the first may be split."""
        while yard.waiting:
            _, _, lot, gate = yard.waiting[0]
            units = min(lot.units, int(yard.count / gate.wagons))
            if units <= 0 or (units < lot.units and lot.flow.keep_together and lot.units * gate.wagons <= self.stock):
                break
            if units == lot.units:
                heappop(yard.waiting)
            else:
                lot = lot.split(units)
            wagons = units * gate.wagons
            self._take(yard, wagons)
            yard.wanted -= wagons
            yard.taken += wagons
            self.taken += wagons
            self.loaded += wagons
            gate.let_in(lot, now)
        for gate in yard.gates:
            if gate.endless and not gate.filling:
                gate.refill()
        for other in self.yards.values():
            if other.way is not None and other.way.to == yard.place and other.way.wanted != UNLIMITED:
                self._look(other)

    @staticmethod
    def _take(yard: Yard, wagons: float) -> None:
        """Take the oldest empties."""
        yard.count -= wagons
        while wagons > 0:
            oldest = yard.empties[0]
            part = min(oldest[1], wagons)
            oldest[1] -= part
            wagons -= part
            if not oldest[1]:
                yard.empties.popleft()

    # empties ----------------------------------------------------------------------------------------------------------

    def _look(self, yard: Yard) -> None:
        """See when empties may leave a yard; loads that come at the same instant take them first."""
        due = self._due(yard)
        if due is not None:
            yard.alarm.arm(max(due, self.clock.now))

    def _may_go(self, yard: Yard) -> int:
        """Return how many empties may leave a yard, however short they have stood."""
        way = yard.way
        if way is None or yard.waiting:
            return 0
        far = self.yards[way.to]
        return max(0, floor(min(yard.spare(), way.wanted - far.count - far.coming)))

    def _due(self, yard: Yard) -> float | None:
        """Return when the next whole empty may leave [h], None: not before something happens."""
        if yard.way is None or not self._may_go(yard):
            return None
        there = 0.0
        for since, wagons in yard.empties:
            there += wagons
            if there >= 1:
                return since + yard.way.after_h
        return None

    def send(self, yard: Yard) -> None:
        """Let empties go that have waited long enough for a load."""
        now, most, way = self.clock.now, self._may_go(yard), yard.way
        if most and way is not None:
            ready = floor(sum(wagons for since, wagons in yard.empties if since + way.after_h <= now))
            wagons = min(most, ready)
            if wagons:
                self.account(now)
                self._take(yard, float(wagons))
                yard.sent += wagons
                self.returning += wagons
                self.yards[way.to].coming += wagons
                source = self.world.sources[way.flow]
                source.enter(source.create(now, wagons, source._route(source.shares)), now)
        self._look(yard)

    # sums -------------------------------------------------------------------------------------------------------------

    def account(self, now: float) -> None:
        """Bring the integrals up to now."""
        hours = now - self.since
        if not hours:
            return
        wanted = 0.0
        for yard in self.yards.values():
            yard.standing_h += yard.count * hours
            if yard.waiting:
                wanted += yard.wanted
                yard.wanted_h += yard.wanted * hours
                yard.short_h += hours
                yard.starved_h += max(0.0, now - max(self.since, yard.quiet + PATIENCE_H))
        self.stock_h += self.stock * hours
        self.loaded_h += self.loaded * hours
        self.returning_h += self.returning * hours
        inside = min(now, self.world.plan.end_h) - max(self.since, 0.0)
        if inside > 0:
            engaged = ceil(self.loaded + self.returning + wanted - 1e-3)
            self.engaged_h[engaged] = self.engaged_h.get(engaged, 0.0) + inside
        self.since = now

    def sums(self) -> tuple[float, ...]:
        """Return what has been counted, in the order of `records.TABLES["pool_months"]` after the codes."""
        self.account(self.clock.now)
        return self.stock_h, self.loaded_h, self.returning_h, self.taken, self.at_once


def _alarm(clock: Clock, number: int, pool: WagonPool, yard: Yard) -> Alarm:
    return Alarm(clock, order_key(DECISION, number), lambda: pool.send(yard))


# for the books and the audit --------------------------------------------------------------------------------------------


def waiting_lots(world: World) -> list[Lot]:
    """Return the loads that wait for wagons, in all pools."""
    return [entry[2] for pool in world.pools for yard in pool.yards.values() for entry in yard.waiting]


def faults(world: World) -> Iterator[str]:
    """Yield pools whose wagons aren't all found: standing empty, under load or returning, by looking at every lot."""
    if not world.pools:
        return
    waiting = {id(lot) for lot in waiting_lots(world)}
    held = [lot for source in world.sources for lot in source.held]
    lots = [lot for pen in world.pens for lot in pen.lots if id(lot) not in waiting]
    lots += [lot for service in world.services for v in service.underway for lot in v.lots]
    for pool in world.pools:
        returns = {way.flow for way in pool.plan.returns}
        aboard = sum(lot.units * pool.plan.lands.get((lot.flow.number, lot.trip.route, lot.stage), (0.0, KEEPS))[0] for lot in lots)
        aboard += sum(lot.units for lot in held if lot.flow.number in returns)
        standing = sum(wagons for yard in pool.yards.values() for _, wagons in yard.empties)
        if standing + aboard != pool.stock or standing != sum(yard.count for yard in pool.yards.values()):
            yield f"{pool.name}: {pool.stock:g} wagons, {standing:g} found empty and {aboard:g} under load or returning"
        if pool.loaded + pool.returning != aboard:
            yield f"{pool.name}: counts {pool.loaded:g} wagons under load and {pool.returning:g} returning, found {aboard:g}"
