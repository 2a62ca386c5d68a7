"""Stocks at the start: where on the routes of its flow each one stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corridor_sim.errors import CorridorError, Fault
from corridor_sim.plan import FlowPlan, PenPlan, ServicePlan
from corridor_sim.scenario import Scenario, StartStock
from corridor_sim.start_plan import StockPlan
from corridor_sim.streams import mean
from corridor_sim.units import on_grid


def stock_plans(
    scenario: Scenario, places: Sequence[str], flows: Sequence[FlowPlan], pens: Sequence[PenPlan], services: Sequence[ServicePlan]
) -> tuple[StockPlan, ...]:
    """Return the stocks that a scenario states; raises CorridorError where a flow doesn't come through there."""
    numbers = {flow.name: k for k, flow in enumerate(flows)}
    names = {service.name: k for k, service in enumerate(services)}
    found: list[StockPlan] = []
    faults: list[Fault] = []
    for name, stock in scenario.start_stocks.items():
        flow, service = flows[numbers[stock.flow]], names[stock.aboard] if stock.aboard else -1
        place = places.index(stock.at) if stock.at else -1
        ways = tuple(_ways(flow, pens, place, service))
        if ways:
            found.append(_plan(name, stock, numbers[stock.flow], ways, service, flow, pens, services))
        else:
            where = f"through '{stock.at}'" if stock.at else f"by '{stock.aboard}'"
            faults.append(Fault(f"flow '{stock.flow}' doesn't go on {where}", f"start_stocks.{name}", code="stock"))
    if faults:
        raise CorridorError(*faults)
    return tuple(found)


def _ways(flow: FlowPlan, pens: Sequence[PenPlan], place: int, service: int) -> Iterator[tuple[int, int]]:
    """Yield (route, stage) of each route of a flow at the first stage that waits at a place or rides a service."""
    for number, route in enumerate(flow.routes):
        for stage, pen in enumerate(route.pens):
            plan = pens[pen]
            if plan.place == place or any(service == rider for rider, _ in plan.services):
                yield number, stage
                break


def _plan(
    name: str, stock: StartStock, number: int, ways: tuple[tuple[int, int], ...], service: int, flow: FlowPlan,
    pens: Sequence[PenPlan], services: Sequence[ServicePlan],
) -> StockPlan:  # fmt: skip
    if service < 0:
        return StockPlan(name, number, stock.units, ways)
    route, stage = ways[0]
    end = next(end for rider, end in pens[flow.routes[route].pens[stage]].services if rider == service)
    sail = services[service].sail_h
    hours = stock.arrives_h if stock.arrives_h is not None else mean(sail[end][0][1]) / 2 if sail is not None else 0.0
    return StockPlan(name, number, stock.units, ways, service, end, on_grid(hours))
