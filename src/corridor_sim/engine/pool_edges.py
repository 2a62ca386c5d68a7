"""Sums of the pools of wagons at the edges of months, and their tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from corridor_sim.engine.cargo import VEHICLE

if TYPE_CHECKING:
    from corridor_sim.engine.world import World

Row = tuple[float, ...]
UNIT_H, PRESENT, PEAK = 2, -2, -1  # where a pen's row has the hours by cause, the units present and the most of them


class PoolEdges:
    """What pools have summed up to each edge; a month is the difference of two edges."""

    def __init__(self, world: World) -> None:
        self.pools = world.pools
        self.whole: list[list[Row]] = []
        self.places: list[list[Row]] = []

    def cut(self, pens: Any) -> None:
        """Read every sum now; loads that wait for wagons count in the rows of their pens, as waiting for a vehicle."""
        self.whole.append([pool.sums() for pool in self.pools])
        self.places.append([yard.sums() for pool in self.pools for yard in pool.yards.values()])
        for pool in self.pools:
            for number, gate in pool.gates.items():
                gate.account(pool.clock.now)
                pens[number, 0] += gate.units
                pens[number, UNIT_H + VEHICLE] += gate.unit_h
                pens[number, PRESENT] += gate.units
                pens[number, PEAK] = max(pens[number, PEAK], gate.peak, pens[number, PRESENT])
                gate.peak = int(pens[number, PRESENT])

    def rows(self) -> Iterator[tuple[str, list[Row]]]:
        """Yield (table, rows) of the pools."""
        yards: list[Row] = [(float(k), float(place)) for k, pool in enumerate(self.pools) for place in pool.yards]
        pools: list[Row] = [(float(k),) for k in range(len(self.pools))]
        yield "pool_months", list(months_of(pools, self.whole))
        yield "pool_place_months", list(months_of(yards, self.places))
        need: list[Row] = [(float(k), float(n), hours) for k, pool in enumerate(self.pools) for n, hours in sorted(pool.engaged_h.items())]
        yield "pool_need", need


def months_of(codes: Sequence[Row], cuts: Sequence[Sequence[Row]]) -> Iterator[Row]:
    """Yield a row a code and month: the difference of two cuts."""
    for k, code in enumerate(codes):
        for month in range(len(cuts) - 1):
            yield (*code, float(month), *(b - a for a, b in zip(cuts[month][k], cuts[month + 1][k], strict=True)))
