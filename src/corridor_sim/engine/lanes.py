"""Lanes: servers by shift with hours of their own, so that nothing starts on one that it can't end there (`wait`).

The lanes of a roster lie in each other: the first is manned whenever any is, the last only while the number is largest. Lanes of the
same hours are one group, the longest hours first.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapreplace, nsmallest
from typing import Any

from corridor_sim.engine.closures import Spell
from corridor_sim.engine.rosters import Roster
from corridor_sim.engine.struck import within
from corridor_sim.engine.tempo import Tempo, Wear

INFINITE = float("inf")


class Lanes:
    """So many servers by a roster: each piece of work takes the lane on which it ends first."""

    def __init__(self, roster: Roster, slow: Sequence[Any], until: float) -> None:
        self.roster = roster
        self.levels = roster.levels()
        self.tempos = [Tempo(roster.spells_below(level, until), "wait", slow, until) for level in self.levels]
        sizes = [level - below for below, level in zip([0.0, *self.levels], self.levels, strict=False)]
        self.free: list[list[float]] = [[] if size == INFINITE else [-INFINITE] * int(size) for size in sizes]  # []: without end
        self.standing: list[Spell] = []  # of the work that was placed last

    def turn(self, at: float, wanted: float = 1.0) -> float:
        """Return the first instant from one on at which some lane is free and manned [h]."""
        starts = (tempo.closed.next_open(max(at, self._free_at(k))) for k, tempo in enumerate(self.tempos))
        return min(starts, default=INFINITE)

    def _free_at(self, k: int) -> float:
        return self.free[k][0] if self.free[k] else -INFINITE

    def is_free(self, now: float, busy: float) -> bool:
        """Return whether some lane is free and manned, and not every one is promised."""
        return busy < self.levels[-1] and self.turn(now) <= now if self.levels else False

    def next_chance(self, now: float) -> float:
        """Return when it may be free without any end of work [h]."""
        return self.roster.next_change(now)

    def find(self, at: float, hours: float, wanted: float = 1.0) -> tuple[float, float, int, float]:
        """Return (start, end, group, lanes) of the work that could begin at an instant: that which ends first [h]."""
        best = (True, INFINITE, INFINITE, 0, 1.0, INFINITE)
        for k, tempo in enumerate(self.tempos):
            lanes = min(wanted, self.levels[k])
            work = hours * wanted / lanes
            ready = max(at, self._ready(k, int(lanes)))
            start, end = tempo.placed(ready, work) if ready < INFINITE else (ready, ready)
            best = min(best, (work > tempo.hours.longest, end, ready, -k, lanes, start))
        _, end, _, group, lanes, start = best
        return start, end, -group, lanes

    def _ready(self, group: int, lanes: int) -> float:
        """Return when so many lanes of a group and of those with longer hours are free [h]."""
        if not all(self.free[: group + 1]):
            return -INFINITE
        if lanes == 1:
            return min(free[0] for free in self.free[: group + 1])
        return nsmallest(lanes, [at for free in self.free[: group + 1] for at in free])[-1]

    def take(self, group: int, lanes: float, start: float, end: float) -> None:
        """Take so many lanes that are free at an instant, those with the shortest hours that will do."""
        for k in range(group, -1, -1):
            while lanes and (not self.free[k] or self.free[k][0] <= start):
                if not self.free[k]:
                    return
                heapreplace(self.free[k], end)
                lanes -= 1

    def place(self, at: float, hours: float, wear: Wear | None = None) -> tuple[float, float]:
        """Return when work that could start at an instant starts and ends, and take a lane for it [h]."""
        start, end, group, lanes = self.find(at, hours)
        if start == INFINITE:
            return start, start
        tempo = self.tempos[group]
        end, repairs = wear.worked(tempo.rate, start, hours) if wear is not None else (end, [])
        self.take(group, lanes, start, end)
        self.standing = [*repairs, *within(tempo.pausing, start, end)]
        return start, end

    def most_h(self, begin: float, end: float) -> float:
        """Return the most server-hours of work in a stretch of time [h]."""
        return INFINITE if self.levels and self.levels[-1] == INFINITE else self.roster.area(begin, end)


