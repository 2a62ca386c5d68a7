"""Boarding: what a vehicle takes aboard at a stand, and the room that its load holds and claims."""

from __future__ import annotations

from heapq import heapify, heappop, heapreplace

from corridor_sim.engine.cargo import Lot, Vehicle
from corridor_sim.engine.pens import Pen
from corridor_sim.engine.rules import add_claim, fitting, fitting_units


class Boarding:
    """The part of a stand that loads vehicles; lots board first come, first served within their priority."""

    pens: list[Pen]
    shares: list[tuple[float, ...]]  # per pen: share of each limit that one unit takes
    loads: list[tuple[float, ...]]  # per pen: net t, gross t, TEU, wagons and trucks of one unit
    single: float  # the largest share of a unit, if all come from one pen
    most: int  # units that fill a vehicle, if all come from one pen
    flat: list[tuple[Pen, float]] | None  # pens with the share of the one limit, if there is but one

    def board(self, v: Vehicle, now: float) -> None:
        """Load what fits, first come first served within priority; the head of the queue may be split."""
        if self.single:
            self._board_from(self.pens[0], v, now)
        elif self.pens:
            self._board_mixed(v, now)
        for pen in self.pens:
            if pen.endless:
                pen.refill()

    def _board_from(self, pen: Pen, v: Vehicle, now: float) -> None:
        free, lots = self.most, pen.lots
        while lots and free > 0:
            lot = lots[0]
            if lot.flow.keep_together and v.lots and free < lot.units <= self.most:
                break
            lot = pen.take(free, now)
            free -= lot.units
            self._stow(v, lot, 0)
        v.fill = (self.most - free) * self.single

    def _board_mixed(self, v: Vehicle, now: float) -> None:
        pens = self.loading()
        if self.flat is not None:
            self._board_flat(v, now, self.flat, pens)
            return
        used = [0.0] * len(self.shares[0])
        while pens:
            k = pens[0] if len(pens) == 1 else min(pens, key=lambda j: self.pens[j].lots[0].rank)
            pen, shares = self.pens[k], self.shares[k]
            fits = fitting_units(used, shares, pen.lots[0], bool(v.lots))
            if fits <= 0:
                break
            lot = pen.take(fits, now)
            used = [u + lot.units * share for u, share in zip(used, shares, strict=True)]
            self._stow(v, lot, k)
            pens = [j for j in pens if self.pens[j].lots]
        v.fill = max(used)

    def _board_flat(self, v: Vehicle, now: float, flat: list[tuple[Pen, float]], pens: list[int]) -> None:
        """Load from several pens where one limit holds: a plain sum, and the heads of the queues in a heap."""
        heads = [(flat[k][0].lots[0].rank, k) for k in pens]
        heapify(heads)
        used = 0.0
        while heads:
            k = heads[0][1]
            pen, share = flat[k]
            fits = fitting(used, share, pen.lots[0], bool(v.lots))
            if fits <= 0:
                break
            lot = pen.take(fits, now)
            used += lot.units * share
            self._stow(v, lot, k)
            if pen.lots:
                heapreplace(heads, (pen.lots[0].rank, k))
            else:
                heappop(heads)
        v.fill = used

    def loading(self) -> list[int]:
        """Return the pens whose lots may board the next vehicle."""
        return [k for k, pen in enumerate(self.pens) if pen.lots]

    def _stow(self, v: Vehicle, lot: Lot, k: int) -> None:
        units = lot.units
        net_t, gross_t, teu, wagons, trucks = self.loads[k]
        v.lots.append(lot)
        v.units += units
        v.net_t += units * net_t
        v.gross_t += units * gross_t
        v.teu += units * teu
        v.wagons += units * wagons
        v.trucks += units * trucks
        self._claim(v, lot)

    @staticmethod
    def _claim(v: Vehicle, lot: Lot) -> None:
        """Hold the room in which a lot stood until the vehicle starts, and claim the room where it will stand."""
        if lot.room is not None:
            room, amount = lot.room
            v.holds.append((room, amount * lot.units))
            lot.room = None
        pens = lot.flow.pens[lot.trip.route]
        if lot.stage + 1 < len(pens):
            ahead = pens[lot.stage + 1].room[lot.flow.direction]
            if ahead is not None:
                add_claim(v, ahead[0], ahead[1] * lot.units)
