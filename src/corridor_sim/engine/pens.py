"""Pens: where lots of one commodity and class wait at a place for the next service; and embargoes on what is loaded for a place."""

from __future__ import annotations

from collections import deque
from typing import Any

from corridor_sim.engine.cargo import ACCUMULATION, QUEUE, VEHICLE, WEATHER, Lot
from corridor_sim.engine.closures import Closures
from corridor_sim.plan import CAUSES

WAITING = len(CAUSES) - 1  # causes of waiting: all but moving


class Pen:
    """Lots in order of arrival, with a clock of hours per cause where a finite fleet serves them.

    A lot takes the difference of the clocks between its arrival and its boarding, so the causes cost one look each.
    """

    __slots__ = (
        "arrived", "boarded", "calm_until", "cause", "clock", "clocks", "embargo", "embargo_use", "endless", "express", "lots",
        "name", "number", "peak", "priority", "room", "since", "stands", "tracked", "turn", "unit_h", "units", "weather",
    )  # fmt: skip

    def __init__(self, name: str, number: int, priority: int, room: Any, clock: Any) -> None:
        self.name = name
        self.number = number
        self.priority = priority
        self.room = room  # per direction: (Room, amount a unit) or None
        self.clock = clock
        self.lots: deque[Lot] = deque()
        self.units = 0
        self.stands: list[Any] = []
        self.tracked = False
        self.weather: Closures | None = None
        self.express: Any = None  # the stand whose vehicles, always at hand, leave with one lot that fills them
        self.calm_until = -float("inf")  # no closed spell begins before
        self.cause = ACCUMULATION
        self.since = clock.now
        self.clocks = [0.0] * WAITING
        self.unit_h = [0.0] * WAITING
        self.arrived = self.boarded = self.peak = 0
        self.turn = 0
        self.endless: list[Any] = []  # sources of unlimited supply, which take turns
        self.embargo: Embargo | None = None
        self.embargo_use = 0.0

    def account(self, now: float) -> None:
        """Bring the clocks and integrals up to now."""
        hours = now - self.since
        if hours == 0.0:
            return
        if not self.units and not self.tracked:
            self.since = now
            return
        closed = 0.0
        if self.weather is not None and now > self.calm_until:
            closed = self.weather.between(self.since, now)
            self.calm_until = self.weather.next_close(now) if self.weather.is_open(now) else now
        self.since = now
        if self.tracked:
            self.clocks[WEATHER] += closed
            self.clocks[self.cause] += hours - closed
        if self.units:
            self.unit_h[WEATHER] += self.units * closed
            self.unit_h[self.cause] += self.units * (hours - closed)

    def add(self, lot: Lot, now: float) -> None:
        """Let a lot wait here, and tell the stands; one that fills a vehicle at hand goes at once."""
        if self.express is not None and not self.lots and self.express.takes_at_once(lot):
            self.arrived += lot.units
            self.boarded += lot.units
            self.express.leave_at_once(lot, now)
            return
        self.account(now)
        lot.arrived_h = now
        self.turn += 1
        lot.rank = (self.priority, self.clock.ticket())
        if self.tracked:
            lot.clocks = tuple(self.clocks)
        self.lots.append(lot)
        self.units += lot.units
        self.arrived += lot.units
        if self.units > self.peak:
            self.peak = self.units
        if self.embargo is not None:
            self.embargo.change(lot.units * self.embargo_use)
        for stand in self.stands:
            stand.arrived(lot.units, self)

    def refill(self) -> None:
        """Keep a pen of unlimited supply full enough for the largest vehicle that loads there."""
        need = max((stand.most_units(self) for stand in self.stands), default=1)
        now = self.clock.env._now
        while self.units < need and self.endless:
            source = self.endless.pop(0)
            if source.supply(self, now):
                self.endless.append(source)

    def take(self, units: int, now: float) -> Lot:
        """Take the head lot, or a part of it, aboard; its waiting hours are settled."""
        self.account(now)
        lot = self.lots[0]
        if lot.units <= units:
            self.lots.popleft()
        else:
            lot = lot.split(units)
        self.units -= lot.units
        self.boarded += lot.units
        self._settle(lot, now)
        if self.embargo is not None:
            self.embargo.change(-lot.units * self.embargo_use)
        return lot

    def _settle(self, lot: Lot, now: float) -> None:
        if not self.tracked:
            lot.accumulation_h += now - lot.arrived_h
            return
        weather, closed, blocked, vehicle, accumulation, queue = self.clocks
        w, c, b, v, a, q = lot.clocks[:WAITING]
        lot.weather_h += weather - w
        lot.closed_h += closed - c
        lot.blocked_h += blocked - b
        lot.vehicle_h += vehicle - v
        lot.accumulation_h += accumulation - a
        lot.queue_h += queue - q

    def recause(self) -> None:
        """See again why lots wait: a vessel is called, one waits to fill, or none is here."""
        if not self.tracked:
            return
        if any(stand.called for stand in self.stands):
            cause = QUEUE
        elif any(stand.idle or stand.service.unlimited for stand in self.stands):
            cause = ACCUMULATION
        else:
            cause = VEHICLE
        if cause != self.cause:
            self.account(self.clock.env._now)
            self.cause = cause


class Embargo:
    """Loading for a place stops above one level of waiting load and resumes below another."""

    __slots__ = ("clock", "hours", "level", "name", "on", "resume", "since", "sources", "spells", "stop")

    def __init__(self, name: str, stop: float, resume: float, clock: Any) -> None:
        self.name = name
        self.stop = stop
        self.resume = resume
        self.clock = clock
        self.level = 0.0
        self.on = False
        self.since = 0.0
        self.hours = 0.0
        self.spells: list[tuple[float, float]] = []
        self.sources: list[Any] = []

    def change(self, amount: float) -> None:
        """Count load that came or went, and switch where a threshold is crossed."""
        self.level += amount
        if not self.on and self.level > self.stop:
            self.on, self.since = True, self.clock.now
        elif self.on and self.level < self.resume:
            self.on = False
            self.spells.append((self.since, self.clock.now))
            for source in self.sources:
                source.release_later()
