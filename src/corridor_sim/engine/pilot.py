"""A stationary pilot: the warm-up of a plan alone, with what is under way looked at each day."""

from __future__ import annotations

from corridor_sim.engine.clock import BOOKS, order_key
from corridor_sim.engine.world import World
from corridor_sim.plan import Plan

DAY_H = 24.0


def presence(plan: Plan, replication: int) -> tuple[list[float], float]:
    """Return (gross tonnes under way at the end of each day of a plan's warm-up, tonnes created in all of it) [t]."""
    world = World(plan, replication, full=False)
    weights = [plan.commodities[flow.commodity].amounts["t"] for flow in plan.flows]
    found: list[float] = []

    def look() -> None:
        found.append(sum(weight * source.present for weight, source in zip(weights, world.sources, strict=True)))

    for day in range(1, int(plan.warm_up_h / DAY_H) + 1):
        world.clock.call_at(day * DAY_H - plan.warm_up_h, order_key(BOOKS, 2), look)
    world.start()
    world.clock.run(2.0**-20)
    return found, float(sum(weight * source.created for weight, source in zip(weights, world.sources, strict=True)))
