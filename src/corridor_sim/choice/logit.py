"""The logit on tariff, time and its spread: constants from observed shares, shares from experienced times, and the gap.

What an option costs a unit is tariff + value of time x (time + weight x spread) + constant [USD]; its share is proportional to
exp(-scale x cost). Observed shares make the constants (a pivot): at the times at which they were observed the logit returns them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from corridor_sim.scenario import Market, Option

Times = Mapping[str, tuple[float, float]]  # option -> (mean, P90 - P50) [days]
Share = dict[str, float]
Worth = dict[str, float]  # option -> what it costs a unit beyond tariff and time [USD]
FULL = 1e-12


def every(market: Market) -> dict[str, Option]:
    """Return the options of a market, inside first."""
    return {**market.options, **market.outside}


def cost_usd(market: Market, option: Option, times: tuple[float, float]) -> float:
    """Return what tariff, time and spread cost a unit [USD]."""
    time_days, spread_days = times
    return option.cost_usd + market.value_of_time_usd_per_day * (time_days + market.spread_weight * spread_days)


def constants_of(market: Market, observed: Times) -> Worth:
    """Return the constant of each option [USD]: those that return observed shares at the times observed, else those stated.

    observed: times of the options inside whose share is stated; those round the corridor state their own.
    """
    known: Worth = {}
    for name, option in every(market).items():
        if option.share is not None:
            times = (option.time_days, option.spread_days) if option.time_days is not None else observed[name]
            known[name] = -math.log(option.share) / market.scale_per_usd - cost_usd(market, option, times)
    return {
        name: option.constant_usd + known.get(name, known.get(option.like or "", 0.0)) for name, option in every(market).items()
    }


def divided(costs: Sequence[float], scale: float, caps: Sequence[float]) -> list[float]:
    """Return the shares of a logit, none above its cap: what doesn't fit divides among the others in their proportion.

    costs [USD], inf: not there. Where nothing has room for the rest, the shares sum to less than 1.
    """
    least = min(costs)
    weights = [math.exp(-scale * (cost - least)) if cost < math.inf else 0.0 for cost in costs]
    full: dict[int, float] = {}
    while True:
        left = 1.0 - sum(full.values())
        total = sum(weight for k, weight in enumerate(weights) if k not in full)
        shares = [full.get(k, left * weight / total if total > 0 else 0.0) for k, weight in enumerate(weights)]
        over = {k: caps[k] for k, share in enumerate(shares) if k not in full and share > caps[k] + FULL}
        if not over:
            return shares
        full |= over


def chosen(market: Market, worth: Worth, times: Times, there: Iterable[str], size_per_year: float) -> Share:
    """Return the share of each option of a market [1]; times and `there` of the options that are in use."""
    options, usable = every(market), set(there)
    costs = [
        cost_usd(market, option, times[name]) + worth[name] if name in usable else math.inf for name, option in options.items()
    ]
    caps = [
        market.outside[name].capacity_per_year / size_per_year if name in market.outside and size_per_year else math.inf
        for name in options
    ]
    if min(costs) == math.inf:
        return dict.fromkeys(options, 0.0)
    return dict(zip(options, divided(costs, market.scale_per_usd, caps), strict=True))


def gap_between(used: Iterable[Share], wanted: Iterable[Share], sizes: Iterable[float], inside: Iterable[Iterable[str]]) -> float:
    """Return the freight that would choose otherwise over the freight inside [1]: half the sum of differences, weighted by size."""
    carried = moved = total = 0.0
    for one, other, size, names in zip(used, wanted, sizes, inside, strict=True):
        total += size
        carried += size * sum(one[name] for name in names)
        moved += size * sum(abs(other[name] - share) for name, share in one.items()) / 2
    return moved / (carried or total) if total else 0.0


def stepped(used: Share, wanted: Share, step: float) -> Share:
    """Return shares moved a part of the way to those wanted."""
    return {name: share + step * (wanted[name] - share) for name, share in used.items()}
