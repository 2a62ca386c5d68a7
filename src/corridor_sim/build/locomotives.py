"""Districts of locomotives: their plans, where on its way a train takes and leaves one, and where it may give it up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from math import inf

from corridor_sim.build.dated import Dated
from corridor_sim.network import Hop, Line, Passage
from corridor_sim.plan import StepPlan
from corridor_sim.pool_plan import DistrictPlan, HaltPlan
from corridor_sim.scenario import Scenario
from corridor_sim.units import on_grid

Swaps = dict[int, StepPlan]  # number of the place in order of travel -> the step there
HaltKey = tuple[str, str, Hop]  # district, place, and the leg ahead


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


# Halts


def halt_plans(dated: Dated, found: Mapping[str, Line]) -> dict[HaltKey, HaltPlan]:
    """Return the yards inside districts where trains that wait for room ahead may give up their locomotive."""
    plans: dict[HaltKey, HaltPlan] = {}
    for line in found.values():
        for end in (0, 1) if dated.scenario.services[line.name].two_way else (0,):
            for _, key, share in _halts(dated.scenario, line, end):
                hours = dated.timeline(partial(_patience, key[2]))
                if key not in plans and any(patience != inf for _, patience in hours):
                    number = list(dated.scenario.locomotives).index(key[0])
                    plans[key] = HaltPlan(f"{key[1]} before {key[2].leg}", number, share, hours)
    return plans


def halts(scenario: Scenario, line: Line, end: int, plans: Mapping[HaltKey, HaltPlan]) -> Swaps:
    """Return where a train from an end may give up its locomotive."""
    numbers = {key: k for k, key in enumerate(plans)}
    return {number: StepPlan("halt", numbers[key]) for number, key, _ in _halts(scenario, line, end) if key in numbers}


def _patience(hop: Hop, scenario: Scenario) -> float:
    return on_grid(hours) if (hours := scenario.legs[hop.leg].abandon_h) is not None else inf


def _halts(scenario: Scenario, line: Line, end: int) -> Iterator[tuple[int, HaltKey, float]]:
    """Yield each yard inside a district on the way from an end: its number, key, and how far from the district's first boundary it is."""
    places, hops, _ = line.travelled(end)
    for name in scenario.services[line.name].locomotives:
        district = scenario.locomotives[name]
        first, last = sorted(places.index(place) for place in district.between)
        lengths = [scenario.legs[hop.leg].length_km for hop in hops[first:last]]
        lengths = lengths if sum(lengths) else [1.0] * len(lengths)
        for number in range(first + 1, last) if district.light_h is not None else ():
            come = sum(lengths[: number - first]) / sum(lengths)
            share = come if places[first] == district.between[0] else 1 - come
            if scenario.places[places[number]].yard is not None:
                yield number, (name, places[number], hops[number]), share
