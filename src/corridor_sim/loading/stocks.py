"""Stocks at the start: what must hold of them, and what is probably not meant."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from corridor_sim.loading.references import Slip
from corridor_sim.loading.routing import Network, direction_of
from corridor_sim.scenario import Commodity, Scenario

STOOD_IN = {"teu": ("teu", "wagons"), "wagon": ("wagons",), "truck": ("trucks",), "t": ("t", "wagons")}


def stocks_stand_somewhere(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield stocks aboard what isn't a sea service, at the destination, or aboard while a warm-up moves the vessels."""
    for name, stock in scenario.start_stocks.items():
        path, flow = ("start_stocks", name), scenario.flows[stock.flow]
        if stock.at == flow.to:
            yield Slip((*path, "at"), f"expected a place where '{stock.flow}' waits, got its destination '{stock.at}'", "stock")
        legs = network.legs[stock.aboard] if stock.aboard else None
        if legs and any(scenario.legs[leg].mode != "sea" for leg in legs):
            yield Slip((*path, "aboard"), f"expected a sea service, got '{stock.aboard}'", "stock")
        if stock.aboard and scenario.warm_up_days not in (0, "auto"):
            wanted = "expected warm_up_days: 0 or auto where a stock is aboard"
            message = f"{wanted}, got {scenario.warm_up_days:g}: the warm-up moves the vessels"
            yield Slip((*path, "aboard"), message, "stock")
    yield from _vessels_suffice(scenario)


def _vessels_suffice(scenario: Scenario) -> Iterator[Slip]:
    needed: dict[str, float] = defaultdict(float)
    for name, stock in scenario.start_stocks.items():
        if stock.aboard is None:
            continue
        commodity = scenario.commodities[scenario.flows[stock.flow].commodity]
        limits = scenario.services[stock.aboard].carries.limits
        use = commodity.use_of(limits)
        if use is None:
            yield Slip(("start_stocks", name, "aboard"), f"{stock.aboard} doesn't carry {scenario.flows[stock.flow].commodity}", "carries")
            continue
        one = max(amount / limits[measure] for measure, amount in use.items())
        needed[stock.aboard] += math.ceil(stock.units / max(1, math.floor(1 / one + 1e-9)))
        vessels = scenario.vessels_of(stock.aboard)
        if vessels is not None and needed[stock.aboard] > vessels:
            message = f"stocks aboard fill {needed[stock.aboard]:g} vessels of {stock.aboard}, which has {vessels:g}"
            yield Slip(("start_stocks", name, "units"), message, "stock")


def stocks_fit(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield stocks that the room where they wait can't hold."""
    held: dict[tuple[str, str, str, str], float] = defaultdict(float)
    for name, stock in scenario.start_stocks.items():
        flow = scenario.flows[stock.flow]
        found = _room(scenario, stock.at, scenario.commodities[flow.commodity]) if stock.at and stock.at != flow.from_ else None
        if found is None or stock.at is None:
            continue
        facility, measure, amount = found
        direction = direction_of(scenario, flow.from_, flow.to, flow.direction)
        key = (stock.at, facility, measure, direction)
        held[key] += stock.units * amount
        room = getattr(getattr(getattr(scenario.places[stock.at], facility), f"room_{measure}"), direction)
        if held[key] > room:
            message = f"stocks at the start take {held[key]:g} {measure} {direction} in {stock.at}, its {facility} has room for {room:g}"
            yield Slip(("start_stocks", name, "units"), message, "room")


def _room(scenario: Scenario, place: str, commodity: Commodity) -> tuple[str, str, float] | None:
    """Return (facility, measure, amount of a unit) of the room that a commodity stands in where it waits, None without limit."""
    per = {"wagons": commodity.per_wagon, "trucks": commodity.per_truck, "t": 1 / commodity.gross_t}
    per["teu"] = 1 / commodity.teu if commodity.teu else None
    for facility in ("port", "yard"):
        holder = getattr(scenario.places[place], facility)
        for measure in STOOD_IN[commodity.unit] if holder else ():
            units = per[measure]
            if units and getattr(holder, f"room_{measure}") is not None:
                return facility, measure, 1 / units
    return None


def stocks_beside_warm_up(scenario: Scenario) -> Iterator[Slip]:
    """Yield stocks beside a warm-up, which leaves stocks of its own."""
    days = scenario.warm_up_days
    if scenario.start_stocks and days not in (0, "auto"):
        message = f"stocks are stated beside a warm-up of {days:g} days, which leaves some of its own: state warm_up_days: 0 or auto"
        yield Slip(("start_stocks",), message, "stock")
