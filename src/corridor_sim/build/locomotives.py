"""Districts of locomotives: their plans, and where on its way a train takes and leaves one."""

from __future__ import annotations

from collections.abc import Mapping

from corridor_sim.network import Line, Passage
from corridor_sim.plan import StepPlan
from corridor_sim.pool_plan import DistrictPlan
from corridor_sim.scenario import Scenario
from corridor_sim.units import on_grid

Swaps = dict[int, StepPlan]  # number of the place in order of travel -> the step there


def district_plans(scenario: Scenario, places: Mapping[str, int]) -> tuple[DistrictPlan, ...]:
    """Return the plans of the districts, in the order of the file."""
    return tuple(
        DistrictPlan(
            name, stated.traction or "",
            (places[stated.between[0]], places[stated.between[1]]),
            (stated.stock.get(stated.between[0], 0), stated.stock.get(stated.between[1], 0)),
            None if stated.light_h is None else on_grid(stated.light_h),
            on_grid(stated.returns_after_h),
        )
        for name, stated in scenario.locomotives.items()
    )  # fmt: skip


def swaps(scenario: Scenario, line: Line, end: int) -> tuple[Swaps, Swaps]:
    """Return where a train from an end takes a locomotive, and where it leaves one."""
    places = line.travelled(end)[0]
    numbers = {name: k for k, name in enumerate(scenario.locomotives)}
    takes: Swaps = {}
    leaves: Swaps = {}
    for district in scenario.services[line.name].locomotives:
        between = scenario.locomotives[district].between
        (first, side), (last, other) = sorted((places.index(place), side) for side, place in enumerate(between))
        takes[first] = StepPlan("take", 2 * numbers[district] + side)
        leaves[last] = StepPlan("leave", 2 * numbers[district] + other)
    return takes, leaves


def changes_after(met: tuple[Passage, ...], first: bool) -> int:
    """Return how many facilities of a place a train passes before it takes a locomotive: the yard is the last of them, if there is one."""
    if first:
        return 0
    return next((k + 1 for k, passage in enumerate(met) if passage.facility == "yard" and not passage.ends), len(met))
