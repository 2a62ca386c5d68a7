"""Locomotives of a district: a train waits at a boundary for one, takes it over the district and leaves it at the other.

Trains are served first come, first served within their priority. A train takes its locomotive and claims the next room ahead at one
instant, so it holds neither while it waits for the other. A locomotive that stands idle while a train waits at the other boundary
runs there light, one a train. A train that is held up on its way may give its locomotive up and call for another one (see `halts`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.clock import COMPLETION, DECISION, Alarm, Clock, order_key
from corridor_sim.engine.pool_edges import Row, months_of
from corridor_sim.engine.rooms import Gate, Need
from corridor_sim.pool_plan import DistrictPlan
from corridor_sim.units import on_grid

if TYPE_CHECKING:
    from corridor_sim.engine.world import World

ELEMENTS = 3 << 16  # element numbers of districts, beyond all others
PATIENCE_H = 720.0  # a boundary where trains wait and no locomotive has come for so long is starved
Call = tuple[Vehicle, float, Callable[[], None]]  # a train without a locomotive, its share of the way, what to do when it goes on


class Side(Gate):
    """A boundary: locomotives that stand there, the longest idle first, and trains that wait for one and for room ahead."""

    def __init__(self, district: District, end: int, stock: int) -> None:
        clock = district.clock
        super().__init__(clock, order_key(DECISION, ELEMENTS + 4 * district.number + end))
        self.district, self.end, self.name = district, end, f"locomotives.{district.name}"
        self.idle: deque[float] = deque([clock.now] * stock)  # since when each stands
        self.coming = 0  # light ones on their way here
        self.quiet = clock.now  # since when no locomotive has come for trains that wait
        self.leaves = Alarm(clock, order_key(DECISION, ELEMENTS + 4 * district.number + 2 + end), partial(district.send, end))

    @property
    def wanted(self) -> int:
        """How many locomotives lack; who waits where one stands, waits for room ahead."""
        return 0 if self.idle else self.waiting

    def ready(self, now: float) -> bool:
        """Return whether a locomotive stands here."""
        return bool(self.idle)

    def begin(self, v: Vehicle, now: float, blocked_h: float) -> None:
        """Give a train the locomotive that has been idle longest."""
        self.district.haul(self, v, now)
        wait = now - v.arrived_h
        blocked = min(blocked_h, wait)
        v.blocked_h += blocked
        for lot in v.lots:
            lot.vehicle_h += wait - blocked


class District:
    """The locomotives between two boundary places, wherever they are."""

    def __init__(self, plan: DistrictPlan, number: int, clock: Clock) -> None:
        self.plan, self.name, self.number, self.clock = plan, plan.name, number, clock
        self.key = order_key(COMPLETION, ELEMENTS + number)
        self.stock = sum(plan.stock)
        self.sides = (Side(self, 0, plan.stock[0]), Side(self, 1, plan.stock[1]))
        self.hauling: dict[int, Vehicle] = {}  # trains that have one, by id
        self.without: dict[int, Vehicle] = {}  # trains that gave theirs up on the way, by id
        self.calls: deque[tuple[float, Call]] = deque()  # since when each call waits
        self.called = 0  # trains that wait for a locomotive on the way, or for one that is on its way to them
        self.light: list[float] = []  # when each that runs light arrives
        self.since = clock.now
        self.hauling_h = self.light_h = self.idle_h = self.waiting_h = self.starved_h = self.without_h = 0.0
        self.taken = self.at_once = self.runs = self.given_up = 0

    # trains -----------------------------------------------------------------------------------------------------------

    def ask(self, v: Vehicle, end: int, need: Need | None) -> None:
        """Let a train wait its turn for a locomotive at a boundary, and for the room that it needs ahead."""
        side, now = self.sides[end], self.clock.env._now
        self.account(now)
        if not side.waiting:
            side.quiet = now
        side.ask(v, need, now)
        self._look(1 - end)

    def haul(self, side: Side, v: Vehicle, now: float) -> None:
        """Have a train take a locomotive and go on."""
        self.account(now)
        side.idle.popleft()
        side.quiet = now
        self.hauling[id(v)] = v
        self.taken += 1
        self.at_once += v.arrived_h == now
        self.go_on(v, now)
        self._look(1 - side.end)

    def leave(self, v: Vehicle, end: int) -> None:
        """Have the locomotive of a train stand at a boundary; the train goes on at once."""
        now = self.clock.env._now
        self.account(now)
        del self.hauling[id(v)]
        self.go_on(v, now)
        self._stand(end, now)

    def go_on(self, v: Vehicle, now: float) -> None:
        """Have a train go on to its next step at once."""
        v.callbacks = v.route[v.step]
        v.step += 1
        heappush(self.clock.queue, (now, self.key + v.number, 0, v))

    # locomotives ------------------------------------------------------------------------------------------------------

    def _stand(self, end: int, now: float) -> None:
        if self.calls:
            self._answer(float(end), now)
            return
        side = self.sides[end]
        side.idle.append(now)
        side.quiet = now
        side.advance()
        self._look(end)

    def _look(self, end: int) -> None:
        """See when a locomotive may run light from a boundary; trains that come at the same instant take it first."""
        side, far = self.sides[end], self.sides[1 - end]
        if self.plan.light_h is not None and side.idle and far.wanted > far.coming:
            side.leaves.arm(max(side.idle[0] + self.plan.after_h, self.clock.now))

    def send(self, end: int) -> None:
        """Let locomotives that have stood long enough run light, one for each train that waits beyond those on their way."""
        side, far, now = self.sides[end], self.sides[1 - end], self.clock.now
        while side.idle and far.wanted > far.coming and side.idle[0] + self.plan.after_h <= now:
            self.account(now)
            side.idle.popleft()
            far.coming += 1
            self._run_light(1.0, now, partial(self._arrive, 1 - end))
        self._look(end)

    def _run_light(self, share: float, now: float, then: Callable[[], None]) -> None:
        """Let a locomotive run light over a share of the district, and do something when it is there."""
        at = now + on_grid(share * (self.plan.light_h or 0.0))
        self.runs += 1
        heappush(self.light, at)
        self.clock.call_at(at, self.key, then)

    def _arrive(self, end: int) -> None:
        now = self.clock.now
        self.account(now)
        heappop(self.light)
        self.sides[end].coming -= 1
        self._stand(end, now)

    # on the way -------------------------------------------------------------------------------------------------------

    def give_up(self, v: Vehicle, at: float) -> None:
        """Have a train lose its locomotive at a share of the way; it goes to who calls, else to the boundary that needs it more."""
        now = self.clock.now
        self.account(now)
        del self.hauling[id(v)]
        self.without[id(v)] = v
        self.given_up += 1
        if self.calls:
            self._answer(at, now)
            return
        lacking = [side.wanted - side.coming for side in self.sides]
        end = int(lacking[1] > lacking[0] or (lacking[0] == lacking[1] and at > 0.5))
        self.sides[end].coming += 1
        self._run_light(abs(end - at), now, partial(self._arrive, end))

    def call(self, v: Vehicle, at: float, started: Callable[[], None]) -> None:
        """Let a train that has none wait for a locomotive at a share of the way; `started` is called when it goes on."""
        now = self.clock.env._now
        self.account(now)
        self.called += 1
        self.calls.append((now, (v, at, started)))
        idle = [side.end for side in self.sides if side.idle]
        if idle:
            end = min(idle, key=lambda end: (abs(end - at), end))
            self.sides[end].idle.popleft()
            self._answer(float(end), now)

    def _answer(self, at: float, now: float) -> None:
        """Send a locomotive that is at a share of the way to the train that has called for the longest time."""
        _, call = self.calls.popleft()
        self._run_light(abs(call[1] - at), now, partial(self._rescue, call))

    def _rescue(self, call: Call) -> None:
        v, _, started = call
        now = self.clock.now
        self.account(now)
        heappop(self.light)
        self.called -= 1
        del self.without[id(v)]
        self.hauling[id(v)] = v
        self.taken += 1
        self.go_on(v, now)
        started()

    # sums -------------------------------------------------------------------------------------------------------------

    def account(self, now: float) -> None:
        """Bring the integrals up to now."""
        hours = now - self.since
        if not hours:
            return
        self.hauling_h += len(self.hauling) * hours
        self.light_h += len(self.light) * hours
        self.without_h += len(self.without) * hours
        self.waiting_h += self.called * hours
        if self.calls:
            self.starved_h += max(0.0, now - max(self.since, self.calls[0][0] + PATIENCE_H))
        for side in self.sides:
            self.idle_h += len(side.idle) * hours
            if side.wanted:
                self.waiting_h += side.wanted * hours
                self.starved_h += max(0.0, now - max(self.since, side.quiet + PATIENCE_H))
        self.since = now

    def sums(self) -> Row:
        """Return what has been counted, in the order of `records.TABLES["locomotive_months"]` after the codes."""
        now = self.clock.now
        self.account(now)
        hours = (self.hauling_h, self.light_h, self.idle_h, self.waiting_h, self.starved_h, self.without_h)
        return self.stock * now, *hours, self.taken, self.at_once, self.runs, self.given_up  # only differences of these are used


class Take:
    """The step of a route where a train takes a locomotive, and claims the next room ahead if there is one (`need(v)`)."""

    __slots__ = ("district", "end", "need")

    def __init__(self, district: District, end: int, need: Callable[[Vehicle], Need | None]) -> None:
        self.district, self.end, self.need = district, end, need

    def __call__(self, v: Vehicle) -> None:
        """Wait for a locomotive."""
        self.district.ask(v, self.end, self.need(v))


class Leave:
    """The step of a route where a train leaves its locomotive."""

    __slots__ = ("district", "end")

    def __init__(self, district: District, end: int) -> None:
        self.district, self.end = district, end

    def __call__(self, v: Vehicle) -> None:
        """Go on without the locomotive."""
        self.district.leave(v, self.end)


class DistrictEdges:
    """What districts have summed up to each edge; a month is the difference of two edges."""

    def __init__(self, world: World) -> None:
        self.districts = world.districts
        self.cuts: list[list[Row]] = []

    def cut(self) -> None:
        """Read every sum now."""
        self.cuts.append([district.sums() for district in self.districts])

    def rows(self) -> list[Row]:
        """Return the rows of `locomotive_months`."""
        return list(months_of([(float(k),) for k in range(len(self.districts))], self.cuts))


# for the audit ----------------------------------------------------------------------------------------------------------


def faults(world: World) -> Iterator[str]:
    """Yield districts whose locomotives aren't all found: standing, running light, or with the trains that are under way there."""
    if not world.districts:
        return
    loaded = {id(v): v for service in world.services if service.plan.mode != "sea" for v in service.underway}
    for district in world.districts:
        standing, light = sum(len(side.idle) for side in district.sides), len(district.light)
        if standing + light + len(district.hauling) != district.stock or any(at < world.clock.now for at in district.light):
            found = f"{standing} found standing, {light} light and {len(district.hauling)} with trains"
            yield f"{district.name}: {district.stock} locomotives, {found}"
        there = {key for key, v in loaded.items() if _is_hauled(v, district) and key not in district.without}
        known = {key for key, v in district.hauling.items() if v.lots}
        if there != known:
            yield f"{district.name}: {len(there)} loaded trains found under way with a locomotive, {len(known)} counted"


def _is_hauled(v: Vehicle, district: District) -> bool:
    """Return whether a train has passed the step where it takes a locomotive, and not yet the one where it leaves it."""
    groups = [group for side in district.sides for group in side.groups.values()]
    if any(v is waiting[2] for group in groups for waiting in group.waiting):
        return False
    begun: list[Any] = [step[0] for step in v.route[: max(0, v.step - (v.callbacks is not None))]]
    mine = [type(step) for step in begun if isinstance(step, Take | Leave) and step.district is district]
    return mine.count(Take) > mine.count(Leave)
