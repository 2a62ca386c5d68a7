"""Closed spells: look-ups against plain arithmetic."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor_sim.engine.closures import Closures, calendar_spells, merged
from corridor_sim.plan import OpenHours

SPELLS = st.lists(st.tuples(st.integers(0, 200), st.integers(1, 30)).map(lambda s: (float(s[0]), float(s[0] + s[1]))), max_size=12)


def closed_by_hand(spells: list[tuple[float, float]], begin: int, end: int) -> float:
    return float(sum(any(a <= hour < b for a, b in spells) for hour in range(begin, end)))


@given(SPELLS, st.integers(0, 250), st.integers(0, 250))
def test_closed_hours_between_two_instants(spells: list[tuple[float, float]], a: int, b: int) -> None:
    low, high = sorted((a, b))
    assert Closures(spells).between(low, high) == closed_by_hand(spells, low, high)


@given(SPELLS, st.integers(0, 250))
def test_next_open_is_open_and_everything_before_it_closed(spells: list[tuple[float, float]], at: int) -> None:
    closures = Closures(spells)
    opens = closures.next_open(float(at))
    assert closures.is_open(opens)
    assert closures.between(at, opens) == opens - at


@given(SPELLS, st.integers(0, 250), st.integers(0, 40))
def test_work_takes_its_hours_of_open_time(spells: list[tuple[float, float]], at: int, hours: int) -> None:
    closures = Closures(spells)
    start = closures.next_open(float(at))
    end = closures.advance(start, float(hours))
    assert end - start - closures.between(start, end) == hours


@given(SPELLS)
def test_merged_spells_are_sorted_and_disjoint(spells: list[tuple[float, float]]) -> None:
    result = merged(spells)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(result))


def test_work_that_waits_for_a_stretch_long_enough() -> None:
    closures = Closures([(0.0, 9.0), (12.0, 13.0), (17.0, 33.0)])  # open 9-12, 13-17
    assert closures.fits(8.0, 3.5) == 13.0


def test_work_longer_than_any_stretch_starts_at_the_next_opening() -> None:
    closures = Closures([(24.0 * day - 7, 24.0 * day + 9) for day in range(500)])
    assert closures.fits(0.0, 12.0) == 9.0


@pytest.mark.parametrize(("at", "is_open"), [(8.99, False), (9.0, True), (16.99, True), (17.0, False), (24 * 5 + 10.0, False)])
def test_a_working_week(at: float, is_open: bool) -> None:
    week = OpenHours(168.0, 0.0, tuple((24.0 * day + 9, 24.0 * day + 17) for day in range(5)))
    assert Closures(calendar_spells(week, -400.0, 400.0)).is_open(at) is is_open
    assert Closures(calendar_spells(week, -400.0, 400.0)).is_open(at - 168) is is_open


def test_a_week_that_begins_in_the_middle() -> None:
    wednesday = OpenHours(168.0, 48.0, ((0.0, 24.0),))  # open on Mondays; the scenario starts on a Wednesday
    closures = Closures(calendar_spells(wednesday, 0.0, 400.0))
    assert closures.next_open(0.0) == 120.0
