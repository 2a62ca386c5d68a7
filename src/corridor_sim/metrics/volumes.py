"""Volumes: what was offered, carried and left waiting, by corridor, direction, branch, scope and flow."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corridor_sim.facts import Facts
from corridor_sim.metrics.blocks import Block, Floats, Monthly, Periods, share, weighted
from corridor_sim.metrics.groups import CORRIDOR, Group, Portions, by_kind
from corridor_sim.metrics.transit import Parts
from corridor_sim.statistics import binned, trend
from corridor_sim.units import HOURS_PER_YEAR

ECHO = 0.02  # carried within 2 % of offered merely repeats the demand put in
FEW_MONTHS, SHORT_GROWTH = 3, 0.1  # a shorter window has too few months for a line with its noise: see `_short_growth`
GROWTH = 0.02  # a backlog grows if it rises by more than 2 % of what is offered meanwhile (and by more than its noise)


@dataclass(frozen=True, eq=False)
class Volumes:
    """Units by portion and period: offered (ready), carried (delivered), present at the period's end."""

    offered: Floats
    carried: Floats
    present: Floats
    present_monthly: Floats
    present_start: Floats

    def echoed(self, portions: Portions) -> NDArray[np.bool_]:
        """Return for each period whether the corridor carried what it was offered."""
        return repeats(weighted(portions.net_t, self.offered), weighted(portions.net_t, self.carried))


def repeats(offered: Floats, carried: Floats) -> NDArray[np.bool_]:
    """Return where carried merely repeats offered."""
    return np.asarray(np.abs(carried - offered) <= ECHO * offered)


def volumes_of(table: dict[str, Any], parts: Parts, portions: Portions, periods: Periods, flows: int) -> Volumes:
    """Return the volumes of a run: exact by flow; flows with several branches are split as their consignments were."""
    monthly = Monthly(table, "flow", flows, periods)
    by_ready, by_end, under_way = _splits(parts, portions, periods)
    ready, delivered, present = monthly.of("ready"), monthly.of("delivered"), monthly.of("present")
    split_present = present[portions.flow] * under_way
    at_start = (present - ready + delivered + monthly.of("turned_away"))[:, 0]
    return Volumes(
        periods.sums(ready[portions.flow] * by_ready), periods.sums(delivered[portions.flow] * by_end),
        periods.last(split_present), split_present, at_start[portions.flow] * under_way[:, 0],
    )  # fmt: skip


def _splits(parts: Parts, portions: Portions, periods: Periods) -> tuple[Floats, Floats, Floats]:
    """Return [portions, months]: the share of its flow by month of readiness, of delivery, and under way at month's end."""
    shape = (len(portions.flow), periods.months)
    month = np.searchsorted(periods.edges_h, parts.end_h, side="right") - 1
    inside = (month < periods.months) & ~parts.under_way
    ready = _counts(parts.portion, parts.month, parts.units, shape)
    ended = _counts(parts.portion[inside], month[inside], parts.units[inside], shape)
    left = np.maximum(np.cumsum(ready - ended, axis=1), 0.0)
    equal = 1.0 / np.bincount(portions.flow)[portions.flow][:, None]
    whole = _share_of_flow(ready.sum(axis=1, keepdims=True), portions, equal)
    return _share_of_flow(ready, portions, whole), _share_of_flow(ended, portions, whole), _share_of_flow(left, portions, whole)


def _counts(portion: NDArray[np.intp], month: NDArray[np.intp], units: Floats, shape: tuple[int, int]) -> Floats:
    return binned(portion * shape[1] + month, units, shape[0] * shape[1]).reshape(shape)


def _share_of_flow(counts: Floats, portions: Portions, otherwise: Floats) -> Floats:
    """Return counts as shares of their flow: 1 for its only portion, `otherwise` where the flow has none."""
    flows = int(portions.flow.max(initial=-1)) + 1
    total = np.zeros((flows, counts.shape[1]))
    np.add.at(total, portions.flow, counts)
    siblings = np.bincount(portions.flow, minlength=flows)[portions.flow][:, None]
    shares = share(counts, total[portions.flow])
    return np.where(siblings == 1, 1.0, np.where(np.isnan(shares), otherwise, shares))


def volume_blocks(volumes: Volumes, portions: Portions, periods: Periods) -> Iterator[Block]:
    """Yield offered, carried and present in t, Mt/a, TEU, wagons and trucks, and in a flow's own unit."""
    for kind in dict.fromkeys(group.kind for group in portions.groups):
        groups = [group for group in portions.groups if group.kind == kind]
        subjects = [group.subject for group in groups]
        yield from _tonnes(kind, subjects, groups, volumes, portions, periods)
        for measure in ("teu", "wagons", "trucks"):
            amount = getattr(portions, measure)
            offered, carried = (_total(groups, values, amount) for values in (volumes.offered, volumes.carried))
            foreign = ~(offered + carried > 0).any(axis=1)  # groups that aren't counted in this measure
            offered[foreign], carried[foreign] = np.nan, np.nan
            yield Block(kind, subjects, f"offered_{measure}", measure, offered, True)
            yield Block(kind, subjects, f"carried_{measure}", measure, carried, repeats(offered, carried))
        if kind == "flow":
            yield from _own_units(subjects, groups, volumes, portions)


def _tonnes(
    kind: str, subjects: list[str], groups: list[Group], volumes: Volumes, portions: Portions, periods: Periods
) -> Iterator[Block]:
    offered, carried, present = (
        _total(groups, values, portions.net_t) for values in (volumes.offered, volumes.carried, volumes.present)
    )
    empties = np.array([not portions.net_t[group.portions].any() for group in groups])
    offered[empties], carried[empties], present[empties] = np.nan, np.nan, np.nan
    per_year = HOURS_PER_YEAR / periods.hours / 1e6
    echoed = repeats(offered, carried)
    yield Block(kind, subjects, "offered", "Mt/a", offered * per_year, True)
    yield Block(kind, subjects, "carried", "Mt/a", carried * per_year, echoed)
    yield Block(kind, subjects, "offered_net", "t", offered, True)
    yield Block(kind, subjects, "carried_net", "t", carried, echoed)
    yield Block(kind, subjects, "present_end", "t", present)


def _own_units(subjects: list[str], groups: list[Group], volumes: Volumes, portions: Portions) -> Iterator[Block]:
    units = [group.own_unit for group in groups]
    one = np.ones(len(portions.flow))
    offered, carried, present = (_total(groups, values, one) for values in (volumes.offered, volumes.carried, volumes.present))
    yield Block("flow", subjects, "offered_units", units, offered, True)
    yield Block("flow", subjects, "carried_units", units, carried, repeats(offered, carried))
    yield Block("flow", subjects, "present_end_units", units, present)


def _total(groups: list[Group], values: Floats, per_unit: Floats) -> Floats:
    weighted = values * per_unit[:, None]
    return np.stack([weighted[group.portions].sum(axis=0) for group in groups])


def held_block(table: dict[str, Any], facts: Facts, periods: Periods) -> Block:
    """Return held [unit_h]: unit-hours that an embargo held at the origin, by flow."""
    held = Monthly(table, "flow", len(facts.flows), periods).sums("held_unit_h")
    return Block("flow", [flow.name for flow in facts.flows], "held", [f"{flow.unit}_h" for flow in facts.flows], held)


def turned_block(table: dict[str, Any], facts: Facts, periods: Periods) -> Block:
    """Return turned_away [own unit]: units that found a yard full and never came back, by flow."""
    turned = Monthly(table, "flow", len(facts.flows), periods).sums("turned_away")
    names, units = [flow.name for flow in facts.flows], [flow.unit for flow in facts.flows]
    return Block("flow", names, "turned_away", units, np.where(turned > 0, turned, np.nan))


def backlog_blocks(volumes: Volumes, portions: Portions, periods: Periods) -> Iterator[Block]:
    """Yield backlog_slope [t/month; own unit for flows] and backlog_grows [1 or 0] of every group, over the whole window."""
    rows: list[Floats] = [np.array([backlog(group, volumes, portions, periods)]) for group in portions.groups]
    for kind, (groups, values) in by_kind(portions.groups, rows).items():
        subjects = [group.subject for group in groups]
        units = [f"{group.own_unit or 't'}/month" for group in groups]
        yield Block(kind, subjects, "backlog_slope", units, values[:, :, 0])
        yield Block(kind, subjects, "backlog_grows", "1", values[:, :, 1])


def backlog(group: Group, volumes: Volumes, portions: Portions, periods: Periods) -> tuple[float, float]:
    """Return (slope of what is present at month's end [a month], 1 if it grows beyond noise and season)."""
    weight = np.ones(len(group.portions)) if group.own_unit else portions.net_t[group.portions]
    present = weighted(weight, volumes.present_monthly[group.portions])
    offered = float((weight * volumes.offered[group.portions, 0]).sum())
    slope, half_width = trend(present, periods.edges_h[1:])
    grows = slope > half_width and slope * periods.edges_h[-1] > GROWTH * offered
    if periods.months <= FEW_MONTHS:
        first = float((weight * volumes.present_start[group.portions]).sum())
        grows = grows or _short_growth(np.append(first, present), offered)
        slope = float(present[-1] - first) / periods.edges_h[-1] if math.isnan(slope) else slope
    return slope * HOURS_PER_YEAR / 12, float(grows)


def _short_growth(present: Floats, offered: float) -> bool:
    """Return whether a backlog grows in a window too short for a line's noise: present at the start and at each month's end.

    It rises by more than a tenth of what is offered and doesn't level off: the last month rises at least half as much as the mean
    month. A single month must begin with as much as it adds: from an empty start nothing can be told apart.
    """
    rise, last, months = float(present[-1] - present[0]), float(present[-1] - present[-2]), len(present) - 1
    goes_on = present[0] >= rise if months == 1 else last * months > rise / 2
    return rise > SHORT_GROWTH * offered and bool(goes_on)


def waiting_block(table: dict[str, Any], facts: Facts, periods: Periods) -> Block:
    """Return waiting_end [t]: net tonnes that wait in pens at the period's end."""
    present = Monthly(table, "pen", len(facts.pens), periods).of("present")
    tonnes = weighted(np.array([pen.net_t for pen in facts.pens]), present)
    return Block("total", [CORRIDOR], "waiting_end", "t", periods.last(tonnes[None, :]))
