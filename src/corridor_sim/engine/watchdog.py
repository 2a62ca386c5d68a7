"""The watchdog: once a month it looks for movers that wait for each other, and names who holds what and wants what.

A room is alive if anything in it can still move; a mover is alive unless it waits for rooms of which one is dead. What is not
alive at the end of the argument is a knot: nothing will ever free it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.rooms import Gate, Room
from corridor_sim.errors import StandstillError

if TYPE_CHECKING:
    from corridor_sim.engine.world import World

Blocked = tuple[Gate, Vehicle, list[Room]]  # who waits where for which rooms


def blocked_movers(world: World) -> list[Blocked]:
    """Return the movers at the head of a queue that are refused for want of room, with what they want."""
    found: list[Blocked] = []
    for room in world.rooms:
        for group in room.refusing:
            if group.waiting:
                need = group.waiting[0][3]
                wanted = [r for r, amount in need or () if not r.fits(amount)]
                found += [(group.gate, waiting[2], wanted) for waiting in group.waiting]
    return list({id(v): (gate, v, wanted) for gate, v, wanted in found}.values())


def look(world: World, seen: dict[int, int]) -> dict[int, int]:
    """Return the blocked movers (id -> number), and raise StandstillError if some stand in a knot since the last look."""
    blocked = blocked_movers(world)
    dead = _dead(world, blocked)
    knot = [(gate, v, wanted) for gate, v, wanted in blocked if id(v) in dead and seen.get(id(v)) == v.number]
    if knot:
        raise StandstillError(_report(world, knot))
    return {id(v): v.number for _, v, _ in blocked}


def _dead(world: World, blocked: list[Blocked]) -> set[int]:
    """Return the ids of blocked movers that nothing alive will ever free."""
    suspects = {id(v): wanted for _, v, wanted in blocked}
    while True:
        rooms = {id(room) for room in world.rooms if not _is_alive(world, room, suspects)}
        freed = [v for v, wanted in suspects.items() if not any(id(room) in rooms for room in wanted)]
        if not freed:
            return set(suspects)
        for v in freed:
            del suspects[v]


def _is_alive(world: World, room: Room, suspects: dict[int, list[Room]]) -> bool:
    """Return whether something that holds the room can move: a vehicle that isn't suspect, or lots that some vehicle can fetch."""
    for v in _movers(world):
        if any(held is room for held, _ in (*v.holds, *(v.landing if not v.holds else ()))) and id(v) not in suspects:
            return True
    for pen in world.pens:
        if any(lot.room is not None and lot.room[0] is room for lot in pen.lots) and _is_served(pen, suspects):
            return True
    return not any(True for v in _movers(world) for held, _ in v.holds if held is room) and room.used <= 0


def _movers(world: World) -> list[Vehicle]:
    return [v for service in world.services for v in service.underway]


def _is_served(pen: Any, suspects: dict[int, list[Room]]) -> bool:
    for stand in pen.stands:
        service = stand.service
        stuck = sum(id(v) in suspects for v in service.underway)
        if service.unlimited or service.fleet > stuck:
            return True
    return False


def _report(world: World, knot: list[Blocked]) -> str:
    lines = [f"{world.plan.name}: {len(knot)} movers have waited for each other for a month (day {world.clock.now / 24:.0f}):"]
    for gate, v, wanted in knot[:20]:
        holds = ", ".join(f"{amount:g} in {room.name}" for room, amount in v.holds) or "nothing"
        wants = ", ".join(f"{room.name} ({room.used:g} of {room.capacity:g})" for room in wanted)
        name = v.service.name if v.service is not None else "background"
        lines.append(f"  {name} {v.number} at {getattr(gate, 'name', '?')} holds {holds}, wants {wants}")
    return "\n".join(lines)
