from __future__ import annotations

import copy
from typing import Any

import pytest

from corridor_sim.errors import CorridorError
from corridor_sim.network import (
    Ride,
    heading_between,
    itinerary,
    limits,
    lines,
    passages,
    ride_time_h,
    rides,
    stage_from,
)
from corridor_sim.plan import EAST, WEST
from corridor_sim.scenario import Scenario

RAIL = {"mode": "rail", "length_km": 100.0, "speed_kmh": 50.0}
NETWORK: dict[str, Any] = {
    "start": "2024-01-01",
    "end": "2025-01-01",
    "commodities": {
        "box": {"unit": "teu", "t_per_unit": 12.0},
        "lorry": {"unit": "truck", "t_per_unit": 20.0},
        "ore": {"unit": "t", "t_per_unit": 1.0, "units_per_wagon": 60.0},
    },
    "places": {
        "xian": {"at": [34.0, 109.0], "country": "CN", "terminal": {}},
        "horgos": {"at": [44.2, 80.4], "country": "CN", "border": {"exit": {"inspection_h": 2.0}, "entry": {}, "road": {}}},
        "altynkol": {
            "at": [44.2, 80.3], "country": "KZ",
            "border": {"inspection_h": 4.0}, "gauge_change": {"station_h": 6.0}, "yard": {"passage_h": 1.0},
        },
        "beyneu": {"at": [45.3, 55.2], "country": "KZ", "yard": {"passage_h": 3.0}},
        "aktau": {
            "at": [43.6, 51.2], "country": "KZ", "yard": {}, "border": {}, "terminal": {}, "port": {"berths": {"container": 1}},
        },
        "alat": {"at": [40.0, 49.4], "country": "AZ", "port": {"berths": {"container": 1}}, "terminal": {}},
    },
    "legs": {
        "xian_horgos": {**RAIL, "between": ["xian", "horgos"], "gauge_mm": 1435},
        "horgos_altynkol": {**RAIL, "between": ["horgos", "altynkol"], "gauge_mm": 1435},
        "horgos_altynkol_road": {"mode": "road", "between": ["horgos", "altynkol"], "length_km": 20.0, "speed_kmh": 40.0},
        "altynkol_beyneu": {**RAIL, "between": ["altynkol", "beyneu"], "max_gross_t": {"out": 4500.0, "back": 4000.0}},
        "aktau_beyneu": {**RAIL, "between": ["aktau", "beyneu"], "max_wagons": 50.0},
        "aktau_alat": {"mode": "sea", "between": ["aktau", "alat"], "length_km": 440.0},
    },
    "services": {
        "train_east": {"route": ["xian", "horgos", "altynkol"], "carries": {"wagons": 54.0, "teu": 108.0}},
        "train_west": {"route": ["altynkol", "beyneu", "aktau"], "carries": {"wagons": 54.0, "teu": 108.0}},
        "feeder": {"route": ["aktau", "alat"], "berth": "container", "vessels": 2, "speed_kmh": 22.0, "carries": {"teu": 245.0}},
        "lorries": {"route": ["horgos", "altynkol"], "mode": "road", "carries": {"trucks": 1.0}},
    },
}  # fmt: skip


def a_network(**edits: Any) -> Scenario:
    """Return the small network with dotted edits, `__` for a dot; None deletes."""
    data = copy.deepcopy(NETWORK)
    for path, value in edits.items():
        *parents, key = path.split("__")
        target = data
        for parent in parents:
            target = target.setdefault(parent, {})
        if value is None:
            del target[key]
        else:
            target[key] = value
    return Scenario.model_validate(data)


def met(scenario: Scenario, service: str, end: int) -> list[list[str]]:
    line = lines(scenario)[service]
    return [[p.name + ("!" if p.ends else "") for p in place] for place in passages(scenario, line, end)]


def faults(scenario: Scenario) -> str:
    with pytest.raises(CorridorError) as caught:
        lines(scenario)
    return str(caught.value)


# lines


def test_a_line_takes_the_legs_between_its_places_either_way_round():
    line = lines(a_network())["train_west"]
    assert line.hops == (("altynkol_beyneu", 0), ("aktau_beyneu", 1))
    assert line.travelled(1)[1] == (("aktau_beyneu", 0), ("altynkol_beyneu", 1))
    assert line.length_km == 200.0


def test_rail_is_taken_where_rail_and_road_join_two_places_unless_the_mode_is_stated():
    found = lines(a_network())
    assert found["train_east"].hops[1].leg == "horgos_altynkol"
    assert found["lorries"].hops[0].leg == "horgos_altynkol_road"


def test_heading_follows_longitude_then_the_order_of_the_file_and_what_is_stated():
    scenario = a_network(places__end={}, places__far={})
    assert heading_between(scenario, "xian", "alat") == WEST
    assert heading_between(scenario, "alat", "xian") == EAST
    assert heading_between(scenario, "end", "far") == WEST
    assert heading_between(scenario, "far", "xian") == EAST
    assert heading_between(scenario, "xian", "alat", "east") == EAST


def test_a_break_of_gauge_under_way_is_a_fault():
    text = faults(a_network(services__train_east__route=["xian", "horgos", "altynkol", "beyneu"]))
    assert "services.train_east.route[2]" in text
    assert "1435 mm before 'altynkol' and 1520 mm after it" in text


def test_places_without_a_leg_between_them_are_a_fault():
    assert "expected a leg between 'beyneu' and 'alat', got none" in faults(a_network(services__feeder__route=["beyneu", "alat"]))


def test_two_legs_of_one_mode_must_be_named():
    second = {**RAIL, "between": ["beyneu", "aktau"]}
    assert "aktau_beyneu and second" in faults(a_network(legs__second=second))
    named = a_network(legs__second=second, services__train_west__legs=["altynkol_beyneu", "second"])
    assert lines(named)["train_west"].hops[1] == ("second", 0)


def test_vessels_need_a_port_and_a_speed():
    assert "expected speed_kmh or run_h of a sea service" in faults(a_network(services__feeder__speed_kmh=None))
    assert "expected a port at 'alat'" in faults(a_network(places__alat__port=None))


def test_every_fault_is_found_at_once():
    scenario = a_network(services__feeder__route=["beyneu", "alat"], services__lorries__route=["xian", "altynkol"])
    with pytest.raises(CorridorError) as caught:
        lines(scenario)
    assert len(caught.value.faults) == 2


# where vehicles end, and what they meet


def test_trains_end_at_a_gauge_change_only_where_the_gauges_differ():
    assert lines(a_network())["train_east"].ends == ("terminal", "gauge_change")
    same = a_network(legs__xian_horgos__gauge_mm=1520, legs__horgos_altynkol__gauge_mm=1520)
    assert lines(same)["train_east"].ends == ("terminal", "yard")


def test_a_stated_end_is_taken_and_must_exist():
    assert lines(a_network(services__train_west__ends_at={"aktau": "port"}))["train_west"].ends[1] == "port"
    assert "expected a terminal at 'altynkol'" in faults(a_network(services__train_west__ends_at={"altynkol": "terminal"}))


def test_facilities_are_met_in_the_order_of_the_file_going_west():
    assert met(a_network(), "train_east", 0) == [[], ["horgos.border.exit"], ["altynkol.border", "altynkol.gauge_change!"]]
    assert met(a_network(), "train_west", 0) == [
        ["altynkol.yard"], ["beyneu.yard"], ["aktau.yard", "aktau.border", "aktau.terminal!"],
    ]  # fmt: skip


def test_facilities_are_met_the_other_way_going_east():
    assert met(a_network(), "train_east", 1) == [["altynkol.border"], ["horgos.border.entry"], ["xian.terminal!"]]
    assert met(a_network(), "train_west", 1) == [
        ["aktau.border", "aktau.yard"], ["beyneu.yard"], ["altynkol.yard", "altynkol.gauge_change!"],
    ]  # fmt: skip


def test_vessels_meet_no_facility_on_the_way():
    assert met(a_network(), "feeder", 0) == [[], []]


def test_trucks_stop_at_lanes_of_their_own_and_where_nothing_handles_them_on_arrival_only():
    assert met(a_network(), "lorries", 0) == [[], ["altynkol.border", "altynkol.yard!"]]
    assert met(a_network(), "lorries", 1) == [["altynkol.border"], ["horgos.border.road"]]


# capacity, time, itineraries


def test_limits_are_the_smaller_of_vehicle_and_legs_by_direction():
    scenario = a_network()
    line = lines(scenario)["train_west"]
    assert limits(scenario, line, 0) == {"wagons": 50.0, "teu": 108.0, "t": 4500.0}
    assert limits(scenario, line, 1) == {"wagons": 50.0, "teu": 108.0, "t": 4000.0}


def test_generalised_time_sums_run_facilities_handling_and_half_the_wait():
    rules = {"after_first_lot_h": 20.0}
    scenario = a_network(services__train_west__departs=rules, services__train_west__speed_kmh=40.0)
    line = lines(scenario)["train_west"]
    assert ride_time_h(scenario, line, 0) == pytest.approx(1 + 2.5 + 3 + 2.5 + 10)
    ships = a_network(services__feeder__handling_h=8.0)
    assert ride_time_h(ships, lines(ships)["feeder"], 0) == pytest.approx(20 + 16 + 36 / 2)


def test_the_shortest_itinerary_takes_parallel_services_as_one_stage():
    slow = {**NETWORK["services"]["feeder"], "speed_kmh": 11.0}
    scenario = a_network(services__slow_feeder=slow)
    found = lines(scenario)
    stages = rides(scenario, found, scenario.commodities["box"])
    way = itinerary(stages, "alat", "xian", lambda ride: ride_time_h(scenario, found[ride.service], ride.end))
    assert way == (
        (Ride("feeder", 1), Ride("slow_feeder", 1)), (Ride("train_west", 1),), (Ride("train_east", 1),),
    )  # fmt: skip


def test_itineraries_use_only_what_runs_and_can_carry():
    scenario = a_network()
    found = lines(scenario)
    boxes, lorries = (rides(scenario, found, scenario.commodities[name]) for name in ("box", "lorry"))
    assert itinerary(boxes, "xian", "alat", lambda ride: None if ride.service == "feeder" else 1.0) is None
    assert itinerary(lorries, "horgos", "altynkol", lambda ride: 1.0) == ((Ride("lorries", 0),),)
    assert itinerary(lorries, "xian", "altynkol", lambda ride: 1.0) is None


def test_a_one_way_service_leads_one_way():
    scenario = a_network(services__feeder__two_way=False)
    stages = rides(scenario, lines(scenario), scenario.commodities["box"])
    assert ("aktau", "alat") in stages
    assert ("alat", "aktau") not in stages
    with pytest.raises(ValueError, match="isn't two_way"):
        stage_from(scenario, lines(scenario), "alat", ["feeder"])


def test_a_stage_starts_where_the_lot_is_and_ends_at_one_place():
    scenario = a_network()
    found = lines(scenario)
    assert stage_from(scenario, found, "alat", ["feeder"]) == ((Ride("feeder", 1),), "aktau")
    with pytest.raises(ValueError, match="an end at 'xian'"):
        stage_from(scenario, found, "xian", ["feeder"])
    with pytest.raises(ValueError, match="end at one place, got alat and altynkol"):
        stage_from(scenario, found, "aktau", ["feeder", "train_west"])
