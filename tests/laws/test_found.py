"""Faults that the laws found once, each as small as it came: what broke a law then must hold now."""

from __future__ import annotations

from typing import Any

import pytest
from laws.checks import LAWS
from laws.runs import planned

from corridor_sim.engine import simulate
from corridor_sim.records import Run


def corridor(**more: Any) -> dict[str, Any]:
    """Two places, one railway, boxes both ways."""
    flow = {"commodity": "box", "per_year": 20000.0, "consignment": 30}
    base = {
        "name": "found", "start": "2025-01-01", "end": "2025-03-01", "warm_up_days": 0.0, "drain_days": 60.0,
        "commodities": {"box": {"unit": "teu", "t_per_unit": 12.0}, "wagon": {"unit": "wagon", "t_per_unit": 60.0, "gross_t_per_unit": 83.0}},
        "places": {"a": {"at": [40.0, 70.0]}, "b": {"at": [40.0, 60.0]}}, "legs": {"ab": rail()}, "services": {"train": train()},
        "flows": {"west": {"from": "a", "to": "b", **flow}, "east": {"from": "b", "to": "a", **flow}},
    }  # fmt: skip
    return base | more


def rail(**more: Any) -> dict[str, Any]:
    return {"mode": "rail", "between": ["a", "b"], "length_km": 500.0, "speed_kmh": 50.0, **more}


def train(**more: Any) -> dict[str, Any]:
    return {"route": ["a", "b"], "carries": {"wagons": 40.0}, **more}


def saturated(commodity: str = "box") -> dict[str, Any]:
    return {"west": {"from": "a", "to": "b", "commodity": commodity, "per_year": 200000.0, "consignment": 40}}


def lawful(scenario: dict[str, Any]) -> Run:
    """The run of a scenario in which every law holds."""
    plan = planned(scenario)
    run = simulate(plan, 0, full_records=True)
    for law in LAWS:
        law(plan, run)
    return run


def monthly(run: Run) -> list[float]:
    """Units delivered in each month, over all flows."""
    table = run.tables["flow_months"]
    return [float(table["delivered"][table["month"] == month].sum()) for month in sorted(set(table["month"]))]


def test_the_run_stops_only_after_the_last_vehicle_has_put_down_all_its_lots() -> None:
    lawful(corridor(services={"train": train(departs={"at_least": 0.9, "after_first_lot_h": 10.1})}))


@pytest.mark.parametrize("departs", [
    {"timetable": {"every_h": 7.3}}, {"at_least": 0.9, "after_first_lot_h": 10.1}, {"at_least": 0.9, "after_departure_h": 30.7, "idle_h": 5.3},
])  # fmt: skip
def test_rules_in_tenths_of_an_hour_add_up(departs: dict[str, Any]) -> None:
    lawful(corridor(services={"train": train(vessels=2, departs={"idle_h": 1.1, **departs})}, warm_up_days=7.3, drain_days=9.7))


@pytest.mark.parametrize("at_close", ["finish", "pause", "wait"])
def test_closed_hours_are_not_busy(at_close: str) -> None:
    border = {"lanes": 1, "inspection_h": 9.0, "open": "Mon-Fri 08:00-20:00", "at_close": at_close}
    run = lawful(corridor(places={"a": {"at": [40.0, 70.0]}, "b": {"at": [40.0, 60.0], "border": border}}, flows=saturated()))
    assert min(monthly(run)) > 0


def test_trains_may_be_heavier_one_way() -> None:
    run = lawful(corridor(legs={"ab": rail(pairs_per_day=2.0, max_gross_t={"out": 4000.0, "back": 400.0})}, flows=saturated("wagon")))
    assert run.audit["cut_used"] > 0.9


@pytest.mark.parametrize(("pairs", "window_h"), [(1.5, 2.0), (1.5, 6.0), (5.5, 5.0)])
def test_a_daily_window_leaves_the_stated_pairs(pairs: float, window_h: float) -> None:
    """Paths a day are as published: 59 days carry 59 x pairs trains and never more."""
    service = train(departs={"at_least": 1.0})
    run = lawful(corridor(legs={"ab": rail(pairs_per_day=pairs, window_h=window_h, run_h=1.0)}, services={"train": service}, flows=saturated()))
    trains = sum(monthly(run)) / 80
    assert 59 * pairs - 3 <= trains <= 59 * pairs + 1


@pytest.mark.parametrize("vessels", [{}, {"vessels": 3}])
def test_a_line_with_loading_time_sails_once_each_interval(vessels: dict[str, Any]) -> None:
    service = train(departs={"after_departure_h": 20.0}, handling_h=1.7, two_way=False, **vessels)
    run = lawful(corridor(services={"train": service}, flows={"west": corridor()["flows"]["west"]}))
    left = run.tables["departures"]["depart_h"]
    assert len(left) <= 120 * 24 / 20


def test_a_clockface_leg_may_close_for_good() -> None:
    run = lawful(corridor(legs={"ab": rail(pairs_per_day=3.0, paths="clockface", closes="2025-02-10")}, flows=saturated()))
    assert monthly(run)[0] > 0


def test_a_train_that_ends_behind_a_yard_claims_where_its_load_lands() -> None:
    sea = {"route": ["b", "c"], "carries": {"wagons": 40.0}, "vessels": 2, "speed_kmh": 20.0, "berth": "ferry", "departs": {"at_least": 0.5, "idle_h": 5.0}}
    berths = {"ferry": {"count": 1, "handling_wagons_per_h": 20.0}}
    flow = {"commodity": "wagon", "per_year": 20000.0, "consignment": 40}
    run = lawful(corridor(
        places={
            "a": {"at": [40.0, 45.0]}, "b": {"at": [40.0, 50.0], "port": {"berths": berths, "room_wagons": 47}, "yard": {"room_wagons": 40}},
            "c": {"at": [40.0, 53.0], "port": {"berths": berths}},
        },
        legs={"ab": rail(), "bc": {"mode": "sea", "between": ["b", "c"], "length_km": 200.0}}, services={"train": train(), "ferry": sea},
        flows={"east": {"from": "a", "to": "c", **flow}, "west": {"from": "c", "to": "a", **flow}},
    ))  # fmt: skip
    assert min(monthly(run)) > 0


def test_an_idle_vessel_alongside_frees_its_berth_when_the_fleet_shrinks() -> None:
    berths = {"ferry": {"count": 1, "handling_wagons_per_h": 20.0}}
    ferry = {"route": ["a", "b"], "carries": {"wagons": 40.0}, "vessels": 2, "speed_kmh": 20.0, "berth": "ferry", "waits_at": "berth",
             "departs": {"at_least": 0.9, "after_first_lot_h": 40.0, "idle_h": 30.0}}  # fmt: skip
    run = lawful(corridor(
        places={"a": {"at": [40.0, 53.0], "port": {"berths": berths}}, "b": {"at": [40.0, 50.0], "port": {"berths": berths}}},
        legs={"ab": {"mode": "sea", "between": ["a", "b"], "length_km": 300.0}}, services={"ferry": ferry},
        changes={"cut": {"on": "2025-02-01", "set": {"services.ferry.vessels": 1}}},
    ))  # fmt: skip
    assert monthly(run)[1] > 0


def test_work_longer_than_every_window_starts_at_opening_and_pauses() -> None:
    """Not put off to the end of the run, where no closing is known any more."""
    border = {"lanes": 1, "inspection_h": {"uniform": {"low": 7.0, "high": 10.0}}, "open": "22:00-06:00", "at_close": "wait"}
    run = lawful(corridor(places={"a": {"at": [40.0, 70.0]}, "b": {"at": [40.0, 60.0], "border": border}}, flows=saturated()))
    assert min(monthly(run)) > 15 * 40


@pytest.mark.parametrize("pairs", [1.08, 1.32, 1.8])
def test_clockface_trains_never_leave_before_they_came(pairs: float) -> None:
    """A path that began a few grid units of time ago is gone."""
    border = {"open": "Mon-Sat 08:00-12:00, 13:00-20:20; Sun 09:00-13:00"}
    flow = {"commodity": "wagon", "supply": "unlimited", "consignment": 40}
    lawful(corridor(
        places={"a": {"at": [40.0, 70.0]}, "b": {"at": [40.0, 60.0], "border": border}},
        legs={"ab": rail(pairs_per_day=pairs, paths="clockface", run_h={"out": 7.3, "back": 11.1})}, services={"train": train(vessels=2)},
        flows={"west": {"from": "a", "to": "b", **flow}, "east": {"from": "b", "to": "a", **flow}},
    ))  # fmt: skip


def ferries(vessels: int, **places: Any) -> dict[str, Any]:
    """A ferry service whose vessels wait alongside, with one berth at each end."""
    berths = {"ferry": {"count": 1, "handling_wagons_per_h": 20.0}}
    ferry = {"route": ["a", "b"], "carries": {"wagons": 40.0}, "vessels": vessels, "speed_kmh": 20.0, "berth": "ferry",
             "waits_at": "berth", "departs": {"at_least": 0.9, "idle_h": 30.0}}  # fmt: skip
    return corridor(
        places={"a": {"at": [40.0, 53.0], "port": {"berths": berths}}, "b": {"at": [40.0, 50.0], "port": {"berths": berths}}},
        legs={"ab": {"mode": "sea", "between": ["a", "b"], "length_km": 300.0}}, services={"ferry": ferry},
    )  # fmt: skip


@pytest.mark.parametrize("vessels", [2, 3, 4])
def test_vessels_that_wait_alongside_make_way_for_each_other(vessels: int) -> None:
    """Room for one call, one berth: a vessel called from anchor and one that rests alongside must not wait for each other."""
    ferry = {"route": ["c", "b"], "vessels": vessels, "home": "b", "berth": "ferry", "carries": {"wagons": 39.0}, "departs": {"idle_h": 32.0},
             "waits_at": "berth", "run_h": {"out": 13.0, "back": 15.0}, "handling_h": 0.0}  # fmt: skip
    east = {"route": ["a", "b"], "carries": {"wagons": 15.0}, "departs": {"timetable": {"every_h": 7.3}}}
    run = lawful(corridor(
        places={
            "a": {"at": [40.0, 58.0]}, "b": {"at": [40.0, 53.0], "port": {"berths": {"ferry": {"count": 2}}}},
            "c": {"at": [40.0, 50.0], "port": {"berths": {"ferry": {"count": 1}}, "room_wagons": 39}}, "d": {"at": [40.0, 45.0]},
        },
        legs={
            "ab": rail(), "bc": {"mode": "sea", "between": ["b", "c"], "length_km": 140.0},
            "cd": {"mode": "rail", "between": ["c", "d"], "length_km": 490.0, "speed_kmh": 41.0},
        },
        services={"east": east, "west": {"route": ["d", "c"], "carries": {"wagons": 33.0}}, "ferry": ferry},
        flows={
            "w": {"from": "a", "to": "d", "commodity": "wagon", "consignment": 7, "per_year": 20000.0},
            "e": {"from": "d", "to": "a", "commodity": "wagon", "consignment": 24, "per_year": 43800.0},
        },
    ))  # fmt: skip
    assert min(monthly(run)) > 1000


def test_a_vessel_that_rests_alongside_keeps_no_loaded_one_out() -> None:
    """All load goes one way, nobody is sent back empty: the second vessel still unloads."""
    scenario = ferries(2)
    del scenario["services"]["ferry"]["departs"]["idle_h"]
    del scenario["flows"]["east"]
    run = lawful(scenario)
    assert sum(monthly(run)) == 2 * 80


@pytest.mark.parametrize("day", [1, 2, 3])
def test_a_service_that_has_stopped_sends_no_empties_either(day: int) -> None:
    flow = {"west": {"from": "a", "to": "b", "commodity": "wagon", "supply": "unlimited", "consignment": 40}}
    service = train(vessels=2, departs={"idle_h": 5.0}, runs_until=f"2025-02-0{day}")
    run = lawful(corridor(services={"train": service}, flows=flow))
    assert run.tables["departures"]["depart_h"].max() < (30 + day) * 24.0
