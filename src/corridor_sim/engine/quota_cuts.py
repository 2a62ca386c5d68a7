"""What daily quotas let through over a run, as limits of the audit's minimum cut, and the most that a vehicle carries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from corridor_sim.engine.quotas import Quota, QuotaStation
from corridor_sim.engine.rules import shares_of

if TYPE_CHECKING:
    from corridor_sim.engine.world import World

INFINITE = float("inf")
Limits = dict[Any, list[tuple[Any, float]]]  # of what a step passes: name and net tonnes of every limit


def key_of(step: Any, stand: Any) -> Any:
    """Return what a step of a ride passes: the index of a leg, or a station with the slot under which it counts vehicles."""
    if step.kind == "leg":
        return step.index
    return step.kind, step.index, stand.service.draw + (stand.service.plan.heading ^ stand.end)


def quota_limits(world: World) -> Limits:
    """Return the net tonnes that each quota lets through: the numbers of its days as drawn, and one vehicle [t].

    Background vehicles that use the number make less of it, so the bound holds.
    """
    users: dict[Quota, list[tuple[Any, float]]] = {}
    for stand in (stand for service in world.services for stand in service.stands):
        for key, quota in _quotas_on(world, stand):
            users.setdefault(quota, []).append((key, heaviest(stand)))
    limits: Limits = {}
    for number, (quota, used_by) in enumerate(users.items()):
        tonnes = (sum(left for _, left in quota.days) + 1) * max(load for _, load in used_by)
        for key, _ in used_by if tonnes < INFINITE else ():
            limits[key] = [(("quota", number), tonnes)]
    return limits


def _quotas_on(world: World, stand: Any) -> Iterator[tuple[Any, Quota]]:
    """Yield the quotas that a ride counts in, each with what it passes there."""
    for step in stand.service.plan.steps[stand.end]:
        station = world.stations[step.index] if step.kind == "station" else None
        if isinstance(station, QuotaStation):
            key = key_of(step, stand)
            quota = station.by_slot.get(key[2])
            if quota is not None:
                yield key, quota


def heaviest(stand: Any) -> float:
    """Return the most net tonnes that one vehicle carries from an end of a service, over dates [t]."""
    plan = stand.service.plan
    by_end = plan.end_limits or (plan.limits, plan.limits)
    return max((load_t(stand, limits) for _, limits in by_end[stand.end]), default=0.0)


def load_t(stand: Any, limits: dict[str, float]) -> float:
    """Return the most net tonnes of any mix under limits: each limit alone bounds it, the lowest holds [t]."""
    loads = [(commodity.net_t, shares_of(use, limits, 1.0)) for use, commodity in zip(stand.uses, stand.commodities, strict=True)]
    if not loads:
        return 0.0
    bounds = [max(net_t / shares[k] if shares[k] else INFINITE for net_t, shares in loads) for k in range(len(loads[0][1]))]
    return min(bounds)
