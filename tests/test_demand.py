from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor_sim.demand import intensity, ready_times
from corridor_sim.plan import FlowPlan
from corridor_sim.scenario import Flow
from corridor_sim.units import GRID, hours_between

FOREVER = ((float("-inf"), float("inf")),)


def a_flow(**fields: Any) -> FlowPlan:
    plain = FlowPlan(
        name="f", commodity=0, direction=0, origin=0, destination=1, consignment=1, supply="poisson",
        intensity=((-1000.0, 1.0),), sine=None, offset_h=0.0, times=(), active=FOREVER, keep_together=False, routes=(),
        shares=(), embargoes=(), counts_in=(), priority=5,
    )  # fmt: skip
    return replace(plain, **fields)


def demand(**fields: Any) -> Flow:
    plain = {"from": "a", "to": "b", "commodity": "box", "consignment": 10, "per_year": 87_600.0}
    return Flow.model_validate(plain | fields)


def unused(count: int) -> np.ndarray:
    raise AssertionError(f"no variate is needed, {count} were asked for")


def scheduled(from_h: float, to_h: float, **fields: Any) -> list[float]:
    return list(ready_times(a_flow(supply="scheduled", **fields), unused, from_h, to_h))


def poisson(from_h: float, to_h: float, seed: int = 1, **fields: Any) -> Iterator[float]:
    source = np.random.default_rng(seed).standard_exponential
    return ready_times(a_flow(**fields), source, from_h, to_h)


# intensity


def test_a_flat_year_of_8760_h_gives_one_rate_before_and_after_the_start():
    steps = intensity([(float("-inf"), demand())], date(2025, 1, 1), -1440.0, 8760.0)
    assert steps == ((-1440.0, 1.0),)


def test_the_volume_of_every_calendar_year_is_kept():
    flow = demand(growth={2025: 0.5, "after": 0.1}, season=[3, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 0])
    steps = intensity([(float("-inf"), flow)], date(2024, 1, 1), 0.0, hours_between(date(2024, 1, 1), date(2028, 1, 1)))
    for year, volume in {2024: 87_600, 2025: 131_400, 2026: 144_540, 2027: 158_994}.items():
        begin, end = (hours_between(date(2024, 1, 1), date(y, 1, 1)) for y in (year, year + 1))
        edges = [*steps, (end, 0.0)]
        units = sum(
            10 * rate * max(0.0, min(after, end) - max(at, begin))
            for (at, rate), (after, _) in pairwise(edges)
        )
        assert units == pytest.approx(volume)


def test_warm_up_has_the_season_and_volume_of_the_start():
    flow = demand(growth=0.5, season={"jan": 2.0, "other": 1.0})
    steps = intensity([(float("-inf"), flow)], date(2025, 1, 1), -2000.0, 1000.0)
    assert [at for at, _ in steps] == [-2000.0, 744.0]
    assert steps[0][1] == pytest.approx(2 * steps[1][1])


def test_a_dated_change_holds_from_its_date():
    flows = [(float("-inf"), demand()), (240.0, demand(per_year=175_200.0))]
    assert intensity(flows, date(2025, 1, 1), -100.0, 1000.0) == ((-100.0, 1.0), (240.0, 2.0))


def test_a_season_by_period_repeats_through_the_warm_up():
    flow = demand(season={"period_days": 2, "values": [1, 3]})
    steps = intensity([(float("-inf"), flow)], date(2025, 1, 1), -48.0, 48.0)
    assert steps == ((-48.0, 0.5), (-24.0, 1.5), (0.0, 0.5), (24.0, 1.5))


# instants


def test_scheduled_consignments_keep_their_period_exactly():
    assert scheduled(-3.0, 5.0, intensity=((-10.0, 0.8),), offset_h=0.5) == [-2.0, -0.75, 0.5, 1.75, 3.0, 4.25]


def test_a_long_schedule_has_no_drift():
    times = scheduled(0.0, 200_000.0, intensity=((-10.0, 0.8),))
    assert len(times) == 160_000
    assert times[-1] == 159_999 * 1.25


def test_a_schedule_goes_on_where_its_rate_changes():
    assert scheduled(0.0, 6.0, intensity=((-10.0, 0.5), (3.0, 2.0))) == [0.0, 2.0, 3.25, 3.75, 4.25, 4.75, 5.25, 5.75]


def test_nothing_is_ready_outside_the_active_windows():
    times = scheduled(-10.0, 20.0, active=((2.0, 4.0), (10.0, 12.5)))
    assert times == [2.0, 3.0, 10.0, 11.0, 12.0]


def test_the_offset_counts_from_a_window_that_begins_later():
    assert scheduled(0.0, 105.0, active=((100.0, 200.0),), offset_h=2.5)[:3] == [100.5, 101.5, 102.5]


def test_stated_times_come_sorted_and_inside_the_window():
    flow = a_flow(supply="times", times=(5.0, 1.0, 30.0, 2.0), active=((0.0, 20.0),))
    assert list(ready_times(flow, unused, 1.5, 100.0)) == [2.0, 5.0]


def test_unlimited_supply_has_no_instants():
    assert not list(ready_times(a_flow(supply="unlimited", intensity=()), unused, 0.0, 100.0))


def test_poisson_counts_have_mean_and_variance_of_the_law():
    times = np.array(list(poisson(0.0, 40_000.0, intensity=((-1.0, 0.5),))))
    counts = np.histogram(times, bins=4000, range=(0, 40_000))[0]
    assert counts.mean() == pytest.approx(5.0, abs=4 * (5 / 4000) ** 0.5)
    assert counts.var() == pytest.approx(5.0, rel=4 * (2 / 4000) ** 0.5)


def test_poisson_instants_are_drawn_as_they_are_asked_for():
    asked: list[int] = []

    def source(count: int) -> np.ndarray:
        asked.append(count)
        return np.ones(count)

    list(islice(ready_times(a_flow(), source, 0.0, 1e6), 10))
    assert asked == [64]


def test_a_sine_moves_volume_within_its_period_only():
    """Q15: lambda = 10 + 5 sin(2 pi t / 7) a day; quarters of the wave by its integral."""
    flow = {"intensity": ((-1.0, 10 / 24),), "sine": (168.0, 0.5, 0.0)}
    times = np.array(list(poisson(0.0, 168.0 * 2000, **flow))) % 168.0
    counts = np.histogram(times, bins=4, range=(0, 168))[0] / 2000
    wave = 5 * 7 / (2 * np.pi)
    expected = [17.5 + wave, 17.5 + wave, 17.5 - wave, 17.5 - wave]
    assert counts == pytest.approx(expected, abs=4 * (max(expected) / 2000) ** 0.5)


def test_a_full_sine_schedules_as_many_as_without():
    assert len(scheduled(0.0, 8400.0, intensity=((-1.0, 0.25),), sine=(168.0, 1.0, 30.0))) == 2100


@given(
    rates=st.lists(st.sampled_from([0.0, 0.01, 0.3, 2.0]), min_size=1, max_size=4),
    windows=st.lists(st.integers(-50, 250), min_size=2, max_size=6, unique=True),
    supply=st.sampled_from(["poisson", "scheduled"]),
    wave=st.sampled_from([None, (48.0, 1.0, 5.0)]),
)
def test_instants_are_in_order_on_the_grid_and_active(
    rates: list[float], windows: list[int], supply: str, wave: tuple[float, float, float] | None
):
    edges = sorted(windows)[: len(windows) // 2 * 2]
    active = tuple((float(a), float(b)) for a, b in zip(edges[::2], edges[1::2], strict=True))
    steps = tuple((50.0 * k - 40.0, rate) for k, rate in enumerate(rates))
    flow = {"supply": supply, "intensity": steps, "active": active, "sine": wave}
    times = list(poisson(-30.0, 220.0, **flow))
    assert times == sorted(times)
    assert all(-30.0 <= at < 220.0 and any(a <= at < b for a, b in active) for at in times)
    assert all(at / GRID == round(at / GRID) for at in times)
