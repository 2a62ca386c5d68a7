"""The two ways of a line with the face of legs, what the books say of them, and background trains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from corridor_sim.engine.books import COLUMNS, Book
from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.clock import ARRIVAL, COMPLETION, Clock, order_key
from corridor_sim.engine.closures import Closures
from corridor_sim.engine.legs import Leg, Pace
from corridor_sim.engine.lines import ROOM, TURN, Line, Runner
from corridor_sim.engine.others import OtherSource
from corridor_sim.engine.rooms import Gate, Need, Room
from corridor_sim.plan import LegPlan
from corridor_sim.streams import Draws, mean

if TYPE_CHECKING:
    from corridor_sim.engine.world import World

INFINITE = float("inf")
_BUSY, _OTHER_BUSY = COLUMNS.index("busy_h"), COLUMNS.index("other_busy_h")


class LineLeg(Gate, Leg):
    """One way along a line.

    A train that needs room ahead claims it when it may queue at the line's end, and one such train queues at a time; it keeps the
    room behind until it enters. The others queue at once.
    """

    def __init__(self, plan: LegPlan, number: int, clock: Clock, book: Book, closures: Closures, run: Draws, line: Line) -> None:
        Gate.__init__(self, clock, order_key(COMPLETION, number))
        Leg.__init__(self, plan, number, clock, book, closures, run)
        self.line = line
        line.legs.append(self)
        self.claiming = False  # whether a train with room ahead queues at the line's end
        self.mean_h = mean(run.law)
        self.paces: dict[int, Pace] = {}

    def entry(self, need: Callable[[Vehicle], Need | None], pace: Pace | None) -> Callable[[Vehicle], None]:
        """Return the callback of a step that runs over the line (`need(v)`: the room ahead)."""

        def ask(v: Vehicle) -> None:
            if pace is not None:
                self.paces[v.number] = pace
            self.ask(v, need(v), self.clock.env._now)

        return ask

    def ask(self, v: Vehicle, need: Need | None, now: float) -> None:
        """Queue a train at the line's end, or first for the room that it needs ahead."""
        if need:
            super().ask(v, need, now)
            return
        v.arrived_h = now
        self.line.start(self._runner(v, now, 0 if need is not None else len(v.holds)))

    def ready(self, now: float) -> bool:
        """Return whether a train may claim room and queue at the line's end."""
        return not self.claiming

    def begin(self, v: Vehicle, now: float, blocked_h: float) -> None:
        """Queue a train whose room is claimed; its wait for that is a hold, too."""
        runner = self._runner(v, now, len(v.holds))
        self.claiming = runner.claims = True
        without_room_h = min(blocked_h, now - v.arrived_h)
        for begin, end, reason in ((v.arrived_h, now - without_room_h, TURN), (now - without_room_h, now, ROOM)):
            runner.held(begin, end, reason, self.closures, self.line.holds)
        self.line.start(runner)

    def let_go(self, v: Vehicle, held: list[tuple[Room, float]]) -> None:
        """Keep the room behind: the train hasn't left yet."""
        v.holds = v.holds + held

    def _runner(self, v: Vehicle, now: float, ahead: int) -> Runner:
        node = 0 if self.plan.direction == 0 else len(self.line.sections)
        runner = Runner(v, self, node, self._slower(v, now), now)
        runner.ahead = ahead
        return runner

    def _slower(self, v: Vehicle, now: float) -> float:
        """Return the factor on a train's run times: its service's pace, the leg's variability and dated speeds [1]."""
        if now >= self.change_at:
            self.apply_changes(now)
        pace = self.paces.pop(v.number, None)
        drawn = self.run.next() / self.mean_h if self.run.law != ("constant", self.mean_h) else 1.0
        return drawn if pace is None else drawn * pace.factor

    def quickest(self) -> float:
        """Return the least factor on run times, by the laws of all dates; 0 where chance may make any [1]."""
        laws = [law for _, law in self.plan.run_h]
        if any(law[0] != "constant" for law in laws) or not self.mean_h:
            return 0.0
        return min(1.0, *(float(law[1]) / self.mean_h for law in laws))

    def entered(self, runner: Runner) -> None:
        """Give up the room behind a train that is on the line now, and let the next one claim."""
        v = runner.v
        behind, v.holds = v.holds[runner.ahead :], v.holds[: runner.ahead]
        if runner.claims:
            self.claiming = False
            self.alarm.arm(self.clock.env._now)
        super().let_go(v, behind)

    def occupied(self, begin: float, end: float, v: Vehicle) -> None:
        """Book hours of the worst section."""
        self.book.occupy(begin, end, v.service is not None, self.line.windows)

    def through(self, runner: Runner, now: float) -> None:
        """Book a train that has come through and send it on."""
        v = runner.v
        arrive, closed, blocked, queued = v.arrived_h, runner.closed_h, runner.blocked_h, runner.queued_h
        start = arrive + closed + blocked + queued  # as if it had waited for all of it before
        v.closed_h += closed
        v.blocked_h += blocked
        v.queue_h += queued
        v.moving_h += now - start
        if v.service is None:
            self.book.other_at_edge(arrive, now, now)
        else:
            self.book.at_edge(arrive, start, start, now, (v.net_t, v.wagons, v.trucks, v.teu, queued, closed, 0.0, blocked))
            if self.visits is not None:
                self.visits.append((v.number, v.service.number, self.number, v.heading, arrive, start, now, now, 0.0, v.units, v.net_t))
        step = v.route[v.step]
        v.step += 1
        for callback in step:
            callback(v)


# Wiring


def make_line(world: World, k: int) -> Line:
    """Return the line of a plan; its two ways join it when they are made."""
    number = next(j for j, leg in enumerate(world.plan.legs) if leg.line == k)
    dateless = replace(world.plan.legs[number], headway_h=((-INFINITE, 0.0),))  # if it closes for good, those on it go on
    closed = Closures([*world.leg_hours.spells(dateless), *world.outages.stops("legs", number)])
    line = Line(world.plan.lines[k], number, world.clock, closed)
    line.holds = world.holds
    return line


def arm_others(world: World) -> None:
    """Let background trains come to every line that has some."""
    for line in world.lines:
        for leg, other in zip(line.legs, line.plan.others, strict=False):
            times, law = world.other_times(line.plan.name, other), other.service_h or ("constant", 0.0)
            draws = Draws(law, world.stream(line.plan.name, other.name, "other", "service"))
            key = order_key(ARRIVAL, leg.number)
            OtherSource(world.clock, key, times, other.direction, draws, leg, world.numbers.__next__).arm()


# What the books say


def line_capacity(line: Line, direction: int, opened: list[float]) -> list[float]:
    """Return the hours of the worst section that fall to one way, by month: open hours by its share of the use [h]."""
    used = [[month[_BUSY] + month[_OTHER_BUSY] for month in leg.book.finish()] for leg in line.legs]
    both = [sum(month) for month in zip(*used, strict=True)]
    shares = [mine / all_h if all_h else 0.5 for mine, all_h in zip(used[direction], both, strict=True)]
    return [hours * share for hours, share in zip(opened, shares, strict=True)]


def faults_of(line: Line) -> list[str]:
    """Return what is wrong on a line: trains that no loop counts, loops with more trains than they may have."""
    found = [[0, 0] for _ in line.standing]
    for runner in line.runners.values():
        if runner.node != runner.direction * len(line.sections):  # it is beyond the end where it entered
            found[runner.node][runner.direction] += 1
    faults = [
        f"{line.plan.name}, node {node}: {counted} trains counted out and back, {there} found"
        for node, (counted, there) in enumerate(zip(line.standing, found, strict=True))
        if counted != there
    ]
    return faults + [
        f"{line.plan.name}, loop {node}: {there} trains out and back on {tracks} tracks"
        for node, (tracks, there) in enumerate(zip(line.plan.loops, found[1:], strict=False), start=1)
        if sum(there) > tracks or max(there) >= tracks
    ]


# What a line can pass


def tonnes(line: Line, open_h: float, spells: int, largest_t: tuple[float, float]) -> tuple[float, float, float]:
    """Return the most net tonnes that trains can bring out, back and both together through open hours in so many spells [t].

    Trains of one way enter a section a headway apart, or one after the other; each takes at least that from both ways. One more
    train enters in each spell. largest_t: the largest load out and back.
    """
    bounds = [_entries(line, runs, open_h, spells, largest_t) for runs in line.plan.run_h]
    out, back, both = (min(column) for column in zip(*bounds, strict=True))
    return out, back, both


def _entries(
    line: Line, runs: tuple[float, float], open_h: float, spells: int, largest_t: tuple[float, float]
) -> tuple[float, float, float]:
    headway, quickest = line.plan.headway_h, min(leg.quickest() for leg in line.legs)
    holds = [run * quickest + line.plan.interval_h for run in runs]
    steps = [min(headway, hold) if headway else hold for hold in holds]
    apart = [min(headway, sum(holds)) if headway else hold for hold in holds]
    if not all(steps):
        return INFINITE, INFINITE, INFINITE
    out, back = (load * (open_h / gap + spells) for load, gap in zip(largest_t, apart, strict=True))
    both = (open_h + spells * max(steps)) * max(load / step for load, step in zip(largest_t, steps, strict=True))
    return out, back, both
