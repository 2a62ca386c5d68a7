"""Sources and sinks: consignments become ready, wait out embargoes, choose a route; deliveries close the books of a flow."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from heapq import heappush
from typing import Any

from corridor_sim.engine.cargo import NO_HOURS, Lot, Trip
from corridor_sim.engine.clock import ARRIVAL, Alarm, Clock, order_key
from corridor_sim.engine.pens import Embargo, Pen
from corridor_sim.plan import FlowPlan

INFINITE, NAN = float("inf"), float("nan")


class Source:
    """One flow: its one pending arrival is an entry of the clock's heap; its books count units."""

    turned_away = turned_counted = 0  # units, see `turning.TurningSource`

    __slots__ = (
        "_ok", "_run", "area_unit_h", "callbacks", "clock", "created", "delivered", "direction", "embargoes", "end_h", "held",
        "held_since", "held_unit_h", "held_units", "keep_together", "key", "ledger_error_h", "number", "on_last", "outstanding",
        "pens", "pick", "plan", "present", "priority", "released", "rows", "shares", "since", "stay_unit_h", "times", "trips",
    )  # fmt: skip

    def __init__(self, plan: FlowPlan, number: int, clock: Clock, end_h: float) -> None:
        self.plan = plan
        self.number = number
        self.clock = clock
        self.end_h = end_h
        self.key = order_key(ARRIVAL, number)
        self._ok = True
        self._run = (self.emit,)
        self.callbacks: Any = None
        self.direction = plan.direction
        self.keep_together = plan.keep_together
        self.priority = plan.priority
        self.pens: list[list[Pen]] = []  # per route
        self.times: Iterator[float] = iter(())
        self.pick: Callable[[], float] | None = None
        self.shares: tuple[float, ...] = plan.shares[0][1]
        self.embargoes: list[Embargo] = []
        self.held: deque[Lot] = deque()
        self.released = Alarm(clock, self.key, self.let_go)
        self.held_since = clock.now
        self.held_unit_h = 0.0
        self.held_units = 0
        self.trips = 0
        self.created = self.delivered = self.present = self.outstanding = 0
        self.since = clock.now
        self.area_unit_h = self.stay_unit_h = 0.0
        self.ledger_error_h = 0.0
        self.rows: Any = None
        self.on_last: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Arm the first arrival, or fill the pens of unlimited supply."""
        if self.plan.supply == "unlimited":
            for pen in dict.fromkeys(pens[0] for pens in self.pens):
                if self not in pen.endless:
                    pen.endless.append(self)
            for pen in dict.fromkeys(pens[0] for pens in self.pens):
                pen.refill()
        else:
            self._arm()

    def _arm(self) -> None:
        at = next(self.times, INFINITE)
        if at != INFINITE:
            self.callbacks = self._run
            heappush(self.clock.queue, (at, self.key, 0, self))

    def emit(self, _event: object) -> None:
        """Make a consignment ready now and wait for the next."""
        now = self.clock.env._now
        self.enter(self.create(now, self.plan.consignment, self._route(self.shares)), now)
        self._arm()

    def _route(self, shares: Sequence[float]) -> int:
        """Return a route drawn by shares, -1 if none is in use."""
        if len(shares) == 1:
            return 0 if shares[0] > 0 else -1
        total = sum(shares)
        if total <= 0:
            return -1
        if max(shares) == total:
            return list(shares).index(total)
        mark = self.pick() * total if self.pick is not None else 0.0
        for route, share in enumerate(shares):
            mark -= share
            if mark < 0:
                return route
        return len(shares) - 1

    def create(self, now: float, units: int, route: int) -> Lot:
        """Return a new lot of a new consignment; the books count it."""
        self.trips += 1
        self.created += units
        self.account(now)
        self.present += units
        counted = 0.0 <= now < self.end_h
        if counted:
            self.outstanding += units
        return Lot(Trip(self.trips, units, now, route, counted), self, units)

    def enter(self, lot: Lot, now: float) -> None:
        """Put a lot into its first pen, or hold it at the origin."""
        if lot.trip.route < 0 or self.held or (self.embargoes and any(embargo.on for embargo in self.embargoes)):
            self.account_held(now)
            self.held.append(lot)
            self.held_units += lot.units
        else:
            self.pens[lot.trip.route][0].add(lot, now)

    def account(self, now: float) -> None:
        """Bring the integral of units present up to now."""
        self.area_unit_h += self.present * (now - self.since)
        self.since = now

    def account_held(self, now: float) -> None:
        """Bring the integral of units held at the origin up to now."""
        self.held_unit_h += self.held_units * (now - self.held_since)
        self.held_since = now

    def release_later(self) -> None:
        """Let held lots go at this instant, after what happens now."""
        self.released.arm(self.clock.now)

    def let_go(self) -> None:
        """Let held lots go, in order, until an embargo is on again or no route exists."""
        now = self.clock.now
        while self.held and not any(embargo.on for embargo in self.embargoes):
            route = self._route(self.shares) if self.held[0].trip.route < 0 else self.held[0].trip.route
            if route < 0:
                return
            self.account_held(now)
            lot = self.held.popleft()
            self.held_units -= lot.units
            lot.trip.route = route
            lot.blocked_h += now - lot.trip.ready_h
            self.pens[route][0].add(lot, now)

    def supply(self, pen: Pen, now: float) -> bool:
        """Put one more consignment of unlimited supply into a pen, on a route by the shares; return whether one is in use."""
        shares = [share if pens[0] is pen else 0.0 for share, pens in zip(self.shares, self.pens, strict=True)]
        route = self._route(shares)
        if route < 0:
            return False
        pen.add(self.create(now, self.plan.consignment, route), now)
        return True

    def deliver(self, lot: Lot, now: float) -> None:
        """Close the books of a lot that has arrived."""
        trip, units = lot.trip, lot.units
        self.account(now)
        self.present -= units
        self.delivered += units
        hours = lot.hours()
        self._audit(lot, now, hours)
        if trip.counted:
            if units == trip.units:
                self.rows.append((trip.number, self.number, trip.route, units, units, trip.ready_h, now, now, now, *hours))
            else:
                self._add_part(trip, lot, now)
            self.outstanding -= units
            if self.outstanding == 0 and now >= self.end_h:
                self.on_last()

    def _add_part(self, trip: Trip, lot: Lot, now: float) -> None:
        if not trip.delivered:
            trip.hours = list(NO_HOURS)
            trip.first_h = now
            trip.sum_h = 0.0
        trip.hours = [sum_h + lot.units * hours for sum_h, hours in zip(trip.hours, lot.hours(), strict=True)]
        trip.last_h = now
        trip.sum_h += lot.units * now
        trip.delivered += lot.units
        if trip.delivered == trip.units:
            self.write(trip, trip.last_h)

    def write(self, trip: Trip, last_h: float) -> None:
        """Write the row of a consignment that came in parts, or is not whole yet (last_h NaN)."""
        n = trip.delivered
        hours = [h / n for h in trip.hours] if n else NO_HOURS
        mean_h = trip.sum_h / n if n else float("nan")
        first_h = trip.first_h if n else float("nan")
        self.rows.append((trip.number, self.number, trip.route, trip.units, n, trip.ready_h, first_h, last_h, mean_h, *hours))

    def write_whole(self, trip: Trip) -> None:
        """Write the row of a consignment of which nothing has arrived yet."""
        self.rows.append((trip.number, self.number, trip.route, trip.units, 0, trip.ready_h, NAN, NAN, NAN, *NO_HOURS))

    def _audit(self, lot: Lot, now: float, hours: tuple[float, ...]) -> None:
        ready = lot.trip.ready_h
        error, least = now - ready - sum(hours), min(hours)
        if error or least < 0:
            self.ledger_error_h = max(self.ledger_error_h, abs(error), -least)
        if ready < 0.0:
            ready = 0.0
        if now > self.end_h:
            now = self.end_h
        if now > ready:
            self.stay_unit_h += lot.units * (now - ready)
