"""Legs: the way between two places in one direction, with paths where a railway states pairs a day.

A path is the time between two departures; a leg that is closed by a window, before its opening or by a dated closure simply has
no start in those hours. Without room to claim a leg is one number, the next free path.
"""

from __future__ import annotations

from heapq import heappush
from typing import Any

from corridor_sim.engine.books import Book
from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.clock import COMPLETION, Clock, order_key
from corridor_sim.engine.closures import Closures
from corridor_sim.engine.rooms import Gate, is_free
from corridor_sim.plan import LegPlan
from corridor_sim.streams import Draws
from corridor_sim.units import BIG, on_grid

INFINITE = float("inf")
Change = tuple[float, str, Any]


class Pace:
    """How much longer than the leg's own run time a service takes; a dated change of speed alters it."""

    __slots__ = ("factor",)

    def __init__(self, factor: float) -> None:
        self.factor = factor


class Leg:
    """One direction of a leg: path, run time and books."""

    def __init__(self, plan: LegPlan, number: int, clock: Clock, book: Book, closures: Closures, run: Draws) -> None:
        self.plan = plan
        self.name = plan.name
        self.clock = clock
        self.env = clock.env
        self.queue = clock.queue
        self.number = number
        self.key = order_key(COMPLETION, number)
        self.book = book
        self.closures = closures if closures else None
        self.run = run
        self.ordered = plan.ordered
        self.clockface = plan.clockface
        self.next_free = self.last_arrival = -INFINITE
        self.fair_from, self.fair_until = INFINITE, -INFINITE  # hours between closures and changes: a start there is plain
        self.headway = self.occupation = 0.0
        self.changes: list[Change] = []
        self.change_at = INFINITE
        self.visits: list[Any] | None = None

    def set_paths(self, headway: float, other_share: float) -> None:
        """Have a path every so many hours; a train takes (1 - other_share) of that time from the line's capacity."""
        if headway != INFINITE:  # infinite: closed, which the closures say
            self.headway = on_grid(headway)
            self.occupation = on_grid(headway * (1 - other_share))

    def plan_changes(self, changes: list[Change]) -> None:
        """Take the dated changes, sorted by time, that hold from the first start at or after their date."""
        self.changes = changes
        self.change_at = changes[0][0] if changes else INFINITE

    def apply_changes(self, start: float) -> None:
        """Apply the changes up to an instant at which a vehicle could start."""
        while self.change_at <= start:
            _, what, value = self.changes.pop(0)
            self.change_at = self.changes[0][0] if self.changes else INFINITE
            if what == "run_h":
                self.run.change(value)
            elif what == "paths":
                self.set_paths(*value)

    def earliest(self, now: float) -> float:
        """Return the first instant from now on at which a path begins [h]; infinite if none ever does."""
        start = self.next_free if self.next_free > now else now
        if self.fair_from <= start < self.fair_until:
            return start
        while True:
            if self.clockface and self.headway and start != INFINITE:
                start = -(-start // self.headway) * self.headway  # both on the grid, so this is exact and never before
            placed = start if self.closures is None else self.closures.next_open(start)
            if placed >= self.change_at and placed != INFINITE:
                self.apply_changes(placed)
            elif placed in (start, INFINITE) or not self.clockface:
                self._see_fair(placed)
                return placed
            start = placed

    def _see_fair(self, start: float) -> None:
        """Note until when starts are plain from a start on."""
        if not self.clockface and start != INFINITE:
            close = INFINITE if self.closures is None else self.closures.next_close(start)
            self.fair_from, self.fair_until = start, min(close, self.change_at)

    def depart(self, v: Vehicle, now: float, start: float, blocked: float, factor: float) -> None:
        """Book a run that starts at an instant and arm the vehicle for its arrival."""
        run = self.run.next()
        if factor != 1.0:
            run = (run * factor + BIG) - BIG
        end = start + run
        if self.ordered:
            if end < self.last_arrival:
                end = self.last_arrival
            self.last_arrival = end
        free = start + self.headway
        if free > self.fair_until and self.closures is not None:
            free = self.closures.advance(start, self.headway)
        self.next_free = free
        v.moving_h += end - start
        wait = closed = 0.0
        if start != now:
            wait, closed, blocked = self._waited(v, now, start, blocked)
        book = self.book
        if end <= book.edge and now >= book.begin:
            book.vehicles += 1.0
            book.net_t += v.net_t
            book.wagons += v.wagons
            book.trucks += v.trucks
            book.teu += v.teu
            book.busy_h += self.occupation
            book.stay_h += end - now
            if start != now:
                book.wait_h += wait
                book.closed_h += closed
                book.blocked_h += blocked
                book.wait_max_h = max(book.wait_max_h, start - now)
        else:
            sums = (v.net_t, v.wagons, v.trucks, v.teu, wait, closed, 0.0, blocked)
            book.at_edge(now, start, start + self.occupation, end, sums)
        if self.visits is not None:
            self.record(v, now, start, end)
        v.callbacks = v.route[v.step]
        v.step += 1
        if end < self.clock.horizon:
            heappush(self.queue, (end, self.key + v.number, 0, v))
        else:
            self.clock.shelve((end, self.key + v.number, 0, v))

    def record(self, v: Vehicle, now: float, start: float, end: float) -> None:
        """Write a row of the full records."""
        row = (v.number, v.service.number, self.number, v.heading, now, start, end, end, 0.0, v.units, v.net_t)
        self.visits.append(row)  # type: ignore[union-attr]

    def is_free(self) -> bool:
        """Return whether nothing ever holds a vehicle up here: no path, closure, order or dated change."""
        paths = self.headway or self.clockface or self.ordered
        return type(self) is OpenLeg and not paths and self.closures is None and not self.changes

    def book_run(self, v: Vehicle, now: float, hours: float) -> None:
        """Book a sea run: its length in time is the service's affair."""
        sums = (v.net_t, v.wagons, v.trucks, v.teu, 0.0, 0.0, 0.0, 0.0)
        self.book.at_edge(now, now, now, now + hours, sums)
        if self.visits is not None:
            end = now + hours
            self.record(v, now, now, end)

    def _waited(self, v: Vehicle, now: float, start: float, blocked: float) -> tuple[float, float, float]:
        """Write a wait into the vehicle's hours; return the hours for a path, closed and blocked [h]."""
        closed = self.closures.between(now, start) if self.closures is not None else 0.0
        blocked = min(blocked, start - now - closed)
        wait = start - now - closed - blocked
        v.closed_h += closed
        v.blocked_h += blocked
        v.queue_h += wait
        return wait, closed, blocked


class FreeWay:
    """Legs in a row without paths, closures or order: one event takes a vehicle over all of them."""

    def __init__(self, ways: list[tuple[Leg, Pace | None]]) -> None:
        self.ways = ways
        last = ways[-1][0]
        self.clock, self.env, self.queue, self.key = last.clock, last.env, last.queue, last.key

    def enter(self, v: Vehicle) -> float:
        """Send a vehicle over the legs; return when it starts [h]."""
        now = at = self.env._now
        for leg, pace in self.ways:
            run = leg.run.next()
            if pace is not None:
                run = (run * pace.factor + BIG) - BIG
            end = at + run
            book = leg.book
            if end <= book.edge and at >= book.begin:
                book.vehicles += 1.0
                book.net_t += v.net_t
                book.wagons += v.wagons
                book.trucks += v.trucks
                book.teu += v.teu
                book.stay_h += run
            else:
                book.at_edge(at, at, at, end, (v.net_t, v.wagons, v.trucks, v.teu, 0.0, 0.0, 0.0, 0.0))
            if leg.visits is not None:
                leg.record(v, at, at, end)
            at = end
        v.moving_h += at - now
        v.callbacks = v.route[v.step]
        v.step += 1
        heappush(self.queue, (at, self.key + v.number, 0, v))
        return now


class OpenLeg(Leg):
    """A leg whose trains wait only for their path."""

    def enter(self, v: Vehicle, pace: Pace | None = None) -> float:
        """Send a vehicle on the first path; return when it starts [h]."""
        now = self.env._now
        start = now
        if self.next_free > now or not self.fair_from <= now < self.fair_until:
            start = self.earliest(now)
            if start == INFINITE:  # closed for good: the vehicle stays, and the books say so
                v.at = self.name
                return start
        self.depart(v, now, start, 0.0, 1.0 if pace is None else pace.factor)
        return start


class GatedLeg(Gate, Leg):
    """A leg whose trains claim room ahead when a path is free."""

    def __init__(self, plan: LegPlan, number: int, clock: Clock, book: Book, closures: Closures, run: Draws) -> None:
        Gate.__init__(self, clock, order_key(COMPLETION, number))
        Leg.__init__(self, plan, number, clock, book, closures, run)
        self.paces: dict[int, Pace] = {}

    def ready(self, now: float) -> bool:
        """Return whether a path begins now; if not, ring when one does."""
        start = self.earliest(now)
        if start > now:
            if start != INFINITE:
                self.alarm.arm(start)
            return False
        return True

    def entry(self, need: Any, pace: Pace | None) -> Any:
        """Return the callback of a step that needs room ahead (`need(v)`)."""
        if pace is None:
            return lambda v: self.ask(v, need(v), self.clock.env._now)
        return lambda v: self.ask_slow(v, need(v), pace)

    def ask_slow(self, v: Vehicle, need: Any, pace: Pace) -> None:
        """Queue a vehicle that is slower than the leg allows; one that nothing holds up starts at once."""
        now = self.env._now
        plain = self.next_free <= now and self.fair_from <= now < self.fair_until
        if plain and need is not None and not self.waiting and not self._advancing and is_free(need):
            v.arrived_h = now
            self._advancing = True
            for room, amount in need:
                room.take(amount)
            held, v.holds = v.holds, list(need)
            self.depart(v, now, now, 0.0, pace.factor)
            self.let_go(v, held)
            self.started()
            return
        self.paces[v.number] = pace
        self.ask(v, need, now)

    def begin(self, v: Vehicle, now: float, blocked_h: float) -> None:
        """Send a vehicle on its way now."""
        pace = self.paces.pop(v.number, None)
        self.depart(v, v.arrived_h, now, blocked_h, 1.0 if pace is None else pace.factor)
