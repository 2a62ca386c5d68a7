"""Stands of services that keep classes of flows apart (`not_with`): what can't go together doesn't count as one load."""

from __future__ import annotations

from heapq import merge
from operator import itemgetter
from typing import TYPE_CHECKING

from corridor_sim.engine.clock import Clock
from corridor_sim.engine.stands import EPSILON, INFINITE, Stand

if TYPE_CHECKING:
    from corridor_sim.engine.services import Service


class ApartStand(Stand):
    """A stand whose pens board in groups: the head of the queue, and all that no class before it in the queue excludes.

    The head of the queue is always in the first group, so nothing waits for ever for what it can't ride with.
    """

    def __init__(self, service: Service, end: int, number: int, clock: Clock) -> None:
        super().__init__(service, end, number, clock)
        self.classes: list[str] = []  # per pen
        self.excluded: dict[str, set[str]] = {}
        for one, other in service.plan.not_with:
            self.excluded.setdefault(one, set()).add(other)
            self.excluded.setdefault(other, set()).add(one)

    def groups(self) -> list[list[int]]:
        """Return the pens with lots, in groups that can go together, in the order in which they board."""
        rest = [k for k, pen in enumerate(self.pens) if pen.lots]
        rest.sort(key=lambda k: self.pens[k].lots[0].rank)
        found = []
        while rest:
            group: list[int] = []
            for k in rest:
                barred = self.excluded.get(self.classes[k], ())
                if not any(self.classes[j] in barred for j in group):
                    group.append(k)
            found.append(group)
            rest = [k for k in rest if k not in group]
        return found

    def loading(self) -> list[int]:
        """Return the pens whose lots may board the next vehicle."""
        groups = self.groups()
        return groups[0] if groups else []

    def fill(self) -> float:
        """Return the share of a vehicle that the load for the next vehicle to be called would fill."""
        return self._next()[1]

    def promised(self) -> float:
        """Return how much of that load called vessels will take, as a share of one vehicle here."""
        return self._next()[2]

    def _next(self) -> tuple[list[int], float, float]:
        """Return (pens, load, promised part) of the group that the next vehicle is for: called vessels take a group each."""
        sizes = [self._size_of(rival) for rival in self.rivals for _ in range(rival.called)] if self.pens else []
        group: list[int] = []
        load = promised = 0.0
        for group in self.groups():
            load, promised = self._load_of(group), 0.0
            while sizes and promised < load - EPSILON:
                promised += sizes.pop()
            if promised < load - EPSILON:
                break
        return group, load, promised

    def _load_of(self, group: list[int]) -> float:
        loads = ([self.pens[k].units * share for share in self.shares[k]] for k in group)
        return max(map(sum, zip(*loads, strict=True)), default=0.0)

    def _oldest(self, promised: float) -> float:
        """Return when the oldest lot of the next group came that no called vessel will take [h]."""
        queues = [((lot.rank, lot, max(self.shares[k])) for lot in self.pens[k].lots) for k in self._next()[0]]
        for _, lot, share in merge(*queues, key=itemgetter(0)):
            promised -= lot.units * share
            if promised < -EPSILON:
                return lot.arrived_h
        return INFINITE

    def _endless(self) -> bool:
        return any(self.pens[k].endless for k in self._next()[0])
