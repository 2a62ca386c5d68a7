"""Known answers of pools of wagons: a closed network by mean value analysis, the empties of unbalanced trade (C05), a fixed cycle."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from truth.known import EXPECTED
from truth.pools import closed_loop, unbalanced

from corridor_sim.build import build_plan
from corridor_sim.engine import simulate
from corridor_sim.loading import load_mapping
from corridor_sim.records import Run


def run(data: dict[str, Any], replication: int = 0) -> Run:
    """One replication; the audit has passed when it returns."""
    return simulate(build_plan(load_mapping(data)), replication)


def total(found: Run, pool: str, column: str) -> float:
    """A column of a pool's months, summed."""
    table = found.tables["pool_months"]
    return float(table[column][table["pool"] == found.names.pools.index(pool)].sum())


def cycles_per_h(wagons: int, delay_h: float, lane_h: float, passes: int) -> float:
    """Exact rate of a closed network of one exponential server, passed so often a cycle, and a delay (mean value analysis) [1/h]."""
    queue = rate = 0.0
    for n in range(1, wagons + 1):
        stay_h = passes * lane_h * (1 + queue)
        rate = n / (delay_h + stay_h)
        queue = rate * stay_h
    return rate


@pytest.mark.parametrize("wagons", [pytest.param(1, marks=pytest.mark.slow), 4, pytest.param(8, marks=pytest.mark.slow)])
def test_wagons_beyond_a_gauge_change_turn_as_mean_value_analysis_says(wagons: int) -> None:
    data = closed_loop(wagons, run_h=12, lane_h=6)
    hours = 24 * 2191
    rates = [total(run(data, k), "broad", "taken") / hours for k in range(4)]
    expected = cycles_per_h(wagons, delay_h=48, lane_h=6, passes=2)
    error = np.std(rates, ddof=1) / 2
    assert abs(np.mean(rates) - expected) < 5 * error + 1 / hours
    assert error < 0.02 * expected


def test_no_wagon_stands_where_loads_always_wait() -> None:
    found = run(closed_loop(4, run_h=12, lane_h=6))
    in_use = total(found, "broad", "loaded_h") + total(found, "broad", "returning_h")
    assert in_use == pytest.approx(total(found, "broad", "stock_h"))


def test_a_pool_that_meets_nobody_turns_in_its_fixed_time() -> None:
    data = closed_loop(4, run_h=12, lane_h=6)
    data["places"]["m"] = {"country": "KZ"}
    found = run(data)
    assert total(found, "broad", "taken") == pytest.approx(4 * 24 * 2191 / 48, abs=4)


def test_unbalanced_trade_engages_the_wagons_of_its_cycle() -> None:
    found = run(unbalanced(900, 30, 18))
    engaged = (total(found, "wagons", "loaded_h") + total(found, "wagons", "returning_h")) / 8760
    place = found.tables["pool_place_months"]
    assert engaged == pytest.approx(EXPECTED["C05"]["expected"]["fleet_needed"], abs=2)
    assert place["sent"].sum() / 365 == pytest.approx(EXPECTED["C05"]["expected"]["empties_per_day"], rel=0.005)


def test_a_pool_too_small_for_its_trade_bounds_it() -> None:
    most = EXPECTED["C05"]["expected"]["max_westbound_fleet600"]
    found = run(unbalanced(600, 30, 0.6 * most) | {"end": "2028-01-01"})  # the first wave of 600 goes on: a year is too short
    table = found.tables["pool_place_months"]
    west = table["taken"][table["place"] == found.names.places.index("e")].sum() / 1095
    assert west == pytest.approx(most, rel=0.01)
