"""Runs that tests share: a corridor of fixed numbers, scenarios run once, and the bytes of a run."""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import sha256
from typing import Any

from corridor_sim.build import build_plan
from corridor_sim.engine import simulate
from corridor_sim.loading.load import load_mapping
from corridor_sim.plan import Plan
from corridor_sim.records import Run

Data = dict[str, Any]


def planned(scenario: Data) -> Plan:
    return build_plan(load_mapping(scenario))


@lru_cache(maxsize=400)
def _ran(text: str) -> tuple[Plan, Run]:
    plan = planned(json.loads(text))
    return plan, simulate(plan, 0, full_records=True)


def ran(scenario: Data) -> tuple[Plan, Run]:
    """Plan and run of a scenario; the laws look at the same examples, so each is run once."""
    return _ran(json.dumps(scenario))


def digest(run: Run) -> str:
    """The bytes of every table, as one hash."""
    columns = [column.tobytes() for table in run.tables.values() for column in table.values()]
    return sha256(b"".join(columns)).hexdigest()


def digest_of(scenario: Data, replication: int) -> str:
    return digest(simulate(planned(scenario), replication, full_records=True))


def busy_corridor() -> Data:
    """A corridor of fixed numbers: rail with two borders, a ferry in the wind, traffic both ways."""
    border = {"lanes": 2, "inspection_h": {"gamma": {"mean": 3.0, "cv": 0.6}}, "open": "daily 06:00-22:00", "at_close": "pause"}
    port: dict[str, Any] = {"berths": {"ferry": {"count": 1, "handling_wagons_per_h": 12.0}}, "wind": {"follows": "gale"}, "room_wagons": 80}
    return {
        "name": "busy", "start": "2025-01-01", "end": "2025-03-01", "warm_up_days": 10.0, "drain_days": 20.0,
        "commodities": {"box": {"unit": "teu", "t_per_unit": 12.0}},
        "winds": {"gale": {"closed_share": {"jan": 0.3, "other": 0.1}, "episode_h": {"lognormal": {"mean": 30.0, "cv": 0.6}}}},
        "places": {
            "a": {"at": [40.0, 60.0]}, "b": {"at": [40.0, 55.0], "border": border}, "c": {"at": [40.0, 53.0], "port": port},
            "d": {"at": [40.0, 50.0], "port": dict(port)}, "e": {"at": [40.0, 45.0], "border": dict(border)},
        },
        "legs": {
            "ab": {"mode": "rail", "between": ["a", "b"], "length_km": 300.0, "speed_kmh": 40.0, "cv": 0.2, "pairs_per_day": 4.0},
            "bc": {"mode": "rail", "between": ["b", "c"], "length_km": 200.0, "speed_kmh": 40.0, "pairs_per_day": 4.0},
            "cd": {"mode": "sea", "between": ["c", "d"], "length_km": 300.0},
            "de": {"mode": "rail", "between": ["d", "e"], "length_km": 400.0, "speed_kmh": 40.0, "pairs_per_day": 4.0, "window_h": 2.0},
        },
        "services": {
            "east": {"route": ["a", "b", "c"], "carries": {"wagons": 40.0}, "departs": {"at_least": 0.9, "after_first_lot_h": 48.0}},
            "ferry": {"route": ["c", "d"], "carries": {"wagons": 50.0}, "vessels": 2, "speed_kmh": 18.0, "berth": "ferry",
                      "departs": {"at_least": 0.9, "after_first_lot_h": 72.0, "idle_h": 24.0}},
            "west": {"route": ["d", "e"], "carries": {"wagons": 40.0}, "departs": {"at_least": 0.9, "after_first_lot_h": 48.0}},
        },
        "flows": {
            "out": {"from": "a", "to": "e", "commodity": "box", "per_year": 20000.0, "consignment": 30},
            "home": {"from": "e", "to": "a", "commodity": "box", "per_year": 15000.0, "consignment": 20},
        },
    }  # fmt: skip
