"""Markets of a plan: which routes of which flows each option is, how large a market is, and the years of a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from corridor_sim.build import Dated
from corridor_sim.plan import FlowPlan, Plan
from corridor_sim.scenario import Market
from corridor_sim.units import hours_between

Years = tuple[tuple[int, float, float], ...]  # (calendar year, from_h, to_h), inside the window
Way = tuple[int, int]  # index of a flow, index of one of its routes


@dataclass(frozen=True, slots=True)
class Group:
    """A market of a plan: indices of its flows, and the ways that are each option inside."""

    name: str
    flows: tuple[int, ...]
    ways: dict[str, tuple[Way, ...]]
    t_per_unit: float  # net weight, 1 for what loads nothing: weighs the gap


def groups_of(plan: Plan, dated: Dated) -> tuple[Group, ...]:
    """Return the markets of a scenario with choice, in the order of the file."""
    choice = dated.scenario.choice
    assert choice is not None
    return tuple(_group(plan, name, market) for name, market in choice.markets.items())


def _group(plan: Plan, name: str, market: Market) -> Group:
    numbers = {flow.name: number for number, flow in enumerate(plan.flows)}
    flows = tuple(numbers[flow] for flow in market.flows)
    ways = {
        option: tuple((f, r) for f in flows for r, route in enumerate(plan.flows[f].routes) if route.branch == option)
        for option in market.options
    }
    return Group(name, flows, ways, plan.commodities[plan.flows[flows[0]].commodity].net_t or 1.0)


def years_of(plan: Plan) -> Years:
    """Return the calendar years of the window, the first and last perhaps in part."""
    found = []
    for year in range(plan.start.year, plan.start.year + 1 + int(plan.end_h // 8760) + 1):
        begin, end = (hours_between(plan.start, date(y, 1, 1)) for y in (year, year + 1))
        if max(begin, 0.0) < min(end, plan.end_h):
            found.append((year, max(begin, 0.0), min(end, plan.end_h)))
    return tuple(found)


def per_year(plan: Plan, dated: Dated, flow: int, hours: float) -> float:
    """Return the volume of a flow at an instant [units/year], without season; the start's before it."""
    at = max(hours, 0.0)
    stated = plan.flows[flow]
    if not any(begin <= at < end for begin, end in stated.active):
        return 0.0
    return dated.at(at).flows[stated.name].volume(dated.day(at).year, dated.start.year)


def route_shares(flow: FlowPlan, hours: float) -> tuple[float, ...]:
    """Return the shares of a flow's routes at an instant."""
    return next(value for begin, value in reversed(flow.shares) if begin <= hours)


def volumes(plan: Plan, dated: Dated, group: Group, hours: float) -> dict[str, float]:
    """Return what each option inside gets by the shares of the routes at an instant [units/year]."""
    flows = {flow: (per_year(plan, dated, flow, hours), route_shares(plan.flows[flow], hours)) for flow in group.flows}
    return {
        option: sum(flows[flow][0] * flows[flow][1][route] for flow, route in ways) for option, ways in group.ways.items()
    }


def whole(plan: Plan, dated: Dated, group: Group, market: Market, hours: float) -> float:
    """Return the size of a market at an instant [units/year].

    Without observed shares it is the volume of its flows. With them that volume is what was observed inside; flows that can only take
    new options (without a share) bring theirs on top.
    """
    known, fresh = 0.0, 0.0
    for flow in group.flows:
        volume = per_year(plan, dated, flow, hours)
        if any(market.options[option].share for option, ways in group.ways.items() for number, _ in ways if number == flow):
            known += volume
        else:
            fresh += volume
    return known / sum(option.share or 0.0 for option in market.options.values()) + fresh if market.pivots else known + fresh


def edges(plan: Plan, dated: Dated, group: Group, from_h: float, to_h: float) -> tuple[float, ...]:
    """Return the instants of [from_h, to_h) at which volumes or routes of a market change, from_h first."""
    return tuple(sorted({from_h, *(at for at in _changes(plan, dated, group) if from_h < at < to_h)}))


def _changes(plan: Plan, dated: Dated, group: Group) -> Iterator[float]:
    yield from (hours for hours, _ in dated.snapshots)
    yield from (begin for _, begin, _ in years_of(plan))
    for flow in (plan.flows[number] for number in group.flows):
        yield from (hours for hours, _ in flow.shares)
        yield from (hours for span in flow.active for hours in span)


def size_of(plan: Plan, dated: Dated, group: Group, market: Market, year: tuple[int, float, float]) -> tuple[float, set[str]]:
    """Return the size of a market in a year [units/year] and the options inside that are in use in some part of it."""
    _, from_h, to_h = year
    begins = edges(plan, dated, group, from_h, to_h)
    total, used = 0.0, set()
    for begin, end in zip(begins, (*begins[1:], to_h), strict=True):
        total += (end - begin) * whole(plan, dated, group, market, begin)
        used |= {option for option, volume in volumes(plan, dated, group, begin).items() if volume > 0}
    return total / (to_h - from_h), used
