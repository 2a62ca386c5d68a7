"""Pools of wagons: flows of empty wagons beside those of the scenario, and which loads take and leave wagons where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import floor, inf

from corridor_sim.build.dated import Dated
from corridor_sim.errors import CorridorError, Fault
from corridor_sim.network import Line, lines, stage_from
from corridor_sim.plan import CommodityPlan, FlowPlan, PenPlan
from corridor_sim.pool_plan import KEEPS, PoolPlan, ReturnPlan
from corridor_sim.scenario import Commodity, Flow, Pool, Scenario
from corridor_sim.units import on_grid

EMPTY = "empty"
PARTS = 2.0**20  # parts of a wagon that are counted: sums stay exact, three boxes of a third take no more than one


def empties_flow(pool: str, place: str) -> str:
    """Return the name of the flow of a pool's empty wagons from a place."""
    return f"{EMPTY}_{pool}_{place}"


def with_empties(dated: Dated) -> Dated:
    """Return the snapshots with a commodity and flows for the empty wagons of each pool."""
    if not dated.scenario.pools:
        return dated
    found = lines(dated.scenario)
    return replace(dated, snapshots=tuple((at, _with_empties(scenario, found)) for at, scenario in dated.snapshots))


def _with_empties(scenario: Scenario, found: Mapping[str, Line]) -> Scenario:
    commodities, flows = dict(scenario.commodities), dict(scenario.flows)
    for name, pool in scenario.pools.items():
        commodities[f"{EMPTY}_{name}"] = Commodity(unit="wagon", t_per_unit=pool.tare_t, empty=True)
        for place, way in pool.returns.items():
            flows[empties_flow(name, place)] = Flow.model_validate({
                "from": place, "to": _end(scenario, found, name, place), "commodity": f"{EMPTY}_{name}", "consignment": 1, "per_year": 0,
                "routes": [{"services": [list(stage) for stage in way.services]}], "counts_in": [],
            })  # fmt: skip
    return scenario.model_copy(update={"commodities": commodities, "flows": flows})


def _end(scenario: Scenario, found: Mapping[str, Line], pool: str, place: str) -> str:
    """Return where the empty wagons of a place go."""
    at = place
    for number, services in enumerate(scenario.pools[pool].returns[place].services):
        try:
            _, at = stage_from(scenario, found, at, services)
        except ValueError as error:
            raise CorridorError(Fault(str(error), f"pools.{pool}.returns.{place}.services[{number}]", code="route")) from None
    return at


def pool_plans(
    scenario: Scenario, places: Mapping[str, int], services: Mapping[str, int], pens: Sequence[PenPlan], flows: Sequence[FlowPlan],
    commodities: Sequence[CommodityPlan],
) -> tuple[PoolPlan, ...]:  # fmt: skip
    """Return the plans of the pools; raises CorridorError where it isn't plain which loads need a wagon."""
    owner = {services[service]: name for name, pool in scenario.pools.items() for service in pool.services}
    of_pen = [_owner(pen, owner) for pen in pens]
    faults = [fault for name in scenario.pools for fault in _faults(name, of_pen, pens, flows, commodities)]
    if faults:
        raise CorridorError(*faults)
    numbers = {flow.name: k for k, flow in enumerate(flows)}
    return tuple(_plan(name, pool, places, services, of_pen, pens, flows, commodities, numbers) for name, pool in scenario.pools.items())


def _owner(pen: PenPlan, owner: Mapping[int, str]) -> str | None:
    """Return the pool of the services that a pen waits for, `?` where they differ."""
    found = {owner.get(service) for service, _ in pen.services}
    return found.pop() if len(found) == 1 else "?"


def _faults(
    name: str, of_pen: Sequence[str | None], pens: Sequence[PenPlan], flows: Sequence[FlowPlan], commodities: Sequence[CommodityPlan]
) -> Iterator[Fault]:
    needing: dict[int, set[bool]] = {}
    for flow in flows:
        for _, _, stage, pen, before in _stages(flow):
            pool = of_pen[pen]
            if pool == "?":
                yield Fault(f"{pens[pen].name} waits for services of different pools", f"flows.{flow.name}", code="pool")
            if pool == name and "wagons" not in commodities[flow.commodity].amounts:
                wanted = f"expected a commodity that rides wagons, as those of pool {name}, got '{commodities[flow.commodity].name}'"
                yield Fault(wanted, f"flows.{flow.name}.commodity", code="pool")
            if pool == name:
                needing.setdefault(pen, set()).add(_needs(flow, stage, of_pen[pen], of_pen[before] if stage else None))
    for pen, answers in needing.items():
        if len(answers) > 1:
            message = f"{pens[pen].name}: some loads come on wagons of pool {name} and some without: give one a commodity of its own"
            yield Fault(message, f"pools.{name}", code="pool")


def _stages(flow: FlowPlan) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield (number of stages, route, stage, pen, pen before) of each stage of a flow."""
    for number, route in enumerate(flow.routes):
        for stage, pen in enumerate(route.pens):
            yield len(route.pens), number, stage, pen, route.pens[stage - 1]


def _needs(flow: FlowPlan, stage: int, pool: str | None, before: str | None) -> bool:
    """Return whether a load needs wagons at a stage: it comes without, and isn't wagons itself."""
    return not (flow.name.startswith(f"{EMPTY}_{pool}_") if not stage else before == pool)


def _plan(
    name: str, pool: Pool, places: Mapping[str, int], services: Mapping[str, int], of_pen: Sequence[str | None],
    pens: Sequence[PenPlan], flows: Sequence[FlowPlan], commodities: Sequence[CommodityPlan], numbers: Mapping[str, int],
) -> PoolPlan:  # fmt: skip
    wants: dict[int, float] = {}
    lands: dict[tuple[int, int, int], tuple[float, int]] = {}
    for k, flow in enumerate(flows):
        a_unit = floor(commodities[flow.commodity].amounts.get("wagons", 0.0) * PARTS) / PARTS
        for stages, route, stage, pen, before in _stages(flow):
            if of_pen[pen] != name:
                continue
            if _needs(flow, stage, name, of_pen[before] if stage else None):
                wants[pen] = a_unit
            last = stage + 1 == stages
            goes_on = not last and of_pen[flow.routes[route].pens[stage + 1]] == name
            place = flow.destination if last else pens[flow.routes[route].pens[stage + 1]].place
            lands[k, route, stage] = (a_unit, KEEPS if goes_on else place)
    return PoolPlan(
        name,
        pool.gauge_mm or 0,
        pool.kind or "",
        tuple(services[service] for service in pool.services),
        tuple((places[place], wagons) for place, wagons in pool.stock.items()),
        tuple(_return(name, pool, place, places, flows, numbers) for place in pool.returns),
        wants,
        lands,
    )


def _return(
    name: str, pool: Pool, place: str, places: Mapping[str, int], flows: Sequence[FlowPlan], numbers: Mapping[str, int]
) -> ReturnPlan:
    way, flow = pool.returns[place], numbers[empties_flow(name, place)]
    wanted = inf if way.wanted is None else float(way.wanted)
    return ReturnPlan(places[place], flows[flow].destination, flow, on_grid(way.after_h), way.keep, wanted)
