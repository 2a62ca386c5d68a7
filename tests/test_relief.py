"""Room that loads without wagons fill: who is kept out by them for a day comes in all the same, so wagons and rooms can't lock."""

from __future__ import annotations

from typing import Any

import pytest
from locomotives_of import arrivals, flow, run

from corridor_sim.engine import world
from corridor_sim.records import Run

Data = dict[str, Any]


def knot() -> Data:
    """All wagons stand at a under loads for which b has no room: there a load waits for the ship, which waits for room that a load fills
    that waits for wagons.
    """
    room = {"room_wagons": 10}
    return {
        "name": "knot", "start": "2025-01-01", "end": "2025-07-01", "warm_up_days": 0, "drain_days": 0, "seed": 1,
        "commodities": {"coal": {"unit": "wagon", "t_per_unit": 60}},
        "places": {"a": {"at": [40, 60]}, "b": {"at": [40, 50], "port": {**room}}, "c": {"at": [40, 40], "port": {}}, "d": {"at": [39, 60]}},
        "legs": {
            "ab": {"mode": "rail", "between": ["a", "b"], "length_km": 100, "run_h": 10},
            "db": {"mode": "rail", "between": ["d", "b"], "length_km": 100, "run_h": 10},
            "bc": {"mode": "sea", "between": ["b", "c"], "length_km": 100},
        },
        "services": {
            "train": {"route": ["a", "b"], "carries": {"wagons": 10}},
            "feeder": {"route": ["d", "b"], "carries": {"wagons": 10}},
            "ship": {"route": ["b", "c"], "carries": {"wagons": 10}, "vessels": 1, "home": "c", "run_h": 10, "departs": {"idle_h": 0}},
        },
        "pools": {"wagons": {"services": ["train"], "stock": {"a": 20}}},
        "flows": {
            "west": flow("a", "c", "train", "ship", times=[13, 13]),
            "local": flow("d", "c", "feeder", "ship", times=[2]),
            "east": flow("c", "a", "ship", "train", times=[0, 0, 0]),
        },
    }  # fmt: skip


def reached(found: Run) -> Data:
    """When the consignments of each flow arrive."""
    return {name: arrivals(found, name) for name in ("west", "local", "east")}


def test_who_is_kept_out_for_a_day_comes_in() -> None:
    found = run(knot())
    # the ship brings one load to b at 10, goes back empty and is there with the next at 30, kept out. At 54 it comes in, takes the local
    # load, and the first train may come: it brings wagons at 64, on which the load of 10 is at a at 74. At 74 the ship is there with the
    # third load, kept out by the second; at 98 it comes in and takes the train's load, the second train brings wagons at 108, and the
    # ship fetches its load by 118. No wagons come for the third load from c: they stand at a, and nothing sends them back
    assert reached(found) == {"west": [108, 128], "local": [64], "east": [74, 118]}
    table = found.tables["room_months"]
    peaks = {name: table["peak"][table["room"] == k].max() for k, name in enumerate(found.names.rooms)}
    assert peaks == {"b.port.room_wagons.west": 10, "b.port.room_wagons.east": 20}


def test_without_relief_it_stands_still_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world, "relieve", lambda _: None)
    assert reached(run(knot())) == {"west": [], "local": [], "east": []}


def test_room_that_others_fill_keeps_its_limit() -> None:
    data = knot()
    data["pools"]["wagons"]["stock"] = {"a": 20, "b": 20}  # wagons at hand: nobody lacks any
    found = run(data)
    assert found.tables["room_months"]["peak"].max() == 10


def test_a_rule_that_changes_is_asked_at_once() -> None:
    """Load that waited for a later hour leaves when the rule no longer asks for it, though none comes after it."""
    data = knot() | {"pools": {}, "flows": {"local": flow("d", "b", "feeder", times=[2])}}
    data["services"]["feeder"]["departs"] = {"at_least": 1.0, "timetable": {"every_h": 1000}}
    data["changes"] = {"sooner": {"on": "2025-01-03", "set": {"services.feeder.departs": {"at_least": 1.0}}}}
    assert arrivals(run(data), "local") == [48 + 10]
