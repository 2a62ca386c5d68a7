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
    movers, pens = _holders(world)
    while True:
        dead = {k for k, room in enumerate(world.rooms) if not _is_alive(room, movers[k], pens[k], suspects)}
        freed = [v for v, wanted in suspects.items() if not any(room.number in dead for room in wanted)]
        if not freed:
            return set(suspects)
        for v in freed:
            del suspects[v]


def _holders(world: World) -> tuple[list[set[int]], list[set[Any]]]:
    """Return, per room, the ids of the vehicles that hold some of it, and the pens whose lots stand in it."""
    movers: list[set[int]] = [set() for _ in world.rooms]
    pens: list[set[Any]] = [set() for _ in world.rooms]
    for service in world.services:
        for v in service.underway:
            for room, _ in v.holds:
                movers[room.number].add(id(v))
        for v_id, claims in getattr(service, "claimed", {}).items():
            for room, _ in claims:
                movers[room.number].add(v_id)
    waiting: list[Any] = [*world.pens, *(gate for pool in world.pools for gate in pool.gates.values())]
    for pen in waiting:
        for lot in pen.lots:
            if lot.room is not None:
                pens[lot.room[0].number].add(pen)
    return movers, pens


def _is_alive(room: Room, movers: set[int], pens: set[Any], suspects: dict[int, list[Room]]) -> bool:
    """Return whether something that holds the room can move: a vehicle that isn't suspect, or lots that some vehicle can fetch."""
    if room.relief is not None and room.relief.lacks():  # it lets others in, a day apart
        return True
    if any(v not in suspects for v in movers) or any(_is_served(pen, suspects) for pen in pens):
        return True
    return room.used <= 0


def _is_served(pen: Any, suspects: dict[int, list[Room]]) -> bool:
    return any(stand.service.has_free(suspects) for stand in pen.stands)


def _report(world: World, knot: list[Blocked]) -> str:
    lines = [f"{world.plan.name}: {len(knot)} movers have waited for each other for a month (day {world.clock.now / 24:.0f}):"]
    for gate, v, wanted in knot[:20]:
        holds = ", ".join(f"{amount:g} in {room.name}" for room, amount in v.holds) or "nothing"
        wants = ", ".join(f"{room.name} ({room.used:g} of {room.capacity:g})" for room in wanted)
        name = v.service.name if v.service is not None else "background"
        lines.append(f"  {name} {v.number} at {getattr(gate, 'name', '?')} holds {holds}, wants {wants}")
    return "\n".join(lines)
