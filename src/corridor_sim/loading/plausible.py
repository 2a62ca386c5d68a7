"""Modelling sense of sizes: loads of vehicles, weights of units, volumes and lengths beside what they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from corridor_sim.loading.bands import THOUSAND
from corridor_sim.loading.loaded import Applied
from corridor_sim.loading.paths import Path
from corridor_sim.loading.references import Slip
from corridor_sim.loading.routing import Network, great_circle_km
from corridor_sim.scenario import Commodity, Flow, Scenario, Service

LOADS = {  # mode, measure: what one vehicle carries (ranges: block trains W106 OPS21, ships W147, trucks ROD30; limits assumed)
    ("rail", "t"): (100, 15_000), ("road", "t"): (1, 60), ("sea", "t"): (150, 100_000),
    ("rail", "teu"): (10, 400), ("road", "teu"): (0.5, 4), ("sea", "teu"): (40, 25_000),
    ("rail", "trucks"): (5, 100), ("road", "trucks"): (0.5, 3), ("sea", "trucks"): (5, 500),
}  # fmt: skip
NET_T = {"teu": (1, 30), "wagon": (10, 80), "truck": (1, 40), "t": (0.9, 1.1)}  # OPS25 W183 ROD30
GROSS_T = {"teu": (1.5, 34), "wagon": (15, 110), "truck": (4, 60), "t": (0.9, 1.6)}
EMPTY_T = (0.001, 1.0)  # what stands for nothing
PER_WAGON = {"teu": (0.5, 6), "t": (10, 110), "truck": (0.5, 4), "wagon": (1, 1)}
PER_TRUCK = {"teu": (0.5, 4), "t": (2, 40), "truck": (1, 1), "wagon": (0.1, 1)}
WINDING, SLACK_KM = 5.0, 100.0  # a road over the mountains is at most so many times the great circle
OFF_H = 3.6  # Kashgar keeps the time of Beijing: 2.9 h from that of the sun
LEAST_T = 100.0  # gross, a year
FULL_VEHICLES = 40.0  # of one consignment
SMALL_CHANGE = 0.003


def _odd(value: float | None, band: tuple[float, float] | None, unit: str, path: tuple[str, ...]) -> Iterator[Slip]:
    if value and band and not band[0] <= value <= band[1]:
        other = next((name for name, factor in THOUSAND if band[0] <= value * factor <= band[1]), "")
        question = f": is this in {unit.split()[0]} or in {other} of them?" if other else ""
        yield Slip(path, f"{value:.6g} {unit} isn't plausible ({band[0]:g} to {band[1]:g}){question}", "unit")


def odd_loads(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield services whose vehicles carry what none of their mode does."""
    for name, service in scenario.services.items():
        mode = min((scenario.legs[leg].mode for leg in network.legs[name] or ()), default="")
        for measure, limit in service.carries.limits.items():
            yield from _odd(limit, LOADS.get((mode, measure)), f"{measure} a vehicle by {mode}", ("services", name, "carries", measure))


def odd_triggers(scenario: Scenario) -> Iterator[Slip]:
    """Yield services that wait for more units than a vehicle carries."""
    for name, service in scenario.services.items():
        limits = service.carries.limits
        most = max((limit for measure, limit in limits.items() if measure != "t" or len(limits) == 1), default=0.0)
        for rule in dict.fromkeys(map(service.rule_at, service.route)):
            units = rule.at_least.units if rule.at_least else None
            if units and units > most:
                message = f"waits for {units:g} units and carries {most:g}: is at_least meant as a share (0..1)?"
                yield Slip(("services", name, "departs"), message, "unit")


def odd_weights(scenario: Scenario) -> Iterator[Slip]:
    """Yield commodities whose unit weighs or fills what none of its kind does."""
    for name, goods in scenario.commodities.items():
        path = ("commodities", name)
        yield from _odd(goods.t_per_unit, EMPTY_T if goods.empty else NET_T.get(goods.unit), f"t a {goods.unit}", (*path, "t_per_unit"))
        yield from _odd(_gross(goods), GROSS_T.get(goods.unit), f"t a {goods.unit}", (*path, "gross_t_per_unit"))
        yield from _odd(goods.units_per_wagon, PER_WAGON.get(goods.unit), f"{goods.unit} a wagon", (*path, "units_per_wagon"))
        yield from _odd(goods.units_per_truck, PER_TRUCK.get(goods.unit), f"{goods.unit} a truck", (*path, "units_per_truck"))


def _gross(goods: Commodity) -> float | None:
    return goods.gross_t_per_unit if "gross_t_per_unit" in goods.model_fields_set else None


def long_leg(scenario: Scenario) -> Iterator[Slip]:
    """Yield legs much longer than the great circle between their ends."""
    for name, leg in scenario.legs.items():
        a, b = (scenario.places[place].at for place in leg.ends)
        straight = great_circle_km(a, b) if a and b else 0.0
        if straight and leg.length_km > WINDING * straight + SLACK_KM:
            message = f"{leg.length_km:g} km is more than {WINDING:g} times the great circle between its ends ({straight:.0f} km)"
            yield Slip(("legs", name, "length_km"), message, "long")


def odd_clock(scenario: Scenario) -> Iterator[Slip]:
    """Yield places whose clock is far from the sun's, or no quarter of an hour from UTC."""
    for name, place in scenario.places.items():
        offset = place.utc_offset_h
        if "utc_offset_h" in place.model_fields_set and place.at and (abs(offset - place.at[1] / 15) > OFF_H or offset * 4 % 1):
            sun = place.at[1] / 15
            message = f"{offset:g} h isn't plausible at {place.at[1]:g} east (the sun's: {sun:.1f} h)"
            yield Slip(("places", name, "utc_offset_h"), message, "unit")


def odd_volumes(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield flows below what is worth a vehicle a year, and consignments that fill dozens of vehicles."""
    for name, flow in scenario.flows.items():
        goods = scenario.commodities[flow.commodity]
        if flow.per_year and flow.per_year < flow.consignment:
            words = f"{flow.per_year:g} {goods.unit} a year are less than one consignment ({flow.consignment})"
            yield Slip(("flows", name, "per_year"), words, "unit")
        elif flow.per_year and flow.per_year * (_gross(goods) or goods.t_per_unit) < LEAST_T:
            yield Slip(("flows", name, "per_year"), f"{flow.per_year:g} {goods.unit} a year are less than {LEAST_T:g} t", "unit")
        vehicles = _vehicles(scenario, network, flow, goods)
        if vehicles > FULL_VEHICLES and flow.consignment > 1:
            words = f"one consignment of {flow.consignment} {goods.unit} fills {vehicles:.0f} vehicles"
            yield Slip(("flows", name, "consignment"), words, "unit")


def _vehicles(scenario: Scenario, network: Network, flow: Flow, goods: Commodity) -> float:
    """Return how many of the largest vehicles that suit it a consignment fills; 0 if none is known."""
    uses = [(service.carries.limits, goods.use_of(service.carries.limits)) for name, service in _suited(scenario, network, flow)]
    fills = [flow.consignment * max(amount / limits[measure] for measure, amount in use.items()) for limits, use in uses if use]
    return min(fills, default=0.0)


def _suited(scenario: Scenario, network: Network, flow: Flow) -> list[tuple[str, Service]]:
    names = dict.fromkeys(name for route in flow.routes or () for name in (route.services[0] if route.services else ()))
    return [(name, scenario.services[name]) for name in names or network.active]


def odd_shares(scenario: Scenario) -> Iterator[Slip]:
    """Yield flows whose stated shares of routes, at one time, are neither parts of 1 nor whole weights."""
    for name, flow in scenario.flows.items():
        routes = [route for route in flow.routes or () if not (route.from_date or route.until_date)]
        total = sum(route.share for route in routes)
        dated = len(routes) != len(flow.routes or ())
        if routes and not dated and any(route.share < 1 for route in routes) and abs(total - 1) > 0.02:
            yield Slip(("flows", name, "routes"), f"the shares of its routes sum to {total:.4g}, not to 1: they are scaled", "unit")


def small_changes(applied: Iterable[Applied], written: Mapping[str, Path]) -> Iterator[Slip]:
    """Yield dated changes that alter a number by less than 0.3 per cent."""
    for one in applied:
        old, new = one.old, one.new
        if isinstance(old, int | float) and isinstance(new, int | float) and old and 0 < abs(new - old) < SMALL_CHANGE * abs(old):
            words = f"{one.change} changes {one.path} from {old:g} to {new:.6g} only: is its unit right?"
            yield Slip(written[one.change], words, "unit")
