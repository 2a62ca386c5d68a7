"""Numbers with their uncertainty: intervals over replications, paired differences, censored and weighted quantiles."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.95
SAME, NO_DIFFERENCE, ONE = "the same in every replication", "no detectable difference", "one replication: no interval"
HIDDEN = "can't be compared: not reached in every replication"
MORE, LESS = "more", "less"
KEYS = ["case", "period", "kind", "subject", "measure", "unit"]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over n replications and the half-width of its confidence interval (NaN for fewer than two)."""

    mean: float
    half_width: float
    n: int

    @property
    def low(self) -> float:
        """The lower end."""
        return self.mean - self.half_width

    @property
    def high(self) -> float:
        """The upper end."""
        return self.mean + self.half_width

    def __str__(self) -> str:
        """Return `12.3 ± 0.4`."""
        return number(self.mean, self.half_width)


@dataclass(frozen=True, slots=True)
class Difference(Interval):
    """The mean of paired differences (other - base) and what it says."""

    verdict: str


def t_quantile(level: float, freedom: float | Floats) -> Floats:
    """Return the two-sided quantile of Student's t for a confidence level [1]."""
    from scipy.special import stdtrit

    return np.asarray(stdtrit(freedom, 0.5 + level / 2), dtype=np.float64)


def interval(values: Iterable[float], level: float = LEVEL) -> Interval:
    """Return mean and half-width of the t interval over independent values, in their unit."""
    sample = np.asarray(list(values), dtype=float)
    n = len(sample)
    if n == 0:
        return Interval(math.nan, math.nan, 0)
    if n == 1 or not np.isfinite(sample).all():
        return Interval(float(sample.mean()) if not np.isnan(sample).any() else math.nan, math.nan, n)
    return Interval(float(sample.mean()), float(t_quantile(level, n - 1) * sample.std(ddof=1) / math.sqrt(n)), n)


def paired(base: Sequence[float], other: Sequence[float], level: float = LEVEL) -> Difference:
    """Return the difference (other - base) of values that belong together in pairs, with interval and verdict."""
    differences = np.asarray(other, dtype=float) - np.asarray(base, dtype=float)
    found = interval(differences, level)
    return Difference(found.mean, found.half_width, found.n, verdict(found.mean, found.half_width, found.n))


def verdict(mean: float, half_width: float, n: int) -> str:
    """Return in words what a paired difference says."""
    if not math.isfinite(mean):
        return HIDDEN
    if n < 2:
        return ONE
    if mean == 0 and half_width == 0:
        return SAME
    if abs(mean) <= half_width:
        return NO_DIFFERENCE
    return MORE if mean > 0 else LESS


def intervals(metrics: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """Return a row a case, period, subject and measure: n, mean, half_width, low, high over the replications."""
    groups = metrics.groupby(KEYS, observed=True, sort=False)
    table = groups.agg(n=("value", "size"), mean=("value", "mean"), deviation=("value", "std"), echoed=("echoed", "all"))
    return _with_interval(table.reset_index(), level)


def _with_interval(table: pd.DataFrame, level: float) -> pd.DataFrame:
    """Replace the column `deviation` by half_width, low and high."""
    n = table["n"].to_numpy(dtype=float)
    deviation = table.pop("deviation").to_numpy(dtype=float)
    half = np.full(len(n), np.nan)
    known = n > 1
    half[known] = t_quantile(level, n[known] - 1) * deviation[known] / np.sqrt(n[known])
    return table.assign(half_width=half, low=table["mean"] - half, high=table["mean"] + half)


def paired_intervals(base: pd.DataFrame, other: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """Return the paired differences (other - base) of two metric tables, by period, subject and measure.

    Columns: period, kind, subject, measure, unit, n, base_mean, mean, difference, half_width, low, high, verdict. A pair is two
    replications of one number; what only one case has is left out.
    """
    keys = [*KEYS[1:], "replication"]
    left, right = (frame[[*keys, "value"]].astype(dict.fromkeys(KEYS[1:], "str")) for frame in (base, other))
    pairs = left.merge(right, on=keys, suffixes=("_base", ""))
    both = np.isfinite(pairs["value"]) & np.isfinite(pairs["value_base"])
    pairs["difference"] = np.where(both, pairs["value"].where(both, 0.0) - pairs["value_base"].where(both, 0.0), np.nan)
    groups = pairs.groupby(KEYS[1:], observed=True, sort=False)
    table = groups.agg(
        n=("difference", "size"), base_mean=("value_base", "mean"), other_mean=("value", "mean"), mean=("difference", "mean"),
        deviation=("difference", "std"), known=("difference", "count"),
    )  # fmt: skip
    table = _with_interval(table.reset_index(), level)
    table.loc[table["known"] < table["n"], ["mean", "half_width", "low", "high"]] = np.nan  # infinite in some replication
    table["verdict"] = [verdict(*row) for row in zip(table["mean"], table["half_width"], table["n"], strict=True)]
    table = table.rename(columns={"mean": "difference", "other_mean": "mean"})
    return table[[*KEYS[1:], "n", "base_mean", "mean", "difference", "half_width", "low", "high", "verdict"]]


def pick(
    table: pd.DataFrame,
    *,
    kind: str | None = None,
    subject: str | None = None,
    measure: str | None = None,
    period: str | None = "all",
) -> pd.DataFrame:
    """Return the rows of metrics or intervals that are asked for; None stands for any."""
    wanted = {"kind": kind, "subject": subject, "measure": measure, "period": period}
    keep = np.ones(len(table), dtype=bool)
    for column, value in wanted.items():
        if value is not None:
            keep &= np.asarray(table[column] == value)
    return table[keep]


def over_replications(metrics: pd.DataFrame, kind: str, subject: str, measure: str, period: str = "all") -> Interval:
    """Return one measure's mean over the replications with its 95 % interval."""
    return interval(pick(metrics, kind=kind, subject=subject, measure=measure, period=period)["value"])


def kaplan_meier(times: ArrayLike, weights: ArrayLike, censored: ArrayLike) -> tuple[Floats, Floats]:
    """Return (times in order [in their unit], share that lasts longer than each [1]) of weighted, right-censored times.

    A time that is censored counts as at risk up to and including itself; the share steps down where something ended.
    """
    time, weight, open_ended = np.asarray(times, float), np.asarray(weights, float), np.asarray(censored, bool)
    order = np.lexsort((open_ended, time))
    return time[order], survival(weight[order], open_ended[order])


def survival(weights: Floats, censored: NDArray[np.bool_]) -> Floats:
    """Return the share that lasts longer than each of several times that are in order, at equal times the censored last [1]."""
    if not censored.any():
        gone = np.cumsum(weights)
        return np.asarray(1.0 - gone / (gone[-1] if len(gone) and gone[-1] > 0 else 1.0), np.float64)
    at_risk = np.cumsum(weights[::-1])[::-1]
    ended = np.where(censored, 0.0, weights)
    step = np.divide(ended, at_risk, out=np.zeros_like(ended), where=at_risk > 0)
    return np.asarray(np.cumprod(1.0 - np.minimum(step, 1.0)), np.float64)


def binned(bins: NDArray[np.intp], weights: ArrayLike, count: int) -> Floats:
    """Return the sum of the weights in each of so many bins."""
    return np.asarray(np.bincount(bins, weights=weights, minlength=count), np.float64)


def survival_quantiles(times: Floats, lasting: Floats, shares: Sequence[float]) -> Floats:
    """Return the smallest time by which each share has ended; infinity where censoring hides it."""
    reached = np.searchsorted(-lasting, np.subtract(np.asarray(shares, dtype=float), 1.0) - 1e-12)
    return np.asarray(np.append(times, np.inf)[reached], np.float64)


def survival_mean(times: Floats, lasting: Floats) -> float:
    """Return the area under the survival curve up to the last time: the mean, a lower bound if the last was censored."""
    if not len(times):
        return math.nan
    return float(times[0] + (lasting[:-1] * np.diff(times)).sum())


def weighted_quantile(values: ArrayLike, weights: ArrayLike, q: float) -> float:
    """Return the smallest value that at least the share q of the weight doesn't exceed, in the values' unit."""
    value, weight = np.asarray(values, float), np.asarray(weights, float)
    if not weight.sum() > 0:
        return math.nan
    times, lasting = kaplan_meier(value[weight > 0], weight[weight > 0], np.zeros((weight > 0).sum(), bool))
    return float(survival_quantiles(times, lasting, [q])[0])


def welch_average(values: ArrayLike, window: int) -> Floats:
    """Return Welch's moving average: centred over 2 window + 1 values, narrower at the start, without the last `window`.

    Source: Welch 1983 (truth O09). For several replications, average them first.
    """
    series = np.asarray(values, dtype=float)
    total = np.concatenate(([0.0], np.cumsum(series)))
    centre = np.arange(max(len(series) - window, 0))
    width = np.minimum(centre, window)
    return np.asarray((total[centre + width + 1] - total[centre - width]) / (2 * width + 1), dtype=float)


def mser(values: ArrayLike, batch: int = 5) -> tuple[int, bool]:
    """Return (how many first values to drop, whether the series has settled) by MSER over means of batches.

    The cut d makes the squared standard error of the mean of what is left smallest: sum of squares / (n - d)^2. A smallest value at
    half of the series or beyond says that it hasn't settled. Source: White 1997; batches of five (MSER-5): White, Cobb and Spratt 2000.
    """
    series = np.asarray(values, dtype=float)
    n = len(series) // batch
    means = series[: n * batch].reshape(n, batch).mean(axis=1)
    kept = n - np.arange(n // 2 + 1)
    sums, squares = (np.append(0.0, np.cumsum(power)) for power in (means, means * means))
    rest, rest_squares = sums[-1] - sums[: len(kept)], squares[-1] - squares[: len(kept)]
    errors = np.maximum(rest_squares - rest * rest / kept, 0.0) / (kept * kept)
    cut = int(np.argmin(errors)) if n else 0
    return cut * batch, n > 1 and cut < n // 2


def trend(values: ArrayLike, at: ArrayLike | None = None, level: float = LEVEL) -> tuple[float, float]:
    """Return (slope, half-width of its interval) of a straight line through values, per step or per unit of `at`."""
    y = np.asarray(values, dtype=float)
    x = np.arange(len(y), dtype=float) if at is None else np.asarray(at, dtype=float)
    if len(y) < 3:
        return math.nan, math.nan
    dx = x - x.mean()
    spread = float((dx * dx).sum())
    slope = float((dx * y).sum()) / spread
    rest = y - y.mean() - slope * dx
    error = math.sqrt(float((rest * rest).sum()) / (len(y) - 2) / spread)
    return slope, float(t_quantile(level, len(y) - 2)) * error


def number(value: float, half_width: float = math.nan, unit: str = "") -> str:
    """Return a number for people: `12.3 ± 0.4 Mt/a`, with as many digits as its half-width (else its size) deserves."""
    if math.isnan(value):
        return "no value"
    if math.isinf(value):
        return "not reached"
    if half_width < 1e-9 * abs(value):  # the same in every replication, but for rounding
        return f"{_rounded(value, _digits(value, 0.0))} ± 0 {unit}".rstrip()
    digits = _digits(value, half_width)
    text = _rounded(value, digits)
    if not math.isnan(half_width):
        text += f" ± {_rounded(half_width, digits)}"
    return f"{text} {unit}".rstrip()


def _digits(value: float, half_width: float) -> int:
    """Return the decimals to show: the half-width's first digit (two, if that is a 1), else three digits of the value."""
    if half_width > 0 and math.isfinite(half_width):
        first, _, power = f"{half_width:.1e}".partition("e")
        return 1 - int(power) if float(first) < 2 else -int(power)
    return 2 - int(f"{value:.2e}".partition("e")[2]) if value else 0


def _rounded(value: float, digits: int) -> str:
    shown: Any = round(value, digits)
    return f"{shown + 0.0:,.{max(digits, 0)}f}"
