"""A fleet between three ports, small enough to follow by hand: alat in the middle, kuryk to the north, tkb to the south."""

from __future__ import annotations

from typing import Any

from corridor_sim.build import build_plan
from corridor_sim.engine.run import simulate
from corridor_sim.loading import load_mapping
from corridor_sim.records import Run

Data = dict[str, Any]
SAIL_H = 10


def service(far: str, **more: Any) -> Data:
    """A service from a far port to alat that leaves with ten wagons, or empty at once for such a load at its other end."""
    return {"route": [far, "alat"], "carries": {"wagons": 10}, "run_h": SAIL_H, "departs": {"at_least": 1.0, "idle_h": 0}} | more


def flow(origin: str, destination: str, *times: float, **more: Any) -> Data:
    """Ten wagons at each of the times, one consignment a time."""
    stated = {"from": origin, "to": destination, "commodity": "wagon", "consignment": 10}
    return stated | ({"supply": "scheduled", "times": list(times)} if times else {}) | more


def ports(flows: Data, fleet: Data | None = None, **more: Any) -> Data:
    """The scenario; fleet: what is stated of the fleet beside its defaults."""
    stated = {"vessels": 1, "home": "alat", "services": ["north", "south"]} | (fleet or {})
    return {
        "name": "ports", "start": "2025-01-01", "end": "2025-03-01", "warm_up_days": 0, "drain_days": 0, "seed": 5,
        "commodities": {"wagon": {"unit": "wagon", "t_per_unit": 60}},
        "places": {name: {"port": {"berths": {}, "other": {}}} for name in ("alat", "kuryk", "tkb")},
        "legs": {
            "kuryk_alat": {"mode": "sea", "between": ["kuryk", "alat"], "length_km": 0},
            "tkb_alat": {"mode": "sea", "between": ["tkb", "alat"], "length_km": 0},
        },
        "services": {"north": service("kuryk"), "south": service("tkb")},
        "fleets": {"ships": stated},
        "flows": flows,
    } | more  # fmt: skip


def run(data: Data, replication: int = 0) -> Run:
    """One replication with full records; the audit has passed when it returns."""
    return simulate(build_plan(load_mapping(data)), replication, full_records=True)


def sailings(found: Run) -> list[tuple[str, str, float]]:
    """Each departure as (service, port that it leaves, hour)."""
    table = found.tables["departures"]
    rows = zip(table["depart_h"], table["vehicle"], table["service"], table["end"], strict=True)
    names = {"north": ("kuryk", "alat"), "south": ("tkb", "alat")}
    ordered = [(found.names.services[int(s)], int(end), float(at)) for at, _, s, end in sorted(rows)]
    return [(name, names[name][end], at) for name, end, at in ordered]


def months(found: Run, column: str) -> list[float]:
    """A column of the first fleet's months."""
    return [float(value) for value in found.tables["fleet_months"][column]]


def vessels(found: Run, name: str) -> float:
    """The mean number of vessels on a service over the window."""
    table = found.tables["service_months"]
    chosen = (table["service"] == found.names.services.index(name)) & (table["end"] == 0)
    return float(table["vessel_h"][chosen].sum()) / (59 * 24)
