"""Stations with a queue: for priorities, and for vehicles that claim room ahead when a server is free."""

from __future__ import annotations

from heapq import heappush
from typing import Any

from corridor_sim.engine.books import Book
from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.clock import COMPLETION, Clock, order_key
from corridor_sim.engine.closures import Closures
from corridor_sim.engine.rooms import Gate
from corridor_sim.engine.stations import Station
from corridor_sim.plan import StationPlan


class GatedStation(Gate, Station):
    """The same with a queue: priorities, and room that is claimed when a server is free."""

    def __init__(self, plan: StationPlan, number: int, clock: Clock, books: tuple[Book, Book], closures: Closures) -> None:
        Gate.__init__(self, clock, order_key(COMPLETION, number))
        Station.__init__(self, plan, number, clock, books, closures)
        self.busy = 0

    def set_servers(self, servers: float, at: float) -> None:
        """Have so many servers; those beyond fall as they come free."""
        self.servers = servers

    def ready(self, now: float) -> bool:
        """Return whether a server is free and the place open."""
        if now >= self.change_at:
            self.apply_changes(now)
        if self.busy >= self.servers:
            return False
        if self.closures is not None and not self.closures.is_open(now):
            self.alarm.arm(self.closures.next_open(now))
            return False
        return True

    def entry(self, need: Any, ending: bool) -> Any:
        """Return the callback of a step that needs room ahead (`need(v)`)."""
        if ending:
            return lambda v: self.ask_ending(v, need(v))
        return lambda v: self.ask(v, need(v), self.clock.env._now)

    def ask_ending(self, v: Vehicle, need: Any) -> None:
        """Queue a vehicle that ends here."""
        v.at = "ending"
        self.ask(v, need, self.clock.env._now)

    def begin(self, v: Vehicle, now: float, blocked_h: float) -> None:
        """Serve a vehicle from now on."""
        hold = self.next_hold[v.draw]() if v.service is not None else v.route[0]()
        if v.at == "ending":
            hold, v.at = self.handled(v, now, hold), ""
        start, end = self.placed(now, hold)  # later than now where the work has to fit before closing
        self.busy += 1
        if v.service is None:
            self.book_other(v.heading, v.arrived_h, start, end, hold)
        else:
            self.book(v, v.arrived_h, start, end, hold, blocked_h)
        v.callbacks = (self.done, *v.route[v.step])
        v.step += 1
        heappush(self.queue, (end, self.key + v.number, 0, v))

    def done(self, v: Vehicle) -> None:
        """Free a server and start the next."""
        self.busy -= 1
        self.advance()

    def finish(self, until: float) -> None:
        """Nothing is left to work off: the background of a gated station has events of its own."""
