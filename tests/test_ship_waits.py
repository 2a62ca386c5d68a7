"""A ship waits for berth, ramp, crane, weather and cargo separately; road vehicles wait for the number a day."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fleets_of import flow, ports, run, service

WAITS = ("cargo_wait_h", "berth_wait_h", "ramp_wait_h", "crane_wait_h", "weather_wait_h", "handling_h", "sea_h")


def hours(data: dict[str, Any]) -> dict[str, float]:
    """The hours of the north's vessels by what they wait for, both ends together."""
    table = run(data).tables["service_months"]
    return {column: float(table[column][table["service"] == 0].sum()) for column in WAITS}


def quay(berth: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Two vessels idle at kuryk until ten wagons for each come at 10 h; what loads them there is stated, alat takes no time."""
    data = ports({"a": flow("kuryk", "alat", 10, 10)})
    data["places"]["kuryk"] = {"port": {"berths": {"ferry": berth}, "other": {}} | more}
    data["places"]["alat"] = {"port": {"berths": {"ferry": 5}, "other": {}}}
    data["services"] = {"north": service("kuryk", vessels=2, berth="ferry", departs={"at_least": 1.0})}
    del data["fleets"], data["places"]["tkb"], data["legs"]["tkb_alat"]
    return data


def test_the_second_ship_waits_for_the_berth() -> None:
    found = hours(quay({"count": 1, "handling_wagons_per_h": 2}))
    assert found == {"cargo_wait_h": 20, "berth_wait_h": 5, "ramp_wait_h": 0, "crane_wait_h": 0, "weather_wait_h": 0, "handling_h": 10, "sea_h": 20}


def test_or_for_the_ramp() -> None:
    ramps = {"link": {"count": 1, "serves": ["ferry"], "wagons_per_h": 2}}
    found = hours(quay({"count": 2}, ramps=ramps))
    assert (found["berth_wait_h"], found["ramp_wait_h"], found["crane_wait_h"], found["handling_h"]) == (0, 5, 0, 10)


def test_or_for_the_crane() -> None:
    cranes = {"jib": {"count": 1, "serves": ["ferry"], "t_per_h": 120}}
    found = hours(quay({"count": 2}, cranes=cranes))
    assert (found["berth_wait_h"], found["ramp_wait_h"], found["crane_wait_h"], found["handling_h"]) == (0, 0, 5, 10)


def test_both_at_once_count_as_ramp_up_to_its_coming_and_as_crane_beyond() -> None:
    """Three calls of ten hours, two ramps and one crane: the second waits 10 h for the crane, the third 10 for each."""
    data = quay({"count": 3, "call_h": 0}, ramps={"link": {"count": 2, "serves": ["ferry"], "wagons_per_h": 1}},
                cranes={"jib": {"count": 1, "serves": ["ferry"], "t_per_h": 60}})  # fmt: skip
    data["services"]["north"]["vessels"] = 3
    data["flows"]["a"] = flow("kuryk", "alat", 10, 10, 10)
    found = hours(data)
    assert found["handling_h"] == 30
    assert found["ramp_wait_h"] + found["crane_wait_h"] == 30
    assert found["ramp_wait_h"] == 10


def test_waits_of_a_ship_sum_to_its_time() -> None:
    """Cargo, berth, ramp, crane, weather, handling and sailing are all there is, for a vessel seen from idle to idle."""
    found = hours(quay({"count": 1, "handling_wagons_per_h": 2}))
    assert sum(found.values()) == 25 + 30  # the hours at which they land


# Road


def road(vehicles_per_day: Any, **more: Any) -> dict[str, Any]:
    """Trucks without end over one road."""
    return {
        "name": "road", "start": "2025-01-01", "end": "2025-01-31", "warm_up_days": 0, "drain_days": 0, "seed": 1,
        "commodities": {"truck": {"unit": "truck", "t_per_unit": 20}},
        "places": {"kashgar": {}, "osh": {}},
        "legs": {"pass": {"mode": "road", "between": ["kashgar", "osh"], "length_km": 500, "speed_kmh": 25, "vehicles_per_day": vehicles_per_day}},
        "services": {"trucks": {"route": ["kashgar", "osh"], "carries": {"trucks": 1}}},
        "flows": {"a": {"from": "kashgar", "to": "osh", "commodity": "truck", "consignment": 1, "supply": "unlimited"}},
    } | more  # fmt: skip


@pytest.mark.parametrize(("per_day", "headway_h"), [(12, 2.0), ({"out": 48, "back": 6}, 0.5)])
def test_a_road_takes_its_vehicles_a_day(per_day: Any, headway_h: float) -> None:
    starts = np.sort(run(road(per_day)).tables["departures"]["depart_h"])
    visits = run(road(per_day)).tables["visits"]
    assert np.diff(np.sort(visits["start_h"])) == pytest.approx(headway_h)
    assert len(starts) == pytest.approx(30 * 24 / headway_h, abs=2)


def test_a_road_without_a_number_has_no_limit() -> None:
    data = road("unlimited")
    data["flows"]["a"] = {**data["flows"]["a"], "supply": "scheduled", "times": [1.0] * 50}
    assert (run(data).tables["visits"]["start_h"] == 1.0).all()


def test_a_road_changes_by_date() -> None:
    data = road(12, changes={"widened": {"on": "2025-01-16", "set": {"legs.pass.vehicles_per_day": 24}}})
    starts = np.sort(run(data).tables["visits"]["start_h"])
    assert set(np.diff(starts[starts <= 360])) == {2.0}
    assert set(np.diff(starts[starts > 362])) == {1.0}
