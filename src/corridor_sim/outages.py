"""Outages: when elements are closed or slowed down, drawn before a run; nothing of the traffic is looked at.

A process of breakdowns alternates between up and down. It began long before the run, so that at its start an element is down
with the share of time that it is down in the long run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corridor_sim.outage_plan import OutagePlan
from corridor_sim.streams import Draws, generator, mean
from corridor_sim.units import on_grid

Spell = tuple[float, float, float]  # from_h, to_h, factor: speed and capacity that are left
BURN_IN_CYCLES = 20
SHORTEST_H = 2.0**-20


def spells(outages: Sequence[OutagePlan], seed: int, replication: int, from_h: float, to_h: float) -> list[tuple[Spell, ...]]:
    """Return, for each outage on the calendar, its spells that touch [from_h, to_h), in order; none for those by use.

    Draws are keyed by the names of disruption and element: another disruption leaves them alone.
    """
    return [tuple(_within(_spells(outage, seed, replication, from_h, to_h), from_h, to_h)) for outage in outages]


def _spells(outage: OutagePlan, seed: int, replication: int, from_h: float, to_h: float) -> Iterator[Spell]:
    if outage.clock == "use" or outage.up_h is None or outage.down_h is None:
        yield from sorted(outage.spells)
        return
    up, down = breakdowns(outage, seed, replication)
    at = on_grid(from_h - BURN_IN_CYCLES * (mean(outage.up_h) + mean(outage.down_h)))
    while True:
        begin = at + max(up.next(), SHORTEST_H)
        if begin >= to_h:
            return
        at = begin + down.next()
        yield begin, at, outage.factor


def breakdowns(outage: OutagePlan, seed: int, replication: int) -> tuple[Draws, Draws]:
    """Return the draws of the times to the next breakdown and of their lengths [h]."""
    key = (seed, replication, "outage", outage.name, outage.element)
    return Draws(outage.up_h or (), generator(*key, "up")), Draws(outage.down_h or (), generator(*key, "down"))


def _within(found: Iterator[Spell], from_h: float, to_h: float) -> Iterator[Spell]:
    for begin, end, factor in found:
        begin, end = max(on_grid(begin), from_h), on_grid(end)
        if begin < end and begin < to_h:
            yield begin, end, factor
