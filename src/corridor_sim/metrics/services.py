"""Services: departures, fill and rules at each end, round trips and what they consist of, and fleets that share pens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corridor_sim.facts import Facts
from corridor_sim.metrics.blocks import Block, Floats, Monthly, Periods, share
from corridor_sim.plan import RULES

CARGO = {"net_t": "t", "teu": "teu", "wagons": "wagons", "trucks": "trucks"}
PHASES = ("cargo_wait", "berth_wait", "ramp_wait", "crane_wait", "weather_wait", "closed_wait", "handling", "sea", "room_wait")
VESSEL_HOURS = (*(f"{phase}_h" for phase in PHASES), "idle_vessel_h", "vessel_h", "cycle_h", "cycles")


@dataclass(frozen=True, eq=False)
class Fleets:
    """What services did, [services, periods]: by end of departure (a pair) and for the whole fleet."""

    ends: tuple[dict[str, Floats], dict[str, Floats]]
    whole: dict[str, Floats]
    gap_h: tuple[Floats, Floats]

    def both(self, column: str) -> Floats:
        """Return the sum over both ends."""
        return self.ends[0][column] + self.ends[1][column]


def fleets_of(table: dict[str, Any], facts: Facts, periods: Periods) -> Fleets:
    """Return what the services did in each period."""
    count, end = len(facts.services), np.asarray(table["end"], int)
    sides = [Monthly(table, "service", count, periods, end == k) for k in (0, 1)]
    columns = ("departures", "empty_departures", "fill", "units", "gross_t", *CARGO, *(f"rule_{rule}" for rule in RULES))
    whole = Monthly(table, "service", count, periods)
    vessel_h = periods.sums(whole.largest("vessel_h"))  # the row of each end states the whole fleet's
    return Fleets(
        ends=({c: sides[0].sums(c) for c in columns}, {c: sides[1].sums(c) for c in columns}),
        whole={c: whole.sums(c) for c in VESSEL_HOURS} | {"vessel_h": vessel_h},
        gap_h=(periods.largest(sides[0].largest("gap_max_h")), periods.largest(sides[1].largest("gap_max_h"))),
    )


def service_blocks(fleets: Fleets, facts: Facts, periods: Periods, echoed: NDArray[np.bool_]) -> Iterator[Block]:
    """Yield the measures of services."""
    names = [service.name for service in facts.services]
    departures = fleets.both("departures")
    used = departures > 0
    yield Block("service", names, "departures", "1", departures)
    yield Block("service", names, "fill", "1", share(fleets.both("fill"), departures))
    yield Block("service", names, "empty_share", "1", share(fleets.both("empty_departures"), departures))
    yield Block("service", names, "gap_max", "h", np.where(used, np.maximum(*fleets.gap_h), np.nan))
    for measure, unit in CARGO.items():
        yield Block("service", names, measure, unit, fleets.both(measure), echoed)
    for measure, unit, values in _circulation(fleets, periods):
        yield Block("service", names, measure, unit, values)


def _circulation(fleets: Fleets, periods: Periods) -> Iterator[tuple[str, str, Floats]]:
    """Yield (measure, unit, values) of vessels that go round."""
    whole = fleets.whole
    rounds = np.maximum(fleets.ends[0]["departures"], fleets.ends[1]["departures"])
    finite = np.isfinite(whole["vessel_h"]) & (whole["vessel_h"] > 0)
    yield "cycle", "h", share(whole["cycle_h"], whole["cycles"])
    for phase in PHASES:
        yield f"cycle_{phase}", "h", np.where(finite, share(whole[f"{phase}_h"], rounds), np.nan)
    yield "vessels", "1", np.where(finite, whole["vessel_h"] / periods.hours, np.nan)
    yield "idle_share", "1", share(whole["idle_vessel_h"], whole["vessel_h"])
    yield "fleet_utilisation", "1", fleet_utilisation(whole)


def fleet_utilisation(whole: dict[str, Floats]) -> Floats:
    """Return the share of vessel hours that isn't spent waiting for cargo or idle [1]."""
    spare = np.maximum(whole["cargo_wait_h"], whole["idle_vessel_h"])  # idle hours are among those without cargo
    return np.clip(1.0 - share(spare, whole["vessel_h"]), 0.0, 1.0)


def end_blocks(fleets: Fleets, facts: Facts, echoed: NDArray[np.bool_]) -> Iterator[Block]:
    """Yield departures, load and rules at each end of each service."""
    for end, side in enumerate(fleets.ends):
        names = [f"{service.name}.{service.ends[end]}" for service in facts.services]
        used = np.asarray(side["departures"] > 0)
        for measure in ("departures", "empty_departures", *(f"rule_{rule}" for rule in RULES)):
            yield Block("service_end", names, measure, "1", np.where(used.any(axis=1, keepdims=True), side[measure], np.nan))
        for measure, unit in {**CARGO, "gross_t": "t"}.items():
            yield Block("service_end", names, measure, unit, np.where(used, side[measure], np.nan), echoed)
        yield Block("service_end", names, "fill", "1", share(side["fill"], side["departures"]))
        yield Block("service_end", names, "gap_max", "h", np.where(used, fleets.gap_h[end], np.nan))


def pools_of(facts: Facts) -> list[list[int]]:
    """Return the finite fleets that share pens or vessels, directly or by way of others, as lists of services.

    A fleet whose cargo may also board vehicles without number is left out: it can't be short.
    """
    number = {service.name: k for k, service in enumerate(facts.services)}
    pool = list(range(len(facts.services)))
    fleets = dict.fromkeys(service.fleet for service in facts.services if service.fleet)
    shared = [[service.name for service in facts.services if service.fleet == fleet] for fleet in fleets]
    for names in (*(pen.services for pen in facts.pens), *shared):
        joined = {pool[number[name]] for name in names}
        pool = [min(joined) if mark in joined else mark for mark in pool]
    members = [[k for k, mark in enumerate(pool) if mark == first] for first in dict.fromkeys(pool)]
    return [group for group in members if all(facts.services[k].finite for k in group)]


def pool_name(facts: Facts, pool: list[int]) -> str:
    """Return the services of a pool joined by `+`."""
    return "+".join(facts.services[k].name for k in pool)


def pool_blocks(fleets: Fleets, missing_t_h: Floats, boarded_t: Floats, facts: Facts, periods: Periods) -> Iterator[Block]:
    """Yield what fleets that share pens lack: hours that cargo waits for a vessel, in all and per tonne; their use.

    missing_t_h, boarded_t: [services, periods] of tonne-hours of vessel missing, and tonnes boarded, at the pens of each service
    (a shared pen stands with the first of its services).
    """
    pools = pools_of(facts)
    names = [pool_name(facts, pool) for pool in pools]
    missing, boarded = (np.array([values[pool].sum(axis=0) for pool in pools]) for values in (missing_t_h, boarded_t))
    whole = {c: np.array([fleets.whole[c][pool].sum(axis=0) for pool in pools]) for c in VESSEL_HOURS}
    if pools:
        yield Block("pool", names, "waiting_vehicle", "t_h", missing)
        yield Block("pool", names, "wait", "h", share(missing, boarded))
        yield Block("pool", names, "queue", "t", missing / periods.hours)
        yield Block("pool", names, "fleet_utilisation", "1", fleet_utilisation(whole))
        yield Block("pool", names, "vessels", "1", whole["vessel_h"] / periods.hours)
