from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

import pytest

from corridor_sim.build import Dated, build_plan
from corridor_sim.errors import CorridorError
from corridor_sim.plan import OpenHours, Plan, RulePlan
from corridor_sim.scenario import Scenario

NEVER_BEFORE = float("-inf")
RAIL = {"mode": "rail", "length_km": 100.0, "speed_kmh": 50.0}
SMALL: dict[str, Any] = {
    "name": "small", "start": "2025-01-01", "end": "2026-01-01",
    "commodities": {"box": {"unit": "teu", "t_per_unit": 12.0, "gross_t_per_unit": 14.0}},
    "places": {"west": {"at": [40.0, 50.0]}, "middle": {"at": [40.0, 55.0]}, "east": {"at": [40.0, 60.0]}},
    "legs": {
        "first": {**RAIL, "between": ["east", "middle"], "pairs_per_day": 12.0},
        "second": {**RAIL, "between": ["middle", "west"]},
    },
    "services": {"train": {"route": ["east", "middle", "west"], "carries": {"wagons": 54.0, "teu": 108.0}}},
    "flows": {"boxes": {"from": "east", "to": "west", "commodity": "box", "per_year": 8760.0, "consignment": 10}},
}  # fmt: skip


def edited(data: dict[str, Any], edits: Mapping[str, Any]) -> Scenario:
    """Return a scenario with dotted edits, `__` for a dot; None deletes."""
    data = copy.deepcopy(data)
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


def small(**edits: Any) -> Scenario:
    return edited(SMALL, edits)


def later(*changes: tuple[float, dict[str, Any]], **edits: Any) -> Dated:
    """Return the small scenario with changes after so many hours; each change keeps those before."""
    snapshots, so_far = [(NEVER_BEFORE, small(**edits))], dict(edits)
    for hours, change in changes:
        so_far |= change
        snapshots.append((hours, small(**so_far)))
    return Dated(tuple(snapshots))


def steps(plan: Plan, service: str, end: int) -> list[str]:
    tables = {"leg": plan.legs, "station": plan.stations, "room": plan.rooms}
    [found] = [s for s in plan.services if s.name == service]
    return [tables[step.kind][step.index].name + ("!" if step.ends else "") for step in found.steps[end]]


def faults(scenario: Scenario | Dated) -> str:
    with pytest.raises(CorridorError) as caught:
        build_plan(scenario)
    return str(caught.value)


# the smallest plan


def test_a_plan_has_its_times_in_hours_since_the_start():
    plan = build_plan(small())
    assert (plan.warm_up_h, plan.end_h, plan.drain_h) == (1440.0, 8760.0, 2160.0)
    assert plan.month_edges_h[:3] == (0.0, 744.0, 1416.0)
    assert len(plan.month_edges_h) == 13


def test_a_plan_can_travel_to_workers():
    plan = build_plan(small())
    assert pickle.loads(pickle.dumps(plan)) == plan


def test_a_vehicle_steps_over_its_legs_each_way():
    plan = build_plan(small())
    assert steps(plan, "train", 0) == ["first", "second"]
    assert steps(plan, "train", 1) == ["second", "first"]
    assert [plan.legs[step.index].direction for step in plan.services[0].steps[1]] == [1, 1]
    assert [(leg.tail, leg.head) for leg in plan.legs[:2]] == [(2, 1), (1, 2)]


def test_a_flow_waits_in_a_pen_for_its_service():
    plan = build_plan(small())
    [flow], [pen] = plan.flows, plan.pens
    assert (flow.direction, flow.origin, flow.destination) == (0, 2, 0)
    assert flow.intensity == ((-1440.0, 0.1),)
    assert flow.active == ((-1440.0, 10920.0),)
    assert [(route.name, route.pens, route.branch) for route in flow.routes] == [("train", (0,), "land")]
    assert (pen.name, pen.services, pen.use) == ("east:train:box", ((0, 0),), ({"wagons": 0.5, "teu": 1.0},))
    assert plan.services[0].ends[0].pens == (0,)
    assert plan.services[0].ends[1].pens == ()


# legs


def test_headway_is_open_time_over_free_pairs():
    plan = build_plan(
        small(legs__first__other_pairs_per_day=3.0, legs__first__other_weight=1.5, legs__first__window_h=2.0)
    )
    assert plan.legs[0].headway_h == ((NEVER_BEFORE, 22 / 7.5),)
    assert plan.legs[0].window == ((NEVER_BEFORE, (2.0, 2.0)),)
    assert plan.legs[0].other_share == ((NEVER_BEFORE, 4.5 / 12),)
    assert plan.legs[2].headway_h == ((NEVER_BEFORE, 0.0),)


def test_a_leg_without_free_pairs_is_closed_in_that_direction():
    plan = build_plan(small(legs__first__other_pairs_per_day={"out": 12.0, "back": 0.0}))
    assert [leg.headway_h[0][1] for leg in plan.legs[:2]] == [inf, 2.0]


def test_a_leg_opens_on_its_date_and_its_service_and_flow_with_it():
    plan = build_plan(small(legs__second__opens="2025-01-11"))
    assert plan.legs[2].headway_h == ((NEVER_BEFORE, inf), (240.0, 0.0))
    assert plan.services[0].active == ((NEVER_BEFORE, False), (240.0, True))
    assert plan.flows[0].shares == ((NEVER_BEFORE, (0.0,)), (240.0, (1.0,)))


def test_a_leg_that_closes_ends_its_service():
    plan = build_plan(small(legs__second__closes="2025-01-11"))
    assert plan.services[0].active == ((NEVER_BEFORE, True), (240.0, False))


def test_no_pairs_until_a_date_is_not_there_and_no_pairs_for_a_while_is_a_closure():
    opening = later((240.0, {"legs__first__pairs_per_day": 12.0}), legs__first__pairs_per_day=0.0)
    closure = later((240.0, {"legs__first__pairs_per_day": 0.0}), (480.0, {"legs__first__pairs_per_day": 6.0}))
    for_good = later((240.0, {"legs__first__pairs_per_day": 0.0}))
    assert build_plan(opening).services[0].active == ((NEVER_BEFORE, False), (240.0, True))
    assert build_plan(closure).services[0].active == ((NEVER_BEFORE, True),)
    assert build_plan(closure).legs[0].headway_h == ((NEVER_BEFORE, 2.0), (240.0, inf), (480.0, 4.0))
    assert build_plan(for_good).services[0].active == ((NEVER_BEFORE, True), (240.0, False))


def test_run_laws_by_speed_by_direction_and_with_variability():
    plan = build_plan(small(legs__first__run_h={"out": 3.0, "back": {"exponential": {"mean": 4.0}}}, legs__second__cv=0.2))
    laws = [leg.run_h[0][1] for leg in plan.legs]
    assert laws == [("constant", 3.0), ("exponential", 4.0), ("lognormal", 2.0, 0.2), ("lognormal", 2.0, 0.2)]


def test_a_slow_service_runs_longer_by_a_factor_that_follows_dated_speeds():
    dated = later((240.0, {"legs__second__speed_kmh": 80.0}), services__train__speed_kmh=40.0)
    first, second = build_plan(dated).services[0].steps[0]
    assert (first.factor, first.factors) == (1.25, None)
    assert second.factors == ((NEVER_BEFORE, 1.25), (240.0, 2.0))


def test_limits_by_direction_stand_beside_the_smaller_of_both():
    [service] = build_plan(small(legs__first__max_gross_t={"out": 4000.0, "back": 3000.0})).services
    assert service.limits[0][1]["t"] == 3000.0
    assert service.end_limits is not None
    assert [timeline[0][1]["t"] for timeline in service.end_limits] == [4000.0, 3000.0]
    assert build_plan(small(legs__first__max_gross_t=4000.0)).services[0].end_limits is None


# stations


def test_a_border_has_lanes_law_by_class_and_background_by_direction():
    border = {
        "lanes": 2, "inspection_h": {"by_class": {"rail": 3.0, "other": 1.0}},
        "other": {"local": {"per_day": {"west": 4.0, "east": 0.0}, "service_h": 2.0}},
    }  # fmt: skip
    [station] = build_plan(small(places__middle__border=border)).stations
    assert (station.name, station.kind, station.servers) == ("middle.border", "border", ((NEVER_BEFORE, 2.0),))
    assert station.service_h[0][1] == {"rail": ("constant", 3.0), "": ("constant", 1.0)}
    assert [(other.name, other.direction, other.service_h) for other in station.others] == [("local", 0, ("constant", 2.0))]


def test_a_class_follows_the_law_of_its_mode_unless_it_is_named():
    border = {"inspection_h": {"by_class": {"rail": 3.0, "heavy": 9.0, "other": 1.0}}}
    classes = {"heavy": {}, "light": {"priority": 2}}
    train = SMALL["services"]["train"]
    plan = build_plan(small(
        classes=classes, places__middle__border=border, services__heavy={**train, "class": "heavy"},
        services__light={**train, "class": "light"},
    ))  # fmt: skip
    laws = plan.stations[0].service_h[0][1]
    assert (laws["heavy"], laws["light"]) == (("constant", 9.0), ("constant", 3.0))
    assert plan.stations[0].prioritised
    assert [(service.class_name, service.priority) for service in plan.services] == [("rail", 5), ("heavy", 5), ("light", 2)]


def test_opening_hours_are_turned_from_local_time_to_utc():
    stop = {"open": "Mon-Fri 08:00-20:00; Sat 00:00-24:00", "closed_days": ["2025-01-02", "12-31..01-01"]}
    plan = build_plan(small(places__middle={"at": [40.0, 55.0], "utc_offset_h": 5.0, "border": stop}))
    hours = plan.stations[0].hours[0][1]
    assert isinstance(hours, OpenHours)
    assert (hours.cycle_h, hours.phase_h) == (168.0, 48.0)  # 1 January 2025 is a Wednesday
    assert hours.spans == ((3.0, 15.0), (27.0, 39.0), (51.0, 63.0), (75.0, 87.0), (99.0, 111.0), (115.0, 139.0))
    assert hours.closed == ((-29.0, 43.0), (8731.0, 8779.0))


def test_a_place_east_of_utc_opens_in_the_week_before():
    border = {"open": "Mon 02:00-10:00"}
    plan = build_plan(small(places__middle={"at": [40.0, 55.0], "utc_offset_h": 5.0, "border": border}))
    assert plan.stations[0].hours[0][1].spans == ((0.0, 5.0), (165.0, 168.0))


def test_a_terminal_handles_what_ends_there_and_one_that_does_nothing_has_no_station():
    busy = build_plan(small(places__west__terminal={"tracks": 2, "handling_teu_per_h": 20.0}))
    assert steps(busy, "train", 0) == ["first", "second", "west.terminal!"]
    assert (busy.services[0].ends[1].facility, busy.services[0].ends[1].index) == ("station", 0)
    assert busy.stations[0].rates == ((NEVER_BEFORE, {"teu": 20.0}),)
    idle = build_plan(small(places__west__terminal={}))
    assert idle.stations == ()
    assert idle.services[0].ends[1].facility == "none"


def test_a_facility_that_no_running_service_passes_has_no_station():
    assert build_plan(small(places__lonely={"border": {}})).stations == ()


# rooms


def test_a_yard_passed_is_room_first_and_then_time():
    yard = {"room_wagons": {"west": 200.0, "east": "unlimited"}, "passage_h": 2.0}
    plan = build_plan(small(places__middle__yard=yard))
    assert steps(plan, "train", 0) == ["first", "middle.yard.room_wagons.west", "middle.yard", "second"]
    assert steps(plan, "train", 1) == ["second", "middle.yard", "first"]


def test_lots_wait_in_the_yard_of_their_place_and_the_train_that_ends_there_claims_it_once():
    two = {
        "near": {"route": ["east", "middle"], "carries": {"wagons": 54.0}, "ends_at": {"middle": "terminal"}},
        "far": {"route": ["middle", "west"], "carries": {"wagons": 54.0}, "ends_at": {"middle": "terminal"}},
    }
    middle = {"at": [40.0, 55.0], "yard": {"room_wagons": 200.0}, "terminal": {}}
    plan = build_plan(small(services=two, places__middle=middle))
    assert plan.pens[1].room == ((0, 0.5), (1, 0.5))
    assert steps(plan, "near", 0) == ["first"]
    assert plan.services[0].ends[1].rooms == ({"wagons": 0}, {"wagons": 1})


# dated


def test_values_change_on_their_dates():
    widened, doubled = {"places__middle__border": {"lanes": 3}}, {"flows__boxes__per_year": 17_520.0}
    dated = later((240.0, widened), (480.0, doubled), places__middle__border={"lanes": 1})
    plan = build_plan(dated)
    assert plan.stations[0].servers == ((NEVER_BEFORE, 1.0), (240.0, 3.0))
    assert plan.flows[0].intensity == ((-1440.0, 0.1), (480.0, 0.2))


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"legs__first__gauge_mm": 1435}, "legs.first.gauge_mm"),
        ({"flows__boxes__consignment": 20}, "flows.boxes.consignment"),
        ({"services__train__two_way": False}, "services.train.two_way"),
        ({"commodities__box__t_per_unit": 13.0}, "commodities.box.t_per_unit"),
        ({"places__middle__border": {}}, "places.middle.facilities"),
        ({"places__new": {}}, "places.new"),
    ],
)
def test_what_holds_for_a_whole_run_cannot_change_during_it(change: dict[str, Any], path: str):
    assert f"{path}: expected what holds for the whole run, got a change on 2025-01-11" in faults(later((240.0, change)))


# services


def test_rules_of_departure_at_each_end():
    rules = {"at_least": 0.9, "after_first_lot_h": 72.0, "idle_h": 24.0}
    table = {"at_least": 30.0, "timetable": {"days": ["Mon", "Thu"], "at": "06:00"}}
    plan = build_plan(small(services__train__departs=rules, services__train__departs_at={"west": table}))
    first, last = (end.rule[0][1] for end in plan.services[0].ends)
    assert first == RulePlan(share=0.9, after_first_lot_h=72.0, idle_h=24.0)
    assert last == RulePlan(units=30.0, moments_h=(30.0, 126.0))  # from Wednesday, 1 January 2025, on


def test_circulating_trains_have_a_number_and_a_home():
    plan = build_plan(small(services__train__vessels=4, services__train__home="west"))
    assert (plan.services[0].vessels, plan.services[0].home) == (((NEVER_BEFORE, 4.0),), 1)


def test_a_service_runs_between_its_dates():
    plan = build_plan(small(services__train__runs_from="2025-01-11", services__train__runs_until="2025-01-21"))
    assert plan.services[0].active == ((NEVER_BEFORE, False), (240.0, True), (480.0, False))


def test_every_fault_of_flows_is_found_at_once():
    scenario = small(
        flows__boxes__routes=[{"services": ["train", "train"]}],
        flows__more={**SMALL["flows"]["boxes"], "to": "middle"},
    )
    text = faults(scenario)
    assert "flows.boxes.routes[0].services: expected a route that ends at 'west', got 'east'" in text
    assert "flows.more: expected services from 'east' to 'middle' that carry 'box', got none at any date" in text


def test_a_service_that_cannot_carry_the_commodity_is_a_fault():
    tonnes = {"unit": "t", "t_per_unit": 1.0}
    text = faults(small(commodities__box=tonnes, flows__boxes__routes=[{"services": ["train"]}]))
    assert "expected a service that can carry 'box', got 'train' (limits: wagons, teu)" in text


def test_a_fault_stands_where_the_loader_read_the_nearest_part_of_its_path():
    @dataclass
    class Mark:
        file: str
        line: int
        column: int

    @dataclass(frozen=True)
    class Read(Dated):
        positions: dict[str, Mark]

    scenario = small(flows__boxes__routes=[{"services": ["train", "train"]}])
    marks = {"flows.boxes": Mark("a.yaml", 9, 3), "flows.boxes.routes": Mark("a.yaml", 12, 5)}
    assert faults(Read(((NEVER_BEFORE, scenario),), marks)).startswith("a.yaml:12:5: flows.boxes.routes[0].services: ")
