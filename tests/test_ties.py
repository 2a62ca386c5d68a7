"""Ties at one instant: completions before arrivals, then element order and number; a dated cut interrupts nobody."""

from __future__ import annotations

from typing import Any

import numpy as np

from corridor_sim.build import build_plan
from corridor_sim.engine import simulate
from corridor_sim.loading.load import load_mapping
from corridor_sim.records import Run


def border(lanes: int, inspection_h: float, times: dict[str, list[float]], **more: Any) -> dict[str, Any]:
    """Wagons that each form a train at once, cross no distance, and are checked at a border."""
    places = {"a": {"at": [40.0, 60.0]}, "b": {"at": [40.0, 55.0], "border": {"lanes": lanes, "inspection_h": inspection_h}}, "c": {"at": [40.0, 50.0]}}
    flow = {"from": "a", "to": "c", "commodity": "wagon", "consignment": 1, "supply": "scheduled"}
    return {
        "name": "ties", "start": "2025-01-01", "end": "2025-02-01", "warm_up_days": 0.0, "drain_days": 30.0,
        "commodities": {"wagon": {"unit": "wagon", "t_per_unit": 50.0}}, "places": places,
        "legs": {
            "ab": {"mode": "rail", "between": ["a", "b"], "length_km": 0.0, "speed_kmh": 40.0},
            "bc": {"mode": "rail", "between": ["b", "c"], "length_km": 0.0, "speed_kmh": 40.0},
        },
        "services": {"train": {"route": ["a", "b", "c"], "carries": {"wagons": 1.0}}},
        "flows": {name: flow | {"times": hours} for name, hours in times.items()}, **more,
    }  # fmt: skip


def visits(scenario: dict[str, Any]) -> dict[str, Any]:
    run: Run = simulate(build_plan(load_mapping(scenario)), 0, full_records=True)
    table = run.tables["visits"]
    mine = table["element"] == run.names.elements.index("b.border")
    return {name: column[mine] for name, column in table.items()}


def test_who_arrives_as_another_leaves_finds_the_server_free() -> None:
    """One server, service 1 h, arrivals at 0, 1, .. 9 h: nobody waits (DESIGN 3, clock)."""
    found = visits(border(1, 1.0, {"w": [float(hour) for hour in range(10)]}))
    assert found["start_h"].tolist() == found["arrive_h"].tolist() == [float(hour) for hour in range(10)]


def test_the_same_holds_off_the_binary_grid() -> None:
    found = visits(border(1, 0.1, {"w": [round(0.1 * k, 1) for k in range(20)]}))
    assert np.abs(found["start_h"] - found["arrive_h"]).max() < 1e-8


def test_equal_arrivals_are_served_in_the_order_of_the_file() -> None:
    scenario = border(1, 1.0, {"second": [5.0], "first": [5.0], "third": [5.0]})
    run = simulate(build_plan(load_mapping(scenario)), 0)
    trips = run.tables["trips"]
    order = [run.names.flows[int(flow)] for flow in trips["flow"][np.argsort(trips["last_h"])]]
    assert order == ["second", "first", "third"]
    assert sorted(trips["last_h"]) == [6.0, 7.0, 8.0]


def test_equal_arrivals_of_one_element_are_served_in_the_order_of_their_numbers() -> None:
    found = visits(border(2, 3.0, {"w": [1.0, 1.0, 1.0, 1.0, 1.0]}))
    order = np.argsort(found["vehicle"])
    assert found["start_h"][order].tolist() == [1.0, 1.0, 4.0, 4.0, 7.0]


def test_a_dated_cut_of_lanes_interrupts_nobody() -> None:
    """Three lanes at work at midnight when two are cut: all three finish, then one goes on."""
    cut = {"cut": {"on": "2025-01-02", "set": {"places.b.border.lanes": 1}}}
    found = visits(border(3, 5.0, {"w": [20.0, 21.0, 22.0, 22.5, 22.6]}, changes=cut))
    assert (found["end_h"] - found["start_h"]).tolist() == [5.0] * 5
    assert sorted(found["start_h"]) == [20.0, 21.0, 22.0, 27.0, 32.0]


def test_dated_lanes_serve_from_their_date_on() -> None:
    more = {"more": {"on": "2025-01-02", "set": {"places.b.border.lanes": 3}}}
    found = visits(border(1, 10.0, {"w": [20.0, 20.0, 20.0, 20.0]}, changes=more))
    assert sorted(found["start_h"]) == [20.0, 24.0, 24.0, 30.0]
