"""A plan whose flows follow given shares, shares between years, and the time of a way when nothing is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from corridor_sim.build import Dated
from corridor_sim.choice.logit import Share
from corridor_sim.choice.markets import Group, edges, route_shares, volumes, whole, years_of
from corridor_sim.network import Ride, lines, ride_time_h, stage_from
from corridor_sim.plan import FlowPlan, Plan
from corridor_sim.scenario import Choice, Market
from corridor_sim.units import HOURS_PER_DAY

Shares = dict[str, dict[int, Share]]  # market -> year -> option -> share
BEFORE = float("-inf")
T = TypeVar("T")


def with_shares(plan: Plan, dated: Dated, groups: Sequence[Group], shares: Shares) -> Plan:
    """Return a plan in which each option of each market gets its share in every year; what goes outside isn't there at all."""
    flows = list(plan.flows)
    choice = dated.scenario.choice
    assert choice is not None
    for group in groups:
        factors = _factors(plan, dated, group, choice.markets[group.name], shares[group.name])
        for number in group.flows:
            flows[number] = _scaled(plan.flows[number], number, group, factors)
    return replace(plan, flows=tuple(flows))


def _factors(
    plan: Plan, dated: Dated, group: Group, market: Market, shares: Mapping[int, Share]
) -> tuple[tuple[float, dict[str, float]], ...]:
    """Return (from_h, option -> factor on what the shares of the routes give it) by date."""
    first = min(-plan.warm_up_h, 0.0)
    begins = edges(plan, dated, group, first, plan.end_h + plan.drain_h)
    years = years_of(plan)
    found = []
    for begin in begins:
        year = next((year for year, from_h, _ in reversed(years) if from_h <= max(begin, 0.0)), years[0][0])
        size = whole(plan, dated, group, market, begin)
        found.append((begin, _ratios(shares[year], size, volumes(plan, dated, group, max(begin, 0.0)))))
    return tuple(found)


def _ratios(shares: Share, size: float, given: Mapping[str, float]) -> dict[str, float]:
    """Return what each option inside gets over what it is given; those not in use leave theirs to all others in proportion."""
    missing = sum(shares[option] for option, volume in given.items() if not volume > 0)
    left = 1.0 - missing
    return {
        option: size * shares[option] / left / volume if volume > 0 and left > 0 else 1.0 for option, volume in given.items()
    }


def _scaled(flow: FlowPlan, number: int, group: Group, factors: Sequence[tuple[float, dict[str, float]]]) -> FlowPlan:
    """Return a flow with the factors in its intensity and in the shares of its routes."""
    option_of = {route: option for option, ways in group.ways.items() for index, route in ways if index == number}
    steps = [(begin, *_routed(route_shares(flow, max(begin, 0.0)), ratio, option_of)) for begin, ratio in factors]
    shares = [(begin if k else BEFORE, parts) for k, (begin, _, parts) in enumerate(steps)]
    scale = [(begin if k else BEFORE, factor) for k, (begin, factor, _) in enumerate(steps)]
    begins = sorted({begin for begin, _ in flow.intensity} | {begin for begin, _ in scale[1:]})
    rates = [(begin, _at(flow.intensity, begin) * _at(scale, begin)) for begin in begins if begin >= flow.intensity[0][0]]
    return replace(flow, intensity=_merged(rates), shares=_merged(shares))


def _routed(parts: tuple[float, ...], ratio: Mapping[str, float], option_of: Mapping[int, str]) -> tuple[float, tuple[float, ...]]:
    """Return (factor on the flow, shares of its routes)."""
    weights = [part * ratio[option_of[route]] for route, part in enumerate(parts)]
    total = sum(weights)
    return (total, tuple(weight / total for weight in weights)) if total > 0 else (0.0 if sum(parts) else 1.0, parts)


def _at(steps: Sequence[tuple[float, float]], hours: float) -> float:
    return next(value for begin, value in reversed(steps) if begin <= hours)


def _merged(steps: Sequence[tuple[float, T]]) -> tuple[tuple[float, T], ...]:
    return tuple(step for k, step in enumerate(steps) if not k or step[1] != steps[k - 1][1])


def given_shares(choice: Choice) -> Shares:
    """Return the shares that a scenario gives as settled before."""
    found: Shares = {}
    for one in choice.settled or ():
        found.setdefault(one.market, {})[one.year] = dict(one.shares)
    return found


def interpolated(shares: Mapping[int, Share], there: Mapping[int, set[str]], years: Sequence[int]) -> dict[int, Share]:
    """Return shares for every year from those of some: between two in proportion of time, beyond them the nearest.

    there: options in use in a year that has shares; between a year without an option and one with it, the later holds.
    """
    known = sorted(shares)
    return {year: _between(shares, there, known, year) for year in years}


def _between(shares: Mapping[int, Share], there: Mapping[int, set[str]], known: Sequence[int], year: int) -> Share:
    before = max((one for one in known if one <= year), default=known[0])
    after = min((one for one in known if one >= year), default=known[-1])
    if before >= after:
        return shares[before]
    part = 1.0 if there[before] != there[after] else (year - before) / (after - before)
    return {name: share + part * (shares[after][name] - share) for name, share in shares[before].items()}


def free_time_days(plan: Plan, dated: Dated, group: Group, option: str, hours: float) -> float:
    """Return the time of an option when nothing else moves, waiting by the rules of departure included, the mean of its ways [days]."""
    scenario = dated.at(hours)
    found = lines(scenario)
    times = []
    for flow, route in group.ways[option]:
        place, total = scenario.flows[plan.flows[flow].name].from_, 0.0
        for names in (stage.split("|") for stage in plan.flows[flow].routes[route].name.split(">")):
            stage, place = stage_from(scenario, found, place, names)
            total += min(ride_time_h(scenario, found[ride.service], ride.end) for ride in map(Ride._make, stage))
        times.append(total)
    return sum(times) / len(times) / HOURS_PER_DAY
