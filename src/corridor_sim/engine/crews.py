"""Crews: servers whose number changes by shift, and what becomes of work in hand where it falls.

Work is taken in turn. With `finish`, those beyond the new number end their work, and nobody starts until fewer are in hand than there
are servers. With `pause`, the first in hand go on, as many as there are servers; those beyond stand still and go on before anybody
new starts. With `wait`, each server has hours of its own (`Lanes`): nothing starts on one that it can't end there.

Who comes later never holds up who came before, so the end of a piece of work is known when it starts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from math import prod
from typing import Any, Protocol

from corridor_sim.engine.closures import Closures, Spell
from corridor_sim.engine.lanes import Lanes
from corridor_sim.engine.rosters import Roster, closed_out
from corridor_sim.engine.tempo import Rate, Wear
from corridor_sim.units import on_grid

INFINITE = float("inf")


class Pace(Protocol):
    """A speed of work that changes at edges."""

    def speed(self, at: float) -> float:
        """Return the speed at an instant [1]."""

    def next_edge(self, at: float) -> float:
        """Return the first instant after one at which the speed may change [h]."""


class RatePace:
    """The pace that outages leave."""

    __slots__ = ("rate",)

    def __init__(self, rate: Rate) -> None:
        self.rate = rate

    def speed(self, at: float) -> float:
        """Return the speed at an instant [1]."""
        return self.rate.at(at)

    def next_edge(self, at: float) -> float:
        """Return the first instant after one at which the speed may change [h]."""
        k = bisect_right(self.rate.edges, at)
        return self.rate.edges[k] if k < len(self.rate.edges) else INFINITE


class Work:
    """One piece of work under several paces; `standing`: the spells in which it stood still."""

    __slots__ = ("paces", "standing")

    def __init__(self, paces: Sequence[Pace]) -> None:
        self.paces = paces
        self.standing: list[Spell] = []

    def ends(self, start: float, hours: float) -> float:
        """Return when so many hours of work that go on at an instant are done [h]; infinite if they never are."""
        if not hours:
            return start
        at = start
        while True:
            speed = prod([pace.speed(at) for pace in self.paces])
            edge = min((pace.next_edge(at) for pace in self.paces), default=INFINITE)
            if speed > 0 and hours <= (edge - at) * speed:
                return at + hours if speed == 1.0 else on_grid(at + hours / speed)
            if not speed:
                self.standing.append((at, edge))
            if edge == INFINITE:
                return INFINITE
            hours -= (edge - at) * speed
            at = edge

    def done(self, at: float, hours: float, wear: Wear | None) -> float:
        """Return the end, with the repairs of breakdowns that come with use [h]."""
        if wear is None:
            return self.ends(at, hours)
        end, repairs = wear.worked(self, at, hours)
        self.standing += repairs
        return end


class Crew:
    """So many servers by a roster, with `finish` or `pause`; `held`: (end, servers) of the work in hand, in the order of its start."""

    def __init__(self, roster: Roster, at_close: str, outages: Rate | None, edges: Iterable[float] = ()) -> None:
        """Take a roster; outages: what stops or slows all work down; edges: of months, for the hours beyond the number."""
        self.roster = roster
        self.finishes = at_close == "finish"
        self.outages = [RatePace(outages)] if outages is not None and outages.edges else []
        self.held: list[tuple[float, float]] = []
        self.load = 0.0  # servers that `held` wants, those that have ended since among them
        self.last = -INFINITE  # the last start
        self.since = self.until = -INFINITE  # where the roster was read last, and its number there
        self.number = 0.0
        self.standing: list[Spell] = []  # of the work that was placed last
        self.edges = list(edges)
        self.beyond = [0.0] * (len(self.edges) + 1)  # server-hours of work that ends beyond the number, by month

    def turn(self, at: float, wanted: float = 1.0) -> float:
        """Return the first instant from one on at which work that wants so many servers may start [h]."""
        if at < self.last:
            at = self.last
        if not self.since <= at < self.until:
            self._read(at)
        if self.load + wanted <= self.number:
            return at
        self.held = [held for held in self.held if held[0] > at]
        self.load = sum([servers for _, servers in self.held])
        while at < INFINITE:
            if self.number and self.used(at) + min(wanted, self.number) <= self.number:
                return at
            at = min([self.until, *[end for end, _ in self.held if end > at]])
            if at >= self.until:
                self._read(at)
        return at

    def _read(self, at: float) -> None:
        """Read the roster at an instant."""
        self.since, self.until, self.number = at, self.roster.next_change(at), self.roster.at(at)

    def used(self, at: float) -> float:
        """Return how many servers the work in hand wants at an instant."""
        return sum([servers for end, servers in self.held if end > at])

    def is_free(self, now: float, busy: float) -> bool:
        """Return whether there are more servers than pieces of work in hand."""
        return busy < self.roster.at(now)

    def next_chance(self, now: float) -> float:
        """Return when it may be free without any end of work [h]."""
        return self.roster.next_change(now)

    def pace(self, start: float, wanted: float) -> Pace:
        """Return the pace of work that starts at an instant and wants so many servers."""
        return _Share(self, wanted, min(wanted, self.roster.at(start)) if self.finishes else 0.0)

    def hold(self, start: float, end: float, wanted: float) -> None:
        """Hold servers for a piece of work."""
        number = self.roster.at(start)
        servers = min(wanted, number) if self.finishes else wanted
        if self.finishes and self.roster.next_change(start) < end < INFINITE and self.used(start) + servers <= number:
            self._note_beyond(start, end, servers)
        self.held.append((end, servers))
        self.load += servers
        self.last = max(self.last, start)

    def _note_beyond(self, start: float, end: float, servers: float) -> None:
        """Note the hours in which work is beyond the number of servers, by month; at its start it was within."""
        at = self.roster.next_change(start)
        while at < end:
            month = bisect_right(self.edges, at)
            later = min((edge for edge, _ in self.held if edge > at), default=INFINITE)
            edge = min(end, later, self.roster.next_change(at), self.edges[month] if month < len(self.edges) else INFINITE)
            over = self.used(at) + servers - self.roster.at(at)
            self.beyond[month] += min(max(over, 0.0), servers) * (edge - at)
            at = edge

    def place(self, at: float, hours: float, wear: Wear | None = None) -> tuple[float, float]:
        """Return when work that could start at an instant starts and ends, and hold a server for it [h]."""
        start = self.turn(at)
        if start == INFINITE:
            return start, start
        if start + hours <= self.until and not self.outages and wear is None:  # nothing changes meanwhile
            self.held.append((start + hours, 1.0))
            self.load += 1.0
            self.last, self.standing = start, []
            return start, start + hours
        work = Work([self.pace(start, 1.0), *self.outages])
        end = work.done(start, hours, wear)
        self.hold(start, end, 1.0)
        self.standing = work.standing
        return start, end

    def most_h(self, begin: float, end: float) -> float:
        """Return the most server-hours of work in a month: those of the roster, and what ended beyond the number [h]."""
        if any(number == INFINITE for number in self.roster.numbers):
            return INFINITE
        return self.roster.area(begin, end) + self.beyond[bisect_right(self.edges, begin)]


class _Share:
    """The share of the servers it wants that a piece of work has: those in hand before it come first."""

    __slots__ = ("crew", "fixed", "wanted")

    def __init__(self, crew: Crew, wanted: float, fixed: float) -> None:
        self.crew, self.wanted, self.fixed = crew, wanted, fixed

    def speed(self, at: float) -> float:
        """Return the speed at an instant [1]."""
        if self.fixed:
            return self.fixed / self.wanted
        left = self.crew.roster.at(at) - self.crew.used(at)
        return max(0.0, min(left, self.wanted)) / self.wanted

    def next_edge(self, at: float) -> float:
        """Return the first instant after one at which the speed may change [h]."""
        if self.fixed:
            return INFINITE
        return min(self.crew.roster.next_change(at), min((end for end, _ in self.crew.held if end > at), default=INFINITE))


def crew_of(roster: Roster, at_close: str, slow: Sequence[Any], until: float, edges: Iterable[float] = ()) -> Crew | Lanes:
    """Return what works by a roster of opening hours: `Crew`, or `Lanes` where nothing starts that can't end.

    slow: outages (from_h, to_h, factor), none of them in the roster yet.
    """
    if at_close == "wait":
        return Lanes(roster, slow, until)
    return Crew(_stopped(roster, slow), at_close, Rate(slow), edges)


def _stopped(roster: Roster, slow: Sequence[Any]) -> Roster:
    """Return a roster with nobody in the outages that stop all work."""
    stops = Closures((begin, end) for begin, end, factor in slow if not factor)
    return Roster(closed_out(list(zip(roster.times, roster.numbers, strict=True)), stops)) if stops else roster
