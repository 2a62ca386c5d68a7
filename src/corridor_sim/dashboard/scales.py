"""Round numbers along an axis, and where values stand on it as per cent of its length."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, isfinite, log10


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from `low` to `high` in its unit."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """Return where a value stands [% of the axis], kept on the axis."""
        share = (value - self.low) / (self.high - self.low)
        return round(100 * min(1.0, max(0.0, share)), 3)

    def ticks(self, most: int = 5) -> list[tuple[float, str]]:
        """Return (place [%], label) of round values on the axis."""
        step = _round_step((self.high - self.low) / most)
        decimals = max(0, -floor(log10(step) + 1e-9))
        values = [k * step for k in range(ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9) + 1)]
        return [(self.at(value), f"{value + 0.0:,.{decimals}f}") for value in values]


def scale_to(top: float) -> Scale:
    """Return an axis from zero to a little over `top`."""
    return Scale(0.0, top * 1.06 if isfinite(top) and top > 0 else 1.0)


def scale_over(values: list[float]) -> Scale:
    """Return an axis that holds zero and all finite values with a margin."""
    finite = [value for value in values if isfinite(value)]
    low, high = min([0.0, *finite]), max([0.0, *finite])
    margin = 0.08 * (high - low) or 1.0
    return Scale(low - margin, high + margin)


def _round_step(least: float) -> float:
    """Return the smallest of 1, 2 and 5 times a power of ten that isn't below `least`."""
    power = 10.0 ** floor(log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9))
