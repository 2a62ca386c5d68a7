"""Streams and laws."""

import numpy as np
import pytest

from corridor_sim.streams import Draws, generator, mean, poisson_times, quantiles
from corridor_sim.units import GRID

LAWS = [
    ("constant", 4.0),
    ("exponential", 4.0),
    ("gamma", 4.0, 0.6),
    ("lognormal", 4.0, 0.8),
    ("triangular", 1.0, 3.0, 8.0),
    ("uniform", 1.0, 7.0),
    ("empirical", (1.0, 2.0, 9.0), (0.5, 0.25, 0.25)),
    ("mixture", ((0.9, ("exponential", 2.0)), (0.1, ("constant", 22.0)))),
]
UNIFORMS = (np.arange(200_000) + 0.5) / 200_000


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law[0])
def test_a_law_has_its_mean(law: tuple) -> None:
    assert quantiles(law, UNIFORMS).mean() == pytest.approx(mean(law), rel=2e-3)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law[0])
def test_a_quantile_never_falls_as_the_uniform_rises(law: tuple) -> None:
    assert (law[0] == "mixture") or (np.diff(quantiles(law, UNIFORMS)) >= 0).all()


@pytest.mark.parametrize(("law", "cv"), [(("gamma", 4.0, 0.6), 0.6), (("lognormal", 4.0, 0.8), 0.8), (("exponential", 4.0), 1.0)])
def test_a_law_has_its_variation(law: tuple, cv: float) -> None:
    values = quantiles(law, UNIFORMS)
    assert values.std() / values.mean() == pytest.approx(cv, rel=1e-2)


def test_uniforms_at_the_very_ends_give_finite_hours() -> None:
    ends = np.array([0.0, 1 - 2.0**-53])
    for law in LAWS:
        assert np.isfinite(quantiles(law, ends)).all()
        assert (quantiles(law, ends) >= 0).all()


def test_the_same_names_give_the_same_stream_and_others_another() -> None:
    one, same = generator(1, 0, "alat", "service").random(5), generator(1, 0, "alat", "service").random(5)
    assert (one == same).all()
    others = [generator(2, 0, "alat", "service"), generator(1, 1, "alat", "service"), generator(1, 0, "alat", "arrivals")]
    assert all((one != other.random(5)).all() for other in others)


def test_names_that_join_to_the_same_text_are_different_streams() -> None:
    assert generator(1, 0, "ab", "c").random() != generator(1, 0, "a", "bc").random()


def test_draws_are_on_the_grid() -> None:
    draws = Draws(("lognormal", 4.0, 0.8), generator(1, 0, "x"))
    assert all((draws.next() / GRID).is_integer() for _ in range(1000))


def test_a_changed_mean_keeps_the_draws() -> None:
    plain, changed = (Draws(("exponential", 1.0), generator(1, 0, "x")) for _ in range(2))
    values = [plain.next() for _ in range(300)]
    first = [changed.next() for _ in range(100)]
    changed.change(("exponential", 2.0))
    assert first == values[:100]
    assert [changed.next() for _ in range(200)] == pytest.approx([2 * v for v in values[100:]], abs=1e-8)


def test_a_law_can_become_constant_and_random_again() -> None:
    draws = Draws(("exponential", 1.0), generator(1, 0, "x"))
    draws.change(("constant", 3.0))
    assert [draws.next(), draws.next()] == [3.0, 3.0]
    draws.change(("exponential", 1.0))
    assert draws.next() != draws.next()


def test_poisson_arrivals_follow_a_stepwise_rate() -> None:
    times = list(poisson_times([(-float("inf"), 2.0), (1000.0, 0.0), (2000.0, 8.0)], generator(1, 0, "x"), 0.0, 3000.0))
    counts = np.histogram(times, [0, 1000, 2000, 3000])[0]
    assert counts[1] == 0
    assert abs(counts[0] - 2000) < 4 * 2000**0.5
    assert abs(counts[2] - 8000) < 4 * 8000**0.5
    assert times == sorted(times)
