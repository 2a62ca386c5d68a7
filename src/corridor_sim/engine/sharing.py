"""Services that share their vessels: a stand may call one that idles for another service of the fleet where they meet."""

from __future__ import annotations

from collections.abc import Callable, Container
from heapq import heappush
from typing import TYPE_CHECKING

from corridor_sim.engine.apart import ApartStand
from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.clock import Alarm, Clock
from corridor_sim.engine.services import Service
from corridor_sim.engine.stands import IDLE, Stand
from corridor_sim.plan import ServicePlan

if TYPE_CHECKING:
    from corridor_sim.engine.fleets import Fleet

INFINITE = float("inf")


class FleetStand(Stand):
    """A stand that vessels of other services of the fleet may come to, where they meet."""

    def __init__(self, service: FleetService, end: int, number: int, clock: Clock) -> None:
        super().__init__(service, end, number, clock)
        self.runs = service
        self.far: FleetStand = self  # the service's stand at the other end, see `Fleet.join`
        self.siblings: list[FleetStand] = []  # stands of the fleet's other services at this place
        self.lenders: tuple[FleetStand, ...] = ()  # where vessels of other services idle that could come here, or to the far end
        self._stayed = Alarm(clock, self._key, self._when_stayed)

    def offer(self) -> None:
        """See whether a vessel should leave; if so decide after all else at this instant."""
        self.lacking = 0.0
        if self.pending:
            return
        if not (self.idle or self.far.idle):
            for stand in self.lenders:
                if stand.idle:
                    break
            else:
                return
        now = self.env._now
        if self.which(now) is not None:
            self.pending = True
            self.callbacks = self._decide
            heappush(self.queue, (now, self._key, 0, self))

    def decide(self, _event: object) -> None:
        """Let vessels leave until no rule is true or no vessel is left; who stays idle may be wanted by another service."""
        super().decide(_event)
        if self.idle:
            self.tell_others()

    def tell_others(self) -> None:
        """Let the other services that meet here see that a vessel idles."""
        for stand in self.siblings:
            stand.offer()
            stand.far.offer()

    def _vehicle(self, now: float) -> Vehicle | None:
        if not self.idle and self.waiting():
            self._call_over(lambda other: other.which(now) is None)
        return super()._vehicle(now)

    def _call_over(self, spares: Callable[[FleetStand], bool]) -> None:
        """Have a vessel that idles here for another service, if its stay is over and that one spares it."""
        fleet = self.runs.fleet_of
        for other in self.siblings:
            if other.idle and spares(other) and fleet.spares(other.service):
                v = next((v for v in other.idle if fleet.stayed_until(v) <= self.env._now), None)
                if v is not None:
                    other.idle.remove(v)
                    fleet.call_over(v, other, self)
                    return
                self._stayed.arm(min(map(fleet.stayed_until, other.idle)))

    def _when_stayed(self) -> None:
        self.offer()
        if not self.pending:
            self.send_idle()

    def send_idle(self) -> None:
        """Send vessels that idle here empty to the far end, if a call's worth waits there and nothing here."""
        far, now, idle_h = self.far, self.env._now, self.rule.idle_h
        if idle_h is None or self.waiting() or not far.wants_empty(now):
            return
        if not self.idle:
            self._call_over(lambda other: not other.waiting() and self.has_more(other))
        while self.idle and far.wants_empty(now):
            due = self.idle[0].empty_since + idle_h  # type: ignore[attr-defined]
            if due > now:
                self._idle.arm(due)
                return
            v = self.idle.popleft()
            self.hours["cargo_wait_h"] += now - v.idle_since
            far.coming += 1
            self.service.leave_empty(self, v, IDLE, now)

    def recause(self) -> None:
        """See again why lots wait here."""
        for pen in self.pens:
            pen.recause()

    def has_more(self, other: FleetStand) -> bool:
        """Return whether more load would wait for each vessel of this service, with one more, than for each of another."""
        mine, its = self.runs, other.runs
        return mine.waiting_load() / (mine.fleet + 1) > its.waiting_load() / its.fleet

    def waiting_load(self) -> float:
        """Return all that waits here, in vessels."""
        return Stand.fill(self)


class ApartFleetStand(FleetStand, ApartStand):
    """A stand of a fleet's service that keeps classes apart."""


class FleetService(Service):
    """A service whose vessels are those of a fleet; `fleet` counts the ones assigned to it."""

    def __init__(
        self, plan: ServicePlan, number: int, clock: Clock, numbers: Callable[[], int], stand: type[Stand], fleet: Fleet
    ) -> None:
        super().__init__(plan, number, clock, numbers, stand)
        self.fleet_of = fleet
        self.fleet_stands: tuple[FleetStand, FleetStand] = self.stands  # type: ignore[assignment]
        self.wanted = INFINITE  # the fleet decides who leaves

    def set_fleet(self, vessels: float) -> None:
        """Do nothing: the vessels are the fleet's."""

    def set_active(self, active: bool) -> None:
        """Run or stop; vessels that idle here go to other services then."""
        super().set_active(active)
        for stand in self.stands if not active else ():
            idle = list(stand.idle)
            stand.idle.clear()
            for v in idle:
                stand.hours["cargo_wait_h"] += self.clock.now - v.idle_since
                self.rest(stand, v)

    def waiting_load(self) -> float:
        """Return what waits at both ends, in vessels."""
        return sum(stand.waiting_load() for stand in self.fleet_stands)

    def rest(self, stand: Stand, v: Vehicle) -> None:
        """Hand a vessel that has emptied to its fleet."""
        self.fleet_of.receive(stand, v)  # type: ignore[arg-type]

    def settle(self, stand: Stand, v: Vehicle) -> None:
        """Let a vessel wait here until a rule fires."""
        Service.rest(self, stand, v)

    def has_free(self, stuck: Container[int]) -> bool:
        """Return whether some vessel of the fleet isn't among those that are stuck (by id)."""
        return self.fleet_of.has_free(stuck)
