"""The benchmarks measure what they say: the same tandem, the same corridor, more years, more volume."""

from __future__ import annotations

import pytest

from benchmarks.cases import corridor, tandem
from benchmarks.speed import Cost, spread
from benchmarks.tandem import LANES, STATIONS, idiomatic


def test_the_yardstick_passes_every_station() -> None:
    assert idiomatic(trains=10) == 10 * STATIONS


def test_our_tandem_is_the_same_tandem() -> None:
    plan = tandem(days=2)
    borders = [station for station in plan.stations if station.kind == "border"]
    assert [station.servers[0][1] for station in borders] == [LANES] * STATIONS
    assert {leg.length_km for leg in plan.legs} == {0.0}


def test_the_corridor_grows_as_asked() -> None:
    once, tenfold, long = corridor(), corridor(volume=10), corridor(years=3)
    rates = [sum(rate for flow in plan.flows for _, rate in flow.intensity) for plan in (once, tenfold)]
    assert rates[1] == pytest.approx(10 * rates[0])
    assert long.end_h == once.end_h + 24 * (365 + 365)


def test_costs_are_told_in_units_of_the_yardstick() -> None:
    cost = Cost(seconds=2e-3, visits=100, departures=10, background_visits=0)
    assert cost.us_per_visit == pytest.approx(20)
    assert cost.x_per_visit(yardstick_us=10) == pytest.approx(2)
    assert spread([3, 1, 2], digits=1) == "2.0 (1.0..3.0)"
