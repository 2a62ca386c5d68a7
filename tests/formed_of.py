"""Trains that are re-formed at a yard on their way, for tests of formation plans."""

from __future__ import annotations

from typing import Any

import numpy as np

from corridor_sim.build import build_plan
from corridor_sim.engine import simulate
from corridor_sim.loading import load_mapping
from corridor_sim.records import Run

Data = dict[str, Any]


def trains(**more: Any) -> Data:
    """Trains of ten wagons from a over the yard b to c, re-formed there together with what a feeder brings from d."""
    return {
        "name": "formed", "start": "2025-01-01", "end": "2025-03-01", "warm_up_days": 0, "drain_days": 60, "seed": 5,
        "commodities": {"coal": {"unit": "wagon", "t_per_unit": 60}},
        "places": {"a": {"at": [40, 53]}, "d": {"at": [41, 52.5]}, "b": {"at": [40, 52], "yard": {}}, "c": {"at": [40, 51]}},
        "legs": {
            "ab": {"mode": "rail", "between": ["a", "b"], "length_km": 100, "run_h": 10},
            "db": {"mode": "rail", "between": ["d", "b"], "length_km": 100, "run_h": 7},
            "bc": {"mode": "rail", "between": ["b", "c"], "length_km": 100, "run_h": 20},
        },
        "services": {
            "train": {"route": ["a", "b", "c"], "via": ["b"], "carries": {"wagons": 10}, "departs_at": {"b": {"at_least": 1.0}}},
            "feeder": {"route": ["d", "b"], "carries": {"wagons": 10}},
        },
        "flows": {"f": flow("a", "c", "train", times=[0, 100]), "g": flow("d", "c", "feeder", "train", times=[10, 130])},
    } | more  # fmt: skip


def flow(origin: str, to: str, *services: Any, **more: Any) -> Data:
    """Five wagons a consignment."""
    stated: Data = {"from": origin, "to": to, "commodity": "coal", "consignment": 5, "routes": [{"services": list(services)}]}
    return stated | ({"supply": "scheduled"} if "times" in more else {}) | more


def written_apart(data: Data) -> Data:
    """The same with a service of its own for each part, as one would write it without formation plans."""
    train = data["services"]["train"]
    kept = {key: value for key, value in train.items() if key not in ("route", "via", "departs_at", "departs")}
    apart = {
        "train_a_b": {"route": ["a", "b"], "ends_at": {"b": "yard"}, "departs": train.get("departs", {}), **kept},
        "train_b_c": {"route": ["b", "c"], "ends_at": {"b": "yard"}, "departs": train.get("departs", {}), **kept},
    }
    for service in apart.values():
        service["departs_at"] = {place: rule for place, rule in train["departs_at"].items() if place in service["route"]}
    flows = {name: {**one, "routes": [{"services": _in_parts(one)}]} for name, one in data["flows"].items()}
    pools = {name: {**one, **_pool_in_parts(one)} for name, one in data.get("pools", {}).items()}
    more = {"pools": pools} if pools else {}
    return data | {"services": {**apart, "feeder": data["services"]["feeder"]}, "flows": flows} | more


def _in_parts(one: Data) -> list[str]:
    ways = {
        ("a", "c"): ["train_a_b", "train_b_c"], ("d", "c"): ["feeder", "train_b_c"], ("a", "b"): ["train_a_b"], ("b", "c"): ["train_b_c"],
    }  # fmt: skip
    ways |= {(to, origin): way[::-1] for (origin, to), way in ways.items()}
    return ways[one["from"], one["to"]]


def _pool_in_parts(pool: Data) -> Data:
    parts = {"train": ["train_a_b", "train_b_c"]}
    returns = {
        place: {**way, "services": [part for name in way["services"] for part in parts.get(name, [name])[:: -1 if place == "c" else 1]]}
        for place, way in pool.get("returns", {}).items()
    }
    return {"services": [part for name in pool["services"] for part in parts.get(name, [name])], "returns": returns}


def run(data: Data, replication: int = 0) -> Run:
    """One replication; the audit has passed when it returns."""
    return simulate(build_plan(load_mapping(data)), replication, full_records=True)


def trips(found: Run, name: str, column: str = "last_h") -> list[float]:
    """A column of the consignments of a flow in order of readiness."""
    table = found.tables["trips"]
    chosen = np.flatnonzero(table["flow"] == found.names.flows.index(name))
    order = np.argsort(table["ready_h"][chosen], kind="stable")
    return [float(value) for value in table[column][chosen][order]]


def departures(found: Run, service: str, column: str = "wagons") -> list[float]:
    """A column of the departures of a service in order of time."""
    table = found.tables["departures"]
    return [float(value) for value in table[column][table["service"] == found.names.services.index(service)]]
