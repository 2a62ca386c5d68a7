"""Places joined by legs, the lines that services run over them, what they pass, and the itineraries of flows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from corridor_sim.errors import CorridorError, Fault
from corridor_sim.plan import EAST, WEST
from corridor_sim.scenario import Commodity, Place, Scenario, Service, Stop

HEADINGS = {"west": WEST, "east": EAST}
END_FACILITIES = ("terminal", "port", "yard")  # where a train or truck ends: the first that exists
FILL_WAIT_H = 24.0  # generalised time of waiting for a full vehicle where no rule limits it


class Hop(NamedTuple):
    """A leg and the way along it: 0 from its first place to its last, 1 back."""

    leg: str
    way: int


class Passage(NamedTuple):
    """A facility that a vehicle meets at a place; stop names one of a border's (entry, exit, road)."""

    place: str
    facility: str
    stop: str = ""
    ends: bool = False

    @property
    def name(self) -> str:
        """Return the dotted name: place.facility or place.border.stop."""
        return ".".join(part for part in (self.place, self.facility, self.stop) if part)


class Ride(NamedTuple):
    """A service boarded at one of its ends (0 or 1)."""

    service: str
    end: int


Stage = tuple[Ride, ...]  # what leaves first is taken


@dataclass(frozen=True, slots=True)
class Line:
    """The way of a service: places and legs from the route's first place on, and the facilities where its vehicles end."""

    name: str
    mode: str
    places: tuple[str, ...]
    hops: tuple[Hop, ...]
    heading: int
    length_km: float
    gauge_mm: int | None
    ends: tuple[str | None, str | None] = (None, None)

    def at(self, end: int) -> str:
        """Return the place of an end (0 or 1)."""
        return self.places[-end]

    def travelled(self, end: int) -> tuple[tuple[str, ...], tuple[Hop, ...], int]:
        """Return places, hops and heading in order of travel from an end of the route."""
        if end == 0:
            return self.places, self.hops, self.heading
        return self.places[::-1], tuple(Hop(leg, 1 - way) for leg, way in self.hops[::-1]), 1 - self.heading


def heading_between(scenario: Scenario, tail: str, head: str, stated: str | None = None) -> int:
    """Return the direction of travel: as stated, else by longitude, else by file order (first before last is west)."""
    if stated:
        return HEADINGS[stated]
    here, there = scenario.places[tail].at, scenario.places[head].at
    if here and there and here[1] != there[1]:
        return WEST if there[1] < here[1] else EAST
    order = list(scenario.places)
    return WEST if order.index(tail) < order.index(head) else EAST


# Lines of services


def lines(scenario: Scenario) -> dict[str, Line]:
    """Return the line of every service, in the order of the file; raises CorridorError with every fault."""
    joins = _joins(scenario)
    found: dict[str, Line] = {}
    faults: list[Fault] = []
    for name in scenario.services:
        try:
            found[name] = _line(scenario, joins, name)
        except CorridorError as error:
            faults += error.faults
    gauges = _gauges(found.values())
    for name, line in found.items():
        try:
            found[name] = replace(line, ends=_ends(scenario, line, gauges))
        except CorridorError as error:
            faults += error.faults
    if faults:
        raise CorridorError(*faults)
    return found


def _joins(scenario: Scenario) -> dict[tuple[str, str], list[Hop]]:
    joins: dict[tuple[str, str], list[Hop]] = {}
    for name, leg in scenario.legs.items():
        tail, head = leg.ends
        joins.setdefault((tail, head), []).append(Hop(name, 0))
        joins.setdefault((head, tail), []).append(Hop(name, 1))
    return joins


def _line(scenario: Scenario, joins: Mapping[tuple[str, str], list[Hop]], name: str) -> Line:
    service = scenario.services[name]
    choices = [joins.get(pair, []) for pair in pairwise(service.route)]
    if service.route[0] == service.route[-1]:
        raise _fault("expected two different ends, got a round trip", f"services.{name}.route", "round_trip")
    for number, hops in enumerate(choices):
        if not hops:
            pair = " and ".join(f"'{place}'" for place in service.route[number : number + 2])
            raise _fault(f"expected a leg between {pair}, got none", f"services.{name}.route[{number + 1}]", "no_leg")
    mode = service.mode or _mode(scenario, service, choices)
    chosen = tuple(_chosen(scenario, name, mode, number, hops) for number, hops in enumerate(choices))
    _check_speed(scenario, name, mode, chosen)
    heading = heading_between(scenario, service.route[0], service.route[-1], service.direction)
    length_km = sum(scenario.legs[hop.leg].length_km for hop in chosen)
    return Line(name, mode, service.route, chosen, heading, length_km, _gauge(scenario, name, chosen))


def _fault(message: str, path: str, code: str) -> CorridorError:
    return CorridorError(Fault(message, path, code=code))


def _mode(scenario: Scenario, service: Service, choices: Sequence[list[Hop]]) -> str:
    """Return the mode whose legs join all hops; rail before road before sea."""
    if service.legs and service.legs[0] in scenario.legs:
        return scenario.legs[service.legs[0]].mode
    shared = set.intersection(*({str(scenario.legs[hop.leg].mode) for hop in hops} for hops in choices))
    return next((mode for mode in ("rail", "road", "sea") if mode in shared), "rail")


def _chosen(scenario: Scenario, name: str, mode: str, number: int, hops: list[Hop]) -> Hop:
    """Return one hop of a service: by the leg it names, or the only one of its mode."""
    service = scenario.services[name]
    named = [hop for hop in hops if not service.legs or hop.leg == service.legs[number]]
    fitting = [hop for hop in named if scenario.legs[hop.leg].mode == mode]
    if len(fitting) == 1:
        return fitting[0]
    pair = " and ".join(f"'{place}'" for place in service.route[number : number + 2])
    names = " and ".join(hop.leg for hop in fitting)
    came = f"{names}: name the one it takes in 'legs'" if fitting else "none"
    path = f"services.{name}.legs[{number}]" if service.legs else f"services.{name}.route[{number + 1}]"
    raise _fault(f"expected one {mode} leg between {pair}, got {came}", path, "which_leg" if fitting else "no_leg")


def _check_speed(scenario: Scenario, name: str, mode: str, hops: Sequence[Hop]) -> None:
    service = scenario.services[name]
    timed = mode != "sea" or service.run_h or service.speed_kmh
    if not timed and any(scenario.legs[hop.leg].run_h is None for hop in hops):
        raise _fault("expected speed_kmh or run_h of a sea service, got neither", f"services.{name}", "no_speed")


def _gauge(scenario: Scenario, name: str, hops: Sequence[Hop]) -> int | None:
    """Return the gauge of a train's way; raises a fault where it breaks."""
    gauges = [scenario.legs[hop.leg].gauge_mm for hop in hops if scenario.legs[hop.leg].mode == "rail"]
    for number, (before, after) in enumerate(pairwise(gauges), start=1):
        if before != after:
            place = scenario.services[name].route[number]
            message = f"expected one gauge all the way, got {before} mm before '{place}' and {after} mm after it"
            raise _fault(message, f"services.{name}.route[{number}]", "gauge_break")
    return gauges[0] if gauges else None


def _gauges(found: Iterable[Line]) -> dict[str, set[int]]:
    """Return the gauges of the trains that end at each place."""
    gauges: dict[str, set[int]] = {}
    for line in found:
        for place in (line.places[0], line.places[-1]):
            gauges.setdefault(place, set()).update([line.gauge_mm] if line.gauge_mm else [])
    return gauges


def _ends(scenario: Scenario, line: Line, gauges: Mapping[str, set[int]]) -> tuple[str | None, str | None]:
    first, last = (_end(scenario, line, place, len(gauges[place]) > 1) for place in (line.places[0], line.places[-1]))
    return first, last


def _end(scenario: Scenario, line: Line, name: str, gauges_differ: bool) -> str | None:
    """Return the facility where a line's vehicles end at a place, or None where it has none that handles them."""
    place = scenario.places[name]
    wanted = scenario.services[line.name].ends_at.get(name)
    if wanted and wanted not in place.facilities:
        raise _fault(f"expected a {wanted} at '{name}', got none", f"services.{line.name}.ends_at.{name}", "no_facility")
    if line.mode == "sea" and "port" not in place.facilities:
        raise _fault(f"expected a port at '{name}', where vessels end, got none", f"services.{line.name}.route", "no_port")
    if wanted or line.mode == "sea":
        return wanted or "port"
    if line.mode == "rail" and gauges_differ and "gauge_change" in place.facilities:
        return "gauge_change"
    return next((name for name in END_FACILITIES if name in place.facilities), None)


# What a line passes


def passages(scenario: Scenario, line: Line, end: int) -> tuple[tuple[Passage, ...], ...]:
    """Return, for each place in order of travel from an end, the facilities that a vehicle meets there, in order.

    At the start those beyond its own, at the destination those before its own and then its own; vessels meet none. Where
    a vehicle has no facility to end at it meets all on arrival and none on departure: a lot that changes meets each once.
    """
    places, _, heading = line.travelled(end)
    if line.mode == "sea":
        return ((),) * len(places)
    met = []
    for number, name in enumerate(places):
        place = scenario.places[name]
        neighbours = (places[number - 1] if number else None, places[number + 1] if number + 1 < len(places) else None)
        own = line.ends[end] if number == 0 else line.ends[1 - end] if number + 1 == len(places) else None
        facilities = _in_reach(place, heading, own, number == 0, number + 1 == len(places))
        stops = _stops(scenario, name, neighbours, line.mode)
        met.append(tuple(_met(name, facilities, stops, own if number else None)))
    return tuple(met)


def _in_reach(place: Place, heading: int, own: str | None, first: bool, last: bool) -> tuple[str, ...]:
    order = place.facilities if heading == WEST else place.facilities[::-1]
    if first:
        return order[order.index(own) + 1 :] if own else ()
    return order[: order.index(own) + 1] if last and own else order


def _met(name: str, facilities: Sequence[str], stops: Sequence[str], own: str | None) -> Iterable[Passage]:
    for facility in facilities:
        if facility == own:
            yield Passage(name, facility, ends=True)
        elif facility == "border":
            yield from (Passage(name, facility, stop) for stop in stops)
        elif facility == "yard":
            yield Passage(name, facility)


def _stops(scenario: Scenario, name: str, neighbours: tuple[str | None, str | None], mode: str) -> tuple[str, ...]:
    """Return the stops of a border that a vehicle makes: entry from abroad, exit to abroad, its own for road, or the one."""
    border = scenario.places[name].border
    if border is None or (mode == "road" and border.road):
        return ("road",) if border else ()
    if not (border.entry or border.exit):
        return ("",)
    abroad = [_abroad(scenario, name, other) for other in neighbours]
    made = [stop for stop, crosses in zip(("entry", "exit"), abroad, strict=True) if crosses] or ["entry"]
    return tuple(stop for stop in made if getattr(border, stop))


def _abroad(scenario: Scenario, name: str, other: str | None) -> bool:
    here, there = scenario.places[name].country, scenario.places[other].country if other else None
    return bool(here and there and here != there)


def stop_of(place: Place, stop: str) -> Stop:
    """Return a stop of a place's border."""
    border = place.border
    found = border if border is None or not stop else getattr(border, stop)
    if not isinstance(found, Stop):
        raise KeyError(stop)
    return found


# Capacity and generalised time


def limits(scenario: Scenario, line: Line, end: int) -> dict[str, float]:
    """Return what a vehicle carries from an end, by measure: its own limits and those of the legs it takes."""
    found = dict(scenario.services[line.name].carries.limits)
    for hop in line.travelled(end)[1]:
        leg = scenario.legs[hop.leg]
        if leg.max_gross_t is not None:
            found["t"] = min(found.get("t", float("inf")), leg.max_gross_t[hop.way])
        if leg.max_wagons is not None and "wagons" in found:
            found["wagons"] = min(found["wagons"], leg.max_wagons)
    return found


def ride_time_h(scenario: Scenario, line: Line, end: int) -> float:
    """Return the generalised time [h] of a ride from an end: waiting, run, facilities passed and handling at both ends."""
    met = [passage for place in passages(scenario, line, end) for passage in place]
    passed_h = sum(_passage_h(scenario, passage) for passage in met)
    run_h = sum(run_mean_h(scenario, line, hop) for hop in line.travelled(end)[1])
    service = scenario.services[line.name]
    if line.mode == "sea" and service.run_h is not None:
        run_h = float(service.run_h[end].mean())
    handling_h = _handling_h(scenario, line, end, 0) + _handling_h(scenario, line, 1 - end, 1)
    return run_h + passed_h + handling_h + _wait_h(service, line.at(end), run_h + handling_h, scenario.vessels_of(line.name))


def run_mean_h(scenario: Scenario, line: Line, hop: Hop) -> float:
    """Return the mean run time of a service over a leg [h]."""
    leg, cap = scenario.legs[hop.leg], scenario.services[line.name].speed_kmh
    if leg.run_h is None:
        speeds = [speed for speed in (leg.speed_kmh if leg.mode != "sea" else None, cap) if speed]
        return leg.length_km / min(speeds) if speeds else 0.0
    mean_h = float(leg.run_h[hop.way].mean())
    return mean_h if leg.mode == "sea" or not cap else max(mean_h, leg.length_km / cap)


def _passage_h(scenario: Scenario, passage: Passage) -> float:
    place = scenario.places[passage.place]
    if passage.facility == "border":
        return stop_of(place, passage.stop).inspection_h.mean()
    if passage.facility == "yard" and place.yard:
        return place.yard.passage_h.mean()
    if passage.facility == "gauge_change" and place.gauge_change:
        return place.gauge_change.station_h.mean()
    return place.terminal.handling_h.mean() if passage.facility == "terminal" and place.terminal else 0.0


def _handling_h(scenario: Scenario, line: Line, end: int, unload: int) -> float:
    """Return the mean time of loading or unloading a vessel at an end [h]."""
    service, place = scenario.services[line.name], scenario.places[line.at(end)]
    law = service.handling_h.at_place(line.at(end))[unload] if service.handling_h else None
    if law is not None:
        return law.mean()
    berth = place.port.berths.get(service.berth or "") if place.port and line.mode == "sea" else None
    if berth is None:
        return 0.0
    rates = {"wagons": berth.handling_wagons_per_h, "trucks": berth.handling_trucks_per_h,
             "teu": berth.handling_teu_per_h, "t": berth.handling_t_per_h}  # fmt: skip
    carried = service.carries.limits
    return berth.call_h.mean() / 2 + max((carried[m] / rate for m, rate in rates.items() if rate and m in carried), default=0.0)


def _wait_h(service: Service, place: str, run_h: float, vessels: float | None) -> float:
    """Return half the time that departure rules or a small fleet make a lot wait [h]."""
    rule = service.rule_at(place)
    table = rule.timetable
    every_h = None if table is None else table.every_h or 168 / len(table.days or (1,))
    times = [hours for hours in (rule.after_first_lot_h, rule.after_departure_h, every_h) if hours is not None]
    wait_h = min(times) / 2 if times else FILL_WAIT_H if rule.at_least else 0.0
    return max(wait_h, run_h / vessels) if vessels else wait_h


# Itineraries


def stage_from(scenario: Scenario, found: Mapping[str, Line], place: str, services: Sequence[str]) -> tuple[Stage, str]:
    """Return a stage that boards any of the services at a place, and the place where it ends; raises ValueError with the reason."""
    rides, heads = [], set()
    for name in services:
        if name not in found:
            raise ValueError(f"expected a service, got '{name}'")
        places = (found[name].places[0], found[name].places[-1])
        if place not in places:
            raise ValueError(f"expected a service with an end at '{place}', got '{name}' ({' - '.join(places)})")
        end = places.index(place)
        if end == 1 and not scenario.services[name].two_way:
            raise ValueError(f"expected a service that leaves '{place}', got '{name}', which isn't two_way")
        rides.append(Ride(name, end))
        heads.add(places[1 - end])
    if len(heads) > 1:
        raise ValueError(f"expected services that end at one place, got {' and '.join(sorted(heads))}")
    return tuple(rides), heads.pop()


def rides(scenario: Scenario, found: Mapping[str, Line], commodity: Commodity) -> dict[tuple[str, str], Stage]:
    """Return the services that can carry a commodity, by the places that they join; parallel ones share a stage."""
    stages: dict[tuple[str, str], list[Ride]] = {}
    for name, line in found.items():
        for end in (0, 1) if scenario.services[name].two_way else (0,):
            if commodity.use_of(limits(scenario, line, end)) is not None:
                stages.setdefault((line.at(end), line.at(1 - end)), []).append(Ride(name, end))
    return {ends: tuple(stage) for ends, stage in stages.items()}


def itinerary(
    stages: Mapping[tuple[str, str], Stage], origin: str, destination: str, time_h: Callable[[Ride], float | None]
) -> tuple[Stage, ...] | None:
    """Return the stages of the shortest generalised time from origin to destination, or None.

    time_h gives the hours of a ride, None where it isn't in use; a stage lasts as long as its fastest ride.
    """
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from([origin, destination])
    for (tail, head), stage in stages.items():
        times = [hours for ride in stage if (hours := time_h(ride)) is not None]
        if times:
            graph.add_edge(tail, head, hours=min(times))
    try:
        places = nx.dijkstra_path(graph, origin, destination, weight="hours")
    except nx.NetworkXNoPath:
        return None
    return tuple(stages[pair] for pair in pairwise(places))
