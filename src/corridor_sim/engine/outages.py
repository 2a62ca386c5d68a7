"""The outages of one replication: what they strike, chosen kinds of elements, services that are halted or slowed, and their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from corridor_sim import outages as drawn
from corridor_sim.engine import by_shift, shift_pools
from corridor_sim.engine.closures import Closures, Spell, timeline_spells
from corridor_sim.engine.gated import GatedStation
from corridor_sim.engine.leg_hours import from_start
from corridor_sim.engine.legs import Leg, Pace
from corridor_sim.engine.pens import Pen
from corridor_sim.engine.ports import Port
from corridor_sim.engine.quays import ClosedPen, TimedPort
from corridor_sim.engine.quotas import Quota, QuotaStation
from corridor_sim.engine.stations import OpenStation, Station
from corridor_sim.engine.struck import STRUCK, STRUCK_LEGS
from corridor_sim.engine.tempo import Rate, Slow, Tempo, UseClock, Wear
from corridor_sim.outage_plan import OutagePlan
from corridor_sim.plan import DIRECTIONS, Plan, StationPlan
from corridor_sim.streams import Draws

if TYPE_CHECKING:
    from corridor_sim.engine.services import Service
    from corridor_sim.engine.world import World

HOURS, WEATHER, DISRUPTION = range(3)  # what of an outage's row, as in records.OUTAGES
NOTHING: tuple[list[Slow], list[UseClock]] = ([], [])


class Outages:
    """Spells and breakdown clocks by what they strike: ("legs" | "stations" | "ports" | "berths" | "services", index)."""

    def __init__(self, plan: Plan, replication: int, from_h: float, to_h: float) -> None:
        self.struck: dict[tuple[str, Any], tuple[list[Slow], list[UseClock]]] = {}
        self.wears: dict[tuple[str, Any], Wear] = {}
        found = drawn.spells(plan.outages, plan.seed, replication, from_h, to_h)
        for outage, spells in zip(plan.outages, found, strict=True):
            clocks = [UseClock(*drawn.breakdowns(outage, plan.seed, replication))] if outage.clock == "use" else []
            for target in _targets(outage):
                own_spells, own_clocks = self.struck.setdefault(target, ([], []))
                own_spells += spells
                own_clocks += clocks

    def spells(self, kind: str, index: Any) -> list[Slow]:
        """Return the spells of an element."""
        return self.struck.get((kind, index), NOTHING)[0]

    def stops(self, kind: str, index: Any) -> list[Spell]:
        """Return the spells in which an element is closed [h]."""
        return [(begin, end) for begin, end, factor in self.spells(kind, index) if not factor]

    def wear(self, kind: str, *indices: Any) -> Wear | None:
        """Return the breakdowns by use of the first element, those of the others among them; None without any."""
        clocks = [clock for index in indices for clock in self.struck.get((kind, index), NOTHING)[1]]
        return self.kept(kind, indices[0], clocks)

    def kept(self, kind: str, index: Any, clocks: list[UseClock]) -> Wear | None:
        """Return the breakdowns of an element by some clocks, and note them for the records; None without any."""
        if not clocks:
            return None
        return self.wears.setdefault((kind, index), Wear(clocks))

    def strikes(self, kind: str, index: Any) -> bool:
        """Return whether anything strikes an element in this replication."""
        spells, clocks = self.struck.get((kind, index), NOTHING)
        return bool(spells or clocks)


def _targets(outage: OutagePlan) -> Iterator[tuple[str, Any]]:
    for kind in ("legs", "stations", "ports", "berths", "services"):
        yield from ((kind, index) for index in getattr(outage, kind))


# Legs and stations


def leg_kind(world: World, k: int, kind: type[Leg]) -> type[Leg]:
    """Return the kind that a leg has: the plain one unless something strikes it."""
    return STRUCK_LEGS[kind] if world.outages.strikes("legs", k) else kind


def strike_leg(world: World, k: int, leg: Any) -> None:
    """Tell a leg what strikes it."""
    if world.outages.strikes("legs", k):
        tempo = Tempo(world.leg_hours.spells(leg.plan), "finish", world.outages.spells("legs", k))
        leg.strike(tempo, world.outages.wear("legs", k))


def station_kind(world: World, k: int, gated: bool) -> type[OpenStation] | type[GatedStation]:
    """Return the kind that a station has: with a quota, with a queue or without, by shift or not, struck by outages or not."""
    plan = world.plan.stations[k]
    kind: Any = QuotaStation if plan.quotas else GatedStation if gated else OpenStation
    if by_shift.mans(plan):
        kind = by_shift.BY_SHIFT[kind]
    elif world.outages.strikes("stations", k):
        kind = STRUCK[kind]
    return by_shift.with_fronts(plan, kind)  # type: ignore[no-any-return]


def strike_station(world: World, k: int, station: Station) -> None:
    """Tell a station its quotas, its shifts and what strikes it."""
    plan = world.plan.stations[k]
    if isinstance(station, QuotaStation):
        station.limit([_quota(world, plan, number) for number in range(len(plan.quotas))])
    by_shift.staff(world, k, station)
    if world.outages.strikes("stations", k) and not by_shift.mans(plan):
        spells = timeline_spells(from_start(plan.hours), world.from_h, world.until_h)
        struck: Any = station
        struck.strike(Tempo(spells, plan.at_close, world.outages.spells("stations", k), world.until_h), world.outages.wear("stations", k))


def _quota(world: World, plan: StationPlan, number: int) -> Quota:
    quota = plan.quotas[number]
    draws = world.stream(plan.name, quota.name, DIRECTIONS[quota.direction], "quota")
    return Quota(quota, Draws(("gamma", 1.0, 0.0), draws), world.from_h)


# Ports and pens


def quay(world: World, number: int, port: Port, berth: int | None = None) -> Port:
    """Return what the berths of one kind see of a port (None: vessels without berth): the port itself, or its face with hours."""
    plan, outages = world.plan.ports[number], world.outages
    pools = [] if berth is None else [(plan.ramps, plan.berths[berth].ramp), (plan.cranes, plan.berths[berth].crane)]
    timelines = [plan.hours, *(pool[k].hours for pool, k in pools if k >= 0)]
    hours = [spell for line in timelines for spell in timeline_spells(from_start(line), world.from_h, world.until_h)]
    own = [] if berth is None else outages.spells("berths", (number, berth))
    clocks = [*outages.struck.get(("ports", number), NOTHING)[1], *outages.struck.get(("berths", (number, berth)), NOTHING)[1]]
    wear = outages.kept("berths", (number, berth), clocks)
    spells = [*outages.spells("ports", number), *own]
    serving = [port.pools[k + first] for (_, k), first in zip(pools, (0, len(plan.ramps)), strict=False) if k >= 0]
    if not (hours or plan.closed or spells or wear or any(isinstance(pool, shift_pools.ShiftPool) for pool in serving)):
        return port
    return shift_pools.face_of(serving, port, hours, plan.at_close, plan.closed, spells, wear, world.until_h)


def pen_of(world: World, k: int, *arguments: Any) -> Pen:
    """Return a pen; one whose load waits for a port or a service that can be closed has a clock for that."""
    plan = world.plan.pens[k]
    ends = [world.plan.services[s].ends[end] for s, end in plan.services]
    ports = [_face(world, end.index, end.berth) for end in ends if end.facility == "port"]
    shut = next((port for port in ports if isinstance(port, TimedPort)), None)
    if shut is None and not any(world.outages.spells("services", s) for s, _ in plan.services):
        return Pen(*arguments)
    pen = ClosedPen(*arguments)
    pen.shut = shut.departure if shut is not None else None
    return pen


def _face(world: World, port: int, berth: int) -> Port:
    return world.berths[port][berth].port if berth >= 0 else world.ports[port]


def see_weather(pen: Pen) -> None:
    """Let a pen tell weather from closed hours."""
    if isinstance(pen, ClosedPen):
        pen.tracked = True
        faces = [stand.service.ports[stand.end] for stand in pen.stands]
        timed = next((port for port in faces if isinstance(port, TimedPort)), None)
        if timed is not None:
            pen.weather = timed.weather[0] or None


# Services


class Switch:
    """Whether a service runs: as planned, and not halted."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.planned, self.halts = False, 0

    def plan(self, active: bool) -> None:
        """Run or stop as planned."""
        self.planned = active
        self._set()

    def halt(self, step: int) -> None:
        """Begin (1) or end (-1) a halt."""
        self.halts += step
        self._set()

    def _set(self) -> None:
        active = self.planned and not self.halts
        if active != self.service.active:
            self.service.set_active(active)
            for stand in self.service.stands:
                for pen in stand.pens:
                    pen.recause()


def activation(world: World, service: Service) -> Callable[[bool], None]:
    """Return what runs or stops a service as planned; halts by outages are put on the clock."""
    spells = world.outages.stops("services", service.number)
    if not spells:
        return service.set_active
    switch, halts = Switch(service), Closures(spells)
    for begin, end in zip(halts.begins, halts.ends, strict=True):
        for at, step in ((begin, 1), (end, -1)):
            if at <= world.clock.now:
                switch.halts += step
            else:
                world.clock.call_at(at, world.state_key, partial(switch.halt, step))
    return switch.plan


class SlowSail:
    """The sailing times of a service that is slowed down or breaks down under way: a vessel arrives later."""

    def __init__(self, world: World, draws: Draws, rate: Rate, wear: Wear | None) -> None:
        self.env = world.clock.env
        self.draws, self.rate, self.wear = draws, rate, wear

    def next(self) -> float:
        """Return the hours of a run that begins now [h]."""
        now, hours = self.env._now, self.draws.next()
        end = self.rate.ends(now, hours) if self.wear is None else self.wear.worked(self.rate, now, hours)[0]
        return end - now

    def change(self, law: Any) -> None:
        """Go on under another law."""
        self.draws.change(law)


def sail_of(world: World, service: int, draws: Draws) -> Any:
    """Return the sailing times of a service, slowed where outages strike it."""
    if not world.outages.strikes("services", service):
        return draws
    slow = [spell for spell in world.outages.spells("services", service) if spell[2]]
    return SlowSail(world, draws, Rate(slow), world.outages.wear("services", service))


class SlowPace(Pace):
    """The pace of a service on land that outages slow down."""

    __slots__ = ("env", "own", "rate")

    def __init__(self, factor: float, world: World, rate: Rate) -> None:
        self.own, self.rate, self.env = factor, rate, world.clock.env

    @property
    def factor(self) -> float:
        """The factor on a run that begins now [1]."""
        return self.own / self.rate.at(self.env._now)

    @factor.setter
    def factor(self, own: float) -> None:
        self.own = own


def pace_of(world: World, service: int, factor: float) -> Pace | None:
    """Return the pace of a service over a leg, None where it is the leg's own."""
    slow = [spell for spell in world.outages.spells("services", service) if spell[2]]
    if slow:
        return SlowPace(factor, world, Rate(slow))
    return None if factor == 1.0 else Pace(factor)


# Records


def rows(world: World) -> Iterator[tuple[float, ...]]:
    """Yield (element, service, from_h, to_h, factor, what) of every spell in which something was closed or slower."""
    for number, element in enumerate((*world.legs, *world.stations)):
        tempo = getattr(element, "tempo", None)
        closures = tempo.hours if tempo is not None else element.closures
        kind, index = ("legs", number) if number < len(world.legs) else ("stations", number - len(world.legs))
        if isinstance(element, Leg) and world.outages.strikes(kind, index):
            closures = Closures(world.leg_hours.spells(element.plan))
        yield from _rows(world, number, -1, closures, (kind, index))
    for p, berths in enumerate(world.berths):
        for k, berth in enumerate(berths):
            face = berth.port
            hours = face.tempo.hours if isinstance(face, TimedPort) else Closures()
            storms = face.weather[2] if isinstance(face, TimedPort) else face.handling
            yield from ((berth.number, -1, begin, end, 0.0, WEATHER) for begin, end in _spells(storms))
            yield from _rows(world, berth.number, -1, hours, ("ports", p), ("berths", (p, k)))
    for number in range(len(world.services)):
        yield from _rows(world, -1, number, Closures(), ("services", number))


def _rows(world: World, element: int, service: int, closures: Closures | None, *keys: tuple[str, Any]) -> Iterator[tuple[float, ...]]:
    yield from ((element, service, begin, end, 0.0, HOURS) for begin, end in _spells(closures))
    for key in keys:
        repairs = world.outages.wears[key].repairs if key in world.outages.wears else []
        for begin, end, factor in (*world.outages.spells(*key), *((begin, end, 0.0) for begin, end in repairs)):
            yield element, service, begin, end, factor, DISRUPTION


def _spells(closures: Closures | None) -> Iterator[Spell]:
    return zip(closures.begins, closures.ends, strict=True) if closures is not None else iter(())


def capacity_share(station: Station, begin: float, end: float) -> float:
    """Return the largest share of a month's quota that was used in one direction, 0 without quotas [1]."""
    if not isinstance(station, QuotaStation):
        return 0.0
    shares = [0.0]
    for direction in range(len(DIRECTIONS)):
        issued = sum(quota.issued(begin, end) for quota in station.quotas if quota.plan.direction == direction)
        used = sum(quota.used_in(begin, end) for quota in station.quotas if quota.plan.direction == direction)
        shares.append(used / issued if 0 < issued < float("inf") else 0.0)
    return max(shares)


