"""Halts: yards inside a district where a train that waits too long for room ahead gives up its locomotive.

The train keeps its track and its turn. When the turn comes it claims the room ahead and calls for a locomotive, which comes light from
the nearer boundary where one stands idle, or from wherever the next comes free; calls go before trains at the boundaries, since they
hold room.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.clock import DECISION, Clock, order_key
from corridor_sim.engine.districts import ELEMENTS, District
from corridor_sim.engine.leg_hours import value_at
from corridor_sim.engine.rooms import EPSILON, Gate, Need, Room
from corridor_sim.pool_plan import HaltPlan

if TYPE_CHECKING:
    from corridor_sim.engine.world import World

INFINITE = float("inf")
HALTS = 1 << 15  # element numbers of halts, beyond those of districts


class Halt(Gate):
    """Trains that stand in a yard inside a district and wait for room ahead, with their locomotive or without."""

    def __init__(self, plan: HaltPlan, number: int, district: District, clock: Clock) -> None:
        self.key = order_key(DECISION, ELEMENTS + HALTS + number)
        super().__init__(clock, self.key)
        self.plan, self.name, self.district = plan, plan.name, district
        self.patience = value_at(plan.abandon_h, 0.0)
        self.since: dict[int, float] = {}  # id of a train that waits here -> since when
        self.ahead: dict[int, int] = {}  # id of a train that waits for a locomotive -> how many rooms it holds ahead

    def ready(self, now: float) -> bool:
        """Return True: only room ahead holds trains up here."""
        return True

    def ask(self, v: Vehicle, need: Need | None, now: float) -> None:
        """Let a train wait for room ahead, with an eye on how long."""
        self.since[id(v)] = now
        super().ask(v, need, now)
        self._watch(v, now, self.patience)

    def set_patience(self, hours: float) -> None:
        """Have trains, those that wait already among them, give up their locomotive after so many hours."""
        self.patience = hours
        for group in self.groups.values():
            for _, _, v, _ in sorted(group.waiting, key=lambda waiting: waiting[:2]):
                self._watch(v, self.since[id(v)], 0.0 if hours != INFINITE else hours)

    def _watch(self, v: Vehicle, since: float, hours: float) -> None:
        if self.since.get(id(v)) == since and hours != INFINITE:
            self.clock.call_at(self.clock.env._now + hours, self.key, partial(self._look, v, since))

    def _look(self, v: Vehicle, since: float) -> None:
        """Have a train give up its locomotive if it has been blocked for so long."""
        if self.since.get(id(v)) != since or id(v) in self.district.without:
            return
        group = next(group for group in self.groups.values() if any(v is waiting[2] for waiting in group.waiting))
        left = self.patience - (group.blocked_until(self.clock.env._now) - v.blocked_clock)
        if left > EPSILON:
            self._watch(v, since, left)
        else:
            self.district.give_up(v, self.plan.at)

    def begin(self, v: Vehicle, now: float, blocked_h: float) -> None:
        """Send a train on that has claimed room ahead, or call for a locomotive."""
        del self.since[id(v)]
        wait = now - v.arrived_h
        blocked = min(blocked_h, wait)
        v.blocked_h += blocked
        v.queue_h += wait - blocked
        if id(v) in self.district.without:
            self.ahead[id(v)] = len(v.holds)
        else:
            self.district.go_on(v, now)

    def let_go(self, v: Vehicle, held: list[tuple[Room, float]]) -> None:
        """Give back the room behind; a train without a locomotive keeps it until one has come."""
        if id(v) not in self.ahead:
            super().let_go(v, held)
            return
        v.holds = v.holds + held
        v.arrived_h = self.clock.env._now
        self.district.call(v, self.plan.at, partial(self._hauled, v))

    def _hauled(self, v: Vehicle) -> None:
        now, ahead = self.clock.env._now, self.ahead.pop(id(v))
        for lot in v.lots:
            lot.vehicle_h += now - v.arrived_h
        behind, v.holds = v.holds[ahead:], v.holds[:ahead]
        super().let_go(v, behind)


class Rest:
    """The step of a route where a train waits for the room that it needs ahead (`need(v)`), and may lose its locomotive."""

    __slots__ = ("halt", "need")

    def __init__(self, halt: Halt, need: Callable[[Vehicle], Need | None]) -> None:
        self.halt, self.need = halt, need

    def __call__(self, v: Vehicle) -> None:
        """Wait for room ahead."""
        self.halt.ask(v, self.need(v), self.halt.clock.env._now)


def halts_of(world: World) -> list[Halt]:
    """Return the halts of a plan."""
    found = []
    for k, plan in enumerate(world.plan.halts):
        halt = Halt(plan, k, world.districts[plan.district], world.clock)
        world.on(plan.abandon_h, halt.set_patience)
        found.append(halt)
    return found
