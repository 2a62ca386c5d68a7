"""Sources whose loads leave wagons of a pool where they are delivered, and how routes pass the gates of pools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corridor_sim.engine.cargo import Lot
from corridor_sim.engine.sources import Source
from corridor_sim.engine.wagons import Handover, WagonPool
from corridor_sim.pool_plan import KEEPS

if TYPE_CHECKING:
    from corridor_sim.engine.world import World


class PooledSource(Source):
    """A flow that is delivered on wagons of a pool."""

    __slots__ = ("left",)

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.left: dict[int, tuple[WagonPool, int, float, bool]] = {}  # route -> pool, place, wagons a unit, whether these are empties

    def deliver(self, lot: Lot, now: float) -> None:
        """Close the books of a lot that has arrived, then let its wagons be used."""
        super().deliver(lot, now)
        if lot.trip.route in self.left:
            pool, place, wagons, empty = self.left[lot.trip.route]
            (pool.come_back if empty else pool.give)(place, wagons * lot.units, now)


def pooled_source(world: World, k: int, plain: Source) -> Source:
    """Return the source of a flow: one that knows its wagons if it is delivered on any."""
    left: dict[int, tuple[WagonPool, int, float, bool]] = {}
    for route, stages in enumerate(world.plan.flows[k].routes):
        for pool in world.pools:
            wagons, place = pool.plan.lands.get((k, route, len(stages.pens) - 1), (0.0, KEEPS))
            if place != KEEPS:
                left[route] = pool, place, wagons, any(way.flow == k for way in pool.plan.returns)
    if not left:
        return plain
    source = PooledSource(plain.plan, k, world.clock, world.plan.end_h)
    source.left = left
    return source


def gated(world: World, k: int, pens: list[list[Any]]) -> list[list[Any]]:
    """Return the pens of a flow's routes behind their gates, and with what leaves its wagons before them."""
    routes = world.plan.flows[k].routes
    return [[_stage(world, k, route, stage) for stage in range(len(row))] for route, row in enumerate(pens) if routes]


def _stage(world: World, k: int, route: int, stage: int) -> Any:
    number = world.plan.flows[k].routes[route].pens[stage]
    behind: Any = next((pool.gate(number) for pool in world.pools if number in pool.plan.wants), world.pens[number])
    for pool in world.pools if stage else ():
        wagons, place = pool.plan.lands.get((k, route, stage - 1), (0.0, KEEPS))
        if place != KEEPS:
            return Handover(behind, pool, place, wagons)
    return behind
