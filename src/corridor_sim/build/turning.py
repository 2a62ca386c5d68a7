"""Flows that are turned away: those whose first vehicles come to a yard that lets nobody wait before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from corridor_sim.plan import CommodityPlan, FlowPlan, PenPlan, RoomPlan, ServicePlan
from corridor_sim.scenario import Scenario

Claims = tuple[tuple[int, float, int], ...]


def with_turning(
    scenario: Scenario, flows: Sequence[FlowPlan], pens: Sequence[PenPlan], services: Sequence[ServicePlan], rooms: Sequence[RoomPlan],
    commodities: Sequence[CommodityPlan],
) -> tuple[FlowPlan, ...]:  # fmt: skip
    """Return the flows, each with what a unit takes of the rooms that turn it away, a tuple a route; () where none does."""
    turning = {f"{name}.yard." for name, place in scenario.places.items() if place.yard and place.yard.when_full == "turn_away"}
    if not turning:
        return tuple(flows)
    hard = {k for k, room in enumerate(rooms) if any(room.name.startswith(prefix) for prefix in turning)}

    def of_route(flow: FlowPlan, stages: tuple[int, ...]) -> Claims:
        amounts = commodities[flow.commodity].amounts
        passed = [(room, amounts.get(rooms[room].measure, 0.0), station) for room, station in _first_rooms(pens[stages[0]], services)]
        ahead = pens[stages[1]].room[flow.direction] if len(stages) > 1 and not passed else None
        found = dict.fromkeys([*passed, *([(*ahead, -1)] if ahead is not None else [])])
        return tuple(claim for claim in found if claim[0] in hard and claim[1])

    made = []
    for flow in flows:
        claims = tuple(of_route(flow, route.pens) for route in flow.routes)
        made.append(replace(flow, turns_away=claims) if any(claims) else flow)
    return tuple(made)


def _first_rooms(pen: PenPlan, services: Sequence[ServicePlan]) -> Iterator[tuple[int, int]]:
    """Yield the first room that the vehicles of each service claim on their way, and the station behind it (-1: none)."""
    for service, end in pen.services:
        steps = services[service].steps[end]
        k = next((k for k, step in enumerate(steps) if step.kind == "room"), len(steps))
        behind = steps[k + 1 : k + 2]
        if k < len(steps):
            yield steps[k].index, behind[0].index if behind and behind[0].kind == "station" else -1
