from __future__ import annotations

from datetime import date
from itertools import pairwise
from math import sqrt
from typing import Any

import numpy as np
import pytest

from corridor_sim.plan import WeatherPlan
from corridor_sim.units import GRID, hours_between, month_edges
from corridor_sim.weather import _hazard, spells

START = date(2024, 1, 1)
CASPIAN = (0.32, *(0.08,) * 9, 0.5, 0.5)  # W129, W372: shares by month
NORTHER = ("lognormal", 84.0, 0.6)
WHOLE = (1.0, 1.0, 1.0)


def a_port(name: str = "alat", **fields: Any) -> WeatherPlan:
    plain: dict[str, Any] = {
        "region": "caspian", "region_share": CASPIAN, "episode_h": NORTHER, "closed_share": CASPIAN, "correlation": 0.8,
        "limits": WHOLE,
    }  # fmt: skip
    return WeatherPlan(name=name, **(plain | fields))


def years(count: int) -> float:
    return hours_between(START, date(START.year + count, 1, 1))


def closed(pieces: tuple[tuple[float, float], ...], to_h: float, step_h: float = 4.0) -> np.ndarray:
    """Return for each cell whether its middle is closed."""
    edges = np.array([edge for piece in pieces for edge in piece])
    return np.searchsorted(edges, np.arange(step_h / 2, to_h, step_h)) % 2 == 1


def months(to_h: float, step_h: float = 4.0) -> np.ndarray:
    edges = month_edges(START, date(START.year + round(to_h / 8766), 1, 1))
    lengths = [round((b - a) / step_h) for (_, a), (_, b) in pairwise(edges)]
    return np.repeat([day.month - 1 for day, _ in edges[:-1]], lengths)


def test_long_run_shares_are_those_of_each_month():
    to_h = years(200)
    [(departure, _, _)] = spells([a_port()], 1, 0, START, -1440.0, to_h)
    shut, month = closed(departure, to_h), months(to_h)
    for number, share in enumerate(CASPIAN):
        by_year = shut[month == number].reshape(200, -1).mean(axis=1) if number != 1 else None
        error = 0.02 if by_year is None else by_year.std() / sqrt(200)
        assert shut[month == number].mean() == pytest.approx(share, abs=4 * error + 0.002)


def test_the_share_holds_from_the_first_month_on():
    shares = [
        closed(spells([a_port()], 1, replication, START, -500.0, 744.0)[0][0], 744.0).mean()
        for replication in range(300)
    ]
    assert np.mean(shares) == pytest.approx(0.32, abs=4 * np.std(shares) / sqrt(300))


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.8])
def test_a_port_is_correlated_with_its_region_as_stated(correlation: float):
    to_h, flat = years(150), (0.2,) * 12
    fields = {"region_share": flat, "closed_share": flat, "episode_h": ("exponential", 48.0)}
    region, port = a_port("region", correlation=1.0, **fields), a_port(correlation=correlation, **fields)
    shut = [closed(departure, to_h) for departure, _, _ in spells([region, port], 1, 0, START, 0.0, to_h)]
    assert np.corrcoef(shut)[0, 1] == pytest.approx(correlation, abs=0.04)
    assert shut[1].mean() == pytest.approx(0.2, abs=0.02)


def test_a_port_calmer_than_its_region_keeps_its_own_share():
    to_h, own = years(150), (0.05,) * 12
    [(departure, _, _)] = spells([a_port(closed_share=own)], 3, 0, START, 0.0, to_h)
    assert closed(departure, to_h).mean() == pytest.approx(0.05, abs=0.008)


def test_another_port_leaves_the_draws_of_the_first_alone():
    alone = spells([a_port()], 7, 2, START, -100.0, 20_000.0)
    assert spells([a_port("kuryk"), a_port()], 7, 2, START, -100.0, 20_000.0)[1] == alone[0]


def test_equal_names_give_equal_spells_and_replications_differ():
    first, again, other = (spells([a_port()], 7, r, START, 0.0, 20_000.0) for r in (0, 0, 1))
    assert first == again
    assert first != other


def test_only_severe_spells_stop_what_has_a_lower_limit():
    [(departure, berthing, handling)] = spells([a_port(limits=(1.0, 0.5, 0.0))], 1, 0, START, 0.0, years(60))
    hours = [sum(b - a for a, b in pieces) for pieces in (departure, berthing, handling)]
    assert hours[1] == pytest.approx(hours[0] / 2, rel=0.15)
    assert not handling
    assert all(any(a <= c and d <= b for a, b in departure) for c, d in berthing)


def test_spells_are_sorted_disjoint_on_the_grid_and_inside_the_run():
    for pieces in spells([a_port(correlation=0.3), a_port("kuryk")], 5, 0, START, -720.0, 30_000.0)[0]:
        edges = [edge for piece in pieces for edge in piece]
        assert all(a < b for a, b in pairwise(edges))
        assert edges[0] >= -720.0
        assert edges[-1] <= 30_000.0
        assert all(edge / GRID == round(edge / GRID) for edge in edges)


def test_a_constant_share_is_one_hazard_from_the_first_hour_on():
    """Renewal theory: open hours have mean episode x (1 - share) / share."""
    edges, heights = _hazard((0.2,) * 12, NORTHER, ((0.0, 0), (744.0, 1)), -3000.0, 1400.0)
    rates = np.diff(heights) / np.diff(edges)
    assert rates == pytest.approx(0.2 / 0.8 / 84.0, rel=1e-3)


def test_a_wind_that_never_blows_closes_nothing():
    calm = a_port(region_share=(0.0,) * 12, closed_share=(0.0,) * 12)
    assert spells([calm], 1, 0, START, 0.0, 9000.0) == [((), (), ())]
