"""A scenario by date: its snapshots, and timelines of what changes between them or opens and closes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Protocol, TypeVar

from corridor_sim.network import Hop, Line
from corridor_sim.plan import Timeline
from corridor_sim.scenario import Leg, Scenario
from corridor_sim.units import HOURS_PER_DAY, date_at, hours_between, on_grid

BEFORE = float("-inf")
T = TypeVar("T")


class HasSnapshots(Protocol):
    """What building needs of a loaded scenario: (hours since start, scenario), the first at -inf."""

    @property
    def snapshots(self) -> Sequence[tuple[float, Scenario]]:
        """Return the scenario by date."""


@dataclass(frozen=True)
class Dated:
    """Snapshots of a scenario, (hours since start, scenario), the first at -inf.

    Warm-up belongs to the start: what opens later isn't there yet, what opened before is.
    """

    snapshots: tuple[tuple[float, Scenario], ...]

    @classmethod
    def of(cls, loaded: HasSnapshots | Scenario) -> Dated:
        """Return the snapshots of a loaded scenario, or a scenario that never changes."""
        if isinstance(loaded, Scenario):
            return cls(((BEFORE, loaded),))
        first, *later = loaded.snapshots
        return cls(((BEFORE, first[1]), *later))

    @property
    def scenario(self) -> Scenario:
        """Return the scenario at the start."""
        return self.snapshots[0][1]

    @property
    def start(self) -> date:
        """Return the first day."""
        return self.scenario.start

    @cached_property
    def warm_up_h(self) -> float:
        """Return the length of the warm-up [h]."""
        days = self.scenario.warm_up_days
        return on_grid(float(days) * HOURS_PER_DAY) if not isinstance(days, str) else 0.0

    @cached_property
    def end_h(self) -> float:
        """Return the end of the window that is counted [h]."""
        return hours_between(self.start, self.scenario.end)

    @cached_property
    def stop_h(self) -> float:
        """Return the last instant to which the run may drain [h]."""
        return on_grid(self.end_h + self.scenario.drain_days * HOURS_PER_DAY)

    @cached_property
    def days(self) -> tuple[date, date]:
        """Return the first day of the warm-up and the day after the last of the drain."""
        return (
            date_at(self.start, -self.warm_up_h).date(),
            date_at(self.start, self.stop_h).date() + timedelta(days=1),
        )

    def day(self, hours: float) -> date:
        """Return the date of an instant; that of the start before it."""
        return date_at(self.start, max(hours, 0.0)).date()

    def at(self, hours: float) -> Scenario:
        """Return the scenario at an instant."""
        return next(scenario for begin, scenario in reversed(self.snapshots) if begin <= hours)

    def timeline(self, value: Callable[[Scenario], Any]) -> Timeline:
        """Return a value of the scenario by date, equal neighbours merged."""
        return merged((hours, value(scenario)) for hours, scenario in self.snapshots)

    def dated(self, value: Callable[[Scenario, float], Any], edges: Iterable[float] = ()) -> Timeline:
        """Return a value of the scenario and the hour by date, evaluated at each snapshot and at further edges [h]."""
        inside = {hours for hours in edges if 0 < hours < self.stop_h}
        points = sorted(inside | {hours for hours, _ in self.snapshots[1:]})
        return merged((hours, value(self.at(hours), hours)) for hours in (BEFORE, *points))

    def union(self, table: Callable[[Scenario], Mapping[str, T]]) -> dict[str, T]:
        """Return the entries that a table of the scenario has at any date, each as first stated."""
        found: dict[str, T] = {}
        for _, scenario in self.snapshots:
            found = {**table(scenario), **found}
        order = [name for _, scenario in self.snapshots for name in table(scenario)]
        return {name: found[name] for name in dict.fromkeys(order)}

    def edges(self, days: Iterable[date | None]) -> set[float]:
        """Return the hours since start of those dates that lie inside the run [h]."""
        hours = (hours_between(self.start, day) for day in days if day is not None)
        return {at for at in hours if 0 < at < self.stop_h}

    # legs that exist

    def leg_edges(self, name: str) -> set[float]:
        """Return the hours at which a leg opens or closes, as any snapshot states it [h]."""
        legs = [scenario.legs[name] for _, scenario in self.snapshots]
        return self.edges([day for leg in legs for day in (leg.opens, leg.closes)])

    def leg_open(self, scenario: Scenario, name: str, hours: float) -> bool:
        """Return whether a leg exists at an instant, by its dates."""
        leg, day = scenario.legs[name], self.day(hours)
        return (leg.opens is None or leg.opens <= day) and (leg.closes is None or day < leg.closes)

    def hop_exists(self, scenario: Scenario, hop: Hop, hours: float) -> bool:
        """Return whether a leg is there for traffic at an instant: open by its dates and not without paths for good."""
        if hop not in self._paths:
            self._paths[hop] = self._with_paths(hop)
        first, last = self._paths[hop]
        return self.leg_open(scenario, hop.leg, hours) and first <= max(hours, 0.0) < last

    @cached_property
    def _paths(self) -> dict[Hop, tuple[float, float]]:
        return {}

    def _with_paths(self, hop: Hop) -> tuple[float, float]:
        """Return from when to when a leg has paths at all; a gap between is a closure that ends [h]."""
        has = [self._has_paths(scenario.legs[hop.leg], hop.way) for _, scenario in self.snapshots]
        if not any(has):
            return float("inf"), float("inf")
        first = has.index(True)
        after = len(has) - has[::-1].index(True)
        ends = [*(hours for hours, _ in self.snapshots), float("inf")]
        return ends[first], ends[after]

    @staticmethod
    def _has_paths(leg: Leg, way: int) -> bool:
        return leg.mode == "sea" or bool(leg.paths_per_day[way] > 0)

    def line_edges(self, line: Line) -> set[float]:
        """Return the hours at which a service can start or stop to run, snapshots aside [h]."""
        services = [scenario.services[line.name] for _, scenario in self.snapshots]
        runs = self.edges([day for service in services for day in (service.runs_from, service.runs_until)])
        return runs.union(*(self.leg_edges(hop.leg) for hop in line.hops))

    def line_active(self, scenario: Scenario, line: Line, hours: float) -> bool:
        """Return whether a service runs at an instant: by its own dates, and while its legs are there one way at least."""
        service, day = scenario.services[line.name], self.day(hours)
        if (service.runs_from and day < service.runs_from) or (service.runs_until and day >= service.runs_until):
            return False
        ways = (0, 1) if service.two_way else (0,)
        return any(all(self.hop_exists(scenario, hop, hours) for hop in line.travelled(way)[1]) for way in ways)


def merged(points: Iterable[tuple[float, Any]]) -> Timeline:
    """Return a timeline without entries that change nothing."""
    result: list[tuple[float, Any]] = []
    for hours, value in points:
        if not result or value != result[-1][1]:
            result.append((hours, value))
    return tuple(result)
