"""Stations and legs that outages strike: work in hand stands still or slows down, and nothing starts while they are closed.

What isn't struck is an element of the plain kinds; these here are chosen when the world is built.
"""

from __future__ import annotations

from bisect import bisect_right
from heapq import heappush
from typing import Any

from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.closures import Closures, Spell
from corridor_sim.engine.gated import GatedStation
from corridor_sim.engine.legs import GatedLeg, Leg, OpenLeg
from corridor_sim.engine.line_legs import LineLeg
from corridor_sim.engine.quotas import QuotaStation
from corridor_sim.engine.stations import OpenStation, Station
from corridor_sim.engine.tempo import Rate, Tempo, Wear
from corridor_sim.units import on_grid

INFINITE = float("inf")


class _StruckStation(Station):
    """A station whose work stands still or slows down in outages."""

    tempo: Tempo
    wear: Wear | None
    repairs: list[Spell]  # of the visit in hand

    def strike(self, tempo: Tempo, wear: Wear | None) -> None:
        """Follow opening hours and outages; wear: breakdowns that come with use stop the vehicle in hand."""
        self.tempo, self.wear, self.repairs = tempo, wear, []
        self.closures, self.pauses = tempo.closed, tempo.pausing

    def attend(self, start: float) -> None:
        """Never take the short way of plain stations."""

    def placed(self, start: float, hold: float) -> tuple[float, float]:
        """Return when work that could start at an instant starts and ends, by opening hours and outages [h]."""
        if start == INFINITE:
            return start, start
        if self.wear is None:
            return self.tempo.placed(start, hold)
        start = self.tempo.opens(start, hold)
        end, self.repairs = self.wear.worked(self.tempo.rate, start, hold)
        return start, end

    def _standing(self, start: float, end: float) -> Closures:
        """Return when the work of the visit in hand stands still."""
        return Closures([*self.repairs, *within(self.tempo.pausing, start, end)]) if self.repairs else self.tempo.pausing

    def book(self, v: Vehicle, now: float, start: float, end: float, hold: float, blocked: float) -> None:
        """Write a visit into the vehicle's hours and the month's sums: hours at a slower pace are hours of work."""
        self.pauses = self._standing(start, end)
        super().book(v, now, start, end, end - start - self.pauses.between(start, end), blocked)
        self.repairs, self.pauses = [], self.tempo.pausing

    def book_other(self, heading: int, at: float, start: float, end: float, hours: float) -> None:
        """Write a background vehicle into the month's sums."""
        self.pauses = self._standing(start, end)
        super().book_other(heading, at, start, end, end - start - self.pauses.between(start, end))
        self.repairs, self.pauses = [], self.tempo.pausing


def within(closures: Closures, start: float, end: float) -> list[Spell]:
    """Return the closed spells that touch a stretch of time [h]."""
    around = range(bisect_right(closures.ends, start), bisect_right(closures.begins, end))
    return [(closures.begins[k], closures.ends[k]) for k in around]


class StruckStation(_StruckStation, OpenStation):
    """First come, first served, struck by outages."""


class StruckGatedStation(_StruckStation, GatedStation):
    """With a queue, struck by outages."""


class StruckQuotaStation(_StruckStation, QuotaStation):
    """With a daily quota, struck by outages."""


STRUCK: dict[type[Station], Any] = {
    OpenStation: StruckStation, GatedStation: StruckGatedStation, QuotaStation: StruckQuotaStation,
}  # fmt: skip


class _StruckLeg(Leg):
    """A leg whose vehicles stand still or slow down in outages; one that breaks down bars the way to those that would follow."""

    runs: Rate  # of vehicles under way
    paths: Rate  # of the time between two starts
    stops: Closures
    wear: Wear | None

    def strike(self, tempo: Tempo, wear: Wear | None) -> None:
        """Follow closures, which let vehicles under way go on, and outages, which don't."""
        self.runs, self.stops, self.wear = tempo.rate, tempo.stops, wear
        self.closures = tempo.closed
        self.paths = Rate([*tempo.slow, *((begin, end, 0.0) for begin, end in zip(tempo.closed.begins, tempo.closed.ends, strict=True))])

    def _see_fair(self, start: float) -> None:
        """No start is plain here."""

    def earliest(self, now: float) -> float:
        """Return the first instant from now on at which a path begins and no vehicle bars the way [h]."""
        start = super().earliest(now)
        while (free := self._way_free(start)) > start:
            start = super().earliest(free)
        return start

    def _way_free(self, at: float) -> float:
        """Return when the way is free of a vehicle that has broken down [h]."""
        repairs = self.wear.repairs if self.wear is not None else ()
        return max((end for begin, end in repairs[-50:] if begin <= at < end), default=at)

    def depart(self, v: Vehicle, now: float, start: float, blocked: float, factor: float) -> None:
        """Book a run that starts at an instant and arm the vehicle for its arrival."""
        run = on_grid(self.run.next() * factor)
        repairs: list[Spell] = []
        if self.wear is not None:
            end, repairs = self.wear.worked(self.runs, start, run)
        else:
            end = self.runs.ends(start, run)
        if self.ordered:
            end = self.last_arrival = max(end, self.last_arrival)
        self.next_free = self.paths.ends(start, self.headway)
        standing = Closures([*repairs, *within(self.stops, start, end)]).between(start, end)
        v.moving_h += end - start - standing
        v.closed_h += standing
        wait, closed, blocked = self._waited(v, now, start, blocked) if start != now else (0.0, 0.0, 0.0)
        sums = (v.net_t, v.wagons, v.trucks, v.teu, wait, closed, 0.0, blocked)
        self.book.at_edge(now, start, start + self.occupation / (self.runs.at(start) or 1.0), end, sums)
        if self.visits is not None:
            self.visits.append((v.number, v.service.number, self.number, v.heading, now, start, end, end, standing, v.units, v.net_t))
        v.callbacks = v.route[v.step]
        v.step += 1
        heappush(self.queue, (end, self.key + v.number, 0, v))


class StruckLeg(_StruckLeg, OpenLeg):
    """A leg without queue, struck by outages."""


class StruckGatedLeg(_StruckLeg, GatedLeg):
    """A leg where room is claimed, struck by outages."""


class StruckLineLeg(LineLeg):
    """One way of a line struck by outages: nothing enters a section while they last, a train keeps the pace at which it came."""

    def strike(self, tempo: Tempo, wear: Wear | None) -> None:
        """Follow closures and outages; what is in a section runs on to its end."""
        self.closures, self.paths = tempo.closed, tempo.rate

    def _slower(self, v: Vehicle, now: float) -> float:
        rate = self.paths.at(now)
        return super()._slower(v, now) / (rate or 1.0)


STRUCK_LEGS: dict[type[Leg], Any] = {OpenLeg: StruckLeg, GatedLeg: StruckGatedLeg, LineLeg: StruckLineLeg}
