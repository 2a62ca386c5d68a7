"""What can't change while a run is under way: faults for dated changes that the plan has no timeline for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from corridor_sim.build.dated import Dated
from corridor_sim.errors import Fault
from corridor_sim.scenario import Fleet, Flow, Leg, Place, Port, Scenario, Service, SineSeason

Fixed = dict[str, Any]  # path below the element -> value
REMARKS = {"source", "grade", "note", "published", "name", "title"}
LEG = {"speed_kmh", "run_h", "cv", "tracks", "traction", "pairs_per_day", "other_pairs_per_day", "other_weight", "window",
       "window_h", "max_gross_t", "max_wagons", "siding_m", "opens", "closes", "abandon_h", "vehicles_per_day", "open",
       "closed_days"}  # fmt: skip
SERVICE = {"carries", "vessels", "speed_kmh", "run_h", "cv", "handling_h", "departs", "departs_at", "runs_from", "runs_until",
           "train_length_m"}  # fmt: skip
FLEET = {"vessels", "minimum", "minimum_stay_days", "share_by_month"}
FLOW = {"per_year", "base_year", "growth", "season", "routes"}
STOPS = ("border", "gauge_change", "terminal")


def changed_faults(dated: Dated) -> list[Fault]:
    """Return a fault for each field that a dated change alters and that holds for a whole run."""
    faults = []
    for hours, scenario in dated.snapshots[1:]:
        for path, before, after in _differences(dated.scenario, scenario):
            message = f"expected what holds for the whole run, got a change on {dated.day(hours)}: {before} -> {after}"
            faults.append(Fault(message, path, code="fixed"))
    return list({fault.path: fault for fault in faults}.values())


def _differences(first: Scenario, later: Scenario) -> Iterator[tuple[str, Any, Any]]:
    yield from _compared("choice", _choice(first), _choice(later))
    for kind, fixed in KINDS.items():
        before, after = getattr(first, kind), getattr(later, kind)
        for name in {**before, **after}:
            if (name in before) != (name in after):
                yield f"{kind}.{name}", _there(name in before), _there(name in after)
            elif before[name] != after[name]:
                yield from _compared(f"{kind}.{name}", fixed(before[name]), fixed(after[name]))


def _there(there: bool) -> str:
    return "there" if there else "not there (opens, runs_from, from_date date it)"


def _compared(path: str, before: Fixed, after: Fixed) -> Iterator[tuple[str, Any, Any]]:
    for key in before:
        if key in after and before[key] != after[key]:
            yield f"{path}.{key}", before[key], after[key]


def _but(element: Any, dated: set[str]) -> Fixed:
    kept = (name for name in type(element).model_fields if name not in dated | REMARKS)
    return {name.rstrip("_"): getattr(element, name) for name in kept}


def _leg(leg: Leg) -> Fixed:
    return _but(leg, LEG)


def _service(service: Service) -> Fixed:
    return _but(service, SERVICE) | {"carries": tuple(service.carries.limits)}


def _fleet(fleet: Fleet) -> Fixed:
    return _but(fleet, FLEET)


def _flow(flow: Flow) -> Fixed:
    routes = tuple((route.services, route.branch) for route in flow.routes or ())
    wave = flow.season if isinstance(flow.season, SineSeason) else None
    return _but(flow, FLOW) | {"routes": routes, "season": wave}


def _choice(scenario: Scenario) -> Fixed:
    """Return who chooses among what and how it is settled; costs, times, capacities and weights may change by date."""
    choice = scenario.choice
    if choice is None:
        return {}
    fixed: Fixed = {"on": choice.on, "reference_year": choice.reference_year, "settle": choice.settle, "settled": choice.settled}
    fixed |= {"markets": tuple(choice.markets)}
    for name, market in choice.markets.items():
        options = {**market.options, **market.outside}
        fixed |= {f"markets.{name}.flows": market.flows, f"markets.{name}.options": tuple(options)}
        fixed |= {f"markets.{name}.{key}.share": (option.share, option.like) for key, option in options.items()}
    return fixed


def _whole(element: Any) -> Fixed:
    return _but(element, set())


def _place(place: Place) -> Fixed:
    fixed: Fixed = {"country": place.country, "at": place.at, "facilities": place.facilities}
    fixed |= {"embargo.measure": place.embargo.measure if place.embargo else None}
    for name in STOPS:
        facility = getattr(place, name)
        stops = {name: facility} if facility else {}
        stops |= {f"{name}.{part}": getattr(facility, part, None) for part in ("exit", "entry", "road")}
        for path, stop in stops.items():
            fixed |= {f"{path}": stop is not None, f"{path}.at_close": getattr(stop, "at_close", None)}
            fixed |= {f"{path}.other.{key}": other.service_h for key, other in getattr(stop, "other", {}).items()}
    return fixed | (_port(place.port) if place.port else {})


def _port(port: Port) -> Fixed:
    fixed: Fixed = {"port.wind": port.wind}
    fixed |= {f"port.ramps.{name}": ramp.serves for name, ramp in port.ramps.items()}
    fixed |= {f"port.cranes.{name}": (crane.serves, crane.per_vessel) for name, crane in port.cranes.items()}
    return fixed | {f"port.other.{name}": (call.berth, call.handling_h) for name, call in port.other.items()}


KINDS: dict[str, Callable[[Any], Fixed]] = {
    "classes": _whole, "commodities": _whole, "winds": _whole, "places": _place, "legs": _leg, "services": _service,
    "fleets": _fleet, "flows": _flow, "pools": _whole, "locomotives": _whole,
}  # fmt: skip
