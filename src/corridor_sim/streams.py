"""Random streams and laws: unit variates drawn in blocks, turned into a law by its inverse.

A stream is keyed by seed, replication and names, so that a new element leaves the others' draws alone and two cases that
differ in one ferry share every other draw. Laws are plain tuples ("exponential", mean) ...; hours come out on the grid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import chain, repeat
from typing import Any

import numpy as np

from corridor_sim.units import BIG

Law = tuple[Any, ...]
Floats = np.ndarray[Any, np.dtype[np.float64]]

FIRST_BLOCK, FULL_BLOCK = 64, 4096
TAIL = 2.0**-8  # of a gamma law, on each side, that no table gives
GRID_STEPS = 2**13
_GRID = np.linspace(0.0, 1.0, GRID_STEPS + 1)


def generator(seed: int, replication: int, *key: object) -> np.random.Generator:
    """Return the generator of one named stream; the same names give the same stream on every machine."""
    text = "\x1f".join(map(str, (seed, replication, *key)))
    entropy = int.from_bytes(blake2b(text.encode(), digest_size=32).digest(), "little")
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy)))


class Stream:
    """A named stream whose generator is made at the first draw: many an element never draws."""

    __slots__ = ("_key", "_made")

    def __init__(self, *key: Any) -> None:
        self._key = key
        self._made: np.random.Generator | None = None

    def _generator(self) -> np.random.Generator:
        if self._made is None:
            self._made = generator(*self._key)
        return self._made

    def random(self, size: int) -> Floats:
        """Return uniforms in [0, 1)."""
        return self._generator().random(size)

    def standard_exponential(self, size: int) -> Floats:
        """Return exponentials of mean 1."""
        return self._generator().standard_exponential(size)


Source = Stream | np.random.Generator


def mean(law: Law) -> float:
    """Return the mean of a law, in its own unit."""
    kind, *numbers = law
    if kind == "triangular":
        return float(sum(numbers) / 3)
    if kind == "uniform":
        return float(sum(numbers) / 2)
    if kind == "empirical":
        return float(np.average(numbers[0], weights=numbers[1]))
    if kind == "mixture":
        return float(sum(share * mean(part) for share, part in numbers[0]))
    return float(numbers[0])


def quantiles(law: Law, uniforms: Floats) -> Floats:
    """Return the law's values at the given probabilities, one a uniform in [0, 1)."""
    kind, *numbers = law
    return _INVERSES[kind](uniforms, *numbers)


def _constant(u: Floats, value: float) -> Floats:
    return np.full_like(u, value)


def _exponential(u: Floats, mean_value: float) -> Floats:
    return -mean_value * np.log1p(-u)


def _gamma(u: Floats, mean_value: float, cv: float) -> Floats:
    if cv == 0 or mean_value == 0:
        return np.full_like(u, mean_value)
    shape = cv**-2
    return _standard_gamma(u, shape) * (mean_value / shape)


def _standard_gamma(u: Floats, shape: float) -> Floats:
    """Return quantiles of a gamma law with scale 1: from a table, which costs a tenth, but exact in the tails."""
    from scipy.special import gammaincinv

    places = u * GRID_STEPS
    whole = places.astype(np.intp)
    table, steps = _gamma_table(shape)
    values = table[whole] + (places - whole) * steps[whole]
    tails = (u < TAIL) | (u > 1 - TAIL)
    values[tails] = gammaincinv(shape, u[tails])
    return np.asarray(values)


@lru_cache(maxsize=256)
def _gamma_table(shape: float) -> tuple[Floats, Floats]:
    """Return the quantiles at the grid's points, and the step from each to the next."""
    from scipy.special import gammaincinv

    table: Floats = np.asarray(gammaincinv(shape, np.clip(_GRID, 0.0, 1 - 2.0**-53)))
    return table, np.asarray(np.diff(table), float)


def _lognormal(u: Floats, mean_value: float, cv: float) -> Floats:
    from scipy.special import ndtri

    if cv == 0 or mean_value == 0:
        return np.full_like(u, mean_value)
    variance = np.log1p(cv * cv)
    return np.asarray(np.exp(np.log(mean_value) - variance / 2 + np.sqrt(variance) * ndtri(np.maximum(u, 2.0**-54))))


def _triangular(u: Floats, low: float, mode: float, high: float) -> Floats:
    if high == low:
        return np.full_like(u, low)
    width, split = high - low, (mode - low) / (high - low)
    rising = low + np.sqrt(u * width * (mode - low))
    return np.where(u < split, rising, high - np.sqrt((1 - u) * width * (high - mode)))


def _uniform(u: Floats, low: float, high: float) -> Floats:
    return low + (high - low) * u


def _empirical(u: Floats, values: Sequence[float], weights: Sequence[float]) -> Floats:
    edges = np.cumsum(weights) / np.sum(weights)
    index = np.minimum(np.searchsorted(edges, u, side="right"), len(values) - 1)
    return np.asarray(values, dtype=float)[index]


def _mixture(u: Floats, parts: Sequence[tuple[float, Law]]) -> Floats:
    result, low = np.empty_like(u), 0.0
    for number, (share, law) in enumerate(parts):
        last = number == len(parts) - 1
        inside = (u >= low) & ((u < low + share) | last)
        rescaled = np.clip((u[inside] - low) / share, 0.0, 1 - 2.0**-53)
        result[inside] = quantiles(law, rescaled)
        low += share
    return result


_INVERSES: dict[str, Callable[..., Floats]] = {
    "constant": _constant, "exponential": _exponential, "gamma": _gamma, "lognormal": _lognormal,
    "triangular": _triangular, "uniform": _uniform, "empirical": _empirical, "mixture": _mixture,
}  # fmt: skip


class Draws:
    """A stream of hours under a law that may change while it runs; `next` is the fast way to the next draw.

    A change of law keeps the uniforms that were drawn and not used: the list is rewritten in place and its iterator goes on.
    """

    __slots__ = ("_block", "_generator", "_size", "_uniforms", "law", "next")

    def __init__(self, law: Law, source: Source) -> None:
        self.law = law
        self._generator = source
        self._size = FIRST_BLOCK
        self._uniforms: Floats = np.empty(0)
        self._block: list[float] = []
        self.next: Callable[[], float] = self._iterator()

    def _iterator(self) -> Callable[[], float]:
        if self.law[0] == "constant":
            return repeat((float(self.law[1]) + BIG) - BIG).__next__
        return chain.from_iterable(iter(self._draw, None)).__next__

    def _draw(self) -> list[float]:
        self._uniforms = self._generator.random(self._size)
        self._size = min(2 * self._size, FULL_BLOCK)
        self._block[:] = self._values()
        return self._block

    def _values(self) -> list[float]:
        values: list[float] = ((quantiles(self.law, self._uniforms) + BIG) - BIG).tolist()
        return values

    def change(self, law: Law) -> None:
        """Go on under another law with the same uniforms."""
        was_constant, self.law = self.law[0] == "constant", law
        if was_constant or law[0] == "constant":
            self._block = []
            self.next = self._iterator()
        else:
            self._block[:] = self._values()


Steps = Sequence[tuple[float, float]]  # (from_h, rate per hour)


def poisson_times(steps: Steps, source: Source, from_h: float, to_h: float) -> Iterator[float]:
    """Return the instants [h] of a Poisson process with a stepwise rate per hour, one by one."""
    return chain.from_iterable(block.tolist() for block in poisson_blocks(steps, source, from_h, to_h))


def poisson_blocks(steps: Steps, source: Source, from_h: float, to_h: float) -> Iterator[Floats]:
    """Yield the instants [h] of a Poisson process with a stepwise rate per hour, by inverting its cumulative intensity."""
    edges, heights = cumulative(steps, from_h, to_h)
    reached, block = 0.0, FIRST_BLOCK
    while reached < heights[-1]:
        sums = reached + np.cumsum(source.standard_exponential(block))
        reached, block = float(sums[-1]), min(2 * block, FULL_BLOCK)
        yield (np.interp(sums[sums < heights[-1]], heights, edges) + BIG) - BIG


def cumulative(steps: Steps, from_h: float, to_h: float) -> tuple[Floats, Floats]:
    """Return the edges [h] in [from_h, to_h] and the cumulative intensity at each of them."""
    inside = [(max(at, from_h), rate) for at, rate in steps if at < to_h]
    first = max((k for k, (at, _) in enumerate(inside) if at <= from_h), default=0)
    inside = inside[first:] or [(from_h, 0.0)]
    edges = np.array([*(at for at, _ in inside), to_h])
    rates = np.array([rate for _, rate in inside])
    return edges, np.concatenate([[0.0], np.cumsum(np.diff(edges) * rates)])
