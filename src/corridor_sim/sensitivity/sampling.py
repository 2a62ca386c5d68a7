"""Designs and indices: where SALib places the points of Morris and of Sobol, and what their answers say.

Trajectory i depends on the seed and on i alone and Sobol's sequence is nested, so that a larger study takes over every point of a
smaller one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

from corridor_sim.errors import CorridorError, Fault
from corridor_sim.sensitivity.design import Point

Floats = np.ndarray[Any, np.dtype[np.float64]]
RESAMPLES = 1000
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Index:
    """A number with the ends of its 95 % interval."""

    value: float
    low: float
    high: float


def need_salib() -> None:
    """Raise CorridorError where SALib isn't installed."""
    if find_spec("SALib") is None:
        message = "sensitivity needs SALib, which isn't installed: pip install 'corridor-sim[sensitivity]'"
        raise CorridorError(Fault(message, code="extra"))


def alone_points(names: Sequence[str]) -> list[Point]:
    """Return the scenario as it stands, then each factor alone at its low and at its high end."""
    return [{}, *({name: x} for name in names for x in (0.0, 1.0))]


def morris_points(names: Sequence[str], trajectories: int, levels: int, seed: int) -> list[Point]:
    """Return the points of Morris trajectories, each of one point more than there are factors."""
    from SALib.sample import morris

    problem = _problem(names)
    rows = np.concatenate([morris.sample(problem, 1, num_levels=levels, seed=seed * 100_003 + i) for i in range(trajectories)])
    return [dict(zip(names, map(float, row), strict=True)) for row in rows]


def morris_effects(points: Sequence[Point], answers: Sequence[float], names: Sequence[str], *, changed: bool = False) -> Floats:
    """Return the elementary effects, over the whole range of a factor [trajectories, factors].

    changed: answers are kinds; an effect is 1 where the step changed the kind.
    """
    size = len(names) + 1
    effects = np.zeros((len(points) // size, len(names)))
    for k in range(len(effects)):
        for i in range(k * size, k * size + size - 1):
            (name,) = [one for one in names if points[i + 1][one] != points[i][one]]
            rise = answers[i + 1] - answers[i]
            step = points[i + 1][name] - points[i][name]
            effects[k, list(names).index(name)] = float(rise != 0) if changed else rise / step
    return effects


def morris_indices(effects: Floats, seed: int) -> dict[str, list[Index]]:
    """Return mu, mu_star and sigma of each factor, with percentile intervals over resampled trajectories."""
    rng = np.random.default_rng(seed)
    count = len(effects)
    again = effects[rng.integers(0, count, (RESAMPLES, count))]  # [resamples, trajectories, factors]
    found = {
        "mu": (effects.mean(axis=0), again.mean(axis=1)),
        "mu_star": (np.abs(effects).mean(axis=0), np.abs(again).mean(axis=1)),
        "sigma": (effects.std(axis=0, ddof=1), again.std(axis=1, ddof=1)),
    }
    return {name: [_index(value, column) for value, column in zip(values, draws.T, strict=True)] for name, (values, draws) in found.items()}


def _index(value: float, draws: Floats) -> Index:
    low, high = np.quantile(draws, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Index(float(value), float(low), float(high))


def sobol_points(names: Sequence[str], samples: int, seed: int) -> list[Point]:
    """Return the points of Saltelli's design for indices of first and total order: samples x (factors + 2)."""
    from SALib.sample import sobol

    rows = sobol.sample(_problem(names), samples, calc_second_order=False, seed=seed)
    return [dict(zip(names, map(float, row), strict=True)) for row in rows]


def sobol_indices(names: Sequence[str], answers: Sequence[float], seed: int) -> dict[str, list[Index]]:
    """Return the indices of first and total order of each factor with bootstrap intervals; zero where no answer differs."""
    from SALib.analyze import sobol

    values = np.asarray(answers, float)
    if np.ptp(values) == 0:
        return {order: [Index(0.0, 0.0, 0.0)] * len(names) for order in ("first", "total")}
    made = sobol.analyze(_problem(names), values, calc_second_order=False, num_resamples=RESAMPLES, conf_level=LEVEL, seed=seed + 1)
    pairs = {"first": ("S1", "S1_conf"), "total": ("ST", "ST_conf")}
    return {order: [_around(v, h) for v, h in zip(made[value], made[half], strict=True)] for order, (value, half) in pairs.items()}


def _around(value: float, half_width: float) -> Index:
    return Index(float(value), float(value - half_width), float(value + half_width))


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
