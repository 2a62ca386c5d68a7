"""Daily quotas: a station takes over so many vehicles a day of some classes and one direction, the rest wait for another day."""

from __future__ import annotations

from typing import Any

from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.closures import Closures
from corridor_sim.engine.gated import GatedStation
from corridor_sim.engine.rooms import Gate, Group, Need
from corridor_sim.outage_plan import QuotaPlan
from corridor_sim.streams import Draws
from corridor_sim.units import on_grid

INFINITE = float("inf")
DAY_H = 24.0
ALMOST = 1e-9  # so that a mean of 0.1 a day comes to 1 after ten days


class Quota:
    """The number of vehicles that are left of a day, and a clock of the open hours in which none is."""

    __slots__ = ("carry", "cv", "days", "draws", "left", "next_day", "per_day", "plan", "spent_h", "spent_since", "used")

    def __init__(self, plan: QuotaPlan, draws: Draws, from_h: float) -> None:
        self.plan = plan
        self.draws = draws  # of mean 1
        self.per_day, self.cv = list(plan.per_day), list(plan.cv)
        self.next_day = on_grid((from_h + plan.utc_offset_h) // DAY_H * DAY_H - plan.utc_offset_h)
        self.left = self.carry = 0.0
        self.spent_h = 0.0
        self.spent_since = INFINITE
        self.days: list[tuple[float, float]] = []  # midnight and number of each day
        self.used: list[int] = []  # vehicles taken over each day

    def look(self, now: float, closures: Closures | None) -> float:
        """Return how many are left of today."""
        while now >= self.next_day:
            self._begin_day(closures)
        return self.left

    def _begin_day(self, closures: Closures | None) -> None:
        """Draw the number of a day: what the last one left is lost, only the fraction of a vehicle is carried on."""
        day = self.next_day
        self._end_spell(day, closures)
        mean, cv = _at(self.per_day, day), _at(self.cv, day)
        if self.draws.law[-1] != cv:
            self.draws.change(("gamma", 1.0, cv))
        drawn = self.draws.next()
        if mean == INFINITE:
            number = INFINITE
        else:
            wanted = mean * drawn + self.carry
            number = float(int(wanted + ALMOST))
            self.carry = max(0.0, wanted - number)
        self.left = number
        self.days.append((day, number))
        self.used.append(0)
        self.next_day = day + DAY_H
        if not number:
            self.spent_since = day

    def take(self, now: float) -> None:
        """Take one vehicle over."""
        self.used[-1] += 1
        self.left -= 1
        if self.left < 1:
            self.spent_since = now

    def _end_spell(self, now: float, closures: Closures | None) -> None:
        if self.spent_since < now:
            self.spent_h += _open_hours(self.spent_since, now, closures)
        self.spent_since = INFINITE

    def spent_until(self, now: float, closures: Closures | None) -> float:
        """Return the hours, but for those closed anyway, in which no vehicle was left, up to now [h]."""
        self.look(now, closures)
        return self.spent_h + (_open_hours(self.spent_since, now, closures) if self.spent_since < now else 0.0)

    def issued(self, begin: float, end: float) -> float:
        """Return the vehicles of the days whose midnights lie in [begin, end)."""
        return sum(number for day, number in self.days if begin <= day < end)

    def used_in(self, begin: float, end: float) -> float:
        """Return the vehicles that were taken over on those days."""
        return float(sum(used for (day, _), used in zip(self.days, self.used, strict=True) if begin <= day < end))


def _at(timeline: list[Any], at: float) -> float:
    """Return the value at an instant, warm-up as at the start; earlier points are dropped."""
    while len(timeline) > 1 and timeline[1][0] <= max(at, 0.0):
        timeline.pop(0)
    return float(timeline[0][1])


def _open_hours(begin: float, end: float, closures: Closures | None) -> float:
    return end - begin - (closures.between(begin, end) if closures is not None else 0.0)


class QuotaGroup(Group):
    """Those who wait for the same rooms under the same quota."""

    __slots__ = ("quota",)

    def __init__(self, gate: Gate, rooms: Any, quota: Quota | None) -> None:
        super().__init__(gate, rooms)
        self.quota = quota

    def admits(self, now: float) -> bool:
        """Return whether the quota has one left and the head finds room."""
        station: Any = self.gate
        if self.quota is None or self.quota.look(now, station.closures) >= 1:
            return super().admits(now)
        self.unblock(now)
        station.alarm.arm(self.quota.next_day)
        return False


class QuotaStation(GatedStation):
    """A station with a queue that takes over so many vehicles a day."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.quotas: list[Quota] = []
        self.by_class: dict[tuple[str, int], Quota] = {}  # class ("" for the rest) and direction
        self.by_slot: dict[int, Quota | None] = {}
        self.waiting_for: dict[int, tuple[Quota, float]] = {}  # of each vehicle in the queue: its quota and the clock when it came
        self.spent_h = 0.0  # hours that the vehicle in hand waited for another day

    def limit(self, quotas: list[Quota]) -> None:
        """Take over vehicles by these quotas."""
        self.quotas = quotas
        for quota in quotas:
            for name in quota.plan.classes or ("",):
                self.by_class[name, quota.plan.direction] = quota

    def follow(self, slot: int, draws: Draws, class_name: str) -> None:
        """Draw the holds of vehicles with this `draw` from a stream, and count them in the quota of their class."""
        super().follow(slot, draws, class_name)
        heading = slot % 2
        self.by_slot[slot] = self.by_class.get((class_name, heading), self.by_class.get(("", heading)))

    def quota_of(self, v: Vehicle) -> Quota | None:
        """Return the quota that a vehicle counts in."""
        if v.service is not None:
            return self.by_slot[v.draw]
        quota = self.by_class.get(("", v.heading))
        return quota if quota is not None and quota.plan.count_others else None

    def ask(self, v: Vehicle, need: Need | None, now: float) -> None:
        """Queue a vehicle that needs room ahead and its turn in the quota, and start it if it can."""
        v.arrived_h = now
        quota = self.quota_of(v)
        if quota is not None:
            self.waiting_for[v.number] = (quota, quota.spent_until(now, self.closures))
        self.queue_up(v, need, now, (-1 if quota is None else self.quotas.index(quota),), QuotaGroup, quota)

    def begin(self, v: Vehicle, now: float, blocked_h: float) -> None:
        """Take a vehicle over and serve it from now on."""
        quota, came = self.waiting_for.pop(v.number, (None, 0.0))
        if quota is not None:
            self.spent_h = quota.spent_until(now, self.closures) - came
            quota.take(now)
        super().begin(v, now, blocked_h)
        self.spent_h = 0.0

    def book(self, v: Vehicle, now: float, start: float, end: float, hold: float, blocked: float) -> None:
        """Write a visit into the books; hours without a number left count as closed."""
        closures = self.closures
        if self.spent_h:
            self.closures = _AndSpent(closures, self.spent_h)
        super().book(v, now, start, end, hold, blocked)
        self.closures = closures

    def finish(self, until: float) -> None:
        """Draw the numbers of the days up to the end of the run."""
        for quota in self.quotas:
            quota.look(until, self.closures)


class _AndSpent(Closures):
    """The closed hours of one wait: those of the station and those without a number left."""

    __slots__ = ("closures", "spent_h")

    def __init__(self, closures: Closures | None, spent_h: float) -> None:
        super().__init__()
        self.closures, self.spent_h = closures, spent_h

    def between(self, begin: float, end: float) -> float:
        """Return the closed hours of the wait [h]."""
        return self.spent_h + (self.closures.between(begin, end) if self.closures is not None else 0.0)
