"""Capacity left: the largest multiple of today's own traffic that fits, estimated from what one run used.

Every own movement is multiplied by m while others' traffic stays. An element bears m = (open server hours - others' busy hours) /
own busy hours. Fleets that share pens bear m = tonnes that their vessels could move, at full loads and at the observed hours a
departure without waiting for cargo, berth or room, over tonnes moved, in the heavier direction. What a flow bears is the least of
its elements and fleets; where the backlog grows already, no more than what is carried now. This is an estimate, not a
simulation: it knows neither peaks nor new bottlenecks of timing.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from corridor_sim.facts import Facts
from corridor_sim.metrics.blocks import Block, Floats, Periods, share, weighted
from corridor_sim.metrics.elements import Elements
from corridor_sim.metrics.groups import Group, Portions, by_kind
from corridor_sim.metrics.services import Fleets, pool_name, pools_of
from corridor_sim.metrics.volumes import Volumes, backlog
from corridor_sim.plan import DIRECTIONS
from corridor_sim.units import HOURS_PER_YEAR

NONE = np.inf  # nothing bounds it


def element_multiples(elements: Elements) -> Floats:
    """Return the multiple that each element bears [elements, periods]; NaN where it has no limit or no own traffic."""
    left = np.maximum(elements.capacity_h - elements.others_h, 0.0)
    return np.where(elements.capacity_h > 0, share(left, elements.own_h), np.nan)


def pool_multiples(fleets: Fleets, facts: Facts) -> Floats:
    """Return the multiple that each pool of fleets bears [pools, periods]; NaN where it moved nothing."""
    moves = [_possible_and_moved(fleets, facts, direction) for direction in DIRECTIONS]
    rows = []
    for pool in pools_of(facts):
        sides = [share(possible[pool].sum(axis=0), moved[pool].sum(axis=0)) for possible, moved in moves]
        rows.append(np.fmin(*sides))
    return np.array(rows).reshape(len(rows), fleets.whole["vessel_h"].shape[1])


def _possible_and_moved(fleets: Fleets, facts: Facts, direction: str) -> tuple[Floats, Floats]:
    """Return (tonnes that could be moved, tonnes moved) in a direction of travel, [services, periods]."""
    second = np.array([service.heading != direction for service in facts.services])[:, None]
    side = {c: np.where(second, fleets.ends[1][c], fleets.ends[0][c]) for c in ("departures", "fill", "net_t", "units")}
    whole = fleets.whole
    sailing_h = whole["handling_h"] + whole["sea_h"] + whole["weather_wait_h"] + whole["closed_wait_h"]
    sailings = np.nan_to_num(share(whole["vessel_h"] * side["departures"], sailing_h))
    moved = np.where(side["net_t"] > 0, side["net_t"], side["units"])  # a fleet that only carries empties
    return sailings * np.nan_to_num(share(moved, side["fill"])), moved


def capacity_blocks(
    elements: Elements, fleets: Fleets, volumes: Volumes, facts: Facts, portions: Portions, periods: Periods
) -> Iterator[Block]:
    """Yield the multiples of elements and fleets, and what is sustainable for each group; for `all` and years only."""
    coarse = periods.coarse
    by_element, by_pool = element_multiples(elements)[:, :coarse], pool_multiples(fleets, facts)[:, :coarse]
    yield Block("element", elements.labels, "capacity_multiple", "1", by_element)
    yield Block("pool", [pool_name(facts, pool) for pool in pools_of(facts)], "capacity_multiple", "1", by_pool)
    limits = _route_limits(by_element, by_pool, facts, portions)
    rows = [_sustainable(group, limits, volumes, portions, periods) for group in portions.groups]
    for kind, (groups, values) in by_kind(portions.groups, rows).items():
        names = [group.subject for group in groups]
        yield Block(kind, names, "sustainable_multiple", "1", values[:, 0])
        yield Block(kind, names, "sustainable", "Mt/a", values[:, 1])
        if kind == "flow":
            yield Block(kind, names, "sustainable_units", [f"{group.own_unit}/a" for group in groups], values[:, 2])


def _route_limits(by_element: Floats, by_pool: Floats, facts: Facts, portions: Portions) -> Floats:
    """Return the multiple that each portion's way bears [portions, periods], infinity where nothing bounds it."""
    element = {e.label: row for e, row in zip(facts.elements, by_element, strict=True)}
    pool = {facts.services[k].name: row for group, row in zip(pools_of(facts), by_pool, strict=True) for k in group}
    limits = np.full((len(portions.flow), by_element.shape[1]), NONE)
    for k, flow in enumerate(facts.flows):
        for route, portion in zip(flow.routes, portions.route_portion[k], strict=False):
            for row in (*map(element.get, route.elements), *map(pool.get, route.services)):
                if row is not None:
                    limits[portion] = np.fmin(limits[portion], row)
    return limits


def _sustainable(group: Group, limits: Floats, volumes: Volumes, portions: Portions, periods: Periods) -> Floats:
    """Return rows: multiple of what is offered, sustainable in Mt/a, in units a year; NaN where nothing bounds it."""
    members, coarse = group.portions, periods.coarse
    offered, carried = (values[members, :coarse] for values in (volumes.offered, volumes.carried))
    moving = np.where(carried > 0, limits[members], NONE)
    bound = moving.min(axis=0)
    if backlog(group, volumes, portions, periods)[1] > 0:
        bound = np.minimum(bound, 1.0)
    bound = np.where(np.isfinite(bound), bound, np.nan)
    per_year = HOURS_PER_YEAR / periods.hours[:coarse]
    tonnes = portions.net_t[members]
    weight = np.ones(len(members)) if group.own_unit else tonnes
    multiple = bound * share(weighted(weight, carried), weighted(weight, offered))
    in_tonnes = bound * weighted(tonnes, carried) * per_year / 1e6 if tonnes.any() else np.full(coarse, np.nan)
    return np.array([multiple, in_tonnes, bound * carried.sum(axis=0) * per_year])
