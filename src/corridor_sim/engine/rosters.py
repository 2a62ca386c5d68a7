"""Rosters: how many servers there are, by the clock: numbers by shift and date, none while closed.

A roster is read where it is needed, by bisection: shifts put nothing on the heap, however many they are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise

from corridor_sim.engine.closures import Closures, Spell
from corridor_sim.engine.leg_hours import from_start
from corridor_sim.outage_plan import ShiftHours
from corridor_sim.plan import Timeline
from corridor_sim.units import on_grid

WEEK_H = 168.0
INFINITE = float("inf")
Point = tuple[float, float]  # from_h, number


class Roster:
    """A number by the clock: `times` at which it changes and `numbers` from each of them on."""

    __slots__ = ("areas", "numbers", "times")

    def __init__(self, points: Iterable[Point]) -> None:
        """Take points in order of time; the last of equal instants holds."""
        kept: dict[float, float] = dict(points)
        self.times: list[float] = []
        self.numbers: list[float] = []
        for at, number in kept.items():
            if not self.numbers or number != self.numbers[-1]:
                self.times.append(at)
                self.numbers.append(number)
        lengths = [later - at for at, later in pairwise(self.times)]
        finite = [0.0 if number == INFINITE or not number else number * hours for number, hours in zip(self.numbers, lengths, strict=False)]
        self.areas = [0.0, *accumulate(finite)]

    def at(self, instant: float) -> float:
        """Return the number at an instant."""
        k = bisect_right(self.times, instant) - 1
        return self.numbers[k] if k >= 0 else self.numbers[0]

    def next_change(self, instant: float) -> float:
        """Return the first instant after one at which the number changes [h]; infinite if it never does again."""
        k = bisect_right(self.times, instant)
        return self.times[k] if k < len(self.times) else INFINITE

    def area(self, begin: float, end: float) -> float:
        """Return the server-hours in [begin, end), without those of unlimited servers [h]."""
        return self._up_to(end) - self._up_to(begin)

    def _up_to(self, instant: float) -> float:
        k = max(bisect_right(self.times, instant) - 1, 0)
        number, since = self.numbers[k], max(self.times[k], self.times[0])
        return self.areas[k] + (0.0 if number in (0.0, INFINITE) else number * (instant - since))

    def spells_below(self, number: float, until: float) -> list[Spell]:
        """Return the spells in which there are fewer than a number, the last one up to an instant at least [h]."""
        edges = [*self.times, max(until, self.times[-1])]
        return [(edges[k], edges[k + 1]) for k, there in enumerate(self.numbers) if there < number]

    def levels(self) -> list[float]:
        """Return the numbers that occur, none aside, in ascending order."""
        return sorted({number for number in self.numbers if number})


def roster_of(shifts: Timeline, numbers: Timeline, closed: Closures, span: Spell) -> Roster:
    """Return the roster of what has shifts over a span: by shift where stated, else the number by date; 0 while closed.

    After the span all are there, as opening hours are known up to its end only.
    """
    points = list(_points(shifts, numbers, span))
    return Roster(closed_out([*points, (span[1], max(number for _, number in points))], closed))


def _points(shifts: Timeline, numbers: Timeline, span: Spell) -> Iterator[Point]:
    """Yield the numbers of each stretch of dates."""
    stretches = [*from_start(shifts), (INFINITE, None)]
    for (begin, hours), (end, _) in pairwise(stretches):
        low, high = max(begin, span[0]), min(end, span[1])
        if low >= high:
            continue
        if hours is None:
            dated = [*from_start(numbers), (INFINITE, 0.0)]
            yield from ((max(at, low), number) for (at, number), (later, _) in pairwise(dated) if later > low and at < high)
        else:
            yield from _weekly(hours, low, high)


def _weekly(hours: ShiftHours, low: float, high: float) -> Iterator[Point]:
    """Yield the numbers of weekly shifts in [low, high)."""
    week = _with_gaps(hours.numbers)
    base = (low + hours.phase_h) // WEEK_H * WEEK_H - hours.phase_h
    while base < high:
        for begin, end, number in week:
            at = on_grid(base + begin)
            if base + end > low and at < high:
                yield max(at, low), number
        base += WEEK_H


def _with_gaps(numbers: Sequence[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Return (from, to, number) that cover the week: nobody works in the gaps."""
    covered: list[tuple[float, float, float]] = []
    reached = 0.0
    for begin, end, number in numbers:
        if begin > reached:
            covered.append((reached, begin, 0.0))
        covered.append((begin, end, number))
        reached = end
    return covered if reached >= WEEK_H else [*covered, (reached, WEEK_H, 0.0)]


def closed_out(points: Sequence[Point], closed: Closures) -> Iterator[Point]:
    """Yield points with nobody in the closed spells."""
    instants = sorted({at for at, _ in points} | {at for at in (*closed.begins, *closed.ends) if points[0][0] < at < INFINITE})
    k = 0
    for at in instants:
        while k + 1 < len(points) and points[k + 1][0] <= at:
            k += 1
        yield at, points[k][1] if closed.is_open(at) else 0.0
