"""A line of places and its runs, for tests of what closes, slows or rations it."""

from __future__ import annotations

from typing import Any

import numpy as np

from corridor_sim.build import build_plan
from corridor_sim.engine import simulate
from corridor_sim.loading import load_mapping
from corridor_sim.records import Run

Data = dict[str, Any]


def line(**more: Any) -> Data:
    """Return a scenario: east - post - west by rail, a train a unit each way when ready, all times fixed; `more` is laid on it."""
    data: Data = {
        "name": "line", "start": "2025-01-01", "end": "2025-03-02", "warm_up_days": 0, "drain_days": 60, "seed": 7,
        "commodities": {"train": {"unit": "wagon", "t_per_unit": 1000}},
        "places": {"east": {"at": [40, 50]}, "post": {"at": [40, 49], "border": {"lanes": 1, "inspection_h": 1, "other": {}}}, "west": {"at": [40, 48]}},
        "legs": {
            "east_post": {"mode": "rail", "between": ["east", "post"], "length_km": 40, "speed_kmh": 40},
            "post_west": {"mode": "rail", "between": ["post", "west"], "length_km": 80, "speed_kmh": 40},
        },
        "services": {"trains": {"route": ["east", "post", "west"], "carries": {"wagons": 1}}},
        "flows": {"out": flow("east", "west", 12)},
    }  # fmt: skip
    for path, value in more.items():
        put(data, path.split("__"), value)
    return data


def flow(origin: str, destination: str, per_day: float, **more: Any) -> Data:
    """Return a flow of single units, evenly spaced."""
    kept = {"from": origin, "to": destination, "commodity": "train", "per_year": 365 * per_day, "consignment": 1, "supply": "scheduled"}
    return kept | more


def put(data: Data, path: list[str], value: Any) -> None:
    """Put a value at a path of nested maps."""
    *above, last = path
    for key in above:
        data = data.setdefault(key, {})
    data[last] = value


def run(data: Data, replication: int = 0) -> Run:
    """Return one replication with full records."""
    return simulate(build_plan(load_mapping(data)), replication, full_records=True)


def visits(found: Run, name: str, heading: int | None = None) -> dict[str, Any]:
    """Return the visits to an element, of a leg those of both ways, in order of start."""
    table = found.tables["visits"]
    keep = np.isin(table["element"], [k for k, other in enumerate(found.names.elements) if other == name])
    keep &= (table["heading"] == heading) if heading is not None else True
    chosen = np.flatnonzero(keep)
    chosen = chosen[np.argsort(table["start_h"][chosen], kind="stable")]
    return {column: values[chosen] for column, values in table.items()}


def trips(found: Run, name: str) -> dict[str, Any]:
    """Return the trips of a flow in order of readiness."""
    table = found.tables["trips"]
    chosen = np.flatnonzero(table["flow"] == found.names.flows.index(name))
    return {column: values[chosen] for column, values in table.items()}


def inside(instants: Any, spells: list[tuple[float, float]]) -> int:
    """Return how many instants lie strictly inside spells."""
    return int(sum(np.sum((instants > low) & (instants < high)) for low, high in spells))
