"""Fleets: vessels that serve several services, and where each goes when it empties.

A vessel that empties where services of its fleet meet goes to the one with the largest waiting load (at both ends, in vessels) per
vessel assigned, itself counted; a service below its minimum comes first, and a vessel stays for the shortest stay. One that
idles there may change too, when a call's worth waits for another service and none for its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Iterator
from functools import partial
from math import ceil

from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.clock import STATE, Clock, order_key
from corridor_sim.engine.services import Service
from corridor_sim.engine.sharing import FleetService, FleetStand
from corridor_sim.engine.stands import SUMMONED
from corridor_sim.plan import FleetPlan
from corridor_sim.units import on_grid

INFINITE = float("inf")
GOLDEN = 0.6180339887498949  # dockings are spread evenly over the period, whatever the number of vessels
AT_WORK, DOCKED, AWAY = range(3)


class Vessel(Vehicle):
    """A vessel of a fleet: since when it serves its service, when it is due to dock, where it is."""

    __slots__ = ("due_h", "empty_since", "since", "state")

    def __init__(self, number: int, service: Service) -> None:
        super().__init__(number, service, 0, service.draw)
        self.since = self.empty_since = 0.0
        self.due_h = INFINITE
        self.state = AWAY


class Fleet:
    """The vessels of several services: who is at hand, and who goes where."""

    def __init__(self, plan: FleetPlan, number: int, clock: Clock, numbers: Callable[[], int]) -> None:
        self.plan = plan
        self.name = plan.name
        self.clock = clock
        self.numbers = numbers
        self.key = order_key(STATE, number)
        self.services: list[FleetService] = []
        self.at: dict[int, list[FleetStand]] = {}  # place -> stands, in the order of the services
        self.vessels: list[Vessel] = []
        self.away: deque[Vessel] = deque()  # withdrawn: chartered away, or more than the fleet has now
        self.minimum: dict[int, int] = {}  # service -> vessels kept on it
        self.stay_h = 0.0
        self.count = self.docked = self.moves = 0  # vessels at work and docked; docked; changes of service
        self.wanted = 0
        self.work_h = self.dock_h = 0.0
        self.since = clock.now

    def join(self, services: list[FleetService]) -> None:
        """Have these services."""
        self.services = services
        for service in services:
            for stand, end in zip(service.fleet_stands, service.plan.ends, strict=True):
                self.at.setdefault(end.place, []).append(stand)
        for stands in self.at.values():
            for stand in stands:
                stand.siblings = [other for other in stands if other is not stand]
                stand.far = stand.runs.fleet_stands[1 - stand.end]
        for service in services:
            for stand in service.fleet_stands:
                stand.lenders = (*stand.siblings, *stand.far.siblings)

    def set_minimum(self, minimum: tuple[int, ...]) -> None:
        """Keep so many vessels on each service from now on."""
        self.minimum = {service.number: least for service, least in zip(self.services, minimum, strict=True)}

    # who is at hand ---------------------------------------------------------------------------------------------------

    def account(self) -> None:
        """Bring the integrals of vessels up to now."""
        now = self.clock.now
        self.work_h += (self.count - self.docked) * (now - self.since)
        self.dock_h += self.docked * (now - self.since)
        self.since = now

    def set_vessels(self, vessels: float) -> None:
        """Have so many vessels at hand: more enter empty at home, those beyond leave when next empty."""
        self.wanted = int(vessels)
        while self.count < self.wanted:
            self.account()
            self.count += 1
            self._enter(*((self.away.popleft(), self.plan.home) if self.away else self._new()))
        for spared in (True, False):
            for service in self.services:
                for stand in service.fleet_stands:
                    while stand.idle and self.count > self.wanted and (not spared or self.spares(service)):
                        self._withdraw(self._pulled(stand.idle[-1], stand))

    def _new(self) -> tuple[Vessel, int]:
        """Return a new vessel and the place where it enters: by turns as stated at the start, later at home."""
        v = Vessel(self.numbers(), self.services[0])
        places = self.plan.start_at if self.clock.now <= 0.0 else ()
        place = places[len(self.vessels) % len(places)] if places else self.plan.home
        if self.plan.dock is not None:
            every_h = self.plan.dock[0]
            first_h = (0.5 + len(self.vessels) * GOLDEN) % 1.0 * every_h
            v.due_h = on_grid(first_h + ceil((self.clock.now - first_h) / every_h) * every_h)
            self.clock.call_at(v.due_h, self.key, partial(self._due, v))
        self.vessels.append(v)
        return v, place

    def _enter(self, v: Vessel, place: int) -> None:
        """Let a vessel that comes from outside begin, empty, on the service that needs it most."""
        if v.due_h <= self.clock.now:
            self._dock(v)
            return
        stands = [stand for stand in self.at[place] if stand.service.active] or self.at[place]
        stand = self._most_wanted(stands, None)
        v.state = AT_WORK
        self._assign(v, stand)
        self._settle(v, stand)

    @staticmethod
    def _pulled(v: Vehicle, stand: FleetStand) -> Vessel:
        """Return a vessel that idled at a stand, taken from there."""
        stand.idle.remove(v)
        stand.hours["cargo_wait_h"] += stand.env._now - v.idle_since
        stand.recause()
        return v  # type: ignore[return-value]

    def _leave(self, v: Vessel) -> None:
        """Take a vessel from its service."""
        if v.berth is not None:
            v.berth.leave(v)
        v.service.count_fleet(-1)

    def _withdraw(self, v: Vessel) -> None:
        self._leave(v)
        self._send_away(v)

    def _send_away(self, v: Vessel) -> None:
        self.account()
        self.count -= 1
        v.state = AWAY
        self.away.append(v)

    def _due(self, v: Vessel) -> None:
        """Dock a vessel that idles when it is due; another docks when it is next empty, a chartered one when it is back."""
        stand = v.service.fleet_stands[v.end]
        if v.state == AT_WORK and v in stand.idle:
            self._leave(self._pulled(v, stand))
            self._dock(v)

    def _dock(self, v: Vessel) -> None:
        assert self.plan.dock is not None
        every_h, length_h = self.plan.dock
        self.account()
        self.docked += 1
        v.state = DOCKED
        back = self.clock.now + length_h
        self.clock.call_at(back, self.key, partial(self._undock, v))
        while v.due_h <= back:
            v.due_h += every_h
        self.clock.call_at(v.due_h, self.key, partial(self._due, v))

    def _undock(self, v: Vessel) -> None:
        self.account()
        self.docked -= 1
        if self.count > self.wanted:
            self._send_away(v)
        else:
            self._enter(v, self.plan.home)

    # who goes where ---------------------------------------------------------------------------------------------------

    def spares(self, service: Service) -> bool:
        """Return whether a service can lose a vessel."""
        return service.fleet > self.minimum[service.number]

    def stayed_until(self, v: Vehicle) -> float:
        """Return when a vessel's shortest stay on its service ends [h]."""
        return v.since + self.stay_h  # type: ignore[attr-defined, no-any-return]

    def receive(self, stand: FleetStand, v: Vessel) -> None:
        """Decide what a vessel does that has emptied: leave the fleet, dock, go on, or change service."""
        now = self.clock.env._now
        if self.count > self.wanted:
            self._withdraw(v)
        elif v.due_h <= now and self._has_load_home(stand):
            self._settle(v, stand)
        elif v.due_h <= now:
            self._leave(v)
            self._dock(v)
        elif not stand.service.active and self._is_better(stand):
            stand.service.leave_empty(stand, v, SUMMONED, now)
        else:
            target = self._next(stand, v)
            if target is not stand:
                self._change(v, target)
            self._settle(v, target)

    def _has_load_home(self, stand: FleetStand) -> bool:
        """Return whether load waits away from home for a vessel that sails there: one that is due to dock takes it along."""
        ends = stand.service.plan.ends
        there = ends[stand.end].place != self.plan.home and ends[1 - stand.end].place == self.plan.home
        return there and stand.service.active and stand.waiting()

    def _is_better(self, stand: FleetStand) -> bool:
        """Return whether a vessel of a service that has stopped finds work at its far end only."""
        here, there = ([other for other in which.siblings if other.service.active] for which in (stand, stand.far))
        return not here and bool(there)

    def _next(self, stand: FleetStand, v: Vessel) -> FleetStand:
        """Return the stand where a vessel that has emptied at one goes on."""
        if not stand.siblings:
            return stand
        here = [other for other in self.at[stand.service.plan.ends[stand.end].place] if other.service.active]
        own = stand if stand.service.active else None
        short = [s for s in here if s.service.fleet - (s is own) < self.minimum[s.service.number]]
        if short:
            return stand if own in short else short[0]
        if not here or (own is not None and self.stayed_until(v) > self.clock.env._now):
            return stand
        return self._most_wanted(here, own)

    @staticmethod
    def _most_wanted(stands: list[FleetStand], own: FleetStand | None) -> FleetStand:
        """Return the stand whose service has most load a vessel; of equal ones its own, fewest vessels, the first."""

        def need(stand: FleetStand) -> tuple[float, bool, int]:
            others = stand.service.fleet - (stand is own)
            return stand.runs.waiting_load() / (others + 1), stand is own, -others

        return max(stands, key=need)

    def call_over(self, v: Vehicle, old: FleetStand, new: FleetStand) -> None:
        """Move a vessel that idled at one stand to another at the same place."""
        now = self.clock.env._now
        old.hours["cargo_wait_h"] += now - v.idle_since
        self._change(v, new)  # type: ignore[arg-type]
        v.end, v.idle_since = new.end, now
        new.idle.append(v)
        for stand in (old, new):
            stand.recause()

    def _change(self, v: Vessel, target: FleetStand) -> None:
        v.service.count_fleet(-1)
        self.moves += 1
        berth = v.berth
        if berth is not None and (target.service.plan.waits_at != "berth" or target.service.berths[target.end] is not berth):
            berth.leave(v)
        self._assign(v, target)

    def _assign(self, v: Vessel, stand: FleetStand) -> None:
        service, now = stand.service, self.clock.now
        service.count_fleet(1)
        v.service, v.priority, v.since = service, service.priority, now
        if stand.end == service.plan.home:
            v.round_from = now

    def _settle(self, v: Vessel, stand: FleetStand) -> None:
        v.empty_since = self.clock.now
        stand.runs.settle(stand, v)
        stand.tell_others()

    # for the audit ----------------------------------------------------------------------------------------------------

    def sums(self) -> tuple[float, ...]:
        """Return what has been counted, in the order of `records.TABLES["fleet_months"]` after the codes."""
        self.account()
        return self.work_h, self.dock_h, self.moves

    def faults(self) -> Iterator[str]:
        """Yield what is wrong: a vessel that is nowhere or in two states, a service that counts others than its own."""
        states = [sum(v.state == state for v in self.vessels) for state in (AT_WORK, DOCKED, AWAY)]
        if states != [self.count - self.docked, self.docked, len(self.away)]:
            yield f"{self.name}: {len(self.vessels)} vessels, {states} at work, docked and away, {self.count} counted"
        for service in self.services:
            mine = [v for v in self.vessels if v.state == AT_WORK and v.service is service]
            there = {id(v) for v in (*service.stands[0].idle, *service.stands[1].idle, *service.underway)}
            lost = [v.number for v in mine if id(v) not in there and v.callbacks is None and v.at != "load"]
            if len(mine) != service.fleet or not there <= {id(v) for v in mine} or (lost and service.plan.mode == "sea"):
                yield f"{self.name}: {len(mine)} vessels run {service.name}, which counts {service.fleet}; lost: {lost}"

    def has_free(self, stuck: Container[int]) -> bool:
        """Return whether some vessel at work isn't among those that are stuck (by id), or none is at work."""
        at_work = [v for v in self.vessels if v.state == AT_WORK]
        return not at_work or any(id(v) not in stuck for v in at_work)
