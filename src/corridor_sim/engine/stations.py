"""Stations: servers at a place that hold a passing vehicle for a time. Borders, gauge changes, terminals, yard passages.

`OpenStation` needs no queue: without priorities and without room to claim, first come first served is a heap of the
instants at which servers come free, and a visit is booked when it arrives. Background traffic is then worked off in one go
at the next arrival. `GatedStation` (in `gated`) keeps the queue, for priorities and for vehicles that claim room ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush, heapreplace
from itertools import repeat
from typing import Any

from corridor_sim.engine.books import Book
from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.clock import COMPLETION, Clock, order_key
from corridor_sim.engine.closures import Closures
from corridor_sim.engine.others import NOBODY, merged_arrivals
from corridor_sim.plan import StationPlan
from corridor_sim.streams import Draws
from corridor_sim.units import BIG

INFINITE = float("inf")
Change = tuple[float, str, Any]  # from_h, what, value


def work_hours(v: Vehicle, rates: dict[str, float]) -> float:
    """Return the hours that handling a vehicle's load takes at rates per hour of each measure [h]."""
    hours = 0.0
    if v.teu and "teu" in rates:
        hours = v.teu / rates["teu"]
    elif v.wagons and "wagons" in rates:
        hours = v.wagons / rates["wagons"]
    elif v.gross_t and not v.trucks and "t" in rates:
        hours = v.gross_t / rates["t"]
    if v.trucks and "trucks" in rates:
        hours += v.trucks / rates["trucks"]
    return (hours + BIG) - BIG


class Station:
    """What both kinds share: laws by class and heading, dated changes, calendar, books."""

    def __init__(self, plan: StationPlan, number: int, clock: Clock, books: tuple[Book, Book], closures: Closures) -> None:
        self.plan = plan
        self.name = plan.name
        self.clock = clock
        self.env = clock.env
        self.queue = clock.queue
        self.key = order_key(COMPLETION, number)
        self.books = books
        self.closures = closures if closures else None
        self.at_close = plan.at_close
        self.pauses = self.closures if plan.at_close != "finish" else None  # closed hours in which nobody works
        self.servers = plan.servers[0][1]
        self.rates: dict[str, float] = plan.rates[0][1]
        self.fronts: list[float] | None = None
        self.next_hold: list[Any] = []  # by the vehicles' `draw`: the next hold
        self.slots: dict[int, Draws] = {}
        self.laws: list[tuple[Draws, str]] = []  # with the class whose law it follows
        self.changes: list[Change] = []
        self.change_at = INFINITE
        self.visits: list[Any] | None = None
        self.number = number
        self._set_fronts(plan.fronts[0][1])

    def _set_fronts(self, fronts: float) -> None:
        if fronts == INFINITE:
            self.fronts = None
        elif self.fronts is None:
            self.fronts = [-INFINITE] * int(fronts)
        else:
            self.fronts = sorted(self.fronts)[: int(fronts)]
            self.fronts += [-INFINITE] * (int(fronts) - len(self.fronts))
            heapify(self.fronts)

    def follow(self, slot: int, draws: Draws, class_name: str) -> None:
        """Draw the holds of vehicles with this `draw` from a stream, under the law of their class."""
        self.slots[slot] = draws
        self.next_hold[slot] = draws.next
        self.laws.append((draws, class_name))

    def plan_changes(self, changes: list[Change]) -> None:
        """Take the dated changes, sorted by time, that hold from the first start at or after their date."""
        self.changes = changes
        self.change_at = changes[0][0] if changes else INFINITE

    def apply_changes(self, start: float) -> None:
        """Apply the changes up to an instant at which a vehicle could start."""
        while self.change_at <= start:
            at, what, value = self.changes.pop(0)
            self.change_at = self.changes[0][0] if self.changes else INFINITE
            self.apply(at, what, value)

    def apply(self, at: float, what: str, value: Any) -> None:
        """Apply one change."""
        if what == "service_h":
            for draws, name in self.laws:
                draws.change(value.get(name, value[""]))
            for slot, draws in self.slots.items():
                self.next_hold[slot] = draws.next
        elif what == "rates":
            self.rates = value
        elif what == "fronts":
            self._set_fronts(value)
        elif what == "servers":
            self.set_servers(value, at)

    def set_servers(self, servers: float, at: float) -> None:
        """Have so many servers from an instant on."""
        raise NotImplementedError

    def placed(self, start: float, hold: float) -> tuple[float, float]:
        """Return when work that could start at an instant starts and ends, by the opening hours [h]."""
        closures = self.closures
        if closures is None or start == INFINITE:
            return start, start + hold
        start = closures.fits(start, hold) if self.at_close == "wait" else closures.next_open(start)
        if start == INFINITE:
            return start, start
        return start, start + hold if self.at_close == "finish" else closures.advance(start, hold)

    def handled(self, v: Vehicle, start: float, hold: float) -> float:
        """Return the whole hold of a vehicle that ends here: service, wait for a front, handling of the load [h]."""
        work = work_hours(v, self.rates)
        if self.fronts is None or not work:
            return hold + work
        begin = max(start, self.fronts[0])
        heapreplace(self.fronts, begin + work)
        return begin + work - start + hold

    def book_other(self, heading: int, at: float, start: float, end: float, hours: float) -> None:
        """Write a background vehicle into the month's sums."""
        book = self.books[heading]
        if end <= book.edge and at >= book.begin:
            book.other_vehicles += 1.0
            book.other_busy_h += hours
        else:
            book.other_at_edge(at, start, end, self.pauses)

    def book(self, v: Vehicle, now: float, start: float, end: float, hold: float, blocked: float) -> None:
        """Write a visit into the vehicle's hours and the month's sums."""
        closed = paused = 0.0
        if self.closures is not None:
            closed = self.closures.between(now, start)
            paused = end - start - hold
        wait = start - now
        if wait:
            blocked = min(blocked, wait - closed)
            v.closed_h += closed
            v.blocked_h += blocked
            v.queue_h += wait - closed - blocked
        v.closed_h += paused
        v.moving_h += hold
        book = self.books[v.heading]
        if end <= book.edge and now >= book.begin:
            book.vehicles += 1.0
            book.net_t += v.net_t
            book.wagons += v.wagons
            book.trucks += v.trucks
            book.teu += v.teu
            book.busy_h += hold
            book.stay_h += end - now
            if wait:
                book.wait_h += wait - closed - blocked
                book.closed_h += closed
                book.blocked_h += blocked
                if wait > book.wait_max_h:
                    book.wait_max_h = wait
        else:
            sums = (v.net_t, v.wagons, v.trucks, v.teu, wait - closed - blocked, closed, 0.0, blocked)
            book.at_edge(now, start, end, end, sums, self.pauses)
        if self.visits is not None:
            self.visits.append((v.number, v.service.number, self.number, v.heading, now, start, end, end, paused, v.units, v.net_t))


class OpenStation(Station):
    """First come, first served, without a queue: `free` holds the instants at which servers come free."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.free: list[float] = []  # empty if servers are unlimited
        self.set_servers(self.servers, -INFINITE)
        self.next_other: Callable[[], tuple[float, int]] = repeat(NOBODY).__next__
        self.other = NOBODY  # the background vehicle that comes next: when [h], and of which stream
        self.streams: list[tuple[Book, int, Draws]] = []
        self.open_from, self.attend_at = -INFINITE, -INFINITE  # in between a wait and a start are plain: nothing closes or changes

    def watch(self, streams: list[tuple[Iterator[Any], int, Draws]]) -> None:
        """Take the background traffic: (arrivals by blocks [h], heading, holds) of each stream."""
        self.next_other = merged_arrivals([blocks for blocks, _, _ in streams]).__next__
        self.streams = [(self.books[heading], heading, draws) for _, heading, draws in streams]
        self.other = self.next_other()

    def set_servers(self, servers: float, at: float) -> None:
        """Add servers that are free from an instant on, or let those fall that come free first."""
        if servers == INFINITE:
            self.free = []
        while len(self.free) > servers:
            heappop(self.free)
        while len(self.free) < servers < INFINITE:
            heappush(self.free, at)
        self.servers = servers

    def earliest(self, now: float) -> float:
        """Return when a server is free, dated changes applied [h]; infinite if there never is one."""
        while True:
            start = max(now, self.free[0]) if self.free else now
            if not self.servers:
                start = max(now, self.change_at)
            if start < self.change_at or start == INFINITE:
                return start
            self.apply_changes(start)

    def admit_others(self, now: float) -> None:
        """Work off the background vehicles that came up to now."""
        while self.other[0] <= now:
            if self.free and self._admit_plain(now):
                return
            at, stream = self.other
            _, heading, draws = self.streams[stream]
            hours, free_at = draws.next(), self.earliest(at)
            start, end = self.placed(free_at, hours)
            if start == INFINITE:
                self.other, self.next_other = NOBODY, repeat(NOBODY).__next__
                return
            if self.free:
                heapreplace(self.free, end)
            self.book_other(heading, at, start, end, hours)
            self.other = self.next_other()
            self.attend(free_at)

    def _admit_plain(self, until: float) -> bool:
        """Work off those who start while all is plain, in one straight loop; return whether nobody is left up to an instant.

        There can be a thousand of them to one of ours, so the sums of the first stream and of the second wait in the loop's own
        variables: all are on the grid, and adding them up later gives the same.
        """
        free, streams, next_other, plain_until = self.free, self.streams, self.next_other, self.attend_at
        (one, _, draws_one), (two, _, draws_two) = streams[0], streams[-1]
        draw_one, draw_two, edge = draws_one.next, draws_two.next, min(one.edge, two.edge)
        vehicles_one = vehicles_two = 0
        hours_one = hours_two = 0.0
        at, stream = self.other
        while at <= until:
            start = free[0]
            if start < at:
                start = at
            if start >= plain_until or stream > 1:
                break
            hours = draw_two() if stream else draw_one()
            end = start + hours
            heapreplace(free, end)
            if end > edge:
                one.add_others(vehicles_one, hours_one)
                two.add_others(vehicles_two, hours_two)
                vehicles_one = vehicles_two = 0
                hours_one = hours_two = 0.0
                self.book_other(streams[stream][1], at, start, end, hours)
                edge = min(one.edge, two.edge)
            elif stream:
                vehicles_two += 1
                hours_two += hours
            else:
                vehicles_one += 1
                hours_one += hours
            at, stream = next_other()
        self.other = (at, stream)
        one.add_others(vehicles_one, hours_one)
        two.add_others(vehicles_two, hours_two)
        return at > until

    def enter(self, v: Vehicle) -> float:
        """Book a vehicle that arrives now and send it on; return when it starts [h].

        The whole of `serve` for the plain case: a free server or a known one, nothing else due, the visit within the month.
        """
        now = self.env._now
        if self.other[0] <= now:
            self.admit_others(now)
        free = self.free
        start = free[0] if free else now
        if start < now:
            start = now
        if start >= self.attend_at or now < self.open_from:
            return self.serve(v, False)
        book = self.books[v.heading]
        hold = self.next_hold[v.draw]()
        end = start + hold
        if end > book.edge:
            heapreplace(free, end)
            self.book(v, now, start, end, hold, 0.0)
        else:
            heapreplace(free, end)
            book.vehicles += 1.0
            book.net_t += v.net_t
            book.wagons += v.wagons
            book.trucks += v.trucks
            book.teu += v.teu
            book.busy_h += hold
            book.stay_h += end - now
            if start > now:
                wait = start - now
                v.queue_h += wait
                book.wait_h += wait
                if wait > book.wait_max_h:
                    book.wait_max_h = wait
            v.moving_h += hold
            if self.visits is not None:
                self.visits.append((v.number, v.service.number, self.number, v.heading, now, start, end, end, 0.0, v.units, v.net_t))
        v.callbacks = v.route[v.step]
        v.step += 1
        if end < self.clock.horizon:
            heappush(self.queue, (end, self.key + v.number, 0, v))
        else:
            self.clock.shelve((end, self.key + v.number, 0, v))
        return start

    def enter_ending(self, v: Vehicle) -> float:
        """Book a vehicle that ends here and has its load handled; return when it starts [h]."""
        return self.serve(v, True)

    def attend(self, start: float) -> None:
        """See again until when starts from one on are plain: a change is due, the place closes, or nothing is ever plain."""
        if not self.free:
            self.attend_at = -INFINITE
        elif self.closures is None:
            self.attend_at = self.change_at
        elif self.at_close == "finish" and start != INFINITE and self.closures.is_open(start):
            self.open_from = self.closures.open_since(start)
            self.attend_at = min(self.change_at, self.closures.next_close(start))
        else:
            self.attend_at = -INFINITE

    def serve(self, v: Vehicle, ending: bool) -> float:
        """Find the start, book the visit, arm the vehicle for its end."""
        now = self.env._now
        if self.other[0] <= now:
            self.admit_others(now)
        free_at = start = self.earliest(now)
        hold = self.next_hold[v.draw]()
        if ending:
            hold = self.handled(v, start, hold)
        start, end = self.placed(start, hold)
        self.attend(free_at)
        if start == INFINITE:  # it never opens again: the vehicle stays, and the books say so
            v.at = self.name
            return start
        if self.free:
            heapreplace(self.free, end)
        self.book(v, now, start, end, hold, 0.0)
        v.callbacks = v.route[v.step]
        v.step += 1
        if end < self.clock.horizon:
            heappush(self.queue, (end, self.key + v.number, 0, v))
        else:
            self.clock.shelve((end, self.key + v.number, 0, v))
        return start

    def finish(self, until: float) -> None:
        """Work off the background up to the end of the run."""
        self.admit_others(until)
