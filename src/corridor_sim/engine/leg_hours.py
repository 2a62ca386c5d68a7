"""When legs are closed: no path at all, closing hours and the daily window; and values by date."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from corridor_sim.engine.closures import Closures, Spell, timeline_spells
from corridor_sim.plan import LegPlan, Timeline

INFINITE = float("inf")


def value_at(timeline: Timeline, at: float) -> Any:
    """Return the value that holds at an instant."""
    value = timeline[0][1]
    for begin, later in timeline:
        if begin > at:
            break
        value = later
    return value


def later(timeline: Timeline) -> list[tuple[float, Any]]:
    """Return the points after the scenario's start; warm-up runs with the start's values."""
    return [(at, value) for at, value in timeline if at > 0]


def from_start(timeline: Timeline) -> list[tuple[float, Any]]:
    """Return a timeline whose first point is the value at the start."""
    return [(-INFINITE, value_at(timeline, 0.0)), *later(timeline)]


class LegHours:
    """The closures of legs over the whole run; legs that close at the same hours share them."""

    def __init__(self, from_h: float, until_h: float) -> None:
        self.from_h, self.until_h = from_h, until_h
        self._found: dict[Any, Closures] = {}

    def closures(self, plan: LegPlan) -> Closures:
        """Return the closures of a leg."""
        key = (tuple((at, headway == INFINITE) for at, headway in plan.headway_h), plan.hours, plan.window)
        if key not in self._found:
            self._found[key] = Closures(self.spells(plan))
        return self._found[key]

    def spells(self, plan: LegPlan) -> list[Spell]:
        """Return the closed spells of a leg: no path at all, closing hours and the daily window [h]."""
        closed = [
            (max(begin, self.from_h), end)
            for (begin, headway), (end, _) in pairwise([*from_start(plan.headway_h), (INFINITE, None)])
            if headway == INFINITE
        ]
        return [*closed, *timeline_spells(from_start(plan.hours), self.from_h, self.until_h), *self._windows(plan.window)]

    def _windows(self, timeline: Timeline) -> Iterator[Spell]:
        """Yield the daily closures [h]."""
        for (begin, window), (end, _) in pairwise([*from_start(timeline), (self.until_h, None)]):
            if window is None or not window[1]:
                continue
            at, hours = window
            day = max(begin, self.from_h) // 24 * 24 - 24
            while day < end:
                low, high = max(day + at, begin), min(day + at + hours, end)
                if high > low:
                    yield low, high
                day += 24
