"""Modelling sense: what is allowed and probably not meant. Each look is a function in a table."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from corridor_sim.loading import disruptions, plausible
from corridor_sim.loading.choices import choice_odd
from corridor_sim.loading.demand_sense import Load, loads
from corridor_sim.loading.facing import fleets_facing
from corridor_sim.loading.fleets import needed_share, not_with_idle, too_few_vessels
from corridor_sim.loading.lines import lines_overloaded, runs_apart
from corridor_sim.loading.locomotives import abandon_idle, locomotives_starve
from corridor_sim.loading.norms import largest, norms_fall
from corridor_sim.loading.paths import nearest
from corridor_sim.loading.pools import pools_starve
from corridor_sim.loading.references import Slip
from corridor_sim.loading.routing import Network, ends_reached, great_circle_km
from corridor_sim.loading.rules import largest_entries
from corridor_sim.loading.shifts import shifts_odd
from corridor_sim.loading.stocks import stocks_beside_warm_up
from corridor_sim.loading.turning import turned_away_oddly
from corridor_sim.scenario import Border, Flow, GaugeChange, Scenario, hours_a_week
from corridor_sim.single_track import shortest_siding_m

PLAUSIBLE_KMH = {"rail": (5.0, 140.0), "road": (5.0, 100.0), "sea": (5.0, 60.0)}
SLACK_KM = 10.0  # coordinates are rarely better than 0.05 degree
DAYS = 365.25


@dataclass(slots=True)
class View:
    """A scenario at one date with what runs then and what its flows load on it."""

    day: date
    scenario: Scenario
    network: Network
    load: Load = field(default_factory=Load)


Look = Callable[[View], Iterator[Slip]]


def facility_without_other(view: View) -> Iterator[Slip]:
    """Yield facilities that our traffic uses and that state no background traffic."""
    used = {place for name in view.network.active for place in view.scenario.services[name].route}
    for name, place in view.scenario.places.items():
        for facility in ("border", "gauge_change", "port") if name in used else ():
            holder = getattr(place, facility)
            if holder is not None and not _states_other(holder):
                message = (
                    "states no other traffic: the corridor is a few per cent of what it handles (other: {} says that it has none)"
                )
                yield Slip(("places", name, facility), message, "other")


def _states_other(holder: object) -> bool:
    stops = [holder, *(getattr(holder, stop, None) for stop in ("exit", "entry", "road"))]
    return any("other" in getattr(stop, "model_fields_set", ()) for stop in stops if stop is not None)


def room_below_trigger(view: View) -> Iterator[Slip]:
    """Yield rooms where a load that waits for its trigger leaves no place for the next vehicle."""
    scenario = view.scenario
    for (place, facility, measure, direction), (size, service) in largest_entries(scenario, view.network).items():
        held = getattr(getattr(getattr(scenario.places[place], facility), f"room_{measure}"), direction)
        for name in (name for name in view.network.active if name != service):
            trigger = _trigger(view, name, place, measure)
            if trigger and held < trigger + size:
                message = (
                    f"room {direction} ({held:g} {measure}) is below what {name} waits for ({trigger:g}) plus the largest vehicle "
                    f"that brings it ({service}, {size:g}): it may wait for its other rules"
                )
                yield Slip(("places", place, facility, f"room_{measure}"), message, "trigger")


def _trigger(view: View, name: str, place: str, measure: str) -> float:
    service = view.scenario.services[name]
    rule = service.rule_at(place).at_least if ends_reached(service, place) else None
    return rule.share * largest(view.scenario, view.network, name, measure) if rule and rule.share else 0.0


def place_apart(view: View) -> Iterator[Slip]:
    """Yield places that no leg touches."""
    touched = {place for leg in view.scenario.legs.values() for place in leg.ends}
    for name in view.scenario.places:
        if name not in touched and view.scenario.legs:
            yield Slip(("places", name), f"no leg leads here{nearest(name, touched)}", "apart")


def one_way_fleet(view: View) -> Iterator[Slip]:
    """Yield fleets that load at one end only and have no rule that sends them back empty."""
    for name in view.network.active:
        service, vessels = view.scenario.services[name], view.scenario.vessels_of(name)
        if vessels is None or vessels == math.inf or not service.two_way:
            continue
        loading = {start for (used, start), amount in view.load.boarded.items() if used == name and amount > 0}
        for end in {service.route[0], service.route[-1]} - loading if loading else ():
            rule = service.rule_at(end)
            if rule.idle_h is None and rule.after_departure_h is None and rule.timetable is None:
                message = f"nothing loads at {end} and no rule sends a vessel back empty: state idle_h or after_departure_h"
                yield Slip(("services", name), message, "one_way")


def short_leg(view: View) -> Iterator[Slip]:
    """Yield legs shorter than the great circle between their ends."""
    for name, leg in view.scenario.legs.items():
        a, b = (view.scenario.places[place].at for place in leg.ends)
        straight = great_circle_km(a, b) if a and b else 0.0
        if 0 < leg.length_km < 0.95 * straight - SLACK_KM:
            message = f"{leg.length_km:g} km is shorter than the great circle between its ends ({straight:.0f} km)"
            yield Slip(("legs", name, "length_km"), message, "short")


def odd_speed(view: View) -> Iterator[Slip]:
    """Yield legs and services whose speed isn't plausible for their mode."""
    for name, leg in view.scenario.legs.items():
        hours = float(leg.run_h.out.mean()) if leg.run_h else 0.0
        speed = leg.speed_kmh or (leg.length_km / hours if hours > 0 and leg.length_km > 0 else None)
        yield from _odd(speed, leg.mode, ("legs", name, "speed_kmh" if leg.speed_kmh else "run_h"))
    for name, service in view.scenario.services.items():
        modes = {view.scenario.legs[leg].mode for leg in view.network.legs[name] or ()}
        yield from _odd(service.speed_kmh, min(modes, default=""), ("services", name, "speed_kmh"))


def _odd(speed: float | None, mode: str, path: tuple[str, ...]) -> Iterator[Slip]:
    low, high = PLAUSIBLE_KMH.get(mode, (0.0, math.inf))
    if speed and not low <= speed <= high:
        yield Slip(path, f"{speed:.4g} km/h isn't plausible by {mode} ({low:g} to {high:g} km/h)", "speed")


def long_train(view: View) -> Iterator[Slip]:
    """Yield trains longer than the shortest siding on their way."""
    for name, legs in view.network.legs.items():
        length = view.scenario.services[name].train_length_m
        sidings = [(shortest_siding_m(view.scenario.legs[leg]), leg) for leg in legs or ()]
        shortest, leg = min(sidings, default=(math.inf, ""))
        if length and length > shortest:
            message = f"a block of {length:g} m is longer than the sidings of {leg} ({shortest:g} m): two can't meet there"
            yield Slip(("services", name, "train_length_m"), message, "siding")


def long_block(view: View) -> Iterator[Slip]:
    """Yield trains heavier or longer than a leg on their way allows, but for those of which another part of their way takes them whole."""
    whole = _pass_somewhere(view)
    for name, legs in view.network.legs.items():
        if name in whole:
            continue
        limits = view.scenario.services[name].carries.limits
        for leg in legs or ():
            allowed, heavy = view.scenario.legs[leg].max_wagons, view.scenario.legs[leg].max_gross_t
            if allowed and limits.get("wagons", 0.0) > allowed:
                yield Slip(
                    ("services", name, "carries"), f"{limits['wagons']:g} wagons pass {leg}, which takes {allowed:g}", "block"
                )
            if heavy and limits.get("t", 0.0) > max(heavy.out, heavy.back):
                yield Slip(
                    ("services", name, "carries"),
                    f"{limits['t']:g} t pass {leg}, which takes {max(heavy.out, heavy.back):g} t",
                    "block",
                )


def _pass_somewhere(view: View) -> set[str]:
    """Return the services that are parts of one of which some part takes the trains as they are stated."""
    found: set[str] = set()
    for stated in view.scenario.stated_services:
        parts = view.scenario.parts_of(stated)
        limits = view.scenario.services[parts[0]].carries.limits
        if len(parts) > 1 and any(all(largest(view.scenario, view.network, part, m) == limits[m] for m in limits) for part in parts):
            found |= set(parts)
    return found


def leg_overloaded(view: View) -> Iterator[Slip]:
    """Yield legs whose paths are fewer than the trains that the demand of the year needs."""
    for (name, way), trains in view.load.trains.items():
        leg = view.scenario.legs[name]
        others = leg.other_pairs_per_day[way] * leg.other_weight if leg.mode == "rail" else 0.0
        free = leg.paths_per_day[way] - others
        if math.isfinite(free) and trains / DAYS > max(free, 0.0):
            what, key = ("vehicles", "vehicles_per_day") if leg.mode == "road" else ("trains", "pairs_per_day")
            message = f"demand of {view.day.year} needs {trains / DAYS:.1f} full {what} a day one way, paths for {max(free, 0.0):g}"
            yield Slip(("legs", name, key), message, "capacity")


def station_overloaded(view: View) -> Iterator[Slip]:
    """Yield borders and gauge changes whose lanes are asked for longer than they are open."""
    for name, place in view.scenario.places.items():
        vehicles = view.load.passing.get(name, 0.0) / DAYS
        border = place.border
        if border and not (border.exit or border.entry or border.road):
            yield from _asked(view, border, border.inspection_h.mean(), vehicles, (name, "border", "lanes"))
        gauge = place.gauge_change
        if gauge:
            yield from _asked(view, gauge, gauge.station_h.mean(), vehicles, (name, "gauge_change", "tracks"))


def _asked(
    view: View, stop: Border | GaugeChange, service_h: float, vehicles: float, path: tuple[str, ...]
) -> Iterator[Slip]:
    others = [(o.per_day.west + o.per_day.east, o.service_h.mean() if o.service_h else service_h) for o in stop.other.values()]
    work_h = vehicles * service_h + sum(per_day * hours for per_day, hours in others)
    open_h = hours_a_week(stop, path[-1]) / 7
    if work_h > open_h:
        message = f"its {path[-1]} are asked for {work_h:.1f} h a day in {view.day.year} and are open {open_h:.1f} h"
        yield Slip(("places", *path), message, "load")


def closed_oddly(view: View) -> Iterator[Slip]:
    """Yield closures outside the run, breakdowns longer than the time between them, disruptions of what nobody uses, tight quotas."""
    yield from disruptions.spells_in_time(view.scenario)
    yield from disruptions.never_up(view.scenario)
    yield from disruptions.struck_unused(view.scenario, view.network)
    yield from disruptions.accepts_enough(view.scenario, view.network, view.load.passing, view.day)


def fleet_of_several(view: View) -> Iterator[Slip]:
    """Yield shared fleets that are too few for their demand or their minimum, and classes kept apart that never meet."""
    yield from too_few_vessels(view.scenario, needed_share(view.scenario, view.network, view.load.boarded), view.day)
    yield from not_with_idle(view.scenario)


def fleet_overloaded(view: View) -> Iterator[Slip]:
    """Yield fleets that carry less than the demand of the year, however short their stays."""
    for name in view.network.active:
        service = view.scenario.services[name]
        round_trip_h = 2 * view.network.hours(name)
        needed = max((amount for (used, _), amount in view.load.boarded.items() if used == name), default=0.0)
        if service.vessels is None or not math.isfinite(service.vessels) or not round_trip_h or not service.two_way:
            continue
        sailings = service.vessels * DAYS * 24 / round_trip_h
        if needed > sailings:
            message = f"demand of {view.day.year} needs {needed:.0f} full vehicles a year one way, at most {sailings:.0f} can run"
            yield Slip(("services", name, "vessels"), message, "capacity")


SIZES: tuple[Look, ...] = (
    lambda view: plausible.odd_loads(view.scenario, view.network),
    lambda view: plausible.odd_triggers(view.scenario),
    lambda view: plausible.odd_weights(view.scenario),
    lambda view: plausible.odd_volumes(view.scenario, view.network),
    lambda view: plausible.odd_shares(view.scenario),
    lambda view: plausible.odd_clock(view.scenario),
    lambda view: plausible.long_leg(view.scenario),
)
LOOKS: tuple[Look, ...] = (
    facility_without_other,
    room_below_trigger,
    place_apart,
    one_way_fleet,
    short_leg,
    odd_speed,
    long_train,
    long_block,
    leg_overloaded,
    lambda view: lines_overloaded(view.scenario, view.load.trains, view.day),
    lambda view: runs_apart(view.scenario),
    station_overloaded,
    fleet_overloaded,
    fleet_of_several,
    lambda view: fleets_facing(view.scenario, view.network),
    closed_oddly,
    lambda view: shifts_odd(view.scenario),
    lambda view: choice_odd(view.scenario),
    lambda view: stocks_beside_warm_up(view.scenario),
    lambda view: pools_starve(view.scenario),
    lambda view: locomotives_starve(view.scenario),
    lambda view: abandon_idle(view.scenario, view.network),
    lambda view: turned_away_oddly(view.scenario, view.network),
    lambda view: norms_fall(view.scenario, view.network),
    *SIZES,
)

LATER: tuple[Look, ...] = (room_below_trigger, *SIZES)  # at the dates of changes


def look(snapshots: list[tuple[date, Scenario]]) -> tuple[list[Slip], list[Slip]]:
    """Return (warnings, faults) of a case over its dates: the first year's load, and what flows can reach."""
    warnings: list[Slip] = []
    for day, scenario in snapshots:
        network = Network(scenario, day)
        view = View(day, scenario, network, loads(scenario, network, day))
        warnings += [slip for check in (LOOKS if day == snapshots[0][0] else LATER) for slip in check(view)]
    sometimes, never = reached(snapshots)
    return warnings + sometimes, never


def reached(snapshots: list[tuple[date, Scenario]]) -> tuple[list[Slip], list[Slip]]:
    """Return (warnings, faults): flows that some dates give no way, flows that none does."""
    final = snapshots[-1][1]
    days = _turning_days(snapshots)
    ways: dict[str, list[tuple[date, bool]]] = defaultdict(list)
    for day in days:
        scenario = [scenario for date_, scenario in snapshots if date_ <= day][-1]
        network = Network(scenario, day)
        for name, flow in scenario.flows.items():
            if _ready_on(flow, day):
                ways[name].append((day, has_way(flow, network, day)))
    warnings, faults = [], []
    for name in final.flows:
        closed = [day for day, way in ways[name] if not way]
        if closed and len(closed) == len(ways[name]):
            faults.append(
                Slip(
                    ("flows", name),
                    f"no service leads from {final.flows[name].from_} to {final.flows[name].to} at any date",
                    "unreachable",
                )
            )
        elif closed:
            warnings.append(
                Slip(("flows", name), f"has no way from {closed[0]} on: it waits at its origin until one opens", "unreachable")
            )
    return warnings, faults


def _turning_days(snapshots: list[tuple[date, Scenario]]) -> list[date]:
    start, end = snapshots[0][0], snapshots[0][1].end
    days = {day for day, _ in snapshots}
    for _, scenario in snapshots:
        for leg in scenario.legs.values():
            days |= {day for day in (leg.opens, leg.closes) if day}
        for service in scenario.services.values():
            days |= {day for day in (service.runs_from, service.runs_until) if day}
        for flow in scenario.flows.values():
            days |= {day for day in (flow.from_date, flow.until_date and flow.until_date - timedelta(days=1)) if day}
            for route in flow.routes or ():
                days |= {day for day in (route.from_date, route.until_date) if day}
    return sorted(day for day in days if start <= day < end)


def _ready_on(flow: Flow, day: date) -> bool:
    loads_something = flow.supply != "poisson" or (flow.volume_stated or 0.0) > 0
    return loads_something and not ((flow.from_date and day < flow.from_date) or (flow.until_date and day >= flow.until_date))


def has_way(flow: Flow, network: Network, day: date) -> bool:
    """Return whether a flow has an itinerary at a date: one of its routes, else any chain of services that suit it."""
    if flow.routes is None:
        return network.fastest(flow) is not None
    for route in flow.routes:
        in_time = not ((route.from_date and day < route.from_date) or (route.until_date and day >= route.until_date))
        if in_time and all(any(name in network.active for name in stage) for stage in route.services):
            return True
    return False
