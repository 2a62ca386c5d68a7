"""A line of single track between two places and its runs, for tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from corridor_sim.build import build_plan
from corridor_sim.engine import simulate
from corridor_sim.loading import load_mapping
from corridor_sim.plan import HOLDS
from corridor_sim.records import Run
from corridor_sim.scenario import Leg

Data = dict[str, Any]


def line(per_day: float | None = None, end: str = "2025-02-01", **leg: Any) -> Data:
    """Return a scenario: 100 km at 40 km/h between east and west, trains at random each way, always some if per_day isn't given."""
    supply: Data = {"supply": "unlimited"} if per_day is None else {"per_year": 365 * per_day}
    track = {"mode": "rail", "between": ["east", "west"], "length_km": 100.0, "speed_kmh": 40.0, **leg}
    ends = {"out": {"from": "east", "to": "west"}, "back": {"from": "west", "to": "east"}}
    return {
        "name": "line", "start": "2025-01-01", "end": end, "warm_up_days": 5.0, "drain_days": 20.0 if per_day else 0.0,
        "commodities": {"train": {"unit": "wagon", "t_per_unit": 1000.0}},
        "places": {"east": {}, "west": {}},
        "legs": {"track": {key: value for key, value in track.items() if value is not None}},
        "services": {"train": {"route": ["east", "west"], "carries": {"wagons": 1.0}}},
        "flows": {name: {**places, "commodity": "train", "consignment": 1, **supply} for name, places in ends.items()},
    }  # fmt: skip


def leg(**stated: Any) -> Leg:
    """Return a leg of 100 km at 40 km/h."""
    track = {"mode": "rail", "between": ["east", "west"], "length_km": 100.0, "speed_kmh": 40.0, **stated}
    return Leg.model_validate({key: value for key, value in track.items() if value is not None})


def run(data: Data, full: bool = False, replication: int = 0) -> Run:
    """Return one replication."""
    return simulate(build_plan(load_mapping(data)), replication, full)


def passed_per_day(found: Run) -> tuple[float, float]:
    """Return the trains a day that came through, out and back, in the months of the window."""
    table = found.tables["element_months"]
    hours = table["open_h"][table["element"] == 0].sum() if "open_h" in table else 0.0
    days = hours / 24
    out, back = (float(table["vehicles"][table["element"] == element].sum()) for element in (0, 1))
    return out / days, back / days


def mean_h(found: Run, flow: str = "", what: str = "transit") -> float:
    """Return the mean transit of trips, or what they lost beside moving [h]."""
    trips = found.tables["trips"]
    chosen = trips["flow"] == found.names.flows.index(flow) if flow else slice(None)
    hours = trips["last_h"] - trips["ready_h"] - (trips["moving_h"] if what == "delay" else 0.0)
    return float(np.mean(hours[chosen]))


def held_h(found: Run) -> dict[str, float]:
    """Return the hours of all holds by reason."""
    holds = found.tables["holds"]
    return {name: float((holds["to_h"] - holds["from_h"])[holds["reason"] == k].sum()) for k, name in enumerate(HOLDS)}
