"""Demand: the intensity of each flow by date, and the instants at which its consignments become ready.

The intensity is a step function. A year's volume is spread over that calendar year (8,760 or 8,784 h), so that the volume of
each year is kept whatever the season by month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import chain
from math import ceil, floor, tau

import numpy as np

from corridor_sim.plan import FlowPlan
from corridor_sim.scenario import Flow, MonthlySeason, PeriodSeason
from corridor_sim.streams import FIRST_BLOCK, FULL_BLOCK, Floats
from corridor_sim.units import BIG, HOURS_PER_DAY, date_at, hours_between, next_month, on_grid

SNAP = 1e-9  # consignments: a whole number this near to an edge falls on the edge
BISECTIONS = 60
Exponentials = Callable[[int], Floats]
Steps = tuple[tuple[float, float], ...]


# Intensity by date


def intensity(flows: Sequence[tuple[float, Flow]], start: date, from_h: float, to_h: float) -> Steps:
    """Return the consignments per hour of a flow as a step function, (from_h, rate), over [from_h, to_h).

    flows: the flow by date, (hours since start, flow), the first from ever on. Growth steps each 1 January. Before the start the
    rate is the start's, without growth or season by month; a season by period goes on through the warm-up.
    """
    edges = {from_h, *(at for at, _ in flows[1:]), *_month_begins(start, to_h)}
    for _, flow in flows:
        edges.update(_period_begins(flow, from_h, to_h))
    steps: list[tuple[float, float]] = []
    for at in sorted(edge for edge in edges if from_h <= edge < to_h):
        flow = next(flow for begin, flow in reversed(flows) if begin <= max(at, 0.0))
        rate = _rate(flow, start, at)
        if not steps or rate != steps[-1][1]:
            steps.append((at, rate))
    return tuple(steps)


def _month_begins(start: date, to_h: float) -> Iterator[float]:
    day = next_month(start)
    while (at := hours_between(start, day)) < to_h:
        yield at
        day = next_month(day)


def _period_begins(flow: Flow, from_h: float, to_h: float) -> Iterator[float]:
    if isinstance(flow.season, PeriodSeason):
        part_h = _part_h(flow.season)
        yield from (on_grid(k * part_h) for k in range(ceil(from_h / part_h), ceil(to_h / part_h)))


def _part_h(season: PeriodSeason) -> float:
    return season.period_days * HOURS_PER_DAY / len(season.values)


def _rate(flow: Flow, start: date, at: float) -> float:
    """Return the consignments per hour from an instant on."""
    day = date_at(start, max(at, 0.0)).date()
    hours = hours_between(date(day.year, 1, 1), date(day.year + 1, 1, 1))
    return flow.volume(day.year, start.year) / hours / flow.consignment * _season(flow, day, at)


def _season(flow: Flow, day: date, at: float) -> float:
    """Return the factor of the season, its mean over the year or the period being 1; a sine is left to the plan."""
    season = flow.season
    if isinstance(season, MonthlySeason):
        firsts = [date(day.year, month, 1) for month in range(1, 13)]
        days = [(next_month(first) - first).days for first in firsts]
        weighted = sum(weight * length for weight, length in zip(season.months, days, strict=True))
        return season.months[day.month - 1] * sum(days) / weighted
    if isinstance(season, PeriodSeason):
        part = floor(at / _part_h(season) + SNAP) % len(season.values)
        return season.values[part] * len(season.values) / sum(season.values)
    return 1.0


# Instants of readiness



def ready_times(flow: FlowPlan, exponentials: Exponentials, from_h: float, to_h: float) -> Iterator[float]:
    """Yield the instants [h] in [from_h, to_h) at which consignments become ready, in order, on the grid.

    poisson: unit exponentials (exponentials(n) gives n of them) are summed and the cumulative intensity is inverted.
    scheduled: one each time the cumulative intensity grows by 1, the first `offset_h` after the start (or after the begin of a
    later active window). times: as stated. unlimited: none.
    """
    if flow.supply == "times":
        return _stated(flow, from_h, to_h)
    if flow.supply == "unlimited" or not flow.intensity:
        return iter(())
    if flow.supply == "scheduled":
        return chain.from_iterable(_scheduled(flow, from_h, to_h))
    return chain.from_iterable(_poisson(Cumulative(flow, from_h, to_h), exponentials))


def _stated(flow: FlowPlan, from_h: float, to_h: float) -> Iterator[float]:
    for at in sorted(flow.times):
        if from_h <= at < to_h and any(begin <= at < end for begin, end in flow.active):
            yield on_grid(at)


def _poisson(growth: Cumulative, exponentials: Exponentials) -> Iterator[list[float]]:
    reached, block = 0.0, FIRST_BLOCK
    while reached < growth.total:
        sums = reached + np.cumsum(exponentials(block))
        reached, block = float(sums[-1]), min(2 * block, FULL_BLOCK)
        yield growth.instants(sums[sums < growth.total]).tolist()


def _scheduled(flow: FlowPlan, from_h: float, to_h: float) -> Iterator[list[float]]:
    """Yield blocks of instants at which the intensity, summed from the anchor, passes a whole number."""
    anchor_h = max(min((begin for begin, _ in flow.active), default=0.0), 0.0) + flow.offset_h
    growth = Cumulative(flow, min(from_h, anchor_h), max(to_h, anchor_h), anchor_h)
    number, last = ceil(growth.at(from_h) - SNAP), growth.at(to_h)
    while number <= last:
        instants = growth.instants(np.arange(number, min(number + FULL_BLOCK, last + 1), dtype=float))
        yield instants[(instants >= from_h) & (instants < to_h)].tolist()
        number += FULL_BLOCK


class Cumulative:
    """Consignments since an anchor (the first edge unless stated), as a function of time that can be inverted.

    A sine season bends time: hours are turned into warped hours in which the intensity is a step function.
    """

    def __init__(self, flow: FlowPlan, from_h: float, to_h: float, anchor_h: float | None = None) -> None:
        self._sine = flow.sine
        self._edges, self._rates = _steps(flow, from_h, to_h, from_h if anchor_h is None else anchor_h)
        self._warped = self._warp(self._edges)
        sums = np.concatenate([[0.0], np.cumsum(np.diff(self._warped) * self._rates)])
        base = 0.0 if anchor_h is None else float(sums[np.searchsorted(self._edges, anchor_h)])
        self._heights = sums - base
        self.total = float(self._heights[-1])

    def at(self, hours: float) -> float:
        """Return the consignments between the anchor and an instant inside the edges."""
        return float(np.interp(self._warp(np.array([hours])), self._warped, self._heights)[0])

    def instants(self, heights: Floats) -> Floats:
        """Return the instants [h] on the grid at which the function reaches each height; the last one on a plateau."""
        k = np.searchsorted(self._heights, heights + SNAP, side="right") - 1
        k = np.minimum(k, len(self._rates) - 1)
        beyond = np.maximum(heights - self._heights[k], 0.0)
        rates = self._rates[k]
        hours = np.divide(beyond, rates, out=self._warped[k + 1] - self._warped[k], where=rates > 0)
        on_edge = beyond == 0
        found = self._unwarp(self._warped[k] + hours)
        return np.asarray((np.where(on_edge & (rates > 0), self._edges[k], found) + BIG) - BIG)

    def _warp(self, hours: Floats) -> Floats:
        if self._sine is None:
            return hours
        period_h, amplitude, phase_h = self._sine
        return hours - amplitude * period_h / tau * np.cos(tau * (hours - phase_h) / period_h)

    def _unwarp(self, warped: Floats) -> Floats:
        """Return the hours whose warped hours are given, by bisection: they differ by amplitude x period / 2 pi at most."""
        if self._sine is None:
            return warped
        reach = self._sine[0] * self._sine[1] / tau
        low, high = warped - reach, warped + reach
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            below = self._warp(middle) < warped
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.asarray((low + high) / 2)


def _steps(flow: FlowPlan, from_h: float, to_h: float, anchor_h: float) -> tuple[Floats, Floats]:
    """Return edges [h] and the consignments per hour between them, 0 outside the active windows."""
    begins = np.array([at for at, _ in flow.intensity])
    levels = np.array([rate for _, rate in flow.intensity])
    windows = np.array(flow.active).reshape(-1, 2)
    edges = np.unique(np.concatenate([begins, windows.ravel(), [from_h, to_h, anchor_h]]))
    edges = edges[(edges >= from_h) & (edges <= to_h)]
    tails = edges[:-1]
    rates = levels[np.maximum(np.searchsorted(begins, tails, side="right") - 1, 0)]
    inside = ((windows[:, :1] <= tails) & (tails < windows[:, 1:])).any(axis=0)
    return edges, np.where(inside, rates, 0.0)
