"""Relief: room that loads without wagons fill lets a vehicle in after a day, so that wagons and rooms can't lock each other.

Loads that wait for wagons hold room in a yard; the wagons may stand under loads of the other direction, which wait for trains or ships
that are kept out of that very room. By direction alone such a yard need not drain. So who has been kept out for a day by a room in
which loads wait for wagons comes in all the same, beyond the limit: they are set down beside. Only one of a queue comes in a day, so
a lack of wagons is felt upstream, and no more.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from corridor_sim.engine.clock import DECISION, Clock, order_key
from corridor_sim.engine.rooms import EPSILON, Group, Room
from corridor_sim.engine.wagons import Yard

if TYPE_CHECKING:
    from corridor_sim.engine.world import World

RELIEF_H = 24.0
KEY = order_key(DECISION, (1 << 18) - 1)  # after all other decisions of an instant


class Relief:
    """What a room does for those that it keeps out while loads in it wait for wagons."""

    def __init__(self, room: Room, clock: Clock) -> None:
        self.room, self.clock = room, clock
        self.yards: list[Yard] = []  # where loads that stand in the room wait for wagons

    def lacks(self) -> bool:
        """Return whether a load in the room waits for wagons."""
        lots = (lot for yard in self.yards for _, _, lot, _ in yard.waiting)
        return any(lot.room is not None and lot.room[0] is self.room for lot in lots)

    def lets_in(self, group: Group) -> bool:
        """Return whether the head of a queue has been kept out for long enough to come in beyond the limit."""
        return self.clock.env._now - group.blocked_since >= RELIEF_H - EPSILON and self.lacks()

    def watch(self, group: Group, since: float) -> None:
        """Look again at a queue that is kept out, a day from now."""
        self.clock.call_at(self.clock.env._now + RELIEF_H, KEY, partial(self._look, group, since))

    def _look(self, group: Group, since: float) -> None:
        if group.blocked_since == since:
            group.gate.advance()
        if group.blocked_since == since:
            self.watch(group, since)


def relieve(world: World) -> None:
    """Give relief to every room in which loads may wait for wagons."""
    for yard, room in _rooms(world):
        relief = room.relief = room.relief or Relief(room, world.clock)
        if yard not in relief.yards:
            relief.yards.append(yard)


def _rooms(world: World) -> list[tuple[Yard, Room]]:
    gates = [gate for pool in world.pools for gate in pool.gates.values()]
    return [(gate.yard, slot[0]) for gate in gates for slot in gate.room if slot is not None]
