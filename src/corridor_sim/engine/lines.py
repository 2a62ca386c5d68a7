"""Single track by sections and loops: trains of both ways share sections and meet in the loops between them.

A train enters a section only together with a place to stand at its far end, and a loop of n tracks takes at most n - 1 trains of
one way, so that a place is always left for the other. Therefore a line can't lock. Take the foremost train of a way: no train
of its way stands in the next loop or is on its way there, those of the other way are at most n - 1, so there is a place (beyond
the line's end there always is). Whoever runs in the section before it has a place to go to and leaves it. So the foremost train of
each way can go on whatever the others do, and as the dispatcher only chooses among trains that have a place, one of them does. With
each entry a train is a section nearer to its end, and no way waits for more than a row of the other one's trains: both get through,
whatever the policy and the classes.

Every stand is split into holds, each with the reason that was binding: `kept` (a free track that is kept for the other way) and
`turn` (another train goes first) show what the rules cost, the rest what the track costs.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.clock import ARRIVAL, COMPLETION, Alarm, Clock, order_key
from corridor_sim.engine.closures import Closures
from corridor_sim.plan import HOLDS, LinePlan
from corridor_sim.units import on_grid

if TYPE_CHECKING:
    from corridor_sim.engine.line_legs import LineLeg

INFINITE = float("inf")
OPPOSING, FOLLOWING, FULL, KEPT, WINDOW, TURN, ROOM = range(len(HOLDS))
NO_PLACE = (FULL, KEPT, ROOM)  # reasons that count as blocked
LONGEST_ROW = 20  # trains of one way while the other waits: else a backlog at one end, all of it older, shuts out the other end


class Runner:
    """A train on the line: where it stands or to which node it runs, and the hours that it was held."""

    __slots__ = (
        "ahead", "blocked_h", "claims", "closed_h", "direction", "leg", "node", "queued_h", "reason", "since_h", "slower", "turn_h",
        "v",
    )  # fmt: skip

    def __init__(self, v: Vehicle, leg: LineLeg, node: int, slower: float, now: float) -> None:
        self.v = v
        self.leg = leg
        self.direction = leg.plan.direction
        self.node = node
        self.slower = slower  # factor on its run times
        self.ahead = 0  # how many of the rooms that it holds are ahead of the line
        self.claims = False  # whether it claimed them here
        self.turn_h = v.arrived_h  # first come, first served: when it came to this node
        self.reason, self.since_h = TURN, now
        self.queued_h = self.closed_h = self.blocked_h = 0.0

    def held(self, begin: float, end: float, reason: int, closures: Closures | None, holds: list[Any] | None) -> None:
        """Book a stand: closed hours first, the rest by its reason."""
        if begin >= end:
            return
        closed = closures.between(begin, end) if closures is not None else 0.0
        self.closed_h += closed
        if reason in NO_PLACE:
            self.blocked_h += end - begin - closed
        else:
            self.queued_h += end - begin - closed
        if holds is not None:
            holds.append((self.v.number, self.leg.number, self.node, self.v.heading, begin, end, reason))


class Section:
    """One section: when trains of each way entered and are out, and the queues at its two ends."""

    __slots__ = ("alarm", "clear_h", "entered_h", "last", "out_h", "queues", "run_h", "streak")

    def __init__(self, run_h: tuple[float, float], alarm: Alarm) -> None:
        self.run_h = run_h
        self.alarm = alarm
        self.entered_h = [-INFINITE, -INFINITE]  # the last train of each way
        self.out_h = [-INFINITE, -INFINITE]
        self.clear_h = [-INFINITE, -INFINITE]  # station interval included
        self.queues: tuple[list[Any], list[Any]] = ([], [])  # heaps of (priority, turn, ticket, runner)
        self.last = 1  # way of the last train
        self.streak = 0  # trains of that way in a row


class Line:
    """The sections and loops of one leg, used by both ways."""

    def __init__(self, plan: LinePlan, number: int, clock: Clock, windows: Closures) -> None:
        self.plan = plan
        self.clock = clock
        self.key = order_key(COMPLETION, number)
        key = order_key(ARRIVAL, number)  # who enters is decided after all arrivals of an instant
        self.windows = windows if windows else None  # when no section is entered
        self.sections = [Section(run, Alarm(clock, key, lambda k=k: self.advance(k))) for k, run in enumerate(plan.run_h)]  # type: ignore[misc]
        self.standing = [[0, 0] for _ in range(len(plan.run_h) + 1)]  # trains at or on their way to a node, by way
        self.runners: dict[int, Runner] = {}  # by number of the vehicle
        self.legs: list[LineLeg] = []  # out and back
        self.holds: list[Any] | None = None
        self._run = (self._arrive,)

    def start(self, runner: Runner) -> None:
        """Take in a train that stands at the line's end."""
        self.runners[runner.v.number] = runner
        self._queue(runner)

    def _queue(self, runner: Runner) -> None:
        d = runner.direction
        section = self.sections[runner.node - d]
        queue, now = section.queues[d], self.clock.env._now
        head = queue[0][3] if queue else None
        heappush(queue, (runner.v.priority, runner.turn_h, self.clock.ticket(), runner))
        if head is not None and queue[0][3] is not head:  # overtaken by a better class
            self._because(head, TURN, now)
        section.alarm.arm(now)

    def advance(self, k: int) -> None:
        """Let trains enter a section while one may."""
        section, now = self.sections[k], self.clock.env._now
        while True:
            able = self._able(section, k, now)
            if not able:
                return
            chosen = able[0] if len(able) == 1 else self._preferred(section)
            at, reason = self._free(section, section.queues[chosen][0][3], now)
            if at > now:
                for d in able:
                    self._because(section.queues[d][0][3], reason if d == chosen or reason == WINDOW else TURN, now)
                if at != INFINITE:
                    section.alarm.arm(at)
                return
            self._enter(section, k, heappop(section.queues[chosen])[3], now)

    def _able(self, section: Section, k: int, now: float) -> list[int]:
        """Return the ways whose foremost waiting train has a place at the far end; note why another has none."""
        able = []
        for d in (0, 1):
            if section.queues[d]:
                reason = self._without_place(k + 1 - d, d)
                if reason is None:
                    able.append(d)
                else:
                    self._because(section.queues[d][0][3], reason, now)
        return able

    def _without_place(self, node: int, direction: int) -> int | None:
        """Return why a loop has no place for a train, None if it has one; the line's ends always have."""
        if node in (0, len(self.sections)):
            return None
        tracks, standing = self.plan.loops[node - 1], self.standing[node]
        if sum(standing) >= tracks:
            return FULL
        return KEPT if standing[direction] >= tracks - 1 else None

    def _preferred(self, section: Section) -> int:
        """Return who goes next of two that could: the better class, then by the policy; a long row ends for whoever waits."""
        out, back = (section.queues[d][0] for d in (0, 1))
        if section.streak >= max(LONGEST_ROW, self.plan.platoon):
            return 1 - section.last
        if self.plan.platoon and out[0] == back[0]:
            return section.last if section.streak < self.plan.platoon else 1 - section.last
        return 0 if out[:3] < back[:3] else 1

    def _free(self, section: Section, runner: Runner, now: float) -> tuple[float, int]:
        """Return when a section is free for a train [h], and what holds the train until then."""
        d, headway = runner.direction, self.plan.headway_h
        at, reason = now, TURN
        if section.clear_h[1 - d] > at:
            at, reason = section.clear_h[1 - d], OPPOSING
        following = section.entered_h[d] + headway if headway else section.clear_h[d]
        if following > at:
            at, reason = following, FOLLOWING
        closures = self._closures(runner)
        if closures is not None and not closures.is_open(at):
            at, reason = closures.next_open(at), WINDOW
        return at, reason

    def _closures(self, runner: Runner) -> Closures | None:
        return runner.leg.closures if self._is_end(runner.node) else self.windows

    def open_h(self, begin: float, end: float) -> float:
        """Return the hours in which trains may enter sections [h]."""
        return end - begin - (self.windows.between(begin, end) if self.windows is not None else 0.0)

    def _is_end(self, node: int) -> bool:
        return node == 0 or node == len(self.sections)

    def _because(self, runner: Runner, reason: int, now: float) -> None:
        """Begin a hold for a reason, unless the one under way has the same."""
        if reason != runner.reason:
            runner.held(runner.since_h, now, runner.reason, self._closures(runner), self.holds)
            runner.reason, runner.since_h = reason, now

    def _enter(self, section: Section, k: int, runner: Runner, now: float) -> None:
        d, v = runner.direction, runner.v
        runner.held(runner.since_h, now, runner.reason, self._closures(runner), self.holds)
        run = section.run_h[d] if runner.slower == 1.0 else on_grid(section.run_h[d] * runner.slower)
        end = max(now + run, section.out_h[d] + self.plan.headway_h)  # behind its leader all the way
        if k == self.plan.worst:
            self._occupied(section, runner)
        section.streak = section.streak + 1 if section.last == d else 1
        section.last = d
        section.entered_h[d], section.out_h[d], section.clear_h[d] = now, end, end + self.plan.interval_h
        near, far = runner.node, k + 1 - d
        runner.node = far
        self._claim(far, d, now)
        v.callbacks = self._run
        heappush(self.clock.queue, (end, self.key + v.number, 0, v))
        if self._is_end(near):
            runner.leg.entered(runner)
        else:
            self.standing[near][d] -= 1
            self.sections[near - 1].alarm.arm(now)
            self.sections[near].alarm.arm(now)

    def _claim(self, node: int, direction: int, now: float) -> None:
        """Take a place at a node; who waits for one there may have another reason now."""
        self.standing[node][direction] += 1
        if not self._is_end(node):
            for d in (0, 1):
                waiting = self.sections[node - 1 + d].queues[d]
                reason = self._without_place(node, d) if waiting else None
                if reason is not None:
                    self._because(waiting[0][3], reason, now)

    def _occupied(self, section: Section, runner: Runner) -> None:
        """Book what the train before took from the worst section: the time in which this one couldn't enter."""
        before, headway = section.last, self.plan.headway_h
        begin = section.entered_h[before]
        if begin != -INFINITE:
            end = begin + headway if headway and before == runner.direction else section.clear_h[before]
            runner.leg.occupied(begin, end, runner.v)

    def _arrive(self, v: Vehicle) -> None:
        runner, now = self.runners[v.number], self.clock.env._now
        if self._is_end(runner.node):
            self.standing[runner.node][runner.direction] -= 1
            del self.runners[v.number]
            runner.leg.through(runner, now)
        else:
            runner.turn_h = runner.since_h = now
            runner.reason = TURN
            self._queue(runner)
