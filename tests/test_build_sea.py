from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from corridor_sim.build import Dated, build_plan
from corridor_sim.errors import CorridorError
from corridor_sim.plan import EAST, WEST, Plan
from corridor_sim.scenario import Scenario

ALWAYS = float("-inf")
TRAIN = {"carries": {"wagons": 54.0, "teu": 108.0}}
RAIL = {"mode": "rail", "length_km": 100.0, "speed_kmh": 50.0}
CROSSING: dict[str, Any] = {
    "name": "crossing", "start": "2025-01-01", "end": "2026-01-01",
    "classes": {"express": {"priority": 1}},
    "commodities": {
        "box": {"unit": "teu", "t_per_unit": 12.0, "gross_t_per_unit": 14.0},
        "wagon": {"unit": "wagon", "t_per_unit": 60.0},
        "lorry": {"unit": "truck", "t_per_unit": 18.0},
        "ore": {"unit": "t", "t_per_unit": 1.0, "units_per_wagon": 60.0},
        "empty_wagon": {"unit": "wagon", "t_per_unit": 0.01, "gross_t_per_unit": 23.0, "empty": True},
    },
    "winds": {"caspian": {"closed_share": {"nov-dec": 0.5, "other": 0.08}, "episode_h": {"lognormal": {"mean": 84.0, "cv": 0.6}}}},
    "places": {
        "poti": {"at": [42.0, 41.0]},
        "alat": {"at": [40.0, 49.4], "terminal": {}, "port": {
            "berths": {"rail_ferry": 2, "container": {"count": 3, "handling_teu_per_h": 20.0}},
            "room_wagons": 600.0, "payload_factor": 0.9, "wind": {"follows": "caspian", "correlation": 0.5, "handling": 0.4},
        }},
        "aktau": {"at": [43.6, 51.2], "yard": {"room_teu": 900.0}, "port": {
            "berths": {"rail_ferry": {"count": 1, "handling_wagons_per_h": 8.0, "call_h": 2.0}, "container": 1},
            "ramps": {"link": {"count": 1, "serves": ["rail_ferry"], "wagons_per_h": 7.0}},
            "cranes": {"quay": {"count": 2, "serves": ["container"], "per_vessel": 2, "moves_per_h": 10.0}},
            "room_wagons": {"west": 800.0, "east": 500.0}, "payload_factor": 0.8,
            "other": {"grain": {"per_day": 0.7, "berth": "container", "handling_h": 48.0}},
        }},
        "beyneu": {"at": [45.3, 55.2]},
    },
    "legs": {
        "beyneu_aktau": {**RAIL, "between": ["beyneu", "aktau"]},
        "aktau_alat": {"mode": "sea", "between": ["aktau", "alat"], "length_km": 440.0, "cv": 0.3},
        "alat_poti": {**RAIL, "between": ["alat", "poti"]},
    },
    "services": {
        "east_train": {"route": ["beyneu", "aktau"], **TRAIN},
        "ferry": {"route": ["alat", "aktau"], "berth": "rail_ferry", "vessels": 4, "speed_kmh": 20.0, "home": "aktau",
                  "carries": {"wagons": 52.0, "trucks": 50.0}},
        "feeder": {"route": ["aktau", "alat"], "berth": "container", "vessels": 2, "speed_kmh": 22.0, "cv": 0.4,
                   "carries": {"teu": 245.0, "t": 4000.0}, "handling_h": {"aktau": {"load": 9.0}}},
        "west_train": {"route": ["alat", "poti"], **TRAIN},
    },
    "flows": {
        "west": {"from": "beyneu", "to": "poti", "commodity": "box", "per_year": 8760.0, "consignment": 10},
        "east": {"from": "alat", "to": "aktau", "commodity": "lorry", "per_year": 876.0, "consignment": 1, "class": "express"},
    },
}  # fmt: skip


def crossing(**edits: Any) -> Scenario:
    """Return the scenario with dotted edits, `__` for a dot."""
    return edited(CROSSING, edits)


def edited(data: dict[str, Any], edits: Mapping[str, Any]) -> Scenario:
    data = copy.deepcopy(data)
    for path, value in edits.items():
        *parents, key = path.split("__")
        target = data
        for parent in parents:
            target = target.setdefault(parent, {})
        target[key] = value
    return Scenario.model_validate(data)


def service(plan: Plan, name: str) -> Any:
    return next(found for found in plan.services if found.name == name)


def pen(plan: Plan, name: str) -> Any:
    return next(found for found in plan.pens if found.name == name)


def port(plan: Plan, name: str) -> Any:
    return next(found for found in plan.ports if found.name == f"{name}.port")


# ports


def test_berths_know_their_rates_ramps_cranes_and_background():
    aktau = port(build_plan(crossing()), "aktau")
    ferry, container = aktau.berths
    assert (ferry.kind, ferry.count, ferry.call_h) == ("rail_ferry", ((ALWAYS, 1),), ((ALWAYS, ("constant", 2.0)),))
    assert (ferry.rates, ferry.ramp, ferry.crane) == (((ALWAYS, {"wagons": 8.0}),), 0, -1)
    assert (container.ramp, container.crane) == (-1, 0)
    assert aktau.ramps[0].rates == ((ALWAYS, {"wagons": 7.0}),)
    assert (aktau.cranes[0].per_call, aktau.cranes[0].rates) == (2, ((ALWAYS, {"teu": 16.0}),))
    assert [(call.name, call.per_day, call.service_h) for call in container.others] == [
        ("grain", ((ALWAYS, 0.7),), ("constant", 48.0))
    ]


def test_a_kind_of_berth_that_is_built_later_is_there_with_none_before():
    new = {**CROSSING["places"]["alat"]["port"]["berths"], "grain": 2}
    dated = Dated(((ALWAYS, crossing()), (240.0, crossing(places__alat__port__berths=new))))
    assert port(build_plan(dated), "alat").berths[2].count == ((ALWAYS, 0), (240.0, 2))


def test_two_sets_of_cranes_for_one_kind_are_a_fault():
    cranes = {name: {"count": 1, "serves": ["container"], "teu_per_h": 10.0} for name in ("one", "two")}
    with pytest.raises(CorridorError, match="one entry that serves 'container', got one and two"):
        build_plan(crossing(places__aktau__port__cranes=cranes))


def test_a_port_follows_its_wind_with_shares_of_its_own_or_the_winds():
    plan = build_plan(crossing())
    [weather] = plan.weathers
    assert (port(plan, "alat").weather, port(plan, "aktau").weather) == (0, -1)
    assert (weather.name, weather.region, weather.correlation) == ("alat.port", "caspian", 0.5)
    assert weather.closed_share == weather.region_share == (*(0.08,) * 10, 0.5, 0.5)
    assert weather.limits == (1.0, 1.0, 0.4)


# vessels


def test_vessels_end_at_the_berths_of_their_kind():
    plan = build_plan(crossing())
    ends = service(plan, "ferry").ends
    assert [(plan.ports[end.index].name, end.berth) for end in ends] == [("alat.port", 0), ("aktau.port", 0)]
    assert [end.facility for end in service(plan, "east_train").ends] == ["none", "none"]


def test_the_smaller_payload_factor_of_both_ports_holds():
    plan = build_plan(crossing())
    assert service(plan, "feeder").payload == ((ALWAYS, 0.8),)
    assert service(plan, "east_train").payload == ((ALWAYS, 1.0),)


def test_a_sea_run_is_length_over_speed_with_the_spread_of_sea_and_service():
    [out, back] = service(build_plan(crossing()), "feeder").sail_h
    assert out == back == ((ALWAYS, ("lognormal", 20.0, 0.5)),)


def test_a_stated_sea_run_by_direction_is_taken():
    plan = build_plan(crossing(services__feeder__run_h={"out": 15.0, "back": {"exponential": {"mean": 18.0}}}))
    assert service(plan, "feeder").sail_h == (((ALWAYS, ("lognormal", 15.0, 0.4)),), ((ALWAYS, ("exponential", 18.0)),))


def test_handling_by_place_overrides_the_rates_there():
    aktau, alat = service(build_plan(crossing()), "feeder").ends
    assert (aktau.load_h, aktau.unload_h) == (((ALWAYS, ("constant", 9.0)),), ((ALWAYS, None),))
    assert alat.load_h == ((ALWAYS, None),)


def test_a_vessel_has_a_home_and_heads_by_longitude():
    ferry = service(build_plan(crossing()), "ferry")
    assert (ferry.home, ferry.heading, ferry.vessels) == (1, EAST, ((ALWAYS, 4.0),))


def test_a_kind_of_berth_that_a_port_lacks_is_a_fault():
    with pytest.raises(CorridorError, match=r"services\.ferry\.berth: expected a kind of berth at 'alat'"):
        build_plan(crossing(services__ferry__berth="roro"))


# pens and rooms


def test_parallel_services_share_a_pen_and_take_what_each_limits():
    plan = build_plan(crossing())
    boxes = pen(plan, "aktau:ferry|feeder:box")
    names = [(plan.services[number].name, end) for number, end in boxes.services]
    assert names == [("ferry", 1), ("feeder", 0)]
    assert boxes.use == ({"wagons": 0.5}, {"teu": 1.0, "t": 14.0})
    assert plan.flows[0].routes[0].branch == "aktau_alat"


def test_lots_stand_in_the_ports_room_before_the_yards():
    plan = build_plan(crossing())
    room, amount = pen(plan, "aktau:ferry|feeder:box").room[WEST]
    assert (plan.rooms[room].name, amount) == ("aktau.port.room_wagons.west", 0.5)
    assert plan.rooms[room].capacity == ((ALWAYS, 800.0),)


def test_boxes_stand_in_room_by_teu_where_it_is_stated():
    plan = build_plan(crossing(places__aktau__port__room_wagons="unlimited"))
    room, amount = pen(plan, "aktau:ferry|feeder:box").room[WEST]
    assert (plan.rooms[room].name, amount) == ("aktau.yard.room_teu.west", 1.0)


def test_trucks_ride_the_deck_as_trucks_and_stand_without_limit_where_none_is_stated():
    lorries = pen(build_plan(crossing()), "alat:ferry:lorry")
    assert lorries.use == ({"trucks": 1.0},)
    assert lorries.room == (None, None)
    assert lorries.priority == 1


def test_flows_of_different_priority_wait_in_pens_of_different_name():
    express = {**CROSSING["flows"]["west"], "class": "express"}
    plan = build_plan(crossing(flows__express=express))
    names = [found.name for found in plan.pens]
    assert len(set(names)) == len(names)
    assert pen(plan, "aktau:ferry|feeder:box:1").priority == 1


def test_commodities_state_what_a_unit_takes_and_empties_weigh_nothing_net():
    box, wagon, lorry, ore, empty = build_plan(crossing()).commodities
    assert box.amounts == {"wagons": 0.5, "trucks": 0.5, "teu": 1.0, "t": 14.0}
    assert wagon.amounts == {"wagons": 1.0, "t": 60.0}
    assert lorry.amounts == {"trucks": 1.0, "t": 18.0}
    assert ore.amounts == {"wagons": 1 / 60, "t": 1.0}
    assert (empty.net_t, empty.amounts["t"], empty.empty) == (0.0, 23.0, True)


# routes, shares, embargo


def test_given_routes_have_shares_that_follow_their_dates_and_sum_to_one():
    routes = [
        {"share": 3.0, "services": ["east_train", "feeder", "west_train"], "until_date": "2025-01-21"},
        {"share": 1.0, "services": ["east_train", ["ferry", "feeder"], "west_train"], "from_date": "2025-01-11"},
    ]
    flow = build_plan(crossing(flows__west__routes=routes)).flows[0]
    assert flow.shares == ((ALWAYS, (1.0, 0.0)), (240.0, (0.75, 0.25)), (480.0, (0.0, 1.0)))
    assert flow.routes[1].name == "east_train>ferry|feeder>west_train"


def test_equal_routes_are_one_whose_share_changes():
    way = {"services": ["east_train", "feeder", "west_train"]}
    routes = [{**way, "until_date": "2025-01-21"}, {**way, "from_date": "2025-02-10"}]
    flow = build_plan(crossing(flows__west__routes=routes)).flows[0]
    assert len(flow.routes) == 1
    assert flow.shares == ((ALWAYS, (1.0,)), (480.0, (0.0,)), (960.0, (1.0,)))


def test_found_routes_change_when_a_shorter_way_opens():
    bridge = {**RAIL, "between": ["beyneu", "poti"], "opens": "2025-01-11"}
    direct = {"route": ["beyneu", "poti"], **TRAIN}
    flow = build_plan(crossing(legs__bridge=bridge, services__direct=direct)).flows[0]
    assert [route.branch for route in flow.routes] == ["aktau_alat", "land"]
    assert flow.shares == ((ALWAYS, (1.0, 0.0)), (240.0, (0.0, 1.0)))


def test_a_stated_branch_names_the_route():
    assert build_plan(crossing(flows__west__branch="north")).flows[0].routes[0].branch == "north"


def test_an_embargo_holds_the_flows_that_pass_its_place_and_not_those_that_begin_there():
    plan = build_plan(crossing(places__alat__embargo={"stop_above": 500.0, "resume_below": 300.0}))
    assert plan.embargoes[0].stop == ((ALWAYS, 500.0),)
    assert [flow.embargoes for flow in plan.flows] == [(0,), ()]


# demand of flows


def test_a_flow_keeps_its_season_window_and_scopes():
    fields = {"season": {"period_days": 7.0, "amplitude": 0.5}, "from_date": "2025-01-11", "counts_in": ["titr", "alat"]}
    flow = build_plan(crossing(flows__west={**CROSSING["flows"]["west"], **fields})).flows[0]
    assert flow.sine == (168.0, 0.5, 0.0)
    assert flow.active == ((240.0, 10_920.0),)
    assert flow.counts_in == ("titr", "alat")


def test_stated_times_and_unlimited_supply_need_no_intensity():
    stated = {**CROSSING["flows"]["west"], "supply": "scheduled", "times": [4.0, 2.0]}
    del stated["per_year"]
    unlimited = {**CROSSING["flows"]["east"], "supply": "unlimited"}
    times, endless = build_plan(crossing(flows__west=stated, flows__east=unlimited)).flows
    assert (times.supply, times.times, times.intensity) == ("times", (2.0, 4.0), ())
    assert (endless.supply, endless.intensity) == ("unlimited", ())


def test_a_flow_without_volume_may_lack_a_way_and_one_whose_way_never_runs_is_noted():
    idle = {**CROSSING["flows"]["west"], "from": "poti", "to": "beyneu", "commodity": "lorry", "per_year": 0.0}
    assert build_plan(crossing(flows__idle=idle)).flows[2].routes == ()
    way = [{"services": ["east_train", "feeder", "west_train"]}]
    late = crossing(services__feeder__runs_from="2030-01-01", flows__west__routes=way)
    assert build_plan(late).notes == ("flows.west: no route is ever in use, all of it stays at its origin",)
