"""The page on single track says what its scenario gives."""

from __future__ import annotations

from itertools import pairwise

import pytest

from benchmarks.pages import written
from benchmarks.single_track import PAGE, SCENARIO, SHARES, WAYS, curves, delay_h, pairs_per_day, picture, table
from corridor_sim.loading import load_cases

FEW = (0.2, 0.5, 0.8)


def test_the_example_loads_with_all_its_cases() -> None:
    cases = load_cases(SCENARIO)
    assert set(cases) == {"base", "first_come", "third_track", "shared"}
    assert all(not loaded.warnings for loaded in cases.values())
    assert pairs_per_day() == pytest.approx(1440 / 66)


@pytest.mark.parametrize("way", WAYS)
def test_delay_rises_convexly_with_volume(way: str) -> None:
    delays = [delay_h(way, share, replications=1, end="2025-07-01") for share in FEW]
    slopes = [b - a for a, b in pairwise(delays)]
    assert 0 < slopes[0] < slopes[1]


def test_the_table_and_the_picture_have_a_curve_each() -> None:
    found = {way: [0.1, 0.5, 99.0] for way in WAYS}
    assert table(found, FEW).splitlines()[2] == "| by pairs_per_day | 0.10 | 0.50 | grows |"
    (axes,) = picture(found, FEW).axes
    assert [list(line.get_xdata()) for line in axes.get_lines()] == [[20, 50]] * len(WAYS)


@pytest.mark.slow
def test_the_page_shows_what_the_command_gives() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert written(page, {"delay": table(curves(SHARES))}) == page
    assert "| by turns |" in page
