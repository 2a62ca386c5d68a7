"""Finite fleets that hand load to each other over finite room: one vehicle of each stays free of it, so they can't lock.

Two fleets could stand still for ever: each one's vehicles all loaded and waiting for room that the other must empty. So the last
vehicle of such a fleet that has nothing in hand claims the room where its load will land before it loads. Where it finds none, it
waits, or goes empty to the far end if load there keeps others out. Each direction's rooms then drain from their far end on.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.leg_hours import value_at
from corridor_sim.engine.rooms import EPSILON, Room
from corridor_sim.engine.services import Service
from corridor_sim.engine.stands import IDLE, ROOM, Stand
from corridor_sim.plan import UNLIMITED, Plan

if TYPE_CHECKING:
    from corridor_sim.engine.world import World

Claim = tuple[Room, float]


def facing(plan: Plan) -> set[int]:
    """Return the services that hand load over finite room to each other, directly or by way of others, and can be guarded."""
    import networkx as nx

    finite = {k for k, service in enumerate(plan.services) if service.vessels[0][1] != UNLIMITED or service.fleet >= 0}
    graph: Any = nx.DiGraph()
    for flow in plan.flows:
        for before, after in (pair for route in flow.routes for pair in pairwise(route.pens)):
            if plan.pens[after].room[flow.direction] is not None:
                givers, takers = ({rider for rider, _ in plan.pens[pen].services} & finite for pen in (before, after))
                graph.add_edges_from((giver, taker) for giver in sorted(givers) for taker in sorted(takers))
    rings = (part for part in nx.strongly_connected_components(graph) if len(part) > 1)
    return {k for part in rings for k in part if _can_be_guarded(plan, k)}


def _can_be_guarded(plan: Plan, number: int) -> bool:
    service = plan.services[number]
    passes_rooms = any(step.kind == "room" for steps in service.steps for step in steps)
    return service.fleet < 0 and not service.not_with and not passes_rooms


def ahead_of(plan: Plan, services: set[int]) -> set[int]:
    """Return the rooms where load of guarded services lands."""
    return {index for k in services for end in plan.services[k].ends for rooms in end.rooms for index in rooms.values()}


class GuardedRoom(Room):
    """Room that tells the stands of guarded fleets when some of it comes free; `declined`: those whose vehicles stay for want of it."""

    __slots__ = ("declined", "guards")

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.guards: list[Stand] = []
        self.declined: list[Stand] = []

    def decline(self, stand: Stand) -> None:
        """Note that a vehicle stays away for want of room, and let stands that fill from here make room."""
        if stand not in self.declined:
            self.declined.append(stand)
            for other in self.stands:
                other.offer()

    def give(self, amount: float) -> None:
        """Release so much, let those in that were refused, then let guarded vehicles see whether they may load."""
        super().give(amount)
        for stand in self.guards:
            stand.offer()


class GuardedStand(Stand):
    """A stand whose fleet never has all its vehicles loaded without room for their load."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.looked_at: list[GuardedRoom] = []  # rooms where load of the fleet lands

    def _vehicle(self, now: float) -> Vehicle | None:
        service: GuardedService = self.service  # type: ignore[assignment]
        if self.idle and service.is_last() and not self.fits_ahead():
            self.decline()
            self.go_over(now)
            return None
        return super()._vehicle(now)

    def which(self, now: float) -> int | None:
        """Return the first rule that is true now, or None; load that keeps others out counts as blocked, here and at the far end."""
        rule = super().which(now)
        if rule is not None or not self.service.active or (self.timed and self.moment != now):
            return rule
        blocks = self.waiting() and not self.promised() and (self.keeps_out() or self._is_needed())
        return ROOM if blocks else None

    def _is_needed(self) -> bool:
        """Return whether the last free vehicle idles here while load at the far end keeps others out."""
        far: GuardedStand = self.service.stands[1 - self.end]  # type: ignore[assignment]
        return bool(self.idle) and self.service.is_last() and far.keeps_out() and not far.coming  # type: ignore[attr-defined]

    def keeps_out(self) -> bool:
        """Return whether load that waits here keeps others out of its room."""
        return any(room.refusing or (isinstance(room, GuardedRoom) and room.declined) for room in self.rooms)

    def decline(self) -> None:
        """Note in the rooms ahead that a vehicle stays for want of them."""
        for room, amount in self.claims():
            if room.used + amount > room.capacity + EPSILON and isinstance(room, GuardedRoom):
                room.decline(self)

    def claims(self) -> list[Claim]:
        """Return the most room that a load from here can need where it lands."""
        found: dict[int, tuple[Room, float]] = {}
        for pen in (pen for pen in self.pens if pen.lots):
            lot = pen.lots[0]
            pens = lot.flow.pens[lot.trip.route]
            ahead = pens[lot.stage + 1].room[lot.flow.direction] if lot.stage + 1 < len(pens) else None
            if ahead is not None:
                room, amount = ahead
                known = found.get(room.number, (room, 0.0))[1]
                found[room.number] = (room, max(known, amount * self.most_units(pen)))
        return [found[number] for number in sorted(found)]

    def fits_ahead(self) -> bool:
        """Return whether a full load from here finds room where it lands."""
        fits = all(room.used + amount <= room.capacity + EPSILON or room.used <= EPSILON for room, amount in self.claims())
        for room in self.looked_at if fits else ():
            if self in room.declined:
                room.declined.remove(self)
        return fits

    def go_over(self, now: float) -> None:
        """Send a vehicle that idles here empty to the far end, if load there keeps others out and nobody comes for it."""
        far: GuardedStand = self.service.stands[1 - self.end]  # type: ignore[assignment]
        if not (self.idle and far.keeps_out() and far.waiting() and not far.idle and not far.coming and far.fits_ahead()):
            return
        v = self.idle.popleft()
        self.hours["cargo_wait_h"] += now - v.idle_since
        far.coming += 1
        self.service.leave_empty(self, v, IDLE, now)

    def _summon(self, now: float) -> None:
        super()._summon(now)
        service: GuardedService = self.service  # type: ignore[assignment]
        far: GuardedStand = service.stands[1 - self.end]  # type: ignore[assignment]
        if not far.idle or not service.is_last() or self.idle:
            return
        if far.waiting() and far.fits_ahead():  # it comes loaded
            far.offer()
        else:
            far.go_over(now)

    def board(self, v: Vehicle, now: float) -> None:
        """Load what fits; of the room that was claimed for a full load, keep what this one needs."""
        super().board(v, now)
        self.service.settle(v)  # type: ignore[attr-defined]


class GuardedService(Service):
    """A service whose last free vehicle loads only with room for its load; `claimed` is what loads hold ahead of their landing."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.claimed: dict[int, list[Claim]] = {}  # by id of the vehicle
        self.unclaimed: set[int] = set()  # vehicles that load or are loaded without a claim

    def is_last(self) -> bool:
        """Return whether all other vehicles have load in hand for which they may have to wait."""
        return len(self.unclaimed) + 1 >= self.fleet

    def leave(self, stand: Stand, v: Vehicle, rule: int, now: float) -> None:
        """Send a vehicle for its load; the last free one claims the room for it first."""
        if self.is_last():
            claims = stand.claims()  # type: ignore[attr-defined]
            for room, amount in claims:
                room.take(amount)
            self.claimed[id(v)] = claims
        else:
            self.unclaimed.add(id(v))
        super().leave(stand, v, rule, now)

    def settle(self, v: Vehicle) -> None:
        """Keep of what was claimed what the load of a vehicle needs."""
        claims = self.claimed.get(id(v))
        if claims is None:
            return
        needed = {room.number: (room, amount) for room, amount in v.landing}
        v.landing = []
        self.claimed[id(v)] = list(needed.values())
        held = {room.number: (room, amount) for room, amount in claims}
        for number in sorted({*held, *needed}):
            room = (held.get(number) or needed[number])[0]
            spare = held.get(number, (room, 0.0))[1] - needed.get(number, (room, 0.0))[1]
            if spare > 0:
                room.give(spare)
            elif spare < 0:
                room.take(-spare)

    def land(self, v: Vehicle) -> None:
        """Put the load down; what was claimed for it is now held by the lots."""
        self.claimed.pop(id(v), None)
        self.unclaimed.discard(id(v))
        super().land(v)

    def rest(self, stand: Stand, v: Vehicle) -> None:
        """Let an empty vehicle wait at an end until a rule fires."""
        self.claimed.pop(id(v), None)
        self.unclaimed.discard(id(v))
        super().rest(stand, v)


def rooms_of(world: World) -> list[Room]:
    """Return the rooms of a world, and note in it which services are guarded."""
    world.guarded = facing(world.plan)
    watched = ahead_of(world.plan, world.guarded)
    rooms = enumerate(world.plan.rooms)
    return [(GuardedRoom if k in watched else Room)(r.name, k, value_at(r.capacity, 0.0), world.clock) for k, r in rooms]


def watch(world: World) -> None:
    """Have rooms tell the stands of guarded fleets that look ahead to them."""
    for k in sorted(world.guarded):
        for stand in world.services[k].stands:
            for room in (room for room in world.rooms if isinstance(room, GuardedRoom)):
                if room not in stand.rooms:
                    room.guards.append(stand)
                    stand.looked_at.append(room)  # type: ignore[attr-defined]
