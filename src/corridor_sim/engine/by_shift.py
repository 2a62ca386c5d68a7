"""Stations whose number differs by shift: lanes of a border, tracks of a terminal, fronts of a gauge change.

What has no shifts is a station of the plain kinds; these here are chosen when the world is built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.closures import Closures, Spell, timeline_spells
from corridor_sim.engine.crews import crew_of
from corridor_sim.engine.gated import GatedStation
from corridor_sim.engine.leg_hours import from_start
from corridor_sim.engine.quotas import QuotaStation
from corridor_sim.engine.rosters import roster_of
from corridor_sim.engine.stations import OpenStation, Station, work_hours
from corridor_sim.engine.struck import StruckGatedStation, StruckStation, within
from corridor_sim.engine.tempo import Tempo, Wear
from corridor_sim.plan import StationPlan, Timeline

if TYPE_CHECKING:
    from corridor_sim.engine.world import World

INFINITE = float("inf")


class _Shifted(Station):
    """A station whose servers are a crew by shift."""

    crew: Any
    wear: Wear | None
    tempo: Tempo  # of its hours and outages, for the records

    def staff(self, crew: Any, tempo: Tempo, wear: Wear | None) -> None:
        """Work by a crew from now on."""
        self.crew, self.tempo, self.wear = crew, tempo, wear
        self.closures, self.pauses = tempo.closed, None

    def set_servers(self, servers: float, at: float) -> None:
        """Do nothing but note the number: the crew's roster has it by the clock."""
        self.servers = servers

    def placed(self, start: float, hold: float) -> tuple[float, float]:
        """Return when work that could start at an instant starts and ends, by shifts and outages [h]."""
        if start == INFINITE:
            return start, start
        began, end = self.crew.place(start, hold, self.wear)
        return (began, end) if end < INFINITE else (end, end)

    def _standing(self) -> Closures | None:
        return Closures(self.crew.standing) if self.crew.standing else None

    def book(self, v: Vehicle, now: float, start: float, end: float, hold: float, blocked: float) -> None:
        """Write a visit into the vehicle's hours and the month's sums; hours in which its work stands still are closed hours."""
        self.pauses = self._standing()
        super().book(v, now, start, end, _worked(start, end, self.pauses), blocked)
        self.pauses = None

    def book_other(self, heading: int, at: float, start: float, end: float, hours: float) -> None:
        """Write a background vehicle into the month's sums."""
        self.pauses = self._standing()
        super().book_other(heading, at, start, end, _worked(start, end, self.pauses))
        self.pauses = None


def _worked(start: float, end: float, standing: Closures | None) -> float:
    return end - start - (standing.between(start, end) if standing is not None else 0.0)


class ShiftStation(_Shifted, OpenStation):
    """First come, first served, by shift."""

    def attend(self, start: float) -> None:
        """Never take the short way of plain stations."""

    def earliest(self, now: float) -> float:
        """Return when a server may be free, dated changes applied [h]; infinite if there never is one."""
        start: float = self.crew.turn(now)
        if start < INFINITE:
            self.apply_changes(start)
        return start


class _ShiftGate(_Shifted, GatedStation):
    """A station with a queue, by shift."""

    def ready(self, now: float) -> bool:
        """Return whether a server is free and manned."""
        if now >= self.change_at:
            self.apply_changes(now)
        if self.crew.is_free(now, self.busy):
            return True
        self.alarm.arm(self.crew.next_chance(now))
        return False


class ShiftGatedStation(_ShiftGate):
    """With a queue, by shift."""


class ShiftQuotaStation(_ShiftGate, QuotaStation):
    """With a daily quota, by shift."""


BY_SHIFT: dict[type[Station], Any] = {
    OpenStation: ShiftStation, GatedStation: ShiftGatedStation, QuotaStation: ShiftQuotaStation,
}  # fmt: skip


class _Fronts(Station):
    """A gauge change whose fronts are a crew by shift: a train has its fixed time first, then its load waits for a front."""

    fronts_crew: Any
    ended: tuple[float, float, list[Spell]] | None = None  # start, end and standing hours of the train in hand

    def _set_fronts(self, fronts: float) -> None:
        """Do nothing: the crew's roster has the fronts by the clock."""

    def handled(self, v: Vehicle, start: float, hold: float) -> float:
        """Return the whole hold of a vehicle that ends here: service, wait for a front, handling of the load [h]."""
        work = work_hours(v, self.rates)
        if not work:
            return hold
        start, placed = super().placed(start, hold)
        begin, end = self.fronts_crew.place(placed, work) if placed < INFINITE else (placed, placed)
        if end == INFINITE:
            self.ended = (end, end, [])
            return hold
        standing = [*self._still(start, placed), *self.fronts_crew.standing]
        standing += within(self.closures, placed, begin) if self.closures is not None else []
        clipped = [(max(low, start), min(high, end)) for low, high in standing]
        self.ended = (start, end, clipped)
        return end - start - Closures(clipped).between(start, end)

    def _still(self, start: float, end: float) -> list[Spell]:
        """Return when the fixed time of the train in hand stands still."""
        repairs: list[Spell] = getattr(self, "repairs", [])
        return [*repairs, *(within(self.pauses, start, end) if self.pauses is not None else [])]

    def placed(self, start: float, hold: float) -> tuple[float, float]:
        """Return when work that could start at an instant starts and ends; of a train whose load is handled, as found before [h]."""
        found = self.ended
        if found is None:
            return super().placed(start, hold)
        if found[1] == INFINITE:
            self.ended = None
        return found[:2]

    def book(self, v: Vehicle, now: float, start: float, end: float, hold: float, blocked: float) -> None:
        """Write a visit into the vehicle's hours and the month's sums."""
        if self.ended is None:
            super().book(v, now, start, end, hold, blocked)
            return
        kept = self.pauses, self.closures
        self.pauses, self.closures = Closures(self.ended[2]), self.closures or Closures()
        Station.book(self, v, now, start, end, hold, blocked)
        (self.pauses, self.closures), self.ended = kept, None
        if hasattr(self, "repairs"):
            self.repairs: list[Spell] = []


class FrontStation(_Fronts, OpenStation):
    """First come, first served, fronts by shift."""


class FrontGatedStation(_Fronts, GatedStation):
    """With a queue, fronts by shift."""


class StruckFrontStation(_Fronts, StruckStation):
    """First come, first served, struck by outages, fronts by shift."""


class StruckFrontGatedStation(_Fronts, StruckGatedStation):
    """With a queue, struck by outages, fronts by shift."""


FRONTS: dict[type[Station], Any] = {
    OpenStation: FrontStation, GatedStation: FrontGatedStation,
    StruckStation: StruckFrontStation, StruckGatedStation: StruckFrontGatedStation,
}  # fmt: skip


# Choice


def has_shifts(shifts: Timeline) -> bool:
    """Return whether numbers by shift are stated at any date."""
    return any(hours is not None for _, hours in shifts)


def mans(plan: StationPlan) -> bool:
    """Return whether the servers of a station differ by shift; at a gauge change it is the fronts."""
    return plan.kind != "gauge_change" and has_shifts(plan.shifts)


def with_fronts(plan: StationPlan, kind: Any) -> Any:
    """Return the kind of a station: another one where its fronts differ by shift."""
    return FRONTS[kind] if plan.kind == "gauge_change" and has_shifts(plan.shifts) else kind


def staff(world: World, k: int, station: Any) -> None:
    """Give a station its crew, where it has one."""
    plan = world.plan.stations[k]
    if not has_shifts(plan.shifts):
        return
    slow, wear = world.outages.spells("stations", k), world.outages.wear("stations", k)
    spells = timeline_spells(from_start(plan.hours), world.from_h, world.until_h)
    numbers = plan.servers if mans(plan) else plan.fronts
    roster = roster_of(plan.shifts, numbers, Closures(spells), (world.from_h, world.until_h))
    crew = crew_of(roster, plan.at_close, slow, world.until_h, world.plan.month_edges_h)
    if mans(plan):
        station.staff(crew, Tempo(spells, plan.at_close, slow, world.until_h), wear)
    else:
        station.fronts_crew = crew


def capacity_h(station: Any, begin: float, end: float) -> float | None:
    """Return the server-hours of a station by shift, None where there are no shifts [h]."""
    crew = getattr(station, "crew", None)
    return None if crew is None else float(crew.roster.area(begin, end))


def most_h(station: Any, begin: float, end: float) -> float | None:
    """Return the most server-hours of work in a month of a station by shift, None where there are no shifts [h]."""
    crew = getattr(station, "crew", None)
    return None if crew is None else float(crew.most_h(begin, end))
