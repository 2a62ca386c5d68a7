"""Trains whose locomotives change on the way, for several tests."""

from __future__ import annotations

from typing import Any

from corridor_sim.build import build_plan
from corridor_sim.engine import simulate
from corridor_sim.loading import load_mapping
from corridor_sim.records import Run

Data = dict[str, Any]


def trains(**more: Any) -> Data:
    """Trains of ten wagons from a over b to c; their locomotives change at b."""
    return {
        "name": "districts", "start": "2025-01-01", "end": "2025-07-01", "warm_up_days": 0, "drain_days": 60, "seed": 5,
        "commodities": {"coal": {"unit": "wagon", "t_per_unit": 60}},
        "places": {"a": {}, "b": {}, "c": {}},
        "legs": {
            "ab": {"mode": "rail", "between": ["a", "b"], "length_km": 100, "run_h": 10, "traction": "diesel"},
            "bc": {"mode": "rail", "between": ["b", "c"], "length_km": 100, "run_h": 20, "traction": "25kv"},
        },
        "services": {"train": {"route": ["a", "b", "c"], "carries": {"wagons": 10}, "locomotives": ["west", "east"]}},
        "locomotives": {
            "west": {"between": ["a", "b"], "traction": "diesel", "stock": {"a": 3}, "light_h": 8},
            "east": {"between": ["c", "b"], "traction": "25kv", "stock": {"b": 3}, "light_h": 15},
        },
        "flows": {"f": flow("a", "c", times=[0, 1, 2])},
    } | more  # fmt: skip


def flow(origin: str, to: str, *services: str, **more: Any) -> Data:
    """Ten wagons a consignment."""
    stated: Data = {"from": origin, "to": to, "commodity": "coal", "consignment": 10, "routes": [{"services": services or ["train"]}]}
    stated["routes"][0]["services"] = list(stated["routes"][0]["services"])
    return stated | ({"supply": "scheduled"} if "times" in more else {}) | more


def run(data: Data, replication: int = 0, full: bool = True) -> Run:
    """One replication; the audit has passed when it returns."""
    return simulate(build_plan(load_mapping(data)), replication, full_records=full)


def arrivals(found: Run, name: str = "f") -> list[float]:
    """When the consignments of a flow arrive, those that do."""
    table = found.tables["trips"]
    mine = table["flow"] == found.names.flows.index(name)
    return [float(at) for at, whole in zip(table["last_h"][mine], table["delivered"][mine] == table["units"][mine], strict=True) if whole]


def total(found: Run, district: str, column: str) -> float:
    """Sum of a column over the months."""
    table = found.tables["locomotive_months"]
    return float(table[column][table["district"] == found.names.districts.index(district)].sum())
