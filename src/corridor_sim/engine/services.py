"""Services: vehicles that run between two stands, by steps over legs and stations or by sea between two ports."""

from __future__ import annotations

from collections.abc import Callable, Container
from heapq import heappush
from typing import Any

from corridor_sim.engine.cargo import Lot, Vehicle
from corridor_sim.engine.clock import ARRIVAL, COMPLETION, Clock, order_key
from corridor_sim.engine.ports import Berth, Port
from corridor_sim.engine.stands import AFTER_DEPARTURE, IDLE, Stand
from corridor_sim.errors import CorridorError
from corridor_sim.plan import UNLIMITED, ServicePlan
from corridor_sim.streams import Draws

INFINITE = float("inf")
MOST_STARTS = 10_000  # vehicles of unlimited supply at one instant

class Service:
    """A service and its vehicles; a finite fleet circulates, an unlimited one forms vehicles as needed."""

    def __init__(
        self, plan: ServicePlan, number: int, clock: Clock, numbers: Callable[[], int], stand: type[Stand] = Stand
    ) -> None:
        self.plan = plan
        self.name = plan.name
        self.number = number
        self.clock = clock
        self.numbers = numbers
        self.priority = plan.priority
        self.active = False  # until `World.start`
        self.unlimited = plan.vessels[0][1] == UNLIMITED
        self.stands: tuple[Stand, Stand] = (stand(self, 0, 2 * number, clock), stand(self, 1, 2 * number + 1, clock))
        self.routes: tuple[tuple[Any, ...], tuple[Any, ...]] = ((), ())
        self.draw = 0
        self.ports: list[Port | None] = [None, None]
        self.berths: list[Berth | None] = [None, None]
        self.load: list[Draws | None] = [None, None]
        self.unload: list[Draws | None] = [None, None]
        self.sail: list[Draws | None] = [None, None]
        self.underway: set[Vehicle] = set()  # vehicles with load, at sea or on their steps
        self.spare: list[Vehicle] = []  # unlimited vehicles that have ended, to be used again
        self.fleet = 0
        self.wanted: float = 0
        self.entered = 0
        self.fleet_h = 0.0
        self.fleet_since = clock.now
        self.departures: list[Any] | None = None
        self.key = order_key(ARRIVAL, number)
        self.done_key = order_key(COMPLETION, number)

    # fleet ------------------------------------------------------------------------------------------------------------

    def set_limits(self, limits: dict[str, float]) -> None:
        """Have vehicles of these limits at both ends from the next loading on."""
        for stand in self.stands:
            stand.set_limits(limits, stand.payload)

    def set_payload(self, payload: float) -> None:
        """Load so much of the deadweight from the next loading on."""
        for stand in self.stands:
            stand.set_limits(stand.limits, payload)

    def set_active(self, active: bool) -> None:
        """Run or stop: what is under way arrives, nothing more leaves."""
        self.active = active
        for stand in self.stands:
            stand.offer()
            stand.send_idle()

    def set_fleet(self, vessels: float) -> None:
        """Have so many vehicles: new ones enter empty at home, those beyond leave when next empty."""
        if self.unlimited:
            return
        self.wanted = int(vessels)
        while self.fleet < self.wanted:
            self.count_fleet(1)
            end = self._entrance()
            v = self.new_vehicle(end)
            v.round_from = self.clock.now
            self.rest(self.stands[end], v)
        for stand in self.stands:
            while stand.idle and self.fleet > self.wanted:
                v = stand.idle.pop()
                if v.berth is not None:
                    v.berth.leave(v)
                self.count_fleet(-1)
            self._recause(stand)

    def _entrance(self) -> int:
        """Return the end where the next new vehicle enters: by turns as stated at the start, later at home."""
        places = self.plan.start_at if self.clock.now <= 0.0 else ()
        self.entered += 1
        return places[(self.entered - 1) % len(places)] if places else self.plan.home

    def has_free(self, stuck: Container[int]) -> bool:
        """Return whether some vehicle isn't among those that are stuck (by id), or there is none: who lacks one isn't in a knot."""
        return self.unlimited or not self.fleet or self.fleet > sum(id(v) in stuck for v in self.underway)

    def count_fleet(self, step: int) -> None:
        """Count vehicles that come to this service or leave it."""
        self.account_fleet()
        self.fleet += step

    def account_fleet(self) -> None:
        """Bring the integral of vessels up to now."""
        now = self.clock.now
        self.fleet_h += self.fleet * (now - self.fleet_since)
        self.fleet_since = now

    def new_vehicle(self, end: int) -> Vehicle:
        """Return a vehicle that stands empty at an end."""
        if self.spare:
            v = self.spare.pop()
            v.number, v.end = self.numbers(), end
            return v
        v = Vehicle(self.numbers(), self, 0, self.draw)
        v.end = end
        return v

    def rest(self, stand: Stand, v: Vehicle) -> None:
        """Let an empty vehicle wait at an end until a rule fires."""
        if self.fleet > self.wanted:
            if v.berth is not None:
                v.berth.leave(v)
            self.count_fleet(-1)
            return
        now = self.clock.env._now
        v.end = stand.end
        v.idle_since = now
        stand.idle.append(v)
        if v.berth is not None:
            v.berth.rest(v)
        self._recause(stand)
        stand.offer()
        if stand.rule.idle_h is not None and not stand.waiting():
            stand.send_idle()

    def _recause(self, stand: Stand) -> None:
        if not self.unlimited:
            for pen in stand.pens:
                pen.recause()

    # leaving ----------------------------------------------------------------------------------------------------------

    def leave(self, stand: Stand, v: Vehicle, rule: int, now: float) -> None:
        """Send a vehicle for its load: aboard at once, or at a berth first."""
        v.rule = rule
        stand.last_sent = now
        v.clear()
        v.heading = self.plan.heading ^ stand.end
        if stand.one_at_a_time:
            stand.forming = True
            v.first_start = stand_freed(stand)
        berth = self.berths[stand.end]
        if v.berth is not None and v in v.berth.resting:
            v.berth.resting.remove(v)
        if berth is None or v.berth is not None:
            self.load_now(stand, v, now)
        else:
            stand.called += 1
            stand.look_again()
            self._recause(stand)
            v.callbacks = None
            v.at = "load"
            berth.ask(v, (), now)

    def load_now(self, stand: Stand, v: Vehicle, now: float) -> None:
        """Board what waits and handle it; then leave."""
        stand.board(v, now)
        if not v.lots and v.rule != AFTER_DEPARTURE:  # another service took what it was called for
            if v.berth is not None:
                v.berth.leave(v)
            self.rest(stand, v)
            return
        v.departed_h = now
        if v.lots:
            self.underway.add(v)
        self._recause(stand)
        hours = self.handling_h(stand.end, v, self.load[stand.end])
        if self.plan.mode == "sea" or hours:
            end = self.placed_handling(stand.end, v, now, hours)
            self._after(v, end, self._loaded)
        else:
            self.depart(stand, v, now)

    def handling_h(self, end: int, v: Vehicle, law: Draws | None) -> float:
        """Return the hours of handling at an end by the service's own law or the berth's rates [h]."""
        if law is not None:
            return law.next()
        berth = self.berths[end]
        return berth.work_h(v) if berth is not None else 0.0

    def placed_handling(self, end: int, v: Vehicle, now: float, hours: float) -> float:
        """Return when handling that can start now ends, with ramps, cranes and weather; the waits are booked [h]."""
        berth, stand = self.berths[end], self.stands[end]
        ramped, start = (now, now) if berth is None else berth.take_pools(now, hours)
        port = self.ports[end]
        finish, weather, closed = (start + hours, 0.0, 0.0) if port is None or not hours else port.handled(start, hours)
        worked = finish - start - weather - closed
        v.queue_h += start - now
        v.weather_h += weather
        v.closed_h += closed
        v.moving_h += worked
        stand.hours["ramp_wait_h"] += ramped - now
        stand.hours["crane_wait_h"] += start - ramped
        stand.hours["weather_wait_h"] += weather
        stand.hours["closed_wait_h"] += closed
        stand.hours["handling_h"] += worked
        if berth is not None:
            berth.book(v, now, finish)
        return finish

    def _after(self, v: Vehicle, at: float, step: Callable[[Any], None]) -> None:
        v.callbacks = (step,)
        heappush(self.clock.queue, (at, self.done_key + v.number, 0, v))

    def _loaded(self, v: Vehicle) -> None:
        stand, now = self.stands[v.end], self.clock.env._now
        port = self.ports[v.end]
        start = port.departure.next_open(now) if port is not None and port.departure else now
        if port is not None and start > now:
            weather, closed = port.waited(port.departure, now, start)
            v.weather_h += weather
            v.closed_h += closed
            stand.hours["weather_wait_h"] += weather
            stand.hours["closed_wait_h"] += closed
            if start != INFINITE:
                self._after(v, start, self._cast_off)
        else:
            self._cast_off(v)

    def _cast_off(self, v: Vehicle) -> None:
        if v.berth is not None:
            v.berth.leave(v)
        self.depart(self.stands[v.end], v, self.clock.env._now)

    def leave_empty(self, stand: Stand, v: Vehicle, rule: int, now: float) -> None:
        """Send a vehicle empty to the far end."""
        v.rule = rule
        v.clear()
        v.heading = self.plan.heading ^ stand.end
        v.departed_h = now
        self._recause(stand)
        self._loaded(v)

    def depart(self, stand: Stand, v: Vehicle, now: float) -> None:
        """Start the run to the far end."""
        stand.count(v, v.rule, now)
        v.draw = self.draw + v.heading
        if len(v.landing) > 1:
            v.landing.sort(key=lambda claim: claim[0].number)
        v.route = self.routes[stand.end]
        v.step = 1
        if self.departures is not None:
            load = (v.units, v.fill, v.wagons, v.trucks, v.teu, v.gross_t, len(v.lots))
            v.row = [v.number, self.number, stand.end, now, float("nan"), v.rule, *load]
            self.departures.append(v.row)
        sail = self.sail[stand.end]
        if sail is not None:
            self._sail(stand, v, now, sail)
        else:
            v.route[0][0](v)

    def _sail(self, stand: Stand, v: Vehicle, now: float, sail: Draws) -> None:
        held, v.holds = v.holds, []
        hours = sail.next()
        v.moving_h += hours
        stand.hours["sea_h"] += hours
        self._book_sea(stand, v, now, hours)
        self._after(v, now + hours, self.arrive)
        for room, amount in held:
            room.give(amount)
        told, v.first_start = v.first_start, None
        if told is not None:
            told()

    def _book_sea(self, stand: Stand, v: Vehicle, now: float, hours: float) -> None:
        for leg in self.routes[stand.end]:
            leg.book_run(v, now, hours)

    # landing ----------------------------------------------------------------------------------------------------------

    def arrive(self, v: Vehicle) -> None:
        """Come in at the far end: unload where there is load, rest where there isn't."""
        end = 1 - v.end
        stand, now = self.stands[end], self.clock.env._now
        v.end = end
        if not v.lots:
            if v.rule == IDLE:
                stand.coming = max(0, stand.coming - 1)
            self._finish(stand, v)
            return
        berth = self.berths[end]
        if berth is not None:
            v.at = "unload"
            berth.ask(v, tuple(v.landing), now)
        elif self.plan.mode == "sea" and v.landing:
            raise AssertionError(f"{self.name}: finite room without a berth at the end")
        else:
            self.unload_now(stand, v, now)

    def unload_now(self, stand: Stand, v: Vehicle, now: float) -> None:
        """Handle the load; then land it."""
        hours = self.handling_h(stand.end, v, self.unload[stand.end])
        if self.plan.mode == "sea" or hours:
            end = self.placed_handling(stand.end, v, now, hours)
            if end > now or v.berth is not None:
                self._after(v, end, self._unloaded)
                return
        self._unloaded(v)

    def _unloaded(self, v: Vehicle) -> None:
        if v.berth is not None and self.plan.waits_at != "berth":
            v.berth.leave(v)
        self.land(v)

    def land(self, v: Vehicle) -> None:
        """Put the load down: each lot goes to its next pen or is delivered."""
        now = self.clock.env._now
        self.underway.discard(v)
        v.holds = []  # what the load claimed is now held by the lots
        lots, v.lots = v.lots, []
        for lot in lots:
            lot.moving_h += v.moving_h
            lot.queue_h += v.queue_h
            if v.weather_h:
                lot.weather_h += v.weather_h
            if v.closed_h:
                lot.closed_h += v.closed_h
            if v.blocked_h:
                lot.blocked_h += v.blocked_h
            self._put(lot, now)
        self._finish(self.stands[v.end], v)

    @staticmethod
    def _put(lot: Lot, now: float) -> None:
        pens = lot.flow.pens[lot.trip.route]
        lot.stage += 1
        if lot.stage == len(pens):
            lot.flow.deliver(lot, now)
            return
        lot.at_origin = False
        pen = pens[lot.stage]
        lot.room = pen.room[lot.flow.direction]
        pen.add(lot, now)

    def _finish(self, stand: Stand, v: Vehicle) -> None:
        if self.unlimited:
            self.spare.append(v)
            return
        v.clear()
        if stand.end == self.plan.home:
            now = self.clock.env._now
            stand.cycles += 1
            stand.cycle_h += now - v.round_from
            v.round_from = now
        self.rest(stand, v)

    def step_end(self, end: int) -> Callable[[Any], None]:
        """Return the last callback of the steps that lead to an end: rail and road vehicles land there."""

        unload, land = self.unload, self.land

        def at_end(v: Vehicle) -> None:
            v.end = end
            if v.lots and unload[end] is None:
                land(v)
            elif v.lots:
                self.unload_now(self.stands[end], v, self.clock.env._now)
            else:
                if v.rule == IDLE:
                    self.stands[end].coming = max(0, self.stands[end].coming - 1)
                self._finish(self.stands[end], v)

        return at_end


def stand_freed(stand: Stand) -> Callable[[], None]:
    """Return what a train of unlimited supply does when it starts: the next one may form."""

    def freed() -> None:
        stand.forming = False
        now = stand.env._now
        stand.starts = stand.starts + 1 if stand.started_h == now else 0
        stand.started_h = now
        if stand.starts > MOST_STARTS:
            raise CorridorError(f"services.{stand.service.name}: unlimited supply, and nothing holds its vehicles back")
        stand.offer()

    return freed
