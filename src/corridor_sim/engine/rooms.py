"""Finite standing room of one direction, and gates: shared elements that a mover enters only with room ahead.

A mover claims room for its whole load before it takes a path, lane or berth, and it claims at the moment when that is free, so
nothing shared is held while it waits. Claims are granted first come, first served within one room; a mover that is refused does
not hold up others which want other rooms.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.clock import Alarm, Clock

EPSILON = 1e-7
INFINITE = float("inf")
Need = tuple[tuple["Room", float], ...]
KEEP: Need | None = None  # claims nothing here, and keeps the room that was claimed before


class Room:
    """Room at a place for one direction; `used` counts what stands in it and what has claimed it."""

    __slots__ = ("capacity", "env", "held_h", "held_since", "name", "number", "peak", "refused_h", "refused_since", "refusing",
                 "relief", "stands", "used")  # fmt: skip

    def __init__(self, name: str, number: int, capacity: float, clock: Clock) -> None:
        self.name = name
        self.number = number
        self.capacity = capacity
        self.env = clock.env
        self.used = self.peak = 0.0
        self.held_h = self.refused_h = 0.0
        self.held_since = clock.now
        self.refused_since = 0.0
        self.refusing: set[Group] = set()
        self.relief: Any = None  # lets in beyond the limit those that loads without wagons keep out
        self.stands: list[Any] = []  # stands that fill from this room: they may leave early to make room

    def fits(self, amount: float) -> bool:
        """Return whether a load can enter; a load beyond the capacity may enter alone."""
        return self.used + amount <= self.capacity + EPSILON or self.used <= EPSILON

    def admits(self, amount: float, group: Group) -> bool:
        """Return whether the head of a queue can enter: there is room, and nobody was refused before it."""
        if not self.fits(amount) and not (self.relief is not None and self.relief.lets_in(group)):
            return False
        if not self.refusing:
            return True
        turn = group.oldest()
        return all(other is group or other.oldest() > turn for other in self.refusing)

    def account(self, now: float) -> None:
        """Bring the integrals up to now."""
        self.held_h += self.used * (now - self.held_since)
        self.held_since = now
        if self.refusing:
            self._account_refused(now)

    def _account_refused(self, now: float) -> None:
        self.refused_h += now - self.refused_since
        self.refused_since = now

    def take(self, amount: float) -> None:
        """Claim so much."""
        now, used = self.env._now, self.used
        self.held_h += used * (now - self.held_since)
        self.held_since = now
        if self.refusing:
            self._account_refused(now)
        self.used = used = used + amount
        if used > self.peak:
            self.peak = used

    def give(self, amount: float) -> None:
        """Release so much and let those in that were refused."""
        now, used = self.env._now, self.used
        self.held_h += used * (now - self.held_since)
        self.held_since = now
        self.used = used - amount if used > amount else 0.0
        if self.refusing:
            self._account_refused(now)
            self.wake()

    def wake(self) -> None:
        """Let gates try again, the longest refused first."""
        for group in sorted(self.refusing, key=Group.oldest):
            if group in self.refusing:
                group.gate.advance()

    def refuse(self, group: Group, now: float) -> None:
        """Note that a head of queue doesn't fit, and let stands that fill from here make room."""
        if not self.refusing:
            self.refused_since = now
        self.refusing.add(group)
        if self.relief is not None:
            self.relief.watch(group, now)
        for stand in self.stands:
            stand.offer()

    def relent(self, group: Group, now: float) -> None:
        """Note that the head of queue is refused no longer."""
        self.account(now)
        self.refusing.discard(group)


class Group:
    """Those who wait at one gate for the same rooms, and the clock of hours that they were refused."""

    __slots__ = ("blocked_h", "blocked_since", "gate", "rooms", "waiting")

    def __init__(self, gate: Gate, rooms: tuple[Room, ...]) -> None:
        self.gate = gate
        self.rooms = rooms
        self.waiting: list[tuple[int, int, Vehicle, Need | None]] = []
        self.blocked_h = 0.0
        self.blocked_since = INFINITE

    def oldest(self) -> tuple[int, int]:
        """Return (priority, turn) of the head of the queue."""
        return self.waiting[0][:2] if self.waiting else (99, 0)

    def blocked_until(self, now: float) -> float:
        """Return the hours blocked up to now [h]."""
        return self.blocked_h + (now - self.blocked_since if self.blocked_since < now else 0.0)

    def admits(self, now: float) -> bool:
        """Return whether the head finds room, and note the answer."""
        refused = [room for room, amount in self.waiting[0][3] or () if not room.admits(amount, self)]
        if not refused:
            if self.blocked_since != INFINITE:
                self.unblock(now)
            return True
        if self.blocked_since == INFINITE:
            self.blocked_since = now
            for room in refused:
                room.refuse(self, now)
        return False

    def unblock(self, now: float) -> None:
        """Note that the head is not held up by room."""
        if self.blocked_since != INFINITE:
            self.blocked_h += now - self.blocked_since
            self.blocked_since = INFINITE
            for room in self.rooms:
                room.relent(self, now)


class Gate:
    """A shared element with a queue by priority and turn; subclasses say when it is free and what a start does."""

    def __init__(self, clock: Clock, key: int) -> None:
        self.clock = clock
        self.alarm = Alarm(clock, key, self.advance)  # rings when the element can be free again
        self.groups: dict[tuple[int, ...], Group] = {}
        self.waiting = 0
        self._advancing = False

    def ready(self, now: float) -> bool:
        """Return whether a vehicle could start now; if not, see to it that `advance` is called when it can."""
        raise NotImplementedError

    def begin(self, v: Vehicle, now: float, blocked_h: float) -> None:
        """Start a vehicle whose rooms are claimed."""
        raise NotImplementedError

    def let_go(self, v: Vehicle, held: list[tuple[Room, float]]) -> None:
        """Give back the room in which a vehicle stood, and tell whoever waits for its start."""
        for room, amount in held:
            room.give(amount)
        told, v.first_start = v.first_start, None
        if told is not None:
            told()

    def ask(self, v: Vehicle, need: Need | None, now: float) -> None:
        """Queue a vehicle that needs room ahead, and start it if it can."""
        v.arrived_h = now
        if not self.waiting and not self._advancing and self.ready(now) and (not need or is_free(need)):
            self._start_at_once(v, need, now)
            return
        self.queue_up(v, need, now, (), Group)

    def queue_up(self, v: Vehicle, need: Need | None, now: float, kind: tuple[int, ...], make: Callable[..., Group], *more: Any) -> None:
        """Let a vehicle wait among those of its kind who need the same rooms (`make(gate, rooms, *more)`: their group)."""
        key = (*kind, *[room.number for room, _ in need or ()])
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = make(self, tuple(room for room, _ in need or ()), *more)
        v.blocked_clock = group.blocked_until(now)
        heappush(group.waiting, (v.priority, self.clock.ticket(), v, need))
        self.waiting += 1
        self.advance()

    def _start_at_once(self, v: Vehicle, need: Need | None, now: float) -> None:
        """Start a vehicle that nobody and nothing holds up."""
        self._advancing = True
        held: list[tuple[Room, float]] = []
        if need is not None:
            for room, amount in need:
                room.take(amount)
            held, v.holds = v.holds, list(need)
        self.begin(v, now, 0.0)
        if need is not None:
            self.let_go(v, held)
        self.started()

    def started(self) -> None:
        """Let the next start, if somebody came to wait meanwhile."""
        self._advancing = False
        if self.waiting:
            self.advance()

    def advance(self) -> None:
        """Start whoever can start now, in order of priority and turn."""
        if self._advancing:  # a start released room and came back here: the loop below goes on anyway
            return
        self._advancing = True
        now = self.clock.env._now
        while self.waiting and self.ready(now):
            group = self._choose(now)
            if group is None:
                break
            _, _, v, need = heappop(group.waiting)
            self.waiting -= 1
            blocked = group.blocked_until(now) - v.blocked_clock
            held: list[tuple[Room, float]] = []
            if need is not None:
                for room, amount in need:
                    room.take(amount)
                held, v.holds = v.holds, list(need)
            self.begin(v, now, blocked)
            if need is not None:  # a yard that is only passed on the way to the first path isn't a start
                self.let_go(v, held)
        self._advancing = False
        if self.waiting and not self.ready(now):
            for group in self.groups.values():  # held up by the queue now, not by room
                group.unblock(now)

    def _choose(self, now: float) -> Group | None:
        best: Group | None = None
        if len(self.groups) == 1:
            best = next(iter(self.groups.values()))
            return best if best.admits(now) else None
        for group in self.groups.values():
            if group.waiting and group.admits(now) and (best is None or group.waiting[0][:2] < best.waiting[0][:2]):
                best = group
        return best


def is_free(need: Need) -> bool:
    """Return whether all rooms take what is needed and refuse nobody."""
    for room, amount in need:  # noqa: SIM110  (asked of every vehicle at a gate; a generator would cost twice as much)
        if room.refusing or room.used + amount > room.capacity + EPSILON:
            return False
    return True


def started(v: Vehicle) -> None:
    """Give back the room in which a vehicle stood, and tell whoever waits for its start."""
    held, v.holds = v.holds, []
    for room, amount in held:
        room.give(amount)
    told, v.first_start = v.first_start, None
    if told is not None:
        told()
