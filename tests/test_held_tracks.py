"""A train holds its track at a change of gauge while its load lacks wagons of the other one, up to a limit."""

from __future__ import annotations

from typing import Any

import pytest
from locomotives_of import arrivals, flow, run

Data = dict[str, Any]


def change(holds_h: float | None = None, wagons: int = 10, **more: Any) -> Data:
    """Loads from a change at b, one track and 2 h a train, to wagons that come back from c 21 h after they left: 10 h, 1 h, 10 h."""
    held: Data = {} if holds_h is None else {"holds_track_h": holds_h}
    return {
        "name": "held", "start": "2025-01-01", "end": "2025-03-01", "warm_up_days": 0, "drain_days": 0, "seed": 1,
        "commodities": {"coal": {"unit": "wagon", "t_per_unit": 60}},
        "places": {"a": {"at": [40, 60]}, "b": {"at": [40, 50], "gauge_change": {"tracks": 1, "station_h": 2, "other": {}, **held}},
                   "c": {"at": [40, 40]}},
        "legs": {
            "ab": {"mode": "rail", "between": ["a", "b"], "length_km": 100, "run_h": 5, "gauge_mm": 1435},
            "bc": {"mode": "rail", "between": ["b", "c"], "length_km": 100, "run_h": 10, "gauge_mm": 1520},
        },
        "services": {
            "narrow": {"route": ["a", "b"], "carries": {"wagons": 10}},
            "broad": {"route": ["b", "c"], "carries": {"wagons": 10}, "departs": {"at_least": {"units": 1}}},
        },
        "pools": {"broad": {"services": ["broad"], "stock": {"b": wagons}, "returns": {"c": {"services": ["broad"], "after_h": 1}}}},
        "flows": {"f": flow("a", "c", "narrow", "broad", times=[0, 0, 0]), "local": flow("a", "b", "narrow", times=[1])},
    } | more  # fmt: skip


def held_h(found: Any) -> float:
    """Hours in which trains held the track for want of wagons."""
    return float(found.tables["pool_place_months"]["track_h"].sum())


def test_with_wagons_at_hand_the_track_is_free_at_once() -> None:
    found = run(change(wagons=30))
    # handled at 5-7, 7-9, 9-11, 11-13, ten hours more to c
    assert (arrivals(found), arrivals(found, "local"), held_h(found)) == ([17, 19, 21], [13], 0)


def test_the_track_is_held_until_wagons_are_at_hand() -> None:
    found = run(change(30))
    # the first train's load leaves at 7; empties leave c at 18 and are at b and handled at 30, past the train that holds the narrow track
    # since 9. The third is handled at 30-32 and holds it until the next empties, at 53; the local load comes after that
    assert (arrivals(found), arrivals(found, "local"), held_h(found)) == ([17, 40, 63], [55], 21 + 21)
    assert [float(h) for h in found.tables["trips"]["vehicle_h"]][:3] == [0, 21, 21]


@pytest.mark.parametrize(("holds_h", "local", "hours"), [(0, 13, 0), (3, 19, 6), (10, 33, 20), (None, 55, 42)])
def test_no_longer_than_it_says(holds_h: float | None, local: float, hours: float) -> None:
    found = run(change(holds_h))
    assert (arrivals(found, "local"), held_h(found)) == ([local], hours)
    assert arrivals(found) == [17, 40, 63]


def test_without_pools_and_on_endless_tracks_nothing_changes() -> None:
    data = change(30, wagons=30, pools={})
    assert arrivals(run(data)) == [17, 19, 21]
    data = change(30)
    data["places"]["b"]["gauge_change"]["tracks"] = "unlimited"
    assert arrivals(run(data), "local") == [8]


def both_ways(holds_h: float) -> Data:
    """Loads of both ways that want each other's wagons, more than there are, on one track a gauge."""
    data = change(holds_h, wagons=10, end="2025-07-01")
    data["pools"] = {
        "narrow": {"services": ["narrow"], "stock": {"a": 20}},
        "broad": {"services": ["broad"], "stock": {"c": 20}},
    }
    data["flows"] = {"f": flow("a", "c", "narrow", "broad", per_year=36500), "g": flow("c", "a", "broad", "narrow", per_year=36500)}
    return data


def test_tracks_and_wagons_never_lock_each_other() -> None:
    """Both tracks are held by loads that wait for the wagons under the other's, until the limit lets both go on."""
    for hours in (3, 24):
        found = run(both_ways(hours), full=False)
        assert min(len(arrivals(found, name)) for name in "fg") > 150
