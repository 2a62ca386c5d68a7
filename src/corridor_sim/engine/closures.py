"""Closed spells of one thing over the whole run: opening hours, windows, dated closures and weather look the same here."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from corridor_sim.plan import OpenHours
from corridor_sim.units import on_grid

Spell = tuple[float, float]
INFINITE = float("inf")
LOOK_AHEAD_H = 24.0 * 60


def merged(spells: Iterable[Spell]) -> list[Spell]:
    """Return the union of spells, sorted and disjoint."""
    result: list[Spell] = []
    for begin, end in sorted(spells):
        if end <= begin:
            continue
        if result and begin <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((begin, end))
    return result


class Closures:
    """Sorted, disjoint closed spells [from, to) in hours; all look-ups are by bisection."""

    __slots__ = ("begins", "ends", "longest", "sums")

    def __init__(self, spells: Iterable[Spell] = (), until: float = INFINITE) -> None:
        """Take spells that are known up to an instant [h]."""
        disjoint = merged((on_grid(begin), on_grid(end)) for begin, end in spells)
        self.begins = [begin for begin, _ in disjoint]
        self.ends = [end for _, end in disjoint]
        lengths = (end - begin for begin, end in disjoint)
        stretches = zip([*self.begins[1:], until], self.ends, strict=False)
        self.longest = max((begin - end for begin, end in stretches), default=INFINITE)  # open in one go, after the first spell
        self.sums = [0.0, *accumulate(lengths)]  # closed hours before each spell

    def __bool__(self) -> bool:
        """Return whether anything is ever closed."""
        return bool(self.begins)

    def is_open(self, at: float) -> bool:
        """Return whether the instant lies outside every spell."""
        k = bisect_right(self.begins, at) - 1
        return k < 0 or at >= self.ends[k]

    def next_open(self, at: float) -> float:
        """Return the first open instant from `at` on [h]; infinite if it never opens again."""
        k = bisect_right(self.begins, at) - 1
        return at if k < 0 or at >= self.ends[k] else self.ends[k]

    def open_since(self, at: float) -> float:
        """Return the end of the last spell that began up to `at` [h], or minus infinity."""
        k = bisect_right(self.begins, at) - 1
        return self.ends[k] if k >= 0 else -INFINITE

    def next_close(self, at: float) -> float:
        """Return the begin of the first spell after `at` [h], or infinity."""
        k = bisect_right(self.begins, at)
        return self.begins[k] if k < len(self.begins) else INFINITE

    def closed_until(self, at: float) -> float:
        """Return the closed hours before `at` [h]."""
        k = bisect_right(self.begins, at) - 1
        return 0.0 if k < 0 else self.sums[k] + min(at, self.ends[k]) - self.begins[k]

    def between(self, begin: float, end: float) -> float:
        """Return the closed hours in [begin, end) [h]."""
        return self.closed_until(end) - self.closed_until(begin) if end > begin else 0.0

    def advance(self, at: float, hours: float) -> float:
        """Return when work of so many open hours that starts at `at` (an open instant) ends [h]."""
        end, k = at + hours, bisect_right(self.begins, at)
        while k < len(self.begins) and self.begins[k] < end:
            end += self.ends[k] - self.begins[k]
            k += 1
        return end

    def fits(self, at: float, hours: float) -> float:
        """Return the first start from `at` on whose work ends before the next closing [h].

        Work longer than the longest open stretch starts at the next opening (and pauses), and so does what no stretch of the next two
        months holds.
        """
        first = start = self.next_open(at)
        while start < INFINITE:
            if start + hours <= self.next_close(start):
                return start
            if hours > self.longest or start - first > LOOK_AHEAD_H:
                break
            start = self.next_open(self.next_close(start))
        return first


def calendar_spells(hours: OpenHours | None, from_h: float, to_h: float) -> list[Spell]:
    """Return the closed spells of opening hours within [from_h, to_h) [h]."""
    if hours is None:
        return []
    return merged([*_cyclic(hours, from_h, to_h), *hours.closed])


def _cyclic(hours: OpenHours, from_h: float, to_h: float) -> Iterable[Spell]:
    cycle = hours.cycle_h
    first = ((from_h + hours.phase_h) // cycle) * cycle - hours.phase_h
    gaps = _gaps(hours.spans, cycle)
    base = first
    while base < to_h:
        yield from ((on_grid(base + a), on_grid(base + b)) for a, b in gaps)
        base += cycle


def _gaps(spans: Sequence[Spell], cycle: float) -> list[Spell]:
    gaps, reached = [], 0.0
    for begin, end in sorted(spans):
        gaps.append((reached, begin))
        reached = max(reached, end)
    return [(a, b) for a, b in [*gaps, (reached, cycle)] if b > a]


def timeline_spells(timeline: Sequence[tuple[float, OpenHours | None]], from_h: float, to_h: float) -> list[Spell]:
    """Return the closed spells of opening hours that change by date."""
    spells: list[Spell] = []
    for k, (begin, hours) in enumerate(timeline):
        end = timeline[k + 1][0] if k + 1 < len(timeline) else to_h
        low, high = max(begin, from_h), min(end, to_h)
        spells += [(max(a, low), min(b, high)) for a, b in calendar_spells(hours, low, high) if b > low and a < high]
    return spells
