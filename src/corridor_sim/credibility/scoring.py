"""Scores: predictive intervals of what was measured, and the interval score of a published figure against them.

The interval score of Gneiting and Raftery (2007, doi 10.1198/016214506000001437) is the width of the interval plus 2 / alpha times
the distance by which the figure lies outside. Divided by the figure it has no unit; a wide band earns nothing, a narrow one that
misses costs more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from corridor_sim.credibility.measures import measured
from corridor_sim.credibility.targets import Target
from corridor_sim.credibility.years import Sample, Year
from corridor_sim.statistics import LEVEL, t_quantile

NEAR = 0.2  # what counts as near: within 20 % of the published figure
SURVEY_CV = 1.0  # spread of single border times and trips about their mean, assumed as that of an exponential law
FLOOR = 0.01  # least spread of a figure over its mean [1]


@dataclass(frozen=True, slots=True)
class Scored:
    """A target beside what the model says: its mean, its 95 % predictive interval and the score; NaN and why where it says nothing."""

    target: Target
    modelled: float
    low: float
    high: float
    why_not: str = ""

    @property
    def measured(self) -> bool:
        """Return whether the model says anything."""
        return not math.isnan(self.modelled)

    @property
    def inside(self) -> bool:
        """Return whether the figure lies in the interval."""
        return self.low <= self.target.value <= self.high

    @property
    def near(self) -> bool:
        """Return whether the model's mean lies within 20 % of the figure."""
        return abs(self.modelled - self.target.value) <= NEAR * abs(self.target.value)

    @property
    def score(self) -> float:
        """Return the interval score over the figure [1], 0 at best."""
        return interval_score(self.target.value, self.low, self.high) / abs(self.target.value)

    @property
    def verdict(self) -> str:
        """Return in a word how it went."""
        if not self.measured:
            return "not scored"
        return "pass" if self.inside else "near" if self.near else "miss"


def interval_score(value: float, low: float, high: float, level: float = LEVEL) -> float:
    """Return width + 2 / alpha x distance outside, in the unit of the value."""
    outside = max(low - value, 0.0) + max(value - high, 0.0)
    return (high - low) + 2.0 / (1.0 - level) * outside


def predictive(sample: Sample, samples: int = 0, spread: float | None = None) -> tuple[float, float, float]:
    """Return (mean, low, high): where one more value falls with 95 % probability.

    Of draws: their quantiles. Of values a replication: the t interval of a further one; a survey of so many samples adds
    their sampling error. spread: relative standard deviation to use where one replication shows none.
    """
    values = sample.values
    mean = float(values.mean())
    if sample.draws:
        low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return mean, float(low), float(high)
    half = math.hypot(_year_to_year(values, mean, spread), _sampling(mean, samples))
    return mean, min(max(mean - half, 0.0), mean), mean + half


def _year_to_year(values: np.ndarray, mean: float, spread: float | None) -> float:
    n = len(values)
    if spread is not None or n == 1:
        return 1.96 * abs(mean) * max(spread or 0.0, FLOOR)
    deviation = max(float(values.std(ddof=1)), FLOOR * abs(mean))
    return float(t_quantile(LEVEL, n - 1)) * deviation * math.sqrt(1 + 1 / n)


def _sampling(mean: float, samples: int) -> float:
    return 1.96 * SURVEY_CV * abs(mean) / math.sqrt(samples) if samples else 0.0


def scored(target: Target, years: Mapping[int, Year], spreads: Mapping[tuple[str, str, str], float] | None = None) -> Scored:
    """Return a target beside the runs of its year."""
    sample, why_not = measured(target, years)
    if sample is None:
        return Scored(target, math.nan, math.nan, math.nan, why_not)
    spread = None if spreads is None else spreads.get(target.key, FLOOR)
    return Scored(target, *predictive(sample, target.samples, spread))


def spread_of(target: Target, years: Mapping[int, Year]) -> float | None:
    """Return the relative standard deviation of a measure over replications [1], None where it can't be told."""
    sample, _ = measured(target, years)
    if sample is None or sample.draws or len(sample.values) < 2 or not sample.values.mean():
        return None
    return float(sample.values.std(ddof=1) / abs(sample.values.mean()))


def by_family(rows: list[Scored]) -> dict[str, float]:
    """Return the mean score of each family of what counts and was measured [1]."""
    found: dict[str, list[float]] = {}
    for row in rows:
        if row.target.counts and row.measured:
            found.setdefault(row.target.family, []).append(row.score)
    return {family: float(np.mean(scores)) for family, scores in sorted(found.items())}


def overall(rows: list[Scored]) -> float:
    """Return the mean over families, each of the same weight [1]."""
    families = by_family(rows)
    return float(np.mean(list(families.values()))) if families else math.nan
