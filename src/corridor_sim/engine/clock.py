"""The clock: SimPy's environment, an explicit order at one instant, and slotted events that are armed again and again.

SimPy's heap holds (time, priority, number, event). We push our own entries with a priority that spells out the order which the
design asks for: kind of event, then element in file order, then number. This module is the one place that touches the
heap; `tests/test_clock.py` fails if SimPy changes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import chain
from typing import Any, Protocol

import simpy
from simpy.core import StopSimulation

STATE, COMPLETION, ARRIVAL, DECISION, BOOKS = range(5)  # order at one instant
_KIND, _ELEMENT = 1 << 58, 1 << 40  # 2^40 numbers an element, 2^18 elements


SHELF_H = 24.0


def order_key(kind: int, element: int) -> int:
    """Return the priority of an element's events at one instant.

    A vehicle adds its number (below 2^40) and leaves the heap's third place 0; alarms put a ticket there. So no two entries tie.
    """
    return kind * _KIND + element * _ELEMENT


class Armed(Protocol):
    """What the heap holds: SimPy calls `callbacks` once, and asks `_ok`."""

    callbacks: Any
    _ok: bool


class Alarm:
    """One callback that can be armed for an instant, again and again; a newer instant makes older ones stale."""

    __slots__ = ("_action", "_clock", "_key", "_ok", "_run", "at", "callbacks")

    def __init__(self, clock: Clock, key: int, action: Callable[[], None]) -> None:
        self._clock, self._key, self._action = clock, key, action
        self._run = (self._ring,)
        self._ok = True
        self.at = float("inf")
        self.callbacks: Any = None

    def arm(self, at: float) -> None:
        """Ring at an instant [h], unless the alarm is already set for it or an earlier one."""
        if at >= self.at:
            return
        self.at = at
        heappush(self._clock.queue, (at, self._key, self._clock.ticket(), _Ring(self._run)))

    def _ring(self, event: Any) -> None:
        if self._clock.env._now == self.at:
            self.at = float("inf")
            self._action()


class _Ring:
    """An entry of the heap that calls its tuple of callbacks once."""

    __slots__ = ("_ok", "callbacks")

    def __init__(self, callbacks: Any) -> None:
        self.callbacks = callbacks
        self._ok = True


def _stop(_event: Any) -> None:
    raise StopSimulation(None)


class Environment(simpy.Environment):
    """SimPy's environment, whose `run` has `step` written out: a call less for each event."""

    def run(self, until: Any = None) -> Any:
        """Run to an instant, as SimPy does, up to which something must be planned."""
        queue = self._queue
        heappush(queue, (until, -1, 0, _Ring((_stop,))))  # type: ignore[misc]
        try:
            while True:
                self._now, _, _, event = heappop(queue)
                callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
                for callback in callbacks:
                    callback(event)
        except StopSimulation:
            return None


class Clock:
    """Time in hours since the scenario's start; `queue` is SimPy's own heap.

    What waits in a long line lies on shelves, one a day, and comes to the heap the day before: a heap of a hundred thousand entries
    would cost every other event dear. Entries beyond `horizon` may be shelved; the order of events is the same.
    """

    __slots__ = ("_shelves", "_tickets", "_turning", "env", "horizon", "queue")

    def __init__(self, from_h: float) -> None:
        self.env = Environment(initial_time=from_h)
        self.queue: list[Any] = self.env._queue
        self._tickets = 0
        self._shelves: dict[float, list[Any]] = {}
        self._turning = False
        self.horizon = (from_h // SHELF_H + 2) * SHELF_H

    def shelve(self, entry: tuple[float, int, int, Any]) -> None:
        """Keep an entry of the heap until the day before its own."""
        if not self._turning:
            self._turn_page()
            self._turning = True
        if entry[0] < self.horizon:
            heappush(self.queue, entry)
        else:
            self._shelves.setdefault(entry[0] // SHELF_H, []).append(entry)

    def _turn_page(self) -> None:
        """Put tomorrow's entries on the heap, today's if shelving begins; go on while there are any."""
        self.horizon = (self.now // SHELF_H + 2) * SHELF_H
        for entry in self._shelves.pop(self.horizon / SHELF_H - 1, ()):
            heappush(self.queue, entry)
        if self._shelves or not self._turning:  # it goes on, or begins
            self.call_at(self.horizon - SHELF_H, 0, self._turn_page)
        else:
            self._turning = False

    @property
    def now(self) -> float:
        """Hours since the scenario's start [h]."""
        return float(self.env._now)

    def ticket(self) -> int:
        """Return a number that no earlier entry of an alarm has: equal instants ring in the order of arming."""
        self._tickets += 1
        return self._tickets

    def call_at(self, at: float, key: int, action: Callable[[], None]) -> None:
        """Call an action once at an instant [h]."""
        heappush(self.queue, (at, key, self.ticket(), _Ring((lambda _event: action(),))))

    def planned(self) -> Iterator[Any]:
        """Yield every event that is planned, in no order."""
        for entry in chain(self.queue, *self._shelves.values()):
            yield entry[3]

    def clear(self) -> None:
        """Forget all that is planned."""
        self.queue.clear()
        self._shelves.clear()

    def run(self, until_h: float) -> None:
        """Run to an instant [h], or until `stop` is called."""
        self.env.run(until=until_h)

    def stop(self) -> None:
        """End the run at this instant, after the event in hand."""
        raise StopSimulation(None)
