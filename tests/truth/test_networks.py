"""Networks with a known answer: cuts, books, priorities that destabilise, meets, stations that block each other, empties."""

from itertools import pairwise
from math import log
from typing import Any

import numpy as np
import pytest
from truth.chains import blocked_after, claimed_before
from truth.known import Case, agree, element, exact, flow, lengths, sailings, service, trips, truth, visits

from corridor_sim.records import Run

# N01

RUNS = {"aktau": 4.8, "kuryk": 6.0, "turkmenbashi": 8.0}  # hours of a round: 5, 4 and 3 trains a day
LIMIT = sum(24 / hours for hours in RUNS.values())


def skeleton(extra: dict[str, float], legs: dict[str, float] | None = None) -> tuple[float, list[float]]:
    """Return trains a day delivered, and sailed from each port, with so many more a day there."""
    rounds = {
        f"services.{port}_alat.run_h": {"out": 24 / (24 / hours + extra.get(port, 0)), "back": 0} for port, hours in RUNS.items()
    }
    case = Case("n01_skeleton", rounds | {f"legs.{name}.pairs_per_day": pairs for name, pairs in (legs or {}).items()})
    run = case.run()
    days = case.hours / 24
    sailed = [service(run, f"{port}_alat", 0)["departures"] / days for port in RUNS]
    return sum(flow(run, name)["delivered"] for name in run.names.flows) / days, sailed


ONE_TRAIN = 1 / 60  # a day over the 60 days: what a train more or less under way makes at the ends of the window


def test_n01_no_more_than_the_minimum_cut() -> None:
    delivered, sailed = skeleton({})
    assert sailed == [5.0, 4.0, 3.0]
    assert sum(sailed) == truth("N01", "max_flow")
    assert abs(delivered - truth("N01", "max_flow")) <= 2 * ONE_TRAIN


@pytest.mark.parametrize("port", RUNS)
def test_n01_one_more_train_over_the_cut_is_one_more_delivered(port: str) -> None:
    gain = truth("N01", "gain_plus1")[f"{port.title()}-Alat"]
    delivered, sailed = skeleton({port: 1})
    exact(sum(sailed), truth("N01", "max_flow") + gain)
    assert abs(delivered - sum(sailed)) <= 2 * ONE_TRAIN


def test_n01_a_link_that_is_full_need_not_be_the_bottleneck() -> None:
    _, sailed = skeleton({}, legs={"kashgar_jalal_abad": 5})
    assert sum(sailed) == truth("N01", "max_flow")


def test_n01_the_cut_moves_when_the_sea_is_wide() -> None:
    limit = truth("N01", "after_plus_10_on_all_cut_arcs")
    delivered, _ = skeleton(dict.fromkeys(RUNS, 10))
    assert 0.99 * limit <= delivered <= limit + 2 * ONE_TRAIN


# Books


def test_n03_four_trains_by_hand() -> None:
    run = Case("n03_books").run()
    of, track = trips(run), element(run, "quay.terminal")
    order = np.argsort(of["ready_h"])
    assert of["ready_h"][order].tolist() == [0, 1, 2, 4]
    assert of["last_h"][order].tolist() == [3, 4, 6, 7]
    exact(track["stay_h"] / 7, truth("N03", "L"))
    exact(track["stay_h"] / track["vehicles"], truth("N03", "W"))
    exact(track["vehicles"] / 7, truth("N03", "lam"))
    exact(track["busy_h"] / 7, truth("N03", "U"))


def present(run: Run, hours: float) -> tuple[float, float]:
    """Return the trains present at the end and on average."""
    return run.tables["flow_months"]["present"][-1], flow(run, "trains")["present_unit_h"] / hours


@lengths(everyday=("2097-07-28", 2), long=("2099-04-15", 5))
def test_n04_return_trains_first_is_unstable_at_70_per_cent(end: str, replications: int) -> None:
    case = Case("n04_return_first", {"end": end})
    at_end, mean = case.sample(lambda run: present(run, case.hours), replications).T
    excess = (truth("N04", "virtual_load") - 1) * case.hours  # hours of work that two stations, never busy together, fall behind
    assert (at_end > 0.9 * excess / 1.2).all()  # all of it ahead of both: 0.6 + 0.6 h each
    assert (at_end < 1.1 * excess / 0.6).all()  # all of it ahead of the last
    assert (mean > 100).all()


@lengths(everyday=("2097-07-28", 2), long=("2099-04-15", 5))
def test_n04_first_come_first_served_is_stable(end: str, replications: int) -> None:
    case = Case("n04_return_first", {"end": end, "classes.second.priority": 5, "classes.fourth.priority": 5})
    at_end, mean = case.sample(lambda run: present(run, case.hours), replications).T
    assert (at_end < 100).all()
    assert np.mean(mean) == pytest.approx(np.mean(truth("N04", "mean_N_fcfs")), rel=0.25)


def meets(run: Run, hours: float) -> tuple[float, float]:
    """Return the mean and the variance of the opposing trains that a westbound train meets."""
    west, east = (sailings(run, end)["depart_h"] for end in (0, 1))
    west = west[(west > 10) & (west < hours - 10)]
    met = np.searchsorted(east, west + 10) - np.searchsorted(east, west - 10)
    return met.mean(), met.var()


@lengths(everyday=("2097-04-11", 20), long=("2098-01-01", 20))
def test_r06_opposing_trains_met_at_random(end: str, replications: int) -> None:
    case = Case("r06_meets", {"end": end})
    mean, variance = case.sample(lambda run: meets(run, case.hours), replications, full_records=True).T
    agree(mean, truth("R06", "mean_meets"), wrong=[5.0])  # those on the line at entry forgotten
    agree(variance, truth("R06", "var_meets_poisson"), wrong=[0.0])


def test_r06_opposing_trains_met_by_the_clock() -> None:
    scheduled = {f"flows.{name}.supply": "scheduled" for name in ("westbound", "eastbound")}
    case = Case("r06_meets", {"end": "2097-04-11", "flows.eastbound.offset_h": 0.7} | scheduled)
    assert meets(case.run(full_records=True), case.hours) == (truth("R06", "mean_meets"), 0.0)


# Empties


def wagons(fleet: int, eastbound_per_day: float, end: str, replications: int) -> Any:
    """Return loads west, empties back and loads east a day, days of a round and hours without work, a row a replication."""
    case = Case("c05_empties", {"end": end, "services.wagons.vessels": fleet, "flows.eastbound.per_year": 365 * eastbound_per_day})
    days = case.hours / 24

    def measures(run: Run) -> tuple[float, ...]:
        out, back = service(run, "wagons", 0), service(run, "wagons", 1)
        loaded = back["departures"] - back["empty_departures"]
        idle_h = out["cargo_wait_h"] + back["cargo_wait_h"]
        return out["departures"] / days, back["empty_departures"] / days, loaded / days, out["cycle_h"] / out["cycles"] / 24, idle_h

    return case.sample(measures, replications).T


@pytest.mark.parametrize("share", [0.1, pytest.param(1.0, marks=pytest.mark.slow)], ids=["a_tenth", "whole"])
def test_c05_empties_return_and_bound_the_trade(share: float) -> None:
    # a tenth of the fleet would be 76.8: so a little less trade
    fleet = int(truth("C05", "fleet_needed") * share)
    share = fleet / truth("C05", "fleet_needed")
    west, empty, east, days, idle_h = wagons(fleet, 18 * share, "2098-01-01", 20)
    agree(west, 30 * share, wrong=[30 * fleet / 660])  # empties back at once
    agree(empty, truth("C05", "empties_per_day") * share, wrong=[0.0])
    agree(east, 18 * share)
    agree(days, truth("C05", "cycle_days"), wrong=[12 + 10 + 4] if share == 1 else [])  # empties as slow as loads
    assert set(idle_h) == {0.0}


@pytest.mark.parametrize("share", [0.1, pytest.param(1.0, marks=pytest.mark.slow)], ids=["a_tenth", "whole"])
def test_c05_a_smaller_fleet_carries_less(share: float) -> None:
    capped = truth("C05", "max_westbound_fleet600") * share
    west, *_ = wagons(round(600 * share), 0.6 * capped, "2098-01-01", 20)
    agree(west, capped, wrong=[30 * share])


# Stations in a row

NAMES = ("first", "second", "third", "fourth", "fifth")
RATES = [1.3, 1.2, 1.0, 1.2, 1.3]


def test_k03_the_bottleneck_moves_at_the_change() -> None:
    case = Case("k03_moving")
    run = case.run()
    busy = [element(run, f"{name}.border")["busy_h"] / case.hours for name in NAMES[:3]]
    scale = case.hours / 2000  # the answer is for twice 1,000 h; a date falls on a day, so twice 1,008 h here
    assert flow(run, "trains")["delivered"] == pytest.approx(truth("K03", "parts") * scale, abs=1)
    assert busy == pytest.approx(truth("K03", "utilisation"), abs=1e-4)


def test_k05_room_for_the_claim_equals_blocking_after_service() -> None:
    after, before = blocked_after(RATES, places=2), claimed_before(RATES, room=3)
    assert np.allclose(after, before, rtol=0, atol=1e-9)
    exact(after[0][0] * RATES[0], truth("K05", "X"))
    assert [share[1] for share in after] == pytest.approx(truth("K05", "blocked"), abs=1e-8)
    assert [share[2] for share in after] == pytest.approx(truth("K05", "starved"), abs=1e-8)


def shares(run: Run, hours: float) -> list[float]:
    """Return what the last station sends an hour, then the blocked share of each, then the starved share of each."""
    busy = [element(run, f"{name}.border")["busy_h"] / hours for name in NAMES]
    full = [*(room_full(visits(run, f"{name}.border"), hours) / hours for name in NAMES[1:]), 0.0]
    idle = [1 - working - blocked for working, blocked in zip(busy, full, strict=True)]
    return [flow(run, "trains")["delivered"] / hours, *full, *idle]


def room_full(of: dict[str, Any], hours: float) -> float:
    """Return the hours in which three trains waited before a station: each has the third before it leave later than it comes."""
    came, started = np.sort(of["arrive_h"]), np.sort(of["start_h"])
    begin, end = np.clip(came[2:], 0, hours), np.clip(started[: len(came) - 2], 0, hours)
    return float(np.maximum(end - begin, 0).sum())


@lengths(everyday=("2097-02-15", 20), long=("2097-10-01", 20))
def test_k05_chain_of_five_stations(end: str, replications: int) -> None:
    case = Case("k05_chain", {"end": end})
    found = case.sample(lambda run: shares(run, case.hours), replications, full_records=True)
    per_h, blocked, starved = found[:, 0], found[:, 1:6], found[:, 6:]
    fewer_places = claimed_before(RATES, room=2)[0][0] * RATES[0]
    agree(per_h, truth("K05", "X"), wrong=[1.0, fewer_places])  # the slowest alone, one place less
    for k in range(5):
        if k < 4:
            agree(blocked[:, k], truth("K05", "blocked")[k], wrong=[truth("K05", "starved")[k]] if k != 2 else [0.0])
        if k > 0:
            agree(starved[:, k], truth("K05", "starved")[k], wrong=[truth("K05", "blocked")[k]] if k != 2 else [0.0])
    assert points_to(blocked.mean(axis=0), starved.mean(axis=0)) == truth("K05", "arrows")


def points_to(blocked: Any, starved: Any) -> list[int]:
    """Return the stations (from 1) that arrows point to from both sides: from the starved to the blocked neighbour's cause."""
    downstream = [True, *(blocked[k] > starved[k + 1] for k in range(4)), False]
    return [k + 1 for k, (into, on) in enumerate(pairwise(downstream)) if into and not on]


def elasticity(station: int, factor: float) -> float:
    """Return by how many per cent more leaves the chain if a station is one per cent faster, over a step of such a factor."""
    faster = [rate * (factor if k == station else 1) for k, rate in enumerate(RATES)]
    before, after = (claimed_before(rates, room=3)[0][0] * rates[0] for rates in (RATES, faster))
    return log(after / before) / log(factor)


@pytest.mark.slow
@pytest.mark.parametrize("station", range(5))
def test_k05_the_third_station_matters_most(station: int) -> None:
    faster = {f"places.{NAMES[station]}.border.inspection_h": {"exponential": {"mean": 1 / (1.1 * RATES[station])}}}
    base, quick = (
        case.sample(lambda run, h=case.hours: flow(run, "trains")["delivered"] / h, 20)
        for case in (Case("k05_chain", {"end": "2097-07-01"} | over) for over in ({}, faster))
    )
    assert elasticity(station, 1.0001) == pytest.approx(truth("K05", "elasticity")[station], rel=1e-3)
    others = [elasticity(k, 1.1) for k in range(5) if k not in (station, 4 - station)]
    agree(np.log(quick / base) / log(1.1), elasticity(station, 1.1), wrong=others)
