"""Legs: each direction with its run time, paths and closures by date."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, inf

from corridor_sim.build.dated import Dated
from corridor_sim.build.hours import hours_timeline, month_turns
from corridor_sim.build.lines import line_numbers
from corridor_sim.plan import Law, LegPlan
from corridor_sim.scenario import Leg, Scenario, spans_in
from corridor_sim.units import HOURS_PER_DAY, date_at

SHORTEST_H = 0.1  # of a day's open hours


def leg_plans(dated: Dated, places: Mapping[str, int]) -> tuple[LegPlan, ...]:
    """Return two plans a leg, out and back: those of leg k stand at 2k and 2k + 1."""
    return tuple(
        _leg_plan(dated, places, name, way) for name in dated.scenario.legs for way in (0, 1)
    )


def _leg_plan(dated: Dated, places: Mapping[str, int], name: str, way: int) -> LegPlan:
    leg, edges = dated.scenario.legs[name], dated.leg_edges(name)
    offset_h = dated.scenario.places[leg.ends[0]].utc_offset_h
    if any(isinstance(scenario.legs[name].open, tuple) for _, scenario in dated.snapshots):
        edges = edges | set(month_turns(dated, offset_h))
    ends = leg.ends if way == 0 else leg.ends[::-1]
    return LegPlan(
        name=name,
        mode=leg.mode,
        direction=way,
        length_km=leg.length_km,
        run_h=dated.timeline(lambda scenario: run_law(scenario.legs[name], way)),
        headway_h=dated.dated(lambda scenario, hours: _headway_h(dated, scenario, name, way, hours), edges),
        window=dated.timeline(lambda scenario: scenario.legs[name].closure),
        clockface=leg.paths == "clockface",
        ordered=leg.mode == "rail",
        tail=places[ends[0]],
        head=places[ends[1]],
        other_share=dated.timeline(lambda scenario: _other_share(scenario.legs[name], way)),
        line=line_numbers(dated.scenario).get(name, -1),
        hours=hours_timeline(dated, lambda scenario: scenario.legs[name], offset_h),
    )


def run_law(leg: Leg, way: int) -> Law:
    """Return the law of the run time over a leg; at sea without one of its own it is the service's, here 0 [h]."""
    if leg.run_h is not None:
        return tuple(leg.run_h[way].flat())
    return varied(leg.length_km / leg.speed_kmh, leg.cv) if leg.speed_kmh else ("constant", 0.0)


def varied(mean_h: float, cv: float) -> Law:
    """Return the law of a run with lognormal variability, constant without [h]."""
    return ("lognormal", mean_h, cv) if cv > 0 and mean_h > 0 else ("constant", mean_h)


def _headway_h(dated: Dated, scenario: Scenario, name: str, way: int, hours: float) -> float:
    """Return the time between freight paths [h]: 0 without a limit, infinite while there are none."""
    leg = scenario.legs[name]
    if not dated.leg_open(scenario, name, hours):
        return inf
    if leg.mode == "sea" or leg.paths_per_day[way] == inf:
        return 0.0
    others = leg.other_pairs_per_day[way] * leg.other_weight if leg.mode == "rail" else 0.0
    left = leg.paths_per_day[way] - others
    window_h = leg.closure[1] if leg.closure else 0.0
    return max(_open_h(dated, leg, hours) - window_h, SHORTEST_H) / left if left > 0 else inf


def _open_h(dated: Dated, leg: Leg, hours: float) -> float:
    """Return the hours of a day in which vehicles may start, on the days that it is open at all: they share the paths of the day."""
    offset_h = dated.scenario.places[leg.ends[0]].utc_offset_h
    spans = spans_in(leg.open, date_at(dated.start, max(hours, 0.0) + offset_h).month - 1)
    days = {day for low, high in spans for day in range(int(low // HOURS_PER_DAY), ceil(high / HOURS_PER_DAY))}
    return sum(high - low for low, high in spans) / len(days) if days else HOURS_PER_DAY


def _other_share(leg: Leg, way: int) -> float:
    """Return the share of the paths that other trains take [1]."""
    pairs = leg.pairs_per_day[way]
    taken = leg.other_pairs_per_day[way] * leg.other_weight
    return min(taken / pairs, 1.0) if 0 < pairs < inf else 0.0
