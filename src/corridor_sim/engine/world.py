"""Assembly: from a plan to elements, services and sources that are joined and ready to run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, count
from typing import Any

from corridor_sim.demand import ready_times
from corridor_sim.engine import guarded, outages
from corridor_sim.engine.apart import ApartStand
from corridor_sim.engine.books import Book
from corridor_sim.engine.clock import ARRIVAL, STATE, Clock, order_key
from corridor_sim.engine.closures import Closures, timeline_spells
from corridor_sim.engine.districts import District
from corridor_sim.engine.fleets import Fleet
from corridor_sim.engine.gated import GatedStation
from corridor_sim.engine.halts import halts_of
from corridor_sim.engine.held_tracks import holding
from corridor_sim.engine.leg_hours import LegHours, from_start, later, value_at
from corridor_sim.engine.legs import GatedLeg, Leg, OpenLeg
from corridor_sim.engine.line_legs import LineLeg, arm_others, make_line
from corridor_sim.engine.others import OtherSource
from corridor_sim.engine.pens import Embargo, Pen
from corridor_sim.engine.pooled import gated, pooled_source
from corridor_sim.engine.ports import Berth, Pool, Port
from corridor_sim.engine.relief import relieve
from corridor_sim.engine.rooms import Room
from corridor_sim.engine.routes import compile_routes, gated_elements
from corridor_sim.engine.services import Service
from corridor_sim.engine.sharing import ApartFleetStand, FleetService, FleetStand
from corridor_sim.engine.shift_pools import pool_of
from corridor_sim.engine.sources import Source
from corridor_sim.engine.stands import Stand
from corridor_sim.engine.stations import OpenStation
from corridor_sim.engine.trips import TripRows
from corridor_sim.engine.turning import new_source
from corridor_sim.engine.wagons import WagonPool
from corridor_sim.plan import DIRECTIONS, UNLIMITED, BerthPlan, EndPlan, LegPlan, OtherPlan, Plan, PoolPlan, PortPlan, Timeline
from corridor_sim.streams import Draws, Stream, poisson_blocks
from corridor_sim.weather import spells

INFINITE = float("inf")
OPEN_QUAYS = 1 << 17  # element numbers of berths without a plan, beyond all others


class World:
    """Everything that runs in one replication."""

    def __init__(self, plan: Plan, replication: int, full: bool) -> None:
        self.plan = plan
        self.replication = replication
        self.from_h = -plan.warm_up_h
        self.until_h = plan.end_h + plan.drain_h
        self.clock = Clock(self.from_h)
        self.numbers = count(1)
        self.state_key = order_key(STATE, 0)
        self.trips = [TripRows() for _ in plan.flows]
        self.visits: list[Any] | None = [] if full else None
        self.departures: list[Any] | None = [] if full else None
        self.holds: list[Any] | None = [] if full else None
        self.guarded: set[int] = set()
        self.rooms = guarded.rooms_of(self)
        self._watch_rooms()
        self.outages = outages.Outages(plan, replication, self.from_h, self.until_h)
        self.leg_hours = LegHours(self.from_h, self.until_h)
        gated_legs, gated_stations = gated_elements(plan)
        self.classes = {name: 2 * k for k, name in enumerate(dict.fromkeys(["", *(s.class_name for s in plan.services)]))}
        self.lines = [make_line(self, k) for k in range(len(plan.lines))]
        self.legs = [self._leg(k, k in gated_legs) for k in range(len(plan.legs))]
        arm_others(self)
        self.stations = [self._station(k, k in gated_stations) for k in range(len(plan.stations))]
        self.ports: list[Port] = []
        self.berths: list[list[Berth]] = []
        self._build_ports()
        self.embargoes = [self._embargo(k) for k in range(len(plan.embargoes))]
        self.pens = [self._pen(k) for k in range(len(plan.pens))]
        self.fleets = [Fleet(fleet, k, self.clock, self.numbers.__next__) for k, fleet in enumerate(plan.fleets)]
        self.services = [self._service(k) for k in range(len(plan.services))]
        for fleet in self.fleets:
            fleet.join([self.services[k] for k in fleet.plan.services])  # type: ignore[misc]
        self._join_pens()
        guarded.watch(self)
        self.districts = [District(district, k, self.clock) for k, district in enumerate(plan.districts)]
        self.halts = halts_of(self)
        for service in self.services:
            service.routes = compile_routes(self, service)
        self.pools = [WagonPool(self, pool, k) for k, pool in enumerate(plan.wagon_pools)]
        self.sources = [self._source(k) for k in range(len(plan.flows))]
        relieve(self)

    # helpers ----------------------------------------------------------------------------------------------------------

    def stream(self, *key: object) -> Any:
        """Return the random generator of a named stream of this replication."""
        return Stream(self.plan.seed, self.replication, *key)

    def on(self, timeline: Timeline, action: Callable[[Any], None]) -> None:
        """Do something with the value of each later point of a timeline, at its instant."""
        for at, value in later(timeline):
            self.clock.call_at(at, self.state_key, lambda value=value: action(value))  # type: ignore[misc]

    def book(self) -> Book:
        """Return empty books over the months of the window."""
        return Book(self.plan.month_edges_h)

    def _watch_rooms(self) -> None:
        for room, plan in zip(self.rooms, self.plan.rooms, strict=True):
            self.on(plan.capacity, lambda value, room=room: set_capacity(room, value))  # type: ignore[misc]

    # elements ---------------------------------------------------------------------------------------------------------

    def _leg(self, k: int, gated: bool) -> Leg:
        plan = self.plan.legs[k]
        run = Draws(value_at(plan.run_h, 0.0), self.stream(plan.name, plan.direction, "run"))
        leg = self._new_leg(plan, k, gated, run)
        leg.set_paths(value_at(plan.headway_h, 0.0), value_at(plan.other_share, 0.0))
        leg.visits = self.visits
        instants = sorted({at for at, _ in (*later(plan.headway_h), *later(plan.other_share))})
        paths = [(at, "paths", (value_at(plan.headway_h, at), value_at(plan.other_share, at))) for at in instants]
        runs = [(at, "run_h", law) for at, law in later(plan.run_h)]
        leg.plan_changes(sorted([*paths, *runs], key=lambda change: change[:2]))
        if isinstance(leg, GatedLeg):
            for at in instants:
                self.clock.call_at(at, self.state_key, leg.advance)
        return leg

    def _new_leg(self, plan: LegPlan, k: int, gated: bool, run: Draws) -> Leg:
        closures = self.leg_hours.closures(plan)
        kind: Any = outages.leg_kind(self, k, LineLeg if plan.line >= 0 else GatedLeg if gated else OpenLeg)
        leg: Leg = kind(plan, k, self.clock, self.book(), closures, run, *([self.lines[plan.line]] if plan.line >= 0 else []))
        outages.strike_leg(self, k, leg)
        return leg

    def _station(self, k: int, gated: bool) -> OpenStation | GatedStation:
        plan = self.plan.stations[k]
        closures = Closures(timeline_spells(from_start(plan.hours), self.from_h, self.until_h), self.until_h)
        number = len(self.plan.legs) + k
        kind = holding(plan, outages.station_kind(self, k, gated))
        station: OpenStation | GatedStation = kind(plan, number, self.clock, (self.book(), self.book()), closures)
        outages.strike_station(self, k, station)
        station.set_servers(value_at(plan.servers, 0.0), -INFINITE)
        station.rates = value_at(plan.rates, 0.0)
        station.next_hold = [None] * (2 * len(self.classes))
        station.visits = self.visits
        dated = {"servers": plan.servers, "service_h": plan.service_h, "rates": plan.rates, "fronts": plan.fronts}
        changes = [(at, what, value) for what, timeline in dated.items() for at, value in later(timeline)]
        station.plan_changes(sorted(changes, key=lambda change: change[:2]))
        self._others(station, plan.others)
        if isinstance(station, GatedStation):
            for at, _, _ in changes:
                self.clock.call_at(at, self.state_key, station.advance)
        return station

    def _others(self, station: OpenStation | GatedStation, others: tuple[OtherPlan, ...]) -> None:
        streams = []
        for other in others:
            law = other.service_h if other.service_h is not None else value_at(station.plan.service_h, 0.0)[""]
            draws = Draws(law, self.stream(station.name, other.name, DIRECTIONS[other.direction], "other", "service"))
            if other.service_h is None:
                station.laws.append((draws, ""))
            streams.append((self.other_blocks(station.name, other), other.direction, draws))
        if isinstance(station, OpenStation):
            station.watch(streams)
            return
        for blocks, heading, draws in streams:
            times = chain.from_iterable(block.tolist() for block in blocks)
            OtherSource(self.clock, order_key(ARRIVAL, station.number), times, heading, draws, station, self.numbers.__next__).arm()

    def other_times(self, name: str, other: OtherPlan) -> Iterator[float]:
        """Return the arrivals of background vehicles [h]."""
        return chain.from_iterable(block.tolist() for block in self.other_blocks(name, other))

    def other_blocks(self, name: str, other: OtherPlan) -> Iterator[Any]:
        """Return the arrivals of background vehicles, block by block [h]."""
        steps = [(at, per_day / 24) for at, per_day in from_start(other.per_day)]
        source = self.stream(name, other.name, DIRECTIONS[other.direction], "other", "arrivals")
        return poisson_blocks(steps, source, self.from_h, self.until_h)

    # ports ------------------------------------------------------------------------------------------------------------

    def _build_ports(self) -> None:
        weather = spells(self.plan.weathers, self.plan.seed, self.replication, self.plan.start, self.from_h, self.until_h)
        number = len(self.plan.legs) + len(self.plan.stations)
        for p, plan in enumerate(self.plan.ports):
            closed = [Closures(s) for s in weather[plan.weather]] if plan.weather >= 0 else [Closures()] * 3
            port = Port(plan.name, *closed)
            port.pools = [self._pool(pool, plan.at_close) for pool in (*plan.ramps, *plan.cranes)]
            self.ports.append(outages.quay(self, p, port))
            self.berths.append([])
            for k in range(len(plan.berths)):
                self.berths[-1].append(self._berth(plan, k, outages.quay(self, p, port, k), number))
                number += 1

    def _pool(self, plan: PoolPlan, at_close: str) -> Pool:
        pool = pool_of(self, plan, at_close)
        pool.free = [-INFINITE] * int(value_at(plan.count, 0.0))
        pool.rates = value_at(plan.rates, 0.0)
        self.on(plan.count, lambda value: pool.set_count(value, self.clock.now))
        self.on(plan.rates, lambda value: setattr(pool, "rates", value))
        return pool

    def _berth(self, port_plan: PortPlan, k: int, port: Port, number: int) -> Berth:
        plan = port_plan.berths[k]
        berth = Berth(plan, number, self.clock, port, (self.book(), self.book()))
        berth.count = value_at(plan.count, 0.0)
        berth.rates = value_at(plan.rates, 0.0)
        berth.call = Draws(value_at(plan.call_h, 0.0), self.stream(berth.name, "call"))
        berth.visits = self.visits
        cranes_from = len(port_plan.ramps)
        pools = [plan.ramp] * (plan.ramp >= 0) + [cranes_from + plan.crane] * (plan.crane >= 0)
        berth.pool, berth.ramps = [port.pools[j] for j in pools], int(plan.ramp >= 0)
        self.on(plan.count, berth.set_count)
        self.on(plan.rates, lambda value: setattr(berth, "rates", value))
        self.on(plan.call_h, berth.call.change)
        for other in plan.others:
            draws = Draws(other.service_h or ("constant", 0.0), self.stream(berth.name, other.name, "other", "service"))
            times = self.other_times(berth.name, other)
            OtherSource(self.clock, order_key(ARRIVAL, number), times, other.direction, draws, berth, self.numbers.__next__).arm()
        return berth

    def _open_quay(self, service: Service, end: int) -> Berth:
        """Return berths without limit, where a service states none but its load has to wait for room."""
        port = service.ports[end] or Port(service.name, Closures(), Closures(), Closures())
        always: Timeline = ((-INFINITE, UNLIMITED),)
        plan = BerthPlan("open", always, ((-INFINITE, ("constant", 0.0)),), ((-INFINITE, {}),), -1, -1)
        return Berth(plan, OPEN_QUAYS + 2 * service.number + end, self.clock, port, (self.book(), self.book()))

    # demand side ------------------------------------------------------------------------------------------------------

    def _embargo(self, k: int) -> Embargo:
        plan = self.plan.embargoes[k]
        embargo = Embargo(plan.name, value_at(plan.stop, 0.0), value_at(plan.resume, 0.0), self.clock)
        self.on(plan.stop, lambda value: setattr(embargo, "stop", value))
        self.on(plan.resume, lambda value: setattr(embargo, "resume", value))
        return embargo

    def _pen(self, k: int) -> Pen:
        plan = self.plan.pens[k]
        room = tuple(None if r is None else (self.rooms[r[0]], r[1]) for r in plan.room)
        pen = outages.pen_of(self, k, plan.name, k, plan.priority, room, self.clock)
        for j, embargo in enumerate(self.plan.embargoes):
            if embargo.place == plan.place:
                amounts = self.plan.commodities[plan.commodity].amounts
                pen.embargo, pen.embargo_use = self.embargoes[j], amounts.get(embargo.measure, 0.0)
        return pen

    def _service(self, k: int) -> Service:
        plan = self.plan.services[k]
        if plan.fleet >= 0:
            stand = ApartFleetStand if plan.not_with else FleetStand
            service: Service = FleetService(plan, k, self.clock, self.numbers.__next__, stand, self.fleets[plan.fleet])
        else:
            plain = (Service, ApartStand if plan.not_with else Stand)
            kind, stands = (guarded.GuardedService, guarded.GuardedStand) if k in self.guarded else plain
            service = kind(plan, k, self.clock, self.numbers.__next__, stands)
        service.draw = self.classes[plan.class_name]
        service.departures = self.departures
        for end, end_plan in enumerate(plan.ends):
            self._end(service, end, end_plan)
            if plan.sail_h is not None:
                sail = outages.sail_of(self, k, Draws(value_at(plan.sail_h[end], 0.0), self.stream(service.name, end, "sail")))
                service.sail[end] = sail
                self.on(plan.sail_h[end], sail.change)
        return service

    def _end(self, service: Service, end: int, plan: EndPlan) -> None:
        stand = service.stands[end]
        for pen in plan.pens:
            which = self.plan.pens[pen].services.index((service.number, end))
            stand.pens.append(self.pens[pen])
            stand.uses.append(self.plan.pens[pen].use[which])
            commodity, use = self.plan.commodities[self.plan.pens[pen].commodity], stand.uses[-1]
            stand.commodities.append(commodity)
            carried = (use.get("wagons", 0.0), use.get("trucks", 0.0))
            stand.loads.append((commodity.net_t, commodity.amounts.get("t", 0.0), commodity.amounts.get("teu", 0.0), *carried))
            self.pens[pen].stands.append(stand)
            if isinstance(stand, ApartStand):
                stand.classes.append(self.plan.pens[pen].class_name)
        if plan.facility == "port":
            berth = service.berths[end] = self.berths[plan.index][plan.berth] if plan.berth >= 0 else None
            service.ports[end] = berth.port if berth is not None else self.ports[plan.index]
        if service.plan.mode == "sea" and service.berths[end] is None and any(plan.rooms):
            service.berths[end] = self._open_quay(service, end)
        for timeline, draws, purpose in ((plan.load_h, service.load, "load"), (plan.unload_h, service.unload, "unload")):
            law = value_at(timeline, 0.0)
            if law is not None:
                draws[end] = Draws(law, self.stream(service.name, self.plan.places[plan.place], purpose))
                self.on(timeline, draws[end].change)  # type: ignore[union-attr]

    def _join_pens(self) -> None:
        for pen in self.pens:
            pen.tracked = any(not stand.service.unlimited for stand in pen.stands)
            ports = [stand.service.ports[stand.end] for stand in pen.stands]
            weather = [port.departure for port in ports if port is not None and port.departure]
            pen.weather = weather[0] if weather else None
            outages.see_weather(pen)
            for stand in pen.stands:
                stand.rivals += [rival for rival in pen.stands if rival not in stand.rivals]
            rooms = {id(r[0]): r[0] for r in pen.room if r is not None}
            for stand in pen.stands:
                for room in rooms.values():
                    if stand not in room.stands:
                        room.stands.append(stand)
                        stand.rooms.append(room)

    def _source(self, k: int) -> Source:
        plan = self.plan.flows[k]
        source = new_source(self, plan, k)
        if self.pools:
            source = pooled_source(self, k, source)
        source.pens = [[self.pens[p] for p in route.pens] for route in plan.routes]
        if self.pools:
            source.pens = gated(self, k, source.pens)
        source.shares = value_at(plan.shares, 0.0)
        source.embargoes = [self.embargoes[j] for j in plan.embargoes]
        for embargo in source.embargoes:
            embargo.sources.append(source)
        draws = self.stream(plan.name, "ready")
        source.times = ready_times(plan, draws.standard_exponential, self.from_h, self.until_h)
        source.pick = Draws(("uniform", 0.0, 1.0), self.stream(plan.name, "route")).next if len(plan.routes) > 1 else None
        self.on(plan.shares, lambda value: reroute(source, value))
        if plan.supply == "unlimited":
            for pens in source.pens:
                for stand in pens[0].stands:
                    stand.one_at_a_time = stand.service.unlimited
        return source

    def start(self) -> None:
        """Put limits, rules and fleets in force and arm the sources."""
        used = [service for service in self.services if any(stand.pens for stand in service.stands)]
        for service in used:  # a service that no flow rides stays out of the way
            plan = service.plan
            service.set_payload(value_at(plan.payload, 0.0))
            self.on(plan.payload, service.set_payload)
            for stand, limits in zip(service.stands, plan.end_limits or (plan.limits, plan.limits), strict=True):
                stand.set_limits(value_at(limits, 0.0), stand.payload)
                self.on(limits, lambda value, stand=stand: stand.set_limits(value, stand.payload))  # type: ignore[misc]
            run = outages.activation(self, service)
            run(bool(value_at(plan.active, 0.0)))
            self.on(plan.active, run)
            for end, stand in enumerate(service.stands):
                stand.set_rule(value_at(plan.ends[end].rule, 0.0))
                self.on(plan.ends[end].rule, stand.change_rule)
        for service in used:
            if value_at(service.plan.vessels, 0.0) != UNLIMITED:
                service.set_fleet(value_at(service.plan.vessels, 0.0))
                self.on(service.plan.vessels, service.set_fleet)
        for fleet in self.fleets:
            self._start_fleet(fleet)
        for pen in self.pens:
            pen.recause()
        for source in self.sources:
            source.start()
        for pool in self.pools:
            pool.start()

    def _start_fleet(self, fleet: Fleet) -> None:
        for timeline, action in (
            (fleet.plan.minimum, fleet.set_minimum),
            (fleet.plan.stay_h, lambda hours: setattr(fleet, "stay_h", hours)),
            (fleet.plan.vessels, fleet.set_vessels),
        ):
            action(value_at(timeline, 0.0))
            self.on(timeline, action)


def set_capacity(room: Room, capacity: float) -> None:
    """Have so much room from now on; what stands in it beyond stays until it leaves."""
    room.capacity = capacity
    room.wake()


def reroute(source: Source, shares: tuple[float, ...]) -> None:
    """Choose routes by other shares from now on; what waited for a route may go."""
    source.shares = shares
    source.release_later()
    if source.plan.supply == "unlimited":
        source.start()
