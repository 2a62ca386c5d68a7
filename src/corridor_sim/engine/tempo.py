"""Tempo: when work goes on and how fast, and wear: breakdowns that come with use.

Work done is measured in hours at full speed. Outages stop it (factor 0) or slow it down wherever they fall; closing hours
stop it by what the element does at closing: finish, pause or wait.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol

from corridor_sim.engine.closures import Closures, Spell
from corridor_sim.streams import Draws
from corridor_sim.units import on_grid

INFINITE = float("inf")
SHORTEST_H = 2.0**-20
Slow = tuple[float, float, float]  # from_h, to_h, factor


class Rate:
    """Speed of work over time: 1 but in spells with a factor below; the lowest holds where several meet."""

    __slots__ = ("edges", "rates")

    def __init__(self, spells: Iterable[Slow]) -> None:
        self.edges: list[float] = []
        self.rates: list[float] = []
        for at, rate in _steps(spells):
            self.edges.append(at)
            self.rates.append(rate)

    def at(self, instant: float) -> float:
        """Return the speed at an instant [1]."""
        k = bisect_right(self.edges, instant) - 1
        return self.rates[k] if k >= 0 else 1.0

    def ends(self, start: float, hours: float) -> float:
        """Return when so many hours of work that begin at an instant are done [h]; infinite if they never are."""
        if start == INFINITE or not hours:
            return start
        k, at, left = bisect_right(self.edges, start), start, hours
        rate = self.rates[k - 1] if k else 1.0
        while k < len(self.edges) and (done := (self.edges[k] - at) * rate) < left:
            left -= done
            at, rate = self.edges[k], self.rates[k]
            k += 1
        return on_grid(at + left / rate) if rate else INFINITE


def _steps(spells: Iterable[Slow]) -> Iterable[tuple[float, float]]:
    """Yield (from_h, speed) where the speed changes."""
    turns: list[tuple[float, int, float]] = []
    for begin, end, factor in spells:
        turns += [(on_grid(begin), 1, factor), (on_grid(end) if end < INFINITE else end, -1, factor)]
    turns.sort()
    active: Counter[float] = Counter()
    speed = 1.0
    for k, (at, step, factor) in enumerate(turns):
        active[factor] += step
        if not active[factor]:
            del active[factor]
        new = min(active, default=1.0)
        if (k + 1 == len(turns) or turns[k + 1][0] > at) and new != speed:
            speed = new
            yield at, speed


class Tempo:
    """When work can start and when it ends, by opening hours and outages."""

    __slots__ = ("at_close", "closed", "hours", "pausing", "rate", "slow", "stops")

    def __init__(self, hours: Iterable[Spell], at_close: str, outages: Sequence[Slow], until: float = INFINITE) -> None:
        hours, stops = list(hours), [(begin, end) for begin, end, factor in outages if not factor]
        self.at_close = at_close
        self.slow = [spell for spell in outages if spell[2]]
        self.hours = Closures(hours, until)
        self.stops = Closures(stops)
        self.closed = Closures([*hours, *stops])  # nothing starts
        self.pausing = self.stops if at_close == "finish" else self.closed  # work in hand stands still
        self.rate = Rate([*outages, *((begin, end, 0.0) for begin, end in (hours if at_close != "finish" else ()))])

    def opens(self, at: float, hold: float) -> float:
        """Return the first instant from one on at which work of so many hours may start [h]."""
        if self.at_close != "wait":
            return self.closed.next_open(at)
        while True:  # nobody foresees an outage: the work has to fit between opening and closing, whatever comes
            start = self.hours.fits(at, hold)
            at = self.stops.next_open(start)
            if at in (start, INFINITE):
                return at

    def placed(self, at: float, hold: float) -> tuple[float, float]:
        """Return when work that could start at an instant starts and ends [h]."""
        start = self.opens(at, hold) if at < INFINITE else at
        return start, self.rate.ends(start, hold)


class UseClock:
    """Hours of use up to the next breakdown of one process, which may strike several elements."""

    __slots__ = ("down", "left", "up")

    def __init__(self, up: Draws, down: Draws) -> None:
        self.up, self.down = up, down
        self.left = up.next()

    def breaks(self) -> float:
        """Begin to count anew; return the length of the repair [h]."""
        self.left = max(self.up.next(), SHORTEST_H)
        return self.down.next()


class Paced(Protocol):
    """Something that says when work ends."""

    def ends(self, start: float, hours: float) -> float:
        """Return when so many hours of work that begin at an instant are done [h]."""


class Wear:
    """The breakdowns of one element that come with use."""

    __slots__ = ("clocks", "repairs")

    def __init__(self, clocks: list[UseClock]) -> None:
        self.clocks = clocks
        self.repairs: list[Spell] = []  # all so far, in the order in which they were found

    def breaks(self, hours: float) -> list[tuple[float, float]]:
        """Use so many hours; return (work done since the last break, length of the repair) of each breakdown in them [h]."""
        found: list[tuple[float, float]] = []
        while hours > 0:
            first = min(self.clocks, key=lambda clock: clock.left)
            done = min(first.left, hours)
            for clock in self.clocks:
                clock.left -= done
            if done == hours:
                break
            hours -= done
            found.append((done, first.breaks()))
        return found

    def worked(self, rate: Paced, start: float, hours: float) -> tuple[float, list[Spell]]:
        """Return when work that begins at an instant ends, and the repairs on the way [h]."""
        repairs: list[Spell] = []
        at, left = start, hours
        for done, repair in self.breaks(hours):
            at = rate.ends(at, done)
            repairs.append((at, at + repair))
            at, left = at + repair, left - done
        self.repairs += repairs
        return rate.ends(at, left), repairs
