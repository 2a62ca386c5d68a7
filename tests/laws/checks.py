"""Laws of every run, each checked from the records alone: a law is a function of the plan and the run that asserts one claim."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from corridor_sim.engine.closures import Closures
from corridor_sim.engine.routes import gated_elements
from corridor_sim.plan import CAUSES, UNLIMITED, Plan, Timeline
from corridor_sim.records import Run

Law = Callable[[Plan, Run], None]
Rows = dict[str, Any]
CLOSE = 1e-6


def at(timeline: Timeline, hours: float) -> Any:
    """The value of a timeline at an instant; what holds at the start holds in the warm-up."""
    return [value for begin, value in timeline if begin <= max(hours, 0.0)][-1]


def rows(run: Run, table: str, **where: float) -> Rows:
    """The rows of a table that have the given values."""
    columns = run.tables[table]
    kept = np.ones(len(next(iter(columns.values()))), dtype=bool)
    for name, value in where.items():
        kept &= columns[name] == value
    return {name: column[kept] for name, column in columns.items()}


# Units


def nothing_is_lost(plan: Plan, run: Run) -> None:
    """What became ready is delivered or present, by flow and month; nothing is delivered that wasn't there."""
    for flow in range(len(plan.flows)):
        months = rows(run, "flow_months", flow=flow)
        assert (months["present"] >= 0).all()
        kept = np.diff(months["present"]) - (months["ready"] - months["delivered"] - months["turned_away"])[1:]
        assert (kept == 0).all()


def trips_are_what_became_ready(plan: Plan, run: Run) -> None:
    """The consignments of a flow are its units that became ready inside the window; none is delivered twice."""
    for flow, stated in enumerate(plan.flows):
        trips = rows(run, "trips", flow=flow)
        assert (trips["delivered"] <= trips["units"]).all()
        assert len(set(trips["consignment"])) == len(trips["consignment"])
        if stated.supply != "unlimited":  # that supply fills its pens at the first instant, before the months begin
            months = rows(run, "flow_months", flow=flow)
            assert trips["units"].sum() == (months["ready"] - months["turned_away"]).sum()


def pens_hold_what_came_and_has_not_left(plan: Plan, run: Run) -> None:
    """Units that came less units that boarded are the units that wait, by pen and month."""
    for pen in range(len(plan.pens)):
        months = rows(run, "pen_months", pen=pen)
        assert (np.diff(months["present"]) == (months["arrived"] - months["boarded"])[1:]).all()
        assert (months["peak"] >= months["present"]).all()


def the_audit_found_nothing(plan: Plan, run: Run) -> None:
    """The run's own audit reports neither loss nor error, and no more than the cut lets through."""
    assert run.audit["units_lost"] == run.audit["vehicles_lost"] == run.audit["ledger_error_h"] == 0
    assert run.audit["integral_error"] <= 1e-9
    assert run.audit["cut_used"] <= 1 + 1e-9


# Time


def times_are_in_order(plan: Plan, run: Run) -> None:
    """A visit arrives, starts, ends and leaves in that order; a trip is ready, then first, mean and last delivered."""
    visits, trips = run.tables["visits"], run.tables["trips"]
    for first, second in pairwise(("arrive_h", "start_h", "end_h", "leave_h")):
        assert (visits[first] <= visits[second]).all()
    assert (visits["paused_h"] >= 0).all()
    whole = trips["delivered"] == trips["units"]
    for first, second in pairwise(("ready_h", "first_h", "mean_h", "last_h")):
        assert (trips[first][whole] <= trips[second][whole] + CLOSE).all()


def a_vehicle_is_in_one_place_at_a_time(plan: Plan, run: Run) -> None:
    """No visit of a vehicle begins before the one before it has ended."""
    visits = run.tables["visits"]
    order = np.lexsort((visits["end_h"], visits["start_h"], visits["vehicle"]))
    vehicle, start, leave = (visits[name][order] for name in ("vehicle", "start_h", "leave_h"))
    same = vehicle[1:] == vehicle[:-1]
    assert (start[1:][same] >= leave[:-1][same]).all()


def hours_by_cause_sum_to_the_age(plan: Plan, run: Run) -> None:
    """Hours by cause are never negative and sum to delivered less ready: exactly where a consignment came in one piece."""
    trips = run.tables["trips"]
    hours = np.array([trips[f"{cause}_h"] for cause in CAUSES])
    some, single = trips["delivered"] > 0, (trips["delivered"] == trips["units"]) & (trips["first_h"] == trips["last_h"])
    error = np.abs(hours.sum(axis=0) - (trips["mean_h"] - trips["ready_h"]))
    assert (hours >= 0).all()
    assert (error[some] <= CLOSE).all()
    one_lot = single & (trips["units"] == 1)
    assert (error[one_lot] == 0).all()


def present_units_are_the_sum_of_stays(plan: Plan, run: Run) -> None:
    """Little's law over the window: unit-hours present lie between what first and last deliveries of each consignment allow."""
    if plan.warm_up_h or plan.stocks:  # what was there before has no trip
        return
    for flow in range(len(plan.flows)):
        trips, end = rows(run, "trips", flow=flow), plan.end_h
        area = rows(run, "flow_months", flow=flow)["present_unit_h"].sum()
        ready, units = trips["ready_h"], trips["units"]
        first = np.where(trips["delivered"] > 0, np.minimum(np.nan_to_num(trips["first_h"], nan=end), end), end)
        last = np.where(trips["delivered"] == units, np.minimum(np.nan_to_num(trips["last_h"], nan=end), end), end)
        least, most = (units * (first - ready)).sum(), (units * (last - ready)).sum()
        assert least - CLOSE * max(1, area) <= area <= most + CLOSE * max(1, area)


# Elements


def months_add_up_to_the_visits(plan: Plan, run: Run) -> None:
    """Vehicles, waits and hours of each element and month are those of its visits: hours clipped, counts in the month of leaving."""
    table = run.tables["element_months"]
    for k in range(len(table["element"])):
        row = {name: float(column[k]) for name, column in table.items()}
        kind = run.names.element_kinds[int(row["element"])]
        where = {} if kind in ("rail", "road", "sea") else {"heading": row["heading"]}  # a leg's heading is its own, not the vehicle's
        begin, end = plan.month_edges_h[int(row["month"]) :][:2]
        _same_month(row, rows(run, "visits", element=row["element"], **where), begin, end, kind)


def _same_month(row: dict[str, float], visits: Rows, begin: float, end: float, kind: str) -> None:
    leave, waits = visits["leave_h"], visits["start_h"] - visits["arrive_h"]
    inside, touching = (begin < leave) & (leave < end), (begin <= leave) & (leave <= end)  # who leaves at an edge may count on either side
    assert inside.sum() <= row["vehicles"] <= touching.sum()
    if kind == "berth":  # it counts from berthing on; its waits stand in the month of berthing
        return
    stays = np.minimum(leave, end) - np.maximum(visits["arrive_h"], begin)
    assert abs(row["stay_h"] - stays[stays > 0].sum()) <= CLOSE * max(1, row["stay_h"])
    booked = row["wait_h"] + row["closed_h"] + row["weather_h"] + row["blocked_h"]
    assert waits[inside].sum() - CLOSE * max(1, booked) <= booked <= waits[touching].sum() + CLOSE * max(1, booked)
    assert waits[inside].max(initial=0.0) - CLOSE <= row["wait_max_h"] <= waits[touching].max(initial=0.0) + CLOSE


def no_more_in_service_than_servers(plan: Plan, run: Run) -> None:
    """When a vehicle starts at a station, no more are in service than servers are in force then; berths never hold more than there are."""
    for k, station in enumerate(plan.stations):
        servers = station.servers
        if all(value != UNLIMITED for _, value in servers):
            visits = rows(run, "visits", element=len(plan.legs) + k)
            for start, count in _in_service(visits):
                assert count <= at(servers, start), (station.name, start, count)
    element = len(plan.legs) + len(plan.stations)
    for berth in (berth for port in plan.ports for berth in port.berths):
        most = max(value for _, value in berth.count)
        assert all(count <= most for _, count in _in_service(rows(run, "visits", element=element)))
        element += 1


def _in_service(visits: Rows) -> list[tuple[float, int]]:
    """Return (start, how many are in service then) of each visit that takes time."""
    begins = np.sort(visits["start_h"][visits["end_h"] > visits["start_h"]])
    ends = np.sort(visits["end_h"][visits["end_h"] > visits["start_h"]])
    ranks = np.searchsorted(begins, begins, side="right") - np.searchsorted(ends, begins, side="right")
    return list(zip(begins.tolist(), ranks.tolist(), strict=True))


def queues_are_first_come_first_served(plan: Plan, run: Run) -> None:
    """Where neither priority nor room ahead sorts a queue, vehicles start in the order in which they came."""
    _, gated = gated_elements(plan)
    for k, station in enumerate(plan.stations):
        if k not in gated and station.at_close != "wait":  # a lane that waits for the morning lets shorter work past on another
            visits = rows(run, "visits", element=len(plan.legs) + k)
            order = np.argsort(visits["arrive_h"], kind="stable")
            assert (np.diff(visits["start_h"][order]) >= 0).all(), station.name


def trains_never_overtake(plan: Plan, run: Run) -> None:
    """On a railway trains arrive in the order in which they left."""
    for k, leg in enumerate(plan.legs):
        if leg.ordered and leg.line < 0:  # on a line by sections a better class passes in loops
            visits = rows(run, "visits", element=k)
            order = np.argsort(visits["start_h"], kind="stable")
            assert (np.diff(visits["end_h"][order]) >= 0).all(), leg.name


def no_more_trains_than_paths(plan: Plan, run: Run) -> None:
    """Over the whole run no more trains leave on a leg than its open paths, and one for each spell of a date."""
    worn = {k for outage in plan.outages if outage.clock == "use" for k in outage.legs}  # a train that breaks down costs no path
    for k, leg in enumerate(plan.legs):
        headways = [headway for _, headway in leg.headway_h]
        if leg.mode != "rail" or k in worn or not all(0 < headway < UNLIMITED for headway in headways):
            continue
        visits = rows(run, "visits", element=k)
        begins = visits["start_h"][visits["start_h"] <= run.stopped_h]
        outages = rows(run, "outages", element=k)
        shut = outages["factor"] == 0  # the others are slower
        closed = Closures(zip(outages["from_h"][shut], outages["to_h"][shut], strict=True))
        edges = [-plan.warm_up_h, *(begin for begin, _ in leg.headway_h[1:] if begin > 0), run.stopped_h]
        paths = 1.0
        for low, high in pairwise(edges):
            hours = high - low if leg.clockface else high - low - closed.between(low, high)
            paths += hours / at(leg.headway_h, low) + 1
        assert len(begins) <= paths, (leg.name, len(begins), paths)


def rooms_never_hold_more_than_their_capacity(plan: Plan, run: Run) -> None:
    """What stands in a room or has claimed it fits into the largest capacity that it ever had, but where loads lack wagons."""
    relieved = {slot[0] for pool in plan.wagon_pools for pen in pool.wants for slot in plan.pens[pen].room if slot is not None}
    for k, room in enumerate(plan.rooms):
        if k in relieved:
            continue
        most = max(capacity for _, capacity in room.capacity)
        assert (rows(run, "room_months", room=k)["peak"] <= most + CLOSE).all(), room.name


def departures_carry_no_more_than_limits(plan: Plan, run: Run) -> None:
    """A departure is filled to its limits at most, has a rule, and arrives after it left."""
    left = run.tables["departures"]
    assert (left["fill"] <= 1 + CLOSE).all()
    assert ((left["units"] > 0) == (left["lots"] > 0)).all()
    there = ~np.isnan(left["arrive_h"])
    assert (left["arrive_h"][there] >= left["depart_h"][there]).all()


def fleets_have_the_hours_of_their_vessels(plan: Plan, run: Run) -> None:
    """A fleet has at most the hours of the most vessels that it ever had; shared fleets have laws of their own."""
    hours = np.diff(plan.month_edges_h)
    for k, service in enumerate(plan.services):
        most = max(number for _, number in service.vessels)
        if most != UNLIMITED and not plan.fleets:
            vessel_h = rows(run, "service_months", service=k, end=0)["vessel_h"]
            assert (vessel_h >= 0).all()
            assert (vessel_h <= most * hours + CLOSE).all(), service.name


LAWS: tuple[Law, ...] = (
    nothing_is_lost,
    trips_are_what_became_ready,
    pens_hold_what_came_and_has_not_left,
    the_audit_found_nothing,
    times_are_in_order,
    a_vehicle_is_in_one_place_at_a_time,
    hours_by_cause_sum_to_the_age,
    present_units_are_the_sum_of_stays,
    months_add_up_to_the_visits,
    no_more_in_service_than_servers,
    queues_are_first_come_first_served,
    trains_never_overtake,
    no_more_trains_than_paths,
    rooms_never_hold_more_than_their_capacity,
    departures_carry_no_more_than_limits,
    fleets_have_the_hours_of_their_vessels,
)
