"""Intervals, paired differences, quantiles and averages give the numbers of the textbooks."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor_sim.statistics import (
    HIDDEN,
    MORE,
    NO_DIFFERENCE,
    ONE,
    SAME,
    interval,
    intervals,
    kaplan_meier,
    number,
    over_replications,
    paired,
    paired_intervals,
    pick,
    survival_mean,
    survival_quantiles,
    trend,
    weighted_quantile,
    welch_average,
)

TEN_RUNS = [1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09]
POLICY_1 = [126.97, 124.31, 126.68, 122.66, 127.23]
POLICY_2 = [118.21, 120.22, 122.45, 122.68, 119.40]


def test_ten_runs_give_the_interval_of_the_textbook() -> None:  # truth O08 a
    found = interval(TEN_RUNS, level=0.90)
    assert (found.mean, found.half_width) == (pytest.approx(1.343, abs=1e-12), pytest.approx(0.23725341, abs=1e-8))


def test_two_policies_give_the_paired_interval_of_the_textbook() -> None:  # truth O08 b
    found = paired(POLICY_2, POLICY_1, level=0.90)
    assert (found.mean, found.low, found.high) == pytest.approx((4.978, 1.6491269, 8.3068731), abs=1e-7)
    assert found.verdict == MORE


def test_one_replication_has_a_mean_but_no_interval() -> None:
    found = interval([3.0])
    assert found.mean == 3.0
    assert math.isnan(found.half_width)
    assert paired([1.0], [2.0]).verdict == ONE


def test_no_replication_has_no_mean() -> None:
    assert math.isnan(interval([]).mean)


def test_an_interval_that_covers_zero_detects_no_difference() -> None:
    assert paired([1.0, 2.0, 3.0], [1.5, 1.4, 3.1]).verdict == NO_DIFFERENCE


def test_equal_pairs_are_called_the_same() -> None:
    assert paired([1.0, 2.0], [1.0, 2.0]).verdict == SAME


def test_welch_average_narrows_at_the_start_and_drops_the_end() -> None:  # truth O09
    smoothed = welch_average([i**2 for i in range(1, 11)], window=2)
    assert smoothed == pytest.approx([1, 14 / 3, 11, 18, 27, 38, 51, 66])


def test_welch_average_of_too_short_a_series_is_empty() -> None:
    assert len(welch_average([1.0, 2.0], window=2)) == 0


def test_survival_steps_down_where_something_ends_and_not_where_it_is_censored() -> None:
    # at risk 10, 8, 5: 1 of 10 ends at 1 h, 1 h later 2 of 8, and 5 are seen for the last time at 3 h
    times, survival = kaplan_meier([1, 1, 2, 2, 3], [1, 1, 2, 1, 5], [False, True, False, True, True])
    assert times.tolist() == [1, 1, 2, 2, 3]
    assert survival == pytest.approx([0.9, 0.9, 0.9 * 0.75, 0.9 * 0.75, 0.9 * 0.75])


def test_a_quantile_that_censoring_hides_is_infinite() -> None:
    times, survival = kaplan_meier([1, 2, 3], [1, 1, 2], [False, False, True])
    assert survival_quantiles(times, survival, [0.25, 0.5, 0.9]).tolist() == [1.0, 2.0, math.inf]


def test_the_mean_of_censored_times_is_the_area_up_to_the_last() -> None:
    times, survival = kaplan_meier([1, 2, 3], [1, 1, 2], [False, False, True])
    assert survival_mean(times, survival) == pytest.approx(1 + 0.75 + 0.5)


@given(st.lists(st.tuples(st.floats(0, 1e4), st.floats(0.01, 100)), min_size=1, max_size=40))
def test_without_censoring_the_area_is_the_weighted_mean(rows: list[tuple[float, float]]) -> None:
    times, weights = np.array(rows).T
    area = survival_mean(*kaplan_meier(times, weights, np.zeros(len(rows), bool)))
    assert area == pytest.approx(np.average(times, weights=weights), rel=1e-9, abs=1e-9)


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=40), st.floats(0.01, 0.99))
def test_a_weighted_quantile_of_equal_weights_is_numpys_inverted_cdf(values: list[float], q: float) -> None:
    expected = np.quantile(values, q, method="inverted_cdf")
    near = np.quantile(values, [max(q - 1e-9, 0), min(q + 1e-9, 1)], method="inverted_cdf")
    assert weighted_quantile(values, np.ones(len(values)), q) in (expected, *near)


def test_weight_decides_a_quantile() -> None:
    assert weighted_quantile([1, 2, 3], [1, 1, 8], 0.5) == 3
    assert math.isnan(weighted_quantile([], [], 0.5))


def test_a_straight_line_has_its_slope_and_no_noise() -> None:
    assert trend([1.0, 3.0, 5.0, 7.0]) == pytest.approx((2.0, 0.0), abs=1e-9)
    assert trend([1.0, 3.0, 5.0, 7.0], at=[0, 10, 20, 30])[0] == pytest.approx(0.2)
    assert math.isnan(trend([1.0, 2.0])[0])


def test_a_slope_has_the_half_width_of_regression() -> None:
    # y = 0, 1, 0, 1 at x = 0..3: slope 1/5, residual sum 0.8, error sqrt(0.8 / 2 / 5), t(0.975, 2) = 4.30265
    assert trend([0, 1, 0, 1]) == pytest.approx((0.2, 4.30265273 * math.sqrt(0.08)))


@pytest.mark.parametrize(
    ("value", "half_width", "text"),
    [
        (12.345, 0.44, "12.3 ± 0.4"),
        (12.345, 0.16, "12.35 ± 0.16"),
        (123456.0, 789.0, "123,500 ± 800"),
        (3.3, math.nan, "3.30"),
        (-0.99999999, 0.0, "-1.00 ± 0"),
        (5.0, 0.1999, "5.0 ± 0.2"),
        (0.5, 0.0, "0.500 ± 0"),
        (0.0, 0.0, "0 ± 0"),
        (-0.001, 0.2, "0.0 ± 0.2"),
        (math.inf, math.nan, "not reached"),
        (math.nan, math.nan, "no value"),
    ],
)
def test_a_number_shows_as_many_digits_as_it_deserves(value: float, half_width: float, text: str) -> None:
    assert number(value, half_width) == text


def test_a_number_carries_its_unit() -> None:
    assert number(2.0, 0.5, "Mt/a") == "2.0 ± 0.5 Mt/a"


def metrics(values: list[float], case: str = "base", echoed: bool = False) -> pd.DataFrame:
    rows = [(case, r, "all", "total", "corridor", "carried", value, "Mt/a", echoed) for r, value in enumerate(values)]
    columns = ["case", "replication", "period", "kind", "subject", "measure", "value", "unit", "echoed"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype(dict.fromkeys(["case", "period", "kind", "subject", "measure", "unit"], "category"))


def test_a_table_of_replications_gives_a_row_with_its_interval() -> None:
    row = intervals(metrics(TEN_RUNS), level=0.90).iloc[0]
    assert (row["n"], row["mean"], row["half_width"]) == (10, pytest.approx(1.343), pytest.approx(0.23725341))
    assert row["low"] == pytest.approx(1.343 - 0.23725341)


def test_a_value_that_is_never_reached_has_no_interval() -> None:
    row = intervals(metrics([1.0, math.inf, 2.0])).iloc[0]
    assert row["mean"] == math.inf
    assert math.isnan(row["half_width"])


def test_tables_are_paired_by_replication_whatever_their_order() -> None:
    other = metrics(POLICY_1, "other").iloc[::-1]
    row = paired_intervals(metrics(POLICY_2), other, level=0.90).iloc[0]
    assert (row["difference"], row["low"], row["high"]) == pytest.approx((4.978, 1.6491269, 8.3068731), abs=1e-7)
    assert (row["n"], row["verdict"]) == (5, MORE)
    assert (row["base_mean"], row["mean"]) == pytest.approx((np.mean(POLICY_2), np.mean(POLICY_1)))


def test_only_replications_that_both_have_are_paired() -> None:
    assert paired_intervals(metrics(POLICY_2[:3]), metrics(POLICY_1)).iloc[0]["n"] == 3


def test_what_one_replication_never_reached_is_not_compared() -> None:
    row = paired_intervals(metrics([1.0, math.inf, 1.0]), metrics([2.0, 2.0, 2.0])).iloc[0]
    assert row["verdict"] == HIDDEN
    assert math.isnan(row["difference"])


def test_picking_takes_only_what_is_asked_for() -> None:
    table = metrics([1.0, 2.0])
    assert len(pick(table, kind="total", measure="carried")) == 2
    assert len(pick(table, kind="branch")) == 0
    assert over_replications(table, "total", "corridor", "carried").mean == 1.5


@pytest.mark.parametrize(
    ("n", "coverage", "half_over_mean"),
    [(5, 0.833375, 0.66888889), (10, 0.868375, 0.438304), (20, 0.877125, 0.30133412), (40, 0.8865, 0.21122888)],
)
def test_intervals_cover_the_truth_as_often_as_known(n: int, coverage: float, half_over_mean: float) -> None:  # truth O02
    experiments, truth = 2000, 2.12449
    delays = first_delays(np.random.default_rng(7 + n), experiments * n).reshape(experiments, n)
    found = [interval(row, level=0.90) for row in delays]
    covered = np.mean([i.low <= truth <= i.high for i in found])
    share = np.mean([i.half_width / i.mean for i in found])
    assert covered == pytest.approx(coverage, abs=3 * math.sqrt(coverage * (1 - coverage) / experiments))
    assert share == pytest.approx(half_over_mean, rel=0.03)


def first_delays(draw: np.random.Generator, runs: int, customers: int = 25) -> np.ndarray:
    """Mean delay of the first customers of an M/M/1 queue of load 0.9 that begins empty (Lindley)."""
    delay, total = np.zeros(runs), np.zeros(runs)
    for _ in range(customers - 1):
        delay = np.maximum(delay + draw.exponential(0.9, runs) - draw.exponential(1.0, runs), 0.0)
        total += delay
    return total / customers
