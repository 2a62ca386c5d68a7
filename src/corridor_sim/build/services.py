"""Services: vehicles between two ends, the elements they pass, and when they leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from math import hypot, inf, sqrt
from typing import Any

from corridor_sim.build.dated import Dated
from corridor_sim.build.fleets import fleet_end, fleet_index
from corridor_sim.build.legs import varied
from corridor_sim.build.locomotives import HaltKey, changes_after, halts, swaps
from corridor_sim.build.ports import berth_index, port_of
from corridor_sim.build.rooms import Rooms
from corridor_sim.build.stations import priority_of
from corridor_sim.errors import CorridorError, Fault
from corridor_sim.network import Hop, Line, Passage, limits, passages, run_mean_h
from corridor_sim.plan import UNLIMITED, EndPlan, Law, PortPlan, RulePlan, ServicePlan, StepPlan, Timeline
from corridor_sim.pool_plan import HaltPlan
from corridor_sim.scenario import Scenario, Service
from corridor_sim.units import HOURS_PER_DAY, on_grid

WEEK_H = 168.0


@dataclass(frozen=True)
class Elements:
    """What services refer to: places, stations, legs, rooms and ports by index, pens by (service, end); when each runs; halts."""

    places: Mapping[str, int]
    stations: Mapping[str, int]
    legs: Mapping[str, int]
    rooms: Rooms
    ports: tuple[PortPlan, ...]
    pens: Mapping[tuple[str, int], tuple[int, ...]]
    active: Mapping[str, Timeline]
    halts: Mapping[HaltKey, HaltPlan]


def service_plan(dated: Dated, line: Line, elements: Elements) -> ServicePlan:
    """Return the plan of one service; raises CorridorError with its faults."""
    service = dated.scenario.services[line.name]
    return ServicePlan(
        name=line.name,
        mode=line.mode,
        class_name=service.class_ or line.mode,
        priority=priority_of(dated.scenario, service.class_),
        heading=line.heading,
        two_way=service.two_way,
        limits=dated.timeline(lambda scenario: _least(*(limits(scenario, line, end) for end in _ways(service)))),
        payload=dated.timeline(lambda scenario: _payload(scenario, line)),
        vessels=_vessels(dated, line),
        home=_home(dated.scenario, service, line),
        waits_at=service.waits_at,
        ends=(_end(dated, line, 0, elements), _end(dated, line, 1, elements)),
        steps=(_steps(dated, line, 0, elements), _steps(dated, line, 1, elements)),
        sail_h=_sail(dated, line),
        active=elements.active[line.name],
        length_km=line.length_km,
        end_limits=_end_limits(dated, line),
        fleet=fleet_index(dated.scenario, line.name),
        start_at=tuple(0 if place == line.at(0) else 1 for place in service.start_at or ()),
        not_with=service.not_with,
    )


# What a vehicle carries, and how many there are


def _ways(service: Service) -> tuple[int, ...]:
    return (0, 1) if service.two_way else (0,)


def _least(*tables: dict[str, float]) -> dict[str, float]:
    """Return the smallest limit of each measure."""
    found: dict[str, float] = {}
    for table in tables:
        found |= {measure: min(number, found.get(measure, inf)) for measure, number in table.items()}
    return found


def _end_limits(dated: Dated, line: Line) -> tuple[Timeline, Timeline] | None:
    """Return the limits from each end where they differ by direction, else None."""
    if not dated.scenario.services[line.name].two_way:
        return None
    out, back = (dated.timeline(partial(limits, line=line, end=end)) for end in (0, 1))
    return None if out == back else (out, back)


def _payload(scenario: Scenario, line: Line) -> float:
    """Return the share of deadweight that the draught of both ports allows [1]."""
    if line.mode != "sea":
        return 1.0
    return min(port_of(scenario, line.at(end)).payload_factor for end in (0, 1))


def _vessels(dated: Dated, line: Line) -> Timeline:
    path = f"services.{line.name}.vessels"
    if fleet_index(dated.scenario, line.name) >= 0:
        return ((-inf, 0.0),)
    if line.mode == "sea" and dated.scenario.services[line.name].vessels is None:
        raise CorridorError(Fault("expected the number of vessels of a sea service, got none", path, code="missing"))
    numbers = dated.timeline(lambda scenario: _or_unlimited(scenario.services[line.name].vessels))
    if len(numbers) > 1 and any(number == UNLIMITED for _, number in numbers):
        message = "expected a number at every date, got unlimited at one and a number at another"
        raise CorridorError(Fault(message, path, code="fixed"))
    return numbers


def _or_unlimited(vessels: float | None) -> float:
    return UNLIMITED if vessels is None else float(vessels)


def _home(scenario: Scenario, service: Service, line: Line) -> int:
    """Return the end where a service's vessels are at home, or where those of its fleet come to it."""
    fleet = scenario.fleet_of(line.name)
    if fleet is not None:
        return fleet_end(scenario, fleet, line)
    if service.home is None:
        return 0
    if service.home not in (line.at(0), line.at(1)):
        message = f"expected an end of the route ({line.at(0)} or {line.at(1)}), got '{service.home}'"
        raise CorridorError(Fault(message, f"services.{line.name}.home", code="no_end"))
    return 0 if service.home == line.at(0) else 1


# Ends


def _end(dated: Dated, line: Line, end: int, elements: Elements) -> EndPlan:
    name, place = line.name, line.at(end)
    facility, index, berth = _handled_at(dated, line, end, elements)
    rooms = elements.rooms

    def law(unload: int) -> Callable[[Scenario], Law | None]:
        return lambda scenario: _handling(scenario.services[name], place, unload)

    return EndPlan(
        place=elements.places[place],
        rule=dated.timeline(lambda scenario: rule_plan(scenario.services[name], place, scenario.start.weekday())),
        facility=facility,
        index=index,
        berth=berth,
        load_h=dated.timeline(law(0)),
        unload_h=dated.timeline(law(1)),
        pens=elements.pens.get((name, end), ()),
        rooms=(rooms.by_measure(place, 0), rooms.by_measure(place, 1)),
    )


def _handled_at(dated: Dated, line: Line, end: int, elements: Elements) -> tuple[str, int, int]:
    """Return (facility, index, berth) of an end: a station, a port with its berths, or none."""
    place, own = line.at(end), line.ends[end]
    if line.mode != "sea":
        station = elements.stations.get(f"{place}.{own}", -1)
        return ("station", station, -1) if station >= 0 else ("none", -1, -1)
    port = next(number for number, plan in enumerate(elements.ports) if plan.place == elements.places[place])
    kind = dated.scenario.services[line.name].berth
    if kind is None:
        return "port", port, -1
    berth = berth_index(elements.ports, port, kind)
    if berth < 0:
        kinds = ", ".join(plan.kind for plan in elements.ports[port].berths) or "none"
        message = f"expected a kind of berth at '{place}' ({kinds}), got '{kind}'"
        raise CorridorError(Fault(message, f"services.{line.name}.berth", code="no_berth"))
    return "port", port, berth


def _handling(service: Service, place: str, unload: int) -> Law | None:
    law = service.handling_h.at_place(place)[unload] if service.handling_h else None
    return None if law is None else tuple(law.flat())


def rule_plan(service: Service, place: str, weekday: int) -> RulePlan:
    """Return the departure rules of one end; a timetable by weekday counts from the start, a given weekday."""
    rule = service.rule_at(place)
    table, enough = rule.timetable, rule.at_least
    moments = ((at - weekday * HOURS_PER_DAY) % WEEK_H for at in table.week_hours()) if table else ()
    return RulePlan(
        share=enough.share if enough else None,
        units=enough.units if enough else None,
        after_first_lot_h=_gridded(rule.after_first_lot_h),
        after_departure_h=_gridded(rule.after_departure_h),
        idle_h=_gridded(rule.idle_h),
        every_h=_gridded(table.every_h) if table else None,
        moments_h=tuple(sorted(map(on_grid, moments))),
        offset_h=on_grid(table.offset_h) if table else 0.0,
    )


def _gridded(hours: float | None) -> float | None:
    """Return hours on the grid: instants that a rule makes must add up exactly."""
    return None if hours is None else on_grid(hours)


# Steps


def _steps(dated: Dated, line: Line, end: int, elements: Elements) -> tuple[StepPlan, ...]:
    """Return the elements from an end to the other: what the start's place has beyond, then leg and place by turns."""
    met = passages(dated.scenario, line, end)
    places, hops, heading = line.travelled(end)
    takes, leaves = swaps(dated.scenario, line, end)
    stops = takes | halts(dated.scenario, line, end, elements.halts)
    steps: list[StepPlan] = []
    for number, (place, hop) in enumerate(zip(places, (None, *hops), strict=True)):
        if hop is not None:
            steps.append(_leg_step(dated, line, hop, elements))
        middle = 0 < number < len(places) - 1
        swap = changes_after(met[number], number == 0)
        steps += [leaves[number]] if number in leaves else []
        entered = list(_at_place(place, met[number][:swap], line.mode, heading, middle, elements))
        stands = number in takes or any(step.kind == "room" for step in entered)
        steps += [*entered, stops[number]] if number in stops and stands else entered
        steps += _at_place(place, met[number][swap:], line.mode, heading, middle, elements)
    return tuple(steps)


def _leg_step(dated: Dated, line: Line, hop: Hop, elements: Elements) -> StepPlan:
    factors = dated.timeline(lambda scenario: _factor(scenario, line, hop))
    step = StepPlan("leg", elements.legs[hop.leg] + hop.way, factor=factors[0][1])
    return step if len(factors) == 1 else StepPlan(step.kind, step.index, factor=step.factor, factors=factors)


def _factor(scenario: Scenario, line: Line, hop: Hop) -> float:
    """Return by how much a service is slower over a leg than the leg allows [1]."""
    leg = scenario.legs[hop.leg]
    if line.mode == "sea" or not leg.length_km:
        return 1.0
    free_h = leg.run_h[hop.way].mean() if leg.run_h is not None else leg.length_km / (leg.speed_kmh or inf)
    return max(1.0, round(run_mean_h(scenario, line, hop) / free_h, 12)) if free_h else 1.0


def _at_place(
    place: str, met: tuple[Passage, ...], mode: str, heading: int, middle: bool, elements: Elements
) -> Iterator[StepPlan]:
    for passage in met:
        if passage.facility == "yard" and not passage.ends:
            yield from _yard_room(place, mode, heading, middle, elements.rooms)
        station = elements.stations.get(passage.name)
        if station is not None:
            yield StepPlan("station", station, ends=passage.ends)


def _yard_room(place: str, mode: str, heading: int, middle: bool, rooms: Rooms) -> Iterator[StepPlan]:
    """Yield the room of a yard that is passed; at the ends of a route its lots claim that room themselves."""
    measure = "trucks" if mode == "road" else "wagons"
    room = rooms.passed(place, measure, heading)
    if room is not None and (middle or rooms.waiting_in(place, measure) != "yard"):
        yield StepPlan("room", room)


# Sailing


def _sail(dated: Dated, line: Line) -> tuple[Timeline, Timeline] | None:
    if line.mode != "sea":
        return None
    out, back = (dated.timeline(partial(_sail_law, line=line, end=end)) for end in (0, 1))
    return out, back


def _sail_law(scenario: Scenario, line: Line, end: int) -> Law:
    """Return the law of a whole sea run: the service's, that of its one leg, or length over speed [h]."""
    service = scenario.services[line.name]
    hops = line.travelled(end)[1]
    stated = service.run_h[end] if service.run_h is not None else None
    leg = scenario.legs[hops[0].leg]
    if stated is None and len(hops) == 1 and leg.run_h is not None:
        stated = leg.run_h[hops[0].way]
    if stated is not None:
        law: tuple[Any, ...] = tuple(stated.flat())
        return varied(law[1], service.cv) if law[0] == "constant" else law
    return _summed(scenario, line, hops, service.cv)


def _summed(scenario: Scenario, line: Line, hops: tuple[Hop, ...], cv: float) -> Law:
    """Return the law of several legs run one after the other: their variances add, the service's cv is of the sum."""
    means = [run_mean_h(scenario, line, hop) for hop in hops]
    spreads = [mean * scenario.legs[hop.leg].cv for mean, hop in zip(means, hops, strict=True)]
    for hop in hops:
        law = scenario.legs[hop.leg].run_h
        if law is not None and law[hop.way].flat()[0] != "constant":
            message = f"expected run_h of the service, since the legs of its route draw theirs ({hop.leg})"
            raise CorridorError(Fault(message, f"services.{line.name}", code="missing"))
    mean_h = sum(means)
    spread = sqrt(sum(part * part for part in spreads)) / mean_h if mean_h else 0.0
    return varied(mean_h, hypot(spread, cv))
