"""Each law can fail: records that are spoilt in one place break the law that watches it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

import numpy as np
import pytest
from laws.checks import (
    LAWS,
    Law,
    a_vehicle_is_in_one_place_at_a_time,
    departures_carry_no_more_than_limits,
    fleets_have_the_hours_of_their_vessels,
    hours_by_cause_sum_to_the_age,
    months_add_up_to_the_visits,
    no_more_in_service_than_servers,
    no_more_trains_than_paths,
    nothing_is_lost,
    pens_hold_what_came_and_has_not_left,
    present_units_are_the_sum_of_stays,
    queues_are_first_come_first_served,
    rooms_never_hold_more_than_their_capacity,
    the_audit_found_nothing,
    times_are_in_order,
    trains_never_overtake,
    trips_are_what_became_ready,
)
from laws.runs import busy_corridor, planned

from corridor_sim.engine import simulate
from corridor_sim.plan import Plan
from corridor_sim.records import Run

Spoil = Callable[[Plan, Run], None]


@pytest.fixture(scope="module")
def busy() -> tuple[Plan, Run]:
    plan = planned(busy_corridor() | {"warm_up_days": 0.0})
    return plan, simulate(plan, 0, full_records=True)


def _visits(plan: Plan, run: Run, name: str) -> np.ndarray:
    return np.flatnonzero(run.tables["visits"]["element"] == run.names.elements.index(name))


def lose_units(plan: Plan, run: Run) -> None:
    run.tables["flow_months"]["present"][1] -= 1


def drop_a_trip(plan: Plan, run: Run) -> None:
    run.tables["trips"] = dict(run.tables["trips"])
    run.tables["trips"]["units"][3] -= 1


def miscount_a_pen(plan: Plan, run: Run) -> None:
    run.tables["pen_months"]["present"][1] += 1


def report_a_loss(plan: Plan, run: Run) -> None:
    run.audit["units_lost"] = 1.0


def start_before_arrival(plan: Plan, run: Run) -> None:
    run.tables["visits"]["arrive_h"][5] = run.tables["visits"]["start_h"][5] + 1


def be_in_two_places(plan: Plan, run: Run) -> None:
    visits = run.tables["visits"]
    vehicle = next(v for v in set(visits["vehicle"]) if (visits["vehicle"] == v).sum() > 2)
    first = np.flatnonzero(visits["vehicle"] == vehicle)[0]
    visits["end_h"][first] = visits["leave_h"][first] = visits["leave_h"].max()


def forget_an_hour(plan: Plan, run: Run) -> None:
    run.tables["trips"] = dict(run.tables["trips"])
    run.tables["trips"]["moving_h"][0] -= 1


def shorten_a_stay(plan: Plan, run: Run) -> None:
    run.tables["flow_months"]["present_unit_h"][0] *= 3


def forget_a_visit(plan: Plan, run: Run) -> None:
    run.tables["element_months"]["vehicles"][0] += 1


def work_for_two(plan: Plan, run: Run) -> None:
    mine = _visits(plan, run, "b.border")[:3]
    for name in ("arrive_h", "start_h"):
        run.tables["visits"][name][mine] = 100.0
    for name in ("end_h", "leave_h"):
        run.tables["visits"][name][mine] = 101.0


def push_in(plan: Plan, run: Run) -> None:
    mine = _visits(plan, run, "e.border")
    run.tables["visits"]["start_h"][mine[0]] = run.tables["visits"]["start_h"][mine].max() + 5


def overtake(plan: Plan, run: Run) -> None:
    mine = _visits(plan, run, "ab")
    run.tables["visits"]["end_h"][mine[0]] = run.tables["visits"]["end_h"][mine].max() + 5


def run_twenty_times_the_trains(plan: Plan, run: Run) -> None:
    run.tables["visits"] = {name: np.tile(column, 20) for name, column in run.tables["visits"].items()}


def overfill_a_room(plan: Plan, run: Run) -> None:
    run.tables["room_months"]["peak"][0] = 81.0


def overload_a_train(plan: Plan, run: Run) -> None:
    run.tables["departures"]["fill"][0] = 1.01


def sail_with_a_ghost(plan: Plan, run: Run) -> None:
    run.tables["service_months"]["vessel_h"][:] = 1e6


SPOILT: dict[Law, Spoil] = {
    nothing_is_lost: lose_units,
    trips_are_what_became_ready: drop_a_trip,
    pens_hold_what_came_and_has_not_left: miscount_a_pen,
    the_audit_found_nothing: report_a_loss,
    times_are_in_order: start_before_arrival,
    a_vehicle_is_in_one_place_at_a_time: be_in_two_places,
    hours_by_cause_sum_to_the_age: forget_an_hour,
    present_units_are_the_sum_of_stays: shorten_a_stay,
    months_add_up_to_the_visits: forget_a_visit,
    no_more_in_service_than_servers: work_for_two,
    queues_are_first_come_first_served: push_in,
    trains_never_overtake: overtake,
    no_more_trains_than_paths: run_twenty_times_the_trains,
    rooms_never_hold_more_than_their_capacity: overfill_a_room,
    departures_carry_no_more_than_limits: overload_a_train,
    fleets_have_the_hours_of_their_vessels: sail_with_a_ghost,
}


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_a_law_holds_and_can_fail(law: Law, busy: tuple[Plan, Run]) -> None:
    plan, run = busy
    law(plan, run)
    spoilt = deepcopy(run)
    SPOILT[law](plan, spoilt)
    with pytest.raises(AssertionError):
        law(plan, spoilt)
