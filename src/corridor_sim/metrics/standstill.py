"""What stood still to the end: load for which no vehicle comes any more, and flows behind what is closed for good.

It is looked for in the last months of a window, as many as make four weeks; in each of them nothing may have moved.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from corridor_sim.facts import Facts
from corridor_sim.metrics.blocks import Block, Floats, Monthly, Periods

WEEKS_4_H = 27 * 24.0  # the shortest month, and a day less


def standstill_blocks(tables: dict[str, Any], facts: Facts, periods: Periods) -> Iterator[Block]:
    """Yield stood_still [own unit] of pens and flows, no_vessels [1] of those pens, and closed_h of elements closed to the end."""
    last = _last_months(periods)
    pens = _waiting(tables, facts, periods, last)
    without = np.where(pens > 0, _without_vessels(tables, facts, periods, last), np.nan)
    names = [pen.name for pen in facts.pens]
    yield Block("pen", names, "stood_still", [pen.unit for pen in facts.pens], pens[:, None])
    yield Block("pen", names, "no_vessels", "1", without[:, None])
    closed = _closed_h(tables, facts, periods, last)
    yield Block("element", [element.label for element in facts.elements], "closed_h", "h", closed[:, None])
    flows = _behind(tables, facts, periods, last, ~np.isnan(closed))
    yield Block("flow", [flow.name for flow in facts.flows], "stood_still", [flow.unit for flow in facts.flows], flows[:, None])


def _last_months(periods: Periods) -> int:
    """Return how many months at the end make four weeks, or all there are."""
    hours = np.cumsum(periods.hours[periods.coarse :][::-1])
    return min(int(np.searchsorted(hours, WEEKS_4_H)) + 1, periods.months)


def _lasting(present: Floats, came: Floats, went: Floats, last: int) -> Floats:
    """Return what is present at the end where something was there all the last months and nothing went, else NaN."""
    before = present[:, -1] - came[:, -last:].sum(axis=1) + went[:, -last:].sum(axis=1)
    return np.where((before > 0) & (went[:, -last:].sum(axis=1) == 0), present[:, -1], np.nan)


def _waiting(tables: dict[str, Any], facts: Facts, periods: Periods, last: int) -> Floats:
    """Return the units of each pen that nothing fetched and none of whose services sent a vehicle, else NaN."""
    monthly = Monthly(tables["pen_months"], "pen", len(facts.pens), periods)
    units = _lasting(monthly.of("present"), monthly.of("arrived"), monthly.of("boarded"), last)
    sent = Monthly(tables["service_months"], "service", len(facts.services), periods).of("departures")[:, -last:].sum(axis=1)
    runs = {service.name for service, number in zip(facts.services, sent, strict=True) if number}
    return np.where([not runs & set(pen.services) for pen in facts.pens], units, np.nan)


def _without_vessels(tables: dict[str, Any], facts: Facts, periods: Periods, last: int) -> Floats:
    """Return for each pen whether none of its services had a vessel in the last months (1 or 0)."""
    vessel_h = Monthly(tables["service_months"], "service", len(facts.services), periods).of("vessel_h")[:, -last:].sum(axis=1)
    none = {service.name for service, hours in zip(facts.services, vessel_h, strict=True) if service.finite and not hours}
    return np.array([float(set(pen.services) <= none) for pen in facts.pens])


def _closed_h(tables: dict[str, Any], facts: Facts, periods: Periods, last: int) -> Floats:
    """Return the hours of the last months of each element that wasn't open in any of them, else NaN [h]."""
    table = tables["element_months"]
    open_h = Monthly(table, "element", len(facts.elements), periods).of("open_h")[:, -last:].sum(axis=1)
    known = np.isin(np.arange(len(facts.elements)), np.asarray(table["element"], int))
    return np.where(known & (open_h <= 0), periods.hours[periods.coarse :][-last:].sum(), np.nan)


def _behind(tables: dict[str, Any], facts: Facts, periods: Periods, last: int, closed: Any) -> Floats:
    """Return the units under way of each flow that delivered nothing and has something closed on every route, else NaN."""
    monthly = Monthly(tables["flow_months"], "flow", len(facts.flows), periods)
    units = _lasting(monthly.of("present"), monthly.of("ready"), monthly.of("delivered"), last)
    shut = {element.label for element, is_shut in zip(facts.elements, closed, strict=True) if is_shut}
    stuck = [bool(flow.routes) and all(shut & set(route.elements) for route in flow.routes) for flow in facts.flows]
    return np.where(stuck, units, np.nan)
