"""Background traffic: streams that a plain station works off in one go, and vehicles with events where there is a queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappush, merge
from itertools import repeat
from typing import Any

from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.clock import Clock
from corridor_sim.streams import Draws

INFINITE = float("inf")
NOBODY: tuple[float, int, Any] = (INFINITE, 0, None)


def merged_streams(streams: list[tuple[Iterator[float], int, Draws]]) -> Iterator[tuple[float, int, Draws]]:
    """Yield (arrival [h], heading, holds) of all streams in order of time, the first stream first at one instant."""
    if len(streams) != 2:
        marked = [zip(arrivals, repeat(k), repeat(heading), repeat(draws)) for k, (arrivals, heading, draws) in enumerate(streams)]
        yield from ((at, heading, draws) for at, _, heading, draws in merge(*marked))
        return
    (one, heading_one, draws_one), (two, heading_two, draws_two) = streams
    a, b = next(one, INFINITE), next(two, INFINITE)
    while True:
        if a <= b:
            if a == INFINITE:
                return
            yield a, heading_one, draws_one
            a = next(one, INFINITE)
        else:
            yield b, heading_two, draws_two
            b = next(two, INFINITE)


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
