"""Transit: how long it takes from readiness at the origin to delivery, and what the time is spent on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corridor_sim.metrics.blocks import Block, Floats, Periods
from corridor_sim.metrics.groups import Group, Portions, by_kind
from corridor_sim.plan import CAUSES
from corridor_sim.statistics import binned, kaplan_meier, survival_mean, survival_quantiles

LONG_WAIT_H = 72.0
QUANTILES = (0.5, 0.9, 0.95)
MEASURES = {
    "transit_mean": "h", "transit_p50": "h", "transit_p90": "h", "transit_p95": "h", "buffer_index": "1", "wait_over_72h": "1",
    "transit_censored": "1",
}  # fmt: skip
Ints = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Parts:
    """Parts of consignments: a row an instant of delivery, and one for what was still under way when the run stopped.

    portion, month (of readiness), ready_h, end_h (delivered, or seen last), units, under_way; trip: its row in the table of trips.
    """

    trip: Ints
    portion: Ints
    month: Ints
    ready_h: Floats
    end_h: Floats
    units: Floats
    under_way: NDArray[np.bool_]

    def take(self, rows: Any) -> Parts:
        """Return some of the rows."""
        return Parts(*(getattr(self, field.name)[rows] for field in fields(self)))


def parts_of(trips: dict[str, Any], portions: Portions, periods: Periods, stopped_h: float) -> Parts:
    """Return the parts of the consignments that became ready inside the window.

    A consignment delivered at several instants is put at its first and last with the weights that keep its mean: exact for two.
    """
    ready = np.asarray(trips["ready_h"], float)
    trip = np.flatnonzero((ready >= 0.0) & (ready < periods.edges_h[-1]))
    portion = portions.of(trips["flow"], trips["route"])
    month = np.searchsorted(periods.edges_h, ready, side="right") - 1
    rows = [_row(trip, ended, units) for ended, units in _delivered(trips, trip)]
    left = np.asarray(trips["units"], float) - np.asarray(trips["delivered"], float)
    rows.append(_row(trip, np.full(len(trip), np.nan), left[trip]))
    which, end_h, units = (np.concatenate(column) for column in zip(*rows, strict=True))
    under_way = np.isnan(end_h)
    end_h = np.where(under_way, np.maximum(stopped_h, ready[which]), end_h)
    return Parts(which, portion[which], month[which].astype(np.intp), ready[which], end_h, units, under_way)


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
    hours = np.nan_to_num(np.stack([np.asarray(trips[f"{cause}_h"], float) for cause in CAUSES], axis=1))[parts.trip]
    rows = [_of_group(group, parts, hours, portions, periods) for group in portions.groups]
    names = [*MEASURES, *(f"delay_{cause}" for cause in CAUSES)]
    for kind, (groups, values) in by_kind(portions.groups, rows).items():
        for k, measure in enumerate(names):
            yield Block(kind, [g.subject for g in groups], measure, MEASURES.get(measure, "h"), values[:, k, :])


def _of_group(group: Group, parts: Parts, hours: Floats, portions: Portions, periods: Periods) -> Floats:
    """Return [measures, periods] of one group: per unit of a flow, per net tonne of what is mixed."""
    per_unit = np.ones(len(portions.net_t)) if group.own_unit else portions.net_t
    mine = np.flatnonzero(np.isin(parts.portion, group.portions) & (per_unit[parts.portion] > 0))
    mine = mine[np.argsort(parts.month[mine], kind="stable")]
    own, spent = parts.take(mine), hours[mine]
    weight = own.units * per_unit[own.portion]
    found = np.full((len(MEASURES) + len(CAUSES), len(periods.labels)), np.nan)
    for period, (first, beyond) in enumerate(periods.spans):
        rows = slice(*np.searchsorted(own.month, [first, beyond]))
        if rows.stop > rows.start:
            found[:, period] = _numbers(own.end_h[rows] - own.ready_h[rows], weight[rows], own.under_way[rows], spent[rows])
    return found


def _numbers(transit_h: Floats, weight: Floats, under_way: NDArray[np.bool_], spent: Floats) -> list[float]:
    """Return the measures of one group and period."""
    times, survival = kaplan_meier(transit_h, weight, under_way)
    p50, p90, p95 = survival_quantiles(times, survival, QUANTILES)
    mean = survival_mean(times, survival)
    delivered = np.where(under_way, 0.0, weight)
    total = delivered.sum()
    nothing = not total > 0
    waited = spent[:, :-1].sum(axis=1) > LONG_WAIT_H
    long_waits = np.nan if nothing else delivered[waited].sum() / total
    causes = np.full(len(CAUSES), np.nan) if nothing else delivered @ spent / total
    buffer = (p95 - mean) / mean if mean > 0 else np.nan
    return [mean, p50, p90, p95, buffer, long_waits, 1.0 - total / weight.sum(), *causes]


def waiting_blocks(parts: Parts, trips: dict[str, Any], portions: Portions, periods: Periods) -> Iterator[Block]:
    """Yield waiting_<cause> of the whole corridor [t_h]: tonne-hours of what was delivered, by month of readiness."""
    tonnes = np.where(parts.under_way, 0.0, parts.units) * portions.net_t[parts.portion]
    for cause in CAUSES[:-1]:
        spent = np.nan_to_num(np.asarray(trips[f"{cause}_h"], float))[parts.trip]
        monthly = binned(parts.month, tonnes * spent, periods.months)
        yield Block("total", ["corridor"], f"waiting_{cause}", "t_h", periods.sums(monthly[None, :]))
