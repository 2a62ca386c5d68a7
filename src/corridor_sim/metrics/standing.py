"""Standing: what waits in pens, rooms and places, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from corridor_sim.facts import Facts
from corridor_sim.metrics.blocks import Block, Floats, Monthly, Periods, share, weighted
from corridor_sim.plan import CAUSES

WAITING = CAUSES[:-1]


def room_blocks(table: dict[str, Any], facts: Facts, periods: Periods) -> Iterator[Block]:
    """Yield what stands in rooms on average and at most, and how often room was refused."""
    names, units = [room.name for room in facts.rooms], [room.measure for room in facts.rooms]
    monthly = Monthly(table, "room", len(names), periods)
    held = monthly.sums("held_h")
    yield Block("room", names, "standing", units, held / periods.hours)
    yield Block("room", names, "utilisation", "1", share(held, monthly.sums("capacity_h")))
    yield Block("room", names, "full_share", "1", monthly.sums("full_h") / periods.hours)
    yield Block("room", names, "peak", units, periods.largest(monthly.largest("peak")))


def waiting_units(table: dict[str, Any], facts: Facts, periods: Periods) -> dict[str, Floats]:
    """Return cause -> unit-hours waited in pens [pens, periods]."""
    monthly = Monthly(table, "pen", len(facts.pens), periods)
    return {cause: monthly.sums(f"{cause}_unit_h") for cause in WAITING}


def pen_blocks(table: dict[str, Any], facts: Facts, periods: Periods) -> Iterator[Block]:
    """Yield what waits in pens: by cause, on average, at the end, at most; and the wait of a unit that boards."""
    names, units = [pen.name for pen in facts.pens], [pen.unit for pen in facts.pens]
    monthly = Monthly(table, "pen", len(names), periods)
    waited = waiting_units(table, facts, periods)
    total = _added(waited)
    used = (monthly.of("arrived") + monthly.of("boarded")).sum(axis=1)[:, None] > 0
    boarded = monthly.sums("boarded")
    for measure, unit, values in (
        ("standing", units, total / periods.hours),
        ("boarded", units, boarded),
        ("wait", "h", share(total, boarded)),
        ("present_end", units, periods.last(monthly.of("present"))),
        ("peak", units, periods.largest(monthly.largest("peak"))),
        *((f"waiting_{cause}", [f"{unit}_h" for unit in units], waited[cause]) for cause in WAITING),
    ):
        yield Block("pen", names, measure, unit, np.where(used, values, np.nan))


def place_blocks(table: dict[str, Any], facts: Facts, periods: Periods) -> Iterator[Block]:
    """Yield what waits at places: wagons and tonnes on average, tonnes at the end, tonne-hours by cause."""
    names = list(dict.fromkeys(pen.place for pen in facts.pens))
    at = np.array([[pen.place == name for pen in facts.pens] for name in names], float).reshape(len(names), len(facts.pens))
    tonnes, wagons = np.array([pen.net_t for pen in facts.pens]), np.array([pen.wagons for pen in facts.pens])
    waited = waiting_units(table, facts, periods)
    total = _added(waited)
    present = periods.last(Monthly(table, "pen", len(facts.pens), periods).of("present"))
    yield Block("place", names, "standing_wagons", "wagons", weighted(at * wagons, total) / periods.hours)
    yield Block("place", names, "standing_t", "t", weighted(at * tonnes, total) / periods.hours)
    yield Block("place", names, "waiting_end", "t", weighted(at * tonnes, present))
    for cause in WAITING:
        yield Block("place", names, f"waiting_{cause}", "t_h", weighted(at * tonnes, waited[cause]))


def _added(waited: dict[str, Floats]) -> Floats:
    return np.asarray(np.sum(list(waited.values()), axis=0), np.float64)


def missing_vessels(table: dict[str, Any], facts: Facts, periods: Periods) -> tuple[Floats, Floats]:
    """Return (tonne-hours that cargo waited for a vehicle, tonnes boarded), [services, periods].

    A pen that serves several services stands with its first: they belong to one pool anyway.
    """
    number = {service.name: k for k, service in enumerate(facts.services)}
    monthly = Monthly(table, "pen", len(facts.pens), periods)
    into = np.zeros((len(facts.services), len(facts.pens)))
    for k, pen in enumerate(facts.pens):
        into[number[pen.services[0]], k] = pen.net_t
    return weighted(into, monthly.sums("vehicle_unit_h")), weighted(into, monthly.sums("boarded"))
