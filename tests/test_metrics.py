"""Measures have the numbers that one gets by hand from hand-made tables."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import Any

import fakes
import pandas as pd
import pytest

from corridor_sim.facts import facts_of
from corridor_sim.metrics import COLUMNS, metric_table
from corridor_sim.plan import Plan
from corridor_sim.statistics import pick
from corridor_sim.units import HOURS_PER_YEAR, month_edges

MAIN_WEST, MAIN_EAST, SEA_WEST, SEA_EAST, WEST, TERMINAL, YARD, AKTAU_BERTH, ALAT_BERTH = range(9)
BOXES, GRAIN, EMPTIES = range(3)
TRAIN, FERRY, ONWARD = range(3)
JANUARY_H, FEBRUARY_H, WINDOW_H = 744.0, 696.0, 2184.0


class Numbers:
    """The measures of one hand-made run, asked for one at a time."""

    def __init__(self, plan: Plan | None = None, stopped_h: float = 2904.0, **rows: list[dict[str, float]]) -> None:
        plan = plan or fakes.plan()
        run = fakes.run(plan, stopped_h=stopped_h, **rows)
        self.table = metric_table(run, facts_of(plan, run.names))

    def rows(self, kind: str, subject: str, measure: str, period: str = "all") -> pd.DataFrame:
        return pick(self.table, kind=kind, subject=subject, measure=measure, period=period)

    def __call__(self, kind: str, subject: str, measure: str, period: str = "all") -> float:
        rows = self.rows(kind, subject, measure, period)
        assert len(rows) <= 1
        return float(rows["value"].iloc[0]) if len(rows) else math.nan


def trip(flow: int, units: float, ready_h: float, *ends: float, route: int = 0, **hours: float) -> dict[str, Any]:
    """A consignment delivered whole at one instant, or half at each of two; without any it is under way."""
    last = max(ends, default=math.nan)
    return {
        "flow": flow, "route": route, "units": units, "delivered": units if ends else 0, "ready_h": ready_h, "last_h": last,
        "first_h": min(ends, default=math.nan), "mean_h": sum(ends) / len(ends) if ends else math.nan, **hours,
    }  # fmt: skip


# the table itself ---------------------------------------------------------------------------------------------------------


def test_the_table_is_long_and_says_every_unit() -> None:
    table = Numbers(trips=[trip(BOXES, 40, 10, 110)]).table
    assert tuple(table.columns) == COLUMNS
    assert not table["value"].isna().any()
    assert not table.duplicated(["period", "kind", "subject", "measure"]).any()
    assert (table["unit"].astype(str) != "").all()


def test_periods_are_all_then_years_then_months() -> None:
    periods = list(Numbers().table["period"].cat.categories)
    assert periods == ["all", "2024", "2024-01", "2024-02", "2024-03"]


def test_a_run_in_which_nothing_happened_has_no_transit_and_no_queue() -> None:
    nothing = Numbers()
    assert math.isnan(nothing("total", "corridor", "transit_mean"))
    assert math.isnan(nothing("element", "west", "utilisation"))
    assert nothing("total", "corridor", "carried") == 0


def test_a_year_that_is_cut_counts_the_hours_it_has() -> None:
    plan = fakes.plan()
    plan = replace(plan, month_edges_h=(0.0, 744.0, 744.0 + 8784.0), end_h=9528.0)  # labels by the month in which each begins
    numbers = Numbers(plan, flow_months=[{"flow": GRAIN, "month": 1, "ready": 8784}])
    assert numbers("flow", "grain", "offered", "2024-02") == pytest.approx(HOURS_PER_YEAR / 1e6)


def test_details_of_a_long_window_have_no_months() -> None:
    edges = tuple(hours for _, hours in month_edges(date(2024, 1, 1), date(2027, 3, 1)))
    plan = replace(fakes.plan(), month_edges_h=edges, end_h=edges[-1])
    numbers = Numbers(plan, room_months=[{"room": 0, "month": 5, "held_h": 730}])
    periods = set(pick(numbers.table, kind="room", measure="standing", period=None)["period"])
    assert periods == {"all", "2024", "2025", "2026", "2027"}
    assert numbers("total", "corridor", "offered", "2024-03") == 0


# volumes ------------------------------------------------------------------------------------------------------------------


def flow_rows(*rows: tuple[int, int, float, float, float]) -> list[dict[str, float]]:
    return [dict(zip(("flow", "month", "ready", "delivered", "present"), row, strict=True)) for row in rows]


def test_tonnes_teu_and_own_units_are_three_ways_to_count() -> None:
    numbers = Numbers(flow_months=flow_rows((BOXES, 0, 100, 60, 40), (GRAIN, 0, 1000, 1000, 0), (EMPTIES, 1, 50, 50, 0)))
    assert numbers("flow", "boxes", "carried_units") == 60
    assert numbers("flow", "boxes", "carried_net") == 60 * 12
    assert numbers("total", "corridor", "carried_net") == 60 * 12 + 1000
    assert numbers("total", "corridor", "carried_teu") == 60 + 50  # empties are boxes, but no tonnes
    assert numbers("total", "corridor", "offered_wagons") == pytest.approx(50 + 1000 / 60 + 25)
    assert numbers("total", "corridor", "present_end") == 0  # at the end of March
    assert numbers("total", "corridor", "present_end", "2024-01") == 40 * 12
    assert numbers("total", "corridor", "offered") == pytest.approx((1200 + 1000) / 1e6 * HOURS_PER_YEAR / WINDOW_H)


def test_scopes_count_only_the_flows_that_say_so() -> None:
    numbers = Numbers(flow_months=flow_rows((BOXES, 0, 100, 60, 40), (GRAIN, 0, 1000, 900, 100)))
    assert numbers("scope", "ktz", "carried_net") == 900
    assert numbers("scope", "titr", "carried_net") == 60 * 12 + 900


def test_a_flow_on_two_branches_is_split_as_its_consignments_were() -> None:
    trips = [trip(BOXES, 30, 10, 100, route=0), trip(BOXES, 10, 20, 800, route=1)]
    numbers = Numbers(trips=trips, flow_months=flow_rows((BOXES, 0, 40, 30, 10), (BOXES, 1, 0, 10, 0)))
    assert numbers("branch", "middle", "offered_net") == 30 * 12
    assert numbers("branch", "north", "carried_net", "2024-01") == 0
    assert numbers("branch", "north", "present_end", "2024-01") == 10 * 12
    assert numbers("branch", "north", "carried_net") == 10 * 12


def test_what_repeats_the_demand_is_marked() -> None:
    numbers = Numbers(flow_months=flow_rows((GRAIN, 0, 1000, 990, 10), (BOXES, 0, 1000, 900, 100)))
    assert numbers.rows("flow", "grain", "carried")["echoed"].all()
    assert not numbers.rows("flow", "boxes", "carried")["echoed"].any()
    assert numbers.rows("flow", "boxes", "offered")["echoed"].all()


def test_a_backlog_grows_if_it_rises_by_more_than_season_and_noise() -> None:
    present = [1000.0 * k for k in range(1, 4)]
    rising = flow_rows(*((GRAIN, m, 10000, 9000, p) for m, p in enumerate(present)))
    steady = flow_rows(*((GRAIN, m, 10000, 10000, 1000) for m in range(3)))
    assert Numbers(flow_months=rising)("total", "corridor", "backlog_grows") == 1
    assert Numbers(flow_months=rising)("total", "corridor", "backlog_slope") == pytest.approx(1000 * 730.5 / 720, rel=0.01)
    assert Numbers(flow_months=steady)("total", "corridor", "backlog_grows") == 0


def test_a_small_rise_is_no_growing_backlog() -> None:
    rows = flow_rows(*((GRAIN, m, 10000, 9990, 10 * m) for m in range(3)))
    assert Numbers(flow_months=rows)("total", "corridor", "backlog_grows") == 0


# transit ------------------------------------------------------------------------------------------------------------------


def test_transit_is_weighted_by_units() -> None:
    trips = [trip(GRAIN, 10, 0, 100), trip(GRAIN, 30, 50, 250)]
    numbers = Numbers(trips=trips)
    assert numbers("flow", "grain", "transit_mean") == pytest.approx((10 * 100 + 30 * 200) / 40)
    assert numbers("flow", "grain", "transit_p50") == 200
    assert numbers("flow", "grain", "buffer_index") == pytest.approx((200 - 175) / 175)


def test_mixed_freight_is_weighted_by_tonnes_and_leaves_empties_out() -> None:
    trips = [trip(GRAIN, 12, 0, 100), trip(BOXES, 1, 0, 300), trip(EMPTIES, 90, 0, 900)]
    numbers = Numbers(trips=trips)
    assert numbers("total", "corridor", "transit_mean") == pytest.approx(200)
    assert numbers("flow", "empties", "transit_mean") == 900
    assert math.isnan(numbers("direction", "east", "transit_mean"))


def test_a_consignment_in_two_parts_counts_each_where_it_came() -> None:
    numbers = Numbers(trips=[trip(GRAIN, 40, 0, 100, 300)])
    assert numbers("flow", "grain", "transit_mean") == 200
    assert (numbers("flow", "grain", "transit_p50"), numbers("flow", "grain", "transit_p90")) == (100, 300)


def test_what_is_under_way_at_the_end_is_censored_not_forgotten() -> None:
    trips = [trip(GRAIN, 60, 0, 100), trip(GRAIN, 40, 1000)]
    numbers = Numbers(stopped_h=1500.0, trips=trips)
    assert numbers("flow", "grain", "transit_censored") == pytest.approx(0.4)
    assert numbers("flow", "grain", "transit_p50") == 100
    assert numbers("flow", "grain", "transit_p90") == math.inf
    assert numbers("flow", "grain", "transit_mean") == pytest.approx(0.6 * 100 + 0.4 * 500)


def test_a_part_that_came_and_a_part_that_did_not_are_both_counted() -> None:
    open_trip = trip(GRAIN, 100, 0, 200) | {"delivered": 50, "last_h": math.nan}
    numbers = Numbers(stopped_h=1000.0, trips=[open_trip])
    assert numbers("flow", "grain", "transit_censored") == 0.5
    assert numbers("flow", "grain", "transit_mean") == pytest.approx(0.5 * 200 + 0.5 * 1000)


def test_transit_stands_in_the_month_of_readiness() -> None:
    numbers = Numbers(trips=[trip(GRAIN, 10, 700, 800), trip(GRAIN, 10, 744, 944)])
    assert numbers("flow", "grain", "transit_mean", "2024-01") == 100
    assert numbers("flow", "grain", "transit_mean", "2024-02") == 200
    assert math.isnan(numbers("flow", "grain", "transit_mean", "2024-03"))


def test_what_became_ready_outside_the_window_is_left_out() -> None:
    numbers = Numbers(trips=[trip(GRAIN, 10, -5, 95), trip(GRAIN, 10, 2184, 2300), trip(GRAIN, 10, 0, 50)])
    assert numbers("flow", "grain", "transit_mean") == 50


def test_delay_by_cause_is_a_mean_and_its_sum_stands_in_tonne_hours() -> None:
    trips = [trip(GRAIN, 10, 0, 100, queue_h=40, moving_h=60), trip(BOXES, 10, 0, 200, weather_h=80, moving_h=120)]
    numbers = Numbers(trips=trips)
    assert numbers("flow", "grain", "delay_queue") == 40
    assert numbers("total", "corridor", "delay_weather") == pytest.approx(80 * 120 / 130)
    assert numbers("total", "corridor", "waiting_weather") == 80 * 120
    assert numbers("total", "corridor", "waiting_queue", "2024-01") == 400


def test_long_waits_are_those_beyond_three_days() -> None:
    trips = [trip(GRAIN, 10, 0, 100, queue_h=40, weather_h=40), trip(GRAIN, 30, 0, 100, queue_h=72)]
    assert Numbers(trips=trips)("flow", "grain", "wait_over_72h") == 0.25


def test_a_consignment_without_a_route_yet_belongs_to_the_first_branch() -> None:
    numbers = Numbers(stopped_h=3000.0, trips=[trip(BOXES, 10, 0, route=-1)])
    assert numbers("branch", "middle", "transit_censored") == 1


# elements -----------------------------------------------------------------------------------------------------------------


def month_of(element: int, month: int = 0, **values: float) -> dict[str, float]:
    hours = (JANUARY_H, FEBRUARY_H, JANUARY_H)[month]
    return {"element": element, "month": month, "open_h": hours, "capacity_h": hours} | values


def test_utilisation_is_of_open_time_and_stands_beside_the_calendar() -> None:
    half_open = month_of(YARD, busy_h=93, other_busy_h=93, vehicles=1, open_h=372, capacity_h=372)
    numbers = Numbers(element_months=[half_open])
    assert numbers("element", "aktau.yard", "utilisation", "2024-01") == 0.5
    assert numbers("element", "aktau.yard", "utilisation_calendar") == pytest.approx(186 / WINDOW_H)  # one server, closed since
    assert numbers("element", "aktau.yard", "open_share") == pytest.approx(372 / WINDOW_H)
    assert numbers("element", "aktau.yard", "own_share") == 0.5
    assert numbers("element", "aktau.yard", "active_share") == pytest.approx((186 + WINDOW_H - 372) / WINDOW_H)


def test_headings_share_the_servers_of_a_station() -> None:
    rows = [month_of(YARD, heading=h, busy_h=100, vehicles=10 + h, net_t=500) for h in (0, 1)]
    numbers = Numbers(element_months=rows)
    assert numbers("element", "aktau.yard", "utilisation") == pytest.approx(200 / JANUARY_H)
    assert numbers("element", "aktau.yard", "vehicles") == 21
    assert numbers("element_heading", "aktau.yard.east", "vehicles") == 11


def test_an_element_without_limit_has_no_utilisation() -> None:
    for limit in (0.0, math.inf):
        numbers = Numbers(element_months=[month_of(YARD, busy_h=50, vehicles=5, capacity_h=limit)])
        assert math.isnan(numbers("element", "aktau.yard", "utilisation"))
        assert math.isnan(numbers("element", "aktau.yard", "capacity_multiple"))


def test_a_berth_is_kept_in_closed_weather_too() -> None:
    row = month_of(ALAT_BERTH, busy_h=372, vehicles=4, open_h=400, capacity_h=744)
    numbers = Numbers(element_months=[row])
    assert numbers("element", "alat.port.rail_ferry", "utilisation_calendar", "2024") == pytest.approx(372 / 744)


def test_waits_are_per_vehicle_and_the_worst_month_shows() -> None:
    rows = [
        month_of(WEST, 0, vehicles=10, net_t=1000, wait_h=20, closed_h=10, blocked_h=30, wait_max_h=9),
        month_of(WEST, 1, vehicles=10, net_t=3000, wait_h=60, weather_h=10, wait_max_h=7),
    ]
    numbers = Numbers(element_months=rows)
    assert numbers("element", "west", "wait") == pytest.approx(130 / 20)
    assert numbers("element", "west", "wait", "2024-02") == 7
    assert numbers("element", "west", "wait_own") == pytest.approx(100 / 20)
    assert numbers("element", "west", "wait_blocked") == 1.5
    assert numbers("element", "west", "wait_max") == 9
    assert numbers("element", "west", "queue") == pytest.approx(130 / WINDOW_H)
    assert numbers("element", "west", "delay_net", "2024-01") == 30 * 100  # 100 t a vehicle; what is blocked isn't its own


def test_the_queue_at_a_station_is_who_is_present_and_not_served() -> None:
    numbers = Numbers(element_months=[month_of(YARD, vehicles=10, busy_h=100, stay_h=844)])
    assert numbers("element", "aktau.yard", "queue", "2024-01") == 1.0


def test_all_waiting_is_shared_among_the_elements() -> None:
    rows = [month_of(WEST, vehicles=1, net_t=100, wait_h=30), month_of(YARD, vehicles=2, net_t=100, wait_h=20)]
    numbers = Numbers(element_months=rows)
    assert numbers("element", "west", "delay_share") == pytest.approx(3000 / 4000)
    assert numbers("element", "aktau.yard", "delay_share") == pytest.approx(1000 / 4000)


# services -----------------------------------------------------------------------------------------------------------------


def sailing_month(end: int, **values: float) -> dict[str, float]:
    fleet = {"vessel_h": 1488.0}  # two vessels in January, stated at both ends
    return {"service": FERRY, "end": end, "month": 0, "departures": 10, "fill": 8, "net_t": 6000, "units": 500} | fleet | values


def test_departures_fill_and_rules_stand_by_end_and_for_the_service() -> None:
    rows = [sailing_month(0, rule_at_least=7, rule_idle=3), sailing_month(1, fill=2, empty_departures=4, gap_max_h=99)]
    numbers = Numbers(service_months=rows)
    assert numbers("service", "ferry", "departures") == 20
    assert numbers("service", "ferry", "fill") == 0.5
    assert numbers("service", "ferry", "empty_share") == 0.2
    assert numbers("service", "ferry", "gap_max") == 99
    assert numbers("service_end", "ferry.aktau", "rule_at_least") == 7
    assert numbers("service_end", "ferry.alat", "fill") == 0.2


def test_a_round_trip_is_split_into_what_it_consists_of() -> None:
    hours = {
        "cargo_wait_h": 200,
        "idle_vessel_h": 200,
        "handling_h": 100,
        "sea_h": 300,
        "berth_wait_h": 50,
        "weather_wait_h": 94,
    }
    rows = [sailing_month(0, cycles=10, cycle_h=1400, **hours), sailing_month(1, **hours)]
    numbers = Numbers(service_months=rows)
    assert numbers("service", "ferry", "cycle") == 140
    assert numbers("service", "ferry", "cycle_sea") == 60
    assert numbers("service", "ferry", "cycle_cargo_wait") == 40
    assert numbers("service", "ferry", "vessels", "2024-01") == 2
    assert numbers("service", "ferry", "idle_share") == pytest.approx(400 / 1488)
    assert numbers("service", "ferry", "fleet_utilisation") == pytest.approx(1 - 400 / 1488)


def test_cargo_that_waits_for_a_vessel_stands_with_the_fleet() -> None:
    pens = [
        {"pen": 1, "month": 0, "boarded": 500, "vehicle_unit_h": 1000},
        {"pen": 0, "month": 0, "boarded": 1, "vehicle_unit_h": 9},
    ]
    numbers = Numbers(pen_months=pens, service_months=[sailing_month(0)])
    assert numbers("pool", "ferry", "waiting_vehicle") == 12000
    assert numbers("pool", "ferry", "wait") == 2
    assert numbers("pool", "ferry", "queue") == pytest.approx(12000 / WINDOW_H)
    assert math.isnan(numbers("pool", "train", "waiting_vehicle"))  # trains without number can't be short


# standing -----------------------------------------------------------------------------------------------------------------


def test_rooms_say_what_stands_in_them_and_how_often_they_refuse() -> None:
    room = {"room": 0, "month": 0, "held_h": 300 * JANUARY_H, "capacity_h": 600 * JANUARY_H, "full_h": 74.4, "peak": 590}
    numbers = Numbers(room_months=[room])
    name = "alat.port.room_wagons.west"
    assert numbers("room", name, "standing", "2024-01") == 300
    assert numbers("room", name, "utilisation") == 0.5
    assert numbers("room", name, "full_share", "2024-01") == pytest.approx(0.1)
    assert numbers("room", name, "peak") == 590


def test_pens_and_places_say_what_waits_and_why() -> None:
    pens = [
        {
            "pen": 1, "month": 0, "arrived": 90, "boarded": 80, "accumulation_unit_h": 7440, "weather_unit_h": 744, "present": 10,
            "peak": 50,
        },
    ]  # fmt: skip
    numbers = Numbers(pen_months=pens)
    assert numbers("pen", "aktau:ferry:container", "standing", "2024-01") == 11
    assert numbers("pen", "aktau:ferry:container", "wait") == pytest.approx(8184 / 80)
    assert numbers("pen", "aktau:ferry:container", "waiting_weather") == 744
    assert numbers("place", "aktau", "standing_wagons", "2024-01") == 5.5
    assert numbers("place", "aktau", "waiting_accumulation") == 7440 * 12
    assert numbers("total", "corridor", "waiting_end", "2024-01") == 120


# capacity left ------------------------------------------------------------------------------------------------------------


def test_sustainable_is_the_least_multiple_along_the_way() -> None:
    rows = [
        month_of(MAIN_WEST, m, vehicles=10, busy_h=100, other_busy_h=(244, 196, 244)[m]) for m in range(3)
    ]  # fmt: skip
    rows += [month_of(WEST, 0, vehicles=1, busy_h=1)]
    volumes = flow_rows((GRAIN, 0, 1000, 1000, 0), (BOXES, 0, 100, 100, 0))
    trips = [trip(BOXES, 100, 0, 50), trip(GRAIN, 1000, 0, 50)]
    numbers = Numbers(element_months=rows, flow_months=volumes, trips=trips)
    assert numbers("element", "main.to_aktau", "capacity_multiple") == pytest.approx(1500 / 300)
    assert numbers("flow", "grain", "sustainable_multiple") == pytest.approx(5)
    assert numbers("flow", "grain", "sustainable_units") == pytest.approx(5000 * HOURS_PER_YEAR / WINDOW_H)
    assert numbers("total", "corridor", "sustainable") == pytest.approx(5 * 2200 / 1e6 * HOURS_PER_YEAR / WINDOW_H)


def test_a_fleet_bounds_what_is_sustainable_in_its_heavier_direction() -> None:
    hours = {"handling_h": 124, "sea_h": 248, "cargo_wait_h": 372}  # at each end: half of all vessel hours wait for cargo
    rows = [sailing_month(0, fill=8, **hours), sailing_month(1, fill=5, net_t=100, **hours)]
    numbers = Numbers(service_months=rows, flow_months=flow_rows((BOXES, 0, 100, 100, 0)), trips=[trip(BOXES, 100, 0, 50)])
    # 2 x as many sailings, and 10 / 8 of the load each
    assert numbers("pool", "ferry", "capacity_multiple") == pytest.approx(2 / 0.8)
    assert numbers("branch", "middle", "sustainable_multiple") == pytest.approx(2.5)


def test_a_growing_backlog_can_not_sustain_more_than_is_carried() -> None:
    rows = flow_rows(*((GRAIN, m, 1000, 800, 200 * (m + 1)) for m in range(3)))
    trips = [trip(GRAIN, 1000, 10, 90)]
    element = [month_of(MAIN_WEST, m, vehicles=1, busy_h=10) for m in range(3)]
    numbers = Numbers(flow_months=rows, trips=trips, element_months=element)
    assert numbers("total", "corridor", "sustainable_multiple") == pytest.approx(0.8)


def test_nothing_is_called_sustainable_where_nothing_bounds_it() -> None:
    numbers = Numbers(flow_months=flow_rows((GRAIN, 0, 10, 10, 0)), trips=[trip(GRAIN, 10, 0, 50)])
    assert math.isnan(numbers("total", "corridor", "sustainable"))
