"""Cranes and ramps by shift, and what the berths that they serve see of their port.

A call takes so many of them; where there are fewer, it goes on with those that are left, at that part of its speed (`pause`), or begins
with fewer and keeps them to its end (`finish`, `wait`). How long it keeps them is known only with the port's hours, weather
and breakdowns, so the face of the port places the work and takes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corridor_sim.engine.by_shift import has_shifts
from corridor_sim.engine.closures import Closures, Spell, timeline_spells
from corridor_sim.engine.crews import RatePace, Work, crew_of
from corridor_sim.engine.lanes import Lanes
from corridor_sim.engine.leg_hours import from_start
from corridor_sim.engine.ports import Pool
from corridor_sim.engine.quays import TimedPort
from corridor_sim.engine.rosters import roster_of
from corridor_sim.plan import PoolPlan

if TYPE_CHECKING:
    from corridor_sim.engine.world import World

INFINITE = float("inf")


class ShiftPool(Pool):
    """Ramps or cranes whose number differs by shift."""

    def __init__(self, plan: PoolPlan, crew: Any) -> None:
        super().__init__(plan)
        self.crew = crew
        self.wanted = min(self.per_call, max(crew.roster.numbers))

    def set_count(self, count: float, at: float) -> None:
        """Do nothing: the roster has the number by the clock."""

    def taken(self) -> int:
        """Return how many a call takes where all are there."""
        return int(self.wanted)

    def start(self, now: float) -> float:
        """Return when a call could have its turn [h]."""
        return float(self.crew.turn(now, self.wanted))

    def hold(self, until: float) -> None:
        """Do nothing: the face of the port holds them until the work ends."""


class ShiftPort(TimedPort):
    """What berths see of a port whose cranes or ramps work in shifts; `crews`: the pools that do."""

    crews: list[ShiftPool]

    def handled(self, start: float, hours: float) -> tuple[float, float, float]:
        """Return when handling that could start at an instant ends, and the hours lost to weather and to closed hours [h]."""
        lanes = isinstance(self.crews[0].crew, Lanes)
        begin, end, still = self._fitted(start, hours) if lanes else self._shared(start, hours)
        standing = Closures([(start, begin), *still])
        weather = self.weather[2].between(start, end)
        return end, weather, standing.between(start, end) - weather

    def _shared(self, at: float, hours: float) -> tuple[float, float, list[Spell]]:
        """Return start, end and standing spells of work that shares what is there with the work in hand."""
        begin = self._opens(at, hours)
        work = Work([RatePace(self.tempo.rate), *(pool.crew.pace(begin, pool.wanted) for pool in self.crews)])
        end = work.done(begin, hours, self.wear) if begin < INFINITE else begin
        for pool in self.crews if end < INFINITE else ():
            pool.crew.hold(begin, end, pool.wanted)
        return begin, end, work.standing

    def _opens(self, at: float, hours: float) -> float:
        """Return the first instant from one on at which all may start [h]."""
        while True:
            begin = max(pool.crew.turn(at, pool.wanted) for pool in self.crews)
            begin = self.tempo.opens(begin, hours) if begin < INFINITE else begin
            if begin in (at, INFINITE):
                return begin
            at = begin

    def _fitted(self, at: float, hours: float) -> tuple[float, float, list[Spell]]:
        """Return start, end and standing spells of work that starts where it can end."""
        while True:
            found = [pool.crew.find(at, hours, pool.wanted) for pool in self.crews]
            slower = max(pool.wanted / lanes for pool, (_, _, _, lanes) in zip(self.crews, found, strict=True))
            begin = max(start for start, _, _, _ in found)
            begin = self.tempo.opens(begin, hours * slower) if begin < INFINITE else begin
            if begin in (at, INFINITE):
                break
            at = begin
        if begin == INFINITE:
            return begin, begin, []
        groups = [pool.crew.tempos[group] for pool, (_, _, group, _) in zip(self.crews, found, strict=True)]
        work = Work([RatePace(tempo.rate) for tempo in (self.tempo, *groups)])
        end = work.done(begin, hours * slower, self.wear)
        for pool, (_, _, group, lanes) in zip(self.crews, found, strict=True):
            pool.crew.take(group, lanes, begin, end)
        return begin, end, work.standing


def pool_of(world: World, plan: PoolPlan, at_close: str) -> Pool:
    """Return ramps or cranes, by shift where stated."""
    if not has_shifts(plan.shifts):
        return Pool(plan)
    closed = Closures(timeline_spells(from_start(plan.hours), world.from_h, world.until_h))
    roster = roster_of(plan.shifts, plan.count, closed, (world.from_h, world.until_h))
    return ShiftPool(plan, crew_of(roster, at_close, (), world.until_h))


def face_of(pools: list[Pool], *arguments: Any) -> TimedPort:
    """Return the face of a port with hours, for berths that some pools serve."""
    crews = [pool for pool in pools if isinstance(pool, ShiftPool)]
    if not crews:
        return TimedPort(*arguments)
    face = ShiftPort(*arguments)
    face.crews = crews
    return face
