"""Transit: how long it takes from readiness at the origin to delivery, and what the time is spent on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corridor_sim.metrics.blocks import Block, Floats, Periods, share, weighted
from corridor_sim.metrics.groups import CORRIDOR, Group, Portions, by_kind
from corridor_sim.plan import CAUSES
from corridor_sim.statistics import binned, survival, survival_mean, survival_quantiles

LONG_WAIT_H = 72.0
QUANTILES = (0.5, 0.9, 0.95)
TIMES = {"transit_mean": "h", "transit_p50": "h", "transit_p90": "h", "transit_p95": "h", "buffer_index": "1"}
Ints = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Parts:
    """Parts of consignments: a row an instant of delivery, and one for what was still under way when the run stopped.

    portion, month (of readiness), ready_h, end_h (delivered, or seen last), units, under_way; trip: its row in the table of trips.
    They are in order of the time they took, at equal times what is still under way last.
    """

    trip: Ints
    portion: Ints
    month: Ints
    ready_h: Floats
    end_h: Floats
    units: Floats
    under_way: NDArray[np.bool_]


def parts_of(trips: dict[str, Any], portions: Portions, periods: Periods, stopped_h: float) -> Parts:
    """Return the parts of the consignments that became ready inside the window, in order of the time they took.

    A consignment delivered at several instants is put at its first and last with the weights that keep its mean: exact for two.
    """
    ready = np.asarray(trips["ready_h"], float)
    trip = np.flatnonzero((ready >= 0.0) & (ready < periods.edges_h[-1]))
    rows = [_row(trip, ended, units) for ended, units in _delivered(trips, trip)]
    left = np.asarray(trips["units"], float) - np.asarray(trips["delivered"], float)
    rows.append(_row(trip, np.full(len(trip), np.nan), left[trip]))
    which, end_h, units = (np.concatenate(column) for column in zip(*rows, strict=True))
    under_way = np.isnan(end_h)
    end_h = np.where(under_way, np.maximum(stopped_h, ready[which]), end_h)
    order = np.lexsort((under_way, end_h - ready[which]))
    which = which[order]
    month = np.searchsorted(periods.edges_h, ready[which], side="right") - 1
    portion = portions.of(trips["flow"], trips["route"])[which]
    return Parts(which, portion, month, ready[which], end_h[order], units[order], under_way[order])


def _row(trip: Ints, end_h: Floats, units: Floats) -> tuple[Ints, Floats, Floats]:
    keep = units > 0
    return trip[keep], end_h[keep], units[keep]


def _delivered(trips: dict[str, Any], trip: Ints) -> Iterator[tuple[Floats, Floats]]:
    """Yield (instants [h], units) of the first and of the last deliveries."""
    first, last, mean, units = (np.asarray(trips[name], float)[trip] for name in ("first_h", "last_h", "mean_h", "delivered"))
    spread = np.isfinite(first) & np.isfinite(last) & (last > first)
    late = np.divide(mean - first, last - first, out=np.zeros_like(mean), where=spread)
    late_units = units * np.clip(late, 0.0, 1.0)
    yield np.where(spread, first, mean), units - late_units
    yield last, late_units


def transit_blocks(parts: Parts, trips: dict[str, Any], portions: Portions, periods: Periods) -> Iterator[Block]:
    """Yield the blocks transit_*, buffer_index, wait_over_72h and delay_<cause> of every group."""
    times = [_times(group, parts, portions, periods) for group in portions.groups]
    means = list(_means(parts, trips, portions, periods))
    for kind, (groups, values) in by_kind(portions.groups, times).items():
        subjects = [group.subject for group in groups]
        for k, (measure, unit) in enumerate(TIMES.items()):
            yield Block(kind, subjects, measure, unit, values[:, k, :])
        chosen = np.array([group.kind == kind for group in portions.groups])
        for measure, unit, mean in means:
            yield Block(kind, subjects, measure, unit, mean[chosen])


def _times(group: Group, parts: Parts, portions: Portions, periods: Periods) -> Floats:
    """Return [TIMES, periods] of one group: per unit of a flow, per net tonne of what is mixed."""
    per_unit = _per_unit(group, portions)
    member = np.zeros(len(per_unit), bool)
    member[group.portions] = per_unit[group.portions] > 0
    mine = np.flatnonzero(member[parts.portion])
    took = parts.end_h[mine] - parts.ready_h[mine]
    weight = parts.units[mine] * per_unit[parts.portion[mine]]
    under_way, month = parts.under_way[mine], parts.month[mine]
    found = np.full((len(TIMES), len(periods.labels)), np.nan)
    for level in periods.levels:
        which = np.repeat(np.arange(level.stop - level.start, dtype=np.int16), [b - a for a, b in periods.spans[level]])
        order = np.argsort(which[month], kind="stable")  # within a period they stay in the order of the time they took
        edges = np.searchsorted(which[month][order], np.arange(level.stop - level.start + 1))
        for period, (first, beyond) in enumerate(pairwise(edges), level.start):
            rows = order[first:beyond]
            if len(rows):
                found[:, period] = _quantiles(took[rows], survival(weight[rows], under_way[rows]))
    return found


def _quantiles(took_h: Floats, lasting: Floats) -> list[float]:
    p50, p90, p95 = survival_quantiles(took_h, lasting, QUANTILES)
    mean = survival_mean(took_h, lasting)
    return [mean, p50, p90, p95, (p95 - mean) / mean if mean > 0 else np.nan]


def _means(parts: Parts, trips: dict[str, Any], portions: Portions, periods: Periods) -> Iterator[tuple[str, str, Floats]]:
    """Yield (measure, unit, [groups, periods]) of what is a mean over units: what is delivered, and what it waited for."""
    delivered = np.where(parts.under_way, 0.0, parts.units)
    all_units, all_delivered = (_sums(parts, units, portions, periods) for units in (parts.units, delivered))
    yield "transit_censored", "1", 1.0 - share(all_delivered, all_units)
    waited = np.zeros(len(delivered))
    for cause in CAUSES:
        spent = np.nan_to_num(np.asarray(trips[f"{cause}_h"], float))[parts.trip]
        waited += spent if cause != CAUSES[-1] else 0.0
        yield f"delay_{cause}", "h", share(_sums(parts, delivered * spent, portions, periods), all_delivered)
    long_waits = _sums(parts, delivered * (waited > LONG_WAIT_H), portions, periods)
    yield "wait_over_72h", "1", share(long_waits, all_delivered)


def _sums(parts: Parts, units: Floats, portions: Portions, periods: Periods) -> Floats:
    """Return the sum of something by units over each group and period: units of a flow, net tonnes of what is mixed."""
    shape = (len(portions.flow), periods.months)
    monthly = binned(parts.portion * shape[1] + parts.month, units, shape[0] * shape[1]).reshape(shape)
    groups = [weighted(_per_unit(group, portions)[group.portions], monthly[group.portions]) for group in portions.groups]
    return periods.sums(np.array(groups).reshape(-1, periods.months))


def _per_unit(group: Group, portions: Portions) -> Floats:
    """Return what a unit of each portion weighs in a group's means."""
    return np.ones(len(portions.net_t)) if group.own_unit else portions.net_t


def waiting_blocks(parts: Parts, trips: dict[str, Any], portions: Portions, periods: Periods) -> Iterator[Block]:
    """Yield waiting_<cause> of the whole corridor [t_h]: tonne-hours of what was delivered, by month of readiness."""
    tonnes = np.where(parts.under_way, 0.0, parts.units) * portions.net_t[parts.portion]
    for cause in CAUSES[:-1]:
        spent = np.nan_to_num(np.asarray(trips[f"{cause}_h"], float))[parts.trip]
        monthly = binned(parts.month, tonnes * spent, periods.months)
        yield Block("total", [CORRIDOR], f"waiting_{cause}", "t_h", periods.sums(monthly[None, :]))
