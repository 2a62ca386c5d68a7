"""Single track by sections and loops: trains of both directions share sections and meet in the loops between them.

A train enters a section only together with a place to stand at its far end. A loop of n tracks takes at most n - 1 trains of
one direction, so one place is always left for the other. That is why a line can't lock: the foremost train of a direction
finds its next loop free of trains ahead of it, the others there are of the other direction and at most n - 1, so there is a
place; and the section before it empties, since whoever is in it has a place to go to. So some train always moves on.
"""

from __future__ import annotations

from collections import deque
from heapq import heappush
from typing import Any, NamedTuple

from corridor_sim.engine.books import Book
from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.clock import COMPLETION, Alarm, Clock, order_key
from corridor_sim.engine.closures import Closures
from corridor_sim.engine.legs import Leg
from corridor_sim.engine.rooms import Gate
from corridor_sim.plan import LegPlan, LinePlan
from corridor_sim.streams import Draws

INFINITE = float("inf")
OPPOSING, FOLLOWING, PLACE, WINDOW, TURN = REASONS = ("opposing", "following", "place", "window", "turn")


class Hold(NamedTuple):
    """A train that stood: where, from when to when, and what held it up last."""

    vehicle: int
    line: int
    node: int
    direction: int
    from_h: float
    to_h: float
    reason: str


class Runner:
    """A train on the line: its vehicle, direction and the node where it stands or to which it runs."""

    __slots__ = (
        "arrived_h", "asked_h", "blocked_h", "closed_h", "direction", "factor", "gate_blocked_h", "node", "reason", "turn", "v",
        "waited_h",
    )  # fmt: skip

    def __init__(self, v: Vehicle, direction: int, node: int, now: float, factor: float) -> None:
        self.v = v
        self.direction = direction
        self.node = node
        self.turn = (v.arrived_h, 0)  # first come, first served: the trains behind it at the gate came later
        self.factor = factor
        self.arrived_h = now  # at this node
        self.asked_h = now  # at the line
        self.waited_h = self.closed_h = self.blocked_h = 0.0  # held by trains, by a closure, by a loop without place
        self.gate_blocked_h = 0.0
        self.reason = ""


class Section:
    """One section: when the last train of each direction entered, and the queues at its two ends."""

    __slots__ = ("alarm", "clear_h", "entered_h", "last", "queues", "run_h", "streak")

    def __init__(self, run_h: tuple[float, float], alarm: Alarm) -> None:
        self.run_h = run_h
        self.alarm = alarm
        self.entered_h = [-INFINITE, -INFINITE]
        self.clear_h = [-INFINITE, -INFINITE]  # when the last train of a direction is out, station interval included
        self.queues: tuple[deque[Runner], deque[Runner]] = (deque(), deque())
        self.last = 1  # direction of the last train
        self.streak = 0  # trains of that direction in a row


class Line:
    """The sections and loops of one leg, used by both directions."""

    def __init__(self, plan: LinePlan, number: int, clock: Clock, closures: Closures) -> None:
        self.plan = plan
        self.number = number
        self.clock = clock
        self.key = order_key(COMPLETION, number)
        self.closures = closures if closures else None
        self.sections = [
            Section(run, Alarm(clock, self.key, lambda k=k: self.advance(k)))  # type: ignore[misc]
            for k, run in enumerate(plan.run_h)
        ]
        self.standing = [[0, 0] for _ in range(len(plan.run_h) + 1)]  # trains at or on their way to a node, by direction
        self.facades: list[Any] = [None, None]
        self.holds: list[Hold] | None = None

    def start(self, v: Vehicle, direction: int, factor: float, blocked_h: float) -> None:
        """Take in a train that stands at the line's end in its direction."""
        node = 0 if direction == 0 else len(self.sections)
        now = self.clock.env._now
        runner = Runner(v, direction, node, now, factor)
        runner.gate_blocked_h = blocked_h
        self._queue(runner)

    def _queue(self, runner: Runner) -> None:
        k = runner.node if runner.direction == 0 else runner.node - 1
        runner.turn = (runner.turn[0], self.clock.ticket())
        self.sections[k].queues[runner.direction].append(runner)
        self.advance(k)

    def advance(self, k: int) -> None:
        """Let trains enter a section while one may."""
        section, now = self.sections[k], self.clock.env._now
        while section.queues[0] or section.queues[1]:
            direction = self._choose(section, k)
            if direction < 0:
                return
            at, reason = self._earliest(section, direction, now)
            if at > now:
                self._note(section, reason)
                if at != INFINITE:
                    section.alarm.arm(at)
                return
            self._enter(section, k, section.queues[direction].popleft(), now)

    def _choose(self, section: Section, k: int) -> int:
        """Return the direction whose head goes next by the policy, of those with a place at the far end; -1 if none has."""
        able = [d for d in (0, 1) if section.queues[d] and self._has_place(k, d)]
        for d in (0, 1):
            if section.queues[d] and d not in able:
                section.queues[d][0].reason = PLACE
        if len(able) < 2:
            return able[0] if able else -1
        if self.plan.platoon:
            other = 1 - section.last
            return section.last if section.streak < self.plan.platoon else other
        heads = [section.queues[d][0] for d in (0, 1)]
        return 0 if (heads[0].v.priority, heads[0].turn) < (heads[1].v.priority, heads[1].turn) else 1

    def _has_place(self, k: int, direction: int) -> bool:
        node = k + 1 if direction == 0 else k
        if node in (0, len(self.sections)):
            return True
        tracks, standing = self.plan.loops[node - 1], self.standing[node]
        return sum(standing) < tracks and standing[direction] < tracks - 1

    def _earliest(self, section: Section, direction: int, now: float) -> tuple[float, str]:
        """Return when the section is free for a direction [h], and what it waits for."""
        at, reason = now, TURN
        following = section.entered_h[direction] + self.plan.headway_h if self.plan.headway_h else section.clear_h[direction]
        for instant, why in ((section.clear_h[1 - direction], OPPOSING), (following, FOLLOWING)):
            if instant > at:
                at, reason = instant, why
        if self.closures is not None and not self.closures.is_open(at):
            at, reason = self.closures.next_open(at), WINDOW
        return at, reason

    @staticmethod
    def _note(section: Section, reason: str) -> None:
        for queue in section.queues:
            if queue:
                queue[0].reason = reason

    def _enter(self, section: Section, k: int, runner: Runner, now: float) -> None:
        d = runner.direction
        run = section.run_h[d] * runner.factor
        end = max(now + run, section.clear_h[d] - self.plan.interval_h)  # never before its leader
        section.streak = section.streak + 1 if section.last == d else 1
        section.last = d
        section.entered_h[d] = now
        section.clear_h[d] = end + self.plan.interval_h
        far = k + 1 if d == 0 else k
        if 0 < far < len(self.sections):
            self.standing[far][d] += 1
        self._leave(runner, now)
        runner.node = far
        runner.v.callbacks = (lambda _event: self._arrive(runner),)
        heappush(self.clock.queue, (end, self.key + runner.v.number, 0, runner.v))

    def _leave(self, runner: Runner, now: float) -> None:
        """Book the stand that ends, free the place, and let those enter who waited for it."""
        held = now - runner.arrived_h
        if held:
            closed = self.closures.between(runner.arrived_h, now) if self.closures is not None else 0.0
            runner.closed_h += closed
            held -= closed
            if runner.reason == PLACE:
                runner.blocked_h += held
            else:
                runner.waited_h += held
            if self.holds is not None:
                self.holds.append(
                    Hold(runner.v.number, self.number, runner.node, runner.direction, runner.arrived_h, now, runner.reason)
                )
        if 0 < runner.node < len(self.sections):
            self.standing[runner.node][runner.direction] -= 1
            for k in (runner.node - 1, runner.node):
                self.sections[k].alarm.arm(now)
        else:
            self.facades[runner.direction].entered(runner.v)

    def _arrive(self, runner: Runner) -> None:
        now = self.clock.env._now
        if runner.node in (0, len(self.sections)):
            self.facades[runner.direction].through(runner, now)
            return
        runner.arrived_h = now
        runner.turn = (now, 0)
        runner.reason = ""
        self._queue(runner)


class LineLeg(Gate, Leg):
    """One direction of a line, with the face of a leg: a train asks with the room it needs ahead, then runs from loop to loop.

    Room ahead is claimed when the train may queue at the line's end, and one train a direction queues at a time.
    """

    def __init__(self, plan: LegPlan, number: int, clock: Clock, book: Book, closures: Closures, run: Draws, line: Line) -> None:
        Gate.__init__(self, clock, order_key(COMPLETION, number))
        Leg.__init__(self, plan, number, clock, book, closures, run)
        self.line = line
        line.facades[plan.direction] = self
        self.queued = 0
        self.factors: dict[int, float] = {}

    def ready(self, now: float) -> bool:
        """Return whether a train may queue at the line's end."""
        return self.queued == 0

    def entry(self, need: Any, pace: Any) -> Any:
        """Return the callback of a step that runs over the line (`need(v)`: the room ahead)."""

        def ask(v: Vehicle) -> None:
            if pace is not None:
                self.factors[v.number] = pace.factor
            self.ask(v, need(v), self.clock.env._now)

        return ask

    def begin(self, v: Vehicle, now: float, blocked_h: float) -> None:
        """Queue a train at the line's end; the wait at the gate is booked."""
        wait = now - v.arrived_h
        blocked = min(blocked_h, wait)
        v.blocked_h += blocked
        v.queue_h += wait - blocked
        self.queued += 1
        self.line.start(v, self.plan.direction, self.factors.pop(v.number, 1.0), blocked)

    def entered(self, v: Vehicle) -> None:
        """Let the next train queue: this one is on the line."""
        self.queued -= 1
        self.alarm.arm(self.clock.env._now)

    def through(self, runner: Runner, now: float) -> None:
        """Book a train that has come through and send it on."""
        v, arrive = runner.v, runner.v.arrived_h
        blocked = runner.gate_blocked_h + runner.blocked_h
        moving = now - runner.asked_h - runner.waited_h - runner.closed_h - runner.blocked_h
        v.blocked_h += runner.blocked_h
        v.closed_h += runner.closed_h
        v.queue_h += runner.waited_h
        v.moving_h += moving
        busy_end = arrive + self.line.plan.occupation_h[self.plan.direction]
        if v.service is None:
            self.book.other_at_edge(arrive, arrive, busy_end)
        else:
            wait = now - arrive - moving - blocked - runner.closed_h
            sums = (v.net_t, v.wagons, v.trucks, v.teu, wait, runner.closed_h, 0.0, blocked)
            self.book.at_edge(arrive, arrive, busy_end, now, sums)
            if self.visits is not None:
                row = (v.number, v.service.number, self.number, v.heading, arrive, now - moving, now, now, 0.0, v.units)
                self.visits.append(row)
        step = v.route[v.step]
        v.step += 1
        for callback in step:
            callback(v)
