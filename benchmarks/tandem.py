"""The yardstick: a tandem of twelve stations with three lanes, in idiomatic SimPy and as a scenario of ours."""

from __future__ import annotations

from collections.abc import Generator
from itertools import pairwise
from random import Random
from typing import Any

import simpy

STATIONS, LANES, LOAD = 12, 3, 0.8
TRAINS_PER_H = LOAD * LANES  # the mean inspection takes one hour

Process = Generator[simpy.Event, Any, None]


def idiomatic(trains: int, seed: int = 1) -> int:
    """Return the visits made by trains that pass the tandem and leave no record."""
    env, random = simpy.Environment(), Random(seed)
    stations = [simpy.Resource(env, capacity=LANES) for _ in range(STATIONS)]

    def train() -> Process:
        for station in stations:
            with station.request() as turn:
                yield turn
                yield env.timeout(random.expovariate(1.0))

    def source() -> Process:
        for _ in range(trains):
            yield env.timeout(random.expovariate(TRAINS_PER_H))
            env.process(train())

    env.process(source())
    env.run()
    return trains * STATIONS


def scenario(days: int) -> str:
    """Return the same tandem in the scenario language: borders on legs of no length."""
    posts = [f"post_{number:02d}" for number in range(1, STATIONS + 1)]
    route = ["origin", *posts, "goal"]
    border = f"{{border: {{lanes: {LANES}, inspection_h: {{exponential: {{mean: 1}}}}}}}}"
    lines = ["name: tandem", "start: 2025-01-01", f"end: {_day(days)}", "warm_up_days: 0", "drain_days: 30", "places:"]
    lines += ["  origin: {at: [40, 90], country: CN}", "  goal: {at: [40, 40], country: GE, terminal: {}}"]
    lines += [f"  {post}: {border}" for post in posts]
    lines += ["legs:"]
    lines += [
        f"  leg_{number:02d}: {{mode: rail, between: [{a}, {b}], length_km: 0, speed_kmh: 40}}"
        for number, (a, b) in enumerate(pairwise(route))
    ]
    return "\n".join([*lines, *_traffic(route)])


def _traffic(route: list[str]) -> list[str]:
    """Return the lines of commodity, service and flow: single wagons at random."""
    per_year = TRAINS_PER_H * 24 * 365
    return [
        "commodities: {wagon: {unit: wagon, t_per_unit: 60}}",
        f"services: {{train: {{route: [{', '.join(route)}], two_way: false, direction: west, carries: {{wagons: 1}}}}}}",
        f"flows: {{wagons: {{from: origin, to: goal, commodity: wagon, per_year: {per_year:.0f}, consignment: 1}}}}",
    ]


def _day(days: int) -> str:
    """Return the date that lies days after the first of January 2025."""
    from datetime import date, timedelta

    return str(date(2025, 1, 1) + timedelta(days=days))
