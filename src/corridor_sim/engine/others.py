"""Background traffic at elements with a queue: vehicles that hold a server or berth like ours and then are gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappush
from typing import Any

from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.clock import Clock
from corridor_sim.streams import Draws


class OtherSource:
    """One stream of background vehicles, with one pending arrival."""

    __slots__ = ("_ok", "_run", "callbacks", "clock", "draws", "element", "heading", "key", "number", "numbers", "times")

    def __init__(
        self, clock: Clock, key: int, times: Iterator[float], heading: int, draws: Draws, element: Any, numbers: Callable[[], int]
    ) -> None:
        self._ok = True
        self._run = (self.emit,)
        self.callbacks: Any = None
        self.clock = clock
        self.key = key
        self.times = times
        self.heading = heading
        self.draws = draws
        self.element = element
        self.numbers = numbers
        self.number = numbers()

    def arm(self) -> None:
        """Wait for the next arrival."""
        at = next(self.times, None)
        if at is not None:
            self.callbacks = self._run
            heappush(self.clock.queue, (at, self.key + self.number, 0, self))

    def emit(self, _event: object) -> None:
        """Send a vehicle in."""
        v = Vehicle(self.numbers(), None, self.heading, 0)
        v.route = (self.draws.next, ())
        v.step = 1
        self.element.ask(v, (), self.clock.env._now)
        self.arm()
