"""Ports: berths by kind with ramps and cranes, and the weather that closes departure, berthing and handling.

A vessel asks for a berth with the room that its load will stand in; both are taken at one instant, so a full quay never holds a
berth. Ramps and cranes are taken with the berth, for the handling only.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import Any

from corridor_sim.engine.books import Book
from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.clock import COMPLETION, Clock, order_key
from corridor_sim.engine.closures import Closures
from corridor_sim.engine.rooms import Gate, Need
from corridor_sim.engine.stations import work_hours
from corridor_sim.plan import BerthPlan, PoolPlan
from corridor_sim.streams import Draws
from corridor_sim.units import on_grid

INFINITE = float("inf")


class Port:
    """The weather of a port, and its pools of ramps and cranes."""

    def __init__(self, name: str, departure: Closures, berthing: Closures, handling: Closures) -> None:
        self.name = name
        self.departure = departure
        self.berthing = berthing
        self.handling = handling
        self.pools: list[Pool] = []

    def waited(self, closures: Closures, begin: float, end: float) -> tuple[float, float]:
        """Return the hours of a wait for a berth or to leave in closed weather, and those in which the port was closed [h]."""
        return closures.between(begin, end), 0.0

    def handled(self, start: float, hours: float) -> tuple[float, float, float]:
        """Return when handling that could start at an instant ends, and the hours lost to weather and to closed hours [h]."""
        if not self.handling:
            return start + hours, 0.0, 0.0
        end = self.handling.advance(self.handling.next_open(start), hours)
        return end, end - start - hours, 0.0


class Pool:
    """Ramps or cranes: instants at which each comes free; a call takes `per_call` of them."""

    def __init__(self, plan: PoolPlan) -> None:
        self.plan = plan
        self.per_call = plan.per_call
        self.rates: dict[str, float] = plan.rates[0][1]
        self.free = [-INFINITE] * int(plan.count[0][1])

    def set_count(self, count: float, at: float) -> None:
        """Have so many from an instant on; those beyond fall as they come free."""
        while len(self.free) > count:
            heappop(self.free)
        while len(self.free) < count:
            heappush(self.free, at)

    def taken(self) -> int:
        """Return how many a call takes: what it is planned to, or all there are."""
        return min(self.per_call, len(self.free))

    def start(self, now: float) -> float:
        """Return when enough of them are free [h]."""
        n = self.taken()
        return max(now, sorted(self.free)[n - 1]) if n else now

    def hold(self, until: float) -> None:
        """Occupy what a call takes until an instant."""
        n = self.taken()
        self.free = sorted(self.free)[n:] + [until] * n
        heapify(self.free)


class Berth(Gate):
    """The berths of one kind at a port."""

    def __init__(self, plan: BerthPlan, number: int, clock: Clock, port: Port, books: tuple[Book, Book]) -> None:
        Gate.__init__(self, clock, order_key(COMPLETION, number))
        self.plan = plan
        self.name = f"{port.name}.{plan.kind}"
        self.number = number
        self.key = order_key(COMPLETION, number)
        self.port = port
        self.books = books
        self.count = plan.count[0][1]
        self.rates: dict[str, float] = plan.rates[0][1]
        self.call: Draws | None = None
        self.pool: list[Pool] = []  # ramps, then cranes
        self.ramps = 0
        self.busy = 0
        self.resting: list[Vehicle] = []  # empty and alongside (waits_at: berth), the longest first
        self.visits: list[Any] | None = None

    def set_count(self, count: float) -> None:
        """Have so many berths; those beyond fall as they come free."""
        self.count = count
        self.advance()

    def ready(self, now: float) -> bool:
        """Return whether a berth is free and the weather lets ships berth."""
        if self.busy >= self.count:
            return False
        berthing = self.port.berthing
        if berthing and not berthing.is_open(now):
            at = berthing.next_open(now)
            if at != INFINITE:
                self.alarm.arm(at)
            return False
        return True

    def work_h(self, v: Vehicle) -> float:
        """Return the hours that handling a vessel's load takes, by cranes and ramps or the berth's own rates [h]."""
        rates = dict(self.rates)
        for pool in self.pool:
            rates |= {measure: rate * pool.taken() for measure, rate in pool.rates.items() if pool.taken()}
        fixed = self.call.next() if self.call is not None else 0.0
        return on_grid(fixed + work_hours(v, rates))

    def take_pools(self, now: float, hours: float) -> tuple[float, float]:
        """Take ramps and cranes for handling that lasts so long; return when the ramp is there, and when the cranes are too [h]."""
        if not hours:
            return now, now
        ramped = max((pool.start(now) for pool in self.pool[: self.ramps]), default=now)
        start = max((pool.start(ramped) for pool in self.pool[self.ramps :]), default=ramped)
        for pool in self.pool:
            pool.hold(start + hours)
        return ramped, start

    def begin(self, v: Vehicle, now: float, blocked_h: float) -> None:
        """Bring a vessel alongside: book its waits, then load or unload."""
        self.busy += 1
        v.berth = self
        service = v.service
        if service is None:
            self._other(v, now)
            return
        wait = now - v.arrived_h
        weather, closed = self.port.waited(self.port.berthing, v.arrived_h, now) if self.port.berthing else (0.0, 0.0)
        blocked = min(blocked_h, wait - weather - closed)
        queue = wait - weather - closed - blocked
        stand = service.stands[v.end]
        stand.hours["weather_wait_h"] += weather
        stand.hours["closed_wait_h"] += closed
        stand.hours["room_wait_h"] += blocked
        stand.hours["berth_wait_h"] += queue
        self._wait(v, now, (queue, closed, weather, blocked))
        if v.at == "load":
            v.at = ""
            stand.called -= 1
            stand.look_again()
            service.load_now(stand, v, now)
            stand.offer()
            return
        v.at = ""
        v.weather_h += weather
        v.closed_h += closed
        v.blocked_h += blocked
        v.queue_h += queue
        service.unload_now(stand, v, now)

    def _wait(self, v: Vehicle, now: float, hours: tuple[float, float, float, float]) -> None:
        book = self.books[v.heading]
        while now >= book.edge:
            book.close_month()
        queue, closed, weather, blocked = hours
        book.wait_h += queue
        book.closed_h += closed
        book.weather_h += weather
        book.blocked_h += blocked
        book.wait_max_h = max(book.wait_max_h, sum(hours))

    def book(self, v: Vehicle, start: float, end: float) -> None:
        """Write a call into the sums: it is alongside from start until it has been handled."""
        book = self.books[v.heading]
        sums = (v.net_t, v.wagons, v.trucks, v.teu, 0.0, 0.0, 0.0, 0.0)
        book.at_edge(start, start, end, end, sums)
        if self.visits is not None:
            arrived = v.arrived_h
            self.visits.append((v.number, v.service.number, self.number, v.heading, arrived, start, end, end, 0.0, v.units, v.net_t))

    def _other(self, v: Vehicle, now: float) -> None:
        hours = v.route[0]()
        _, start = self.take_pools(now, hours)
        end = self.port.handled(start, hours)[0]
        self.books[v.heading].other_at_edge(now, now, end)
        v.callbacks = (self.leave,)
        heappush(self.clock.queue, (end, self.key + v.number, 0, v))

    def ask(self, v: Vehicle, need: Need | None, now: float) -> None:
        """Queue a vessel that needs a berth; who rests alongside makes way."""
        super().ask(v, need, now)
        self.make_way()

    def rest(self, v: Vehicle) -> None:
        """Keep an empty vessel alongside until a rule fires or another needs its berth."""
        if v not in self.resting:  # one whose service has stopped may rest a second time
            self.resting.append(v)
        self.make_way()

    def make_way(self) -> None:
        """Send the vessel that has rested longest to anchor where another waits for the berth."""
        if self.waiting and self.resting and self.busy >= self.count:
            self.leave(self.resting[0])

    def leave(self, v: Vehicle) -> None:
        """Free the berth of a vessel and let the next come in."""
        if v in self.resting:
            self.resting.remove(v)
        v.berth = None
        self.busy -= 1
        self.advance()
