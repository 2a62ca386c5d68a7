"""Background traffic: streams that a plain station works off in one go, and vehicles with events where there is a queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappush
from itertools import chain, repeat
from typing import Any

import numpy as np

from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.clock import Clock
from corridor_sim.streams import Draws

INFINITE = float("inf")
NOBODY = (INFINITE, 0)
Floats = np.ndarray[Any, np.dtype[np.float64]]


def merged_arrivals(streams: list[Iterator[Floats]]) -> Iterator[tuple[float, int]]:
    """Return (arrival [h], number of the stream) of all streams in order of time, the first stream first at one instant; then `NOBODY`."""
    return chain(chain.from_iterable(_merged_blocks(streams)), repeat(NOBODY))


def _merged_blocks(streams: list[Iterator[Floats]]) -> Iterator[Iterator[tuple[float, int]]]:
    """Yield the arrivals up to the first instant at which the blocks in hand of some stream end, again and again."""
    blocks = [_next_block(stream) for stream in streams]
    while any(len(block) for block in blocks):
        until = min(block[-1] for block in blocks if len(block))
        heads = [block[: np.searchsorted(block, until, side="right")] for block in blocks]
        times = np.concatenate(heads)
        order = np.argsort(times, kind="stable")
        numbers = np.repeat(np.arange(len(heads)), [len(head) for head in heads])
        yield zip(times[order].tolist(), numbers[order].tolist(), strict=True)
        rest = [block[len(head) :] for block, head in zip(blocks, heads, strict=True)]
        blocks = [block if len(block) else _next_block(stream) for block, stream in zip(rest, streams, strict=True)]


def _next_block(stream: Iterator[Floats]) -> Floats:
    """Return the next arrivals of a stream; nothing if it has ended."""
    return next((block for block in stream if len(block)), np.empty(0))


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
