"""Flows: their routes as pens, the shares of the routes by date, and their demand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from corridor_sim.build.dated import Dated
from corridor_sim.build.rooms import Rooms
from corridor_sim.build.stations import priority_of
from corridor_sim.demand import intensity
from corridor_sim.errors import CorridorError, Fault
from corridor_sim.network import (
    Line,
    Ride,
    Stage,
    heading_between,
    itinerary,
    limits,
    ride_time_h,
    rides,
    stage_from,
)
from corridor_sim.plan import CommodityPlan, EmbargoPlan, FlowPlan, PenPlan, RoutePlan, Timeline
from corridor_sim.scenario import Flow, Route, Scenario, SineSeason
from corridor_sim.units import HOURS_PER_DAY, hours_between

Stages = tuple[Stage, ...]


def commodity_plans(scenario: Scenario) -> tuple[CommodityPlan, ...]:
    """Return the commodities with what a unit takes in each measure; one that loads nothing has no net tonnes."""
    plans = []
    for name, commodity in scenario.commodities.items():
        inverse = {"wagons": commodity.per_wagon, "trucks": commodity.per_truck}
        amounts = {measure: 1 / units for measure, units in inverse.items() if units}
        amounts |= {"teu": commodity.teu} if commodity.teu else {}
        amounts["t"] = commodity.gross_t
        net_t = 0.0 if commodity.empty else commodity.t_per_unit
        plans.append(CommodityPlan(name, commodity.unit, amounts, net_t, commodity.empty))
    return tuple(plans)


@dataclass
class Pens:
    """The pens of a case, made as routes need them: one for each place, choice of services, commodity and priority.

    Flows of a class that one of the services keeps apart from another have pens of their own.
    """

    dated: Dated
    lines: Mapping[str, Line]
    rooms: Rooms
    commodities: tuple[CommodityPlan, ...]
    places: Mapping[str, int]
    services: Mapping[str, int]
    plans: list[PenPlan] = field(default_factory=list)
    at: dict[tuple[str, int], tuple[int, ...]] = field(default_factory=dict)
    _index: dict[tuple[Stage, int, int, str], int] = field(default_factory=dict)

    def pen(self, stage: Stage, commodity: int, priority: int, class_name: str | None) -> int:
        """Return the index of a pen; raises ValueError where a service can't carry the commodity."""
        kept_apart = self._kept_apart(stage, class_name)
        key = (stage, commodity, priority, kept_apart)
        if key not in self._index:
            plan = self._plan(stage, commodity, priority, kept_apart)
            self._index[key] = len(self.plans)
            for ride in stage:
                self.at[ride] = (*self.at.get(ride, ()), len(self.plans))
            self.plans.append(plan)
        return self._index[key]

    def _kept_apart(self, stage: Stage, class_name: str | None) -> str:
        """Return a class if one of the services keeps it apart from another, else nothing."""
        services = self.dated.scenario.services
        named = {part for ride in stage for pair in services[ride.service].not_with for part in pair}
        return class_name if class_name and class_name in named else ""

    def _plan(self, stage: Stage, commodity: int, priority: int, class_name: str) -> PenPlan:
        place, plan = self.lines[stage[0].service].at(stage[0].end), self.commodities[commodity]
        name = f"{place}:{'|'.join(ride.service for ride in stage)}:{plan.name}" + (f":{class_name}" if class_name else "")
        taken = any(known.name == name for known in self.plans)
        return PenPlan(
            name=f"{name}:{priority}" if taken else name,
            place=self.places[place],
            commodity=commodity,
            priority=priority,
            services=tuple((self.services[ride.service], ride.end) for ride in stage),
            use=tuple(self._use(ride, plan.name) for ride in stage),
            room=(self.rooms.of_lot(place, plan, 0), self.rooms.of_lot(place, plan, 1)),
            class_name=class_name,
        )

    def _use(self, ride: Ride, commodity: str) -> dict[str, float]:
        """Return what a unit takes of the limits that a service has at any date."""
        line = self.lines[ride.service]
        found: dict[str, float] = {}
        for _, scenario in self.dated.snapshots:
            found |= limits(scenario, line, ride.end)
        use = self.dated.scenario.commodities[commodity].use_of(found)
        if not use:
            stated = ", ".join(found)
            raise ValueError(f"expected a service that can carry '{commodity}', got '{ride.service}' (limits: {stated})")
        return use


@dataclass(frozen=True)
class Found:
    """One route of a flow before its pens: stages, the path that names it, its branch, and the given routes that are this one."""

    stages: Stages
    path: str
    branch: str
    numbers: tuple[int, ...] = ()


@dataclass
class Router:
    """Finds the routes of flows, given or by generalised time, and when they are in use."""

    dated: Dated
    lines: Mapping[str, Line]
    active: Mapping[str, Timeline]
    _times: dict[tuple[float, Ride], float] = field(default_factory=dict)

    @cached_property
    def edges(self) -> tuple[float, ...]:
        """Return the hours at which some service starts or stops, or the scenario changes; -inf first."""
        starts = {hours for timeline in self.active.values() for hours, _ in timeline}
        return tuple(sorted(starts | {hours for hours, _ in self.dated.snapshots}))

    def runs(self, service: str, hours: float) -> bool:
        """Return whether a service runs at an instant."""
        return bool(next(on for begin, on in reversed(self.active[service]) if begin <= hours))

    def in_use(self, stages: Stages, hours: float) -> bool:
        """Return whether every stage has a service that runs."""
        return all(any(self.runs(ride.service, hours) for ride in stage) for stage in stages)

    def given(self, name: str, flow: Flow) -> list[Found]:
        """Return the routes that a flow states, equal ones as one; raises CorridorError with every fault."""
        faults: list[Fault] = []
        found: dict[tuple[Stages, str], Found] = {}
        for number, route in enumerate(flow.routes or ()):
            path = f"flows.{name}.routes[{number}].services"
            try:
                stages = self._follow(flow, route.services, path)
            except CorridorError as error:
                faults += error.faults
                continue
            branch = route.branch or flow.branch or self.branch(stages)
            known = found.get((stages, branch), Found(stages, path, branch))
            found[stages, branch] = replace(known, numbers=(*known.numbers, number))
        if faults:
            raise CorridorError(*faults)
        return list(found.values())

    def _follow(self, flow: Flow, stages: Sequence[Sequence[str]], path: str) -> Stages:
        place, found = flow.from_, []
        for number, services in enumerate(stages):
            try:
                stage, place = stage_from(self.dated.scenario, self.lines, place, services)
            except ValueError as error:
                raise CorridorError(Fault(str(error), f"{path}[{number}]", code="route")) from None
            found.append(stage)
        if place != flow.to:
            raise CorridorError(Fault(f"expected a route that ends at '{flow.to}', got '{place}'", path, code="route"))
        return tuple(found)

    def shortest(self, name: str, flow: Flow) -> tuple[list[Found], Timeline]:
        """Return the routes of shortest generalised time at any date, and the shares (0 or 1) by date."""
        stages = rides(self.dated.scenario, self.lines, self.dated.scenario.commodities[flow.commodity])
        best = {hours: itinerary(stages, flow.from_, flow.to, self._clock(hours)) for hours in self.edges}
        routes = list(dict.fromkeys(route for route in best.values() if route))
        found = [Found(route, f"flows.{name}", flow.branch or self.branch(route)) for route in routes]
        shares = self.dated.dated(
            lambda _, hours: tuple(float(route == _last(best, hours)) for route in routes), self.edges
        )
        return found, shares

    def _clock(self, hours: float) -> Callable[[Ride], float | None]:
        snapshot = max(begin for begin, _ in self.dated.snapshots if begin <= hours)

        def time_h(ride: Ride) -> float | None:
            line, scenario = self.lines[ride.service], self.dated.at(hours)
            if not self.runs(ride.service, hours) or scenario.vessels_of(ride.service) == 0:
                return None
            if (snapshot, ride) not in self._times:
                self._times[snapshot, ride] = ride_time_h(scenario, line, ride.end)
            return self._times[snapshot, ride]

        return time_h

    def shares(self, name: str, flow: Flow, found: Sequence[Found]) -> Timeline:
        """Return the shares of given routes by date: 0 outside their dates and while a stage has no service."""
        routes = flow.routes or ()
        dates = self.dated.edges([day for route in routes for day in (route.from_date, route.until_date)])
        return self.dated.dated(
            lambda scenario, hours: self._weights(scenario.flows[name], found, hours), {*dates, *self.edges}
        )

    def _weights(self, flow: Flow, found: Sequence[Found], hours: float) -> tuple[float, ...]:
        routes = [[(flow.routes or ())[number] for number in way.numbers] for way in found]
        weights = [
            sum(route.share for route in same if self._dated(route, hours)) * self.in_use(way.stages, hours)
            for same, way in zip(routes, found, strict=True)
        ]
        total = sum(weights)
        return tuple(weight / total if total else 0.0 for weight in weights)

    def _dated(self, route: Route, hours: float) -> bool:
        day = self.dated.day(hours)
        return not ((route.from_date and day < route.from_date) or (route.until_date and day >= route.until_date))

    def branch(self, stages: Stages) -> str:
        """Return the sea legs of a route, or land: the name of its branch in reports."""
        parts = ["|".join(self._sea_legs(stage)) for stage in stages]
        return "+".join(part for part in parts if part) or "land"

    def _sea_legs(self, stage: Stage) -> Iterable[str]:
        lines = [self.lines[ride.service] for ride in stage]
        return dict.fromkeys(hop.leg for line in lines if line.mode == "sea" for hop in line.hops)

    def passed(self, stages: Stages) -> set[str]:
        """Return the places that a route passes after its origin."""
        ways = [self.lines[ride.service].travelled(ride.end)[0][1:] for stage in stages for ride in stage]
        return {place for way in ways for place in way}


def _last(best: Mapping[float, Stages | None], hours: float) -> Stages | None:
    return best[max(begin for begin in best if begin <= hours)]


def flow_plan(name: str, router: Router, pens: Pens, embargoes: Sequence[tuple[str, EmbargoPlan]]) -> FlowPlan:
    """Return the plan of one flow; raises CorridorError with its faults."""
    dated, flow = router.dated, router.dated.scenario.flows[name]
    rates = () if flow.supply == "unlimited" or flow.times is not None else _intensity(dated, name)
    found, shares = _routes(name, flow, router)
    if not found and (flow.supply == "unlimited" or flow.times or any(rate for _, rate in rates)):
        wanted = f"expected services from '{flow.from_}' to '{flow.to}' that carry '{flow.commodity}'"
        message = f"{wanted}, got none at any date"
        raise CorridorError(Fault(message, f"flows.{name}", code="unreachable"))
    held = [number for number, (place, _) in enumerate(embargoes) if any(place in router.passed(way.stages) for way in found)]
    return FlowPlan(
        name=name,
        commodity=list(dated.scenario.commodities).index(flow.commodity),
        direction=heading_between(dated.scenario, flow.from_, flow.to, flow.direction),
        origin=pens.places[flow.from_],
        destination=pens.places[flow.to],
        consignment=flow.consignment,
        supply="times" if flow.times is not None else flow.supply,
        intensity=rates,
        sine=_sine(flow),
        offset_h=flow.offset_h,
        times=tuple(sorted(flow.times or ())),
        active=(_active(dated, flow),),
        keep_together=flow.keep_together,
        routes=tuple(_route_plan(name, flow, way, router, pens) for way in found),
        shares=shares,
        embargoes=tuple(held),
        counts_in=flow.counts_in,
        priority=priority_of(dated.scenario, flow.class_),
    )


def _intensity(dated: Dated, name: str) -> tuple[tuple[float, float], ...]:
    flows = [(hours, scenario.flows[name]) for hours, scenario in dated.snapshots]
    return intensity(flows, dated.start, -dated.warm_up_h, dated.stop_h)


def _routes(name: str, flow: Flow, router: Router) -> tuple[list[Found], Timeline]:
    if flow.routes is None:
        return router.shortest(name, flow)
    found = router.given(name, flow)
    return found, router.shares(name, flow, found)


def _route_plan(name: str, flow: Flow, way: Found, router: Router, pens: Pens) -> RoutePlan:
    scenario = router.dated.scenario
    commodity = list(scenario.commodities).index(flow.commodity)
    priority = priority_of(scenario, flow.class_)
    try:
        indices = tuple(pens.pen(stage, commodity, priority, flow.class_) for stage in way.stages)
    except ValueError as error:
        raise CorridorError(Fault(str(error), way.path, code="cannot_carry")) from None
    title = ">".join("|".join(ride.service for ride in stage) for stage in way.stages)
    return RoutePlan(title, indices, way.branch)


def _sine(flow: Flow) -> tuple[float, float, float] | None:
    season = flow.season
    if not isinstance(season, SineSeason):
        return None
    return season.period_days * HOURS_PER_DAY, season.amplitude, season.phase_days * HOURS_PER_DAY


def _active(dated: Dated, flow: Flow) -> tuple[float, float]:
    """Return the hours between which consignments become ready; warm-up belongs to the start [h]."""
    begin = hours_between(dated.start, flow.from_date) if flow.from_date else -dated.warm_up_h
    end = hours_between(dated.start, flow.until_date) if flow.until_date else dated.stop_h
    return (begin if begin > 0 else -dated.warm_up_h), max(min(end, dated.stop_h), begin)
