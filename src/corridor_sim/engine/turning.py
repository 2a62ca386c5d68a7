"""Sources whose consignments don't wait: one that finds the yard ahead full is turned away and never comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corridor_sim.engine.gated import GatedStation
from corridor_sim.engine.rooms import EPSILON, Room
from corridor_sim.engine.sources import Source
from corridor_sim.plan import FlowPlan

if TYPE_CHECKING:
    from corridor_sim.engine.world import World


@dataclass(frozen=True, slots=True)
class Slot:
    """Room that a consignment needs ahead, and the station behind it."""

    room: Room
    amount: float
    station: Any  # None: none

    def is_free(self, now: float) -> bool:
        """Return whether the room takes it, or nobody waits and a server is free (a yard without room to wait)."""
        room = self.room
        if room.used + self.amount <= room.capacity + EPSILON:
            return True
        return self.station is not None and room.used <= EPSILON and room.capacity <= EPSILON and has_free_server(self.station, now)


def has_free_server(station: Any, now: float) -> bool:
    """Return whether a vehicle that came now would be served at once."""
    if isinstance(station, GatedStation):
        return station.ready(now)
    station.admit_others(now)
    return bool(station.placed(station.earliest(now), 0.0)[0] <= now)


def new_source(world: World, plan: FlowPlan, number: int) -> Source:
    """Return the source of a flow."""
    if not plan.turns_away:
        return Source(plan, number, world.clock, world.plan.end_h)

    def slot(room: int, amount: float, behind: int) -> Slot:
        return Slot(world.rooms[room], amount * plan.consignment, world.stations[behind] if behind >= 0 else None)

    ahead = [[slot(*claim) for claim in claims] for claims in plan.turns_away]
    return TurningSource(plan, number, world, ahead)


class TurningSource(Source):
    """A flow that is turned away where a room ahead can't take a whole consignment when it becomes ready."""

    __slots__ = ("ahead", "turned_away", "turned_counted")

    def __init__(self, plan: FlowPlan, number: int, world: World, ahead: list[list[Slot]]) -> None:
        super().__init__(plan, number, world.clock, world.plan.end_h)
        self.ahead = ahead  # per route
        self.turned_away = self.turned_counted = 0  # units in all, and those that became ready inside the window

    def emit(self, _event: object) -> None:
        """Make a consignment ready now, or turn it away, and wait for the next."""
        now, units = self.clock.env._now, self.plan.consignment
        route = self._route(self.shares)
        if route < 0 or all(slot.is_free(now) for slot in self.ahead[route]):
            self.enter(self.create(now, units, route), now)
        else:
            self.trips += 1
            self.created += units
            self.turned_away += units
            if 0.0 <= now < self.end_h:
                self.turned_counted += units
        self._arm()
