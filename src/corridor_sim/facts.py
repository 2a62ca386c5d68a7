"""Facts: what the tables of a run don't say by themselves: labels, places, units, and what each flow's way consists of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from corridor_sim.plan import DIRECTIONS, UNLIMITED, CommodityPlan, FlowPlan, PenPlan, Plan, RoutePlan, ServicePlan
from corridor_sim.records import Names
from corridor_sim.units import date_at

UNNAMED = "unnamed"  # the branch of a route that names none


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """A place: `at` is (latitude, longitude), None where nobody stated it."""

    name: str
    country: str
    at: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class ElementFacts:
    """A leg's direction, station or kind of berth, by its label in tables and charts."""

    label: str
    kind: str
    tail: str
    head: str


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """An itinerary: the labels of the elements and the services that it uses."""

    name: str
    branch: str
    elements: tuple[str, ...]
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlowFacts:
    """A flow, and what one unit of it is: net tonnes (0 for empties), TEU, wagons, trucks."""

    name: str
    commodity: str
    unit: str
    net_t: float
    teu: float
    wagons: float
    trucks: float
    direction: str
    origin: str
    destination: str
    counts_in: tuple[str, ...]
    routes: tuple[RouteFacts, ...]


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """A service: its two ends, the direction of travel from the first, whether its vessels are finite, the fleet it shares."""

    name: str
    mode: str
    ends: tuple[str, str]
    heading: str
    length_km: float
    finite: bool
    fleet: str = ""


@dataclass(frozen=True, slots=True)
class PenFacts:
    """Where lots of one commodity wait for one of several services."""

    name: str
    place: str
    commodity: str
    unit: str
    net_t: float
    wagons: float
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """Finite standing room of one direction; its unit is the measure."""

    name: str
    place: str
    direction: str
    measure: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands behind the codes of a run's tables; goes with stored results as JSON."""

    case: str
    start: str
    months: tuple[str, ...]
    month_hours: tuple[float, ...]
    places: tuple[PlaceFacts, ...]
    elements: tuple[ElementFacts, ...]
    flows: tuple[FlowFacts, ...]
    services: tuple[ServiceFacts, ...]
    pens: tuple[PenFacts, ...]
    rooms: tuple[RoomFacts, ...]


def facts_of(plan: Plan, names: Names) -> Facts:
    """Return the facts of a plan, its elements in the order of the names that the engine gave them."""
    edges = plan.month_edges_h
    elements = element_facts(names)
    return Facts(
        case=plan.name,
        start=plan.start.isoformat(),
        months=tuple(date_at(plan.start, edge).strftime("%Y-%m") for edge in edges[:-1]),
        month_hours=tuple(after - edge for edge, after in pairwise(edges)),
        places=tuple(map(PlaceFacts, plan.places, plan.countries, plan.coordinates)),
        elements=elements,
        flows=tuple(_flow(plan, flow, _Labels(names, elements)) for flow in plan.flows),
        services=tuple(_service(plan, service) for service in plan.services),
        pens=tuple(_pen(plan, pen) for pen in plan.pens),
        rooms=tuple(RoomFacts(r.name, plan.places[r.place], DIRECTIONS[r.direction], r.measure) for r in plan.rooms),
    )


def element_facts(names: Names) -> tuple[ElementFacts, ...]:
    """Return the elements with a label each; the two directions of a leg share a name and get their head as suffix."""
    shared = Counter(names.elements)
    return tuple(
        ElementFacts(name if shared[name] == 1 else f"{name}.to_{head}", kind, tail, head)
        for name, kind, (tail, head) in zip(names.elements, names.element_kinds, names.element_places, strict=True)
    )


class _Labels:
    """Finds the label of a plan's leg, station or berth."""

    def __init__(self, names: Names, elements: tuple[ElementFacts, ...]) -> None:
        pairs = list(zip(names.elements, elements, strict=True))
        self.legs = {(name, e.tail, e.head): e.label for name, e in pairs}
        self.stations = {name: e.label for name, e in pairs if e.kind != "berth"}
        self.berths = {(e.tail, name.rsplit(".", 1)[-1]): e.label for name, e in pairs if e.kind == "berth"}

    def of_run(self, plan: Plan, service: ServicePlan, end: int) -> Iterable[str | None]:
        """Yield the label of each element that a vehicle uses on its way from an end."""
        yield self._berth(plan, service, end)
        for step in service.steps[end]:
            if step.kind == "leg":
                leg = plan.legs[step.index]
                yield self.legs.get((leg.name, plan.places[leg.tail], plan.places[leg.head]))
            elif step.kind == "station":
                yield self.stations.get(plan.stations[step.index].name)
        yield self._berth(plan, service, 1 - end)

    def _berth(self, plan: Plan, service: ServicePlan, end: int) -> str | None:
        stop = service.ends[end]
        if stop.facility != "port" or stop.berth < 0:
            return None
        port = plan.ports[stop.index]
        return self.berths.get((plan.places[port.place], port.berths[stop.berth].kind))


def _flow(plan: Plan, flow: FlowPlan, labels: _Labels) -> FlowFacts:
    commodity = plan.commodities[flow.commodity]
    teu, wagons, trucks = (commodity.amounts.get(measure, 0.0) for measure in ("teu", "wagons", "trucks"))
    return FlowFacts(
        flow.name, commodity.name, commodity.unit, _net_t(commodity), teu, wagons, trucks, DIRECTIONS[flow.direction],
        plan.places[flow.origin], plan.places[flow.destination], flow.counts_in,
        tuple(_route(plan, route, labels) for route in flow.routes),
    )  # fmt: skip


def _net_t(commodity: CommodityPlan) -> float:
    return 0.0 if commodity.empty else commodity.net_t


def _route(plan: Plan, route: RoutePlan, labels: _Labels) -> RouteFacts:
    runs = [(plan.services[s], end) for pen in route.pens for s, end in plan.pens[pen].services]
    elements = dict.fromkeys(label for service, end in runs for label in labels.of_run(plan, service, end) if label)
    services = dict.fromkeys(service.name for service, _ in runs)
    return RouteFacts(route.name, route.branch or UNNAMED, tuple(elements), tuple(services))


def _service(plan: Plan, service: ServicePlan) -> ServiceFacts:
    first, second = (plan.places[end.place] for end in service.ends)
    fleet = plan.fleets[service.fleet].name if service.fleet >= 0 else ""
    finite = bool(fleet) or any(number < UNLIMITED for _, number in service.vessels)
    return ServiceFacts(service.name, service.mode, (first, second), DIRECTIONS[service.heading], service.length_km, finite, fleet)


def _pen(plan: Plan, pen: PenPlan) -> PenFacts:
    commodity = plan.commodities[pen.commodity]
    services = tuple(dict.fromkeys(plan.services[s].name for s, _ in pen.services))
    wagons = commodity.amounts.get("wagons", 0.0)
    return PenFacts(pen.name, plan.places[pen.place], commodity.name, commodity.unit, _net_t(commodity), wagons, services)


_PARTS: dict[str, type[Any]] = {
    "places": PlaceFacts, "elements": ElementFacts, "flows": FlowFacts, "services": ServiceFacts, "pens": PenFacts,
    "rooms": RoomFacts, "routes": RouteFacts,
}  # fmt: skip


def facts_to_dict(facts: Facts) -> dict[str, Any]:
    """Return facts as plain dicts and lists, ready for JSON."""
    return asdict(facts)


def facts_from_dict(data: dict[str, Any]) -> Facts:
    """Return the facts that `facts_to_dict` wrote. Raises TypeError or ValueError if they aren't ours."""
    return Facts(**_parts(data))


def _parts(data: dict[str, Any]) -> dict[str, Any]:
    return {key: _part(key, value) for key, value in data.items()}


def _part(key: str, value: Any) -> Any:
    if not isinstance(value, list):
        return value
    if key in _PARTS and all(isinstance(item, dict) for item in value):
        return tuple(_PARTS[key](**_parts(item)) for item in value)
    return tuple(value)
