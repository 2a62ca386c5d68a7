"""Days: what waits each midnight, in pens and in vehicles that an element hasn't let in yet, and what was delivered up to it.

Pens and queues are looked at. An element without a queue books a visit when it begins to wait, so that its waits are noted
then for all the midnights that they will last.
"""

from __future__ import annotations

from collections import defaultdict
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from corridor_sim.engine.line_legs import LineLeg
from corridor_sim.engine.rooms import Gate
from corridor_sim.records import DAY_TABLES, TABLES

if TYPE_CHECKING:
    from corridor_sim.engine.world import World

DAY_H = 24.0
ELEMENT, ARRIVE, START, NET_T = (TABLES["visits"].index(name) for name in ("element", "arrive_h", "start_h", "net_t"))


class Days:
    """The daily tables of a run: a day counts from 0 and is looked at when it ends."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.count = int(world.plan.end_h // DAY_H)
        self.pens: list[tuple[float, ...]] = []
        self.flows: list[tuple[float, ...]] = []
        self.waits: dict[tuple[int, int], list[float]] = defaultdict(lambda: [0.0, 0.0])  # (day, element) -> vehicles, net t
        self.kept: list[Any] | None = world.visits
        for element in (*world.legs, *world.stations):
            if not isinstance(element, Gate):
                element.visits = self  # type: ignore[assignment]

    def append(self, visit: tuple[Any, ...]) -> None:
        """Take a visit that an element without queue books; note the midnights at which it will wait."""
        if self.kept is not None:
            self.kept.append(visit)
        if visit[START] - visit[ARRIVE] > 0:
            first, last = ceil(visit[ARRIVE] / DAY_H), ceil(visit[START] / DAY_H)
            for midnight in range(max(1, first), min(last, self.count + 1)):
                self._wait(midnight - 1, visit[ELEMENT], visit[NET_T])

    def _wait(self, day: int, element: int, net_t: float) -> None:
        sums = self.waits[day, element]
        sums[0] += 1
        sums[1] += net_t

    def look(self) -> None:
        """Look at a day that ends now."""
        day = round(self.world.clock.now / DAY_H) - 1
        self.pens += [(pen.number, day, pen.units) for pen in self.world.pens if pen.units]
        self.flows += [(k, day, source.delivered, source.held_units) for k, source in enumerate(self.world.sources)]
        berths = [berth for row in self.world.berths for berth in row]
        for element in (*self.world.legs, *self.world.stations, *berths):
            if isinstance(element, Gate):
                for v in _waiting(element):
                    self._wait(day, element.number, v.net_t)

    def tables(self) -> dict[str, dict[str, Any]]:
        """Return the daily tables."""
        rows = {
            "pen_days": self.pens,
            "element_days": [(element, day, *sums) for (day, element), sums in sorted(self.waits.items())],
            "flow_days": self.flows,
        }
        return {name: _columns(name, rows[name]) for name in DAY_TABLES}


def _waiting(gate: Gate) -> list[Any]:
    """Return our vehicles that wait for a gate; a vessel that waits to load has nothing aboard yet."""
    found = [waiting[2] for group in gate.groups.values() for waiting in group.waiting]
    if isinstance(gate, LineLeg):
        end = gate.plan.direction * len(gate.line.sections)
        runners = gate.line.runners.values()
        found += [runner.v for runner in runners if runner.leg is gate and runner.node == end]
    return [v for v in found if v.service is not None]


def _columns(table: str, rows: list[tuple[float, ...]]) -> dict[str, Any]:
    array = np.array(rows, dtype=np.float64).reshape(-1, len(TABLES[table]))
    return {name: np.ascontiguousarray(array[:, k]) for k, name in enumerate(TABLES[table])}
