"""Arithmetic of departure: moments of a timetable, shares of limits, what fits and what a load claims ahead."""

from __future__ import annotations

from typing import Any

from corridor_sim.engine.cargo import Lot, Vehicle
from corridor_sim.plan import RulePlan

WEEK_H = 168.0
EPSILON = 1e-9


def next_moment(rule: RulePlan, now: float) -> float:
    """Return the first moment of a timetable after an instant [h]."""
    if rule.every_h is not None:
        return rule.offset_h + ((now - rule.offset_h) // rule.every_h + 1) * rule.every_h
    week = now // WEEK_H * WEEK_H
    return min(week + shift + at for at in rule.moments_h for shift in (0.0, WEEK_H) if week + shift + at > now)


def shares_of(use: dict[str, float], limits: dict[str, float], payload: float) -> tuple[float, ...]:
    """Return the share of each limit that one unit takes: the deck first, then TEU and tonnes where they are limited."""
    deck = sum(use[m] / limits[m] for m in ("wagons", "trucks") if m in use and m in limits)
    return (deck, *(use.get(m, 0.0) / (limits[m] * (payload if m == "t" else 1)) for m in ("teu", "t") if m in limits))


def fitting_units(used: list[float], shares: tuple[float, ...], lot: Lot, loaded: bool) -> int:
    """Return how many units of the lot at the head fit beside what is used of each limit."""
    free = min((1 + EPSILON - u) / share for u, share in zip(used, shares, strict=True) if share > 0)
    if lot.flow.keep_together and loaded and lot.units > free:
        alone = min(1 / share for share in shares if share > 0)
        if lot.units <= alone + EPSILON:
            return 0
    return int(free)


def fitting(used: float, share: float, lot: Lot, loaded: bool) -> int:
    """Return how many units of the lot at the head fit beside what is used of the one limit."""
    free = (1 + EPSILON - used) / share
    if lot.units > free and loaded and lot.flow.keep_together and lot.units <= 1 / share + EPSILON:
        return 0
    return int(free)


def add_claim(v: Vehicle, room: Any, amount: float) -> None:
    """Add to what the load claims where the vehicle ends."""
    for k, (other, sum_so_far) in enumerate(v.landing):
        if other is room:
            v.landing[k] = (room, sum_so_far + amount)
            return
    v.landing.append((room, amount))
