"""Routes: the steps of a service as a table of callbacks, with the points where room ahead is claimed.

A vehicle claims the next finite room of its direction on the first shared element after it has formed, and again after each
room that it passed; between two rooms it claims nothing. The last claim is for the room where its load lands.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.districts import Leave, Take
from corridor_sim.engine.gated import GatedStation
from corridor_sim.engine.halts import Rest
from corridor_sim.engine.legs import FreeWay, GatedLeg, OpenLeg, Pace
from corridor_sim.engine.line_legs import LineLeg
from corridor_sim.engine.outages import pace_of
from corridor_sim.engine.rooms import KEEP, Need, started
from corridor_sim.plan import LegPlan, Plan, ServicePlan, StepPlan
from corridor_sim.streams import Draws

if TYPE_CHECKING:
    from corridor_sim.engine.services import Service
    from corridor_sim.engine.world import World

NONE, RELEASE, DESTINATION = -1, -2, -3  # what a step does with room; 0 and more: the room that it claims
Claims = list[tuple[StepPlan, int]]


def claims(plan: Plan, service: ServicePlan, end: int) -> Claims:
    """Return the steps from an end that have a callback, each with the room it claims (or NONE, RELEASE, DESTINATION)."""
    steps, result, pending = _with_way_out(plan, service.steps[end]), [], True
    lands = any(service.ends[1 - end].rooms)
    for k, step in enumerate(steps):
        if step.kind == "room":
            pending = True
        elif step.kind == "leave":
            result.append((step, NONE))
        elif step.kind == "take":  # a stop: room ahead is claimed with the locomotive
            claim = _target(steps[k + 1 :], lands)
            result.append((step, NONE if claim == RELEASE else claim))
            pending = claim == RELEASE
        elif step.kind == "halt":  # room ahead is claimed here; where there is none to claim, nobody is held up
            claim = _target(steps[k + 1 :], lands)
            result += [(step, claim)] if claim != RELEASE else []
            pending = claim == RELEASE
        elif _is_passed_yard(plan, step):
            result.append((step, NONE))
        else:
            result.append((step, _target(steps[k:], lands) if pending else NONE))
            pending = False
    return result


def _with_way_out(plan: Plan, steps: tuple[StepPlan, ...]) -> tuple[StepPlan, ...]:
    """Return the steps without rooms that no leg or station follows: who ends there claims at once what its load lands in."""
    last = max((k for k, step in enumerate(steps) if step.kind != "room" and not _is_passed_yard(plan, step)), default=-1)
    return tuple(step for k, step in enumerate(steps) if step.kind != "room" or k < last)


def _is_passed_yard(plan: Plan, step: StepPlan) -> bool:
    return step.kind == "station" and plan.stations[step.index].kind == "yard" and not step.ends


def _target(ahead: tuple[StepPlan, ...], lands: bool) -> int:
    for step in ahead:
        if step.kind == "room":
            return step.index
        if step.kind == "take":
            return RELEASE
    return DESTINATION if lands else RELEASE


def is_nothing(leg: LegPlan) -> bool:
    """Return whether a leg takes no time and has no paths: trains needn't notice it."""
    instant = all(law == ("constant", 0.0) or law == ("constant", 0) for _, law in leg.run_h)
    always = all(w is None for _, w in leg.window) and all(h is None for _, h in leg.hours)
    return leg.mode != "sea" and instant and all(h == 0 for _, h in leg.headway_h) and always


def gated_elements(plan: Plan) -> tuple[set[int], set[int]]:
    """Return the legs and the stations that need a queue: room is claimed there, or classes have priority."""
    legs: set[int] = set()
    stations = {k for k, station in enumerate(plan.stations) if station.prioritised or station.quotas or station.holds_track_h}
    for service in plan.services:
        if service.mode == "sea":
            continue
        for end in (0, 1):
            for step, claim in claims(plan, service, end):
                if (claim >= 0 or claim == DESTINATION) and step.kind not in ("take", "halt"):
                    (legs if step.kind == "leg" else stations).add(step.index)
    return legs, stations


def compile_routes(world: World, service: Service) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return the callbacks of each step in both directions; for a sea service the legs that it sails."""
    plan = service.plan
    if plan.mode == "sea":
        return tuple(tuple(world.legs[s.index] for s in plan.steps[end] if s.kind == "leg") for end in (0, 1))  # type: ignore[return-value]
    return _steps(world, service, 0), _steps(world, service, 1)


def _steps(world: World, service: Service, end: int) -> tuple[Any, ...]:
    callbacks: list[Any] = []
    steps = claims(world.plan, service.plan, end)
    while steps:
        free = _free_steps(world, steps)
        if free:
            callbacks.append((_free_way(world, service, steps[:free]),))
        elif steps[0][0].kind == "leg":
            callbacks += _leg_step(world, service, *steps[0])
        elif steps[0][0].kind in ("take", "leave", "halt"):
            callbacks.append((_change(world, *steps[0]),))
        else:
            callbacks.append((_station_step(world, service, end, *steps[0]),))
        steps = steps[max(free, 1) :]
    return (*callbacks, (service.step_end(1 - end),))


def _change(world: World, step: StepPlan, claim: int) -> Take | Leave | Rest:
    if step.kind == "halt":
        return Rest(world.halts[step.index], _need(world, claim))
    district, boundary = world.districts[step.index // 2], step.index % 2
    return Leave(district, boundary) if step.kind == "leave" else Take(district, boundary, _need(world, claim))


def _free_steps(world: World, steps: Claims) -> int:
    """Return how many of the next steps are legs where nothing holds a vehicle up; only the first may give up room behind."""
    free = 0
    for step, claim in steps:
        allowed = claim == NONE or (claim == RELEASE and not free)
        if step.kind != "leg" or not allowed or not world.legs[step.index].is_free():
            break
        free += 1
    return free


def _free_way(world: World, service: Service, steps: Claims) -> Callable[[Vehicle], Any]:
    way = FreeWay([(world.legs[step.index], _pace(world, service, step)) for step, _ in steps])
    return way.enter if steps[0][1] == NONE else _releasing(way, way.enter)


def _leg_step(world: World, service: Service, step: StepPlan, claim: int) -> list[Any]:
    leg, pace = world.legs[step.index], _pace(world, service, step)
    if isinstance(leg, GatedLeg | LineLeg):
        return [(leg.entry(_need(world, claim), pace),)]
    if type(leg) is OpenLeg and is_nothing(leg.plan) and claim == NONE:
        return []
    enter = leg.enter if pace is None else partial(leg.enter, pace=pace)  # type: ignore[attr-defined]
    return [(enter if claim == NONE else _releasing(leg, enter),)]


def _pace(world: World, service: Service, step: StepPlan) -> Pace | None:
    pace = pace_of(world, service.number, step.factor)
    if step.factors is None:
        return pace
    pace = pace or Pace(step.factor)
    world.on(step.factors, lambda value: setattr(pace, "factor", value))
    return pace


def _releasing(element: Any, enter: Callable[[Vehicle], float]) -> Callable[[Vehicle], None]:
    """Return a step that gives up the room behind when the vehicle starts, and tells its stand."""

    def entered(v: Vehicle) -> None:
        start = enter(v)
        if not v.holds and v.first_start is None:
            return
        if start <= element.clock.env._now:
            started(v)
        elif start != float("inf"):
            element.clock.call_at(start, element.key, partial(started, v))

    return entered


def _station_step(world: World, service: Service, end: int, step: StepPlan, claim: int) -> Callable[[Vehicle], Any]:
    station = world.stations[step.index]
    _ensure_draws(world, service, end, station)
    if isinstance(station, GatedStation):
        return station.entry(_need(world, claim), step.ends)  # type: ignore[no-any-return]
    enter = station.enter_ending if step.ends else station.enter
    return enter if claim == NONE else _releasing(station, enter)


def _ensure_draws(world: World, service: Service, end: int, station: Any) -> None:
    heading, name = service.plan.heading ^ end, service.plan.class_name
    slot = service.draw + heading
    if slot not in station.slots:
        by_class = station.plan.service_h[0][1]
        for at, value in station.plan.service_h:
            by_class = value if at <= 0 else by_class
        law = by_class.get(name, by_class[""])
        station.follow(slot, Draws(law, world.stream(station.name, heading, name, "service")), name)


def _need(world: World, claim: int) -> Callable[[Vehicle], Need | None]:
    if claim == DESTINATION:
        return lambda v: tuple(v.landing)
    if claim == NONE:
        return lambda v: KEEP
    if claim == RELEASE:
        return lambda v: ()
    room = world.rooms[claim]
    measure = {"wagons": "wagons", "trucks": "trucks", "teu": "teu", "t": "gross_t"}[world.plan.rooms[claim].measure]

    def need(v: Vehicle) -> Need:
        amount = getattr(v, measure)
        return ((room, amount),) if amount else ()

    return need
